/* clock.c -- clock_gettime, dressed. */
#include "base/clock.h"

#include "base/assert.h"

#include <stddef.h>
#include <time.h>

static uint64_t
read_clock(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);

    TVN_ASSERT(failed == 0);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t
tvn_clock_monotonic_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t
tvn_clock_wall_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

uint64_t
tvn_clock_cpu_ns(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static uint64_t
real_monotonic(void *self)
{
    (void)self;
    return tvn_clock_monotonic_ns();
}

static uint64_t
real_wall(void *self)
{
    (void)self;
    return tvn_clock_wall_ns();
}

const struct tvn_clock *
tvn_clock_real(void)
{
    static const struct tvn_clock clock = {real_monotonic, real_wall, NULL};

    return &clock;
}
