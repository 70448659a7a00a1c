/* again.c -- what was kept is dropped twice, and so is what never was. */
#include "again.h"

part process(const item *event)
{
    text kept = text_keep(event->name);
    text made = join(kept, "!");

    text_drop(kept);
    text_drop(kept);
    text_drop(made);
    text_drop(event->name);
    text_drop(T("a literal of more than 16 bytes"));
    text_drop((text){NULL, 0});
    return (part){.id = event->id, .name = made};
}
