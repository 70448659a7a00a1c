/* visits.h -- a component of a random world run through its role: what every
 * function is called with, and what has to come back.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_VISITS_H
#define TVN_TESTS_BINDGEN_VISITS_H

#include "bindgen/turn.h"

#define VISITS_COUNT      12u
#define VISITS_LEAK       2500u
#define VISITS_MEMORY_MAX (64u << 20)

/* ------------------------------------------------------------------------
 * Verdicts. */

/* The bool, port or set of ports that a filter or router makes of `answer`;
 * an option of a port becomes `*is_none`. */
static inline uint64_t
visits_verdict(
    const struct run *run, const struct tvn_image *answer, bool *is_none)
{
    const struct tvn_role_info *role = &run->role;
    bool is_some = answer != NULL && answer->data[0] == 1;
    uint64_t byte = is_some ? answer->data[1] : 0;

    *is_none = false;
    if (role->role == TVN_ROLE_FILTER) {
        return byte == 1;
    }
    byte %= role->port_count;
    if (role->ports_kind == TVN_PORTS_FLAGS) {
        return is_some ? (UINT64_C(1) << byte) | 1 : 0;
    }
    *is_none = role->ports_kind == TVN_PORTS_ENUM_OPTION && !is_some;
    return byte;
}

static inline bool
visits_pass(struct run *run, const struct tvn_image *event,
    const struct tvn_image *meta)
{
    const struct tvn_result_shape *shape = &run->role.main.result;
    const struct tvn_image *answer = visits_probe(run, event);
    struct outcome want = outcome_of(shape, run->main.k);
    bool is_none;
    uint64_t bits = visits_verdict(run, answer, &is_none);
    struct tvn_image *value = run_value(run, shape->value, 0);
    const struct tvn_image *values[] = {value};

    memcpy(value->data, &bits, shape->value->size);
    want.values = values;
    if (want.kind != OUTCOME_FAULT) {
        want.kind = is_none ? OUTCOME_NONE : OUTCOME_VALUES;
    }
    return run_visit(run, &run->main, event, meta, &want);
}

/* ------------------------------------------------------------------------
 * Aggregators. */

static inline bool
visits_is_new(const struct run *run, const struct tvn_image *event)
{
    const struct tvn_member *key =
        &event->type->members[tvn_type_find(event->type, TVN_STR("row-key"))];

    for (unsigned i = 0; i < run->row_count; i++) {
        if (tvn_value_equal(key->type, event->data, key->offset,
                run->rows[i]->data, key->offset)) {
            return false;
        }
    }
    return true;
}

/* Gives an event the key of the first row, when that is a number. */
static inline void
visits_repeat_key(const struct run *run, struct tvn_image *event)
{
    const struct tvn_member *key =
        &event->type->members[tvn_type_find(event->type, TVN_STR("row-key"))];

    if (run->row_count > 0 && key->type->kind != TVN_KIND_STRING) {
        memcpy(event->data + key->offset, run->rows[0]->data + key->offset,
            key->type->size);
    }
}

/* What the stage keeps of an event. */
static inline void
visits_keep(struct run *run, struct tvn_image *event)
{
    if (!run->job->world.is_table) {
        tvn_image_unref(run->kept);
        run->kept = tvn_image_ref(event);
    } else if (visits_is_new(run, event)) {
        TVN_ASSERT(run->row_count < RUN_ROWS_MAX);
        run->rows[run->row_count++] = tvn_image_ref(event);
    }
}

static inline void
visits_drop_rows(struct run *run)
{
    for (unsigned i = 0; i < run->row_count; i++) {
        tvn_image_unref(run->rows[i]);
    }
    run->row_count = 0;
}

static inline bool
visits_flush(struct run *run, unsigned number)
{
    struct outcome want = outcome_of(&run->role.flush.result, run->flush.k);
    const struct tvn_image *window = NULL;
    const struct tvn_image *values[RUN_ROWS_MAX] = {run->kept};
    bool is_ok;

    run_forget(run);
    want.values = values;
    if (run->job->world.is_table && want.kind != OUTCOME_FAULT) {
        want.count = run->row_count;
        want.is_same = false;
        memcpy(values, run->rows, sizeof(values));
    }
    if (run->role.window != NULL) {
        window = run_value(run, run->role.window, number);
        run_expect(run, "check-window", window, NULL);
    }
    is_ok = run_visit(run, &run->flush, window, NULL, &want);
    if (want.kind != OUTCOME_FAULT) {
        visits_drop_rows(run);
    }
    return is_ok;
}

/* The same event over and over: what is kept and dropped must not pile up.
 * The last of an instance: calls are not counted. */
static inline bool
visits_leak(struct run *run)
{
    const struct tvn_image *meta;
    const struct tvn_image *event;
    const struct tvn_image *window;
    uint64_t before = 0;

    run_forget(run);
    meta = visits_asks(run, 1);
    event = run_value(run, run->role.event, 1);
    window =
        run->role.window == NULL ? NULL : run_value(run, run->role.window, 1);

    for (unsigned i = 0; i < VISITS_LEAK; i++) {
        struct tvn_image *got = NULL;

        if (i == VISITS_LEAK / 10) {
            before = tvn_instance_memory(run->instance);
        }
        if (!run_call(run, &run->main, event, meta, &got)) {
            return false;
        }
        tvn_image_unref(got);
        if (i % 4 != 0) {
            continue;
        }
        if (!run_call(run, &run->flush, window, NULL, &got)) {
            return false;
        }
        tvn_image_unref(got);
    }
    return tvn_instance_memory(run->instance) == before ||
           job_fail(run->job, "keep and drop", "memory grows");
}

/* ------------------------------------------------------------------------
 * All of it. */

static inline bool
visits_main(struct run *run, unsigned number)
{
    const struct tvn_role_info *role = &run->role;
    const struct tvn_image *meta = visits_asks(run, number);
    struct outcome want = outcome_of(&role->main.result, run->main.k);
    struct tvn_image *event = NULL;
    const struct tvn_image *values[1];
    bool is_other = run->job->world.is_other;

    if (role->event != NULL) {
        event = run_value(run, role->event, number);
    } else if (role->meta != NULL) {
        event = run_value(run, role->meta, number);
    }
    if (run->job->world.is_table && number % 4 == 2) {
        visits_repeat_key(run, event);
    }
    if (tvn_role_passes(role->role)) {
        return visits_pass(run, event, meta);
    }
    if (role->role == TVN_ROLE_SINK || is_other) {
        (void)visits_probe(run, event);
    }
    values[0] = event;
    if (role->role == TVN_ROLE_SOURCE || is_other) {
        values[0] = run_value(run, role->output, number);
        run_expect(run, "next", NULL, values[0]);
    }
    want.values = values;
    if (!run_visit(run, &run->main, event, meta, &want)) {
        return false;
    }
    if (role->role != TVN_ROLE_AGGREGATOR) {
        return true;
    }
    visits_keep(run, event);
    if (number % 3 != 1 && !visits_flush(run, number)) {
        return false;
    }
    return number + 1 < VISITS_COUNT || !role->event->has_pointer ||
           visits_leak(run);
}

static inline bool
visits_init(struct run *run)
{
    const struct outcome want = {.kind = OUTCOME_NOTHING};

    if (run->role.init.func == NULL) {
        return true;
    }
    run->config = values_new(&run->builder, run->role.config,
        run->job->world.index % 5 == 0 ? 0 : 1, &run->job->world.rng);
    return run_visit(run, &run->init, run->config, NULL, &want);
}

static inline bool
visits_all(struct run *run)
{
    if (!visits_init(run)) {
        return false;
    }
    for (unsigned i = 0; i < VISITS_COUNT; i++) {
        run_forget(run);
        if (!visits_main(run, i)) {
            return false;
        }
    }
    run_forget(run);
    for (unsigned i = 0; run->job->world.has_turn && i < VISITS_COUNT / 2;
         i++) {
        if (!turn_visit(run, i)) {
            return false;
        }
    }
    for (unsigned i = 0; run->role.complete.func != NULL && i < 6; i++) {
        struct outcome want =
            outcome_of(&run->role.complete.result, run->complete.k);

        if (!run_visit(run, &run->complete, NULL, NULL, &want)) {
            return false;
        }
    }
    if (run->role.teardown.func != NULL) {
        const struct outcome want = {.kind = OUTCOME_NOTHING};

        return run_visit(run, &run->teardown, NULL, NULL, &want);
    }
    return true;
}

#endif
