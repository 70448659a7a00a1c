/* burn.c -- 1 ms of a processor for each notice, which stays as it is: counted
 * work, as others may have the processor while a clock goes on. */
#include "burn.h"

static uint64_t work(uint64_t steps) /* ns until it was done */
{
    static volatile uint32_t sum;
    uint64_t begin = clock_monotonic_ns();

    while (steps-- > 0)
        sum = sum * 5 + 1;
    return clock_monotonic_ns() - begin;
}

notice process(const notice *e)
{
    static uint64_t tries, part = UINT64_MAX; /* the shortest 20,000 steps */

    for (; tries < 10; tries++) {
        uint64_t took = work(20000);
        part = took > 0 && took < part ? took : part;
    }
    work(20000 * UINT64_C(1000000) / part);
    return *e;
}
