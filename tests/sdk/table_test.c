/* table_test.c -- tables of sdk/c/torvyn.c against a simple model. */
#include "sdk/native.h"

static uint64_t seed = 1;

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

struct narrow {
    uint8_t id;
};

static void
test_a_row_may_be_its_key(void)
{
    static struct torvyn_table bytes = TABLE_MAX(struct narrow, id, 256);
    size_t size = sizeof(struct narrow);

    for (int i = 0; i < 256; i++) {
        (void)torvyn_table_at(&bytes, torvyn_key(i * 7 % 256), size);
    }
    for (int i = 0; i < 256; i++) {
        struct narrow *row = torvyn_table_find(&bytes, torvyn_key(i), size);

        TVN_ASSERT(row != NULL && row->id == i);
        row = torvyn_table_row(&bytes, (size_t)i);
        TVN_ASSERT(row->id == i * 7 % 256);
    }
}

struct wide {
    text before;
    int8_t s8;
    uint8_t u8;
    int16_t s16;
    uint16_t u16;
    int32_t s32;
    uint32_t u32;
    int64_t s64;
    uint64_t u64;
};

/* Each width at its ends; what a field cannot hold is not there. */
static void
test_keys_are_of_any_width(void)
{
    static struct torvyn_table tables[] = {TABLE(struct wide, s8),
        TABLE(struct wide, u8), TABLE(struct wide, s16),
        TABLE(struct wide, u16), TABLE(struct wide, s32),
        TABLE(struct wide, u32), TABLE(struct wide, s64)};
    static const int64_t keys[] = {0, 1, -1, 5, INT8_MIN, INT8_MAX, UINT8_MAX,
        UINT8_MAX + 1, INT16_MIN, INT16_MAX, UINT16_MAX, UINT16_MAX + 1,
        INT32_MIN, INT32_MAX, UINT32_MAX, (int64_t)UINT32_MAX + 1, INT64_MIN,
        INT64_MAX};
    static struct torvyn_table biggest = TABLE(struct wide, u64);
    size_t size = sizeof(struct wide);

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        unsigned bits = 8u << i / 2;
        bool is_signed = i % 2 == 0;
        int64_t min = is_signed ? INT64_MIN >> (64 - bits) : 0;
        int64_t max = (int64_t)((UINT64_MAX >> (64 - bits)) >> is_signed);
        size_t count = 0;

        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
            struct torvyn_piece key = torvyn_key(keys[k]);
            struct wide *row = torvyn_table_find(&tables[i], key, size);

            TVN_ASSERT(row == NULL);
            if (keys[k] >= min && keys[k] <= max) {
                row = torvyn_table_at(&tables[i], key, size);
                TVN_ASSERT(torvyn_table_find(&tables[i], key, size) == row);
                TVN_ASSERT(torvyn_table_at(&tables[i], key, size) == row);
                TVN_ASSERT(row->before.ptr == NULL);
                count++;
            }
        }
        TVN_ASSERT(torvyn_table_len(&tables[i]) == count && count >= 5);
        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
            TVN_ASSERT(
                (torvyn_table_find(&tables[i], torvyn_key(keys[k]), size) !=
                    NULL) == (keys[k] >= min && keys[k] <= max));
        }
        torvyn_table_clear(&tables[i]);
    }
    TVN_ASSERT(
        ((struct wide *)torvyn_table_at(&biggest, torvyn_key(UINT64_MAX), size))
            ->u64 == UINT64_MAX);
}

static struct torvyn_table few = TABLE_MAX(struct wide, s8, 100);

static void
add_what_does_not_fit(void)
{
    (void)torvyn_table_at(&few, torvyn_key(128), sizeof(struct wide));
}

static void
add_to_a_full_one(void)
{
    for (int i = 0; i < 100; i++) {
        (void)torvyn_table_at(&few, torvyn_key(i), sizeof(struct wide));
    }
    if (torvyn_table_len(&few) == 100) {
        (void)torvyn_table_at(&few, torvyn_key(100), sizeof(struct wide));
    }
}

static void
ask_by_a_text(void)
{
    (void)torvyn_table_find(&few, torvyn_key("1"), sizeof(struct wide));
}

static void
ask_by_a_real(void)
{
    (void)torvyn_table_find(&few, torvyn_key(1.0), sizeof(struct wide));
}

static void
ask_for_another_row(void)
{
    (void)torvyn_table_find(&few, torvyn_key(1), sizeof(struct counted));
}

static void
ask_rightly(void)
{
    (void)torvyn_table_at(&few, torvyn_key(1), sizeof(struct wide));
}

static void
test_what_a_table_cannot_do_stops_the_stage(void)
{
    TVN_ASSERT(does_stop(add_what_does_not_fit));
    TVN_ASSERT(does_stop(add_to_a_full_one));
    TVN_ASSERT(does_stop(ask_by_a_text));
    TVN_ASSERT(does_stop(ask_by_a_real));
    TVN_ASSERT(does_stop(ask_for_another_row));
    TVN_ASSERT(!does_stop(ask_rightly));
}

int
main(void)
{
    seed = seed_of_run();
    test_a_table_is_a_map_in_order_of_insertion();
    test_a_row_may_be_its_key();
    test_keys_are_of_any_width();
    test_what_a_table_cannot_do_stops_the_stage();
    return 0;
}
