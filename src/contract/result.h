/* result.h -- how the result of a stage's function reads.
 *
 *     result< many<value>, fault >         outermost layer optional
 *             ^ option | list | itself | nothing
 *
 * In guest memory, at the pointer the call gave back:
 *
 *     0            1 byte, 0 = ok, 1 = error         has_fault only
 *     many_offset  option: 1 byte, 0 = none; list: u32 pointer, u32 count;
 *                  poll: discriminant of many_size bytes
 *     value_offset the value, or a poll's event      not for lists, nothing
 *     fault.offset a string, or a variant of cases   when it is an error
 *
 * A result of one flat core value is in slot 0 and has neither fault nor
 * layer: it is the value (bool, enum, flags, number, one-number record).
 *
 * Threads: any; all of it is immutable. */
#ifndef TVN_CONTRACT_RESULT_H
#define TVN_CONTRACT_RESULT_H

#include "base/arena.h"
#include "base/error.h"
#include "value/type.h"

#include <stdbool.h>
#include <stdint.h>

enum tvn_many {
    TVN_MANY_NOTHING, /* no value at all */
    TVN_MANY_ONE,
    TVN_MANY_OPTION,
    TVN_MANY_LIST,
    TVN_MANY_POLL, /* variant poll { event(T), wait(u64), done } */
};

/* What a guest says about an event that it did not handle. */
enum tvn_fault_class {
    TVN_FAULT_CLASS_RETRY,
    TVN_FAULT_CLASS_REJECT,
    TVN_FAULT_CLASS_FATAL,
};
#define TVN_FAULT_CASES_MAX 3u

struct tvn_fault_shape {
    const struct tvn_type *type;
    uint32_t offset;      /* of the fault, in the result */
    bool is_string;       /* `string`: always REJECT; no cases then */
    uint32_t disc_size;   /* of the variant; 0: is_string */
    uint32_t text_offset; /* of the string {ptr, len}, in the result */
    uint32_t count;       /* cases */
    enum tvn_fault_class classes[TVN_FAULT_CASES_MAX]; /* by case number */
    bool has_text[TVN_FAULT_CASES_MAX];                /* carries a string */
};

struct tvn_result_shape {
    const struct tvn_type *type; /* the whole result; NULL: none */
    bool is_flat;                /* in slot 0, see above; false: in memory
                                  * (or no result) */
    bool has_fault;
    struct tvn_fault_shape fault; /* has_fault */
    enum tvn_many many;
    uint32_t many_offset;         /* OPTION, LIST, POLL */
    uint32_t many_size;           /* OPTION, POLL: the discriminant's */
    const struct tvn_type *value; /* U; POLL: T; NULL: NOTHING */
    uint32_t value_offset;        /* ONE, OPTION, POLL; 0 when is_flat */
    uint32_t poll_event;          /* POLL: the case numbers */
    uint32_t poll_wait;
    uint32_t poll_done;
    uint32_t wait_offset; /* POLL: of wait's u64 */
};

/* Takes the layers off `type` (NULL: no result).  TVN_EFAULT_TYPE when the
 * outermost result's error is no fault: `*why` then says so; TVN_ENOMEM.
 * Says nothing about whether the value is one that an edge can carry. */
tvn_err tvn_result_read(const struct tvn_type *type, struct tvn_arena *arena,
    struct tvn_result_shape *out, const char **why);

/* The same for a source, whose value may be a poll: a variant of exactly the
 * cases event(T), wait(u64) and done, in any order. */
tvn_err tvn_result_read_poll(const struct tvn_type *type,
    struct tvn_arena *arena, struct tvn_result_shape *out, const char **why);

/* NULL when `type` can be the type of a whole event, else the reason why not
 * ("an option: wrap it in a record"). */
const char *tvn_event_type_refusal(const struct tvn_type *type);

/* True for list<u8>: a payload, never "many". */
bool tvn_type_is_bytes(const struct tvn_type *type);

#endif
