/* outcome.h -- what a call of a stage should give back, and whether it did.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_OUTCOME_H
#define TVN_TESTS_BINDGEN_OUTCOME_H

#include "contract/result.h"
#include "value/image.h"

#include <stdio.h>
#include <string.h>

enum outcome_kind {
    OUTCOME_NOTHING,
    OUTCOME_VALUES, /* ONE, OPTION and a poll's event: exactly one */
    OUTCOME_NONE,   /* an option's */
    OUTCOME_WAIT,
    OUTCOME_DONE,
    OUTCOME_FAULT,
};

struct outcome {
    enum outcome_kind kind;
    unsigned k; /* number of the call: WAIT, FAULT */
    const struct tvn_image *const *values;
    unsigned count;
    bool is_same; /* all of them are values[0] */
};

/* By the rules of stage.h; the value is the caller's to fill in. */
static inline struct outcome
outcome_of(const struct tvn_result_shape *shape, unsigned k)
{
    struct outcome out = {.kind = OUTCOME_VALUES, .k = k, .count = 1};

    out.is_same = true;
    if (shape->has_fault && k % 5 == 4) {
        out.kind = OUTCOME_FAULT;
    } else if (shape->many == TVN_MANY_NOTHING) {
        out.kind = OUTCOME_NOTHING;
    } else if (shape->many == TVN_MANY_OPTION && k % 3 == 2) {
        out.kind = OUTCOME_NONE;
    } else if (shape->many == TVN_MANY_LIST) {
        out.count = k % 4;
    } else if (shape->many == TVN_MANY_POLL) {
        out.kind = k % 4 == 1   ? OUTCOME_WAIT
                   : k % 4 == 3 ? OUTCOME_DONE
                                : OUTCOME_VALUES;
    }
    return out;
}

static inline uint64_t
outcome_number(const uint8_t *data, uint32_t offset, uint32_t size)
{
    uint64_t number = 0;

    memcpy(&number, data + offset, size);
    return number;
}

/* Each of these: NULL when it is so, else what is not. */

static inline const char *
outcome_check_fault(
    const struct tvn_result_shape *shape, const uint8_t *data, unsigned k)
{
    const struct tvn_fault_shape *fault = &shape->fault;
    unsigned count = fault->is_string ? 1 : fault->count;
    unsigned number = k / 5 % count;
    char text[32];
    uint32_t far[2];

    if (outcome_number(data, 0, 1) != 1) {
        return "no error where one was";
    }
    if (!fault->is_string &&
        outcome_number(data, fault->offset, fault->disc_size) != number) {
        return "another case of the fault";
    }
    if (!fault->is_string && !fault->has_text[number]) {
        return NULL;
    }
    (void)snprintf(text, sizeof(text), "call %u", k);
    memcpy(far, data + fault->text_offset, sizeof(far));
    return far[1] == strlen(text) && memcmp(data + far[0], text, far[1]) == 0
               ? NULL
               : "another text in the fault";
}

static inline const char *
outcome_check_list(const struct tvn_result_shape *shape, const uint8_t *data,
    const struct outcome *want)
{
    uint32_t far[2];

    memcpy(far, data + shape->many_offset, sizeof(far));
    if (far[1] != want->count) {
        return "another number of elements";
    }
    for (unsigned i = 0; i < want->count; i++) {
        const struct tvn_image *value = want->values[want->is_same ? 0 : i];

        if (!tvn_value_equal(shape->value, data,
                far[0] + i * shape->value->size, value->data, 0)) {
            return "an element of another value";
        }
    }
    return NULL;
}

static inline const char *
outcome_check_values(const struct tvn_result_shape *shape, const uint8_t *data,
    const struct outcome *want)
{
    if (shape->many == TVN_MANY_LIST) {
        return outcome_check_list(shape, data, want);
    }
    if (shape->many == TVN_MANY_OPTION &&
        outcome_number(data, shape->many_offset, shape->many_size) != 1) {
        return "none where some was";
    }
    if (shape->many == TVN_MANY_POLL &&
        outcome_number(data, shape->many_offset, shape->many_size) !=
            shape->poll_event) {
        return "no event where one was";
    }
    return tvn_value_equal(shape->value, data, shape->value_offset,
               want->values[0]->data, 0)
               ? NULL
               : "another value";
}

/* `got` is an image of the whole result; NULL when there is none. */
static inline const char *
outcome_check(const struct tvn_result_shape *shape, const struct tvn_image *got,
    const struct outcome *want)
{
    const uint8_t *data = got == NULL ? NULL : got->data;
    uint64_t many;

    if (want->kind == OUTCOME_FAULT) {
        return outcome_check_fault(shape, data, want->k);
    }
    if (shape->has_fault && outcome_number(data, 0, 1) != 0) {
        return "an error where none was";
    }
    if (want->kind == OUTCOME_NOTHING) {
        return NULL;
    }
    if (want->kind == OUTCOME_VALUES) {
        return outcome_check_values(shape, data, want);
    }
    many = outcome_number(data, shape->many_offset, shape->many_size);
    if (want->kind == OUTCOME_NONE) {
        return many == 0 ? NULL : "some where none was";
    }
    if (want->kind == OUTCOME_DONE) {
        return many == shape->poll_done ? NULL : "not done";
    }
    return many == shape->poll_wait && outcome_number(data, shape->wait_offset,
                                           8) == UINT64_C(1000003) * want->k
               ? NULL
               : "another wait";
}

#endif
