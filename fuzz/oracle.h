/* oracle.h -- for fuzz targets: is what lies in a guest's memory a value of
 * its type?  CanonicalABI.md's load and lift_flat, written down once more
 * without plans.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FUZZ_ORACLE_H
#define TVN_FUZZ_ORACLE_H

#include "value/plan.h"

#include <string.h>

/* What the guest's table has at a handle. */
struct oracle_handle {
    const struct tvn_resource *resource; /* NULL: none, no more */
    bool is_own, is_lent;
};

struct oracle {
    const struct tvn_memory *memory;
    struct oracle_handle handles[16];
    uint32_t fuel; /* steps left; at 0 the answer means nothing */
};

static inline bool
oracle_fits(const struct oracle *o, uint32_t ptr, uint32_t align, uint64_t size)
{
    return ptr % align == 0 && ptr + size <= o->memory->size;
}

static inline bool
oracle_utf8(const uint8_t *at, uint32_t len)
{
    for (uint32_t i = 0; i < len;) {
        uint32_t more = at[i] < 0x80   ? 0
                        : at[i] < 0xE0 ? 1
                        : at[i] < 0xF0 ? 2
                                       : 3;
        uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        uint32_t c = more == 0 ? at[i] : at[i] & (0x3Fu >> more);

        if ((at[i] >= 0x80 && at[i] < 0xC0) || at[i] >= 0xF8 ||
            len - i <= more) {
            return false;
        }
        for (uint32_t k = 1; k <= more; k++) {
            if ((at[i + k] & 0xC0) != 0x80) {
                return false;
            }
            c = c << 6 | (at[i + k] & 0x3F);
        }
        if (c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) {
            return false;
        }
        i += 1 + more;
    }
    return true;
}

static inline bool
oracle_utf16(const uint8_t *at, uint32_t units)
{
    for (uint32_t i = 0; i < units; i++) {
        uint8_t kind = at[2 * i + 1] & 0xFC;

        if (kind == 0xDC || (kind == 0xD8 && i + 1 == units)) {
            return false;
        }
        if (kind == 0xD8 && (at[2 * ++i + 1] & 0xFC) != 0xDC) {
            return false;
        }
    }
    return true;
}

static inline bool
oracle_string(const struct oracle *o, uint32_t ptr, uint32_t len)
{
    enum tvn_encoding encoding = o->memory->encoding;
    const uint8_t *at = o->memory->base + ptr;
    bool is_wide = encoding == TVN_UTF16;

    if (encoding == TVN_LATIN1_UTF16) {
        is_wide = len >> 31 != 0;
        len &= 0x7FFFFFFF;
    }
    if (!oracle_fits(o, ptr, encoding == TVN_UTF8 ? 1 : 2,
            is_wide ? 2 * (uint64_t)len : len)) {
        return false;
    }
    return is_wide ? oracle_utf16(at, len)
                   : encoding != TVN_UTF8 || oracle_utf8(at, len);
}

static inline bool
oracle_handle(struct oracle *o, const struct tvn_type *type, uint32_t handle)
{
    struct oracle_handle *entry = &o->handles[handle % 16];

    if (handle >= 16 || entry->resource != type->resource) {
        return false;
    }
    if (type->kind == TVN_KIND_BORROW) {
        entry->is_lent = true;
        return true;
    }
    if (!entry->is_own || entry->is_lent) {
        return false;
    }
    entry->resource = NULL;
    return true;
}

static inline bool
oracle_scalar(struct oracle *o, const struct tvn_type *type, uint32_t bits)
{
    if (type->resource != NULL) {
        return oracle_handle(o, type, bits);
    }
    return type->kind != TVN_KIND_CHAR ||
           (bits < 0x110000 && (bits < 0xD800 || bits > 0xDFFF));
}

static inline bool oracle_load(
    struct oracle *o, const struct tvn_type *type, uint32_t ptr);

static inline bool
oracle_far(
    struct oracle *o, const struct tvn_type *type, uint32_t ptr, uint32_t len)
{
    bool is_good;

    if (type->kind == TVN_KIND_STRING) {
        return oracle_string(o, ptr, len);
    }
    is_good = oracle_fits(
        o, ptr, type->elem->align, (uint64_t)len * type->elem->size);
    for (uint32_t i = 0; is_good && i < len && o->fuel > 0; i++) {
        is_good = oracle_load(o, type->elem, ptr + i * type->elem->size);
    }
    return is_good;
}

/* At `ptr`, which is in bounds. */
static inline bool
oracle_load(struct oracle *o, const struct tvn_type *type, uint32_t ptr)
{
    const uint8_t *at = o->memory->base + ptr;
    uint32_t words[2] = {0};
    bool is_good = true;

    o->fuel -= o->fuel > 0;
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        memcpy(words, at, 8);
        return oracle_far(o, type, words[0], words[1]);
    }
    if (tvn_type_has_cases(type)) {
        memcpy(words, at, type->disc_size);
        return words[0] < type->count &&
               (type->members[words[0]].type == NULL ||
                   oracle_load(o, type->members[words[0]].type,
                       ptr + type->payload_offset));
    }
    if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; is_good && i < type->count; i++) {
            is_good = oracle_load(
                o, type->members[i].type, ptr + type->members[i].offset);
        }
        return is_good;
    }
    memcpy(words, at, type->size < 4 ? type->size : 4);
    return oracle_scalar(o, type, words[0]);
}

static inline bool
oracle_flat(
    struct oracle *o, const struct tvn_type *type, const union tvn_slot *slots)
{
    const struct tvn_type *active;
    bool is_good = true;

    o->fuel -= o->fuel > 0;
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        return oracle_far(o, type, slots[0].u32, slots[1].u32);
    }
    if (tvn_type_has_cases(type)) {
        if (slots[0].u32 >= type->count) {
            return false;
        }
        active = type->members[slots[0].u32].type;
        return active == NULL || oracle_flat(o, active, slots + 1);
    }
    if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; is_good && i < type->count; i++) {
            is_good = oracle_flat(o, type->members[i].type, slots);
            slots += type->members[i].type->flat_count;
        }
        return is_good;
    }
    return oracle_scalar(o, type, slots[0].u32);
}

#endif
