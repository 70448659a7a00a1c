/* flow_test.c -- the sentences of flow.h on graphs of scripted stages: how
 * events move, in which order, and where they end. */
#include "flow/testing.h"

#include <stdio.h>

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

static void
test_a_chain_delivers_everything_in_order(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *in =
        tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    struct tvn_testing_stage *keep =
        tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    struct tvn_testing_stage *make =
        tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR);
    struct tvn_testing_stage *out =
        tvn_testing_add(world, "out", TVN_ROLE_SINK);

    in->records = 1000;
    (void)keep;
    (void)make;
    tvn_testing_join(world, "in -> keep", 0, 1, 16);
    tvn_testing_join(world, "keep -> make", 1, 2, 7);
    tvn_testing_join(world, "make -> out", 2, 3, 100);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(out, 1000);
    for (uint64_t i = 0; i < 1000; i++) {
        TVN_ASSERT(out->seen[i].sequence == i); /* kept from the source */
    }
    TVN_ASSERT(out->complete_calls == 1 && out->completed_ok);
    /* sinks start first, sources stop first */
    TVN_ASSERT(out->order == 1 && in->order == 4);
    TVN_ASSERT(in->stop_order == 5 && out->stop_order == 8);
    end(world);
}

static void
test_meta_is_the_sources_and_kept(bool has_meta)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_testing_stage *out;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    world->stages[0].has_meta = has_meta;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR)->outs = 2;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    out = tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> make", 0, 1, 16);
    tvn_testing_join(world, "make -> keep", 1, 2, 16);
    tvn_testing_join(world, "keep -> out", 2, 3, 16);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(out->seen_count == 200);
    for (uint64_t i = 0; i < 200; i++) {
        const struct tvn_testing_seen *seen = &out->seen[i];

        TVN_ASSERT(seen->sequence == seen->id && seen->id == i / 2);
        TVN_ASSERT(seen->key == (has_meta ? seen->id + 1 : 0));
        TVN_ASSERT(seen->event_time_ns ==
                   (has_meta ? 10 * seen->id : tvn_testing_wall(world)));
    }
    end(world);
}

static void
test_meta_is_not_another_sources(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "a", TVN_ROLE_SOURCE)->has_meta = true;
    tvn_testing_add(world, "b", TVN_ROLE_SOURCE)->records = 100;
    world->stages[0].records = 100;
    tvn_testing_add(world, "of a", TVN_ROLE_SINK);
    tvn_testing_add(world, "of b", TVN_ROLE_SINK);
    tvn_testing_join(world, "a -> of a", 0, 2, 4);
    tvn_testing_join(world, "b -> of b", 1, 3, 4);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(&world->stages[3], 100);
    for (uint64_t i = 0; i < 100; i++) {
        TVN_ASSERT(world->stages[2].seen[i].key == i + 1);
        TVN_ASSERT(world->stages[3].seen[i].key == 0);
        TVN_ASSERT(world->stages[3].seen[i].event_time_ns > 1000);
    }
    end(world);
}

/* ------------------------------------------------------------------------
 * Shapes. */

static void
test_fan_out_shares_the_image(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *in =
        tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    struct tvn_testing_stage *a = tvn_testing_add(world, "a", TVN_ROLE_SINK);
    struct tvn_testing_stage *b = tvn_testing_add(world, "b", TVN_ROLE_SINK);
    struct tvn_testing_stage *c = tvn_testing_add(world, "c", TVN_ROLE_SINK);

    in->records = 500;
    b->per_visit = 1;
    tvn_testing_join(world, "in -> a", 0, 1, 8);
    tvn_testing_join(world, "in -> b", 0, 2, 3);
    tvn_testing_join(world, "in -> c", 0, 3, 64);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(a, 500);
    expect_all(b, 500);
    expect_all(c, 500);
    TVN_ASSERT(in->counts.outs == 500); /* one image each, not three */
    TVN_ASSERT(tvn_testing_books(world, 0)->forked == 1000);
    end(world);
}

static void
test_a_diamond_joins_again(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *in =
        tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    struct tvn_testing_stage *out =
        tvn_testing_add(world, "out", TVN_ROLE_SINK);
    uint8_t times[400] = {0};

    tvn_testing_add(world, "left", TVN_ROLE_PROCESSOR)->outs = 3;
    tvn_testing_add(world, "right", TVN_ROLE_FILTER)->per_visit = 2;
    in->records = 400;
    tvn_testing_join(world, "in -> left", 0, 2, 5);
    tvn_testing_join(world, "in -> right", 0, 3, 9);
    tvn_testing_join(world, "left -> out", 2, 1, 4);
    tvn_testing_join(world, "right -> out", 3, 1, 4);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(out->seen_count == 1600);
    for (uint64_t i = 0; i < 1600; i++) {
        times[out->seen[i].id]++;
    }
    for (uint64_t i = 0; i < 400; i++) {
        TVN_ASSERT(times[i] == 4);
    }
    end(world);
}

static void
test_fan_in_is_round_robin(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    uint64_t from_b = 0;

    tvn_testing_add(world, "a", TVN_ROLE_SOURCE)->records = 640;
    tvn_testing_add(world, "b", TVN_ROLE_SOURCE)->records = 640;
    tvn_testing_add(world, "out", TVN_ROLE_SINK)->per_visit = 1;
    world->stages[2].cost_ns = 1000000; /* both queues are always full */
    tvn_testing_join(world, "a -> out", 0, 2, 32);
    tvn_testing_join(world, "b -> out", 1, 2, 32);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 1280);
    for (uint64_t i = 0; i < 200; i++) { /* both sources count from 0 */
        uint64_t id = world->stages[2].seen[i].id;

        from_b += id == world->stages[2].seen[i + 1].id;
    }
    TVN_ASSERT(from_b > 90 && from_b < 110);
    end(world);
}

/* ------------------------------------------------------------------------
 * Ports. */

static uint32_t
every_fourth(uint64_t id)
{
    return id % 4 == 0;
}

static void
test_what_a_filter_refuses(bool is_wired)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *refused;
    const struct tvn_ledger_books *books;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 400;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER)->verdict_of = every_fourth;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", 0, 1, 16);
    tvn_testing_join(world, "keep -> out", 1, 2, 16);
    refused = tvn_testing_add(world, "refused", TVN_ROLE_SINK);
    if (is_wired) {
        tvn_testing_join(world, "keep.rejected -> refused", 1, 3, 5)->out =
            TVN_OUT_REJECTED;
    } else {
        tvn_testing_join(world, "in -> refused", 0, 3, 16);
    }
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    books = tvn_testing_books(world, 1);
    TVN_ASSERT(world->stages[2].seen_count == 100);
    TVN_ASSERT(refused->seen_count == (is_wired ? 300 : 400));
    TVN_ASSERT(books->passed == (is_wired ? 400 : 100));
    TVN_ASSERT(books->filtered == (is_wired ? 0 : 300));
    end(world);
}

static void
test_what_a_filter_refuses_is_fanned_out(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER)->verdict_of = every_fourth;
    world->stages[1].per_visit = 1;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_add(world, "one", TVN_ROLE_SINK);
    tvn_testing_add(world, "two", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", 0, 1, 16);
    tvn_testing_join(world, "keep -> out", 1, 2, 16);
    tvn_testing_join(world, "keep.rejected -> one", 1, 3, 16)->out =
        TVN_OUT_REJECTED;
    tvn_testing_join(world, "keep.rejected -> two", 1, 4, 16)->out =
        TVN_OUT_REJECTED;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 25);
    TVN_ASSERT(world->stages[3].seen_count == 75);
    TVN_ASSERT(world->stages[4].seen_count == 75);
    TVN_ASSERT(tvn_testing_books(world, 1)->forked == 75);
    end(world);
}

static uint32_t
three_bits(uint64_t id)
{
    return (uint32_t)(id % 8); /* none, one, two or all of three ports */
}

static void
test_a_router_sends_to_any_set_of_ports(bool is_wired)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_ledger_books *books;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 800;
    tvn_testing_add(world, "route", TVN_ROLE_ROUTER)->verdict_of = three_bits;
    tvn_testing_join(world, "in -> route", 0, 1, 16);
    for (uint32_t port = 0; port < 3; port++) {
        struct tvn_flow_edge *edge;

        tvn_testing_add(world, "port", TVN_ROLE_SINK);
        edge = tvn_testing_join(world, "route -> port", 1, 2 + port, 3);
        edge->out = TVN_OUT_PORT;
        edge->port = port;
    }
    tvn_testing_add(world, "rest", TVN_ROLE_SINK);
    tvn_testing_join(world, "x -> rest", is_wired ? 1 : 0, 5, 4)->out =
        is_wired ? TVN_OUT_UNROUTED : TVN_OUT_MAIN;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    for (uint32_t port = 0; port < 3; port++) {
        const struct tvn_testing_stage *sink = &world->stages[2 + port];

        TVN_ASSERT(sink->seen_count == 400);
        for (uint64_t i = 0; i < sink->seen_count; i++) {
            TVN_ASSERT((sink->seen[i].id >> port & 1) != 0);
            TVN_ASSERT(i == 0 || sink->seen[i].id > sink->seen[i - 1].id);
        }
    }
    books = tvn_testing_books(world, 1);
    TVN_ASSERT(world->stages[5].seen_count == (is_wired ? 100 : 800));
    TVN_ASSERT(books->unrouted == (is_wired ? 0 : 100));
    TVN_ASSERT(books->out == (is_wired ? 1300 : 1200));
    TVN_ASSERT(books->passed == (is_wired ? 800 : 700));
    end(world);
}

/* A router whose events alternate between a branch that never moves and one
 * that does. */
static uint32_t
first_stays(uint64_t id)
{
    return id < 4 ? 1 : 2;
}

static void
test_a_full_branch_stops_a_router_only_for_its_own_events(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *slow;
    struct tvn_testing_stage *fast;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 500;
    tvn_testing_add(world, "route", TVN_ROLE_ROUTER)->verdict_of = first_stays;
    slow = tvn_testing_add(world, "slow", TVN_ROLE_SINK);
    fast = tvn_testing_add(world, "fast", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> route", 0, 1, 16);
    tvn_testing_join(world, "route.slow -> slow", 1, 2, 4)->out = TVN_OUT_PORT;
    tvn_testing_join(world, "route.fast -> fast", 1, 3, 4)->out = TVN_OUT_PORT;
    world->edges[2].port = 1;
    slow->again_every = 1; /* at once, for ever */
    TVN_ASSERT(tvn_testing_run(world) == TVN_ESTUCK);
    TVN_ASSERT(fast->seen_count == 496); /* although slow's edge was full */
    TVN_ASSERT(slow->seen_count == 0);
    tvn_testing_world_free(world);
}

static uint32_t
both(uint64_t id)
{
    (void)id;
    return 3;
}

static void
test_a_held_event_is_on_the_edges_that_had_room(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *slow;
    struct tvn_testing_stage *fast;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "route", TVN_ROLE_ROUTER)->verdict_of = both;
    slow = tvn_testing_add(world, "slow", TVN_ROLE_SINK);
    fast = tvn_testing_add(world, "fast", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> route", 0, 1, 16);
    tvn_testing_join(world, "route.slow -> slow", 1, 2, 4)->out = TVN_OUT_PORT;
    tvn_testing_join(world, "route.fast -> fast", 1, 3, 4)->out = TVN_OUT_PORT;
    world->edges[2].port = 1;
    slow->again_every = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_ESTUCK);
    TVN_ASSERT(fast->seen_count == 5); /* four, and the one that is held */
    TVN_ASSERT(tvn_testing_said(
        world, "stage route: 1 in flight, held for a full edge"));
    TVN_ASSERT(!tvn_testing_said(world, "stage in: 1 in flight"));
    TVN_ASSERT(tvn_testing_books(world, 1)->held == 1);
    TVN_ASSERT(tvn_flow_ledger(world->flow)->edges[1].waiting == 1);
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * Starts. */

static void
test_a_failing_start_stops_those_that_were_started(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 10;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER)->fails_start = true;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", 0, 1, 4);
    tvn_testing_join(world, "keep -> out", 1, 2, 4);
    TVN_ASSERT(tvn_testing_run(world) == TVN_EIO);
    TVN_ASSERT(tvn_testing_said(world, "does not start"));
    TVN_ASSERT(world->stages[0].order == 0);
    TVN_ASSERT(world->stages[1].stop_order == 0);
    TVN_ASSERT(world->stages[2].stop_order == 3);
    TVN_ASSERT(world->stages[2].complete_calls == 0);
    end(world);
}

static void
test_graphs_that_cannot_be(void)
{
    static const struct {
        enum tvn_role role;
        uint32_t from, to;
    } rows[] = {
        {TVN_ROLE_FILTER, 1, 1}, /* a cycle */
        {TVN_ROLE_FILTER, 2, 1}, /* out of a sink */
        {TVN_ROLE_FILTER, 1, 0}, /* into a source */
        {TVN_ROLE_FILTER, 1, 9}, /* to nowhere */
        {TVN_ROLE_ROUTER, 1, 2}, /* a main edge */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_testing_world *world = tvn_testing_world_new();

        tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
        tvn_testing_add(world, "x", rows[i].role);
        tvn_testing_add(world, "out", TVN_ROLE_SINK);
        tvn_testing_join(world, "in -> x", 0, 1, 4);
        tvn_testing_join(world, "x -> out", 1, 2, 4);
        tvn_testing_join(world, "wrong", rows[i].from, rows[i].to, 4);
        TVN_ASSERT(tvn_flow_new(&world->opts, &world->flow, &world->diag) ==
                   TVN_EINVAL);
        TVN_ASSERT(world->flow == NULL);
        tvn_testing_world_free(world); /* the stages were freed all the same */
    }
}

/* The arrays end where they end: a sanitizer sees a step too far. */
static void
test_new_reads_no_more_than_there_is(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_flow_node *nodes = tvn_mem_new(3, sizeof(*nodes));
    struct tvn_flow_edge *edges = tvn_mem_new(2, sizeof(*edges));

    TVN_ASSERT(nodes != NULL && edges != NULL);
    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 10;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", 0, 1, 4);
    tvn_testing_join(world, "keep -> out", 1, 2, 4);
    memcpy(nodes, world->nodes, 3 * sizeof(*nodes));
    memcpy(edges, world->edges, 2 * sizeof(*edges));
    world->opts.nodes = nodes;
    world->opts.edges = edges;
    tvn_testing_ready(world);
    tvn_mem_free(nodes, 3, sizeof(*nodes)); /* they are not kept */
    tvn_mem_free(edges, 2, sizeof(*edges));
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(&world->stages[2], 10);
    end(world);
}

static void
test_latency_is_from_source_to_sink(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_histogram *latency_ns;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 400;
    tvn_testing_add(world, "out", TVN_ROLE_SINK)->cost_ns = 1000;
    world->stages[1].per_visit = 1;
    world->stages[1].start_ns = 1000000; /* a start is not of any event */
    tvn_testing_join(world, "in -> out", 0, 1, 1);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    latency_ns = world->flow->nodes[1].latency_ns;
    TVN_ASSERT(latency_ns->count > 0 && latency_ns->count < 400);
    TVN_ASSERT(latency_ns->max == 1000); /* its own call, and no waiting */
    end(world);
}

static void
test_new_survives_out_of_memory(void)
{
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_testing_world *world = tvn_testing_world_new();

        tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 3;
        tvn_testing_add(world, "out", TVN_ROLE_SINK);
        tvn_testing_join(world, "in -> out", 0, 1, 4);
        tvn_mem_fail_after(n);
        err = tvn_flow_new(&world->opts, &world->flow, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        tvn_testing_world_free(world);
    }
}

static void
test_limit_is_exact(uint32_t bad_every)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    const struct tvn_ledger_books *a;
    const struct tvn_ledger_books *b;

    for (uint32_t i = 0; i < 2; i++) {
        struct tvn_testing_stage *in =
            tvn_testing_add(world, i == 0 ? "a" : "b", TVN_ROLE_SOURCE);

        in->records = 10000;
        in->fails = TVN_FAULT_RECORD;
        in->fail_every = bad_every;
        world->nodes[i].then = TVN_THEN_DROP;
    }
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "a -> out", 0, 2, 10);
    tvn_testing_join(world, "b -> out", 1, 2, 10);
    world->opts.limit = 1234;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    a = tvn_testing_books(world, 0);
    b = tvn_testing_books(world, 1);
    TVN_ASSERT(a->in + b->in == 1234);
    TVN_ASSERT(world->stages[0].made + world->stages[1].made == 1234);
    TVN_ASSERT((a->dropped > 0) == (bad_every > 0));
    TVN_ASSERT(world->stages[2].seen_count == 1234 - a->dropped - b->dropped);
    end(world);
}

int
main(void)
{
    test_a_chain_delivers_everything_in_order();
    test_meta_is_the_sources_and_kept(false);
    test_meta_is_the_sources_and_kept(true);
    test_meta_is_not_another_sources();
    test_fan_out_shares_the_image();
    test_a_diamond_joins_again();
    test_fan_in_is_round_robin();
    test_what_a_filter_refuses(false);
    test_what_a_filter_refuses(true);
    test_what_a_filter_refuses_is_fanned_out();
    test_a_router_sends_to_any_set_of_ports(false);
    test_a_router_sends_to_any_set_of_ports(true);
    test_a_full_branch_stops_a_router_only_for_its_own_events();
    test_a_held_event_is_on_the_edges_that_had_room();
    test_a_failing_start_stops_those_that_were_started();
    test_graphs_that_cannot_be();
    test_new_reads_no_more_than_there_is();
    test_latency_is_from_source_to_sink();
    test_new_survives_out_of_memory();
    test_limit_is_exact(0);
    test_limit_is_exact(7);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
