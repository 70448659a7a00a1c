/* reader.c -- numbers, names and errors at a byte; see reader.h. */
#include "component/reader.h"

#include "base/assert.h"
#include "base/buf.h"

#include <stdarg.h>
#include <string.h>

#define QUOTED_MAX 100u

static void
report(struct tvn__decoder *d, tvn_err err, struct tvn_buf *text)
{
    struct tvn_place place = {.path = d->name};

    d->err = tvn_diag_error(d->diag, err, &place, "%s", tvn_buf_text(text));
    tvn_buf_fini(text);
}

void
tvn__malformed(struct tvn__decoder *d, size_t at, const char *format, ...)
{
    struct tvn_buf text = {0};
    va_list args;

    if (!tvn__ok(d)) {
        return;
    }
    tvn_buf_printf(&text, "at byte 0x%zx: ", at);
    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    report(d, TVN_EMALFORMED, &text);
}

void
tvn__limit(struct tvn__decoder *d, size_t at, const char *format, ...)
{
    struct tvn_buf text = {0};
    va_list args;

    if (!tvn__ok(d)) {
        return;
    }
    tvn_buf_printf(&text, "at byte 0x%zx: ", at);
    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    report(d, TVN_ELIMIT, &text);
}

void
tvn__unsupported(struct tvn__decoder *d, const char *format, ...)
{
    struct tvn_buf text = {0};
    va_list args;

    if (!tvn__ok(d)) {
        return;
    }
    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    report(d, TVN_EUNSUPPORTED, &text);
}

void
tvn__no_memory(struct tvn__decoder *d)
{
    struct tvn_place place = {.path = d->name};

    if (tvn__ok(d)) {
        d->err = tvn_diag_error(
            d->diag, TVN_ENOMEM, &place, "memory ran out while decoding");
    }
}

void
tvn__type_error(struct tvn__decoder *d, size_t at, tvn_err err)
{
    if (err == TVN_ENOMEM) {
        tvn__no_memory(d);
    } else if (err == TVN_ELIMIT) {
        tvn__limit(d, at,
            "a type is too large: at most %u members, %u flags, %u levels, "
            "2^28 bytes and %u parts",
            TVN_TYPE_MEMBERS_MAX, TVN_FLAGS_MAX, TVN_TYPE_DEPTH_MAX,
            TVN_TYPE_NODES_MAX);
    } else if (err != TVN_OK) {
        tvn__malformed(d, at,
            "a type has no members, or two of the same name, or one without "
            "a name");
    }
}

void
tvn__clean(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++) {
        if (*c < 0x20 || *c == 0x7f) {
            *c = '?';
        } else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) {
            c[0] = '?'; /* U+0080 to U+009F */
            c[1] = '?';
        }
    }
}

const char *
tvn__quote(struct tvn__decoder *d, struct tvn_str name)
{
    size_t len = name.len < QUOTED_MAX ? name.len : QUOTED_MAX;
    char *text;

    while (len > 0 && len < name.len && (name.ptr[len] & 0xc0) == 0x80) {
        len--; /* not in the middle of a character */
    }
    text = tvn_arena_printf(d->arena, "%.*s%s", (int)len,
        name.ptr == NULL ? "" : name.ptr, len < name.len ? "..." : "");
    if (text == NULL) {
        return "?";
    }
    tvn__clean(text);
    return text;
}

/* ------------------------------------------------------------------------
 * Reading. */

uint8_t
tvn__u8(struct tvn__decoder *d)
{
    if (!tvn__ok(d)) {
        return 0;
    }
    if (d->at >= d->end) {
        tvn__malformed(d, d->at, "the bytes end in the middle of an item");
        return 0;
    }
    return d->bytes[d->at++];
}

uint8_t
tvn__peek(struct tvn__decoder *d)
{
    return tvn__ok(d) && d->at < d->end ? d->bytes[d->at] : 0;
}

/* At most five bytes, the fifth with four bits.  `*last` is the last byte. */
static uint32_t
leb32(struct tvn__decoder *d, uint8_t *last)
{
    size_t start = d->at;
    uint32_t value = 0;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = tvn__u8(d);

        if (shift == 28 && byte > 0x0f) {
            break;
        }
        value |= (uint32_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *last = byte;
            return value;
        }
    }
    tvn__malformed(d, start, "a number does not fit in 32 bits");
    *last = 0;
    return 0;
}

uint32_t
tvn__u32(struct tvn__decoder *d)
{
    uint8_t last;

    return leb32(d, &last);
}

uint32_t
tvn__index33(struct tvn__decoder *d)
{
    size_t start = d->at;
    uint8_t last;
    uint32_t index = leb32(d, &last);

    if ((last & 0x40) != 0) { /* the sign of a signed LEB128 */
        tvn__malformed(d, start, "this is neither a type nor its index");
        return 0;
    }
    return index;
}

void
tvn__skip(struct tvn__decoder *d, size_t len)
{
    if (!tvn__ok(d)) {
        return;
    }
    if (len > d->end - d->at) {
        tvn__malformed(d, d->at, "%zu bytes are missing", len);
        return;
    }
    d->at += len;
}

uint32_t
tvn__count(struct tvn__decoder *d, size_t size_min)
{
    size_t start = d->at;
    uint32_t count = tvn__u32(d);

    if (tvn__ok(d) && count > (d->end - d->at) / size_min) {
        tvn__malformed(d, start, "%u items cannot be in the %zu bytes left",
            (unsigned)count, d->end - d->at);
    }
    return tvn__ok(d) ? count : 0;
}

struct tvn_str
tvn__name(struct tvn__decoder *d)
{
    size_t start = d->at;
    uint32_t len = tvn__u32(d);
    struct tvn_str name = {0};
    size_t from = d->at;
    size_t bad;

    if (tvn__ok(d) && len > d->end - d->at) {
        tvn__malformed(
            d, start, "a name is longer (%u) than its section", (unsigned)len);
    }
    if (tvn__ok(d) && len > TVN__NAME_MAX) {
        tvn__limit(d, start, "a name is longer than %u bytes", TVN__NAME_MAX);
    }
    tvn__skip(d, len);
    if (!tvn__ok(d)) {
        return name;
    }
    if (!tvn_utf8_valid(d->bytes + from, len, &bad)) {
        tvn__malformed(d, from + bad, "a name is not UTF-8");
        return name;
    }
    name = (struct tvn_str){(const char *)(d->bytes + from), len};
    if (d->is_wit) {
        name = tvn_arena_str(d->arena, name);
        if (name.ptr == NULL) {
            tvn__no_memory(d);
            return (struct tvn_str){0};
        }
    }
    return name;
}

/* `name` with the suffix of its version, when it has one. */
static struct tvn_str
with_suffix(struct tvn__decoder *d, struct tvn_str name, struct tvn_str suffix)
{
    char *text;

    if (name.len == 0 || memchr(name.ptr, '@', name.len) == NULL) {
        return name;
    }
    text = tvn__new(d, name.len + suffix.len + 1, 1);
    if (text == NULL) {
        return name;
    }
    memcpy(text, name.ptr, name.len);
    if (suffix.len > 0) {
        memcpy(text + name.len, suffix.ptr, suffix.len);
    }
    return (struct tvn_str){text, name.len + suffix.len};
}

struct tvn_str
tvn__extern_name(struct tvn__decoder *d)
{
    size_t start = d->at;
    uint8_t form = tvn__u8(d);
    struct tvn_str name = tvn__name(d);
    uint32_t count = form == 2 ? tvn__count(d, 2) : 0;

    if (form > 2) {
        tvn__malformed(d, start, "an unknown form of name (0x%02x)", form);
    } else if (tvn__ok(d) && name.len == 0) {
        tvn__malformed(d, start, "a name is empty");
    }
    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        size_t at = d->at;
        uint8_t kind = tvn__u8(d);
        struct tvn_str value = tvn__name(d);

        if (kind == 0) {
            tvn__unsupported(d,
                "'%s' implements '%s' under another name: this version does "
                "not run that",
                tvn__quote(d, name), tvn__quote(d, value));
        } else if (kind == 1) {
            name = with_suffix(d, name, value);
        } else if (kind != 2) {
            tvn__malformed(d, at, "an unknown attribute of a name");
        }
    }
    return name;
}

/* ------------------------------------------------------------------------
 * Memory and bounds. */

void *
tvn__new(struct tvn__decoder *d, size_t count, size_t size)
{
    void *ptr = tvn__ok(d) ? tvn_arena_new(d->arena, count, size) : NULL;

    if (ptr == NULL) {
        tvn__no_memory(d);
    }
    return ptr;
}

void *
tvn__vec_add(struct tvn__decoder *d, struct tvn__vec *vec, size_t size)
{
    if (!tvn__ok(d)) {
        return NULL;
    }
    if (vec->count == vec->cap) {
        uint32_t cap = vec->cap == 0 ? 8 : vec->cap * 2;
        void *items = tvn__new(d, cap, size);

        if (items == NULL) {
            return NULL;
        }
        if (vec->count > 0) {
            memcpy(items, vec->items, vec->count * size);
        }
        vec->items = items;
        vec->cap = cap;
    }
    return (char *)vec->items + (size_t)vec->count++ * size;
}

bool
tvn__spend(struct tvn__decoder *d, uint32_t count)
{
    if (tvn__ok(d) && count > TVN__ITEMS_MAX - d->items) {
        tvn__limit(d, d->at, "more than %u definitions", TVN__ITEMS_MAX);
    }
    if (!tvn__ok(d)) {
        return false;
    }
    d->items += count;
    return true;
}

bool
tvn__enter(struct tvn__decoder *d)
{
    if (tvn__ok(d) && d->depth >= TVN__DEPTH_MAX) {
        tvn__limit(d, d->at, "components or types are nested deeper than %u",
            TVN__DEPTH_MAX);
    }
    if (!tvn__ok(d)) {
        return false;
    }
    d->depth++;
    return true;
}
