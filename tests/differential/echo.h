/* echo.h -- a component of random types: each export hands back what it gets.
 *
 * A tuple of more than 16 core values comes by pointer and goes by pointer, so
 * that the core function is the identity, whatever the type and the encoding
 * of strings.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_DIFFERENTIAL_ECHO_H
#define TVN_TESTS_DIFFERENTIAL_ECHO_H

#include "base/assert.h"
#include "base/buf.h"
#include "value/testing.h"
#include "value/type.h"

#define ECHO_FUNCS 6u
#define ECHO_DEPTH 5u

static const char echo_head[] =
    "(component\n"
    "  (core module $M\n"
    "    (memory (export \"memory\") 4)\n"
    "    (global $next (mut i32) (i32.const 1024))\n"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)\n"
    "      (local i32)\n"
    "      (local.set 4 (i32.and\n"
    "        (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))\n"
    "      (global.set $next (i32.add (local.get 4) (local.get 3)))\n"
    "      (if (i32.gt_u (global.get $next) (i32.const 262144))\n"
    "        (then unreachable))\n"
    "      (memory.copy (local.get 4) (local.get 0) (local.get 1))\n"
    "      (local.get 4))\n"
    "    (func (export \"echo\") (param i32) (result i32) (local.get 0))\n"
    "    (func (export \"post\") (param i32)\n"
    "      (global.set $next (i32.const 1024))))\n"
    "  (core instance $m (instantiate $M))\n";

struct echo {
    struct tvn_buf *out;
    unsigned types; /* defined so far */
};

/* Defines what has to be, and leaves in `name` what refers to the type. */
static inline void echo_type(
    struct echo *echo, const struct tvn_type *type, char name[32]);

static inline void
echo_members(
    struct echo *echo, const struct tvn_type *type, struct tvn_buf *own)
{
    static const char *const words[TVN_KIND_COUNT] = {
        [TVN_KIND_RECORD] = "field",
        [TVN_KIND_VARIANT] = "case",
    };

    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];
        char inner[32] = "";

        if (member->type != NULL) {
            echo_type(echo, member->type, inner);
        }
        /* Names are made up: the random ones are not all WIT's. */
        if (words[type->kind] != NULL) {
            tvn_buf_printf(
                own, " (%s \"m%u\" %s)", words[type->kind], i, inner);
        } else if (type->kind == TVN_KIND_TUPLE) {
            tvn_buf_printf(own, " %s", inner);
        } else if (type->kind == TVN_KIND_OPTION) {
            tvn_buf_printf(own, " %s", inner);
        } else if (type->kind == TVN_KIND_RESULT && inner[0] != '\0') {
            tvn_buf_printf(own, i == 0 ? " %s" : " (error %s)", inner);
        } else if (type->kind != TVN_KIND_RESULT) {
            tvn_buf_printf(own, " \"m%u\"", i);
        }
    }
}

static inline void
echo_type(struct echo *echo, const struct tvn_type *type, char name[32])
{
    static const char *const words[TVN_KIND_COUNT] = {"bool", "s8", "u8", "s16",
        "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string",
        "list", "record", "tuple", "variant", "enum", "flags", "option",
        "result"};
    bool is_named = type->kind == TVN_KIND_RECORD ||
                    type->kind == TVN_KIND_VARIANT ||
                    type->kind == TVN_KIND_ENUM || type->kind == TVN_KIND_FLAGS;
    struct tvn_buf own = {0};
    char inner[32] = "";

    if (type->kind <= TVN_KIND_STRING) {
        (void)snprintf(name, 32, "%s", words[type->kind]);
        return;
    }
    if (type->kind == TVN_KIND_LIST) {
        echo_type(echo, type->elem, inner);
        tvn_buf_printf(&own, " %s", inner);
    } else {
        echo_members(echo, type, &own);
    }
    echo->types++;
    (void)snprintf(name, 32, "$t%u", echo->types);
    tvn_buf_printf(echo->out, "  (type $t%u%s (%s%s))\n", echo->types,
        is_named ? "'" : "", words[type->kind], tvn_buf_text(&own));
    if (is_named) {
        tvn_buf_printf(echo->out, "  (export $t%u \"t%u\" (type $t%u'))\n",
            echo->types, echo->types, echo->types);
    }
    tvn_buf_fini(&own);
}

/* Appends the text. */
static inline void
echo_make(struct tvn_rng *rng, struct tvn_buf *out)
{
    static const char *const encodings[] = {"utf8", "utf16", "latin1+utf16"};
    struct tvn_types *types = tvn_types_new();
    struct echo echo = {.out = out};

    TVN_ASSERT(types != NULL);
    tvn_buf_append_text(out, echo_head);
    for (unsigned i = 0; i < ECHO_FUNCS; i++) {
        char name[32];

        echo_type(&echo, tvn_testing_type(types, rng, ECHO_DEPTH), name);
        tvn_buf_printf(out,
            "  (type $p%u (tuple %s u64 u8 u64 u8 u64 u8 u64 u8 u64 u8 u64 u8"
            " u64 u8 u64 u8 u64))\n"
            "  (func (export \"echo%u\") (param \"v\" $p%u) (result $p%u)\n"
            "    (canon lift (core func $m \"echo\")\n"
            "      (memory (core memory $m \"memory\"))\n"
            "      (realloc (core func $m \"realloc\"))\n"
            "      (post-return (core func $m \"post\"))\n"
            "      string-encoding=%s))\n",
            i, name, i, i, i, encodings[tvn_rng_below(rng, 3)]);
    }
    tvn_buf_append_text(out, ")\n");
    TVN_ASSERT(!out->failed);
    tvn_types_free(types);
}

#endif
