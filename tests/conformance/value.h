/* value.h -- values as a test's JSON has them, into an image.
 *
 *     {"type":"u32","value":"5"}                              numbers are text,
 *     {"type":"f32","value":"1065353216"}                     floats their bits
 *     {"type":"record","value":[["a",{...}]]}
 *     {"type":"variant","value":{"case":"c","payload":{...}}}
 *     {"type":"result","value":{"Ok":{...}}}                  or "Err"
 *     {"type":"option","value":null}
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_CONFORMANCE_VALUE_H
#define TVN_TESTS_CONFORMANCE_VALUE_H

#include "base/assert.h"
#include "value/image.h"
#include "value/type.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Writes `value` at offset `at` of what the builder has begun.  False: it is
 * no value of the type. */
static inline bool value_fill(struct tvn_builder *builder,
    const struct tvn_type *type, const json_t *value, uint32_t at);

static inline struct tvn_str
value_str(const json_t *text)
{
    return (struct tvn_str){json_string_value(text), json_string_length(text)};
}

static inline bool
value_fill_number(struct tvn_builder *builder, const struct tvn_type *type,
    const json_t *value, uint32_t at)
{
    const char *text = json_string_value(value);
    uint64_t bits;

    if (text == NULL) {
        return false;
    }
    bits = text[0] == '-' ? (uint64_t)strtoll(text, NULL, 10)
                          : strtoull(text, NULL, 10);
    memcpy(builder->data + at, &bits, type->size);
    return true;
}

/* A char is its UTF-8. */
static inline bool
value_fill_char(struct tvn_builder *builder, const json_t *value, uint32_t at)
{
    static const uint8_t firsts[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    struct tvn_str text = value_str(value);
    uint32_t code;

    if (text.len == 0 || text.len > 4) {
        return false;
    }
    code = (uint8_t)text.ptr[0] & firsts[text.len];
    for (size_t i = 1; i < text.len; i++) {
        code = code << 6 | ((uint8_t)text.ptr[i] & 0x3F);
    }
    memcpy(builder->data + at, &code, sizeof(code));
    return true;
}

/* Pointer and length of a string or list, whose bytes are at `*offset`. */
static inline bool
value_fill_far(struct tvn_builder *builder, uint32_t size, uint32_t align,
    uint32_t count, uint32_t at, uint32_t *offset)
{
    *offset = 0;
    if (count > 0 &&
        tvn_builder_alloc(builder, (uint64_t)size, align, offset) != TVN_OK) {
        return false;
    }
    memcpy(builder->data + at, offset, sizeof(*offset));
    memcpy(builder->data + at + 4, &count, sizeof(count));
    return true;
}

static inline bool
value_fill_string(struct tvn_builder *builder, const json_t *value, uint32_t at)
{
    struct tvn_str text = value_str(value);
    uint32_t offset;

    if (!json_is_string(value) || !value_fill_far(builder, (uint32_t)text.len,
                                      1, (uint32_t)text.len, at, &offset)) {
        return false;
    }
    if (text.len > 0) {
        memcpy(builder->data + offset, text.ptr, text.len);
    }
    return true;
}

static inline bool
value_fill_list(struct tvn_builder *builder, const struct tvn_type *type,
    const json_t *value, uint32_t at)
{
    uint32_t count = (uint32_t)json_array_size(value);
    uint32_t size = type->elem->size;
    uint32_t offset;
    bool is_good =
        json_is_array(value) && value_fill_far(builder, count * size,
                                    type->elem->align, count, at, &offset);

    for (uint32_t i = 0; is_good && i < count; i++) {
        is_good = value_fill(
            builder, type->elem, json_array_get(value, i), offset + i * size);
    }
    return is_good;
}

/* Fields are pairs of name and value, elements of tuples are values. */
static inline bool
value_fill_fields(struct tvn_builder *builder, const struct tvn_type *type,
    const json_t *value, uint32_t at)
{
    bool is_good =
        json_is_array(value) && json_array_size(value) == type->count;

    for (uint32_t i = 0; is_good && i < type->count; i++) {
        const json_t *field = json_array_get(value, i);

        is_good = value_fill(builder, type->members[i].type,
            type->kind == TVN_KIND_RECORD ? json_array_get(field, 1) : field,
            at + type->members[i].offset);
    }
    return is_good;
}

static inline bool
value_fill_flags(struct tvn_builder *builder, const struct tvn_type *type,
    const json_t *value, uint32_t at)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < json_array_size(value); i++) {
        int number = tvn_type_find(type, value_str(json_array_get(value, i)));

        if (number < 0) {
            return false;
        }
        bits |= UINT32_C(1) << number;
    }
    memcpy(builder->data + at, &bits, type->size);
    return json_is_array(value);
}

static inline bool
value_fill_case(struct tvn_builder *builder, const struct tvn_type *type,
    struct tvn_str name, const json_t *payload, uint32_t at)
{
    int number = tvn_type_find(type, name);

    if (number < 0) {
        return false;
    }
    memcpy(builder->data + at, &number, type->disc_size);
    return type->members[number].type == NULL ||
           value_fill(builder, type->members[number].type, payload,
               at + type->payload_offset);
}

static inline bool
value_fill(struct tvn_builder *builder, const struct tvn_type *type,
    const json_t *value, uint32_t at)
{
    const json_t *inner = json_object_get(value, "value");
    const json_t *ok;

    switch (type->kind) {
    case TVN_KIND_BOOL:
        builder->data[at] = json_is_true(inner);
        return json_is_boolean(inner);
    case TVN_KIND_CHAR:
        return value_fill_char(builder, inner, at);
    case TVN_KIND_STRING:
        return value_fill_string(builder, inner, at);
    case TVN_KIND_LIST:
        return value_fill_list(builder, type, inner, at);
    case TVN_KIND_RECORD:
    case TVN_KIND_TUPLE:
        return value_fill_fields(builder, type, inner, at);
    case TVN_KIND_FLAGS:
        return value_fill_flags(builder, type, inner, at);
    case TVN_KIND_ENUM:
        return value_fill_case(builder, type, value_str(inner), NULL, at);
    case TVN_KIND_VARIANT:
        return value_fill_case(builder, type,
            value_str(json_object_get(inner, "case")),
            json_object_get(inner, "payload"), at);
    case TVN_KIND_OPTION:
        return json_is_null(inner) ||
               value_fill_case(builder, type, TVN_STR("some"), inner, at);
    case TVN_KIND_RESULT:
        ok = json_object_get(inner, "Ok");
        return value_fill_case(builder, type,
            ok != NULL ? TVN_STR("ok") : TVN_STR("error"),
            ok != NULL ? ok : json_object_get(inner, "Err"), at);
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
        return value_fill_number(builder, type, inner, at);
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break; /* no test has one in its arguments */
    }
    return false;
}

#endif
