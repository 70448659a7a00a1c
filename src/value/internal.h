/* internal.h -- what the files of value/ share. */
#ifndef TVN_VALUE_INTERNAL_H
#define TVN_VALUE_INTERNAL_H

#include "base/error.h"
#include "value/image.h"
#include "value/type.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Offsets and lengths need not be aligned for the host. */
static inline uint32_t
tvn__load32(const uint8_t *ptr)
{
    uint32_t value;

    memcpy(&value, ptr, sizeof(value));
    return value;
}

static inline void
tvn__store32(uint8_t *ptr, uint32_t value)
{
    memcpy(ptr, &value, sizeof(value));
}

/* A little-endian number of 1, 2, 4 or 8 bytes. */
static inline uint64_t
tvn__load(const uint8_t *ptr, uint32_t size)
{
    uint64_t u64;
    uint32_t u32;
    uint16_t u16;

    if (size == 1) {
        return *ptr;
    }
    if (size == 2) {
        memcpy(&u16, ptr, sizeof(u16));
        return u16;
    }
    if (size == 4) {
        memcpy(&u32, ptr, sizeof(u32));
        return u32;
    }
    memcpy(&u64, ptr, sizeof(u64));
    return u64;
}

/* The low `size` bytes of `value`. */
static inline void
tvn__store(uint8_t *ptr, uint32_t size, uint64_t value)
{
    uint32_t u32 = (uint32_t)value;
    uint16_t u16 = (uint16_t)value;

    if (size == 1) {
        *ptr = (uint8_t)value;
    } else if (size == 2) {
        memcpy(ptr, &u16, sizeof(u16));
    } else if (size == 4) {
        memcpy(ptr, &u32, sizeof(u32));
    } else {
        memcpy(ptr, &value, sizeof(value));
    }
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "canonical memory is read as the host's own");

/* Blocks of the pool: `image->block`, `clazz` and `pool` are set, refs is 1.
 * `size` bytes of data must fit.  NULL when memory is out. */
struct tvn_image *tvn__pool_take(struct tvn_pool *pool, uint32_t size);

/* Makes room for `size` more bytes behind builder->size + gap. */
tvn_err tvn__builder_grow(struct tvn_builder *builder, uint64_t need);

/* tvn_builder_alloc whose bytes are not zeroed (the gap before them is):
 * for bytes that are written whole at once.  `size` > 0. */
static inline tvn_err
tvn__builder_take(struct tvn_builder *builder, uint64_t size, uint32_t align,
    uint32_t *offset)
{
    uint32_t at = (builder->size + align - 1) & ~(align - 1);
    uint64_t end = at + size;

    if (end > builder->cap) {
        tvn_err err = tvn__builder_grow(builder, end);

        if (err != TVN_OK) {
            return err;
        }
    }
    for (uint32_t i = builder->size; i < at; i++) {
        builder->data[i] = 0;
    }
    builder->size = (uint32_t)end;
    *offset = at;
    return TVN_OK;
}

/* True when every value of number kind `a` is one of number kind `b`. */
bool tvn__kind_widens(enum tvn_kind a, enum tvn_kind b);

#endif
