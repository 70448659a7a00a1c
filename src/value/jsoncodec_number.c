/* jsoncodec_number.c -- numbers and characters of the JSON codec: exact
 * integers, floats rounded once. */
#include "value/internal.h"
#include "value/jsoncodec_read.h"

#include "base/mem.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

/* ------------------------------------------------------------------------
 * Texts of numbers. */

bool
tvn__json_limits(enum tvn_kind kind, int64_t *min, uint64_t *max)
{
    static const struct {
        int64_t min;
        uint64_t max;
    } limits[TVN_KIND_COUNT] = {
        [TVN_KIND_S8] = {INT8_MIN, INT8_MAX},
        [TVN_KIND_U8] = {0, UINT8_MAX},
        [TVN_KIND_S16] = {INT16_MIN, INT16_MAX},
        [TVN_KIND_U16] = {0, UINT16_MAX},
        [TVN_KIND_S32] = {INT32_MIN, INT32_MAX},
        [TVN_KIND_U32] = {0, UINT32_MAX},
        [TVN_KIND_S64] = {INT64_MIN, INT64_MAX},
        [TVN_KIND_U64] = {0, UINT64_MAX},
    };

    *min = limits[kind].min;
    *max = limits[kind].max;
    return *max != 0;
}

/* digits [. digits] [e digits], taken apart.  Digit i is worth 10 to the
 * (point - 1 - i); leading and trailing zeros are not among the digits. */
struct decimal {
    const char *digits; /* with the point among them */
    size_t count;       /* of digits */
    int64_t point;
};

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static struct decimal
take_apart(struct tvn_str number)
{
    struct decimal decimal = {NULL, 0, 0};
    bool is_behind_point = false;
    bool is_small = false;
    int64_t exponent = 0;
    size_t zeros = 0; /* seen since the last other digit */
    size_t i = 0;

    for (; i < number.len && number.ptr[i] != 'e' && number.ptr[i] != 'E';
         i++) {
        char byte = number.ptr[i];

        if (byte == '.') {
            is_behind_point = true;
            continue;
        }
        if (byte != '0' && decimal.digits == NULL) {
            decimal.digits = number.ptr + i;
            zeros = 0;
        }
        if (decimal.digits != NULL) {
            zeros = byte == '0' ? zeros + 1 : 0;
            decimal.count++;
            decimal.point += !is_behind_point;
        } else {
            decimal.point -= is_behind_point;
        }
    }
    decimal.count -= decimal.digits == NULL ? 0 : zeros;
    for (i++; i < number.len; i++) {
        if (is_digit(number.ptr[i]) && exponent < INT32_MAX) {
            exponent = exponent * 10 + (number.ptr[i] - '0');
        }
        is_small |= number.ptr[i] == '-';
    }
    decimal.point += is_small ? -exponent : exponent;
    return decimal;
}

enum tvn__json_integral
tvn__json_integer(struct tvn_str number, bool *is_negative, uint64_t *rest)
{
    struct decimal decimal;
    uint64_t value = 0;
    size_t done = 0;

    *is_negative = number.len > 0 && number.ptr[0] == '-';
    if (number.len > 0 && (number.ptr[0] == '-' || number.ptr[0] == '+')) {
        number.ptr++;
        number.len--;
    }
    decimal = take_apart(number);
    *rest = 0;
    if (decimal.digits == NULL) {
        return TVN__JSON_INTEGRAL;
    }
    if ((int64_t)decimal.count > decimal.point) {
        return TVN__JSON_FRACTION;
    }
    if (decimal.point > 20) {
        return TVN__JSON_TOO_LARGE;
    }
    for (const char *p = decimal.digits; (int64_t)done < decimal.point;) {
        uint64_t digit = 0;

        if (done < decimal.count) {
            if (*p == '.') {
                p++;
                continue;
            }
            digit = (uint64_t)(*p++ - '0');
        }
        if (value > (UINT64_MAX - digit) / 10) {
            return TVN__JSON_TOO_LARGE;
        }
        value = value * 10 + digit;
        done++;
    }
    *rest = value;
    return TVN__JSON_INTEGRAL;
}

bool
tvn__json_needs_text(double wide)
{
    uint64_t bits;

    memcpy(&bits, &wide, sizeof(bits));
    /* half way between two floats, or where floats have fewer bits */
    return (bits & 0x1FFFFFFF) == 0x10000000 ||
           (wide != 0 && fabs(wide) < (double)FLT_MIN);
}

tvn_err
tvn__json_narrow(double wide, struct tvn_str number, float *out)
{
    struct tvn_buf text = {0};
    locale_t plain;
    locale_t before;

    if (!tvn__json_needs_text(wide)) {
        *out = (float)wide;
        return TVN_OK;
    }
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    tvn_buf_append_str(&text, number);
    tvn_buf_append_byte(&text, '\0');
    if (plain != (locale_t)0 && !text.failed) {
        before = uselocale(plain); /* the point is a point there */
        *out = strtof(text.ptr, NULL);
        (void)uselocale(before);
    }
    if (plain != (locale_t)0) {
        freelocale(plain);
    }
    if (text.failed || plain == (locale_t)0) {
        tvn_buf_fini(&text);
        return TVN_ENOMEM;
    }
    tvn_buf_fini(&text);
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Out of documents. */

/* A number that the parser did not make an integer of: 2.0, 1e3, 2^64. */
tvn_err
tvn__json_read_odd_integer(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val, uint8_t *dst)
{
    bool is_negative = false;
    uint64_t rest = 0;

    if (!yyjson_is_num(val) && !yyjson_is_raw(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    switch (tvn__json_integer(tvn__json_text(read, val), &is_negative, &rest)) {
    case TVN__JSON_FRACTION:
        return tvn__json_wrong_type(read, node, val);
    case TVN__JSON_TOO_LARGE:
        return tvn__json_out_of_range(read, node, val);
    case TVN__JSON_INTEGRAL:
        break;
    }
    if (is_negative ? rest > UINT64_C(0) - (uint64_t)node->min
                    : rest > node->max) {
        return tvn__json_out_of_range(read, node, val);
    }
    tvn__store(dst, node->type->size, is_negative ? UINT64_C(0) - rest : rest);
    return TVN_OK;
}

static tvn_err
read_f32(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, double wide, uint8_t *dst)
{
    float narrow = (float)wide;

    if (yyjson_is_uint(val)) {
        narrow = (float)val->uni.u64; /* rounded once */
    } else if (yyjson_is_sint(val) && val->uni.i64 != 0) {
        narrow = (float)val->uni.i64;
    } else if (tvn__json_needs_text(wide)) {
        tvn_err err =
            tvn__json_narrow(wide, tvn__json_text(read, val), &narrow);

        if (err != TVN_OK) {
            return tvn__json_no_room(read, err, val);
        }
    }
    if (isinf(narrow)) {
        return tvn__json_out_of_range(read, node, val);
    }
    memcpy(dst, &narrow, sizeof(narrow));
    return TVN_OK;
}

tvn_err
tvn__json_read_float(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val, uint8_t *dst)
{
    yyjson_val big;
    double wide;

    if (yyjson_is_raw(val)) { /* above 64 bits, or above f64 */
        if (yyjson_read_number(
                unsafe_yyjson_get_raw(val), &big, 0, NULL, NULL) == NULL) {
            return tvn__json_out_of_range(read, node, val);
        }
        wide = yyjson_get_num(&big);
    } else if (yyjson_is_num(val)) {
        wide = yyjson_get_num(val);
        if (yyjson_is_sint(val) && val->uni.i64 == 0) {
            wide = -0.0; /* it was written -0 */
        }
    } else {
        return tvn__json_wrong_type(read, node, val);
    }
    if (node->kind == TVN_KIND_F32) {
        return read_f32(read, node, val, wide, dst);
    }
    memcpy(dst, &wide, sizeof(wide));
    return TVN_OK;
}

tvn_err
tvn__json_read_char(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val, uint8_t *dst)
{
    const uint8_t *p = (const uint8_t *)yyjson_get_str(val);
    size_t len = yyjson_get_len(val);
    uint32_t want;
    uint32_t value;

    if (p == NULL || len == 0) {
        return tvn__json_wrong_type(read, node, val);
    }
    /* it is UTF-8: the first byte tells the length */
    want = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (len != want) {
        return tvn__json_wrong_type(read, node, val);
    }
    value = want == 1 ? p[0] : p[0] & (0xFFu >> (want + 1));
    for (uint32_t i = 1; i < want; i++) {
        value = value << 6 | (p[i] & 0x3Fu);
    }
    tvn__store32(dst, value);
    return TVN_OK;
}
