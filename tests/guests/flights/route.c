/* route.c -- every flight to analytics, late ones also to delivery. */
#include "route.h"

route_port_t
exports_route_route(route_lateness_t *event)
{
    return event->late ? ROUTE_PORT_ANALYTICS | ROUTE_PORT_DELIVERY
                       : ROUTE_PORT_ANALYTICS;
}
