/* plus.cpp -- a stage in C++17: join, a table, the log, kept text. */
#include "plus.h"

static struct torvyn_table by_code = TABLE(counted, code);

void ingest(const item *event)
{
    const auto code = (int16_t)(event->id % 3);
    counted *c = counted_at(&by_code, code);
    char letters[] = "abc";
    char *begin = letters;

    c->count++;
    text_set(&c->last, join(event->name, "/", code, T("!"), begin, letters, 2u));
    log_info(c->last, " ", event->id == 2, " ", 0.5f, " ", 1e300, " ", -7);
}

counted_list flush()
{
    if (counted_find(&by_code, 77) != nullptr)
        __builtin_trap();
    return counted_take(&by_code);
}
