/* type_test.c -- layout, interning, limits and printing of types. */
#include "value/type.h"

#include "base/mem.h"
#include "value/testing.h"

#include <stdio.h>

static void
test_layout_is_that_of_the_canonical_abi(void)
{
    static const struct {
        const char *type;
        uint32_t size, align, flat_count;
        const char *flat; /* i, l, f, d */
        bool has_pointer, plain_to_lift;
    } rows[] = {
        {"bool", 1, 1, 1, "i", false, false},
        {"s8", 1, 1, 1, "i", false, true},
        {"u16", 2, 2, 1, "i", false, true},
        {"s32", 4, 4, 1, "i", false, true},
        {"u64", 8, 8, 1, "l", false, true},
        {"f32", 4, 4, 1, "f", false, true},
        {"f64", 8, 8, 1, "d", false, true},
        {"char", 4, 4, 1, "i", false, false},
        {"string", 8, 4, 2, "ii", true, false},
        {"list<u64>", 8, 4, 2, "ii", true, false},
        {"record { a: u8, b: u32, c: u8 }", 12, 4, 3, "iii", false, false},
        {"record { a: u32, b: u32 }", 8, 4, 2, "ii", false, true},
        {"tuple<u8, u64>", 16, 8, 2, "il", false, false},
        {"tuple<u8, tuple<u8, u16>>", 6, 2, 3, "iii", false, false},
        {"enum { a }", 1, 1, 1, "i", false, false},
        {"option<u8>", 2, 1, 2, "ii", false, false},
        {"option<u64>", 16, 8, 2, "il", false, false},
        {"option<string>", 12, 4, 3, "iii", true, false},
        {"option<option<u16>>", 6, 2, 3, "iii", false, false},
        {"result", 1, 1, 1, "i", false, false},
        {"result<u8, string>", 12, 4, 3, "iii", true, false},
        {"result<_, u64>", 16, 8, 2, "il", false, false},
        {"variant { a(f32), b(u32) }", 8, 4, 2, "ii", false, false},
        {"variant { a(f32), b(u64), c }", 16, 8, 2, "il", false, false},
        {"variant { a(f32), b(f64) }", 16, 8, 2, "il", false, false},
        {"variant { a(tuple<u8, f32>), b(f32) }", 12, 4, 3, "iif", false,
            false},
        {"flags { a }", 1, 1, 1, "i", false, false},
        {"flags { a, b, c, d, e, f, g, h, i }", 2, 2, 1, "i", false, false},
        {"flags { a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q }", 4, 4, 1,
            "i", false, false},
    };
    static const char letters[] = "ilfd";
    struct tvn_types *types = tvn_types_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tvn_type *type = tvn_testing_parse(types, rows[i].type);

        TVN_ASSERT(type->size == rows[i].size);
        TVN_ASSERT(type->align == rows[i].align);
        TVN_ASSERT(type->flat_count == rows[i].flat_count);
        for (uint32_t k = 0; k < type->flat_count; k++) {
            TVN_ASSERT(letters[type->flat[k]] == rows[i].flat[k]);
        }
        TVN_ASSERT(type->has_pointer == rows[i].has_pointer);
        TVN_ASSERT(type->is_plain_to_lower == !rows[i].has_pointer);
        TVN_ASSERT(type->is_plain_to_lift == rows[i].plain_to_lift);
    }
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static void
test_discriminants_grow_with_the_cases(void)
{
    static const struct {
        uint32_t cases, size;
    } rows[] = {{1, 1}, {256, 1}, {257, 2}, {65536, 2}};
    static struct tvn_member members[65536];
    static char names[65536][16];
    struct tvn_types *types = tvn_types_new();

    for (uint32_t i = 0; i < 65536; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "c%u", (unsigned)i);
        members[i].name = tvn_str_of(names[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        const struct tvn_type *type = NULL;

        TVN_ASSERT(tvn_type_members(types, TVN_KIND_ENUM, members,
                       rows[i].cases, &type) == TVN_OK);
        TVN_ASSERT(
            type->disc_size == rows[i].size && type->size == rows[i].size);
        TVN_ASSERT(tvn_type_find(type, members[rows[i].cases - 1].name) ==
                   (int)rows[i].cases - 1);
    }
    tvn_types_free(types);
}

static void
test_equal_structure_is_one_pointer(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *a =
        tvn_testing_parse(types, "record { a: list<u8>, b: option<s32> }");

    TVN_ASSERT(a == tvn_testing_parse(
                        types, "record { a: list<u8>, b: option<s32> }"));
    TVN_ASSERT(a != tvn_testing_parse(
                        types, "record { b: list<u8>, a: option<s32> }"));
    TVN_ASSERT(a != tvn_testing_parse(
                        types, "record { a: list<s8>, b: option<s32> }"));
    TVN_ASSERT(tvn_testing_parse(types, "variant { a, b }") !=
               tvn_testing_parse(types, "enum { a, b }"));
    /* where one name ends and the next begins */
    TVN_ASSERT(tvn_testing_parse(types, "enum { ab, c }") !=
               tvn_testing_parse(types, "enum { a, bc }"));
    TVN_ASSERT(tvn_type_find(a, TVN_STR("b")) == 1);
    TVN_ASSERT(tvn_type_find(a, TVN_STR("c")) == -1);
    TVN_ASSERT(tvn_type_find(a, TVN_STR("")) == -1);
    TVN_ASSERT(
        tvn_type_find(tvn_testing_parse(types, "u8"), TVN_STR("a")) == -1);
    tvn_types_free(types);
}

static void
test_what_is_no_type(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *u8 = tvn_testing_parse(types, "u8");
    const struct {
        enum tvn_kind kind;
        struct tvn_member members[2];
        uint32_t count;
        tvn_err err;
    } rows[] = {
        {TVN_KIND_RECORD, {{.name = TVN_STR("a"), .type = u8}}, 0, TVN_EINVAL},
        {TVN_KIND_RECORD, {{.name = TVN_STR("a")}}, 1, TVN_EINVAL},
        {TVN_KIND_RECORD, {{.type = u8}}, 1, TVN_EINVAL},
        {TVN_KIND_RECORD,
            {{.name = TVN_STR("a"), .type = u8},
                {.name = TVN_STR("a"), .type = u8}},
            2, TVN_EINVAL},
        {TVN_KIND_TUPLE, {{.name = TVN_STR("a"), .type = u8}}, 1, TVN_EINVAL},
        {TVN_KIND_ENUM, {{.name = TVN_STR("a"), .type = u8}}, 1, TVN_EINVAL},
        {TVN_KIND_FLAGS, {{.name = TVN_STR("a")}}, 33, TVN_ELIMIT},
        {TVN_KIND_ENUM, {{.name = TVN_STR("a")}}, 65537, TVN_ELIMIT},
        {TVN_KIND_LIST, {{.type = u8}}, 1, TVN_EINVAL},
        {TVN_KIND_U8, {{.type = u8}}, 1, TVN_EINVAL},
    };
    const struct tvn_type *type = NULL;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TVN_ASSERT(tvn_type_members(types, rows[i].kind, rows[i].members,
                       rows[i].count, &type) == rows[i].err);
    }
    TVN_ASSERT(tvn_type_scalar(types, TVN_KIND_LIST, &type) == TVN_EINVAL);
    TVN_ASSERT(tvn_type_list(types, NULL, &type) == TVN_EINVAL);
    TVN_ASSERT(tvn_type_option(types, NULL, &type) == TVN_EINVAL);
    TVN_ASSERT(type == NULL);
    tvn_types_free(types);
}

static void
test_limits(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *type = tvn_testing_parse(types, "u64");
    struct tvn_member twice[8] = {{.name = {NULL, 0}}};
    tvn_err err = TVN_OK;
    uint32_t depth = 1;

    while (err == TVN_OK) {
        err = tvn_type_list(types, type, &type);
        depth += err == TVN_OK;
    }
    TVN_ASSERT(err == TVN_ELIMIT && depth == TVN_TYPE_DEPTH_MAX);

    /* a type bomb: each level is 8 of the one before */
    type = tvn_testing_parse(types, "bool");
    for (err = TVN_OK; err == TVN_OK;) {
        for (uint32_t i = 0; i < 8; i++) {
            twice[i].type = type;
        }
        TVN_ASSERT(type->nodes <= TVN_TYPE_NODES_MAX);
        err = tvn_type_members(types, TVN_KIND_TUPLE, twice, 8, &type);
    }
    TVN_ASSERT(err == TVN_ELIMIT);
    TVN_ASSERT(type->flat_count == TVN_TYPE_FLAT_MAX && type->flat == NULL);
    tvn_types_free(types);
}

static void
test_printing(void)
{
    static const char *const rows[] = {"bool", "list<list<u8>>",
        "record { id: u64, at: option<s32> }", "tuple<u8, string>",
        "variant { a(u8), b }", "enum { a, b }", "flags { x, y }", "result",
        "result<u8>", "result<_, string>", "result<u8, string>"};
    struct tvn_types *types = tvn_types_new();
    struct tvn_buf out = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tvn_buf_clear(&out);
        tvn_type_print(tvn_testing_parse(types, rows[i]), 0, &out);
        TVN_ASSERT(strcmp(tvn_buf_text(&out), rows[i]) == 0);
    }
    tvn_buf_clear(&out);
    tvn_type_print(
        tvn_testing_parse(types, "record { a: u8, b: u8, c: u8 }"), 2, &out);
    TVN_ASSERT(strcmp(tvn_buf_text(&out), "record { a: u8, b: u8, ... }") == 0);
    tvn_buf_fini(&out);
    tvn_types_free(types);
}

/* A resource is itself and nothing else, whatever its name. */
static void
test_handles(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_resource *r[2] = {NULL, NULL};
    const struct tvn_type *handles[4];
    const struct tvn_type *list = NULL;
    const struct tvn_type *again = NULL;
    struct tvn_buf out = {0};

    for (uint32_t i = 0; i < 4; i++) {
        enum tvn_kind kind = i < 2 ? TVN_KIND_OWN : TVN_KIND_BORROW;
        const struct tvn_type *type = NULL;

        if (i < 2) {
            TVN_ASSERT(tvn_type_resource(types, TVN_STR("a:b/c.r"), i, &r[i]) ==
                       TVN_OK);
            TVN_ASSERT(r[i]->id == i);
        }
        TVN_ASSERT(tvn_type_handle(types, kind, r[i & 1], &type) == TVN_OK);
        TVN_ASSERT(tvn_type_handle(types, kind, r[i & 1], &again) == TVN_OK);
        TVN_ASSERT(type == again && type->resource == r[i & 1]);
        TVN_ASSERT(type->size == 4 && type->align == 4);
        TVN_ASSERT(type->flat_count == 1 && type->flat[0] == TVN_CORE_I32);
        TVN_ASSERT(type->has_handle && !type->has_pointer);
        TVN_ASSERT(!type->is_plain_to_lower && !type->is_plain_to_lift);
        handles[i] = type;
        for (uint32_t k = 0; k < i; k++) {
            TVN_ASSERT(handles[k] != type);
        }
    }
    TVN_ASSERT(tvn_type_list(types, handles[2], &list) == TVN_OK);
    TVN_ASSERT(list->has_handle && list->has_pointer);
    TVN_ASSERT(!tvn_testing_parse(types, "list<u32>")->has_handle);
    tvn_type_print(list, 0, &out);
    TVN_ASSERT(strcmp(tvn_buf_text(&out), "list<borrow<a:b/c.r>>") == 0);
    tvn_buf_fini(&out);
    tvn_types_free(types);
}

static tvn_err
make_some(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_member members[2] = {
        {.name = TVN_STR("a")}, {.name = TVN_STR("b")}};
    const struct tvn_type *type = NULL;
    tvn_err err = types == NULL ? TVN_ENOMEM : TVN_OK;

    if (err == TVN_OK) {
        err = tvn_type_scalar(types, TVN_KIND_STRING, &type);
    }
    if (err == TVN_OK) {
        members[0].type = type;
        members[1].type = type;
        err = tvn_type_members(types, TVN_KIND_RECORD, members, 2, &type);
    }
    for (uint32_t i = 0; err == TVN_OK && i < 90; i++) {
        err = tvn_type_option(types, type, &type);
    }
    tvn_types_free(types);
    return err;
}

static void
test_every_allocation_may_fail(void)
{
    tvn_err err = TVN_ENOMEM;
    int64_t n;

    for (n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = make_some();
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT(tvn_mem_live() == 0);
    }
    TVN_ASSERT(n > 5);
}

int
main(void)
{
    test_layout_is_that_of_the_canonical_abi();
    test_discriminants_grow_with_the_cases();
    test_equal_structure_is_one_pointer();
    test_what_is_no_type();
    test_limits();
    test_printing();
    test_handles();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
