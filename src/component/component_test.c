/* component_test.c -- tvn_component_decode, sentence by sentence of
 * component.h, on components written byte by byte. */
#include "component/component.h"

#include "component/testing.h"

static void
test_a_small_component_is_read(void)
{
    struct bytes b = {0};
    struct outcome outcome;
    const struct tvn_program *program;
    const struct tvn_extern *log;
    const struct tvn_extern *run;

    small_component(&b);
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    TVN_ASSERT(outcome.component->import_count == 1);
    log = &outcome.component->imports[0];
    TVN_ASSERT(log->kind == TVN_EXTERN_INSTANCE && log->item_count == 1);
    TVN_ASSERT(tvn_str_is(log->name, "a:b/log@0.1.0"));
    TVN_ASSERT(log->items[0].kind == TVN_EXTERN_FUNC);
    TVN_ASSERT(log->items[0].index == 0);
    TVN_ASSERT(log->items[0].func->result->kind == TVN_KIND_U8);

    TVN_ASSERT(outcome.component->export_count == 1);
    run = &outcome.component->exports[0];
    TVN_ASSERT(tvn_str_is(run->name, "run") && run->index == 0);
    TVN_ASSERT(run->func->param_count == 1);
    TVN_ASSERT(tvn_str_is(run->func->params[0].name, "by"));
    TVN_ASSERT(run->func->params[0].type->kind == TVN_KIND_RECORD);
    TVN_ASSERT(run->func->tuple->count == 1);
    TVN_ASSERT(run->func->result->kind == TVN_KIND_STRING);

    program = outcome.component->program;
    TVN_ASSERT(program->module_count == 2 && program->modules[0].len == 8);
    TVN_ASSERT(program->modules[1].len == 13);
    TVN_ASSERT(program->core_instance_count == 3);
    TVN_ASSERT(program->core_count[TVN_CORE_FUNC] == 4);
    TVN_ASSERT(program->core_count[TVN_CORE_MEMORY] == 1);
    TVN_ASSERT(program->step_count == 9 && program->lower_count == 1);
    TVN_ASSERT(program->steps[3].kind == TVN_STEP_LOWER);
    TVN_ASSERT(program->lowers[0].import == 0);
    TVN_ASSERT(program->lowers[0].opts.memory == 0);
    TVN_ASSERT(program->lowers[0].opts.realloc == TVN_NONE);
    TVN_ASSERT(program->lift_count == 1);
    TVN_ASSERT(tvn_str_is(program->lifts[0].name, "run"));
    TVN_ASSERT(program->lifts[0].core_func == 2);
    TVN_ASSERT(program->lifts[0].opts.post_return == 3);
    TVN_ASSERT(program->lifts[0].opts.encoding == TVN_UTF8);
    TVN_ASSERT(program->import_count == 1);
    TVN_ASSERT(tvn_str_is(program->imports[0].interface, "a:b/log@0.1.0"));
    TVN_ASSERT(tvn_str_is(program->imports[0].name, "say"));
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

static void
test_indexes_must_exist_already(void)
{
    static const struct {
        unsigned id;
        const char *hex;
        const char *part;
    } rows[] = {
        {2, "01 00 00 00", "there is no core module 0 yet"},
        {2, "01 01 01 'f' 00 00", "there is no core function 0 yet"},
        {6, "01 00 00 01 00 'f'", "there is no core instance 0 yet"},
        {6, "01 01 00 00 'f'", "there is no instance 0 yet"},
        {6, "01 03 02 00 00", "there is no type 0 yet"},
        {6, "01 03 02 01 00", "reaches 1 levels out"},
        {6, "01 03 02 ff ff ff ff 0f 00", "reaches 4294967295 levels out"},
        {7, "01 42 01 02 03 02 02 00", "reaches 2 levels out"},
        {7, "01 42 01 02 03 02 01 00", "there is no type 0 yet"},
        {8, "01 00 00 00 00 00", "there is no core function 0 yet"},
        {8, "01 01 00 00 00", "there is no function 0 yet"},
        {5, "01 00 00 00", "there is no component 0 yet"},
        {5, "01 01 01 00 'f' 01 00", "there is no function 0 yet"},
        {10, "01 00 'f' 01 00", "there is no type 0 yet"},
        {11, "01 00 'f' 05 00 00", "there is no instance 0 yet"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes b = {0};

        header(&b);
        section_of(&b, rows[i].id, rows[i].hex);
        expect(&b, TVN_EMALFORMED, rows[i].part);
    }
}

/* What is not run is named, and where it is used. */
static void
test_what_is_not_run_is_refused_by_name(void)
{
    static const struct {
        const char *types; /* section 7 */
        unsigned id;
        const char *hex;
        const char *part;
    } rows[] = {
        {"02 66 01 7d 40 01 'x' 00 01 00", 10, "01 00 'f' 01 01",
            "which has streams (stream<...>)"},
        {"02 65 00 40 01 'x' 00 01 00", 10, "01 00 'f' 01 01",
            "which has futures (future<...>)"},
        {"01 40 01 'x' 64 01 00", 10, "01 00 'f' 01 00",
            "which has error contexts"},
        {"01 43 00 01 00", 10, "01 00 'f' 01 00", "which has async functions"},
        {"00", 10, "01 00 'v' 02 01 7d", "a value"},
        {"00", 9, "00 00 00", "a start function"},
        {"00", 12, "00", "has values"},
        {"00", 8, "01 27 00 00", "uses threads"},
        {"00", 10, "01 02 'x' 01 00 'a:b/c' 05 00", "under another name"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes b = {0};

        header(&b);
        section_of(&b, 7, rows[i].types);
        section_of(&b, rows[i].id, rows[i].hex);
        expect(&b, TVN_EUNSUPPORTED, rows[i].part);
    }
}

static void
test_canonical_options_are_checked(void)
{
    static const struct {
        const char *lift; /* options and type of the lift of core function 0 */
        tvn_err err;
        const char *part;
    } rows[] = {
        {"00 00", TVN_EMALFORMED, "need memory is lifted without one"},
        {"01 03 00 00", TVN_EMALFORMED, "allocated is lifted without realloc"},
        {"01 04 00 01", TVN_EMALFORMED, "realloc is given without a memory"},
        {"02 03 00 03 00 01", TVN_EMALFORMED, "given twice"},
        {"02 00 01 01", TVN_EMALFORMED, "more than one string encoding"},
        {"01 03 01 01", TVN_EMALFORMED, "there is no core memory 1 yet"},
        {"01 05 09 01", TVN_EMALFORMED, "there is no core function 9 yet"},
        {"01 06 01", TVN_EUNSUPPORTED, "async"},
        {"01 0a 01", TVN_EMALFORMED, "an unknown canonical option"},
        {"00 02", TVN_EMALFORMED, "type is no function type"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes b = {0};

        header(&b);
        section_of(&b, 7, "03 40 01 's' 73 01 00 40 00 01 00 70 7d");
        section_of(&b, 1, "00 61 73 6d 01 00 00 00");
        section_of(&b, 2, "01 00 00 00");
        section_of(&b, 6, "02 00 02 01 00 'm' 00 00 01 00 'f'");
        begin(&b, 8);
        hex(&b, "01 00 00 00");
        hex(&b, rows[i].lift);
        end(&b);
        expect(&b, rows[i].err, rows[i].part);
    }
}

static void
test_a_name_twice_is_refused(void)
{
    struct bytes b = {0};

    header(&b);
    section_of(&b, 7, "01 40 00 01 00");
    section_of(&b, 10, "02 00 'f' 01 00 00 'f' 01 00");
    expect(&b, TVN_EMALFORMED, "the name 'f' is there twice");
    header(&b);
    section_of(&b, 7, "01 42 03 01 7d 04 00 't' 03 00 00 04 00 't' 03 00 00");
    expect(&b, TVN_EMALFORMED, "the name 't' is there twice");
}

static void
test_attributes_of_names_are_read(void)
{
    struct bytes b = {0};
    struct outcome outcome;

    header(&b);
    section_of(&b, 7, "01 42 00");
    section_of(&b, 10,
        "02 02 'a:b/c@0.2' 02 01 '.5' 02 'ignored' 05 00"
        "01 'old:form/x' 05 00");
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    TVN_ASSERT(tvn_str_is(outcome.component->imports[0].name, "a:b/c@0.2.5"));
    TVN_ASSERT(tvn_str_is(outcome.component->imports[1].name, "old:form/x"));
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

static void
test_an_import_handed_on_is_no_lift(void)
{
    struct bytes b = {0};
    struct outcome outcome;

    header(&b);
    section_of(&b, 7, "01 42 02 01 40 00 01 00 04 00 'f' 01 00");
    section_of(&b, 10, "01 00 'a:b/c' 05 00");
    section_of(&b, 11, "01 00 'x:y/z' 05 00 00");
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    TVN_ASSERT(outcome.component->exports[0].items[0].index == TVN_NONE);
    TVN_ASSERT(outcome.component->imports[0].items[0].index == 0);
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

/* The nested component that a tool writes for an exported interface. */
static void
nested(struct bytes *b, const char *inner_type)
{
    header(b);
    section_of(b, 7, "02 72 01 'a' 7d 40 01 'r' 00 01 00");
    section_of(b, 1, "00 61 73 6d 01 00 00 00");
    section_of(b, 2, "01 00 00 00");
    section_of(b, 6, "01 00 00 01 00 'f'");
    section_of(b, 8, "01 00 00 00 00 01");
    begin(b, 4);
    header(b);
    section_of(b, 7, inner_type);
    section_of(b, 10, "02 00 'import-t' 03 00 00 00 'import-f' 01 01");
    section_of(b, 11, "02 00 't' 03 02 00 00 'f' 01 00 00");
    end(b);
    section_of(b, 5, "01 00 00 02 'import-t' 03 00 'import-f' 01 00");
    section_of(b, 11, "01 00 'a:b/iface' 05 00 00");
}

static void
test_an_exported_interface_is_what_it_hands_through(void)
{
    struct bytes b = {0};
    struct outcome outcome;
    const struct tvn_extern *face;

    nested(&b, "02 72 01 'a' 7d 40 01 'r' 00 01 00");
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    TVN_ASSERT(outcome.component->export_count == 1);
    face = &outcome.component->exports[0];
    TVN_ASSERT(face->kind == TVN_EXTERN_INSTANCE && face->item_count == 2);
    TVN_ASSERT(tvn_str_is(face->items[0].name, "t"));
    TVN_ASSERT(face->items[0].kind == TVN_EXTERN_TYPE);
    TVN_ASSERT(face->items[1].kind == TVN_EXTERN_FUNC);
    TVN_ASSERT(face->items[1].index == 0);
    TVN_ASSERT(tvn_str_is(outcome.component->program->lifts[0].name, "f"));
    TVN_ASSERT(outcome.component->program->import_count == 0);
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
    memset(&b, 0, sizeof(b));

    nested(&b, "02 72 01 'b' 7d 40 01 'r' 00 01 00"); /* another field */
    expect(&b, TVN_EMALFORMED,
        "something of another type is given for "
        "'import-t'");
}

/* A component that makes a resource, has a module, and exports "make". */
static void
maker(struct bytes *b)
{
    begin(b, 4);
    header(b);
    section_of(b, 1, "00 61 73 6d 01 00 00 00");
    section_of(b, 2, "01 00 00 00");
    section_of(b, 6, "01 00 00 01 00 'f'");
    section_of(b, 7, "03 3f 7f 01 00 69 00 40 00 00 01");
    section_of(b, 8, "03 02 00 03 00 04 00"); /* new, drop, rep */
    section_of(b, 8, "01 00 00 01 00 02");
    section_of(b, 11, "02 00 'r' 03 00 00 00 'make' 01 00 00");
    end(b);
}

static void
test_components_inside_are_dissolved(void)
{
    static const enum tvn_step_kind kinds[] = {TVN_STEP_INSTANTIATE,
        TVN_STEP_ALIAS, TVN_STEP_RESOURCE, TVN_STEP_NEW, TVN_STEP_DROP,
        TVN_STEP_REP, TVN_STEP_LIFT};
    const unsigned each = sizeof(kinds) / sizeof(kinds[0]);
    struct bytes b = {0};
    struct outcome outcome;
    const struct tvn_program *program;

    header(&b);
    maker(&b);
    section_of(&b, 5, "02 00 00 00 00 00 00"); /* two instances */
    section_of(&b, 11, "02 00 'a' 05 00 00 00 'b' 05 01 00");
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    program = outcome.component->program;
    TVN_ASSERT(program->module_count == 1 && program->part_count == 3);
    TVN_ASSERT(program->step_count == 2 * each);
    for (unsigned i = 0; i < 2 * each; i++) {
        TVN_ASSERT(program->steps[i].kind == kinds[i % each]);
    }
    /* Each instance has a resource of its own. */
    TVN_ASSERT(program->resource_count == 2);
    for (uint32_t i = 0; i < 2; i++) {
        const struct tvn_resource_def *def = &program->resources[i];
        const struct tvn_extern *face = &outcome.component->exports[i];

        TVN_ASSERT(def->part == i + 1 && def->dtor == i * 4);
        TVN_ASSERT(def->type->index == i);
        TVN_ASSERT(program->steps[i * each + 4].part == i + 1);
        TVN_ASSERT(program->steps[i * each + 4].index == i);
        TVN_ASSERT(program->lifts[i].part == i + 1);
        TVN_ASSERT(program->lifts[i].type->result->resource == def->type);
        TVN_ASSERT(face->items[0].kind == TVN_EXTERN_RESOURCE);
        TVN_ASSERT(face->items[0].resource == def->type);
        TVN_ASSERT(face->items[1].index == i);
    }
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

/* One instance type with a resource, imported under two names. */
static void
test_imported_resources_are_the_imports(void)
{
    struct bytes b = {0};
    struct outcome outcome;
    const struct tvn_program *program;
    struct tvn_buf text = {0};

    header(&b);
    section_of(&b, 7,
        "01 42 04 04 00 'r' 03 01 01 68 00 01 40 01 'x' 01 01 00 04 00 'f' 01 "
        "02");
    section_of(&b, 10, "02 00 'a:b/c@1.0.0' 05 00 00 'a:b/d' 05 00");
    section_of(&b, 6, "01 03 00 00 'r'");
    section_of(&b, 8, "01 03 01"); /* drop */
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    program = outcome.component->program;
    TVN_ASSERT(program->resource_count == 2 && program->import_count == 2);
    TVN_ASSERT(program->resources[0].part == TVN_NONE);
    TVN_ASSERT(tvn_str_is(program->resources[0].interface, "a:b/c@1.0.0"));
    TVN_ASSERT(tvn_str_is(program->resources[1].interface, "a:b/d"));
    TVN_ASSERT(tvn_str_is(program->resources[1].name, "r"));
    TVN_ASSERT(program->imports[0].type->params[0].type->resource ==
               program->resources[0].type);
    TVN_ASSERT(program->imports[1].type->params[0].type->resource ==
               program->resources[1].type);
    tvn_func_type_print(program->imports[0].type, &text);
    TVN_ASSERT(strcmp(tvn_buf_text(&text), "func(x: borrow<a:b/c.r>)") == 0);
    tvn_buf_fini(&text);
    TVN_ASSERT(program->steps[0].kind == TVN_STEP_DROP);
    TVN_ASSERT(program->steps[0].index == 0);
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

static void
test_resources_are_for_who_makes_them(void)
{
    struct bytes b = {0};

    header(&b);
    section_of(&b, 10, "01 00 'r' 03 01");
    section_of(&b, 8, "01 02 00");
    expect(&b, TVN_EMALFORMED, "only the component that makes a resource");
    header(&b);
    section_of(&b, 7, "01 7d");
    section_of(&b, 8, "01 03 00");
    expect(&b, TVN_EMALFORMED, "none of a resource");
    header(&b);
    section_of(&b, 7, "02 7d 69 00");
    expect(&b, TVN_EMALFORMED, "a handle is of a resource");
    header(&b);
    section_of(&b, 7, "01 3f 7e 00");
    expect(&b, TVN_EMALFORMED, "represented as an i32");
}

/* Components see what was there when they were defined: no cycles. */
static void
test_a_component_does_not_see_what_comes_later(void)
{
    static const char *const aliases[] = {"01 04 02 01 00", "01 03 02 01 00"};
    static const char *const texts[] = {
        "there is no component 0 yet", "there is no type 0 yet"};

    for (int i = 0; i < 2; i++) {
        struct bytes b = {0};

        header(&b);
        begin(&b, 4);
        header(&b);
        section_of(&b, 6, aliases[i]);
        end(&b);
        section_of(&b, 7, "01 7d");
        section_of(&b, 5, "01 00 00 00");
        expect(&b, TVN_EMALFORMED, texts[i]);
    }
}

static void
test_arguments_are_given_by_name(void)
{
    static const char *const args[] = {"00", "01 'g' 01 00", "01 'f' 03 00"};
    static const char *const texts[] = {"nothing is given for 'f'",
        "nothing is given for 'f'", "something of another type is given"};

    for (int i = 0; i < 3; i++) {
        struct bytes b = {0};

        header(&b);
        begin(&b, 4);
        header(&b);
        section_of(&b, 7, "01 40 00 01 00");
        section_of(&b, 10, "01 00 'f' 01 00");
        end(&b);
        section_of(&b, 7, "01 40 00 01 00");
        section_of(&b, 10, "01 00 'x' 01 00");
        begin(&b, 5);
        hex(&b, "01 00 00");
        hex(&b, args[i]);
        end(&b);
        expect(&b, TVN_EMALFORMED, texts[i]);
    }
}

/* What the host cannot give is known before an instance is made. */
static void
test_imported_modules_and_components_are_unmet(void)
{
    struct bytes b = {0};
    struct outcome outcome;

    for (int is_module = 0; is_module < 2; is_module++) {
        header(&b);
        if (is_module == 1) {
            section_of(&b, 3, "01 50 00");
            section_of(&b, 10, "01 00 'm' 00 11 00");
            section_of(&b, 2, "01 00 00 00");
        } else {
            section_of(&b, 7, "01 41 00");
            section_of(&b, 10, "01 00 'c' 04 00");
            section_of(&b, 5, "01 00 00 00");
        }
        outcome = decode(&b);
        TVN_ASSERT(outcome.err == TVN_OK);
        TVN_ASSERT(outcome.component->imports[0].kind == TVN_EXTERN_OTHER);
        TVN_ASSERT(strcmp(outcome.component->program->unmet,
                       is_module == 1 ? "core modules" : "components") == 0);
        outcome_fini(&outcome);
        tvn_buf_fini(&b.buf);
        memset(&b, 0, sizeof(b));
    }
}

static void
test_maps_and_fixed_lists_are_what_they_are_laid_out_as(void)
{
    struct bytes b = {0};
    struct outcome outcome;
    struct tvn_buf text = {0};

    header(&b);
    section_of(&b, 7, "03 63 73 7d 67 79 03 40 02 'm' 00 'l' 01 01 00");
    section_of(&b, 10, "01 00 'f' 01 02");
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    tvn_func_type_print(outcome.component->imports[0].func, &text);
    TVN_ASSERT(strcmp(tvn_buf_text(&text),
                   "func(m: list<tuple<string, u8>>, l: tuple<u32, u32, "
                   "u32>)") == 0);
    tvn_buf_fini(&text);
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

static void
test_out_of_memory_is_an_error_everywhere(void)
{
    struct bytes b = {0};
    tvn_err err = TVN_ENOMEM;

    small_component(&b);
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_types *types;
        struct tvn_component *component = NULL;
        struct tvn_diag diag = {0};

        tvn_mem_fail_after(-1);
        types = tvn_types_new();
        tvn_mem_fail_after(n);
        err = tvn_component_decode((const uint8_t *)b.buf.ptr, b.buf.len, "x",
            types, &component, &diag);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT((err == TVN_OK) == (component != NULL));
        TVN_ASSERT(n < 1000);
        tvn_component_free(component);
        tvn_types_free(types);
        tvn_diag_fini(&diag);
    }
    tvn_buf_fini(&b.buf);
}

int
main(void)
{
    test_a_small_component_is_read();
    test_indexes_must_exist_already();
    test_what_is_not_run_is_refused_by_name();
    test_canonical_options_are_checked();
    test_a_name_twice_is_refused();
    test_attributes_of_names_are_read();
    test_an_import_handed_on_is_no_lift();
    test_an_exported_interface_is_what_it_hands_through();
    test_components_inside_are_dissolved();
    test_imported_resources_are_the_imports();
    test_resources_are_for_who_makes_them();
    test_a_component_does_not_see_what_comes_later();
    test_arguments_are_given_by_name();
    test_imported_modules_and_components_are_unmet();
    test_maps_and_fixed_lists_are_what_they_are_laid_out_as();
    test_out_of_memory_is_an_error_everywhere();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
