/* generate_source_test.c -- the same values for the same seed, hints, and the
 * rate on a clock that the test moves. */
#include "connector/testing_run.h"

#include <inttypes.h>

/* All values of a source, one JSON line each; freed by the caller. */
static struct tvn_buf
all_of(const char *type, const char *yaml, uint32_t credit)
{
    struct tvn_buf out = {0};
    struct rig rig;

    rig_init(&rig, type);
    rig_make(&rig, "generate", false, yaml);
    rig_start(&rig);
    do {
        TVN_ASSERT(rig_run(&rig, credit) == TVN_OK);
        TVN_ASSERT(rig.burst.outs <= credit);
        for (uint32_t i = 0; i < rig.burst.outs; i++) {
            tvn_buf_append_text(&out, rig_json(&rig, rig.burst.out[i]));
            tvn_buf_append_byte(&out, '\n');
        }
    } while (!rig.burst.is_end);
    rig_end(&rig);
    rig.event_count = 0;
    tvn_builder_fini(&rig.builder);
    tvn_pool_free(rig.pool);
    tvn_types_free(rig.types);
    tvn_arena_fini(&rig.arena);
    tvn_buf_fini(&rig.text);
    TVN_ASSERT(rmdir(rig.dir) == 0);
    return out;
}

static bool
same(const char *type, const char *yaml_a, const char *yaml_b)
{
    struct tvn_buf a = all_of(type, yaml_a, 64);
    struct tvn_buf b = all_of(type, yaml_b, 7);
    bool is_same = tvn_str_equal(tvn_buf_str(&a), tvn_buf_str(&b));

    tvn_buf_fini(&a);
    tvn_buf_fini(&b);
    TVN_ASSERT(tvn_mem_live() == 0);
    return is_same;
}

static void
test_the_seed_is_all_there_is_to_it(void)
{
    static const char type[] =
        "record { s: string, n: s32, f: f64, o: option<list<u8>>, v: variant "
        "{ a, b(tuple<u8, char>) }, r: result<u64, string>, l: list<flags { "
        "x, y }>, e: enum { p, q, r } }";

    TVN_ASSERT(
        same(type, "{ count: 200, seed: 7 }", "{ count: 200, seed: 7 }"));
    TVN_ASSERT(same(type, "{ count: 200 }", "{ count: 200, seed: 0 }"));
    TVN_ASSERT(
        !same(type, "{ count: 200, seed: 7 }", "{ count: 200, seed: 8 }"));
}

static void
test_hints_say_what_fields_are(void)
{
    struct tvn_buf all = all_of("record { id: u64, leg: record { carrier: "
                                "string, delay: option<s16> }, "
                                "far: f32, kind: option<enum { a, b }> }",
        "{ count: 3, fields: { id: sequence, leg.carrier: [AA], leg.delay: { "
        "min: -5, max: -5 }, far: { min: 2, max: 2 }, kind: [b] } }",
        2);

    TVN_ASSERT(
        strcmp(tvn_buf_text(&all),
            "{\"id\":0,\"leg\":{\"carrier\":\"AA\",\"delay\":-5},\"far\":2.0,"
            "\"kind\":\"b\"}\n"
            "{\"id\":1,\"leg\":{\"carrier\":\"AA\",\"delay\":-5},\"far\":2.0,"
            "\"kind\":\"b\"}\n"
            "{\"id\":2,\"leg\":{\"carrier\":\"AA\",\"delay\":-5},\"far\":2.0,"
            "\"kind\":\"b\"}\n") == 0);
    tvn_buf_fini(&all);
    all = all_of("record { a: option<string> }",
        "{ count: 1, fields: { a: [\"\"] } }", 2);
    TVN_ASSERT(strcmp(tvn_buf_text(&all), "{\"a\":null}\n") == 0);
    tvn_buf_fini(&all);
}

static void
test_a_range_is_kept_and_used(void)
{
    struct rig rig;
    bool seen[11] = {0};

    rig_init(&rig, "record { n: s8, w: s64 }");
    rig_make(&rig, "generate", false,
        "{ count: 2000, fields: { n: { min: -5, max: 5 }, w: { min: "
        "-9223372036854775808, max: 9223372036854775807 } } }");
    rig_start(&rig);
    do {
        TVN_ASSERT(rig_run(&rig, 64) == TVN_OK);
        for (uint32_t i = 0; i < rig.burst.outs; i++) {
            int8_t n = (int8_t)rig.burst.out[i]->data[0];

            TVN_ASSERT(n >= -5 && n <= 5);
            seen[n + 5] = true;
        }
        rig_drop_outs(&rig);
    } while (!rig.burst.is_end);
    for (size_t i = 0; i < 11; i++) {
        TVN_ASSERT(seen[i]);
    }
    TVN_ASSERT(rig_counts(&rig).records == 2000);
    TVN_ASSERT(rig_counts(&rig).ok == 2000 && rig_counts(&rig).outs == 2000);
    rig_fini(&rig);
}

static void
test_any_type_can_be_made(void)
{
    uint64_t seed = 42;
    struct tvn_rng rng = {seed};

    printf("seed %" PRIu64 "\n", seed);
    for (int i = 0; i < 200; i++) {
        struct rig rig;

        rig_init(&rig, NULL);
        rig.opts.type = tvn_testing_type(rig.types, &rng, 5);
        rig_make(&rig, "generate", false, "{ count: 20 }");
        rig_start(&rig);
        TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.outs == 20);
        for (uint32_t k = 0; k < 20; k++) {
            (void)rig_json(&rig, rig.burst.out[k]);
        }
        rig.burst.outs = 0;
        rig_fini(&rig);
    }
}

static void
test_the_rate_is_kept_on_the_clock(void)
{
    struct rig rig;
    uint64_t made = 0;

    rig_init(&rig, "u32");
    rig_make(&rig, "generate", false, "{ rate: 500/s }");
    rig_start(&rig);
    rig.burst.now_ns = 1000;
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.outs == 1);
    rig_drop_outs(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EAGAIN && rig.burst.outs == 0);
    TVN_ASSERT(rig.burst.wake.fd == -1);
    TVN_ASSERT(rig.burst.wake.at_ns == 1000 + 2000000);
    for (int visits = 0; visits < 10000; visits++) {
        tvn_err err = rig_run(&rig, 64);

        made += rig.burst.outs;
        rig_drop_outs(&rig);
        if (err == TVN_EAGAIN) {
            TVN_ASSERT(rig.burst.wake.at_ns > rig.burst.now_ns);
            rig.burst.now_ns = rig.burst.wake.at_ns;
        }
    }
    /* exactly one a wake: 2 ms each */
    TVN_ASSERT(made == (rig.burst.now_ns - 1000) / 2000000 ||
               made + 1 == (rig.burst.now_ns - 1000) / 2000000);
    rig.burst.now_ns += UINT64_C(60000000000); /* a minute without demand */
    made = 0;
    while (rig_run(&rig, 64) == TVN_OK) {
        made += rig.burst.outs;
        rig_drop_outs(&rig);
    }
    TVN_ASSERT(made >= 50 && made <= 51); /* a tenth of a second's worth */
    rig_fini(&rig);
}

static void
test_without_a_count_there_is_no_end(void)
{
    struct rig rig;

    rig_init(&rig, "u32");
    rig_make(&rig, "generate", false, "");
    rig_start(&rig);
    for (int i = 0; i < 100; i++) {
        TVN_ASSERT(rig_run(&rig, 64) == TVN_OK);
        TVN_ASSERT(rig.burst.outs == 64 && !rig.burst.is_end);
        rig_drop_outs(&rig);
    }
    rig_fini(&rig);
}

static void
test_keys_and_times_are_taken_from_values(void)
{
    struct rig rig;

    rig_init(&rig, "record { t: u64, k: string }");
    rig.stage_spec.key = rig_name("k");
    rig.stage_spec.event_time = rig_name("t");
    rig.stage_spec.event_time_unit_ns = 1000;
    rig_make(&rig, "generate", false,
        "{ count: 2, fields: { t: sequence, k: [x] } }");
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.outs == 2);
    TVN_ASSERT(rig.burst.out_key[1] == tvn_hash64("x", 1));
    TVN_ASSERT(rig.burst.out_time_ns[1] == 1000);
    rig_drop_outs(&rig);
    rig_fini(&rig);
}

static void
test_a_value_above_max_event_is_a_bad_record(void)
{
    struct rig rig;
    const char *yaml = "{ count: 1, fields: { a: [\"0123456789\"] } }";

    rig_init(&rig, "record { a: string, b: tuple<u64, u64, u64, u64, u64, u64, "
                   "u64> }");
    tvn_builder_fini(&rig.builder);
    tvn_pool_free(rig.pool);
    rig.pool = rig.opts.pool = tvn_pool_new(128, 0);
    tvn_builder_init(&rig.builder, rig.pool);
    rig.opts.max_event = 128;
    rig_make(&rig, "generate", false, yaml);
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_ETOOBIG);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_RECORD);
    TVN_ASSERT(
        rig_fault_is(&rig, "the value is larger than max-event, 128 bytes"));
    TVN_ASSERT(rig_counts(&rig).records == 1 && rig_counts(&rig).ok == 0);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
    rig_fini(&rig);
}

static void
test_wrong_options_are_all_told(void)
{
    struct rig rig;

    rig_init(&rig, "record { id: u8, name: string }");
    TVN_ASSERT(rig_try(&rig, "generate", false,
                   "{ cuont: 1, fields: { id: [300], nam: sequence, name: { "
                   "min: 1, max: 2 }, id2: x } }") == TVN_EPIPELINE_KEY);
    TVN_ASSERT(rig.diag.errors == 5);
    TVN_ASSERT(strstr(rig_said(&rig), "did you mean 'count'?") != NULL);
    TVN_ASSERT(strstr(rig_said(&rig),
                   "torvyn.yaml:1:28: error[E0601]: fields: ") != NULL);
    TVN_ASSERT(strstr(rig_said(&rig),
                   "error[E0602]: fields: there is no field 'nam'\nhelp: did "
                   "you mean 'name'?\n") != NULL);
    TVN_ASSERT(
        strstr(rig_said(&rig),
            "error[E0602]: fields: min and max are for numbers\n") != NULL);
    rig_fini(&rig);
}

static void
test_hints_that_make_no_sense_are_told(void)
{
    static const struct {
        const char *yaml;
        const char *said;
    } rows[] = {
        {"{ fields: { id: { min: 3, max: 2 } } }", "min is above max"},
        {"{ fields: { id: { min: 3 } } }", "a range has both min and max"},
        {"{ fields: { id: [] } }", "the list of constants is empty"},
        {"{ fields: { id: [[1]] } }", "a constant is a scalar"},
        {"{ fields: { id: AA } }", "'AA' is no hint"},
        {"{ fields: { name: sequence } }", "a sequence is for integers"},
        {"{ fields: [id] }", "fields is a mapping of field names to hints"},
        {"{ rate: 2000000000/s }", "rate is above 1000000000/s"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;

        rig_init(&rig, "record { id: s32, name: string }");
        TVN_ASSERT(rig_try(&rig, "generate", false, rows[i].yaml) != TVN_OK);
        if (strstr(rig_said(&rig), rows[i].said) == NULL) {
            fprintf(stderr, "%s", rig_said(&rig));
            abort();
        }
        rig_fini(&rig);
    }
}

static void
test_every_allocation_may_fail(void)
{
    struct rig rig;
    tvn_err err = TVN_ENOMEM;

    rig_init(&rig, "record { s: option<string>, l: list<string> }");
    rig_options(&rig, "generate", "{ count: 3, fields: { s: [a, b] } }");
    TVN_ASSERT(
        tvn_connector_find(&rig.spec, false, &rig.connector, NULL) == TVN_OK);
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_stage stage = {0};

        TVN_ASSERT(n < 1000);
        tvn_mem_fail_after(n);
        rig.burst = (struct tvn_burst){.credit = 64};
        err = rig.connector->check(&rig.opts, false, &rig.info, NULL);
        if (err == TVN_OK) {
            err = rig.connector->source(&rig.opts, &stage, NULL);
        }
        if (err == TVN_OK) {
            err = stage.ops->run(stage.self, &rig.burst);
            TVN_ASSERT(
                err == TVN_OK || rig.burst.fault.kind == TVN_FAULT_FATAL);
        }
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        rig_drop_outs(&rig);
        if (stage.ops != NULL) {
            stage.ops->free(stage.self);
        }
    }
    rig_fini(&rig);
}

int
main(void)
{
    test_the_seed_is_all_there_is_to_it();
    test_hints_say_what_fields_are();
    test_a_range_is_kept_and_used();
    test_any_type_can_be_made();
    test_the_rate_is_kept_on_the_clock();
    test_without_a_count_there_is_no_end();
    test_keys_and_times_are_taken_from_values();
    test_a_value_above_max_event_is_a_bad_record();
    test_wrong_options_are_all_told();
    test_hints_that_make_no_sense_are_told();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
