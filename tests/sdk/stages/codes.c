/* codes.c -- a table with an integer for a key, negative ones too. */
#include "codes.h"

static struct torvyn_table by_code = TABLE_MAX(counted, code, 300);

void ingest(const item *event)
{
    int16_t code = (int16_t)(150 - (int)(event->id % 1000));
    counted *c = counted_at(&by_code, code);

    if (counted_find(&by_code, code) != c)
        __builtin_trap();
    c->count++;
    text_set(&c->last, event->name);
}

counted_list flush(void)
{
    return counted_take(&by_code);
}
