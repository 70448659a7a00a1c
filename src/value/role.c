/* role.c -- see role.h. */
#include "value/role.h"

const char *
tvn_role_name(enum tvn_role role)
{
    static const char *const names[TVN_ROLE_COUNT] = {
        [TVN_ROLE_SOURCE] = "source",
        [TVN_ROLE_PROCESSOR] = "processor",
        [TVN_ROLE_FILTER] = "filter",
        [TVN_ROLE_ROUTER] = "router",
        [TVN_ROLE_AGGREGATOR] = "aggregator",
        [TVN_ROLE_SINK] = "sink",
    };

    return names[role];
}
