/* mem_test.c -- counting, failing on demand, resizing. */
#include "base/mem.h"

#include "base/assert.h"

#include <string.h>

static void
test_live_is_exact(void)
{
    char *a = tvn_mem_new(3, 7);
    char *b = tvn_mem_new_aligned(64, 100);

    TVN_ASSERT(tvn_mem_live() == 121);
    TVN_ASSERT((uintptr_t)b % 64 == 0);
    for (int i = 0; i < 21; i++) {
        TVN_ASSERT(a[i] == 0);
    }
    tvn_mem_free(a, 3, 7);
    tvn_mem_free(NULL, 3, 7);
    TVN_ASSERT(tvn_mem_live() == 100);
    tvn_mem_free(b, 1, 100);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static void
test_a_product_that_does_not_fit_is_no_memory(void)
{
    int *kept = tvn_mem_new(1, sizeof(*kept));

    *kept = 5;
    TVN_ASSERT(tvn_mem_new(SIZE_MAX / 4, 8) == NULL);
    TVN_ASSERT(tvn_mem_resize(kept, 1, SIZE_MAX / 2, sizeof(*kept)) == NULL);
    TVN_ASSERT(*kept == 5 && tvn_mem_live() == sizeof(*kept));
    tvn_mem_free(kept, 1, sizeof(*kept));
}

static void
test_resize_keeps_the_old_and_zeroes_the_new(void)
{
    unsigned char *bytes = tvn_mem_resize(NULL, 0, 10, 1);

    memset(bytes, 0xA5, 10);
    bytes = tvn_mem_resize(bytes, 10, 5000, 1);
    TVN_ASSERT(tvn_mem_live() == 5000);
    for (int i = 0; i < 5000; i++) {
        TVN_ASSERT(bytes[i] == (i < 10 ? 0xA5 : 0));
    }
    bytes = tvn_mem_resize(bytes, 5000, 2, 1);
    TVN_ASSERT(bytes[1] == 0xA5 && tvn_mem_live() == 2);
    tvn_mem_free(bytes, 2, 1);
}

static void
test_the_nth_allocation_fails_once(void)
{
    char *a;
    char *b;

    tvn_mem_fail_after(1);
    a = tvn_mem_new(1, 1);
    TVN_ASSERT(a != NULL);
    TVN_ASSERT(tvn_mem_resize(a, 1, 2, 1) == NULL);
    b = tvn_mem_new_aligned(16, 1);
    TVN_ASSERT(b != NULL); /* only the one */
    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_mem_new_aligned(16, 1) == NULL);
    tvn_mem_fail_after(0);
    tvn_mem_fail_after(-1);
    tvn_mem_free(b, 1, 1);
    b = tvn_mem_new(1, 1);
    TVN_ASSERT(b != NULL);
    tvn_mem_free(a, 1, 1);
    tvn_mem_free(b, 1, 1);
}

int
main(void)
{
    test_live_is_exact();
    test_a_product_that_does_not_fit_is_no_memory();
    test_resize_keeps_the_old_and_zeroes_the_new();
    test_the_nth_allocation_fails_once();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
