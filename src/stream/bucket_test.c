/* bucket_test.c -- one test per sentence of bucket.h.
 *
 *     bucket_test [SEED] */
#include "stream/bucket.h"

#include "base/rng.h"

#include <stdio.h>
#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define TRACE  2000u

static struct tvn_rng rng;

static uint64_t
below(uint64_t bound)
{
    return tvn_rng_below(&rng, bound);
}

/* Every window that begins and ends with an event, all pairs of them: at most
 * rate x t + burst. */
static void
check_windows(
    const uint64_t *at_ns, uint32_t count, uint64_t rate, uint64_t burst)
{
    for (uint32_t first = 0; first < count; first++) {
        for (uint32_t last = first; last < count; last++) {
            uint64_t events = last - first + 1;

            TVN_ASSERT((events - (events < burst ? events : burst)) * SECOND <=
                       rate * (at_ns[last] - at_ns[first]));
        }
    }
}

static void
test_no_window_has_more(void)
{
    for (uint32_t round = 0; round < 30; round++) {
        uint64_t rate = 1 + below(round % 2 == 0 ? 100 : 1000000);
        uint32_t burst = 1 + (uint32_t)below(20);
        uint64_t now_ns = below(UINT64_C(1) << 60);
        uint64_t at_ns[TRACE];
        uint32_t count = 0;
        struct tvn_bucket bucket;

        tvn_bucket_init(&bucket, rate, burst, now_ns);
        while (count < TRACE) {
            uint64_t want = below(4) == 0 ? UINT64_MAX : below(5);

            now_ns += below(3) == 0 ? 0 : below(1 + 4 * SECOND / rate);
            while (want-- > 0 && count < TRACE &&
                   tvn_bucket_tokens(&bucket, now_ns) > 0) {
                tvn_bucket_take(&bucket);
                at_ns[count++] = now_ns;
            }
        }
        check_windows(at_ns, count, rate, burst);
    }
}

/* Whoever takes what there is whenever it is due gets all of it: burst +
 * rate x t, rounded down.  Exactly, unless he lets the bucket fill up: then
 * less than a nanosecond's worth is lost each time. */
static void
test_all_of_the_rate_is_had(void)
{
    for (uint32_t round = 0; round < 60; round++) {
        uint64_t rate = 1 + below(100000);
        uint32_t burst = 1 + (uint32_t)below(40);
        uint64_t few = 1 + below(burst);
        uint64_t start_ns = below(UINT64_C(1) << 60);
        uint64_t now_ns = start_ns;
        uint64_t count = 0;
        struct tvn_bucket bucket;

        tvn_bucket_init(&bucket, rate, burst, start_ns);
        while (now_ns - start_ns < 3 * SECOND) {
            uint64_t all = burst + rate * (now_ns - start_ns) / SECOND;

            while (tvn_bucket_tokens(&bucket, now_ns) > 0) {
                tvn_bucket_take(&bucket);
                count++;
            }
            TVN_ASSERT(count <= all && count + 1 + all / 1000 >= all);
            TVN_ASSERT(count == all || few == burst);
            now_ns = tvn_bucket_due_ns(&bucket, few);
        }
    }
}

/* Even when it is looked at late, as long as the bucket does not run over. */
static void
test_a_late_look_loses_nothing(void)
{
    const uint64_t rate = 12345;
    uint64_t now_ns = 0;
    uint64_t count = 0;
    struct tvn_bucket bucket;

    tvn_bucket_init(&bucket, rate, 100, 0);
    while (now_ns < 10 * SECOND) {
        while (tvn_bucket_tokens(&bucket, now_ns) > 0) {
            tvn_bucket_take(&bucket);
            count++;
        }
        now_ns += below(99 * SECOND / rate);
    }
    TVN_ASSERT(count * 100 >= 99 * (10 * rate)); /* and at most: */
    TVN_ASSERT(count <= 10 * rate + 100);
}

static void
test_it_starts_full_and_holds_its_burst(void)
{
    struct tvn_bucket bucket;

    tvn_bucket_init(&bucket, 10, 3, 77);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 77) == 3);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 3600 * SECOND) == 3);
    tvn_bucket_init(&bucket, 0, 0, 77); /* no limit: nothing is counted */
    TVN_ASSERT(bucket.rate == 0);
}

static void
test_time_that_steps_back_brings_nothing(void)
{
    struct tvn_bucket bucket;

    tvn_bucket_init(&bucket, 10, 2, 5 * SECOND);
    tvn_bucket_take(&bucket);
    tvn_bucket_take(&bucket);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 4 * SECOND) == 0);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 5 * SECOND) == 0);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 5 * SECOND + SECOND / 10 - 1) == 0);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 4 * SECOND) == 0);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 5 * SECOND + SECOND / 10) == 1);
    TVN_ASSERT(tvn_bucket_due_ns(&bucket, 1) == 5 * SECOND + SECOND / 10);
}

/* Many looks count the same as one. */
static void
test_nothing_is_rounded(void)
{
    struct tvn_bucket bucket;

    tvn_bucket_init(&bucket, 3, 1, 0);
    tvn_bucket_take(&bucket);
    for (uint64_t now_ns = 0; now_ns < 333333334; now_ns += 997) {
        TVN_ASSERT(tvn_bucket_tokens(&bucket, now_ns) == 0);
    }
    TVN_ASSERT(tvn_bucket_due_ns(&bucket, 1) == 333333334);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 333333333) == 0);
    TVN_ASSERT(tvn_bucket_tokens(&bucket, 333333334) == 1);
}

static void
test_due_is_when_they_are_there(void)
{
    for (uint32_t round = 0; round < 2000; round++) {
        uint64_t rate = 1 + below(round % 3 == 0 ? UINT64_MAX : 1000000);
        uint32_t burst = 1 + (uint32_t)below(round % 2 == 0 ? 8 : UINT32_MAX);
        uint64_t now_ns = below(UINT64_C(1) << 62);
        uint64_t few = 1 + below(8);
        uint64_t due_ns;
        struct tvn_bucket bucket;

        tvn_bucket_init(&bucket, rate, burst, now_ns);
        for (uint64_t i = below(10); i > 0 && bucket.parts >= SECOND; i--) {
            tvn_bucket_take(&bucket);
        }
        few = few < burst ? few : burst;
        due_ns = tvn_bucket_due_ns(&bucket, few);
        TVN_ASSERT(due_ns >= now_ns);
        if (due_ns > now_ns) {
            TVN_ASSERT(tvn_bucket_tokens(&bucket, due_ns - 1) < few);
        }
        TVN_ASSERT(tvn_bucket_tokens(&bucket, due_ns) >= few);
        TVN_ASSERT(tvn_bucket_due_ns(&bucket, few) == due_ns);
    }
}

static void
test_more_than_the_burst_is_due_with_the_burst(void)
{
    struct tvn_bucket bucket;

    tvn_bucket_init(&bucket, 10, 2, 0);
    tvn_bucket_take(&bucket);
    TVN_ASSERT(tvn_bucket_due_ns(&bucket, 2) == SECOND / 10);
    TVN_ASSERT(tvn_bucket_due_ns(&bucket, 3) == SECOND / 10);
    TVN_ASSERT(tvn_bucket_due_ns(&bucket, 1) == 0);
}

/* The longest time, the largest rate and burst: no product runs over. */
static void
test_large_numbers(void)
{
    static const uint64_t rates[] = {1, 2, SECOND, UINT64_MAX / 2, UINT64_MAX};

    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct tvn_bucket bucket;

        tvn_bucket_init(&bucket, rates[i], UINT32_MAX, 0);
        for (uint32_t taken = 0; taken < 1000; taken++) {
            tvn_bucket_take(&bucket);
        }
        TVN_ASSERT(tvn_bucket_tokens(&bucket, 0) == UINT32_MAX - 1000);
        TVN_ASSERT(tvn_bucket_tokens(&bucket, UINT64_MAX) == UINT32_MAX);
        tvn_bucket_init(&bucket, rates[i], 1, UINT64_MAX - 1);
        tvn_bucket_take(&bucket);
        TVN_ASSERT(tvn_bucket_tokens(&bucket, UINT64_MAX) ==
                   (rates[i] >= SECOND ? 1 : 0));
    }
}

int
main(int argc, char **argv)
{
    rng.state = argc > 1 ? strtoull(argv[1], NULL, 0) : 11;
    printf("seed %llu\n", (unsigned long long)rng.state);
    test_no_window_has_more();
    test_all_of_the_rate_is_had();
    test_a_late_look_loses_nothing();
    test_it_starts_full_and_holds_its_burst();
    test_time_that_steps_back_brings_nothing();
    test_nothing_is_rounded();
    test_due_is_when_they_are_there();
    test_more_than_the_burst_is_due_with_the_burst();
    test_large_numbers();
    return 0;
}
