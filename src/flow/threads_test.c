/* threads_test.c -- flows on several threads: by turns on a virtual clock, in
 * orders drawn from seeds; and on real threads in real time, where every count
 * is exact, too.
 *
 *     threads_test [SEED] */
#include "flow/testing.h"

#include <stdio.h>
#include <stdlib.h>

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define MANY UINT64_C(100000)
#else
#define MANY UINT64_C(1000000)
#endif

static struct tvn_ledger_events
sums(const struct tvn_testing_world *world)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    return events;
}

static void
check_bounds(const struct tvn_testing_world *world)
{
    for (uint32_t i = 0; i < world->opts.edge_count; i++) {
        const struct tvn__edge *edge = &world->flow->edges[i];

        TVN_ASSERT(edge->queue.depth_max <= edge->queue.capacity);
        TVN_ASSERT(edge->queue.bytes_peak <= edge->queue.bytes_max);
        TVN_ASSERT(edge->in->bytes_peak <= edge->queue.bytes_max);
    }
}

/* Runs it and checks what always holds. */
static tvn_err
run(struct tvn_testing_world *world)
{
    tvn_err err = tvn_testing_run(world);

    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    check_bounds(world);
    return err;
}

static struct tvn_testing_world *
world_of(uint32_t threads, uint64_t seed)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    world->opts.thread_count = threads;
    world->opts.seed = seed;
    return world;
}

static struct tvn_testing_stage *
add(struct tvn_testing_world *world, const char *name, enum tvn_role role,
    uint32_t thread)
{
    struct tvn_testing_stage *stage = tvn_testing_add(world, name, role);

    world->nodes[world->opts.node_count - 1].thread = thread;
    stage->forgets = true;
    return stage;
}

static void
expect_all(const struct tvn_testing_stage *stage, uint64_t count)
{
    TVN_ASSERT(stage->seen_count == count && !stage->is_disordered);
    for (uint64_t i = 0; i < count && i < TVN_TESTING_SEEN; i++) {
        TVN_ASSERT(stage->seen[i].id == i);
    }
}

/* ------------------------------------------------------------------------
 * Shapes, for both.  Each returns a world that has not run. */

static struct tvn_testing_world *
chain(uint64_t seed, uint64_t records)
{
    struct tvn_testing_world *world = world_of(3, seed);

    add(world, "in", TVN_ROLE_SOURCE, 0)->records = records;
    add(world, "keep", TVN_ROLE_FILTER, 1);
    add(world, "make", TVN_ROLE_PROCESSOR, 1);
    add(world, "out", TVN_ROLE_SINK, 2);
    tvn_testing_join(world, "in -> keep", 0, 1, 100);
    tvn_testing_join(world, "keep -> make", 1, 2, 7);
    tvn_testing_join(world, "make -> out", 2, 3, 64);
    return world;
}

static void
run_well(struct tvn_testing_world *world)
{
    tvn_err err = run(world);

    if (err != TVN_OK) {
        tvn_testing_show(world);
        abort();
    }
}

static void
check_chain(struct tvn_testing_world *world, uint64_t records)
{
    run_well(world);
    expect_all(&world->stages[3], records);
    TVN_ASSERT(sums(world).in == records && sums(world).delivered == records);
    TVN_ASSERT(world->stages[3].completed_ok);
    tvn_testing_world_free(world);
}

static struct tvn_testing_world *
fan_out(uint64_t seed, uint64_t records)
{
    struct tvn_testing_world *world = world_of(3, seed);

    add(world, "in", TVN_ROLE_SOURCE, 0)->records = records;
    add(world, "a", TVN_ROLE_SINK, 0);
    add(world, "b", TVN_ROLE_SINK, 1)->per_visit = 3;
    add(world, "c", TVN_ROLE_SINK, 2);
    tvn_testing_join(world, "in -> a", 0, 1, 8);
    tvn_testing_join(world, "in -> b", 0, 2, 3);
    tvn_testing_join(world, "in -> c", 0, 3, 200);
    return world;
}

static void
check_fan_out(struct tvn_testing_world *world, uint64_t records)
{
    run_well(world);
    for (uint32_t i = 1; i < 4; i++) {
        expect_all(&world->stages[i], records);
    }
    TVN_ASSERT(world->stages[0].counts.outs == records); /* shared, not made */
    TVN_ASSERT(sums(world).forked == 2 * records);
    tvn_testing_world_free(world);
}

static struct tvn_testing_world *
diamond(uint64_t seed, uint64_t records)
{
    struct tvn_testing_world *world = world_of(3, seed);

    add(world, "in", TVN_ROLE_SOURCE, 0)->records = records;
    add(world, "route", TVN_ROLE_ROUTER, 0)->route_ports = 2;
    add(world, "left", TVN_ROLE_PROCESSOR, 1)->outs = 3;
    add(world, "right", TVN_ROLE_FILTER, 2);
    add(world, "sum", TVN_ROLE_AGGREGATOR, 2)->flush_outs = 2;
    add(world, "out", TVN_ROLE_SINK, 0);
    tvn_testing_join(world, "in -> route", 0, 1, 50);
    tvn_testing_join(world, "route.0 -> left", 1, 2, 5)->out = TVN_OUT_PORT;
    tvn_testing_join(world, "route.1 -> right", 1, 3, 80)->out = TVN_OUT_PORT;
    world->edges[2].port = 1;
    tvn_testing_join(world, "left -> sum", 2, 4, 9);
    tvn_testing_join(world, "left -> out", 2, 5, 33);
    tvn_testing_join(world, "right -> out", 3, 5, 4);
    tvn_testing_join(world, "sum -> out", 4, 5, 20);
    world->nodes[4].window_count = 10;
    return world;
}

/* `records` is a multiple of 20. */
static void
check_diamond(struct tvn_testing_world *world, uint64_t records)
{
    uint64_t windows = 3 * (records / 2) / 10 + 1; /* and an empty last one */

    run_well(world);
    TVN_ASSERT(tvn_testing_books(world, 4)->absorbed == 3 * (records / 2));
    TVN_ASSERT(tvn_testing_books(world, 4)->emitted == 2 * windows);
    TVN_ASSERT(world->stages[5].seen_count ==
               3 * (records / 2) + records / 2 + 2 * windows);
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * By turns. */

static void
test_shapes_by_turns(uint64_t seed)
{
    for (uint64_t i = 0; i < 30; i++) {
        check_chain(chain(seed + i, 1000), 1000);
        check_fan_out(fan_out(seed + i, 1000), 1000);
        check_diamond(diamond(seed + i, 400), 400);
    }
}

/* What the last stage saw, in the order in which it did. */
static uint64_t
trace_of(uint64_t seed)
{
    struct tvn_testing_world *world = diamond(seed, 400);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    run_well(world);
    for (uint64_t i = 0; i < world->stages[5].seen_count; i++) {
        hash = (hash ^ world->stages[5].seen[i].id) * 0x100000001b3;
        hash = (hash ^ world->stages[5].seen[i].sequence) * 0x100000001b3;
    }
    tvn_testing_world_free(world);
    return hash;
}

static void
test_a_seed_stands_for_an_order(void)
{
    uint32_t different = 0;

    for (uint64_t seed = 1; seed < 20; seed++) {
        TVN_ASSERT(trace_of(seed) == trace_of(seed));
        different += trace_of(seed) != trace_of(seed + 1);
    }
    TVN_ASSERT(different > 10);
}

/* ------------------------------------------------------------------------
 * An edge between two threads, and who is slow behind it. */

struct policy {
    enum tvn_overflow overflow;
    uint64_t rate;
    enum tvn_flow_then then;
    uint32_t retries;
    bool loses;
};

static const struct policy policies[] = {
    {TVN_OVERFLOW_BLOCK, 0, TVN_THEN_STOP, 0, false},
    {TVN_OVERFLOW_BLOCK, 20000, TVN_THEN_STOP, 0, false},
    {TVN_OVERFLOW_DROP_OLDEST, 0, TVN_THEN_STOP, 0, true},
    {TVN_OVERFLOW_DROP_OLDEST, 20000, TVN_THEN_STOP, 0, true},
    {TVN_OVERFLOW_DROP_NEWEST, 0, TVN_THEN_STOP, 0, true},
    {TVN_OVERFLOW_DROP_NEWEST, 20000, TVN_THEN_STOP, 0, true},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_DROP, 0, true},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_DEAD_LETTER, 0, true},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_STOP, UINT32_MAX, false},
    {TVN_OVERFLOW_RATE_LIMIT, 20000, TVN_THEN_STOP, 0, false},
};
#define POLICIES (sizeof(policies) / sizeof(policies[0]))

static struct tvn_testing_world *
slow(const struct policy *policy, uint64_t seed, uint64_t cost_ns)
{
    struct tvn_testing_world *world = world_of(2, seed);
    struct tvn_flow_edge *edge;

    add(world, "in", TVN_ROLE_SOURCE, 0)->records = 2000;
    add(world, "out", TVN_ROLE_SINK, 1)->cost_ns = cost_ns;
    edge = tvn_testing_join(world, "in -> out", 0, 1, 40);
    edge->bytes = 40 * 128;
    edge->overflow = policy->overflow;
    edge->rate = policy->rate;
    edge->rate_burst = policy->rate > 0 ? 200 : 0;
    world->nodes[0].then = policy->then;
    world->nodes[0].retries = policy->retries;
    world->nodes[0].backoff_min_ns = 10 * US;
    world->nodes[0].backoff_max_ns = 100 * US;
    return world;
}

static void
check_slow(struct tvn_testing_world *world, const struct policy *policy)
{
    const struct tvn_testing_stage *out = &world->stages[1];
    const struct tvn_ledger_edge *row;
    uint64_t lost;

    run_well(world);
    row = &tvn_flow_ledger(world->flow)->edges[0];
    lost = row->queue->dropped_oldest + row->queue->dropped_newest +
           row->refused_dropped + row->refused_dead;
    TVN_ASSERT(!out->is_disordered && out->seen_count + lost == 2000);
    TVN_ASSERT((lost > 0) == policy->loses);
    TVN_ASSERT(world->dead_written == row->refused_dead);
    TVN_ASSERT(sums(world).in == 2000 && sums(world).in_flight == 0);
    if (policy->overflow == TVN_OVERFLOW_DROP_OLDEST && policy->rate == 0) {
        /* The newest are what is left. */
        TVN_ASSERT(out->seen[out->seen_count - 1].id == 1999);
        TVN_ASSERT(row->queue->dropped_oldest > 0);
    }
    if (policy->rate > 0) {
        uint64_t all = 200 + 1 +
                       policy->rate * tvn_flow_elapsed_ns(world->flow) /
                           UINT64_C(1000000000);

        TVN_ASSERT(row->queue->enqueued <= all);
    }
    tvn_testing_world_free(world);
}

static void
test_policies_by_turns(uint64_t seed)
{
    for (uint64_t i = 0; i < 5; i++) {
        for (size_t p = 0; p < POLICIES; p++) {
            check_slow(slow(&policies[p], seed + i, 50 * US), &policies[p]);
        }
    }
}

static struct tvn_testing_world *
real(struct tvn_testing_world *world)
{
    tvn_testing_real(world);
    return world;
}

static void
test_shapes_on_threads(void)
{
    check_chain(real(chain(0, MANY)), MANY);
    check_fan_out(real(fan_out(0, MANY / 20)), MANY / 20);
    check_diamond(real(diamond(0, MANY / 5)), MANY / 5);
    check_chain(real(chain(0, 0)), 0);
}

static void
test_policies_on_threads(void)
{
    for (size_t p = 0; p < POLICIES; p++) {
        check_slow(real(slow(&policies[p], 0, 20 * US)), &policies[p]);
    }
}

/* ------------------------------------------------------------------------
 * Ends: each by turns (real: false) and on threads. */

static void
start(struct tvn_testing_world *world, bool is_real)
{
    if (is_real) {
        tvn_testing_real(world);
    }
    tvn_testing_ready(world);
}

/* a (thread 1), b (thread 2) -> out (thread 0), without end. */
static struct tvn_testing_world *
two_sources(uint64_t seed)
{
    struct tvn_testing_world *world = world_of(3, seed);

    add(world, "a", TVN_ROLE_SOURCE, 1)->records = UINT64_MAX;
    add(world, "b", TVN_ROLE_SOURCE, 2)->records = UINT64_MAX;
    add(world, "out", TVN_ROLE_SINK, 0);
    tvn_testing_join(world, "a -> out", 0, 2, 20);
    tvn_testing_join(world, "b -> out", 1, 2, 100);
    return world;
}

static void
test_a_limit_is_exact(uint64_t seed, bool is_real)
{
    struct tvn_testing_world *world = two_sources(seed);

    world->opts.limit = 12345;
    start(world, is_real);
    run_well(world);
    TVN_ASSERT(world->stages[2].seen_count == 12345);
    TVN_ASSERT(sums(world).in == 12345);
    tvn_testing_world_free(world);
}

static void
interrupt_at_1000(struct tvn_testing_stage *stage)
{
    if (stage->seen_count >= 1000 && stage->env == NULL) {
        stage->env = stage;
        tvn_flow_interrupt(stage->world->flow);
    }
}

static void
test_an_interrupt_drains(uint64_t seed, bool is_real)
{
    struct tvn_testing_world *world = two_sources(seed);

    world->stages[2].before = interrupt_at_1000;
    world->opts.drain_timeout_ns = 60000 * MS;
    start(world, is_real);
    run_well(world);
    TVN_ASSERT(world->stages[2].seen_count >= 1000);
    TVN_ASSERT(sums(world).in == world->stages[2].seen_count);
    TVN_ASSERT(world->stages[2].completed_ok);
    tvn_testing_world_free(world);
}

static void
interrupt_twice(struct tvn_testing_stage *stage)
{
    if (stage->seen_count >= 1000 && stage->env == NULL) {
        stage->env = stage;
        tvn_flow_interrupt(stage->world->flow);
        tvn_flow_interrupt(stage->world->flow);
    }
}

static void
test_a_second_interrupt_aborts(uint64_t seed, bool is_real)
{
    struct tvn_testing_world *world = two_sources(seed);

    world->stages[2].before = interrupt_twice;
    start(world, is_real);
    TVN_ASSERT(run(world) == TVN_EINTERRUPTED);
    TVN_ASSERT(!world->stages[2].completed_ok);
    TVN_ASSERT(
        sums(world).in == world->stages[2].seen_count + sums(world).in_flight);
    tvn_testing_world_free(world);
}

static void
stand_still(struct tvn_testing_stage *stage)
{
    if (stage->seen_count >= 100) { /* and never say what would wake it */
        stage->again_every = 1;
        stage->is_again = false;
    }
}

static void
test_stuck_is_found(uint64_t seed, bool is_real, uint32_t thread)
{
    struct tvn_testing_world *world = two_sources(seed);

    world->nodes[2].thread = thread;
    world->stages[2].before = stand_still;
    start(world, is_real);
    TVN_ASSERT(run(world) == TVN_ESTUCK);
    TVN_ASSERT(tvn_testing_said(world, "stage out waits, and named nothing"));
    TVN_ASSERT(
        tvn_testing_said(world, "stage b waits for room on edge b -> out"));
    TVN_ASSERT(sums(world).in_flight > 60); /* both over half */
    tvn_testing_world_free(world);
}

static void
test_a_failing_stage_stops_all(uint64_t seed, bool is_real, uint32_t thread)
{
    struct tvn_testing_world *world = two_sources(seed);

    world->nodes[2].thread = thread;
    world->stages[2].fails = TVN_FAULT_REJECT;
    world->stages[2].fail_at = 500;
    start(world, is_real);
    TVN_ASSERT(run(world) == TVN_EGUEST_REJECT);
    TVN_ASSERT(tvn_testing_said(world, "reject: as the script says"));
    TVN_ASSERT(sums(world).in_flight == 0 && sums(world).dropped >= 1);
    TVN_ASSERT(!world->stages[2].completed_ok);
    tvn_testing_world_free(world);
}

static void
test_a_drain_that_takes_too_long(uint64_t seed, bool is_real)
{
    struct tvn_testing_world *world = two_sources(seed);

    add(world, "slow", TVN_ROLE_SINK, 1)->stall_ns = UINT64_C(1) << 60;
    tvn_testing_join(world, "b -> slow", 1, 3, 2000);
    world->stages[2].before = interrupt_at_1000;
    world->opts.drain_timeout_ns = 30 * MS;
    start(world, is_real);
    TVN_ASSERT(run(world) == TVN_EDRAIN);
    TVN_ASSERT(tvn_testing_said(world, "edge b -> slow: "));
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) >= 30 * MS);
    tvn_testing_world_free(world);
}

/* Every stage of the chain fails and is tried again in its own thread. */
static void
test_retries_in_each_thread(uint64_t seed, bool is_real)
{
    struct tvn_testing_world *world = chain(seed, 2000);

    for (uint32_t i = 0; i < 4; i++) {
        world->stages[i].fails = i == 2 ? TVN_FAULT_TRAP : TVN_FAULT_RETRY;
        world->stages[i].fail_every = 90 + i;
        world->stages[i].fail_times = 2;
        world->stages[i].fails_early = true;
        world->nodes[i].retries = 2;
        world->nodes[i].backoff_min_ns = US;
        world->nodes[i].backoff_max_ns = 20 * US;
    }
    start(world, is_real);
    run_well(world);
    expect_all(&world->stages[3], 2000);
    TVN_ASSERT(world->stages[1].try_count == 2 * (1999 / 91));
    tvn_testing_world_free(world);
}

static void
test_dead_letters_of_two_threads(uint64_t seed, bool is_real)
{
    struct tvn_testing_world *world = chain(seed, 2000);

    world->stages[1].fails = TVN_FAULT_REJECT;
    world->stages[1].fail_every = 10;
    world->nodes[1].then = TVN_THEN_DEAD_LETTER;
    world->stages[3].fails = TVN_FAULT_REJECT;
    world->stages[3].fail_every = 7;
    world->nodes[3].then = TVN_THEN_DEAD_LETTER;
    start(world, is_real);
    run_well(world);
    TVN_ASSERT(world->dead_written == sums(world).dead);
    TVN_ASSERT(tvn_testing_books(world, 1)->dead == 199);
    TVN_ASSERT(world->stages[3].seen_count + world->dead_written == 2000);
    tvn_testing_world_free(world);
}

/* A stage on another thread sleeps by its own timer. */
static void
test_timers_of_other_threads(uint64_t seed, bool is_real)
{
    struct tvn_testing_world *world = two_sources(seed);

    world->stages[0].records = 20;
    world->stages[0].per_visit = 1;
    world->stages[0].again_every = 2;
    world->stages[0].again_ns = MS / 2;
    world->stages[1].records = 500;
    start(world, is_real);
    run_well(world);
    TVN_ASSERT(world->stages[2].seen_count == 520);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) >= 19 * (MS / 2));
    tvn_testing_world_free(world);
}

static void
test_ends(uint64_t seed, bool is_real)
{
    test_a_limit_is_exact(seed, is_real);
    test_an_interrupt_drains(seed, is_real);
    test_a_second_interrupt_aborts(seed, is_real);
    test_a_drain_that_takes_too_long(seed, is_real);
    test_retries_in_each_thread(seed, is_real);
    test_dead_letters_of_two_threads(seed, is_real);
    test_timers_of_other_threads(seed, is_real);
    for (uint32_t thread = 0; thread < 3; thread++) {
        test_stuck_is_found(seed, is_real, thread);
        test_a_failing_stage_stops_all(seed, is_real, thread);
    }
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;

    printf("seed %llu\n", (unsigned long long)seed);
    test_shapes_by_turns(seed);
    test_a_seed_stands_for_an_order();
    test_policies_by_turns(seed);
    for (uint64_t i = 0; i < 10; i++) {
        test_ends(seed + i, false);
    }
    test_shapes_on_threads();
    test_policies_on_threads();
    for (uint64_t i = 0; i < 5; i++) {
        test_ends(0, true);
    }
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
