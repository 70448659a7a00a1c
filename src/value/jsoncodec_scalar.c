/* jsoncodec_scalar.c -- values from bare text: cells of tables, values in
 * files; see jsoncodec.h. */
#include "base/assert.h"
#include "value/internal.h"
#include "value/jsoncodec_node.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

struct scalar {
    struct tvn_str text;
    struct tvn_builder *builder;
    char *why;
    size_t why_size;
};

static tvn_err refuse(struct scalar *scalar, tvn_err err, const char *format,
    ...) __attribute__((format(printf, 3, 4), cold, noinline));

static tvn_err
refuse(struct scalar *scalar, tvn_err err, const char *format, ...)
{
    va_list args;

    if (scalar->why != NULL) {
        va_start(args, format);
        (void)vsnprintf(scalar->why, scalar->why_size, format, args);
        va_end(args);
    }
    return err;
}

static tvn_err
wrong_type(struct scalar *scalar, const struct tvn_type *type)
{
    struct tvn_buf name = {0};

    tvn_type_print(type, 3, &name);
    (void)refuse(scalar, TVN_EJSON_TYPE, "expected %s, found \"%.*s%s\"",
        tvn_buf_text(&name), scalar->text.len > 40 ? 40 : (int)scalar->text.len,
        scalar->text.ptr == NULL ? "" : scalar->text.ptr,
        scalar->text.len > 40 ? "..." : "");
    tvn_buf_fini(&name);
    return TVN_EJSON_TYPE;
}

/* ------------------------------------------------------------------------
 * Numbers. */

static size_t
skip_digits(struct tvn_str text, size_t at)
{
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
        at++;
    }
    return at;
}

/* sign digits [. digits] [e sign digits] */
static bool
is_number(struct tvn_str text)
{
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    size_t end = skip_digits(text, at);

    if (end == at) {
        return false;
    }
    if (end < text.len && text.ptr[end] == '.') {
        at = end + 1;
        end = skip_digits(text, at);
        if (end == at) {
            return false;
        }
    }
    if (end < text.len && (text.ptr[end] == 'e' || text.ptr[end] == 'E')) {
        at = end + 1;
        at += at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+');
        end = skip_digits(text, at);
        if (end == at) {
            return false;
        }
    }
    return end == text.len;
}

static tvn_err
read_integer(struct scalar *scalar, const struct tvn_type *type, uint8_t *dst)
{
    enum tvn__json_integral integral;
    bool is_negative = false;
    uint64_t rest = 0;
    uint64_t max;
    int64_t min;

    (void)tvn__json_limits(type->kind, &min, &max);
    if (!is_number(scalar->text)) {
        return wrong_type(scalar, type);
    }
    integral = tvn__json_integer(scalar->text, &is_negative, &rest);
    if (integral == TVN__JSON_FRACTION) {
        return wrong_type(scalar, type);
    }
    if (integral == TVN__JSON_TOO_LARGE ||
        (is_negative ? rest > UINT64_C(0) - (uint64_t)min : rest > max)) {
        return refuse(scalar, TVN_EJSON_RANGE,
            "%.*s is out of range (%" PRId64 " to %" PRIu64 ")",
            scalar->text.len > 40 ? 40 : (int)scalar->text.len,
            scalar->text.ptr, min, max);
    }
    tvn__store(dst, type->size, is_negative ? UINT64_C(0) - rest : rest);
    return TVN_OK;
}

/* The text without what JSON does not take: a plus, leading zeros; the sign
 * goes to `*is_negative`. */
static struct tvn_str
without_extras(struct tvn_str text, bool *is_negative)
{
    *is_negative = text.ptr[0] == '-';
    if (text.ptr[0] == '-' || text.ptr[0] == '+') {
        text.ptr++;
        text.len--;
    }
    while (text.len > 1 && text.ptr[0] == '0' && text.ptr[1] >= '0' &&
           text.ptr[1] <= '9') {
        text.ptr++;
        text.len--;
    }
    return text;
}

static tvn_err
read_float(struct scalar *scalar, const struct tvn_type *type, uint8_t *dst)
{
    struct tvn_buf number = {0};
    struct tvn_str digits;
    bool is_negative;
    yyjson_val val;
    double wide = INFINITY;
    float narrow = 0;
    tvn_err err = TVN_OK;

    if (!is_number(scalar->text)) {
        return wrong_type(scalar, type);
    }
    digits = without_extras(scalar->text, &is_negative);
    tvn_buf_append_str(&number, digits);
    tvn_buf_append_byte(&number, '\0');
    if (number.failed) {
        tvn_buf_fini(&number);
        return refuse(scalar, TVN_ENOMEM, "memory ran out");
    }
    if (yyjson_read_number(number.ptr, &val, 0, NULL, NULL) != NULL) {
        wide = yyjson_get_num(&val);
        if (type->kind == TVN_KIND_F32) {
            err = tvn__json_narrow(wide, digits, &narrow);
            wide = isinf(narrow) ? INFINITY : wide;
        }
    }
    tvn_buf_fini(&number);
    if (err != TVN_OK) {
        return refuse(scalar, err, "memory ran out");
    }
    if (isinf(wide)) {
        return refuse(scalar, TVN_EJSON_RANGE, "the number is out of range");
    }
    wide = is_negative ? -wide : wide;
    narrow = is_negative ? -narrow : narrow;
    if (type->kind == TVN_KIND_F32) {
        memcpy(dst, &narrow, sizeof(narrow));
    } else {
        memcpy(dst, &wide, sizeof(wide));
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Text. */

static tvn_err
read_char(struct scalar *scalar, const struct tvn_type *type, uint8_t *dst)
{
    const uint8_t *p = (const uint8_t *)scalar->text.ptr;
    size_t len = scalar->text.len;
    uint32_t value;

    if (len == 0 || len > 4 ||
        len != (p[0] < 0x80      ? 1u
                   : p[0] < 0xE0 ? 2u
                   : p[0] < 0xF0 ? 3u
                                 : 4u)) {
        return wrong_type(scalar, type);
    }
    value = len == 1 ? p[0] : p[0] & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        value = value << 6 | (p[i] & 0x3Fu);
    }
    tvn__store32(dst, value);
    return TVN_OK;
}

/* A string, or the bytes that base64 stands for. */
static tvn_err
read_far(struct scalar *scalar, const struct tvn_type *type, uint32_t at)
{
    struct tvn_builder *builder = scalar->builder;
    struct tvn_str text = scalar->text;
    bool is_bytes = type->kind == TVN_KIND_LIST;
    size_t size = is_bytes ? tvn__base64_size(text.ptr, text.len) : text.len;
    uint32_t offset = 0;
    tvn_err err = tvn_builder_alloc(builder, size, 1, &offset);

    if (err != TVN_OK) {
        return refuse(scalar, err,
            err == TVN_ETOOBIG ? "larger than max-event" : "memory ran out");
    }
    if (is_bytes) {
        if (!tvn__base64_decode(text.ptr, text.len, builder->data + offset)) {
            return refuse(scalar, TVN_EJSON_TYPE, "this is not base64");
        }
    } else if (size > 0) {
        memcpy(builder->data + offset, text.ptr, size);
    }
    tvn__store32(builder->data + at, offset);
    tvn__store32(builder->data + at + 4, (uint32_t)size);
    return TVN_OK;
}

static tvn_err
read_case(struct scalar *scalar, const struct tvn_type *type, uint8_t *dst)
{
    int index = tvn_type_find(type, scalar->text);

    if (index < 0 || type->members[index].type != NULL) {
        return wrong_type(scalar, type);
    }
    tvn__store(dst, type->disc_size, (uint64_t)index);
    return TVN_OK;
}

static tvn_err
read_bare(struct scalar *scalar, const struct tvn_type *type, uint32_t at)
{
    uint8_t *dst = scalar->builder->data + at;

    switch (type->kind) {
    case TVN_KIND_BOOL:
        *dst = tvn_str_is(scalar->text, "true");
        return *dst != 0 || tvn_str_is(scalar->text, "false")
                   ? TVN_OK
                   : wrong_type(scalar, type);
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
        return read_integer(scalar, type, dst);
    case TVN_KIND_F32:
    case TVN_KIND_F64:
        return read_float(scalar, type, dst);
    case TVN_KIND_CHAR:
        return read_char(scalar, type, dst);
    case TVN_KIND_STRING:
        return read_far(scalar, type, at);
    case TVN_KIND_ENUM:
    case TVN_KIND_VARIANT:
    case TVN_KIND_RESULT:
        return read_case(scalar, type, dst);
    case TVN_KIND_OPTION:
        if (scalar->text.len == 0) {
            return TVN_OK;
        }
        *dst = 1;
        return read_bare(
            scalar, type->members[1].type, at + type->payload_offset);
    case TVN_KIND_LIST:
        if (type->elem->kind == TVN_KIND_U8) {
            return read_far(scalar, type, at);
        }
        break;
    case TVN_KIND_RECORD:
    case TVN_KIND_TUPLE:
    case TVN_KIND_FLAGS:
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break;
    }
    return refuse(
        scalar, TVN_EJSON_TYPE, "this type cannot be written as bare text");
}

tvn_err
tvn_json_scalar(const struct tvn_type *type, struct tvn_str text,
    struct tvn_builder *builder, uint32_t at, char *why, size_t why_size)
{
    struct scalar scalar = {text, builder, why, why_size};
    size_t bad = 0;

    TVN_ASSERT(at + (uint64_t)type->size <= builder->size);
    if (!tvn_utf8_valid(text.ptr, text.len, &bad)) {
        return refuse(&scalar, TVN_EUTF8, "not UTF-8 at byte %zu", bad);
    }
    return read_bare(&scalar, type, at);
}
