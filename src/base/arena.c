/* arena.c -- a list of blocks, bump-allocated; see arena.h. */
#include "base/arena.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

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

char *
tvn_arena_copy(struct tvn_arena *arena, const void *ptr, size_t len)
{
    char *copy = tvn_arena_new(arena, len + 1, 1);

    if (copy != NULL && len > 0) {
        memcpy(copy, ptr, len);
    }
    return copy;
}

struct tvn_str
tvn_arena_str(struct tvn_arena *arena, struct tvn_str text)
{
    return (struct tvn_str){
        tvn_arena_copy(arena, text.ptr, text.len), text.len};
}

char *
tvn_arena_printf(struct tvn_arena *arena, const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    TVN_ASSERT(len >= 0);
    text = tvn_arena_new(arena, (size_t)len + 1, 1);
    if (text != NULL) {
        va_start(args, format);
        (void)vsnprintf(text, (size_t)len + 1, format, args);
        va_end(args);
    }
    return text;
}
