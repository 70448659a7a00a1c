/* run.h -- a component's instance: calls of its functions, and the functions
 * that it calls, which compare and answer as they are told.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_RUN_H
#define TVN_TESTS_BINDGEN_RUN_H

#include "bindgen/job.h"
#include "bindgen/outcome.h"
#include "bindgen/values.h"
#include "engine/engine.h"
#include "support/call.h"

#define RUN_SLOTS_MAX  24u
#define RUN_IMAGES_MAX 64u
#define RUN_ROWS_MAX   16u

/* An imported function. */
struct run_slot {
    struct tvn_str interface, name;
    const struct tvn_func_type *type;
    const uint8_t *want; /* the parameters' tuple at `want_root`; NULL: any */
    uint32_t want_root;
    const uint8_t *result; /* what it answers, at `root` */
    uint32_t root;
    unsigned expected, calls;
    bool is_wrong; /* it got something else */
};

/* An exported function. */
struct run_func {
    const struct tvn_role_func *of;
    struct tvn_call call;
    struct tvn_args args;
    const struct tvn_plan *lift;
    unsigned k; /* calls so far */
};

struct run {
    struct job *job;
    struct tvn_engine *engine;
    struct tvn_code *code;
    struct tvn_instance *instance;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_arena arena;
    struct tvn_role_info role; /* of the component */
    struct run_slot slots[RUN_SLOTS_MAX];
    unsigned slot_count;
    struct run_func init, main, flush, complete, teardown;
    struct tvn_image *config;
    struct tvn_image *images[RUN_IMAGES_MAX]; /* of this visit */
    unsigned image_count;
    struct tvn_image *kept; /* aggregator: the last, or the rows */
    struct tvn_image *rows[RUN_ROWS_MAX];
    unsigned row_count;
};

/* ------------------------------------------------------------------------
 * What the stage calls. */

static inline tvn_err
run_answer(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    struct run_slot *slot = env;

    (void)diag;
    slot->calls++;
    if (slot->want != NULL && !tvn_value_equal(slot->type->tuple, slot->want,
                                  slot->want_root, args, 0)) {
        slot->is_wrong = true;
    }
    if (slot->type->result != NULL) {
        TVN_ASSERT(slot->result != NULL);
        *result = slot->result;
        *result_root = slot->root;
    }
    return TVN_OK;
}

static inline void
run_add_slot(
    struct run *run, struct tvn_str interface, const struct tvn_extern *func)
{
    TVN_ASSERT(run->slot_count < RUN_SLOTS_MAX);
    if (func->kind == TVN_EXTERN_FUNC) {
        run->slots[run->slot_count++] = (struct run_slot){
            .interface = interface, .name = func->name, .type = func->func};
    }
}

static inline void
run_add_slots(struct run *run)
{
    const struct tvn_component *component = run->job->component;

    for (uint32_t i = 0; i < component->import_count; i++) {
        const struct tvn_extern *import = &component->imports[i];

        run_add_slot(run, (struct tvn_str){0}, import);
        for (uint32_t k = 0; k < import->item_count; k++) {
            run_add_slot(run, import->name, &import->items[k]);
        }
    }
}

/* The import of that name; none is a failure of the generator. */
static inline struct run_slot *
run_slot(struct run *run, const char *name)
{
    static struct run_slot missing;

    for (unsigned i = 0; i < run->slot_count; i++) {
        if (tvn_str_is(run->slots[i].name, name)) {
            return &run->slots[i];
        }
    }
    (void)job_fail(run->job, name, "the component does not import it");
    missing = (struct run_slot){0};
    return &missing;
}

static inline void
run_expect(struct run *run, const char *name, const struct tvn_image *want,
    const struct tvn_image *result)
{
    struct run_slot *slot = run_slot(run, name);

    slot->expected++;
    slot->want = want == NULL ? NULL : want->data;
    slot->want_root = 0;
    slot->result = result == NULL ? NULL : result->data;
    slot->root = 0;
}

/* A value that lives until the end of this visit. */
static inline struct tvn_image *
run_value(struct run *run, const struct tvn_type *type, unsigned number)
{
    struct tvn_image *image =
        values_new(&run->builder, type, number, &run->job->world.rng);

    TVN_ASSERT(run->image_count < RUN_IMAGES_MAX);
    run->images[run->image_count++] = image;
    return image;
}

static inline void
run_forget(struct run *run)
{
    for (unsigned i = 0; i < run->image_count; i++) {
        tvn_image_unref(run->images[i]);
    }
    run->image_count = 0;
    for (unsigned i = 0; i < run->slot_count; i++) {
        run->slots[i].expected = 0;
        run->slots[i].calls = 0;
        run->slots[i].want = NULL;
        run->slots[i].is_wrong = false;
    }
}

static inline bool
run_check_slots(struct run *run)
{
    char what[128];

    for (unsigned i = 0; i < run->slot_count; i++) {
        const struct run_slot *slot = &run->slots[i];

        if (slot->is_wrong || slot->calls != slot->expected) {
            (void)snprintf(what, sizeof(what), "%.*s: %u calls, %u expected%s",
                TVN_STR_ARG(slot->name), slot->calls, slot->expected,
                slot->is_wrong ? "; another value came" : "");
            return job_fail(run->job, "what the stage called", what);
        }
        run->job->shop->values += slot->want != NULL ? slot->calls : 0;
    }
    return true;
}

/* ------------------------------------------------------------------------
 * Calls. */

static inline bool
run_prepare(
    struct run *run, struct run_func *func, const struct tvn_role_func *of)
{
    const struct tvn_plan *plans[2];
    const struct tvn_func_type *type;

    func->of = of;
    if (of->func == NULL) {
        return true;
    }
    type = of->func->func;
    if (tvn_call_init(&func->call, run->instance, of->func->index,
            &run->job->diag) != TVN_OK) {
        return job_fail(run->job, "tvn_call_init", "an error");
    }
    TVN_ASSERT(type->param_count <= 2);
    for (uint32_t i = 0; i < type->param_count; i++) {
        TVN_ASSERT(tvn_plan_lower(&run->arena, type->params[i].type,
                       type->params[i].type, &plans[i]) == TVN_OK);
    }
    if (type->param_count > 0) {
        TVN_ASSERT(tvn_args_make(&run->arena, plans, type->param_count,
                       &func->args) == TVN_OK);
    }
    if (type->result != NULL) {
        TVN_ASSERT(
            tvn_plan_lift(&run->arena, type->result, &func->lift) == TVN_OK);
    }
    return true;
}

static inline tvn_err
run_lift(struct run *run, struct run_func *func, struct tvn_image **out)
{
    return func->lift == NULL ? TVN_OK
                              : call_lift(&func->call, func->lift,
                                    &run->builder, out, &run->job->diag);
}

/* Calls with up to two arguments; `*out` NULL: no result.  False: failed. */
static inline bool
run_call(struct run *run, struct run_func *func, const struct tvn_image *first,
    const struct tvn_image *second, struct tvn_image **out)
{
    const uint8_t *data[2] = {first == NULL ? NULL : first->data,
        second == NULL ? NULL : second->data};
    struct tvn_diag *diag = &run->job->diag;
    uint64_t bytes = 0;
    tvn_err err = TVN_OK;

    *out = NULL;
    if (func->args.count > 0) {
        err = tvn_args_lower(&func->args, data, func->call.memory,
            func->call.slots, &bytes, diag);
    }
    if (err != TVN_OK) {
        (void)tvn_instance_tell(run->instance, diag);
        return job_fail(run->job, "its arguments", "cannot be lowered");
    }
    err = tvn_call_run(&func->call, diag);
    if (err == TVN_OK) {
        err = run_lift(run, func, out);
    }
    if (err == TVN_OK) {
        err = tvn_call_finish(&func->call, diag);
    }
    return err == TVN_OK || job_fail(run->job, "a call", "went wrong");
}

/* The same, and the outcome is to be `want`. */
static inline bool
run_visit(struct run *run, struct run_func *func, const struct tvn_image *first,
    const struct tvn_image *second, const struct outcome *want)
{
    struct tvn_image *got = NULL;
    const char *wrong;
    char where[64];

    if (!run_call(run, func, first, second, &got)) {
        return false;
    }
    wrong = outcome_check(&func->of->result, got, want);
    (void)snprintf(where, sizeof(where), "%.*s, call %u",
        TVN_STR_ARG(func->of->func->name), func->k);
    tvn_image_unref(got);
    func->k++;
    run->job->shop->values +=
        wrong == NULL && want->kind == OUTCOME_VALUES ? want->count : 0;
    if (wrong != NULL) {
        return job_fail(run->job, where, wrong);
    }
    return run_check_slots(run);
}

#endif
