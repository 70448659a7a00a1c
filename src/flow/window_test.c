/* window_test.c -- when an aggregator flushes, and what it is told. */
#include "flow/testing.h"

#define WALL UINT64_C(1700000000000000000)

/* in -> sum -> out, events `gap_ns` apart. */
static struct tvn_testing_world *
make(uint64_t records, uint64_t gap_ns)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = records;
    world->stages[0].per_visit = 1;
    if (gap_ns > 0) {
        world->stages[0].again_every = 2; /* every other visit waits */
        world->stages[0].again_ns = gap_ns;
    }
    tvn_testing_add(world, "sum", TVN_ROLE_AGGREGATOR)->flush_outs = 1;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> sum", 0, 1, 16);
    tvn_testing_join(world, "sum -> out", 1, 2, 16);
    return world;
}

static void
end(struct tvn_testing_world *world)
{
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    tvn_testing_world_free(world);
}

static void
test_without_a_window_there_is_one_at_the_end(void)
{
    struct tvn_testing_world *world = make(1000, 0);
    struct tvn_testing_stage *sum = &world->stages[1];

    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(sum->windows == 1 && sum->window_events[0] == 1000);
    TVN_ASSERT(sum->window[0].reason == TVN_WINDOW_END);
    TVN_ASSERT(tvn_testing_books(world, 1)->absorbed == 1000);
    TVN_ASSERT(tvn_testing_books(world, 1)->emitted == 1);
    TVN_ASSERT(world->stages[2].seen_count == 1);
    TVN_ASSERT(world->stages[2].seen[0].sequence == 1000); /* a fresh one */
    end(world);
}

static void
test_the_last_flush_is_called_even_for_nothing(void)
{
    struct tvn_testing_world *world = make(0, 0);

    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[1].windows == 1);
    TVN_ASSERT(world->stages[1].window_events[0] == 0);
    end(world);
}

static void
test_count_flushes_after_exactly_that_many(void)
{
    struct tvn_testing_world *world = make(95, 0);
    struct tvn_testing_stage *sum = &world->stages[1];

    world->stages[0].per_visit = 0;
    world->nodes[1].window_count = 10;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(sum->windows == 10);
    for (uint32_t i = 0; i < 9; i++) {
        TVN_ASSERT(sum->window_events[i] == 10);
        TVN_ASSERT(sum->window[i].reason == TVN_WINDOW_COUNT);
    }
    TVN_ASSERT(sum->window_events[9] == 5);
    TVN_ASSERT(sum->window[9].reason == TVN_WINDOW_END);
    end(world);
}

static void
test_every_counts_from_the_first_event_after_a_flush(void)
{
    struct tvn_testing_world *world = make(10, 300);
    struct tvn_testing_stage *sum = &world->stages[1];

    /* Events at 1000, 1300, 1600, ...: 1000..1600 | 1900..2500 | ... */
    world->nodes[1].window_every_ns = 750;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(sum->windows == 4);
    for (uint32_t i = 0; i < 3; i++) {
        TVN_ASSERT(sum->window_events[i] == 3);
        TVN_ASSERT(sum->window[i].reason == TVN_WINDOW_TIME);
        TVN_ASSERT(sum->window[i].start_ns == WALL + 1000 + 900 * i);
        TVN_ASSERT(sum->window[i].end_ns == sum->window[i].start_ns + 750);
    }
    TVN_ASSERT(sum->window_events[3] == 1);
    TVN_ASSERT(sum->window[3].reason == TVN_WINDOW_END);
    TVN_ASSERT(sum->window[3].start_ns == WALL + 1000 + 2700);
    end(world);
}

static void
test_empty_windows_are_not_flushed(void)
{
    struct tvn_testing_world *world = make(3, 1000000);

    world->nodes[1].window_every_ns = 10;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    /* one for each of the first two, and the last one's at the end */
    TVN_ASSERT(world->stages[1].windows == 3 || world->stages[1].windows == 4);
    for (uint32_t i = 0; i < 3; i++) {
        const struct tvn_window *window = &world->stages[1].window[i];

        TVN_ASSERT(world->stages[1].window_events[i] == 1);
        TVN_ASSERT(window->start_ns == WALL + 1000 + 1000000 * i);
        TVN_ASSERT(window->reason == TVN_WINDOW_END ||
                   window->end_ns == window->start_ns + 10);
    }
    end(world);
}

static void
test_time_and_count_whichever_is_first(void)
{
    struct tvn_testing_world *world = make(12, 100);
    struct tvn_testing_stage *sum = &world->stages[1];

    world->nodes[1].window_every_ns = 450;
    world->nodes[1].window_count = 4;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(sum->windows == 4);
    TVN_ASSERT(sum->window[0].reason == TVN_WINDOW_COUNT);
    TVN_ASSERT(sum->window_events[2] == 4 && sum->window_events[3] == 0);
    end(world);
}

static void
test_a_flush_with_more_than_the_credit_goes_on(void)
{
    struct tvn_testing_world *world = make(20, 0);

    world->stages[1].flush_outs = 33;
    world->nodes[1].window_count = 7;
    world->edges[1].capacity = 4;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[1].windows == 3);
    TVN_ASSERT(world->stages[2].seen_count == 99);
    for (uint64_t i = 0; i < 99; i++) {
        TVN_ASSERT(world->stages[2].seen[i].id == i);
    }
    TVN_ASSERT(tvn_testing_books(world, 1)->emitted == 99);
    end(world);
}

static void
test_ingest_may_emit_too(void)
{
    struct tvn_testing_world *world = make(40, 0);

    world->stages[1].ingest_outs = 5;
    world->edges[1].capacity = 3;
    world->nodes[1].window_count = 8;
    tvn_testing_add(world, "two", TVN_ROLE_SINK);
    tvn_testing_join(world, "sum -> two", 1, 3, 5);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[1].windows == 6);
    TVN_ASSERT(tvn_testing_books(world, 1)->emitted == 206);
    TVN_ASSERT(tvn_testing_books(world, 1)->absorbed == 40);
    TVN_ASSERT(tvn_testing_books(world, 1)->forked == 206);
    TVN_ASSERT(world->stages[2].seen_count == 206);
    TVN_ASSERT(world->stages[3].seen_count == 206);
    end(world);
}

static void
test_a_window_does_not_end_in_the_middle_of_an_event(void)
{
    struct tvn_testing_world *world = make(40, 0);

    world->nodes[1].window_every_ns = 10;
    world->stages[1].ingest_outs = 5;
    world->edges[1].capacity = 3;
    world->stages[2].per_visit = 1;
    world->stages[2].cost_ns = 1000; /* it ends while outputs wait */
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[1].windows > 1); /* asserted by the script */
    TVN_ASSERT(tvn_testing_books(world, 1)->absorbed == 40);
    for (uint32_t i = 0; i + 1 < world->stages[1].windows; i++) {
        const struct tvn_window *window = &world->stages[1].window[i];

        /* It is as long as was asked for, however late it is flushed. */
        TVN_ASSERT(window->reason == TVN_WINDOW_TIME);
        TVN_ASSERT(window->end_ns == window->start_ns + 10);
    }
    end(world);
}

static void
test_an_instance_that_is_gone_loses_the_open_window(enum tvn_fault_kind kind)
{
    struct tvn_testing_world *world = make(25, 0);
    struct tvn_testing_stage *sum = &world->stages[1];

    world->nodes[1].window_count = 10;
    world->nodes[1].then = TVN_THEN_DROP;
    sum->fails = kind;
    sum->fail_at = 4;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    /* 0..3 went with the instance, 4 was dropped, 5..14 are a window */
    TVN_ASSERT(sum->windows == 3);
    TVN_ASSERT(sum->window[0].reason == TVN_WINDOW_COUNT);
    TVN_ASSERT(sum->window_events[0] == 14); /* the script forgets nothing */
    TVN_ASSERT(sum->window_events[1] == 10);
    TVN_ASSERT(sum->window_events[2] == 0);
    TVN_ASSERT(tvn_testing_books(world, 1)->absorbed == 24);
    TVN_ASSERT(tvn_testing_books(world, 1)->dropped == 1);
    end(world);
}

static void
test_a_failed_flush(enum tvn_flow_then then, enum tvn_fault_kind kind)
{
    struct tvn_testing_world *world = make(25, 0);
    bool stops = then == TVN_THEN_STOP || kind == TVN_FAULT_FATAL;
    tvn_err err;

    world->nodes[1].window_count = 10;
    world->nodes[1].then = then;
    world->stages[1].flush_fails = kind;
    err = tvn_testing_run(world);
    TVN_ASSERT((err == TVN_OK) == !stops);
    TVN_ASSERT(tvn_testing_said(world, "stage sum: flush: "));
    TVN_ASSERT(world->dead_written == 0);
    TVN_ASSERT(world->stages[2].seen_count == 0);
    TVN_ASSERT((world->diag.errors > 0) == stops);
    end(world);
}

int
main(void)
{
    test_without_a_window_there_is_one_at_the_end();
    test_the_last_flush_is_called_even_for_nothing();
    test_count_flushes_after_exactly_that_many();
    test_every_counts_from_the_first_event_after_a_flush();
    test_empty_windows_are_not_flushed();
    test_time_and_count_whichever_is_first();
    test_a_flush_with_more_than_the_credit_goes_on();
    test_ingest_may_emit_too();
    test_a_window_does_not_end_in_the_middle_of_an_event();
    test_an_instance_that_is_gone_loses_the_open_window(TVN_FAULT_TRAP);
    test_an_instance_that_is_gone_loses_the_open_window(TVN_FAULT_DEADLINE);
    test_a_failed_flush(TVN_THEN_STOP, TVN_FAULT_REJECT);
    test_a_failed_flush(TVN_THEN_DROP, TVN_FAULT_TRAP);
    test_a_failed_flush(TVN_THEN_DEAD_LETTER, TVN_FAULT_REJECT);
    test_a_failed_flush(TVN_THEN_DROP, TVN_FAULT_FATAL);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
