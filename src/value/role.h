/* role.h -- the six roles a stage can have; the word that contracts, streams
 * and reports share.
 *
 * Threads: any. */
#ifndef TVN_VALUE_ROLE_H
#define TVN_VALUE_ROLE_H

enum tvn_role {
    TVN_ROLE_SOURCE,
    TVN_ROLE_PROCESSOR,
    TVN_ROLE_FILTER,
    TVN_ROLE_ROUTER,
    TVN_ROLE_AGGREGATOR,
    TVN_ROLE_SINK,
};
#define TVN_ROLE_COUNT (TVN_ROLE_SINK + 1)

/* A router's ports: bits of one word, labels of a flags type. */
#define TVN_PORTS_MAX 32u

/* "source", "processor", ... */
const char *tvn_role_name(enum tvn_role role);

#endif
