/* route_glue.c -- between stage route in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "route.h"

#include <string.h>

__attribute__((export_name("route"))) uint32_t
torvyn__export_route(uint32_t _a0)
{
    torvyn_enter();
    lateness _p0;
    _p0.late = _a0 != 0;
    const port _ret = route(&_p0);
    torvyn_leave();
    return (uint32_t)_ret;
}

/* The world has no log to write to. */
size_t torvyn_log_dropped;

void
torvyn_log_write(
    unsigned _level, const char *_ptr, size_t _len)
{
    (void)_level;
    (void)_ptr;
    (void)_len;
    torvyn_log_dropped++;
}
