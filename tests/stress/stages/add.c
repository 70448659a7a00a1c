/* add.c -- which tickets there were between two flushes, and how many. */
#include "add.h"

static sum now;

void ingest(const brief *e)
{
    if (now.events++ == 0)
        now.first = e->id;
    now.last = e->id;
}

sum_list flush(const window *w)
{
    sum *row = torvyn_new(sum, 1);
    size_t rows = now.events > 0;

    (void)w;
    *row = now;
    now = (sum){0};
    return (sum_list){row, rows};
}
