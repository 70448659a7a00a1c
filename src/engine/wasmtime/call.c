/* call.c -- exports: linked once, then called without a look at types.
 *
 * wasmtime_func_call_unchecked checks nothing, so that the signatures are
 * compared when the instance is made.  The deadline costs a call two stores
 * and a load (ticker.h): the store's own epoch deadline is old as a rule,
 * the guest then asks on_deadline in instance.c how long it may go on. */
#include "base/assert.h"
#include "base/guest_check.h"
#include "engine/wasmtime/internal.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * Linking. */

static const char *const core_names[] = {
    [TVN_CORE_I32] = "i32",
    [TVN_CORE_I64] = "i64",
    [TVN_CORE_F32] = "f32",
    [TVN_CORE_F64] = "f64",
};

/* Of any type: wasm_valtype_kind ends the process when it is a vector or a
 * reference of the newer kinds. */
static wasmtime_valtype_kind_t
kind_of(const wasm_valtype_t *type)
{
    wasmtime_valtype_t valtype;
    wasmtime_valtype_kind_t kind;

    wasmtime_valtype_new(type, &valtype);
    kind = valtype.kind;
    wasmtime_valtype_delete(&valtype);
    return kind;
}

bool
tvn__is_core(const wasm_valtype_t *type, uint8_t core)
{
    static const wasmtime_valtype_kind_t kinds[] = {
        [TVN_CORE_I32] = WASMTIME_VALTYPE_KIND_I32,
        [TVN_CORE_I64] = WASMTIME_VALTYPE_KIND_I64,
        [TVN_CORE_F32] = WASMTIME_VALTYPE_KIND_F32,
        [TVN_CORE_F64] = WASMTIME_VALTYPE_KIND_F64,
    };

    return kind_of(type) == kinds[core];
}

static void
print_kinds(struct tvn_buf *out, const wasm_valtype_vec_t *types)
{
    tvn_buf_append_byte(out, '(');
    for (size_t i = 0; i < types->size; i++) {
        const char *name = "another type";

        for (uint8_t core = TVN_CORE_I32; core <= TVN_CORE_F64; core++) {
            name = tvn__is_core(types->data[i], core) ? core_names[core] : name;
        }
        tvn_buf_printf(out, "%s%s", i == 0 ? "" : ", ", name);
    }
    tvn_buf_append_byte(out, ')');
}

static void
print_sig(struct tvn_buf *out, const struct tvn_core_sig *sig)
{
    tvn_buf_append_byte(out, '(');
    for (uint32_t i = 0; i < sig->param_count; i++) {
        tvn_buf_printf(
            out, "%s%s", i == 0 ? "" : ", ", core_names[sig->params[i]]);
    }
    tvn_buf_printf(
        out, ") -> (%s)", sig->has_result ? core_names[sig->result] : "");
}

static bool
is_as(const wasm_functype_t *type, const struct tvn_core_sig *sig)
{
    const wasm_valtype_vec_t *params = wasm_functype_params(type);
    const wasm_valtype_vec_t *results = wasm_functype_results(type);

    if (params->size != sig->param_count ||
        results->size != (sig->has_result ? 1u : 0u)) {
        return false;
    }
    for (uint32_t i = 0; i < sig->param_count; i++) {
        if (!tvn__is_core(params->data[i], sig->params[i])) {
            return false;
        }
    }
    return !sig->has_result || tvn__is_core(results->data[0], sig->result);
}

tvn_err
tvn__check_sig(struct tvn_instance *instance, const wasmtime_func_t *func,
    const struct tvn_core_sig *sig, const char *what, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = instance->code->name, .what = what};
    wasm_functype_t *type = wasmtime_func_type(instance->context, func);
    struct tvn_buf text = {0};

    if (TVN_GUEST_CHECK(302, is_as(type, sig))) {
        wasm_functype_delete(type);
        return TVN_OK;
    }
    tvn_buf_append_text(&text, "its core function is ");
    print_kinds(&text, wasm_functype_params(type));
    tvn_buf_append_text(&text, " -> ");
    print_kinds(&text, wasm_functype_results(type));
    tvn_buf_append_text(&text, " and must be ");
    print_sig(&text, sig);
    wasm_functype_delete(type);
    (void)tvn_diag_error(
        diag, TVN_EMALFORMED, &place, "%s", tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return TVN_EMALFORMED;
}

static tvn_err
set_post_return(struct tvn_instance *instance, const struct tvn_core_sig *sig,
    const struct tvn_core_item *post_return, struct tvn__lifted *lifted,
    struct tvn_diag *diag)
{
    struct tvn_core_sig post = {.param_count = sig->has_result ? 1 : 0};

    if (post_return == NULL) {
        return TVN_OK;
    }
    post.params[0] = sig->result;
    lifted->post_return = tvn__handle(post_return).of.func;
    lifted->has_post_return = true;
    return tvn__check_sig(
        instance, &lifted->post_return, &post, lifted->name, diag);
}

tvn_err
tvn__add_lift(void *store, uint32_t index, const struct tvn_lift *lift,
    const struct tvn_core_item *func, const struct tvn_core_item *memory,
    const struct tvn_core_item *realloc,
    const struct tvn_core_item *post_return, struct tvn_diag *diag)
{
    struct tvn_instance *instance = store;
    const struct tvn__options options = {
        .part = &instance->parts[lift->part],
        .memory = memory,
        .realloc = realloc,
        .encoding = lift->opts.encoding,
        .type = lift->type,
        .is_lift = true,
    };
    struct tvn__lifted *lifted =
        tvn_arena_new(&instance->arena, 1, sizeof(*lifted));
    struct tvn_core_sig sig;
    tvn_err err;

    if (lifted != NULL && lift->name.len == 0) {
        lifted->name = "a function inside"; /* never exported */
    } else if (lifted != NULL) {
        lifted->name =
            tvn_arena_copy(&instance->arena, lift->name.ptr, lift->name.len);
    }
    if (lifted == NULL || lifted->name == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    tvn_sig_of_lift(lift->type, &sig);
    lifted->func = tvn__handle(func).of.func;
    lifted->part = options.part;
    lifted->type = lift->type;
    lifted->result = lift->type->result;
    lifted->returns_pointer = lifted->result != NULL &&
                              lifted->result->flat_count > TVN_FLAT_RESULTS_MAX;
    lifted->params = sig.param_count;
    lifted->slots = sig.param_count > 0 ? sig.param_count : 1;
    err = tvn__check_sig(instance, &lifted->func, &sig, lifted->name, diag);
    if (err == TVN_OK) {
        err = tvn__memory_get(
            instance, &options, &lifted->memory, lifted->name, diag);
    }
    if (err == TVN_OK) {
        err = set_post_return(instance, &sig, post_return, lifted, diag);
    }
    if (err == TVN_OK) {
        instance->lifts[index] = lifted;
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Calling. */

static inline const struct tvn__lifted *
lifted_of(const struct tvn_call *call)
{
    const struct tvn__lifted *lifted;

    memcpy(&lifted, call->engine, sizeof(lifted));
    return lifted;
}

tvn_err
tvn_call_init(struct tvn_call *call, struct tvn_instance *instance,
    uint32_t lift, struct tvn_diag *diag)
{
    const struct tvn__lifted *lifted;
    struct tvn_place place = {.path = instance->code->name};

    if (lift >= instance->code->program->lift_count) {
        return tvn_diag_error(diag, TVN_EINVAL, &place,
            "there is no lifted function %u", (unsigned)lift);
    }
    lifted = instance->lifts[lift];
    memset(call, 0, sizeof(*call));
    call->instance = instance;
    call->lift = lift;
    call->params = lifted->params;
    call->returns_pointer = lifted->returns_pointer;
    call->has_post_return = lifted->has_post_return;
    call->result = lifted->result;
    call->memory = lifted->memory == NULL ? NULL : &lifted->memory->memory;
    memcpy(call->engine, &lifted, sizeof(lifted));
    return TVN_OK;
}

/* Dead; a call of an instance that is inside is a bug of the caller. */
static __attribute__((cold, noinline)) tvn_err
refuse(struct tvn_instance *instance, const struct tvn__lifted *lifted,
    struct tvn_diag *diag)
{
    TVN_ASSERT(instance->state == TVN__DEAD);
    instance->is_lowering = false;
    return tvn__tell(instance, lifted->name, diag);
}

tvn_err
tvn_call_run(struct tvn_call *call, struct tvn_diag *diag)
{
    struct tvn_instance *instance = call->instance;
    const struct tvn__lifted *lifted = lifted_of(call);
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error;

    if (instance->state != TVN__READY) {
        return refuse(instance, lifted, diag);
    }
    instance->state = TVN__INSIDE;
    if (!instance->is_lowering) { /* a realloc for this call belongs to it */
        instance->limit.was_refused = false;
    }
    tvn__pulse_begin(
        instance->ticker, &instance->pulse, !instance->is_lowering);
    instance->is_lowering = false;
    error = wasmtime_func_call_unchecked(instance->context, &lifted->func,
        tvn__raw(call->slots), lifted->slots, &trap);
    tvn__pulse_end(&instance->pulse);
    if (error != NULL || trap != NULL) {
        (void)tvn__fail_call(instance, lifted->name, error, trap);
        return tvn__tell(instance, lifted->name, diag);
    }
    if (instance->state == TVN__DEAD) { /* a host function killed it */
        return refuse(instance, lifted, diag);
    }
    if (!TVN_GUEST_CHECK(306, lifted->part->host.borrows == 0)) {
        (void)tvn__fail(instance, TVN_EABI, lifted->name,
            "returned and has not dropped %u handles that it borrowed",
            (unsigned)lifted->part->host.borrows);
        return tvn__tell(instance, lifted->name, diag);
    }
    instance->state = TVN__READY;
    call->ret.u64 = call->slots[0].u64;
    return TVN_OK;
}

tvn_err
tvn_call_finish(struct tvn_call *call, struct tvn_diag *diag)
{
    struct tvn_instance *instance = call->instance;
    const struct tvn__lifted *lifted = lifted_of(call);
    union tvn_slot slot;

    if (instance->state != TVN__READY) {
        return refuse(instance, lifted, diag);
    }
    slot.u64 = call->ret.u64;
    if (lifted->has_post_return &&
        tvn__guest_call(instance, lifted->part, &lifted->post_return, &slot, 1,
            true, lifted->name) != TVN_OK) {
        return tvn__tell(instance, lifted->name, diag);
    }
    tvn_transit_clear(&instance->transit); /* owns in the result: the host's */
    return TVN_OK;
}

tvn_err
tvn_instance_destroy(struct tvn_instance *instance,
    const struct tvn_resource *resource, uint32_t rep, struct tvn_diag *diag)
{
    const struct tvn_resource_def *def;
    struct tvn__lifted lifted = {.params = 1, .slots = 1};
    const struct tvn__lifted *ptr = &lifted;
    struct tvn_call call = {.instance = instance};

    if (resource->index >= instance->code->program->resource_count) {
        return tvn_diag_error(
            diag, TVN_EINVAL, NULL, "a resource that is not the instance's");
    }
    def = &instance->code->program->resources[resource->index];
    if (!instance->resources[resource->index].has_dtor) {
        return TVN_OK;
    }
    TVN_ASSERT(def->part != TVN_NONE);
    lifted.func = instance->resources[resource->index].dtor;
    lifted.part = &instance->parts[def->part];
    lifted.name = "a destructor";
    memcpy(call.engine, &ptr, sizeof(ptr));
    call.slots[0].u64 = rep;
    return tvn_call_run(&call, diag);
}

void
tvn_instance_hold(struct tvn_instance *instance)
{
    tvn__pulse_hold(instance->ticker, &instance->pulse);
}

void
tvn_instance_release(struct tvn_instance *instance)
{
    tvn__pulse_release(&instance->pulse);
}

void
tvn_call_raw(struct tvn_call *call, uint32_t times)
{
    struct tvn_instance *instance = call->instance;
    const struct tvn__lifted *lifted = lifted_of(call);
    wasm_trap_t *trap = NULL;

    for (uint32_t i = 0; i < times; i++) {
        call->slots[0].u64 = i;
        TVN_ASSERT(
            wasmtime_func_call_unchecked(instance->context, &lifted->func,
                tvn__raw(call->slots), lifted->slots, &trap) == NULL);
        TVN_ASSERT(trap == NULL);
    }
}
