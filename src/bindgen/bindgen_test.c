/* bindgen_test.c -- one test per sentence of bindgen.h, on worlds made by
 * hand.  Whole texts are compared in tests/bindgen_golden. */
#include "bindgen/testing.h"

#define TYPES(...) ((const struct tvn_type *const[]){__VA_ARGS__})
#define BOOL       scalar(w, TVN_KIND_BOOL)
#define U8         scalar(w, TVN_KIND_U8)
#define U32        scalar(w, TVN_KIND_U32)
#define U64        scalar(w, TVN_KIND_U64)
#define F32        scalar(w, TVN_KIND_F32)
#define F64        scalar(w, TVN_KIND_F64)
#define STRING     scalar(w, TVN_KIND_STRING)

static const struct tvn_type *
add_event(struct world *w)
{
    const struct tvn_type *event =
        members(w, TVN_KIND_RECORD, "id name", TYPES(U64, STRING));

    type(w, "thing", event);
    return event;
}

/* init, a table, a processor with a fault, a log: most of what there is. */
static void
fill_world(struct world *w)
{
    const struct tvn_type *event = add_event(w);
    const struct tvn_type *config =
        members(w, TVN_KIND_RECORD, "limit names", TYPES(U32, list(w, STRING)));
    const struct tvn_type *fault =
        members(w, TVN_KIND_VARIANT, "retry reject", TYPES(NULL, STRING));
    const struct tvn_type *number =
        members(w, TVN_KIND_VARIANT, "real whole", TYPES(F32, U64));
    const struct tvn_type *level =
        members(w, TVN_KIND_ENUM, "debug info warn error", NULL);
    struct tvn_extern log =
        func(w, "log", NULL, "level message", TYPES(level, STRING));
    struct tvn_extern types[] = {
        {.name = TVN_STR("fault"), .kind = TVN_EXTERN_TYPE, .type = fault}};

    type(w, "config", config);
    type(w, "number", number);
    add_import(w, func(w, "things", option(w, event), "name", TYPES(STRING)));
    add_import(w, func(w, "measure", number, "n", TYPES(number)));
    add_import(w, interface(w, "torvyn:stage/log@0.1.0", &log, 1));
    add_import(w, interface(w, "my:pack/faults@1.2.0", types, 1));
    add_export(
        w, func(w, "init", result(w, NULL, STRING), "config", TYPES(config)));
    add_export(w, func(w, "process", result(w, option(w, event), fault),
                      "event", TYPES(event)));
}

static void
test_header_glue_and_functions_are_made(void)
{
    struct world made;
    struct world *w = &made;

    begin(w, "my-stage");
    fill_world(w);
    make(w);
    TVN_ASSERT(tvn_str_is(w->made.base, "my_stage"));
    TVN_ASSERT(w->made.func_count == 2);
    TVN_ASSERT(tvn_str_is(w->made.funcs[0].name, "process"));
    TVN_ASSERT(tvn_str_is(w->made.funcs[0].prototype,
        "process_result process(const thing *event)"));
    TVN_ASSERT(!w->made.funcs[0].is_optional);
    TVN_ASSERT(
        tvn_str_is(w->made.funcs[1].prototype, "init_result on_init(void)"));
    TVN_ASSERT(w->made.funcs[1].is_optional);
    HEADER_HAS(w, "#define TORVYN_LOG 1\n#include \"torvyn.h\"\n");
    HEADER_HAS(w, "extern config cfg;");
    HEADER_HAS(w, "const thing *things(text name);");
    HEADER_HAS(w, "#define emit(...) process_emit(__VA_ARGS__)");
    HEADER_HAS(w, "#define retry() process_retry()");
    HEADER_HAS(w, "#define process_reject(...) "
                  "process_reject_text(join(__VA_ARGS__))");
    HEADER_HAS(w, "_result.err.tag = FAULT_REJECT;\n"
                  "    _result.err.val.reject = _value;");
    HEADER_HAS(w, "TORVYN_LAYOUT(sizeof(thing) == 16 &&\n"
                  "        offsetof(thing, id) == 0 &&\n"
                  "        offsetof(thing, name) == 8,");
    GLUE_HAS(w, "torvyn__into_on_init(&_ret);\n    torvyn_seal();\n"
                "    torvyn_leave();\n    return &_ret;");
    GLUE_HAS(w, "import_module(\"$root\"), import_name(\"things\")");
    GLUE_HAS(w, "import_module(\"torvyn:stage/log@0.1.0\")");
    GLUE_LACKS(w, "cabi_post");
    end(w);
}

static void
test_the_same_world_gives_the_same_bytes(void)
{
    struct world first;
    struct world second;

    begin(&first, "a");
    fill_world(&first);
    make(&first);
    begin(&second, "a");
    (void)members(&second, TVN_KIND_ENUM, "other ids", NULL);
    fill_world(&second);
    make(&second);
    TVN_ASSERT(tvn_str_equal(
        tvn_buf_str(&first.made.header), tvn_buf_str(&second.made.header)));
    TVN_ASSERT(tvn_str_equal(
        tvn_buf_str(&first.made.glue), tvn_buf_str(&second.made.glue)));
    tvn_bindgen_fini(&second.made);
    tvn_arena_fini(&second.arena);
    tvn_types_free(second.types);
    end(&first);
}

static void
test_names_that_are_taken_get_an_underscore(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *inner;
    const struct tvn_type *seek;

    begin(w, "string"); /* string.h is libc's */
    inner = members(w, TVN_KIND_RECORD, "int errno EOF class text other",
        TYPES(U8, U8, U8, U8, STRING, STRING));
    seek = members(w, TVN_KIND_ENUM, "set here", NULL);
    type(w, "text", inner);
    type(w, "seek", seek);
    type(w, "torvyn-arena", members(w, TVN_KIND_FLAGS, "a", NULL));
    add_import(w, func(w, "printf", U8, "cfg", TYPES(U8)));
    add_import(w, func(w, "emit", NULL, "", NULL));
    add_export(w, func(w, "read", seek, "text int", TYPES(STRING, U8)));
    add_export(w, func(w, "join", NULL, "text more", TYPES(STRING, STRING)));
    make(w);
    TVN_ASSERT(tvn_str_is(w->made.base, "string_"));
    GLUE_HAS(w, "#include \"string_.h\"");
    HEADER_HAS(w, "    uint8_t int_;\n    uint8_t errno_;\n    uint8_t eof;\n"
                  "    uint8_t class_;\n    text text;\n"
                  "    text_T other;\n} text_;");
    HEADER_HAS(w, "    SEEK_SET_,\n    SEEK_HERE,\n} seek;");
    HEADER_HAS(w, "typedef uint8_t torvyn_arena_;");
    HEADER_HAS(w, "\nuint8_t printf_(uint8_t cfg_);");
    HEADER_HAS(w, "\nvoid emit_(void);");
    HEADER_HAS(w, "\nseek read_(text text, uint8_t int_);");
    HEADER_HAS(w, "\nvoid join_(text text_, text more);");
    GLUE_HAS(w, "export_name(\"read\")");
    end(w);
}

static void
test_two_exports_of_one_c_name_are_an_error(void)
{
    struct world made;
    struct world *w = &made;
    struct tvn_extern run;

    begin(w, "twice");
    run = func(w, "run", NULL, "", NULL);
    add_export(w, interface(w, "one:pack/api@0.1.0", &run, 1));
    add_export(w, interface(w, "two:pack/api@0.1.0", &run, 1));
    try_make(w);
    TVN_ASSERT(w->err == TVN_EBINDGEN && w->diag.errors == 1);
    TVN_ASSERT(w->made.header.ptr == NULL && w->made.funcs == NULL);
    TVN_ASSERT(has(&w->said, "stage x"));
    TVN_ASSERT(has(&w->said,
        "world twice exports one:pack/api.run and two:pack/api.run, and C "
        "would call both `api_run`"));
    end(w);
}

static void
test_an_export_called_memory_is_an_error(void)
{
    struct world made;
    struct world *w = &made;

    begin(w, "odd");
    add_export(w, func(w, "memory", NULL, "", NULL));
    try_make(w);
    TVN_ASSERT(w->err == TVN_EBINDGEN && w->diag.errors == 1);
    TVN_ASSERT(has(&w->said, "world odd exports `memory`"));
    end(w);
}

static void
test_exported_interfaces_give_bare_names_when_they_can(void)
{
    struct world made;
    struct world *w = &made;
    struct tvn_extern run;
    struct tvn_extern stop;

    begin(w, "both");
    run = func(w, "run", NULL, "", NULL);
    stop = func(w, "stop", NULL, "", NULL);
    add_export(w, interface(w, "one:pack/api@0.1.0", &run, 1));
    add_export(w, interface(w, "one:pack/other@0.1.0", &stop, 1));
    add_export(w, run);
    make(w);
    HEADER_HAS(w, "\nvoid api_run(void);");
    HEADER_HAS(w, "\nvoid stop(void);");
    HEADER_HAS(w, "\nvoid run(void);");
    GLUE_HAS(w, "export_name(\"one:pack/other@0.1.0#stop\")");
    end(w);
}

static void
test_equal_types_are_one_and_rivals_take_their_interface_along(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *kind;
    const struct tvn_type *point;
    const struct tvn_type *other;
    struct tvn_extern first[2];
    struct tvn_extern second[2];

    begin(w, "rivals");
    kind = members(w, TVN_KIND_ENUM, "big small", NULL);
    point = members(w, TVN_KIND_RECORD, "x kind", TYPES(U32, kind));
    other = members(w, TVN_KIND_RECORD, "x kind", TYPES(F32, kind));
    first[0] = (struct tvn_extern){
        .name = TVN_STR("size"), .kind = TVN_EXTERN_TYPE, .type = kind};
    first[1] = (struct tvn_extern){
        .name = TVN_STR("point"), .kind = TVN_EXTERN_TYPE, .type = point};
    second[0] = (struct tvn_extern){
        .name = TVN_STR("scale"), .kind = TVN_EXTERN_TYPE, .type = kind};
    second[1] = (struct tvn_extern){
        .name = TVN_STR("point"), .kind = TVN_EXTERN_TYPE, .type = other};
    add_import(w, interface(w, "my:pack/first@1.2.0", first, 2));
    add_import(w, interface(w, "my:pack/second@1.2.0", second, 2));
    add_export(w, func(w, "process", other, "event", TYPES(point)));
    make(w);
    HEADER_HAS(w, "} size;\ntypedef size scale;\n"
                  "#define SCALE_BIG SIZE_BIG\n");
    HEADER_HAS(w, "second_point process(const first_point *event);");
    HEADER_LACKS(w, "} point;");
    end(w);
}

static void
test_what_no_function_reaches_stays_out(void)
{
    struct world made;
    struct world *w = &made;
    struct tvn_extern items[2];

    begin(w, "few");
    items[0] = (struct tvn_extern){.name = TVN_STR("used"),
        .kind = TVN_EXTERN_TYPE,
        .type = members(w, TVN_KIND_ENUM, "a b", NULL)};
    items[1] = (struct tvn_extern){.name = TVN_STR("unused"),
        .kind = TVN_EXTERN_TYPE,
        .type = members(w, TVN_KIND_ENUM, "c d", NULL)};
    add_import(w, interface(w, "my:pack/types@1.2.0", items, 2));
    add_export(w, func(w, "evaluate", BOOL, "event",
                      TYPES(list(w, option(w, items[0].type)))));
    make(w);
    HEADER_HAS(w, "} used;");
    HEADER_HAS(w, "typedef struct { bool some; used val; } opt_used;");
    HEADER_HAS(w, "bool evaluate(opt_used_list event);");
    HEADER_LACKS(w, "unused");
    end(w);
}

static void
test_names_made_of_names_are_numbered_when_too_long(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *deep;

    begin(w, "deep");
    deep = U8;
    for (int i = 0; i < 12; i++) {
        deep = list(w, option(w, deep)); /* opt_ + _list: 9 letters */
    }
    add_export(w, func(w, "evaluate", BOOL, "event", TYPES(deep)));
    make(w);
    HEADER_HAS(w, "bool evaluate(opt_opt2_list_list event);");
    end(w);
}

/* ------------------------------------------------------------------------
 * Flat and not. */

/* A record of so many u8. */
static const struct tvn_type *
wide(struct world *w, uint32_t count)
{
    struct tvn_member fields[WORLD_ITEMS_MAX] = {{{0}, NULL, 0}};
    const struct tvn_type *made = NULL;

    for (uint32_t i = 0; i < count; i++) {
        fields[i].name = tvn_str_of(tvn_arena_printf(&w->arena, "f%u", i));
        fields[i].type = U8;
    }
    TVN_ASSERT(tvn_type_members(
                   w->types, TVN_KIND_RECORD, fields, count, &made) == TVN_OK);
    return made;
}

static void
test_up_to_16_core_values_are_parameters(void)
{
    for (uint32_t count = 15; count <= 17; count++) {
        struct world made;
        struct world *w = &made;
        const struct tvn_type *event;

        begin(w, "wide");
        event = wide(w, count);
        type(w, "event", event);
        add_import(w, func(w, "ask", U8, "event", TYPES(event)));
        add_export(w, func(w, "evaluate", BOOL, "event", TYPES(event)));
        make(w);
        if (count <= 16) {
            GLUE_HAS(w, count == 15 ? "uint32_t _a14)" : "uint32_t _a15)");
            GLUE_HAS(w, "_p0.f14 = (uint8_t)_a14;");
            GLUE_HAS(w, "(uint32_t)(*event_).f14");
        } else {
            GLUE_HAS(w, "torvyn__export_evaluate(const void *_args)");
            GLUE_HAS(w, "evaluate((const event *)_args)");
            GLUE_HAS(w, "torvyn__import_ask(event_)");
            GLUE_LACKS(w, "_a16");
        }
        end(w);
    }
}

static void
test_several_parameters_of_more_than_16_are_a_tuple(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *event;

    begin(w, "wide");
    event = wide(w, 15);
    type(w, "event", event);
    add_import(
        w, func(w, "ask", NULL, "e n s", TYPES(event, U64, option(w, U8))));
    add_export(
        w, func(w, "tell", option(w, F64), "e n s", TYPES(event, U64, STRING)));
    make(w);
    GLUE_HAS(w, "struct torvyn__args_tell {\n    event f0;\n    uint64_t f1;\n"
                "    text f2;\n};");
    GLUE_HAS(w, "offsetof(struct torvyn__args_tell, f1) == 16,");
    GLUE_HAS(w, "torvyn__into_tell(&_ret, &_p->f0, _p->f1, _p->f2);");
    GLUE_HAS(w, "const struct torvyn__args_ask _args = {*e, n, s};\n"
                "    torvyn__import_ask(&_args);");
    end(w);
}

static void
test_results_are_a_scalar_or_an_address(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *one;

    begin(w, "gives");
    one = members(w, TVN_KIND_RECORD, "x", TYPES(F32));
    type(w, "one", one);
    add_import(w, func(w, "ask-one", one, "", NULL));
    add_import(w, func(w, "ask-text", STRING, "", NULL));
    add_import(w, func(w, "look", option(w, U8), "key", TYPES(U8)));
    add_export(w, func(w, "tell-one", one, "", NULL));
    add_export(w, func(w, "tell-text", STRING, "", NULL));
    add_export(w, func(w, "tell-bare", result(w, NULL, NULL), "", NULL));
    make(w);
    GLUE_HAS(w, "))) float\ntorvyn__export_tell_one(void)");
    GLUE_HAS(w, "return _ret.x;");
    GLUE_HAS(w, "))) const void *\ntorvyn__export_tell_text(void)\n{\n"
                "    static text _ret;\n    torvyn_enter();\n"
                "    torvyn__into_tell_text(&_ret);\n    torvyn_leave();\n"
                "    return &_ret;\n}");
    GLUE_HAS(w, "return (uint32_t)_ret.is_err;");
    GLUE_HAS(w, "float torvyn__import_ask_one(void);");
    GLUE_HAS(w, "_ret.x = _a0;");
    GLUE_HAS(w, "void torvyn__import_ask_text(void *);");
    GLUE_HAS(w, "torvyn__import_look((uint32_t)key, _ret);\n"
                "    return _ret->some ? &_ret->val : NULL;");
    HEADER_HAS(w, "\nconst uint8_t *look(uint8_t key);");
    end(w);
}

static void
test_cases_share_joined_slots(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *inner;
    const struct tvn_type *number;

    begin(w, "joined");
    inner = result(w, F64, option(w, F32));
    number = members(
        w, TVN_KIND_VARIANT, "a b c d e", TYPES(F32, F64, STRING, inner, NULL));
    type(w, "number", number);
    /* alone, an f32 and a u32 share an i32 */
    type(w, "narrow", members(w, TVN_KIND_VARIANT, "f u", TYPES(F32, U32)));
    add_import(w, func(w, "ask", NULL, "n", TYPES(number)));
    add_export(
        w, func(w, "tell", NULL, "n narrow", TYPES(number, w->named[1].type)));
    make(w);
    GLUE_HAS(w, "torvyn__export_tell(uint32_t _a0, uint64_t _a1, "
                "uint64_t _a2, float _a3, uint32_t _a4, uint32_t _a5)");
    GLUE_HAS(w, "const uint64_t _s0[] = {_a0, _a1, _a2, torvyn__bits32(_a3)};");
    GLUE_HAS(w, "(*_v).val.a = torvyn__f32(_s[1]);");
    GLUE_HAS(w, "(*_v).val.b = torvyn__f64(_s[1]);");
    GLUE_HAS(w, "(*_v).val.c.ptr = (const char *)(uint32_t)_s[1];");
    GLUE_HAS(w, "torvyn__lift_res_f64_opt_f32(&(*_v).val.d, _s + 1);");
    GLUE_HAS(w, "_s[1] = torvyn__bits32((*_v).val.a);");
    GLUE_HAS(w, "torvyn__import_ask((uint32_t)_s0[0], _s0[1], _s0[2], "
                "torvyn__f32(_s0[3]))");
    end(w);
}

/* ------------------------------------------------------------------------
 * Roles. */

static void
test_a_poll_has_its_macros(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *event;
    const struct tvn_type *poll;

    begin(w, "src");
    event = add_event(w);
    poll = members(
        w, TVN_KIND_VARIANT, "wait done event", TYPES(U64, NULL, event));
    type(w, "poll", poll);
    add_export(w, func(w, "pull", poll, "", NULL));
    make(w);
    HEADER_HAS(w, "\npoll pull(void);");
    HEADER_HAS(w, "#define emit(...) pull_emit(__VA_ARGS__)\n"
                  "#define wait_ns(...) pull_wait_ns(__VA_ARGS__)\n"
                  "#define done() pull_done()\n");
    HEADER_HAS(w, "_result.tag = POLL_EVENT;\n"
                  "    _result.val.event = _value;");
    end(w);
}

static void
test_short_macros_are_the_main_functions(void)
{
    struct world made;
    struct world *w = &made;
    const struct tvn_type *event;

    begin(w, "agg");
    event = add_event(w);
    add_export(
        w, func(w, "flush", result(w, list(w, event), STRING), "", NULL));
    add_export(
        w, func(w, "ingest", result(w, NULL, STRING), "event", TYPES(event)));
    add_export(w, func(w, "complete", result(w, NULL, STRING), "", NULL));
    make(w);
    TVN_ASSERT(tvn_str_is(w->made.funcs[0].name, "ingest"));
    HEADER_HAS(w, "#define ok() ingest_ok()");
    HEADER_HAS(w, "#define reject(...) ingest_reject(__VA_ARGS__)");
    HEADER_HAS(w, " *     flush_emit(v) ");
    HEADER_HAS(w, " *     flush_reject(...) ");
    HEADER_HAS(w, "typedef ingest_result complete_result;");
    HEADER_HAS(w, "flush_emit(thing_list _value)");
    HEADER_LACKS(w, "#define emit");
    HEADER_HAS(w, "thing_list thing_take(struct torvyn_table *table);");
    GLUE_HAS(w, "torvyn__copy_thing(&_rows[_i], torvyn_alloc);\n"
                "        torvyn__drop_thing(_row);");
    end(w);
}

static void
test_without_a_log_records_are_counted(void)
{
    struct world made;
    struct world *w = &made;

    begin(w, "quiet");
    add_export(w, func(w, "evaluate", BOOL, "event", TYPES(U8)));
    make(w);
    HEADER_LACKS(w, "TORVYN_LOG");
    GLUE_HAS(w, "torvyn_log_dropped++;");
    end(w);
}

/* ------------------------------------------------------------------------
 * Comments. */

static struct tvn_str
docs(const void *env, struct tvn_str path)
{
    (void)env;
    if (tvn_str_is(path, "my:pack/told")) {
        return TVN_STR(" The world.\n Two */ lines.");
    }
    if (tvn_str_is(path, "my:pack/told.thing")) {
        return TVN_STR(" A /* thing */ \\\n of *");
    }
    if (tvn_str_is(path, "my:pack/told.thing.id")) {
        return TVN_STR(" Its number.");
    }
    if (tvn_str_is(path, "my:pack/told.thing.name")) {
        return TVN_STR(" A name that says so much that it does not fit behind "
                       "the field.");
    }
    return tvn_str_is(path, "my:pack/told.evaluate") ? TVN_STR("Says yes.")
                                                     : TVN_STR("");
}

static void
test_doc_comments_are_carried_over(void)
{
    struct world made;
    struct world *w = &made;

    begin(w, "told");
    w->opts.docs = docs;
    add_export(w, func(w, "evaluate", BOOL, "event", TYPES(add_event(w))));
    make(w);
    HEADER_HAS(w, "my:pack@1.2.0.\n * The world.\n * Two * / lines.\n *\n");
    HEADER_HAS(w, "/* A / * thing * / \\ \n * of *  */\ntypedef struct {\n"
                  "    uint64_t id; /* Its number. */\n"
                  "    /* A name that says so much that it does not fit behind "
                  "the field. */\n    text name;\n} thing;");
    HEADER_HAS(w, "/* Says yes. */\nbool evaluate(const thing *event);");
    end(w);
}

/* ------------------------------------------------------------------------ */

static void
test_memory_may_run_out_anywhere(void)
{
    struct world made;
    struct world *w = &made;
    int64_t n = 0;

    begin(w, "lean");
    fill_world(w);
    for (;; n++) {
        uint64_t before = tvn_mem_live();
        tvn_err err;

        tvn_mem_fail_after(n);
        err = tvn_bindgen_make(&w->opts, &w->made, NULL);
        tvn_mem_fail_after(-1);
        if (err == TVN_OK) {
            break;
        }
        TVN_ASSERT(err == TVN_ENOMEM);
        TVN_ASSERT(w->made.header.ptr == NULL);
        TVN_ASSERT(tvn_mem_live() == before);
    }
    TVN_ASSERT(n > 100);
    end(w);
}

int
main(void)
{
    test_header_glue_and_functions_are_made();
    test_the_same_world_gives_the_same_bytes();
    test_names_that_are_taken_get_an_underscore();
    test_two_exports_of_one_c_name_are_an_error();
    test_an_export_called_memory_is_an_error();
    test_exported_interfaces_give_bare_names_when_they_can();
    test_equal_types_are_one_and_rivals_take_their_interface_along();
    test_what_no_function_reaches_stays_out();
    test_names_made_of_names_are_numbered_when_too_long();
    test_up_to_16_core_values_are_parameters();
    test_several_parameters_of_more_than_16_are_a_tuple();
    test_results_are_a_scalar_or_an_address();
    test_cases_share_joined_slots();
    test_a_poll_has_its_macros();
    test_short_macros_are_the_main_functions();
    test_without_a_log_records_are_counted();
    test_doc_comments_are_carried_over();
    test_memory_may_run_out_anywhere();
    return 0;
}
