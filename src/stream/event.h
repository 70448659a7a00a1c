/* event.h -- what moves along an edge: a shared image and its own meta.
 *
 * By value, one cache line: a queue is a ring of these, and a stage reads
 * them in place.  Whoever holds an event holds one reference of its image.
 *
 * Threads: the flow's. */
#ifndef TVN_STREAM_EVENT_H
#define TVN_STREAM_EVENT_H

#include "value/image.h"

#include <stdint.h>

struct tvn_event {
    struct tvn_image *image; /* one reference */
    uint64_t sequence;       /* given once, by the source; from 0 */
    uint64_t event_time_ns;  /* Unix time; the ingest time when not set */
    uint64_t ingest_time_ns; /* Unix time at which the source made it */
    uint64_t entered_ns;     /* the same on the monotonic clock (latency) */
    uint64_t key;            /* XXH64 of the key field; 0: no key */
    uint64_t origin;         /* token of the source record; 0 until delivery
                               * tracking exists */
    uint32_t attempt;        /* calls that failed with it, at this stage */
    uint32_t reserved;
};

_Static_assert(sizeof(struct tvn_event) == 64, "one cache line");

#endif
