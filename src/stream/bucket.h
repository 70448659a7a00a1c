/* bucket.h -- a token bucket: at most rate x t + burst events in every window
 * of length t.
 *
 * Whole numbers only: a token is 1e9 parts, and each nanosecond brings `rate`
 * parts, so nothing is rounded and nothing drifts.  It holds at most `burst`
 * tokens, and starts full.
 *
 * Time is monotonic and is what the caller says; one that steps back brings
 * nothing.  Threads: none. */
#ifndef TVN_STREAM_BUCKET_H
#define TVN_STREAM_BUCKET_H

#include "base/assert.h"

#include <stdint.h>

#define TVN_BUCKET_TOKEN UINT64_C(1000000000) /* parts */

struct tvn_bucket {
    uint64_t rate;  /* tokens a second; 0: there is no limit, nothing below */
    uint64_t most;  /* parts in a full bucket */
    uint64_t parts; /* at `last_ns` */
    uint64_t last_ns;
};

/* `burst` at least 1 with a rate. */
static inline void
tvn_bucket_init(
    struct tvn_bucket *bucket, uint64_t rate, uint32_t burst, uint64_t now_ns)
{
    TVN_ASSERT(rate == 0 || burst > 0);
    bucket->rate = rate;
    bucket->most = burst * TVN_BUCKET_TOKEN;
    bucket->parts = bucket->most;
    bucket->last_ns = now_ns;
}

/* Whole tokens there are. */
static inline uint64_t
tvn_bucket_tokens(struct tvn_bucket *bucket, uint64_t now_ns)
{
    uint64_t missing = bucket->most - bucket->parts;

    if (now_ns > bucket->last_ns) {
        uint64_t passed = now_ns - bucket->last_ns;

        bucket->last_ns = now_ns;
        bucket->parts = passed > missing / bucket->rate
                            ? bucket->most
                            : bucket->parts + passed * bucket->rate;
    }
    return bucket->parts / TVN_BUCKET_TOKEN;
}

/* There must be one: asserted. */
static inline void
tvn_bucket_take(struct tvn_bucket *bucket)
{
    TVN_ASSERT(bucket->parts >= TVN_BUCKET_TOKEN);
    bucket->parts -= TVN_BUCKET_TOKEN;
}

/* When there will be `tokens` (at most the burst); not before `last_ns`. */
static inline uint64_t
tvn_bucket_due_ns(const struct tvn_bucket *bucket, uint64_t tokens)
{
    uint64_t want = tokens * TVN_BUCKET_TOKEN;

    if (want > bucket->most) {
        want = bucket->most;
    }
    if (want <= bucket->parts) {
        return bucket->last_ns;
    }
    return bucket->last_ns + (want - bucket->parts - 1) / bucket->rate + 1;
}

#endif
