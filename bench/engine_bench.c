/* engine_bench.c -- what a call into a guest costs, beside the bare engine's.
 *
 *     engine_bench [pairs]       medians in ns a call, and their ratio
 *
 *     raw       wasmtime_func_call_unchecked of (i64, i32) -> i32
 *     run       tvn_call_run of the same function with a deadline
 *     finish    the same and tvn_call_finish with a post-return
 *     import    a guest that calls an import u32 -> u32, over its cost in run
 *
 * Raw and ours take turns in short rounds, so that what else the machine
 * does falls on both. */
#include "base/assert.h"
#include "base/clock.h"
#include "component/component.h"
#include "engine/wasmtime/internal.h"
#include "toolchain/toolchain.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS 20000u

static const char text[] =
    "(component"
    "  (import \"next\" (func $next (param \"n\" u32) (result u32)))"
    "  (core func $next (canon lower (func $next)))"
    "  (core module $M"
    "    (import \"host\" \"next\" (func $next (param i32) (result i32)))"
    "    (func (export \"add\") (param i64 i32) (result i32)"
    "      (i32.add (i32.wrap_i64 (local.get 0)) (local.get 1)))"
    "    (func (export \"post\") (param i32))"
    "    (func (export \"ask\") (param i64 i32) (result i32)"
    "      (call $next (local.get 1))))"
    "  (core instance $m (instantiate $M"
    "    (with \"host\" (instance (export \"next\" (func $next))))))"
    "  (func (export \"add\") (param \"a\" u64) (param \"b\" u32) (result u32)"
    "    (canon lift (core func $m \"add\")))"
    "  (func (export \"add-post\") (param \"a\" u64) (param \"b\" u32)"
    "    (result u32)"
    "    (canon lift (core func $m \"add\") (post-return (core func $m "
    "\"post\"))))"
    "  (func (export \"ask\") (param \"a\" u64) (param \"b\" u32) (result u32)"
    "    (canon lift (core func $m \"ask\"))))";

static tvn_err
next(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *unused)
{
    uint32_t *answer = env;

    (void)unused;
    memcpy(answer, args, 4);
    (*answer)++;
    *result = env;
    *result_root = 0;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * One round of each kind, in ns a call. */

static double
run_raw(struct tvn_call *call)
{
    struct tvn_instance *instance = call->instance;
    uint64_t begin = tvn_clock_monotonic_ns();
    const struct tvn__lifted *lifted = instance->lifts[call->lift];

    for (uint32_t i = 0; i < CALLS; i++) {
        wasm_trap_t *trap = NULL;
        wasmtime_error_t *error;

        call->slots[0].u64 = i;
        call->slots[1].u64 = i;
        error = wasmtime_func_call_unchecked(
            instance->context, &lifted->func, tvn__raw(call->slots), 2, &trap);
        TVN_ASSERT(error == NULL && trap == NULL);
    }
    return (double)(tvn_clock_monotonic_ns() - begin) / CALLS;
}

static double
run_ours(struct tvn_call *call)
{
    uint64_t begin = tvn_clock_monotonic_ns();

    for (uint32_t i = 0; i < CALLS; i++) {
        call->slots[0].u64 = i;
        call->slots[1].u64 = i;
        OK(tvn_call_run(call, &diag));
    }
    return (double)(tvn_clock_monotonic_ns() - begin) / CALLS;
}

static double
run_finish(struct tvn_call *call)
{
    uint64_t begin = tvn_clock_monotonic_ns();

    for (uint32_t i = 0; i < CALLS; i++) {
        call->slots[0].u64 = i;
        call->slots[1].u64 = i;
        OK(tvn_call_run(call, &diag));
        OK(tvn_call_finish(call, &diag));
    }
    return (double)(tvn_clock_monotonic_ns() - begin) / CALLS;
}

/* ------------------------------------------------------------------------ */

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
median(double *values, uint32_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return values[count / 2];
}

static void
prepare(struct tvn_component *component, struct tvn_instance *instance,
    const char *name, struct tvn_call *call)
{
    const struct tvn_extern *func = tvn_extern_find(
        component->exports, component->export_count, tvn_str_of(name));

    TVN_ASSERT(func != NULL);
    OK(tvn_call_init(call, instance, func->index, &diag));
}

static void
measure(struct tvn_call calls[3], uint32_t pairs)
{
    double *values = calloc((size_t)pairs * 5, sizeof(*values));
    double *raw = values;
    double *ours = values + pairs;
    double *ratio = values + (size_t)pairs * 2;
    double *finish = values + (size_t)pairs * 3;
    double *import = values + (size_t)pairs * 4;

    TVN_ASSERT(values != NULL);
    (void)run_raw(&calls[0]);
    (void)run_ours(&calls[0]);
    for (uint32_t i = 0; i < pairs; i++) {
        /* Who goes first changes, lest being first should help. */
        if (i % 2 == 0) {
            raw[i] = run_raw(&calls[0]);
            ours[i] = run_ours(&calls[0]);
        } else {
            ours[i] = run_ours(&calls[0]);
            raw[i] = run_raw(&calls[0]);
        }
        ratio[i] = ours[i] / raw[i];
        finish[i] = run_finish(&calls[1]);
        import[i] = run_ours(&calls[2]) - ours[i];
    }
    (void)printf("raw     %6.1f ns\n", median(raw, pairs));
    (void)printf("run     %6.1f ns   %.2f of raw\n", median(ours, pairs),
        median(ratio, pairs));
    (void)printf("finish  %6.1f ns\n", median(finish, pairs));
    (void)printf("import  %6.1f ns\n", median(import, pairs));
    free(values);
}

int
main(int argc, char **argv)
{
    uint32_t pairs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 101;
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1u << 20, 1u << 20);
    struct tvn_buf bytes = {0};
    struct tvn_component *component;
    struct tvn_engine *engine;
    struct tvn_code *code;
    struct tvn_instance *instance;
    struct tvn_call calls[3];
    uint32_t answer;
    struct tvn_host_func host = {
        .name = TVN_STR("next"), .call = next, .env = &answer};
    struct tvn_instance_opts opts = {
        .imports = &host,
        .import_count = 1,
        .memory_max = 1u << 20,
        .deadline_ns = 1000000000,
        .pool = pool,
    };

    OK(tvn_toolchain_wat(text, strlen(text), "bench", &bytes, &diag));
    OK(tvn_component_decode((const uint8_t *)bytes.ptr, bytes.len, "bench",
        types, &component, &diag));
    OK(tvn_engine_new(&(struct tvn_engine_opts){0}, &engine, &diag));
    OK(tvn_code_new(engine, component, "bench", &code, &diag));
    OK(tvn_instance_new(code, &opts, &instance, &diag));
    prepare(component, instance, "add", &calls[0]);
    prepare(component, instance, "add-post", &calls[1]);
    prepare(component, instance, "ask", &calls[2]);
    measure(calls, pairs == 0 ? 1 : pairs);
    tvn_instance_free(instance);
    tvn_code_free(code);
    tvn_engine_free(engine);
    tvn_component_free(component);
    tvn_buf_fini(&bytes);
    tvn_pool_free(pool);
    tvn_types_free(types);
    return 0;
}
