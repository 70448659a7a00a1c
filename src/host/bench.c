/* bench.c -- calls, hops and the flights flow; see bench.h. */
#include "host/bench.h"

#include "base/clock.h"
#include "base/mem.h"
#include "host/bench_internal.h"
#include "host/internal.h"
#include "stream/queue.h"

#include <string.h>

#define CALLS 200000u /* of a call or queue sample */

/* ------------------------------------------------------------------------
 * Calls. */

static const char adder[] =
    "(component (core module $m (func (export \"f\") (param i64 i32) "
    "(result i32) local.get 1)) (core instance $i (instantiate $m)) (func "
    "(export \"f\") (param \"a\" u64) (param \"b\" u32) (result u32) (canon "
    "lift (core func $i \"f\"))))";

struct caller {
    struct tvn_types *types;
    struct tvn_buf bytes;
    struct tvn_component *component;
    struct tvn_engine *engine;
    struct tvn_code *code;
    struct tvn_pool *pool;
    struct tvn_instance *instance;
    struct tvn_call call;
};

static tvn_err
make_caller(struct caller *caller, struct tvn_diag *diag)
{
    const struct tvn_engine_opts engine = {0};
    struct tvn_instance_opts opts = {
        .memory_max = 1u << 20, .deadline_ns = 100000000};
    tvn_err err = tvn_toolchain_wat(
        adder, sizeof(adder) - 1, "bench.wat", &caller->bytes, diag);

    caller->types = tvn_types_new();
    caller->pool = tvn_pool_new(4096, 0);
    opts.pool = caller->pool;
    if (err == TVN_OK && (caller->types == NULL || caller->pool == NULL)) {
        err = TVN_ENOMEM;
    }
    if (err == TVN_OK) {
        err = tvn_component_decode((const uint8_t *)caller->bytes.ptr,
            caller->bytes.len, "bench.wat", caller->types, &caller->component,
            diag);
    }
    if (err == TVN_OK) {
        err = tvn_engine_new(&engine, &caller->engine, diag);
    }
    if (err == TVN_OK) {
        err = tvn_code_new(caller->engine, caller->component, "bench.wat",
            &caller->code, diag);
    }
    if (err == TVN_OK) {
        err = tvn_instance_new(caller->code, &opts, &caller->instance, diag);
    }
    return err == TVN_OK ? tvn_call_init(&caller->call, caller->instance,
                               caller->component->exports[0].index, diag)
                         : err;
}

static void
free_caller(struct caller *caller)
{
    tvn_instance_free(caller->instance);
    tvn_code_free(caller->code);
    tvn_engine_free(caller->engine);
    tvn_component_free(caller->component);
    tvn_buf_fini(&caller->bytes);
    if (caller->types != NULL) {
        tvn_types_free(caller->types);
    }
    if (caller->pool != NULL) {
        tvn_pool_free(caller->pool);
    }
}

static tvn_err
sample_raw(void *env, double *ns, struct tvn_diag *diag)
{
    struct caller *caller = env;
    uint64_t began = tvn_clock_monotonic_ns();

    (void)diag;
    tvn_call_raw(&caller->call, CALLS);
    *ns = (double)(tvn_clock_monotonic_ns() - began) / CALLS;
    return TVN_OK;
}

static tvn_err
sample_call(void *env, double *ns, struct tvn_diag *diag)
{
    struct caller *caller = env;
    uint64_t began = tvn_clock_monotonic_ns();
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < CALLS; i++) {
        caller->call.slots[0].u64 = i;
        caller->call.slots[1].u32 = i;
        err = tvn_call_run(&caller->call, diag);
    }
    *ns = (double)(tvn_clock_monotonic_ns() - began) / CALLS;
    return err;
}

/* ------------------------------------------------------------------------
 * Flows. */

tvn_err
tvn__bench_flow(const struct tvn__bench_flow *flow, double *ns,
    uint64_t *events, struct tvn_diag *diag)
{
    struct tvn_arena arena = {0};
    const struct tvn_host_opts opts = {
        .file = flow->file, .sets = flow->sets, .set_count = flow->set_count};
    const struct tvn_host_run_opts run = {
        .cache_dir = tvn_host_cache_dir(&arena),
        .swaps = flow->swaps,
        .swap_count = flow->swap_count,
    };
    struct tvn_host *host = NULL;
    tvn_err err = tvn_host_load(&opts, &host, diag);

    if (err == TVN_OK) {
        for (uint32_t i = 0; i < flow->swap_count; i++) {
            if (flow->swaps[i].make == tvn__memory_source_make) {
                ((struct tvn__memory_source *)flow->swaps[i].env)->host = host;
            }
        }
        err = tvn_host_run(host, &run, diag);
    }
    if (err == TVN_OK) {
        struct tvn_ledger_events sums;

        tvn_ledger_sum(tvn_flow_ledger(host->flow), &sums);
        *events = sums.in;
        *ns = (double)tvn_flow_elapsed_ns(host->flow) / (double)*events;
    }
    tvn_host_free(host);
    tvn_arena_fini(&arena);
    return err;
}

static tvn_err
sample_flow(void *env, double *ns, struct tvn_diag *diag)
{
    struct tvn__flow_side *side = env;
    tvn_err err;

    side->sums = (struct tvn__sums){0};
    err = tvn__bench_flow(&side->flow, ns, &side->events, diag);
    if (err == TVN_OK && side->wanted != NULL &&
        memcmp(&side->sums, side->wanted, sizeof(side->sums)) != 0) {
        err = tvn_diag_error(diag, TVN_EUNBALANCED, NULL,
            "the flow's totals differ from those of plain C");
    }
    return err;
}

static void
summing(struct tvn__flow_side *side, const struct tvn__sums *wanted)
{
    side->swaps[1] = (struct tvn_host_swap){
        TVN_STR("totals"), tvn__summing_sink_make, &side->sums};
    side->swaps[2] = (struct tvn_host_swap){
        TVN_STR("delivery"), tvn__summing_sink_make, &side->sums};
    side->flow.swap_count = 3;
    side->wanted = wanted;
}

/* Both sinks keep their codec and write to nowhere. */
static void
to_dev_null(struct tvn__flow_side *side)
{
    static const char *const sets[][2] = {
        {"stages.totals.sink.file.path", "/dev/null"},
        {"stages.totals.sink.file.mode", "append"},
        {"stages.delivery.sink.file.path", "/dev/null"},
        {"stages.delivery.sink.file.mode", "append"},
    };

    for (uint32_t i = 0; i < 4; i++) {
        side->sets[i] = (struct tvn_pipeline_set){
            tvn_str_of(sets[i][0]), tvn_str_of(sets[i][1])};
    }
    side->flow.sets = side->sets;
    side->flow.set_count = 4;
}

/* ------------------------------------------------------------------------ */

static tvn_err
bench_calls(struct tvn_bench *out, double *raw_ns, struct tvn_diag *diag)
{
    struct caller caller = {0};
    struct tvn__side sides[] = {
        {"engine-call", sample_raw, &caller, NULL},
        {"call", sample_call, &caller, NULL},
    };
    tvn_err err = make_caller(&caller, diag);

    if (err == TVN_OK) {
        err = tvn__interleave(sides, 2, out->pairs, diag);
    }
    if (err == TVN_OK) {
        double ratio =
            tvn__ratio_of(sides[1].samples, sides[0].samples, out->pairs);

        *raw_ns = tvn__median(sides[0].samples, out->pairs);
        tvn__add_row(out, "engine-call", *raw_ns, 0, NULL);
        tvn__add_row(out, "call", tvn__median(sides[1].samples, out->pairs),
            ratio, "engine-call");
    }
    tvn__free_samples(sides, 2, out->pairs);
    free_caller(&caller);
    return err;
}

/* What one stage more costs: the difference of two flows of one pair. */
static void
add_hops(struct tvn_bench *out, struct tvn__side *sides, uint32_t count,
    double raw_ns)
{
    double ratio = 0; /* enrich to what it is compared with */

    for (uint64_t i = 0; i < out->pairs; i++) {
        for (uint32_t k = 1; k < count; k++) {
            sides[k].samples[i] -= sides[0].samples[i];
        }
    }
    if (count > 3) {
        ratio = tvn__ratio_of(sides[2].samples, sides[3].samples, out->pairs);
    }
    for (uint32_t i = 0; i < count; i++) {
        double ns = tvn__median(sides[i].samples, out->pairs);

        if (i == 0 || i == 3) {
            tvn__add_row(out, sides[i].name, ns, 0, NULL);
        } else if (i == 2 && count > 3) {
            tvn__add_row(out, sides[i].name, ns, ratio, "hop-against");
        } else {
            tvn__add_row(out, sides[i].name, ns, ns / raw_ns, "engine-call");
        }
    }
}

static tvn_err
bench_hops(struct tvn_bench *out, const struct tvn_bench_opts *opts,
    double raw_ns, struct tvn_diag *diag)
{
    struct tvn__hops hops = {0};
    struct tvn__side sides[TVN__HOPS] = {
        {"hop-none", sample_flow, &hops.sides[0], NULL},
        {"hop-filter", sample_flow, &hops.sides[1], NULL},
        {"hop-enrich", sample_flow, &hops.sides[2], NULL},
        {"hop-against", sample_flow, &hops.sides[3], NULL},
    };
    tvn_err err = tvn__hops_prepare(&hops, opts, diag);

    if (err == TVN_OK) {
        err = tvn__interleave(sides, hops.count, out->pairs, diag);
    }
    if (err == TVN_OK) {
        add_hops(out, sides, hops.count, raw_ns);
    }
    tvn__free_samples(sides, hops.count, out->pairs);
    tvn__hops_remove(&hops);
    return err;
}

struct native_side {
    struct tvn__native *native;
    struct tvn__sums sums;
};

static tvn_err
sample_native(void *env, double *ns, struct tvn_diag *diag)
{
    struct native_side *side = env;

    (void)diag;
    *ns = tvn__native_run(side->native, &side->sums) /
          (double)tvn__native_count(side->native);
    return TVN_OK;
}

static tvn_err
bench_flows(struct tvn_bench *out, const char *file, struct tvn_diag *diag)
{
    struct native_side native = {0};
    struct tvn__flow_side typed = {.flow.file = file};
    struct tvn__flow_side text = {.flow.file = file};
    struct tvn__side sides[] = {
        {"flow-native", sample_native, &native, NULL},
        {"flow-typed", sample_flow, &typed, NULL},
        {"flow-ndjson", sample_flow, &text, NULL},
    };
    tvn_err err = tvn__native_new(file, &native.native, diag);

    tvn__from_memory(&typed);
    summing(&typed, &native.sums);
    to_dev_null(&text);
    if (err == TVN_OK) {
        err = tvn__interleave(sides, 3, out->pairs, diag);
    }
    if (err == TVN_OK) {
        out->events = typed.events;
    }
    for (uint32_t i = 3; err == TVN_OK && i-- > 0;) {
        double ratio =
            tvn__ratio_of(sides[i].samples, sides[0].samples, out->pairs);
        double ns = i == 0 ? tvn__median(sides[0].samples, out->pairs) : 0;

        if (i > 0) { /* the pairs of side 0 must keep their order */
            double copy[TVN__PAIRS_MAX];

            memcpy(copy, sides[i].samples, out->pairs * sizeof(double));
            ns = tvn__median(copy, out->pairs);
        }
        tvn__add_row(out, sides[i].name, ns, i == 0 ? 0 : ratio,
            i == 0 ? NULL : "flow-native");
    }
    tvn__free_samples(sides, 3, out->pairs);
    tvn__native_free(native.native);
    return err;
}

tvn_err
tvn_bench_run(const struct tvn_bench_opts *opts, struct tvn_bench *out,
    struct tvn_diag *diag)
{
    uint64_t pairs = opts->pairs;
    double raw_ns = 0;
    tvn_err err;

    *out = (struct tvn_bench){
        .pairs = pairs > TVN__PAIRS_MAX ? TVN__PAIRS_MAX : pairs};
    err = bench_calls(out, &raw_ns, diag);
    if (err == TVN_OK) {
        err = tvn__bench_queue(out, diag);
    }
    if (err == TVN_OK) {
        err = bench_hops(out, opts, raw_ns, diag);
    }
    return err == TVN_OK ? bench_flows(out, opts->file, diag) : err;
}
