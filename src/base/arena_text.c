/* arena_text.c -- texts in an arena, by tvn_arena_new alone: a test may put
 * another arena below (tests/support/arena.c). */
#include "base/arena.h"

#include "base/assert.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
