/* torvyn.c -- what torvyn.h declares; `torvyn build` links it into every stage. */
#include "torvyn.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- this call's memory ---- */
enum { CHUNK_MIN = 64 << 10, CHUNK_MAX = 1 << 20, ROWS = 64 };
struct torvyn_chunk { struct torvyn_chunk *next; size_t size; };
static _Alignas(16) char first[CHUNK_MIN];
struct torvyn_arena torvyn_arena = {first, first + CHUNK_MIN, first, first + CHUNK_MIN, NULL, 0};

static void *heap(void *made) /* what an allocation gave */
{
    if (made == NULL)
        __builtin_trap(); /* the host knows that it has refused memory, and says so */
    return made;
}

#ifdef TORVYN_DEBUG
#define POISON(from, to) memset((from), 0xDD, (size_t)((char *)(to) - (char *)(from)))
#else
#define POISON(from, to) (void)0
#endif

void torvyn_reset(void)
{
    struct torvyn_arena *a = &torvyn_arena;

    POISON(a->base, a->base_end);
    for (struct torvyn_chunk *chunk = a->chunks; chunk != NULL; chunk = a->chunks) {
        a->chunks = chunk->next;
        POISON(chunk + 1, (char *)chunk + chunk->size);
        free(chunk);
    }
    *a = (struct torvyn_arena){a->base, a->base_end, a->base, a->base_end, NULL, 0};
#ifdef TORVYN_DEBUG /* the two halves in turn: nothing new lies where the last event was */
    static bool is_odd;

    is_odd = !is_odd;
    *(is_odd ? &a->next : &a->end) += (is_odd ? 1 : -1) * (a->base_end - a->base) / 2;
#endif
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
        base = heap(malloc(CHUNK_MIN));
        end = base + CHUNK_MIN;
    }
    torvyn_arena = (struct torvyn_arena){base, end, base, end, NULL, 0};
}

void *torvyn_new_rows(size_t count, size_t size, size_t align)
{
    return memset(size > 0 && count > SIZE_MAX / size ? heap(NULL)
                                                      : torvyn_alloc(count * size, align),
        0, count * size);
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
    struct mark *mark = (struct mark *)at - 1;

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

/* ---- join ---- */
size_t torvyn_print_unsigned(char *out, const struct torvyn_piece *piece)
{
    uint64_t value = (uint64_t)piece->number;
    char digits[20];
    size_t count = 0;

    do
        digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    for (size_t i = 0; i < count; i++)
        out[i] = digits[count - 1 - i];
    return count;
}

size_t torvyn_print_signed(char *out, const struct torvyn_piece *piece)
{
    struct torvyn_piece positive = torvyn_unsigned(0 - (uint64_t)piece->number);

    *out = '-';
    return piece->number < 0 ? 1 + torvyn_print_unsigned(out + 1, &positive)
                             : torvyn_print_unsigned(out, piece);
}

size_t torvyn_print_real(char *out, const struct torvyn_piece *piece)
{
    int len = 0, digits = 0;

    do /* 17 digits always read back */
        len = snprintf(out, 32, "%.*g", ++digits, piece->real);
    while (digits < 17 && strtod(out, NULL) != piece->real);
    return (size_t)len;
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
void *torvyn_table_row(const struct torvyn_table *t, size_t i)
{
    return t->chunks[i / ROWS] + i % ROWS * t->row_size;
}

static struct torvyn_piece key_of(const struct torvyn_table *t, size_t row)
{
    struct torvyn_piece key = {NULL, {NULL, 0}, 0, 0};

    memcpy(t->key_size == 0 ? (void *)&key.t : (void *)&key.number,
        (char *)torvyn_table_row(t, row) + t->key_offset,
        t->key_size == 0 ? sizeof(key.t) : t->key_size);
    return key;
}

/* The slot of the index that has the key, or is free for it.  The hash is FNV-1a. */
static uint32_t *find_slot(const struct torvyn_table *t, const struct torvyn_piece *key)
{
    text bytes = t->key_size == 0 ? key->t : (text){(const char *)&key->number, t->key_size};
    uint32_t at = 2166136261u;

    for (size_t i = 0; i < bytes.len; i++)
        at = (at ^ (unsigned char)bytes.ptr[i]) * 16777619u;
    for (at ^= at >> 15;; at++) {
        uint32_t *slot = &t->index[at & (t->index_size - 1)];
        struct torvyn_piece other;

        if (*slot == 0)
            return slot;
        other = key_of(t, *slot - 1);
        if (text_eq(bytes, t->key_size == 0 ? other.t
                                            : (text){(const char *)&other.number, t->key_size}))
            return slot;
    }
}

void *torvyn_table_find(const struct torvyn_table *t, struct torvyn_piece key, size_t row_size)
{
    uint32_t found = t->count == 0 ? 0 : *find_slot(t, &key);

    if (t->row_size != row_size || (t->key_size == 0) != (key.print == NULL))
        torvyn_stop(T("a table is asked for another row or key than it has"));
    return found == 0 ? NULL : torvyn_table_row(t, found - 1);
}

static void grow(struct torvyn_table *t)
{
    if (t->count * 2 >= t->index_size) {
        t->index_size = t->index_size == 0 ? 2 * ROWS : 2 * t->index_size;
        free(t->index);
        t->index = heap(calloc(t->index_size, sizeof(*t->index)));
        for (uint32_t i = 0; i < t->count; i++) {
            struct torvyn_piece key = key_of(t, i);

            *find_slot(t, &key) = i + 1;
        }
    }
    if (t->count == t->chunk_count * ROWS) {
        t->chunks = heap(realloc(t->chunks, (t->chunk_count + 1) * sizeof(*t->chunks)));
        t->chunks[t->chunk_count++] = heap(malloc(ROWS * t->row_size));
    }
}

void *torvyn_table_at(struct torvyn_table *t, struct torvyn_piece key, size_t row_size)
{
    char *row = torvyn_table_find(t, key, row_size);

    if (row != NULL)
        return row;
    if (t->count == t->max)
        torvyn_stop(T("a table is full: see TABLE_MAX"));
    grow(t);
    *find_slot(t, &key) = (uint32_t)t->count + 1;
    row = memset(torvyn_table_row(t, t->count++), 0, row_size);
    if (t->key_size == 0)
        *(text *)(void *)(row + t->key_offset) = text_keep(key.t);
    else
        memcpy(row + t->key_offset, &key.number, t->key_size);
    return row;
}

void torvyn_table_clear(struct torvyn_table *t)
{
    for (size_t i = 0; t->key_size == 0 && i < t->count; i++)
        text_drop(key_of(t, i).t);
    if (t->count > 0)
        memset(t->index, 0, t->index_size * sizeof(*t->index));
    t->count = 0;
}

/* ---- log, and what wasi-libc's stdio calls ---- */
void torvyn_log(unsigned level, text message) { torvyn_log_write(level, message.ptr, message.len); }

void torvyn_stop(text why)
{
    torvyn_log(3, why);
    __builtin_trap();
}

#ifdef __wasm__
#define WASI(name) __imported_wasi_snapshot_preview1_##name
static struct { char bytes[1024]; size_t len; } lines[2]; /* of stdout and stderr, so far */

int32_t WASI(fd_write)(int32_t fd, const text *pieces, int32_t count, size_t *wrote)
{
    unsigned n = fd == 2;

    *wrote = 0;
    for (const text *piece = pieces; piece < pieces + count; *wrote += piece++->len)
        for (size_t i = 0; i < piece->len; i++) {
            if (piece->ptr[i] != '\n')
                lines[n].bytes[lines[n].len++] = piece->ptr[i];
            if (piece->ptr[i] == '\n' || lines[n].len == sizeof(lines[n].bytes)) {
                torvyn_log_write(1 + n, lines[n].bytes, lines[n].len);
                lines[n].len = 0;
            }
        }
    return 0;
}
int32_t WASI(fd_close)(int32_t fd) { return fd & 0; }
int32_t WASI(fd_seek)(int32_t fd, int64_t to, int32_t from, void *at)
{
    return (int32_t)(((intptr_t)at | fd | to | from) & 0) + 70; /* ESPIPE */
}
int32_t WASI(fd_fdstat_get)(int32_t fd, uint8_t *at)
{
    memset(at, fd & 0, 24);
    *at = 2; /* a character device */
    return 0;
}
#endif
