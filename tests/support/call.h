/* call.h -- what goes into a call and what comes out of it.
 *
 * Parameters are one value of their tuple: flat it is they, one by one; else
 * it stands in guest memory.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_SUPPORT_CALL_H
#define TVN_TESTS_SUPPORT_CALL_H

#include "engine/engine.h"
#include "value/image.h"
#include "value/plan.h"

static inline tvn_err
call_lower(struct tvn_call *call, const struct tvn_image *args,
    struct tvn_arena *arena, struct tvn_diag *diag)
{
    const struct tvn_type *tuple = args->type;
    const struct tvn_plan *plan = NULL;
    struct tvn_memory *memory = call->memory;
    uint64_t bytes = 0;
    uint32_t ptr = 0;
    tvn_err err = tvn_plan_lower(arena, tuple, tuple, &plan);

    if (err != TVN_OK || tuple->flat_count <= TVN_FLAT_PARAMS_MAX) {
        return err != TVN_OK ? err
                             : tvn_lower_flat(plan, args->data, 0, memory,
                                   call->slots, &bytes, diag);
    }
    err = memory->realloc(memory, tuple->align, tuple->size, &ptr);
    if (err == TVN_OK) {
        err = tvn_lower_store(plan, args->data, 0, memory, ptr, &bytes, diag);
    }
    call->slots[0].u64 = ptr;
    return err;
}

/* The result of a call that has run, as an image of the builder. */
static inline tvn_err
call_lift(const struct tvn_call *call, const struct tvn_plan *plan,
    struct tvn_builder *builder, struct tvn_image **out, struct tvn_diag *diag)
{
    uint64_t bytes = 0;
    tvn_err err = tvn_builder_begin(builder, tvn_plan_type(plan));

    if (err == TVN_OK) {
        err = call->returns_pointer
                  ? tvn_lift_load(plan, call->memory, call->slots[0].u32,
                        builder, 0, &bytes, diag)
                  : tvn_lift_flat(plan, call->memory, call->slots, builder, 0,
                        &bytes, diag);
    }
    return err == TVN_OK ? tvn_builder_finish(builder, out) : err;
}

#endif
