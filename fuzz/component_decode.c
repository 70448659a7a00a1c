/* component_decode.c -- fuzzes tvn_component_decode, walks what comes out and
 * runs its program against an engine that has whatever it is asked for.  What
 * the reference validator accepts is not malformed. */
#include "component/component.h"
#include "fuzz/fake_ops.h"
#include "toolchain/toolchain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* `max`: of imports or lifts. */
static void
walk(const struct tvn_extern *externs, uint32_t count, uint32_t max,
    bool are_exports)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_extern *e = &externs[i];
        struct tvn_core_sig sig;
        struct tvn_buf text = {0};

        if (e->kind == TVN_EXTERN_INSTANCE) {
            walk(e->items, e->item_count, max, are_exports);
        } else if (e->kind == TVN_EXTERN_FUNC) {
            TVN_ASSERT(e->func != NULL);
            TVN_ASSERT(e->index < max || (are_exports && e->index == TVN_NONE));
            tvn_sig_of_lift(e->func, &sig);
            tvn_sig_of_lower(e->func, &sig);
            tvn_func_type_print(e->func, &text);
            tvn_buf_fini(&text);
        } else if (e->kind == TVN_EXTERN_TYPE) {
            TVN_ASSERT(e->type != NULL);
        } else if (e->kind == TVN_EXTERN_RESOURCE) {
            TVN_ASSERT(e->resource != NULL);
        }
    }
}

/* Each number in a program is one of something that it has. */
static void
check(const struct tvn_program *p)
{
    struct tvn_core_sig sig;

    for (uint32_t i = 0; i < p->lift_count; i++) {
        TVN_ASSERT(p->lifts[i].part < p->part_count);
        TVN_ASSERT(p->lifts[i].core_func < p->core_count[TVN_CORE_FUNC]);
        check_opts(p, &p->lifts[i].opts);
        tvn_sig_of_lift(p->lifts[i].type, &sig);
    }
    for (uint32_t i = 0; i < p->lower_count; i++) {
        const struct tvn_lower *lower = &p->lowers[i];

        TVN_ASSERT(lower->part < p->part_count);
        TVN_ASSERT(lower->import < p->import_count ||
                   (lower->import == TVN_NONE &&
                       (lower->lift < p->lift_count ||
                           (lower->lift == TVN_NONE && p->unmet != NULL))));
        check_opts(p, &lower->opts);
        tvn_sig_of_lower(lower->type, &sig);
    }
    for (uint32_t i = 0; i < p->resource_count; i++) {
        const struct tvn_resource_def *def = &p->resources[i];

        TVN_ASSERT(def->part < p->part_count || def->part == TVN_NONE);
        TVN_ASSERT(
            def->dtor < p->core_count[TVN_CORE_FUNC] || def->dtor == TVN_NONE);
        TVN_ASSERT(def->type != NULL && def->type->index == i);
    }
    for (uint32_t i = 0; i < p->gated_count; i++) {
        TVN_ASSERT(p->gated[i].name != NULL);
        TVN_ASSERT(p->gated[i].sig.param_count <= TVN_FLAT_PARAMS_MAX + 1);
    }
    check_steps(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_component *component = NULL;
    struct tvn_diag diag = {0};
    tvn_err err =
        tvn_component_decode(data, size, "fuzz", types, &component, &diag);

    TVN_ASSERT((err == TVN_OK) == (component != NULL));
    TVN_ASSERT(err == tvn_diag_err(&diag));
    if (err == TVN_OK) {
        const struct tvn_program *p = component->program;

        walk(component->imports, component->import_count, p->import_count,
            false);
        walk(component->exports, component->export_count, p->lift_count, true);
        check(p);
        run_fake(p, data, size);
    } else if (err == TVN_EMALFORMED && size >= 8 && data[6] == 1) {
        TVN_ASSERT(tvn_toolchain_validate(data, size, NULL, NULL) != TVN_OK);
    }
    tvn_component_free(component);
    tvn_types_free(types);
    tvn_diag_fini(&diag);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
