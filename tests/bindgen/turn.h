/* turn.h -- calls of `turn`, an export of no role: any parameters, which it
 * hands to `swap`, and the result that swap gives.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_TURN_H
#define TVN_TESTS_BINDGEN_TURN_H

#include "bindgen/asks.h"

static inline const struct tvn_extern *
turn_find(const struct run *run)
{
    const struct tvn_component *component = run->job->component;
    const struct tvn_extern *items = component->exports;
    uint32_t count = component->export_count;

    if (run->job->world.has_stage) {
        const struct tvn_extern *stage =
            tvn_extern_find(items, count, run->role.interface);

        TVN_ASSERT(stage != NULL);
        items = stage->items;
        count = stage->item_count;
    }
    return tvn_extern_find(items, count, TVN_STR("turn"));
}

static inline bool
turn_visit(struct run *run, unsigned number)
{
    const struct tvn_extern *turn = turn_find(run);
    struct run_func func = {.of = NULL};
    const struct tvn_image *args = NULL;
    const struct tvn_image *result = NULL;
    struct tvn_image *got = NULL;
    struct tvn_diag *diag = &run->job->diag;
    bool is_same;

    if (turn == NULL ||
        tvn_call_init(&func.call, run->instance, turn->index, diag) != TVN_OK) {
        return job_fail(run->job, "turn", "there is no such export");
    }
    run_forget(run);
    if (turn->func->tuple != NULL) {
        args = run_value(run, turn->func->tuple, number);
        if (call_lower(&func.call, args, &run->arena, diag) != TVN_OK) {
            return job_fail(run->job, "turn", "it cannot be lowered");
        }
    }
    if (turn->func->result != NULL) {
        result = run_value(run, turn->func->result, number);
        TVN_ASSERT(tvn_plan_lift(&run->arena, turn->func->result, &func.lift) ==
                   TVN_OK);
    }
    run_expect(run, "swap", args, result);
    if (tvn_call_run(&func.call, diag) != TVN_OK ||
        run_lift(run, &func, &got) != TVN_OK ||
        tvn_call_finish(&func.call, diag) != TVN_OK) {
        return job_fail(run->job, "turn", "the call went wrong");
    }
    is_same = result == NULL ||
              tvn_value_equal(result->type, got->data, 0, result->data, 0);
    tvn_image_unref(got);
    run->job->shop->values += result != NULL;
    return run_check_slots(run) &&
           (is_same || job_fail(run->job, "turn", "another value"));
}

#endif
