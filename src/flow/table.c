/* table.c -- rows by key, on base/map.h.
 *
 * The map compares bytes: a string key is its text, any other its canonical
 * memory, which has no padding for the kinds that keys may have. */
#include "flow/table.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/map.h"
#include "base/mem.h"

#include <string.h>

struct tvn_table {
    const struct tvn_type *key;
    const struct tvn_type *answer;
    struct tvn_pool *pool; /* of `none` only */
    struct tvn_image *none;
    struct tvn_arena arena; /* the keys' bytes */
    struct tvn_map rows;    /* struct tvn_image * */
};

static struct tvn_str
key_bytes(const struct tvn_table *table, const uint8_t *data, uint32_t root)
{
    uint32_t where[2];

    if (table->key->kind != TVN_KIND_STRING) {
        return (struct tvn_str){(const char *)data + root, table->key->size};
    }
    memcpy(where, data + root, sizeof(where));
    return (struct tvn_str){(const char *)data + where[0], where[1]};
}

/* The answer for a key that is not there: built once, outside any flow. */
static tvn_err
make_none(struct tvn_table *table)
{
    uint32_t max = table->answer->size + TVN_IMAGE_HEADER + TVN_IMAGE_MIN;
    struct tvn_builder builder;
    tvn_err err;

    table->pool = tvn_pool_new(max, 0);
    if (table->pool == NULL) {
        return TVN_ENOMEM;
    }
    tvn_builder_init(&builder, table->pool);
    err = tvn_builder_begin(&builder, table->answer);
    if (err == TVN_OK) {
        err = tvn_builder_finish(&builder, &table->none);
    }
    tvn_builder_fini(&builder);
    return err;
}

tvn_err
tvn_table_new(const struct tvn_type *key, const struct tvn_type *answer,
    TVN_GIVE struct tvn_table **out)
{
    struct tvn_table *table = tvn_mem_new(1, sizeof(*table));
    tvn_err err;

    if (table == NULL) {
        return TVN_ENOMEM;
    }
    TVN_ASSERT(answer->kind == TVN_KIND_OPTION);
    table->key = key;
    table->answer = answer;
    err = make_none(table);
    if (err != TVN_OK) {
        tvn_table_free(table);
        return err;
    }
    *out = table;
    return TVN_OK;
}

void
tvn_table_free(struct tvn_table *table)
{
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < table->rows.count; i++) {
        tvn_image_unref(table->rows.entries[i].value);
    }
    tvn_map_fini(&table->rows);
    tvn_arena_fini(&table->arena);
    tvn_image_unref(table->none);
    if (table->pool != NULL) {
        tvn_pool_free(table->pool);
    }
    tvn_mem_free(table, 1, sizeof(*table));
}

tvn_err
tvn_table_add(struct tvn_table *table, const uint8_t *key_data,
    uint32_t key_root, TVN_TAKE struct tvn_image **row)
{
    struct tvn_str key = key_bytes(table, key_data, key_root);
    char *copy;
    tvn_err err;

    TVN_ASSERT((*row)->type == table->answer);
    if (tvn_map_find(&table->rows, key) != NULL) {
        return TVN_EINVAL;
    }
    copy = tvn_arena_copy(&table->arena, key.ptr, key.len);
    if (copy == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_map_add(&table->rows, (struct tvn_str){copy, key.len}, *row);
    if (err == TVN_OK) {
        *row = NULL;
    }
    return err;
}

const struct tvn_image *
tvn_table_find(
    const struct tvn_table *table, const uint8_t *key_data, uint32_t key_root)
{
    const struct tvn_image *row =
        tvn_map_find(&table->rows, key_bytes(table, key_data, key_root));

    return row == NULL ? table->none : row;
}

uint64_t
tvn_table_count(const struct tvn_table *table)
{
    return table->rows.count;
}

const struct tvn_type *
tvn_table_key(const struct tvn_table *table)
{
    return table->key;
}

const struct tvn_type *
tvn_table_answer(const struct tvn_table *table)
{
    return table->answer;
}
