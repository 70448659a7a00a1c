/* ends_test.c -- drain, abort, stuck, complete; and the real loop. */
#include "flow/testing.h"

#include <signal.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

/* in -> keep -> out, without end. */
static struct tvn_testing_world *
make(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = UINT64_MAX;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", 0, 1, 8);
    tvn_testing_join(world, "keep -> out", 1, 2, 8);
    world->opts.drain_timeout_ns = 100 * MS;
    return world;
}

static void
end(struct tvn_testing_world *world)
{
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    tvn_testing_world_free(world);
}

static uint64_t
in_flight(const struct tvn_testing_world *world)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    return events.in_flight;
}

static void
interrupt_at_100(struct tvn_testing_stage *stage)
{
    if (stage->seen_count >= 100 && stage->env == NULL) {
        stage->env = stage;
        tvn_flow_interrupt(stage->world->flow);
    }
}

static void
test_an_interrupt_drains(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_testing_stage *out = &world->stages[2];

    out->before = interrupt_at_100;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(out->seen_count >= 100 && out->seen_count < 400);
    TVN_ASSERT(tvn_testing_books(world, 0)->in == out->seen_count);
    TVN_ASSERT(in_flight(world) == 0 && out->completed_ok);
    end(world);
}

/* Nothing can run: the source waits. */
static void
interrupt_when_idle(void *env, uint64_t until_ns)
{
    struct tvn_testing_world *world = env;

    if (world->flow->interrupts == 0) {
        tvn_flow_interrupt(world->flow);
    } else {
        tvn_testing_idle(env, until_ns);
    }
}

static void
test_an_interrupt_ends_a_waiting_source(void)
{
    struct tvn_testing_world *world = make();

    world->stages[0].again_every = 1;
    world->stages[0].again_ns = 3600 * 1000 * MS;
    world->opts.idle = interrupt_when_idle;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) < 3600 * 1000 * MS);
    end(world);
}

static void
interrupt_while_the_sink_waits(struct tvn_testing_stage *stage)
{
    if (stage->world->stages[2].is_again && stage->env == NULL) {
        stage->env = stage;
        tvn_flow_interrupt(stage->world->flow);
    }
}

static void
expect_its_time(struct tvn_testing_stage *stage)
{
    uint64_t *asked_ns = stage->env;

    TVN_ASSERT(!stage->is_again ||
               stage->world->now_ns >= *asked_ns + stage->again_ns);
    *asked_ns = stage->world->now_ns;
}

static void
test_a_drain_wakes_nobody_but_sources(void)
{
    struct tvn_testing_world *world = make();
    uint64_t asked_ns = 0;

    world->opts.drain_timeout_ns = 0;
    world->stages[0].per_visit = 1;
    world->stages[0].before = interrupt_while_the_sink_waits;
    world->stages[2].again_every = 2;
    world->stages[2].again_ns = 1000 * MS;
    world->stages[2].before = expect_its_time;
    world->stages[2].env = &asked_ns;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[0].env != NULL);
    TVN_ASSERT(world->stages[2].visits > 2);
    end(world);
}

static void
test_a_drain_that_takes_too_long(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_testing_stage *out = &world->stages[2];

    out->before = interrupt_at_100;
    out->again_every = 110;
    out->again_ns = 3600 * 1000 * MS;
    out->per_visit = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EDRAIN);
    TVN_ASSERT(in_flight(world) > 0);
    TVN_ASSERT(tvn_testing_said(world, "draining took longer than 100 ms: "));
    TVN_ASSERT(!tvn_testing_said(world, "held for a full edge"));
    TVN_ASSERT(tvn_testing_said(world, "edge in -> keep: "));
    TVN_ASSERT(tvn_testing_said(world, "edge keep -> out: 8 in flight"));
    TVN_ASSERT(tvn_flow_ledger(world->flow)->edges[1].queue->discarded == 8);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) < 200 * MS);
    TVN_ASSERT(out->complete_calls == 1 && !out->completed_ok);
    end(world);
}

static void
interrupt_twice(struct tvn_testing_stage *stage)
{
    if (stage->seen_count >= 100 && stage->env == NULL) {
        stage->env = stage;
        tvn_flow_interrupt(stage->world->flow);
        tvn_flow_interrupt(stage->world->flow);
    }
}

static void
test_a_second_interrupt_aborts(void)
{
    struct tvn_testing_world *world = make();

    world->stages[2].before = interrupt_twice;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EINTERRUPTED);
    TVN_ASSERT(tvn_err_exit(TVN_EINTERRUPTED) == 130);
    TVN_ASSERT(tvn_testing_said(world, "interrupted twice"));
    TVN_ASSERT(tvn_testing_said(world, "edge in -> keep: 8 in flight"));
    TVN_ASSERT(in_flight(world) > 0);
    TVN_ASSERT(!world->stages[2].completed_ok);
    end(world);
}

static void
test_stuck_says_who_waits_for_whom(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_testing_stage *out = &world->stages[2];

    out->again_every = 20; /* and never says what would wake it */
    TVN_ASSERT(tvn_testing_run(world) == TVN_ESTUCK);
    TVN_ASSERT(tvn_testing_said(world, "stage out waits, and named nothing"));
    TVN_ASSERT(tvn_testing_said(
        world, "stage keep waits for room on edge keep -> out (8 of 8"));
    TVN_ASSERT(in_flight(world) == 16);
    end(world);
}

static void
test_stuck_names_every_input_that_is_waited_for(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "a", TVN_ROLE_SOURCE)->records = 5;
    tvn_testing_add(world, "b", TVN_ROLE_SOURCE)->records = 5;
    tvn_testing_add(world, "c", TVN_ROLE_SOURCE)->records = 5;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "a -> out", 0, 3, 8);
    tvn_testing_join(world, "b -> out", 1, 3, 8);
    tvn_testing_join(world, "c -> out", 2, 3, 8);
    world->stages[1].again_every = 1; /* for ever */
    world->stages[2].again_every = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_ESTUCK);
    TVN_ASSERT(!tvn_testing_said(world, "stage out waits for stage a"));
    TVN_ASSERT(tvn_testing_said(world, "stage out waits for stage b"));
    TVN_ASSERT(tvn_testing_said(world, "stage out waits for stage c"));
    end(world);
}

static uint32_t told;

static void
tell(void *env, const struct tvn_flow_progress *progress)
{
    const struct tvn_testing_world *world = env;

    TVN_ASSERT(progress->elapsed_ns <= world->now_ns);
    TVN_ASSERT(progress->in <= 10);
    told++;
}

static void
test_progress_is_told_about_every_200_ms(void)
{
    struct tvn_testing_world *world = make();

    world->stages[0].records = 10;
    world->stages[0].per_visit = 1;
    world->stages[0].again_every = 2;
    world->stages[0].again_ns = 1000 * MS;
    world->opts.progress = tell;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) == 9000 * MS);
    TVN_ASSERT(told >= 44 && told <= 46);
    end(world);
}

static void
test_complete_is_waited_for(void)
{
    struct tvn_testing_world *world = make();

    world->stages[0].records = 10;
    world->stages[2].complete_waits = 3;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].complete_calls == 4);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) == 3000);
    TVN_ASSERT(world->diag.first == NULL); /* all went well, without a word */
    end(world);
}

static void
test_complete_is_not_waited_for_longer_than_a_drain(void)
{
    struct tvn_testing_world *world = make();

    world->stages[2].before = interrupt_at_100;
    world->stages[2].complete_waits = UINT32_MAX;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EDRAIN);
    TVN_ASSERT(in_flight(world) == 0); /* all was written, nothing closed */
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) >= 100 * MS);
    TVN_ASSERT(tvn_flow_elapsed_ns(world->flow) < 101 * MS);
    end(world);
}

static void
test_a_failing_complete_is_the_result(void)
{
    struct tvn_testing_world *world = make();

    world->stages[0].records = 10;
    world->stages[2].fails_complete = true;
    world->nodes[2].then = TVN_THEN_DROP;
    TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_REJECT);
    TVN_ASSERT(tvn_testing_said(world, "stage out: complete: write: "));
    end(world);
}

/* ------------------------------------------------------------------------
 * The machine's clock and a real loop. */

static void
feed(struct tvn_testing_stage *stage)
{
    int *ends = stage->env;

    if (stage->seen_count >= 3) { /* left open: its end would wake, too */
        TVN_ASSERT(write(ends[1], "x", 1) == 1);
    }
}

static void
test_a_descriptor_wakes_a_source(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_loop *loop = NULL;
    int ends[2];

    TVN_ASSERT(pipe(ends) == 0);
    TVN_ASSERT(tvn_loop_new(&loop) == TVN_OK);
    world->opts.idle = NULL;
    world->opts.clock = tvn_clock_real();
    world->opts.loop = loop;
    world->stages[0].records = 20;
    world->stages[0].per_visit = 5;
    world->stages[0].again_every = 2;
    world->stages[0].again_fd = ends[0];
    world->stages[2].before = feed;
    world->stages[2].env = ends;
    world->stages[2].per_visit = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 20);
    TVN_ASSERT(!tvn_loop_has_watch(loop));
    end(world);
    tvn_loop_free(loop);
    close(ends[0]);
    close(ends[1]);
}

static void
test_a_timer_ends_the_watch_of_the_descriptor(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_loop *loop = NULL;
    int ends[2];

    TVN_ASSERT(pipe(ends) == 0);
    TVN_ASSERT(tvn_loop_new(&loop) == TVN_OK);
    world->opts.loop = loop;
    world->stages[0].records = 20;
    world->stages[0].per_visit = 5;
    world->stages[0].again_every = 2;
    world->stages[0].again_fd = ends[0]; /* there never is anything */
    world->stages[0].again_ns = 1000;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->stages[2].seen_count == 20);
    TVN_ASSERT(!tvn_loop_has_watch(loop));
    end(world);
    tvn_loop_free(loop);
    close(ends[0]);
    close(ends[1]);
}

static void
on_signal(void *env)
{
    tvn_flow_interrupt(env);
}

static void
raise_once(struct tvn_testing_stage *stage)
{
    if (stage->seen_count >= 20 && stage->env == NULL) {
        stage->env = stage;
        TVN_ASSERT(raise(SIGUSR1) == 0);
    }
}

static void
test_a_signal_drains(void)
{
    struct tvn_testing_world *world = make();
    struct tvn_loop *loop = NULL;

    TVN_ASSERT(tvn_loop_new(&loop) == TVN_OK);
    world->opts.idle = NULL;
    world->opts.clock = tvn_clock_real();
    world->opts.loop = loop;
    world->checks_steps = false;
    world->stages[0].again_every = 20; /* not more than can be remembered */
    world->stages[0].again_ns = MS / 10;
    world->stages[2].before = raise_once;
    tvn_testing_ready(world);
    TVN_ASSERT(
        tvn_loop_signal(loop, SIGUSR1, on_signal, world->flow) == TVN_OK);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(in_flight(world) == 0);
    end(world);
    tvn_loop_free(loop);
}

int
main(void)
{
    test_an_interrupt_drains();
    test_an_interrupt_ends_a_waiting_source();
    test_a_drain_wakes_nobody_but_sources();
    test_a_drain_that_takes_too_long();
    test_a_second_interrupt_aborts();
    test_stuck_says_who_waits_for_whom();
    test_stuck_names_every_input_that_is_waited_for();
    test_progress_is_told_about_every_200_ms();
    test_complete_is_waited_for();
    test_complete_is_not_waited_for_longer_than_a_drain();
    test_a_failing_complete_is_the_result();
    test_a_descriptor_wakes_a_source();
    test_a_timer_ends_the_watch_of_the_descriptor();
    test_a_signal_drains();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
