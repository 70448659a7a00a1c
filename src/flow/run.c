/* run.c -- the loop of a shard: one named step a line. */
#include "flow/internal.h"

void
tvn__look_at_clocks(struct tvn__shard *shard)
{
    const struct tvn_clock *clock = shard->flow->opts.clock;

    shard->now_ns = clock->monotonic_ns(clock->self);
    shard->wall_offset = clock->wall_ns(clock->self) - shard->now_ns;
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
    tvn__wake(node->shard, node);
}

void
tvn__wake(struct tvn__shard *shard, struct tvn__node *node)
{
    if (node->wake_fd >= 0) {
        tvn_loop_unwatch(shard->loop, node->wake_fd);
        node->wake_fd = -1;
    }
    node->wake_ns = TVN__NEVER;
    node->is_waiting = false;
}

void
tvn__wait_until(
    struct tvn__shard *shard, struct tvn__node *node, uint64_t at_ns)
{
    node->is_waiting = true;
    node->wake_ns = at_ns;
    if (at_ns < shard->next_wake_ns) {
        shard->next_wake_ns = at_ns;
    }
}

void
tvn__wait(struct tvn__shard *shard, struct tvn__node *node)
{
    const struct tvn_wake *wake = &shard->burst.wake;
    bool is_ready = false;
    tvn_err err;

    node->is_waiting = true;
    if (wake->at_ns != 0) {
        tvn__wait_until(shard, node, wake->at_ns);
    }
    if (wake->fd < 0 || shard->loop == NULL) {
        return; /* without any wake it waits for ever: the flow is stuck */
    }
    err = tvn_loop_watch(
        shard->loop, wake->fd, wake->for_writing, on_ready, node, &is_ready);
    if (err != TVN_OK) {
        tvn__wake(shard, node);
        tvn__fault_call(shard, node, "waiting for its descriptor", err);
    } else if (is_ready) {
        tvn__wake(shard, node);
    } else {
        node->wake_fd = wake->fd;
    }
}

static void
wake_timers(struct tvn__shard *shard)
{
    uint64_t next_ns = TVN__NEVER;

    if (shard->now_ns < shard->next_wake_ns) {
        return;
    }
    for (uint32_t i = 0; i < shard->count; i++) {
        struct tvn__node *node = shard->order[i];

        if (node->wake_ns <= shard->now_ns) {
            tvn__wake(shard, node);
        }
        if (node->wake_ns < next_ns) {
            next_ns = node->wake_ns;
        }
    }
    shard->next_wake_ns = next_ns;
}

/* The first shard keeps the flow's time. */
static uint64_t
drain_due_ns(const struct tvn__shard *shard)
{
    return shard->number == 0 ? atomic_load(&shard->flow->drain_due_ns)
                              : TVN__NEVER;
}

static void
keep_time(struct tvn__shard *shard)
{
    if (shard->now_ns >= drain_due_ns(shard) && !tvn__is_over(shard)) {
        tvn__end(shard, TVN__ENDING_DRAIN, TVN_EDRAIN);
    }
}

void
tvn__poll_io(struct tvn__shard *shard, uint64_t wait_ns)
{
    if (shard->loop != NULL) {
        tvn_loop_poll(shard->loop, wait_ns);
    }
    tvn__look_at_clocks(shard);
    shard->polled_ns = shard->now_ns;
    tvn__handle_interrupts(shard);
}

void
tvn__sleep(struct tvn__shard *shard, uint64_t until_ns)
{
    uint64_t wait_ns = 0;

    tvn__look_at_clocks(shard);
    if (until_ns == TVN__NEVER) {
        wait_ns = UINT64_MAX;
    } else if (until_ns > shard->now_ns) {
        wait_ns = until_ns - shard->now_ns;
    }
    if (shard->flow->opts.idle != NULL) {
        shard->flow->opts.idle(shard->flow->opts.env, until_ns);
    }
    tvn__poll_io(shard, wait_ns);
}

/* ------------------------------------------------------------------------
 * The law, and what is told while it runs. */

tvn_err
tvn__check_law(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;
    tvn_err err;

    for (uint32_t i = 0; i < shard->count; i++) {
        struct tvn__node *node = shard->order[i];

        if (node->state != TVN__STOPPED) {
            tvn_ledger_collect(&flow->ledger, node->number, &node->stage);
        }
    }
    shard->checked_ns = shard->now_ns;
    if (flow->shard_count > 1) {
        err = tvn_ledger_check_part(&flow->ledger, shard->number, shard->diag);
    } else {
        tvn__count_dead(flow);
        err = tvn_ledger_check(&flow->ledger, shard->diag);
    }
    if (err != TVN_OK) {
        atomic_store(&flow->result, (int)err); /* all else is second to it */
        tvn__end(shard, TVN__ENDING_LAW, err);
    }
    return err;
}

static void
tell_progress(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;
    struct tvn_flow_progress progress = {
        .elapsed_ns = shard->now_ns - flow->started_ns};

    for (uint32_t i = 0; i < flow->shard_count; i++) {
        progress.in +=
            atomic_load_explicit(&flow->shards[i].taken, memory_order_relaxed);
    }
    flow->progress_ns = shard->now_ns;
    flow->opts.progress(flow->opts.env, &progress);
}

static bool
tells_progress(const struct tvn__shard *shard)
{
    return shard->number == 0 && shard->flow->opts.progress != NULL;
}

static void
publish(struct tvn__shard *shard)
{
    if (shard->now_ns - shard->checked_ns >= TVN__CHECK_NS) {
        (void)tvn__check_law(shard);
    }
    if (tells_progress(shard) &&
        shard->now_ns - shard->flow->progress_ns >= TVN__PROGRESS_NS) {
        tell_progress(shard);
    }
}

/* ------------------------------------------------------------------------
 * Rounds: deficit round robin over time. */

static void
stepped(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;

    if (flow->hooks.stepped != NULL) {
        flow->hooks.stepped(flow->hooks.env, flow);
    }
}

/* Nobody who could run may: lets as many rounds pass as the first one needs. */
static void
skip_rounds(struct tvn__shard *shard, int64_t deficit_max_ns)
{
    for (uint32_t i = 0; i < shard->count; i++) {
        struct tvn__node *node = shard->order[i];

        node->deficit_ns -= deficit_max_ns;
        if (node->deficit_ns > 0) {
            node->deficit_ns = 0;
        }
    }
}

/* False: nothing can run. */
static bool
run_round(struct tvn__shard *shard)
{
    int64_t deficit_max_ns = INT64_MIN;
    bool ran = false;

    shard->has_moved = false;
    for (uint32_t i = 0; i < shard->count && !tvn__is_over(shard); i++) {
        struct tvn__node *node = shard->order[i];
        enum tvn__todo todo = tvn__what_now(shard, node);

        node->deficit_ns += TVN__QUANTUM_NS;
        if (node->deficit_ns > TVN__QUANTUM_NS) {
            node->deficit_ns = TVN__QUANTUM_NS;
        }
        if (todo == TVN__NOTHING) {
            node->deficit_ns = node->deficit_ns > 0 ? 0 : node->deficit_ns;
            continue;
        }
        if (node->deficit_ns > 0) {
            tvn__turn(shard, node, todo);
            stepped(shard);
            ran = true;
        } else if (node->deficit_ns > deficit_max_ns) {
            deficit_max_ns = node->deficit_ns;
        }
    }
    if (!ran && deficit_max_ns != INT64_MIN) {
        skip_rounds(shard, deficit_max_ns);
        return true;
    }
    return ran || shard->has_moved;
}

/* ------------------------------------------------------------------------
 * Nothing can run. */

static uint64_t
first_of(uint64_t a_ns, uint64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

/* The next thing that time brings. */
static uint64_t
next_due_ns(const struct tvn__shard *shard)
{
    uint64_t due_ns = drain_due_ns(shard);

    for (uint32_t i = 0; i < shard->count; i++) {
        const struct tvn__node *node = shard->order[i];
        uint64_t window_ns = tvn__window_due_ns(node);
        uint64_t token_ns = tvn__token_due_ns(node);

        if (node->state != TVN__RUNNING) {
            continue;
        }
        if (node->is_waiting) {
            due_ns = first_of(due_ns, node->wake_ns);
        }
        due_ns = first_of(due_ns, tvn__refused_due_ns(node));
        /* What is due and has not been done waits for something else: a
         * window that is over for room, a token that is there for input. */
        if (window_ns > shard->now_ns) {
            due_ns = first_of(due_ns, window_ns);
        }
        if (token_ns > shard->now_ns) {
            due_ns = first_of(due_ns, token_ns);
        }
    }
    return due_ns;
}

/* Only another shard can bring work; true: none will. */
static bool
waits_for_others(struct tvn__shard *shard)
{
    bool is_hopeful = tvn__park(shard);

    if (is_hopeful) {
        tvn__sleep(shard, tells_progress(shard)
                              ? shard->flow->progress_ns + TVN__PROGRESS_NS
                              : TVN__NEVER);
    }
    tvn__unpark(shard);
    return !is_hopeful;
}

/* A quiescent point. */
static void
idle(struct tvn__shard *shard)
{
    uint64_t due_ns = next_due_ns(shard);

    if (shard->now_ns - shard->checked_ns >= TVN__QUIET_NS &&
        tvn__check_law(shard) != TVN_OK) {
        return;
    }
    if (!tvn__cross_may_sleep(shard)) {
        return;
    }
    if (due_ns == TVN__NEVER &&
        (shard->loop == NULL || !tvn_loop_has_watch(shard->loop))) {
        if (waits_for_others(shard)) {
            tvn__end(shard, TVN__ENDING_STUCK, TVN_ESTUCK);
        }
        return;
    }
    if (tells_progress(shard)) {
        due_ns = first_of(due_ns, shard->flow->progress_ns + TVN__PROGRESS_NS);
    }
    tvn__sleep(shard, due_ns);
}

/* ------------------------------------------------------------------------ */

/* The first shard stays until the others have ended. */
static bool
is_done(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;
    bool is_last;

    if (tvn__is_over(shard)) {
        return true;
    }
    if (shard->live > 0) {
        return false;
    }
    if (shard->number != 0 || flow->shard_count == 1) {
        return true;
    }
    (void)pthread_mutex_lock(&flow->lock);
    is_last = flow->running == 1;
    (void)pthread_mutex_unlock(&flow->lock);
    return is_last;
}

/* One round with all that belongs to it.  False: nothing could run. */
static bool
step(struct tvn__shard *shard)
{
    bool ran;

    if (shard->now_ns - shard->polled_ns >= TVN__POLL_NS) {
        tvn__poll_io(shard, 0);
    }
    if (shard->flow->shard_count > 1) {
        atomic_store(&shard->is_signalled, false);
        tvn__cross_look(shard);
        tvn__look_at_intake(shard);
    }
    tvn__handle_interrupts(shard);
    keep_time(shard);
    wake_timers(shard);
    ran = run_round(shard);
    publish(shard);
    return ran;
}

void
tvn__run_shard(struct tvn__shard *shard)
{
    while (!is_done(shard)) {
        if (!step(shard) && !is_done(shard)) {
            idle(shard);
        }
    }
    tvn_image_send_home();
    tvn__shard_ended(shard);
}

static uint32_t
live_nodes(const struct tvn_flow *flow)
{
    uint32_t live = 0;

    for (uint32_t i = 0; i < flow->shard_count; i++) {
        live += flow->shards[i].live;
    }
    return live;
}

/* Each shard once; true: none could do anything. */
static bool
all_are_quiet(struct tvn_flow *flow)
{
    bool is_quiet = true;

    for (uint32_t i = 0; i < flow->shard_count; i++) {
        is_quiet = !step(&flow->shards[i]) && is_quiet;
    }
    return is_quiet;
}

static void
pass_time(struct tvn_flow *flow)
{
    uint64_t due_ns = TVN__NEVER;

    for (uint32_t i = 0; i < flow->shard_count; i++) {
        due_ns = first_of(due_ns, next_due_ns(&flow->shards[i]));
    }
    if (due_ns == TVN__NEVER) {
        tvn__end(&flow->shards[0], TVN__ENDING_STUCK, TVN_ESTUCK);
    } else {
        tvn__sleep(&flow->shards[0], due_ns);
    }
}

/* On a virtual clock: which shard comes next is drawn, so that a seed stands
 * for one order of events. */
void
tvn__run_together(struct tvn_flow *flow)
{
    struct tvn_rng rng = {.state = flow->opts.seed};
    uint32_t quiet = 0; /* draws that did nothing, in a row */

    while (!tvn__is_over(&flow->shards[0]) && live_nodes(flow) > 0) {
        struct tvn__shard *shard =
            &flow->shards[tvn_rng_below(&rng, flow->shard_count)];

        tvn__look_at_clocks(shard);
        quiet = step(shard) ? 0 : quiet + 1;
        if (quiet < 8 * flow->shard_count) { /* each was drawn, surely */
            continue;
        }
        quiet = 0;
        if (all_are_quiet(flow) && live_nodes(flow) > 0 &&
            !tvn__is_over(&flow->shards[0])) {
            pass_time(flow);
        }
    }
}
