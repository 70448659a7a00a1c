/* builtin.c -- resources: the handle tables of the components inside, what
 * they do with handles, and who ends a resource.
 *
 * An own handle that is dropped has the destructor called, in the component
 * that makes the resource or in the host.  When an instance is gone nothing of
 * it runs any more: only the host hears of what it still held.
 *
 * An own that changes hands is in `transit` meanwhile, which is one for the
 * whole instance: between a lift and the lowering after it nothing runs but a
 * realloc, which may not call out.  What fails on the way kills the instance,
 * and what it leaves there goes with it. */
#include "base/assert.h"
#include "base/guest_check.h"
#include "engine/wasmtime/internal.h"

#include <string.h>

struct builtin {
    struct tvn_instance *instance;
    struct tvn__part *part;
    const struct tvn_resource *type; /* NULL: gated */
    uint32_t resource;
    bool stays;
    const char *name; /* "resource.drop of wasi:io/poll.pollable" */
};

/* ------------------------------------------------------------------------
 * Life. */

static void
find_drop(struct tvn__resource *resource, const struct tvn_resource_def *def,
    const struct tvn_instance_opts *opts)
{
    for (uint32_t i = 0; i < opts->resource_count; i++) {
        const struct tvn_host_resource *host = &opts->resources[i];

        if (tvn_str_equal(host->name, def->name) &&
            tvn_name_reads_as(def->interface, host->interface)) {
            resource->drop = host->drop;
            resource->env = host->env;
        }
    }
}

tvn_err
tvn__parts_init(struct tvn_instance *instance,
    const struct tvn_instance_opts *opts, struct tvn_diag *diag)
{
    const struct tvn_program *program = instance->code->program;
    struct tvn_arena *arena = &instance->arena;

    instance->parts =
        tvn_arena_new(arena, program->part_count, sizeof(*instance->parts));
    instance->resources = tvn_arena_new(
        arena, program->resource_count, sizeof(*instance->resources));
    if (instance->parts == NULL || instance->resources == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    instance->part_count = program->part_count;
    for (uint32_t i = 0; i < program->part_count; i++) {
        struct tvn__part *part = &instance->parts[i];

        tvn_handle_table_init(
            &part->table, i, program->resources, &instance->budget);
        part->table.borrows = &part->host;
        part->table.transit = &instance->transit;
        part->may_leave = true;
    }
    for (uint32_t i = 0; i < program->resource_count; i++) {
        if (program->resources[i].part == TVN_NONE) {
            find_drop(&instance->resources[i], &program->resources[i], opts);
        }
    }
    return TVN_OK;
}

/* The host hears that a resource of its own is gone. */
static void
tell_host(struct tvn_instance *instance, const struct tvn_resource *type,
    uint32_t rep)
{
    const struct tvn__resource *resource =
        type->index == TVN_NONE ? NULL : &instance->resources[type->index];

    if (resource != NULL && resource->drop != NULL) {
        resource->drop(resource->env, rep);
    }
}

void
tvn__parts_fini(struct tvn_instance *instance)
{
    const struct tvn_resource *type;
    uint32_t rep;

    while (tvn_transit_next(&instance->transit, &type, &rep)) {
        tell_host(instance, type, rep);
    }
    tvn_transit_fini(&instance->transit);

    for (uint32_t i = 0; i < instance->part_count; i++) {
        struct tvn_handle_table *table = &instance->parts[i].table;
        uint32_t at = 0;

        while (tvn_handle_next(table, &at, &type, &rep)) {
            tell_host(instance, type, rep);
        }
        tvn_handle_table_fini(table);
    }
    tvn_call_scope_fini(&instance->lent);
}

/* Without memory for the note it is dropped here: lowering stops. */
static tvn_err
send_own(struct tvn_instance *instance, const struct tvn_type *type,
    const uint8_t *data)
{
    uint32_t rep;

    memcpy(&rep, data, sizeof(rep));
    if (tvn_transit_add(&instance->transit, type->resource, rep)) {
        return TVN_OK;
    }
    tell_host(instance, type->resource, rep);
    return TVN_ENOMEM;
}

static tvn_err
send_list(struct tvn_instance *instance, const struct tvn_type *elem,
    const uint8_t *data, uint32_t at)
{
    tvn_err err = TVN_OK;
    uint32_t far[2];

    memcpy(far, data + at, sizeof(far));
    for (uint32_t i = 0; i < far[1]; i++) {
        err = tvn_err_first(
            err, tvn__send_owns(instance, elem, data, far[0] + i * elem->size));
    }
    return err;
}

tvn_err
tvn__send_owns(struct tvn_instance *instance, const struct tvn_type *type,
    const uint8_t *data, uint32_t at)
{
    uint32_t from = 0;
    uint32_t to = type->count;
    tvn_err err = TVN_OK;

    if (!type->has_handle) {
        return TVN_OK;
    }
    if (type->kind == TVN_KIND_OWN) {
        return send_own(instance, type, data + at);
    }
    if (type->kind == TVN_KIND_LIST) {
        return send_list(instance, type->elem, data, at);
    }
    if (tvn_type_has_cases(type)) {
        memcpy(&from, data + at, type->disc_size);
        to = from + 1;
    }
    for (uint32_t i = from; i < to; i++) {
        const struct tvn_member *member = &type->members[i];

        if (member->type != NULL) {
            err = tvn_err_first(err, tvn__send_owns(instance, member->type,
                                         data, at + member->offset));
        }
    }
    return err;
}

tvn_err
tvn__add_resource(void *store, uint32_t index, const struct tvn_core_item *dtor,
    struct tvn_diag *diag)
{
    static const struct tvn_core_sig sig = {
        .params = {TVN_CORE_I32}, .param_count = 1};
    struct tvn_instance *instance = store;
    struct tvn__resource *resource = &instance->resources[index];

    if (dtor == NULL) {
        return TVN_OK;
    }
    resource->dtor = tvn__handle(dtor).of.func;
    resource->has_dtor = true;
    return tvn__check_sig(
        instance, &resource->dtor, &sig, "a destructor", diag);
}

/* ------------------------------------------------------------------------
 * What guests call. */

static wasm_trap_t *
refuse(const struct builtin *builtin, uint32_t handle, const char *why)
{
    struct tvn_diag diag = {0};

    (void)tvn_diag_error(
        &diag, TVN_EABI, NULL, "handle %u %s", (unsigned)handle, why);
    return tvn__unwind(builtin->instance, TVN_EABI, builtin->name, "", &diag);
}

static wasm_trap_t *
call_new(
    void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *raw, size_t count)
{
    const struct builtin *builtin = env;
    uint32_t handle = 0;
    const char *why;

    (void)caller;
    (void)count;
    if (!TVN_GUEST_CHECK(303, builtin->part->may_leave)) {
        return tvn__refuse_leaving(builtin->instance, builtin->name);
    }
    why = tvn_handle_new(
        &builtin->part->table, builtin->type, (uint32_t)raw->i32, &handle);
    if (why != NULL) {
        return refuse(builtin, handle, why);
    }
    raw->i32 = (int32_t)handle;
    return NULL;
}

static wasm_trap_t *
call_rep(
    void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *raw, size_t count)
{
    const struct builtin *builtin = env;
    uint32_t handle = (uint32_t)raw->i32;
    uint32_t rep = 0;
    const char *why =
        tvn_handle_rep(&builtin->part->table, builtin->type, handle, &rep);

    (void)caller;
    (void)count;
    if (why != NULL) {
        return refuse(builtin, handle, why);
    }
    raw->i32 = (int32_t)rep;
    return NULL;
}

/* A destructor runs as any call into its component. */
static wasm_trap_t *
destroy(const struct builtin *builtin, uint32_t rep)
{
    struct tvn_instance *instance = builtin->instance;
    const struct tvn__resource *resource =
        &instance->resources[builtin->resource];
    struct tvn_diag diag = {0};
    union tvn_slot slot = {.u64 = rep};
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error;
    tvn_err err;

    if (resource->drop != NULL) {
        resource->drop(resource->env, rep);
    }
    if (!resource->has_dtor) {
        return NULL;
    }
    error = wasmtime_func_call_unchecked(
        instance->context, &resource->dtor, tvn__raw(&slot), 1, &trap);
    if (error == NULL && trap == NULL) {
        return NULL;
    }
    err = tvn__fail_call(instance, builtin->name, error, trap);
    return tvn__unwind(instance, err, builtin->name, "", &diag);
}

static wasm_trap_t *
call_drop(
    void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *raw, size_t count)
{
    const struct builtin *builtin = env;
    uint32_t handle = (uint32_t)raw->i32;
    uint32_t rep = 0;
    bool is_own = false;
    const char *why;

    (void)caller;
    (void)count;
    if (!TVN_GUEST_CHECK(304, builtin->part->may_leave)) {
        return tvn__refuse_leaving(builtin->instance, builtin->name);
    }
    why = tvn_handle_drop(
        &builtin->part->table, builtin->type, handle, &is_own, &rep);
    if (why != NULL) {
        return refuse(builtin, handle, why);
    }
    return is_own ? destroy(builtin, rep) : NULL;
}

static wasm_trap_t *
call_gated(
    void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *raw, size_t count)
{
    const struct builtin *builtin = env;
    struct tvn_diag diag = {0};

    (void)caller;
    (void)raw;
    (void)count;
    if (!builtin->stays && !TVN_GUEST_CHECK(309, builtin->part->may_leave)) {
        return tvn__refuse_leaving(builtin->instance, builtin->name);
    }
    (void)tvn_diag_error(&diag, TVN_ETRAP, NULL,
        "async functions, streams and futures are not run by this version");
    return tvn__unwind(builtin->instance, TVN_ETRAP, builtin->name, "", &diag);
}

/* What the step makes, put into `builtin`, and its core signature. */
static struct tvn_core_sig
describe(const struct tvn_program *program, const struct tvn_step *step,
    struct tvn_arena *arena, struct builtin *builtin)
{
    static const char *const names[] = {
        [TVN_STEP_NEW] = "resource.new",
        [TVN_STEP_DROP] = "resource.drop",
        [TVN_STEP_REP] = "resource.rep",
    };
    struct tvn_core_sig sig = {
        .params = {TVN_CORE_I32},
        .param_count = 1,
        .result = TVN_CORE_I32,
        .has_result = step->kind != TVN_STEP_DROP,
    };

    if (step->kind == TVN_STEP_GATED) {
        builtin->stays = program->gated[step->index].stays;
        builtin->name = program->gated[step->index].name;
        return program->gated[step->index].sig;
    }
    builtin->resource = step->index;
    builtin->type = program->resources[step->index].type;
    builtin->name = tvn_arena_printf(arena, "%s of %.*s", names[step->kind],
        TVN_STR_ARG(builtin->type->name));
    return sig;
}

tvn_err
tvn__new_builtin(void *store, const struct tvn_step *step,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    static const wasmtime_func_unchecked_callback_t calls[] = {
        [TVN_STEP_NEW] = call_new,
        [TVN_STEP_DROP] = call_drop,
        [TVN_STEP_REP] = call_rep,
        [TVN_STEP_GATED] = call_gated,
    };
    struct tvn_instance *instance = store;
    wasmtime_extern_t handle = {.kind = WASMTIME_EXTERN_FUNC};
    struct builtin *builtin =
        tvn_arena_new(&instance->arena, 1, sizeof(*builtin));
    struct tvn_core_sig sig = {0};
    wasm_functype_t *type;

    if (builtin != NULL) {
        builtin->instance = instance;
        builtin->part = &instance->parts[step->part];
        sig =
            describe(instance->code->program, step, &instance->arena, builtin);
    }
    if (builtin == NULL || builtin->name == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    type = tvn__func_type(&sig);
    wasmtime_func_new_unchecked(instance->context, type, calls[step->kind],
        builtin, NULL, &handle.of.func);
    wasm_functype_delete(type);
    *out = tvn__item(&handle, TVN_CORE_FUNC);
    return TVN_OK;
}
