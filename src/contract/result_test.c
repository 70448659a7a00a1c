/* result_test.c -- one test per sentence of result.h. */
#include "contract/result.h"

#include "base/mem.h"
#include "contract/testing.h"

static struct tvn_testing_kit kit;

static const struct tvn_type *
parse(const char *text)
{
    return text == NULL ? NULL : tvn_testing_parse(kit.types, text);
}

static struct tvn_result_shape
read_ok(const char *text)
{
    struct tvn_result_shape shape;
    const char *why = NULL;

    TVN_ASSERT(
        tvn_result_read(parse(text), &kit.arena, &shape, &why) == TVN_OK);
    TVN_ASSERT(why == NULL);
    TVN_ASSERT(shape.type == parse(text));
    return shape;
}

static void
test_one_layer_says_how_many(void)
{
    static const struct {
        const char *type;
        enum tvn_many many;
        const char *value;
        uint32_t many_offset, many_size, value_offset;
        bool is_flat, has_fault;
    } rows[] = {
        {NULL, TVN_MANY_NOTHING, "-", 0, 0, 0, false, false},
        {"bool", TVN_MANY_ONE, "bool", 0, 0, 0, true, false},
        {"u64", TVN_MANY_ONE, "u64", 0, 0, 0, true, false},
        {"enum { a, b }", TVN_MANY_ONE, "enum { a, b }", 0, 0, 0, true, false},
        {"flags { a, b }", TVN_MANY_ONE, "flags { a, b }", 0, 0, 0, true,
            false},
        {"record { a: u8 }", TVN_MANY_ONE, "record { a: u8 }", 0, 0, 0, true,
            false},
        {"string", TVN_MANY_ONE, "string", 0, 0, 0, false, false},
        {"list<u8>", TVN_MANY_ONE, "list<u8>", 0, 0, 0, false, false},
        {"option<u64>", TVN_MANY_OPTION, "u64", 0, 1, 8, false, false},
        {"list<u16>", TVN_MANY_LIST, "u16", 0, 0, 0, false, false},
        {"list<list<u8>>", TVN_MANY_LIST, "list<u8>", 0, 0, 0, false, false},
        {"option<list<u16>>", TVN_MANY_OPTION, "list<u16>", 0, 1, 4, false,
            false},
        {"result<_, string>", TVN_MANY_NOTHING, "-", 0, 0, 0, false, true},
        {"result<bool, string>", TVN_MANY_ONE, "bool", 4, 0, 4, false, true},
        {"result<option<u64>, string>", TVN_MANY_OPTION, "u64", 8, 1, 16, false,
            true},
        {"result<list<u32>, string>", TVN_MANY_LIST, "u32", 4, 0, 0, false,
            true},
        {"result<list<u8>, string>", TVN_MANY_ONE, "list<u8>", 4, 0, 4, false,
            true},
        /* Only the outermost result is a layer. */
        {"option<result<u8, string>>", TVN_MANY_OPTION, "result<u8, string>", 0,
            1, 4, false, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_result_shape shape = read_ok(rows[i].type);

        TVN_ASSERT(shape.many == rows[i].many);
        tvn_testing_same_type(shape.value, rows[i].value);
        TVN_ASSERT(shape.many_size == rows[i].many_size);
        TVN_ASSERT(shape.value_offset == rows[i].value_offset);
        TVN_ASSERT(shape.is_flat == rows[i].is_flat);
        TVN_ASSERT(shape.has_fault == rows[i].has_fault);
        if (shape.many == TVN_MANY_OPTION || shape.many == TVN_MANY_LIST) {
            TVN_ASSERT(shape.many_offset == rows[i].many_offset);
        }
    }
}

static void
test_a_fault_is_known_by_its_structure(void)
{
    struct tvn_result_shape shape = read_ok("result<u64, string>");

    TVN_ASSERT(shape.fault.is_string && shape.fault.offset == 8);
    TVN_ASSERT(shape.fault.text_offset == 8 && shape.fault.count == 0);

    shape = read_ok("result<u64, variant { fatal, retry(string) }>");
    TVN_ASSERT(!shape.fault.is_string && shape.fault.count == 2);
    TVN_ASSERT(shape.fault.disc_size == 1 && shape.fault.offset == 8);
    TVN_ASSERT(shape.fault.text_offset == 12);
    TVN_ASSERT(shape.fault.classes[0] == TVN_FAULT_CLASS_FATAL);
    TVN_ASSERT(shape.fault.classes[1] == TVN_FAULT_CLASS_RETRY);
    TVN_ASSERT(!shape.fault.has_text[0] && shape.fault.has_text[1]);

    shape = read_ok("result<_, enum { reject }>");
    TVN_ASSERT(shape.fault.count == 1 && !shape.fault.has_text[0]);
    TVN_ASSERT(shape.fault.classes[0] == TVN_FAULT_CLASS_REJECT);
    TVN_ASSERT(!shape.is_flat);

    shape = read_ok(
        "result<_, variant { retry(string), reject(string), fatal(string) }>");
    TVN_ASSERT(shape.fault.count == 3);
}

static void
test_what_is_no_fault_is_refused(void)
{
    static const struct {
        const char *type, *why;
    } rows[] = {
        {"result<u8>",
            "a result without an error type cannot say what went wrong"},
        {"result", "a result without an error type cannot say what went wrong"},
        {"result<u8, u32>", "u32 is no fault"},
        {"result<_, variant { retry(u8) }>",
            "variant { retry(u8) } is no fault"},
        {"result<_, enum { retry, other }>",
            "enum { retry, other } is no fault"},
        {"result<_, variant { retry, reject, fatal, more }>",
            "variant { retry, reject, fatal, more } is no fault"},
        {"result<_, record { reject: string }>",
            "record { reject: string } is no fault"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_result_shape shape = {.many_offset = 77};
        const char *why = NULL;

        TVN_ASSERT(tvn_result_read(parse(rows[i].type), &kit.arena, &shape,
                       &why) == TVN_EFAULT_TYPE);
        tvn_testing_same_text(tvn_str_of(why), rows[i].why);
        TVN_ASSERT(shape.many_offset == 77); /* written on success only */
    }
}

static void
test_a_poll_has_exactly_its_three_cases(void)
{
    static const char *const others[] = {
        "variant { event(u8), wait(u64) }",
        "variant { event(u8), wait(u32), done }",
        "variant { event(u8), wait(u64), done(u8) }",
        "variant { event, wait(u64), done }",
        "variant { event(u8), wait(u64), done, more }",
        "variant { event(u8), wait(u64), end }",
    };
    struct tvn_result_shape shape;
    const char *why = NULL;

    TVN_ASSERT(tvn_result_read_poll(
                   parse("result<variant { done, wait(u64), event(u8) }, "
                         "string>"),
                   &kit.arena, &shape, &why) == TVN_OK);
    TVN_ASSERT(shape.many == TVN_MANY_POLL && shape.has_fault);
    TVN_ASSERT(shape.poll_done == 0 && shape.poll_wait == 1);
    TVN_ASSERT(shape.poll_event == 2 && shape.many_size == 1);
    TVN_ASSERT(shape.many_offset == 8 && shape.value_offset == 16);
    TVN_ASSERT(shape.wait_offset == 16);
    tvn_testing_same_type(shape.value, "u8");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        TVN_ASSERT(tvn_result_read_poll(
                       parse(others[i]), &kit.arena, &shape, &why) == TVN_OK);
        TVN_ASSERT(shape.many == TVN_MANY_ONE);
        TVN_ASSERT(shape.value == parse(others[i]));
    }
    shape = read_ok("variant { event(u8), wait(u64), done }");
    TVN_ASSERT(shape.many == TVN_MANY_ONE); /* a source's word only */
}

static void
test_an_event_is_no_option_result_or_list(void)
{
    static const char *const bad[] = {
        "option<u8>", "result<u8, string>", "list<u16>", "list<string>"};
    static const char *const good[] = {"u8", "string", "list<u8>",
        "record { a: list<u16> }", "tuple<u8, option<u8>>",
        "variant { a(option<u8>), b }"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *why = tvn_event_type_refusal(parse(bad[i]));

        TVN_ASSERT(why != NULL);
        TVN_ASSERT(strstr(why, "is no event type: wrap it in a record"));
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        TVN_ASSERT(tvn_event_type_refusal(parse(good[i])) == NULL);
    }
    TVN_ASSERT(tvn_type_is_bytes(parse("list<u8>")));
    TVN_ASSERT(!tvn_type_is_bytes(parse("list<s8>")));
    TVN_ASSERT(!tvn_type_is_bytes(parse("string")));
}

static void
test_reading_survives_out_of_memory(void)
{
    const struct tvn_type *type = parse("result<_, enum { retry, other }>");
    tvn_err err = TVN_ENOMEM;
    int64_t n = 0;

    for (; err == TVN_ENOMEM; n++) {
        struct tvn_arena arena = {0};
        struct tvn_result_shape shape;
        const char *why = NULL;

        tvn_mem_fail_after(n);
        err = tvn_result_read(type, &arena, &shape, &why);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_ENOMEM || why != NULL);
        tvn_arena_fini(&arena);
    }
    TVN_ASSERT(err == TVN_EFAULT_TYPE && n > 1);
}

int
main(void)
{
    tvn_testing_kit_init(&kit);
    test_one_layer_says_how_many();
    test_a_fault_is_known_by_its_structure();
    test_what_is_no_fault_is_refused();
    test_a_poll_has_exactly_its_three_cases();
    test_an_event_is_no_option_result_or_list();
    test_reading_survives_out_of_memory();
    tvn_testing_kit_fini(&kit);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
