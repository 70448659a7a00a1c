/* start.c -- a run from its start to its stop.
 *
 *     stages start, sinks first               the caller's thread
 *     shards run                              a thread each, the first here
 *     joined: why it ended, the law, sinks complete, stages stop     here */
#include "flow/trace.h"

#include <signal.h>

/* Sinks first: who is started finds who listens to it ready. */
static tvn_err
start_stages(struct tvn_flow *flow)
{
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = flow->order[i];
        tvn_err err =
            node->stage.ops->start(node->stage.self, flow->shards[0].diag);

        if (err != TVN_OK) {
            return err;
        }
        node->state = TVN__RUNNING;
        node->shard->live++;
    }
    return TVN_OK;
}

static void
begin(struct tvn_flow *flow, struct tvn_diag *diag)
{
    flow->has_begun = true;
    flow->cpu_ns = tvn_clock_cpu_ns();
    for (uint32_t i = 0; i < flow->shard_count; i++) {
        struct tvn__shard *shard = &flow->shards[i];

        shard->diag = i == 0 ? diag : &shard->own_diag;
        tvn__look_at_clocks(shard);
    }
    flow->started_ns = flow->shards[0].now_ns;
}

/* A start may take its time. */
static void
set_clocks(struct tvn_flow *flow)
{
    for (uint32_t i = 0; i < flow->shard_count; i++) {
        struct tvn__shard *shard = &flow->shards[i];

        tvn__look_at_clocks(shard);
        shard->polled_ns = shard->now_ns;
        shard->checked_ns = shard->now_ns;
    }
    flow->progress_ns = flow->shards[0].now_ns;
}

/* ------------------------------------------------------------------------
 * Threads. */

static void *
on_thread(void *env)
{
    tvn__run_shard(env);
    return NULL;
}

static void
run_on_threads(struct tvn_flow *flow)
{
    sigset_t all;
    sigset_t before;

    /* Signals are for the first shard's loop. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    flow->running = flow->shard_count;
    for (uint32_t i = 1; i < flow->shard_count; i++) {
        struct tvn__shard *shard = &flow->shards[i];

        shard->has_thread =
            pthread_create(&shard->thread, NULL, on_thread, shard) == 0;
        if (!shard->has_thread) {
            (void)tvn_diag_error(flow->shards[0].diag, TVN_ENOMEM, NULL,
                "no thread to be had for the stages of thread %u", i);
            atomic_store(&flow->is_over, true);
            tvn__set_result(shard, TVN_ENOMEM);
            tvn__shard_ended(shard);
        }
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    tvn__run_shard(&flow->shards[0]);
    for (uint32_t i = 1; i < flow->shard_count; i++) {
        if (flow->shards[i].has_thread) {
            (void)pthread_join(flow->shards[i].thread, NULL);
        }
    }
}

/* From here on all nodes are the first shard's. */
static void
gather(struct tvn_flow *flow)
{
    struct tvn__shard *first = &flow->shards[0];

    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = &flow->nodes[i];

        if (node->shard != first && node->wake_fd >= 0) {
            tvn_loop_unwatch(node->shard->loop, node->wake_fd);
            node->wake_fd = -1; /* that it waits is still to be told */
        }
        node->shard = first;
    }
    for (uint32_t i = 1; i < flow->shard_count; i++) {
        tvn_diag_append(first->diag, &flow->shards[i].own_diag);
        tvn_histogram_merge(&first->overhead_ns, &flow->shards[i].overhead_ns);
    }
    tvn__look_at_clocks(first);
}

/* ------------------------------------------------------------------------ */

void
tvn__count_dead(struct tvn_flow *flow)
{
    if (flow->ledger.counts_dead) {
        flow->ledger.dead_total = flow->opts.dead_count(flow->opts.env);
    }
}

/* The whole account, when all is quiet. */
static void
check_all(struct tvn_flow *flow)
{
    if (tvn__result(flow) == TVN_EUNBALANCED) {
        return; /* it has been told */
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        tvn_ledger_collect(&flow->ledger, i, &flow->nodes[i].stage);
    }
    tvn__count_dead(flow);
    if (tvn_ledger_check(&flow->ledger, flow->shards[0].diag) != TVN_OK) {
        atomic_store(&flow->result, TVN_EUNBALANCED);
        atomic_store(&flow->is_over, true);
    }
}

static void
run(struct tvn_flow *flow)
{
    set_clocks(flow);
    if (flow->shard_count == 1) {
        flow->running = 1;
        tvn__run_shard(&flow->shards[0]);
    } else if (flow->opts.loop == NULL) {
        tvn__run_together(flow);
    } else {
        run_on_threads(flow);
    }
    gather(flow);
    tvn__tell_ending(flow);
    check_all(flow);
    tvn__show_rest(flow, flow->shards[0].diag);
    tvn__complete(flow);
    tvn__trace_gather(flow);
}

tvn_err
tvn_flow_run(struct tvn_flow *flow, struct tvn_diag *diag)
{
    struct tvn__shard *first = &flow->shards[0];
    tvn_err err;

    TVN_ASSERT(!flow->has_begun);
    begin(flow, diag);
    err = start_stages(flow);
    if (err == TVN_OK) {
        run(flow);
    } else {
        tvn__set_result(first, err);
        gather(flow);
    }
    tvn__stop(flow);
    tvn__look_at_clocks(first);
    flow->ended_ns = first->now_ns;
    flow->cpu_ns = tvn_clock_cpu_ns() - flow->cpu_ns;
    first->diag = NULL;
    return tvn__result(flow);
}

void
tvn_flow_interrupt(struct tvn_flow *flow)
{
    flow->interrupts++;
}
