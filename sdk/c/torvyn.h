/* torvyn.h -- what a stage in C or C++ has: text, join, lists, log, tables.
 *
 * `torvyn build` makes enrich.h of the WIT world `enrich`: its types, and the functions that you
 * write.  It includes this file; your stage includes it.  docs/quickstart.md begins there.
 *
 * Memory: what you are handed is yours to read until you return.  What you return lives until the
 * host has read it: literals, parts of the input, what join() and torvyn_new() made, in any mix.
 * Nothing is freed by hand.  What is to last longer is kept: text_keep, NAME_keep, a table.
 * `torvyn build --debug` shows at the next event what was kept without it. */
#ifndef TORVYN_H
#define TORVYN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __cplusplus
extern "C" {
#endif

/* ---- text ---- */
typedef struct {
    const char *ptr; /* UTF-8, not NUL-terminated */
    size_t len;      /* bytes */
} text;
#define T(literal) ((text){(literal), sizeof(literal) - 1})
static inline text text_of(const char *s) { text t = {s, strlen(s)}; return t; }
bool torvyn_same(const char *a, const char *b, size_t len);
static inline bool text_eq(text a, text b)
    { return a.len == b.len && torvyn_same(a.ptr, b.ptr, a.len); }
static inline bool text_is(text a, const char *s) { return text_eq(a, text_of(s)); }
text text_keep(text value);            /* a copy that lasts until it is dropped */
void text_drop(text kept);             /* frees it; does nothing for any other text */
void text_set(text *kept, text value); /* keeps `value` in its place, drops the old one */

/* join("late by ", minutes, " min"): a text of 1 to 16 pieces, each a text, a C string, a bool, an
 * integer, or a float or double: 120, 0.1, 1e+21, the fewest digits that read back as the same. */

/* n values of `type`, zeroed, in this call's memory: the rows of a list that you return. */
#define torvyn_new(type, n) ((type *)torvyn_new_rows((n), sizeof(type), __alignof__(type)))

/* ---- log: log_debug, log_info, log_warn and log_error take pieces as join does ----
 * The world must say `import torvyn:stage/log@0.1.0;`.  printf works as well: a line is a record
 * (stdout: info, stderr: warn), and is dropped when there is no such import. */
#ifdef TORVYN_LOG
#define TORVYN_LOG_AT(level, ...) torvyn_log(level, join(__VA_ARGS__))
#else
#define TORVYN_LOG_AT(...) \
    do { _Static_assert(0, "add `import torvyn:stage/log@0.1.0;` to the world"); } while (0)
#endif
#define log_debug(...) TORVYN_LOG_AT(0, __VA_ARGS__)
#define log_info(...) TORVYN_LOG_AT(1, __VA_ARGS__)
#define log_warn(...) TORVYN_LOG_AT(2, __VA_ARGS__)
#define log_error(...) TORVYN_LOG_AT(3, __VA_ARGS__)

/* ---- tables: rows kept between calls ----
 *
 *     static struct torvyn_table by_carrier = TABLE(totals, carrier);
 *
 *     totals *t = totals_at(&by_carrier, e->carrier);    found, or new and zeroed
 *     totals *t = totals_find(&by_carrier, e->carrier);  found, or NULL
 *     return totals_take(&by_carrier);                   all out, in the order they came in
 *
 * The key is a text or an integer field of the row, which gets a copy.  Rows never move.  Any
 * other text of a row is kept with text_keep or text_set, and dropped by totals_take.  A key that
 * its field cannot hold is never found; to add it, or a row to a full table, stops the stage. */
#define TABLE(type, field) TABLE_MAX(type, field, 1000000)
#define TABLE_MAX(type, field, max_rows) {sizeof(type), offsetof(type, field), \
    TORVYN_KEY_SIZE(type, field), (max_rows), 0, 0, 0, NULL, NULL}
struct torvyn_table {
    size_t row_size, key_offset;
    int key_size;                   /* bytes of an integer, below 0 with a sign; 0: a text */
    size_t max, count, chunk_count; /* rows; chunks of 64 of them */
    size_t index_size;              /* a power of two, more than twice the rows */
    char **chunks;
    uint32_t *index; /* from a key's hash to its row's number + 1; 0: free */
};
static inline size_t torvyn_table_len(const struct torvyn_table *t) { return t->count; }
static inline void *torvyn_table_row(const struct torvyn_table *t, size_t i) /* as they came in */
    { return t->chunks[i / 64] + i % 64 * t->row_size; }
void torvyn_table_clear(struct torvyn_table *t);

/* ------------------------------------------------------------------------------------------------
 * From here on: what generated code and the macros above stand on. */

/* This call's memory.  It begins anew with the first entry or cabi_realloc after a call is done:
 * by then the host has read the result.  The host finds this struct by its exported name and
 * allocates in it without a call; with TORVYN_DEBUG it does not, and memory of past calls is
 * filled with 0xDD. */
#ifdef TORVYN_DEBUG
#define TORVYN_IS_DEBUG 1
#define torvyn_arena torvyn_arena_debug
#else
#define TORVYN_IS_DEBUG 0
#define torvyn_arena torvyn_arena_v1
#endif
extern struct torvyn_arena {
    char *next, *end;            /* free memory of the chunk in use */
    char *base, *base_end;       /* where a call begins */
    struct torvyn_chunk *chunks; /* more, newest first, when that was too little */
    int is_done;
} torvyn_arena;
void torvyn_reset(void);
void torvyn_seal(void); /* what is there now stays for good: the end of init */
void *torvyn_alloc_slowly(size_t size, size_t align);
void *torvyn_new_rows(size_t count, size_t size, size_t align);
static inline void torvyn_enter(void) { if (torvyn_arena.is_done) torvyn_reset(); }
static inline void torvyn_leave(void) { torvyn_arena.is_done = 1; }
static inline void *torvyn_alloc(size_t size, size_t align)
{
    uintptr_t at = ((uintptr_t)torvyn_arena.next + align - 1) & ~(uintptr_t)(align - 1);

    if (at > (uintptr_t)torvyn_arena.end || size > (uintptr_t)torvyn_arena.end - at)
        return torvyn_alloc_slowly(size, align);
    torvyn_arena.next = (char *)at + size;
    return (void *)at;
}

void *torvyn_keep(size_t size, size_t align); /* kept memory is marked: drop can tell it */
void torvyn_drop(const void *kept);
void torvyn_log_write(unsigned level, const char *ptr, size_t len); /* in the glue */
static inline void torvyn_log(unsigned level, text t) { torvyn_log_write(level, t.ptr, t.len); }
__attribute__((noreturn)) void torvyn_stop(text why);

/* A piece of a join, and the key of a row. */
struct torvyn_piece {
    uint64_t number; /* or a double's bits; 0 in a text.  First: no padding, all writes aligned */
    size_t (*print)(char *out, const struct torvyn_piece *piece); /* <= 32 bytes; NULL: a text */
    text t;
    int real_bits; /* 32: the double was a float; 64; 0: no double */
};
size_t torvyn_print_signed(char *out, const struct torvyn_piece *piece);
size_t torvyn_print_unsigned(char *out, const struct torvyn_piece *piece);
size_t torvyn_print_real(char *out, const struct torvyn_piece *piece);
text torvyn_join(const struct torvyn_piece *pieces, size_t count);
static inline uint64_t torvyn_bits(double x) { uint64_t to; memcpy(&to, &x, sizeof(x)); return to; }
#define TORVYN_PIECE(name, type, ...) static inline struct torvyn_piece torvyn_##name(type x) \
    { struct torvyn_piece piece = {__VA_ARGS__}; return piece; }
TORVYN_PIECE(text, text, 0, NULL, x, 0)
TORVYN_PIECE(string, const char *, 0, NULL, {x, strlen(x)}, 0)
TORVYN_PIECE(bool, bool, 0, NULL, {x ? "true" : "false", x ? 4u : 5u}, 0)
TORVYN_PIECE(signed, int64_t, (uint64_t)x, torvyn_print_signed, {NULL, 0}, 0)
TORVYN_PIECE(unsigned, uint64_t, x, torvyn_print_unsigned, {NULL, 0}, 0)
TORVYN_PIECE(float, float, torvyn_bits((double)x), torvyn_print_real, {NULL, 0}, 32)
TORVYN_PIECE(double, double, torvyn_bits(x), torvyn_print_real, {NULL, 0}, 64)

/* The key by its address: to copy it costs as much as the search.  n: the size of a row. */
void *torvyn_table_look(const struct torvyn_table *t, const struct torvyn_piece *key, size_t n);
void *torvyn_table_add(struct torvyn_table *t, const struct torvyn_piece *key);
static inline void *torvyn_table_find(const struct torvyn_table *t, struct torvyn_piece k, size_t n)
    { return torvyn_table_look(t, &k, n); }
static inline void *torvyn_table_at(struct torvyn_table *t, struct torvyn_piece k, size_t n)
    { void *row = torvyn_table_look(t, &k, n); return row != NULL ? row : torvyn_table_add(t, &k); }

#define TORVYN_TOO_MANY "join takes at most 16 pieces: join two joins"
#ifdef __cplusplus
} /* extern "C" */
static inline struct torvyn_piece torvyn_key(text x) { return torvyn_text(x); }
static inline struct torvyn_piece torvyn_key(const char *x) { return torvyn_string(x); }
static inline struct torvyn_piece torvyn_key(char *x) { return torvyn_string(x); }
static inline struct torvyn_piece torvyn_key(bool x) { return torvyn_bool(x); }
static inline struct torvyn_piece torvyn_key(float x) { return torvyn_float(x); }
static inline struct torvyn_piece torvyn_key(double x) { return torvyn_double(x); }
template <class N> static inline struct torvyn_piece torvyn_key(N x)
{
    static_assert((N)1 / 2 == 0, "a piece is a text, a C string, a number or a bool");
    return (N)-1 < (N)0 ? torvyn_signed((int64_t)x) : torvyn_unsigned((uint64_t)x);
}
template <class... P> static inline text join(const P &...pieces)
{
    static_assert(sizeof...(pieces) <= 16, TORVYN_TOO_MANY);
    const struct torvyn_piece list[] = {torvyn_key(pieces)...};
    return torvyn_join(list, sizeof...(pieces));
}
template <class F> constexpr int torvyn_key_size(const F *)
{
    static_assert((F)1 / 2 == 0, "the key of a table is a text or an integer");
    return (F)-1 < (F)0 ? -(int)sizeof(F) : (int)sizeof(F);
}
template <> constexpr int torvyn_key_size(const text *) { return 0; }
#define TORVYN_KEY_SIZE(type, field) \
    torvyn_key_size((const decltype(((type *)nullptr)->field) *)nullptr)
#else
#define TORVYN_KEY_SIZE(type, field) _Generic(((type *)0)->field, text: 0, signed char: -1, \
    short: -2, int: -4, long: -(int)sizeof(long), long long: -8, unsigned char: 1, \
    unsigned short: 2, unsigned: 4, unsigned long: (int)sizeof(long), unsigned long long: 8)
#define torvyn_key(x) _Generic((x), text: torvyn_text, char *: torvyn_string, \
    const char *: torvyn_string, bool: torvyn_bool, float: torvyn_float, double: torvyn_double, \
    char: torvyn_signed, signed char: torvyn_signed, short: torvyn_signed, int: torvyn_signed, \
    long: torvyn_signed, long long: torvyn_signed, unsigned char: torvyn_unsigned, \
    unsigned short: torvyn_unsigned, unsigned: torvyn_unsigned, unsigned long: torvyn_unsigned, \
    unsigned long long: torvyn_unsigned)(x)
#define TORVYN_1(x) torvyn_key(x)
#define TORVYN_2(x, ...) torvyn_key(x), TORVYN_1(__VA_ARGS__)
#define TORVYN_3(x, ...) torvyn_key(x), TORVYN_2(__VA_ARGS__)
#define TORVYN_4(x, ...) torvyn_key(x), TORVYN_3(__VA_ARGS__)
#define TORVYN_5(x, ...) torvyn_key(x), TORVYN_4(__VA_ARGS__)
#define TORVYN_6(x, ...) torvyn_key(x), TORVYN_5(__VA_ARGS__)
#define TORVYN_7(x, ...) torvyn_key(x), TORVYN_6(__VA_ARGS__)
#define TORVYN_8(x, ...) torvyn_key(x), TORVYN_7(__VA_ARGS__)
#define TORVYN_9(x, ...) torvyn_key(x), TORVYN_8(__VA_ARGS__)
#define TORVYN_10(x, ...) torvyn_key(x), TORVYN_9(__VA_ARGS__)
#define TORVYN_11(x, ...) torvyn_key(x), TORVYN_10(__VA_ARGS__)
#define TORVYN_12(x, ...) torvyn_key(x), TORVYN_11(__VA_ARGS__)
#define TORVYN_13(x, ...) torvyn_key(x), TORVYN_12(__VA_ARGS__)
#define TORVYN_14(x, ...) torvyn_key(x), TORVYN_13(__VA_ARGS__)
#define TORVYN_15(x, ...) torvyn_key(x), TORVYN_14(__VA_ARGS__)
#define TORVYN_16(x, ...) torvyn_key(x), TORVYN_15(__VA_ARGS__)
#define TORVYN_17(...) {sizeof(struct { int i; _Static_assert(0, TORVYN_TOO_MANY); }), 0, {0, 0}, 0}
#define TORVYN_33RD(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, \
    A, B, C, D, E, F, count, ...) count
#define TORVYN_JOIN(count, ...) TORVYN_JOIN2(count, __VA_ARGS__)
#define TORVYN_JOIN2(count, ...) \
    torvyn_join((const struct torvyn_piece[]){TORVYN_##count(__VA_ARGS__)}, count)
#define join(...) TORVYN_JOIN(TORVYN_33RD(__VA_ARGS__, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, \
    17, 17, 17, 17, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), __VA_ARGS__)
#endif

#endif
