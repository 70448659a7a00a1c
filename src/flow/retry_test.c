/* retry_test.c -- on-error: retry: what is tried again, when, how often, and
 * what follows when it does not help. */
#include "flow/testing.h"

#define US   UINT64_C(1000)
#define MS   UINT64_C(1000000)
#define HOUR (3600 * 1000 * MS)

static uint32_t
number_of(enum tvn_role role)
{
    return role == TVN_ROLE_SOURCE ? 0 : role == TVN_ROLE_SINK ? 2 : 1;
}

/* in -> STAGE -> out; every seventh of 100 events fails there: 14 (of a
 * source's: 14 records), before it has any output. */
static struct tvn_testing_world *
make(enum tvn_role role, enum tvn_fault_kind kind, enum tvn_flow_then then,
    uint32_t retries)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    uint32_t bad = number_of(role);

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "mid", bad == 1 ? role : TVN_ROLE_PROCESSOR);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> mid", 0, 1, 8);
    tvn_testing_join(world, "mid -> out", 1, 2, 8);
    if (bad == 1 && role == TVN_ROLE_ROUTER) {
        world->edges[1].out = TVN_OUT_PORT;
    }
    world->stages[bad].fails = kind;
    world->stages[bad].fails_early = true;
    world->stages[bad].fail_every = 7;
    world->nodes[bad].then = then;
    world->nodes[bad].retries = retries;
    world->nodes[bad].backoff_min_ns = MS;
    world->nodes[bad].backoff_max_ns = 8 * MS;
    return world;
}

static void
end(struct tvn_testing_world *world)
{
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    tvn_testing_world_free(world);
}

static struct tvn_ledger_events
sums(const struct tvn_testing_world *world)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    return events;
}

/* ------------------------------------------------------------------------
 * It helps. */

static void
expect_all(const struct tvn_testing_stage *stage, uint32_t attempts)
{
    TVN_ASSERT(stage->seen_count == 100 && !stage->is_disordered);
    for (uint64_t i = 0; i < 100; i++) {
        TVN_ASSERT(stage->seen[i].id == i);
        TVN_ASSERT(
            stage->seen[i].attempt == (i > 0 && i % 7 == 0 ? attempts : 0));
    }
}

static void
test_what_fails_is_tried_again(enum tvn_role role, enum tvn_fault_kind kind)
{
    struct tvn_testing_world *world = make(role, kind, TVN_THEN_STOP, 2);
    uint32_t number = number_of(role);
    struct tvn_testing_stage *bad = &world->stages[number];

    bad->fail_times = 2;
    bad->flush_outs = 100;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(bad->try_count == 28 && bad->counts.failed == 28);
    for (uint32_t i = 0; i < 28; i++) { /* each knows how often it was */
        TVN_ASSERT(bad->tries[i].id == 7 * (i / 2 + 1));
        TVN_ASSERT(bad->tries[i].attempt == i % 2);
    }
    if (role == TVN_ROLE_SOURCE) {
        TVN_ASSERT(tvn_testing_books(world, 0)->retried == 28);
    } else {
        expect_all(bad, 2);
    }
    TVN_ASSERT(world->stages[2].seen_count == 100);
    TVN_ASSERT(sums(world).in == 100 && sums(world).dropped == 0);
    TVN_ASSERT(world->diag.errors == 0);
    end(world);
}

static void
test_order_is_held_meanwhile(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SINK, TVN_FAULT_RETRY, TVN_THEN_STOP, 2);
    struct tvn_testing_stage *out = &world->stages[2];

    /* A second source, whose events could overtake. */
    tvn_testing_add(world, "also", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_join(world, "also -> out", 3, 2, 8);
    out->fail_every = 0;
    out->fail_at = 50;
    out->fail_times = 2;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(out->seen_count == 200 && out->try_count == 4);
    for (uint64_t i = 0; i < 200; i++) {
        for (uint32_t t = 0; t < 4; t += 2) {
            TVN_ASSERT(out->seen[i].at_ns <= out->tries[t].at_ns ||
                       out->seen[i].at_ns > out->tries[t + 1].at_ns);
        }
    }
    end(world);
}

static void
test_other_branches_go_on(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SINK, TVN_FAULT_RETRY, TVN_THEN_STOP, UINT32_MAX);
    const struct tvn_testing_stage *also = &world->stages[3];

    tvn_testing_add(world, "also", TVN_ROLE_SINK);
    tvn_testing_join(world, "mid -> also", 1, 3, 8);
    world->edges[1].capacity = 100;
    world->stages[2].fail_times = 5;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    expect_all(&world->stages[2], 5);
    TVN_ASSERT(also->seen_count == 100);
    TVN_ASSERT(also->seen[99].at_ns < world->stages[2].seen[7].at_ns);
    end(world);
}

static void
test_what_is_tried_again_is_not_dropped(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SINK, TVN_FAULT_RETRY, TVN_THEN_STOP, UINT32_MAX);
    struct tvn_testing_stage *out = &world->stages[2];

    world->stages[0].records = 1000;
    world->stages[0].per_visit = 1;
    world->stages[0].again_every = 1;
    world->stages[0].again_ns = 10 * US;
    world->edges[1].capacity = 4;
    world->edges[1].overflow = TVN_OVERFLOW_DROP_OLDEST;
    out->fail_every = 0;
    out->fail_at = 7;
    out->fail_times = 4;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(out->seen[7].id == 7 && out->seen[7].attempt == 4);
    TVN_ASSERT(out->seen[8].id > 500); /* those between were dropped */
    TVN_ASSERT(!out->is_disordered && out->seen[8].attempt == 0);
    TVN_ASSERT(tvn_flow_ledger(world->flow)->edges[1].queue->dropped_oldest ==
               1000 - out->seen_count);
    end(world);
}

/* ------------------------------------------------------------------------
 * When. */

static void
test_backoff_doubles_up_to_its_most(enum tvn_role role)
{
    struct tvn_testing_world *world =
        make(role, TVN_FAULT_RETRY, TVN_THEN_STOP, UINT32_MAX);
    const struct tvn_testing_stage *bad = &world->stages[number_of(role)];
    uint32_t shorter = 0;

    world->stages[number_of(role)].fail_every = 0;
    world->stages[number_of(role)].fail_at = 7;
    world->stages[number_of(role)].fail_times = 40;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(bad->try_count == 40);
    for (uint32_t i = 1; i < 40; i++) {
        uint64_t full_ns = i <= 3 ? MS << (i - 1) : 8 * MS;
        uint64_t ns = bad->tries[i].at_ns - bad->tries[i - 1].at_ns;

        TVN_ASSERT(ns <= full_ns && ns >= full_ns - full_ns / 4);
        shorter += ns < full_ns - full_ns / 8;
    }
    TVN_ASSERT(shorter > 10 && shorter < 30); /* spread over the quarter */
    end(world);
}

/* An instance that dies again and again: 0, then 1, 2, 4, 8, 10 ms. */
static void
fail_six_times_twice(struct tvn_testing_stage *stage)
{
    bool fails = stage->try_count < 7 ||
                 (stage->seen_count >= 20 && stage->try_count < 10);

    stage->fails = fails ? TVN_FAULT_TRAP : TVN_FAULT_NONE;
}

static void
test_a_revival_waits_and_is_reset(uint32_t retries)
{
    static const uint64_t ms[] = {0, 1, 2, 4, 8, 10};
    struct tvn_testing_world *world =
        make(TVN_ROLE_PROCESSOR, TVN_FAULT_TRAP, TVN_THEN_DROP, retries);
    struct tvn_testing_stage *mid = &world->stages[1];

    world->nodes[1].backoff_min_ns = retries > 0 ? US : 0;
    world->nodes[1].backoff_max_ns = US;
    mid->fail_every = 1;
    mid->per_visit = 1;
    mid->before = fail_six_times_twice;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(mid->try_count == 10);
    for (uint32_t i = 0; i < 9; i++) {
        uint64_t ns = mid->tries[i + 1].at_ns - mid->tries[i].at_ns;

        if (i == 0 || i == 7) { /* at once, or by the backoff alone */
            TVN_ASSERT(ns <= US && (retries == 0 || ns >= US - US / 4));
        } else if (i < 6) {
            TVN_ASSERT(ns == ms[i] * MS);
        } else if (i == 8) { /* it had worked in between */
            TVN_ASSERT(ns == MS);
        }
    }
    TVN_ASSERT(sums(world).dropped == (retries == 0 ? 10 : 0));
    end(world);
}

/* ------------------------------------------------------------------------
 * It does not help. */

static void
test_then_what_was_said(enum tvn_role role, enum tvn_flow_then then)
{
    struct tvn_testing_world *world = make(role, TVN_FAULT_RETRY, then, 2);
    const struct tvn_testing_stage *bad = &world->stages[number_of(role)];
    bool stops = then == TVN_THEN_STOP;
    bool buries = then == TVN_THEN_DEAD_LETTER;
    uint64_t failed = stops ? 1 : 14;
    tvn_err err = tvn_testing_run(world);

    TVN_ASSERT(err == (stops ? TVN_EGUEST_REJECT : TVN_OK));
    if (stops) {
        TVN_ASSERT(tvn_testing_said(world, "event 7, tried 3 times: retry: "));
        TVN_ASSERT(sums(world).in < 100);
        failed = bad->try_count / 3; /* all that were on their way */
        TVN_ASSERT(failed >= 1);
    }
    TVN_ASSERT(bad->try_count == 3 * failed);
    TVN_ASSERT(sums(world).dropped == (buries ? 0 : failed));
    TVN_ASSERT(sums(world).dead == (buries ? failed : 0));
    for (uint32_t i = 0; buries && i < 14; i++) {
        TVN_ASSERT(world->dead[i].attempts == 3);
        TVN_ASSERT(world->dead[i].kind == TVN_FAULT_RETRY);
        TVN_ASSERT(world->dead[i].sequence == 7 * (i + 1));
    }
    TVN_ASSERT(sums(world).in_flight == 0);
    end(world);
}

/* What a source could not read is a record of which nothing is known. */
static void
test_a_source_that_gives_up(enum tvn_flow_then then)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SOURCE, TVN_FAULT_RETRY, then, 2);
    struct tvn_testing_stage *in = &world->stages[0];
    bool stops = then == TVN_THEN_STOP;
    tvn_err err;

    in->fail_every = 0;
    in->fail_at = 7;
    in->fail_times = 6; /* three, three, and then it reads */
    err = tvn_testing_run(world);
    TVN_ASSERT(err == (stops ? TVN_EGUEST_REJECT : TVN_OK));
    TVN_ASSERT(in->try_count == (stops ? 3 : 6));
    TVN_ASSERT(tvn_testing_books(world, 0)->retried == (stops ? 2 : 4));
    TVN_ASSERT(tvn_testing_books(world, 0)->in == (stops ? 8 : 102));
    TVN_ASSERT(world->stages[2].seen_count == (stops ? 7 : 100));
    TVN_ASSERT(world->dead_records == (then == TVN_THEN_DEAD_LETTER ? 2 : 0));
    TVN_ASSERT(world->dead_records == 0 || world->dead[1].attempts == 3);
    end(world);
}

static void
test_some_faults_are_never_tried_again(enum tvn_role role)
{
    static const enum tvn_fault_kind kinds[] = {
        TVN_FAULT_REJECT, TVN_FAULT_RECORD};

    for (size_t i = 0; i < 2; i++) {
        struct tvn_testing_world *world =
            make(role, kinds[i], TVN_THEN_DROP, UINT32_MAX);

        TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
        TVN_ASSERT(world->stages[number_of(role)].try_count == 14);
        TVN_ASSERT(sums(world).dropped == 14);
        TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) == 0);
        end(world);
    }
}

static void
test_fatal_stops_at_once(enum tvn_role role)
{
    struct tvn_testing_world *world =
        make(role, TVN_FAULT_FATAL, TVN_THEN_DROP, UINT32_MAX);

    TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_FATAL);
    TVN_ASSERT(world->stages[number_of(role)].try_count == 1);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) == 0);
    TVN_ASSERT(sums(world).in_flight == 0);
    end(world);
}

/* Its first outputs cannot be taken back. */
static void
test_after_its_first_outputs_it_is_not(uint32_t capacity)
{
    struct tvn_testing_world *world = make(
        TVN_ROLE_PROCESSOR, TVN_FAULT_TRAP, TVN_THEN_DEAD_LETTER, UINT32_MAX);

    world->stages[1].fails_early = false;
    world->stages[1].outs = 5;
    world->edges[1].capacity = capacity; /* in one visit, or in several */
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[1].try_count == 14);
    TVN_ASSERT(world->stages[2].seen_count == 500);
    TVN_ASSERT(sums(world).dead == 14 && world->dead[0].attempts == 1);
    end(world);
}

static void
test_a_trap_loses_the_window_and_keeps_the_event(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_AGGREGATOR, TVN_FAULT_TRAP, TVN_THEN_STOP, 1);
    struct tvn_testing_stage *sum = &world->stages[1];

    world->stages[0].records = 25;
    world->nodes[1].window_count = 10;
    sum->fail_every = 0;
    sum->fail_at = 4;
    sum->fail_times = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    /* 0..3 went with the instance; 4..13 are a window. */
    TVN_ASSERT(sum->windows == 3);
    TVN_ASSERT(sum->window_events[0] == 14); /* the script forgets nothing */
    TVN_ASSERT(sum->window_events[1] == 10 && sum->window_events[2] == 1);
    TVN_ASSERT(sum->window[1].reason == TVN_WINDOW_COUNT);
    TVN_ASSERT(tvn_testing_books(world, 1)->absorbed == 25);
    end(world);
}

/* ------------------------------------------------------------------------
 * Ends. */

static void
interrupt_once(struct tvn_testing_stage *stage)
{
    if (stage->try_count > 0 && stage->env == NULL) {
        stage->env = stage;
        tvn_flow_interrupt(stage->world->flow);
    }
}

static void
test_a_drain_with_a_pending_retry(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SINK, TVN_FAULT_RETRY, TVN_THEN_STOP, UINT32_MAX);

    world->nodes[2].backoff_max_ns = HOUR;
    world->stages[0].records = UINT64_MAX;
    world->stages[2].before = interrupt_once;
    world->opts.drain_timeout_ns = 100 * MS;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EDRAIN);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) < 110 * MS);
    TVN_ASSERT(world->stages[2].seen_count == 7);
    TVN_ASSERT(tvn_testing_said(
        world, "draining took longer than 100 ms: 16 events were in flight"));
    TVN_ASSERT(tvn_testing_said(world, "edge in -> mid: 8 in flight"));
    TVN_ASSERT(tvn_testing_said(world, "edge mid -> out: 8 in flight"));
    TVN_ASSERT(sums(world).in_flight == 16);
    end(world);
}

static void
test_a_drain_with_something_refused(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SINK, TVN_FAULT_NONE, TVN_THEN_STOP, 0);

    world->edges[1].overflow = TVN_OVERFLOW_ERROR;
    world->nodes[1].retries = UINT32_MAX;
    world->nodes[1].backoff_min_ns = MS;
    world->nodes[1].backoff_max_ns = HOUR;
    world->stages[2].stall_ns = HOUR;
    world->opts.drain_timeout_ns = 100 * MS;
    tvn_testing_ready(world);
    world->stages[0].records = UINT64_MAX;
    world->stages[0].again_every = 4;
    world->stages[0].again_ns = MS;
    world->stages[2].before = interrupt_once;
    world->stages[2].try_count = 1; /* at its first visit */
    TVN_ASSERT(tvn_testing_run(world) == TVN_EDRAIN);
    TVN_ASSERT(tvn_testing_said(world, "edge mid -> out: 8 in flight"));
    TVN_ASSERT(tvn_testing_said(world, "times and to be offered again"));
    TVN_ASSERT(tvn_flow_ledger(world->flow)->edges[1].retrying == 1);
    end(world);
}

/* A source that waits for its next try has nothing that could be lost. */
static void
test_a_drain_ends_the_tries_of_a_source(void)
{
    struct tvn_testing_world *world =
        make(TVN_ROLE_SOURCE, TVN_FAULT_RETRY, TVN_THEN_STOP, UINT32_MAX);

    world->nodes[0].backoff_min_ns = HOUR;
    world->nodes[0].backoff_max_ns = HOUR;
    tvn_testing_ready(world);
    tvn_flow_interrupt(world->flow);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) < HOUR / 2);
    end(world);
}

int
main(void)
{
    for (uint32_t role = 0; role < TVN_ROLE_COUNT; role++) {
        test_what_fails_is_tried_again((enum tvn_role)role, TVN_FAULT_RETRY);
        test_what_fails_is_tried_again((enum tvn_role)role, TVN_FAULT_TRAP);
        test_what_fails_is_tried_again((enum tvn_role)role, TVN_FAULT_WRITE);
        test_what_fails_is_tried_again((enum tvn_role)role, TVN_FAULT_DEADLINE);
        test_backoff_doubles_up_to_its_most((enum tvn_role)role);
        test_some_faults_are_never_tried_again((enum tvn_role)role);
        test_fatal_stops_at_once((enum tvn_role)role);
        for (uint32_t then = 0; then <= TVN_THEN_DEAD_LETTER; then++) {
            if (role == TVN_ROLE_SOURCE) {
                test_a_source_that_gives_up((enum tvn_flow_then)then);
            } else {
                test_then_what_was_said(
                    (enum tvn_role)role, (enum tvn_flow_then)then);
            }
        }
    }
    test_order_is_held_meanwhile();
    test_other_branches_go_on();
    test_what_is_tried_again_is_not_dropped();
    test_a_revival_waits_and_is_reset(0);
    test_a_revival_waits_and_is_reset(UINT32_MAX);
    test_after_its_first_outputs_it_is_not(64);
    test_after_its_first_outputs_it_is_not(2);
    test_a_trap_loses_the_window_and_keeps_the_event();
    test_a_drain_with_a_pending_retry();
    test_a_drain_with_something_refused();
    test_a_drain_ends_the_tries_of_a_source();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
