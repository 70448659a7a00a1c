/* arena.c -- base/arena.h with a block for each allocation, in place of the
 * real one: a sanitizer sees a byte too far, and each allocation may fail. */
#include "base/arena.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdint.h>

struct tvn_arena_block {
    struct tvn_arena_block *older;
    size_t size; /* bytes behind this header */
};

void
tvn_arena_fini(struct tvn_arena *arena)
{
    while (arena->blocks != NULL) {
        struct tvn_arena_block *block = arena->blocks;

        arena->blocks = block->older;
        tvn_mem_free(block, 1, sizeof(*block) + block->size);
    }
}

void *
tvn_arena_new(struct tvn_arena *arena, size_t count, size_t size)
{
    struct tvn_arena_block *block;

    TVN_ASSERT(size > 0);
    if (count > (SIZE_MAX / 4) / size) {
        return NULL;
    }
    block = tvn_mem_new(1, sizeof(*block) + count * size);
    if (block == NULL) {
        return NULL;
    }
    block->older = arena->blocks;
    block->size = count * size;
    arena->blocks = block;
    return block + 1;
}
