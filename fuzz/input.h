/* input.h -- for fuzz targets: an input read byte by byte, and types made of
 * it.  What is missing at its end reads as 0.
 *
 * A type is its kind, modulo TVN_KIND_COUNT, then for `list`, `option` and the
 * handles one type or resource; for the others the count of members less one,
 * modulo 4 (a flags: 32), and of each a byte that names it, above 191 without
 * a payload, and its type where there is one.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FUZZ_INPUT_H
#define TVN_FUZZ_INPUT_H

#include "base/assert.h"
#include "value/type.h"

#include <string.h>

struct input {
    const uint8_t *at;
    const uint8_t *end;
    const struct tvn_resource *resources[2]; /* [0] NULL: types have none */
};

static inline void
input_read(struct input *in, void *out, size_t size)
{
    size_t there = (size_t)(in->end - in->at);

    there = there < size ? there : size;
    memset(out, 0, size);
    if (there > 0) {
        memcpy(out, in->at, there);
        in->at += there;
    }
}

static inline uint8_t
input_byte(struct input *in)
{
    uint8_t byte;

    input_read(in, &byte, 1);
    return byte;
}

static inline uint32_t
input_u32(struct input *in)
{
    uint32_t value;

    input_read(in, &value, 4);
    return value;
}

static inline const struct tvn_type *input_type(
    struct input *in, struct tvn_types *types, uint32_t depth);

/* Members; one name twice is `count` members fewer. */
static inline uint32_t
input_members(struct input *in, struct tvn_types *types, enum tvn_kind kind,
    uint32_t depth, struct tvn_member *members)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ";
    bool is_label = kind == TVN_KIND_ENUM || kind == TVN_KIND_FLAGS;
    bool may_be_empty = kind == TVN_KIND_VARIANT || kind == TVN_KIND_RESULT;
    uint32_t max = is_label ? 32 : 4;
    uint32_t count = kind == TVN_KIND_RESULT ? 2 : 1 + input_byte(in) % max;
    uint32_t used = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint8_t name = input_byte(in);
        struct tvn_member member = {0};
        bool is_twice = false;

        if (kind != TVN_KIND_TUPLE && kind != TVN_KIND_RESULT) {
            member.name = (struct tvn_str){letters + name % 32, 1 + name % 3};
        }
        for (uint32_t k = 0; member.name.len > 0 && k < used; k++) {
            is_twice |= tvn_str_equal(members[k].name, member.name);
        }
        if (!is_label && !(may_be_empty && name > 191)) {
            member.type = input_type(in, types, depth - 1);
        }
        if (!is_twice) {
            members[used++] = member;
        }
    }
    return used;
}

static inline const struct tvn_type *
input_type(struct input *in, struct tvn_types *types, uint32_t depth)
{
    enum tvn_kind kind = (enum tvn_kind)(input_byte(in) % TVN_KIND_COUNT);
    struct tvn_member members[32] = {0};
    const struct tvn_type *inner = NULL;
    const struct tvn_type *type = NULL;
    uint32_t count;
    tvn_err err;

    if (kind >= TVN_KIND_OWN && in->resources[0] != NULL) {
        err = tvn_type_handle(
            types, kind, in->resources[input_byte(in) % 2], &type);
    } else if (kind <= TVN_KIND_STRING || kind >= TVN_KIND_OWN || depth < 2) {
        err = tvn_type_scalar(
            types, (enum tvn_kind)(kind % (TVN_KIND_STRING + 1)), &type);
    } else if (kind == TVN_KIND_LIST || kind == TVN_KIND_OPTION) {
        inner = input_type(in, types, depth - 1);
        err = kind == TVN_KIND_LIST ? tvn_type_list(types, inner, &type)
                                    : tvn_type_option(types, inner, &type);
    } else {
        count = input_members(in, types, kind, depth, members);
        err = kind == TVN_KIND_RESULT
                  ? tvn_type_result(
                        types, members[0].type, members[1].type, &type)
                  : tvn_type_members(types, kind, members, count, &type);
    }
    TVN_ASSERT(err == TVN_OK);
    return type;
}

#endif
