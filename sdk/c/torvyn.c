/* torvyn.c -- what torvyn.h declares; `torvyn build` links it into every stage. */
#include "torvyn.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- this call's memory ---- */
enum { CHUNK_MIN = 64 << 10, CHUNK_MAX = 1 << 20 };
struct torvyn_chunk { struct torvyn_chunk *next; size_t size; };
static _Alignas(16) char first[CHUNK_MIN];
struct torvyn_arena torvyn_arena = {first, first + CHUNK_MIN, first, first + CHUNK_MIN, NULL, 0};

static void *heap(void *made) /* what an allocation gave */
{
    if (made == NULL)
        __builtin_trap(); /* the host knows that it has refused memory, and says so */
    return made;
}

void torvyn_reset(void)
{
    static struct torvyn_chunk *poisoned; /* freed a call later: nothing new lies there so soon */
    static bool is_odd;
    struct torvyn_arena *a = &torvyn_arena;
    struct torvyn_chunk *dead = a->chunks;

    if (TORVYN_IS_DEBUG) {
        memset(a->base, 0xDD, (size_t)(a->base_end - a->base));
        for (struct torvyn_chunk *chunk = dead; chunk != NULL; chunk = chunk->next)
            memset(chunk + 1, 0xDD, chunk->size - sizeof(*chunk));
        dead = poisoned;
        poisoned = a->chunks;
    }
    for (struct torvyn_chunk *next; dead != NULL; dead = next) {
        next = dead->next;
        free(dead);
    }
    *a = (struct torvyn_arena){a->base, a->base_end, a->base, a->base_end, NULL, 0};
    if (TORVYN_IS_DEBUG && (is_odd = !is_odd)) /* likewise, the two halves in turn */
        a->next += (a->base_end - a->base) / 2;
    else if (TORVYN_IS_DEBUG)
        a->end -= (a->base_end - a->base) / 2;
}

void *torvyn_alloc_slowly(size_t size, size_t align)
{
    struct torvyn_arena *a = &torvyn_arena;
    size_t least = size + sizeof(struct torvyn_chunk) + align;
    size_t room = a->chunks == NULL ? CHUNK_MIN : a->chunks->size * 2;
    struct torvyn_chunk *chunk;

    room = room > CHUNK_MAX ? CHUNK_MAX : room;
    room = room < least ? least : room;
    chunk = heap(least < size ? NULL : malloc(room));
    *chunk = (struct torvyn_chunk){a->chunks, room};
    a->chunks = chunk;
    a->next = (char *)(chunk + 1);
    a->end = (char *)chunk + room;
    return torvyn_alloc(size, align);
}

void torvyn_seal(void)
{
    char *base = torvyn_arena.next, *end = torvyn_arena.end;

    if (end - base < CHUNK_MIN / 2) { /* too little is left */
        base = (char *)heap(malloc(CHUNK_MIN)) + 16; /* torvyn_drop looks in front */
        end = base + CHUNK_MIN - 16;
    }
    torvyn_arena = (struct torvyn_arena){base, end, base, end, NULL, 0};
}

void *torvyn_new_rows(size_t count, size_t size, size_t align)
{
    if (size > 0 && count > SIZE_MAX / size)
        heap(NULL);
    return memset(torvyn_alloc(count * size, align), 0, count * size);
}

void *cabi_realloc(void *old, size_t old_len, size_t align, size_t len)
    __attribute__((export_name("cabi_realloc")));
void *cabi_realloc(void *old, size_t old_len, size_t align, size_t len)
{
    void *made;

    torvyn_enter();
    if (old != NULL && (char *)old + old_len == torvyn_arena.next)
        torvyn_arena.next = old; /* the newest one grows where it is */
    made = torvyn_alloc(len, align);
    return old == NULL || old == made ? made : memmove(made, old, old_len < len ? old_len : len);
}

/* ---- kept memory: a mark in front says that it is ---- */
struct mark { _Alignas(16) uintptr_t word; }; /* KEPT ^ the address behind it */
#define KEPT ((uintptr_t)0x7A3C95E1)
extern unsigned char __heap_base; /* literals and variables lie below */

void *torvyn_keep(size_t size, size_t align)
{
    struct mark *mark = heap(size > SIZE_MAX - 16 ? NULL : malloc(sizeof(*mark) + size));

    (void)align; /* 16 is enough for any value */
    mark->word = KEPT ^ (uintptr_t)(mark + 1);
    return mark + 1;
}

void torvyn_drop(const void *kept)
{
    uintptr_t at = (uintptr_t)kept;
    struct mark *mark = (struct mark *)(at - sizeof(*mark));

    if (at % 16 != 0 || at < (uintptr_t)&__heap_base + 16 || mark->word != (KEPT ^ at))
        return;
    mark->word = 0;
    free(mark);
}

text text_keep(text value)
{
    return (text){memcpy(torvyn_keep(value.len, 1), value.len > 0 ? value.ptr : "", value.len),
        value.len};
}

void text_drop(text kept) { torvyn_drop(kept.ptr); }

void text_set(text *kept, text value)
{
    text old = *kept;

    *kept = text_keep(value); /* first: `value` may be a part of the old one */
    text_drop(old);
}

/* ---- text ---- */
static uint64_t word_of(const char *p, size_t len) /* <= 8 bytes; another for others so many */
{
    uint32_t a = 0, b = 0;

    if (len >= 4) {
        memcpy(&a, p, 4);
        memcpy(&b, p + len - 4, 4);
    } else if (len > 0) {
        a = (unsigned char)p[0];
        b = (uint32_t)(unsigned char)p[len / 2] << 8 | (unsigned char)p[len - 1];
    }
    return (uint64_t)a << 32 | b;
}

bool torvyn_same(const char *a, const char *b, size_t len)
{
    for (; len > 8; a += 8, b += 8, len -= 8)
        if (word_of(a, 8) != word_of(b, 8))
            return false;
    return word_of(a, len) == word_of(b, len);
}

/* ---- join ---- */
size_t torvyn_print_unsigned(char *out, const struct torvyn_piece *piece)
{
    uint64_t value = piece->number;
    char digits[20];
    size_t at = sizeof(digits);

    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    memcpy(out, digits + at, sizeof(digits) - at);
    return sizeof(digits) - at;
}

size_t torvyn_print_signed(char *out, const struct torvyn_piece *piece)
{
    struct torvyn_piece positive = torvyn_unsigned(0 - piece->number);

    *out = '-';
    return piece->number >> 63 != 0 ? 1 + torvyn_print_unsigned(out + 1, &positive)
                                    : torvyn_print_unsigned(out, piece);
}

size_t torvyn_print_real(char *out, const struct torvyn_piece *piece)
{
    bool is_float = piece->real_bits == 32;
    double real, least = is_float ? 1.2e-38 : 2.3e-308; /* nearer to 0 are fewer digits */
    int len, digits = is_float ? 6 : 15;                /* so many read back as they were */

    memcpy(&real, &piece->number, sizeof(real));
    if (real > -1e15 && real < 1e15 && (double)(int64_t)real == real) { /* 1000000, not 1e+06 */
        struct torvyn_piece whole = torvyn_signed((int64_t)real);

        return torvyn_print_signed(out, &whole);
    }
    for (digits = real > -least && real < least ? 1 : digits;; digits++) {
        len = snprintf(out, 32, "%.*g", digits, real);
        if (digits == 17 || (is_float ? (double)strtof(out, NULL) : strtod(out, NULL)) == real)
            return (size_t)len;
    }
}

text torvyn_join(const struct torvyn_piece *pieces, size_t count)
{
    size_t room = 0;
    char *out, *at;

    for (size_t i = 0; i < count; i++)
        room += pieces[i].print == NULL ? pieces[i].t.len : 32;
    out = at = torvyn_alloc(room, 1);
    for (const struct torvyn_piece *piece = pieces; piece < pieces + count; piece++) {
        if (piece->print != NULL)
            at += piece->print(at, piece);
        else if (piece->t.len > 0)
            at = (char *)memcpy(at, piece->t.ptr, piece->t.len) + piece->t.len;
    }
    torvyn_arena.next = at; /* what was not needed */
    return (text){out, (size_t)(at - out)};
}

/* ---- tables ---- */
enum { ROWS = 64 }; /* of a chunk: torvyn_table_row has it too */

static text *text_in(const struct torvyn_table *t, const void *row) /* its key */
{
    return (text *)((uintptr_t)row + t->key_offset);
}

static uint64_t number_in(const struct torvyn_table *t, const void *row)
{
    unsigned spare = 64 - 8 * (unsigned)abs(t->key_size);
    uint64_t number;

    memcpy(&number, (const char *)row + t->key_offset, sizeof(number)); /* chunks have 8 spare */
    number <<= spare;
    return t->key_size < 0 ? (uint64_t)((int64_t)number >> spare) : number >> spare;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash ^= word;
    return (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
}

/* The slot of the index that has the key, or is free for it. */
static inline uint32_t *find_slot(const struct torvyn_table *t, const struct torvyn_piece *key)
{
    uint64_t hash = key->number;
    text left = key->t;

    for (; left.len > 8; left.ptr += 8, left.len -= 8)
        hash = mix(hash, word_of(left.ptr, 8));
    hash = mix(hash, word_of(left.ptr, left.len));
    for (size_t at = (size_t)(hash >> 32);; at++) {
        uint32_t *slot = &t->index[at & (t->index_size - 1)];
        const void *row;

        if (*slot == 0)
            return slot;
        row = torvyn_table_row(t, *slot - 1);
        if (t->key_size == 0 ? text_eq(*text_in(t, row), key->t) : number_in(t, row) == key->number)
            return slot;
    }
}

void *torvyn_table_look(const struct torvyn_table *t, const struct torvyn_piece *key, size_t n)
{
    uint32_t found = t->count == 0 ? 0 : *find_slot(t, key);

    if (t->row_size != n || (t->key_size == 0) != (key->print == NULL) || key->real_bits != 0)
        torvyn_stop(T("a table is asked for another row or key than it has"));
    return found == 0 ? NULL : torvyn_table_row(t, found - 1);
}

static void grow(struct torvyn_table *t)
{
    if (t->count * 2 >= t->index_size) {
        struct torvyn_piece key = {0, NULL, {NULL, 0}, 0};

        t->index_size = t->index_size == 0 ? 2 * ROWS : 2 * t->index_size;
        free(t->index);
        t->index = heap(calloc(t->index_size, sizeof(*t->index)));
        for (uint32_t i = 0; i < t->count; i++) {
            if (t->key_size == 0)
                key.t = *text_in(t, torvyn_table_row(t, i));
            else
                key.number = number_in(t, torvyn_table_row(t, i));
            *find_slot(t, &key) = i + 1;
        }
    }
    if (t->count < t->chunk_count * ROWS)
        return;
    if ((t->chunk_count & (t->chunk_count - 1)) == 0) /* 0, 1, 2, 4, ... */
        t->chunks = heap(realloc(t->chunks, (2 * t->chunk_count + 1) * sizeof(*t->chunks)));
    t->chunks[t->chunk_count++] = heap(malloc(ROWS * t->row_size + sizeof(uint64_t)));
}

void *torvyn_table_add(struct torvyn_table *t, const struct torvyn_piece *key)
{
    char *row;

    if (t->count == t->max)
        torvyn_stop(T("a table is full: see TABLE_MAX"));
    grow(t);
    row = memset(torvyn_table_row(t, t->count), 0, t->row_size);
    memcpy(row + t->key_offset, &key->number, (size_t)abs(t->key_size));
    if (t->key_size == 0)
        *text_in(t, row) = text_keep(key->t);
    else if (number_in(t, row) != key->number)
        torvyn_stop(T("a key is beyond its field in the table"));
    *find_slot(t, key) = (uint32_t)++t->count;
    return row;
}

void torvyn_table_clear(struct torvyn_table *t)
{
    for (size_t i = 0; t->key_size == 0 && i < t->count; i++)
        text_drop(*text_in(t, torvyn_table_row(t, i)));
    if (t->count > 0)
        memset(t->index, 0, t->index_size * sizeof(*t->index));
    t->count = 0;
}

/* ---- log, and what wasi-libc's stdio calls ---- */
void torvyn_stop(text why) { torvyn_log(3, why); __builtin_trap(); }

#define UNUSED __attribute__((unused))
#define WASI(name, ...) int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__); \
    int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__)
WASI(fd_write, int32_t fd, const text *pieces, int32_t count, size_t *wrote)
{
    static struct { char bytes[1024]; size_t len; } lines[2]; /* of stdout and stderr, so far */
    unsigned n = fd == 2;
    size_t len = lines[n].len, max = sizeof(lines[n].bytes);

    *wrote = 0;
    for (const text *piece = pieces; piece < pieces + count; *wrote += piece++->len)
        for (size_t i = 0; i < piece->len; i++) {
            char c = piece->ptr[i];

            /* A longer line goes in parts, none of which begins inside of a character. */
            if (c == '\n' || len == max || (len > max - 4 && (c & 0xC0) == 0xC0)) {
                torvyn_log_write(1 + n, lines[n].bytes, len);
                len = 0;
            }
            if (c != '\n')
                lines[n].bytes[len++] = c;
        }
    lines[n].len = len;
    return 0;
}
WASI(fd_close, UNUSED int32_t fd) { return 0; }
WASI(fd_seek, UNUSED int32_t fd, UNUSED int64_t to, UNUSED int32_t from, UNUSED void *at)
{
    return 70; /* ESPIPE */
}
WASI(fd_fdstat_get, UNUSED int32_t fd, uint8_t *at)
{
    memset(at, 0, 24);
    *at = 2; /* a character device */
    return 0;
}
