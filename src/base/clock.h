/* clock.h -- the two clocks, in nanoseconds.
 *
 * Code above base takes its time through `struct tvn_clock`, so that a test
 * can hand in a virtual one.  Threads: any. */
#ifndef TVN_BASE_CLOCK_H
#define TVN_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC; about 20-30 ns a call. */
uint64_t tvn_clock_monotonic_ns(void);

/* CLOCK_REALTIME since 1970-01-01T00:00:00Z. */
uint64_t tvn_clock_wall_ns(void);

/* CPU time of this process, all threads. */
uint64_t tvn_clock_cpu_ns(void);

struct tvn_clock {
    uint64_t (*monotonic_ns)(void *self);
    uint64_t (*wall_ns)(void *self);
    void *self;
};

/* The machine's own clocks; lives as long as the process. */
const struct tvn_clock *tvn_clock_real(void);

#endif
