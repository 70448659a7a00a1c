/* guest_fault_test.c -- what guests say when they fail, and what becomes of
 * them when they die. */
#include "flow/guest_rig.h"

/* Rows of result<option<u32>, fault>: none, some(7), retry, reject, fatal. */
#define FAULT_WIT                                                              \
    "use torvyn:stage/types@0.1.0.{fault};"                                    \
    "export process: func(event: u32) -> result<option<u32>, fault>;"
#define FAULT_WAT                                                              \
    CORE("", MOODY                                                             \
        " (func $process (export \"process\") (param i32) (result i32)" MOODS  \
        "   (call $count)"                                                     \
        "   (if (i32.eq (local.get 0) (i32.const 5)) (then"                    \
        "     (i32.store8 (i32.const 64) (i32.const 0))"                       \
        "     (i32.store8 (i32.const 68) (i32.const 1))"                       \
        "     (i32.store (i32.const 72) (i32.add (i32.mul (global.get $n)"     \
        "       (i32.const 100)) (global.get $posts)))"                        \
        "     (return (i32.const 64))))"                                       \
        "   (local.get 0))" POST("process") DATA(                              \
            "276", "\\01\\00\\00\\00\\07") DATA("288",                         \
            "\\01\\00\\00\\00\\00\\00\\00\\00\\00\\02\\00\\00\\05")            \
            DATA(                                                              \
                "304", "\\01\\00\\00\\00\\01\\00\\00\\00\\05\\02\\00\\00\\03") \
                DATA("320",                                                    \
                    "\\01\\00\\00\\00\\02\\00\\00\\00\\08\\02\\00\\00\\04")    \
                    DATA("336",                                                \
                        "\\01\\00\\00\\00\\01\\00\\00\\00\\00\\10\\00\\00\\01" \
                        "\\10") DATA("512", "againbadover")                    \
                        DATA("8191", "\\c3\\a9"))

#define OK_NONE   256u
#define OK_SOME   272u
#define RETRY     288u
#define REJECT    304u
#define FATAL     320u
#define LONG_TEXT 336u

/* Calls since init times 100, and how often post-return ran. */
static uint32_t
age(struct guest_rig *rig)
{
    GUEST_OK(rig, guest_event(rig, POSTS));
    return guest_out(rig, 0);
}

static void
test_a_fault_says_what_is_to_follow(void)
{
    static const struct {
        uint32_t id;
        tvn_err err;
        enum tvn_fault_kind kind;
        const char *text;
    } rows[] = {
        {RETRY, TVN_EGUEST_RETRY, TVN_FAULT_RETRY, "again"},
        {REJECT, TVN_EGUEST_REJECT, TVN_FAULT_REJECT, "bad"},
        {FATAL, TVN_EGUEST_FATAL, TVN_FAULT_FATAL, "over"},
    };
    struct guest_rig rig;

    guest_start(&rig, FAULT_WIT, FAULT_WAT);
    for (uint32_t i = 0; i < 3; i++) {
        const uint32_t ids[] = {OK_SOME, rows[i].id, OK_NONE};

        TVN_ASSERT(guest_visit(&rig, ids, 3, 8) == rows[i].err);
        TVN_ASSERT(rig.burst.consumed == 1 && rig.burst.outs == 1);
        TVN_ASSERT(guest_out(&rig, 0) == 7);
        TVN_ASSERT(rig.burst.fault.kind == rows[i].kind);
        TVN_ASSERT(guest_said(&rig, rows[i].text));
        TVN_ASSERT(rig.counts.failed == i + 1);
    }
    /* The same instance all the time, and it got all its results back. */
    TVN_ASSERT(age(&rig) == 706);
    TVN_ASSERT(rig.counts.calls == 7 && rig.counts.ok == 4);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 7, 28));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LIFT, 4, 16));
    guest_close(&rig);
}

/* Zeros, and at the 4096th byte a character of two. */
static void
test_a_long_text_is_cut_between_characters(void)
{
    struct guest_rig rig;

    guest_start(&rig, FAULT_WIT, FAULT_WAT);
    TVN_ASSERT(guest_event(&rig, LONG_TEXT) == TVN_EGUEST_REJECT);
    TVN_ASSERT(rig.burst.fault.text.len == 4095);
    guest_close(&rig);
}

static void
test_a_trap_costs_the_instance(void)
{
    static const uint32_t ids[] = {OK_SOME, TRAP, OK_SOME};
    struct guest_rig rig;

    guest_start(&rig, FAULT_WIT, FAULT_WAT);
    TVN_ASSERT(guest_visit(&rig, ids, 3, 8) == TVN_ETRAP);
    TVN_ASSERT(rig.burst.consumed == 1 && rig.burst.outs == 1);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_TRAP);
    TVN_ASSERT(
        guest_has_said(&rig, "wasm `unreachable` instruction executed (in "));
    TVN_ASSERT(guest_has_said(&rig, "(in trap at 0x"));
    TVN_ASSERT(guest_has_said(&rig, " < process at 0x"));
    TVN_ASSERT(!guest_said(&rig, "") && rig.counts.memory_bytes == 0);
    TVN_ASSERT(strstr(rig.burst.fault.text.ptr, "(in in ") == NULL);
    TVN_ASSERT(age(&rig) == 100); /* a new one, its first call */
    TVN_ASSERT(rig.counts.memory_bytes == GUEST_MEMORY);
    TVN_ASSERT(rig.counts.calls == 3 && rig.counts.failed == 1);
    TVN_ASSERT(rig.counts.lost_state == 0);
    /* What was handed over before the trap was handed over. */
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 3, 12));
    guest_close(&rig);
}

static void
test_a_deadline_costs_the_instance(void)
{
    struct guest_rig rig;

    guest_open(&rig, FAULT_WIT, FAULT_WAT);
    rig.opts.deadline_ns = 5000000;
    GUEST_OK(&rig, guest_try_start(&rig));
    TVN_ASSERT(guest_event(&rig, SPIN) == TVN_EDEADLINE);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_DEADLINE);
    TVN_ASSERT(guest_has_said(&rig, "longer than its deadline of 5.000 ms"));
    TVN_ASSERT(age(&rig) == 100);
    guest_close(&rig);
}

static void
test_memory_beyond_the_limit_costs_the_instance(void)
{
    struct guest_rig rig;

    guest_open(&rig, "export process: func(event: u32) -> u32;",
        CORE("", " (func (export \"process\") (param i32) (result i32)"
                 "   (if (i32.eq (memory.grow (local.get 0)) (i32.const -1))"
                 "     (then unreachable))"
                 "   (memory.size))"));
    rig.opts.memory_max = 4 << 16;
    GUEST_OK(&rig, guest_try_start(&rig));
    GUEST_OK(&rig, guest_event(&rig, 2));
    TVN_ASSERT(rig.counts.memory_bytes == 4 << 16);
    TVN_ASSERT(guest_event(&rig, 1) == TVN_EGUEST_MEMORY);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_TRAP);
    TVN_ASSERT(guest_has_said(&rig, "asked for more than its 256 KiB"));
    GUEST_OK(&rig, guest_event(&rig, 1));
    TVN_ASSERT(guest_out(&rig, 0) == 3);
    guest_close(&rig);
}

/* realloc traps at 13 bytes: what was not handed over is not counted. */
static void
test_a_trap_while_an_event_is_handed_over(void)
{
    struct guest_rig rig;

    guest_start(&rig,
        "record row { id: u32, name: string }"
        "export evaluate: func(event: row) -> bool;",
        CORE("", " (func (export \"evaluate\") (param i32 i32 i32) (result i32)"
                 "   (call $count) (i32.eq (global.get $n) (local.get 0)))"));
    rig.name = "of 12 letter";
    GUEST_OK(&rig, guest_event(&rig, 1));
    TVN_ASSERT(rig.burst.verdicts[0] == 1);
    rig.name = "of 13 letters";
    TVN_ASSERT(guest_event(&rig, 1) == TVN_ETRAP);
    TVN_ASSERT(guest_has_said(&rig, "(in realloc at 0x"));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 1, 12 + 12));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 1, 1));
    rig.name = "";
    GUEST_OK(&rig, guest_event(&rig, 1));
    TVN_ASSERT(rig.burst.verdicts[0] == 1); /* the first of the new one */
    TVN_ASSERT(rig.counts.calls == 3 && rig.counts.failed == 1);
    guest_close(&rig);
}

/* post-return traps after the second call. */
static void
test_a_trap_in_post_return(void)
{
    static const uint32_t ids[] = {256, 256, 256};
    struct guest_rig rig;

    guest_start(&rig, "export process: func(event: u32) -> option<u32>;",
        CORE("", " (func (export \"process\") (param i32) (result i32)"
                 "   (call $count) (local.get 0))"
                 " (func $back (export \"cabi_post_process\") (param i32)"
                 "   (if (i32.eq (global.get $n) (i32.const 2))"
                 "     (then unreachable)))" DATA("256", "\\01")));
    TVN_ASSERT(guest_visit(&rig, ids, 3, 8) == TVN_ETRAP);
    TVN_ASSERT(rig.burst.consumed == 1);
    TVN_ASSERT(guest_has_said(&rig, "(in back at 0x"));
    GUEST_OK(&rig, guest_visit(&rig, ids, 1, 8));
    guest_close(&rig);
}

/* ------------------------------------------------------------------------
 * Too big. */

#define BIG_WIT "export process: func(event: u32) -> list<string>;"
#define BIG_WAT                                                                \
    CORE("", " (func (export \"process\") (param i32) (result i32)"            \
             "   (if (i32.eq (local.get 0) (i32.const 5)) (then"               \
             "     (i32.store (i32.const 260) (global.get $posts))"            \
             "     (i32.store (i32.const 132) (i32.const 1))"                  \
             "     (return (i32.const 128))))"                                 \
             "   (i32.store (i32.const 268) (local.get 0))"                    \
             "   (i32.store (i32.const 132) (i32.const 3))"                    \
             "   (i32.const 128))" POST("process") DATA("128", "\\00\\01")     \
                 DATA("260", "\\02\\00\\00\\00\\00\\10"))

/* Three strings, the second one of as many bytes as the event says. */
static void
test_an_output_above_max_event_is_rejected(void)
{
    struct guest_rig rig;
    uint32_t posts;

    guest_open(&rig, BIG_WIT, BIG_WAT);
    tvn_pool_free(rig.pool);
    rig.pool = tvn_pool_new(1024, 0);
    GUEST_OK(&rig, guest_try_start(&rig));
    GUEST_OK(&rig, guest_event(&rig, 1024 - 64 - 8));
    TVN_ASSERT(rig.burst.outs == 3);
    TVN_ASSERT(guest_event(&rig, 1024 - 64 - 7) == TVN_ETOOBIG);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_REJECT);
    TVN_ASSERT(guest_has_said(
        &rig, "its output is larger than max-event (1024 bytes)"));
    TVN_ASSERT(rig.burst.fault.help.len > 0);
    TVN_ASSERT(rig.burst.outs == 1 && rig.burst.consumed == 0);
    TVN_ASSERT(!rig.burst.is_pending);
    /* It lives, and both results went back. */
    GUEST_OK(&rig, guest_event(&rig, POSTS));
    memcpy(&posts, rig.burst.out[0]->data + 4, sizeof(posts));
    TVN_ASSERT(posts == 2);
    TVN_ASSERT(rig.counts.failed == 1 && rig.counts.outs == 5);
    TVN_ASSERT(
        guest_copied(&rig, TVN_COPY_LIFT, 5, 5 * 8 + 2 + 952 + 0 + 2 + 2));
    guest_close(&rig);
}

/* ------------------------------------------------------------------------
 * init and teardown. */

#define LIFE_WIT                                                               \
    "import torvyn:stage/log@0.1.0;"                                           \
    "record conf { answer: u32, name: string }"                                \
    "export init: func(config: conf) -> result<_, string>;"                    \
    "export teardown: func();"                                                 \
    "export process: func(event: u32) -> u32;"
#define LIFE_WAT                                                               \
    CORE("(import \"torvyn:stage/log@0.1.0\" \"log\""                          \
         "  (func $log (param i32 i32 i32)))",                                 \
        MOODY                                                                  \
        " (func (export \"init\") (param i32 i32 i32) (result i32)" MOODS      \
        "   (call $log (i32.const 2) (local.get 1) (local.get 2))"             \
        "   (local.get 0))"                                                    \
        " (func (export \"teardown\")"                                         \
        "   (call $log (i32.const 0) (i32.const 512) (i32.const 3))"           \
        "   (if (i32.eq (global.get $n) (i32.const 2)) (then unreachable)))"   \
        " (func (export \"process\") (param i32) (result i32)" MOODS           \
        "   (call $count)"                                                     \
        "   (call $log (i32.const 3) (i32.const 515) (i32.const 1))"           \
        "   (if (i32.eq (local.get 0) (i32.const 7)) (then unreachable))"      \
        "   (global.get $posts))" POST("init") DATA("272",                     \
            "\\01\\00\\00\\00\\00\\02\\00\\00\\02") DATA("512", "bye!"))

static struct tvn_image *
life_config(struct guest_rig *rig, uint32_t answer)
{
    struct tvn_image *image;

    rig->name = "conf";
    rig->opts.in = rig->role.config;
    image = guest_image(rig, answer);
    rig->opts.in = rig->role.event;
    rig->opts.config = image;
    return image;
}

static void
test_init_gets_the_config_and_teardown_ends(void)
{
    static const uint32_t ids[] = {9, 7, 9};
    struct guest_rig rig;
    struct tvn_image *config;

    guest_open(&rig, LIFE_WIT, LIFE_WAT);
    config = life_config(&rig, 256);
    GUEST_OK(&rig, guest_try_start(&rig));
    TVN_ASSERT(tvn_str_is(tvn_buf_str(&rig.said), "guest 2 conf\n"));
    TVN_ASSERT(guest_visit(&rig, ids, 3, 8) == TVN_ETRAP);
    TVN_ASSERT(guest_out(&rig, 0) == 1); /* post-return of init */
    GUEST_OK(&rig, guest_visit(&rig, ids + 2, 1, 8));
    TVN_ASSERT(guest_out(&rig, 0) == 1);
    guest_stop(&rig);
    TVN_ASSERT(tvn_str_is(tvn_buf_str(&rig.said),
        "guest 2 conf\nguest 3 !\nguest 3 !\n"
        "guest 2 conf\nguest 3 !\nguest 0 bye\n"));
    TVN_ASSERT(rig.counts.memory_bytes == GUEST_MEMORY);
    TVN_ASSERT(rig.counts.calls == 3); /* init and teardown are not */
    /* Every word of the above, the trapped call's and teardown's too, and
     * twice the config. */
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 2 + 6,
        2 * (12 + 4) + 6 * 12 + 2 * 4 + 3 * 1 + 3));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 3, 12));
    rig.stage.ops->stop(rig.stage.self); /* nothing left to do */
    tvn_image_unref(config);
    guest_close(&rig);
}

static void
test_a_teardown_that_traps_hurts_nobody(void)
{
    static const uint32_t ids[] = {9, 9};
    struct guest_rig rig;
    struct tvn_image *config;

    guest_open(&rig, LIFE_WIT, LIFE_WAT);
    config = life_config(&rig, 256);
    GUEST_OK(&rig, guest_try_start(&rig));
    GUEST_OK(&rig, guest_visit(&rig, ids, 2, 8));
    guest_stop(&rig);
    TVN_ASSERT(rig.counts.failed == 0 && rig.counts.memory_bytes == 0);
    tvn_image_unref(config);
    guest_close(&rig);
}

static void
test_init_may_refuse_trap_or_never_end(void)
{
    static const struct {
        uint32_t answer;
        tvn_err err;
        enum tvn_fault_kind kind;
        const char *text;
    } rows[] = {
        {272, TVN_EGUEST_INIT, TVN_FAULT_FATAL, "stage guest: init: by"},
        {TRAP, TVN_ETRAP, TVN_FAULT_TRAP,
            "stage guest: init: wasm `unreachable`"},
        {SPIN, TVN_EDEADLINE, TVN_FAULT_DEADLINE, "deadline of 5.000 ms"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct guest_rig rig;
        struct tvn_image *config;

        guest_open(&rig, LIFE_WIT, LIFE_WAT);
        rig.opts.init_deadline_ns = 5000000;
        config = life_config(&rig, rows[i].answer);
        TVN_ASSERT(guest_try_start(&rig) == rows[i].err);
        TVN_ASSERT(rig.diag.errors == 1);
        TVN_ASSERT(strstr(rig.diag.first->text, rows[i].text) != NULL);
        /* In a flow: of an instance that is made anew. */
        TVN_ASSERT(guest_event(&rig, 9) != TVN_OK);
        TVN_ASSERT(rig.burst.fault.kind == rows[i].kind);
        TVN_ASSERT(rig.counts.calls == 0 && rig.counts.failed == 0);
        guest_stop(&rig);
        TVN_ASSERT(strstr(tvn_buf_text(&rig.said), "bye") == NULL);
        tvn_image_unref(config);
        guest_close(&rig);
    }
}

int
main(void)
{
    test_a_fault_says_what_is_to_follow();
    test_a_long_text_is_cut_between_characters();
    test_a_trap_costs_the_instance();
    test_a_deadline_costs_the_instance();
    test_memory_beyond_the_limit_costs_the_instance();
    test_a_trap_while_an_event_is_handed_over();
    test_a_trap_in_post_return();
    test_an_output_above_max_event_is_rejected();
    test_init_gets_the_config_and_teardown_ends();
    test_a_teardown_that_traps_hurts_nobody();
    test_init_may_refuse_trap_or_never_end();
    return 0;
}
