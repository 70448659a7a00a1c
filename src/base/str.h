/* str.h -- a borrowed run of bytes with its length, and small text helpers.
 *
 * Not NUL-terminated, may hold any byte.  Threads: any. */
#ifndef TVN_BASE_STR_H
#define TVN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct tvn_str {
    const char *ptr; /* NULL only when len is 0 */
    size_t len;
};

/* For printf: `printf("%.*s", TVN_STR_ARG(s))`. */
#define TVN_STR_ARG(s)   (int)(s).len, (s).ptr == NULL ? "" : (s).ptr
#define TVN_STR(literal) ((struct tvn_str){(literal), sizeof(literal) - 1})

static inline struct tvn_str
tvn_str_of(const char *text)
{
    return (struct tvn_str){text, text == NULL ? 0 : strlen(text)};
}

static inline bool
tvn_str_equal(struct tvn_str a, struct tvn_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
tvn_str_is(struct tvn_str a, const char *text)
{
    return tvn_str_equal(a, tvn_str_of(text));
}

static inline bool
tvn_str_ends(struct tvn_str a, const char *end)
{
    size_t len = strlen(end);

    return a.len >= len && memcmp(a.ptr + a.len - len, end, len) == 0;
}

/* An empty part is in every text. */
bool tvn_str_contains(struct tvn_str text, struct tvn_str part);

/* Number of single-byte insertions, deletions, replacements and swaps of
 * neighbours that turn `a` into `b`; names over 64 bytes count as far apart
 * (SIZE_MAX). */
size_t tvn_str_distance(struct tvn_str a, struct tvn_str b);

/* The candidate nearest to `word`, when it is near enough to be what was
 * meant (distance <= 2, and less than the word's length); else -1. */
int tvn_str_suggest(
    struct tvn_str word, const struct tvn_str *candidates, size_t count);

/* XXH64, seed 0. */
uint64_t tvn_hash64(const void *ptr, size_t len);

/* True when the bytes are well-formed UTF-8 (no overlong form, no surrogate,
 * nothing above U+10FFFF).  On false `*bad` (nullable) is the offset of the
 * first byte of the first ill-formed sequence. */
bool tvn_utf8_valid(const void *ptr, size_t len, size_t *bad);

#endif
