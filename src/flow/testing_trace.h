/* testing_trace.h -- a trace that followed every event against what queues
 * and the ledger counted by themselves.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FLOW_TESTING_TRACE_H
#define TVN_FLOW_TESTING_TRACE_H

#include "flow/testing.h"
#include "flow/trace.h"

/* Follows every event. */
static inline void
tvn_testing_follow_all(struct tvn_testing_world *world)
{
    world->opts.trace_every = 1;
    world->opts.trace_count = UINT32_MAX;
}

/* The record of the `number`th (from 0) step of event `sequence` at `stage`,
 * and its event. */
static inline size_t
tvn_testing_step(const struct tvn_testing_world *world, uint64_t sequence,
    uint32_t stage, uint32_t number, struct tvn__trace_event *event)
{
    const struct tvn__trace *trace = world->flow->trace;

    *event = (struct tvn__trace_event){0};
    while (tvn__trace_next(trace, event)) {
        size_t at = tvn__trace_step(trace, event, event->begin);

        if (trace->records[event->begin].sequence != sequence) {
            continue;
        }
        for (; at < event->end; at = tvn__trace_step(trace, event, at + 1)) {
            if (trace->records[at].node->number == stage && number-- == 0) {
                return at;
            }
        }
    }
    abort();
}

static inline void
tvn_testing_check_traced_edge(
    const struct tvn__trace *trace, const struct tvn__edge *edge)
{
    const struct tvn_ledger_edge *row = edge->row;
    struct tvn__trace_event event = {0};
    struct tvn__trace_hop sum = {0};
    uint64_t arrivals = 0;

    while (tvn__trace_next(trace, &event)) {
        size_t at = tvn__trace_step(trace, &event, event.begin);

        for (; at < event.end; at = tvn__trace_step(trace, &event, at + 1)) {
            const struct tvn__trace_record *step = &trace->records[at];
            struct tvn__trace_hop hop = {0};
            uint64_t wait_ns;

            if (step->edge == edge && !step->is_again) {
                arrivals++;
                TVN_ASSERT(tvn__trace_wait_ns(trace, &event, at, &wait_ns));
            }
            if (step->node == edge->from) {
                hop = tvn__trace_hop(trace, &event, at, edge);
            }
            sum.puts += hop.puts;
            sum.dropped_newest += hop.dropped_newest;
            sum.dropped_oldest += hop.dropped_oldest;
            sum.refusals += hop.refusals;
            sum.refused_dropped += hop.refused_dropped;
            sum.refused_dead += hop.refused_dead;
            sum.left += hop.left;
        }
    }
    TVN_ASSERT(sum.puts == edge->queue.enqueued);
    TVN_ASSERT(arrivals == edge->in->dequeued);
    TVN_ASSERT(sum.dropped_newest == edge->queue.dropped_newest);
    TVN_ASSERT(sum.dropped_oldest == edge->queue.dropped_oldest);
    TVN_ASSERT(
        sum.refusals + sum.refused_dropped + sum.refused_dead == row->refusals);
    TVN_ASSERT(sum.refused_dropped == row->refused_dropped);
    TVN_ASSERT(sum.refused_dead == row->refused_dead);
}

static inline void
tvn_testing_check_traced_stage(
    const struct tvn__trace *trace, const struct tvn__node *node)
{
    const struct tvn_ledger_books *books = node->books;
    uint64_t counts[TVN__FATE_RETRIED + 1] = {0};
    bool has_other = node->other.count > 0;

    for (size_t i = 0; i < trace->count; i++) {
        if (trace->records[i].kind == TVN__TRACE_STEP &&
            trace->records[i].node == node) {
            counts[trace->records[i].fate]++;
        }
    }
    if (node->role == TVN_ROLE_SOURCE) { /* a bad record is no event */
        TVN_ASSERT(counts[TVN__FATE_MADE] == books->out);
        return;
    }
    TVN_ASSERT(counts[TVN__FATE_MADE] == books->emitted);
    TVN_ASSERT(counts[TVN__FATE_PASSED] + counts[TVN__FATE_REJECTED] +
                   (has_other ? counts[TVN__FATE_UNROUTED] : 0) ==
               books->passed);
    TVN_ASSERT(has_other || counts[TVN__FATE_UNROUTED] == books->unrouted);
    TVN_ASSERT(counts[TVN__FATE_FILTERED] == books->filtered);
    TVN_ASSERT(counts[TVN__FATE_ABSORBED] == books->absorbed);
    TVN_ASSERT(counts[TVN__FATE_DELIVERED] == books->delivered);
    TVN_ASSERT(counts[TVN__FATE_DROPPED] == books->dropped);
    TVN_ASSERT(counts[TVN__FATE_DEAD] == books->dead);
}

/* After a run with tvn_testing_follow_all that ended with nothing in flight.
 */
static inline void
tvn_testing_check_trace(const struct tvn_testing_world *world)
{
    const struct tvn__trace *trace = world->flow->trace;

    TVN_ASSERT(trace->lost == 0);
    for (uint32_t i = 0; i < world->opts.edge_count; i++) {
        tvn_testing_check_traced_edge(trace, &world->flow->edges[i]);
    }
    for (uint32_t i = 0; i < world->opts.node_count; i++) {
        tvn_testing_check_traced_stage(trace, &world->flow->nodes[i]);
    }
}

#endif
