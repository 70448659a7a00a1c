/* stage.h -- what a flow asks of a stage: the one vtable that native
 * connectors and Wasm guests share.
 *
 *     flow                                stage
 *     start() ------------------------->  open, init
 *     run(burst) ---------------------->  0 .. in_count events, in order
 *     flush(burst, window) ------------>  aggregators: end of a window
 *     complete() ---------------------->  sinks: all input seen; make durable
 *     stop() -------------------------->  teardown; nothing is called after
 *     free()
 *
 * The flow guarantees: one call at a time; run only with input (a source:
 * never with input) and with credit >= 1 for stages that make outputs, or
 * with `is_pending` set before; never after an error but as said below.
 *
 * The stage guarantees: events[0 .. consumed) were finished in order; it
 * stops behind the first event whose status is not ok and before the first
 * event without credit; later events were not looked at.  It never keeps a
 * pointer into the burst.
 *
 * Threads: the flow's. */
#ifndef TVN_STREAM_STAGE_H
#define TVN_STREAM_STAGE_H

#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "base/str.h"
#include "stream/event.h"
#include "value/role.h"

#include <stdbool.h>
#include <stdint.h>

#define TVN_BURST_MAX 64u

/* Why one event could not be handled. */
enum tvn_fault_kind {
    TVN_FAULT_NONE,
    TVN_FAULT_RETRY,    /* the stage asks to be called again */
    TVN_FAULT_REJECT,   /* the event is bad: never retried */
    TVN_FAULT_FATAL,    /* the stage cannot go on: always stops the flow */
    TVN_FAULT_TRAP,     /* the guest trapped: its instance is gone */
    TVN_FAULT_DEADLINE, /* the guest ran too long: its instance is gone */
    TVN_FAULT_RECORD,   /* a source cut a record it could not decode */
    TVN_FAULT_WRITE,    /* a sink could not write */
    TVN_FAULT_OVERFLOW, /* an edge refused what the stage made */
};

/* "retry", "reject", ... as the dead letter names it. */
const char *tvn_fault_name(enum tvn_fault_kind kind);

/* Texts belong to the stage and live until its next call. */
struct tvn_fault {
    enum tvn_fault_kind kind;
    tvn_err err;            /* code of the diagnostic, when one is made of it */
    struct tvn_place place; /* source: file and line, column of the fault */
    struct tvn_str text;
    struct tvn_str help; /* empty: none */
    struct tvn_str raw;  /* source: the record as it was read */
};

/* When nothing can be done now: what the stage waits for. */
struct tvn_wake {
    int fd;           /* -1: none */
    bool for_writing; /* else for reading */
    uint64_t at_ns;   /* monotonic; 0: no timer */
};

struct tvn_window {
    uint64_t start_ns; /* Unix time */
    uint64_t end_ns;
    enum tvn_window_reason {
        TVN_WINDOW_TIME,
        TVN_WINDOW_COUNT,
        TVN_WINDOW_END,
    } reason;
};

/* One visit.  The flow fills the first part and zeroes the second. */
struct tvn_burst {
    const struct tvn_event *in; /* in_count events, borrowed, in place */
    uint32_t in_count;          /* at most TVN_BURST_MAX */
    uint32_t credit;            /* outputs that may be made, at most MAX */
    uint64_t now_ns;            /* monotonic, at the start of the visit */
    uint64_t wall_ns;           /* Unix time, at the start of the visit */
    bool is_sampled;            /* measure guest and codec time exactly */

    uint32_t consumed;      /* events of `in` that are finished (ok) */
    uint32_t outs;          /* outputs made */
    bool is_pending;        /* the event at `consumed` (or the flush) has more
                        * outputs than credit; it stays held */
    bool is_end;            /* source: nothing will ever come again */
    struct tvn_fault fault; /* of the event at `consumed`; kind NONE: ok */
    struct tvn_wake wake;   /* with TVN_EAGAIN */
    uint64_t inside_ns;     /* is_sampled: time in guest, codec or connector */

    /* filter: bit 0 = keep; router: bit i = port i; per consumed event */
    uint32_t verdicts[TVN_BURST_MAX];
    /* source, processor, aggregator: the images, each one reference that the
     * flow takes over, and the index in `in` of the event each came from
     * (not for sources and flushes) */
    struct tvn_image *out[TVN_BURST_MAX];
    uint8_t out_of[TVN_BURST_MAX];
    /* source: event time (Unix ns) and key hash of each image, read only
     * when has_times, has_keys are set by the stage in this visit */
    bool has_times;
    bool has_keys;
    uint64_t out_time_ns[TVN_BURST_MAX];
    uint64_t out_key[TVN_BURST_MAX];
};

/* Counted by the stage itself, independently of the flow: the ledger
 * compares both.  Never reset. */
struct tvn_stage_counts {
    uint64_t calls;        /* calls of the role's function, failed ones too */
    uint64_t failed;       /* of these, not ok */
    uint64_t ok;           /* events finished ok; sinks: records accepted;
                          * sources: records decoded */
    uint64_t outs;         /* images made */
    uint64_t kept;         /* filter, router: events whose verdict was not 0 */
    uint64_t routed;       /* router: ports selected, over all events */
    uint64_t records;      /* sources: records cut out, bad ones included;
                          * sinks: records written */
    uint64_t guest_ns;     /* scaled up from samples; 0 for native stages */
    uint64_t memory_bytes; /* linear memory now; native: buffers */
    uint64_t lost_state;   /* events absorbed into an instance that is gone */
};

struct tvn_stage_ops {
    const char *kind; /* "wasm", "file", "generate", ... */

    /* Once, before anything else.  What is wrong goes into `diag`. */
    tvn_err (*start)(void *self, struct tvn_diag *diag);

    /* TVN_OK: go on (whatever consumed is); TVN_EAGAIN: nothing more can be
     * done before `wake`; any other error: the event at `consumed` (a
     * source: one record that is cut out and not decoded) failed with
     * `burst->fault`, and the flow decides by on-error.  A later run starts
     * with that event again (retry) or with the next. */
    tvn_err (*run)(void *self, struct tvn_burst *burst);

    /* Aggregators.  in_count is 0.  is_pending: call again with window NULL
     * until it is false. */
    tvn_err (*flush)(
        void *self, const struct tvn_window *window, struct tvn_burst *burst);

    /* Sinks.  TVN_EAGAIN with wake: call again; else done or failed with
     * `burst->fault`.  `is_ok` is false when the flow ends with an error:
     * then a replacing file is not renamed, and `burst->fault.text` (kind
     * NONE) may say what was left where. */
    tvn_err (*complete)(void *self, bool is_ok, struct tvn_burst *burst);

    /* Teardown: best effort, errors are logged by the stage's owner. */
    void (*stop)(void *self);
    void (*free)(void *self);

    void (*counts)(const void *self, struct tvn_stage_counts *out);
};

struct tvn_stage {
    const struct tvn_stage_ops *ops;
    void *self;
};

/* For stages that have nothing to do there. */
tvn_err tvn_stage_no_start(void *self, struct tvn_diag *diag);
tvn_err tvn_stage_no_complete(void *self, bool is_ok, struct tvn_burst *burst);
void tvn_stage_no_stop(void *self); /* free, too */

/* For one that stands in the place of another, with which it begins: `self`
 * points to a struct tvn_stage, and that one is asked. */
tvn_err tvn_stage_inner_start(void *self, struct tvn_diag *diag);
tvn_err tvn_stage_inner_complete(
    void *self, bool is_ok, struct tvn_burst *burst);
void tvn_stage_inner_stop(void *self);
void tvn_stage_inner_free(void *self);
void tvn_stage_inner_counts(const void *self, struct tvn_stage_counts *out);

#endif
