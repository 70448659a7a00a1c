/* worlds_test.c -- stages in C for random WIT worlds: what is generated
 * compiles without a warning, and every value comes back bit for bit.
 *
 *     TVN_SEED              of all worlds; a new one each run
 *     TVN_BINDGEN_FIRST     number of the first world (0)
 *     TVN_BINDGEN_WORLDS    how many (60; 15 with sanitizers)
 *
 * tests/bindgen/campaign runs thousands of them. */
#include "bindgen/harness.h"

int
main(int argc, char **argv)
{
    uint64_t first = harness_setting("TVN_BINDGEN_FIRST", 0);
    uint64_t count = harness_setting("TVN_BINDGEN_WORLDS", HARNESS_WORLDS);
    struct tvn_engine *engine = NULL;
    uint64_t done = 0;
    struct shop shop;

    (void)argc;
    harness_open(&shop, argv[0], &engine);
    while (done < count && shop.failures < HARNESS_FAILURES_MAX) {
        uint64_t batch =
            count - done < HARNESS_BATCH ? count - done : HARNESS_BATCH;

        harness_batch(&shop, engine, first + done, (unsigned)batch, NULL);
        done += batch;
    }
    return harness_close(&shop, engine, done);
}
