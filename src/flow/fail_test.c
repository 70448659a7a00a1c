/* fail_test.c -- what follows when an event failed. */
#include "flow/testing.h"

#include <stdio.h>

/* in -> STAGE -> out; every seventh of 100 events fails there: 14. */
static struct tvn_testing_world *
make(enum tvn_role role, enum tvn_fault_kind kind, enum tvn_flow_then then)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    uint32_t bad = role == TVN_ROLE_SOURCE ? 0 : role == TVN_ROLE_SINK ? 2 : 1;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "mid", bad == 1 ? role : TVN_ROLE_PROCESSOR);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> mid", 0, 1, 8);
    tvn_testing_join(world, "mid -> out", 1, 2, 8);
    if (bad == 1 && role == TVN_ROLE_ROUTER) {
        world->edges[1].out = TVN_OUT_PORT;
    }
    world->stages[bad].fails = kind;
    world->stages[bad].fail_every = 7;
    world->nodes[bad].then = then;
    return world;
}

static void
end(struct tvn_testing_world *world)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    TVN_ASSERT(events.in_flight == 0);
    tvn_testing_world_free(world);
}

static void
test_drop_and_dead_letter_go_on(void)
{
    for (uint32_t role = 0; role < TVN_ROLE_COUNT; role++) {
        for (uint32_t dead = 0; dead < 2; dead++) {
            struct tvn_testing_world *world = make((enum tvn_role)role,
                TVN_FAULT_REJECT, dead ? TVN_THEN_DEAD_LETTER : TVN_THEN_DROP);
            struct tvn_ledger_events events;

            TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
            tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
            TVN_ASSERT(events.in == 100);
            TVN_ASSERT(events.dropped == (dead ? 0 : 14));
            TVN_ASSERT(events.dead == (dead ? 14 : 0));
            TVN_ASSERT(world->dead_written == (dead ? 14 : 0));
            TVN_ASSERT(world->dead_records ==
                       (dead && role == TVN_ROLE_SOURCE ? 14 : 0));
            TVN_ASSERT(world->diag.errors == 0);
            TVN_ASSERT(world->stages[2].completed_ok);
            end(world);
        }
    }
}

static void
test_stop_ends_intake_and_drains_the_rest(void)
{
    for (uint32_t role = 0; role < TVN_ROLE_COUNT; role++) {
        struct tvn_testing_world *world =
            make((enum tvn_role)role, TVN_FAULT_REJECT, TVN_THEN_STOP);
        struct tvn_ledger_events events;

        world->stages[0].per_visit = 3;
        TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_REJECT);
        tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
        TVN_ASSERT(events.in >= 8 && events.in < 30);
        TVN_ASSERT(events.dropped >= 1);
        TVN_ASSERT(events.in_flight == 0);
        TVN_ASSERT(tvn_testing_said(world, "reject: as the script says"));
        TVN_ASSERT(tvn_testing_said(
            world, role == TVN_ROLE_SOURCE ? "stage in: a record"
                   : role == TVN_ROLE_SINK ? "stage out: event 7"
                                           : "stage mid: event 7"));
        TVN_ASSERT(world->stages[2].complete_calls == 1);
        TVN_ASSERT(!world->stages[2].completed_ok);
        end(world);
    }
}

static void
test_fatal_stops_whatever_was_said(void)
{
    for (uint32_t role = 0; role < TVN_ROLE_COUNT; role++) {
        struct tvn_testing_world *world =
            make((enum tvn_role)role, TVN_FAULT_FATAL, TVN_THEN_DROP);
        struct tvn_testing_stage *bad =
            &world->stages[role == TVN_ROLE_SOURCE ? 0
                           : role == TVN_ROLE_SINK ? 2
                                                   : 1];
        uint64_t visits;

        bad->fail_every = 0;
        bad->fail_at = 50;
        TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_FATAL);
        visits = bad->visits;
        TVN_ASSERT(visits > 0 && bad->counts.failed == 1);
        TVN_ASSERT(bad->windows == 0); /* it cannot go on: no last flush */
        TVN_ASSERT((bad->role == TVN_ROLE_SINK) ==
                   (bad->complete_calls == 0 && bad->role == TVN_ROLE_SINK));
        TVN_ASSERT(bad->stop_order > 0);
        end(world); /* what came after it was dropped: nothing in flight */
    }
}

static void
test_a_dead_letter_that_cannot_be_written_stops(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_PROCESSOR, TVN_FAULT_REJECT, TVN_THEN_DEAD_LETTER);

    world->dead_fails = true;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EIO);
    TVN_ASSERT(tvn_testing_said(world, "no room for the dead"));
    TVN_ASSERT(tvn_testing_books(world, 1)->dropped >= 1);
    TVN_ASSERT(tvn_testing_books(world, 1)->dead == 0);
    end(world);
}

static void
test_dead_letter_without_a_writer_stops(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_FILTER, TVN_FAULT_TRAP, TVN_THEN_DEAD_LETTER);

    world->opts.dead = NULL;
    world->opts.dead_count = NULL;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_REJECT);
    TVN_ASSERT(tvn_testing_said(world, "stage mid: event 7: trap: "));
    end(world);
}

static void
test_a_sink_that_cannot_write_says_so_once(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SINK, TVN_FAULT_WRITE, TVN_THEN_STOP);

    world->stages[2].fail_every = 1;
    world->edges[1].capacity = 64;
    world->edges[0].capacity = 64;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_REJECT);
    TVN_ASSERT(tvn_testing_books(world, 2)->dropped > 1);
    TVN_ASSERT(world->diag.errors == 1);
    end(world);
}

static void
test_many_failures_are_shown_in_few_lines(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SINK, TVN_FAULT_REJECT, TVN_THEN_STOP);

    world->stages[2].fail_every = 1;
    world->edges[1].capacity = 64;
    world->edges[0].capacity = 64;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_REJECT);
    TVN_ASSERT(tvn_testing_books(world, 2)->dropped > TVN__SHOWN_MAX);
    TVN_ASSERT(world->diag.errors == TVN__SHOWN_MAX);
    TVN_ASSERT(tvn_testing_said(world, "more failures"));
    end(world);
}

/* Some of a processor's outputs were sent when it fails. */
static uint32_t
five(uint64_t id)
{
    (void)id;
    return 5;
}

static void
test_what_was_sent_before_a_fault_stays_sent(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_PROCESSOR, TVN_FAULT_TRAP, TVN_THEN_DROP);

    world->stages[1].outs_of = five;
    world->edges[1].capacity = 3;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 500);
    TVN_ASSERT(tvn_testing_books(world, 1)->dropped == 14);
    TVN_ASSERT(tvn_testing_books(world, 1)->passed == 86);
    end(world);
}

static uint32_t
some_of_the_seventh(uint64_t id)
{
    return id % 7 == 0 ? 5 : 0;
}

static void
test_outputs_of_a_failed_event_are_not_the_next_ones(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_PROCESSOR, TVN_FAULT_TRAP, TVN_THEN_DROP);

    world->stages[1].outs_of = some_of_the_seventh;
    world->edges[1].capacity = 3;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 75);
    TVN_ASSERT(tvn_testing_books(world, 1)->dropped == 14);
    TVN_ASSERT(tvn_testing_books(world, 1)->passed == 1); /* event 0 */
    TVN_ASSERT(tvn_testing_books(world, 1)->filtered == 85);
    end(world);
}

static void
expect_both(struct tvn_testing_stage *stage)
{
    const struct tvn__edge *edges = stage->world->flow->edges;

    if (stage->visits == 200) {
        TVN_ASSERT(edges[0].queue.dequeued > 90);
        TVN_ASSERT(edges[1].queue.dequeued > 90);
    }
}

static void
test_a_failed_event_ends_the_turn_of_its_edge(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "a", TVN_ROLE_SOURCE)->records = 640;
    tvn_testing_add(world, "b", TVN_ROLE_SOURCE)->records = 640;
    tvn_testing_add(world, "out", TVN_ROLE_SINK)->fails = TVN_FAULT_REJECT;
    world->stages[2].fail_every = 1;
    world->stages[2].per_visit = 1;
    world->stages[2].cost_ns = 1000000; /* both queues are always full */
    world->stages[2].before = expect_both;
    world->nodes[2].then = TVN_THEN_DROP;
    tvn_testing_join(world, "a -> out", 0, 2, 32);
    tvn_testing_join(world, "b -> out", 1, 2, 32);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].visits > 200);
    TVN_ASSERT(tvn_testing_books(world, 2)->dropped == 1278);
    end(world);
}

/* ------------------------------------------------------------------------
 * Instances that are gone. */

static void
test_a_retry_after_a_trap_loses_the_open_window(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_AGGREGATOR, TVN_FAULT_TRAP, TVN_THEN_DROP);
    struct tvn_testing_stage *sum = &world->stages[1];

    world->stages[0].records = 14;
    world->nodes[1].window_count = 10;
    world->nodes[1].retries = 1;
    sum->fail_every = 0;
    sum->fail_at = 4;
    sum->fail_times = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    /* 0..3 went with the instance, 4..13 are a window */
    TVN_ASSERT(sum->window[0].reason == TVN_WINDOW_COUNT);
    TVN_ASSERT(sum->window_events[0] == 14); /* the script forgets nothing */
    end(world);
}

static void
test_only_deaths_in_a_row_are_waited_for(uint32_t every, bool waits)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_FILTER, TVN_FAULT_TRAP, TVN_THEN_DROP);
    struct tvn_testing_stage *keep = &world->stages[1];

    world->stages[0].records = 20;
    keep->per_visit = 1;
    keep->fail_every = every;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT((tvn_flow_elapsed_ns(world->flow) >= TVN__REVIVE_NS) == waits);
    end(world);
}

/* ------------------------------------------------------------------------
 * What a stage says of it, or does not. */

static uint32_t calls;

static tvn_err
fail_silently(void *self, struct tvn_burst *burst)
{
    (void)self;
    (void)burst;
    return TVN_EIO;
}

static tvn_err
fail_with_less_each_time(void *self, struct tvn_burst *burst)
{
    (void)self;
    burst->fault.kind = TVN_FAULT_REJECT;
    burst->fault.text = TVN_STR("no");
    if (calls++ == 0) {
        burst->fault.err = TVN_ENOMEM;
        burst->fault.help = TVN_STR("see there");
        return TVN_ENOMEM;
    }
    return TVN_EIO;
}

static void
test_a_fault_is_told_as_it_is(bool silent)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_FILTER, TVN_FAULT_NONE, TVN_THEN_STOP);
    struct tvn_stage_ops ops = *world->nodes[1].stage.ops;
    struct tvn_buf out = {0};
    const char *help;
    char code[16];

    (void)snprintf(code, sizeof(code), "E%04u", tvn_err_code(TVN_EIO));
    ops.run = silent ? fail_silently : fail_with_less_each_time;
    world->nodes[1].stage.ops = &ops;
    calls = 0;
    TVN_ASSERT(tvn_testing_run(world) == (silent ? TVN_EIO : TVN_ENOMEM));
    tvn_diag_print(&world->diag, &out);
    help = strstr(tvn_buf_text(&out), "see there");
    if (silent) {
        TVN_ASSERT(help == NULL);
        TVN_ASSERT(tvn_testing_said(world, "event 0: fatal: "));
        TVN_ASSERT(tvn_testing_said(world, tvn_err_text(TVN_EIO)));
    } else { /* the second has an error of its own, and no help */
        TVN_ASSERT(strstr(help, code) != NULL);
        TVN_ASSERT(strstr(help + 1, "see there") == NULL);
    }
    tvn_buf_fini(&out);
    end(world);
}

int
main(void)
{
    test_a_retry_after_a_trap_loses_the_open_window();
    test_only_deaths_in_a_row_are_waited_for(2, false);
    test_only_deaths_in_a_row_are_waited_for(1, true);
    test_a_fault_is_told_as_it_is(false);
    test_a_fault_is_told_as_it_is(true);
    test_drop_and_dead_letter_go_on();
    test_stop_ends_intake_and_drains_the_rest();
    test_fatal_stops_whatever_was_said();
    test_a_dead_letter_that_cannot_be_written_stops();
    test_dead_letter_without_a_writer_stops();
    test_a_sink_that_cannot_write_says_so_once();
    test_many_failures_are_shown_in_few_lines();
    test_what_was_sent_before_a_fault_stays_sent();
    test_outputs_of_a_failed_event_are_not_the_next_ones();
    test_a_failed_event_ends_the_turn_of_its_edge();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
