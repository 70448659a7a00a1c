/* flow_bench.c -- what a flow costs an event and hop when the stages cost
 * nothing: queues, credit, scheduling, counters, the ledger.
 *
 *     null source -> filter -> filter -> null sink      (3 hops)
 *     null source => two null sinks                     (fan-out)
 *     null source -> router -> two null sinks
 *
 *     flow_bench [EVENTS] */
#include "base/clock.h"
#include "base/jsonout.h"
#include "base/mem.h"
#include "flow/flow.h"
#include "value/testing.h"

#include <stdio.h>
#include <stdlib.h>

struct stub {
    struct tvn_stage_counts counts;
    struct tvn_image *image; /* the source's only one */
    uint64_t left;
    uint32_t verdict; /* 0: by turns 1 and 2 */
};

static tvn_err
pull(void *self, struct tvn_burst *burst)
{
    struct stub *stub = self;

    while (burst->outs < burst->credit && stub->left > 0) {
        burst->out[burst->outs++] = tvn_image_ref(stub->image);
        stub->left--;
    }
    burst->is_end = stub->left == 0;
    stub->counts.outs += burst->outs;
    stub->counts.ok += burst->outs;
    stub->counts.records += burst->outs;
    return TVN_OK;
}

static tvn_err
judge(void *self, struct tvn_burst *burst)
{
    struct stub *stub = self;

    for (uint32_t i = 0; i < burst->in_count; i++) {
        burst->verdicts[i] = stub->verdict > 0
                                 ? stub->verdict
                                 : 1 + (uint32_t)(burst->in[i].sequence & 1);
    }
    burst->consumed = burst->in_count;
    stub->counts.ok += burst->consumed;
    stub->counts.kept += burst->consumed;
    stub->counts.routed += burst->consumed;
    return TVN_OK;
}

static tvn_err
swallow(void *self, struct tvn_burst *burst)
{
    struct stub *stub = self;

    burst->consumed = burst->in_count;
    stub->counts.ok += burst->consumed;
    stub->counts.records += burst->consumed;
    return TVN_OK;
}

static void
counts(const void *self, struct tvn_stage_counts *out)
{
    const struct stub *stub = self;

    *out = stub->counts;
}

#define OPS(run_)                                                              \
    {                                                                          \
        .kind = "stub", .start = tvn_stage_no_start, .run = (run_),            \
        .complete = tvn_stage_no_complete, .stop = tvn_stage_no_stop,          \
        .free = tvn_stage_no_stop, .counts = counts                            \
    }

static const struct tvn_stage_ops source_ops = OPS(pull);
static const struct tvn_stage_ops judge_ops = OPS(judge);
static const struct tvn_stage_ops sink_ops = OPS(swallow);

static struct tvn_image *image;

struct row {
    const char *name;
    enum tvn_role roles[4];
    uint32_t node_count;
    struct tvn_flow_edge edges[3];
    uint32_t edge_count;
    uint32_t verdict;
    double hops; /* pushes of one event */
};

static void
bench(
    const struct row *row, uint64_t events, uint32_t burst, uint32_t image_max)
{
    struct stub stubs[4] = {0};
    struct tvn_flow_node nodes[4] = {0};
    struct tvn_flow_edge edges[3];
    struct tvn_flow *flow = NULL;
    struct tvn_diag diag = {0};
    struct tvn_flow_opts opts = {
        .name = TVN_STR("bench"),
        .nodes = nodes,
        .node_count = row->node_count,
        .edges = edges,
        .edge_count = row->edge_count,
        .clock = tvn_clock_real(),
        .burst = burst,
    };
    struct tvn_loop *loop = NULL;
    uint64_t elapsed_ns;

    for (uint32_t i = 0; i < row->node_count; i++) {
        const struct tvn_stage_ops *ops =
            row->roles[i] == TVN_ROLE_SOURCE ? &source_ops
            : row->roles[i] == TVN_ROLE_SINK ? &sink_ops
                                             : &judge_ops;

        stubs[i].image = image;
        stubs[i].left = events;
        stubs[i].verdict = row->verdict;
        nodes[i] = (struct tvn_flow_node){.name = TVN_STR("x"),
            .role = row->roles[i],
            .stage = {ops, &stubs[i]},
            .image_max = image_max};
    }
    for (uint32_t i = 0; i < row->edge_count; i++) {
        edges[i] = row->edges[i];
        edges[i].name = TVN_STR("x -> x");
        edges[i].capacity = 256;
        edges[i].bytes = 4u << 20;
    }
    TVN_ASSERT(tvn_loop_new(&loop) == TVN_OK);
    opts.loop = loop;
    TVN_ASSERT(tvn_flow_new(&opts, &flow, &diag) == TVN_OK);
    TVN_ASSERT(tvn_flow_run(flow, &diag) == TVN_OK);
    elapsed_ns = tvn_flow_elapsed_ns(flow);
    printf("%-34s burst %2u image_max %7u  %6.1f ns/event %6.1f ns/event/hop\n",
        row->name, burst, image_max, (double)elapsed_ns / (double)events,
        (double)elapsed_ns / (double)events / row->hops);
    tvn_flow_free(flow);
    tvn_loop_free(loop);
    tvn_diag_fini(&diag);
}

static const struct row rows[] = {
    {"source -> filter -> filter -> sink",
        {TVN_ROLE_SOURCE, TVN_ROLE_FILTER, TVN_ROLE_FILTER, TVN_ROLE_SINK}, 4,
        {{.from = 0, .to = 1}, {.from = 1, .to = 2}, {.from = 2, .to = 3}}, 3,
        1, 3},
    {"source => 2 sinks", {TVN_ROLE_SOURCE, TVN_ROLE_SINK, TVN_ROLE_SINK}, 3,
        {{.from = 0, .to = 1}, {.from = 0, .to = 2}}, 2, 1, 2},
    {"source -> router -> 1 of 2 sinks",
        {TVN_ROLE_SOURCE, TVN_ROLE_ROUTER, TVN_ROLE_SINK, TVN_ROLE_SINK}, 4,
        {{.from = 0, .to = 1},
            {.from = 1, .to = 2, .out = TVN_OUT_PORT, .port = 0},
            {.from = 1, .to = 3, .out = TVN_OUT_PORT, .port = 1}},
        3, 0, 2},
};

int
main(int argc, char **argv)
{
    uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 0) : 10000000;
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(4096, 1u << 16);
    struct tvn_builder builder;

    TVN_ASSERT(types != NULL && pool != NULL);
    tvn_builder_init(&builder, pool);
    TVN_ASSERT(tvn_builder_begin(&builder,
                   tvn_testing_scalar(types, TVN_KIND_U64)) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&builder, &image) == TVN_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench(&rows[i], events, 64, image->block);
    }
    bench(&rows[0], events, 4, image->block);
    bench(&rows[0], events, 1, image->block);
    /* Credit is for images of the largest size: four of them at a time. */
    bench(&rows[0], events, 64, 1u << 20);
    tvn_image_unref(image);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
