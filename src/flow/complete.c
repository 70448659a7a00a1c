/* complete.c -- the ends of a flow.
 *
 *     intake closed -> stages finish one after the other, upstream first
 *         -> the law -> sinks complete -> teardown, upstream first
 *
 * An abort skips to the completion of sinks, which are then told that it did
 * not go well and get one call, not the time to wait.
 *
 * From tvn__tell_ending on, one thread is left: the caller's. */
#include "flow/trace.h"

#include <inttypes.h>

void
tvn__flow_finish(struct tvn__shard *shard, struct tvn__node *node)
{
    node->state = TVN__DONE;
    shard->has_moved = true;
    shard->live--;
    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];

        if (edge->cross == NULL) {
            edge->to->open_ins--;
        }
    }
    if (node->cross_outs > 0) {
        tvn__cross_hand_on(shard, node);
    }
}

void
tvn__look_at_intake(struct tvn__shard *shard)
{
    if (shard->has_closed || !tvn__is_closing(shard)) {
        return;
    }
    shard->has_closed = true;
    for (uint32_t i = 0; i < shard->count; i++) {
        struct tvn__node *node = shard->order[i];

        if (node->role == TVN_ROLE_SOURCE && node->is_waiting) {
            tvn__wake(shard, node);
        }
    }
}

void
tvn__close_intake(struct tvn__shard *shard)
{
    if (!atomic_exchange(&shard->flow->is_closing, true)) {
        tvn__signal_others(shard);
    }
    tvn__look_at_intake(shard);
}

void
tvn__drain(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;
    uint64_t none = TVN__NEVER;

    if (flow->opts.drain_timeout_ns > 0 &&
        flow->opts.drain_timeout_ns < TVN__NEVER - shard->now_ns) {
        (void)atomic_compare_exchange_strong(&flow->drain_due_ns, &none,
            shard->now_ns + flow->opts.drain_timeout_ns);
    }
    tvn__close_intake(shard);
    if (shard->number != 0) { /* it keeps the time */
        tvn__signal(&flow->shards[0]);
    }
}

void
tvn__handle_interrupts(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;

    while (shard->number == 0 && flow->interrupts_handled < flow->interrupts &&
           !tvn__is_over(shard)) {
        if (flow->interrupts_handled++ == 0) {
            tvn__drain(shard);
            continue;
        }
        atomic_store(&flow->result, TVN_EINTERRUPTED); /* also after an error */
        tvn__end(shard, TVN__ENDING_INTERRUPTED, TVN_EINTERRUPTED);
    }
}

/* ------------------------------------------------------------------------
 * What is in flight, and who waits for whom. */

static uint32_t
depth_of(const struct tvn__edge *edge)
{
    return edge->queue.depth + (edge->cross == NULL ? 0 : edge->in->depth);
}

static void
note_in_flight(const struct tvn_flow *flow, struct tvn_diag *diag)
{
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        const struct tvn__edge *edge = &flow->edges[i];

        if (depth_of(edge) > 0) {
            tvn_diag_note(diag, NULL, "edge %.*s: %" PRIu32 " in flight",
                TVN_STR_ARG(edge->row->name), depth_of(edge));
        }
        if (edge->has_refused) {
            tvn_diag_note(diag, NULL,
                "edge %.*s: 1 in flight, refused %" PRIu32
                " times and to be offered again",
                TVN_STR_ARG(edge->row->name), edge->refused.attempt);
        }
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = &flow->nodes[i];

        if (node->holds) {
            tvn_diag_note(diag, NULL,
                "stage %.*s: 1 in flight, held for a full edge",
                TVN_STR_ARG(node->row->name));
        }
    }
}

static void
note_waits(const struct tvn__node *node, struct tvn_diag *diag)
{
    int len = (int)node->row->name.len;
    const char *name = node->row->name.ptr;

    if (node->is_waiting) {
        tvn_diag_note(diag, NULL,
            "stage %.*s waits, and named nothing that could wake it", len,
            name);
    }
    for (uint32_t i = 0; i < node->all.count; i++) {
        const struct tvn__edge *edge = node->all.edges[i];

        if (edge->is_suspended) {
            tvn_diag_note(diag, NULL,
                "stage %.*s waits for room on edge %.*s (%" PRIu32
                " of %" PRIu32 " events, %" PRIu64 " of %" PRIu64 " bytes)",
                len, name, TVN_STR_ARG(edge->row->name), depth_of(edge),
                edge->queue.capacity, edge->queue.bytes, edge->queue.bytes_max);
        }
    }
    for (uint32_t i = 0; i < node->ins.count; i++) {
        const struct tvn__edge *edge = node->ins.edges[i];

        if (depth_of(edge) == 0 && edge->from->state == TVN__RUNNING) {
            tvn_diag_note(diag, NULL, "stage %.*s waits for stage %.*s", len,
                name, TVN_STR_ARG(edge->from->row->name));
        }
    }
}

static void
tell_stuck(struct tvn_flow *flow, uint64_t in_flight, struct tvn_diag *diag)
{
    (void)tvn_diag_error(diag, TVN_ESTUCK, NULL,
        "%" PRIu64 " events are in flight and nothing can go on", in_flight);
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        if (flow->order[i]->state == TVN__RUNNING) {
            note_waits(flow->order[i], diag);
        }
    }
}

void
tvn__tell_ending(struct tvn_flow *flow)
{
    struct tvn_diag *diag = flow->shards[0].diag;
    struct tvn_ledger_events events;

    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        tvn__cross_settle(&flow->edges[i]);
    }
    tvn__trace_left(flow);
    tvn_ledger_sum(&flow->ledger, &events);
    switch (flow->ending) {
    case TVN__ENDING_NONE:
    case TVN__ENDING_LAW:
        return;
    case TVN__ENDING_DRAIN:
        (void)tvn_diag_error(diag, TVN_EDRAIN, NULL,
            "draining took longer than %" PRIu64 " ms: %" PRIu64
            " events were in flight",
            flow->opts.drain_timeout_ns / 1000000, events.in_flight);
        break;
    case TVN__ENDING_STUCK:
        tell_stuck(flow, events.in_flight, diag);
        break;
    case TVN__ENDING_INTERRUPTED:
        (void)tvn_diag_error(diag, TVN_EINTERRUPTED, NULL, "interrupted twice");
        break;
    }
    note_in_flight(flow, diag);
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        tvn_queue_discard(&flow->edges[i].queue);
        if (flow->edges[i].cross != NULL) {
            tvn_queue_discard(flow->edges[i].in);
        }
    }
}

/* ------------------------------------------------------------------------
 * Sinks. */

/* Until it is woken; false: the flow is over before. */
static bool
outwait(struct tvn__shard *shard, struct tvn__node *node)
{
    struct tvn_flow *flow = shard->flow;

    while (node->is_waiting && !tvn__is_over(shard)) {
        uint64_t drain_ns = atomic_load(&flow->drain_due_ns);
        uint64_t due_ns = node->wake_ns < drain_ns ? node->wake_ns : drain_ns;

        if (due_ns == TVN__NEVER && node->wake_fd < 0) {
            tvn__end(shard, TVN__ENDING_STUCK, TVN_ESTUCK);
            break;
        }
        tvn__sleep(shard, due_ns);
        if (shard->now_ns >= node->wake_ns) {
            tvn__wake(shard, node);
        } else if (shard->now_ns >= drain_ns && !tvn__is_over(shard)) {
            tvn__end(shard, TVN__ENDING_DRAIN, TVN_EDRAIN);
        }
    }
    return !tvn__is_over(shard);
}

static void
complete(struct tvn__shard *shard, struct tvn__node *node)
{
    struct tvn_flow *flow = shard->flow;
    struct tvn_burst *burst = &shard->burst;
    bool was_over = tvn__is_over(shard);
    tvn_err err;

    do {
        *burst = (struct tvn_burst){
            .now_ns = shard->now_ns,
            .wall_ns = tvn__wall(shard),
            .wake = {.fd = -1},
        };
        err = node->stage.ops->complete(
            node->stage.self, tvn__result(flow) == TVN_OK, burst);
        if (err != TVN_EAGAIN) {
            break;
        }
        if (tvn__is_over(shard)) {
            return; /* no time to wait */
        }
        tvn__wait(shard, node);
    } while (outwait(shard, node));
    if (!was_over && tvn__is_over(shard)) {
        tvn__tell_ending(flow);
    }
    if (err != TVN_OK && err != TVN_EAGAIN) {
        tvn__fault_call(shard, node, "complete", err);
    } else if (err == TVN_OK && burst->fault.text.len > 0) {
        tvn_diag_warning(shard->diag, tvn__result(flow), NULL,
            "stage %.*s: %.*s", TVN_STR_ARG(node->row->name),
            TVN_STR_ARG(burst->fault.text));
    }
}

void
tvn__complete(struct tvn_flow *flow)
{
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = flow->order[i];
        struct tvn__shard *shard = node->shard;

        if (node->role == TVN_ROLE_SINK &&
            (!node->is_broken || node->cannot_write)) {
            shard->diag = flow->shards[0].diag;
            tvn__look_at_clocks(shard);
            complete(shard, node);
        }
    }
}

void
tvn__stop(struct tvn_flow *flow)
{
    for (uint32_t i = flow->opts.node_count; i > 0; i--) {
        struct tvn__node *node = flow->order[i - 1];

        if (node->state == TVN__NEW) {
            continue;
        }
        if (node->is_waiting) {
            tvn__wake(node->shard, node);
        }
        tvn_ledger_collect(&flow->ledger, node->number, &node->stage);
        node->stage.ops->stop(node->stage.self);
        node->state = TVN__STOPPED;
    }
}
