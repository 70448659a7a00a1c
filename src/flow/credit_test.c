/* credit_test.c -- demand.c by hand: room, tokens, what fits, when a producer
 * goes on. */
#include "flow/testing.h"

struct graph {
    struct tvn_testing_world *world;
    struct tvn__shard *shard;
    struct tvn__node *first;
    struct tvn__node *passing;
    struct tvn__edge *edge; /* leaves `first` */
    struct tvn__edge *next; /* leaves `passing` */
};

/* in -> mid -> out, `mid` passes images on; nobody runs. */
static struct graph
make(enum tvn_role role, uint32_t capacity, enum tvn_overflow overflow,
    uint64_t rate, uint32_t rate_burst)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct graph graph = {.world = world};
    struct tvn_flow_edge *next;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "mid", role);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    for (uint32_t i = 0; i < 2; i++) {
        struct tvn_flow_edge *edge =
            tvn_testing_join(world, "e", i, i + 1, capacity);

        edge->overflow = overflow;
        edge->rate = rate;
        edge->rate_burst = rate_burst;
    }
    next = &world->edges[1];
    next->out = role == TVN_ROLE_ROUTER ? TVN_OUT_PORT : TVN_OUT_MAIN;
    world->now_ns = 0;
    tvn_testing_ready(world);
    graph.shard = &world->flow->shards[0];
    graph.first = &world->flow->nodes[0];
    graph.passing = &world->flow->nodes[1];
    graph.edge = &world->flow->edges[0];
    graph.next = &world->flow->edges[1];
    return graph;
}

static void
end(struct graph *graph)
{
    tvn_testing_world_free(graph->world);
}

/* `pad` bytes of payload: a block of 128 up to 48 of it. */
static void
put(struct graph *graph, struct tvn__edge *edge, uint32_t count, uint64_t pad)
{
    const struct tvn_event event = {0};

    graph->world->stages[0].pad = pad;
    for (uint32_t i = 0; i < count; i++) {
        TVN_ASSERT(tvn_queue_offer(&edge->queue, &event,
                       tvn_testing_make(&graph->world->stages[0], i),
                       graph->shard->now_ns) == TVN_OFFERED_QUEUED);
    }
}

static void
pop(struct tvn__edge *edge, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tvn_image_unref(tvn_queue_pop(&edge->queue));
    }
}

static uint32_t
credit(struct graph *graph)
{
    return tvn__credit(graph->shard, graph->first);
}

static uint32_t
fit(struct graph *graph)
{
    return tvn__fit(graph->shard, graph->passing, graph->edge);
}

/* ------------------------------------------------------------------------
 * Room. */

static void
test_credit_is_the_room_in_events_and_bytes(void)
{
    struct graph graph = make(TVN_ROLE_FILTER, 50, TVN_OVERFLOW_BLOCK, 0, 0);
    struct tvn_queue *queue = &graph.edge->queue;

    TVN_ASSERT(credit(&graph) == 50);
    graph.world->flow->opts.burst = 7;
    TVN_ASSERT(credit(&graph) == 7);
    graph.world->flow->opts.burst = TVN_BURST_MAX;
    queue->bytes_max = 1000;
    graph.edge->image_max = 300;
    TVN_ASSERT(credit(&graph) == 3);
    put(&graph, graph.edge, 1, 0);
    TVN_ASSERT(credit(&graph) == 2); /* 872 bytes */
    graph.edge->image_max = 873;
    TVN_ASSERT(credit(&graph) == 0 && graph.edge->is_suspended);
    graph.edge->is_suspended = false;
    pop(graph.edge, 1);
    graph.edge->image_max = 1001; /* one is always let in */
    TVN_ASSERT(credit(&graph) == 1);
    queue->away = 1;
    TVN_ASSERT(credit(&graph) == 0 && graph.edge->is_suspended);
    queue->away = 0;
    TVN_ASSERT(credit(&graph) == 0); /* until it is released */
    end(&graph);
}

static void
test_what_is_away_takes_room(void)
{
    struct graph graph = make(TVN_ROLE_FILTER, 50, TVN_OVERFLOW_BLOCK, 0, 0);

    graph.edge->queue.away = 48;
    TVN_ASSERT(credit(&graph) == 2);
    TVN_ASSERT(tvn__takes(graph.shard, graph.edge, 128));
    graph.edge->queue.away = 50;
    TVN_ASSERT(!tvn__takes(graph.shard, graph.edge, 128));
    TVN_ASSERT(graph.edge->is_suspended);
    graph.edge->queue.away = 26;
    tvn__resume(graph.shard, graph.edge);
    TVN_ASSERT(graph.edge->is_suspended);
    TVN_ASSERT(!tvn__takes(graph.shard, graph.edge, 128));
    graph.edge->queue.away = 25;
    tvn__resume(graph.shard, graph.edge);
    TVN_ASSERT(!graph.edge->is_suspended);
    TVN_ASSERT(graph.first->released == graph.edge);
    graph.edge->queue.away = 0;
    end(&graph);
}

static void
test_a_producer_goes_on_at_half_of_both_bounds(void)
{
    struct graph graph = make(TVN_ROLE_FILTER, 9, TVN_OVERFLOW_BLOCK, 0, 0);
    struct tvn__edge *edge = graph.edge;

    put(&graph, edge, 5, 0);
    edge->is_suspended = true;
    tvn__resume(graph.shard, edge);
    TVN_ASSERT(edge->is_suspended);
    pop(edge, 1); /* four of nine */
    edge->queue.bytes_max = 4 * 128 * 2 - 1;
    tvn__resume(graph.shard, edge);
    TVN_ASSERT(edge->is_suspended);
    edge->queue.bytes_max++;
    edge->image_max = 513; /* no room for one, yet */
    tvn__resume(graph.shard, edge);
    TVN_ASSERT(edge->is_suspended);
    edge->image_max = 512;
    tvn__resume(graph.shard, edge);
    TVN_ASSERT(!edge->is_suspended);
    edge->is_suspended = true;
    edge->image_max = 0; /* who passes on asks for what there is */
    tvn__resume(graph.shard, edge);
    TVN_ASSERT(!edge->is_suspended);
    edge->is_suspended = true;
    pop(edge, 4);
    edge->image_max = 5000; /* empty: one is let in */
    tvn__resume(graph.shard, edge);
    TVN_ASSERT(!edge->is_suspended);
    end(&graph);
}

static void
test_credit_is_that_of_the_fullest_edge(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn__shard *shard;
    struct tvn__edge *edges;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "a", 0, 1, 9);
    tvn_testing_join(world, "b", 0, 1, 5);
    tvn_testing_join(world, "c", 0, 1, 7);
    world->edges[1].overflow = TVN_OVERFLOW_DROP_NEWEST; /* takes all */
    tvn_testing_ready(world);
    shard = &world->flow->shards[0];
    edges = world->flow->edges;
    TVN_ASSERT(tvn__credit(shard, &world->flow->nodes[0]) == 7);
    edges[0].is_suspended = true;
    TVN_ASSERT(tvn__credit(shard, &world->flow->nodes[0]) == 0);
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * Tokens. */

static void
test_credit_is_the_tokens(void)
{
    struct graph graph =
        make(TVN_ROLE_FILTER, 50, TVN_OVERFLOW_RATE_LIMIT, 1000, 10);

    TVN_ASSERT(credit(&graph) == 10);
    TVN_ASSERT(tvn__token_due_ns(graph.first) == TVN__NEVER);
    put(&graph, graph.edge, 10, 0);
    TVN_ASSERT(credit(&graph) == 0);
    TVN_ASSERT(!graph.edge->is_suspended); /* there is room */
    TVN_ASSERT(tvn__token_due_ns(graph.first) == 1000000);
    TVN_ASSERT(!tvn__takes(graph.shard, graph.edge, 128));
    graph.shard->now_ns = 999999;
    TVN_ASSERT(credit(&graph) == 0);
    TVN_ASSERT(graph.edge->pressure.token_waits == 1);
    graph.shard->now_ns = 1000000;
    TVN_ASSERT(tvn__takes(graph.shard, graph.edge, 128));
    TVN_ASSERT(credit(&graph) == 1);
    TVN_ASSERT(tvn__token_due_ns(graph.first) == TVN__NEVER);
    put(&graph, graph.edge, 1, 0);
    graph.shard->now_ns = 3500000;
    TVN_ASSERT(credit(&graph) == 2);
    graph.shard->now_ns = 100000000;
    TVN_ASSERT(credit(&graph) == 10); /* the burst, however long it was */
    end(&graph);
}

static void
test_quick_tokens_are_waited_for_in_bunches(void)
{
    static const struct {
        uint64_t rate;
        uint32_t burst;
        uint32_t bunch;
    } cases[] = {
        {1000000, 1, 1},
        {1000000, 2, 1},
        {1000000, 3, 1},
        {1000000, 20, 10},
        {5000, 20, 5}, /* of a millisecond */
        {5999, 50, 5},
        {999, 20, 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t rate = cases[i].rate;
        struct graph graph = make(
            TVN_ROLE_FILTER, 64, TVN_OVERFLOW_RATE_LIMIT, rate, cases[i].burst);
        uint64_t due_ns = (cases[i].bunch * TVN_BUCKET_TOKEN + rate - 1) / rate;

        put(&graph, graph.edge, cases[i].burst, 0);
        TVN_ASSERT(credit(&graph) == 0);
        TVN_ASSERT(tvn__token_due_ns(graph.first) == due_ns);
        graph.shard->now_ns = due_ns - 1; /* even if there is one already */
        TVN_ASSERT(credit(&graph) == 0);
        graph.shard->now_ns = due_ns;
        TVN_ASSERT(credit(&graph) == cases[i].bunch);
        end(&graph);
    }
}

static void
test_the_first_token_of_several_edges_is_due(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn__edge *edges;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    for (uint32_t i = 0; i < 3; i++) {
        tvn_testing_join(world, "e", 0, 1, 4);
    }
    tvn_testing_ready(world);
    edges = world->flow->edges;
    edges[0].token_ns = 70;
    edges[1].token_ns = 50;
    edges[2].token_ns = 60;
    TVN_ASSERT(tvn__token_due_ns(&world->flow->nodes[0]) == 50);
    TVN_ASSERT(tvn__token_due_ns(&world->flow->nodes[1]) == TVN__NEVER);
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * Edges that do not block. */

static void
test_who_refuses_takes_one_too_many_where_it_is_tried_again(void)
{
    struct graph graph = make(TVN_ROLE_FILTER, 4, TVN_OVERFLOW_ERROR, 0, 0);

    put(&graph, graph.edge, 4, 0);
    put(&graph, graph.next, 3, 0);
    TVN_ASSERT(credit(&graph) == TVN_BURST_MAX); /* it is dropped, or dead */
    TVN_ASSERT(fit(&graph) == TVN_BURST_MAX);
    graph.first->retries = 1;
    graph.passing->retries = 1;
    TVN_ASSERT(credit(&graph) == 1); /* refused */
    TVN_ASSERT(fit(&graph) == 1);    /* there is room for one */
    put(&graph, graph.next, 1, 0);
    TVN_ASSERT(fit(&graph) == 1); /* refused */
    pop(graph.next, 2);
    TVN_ASSERT(fit(&graph) == 2); /* without a refusal behind the first */
    pop(graph.edge, 3);
    TVN_ASSERT(credit(&graph) == 3);
    TVN_ASSERT(!graph.edge->is_suspended && !graph.next->is_suspended);
    TVN_ASSERT(tvn__takes(graph.shard, graph.next, 1u << 30));
    end(&graph);
}

static void
test_who_refuses_for_want_of_a_token(void)
{
    struct graph graph = make(TVN_ROLE_FILTER, 9, TVN_OVERFLOW_ERROR, 1000, 2);

    graph.first->retries = 1;
    graph.passing->retries = 1;
    TVN_ASSERT(credit(&graph) == 2);
    put(&graph, graph.edge, 2, 0);
    TVN_ASSERT(credit(&graph) == 1);
    TVN_ASSERT(fit(&graph) == 2);
    put(&graph, graph.next, 2, 0);
    TVN_ASSERT(fit(&graph) == 1);
    end(&graph);
}

static void
test_a_router_takes_one_more_by_itself(void)
{
    struct graph graph = make(TVN_ROLE_ROUTER, 3, TVN_OVERFLOW_ERROR, 0, 0);

    graph.passing->retries = 1;
    put(&graph, graph.edge, 3, 0);
    TVN_ASSERT(fit(&graph) == 3);
    put(&graph, graph.next, 3, 0);
    TVN_ASSERT(fit(&graph) == 0);
    end(&graph);
    graph = make(TVN_ROLE_ROUTER, 3, TVN_OVERFLOW_BLOCK, 0, 0);
    put(&graph, graph.edge, 3, 0);
    put(&graph, graph.next, 3, 0);
    TVN_ASSERT(fit(&graph) == 0);
    TVN_ASSERT(!graph.next->is_suspended); /* it may send it elsewhere */
    end(&graph);
}

/* ------------------------------------------------------------------------
 * What is there already. */

static void
test_as_many_fit_as_their_blocks_do(void)
{
    struct graph graph = make(TVN_ROLE_FILTER, 20, TVN_OVERFLOW_BLOCK, 0, 0);
    struct tvn_queue *to = &graph.next->queue;
    uint64_t large;

    put(&graph, graph.edge, 3, 0);
    large = graph.edge->queue.bytes;
    put(&graph, graph.edge, 1, 500);
    large = graph.edge->queue.bytes - large;
    put(&graph, graph.edge, 6, 0);
    TVN_ASSERT(fit(&graph) == 20); /* all: whatever comes */
    to->bytes_max = 3 * 128 + large + 2 * 128;
    TVN_ASSERT(fit(&graph) == 6);
    to->bytes_max--;
    TVN_ASSERT(fit(&graph) == 5);
    to->bytes_max = 3 * 128 + large - 1;
    TVN_ASSERT(fit(&graph) == 3);
    to->capacity = 2;
    TVN_ASSERT(fit(&graph) == 2);
    to->capacity = 20;
    to->bytes_max = 127;
    TVN_ASSERT(!graph.next->is_suspended);
    TVN_ASSERT(fit(&graph) == 0 && graph.next->is_suspended);
    to->bytes_max = 1000;
    TVN_ASSERT(fit(&graph) == 0); /* until it is released */
    end(&graph);
}

static void
test_as_many_fit_as_there_are_tokens(void)
{
    struct graph graph =
        make(TVN_ROLE_FILTER, 9, TVN_OVERFLOW_RATE_LIMIT, 1000, 4);

    put(&graph, graph.edge, 4, 0);
    put(&graph, graph.next, 1, 0);
    TVN_ASSERT(fit(&graph) == 3);
    put(&graph, graph.next, 3, 0);
    TVN_ASSERT(fit(&graph) == 0);
    TVN_ASSERT(!graph.next->is_suspended);
    TVN_ASSERT(tvn__token_due_ns(graph.passing) == 1000000);
    end(&graph);
}

int
main(void)
{
    test_credit_is_the_room_in_events_and_bytes();
    test_what_is_away_takes_room();
    test_a_producer_goes_on_at_half_of_both_bounds();
    test_credit_is_that_of_the_fullest_edge();
    test_credit_is_the_tokens();
    test_quick_tokens_are_waited_for_in_bunches();
    test_the_first_token_of_several_edges_is_due();
    test_who_refuses_takes_one_too_many_where_it_is_tried_again();
    test_who_refuses_for_want_of_a_token();
    test_a_router_takes_one_more_by_itself();
    test_as_many_fit_as_their_blocks_do();
    test_as_many_fit_as_there_are_tokens();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
