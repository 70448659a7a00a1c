/* round.h -- a hostile guest from its text to an instance, over the test host.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_HOSTILE_ROUND_H
#define TVN_TESTS_HOSTILE_ROUND_H

#include "base/assert.h"
#include "component/component.h"
#include "engine/engine.h"
#include "hostile/host.h"
#include "hostile/text.h"
#include "toolchain/toolchain.h"

#include <stdio.h>

#define ROUND_MEMORY_MAX (16u << 20)
#define ROUND_IMAGE_MAX  (1u << 20)
#define ROUND_LONG_MS    20000 /* of those that are to end by themselves */
#define ROUND_KEPT_MAX   8

struct round {
    struct tvn_engine *engine;
    struct host *host;
    struct tvn_buf bytes;
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_component *component;
    struct tvn_code *code;
    struct tvn_instance *instance;
    struct tvn_arena arena;
    struct tvn_builder builder;
    struct tvn_diag diag;
    uint32_t
        kept[ROUND_KEPT_MAX]; /* resources that the host has lent, or has not
                              * got rid of */
    uint32_t kept_count;
};

/* ------------------------------------------------------------------------
 * From text to instance. */

static inline tvn_err
round_load(struct round *round, const char *path, const char *words)
{
    struct tvn_buf text = {0};
    tvn_err err;

    round->types = tvn_types_new();
    round->pool = tvn_pool_new(ROUND_IMAGE_MAX, ROUND_IMAGE_MAX);
    TVN_ASSERT(round->types != NULL && round->pool != NULL);
    tvn_builder_init(&round->builder, round->pool);
    text_append_file(&text, path, tvn_str_of(words), 0);
    err = tvn_toolchain_wat(
        text.ptr, text.len, path, &round->bytes, &round->diag);
    tvn_buf_fini(&text);
    if (err == TVN_OK) {
        err = tvn_component_decode((const uint8_t *)round->bytes.ptr,
            round->bytes.len, "guest.wasm", round->types, &round->component,
            &round->diag);
    }
    return err == TVN_OK ? tvn_code_new(round->engine, round->component,
                               "guest.wasm", &round->code, &round->diag)
                         : err;
}

static inline tvn_err
round_start(struct round *round, unsigned ms)
{
    struct host_offer offer;
    struct tvn_instance_opts opts = {
        .memory_max = ROUND_MEMORY_MAX,
        .deadline_ns = (ms == 0 ? ROUND_LONG_MS : ms) * UINT64_C(1000000),
        .init_deadline_ns = (ms == 0 ? ROUND_LONG_MS : ms) * UINT64_C(1000000),
        .pool = round->pool,
    };

    host_offer(round->host, &offer);
    opts.imports = offer.funcs;
    opts.import_count = HOST_FUNCS;
    opts.resources = offer.resources;
    opts.resource_count = 2;
    return tvn_instance_new(round->code, &opts, &round->instance, &round->diag);
}

/* Frees the instance; the host takes back what is still its own. */
static inline void
round_stop(struct round *round)
{
    tvn_instance_free(round->instance);
    round->instance = NULL;
    for (uint32_t i = 0; i < round->kept_count; i++) {
        if (host_is_out(round->host, round->kept[i])) {
            host_drop(round->host, round->kept[i]);
        }
    }
    round->kept_count = 0;
}

static inline void
round_finish(struct round *round)
{
    round_stop(round);
    tvn_code_free(round->code);
    tvn_component_free(round->component);
    tvn_builder_fini(&round->builder);
    tvn_pool_free(round->pool);
    tvn_types_free(round->types);
    tvn_arena_fini(&round->arena);
    tvn_buf_fini(&round->bytes);
    tvn_diag_fini(&round->diag);
}

/* Each resource that the host gave away has come back once. */
static inline void
round_check_ledger(const struct host *host)
{
    if (host->back != host->made || host->twice != 0) {
        fprintf(stderr, "handed out: %u, came back: %u, %u more than once\n",
            host->made, host->back, host->twice);
    }
    TVN_ASSERT(host->back == host->made && host->twice == 0);
}

#endif
