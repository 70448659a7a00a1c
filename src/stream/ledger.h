/* ledger.h -- the account of every event: booked by the flow, held against
 * what queues, stages and the dead letter's writer counted by themselves.
 *
 *     flow    in + emitted + forked = delivered + filtered + unrouted +
 *                 dropped + dead + absorbed + in_flight
 *     stage   in = passed + delivered + filtered + unrouted + absorbed +
 *                 dropped + dead + held
 *             in = what its edges' queues handed over (source: the records
 *                 it counted)
 *             outcomes and outputs = what the stage counted
 *     edge    offered = enqueued + dropped_newest + refused + waiting +
 *                 retrying
 *             enqueued = dequeued + dropped_oldest + discarded + events
 *                 found in the ring
 *             offered = outputs of the stage on that port
 *
 * An event that leaves through a wired `rejected` or `unrouted` port is
 * `passed`.  `forked` is what more left a stage than the input that made it:
 * edges - 1 for a decoded record, a passed input and an aggregator's output.
 * While a router holds an event for a full edge, the event counts once, as
 * `held`; only copies that are queued count in `forked`.  in_flight is what
 * queues hold or had to discard, what is held, and what is offered again.
 * `dropped` and `dead` of the flow include what edges dropped and refused.
 *
 * An edge between two threads has an inbox at its consumer's end: dequeued at
 * one end = enqueued at the other + what is on the way.  While the threads
 * run, each checks its own part; the whole is checked when they have stopped.
 *
 * Nothing here is an assert: what does not balance is a finding that names
 * the edge or stage, and the run ends with its numbers.
 *
 * Threads: the rows of a part belong to its thread, an edge's to its
 * producer's; the whole only when the threads have stopped. */
#ifndef TVN_STREAM_LEDGER_H
#define TVN_STREAM_LEDGER_H

#include "base/diag.h"
#include "base/error.h"
#include "base/str.h"
#include "stream/queue.h"
#include "stream/stage.h"
#include "value/role.h"

#include <stdbool.h>
#include <stdint.h>

/* Where an edge leaves its stage. */
enum tvn_ledger_out {
    TVN_LEDGER_MAIN,
    TVN_LEDGER_PORT,
    TVN_LEDGER_REJECTED,
    TVN_LEDGER_UNROUTED,
};

/* Booked by the flow, one outcome an input. */
struct tvn_ledger_books {
    uint64_t in; /* sources: records, bad ones included */
    uint64_t passed;
    uint64_t delivered;
    uint64_t filtered;
    uint64_t unrouted;
    uint64_t absorbed;
    uint64_t dropped;
    uint64_t dead;
    uint64_t held;    /* 1 while a router waits for a full edge */
    uint64_t out;     /* handed on, before fan-out: images made, events kept,
                    * ports selected; wired rejected and unrouted included */
    uint64_t emitted; /* an aggregator's outputs */
    uint64_t forked;
    uint64_t retried; /* sources: records that failed and are tried again */
};

struct tvn_ledger_stage {
    struct tvn_str name;
    enum tvn_role role;
    bool has_rejected; /* that port is wired */
    bool has_unrouted;
    uint32_t part; /* number of the thread that runs it */
    struct tvn_ledger_books books;

    /* Not the flow's own counts: */
    struct tvn_stage_counts counts; /* the stage's, by tvn_ledger_collect */
    uint64_t dead_written; /* by the dead letter's writer, while it was this
                            * stage's turn */
};

struct tvn_ledger_edge {
    struct tvn_str name;
    uint32_t from; /* numbers of stages */
    uint32_t to;
    enum tvn_ledger_out out;
    uint32_t port;
    uint64_t offered;  /* booked by the flow: outputs meant for this edge */
    uint64_t waiting;  /* of these, held back because it was full */
    uint64_t retrying; /* ... refused, and to be offered again */
    uint64_t refused_dropped; /* ... refused, and given up */
    uint64_t refused_dead;
    uint64_t refusals; /* offers that were refused, each try counts */
    const struct tvn_queue *queue;
    const struct tvn_queue *inbox; /* NULL: both ends are in one part */
};

struct tvn_ledger {
    struct tvn_ledger_stage *stages;
    uint32_t stage_count;
    struct tvn_ledger_edge *edges;
    uint32_t edge_count;
    bool counts_dead;    /* dead_written and dead_total are counted */
    uint64_t dead_total; /* by the dead letter's writer */
};

/* Sums over all stages and edges. */
struct tvn_ledger_events {
    uint64_t in, emitted, forked;
    uint64_t delivered, filtered, unrouted, dropped, dead, absorbed, in_flight;
};
void tvn_ledger_sum(
    const struct tvn_ledger *ledger, struct tvn_ledger_events *out);

/* Reads what `stage` counted; stages[number] is its row. */
void tvn_ledger_collect(
    struct tvn_ledger *ledger, uint32_t number, const struct tvn_stage *stage);

/* What an edge dropped, by whatever policy. */
uint64_t tvn_ledger_edge_dropped(const struct tvn_ledger_edge *edge);

/* Checks what belongs to one part, while others go on. */
tvn_err tvn_ledger_check_part(
    const struct tvn_ledger *ledger, uint32_t part, struct tvn_diag *diag);

/* Checks everything above, after collect for every stage.  TVN_EUNBALANCED:
 * at least one identity does not hold; `diag` has one finding for each (at
 * most 16), what is nearest to the loss first. */
tvn_err tvn_ledger_check(
    const struct tvn_ledger *ledger, struct tvn_diag *diag);

#endif
