/* guest_roles_test.c -- each role and each shape of result, from visit to
 * visit. */
#include "flow/guest_rig.h"

/* ------------------------------------------------------------------------
 * Sources. */

/* pull answers with row n of 12 bytes: 1, 2, err("gap"), 3, none. */
#define SOURCE_WIT "export pull: func() -> result<option<u32>, string>;"
#define SOURCE_WAT                                                             \
    CORE("",                                                                   \
        " (func (export \"pull\") (result i32)"                                \
        "   (call $count)"                                                     \
        "   (i32.add (i32.const 256)"                                          \
        "     (i32.mul (i32.const 12)"                                         \
        "       (i32.sub (global.get $n) (i32.const 1)))))" POST("pull") DATA( \
            "256", "\\00\\00\\00\\00\\01\\00\\00\\00\\01\\00\\00\\00")         \
            DATA("268", "\\00\\00\\00\\00\\01\\00\\00\\00\\02\\00\\00\\00")    \
                DATA("280", "\\01\\00\\00\\00\\00\\02\\00\\00\\03\\00\\00"     \
                            "\\00")                                            \
                    DATA("292", "\\00\\00\\00\\00\\01\\00\\00\\00\\03"         \
                                "\\00\\00\\00") DATA("512", "gap"))

static void
test_a_source_of_options(void)
{
    struct guest_rig rig;

    guest_start(&rig, SOURCE_WIT, SOURCE_WAT);
    TVN_ASSERT(rig.role.role == TVN_ROLE_SOURCE);
    GUEST_OK(&rig, guest_visit(&rig, NULL, 0, 1));
    TVN_ASSERT(rig.burst.outs == 1 && guest_out(&rig, 0) == 1);
    TVN_ASSERT(!rig.burst.is_end);
    TVN_ASSERT(guest_visit(&rig, NULL, 0, 8) == TVN_EGUEST_REJECT);
    TVN_ASSERT(rig.burst.outs == 1 && guest_out(&rig, 0) == 2);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_REJECT);
    TVN_ASSERT(guest_said(&rig, "gap") && !rig.burst.is_end);
    TVN_ASSERT(rig.counts.records == 3 && rig.counts.ok == 2);
    GUEST_OK(&rig, guest_visit(&rig, NULL, 0, 8));
    TVN_ASSERT(rig.burst.outs == 1 && guest_out(&rig, 0) == 3);
    TVN_ASSERT(rig.burst.is_end);
    TVN_ASSERT(rig.counts.calls == 5 && rig.counts.failed == 1);
    TVN_ASSERT(rig.counts.records == 4 && rig.counts.ok == 3);
    TVN_ASSERT(rig.counts.outs == 3);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LIFT, 3, 12));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 0, 0));
    guest_close(&rig);
}

/* pull answers with row n of 16 bytes: event(5), wait(700), event(6), done;
 * then wait of as long as can be said. */
#define POLL_WIT                                                               \
    "variant poll { event(u32), wait(u64), done } export pull: func() -> "     \
    "poll;"
#define POLL_WAT                                                               \
    CORE("", " (func (export \"pull\") (result i32)"                           \
             "   (call $count)"                                                \
             "   (i32.add (i32.const 256)"                                     \
             "     (i32.mul (i32.const 16)"                                    \
             "       (i32.sub (global.get $n) (i32.const 1)))))" DATA(         \
                 "264", "\\05") DATA("272", "\\01") DATA("280", "\\bc\\02")    \
                 DATA("296", "\\06") DATA("304", "\\02") DATA("320", "\\01")   \
                     DATA("328", "\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff")           \
                         DATA("336", "\\01"))

static void
test_a_source_that_is_polled(void)
{
    struct guest_rig rig;

    guest_start(&rig, POLL_WIT, POLL_WAT);
    rig.clock_ns = 5000;
    TVN_ASSERT(guest_visit(&rig, NULL, 0, 8) == TVN_EAGAIN);
    TVN_ASSERT(rig.burst.outs == 1 && guest_out(&rig, 0) == 5);
    TVN_ASSERT(rig.burst.wake.fd == -1 && rig.burst.wake.at_ns == 5700);
    TVN_ASSERT(!rig.burst.is_end);
    GUEST_OK(&rig, guest_visit(&rig, NULL, 0, 8));
    TVN_ASSERT(rig.burst.outs == 1 && guest_out(&rig, 0) == 6);
    TVN_ASSERT(rig.burst.is_end);
    TVN_ASSERT(rig.counts.calls == 4 && rig.counts.failed == 0);
    TVN_ASSERT(rig.counts.records == 2 && rig.counts.ok == 2);
    /* A time beyond the clock's end, and no time at all. */
    TVN_ASSERT(guest_visit(&rig, NULL, 0, 8) == TVN_EAGAIN);
    TVN_ASSERT(rig.burst.wake.at_ns == UINT64_MAX);
    TVN_ASSERT(guest_visit(&rig, NULL, 0, 8) == TVN_EAGAIN);
    TVN_ASSERT(rig.burst.wake.at_ns == 5001);
    guest_close(&rig);
}

/* ------------------------------------------------------------------------
 * Processors. */

static void
test_a_processor_of_one_flat_value(void)
{
    static const uint32_t ids[] = {10, 20, 30};
    struct guest_rig rig;

    guest_start(&rig, "export process: func(event: u32) -> u32;",
        CORE("", " (func (export \"process\") (param i32) (result i32)"
                 "   (i32.add (local.get 0) (i32.const 1)))"));
    TVN_ASSERT(rig.role.main.result.is_flat);
    GUEST_OK(&rig, guest_visit(&rig, ids, 3, 2));
    TVN_ASSERT(rig.burst.consumed == 2 && rig.burst.outs == 2);
    TVN_ASSERT(guest_out(&rig, 0) == 11 && guest_out(&rig, 1) == 21);
    TVN_ASSERT(rig.burst.out_of[0] == 0 && rig.burst.out_of[1] == 1);
    TVN_ASSERT(!rig.burst.is_pending);
    GUEST_OK(&rig, guest_visit(&rig, ids + 2, 1, 2));
    TVN_ASSERT(rig.burst.consumed == 1 && guest_out(&rig, 0) == 31);
    TVN_ASSERT(rig.counts.calls == 3 && rig.counts.ok == 3);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 3, 12));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LIFT, 3, 12));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 0, 0));
    guest_close(&rig);
}

/* The name comes back with the id behind it, in memory. */
static void
test_a_processor_of_one_value_in_memory(void)
{
    static const uint32_t ids[] = {7, 8};
    struct guest_rig rig;

    guest_open(&rig,
        "record row { id: u32, name: string }"
        "record back { name: string, id: u32 }"
        "export process: func(event: row) -> result<back, string>;",
        CORE("", " (func (export \"process\") (param i32 i32 i32) (result i32)"
                 "   (i32.store8 (i32.const 64) (i32.const 0))"
                 "   (i32.store (i32.const 68) (local.get 1))"
                 "   (i32.store (i32.const 72) (local.get 2))"
                 "   (i32.store (i32.const 76) (local.get 0))"
                 "   (i32.const 64))" POST("process")));
    GUEST_OK(&rig, guest_try_start(&rig));
    rig.name = "anna";
    GUEST_OK(&rig, guest_visit(&rig, ids, 2, 8));
    TVN_ASSERT(rig.burst.consumed == 2 && rig.burst.outs == 2);
    for (uint32_t i = 0; i < 2; i++) {
        const uint8_t *data = rig.burst.out[i]->data;
        uint32_t fields[3];

        memcpy(fields, data, sizeof(fields));
        TVN_ASSERT(fields[1] == 4 && fields[2] == ids[i]);
        TVN_ASSERT(memcmp(data + fields[0], "anna", 4) == 0);
        TVN_ASSERT(rig.burst.out[i]->type == rig.role.output);
    }
    /* id and string pair, and the text; back the same */
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 2, 2 * (12 + 4)));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LIFT, 2, 2 * (12 + 4)));
    guest_close(&rig);
}

static void
test_a_processor_of_an_option(void)
{
    static const uint32_t ids[] = {256, 264, 256};
    struct guest_rig rig;

    guest_start(&rig, "export process: func(event: u32) -> option<u32>;",
        CORE("", " (func (export \"process\") (param i32) (result i32)"
                 "   (local.get 0))" POST("process")
                     DATA("264", "\\01\\00\\00\\00\\2a")));
    GUEST_OK(&rig, guest_visit(&rig, ids, 3, 1));
    TVN_ASSERT(rig.burst.consumed == 2 && rig.burst.outs == 1);
    TVN_ASSERT(guest_out(&rig, 0) == 42 && rig.burst.out_of[0] == 1);
    GUEST_OK(&rig, guest_visit(&rig, ids, 1, 1));
    TVN_ASSERT(rig.burst.consumed == 1 && rig.burst.outs == 0);
    TVN_ASSERT(rig.counts.ok == 3 && rig.counts.outs == 1);
    guest_close(&rig);
}

/* The event is the number of elements; their values are 100, 101, ...  An
 * event of POSTS gives one: how often post-return ran. */
#define LIST_WAT(name)                                                         \
    CORE("",                                                                   \
        " (func (export \"" name "\") (param i32) (result i32) (local i32)"    \
        "   (i32.store (i32.const 64) (i32.const 1024))"                       \
        "   (i32.store (i32.const 68) (local.get 0))"                          \
        "   (if (i32.eq (local.get 0) (i32.const 5)) (then"                    \
        "     (i32.store (i32.const 68) (i32.const 1))"                        \
        "     (i32.store (i32.const 1024) (global.get $posts))"                \
        "     (return (i32.const 64))))"                                       \
        "   (loop"                                                             \
        "     (i32.store (i32.add (i32.const 1024)"                            \
        "         (i32.shl (local.get 1) (i32.const 2)))"                      \
        "       (i32.add (local.get 1) (i32.const 100)))"                      \
        "     (local.set 1 (i32.add (local.get 1) (i32.const 1)))"             \
        "     (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))"               \
        "   (i32.const 64))" POST(name))

static uint32_t
posts(struct guest_rig *rig)
{
    GUEST_OK(rig, guest_event(rig, POSTS));
    return guest_out(rig, 0);
}

static void
test_a_list_beyond_the_credit_waits_in_the_guest(void)
{
    static const uint32_t ids[] = {10, 2, 0, 3};
    struct guest_rig rig;
    uint32_t next = 100;

    guest_start(&rig, "export process: func(event: u32) -> list<u32>;",
        LIST_WAT("process"));
    TVN_ASSERT(posts(&rig) == 0 && posts(&rig) == 1);
    for (uint32_t visit = 0; visit < 3; visit++) { /* 4, 4 and 2 of 10 */
        GUEST_OK(&rig, guest_visit(&rig, ids, visit == 2 ? 1 : 4, 4));
        TVN_ASSERT(rig.burst.outs == (visit == 2 ? 2 : 4));
        TVN_ASSERT(rig.burst.is_pending == (visit < 2));
        TVN_ASSERT(rig.burst.consumed == (visit == 2 ? 1 : 0));
        TVN_ASSERT(rig.counts.calls == 3); /* of which this is the third */
        for (uint32_t i = 0; i < rig.burst.outs; i++) {
            TVN_ASSERT(rig.burst.out_of[i] == 0);
            TVN_ASSERT(guest_out(&rig, i) == next++);
        }
    }
    TVN_ASSERT(next == 110);
    TVN_ASSERT(posts(&rig) == 3);
    /* The rest of one event, then others in the same visit. */
    GUEST_OK(&rig, guest_visit(&rig, ids, 4, 8));
    TVN_ASSERT(rig.burst.outs == 8 && rig.burst.is_pending);
    GUEST_OK(&rig, guest_visit(&rig, ids, 4, 6));
    TVN_ASSERT(rig.burst.consumed == 3 && rig.burst.outs == 6);
    TVN_ASSERT(rig.burst.is_pending);
    TVN_ASSERT(guest_out(&rig, 1) == 109 && guest_out(&rig, 2) == 100);
    TVN_ASSERT(rig.burst.out_of[1] == 0 && rig.burst.out_of[2] == 1);
    TVN_ASSERT(rig.burst.out_of[4] == 3 && guest_out(&rig, 5) == 101);
    GUEST_OK(&rig, guest_visit(&rig, ids + 3, 1, 1)); /* exactly the credit */
    TVN_ASSERT(rig.burst.consumed == 1 && !rig.burst.is_pending);
    TVN_ASSERT(posts(&rig) == 3 + 1 + 4);
    TVN_ASSERT(guest_copied(
        &rig, TVN_COPY_LIFT, rig.counts.outs, rig.counts.outs * 4));
    TVN_ASSERT(rig.counts.outs == 10 + 10 + 2 + 3 + 4);
    TVN_ASSERT(rig.counts.calls == rig.counts.ok && rig.counts.calls == 9);
    guest_close(&rig);
}

/* ------------------------------------------------------------------------
 * Filters. */

static void
test_a_filter_of_a_flat_bool(void)
{
    static const uint32_t ids[] = {0, 1, 256, 0};
    struct guest_rig rig;

    guest_start(&rig, "export evaluate: func(event: u32) -> bool;",
        CORE("", " (func (export \"evaluate\") (param i32) (result i32)"
                 "   (local.get 0))"));
    GUEST_OK(&rig, guest_visit(&rig, ids, 4, 0));
    TVN_ASSERT(rig.burst.consumed == 4 && rig.burst.outs == 0);
    for (uint32_t i = 0; i < 4; i++) {
        TVN_ASSERT(rig.burst.verdicts[i] == (ids[i] != 0));
    }
    TVN_ASSERT(rig.counts.kept == 2 && rig.counts.ok == 4);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 4, 16));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 4, 4)); /* bytes */
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LIFT, 0, 0));
    guest_close(&rig);
}

static void
test_a_filter_that_may_fail(void)
{
    static const uint32_t ids[] = {272, 256, 288, 256};
    struct guest_rig rig;

    guest_start(&rig,
        "export evaluate: func(event: u32) -> result<bool, string>;",
        CORE("", " (func (export \"evaluate\") (param i32) (result i32)"
                 "   (local.get 0))" POST("evaluate") DATA("276", "\\01")
                     DATA("288", "\\01\\00\\00\\00\\00\\02\\00\\00\\04")
                         DATA("512", "no \\c3\\a9")));
    TVN_ASSERT(guest_visit(&rig, ids, 4, 0) == TVN_EABI); /* cut in a char */
    GUEST_OK(&rig, guest_visit(&rig, ids, 2, 0));
    TVN_ASSERT(rig.burst.consumed == 2);
    TVN_ASSERT(rig.burst.verdicts[0] == 1 && rig.burst.verdicts[1] == 0);
    TVN_ASSERT(rig.counts.kept == 2 && rig.counts.calls == 5);
    guest_close(&rig);
}

static void
test_a_filter_of_metadata_only(void)
{
    static const uint32_t ids[] = {1, 2, 3};
    struct guest_rig rig;

    /* key 9001 and attempt 1 are those of the second event */
    guest_start(&rig,
        "record m { attempt: u32, key: u64, sequence: u64 }"
        "export evaluate: func(meta: m) -> bool;",
        CORE("", " (func (export \"evaluate\") (param i32 i64 i64)"
                 "   (result i32)"
                 "   (i32.and (i64.eq (local.get 1) (i64.const 9001))"
                 "     (i32.and (i32.eq (local.get 0) (i32.const 1))"
                 "       (i64.eq (local.get 2) (i64.const 101)))))"));
    TVN_ASSERT(rig.role.event == NULL && rig.role.meta != NULL);
    GUEST_OK(&rig, guest_visit(&rig, ids, 3, 0));
    TVN_ASSERT(rig.burst.verdicts[0] == 0 && rig.burst.verdicts[1] == 1);
    TVN_ASSERT(rig.burst.verdicts[2] == 0 && rig.burst.consumed == 3);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 0, 0));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 6, 3 * (24 + 1)));
    guest_close(&rig);
}

/* ------------------------------------------------------------------------
 * Routers. */

static void
test_routers(void)
{
    static const struct {
        const char *wit;
        const char *post;
        uint32_t ids[4];
        uint32_t bits[4];
        uint64_t kept, routed;
    } rows[] = {
        {"enum p { a, b, c } export route: func(event: u32) -> p;", "",
            {0, 2, 1, 2}, {1, 4, 2, 4}, 4, 4},
        {"flags p { a, b, c } export route: func(event: u32) -> p;", "",
            {5, 0, 7, 0xFFF8}, {5, 0, 7, 0}, 2, 5},
        /* rows in memory: none, some(c), some(a) */
        {"enum p { a, b, c } export route: func(event: u32) -> option<p>;",
            POST("route"), {256, 258, 260, 256}, {0, 4, 1, 0}, 2, 2},
        /* ok(a + c), ok(none) */
        {"flags p { a, b, c }"
         "export route: func(event: u32) -> result<p, string>;",
            POST("route"), {272, 288, 272, 272}, {5, 0, 5, 5}, 3, 6},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct guest_rig rig;
        char wat[2048];

        (void)snprintf(wat, sizeof(wat),
            CORE("", " (func (export \"route\") (param i32) (result i32)"
                     "   (local.get 0)) %s" DATA("258", "\\01\\02\\01\\00")
                         DATA("276", "\\05")),
            rows[i].post);
        guest_start(&rig, rows[i].wit, wat);
        TVN_ASSERT(rig.role.role == TVN_ROLE_ROUTER);
        GUEST_OK(&rig, guest_visit(&rig, rows[i].ids, 4, 0));
        TVN_ASSERT(rig.burst.consumed == 4);
        for (uint32_t k = 0; k < 4; k++) {
            TVN_ASSERT(rig.burst.verdicts[k] == rows[i].bits[k]);
        }
        TVN_ASSERT(rig.counts.kept == rows[i].kept);
        TVN_ASSERT(rig.counts.routed == rows[i].routed);
        guest_close(&rig);
    }
}

/* ------------------------------------------------------------------------
 * Aggregators. */

/* ingest as a processor of lists; flush: reason, start, events so far. */
#define TALLY_WIT                                                              \
    "use torvyn:stage/types@0.1.0.{reason};"                                   \
    "record view { reason: reason, start-ns: u64 }"                            \
    "export ingest: func(event: u32) -> list<u32>;"                            \
    "export flush: func(window: view) -> list<u32>;"
#define TALLY_WAT                                                              \
    CORE("",                                                                   \
        MOODY " (func (export \"ingest\") (param i32) (result i32)" MOODS      \
              "   (call $count)"                                               \
              "   (i32.store (i32.const 64) (i32.const 1024))"                 \
              "   (i32.store (i32.const 68) (local.get 0)) (i32.const 64))"    \
              " (func (export \"flush\") (param i32 i64) (result i32)"         \
              "   (i32.store (i32.const 64) (i32.const 128))"                  \
              "   (i32.store (i32.const 68) (i32.const 3))"                    \
              "   (i32.store (i32.const 128) (local.get 0))"                   \
              "   (i32.store (i32.const 132) (i32.wrap_i64 (local.get 1)))"    \
              "   (i32.store (i32.const 136) (global.get $n))"                 \
              "   (global.set $n (i32.const 0))"                               \
              "   (i32.const 64))" POST("ingest") POST("flush"))

static void
test_an_aggregator_ingests_and_flushes(void)
{
    static const uint32_t ids[] = {0, 2, 0, 4};
    const struct tvn_window window = {
        .start_ns = 77, .end_ns = 99, .reason = TVN_WINDOW_COUNT};
    struct guest_rig rig;

    guest_start(&rig, TALLY_WIT, TALLY_WAT);
    GUEST_OK(&rig, guest_visit(&rig, ids, 4, 4));
    TVN_ASSERT(rig.burst.consumed == 3 && rig.burst.outs == 4);
    TVN_ASSERT(rig.burst.is_pending);
    GUEST_OK(&rig, guest_visit(&rig, ids + 3, 1, 4));
    TVN_ASSERT(rig.burst.consumed == 1 && !rig.burst.is_pending);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 0, 0));

    GUEST_OK(&rig, guest_flush(&rig, &window, 2));
    TVN_ASSERT(rig.burst.is_pending && rig.burst.outs == 2);
    TVN_ASSERT(guest_out(&rig, 0) == TVN_WINDOW_COUNT);
    TVN_ASSERT(guest_out(&rig, 1) == 77);
    GUEST_OK(&rig, guest_flush(&rig, NULL, 2));
    TVN_ASSERT(!rig.burst.is_pending && rig.burst.outs == 1);
    TVN_ASSERT(guest_out(&rig, 0) == 4);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 1, 16));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 4, 16));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LIFT, 9, 36));
    TVN_ASSERT(rig.counts.calls == 5 && rig.counts.ok == 4);
    guest_stop(&rig);
    TVN_ASSERT(rig.counts.lost_state == 0);
    guest_close(&rig);
}

static void
test_a_dead_aggregator_has_lost_its_window(void)
{
    static const uint32_t ids[] = {0, 0, 2, TRAP, 0};
    const struct tvn_window window = {.reason = TVN_WINDOW_END};
    struct guest_rig rig;

    guest_start(&rig, TALLY_WIT, TALLY_WAT);
    GUEST_OK(&rig, guest_visit(&rig, ids, 3, 1)); /* two and one that waits */
    TVN_ASSERT(rig.burst.consumed == 2 && rig.burst.is_pending);
    TVN_ASSERT(guest_visit(&rig, ids + 2, 3, 9) == TVN_ETRAP);
    TVN_ASSERT(rig.burst.consumed == 1 && rig.counts.lost_state == 3);
    GUEST_OK(&rig, guest_visit(&rig, ids + 4, 1, 9));
    GUEST_OK(&rig, guest_flush(&rig, &window, 9));
    TVN_ASSERT(guest_out(&rig, 0) == TVN_WINDOW_END);
    TVN_ASSERT(guest_out(&rig, 2) == 1); /* the new instance's own */
    TVN_ASSERT(guest_visit(&rig, ids + 3, 1, 9) == TVN_ETRAP);
    TVN_ASSERT(rig.counts.lost_state == 3); /* nothing was open */
    guest_close(&rig);
}

/* flush without window, of an option; it traps at a second time. */
static void
test_a_flush_that_fails(void)
{
    static const uint32_t ids[] = {0, 0};
    const struct tvn_window window = {.reason = TVN_WINDOW_TIME};
    struct guest_rig rig;

    guest_start(&rig,
        "export ingest: func(event: u32);"
        "export flush: func() -> result<option<u32>, string>;",
        CORE("", " (func (export \"ingest\") (param i32) (call $count))"
                 " (func (export \"flush\") (result i32)"
                 "   (if (i32.eq (global.get $n) (i32.const 0)) (then"
                 "     (i32.store (i32.const 64) (i32.const 1))"
                 "     (return (i32.const 64))))"
                 "   (if (i32.eq (global.get $n) (i32.const 1)) (then"
                 "     (return (i32.const 0x7ffffff0))))"
                 "   (global.set $n (i32.const 0))"
                 "   (i32.const 256))" POST("flush")));
    GUEST_OK(&rig, guest_visit(&rig, ids, 2, 0));
    TVN_ASSERT(rig.burst.consumed == 2);
    GUEST_OK(&rig, guest_flush(&rig, &window, 1)); /* none */
    TVN_ASSERT(rig.burst.outs == 0 && rig.counts.calls == 3);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 0, 0));
    TVN_ASSERT(guest_flush(&rig, &window, 1) == TVN_EGUEST_REJECT);
    TVN_ASSERT(rig.burst.fault.text.len == 0);
    GUEST_OK(&rig, guest_visit(&rig, ids, 1, 0));
    TVN_ASSERT(guest_flush(&rig, &window, 1) == TVN_EABI);
    TVN_ASSERT(rig.counts.lost_state == 1 && rig.counts.failed == 2);
    guest_close(&rig);
}

/* ------------------------------------------------------------------------
 * Sinks. */

static void
test_a_sink_takes_and_completes(void)
{
    static const uint32_t ids[] = {256, 256, 272, 256};
    struct guest_rig rig;

    guest_start(&rig,
        "import torvyn:stage/log@0.1.0;"
        "export push: func(event: u32) -> result<_, string>;"
        "export complete: func() -> result<_, string>;",
        CORE("(import \"torvyn:stage/log@0.1.0\" \"log\""
             "  (func $log (param i32 i32 i32)))",
            " (func (export \"push\") (param i32) (result i32)"
            "   (call $count) (local.get 0))"
            " (func (export \"complete\") (result i32)"
            "   (call $log (i32.const 1) (i32.const 512) (i32.const 4))"
            "   (if (result i32) (i32.eq (global.get $n) (i32.const 4))"
            "     (then (i32.const 256)) (else (i32.const 272))))" POST("push")
                POST("complete")
                    DATA("272", "\\01\\00\\00\\00\\00\\02\\00\\00\\04")
                        DATA("512", "done")));
    TVN_ASSERT(guest_visit(&rig, ids, 4, 0) == TVN_EGUEST_REJECT);
    TVN_ASSERT(guest_said(&rig, "done") && rig.burst.consumed == 2);
    TVN_ASSERT(rig.counts.ok == 2 && rig.counts.records == 2);
    TVN_ASSERT(rig.stage.ops->complete(rig.stage.self, true, &rig.burst) ==
               TVN_EGUEST_REJECT);
    GUEST_OK(&rig, guest_visit(&rig, ids + 3, 1, 0));
    guest_clear(&rig);
    GUEST_OK(&rig, rig.stage.ops->complete(rig.stage.self, true, &rig.burst));
    guest_count(&rig);
    TVN_ASSERT(rig.counts.calls == 6 && rig.counts.failed == 2);
    TVN_ASSERT(rig.counts.records == 3);
    TVN_ASSERT(
        tvn_str_is(tvn_buf_str(&rig.said), "guest 1 done\nguest 1 done\n"));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 4, 16));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 2, 2 * (12 + 4)));
    guest_close(&rig);
}

int
main(void)
{
    test_a_source_of_options();
    test_a_source_that_is_polled();
    test_a_processor_of_one_flat_value();
    test_a_processor_of_one_value_in_memory();
    test_a_processor_of_an_option();
    test_a_list_beyond_the_credit_waits_in_the_guest();
    test_a_filter_of_a_flat_bool();
    test_a_filter_that_may_fail();
    test_a_filter_of_metadata_only();
    test_routers();
    test_an_aggregator_ingests_and_flushes();
    test_a_dead_aggregator_has_lost_its_window();
    test_a_flush_that_fails();
    test_a_sink_takes_and_completes();
    return 0;
}
