/* handles_test.c -- handles.h, sentence by sentence, and random operations
 * against a model. */
#include "component/handles.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Resource 0 is made by part 0, resource 1 by part 1. */
struct rig {
    struct tvn_types *types;
    struct tvn_resource_def defs[2];
    const struct tvn_type *own[2];
    const struct tvn_type *borrow[2];
    struct tvn_handle_table table; /* of part 0 */
    struct tvn_call_scope lends;
    struct tvn_call_scope borrows;
    struct tvn_handle_budget budget;
};

static void
open_rig(struct rig *rig)
{
    *rig = (struct rig){.types = tvn_types_new()};
    TVN_ASSERT(rig->types != NULL);
    for (uint32_t i = 0; i < 2; i++) {
        const struct tvn_resource *type = NULL;

        TVN_ASSERT(
            tvn_type_resource(rig->types, TVN_STR("r"), i, &type) == TVN_OK);
        rig->defs[i] = (struct tvn_resource_def){.type = type, .part = i};
        TVN_ASSERT(tvn_type_handle(
                       rig->types, TVN_KIND_OWN, type, &rig->own[i]) == TVN_OK);
        TVN_ASSERT(tvn_type_handle(rig->types, TVN_KIND_BORROW, type,
                       &rig->borrow[i]) == TVN_OK);
    }
    tvn_handle_table_init(&rig->table, 0, rig->defs, &rig->budget);
    rig->table.lends = &rig->lends;
    rig->table.borrows = &rig->borrows;
}

static void
close_rig(struct rig *rig)
{
    tvn_handle_table_fini(&rig->table);
    tvn_call_scope_fini(&rig->lends);
    tvn_call_scope_fini(&rig->borrows);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static const char *
take(struct rig *rig, const struct tvn_type *type, uint32_t handle,
    uint32_t *rep)
{
    return rig->table.handles.take(&rig->table.handles, type, handle, rep);
}

static const char *
give(struct rig *rig, const struct tvn_type *type, uint32_t rep,
    uint32_t *handle)
{
    return rig->table.handles.give(&rig->table.handles, type, rep, handle);
}

static bool
says(const char *why, const char *wanted)
{
    return why != NULL && strstr(why, wanted) != NULL;
}

static void
test_handles_start_at_one_and_the_last_freed_is_next(void)
{
    struct rig rig;
    uint32_t handle = 0;
    uint32_t rep = 0;
    bool is_own = false;

    open_rig(&rig);
    for (uint32_t i = 1; i <= 40; i++) {
        TVN_ASSERT(tvn_handle_new(
                       &rig.table, rig.defs[0].type, 100 + i, &handle) == NULL);
        TVN_ASSERT(handle == i);
    }
    for (uint32_t i = 3; i <= 5; i++) {
        TVN_ASSERT(tvn_handle_drop(
                       &rig.table, rig.defs[0].type, i, &is_own, &rep) == NULL);
        TVN_ASSERT(is_own && rep == 100 + i);
    }
    for (uint32_t i = 5; i >= 3; i--) {
        TVN_ASSERT(give(&rig, rig.own[1], i, &handle) == NULL && handle == i);
    }
    TVN_ASSERT(rig.table.live == 40);
    TVN_ASSERT(tvn_handle_rep(&rig.table, rig.defs[1].type, 4, &rep) == NULL);
    TVN_ASSERT(rep == 4);
    close_rig(&rig);
}

static void
test_what_is_no_handle_is_refused(void)
{
    struct rig rig;
    const struct tvn_resource *type;
    uint32_t handle = 0;
    uint32_t rep = 0;
    bool is_own = false;

    open_rig(&rig);
    type = rig.defs[0].type;
    TVN_ASSERT(says(tvn_handle_rep(&rig.table, type, 0, &rep), "no handle"));
    TVN_ASSERT(tvn_handle_new(&rig.table, type, 7, &handle) == NULL);
    TVN_ASSERT(says(tvn_handle_rep(&rig.table, type, 0, &rep), "no handle"));
    TVN_ASSERT(says(tvn_handle_rep(&rig.table, type, 2, &rep), "no handle"));
    TVN_ASSERT(
        says(tvn_handle_rep(&rig.table, type, UINT32_MAX, &rep), "no handle"));
    TVN_ASSERT(says(tvn_handle_rep(&rig.table, rig.defs[1].type, 1, &rep),
        "another resource"));
    TVN_ASSERT(says(take(&rig, rig.own[1], 1, &rep), "another resource"));
    TVN_ASSERT(tvn_handle_drop(&rig.table, type, 1, &is_own, &rep) == NULL);
    TVN_ASSERT(
        says(tvn_handle_drop(&rig.table, type, 1, &is_own, &rep), "no handle"));
    TVN_ASSERT(says(take(&rig, rig.own[0], 1, &rep), "no handle"));
    close_rig(&rig);
}

static void
test_a_loan_lasts_until_the_call_ends(void)
{
    struct rig rig;
    uint32_t handle = 0;
    uint32_t rep = 0;
    bool is_own = false;

    open_rig(&rig);
    TVN_ASSERT(
        tvn_handle_new(&rig.table, rig.defs[0].type, 7, &handle) == NULL);
    TVN_ASSERT(take(&rig, rig.borrow[0], handle, &rep) == NULL && rep == 7);
    TVN_ASSERT(take(&rig, rig.borrow[0], handle, &rep) == NULL);
    TVN_ASSERT(says(take(&rig, rig.own[0], handle, &rep), "is lent"));
    TVN_ASSERT(says(
        tvn_handle_drop(&rig.table, rig.defs[0].type, handle, &is_own, &rep),
        "is lent"));
    TVN_ASSERT(rig.lends.lent_count == 2);
    tvn_call_scope_end(&rig.lends, &rig.table);
    TVN_ASSERT(take(&rig, rig.own[0], handle, &rep) == NULL && rep == 7);
    TVN_ASSERT(rig.table.live == 0);
    rig.table.lends = NULL;
    TVN_ASSERT(
        tvn_handle_new(&rig.table, rig.defs[0].type, 7, &handle) == NULL);
    TVN_ASSERT(
        says(take(&rig, rig.borrow[0], handle, &rep), "longer than the call"));
    close_rig(&rig);
}

static void
test_a_borrow_is_counted_until_it_is_dropped(void)
{
    struct rig rig;
    uint32_t handle = 0;
    uint32_t rep = 0;
    bool is_own = true;

    open_rig(&rig);
    TVN_ASSERT(give(&rig, rig.borrow[1], 9, &handle) == NULL && handle == 1);
    TVN_ASSERT(rig.borrows.borrows == 1);
    TVN_ASSERT(says(take(&rig, rig.own[1], handle, &rep), "cannot be given"));
    TVN_ASSERT(take(&rig, rig.borrow[1], handle, &rep) == NULL && rep == 9);
    tvn_call_scope_end(&rig.lends, &rig.table);
    TVN_ASSERT(tvn_handle_drop(&rig.table, rig.defs[1].type, handle, &is_own,
                   &rep) == NULL);
    TVN_ASSERT(!is_own && rig.borrows.borrows == 0);
    /* who makes the resource sees what is behind it */
    TVN_ASSERT(give(&rig, rig.borrow[0], 9, &handle) == NULL && handle == 9);
    TVN_ASSERT(rig.borrows.borrows == 0 && rig.table.live == 0);
    close_rig(&rig);
}

static void
test_what_is_left_is_found_once(void)
{
    struct rig rig;
    const struct tvn_resource *type = NULL;
    uint32_t handle = 0;
    uint32_t at = 0;
    uint32_t rep = 0;

    open_rig(&rig);
    TVN_ASSERT(give(&rig, rig.own[1], 5, &handle) == NULL);
    TVN_ASSERT(give(&rig, rig.borrow[1], 6, &handle) == NULL);
    TVN_ASSERT(give(&rig, rig.own[0], 7, &handle) == NULL);
    TVN_ASSERT(take(&rig, rig.borrow[0], handle, &rep) == NULL); /* lent */
    TVN_ASSERT(tvn_handle_next(&rig.table, &at, &type, &rep));
    TVN_ASSERT(type == rig.defs[1].type && rep == 5);
    TVN_ASSERT(tvn_handle_next(&rig.table, &at, &type, &rep));
    TVN_ASSERT(type == rig.defs[0].type && rep == 7);
    TVN_ASSERT(!tvn_handle_next(&rig.table, &at, &type, &rep));
    close_rig(&rig);
}

static void
test_a_table_has_a_limit(void)
{
    struct rig rig;
    uint32_t handle = 0;
    uint32_t count = 0;
    struct tvn_handle_table other;
    const char *why = NULL;

    open_rig(&rig);
    while (why == NULL && count <= TVN_HANDLES_MAX) {
        why = tvn_handle_new(&rig.table, rig.defs[0].type, 1, &handle);
        count += why == NULL;
    }
    TVN_ASSERT(says(why, "one too many") && count == TVN_HANDLES_MAX - 1);
    tvn_handle_table_init(&other, 1, rig.defs, &rig.budget); /* of both */
    why = tvn_handle_new(&other, rig.defs[1].type, 1, &handle);
    TVN_ASSERT(says(why, "one too many"));
    tvn_handle_table_fini(&other);
    close_rig(&rig);
}

static void
test_loans_have_a_limit(void)
{
    struct rig rig;
    uint32_t handle = 0;
    uint32_t rep = 0;

    open_rig(&rig);
    TVN_ASSERT(
        tvn_handle_new(&rig.table, rig.defs[0].type, 7, &handle) == NULL);
    for (uint32_t i = 0; i < TVN_LOANS_MAX; i++) {
        TVN_ASSERT(take(&rig, rig.borrow[0], handle, &rep) == NULL);
    }
    TVN_ASSERT(says(take(&rig, rig.borrow[0], handle, &rep), "one loan"));
    tvn_call_scope_end(&rig.lends, &rig.table);
    TVN_ASSERT(take(&rig, rig.borrow[0], handle, &rep) == NULL && rep == 7);
    tvn_call_scope_end(&rig.lends, &rig.table);
    close_rig(&rig);
}

/* Three leave, the second one arrives first. */
static void
test_an_own_on_its_way_is_in_transit(void)
{
    struct tvn_transit transit = {0};
    struct rig rig;
    const struct tvn_resource *type = NULL;
    uint32_t handle = 0;
    uint32_t rep = 0;
    uint32_t sum = 0;

    open_rig(&rig);
    rig.table.transit = &transit;
    for (uint32_t i = 1; i <= 3; i++) {
        TVN_ASSERT(
            tvn_handle_new(&rig.table, rig.defs[0].type, i, &handle) == NULL);
    }
    for (uint32_t i = 1; i <= 3; i++) {
        TVN_ASSERT(take(&rig, rig.own[0], i, &rep) == NULL && rep == i);
    }
    TVN_ASSERT(give(&rig, rig.own[1], 2, &handle) == NULL); /* another type */
    TVN_ASSERT(give(&rig, rig.own[0], 2, &handle) == NULL);
    while (tvn_transit_next(&transit, &type, &rep)) {
        TVN_ASSERT(type == rig.defs[0].type && (rep == 1 || rep == 3));
        sum += rep;
    }
    TVN_ASSERT(sum == 4);
    tvn_transit_clear(&transit);
    tvn_mem_fail_after(0);
    for (uint32_t i = 0; i < transit.cap; i++) {
        TVN_ASSERT(tvn_transit_add(&transit, type, i));
    }
    TVN_ASSERT(says(take(&rig, rig.own[0], handle, &rep), "no memory"));
    tvn_mem_fail_after(-1);
    TVN_ASSERT(tvn_handle_rep(&rig.table, type, handle, &rep) == NULL);
    tvn_transit_fini(&transit);
    close_rig(&rig);
}

static void
test_without_memory_there_is_no_handle(void)
{
    struct rig rig;
    uint32_t handle = 0;
    uint32_t rep = 0;

    open_rig(&rig);
    tvn_mem_fail_after(0);
    TVN_ASSERT(says(
        tvn_handle_new(&rig.table, rig.defs[0].type, 1, &handle), "no memory"));
    tvn_mem_fail_after(-1);
    TVN_ASSERT(
        tvn_handle_new(&rig.table, rig.defs[0].type, 1, &handle) == NULL);
    tvn_mem_fail_after(0);
    TVN_ASSERT(says(take(&rig, rig.borrow[0], handle, &rep), "no memory"));
    tvn_mem_fail_after(-1);
    TVN_ASSERT(take(&rig, rig.own[0], handle, &rep) == NULL); /* not lent */
    close_rig(&rig);
}

/* A model: what each handle is, by index. */
#define MODEL_MAX 64u
struct entry {
    uint32_t resource; /* + 1; 0: free */
    uint32_t rep, lends;
    bool is_own;
};

static void
random_step(struct rig *rig, struct tvn_rng *rng, struct entry *model)
{
    uint32_t handle = (uint32_t)tvn_rng_below(rng, MODEL_MAX);
    uint32_t resource = (uint32_t)tvn_rng_below(rng, 2);
    uint32_t rep = (uint32_t)tvn_rng_next(rng);
    struct entry *entry = &model[handle];
    bool is_there = entry->resource == resource + 1;
    uint32_t got = 0;
    bool is_own = false;
    bool is_good;

    switch (tvn_rng_below(rng, 6)) {
    case 0:
    case 1:
        if (rig->table.live > MODEL_MAX - 4) {
            return;
        }
        is_own = tvn_rng_below(rng, 2) == 0;
        TVN_ASSERT(give(rig, is_own ? rig->own[resource] : rig->borrow[1], rep,
                       &got) == NULL);
        TVN_ASSERT(got > 0 && got < MODEL_MAX && model[got].resource == 0);
        model[got] = (struct entry){is_own ? resource + 1 : 2, rep, 0, is_own};
        break;
    case 2:
        is_good = is_there && entry->is_own && entry->lends == 0;
        TVN_ASSERT(
            (take(rig, rig->own[resource], handle, &got) == NULL) == is_good);
        TVN_ASSERT(!is_good || got == entry->rep);
        entry->resource = is_good ? 0 : entry->resource;
        break;
    case 3:
        TVN_ASSERT((take(rig, rig->borrow[resource], handle, &got) == NULL) ==
                   is_there);
        TVN_ASSERT(!is_there || got == entry->rep);
        entry->lends += is_there;
        break;
    case 4:
        is_good = is_there && entry->lends == 0;
        TVN_ASSERT((tvn_handle_drop(&rig->table, rig->defs[resource].type,
                        handle, &is_own, &got) == NULL) == is_good);
        TVN_ASSERT(!is_good || (got == entry->rep && is_own == entry->is_own));
        entry->resource = is_good ? 0 : entry->resource;
        break;
    default:
        tvn_call_scope_end(&rig->lends, &rig->table);
        for (uint32_t i = 0; i < MODEL_MAX; i++) {
            model[i].lends = 0;
        }
        break;
    }
}

static void
test_random_operations_are_those_of_the_model(void)
{
    const char *given = getenv("TVN_SEED");
    struct entry model[MODEL_MAX] = {{0}};
    struct tvn_rng rng = {
        given == NULL ? (uint64_t)time(NULL) : strtoull(given, NULL, 10)};
    struct rig rig;

    printf("TVN_SEED=%llu\n", (unsigned long long)rng.state);
    open_rig(&rig);
    for (int i = 0; i < 100000; i++) {
        uint32_t live = 0;
        uint32_t borrows = 0;

        random_step(&rig, &rng, model);
        for (uint32_t k = 0; k < MODEL_MAX; k++) {
            live += model[k].resource != 0;
            borrows += model[k].resource != 0 && !model[k].is_own;
        }
        TVN_ASSERT(rig.table.live == live && rig.borrows.borrows == borrows);
    }
    close_rig(&rig);
}

int
main(void)
{
    test_handles_start_at_one_and_the_last_freed_is_next();
    test_what_is_no_handle_is_refused();
    test_a_loan_lasts_until_the_call_ends();
    test_a_borrow_is_counted_until_it_is_dropped();
    test_what_is_left_is_found_once();
    test_a_table_has_a_limit();
    test_loans_have_a_limit();
    test_an_own_on_its_way_is_in_transit();
    test_without_memory_there_is_no_handle();
    test_random_operations_are_those_of_the_model();
    return 0;
}
