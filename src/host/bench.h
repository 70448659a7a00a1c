/* bench.h -- what `torvyn bench` measures, on this machine.
 *
 * In one thread:
 *
 *     engine-call   the engine's own unchecked call of (i64, i32) -> i32
 *     call          the same through the engine floor: deadline, traps
 *     queue         push and pop of one event, same thread
 *     hop-none      source -> null: what the hops are compared with
 *     hop-filter    one typed filter more, a flat view of 24 bytes
 *     hop-enrich    one processor more: 3 strings in, 4 out, a table asked
 *     hop-against   the same with another component in its place
 *     flow-native   the five stages as plain C functions over structs
 *     flow-typed    the flights flow from memory, totals checked
 *     flow-ndjson   the same from the file, both sinks to /dev/null
 *
 * `torvyn bench queues`, an event of one number and a block of 128 bytes:
 *
 *     ring          push and pop of an array of 64-byte events, nothing else
 *     queue         push and pop of an edge's queue
 *     offer-POLICY  offer with room, and pop
 *     full-POLICY   offer to a full queue; block is never offered to one
 *     image         an image made and dropped, one thread
 *     cross-ring    put, take and give back on two threads; one shared image
 *     cross-queue   queue -> ring -> inbox, credit; one shared image
 *     cross-image   the same; made, shared, dropped there, collected here
 *     cross-asleep  the same; who has nothing to do sleeps
 *     flow-1        source -> sink as a flow, on one thread
 *     flow-2        the same, the sink on its own
 *
 * `torvyn bench pressure`: source -> slow sink, on one thread and on two: how
 * soon a full edge suspends the source.
 *
 * Each comparison is a row of interleaved pairs A B A B ...; a figure is the
 * median, its ratio the median of the pairs' ratios.
 *
 * Threads: the caller's, and those of what is measured. */
#ifndef TVN_HOST_BENCH_H
#define TVN_HOST_BENCH_H

#include "base/diag.h"
#include "base/error.h"

#include <stdint.h>

#define TVN_BENCH_ROWS_MAX 24u

struct tvn_bench_row {
    const char *name;
    double ns; /* per call, hop, push+pop or event */
    double per_second;
    double ns_min; /* of all samples; 0: not told */
    double ratio;  /* of ns to that of `of`; 0: not compared */
    const char *of;
};

struct tvn_bench {
    struct tvn_bench_row rows[TVN_BENCH_ROWS_MAX];
    uint32_t count;
    uint64_t events; /* that the flows ran over */
    uint64_t pairs;
};

struct tvn_bench_opts {
    const char *file;    /* the flights pipeline */
    const char *against; /* a component of the world enrich; NULL: no row */
    uint64_t pairs;      /* >= 1 */
};

tvn_err tvn_bench_run(const struct tvn_bench_opts *opts, struct tvn_bench *out,
    struct tvn_diag *diag);

tvn_err tvn_bench_queues(
    uint64_t pairs, struct tvn_bench *out, struct tvn_diag *diag);

/* ------------------------------------------------------------------------ */

struct tvn_bench_times {
    uint64_t count, p50, p99, max;
};

struct tvn_bench_pressure_row {
    uint32_t threads;
    struct tvn_bench_times response_ns;  /* full -> source suspended */
    struct tvn_bench_times between;      /* events in between */
    struct tvn_bench_times suspended_ns; /* until half is empty */
    struct tvn_bench_times resume_ns;    /* from then to the source's turn */
};

struct tvn_bench_pressure {
    uint32_t burst;
    uint32_t capacity;
    uint64_t events; /* of one flow */
    struct tvn_bench_pressure_row rows[2];
};

tvn_err tvn_bench_pressure(
    struct tvn_bench_pressure *out, struct tvn_diag *diag);

#endif
