/* testing_abi.h -- the Canonical ABI written down once more, slowly: is this
 * value in the guest what the image holds?
 *
 * Header only.  Threads: none. */
#ifndef TVN_VALUE_TESTING_ABI_H
#define TVN_VALUE_TESTING_ABI_H

#include "value/plan.h"

#include <string.h>

static inline bool tvn_testing_in_memory(const struct tvn_type *type,
    const uint8_t *data, uint32_t offset, const uint8_t *memory, uint32_t ptr);

static inline bool
tvn_testing_far_in_memory(const struct tvn_type *type, const uint8_t *data,
    uint32_t offset, const uint8_t *memory, uint32_t ptr, uint32_t count)
{
    uint32_t far[2];

    memcpy(far, data + offset, 8);
    if (far[1] != count) {
        return false;
    }
    if (type->kind == TVN_KIND_STRING) {
        return memcmp(data + far[0], memory + ptr, count) == 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (ptr % type->elem->align != 0 ||
            !tvn_testing_in_memory(type->elem, data,
                far[0] + i * type->elem->size, memory,
                ptr + i * type->elem->size)) {
            return false;
        }
    }
    return true;
}

static inline bool
tvn_testing_in_memory(const struct tvn_type *type, const uint8_t *data,
    uint32_t offset, const uint8_t *memory, uint32_t ptr)
{
    const struct tvn_member *active;
    uint64_t disc = 0;
    uint32_t far[2];

    if (type->kind < TVN_KIND_STRING || type->kind == TVN_KIND_FLAGS) {
        return memcmp(data + offset, memory + ptr, type->size) == 0;
    }
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        memcpy(far, memory + ptr, 8);
        return tvn_testing_far_in_memory(
            type, data, offset, memory, far[0], far[1]);
    }
    if (tvn_type_has_cases(type)) {
        memcpy(&disc, data + offset, type->disc_size);
        active = &type->members[disc];
        return memcmp(data + offset, memory + ptr, type->disc_size) == 0 &&
               (active->type == NULL ||
                   tvn_testing_in_memory(active->type, data,
                       offset + type->payload_offset, memory,
                       ptr + type->payload_offset));
    }
    for (uint32_t i = 0; i < type->count; i++) {
        uint32_t at = type->members[i].offset;

        if (!tvn_testing_in_memory(
                type->members[i].type, data, offset + at, memory, ptr + at)) {
            return false;
        }
    }
    return true;
}

/* A scalar as its core value, zero-extended. */
static inline uint64_t
tvn_testing_core_bits(const struct tvn_type *type, const uint8_t *at)
{
    uint64_t bits = 0;

    memcpy(&bits, at, type->size);
    if (type->kind == TVN_KIND_S8) {
        return (uint64_t)(int64_t)(int8_t)bits & UINT32_MAX;
    }
    if (type->kind == TVN_KIND_S16) {
        return (uint64_t)(int64_t)(int16_t)bits & UINT32_MAX;
    }
    return bits;
}

static inline bool
tvn_testing_in_slots(const struct tvn_type *type, const uint8_t *data,
    uint32_t offset, const uint8_t *memory, const union tvn_slot *slots)
{
    const struct tvn_type *payload;
    uint64_t disc = 0;
    uint32_t used = 1;

    if (type->kind < TVN_KIND_STRING || type->kind == TVN_KIND_FLAGS) {
        return tvn_testing_core_bits(type, data + offset) == slots->u64;
    }
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        return tvn_testing_far_in_memory(type, data, offset, memory,
            (uint32_t)slots[0].u64, (uint32_t)slots[1].u64);
    }
    if (tvn_type_has_cases(type)) {
        memcpy(&disc, data + offset, type->disc_size);
        payload = type->members[disc].type;
        if (slots->u64 != disc ||
            (payload != NULL &&
                !tvn_testing_in_slots(payload, data,
                    offset + type->payload_offset, memory, slots + 1))) {
            return false;
        }
        used += payload == NULL ? 0 : payload->flat_count;
        for (; used < type->flat_count; used++) {
            if (slots[used].u64 != 0) {
                return false;
            }
        }
        return true;
    }
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *field = &type->members[i];

        if (!tvn_testing_in_slots(
                field->type, data, offset + field->offset, memory, slots)) {
            return false;
        }
        slots += field->type->flat_count;
    }
    return true;
}

#endif
