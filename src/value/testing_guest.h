/* testing_guest.h -- a pretend guest for tests: linear memory whose realloc
 * goes upwards and never frees.
 *
 * Header only.  Threads: none. */
#ifndef TVN_VALUE_TESTING_GUEST_H
#define TVN_VALUE_TESTING_GUEST_H

#include "base/assert.h"
#include "base/mem.h"
#include "value/plan.h"

#include <string.h>

struct tvn_testing_guest {
    struct tvn_memory memory; /* first: realloc gets a pointer to it */
    uint64_t size;            /* what refresh tells */
    uint32_t next;            /* where realloc goes on */
    uint32_t calls;           /* of realloc */
};

static inline void
tvn_testing_refresh(struct tvn_memory *memory)
{
    memory->size = ((struct tvn_testing_guest *)(void *)memory)->size;
}

static inline tvn_err
tvn_testing_realloc(
    struct tvn_memory *memory, uint32_t align, uint32_t size, uint32_t *ptr)
{
    struct tvn_testing_guest *guest = (void *)memory;

    guest->calls++;
    guest->next = (guest->next + align - 1) & ~(align - 1);
    if ((uint64_t)guest->next + size > guest->size) {
        return TVN_ETRAP;
    }
    *ptr = guest->next;
    guest->next += size;
    return TVN_OK;
}

/* `size` bytes of 0xA5: what is not written shows.  memory.size starts at 0
 * and is learnt by refresh. */
static inline void
tvn_testing_guest_init(struct tvn_testing_guest *guest, uint32_t size)
{
    *guest = (struct tvn_testing_guest){
        .memory = {.refresh = tvn_testing_refresh,
            .realloc = tvn_testing_realloc},
        .size = size,
        .next = 64,
    };
    guest->memory.base = tvn_mem_new(1, size);
    TVN_ASSERT(guest->memory.base != NULL);
    memset(guest->memory.base, 0xA5, size);
}

static inline void
tvn_testing_guest_fini(struct tvn_testing_guest *guest)
{
    tvn_mem_free(guest->memory.base, 1, (size_t)guest->size);
    *guest = (struct tvn_testing_guest){0};
}

#endif
