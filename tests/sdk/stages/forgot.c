/* forgot.c -- a pointer is kept, and nobody has kept what is behind it. */
#include "forgot.h"

static text last;

part process(const item *event)
{
    part out = {.id = event->id, .name = last};

    last = event->name;
    return out;
}
