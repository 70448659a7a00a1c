/* flat.c -- between core values and C values.
 *
 * Core values have the names _a0, _a1, ... of a function's parameters.  A
 * variant's payload shares them among its cases: f32 lies in an i32, anything
 * in an i64.  So a variant goes through an array of 64-bit slots, one a core
 * value, and two functions a type that switch over its cases:
 *
 *     torvyn__lift_T(T *_v, const uint64_t *_s)
 *     torvyn__lower_T(const T *_v, uint64_t *_s)
 *
 * There a slot holds the bits of an i32 or f32 in its low half, so joining
 * and splitting are nothing to do. */
#include "bindgen/internal.h"

#include "base/assert.h"

const char *
tvn__core(uint8_t core)
{
    static const char *const names[] = {
        [TVN_CORE_I32] = "uint32_t",
        [TVN_CORE_I64] = "uint64_t",
        [TVN_CORE_F32] = "float",
        [TVN_CORE_F64] = "double",
    };

    return names[core];
}

/* Variants and results are told apart by case; the payload-free ones are a
 * number. */
static bool
is_switched(const struct tvn_type *type)
{
    return (type->kind == TVN_KIND_VARIANT || type->kind == TVN_KIND_RESULT) &&
           type->flat_count > 1;
}

static struct tvn_str
member_place(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str place, uint32_t index)
{
    struct tvn_str name = tvn__member(gen, type, index);

    return tvn__gen_text(gen,
        type->kind == TVN_KIND_VARIANT ? "%.*s.val.%.*s" : "%.*s.%.*s",
        TVN_STR_ARG(place), TVN_STR_ARG(name));
}

/* Where core values stand: _a3 of a core type, or the slot _s[3]. */
struct source {
    const uint8_t *flat; /* NULL: slots */
    const char *indent;
};

static struct tvn_str
raw(struct tvn__gen *gen, const struct source *source, uint32_t slot)
{
    return source->flat != NULL ? tvn__gen_text(gen, "_a%u", slot)
                                : tvn__gen_text(gen, "_s[%u]", slot);
}

static void require(
    struct tvn__gen *gen, const struct tvn_type *type, bool is_lift);
static void print_lower_cases(
    struct tvn__gen *gen, const struct tvn_type *type, struct tvn_buf *out);

/* ------------------------------------------------------------------------
 * Core values to C values. */

static struct tvn_str
lifted_scalar(struct tvn__gen *gen, const struct tvn_type *type,
    const struct source *source, uint32_t slot)
{
    struct tvn_str from = raw(gen, source, slot);
    bool in_slot = source->flat == NULL;

    switch (type->kind) {
    case TVN_KIND_BOOL:
        return tvn__gen_text(gen, in_slot ? "(uint32_t)%.*s != 0" : "%.*s != 0",
            TVN_STR_ARG(from));
    case TVN_KIND_F32:
        return in_slot
                   ? tvn__gen_text(gen, "torvyn__f32(%.*s)", TVN_STR_ARG(from))
                   : from;
    case TVN_KIND_F64:
        return in_slot
                   ? tvn__gen_text(gen, "torvyn__f64(%.*s)", TVN_STR_ARG(from))
                   : from;
    case TVN_KIND_U64:
        return from;
    case TVN_KIND_U32:
    case TVN_KIND_CHAR:
        return in_slot ? tvn__gen_text(gen, "(uint32_t)%.*s", TVN_STR_ARG(from))
                       : from;
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_S64:
    case TVN_KIND_ENUM:
    case TVN_KIND_FLAGS:
        return tvn__gen_text(gen, "(%.*s)%.*s",
            TVN_STR_ARG(tvn__type_name(gen, type)), TVN_STR_ARG(from));
    case TVN_KIND_VARIANT:
        return tvn__gen_text(
            gen, "(uint%u_t)%.*s", 8 * type->disc_size, TVN_STR_ARG(from));
    case TVN_KIND_STRING:
    case TVN_KIND_LIST:
    case TVN_KIND_RECORD:
    case TVN_KIND_TUPLE:
    case TVN_KIND_OPTION:
    case TVN_KIND_RESULT:
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break;
    }
    TVN_ASSERT(false);
    return from;
}

static void
print_pointer(struct tvn__gen *gen, struct tvn_buf *out,
    const struct source *source, struct tvn_str elem, struct tvn_str place,
    uint32_t slot)
{
    const char *narrow = source->flat == NULL ? "(uint32_t)" : "";
    struct tvn_str ptr = raw(gen, source, slot);
    struct tvn_str len = raw(gen, source, slot + 1);

    tvn_buf_printf(out, "%s%.*s.ptr = (const %.*s *)%s%.*s;\n", source->indent,
        TVN_STR_ARG(place), TVN_STR_ARG(elem), narrow, TVN_STR_ARG(ptr));
    tvn_buf_printf(out, "%s%.*s.len = %s%.*s;\n", source->indent,
        TVN_STR_ARG(place), narrow, TVN_STR_ARG(len));
}

/* The slots of a switched type, filled from core values. */
static void
print_slots(struct tvn__gen *gen, struct tvn_buf *out,
    const struct tvn_type *type, const struct source *source, uint32_t slot)
{
    tvn_buf_printf(out, "%sconst uint64_t _s%u[] = {", source->indent, slot);
    for (uint32_t i = 0; i < type->flat_count; i++) {
        uint8_t core = source->flat[slot + i];

        tvn_buf_printf(out,
            core == TVN_CORE_F32   ? "%storvyn__bits32(_a%u)"
            : core == TVN_CORE_F64 ? "%storvyn__bits64(_a%u)"
                                   : "%s_a%u",
            i == 0 ? "" : ", ", slot + i);
    }
    tvn_buf_append_text(out, "};\n");
    (void)gen;
}

static void
lift(struct tvn__gen *gen, struct tvn_buf *out, const struct tvn_type *type,
    const struct source *source, struct tvn_str place, uint32_t slot)
{
    struct tvn_str from = raw(gen, source, slot);

    if (gen->err != TVN_OK) {
        return;
    }
    if (is_switched(type)) {
        require(gen, type, true);
        if (source->flat != NULL) {
            print_slots(gen, out, type, source, slot);
            from = tvn__gen_text(gen, "_s%u", slot);
        } else {
            from = tvn__gen_text(gen, "_s + %u", slot);
        }
        tvn_buf_printf(out, "%storvyn__lift_%.*s(&%.*s, %.*s);\n",
            source->indent, TVN_STR_ARG(tvn__type_name(gen, type)),
            TVN_STR_ARG(place), TVN_STR_ARG(from));
    } else if (type->kind == TVN_KIND_STRING) {
        print_pointer(gen, out, source, TVN_STR("char"), place, slot);
    } else if (type->kind == TVN_KIND_LIST) {
        print_pointer(
            gen, out, source, tvn__type_name(gen, type->elem), place, slot);
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
            lift(gen, out, type->members[i].type, source,
                member_place(gen, type, place, i), slot);
            slot += type->members[i].type->flat_count;
        }
    } else if (type->kind == TVN_KIND_OPTION || type->kind == TVN_KIND_RESULT) {
        tvn_buf_printf(out, "%s%.*s.%s = %s%.*s != 0;\n", source->indent,
            TVN_STR_ARG(place),
            type->kind == TVN_KIND_OPTION ? "some" : "is_err",
            source->flat == NULL ? "(uint32_t)" : "", TVN_STR_ARG(from));
        if (type->kind == TVN_KIND_OPTION) {
            lift(gen, out, type->members[1].type, source,
                member_place(gen, type, place, 1), slot + 1);
        }
    } else {
        struct tvn_str value = lifted_scalar(gen, type, source, slot);

        tvn_buf_printf(out, "%s%.*s%s = %.*s;\n", source->indent,
            TVN_STR_ARG(place), type->kind == TVN_KIND_VARIANT ? ".tag" : "",
            TVN_STR_ARG(value));
    }
}

/* The cases of a variant or result, in a function of slots. */
static void
print_lift_cases(
    struct tvn__gen *gen, const struct tvn_type *type, struct tvn_buf *out)
{
    struct source source = {NULL, "        "};
    bool is_result = type->kind == TVN_KIND_RESULT;

    if (is_result) {
        tvn_buf_append_text(out, "    _v->is_err = (uint32_t)_s[0] != 0;\n");
    } else {
        tvn_buf_printf(
            out, "    _v->tag = (uint%u_t)_s[0];\n", 8 * type->disc_size);
    }
    tvn_buf_printf(out, "    switch ((uint32_t)_s[0]) {\n");
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        if (type->members[i].type == NULL) {
            continue;
        }
        tvn_buf_printf(out, "    case %u:\n", i);
        lift(gen, out, type->members[i].type, &source,
            member_place(gen, type, TVN_STR("(*_v)"), i), 1);
        tvn_buf_append_text(out, "        break;\n");
    }
    tvn_buf_append_text(out, "    default:\n        break;\n    }\n");
}

/* Prints a function of slots once, those that it calls before it. */
static void
require(struct tvn__gen *gen, const struct tvn_type *type, bool is_lift)
{
    struct tvn__ctype *ctype = tvn__ctype_find(gen, type);
    bool *is_there;
    struct tvn_buf text = {0};

    if (ctype == NULL) { /* memory has run out */
        return;
    }
    is_there = is_lift ? &ctype->has_lift : &ctype->has_lower;
    if (*is_there) {
        return;
    }
    *is_there = true;
    tvn_buf_printf(&text,
        is_lift ? "\nstatic inline void\n"
                  "torvyn__lift_%.*s(%.*s *_v, const uint64_t *_s)\n{\n"
                : "\nstatic inline void\n"
                  "torvyn__lower_%.*s(const %.*s *_v, uint64_t *_s)\n{\n",
        TVN_STR_ARG(ctype->name), TVN_STR_ARG(ctype->name));
    if (is_lift) {
        print_lift_cases(gen, type, &text);
    } else {
        print_lower_cases(gen, type, &text);
    }
    tvn_buf_append_text(&text, "}\n");
    tvn_buf_append_str(&gen->helpers, tvn_buf_str(&text));
    gen->helpers.failed |= text.failed;
    tvn_buf_fini(&text);
}

void
tvn__lift(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str place, const uint8_t *flat, uint32_t *slot)
{
    struct source source = {flat, "    "};

    lift(gen, gen->glue, type, &source, place, *slot);
    *slot += type->flat_count;
}

/* ------------------------------------------------------------------------
 * C values to core values. */

/* Options too: without a value there may be nothing to read. */
static bool
is_lowered_by_slots(const struct tvn_type *type)
{
    return is_switched(type) || type->kind == TVN_KIND_OPTION;
}

static struct tvn_str
lowered_scalar(
    struct tvn__gen *gen, const struct tvn_type *type, struct tvn_str place)
{
    if (type->flat[0] == TVN_CORE_F32 || type->flat[0] == TVN_CORE_F64 ||
        type->kind == TVN_KIND_U64 || type->kind == TVN_KIND_U32 ||
        type->kind == TVN_KIND_CHAR) {
        return place;
    }
    return tvn__gen_text(gen, "(%s)%.*s%s", tvn__core(type->flat[0]),
        TVN_STR_ARG(place),
        type->kind == TVN_KIND_VARIANT  ? ".tag"
        : type->kind == TVN_KIND_RESULT ? ".is_err"
                                        : "");
}

/* Core value number `i` of a value in slots. */
static struct tvn_str
from_slot(struct tvn__gen *gen, uint8_t core, uint32_t array, uint32_t i)
{
    return tvn__gen_text(gen,
        core == TVN_CORE_F32   ? "torvyn__f32(_s%u[%u])"
        : core == TVN_CORE_F64 ? "torvyn__f64(_s%u[%u])"
        : core == TVN_CORE_I32 ? "(uint32_t)_s%u[%u]"
                               : "_s%u[%u]",
        array, i);
}

void
tvn__lower(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str place, struct tvn_str *exprs, uint32_t *slot)
{
    if (gen->err != TVN_OK) {
        return;
    }
    if (is_lowered_by_slots(type)) {
        require(gen, type, false);
        tvn_buf_printf(gen->glue,
            "    uint64_t _s%u[%u] = {0};\n    torvyn__lower_%.*s(&%.*s, "
            "_s%u);\n",
            *slot, type->flat_count, TVN_STR_ARG(tvn__type_name(gen, type)),
            TVN_STR_ARG(place), *slot);
        for (uint32_t i = 0; i < type->flat_count; i++) {
            exprs[*slot + i] = from_slot(gen, type->flat[i], *slot, i);
        }
        *slot += type->flat_count;
    } else if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        exprs[(*slot)++] =
            tvn__gen_text(gen, "(uint32_t)%.*s.ptr", TVN_STR_ARG(place));
        exprs[(*slot)++] = tvn__gen_text(gen, "%.*s.len", TVN_STR_ARG(place));
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
            tvn__lower(gen, type->members[i].type,
                member_place(gen, type, place, i), exprs, slot);
        }
    } else {
        exprs[(*slot)++] = lowered_scalar(gen, type, place);
    }
}

struct tvn_str
tvn__lower_single(
    struct tvn__gen *gen, const struct tvn_type *type, struct tvn_str place)
{
    while (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        place = member_place(gen, type, place, 0);
        type = type->members[0].type;
    }
    return lowered_scalar(gen, type, place);
}

/* Into slots from number `slot` on. */
static void
lower_into_slots(struct tvn__gen *gen, struct tvn_buf *out, const char *indent,
    const struct tvn_type *type, struct tvn_str place, uint32_t slot)
{
    if (gen->err != TVN_OK) {
        return;
    }
    if (is_lowered_by_slots(type)) {
        require(gen, type, false);
        tvn_buf_printf(out, "%storvyn__lower_%.*s(&%.*s, _s + %u);\n", indent,
            TVN_STR_ARG(tvn__type_name(gen, type)), TVN_STR_ARG(place), slot);
    } else if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        tvn_buf_printf(out,
            "%s_s[%u] = (uint32_t)%.*s.ptr;\n%s_s[%u] = %.*s.len;\n", indent,
            slot, TVN_STR_ARG(place), indent, slot + 1, TVN_STR_ARG(place));
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
            lower_into_slots(gen, out, indent, type->members[i].type,
                member_place(gen, type, place, i), slot);
            slot += type->members[i].type->flat_count;
        }
    } else {
        struct tvn_str value = lowered_scalar(gen, type, place);

        tvn_buf_printf(out,
            type->kind == TVN_KIND_F32   ? "%s_s[%u] = torvyn__bits32(%.*s);\n"
            : type->kind == TVN_KIND_F64 ? "%s_s[%u] = torvyn__bits64(%.*s);\n"
                                         : "%s_s[%u] = %.*s;\n",
            indent, slot, TVN_STR_ARG(value));
    }
}

static void
print_lower_cases(
    struct tvn__gen *gen, const struct tvn_type *type, struct tvn_buf *out)
{
    bool is_variant = type->kind == TVN_KIND_VARIANT;
    const char *tag = is_variant                      ? "tag"
                      : type->kind == TVN_KIND_OPTION ? "some"
                                                      : "is_err";

    tvn_buf_printf(out, "    _s[0] = _v->%s;\n", tag);
    tvn_buf_printf(out,
        is_variant ? "    switch (_v->%s) {\n" : "    switch ((int)_v->%s) {\n",
        tag);
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        if (type->members[i].type == NULL) {
            continue;
        }
        tvn_buf_printf(out, "    case %u:\n", i);
        lower_into_slots(gen, out, "        ", type->members[i].type,
            member_place(gen, type, TVN_STR("(*_v)"), i), 1);
        tvn_buf_append_text(out, "        break;\n");
    }
    tvn_buf_append_text(out, "    default:\n        break;\n    }\n");
}
