/* torvyn_test.c -- sdk/c/torvyn.c under this machine's sanitizers: a call's
 * memory, kept memory, texts. */
#include "sdk/native.h"

static uint64_t seed = 1;

/* ------------------------------------------------------------------------ */

struct block {
    unsigned char *ptr;
    size_t size;
    unsigned char fill;
};

static void
test_a_calls_blocks_are_aligned_apart_and_keep_their_bytes(void)
{
    struct tvn_rng rng = {seed};
    struct block blocks[200];

    for (uint32_t round = 0; round < 300; round++) {
        size_t count = tvn_rng_below(&rng, 200);
        size_t max = tvn_rng_below(&rng, 4) == 0 ? 100000 : 500;

        torvyn_enter();
        for (size_t i = 0; i < count; i++) {
            size_t align = (size_t)1 << tvn_rng_below(&rng, 4);
            struct block *block = &blocks[i];

            block->size = tvn_rng_below(&rng, (uint32_t)max);
            block->fill = (unsigned char)i;
            block->ptr = i % 3 == 0 ? torvyn_alloc(block->size, align)
                                    : cabi_realloc(NULL, 0, align, block->size);
            TVN_ASSERT((uintptr_t)block->ptr % align == 0);
            memset(block->ptr, block->fill, block->size);
        }
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k < blocks[i].size; k++) {
                TVN_ASSERT(blocks[i].ptr[k] == blocks[i].fill);
            }
        }
        torvyn_leave();
    }
    torvyn_enter();
    TVN_ASSERT(torvyn_arena.chunks == NULL);
    torvyn_leave();
}

static void
test_realloc_grows_the_newest_where_it_is(void)
{
    char *a = cabi_realloc(NULL, 0, 1, 10);
    char *b;
    char *c;

    memcpy(a, "0123456789", 10);
    TVN_ASSERT(cabi_realloc(a, 10, 1, 20) == a);
    b = cabi_realloc(NULL, 0, 1, 5);
    c = cabi_realloc(a, 20, 1, 30);
    TVN_ASSERT(c != a && memcmp(c, "0123456789", 10) == 0 && b != c);
    torvyn_leave();
}

static void
test_a_text_grows_to_ten_mebibytes(void)
{
    size_t size = 1;
    char *at = cabi_realloc(NULL, 0, 1, size);

    at[0] = 'a';
    for (; size < 10u << 20; size *= 2) {
        at = cabi_realloc(at, size, 1, size * 2);
        memset(at + size, 'a' + (int)(size % 26), size);
    }
    TVN_ASSERT(at[0] == 'a');
    for (size_t from = 1; from < size; from *= 2) {
        TVN_ASSERT(at[from] == 'a' + (int)(from % 26));
        TVN_ASSERT(at[2 * from - 1] == at[from]);
    }
    torvyn_leave();
}

static size_t
count_chunks(void)
{
    size_t count = 0;

    for (const struct torvyn_chunk *chunk = torvyn_arena.chunks; chunk != NULL;
         chunk = chunk->next) {
        count++;
    }
    return count;
}

static void
test_a_hundred_thousand_texts_are_a_dozen_chunks(void)
{
    torvyn_enter();
    for (uint32_t i = 0; i < 100000; i++) {
        text made = join("output ", i);

        TVN_ASSERT(made.len >= 8 && made.ptr[7] >= '0' && made.ptr[7] <= '9');
    }
    TVN_ASSERT(count_chunks() > 1 && count_chunks() < 12);
    torvyn_leave();
    torvyn_enter();
    TVN_ASSERT(count_chunks() == 0);
    torvyn_leave();
}

static void
make_too_many(void)
{
    (void)torvyn_new(uint64_t, SIZE_MAX / 8 + 2);
}

static void
test_rows_are_zeroed_and_too_many_stop(void)
{
    for (uint32_t round = 0; round < 3; round++) {
        uint64_t *rows;

        torvyn_enter();
        rows = torvyn_new(uint64_t, 5000);
        for (uint32_t i = 0; i < 5000; i++) {
            TVN_ASSERT(rows[i] == 0);
        }
        memset(rows, 0xFF, 5000 * sizeof(*rows));
        torvyn_leave();
    }
    TVN_ASSERT(does_stop(make_too_many));
}

static void
test_what_is_sealed_stays(void)
{
    static char *sealed[20];
    char *a;

    torvyn_enter();
    a = torvyn_alloc(1000, 1);
    memset(a, 'a', 1000);
    torvyn_seal();
    torvyn_leave();
    for (uint32_t i = 0; i < 10; i++) {
        torvyn_enter();
        memset(torvyn_alloc(100000, 8), 'b', 100000);
        memset(torvyn_alloc(60000, 8), 'b', 60000);
        torvyn_leave();
    }
    for (uint32_t i = 0; i < 1000; i++) {
        TVN_ASSERT(a[i] == 'a');
    }
    for (uint32_t i = 0; i < 20; i++) { /* never too little is left */
        torvyn_enter();
        sealed[i] = memset(torvyn_alloc(20000, 1), 'c', 20000);
        torvyn_seal();
        TVN_ASSERT(torvyn_arena.base_end - torvyn_arena.base >= 32 << 10);
        TVN_ASSERT(torvyn_arena.next == torvyn_arena.base);
        torvyn_leave();
    }
    for (uint32_t i = 0; i < 20; i++) {
        TVN_ASSERT(sealed[i][0] == 'c' && sealed[i][19999] == 'c');
    }
}

static void
test_drop_knows_what_was_kept(void)
{
    static const char literal[] __attribute__((aligned(16))) = "a literal";
    text kept = text_keep(T("keep me"));
    text empty = text_keep((text){NULL, 0});
    text again;

    text_drop((text){literal, 9});
    text_drop((text){NULL, 0});
    text_drop((text){torvyn_alloc(32, 16), 32});
    text_drop((text){kept.ptr + 1, 3});
    TVN_ASSERT(text_is(kept, "keep me") && text_is(empty, ""));
    again = text_keep(kept);
    text_set(&kept, (text){kept.ptr + 5, 2}); /* of itself */
    TVN_ASSERT(text_is(kept, "me") && text_is(again, "keep me"));
    text_drop(kept);
    text_drop(again);
    text_drop(empty);
}

/* ------------------------------------------------------------------------ */

static void
test_texts_are_equal_when_their_bytes_are(void)
{
    struct tvn_rng rng = {seed};
    char a[80];
    char b[80];

    for (uint32_t i = 0; i < 100000; i++) {
        size_t len = tvn_rng_below(&rng, 40);
        char *at = a + tvn_rng_below(&rng, 8);
        char *bt = b + tvn_rng_below(&rng, 8);

        for (size_t k = 0; k < len; k++) {
            at[k] = bt[k] = (char)tvn_rng_below(&rng, 256);
        }
        TVN_ASSERT(text_eq((text){at, len}, (text){bt, len}));
        if (len > 0) {
            TVN_ASSERT(!text_eq((text){at, len}, (text){bt, len - 1}));
            bt[tvn_rng_below(&rng, (uint32_t)len)] ^=
                (char)(1 << tvn_rng_below(&rng, 8));
            TVN_ASSERT(!text_eq((text){at, len}, (text){bt, len}));
        }
    }
    TVN_ASSERT(text_eq((text){NULL, 0}, T("")) && !text_is(T("a"), "b"));
}

int
main(void)
{
    seed = seed_of_run();
    test_a_calls_blocks_are_aligned_apart_and_keep_their_bytes();
    test_realloc_grows_the_newest_where_it_is();
    test_a_text_grows_to_ten_mebibytes();
    test_a_hundred_thousand_texts_are_a_dozen_chunks();
    test_rows_are_zeroed_and_too_many_stop();
    test_what_is_sealed_stays();
    test_drop_knows_what_was_kept();
    test_texts_are_equal_when_their_bytes_are();
    return 0;
}
