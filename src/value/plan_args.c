/* plan_args.c -- whole parameter lists; see plan.h. */
#include "value/plan_code.h"

#include "base/assert.h"

/* The layout of the tuple of all values, used when they do not fit flat. */
static tvn_err
lay_out(struct tvn_arena *arena, struct tvn_args *args)
{
    uint32_t *offsets = tvn_arena_new(arena, args->count, sizeof(*offsets));
    uint64_t end = 0;

    if (offsets == NULL) {
        return TVN_ENOMEM;
    }
    args->tuple_align = 1;
    for (uint32_t i = 0; i < args->count; i++) {
        const struct tvn_type *type = args->plans[i]->to;

        end = (end + type->align - 1) & ~(uint64_t)(type->align - 1);
        offsets[i] = (uint32_t)end;
        end += type->size;
        if (type->align > args->tuple_align) {
            args->tuple_align = type->align;
        }
        if (end >= TVN_TYPE_SIZE_MAX) {
            return TVN_ELIMIT;
        }
    }
    end = (end + args->tuple_align - 1) & ~(uint64_t)(args->tuple_align - 1);
    args->tuple_size = (uint32_t)end;
    args->offsets = offsets;
    return TVN_OK;
}

tvn_err
tvn_args_make(struct tvn_arena *arena, const struct tvn_plan *const *plans,
    uint32_t count, struct tvn_args *args)
{
    struct tvn_args made = {.count = count};
    const struct tvn_plan **kept =
        tvn_arena_new(arena, count, sizeof(struct tvn_plan *));
    tvn_err err;

    if (kept == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        kept[i] = plans[i];
        made.slots += plans[i]->to->flat_count;
        made.is_spilled |= made.slots > TVN_FLAT_PARAMS_MAX;
        made.slots = made.is_spilled ? 1 : made.slots;
    }
    made.plans = kept;
    err = lay_out(arena, &made);
    if (err == TVN_OK) {
        *args = made;
    }
    return err;
}

static tvn_err
lower_spilled(const struct tvn_args *args, const uint8_t *const *data,
    struct tvn_memory *memory, uint32_t ptr, uint64_t *bytes,
    struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < args->count; i++) {
        err = tvn_lower_store(args->plans[i], data[i], 0, memory,
            ptr + args->offsets[i], bytes, diag);
    }
    return err;
}

tvn_err
tvn_args_lower(const struct tvn_args *args, const uint8_t *const *data,
    struct tvn_memory *memory, union tvn_slot *slots, uint64_t *bytes,
    struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;
    uint32_t ptr;

    if (args->is_spilled) {
        err = tvn__guest_alloc(
            memory, args->tuple_align, args->tuple_size, &ptr, diag);
        if (err != TVN_OK) {
            return err;
        }
        slots[0].u64 = ptr;
        return lower_spilled(args, data, memory, ptr, bytes, diag);
    }
    for (uint32_t i = 0; err == TVN_OK && i < args->count; i++) {
        err = tvn_lower_flat(
            args->plans[i], data[i], 0, memory, slots, bytes, diag);
        slots += args->plans[i]->to->flat_count;
    }
    return err;
}
