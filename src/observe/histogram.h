/* histogram.h -- nanoseconds, counted in buckets less than 7 % wide.
 *
 * Log-linear: 16 linear steps in every power of two, so a value is reported
 * at most 1/16 too high.  Recording is two shifts and an add; a zeroed
 * histogram is empty and ready.  Threads: one writer. */
#ifndef TVN_OBSERVE_HISTOGRAM_H
#define TVN_OBSERVE_HISTOGRAM_H

#include <stdint.h>

#define TVN_HISTOGRAM_BUCKETS 976u /* 16 * (64 - 4) + 16 */

struct tvn_histogram {
    uint64_t count;
    uint64_t sum; /* saturates */
    uint64_t max; /* exact */
    uint64_t buckets[TVN_HISTOGRAM_BUCKETS];
};

void tvn_histogram_record(struct tvn_histogram *histogram, uint64_t value);

/* The smallest bucket end that `per_mille` (0..1000) of the values do not
 * exceed, never above max; 0 when empty. */
uint64_t tvn_histogram_at(
    const struct tvn_histogram *histogram, uint32_t per_mille);

uint64_t tvn_histogram_mean(const struct tvn_histogram *histogram);

/* Adds what `from` counted to `into`. */
void tvn_histogram_merge(
    struct tvn_histogram *into, const struct tvn_histogram *from);

#endif
