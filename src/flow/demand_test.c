/* demand_test.c -- credit, bounds, watermarks, waiting, fair shares. */
#include "flow/testing.h"

/* What every test ends with: the law holds and nothing is left. */
static void
end(struct tvn_testing_world *world)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    TVN_ASSERT(events.in_flight == 0);
    tvn_testing_world_free(world);
}

/* Ids 0, 1, 2, ... each once, and sequences that rise. */
static void
expect_all(const struct tvn_testing_stage *stage, uint64_t count)
{
    TVN_ASSERT(stage->seen_count == count);
    for (uint64_t i = 0; i < count; i++) {
        TVN_ASSERT(stage->seen[i].id == i);
        TVN_ASSERT(
            i == 0 || stage->seen[i].sequence > stage->seen[i - 1].sequence);
    }
}

struct watched {
    struct tvn_testing_world *world;
    bool was_full;
    uint32_t resumed_at; /* deepest queue at which the source ran again */
};

static void
look(struct tvn_testing_stage *stage)
{
    struct watched *watched = stage->env;
    const struct tvn_queue *queue = &watched->world->flow->edges[0].queue;

    if (watched->was_full && queue->depth > watched->resumed_at) {
        watched->resumed_at = queue->depth;
    }
    watched->was_full = false;
}

static void
look_full(struct tvn_testing_stage *stage)
{
    struct watched *watched = stage->env;
    const struct tvn_queue *queue = &watched->world->flow->edges[0].queue;

    watched->was_full = watched->was_full || queue->depth == queue->capacity;
}

static void
test_a_suspended_producer_resumes_at_half(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct watched watched = {.world = world};
    struct tvn_testing_stage *in =
        tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    struct tvn_testing_stage *out =
        tvn_testing_add(world, "out", TVN_ROLE_SINK);

    in->records = 1000;
    in->before = look;
    in->env = &watched;
    out->before = look_full;
    out->env = &watched;
    out->per_visit = 1;
    out->cost_ns = 200000; /* its turns are single events */
    tvn_testing_join(world, "in -> out", 0, 1, 20);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(out, 1000);
    TVN_ASSERT(watched.resumed_at == 10);
    TVN_ASSERT(world->flow->edges[0].queue.depth_max == 20);
    TVN_ASSERT(world->flow->edges[0].pressure.response_ns.count > 50);
    end(world);
}

static void
test_response_time_is_from_full_to_suspended(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 500;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR)->cost_ns = 100;
    tvn_testing_add(world, "out", TVN_ROLE_SINK)->per_visit = 1;
    world->stages[0].cost_ns = 100;
    world->stages[2].cost_ns = 200000;
    tvn_testing_join(world, "in -> make", 0, 1, 20);
    tvn_testing_join(world, "make -> out", 1, 2, 20);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(&world->stages[2], 500);
    /* Nothing else runs in between, however long the edge stays full. */
    TVN_ASSERT(world->flow->edges[0].pressure.response_ns.count > 10);
    TVN_ASSERT(world->flow->edges[1].pressure.response_ns.count > 10);
    TVN_ASSERT(world->flow->edges[0].pressure.response_ns.max == 0);
    TVN_ASSERT(world->flow->edges[1].pressure.response_ns.max == 0);
    end(world);
}

static void
test_response_time_of_a_flush(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "sum", TVN_ROLE_AGGREGATOR)->flush_outs = 30;
    tvn_testing_add(world, "out", TVN_ROLE_SINK)->cost_ns = 200000;
    world->nodes[1].window_count = 4;
    world->stages[1].cost_ns = 100;
    world->stages[2].per_visit = 1;
    tvn_testing_join(world, "in -> sum", 0, 1, 20);
    tvn_testing_join(world, "sum -> out", 1, 2, 20);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(&world->stages[2], 26 * 30);
    TVN_ASSERT(world->flow->edges[1].pressure.response_ns.count > 10);
    TVN_ASSERT(world->flow->edges[1].pressure.response_ns.max == 0);
    end(world);
}

static void
test_an_edge_is_bounded_in_bytes(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *out;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 300;
    world->stages[0].pad = 1000;
    world->nodes[0].image_max = 2048; /* more than they are */
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    out = tvn_testing_add(world, "out", TVN_ROLE_SINK);
    out->again_every = 2;
    out->again_ns = 500;
    tvn_testing_join(world, "in -> keep", 0, 1, 1000)->bytes = 5000;
    tvn_testing_join(world, "keep -> out", 1, 2, 1000)->bytes = 4096;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK); /* bounds: each step */
    expect_all(out, 300);
    TVN_ASSERT(world->flow->edges[1].queue.depth_max == 3);
    end(world);
}

static void
test_an_image_of_the_largest_size_goes_into_an_empty_edge(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 50;
    world->nodes[0].image_max = 4096;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> out", 0, 1, 10)->bytes = 4096;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(&world->stages[1], 50);
    end(world);
}

static uint32_t
as_many_as_id(uint64_t id)
{
    return (uint32_t)(id % 40);
}

static void
test_outputs_beyond_the_credit_stay_pending(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *out;
    uint64_t at = 0;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 200;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR)->outs_of = as_many_as_id;
    out = tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> make", 0, 1, 16);
    tvn_testing_join(world, "make -> out", 1, 2, 7);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    for (uint64_t id = 0; id < 200; id++) {
        for (uint64_t k = 0; k < id % 40; k++) {
            TVN_ASSERT(out->seen[at].id == id);
            TVN_ASSERT(out->seen[at].sequence == id); /* all keep it */
            at++;
        }
    }
    TVN_ASSERT(out->seen_count == at);
    TVN_ASSERT(tvn_testing_books(world, 1)->filtered == 5); /* k = 0 */
    TVN_ASSERT(tvn_testing_books(world, 1)->passed == 195);
    end(world);
}

static void
test_an_event_may_end_after_its_last_output(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 200;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR)->outs_of = as_many_as_id;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    world->stages[1].ends_late = true;
    tvn_testing_join(world, "in -> make", 0, 1, 16);
    tvn_testing_join(world, "make -> out", 1, 2, 7);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 5 * 780);
    TVN_ASSERT(tvn_testing_books(world, 1)->filtered == 5);
    TVN_ASSERT(tvn_testing_books(world, 1)->passed == 195);
    end(world);
}

static void
test_an_event_is_finished_before_another_edge_has_its_turn(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_testing_stage *out;

    tvn_testing_add(world, "a", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "b", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR)->outs = 5;
    out = tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "a -> make", 0, 2, 8);
    tvn_testing_join(world, "b -> make", 1, 2, 8);
    tvn_testing_join(world, "make -> out", 2, 3, 3);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(out->seen_count == 1000);
    for (uint64_t i = 0; i < 1000; i++) { /* five by five */
        TVN_ASSERT(out->seen[i].sequence == out->seen[i - i % 5].sequence);
    }
    end(world);
}

static void
test_slow_sinks_and_sources_are_waited_for(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *out;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 2000;
    world->stages[0].again_every = 7;
    world->stages[0].again_ns = 5000000;
    world->stages[0].per_visit = 13;
    out = tvn_testing_add(world, "out", TVN_ROLE_SINK);
    out->again_every = 5;
    out->again_ns = 900;
    out->per_visit = 3;
    tvn_testing_join(world, "in -> out", 0, 1, 30);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(out, 2000);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) > 20 * 5000000);
    end(world);
}

static void
note_last(struct tvn_testing_stage *stage)
{
    if (stage->seen_count < 60000) {
        *(uint64_t *)stage->env = stage->world->now_ns;
    }
}

static void
test_time_is_shared_fairly(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    uint64_t last_ns = 0;

    /* Work for 300 ms in events of 1 ms beside work for 60 ms in events of
     * 1 us: with half of the time each, the latter ends after 120 ms. */
    tvn_testing_add(world, "a", TVN_ROLE_SOURCE)->records = 300;
    tvn_testing_add(world, "b", TVN_ROLE_SOURCE)->records = 60000;
    tvn_testing_add(world, "slow", TVN_ROLE_SINK)->cost_ns = 1000000;
    tvn_testing_add(world, "fast", TVN_ROLE_SINK)->cost_ns = 1000;
    world->stages[3].before = note_last;
    world->stages[3].env = &last_ns;
    tvn_testing_join(world, "a -> slow", 0, 2, 64);
    tvn_testing_join(world, "b -> fast", 1, 3, 64);
    world->checks_steps = false;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->flow->nodes[2].busy_ns == 300000000);
    TVN_ASSERT(world->flow->nodes[3].busy_ns == 60000000);
    TVN_ASSERT(last_ns > 105000000 && last_ns < 135000000);
    end(world);
}

int
main(void)
{
    test_a_suspended_producer_resumes_at_half();
    test_response_time_is_from_full_to_suspended();
    test_response_time_of_a_flush();
    test_an_edge_is_bounded_in_bytes();
    test_an_image_of_the_largest_size_goes_into_an_empty_edge();
    test_outputs_beyond_the_credit_stay_pending();
    test_an_event_may_end_after_its_last_output();
    test_an_event_is_finished_before_another_edge_has_its_turn();
    test_slow_sinks_and_sources_are_waited_for();
    test_time_is_shared_fairly();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
