/* role_test.c -- every role and shape of the table in role.h, the lifecycle and
 * the place of a role; refusals are shape_test.c's. */
#include "contract/role.h"

#include "base/mem.h"
#include "contract/testing.h"

static struct tvn_testing_kit kit;

#define T    "record { id: u64, name: string }"
#define FAIL ", variant { retry(string), reject(string), fatal }>"

/* Infers without a finding. */
static struct tvn_role_info
infer(const char *const *exports, const char *const *imports)
{
    struct tvn_role_face face = tvn_testing_face(&kit, exports, imports);
    struct tvn_role_info info;
    struct tvn_diag diag = {0};
    tvn_err err = tvn_role_infer(kit.types, &kit.arena, &face, &info, &diag);

    tvn_testing_same_diag(&diag, "");
    TVN_ASSERT(err == TVN_OK);
    tvn_diag_fini(&diag);
    return info;
}

static const struct {
    const char *exports[4];
    enum tvn_role role;
    const char *event, *output;
    enum tvn_many many;
    bool has_fault;
} shapes[] = {
    /* sources */
    {{"pull: func() -> option<" T ">"}, TVN_ROLE_SOURCE, "-", T,
        TVN_MANY_OPTION, false},
    {{"pull: func() -> result<option<" T ">, string>"}, TVN_ROLE_SOURCE, "-", T,
        TVN_MANY_OPTION, true},
    {{"pull: func() -> variant { event(u64), wait(u64), done }"},
        TVN_ROLE_SOURCE, "-", "u64", TVN_MANY_POLL, false},
    {{"pull: func() -> result<variant { event(u64), wait(u64), done }"
      ", string>"},
        TVN_ROLE_SOURCE, "-", "u64", TVN_MANY_POLL, true},
    /* processors */
    {{"process: func(event: " T ") -> u64"}, TVN_ROLE_PROCESSOR, T, "u64",
        TVN_MANY_ONE, false},
    {{"process: func(whatever: " T ") -> option<u64>"}, TVN_ROLE_PROCESSOR, T,
        "u64", TVN_MANY_OPTION, false},
    {{"process: func(event: " T ") -> list<string>"}, TVN_ROLE_PROCESSOR, T,
        "string", TVN_MANY_LIST, false},
    {{"process: func(event: " T ") -> list<u8>"}, TVN_ROLE_PROCESSOR, T,
        "list<u8>", TVN_MANY_ONE, false},
    {{"process: func(event: u8, meta: record { key: u64 }) -> "
      "result<list<u64>" FAIL},
        TVN_ROLE_PROCESSOR, "u8", "u64", TVN_MANY_LIST, true},
    /* filters */
    {{"evaluate: func(event: " T ") -> bool"}, TVN_ROLE_FILTER, T, "-",
        TVN_MANY_ONE, false},
    {{"evaluate: func(event: " T ", meta: record { attempt: u32 }) -> "
      "result<bool, string>"},
        TVN_ROLE_FILTER, T, "-", TVN_MANY_ONE, true},
    {{"evaluate: func(meta: record { sequence: u64 }) -> bool"},
        TVN_ROLE_FILTER, "-", "-", TVN_MANY_ONE, false},
    /* routers */
    {{"route: func(event: " T ") -> enum { a, b }"}, TVN_ROLE_ROUTER, T, "-",
        TVN_MANY_ONE, false},
    {{"route: func(event: " T ") -> option<enum { a, b }>"}, TVN_ROLE_ROUTER, T,
        "-", TVN_MANY_OPTION, false},
    {{"route: func(event: " T ") -> result<flags { a, b }, string>"},
        TVN_ROLE_ROUTER, T, "-", TVN_MANY_ONE, true},
    {{"route: func(meta: record { key: u64 }) -> flags { a, b }"},
        TVN_ROLE_ROUTER, "-", "-", TVN_MANY_ONE, false},
    /* aggregators */
    {{"ingest: func(event: " T ")", "flush: func() -> u64"},
        TVN_ROLE_AGGREGATOR, T, "u64", TVN_MANY_NOTHING, false},
    {{"ingest: func(event: " T ") -> result<_, string>",
         "flush: func(window: record { end-ns: u64 }) -> list<u64>"},
        TVN_ROLE_AGGREGATOR, T, "u64", TVN_MANY_NOTHING, true},
    {{"ingest: func(event: " T ") -> option<u64>",
         "flush: func() -> result<option<u64>, string>"},
        TVN_ROLE_AGGREGATOR, T, "u64", TVN_MANY_OPTION, false},
    {{"ingest: func(event: " T ", meta: record { key: u64 }) -> list<u64>",
         "flush: func() -> list<u64>"},
        TVN_ROLE_AGGREGATOR, T, "u64", TVN_MANY_LIST, false},
    /* sinks */
    {{"push: func(event: " T ")"}, TVN_ROLE_SINK, T, "-", TVN_MANY_NOTHING,
        false},
    {{"push: func(event: " T ", meta: record { key: u64 }) -> result<_"
      ", string>",
         "complete: func() -> result<_, string>"},
        TVN_ROLE_SINK, T, "-", TVN_MANY_NOTHING, true},
};

static void
test_every_shape_has_its_role(void)
{
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct tvn_role_info info = infer(shapes[i].exports, NULL);

        TVN_ASSERT(info.role == shapes[i].role);
        tvn_testing_same_type(info.event, shapes[i].event);
        tvn_testing_same_type(info.output, shapes[i].output);
        TVN_ASSERT(info.main.result.many == shapes[i].many);
        TVN_ASSERT(info.main.result.has_fault == shapes[i].has_fault);
        TVN_ASSERT(info.interface.len == 0);
        TVN_ASSERT((info.main.event_param == 0) == (info.event != NULL));
        TVN_ASSERT((info.main.meta_param >= 0) == (info.meta != NULL));
        TVN_ASSERT(
            (info.flush.func != NULL) == (info.role == TVN_ROLE_AGGREGATOR));
    }
}

static void
test_parameters_are_numbered(void)
{
    static const char *const with_meta[] = {
        "process: func(event: u8, meta: record { key: u64, attempt: u32 }) "
        "-> u8",
        NULL};
    static const char *const meta_only[] = {
        "evaluate: func(meta: record { event-time-ns: u64 }) -> bool", NULL};
    static const char *const windowed[] = {"ingest: func(event: u8)",
        "flush: func(window: record { reason: enum { time, count, end }, "
        "start-ns: u64 }) -> u8",
        NULL};
    struct tvn_role_info info = infer(with_meta, NULL);

    TVN_ASSERT(info.main.event_param == 0 && info.main.meta_param == 1);
    TVN_ASSERT(info.main.window_param == -1);
    tvn_testing_same_type(info.meta, "record { key: u64, attempt: u32 }");
    info = infer(meta_only, NULL);
    TVN_ASSERT(info.main.event_param == -1 && info.main.meta_param == 0);
    info = infer(windowed, NULL);
    TVN_ASSERT(info.flush.window_param == 0 && info.main.window_param == -1);
    tvn_testing_same_type(info.window,
        "record { reason: enum { time, count, end }, start-ns: u64 }");
}

static void
test_ports_are_the_cases(void)
{
    static const struct {
        const char *exports[2];
        enum tvn_ports_kind kind;
    } rows[] = {
        {{"route: func(event: u8) -> enum { left, right }"}, TVN_PORTS_ENUM},
        {{"route: func(event: u8) -> option<enum { left, right }>"},
            TVN_PORTS_ENUM_OPTION},
        {{"route: func(event: u8) -> flags { left, right }"}, TVN_PORTS_FLAGS},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_role_info info = infer(rows[i].exports, NULL);

        TVN_ASSERT(info.ports_kind == rows[i].kind && info.port_count == 2);
        TVN_ASSERT(tvn_str_is(info.ports[0], "left"));
        TVN_ASSERT(tvn_str_is(info.ports[1], "right"));
    }
}

static void
test_the_role_stands_in_the_world_or_in_one_interface(void)
{
    static const char *const inside[] = {"unrelated: func() -> u8",
        "@shop:flights/stage@1.0.0", "departure = " T,
        "process: func(event: " T ") -> u64", "help: func()", NULL};
    struct tvn_role_info info = infer(inside, NULL);

    TVN_ASSERT(info.role == TVN_ROLE_PROCESSOR);
    TVN_ASSERT(tvn_str_is(info.interface, "shop:flights/stage@1.0.0"));
}

static void
test_the_file_chooses_among_interfaces(void)
{
    static const char *const both[] = {"@shop:flights/one@1.0.0",
        "process: func(event: u8) -> u8", "@shop:flights/two@1.0.0",
        "push: func(event: u8)", NULL};
    static const char *const names[] = {
        "two", "shop:flights/two", "shop:flights/two@1.0.0"};
    struct tvn_role_face face = tvn_testing_face(&kit, both, NULL);
    struct tvn_role_info info;
    struct tvn_diag diag = {0};

    for (int i = 0; i < 3; i++) {
        face.interface = tvn_str_of(names[i]);
        TVN_ASSERT(tvn_role_infer(kit.types, &kit.arena, &face, &info, &diag) ==
                   TVN_OK);
        TVN_ASSERT(info.role == TVN_ROLE_SINK);
    }
    face.interface = TVN_STR("tow");
    TVN_ASSERT(tvn_role_infer(kit.types, &kit.arena, &face, &info, &diag) ==
               TVN_EROLE_INTERFACE);
    tvn_testing_same_diag(&diag,
        "torvyn.yaml:7:3: error[E0204]: stage s: no interface 'tow' is "
        "exported\n"
        "help: there is: shop:flights/one@1.0.0, shop:flights/two@1.0.0\n");
    tvn_diag_fini(&diag);
}

static void
test_a_short_name_must_mean_one_interface(void)
{
    static const char *const three[] = {"@a:b/one@1.0.0",
        "process: func(event: u8) -> u8", "@c:d/one@1.0.0",
        "push: func(event: u8)", "@c:d/one@2.0.0", "pull: func() -> option<u8>",
        NULL};
    static const char *const listed =
        "help: there is: a:b/one@1.0.0, c:d/one@1.0.0, c:d/one@2.0.0\n";
    struct tvn_role_face face = tvn_testing_face(&kit, three, NULL);
    static const struct {
        const char *name;
        tvn_err err;
        enum tvn_role role;
    } rows[] = {
        {"one", TVN_EROLE_INTERFACE, TVN_ROLE_SOURCE},
        {"c:d/one", TVN_EROLE_INTERFACE, TVN_ROLE_SOURCE},
        {"a:b/one", TVN_OK, TVN_ROLE_PROCESSOR},
        {"c:d/one@1.0.0", TVN_OK, TVN_ROLE_SINK},
        {"c:d/one@2.0.0", TVN_OK, TVN_ROLE_SOURCE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_role_info info = {0};
        struct tvn_diag diag = {0};
        struct tvn_buf want = {0};

        face.interface = tvn_str_of(rows[i].name);
        TVN_ASSERT(tvn_role_infer(kit.types, &kit.arena, &face, &info, &diag) ==
                   rows[i].err);
        if (rows[i].err != TVN_OK) {
            tvn_buf_printf(&want,
                "torvyn.yaml:7:3: error[E0204]: stage s: several interfaces "
                "'%s' are exported\n%s",
                rows[i].name, listed);
        } else {
            TVN_ASSERT(info.role == rows[i].role);
        }
        tvn_testing_same_diag(&diag, tvn_buf_text(&want));
        tvn_buf_fini(&want);
        tvn_diag_fini(&diag);
    }
}

static void
test_a_misfit_counts_only_when_nothing_else_fits(void)
{
    /* `push` takes no event: somebody else's function. */
    static const char *const mixed[] = {
        "push: func() -> u8", "process: func(event: u8) -> u8", NULL};

    TVN_ASSERT(infer(mixed, NULL).role == TVN_ROLE_PROCESSOR);
}

/* ------------------------------------------------------------------------
 * Lifecycle. */

static void
test_init_and_teardown_stand_beside_or_in_an_interface(void)
{
    static const char *const beside[] = {"push: func(event: u8)",
        "init: func(config: record { a: u8 }) -> result<_, string>",
        "teardown: func()", NULL};
    static const char *const apart[] = {"push: func(event: u8)",
        "@shop:flights/life", "init: func(config: string)", "teardown: func()",
        NULL};
    static const char *const foreign[] = {
        "push: func(event: u8)", "init: func(a: u8, b: u8) -> u8", NULL};
    static const char *const none[] = {"push: func(event: u8)", NULL};
    struct tvn_role_info info = infer(beside, NULL);

    tvn_testing_same_type(info.config, "record { a: u8 }");
    TVN_ASSERT(info.init.func != NULL && info.teardown.func != NULL);
    TVN_ASSERT(info.init.result.has_fault);
    TVN_ASSERT(info.init.result.many == TVN_MANY_NOTHING);
    info = infer(apart, NULL);
    tvn_testing_same_type(info.config, "string");
    TVN_ASSERT(info.teardown.func != NULL);
    info = infer(foreign, NULL); /* one toolchain exports its own */
    TVN_ASSERT(info.init.func == NULL && info.config == NULL);
    info = infer(none, NULL);
    TVN_ASSERT(info.init.func == NULL && info.teardown.func == NULL);
}

static void
test_config_is_optional_when_all_of_it_is(void)
{
    static const struct {
        const char *type;
        bool is_optional;
    } rows[] = {
        {"record { a: option<u8>, b: option<string> }", true},
        {"record { a: option<u8>, b: string }", false},
        {"option<u8>", true},
        {"string", false},
        {"tuple<option<u8>>", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TVN_ASSERT(tvn_config_is_optional(tvn_testing_parse(
                       kit.types, rows[i].type)) == rows[i].is_optional);
    }
}

static void
test_only_filters_and_routers_pass(void)
{
    for (int i = 0; i < TVN_ROLE_COUNT; i++) {
        enum tvn_role role = (enum tvn_role)i;

        TVN_ASSERT(tvn_role_passes(role) ==
                   (role == TVN_ROLE_FILTER || role == TVN_ROLE_ROUTER));
    }
}

static void
test_a_type_may_be_named_like_a_batch_form(void)
{
    static const char *const exports[] = {"@a:b/c",
        "process-batch = record { n: u8 }", "process: func(event: u8) -> u8",
        NULL};

    TVN_ASSERT(infer(exports, NULL).role == TVN_ROLE_PROCESSOR);
}

static void
test_infer_survives_out_of_memory(void)
{
    static const struct {
        const char *exports[7], *imports[5];
        tvn_err err;
    } rows[] = {
        {{"@a:b/c", "ingest: func(event: " T ") -> list<u64>",
             "flush: func() -> list<u64>", "init: func(config: string)"},
            {"names: func(key: u64) -> option<record { a: u8 }>",
                "@torvyn:stage/clock@0.1.0", "now-ns: func() -> u64"},
            TVN_OK},
        {{"route: func(event: u8) -> flags { a, b }"}, {0}, TVN_OK},
        {{"process: func(event: u8) -> u8", "push: func(event: u8)"}, {0},
            TVN_EROLE},
        {{"process: func(event: u8, meta: record { key: u8 }) -> u8"}, {0},
            TVN_EMETA_TYPE},
        {{"process: func(event: u8) -> result<u8, u8>"}, {0}, TVN_EFAULT_TYPE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tvn_err err = TVN_ENOMEM;
        int64_t n = 0;

        for (; err == TVN_ENOMEM; n++) {
            struct tvn_testing_kit own; /* torvyn:stage's types made anew */
            struct tvn_role_info info = {.port_count = 77};
            struct tvn_role_face face;
            struct tvn_diag diag = {0};

            TVN_ASSERT(n < 1000);
            tvn_testing_kit_init(&own);
            face = tvn_testing_face(&own, rows[i].exports, rows[i].imports);
            tvn_mem_fail_after(n);
            err = tvn_role_infer(own.types, &own.arena, &face, &info, &diag);
            tvn_mem_fail_after(-1);
            TVN_ASSERT(err == TVN_ENOMEM || err == rows[i].err);
            TVN_ASSERT((err == TVN_OK) == (info.port_count != 77));
            tvn_diag_fini(&diag);
            tvn_testing_kit_fini(&own);
        }
        TVN_ASSERT(err == rows[i].err && n > 1);
    }
}

static void
test_a_function_is_printed_in_one_line(void)
{
    struct tvn_extern func = tvn_testing_func(&kit,
        "f: func(a: record { a: u8, b: u8, c: u8, d: u8, e: u8 }, b: u8) -> "
        "string");
    struct tvn_buf buf = {0};

    tvn_role_print_func(func.name, func.func, &buf);
    tvn_testing_same_text(tvn_buf_str(&buf),
        "f: func(a: record { a: u8, b: u8, c: u8, d: u8, ... }, b: u8) -> "
        "string");
    tvn_buf_fini(&buf);
}

int
main(void)
{
    tvn_testing_kit_init(&kit);
    test_every_shape_has_its_role();
    test_parameters_are_numbered();
    test_ports_are_the_cases();
    test_the_role_stands_in_the_world_or_in_one_interface();
    test_the_file_chooses_among_interfaces();
    test_a_short_name_must_mean_one_interface();
    test_a_misfit_counts_only_when_nothing_else_fits();
    test_init_and_teardown_stand_beside_or_in_an_interface();
    test_config_is_optional_when_all_of_it_is();
    test_only_filters_and_routers_pass();
    test_a_type_may_be_named_like_a_batch_form();
    test_infer_survives_out_of_memory();
    test_a_function_is_printed_in_one_line();
    tvn_testing_kit_fini(&kit);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
