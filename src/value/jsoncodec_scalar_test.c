/* jsoncodec_scalar_test.c -- bare texts: what they read as, and what is said
 * when they do not. */
#include "base/mem.h"
#include "value/jsoncodec.h"
#include "value/testing.h"

#include <stdio.h>
#include <stdlib.h>

struct world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
};

static void
begin(struct world *world)
{
    world->types = tvn_types_new();
    world->pool = tvn_pool_new(1024, 1024);
    tvn_builder_init(&world->builder, world->pool);
}

static void
end(struct world *world)
{
    tvn_builder_fini(&world->builder);
    tvn_pool_free(world->pool);
    tvn_types_free(world->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* Reads `text` as the second field of a pair; shows it as JSON. */
static void
check_reads(struct world *world, const char *type, const char *text,
    const char *expected)
{
    struct tvn_member members[2] = {{.name = TVN_STR("a")}};
    const struct tvn_type *pair = NULL;
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_image *image = NULL;
    struct tvn_buf out = {0};
    uint64_t bytes = 0;
    char why[200] = "";

    members[0].type = tvn_testing_parse(world->types, "u8");
    members[1].name = TVN_STR("b");
    members[1].type = tvn_testing_parse(world->types, type);
    TVN_ASSERT(tvn_type_members(
                   world->types, TVN_KIND_RECORD, members, 2, &pair) == TVN_OK);
    TVN_ASSERT(tvn_jsoncodec_new(pair, NULL, &codec, NULL) == TVN_OK);
    TVN_ASSERT(tvn_builder_begin(&world->builder, pair) == TVN_OK);
    if (tvn_json_scalar(members[1].type, tvn_str_of(text), &world->builder,
            pair->members[1].offset, why, sizeof(why)) != TVN_OK) {
        fprintf(stderr, "%s as %s: %s\n", text, type, why);
        abort();
    }
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    TVN_ASSERT(tvn_jsoncodec_write(codec, image->data, 0, &out, &bytes, NULL) ==
               TVN_OK);
    out.len--; /* without the brace */
    if (strcmp(tvn_buf_text(&out), expected) != 0) {
        fprintf(stderr, "got %s\nnot %s\n", tvn_buf_text(&out), expected);
        abort();
    }
    tvn_buf_fini(&out);
    tvn_image_unref(image);
    tvn_jsoncodec_free(codec);
}

static void
test_what_reads(void)
{
    static const struct {
        const char *type, *text, *expected;
    } rows[] = {
        {"bool", "true", "true"},
        {"bool", "false", "false"},
        {"u8", "+007", "7"},
        {"u8", "1e2", "100"},
        {"s64", "-9223372036854775808", "-9223372036854775808"},
        {"u64", "18446744073709551615", "18446744073709551615"},
        {"s16", "-0", "0"},
        {"f64", "007.5", "7.5"},
        {"f64", "-0", "-0.0"},
        {"f64", "+1e3", "1000.0"},
        {"f32", "1.00000005960464477540", "1.0000001"},
        {"f32", "-0.1", "-0.1"},
        {"char", "\xE2\x82\xAC", "\"\xE2\x82\xAC\""},
        {"string", "", "\"\""},
        {"string", "  x\"", "\"  x\\\"\""},
        {"list<u8>", "AAEC", "\"AAEC\""},
        {"list<u8>", "", "\"\""},
        {"enum { on-time, late }", "late", "\"late\""},
        {"variant { a(u8), b }", "b", "\"b\""},
        {"option<string>", "", "null"},
        {"option<string>", "x", "\"x\""},
        {"option<option<u8>>", "3", "{\"some\":3}"},
    };
    char expected[64];
    struct world world;

    begin(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)snprintf(
            expected, sizeof(expected), "{\"a\":0,\"b\":%s", rows[i].expected);
        check_reads(&world, rows[i].type, rows[i].text, expected);
    }
    end(&world);
}

static void
test_what_does_not_read(void)
{
    static const struct {
        const char *type, *text;
        tvn_err err;
        const char *why;
    } rows[] = {
        {"bool", "True", TVN_EJSON_TYPE, "expected bool, found \"True\""},
        {"u8", "", TVN_EJSON_TYPE, "expected u8, found \"\""},
        {"u8", "+", TVN_EJSON_TYPE, "expected u8, found \"+\""},
        {"u8", "1.5", TVN_EJSON_TYPE, "expected u8, found \"1.5\""},
        {"u8", "0x10", TVN_EJSON_TYPE, "expected u8, found \"0x10\""},
        {"u8", " 1", TVN_EJSON_TYPE, "expected u8, found \" 1\""},
        {"u8", "1.", TVN_EJSON_TYPE, "expected u8, found \"1.\""},
        {"u8", "1e", TVN_EJSON_TYPE, "expected u8, found \"1e\""},
        {"u8", "256", TVN_EJSON_RANGE, "256 is out of range (0 to 255)"},
        {"s8", "-129", TVN_EJSON_RANGE, "-129 is out of range (-128 to 127)"},
        {"u64", "18446744073709551616", TVN_EJSON_RANGE,
            "18446744073709551616 is out of range (0 to "
            "18446744073709551615)"},
        {"f64", "nan", TVN_EJSON_TYPE, "expected f64, found \"nan\""},
        {"f64", "1e999", TVN_EJSON_RANGE, "the number is out of range"},
        {"f32", "-4e38", TVN_EJSON_RANGE, "the number is out of range"},
        {"char", "ab", TVN_EJSON_TYPE, "expected char, found \"ab\""},
        {"string", "a\xFF", TVN_EUTF8, "not UTF-8 at byte 1"},
        {"list<u8>", "A", TVN_EJSON_TYPE, "this is not base64"},
        {"enum { a, b }", "c", TVN_EJSON_TYPE,
            "expected enum { a, b }, found \"c\""},
        {"variant { a(u8), b }", "a", TVN_EJSON_TYPE,
            "expected variant { a(u8), b }, found \"a\""},
        {"list<u16>", "1", TVN_EJSON_TYPE,
            "this type cannot be written as bare text"},
    };
    struct world world;

    begin(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tvn_type *type =
            tvn_testing_parse(world.types, rows[i].type);
        char why[200] = "";
        tvn_err err;

        TVN_ASSERT(tvn_builder_begin(&world.builder, type) == TVN_OK);
        err = tvn_json_scalar(type, tvn_str_of(rows[i].text), &world.builder, 0,
            why, sizeof(why));
        if (err != rows[i].err || strcmp(why, rows[i].why) != 0) {
            fprintf(
                stderr, "%s: E%u %s\n", rows[i].text, tvn_err_code(err), why);
            abort();
        }
        TVN_ASSERT(tvn_builder_begin(&world.builder, type) == TVN_OK);
        TVN_ASSERT(tvn_json_scalar(type, tvn_str_of(rows[i].text),
                       &world.builder, 0, NULL, 0) == err);
    }
    end(&world);
}

static void
test_what_is_too_big(void)
{
    static const char *const types[] = {"string", "list<u8>"};
    struct tvn_str text;
    char bytes[4000];
    struct world world;

    begin(&world);
    memset(bytes, 'A', sizeof(bytes));
    text = (struct tvn_str){bytes, sizeof(bytes)};
    for (size_t i = 0; i < 2; i++) {
        const struct tvn_type *type = tvn_testing_parse(world.types, types[i]);

        TVN_ASSERT(tvn_builder_begin(&world.builder, type) == TVN_OK);
        TVN_ASSERT(tvn_json_scalar(type, text, &world.builder, 0, NULL, 0) ==
                   TVN_ETOOBIG);
    }
    end(&world);
}

int
main(void)
{
    test_what_reads();
    test_what_does_not_read();
    test_what_is_too_big();
    return 0;
}
