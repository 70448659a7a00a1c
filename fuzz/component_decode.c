/* component_decode.c -- fuzzes tvn_component_decode and walks what comes out:
 * every function has a type, and an index that its program knows. */
#include "component/component.h"

#include "component/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(const struct tvn_extern *externs, uint32_t count, uint32_t max)
{
    for (uint32_t i = 0; i < count; i++) {
        if (externs[i].kind == TVN_EXTERN_INSTANCE) {
            walk(externs[i].items, externs[i].item_count, max);
        } else if (externs[i].kind == TVN_EXTERN_FUNC) {
            struct tvn_core_sig sig;

            if (externs[i].index >= max || externs[i].func == NULL) {
                __builtin_trap();
            }
            tvn_sig_of_lift(externs[i].func, &sig);
            tvn_sig_of_lower(externs[i].func, &sig);
        } else if (externs[i].type == NULL) {
            __builtin_trap();
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_component *component = NULL;
    struct tvn_diag diag = {0};

    if (tvn_component_decode(data, size, "fuzz", types, &component, &diag) ==
        TVN_OK) {
        const struct tvn_program *program = component->program;

        walk(
            component->imports, component->import_count, program->import_count);
        walk(component->exports, component->export_count, program->lift_count);
    }
    tvn_component_free(component);
    tvn_types_free(types);
    tvn_diag_fini(&diag);
    return 0;
}
