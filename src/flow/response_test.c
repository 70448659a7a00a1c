/* response_test.c -- how long edges take to answer, step by step. */
#include "flow/testing.h"

struct pair {
    struct tvn_testing_world *world;
    struct tvn__shard *shard;
    struct tvn__node *in;
    struct tvn__edge *edge;
};

/* in -> keep -> out, or without `keep`; nobody runs. */
static struct pair
make(bool has_middle, enum tvn_overflow overflow)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct pair pair = {.world = world};

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    if (has_middle) {
        tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
        world->nodes[2].image_max = 0;
        tvn_testing_join(world, "in -> keep", 0, 2, 4)->overflow = overflow;
        tvn_testing_join(world, "keep -> out", 2, 1, 4);
    } else {
        tvn_testing_join(world, "in -> out", 0, 1, 4)->overflow = overflow;
    }
    tvn_testing_ready(world);
    pair.shard = &world->flow->shards[0];
    pair.in = &world->flow->nodes[0];
    pair.edge = &world->flow->edges[0];
    return pair;
}

static void
put(struct pair *pair, uint32_t count)
{
    const struct tvn_event event = {0};

    for (uint32_t i = 0; i < count; i++) {
        tvn__put(pair->shard, pair->edge, &event,
            tvn_testing_make(&pair->world->stages[0], i));
    }
}

static bool
is_one(const struct tvn_histogram *histogram, uint64_t value)
{
    return histogram->count == 1 && histogram->max == value;
}

static void
test_each_step_is_measured(void)
{
    struct pair pair = make(false, TVN_OVERFLOW_BLOCK);
    const struct tvn__pressure *pressure = &pair.edge->pressure;
    const struct tvn__path_times *way = pair.in->path_times;

    pair.world->now_ns = 1000;
    put(&pair, 3);
    TVN_ASSERT(!pressure->is_filled && pair.edge->full_since_ns == 0);
    put(&pair, 1);
    TVN_ASSERT(pressure->is_filled && pair.edge->full_since_ns == 1000);
    pair.world->now_ns = 1100;
    pair.edge->queue.enqueued += 3;
    pair.world->flow->next_sequence += 7;
    tvn__note_filled(pair.shard, pair.edge); /* it was before */
    TVN_ASSERT(pair.in->has_filled);
    tvn__suspend_filled(pair.shard, pair.in);
    TVN_ASSERT(!pair.in->has_filled);
    tvn__suspend_filled(pair.shard, pair.in); /* it is */
    TVN_ASSERT(is_one(&pressure->response_ns, 100));
    TVN_ASSERT(is_one(&pressure->between, 3));
    TVN_ASSERT(is_one(&way->response_ns, 100));
    TVN_ASSERT(is_one(&way->between, 7));
    TVN_ASSERT(pair.edge->is_suspended);
    pair.world->now_ns = 1300;
    tvn__release(pair.shard, pair.edge);
    TVN_ASSERT(is_one(&pressure->suspended_ns, 200));
    TVN_ASSERT(!pair.edge->is_suspended);
    pair.world->now_ns = 1450;
    tvn__note_resumed(pair.shard, pair.in);
    TVN_ASSERT(is_one(&pressure->resume_ns, 150));
    TVN_ASSERT(pair.in->released_ns == 0);
    tvn__note_room(pair.edge);
    TVN_ASSERT(!pressure->is_filled && pair.edge->full_since_ns == 0);
    tvn_testing_world_free(pair.world);
}

static void
test_who_is_suspended_before_it_was_full_answers_from_its_turn_on(void)
{
    struct pair pair = make(false, TVN_OVERFLOW_BLOCK);

    put(&pair, 2);
    pair.shard->now_ns = 1990;
    pair.world->now_ns = 2000;
    tvn__suspend(pair.shard, pair.edge);
    TVN_ASSERT(is_one(&pair.edge->pressure.response_ns, 10));
    TVN_ASSERT(is_one(&pair.edge->pressure.between, 0));
    TVN_ASSERT(pair.in->path_times->response_ns.count == 0);
    tvn_testing_world_free(pair.world);
}

static void
test_a_full_edge_is_answered_once(void)
{
    struct pair pair = make(false, TVN_OVERFLOW_BLOCK);
    const struct tvn__path_times *way = pair.in->path_times;

    put(&pair, 4);
    tvn__suspend(pair.shard, pair.edge);
    tvn__suspend(pair.shard, pair.edge);
    TVN_ASSERT(way->response_ns.count == 1);
    tvn__note_room(pair.edge);
    pair.world->now_ns += 5;
    tvn__note_filled(pair.shard, pair.edge);
    tvn__suspend(pair.shard, pair.edge);
    TVN_ASSERT(way->response_ns.count == 2);
    tvn_testing_world_free(pair.world);
}

static void
test_a_clock_that_steps_back_is_no_time(void)
{
    struct pair pair = make(false, TVN_OVERFLOW_BLOCK);

    pair.world->now_ns = 5000;
    put(&pair, 4);
    pair.world->now_ns = 4000;
    tvn__suspend(pair.shard, pair.edge);
    TVN_ASSERT(is_one(&pair.edge->pressure.response_ns, 0));
    tvn_testing_world_free(pair.world);
}

static void
test_only_sources_answer_for_the_whole_way(void)
{
    struct pair pair = make(true, TVN_OVERFLOW_BLOCK);
    struct tvn__edge *last = &pair.world->flow->edges[1];
    struct pair behind = pair;

    behind.in = &pair.world->flow->nodes[2];
    behind.edge = last;
    put(&behind, 4);
    TVN_ASSERT(last->full_since_ns != 0);
    tvn__suspend(pair.shard, last);
    TVN_ASSERT(pair.in->path_times->response_ns.count == 0);
    put(&pair, 4);
    TVN_ASSERT(pair.edge->full_since_ns == 0); /* it leads to no sink */
    tvn__suspend(pair.shard, pair.edge);
    TVN_ASSERT(pair.in->path_times->response_ns.count == 1);
    tvn_testing_world_free(pair.world);
}

static void
test_all_sinks_that_are_full_are_answered(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct pair pair = {.world = world};

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "x", TVN_ROLE_SINK);
    tvn_testing_add(world, "y", TVN_ROLE_SINK);
    tvn_testing_add(world, "z", TVN_ROLE_SINK);
    for (uint32_t i = 1; i < 4; i++) {
        tvn_testing_join(world, "e", 0, i, 4);
    }
    tvn_testing_ready(world);
    pair.shard = &world->flow->shards[0];
    pair.in = &world->flow->nodes[0];
    for (uint32_t i = 0; i < 3; i++) {
        pair.edge = &world->flow->edges[i];
        put(&pair, i == 1 ? 3 : 4);
    }
    tvn__suspend(pair.shard, pair.edge);
    TVN_ASSERT(pair.in->path_times->response_ns.count == 2);
    tvn_testing_world_free(world);
}

static void
test_an_edge_that_drops_is_never_full(void)
{
    struct pair pair = make(false, TVN_OVERFLOW_DROP_NEWEST);

    put(&pair, 6);
    TVN_ASSERT(!pair.edge->pressure.is_filled);
    TVN_ASSERT(pair.in->path_count == 0);
    tvn_testing_world_free(pair.world);
}

static void
test_an_edge_is_full_of_bytes(bool passes)
{
    struct pair pair = make(passes, TVN_OVERFLOW_BLOCK);
    struct tvn__edge *edge = &pair.world->flow->edges[passes ? 1 : 0];

    if (passes) { /* a filter's may be small */
        TVN_ASSERT(edge->image_max == 0 && edge->room == TVN_IMAGE_MIN);
    } else {
        TVN_ASSERT(edge->room == edge->image_max);
        edge->room = 512;
    }
    pair.edge = edge;
    pair.in = edge->from;
    edge->queue.bytes_max = 128 * 2 + edge->room - 1;
    put(&pair, 1);
    TVN_ASSERT(!edge->pressure.is_filled);
    put(&pair, 1);
    TVN_ASSERT(edge->pressure.is_filled);
    tvn_image_unref(tvn_queue_pop(&edge->queue));
    tvn__note_room(edge);
    edge->queue.bytes_max++;
    put(&pair, 1);
    TVN_ASSERT(!edge->pressure.is_filled);
    tvn_testing_world_free(pair.world);
}

/* ------------------------------------------------------------------------
 * Ways from sources to sinks. */

static bool
leads(const struct tvn__node *source, const struct tvn__edge *goal)
{
    for (uint32_t i = 0; i < source->path_count; i++) {
        if (source->paths[i].edge == goal) {
            return true;
        }
    }
    return false;
}

/* a -> keep -> x; a -> y; b -> y; keep's other port -> z, which drops; c
 * drops -> make -> x. */
static void
test_ways_are_all_that_block_from_end_to_end(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_flow *flow;

    tvn_testing_add(world, "a", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "b", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "c", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR);
    tvn_testing_add(world, "x", TVN_ROLE_SINK);
    tvn_testing_add(world, "y", TVN_ROLE_SINK);
    tvn_testing_add(world, "z", TVN_ROLE_SINK);
    tvn_testing_join(world, "a -> keep", 0, 3, 4);
    tvn_testing_join(world, "keep -> x", 3, 5, 4);
    tvn_testing_join(world, "a -> y", 0, 6, 4);
    tvn_testing_join(world, "b -> y", 1, 6, 4);
    tvn_testing_join(world, "keep -> z", 3, 7, 4)->out = TVN_OUT_REJECTED;
    tvn_testing_join(world, "c -> make", 2, 4, 4);
    tvn_testing_join(world, "make -> x", 4, 5, 4);
    world->edges[4].overflow = TVN_OVERFLOW_DROP_OLDEST;
    world->edges[5].overflow = TVN_OVERFLOW_ERROR;
    tvn_testing_ready(world);
    flow = world->flow;
    TVN_ASSERT(flow->nodes[0].path_count == 2);
    TVN_ASSERT(leads(&flow->nodes[0], &flow->edges[1]));
    TVN_ASSERT(leads(&flow->nodes[0], &flow->edges[2]));
    TVN_ASSERT(flow->nodes[1].path_count == 1);
    TVN_ASSERT(leads(&flow->nodes[1], &flow->edges[3]));
    TVN_ASSERT(flow->nodes[2].path_count == 0);
    TVN_ASSERT(flow->nodes[2].path_times != NULL);
    TVN_ASSERT(flow->nodes[3].path_times == NULL);
    tvn_testing_world_free(world);
}

int
main(void)
{
    test_each_step_is_measured();
    test_who_is_suspended_before_it_was_full_answers_from_its_turn_on();
    test_a_full_edge_is_answered_once();
    test_a_clock_that_steps_back_is_no_time();
    test_only_sources_answer_for_the_whole_way();
    test_all_sinks_that_are_full_are_answered();
    test_an_edge_that_drops_is_never_full();
    test_an_edge_is_full_of_bytes(false);
    test_an_edge_is_full_of_bytes(true);
    test_ways_are_all_that_block_from_end_to_end();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
