/* shape_test.c -- every refusal of role.h with its text. */
#include "contract/role.h"

#include "base/mem.h"
#include "contract/testing.h"

static struct tvn_testing_kit kit;

#define HEAD "torvyn.yaml:7:3: error"
#define HELP_PULL                                                              \
    "help: a source is pull: func() -> option<T>, or a variant of "            \
    "event(T), wait(u64) and done; the result may stand in result<..., "       \
    "fault>\n"
#define HELP_PROCESS                                                           \
    "help: a processor is process: func(event: T [, meta: M]) -> U, "          \
    "option<U> or list<U>; the result may stand in result<..., fault>\n"
#define HELP_FILTER                                                            \
    "help: a filter is evaluate: func(event: T [, meta: M]) -> bool, or "      \
    "func(meta: M) -> bool; the result may stand in result<..., fault>\n"
#define HELP_ROUTER                                                            \
    "help: a router is route: func(event: T [, meta: M]) or func(meta: M), "   \
    "-> an enum, an option of an enum, or flags; the result may stand in "     \
    "result<..., fault>\n"
#define HELP_INGEST                                                            \
    "help: an aggregator's ingest is func(event: T [, meta: M]) -> nothing, "  \
    "option<U> or list<U>; the result may stand in result<..., fault>\n"
#define HELP_FLUSH                                                             \
    "help: an aggregator's flush is func([window: W]) -> U, option<U> or "     \
    "list<U>; the result may stand in result<..., fault>\n"
#define HELP_PUSH                                                              \
    "help: a sink is push: func(event: T [, meta: M]), with no result or "     \
    "result<_, fault>\n"

struct refusal {
    const char *exports[7]; /* end with NULL */
    tvn_err err;
    const char *text;
};

static void
check_refusals(const struct refusal *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct tvn_role_face face =
            tvn_testing_face(&kit, rows[i].exports, NULL);
        struct tvn_role_info info = {.port_count = 77};
        struct tvn_diag diag = {0};
        tvn_err err =
            tvn_role_infer(kit.types, &kit.arena, &face, &info, &diag);

        tvn_testing_same_diag(&diag, rows[i].text);
        TVN_ASSERT(err == rows[i].err);
        TVN_ASSERT(info.port_count == 77); /* written on success only */
        TVN_ASSERT(tvn_role_infer(kit.types, &kit.arena, &face, &info, NULL) ==
                   rows[i].err);
        tvn_diag_fini(&diag);
    }
}
#define CHECK(rows) check_refusals(rows, sizeof(rows) / sizeof(rows[0]))

static void
test_no_role_or_several_are_refused(void)
{
    static const struct refusal rows[] = {
        {{"run: func()"}, TVN_EROLE,
            HEAD "[E0200]: stage s: no function of a stage's role is "
                 "exported\n"
                 "help: a stage exports pull, process, evaluate, route, "
                 "ingest and flush, or push\n"},
        {{"evalute: func(event: u8) -> bool"}, TVN_EROLE,
            HEAD "[E0200]: stage s: no function of a stage's role is "
                 "exported\n"
                 "help: 'evalute': did you mean 'evaluate'?\n"},
        {{"process: func(event: u8) -> u8", "push: func(event: u8)"}, TVN_EROLE,
            HEAD "[E0200]: stage s: several roles fit: a processor "
                 "(process), a sink (push)\n"
                 "help: a stage has one role: make it two worlds or "
                 "interfaces\n"},
        {{"@a:b/one", "pull: func() -> option<u8>", "@a:b/two",
             "ingest: func(event: u8)", "flush: func() -> u8"},
            TVN_EROLE,
            HEAD "[E0200]: stage s: several roles fit: a source "
                 "(a:b/one.pull), an aggregator (a:b/two.ingest)\n"
                 "help: choose one with 'interface: NAME'\n"},
        {{"process-batch: func(events: list<u16>) -> list<u8>"},
            TVN_EROLE_BATCH,
            HEAD "[E0202]: stage s: process-batch: batch forms are "
                 "reserved\n"
                 "help: export process: bursts are handed over by Torvyn "
                 "itself\n"},
    };

    CHECK(rows);
}

static void
test_sources_and_processors_of_wrong_shape(void)
{
    static const struct refusal rows[] = {
        {{"pull: func(n: u8) -> option<u8>"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: pull: it takes parameters\n"
                 "  pull: func(n: u8) -> option<u8>\n" HELP_PULL},
        {{"pull: func() -> u8"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: pull: its result is no option and no "
                 "poll: it could never end\n"
                 "  pull: func() -> u8\n" HELP_PULL},
        {{"pull: func() -> option<option<u8>>"}, TVN_EEVENT_TYPE,
            HEAD "[E0205]: stage s: pull: its result: an option is no event "
                 "type: wrap it in a record\n"
                 "  pull: func() -> option<option<u8>>\n" HELP_PULL},
        {{"process: func() -> u8"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: process: it takes no event\n"
                 "  process: func() -> u8\n" HELP_PROCESS},
        {{"process: func(event: u8)"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: process: it gives no result\n"
                 "  process: func(event: u8)\n" HELP_PROCESS},
        {{"process: func(event: list<u16>) -> u8"}, TVN_EEVENT_TYPE,
            HEAD "[E0205]: stage s: process: its event: a list other than "
                 "list<u8> is no event type: wrap it in a record\n"
                 "  process: func(event: list<u16>) -> u8\n" HELP_PROCESS},
        {{"process: func(event: u8) -> option<result<u8, string>>"},
            TVN_EEVENT_TYPE,
            HEAD "[E0205]: stage s: process: its result: a result is no "
                 "event type: wrap it in a record\n"
                 "  process: func(event: u8) -> option<result<u8, "
                 "string>>\n" HELP_PROCESS},
        {{"process: func(event: u8, context: u8) -> u8"}, TVN_EROLE_SHAPE,
            HEAD
            "[E0201]: stage s: process: only a parameter named meta may "
            "follow the event\n"
            "  process: func(event: u8, context: u8) -> u8\n" HELP_PROCESS},
        {{"process: func(meta: record { key: u64 }) -> u8"}, TVN_EROLE_SHAPE,
            HEAD
            "[E0201]: stage s: process: meta comes behind the event, "
            "not in its place\n"
            "  process: func(meta: record { key: u64 }) -> u8\n" HELP_PROCESS},
        {{"process: func(a: u8, meta: record { key: u64 }, c: u8) -> u8"},
            TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: process: it takes more than an event and "
                 "meta\n"
                 "  process: func(a: u8, meta: record { key: u64 }, c: u8) "
                 "-> u8\n" HELP_PROCESS},
        {{"process: func(event: u8) -> result<u8, u32>"}, TVN_EFAULT_TYPE,
            HEAD "[E0206]: stage s: process: u32 is no fault\n"
                 "  process: func(event: u8) -> result<u8, u32>\n"
                 "help: a fault is string, or a variant of retry, reject and "
                 "fatal, each with a string or nothing\n"},
    };

    CHECK(rows);
}

static void
test_filters_and_routers_of_wrong_shape(void)
{
    static const struct refusal rows[] = {
        {{"evaluate: func(event: u8) -> u8"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: evaluate: its result is no bool\n"
                 "  evaluate: func(event: u8) -> u8\n" HELP_FILTER},
        {{"evaluate: func(event: u8) -> option<bool>"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: evaluate: its result is no bool\n"
                 "  evaluate: func(event: u8) -> option<bool>\n" HELP_FILTER},
        {{"route: func(event: u8) -> bool"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: route: its result is no enum, option of "
                 "an enum, or flags\n"
                 "  route: func(event: u8) -> bool\n" HELP_ROUTER},
        {{"route: func(event: u8) -> option<flags { a }>"}, TVN_EROLE_SHAPE,
            HEAD
            "[E0201]: stage s: route: its result is no enum, option of "
            "an enum, or flags\n"
            "  route: func(event: u8) -> option<flags { a }>\n" HELP_ROUTER},
        {{"route: func(event: u8) -> list<enum { a }>"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: route: its result is no enum, option of "
                 "an enum, or flags\n"
                 "  route: func(event: u8) -> list<enum { a }>\n" HELP_ROUTER},
        {{"route: func(event: u8) -> enum { a, unrouted }"}, TVN_EROLE_PORTS,
            HEAD
            "[E0208]: stage s: route: a port may not be named unrouted: "
            "every router has that one\n"
            "  route: func(event: u8) -> enum { a, unrouted }\n" HELP_ROUTER},
        {{"route: func(event: u8) -> enum { a, b, c, d, e, f, g, h, i, j, k, "
          "l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a1, b1, c1, d1, e1, "
          "f1, g1 }"},
            TVN_EROLE_PORTS,
            HEAD "[E0208]: stage s: route: 33 ports; a router has at most "
                 "32\n"
                 "  route: func(event: u8) -> enum { a, b, c, d, ... "
                 "}\n" HELP_ROUTER},
    };

    CHECK(rows);
}

static void
test_aggregators_and_sinks_of_wrong_shape(void)
{
    static const struct refusal rows[] = {
        {{"ingest: func(event: u8)"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: ingest: an aggregator needs flush beside "
                 "ingest\n"
                 "  ingest: func(event: u8)\n" HELP_FLUSH},
        {{"ingest: func(event: u8) -> u8", "flush: func() -> u8"},
            TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: ingest: it gives exactly one value for "
                 "every event: that is a processor\n"
                 "  ingest: func(event: u8) -> u8\n" HELP_INGEST},
        {{"ingest: func(event: u8)", "flush: func()"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: flush: it gives no result\n"
                 "  flush: func()\n" HELP_FLUSH},
        {{"ingest: func(event: u8)", "flush: func(at: u64) -> u8"},
            TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: flush: its only parameter may be one "
                 "named window\n"
                 "  flush: func(at: u64) -> u8\n" HELP_FLUSH},
        {{"ingest: func(event: u8) -> option<u8>", "flush: func() -> u16"},
            TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: flush: it gives u16 and ingest gives u8: "
                 "they must agree\n"
                 "  flush: func() -> u16\n" HELP_FLUSH},
        {{"push: func(event: u8) -> bool"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: push: it gives a value\n"
                 "  push: func(event: u8) -> bool\n" HELP_PUSH},
        {{"push: func(meta: record { key: u64 })"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: push: meta comes behind the event, not "
                 "in its place\n"
                 "  push: func(meta: record { key: u64 })\n" HELP_PUSH},
        {{"push: func(event: u8)", "complete: func(n: u8)"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: complete: it takes parameters\n"
                 "  complete: func(n: u8)\n"
                 "help: a sink's complete is func(), with no result or "
                 "result<_, fault>\n"},
    };

    CHECK(rows);
}

static void
test_meta_and_window_ask_for_what_there_is(void)
{
    static const struct refusal rows[] = {
        {{"process: func(event: u8, meta: u64) -> u8"}, TVN_EMETA_TYPE,
            HEAD "[E0207]: stage s: process: meta is no record\n"
                 "  process: func(event: u8, meta: u64) -> u8\n" HELP_PROCESS},
        {{"process: func(event: u8, meta: record { atempt: u32 }) -> u8"},
            TVN_EMETA_TYPE,
            HEAD "[E0207]: stage s: process: torvyn:stage/types.meta has no "
                 "field 'atempt'\n"
                 "  process: func(event: u8, meta: record { atempt: u32 }) "
                 "-> u8\n"
                 "help: did you mean 'attempt'?\n"},
        {{"process: func(event: u8, meta: record { key: u32 }) -> u8"},
            TVN_EMETA_TYPE,
            HEAD "[E0207]: stage s: process: meta.key is u32; in "
                 "torvyn:stage/types it is u64\n"
                 "  process: func(event: u8, meta: record { key: u32 }) -> "
                 "u8\n" HELP_PROCESS},
        {{"ingest: func(event: u8)",
             "flush: func(window: record { start: u64 }) -> u8"},
            TVN_EMETA_TYPE,
            HEAD "[E0207]: stage s: flush: torvyn:stage/types.window has no "
                 "field 'start'\n"
                 "  flush: func(window: record { start: u64 }) -> u8\n"
                 "help: there is: start-ns, end-ns, reason\n"},
    };

    CHECK(rows);
}

static void
test_lifecycle_of_wrong_shape(void)
{
    static const struct refusal rows[] = {
        {{"@a:b/c", "push: func(event: u8)", "init: func() -> u8"},
            TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: init: it takes one parameter, the "
                 "config\n"
                 "  init: func() -> u8\n"
                 "help: init is func(config: C), with no result or result<_, "
                 "fault>\n"},
        {{"push: func(event: u8)", "teardown: func() -> u8"}, TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: teardown: it gives a value\n"
                 "  teardown: func() -> u8\n"
                 "help: teardown is func()\n"},
        {{"push: func(event: u8)", "@a:b/c", "init: func(config: string)",
             "@a:b/d", "init: func(config: string)"},
            TVN_EROLE,
            HEAD "[E0200]: stage s: init: it is exported in several places\n"
                 "  init: func(config: string)\n"
                 "help: init is func(config: C), with no result or result<_, "
                 "fault>\n"},
    };

    CHECK(rows);
}

static void
test_every_finding_is_told(void)
{
    static const struct refusal rows[] = {
        {{"process: func() -> u8", "route: func(event: u8) -> bool"},
            TVN_EROLE_SHAPE,
            HEAD "[E0201]: stage s: process: it takes no event\n"
                 "  process: func() -> u8\n" HELP_PROCESS HEAD
                 "[E0201]: stage s: route: its result is no enum, option of "
                 "an enum, or flags\n"
                 "  route: func(event: u8) -> bool\n" HELP_ROUTER},
    };

    CHECK(rows);
}

int
main(void)
{
    tvn_testing_kit_init(&kit);
    test_no_role_or_several_are_refused();
    test_sources_and_processors_of_wrong_shape();
    test_filters_and_routers_of_wrong_shape();
    test_aggregators_and_sinks_of_wrong_shape();
    test_meta_and_window_ask_for_what_there_is();
    test_lifecycle_of_wrong_shape();
    test_every_finding_is_told();
    tvn_testing_kit_fini(&kit);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
