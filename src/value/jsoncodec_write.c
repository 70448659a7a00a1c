/* jsoncodec_write.c -- images into JSON text; see jsoncodec.h.
 *
 * Keys are there already quoted, with the comma before and the colon behind.
 * Room for what is bounded is made first, then bytes are put without looking;
 * strings look at eight bytes at a time for what must be escaped. */
#include "value/jsoncodec.h"

#include "base/assert.h"
#include "value/copy.h"
#include "value/internal.h"
#include "value/jsoncodec_node.h"

#include <math.h>
#include <stdio.h>

#define NUMBER_MAX 40u /* bytes of any number */

struct write {
    const uint8_t *data;
    struct tvn_buf *out;
    uint64_t bytes; /* out of line */
    struct tvn__json_trail trail;
    struct tvn_json_fault *fault;
};

static tvn_err write_value(
    struct write *write, const struct tvn__json_node *node, uint32_t at);

/* ------------------------------------------------------------------------
 * Bytes. */

static inline bool
room(struct tvn_buf *out, size_t more)
{
    return out->cap - out->len >= more || tvn_buf_reserve(out, more);
}

static inline tvn_err
put(struct tvn_buf *out, const char *ptr, size_t len)
{
    if (!room(out, len)) {
        return TVN_ENOMEM;
    }
    tvn__copy((uint8_t *)out->ptr + out->len, (const uint8_t *)ptr, len);
    out->len += len;
    return TVN_OK;
}

static inline tvn_err
put_byte(struct tvn_buf *out, char byte)
{
    if (!room(out, 1)) {
        return TVN_ENOMEM;
    }
    out->ptr[out->len++] = byte;
    return TVN_OK;
}

static uint32_t
digits_of(uint64_t value)
{
    uint64_t power = 10;
    uint32_t count = 1;

    while (count < 19 && value >= power) {
        power *= 10;
        count++;
    }
    return count + (count == 19 && value >= power);
}

static tvn_err
put_number(struct tvn_buf *out, uint64_t value, bool is_negative)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021"
                                "22232425262728293031323334353637383940414243"
                                "44454647484950515253545556575859606162636465"
                                "66676869707172737475767778798081828384858687"
                                "888990919293949596979899";
    char *to;

    if (!room(out, NUMBER_MAX)) {
        return TVN_ENOMEM;
    }
    if (is_negative) {
        out->ptr[out->len++] = '-';
    }
    out->len += digits_of(value);
    to = out->ptr + out->len;
    while (value >= 100) {
        to -= 2;
        memcpy(to, pairs + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10) {
        memcpy(to - 2, pairs + value * 2, 2);
    } else {
        to[-1] = (char)('0' + value);
    }
    return TVN_OK;
}

static inline tvn_err
put_integer(
    struct tvn_buf *out, const struct tvn__json_node *node, const uint8_t *at)
{
    uint64_t value = tvn__load(at, node->type->size);
    uint32_t shift = 64 - 8 * node->type->size;
    int64_t number = (int64_t)(value << shift) >> shift;

    if (node->min == 0 || number >= 0) {
        return put_number(out, value, false);
    }
    return put_number(out, UINT64_C(0) - (uint64_t)number, true);
}

/* ------------------------------------------------------------------------
 * Strings. */

/* Nonzero when one of the eight bytes must be escaped: below 0x20, a quote
 * or a backslash. */
static inline uint64_t
escapes(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t quote = word ^ ones * '"';
    uint64_t slash = word ^ ones * '\\';
    uint64_t found = (word - ones * 0x20) & ~word;

    found |= (quote - ones) & ~quote;
    found |= (slash - ones) & ~slash;
    return found & ones * 0x80;
}

static inline bool
must_escape(uint8_t byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

/* Writes up to 6 bytes; how many. */
static size_t
escape(char *to, uint8_t byte)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

    to[0] = '\\';
    if (byte >= 0x20) {
        to[1] = (char)byte;
        return 2;
    }
    if (letters[byte] != '\0') {
        to[1] = letters[byte];
        return 2;
    }
    memcpy(to + 1, "u00", 3);
    to[4] = hex[byte >> 4];
    to[5] = hex[byte & 15];
    return 6;
}

/* `len` bytes that begin with a piece without escapes: the piece's length,
 * copied to `to`. */
static inline size_t
copy_plain(char *to, const uint8_t *from, size_t len)
{
    size_t done = 0;
    uint64_t word;

    while (len - done >= sizeof(word)) {
        memcpy(&word, from + done, sizeof(word));
        memcpy(to + done, &word, sizeof(word));
        if (escapes(word) != 0) {
            break;
        }
        done += sizeof(word);
    }
    while (done < len && !must_escape(from[done])) {
        to[done] = (char)from[done];
        done++;
    }
    return done;
}

static tvn_err
put_string(struct tvn_buf *out, const uint8_t *from, size_t len)
{
    if (!room(out, len + 2)) {
        return TVN_ENOMEM;
    }
    out->ptr[out->len++] = '"';
    for (;;) {
        size_t done = copy_plain(out->ptr + out->len, from, len);

        out->len += done;
        if (done == len) {
            break;
        }
        /* what is left, the escape and the closing quote */
        if (!room(out, len - done + 7)) {
            return TVN_ENOMEM;
        }
        out->len += escape(out->ptr + out->len, from[done]);
        from += done + 1;
        len -= done + 1;
    }
    out->ptr[out->len++] = '"';
    return TVN_OK;
}

static tvn_err
put_bytes(struct tvn_buf *out, const uint8_t *from, size_t len)
{
    size_t size = (len + 2) / 3 * 4;

    if (!room(out, size + 2)) {
        return TVN_ENOMEM;
    }
    out->ptr[out->len++] = '"';
    tvn__base64_encode(from, len, out->ptr + out->len);
    out->len += size;
    out->ptr[out->len++] = '"';
    return TVN_OK;
}

static tvn_err
put_char(struct tvn_buf *out, uint32_t value)
{
    uint8_t text[4];

    if (value < 0x80) {
        text[0] = (uint8_t)value;
        return put_string(out, text, 1);
    }
    if (value < 0x800) {
        text[0] = (uint8_t)(0xC0 | value >> 6);
        text[1] = (uint8_t)(0x80 | (value & 0x3F));
        return put_string(out, text, 2);
    }
    if (value < 0x10000) {
        text[0] = (uint8_t)(0xE0 | value >> 12);
        text[1] = (uint8_t)(0x80 | (value >> 6 & 0x3F));
        text[2] = (uint8_t)(0x80 | (value & 0x3F));
        return put_string(out, text, 3);
    }
    text[0] = (uint8_t)(0xF0 | value >> 18);
    text[1] = (uint8_t)(0x80 | (value >> 12 & 0x3F));
    text[2] = (uint8_t)(0x80 | (value >> 6 & 0x3F));
    text[3] = (uint8_t)(0x80 | (value & 0x3F));
    return put_string(out, text, 4);
}

/* ------------------------------------------------------------------------
 * Floats: the shortest text that reads back to the same bits. */

static tvn_err
write_float(
    struct write *write, const struct tvn__json_node *node, const uint8_t *at)
{
    bool is_f32 = node->kind == TVN_KIND_F32;
    char pool[1024];
    yyjson_alc alc;
    yyjson_val val = {0};
    double wide;
    float narrow;
    char *text;
    size_t len = 0;

    memcpy(&wide, at, is_f32 ? 0 : sizeof(wide));
    if (is_f32) {
        memcpy(&narrow, at, sizeof(narrow));
        wide = (double)narrow;
    }
    if (!isfinite(wide)) {
        if (write->fault != NULL) {
            write->fault->byte = 0;
            (void)snprintf(write->fault->text, sizeof(write->fault->text),
                "%s cannot be written: JSON has no NaN or infinity",
                isnan(wide) ? "NaN"
                : wide > 0  ? "infinity"
                            : "-infinity");
            write->fault->help[0] = '\0';
        }
        return TVN_EJSON_RANGE;
    }
    (void)yyjson_set_real(&val, wide);
    (void)yyjson_alc_pool_init(&alc, pool, sizeof(pool));
    text = yyjson_val_write_opts(&val,
        is_f32 ? YYJSON_WRITE_FP_TO_FLOAT : YYJSON_WRITE_NOFLAG, &alc, &len,
        NULL);
    TVN_ASSERT(text != NULL && len <= NUMBER_MAX);
    return put(write->out, text, len);
}

/* ------------------------------------------------------------------------
 * What has parts. */

static __attribute__((cold, noinline)) tvn_err
mark(struct write *write, struct tvn_str key, uint32_t index, tvn_err err)
{
    tvn__json_mark(&write->trail, key, index);
    return err;
}

static tvn_err
write_list(struct write *write, const struct tvn__json_node *node, uint32_t at)
{
    uint32_t first = tvn__load32(write->data + at);
    uint32_t count = tvn__load32(write->data + at + 4);
    uint32_t size = node->type->elem->size;
    tvn_err err;

    write->bytes += (uint64_t)count * size;
    if (node->is_bytes) {
        return put_bytes(write->out, write->data + first, count);
    }
    err = put_byte(write->out, '[');
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        if (i > 0) {
            err = put_byte(write->out, ',');
        }
        if (err == TVN_OK) {
            err = write_value(write, node->elem, first + i * size);
        }
        if (err != TVN_OK) {
            return mark(write, (struct tvn_str){NULL, 0}, i, err);
        }
    }
    return err == TVN_OK ? put_byte(write->out, ']') : err;
}

static tvn_err
write_tuple(struct write *write, const struct tvn__json_node *node, uint32_t at)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn__json_member *member = &node->members[i];

        err = put_byte(write->out, i == 0 ? '[' : ',');
        if (err == TVN_OK) {
            err = write_value(write, member->node, at + member->offset);
        }
        if (err != TVN_OK) {
            return mark(write, (struct tvn_str){NULL, 0}, i, err);
        }
    }
    return put_byte(write->out, ']');
}

static tvn_err
write_record(
    struct write *write, const struct tvn__json_node *node, uint32_t at)
{
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn__json_member *member = &node->members[i];
        size_t start = write->out->len;
        tvn_err err = put(write->out, member->quoted.ptr, member->quoted.len);

        if (err == TVN_OK) {
            if (i == 0) {
                write->out->ptr[start] = '{'; /* where the comma is */
            }
            err = write_value(write, member->node, at + member->offset);
        }
        if (err != TVN_OK) {
            return mark(write, member->key, 0, err);
        }
    }
    return put_byte(write->out, '}');
}

/* The key alone, as a string. */
static tvn_err
put_key(struct tvn_buf *out, const struct tvn__json_member *member)
{
    return put(out, member->quoted.ptr + 1, member->quoted.len - 2);
}

static tvn_err
write_case(struct write *write, const struct tvn__json_node *node, uint32_t at)
{
    uint64_t disc = tvn__load(write->data + at, node->type->disc_size);
    const struct tvn__json_member *member = &node->members[disc];
    size_t start = write->out->len;
    tvn_err err;

    TVN_ASSERT(disc < node->count);
    if (member->node == NULL) {
        return put_key(write->out, member);
    }
    err = put(write->out, member->quoted.ptr, member->quoted.len);
    if (err == TVN_OK) {
        write->out->ptr[start] = '{';
        err = write_value(write, member->node, at + member->offset);
    }
    return err == TVN_OK ? put_byte(write->out, '}')
                         : mark(write, member->key, 0, err);
}

static tvn_err
write_option(
    struct write *write, const struct tvn__json_node *node, uint32_t at)
{
    uint32_t payload = at + node->type->payload_offset;
    tvn_err err;

    if (write->data[at] == 0) {
        return put(write->out, "null", 4);
    }
    if (!node->is_wrapped) {
        return write_value(write, node->elem, payload);
    }
    err = put(write->out, "{\"some\":", 8);
    if (err == TVN_OK) {
        err = write_value(write, node->elem, payload);
    }
    return err == TVN_OK ? put_byte(write->out, '}')
                         : mark(write, TVN_STR("some"), 0, err);
}

static tvn_err
write_flags(struct write *write, const struct tvn__json_node *node, uint32_t at)
{
    uint64_t bits = tvn__load(write->data + at, node->type->size);
    tvn_err err = put_byte(write->out, '[');
    bool any = false;

    for (uint32_t i = 0; err == TVN_OK && i < node->count; i++) {
        if ((bits >> i & 1) != 0) {
            err = any ? put_byte(write->out, ',') : TVN_OK;
            if (err == TVN_OK) {
                err = put_key(write->out, &node->members[i]);
            }
            any = true;
        }
    }
    return err == TVN_OK ? put_byte(write->out, ']') : err;
}

static tvn_err
write_value(struct write *write, const struct tvn__json_node *node, uint32_t at)
{
    const uint8_t *from = write->data + at;

    switch (node->kind) {
    case TVN_KIND_BOOL:
        return *from != 0 ? put(write->out, "true", 4)
                          : put(write->out, "false", 5);
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
        return put_integer(write->out, node, from);
    case TVN_KIND_F32:
    case TVN_KIND_F64:
        return write_float(write, node, from);
    case TVN_KIND_CHAR:
        return put_char(write->out, tvn__load32(from));
    case TVN_KIND_STRING:
        write->bytes += tvn__load32(from + 4);
        return put_string(
            write->out, write->data + tvn__load32(from), tvn__load32(from + 4));
    case TVN_KIND_LIST:
        return write_list(write, node, at);
    case TVN_KIND_RECORD:
        return write_record(write, node, at);
    case TVN_KIND_TUPLE:
        return write_tuple(write, node, at);
    case TVN_KIND_VARIANT:
    case TVN_KIND_ENUM:
    case TVN_KIND_RESULT:
        return write_case(write, node, at);
    case TVN_KIND_FLAGS:
        return write_flags(write, node, at);
    case TVN_KIND_OPTION:
        return write_option(write, node, at);
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break; /* refused when the codec is made */
    }
    return TVN_EINVAL;
}

tvn_err
tvn_jsoncodec_write(struct tvn_jsoncodec *codec, const uint8_t *data,
    uint32_t root, struct tvn_buf *out, uint64_t *bytes,
    struct tvn_json_fault *fault)
{
    size_t start = out->len;
    struct write write;
    tvn_err err;

    write.data = data;
    write.out = out;
    write.bytes = codec->root->type->size;
    write.trail.count = 0;
    write.fault = fault;
    err = write_value(&write, codec->root, root);
    if (err == TVN_OK) {
        *bytes += write.bytes;
        return TVN_OK;
    }
    out->len = start;
    if (fault != NULL) {
        tvn__json_path(&write.trail, fault->path);
        if (err == TVN_ENOMEM) {
            fault->byte = 0;
            fault->help[0] = '\0';
            (void)snprintf(fault->text, sizeof(fault->text), "memory ran out");
        }
    }
    return err;
}
