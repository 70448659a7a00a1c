/* planted_test.c -- what the planted bugs of tests/mutants break and no other
 * test of this floor says by itself: tokens, backoffs, what is begun. */
#include "flow/testing.h"

#define MS UINT64_C(1000000)

/* The law holds, nothing is left, and nothing stays charged. */
static void
end(struct tvn_testing_world *world)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    TVN_ASSERT(events.in_flight == 0);
    for (uint32_t i = 0; i < world->opts.edge_count; i++) {
        TVN_ASSERT(world->flow->edges[i].in->bytes == 0);
    }
    tvn_testing_world_free(world);
}

static struct tvn_testing_world *
make(uint64_t records, uint32_t capacity)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = records;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> out", 0, 1, capacity);
    return world;
}

/* ------------------------------------------------------------------------
 * Rates. */

/* When each event came. */
static void
note_times(struct tvn_testing_stage *stage)
{
    uint64_t *at_ns = stage->env;

    at_ns[stage->seen_count] = stage->world->now_ns;
}

static void
test_events_come_at_their_rate_and_no_faster(uint64_t step_ns)
{
    struct tvn_testing_world *world = make(60, 8);
    uint64_t at_ns[64] = {0};

    world->edges[0].overflow = TVN_OVERFLOW_RATE_LIMIT;
    world->edges[0].rate = 1000;
    world->edges[0].rate_burst = 2;
    world->stages[0].cost_ns = step_ns; /* looks at the clock in between */
    world->stages[1].before = note_times;
    world->stages[1].env = at_ns;
    world->stages[1].per_visit = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[1].seen_count == 60);
    for (uint64_t i = 2; i < 60; i++) {
        TVN_ASSERT(at_ns[i] >= 1000 + (i - 1) * MS);
        TVN_ASSERT(at_ns[i] <= 1000 + (i - 1) * MS + 2 * step_ns + MS);
    }
    end(world);
}

static void
test_what_is_dropped_costs_no_token(void)
{
    struct tvn_testing_world *world = make(0, 1);
    const struct tvn_event event = {0};
    struct tvn_queue *queue;

    world->edges[0].overflow = TVN_OVERFLOW_DROP_NEWEST;
    world->edges[0].rate = 1;
    world->edges[0].rate_burst = 3;
    tvn_testing_ready(world);
    queue = &world->flow->edges[0].queue;
    for (uint32_t i = 0; i < 3; i++) {
        for (uint32_t k = 0; k < 2; k++) { /* the second finds no room */
            enum tvn_offered offered = tvn_queue_offer(
                queue, &event, tvn_testing_make(&world->stages[0], k), 1000);

            TVN_ASSERT(
                offered == (k == 0 ? TVN_OFFERED_QUEUED : TVN_OFFERED_DROPPED));
        }
        tvn_image_unref(tvn_queue_pop(queue));
    }
    TVN_ASSERT(
        tvn_queue_offer(queue, &event, tvn_testing_make(&world->stages[0], 9),
            1000) == TVN_OFFERED_DROPPED); /* there were three */
    TVN_ASSERT(queue->bytes == 0 && queue->dropped_newest == 4);
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * Retry. */

static void
expect_backoff(
    struct tvn_testing_world *world, uint32_t attempts, uint64_t full_ns)
{
    uint64_t least = UINT64_MAX;
    uint64_t most = 0;

    for (uint32_t i = 0; i < 200; i++) {
        uint64_t got = tvn__backoff_ns(
            &world->flow->shards[0], &world->flow->nodes[0], attempts);

        least = got < least ? got : least;
        most = got > most ? got : most;
    }
    TVN_ASSERT(most <= full_ns && most >= full_ns - full_ns / 20);
    TVN_ASSERT(least >= full_ns - full_ns / 4);
    TVN_ASSERT(least <= full_ns - full_ns / 5); /* they part */
}

static void
test_backoff_doubles_up_to_its_maximum(void)
{
    struct tvn_testing_world *world = make(0, 4);
    struct tvn__node *node;

    tvn_testing_ready(world);
    node = &world->flow->nodes[0];
    node->backoff_min_ns = 1000;
    node->backoff_max_ns = 5000;
    expect_backoff(world, 0, 1000);
    expect_backoff(world, 1, 2000);
    expect_backoff(world, 2, 4000);
    expect_backoff(world, 3, 5000);
    expect_backoff(world, UINT32_MAX, 5000);
    node->backoff_max_ns = 4000;
    expect_backoff(world, 2, 4000);
    expect_backoff(world, 3, 4000);
    node->backoff_max_ns = UINT64_MAX;
    expect_backoff(world, 64, UINT64_MAX); /* without wrapping round */
    node->backoff_min_ns = 6000;
    node->backoff_max_ns = 5000;
    expect_backoff(world, 7, 6000);
    tvn_testing_world_free(world);
}

static void
test_a_retry_is_counted_and_a_reject_is_none(void)
{
    static const struct {
        enum tvn_fault_kind kind;
        uint64_t calls;
    } cases[] = {
        {TVN_FAULT_RETRY, 4},
        {TVN_FAULT_TRAP, 4},
        {TVN_FAULT_DEADLINE, 4},
        {TVN_FAULT_WRITE, 4},
        {TVN_FAULT_REJECT, 1},
        {TVN_FAULT_RECORD, 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (uint32_t where = 0; where < 2; where++) {
            struct tvn_testing_world *world = make(20, 4);
            struct tvn_testing_stage *stage = &world->stages[where];

            stage->fails = cases[i].kind;
            stage->fail_at = 7;
            stage->fail_times = 100;
            world->nodes[where].retries = 3;
            world->nodes[where].then = TVN_THEN_DROP;
            if (where == 0) { /* the script reads the bad record again */
                stage->fail_times = (uint32_t)cases[i].calls;
                world->stages[0].records = 8;
            }
            TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
            TVN_ASSERT(stage->counts.failed == cases[i].calls);
            TVN_ASSERT(tvn_testing_books(world, where)->dropped == 1);
            end(world);
        }
    }
}

/* ------------------------------------------------------------------------
 * Policies. */

static void
test_what_one_edge_refused_is_offered_to_it_alone(void)
{
    struct tvn_testing_world *world = make(100, 2);

    tvn_testing_add(world, "wide", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> wide", 0, 2, 50);
    world->edges[0].overflow = TVN_OVERFLOW_ERROR;
    world->nodes[0].retries = UINT32_MAX;
    world->nodes[0].backoff_min_ns = 300;
    world->nodes[0].backoff_max_ns = 5000;
    world->stages[1].per_visit = 1;
    world->stages[1].again_every = 2;
    world->stages[1].again_ns = 3000;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->flow->edges[0].row->refusals > 10);
    for (uint32_t sink = 1; sink < 3; sink++) {
        TVN_ASSERT(world->stages[sink].seen_count == 100);
        for (uint64_t i = 0; i < 100; i++) {
            TVN_ASSERT(world->stages[sink].seen[i].id == i);
        }
    }
    end(world);
}

static void
test_what_is_given_up_after_a_refusal_is_released(void)
{
    struct tvn_testing_world *world = make(200, 2);

    world->edges[0].overflow = TVN_OVERFLOW_ERROR;
    world->nodes[0].then = TVN_THEN_DROP;
    world->stages[1].per_visit = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->flow->edges[0].row->refused_dropped > 10);
    end(world);
}

/* in -> make -> out: `make` has five outputs for each, and room for two. */
static void
test_drop_oldest_leaves_what_was_begun(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_testing_stage *out;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 500;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR)->outs = 5;
    out = tvn_testing_add(world, "out", TVN_ROLE_SINK);
    world->stages[0].per_visit = 3;
    world->stages[2].per_visit = 1;
    tvn_testing_join(world, "in -> make", 0, 1, 3)->overflow =
        TVN_OVERFLOW_DROP_OLDEST;
    tvn_testing_join(world, "make -> out", 1, 2, 2);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->flow->edges[0].queue.dropped_oldest > 10);
    TVN_ASSERT(out->seen_count > 20 && out->seen_count % 5 == 0);
    for (uint64_t i = 0; i < out->seen_count; i++) {
        TVN_ASSERT(out->seen[i].sequence == out->seen[i - i % 5].sequence);
    }
    end(world);
}

static void
test_drops_are_not_charged(enum tvn_overflow overflow)
{
    struct tvn_testing_world *world = make(300, 5);

    world->edges[0].overflow = overflow;
    world->edges[0].bytes = 600;
    world->stages[1].per_visit = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(tvn_ledger_edge_dropped(world->flow->edges[0].row) > 10);
    TVN_ASSERT(world->flow->edges[0].queue.depth_max == 4); /* 4 x 128 */
    /* drop-oldest ends with the last one, drop-newest begins with the first */
    TVN_ASSERT((world->stages[1].seen[world->stages[1].seen_count - 1].id ==
                   299) == (overflow == TVN_OVERFLOW_DROP_OLDEST));
    end(world);
}

static void
test_nothing_is_begun_after_a_discard(void)
{
    struct tvn_testing_world *world = make(0, 1);
    const struct tvn_event event = {0};
    struct tvn_queue *queue;

    world->edges[0].overflow = TVN_OVERFLOW_DROP_OLDEST;
    tvn_testing_ready(world);
    queue = &world->flow->edges[0].queue;
    queue->is_begun = true;
    tvn_queue_discard(queue);
    for (uint32_t i = 0; i < 2; i++) {
        TVN_ASSERT(tvn_queue_offer(queue, &event,
                       tvn_testing_make(&world->stages[0], i),
                       0) == TVN_OFFERED_QUEUED);
    }
    TVN_ASSERT(queue->dropped_oldest == 1);
    tvn_testing_world_free(world);
}

static void
test_a_limit_is_used_up(void)
{
    struct tvn_testing_world *world = make(5000, 16);

    world->opts.limit = 101;
    world->stages[0].per_visit = 3;
    world->stages[0].again_every = 4;
    world->stages[0].again_ns = 50;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[1].seen_count == 101);
    end(world);
}

int
main(void)
{
    test_events_come_at_their_rate_and_no_faster(0);
    test_events_come_at_their_rate_and_no_faster(70000);
    test_what_is_dropped_costs_no_token();
    test_backoff_doubles_up_to_its_maximum();
    test_a_retry_is_counted_and_a_reject_is_none();
    test_what_one_edge_refused_is_offered_to_it_alone();
    test_what_is_given_up_after_a_refusal_is_released();
    test_drop_oldest_leaves_what_was_begun();
    test_drops_are_not_charged(TVN_OVERFLOW_DROP_OLDEST);
    test_drops_are_not_charged(TVN_OVERFLOW_DROP_NEWEST);
    test_nothing_is_begun_after_a_discard();
    test_a_limit_is_used_up();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
