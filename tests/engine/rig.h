/* rig.h -- for the engine's tests: a component's text, up to its instance.
 *
 * Header only.  Threads: none. */
#ifndef TVN_ENGINE_RIG_H
#define TVN_ENGINE_RIG_H

#include "base/assert.h"
#include "base/mem.h"
#include "component/component.h"
#include "engine/engine.h"
#include "toolchain/toolchain.h"
#include "value/image.h"
#include "value/plan.h"
#include "value/type.h"

#include <stdio.h>
#include <string.h>

#define RIG_MEMORY_MAX (16u << 20)

/* A memory with a realloc that goes upwards and never frees. */
#define RIG_LIBC                                                               \
    "(core module $Libc"                                                       \
    "  (memory (export \"memory\") 1)"                                         \
    "  (global $next (mut i32) (i32.const 1024))"                              \
    "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"        \
    "    (local i32)"                                                          \
    "    (local.set 4 (i32.and"                                                \
    "      (i32.sub (i32.add (global.get $next) (local.get 2)) (i32.const 1))" \
    "      (i32.sub (i32.const 0) (local.get 2))))"                            \
    "    (global.set $next (i32.add (local.get 4) (local.get 3)))"             \
    "    (local.get 4)))"                                                      \
    "(core instance $libc (instantiate $Libc))"

struct rig {
    struct tvn_types *types;
    struct tvn_buf bytes;
    struct tvn_component *component;
    struct tvn_engine *engine;
    struct tvn_pool *pool;
    struct tvn_code *code;
    struct tvn_instance_opts opts;
    struct tvn_instance *instance;
    struct tvn_diag diag;
};

static inline void
rig_show(const struct tvn_diag *diag)
{
    struct tvn_buf text = {0};

    tvn_diag_print(diag, &text);
    (void)fprintf(stderr, "%s", tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

#define RIG_OK(rig, call)                                                      \
    do {                                                                       \
        tvn_err rig_err = (call);                                              \
        if (rig_err != TVN_OK) {                                               \
            rig_show(&(rig)->diag);                                            \
        }                                                                      \
        TVN_ASSERT(rig_err == TVN_OK);                                         \
    } while (0)

/* Up to the engine, which keeps modules in `cache_dir`. */
static inline void
rig_decode(struct rig *rig, const char *text, const char *cache_dir)
{
    struct tvn_engine_opts opts = {.cache_dir = cache_dir};

    *rig = (struct rig){
        .types = tvn_types_new(), .pool = tvn_pool_new(1u << 20, 1u << 20)};
    TVN_ASSERT(rig->types != NULL && rig->pool != NULL);
    RIG_OK(rig, tvn_toolchain_wat(
                    text, strlen(text), "test.wat", &rig->bytes, &rig->diag));
    RIG_OK(rig,
        tvn_component_decode((const uint8_t *)rig->bytes.ptr, rig->bytes.len,
            "test.wasm", rig->types, &rig->component, &rig->diag));
    RIG_OK(rig, tvn_engine_new(&opts, &rig->engine, &rig->diag));
    rig->opts.memory_max = RIG_MEMORY_MAX;
    rig->opts.deadline_ns = UINT64_C(10000000000);
    rig->opts.init_deadline_ns = UINT64_C(10000000000);
    rig->opts.pool = rig->pool;
}

/* Up to the code. */
static inline void
rig_compile(struct rig *rig, const char *text, const char *cache_dir)
{
    rig_decode(rig, text, cache_dir);
    RIG_OK(rig, tvn_code_new(rig->engine, rig->component, "test.wasm",
                    &rig->code, &rig->diag));
}

static inline void
rig_open(struct rig *rig, const char *text)
{
    rig_compile(rig, text, NULL);
    RIG_OK(rig,
        tvn_instance_new(rig->code, &rig->opts, &rig->instance, &rig->diag));
}

static inline void
rig_close(struct rig *rig)
{
    tvn_instance_free(rig->instance);
    tvn_code_free(rig->code);
    tvn_engine_free(rig->engine);
    tvn_component_free(rig->component);
    tvn_buf_fini(&rig->bytes);
    tvn_diag_fini(&rig->diag);
    tvn_pool_free(rig->pool);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static inline void
rig_call(struct rig *rig, const char *name, struct tvn_call *call)
{
    const struct tvn_extern *func = tvn_extern_find(rig->component->exports,
        rig->component->export_count, tvn_str_of(name));

    TVN_ASSERT(func != NULL && func->kind == TVN_EXTERN_FUNC);
    RIG_OK(rig, tvn_call_init(call, rig->instance, func->index, &rig->diag));
}

/* Runs an export without parameters that returns an integer or nothing. */
static inline uint32_t
rig_number(struct rig *rig, const char *name)
{
    struct tvn_call call;

    rig_call(rig, name, &call);
    RIG_OK(rig, tvn_call_run(&call, &rig->diag));
    RIG_OK(rig, tvn_call_finish(&call, &rig->diag));
    return call.ret.u32;
}

static inline tvn_err
rig_run(struct rig *rig, const char *name)
{
    struct tvn_call call;

    rig_call(rig, name, &call);
    return tvn_call_run(&call, &rig->diag);
}

/* Is `words` in what was said, all findings with their notes? */
static inline bool
rig_said(const struct rig *rig, const char *words)
{
    struct tvn_buf text = {0};
    bool is_there;

    tvn_diag_print(&rig->diag, &text);
    is_there = strstr(tvn_buf_text(&text), words) != NULL;
    if (!is_there) {
        (void)fprintf(
            stderr, "\"%s\" is not in: %s", words, tvn_buf_text(&text));
    }
    tvn_buf_fini(&text);
    return is_there;
}

#endif
