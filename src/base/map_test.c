/* map_test.c -- finding, order, the first one wins. */
#include "base/map.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdio.h>

#define COUNT 5000

static char names[COUNT][16];

static void
test_everything_is_found_and_in_order(void)
{
    struct tvn_map map = {0};

    TVN_ASSERT(tvn_map_find(&map, TVN_STR("")) == NULL);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "k%d", i);
        TVN_ASSERT(tvn_map_add(&map, tvn_str_of(names[i]), names[i]) == TVN_OK);
    }
    TVN_ASSERT(map.count == COUNT);
    for (int i = 0; i < COUNT; i++) {
        TVN_ASSERT(tvn_map_find(&map, tvn_str_of(names[i])) == names[i]);
        TVN_ASSERT(map.entries[i].value == names[i]);
    }
    TVN_ASSERT(tvn_map_find(&map, TVN_STR("k")) == NULL);
    TVN_ASSERT(tvn_map_find(&map, TVN_STR("k5000")) == NULL);
    tvn_map_fini(&map);
    TVN_ASSERT(map.entries == NULL && map.count == 0);
    tvn_map_fini(&map);
}

static void
test_the_first_one_wins_and_keys_are_bytes(void)
{
    struct tvn_map map = {0};
    int one;
    int two;

    TVN_ASSERT(tvn_map_add(&map, TVN_STR("a\0b"), &one) == TVN_OK);
    TVN_ASSERT(tvn_map_add(&map, TVN_STR("a\0b"), &two) == TVN_OK);
    TVN_ASSERT(tvn_map_add(&map, TVN_STR("a\0c"), &two) == TVN_OK);
    TVN_ASSERT(tvn_map_add(&map, TVN_STR(""), &two) == TVN_OK);
    TVN_ASSERT(map.count == 3);
    TVN_ASSERT(tvn_map_find(&map, TVN_STR("a\0b")) == &one);
    TVN_ASSERT(tvn_map_find(&map, TVN_STR("a\0c")) == &two);
    TVN_ASSERT(tvn_map_find(&map, (struct tvn_str){NULL, 0}) == &two);
    tvn_map_fini(&map);
}

static void
test_every_allocation_may_fail(void)
{
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_map map = {0};
        int added = 0;

        err = TVN_OK;
        tvn_mem_fail_after(n);
        for (int i = 0; err == TVN_OK && i < 100; i++) {
            err = tvn_map_add(&map, tvn_str_of(names[i]), names[i]);
            added += err == TVN_OK;
        }
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        for (int i = 0; i < 100; i++) {
            TVN_ASSERT((tvn_map_find(&map, tvn_str_of(names[i])) != NULL) ==
                       (i < added));
        }
        tvn_map_fini(&map);
    }
}

int
main(void)
{
    test_everything_is_found_and_in_order();
    test_the_first_one_wins_and_keys_are_bytes();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
