/* engine.c -- the engine: how it compiles, its ticker, its cache. */
#include "base/mem.h"
#include "engine/wasmtime/internal.h"

const char *
tvn_engine_version(void)
{
    return "wasmtime " WASMTIME_VERSION;
}

/* Memories keep their place: 4 GiB of address space are reserved for each,
 * which also spares the guest its bounds checks, and lets plans keep `base`. */
static wasm_config_t *
make_config(void)
{
    wasm_config_t *config = wasm_config_new();

    if (config == NULL) {
        return NULL;
    }
    wasmtime_config_epoch_interruption_set(config, true);
    wasmtime_config_memory_may_move_set(config, false);
    wasmtime_config_memory_reservation_set(config, UINT64_C(1) << 32);
    wasmtime_config_cranelift_opt_level_set(config, WASMTIME_OPT_LEVEL_SPEED);
    wasmtime_config_parallel_compilation_set(config, true);
    wasmtime_config_wasm_memory64_set(config, false);
    wasmtime_config_shared_memory_set(config, false);
    return config;
}

static void
on_tick(void *self)
{
    const struct tvn_engine *engine = self;

    wasmtime_engine_increment_epoch(engine->wasm);
}

tvn_err
tvn_engine_new(const struct tvn_engine_opts *opts,
    TVN_GIVE struct tvn_engine **out, struct tvn_diag *diag)
{
    struct tvn_engine *engine = tvn_mem_new(1, sizeof(*engine));
    wasm_config_t *config;
    tvn_err err = TVN_ENOMEM;

    if (engine == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    engine->cache.dir = -1;
    config = make_config();
    if (config != NULL) {
        engine->wasm = wasm_engine_new_with_config(config);
    }
    if (engine->wasm != NULL) {
        err = tvn__ticker_init(&engine->ticker, on_tick, engine);
        engine->has_ticker = err == TVN_OK;
    }
    if (err != TVN_OK) {
        tvn_engine_free(engine);
        return tvn_diag_error(diag, err, NULL, "no engine to be had");
    }
    tvn__cache_open(&engine->cache, opts->cache_dir, diag);
    *out = engine;
    return TVN_OK;
}

void
tvn_engine_free(struct tvn_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    if (engine->has_ticker) {
        tvn__ticker_fini(&engine->ticker);
    }
    if (engine->wasm != NULL) {
        wasm_engine_delete(engine->wasm);
    }
    tvn__cache_close(&engine->cache);
    tvn_mem_free(engine, 1, sizeof(*engine));
}
