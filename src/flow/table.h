/* table.h -- rows by key: what a guest's `NAME: func(K) -> option<R>` asks.
 *
 * Every row is kept as a value of option<R>, ready to be lowered.  Keys are
 * compared by their canonical bytes.  Immutable once filled; shared between
 * the stages of a process.  Threads: filling, one; finding, any. */
#ifndef TVN_FLOW_TABLE_H
#define TVN_FLOW_TABLE_H

#include "base/error.h"
#include "base/own.h"
#include "value/image.h"
#include "value/type.h"

#include <stdint.h>

struct tvn_table;

/* `key`: bool, integer, char, string or enum; `answer`: option<R>, of which
 * the images are.  TVN_ENOMEM. */
tvn_err tvn_table_new(const struct tvn_type *key, const struct tvn_type *answer,
    TVN_GIVE struct tvn_table **out);
void tvn_table_free(struct tvn_table *table);

/* `key_data`: a value of the key's type, root at key_root.  `row` is of type
 * `answer` (some).  TVN_EINVAL: the key is there already; TVN_ENOMEM. */
tvn_err tvn_table_add(struct tvn_table *table, const uint8_t *key_data,
    uint32_t key_root, TVN_TAKE struct tvn_image **row);

/* The answer for the key: a row, or the table's own `none`. */
const struct tvn_image *tvn_table_find(
    const struct tvn_table *table, const uint8_t *key_data, uint32_t key_root);

uint64_t tvn_table_count(const struct tvn_table *table);
const struct tvn_type *tvn_table_key(const struct tvn_table *table);
const struct tvn_type *tvn_table_answer(const struct tvn_table *table);

#endif
