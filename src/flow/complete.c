/* complete.c -- the ends of a flow.
 *
 *     intake closed -> stages finish one after the other, upstream first
 *         -> the law -> sinks complete -> teardown, upstream first
 *
 * An abort skips to the completion of sinks, which are then told that it did
 * not go well and get one call, not the time to wait. */
#include "flow/internal.h"

#include <inttypes.h>

void
tvn__flow_finish(struct tvn_flow *flow, struct tvn__node *node)
{
    node->state = TVN__DONE;
    flow->has_moved = true;
    flow->live--;
    for (uint32_t i = 0; i < node->all.count; i++) {
        node->all.edges[i]->to->open_ins--;
    }
}

void
tvn__close_intake(struct tvn_flow *flow)
{
    flow->is_closing = true;
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = &flow->nodes[i];

        if (node->role == TVN_ROLE_SOURCE && node->is_waiting) {
            tvn__wake(flow, node);
        }
    }
}

void
tvn__drain(struct tvn_flow *flow)
{
    tvn__close_intake(flow);
    if (flow->drain_due_ns == TVN__NEVER && flow->opts.drain_timeout_ns > 0 &&
        flow->opts.drain_timeout_ns < TVN__NEVER - flow->now_ns) {
        flow->drain_due_ns = flow->now_ns + flow->opts.drain_timeout_ns;
    }
}

/* ------------------------------------------------------------------------
 * What is in flight, and who waits for whom. */

static void
note_in_flight(struct tvn_flow *flow)
{
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        const struct tvn__edge *edge = &flow->edges[i];

        if (edge->queue.depth > 0) {
            tvn_diag_note(flow->diag, NULL, "edge %.*s: %" PRIu32 " in flight",
                TVN_STR_ARG(edge->row->name), edge->queue.depth);
        }
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = &flow->nodes[i];

        if (node->holds) {
            tvn_diag_note(flow->diag, NULL,
                "stage %.*s: 1 in flight, held for a full edge",
                TVN_STR_ARG(node->row->name));
        }
    }
}

void
tvn__abort(struct tvn_flow *flow, tvn_err err)
{
    tvn__set_result(flow, err);
    flow->is_over = true;
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        tvn_queue_discard(&flow->edges[i].queue);
    }
}

void
tvn__drain_ran_out(struct tvn_flow *flow)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(&flow->ledger, &events);
    (void)tvn_diag_error(flow->diag, TVN_EDRAIN, NULL,
        "draining took longer than %" PRIu64 " ms: %" PRIu64
        " events were in flight",
        flow->opts.drain_timeout_ns / 1000000, events.in_flight);
    note_in_flight(flow);
    tvn__abort(flow, TVN_EDRAIN);
}

static void
note_waits(struct tvn_flow *flow, const struct tvn__node *node)
{
    int len = (int)node->row->name.len;
    const char *name = node->row->name.ptr;

    if (node->is_waiting) {
        tvn_diag_note(flow->diag, NULL,
            "stage %.*s waits, and named nothing that could wake it", len,
            name);
    }
    for (uint32_t i = 0; i < node->all.count; i++) {
        const struct tvn__edge *edge = node->all.edges[i];

        if (edge->is_suspended) {
            tvn_diag_note(flow->diag, NULL,
                "stage %.*s waits for room on edge %.*s (%" PRIu32
                " of %" PRIu32 " events, %" PRIu64 " of %" PRIu64 " bytes)",
                len, name, TVN_STR_ARG(edge->row->name), edge->queue.depth,
                edge->queue.capacity, edge->queue.bytes, edge->queue.bytes_max);
        }
    }
    for (uint32_t i = 0; i < node->ins.count; i++) {
        const struct tvn__edge *edge = node->ins.edges[i];

        if (edge->queue.depth == 0 && edge->from->state == TVN__RUNNING) {
            tvn_diag_note(flow->diag, NULL, "stage %.*s waits for stage %.*s",
                len, name, TVN_STR_ARG(edge->from->row->name));
        }
    }
}

void
tvn__stuck(struct tvn_flow *flow)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(&flow->ledger, &events);
    (void)tvn_diag_error(flow->diag, TVN_ESTUCK, NULL,
        "%" PRIu64 " events are in flight and nothing can go on",
        events.in_flight);
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        if (flow->order[i]->state == TVN__RUNNING) {
            note_waits(flow, flow->order[i]);
        }
    }
    note_in_flight(flow);
    tvn__abort(flow, TVN_ESTUCK);
}

void
tvn__handle_interrupts(struct tvn_flow *flow)
{
    while (flow->interrupts_handled < flow->interrupts && !flow->is_over) {
        if (flow->interrupts_handled++ == 0) {
            tvn__drain(flow);
            continue;
        }
        (void)tvn_diag_error(
            flow->diag, TVN_EINTERRUPTED, NULL, "interrupted twice");
        note_in_flight(flow);
        flow->result = TVN_EINTERRUPTED; /* also after an error */
        tvn__abort(flow, TVN_EINTERRUPTED);
    }
}

/* ------------------------------------------------------------------------
 * Sinks. */

/* Until it is woken; false: the flow is over before. */
static bool
outwait(struct tvn_flow *flow, struct tvn__node *node)
{
    while (node->is_waiting && !flow->is_over) {
        uint64_t due_ns = node->wake_ns < flow->drain_due_ns
                              ? node->wake_ns
                              : flow->drain_due_ns;

        if (due_ns == TVN__NEVER && node->wake_fd < 0) {
            tvn__stuck(flow);
            break;
        }
        tvn__sleep(flow, due_ns);
        if (flow->now_ns >= node->wake_ns) {
            tvn__wake(flow, node);
        } else if (flow->now_ns >= flow->drain_due_ns && !flow->is_over) {
            tvn__drain_ran_out(flow);
        }
    }
    return !flow->is_over;
}

static void
complete(struct tvn_flow *flow, struct tvn__node *node)
{
    struct tvn_burst *burst = &flow->burst;
    tvn_err err;

    do {
        *burst = (struct tvn_burst){
            .now_ns = flow->now_ns,
            .wall_ns = tvn__wall(flow),
            .wake = {.fd = -1},
        };
        err = node->stage.ops->complete(
            node->stage.self, flow->result == TVN_OK, burst);
        if (err != TVN_EAGAIN) {
            break;
        }
        if (flow->is_over) {
            return; /* no time to wait */
        }
        tvn__wait(flow, node);
    } while (outwait(flow, node));
    if (err != TVN_OK && err != TVN_EAGAIN) {
        tvn__fault_call(flow, node, "complete", err);
    } else if (err == TVN_OK && burst->fault.text.len > 0) {
        tvn_diag_warning(flow->diag, flow->result, NULL, "stage %.*s: %.*s",
            TVN_STR_ARG(node->row->name), TVN_STR_ARG(burst->fault.text));
    }
}

void
tvn__complete(struct tvn_flow *flow)
{
    if (flow->result != TVN_EUNBALANCED) {
        (void)tvn__check_law(flow);
    }
    tvn__show_rest(flow);
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = flow->order[i];

        if (node->role == TVN_ROLE_SINK &&
            (!node->is_broken || node->cannot_write)) {
            complete(flow, node);
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
            tvn__wake(flow, node);
        }
        tvn_ledger_collect(&flow->ledger, node->number, &node->stage);
        node->stage.ops->stop(node->stage.self);
        node->state = TVN__STOPPED;
    }
}
