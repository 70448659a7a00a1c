/* rng_test.c -- the published SplitMix64 numbers, and the bound. */
#include "base/rng.h"

#include "base/assert.h"

static void
test_same_seed_same_numbers(void)
{
    static const uint64_t numbers[] = {UINT64_C(6457827717110365317),
        UINT64_C(3203168211198807973), UINT64_C(9817491932198370423),
        UINT64_C(4593380528125082431), UINT64_C(16408922859458223821)};
    struct tvn_rng rng = {1234567};

    for (int i = 0; i < 5; i++) {
        TVN_ASSERT(tvn_rng_next(&rng) == numbers[i]);
    }
}

static void
test_below_stays_below_and_reaches_all(void)
{
    struct tvn_rng rng = {42};
    unsigned seen[10] = {0};

    for (int i = 0; i < 10000; i++) {
        uint64_t number = tvn_rng_below(&rng, 10);

        TVN_ASSERT(number < 10);
        seen[number]++;
    }
    for (int i = 0; i < 10; i++) {
        TVN_ASSERT(seen[i] > 850 && seen[i] < 1150);
    }
    TVN_ASSERT(tvn_rng_below(&rng, 1) == 0);
}

int
main(void)
{
    test_same_seed_same_numbers();
    test_below_stays_below_and_reaches_all();
    return 0;
}
