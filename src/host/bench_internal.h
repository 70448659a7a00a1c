/* bench_internal.h -- what the files of the bench share. */
#ifndef TVN_HOST_BENCH_INTERNAL_H
#define TVN_HOST_BENCH_INTERNAL_H

#include "base/assert.h"
#include "flow/flow.h"
#include "host/bench.h"
#include "host/host.h"
#include "stream/stage.h"
#include "value/image.h"

#define TVN__PAIRS_MAX 1000u

/* ------------------------------------------------------------------------
 * bench_pairs.c */

/* One side of a comparison: a sample in ns per unit. */
struct tvn__side {
    const char *name;
    tvn_err (*sample)(void *env, double *ns, struct tvn_diag *diag);
    void *env;
    double *samples; /* in the order of the pairs */
};

/* Runs the sides in turn, `pairs` times, after one round that does not
 * count. */
tvn_err tvn__interleave(struct tvn__side *sides, uint32_t count, uint64_t pairs,
    struct tvn_diag *diag);
void tvn__free_samples(struct tvn__side *sides, uint32_t count, uint64_t pairs);

/* Sorts. */
double tvn__median(double *values, uint64_t count);
/* The median of a[i] / b[i]; `a` and `b` stay in their order. */
double tvn__ratio_of(const double *a, const double *b, uint64_t pairs);
void tvn__add_row(struct tvn_bench *out, const char *name, double ns,
    double ratio, const char *of);

/* ------------------------------------------------------------------------
 * bench_queues.c */

/* The row `queue`: push and pop on one thread. */
tvn_err tvn__bench_queue(struct tvn_bench *out, struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * bench_tiny.c: events of one number, and a flow of two native stages. */

/* Makes images in a pool of its own. */
struct tvn__maker {
    struct tvn_types *types;
    const struct tvn_type *type; /* u64 */
    struct tvn_pool *pool;
    struct tvn_builder builder;
};
tvn_err tvn__maker_init(struct tvn__maker *maker);
void tvn__maker_fini(struct tvn__maker *maker);
/* NULL: no memory. */
struct tvn_image *tvn__maker_make(struct tvn__maker *maker, uint64_t number);

#define TVN__TINY_CAPACITY 256u

/* source -> sink; the sink checks the sum of what it gets. */
struct tvn__tiny {
    uint64_t events;
    uint32_t thread_count; /* 2: the sink has its own */
    uint64_t cost_ns;      /* the sink's, of one event; 0: none */
};
/* `flow` is there until tvn__tiny_free. */
struct tvn__tiny_run {
    struct tvn__maker makers[2]; /* by thread */
    struct tvn_pool *pools[2];
    struct tvn_loop *loop;
    struct tvn_flow *flow;
};
tvn_err tvn__tiny_run(struct tvn__tiny_run *run, const struct tvn__tiny *opts,
    struct tvn_diag *diag);
void tvn__tiny_free(struct tvn__tiny_run *run);

/* bench_cross.c: an event's way to another thread, in parts. */
struct tvn__crossing {
    bool has_queues; /* queue -> ring -> inbox, not the ring alone */
    bool has_images; /* each event has an image, not all the same one */
    bool sleeps;     /* who has nothing to do sleeps in a loop */
};
tvn_err tvn__crossing_run(const struct tvn__crossing *opts, uint64_t events,
    double *ns, struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * The flights. */

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
