/* burn.c -- 1 ms of a processor for each notice, which stays as it is.
 *
 * It works, and does not look at the clock until a millisecond has passed: what
 * others take from the processor meanwhile is not work of this stage.  How much
 * work a millisecond is, the first notice finds out: by the shortest of some
 * tries, as others may take the processor away during any of them. */
#include "burn.h"

#define TRIES 10
#define STEPS 20000 /* a part of a millisecond */

static void work(uint64_t steps)
{
    static volatile uint32_t sum;

    while (steps-- > 0)
        sum = sum * 5 + 1;
}

static uint64_t steps_of_a_millisecond(void)
{
    uint64_t shortest = UINT64_MAX;

    for (int i = 0; i < TRIES; i++) {
        uint64_t begin = clock_monotonic_ns();
        work(STEPS);
        uint64_t took = clock_monotonic_ns() - begin;

        if (took > 0 && took < shortest)
            shortest = took;
    }
    return STEPS * UINT64_C(1000000) / shortest;
}

notice process(const notice *e)
{
    static uint64_t steps;

    if (steps == 0)
        steps = steps_of_a_millisecond();
    work(steps);
    return *e;
}
