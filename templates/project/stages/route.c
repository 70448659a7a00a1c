/* route.c -- router: all to one port, what is hot to the other, too. */
#include "route.h"

port route(const heat *event)
{
    return event->hot ? PORT_ALL | PORT_HOT : PORT_ALL;
}
