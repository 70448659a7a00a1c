/* arena_test.c -- zeroed, aligned, staying put, freed at once. */
#include "base/arena.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/rng.h"

static void
test_what_it_hands_out_is_zeroed_aligned_and_stays(void)
{
    struct tvn_arena arena = {0};
    struct tvn_rng rng = {1};
    unsigned char *ptrs[500];
    size_t sizes[500];

    for (int i = 0; i < 500; i++) {
        sizes[i] = 1 + (size_t)tvn_rng_below(&rng, i % 50 == 0 ? 100000 : 300);
        ptrs[i] = tvn_arena_new(&arena, sizes[i], 1);
        TVN_ASSERT((uintptr_t)ptrs[i] % 16 == 0);
        for (size_t k = 0; k < sizes[i]; k++) {
            TVN_ASSERT(ptrs[i][k] == 0);
        }
        memset(ptrs[i], i & 0xFF, sizes[i]);
    }
    for (int i = 0; i < 500; i++) {
        for (size_t k = 0; k < sizes[i]; k++) {
            TVN_ASSERT(ptrs[i][k] == (i & 0xFF));
        }
    }
    tvn_arena_fini(&arena);
    TVN_ASSERT(arena.blocks == NULL && arena.used == 0);
    TVN_ASSERT(tvn_mem_live() == 0);
    tvn_arena_fini(&arena); /* safe twice */
}

static void
test_nothing_and_too_much(void)
{
    struct tvn_arena arena = {0};

    TVN_ASSERT(tvn_arena_new(&arena, 0, 8) != NULL);
    TVN_ASSERT(tvn_arena_new(&arena, SIZE_MAX / 2, 8) == NULL);
    TVN_ASSERT(tvn_arena_new(&arena, 1, 8) != NULL); /* it goes on */
    tvn_arena_fini(&arena);
}

static void
test_texts(void)
{
    struct tvn_arena arena = {0};
    struct tvn_str copy = tvn_arena_str(&arena, TVN_STR("a\0b"));

    TVN_ASSERT(copy.len == 3 && memcmp(copy.ptr, "a\0b", 4) == 0);
    copy = tvn_arena_str(&arena, (struct tvn_str){NULL, 0});
    TVN_ASSERT(copy.ptr != NULL && copy.len == 0 && copy.ptr[0] == '\0');
    TVN_ASSERT(strcmp(tvn_arena_copy(&arena, "xyz", 2), "xy") == 0);
    TVN_ASSERT(strcmp(tvn_arena_printf(&arena, "%d-%s", 7, "x"), "7-x") == 0);
    tvn_arena_fini(&arena);
}

static void
test_out_of_memory(void)
{
    struct tvn_arena arena = {0};

    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_arena_new(&arena, 1, 1) == NULL);
    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_arena_str(&arena, TVN_STR("x")).ptr == NULL);
    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_arena_printf(&arena, "x") == NULL);
    tvn_mem_fail_after(-1);
    TVN_ASSERT(tvn_arena_new(&arena, 1, 1) != NULL);
    tvn_arena_fini(&arena);
}

int
main(void)
{
    test_what_it_hands_out_is_zeroed_aligned_and_stays();
    test_nothing_and_too_much();
    test_texts();
    test_out_of_memory();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
