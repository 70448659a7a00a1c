/* host.h -- for fuzz targets and tests: a host that has every function and
 * resource a component imports, answers with random values and calls all
 * exports with such.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FUZZ_HOST_H
#define TVN_FUZZ_HOST_H

#include "base/mem.h"
#include "base/rng.h"
#include "engine/engine.h"
#include "support/call.h"
#include "value/testing.h"

#define HOST_IMPORTS_MAX 64u
#define HOST_STEPS_MAX   256u
#define HOST_CALLS_MAX   8u /* an endless loop each: 0.4 s */

struct host_func {
    struct host *host;
    const struct tvn_func_type *type;
    struct tvn_image *answer; /* of the last call */
};

struct host {
    struct tvn_rng rng; /* of the component's bytes */
    struct tvn_pool *pool;
    struct tvn_builder builder;
    bool is_plain;  /* it answers with zeroes and never fails */
    uint32_t calls; /* of exports */
    struct host_func funcs[HOST_IMPORTS_MAX];
    struct tvn_host_func imports[HOST_IMPORTS_MAX];
    uint32_t import_count;
    struct tvn_host_resource resources[HOST_IMPORTS_MAX];
    uint32_t resource_count;
    uint64_t dropped;
};

/* A random value; zeroes, which are one of any type, where it might become
 * too large. */
static inline tvn_err
host_value(
    struct host *host, const struct tvn_type *type, struct tvn_image **out)
{
    tvn_err err = tvn_builder_begin(&host->builder, type);

    if (err != TVN_OK) {
        return err;
    }
    if (!host->is_plain && type->nodes < 200 && type->depth < 8 &&
        tvn_rng_below(&host->rng, 4) > 0) {
        tvn_testing_fill(&host->builder, type, 0, &host->rng);
    }
    return tvn_builder_finish(&host->builder, out);
}

static inline tvn_err
host_call(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    struct host_func *func = env;
    tvn_err err = TVN_OK;

    (void)diag;
    TVN_ASSERT((args != NULL) == (func->type->tuple != NULL));
    if (args != NULL) {
        (void)tvn_value_bytes(func->type->tuple, args, 0);
    }
    tvn_image_unref(func->answer);
    func->answer = NULL;
    if (func->type->result != NULL) {
        err = host_value(func->host, func->type->result, &func->answer);
    }
    if (func->answer != NULL) {
        *result = func->answer->data;
        *result_root = 0;
    }
    return !func->host->is_plain && tvn_rng_below(&func->host->rng, 64) == 0
               ? TVN_EIO
               : err;
}

static inline void
host_drop(void *env, uint32_t rep)
{
    struct host *host = env;

    host->dropped += rep;
}

static inline bool
host_open(struct host *host, const struct tvn_program *program,
    const uint8_t *data, size_t size)
{
    if (program->import_count > HOST_IMPORTS_MAX ||
        program->resource_count > HOST_IMPORTS_MAX ||
        program->step_count > HOST_STEPS_MAX) {
        return false;
    }
    memset(host, 0, sizeof(*host));
    host->pool = tvn_pool_new(16u << 20, 1u << 16);
    if (host->pool == NULL) {
        return false;
    }
    tvn_builder_init(&host->builder, host->pool);
    for (size_t i = 0; i < size; i++) {
        host->rng.state = host->rng.state * 31 + data[i];
    }
    return true;
}

static inline void
host_opts(struct host *host, const struct tvn_program *program,
    struct tvn_instance_opts *opts)
{
    for (uint32_t i = 0; i < program->import_count; i++) {
        const struct tvn_import_func *import = &program->imports[i];

        host->funcs[i] = (struct host_func){host, import->type, NULL};
        host->imports[i] =
            (struct tvn_host_func){.interface = import->interface,
                .name = import->name,
                .type = import->type,
                .call = host_call,
                .env = &host->funcs[i]};
    }
    for (uint32_t i = 0; i < program->resource_count; i++) {
        const struct tvn_resource_def *def = &program->resources[i];

        if (def->part == TVN_NONE) {
            host->resources[opts->resource_count++] =
                (struct tvn_host_resource){
                    def->interface, def->name, host_drop, host};
        }
    }
    host->import_count = program->import_count;
    opts->imports = host->imports;
    opts->import_count = host->import_count;
    opts->resources = host->resources;
    opts->pool = host->pool;
}

/* Lowers, calls, lifts; `args` NULL: none. */
static inline tvn_err
host_run(struct host *host, struct tvn_call *call, const struct tvn_image *args,
    struct tvn_image **result, struct tvn_diag *diag)
{
    const struct tvn_plan *plan = NULL;
    struct tvn_arena arena = {0};
    tvn_err err = TVN_OK;

    if (call->result != NULL) {
        err = tvn_plan_lift(&arena, call->result, &plan);
    }
    if (err == TVN_OK && args != NULL) {
        err = call_lower(call, args, &arena, diag);
    }
    if (err == TVN_OK) {
        err = tvn_call_run(call, diag);
    }
    if (err == TVN_OK && plan != NULL) {
        err = call_lift(call, plan, &host->builder, result, diag);
    }
    tvn_arena_fini(&arena);
    return err;
}

/* After an error the instance is dead, and stays it. */
static inline tvn_err
host_call_export(struct host *host, struct tvn_instance *instance,
    const struct tvn_extern *export, struct tvn_diag *diag)
{
    struct tvn_image *args = NULL;
    struct tvn_image *result = NULL;
    struct tvn_call call;
    tvn_err err = tvn_call_init(&call, instance, export->index, diag);

    if (err != TVN_OK) {
        return err;
    }
    if (export->func->tuple != NULL) {
        err = host_value(host, export->func->tuple, &args);
    }
    err = err == TVN_OK ? host_run(host, &call, args, &result, diag) : err;
    if (result != NULL) {
        (void)tvn_value_bytes(result->type, result->data, 0);
    }
    tvn_image_unref(args);
    tvn_image_unref(result);
    err = err == TVN_OK ? tvn_call_finish(&call, diag) : err;
    if (err != TVN_OK) {
        err = err == TVN_ETRAP ? tvn_instance_tell(instance, diag) : err;
        tvn_instance_kill(instance);
        TVN_ASSERT(tvn_call_run(&call, NULL) == TVN_ETRAP);
    }
    return err;
}

/* Calls the exports, at most HOST_CALLS_MAX; the first error. */
static inline tvn_err
host_call_all(struct host *host, struct tvn_instance *instance,
    const struct tvn_extern *externs, uint32_t count, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_extern *export = &externs[i];

        if (export->kind == TVN_EXTERN_INSTANCE) {
            err =
                tvn_err_first(err, host_call_all(host, instance, export->items,
                                       export->item_count, diag));
        } else if (export->kind == TVN_EXTERN_FUNC &&
                   export->index != TVN_NONE &&
                   host->calls++ < HOST_CALLS_MAX) {
            err = tvn_err_first(
                err, host_call_export(host, instance, export, diag));
        }
    }
    return err;
}

static inline void
host_close(struct host *host)
{
    for (uint32_t i = 0; i < host->import_count; i++) {
        tvn_image_unref(host->funcs[i].answer);
    }
    tvn_builder_fini(&host->builder);
    tvn_pool_free(host->pool);
}

#endif
