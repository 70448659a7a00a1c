/* lower.c -- imports: core functions that call the host.
 *
 *     slots --lift--> scratch --host function--> value --lower--> slots
 *                                                            or memory
 *
 * The scratch is one per instance and keeps its memory; it is enough, since
 * an instance cannot call a second import before the first has returned:
 * realloc, the only guest code that runs in between, may not call any. */
#include "base/assert.h"
#include "base/guest_check.h"
#include "engine/wasmtime/internal.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * Calling. */

/* The error's first text becomes the instance's reason. */
static __attribute__((cold, noinline)) wasm_trap_t *
fail_host(const struct tvn__lowered *lowered, tvn_err err, const char *part,
    struct tvn_diag *diag)
{
    static const char text[] = "stopped by the host";
    const char *why =
        diag->first != NULL ? diag->first->text : tvn_err_text(err);

    if (err != TVN_EABI && err != TVN_ENOMEM) {
        err = TVN_ETRAP;
    }
    (void)tvn__fail(lowered->instance, err, lowered->name, "%s%s", part, why);
    tvn_diag_fini(diag);
    return wasmtime_trap_new(text, sizeof(text) - 1);
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

    instance->control.count++;
    return lowered->returns_pointer
               ? tvn_lower_store(lowered->result, data, root, memory,
                     slots[lowered->params - 1].u32, &instance->control.bytes,
                     diag)
               : tvn_lower_flat(lowered->result, data, root, memory, slots,
                     &instance->control.bytes, diag);
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
    if (!TVN_GUEST_CHECK(301, lowered->instance->may_leave)) {
        return fail_host(lowered, TVN_ETRAP,
            "called from inside realloc or post-return", &diag);
    }
    if (lowered->args != NULL) {
        err = lift_args(lowered, slots, &diag);
        if (err != TVN_OK) {
            return fail_host(lowered, err, "its arguments: ", &diag);
        }
        args = lowered->instance->scratch.data;
    }
    err = lowered->call(lowered->env, args, &result, &root, &diag);
    if (err != TVN_OK) {
        return fail_host(lowered, err, "", &diag);
    }
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

static bool
is_interface(struct tvn_str said, struct tvn_str full)
{
    return tvn_str_equal(said, full) ||
           tvn_str_equal(said, tvn_without_version(full));
}

static const struct tvn_host_func *
find_host(
    const struct tvn_instance *instance, const struct tvn_import_func *import)
{
    for (uint32_t i = 0; i < instance->host_count; i++) {
        const struct tvn_host_func *host = &instance->hosts[i];

        if (tvn_str_equal(host->name, import->name) &&
            is_interface(host->interface, import->interface)) {
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

tvn_err
tvn__check_hosts(struct tvn_instance *instance, struct tvn_diag *diag)
{
    const struct tvn_program *program = instance->code->program;
    struct tvn_place place = {.path = instance->code->name};
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < program->import_count; i++) {
        const struct tvn_import_func *import = &program->imports[i];
        const struct tvn_host_func *host;
        bool is_used = false;

        for (uint32_t k = 0; !is_used && k < program->lower_count; k++) {
            is_used = program->lowers[k].import == i;
        }
        if (!is_used) {
            continue;
        }
        host = find_host(instance, import);
        place.what = full_name(&instance->arena, import);
        if (host == NULL) {
            err = tvn_diag_error(diag, TVN_EMALFORMED, &place,
                "it is imported and the host does not have it");
        } else if (host->type != NULL &&
                   (host->type->tuple != import->type->tuple ||
                       host->type->result != import->type->result)) {
            err = tvn_diag_error(diag, TVN_EMALFORMED, &place,
                "it is imported with another type than the host's");
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

static tvn_err
check_options(const struct tvn_instance *instance,
    const struct tvn_func_type *type, const struct tvn__lowered *lowered,
    struct tvn_diag *diag)
{
    struct tvn_place place = {
        .path = instance->code->name, .what = lowered->name};
    bool needs_realloc = type->result != NULL && type->result->has_pointer;
    bool needs_memory = needs_realloc || lowered->is_spilled ||
                        lowered->returns_pointer ||
                        (type->tuple != NULL && type->tuple->has_pointer);

    if (needs_memory && lowered->memory == NULL) {
        return tvn_diag_error(diag, TVN_EMALFORMED, &place,
            "an import that needs a memory has no such option");
    }
    if (needs_realloc && !lowered->memory->has_realloc) {
        return tvn_diag_error(diag, TVN_EMALFORMED, &place,
            "an import that needs a realloc has no such option");
    }
    return TVN_OK;
}

static wasm_functype_t *
make_type(const struct tvn_core_sig *sig)
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

tvn_err
tvn__new_lower(void *store, const struct tvn_lower *lower,
    const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    struct tvn_instance *instance = store;
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
        instance, memory, realloc, &lowered->memory, lowered->name, diag);
    if (err == TVN_OK) {
        err = check_options(instance, lower->type, lowered, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    type = make_type(&sig);
    wasmtime_func_new_unchecked(
        instance->context, type, call_host, lowered, NULL, &handle.of.func);
    wasm_functype_delete(type);
    *out = tvn__item(&handle, TVN_CORE_FUNC);
    return TVN_OK;
}
