/* differential.c -- the same components, the same calls, on Wasmtime's own
 * component model and on ours: is what comes out the same?
 *
 *     differential script FILE.json        what json-from-wast made of a .wast:
 *                                          its components and its calls
 *     differential calls SEED N FILE ...   components, binary or text: N random
 *                                          calls of each export
 *     differential echo SEED N COUNT       the same with COUNT components of
 *                                          random types, which hand back what
 *                                          they get
 *
 * Prints a line for each difference, `FILE:LINE: what`, and closes with
 *
 *     components: B both, N neither, O ours only, T Wasmtime only
 *     instances: ... the same
 *     calls: E equal (R returned, T trapped), D different, O one side only
 *
 * Exit 1 when something was different. */
#include "base/assert.h"
#include "base/rng.h"
#include "conformance/value.h"
#include "differential/echo.h"
#include "differential/sides.h"
#include "value/testing.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX   ((size_t)64 << 20)
#define THINGS_MAX 1024u

struct counts {
    unsigned both, neither, ours, theirs;
};

struct thing {
    const char *name; /* NULL: none */
    struct pair *pair;
    struct live live; /* of instances */
    struct tvn_buf bytes;
};

struct run {
    struct engines engines;
    const char *dir;
    const char *source;
    unsigned line;
    struct thing definitions[THINGS_MAX];
    unsigned definition_count;
    struct thing instances[THINGS_MAX];
    unsigned instance_count;
    struct counts components, instances_made;
    unsigned returned, trapped, different, one_sided;
    bool is_different;
};

/* ------------------------------------------------------------------------
 * Counting. */

static void
differ(struct run *run, const char *what)
{
    printf("%s:%u: %s; ours: %s; Wasmtime: %s\n", run->source, run->line, what,
        engines_said(&run->engines), run->engines.theirs_said);
    run->is_different = true;
}

static void
count(struct run *run, struct counts *counts, bool ours, bool theirs,
    const char *what)
{
    char text[64];

    counts->both += ours && theirs;
    counts->neither += !ours && !theirs;
    counts->ours += ours && !theirs;
    counts->theirs += !ours && theirs;
    if (ours != theirs) {
        (void)snprintf(text, sizeof(text), "%s by %s only", what,
            ours ? "ours" : "Wasmtime");
        differ(run, text);
    }
}

/* That a side has no instance was said when there was to be one. */
static void
judge(struct run *run, const struct live *live, const struct tvn_extern *func,
    const struct result *result)
{
    static const char *const words[] = {"returned", "trapped", "not run"};
    char text[256];

    if (result->ours == NOT_RUN && result->theirs == NOT_RUN) {
        return;
    }
    if (result->ours == NOT_RUN || result->theirs == NOT_RUN) {
        run->one_sided++;
        if (live->ours == NULL || !live->has_theirs) {
            return;
        }
    } else if (!result_equal(func->func, result)) {
        run->different++;
    } else {
        run->returned += result->ours == RETURNED;
        run->trapped += result->ours == TRAPPED;
        return;
    }
    (void)snprintf(text, sizeof(text), "%.*s: ours %s, Wasmtime %s%s",
        TVN_STR_ARG(func->name), words[result->ours], words[result->theirs],
        result->ours == RETURNED && result->theirs == RETURNED
            ? " another value"
            : "");
    differ(run, text);
}

/* ------------------------------------------------------------------------
 * Components. */

static bool
is_component(const struct tvn_buf *bytes)
{
    return bytes->len >= 8 && bytes->ptr[6] == 1;
}

/* Text is assembled; false: it cannot be. */
static bool
read_bytes(const char *path, struct tvn_buf *out)
{
    struct tvn_buf file = {0};
    bool is_good = true;

    TVN_ASSERT(tvn_buf_read_file(&file, path, FILE_MAX) == TVN_OK);
    if (file.len >= 4 && memcmp(file.ptr, "\0asm", 4) == 0) {
        *out = file;
        return true;
    }
    is_good = tvn_toolchain_wat(file.ptr, file.len, path, out, NULL) == TVN_OK;
    tvn_buf_fini(&file);
    return is_good;
}

static struct pair *
load_pair(struct run *run, const struct tvn_buf *bytes)
{
    struct pair *pair = tvn_mem_new(1, sizeof(*pair));

    TVN_ASSERT(pair != NULL);
    pair_load(&run->engines, bytes, pair);
    count(run, &run->components, pair->ours != NULL, pair->theirs != NULL,
        "loaded");
    return pair;
}

/* NULL: it is a core module, or text that is none. */
static struct pair *
define(struct run *run, const char *path, struct tvn_buf *bytes)
{
    if (!read_bytes(path, bytes) || !is_component(bytes)) {
        tvn_buf_fini(bytes);
        return NULL;
    }
    return load_pair(run, bytes);
}

static void
instantiate(struct run *run, const struct pair *pair, struct live *live)
{
    live_open(&run->engines, pair, live);
    if (pair->ours != NULL && pair->theirs != NULL) {
        count(run, &run->instances_made, live->ours != NULL, live->has_theirs,
            "instantiated");
    }
}

static void
drop(struct thing *thing)
{
    if (thing->pair != NULL) {
        pair_free(thing->pair);
        tvn_mem_free(thing->pair, 1, sizeof(*thing->pair));
    }
    tvn_buf_fini(&thing->bytes);
}

/* ------------------------------------------------------------------------
 * Scripts. */

static const char *
text_of(const json_t *command, const char *key)
{
    return json_string_value(json_object_get(command, key));
}

/* The newest of that name; of any, when there is none. */
static struct thing *
find(struct thing *things, unsigned count_, const char *name)
{
    for (unsigned i = count_; i-- > 0;) {
        if (name == NULL ||
            (things[i].name != NULL && strcmp(things[i].name, name) == 0)) {
            return &things[i];
        }
    }
    return NULL;
}

static void
load(struct run *run, const json_t *command, bool instantiates)
{
    const char *binary = text_of(command, "binary_filename");
    const char *file = binary != NULL ? binary : text_of(command, "filename");
    struct thing *made = &run->definitions[run->definition_count++];
    struct thing *instance = &run->instances[run->instance_count];
    struct tvn_buf path = {0};

    TVN_ASSERT(run->definition_count < THINGS_MAX &&
               run->instance_count + 1 < THINGS_MAX);
    tvn_buf_printf(&path, "%s/%s", run->dir, file);
    made->name = text_of(command, "name");
    made->pair = define(run, tvn_buf_text(&path), &made->bytes);
    tvn_buf_fini(&path);
    if (instantiates) {
        instance->name = made->name;
        if (made->pair != NULL) {
            instantiate(run, made->pair, &instance->live);
        }
        run->instance_count++;
    }
}

static void
load_instance(struct run *run, const json_t *command)
{
    const struct thing *from = find(
        run->definitions, run->definition_count, text_of(command, "module"));
    struct thing *made = &run->instances[run->instance_count++];

    TVN_ASSERT(run->instance_count < THINGS_MAX);
    made->name = text_of(command, "instance");
    if (from != NULL && from->pair != NULL) {
        instantiate(run, from->pair, &made->live);
    }
}

/* NULL in `*out` without parameters; false: they do not fit. */
static bool
read_args(struct run *run, const struct tvn_func_type *type,
    const json_t *action, struct tvn_image **out)
{
    const json_t *args = json_object_get(action, "args");
    struct tvn_builder builder = {0};
    bool is_good = json_array_size(args) == type->param_count;

    if (type->tuple == NULL) {
        return is_good;
    }
    tvn_builder_init(&builder, run->engines.pool);
    TVN_ASSERT(tvn_builder_begin(&builder, type->tuple) == TVN_OK);
    for (uint32_t i = 0; is_good && i < type->tuple->count; i++) {
        is_good = value_fill(&builder, type->tuple->members[i].type,
            json_array_get(args, i), type->tuple->members[i].offset);
    }
    if (is_good) {
        TVN_ASSERT(tvn_builder_finish(&builder, out) == TVN_OK);
    }
    tvn_builder_fini(&builder);
    return is_good;
}

static void
act(struct run *run, const json_t *action)
{
    struct thing *thing =
        find(run->instances, run->instance_count, text_of(action, "module"));
    const struct tvn_str none = {NULL, 0};
    const struct tvn_extern *func = NULL;
    struct tvn_image *args = NULL;
    struct result result;

    if (thing != NULL && thing->live.pair != NULL &&
        thing->live.pair->decoded != NULL) {
        func = tvn_extern_find(thing->live.pair->decoded->exports,
            thing->live.pair->decoded->export_count,
            tvn_str_of(text_of(action, "field")));
    }
    if (func == NULL || func->kind != TVN_EXTERN_FUNC ||
        !read_args(run, func->func, action, &args)) {
        return;
    }
    live_call(&run->engines, &thing->live, none, func, args, &result);
    judge(run, &thing->live, func, &result);
    result_fini(&result);
    tvn_image_unref(args);
}

static void
step(struct run *run, const json_t *command)
{
    const char *type = text_of(command, "type");
    const json_t *action = json_object_get(command, "action");

    run->line = (unsigned)json_integer_value(json_object_get(command, "line"));
    if (strcmp(type, "module_instance") == 0) {
        load_instance(run, command);
    } else if (action != NULL) {
        act(run, action);
    } else if (text_of(command, "filename") != NULL) {
        load(run, command,
            strcmp(type, "module") == 0 ||
                strcmp(type, "assert_unlinkable") == 0 ||
                strcmp(type, "assert_uninstantiable") == 0);
    }
}

static void
run_script(struct run *run, char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    char *slash = strrchr(path, '/');
    const json_t *commands;

    TVN_ASSERT(root != NULL);
    run->source = text_of(root, "source_filename");
    run->dir = ".";
    if (slash != NULL) {
        *slash = '\0';
        run->dir = path;
    }
    commands = json_object_get(root, "commands");
    for (size_t i = 0; i < json_array_size(commands); i++) {
        step(run, json_array_get(commands, i));
    }
    for (unsigned i = 0; i < run->instance_count; i++) {
        live_close(&run->instances[i].live);
    }
    for (unsigned i = 0; i < run->definition_count; i++) {
        drop(&run->definitions[i]);
    }
    json_decref(root);
}

/* ------------------------------------------------------------------------
 * Random calls. */

/* A dead instance is made anew, on both sides. */
static void
call_randomly(struct run *run, struct live *live, struct tvn_str interface,
    const struct tvn_extern *func, struct tvn_rng *rng)
{
    const struct tvn_type *tuple = func->func->tuple;
    struct tvn_builder builder = {0};
    struct tvn_image *args = NULL;
    struct result result;
    bool has_trapped;

    tvn_builder_init(&builder, run->engines.pool);
    if (tuple != NULL) {
        args = tvn_testing_image(&builder, tuple, rng);
    }
    live_call(&run->engines, live, interface, func, args, &result);
    judge(run, live, func, &result);
    has_trapped = result.ours == TRAPPED || result.theirs == TRAPPED;
    result_fini(&result);
    tvn_image_unref(args);
    tvn_builder_fini(&builder);
    if (has_trapped) {
        const struct pair *pair = live->pair;

        live_close(live);
        live_open(&run->engines, pair, live);
    }
}

/* A handle among the parameters only an earlier result could give. */
static bool
is_callable(const struct tvn_extern *item)
{
    return item->kind == TVN_EXTERN_FUNC &&
           item->func->param_count <= ARGS_MAX &&
           (item->func->tuple == NULL || !item->func->tuple->has_handle);
}

/* Calls each export; the pair and its bytes are dropped. */
static void
call_all(
    struct run *run, struct thing *thing, unsigned times, struct tvn_rng *rng)
{
    const struct tvn_str none = {NULL, 0};
    const struct pair *pair = thing->pair;
    struct live live = {.pair = NULL};

    if (pair != NULL && pair->ours != NULL && pair->theirs != NULL) {
        instantiate(run, pair, &live);
    }
    for (uint32_t i = 0; live.ours != NULL && i < pair->decoded->export_count;
         i++) {
        const struct tvn_extern *item = &pair->decoded->exports[i];
        bool is_interface = item->kind == TVN_EXTERN_INSTANCE;

        for (uint32_t k = 0; k < (is_interface ? item->item_count : 1); k++) {
            const struct tvn_extern *func =
                is_interface ? &item->items[k] : item;

            for (unsigned n = 0; n < times && is_callable(func); n++) {
                call_randomly(
                    run, &live, is_interface ? item->name : none, func, rng);
            }
        }
    }
    live_close(&live);
    drop(thing);
}

static void
run_calls(struct run *run, const char *path, uint64_t seed, unsigned times)
{
    struct tvn_rng rng = {.state = seed};
    struct thing thing = {.name = NULL};

    run->source = path;
    thing.pair = define(run, path, &thing.bytes);
    call_all(run, &thing, times, &rng);
}

/* `line` of what is printed is the component's number. */
static void
run_echo(struct run *run, uint64_t seed, unsigned times, unsigned total)
{
    struct tvn_rng rng = {.state = seed};

    run->source = "echo";
    for (unsigned i = 0; i < total; i++) {
        struct thing thing = {.name = NULL};
        struct tvn_buf text = {0};
        struct tvn_diag diag = {0};

        run->line = i;
        echo_make(&rng, &text);
        if (tvn_toolchain_wat(
                text.ptr, text.len, "echo", &thing.bytes, &diag) != TVN_OK) {
            (void)fprintf(stderr, "%s%s\n", text.ptr, diag.first->text);
            abort();
        }
        tvn_buf_fini(&text);
        thing.pair = load_pair(run, &thing.bytes);
        call_all(run, &thing, times, &rng);
    }
}

/* ------------------------------------------------------------------------ */

static void
print_counts(const char *what, const struct counts *counts)
{
    printf("%s: %u both, %u neither, %u ours only, %u Wasmtime only\n", what,
        counts->both, counts->neither, counts->ours, counts->theirs);
}

int
main(int argc, char **argv)
{
    static struct run run;

    engines_open(&run.engines);
    if (argc == 3 && strcmp(argv[1], "script") == 0) {
        run_script(&run, argv[2]);
    } else if (argc >= 4 && strcmp(argv[1], "calls") == 0) {
        for (int i = 4; i < argc; i++) {
            run_calls(&run, argv[i], strtoull(argv[2], NULL, 10),
                (unsigned)strtoul(argv[3], NULL, 10));
        }
    } else if (argc == 5 && strcmp(argv[1], "echo") == 0) {
        run_echo(&run, strtoull(argv[2], NULL, 10),
            (unsigned)strtoul(argv[3], NULL, 10),
            (unsigned)strtoul(argv[4], NULL, 10));
    } else {
        (void)fprintf(stderr, "usage: differential script FILE.json\n"
                              "       differential calls SEED N FILE ...\n"
                              "       differential echo SEED N COUNT\n");
        return 2;
    }
    engines_close(&run.engines);
    TVN_ASSERT(tvn_mem_live() == 0);
    print_counts("components", &run.components);
    print_counts("instances", &run.instances_made);
    printf("calls: %u equal (%u returned, %u trapped), %u different, "
           "%u one side only\n",
        run.returned + run.trapped, run.returned, run.trapped, run.different,
        run.one_sided);
    return run.is_different;
}
