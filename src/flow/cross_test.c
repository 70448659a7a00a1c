/* cross_test.c -- an edge between two shards, by hand: what goes into the
 * ring, what comes back when, and who is woken. */
#include "flow/cross.h"
#include "flow/testing.h"

struct pair {
    struct tvn_testing_world *world;
    struct tvn__shard *from;
    struct tvn__shard *to;
    struct tvn__edge *edge;
    struct tvn__cross *cross;
    uint64_t next;
};

/* "in" on the first thread, "out" on the second; both run, nobody calls
 * them. */
static struct pair
make(uint32_t capacity, enum tvn_overflow overflow)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct pair pair = {.world = world};

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    world->nodes[1].thread = 1;
    world->opts.thread_count = 2;
    tvn_testing_join(world, "in -> out", 0, 1, capacity)->overflow = overflow;
    tvn_testing_ready(world);
    pair.from = &world->flow->shards[0];
    pair.to = &world->flow->shards[1];
    pair.edge = &world->flow->edges[0];
    pair.cross = pair.edge->cross;
    world->flow->nodes[0].state = TVN__RUNNING;
    world->flow->nodes[1].state = TVN__RUNNING;
    pair.from->live++;
    pair.to->live++;
    return pair;
}

static void
put(struct pair *pair, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_event event = {.sequence = pair->next};

        tvn__put(pair->from, pair->edge, &event,
            tvn_testing_make(&pair->world->stages[0], pair->next++));
    }
}

static void
hand_on(struct pair *pair)
{
    tvn__cross_hand_on(pair->from, pair->edge->from);
}

/* As a visit does. */
static void
take(struct pair *pair, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tvn_image_unref(tvn__take(pair->to, pair->edge));
    }
    tvn__cross_give_back(pair->edge);
}

static bool
was_signalled(struct tvn__shard *shard)
{
    return atomic_exchange(&shard->is_signalled, false);
}

static void
test_capacity_says_how_many_are_away(void)
{
    static const struct {
        uint32_t capacity;
        enum tvn_overflow overflow;
        uint32_t slots;
    } cases[] = {
        {1, TVN_OVERFLOW_BLOCK, 1},
        {2, TVN_OVERFLOW_BLOCK, 2},
        {64, TVN_OVERFLOW_BLOCK, 64},
        {65, TVN_OVERFLOW_BLOCK, 64},
        {20, TVN_OVERFLOW_DROP_NEWEST, 20},
        {1, TVN_OVERFLOW_DROP_OLDEST, 1},
        {2, TVN_OVERFLOW_DROP_OLDEST, 1},
        {3, TVN_OVERFLOW_DROP_OLDEST, 2},
        {64, TVN_OVERFLOW_DROP_OLDEST, 32},
        {65, TVN_OVERFLOW_DROP_OLDEST, 33},
        {127, TVN_OVERFLOW_DROP_OLDEST, 64},
        {128, TVN_OVERFLOW_DROP_OLDEST, 64},
        {500, TVN_OVERFLOW_DROP_OLDEST, 64},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair pair = make(cases[i].capacity, cases[i].overflow);
        const struct tvn_queue *queue = &pair.edge->queue;
        uint32_t slots = cases[i].slots;

        TVN_ASSERT(pair.cross->slots == slots);
        put(&pair, cases[i].capacity);
        hand_on(&pair);
        TVN_ASSERT(queue->away == slots);
        TVN_ASSERT(queue->depth == cases[i].capacity - slots);
        TVN_ASSERT(tvn_transfer_count(&pair.cross->ring) == slots);
        tvn__cross_look(pair.to);
        TVN_ASSERT(pair.edge->in->depth == slots);
        TVN_ASSERT(tvn_transfer_count(&pair.cross->ring) == 0);
        hand_on(&pair); /* the ring is empty, but they are still away */
        TVN_ASSERT(queue->away == slots);
        tvn_testing_world_free(pair.world);
    }
}

static void
test_events_cross_in_order_and_shared(void)
{
    struct pair pair = make(10, TVN_OVERFLOW_BLOCK);
    uint32_t count = 0;
    const struct tvn_event *in;

    put(&pair, 7);
    hand_on(&pair);
    TVN_ASSERT(pair.edge->queue.bytes > 0);
    tvn__cross_look(pair.to);
    in = tvn_queue_peek(pair.edge->in, 10, &count);
    TVN_ASSERT(count == 7);
    for (uint32_t i = 0; i < 7; i++) {
        TVN_ASSERT(in[i].sequence == i && tvn_testing_id(in[i].image) == i);
        TVN_ASSERT(tvn_image_is_shared(in[i].image));
    }
    TVN_ASSERT(pair.edge->row->inbox == pair.edge->in);
    tvn_testing_world_free(pair.world);
}

/* Taken and not yet given back. */
static uint64_t
owed_events(const struct pair *pair)
{
    const struct tvn_queue *in = pair->edge->in;

    return in->enqueued - in->depth - pair->cross->given_events;
}

static uint64_t
owed_bytes(const struct pair *pair)
{
    return pair->cross->came_bytes - pair->edge->in->bytes -
           pair->cross->given_bytes;
}

static void
test_credit_comes_back_in_batches_with_its_bytes(void)
{
    struct pair pair = make(100, TVN_OVERFLOW_BLOCK);
    const struct tvn_queue *queue = &pair.edge->queue;
    uint64_t one;

    put(&pair, 100);
    one = queue->bytes / 100;
    hand_on(&pair);
    tvn__cross_look(pair.to);
    take(&pair, 15);
    tvn__cross_look(pair.from);
    TVN_ASSERT(queue->away == 64 && queue->depth == 36); /* not a quarter */
    TVN_ASSERT(owed_events(&pair) == 15);
    TVN_ASSERT(owed_bytes(&pair) == 15 * one);
    take(&pair, 1);
    TVN_ASSERT(owed_events(&pair) == 0 && owed_bytes(&pair) == 0);
    tvn__cross_look(pair.from); /* and hands on as many as came back */
    TVN_ASSERT(queue->away == 64 && queue->depth == 20);
    TVN_ASSERT(queue->bytes == 84 * one);
    take(&pair, 48); /* the inbox is empty: all of it */
    tvn__cross_look(pair.from);
    TVN_ASSERT(queue->away == 36 && queue->depth == 0);
    tvn__cross_look(pair.to);
    TVN_ASSERT(pair.edge->in->depth == 36);
    for (uint32_t left = 36; left > 0; left--) {
        take(&pair, 1);
    }
    TVN_ASSERT(owed_events(&pair) == 0);
    tvn__cross_look(pair.from);
    TVN_ASSERT(queue->away == 0 && queue->bytes == 0);
    tvn_testing_world_free(pair.world);
}

static void
test_nobody_sleeps_on_credit(void)
{
    struct pair pair = make(64, TVN_OVERFLOW_BLOCK);

    put(&pair, 64);
    hand_on(&pair);
    tvn__cross_look(pair.to);
    take(&pair, 3);
    TVN_ASSERT(tvn__cross_may_sleep(pair.to));
    tvn__cross_look(pair.from);
    TVN_ASSERT(pair.edge->queue.away == 61);
    tvn_testing_world_free(pair.world);
}

static void
test_credit_releases_a_suspended_producer(void)
{
    struct pair pair = make(8, TVN_OVERFLOW_BLOCK);

    put(&pair, 8);
    TVN_ASSERT(tvn__credit(pair.from, pair.edge->from) == 0);
    TVN_ASSERT(pair.edge->is_suspended);
    hand_on(&pair);
    tvn__cross_look(pair.to);
    take(&pair, 3);
    TVN_ASSERT(tvn__cross_may_sleep(pair.to));
    tvn__cross_look(pair.from);
    TVN_ASSERT(pair.edge->is_suspended); /* five are left: more than half */
    take(&pair, 1);
    TVN_ASSERT(tvn__cross_may_sleep(pair.to));
    tvn__cross_look(pair.from);
    TVN_ASSERT(!pair.edge->is_suspended);
    TVN_ASSERT(tvn__credit(pair.from, pair.edge->from) == 4);
    tvn_testing_world_free(pair.world);
}

/* ------------------------------------------------------------------------
 * Wake-ups. */

static void
test_events_wake_who_sleeps_and_nobody_else(void)
{
    struct pair pair = make(8, TVN_OVERFLOW_BLOCK);

    put(&pair, 1);
    hand_on(&pair);
    TVN_ASSERT(!was_signalled(pair.to)); /* it did not ask */
    TVN_ASSERT(!tvn__cross_may_sleep(pair.to));
    TVN_ASSERT(pair.edge->in->depth == 1); /* it is there already */
    TVN_ASSERT(tvn__cross_may_sleep(pair.to));
    TVN_ASSERT(tvn__cross_may_sleep(pair.to)); /* as often as one likes */
    hand_on(&pair);
    TVN_ASSERT(!was_signalled(pair.to)); /* nothing was handed on */
    put(&pair, 2);
    TVN_ASSERT(!was_signalled(pair.to)); /* not yet */
    hand_on(&pair);
    TVN_ASSERT(was_signalled(pair.to));
    TVN_ASSERT(!was_signalled(pair.from));
    put(&pair, 1);
    hand_on(&pair);
    TVN_ASSERT(!was_signalled(pair.to)); /* once */
    tvn_testing_world_free(pair.world);
}

static void
test_credit_wakes_who_sleeps_and_nobody_else(void)
{
    struct pair pair = make(8, TVN_OVERFLOW_BLOCK);

    TVN_ASSERT(tvn__cross_may_sleep(pair.from)); /* nothing is away */
    put(&pair, 8);
    hand_on(&pair);
    tvn__cross_look(pair.to);
    take(&pair, 2);
    TVN_ASSERT(!was_signalled(pair.from)); /* it has not asked */
    TVN_ASSERT(!tvn__cross_may_sleep(pair.from));
    TVN_ASSERT(pair.edge->queue.away == 6); /* it has got it */
    TVN_ASSERT(tvn__cross_may_sleep(pair.from));
    take(&pair, 1);
    TVN_ASSERT(!was_signalled(pair.from)); /* not a batch */
    take(&pair, 1);
    TVN_ASSERT(was_signalled(pair.from));
    TVN_ASSERT(!was_signalled(pair.to));
    take(&pair, 4);
    TVN_ASSERT(!was_signalled(pair.from)); /* once */
    tvn_testing_world_free(pair.world);
}

static void
test_the_end_wakes_who_sleeps(void)
{
    struct pair pair = make(8, TVN_OVERFLOW_BLOCK);
    struct tvn__node *out = &pair.world->flow->nodes[1];

    TVN_ASSERT(pair.from->live == 2); /* the source and its edge */
    TVN_ASSERT(tvn__cross_may_sleep(pair.to));
    tvn__flow_finish(pair.from, pair.edge->from);
    TVN_ASSERT(was_signalled(pair.to));
    TVN_ASSERT(pair.from->live == 0 && pair.from->has_moved);
    TVN_ASSERT(out->open_ins == 1);
    TVN_ASSERT(!tvn__cross_may_sleep(pair.to)); /* it has learned it */
    TVN_ASSERT(out->open_ins == 0);
    TVN_ASSERT(tvn__cross_may_sleep(pair.to));
    tvn__cross_look(pair.to);
    hand_on(&pair);
    TVN_ASSERT(out->open_ins == 0 && pair.from->live == 0); /* once */
    TVN_ASSERT(!was_signalled(pair.to));
    tvn_testing_world_free(pair.world);
}

static void
test_an_edge_is_closed_when_all_has_crossed(void)
{
    struct pair pair = make(8, TVN_OVERFLOW_DROP_OLDEST);
    struct tvn__node *out = &pair.world->flow->nodes[1];

    put(&pair, 8);
    hand_on(&pair); /* four of them */
    tvn__flow_finish(pair.from, pair.edge->from);
    TVN_ASSERT(pair.from->live == 1 && !pair.cross->is_closed);
    tvn__cross_look(pair.to);
    take(&pair, 4);
    pair.from->has_moved = false;
    tvn__cross_look(pair.from);
    TVN_ASSERT(pair.from->live == 0 && pair.cross->is_closed);
    TVN_ASSERT(pair.from->has_moved);
    TVN_ASSERT(out->open_ins == 1);
    tvn__cross_look(pair.to);
    TVN_ASSERT(pair.edge->in->depth == 4 && out->open_ins == 0);
    tvn_testing_world_free(pair.world);
}

static void
test_what_is_in_the_ring_is_settled(void)
{
    struct pair pair = make(8, TVN_OVERFLOW_BLOCK);

    put(&pair, 5);
    hand_on(&pair);
    TVN_ASSERT(pair.edge->in->depth == 0);
    tvn__cross_settle(pair.edge);
    TVN_ASSERT(pair.edge->in->depth == 5);
    TVN_ASSERT(tvn_transfer_count(&pair.cross->ring) == 0);
    tvn_testing_world_free(pair.world);
}

static void
test_blocks_go_home(void)
{
    struct pair pair = make(8, TVN_OVERFLOW_BLOCK);

    pair.from->pool = pair.world->pool;
    put(&pair, 8);
    hand_on(&pair);
    tvn__cross_look(pair.to);
    take(&pair, 8);
    TVN_ASSERT(tvn__cross_may_sleep(pair.to));
    tvn__cross_look(pair.from);
    TVN_ASSERT(tvn_pool_stats(pair.world->pool).live == 0);
    tvn_testing_world_free(pair.world);
}

static void
test_memory_may_run_out(void)
{
    for (int64_t n = 0;; n++) {
        struct tvn_testing_world *world = tvn_testing_world_new();
        tvn_err err;

        tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
        tvn_testing_add(world, "out", TVN_ROLE_SINK);
        world->nodes[1].thread = 1;
        world->opts.thread_count = 2;
        tvn_testing_join(world, "in -> out", 0, 1, 8);
        tvn_mem_fail_after(n);
        err = tvn_flow_new(&world->opts, &world->flow, &world->diag);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        tvn_testing_world_free(world);
        if (err == TVN_OK) {
            TVN_ASSERT(n > 4);
            return;
        }
    }
}

/* ------------------------------------------------------------------------
 * What a stage hands on without having a turn. */

/* When the second event came. */
static void
note_second(struct tvn_testing_stage *stage)
{
    if (stage->seen_count < 2) {
        *(uint64_t *)stage->env = stage->world->now_ns;
    }
}

/* in -> route -> out, on another thread; two events at once, then the source
 * stalls for a second. */
static struct tvn_testing_world *
make_stalling(uint64_t *second_ns)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 3;
    tvn_testing_add(world, "route", TVN_ROLE_ROUTER);
    tvn_testing_add(world, "out", TVN_ROLE_SINK)->before = note_second;
    world->stages[0].per_visit = 2;
    world->stages[0].cost_ns = 1;
    world->stages[0].stall_at_ns = 1001;
    world->stages[0].stall_ns = 1000000000;
    world->stages[2].env = second_ns;
    world->nodes[2].thread = 1;
    world->opts.thread_count = 2;
    tvn_testing_join(world, "in -> route", 0, 1, 4);
    tvn_testing_join(world, "route -> out", 1, 2, 1)->out = TVN_OUT_PORT;
    return world;
}

static void
test_what_a_router_held_crosses_at_once(void)
{
    uint64_t second_ns = 0;
    struct tvn_testing_world *world = make_stalling(&second_ns);

    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 3);
    TVN_ASSERT(second_ns < 1000000);
    tvn_testing_world_free(world);
}

static void
test_what_is_offered_again_crosses_at_once(void)
{
    uint64_t second_ns = 0;
    struct tvn_testing_world *world = make_stalling(&second_ns);

    world->edges[1].overflow = TVN_OVERFLOW_ERROR;
    world->nodes[1].retries = 100;
    world->nodes[1].backoff_min_ns = 1000;
    world->nodes[1].backoff_max_ns = 1000;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 3);
    TVN_ASSERT(second_ns < 1000000);
    tvn_testing_world_free(world);
}

int
main(void)
{
    test_capacity_says_how_many_are_away();
    test_events_cross_in_order_and_shared();
    test_credit_comes_back_in_batches_with_its_bytes();
    test_nobody_sleeps_on_credit();
    test_credit_releases_a_suspended_producer();
    test_events_wake_who_sleeps_and_nobody_else();
    test_credit_wakes_who_sleeps_and_nobody_else();
    test_the_end_wakes_who_sleeps();
    test_an_edge_is_closed_when_all_has_crossed();
    test_what_is_in_the_ring_is_settled();
    test_blocks_go_home();
    test_memory_may_run_out();
    test_what_a_router_held_crosses_at_once();
    test_what_is_offered_again_crosses_at_once();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
