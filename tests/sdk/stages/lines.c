/* lines.c -- a line that is longer than a record, and half a line an event. */
#include "lines.h"

#include <assert.h>
#include <stdio.h>

part process(const item *event)
{
    for (int i = 0; i < 700; i++)
        printf("%.*s", (int)event->name.len, event->name.ptr);
    printf(event->id % 2 == 1 ? "|\n" : "|");
    assert(event->id < 4);
    return (part){.id = event->id, .name = T("printed")};
}
