/* bench_tiny.c -- events of one number, and a flow of two native stages that
 * do next to nothing: what is measured is what is between them. */
#include "base/clock.h"
#include "base/mem.h"
#include "host/bench_internal.h"

#include <string.h>

#define MAX_EVENT   4096u
#define POOL_CACHE  (1u << 20)
#define QUEUE_BYTES (4u << 20)

tvn_err
tvn__maker_init(struct tvn__maker *maker)
{
    maker->types = tvn_types_new();
    maker->pool = tvn_pool_new(MAX_EVENT, POOL_CACHE);
    if (maker->types == NULL || maker->pool == NULL ||
        tvn_type_scalar(maker->types, TVN_KIND_U64, &maker->type) != TVN_OK) {
        return TVN_ENOMEM;
    }
    tvn_builder_init(&maker->builder, maker->pool);
    return TVN_OK;
}

void
tvn__maker_fini(struct tvn__maker *maker)
{
    tvn_builder_fini(&maker->builder);
    tvn_pool_free(maker->pool);
    if (maker->types != NULL) {
        tvn_types_free(maker->types);
    }
    *maker = (struct tvn__maker){0};
}

struct tvn_image *
tvn__maker_make(struct tvn__maker *maker, uint64_t number)
{
    struct tvn_image *image = NULL;

    if (tvn_builder_begin(&maker->builder, maker->type) != TVN_OK) {
        return NULL;
    }
    memcpy(maker->builder.data, &number, sizeof(number));
    return tvn_builder_finish(&maker->builder, &image) == TVN_OK ? image : NULL;
}

/* ------------------------------------------------------------------------
 * Stages. */

struct tiny {
    struct tvn__maker *maker; /* source */
    uint64_t left;
    uint64_t cost_ns; /* sink */
    uint64_t sum;     /* of the numbers made, or seen */
    struct tvn_stage_counts counts;
};

static tvn_err
source_run(void *self, struct tvn_burst *burst)
{
    struct tiny *tiny = self;

    while (burst->outs < burst->credit && tiny->left > 0) {
        struct tvn_image *image = tvn__maker_make(tiny->maker, tiny->left);

        if (image == NULL) {
            burst->fault.kind = TVN_FAULT_FATAL;
            burst->fault.err = TVN_ENOMEM;
            tiny->counts.failed++;
            return TVN_ENOMEM;
        }
        tiny->sum += tiny->left--;
        burst->out[burst->outs++] = image;
    }
    burst->is_end = tiny->left == 0;
    tiny->counts.calls++;
    tiny->counts.ok += burst->outs;
    tiny->counts.outs += burst->outs;
    tiny->counts.records += burst->outs;
    return TVN_OK;
}

/* A sink with a cost works: it does not sleep. */
static void
work(uint64_t ns)
{
    uint64_t until_ns = ns == 0 ? 0 : tvn_clock_monotonic_ns() + ns;

    while (until_ns != 0 && tvn_clock_monotonic_ns() < until_ns) {
    }
}

static tvn_err
sink_run(void *self, struct tvn_burst *burst)
{
    struct tiny *tiny = self;

    for (uint32_t i = 0; i < burst->in_count; i++) {
        uint64_t number;

        memcpy(&number, burst->in[i].image->data, sizeof(number));
        tiny->sum += number;
        work(tiny->cost_ns);
    }
    burst->consumed = burst->in_count;
    tiny->counts.calls++;
    tiny->counts.ok += burst->in_count;
    tiny->counts.records += burst->in_count;
    return TVN_OK;
}

static void
counts(const void *self, struct tvn_stage_counts *out)
{
    *out = ((const struct tiny *)self)->counts;
}

static const struct tvn_stage_ops source_ops = {
    .kind = "tiny",
    .start = tvn_stage_no_start,
    .run = source_run,
    .stop = tvn_stage_no_stop,
    .free = tvn_stage_no_stop, /* the caller's */
    .counts = counts,
};
static const struct tvn_stage_ops sink_ops = {
    .kind = "tiny",
    .start = tvn_stage_no_start,
    .run = sink_run,
    .complete = tvn_stage_no_complete,
    .stop = tvn_stage_no_stop,
    .free = tvn_stage_no_stop, /* the caller's */
    .counts = counts,
};

/* ------------------------------------------------------------------------
 * The flow. */

static tvn_err
make_flow(struct tvn__tiny_run *run, const struct tvn__tiny *opts,
    struct tiny stages[2], struct tvn_diag *diag)
{
    const struct tvn_flow_node nodes[] = {
        {.name = TVN_STR("source"),
            .role = TVN_ROLE_SOURCE,
            .stage = {&source_ops, &stages[0]},
            .image_max = tvn_pool_charge(run->makers[0].pool, 8)},
        {.name = TVN_STR("sink"),
            .role = TVN_ROLE_SINK,
            .stage = {&sink_ops, &stages[1]},
            .thread = opts->thread_count - 1},
    };
    const struct tvn_flow_edge edge = {
        .name = TVN_STR("source -> sink"),
        .to = 1,
        .capacity = TVN__TINY_CAPACITY,
        .bytes = QUEUE_BYTES,
    };
    struct tvn_flow_opts flow = {
        .name = TVN_STR("tiny"),
        .nodes = nodes,
        .node_count = 2,
        .edges = &edge,
        .edge_count = 1,
        .clock = tvn_clock_real(),
        .loop = run->loop,
        .thread_count = opts->thread_count,
        .pools = run->pools,
        .burst = TVN_BURST_MAX,
    };

    return tvn_flow_new(&flow, &run->flow, diag);
}

tvn_err
tvn__tiny_run(struct tvn__tiny_run *run, const struct tvn__tiny *opts,
    struct tvn_diag *diag)
{
    struct tiny stages[2] = {
        {.maker = &run->makers[0], .left = opts->events},
        {.cost_ns = opts->cost_ns},
    };
    tvn_err err = TVN_OK;

    *run = (struct tvn__tiny_run){0};
    for (uint32_t i = 0; err == TVN_OK && i < opts->thread_count; i++) {
        err = tvn__maker_init(&run->makers[i]);
        run->pools[i] = run->makers[i].pool;
    }
    if (err == TVN_OK) {
        err = tvn_loop_new(&run->loop);
    }
    if (err == TVN_OK) {
        err = make_flow(run, opts, stages, diag);
    }
    if (err == TVN_OK) {
        err = tvn_flow_run(run->flow, diag);
    }
    if (err == TVN_OK && stages[0].sum != stages[1].sum) {
        err = tvn_diag_error(diag, TVN_EUNBALANCED, NULL,
            "the sink did not get what the source made");
    }
    return err;
}

void
tvn__tiny_free(struct tvn__tiny_run *run)
{
    tvn_flow_free(run->flow);
    if (run->loop != NULL) {
        tvn_loop_free(run->loop);
    }
    for (uint32_t i = 0; i < 2; i++) {
        tvn__maker_fini(&run->makers[i]);
    }
}
