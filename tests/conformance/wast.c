/* wast.c -- runs what `wasm-tools json-from-wast` makes of a .wast file.
 *
 *     wast [--loads-only] FILE.json
 *
 * Commands: module, module_definition, module_instance, register, action,
 * assert_return, assert_trap, assert_invalid, assert_malformed,
 * assert_unlinkable, assert_uninstantiable.  Prints a line for each that
 * fails, `FILE:LINE: what`, and closes with `N passed, N failed, N skipped`
 * over all asserts, then those that run code, and apart from them how many
 * components were to load and did.  Exit 1 when one failed.
 *
 * What the reference validator refuses only for a proposal that is off is
 * decoded all the same: a component may have what it never calls. */
#include "base/assert.h"
#include "base/mem.h"
#include "conformance/value.h"
#include "engine/engine.h"
#include "support/call.h"
#include "toolchain/toolchain.h"

#include <jansson.h>
#include <stdio.h>

#define FILE_MAX   ((size_t)64 << 20)
#define THINGS_MAX 1024u

/* A definition or an instance. */
struct thing {
    const char *name; /* NULL: none */
    struct tvn_buf bytes;
    struct tvn_types *types;
    struct tvn_component *component; /* NULL: it could not be decoded */
    struct tvn_code *code;
    struct tvn_instance *instance;
    bool is_owner; /* of all but the instance */
    bool is_valid; /* the reference validator accepts it */
};

struct run {
    const char *dir; /* of the JSON */
    const char *source;
    struct tvn_engine *engine;
    struct tvn_pool *pool;
    struct thing definitions[THINGS_MAX];
    unsigned definition_count;
    struct thing instances[THINGS_MAX];
    unsigned instance_count;
    unsigned passed, failed, skipped;
    unsigned ran_passed, ran_failed; /* of these: asserts that run code */
    unsigned loaded, not_loaded;
    bool loads_only; /* tests of a validator: nothing gives their imports */
    struct tvn_diag diag;
    unsigned line;
};

static const char *
text_of(const json_t *command, const char *key)
{
    return json_string_value(json_object_get(command, key));
}

static const char *
said(const struct run *run)
{
    return run->diag.first == NULL ? "no reason given" : run->diag.first->text;
}

static void
complain(const struct run *run, const char *what, const char *why)
{
    printf("%s:%u: %s: %s\n", run->source, run->line, what, why);
}

static void
judge(struct run *run, bool is_good, bool runs_code, const char *what)
{
    if (is_good) {
        run->passed++;
        run->ran_passed += runs_code;
    } else {
        run->failed++;
        run->ran_failed += runs_code;
        complain(run, what, said(run));
    }
}

/* ------------------------------------------------------------------------
 * Files. */

/* The bytes of a module; text is assembled.  False: it is malformed. */
static bool
read_module(struct run *run, const json_t *command, struct tvn_buf *out)
{
    const char *name = text_of(command, "filename");
    const char *binary = text_of(command, "binary_filename");
    const char *kind = text_of(command, "module_type");
    bool is_text = kind != NULL && strcmp(kind, "text") == 0 && binary == NULL;
    struct tvn_buf path = {0};
    struct tvn_buf text = {0};
    tvn_err err;

    tvn_buf_printf(&path, "%s/%s", run->dir, binary == NULL ? name : binary);
    err =
        tvn_buf_read_file(is_text ? &text : out, tvn_buf_text(&path), FILE_MAX);
    TVN_ASSERT(err == TVN_OK);
    if (is_text) {
        err = tvn_toolchain_wat(text.ptr, text.len, name, out, &run->diag);
    }
    tvn_buf_fini(&path);
    tvn_buf_fini(&text);
    return err == TVN_OK;
}

static bool
is_component(const struct tvn_buf *bytes)
{
    return bytes->len >= 8 && bytes->ptr[6] == 1;
}

/* "requires the component model threading feature" */
static bool
is_gated(const struct run *run)
{
    const char *text = said(run);

    return strstr(text, "component model") != NULL &&
           strstr(text, "feature") != NULL;
}

/* Decodes and compiles. */
static bool
define(struct run *run, const json_t *command, struct thing *out)
{
    tvn_err err;

    out->name = text_of(command, "name");
    out->is_owner = true;
    if (!read_module(run, command, &out->bytes)) {
        return false;
    }
    err = tvn_toolchain_validate(
        (const uint8_t *)out->bytes.ptr, out->bytes.len, "module", &run->diag);
    out->is_valid = err == TVN_OK;
    if (!is_component(&out->bytes)) {
        return out->is_valid;
    }
    if (err != TVN_OK && !is_gated(run)) {
        return false;
    }
    tvn_diag_fini(&run->diag);
    out->types = tvn_types_new();
    TVN_ASSERT(out->types != NULL);
    err = tvn_component_decode((const uint8_t *)out->bytes.ptr, out->bytes.len,
        "module", out->types, &out->component, &run->diag);
    if (err == TVN_OK) {
        err = tvn_code_new(
            run->engine, out->component, "module", &out->code, &run->diag);
    }
    return err == TVN_OK;
}

static bool
instantiate(struct run *run, const struct thing *from, struct thing *out)
{
    const struct tvn_instance_opts opts = {
        .memory_max = 1u << 30, .pool = run->pool};

    *out = *from;
    out->is_owner = false;
    return out->code != NULL && tvn_instance_new(out->code, &opts,
                                    &out->instance, &run->diag) == TVN_OK;
}

static void
drop(struct thing *thing)
{
    tvn_instance_free(thing->instance);
    if (thing->is_owner) {
        tvn_code_free(thing->code);
        tvn_component_free(thing->component);
        if (thing->types != NULL) {
            tvn_types_free(thing->types);
        }
        tvn_buf_fini(&thing->bytes);
    }
}

/* The newest of that name; of any, when there is none. */
static struct thing *
find(struct thing *things, unsigned count, const char *name)
{
    for (unsigned i = count; i-- > 0;) {
        if (name == NULL ||
            (things[i].name != NULL && strcmp(things[i].name, name) == 0)) {
            return &things[i];
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * Calls. */

struct call {
    struct tvn_call call;
    const struct tvn_func_type *type;
    struct tvn_arena arena;
    struct tvn_builder builder;
    struct tvn_image *result;
};

enum outcome { RETURNED, TRAPPED, NOT_RUN };

static bool
read_args(struct run *run, const struct call *call, const json_t *action,
    struct tvn_image **out)
{
    const struct tvn_type *tuple = call->type->tuple;
    const json_t *args = json_object_get(action, "args");
    struct tvn_builder builder = {0};
    bool is_good = json_array_size(args) == call->type->param_count;

    if (tuple == NULL) {
        return is_good;
    }
    tvn_builder_init(&builder, run->pool);
    TVN_ASSERT(tvn_builder_begin(&builder, tuple) == TVN_OK);
    for (uint32_t i = 0; is_good && i < tuple->count; i++) {
        is_good = value_fill(&builder, tuple->members[i].type,
            json_array_get(args, i), tuple->members[i].offset);
    }
    if (is_good) {
        TVN_ASSERT(tvn_builder_finish(&builder, out) == TVN_OK);
    }
    tvn_builder_fini(&builder);
    return is_good;
}

static enum outcome
invoke(struct run *run, const json_t *action, struct call *call)
{
    struct thing *thing =
        find(run->instances, run->instance_count, text_of(action, "module"));
    const struct tvn_extern *func = NULL;
    const struct tvn_plan *plan = NULL;
    struct tvn_image *args = NULL;
    enum outcome outcome = NOT_RUN;
    tvn_err err = TVN_OK;

    if (thing != NULL && thing->instance != NULL) {
        func = tvn_extern_find(thing->component->exports,
            thing->component->export_count,
            tvn_str_of(text_of(action, "field")));
    }
    if (func == NULL || func->kind != TVN_EXTERN_FUNC ||
        tvn_call_init(&call->call, thing->instance, func->index, &run->diag) !=
            TVN_OK) {
        return NOT_RUN;
    }
    call->type = func->func;
    if (read_args(run, call, action, &args)) {
        outcome = TRAPPED;
        err = args == NULL
                  ? TVN_OK
                  : call_lower(&call->call, args, &call->arena, &run->diag);
        if (err == TVN_OK) {
            err = tvn_call_run(&call->call, &run->diag);
        }
        if (err == TVN_OK && call->type->result != NULL) {
            err = tvn_plan_lift(&call->arena, call->type->result, &plan);
            err = err == TVN_OK ? call_lift(&call->call, plan, &call->builder,
                                      &call->result, &run->diag)
                                : err;
        }
        if (err == TVN_OK) {
            err = tvn_call_finish(&call->call, &run->diag);
        }
        outcome = err == TVN_OK ? RETURNED : TRAPPED;
    }
    tvn_image_unref(args);
    return outcome;
}

static bool
is_expected(struct run *run, const struct call *call, const json_t *expected)
{
    const struct tvn_type *type = call->type->result;
    struct tvn_builder builder = {0};
    bool is_good;

    if (type == NULL || json_array_size(expected) == 0) {
        return type == NULL && json_array_size(expected) == 0;
    }
    tvn_builder_init(&builder, run->pool);
    TVN_ASSERT(tvn_builder_begin(&builder, type) == TVN_OK);
    is_good = value_fill(&builder, type, json_array_get(expected, 0), 0) &&
              tvn_value_equal(type, call->result->data, 0, builder.data, 0);
    tvn_builder_fini(&builder);
    return is_good;
}

/* Traps that could easily be others: the rule that was broken must be it. */
static bool
is_for_that(const struct run *run, const char *expected)
{
    return expected == NULL ||
           strstr(expected, "cannot leave component instance") == NULL ||
           strstr(said(run), "from inside realloc or post-return") != NULL;
}

static void
act(struct run *run, const json_t *command, bool traps, bool is_assert)
{
    struct call call = {.type = NULL};
    const json_t *expected = json_object_get(command, "expected");
    enum outcome outcome;
    bool is_good;

    tvn_builder_init(&call.builder, run->pool);
    outcome = invoke(run, json_object_get(command, "action"), &call);
    is_good = outcome == (traps ? TRAPPED : RETURNED);
    if (is_good && !traps && is_assert) {
        is_good = is_expected(run, &call, expected);
    }
    if (is_good && traps && is_assert) {
        is_good = is_for_that(run, text_of(command, "text"));
    }
    if (is_assert) {
        judge(run, is_good, true,
            outcome == NOT_RUN   ? "it could not be called"
            : outcome == TRAPPED ? "it trapped"
            : traps              ? "it returned"
                                 : "it returned another value");
    }
    tvn_image_unref(call.result);
    tvn_builder_fini(&call.builder);
    tvn_arena_fini(&call.arena);
}

/* ------------------------------------------------------------------------
 * Commands. */

static void
load(struct run *run, const json_t *command, bool instantiates)
{
    struct thing *made = &run->definitions[run->definition_count];
    bool is_good = define(run, command, made);

    TVN_ASSERT(run->definition_count + 1 < THINGS_MAX &&
               run->instance_count + 1 < THINGS_MAX);
    run->loaded += is_good;
    run->not_loaded += !is_good;
    if (!is_good) {
        complain(run, "it does not load", said(run));
    } else if (instantiates && made->code != NULL &&
               !instantiate(run, made, &run->instances[run->instance_count]) &&
               !run->loads_only) {
        complain(run, "it has no instance", said(run));
    }
    run->instances[run->instance_count].name = made->name;
    run->definition_count++;
    run->instance_count += instantiates ? 1 : 0;
}

static void
load_instance(struct run *run, const json_t *command)
{
    const struct thing *from = find(
        run->definitions, run->definition_count, text_of(command, "module"));
    struct thing *made = &run->instances[run->instance_count];

    TVN_ASSERT(run->instance_count + 1 < THINGS_MAX);
    if (from == NULL || !instantiate(run, from, made)) {
        complain(run, "it has no instance", said(run));
    }
    made->name = text_of(command, "instance");
    run->instance_count++;
}

/* It is malformed or invalid; that this version does not run it is not
 * enough. */
static void
refuse(struct run *run, const json_t *command)
{
    struct thing made = {0};

    (void)define(run, command, &made);
    judge(run, !made.is_valid, false, "it is accepted");
    drop(&made);
}

/* It is a component, and has no instance. */
static void
refuse_instance(struct run *run, const json_t *command)
{
    struct thing made = {0};
    struct thing instance = {0};
    bool is_defined = define(run, command, &made);

    judge(run, is_defined && !instantiate(run, &made, &instance), false,
        is_defined ? "it has an instance" : "it does not load");
    drop(&instance);
    drop(&made);
}

static void
step(struct run *run, const json_t *command)
{
    const char *type = text_of(command, "type");

    run->line = (unsigned)json_integer_value(json_object_get(command, "line"));
    tvn_diag_fini(&run->diag);
    if (strcmp(type, "module") == 0) {
        load(run, command, true);
    } else if (strcmp(type, "module_definition") == 0) {
        load(run, command, false);
    } else if (strcmp(type, "module_instance") == 0) {
        load_instance(run, command);
    } else if (strcmp(type, "assert_return") == 0) {
        act(run, command, false, true);
    } else if (strcmp(type, "assert_trap") == 0) {
        act(run, command, true, true);
    } else if (strcmp(type, "action") == 0) {
        act(run, command, false, false);
    } else if (strcmp(type, "assert_invalid") == 0 ||
               strcmp(type, "assert_malformed") == 0) {
        refuse(run, command);
    } else if (strcmp(type, "assert_unlinkable") == 0 ||
               strcmp(type, "assert_uninstantiable") == 0) {
        refuse_instance(run, command);
    } else if (strncmp(type, "assert_", 7) == 0) {
        run->skipped++;
        complain(run, "skipped", type);
    }
}

static void
open_run(struct run *run, const json_t *root, char *path)
{
    const struct tvn_engine_opts opts = {0};
    char *slash = strrchr(path, '/');

    *run = (struct run){.source = text_of(root, "source_filename"), .dir = "."};
    if (slash != NULL) {
        *slash = '\0';
        run->dir = path;
    }
    run->pool = tvn_pool_new(64u << 20, 0);
    TVN_ASSERT(run->pool != NULL);
    TVN_ASSERT(tvn_engine_new(&opts, &run->engine, &run->diag) == TVN_OK);
}

static void
close_run(struct run *run)
{
    for (unsigned i = 0; i < run->instance_count; i++) {
        drop(&run->instances[i]);
    }
    for (unsigned i = 0; i < run->definition_count; i++) {
        drop(&run->definitions[i]);
    }
    tvn_engine_free(run->engine);
    tvn_pool_free(run->pool);
    tvn_diag_fini(&run->diag);
}

int
main(int argc, char **argv)
{
    static struct run run;
    json_error_t error;
    json_t *root;
    const json_t *commands;

    bool loads_only = argc == 3 && strcmp(argv[1], "--loads-only") == 0;

    if (argc != 2 && !loads_only) {
        (void)fprintf(stderr, "usage: wast [--loads-only] FILE.json\n");
        return 2;
    }
    root = json_load_file(argv[argc - 1], 0, &error);
    if (root == NULL) {
        (void)fprintf(
            stderr, "%s:%d: %s\n", argv[argc - 1], error.line, error.text);
        return 2;
    }
    open_run(&run, root, argv[argc - 1]);
    run.loads_only = loads_only;
    commands = json_object_get(root, "commands");
    for (size_t i = 0; i < json_array_size(commands); i++) {
        step(&run, json_array_get(commands, i));
    }
    close_run(&run);
    json_decref(root);
    printf("%u passed, %u failed, %u skipped\n", run.passed, run.failed,
        run.skipped);
    printf("of these run code: %u passed, %u failed\n", run.ran_passed,
        run.ran_failed);
    printf("components: %u loaded, %u not\n", run.loaded, run.not_loaded);
    return run.failed > 0;
}
