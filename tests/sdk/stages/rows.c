/* rows.c -- texts and lists kept in the rows of a table. */
#include "rows.h"

static struct torvyn_table by_name = TABLE(row, name);

void ingest(const item *event)
{
    row *r = row_at(&by_name, event->name);

    r->count++;
    text_set(&r->note, join(event->id, " of ", event->name));
    text_list_drop(&r->tags);
    r->tags = text_list_keep(event->tags);
}

row_list flush(void)
{
    return row_take(&by_name);
}
