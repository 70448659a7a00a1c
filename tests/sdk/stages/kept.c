/* kept.c -- what was kept of the event before goes out. */
#include "kept.h"

static text last;

part process(const item *event)
{
    part out = {.id = event->id, .name = join(last)};

    text_set(&last, event->name);
    return out;
}
