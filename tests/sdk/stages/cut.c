/* cut.c -- a part of the input goes out, without a copy. */
#include "cut.h"

process_result process(const item *event)
{
    if (event->name.len < 2)
        return skip();
    return emit((part){.id = event->id, .name = {event->name.ptr + 1, event->name.len - 2}});
}
