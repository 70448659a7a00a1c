/* burn.c -- 1 ms of work on each notice, which stays as it is. */
#include "burn.h"

notice process(const notice *e)
{
    uint64_t end = clock_monotonic_ns() + 1000000;

    while (clock_monotonic_ns() < end) {
    }
    return *e;
}
