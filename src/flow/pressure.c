/* pressure.c -- how long edges take to answer when they are full.
 *
 *     a push leaves no room ........ filled      |
 *     its producer is suspended .... response    | + events queued in between
 *     half of it is empty .......... released    = suspended_ns
 *     its producer has a turn ...... resumed     = resume_ns
 *
 * A producer is suspended at the end of the visit that filled the edge, also
 * when it has nothing to do just then.
 *
 * The same for the whole way: from a sink's edge full to a source suspended,
 * where every edge between them blocks. */
#include "flow/trace.h"

static bool
leads_to_sink(const struct tvn__edge *edge)
{
    return edge->to->role == TVN_ROLE_SINK && tvn_queue_blocks(&edge->queue);
}

void
tvn__note_filled(struct tvn__shard *shard, struct tvn__edge *edge)
{
    struct tvn__pressure *pressure = &edge->pressure;

    if (pressure->is_filled || !tvn_queue_blocks(&edge->queue)) {
        return;
    }
    pressure->is_filled = true;
    pressure->filled_ns = tvn__clock(shard);
    pressure->filled_enqueued = edge->queue.enqueued;
    edge->from->has_filled = true;
    if (leads_to_sink(edge)) {
        atomic_store_explicit(&edge->full_sequence,
            atomic_load_explicit(
                &shard->flow->next_sequence, memory_order_relaxed),
            memory_order_relaxed);
        atomic_store_explicit(
            &edge->full_since_ns, pressure->filled_ns, memory_order_release);
    }
}

void
tvn__suspend_filled(struct tvn__shard *shard, struct tvn__node *node)
{
    node->has_filled = false;
    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];

        if (edge->pressure.is_filled && !edge->is_suspended) {
            tvn__suspend(shard, edge);
        }
    }
}

void
tvn__note_room(struct tvn__edge *edge)
{
    if (edge->pressure.is_filled) {
        edge->pressure.is_filled = false;
        atomic_store_explicit(&edge->full_since_ns, 0, memory_order_relaxed);
    }
}

/* A source stands still: which sinks' edges does that answer? */
static void
answer_paths(
    struct tvn__shard *shard, struct tvn__node *source, uint64_t now_ns)
{
    uint64_t sequence =
        atomic_load_explicit(&shard->flow->next_sequence, memory_order_relaxed);

    for (uint32_t i = 0; i < source->path_count; i++) {
        struct tvn__path *path = &source->paths[i];
        uint64_t full_ns = atomic_load_explicit(
            &path->edge->full_since_ns, memory_order_acquire);

        if (full_ns == 0 || full_ns == path->seen_ns) {
            continue;
        }
        path->seen_ns = full_ns;
        tvn_histogram_record(
            &source->path_times->response_ns, tvn__since(now_ns, full_ns));
        tvn_histogram_record(&source->path_times->between,
            tvn__since(
                sequence, atomic_load_explicit(&path->edge->full_sequence,
                              memory_order_relaxed)));
    }
}

void
tvn__suspend(struct tvn__shard *shard, struct tvn__edge *edge)
{
    struct tvn__pressure *pressure = &edge->pressure;
    uint64_t now_ns = tvn__clock(shard);
    uint64_t filled_ns =
        pressure->is_filled ? pressure->filled_ns : shard->now_ns;

    edge->is_suspended = true;
    pressure->suspended_at_ns = now_ns;
    tvn_histogram_record(&pressure->response_ns, tvn__since(now_ns, filled_ns));
    tvn_histogram_record(&pressure->between,
        pressure->is_filled ? edge->queue.enqueued - pressure->filled_enqueued
                            : 0);
    if (edge->from->role == TVN_ROLE_SOURCE) {
        answer_paths(shard, edge->from, now_ns);
    }
}

void
tvn__release(struct tvn__shard *shard, struct tvn__edge *edge)
{
    uint64_t now_ns = tvn__clock(shard);

    edge->is_suspended = false;
    tvn_histogram_record(&edge->pressure.suspended_ns,
        tvn__since(now_ns, edge->pressure.suspended_at_ns));
    tvn__trace_release(shard, edge, now_ns);
    edge->from->released_ns = now_ns;
    edge->from->released = edge;
}

void
tvn__note_resumed(struct tvn__shard *shard, struct tvn__node *node)
{
    tvn_histogram_record(&node->released->pressure.resume_ns,
        tvn__since(tvn__clock(shard), node->released_ns));
    node->released_ns = 0;
}

struct tvn_flow_pressure
tvn_flow_pressure(const struct tvn_flow *flow, uint32_t edge)
{
    const struct tvn__pressure *pressure = &flow->edges[edge].pressure;

    return (struct tvn_flow_pressure){
        .response_ns = &pressure->response_ns,
        .between = &pressure->between,
        .suspended_ns = &pressure->suspended_ns,
        .resume_ns = &pressure->resume_ns,
    };
}

/* ------------------------------------------------------------------------
 * Pairs of a source and a sink's edge. */

/* Marks the nodes from which edges that block lead to `goal`. */
static void
mark_ways(
    const struct tvn_flow *flow, const struct tvn__edge *goal, bool *marks)
{
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = flow->order[i];

        marks[node->number] = false;
        for (uint32_t e = 0; e < node->all.count; e++) {
            const struct tvn__edge *edge = node->all.edges[e];

            marks[node->number] |= tvn_queue_blocks(&edge->queue) &&
                                   (edge == goal || marks[edge->to->number]);
        }
    }
}

static tvn_err
give_times(struct tvn_flow *flow, struct tvn__node *node, uint32_t goals)
{
    node->path_times =
        tvn_arena_new(&flow->arena, 1, sizeof(*node->path_times));
    node->paths = tvn_arena_new(
        &flow->arena, goals > 0 ? goals : 1, sizeof(*node->paths));
    return node->path_times == NULL || node->paths == NULL ? TVN_ENOMEM
                                                           : TVN_OK;
}

tvn_err
tvn__paths_new(struct tvn_flow *flow)
{
    bool *marks =
        tvn_arena_new(&flow->arena, flow->opts.node_count, sizeof(*marks));
    uint32_t goals = 0;
    tvn_err err = marks == NULL ? TVN_ENOMEM : TVN_OK;

    for (uint32_t e = 0; e < flow->opts.edge_count; e++) {
        goals += leads_to_sink(&flow->edges[e]);
    }
    goals = goals < TVN__GOALS_MAX ? goals : TVN__GOALS_MAX;
    for (uint32_t n = 0; err == TVN_OK && n < flow->opts.node_count; n++) {
        if (flow->nodes[n].role == TVN_ROLE_SOURCE) {
            err = give_times(flow, &flow->nodes[n], goals);
        }
    }
    for (uint32_t e = 0; err == TVN_OK && goals > 0; e++) {
        if (!leads_to_sink(&flow->edges[e])) {
            continue;
        }
        goals--;
        mark_ways(flow, &flow->edges[e], marks);
        for (uint32_t n = 0; n < flow->opts.node_count; n++) {
            struct tvn__node *node = &flow->nodes[n];

            if (node->role == TVN_ROLE_SOURCE && marks[n]) {
                node->paths[node->path_count++].edge = &flow->edges[e];
            }
        }
    }
    return err;
}
