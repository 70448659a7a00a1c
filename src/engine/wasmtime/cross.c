/* cross.c -- calls between the components inside a component.
 *
 *     caller's slots --lift--> builder --lower--> callee's slots
 *     callee's result --lift--> builder --lower--> caller's slots or memory
 *
 * The order of lifting, lowering and checks is that of canon_lower calling
 * canon_lift in the specification.  The value in between is an image's: two
 * components that do not trust each other never see the other's memory, and
 * the same plans do it that do it for the host.  Calls nest, and a component
 * may be entered again from below, so what a call needs is in a frame; but for
 * that value: it is needed from lift to lower only, when no guest can call,
 * and one for all of them bounds what guests make the host allocate. */
#include "base/assert.h"
#include "base/guest_check.h"
#include "base/mem.h"
#include "engine/wasmtime/internal.h"

#include <string.h>

/* Bytes of one call's arguments or result.  What is to be lowered has room in
 * the callee's memory, where a string may be half of what it is as UTF-8; a
 * list whose elements all are the same string need not have. */
#define VALUE_MAX TVN_IMAGE_MAX

#define LENT_KEPT 1024u /* loans that a frame keeps room for */

static uint32_t
value_max(const struct tvn_instance *instance)
{
    uint64_t max = instance->limit.memory_max;

    return max < VALUE_MAX / 4 ? (uint32_t)max * 2 + TVN__PAGE : VALUE_MAX;
}

struct crossing {
    struct tvn_instance *instance;
    struct tvn__part *caller;
    struct tvn__guest_memory *memory; /* the caller's; NULL */
    const struct tvn__lifted *callee;
    const char *name;
    uint32_t params;              /* the caller's core parameters */
    bool is_spilled;              /* its arguments are in memory */
    const struct tvn_plan *lifts; /* the arguments; NULL: none */
    struct tvn_args lowers;
    const struct tvn_plan *result_lifts; /* NULL: none */
    const struct tvn_plan *result_lowers;
};

/* ------------------------------------------------------------------------
 * Frames. */

static struct tvn__frame *
take_frame(struct tvn_instance *instance)
{
    struct tvn__frame *frame = instance->frames;

    if (frame != NULL) {
        instance->frames = frame->next;
        return frame;
    }
    return tvn_mem_new(1, sizeof(*frame));
}

static void
give_frame(struct tvn_instance *instance, struct tvn__frame *frame)
{
    frame->scope.borrows = 0;
    frame->scope.lent_count = 0;
    if (frame->scope.lent_cap > LENT_KEPT) { /* there are as many as calls */
        tvn_call_scope_fini(&frame->scope);
    }
    frame->next = instance->frames;
    instance->frames = frame;
}

void
tvn__frames_free(struct tvn_instance *instance)
{
    struct tvn__frame *frame = instance->frames;

    while (frame != NULL) {
        struct tvn__frame *next = frame->next;

        tvn_call_scope_fini(&frame->scope);
        tvn_mem_free(frame, 1, sizeof(*frame));
        frame = next;
    }
    tvn_builder_fini(&instance->between);
    tvn_pool_free(instance->crossings);
}

/* ------------------------------------------------------------------------
 * Values. */

static struct tvn_memory *
memory_of(struct tvn__guest_memory *guest)
{
    return guest == NULL ? NULL : &guest->memory;
}

/* Of slots, or of what the first one points to. */
static tvn_err
lift(const struct tvn_plan *plan, struct tvn__guest_memory *guest,
    const union tvn_slot *slots, bool by_pointer, struct tvn_builder *builder,
    struct tvn_diag *diag)
{
    struct tvn_memory *memory = memory_of(guest);
    uint64_t bytes = 0;
    tvn_err err = tvn_builder_begin(builder, tvn_plan_type(plan));

    if (err != TVN_OK) {
        return err;
    }
    if (memory != NULL) {
        memory->keeps_width = true;
    }
    err = by_pointer
              ? tvn_lift_load(
                    plan, memory, slots[0].u32, builder, 0, &bytes, diag)
              : tvn_lift_flat(plan, memory, slots, builder, 0, &bytes, diag);
    if (memory != NULL) {
        memory->keeps_width = false;
    }
    return err;
}

/* Strings that `to` gets are those of `from`. */
static void
set_source(struct tvn__guest_memory *to, const struct tvn__guest_memory *from)
{
    if (to != NULL) {
        to->memory.source = from == NULL ? TVN_UTF8 : from->memory.encoding;
    }
}

static tvn_err
pass_args(const struct crossing *crossing, struct tvn__frame *frame,
    const union tvn_slot *slots, union tvn_slot *inner, struct tvn_diag *diag)
{
    struct tvn_handle_table *caller = &crossing->caller->table;
    struct tvn_handle_table *callee = &crossing->callee->part->table;
    struct tvn_call_scope *lends = caller->lends;
    struct tvn_call_scope *borrows = callee->borrows;
    struct tvn__guest_memory *to = crossing->callee->memory;
    const uint8_t *data;
    uint64_t bytes = 0;
    tvn_err err;

    if (crossing->lifts == NULL) {
        return TVN_OK;
    }
    caller->lends = &frame->scope;
    err = lift(crossing->lifts, crossing->memory, slots, crossing->is_spilled,
        &crossing->instance->between, diag);
    caller->lends = lends;
    if (err != TVN_OK) {
        return err;
    }
    data = crossing->instance->between.data;
    callee->borrows = &frame->scope;
    set_source(to, crossing->memory);
    err = tvn_args_lower(
        &crossing->lowers, &data, memory_of(to), inner, &bytes, diag);
    set_source(to, NULL);
    callee->borrows = borrows;
    if (err == TVN_OK) {
        tvn_transit_clear(&crossing->instance->transit);
    }
    return err;
}

static tvn_err
pass_result(const struct crossing *crossing, const union tvn_slot *inner,
    union tvn_slot *slots, struct tvn_diag *diag)
{
    const struct tvn__lifted *callee = crossing->callee;
    struct tvn_builder *between = &crossing->instance->between;
    struct tvn_memory *memory = memory_of(crossing->memory);
    uint64_t bytes = 0;
    tvn_err err = lift(crossing->result_lifts, callee->memory, inner,
        callee->returns_pointer, between, diag);

    if (err != TVN_OK) {
        return err;
    }
    set_source(crossing->memory, callee->memory);
    err = callee->returns_pointer
              ? tvn_lower_store(crossing->result_lowers, between->data, 0,
                    memory, slots[crossing->params - 1].u32, &bytes, diag)
              : tvn_lower_flat(crossing->result_lowers, between->data, 0,
                    memory, slots, &bytes, diag);
    set_source(crossing->memory, NULL);
    if (err == TVN_OK) {
        tvn_transit_clear(&crossing->instance->transit);
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Calling. */

/* Calls the callee and passes its result; `*part` says what failed. */
static tvn_err
run(const struct crossing *crossing, struct tvn__frame *frame,
    union tvn_slot *slots, const char **part, struct tvn_diag *diag)
{
    struct tvn_instance *instance = crossing->instance;
    const struct tvn__lifted *callee = crossing->callee;
    union tvn_slot inner[TVN_FLAT_PARAMS_MAX + 1];
    union tvn_slot returned;
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error;
    tvn_err err;

    inner[0].u64 = 0;
    *part = "its arguments: ";
    err = pass_args(crossing, frame, slots, inner, diag);
    if (err != TVN_OK) {
        return err;
    }
    *part = "";
    error = wasmtime_func_call_unchecked(instance->context, &callee->func,
        tvn__raw(inner), callee->slots, &trap);
    if (error != NULL || trap != NULL) {
        return tvn__fail_call(instance, callee->name, error, trap);
    }
    returned.u64 = inner[0].u64;
    if (!TVN_GUEST_CHECK(307, frame->scope.borrows == 0)) {
        return tvn_diag_error(diag, TVN_EABI, NULL,
            "it returned and has not dropped %u handles that it borrowed",
            (unsigned)frame->scope.borrows);
    }
    if (crossing->result_lifts != NULL) {
        *part = "its result: ";
        err = pass_result(crossing, inner, slots, diag);
    }
    if (err == TVN_OK && callee->has_post_return) {
        *part = "";
        err = tvn__guest_call(instance, callee->part, &callee->post_return,
            &returned, 1, false, callee->name);
    }
    return err;
}

/* The engine's raw values are aligned to 8 only, as far as is promised. */
static wasm_trap_t *
call_inside(
    void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *raw, size_t count)
{
    const struct crossing *crossing = env;
    struct tvn_instance *instance = crossing->instance;
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX + 1];
    struct tvn_diag diag = {0};
    struct tvn__frame *frame;
    const char *part = "";
    tvn_err err;

    (void)caller; /* the context is the instance's own */
    TVN_ASSERT(count <= TVN_FLAT_PARAMS_MAX + 1);
    memcpy(slots, raw, crossing->params * sizeof(*slots));
    if (!TVN_GUEST_CHECK(305, crossing->caller->may_leave)) {
        return tvn__refuse_leaving(instance, crossing->name);
    }
    frame = take_frame(instance);
    if (frame == NULL) {
        return tvn__unwind(instance, TVN_ENOMEM, crossing->name, part, &diag);
    }
    err = run(crossing, frame, slots, &part, &diag);
    if (err != TVN_OK) {
        frame->scope.borrows = 0;
        give_frame(instance, frame);
        return tvn__unwind(instance, err, crossing->name, part, &diag);
    }
    tvn_call_scope_end(&frame->scope, &crossing->caller->table);
    give_frame(instance, frame);
    if (crossing->result_lifts != NULL && !crossing->callee->returns_pointer) {
        memcpy(raw, slots, sizeof(*slots));
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * Linking. */

static tvn_err
make_plans(struct tvn_instance *instance, const struct tvn_func_type *type,
    struct crossing *crossing)
{
    struct tvn_arena *arena = &instance->arena;
    const struct tvn_plan *plan = NULL;
    tvn_err err = TVN_OK;

    if (type->tuple != NULL) {
        crossing->is_spilled = type->tuple->flat_count > TVN_FLAT_PARAMS_MAX;
        err = tvn_plan_lift(arena, type->tuple, &crossing->lifts);
        if (err == TVN_OK) {
            err = tvn_plan_lower(arena, type->tuple, type->tuple, &plan);
        }
        if (err == TVN_OK) {
            err = tvn_args_make(arena, &plan, 1, &crossing->lowers);
        }
    }
    if (err == TVN_OK && type->result != NULL) {
        err = tvn_plan_lift(arena, type->result, &crossing->result_lifts);
        if (err == TVN_OK) {
            err = tvn_plan_lower(
                arena, type->result, type->result, &crossing->result_lowers);
        }
    }
    return err;
}

static tvn_err
fill(struct tvn_instance *instance, const struct tvn_lower *lower,
    const struct tvn__options *options, struct crossing *crossing,
    struct tvn_diag *diag)
{
    struct tvn_place place = {.path = instance->code->name};
    tvn_err err;

    if (instance->lifts[lower->lift] == NULL) {
        return tvn_diag_error(diag, TVN_EMALFORMED, &place,
            "a function is called before it is there");
    }
    crossing->instance = instance;
    crossing->caller = options->part;
    crossing->callee = instance->lifts[lower->lift];
    crossing->name = crossing->callee->name;
    if (instance->crossings == NULL) {
        instance->crossings = tvn_pool_new(value_max(instance), 0);
        if (instance->crossings != NULL) {
            tvn_builder_init(&instance->between, instance->crossings);
        }
    }
    err = instance->crossings == NULL
              ? TVN_ENOMEM
              : make_plans(instance, lower->type, crossing);
    if (err != TVN_OK) {
        return tvn_diag_error(diag, err, NULL, "no memory");
    }
    return tvn__memory_get(
        instance, options, &crossing->memory, crossing->name, diag);
}

tvn_err
tvn__new_crossing(struct tvn_instance *instance, const struct tvn_lower *lower,
    const struct tvn__options *options, struct tvn_core_item *out,
    struct tvn_diag *diag)
{
    struct crossing *crossing =
        tvn_arena_new(&instance->arena, 1, sizeof(*crossing));
    wasmtime_extern_t handle = {.kind = WASMTIME_EXTERN_FUNC};
    struct tvn_core_sig sig;
    wasm_functype_t *type;
    tvn_err err;

    if (crossing == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    tvn_sig_of_lower(lower->type, &sig);
    crossing->params = sig.param_count;
    err = fill(instance, lower, options, crossing, diag);
    if (err != TVN_OK) {
        return err;
    }
    type = tvn__func_type(&sig);
    wasmtime_func_new_unchecked(
        instance->context, type, call_inside, crossing, NULL, &handle.of.func);
    wasm_functype_delete(type);
    *out = tvn__item(&handle, TVN_CORE_FUNC);
    return TVN_OK;
}
