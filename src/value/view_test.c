/* view_test.c -- the rules of view.h, row by row: verdict, lists, texts. */
#include "value/view.h"

#include "base/mem.h"
#include "value/testing.h"

#include <stdio.h>

#define A                                                                      \
    "record { id: u64, carrier: string, dep-delay: option<s32>, distance: "    \
    "u32 }"

static bool
same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
test_what_reads(void)
{
    static const struct {
        const char *a, *b;
        enum tvn_view_verdict verdict;
        const char *read, *left_out, *always_none;
    } rows[] = {
        {A, A, TVN_VIEW_SAME, "id, carrier, dep-delay, distance", "", ""},
        {A, "record { distance: u64, id: u64 }", TVN_VIEW_NARROWS,
            "distance, id", "carrier, dep-delay", ""},
        {A, "record { id: u64, gate-number: option<u8> }", TVN_VIEW_NARROWS,
            "id", "carrier, dep-delay, distance", "gate-number"},
        {"record { f: record { a: u8, b: u8 }, x: u8 }",
            "record { f: record { b: u8, other: option<u8> } }",
            TVN_VIEW_NARROWS, "f.b", "x", "f.other"},
        {"u8", "u64", TVN_VIEW_NARROWS, "", "", ""},
        {"u8", "s16", TVN_VIEW_NARROWS, "", "", ""},
        {"s8", "s64", TVN_VIEW_NARROWS, "", "", ""},
        {"f32", "f64", TVN_VIEW_NARROWS, "", "", ""},
        {"u8", "option<u8>", TVN_VIEW_NARROWS, "", "", ""},
        {"u8", "option<u16>", TVN_VIEW_NARROWS, "", "", ""},
        {"option<u8>", "option<u16>", TVN_VIEW_NARROWS, "", "", ""},
        {"list<u8>", "list<u16>", TVN_VIEW_NARROWS, "", "", ""},
        {"tuple<u8, string>", "tuple<u16, string>", TVN_VIEW_NARROWS, "", "",
            ""},
        {"enum { a, b }", "enum { b, c, a }", TVN_VIEW_NARROWS, "", "", ""},
        {"flags { a, b }", "flags { b, a, c }", TVN_VIEW_NARROWS, "", "", ""},
        {"variant { a(u8), b }", "variant { b, a }", TVN_VIEW_NARROWS, "", "",
            ""},
        {"variant { a(u8), b }", "variant { a(u16), b, c(string) }",
            TVN_VIEW_NARROWS, "", "", ""},
        {"result<u8, string>", "result<_, string>", TVN_VIEW_NARROWS, "", "",
            ""},
    };
    struct tvn_types *types = tvn_types_new();
    struct tvn_arena arena = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_view view;

        TVN_ASSERT(
            tvn_view_check(tvn_testing_parse(types, rows[i].a),
                tvn_testing_parse(types, rows[i].b), &arena, &view) == TVN_OK);
        TVN_ASSERT(view.verdict == rows[i].verdict);
        TVN_ASSERT(same(view.read, rows[i].read));
        TVN_ASSERT(same(view.left_out, rows[i].left_out));
        TVN_ASSERT(same(view.always_none, rows[i].always_none));
    }
    tvn_arena_fini(&arena);
    tvn_types_free(types);
}

static void
test_what_does_not_read(void)
{
    static const char narrower[] =
        "numbers can be read wider than they are, never narrower";
    static const char none[] = "what may be none can be read only as an option";
    static const struct {
        const char *a, *b, *path, *text_a, *text_b, *help;
    } rows[] = {
        {"u64", "u32", "", "u64", "u32", narrower},
        {"u8", "s8", "", "u8", "s8", NULL},
        {"s8", "u16", "", "s8", "u16", NULL},
        {"u64", "s64", "", "u64", "s64", NULL},
        {"u32", "f64", "", "u32", "f64", NULL},
        {"f64", "f32", "", "f64", "f32", narrower},
        {"option<u8>", "u8", "", "option<u8>", "u8", none},
        {"option<u64>", "option<u8>", "", "option<u64>", "option<u8>",
            narrower},
        {A, "record { id: u64, gate: u8 }", ".gate", "nothing", "u8", NULL},
        {A, "record { dep-dely: option<s32> }", ".dep-dely", "nothing",
            "option<s32>", "did you mean 'dep-delay'?"},
        {A, "record { dep-delay: s32 }", ".dep-delay", "option<s32>", "s32",
            none},
        {"record { f: record { a: string } }",
            "record { f: record { a: list<u8> } }", ".f.a", "string",
            "list<u8>", NULL},
        {"list<tuple<u8, u16>>", "list<tuple<u8, u8>>", "[].1", "u16", "u8",
            narrower},
        {"tuple<u8, u8>", "tuple<u8, u8, u8>", "", "tuple<u8, u8>",
            "tuple<u8, u8, u8>", NULL},
        {"enum { late, on-time }", "enum { lats, x }", ".late", "case late",
            "nothing", "did you mean 'lats'?"},
        {"flags { a, b }", "flags { a }", ".b", "flag b", "nothing", NULL},
        {"variant { a, b(u8) }", "variant { a(string), b(u8) }", ".a", "case a",
            "case a(string)", NULL},
        {"variant { a(u16) }", "variant { a(u8) }", ".a", "u16", "u8",
            narrower},
        {"string", "list<char>", "", "string", "list<char>", NULL},
        {"enum { a }", "variant { a, b }", "", "enum { a }", "variant { a, b }",
            NULL},
    };
    struct tvn_types *types = tvn_types_new();
    struct tvn_arena arena = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_view view;
        bool ok;

        TVN_ASSERT(
            tvn_view_check(tvn_testing_parse(types, rows[i].a),
                tvn_testing_parse(types, rows[i].b), &arena, &view) == TVN_OK);
        TVN_ASSERT(view.verdict == TVN_VIEW_INCOMPATIBLE);
        ok = same(view.path, rows[i].path) &&
             same(view.text_a, rows[i].text_a) &&
             same(view.text_b, rows[i].text_b) && same(view.help, rows[i].help);
        if (!ok) {
            fprintf(stderr, "%s as %s: %s | %s | %s | %s\n", rows[i].a,
                rows[i].b, view.path, view.text_a, view.text_b,
                view.help == NULL ? "NULL" : view.help);
        }
        TVN_ASSERT(ok);
    }
    tvn_arena_fini(&arena);
    tvn_types_free(types);
}

static void
test_every_allocation_may_fail(void)
{
    static const char *const rows[] = {
        "record { distance: u64, id: u64, gate: option<u8> }",
        "record { dep-dely: option<s32> }"};
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *a = tvn_testing_parse(types, A);

    for (int i = 0; i < 2; i++) {
        const struct tvn_type *b = tvn_testing_parse(types, rows[i]);
        tvn_err err = TVN_ENOMEM;

        for (int64_t n = 0; err != TVN_OK; n++) {
            struct tvn_arena arena = {0};
            struct tvn_view view = {.read = "untouched"};

            tvn_mem_fail_after(n);
            err = tvn_view_check(a, b, &arena, &view);
            tvn_mem_fail_after(-1);
            TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
            TVN_ASSERT((err == TVN_OK) != same(view.read, "untouched"));
            tvn_arena_fini(&arena);
        }
    }
    tvn_types_free(types);
}

int
main(void)
{
    test_what_reads();
    test_what_does_not_read();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
