/* trace.c -- records what happens to the events that are followed.
 *
 * A step is recorded when the stage's call returns, and what became of it
 * when the visit is settled: the edges' own counters, before and after, say
 * where it went.  So nothing is asked of the other events. */
#include "flow/trace_log.h"

#include <stdlib.h>
#include <string.h>

struct tvn__trace_record *
tvn__trace_append(struct tvn__trace_log *log, uint64_t sequence,
    enum tvn__trace_kind kind, struct tvn__node *node, struct tvn__edge *edge)
{
    struct tvn__trace_record *record;

    if (log->count == log->capacity) {
        log->lost++;
        return NULL;
    }
    record = &log->records[log->count++];
    memset(record, 0, sizeof(*record));
    record->sequence = sequence;
    record->order = tvn__trace_order(log->trace);
    record->kind = kind;
    record->node = node;
    record->edge = edge;
    return record;
}

static void
append_hop(struct tvn__trace_log *log, uint64_t sequence,
    enum tvn__trace_kind kind, struct tvn__edge *edge, uint64_t at_ns,
    uint64_t count)
{
    struct tvn__trace_record *record =
        count == 0 ? NULL
                   : tvn__trace_append(log, sequence, kind, edge->from, edge);

    if (record != NULL) {
        record->at_ns = at_ns;
        record->count = (uint32_t)count;
    }
}

void
tvn__trace_add_call(
    struct tvn__trace_record *step, const struct tvn__trace_log *log)
{
    if (step->calls++ == 0) {
        step->at_ns = log->start_ns;
    }
    step->end_ns = log->end_ns;
    step->call_ns += log->end_ns - log->start_ns;
    for (uint32_t i = 0; i < TVN_COPY_COUNT; i++) {
        step->copied[i] += log->copied[i];
    }
}

static const struct tvn__trace_mark *
mark_of(const struct tvn__trace_log *log, const struct tvn__edge *edge)
{
    return &log->marks[edge - edge->from->shard->flow->edges];
}

/* ------------------------------------------------------------------------
 * After the visit. */

static enum tvn__trace_fate
fate_of_finished(const struct tvn__node *node, const struct tvn_burst *burst,
    const struct tvn__trace_record *step)
{
    bool has_other = node->other.count > 0;

    switch (node->role) {
    case TVN_ROLE_PROCESSOR:
        return step->outs > 0 ? TVN__FATE_PASSED : TVN__FATE_FILTERED;
    case TVN_ROLE_FILTER:
        if ((burst->verdicts[0] & 1) != 0) {
            return TVN__FATE_PASSED;
        }
        return has_other ? TVN__FATE_REJECTED : TVN__FATE_FILTERED;
    case TVN_ROLE_ROUTER:
        return burst->verdicts[0] == 0 ? TVN__FATE_UNROUTED : TVN__FATE_PASSED;
    case TVN_ROLE_AGGREGATOR:
        return TVN__FATE_ABSORBED;
    case TVN_ROLE_SINK:
        return TVN__FATE_DELIVERED;
    case TVN_ROLE_SOURCE:
        break;
    }
    return TVN__FATE_MADE;
}

static void
note_fate(struct tvn__shard *shard, struct tvn__node *node,
    struct tvn__trace_record *step)
{
    struct tvn__trace_log *log = shard->trace;
    struct tvn__trace_wrap *wrap = &log->trace->wraps[node->number];

    wrap->sequence = step->sequence;
    wrap->open = TVN__TRACE_NONE;
    wrap->is_retried = false;
    if (shard->burst.consumed > 0) {
        step->fate = fate_of_finished(node, &shard->burst, step);
    } else if (log->err == TVN_OK || log->err == TVN_EAGAIN) {
        wrap->open = log->step;
    } else if (node->stays) {
        step->fate = TVN__FATE_RETRIED;
        wrap->is_retried = true;
    } else {
        step->fate =
            node->books->dead > log->dead ? TVN__FATE_DEAD : TVN__FATE_DROPPED;
    }
}

/* All that the visit handed on was this event. */
static void
note_hops(
    struct tvn__trace_log *log, const struct tvn__node *node, uint64_t sequence)
{
    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];
        const struct tvn__trace_mark *mark = mark_of(log, edge);

        append_hop(log, sequence, TVN__TRACE_PUT, edge, log->end_ns,
            edge->queue.enqueued - mark->enqueued);
        append_hop(log, sequence, TVN__TRACE_HELD, edge, log->end_ns,
            edge->row->waiting - mark->waiting);
    }
}

/* While the visit was settled, `edge` did not take it. */
static bool
was_turned_away(const struct tvn__trace_log *log, uint64_t sequence,
    const struct tvn__edge *edge)
{
    for (size_t i = log->settled; i < log->count; i++) {
        const struct tvn__trace_record *record = &log->records[i];

        if (record->sequence == sequence && record->edge == edge &&
            record->kind > TVN__TRACE_PUT) {
            return true;
        }
    }
    return false;
}

/* One of several events that the visit made. */
static void
note_made(struct tvn__trace_log *log, struct tvn__node *node, uint64_t sequence,
    uint32_t among)
{
    struct tvn__trace_record *step =
        tvn__trace_append(log, sequence, TVN__TRACE_STEP, node, NULL);

    if (step == NULL) {
        return;
    }
    step->order = log->order; /* before what edges said meanwhile */
    step->fate = TVN__FATE_MADE;
    step->among = among;
    tvn__trace_add_call(step, log);
    for (uint32_t i = 0; i < node->main.count; i++) {
        struct tvn__edge *edge = node->main.edges[i];

        if (!was_turned_away(log, sequence, edge)) {
            append_hop(log, sequence, TVN__TRACE_PUT, edge, log->end_ns, 1);
        }
    }
}

void
tvn__trace_visited(struct tvn__shard *shard, struct tvn__node *node)
{
    struct tvn__trace_log *log = shard->trace;
    uint64_t every = log->trace->every;
    uint64_t first = shard->first_sequence;
    uint64_t last = first + shard->burst.outs;

    if (log->node != node) {
        return;
    }
    log->node = NULL;
    if (log->is_followed && log->step != TVN__TRACE_NONE) {
        note_fate(shard, node, &log->records[log->step]);
        if (node->role != TVN_ROLE_AGGREGATOR) {
            note_hops(log, node, log->records[log->step].sequence);
        }
    }
    if (node->role != TVN_ROLE_SOURCE && node->role != TVN_ROLE_AGGREGATOR) {
        return;
    }
    first = (first + every - 1) / every * every;
    for (; first < last && first < log->trace->limit; first += every) {
        note_made(log, node, first, shard->burst.outs);
    }
}

void
tvn__trace_note_edge(struct tvn__shard *shard, struct tvn__edge *edge,
    uint64_t sequence, enum tvn__trace_kind kind)
{
    if (tvn__trace_follows(shard->trace->trace, sequence)) {
        append_hop(shard->trace, sequence, kind, edge, tvn__clock(shard), 1);
    }
}

void
tvn__trace_note_release(
    struct tvn__shard *shard, const struct tvn__edge *edge, uint64_t now_ns)
{
    struct tvn__trace_stops *stops =
        &shard->trace->trace->stops[edge - shard->flow->edges];

    stops->last[stops->next].begin_ns = edge->pressure.suspended_at_ns;
    stops->last[stops->next].end_ns = now_ns;
    stops->next = (stops->next + 1) % TVN__TRACE_STOPS;
}

void
tvn__trace_note_discard(
    struct tvn__shard *shard, struct tvn__node *node, uint64_t sequence)
{
    struct tvn__trace_log *log = shard->trace;
    const struct tvn__trace_wrap *wrap = &log->trace->wraps[node->number];
    struct tvn__trace_record *step;

    if (!tvn__trace_follows(log->trace, sequence)) {
        return;
    }
    step = tvn__trace_append(log, sequence, TVN__TRACE_STEP, node, node->edge);
    if (step != NULL) {
        step->at_ns = shard->now_ns;
        step->end_ns = shard->now_ns;
        step->fate = TVN__FATE_DROPPED;
        step->is_again = wrap->sequence == sequence &&
                         (wrap->is_retried || wrap->open != TVN__TRACE_NONE);
    }
}

/* ------------------------------------------------------------------------
 * The end. */

static void
note_left_in(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_queue *in)
{
    for (uint32_t i = 0; i < in->depth; i++) {
        tvn__trace_edge(shard, edge, &in->ring[(in->head + i) % in->capacity],
            TVN__TRACE_LEFT);
    }
}

void
tvn__trace_left(struct tvn_flow *flow)
{
    struct tvn__shard *first = &flow->shards[0];

    for (uint32_t i = 0; first->trace != NULL && i < flow->opts.edge_count;
         i++) {
        struct tvn__edge *edge = &flow->edges[i];

        note_left_in(first, edge, &edge->queue);
        if (edge->cross != NULL) {
            note_left_in(first, edge, edge->in);
        }
        if (edge->has_refused) {
            tvn__trace_edge(first, edge, &edge->refused, TVN__TRACE_LEFT);
        }
        if (edge->is_waiting) {
            tvn__trace_edge(first, edge, &edge->from->held, TVN__TRACE_LEFT);
        }
    }
}

static int
compare(const void *a, const void *b)
{
    const struct tvn__trace_record *left = a;
    const struct tvn__trace_record *right = b;

    if (left->sequence != right->sequence) {
        return left->sequence < right->sequence ? -1 : 1;
    }
    if (left->order != right->order) {
        return left->order < right->order ? -1 : 1;
    }
    return 0;
}

void
tvn__trace_gather(struct tvn_flow *flow)
{
    struct tvn__trace *trace = flow->trace;

    for (uint32_t i = 0; trace != NULL && i < flow->shard_count; i++) {
        const struct tvn__trace_log *log = &trace->logs[i];

        memmove(trace->records + trace->count, log->records,
            log->count * sizeof(*log->records));
        trace->count += log->count;
        trace->lost += log->lost;
    }
    if (trace != NULL) {
        qsort(trace->records, trace->count, sizeof(*trace->records), compare);
    }
}

/* ------------------------------------------------------------------------ */

/* Room for what is usual, twice over. */
static size_t
log_capacity(const struct tvn_flow_opts *opts)
{
    uint64_t graph = opts->node_count + opts->edge_count;
    uint64_t capacity = opts->trace_count * (16 + 16 * graph);

    return capacity < TVN__TRACE_LOG_MAX ? (size_t)capacity
                                         : TVN__TRACE_LOG_MAX;
}

static tvn_err
make_logs(struct tvn_flow *flow, struct tvn__trace *trace)
{
    size_t capacity = log_capacity(&flow->opts);

    trace->logs =
        tvn_arena_new(&flow->arena, flow->shard_count, sizeof(*trace->logs));
    trace->records = tvn_arena_new(
        &flow->arena, flow->shard_count * capacity, sizeof(*trace->records));
    if (trace->logs == NULL || trace->records == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < flow->shard_count; i++) {
        struct tvn__trace_log *log = &trace->logs[i];

        log->trace = trace;
        log->records = trace->records + i * capacity;
        log->capacity = capacity;
        log->marks = tvn_arena_new(
            &flow->arena, flow->opts.edge_count, sizeof(*log->marks));
        if (log->marks == NULL) {
            return TVN_ENOMEM;
        }
    }
    return TVN_OK;
}

tvn_err
tvn__trace_new(struct tvn_flow *flow)
{
    const struct tvn_flow_opts *opts = &flow->opts;
    uint64_t every = opts->trace_every;
    uint64_t count = opts->trace_count;
    struct tvn__trace *trace;
    tvn_err err;

    if (every == 0 || count == 0) {
        return TVN_OK;
    }
    trace = tvn_arena_new(&flow->arena, 1, sizeof(*trace));
    if (trace == NULL) {
        return TVN_ENOMEM;
    }
    trace->every = every;
    trace->limit = count > UINT64_MAX / every ? UINT64_MAX : every * count;
    trace->wraps =
        tvn_arena_new(&flow->arena, opts->node_count, sizeof(*trace->wraps));
    trace->stops =
        tvn_arena_new(&flow->arena, opts->edge_count, sizeof(*trace->stops));
    if (trace->wraps == NULL || trace->stops == NULL) {
        return TVN_ENOMEM;
    }
    err = make_logs(flow, trace);
    if (err != TVN_OK) {
        return err;
    }
    for (uint32_t i = 0; i < flow->shard_count; i++) {
        flow->shards[i].trace = &trace->logs[i];
    }
    for (uint32_t i = 0; i < opts->node_count; i++) {
        tvn__trace_wrap(trace, &flow->nodes[i]);
    }
    flow->trace = trace;
    return TVN_OK;
}
