/* asks.c -- tables are asked in the middle of a call: neither the event nor
 * an earlier answer moves for it. */
#include "asks.h"

part process(const item *event)
{
    const place *first = places(event->name);
    text before = join("<", event->name, ">");
    const place *second = places(T("OSL"));

    for (int i = 0; i < 100; i++)
        (void)places(event->name);
    return (part){
        .id = event->id,
        .name = join(before, first ? first->name : T("?"), "/", second->name, " ", event->name),
    };
}
