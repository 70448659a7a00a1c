/* jsoncodec_test.c -- every kind of value from JSON and back, names, unknown
 * keys, random types and values. */
#include "value/jsoncodec.h"

#include "base/clock.h"
#include "base/mem.h"
#include "value/testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 3000

struct world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
};

static void
begin(struct world *world)
{
    world->types = tvn_types_new();
    world->pool = tvn_pool_new(1u << 20, 1u << 20);
    TVN_ASSERT(world->types != NULL && world->pool != NULL);
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

static struct tvn_jsoncodec *
codec_of(struct world *world, const char *type,
    const struct tvn_jsoncodec_opts *opts)
{
    struct tvn_jsoncodec *codec = NULL;

    TVN_ASSERT(tvn_jsoncodec_new(tvn_testing_parse(world->types, type), opts,
                   &codec, NULL) == TVN_OK);
    return codec;
}

static struct tvn_image *
read_text(struct world *world, struct tvn_jsoncodec *codec, const char *text)
{
    struct tvn_image *image = NULL;
    struct tvn_json_fault fault = {0};
    uint64_t bytes = 0;
    tvn_err err = tvn_jsoncodec_read(
        codec, text, strlen(text), &world->builder, &image, &bytes, &fault);

    if (err != TVN_OK) {
        fprintf(stderr, "%s\nbyte %zu, %s: %s\n", text, fault.byte, fault.path,
            fault.text);
    }
    TVN_ASSERT(err == TVN_OK);
    TVN_ASSERT(bytes == tvn_value_bytes(image->type, image->data, 0));
    return image;
}

/* Reads `text` and writes it: `expected`, or `text` itself when NULL. */
static void
check_row(struct world *world, struct tvn_jsoncodec *codec, const char *text,
    const char *expected)
{
    struct tvn_image *image = read_text(world, codec, text);
    struct tvn_buf out = {0};
    uint64_t bytes = 0;

    tvn_buf_append_text(&out, "before ");
    TVN_ASSERT(tvn_jsoncodec_write(codec, image->data, 0, &out, &bytes, NULL) ==
               TVN_OK);
    TVN_ASSERT(bytes == tvn_value_bytes(image->type, image->data, 0));
    expected = expected == NULL ? text : expected;
    if (strcmp(tvn_buf_text(&out) + 7, expected) != 0) {
        fprintf(stderr, "got %s\nnot %s\n", tvn_buf_text(&out), expected);
    }
    TVN_ASSERT(strcmp(tvn_buf_text(&out) + 7, expected) == 0);
    tvn_buf_fini(&out);
    tvn_image_unref(image);
}

#define RECORD "record { id: u64, dep-delay: option<s32>, name: string }"

static const struct {
    const char *type, *text, *expected;
} kinds[] = {
    {"bool", "true", NULL},
    {"bool", " false\t\r\n", "false"},
    {"s8", "-128", NULL},
    {"u8", "255", NULL},
    {"s16", "-32768", NULL},
    {"u16", "65535", NULL},
    {"s32", "-2147483648", NULL},
    {"u32", "4294967295", NULL},
    {"s64", "-9223372036854775808", NULL},
    {"s64", "9223372036854775807", NULL},
    {"u64", "18446744073709551615", NULL},
    {"u64", "9007199254740993", NULL}, /* no double */
    {"u64", "10000000000000000000", NULL},
    {"u64", "9999999999999999999", NULL},
    {"u64", "99", NULL},
    {"u64", "100", NULL},
    {"s8", "-0", "0"},
    /* integers written as floats */
    {"s32", "2.0", "2"},
    {"s32", "-1e3", "-1000"},
    {"u64", "1.8446744073709551615e19", "18446744073709551615"},
    {"s64", "-9223372036854775808.00", "-9223372036854775808"},
    {"u8", "0.0e99999999999", "0"},
    {"u8", "2500e-1", "250"},
    {"u8", "0.025E+4", "250"},
    /* floats */
    {"f64", "0.1", NULL},
    {"f64", "1", "1.0"},
    {"f64", "-0", "-0.0"},
    {"f64", "5e-324", NULL},
    {"f64", "1.7976931348623157e308", NULL},
    {"f64", "36893488147419103232", "36893488147419103000.0"},
    {"f32", "0.1", NULL},
    {"f32", "3.4028235e38", NULL},
    {"f32", "1e-45", NULL},
    {"f32", "16777217", "16777216.0"},
    {"f32", "-16777219", "-16777220.0"},
    /* just above half way between two floats, half way as a double */
    {"f32", "1.00000005960464477540", "1.0000001"},
    {"f32", "1.00000005960464477539062500000", "1.0"},
    /* strings and chars */
    {"string", "\"\"", NULL},
    {"string", "\"a\\u0041\\n\\u0000\\/\\b\"", "\"aA\\n\\u0000/\\b\""},
    {"string", "\"\\u00e9 \\ud83d\\ude00\"", "\"\xC3\xA9 \xF0\x9F\x98\x80\""},
    {"string", "\"0123456789abcdef\\\"0123456\\\\78\\f\\r\\t\\u001f\"", NULL},
    {"char", "\"a\"", NULL},
    {"char", "\"\xC3\xA9\"", NULL},
    {"char", "\"\xE2\x82\xAC\"", NULL},
    {"char", "\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\""},
    {"char", "\"\\u0000\"", NULL},
    {"char", "\"\\\\\"", NULL},
    /* lists and tuples */
    {"list<u16>", "[]", NULL},
    {"list<u16>", "[1, 2,65535 ]", "[1,2,65535]"},
    {"list<list<string>>", "[[],[\"a\",\"\"],[\"b\"]]", NULL},
    {"list<u8>", "\"\"", NULL},
    {"list<u8>", "\"AA==\"", NULL},
    {"list<u8>", "\"AAEC\"", NULL},
    {"list<u8>", "\"+/+/v78\"", "\"+/+/v78=\""},
    {"tuple<u8, string>", "[1,\"x\"]", NULL},
    /* records */
    {RECORD, "{\"id\":1,\"dep_delay\":-3,\"name\":\"x\"}", NULL},
    {RECORD, "{ \"name\" : \"x\" , \"id\" : 1 }",
        "{\"id\":1,\"dep_delay\":null,\"name\":\"x\"}"},
    {RECORD,
        "{\"a\":[{}],\"dep_delay\":null,\"id\":1,\"id_\":{\"id\":2},"
        "\"name\":\"\"}",
        "{\"id\":1,\"dep_delay\":null,\"name\":\"\"}"},
    /* cases */
    {"enum { on-time, late }", "\"on-time\"", NULL},
    {"enum { on-time, late }", "{\"late\":null}", "\"late\""},
    {"variant { a(u8), b, c(option<u8>) }", "{\"a\":7}", NULL},
    {"variant { a(u8), b, c(option<u8>) }", "\"b\"", NULL},
    {"variant { a(u8), b, c(option<u8>) }", "{\"b\":null}", "\"b\""},
    {"variant { a(u8), b, c(option<u8>) }", "{\"c\":null}", NULL},
    {"result<u8, string>", "{\"ok\":1}", NULL},
    {"result<u8, string>", "{\"err\":\"x\"}", NULL},
    {"result<_, string>", "\"ok\"", NULL},
    {"result", "\"err\"", NULL},
    {"flags { a, b-c, d }", "[]", NULL},
    {"flags { a, b-c, d }", "[\"d\",\"b-c\",\"d\"]", "[\"b-c\",\"d\"]"},
    /* options */
    {"option<string>", "null", NULL},
    {"option<string>", "\"null\"", NULL},
    {"option<option<u8>>", "null", NULL},
    {"option<option<u8>>", "{\"some\":null}", NULL},
    {"option<option<u8>>", "{\"some\":3}", NULL},
    {"option<option<option<u8>>>", "{\"some\":{\"some\":3}}", NULL},
};

static void
test_every_kind_is_read_and_written(void)
{
    struct world world;

    begin(&world);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct tvn_jsoncodec *codec = codec_of(&world, kinds[i].type, NULL);

        check_row(&world, codec, kinds[i].text, kinds[i].expected);
        tvn_jsoncodec_free(codec);
    }
    end(&world);
}

static void
test_names_spell_the_keys_of_fields(void)
{
    static const struct {
        enum tvn_json_names names;
        const char *text;
    } rows[] = {
        {TVN_JSON_SNAKE,
            "{\"id\":1,\"dep_delay\":{\"in_min\":2},\"utc_time\":\"on-time\"}"},
        {TVN_JSON_KEBAB,
            "{\"id\":1,\"dep-delay\":{\"in-min\":2},\"UTC-time\":\"on-time\"}"},
        {TVN_JSON_CAMEL,
            "{\"id\":1,\"depDelay\":{\"inMin\":2},\"utcTime\":\"on-time\"}"},
        {TVN_JSON_PASCAL,
            "{\"Id\":1,\"DepDelay\":{\"InMin\":2},\"UtcTime\":\"on-time\"}"},
    };
    struct world world;

    begin(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_jsoncodec_opts opts = {.names = rows[i].names};
        struct tvn_jsoncodec *codec = codec_of(&world,
            "record { id: u8, dep-delay: record { in-min: s8 }, "
            "UTC-time: enum { on-time, late } }",
            &opts);

        check_row(&world, codec, rows[i].text, NULL);
        tvn_jsoncodec_free(codec);
    }
    end(&world);
}

static void
test_renames_go_by_name_and_by_path(void)
{
    const struct tvn_json_rename renames[] = {
        {TVN_STR("id"), TVN_STR("ID \"x\"")},
        {TVN_STR("to.id"), TVN_STR("to id")},
        {TVN_STR("kind.late"), TVN_STR("LATE")},
        {TVN_STR("all.tag"), TVN_STR("Tag")},
        {TVN_STR("pair.1.b"), TVN_STR("B")},
    };
    struct tvn_jsoncodec_opts opts = {
        .names = TVN_JSON_CAMEL, .renames = renames, .rename_count = 5};
    struct tvn_jsoncodec *codec;
    struct world world;

    begin(&world);
    codec = codec_of(&world,
        "record { from: record { id: u8 }, to: record { id: u8 }, "
        "kind: enum { on-time, late }, all: list<option<record { tag: u8 }>>, "
        "other: record { tag: u8 }, kind2: enum { on-time, late }, "
        "pair: tuple<record { b: u8 }, record { b: u8 }> }",
        &opts);
    check_row(&world, codec,
        "{\"from\":{\"ID \\\"x\\\"\":1},\"to\":{\"to id\":2},"
        "\"kind\":\"LATE\",\"all\":[{\"Tag\":1},null],\"other\":{\"tag\":2},"
        "\"kind2\":\"late\",\"pair\":[{\"b\":1},{\"B\":2}]}",
        NULL);
    tvn_jsoncodec_free(codec);
    end(&world);
}

static void
test_names_that_clash_or_name_nothing_are_refused(void)
{
    const struct {
        struct tvn_json_rename renames[2];
        uint32_t count;
        const char *text;
    } rows[] = {
        {{{TVN_STR("a"), TVN_STR("b")}}, 1,
            "error[E0515]: 'a' and 'b' would both be \"b\" in JSON\n"},
        {{{TVN_STR("a"), TVN_STR("x")}, {TVN_STR("b.a"), TVN_STR("x")}}, 2,
            "error[E0515]: rename: the type has no field 'b.a'\n"},
    };
    struct world world;

    begin(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_jsoncodec_opts opts = {
            .renames = rows[i].renames, .rename_count = rows[i].count};
        struct tvn_jsoncodec *codec = NULL;
        struct tvn_diag diag = {0};
        struct tvn_buf out = {0};

        TVN_ASSERT(tvn_jsoncodec_new(tvn_testing_parse(world.types,
                                         "record { a: u8, b: string }"),
                       &opts, &codec, &diag) == TVN_EJSON_NAMES);
        TVN_ASSERT(codec == NULL);
        tvn_diag_print(&diag, &out);
        TVN_ASSERT(strcmp(tvn_buf_text(&out), rows[i].text) == 0);
        tvn_buf_fini(&out);
        tvn_diag_fini(&diag);
    }
    end(&world);
}

static void
test_unknown_keys_are_counted(void)
{
    struct world world;
    struct tvn_jsoncodec *codec;

    begin(&world);
    codec =
        codec_of(&world, "record { a: u8, b: option<record { c: u8 }> }", NULL);
    tvn_image_unref(read_text(&world, codec,
        "{\"x\":[1,{\"a\":2}],\"a\":1,\"x\":2,\"b\":{\"c\":1,\"d\":\"\"}}"));
    TVN_ASSERT(tvn_jsoncodec_unknown(codec) == 3);
    tvn_image_unref(read_text(&world, codec, "{\"a\":1}"));
    TVN_ASSERT(tvn_jsoncodec_unknown(codec) == 3);
    tvn_jsoncodec_free(codec);
    end(&world);
}

/* More fields than a word has bits, in lists inside each other. */
static void
test_many_fields(void)
{
    struct tvn_member members[200] = {0};
    char names[200][16];
    const struct tvn_type *inner = NULL;
    const struct tvn_type *outer = NULL;
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_image *image;
    struct tvn_buf text = {0};
    struct world world;

    begin(&world);
    for (unsigned i = 0; i < 200; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "f%u", i);
        members[i].name = tvn_str_of(names[i]);
        members[i].type = tvn_testing_parse(world.types, "option<u8>");
    }
    TVN_ASSERT(tvn_type_members(world.types, TVN_KIND_RECORD, members, 200,
                   &inner) == TVN_OK);
    TVN_ASSERT(tvn_type_list(world.types, inner, &members[150].type) == TVN_OK);
    TVN_ASSERT(tvn_type_members(world.types, TVN_KIND_RECORD, members, 200,
                   &outer) == TVN_OK);
    TVN_ASSERT(tvn_jsoncodec_new(outer, NULL, &codec, NULL) == TVN_OK);
    image = read_text(&world, codec,
        "{\"f199\":9,\"f150\":[{\"f199\":1,\"f150\":2},{\"f199\":3}],"
        "\"f0\":4}");
    TVN_ASSERT(image->data[outer->members[199].offset + 1] == 9);
    TVN_ASSERT(image->data[outer->members[0].offset + 1] == 4);
    tvn_image_unref(image);
    tvn_buf_append_text(
        &text, "{\"f150\":[{\"f199\":1}],\"f199\":1,\"f199\":2}");
    image = NULL;
    TVN_ASSERT(tvn_jsoncodec_read(codec, text.ptr, text.len, &world.builder,
                   &image, &(uint64_t){0}, NULL) == TVN_EJSON_FIELD);
    tvn_buf_fini(&text);
    tvn_jsoncodec_free(codec);
    end(&world);
}

/* ------------------------------------------------------------------------
 * Random types and values. */

static bool
has_nan(const struct tvn_type *type, const uint8_t *data, uint32_t at)
{
    uint64_t disc = 0;
    uint32_t far[2];
    double wide;
    float narrow;

    if (type->kind == TVN_KIND_F64) {
        memcpy(&wide, data + at, sizeof(wide));
        return !isfinite(wide);
    }
    if (type->kind == TVN_KIND_F32) {
        memcpy(&narrow, data + at, sizeof(narrow));
        return !isfinite(narrow);
    }
    if (type->kind == TVN_KIND_LIST) {
        memcpy(far, data + at, sizeof(far));
        for (uint32_t i = 0; i < far[1]; i++) {
            if (has_nan(type->elem, data, far[0] + i * type->elem->size)) {
                return true;
            }
        }
        return false;
    }
    if (tvn_type_has_cases(type)) {
        memcpy(&disc, data + at, type->disc_size);
        return type->members[disc].type != NULL &&
               has_nan(type->members[disc].type, data,
                   at + type->members[disc].offset);
    }
    for (uint32_t i = 0; i < type->count && type->kind != TVN_KIND_FLAGS; i++) {
        if (has_nan(
                type->members[i].type, data, at + type->members[i].offset)) {
            return true;
        }
    }
    return false;
}

static void
test_what_was_written_is_read_back_bit_for_bit(void)
{
    const char *given = getenv("TVN_SEED");
    struct tvn_rng rng = {
        given != NULL ? strtoull(given, NULL, 10) : tvn_clock_wall_ns()};
    struct tvn_buf out = {0};
    struct world world;
    uint32_t refused = 0;

    printf("TVN_SEED=%llu\n", (unsigned long long)rng.state);
    begin(&world);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const struct tvn_type *type =
            tvn_testing_type(world.types, &rng, 1 + i % 5);
        struct tvn_image *image = tvn_testing_image(&world.builder, type, &rng);
        struct tvn_jsoncodec_opts opts = {
            .names = (enum tvn_json_names)(i % 2)};
        struct tvn_jsoncodec *codec = NULL;
        struct tvn_json_fault fault;
        uint64_t bytes = 0;
        tvn_err err;

        TVN_ASSERT(tvn_jsoncodec_new(type, &opts, &codec, NULL) == TVN_OK);
        tvn_buf_clear(&out);
        err = tvn_jsoncodec_write(codec, image->data, 0, &out, &bytes, &fault);
        if (has_nan(type, image->data, 0)) {
            TVN_ASSERT(err == TVN_EJSON_RANGE && out.len == 0 && bytes == 0);
            refused++;
        } else {
            struct tvn_image *back;

            TVN_ASSERT(err == TVN_OK);
            back = read_text(&world, codec, tvn_buf_text(&out));
            TVN_ASSERT(back->size == image->size);
            TVN_ASSERT(memcmp(back->data, image->data, back->size) == 0);
            tvn_image_unref(back);
        }
        tvn_jsoncodec_free(codec);
        tvn_image_unref(image);
    }
    TVN_ASSERT(refused < ROUNDS / 10);
    tvn_buf_fini(&out);
    end(&world);
}

/* ------------------------------------------------------------------------
 * Memory. */

static tvn_err
make_and_use(struct world *world, const struct tvn_type *type, const char *text)
{
    const struct tvn_json_rename rename = {TVN_STR("b.c"), TVN_STR("C")};
    struct tvn_jsoncodec_opts opts = {.renames = &rename, .rename_count = 1};
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_image *image = NULL;
    struct tvn_json_fault fault;
    struct tvn_buf out = {0};
    uint64_t bytes = 0;
    tvn_err err = tvn_jsoncodec_new(type, &opts, &codec, NULL);

    if (err == TVN_OK) {
        err = tvn_jsoncodec_read(
            codec, text, strlen(text), &world->builder, &image, &bytes, &fault);
        TVN_ASSERT((err == TVN_OK) == (image != NULL));
    }
    if (err == TVN_OK) {
        err = tvn_jsoncodec_write(codec, image->data, 0, &out, &bytes, &fault);
        TVN_ASSERT(err == TVN_OK || out.len == 0);
    }
    tvn_buf_fini(&out);
    tvn_image_unref(image);
    tvn_jsoncodec_free(codec);
    return err;
}

static void
test_every_allocation_may_fail(void)
{
    static char text[20000]; /* the parser's scratch must grow */
    const struct tvn_type *type;
    struct world world;
    tvn_err err = TVN_ENOMEM;
    int64_t n;

    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, "{\"b\":{\"C\":1.00000005960464477540},\"s\":\"", 39);
    memcpy(text + sizeof(text) - 3, "\"}", 2);
    begin(&world);
    type = tvn_testing_parse(
        world.types, "record { s: string, b: record { c: f32 } }");
    for (n = 0; err != TVN_OK; n++) {
        tvn_builder_fini(&world.builder);
        tvn_builder_init(&world.builder, world.pool);
        tvn_mem_fail_after(n);
        err = make_and_use(&world, type, text);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
    }
    TVN_ASSERT(n > 8);
    end(&world);
}

int
main(void)
{
    test_every_kind_is_read_and_written();
    test_names_spell_the_keys_of_fields();
    test_renames_go_by_name_and_by_path();
    test_names_that_clash_or_name_nothing_are_refused();
    test_unknown_keys_are_counted();
    test_many_fields();
    test_what_was_written_is_read_back_bit_for_bit();
    test_every_allocation_may_fail();
    return 0;
}
