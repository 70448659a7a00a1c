/* rng.h -- a small seeded random number generator (SplitMix64).
 *
 * For generated data, schedulers under test and randomised tests; never for
 * secrets.  Same seed, same numbers, on every machine. */
#ifndef TVN_BASE_RNG_H
#define TVN_BASE_RNG_H

#include <stdint.h>

struct tvn_rng {
    uint64_t state; /* the seed to start with */
};

static inline uint64_t
tvn_rng_next(struct tvn_rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Evenly in [0, bound); bound > 0.  (The bias of `%` is below 2^-32 for the
 * bounds used here.) */
static inline uint64_t
tvn_rng_below(struct tvn_rng *rng, uint64_t bound)
{
    return tvn_rng_next(rng) % bound;
}

#endif
