/* wit_test.c -- WIT text, encoded by the reference tools, and what
 * tvn_wit_decode and tvn_wit_find_type make of it. */
#include "support.h"

#include <string.h>

static void
test_every_kind_of_value_type_comes_through(void)
{
    static const struct {
        const char *name;
        const char *printed;
    } rows[] = {
        {"t-bool", "bool"},
        {"t-s8", "s8"},
        {"t-u8", "u8"},
        {"t-s16", "s16"},
        {"t-u16", "u16"},
        {"t-s32", "s32"},
        {"t-u32", "u32"},
        {"t-s64", "s64"},
        {"t-u64", "u64"},
        {"t-f32", "f32"},
        {"t-f64", "f64"},
        {"t-char", "char"},
        {"t-string", "string"},
        {"t-list", "list<list<u16>>"},
        {"t-tuple", "tuple<u8, string, f64>"},
        {"t-option", "option<option<u8>>"},
        {"t-result", "result<u8, string>"},
        {"t-result-ok", "result<u8>"},
        {"t-result-error", "result<_, string>"},
        {"t-result-none", "result"},
        {"point", "record { x: f64, y: list<enum { red, green }> }"},
        {"shape", "variant { none-at-all, one(u8), many(tuple<u8, char>) }"},
        {"color", "enum { red, green }"},
        {"marks", "flags { hot, cold, wet }"},
    };
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *wit = wit_of(
        "package a:b@1.2.3;\n"
        "interface all {\n"
        "  type t-bool = bool; type t-s8 = s8; type t-u8 = u8;\n"
        "  type t-s16 = s16; type t-u16 = u16; type t-s32 = s32;\n"
        "  type t-u32 = u32; type t-s64 = s64; type t-u64 = u64;\n"
        "  type t-f32 = f32; type t-f64 = f64; type t-char = char;\n"
        "  type t-string = string; type t-list = list<list<u16>>;\n"
        "  type t-tuple = tuple<u8, string, f64>;\n"
        "  type t-option = option<option<u8>>;\n"
        "  type t-result = result<u8, string>; type t-result-ok = result<u8>;\n"
        "  type t-result-error = result<_, string>;\n"
        "  type t-result-none = result;\n"
        "  record point { x: f64, y: list<color> }\n"
        "  variant shape { none-at-all, one(u8), many(tuple<u8, char>) }\n"
        "  enum color { red, green }\n"
        "  flags marks { hot, cold, wet }\n"
        "}\n",
        types);
    const struct tvn_extern *all = &wit->interfaces[0];

    TVN_ASSERT(wit->interface_count == 1 && wit->world_count == 0);
    TVN_ASSERT(tvn_str_is(all->name, "a:b/all@1.2.3"));
    TVN_ASSERT(all->item_count == sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tvn_extern *found =
            item(all->items, all->item_count, rows[i].name);

        TVN_ASSERT(found->kind == TVN_EXTERN_TYPE);
        TVN_ASSERT(prints(found->type, rows[i].printed));
    }
    tvn_wit_free(wit);
    tvn_types_free(types);
}

static void
test_a_world_has_imports_exports_and_types(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *wit = wit_of(STAGE_WIT, types);
    const struct tvn_wit_world *world = &wit->worlds[0];
    const struct tvn_extern *found;

    TVN_ASSERT(wit->world_count == 1);
    TVN_ASSERT(tvn_str_is(world->name, "stage"));
    TVN_ASSERT(tvn_str_is(world->package, "t:stage"));
    TVN_ASSERT(world->import_count == 3 && world->export_count == 3);

    found = item(world->imports, world->import_count, "torvyn:stage/log@0.1.0");
    TVN_ASSERT(found->kind == TVN_EXTERN_INSTANCE && found->item_count == 2);
    found = item(world->imports, world->import_count, "table");
    TVN_ASSERT(found->kind == TVN_EXTERN_FUNC);
    TVN_ASSERT(found->func->param_count == 1);
    TVN_ASSERT(tvn_str_is(found->func->params[0].name, "key"));
    TVN_ASSERT(prints(found->func->result,
        "option<record { id: u64, gate: option<string> }>"));

    found = item(world->exports, world->export_count, "init");
    TVN_ASSERT(prints(found->func->params[0].type, "record { n: u32 }"));
    TVN_ASSERT(prints(found->func->result, "result<_, string>"));
    found = item(world->exports, world->export_count, "t:dep/enrich@1.0.0");
    TVN_ASSERT(found->kind == TVN_EXTERN_INSTANCE && found->item_count == 3);
    found = item(found->items, found->item_count, "process");
    TVN_ASSERT(found->func->tuple->count == 1);
    found = item(world->exports, world->export_count, "inline");
    TVN_ASSERT(found->kind == TVN_EXTERN_INSTANCE && found->item_count == 2);

    TVN_ASSERT(world->type_count == 2);
    (void)item(world->types, world->type_count, "departure");
    (void)item(world->types, world->type_count, "conf");
    tvn_wit_free(wit);
    tvn_types_free(types);
}

static void
test_interfaces_of_other_packages_are_there_whole(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *wit = wit_of(STAGE_WIT, types);
    const struct tvn_extern *events =
        item(wit->interfaces, wit->interface_count, "t:dep/events@1.0.0");

    /* log, events, enrich; the inline one is the world's */
    TVN_ASSERT(wit->interface_count == 3);
    TVN_ASSERT(events->item_count == 2); /* the function too */
    tvn_wit_free(wit);
    tvn_types_free(types);
}

static void
test_equal_types_are_one_across_packages(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *first = wit_of(
        "package a:b;\ninterface i { record r { x: u8, y: string } }\n", types);
    struct tvn_wit *second = wit_of(
        "package c:d;\ninterface j { record s { x: u8, y: string } }\n", types);

    TVN_ASSERT(first->interfaces[0].items[0].type ==
               second->interfaces[0].items[0].type);
    tvn_wit_free(first);
    tvn_wit_free(second);
    tvn_types_free(types);
}

static void
test_what_is_not_run_is_named(void)
{
    static const struct {
        const char *wit;
        const char *part;
    } rows[] = {
        {"package a:b;\ninterface i { resource r; f: func(x: borrow<r>); }\n",
            "declares a:b/i, which has resources: this version runs no"},
        {"package a:b;\nworld w { import f: func(x: stream<u8>); }\n",
            "imports f, which has streams (stream<...>)"},
        {"package a:b;\nworld w { export f: async func(); }\n",
            "exports f, which has async functions"},
        {"package a:b;\nworld w { import wasi:io/error@0.2.0; }\n"
         "package wasi:io@0.2.0 { interface error { resource error; } }\n",
            "wasi:io/error@0.2.0, which has resources: WASI is not in this"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_types *types = tvn_types_new();
        struct tvn_wit_text bytes = wit_bytes(rows[i].wit);
        struct tvn_diag diag = {0};
        struct tvn_buf text = {0};
        struct tvn_wit *wit = NULL;

        TVN_ASSERT(tvn_wit_decode(bytes.bytes, bytes.len, "w", types, &wit,
                       &diag) == TVN_EUNSUPPORTED);
        tvn_diag_print(&diag, &text);
        if (strstr(tvn_buf_text(&text), rows[i].part) == NULL) {
            fail_with(&diag, rows[i].part);
        }
        tvn_buf_fini(&text);
        tvn_diag_fini(&diag);
        tvn_wit_text_fini(&bytes);
        tvn_types_free(types);
    }
}

static void
test_a_component_is_no_package(void)
{
    struct tvn_buf bytes = wat_bytes(
        "(component (type (record (field \"a\" u8))) (export \"t\" (type 0)))");
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *wit = NULL;

    TVN_ASSERT(tvn_wit_decode((const uint8_t *)bytes.ptr, bytes.len, "w", types,
                   &wit, NULL) == TVN_EMALFORMED);
    tvn_types_free(types);
    tvn_buf_fini(&bytes);
}

/* ------------------------------------------------------------------------
 * Types by name. */

#define FIND_WIT                                                               \
    "package shop:flights@1.0.0;\n"                                            \
    "interface events { record departure { id: u64 } type gate = u8; }\n"      \
    "interface other { record thing { a: bool } }\n"                           \
    "world stage { use events.{departure}; record conf { n: u32 }\n"           \
    "  import f: func(d: departure, c: conf); }\n"

static void
test_types_are_found_by_name(void)
{
    static const struct {
        const char *name;
        tvn_err err;
        const char *printed; /* or a part of the message */
    } rows[] = {
        {"events.departure", TVN_OK, "record { id: u64 }"},
        {"shop:flights/events.departure", TVN_OK, "record { id: u64 }"},
        {"shop:flights/events@1.0.0.departure", TVN_OK, "record { id: u64 }"},
        {"events@1.0.0.gate", TVN_OK, "u8"},
        {"stage.conf", TVN_OK, "record { n: u32 }"},
        {"stage.departure", TVN_OK, "record { id: u64 }"},
        {"events.departur", TVN_ETYPE_UNKNOWN,
            "did you mean 'events.departure'?"},
        {"event.departure", TVN_ETYPE_UNKNOWN,
            "did you mean 'events.departure'?"},
        {"shop:flights/events.gat", TVN_ETYPE_UNKNOWN,
            "did you mean 'shop:flights/events.gate'?"},
        {"shop:flights/events@2.0.0.gate", TVN_ETYPE_UNKNOWN,
            "did you mean 'shop:flights/events@1.0.0.gate'?"},
        {"departure", TVN_ETYPE_UNKNOWN,
            "there is: events.departure, events.gate"},
        {"other.departure", TVN_ETYPE_UNKNOWN, "there is: other.thing"},
        {"", TVN_ETYPE_UNKNOWN, "there is no type ''"},
        {".", TVN_ETYPE_UNKNOWN, "there is no type '.'"},
    };
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *wit = wit_of(FIND_WIT, types);
    const struct tvn_wit *wits[] = {wit, wit}; /* the same twice: no matter */
    struct tvn_place place = {"p.yaml", 3, 5, NULL};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tvn_type *type = NULL;
        struct tvn_diag diag = {0};
        struct tvn_buf text = {0};
        tvn_err err = tvn_wit_find_type(
            wits, 2, tvn_str_of(rows[i].name), &place, &type, &diag);

        TVN_ASSERT(err == rows[i].err);
        tvn_diag_print(&diag, &text);
        if (err == TVN_OK) {
            TVN_ASSERT(prints(type, rows[i].printed));
        } else {
            TVN_ASSERT(strstr(tvn_buf_text(&text), "p.yaml:3:5: ") != NULL);
            if (strstr(tvn_buf_text(&text), rows[i].printed) == NULL) {
                fail_with(&diag, rows[i].printed);
            }
        }
        tvn_buf_fini(&text);
        tvn_diag_fini(&diag);
    }
    tvn_wit_free(wit);
    tvn_types_free(types);
}

static void
test_an_ambiguous_name_lists_what_it_may_be(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *first = wit_of(FIND_WIT, types);
    struct tvn_wit *second = wit_of(
        "package my:pkg;\ninterface events { record departure { x: u8 } }\n",
        types);
    const struct tvn_wit *wits[] = {first, second};
    const struct tvn_type *type = NULL;
    struct tvn_diag diag = {0};
    struct tvn_buf text = {0};

    TVN_ASSERT(tvn_wit_find_type(wits, 2, TVN_STR("events.departure"), NULL,
                   &type, &diag) == TVN_EINVAL);
    tvn_diag_print(&diag, &text);
    TVN_ASSERT(strstr(tvn_buf_text(&text),
                   "say which: shop:flights/events@1.0.0.departure, "
                   "my:pkg/events.departure") != NULL);
    TVN_ASSERT(tvn_wit_find_type(wits, 2, TVN_STR("my:pkg/events.departure"),
                   NULL, &type, NULL) == TVN_OK);
    TVN_ASSERT(prints(type, "record { x: u8 }"));
    tvn_buf_fini(&text);
    tvn_diag_fini(&diag);
    tvn_wit_free(first);
    tvn_wit_free(second);
    tvn_types_free(types);
}

int
main(void)
{
    test_every_kind_of_value_type_comes_through();
    test_a_world_has_imports_exports_and_types();
    test_interfaces_of_other_packages_are_there_whole();
    test_equal_types_are_one_across_packages();
    test_what_is_not_run_is_named();
    test_a_component_is_no_package();
    test_types_are_found_by_name();
    test_an_ambiguous_name_lists_what_it_may_be();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
