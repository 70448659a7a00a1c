/* testing_narrow.h -- random views for tests: a type that reads as another.
 *
 *     b = tvn_testing_narrow(types, a, &rng);      (a reads as b)
 *     tvn_testing_reads(a, data_a, 0, b, data_b, 0)  the same value, so read?
 *
 * Written from the rules, slowly, with nothing of the plans in it.  Header
 * only.  Threads: none. */
#ifndef TVN_VALUE_TESTING_NARROW_H
#define TVN_VALUE_TESTING_NARROW_H

#include "value/testing.h"

static inline const struct tvn_type *tvn_testing_narrow(
    struct tvn_types *types, const struct tvn_type *a, struct tvn_rng *rng);

static inline enum tvn_kind
tvn_testing_widen(enum tvn_kind kind, struct tvn_rng *rng)
{
    static const char *const wider[TVN_KIND_COUNT] = {
        [TVN_KIND_S8] = "\x01\x03\x05\x07",
        [TVN_KIND_U8] = "\x02\x03\x04\x05\x06\x07\x08",
        [TVN_KIND_S16] = "\x03\x05\x07",
        [TVN_KIND_U16] = "\x04\x05\x06\x07\x08",
        [TVN_KIND_S32] = "\x05\x07",
        [TVN_KIND_U32] = "\x06\x07\x08",
        [TVN_KIND_F32] = "\x09\x0A",
    };

    return wider[kind] == NULL
               ? kind
               : (enum tvn_kind)
                     wider[kind][tvn_rng_below(rng, strlen(wider[kind]))];
}

static inline void
tvn_testing_shuffle(
    struct tvn_member *members, uint32_t count, struct tvn_rng *rng)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t k = (uint32_t)tvn_rng_below(rng, i);
        struct tvn_member held = members[k];

        members[k] = members[i - 1];
        members[i - 1] = held;
    }
}

/* Records lose fields, cases and flags gain some; all change places. */
static inline const struct tvn_type *
tvn_testing_narrow_members(
    struct tvn_types *types, const struct tvn_type *a, struct tvn_rng *rng)
{
    static const char *const extra[] = {"extra-one", "extra-three"};
    struct tvn_member members[34] = {0};
    const struct tvn_type *type = NULL;
    bool is_record = a->kind == TVN_KIND_RECORD;
    uint32_t count = 0;

    for (uint32_t i = 0; i < a->count; i++) {
        bool left_out = is_record && count > 0 && tvn_rng_below(rng, 3) == 0;
        bool emptied =
            a->kind == TVN_KIND_VARIANT && tvn_rng_below(rng, 4) == 0;

        if (!left_out) {
            members[count] = a->members[i];
            members[count].type =
                a->members[i].type == NULL || emptied
                    ? NULL
                    : tvn_testing_narrow(types, a->members[i].type, rng);
            count++;
        }
    }
    for (uint32_t i = 0; i < 2 && a->kind != TVN_KIND_TUPLE; i++) {
        bool fits = a->kind != TVN_KIND_FLAGS || count < TVN_FLAGS_MAX;

        if (fits && tvn_rng_below(rng, 3) == 0) {
            members[count].name = tvn_str_of(extra[i]);
            if (is_record) {
                TVN_ASSERT(
                    tvn_type_option(types, tvn_testing_type(types, rng, 2),
                        &members[count].type) == TVN_OK);
            } else if (a->kind == TVN_KIND_VARIANT) {
                members[count].type = tvn_testing_type(types, rng, 2);
            }
            count++;
        }
    }
    if (a->kind != TVN_KIND_TUPLE && tvn_rng_below(rng, 2) == 0) {
        tvn_testing_shuffle(members, count, rng);
    }
    TVN_ASSERT(
        tvn_type_members(types, a->kind, members, count, &type) == TVN_OK);
    return type;
}

/* A random type that `a` reads as; often `a` itself. */
static inline const struct tvn_type *
tvn_testing_narrow(
    struct tvn_types *types, const struct tvn_type *a, struct tvn_rng *rng)
{
    const struct tvn_type *type = a;
    const struct tvn_type *cases[2];
    tvn_err err = TVN_OK;

    if (tvn_rng_below(rng, 4) == 0) {
        return a;
    }
    if (a->kind != TVN_KIND_OPTION && tvn_rng_below(rng, 6) == 0) {
        err = tvn_type_option(types, tvn_testing_narrow(types, a, rng), &type);
    } else if (a->kind < TVN_KIND_STRING) {
        type = tvn_testing_scalar(types, tvn_testing_widen(a->kind, rng));
    } else if (a->kind == TVN_KIND_LIST) {
        err = tvn_type_list(
            types, tvn_testing_narrow(types, a->elem, rng), &type);
    } else if (a->kind == TVN_KIND_OPTION) {
        err = tvn_type_option(
            types, tvn_testing_narrow(types, a->members[1].type, rng), &type);
    } else if (a->kind == TVN_KIND_RESULT) {
        for (uint32_t i = 0; i < 2; i++) {
            cases[i] = a->members[i].type == NULL || tvn_rng_below(rng, 4) == 0
                           ? NULL
                           : tvn_testing_narrow(types, a->members[i].type, rng);
        }
        err = tvn_type_result(types, cases[0], cases[1], &type);
    } else if (a->kind != TVN_KIND_STRING) {
        type = tvn_testing_narrow_members(types, a, rng);
    }
    TVN_ASSERT(err == TVN_OK);
    return type;
}

/* ------------------------------------------------------------------------
 * The rules once more, as a question about two values. */

static inline int64_t
tvn_testing_integer(const struct tvn_type *type, const uint8_t *at)
{
    bool is_signed = (type->kind - TVN_KIND_S8) % 2 == 0;
    uint64_t bits = 0;

    memcpy(&bits, at, type->size);
    if (is_signed && type->size < 8) {
        bits = (uint64_t)((int64_t)(bits << (64 - 8 * type->size)) >>
                          (64 - 8 * type->size));
    }
    return (int64_t)bits;
}

static inline bool
tvn_testing_reads_scalar(const struct tvn_type *a, const uint8_t *at_a,
    const struct tvn_type *b, const uint8_t *at_b)
{
    double f64;
    double wide;
    float f32;

    if (a->kind == b->kind) {
        return memcmp(at_a, at_b, a->size) == 0;
    }
    if (a->kind == TVN_KIND_F32) {
        memcpy(&f32, at_a, 4);
        memcpy(&f64, at_b, 8);
        wide = (double)f32;
        return f32 != f32 ? f64 != f64 : memcmp(&f64, &wide, 8) == 0;
    }
    return tvn_testing_integer(a, at_a) == tvn_testing_integer(b, at_b);
}

static inline bool
tvn_testing_is_zero(const uint8_t *at, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (at[i] != 0) {
            return false;
        }
    }
    return true;
}

static inline bool tvn_testing_reads(const struct tvn_type *a,
    const uint8_t *data_a, uint32_t offset_a, const struct tvn_type *b,
    const uint8_t *data_b, uint32_t offset_b);

static inline bool
tvn_testing_reads_far(const struct tvn_type *a, const uint8_t *data_a,
    uint32_t offset_a, const struct tvn_type *b, const uint8_t *data_b,
    uint32_t offset_b)
{
    uint32_t far_a[2];
    uint32_t far_b[2];

    memcpy(far_a, data_a + offset_a, 8);
    memcpy(far_b, data_b + offset_b, 8);
    if (far_a[1] != far_b[1] || (far_b[1] == 0 && far_b[0] != 0)) {
        return false;
    }
    if (a->kind == TVN_KIND_STRING) {
        return memcmp(data_a + far_a[0], data_b + far_b[0], far_a[1]) == 0;
    }
    for (uint32_t i = 0; i < far_a[1]; i++) {
        if (far_b[0] % b->elem->align != 0 ||
            !tvn_testing_reads(a->elem, data_a, far_a[0] + i * a->elem->size,
                b->elem, data_b, far_b[0] + i * b->elem->size)) {
            return false;
        }
    }
    return true;
}

/* The case or label of `b` named as a's `index`. */
static inline uint32_t
tvn_testing_same_name(
    const struct tvn_type *a, uint64_t index, const struct tvn_type *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        if (tvn_str_equal(a->members[index].name, b->members[i].name)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static inline bool
tvn_testing_reads_case(const struct tvn_type *a, const uint8_t *data_a,
    uint32_t offset_a, const struct tvn_type *b, const uint8_t *data_b,
    uint32_t offset_b)
{
    uint64_t disc_a = 0;
    uint64_t disc_b = 0;

    memcpy(&disc_a, data_a + offset_a, a->disc_size);
    memcpy(&disc_b, data_b + offset_b, b->disc_size);
    if (tvn_testing_same_name(a, disc_a, b) != disc_b) {
        return false;
    }
    if (b->members[disc_b].type == NULL) {
        return tvn_testing_is_zero(
            data_b + offset_b + b->disc_size, b->size - b->disc_size);
    }
    return tvn_testing_reads(a->members[disc_a].type, data_a,
        offset_a + a->payload_offset, b->members[disc_b].type, data_b,
        offset_b + b->payload_offset);
}

/* True when the value of `b`, in an image, is what `a`'s reads as. */
static inline bool
tvn_testing_reads(const struct tvn_type *a, const uint8_t *data_a,
    uint32_t offset_a, const struct tvn_type *b, const uint8_t *data_b,
    uint32_t offset_b)
{
    uint64_t bits_a = 0;
    uint64_t bits_b = 0;
    bool ok = true;

    if (b->kind == TVN_KIND_OPTION && a->kind != TVN_KIND_OPTION) {
        return data_b[offset_b] == 1 &&
               tvn_testing_reads(a, data_a, offset_a, b->members[1].type,
                   data_b, offset_b + b->payload_offset);
    }
    if (a->kind == TVN_KIND_STRING || a->kind == TVN_KIND_LIST) {
        return tvn_testing_reads_far(a, data_a, offset_a, b, data_b, offset_b);
    }
    if (tvn_type_has_cases(a)) {
        return tvn_testing_reads_case(a, data_a, offset_a, b, data_b, offset_b);
    }
    if (a->kind == TVN_KIND_FLAGS) {
        memcpy(&bits_a, data_a + offset_a, a->size);
        memcpy(&bits_b, data_b + offset_b, b->size);
        for (uint32_t i = 0; i < a->count; i++) {
            uint32_t k = tvn_testing_same_name(a, i, b);

            ok &= (bits_a >> i & 1) == (bits_b >> k & 1);
            bits_b &= ~(UINT64_C(1) << k);
        }
        return ok && bits_b == 0;
    }
    if (a->kind < TVN_KIND_STRING) {
        return tvn_testing_reads_scalar(
            a, data_a + offset_a, b, data_b + offset_b);
    }
    for (uint32_t i = 0; ok && i < b->count; i++) {
        const struct tvn_member *field = &b->members[i];
        uint32_t k =
            a->kind == TVN_KIND_TUPLE ? i : tvn_testing_same_name(b, i, a);

        ok = k == UINT32_MAX
                 ? tvn_testing_is_zero(
                       data_b + offset_b + field->offset, field->type->size)
                 : tvn_testing_reads(a->members[k].type, data_a,
                       offset_a + a->members[k].offset, field->type, data_b,
                       offset_b + field->offset);
    }
    return ok;
}

#endif
