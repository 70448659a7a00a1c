/* testing.h -- types and values for tests, here and above.
 *
 *     type = tvn_testing_parse(types, "record { id: u64, at: option<s32> }");
 *     type = tvn_testing_type(types, &rng, 5);
 *     image = tvn_testing_image(&builder, type, &rng);
 *
 * Everything asserts instead of failing.  Header only: no test links more
 * than it did.  Threads: none. */
#ifndef TVN_VALUE_TESTING_H
#define TVN_VALUE_TESTING_H

#include "base/assert.h"
#include "base/rng.h"
#include "value/image.h"
#include "value/type.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * Types. */

static inline const struct tvn_type *
tvn_testing_scalar(struct tvn_types *types, enum tvn_kind kind)
{
    const struct tvn_type *type = NULL;

    TVN_ASSERT(tvn_type_scalar(types, kind, &type) == TVN_OK);
    return type;
}

/* Takes `word` off the front of `*text`, blanks too; false: not there. */
static inline bool
tvn_testing_eat(const char **text, const char *word)
{
    while (**text == ' ') {
        (*text)++;
    }
    if (strncmp(*text, word, strlen(word)) != 0) {
        return false;
    }
    *text += strlen(word);
    return true;
}

static inline struct tvn_str
tvn_testing_name(const char **text)
{
    struct tvn_str name;

    (void)tvn_testing_eat(text, "");
    name.ptr = *text;
    name.len = strcspn(*text, " ,:(){}<>");
    *text += name.len;
    return name;
}

static inline const struct tvn_type *tvn_testing_parse_at(
    struct tvn_types *types, const char **text);

/* `{ a: u8, b(u8), c }` or `<u8, u8>` */
static inline const struct tvn_type *
tvn_testing_members(
    struct tvn_types *types, enum tvn_kind kind, const char **text)
{
    struct tvn_member members[64] = {0};
    const char *end = kind == TVN_KIND_TUPLE ? ">" : "}";
    const struct tvn_type *type = NULL;
    uint32_t count = 0;

    TVN_ASSERT(tvn_testing_eat(text, kind == TVN_KIND_TUPLE ? "<" : "{"));
    while (!tvn_testing_eat(text, end)) {
        struct tvn_member *member = &members[count++];

        TVN_ASSERT(count <= 64);
        if (kind == TVN_KIND_TUPLE) {
            member->type = tvn_testing_parse_at(types, text);
        } else {
            member->name = tvn_testing_name(text);
            if (tvn_testing_eat(text, ":")) {
                member->type = tvn_testing_parse_at(types, text);
            } else if (tvn_testing_eat(text, "(")) {
                member->type = tvn_testing_parse_at(types, text);
                TVN_ASSERT(tvn_testing_eat(text, ")"));
            }
        }
        (void)tvn_testing_eat(text, ",");
    }
    TVN_ASSERT(tvn_type_members(types, kind, members, count, &type) == TVN_OK);
    return type;
}

/* Behind `list`, `option` or `result`. */
static inline const struct tvn_type *
tvn_testing_generic(
    struct tvn_types *types, enum tvn_kind kind, const char **text)
{
    const struct tvn_type *inner[2] = {NULL, NULL};
    const struct tvn_type *type = NULL;
    tvn_err err;

    if (tvn_testing_eat(text, "<")) {
        if (!tvn_testing_eat(text, "_")) {
            inner[0] = tvn_testing_parse_at(types, text);
        }
        if (tvn_testing_eat(text, ",")) {
            inner[1] = tvn_testing_parse_at(types, text);
        }
        TVN_ASSERT(tvn_testing_eat(text, ">"));
    }
    err = kind == TVN_KIND_LIST ? tvn_type_list(types, inner[0], &type)
          : kind == TVN_KIND_OPTION
              ? tvn_type_option(types, inner[0], &type)
              : tvn_type_result(types, inner[0], inner[1], &type);
    TVN_ASSERT(err == TVN_OK);
    return type;
}

static inline const struct tvn_type *
tvn_testing_parse_at(struct tvn_types *types, const char **text)
{
    static const char *const words[TVN_KIND_COUNT] = {"bool", "s8", "u8", "s16",
        "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string",
        "list", "record", "tuple", "variant", "enum", "flags", "option",
        "result"};
    struct tvn_str word = tvn_testing_name(text);

    for (unsigned kind = 0; kind < TVN_KIND_OWN; kind++) {
        if (!tvn_str_is(word, words[kind])) {
            continue;
        }
        if (kind <= TVN_KIND_STRING) {
            return tvn_testing_scalar(types, (enum tvn_kind)kind);
        }
        if (kind == TVN_KIND_LIST || kind >= TVN_KIND_OPTION) {
            return tvn_testing_generic(types, (enum tvn_kind)kind, text);
        }
        return tvn_testing_members(types, (enum tvn_kind)kind, text);
    }
    fprintf(stderr, "no type: %.*s\n", TVN_STR_ARG(word));
    abort();
}

/* The type that tvn_type_print prints so (members_max 0). */
static inline const struct tvn_type *
tvn_testing_parse(struct tvn_types *types, const char *text)
{
    const struct tvn_type *type = tvn_testing_parse_at(types, &text);

    TVN_ASSERT(*text == '\0');
    return type;
}

/* A random type of any kind, at most `depth` deep. */
static inline const struct tvn_type *
tvn_testing_type(struct tvn_types *types, struct tvn_rng *rng, uint32_t depth)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP";
    enum tvn_kind kind = (enum tvn_kind)tvn_rng_below(
        rng, depth > 1 ? TVN_KIND_OWN : TVN_KIND_STRING + 1);
    bool is_label = kind == TVN_KIND_ENUM || kind == TVN_KIND_FLAGS;
    uint32_t count =
        1 + (uint32_t)tvn_rng_below(rng, kind == TVN_KIND_FLAGS ? 32 : 6);
    struct tvn_member members[32] = {0};
    const struct tvn_type *type = NULL;

    if (kind <= TVN_KIND_STRING) {
        return tvn_testing_scalar(types, kind);
    }
    if (kind == TVN_KIND_LIST || kind == TVN_KIND_OPTION ||
        kind == TVN_KIND_RESULT) {
        count = 2;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool is_empty = kind == TVN_KIND_VARIANT || kind == TVN_KIND_RESULT
                            ? tvn_rng_below(rng, 3) == 0
                            : is_label;

        if (kind != TVN_KIND_TUPLE) {
            members[i].name = (struct tvn_str){letters + i, 1 + i % 3};
        }
        members[i].type =
            is_empty ? NULL : tvn_testing_type(types, rng, depth - 1);
    }
    if (kind == TVN_KIND_LIST) {
        TVN_ASSERT(tvn_type_list(types, members[0].type, &type) == TVN_OK);
    } else if (kind == TVN_KIND_OPTION) {
        TVN_ASSERT(tvn_type_option(types, members[0].type, &type) == TVN_OK);
    } else if (kind == TVN_KIND_RESULT) {
        TVN_ASSERT(tvn_type_result(types, members[0].type, members[1].type,
                       &type) == TVN_OK);
    } else {
        TVN_ASSERT(
            tvn_type_members(types, kind, members, count, &type) == TVN_OK);
    }
    return type;
}

/* ------------------------------------------------------------------------
 * Values. */

static inline void
tvn_testing_fill_string(
    struct tvn_builder *builder, uint32_t at, struct tvn_rng *rng)
{
    static const char *const parts[] = {"a", "Zz", "\xC3\xA9", "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80", "0123456789abcdef", "\"\\/\n", "x"};
    char text[256];
    uint32_t offset = 0;
    uint32_t len = 0;

    while (tvn_rng_below(rng, 5) != 0 && len < 200) {
        const char *part = parts[tvn_rng_below(rng, 8)];

        memcpy(text + len, part, strlen(part));
        len += (uint32_t)strlen(part);
    }
    TVN_ASSERT(tvn_builder_alloc(builder, len, 1, &offset) == TVN_OK);
    if (len > 0) {
        memcpy(builder->data + offset, text, len);
    }
    memcpy(builder->data + at, &offset, 4);
    memcpy(builder->data + at + 4, &len, 4);
}

/* Writes a random value of `type` at `at`, which is zeroed. */
static inline void
tvn_testing_fill(struct tvn_builder *builder, const struct tvn_type *type,
    uint32_t at, struct tvn_rng *rng)
{
    uint64_t bits = tvn_rng_next(rng);

    if (type->kind == TVN_KIND_STRING) {
        tvn_testing_fill_string(builder, at, rng);
    } else if (type->kind == TVN_KIND_LIST) {
        uint32_t count = (uint32_t)tvn_rng_below(rng, 4);
        uint32_t size = type->elem->size;
        uint32_t first = 0;

        TVN_ASSERT(tvn_builder_alloc(builder, (uint64_t)count * size,
                       type->elem->align, &first) == TVN_OK);
        memcpy(builder->data + at, &first, 4);
        memcpy(builder->data + at + 4, &count, 4);
        for (uint32_t i = 0; i < count; i++) {
            tvn_testing_fill(builder, type->elem, first + i * size, rng);
        }
    } else if (tvn_type_has_cases(type)) {
        const struct tvn_member *active = &type->members[bits % type->count];

        bits %= type->count;
        memcpy(builder->data + at, &bits, type->disc_size);
        if (active->type != NULL) {
            tvn_testing_fill(builder, active->type, at + active->offset, rng);
        }
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++) {
            const struct tvn_member *field = &type->members[i];

            tvn_testing_fill(builder, field->type, at + field->offset, rng);
        }
    } else {
        if (type->kind == TVN_KIND_BOOL) {
            bits &= 1;
        } else if (type->kind == TVN_KIND_CHAR) {
            bits = (bits & 1) != 0 ? bits % 0xD800
                                   : 0xE000 + bits % (0x110000 - 0xE000);
        } else if (type->kind == TVN_KIND_FLAGS) {
            bits &= (UINT64_C(1) << type->count) - 1;
        }
        memcpy(builder->data + at, &bits, type->size);
    }
}

/* A random value as an image, the caller's to unref. */
static inline struct tvn_image *
tvn_testing_image(struct tvn_builder *builder, const struct tvn_type *type,
    struct tvn_rng *rng)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(builder, type) == TVN_OK);
    tvn_testing_fill(builder, type, 0, rng);
    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    return image;
}

#endif
