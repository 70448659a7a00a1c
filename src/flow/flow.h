/* flow.h -- runs a graph of stages to its end, on the calling thread, and
 * gives an account of every event.
 *
 *     poll I/O -> timers -> run stages -> publish -> sleep if nothing can run
 *
 * The graph has been linked before: types fit, ports are wired, there is no
 * cycle.  A flow never sees a socket or a guest: both are stream/stage.h.
 *
 *   turn        at most `burst` events and about 100 us; time is given round
 *               robin by deficit, downstream first: a slow branch gets its
 *               share and its queue fills
 *   demand      a stage runs only with credit on every output edge that
 *               blocks (a router: with nothing left to hand on); who was
 *               suspended by a full edge resumes at half its capacity
 *   overflow    per edge, see stream/queue.h
 *   threads     stages with a thread of their own run there, by the same loop;
 *               between two threads an edge has a ring of at most 64 events
 *   completion  inputs closed and empty, nothing held: aggregators flush once
 *               more, sinks complete, then teardown in reverse order of start
 *   on-error    retry: it stays at the head and is tried again, then stop:
 *               ends intake, drains the rest, exit 4; drop; dead-letter
 *   windows     `every` counts from the first event after a flush, `count`
 *               flushes after exactly that many; empty ones are not flushed
 *   law         stream/ledger.h, checked at every quiescent point and every
 *               second of the clock; TVN_EUNBALANCED ends the run at once
 *
 * Threads: the caller's, which is the first of the flow's; tvn_flow_interrupt
 * from a signal callback of the same loop.  With several, what opts.env gives
 * (dead, dead_count) may be called from each of them. */
#ifndef TVN_FLOW_FLOW_H
#define TVN_FLOW_FLOW_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/jsonout.h"
#include "base/own.h"
#include "observe/copies.h"
#include "observe/histogram.h"
#include "reactor/loop.h"
#include "stream/ledger.h"
#include "stream/queue.h"
#include "stream/stage.h"
#include "value/role.h"

#include <stdbool.h>
#include <stdint.h>

/* What follows when an event failed, and its retries did. */
enum tvn_flow_then {
    TVN_THEN_STOP,
    TVN_THEN_DROP,
    TVN_THEN_DEAD_LETTER,
};

struct tvn_flow_node {
    struct tvn_str name;    /* kept */
    struct tvn_place place; /* where it is declared; path kept, may be NULL */
    enum tvn_role role;
    struct tvn_stage stage; /* taken over: stopped and freed by the flow */
    enum tvn_flow_then then;
    uint32_t retries;         /* UINT32_MAX: for ever */
    uint64_t backoff_min_ns;  /* before the first; doubled each time ... */
    uint64_t backoff_max_ns;  /* ... up to this; each up to a quarter less */
    uint32_t thread;          /* below opts.thread_count; 0: the caller's */
    uint64_t window_every_ns; /* aggregator; 0: not by time */
    uint64_t window_count;    /* aggregator; 0: not by count */
    uint32_t image_max; /* largest block of its outputs; passing stages: 0 */
    const struct tvn_copies *copies; /* kept; the stage writes it; NULL */
};

/* Where an edge leaves its stage: the same as contract's. */
enum tvn_flow_out {
    TVN_OUT_MAIN,
    TVN_OUT_PORT,
    TVN_OUT_REJECTED,
    TVN_OUT_UNROUTED,
};

struct tvn_flow_edge {
    struct tvn_str name; /* "route.late -> announce"; kept */
    uint32_t from;       /* numbers of nodes */
    uint32_t to;
    enum tvn_flow_out out;
    uint32_t port; /* OUT_PORT */
    uint32_t capacity;
    uint64_t bytes;
    enum tvn_overflow overflow;
    uint64_t rate;       /* events a second; 0: any number */
    uint32_t rate_burst; /* with a rate: at least 1 */
};

/* An event that goes to the dead letter.  All borrowed. */
struct tvn_dead {
    struct tvn_str stage;
    const struct tvn_fault *fault;
    uint32_t attempts;
    const struct tvn_event *event; /* NULL: a record that was not decoded;
                                    * then fault->raw has it */
    uint64_t wall_ns;
};

struct tvn_flow_progress {
    uint64_t elapsed_ns;
    uint64_t in; /* records so far */
};

struct tvn_flow_opts {
    struct tvn_str name; /* kept */
    const struct tvn_flow_node *nodes;
    uint32_t node_count;
    const struct tvn_flow_edge *edges;
    uint32_t edge_count;
    const struct tvn_clock *clock; /* kept */
    struct tvn_loop *loop;         /* kept; NULL: stages never wait for fds,
                                    * and threads are run by turns on the
                                    * caller's (tests on a virtual clock) */
    uint32_t thread_count;         /* 0 and 1: the caller's */
    struct tvn_pool *const *pools; /* by thread; NULL: not collected; kept */
    uint64_t seed;  /* without a loop: the order in which threads have turns */
    uint32_t burst; /* 1..TVN_BURST_MAX */
    uint64_t drain_timeout_ns;
    uint64_t limit;       /* records over all sources, then as at their end; 0:
                     * none */
    uint64_t trace_every; /* follows events whose sequence it divides; 0: none
                           */
    uint32_t trace_count; /* ... at most so many; 0: none */

    /* Writes one dead letter.  Not TVN_OK: the flow stops as by on-error:
     * stop, the event counts as dropped.  NULL: no dead letter. */
    tvn_err (*dead)(
        void *env, const struct tvn_dead *dead, struct tvn_diag *diag);
    /* What the writer itself counted, for the ledger. */
    uint64_t (*dead_count)(void *env);
    /* Instead of sleeping until then (UINT64_MAX: for ever), on a virtual
     * clock.  NULL: sleeps. */
    void (*idle)(void *env, uint64_t until_ns);
    /* About every 200 ms.  NULL: not wanted. */
    void (*progress)(void *env, const struct tvn_flow_progress *progress);
    void *env;
};

struct tvn_flow;

/* Takes the stages of opts->nodes over, also on failure.  TVN_ENOMEM. */
tvn_err tvn_flow_new(const struct tvn_flow_opts *opts,
    TVN_GIVE struct tvn_flow **out, struct tvn_diag *diag);
void tvn_flow_free(struct tvn_flow *flow);

/* Starts all stages (sinks first), runs to the end, completes and stops them.
 * TVN_OK: everything is accounted for.  Else the first error's code, all of
 * them in `diag`: a start's own, a fault under `stop` (with the stage, the
 * event's sequence or the record's line), TVN_EDRAIN (drain-timeout),
 * TVN_ESTUCK, TVN_EUNBALANCED, TVN_EINTERRUPTED.  A report can be made in any
 * case. */
tvn_err tvn_flow_run(struct tvn_flow *flow, struct tvn_diag *diag);

/* The first call stops intake and drains, the second aborts. */
void tvn_flow_interrupt(struct tvn_flow *flow);

/* ------------------------------------------------------------------------
 * The account: flow/report.c.  The keys are fixed; see docs. */

/* For people: first line `NAME: ok, 336,776 in = ...`, then non-zero rows,
 * edges that were ever full, copies, the slowest stage. */
void tvn_flow_report_print(const struct tvn_flow *flow, struct tvn_buf *out);

/* Writes one object. */
void tvn_flow_report_json(const struct tvn_flow *flow, struct tvn_json *json);

/* ------------------------------------------------------------------------
 * With opts.trace_every, after the run: flow/trace_*.c. */

/* For people: every event that was followed, stage by stage, then how edges
 * answered to being full. */
void tvn_flow_trace_print(const struct tvn_flow *flow, struct tvn_buf *out);

/* Writes one object: events, edges, paths, and the report. */
void tvn_flow_trace_json(const struct tvn_flow *flow, struct tvn_json *json);

/* The numbers behind it, borrowed until the flow is freed. */
const struct tvn_ledger *tvn_flow_ledger(const struct tvn_flow *flow);
uint64_t tvn_flow_elapsed_ns(const struct tvn_flow *flow);

/* How an edge answered to being full: see flow/pressure.c. */
struct tvn_flow_pressure {
    const struct tvn_histogram *response_ns;  /* full -> producer suspended */
    const struct tvn_histogram *between;      /* events offered in between */
    const struct tvn_histogram *suspended_ns; /* suspended -> released */
    const struct tvn_histogram *resume_ns;    /* released -> its turn */
};
struct tvn_flow_pressure tvn_flow_pressure(
    const struct tvn_flow *flow, uint32_t edge);

#endif
