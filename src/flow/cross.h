/* cross.h -- what an edge between two shards has besides its queue.
 *
 * Threads: ring, see stream/transfer.h; the other fields as said. */
#ifndef TVN_FLOW_CROSS_H
#define TVN_FLOW_CROSS_H

#include "flow/internal.h"
#include "stream/transfer.h"

struct tvn__cross {
    struct tvn__edge *edge;
    struct tvn_transfer ring;
    uint32_t slots;         /* events away at once */
    bool is_closed;         /* the producer's: nothing will come */
    struct tvn_queue inbox; /* from here on the consumer's */
    uint64_t came_bytes;    /* in blocks, of all that ever lay in it */
    uint64_t given_events;  /* of these, given back */
    uint64_t given_bytes;
    bool is_seen_closed;
};

#endif
