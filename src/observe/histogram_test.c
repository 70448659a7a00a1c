/* histogram_test.c -- one test per sentence of histogram.h. */
#include "observe/histogram.h"

#include "base/assert.h"
#include "base/rng.h"
#include "observe/copies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tvn_histogram made; /* too large for a comfortable stack */

static void
test_a_zeroed_one_is_empty(void)
{
    memset(&made, 0, sizeof(made));
    TVN_ASSERT(tvn_histogram_at(&made, 0) == 0);
    TVN_ASSERT(tvn_histogram_at(&made, 1000) == 0);
    TVN_ASSERT(tvn_histogram_mean(&made) == 0);
}

static void
test_a_single_value_is_reported_exactly(void)
{
    static const uint64_t values[] = {0, 1, 15, 16, 17, 31, 32, 1000, 123456789,
        UINT64_C(1) << 63, UINT64_MAX - 1, UINT64_MAX};

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        memset(&made, 0, sizeof(made));
        tvn_histogram_record(&made, values[i]);
        TVN_ASSERT(tvn_histogram_at(&made, 0) == values[i]);
        TVN_ASSERT(tvn_histogram_at(&made, 500) == values[i]);
        TVN_ASSERT(tvn_histogram_at(&made, 1000) == values[i]);
        TVN_ASSERT(made.max == values[i]);
        TVN_ASSERT(tvn_histogram_mean(&made) == values[i]);
    }
}

static int
compare(const void *a, const void *b)
{
    const uint64_t *left = a;
    const uint64_t *right = b;

    return *left < *right ? -1 : *left > *right;
}

static void
test_quantiles_are_at_most_a_sixteenth_too_high(uint64_t seed)
{
    static uint64_t values[4999];
    const size_t count = sizeof(values) / sizeof(values[0]);
    struct tvn_rng rng = {seed};

    memset(&made, 0, sizeof(made));
    for (size_t i = 0; i < count; i++) {
        values[i] = tvn_rng_next(&rng) >> tvn_rng_below(&rng, 64);
        tvn_histogram_record(&made, values[i]);
    }
    qsort(values, count, sizeof(values[0]), compare);
    for (uint32_t per_mille = 1; per_mille <= 1000; per_mille++) {
        size_t rank = (count * per_mille + 999) / 1000;
        uint64_t exact = values[rank - 1];
        uint64_t found = tvn_histogram_at(&made, per_mille);

        TVN_ASSERT(found >= exact);
        TVN_ASSERT(found - exact <= exact / 16);
    }
    TVN_ASSERT(made.max == values[count - 1]);
}

static void
test_the_sum_saturates(void)
{
    memset(&made, 0, sizeof(made));
    tvn_histogram_record(&made, UINT64_MAX);
    tvn_histogram_record(&made, UINT64_MAX);
    TVN_ASSERT(made.sum == UINT64_MAX);
}

static void
test_merging_is_recording_both(void)
{
    static struct tvn_histogram other;
    static struct tvn_histogram both;

    memset(&made, 0, sizeof(made));
    for (uint64_t i = 0; i < 1000; i++) {
        tvn_histogram_record(i % 3 == 0 ? &other : &made, i * i);
        tvn_histogram_record(&both, i * i);
    }
    tvn_histogram_merge(&made, &other);
    TVN_ASSERT(memcmp(&made, &both, sizeof(made)) == 0);
}

static void
test_copies_add_up_by_reason_and_have_names(void)
{
    struct tvn_copies copies = {0};

    tvn_copies_add(&copies, TVN_COPY_LIFT, 2, 48);
    tvn_copies_add(&copies, TVN_COPY_LIFT, 1, 24);
    TVN_ASSERT(copies.rows[TVN_COPY_LIFT].count == 3);
    TVN_ASSERT(copies.rows[TVN_COPY_LIFT].bytes == 72);
    TVN_ASSERT(copies.rows[TVN_COPY_LOWER].count == 0);
    TVN_ASSERT(strcmp(tvn_copy_name(TVN_COPY_CODEC_IN), "codec-in") == 0);
    TVN_ASSERT(strcmp(tvn_copy_name(TVN_COPY_CONTROL), "control") == 0);
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20240917;

    printf("seed %llu\n", (unsigned long long)seed);
    test_a_zeroed_one_is_empty();
    test_a_single_value_is_reported_exactly();
    test_quantiles_are_at_most_a_sixteenth_too_high(seed);
    test_the_sum_saturates();
    test_merging_is_recording_both();
    test_copies_add_up_by_reason_and_have_names();
    return 0;
}
