/* stage_types_test.c -- torvyn:stage's types are those of its text. */
#include "contract/stage_types.h"

#include "base/mem.h"
#include "contract/testing.h"

static struct tvn_testing_kit kit;

static void
test_the_types_are_those_of_the_package(void)
{
    struct tvn_stage_types std;

    TVN_ASSERT(tvn_stage_types(kit.types, &std) == TVN_OK);
    tvn_testing_same_type(std.meta,
        "record { sequence: u64, event-time-ns: u64, ingest-time-ns: u64, "
        "key: u64, attempt: u32, attributes: list<tuple<string, string>> }");
    tvn_testing_same_type(
        std.fault, "variant { retry(string), reject(string), fatal(string) }");
    tvn_testing_same_type(std.reason, "enum { time, count, end }");
    tvn_testing_same_type(std.window,
        "record { start-ns: u64, end-ns: u64, reason: enum { time, count, "
        "end } }");
    tvn_testing_same_type(std.level, "enum { debug, info, warn, error }");
    tvn_testing_same_type(std.string, "string");
    tvn_testing_same_type(std.u64, "u64");
    tvn_testing_same_type(std.f64, "f64");
    tvn_testing_same_type(std.boolean, "bool");
}

static void
test_fields_have_the_numbers_of_their_enums(void)
{
    struct tvn_stage_types std;

    TVN_ASSERT(tvn_stage_types(kit.types, &std) == TVN_OK);
    TVN_ASSERT(tvn_type_find(std.meta, TVN_STR("event-time-ns")) ==
               TVN_META_EVENT_TIME_NS);
    TVN_ASSERT(
        tvn_type_find(std.meta, TVN_STR("attributes")) == TVN_META_ATTRIBUTES);
    TVN_ASSERT(
        tvn_type_find(std.window, TVN_STR("reason")) == TVN_WINDOW_REASON);
}

static void
test_they_are_made_once(void)
{
    struct tvn_stage_types first;
    struct tvn_stage_types second;

    TVN_ASSERT(tvn_stage_types(kit.types, &first) == TVN_OK);
    TVN_ASSERT(tvn_stage_types(kit.types, &second) == TVN_OK);
    TVN_ASSERT(memcmp(&first, &second, sizeof(first)) == 0);
}

static void
test_making_them_survives_out_of_memory(void)
{
    tvn_err err = TVN_ENOMEM;
    int64_t n = 0;

    for (; err == TVN_ENOMEM; n++) {
        struct tvn_types *types = tvn_types_new();
        struct tvn_stage_types std = {0};

        TVN_ASSERT(types != NULL && n < 200);
        tvn_mem_fail_after(n);
        err = tvn_stage_types(types, &std);
        tvn_mem_fail_after(-1);
        TVN_ASSERT((err == TVN_OK) == (std.meta != NULL));
        tvn_types_free(types);
    }
    TVN_ASSERT(err == TVN_OK && n > 3);
}

int
main(void)
{
    tvn_testing_kit_init(&kit);
    test_the_types_are_those_of_the_package();
    test_fields_have_the_numbers_of_their_enums();
    test_they_are_made_once();
    test_making_them_survives_out_of_memory();
    tvn_testing_kit_fini(&kit);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
