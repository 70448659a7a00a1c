/* arena.c -- base/arena.h with a block for each allocation, in place of the
 * real one: a sanitizer sees a byte too far, and each allocation may fail. */
#include "base/arena.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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
