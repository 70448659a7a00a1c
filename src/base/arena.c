/* arena.c -- a list of blocks, bump-allocated; see arena.h. */
#include "base/arena.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdint.h>

#define BLOCK_MIN 4096u
#define ALIGN     16u

struct tvn_arena_block {
    struct tvn_arena_block *older;
    size_t size; /* bytes behind this header */
};

_Static_assert(sizeof(struct tvn_arena_block) % ALIGN == 0, "data is aligned");

void
tvn_arena_fini(struct tvn_arena *arena)
{
    while (arena->blocks != NULL) {
        struct tvn_arena_block *block = arena->blocks;

        arena->blocks = block->older;
        tvn_mem_free(block, 1, sizeof(*block) + block->size);
    }
    arena->used = 0;
}

static bool
add_block(struct tvn_arena *arena, size_t need)
{
    size_t size = arena->blocks == NULL ? BLOCK_MIN : arena->blocks->size * 2;
    struct tvn_arena_block *block;

    if (size > 1u << 20) {
        size = 1u << 20; /* past this doubling only wastes the last block */
    }
    if (size < need) {
        size = need;
    }
    block = tvn_mem_new(1, sizeof(*block) + size);
    if (block == NULL) {
        return false;
    }
    block->older = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->used = 0;
    return true;
}

void *
tvn_arena_new(struct tvn_arena *arena, size_t count, size_t size)
{
    size_t need;
    char *ptr;

    TVN_ASSERT(size > 0);
    if (count > (SIZE_MAX / 4) / size) {
        return NULL;
    }
    need = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    if (arena->blocks == NULL || arena->blocks->size - arena->used < need) {
        if (!add_block(arena, need)) {
            return NULL;
        }
    }
    ptr = (char *)(arena->blocks + 1) + arena->used;
    arena->used += need;
    return ptr;
}
