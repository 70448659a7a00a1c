/* fault.h -- breaks one event on purpose, so that a test can see the ledger
 * find it.  Only in builds with TVN_FAULTS; else every line of it folds away.
 *
 *     TVN_FAULT=SITE:KIND:N     the N-th event that passes SITE, from 1
 *
 *     site          where                            event broken there
 *     source-read   images that a source made        lost, made twice, or
 *                                                     booked as a bad record
 *     push          an event put on an edge
 *     pop           an event taken off an edge
 *     fan-out       one event put on several edges
 *     filter, route what a verdict does to an event
 *     absorb        an event that an aggregator took
 *     emit          images that a processor or aggregator made
 *     dead-letter   an event written to the dead letter
 *     sink-write    an event handed to a sink
 *
 *     lose: it is gone; double: it is there twice; misfile: the right count
 *     in the wrong place
 *
 * A site does what a bug there would do: it moves the event wrongly, or books
 * it wrongly.  What cannot be done right then (a double into a full queue)
 * stays armed for the next event.  The ledger knows nothing of all this.
 *
 * Threads: the flow's. */
#ifndef TVN_STREAM_FAULT_H
#define TVN_STREAM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum tvn_site {
    TVN_SITE_SOURCE_READ,
    TVN_SITE_PUSH,
    TVN_SITE_POP,
    TVN_SITE_FAN_OUT,
    TVN_SITE_FILTER,
    TVN_SITE_ROUTE,
    TVN_SITE_ABSORB,
    TVN_SITE_EMIT,
    TVN_SITE_DEAD_LETTER,
    TVN_SITE_SINK_WRITE,
};
#define TVN_SITE_COUNT (TVN_SITE_SINK_WRITE + 1)

enum tvn_breakage {
    TVN_BREAKAGE_NONE,
    TVN_BREAKAGE_LOSE,
    TVN_BREAKAGE_DOUBLE,
    TVN_BREAKAGE_MISFILE,
};
#define TVN_BREAKAGE_COUNT (TVN_BREAKAGE_MISFILE + 1)

#ifdef TVN_FAULTS

/* "source-read", "lose", ... */
const char *tvn_site_name(enum tvn_site site);
const char *tvn_breakage_name(enum tvn_breakage breakage);

/* Arms what `text` says ("push:lose:3"), counting from now on; NULL or empty:
 * nothing.  False: it does not read.  TVN_FAULT is read at the first passage
 * of a site when nothing was armed before; one that does not read is
 * an assert. */
bool tvn_fault_arm(const char *text);

/* Whether the fault has been done. */
bool tvn_fault_is_done(void);

/* One event passes: what is to be done to it.  `can` says whether a fault
 * could be done to this one; if not, and one is due, it stays due. */
enum tvn_breakage tvn_fault_pass(enum tvn_site site, bool can);

/* True when a fault is armed and not done.  The flow then handles events one
 * by one, so that there is room to break one. */
bool tvn_fault_is_armed(void);

#define TVN_FAULT_PASS(site, can) tvn_fault_pass((site), (can))
#define TVN_FAULT_IS_ARMED()      tvn_fault_is_armed()
#define TVN_FAULT_IS(a, b)        ((a) == (b))

#else

#define TVN_FAULT_PASS(site, can) ((void)(can), TVN_BREAKAGE_NONE)
#define TVN_FAULT_IS_ARMED()      false
#define TVN_FAULT_IS(a, b)        ((void)(a), false)

#endif

#endif
