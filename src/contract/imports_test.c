/* imports_test.c -- what a stage imports, sorted into tables, functions of
 * torvyn:stage, and what nothing implements; see role.h. */
#include "contract/role.h"

#include "base/mem.h"
#include "contract/testing.h"

static struct tvn_testing_kit kit;

static struct tvn_role_info
infer(const char *const *imports)
{
    static const char *const exports[] = {"push: func(event: u8)", NULL};
    struct tvn_role_face face = tvn_testing_face(&kit, exports, imports);
    struct tvn_role_info info;
    struct tvn_diag diag = {0};

    TVN_ASSERT(
        tvn_role_infer(kit.types, &kit.arena, &face, &info, &diag) == TVN_OK);
    tvn_testing_same_diag(&diag, ""); /* unknown imports are link's */
    tvn_diag_fini(&diag);
    return info;
}

static void
test_a_function_of_the_world_is_a_table(void)
{
    static const char *const imports[] = {
        "airlines: func(carrier: string) -> option<record { name: string }>",
        "zones: func(id: u32) -> option<record { zone: u8 }>",
        "kinds: func(kind: enum { a, b }) -> option<record { n: u8 }>",
        "flags: func(is-on: bool) -> option<record { n: u8 }>",
        "signs: func(sign: char) -> option<record { n: u8 }>", NULL};
    struct tvn_role_info info = infer(imports);

    TVN_ASSERT(info.table_count == 5 && info.unknown_count == 0);
    TVN_ASSERT(tvn_str_is(info.tables[0].name, "airlines"));
    tvn_testing_same_type(info.tables[0].key, "string");
    tvn_testing_same_type(info.tables[0].row, "record { name: string }");
    TVN_ASSERT(tvn_str_is(info.tables[0].func->name, "airlines"));
    tvn_testing_same_type(info.tables[1].key, "u32");
    tvn_testing_same_type(info.tables[2].key, "enum { a, b }");
}

static void
test_what_is_no_table_is_unknown(void)
{
    static const char *const imports[] = {
        "no-option: func(key: string) -> record { n: u8 }",
        "no-record: func(key: string) -> option<u8>",
        "no-key: func() -> option<record { n: u8 }>",
        "two-keys: func(a: u8, b: u8) -> option<record { n: u8 }>",
        "float-key: func(a: f64) -> option<record { n: u8 }>",
        "record-key: func(a: record { n: u8 }) -> option<record { n: u8 }>",
        "nothing: func(a: u8)", NULL};
    struct tvn_role_info info = infer(imports);

    TVN_ASSERT(info.table_count == 0 && info.unknown_count == 7);
    for (uint32_t i = 0; i < info.unknown_count; i++) {
        TVN_ASSERT(info.unknown[i].interface.len == 0);
        TVN_ASSERT(strncmp(info.unknown[i].name.ptr, imports[i],
                       info.unknown[i].name.len) == 0);
        tvn_testing_same_text(tvn_str_of(info.unknown[i].why),
            "an imported function of the world is a table, NAME: func(key: "
            "K) -> option<R>, K a scalar, string or enum, R a record");
    }
}

static void
test_the_functions_of_torvyn_stage_are_known_by_name_and_type(void)
{
    static const char *const imports[] = {"@torvyn:stage/log@0.1.0",
        "level = enum { debug, info, warn, error }",
        "log: func(level: enum { debug, info, warn, error }, message: "
        "string)",
        "@torvyn:stage/clock@0.1.7", "now-ns: func() -> u64",
        "monotonic-ns: func() -> u64", "@torvyn:stage/metrics",
        "add: func(name: string, by: u64)",
        "set: func(name: string, value: f64)", NULL};
    static const enum tvn_host_func_kind kinds[] = {TVN_HOST_LOG,
        TVN_HOST_CLOCK_NOW, TVN_HOST_CLOCK_MONOTONIC, TVN_HOST_METRICS_ADD,
        TVN_HOST_METRICS_SET};
    struct tvn_role_info info = infer(imports);

    TVN_ASSERT(info.host_count == 5 && info.unknown_count == 0);
    for (uint32_t i = 0; i < 5; i++) {
        TVN_ASSERT(info.hosts[i].kind == kinds[i]);
    }
    TVN_ASSERT(tvn_str_is(info.hosts[0].interface, "torvyn:stage/log@0.1.0"));
    TVN_ASSERT(tvn_str_is(info.hosts[4].func->name, "set"));
}

static void
test_what_nothing_implements_says_why(void)
{
    static const struct {
        const char *imports[3], *interface, *name, *why;
    } rows[] = {
        {{"@torvyn:stage/log@0.1.0", "logg: func()"}, "torvyn:stage/log@0.1.0",
            "logg", "torvyn:stage@0.1.0 has no such function"},
        {{"@torvyn:stage/clock@0.1.0", "now-ns: func() -> s64"},
            "torvyn:stage/clock@0.1.0", "now-ns",
            "torvyn:stage@0.1.0 declares it with another type"},
        {{"@torvyn:stage/clock@0.1.0", "now-ns: func(a: u8) -> u64"},
            "torvyn:stage/clock@0.1.0", "now-ns",
            "torvyn:stage@0.1.0 declares it with another type"},
        {{"@torvyn:stage/store@0.1.0", "get: func() -> u8"},
            "torvyn:stage/store@0.1.0", "get",
            "torvyn:stage@0.1.0 has no such function"},
        {{"@torvyn:stage/clock@0.2.0", "now-ns: func() -> u64"},
            "torvyn:stage/clock@0.2.0", "",
            "this version of Torvyn has torvyn:stage@0.1.0"},
        {{"@wasi:sockets/tcp@0.2.0", "connect: func() -> u64"},
            "wasi:sockets/tcp@0.2.0", "",
            "guests have no network: let a source or a sink of the flow fetch "
            "and send"},
        {{"@wasi:http/types@0.2.3", "drop: func() -> u64"},
            "wasi:http/types@0.2.3", "",
            "guests have no network: let a source or a sink of the flow fetch "
            "and send"},
        {{"@wasi:io/poll@0.3.0", "poll: func() -> u64"}, "wasi:io/poll@0.3.0",
            "",
            "of WASI there are cli, io, clocks, random and filesystem, 0.2"},
        {{"@shop:flights/store", "get: func() -> u64"}, "shop:flights/store",
            "", "nothing implements this interface"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_role_info info = infer(rows[i].imports);

        TVN_ASSERT(info.unknown_count == 1 && info.host_count == 0);
        tvn_testing_same_text(info.unknown[0].interface, rows[i].interface);
        tvn_testing_same_text(info.unknown[0].name, rows[i].name);
        tvn_testing_same_text(tvn_str_of(info.unknown[0].why), rows[i].why);
    }
}

static void
test_wasi_asks_for_grants(void)
{
    static const char *const imports[] = {"@wasi:random/random@0.2.0",
        "get-random-u64: func() -> u64", "@wasi:io/poll@0.2.9", "poll: func()",
        "@wasi:cli/stdout@0.2.3", "get-stdout: func()", NULL};
    struct tvn_role_info info = infer(imports);

    TVN_ASSERT(info.unknown_count == 0 && info.wasi_count == 3);
    TVN_ASSERT(info.wasi[0].grant == TVN_WASI_RANDOM);
    TVN_ASSERT(info.wasi[1].grant == 0);
    TVN_ASSERT(info.wasi[2].grant == TVN_WASI_STDOUT);
    tvn_testing_same_text(info.wasi[2].instance->name, "wasi:cli/stdout@0.2.3");
    TVN_ASSERT(tvn_grant_find(TVN_STR("random")) ==
               TVN_GRANT_OF_WASI(TVN_WASI_RANDOM));
    TVN_ASSERT(tvn_grant_find(TVN_STR("clock")) ==
               (TVN_GRANT_CLOCK | TVN_GRANT_OF_WASI(TVN_WASI_CLOCK)));
    TVN_ASSERT(
        TVN_GRANT_WASI(tvn_grant_find(TVN_STR("stdin"))) == TVN_WASI_STDIN);
}

static void
test_types_alone_ask_for_nothing(void)
{
    static const char *const imports[] = {"@shop:flights/events@1.0.0",
        "departure = record { id: u64 }", "@wasi:io/poll", NULL};
    struct tvn_role_info info = infer(imports);

    TVN_ASSERT(info.unknown_count == 0 && info.host_count == 0);
    TVN_ASSERT(info.table_count == 0);
}

static void
test_grants_have_names(void)
{
    static const char *const names[] = {"log", "clock", "metrics"};
    static const unsigned grants[] = {
        TVN_GRANT_LOG, TVN_GRANT_CLOCK, TVN_GRANT_METRICS};

    for (int i = 0; i < 3; i++) {
        TVN_ASSERT((tvn_grant_find(tvn_str_of(names[i])) & 0xFF) == grants[i]);
        TVN_ASSERT(strcmp(tvn_grant_name(grants[i]), names[i]) == 0);
    }
    TVN_ASSERT(tvn_grant_find(TVN_STR("network")) == 0);
    TVN_ASSERT(tvn_grant_of(TVN_HOST_LOG) == TVN_GRANT_LOG);
    TVN_ASSERT(tvn_grant_of(TVN_HOST_CLOCK_MONOTONIC) == TVN_GRANT_CLOCK);
    TVN_ASSERT(tvn_grant_of(TVN_HOST_METRICS_SET) == TVN_GRANT_METRICS);
    TVN_ASSERT((TVN_GRANT_DEFAULT & 0xFF) == (TVN_GRANT_LOG | TVN_GRANT_CLOCK));
}

int
main(void)
{
    tvn_testing_kit_init(&kit);
    test_a_function_of_the_world_is_a_table();
    test_what_is_no_table_is_unknown();
    test_the_functions_of_torvyn_stage_are_known_by_name_and_type();
    test_what_nothing_implements_says_why();
    test_wasi_asks_for_grants();
    test_types_alone_ask_for_nothing();
    test_grants_have_names();
    tvn_testing_kit_fini(&kit);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
