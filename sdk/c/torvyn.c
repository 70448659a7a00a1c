/* torvyn.c -- what torvyn.h declares; `torvyn build` links it into every stage. */
#include "torvyn.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- this call's memory ---- */
enum { CHUNK_MIN = 64 << 10, CHUNK_MAX = 1 << 20 };
struct torvyn_chunk {
    struct torvyn_chunk *next;
    size_t size;
};
static _Alignas(16) char first[CHUNK_MIN];
struct torvyn_arena torvyn_arena = {first, first + CHUNK_MIN, first, first + CHUNK_MIN, NULL, 0};

static void *heap(void *made) /* an allocation's result */
{
    if (made == NULL)
        __builtin_trap(); /* the host knows that it has refused memory, and says so */
    return made;
}

static void poison(char *from, const char *to)
{
#ifdef TORVYN_DEBUG
    memset(from, 0xDD, (size_t)(to - from));
#else
    (void)from, (void)to;
#endif
}

void torvyn_reset(void)
{
    struct torvyn_arena *a = &torvyn_arena;

    poison(a->base, a->chunks == NULL ? a->next : a->base_end);
    for (struct torvyn_chunk *chunk = a->chunks; chunk != NULL; chunk = a->chunks) {
        a->chunks = chunk->next;
        poison((char *)(chunk + 1), (char *)chunk + chunk->size);
        free(chunk);
    }
    *a = (struct torvyn_arena){a->base, a->base_end, a->base, a->base_end, NULL, 0};
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

/* ---- kept memory: 16 bytes before it say that it is ---- */
struct mark {
    _Alignas(16) uintptr_t word; /* KEPT ^ the address behind it */
};
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
    text made = {torvyn_keep(value.len, 1), value.len};

    if (value.len > 0)
        memcpy((char *)(uintptr_t)made.ptr, value.ptr, value.len);
    return made;
}

void text_drop(text kept) { torvyn_drop(kept.ptr); }

void text_set(text *kept, text value)
{
    text old = *kept;

    *kept = text_keep(value); /* first: `value` may be a part of the old one */
    text_drop(old);
}

/* ---- join ---- */
static size_t print_number(char *out, uint64_t value, bool is_negative)
{
    char digits[20];
    size_t count = 0, len = 0;

    do
        digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    if (is_negative)
        out[len++] = '-';
    while (count > 0)
        out[len++] = digits[--count];
    return len;
}

size_t torvyn_print_signed(char *out, const struct torvyn_piece *piece)
{
    uint64_t bits = (uint64_t)piece->number;

    return print_number(out, piece->number < 0 ? 0 - bits : bits, piece->number < 0);
}

size_t torvyn_print_unsigned(char *out, const struct torvyn_piece *piece)
{
    return print_number(out, (uint64_t)piece->number, false);
}

size_t torvyn_print_real(char *out, const struct torvyn_piece *piece)
{
    int len = 0;

    for (int digits = 1; digits <= 17; digits++) { /* 17 always read back */
        len = snprintf(out, 32, "%.*g", digits, piece->real);
        if (strtod(out, NULL) == piece->real)
            break;
    }
    return (size_t)len;
}

text torvyn_join(const struct torvyn_piece *pieces, size_t count)
{
    size_t room = 0;
    char *out, *at;

    for (size_t i = 0; i < count; i++)
        room += pieces[i].print == NULL ? pieces[i].t.len : 32;
    out = at = torvyn_alloc(room, 1);
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].print != NULL) {
            at += pieces[i].print(at, &pieces[i]);
        } else if (pieces[i].t.len > 0) {
            memcpy(at, pieces[i].t.ptr, pieces[i].t.len);
            at += pieces[i].t.len;
        }
    }
    torvyn_arena.next = at; /* what was not needed */
    return (text){out, (size_t)(at - out)};
}

/* ---- tables ---- */
enum { ROWS = 64 /* in a chunk */ };

void *torvyn_table_row(const struct torvyn_table *table, size_t i)
{
    return table->chunks[i / ROWS] + i % ROWS * table->row_size;
}

static char *key_field(const struct torvyn_table *table, size_t row)
{
    return (char *)torvyn_table_row(table, row) + table->key_offset;
}

/* The key of a row as it is looked up. */
static struct torvyn_piece key_of(const struct torvyn_table *table, size_t row)
{
    struct torvyn_piece key = {NULL, {NULL, 0}, 0, 0};

    if (table->key_size == 0)
        memcpy(&key.t, key_field(table, row), sizeof(key.t));
    else
        memcpy(&key.number, key_field(table, row), table->key_size);
    return key;
}

/* The slot of the index that has the key, or is free for it.  FNV-1a. */
static uint32_t *find_slot(const struct torvyn_table *table, const struct torvyn_piece *key)
{
    const char *bytes = table->key_size == 0 ? key->t.ptr : (const char *)&key->number;
    size_t len = table->key_size == 0 ? key->t.len : table->key_size;
    uint32_t at = 2166136261u;

    for (size_t i = 0; i < len; i++)
        at = (at ^ (unsigned char)bytes[i]) * 16777619u;
    for (at ^= at >> 15;; at++) {
        uint32_t *slot = &table->index[at & (table->index_size - 1)];
        const char *field = *slot == 0 ? NULL : key_field(table, *slot - 1);

        if (field == NULL || (table->key_size == 0
                                     ? text_eq(*(const text *)(const void *)field, key->t)
                                     : memcmp(field, bytes, len) == 0))
            return slot;
    }
}

static void check(const struct torvyn_table *table, const struct torvyn_piece *key, size_t row_size)
{
    if (table->row_size != row_size || (table->key_size == 0) != (key->print == NULL))
        torvyn_stop(T("a table is asked for another row or key than it has"));
}

void *torvyn_table_find(const struct torvyn_table *table, struct torvyn_piece key, size_t row_size)
{
    uint32_t found = table->count == 0 ? 0 : *find_slot(table, &key);

    check(table, &key, row_size);
    return found == 0 ? NULL : torvyn_table_row(table, found - 1);
}

static void grow(struct torvyn_table *table)
{
    size_t size = table->index_size == 0 ? 2 * ROWS : 2 * table->index_size;

    free(table->index);
    table->index = heap(calloc(size, sizeof(*table->index)));
    table->index_size = size;
    for (size_t i = 0; i < table->count; i++) {
        struct torvyn_piece key = key_of(table, i);

        *find_slot(table, &key) = (uint32_t)i + 1;
    }
}

static void *add_row(struct torvyn_table *table)
{
    if (table->count == table->max)
        torvyn_stop(T("a table is full: see TABLE_MAX"));
    if (table->count == table->chunk_count * ROWS) {
        size_t size = (table->chunk_count + 1) * sizeof(*table->chunks);

        table->chunks = heap(realloc(table->chunks, size));
        table->chunks[table->chunk_count++] = heap(malloc(ROWS * table->row_size));
    }
    return memset(torvyn_table_row(table, table->count++), 0, table->row_size);
}

void *torvyn_table_at(struct torvyn_table *table, struct torvyn_piece key, size_t row_size)
{
    uint32_t *slot;
    void *row;

    check(table, &key, row_size);
    if (table->count * 2 >= table->index_size)
        grow(table);
    slot = find_slot(table, &key);
    if (*slot != 0)
        return torvyn_table_row(table, *slot - 1);
    row = add_row(table);
    *slot = (uint32_t)table->count;
    if (table->key_size == 0)
        key.t = text_keep(key.t);
    memcpy(key_field(table, table->count - 1), table->key_size == 0 ? (void *)&key.t : &key.number,
        table->key_size == 0 ? sizeof(key.t) : table->key_size);
    return row;
}

void torvyn_table_clear(struct torvyn_table *table)
{
    for (size_t i = 0; table->key_size == 0 && i < table->count; i++)
        text_drop(key_of(table, i).t);
    if (table->index != NULL)
        memset(table->index, 0, table->index_size * sizeof(*table->index));
    table->count = 0;
}

/* ---- log, and standard output: what wasi-libc's stdio calls ---- */
void torvyn_log(unsigned level, text message) { torvyn_log_write(level, message.ptr, message.len); }

void torvyn_stop(text why)
{
    torvyn_log(3, why);
    __builtin_trap();
}

#ifdef __wasm__
static struct {
    char bytes[1024];
    size_t len;
} lines[2]; /* of stdout and stderr, as far as they have come */

int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t fd, int32_t pieces, int32_t count, int32_t wrote)
{
    const struct { const char *ptr; size_t len; } *list = (const void *)pieces;
    unsigned level = fd == 2 ? 2 : 1;

    *(size_t *)wrote = 0;
    for (int32_t i = 0; i < count; *(size_t *)wrote += list[i++].len) {
        for (size_t k = 0; k < list[i].len; k++) {
            if (list[i].ptr[k] != '\n')
                lines[fd == 2].bytes[lines[fd == 2].len++] = list[i].ptr[k];
            if (list[i].ptr[k] == '\n' || lines[fd == 2].len == sizeof(lines[0].bytes)) {
                torvyn_log_write(level, lines[fd == 2].bytes, lines[fd == 2].len);
                lines[fd == 2].len = 0;
            }
        }
    }
    return 0;
}

int32_t __imported_wasi_snapshot_preview1_fd_close(int32_t fd) { return fd & 0; }

int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t fd, int64_t offset, int32_t whence, int32_t at)
{
    (void)fd, (void)offset, (void)whence, (void)at;
    return 70; /* ESPIPE */
}

int32_t __imported_wasi_snapshot_preview1_fd_fdstat_get(int32_t fd, int32_t at)
{
    (void)fd;
    memset((void *)at, 0, 24);
    *(uint8_t *)at = 2; /* a character device */
    return 0;
}
#endif
