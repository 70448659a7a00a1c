/* jsonout_test.c -- commas, quoting, nesting, both layouts. */
#include "base/jsonout.h"

#include "base/assert.h"
#include "base/mem.h"

#include <math.h>

static void
write_some(struct tvn_json *json)
{
    tvn_json_object(json);
    tvn_json_key(json, "in");
    tvn_json_u64(json, UINT64_MAX);
    tvn_json_key_str(json, TVN_STR("o\"ut"));
    tvn_json_array(json);
    tvn_json_s64(json, INT64_MIN);
    tvn_json_bool(json, true);
    tvn_json_null(json);
    tvn_json_array(json);
    tvn_json_end(json);
    tvn_json_f64(json, 1.5);
    tvn_json_f64(json, NAN);
    tvn_json_f64(json, -INFINITY);
    tvn_json_end(json);
    tvn_json_key(json, "t");
    tvn_json_text(json, NULL);
    tvn_json_key(json, "u");
    tvn_json_text(json, "x");
    tvn_json_end(json);
}

static void
test_both_layouts(void)
{
    struct tvn_buf out = {0};
    struct tvn_json json;

    tvn_json_init(&json, &out, false);
    write_some(&json);
    TVN_ASSERT(strcmp(tvn_buf_text(&out),
                   "{\"in\":18446744073709551615,\"o\\\"ut\":"
                   "[-9223372036854775808,true,null,[],1.5,null,null],"
                   "\"t\":null,\"u\":\"x\"}") == 0);
    tvn_buf_clear(&out);
    tvn_json_init(&json, &out, true);
    write_some(&json);
    TVN_ASSERT(strcmp(tvn_buf_text(&out), "{\n"
                                          "  \"in\": 18446744073709551615,\n"
                                          "  \"o\\\"ut\": [\n"
                                          "    -9223372036854775808,\n"
                                          "    true,\n"
                                          "    null,\n"
                                          "    [],\n"
                                          "    1.5,\n"
                                          "    null,\n"
                                          "    null\n"
                                          "  ],\n"
                                          "  \"t\": null,\n"
                                          "  \"u\": \"x\"\n"
                                          "}") == 0);
    tvn_buf_fini(&out);
}

static void
test_quoting(void)
{
    const struct {
        struct tvn_str text;
        const char *quoted;
    } rows[] = {
        {TVN_STR(""), "\"\""},
        {{NULL, 0}, "\"\""},
        {TVN_STR("a\"b\\c/"), "\"a\\\"b\\\\c/\""},
        {TVN_STR("\n\r\t\b\0\x1F\x7F"),
            "\"\\n\\r\\t\\u0008\\u0000\\u001f\x7F\""},
        {TVN_STR("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\""},
        {TVN_STR("a\xFF"
                 "b\xC3"),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\""},
        {TVN_STR("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    struct tvn_buf out = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tvn_buf_clear(&out);
        tvn_json_quote(&out, rows[i].text);
        TVN_ASSERT(strcmp(tvn_buf_text(&out), rows[i].quoted) == 0);
    }
    tvn_buf_fini(&out);
}

static void
test_out_of_memory_is_remembered_by_the_buf(void)
{
    struct tvn_buf out = {0};
    struct tvn_json json;

    tvn_mem_fail_after(0);
    tvn_json_init(&json, &out, true);
    write_some(&json);
    tvn_mem_fail_after(-1);
    TVN_ASSERT(out.failed && out.len == 0);
    tvn_buf_fini(&out);
}

int
main(void)
{
    test_both_layouts();
    test_quoting();
    test_out_of_memory_is_remembered_by_the_buf();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
