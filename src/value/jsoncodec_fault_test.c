/* jsoncodec_fault_test.c -- what is wrong with a record: error, byte, path and
 * text, row by row. */
#include "base/mem.h"
#include "value/jsoncodec.h"
#include "value/testing.h"

#include <math.h>
#include <stdio.h>

#define FLIGHT                                                                 \
    "record { id: u64, flight: record { dep-delay: s32, tags: list<string> "   \
    "} }"
#define NESTED "record { a: option<variant { b(tuple<u8, s16>), c }> }"
#define PLAIN  "record { dep-delay: s32, x: option<u8> }"

struct row {
    const char *type, *json;
    tvn_err err;
    size_t byte;
    const char *path, *text, *help;
};

static void
check(struct tvn_types *types, struct tvn_builder *builder,
    const struct tvn_jsoncodec_opts *opts, const struct row *row)
{
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_image *image = NULL;
    struct tvn_json_fault fault;
    uint64_t bytes = 7;
    tvn_err err;
    bool same;

    memset(&fault, 0xA5, sizeof(fault));
    TVN_ASSERT(tvn_jsoncodec_new(tvn_testing_parse(types, row->type), opts,
                   &codec, NULL) == TVN_OK);
    err = tvn_jsoncodec_read(
        codec, row->json, strlen(row->json), builder, &image, &bytes, &fault);
    same = err == row->err && fault.byte == row->byte &&
           strcmp(fault.path, row->path) == 0 &&
           strcmp(fault.text, row->text) == 0 &&
           strcmp(fault.help, row->help) == 0;
    if (!same) {
        fprintf(stderr, "%s\n{E%u, %zu, \"%s\",\n\"%s\", \"%s\"}\n", row->json,
            tvn_err_code(err), fault.byte, fault.path, fault.text, fault.help);
    }
    TVN_ASSERT(same);
    TVN_ASSERT(image == NULL && bytes == 7);
    TVN_ASSERT(tvn_jsoncodec_read(codec, row->json, strlen(row->json), builder,
                   &image, &bytes, NULL) == row->err);
    tvn_jsoncodec_free(codec);
}

static void
check_all(
    const struct row *rows, size_t count, const struct tvn_jsoncodec_opts *opts)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1024, 1024);
    struct tvn_builder builder;

    tvn_builder_init(&builder, pool);
    for (size_t i = 0; i < count; i++) {
        check(types, &builder, opts, &rows[i]);
    }
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
}

static void
test_syntax(void)
{
    static const struct row rows[] = {
        {"u8", "", TVN_EJSON, 0, "$", "the record is empty", ""},
        {"u8", "  \r", TVN_EJSON, 0, "$", "the record is empty", ""},
        {PLAIN, "{\"dep_delay\":\"ab", TVN_EJSON, 16, "$",
            "the line ends inside a string", ""},
        {PLAIN, "{\"dep_delay\":1", TVN_EJSON, 14, "$",
            "the line ends inside an object", ""},
        {PLAIN, "{\"dep_delay\":1,\"x\":[{},[1] ", TVN_EJSON, 26, "$",
            "the line ends inside an array", ""},
        {"bool", "tru", TVN_EJSON, 3, "$", "the line ends inside a value", ""},
        {PLAIN, "{\"dep_delay\" 1}", TVN_EJSON, 13, "$",
            "expected ':' behind the key, found '1'", ""},
        {PLAIN, "{dep_delay:1}", TVN_EJSON, 1, "$",
            "expected a key in \"...\" or '}', found 'd'", ""},
        {PLAIN, "{\"dep_delay\":1,}", TVN_EJSON, 14, "$",
            "trailing comma is not allowed", ""},
        {PLAIN, "{\"dep_delay\":1 \"x\":2}", TVN_EJSON, 15, "$",
            "expected ',' or '}', found '\"'", ""},
        {PLAIN, "{\"dep_delay\":}", TVN_EJSON, 13, "$",
            "expected a value, found '}'", ""},
        {"list<u8>", "[1 2]", TVN_EJSON, 3, "$",
            "expected ',' or ']', found '2'", ""},
        {"bool", "true false", TVN_EJSON, 5, "$",
            "expected the end of the line, found 'f'", ""},
        {"bool", "\x01", TVN_EJSON, 0, "$", "expected a value, found byte 0x01",
            ""},
        {"string", "\"a\x01\"", TVN_EJSON, 2, "$",
            "unexpected control character in string", ""},
        {"string", "\"a\\x\"", TVN_EJSON, 3, "$",
            "invalid escaped character in string", ""},
        {"string", "\"\\ud83dx\"", TVN_EJSON, 7, "$",
            "no low surrogate in string", ""},
        {"u8", "01", TVN_EJSON, 0, "$",
            "number with leading zero is not allowed", ""},
        {"f64", "NaN", TVN_EJSON, 0, "$", "expected a value, found 'N'", ""},
        {"string", "\"ab\xC3\"", TVN_EUTF8, 3, "$", "byte 0xC3 is not UTF-8",
            ""},
        {PLAIN, "{\"dep_delay\":1,\"zz\":\"\xED\xA0\x80\"}", TVN_EUTF8, 21, "$",
            "byte 0xED is not UTF-8", ""},
        {PLAIN, "{\"dep_delay\" 1,\"zz\":\"\xED\"}", TVN_EJSON, 13, "$",
            "expected ':' behind the key, found '1'", ""},
    };

    check_all(rows, sizeof(rows) / sizeof(rows[0]), NULL);
}

static void
test_types(void)
{
    static const struct row rows[] = {
        {FLIGHT, "{\"id\":1,\"flight\":{\"dep_delay\":\"abc\",\"tags\":[]}}",
            TVN_EJSON_TYPE, 30, "$.flight.dep_delay",
            "expected s32, found string \"abc\"", ""},
        {FLIGHT, "{\"id\":1, \"flight\": {\"tags\":[\"a\",\"b\",\"c\",true]}}",
            TVN_EJSON_TYPE, 40, "$.flight.tags[3]",
            "expected string, found true", ""},
        {FLIGHT, "{\"id\":null}", TVN_EJSON_TYPE, 6, "$.id",
            "expected u64, found null",
            "only an option reads null: option<u64>"},
        {FLIGHT, "[]", TVN_EJSON_TYPE, 0, "$",
            "expected an object, found an array", ""},
        {"s32", "1.5", TVN_EJSON_TYPE, 0, "$", "expected s32, found number 1.5",
            ""},
        {"s32", " 1e-1 ", TVN_EJSON_TYPE, 1, "$",
            "expected s32, found number 1e-1", ""},
        {"bool", "1", TVN_EJSON_TYPE, 0, "$", "expected bool, found number 1",
            ""},
        {"f32", "{}", TVN_EJSON_TYPE, 0, "$", "expected f32, found an object",
            ""},
        {"string", "12345678901234567890123456789012345678901234567890",
            TVN_EJSON_TYPE, 0, "$",
            "expected string, found number 12345678901234567890123456789012345"
            "...",
            ""},
        {"char", "\"ab\"", TVN_EJSON_TYPE, 0, "$",
            "expected a string of one character, found string \"ab\"", ""},
        {"char", "\"\"", TVN_EJSON_TYPE, 0, "$",
            "expected a string of one character, found string \"\"", ""},
        {"list<u8>", "\"A\"", TVN_EJSON_TYPE, 0, "$",
            "expected a base64 string, found string \"A\"", ""},
        {"list<u8>", "\"AB==\"", TVN_EJSON_TYPE, 0, "$",
            "expected a base64 string, found string \"AB==\"", ""},
        {"list<u8>", "[1]", TVN_EJSON_TYPE, 0, "$",
            "expected a base64 string, found an array", ""},
        {"list<u16>", "3", TVN_EJSON_TYPE, 0, "$",
            "expected an array, found number 3", ""},
        {"tuple<u8, u8>", "[1]", TVN_EJSON_TYPE, 0, "$",
            "expected an array of 2, found one of 1", ""},
        {"flags { aa, bb }", "[\"aa\",\"ba\"]", TVN_EJSON_TYPE, 6, "$[1]",
            "there is no flag for string \"ba\"", "did you mean \"aa\"?"},
        {"flags { aa, bb }", "[3]", TVN_EJSON_TYPE, 1, "$[0]",
            "expected an array of names, found number 3", ""},
        {"enum { major, regional }", "\"majr\"", TVN_EJSON_TYPE, 0, "$",
            "there is no case for string \"majr\"", "did you mean \"major\"?"},
        {"enum { major, regional }", "\"x\"", TVN_EJSON_TYPE, 0, "$",
            "there is no case for string \"x\"",
            "there is: \"major\", \"regional\""},
        {"enum { major, regional }", "2", TVN_EJSON_TYPE, 0, "$",
            "expected a case's name, found number 2", ""},
        {NESTED, "{\"a\":{\"b\":[1,70000]}}", TVN_EJSON_RANGE, 13, "$.a.b[1]",
            "number 70000 is out of range for s16 (-32768 to 32767)", ""},
        {NESTED, "{\"a\":\"b\"}", TVN_EJSON_TYPE, 5, "$.a",
            "the case \"b\" has a payload: expected {\"b\": ...}", ""},
        {NESTED, "{\"a\":{\"c\":1}}", TVN_EJSON_TYPE, 10, "$.a.c",
            "the case \"c\" has no payload: expected null", ""},
        {NESTED, "{\"a\":{\"c\":null,\"b\":1}}", TVN_EJSON_TYPE, 5, "$.a",
            "expected a case: \"case\" or {\"case\": ...}, found an object",
            ""},
        {"result<u8, u8>", "{\"error\":1}", TVN_EJSON_TYPE, 1, "$",
            "there is no case for string \"error\"", "did you mean \"err\"?"},
        {"option<option<u8>>", "3", TVN_EJSON_TYPE, 0, "$",
            "expected null or {\"some\": ...}, found number 3", ""},
        {"option<option<u8>>", "{\"some\":\"\"}", TVN_EJSON_TYPE, 8, "$.some",
            "expected u8, found string \"\"", ""},
    };

    check_all(rows, sizeof(rows) / sizeof(rows[0]), NULL);
}

static void
test_ranges(void)
{
    static const struct row rows[] = {
        {FLIGHT, "{\"flight\":{\"dep_delay\":3000000000}}", TVN_EJSON_RANGE, 23,
            "$.flight.dep_delay",
            "number 3000000000 is out of range for s32 (-2147483648 to "
            "2147483647)",
            ""},
        {"u8", "256", TVN_EJSON_RANGE, 0, "$",
            "number 256 is out of range for u8 (0 to 255)", ""},
        {"u8", "-1", TVN_EJSON_RANGE, 0, "$",
            "number -1 is out of range for u8 (0 to 255)", ""},
        {"s8", "-129", TVN_EJSON_RANGE, 0, "$",
            "number -129 is out of range for s8 (-128 to 127)", ""},
        {"s8", "1e3", TVN_EJSON_RANGE, 0, "$",
            "number 1e3 is out of range for s8 (-128 to 127)", ""},
        {"s64", "9223372036854775808", TVN_EJSON_RANGE, 0, "$",
            "number 9223372036854775808 is out of range for s64 "
            "(-9223372036854775808 to 9223372036854775807)",
            ""},
        {"s64", "-9223372036854775809", TVN_EJSON_RANGE, 0, "$",
            "number -9223372036854775809 is out of range for s64 "
            "(-9223372036854775808 to 9223372036854775807)",
            ""},
        {"u64", "18446744073709551616", TVN_EJSON_RANGE, 0, "$",
            "number 18446744073709551616 is out of range for u64 "
            "(0 to 18446744073709551615)",
            ""},
        {"u64", "1e999999999999999999999", TVN_EJSON_RANGE, 0, "$",
            "number 1e999999999999999999999 is out of range for u64 "
            "(0 to 18446744073709551615)",
            ""},
        {"f64", "1e309", TVN_EJSON_RANGE, 0, "$",
            "number 1e309 is out of range for f64", ""},
        {"list<f32>", "[0,3.5e38]", TVN_EJSON_RANGE, 3, "$[1]",
            "number 3.5e38 is out of range for f32", ""},
    };

    check_all(rows, sizeof(rows) / sizeof(rows[0]), NULL);
}

static void
test_fields(void)
{
    static const struct row rows[] = {
        {PLAIN, " {\"x\":1}", TVN_EJSON_FIELD, 1, "$.dep_delay",
            "the field \"dep_delay\" is missing", ""},
        {PLAIN, "{\"depDelay\":1}", TVN_EJSON_FIELD, 0, "$.dep_delay",
            "the field \"dep_delay\" is missing",
            "the record has \"depDelay\": set `names: camel`"},
        {PLAIN, "{\"dep-delay\":1}", TVN_EJSON_FIELD, 0, "$.dep_delay",
            "the field \"dep_delay\" is missing",
            "the record has \"dep-delay\": set `names: kebab`"},
        {PLAIN, "{\"DepDelay\":1}", TVN_EJSON_FIELD, 0, "$.dep_delay",
            "the field \"dep_delay\" is missing",
            "the record has \"DepDelay\": set `names: pascal`"},
        {PLAIN, "{\"dep_dely\\u0001\":1}", TVN_EJSON_FIELD, 0, "$.dep_delay",
            "the field \"dep_delay\" is missing",
            "the record has \"dep_dely\\u0001\""},
        {FLIGHT, "{\"id\":2,\"flight\":{\"dep_delay\":1}}", TVN_EJSON_FIELD, 17,
            "$.flight.tags", "the field \"tags\" is missing", ""},
        {PLAIN, "{\"dep_delay\":1,\"x\":2,\"dep_delay\":1}", TVN_EJSON_FIELD,
            21, "$.dep_delay", "duplicate field \"dep_delay\"", ""},
    };

    check_all(rows, sizeof(rows) / sizeof(rows[0]), NULL);
}

static void
test_unknown_fields_when_refused(void)
{
    static const struct row rows[] = {
        {PLAIN, "{\"dep_delay\":1,\"dep_dela\":2}", TVN_EJSON_FIELD, 15,
            "$.dep_dela", "unknown field \"dep_dela\"",
            "did you mean \"dep_delay\"?"},
        {PLAIN, "{\"\\u001b[1m\":2}", TVN_EJSON_FIELD, 1, "$[\"\\u001b[1m\"]",
            "unknown field \"\\u001b[1m\"", "there is: \"dep_delay\", \"x\""},
    };
    static const struct tvn_jsoncodec_opts opts = {.refuse_unknown = true};

    check_all(rows, sizeof(rows) / sizeof(rows[0]), &opts);
}

static void
test_what_is_too_big(void)
{
    static const struct row rows[] = {
        {"u8", "                    1", TVN_ETOOBIG, 0, "$",
            "the record is longer than max-event", ""},
    };
    static const struct tvn_jsoncodec_opts opts = {.max_event = 20};
    struct tvn_buf text = {0};
    struct row row = {"tuple<u8, string>", NULL, TVN_ETOOBIG, 3, "$[1]",
        "the record is larger than max-event", ""};
    uint64_t live;

    check_all(rows, 1, &opts);
    live = tvn_mem_live();
    tvn_buf_append_text(&text, "[1,\"");
    for (int i = 0; i < 1000; i++) {
        tvn_buf_append_byte(&text, 'A');
    }
    tvn_buf_append_text(&text, "AAAA\"]"); /* pools take 960 bytes here */
    row.json = tvn_buf_text(&text);
    check_all(&row, 1, NULL);
    tvn_buf_clear(&text);
    tvn_buf_append_text(&text, "[1,[1");
    for (int i = 0; i < 120; i++) {
        tvn_buf_append_text(&text, ",1");
    }
    tvn_buf_append_text(&text, "]]");
    row.type = "tuple<u8, list<u64>>";
    row.json = tvn_buf_text(&text);
    check_all(&row, 1, NULL);
    tvn_buf_fini(&text);
    TVN_ASSERT(tvn_mem_live() == live);
}

static void
test_what_cannot_be_written(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *type =
        tvn_testing_parse(types, "record { a: tuple<f64, f32> }");
    static const struct {
        double wide;
        const char *text;
    } rows[] = {
        {NAN, "NaN cannot be written: JSON has no NaN or infinity"},
        {INFINITY, "infinity cannot be written: JSON has no NaN or infinity"},
        {-INFINITY, "-infinity cannot be written: JSON has no NaN or infinity"},
    };
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_json_fault fault;
    struct tvn_buf out = {0};
    uint8_t data[16] = {0};
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_jsoncodec_new(type, NULL, &codec, NULL) == TVN_OK);
    tvn_buf_append_text(&out, "kept");
    for (size_t i = 0; i < 6; i++) {
        double wide = rows[i % 3].wide;
        float narrow = (float)wide;

        memset(data, 0, sizeof(data));
        memcpy(data + (i < 3 ? 0 : 8), i < 3 ? (void *)&wide : (void *)&narrow,
            i < 3 ? 8 : 4);
        TVN_ASSERT(tvn_jsoncodec_write(codec, data, 0, &out, &bytes, &fault) ==
                   TVN_EJSON_RANGE);
        TVN_ASSERT(strcmp(fault.path, i < 3 ? "$.a[0]" : "$.a[1]") == 0);
        TVN_ASSERT(strcmp(fault.text, rows[i % 3].text) == 0);
        TVN_ASSERT(fault.byte == 0 && fault.help[0] == '\0');
        TVN_ASSERT(strcmp(tvn_buf_text(&out), "kept") == 0 && bytes == 0);
    }
    tvn_buf_fini(&out);
    tvn_jsoncodec_free(codec);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

int
main(void)
{
    test_syntax();
    test_types();
    test_ranges();
    test_fields();
    test_unknown_fields_when_refused();
    test_what_is_too_big();
    test_what_cannot_be_written();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
