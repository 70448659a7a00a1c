/* field_test.c -- paths, keys of every kind, times of every spelling. */
#include "connector/field.h"

#include "base/mem.h"
#include "connector/testing_run.h"

static void
test_times_are_rfc_3339(void)
{
    static const struct {
        const char *text;
        uint64_t ns; /* UINT64_MAX: none */
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:01.5z", 1500000000},
        {"1970-01-01t00:00:00.000000001Z", 1},
        {"1970-01-01T00:00:00.0000000019Z", 1},
        {"2000-02-29T12:00:00Z", UINT64_C(951825600000000000)},
        {"2013-01-01T05:15:00-05:00", UINT64_C(1357035300000000000)},
        {"2013-01-01 10:15:00+00:00", UINT64_C(1357035300000000000)},
        {"1969-12-31T23:30:00-00:30", 0},
        {"2016-12-31T23:59:60Z", UINT64_C(1483228800000000000)},
        {"2024-12-31T23:59:59.999999999Z", UINT64_C(1735689599999999999)},
        {"2554-07-21T23:34:32Z", UINT64_C(18446744072000000000)},
        {"2554-07-21T23:34:34Z", UINT64_MAX},
        {"1969-12-31T23:59:59Z", UINT64_MAX},
        {"1970-01-01T00:00:00+00:01", UINT64_MAX},
        {"2001-02-29T00:00:00Z", UINT64_MAX},
        {"1900-02-29T00:00:00Z", UINT64_MAX},
        {"2001-13-01T00:00:00Z", UINT64_MAX},
        {"2001-00-01T00:00:00Z", UINT64_MAX},
        {"2001-04-31T00:00:00Z", UINT64_MAX},
        {"2001-04-00T00:00:00Z", UINT64_MAX},
        {"2001-04-01T24:00:00Z", UINT64_MAX},
        {"2001-04-01T00:60:00Z", UINT64_MAX},
        {"2001-04-01T00:00:61Z", UINT64_MAX},
        {"2001-04-01T00:00:00", UINT64_MAX},
        {"2001-04-01T00:00:00.Z", UINT64_MAX},
        {"2001-04-01T00:00:00Zx", UINT64_MAX},
        {"2001-04-01T00:00:00+24:00", UINT64_MAX},
        {"2001-04-01T00:00:00+0100", UINT64_MAX},
        {"2001-04-01", UINT64_MAX},
        {"2001-4-1T00:00:00Z", UINT64_MAX},
        {"", UINT64_MAX},
        {"0000-01-01T00:00:00Z", UINT64_MAX},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t ns = UINT64_MAX;
        bool is_time = tvn__time_parse(tvn_str_of(rows[i].text), &ns);

        if (ns != rows[i].ns || is_time != (ns != UINT64_MAX)) {
            fprintf(stderr, "%s: %llu\n", rows[i].text, (unsigned long long)ns);
            abort();
        }
    }
}

static void
test_a_key_is_the_hash_of_the_canonical_bytes(void)
{
    static const struct {
        const char *type;
        const char *path;
        const char *json;
        const char *bytes;
        size_t len;
    } rows[] = {
        {"record { a: u8, b: u64 }", "b", "{\"a\":1,\"b\":258}",
            "\2\1\0\0\0\0\0\0", 8},
        {"record { a: bool }", "a", "{\"a\":true}", "\1", 1},
        {"record { a: s16 }", "a", "{\"a\":-2}", "\xFE\xFF", 2},
        {"record { a: char }", "a", "{\"a\":\"\\u20ac\"}", "\xAC\x20\0\0", 4},
        {"record { a: f64 }", "a", "{\"a\":1}", "\0\0\0\0\0\0\xF0\x3F", 8},
        {"record { a: enum { x, y } }", "a", "{\"a\":\"y\"}", "\1", 1},
        {"record { a: flags { x, y } }", "a", "{\"a\":[\"y\"]}", "\2", 1},
        {"record { a: list<u8> }", "a", "{\"a\":\"YWI=\"}", "ab", 2},
        {"record { z: u8, a: record { b: record { c: string } } }", "a.b.c",
            "{\"z\":1,\"a\":{\"b\":{\"c\":\"hello\"}}}", "hello", 5},
        {"record { a: option<record { z: u64, b: option<string> }> }", "a.b",
            "{\"a\":{\"z\":1,\"b\":\"hi\"}}", "hi", 2},
        {"record { a: option<record { z: u64, b: option<string> }> }", "a.b",
            "{\"a\":{\"z\":1}}", NULL, 0},
        {"record { a: option<record { z: u64, b: option<string> }> }", "a.b",
            "{}", NULL, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn__meta meta;
        struct rig rig;

        rig_init(&rig, rows[i].type);
        rig.stage_spec.key = rig_name(rows[i].path);
        TVN_ASSERT(tvn__meta_init(&meta, rig.opts.type, &rig.stage_spec,
                       &rig.diag) == TVN_OK);
        rig_event(&rig, rows[i].json);
        TVN_ASSERT(
            tvn__meta_key(&meta, rig.events[0].image->data) ==
            (rows[i].bytes == NULL ? 0
                                   : tvn_hash64(rows[i].bytes, rows[i].len)));
        rig_fini(&rig);
    }
}

static void
test_integers_are_times_in_their_unit(void)
{
    static const struct {
        const char *type;
        const char *json;
        uint64_t unit;
        uint64_t ns; /* UINT64_MAX: refused */
    } rows[] = {
        {"record { t: u8 }", "{\"t\":255}", 1000000000, 255000000000u},
        {"record { t: s8 }", "{\"t\":127}", 1, 127},
        {"record { t: s8 }", "{\"t\":-1}", 1, UINT64_MAX},
        {"record { t: s32 }", "{\"t\":-2147483648}", 1, UINT64_MAX},
        {"record { t: s64 }", "{\"t\":9223372036854775807}", 1,
            UINT64_C(9223372036854775807)},
        {"record { t: u64 }", "{\"t\":18446744073709551614}", 1,
            UINT64_MAX - 1},
        {"record { t: u64 }", "{\"t\":18446744073}", 1000000000,
            UINT64_C(18446744073000000000)},
        {"record { t: u64 }", "{\"t\":18446744074}", 1000000000, UINT64_MAX},
        {"record { t: u64 }", "{\"t\":18446744073709552}", 1000, UINT64_MAX},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn__meta meta;
        struct rig rig;
        char text[128] = "";
        uint64_t ns = UINT64_MAX;
        tvn_err err;

        rig_init(&rig, rows[i].type);
        rig.stage_spec.event_time = rig_name("t");
        rig.stage_spec.event_time_unit_ns = rows[i].unit;
        TVN_ASSERT(tvn__meta_init(&meta, rig.opts.type, &rig.stage_spec,
                       &rig.diag) == TVN_OK);
        rig_event(&rig, rows[i].json);
        err = tvn__meta_time(
            &meta, rig.events[0].image->data, &ns, text, sizeof(text));
        TVN_ASSERT(ns == rows[i].ns);
        TVN_ASSERT(err == (ns == UINT64_MAX ? TVN_EEVENT_TIME : TVN_OK));
        TVN_ASSERT((text[0] != '\0') == (err != TVN_OK));
        rig_fini(&rig);
    }
}

static void
test_what_does_not_fit_is_told(void)
{
    static const struct {
        const char *key;
        const char *time;
        uint64_t unit;
        tvn_err err;
        const char *said;
    } rows[] = {
        {"carier", NULL, 0, TVN_ECONNECTOR_TYPE,
            "torvyn.yaml:7:5: error[E0602]: key: there is no field 'carier'\n"
            "help: did you mean 'carrier'?\n"},
        {"carrier.", NULL, 0, TVN_ECONNECTOR_TYPE,
            "torvyn.yaml:7:5: error[E0602]: key: 'carrier.' leads into what "
            "is no record\n"},
        {"leg.", NULL, 0, TVN_ECONNECTOR_TYPE,
            "torvyn.yaml:7:5: error[E0602]: key: there is no field ''\n"
            "help: there is: at\n"},
        {"leg", NULL, 0, TVN_ECONNECTOR_TYPE,
            "torvyn.yaml:7:5: error[E0602]: key: 'leg' is no scalar, string, "
            "list<u8>, enum or flags\n"},
        {NULL, "time", 0, TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:7:5: error[E0601]: event-time: 'time' is an integer "
            "and its unit is not given\n"
            "help: write `event-time: { field: time, unit: ns }` (or us, ms, "
            "s)\n"},
        {NULL, "leg.at", 1, TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:7:5: error[E0601]: event-time: 'leg.at' is a string, "
            "which is RFC 3339 and has no unit\n"},
        {NULL, "far", 1, TVN_ECONNECTOR_TYPE,
            "torvyn.yaml:7:5: error[E0602]: event-time: 'far' is neither an "
            "integer nor a string\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn__meta meta;
        struct rig rig;

        rig_init(&rig, "record { carrier: string, time: u64, far: f64, leg: "
                       "record { at: string } }");
        if (rows[i].key != NULL) {
            rig.stage_spec.key = rig_name(rows[i].key);
        }
        if (rows[i].time != NULL) {
            rig.stage_spec.event_time = rig_name(rows[i].time);
            rig.stage_spec.event_time_unit_ns = rows[i].unit;
        }
        TVN_ASSERT(tvn__meta_init(&meta, rig.opts.type, &rig.stage_spec,
                       &rig.diag) == rows[i].err);
        if (strcmp(rig_said(&rig), rows[i].said) != 0) {
            fprintf(stderr, "%s", rig_said(&rig));
            abort();
        }
        rig_fini(&rig);
    }
}

int
main(void)
{
    test_times_are_rfc_3339();
    test_a_key_is_the_hash_of_the_canonical_bytes();
    test_integers_are_times_in_their_unit();
    test_what_does_not_fit_is_told();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
