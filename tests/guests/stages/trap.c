/* trap.c -- traps at id 1000, three calls deep. */
#include "trap.h"

static __attribute__((noinline)) bool
deepest(uint64_t id)
{
    if (id == 1000) {
        __builtin_trap();
    }
    return true;
}

static __attribute__((noinline)) bool
deeper(uint64_t id)
{
    return deepest(id) && id != 0;
}

bool
exports_trap_evaluate(trap_brief_t *event)
{
    return deeper(event->id);
}
