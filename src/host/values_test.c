/* values_test.c -- config as YAML, read as its type: values and texts. */
#include "host/values.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/mem.h"
#include "value/jsoncodec.h"
#include "value/testing.h"

#include <string.h>

struct rig {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_arena arena;
    struct tvn_diag diag;
    struct tvn_buf text;
};

static void
rig_init(struct rig *rig)
{
    *rig =
        (struct rig){.types = tvn_types_new(), .pool = tvn_pool_new(4096, 0)};
    TVN_ASSERT(rig->types != NULL && rig->pool != NULL);
}

static void
rig_fini(struct rig *rig)
{
    tvn_diag_fini(&rig->diag);
    tvn_buf_fini(&rig->text);
    tvn_arena_fini(&rig->arena);
    tvn_pool_free(rig->pool);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* Reads `yaml` as `type`; what came out as JSON, or the findings. */
static const char *
read(struct rig *rig, const char *type_text, const char *yaml)
{
    const struct tvn_type *type = tvn_testing_parse(rig->types, type_text);
    const struct tvn_place place = {.path = "t.yaml", .line = 9, .column = 3};
    const struct tvn_jsoncodec_opts opts = {.max_event = 4096};
    struct tvn_jsoncodec *codec = NULL;
    const struct tvn_yaml *node = NULL;
    struct tvn_image *image = NULL;
    struct tvn_json_fault fault;
    uint64_t bytes = 0;
    tvn_err err;

    tvn_diag_fini(&rig->diag);
    tvn_buf_clear(&rig->text);
    if (yaml != NULL) {
        TVN_ASSERT(tvn_yaml_parse(&rig->arena, "t.yaml", tvn_str_of(yaml), NULL,
                       &node, &rig->diag) == TVN_OK);
    }
    err = tvn_value_of_yaml(type, node, &place, rig->pool, &image, &rig->diag);
    if (err != TVN_OK) {
        TVN_ASSERT(err == TVN_ECONFIG_VALUE);
        TVN_ASSERT(image == NULL);
        tvn_diag_print(&rig->diag, &rig->text);
        return tvn_buf_text(&rig->text);
    }
    TVN_ASSERT(tvn_jsoncodec_new(type, &opts, &codec, NULL) == TVN_OK);
    TVN_ASSERT(tvn_jsoncodec_write(codec, image->data, 0, &rig->text, &bytes,
                   &fault) == TVN_OK);
    tvn_jsoncodec_free(codec);
    tvn_image_unref(image);
    return tvn_buf_text(&rig->text);
}

static void
test_every_kind_is_read(void)
{
    static const struct {
        const char *type;
        const char *yaml;
        const char *json;
    } rows[] = {
        {"record { a: u8, b: string }", "{ a: 7, b: x y }",
            "{\"a\":7,\"b\":\"x y\"}"},
        {"record { a-b: option<s32> }", "{}", "{\"a_b\":null}"},
        {"record { a-b: option<s32> }", "{ a-b: -3 }", "{\"a_b\":-3}"},
        {"record { a: option<string> }", "{ a: ~ }", "{\"a\":null}"},
        {"record { a: option<string> }", "{ a: '~' }", "{\"a\":\"~\"}"},
        {"record { a: list<u16> }", "{ a: [1, 2, 3] }", "{\"a\":[1,2,3]}"},
        {"record { a: list<string> }", "{ a: [] }", "{\"a\":[]}"},
        {"record { a: tuple<bool, char> }", "{ a: [true, é] }",
            "{\"a\":[true,\"é\"]}"},
        {"record { a: enum { x, y-z } }", "{ a: y-z }", "{\"a\":\"y-z\"}"},
        {"record { a: flags { x, y, z } }", "{ a: [z, x] }",
            "{\"a\":[\"x\",\"z\"]}"},
        {"record { a: variant { n, s(string) } }", "{ a: n }", "{\"a\":\"n\"}"},
        {"record { a: variant { n, s(string) } }", "{ a: { s: hi } }",
            "{\"a\":{\"s\":\"hi\"}}"},
        {"record { a: result<u8, string> }", "{ a: { err: no } }",
            "{\"a\":{\"err\":\"no\"}}"},
        {"record { a: record { b: f64 } }", "{ a: { b: 0.5 } }",
            "{\"a\":{\"b\":0.5}}"},
        {"string", "just text", "\"just text\""},
    };
    struct rig rig;

    rig_init(&rig);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = read(&rig, rows[i].type, rows[i].yaml);

        if (strcmp(got, rows[i].json) != 0) {
            printf("row %zu: got %s, expected %s\n", i, got, rows[i].json);
            TVN_ASSERT(false);
        }
    }
    rig_fini(&rig);
}

static void
test_each_misfit_is_named_with_its_place(void)
{
    static const char type[] = "record { late-after: s32, name: string, "
                               "kind: option<enum { a, b }> }";
    struct rig rig;
    const char *text;

    rig_init(&rig);
    text = read(&rig, type, "{ late-aftr: 1, name: [1] }");
    TVN_ASSERT(strstr(text, "t.yaml:1:3: error[E0240]: there is no field "
                            "'late-aftr'\nhelp: did you mean "
                            "'late-after'?\n") != NULL);
    TVN_ASSERT(strstr(text, "t.yaml:1:1: error[E0240]: field 'late-after' "
                            "(s32) is missing\n") != NULL);
    TVN_ASSERT(strstr(text, "t.yaml:1:23: error[E0240]: expected string, "
                            "found a sequence\n") != NULL);
    text = read(&rig, type, "{ late-after: 3000000000, name: x }");
    TVN_ASSERT(strstr(text, "t.yaml:1:15: error[E0240]: ") != NULL);
    text = read(&rig, type, "{ late-after: 1, name: x, kind: c }");
    TVN_ASSERT(strstr(text, "t.yaml:1:33: error[E0240]: ") != NULL);
    text = read(&rig, type, NULL);
    TVN_ASSERT(strstr(text, "t.yaml:9:3: error[E0240]: field 'late-after' "
                            "(s32) is missing\n") != NULL);
    rig_fini(&rig);
}

int
main(void)
{
    test_every_kind_is_read();
    test_each_misfit_is_named_with_its_place();
    return 0;
}
