/* histogram.c -- log-linear buckets; see histogram.h.
 *
 * Values below 16 have a bucket each.  Above, the power of two chooses a row
 * of 16 buckets and the four bits below the highest one the bucket in it. */
#include "observe/histogram.h"

#include "base/assert.h"

#define STEPS     16u
#define STEP_BITS 4u

static uint32_t
bucket_of(uint64_t value)
{
    uint32_t highest;

    if (value < STEPS) {
        return (uint32_t)value;
    }
    highest = 63u - (uint32_t)__builtin_clzll(value);
    return (highest - STEP_BITS + 1) * STEPS +
           (uint32_t)((value >> (highest - STEP_BITS)) & (STEPS - 1));
}

/* The largest value of the bucket. */
static uint64_t
bucket_end(uint32_t bucket)
{
    uint32_t row = bucket / STEPS;
    uint64_t step = bucket % STEPS;

    if (row == 0) {
        return step;
    }
    /* For the last bucket the sum wraps to 0, and 0 - 1 is what it ends at. */
    return ((STEPS + step + 1) << (row - 1)) - 1;
}

static uint64_t
add_saturating(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void
tvn_histogram_record(struct tvn_histogram *histogram, uint64_t value)
{
    histogram->buckets[bucket_of(value)]++;
    histogram->count++;
    histogram->sum = add_saturating(histogram->sum, value);
    if (value > histogram->max) {
        histogram->max = value;
    }
}

uint64_t
tvn_histogram_at(const struct tvn_histogram *histogram, uint32_t per_mille)
{
    uint64_t seen = 0;
    uint64_t want;

    TVN_ASSERT(per_mille <= 1000);
    if (histogram->count == 0) {
        return 0;
    }
    /* count * per_mille / 1000, rounded up, without overflow */
    want = histogram->count / 1000 * per_mille +
           (histogram->count % 1000 * per_mille + 999) / 1000;
    if (want == 0) {
        want = 1;
    }
    for (uint32_t i = 0; i < TVN_HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen >= want) {
            uint64_t end = bucket_end(i);

            return end < histogram->max ? end : histogram->max;
        }
    }
    return histogram->max;
}

uint64_t
tvn_histogram_mean(const struct tvn_histogram *histogram)
{
    return histogram->count == 0 ? 0 : histogram->sum / histogram->count;
}

void
tvn_histogram_merge(
    struct tvn_histogram *into, const struct tvn_histogram *from)
{
    for (uint32_t i = 0; i < TVN_HISTOGRAM_BUCKETS; i++) {
        into->buckets[i] += from->buckets[i];
    }
    into->count += from->count;
    into->sum = add_saturating(into->sum, from->sum);
    if (from->max > into->max) {
        into->max = from->max;
    }
}
