/* trace_log.h -- what the recording side of a trace shares: trace.c, and the
 * wrapper in trace_wrap.c.
 *
 * Threads: a log, a wrap and the stops of an edge belong to a shard's. */
#ifndef TVN_FLOW_TRACE_LOG_H
#define TVN_FLOW_TRACE_LOG_H

#include "flow/trace.h"

#define TVN__TRACE_LOG_MAX 65536u /* records of a shard */
#define TVN__TRACE_STOPS   16u    /* times that an edge was full, remembered */
#define TVN__TRACE_NONE    SIZE_MAX

/* What an edge had counted before the call. */
struct tvn__trace_mark {
    uint64_t enqueued;
    uint64_t waiting;
};

/* When an edge was suspended, the last times. */
struct tvn__trace_stops {
    struct {
        uint64_t begin_ns;
        uint64_t end_ns; /* 0: never */
    } last[TVN__TRACE_STOPS];
    uint32_t next; /* the oldest of them */
};

/* In the place of a node's stage. */
struct tvn__trace_wrap {
    struct tvn_stage inner; /* first: see stage.h */
    struct tvn__node *node;
    struct tvn_stage_ops ops;
    uint64_t sequence; /* of the head that is not done, with ... */
    size_t open;       /* its step, to which further calls are added; or */
    bool is_retried;   /* ... it failed, and is tried again */
};

struct tvn__trace_log {
    struct tvn__trace *trace;
    struct tvn__trace_record *records;
    size_t count;
    size_t capacity;
    uint64_t lost;
    struct tvn__trace_mark *marks; /* by edge */

    /* The visit under way. */
    struct tvn__node *node; /* NULL: nothing to follow in it */
    bool is_followed;       /* its input; else only what it makes */
    size_t step;            /* of the input; TVN__TRACE_NONE: lost */
    tvn_err err;
    uint64_t dead; /* in the books before */
    uint64_t order;
    size_t settled; /* records before what is noted while it is settled */
    uint64_t start_ns;
    uint64_t end_ns;
    uint64_t copied[TVN_COPY_COUNT];
};

static inline bool
tvn__trace_follows(const struct tvn__trace *trace, uint64_t sequence)
{
    return sequence < trace->limit && sequence % trace->every == 0;
}

static inline uint64_t
tvn__trace_order(struct tvn__trace *trace)
{
    return atomic_fetch_add(&trace->next_order, 1);
}

static inline uint64_t
tvn__trace_next_sequence(const struct tvn_flow *flow)
{
    return atomic_load_explicit(&flow->next_sequence, memory_order_relaxed);
}

/* NULL: the log is full. */
struct tvn__trace_record *tvn__trace_append(struct tvn__trace_log *log,
    uint64_t sequence, enum tvn__trace_kind kind, struct tvn__node *node,
    struct tvn__edge *edge);
/* The call that the log holds, into a step. */
void tvn__trace_add_call(
    struct tvn__trace_record *step, const struct tvn__trace_log *log);

/* trace_wrap.c: puts a wrapper in the place of the node's stage. */
void tvn__trace_wrap(struct tvn__trace *trace, struct tvn__node *node);

#endif
