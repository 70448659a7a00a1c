/* test_value_test.c -- events of tests: the first difference, and parts. */
#include "host/test_internal.h"

#include "base/assert.h"
#include "base/mem.h"
#include "value/testing.h"

#include <string.h>

struct rig {
    struct tvn_host host;
    struct tvn__test test;
    struct tvn_diag diag;
    struct tvn_arena arena;
    struct tvn_types *types;
    struct tvn_buf text;
};

static void
rig_init(struct rig *rig)
{
    *rig = (struct rig){0};
    rig->types = tvn_types_new();
    rig->host.values = tvn_pool_new(4096, 0);
    rig->test.host = &rig->host;
    rig->test.diag = &rig->diag;
    TVN_ASSERT(rig->types != NULL && rig->host.values != NULL);
}

static void
rig_fini(struct rig *rig)
{
    tvn_diag_fini(&rig->diag);
    tvn_buf_fini(&rig->text);
    tvn_arena_fini(&rig->arena);
    tvn_pool_free(rig->host.values);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static const struct tvn_yaml *
parse(struct rig *rig, const char *yaml)
{
    const struct tvn_yaml *node = NULL;

    TVN_ASSERT(tvn_yaml_parse(&rig->arena, "t.yaml", tvn_str_of(yaml), NULL,
                   &node, NULL) == TVN_OK);
    return node;
}

static struct tvn_image *
make(struct rig *rig, const struct tvn_type *type, const char *yaml)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(
        tvn__test_value(&rig->test, type, parse(rig, yaml), &image) == TVN_OK);
    return image;
}

/* "PATH: A, B", or "" when there is no difference. */
static const char *
differ(struct rig *rig, const char *type_text, const char *a, const char *b)
{
    const struct tvn_type *type = tvn_testing_parse(rig->types, type_text);
    struct tvn_image *image_a = make(rig, type, a);
    struct tvn_image *image_b = make(rig, type, b);
    struct tvn_buf text_a = {0};
    struct tvn_buf text_b = {0};

    tvn_buf_clear(&rig->text);
    if (tvn__test_differ(
            type, image_a, image_b, &rig->text, &text_a, &text_b)) {
        tvn_buf_printf(&rig->text, ": %s, %s", tvn_buf_text(&text_a),
            tvn_buf_text(&text_b));
    }
    tvn_buf_fini(&text_a);
    tvn_buf_fini(&text_b);
    tvn_image_unref(image_a);
    tvn_image_unref(image_b);
    return tvn_buf_text(&rig->text);
}

static void
test_the_first_difference_has_its_path(void)
{
    static const struct {
        const char *type;
        const char *a;
        const char *b;
        const char *said;
    } rows[] = {
        {"u64", "1", "2", ": 1, 2"},
        {"u64", "1", "1", ""},
        {"string", "a", "b", ": \"a\", \"b\""},
        {"f64", "0.1", "0.10", ""},
        {"f64", "0.1", "0.2", ": 0.1, 0.2"},
        {"record { a: u8, dep-delay: s32 }", "{ a: 1, dep-delay: 2 }",
            "{ a: 1, dep-delay: 3 }", ".dep-delay: 2, 3"},
        {"record { a: u8, b: record { c: bool, d: char } }",
            "{ a: 1, b: { c: true, d: x } }", "{ a: 1, b: { c: true, d: y } }",
            ".b.d: \"x\", \"y\""},
        {"record { a: u8, b: u8 }", "{ a: 1, b: 1 }", "{ a: 2, b: 2 }",
            ".a: 1, 2"},
        {"list<u32>", "[1, 2, 3]", "[1, 5, 3]", "[1]: 2, 5"},
        {"list<u32>", "[1, 2, 3]", "[1, 2]", ": 3 items, 2 items"},
        {"list<record { a: list<string> }>", "[{ a: [x, y] }]",
            "[{ a: [x, z] }]", "[0].a[1]: \"y\", \"z\""},
        {"list<u8>", "[1, 2]", "[1, 3]", ": \"AQI=\", \"AQM=\""},
        {"tuple<u8, string>", "[1, a]", "[1, b]", "[1]: \"a\", \"b\""},
        {"option<s32>", "~", "3", ": null, 3"},
        {"option<record { a: u8 }>", "{ a: 1 }", "{ a: 2 }", ".a: 1, 2"},
        {"enum { major, other }", "major", "other", ": \"major\", \"other\""},
        {"flags { a, b }", "[a]", "[a, b]", ": [\"a\"], [\"a\",\"b\"]"},
        {"variant { none, some-text(string), at(record { x: u8 }) }",
            "{ at: { x: 1 } }", "{ at: { x: 2 } }", ".at.x: 1, 2"},
        {"variant { none, some-text(string), at(record { x: u8 }) }", "none",
            "{ some-text: y }", ": \"none\", {\"some-text\":\"y\"}"},
        {"result<u8, string>", "{ ok: 1 }", "{ ok: 2 }", ".ok: 1, 2"},
        {"result<u8, string>", "{ ok: 1 }", "{ err: no }",
            ": {\"ok\":1}, {\"err\":\"no\"}"},
    };
    struct rig rig;

    rig_init(&rig);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *said = differ(&rig, rows[i].type, rows[i].a, rows[i].b);

        if (strcmp(said, rows[i].said) != 0) {
            fprintf(stderr, "%s: %s / %s: %s\n", rows[i].type, rows[i].a,
                rows[i].b, said);
        }
        TVN_ASSERT(strcmp(said, rows[i].said) == 0);
    }
    rig_fini(&rig);
}

static bool
matches(
    struct rig *rig, const char *type_text, const char *value, const char *part)
{
    const struct tvn_type *type = tvn_testing_parse(rig->types, type_text);
    struct tvn_image *image = make(rig, type, value);
    bool does = false;

    TVN_ASSERT(tvn__test_matches(
                   &rig->test, type, image, parse(rig, part), &does) == TVN_OK);
    tvn_image_unref(image);
    return does;
}

static void
test_a_part_says_only_what_it_says(void)
{
    static const char type[] = "record { a: u8, b: option<record { c: u8, d: "
                               "string }>, l: list<u32> }";
    static const char value[] = "{ a: 1, b: { c: 2, d: x }, l: [1, 2] }";
    struct rig rig;
    bool does;

    rig_init(&rig);
    TVN_ASSERT(matches(&rig, type, value, "{}"));
    TVN_ASSERT(matches(&rig, type, value, "{ a: 1 }"));
    TVN_ASSERT(!matches(&rig, type, value, "{ a: 2 }"));
    TVN_ASSERT(matches(&rig, type, value, "{ b: { d: x } }"));
    TVN_ASSERT(!matches(&rig, type, value, "{ b: { d: y } }"));
    TVN_ASSERT(!matches(&rig, type, value, "{ b: ~ }"));
    TVN_ASSERT(matches(&rig, type, value, "{ l: [1, 2] }"));
    TVN_ASSERT(!matches(&rig, type, value, "{ l: [1] }"));
    TVN_ASSERT(matches(&rig, type, "{ a: 1, l: [] }", "{ b: ~ }"));
    TVN_ASSERT(!matches(&rig, type, "{ a: 1, l: [] }", "{ b: { c: 0 } }"));

    /* What is no value of the type is found without an event. */
    TVN_ASSERT(
        tvn__test_matches(&rig.test, tvn_testing_parse(rig.types, type), NULL,
            parse(&rig, "{ b: { c: x, e: 1 } }"), &does) != TVN_OK);
    TVN_ASSERT(rig.diag.errors == 2);
    rig_fini(&rig);
}

static void
test_a_text_is_json_where_yaml_has_none(void)
{
    struct rig rig;
    const struct tvn_type *type;
    struct tvn_image *image = NULL;

    rig_init(&rig);
    type = tvn_testing_parse(rig.types, "record { dep-delay: s32 }");
    image = make(&rig, type, "'{\"dep_delay\": 7}'");
    tvn__test_print(type, image->data, 0, &rig.text);
    TVN_ASSERT(tvn_str_is(tvn_buf_str(&rig.text), "{\"dep-delay\":7}"));
    tvn_image_unref(image);
    image = NULL;
    TVN_ASSERT(tvn__test_value(&rig.test, type, parse(&rig, "'{\"dep_'"),
                   &image) == TVN_ETEST_EVENT);
    TVN_ASSERT(image == NULL && rig.diag.errors == 1);
    rig_fini(&rig);
}

int
main(void)
{
    test_the_first_difference_has_its_path();
    test_a_part_says_only_what_it_says();
    test_a_text_is_json_where_yaml_has_none();
    return 0;
}
