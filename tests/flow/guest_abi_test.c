/* guest_abi_test.c -- guests that break the canonical ABI in what they
 * return: each is found out, dropped and replaced. */
#include "flow/guest_rig.h"

#include "base/guest_check.h"

#define POINTED                                                                \
    " (func (export \"process\") (param i32) (result i32)"                     \
    "   (call $count)"                                                         \
    "   (if (i32.eq (local.get 0) (i32.const 5)) (then"                        \
    "     (return (i32.add (i32.const 1024)"                                   \
    "       (i32.shl (global.get $n) (i32.const 4))))))"                       \
    "   (local.get 0))" POST("process")

/* Rows of 16 bytes; beyond the 258th all are zero, a valid answer. */
#define OPTION_WIT                                                             \
    "use torvyn:stage/types@0.1.0.{fault};"                                    \
    "export process: func(event: u32) -> result<option<u32>, fault>;"
#define OPTION_WAT                                                             \
    CORE("",                                                                   \
        POINTED DATA("272", "\\02") DATA("292", "\\02") DATA(                  \
            "304", "\\01\\00\\00\\00\\03") DATA("320",                         \
            "\\01\\00\\00\\00\\01\\00\\00\\00\\00\\00\\02\\00\\04")            \
            DATA(                                                              \
                "336", "\\01\\00\\00\\00\\01\\00\\00\\00\\00\\02\\00\\00\\03") \
                DATA("352",                                                    \
                    "\\01\\00\\00\\00\\01\\00\\00\\00\\f0\\ff\\ff\\ff\\20")    \
                    DATA("512", "ab\\ff"))

/* Rows of 8 bytes: pointer and length. */
#define LIST_WIT "export process: func(event: u32) -> list<u32>;"
#define LIST_WAT                                                               \
    CORE("", POINTED DATA("264", "\\02\\02") DATA("272",                       \
                 "\\04\\00\\02\\00\\00") DATA("280", "\\fc\\ff\\01\\00\\02")   \
                 DATA("288", "\\00\\02\\00\\00\\00\\00\\00\\40")               \
                     DATA("296", "\\fc\\ff\\ff\\ff\\02"))

#define PORT_WIT "enum port { a, b, c } export route: func(event: u32) -> port;"
#define PORT_WAT                                                               \
    CORE("", " (func (export \"route\") (param i32) (result i32)"              \
             "   (if (i32.eq (local.get 0) (i32.const 5)) (then"               \
             "     (return (i32.const 1)))) (local.get 0))")

#define OPTION_PORT_WIT                                                        \
    "enum port { a, b, c } export route: func(event: u32) -> option<port>;"
#define OPTION_PORT_WAT                                                        \
    CORE("", " (func (export \"route\") (param i32) (result i32)"              \
             "   (if (i32.eq (local.get 0) (i32.const 5)) (then"               \
             "     (return (i32.const 256)))) (local.get 0))" POST("route")    \
                 DATA("258", "\\01\\03"))

static void
test_what_breaks_the_abi_is_found_out(void)
{
    static const struct {
        const char *wit, *wat;
        uint32_t id;
        const char *said;
    } rows[] = {
        {OPTION_WIT, OPTION_WAT, GUEST_MEMORY - 8,
            "the result's pointer is out of bounds or misaligned"},
        {OPTION_WIT, OPTION_WAT, 0xFFFFFFF0u,
            "the result's pointer is out of bounds or misaligned"},
        {OPTION_WIT, OPTION_WAT, 258,
            "the result's pointer is out of bounds or misaligned"},
        {OPTION_WIT, OPTION_WAT, 272,
            "the result's case number is out of range"},
        {OPTION_WIT, OPTION_WAT, 288,
            "the option's case number is out of range"},
        {OPTION_WIT, OPTION_WAT, 304,
            "the fault's case number is out of range"},
        {OPTION_WIT, OPTION_WAT, 320, "the fault's text is not a valid string"},
        {OPTION_WIT, OPTION_WAT, 336, "the fault's text is not a valid string"},
        {OPTION_WIT, OPTION_WAT, 352, "the fault's text is not a valid string"},
        {LIST_WIT, LIST_WAT, 264, "the list's pointer or length"},
        {LIST_WIT, LIST_WAT, 272, "the list's pointer or length"},
        {LIST_WIT, LIST_WAT, 280, "the list's pointer or length"},
        {LIST_WIT, LIST_WAT, 288, "the list's pointer or length"},
        {LIST_WIT, LIST_WAT, 296, "the list's pointer or length"},
        {PORT_WIT, PORT_WAT, 3, "the port's number is out of range"},
        {PORT_WIT, PORT_WAT, 0x80000000u, "the port's number is out of range"},
        {OPTION_PORT_WIT, OPTION_PORT_WAT, 258,
            "the port's number is out of range"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint32_t ids[] = {5, rows[i].id, 5};
        struct guest_rig rig;

        guest_start(&rig, rows[i].wit, rows[i].wat);
        TVN_ASSERT(guest_visit(&rig, ids, 3, 8) == TVN_EABI);
        TVN_ASSERT(rig.burst.consumed == 1 && rig.burst.outs == 0);
        TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_TRAP);
        TVN_ASSERT(guest_has_said(&rig, rows[i].said));
        TVN_ASSERT(rig.counts.memory_bytes == 0); /* it is gone */
        GUEST_OK(&rig, guest_visit(&rig, ids + 2, 1, 8));
        TVN_ASSERT(rig.burst.consumed == 1);
        TVN_ASSERT(rig.counts.calls == 3 && rig.counts.failed == 1);
        guest_close(&rig);
    }
}

/* Inside of a memory that is large enough, yet more than any value has. */
static void
test_a_list_beyond_what_a_value_may_have(void)
{
    struct guest_rig rig;

    guest_open(&rig, LIST_WIT,
        "(module (memory (export \"memory\") 4100)"
        " (func (export \"process\") (param i32) (result i32)"
        "   (i32.store (i32.const 68) (local.get 0)) (i32.const 64)))");
    rig.opts.memory_max = 512u << 20;
    GUEST_OK(&rig, guest_try_start(&rig));
    TVN_ASSERT(guest_event(&rig, TVN_TYPE_SIZE_MAX / 4) == TVN_EABI);
    TVN_ASSERT(guest_has_said(&rig, "the list's pointer or length"));
    GUEST_OK(&rig, guest_event(&rig, TVN_TYPE_SIZE_MAX / 4 - 1));
    TVN_ASSERT(rig.burst.is_pending && rig.burst.outs == TVN_BURST_MAX);
    guest_close(&rig);
}

static void
test_a_poll_of_no_case(void)
{
    struct guest_rig rig;

    guest_start(&rig,
        "variant poll { event(u32), wait(u64), done }"
        "export pull: func() -> poll;",
        CORE("", " (func (export \"pull\") (result i32)"
                 "   (call $count)"
                 "   (i32.add (i32.const 240)"
                 "     (i32.shl (global.get $n) (i32.const 4))))" DATA(
                     "272", "\\03")));
    TVN_ASSERT(guest_visit(&rig, NULL, 0, 8) == TVN_EABI);
    TVN_ASSERT(rig.burst.outs == 1 && !rig.burst.is_end);
    TVN_ASSERT(guest_has_said(&rig, "the poll's case number is out of range"));
    TVN_ASSERT(rig.counts.records == 2 && rig.counts.ok == 1);
    GUEST_OK(&rig, guest_visit(&rig, NULL, 0, 1));
    TVN_ASSERT(rig.burst.outs == 1 && !rig.burst.is_end);
    guest_close(&rig);
}

static void
test_an_init_that_returns_nonsense(void)
{
    struct guest_rig rig;

    guest_open(&rig,
        "export init: func(config: u32) -> result<_, string>;"
        "export process: func(event: u32) -> u32;",
        CORE("", " (func (export \"init\") (param i32) (result i32)"
                 "   (local.get 0))"
                 " (func (export \"process\") (param i32) (result i32)"
                 "   (local.get 0))"));
    rig.opts.config = guest_image(&rig, 0x7FFFFFFC);
    TVN_ASSERT(guest_try_start(&rig) == TVN_EABI);
    TVN_ASSERT(strstr(rig.diag.first->text, "the result's pointer") != NULL);
    tvn_image_unref((struct tvn_image *)(uintptr_t)rig.opts.config);
    guest_close(&rig);
}

/* Three strings; the second is not UTF-8. */
static void
test_an_element_of_the_outbox_is_broken(void)
{
    struct guest_rig rig;

    guest_start(&rig, "export process: func(event: u32) -> list<string>;",
        CORE("", POINTED DATA("256", "\\00\\02\\00\\00\\03") DATA("512",
                     "\\08\\00\\00\\00\\00\\00\\00\\00"
                     "\\00\\03\\00\\00\\01\\00\\00\\00") DATA("768", "\\ff")));
    for (uint32_t round = 0; round < 2; round++) {
        const uint32_t id = 256;

        GUEST_OK(&rig, guest_visit(&rig, &id, 1, 1));
        TVN_ASSERT(rig.burst.is_pending && rig.burst.outs == 1);
        TVN_ASSERT(guest_visit(&rig, &id, 1, 1) == TVN_EABI);
        TVN_ASSERT(
            guest_has_said(&rig, "output: it is not UTF-8 (0xFF at byte 0)"));
        TVN_ASSERT(!rig.burst.is_pending && rig.burst.consumed == 0);
        TVN_ASSERT(rig.counts.memory_bytes == 0);
    }
    TVN_ASSERT(rig.counts.calls == 2 && rig.counts.failed == 2);
    TVN_ASSERT(rig.counts.outs == 2);
    guest_close(&rig);
}

/* With a number, that check is off, and this test has to fail. */
int
main(int argc, char **argv)
{
    tvn_guest_check_off = argc > 1 ? atoi(argv[1]) : 0;
    test_what_breaks_the_abi_is_found_out();
    test_a_list_beyond_what_a_value_may_have();
    test_a_poll_of_no_case();
    test_an_init_that_returns_nonsense();
    test_an_element_of_the_outbox_is_broken();
    return 0;
}
