/* many.c -- as many outputs as the event's id says, each with a text. */
#include "many.h"

part_list process(const item *event)
{
    part *out = torvyn_new(part, event->id);

    for (size_t i = 0; i < event->id; i++)
        out[i] = (part){.id = i, .name = join(event->name, " ", i)};
    return (part_list){out, (size_t)event->id};
}
