/* arena.h -- memory that is freed all at once: decoders and parsers build
 * into one arena.
 *
 * A zeroed arena is empty and ready; what it hands out is zeroed, aligned to
 * 16, and stays put until fini.  Threads: none. */
#ifndef TVN_BASE_ARENA_H
#define TVN_BASE_ARENA_H

#include "base/str.h"

#include <stddef.h>

struct tvn_arena_block;

struct tvn_arena {
    struct tvn_arena_block *blocks; /* newest first */
    size_t used;                    /* bytes taken of the newest block */
};

/* Frees everything and leaves the arena zeroed. */
void tvn_arena_fini(struct tvn_arena *arena);

/* `count` zeroed items of `size` bytes; NULL when memory is out or the
 * product does not fit.  A count of 0 gives a valid pointer to nothing. */
void *tvn_arena_new(struct tvn_arena *arena, size_t count, size_t size);

/* A copy of the bytes with a NUL behind them; NULL when memory is out. */
char *tvn_arena_copy(struct tvn_arena *arena, const void *ptr, size_t len);
char *tvn_arena_printf(struct tvn_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Copy of `text`, NUL behind it; ptr is NULL when memory is out. */
struct tvn_str tvn_arena_str(struct tvn_arena *arena, struct tvn_str text);

#endif
