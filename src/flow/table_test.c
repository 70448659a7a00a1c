/* table_test.c -- rows by key, keys of every kind. */
#include "flow/table.h"

#include "base/assert.h"
#include "base/mem.h"
#include "value/testing.h"

#define ANSWER "option<record { n: u32, text: string }>"

struct world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    const struct tvn_type *answer;
};

static void
open_world(struct world *world)
{
    *world = (struct world){
        .types = tvn_types_new(), .pool = tvn_pool_new(4096, 4096)};
    TVN_ASSERT(world->types != NULL && world->pool != NULL);
    tvn_builder_init(&world->builder, world->pool);
    world->answer = tvn_testing_parse(world->types, ANSWER);
}

static void
close_world(struct world *world)
{
    tvn_builder_fini(&world->builder);
    tvn_pool_free(world->pool);
    tvn_types_free(world->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* some({n, ""}) */
static struct tvn_image *
row_of(struct world *world, uint32_t n)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(&world->builder, world->answer) == TVN_OK);
    world->builder.data[0] = 1;
    memcpy(world->builder.data + world->answer->payload_offset, &n, sizeof(n));
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    return image;
}

/* The row's number, or -1. */
static int64_t
number_at(const struct tvn_table *table, const uint8_t *key, uint32_t root)
{
    const struct tvn_image *found = tvn_table_find(table, key, root);
    uint32_t n;

    TVN_ASSERT(found != NULL && found->type == tvn_table_answer(table));
    if (found->data[0] == 0) {
        return -1;
    }
    memcpy(&n, found->data + found->type->payload_offset, sizeof(n));
    return n;
}

/* Keys of one size that differ in any one byte are different keys, also when
 * their root is somewhere behind other data. */
static void
test_keys_of_every_kind(void)
{
    static const char *const kinds[] = {
        "bool", "u8", "s16", "u32", "s64", "u64", "char", "enum { a, b, c }"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct world world;
        struct tvn_table *table = NULL;
        struct tvn_image *row;
        const struct tvn_type *key;
        uint8_t bytes[32] = {0};

        open_world(&world);
        key = tvn_testing_parse(world.types, kinds[i]);
        TVN_ASSERT(tvn_table_new(key, world.answer, &table) == TVN_OK);
        TVN_ASSERT(tvn_table_key(table) == key);
        for (uint32_t k = 0; k < key->size; k++) {
            bytes[8 + k] = 1;
            row = row_of(&world, k);
            TVN_ASSERT(tvn_table_add(table, bytes, 8, &row) == TVN_OK);
            TVN_ASSERT(row == NULL);
            bytes[8 + k] = 0;
        }
        TVN_ASSERT(tvn_table_count(table) == key->size);
        TVN_ASSERT(number_at(table, bytes, 8) == -1);
        for (uint32_t k = 0; k < key->size; k++) {
            bytes[16 + k] = 1;
            bytes[16 + key->size] = 0xA5; /* not part of it */
            TVN_ASSERT(number_at(table, bytes, 16) == k);
            bytes[16 + k] = 0;
        }
        tvn_table_free(table);
        close_world(&world);
    }
}

/* A string's key is its text, wherever it stands, NULs included. */
static void
test_keys_of_text(void)
{
    /* {offset, length} at 0, the text behind it */
    static const struct {
        uint8_t data[24];
        uint32_t root;
        int64_t found;
    } rows[] = {
        {{8, 0, 0, 0, 2, 0, 0, 0, 'U', 'A'}, 0, 0},
        {{0, 0, 0, 0, 13, 0, 0, 0, 2, 0, 0, 0, 0, 'U', 'A'}, 4, 0},
        {{0, 0, 0, 0, 0, 0, 0, 0}, 0, 1},
        {{8, 0, 0, 0, 3, 0, 0, 0, 'U', 'A', 0}, 0, 2},
        {{8, 0, 0, 0, 1, 0, 0, 0, 'U', 'A'}, 0, -1},
        {{8, 0, 0, 0, 2, 0, 0, 0, 'U', 'a'}, 0, -1},
    };
    struct world world;
    struct tvn_table *table = NULL;
    struct tvn_image *row;

    open_world(&world);
    TVN_ASSERT(tvn_table_new(tvn_testing_scalar(world.types, TVN_KIND_STRING),
                   world.answer, &table) == TVN_OK);
    for (uint32_t i = 0; i < 4; i++) {
        row = row_of(&world, (uint32_t)rows[i].found);
        TVN_ASSERT(tvn_table_add(table, rows[i].data, rows[i].root, &row) ==
                   (i == 1 ? TVN_EINVAL : TVN_OK));
        TVN_ASSERT((row != NULL) == (i == 1)); /* still ours */
        tvn_image_unref(row);
    }
    TVN_ASSERT(tvn_table_count(table) == 3);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TVN_ASSERT(
            number_at(table, rows[i].data, rows[i].root) == rows[i].found);
    }
    tvn_table_free(table);
    close_world(&world);
}

static void
test_many_rows_keep_their_keys(void)
{
    struct world world;
    struct tvn_table *table = NULL;
    struct tvn_image *row;
    const struct tvn_type *key;

    open_world(&world);
    key = tvn_testing_scalar(world.types, TVN_KIND_U32);
    TVN_ASSERT(tvn_table_new(key, world.answer, &table) == TVN_OK);
    for (uint32_t i = 0; i < 2000; i++) {
        uint32_t at = i * 7; /* gone after this round */

        row = row_of(&world, i);
        TVN_ASSERT(
            tvn_table_add(table, (const uint8_t *)&at, 0, &row) == TVN_OK);
    }
    TVN_ASSERT(tvn_table_count(table) == 2000);
    for (uint32_t i = 0; i < 14000; i++) {
        TVN_ASSERT(number_at(table, (const uint8_t *)&i, 0) ==
                   (i % 7 == 0 ? (int64_t)(i / 7) : -1));
    }
    tvn_table_free(table);
    close_world(&world);
}

static void
test_no_memory(void)
{
    static const uint32_t key = 5;
    struct world world;
    struct tvn_table *table = NULL;
    struct tvn_image *row;
    const struct tvn_type *type;
    tvn_err err = TVN_ENOMEM;

    open_world(&world);
    type = tvn_testing_scalar(world.types, TVN_KIND_U32);
    for (int64_t n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = tvn_table_new(type, world.answer, &table);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT((table != NULL) == (err == TVN_OK));
    }
    row = row_of(&world, 9);
    err = TVN_ENOMEM;
    for (int64_t n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = tvn_table_add(table, (const uint8_t *)&key, 0, &row);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT((row == NULL) == (err == TVN_OK));
        TVN_ASSERT(tvn_table_count(table) == (err == TVN_OK));
    }
    TVN_ASSERT(number_at(table, (const uint8_t *)&key, 0) == 9);
    tvn_table_free(table);
    tvn_table_free(NULL);
    close_world(&world);
}

int
main(void)
{
    test_keys_of_every_kind();
    test_keys_of_text();
    test_many_rows_keep_their_keys();
    test_no_memory();
    return 0;
}
