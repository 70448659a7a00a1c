/* component_instantiate.c -- fuzz: a component decoded, compiled, given a host
 * that answers every import with some value of its type, and all its exports
 * called with such values. */
#include "engine/engine.h"
#include "fuzz/host.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MODULES_MAX 8u
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
    (void)tvn_engine_check(engine, component, "fuzz", NULL);
    if (tvn_code_new(engine, component, "fuzz", &code, &diag) == TVN_OK &&
        tvn_instance_new(code, &opts, &instance, &diag) == TVN_OK) {
        (void)host_call_all(
            host, instance, component->exports, component->export_count, &diag);
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
