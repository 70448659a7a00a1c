/* route.c -- every flight to analytics, late ones also to delivery. */
#include "route.h"

port route(const lateness *e)
{
    return e->late ? PORT_ANALYTICS | PORT_DELIVERY : PORT_ANALYTICS;
}
