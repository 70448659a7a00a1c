/* guest.h -- for fuzz targets: a guest that values are lowered into.  Its
 * realloc moves, lies and traps as an input says, and it knows which of its
 * bytes nobody had a right to change.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FUZZ_GUEST_H
#define TVN_FUZZ_GUEST_H

#include "fuzz/input.h"
#include "value/plan.h"

#define GUEST_SIZE  (16u << 10)
#define GUEST_SMALL (4u << 10) /* what it has at first */

struct guest {
    struct tvn_memory memory; /* first: realloc gets a pointer to it */
    struct input *in;         /* a byte a call */
    uint64_t size;
    uint32_t next;
    uint32_t old, old_size; /* the last block */
    bool lied;              /* that must be noticed */
    bool trapped;
    bool overlaps; /* blocks, from now on */
    bool forgets;  /* what was in a block */
    uint8_t bytes[GUEST_SIZE];
    uint8_t shadow[GUEST_SIZE]; /* where it is no one's: what must be there */
    bool is_given[GUEST_SIZE];
};

static inline void
guest_refresh(struct tvn_memory *memory)
{
    memory->size = ((struct guest *)(void *)memory)->size;
}

static inline void
guest_give(struct guest *guest, uint32_t ptr, uint32_t size)
{
    if (size > 0) {
        memset(guest->is_given + ptr, true, size);
    }
    guest->old = ptr;
    guest->old_size = size;
}

/* Bytes that are no one's from now on. */
static inline void
guest_withdraw(struct guest *guest, uint32_t from, uint32_t to)
{
    for (; from < to && !guest->overlaps; from++) {
        guest->shadow[from] = guest->bytes[from];
        guest->is_given[from] = false;
    }
}

enum guest_manner {
    GUEST_MISALIGNS = 1,
    GUEST_OUTSIDE,
    GUEST_FAR_OUTSIDE,
    GUEST_TRAPS,
    GUEST_OVERLAPS,
    GUEST_AT_END,  /* of the memory, grown as need be */
    GUEST_FORGETS, /* resize only: what the block held */
    GUEST_STAYS,   /* resize only, when there is room */
};

static inline tvn_err
guest_place(struct guest *guest, uint8_t manner, uint32_t align, uint32_t size,
    uint32_t *ptr)
{
    uint64_t next = (guest->next + 8 + align - 1) & ~(uint64_t)(align - 1);
    uint64_t end;

    TVN_ASSERT(!guest->lied && !guest->trapped);
    if (manner == GUEST_TRAPS || next + size > GUEST_SIZE) {
        guest->trapped = true;
        return TVN_ETRAP;
    }
    guest->size = next + size > guest->size ? next + size : guest->size;
    end = (guest->size - size) & ~(uint64_t)(align - 1);
    guest->lied = (manner == GUEST_MISALIGNS && align > 1) ||
                  manner == GUEST_OUTSIDE || manner == GUEST_FAR_OUTSIDE;
    if (guest->lied) {
        *ptr = manner == GUEST_MISALIGNS ? (uint32_t)next + 1
               : manner == GUEST_OUTSIDE ? (uint32_t)end + 8
                                         : 0u - 8;
        return TVN_OK;
    }
    if (manner == GUEST_OVERLAPS) {
        next = 64;
        guest->overlaps = true;
    } else if (manner == GUEST_AT_END && end >= next) {
        next = end;
    }
    guest->next =
        manner == GUEST_OVERLAPS ? guest->next : (uint32_t)next + size;
    *ptr = (uint32_t)next;
    return TVN_OK;
}

static inline tvn_err
guest_realloc(
    struct tvn_memory *memory, uint32_t align, uint32_t size, uint32_t *ptr)
{
    struct guest *guest = (void *)memory;
    tvn_err err;

    TVN_ASSERT(align == 1 || align == 2 || align == 4 || align == 8);
    if (size > GUEST_SIZE) {
        guest->trapped = true;
        return TVN_ETRAP;
    }
    err = guest_place(guest, input_byte(guest->in) % 32, align, size, ptr);
    if (err == TVN_OK && !guest->lied) {
        guest_give(guest, *ptr, size);
    }
    return err;
}

static inline tvn_err
guest_resize(struct tvn_memory *memory, uint32_t old, uint32_t old_size,
    uint32_t align, uint32_t size, uint32_t *ptr)
{
    struct guest *guest = (void *)memory;
    uint8_t manner = input_byte(guest->in) % 32;
    uint8_t kept[GUEST_SIZE];
    tvn_err err = TVN_OK;

    TVN_ASSERT(old == guest->old && old_size == guest->old_size);
    if (size > GUEST_SIZE) {
        guest->trapped = true;
        return TVN_ETRAP;
    }
    if (size <= old_size && manner != GUEST_TRAPS && manner % 2 == 0) {
        *ptr = old; /* it shrinks where it is */
        guest_withdraw(guest, old + size, old + old_size);
    } else {
        memcpy(kept, guest->bytes + old, old_size);
        err = guest_place(guest, manner, align, size, ptr);
        if (err != TVN_OK || guest->lied) {
            return err;
        }
        memset(guest->bytes + old, 0xEE, old_size);
        guest_withdraw(guest, old, old + old_size);
        if (manner == GUEST_FORGETS) {
            guest->forgets = true;
        } else {
            memcpy(
                guest->bytes + *ptr, kept, old_size < size ? old_size : size);
        }
    }
    guest_give(guest, *ptr, size);
    return TVN_OK;
}

static inline void
guest_init(struct guest *guest, struct input *in)
{
    memset(guest, 0, sizeof(*guest));
    memset(guest->bytes, 0xA5, sizeof(guest->bytes));
    memset(guest->shadow, 0xA5, sizeof(guest->shadow));
    guest->memory = (struct tvn_memory){.base = guest->bytes,
        .refresh = guest_refresh,
        .realloc = guest_realloc,
        .resize = guest_resize,
        .guest = guest};
    guest->in = in;
    guest->size = GUEST_SMALL;
    guest->next = 256;
}

/* Nothing was written where nothing was given; what was returned fits. */
static inline void
guest_check(const struct guest *guest, tvn_err err)
{
    TVN_ASSERT(!guest->lied || err == TVN_EABI);
    TVN_ASSERT(!guest->trapped || err == TVN_ETRAP);
    TVN_ASSERT(guest->lied || guest->trapped || err == TVN_OK);
    for (uint32_t i = 0; i < GUEST_SIZE; i++) {
        TVN_ASSERT(guest->is_given[i] || guest->bytes[i] == guest->shadow[i]);
    }
}

#endif
