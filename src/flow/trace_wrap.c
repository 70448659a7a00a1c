/* trace_wrap.c -- stands in the place of a stage: cuts a burst before and
 * behind an event that is followed, times the call and says what it copied.
 *
 * A step is recorded when the call returns; what became of the event is known
 * when the visit is settled (trace.c). */
#include "flow/trace_log.h"

#include <stddef.h>

_Static_assert(offsetof(struct tvn__trace_wrap, inner) == 0,
    "what stage.h asks of one in the place of another");

static void
mark_edges(struct tvn__trace_log *log, const struct tvn__node *node)
{
    const struct tvn_flow *flow = node->shard->flow;

    for (uint32_t i = 0; i < node->all.count; i++) {
        const struct tvn__edge *edge = node->all.edges[i];

        log->marks[edge - flow->edges] = (struct tvn__trace_mark){
            .enqueued = edge->queue.enqueued,
            .waiting = edge->row->waiting,
        };
    }
}

/* run, or flush when `window` is what it takes. */
static tvn_err
call(struct tvn__trace_wrap *wrap, struct tvn_burst *burst, bool is_flush,
    const struct tvn_window *window)
{
    struct tvn__node *node = wrap->node;
    struct tvn__shard *shard = node->shard;
    struct tvn__trace_log *log = shard->trace;
    const struct tvn_copies none = {0};
    const struct tvn_copies before =
        node->copies == NULL ? none : *node->copies;

    mark_edges(log, node);
    log->node = node;
    log->is_followed = false;
    log->dead = node->books->dead;
    log->start_ns = tvn__clock(shard);
    log->err = is_flush
                   ? wrap->inner.ops->flush(wrap->inner.self, window, burst)
                   : wrap->inner.ops->run(wrap->inner.self, burst);
    log->end_ns = tvn__clock(shard);
    log->order = tvn__trace_order(log->trace);
    log->settled = log->count;
    for (uint32_t i = 0; i < TVN_COPY_COUNT; i++) {
        log->copied[i] = node->copies == NULL ? 0
                                              : node->copies->rows[i].bytes -
                                                    before.rows[i].bytes;
    }
    return log->err;
}

/* Edges that were full while it was in the flow: whether it waited for them is
 * seen when it is known since when it waited at all. */
static void
note_stops(struct tvn__trace_log *log, const struct tvn__node *node,
    const struct tvn_event *event)
{
    const struct tvn_flow *flow = node->shard->flow;

    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];
        const struct tvn__trace_stops *stops =
            &log->trace->stops[edge - flow->edges];

        for (uint32_t n = 0; n < TVN__TRACE_STOPS; n++) {
            struct tvn__trace_record *full;

            if (stops->last[n].end_ns <= event->entered_ns) {
                continue;
            }
            full = tvn__trace_append(
                log, event->sequence, TVN__TRACE_FULL, edge->from, edge);
            if (full != NULL) {
                full->at_ns = stops->last[n].begin_ns;
                full->end_ns = stops->last[n].end_ns;
            }
        }
    }
}

/* The step of the event that has just been called. */
static void
note_call(struct tvn__trace_log *log, struct tvn__trace_wrap *wrap,
    const struct tvn_burst *burst)
{
    struct tvn__node *node = wrap->node;
    const struct tvn_event *event = &burst->in[0];
    bool is_same = wrap->sequence == event->sequence;
    struct tvn__trace_record *step;

    log->is_followed = true;
    log->step = is_same ? wrap->open : TVN__TRACE_NONE;
    if (log->step == TVN__TRACE_NONE) {
        step = tvn__trace_append(
            log, event->sequence, TVN__TRACE_STEP, node, node->edge);
        if (step == NULL) {
            return;
        }
        log->step = log->count - 1;
        step->is_again = is_same && wrap->is_retried;
        tvn__trace_add_call(step, log);
        note_stops(log, node, event);
    } else {
        tvn__trace_add_call(&log->records[log->step], log);
    }
    step = &log->records[log->step];
    step->fault = burst->fault.kind;
    step->outs += burst->outs;
}

/* ------------------------------------------------------------------------
 * The wrapper. */

/* A record that will be followed is cut by itself.  When another shard takes
 * sequences meanwhile it may come with others: `among` says so. */
static tvn_err
run_source(struct tvn__trace_wrap *wrap, struct tvn_burst *burst)
{
    const struct tvn__trace *trace = wrap->node->shard->trace->trace;
    uint64_t next = tvn__trace_next_sequence(wrap->node->shard->flow);
    uint64_t until = next % trace->every;

    if (next >= trace->limit) {
        return wrap->inner.ops->run(wrap->inner.self, burst);
    }
    until = until == 0 ? 1 : trace->every - until;
    if (until < burst->credit) {
        burst->credit = (uint32_t)until;
    }
    return call(wrap, burst, false, NULL);
}

static tvn_err
wrap_run(void *self, struct tvn_burst *burst)
{
    struct tvn__trace_wrap *wrap = self;
    struct tvn__node *node = wrap->node;
    struct tvn__trace_log *log = node->shard->trace;
    uint32_t first = 0;
    tvn_err err;

    if (node->role == TVN_ROLE_SOURCE) {
        return run_source(wrap, burst);
    }
    while (first < burst->in_count &&
           !tvn__trace_follows(log->trace, burst->in[first].sequence)) {
        first++;
    }
    if (first > 0) {
        burst->in_count = first;
        if (node->role != TVN_ROLE_AGGREGATOR ||
            tvn__trace_next_sequence(node->shard->flow) >= log->trace->limit) {
            return wrap->inner.ops->run(wrap->inner.self, burst);
        }
        return call(wrap, burst, false, NULL); /* for what it makes */
    }
    burst->in_count = 1;
    err = call(wrap, burst, false, NULL);
    note_call(log, wrap, burst);
    return err;
}

static tvn_err
wrap_flush(void *self, const struct tvn_window *window, struct tvn_burst *burst)
{
    return call(self, burst, true, window);
}

/* ------------------------------------------------------------------------ */

void
tvn__trace_wrap(struct tvn__trace *trace, struct tvn__node *node)
{
    struct tvn__trace_wrap *wrap = &trace->wraps[node->number];

    wrap->inner = node->stage;
    wrap->node = node;
    wrap->sequence = UINT64_MAX;
    wrap->open = TVN__TRACE_NONE;
    wrap->ops = (struct tvn_stage_ops){
        .kind = wrap->inner.ops->kind,
        .start = tvn_stage_inner_start,
        .run = wrap_run,
        .flush = wrap_flush,
        .complete = tvn_stage_inner_complete,
        .stop = tvn_stage_inner_stop,
        .free = tvn_stage_inner_free,
        .counts = tvn_stage_inner_counts,
    };
    node->stage = (struct tvn_stage){.ops = &wrap->ops, .self = wrap};
}
