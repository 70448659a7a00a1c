/* torvyn_test.c -- sdk/c/torvyn.c on this machine, under its sanitizers: arena,
 * kept memory, join, tables, against simple models. */
#include "base/assert.h"
#include "base/rng.h"

#include <stdlib.h>

/* It is written for clang and wasm32: CMakeLists.txt has what is not asked
 * of it here. */
#define TORVYN_LOG
#include "../../sdk/c/torvyn.c"

unsigned char __heap_base; /* what lies below is never dropped */

static size_t logged;

void
torvyn_log_write(unsigned level, const char *ptr, size_t len)
{
    TVN_ASSERT(level == 2 && len == 7 && memcmp(ptr, "seven 7", 7) == 0);
    logged++;
}

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
test_what_is_sealed_stays(void)
{
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
test_numbers_join_as_printf_prints_them(void)
{
    struct tvn_rng rng = {seed};
    char wanted[128];

    for (uint32_t i = 0; i < 20000; i++) {
        uint64_t bits = tvn_rng_next(&rng) >> tvn_rng_below(&rng, 64);
        int64_t number = (int64_t)(i % 2 == 0 ? bits : 0 - bits);

        torvyn_enter();
        (void)snprintf(wanted, sizeof(wanted), "%lld|%llu|%d|%u|%s",
            (long long)number, (unsigned long long)bits, (int8_t)bits,
            (unsigned)(uint16_t)bits, bits % 2 == 1 ? "true" : "false");
        TVN_ASSERT(text_is(join(number, "|", bits, "|", (int8_t)bits, T("|"),
                               (uint16_t)bits, "|", (bool)(bits % 2 == 1)),
            wanted));
        torvyn_leave();
    }
    TVN_ASSERT(text_is(join(INT64_MIN), "-9223372036854775808"));
    TVN_ASSERT(text_is(join(UINT64_MAX), "18446744073709551615"));
    log_warn("seven ", 7);
    TVN_ASSERT(logged == 1);
}

static void
test_reals_are_the_shortest_that_read_back(void)
{
    struct tvn_rng rng = {seed};

    for (uint32_t i = 0; i < 5000; i++) {
        uint64_t bits = tvn_rng_next(&rng);
        char text_z[64] = {0};
        char shorter[512];
        double value;
        size_t digits = 0;
        text t;

        memcpy(&value, &bits, sizeof(value));
        value = i % 2 == 0 ? value : (double)(int32_t)bits / 1000;
        if (value != value || value - value != 0) {
            continue; /* NaN and infinity do not read back */
        }
        torvyn_enter();
        t = join(value);
        TVN_ASSERT(t.len < 32);
        memcpy(text_z, t.ptr, t.len);
        TVN_ASSERT(strtod(text_z, NULL) == value);
        for (size_t k = 0; text_z[k] != '\0' && text_z[k] != 'e'; k++) {
            digits += text_z[k] >= '0' && text_z[k] <= '9' &&
                      (digits > 0 || text_z[k] != '0');
        }
        if (digits > 1) {
            (void)snprintf(
                shorter, sizeof(shorter), "%.*g", (int)digits - 1, value);
            TVN_ASSERT(
                strtod(shorter, NULL) != value || strlen(shorter) >= t.len);
        }
        torvyn_leave();
    }
    TVN_ASSERT(text_is(join(0.1), "0.1") && text_is(join(2.5f), "2.5"));
}

/* ------------------------------------------------------------------------ */

struct counted {
    text name;
    uint32_t id;
    uint32_t count;
};

static void
test_a_table_is_a_map_in_order_of_insertion(void)
{
    static struct torvyn_table by_name = TABLE(struct counted, name);
    static struct torvyn_table by_id = TABLE(struct counted, id);
    struct tvn_rng rng = {seed};
    uint32_t counts[2000] = {0};
    uint32_t order[2000];
    struct counted *rows[2000];
    size_t size = sizeof(struct counted);

    for (uint32_t round = 0; round < 4; round++) {
        size_t count = 0;

        memset(counts, 0, sizeof(counts));
        for (uint32_t i = 0; i < 10000; i++) {
            uint32_t number =
                (uint32_t)tvn_rng_below(&rng, 1u << (4 + round * 2));
            struct counted *row;
            text key;

            torvyn_enter();
            key = join("key ", number);
            row = torvyn_table_find(&by_name, torvyn_key(key), size);
            TVN_ASSERT((row == NULL) == (counts[number] == 0));
            row = torvyn_table_at(&by_name, torvyn_key(key), size);
            if (counts[number]++ == 0) {
                TVN_ASSERT(row->count == 0 && row->id == 0);
                order[count++] = number;
                rows[number] = row;
                row->id = number;
            }
            TVN_ASSERT(row == rows[number] && text_eq(row->name, key));
            row->count++;
            row = torvyn_table_at(&by_id, torvyn_key(number), size);
            TVN_ASSERT(row->id == number && row->count == counts[number] - 1);
            row->count++;
            torvyn_leave();
        }
        TVN_ASSERT(torvyn_table_len(&by_name) == count);
        for (size_t i = 0; i < count; i++) {
            const struct counted *row = torvyn_table_row(&by_name, i);

            TVN_ASSERT(row->id == order[i] && row->count == counts[order[i]]);
            row = torvyn_table_row(&by_id, i);
            TVN_ASSERT(row->id == order[i]);
        }
        torvyn_table_clear(&by_name);
        torvyn_table_clear(&by_id);
        TVN_ASSERT(
            torvyn_table_find(&by_name, torvyn_key("key 1"), size) == NULL);
    }
}

int
main(void)
{
    const char *given = getenv("TVN_SEED");

    seed = given == NULL ? 1 : strtoull(given, NULL, 0);
    (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    test_a_calls_blocks_are_aligned_apart_and_keep_their_bytes();
    test_realloc_grows_the_newest_where_it_is();
    test_what_is_sealed_stays();
    test_drop_knows_what_was_kept();
    test_numbers_join_as_printf_prints_them();
    test_reals_are_the_shortest_that_read_back();
    test_a_table_is_a_map_in_order_of_insertion();
    return 0;
}
