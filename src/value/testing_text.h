/* testing_text.h -- texts in each encoding, and a pretend guest whose realloc
 * does as it is told and writes down its calls.
 *
 * Header only.  Threads: none. */
#ifndef TVN_VALUE_TESTING_TEXT_H
#define TVN_VALUE_TESTING_TEXT_H

#include "base/mem.h"
#include "value/plan.h"
#include "value/testing.h"

#include <stdarg.h>
#include <stdio.h>

#define TVN_TESTING_TEXT_MEMORY 8192u

/* ------------------------------------------------------------------------
 * Texts, written down in each encoding. */

struct tvn_testing_text {
    const char *utf8;
    const char *utf16; /* little-endian */
    uint32_t units;
    const char *latin1; /* NULL: cannot be */
};

static const struct tvn_testing_text tvn_testing_texts_all[] = {
    {"", "", 0, ""},
    {"abc", "a\0b\0c\0", 3, "abc"},
    {"\xC3\xA9", "\xE9\0", 1, "\xE9"},
    {"a\xC3\xA9\xC3\xBF", "a\0\xE9\0\xFF\0", 3, "a\xE9\xFF"},
    {"\xE2\x82\xAC", "\xAC\x20", 1, NULL},
    {"a\xC3\xA9\xE2\x82\xAC"
     "b",
        "a\0\xE9\0\xAC\x20"
        "b\0",
        4, NULL},
    {"\xF0\x9F\x98\x80", "\x3D\xD8\x00\xDE", 2, NULL},
    {"a\xC3\xA9\xF0\x9F\x98\x80", "a\0\xE9\0\x3D\xD8\x00\xDE", 4, NULL},
};
#define TVN_TESTING_TEXTS                                                      \
    (sizeof(tvn_testing_texts_all) / sizeof(tvn_testing_texts_all[0]))

/* The bytes that a guest has of a text, and the length it gives. */
static inline const char *
tvn_testing_in_guest(enum tvn_encoding encoding,
    const struct tvn_testing_text *text, uint32_t *word, uint32_t *size)
{
    if (encoding == TVN_UTF8) {
        *word = *size = (uint32_t)strlen(text->utf8);
        return text->utf8;
    }
    if (encoding == TVN_LATIN1_UTF16 && text->latin1 != NULL) {
        *word = *size = (uint32_t)strlen(text->latin1);
        return text->latin1;
    }
    *word = text->units | (encoding == TVN_UTF16 ? 0 : TVN_TEXT_WIDE);
    *size = 2 * text->units;
    return text->utf16;
}

/* ------------------------------------------------------------------------
 * A guest whose realloc does as it is told. */

enum tvn_testing_manner {
    TVN_TESTING_STAYS,      /* a block stays where it is */
    TVN_TESTING_MOVES,      /* never, and its old place is overwritten */
    TVN_TESTING_AT_END,     /* each block ends where the memory, grown, ends */
    TVN_TESTING_MISALIGNED, /* these in call number `at` */
    TVN_TESTING_OUTSIDE,
    TVN_TESTING_TRAPS,
};

struct tvn_testing_texts {
    struct tvn_memory memory; /* first: realloc gets a pointer to it */
    uint8_t bytes[TVN_TESTING_TEXT_MEMORY];
    uint64_t size;
    enum tvn_testing_manner manner;
    uint32_t at;
    uint32_t calls;
    uint32_t next;
    uint32_t ptr; /* of the last block */
    char log[128];
};

static inline void
tvn_testing_text_refresh(struct tvn_memory *memory)
{
    memory->size = ((struct tvn_testing_texts *)(void *)memory)->size;
}

/* 256 bytes are each block's own. */
static inline tvn_err
tvn_testing_place(struct tvn_testing_texts *guest, uint32_t align,
    uint32_t size, uint32_t *ptr)
{
    enum tvn_testing_manner manner =
        guest->manner > TVN_TESTING_AT_END && guest->calls++ != guest->at
            ? TVN_TESTING_STAYS
            : guest->manner;

    if (guest->ptr != 0 && manner == TVN_TESTING_STAYS) {
        *ptr = guest->ptr;
        return TVN_OK;
    }
    guest->next += 256;
    *ptr = guest->next;
    if (manner == TVN_TESTING_AT_END) {
        *ptr = guest->next + ((256 - size) & ~(align - 1));
        guest->size = *ptr + size;
    } else if (manner == TVN_TESTING_MISALIGNED) {
        *ptr += 1;
    } else if (manner == TVN_TESTING_OUTSIDE) {
        *ptr = (uint32_t)guest->size - (size & ~(align - 1)) + align;
    }
    return manner == TVN_TESTING_TRAPS ? TVN_ETRAP : TVN_OK;
}

static inline void tvn_testing_note(struct tvn_testing_texts *guest,
    const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline void
tvn_testing_note(struct tvn_testing_texts *guest, const char *format, ...)
{
    size_t len = strlen(guest->log);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(guest->log + len, sizeof(guest->log) - len, format, args);
    va_end(args);
}

static inline tvn_err
tvn_testing_text_realloc(
    struct tvn_memory *memory, uint32_t align, uint32_t size, uint32_t *ptr)
{
    struct tvn_testing_texts *guest = (void *)memory;
    tvn_err err;

    tvn_testing_note(guest, "%u:%u", (unsigned)align, (unsigned)size);
    err = tvn_testing_place(guest, align, size, ptr);
    guest->ptr = *ptr;
    return err;
}

static inline tvn_err
tvn_testing_text_resize(struct tvn_memory *memory, uint32_t old,
    uint32_t old_size, uint32_t align, uint32_t size, uint32_t *ptr)
{
    struct tvn_testing_texts *guest = (void *)memory;
    uint32_t kept = old_size < size ? old_size : size;
    uint8_t block[256];
    tvn_err err;

    TVN_ASSERT(old == guest->ptr && old_size <= 256);
    tvn_testing_note(guest, " %u>%u:%u", (unsigned)old_size, (unsigned)align,
        (unsigned)size);
    err = tvn_testing_place(guest, align, size, ptr);
    if (*ptr != old && *ptr + size <= TVN_TESTING_TEXT_MEMORY) {
        memcpy(block, guest->bytes + old, kept);
        memset(guest->bytes + old, 0xEE, old_size);
        memcpy(guest->bytes + *ptr, block, kept);
    }
    guest->ptr = *ptr;
    return err;
}

static inline struct tvn_testing_texts
tvn_testing_texts_make(enum tvn_encoding encoding)
{
    struct tvn_testing_texts guest = {
        .memory = {.refresh = tvn_testing_text_refresh,
            .realloc = tvn_testing_text_realloc,
            .resize = tvn_testing_text_resize,
            .encoding = encoding},
        .size = TVN_TESTING_TEXT_MEMORY};

    memset(guest.bytes, 0xA5, sizeof(guest.bytes));
    return guest;
}

struct tvn_testing_text_world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_arena arena;
    const struct tvn_plan *lift; /* string */
    const struct tvn_plan *lower;
};

static inline void
tvn_testing_text_begin(struct tvn_testing_text_world *world)
{
    const struct tvn_type *type;

    *world = (struct tvn_testing_text_world){0};
    world->types = tvn_types_new();
    world->pool = tvn_pool_new(1u << 14, 1u << 14);
    tvn_builder_init(&world->builder, world->pool);
    type = tvn_testing_parse(world->types, "string");
    TVN_ASSERT(tvn_plan_lift(&world->arena, type, &world->lift) == TVN_OK);
    TVN_ASSERT(
        tvn_plan_lower(&world->arena, type, type, &world->lower) == TVN_OK);
}

static inline void
tvn_testing_text_end(struct tvn_testing_text_world *world)
{
    tvn_builder_fini(&world->builder);
    tvn_pool_free(world->pool);
    tvn_arena_fini(&world->arena);
    tvn_types_free(world->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

#endif
