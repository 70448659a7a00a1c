/* component_instantiate.c -- fuzz: a component decoded, compiled, given a host
 * that answers every import with some value of its type, and all its exports
 * called with such values. */
#include "engine/engine.h"
#include "fuzz/host.h"
#include "support/call.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MODULES_MAX 8u
#define CALLS_MAX   8u /* an endless loop each: 0.4 s */
#define DEADLINE_NS UINT64_C(50000000)

static struct tvn_engine *engine;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct tvn_engine_opts opts = {.cache_dir = NULL};

    (void)argc;
    (void)argv;
    return tvn_engine_new(&opts, &engine, NULL) == TVN_OK ? 0 : 1;
}

/* What the guest is given and gives is a value; a dead one stays dead. */
static void
call(struct host *host, struct tvn_instance *instance, uint32_t lift,
    const struct tvn_func_type *type)
{
    struct tvn_image *image = NULL;
    struct tvn_diag diag = {0};
    struct tvn_arena arena = {0};
    const struct tvn_plan *plan = NULL;
    struct tvn_call it;
    tvn_err err;

    if (tvn_call_init(&it, instance, lift, &diag) != TVN_OK) {
        tvn_diag_fini(&diag);
        return;
    }
    err = type->tuple == NULL ? TVN_OK : host_value(host, type->tuple, &image);
    if (err == TVN_OK && image != NULL) {
        err = call_lower(&it, image, &arena, &diag);
    }
    tvn_image_unref(image);
    image = NULL;
    err = err == TVN_OK ? tvn_call_run(&it, &diag) : err;
    if (err == TVN_OK && type->result != NULL) {
        TVN_ASSERT(tvn_plan_lift(&arena, type->result, &plan) == TVN_OK);
        err = call_lift(&it, plan, &host->builder, &image, &diag);
    }
    if (image != NULL) {
        (void)tvn_value_bytes(image->type, image->data, 0);
    }
    tvn_image_unref(image);
    err = err == TVN_OK ? tvn_call_finish(&it, &diag) : err;
    if (err != TVN_OK && err != TVN_ETOOBIG) {
        tvn_instance_kill(instance);
        TVN_ASSERT(tvn_call_run(&it, NULL) != TVN_OK);
    }
    tvn_arena_fini(&arena);
    tvn_diag_fini(&diag);
}

static void
call_all(struct host *host, struct tvn_instance *instance,
    const struct tvn_extern *externs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (externs[i].kind == TVN_EXTERN_INSTANCE) {
            call_all(host, instance, externs[i].items, externs[i].item_count);
        } else if (externs[i].kind == TVN_EXTERN_FUNC &&
                   externs[i].index != TVN_NONE && host->calls++ < CALLS_MAX) {
            call(host, instance, externs[i].index, externs[i].func);
        }
    }
}

static void
run(const struct tvn_component *component, struct host *host)
{
    struct tvn_instance_opts opts = {.memory_max = 4u << 20,
        .deadline_ns = DEADLINE_NS,
        .init_deadline_ns = DEADLINE_NS};
    struct tvn_instance *instance = NULL;
    struct tvn_code *code = NULL;
    struct tvn_diag diag = {0};

    host_opts(host, component->program, &opts);
    if (tvn_code_new(engine, component, "fuzz", &code, &diag) == TVN_OK &&
        tvn_instance_new(code, &opts, &instance, &diag) == TVN_OK) {
        call_all(host, instance, component->exports, component->export_count);
    }
    TVN_ASSERT(instance != NULL || diag.errors > 0);
    tvn_instance_free(instance);
    tvn_code_free(code);
    tvn_diag_fini(&diag);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t live = tvn_mem_live();
    struct tvn_types *types = tvn_types_new();
    struct tvn_component *component = NULL;
    struct host host;

    if (tvn_component_decode(data, size, "fuzz", types, &component, NULL) ==
            TVN_OK &&
        component->program->module_count <= MODULES_MAX &&
        host_open(&host, component->program, data, size)) {
        run(component, &host);
        host_close(&host);
    }
    tvn_component_free(component);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == live);
    return 0;
}
