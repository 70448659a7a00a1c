/* text.c -- strings of guests that do not have them as UTF-8.
 *
 * In images strings are UTF-8.  What a guest has is checked and measured
 * before the builder gives room for it.
 *
 * On the way into a guest the specification says which calls of its realloc
 * there are: they depend on the encoding that the string had where it came
 * from, as if it were copied from there.  A guest sees those calls, so they
 * are kept to the letter, and so is what is written between them. */
#include "value/plan_code.h"

#include "base/assert.h"
#include "value/copy.h"

#include <inttypes.h>
#include <stdio.h>

/* ------------------------------------------------------------------------
 * Code points. */

static inline uint32_t
unit_at(const uint8_t *src, uint32_t i)
{
    uint16_t unit;

    memcpy(&unit, src + 2 * (size_t)i, sizeof(unit));
    return unit;
}

static inline bool
is_surrogate(uint32_t c)
{
    return c >= 0xD800 && c <= 0xDFFF;
}

/* The code point at unit `*i`, or a surrogate that has no partner. */
static inline uint32_t
next_utf16(const uint8_t *src, uint32_t units, uint32_t *i)
{
    uint32_t first = unit_at(src, (*i)++);
    uint32_t second;

    if (first < 0xD800 || first > 0xDBFF || *i == units) {
        return first;
    }
    second = unit_at(src, *i);
    if (second < 0xDC00 || second > 0xDFFF) {
        return first;
    }
    (*i)++;
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

static inline uint32_t
utf8_size(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static inline uint8_t *
put_utf8(uint8_t *dst, uint32_t c)
{
    uint32_t size = utf8_size(c);

    if (size == 1) {
        *dst = (uint8_t)c;
        return dst + 1;
    }
    for (uint32_t i = size; --i > 0; c >>= 6) {
        dst[i] = (uint8_t)(0x80 | (c & 0x3F));
    }
    dst[0] = (uint8_t)((0xF00u >> size & 0xFF) | c);
    return dst + size;
}

/* Of an image's string: it is UTF-8. */
static inline uint32_t
next_utf8(const uint8_t **src)
{
    const uint8_t *p = *src;
    uint32_t c = *p++;

    if (c >= 0xF0) {
        c = (c & 0x07) << 18 | (p[0] & 0x3Fu) << 12 | (p[1] & 0x3Fu) << 6 |
            (p[2] & 0x3Fu);
        p += 3;
    } else if (c >= 0xE0) {
        c = (c & 0x0F) << 12 | (p[0] & 0x3Fu) << 6 | (p[1] & 0x3Fu);
        p += 2;
    } else if (c >= 0x80) {
        c = (c & 0x1F) << 6 | (p[0] & 0x3Fu);
        p += 1;
    }
    *src = p;
    return c;
}

static inline uint8_t *
put_unit(uint8_t *dst, uint32_t unit)
{
    uint16_t u16 = (uint16_t)unit;

    memcpy(dst, &u16, sizeof(u16));
    return dst + sizeof(u16);
}

/* ------------------------------------------------------------------------
 * Out of guests. */

/* Bytes as UTF-8; `*bad` is the first unit that is none, `units` without. */
static uint32_t
measure_utf16(const uint8_t *src, uint32_t units, uint32_t *bad)
{
    uint32_t len = 0;

    *bad = units;
    for (uint32_t i = 0; i < units;) {
        uint32_t at = i;
        uint32_t c = next_utf16(src, units, &i);

        len += utf8_size(c);
        if (is_surrogate(c) && *bad == units) {
            *bad = at;
        }
    }
    return len;
}

static uint32_t
measure_latin1(const uint8_t *src, uint32_t units)
{
    uint32_t len = units;

    for (uint32_t i = 0; i < units; i++) {
        len += src[i] >> 7;
    }
    return len;
}

static void
write_utf8(uint8_t *dst, const uint8_t *src, uint32_t units, bool is_wide)
{
    for (uint32_t i = 0; i < units;) {
        uint32_t c = is_wide ? next_utf16(src, units, &i) : src[i++];

        dst = put_utf8(dst, c);
    }
}

static __attribute__((format(printf, 2, 3), cold, noinline)) tvn_err
refuse(char *why, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, TVN__WHY_SIZE, format, args);
    va_end(args);
    return TVN_EABI;
}

tvn_err
tvn__text_lift(struct tvn_memory *memory, struct tvn_builder *builder,
    const uint32_t far[2], uint32_t dst, char why[TVN__WHY_SIZE])
{
    bool may_be_both = memory->encoding == TVN_LATIN1_UTF16;
    bool is_wide = !may_be_both || (far[1] & TVN_TEXT_WIDE) != 0;
    uint32_t units = may_be_both ? far[1] & ~TVN_TEXT_WIDE : far[1];
    uint64_t size = tvn__text_bytes(memory->encoding, far[1]);
    uint32_t offset = 0;
    uint32_t bad = units;
    const uint8_t *src;
    uint32_t len;

    if (!TVN_GUEST_CHECK(30, size <= TVN__FAR_MAX)) {
        return refuse(why, "a string of %" PRIu64 " bytes", size);
    }
    if (!TVN_GUEST_CHECK(31, (far[0] & 1) == 0)) {
        return refuse(
            why, "a string at %#" PRIx32 ", not aligned to 2", far[0]);
    }
    if (!TVN_GUEST_CHECK(32, tvn__in_bounds(memory, far[0], size))) {
        return refuse(why,
            "a string at %#" PRIx32 " of %" PRIu64 " bytes is outside the "
            "guest's memory of %" PRIu64 " bytes",
            far[0], size, memory->size);
    }
    src = memory->base + far[0];
    len =
        is_wide ? measure_utf16(src, units, &bad) : measure_latin1(src, units);
    if (!TVN_GUEST_CHECK(33, bad == units)) {
        return refuse(why,
            "is not UTF-16 (0x%04" PRIX32 " at unit %" PRIu32 ")",
            unit_at(src, bad), bad);
    }
    if (len > 0) {
        tvn_err err = tvn__builder_take(builder, len, 1, &offset);

        if (err != TVN_OK) {
            return err;
        }
        write_utf8(builder->data + offset, src, units, is_wide);
    }
    len |= memory->keeps_width && may_be_both && is_wide ? TVN_TEXT_WIDE : 0;
    tvn__store32(builder->data + dst, offset);
    tvn__store32(builder->data + dst + 4, len);
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Into guests. */

struct lowering {
    struct tvn_memory *memory;
    struct tvn_diag *diag;
    const uint8_t *src;
    uint32_t len;
    uint32_t units; /* where it came from */
    uint32_t utf16; /* units as UTF-16 */
    bool is_latin1; /* could be */
    bool is_utf8;   /* where it came from */
    uint32_t ptr;   /* the block in the guest */
    uint32_t size;
};

static tvn_err
take_block(struct lowering *text, uint32_t align, uint32_t size)
{
    text->size = size;
    return tvn__guest_alloc(text->memory, align, size, &text->ptr, text->diag);
}

static tvn_err
resize_block(struct lowering *text, uint32_t align, uint32_t size)
{
    tvn_err err = tvn__guest_resize(text->memory,
        (const uint32_t[]){text->ptr, text->size}, align, size, &text->ptr,
        text->diag);

    text->size = size;
    return err;
}

/* The guest's realloc may have moved the block and grown the memory. */
static inline uint8_t *
block(const struct lowering *text)
{
    return text->memory->base + text->ptr;
}

/* The code points of the string from `src` on. */
static void
write_utf16(const struct lowering *text, const uint8_t *src, uint8_t *dst)
{
    const uint8_t *end = text->src + text->len;

    while (src < end) {
        uint32_t c = next_utf8(&src);

        if (c >= 0x10000) {
            dst = put_unit(dst, 0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + (c & 0x3FF);
        }
        dst = put_unit(dst, c);
    }
}

/* Room as if it were ASCII, and for the worst when it is not. */
static tvn_err
into_utf8(struct lowering *text, uint32_t worst, uint32_t *word)
{
    tvn_err err = take_block(text, 1, text->units);
    uint32_t i = 0;

    if (err != TVN_OK) {
        return err;
    }
    while (i < text->len && text->src[i] < 0x80) {
        i++;
    }
    tvn__copy(block(text), text->src, i);
    *word = text->len;
    if (i == text->len) {
        return TVN_OK;
    }
    err = resize_block(text, 1, worst);
    if (err != TVN_OK) {
        return err;
    }
    tvn__copy(block(text) + i, text->src + i, text->len - i);
    return worst > text->len ? resize_block(text, 1, text->len) : TVN_OK;
}

static tvn_err
into_utf16(struct lowering *text, uint32_t *word)
{
    uint32_t worst = 2 * (text->is_utf8 ? text->len : text->utf16);
    tvn_err err = take_block(text, 2, worst);

    if (err != TVN_OK) {
        return err;
    }
    write_utf16(text, text->src, block(text));
    *word = text->utf16;
    return 2 * text->utf16 < worst ? resize_block(text, 2, 2 * text->utf16)
                                   : TVN_OK;
}

/* `done` characters stand as Latin-1, the next one at `src` cannot.  They are
 * widened where the guest's realloc has put them: what that did with them is
 * the guest's affair. */
static tvn_err
widen_block(
    struct lowering *text, const uint8_t *src, uint32_t done, uint32_t *word)
{
    uint32_t worst = 2 * text->units;
    tvn_err err = resize_block(text, 2, worst);
    uint8_t *dst;

    if (err != TVN_OK) {
        return err;
    }
    dst = block(text);
    for (uint32_t i = done; i-- > 0;) {
        (void)put_unit(dst + 2 * (size_t)i, dst[i]);
    }
    write_utf16(text, src, dst + 2 * (size_t)done);
    *word = text->utf16 | TVN_TEXT_WIDE;
    return worst > 2 * text->utf16 ? resize_block(text, 2, 2 * text->utf16)
                                   : TVN_OK;
}

/* Latin-1 until a character cannot. */
static tvn_err
into_latin1(struct lowering *text, uint32_t *word)
{
    const uint8_t *src = text->src;
    const uint8_t *end = src + text->len;
    tvn_err err = take_block(text, 2, text->units);
    uint32_t done = 0;

    if (err != TVN_OK) {
        return err;
    }
    while (src < end) {
        const uint8_t *at = src;
        uint32_t c = next_utf8(&src);

        if (c > 0xFF) {
            return widen_block(text, at, done, word);
        }
        block(text)[done++] = (uint8_t)c;
    }
    *word = done;
    return done < text->units ? resize_block(text, 2, done) : TVN_OK;
}

/* UTF-16 that had a reason to be: it is likely to have one still. */
static tvn_err
into_probably_utf16(struct lowering *text, uint32_t *word)
{
    tvn_err err = take_block(text, 2, 2 * text->utf16);
    uint8_t *dst;

    if (err != TVN_OK) {
        return err;
    }
    dst = block(text);
    write_utf16(text, text->src, dst);
    *word = text->utf16 | TVN_TEXT_WIDE;
    if (!text->is_latin1) {
        return TVN_OK;
    }
    for (uint32_t i = 0; i < text->utf16; i++) {
        dst[i] = dst[2 * (size_t)i];
    }
    *word = text->utf16;
    return resize_block(text, 1, text->utf16);
}

/* Counts `text->len` bytes. */
static void
measure(struct lowering *text)
{
    uint32_t points = 0;
    uint32_t pairs = 0;
    uint32_t beyond = 0;

    for (uint32_t i = 0; i < text->len; i++) {
        points += (text->src[i] & 0xC0) != 0x80;
        pairs += text->src[i] >= 0xF0;
        beyond |= text->src[i] > 0xC3;
    }
    text->utf16 = points + pairs;
    text->is_latin1 = beyond == 0;
}

tvn_err
tvn__text_lower(struct tvn_memory *memory, const uint8_t *src, uint32_t *word,
    uint32_t *ptr, struct tvn_diag *diag)
{
    struct lowering text = {.memory = memory,
        .diag = diag,
        .src = src,
        .len = *word & ~TVN_TEXT_WIDE,
        .is_utf8 = memory->source == TVN_UTF8};
    bool is_both = memory->source == TVN_LATIN1_UTF16;
    bool was_wide;
    tvn_err err = TVN_OK;

    TVN_ASSERT(is_both || (*word & TVN_TEXT_WIDE) == 0);
    measure(&text);
    was_wide = memory->source == TVN_UTF16 ||
               (is_both && ((*word & TVN_TEXT_WIDE) != 0 || !text.is_latin1));
    text.units = text.is_utf8 ? text.len : text.utf16;
    /* no guest could have handed it over */
    if (text.units > TVN__FAR_MAX >> was_wide) {
        return tvn__too_big((uint64_t)text.units << was_wide, diag);
    }
    switch (memory->encoding) {
    case TVN_UTF8:
        err = into_utf8(&text, text.units * (was_wide ? 3 : 2), word);
        break;
    case TVN_UTF16:
        err = into_utf16(&text, word);
        break;
    case TVN_LATIN1_UTF16:
        err = is_both && was_wide ? into_probably_utf16(&text, word)
                                  : into_latin1(&text, word);
        break;
    }
    *ptr = text.ptr;
    return err;
}
