/* trace.h -- follows sampled events through a flow.
 *
 *     wrapper   takes each stage's place in its node: cuts a burst before and
 *               behind an event that is followed, so that its call is its own
 *     hooks     after a visit, and on the ways that are seldom gone: which
 *               edges have the event now
 *     log       one a shard, of a fixed size: records, in no shared memory
 *     gather    after the run: sorted by event; trace_steps.c reads them
 *
 * An event is followed by its sequence: every `every`-th, `count` of them at
 * most.  What an aggregator makes has sequences of its own.  A wait is the
 * difference of two records, perhaps of two shards.
 *
 * Without a trace nothing is wrapped, and a visit has one branch more.
 *
 * Threads: a log belongs to its shard's, the rest to the caller's. */
#ifndef TVN_FLOW_TRACE_H
#define TVN_FLOW_TRACE_H

#include "flow/internal.h"

/* What a record says. */
enum tvn__trace_kind {
    TVN__TRACE_STEP, /* the stage was called with it, or made it */
    TVN__TRACE_FULL, /* ... when an edge behind it had been full */

    /* of one edge behind the stage */
    TVN__TRACE_PUT,            /* the event is in it */
    TVN__TRACE_HELD,           /* it is to go there, and waits for room */
    TVN__TRACE_DROPPED_NEWEST, /* there was no room, ... */
    TVN__TRACE_REFUSED,        /* ... and it is offered again */
    TVN__TRACE_REFUSED_DROPPED,
    TVN__TRACE_REFUSED_DEAD,
    TVN__TRACE_LEFT, /* there it was when the flow ended */
};

/* What became of an event at a stage. */
enum tvn__trace_fate {
    TVN__FATE_UNFINISHED, /* called, and not done when the flow ended */
    TVN__FATE_MADE,       /* by a source or an aggregator */
    TVN__FATE_PASSED,
    TVN__FATE_FILTERED,
    TVN__FATE_REJECTED, /* that port is wired */
    TVN__FATE_UNROUTED,
    TVN__FATE_ABSORBED,
    TVN__FATE_DELIVERED,
    TVN__FATE_DROPPED,
    TVN__FATE_DEAD,
    TVN__FATE_RETRIED, /* a later step says how that went */
};

struct tvn__trace_record {
    uint64_t sequence;
    uint64_t order; /* over all shards: what comes first has less */
    enum tvn__trace_kind kind;
    struct tvn__node *node;
    struct tvn__edge *edge; /* STEP: it came by; NULL: made here */
    uint64_t at_ns;         /* STEP: the first call; FULL: suspended */
    uint64_t end_ns;        /* STEP: end of the last call; FULL: released */
    uint32_t count;         /* PUT and below: copies of the event */

    /* STEP */
    enum tvn__trace_fate fate;
    enum tvn_fault_kind fault;
    bool is_again;    /* after a failure: it did not wait in the queue again */
    uint32_t calls;   /* until it was done, with what did not fail */
    uint32_t among;   /* MADE: events that came of the same call */
    uint64_t call_ns; /* of all calls */
    uint64_t outs;
    uint64_t copied[TVN_COPY_COUNT]; /* bytes, during the calls */
};

struct tvn__trace {
    uint64_t every;
    uint64_t limit; /* sequences from here on are not followed */
    _Atomic uint64_t next_order;
    struct tvn__trace_wrap *wraps;  /* by node */
    struct tvn__trace_log *logs;    /* by shard */
    struct tvn__trace_stops *stops; /* by edge: its producer's */

    /* tvn__trace_gather */
    struct tvn__trace_record *records; /* room for all logs' */
    size_t count;
    uint64_t lost; /* records for which there was no room */
};

/* With opts.trace_every: wraps the stages.  TVN_ENOMEM. */
tvn_err tvn__trace_new(struct tvn_flow *flow);

/* ------------------------------------------------------------------------
 * Hooks. */

/* After a visit is settled. */
void tvn__trace_visited(struct tvn__shard *shard, struct tvn__node *node);
void tvn__trace_note_edge(struct tvn__shard *shard, struct tvn__edge *edge,
    uint64_t sequence, enum tvn__trace_kind kind);
void tvn__trace_note_release(
    struct tvn__shard *shard, const struct tvn__edge *edge, uint64_t now_ns);
void tvn__trace_note_discard(
    struct tvn__shard *shard, struct tvn__node *node, uint64_t sequence);

/* Something became of an event on an edge, not in a visit of its stage. */
static inline void
tvn__trace_edge(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event, enum tvn__trace_kind kind)
{
    if (shard->trace != NULL) {
        tvn__trace_note_edge(shard, edge, event->sequence, kind);
    }
}

/* `edge` is no longer suspended. */
static inline void
tvn__trace_release(
    struct tvn__shard *shard, const struct tvn__edge *edge, uint64_t now_ns)
{
    if (shard->trace != NULL) {
        tvn__trace_note_release(shard, edge, now_ns);
    }
}

/* The head of node->edge is dropped because the stage cannot go on. */
static inline void
tvn__trace_discard(struct tvn__shard *shard, struct tvn__node *node)
{
    const struct tvn_queue *in = node->edge->in;

    if (shard->trace != NULL) {
        tvn__trace_note_discard(shard, node, in->ring[in->head].sequence);
    }
}

/* All threads are joined: what is still on edges, ... */
void tvn__trace_left(struct tvn_flow *flow);
/* ... and no record comes any more. */
void tvn__trace_gather(struct tvn_flow *flow);

/* ------------------------------------------------------------------------
 * trace_steps.c: what the records say; after gather. */

/* The records of one event: [begin, end). */
struct tvn__trace_event {
    size_t begin;
    size_t end;
};

/* What became of an event on one edge behind a step. */
struct tvn__trace_hop {
    uint32_t puts; /* copies that were in the queue */
    uint32_t dropped_newest;
    uint32_t dropped_oldest;
    uint32_t refusals;
    uint32_t refused_dropped;
    uint32_t refused_dead;
    uint32_t left;
    uint64_t full_ns; /* held or refused until it went in */
    bool is_any;      /* there is a record of it */
};

/* The next event behind *event; a zeroed one begins.  False: no more. */
bool tvn__trace_next(
    const struct tvn__trace *trace, struct tvn__trace_event *event);
/* The next step behind record `at` - 1; event->end: no more. */
size_t tvn__trace_step(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t at);
/* In the queue of the edge that it came by.  False: not known. */
bool tvn__trace_wait_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step, uint64_t *out);
/* Since the attempt before.  False: it is the first. */
bool tvn__trace_pause_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step, uint64_t *out);
/* Of this wait, how long `edge` behind the stage was suspended and kept it from
 * being called: the last 16 times that it was. */
uint64_t tvn__trace_kept_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step,
    const struct tvn__edge *edge);
/* From the call that made it to the end of this step.  False: not known. */
bool tvn__trace_whole_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step, uint64_t *out);
struct tvn__trace_hop tvn__trace_hop(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step,
    const struct tvn__edge *edge);
/* "passed", "retried", ... */
const char *tvn__trace_fate_name(enum tvn__trace_fate fate);

#endif
