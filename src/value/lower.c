/* lower.c -- runs lower plans: out of images, into guests and other images.
 *
 * Both destinations are a base pointer and a way to get more bytes behind it;
 * only the latter asks which it is.  The source is trusted; of a guest, what
 * its realloc returns is checked each time, and nothing is read back. */
#include "value/plan_code.h"

#include "base/assert.h"
#include "value/copy.h"

struct lower {
    const uint8_t *data;       /* of the image */
    uint8_t *base;             /* what offsets in the destination count from */
    struct tvn_memory *memory; /* one of these two */
    struct tvn_builder *builder;
    const uint32_t *table;
    const struct tvn_type *const *handles;
    uint64_t bytes;
    struct tvn_diag *diag;
    bool is_recoded; /* strings are, or were, other than UTF-8 */
};

/* `count` values one behind the other, through the program at `code`. */
struct run {
    const struct tvn__step *code;
    uint32_t src;
    uint32_t dst;
    uint32_t count;
    uint32_t src_step;
    uint32_t dst_step;
};

static tvn_err lower_memory(struct lower *lower, struct run run);

/* ------------------------------------------------------------------------
 * Room in the destination. */

static inline tvn_err
check_block(struct tvn_memory *memory, uint32_t align, uint32_t size,
    uint32_t ptr, struct tvn_diag *diag)
{
    if (!TVN_GUEST_CHECK(1, (ptr & (align - 1)) == 0)) {
        return tvn_diag_error(diag, TVN_EABI, NULL,
            "cabi_realloc returned %#x, which is not aligned to %u",
            (unsigned)ptr, (unsigned)align);
    }
    if (!TVN_GUEST_CHECK(2, tvn__in_bounds(memory, ptr, size))) {
        return tvn_diag_error(diag, TVN_EABI, NULL,
            "cabi_realloc returned %#x for %u bytes, outside the guest's "
            "memory of %llu bytes",
            (unsigned)ptr, (unsigned)size, (unsigned long long)memory->size);
    }
    return TVN_OK;
}

static inline tvn_err
guest_alloc(struct tvn_memory *memory, uint32_t align, uint32_t size,
    uint32_t *offset, struct tvn_diag *diag)
{
    uint32_t ptr = 0;
    tvn_err err = (*memory->realloc)(memory, align, size, &ptr);

    if (err != TVN_OK) {
        return err;
    }
    *offset = ptr;
    return check_block(memory, align, size, ptr, diag);
}

tvn_err
tvn__guest_alloc(struct tvn_memory *memory, uint32_t align, uint32_t size,
    uint32_t *offset, struct tvn_diag *diag)
{
    return guest_alloc(memory, align, size, offset, diag);
}

tvn_err
tvn__guest_resize(struct tvn_memory *memory, const uint32_t old[2],
    uint32_t align, uint32_t size, uint32_t *offset, struct tvn_diag *diag)
{
    uint32_t ptr = 0;
    tvn_err err = (*memory->resize)(memory, old[0], old[1], align, size, &ptr);

    if (err != TVN_OK) {
        return err;
    }
    *offset = ptr;
    return check_block(memory, align, size, ptr, diag);
}

tvn_err
tvn__too_big(uint64_t size, struct tvn_diag *diag)
{
    return tvn_diag_error(diag, TVN_ETOOBIG, NULL,
        "a string or list of %llu bytes cannot be handed over",
        (unsigned long long)size);
}

/* `zero`: not all of the bytes will be written. */
static inline tvn_err
alloc(struct lower *lower, uint32_t align, uint64_t size, bool zero,
    uint32_t *offset)
{
    tvn_err err;

    if (size > TVN__FAR_MAX) {
        return tvn__too_big(size, lower->diag);
    }
    if (lower->builder == NULL) {
        err = guest_alloc(
            lower->memory, align, (uint32_t)size, offset, lower->diag);
        lower->base = lower->memory->base;
        return err;
    }
    err = zero || size == 0
              ? tvn_builder_alloc(lower->builder, size, align, offset)
              : tvn__builder_take(lower->builder, size, align, offset);
    lower->base = lower->builder->data;
    return err;
}

/* ------------------------------------------------------------------------
 * Out of line. */

static __attribute__((cold, noinline)) tvn_err
lower_recoded(
    struct lower *lower, uint32_t src, uint32_t *len, uint32_t *offset)
{
    struct tvn_memory *memory = lower->memory;
    tvn_err err =
        tvn__text_lower(memory, lower->data + src, len, offset, lower->diag);

    lower->base = memory->base;
    if (err == TVN_OK) {
        lower->bytes += tvn__text_bytes(memory->encoding, *len);
    }
    return err;
}

static inline tvn_err
lower_string(struct lower *lower, uint32_t src, uint32_t *len, uint32_t *offset)
{
    tvn_err err;

    if (lower->is_recoded) {
        uint32_t word = *len; /* `len` can stay in a register */

        err = lower_recoded(lower, src, &word, offset);
        *len = word;
        return err;
    }
    err = alloc(lower, 1, *len, false, offset);
    if (err == TVN_OK) {
        tvn__copy(lower->base + *offset, lower->data + src, *len);
        lower->bytes += *len;
    }
    return err;
}

static tvn_err
lower_list(struct lower *lower, const struct tvn__step *step, uint32_t src,
    uint32_t count, uint32_t *offset)
{
    uint64_t size = (uint64_t)count * step->m;
    bool is_plain = step->op == TVN__LIST_PLAIN;
    tvn_err err = alloc(lower, 1u << step->align, size, !is_plain, offset);

    if (err != TVN_OK) {
        return err;
    }
    lower->bytes += size;
    if (is_plain) {
        tvn__copy(lower->base + *offset, lower->data + src, size);
        return TVN_OK;
    }
    if (count == 0) {
        return TVN_OK;
    }
    return lower_memory(
        lower, (struct run){step + 2, src, *offset, count, step->n, step->m});
}

/* A string or list whose two words are at `src`. */
static inline tvn_err
lower_far(struct lower *lower, const struct tvn__step *step, const uint8_t *src,
    uint32_t *offset, uint32_t *len)
{
    *len = tvn__load32(src + 4);
    return step->op == TVN__STRING
               ? lower_string(lower, tvn__load32(src), len, offset)
               : lower_list(lower, step, tvn__load32(src), *len, offset);
}

/* Writes a handle at `dst`; in another image it stays what it is in images. */
static __attribute__((noinline)) tvn_err
lower_handle(struct lower *lower, const struct tvn__step *step,
    const uint8_t *src, uint8_t *dst)
{
    uint32_t handle = tvn__load32(src);
    const char *why = NULL;

    if (lower->memory != NULL) {
        struct tvn_handles *handles = lower->memory->handles;

        why =
            (*handles->give)(handles, lower->handles[step->n], handle, &handle);
    }
    tvn__store32(dst, handle);
    return why == NULL ? TVN_OK
                       : tvn_diag_error(
                             lower->diag, TVN_EABI, NULL, "a handle %s", why);
}

/* ------------------------------------------------------------------------
 * Scalars that change. */

static uint64_t
widen(const struct tvn__step *step, const uint8_t *src)
{
    enum tvn_kind kind = (enum tvn_kind)step->size;
    uint64_t bits;
    double wide;
    float f32;

    if (kind == TVN_KIND_F32) {
        memcpy(&f32, src, sizeof(f32));
        wide = (double)f32;
        memcpy(&bits, &wide, sizeof(bits));
    } else if (kind == TVN_KIND_S8) {
        bits = (uint64_t)(int8_t)*src;
    } else if (kind == TVN_KIND_S16) {
        bits = (uint64_t)(int16_t)tvn__load(src, 2);
    } else if (kind == TVN_KIND_S32) {
        bits = (uint64_t)(int32_t)tvn__load32(src);
    } else {
        bits = tvn__load(src, kind == TVN_KIND_U8    ? 1
                              : kind == TVN_KIND_U16 ? 2
                                                     : 4);
    }
    return step->to_size == 8 ? bits
                              : bits & ((UINT64_C(1) << step->to_size * 8) - 1);
}

/* The bits there of what has other bits here. */
static uint64_t
changed(
    const struct lower *lower, const struct tvn__step *step, const uint8_t *src)
{
    const uint32_t *table = lower->table + step->n;
    uint64_t mapped = 0;
    uint64_t bits;

    if (step->op == TVN__CONST) {
        return step->n;
    }
    if (step->op == TVN__WIDEN) {
        return widen(step, src);
    }
    bits = tvn__load(src, step->size);
    if (step->op == TVN__MAP) {
        return table[bits];
    }
    TVN_ASSERT(step->op == TVN__FLAGS);
    for (uint32_t i = 0; i < step->m; i++) {
        mapped |= (bits >> i & 1) << table[i];
    }
    return mapped;
}

/* The two table words of the active case. */
static inline const uint32_t *
active(
    const struct lower *lower, const struct tvn__step *step, const uint8_t *src)
{
    return lower->table + step->n + 2 * tvn__load(src, step->size);
}

/* Writes the active case; how far its block is. */
static inline uint32_t
lower_case(const struct lower *lower, const struct tvn__step *step,
    const uint8_t *src, uint8_t *dst)
{
    const uint32_t *block = active(lower, step, src);

    tvn__store(dst, step->to_size, block[0]);
    return block[1];
}

static inline void
store_far(uint8_t *dst, const uint32_t far[2])
{
    tvn__store32(dst, far[0]);
    tvn__store32(dst + 4, far[1]);
}

/* ------------------------------------------------------------------------
 * The two loops. */

static tvn_err
lower_memory(struct lower *lower, struct run run)
{
    const struct tvn__step *step = run.code;
    const uint8_t *src = lower->data + run.src;
    uint8_t *dst = lower->base + run.dst;
    uint32_t far[2];
    tvn_err err;

    for (;;) {
        const uint8_t *from = src + step->src;
        uint8_t *to = dst + step->dst;

        switch (step->op) {
        case TVN__END:
            if (--run.count == 0) {
                return TVN_OK;
            }
            src += run.src_step;
            dst += run.dst_step;
            run.dst += run.dst_step;
            step = run.code;
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
        case TVN__STRING:
        case TVN__LIST_PLAIN:
        case TVN__LIST:
            err = lower_far(lower, step, from, &far[0], &far[1]);
            if (err != TVN_OK) {
                return err;
            }
            dst = lower->base + run.dst; /* a builder's may have moved */
            store_far(dst + step->dst, far);
            break;
        case TVN__HANDLE:
            err = lower_handle(lower, step, from, to);
            if (err != TVN_OK) {
                return err;
            }
            break;
        case TVN__SOME:
            *to = *from;
            step += *from == 0 ? step->skip : 1;
            continue;
        case TVN__VARIANT:
            step += lower_case(lower, step, from, to);
            continue;
        case TVN__ZERO:
            memset(to, 0, step->n);
            break;
        case TVN__JUMP:
            step += step->skip;
            continue;
        default:
            tvn__store(to, step->to_size, changed(lower, step, from));
        }
        step++;
    }
}

static inline void
zero_slots(union tvn_slot *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        slots[i].u64 = 0;
    }
}

/* `lower->table` is all that a plan without pointers needs of `lower`. */
static tvn_err
lower_flat(struct lower *lower, const struct tvn__step *step,
    const uint8_t *src, union tvn_slot *slots)
{
    const uint32_t *block;
    uint32_t offset;
    uint32_t len;
    tvn_err err;

    for (;;) {
        const uint8_t *from = src + step->src;
        union tvn_slot *slot = slots + step->dst;

        switch (step->op) {
        case TVN__END:
            return TVN_OK;
        case TVN__COPY_1:
            slot->u64 = *from;
            break;
        case TVN__COPY_4:
            slot->u64 = tvn__load32(from);
            break;
        case TVN__COPY_8:
            slot->u64 = tvn__load(from, 8);
            break;
        case TVN__STRING:
        case TVN__LIST_PLAIN:
        case TVN__LIST:
            err = lower_far(lower, step, from, &offset, &len);
            if (err != TVN_OK) {
                return err;
            }
            slot[0].u64 = offset;
            slot[1].u64 = len;
            break;
        case TVN__HANDLE:
            slot->u64 = 0;
            err = lower_handle(lower, step, from, slot->bytes);
            if (err != TVN_OK) {
                return err;
            }
            break;
        case TVN__SOME:
            slot->u64 = *from;
            if (*from == 0) {
                zero_slots(slot + 1, step->m - 1);
            }
            step += *from == 0 ? step->skip : 1;
            continue;
        case TVN__VARIANT:
            block = active(lower, step, from);
            slot->u64 = block[0];
            zero_slots(slot + 1, step->m - 1);
            step += block[1];
            continue;
        case TVN__ZERO:
            zero_slots(slot, step->n);
            break;
        case TVN__JUMP:
            step += step->skip;
            continue;
        default:
            slot->u64 = changed(lower, step, from);
        }
        step++;
    }
}

/* ------------------------------------------------------------------------
 * Public. */

static inline bool
is_recoded(const struct tvn_memory *memory)
{
    return ((unsigned)memory->encoding | (unsigned)memory->source) != TVN_UTF8;
}

tvn_err
tvn_lower_flat(const struct tvn_plan *plan, const uint8_t *data, uint32_t root,
    struct tvn_memory *memory, union tvn_slot *slots, uint64_t *bytes,
    struct tvn_diag *diag)
{
    struct lower lower;
    tvn_err err;

    TVN_ASSERT(plan->flat != NULL);
    lower.table = plan->table;
    if (plan->is_flat) {
        *bytes += plan->to->size;
        return lower_flat(&lower, plan->flat, data + root, slots);
    }
    lower = (struct lower){.data = data,
        .base = memory->base,
        .memory = memory,
        .table = plan->table,
        .handles = plan->handles,
        .diag = diag,
        .is_recoded = is_recoded(memory)};
    err = lower_flat(&lower, plan->flat, data + root, slots);
    if (err == TVN_OK) {
        *bytes += plan->to->size + lower.bytes;
    }
    return err;
}

tvn_err
tvn_lower_store(const struct tvn_plan *plan, const uint8_t *data, uint32_t root,
    struct tvn_memory *memory, uint32_t ptr, uint64_t *bytes,
    struct tvn_diag *diag)
{
    struct lower lower = {.data = data,
        .memory = memory,
        .table = plan->table,
        .handles = plan->handles,
        .diag = diag,
        .is_recoded = is_recoded(memory)};
    tvn_err err;

    if (!TVN_GUEST_CHECK(3, (ptr & (plan->to->align - 1)) == 0)) {
        return tvn_diag_error(diag, TVN_EABI, NULL,
            "the pointer %#x for a result is not aligned to %u", (unsigned)ptr,
            (unsigned)plan->to->align);
    }
    if (!TVN_GUEST_CHECK(4, tvn__in_bounds(memory, ptr, plan->to->size))) {
        return tvn_diag_error(diag, TVN_EABI, NULL,
            "the pointer %#x for a result of %u bytes is outside the memory "
            "of %llu bytes",
            (unsigned)ptr, (unsigned)plan->to->size,
            (unsigned long long)memory->size);
    }
    lower.base = memory->base;
    err = lower_memory(&lower, (struct run){plan->memory, root, ptr, 1, 0, 0});
    if (err == TVN_OK) {
        *bytes += plan->to->size + lower.bytes;
    }
    return err;
}

tvn_err
tvn_plan_convert(const struct tvn_plan *plan, const uint8_t *data,
    uint32_t root, struct tvn_builder *builder, uint32_t at, uint64_t *bytes)
{
    struct lower lower = {.data = data,
        .base = builder->data,
        .builder = builder,
        .table = plan->table,
        .handles = plan->handles};
    tvn_err err =
        lower_memory(&lower, (struct run){plan->memory, root, at, 1, 0, 0});

    if (err == TVN_OK) {
        *bytes += plan->to->size + lower.bytes;
    }
    return err;
}
