/* bench_internal.h -- what the files of the bench share. */
#ifndef TVN_HOST_BENCH_INTERNAL_H
#define TVN_HOST_BENCH_INTERNAL_H

#include "host/bench.h"
#include "host/host.h"
#include "stream/stage.h"

/* What a run of the flights flow gave; two runs must agree in all of it. */
struct tvn__sums {
    uint64_t flights;
    int64_t delay_sum;
    uint64_t totals; /* rows */
    uint64_t notices;
    uint64_t text_bytes; /* of the notices */
};

/* One flow, run once: nanoseconds from its start to its end. */
struct tvn__bench_flow {
    const char *file;
    const struct tvn_host_swap *swaps;
    uint32_t swap_count;
    const struct tvn_pipeline_set *sets;
    uint32_t set_count;
};
tvn_err tvn__bench_flow(const struct tvn__bench_flow *flow, double *ns,
    uint64_t *events, struct tvn_diag *diag);

/* bench_stages.c: a source that gives a file's events again, from memory, and
 * sinks that add up. */
struct tvn__memory_source {
    struct tvn_host *host; /* set by tvn__bench_flow before it makes */
    struct tvn_str stage;
};
tvn_err tvn__memory_source_make(void *env, struct tvn_pool *pool,
    const struct tvn_type *type, TVN_GIVE struct tvn_stage *out);
tvn_err tvn__summing_sink_make(void *env, struct tvn_pool *pool,
    const struct tvn_type *type, TVN_GIVE struct tvn_stage *out);

/* bench_native.c: the events as structs, and the five stages as functions. */
struct tvn__native;
tvn_err tvn__native_new(
    const char *file, TVN_GIVE struct tvn__native **out, struct tvn_diag *diag);
void tvn__native_free(struct tvn__native *native);
double tvn__native_run(struct tvn__native *native, struct tvn__sums *sums);
uint64_t tvn__native_count(const struct tvn__native *native);

/* ------------------------------------------------------------------------
 * One side of a comparison that is a flow. */
struct tvn__flow_side {
    struct tvn__bench_flow flow;
    struct tvn__memory_source source;
    struct tvn_host_swap swaps[3];
    struct tvn_pipeline_set sets[4];
    struct tvn__sums sums;
    const struct tvn__sums *wanted; /* NULL: not compared */
    uint64_t events;
};

/* Its source gives the file's events from memory. */
void tvn__from_memory(struct tvn__flow_side *side);

/* bench_hops.c: the flights file's source and a null sink, and between them
 * nothing, validate, enrich, what stands in for enrich. */
#define TVN__HOPS 4u
struct tvn__hops {
    char dir[64]; /* of the files written */
    struct tvn_buf paths[TVN__HOPS];
    struct tvn__flow_side sides[TVN__HOPS];
    uint32_t count; /* 3 without a component to compare with */
};
tvn_err tvn__hops_prepare(struct tvn__hops *hops,
    const struct tvn_bench_opts *opts, struct tvn_diag *diag);
void tvn__hops_remove(struct tvn__hops *hops);

#endif
