/* sides.h -- one component on both engines: loaded, instantiated, called.
 *
 * What it imports traps on both.  An instance that has trapped is dead, as
 * the specification has it; on both calls end after a while.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_DIFFERENTIAL_SIDES_H
#define TVN_TESTS_DIFFERENTIAL_SIDES_H

#include "base/assert.h"
#include "base/mem.h"
#include "differential/val.h"
#include "engine/engine.h"
#include "support/call.h"
#include "toolchain/toolchain.h"

#include <string.h>
#include <wasmtime.h>

#define DEADLINE_NS UINT64_C(3000000000)
#define FUEL        UINT64_C(1000000000) /* a second or two */
#define MEMORY_MAX  (UINT64_C(1) << 30)
#define ARGS_MAX    64u

struct engines {
    struct tvn_engine *ours;
    wasm_engine_t *theirs;
    struct tvn_pool *pool;
    struct tvn_diag diag; /* of ours, the last */
    char theirs_said[512];
};

/* A component; NULL: that side does not load it. */
struct pair {
    struct tvn_types *types;
    struct tvn_component *decoded;
    struct tvn_code *ours;
    wasmtime_component_t *theirs;
};

struct live {
    const struct pair *pair;
    struct tvn_instance *ours;
    struct tvn_host_func *hosts;
    uint32_t host_count;
    wasmtime_store_t *store;
    wasmtime_component_instance_t theirs;
    bool has_theirs;
};

/* What a call gave on one side. */
enum outcome { RETURNED, TRAPPED, NOT_RUN };

struct result {
    enum outcome ours;
    struct tvn_image *image; /* ours; NULL: none */
    enum outcome theirs;
    val_t val;
    bool has_val;
};

/* ------------------------------------------------------------------------ */

static inline void
engines_open(struct engines *engines)
{
    const struct tvn_engine_opts opts = {0};
    wasm_config_t *config = wasm_config_new();

    *engines = (struct engines){.pool = tvn_pool_new(64u << 20, 0)};
    wasmtime_config_consume_fuel_set(config, true);
    wasmtime_config_wasm_memory64_set(config, false);
    engines->theirs = wasm_engine_new_with_config(config);
    TVN_ASSERT(engines->theirs != NULL && engines->pool != NULL);
    TVN_ASSERT(tvn_engine_new(&opts, &engines->ours, NULL) == TVN_OK);
}

static inline void
engines_close(struct engines *engines)
{
    tvn_engine_free(engines->ours);
    wasm_engine_delete(engines->theirs);
    tvn_pool_free(engines->pool);
    tvn_diag_fini(&engines->diag);
}

static inline const char *
engines_said(const struct engines *engines)
{
    return engines->diag.first == NULL ? "nothing said"
                                       : engines->diag.first->text;
}

/* True when there is no error; keeps its text, and deletes it. */
static inline bool
is_fine(struct engines *engines, wasmtime_error_t *error)
{
    wasm_name_t text;

    if (error == NULL) {
        return true;
    }
    wasmtime_error_message(error, &text);
    (void)snprintf(engines->theirs_said, sizeof(engines->theirs_said), "%.*s",
        (int)text.size, text.data);
    for (char *c = engines->theirs_said; *c != '\0'; c++) {
        *c = *c == '\n' ? ' ' : *c;
    }
    wasm_byte_vec_delete(&text);
    wasmtime_error_delete(error);
    return false;
}

/* ------------------------------------------------------------------------
 * Components. */

static inline void
pair_load(
    struct engines *engines, const struct tvn_buf *bytes, struct pair *out)
{
    const uint8_t *ptr = (const uint8_t *)bytes->ptr;
    wasmtime_component_t *theirs = NULL;
    tvn_err err;

    *out = (struct pair){.types = tvn_types_new()};
    TVN_ASSERT(out->types != NULL);
    tvn_diag_fini(&engines->diag);
    engines->theirs_said[0] = '\0';
    err = tvn_toolchain_validate(ptr, bytes->len, "it", &engines->diag);
    if (err == TVN_OK) {
        err = tvn_component_decode(
            ptr, bytes->len, "it", out->types, &out->decoded, &engines->diag);
    }
    if (err == TVN_OK) {
        (void)tvn_code_new(
            engines->ours, out->decoded, "it", &out->ours, &engines->diag);
    }
    if (is_fine(engines, wasmtime_component_new(
                             engines->theirs, ptr, bytes->len, &theirs))) {
        out->theirs = theirs;
    }
}

static inline void
pair_free(struct pair *pair)
{
    tvn_code_free(pair->ours);
    tvn_component_free(pair->decoded);
    tvn_types_free(pair->types);
    if (pair->theirs != NULL) {
        wasmtime_component_delete(pair->theirs);
    }
    *pair = (struct pair){.types = NULL};
}

/* ------------------------------------------------------------------------
 * Instances. */

static inline tvn_err
import_traps(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    (void)env;
    (void)args;
    (void)result;
    (void)result_root;
    return tvn_diag_error(diag, TVN_ETRAP, NULL, "unknown import");
}

static inline void
live_hosts(struct live *live)
{
    const struct tvn_component *decoded = live->pair->decoded;
    const struct tvn_program *program = decoded->program;

    live->host_count = program->import_count;
    live->hosts = tvn_mem_new(program->import_count + 1, sizeof(*live->hosts));
    TVN_ASSERT(live->hosts != NULL);
    for (uint32_t i = 0; i < program->import_count; i++) {
        live->hosts[i] = (struct tvn_host_func){
            .interface = program->imports[i].interface,
            .name = program->imports[i].name,
            .call = import_traps,
        };
    }
}

static inline void
live_theirs(struct engines *engines, struct live *live)
{
    wasmtime_component_linker_t *linker =
        wasmtime_component_linker_new(engines->theirs);
    wasmtime_context_t *context;

    live->store = wasmtime_store_new(engines->theirs, NULL, NULL);
    context = wasmtime_store_context(live->store);
    TVN_ASSERT(wasmtime_context_set_fuel(context, FUEL) == NULL);
    live->has_theirs =
        is_fine(
            engines, wasmtime_component_linker_define_unknown_imports_as_traps(
                         linker, live->pair->theirs)) &&
        is_fine(engines, wasmtime_component_linker_instantiate(linker, context,
                             live->pair->theirs, &live->theirs));
    wasmtime_component_linker_delete(linker);
}

static inline void
live_open(struct engines *engines, const struct pair *pair, struct live *live)
{
    struct tvn_instance_opts opts = {
        .memory_max = MEMORY_MAX,
        .pool = engines->pool,
        .deadline_ns = DEADLINE_NS,
        .init_deadline_ns = DEADLINE_NS,
    };

    *live = (struct live){.pair = pair};
    tvn_diag_fini(&engines->diag);
    if (pair->ours != NULL) {
        live_hosts(live);
        opts.imports = live->hosts;
        opts.import_count = live->host_count;
        (void)tvn_instance_new(pair->ours, &opts, &live->ours, &engines->diag);
    }
    if (pair->theirs != NULL) {
        live_theirs(engines, live);
    }
}

static inline void
live_close(struct live *live)
{
    tvn_instance_free(live->ours);
    tvn_mem_free(live->hosts, live->host_count + 1, sizeof(*live->hosts));
    if (live->store != NULL) {
        wasmtime_store_delete(live->store);
    }
    *live = (struct live){.pair = NULL};
}

/* ------------------------------------------------------------------------
 * Calls. */

/* The function of that name, in the interface of that name (NULL: none). */
static inline bool
find_theirs(struct live *live, struct tvn_str interface, struct tvn_str name,
    wasmtime_component_func_t *out)
{
    wasmtime_context_t *context = wasmtime_store_context(live->store);
    wasmtime_component_export_index_t *outer = NULL;
    wasmtime_component_export_index_t *index;
    bool is_there = interface.ptr == NULL;

    if (!is_there) {
        outer = wasmtime_component_instance_get_export_index(
            &live->theirs, context, NULL, interface.ptr, interface.len);
        is_there = outer != NULL;
    }
    index = !is_there ? NULL
                      : wasmtime_component_instance_get_export_index(
                            &live->theirs, context, outer, name.ptr, name.len);
    is_there = index != NULL && wasmtime_component_instance_get_func(
                                    &live->theirs, context, index, out);
    if (index != NULL) {
        wasmtime_component_export_index_delete(index);
    }
    if (outer != NULL) {
        wasmtime_component_export_index_delete(outer);
    }
    return is_there;
}

static inline void
call_theirs(struct engines *engines, struct live *live,
    const wasmtime_component_func_t *func, const struct tvn_func_type *type,
    const struct tvn_image *args, struct result *result)
{
    wasmtime_context_t *context = wasmtime_store_context(live->store);
    val_t vals[ARGS_MAX];

    TVN_ASSERT(type->param_count <= ARGS_MAX);
    for (uint32_t i = 0; i < type->param_count; i++) {
        val_make(type->tuple->members[i].type, args->data,
            type->tuple->members[i].offset, &vals[i]);
    }
    result->val.kind = WASMTIME_COMPONENT_BOOL;
    TVN_ASSERT(wasmtime_context_set_fuel(context, FUEL) == NULL);
    engines->theirs_said[0] = '\0';
    result->theirs = is_fine(engines, wasmtime_component_func_call(func,
                                          context, vals, type->param_count,
                                          &result->val, type->result != NULL))
                         ? RETURNED
                         : TRAPPED;
    result->has_val = result->theirs == RETURNED && type->result != NULL;
    for (uint32_t i = 0; i < type->param_count; i++) {
        wasmtime_component_val_delete(&vals[i]);
    }
}

static inline void
call_ours(struct engines *engines, struct live *live,
    const struct tvn_extern *func, const struct tvn_image *args,
    struct result *result)
{
    struct tvn_arena arena = {0};
    struct tvn_builder builder = {0};
    const struct tvn_plan *plan = NULL;
    struct tvn_call call;
    tvn_err err = TVN_OK;

    tvn_builder_init(&builder, engines->pool);
    TVN_ASSERT(tvn_call_init(&call, live->ours, func->index, NULL) == TVN_OK);
    if (args != NULL) {
        err = call_lower(&call, args, &arena, &engines->diag);
    }
    if (err == TVN_OK) {
        err = tvn_call_run(&call, &engines->diag);
    }
    if (err == TVN_OK && func->func->result != NULL) {
        err = tvn_plan_lift(&arena, func->func->result, &plan);
        err = err == TVN_OK ? call_lift(&call, plan, &builder, &result->image,
                                  &engines->diag)
                            : err;
    }
    if (err == TVN_OK) {
        err = tvn_call_finish(&call, &engines->diag);
    }
    if (err != TVN_OK) {
        tvn_instance_kill(live->ours);
    }
    result->ours = err == TVN_OK ? RETURNED : TRAPPED;
    tvn_builder_fini(&builder);
    tvn_arena_fini(&arena);
}

/* Calls on each side that has it. */
static inline void
live_call(struct engines *engines, struct live *live, struct tvn_str interface,
    const struct tvn_extern *func, const struct tvn_image *args,
    struct result *result)
{
    wasmtime_component_func_t theirs;

    *result = (struct result){.ours = NOT_RUN, .theirs = NOT_RUN};
    tvn_diag_fini(&engines->diag);
    if (live->ours != NULL && func->index != TVN_NONE) {
        call_ours(engines, live, func, args, result);
    }
    if (live->has_theirs && find_theirs(live, interface, func->name, &theirs)) {
        call_theirs(engines, live, &theirs, func->func, args, result);
    }
}

static inline bool
result_equal(const struct tvn_func_type *type, const struct result *result)
{
    return result->ours == result->theirs &&
           (result->ours != RETURNED || type->result == NULL ||
               val_equal(type->result, result->image->data, 0, &result->val));
}

static inline void
result_fini(struct result *result)
{
    tvn_image_unref(result->image);
    if (result->has_val) {
        wasmtime_component_val_delete(&result->val);
    }
}

#endif
