/* jsoncodec_read.h -- one record being read, and how to refuse it: what the
 * files that read JSON share.
 *
 * All tvn__json_no_* and the like are cold: they fill in read->fault, when
 * there is one, and return the error's code. */
#ifndef TVN_VALUE_JSONCODEC_READ_H
#define TVN_VALUE_JSONCODEC_READ_H

#include "value/jsoncodec_node.h"

struct tvn__json_read {
    struct tvn_jsoncodec *codec;
    struct tvn_builder *builder;
    yyjson_val *first; /* the document's values, in the order of the text */
    uint64_t bytes;    /* out of line */
    uint64_t *seen;    /* the free part of codec->seen */
    struct tvn__json_scan scan;
    struct tvn__json_trail trail;
    struct tvn_json_fault *fault; /* nullable */
};

/* The value's text. */
struct tvn_str tvn__json_text(
    struct tvn__json_read *read, const yyjson_val *val);

tvn_err tvn__json_fail(struct tvn__json_read *read, tvn_err err,
    const yyjson_val *val, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/* Adds a level to the path and returns `err`. */
tvn_err tvn__json_at_key(struct tvn__json_read *read, struct tvn_str key,
    tvn_err err) __attribute__((cold));
tvn_err tvn__json_at_index(struct tvn__json_read *read, uint32_t index,
    tvn_err err) __attribute__((cold));

/* `val` is no value of the node's type; a number outside it. */
tvn_err tvn__json_wrong_type(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val) __attribute__((cold));
tvn_err tvn__json_out_of_range(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val) __attribute__((cold));

/* The builder said `err`. */
tvn_err tvn__json_no_room(struct tvn__json_read *read, tvn_err err,
    const yyjson_val *val) __attribute__((cold));

/* No case or flag is called as the string `val` says. */
tvn_err tvn__json_no_case(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val) __attribute__((cold));

tvn_err tvn__json_unknown(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *key) __attribute__((cold));
tvn_err tvn__json_duplicate(struct tvn__json_read *read, yyjson_val *key)
    __attribute__((cold));
tvn_err tvn__json_missing(struct tvn__json_read *read,
    const struct tvn__json_node *node, uint32_t index, yyjson_val *obj)
    __attribute__((cold));

/* ------------------------------------------------------------------------
 * Scalars that take more than a few lines; each writes at `dst`. */

/* A number that the parser did not make an integer of: 2.0, 1e3, 2^64. */
tvn_err tvn__json_read_odd_integer(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val, uint8_t *dst);
tvn_err tvn__json_read_float(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val, uint8_t *dst);
tvn_err tvn__json_read_char(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val, uint8_t *dst);

#endif
