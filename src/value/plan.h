/* plan.h -- compiled walks of a type: lifting values out of guests, lowering
 * them in, and reading one type as another.
 *
 *     guest memory / flat args --lift--> image --lower (view)--> guest
 *
 * Guest memory is hostile: every pointer, length, discriminant, char and
 * UTF-8 byte is checked, all offset arithmetic is in u64, and no pointer into
 * guest memory is kept across a call of `realloc`.  Images are trusted.
 *
 * A plan is immutable once made and may be shared; it is freed with the
 * arena that it was made in.
 *
 * Threads: a plan, any; a tvn_memory, the one that runs its guest. */
#ifndef TVN_VALUE_PLAN_H
#define TVN_VALUE_PLAN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "value/image.h"
#include "value/type.h"

#include <stdbool.h>
#include <stdint.h>

/* One core value on its way in or out; the layout of the engine's raw value
 * (16 bytes, 16-aligned; checked by a static assert in engine/). */
union tvn_slot {
    int32_t i32;
    int64_t i64;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
    _Alignas(16) uint8_t bytes[16];
};

#define TVN_FLAT_PARAMS_MAX  16u /* beyond: one pointer to their tuple */
#define TVN_FLAT_RESULTS_MAX 1u  /* beyond: one pointer to the result */

/* How a guest has its strings; in images they are UTF-8. */
enum tvn_encoding {
    TVN_UTF8,
    TVN_UTF16,
    TVN_LATIN1_UTF16, /* one of the two, a bit of the length says which */
};

/* The handle table of a component instance as plans see it.  Both answer NULL
 * or why not ("is no handle"). */
struct tvn_handles {
    /* Lifting: what is behind `handle`.  An own leaves the table, a borrow is
     * lent until the call has ended. */
    const char *(*take)(struct tvn_handles *handles,
        const struct tvn_type *type, uint32_t handle, uint32_t *rep);
    /* Lowering: a new handle (or `rep` itself, to who made the resource). */
    const char *(*give)(struct tvn_handles *handles,
        const struct tvn_type *type, uint32_t rep, uint32_t *handle);
};

/* A guest's linear memory as plans see it.  base and size may be older than
 * the memory is: a check that fails calls `refresh` once and looks again
 * (memory only grows; `base` never moves). */
struct tvn_memory {
    uint8_t *base;
    uint64_t size;
    void (*refresh)(struct tvn_memory *memory);
    /* The guest's cabi_realloc(0, 0, align, size); also for size 0.  Its
     * result is checked by the plan.  TVN_ETRAP etc. as the engine says. */
    tvn_err (*realloc)(struct tvn_memory *memory, uint32_t align, uint32_t size,
        uint32_t *ptr);
    /* The same with a block that is there: strings whose size is known late.
     * Needed by the encodings other than UTF-8 and by lowering from them. */
    tvn_err (*resize)(struct tvn_memory *memory, uint32_t old,
        uint32_t old_size, uint32_t align, uint32_t size, uint32_t *ptr);
    enum tvn_encoding encoding; /* of its strings */
    /* Of the guest that strings come from which are lowered into this one: it
     * says what the specification has realloc called for. */
    enum tvn_encoding source;
    /* Lifting from LATIN1_UTF16: strings that were UTF-16 get TVN_TEXT_WIDE
     * in their length in the image.  Only lowering from LATIN1_UTF16 may see
     * it. */
    bool keeps_width;
    struct tvn_handles *handles; /* NULL: its functions have none */
    void *guest;                 /* the owner's */
};

#define TVN_TEXT_WIDE (UINT32_C(1) << 31)

struct tvn_plan;

/* A lower plan for values of image type `from` handed over as `to`, which
 * must read as it (TVN_EINVAL when not: check with view.h first).
 * TVN_ENOMEM. */
tvn_err tvn_plan_lower(struct tvn_arena *arena, const struct tvn_type *from,
    const struct tvn_type *to, const struct tvn_plan **out);

/* A lift plan for `type`.  TVN_ENOMEM. */
tvn_err tvn_plan_lift(struct tvn_arena *arena, const struct tvn_type *type,
    const struct tvn_plan **out);

/* The type handed over (`to`) or lifted. */
const struct tvn_type *tvn_plan_type(const struct tvn_plan *plan);

/* True when running it touches nothing of the guest's: no string, list or
 * handle in `to`.  Others need a tvn_memory. */
bool tvn_plan_is_flat(const struct tvn_plan *plan);

/* Writes plan type's flat_count slots; asserted: at most
 * TVN_FLAT_PARAMS_MAX, as for lift_flat.  `data` is an image's data: the root
 * is at `root`, offsets count from data[0].  Adds to `*bytes` what the copy
 * ledger counts: the canonical size of `to` plus out-of-line bytes (strings:
 * as the guest has them).  Errors are realloc's, TVN_EABI (a bad pointer from
 * realloc), TVN_ETOOBIG (a string or list of 2^28 bytes or more: no guest
 * takes it). */
tvn_err tvn_lower_flat(const struct tvn_plan *plan, const uint8_t *data,
    uint32_t root, struct tvn_memory *memory, union tvn_slot *slots,
    uint64_t *bytes, struct tvn_diag *diag);

/* The same into guest memory at `ptr` (checked: in bounds and aligned). */
tvn_err tvn_lower_store(const struct tvn_plan *plan, const uint8_t *data,
    uint32_t root, struct tvn_memory *memory, uint32_t ptr, uint64_t *bytes,
    struct tvn_diag *diag);

/* Lifts into `builder` (which has begun with an enclosing type, at offset
 * `at` of it, zeroed).  TVN_EABI with a text that says path and reason
 * (`.airline: not UTF-8 at byte 3`), TVN_ETOOBIG above the pool's max,
 * TVN_ENOMEM.  `*bytes` as above (strings: as UTF-8, in the image). */
tvn_err tvn_lift_flat(const struct tvn_plan *plan, struct tvn_memory *memory,
    const union tvn_slot *slots, struct tvn_builder *builder, uint32_t at,
    uint64_t *bytes, struct tvn_diag *diag);
tvn_err tvn_lift_load(const struct tvn_plan *plan, struct tvn_memory *memory,
    uint32_t ptr, struct tvn_builder *builder, uint32_t at, uint64_t *bytes,
    struct tvn_diag *diag);

/* Reads an image's value as `to` into another image (a lower plan whose
 * destination is a builder): config, tables, native sinks with `fields`.
 * `at` as for lift.  TVN_ENOMEM, TVN_ETOOBIG. */
tvn_err tvn_plan_convert(const struct tvn_plan *plan, const uint8_t *data,
    uint32_t root, struct tvn_builder *builder, uint32_t at, uint64_t *bytes);

/* ------------------------------------------------------------------------
 * Whole parameter lists: `count` values, each through its own lower plan.
 * Up to 16 flat slots they go flat, beyond as one pointer to their tuple. */
struct tvn_args {
    uint32_t count;
    const struct tvn_plan *const *plans;
    bool is_spilled;     /* one pointer instead of slots */
    uint32_t slots;      /* core parameters: at most 16 */
    uint32_t tuple_size; /* spilled: the tuple's layout */
    uint32_t tuple_align;
    const uint32_t *offsets; /* spilled: of each value in the tuple */
};

/* Makes `*args` in the arena for the given plans.  TVN_ENOMEM, TVN_ELIMIT (a
 * tuple of 2^28 bytes or more). */
tvn_err tvn_args_make(struct tvn_arena *arena,
    const struct tvn_plan *const *plans, uint32_t count, struct tvn_args *args);

/* Lowers value i from data[i] (root at 0) into `slots` (room for 16). */
tvn_err tvn_args_lower(const struct tvn_args *args, const uint8_t *const *data,
    struct tvn_memory *memory, union tvn_slot *slots, uint64_t *bytes,
    struct tvn_diag *diag);

#endif
