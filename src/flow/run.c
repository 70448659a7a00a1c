/* run.c -- the loop of a flow: one named step a line. */
#include "flow/internal.h"

void
tvn__look_at_clocks(struct tvn_flow *flow)
{
    const struct tvn_clock *clock = flow->opts.clock;

    flow->now_ns = clock->monotonic_ns(clock->self);
    flow->wall_offset = clock->wall_ns(clock->self) - flow->now_ns;
}

void
tvn__flow_hook(struct tvn_flow *flow, const struct tvn__flow_hooks *hooks)
{
    flow->hooks = *hooks;
}

/* ------------------------------------------------------------------------
 * Waiting. */

static void
on_ready(void *env)
{
    struct tvn__node *node = env;

    node->wake_fd = -1; /* the watch is over */
    tvn__wake(node->flow, node);
}

void
tvn__wake(struct tvn_flow *flow, struct tvn__node *node)
{
    if (node->wake_fd >= 0) {
        tvn_loop_unwatch(flow->opts.loop, node->wake_fd);
        node->wake_fd = -1;
    }
    node->wake_ns = TVN__NEVER;
    node->is_waiting = false;
}

void
tvn__wait(struct tvn_flow *flow, struct tvn__node *node)
{
    const struct tvn_wake *wake = &flow->burst.wake;
    bool is_ready = false;
    tvn_err err;

    node->is_waiting = true;
    if (wake->at_ns != 0) {
        node->wake_ns = wake->at_ns;
        if (wake->at_ns < flow->next_wake_ns) {
            flow->next_wake_ns = wake->at_ns;
        }
    }
    if (wake->fd < 0 || flow->opts.loop == NULL) {
        return; /* without any wake it waits for ever: see tvn__stuck */
    }
    err = tvn_loop_watch(flow->opts.loop, wake->fd, wake->for_writing, on_ready,
        node, &is_ready);
    if (err != TVN_OK) {
        tvn__wake(flow, node);
        tvn__fault_call(flow, node, "waiting for its descriptor", err);
    } else if (is_ready) {
        tvn__wake(flow, node);
    } else {
        node->wake_fd = wake->fd;
    }
}

static void
wake_timers(struct tvn_flow *flow)
{
    uint64_t next_ns = TVN__NEVER;

    if (flow->now_ns >= flow->drain_due_ns) {
        tvn__drain_ran_out(flow);
        return;
    }
    if (flow->now_ns < flow->next_wake_ns) {
        return;
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = &flow->nodes[i];

        if (node->wake_ns <= flow->now_ns) {
            tvn__wake(flow, node);
        }
        if (node->wake_ns < next_ns) {
            next_ns = node->wake_ns;
        }
    }
    flow->next_wake_ns = next_ns;
}

void
tvn__poll_io(struct tvn_flow *flow, uint64_t wait_ns)
{
    if (flow->opts.loop != NULL) {
        tvn_loop_poll(flow->opts.loop, wait_ns);
    }
    tvn__look_at_clocks(flow);
    flow->polled_ns = flow->now_ns;
    tvn__handle_interrupts(flow);
}

void
tvn__sleep(struct tvn_flow *flow, uint64_t until_ns)
{
    uint64_t wait_ns = 0;

    tvn__look_at_clocks(flow);
    if (until_ns == TVN__NEVER) {
        wait_ns = UINT64_MAX;
    } else if (until_ns > flow->now_ns) {
        wait_ns = until_ns - flow->now_ns;
    }
    if (flow->hooks.idle != NULL) {
        flow->hooks.idle(flow->hooks.env, until_ns);
    }
    tvn__poll_io(flow, wait_ns);
}

/* ------------------------------------------------------------------------
 * The law, and what is told while it runs. */

tvn_err
tvn__check_law(struct tvn_flow *flow)
{
    tvn_err err;

    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        if (flow->nodes[i].state != TVN__STOPPED) {
            tvn_ledger_collect(&flow->ledger, i, &flow->nodes[i].stage);
        }
    }
    flow->checked_ns = flow->now_ns;
    err = tvn_ledger_check(&flow->ledger, flow->diag);
    if (err != TVN_OK) {
        flow->result = err; /* whatever else went wrong is second to it */
        flow->is_over = true;
    }
    return err;
}

static void
tell_progress(struct tvn_flow *flow)
{
    struct tvn_flow_progress progress = {
        flow->now_ns - flow->started_ns, flow->taken};

    flow->progress_ns = flow->now_ns;
    flow->opts.progress(flow->opts.env, &progress);
}

static void
publish(struct tvn_flow *flow)
{
    if (flow->now_ns - flow->checked_ns >= TVN__CHECK_NS) {
        (void)tvn__check_law(flow);
    }
    if (flow->opts.progress != NULL &&
        flow->now_ns - flow->progress_ns >= TVN__PROGRESS_NS) {
        tell_progress(flow);
    }
}

/* ------------------------------------------------------------------------
 * Rounds: deficit round robin over time. */

static void
stepped(struct tvn_flow *flow)
{
    if (flow->hooks.stepped != NULL) {
        flow->hooks.stepped(flow->hooks.env, flow);
    }
}

/* Nobody who could run may: lets as many rounds pass as the first one needs. */
static void
skip_rounds(struct tvn_flow *flow, int64_t deficit_max_ns)
{
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = &flow->nodes[i];

        node->deficit_ns -= deficit_max_ns;
        if (node->deficit_ns > 0) {
            node->deficit_ns = 0;
        }
    }
}

/* False: nothing can run. */
static bool
run_round(struct tvn_flow *flow)
{
    int64_t deficit_max_ns = INT64_MIN;
    bool ran = false;

    flow->has_moved = false;
    for (uint32_t i = 0; i < flow->opts.node_count && !flow->is_over; i++) {
        struct tvn__node *node = flow->order[i];
        enum tvn__todo todo = tvn__what_now(flow, node);

        node->deficit_ns += TVN__QUANTUM_NS;
        if (node->deficit_ns > TVN__QUANTUM_NS) {
            node->deficit_ns = TVN__QUANTUM_NS;
        }
        if (todo == TVN__NOTHING) {
            node->deficit_ns = node->deficit_ns > 0 ? 0 : node->deficit_ns;
            continue;
        }
        if (node->deficit_ns > 0) {
            tvn__turn(flow, node, todo);
            stepped(flow);
            /* A full edge suspends its producer now, not when the consumer
             * has made room for one. */
            (void)tvn__what_now(flow, node);
            ran = true;
        } else if (node->deficit_ns > deficit_max_ns) {
            deficit_max_ns = node->deficit_ns;
        }
    }
    if (!ran && deficit_max_ns != INT64_MIN) {
        skip_rounds(flow, deficit_max_ns);
        return true;
    }
    return ran || flow->has_moved;
}

/* The next thing that time brings. */
static uint64_t
next_due_ns(const struct tvn_flow *flow)
{
    uint64_t due_ns = flow->drain_due_ns;

    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = &flow->nodes[i];
        uint64_t window_ns = tvn__window_due_ns(node);

        if (node->is_waiting && node->wake_ns < due_ns) {
            due_ns = node->wake_ns;
        }
        /* One that is over waits for room and not for time. */
        if (node->state == TVN__RUNNING && window_ns > flow->now_ns &&
            window_ns < due_ns) {
            due_ns = window_ns;
        }
    }
    return due_ns;
}

/* Nothing can run: a quiescent point. */
static void
idle(struct tvn_flow *flow)
{
    uint64_t due_ns = next_due_ns(flow);

    if (flow->now_ns - flow->checked_ns >= TVN__QUIET_NS &&
        tvn__check_law(flow) != TVN_OK) {
        return;
    }
    if (due_ns == TVN__NEVER &&
        (flow->opts.loop == NULL || !tvn_loop_has_watch(flow->opts.loop))) {
        tvn__stuck(flow);
        return;
    }
    if (flow->opts.progress != NULL) {
        uint64_t told_ns = flow->progress_ns + TVN__PROGRESS_NS;

        due_ns = told_ns < due_ns ? told_ns : due_ns;
    }
    tvn__sleep(flow, due_ns);
}

static void
run(struct tvn_flow *flow)
{
    while (flow->live > 0 && !flow->is_over) {
        bool ran;

        if (flow->now_ns - flow->polled_ns >= TVN__POLL_NS) {
            tvn__poll_io(flow, 0);
        }
        tvn__handle_interrupts(flow);
        wake_timers(flow);
        ran = run_round(flow);
        publish(flow);
        if (!ran && flow->live > 0 && !flow->is_over) {
            idle(flow);
        }
    }
}

/* ------------------------------------------------------------------------ */

/* Sinks first: who is started finds who listens to it ready. */
static tvn_err
start(struct tvn_flow *flow)
{
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = flow->order[i];
        tvn_err err = node->stage.ops->start(node->stage.self, flow->diag);

        if (err != TVN_OK) {
            return err;
        }
        node->state = TVN__RUNNING;
        flow->live++;
    }
    return TVN_OK;
}

tvn_err
tvn_flow_run(struct tvn_flow *flow, struct tvn_diag *diag)
{
    TVN_ASSERT(!flow->has_begun);
    flow->has_begun = true;
    flow->diag = diag;
    flow->cpu_ns = tvn_clock_cpu_ns();
    tvn__look_at_clocks(flow);
    flow->started_ns = flow->now_ns;
    flow->polled_ns = flow->now_ns;
    flow->checked_ns = flow->now_ns;
    flow->progress_ns = flow->now_ns;

    flow->result = start(flow);
    if (flow->result == TVN_OK) {
        tvn__look_at_clocks(flow); /* a start may take its time */
        run(flow);
        tvn__complete(flow);
    }
    tvn__stop(flow);
    tvn__look_at_clocks(flow);
    flow->ended_ns = flow->now_ns;
    flow->cpu_ns = tvn_clock_cpu_ns() - flow->cpu_ns;
    flow->diag = NULL;
    return flow->result;
}

void
tvn_flow_interrupt(struct tvn_flow *flow)
{
    flow->interrupts++;
}
