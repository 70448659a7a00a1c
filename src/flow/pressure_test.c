/* pressure_test.c -- how far a source goes on when what is behind it stands:
 * counts, on a virtual clock and with threads; the times are `torvyn bench
 * pressure`'s. */
#include "flow/testing.h"

#define RECORDS 50000u
#define DEAD_AT 100u /* the id with which the sink dies */

/* source -> stage -> sink, each edge with a capacity of its own. */
static const uint32_t capacities[] = {40, 17};

struct rig {
    struct tvn_testing_world *world;
    struct tvn_testing_stage *source;
    struct tvn_testing_stage *sink;
    uint64_t most; /* events between source and sink */
};

/* With `threads`, the sink has its own, and time is real. */
static void
make(struct rig *rig, enum tvn_role between, bool threads)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_flow_edge *edge;

    *rig = (struct rig){.world = world, .most = capacities[0] + capacities[1]};
    rig->source = tvn_testing_add(world, "source", TVN_ROLE_SOURCE);
    rig->source->records = RECORDS;
    (void)tvn_testing_add(world, "between", between);
    rig->sink = tvn_testing_add(world, "sink", TVN_ROLE_SINK);
    (void)tvn_testing_join(world, "source -> between", 0, 1, capacities[0]);
    edge = tvn_testing_join(world, "between -> sink", 1, 2, capacities[1]);
    if (between == TVN_ROLE_ROUTER) {
        edge->out = TVN_OUT_PORT;
        rig->most++; /* one event, which it holds until it can be sent on */
    }
    if (threads) {
        world->nodes[2].thread = 1;
        world->checks_steps = false;
        world->opts.thread_count = 2;
        tvn_testing_real(world);
    }
}

/* All that was made was seen by the sink or is in an edge: the ledger says
 * so.  What is asserted here is that the source stopped. */
static void
check_stopped(const struct rig *rig, uint64_t seen)
{
    TVN_ASSERT(rig->sink->seen_count == seen);
    TVN_ASSERT(rig->source->made > seen);
    TVN_ASSERT(rig->source->made - seen <= rig->most);
    TVN_ASSERT(rig->source->made - seen >= capacities[1] / 2);
    for (uint32_t i = 0; i < 2; i++) {
        const struct tvn_queue *queue = &rig->world->flow->edges[i].queue;

        TVN_ASSERT(queue->depth_max <= capacities[i]);
    }
}

/* No more than a burst between a full edge and its producer suspended. */
static void
check_pressure(const struct rig *rig)
{
    uint64_t suspensions = 0;

    for (uint32_t i = 0; i < 2; i++) {
        struct tvn_flow_pressure found = tvn_flow_pressure(rig->world->flow, i);

        TVN_ASSERT(found.between->max <= TVN_BURST_MAX);
        TVN_ASSERT(found.between->count == found.response_ns->count);
        TVN_ASSERT(found.suspended_ns->count <= found.response_ns->count);
        TVN_ASSERT(found.resume_ns->count <= found.suspended_ns->count);
        suspensions += found.response_ns->count;
    }
    TVN_ASSERT(suspensions > 0);
}

/* ------------------------------------------------------------------------
 * Sinks that die. */

/* Tried twenty times, it gives up and the flow with it: that ends the test. */
static void
give_up(struct tvn_testing_stage *sink)
{
    if (sink->counts.failed == 20) {
        sink->fails = TVN_FAULT_FATAL;
    }
}

static void
run_into_a_sink_that_cannot_write(enum tvn_role between, bool threads)
{
    struct rig rig;

    make(&rig, between, threads);
    rig.sink->fails = TVN_FAULT_WRITE;
    rig.sink->fail_at = DEAD_AT;
    rig.sink->before = give_up;
    rig.world->nodes[2].retries = UINT32_MAX;
    rig.world->nodes[2].backoff_min_ns = 100000;
    rig.world->nodes[2].backoff_max_ns = 1000000;
    TVN_ASSERT(tvn_testing_run(rig.world) != TVN_OK);
    TVN_ASSERT(rig.sink->counts.failed == 21);
    check_stopped(&rig, DEAD_AT);
    tvn_testing_world_free(rig.world);
}

static void
run_into_a_sink_that_never_wakes(enum tvn_role between, bool threads)
{
    struct rig rig;

    make(&rig, between, threads);
    rig.sink->per_visit = 1;
    rig.sink->again_every = DEAD_AT + 1; /* and waits for nothing */
    TVN_ASSERT(tvn_testing_run(rig.world) == TVN_ESTUCK);
    check_stopped(&rig, DEAD_AT);
    tvn_testing_world_free(rig.world);
}

static void
test_a_source_stops_when_its_sink_cannot_write(void)
{
    for (int threads = 0; threads < 2; threads++) {
        run_into_a_sink_that_cannot_write(TVN_ROLE_PROCESSOR, threads == 1);
        run_into_a_sink_that_cannot_write(TVN_ROLE_FILTER, threads == 1);
        run_into_a_sink_that_cannot_write(TVN_ROLE_ROUTER, threads == 1);
    }
}

static void
test_a_source_stops_when_its_sink_never_wakes(void)
{
    for (int threads = 0; threads < 2; threads++) {
        run_into_a_sink_that_never_wakes(TVN_ROLE_PROCESSOR, threads == 1);
        run_into_a_sink_that_never_wakes(TVN_ROLE_FILTER, threads == 1);
        run_into_a_sink_that_never_wakes(TVN_ROLE_ROUTER, threads == 1);
    }
}

/* ------------------------------------------------------------------------
 * Sinks that are slow. */

static void
run_into_a_slow_sink(bool threads)
{
    struct rig rig;

    make(&rig, TVN_ROLE_PROCESSOR, threads);
    rig.sink->per_visit = 1;
    rig.sink->cost_ns = 1000;
    TVN_ASSERT(tvn_testing_run(rig.world) == TVN_OK);
    TVN_ASSERT(rig.sink->seen_count == RECORDS);
    check_pressure(&rig);
    tvn_testing_world_free(rig.world);
}

static void
test_a_full_edge_suspends_within_a_burst(void)
{
    run_into_a_slow_sink(false);
    run_into_a_slow_sink(true);
}

int
main(void)
{
    test_a_source_stops_when_its_sink_cannot_write();
    test_a_source_stops_when_its_sink_never_wakes();
    test_a_full_edge_suspends_within_a_burst();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
