/* shard_test.c -- shards by hand: who is signalled, who is stuck, which end
 * counts. */
#include "flow/testing.h"

/* A source and a sink on each of three threads. */
static struct tvn_testing_world *
make(void)
{
    static const char *const names[] = {"a", "b", "c", "x", "y", "z"};
    struct tvn_testing_world *world = tvn_testing_world_new();

    for (uint32_t i = 0; i < 6; i++) {
        tvn_testing_add(
            world, names[i], i < 3 ? TVN_ROLE_SOURCE : TVN_ROLE_SINK);
        world->nodes[i].thread = i % 3;
    }
    for (uint32_t i = 0; i < 3; i++) {
        tvn_testing_join(world, "e", i, 3 + i, 4);
    }
    world->opts.thread_count = 3;
    world->opts.drain_timeout_ns = 500;
    tvn_testing_ready(world);
    world->flow->running = 3;
    return world;
}

static bool
was_signalled(struct tvn__shard *shard)
{
    return atomic_exchange(&shard->is_signalled, false);
}

/* As bits. */
static uint32_t
signalled(struct tvn_testing_world *world)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < 3; i++) {
        bits |= (uint32_t)was_signalled(&world->flow->shards[i]) << i;
    }
    return bits;
}

static void
test_nodes_belong_to_their_threads(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_flow *flow;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "far", TVN_ROLE_FILTER);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> far", 0, 1, 4);
    tvn_testing_join(world, "far -> out", 1, 2, 4);
    world->nodes[1].thread = 2; /* there are 0 and 1 */
    world->nodes[2].thread = 1;
    world->opts.thread_count = 2;
    tvn_testing_ready(world);
    flow = world->flow;
    TVN_ASSERT(flow->shard_count == 2);
    TVN_ASSERT(flow->nodes[0].shard == &flow->shards[0]);
    TVN_ASSERT(flow->nodes[1].shard == &flow->shards[0]);
    TVN_ASSERT(flow->nodes[2].shard == &flow->shards[1]);
    TVN_ASSERT(flow->shards[0].count == 2 && flow->shards[1].count == 1);
    TVN_ASSERT(flow->shards[1].number == 1);
    TVN_ASSERT(flow->ledger.stages[0].part == 0);
    TVN_ASSERT(flow->ledger.stages[2].part == 1);
    TVN_ASSERT(flow->edges[0].cross == NULL && flow->edges[1].cross != NULL);
    TVN_ASSERT(flow->shards[0].out_count == 1 && flow->shards[0].in_count == 0);
    TVN_ASSERT(flow->shards[1].out_count == 0 && flow->shards[1].in_count == 1);
    TVN_ASSERT(flow->nodes[1].cross_outs == 1);
    TVN_ASSERT(flow->nodes[0].cross_outs == 0);
    tvn_testing_world_free(world);
}

static void
test_pools_are_the_threads(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_pool *pools[2] = {NULL, world->pool};

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> out", 0, 1, 4);
    world->nodes[1].thread = 1;
    world->opts.thread_count = 2;
    world->opts.pools = pools;
    tvn_testing_ready(world);
    TVN_ASSERT(world->flow->shards[0].pool == NULL);
    TVN_ASSERT(world->flow->shards[1].pool == world->pool);
    tvn_testing_world_free(world);
}

static void
test_a_signal_wakes_the_loop(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_loop *loop = NULL;

    TVN_ASSERT(tvn_loop_new(&loop) == TVN_OK);
    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> out", 0, 1, 4);
    world->opts.loop = loop;
    world->opts.thread_count = 2;
    tvn_testing_ready(world);
    TVN_ASSERT(world->flow->shards[0].loop == loop);
    TVN_ASSERT(world->flow->shards[1].loop != NULL);
    TVN_ASSERT(world->flow->shards[1].loop != loop);
    for (uint32_t i = 0; i < 2; i++) {
        tvn__signal(&world->flow->shards[i]);
        tvn_loop_poll(world->flow->shards[i].loop, UINT64_MAX);
    }
    tvn_testing_world_free(world);
    tvn_loop_free(loop);
}

/* ------------------------------------------------------------------------
 * Parked. */

static void
test_the_last_to_park_finds_all_stuck(void)
{
    struct tvn_testing_world *world = make();
    struct tvn__shard *shards = world->flow->shards;

    TVN_ASSERT(tvn__park(&shards[1]));
    TVN_ASSERT(tvn__park(&shards[0]));
    TVN_ASSERT(world->flow->parked == 2);
    TVN_ASSERT(!tvn__park(&shards[2]));
    tvn__unpark(&shards[2]);
    TVN_ASSERT(!shards[2].is_parked && shards[1].is_parked);
    TVN_ASSERT(world->flow->parked == 2);
    tvn__signal(&shards[1]); /* it will look */
    TVN_ASSERT(tvn__park(&shards[2]));
    tvn__unpark(&shards[1]);
    (void)was_signalled(&shards[1]);
    TVN_ASSERT(!tvn__park(&shards[1]));
    tvn__unpark(&shards[1]);
    tvn__signal(&shards[0]);
    TVN_ASSERT(tvn__park(&shards[1]));
    tvn_testing_world_free(world);
}

static void
test_who_runs_may_have_been_signalled(void)
{
    struct tvn_testing_world *world = make();
    struct tvn__shard *shards = world->flow->shards;

    tvn__signal(&shards[0]); /* of no account: it has ended */
    world->flow->running = 2;
    TVN_ASSERT(tvn__park(&shards[1]));
    TVN_ASSERT(!tvn__park(&shards[2]));
    tvn_testing_world_free(world);
}

static void
test_an_end_is_told_to_all_others(void)
{
    struct tvn_testing_world *world = make();
    struct tvn__shard *shards = world->flow->shards;

    TVN_ASSERT(tvn__park(&shards[0]));
    TVN_ASSERT(tvn__park(&shards[2]));
    tvn__shard_ended(&shards[1]);
    TVN_ASSERT(signalled(world) == 5);
    TVN_ASSERT(world->flow->running == 2);
    tvn__unpark(&shards[0]);
    TVN_ASSERT(!tvn__park(&shards[0])); /* both wait, neither was told */
    world->flow->running = 0;
    tvn__unpark(&shards[0]);
    TVN_ASSERT(tvn__park(&shards[0])); /* none runs: none is stuck */
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * Ends. */

static void
test_the_first_end_and_the_first_error_count(void)
{
    struct tvn_testing_world *world = make();
    struct tvn__shard *shards = world->flow->shards;

    TVN_ASSERT(!tvn__is_over(&shards[0]));
    tvn__end(&shards[2], TVN__ENDING_DRAIN, TVN_EDRAIN);
    TVN_ASSERT(signalled(world) == 3);
    TVN_ASSERT(tvn__is_over(&shards[0]));
    tvn__end(&shards[0], TVN__ENDING_STUCK, TVN_ESTUCK);
    TVN_ASSERT(world->flow->ending == TVN__ENDING_DRAIN);
    TVN_ASSERT(tvn__result(world->flow) == TVN_EDRAIN);
    tvn__set_result(&shards[1], TVN_EIO);
    TVN_ASSERT(tvn__result(world->flow) == TVN_EDRAIN);
    tvn_testing_world_free(world);
}

static void
test_the_end_of_intake_is_told_once_and_wakes_sources(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_flow *flow = world->flow;

    for (uint32_t i = 0; i < 6; i++) {
        flow->nodes[i].is_waiting = true;
        flow->nodes[i].wake_ns = 99;
    }
    tvn__close_intake(&flow->shards[1]);
    TVN_ASSERT(signalled(world) == 5);
    TVN_ASSERT(tvn__is_closing(&flow->shards[0]));
    TVN_ASSERT(!flow->nodes[1].is_waiting && flow->nodes[4].is_waiting);
    TVN_ASSERT(flow->nodes[0].is_waiting && flow->nodes[2].is_waiting);
    tvn__look_at_intake(&flow->shards[0]);
    TVN_ASSERT(!flow->nodes[0].is_waiting && flow->nodes[3].is_waiting);
    TVN_ASSERT(flow->nodes[2].is_waiting);
    tvn__close_intake(&flow->shards[2]);
    TVN_ASSERT(signalled(world) == 0);
    TVN_ASSERT(!flow->nodes[2].is_waiting);
    flow->nodes[2].is_waiting = true; /* of no account: it is told once */
    tvn__look_at_intake(&flow->shards[2]);
    TVN_ASSERT(flow->nodes[2].is_waiting);
    tvn_testing_world_free(world);
}

static void
test_a_source_alone_on_its_thread_is_woken(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> out", 0, 1, 4);
    world->nodes[0].thread = 1;
    world->opts.thread_count = 2;
    tvn_testing_ready(world);
    world->flow->nodes[0].is_waiting = true;
    tvn__close_intake(&world->flow->shards[1]);
    TVN_ASSERT(!world->flow->nodes[0].is_waiting);
    tvn_testing_world_free(world);
}

static void
test_the_first_shard_keeps_the_time_of_a_drain(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_flow *flow = world->flow;

    flow->shards[1].now_ns = 1000;
    tvn__drain(&flow->shards[1]);
    TVN_ASSERT(flow->drain_due_ns == 1500);
    TVN_ASSERT((signalled(world) & 1) != 0);
    TVN_ASSERT(tvn__is_closing(&flow->shards[0]));
    flow->shards[2].now_ns = 2000;
    tvn__drain(&flow->shards[2]); /* it has begun */
    TVN_ASSERT(flow->drain_due_ns == 1500);
    TVN_ASSERT(signalled(world) == 1);
    tvn__drain(&flow->shards[0]);
    TVN_ASSERT(signalled(world) == 0);
    tvn_testing_world_free(world);
}

static void
test_interrupts_are_the_first_shards(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_flow *flow = world->flow;

    tvn__handle_interrupts(&flow->shards[0]);
    TVN_ASSERT(!tvn__is_closing(&flow->shards[0]));
    tvn_flow_interrupt(flow);
    tvn__handle_interrupts(&flow->shards[1]);
    TVN_ASSERT(!tvn__is_closing(&flow->shards[0]));
    tvn__handle_interrupts(&flow->shards[0]);
    TVN_ASSERT(tvn__is_closing(&flow->shards[0]));
    TVN_ASSERT(!tvn__is_over(&flow->shards[0]));
    tvn__set_result(&flow->shards[0], TVN_EIO);
    tvn_flow_interrupt(flow);
    tvn__handle_interrupts(&flow->shards[0]);
    TVN_ASSERT(tvn__is_over(&flow->shards[0]));
    TVN_ASSERT(flow->ending == TVN__ENDING_INTERRUPTED);
    TVN_ASSERT(tvn__result(flow) == TVN_EINTERRUPTED);
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * A run by turns. */

static void
add_chain(struct tvn_testing_world *world)
{
    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 300;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> make", 0, 1, 8);
    tvn_testing_join(world, "make -> out", 1, 2, 8);
    for (uint32_t i = 0; i < 3; i++) {
        world->nodes[i].thread = i;
    }
    world->opts.thread_count = 3;
}

static void
test_all_nodes_are_the_first_shards_in_the_end(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    add_chain(world);
    world->nodes[1].then = TVN_THEN_DROP;
    world->stages[1].fails = TVN_FAULT_REJECT;
    world->stages[1].fail_at = 250;
    world->stages[2].complete_waits = 2;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 300); /* it was sent */
    TVN_ASSERT(world->stages[2].complete_calls == 3);
    TVN_ASSERT(world->flow->nodes[2].shard == &world->flow->shards[0]);
    TVN_ASSERT(world->flow->shards[0].overhead_ns.count >= 3);
    tvn_testing_world_free(world);
}

static void
test_what_shards_said_is_told_by_the_first(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    add_chain(world);
    world->stages[1].fails = TVN_FAULT_REJECT;
    world->stages[1].fail_at = 10;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_REJECT);
    TVN_ASSERT(tvn_testing_said(world, "stage make: event 10: reject"));
    TVN_ASSERT(!world->stages[2].completed_ok);
    tvn_testing_world_free(world);
}

static void
test_one_that_waits_for_ever_is_stuck_on_any_thread(void)
{
    for (uint32_t i = 0; i < 3; i++) {
        struct tvn_testing_world *world = tvn_testing_world_new();

        add_chain(world);
        world->stages[i].again_every = 2;
        TVN_ASSERT(tvn_testing_run(world) == TVN_ESTUCK);
        TVN_ASSERT(tvn_testing_said(world, "named nothing that could wake"));
        TVN_ASSERT(!world->flow->nodes[i].is_waiting);
        tvn_testing_world_free(world);
    }
}

int
main(void)
{
    test_nodes_belong_to_their_threads();
    test_pools_are_the_threads();
    test_a_signal_wakes_the_loop();
    test_the_last_to_park_finds_all_stuck();
    test_who_runs_may_have_been_signalled();
    test_an_end_is_told_to_all_others();
    test_the_first_end_and_the_first_error_count();
    test_the_end_of_intake_is_told_once_and_wakes_sources();
    test_a_source_alone_on_its_thread_is_woken();
    test_the_first_shard_keeps_the_time_of_a_drain();
    test_interrupts_are_the_first_shards();
    test_all_nodes_are_the_first_shards_in_the_end();
    test_what_shards_said_is_told_by_the_first();
    test_one_that_waits_for_ever_is_stuck_on_any_thread();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
