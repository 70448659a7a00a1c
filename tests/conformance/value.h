/* value.h -- values as a test's JSON has them, as the codec's JSON has them.
 *
 *     {"type":"u32","value":"5"}                              5
 *     {"type":"record","value":[["a",{...}]]}                 {"a":...}
 *     {"type":"variant","value":{"case":"c","payload":{...}}} {"c":...}
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_CONFORMANCE_VALUE_H
#define TVN_TESTS_CONFORMANCE_VALUE_H

#include "base/buf.h"
#include "base/jsonout.h"
#include "value/type.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* False: it is no value of the type, or one that JSON cannot write (NaN). */
static inline bool value_print(
    const struct tvn_type *type, const json_t *value, struct tvn_buf *out);

static inline struct tvn_str
value_str(const json_t *text)
{
    return (struct tvn_str){json_string_value(text), json_string_length(text)};
}

static inline bool
value_print_float(
    const struct tvn_type *type, const char *bits_text, struct tvn_buf *out)
{
    uint64_t bits = strtoull(bits_text, NULL, 10);
    uint32_t low = (uint32_t)bits;
    double value;
    float narrow;

    memcpy(&narrow, &low, sizeof(narrow));
    memcpy(&value, &bits, sizeof(value));
    value = type->kind == TVN_KIND_F32 ? (double)narrow : value;
    if (!isfinite(value)) {
        return false;
    }
    tvn_buf_printf(out, "%.17g", value);
    return true;
}

static inline bool
value_print_scalar(
    const struct tvn_type *type, const json_t *value, struct tvn_buf *out)
{
    if (type->kind == TVN_KIND_BOOL) {
        tvn_buf_append_text(out, json_is_true(value) ? "true" : "false");
        return json_is_boolean(value);
    }
    if (!json_is_string(value)) {
        return false;
    }
    if (type->kind == TVN_KIND_CHAR || type->kind == TVN_KIND_STRING ||
        type->kind == TVN_KIND_ENUM) {
        tvn_json_quote(out, value_str(value));
        return true;
    }
    if (type->kind == TVN_KIND_F32 || type->kind == TVN_KIND_F64) {
        return value_print_float(type, json_string_value(value), out);
    }
    tvn_buf_append_text(out, json_string_value(value));
    return true;
}

/* list, tuple, flags */
static inline bool
value_print_array(
    const struct tvn_type *type, const json_t *value, struct tvn_buf *out)
{
    bool is_good = json_is_array(value);

    tvn_buf_append_byte(out, '[');
    for (size_t i = 0; is_good && i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);

        tvn_buf_append_text(out, i == 0 ? "" : ",");
        if (type->kind == TVN_KIND_FLAGS) {
            tvn_json_quote(out, value_str(item));
        } else if (type->kind == TVN_KIND_LIST) {
            is_good = value_print(type->elem, item, out);
        } else {
            is_good = i < type->count &&
                      value_print(type->members[i].type, item, out);
        }
    }
    tvn_buf_append_byte(out, ']');
    return is_good;
}

static inline bool
value_print_record(
    const struct tvn_type *type, const json_t *value, struct tvn_buf *out)
{
    bool is_good =
        json_is_array(value) && json_array_size(value) == type->count;

    tvn_buf_append_byte(out, '{');
    for (size_t i = 0; is_good && i < type->count; i++) {
        const json_t *field = json_array_get(value, i);

        tvn_buf_append_text(out, i == 0 ? "" : ",");
        tvn_json_quote(out, type->members[i].name);
        tvn_buf_append_byte(out, ':');
        is_good =
            value_print(type->members[i].type, json_array_get(field, 1), out);
    }
    tvn_buf_append_byte(out, '}');
    return is_good;
}

static inline bool
value_print_case(const struct tvn_type *type, struct tvn_str name,
    const json_t *payload, const char *key, struct tvn_buf *out)
{
    int number = tvn_type_find(type, name);
    bool is_good = true;

    if (number < 0) {
        return false;
    }
    if (type->members[number].type == NULL) {
        tvn_json_quote(out, tvn_str_of(key));
        return true;
    }
    tvn_buf_append_byte(out, '{');
    tvn_json_quote(out, tvn_str_of(key));
    tvn_buf_append_byte(out, ':');
    is_good = value_print(type->members[number].type, payload, out);
    tvn_buf_append_byte(out, '}');
    return is_good;
}

static inline bool
value_print_option(
    const struct tvn_type *type, const json_t *value, struct tvn_buf *out)
{
    const struct tvn_type *some = type->members[1].type;
    bool is_nested = some->kind == TVN_KIND_OPTION;
    bool is_good = true;

    if (value == NULL || json_is_null(value)) {
        tvn_buf_append_text(out, "null");
        return true;
    }
    tvn_buf_append_text(out, is_nested ? "{\"some\":" : "");
    is_good = value_print(some, value, out);
    tvn_buf_append_text(out, is_nested ? "}" : "");
    return is_good;
}

static inline bool
value_print(
    const struct tvn_type *type, const json_t *value, struct tvn_buf *out)
{
    const json_t *inner = json_object_get(value, "value");
    const json_t *ok;

    switch (type->kind) {
    case TVN_KIND_RECORD:
        return value_print_record(type, inner, out);
    case TVN_KIND_LIST:
    case TVN_KIND_TUPLE:
    case TVN_KIND_FLAGS:
        return value_print_array(type, inner, out);
    case TVN_KIND_VARIANT:
        ok = json_object_get(inner, "case");
        return json_is_string(ok) && value_print_case(type, value_str(ok),
                                         json_object_get(inner, "payload"),
                                         json_string_value(ok), out);
    case TVN_KIND_OPTION:
        return value_print_option(type, inner, out);
    case TVN_KIND_RESULT:
        ok = json_object_get(inner, "Ok");
        return ok != NULL ? value_print_case(type, TVN_STR("ok"), ok, "ok", out)
                          : value_print_case(type, TVN_STR("error"),
                                json_object_get(inner, "Err"), "err", out);
    case TVN_KIND_BOOL:
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
    case TVN_KIND_F32:
    case TVN_KIND_F64:
    case TVN_KIND_CHAR:
    case TVN_KIND_STRING:
    case TVN_KIND_ENUM:
        return value_print_scalar(type, inner, out);
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break; /* no test has one in its arguments */
    }
    return false;
}

#endif
