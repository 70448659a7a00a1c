/* random_test.c -- random graphs of stages with random scripts, policies,
 * rates, retries and threads (by turns): after every turn the law holds and
 * no queue is over its bounds; at the end every edge has been first in, first
 * out, no event was delivered twice on a path, and all went through.
 *
 * What each stage saw is hashed: a seed stands for one run, whatever compiled
 * it.
 *
 *     random_test [SEED [ROUNDS]] */
#include "flow/testing_trace.h"

#include <stdio.h>
#include <stdlib.h>

static struct tvn_rng rng;

static uint32_t
below(uint32_t bound)
{
    return (uint32_t)tvn_rng_below(&rng, bound);
}

static uint32_t
any_outs(uint64_t id)
{
    return (uint32_t)(id * 2654435761u >> 7) % 5;
}

static uint32_t
any_bits(uint64_t id)
{
    return (uint32_t)(id * 2246822519u >> 9) % 4;
}

static uint32_t world_threads;

static void
script(struct tvn_testing_stage *stage, struct tvn_flow_node *node)
{
    static const enum tvn_fault_kind kinds[] = {TVN_FAULT_NONE, TVN_FAULT_NONE,
        TVN_FAULT_REJECT, TVN_FAULT_TRAP, TVN_FAULT_RETRY, TVN_FAULT_DEADLINE,
        TVN_FAULT_WRITE};

    stage->per_visit = below(3) == 0 ? 1 + below(9) : 0;
    stage->again_every = below(3) == 0 ? 2 + below(9) : 0;
    stage->again_ns = 1 + below(3000);
    stage->cost_ns = below(2) == 0 ? below(30000) : 0;
    stage->pad = below(3) == 0 ? below(600) : 0;
    stage->fails = kinds[below(7)];
    stage->fail_every = 2 + below(60);
    stage->fail_times = below(2) == 0 ? 1 + below(3) : 0;
    stage->fails_early = below(2) == 0;
    if (below(4) == 0) {
        stage->stall_at_ns = below(1000000);
        stage->stall_ns = below(5000000);
    }
    stage->outs_of = below(2) == 0 ? any_outs : NULL;
    stage->outs = below(4);
    stage->flush_outs = below(9);
    stage->ingest_outs = below(3) == 0 ? below(3) : 0;
    stage->verdict_of = any_bits;
    stage->records = below(400);
    node->image_max =
        tvn_pool_charge(stage->world->pool, (uint32_t)(16 + stage->pad));
    node->then = (enum tvn_flow_then)below(3);
    if (node->then == TVN_THEN_STOP && below(3) != 0) {
        node->then = TVN_THEN_DROP;
    }
    node->retries = below(2) == 0 ? 1 + below(4) : 0;
    node->backoff_min_ns = below(20000);
    node->backoff_max_ns = node->backoff_min_ns + below(200000);
    node->thread = below(world_threads);
    node->window_count = below(2) == 0 ? 1 + below(30) : 0;
    node->window_every_ns = below(2) == 0 ? 1000 + below(100000) : 0;
}

static char names[TVN_TESTING_MAX][16];

static void
join(struct tvn_testing_world *world, uint32_t from, uint32_t to,
    enum tvn_flow_out out, uint32_t port)
{
    struct tvn_flow_edge *edge;

    if (world->opts.edge_count == TVN_TESTING_MAX) {
        return;
    }
    edge = tvn_testing_join(world, "e", from, to, 1 + below(20));
    edge->out = out;
    edge->port = port;
    edge->bytes = 1024 + below(8192);
    edge->overflow =
        below(2) == 0 ? (enum tvn_overflow)below(5) : TVN_OVERFLOW_BLOCK;
    if (edge->overflow == TVN_OVERFLOW_RATE_LIMIT || below(6) == 0) {
        edge->rate = 1 + below(1000000);
        edge->rate_burst = 1 + below(20);
    }
}

/* Any stage behind `from` that takes input. */
static uint32_t
target(const struct tvn_testing_world *world, uint32_t from)
{
    uint32_t to;

    do {
        to = from + 1 + below(world->opts.node_count - from - 1);
    } while (world->nodes[to].role == TVN_ROLE_SOURCE);
    return to;
}

static void
wire(struct tvn_testing_world *world, uint32_t from)
{
    uint32_t more = below(3) == 0;

    switch (world->nodes[from].role) {
    case TVN_ROLE_SINK:
        return;
    case TVN_ROLE_ROUTER:
        join(world, from, target(world, from), TVN_OUT_PORT, 0);
        join(world, from, target(world, from), TVN_OUT_PORT, 1);
        if (more) {
            join(world, from, target(world, from), TVN_OUT_PORT, 1);
        }
        if (below(2) == 0) {
            join(world, from, target(world, from), TVN_OUT_UNROUTED, 0);
        }
        return;
    case TVN_ROLE_FILTER:
        if (below(2) == 0) {
            join(world, from, target(world, from), TVN_OUT_REJECTED, 0);
        }
        break;
    case TVN_ROLE_SOURCE:
    case TVN_ROLE_PROCESSOR:
    case TVN_ROLE_AGGREGATOR:
        break;
    }
    for (uint32_t i = 0; i <= more; i++) {
        join(world, from, target(world, from), TVN_OUT_MAIN, 0);
    }
}

/* Sources first, sinks last, anything between, edges always to the right. */
static struct tvn_testing_world *
make(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    uint32_t sources = 1 + below(2);
    uint32_t middle = below(6);
    uint32_t sinks = 1 + below(3);

    world_threads = below(2) == 0 ? 1 : 2 + below(3);
    world->opts.thread_count = world_threads;
    world->opts.seed = tvn_rng_next(&rng);
    for (uint32_t i = 0; i < sources + middle + sinks; i++) {
        enum tvn_role role = i < sources ? TVN_ROLE_SOURCE
                             : i < sources + middle
                                 ? (enum tvn_role)(1 + below(4))
                                 : TVN_ROLE_SINK;

        (void)snprintf(names[i], sizeof(names[i]), "s%u", i);
        script(tvn_testing_add(world, names[i], role), &world->nodes[i]);
    }
    for (uint32_t i = 0; i < world->opts.node_count; i++) {
        wire(world, i);
    }
    for (uint32_t to = sources; to < world->opts.node_count; to++) {
        bool has_input = false;

        for (uint32_t e = 0; e < world->opts.edge_count; e++) {
            has_input = has_input || world->edges[e].to == to;
        }
        if (!has_input) {
            join(world, 0, to, TVN_OUT_MAIN, 0);
        }
    }
    world->opts.burst = 1 + below(64);
    world->opts.limit = below(4) == 0 ? 1 + below(300) : 0;
    world->opts.drain_timeout_ns = 0;
    return world;
}

/* Up to the source (or aggregator, whose events are new) along single edges.
 * False: two streams were joined on the way. */
static bool
has_one_origin(const struct tvn__node *node, bool *may_repeat)
{
    *may_repeat = false;
    while (node->ins.count == 1) {
        node = node->ins.edges[0]->from;
        if (node->role == TVN_ROLE_SOURCE ||
            node->role == TVN_ROLE_AGGREGATOR) {
            return true;
        }
        *may_repeat = *may_repeat || node->role == TVN_ROLE_PROCESSOR;
    }
    return false;
}

/* Every edge is first in, first out: where all events are of one origin they
 * come in its order, and (unless a processor makes several of one) never
 * twice. */
static void
check_order(const struct tvn_testing_world *world)
{
    for (uint32_t n = 0; n < world->opts.node_count; n++) {
        const struct tvn_testing_stage *stage = &world->stages[n];
        bool may_repeat;

        if (!has_one_origin(&world->flow->nodes[n], &may_repeat)) {
            continue;
        }
        for (uint64_t i = 1; i < stage->seen_count; i++) {
            uint64_t before = stage->seen[i - 1].sequence;

            TVN_ASSERT(stage->seen[i].sequence > before ||
                       (may_repeat && stage->seen[i].sequence == before));
        }
    }
}

/* FNV-1a over what every stage saw, and when it was all over. */
static uint64_t trace = UINT64_C(0xcbf29ce484222325);

static void
add_to_trace(const struct tvn_testing_world *world)
{
    for (uint32_t n = 0; n < world->opts.node_count; n++) {
        const struct tvn_testing_stage *stage = &world->stages[n];

        for (uint64_t i = 0; i < stage->seen_count; i++) {
            trace = (trace ^ stage->seen[i].sequence) * 0x100000001b3;
            trace = (trace ^ stage->seen[i].id) * 0x100000001b3;
        }
    }
    trace = (trace ^ world->now_ns) * 0x100000001b3;
}

static uint64_t traces_checked; /* the others did not fit into their logs */

static void
run_one(uint64_t seed)
{
    struct tvn_testing_world *world;
    struct tvn_ledger_events events;
    uint64_t sunk = 0;
    tvn_err err;

    rng.state = seed;
    world = make();
    if (seed % 4 == 0) {
        tvn_testing_follow_all(world);
    }
    err = tvn_testing_run(world);
    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    if ((err != TVN_OK && err != TVN_EGUEST_REJECT && err != TVN_EOVERFLOW) ||
        events.in_flight != 0) {
        struct tvn_buf out = {0};

        tvn_diag_print(&world->diag, &out);
        tvn_flow_report_print(world->flow, &out);
        printf("seed %llu: %s\n%s", (unsigned long long)seed, tvn_err_text(err),
            tvn_buf_text(&out));
        abort();
    }
    for (uint32_t n = 0; n < world->opts.node_count; n++) {
        if (world->nodes[n].role == TVN_ROLE_SINK) {
            sunk += world->stages[n].seen_count;
        }
    }
    TVN_ASSERT(events.delivered == sunk);
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    check_order(world);
    if (world->flow->trace != NULL && world->flow->trace->lost == 0) {
        tvn_testing_check_trace(world);
        traces_checked++;
    }
    add_to_trace(world);
    tvn_testing_world_free(world);
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    uint64_t rounds = argc > 2 ? strtoull(argv[2], NULL, 0) : 2000;

    printf("seed %llu, %llu rounds\n", (unsigned long long)seed,
        (unsigned long long)rounds);
    for (uint64_t i = 0; i < rounds; i++) {
        run_one(seed + i);
    }
    printf("trace %016llx\n", (unsigned long long)trace);
    printf("%llu traces checked\n", (unsigned long long)traces_checked);
    TVN_ASSERT(traces_checked >= rounds / 8);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
