/* values.h -- random values with the edges among them.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_VALUES_H
#define TVN_TESTS_BINDGEN_VALUES_H

#include "value/testing.h"

/* Edge values of a scalar: signed ends, all bits, NaNs with payloads, both
 * quiet and signalling, the ends of what is a char. */
static inline void
values_edge(const struct tvn_type *type, uint8_t *at, struct tvn_rng *rng)
{
    static const uint64_t numbers[] = {0, UINT64_MAX, 1, INT64_MAX,
        UINT64_C(0x8000000080008080), UINT64_C(0x7FFFFFFF7FFF7F7F),
        UINT64_C(0xFFF8000000000001), UINT64_C(0x7FF0000000000001),
        UINT64_C(0xFFF0DEAD7FA00BAD), UINT64_C(0x7FF00000FFC12345),
        UINT64_C(0x8000000000000000), UINT64_C(0xFFFFFFFF80000000)};
    static const uint32_t chars[] = {
        0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    uint64_t bits = numbers[tvn_rng_below(rng, 12)];

    if (type->kind == TVN_KIND_BOOL) {
        bits &= 1;
    } else if (type->kind == TVN_KIND_CHAR) {
        bits = chars[tvn_rng_below(rng, 10)];
    } else if (type->kind == TVN_KIND_FLAGS) {
        bits &= (UINT64_C(1) << type->count) - 1;
    }
    memcpy(at, &bits, type->size);
}

/* Puts edges into a value that is there. */
static inline void
values_spice(struct tvn_builder *builder, const struct tvn_type *type,
    uint32_t at, struct tvn_rng *rng)
{
    uint8_t *data = builder->data + at;
    uint32_t far[2];
    uint64_t disc = 0;

    if (type->kind == TVN_KIND_STRING) {
        return;
    }
    if (type->kind == TVN_KIND_LIST) {
        memcpy(far, data, 8);
        for (uint32_t i = 0; i < far[1]; i++) {
            values_spice(
                builder, type->elem, far[0] + i * type->elem->size, rng);
        }
    } else if (tvn_type_has_cases(type)) {
        memcpy(&disc, data, type->disc_size);
        if (type->members[disc].type != NULL) {
            values_spice(builder, type->members[disc].type,
                at + type->payload_offset, rng);
        }
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++) {
            values_spice(builder, type->members[i].type,
                at + type->members[i].offset, rng);
        }
    } else if (tvn_rng_below(rng, 3) == 0) {
        values_edge(type, data, rng);
    }
}

/* A value: all zero and empty as `number` 0, else random. */
static inline struct tvn_image *
values_new(struct tvn_builder *builder, const struct tvn_type *type,
    unsigned number, struct tvn_rng *rng)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(builder, type) == TVN_OK);
    if (number > 0) {
        tvn_testing_fill(builder, type, 0, rng);
        values_spice(builder, type, 0, rng);
    }
    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    return image;
}

#endif
