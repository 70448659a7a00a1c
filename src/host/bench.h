/* bench.h -- what `torvyn bench` measures, on this machine, in one thread.
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
 * Each comparison is a row of interleaved pairs A B A B ...; a figure is the
 * median, its ratio the median of the pairs' ratios.
 *
 * Threads: the caller's. */
#ifndef TVN_HOST_BENCH_H
#define TVN_HOST_BENCH_H

#include "base/diag.h"
#include "base/error.h"

#include <stdint.h>

#define TVN_BENCH_ROWS_MAX 16u

struct tvn_bench_row {
    const char *name;
    double ns; /* per call, hop, push+pop or event */
    double per_second;
    double ratio; /* of ns to that of `of`; 0: not compared */
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

#endif
