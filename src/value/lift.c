/* lift.c -- runs lift plans: out of guests, into a builder.
 *
 * Guest memory is hostile and is read through checks only; see plan.h.  No
 * guest code runs while a value is lifted, so what was checked stays so.
 * What is wrong where is put into words only after it went wrong: a failing
 * step leaves a trail of offsets, and the type turns them into a path. */
#include "value/plan_code.h"

#include "base/assert.h"
#include "value/copy.h"

#include <inttypes.h>
#include <stdio.h>

/* Where a run of values was when it failed. */
struct mark {
    uint32_t offset; /* of the failing step's destination, in its value */
    uint32_t index;  /* of the value in its run */
};

struct lift {
    struct tvn_memory *memory;
    struct tvn_builder *builder;
    const uint32_t *table;
    const struct tvn_type *const *handles;
    uint64_t bytes;
    struct mark trail[TVN_TYPE_DEPTH_MAX]; /* innermost first */
    uint32_t trail_count;
    char why[TVN__WHY_SIZE];
};

static tvn_err lift_memory(struct lift *lift, const struct tvn__step *code,
    const uint8_t *src, uint32_t at, uint32_t count, uint32_t size);

/* ------------------------------------------------------------------------
 * Failing. */

static tvn_err refuse(struct lift *lift, const char *format, ...)
    __attribute__((format(printf, 2, 3), cold, noinline));

static tvn_err
refuse(struct lift *lift, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(lift->why, sizeof(lift->why), format, args);
    va_end(args);
    return TVN_EABI;
}

static __attribute__((cold, noinline)) tvn_err
outside(struct lift *lift, const char *what, uint32_t ptr, uint64_t size)
{
    return refuse(lift,
        "%s at %#" PRIx32 " of %" PRIu64 " bytes is outside the guest's "
        "memory of %" PRIu64 " bytes",
        what, ptr, size, lift->memory->size);
}

/* Appends the path of the part of `type` that is at `offset`; the value is
 * at `*value` in the builder, both move on to that part. */
static void
print_part(const struct tvn_builder *builder, const struct tvn_type **type,
    uint32_t *value, uint32_t offset, struct tvn_buf *path)
{
    for (;;) {
        const struct tvn_type *whole = *type;
        const struct tvn_member *part = NULL;
        uint64_t index = 0;

        if (tvn_type_has_cases(whole)) {
            index = tvn__load(builder->data + *value, whole->disc_size);
            if (offset < whole->payload_offset || index >= whole->count) {
                return; /* the discriminant itself */
            }
        } else if (whole->kind == TVN_KIND_RECORD ||
                   whole->kind == TVN_KIND_TUPLE) {
            while (index + 1 < whole->count &&
                   whole->members[index + 1].offset <= offset) {
                index++;
            }
        } else {
            return;
        }
        part = &whole->members[index];
        if (whole->kind == TVN_KIND_TUPLE) {
            tvn_buf_printf(path, ".%u", (unsigned)index);
        } else if (whole->kind != TVN_KIND_OPTION) {
            tvn_buf_printf(path, ".%.*s", TVN_STR_ARG(part->name));
        }
        if (part->type == NULL) {
            return;
        }
        *type = part->type;
        *value += part->offset;
        offset -= part->offset;
    }
}

/* Says `.flights[3].carrier is not UTF-8 (0xC3 at byte 3)`, or what else is
 * wrong after a colon, and returns `err`. */
static __attribute__((cold, noinline)) tvn_err
explain(const struct lift *lift, const struct tvn_plan *plan, uint32_t at,
    tvn_err err, struct tvn_diag *diag)
{
    const struct tvn_type *type = plan->to;
    const char *why;
    struct tvn_buf path = {0};

    if (diag == NULL || err == TVN_ENOMEM) {
        return err;
    }
    for (uint32_t i = lift->trail_count; i-- > 0;) {
        const struct mark *mark = &lift->trail[i];

        print_part(lift->builder, &type, &at, mark->offset, &path);
        if (i > 0) { /* it is a list, and one of its elements is wrong */
            TVN_ASSERT(type->kind == TVN_KIND_LIST);
            type = type->elem;
            tvn_buf_printf(&path, "[%u]", (unsigned)mark[-1].index);
            at = tvn__load32(lift->builder->data + at) +
                 mark[-1].index * type->size;
        }
    }
    why = err == TVN_EABI ? lift->why : "larger than max-event allows";
    if (strncmp(why, "is ", 3) == 0) {
        tvn_buf_append_text(&path, path.len == 0 ? "it " : " ");
    } else if (path.len > 0) {
        tvn_buf_append_text(&path, ": ");
    }
    (void)tvn_diag_error(diag, err, NULL, "%s%s", tvn_buf_text(&path), why);
    tvn_buf_fini(&path);
    return err;
}

/* ------------------------------------------------------------------------
 * Out of line.  Each writes pointer and length at `dst` in the builder, or
 * leaves the zeros there for a length of 0. */

/* Copies and tells whether there is a byte above 0x7F.  A short one is
 * copied with what is behind it, when both sides have SHORT bytes there: no
 * branch depends on its length.  In the scratch those bytes are free still;
 * whoever takes them writes or zeroes them. */
#define SHORT 32u

static inline bool
copy_short_is_ascii(uint8_t *dst, const uint8_t *src, uint32_t len)
{
    /* clang-format off */
    static const _Alignas(2 * SHORT) uint8_t high[2 * SHORT] = {
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, /* then zeros */
    };
    /* clang-format on */
    const uint8_t *mask = high + SHORT - len;
    uint64_t seen = 0;

    for (uint32_t i = 0; i < SHORT; i += 8) {
        seen |= tvn__load(src + i, 8) & tvn__load(mask + i, 8);
    }
    memcpy(dst, src, SHORT);
    return seen == 0;
}

static inline bool
copy_is_ascii(uint8_t *dst, const uint8_t *src, uint32_t len)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t words[4];
    uint64_t seen = 0;

    for (; len >= sizeof(words); len -= (uint32_t)sizeof(words)) {
        memcpy(words, src, sizeof(words));
        memcpy(dst, words, sizeof(words));
        seen |= words[0] | words[1] | words[2] | words[3];
        src += sizeof(words);
        dst += sizeof(words);
    }
    for (; len > 0; len--) {
        *dst++ = *src;
        seen |= *src++;
    }
    return (seen & high) == 0;
}

/* What stages that are built for debugging fill the memory of past calls
 * with (sdk/c/torvyn.h): as UTF-8 it is wrong from the first byte on. */
#define POISON 0xDDu

static __attribute__((noinline)) tvn_err
check_utf8(struct lift *lift, const uint8_t *copy, uint32_t len)
{
    size_t bad = 0;

    if (TVN_GUEST_CHECK(17, tvn_utf8_valid(copy, len, &bad))) {
        return TVN_OK;
    }
    if (copy[bad] == POISON && (bad + 1 == len || copy[bad + 1] == POISON)) {
        return refuse(lift, "is not UTF-8 (0xDD: memory of an earlier event; "
                            "text_keep it)");
    }
    return refuse(lift, "is not UTF-8 (0x%02X at byte %zu)", copy[bad], bad);
}

static __attribute__((cold, noinline)) tvn_err
lift_recoded(struct lift *lift, uint32_t ptr, uint32_t word, uint32_t dst)
{
    const uint32_t far[2] = {ptr, word};
    tvn_err err =
        tvn__text_lift(lift->memory, lift->builder, far, dst, lift->why);

    if (err == TVN_OK) {
        word = tvn__load32(lift->builder->data + dst + 4);
        lift->bytes += word & ~TVN_TEXT_WIDE;
    }
    return err;
}

static inline tvn_err
lift_string(struct lift *lift, uint32_t ptr, uint32_t len, uint32_t dst)
{
    struct tvn_builder *builder = lift->builder;
    const uint8_t *from;
    uint8_t *to;
    uint32_t offset;
    bool is_ascii;
    tvn_err err;

    if (lift->memory->encoding != TVN_UTF8) {
        return lift_recoded(lift, ptr, len, dst);
    }
    if (!TVN_GUEST_CHECK(10, len <= TVN__FAR_MAX)) {
        return refuse(lift, "a string of %" PRIu32 " bytes", len);
    }
    if (!TVN_GUEST_CHECK(11, tvn__in_bounds(lift->memory, ptr, len))) {
        return outside(lift, "a string", ptr, len);
    }
    if (len == 0) {
        return TVN_OK;
    }
    err = tvn__builder_take(builder, len, 1, &offset);
    if (err != TVN_OK) {
        return err;
    }
    to = builder->data;
    tvn__store32(to + dst, offset);
    tvn__store32(to + dst + 4, len);
    lift->bytes += len;
    to += offset;
    from = lift->memory->base + ptr;
    is_ascii = len <= SHORT && builder->cap - offset >= SHORT &&
                       (uint64_t)ptr + SHORT <= lift->memory->size
                   ? copy_short_is_ascii(to, from, len)
                   : copy_is_ascii(to, from, len);
    return is_ascii ? TVN_OK : check_utf8(lift, to, len);
}

static tvn_err
lift_list(struct lift *lift, const struct tvn__step *step, uint32_t ptr,
    uint32_t count, uint32_t dst)
{
    struct tvn_builder *builder = lift->builder;
    uint64_t size = (uint64_t)count * step->n;
    uint32_t align = 1u << step->align;
    bool is_plain = step->op == TVN__LIST_PLAIN;
    uint32_t offset;
    tvn_err err;

    if (!TVN_GUEST_CHECK(12, size <= TVN__FAR_MAX)) {
        return refuse(lift, "a list of %" PRIu32 " elements, %" PRIu64 " bytes",
            count, size);
    }
    if (!TVN_GUEST_CHECK(13, (ptr & (align - 1)) == 0)) {
        return refuse(lift, "a list at %#" PRIx32 ", not aligned to %u", ptr,
            (unsigned)align);
    }
    if (!TVN_GUEST_CHECK(14, tvn__in_bounds(lift->memory, ptr, size))) {
        return outside(lift, "a list", ptr, size);
    }
    if (count == 0) {
        return TVN_OK;
    }
    err = is_plain ? tvn__builder_take(builder, size, align, &offset)
                   : tvn_builder_alloc(builder, size, align, &offset);
    if (err != TVN_OK) {
        return err;
    }
    tvn__store32(builder->data + dst, offset);
    tvn__store32(builder->data + dst + 4, count);
    lift->bytes += size;
    if (is_plain) {
        tvn__copy(builder->data + offset, lift->memory->base + ptr, size);
        return TVN_OK;
    }
    return lift_memory(
        lift, step + 2, lift->memory->base + ptr, offset, count, step->n);
}

static inline tvn_err
lift_far(struct lift *lift, const struct tvn__step *step, uint32_t ptr,
    uint32_t len, uint32_t dst)
{
    return step->op == TVN__STRING ? lift_string(lift, ptr, len, dst)
                                   : lift_list(lift, step, ptr, len, dst);
}

/* ------------------------------------------------------------------------
 * Scalars that are checked or normalised, once their bits are loaded.  The
 * value is written even when it is refused: explain() looks at cases. */

static inline bool
is_char(uint64_t value)
{
    return value < 0xD800 || (value > 0xDFFF && value < 0x110000);
}

static __attribute__((cold, noinline)) tvn_err
no_case(struct lift *lift, uint64_t disc, uint32_t cases)
{
    return refuse(
        lift, "case %" PRIu64 " of a type with %" PRIu32 " cases", disc, cases);
}

static __attribute__((noinline)) tvn_err
lift_handle(struct lift *lift, const struct tvn__step *step, uint32_t handle,
    uint8_t *dst)
{
    struct tvn_handles *handles = lift->memory->handles;
    const struct tvn_type *type = lift->handles[step->n];
    uint32_t rep = 0;
    const char *why = (*handles->take)(handles, type, handle, &rep);

    tvn__store32(dst, rep);
    return why == NULL ? TVN_OK
                       : refuse(lift, "handle %" PRIu32 " %s", handle, why);
}

static tvn_err
lift_scalar(struct lift *lift, const struct tvn__step *step, uint64_t bits,
    uint8_t *dst)
{
    bits = step->op == TVN__MASK ? bits & step->n : bits;
    tvn__store(dst, step->size, bits);
    if (step->op == TVN__CHAR) {
        return TVN_GUEST_CHECK(20, is_char(bits))
                   ? TVN_OK
                   : refuse(lift, "%#" PRIx64 " is no char", bits);
    }
    if (step->op == TVN__CASE) {
        return TVN_GUEST_CHECK(21, bits < step->m)
                   ? TVN_OK
                   : no_case(lift, bits, step->m);
    }
    if (step->op == TVN__HANDLE) {
        return lift_handle(lift, step, (uint32_t)bits, dst);
    }
    TVN_ASSERT(step->op == TVN__MASK);
    return TVN_OK;
}

/* option<plain> */
static inline tvn_err
lift_some(struct lift *lift, const struct tvn__step *step, const uint8_t *from,
    uint8_t *to)
{
    *to = *from;
    if (!TVN_GUEST_CHECK(22, *from <= 1)) {
        return no_case(lift, *from, 2);
    }
    if (*from != 0) {
        tvn__copy(to + step->m, from + step->m, step->n);
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * The two loops. */

/* How far the body is from an option or a variant whose case is `disc`. */
static inline uint32_t
body_of(const struct lift *lift, const struct tvn__step *step, uint64_t disc)
{
    if (step->op == TVN__SOME) {
        return disc == 0 ? step->skip : 1;
    }
    return lift->table[step->n + 2 * disc + 1];
}

static __attribute__((cold)) tvn_err
leave_mark(struct lift *lift, uint32_t offset, uint32_t index, tvn_err err)
{
    TVN_ASSERT(lift->trail_count < TVN_TYPE_DEPTH_MAX);
    lift->trail[lift->trail_count++] = (struct mark){offset, index};
    return err;
}

/* `count` values of `size` bytes from `src` on to `at` in the builder. */
static tvn_err
lift_memory(struct lift *lift, const struct tvn__step *code, const uint8_t *src,
    uint32_t at, uint32_t count, uint32_t size)
{
    const struct tvn__step *step = code;
    uint8_t *dst = lift->builder->data + at;
    uint32_t left = count;
    tvn_err err = TVN_OK;
    uint64_t disc;

    for (;;) {
        const uint8_t *from = src + step->dst; /* the layout is the same */
        uint8_t *to = dst + step->dst;

        switch (step->op) {
        case TVN__END:
            if (--left == 0) {
                return TVN_OK;
            }
            src += size;
            dst += size;
            at += size;
            step = code;
            continue;
        case TVN__JUMP:
            step += step->skip;
            continue;
        case TVN__COPY:
            tvn__copy(to, from, step->n);
            break;
        case TVN__COPY_1:
            *to = *from;
            break;
        case TVN__COPY_4:
            memcpy(to, from, 4);
            break;
        case TVN__COPY_8:
            memcpy(to, from, 8);
            break;
        case TVN__COPY_16:
            memcpy(to, from, 16);
            break;
        case TVN__BOOL:
            *to = *from != 0;
            break;
        case TVN__STRING:
        case TVN__LIST_PLAIN:
        case TVN__LIST:
            err = lift_far(lift, step, tvn__load32(from), tvn__load32(from + 4),
                at + step->dst);
            dst = lift->builder->data + at; /* it may have moved */
            break;
        case TVN__SOME_COPY:
            err = lift_some(lift, step, from, to);
            break;
        case TVN__SOME:
        case TVN__VARIANT:
            disc = tvn__load(from, step->size);
            tvn__store(to, step->size, disc);
            if (!TVN_GUEST_CHECK(23, disc < step->m)) {
                err = no_case(lift, disc, step->m);
                break;
            }
            step += body_of(lift, step, disc);
            continue;
        default:
            err = lift_scalar(lift, step, tvn__load(from, step->size), to);
        }
        if (err != TVN_OK) {
            return leave_mark(lift, step->dst, count - left, err);
        }
        step++;
    }
}

static tvn_err
lift_flat(struct lift *lift, const struct tvn__step *step,
    const union tvn_slot *slots, uint32_t at)
{
    tvn_err err = TVN_OK;

    for (;;) {
        const union tvn_slot *slot = slots + step->src;
        uint8_t *to = lift->builder->data + at + step->dst;

        switch (step->op) {
        case TVN__END:
            return TVN_OK;
        case TVN__JUMP:
            step += step->skip;
            continue;
        case TVN__COPY:
            tvn__store(to, step->size, slot->u64);
            break;
        case TVN__BOOL:
            *to = slot->u32 != 0;
            break;
        case TVN__STRING:
        case TVN__LIST_PLAIN:
        case TVN__LIST:
            err =
                lift_far(lift, step, slot[0].u32, slot[1].u32, at + step->dst);
            break;
        case TVN__SOME:
        case TVN__VARIANT:
            tvn__store(to, step->size, slot->u32);
            if (!TVN_GUEST_CHECK(24, slot->u32 < step->m)) {
                err = no_case(lift, slot->u32, step->m);
                break;
            }
            step += body_of(lift, step, slot->u32);
            continue;
        default:
            err = lift_scalar(lift, step, slot->u32, to);
        }
        if (err != TVN_OK) {
            return leave_mark(lift, step->dst, 0, err);
        }
        step++;
    }
}

/* ------------------------------------------------------------------------
 * Public. */

/* The trail is left as it is: it is written before it is read. */
static inline void
begin(struct lift *lift, const struct tvn_plan *plan, struct tvn_memory *memory,
    struct tvn_builder *builder)
{
    lift->memory = memory;
    lift->builder = builder;
    lift->table = plan->table;
    lift->handles = plan->handles;
    lift->bytes = plan->to->size;
    lift->trail_count = 0;
}

tvn_err
tvn_lift_flat(const struct tvn_plan *plan, struct tvn_memory *memory,
    const union tvn_slot *slots, struct tvn_builder *builder, uint32_t at,
    uint64_t *bytes, struct tvn_diag *diag)
{
    struct lift lift;
    tvn_err err;

    TVN_ASSERT(plan->flat != NULL);
    begin(&lift, plan, memory, builder);
    err = lift_flat(&lift, plan->flat, slots, at);
    if (err != TVN_OK) {
        return explain(&lift, plan, at, err, diag);
    }
    *bytes += lift.bytes;
    return TVN_OK;
}

tvn_err
tvn_lift_load(const struct tvn_plan *plan, struct tvn_memory *memory,
    uint32_t ptr, struct tvn_builder *builder, uint32_t at, uint64_t *bytes,
    struct tvn_diag *diag)
{
    const struct tvn_type *type = plan->to;
    struct lift lift;
    tvn_err err;

    begin(&lift, plan, memory, builder);
    if (!TVN_GUEST_CHECK(15, (ptr & (type->align - 1)) == 0)) {
        err = refuse(&lift, "a value at %#" PRIx32 ", not aligned to %" PRIu32,
            ptr, type->align);
    } else if (!TVN_GUEST_CHECK(16, tvn__in_bounds(memory, ptr, type->size))) {
        err = outside(&lift, "a value", ptr, type->size);
    } else {
        err = lift_memory(&lift, plan->memory, memory->base + ptr, at, 1, 0);
    }
    if (err != TVN_OK) {
        return explain(&lift, plan, at, err, diag);
    }
    *bytes += lift.bytes;
    return TVN_OK;
}
