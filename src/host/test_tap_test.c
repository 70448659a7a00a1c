/* test_tap_test.c -- what stands round a stage in a test: every event is
 * remembered once, and the one that is to fail fails, retried or not. */
#include "host/test_internal.h"

#include "base/assert.h"
#include "base/mem.h"
#include "value/testing.h"

struct rig {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_event events[4];
    struct tvn__test_fault faults[2];
    struct tvn__test_case spec;
    struct tvn__test_armed armed[2];
    struct tvn__test test;
    struct tvn__test_stage tap;
    struct tvn_burst burst;
};

static void
rig_init(struct rig *rig)
{
    struct tvn_builder builder;
    const struct tvn_type *type;

    *rig = (struct rig){0};
    rig->types = tvn_types_new();
    rig->pool = tvn_pool_new(4096, 0);
    TVN_ASSERT(rig->types != NULL && rig->pool != NULL);
    type = tvn_testing_parse(rig->types, "u64");
    tvn_builder_init(&builder, rig->pool);
    for (int i = 0; i < 4; i++) {
        TVN_ASSERT(tvn_builder_begin(&builder, type) == TVN_OK);
        builder.data[0] = (uint8_t)i;
        TVN_ASSERT(
            tvn_builder_finish(&builder, &rig->events[i].image) == TVN_OK);
    }
    tvn_builder_fini(&builder);
    rig->spec.faults = rig->faults;
    rig->test.spec = &rig->spec;
    rig->tap = (struct tvn__test_stage){
        .test = &rig->test,
        .role = TVN_ROLE_SINK,
        .is_mocked = true,
        .keeps = true,
        .armed = rig->armed,
        .mock = {.role = TVN_ROLE_SINK},
    };
    rig->tap.inner = (struct tvn_stage){&tvn__test_mock_ops, &rig->tap.mock};
}

static void
rig_fini(struct rig *rig)
{
    tvn__test_tap_fini(&rig->tap);
    for (int i = 0; i < 4; i++) {
        tvn_image_unref(rig->events[i].image);
    }
    tvn_pool_free(rig->pool);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static void
fail_at(struct rig *rig, uint64_t at, uint64_t times, enum tvn_fault_kind kind)
{
    uint32_t number = rig->spec.fault_count++;

    rig->faults[number] = (struct tvn__test_fault){
        .at = at, .times = times, .kind = kind, .message = TVN_STR("so it is")};
    rig->armed[number].fault = &rig->faults[number];
}

/* A visit with the events from `first` on. */
static tvn_err
visit(struct rig *rig, uint32_t first)
{
    rig->burst =
        (struct tvn_burst){.in = &rig->events[first], .in_count = 4 - first};
    return tvn__test_tap_ops.run(&rig->tap, &rig->burst);
}

static void
check_seen(const struct rig *rig, uint32_t count)
{
    TVN_ASSERT(rig->tap.seen_count == count && rig->tap.arrived == count);
    for (uint32_t i = 0; i < count; i++) {
        TVN_ASSERT(rig->tap.seen[i].image == rig->events[i].image);
    }
}

static void
test_without_a_fault_all_pass(void)
{
    struct rig rig;

    rig_init(&rig);
    TVN_ASSERT(visit(&rig, 0) == TVN_OK && rig.burst.consumed == 4);
    check_seen(&rig, 4);
    rig_fini(&rig);
}

static void
test_the_events_before_a_fault_pass_first(void)
{
    struct tvn_stage_counts counts;
    struct rig rig;

    rig_init(&rig);
    fail_at(&rig, 3, 1, TVN_FAULT_REJECT);
    TVN_ASSERT(visit(&rig, 0) == TVN_OK && rig.burst.consumed == 2);
    check_seen(&rig, 2);
    TVN_ASSERT(visit(&rig, 2) == TVN_EGUEST_REJECT);
    TVN_ASSERT(rig.burst.consumed == 0 &&
               rig.burst.fault.kind == TVN_FAULT_REJECT &&
               tvn_str_is(rig.burst.fault.text, "so it is"));
    check_seen(&rig, 3);
    TVN_ASSERT(visit(&rig, 3) == TVN_OK && rig.burst.consumed == 1);
    check_seen(&rig, 4);
    tvn__test_tap_ops.counts(&rig.tap, &counts);
    TVN_ASSERT(counts.ok == 3 && counts.failed == 1 && counts.calls == 4);
    rig_fini(&rig);
}

static void
test_an_event_that_is_tried_again_is_the_same_one(void)
{
    struct rig rig;

    rig_init(&rig);
    fail_at(&rig, 1, 2, TVN_FAULT_RETRY);
    fail_at(&rig, 2, 1, TVN_FAULT_RETRY);
    TVN_ASSERT(visit(&rig, 0) == TVN_EGUEST_RETRY);
    rig.events[0].attempt = 1;
    TVN_ASSERT(visit(&rig, 0) == TVN_EGUEST_RETRY);
    check_seen(&rig, 1);
    rig.events[0].attempt = 2;
    TVN_ASSERT(visit(&rig, 0) == TVN_OK && rig.burst.consumed == 1);
    check_seen(&rig, 1);
    TVN_ASSERT(visit(&rig, 1) == TVN_EGUEST_RETRY);
    rig.events[1].attempt = 1;
    TVN_ASSERT(visit(&rig, 1) == TVN_OK && rig.burst.consumed == 3);
    check_seen(&rig, 4);
    rig_fini(&rig);
}

int
main(void)
{
    test_without_a_fault_all_pass();
    test_the_events_before_a_fault_pass_first();
    test_an_event_that_is_tried_again_is_the_same_one();
    return 0;
}
