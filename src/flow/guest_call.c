/* guest_call.c -- one call of a guest: arguments in, result out, faults.
 *
 * Everything read from guest memory here is hostile: bounds are checked in
 * 64 bits against the memory as it is after the call, text is copied first
 * and then checked. */
#include "base/guest_check.h"
#include "flow/guest_internal.h"

#include <string.h>

static tvn_err
abi_fault(struct tvn__guest *guest, const char *text, struct tvn_fault *fault)
{
    (void)tvn_diag_error(&guest->diag, TVN_EABI, NULL, "%s", text);
    return tvn__guest_died(guest, TVN_EABI, fault);
}

/* ------------------------------------------------------------------------
 * Getting ready. */

tvn_err
tvn__guest_func_init(struct tvn__guest *guest, const struct tvn_role_func *role,
    const struct tvn_type *event_from, const struct tvn_type *event_to,
    struct tvn__guest_func *func)
{
    const struct tvn_plan *plans[3] = {0};
    const struct tvn_func_type *type;
    tvn_err err = TVN_OK;

    func->role = role;
    if (role->func == NULL) {
        return TVN_OK;
    }
    type = role->func->func;
    func->param_count = type->param_count;
    for (uint32_t i = 0; err == TVN_OK && i < type->param_count; i++) {
        const struct tvn_type *to = type->params[i].type;
        const struct tvn_type *from = to;

        if ((int)i == role->meta_param) {
            from = guest->opts.std->meta;
            func->control_bytes += to->size;
        } else if ((int)i == role->window_param) {
            from = guest->opts.std->window;
            func->control_bytes += to->size;
        } else if ((int)i == role->event_param) {
            from = event_from;
            to = event_to;
        }
        err = tvn_plan_lower(&guest->arena, from, to, &plans[i]);
    }
    if (err == TVN_OK) {
        err =
            tvn_args_make(&guest->arena, plans, type->param_count, &func->args);
    }
    func->takes_event_only = type->param_count == 1 && role->event_param == 0 &&
                             !func->args.is_spilled;
    if (err == TVN_OK && role->result.value != NULL) {
        err = tvn_plan_lift(&guest->arena, role->result.value, &func->lift);
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Running. */

/* Arguments of any number and kind. */
static tvn_err
lower_all(struct tvn__guest *guest, struct tvn__guest_func *func,
    const uint8_t *event, uint64_t *bytes)
{
    const struct tvn_role_func *role = func->role;
    const uint8_t *data[3] = {0};

    if (role->event_param >= 0) {
        data[role->event_param] = event;
    }
    if (role->meta_param >= 0) {
        data[role->meta_param] = guest->meta;
    }
    if (role->window_param >= 0) {
        data[role->window_param] = guest->window;
    }
    if (func == &guest->init) {
        data[0] = event;
    }
    return tvn_args_lower(&func->args, data, func->call.memory,
        func->call.slots, bytes, &guest->diag);
}

/* A lowering failed; a failed realloc left its reason in the instance. */
__attribute__((cold, noinline)) tvn_err
tvn__guest_not_lowered(
    struct tvn__guest *guest, tvn_err err, struct tvn_fault *fault)
{
    if (guest->diag.first == NULL) {
        (void)tvn_instance_tell(guest->instance, &guest->diag);
    }
    return tvn__guest_died(guest, err, fault);
}

static tvn_err
run_timed(struct tvn__guest *guest, struct tvn__guest_func *func,
    struct tvn_burst *burst)
{
    uint64_t began = tvn_clock_monotonic_ns();
    tvn_err err = tvn_call_run(&func->call, &guest->diag);

    burst->inside_ns += tvn_clock_monotonic_ns() - began;
    guest->timed_calls++;
    return err;
}

tvn_err
tvn__guest_run(struct tvn__guest *guest, struct tvn__guest_func *func,
    const uint8_t *event, struct tvn_burst *burst, struct tvn__lowered *lowered,
    struct tvn_fault *fault)
{
    uint64_t bytes = 0;
    tvn_err err = TVN_OK;

    if (func->takes_event_only) {
        err = tvn_lower_flat(func->args.plans[0], event, 0, func->call.memory,
            func->call.slots, &bytes, &guest->diag);
    } else if (func->param_count > 0) {
        err = lower_all(guest, func, event, &bytes);
    }
    if (err != TVN_OK) {
        return tvn__guest_not_lowered(guest, err, fault);
    }
    lowered->count++;
    lowered->bytes += bytes - func->control_bytes;
    err = burst != NULL && burst->is_sampled
              ? run_timed(guest, func, burst)
              : tvn_call_run(&func->call, &guest->diag);
    return err == TVN_OK ? TVN_OK : tvn__guest_died(guest, err, fault);
}

tvn_err
tvn__guest_finish(struct tvn__guest *guest, struct tvn__guest_func *func,
    struct tvn_burst *burst, struct tvn_fault *fault)
{
    uint64_t began =
        burst != NULL && burst->is_sampled ? tvn_clock_monotonic_ns() : 0;
    tvn_err err = tvn_call_finish(&func->call, &guest->diag);

    if (began != 0) {
        burst->inside_ns += tvn_clock_monotonic_ns() - began;
    }
    return err == TVN_OK ? TVN_OK : tvn__guest_died(guest, err, fault);
}

/* ------------------------------------------------------------------------
 * Reading what came back. */

/* The bytes at `ptr`, or NULL when they are not all inside the memory. */
static const uint8_t *
guest_bytes(struct tvn_memory *memory, uint32_t ptr, uint64_t size)
{
    if (ptr + size > memory->size) {
        memory->refresh(memory);
    }
    if (!TVN_GUEST_CHECK(201, ptr + size <= memory->size)) {
        return NULL;
    }
    return memory->base + ptr;
}

static uint32_t
load32(const uint8_t *ptr)
{
    uint32_t value;

    memcpy(&value, ptr, sizeof(value));
    return value;
}

static uint32_t
load_case(const uint8_t *ptr, uint32_t size)
{
    uint16_t u16;

    if (size == 1) {
        return *ptr;
    }
    if (size == 2) {
        memcpy(&u16, ptr, sizeof(u16));
        return u16;
    }
    return load32(ptr);
}

/* The same for guests that have their strings in another encoding. */
static bool
lift_text(
    struct tvn__guest *guest, struct tvn_memory *memory, const uint8_t *pair)
{
    const union tvn_slot slots[2] = {
        {.u64 = load32(pair)}, {.u64 = load32(pair + 4)}};
    struct tvn_builder *builder = &guest->builder;
    const uint8_t *bytes;
    uint64_t moved = 0;
    uint32_t len;
    size_t bad = 0;

    if (tvn_builder_begin(builder, guest->opts.std->string) != TVN_OK ||
        tvn_lift_flat(guest->text_plan, memory, slots, builder, 0, &moved,
            NULL) != TVN_OK) {
        return false;
    }
    bytes = builder->data + load32(builder->data);
    len = load32(builder->data + 4);
    if (len > TVN__TEXT_MAX && !tvn_utf8_valid(bytes, TVN__TEXT_MAX, &bad)) {
        len = (uint32_t)bad; /* not cut inside a character */
    } else if (len > TVN__TEXT_MAX) {
        len = TVN__TEXT_MAX;
    }
    tvn_buf_clear(&guest->text);
    tvn_buf_append(&guest->text, bytes, len);
    return true;
}

/* Copies the text at {ptr, len} into guest->text; false: it is none. */
static bool
copy_text(
    struct tvn__guest *guest, struct tvn_memory *memory, const uint8_t *pair)
{
    uint32_t len = load32(pair + 4);
    uint32_t kept = len < TVN__TEXT_MAX ? len : TVN__TEXT_MAX;
    const uint8_t *bytes;
    size_t bad = 0;

    if (memory->encoding != TVN_UTF8) {
        return lift_text(guest, memory, pair);
    }
    bytes = guest_bytes(memory, load32(pair), len);
    if (bytes == NULL) {
        return false;
    }
    tvn_buf_clear(&guest->text);
    tvn_buf_append(&guest->text, bytes, kept);
    if (tvn_utf8_valid(guest->text.ptr, guest->text.len, &bad)) {
        return true;
    }
    if (kept < len && kept - bad < 4) { /* cut inside a character */
        guest->text.len = bad;
        return true;
    }
    return TVN_GUEST_CHECK(202, false);
}

static tvn_err
guest_fault(struct tvn__guest *guest, struct tvn__guest_func *func,
    const uint8_t *result, struct tvn_fault *fault)
{
    static const enum tvn_fault_kind kinds[] = {
        [TVN_FAULT_CLASS_RETRY] = TVN_FAULT_RETRY,
        [TVN_FAULT_CLASS_REJECT] = TVN_FAULT_REJECT,
        [TVN_FAULT_CLASS_FATAL] = TVN_FAULT_FATAL,
    };
    static const tvn_err errs[] = {
        [TVN_FAULT_CLASS_RETRY] = TVN_EGUEST_RETRY,
        [TVN_FAULT_CLASS_REJECT] = TVN_EGUEST_REJECT,
        [TVN_FAULT_CLASS_FATAL] = TVN_EGUEST_FATAL,
    };
    const struct tvn_fault_shape *shape = &func->role->result.fault;
    enum tvn_fault_class class = TVN_FAULT_CLASS_REJECT;
    bool has_text = true;

    if (!shape->is_string) {
        uint32_t number = load_case(result + shape->offset, shape->disc_size);

        if (!TVN_GUEST_CHECK(203, number < shape->count)) {
            return abi_fault(
                guest, "the fault's case number is out of range", fault);
        }
        class = shape->classes[number];
        has_text = shape->has_text[number];
    }
    tvn_buf_clear(&guest->text);
    if (has_text &&
        !copy_text(guest, func->call.memory, result + shape->text_offset)) {
        return abi_fault(
            guest, "the fault's text is not a valid string", fault);
    }
    *fault = (struct tvn_fault){
        .kind = kinds[class],
        .err = errs[class],
        .text = tvn_buf_str(&guest->text),
    };
    return errs[class];
}

static tvn_err
read_poll(struct tvn__guest *guest, const struct tvn_result_shape *shape,
    const uint8_t *result, enum tvn__outcome *outcome, uint64_t *wait_ns,
    struct tvn_fault *fault)
{
    uint32_t number = load_case(result + shape->many_offset, shape->many_size);

    if (number == shape->poll_event) {
        *outcome = TVN__OUTCOME_VALUE;
    } else if (number == shape->poll_wait) {
        *outcome = TVN__OUTCOME_WAIT;
        memcpy(wait_ns, result + shape->wait_offset, sizeof(*wait_ns));
    } else if (TVN_GUEST_CHECK(204, number == shape->poll_done)) {
        *outcome = TVN__OUTCOME_DONE;
    } else {
        return abi_fault(
            guest, "the poll's case number is out of range", fault);
    }
    return TVN_OK;
}

static tvn_err
read_layers(struct tvn__guest *guest, const struct tvn_result_shape *shape,
    const uint8_t *result, enum tvn__outcome *outcome, uint32_t *ptr,
    uint32_t *count, struct tvn_fault *fault)
{
    const uint8_t *many = result + shape->many_offset;
    uint32_t flag;

    switch (shape->many) {
    case TVN_MANY_NOTHING:
        *outcome = TVN__OUTCOME_NONE;
        return TVN_OK;
    case TVN_MANY_ONE:
    case TVN_MANY_POLL:
        *outcome = TVN__OUTCOME_VALUE;
        return TVN_OK;
    case TVN_MANY_OPTION:
        flag = load_case(many, shape->many_size);
        if (!TVN_GUEST_CHECK(205, flag <= 1)) {
            return abi_fault(
                guest, "the option's case number is out of range", fault);
        }
        *outcome = flag == 0 ? TVN__OUTCOME_NONE : TVN__OUTCOME_VALUE;
        return TVN_OK;
    case TVN_MANY_LIST:
        *ptr = load32(many);
        *count = load32(many + 4);
        *outcome = TVN__OUTCOME_LIST;
        return TVN_OK;
    }
    return TVN_EINVAL;
}

/* A list's elements must all be inside the memory, and aligned. */
static tvn_err
check_list(struct tvn__guest *guest, struct tvn__guest_func *func, uint32_t ptr,
    uint32_t count, struct tvn_fault *fault)
{
    const struct tvn_type *elem = func->role->result.value;
    uint64_t size = (uint64_t)count * elem->size;

    if (!TVN_GUEST_CHECK(206, size < TVN_TYPE_SIZE_MAX) ||
        !TVN_GUEST_CHECK(207, ptr % elem->align == 0) ||
        guest_bytes(func->call.memory, ptr, size) == NULL) {
        return abi_fault(guest,
            "the list's pointer or length is out of bounds or misaligned",
            fault);
    }
    return TVN_OK;
}

tvn_err
tvn__guest_result(struct tvn__guest *guest, struct tvn__guest_func *func,
    enum tvn__outcome *outcome, uint32_t *ptr, uint32_t *count,
    uint64_t *wait_ns, struct tvn_fault *fault)
{
    const struct tvn_result_shape *shape = &func->role->result;
    uint32_t at = func->call.slots[0].u32;
    const uint8_t *result;
    tvn_err err;

    if (shape->type == NULL || shape->is_flat) {
        *outcome = shape->type == NULL ? TVN__OUTCOME_NONE : TVN__OUTCOME_VALUE;
        return TVN_OK;
    }
    result = guest_bytes(func->call.memory, at, shape->type->size);
    if (result == NULL || !TVN_GUEST_CHECK(208, at % shape->type->align == 0)) {
        return abi_fault(guest,
            "the result's pointer is out of bounds or misaligned", fault);
    }
    if (shape->has_fault) {
        if (!TVN_GUEST_CHECK(209, result[0] <= 1)) {
            return abi_fault(
                guest, "the result's case number is out of range", fault);
        }
        if (result[0] == 1) {
            return guest_fault(guest, func, result, fault);
        }
    }
    if (shape->many == TVN_MANY_POLL) {
        *ptr = at + shape->value_offset;
        return read_poll(guest, shape, result, outcome, wait_ns, fault);
    }
    *ptr = at + shape->value_offset;
    err = read_layers(guest, shape, result, outcome, ptr, count, fault);
    if (err == TVN_OK && *outcome == TVN__OUTCOME_LIST) {
        err = check_list(guest, func, *ptr, *count, fault);
    }
    return err;
}

static tvn_err
too_big(struct tvn__guest *guest, struct tvn_fault *fault)
{
    tvn_diag_fini(&guest->diag);
    tvn_buf_clear(&guest->text);
    tvn_buf_printf(&guest->text,
        "its output is larger than max-event (%u bytes)",
        tvn_pool_max(guest->opts.pool));
    *fault = (struct tvn_fault){
        .kind = TVN_FAULT_REJECT,
        .err = TVN_ETOOBIG,
        .text = tvn_buf_str(&guest->text),
        .help = TVN_STR("raise `defaults: max-event` in the pipeline file"),
    };
    return TVN_ETOOBIG;
}

/* The lift has said where in the value: `.airline is not UTF-8 ...`. */
static __attribute__((cold)) tvn_err
bad_output(struct tvn__guest *guest, tvn_err err, struct tvn_fault *fault)
{
    struct tvn_diag said = guest->diag;

    guest->diag = (struct tvn_diag){0};
    if (said.first != NULL) {
        (void)tvn_diag_error(&guest->diag, err, NULL, "output%s%s",
            said.first->text[0] == '.' || said.first->text[0] == '[' ? " "
                                                                     : ": ",
            said.first->text);
    }
    tvn_diag_fini(&said);
    return tvn__guest_died(guest, err, fault);
}

tvn_err
tvn__guest_lift(struct tvn__guest *guest, struct tvn__guest_func *func,
    uint32_t ptr, struct tvn_image **image, uint64_t *bytes,
    struct tvn_fault *fault)
{
    const struct tvn_result_shape *shape = &func->role->result;
    struct tvn_builder *builder = &guest->builder;
    tvn_err err = tvn_builder_begin(builder, shape->value);

    if (err == TVN_OK && shape->is_flat) {
        err = tvn_lift_flat(func->lift, func->call.memory, func->call.slots,
            builder, 0, bytes, &guest->diag);
    } else if (err == TVN_OK) {
        err = tvn_lift_load(func->lift, func->call.memory, ptr, builder, 0,
            bytes, &guest->diag);
    }
    if (err == TVN_OK) {
        err = tvn_builder_finish(builder, image);
    }
    if (err == TVN_ETOOBIG) { /* the value's fault: the guest is sound */
        return too_big(guest, fault);
    }
    return err == TVN_OK ? TVN_OK : bad_output(guest, err, fault);
}
