/* lower.c -- imports: core functions that call the host.
 *
 *     slots --lift--> scratch --host function--> value --lower--> slots
 *                                                            or memory
 *
 * The scratch is one per instance and keeps its memory; it is enough, since
 * an instance cannot call a second import before the first has returned:
 * realloc, the only guest code that runs in between, may not call any.
 * The same holds for what is lent to the host. */
#include "base/assert.h"
#include "base/guest_check.h"
#include "engine/wasmtime/internal.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * Calling. */

wasm_trap_t *
tvn__unwind(struct tvn_instance *instance, tvn_err err, const char *what,
    const char *part, struct tvn_diag *diag)
{
    static const char text[] = "stopped by the host";
    const char *why =
        diag->first != NULL ? diag->first->text : tvn_err_text(err);

    if (err != TVN_EABI && err != TVN_ENOMEM) {
        err = TVN_ETRAP;
    }
    (void)tvn__fail(instance, err, what, "%s%s", part, why);
    tvn_diag_fini(diag);
    return wasmtime_trap_new(text, sizeof(text) - 1);
}

wasm_trap_t *
tvn__refuse_leaving(struct tvn_instance *instance, const char *what)
{
    struct tvn_diag diag = {0};

    (void)tvn_diag_error(
        &diag, TVN_ETRAP, NULL, "called from inside realloc or post-return");
    return tvn__unwind(instance, TVN_ETRAP, what, "", &diag);
}

static __attribute__((cold, noinline)) wasm_trap_t *
fail_host(const struct tvn__lowered *lowered, tvn_err err, const char *part,
    struct tvn_diag *diag)
{
    return tvn__unwind(lowered->instance, err, lowered->name, part, diag);
}

static inline tvn_err
lift_args(const struct tvn__lowered *lowered, const union tvn_slot *slots,
    struct tvn_diag *diag)
{
    struct tvn_instance *instance = lowered->instance;
    struct tvn_builder *scratch = &instance->scratch;
    struct tvn_memory *memory =
        lowered->memory == NULL ? NULL : &lowered->memory->memory;
    tvn_err err = tvn_builder_begin(scratch, tvn_plan_type(lowered->args));

    if (err != TVN_OK) {
        return err;
    }
    instance->control.count++;
    return lowered->is_spilled
               ? tvn_lift_load(lowered->args, memory, slots[0].u32, scratch, 0,
                     &instance->control.bytes, diag)
               : tvn_lift_flat(lowered->args, memory, slots, scratch, 0,
                     &instance->control.bytes, diag);
}

static inline tvn_err
lower_result(const struct tvn__lowered *lowered, const uint8_t *data,
    uint32_t root, union tvn_slot *slots, struct tvn_diag *diag)
{
    struct tvn_instance *instance = lowered->instance;
    struct tvn_memory *memory =
        lowered->memory == NULL ? NULL : &lowered->memory->memory;
    const struct tvn_type *type = tvn_plan_type(lowered->result);
    tvn_err err = TVN_OK;

    if (type->has_handle) {
        err = tvn__send_owns(instance, type, data, root);
    }
    if (err != TVN_OK) {
        return err;
    }
    instance->control.count++;
    err = lowered->returns_pointer
              ? tvn_lower_store(lowered->result, data, root, memory,
                    slots[lowered->params - 1].u32, &instance->control.bytes,
                    diag)
              : tvn_lower_flat(lowered->result, data, root, memory, slots,
                    &instance->control.bytes, diag);
    if (err == TVN_OK) {
        tvn_transit_clear(&instance->transit);
    }
    return err;
}

/* The engine's raw values are aligned to 8 only, as far as is promised. */
static wasm_trap_t *
call_host(
    void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *raw, size_t count)
{
    const struct tvn__lowered *lowered = env;
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX + 1];
    struct tvn_diag diag = {0};
    const uint8_t *args = NULL;
    const uint8_t *result = NULL;
    uint32_t root = 0;
    tvn_err err;

    (void)caller; /* the context is the instance's own */
    TVN_ASSERT(count <= TVN_FLAT_PARAMS_MAX + 1);
    memcpy(slots, raw, lowered->params * sizeof(*slots));
    if (!TVN_GUEST_CHECK(301, lowered->part->may_leave)) {
        return tvn__refuse_leaving(lowered->instance, lowered->name);
    }
    if (lowered->args != NULL) {
        lowered->part->table.lends = &lowered->instance->lent;
        err = lift_args(lowered, slots, &diag);
        lowered->part->table.lends = NULL;
        if (err != TVN_OK) {
            return fail_host(lowered, err, "its arguments: ", &diag);
        }
        tvn_transit_clear(&lowered->instance->transit); /* the host's now */
        args = lowered->instance->scratch.data;
    }
    err = lowered->call(lowered->env, args, &result, &root, &diag);
    if (err != TVN_OK) {
        return fail_host(lowered, err, "", &diag);
    }
    tvn_call_scope_end(&lowered->instance->lent, &lowered->part->table);
    if (lowered->result == NULL) {
        return NULL;
    }
    err = lower_result(lowered, result, root, slots, &diag);
    if (err != TVN_OK) {
        return fail_host(lowered, err, "its result: ", &diag);
    }
    if (!lowered->returns_pointer) {
        memcpy(raw, slots, sizeof(*slots));
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * Linking. */

static const struct tvn_host_func *
find_host(
    const struct tvn_instance *instance, const struct tvn_import_func *import)
{
    for (uint32_t i = 0; i < instance->host_count; i++) {
        const struct tvn_host_func *host = &instance->hosts[i];

        if (tvn_str_equal(host->name, import->name) &&
            tvn_name_reads_as(import->interface, host->interface)) {
            return host;
        }
    }
    return NULL;
}

static const char *
full_name(struct tvn_arena *arena, const struct tvn_import_func *import)
{
    if (import->interface.len == 0) {
        return tvn_arena_copy(arena, import->name.ptr, import->name.len);
    }
    return tvn_arena_printf(arena, "%.*s.%.*s", TVN_STR_ARG(import->interface),
        TVN_STR_ARG(import->name));
}

/* Whether the host has the function, with the import's type. */
static tvn_err
check_host(const struct tvn_instance *instance,
    const struct tvn_import_func *import, const struct tvn_place *place,
    struct tvn_diag *diag)
{
    const struct tvn_host_func *host = find_host(instance, import);
    const struct tvn_func_type *type = import->type;
    struct tvn_buf text = {0};
    tvn_err err = TVN_OK;

    if (host == NULL) {
        return tvn_diag_error(diag, TVN_EMALFORMED, place,
            "it is imported and the host does not have it");
    }
    if (host->type != NULL && (host->type->tuple != type->tuple ||
                                  host->type->result != type->result)) {
        return tvn_diag_error(diag, TVN_EMALFORMED, place,
            "it is imported with another type than the host's");
    }
    if (host->signature == NULL) {
        return TVN_OK;
    }
    tvn_func_type_print(type, &text);
    if (strcmp(tvn_buf_text(&text), host->signature) != 0) {
        err = tvn_diag_error(diag, TVN_EMALFORMED, place,
            "it is imported as %s, the host has %s", tvn_buf_text(&text),
            host->signature);
    }
    tvn_buf_fini(&text);
    return err;
}

tvn_err
tvn__check_hosts(struct tvn_instance *instance, struct tvn_diag *diag)
{
    const struct tvn_program *program = instance->code->program;
    struct tvn_place place = {.path = instance->code->name};
    bool *is_used = tvn_arena_new(
        &instance->arena, program->import_count, sizeof(*is_used));
    tvn_err err = TVN_OK;

    if (is_used == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    if (program->unmet != NULL) {
        return tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
            "it imports %s: a host gives functions only", program->unmet);
    }
    for (uint32_t i = 0; i < program->lower_count; i++) {
        if (program->lowers[i].import < program->import_count) {
            is_used[program->lowers[i].import] = true;
        }
    }
    for (uint32_t i = 0; i < program->import_count; i++) {
        const struct tvn_import_func *import = &program->imports[i];

        if (is_used[i]) {
            place.what = full_name(&instance->arena, import);
            err =
                tvn_err_first(err, check_host(instance, import, &place, diag));
        }
    }
    return err;
}

static tvn_err
make_plans(struct tvn_instance *instance, const struct tvn_func_type *type,
    struct tvn__lowered *lowered)
{
    tvn_err err = TVN_OK;

    if (type->tuple != NULL) {
        lowered->is_spilled = type->tuple->flat_count > TVN_FLAT_PARAMS_MAX;
        err = tvn_plan_lift(&instance->arena, type->tuple, &lowered->args);
    }
    if (err == TVN_OK && type->result != NULL) {
        lowered->returns_pointer =
            type->result->flat_count > TVN_FLAT_RESULTS_MAX;
        err = tvn_plan_lower(
            &instance->arena, type->result, type->result, &lowered->result);
    }
    return err;
}

wasm_functype_t *
tvn__func_type(const struct tvn_core_sig *sig)
{
    static const wasm_valkind_t kinds[] = {
        [TVN_CORE_I32] = WASM_I32,
        [TVN_CORE_I64] = WASM_I64,
        [TVN_CORE_F32] = WASM_F32,
        [TVN_CORE_F64] = WASM_F64,
    };
    wasm_valtype_t *types[TVN_FLAT_PARAMS_MAX + 1];
    wasm_valtype_vec_t params;
    wasm_valtype_vec_t results;
    wasm_valtype_t *result;

    for (uint32_t i = 0; i < sig->param_count; i++) {
        types[i] = wasm_valtype_new(kinds[sig->params[i]]);
    }
    wasm_valtype_vec_new(&params, sig->param_count, types);
    if (sig->has_result) {
        result = wasm_valtype_new(kinds[sig->result]);
        wasm_valtype_vec_new(&results, 1, &result);
    } else {
        wasm_valtype_vec_new_empty(&results);
    }
    return wasm_functype_new(&params, &results);
}

static tvn_err
new_host_call(struct tvn_instance *instance, const struct tvn_lower *lower,
    const struct tvn__options *options, struct tvn_core_item *out,
    struct tvn_diag *diag)
{
    const struct tvn_import_func *import =
        &instance->code->program->imports[lower->import];
    const struct tvn_host_func *host = find_host(instance, import);
    struct tvn__lowered *lowered =
        tvn_arena_new(&instance->arena, 1, sizeof(*lowered));
    wasmtime_extern_t handle = {.kind = WASMTIME_EXTERN_FUNC};
    struct tvn_core_sig sig;
    wasm_functype_t *type;
    tvn_err err;

    TVN_ASSERT(host != NULL); /* tvn__check_hosts */
    TVN_ASSERT(instance->scratch.pool != NULL);
    if (lowered == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    tvn_sig_of_lower(lower->type, &sig);
    lowered->instance = instance;
    lowered->part = options->part;
    lowered->call = host->call;
    lowered->env = host->env;
    lowered->params = sig.param_count;
    lowered->name = full_name(&instance->arena, import);
    err = lowered->name == NULL ? TVN_ENOMEM
                                : make_plans(instance, lower->type, lowered);
    if (err != TVN_OK) {
        return tvn_diag_error(diag, err, NULL, "no memory");
    }
    err = tvn__memory_get(
        instance, options, &lowered->memory, lowered->name, diag);
    if (err != TVN_OK) {
        return err;
    }
    type = tvn__func_type(&sig);
    wasmtime_func_new_unchecked(
        instance->context, type, call_host, lowered, NULL, &handle.of.func);
    wasm_functype_delete(type);
    *out = tvn__item(&handle, TVN_CORE_FUNC);
    return TVN_OK;
}

tvn_err
tvn__new_lower(void *store, const struct tvn_lower *lower,
    const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    struct tvn_instance *instance = store;
    const struct tvn__options options = {
        .part = &instance->parts[lower->part],
        .memory = memory,
        .realloc = realloc,
        .encoding = lower->opts.encoding,
        .type = lower->type,
    };

    return lower->import != TVN_NONE
               ? new_host_call(instance, lower, &options, out, diag)
               : tvn__new_crossing(instance, lower, &options, out, diag);
}
