/* program.c -- runs the steps of a program against an engine's core
 * operations; see program.h.
 *
 * Every index is checked again here: a program is data, and a check costs
 * nothing beside making an instance. */
#include "component/program.h"

#include "base/map.h"
#include "base/mem.h"
#include "component/reader.h"

#include <stdarg.h>
#include <string.h>

#define SHOWN_MAX 100 /* of a name in a message, in bytes */
#define SHOWN(s)                                                               \
    ((s).len < SHOWN_MAX ? (int)(s).len : SHOWN_MAX),                          \
        ((s).ptr == NULL ? "" : (s).ptr)

/* A core instance: the engine's, or a bag of items that exist already. */
struct instance {
    const struct tvn_step *bag; /* NULL: the engine's */
    uint32_t handle;
    struct tvn_map names; /* of the bag: name -> ref number + 1 */
};

struct run {
    const struct tvn_program *program;
    const struct tvn_core_ops *ops;
    void *store;
    const char *name;
    struct tvn_diag *diag;
    struct instance *instances;
    uint32_t instance_count; /* made so far */
    struct tvn_core_item *items[TVN_CORE_SORTS];
    uint32_t item_count[TVN_CORE_SORTS];
};

static tvn_err malformed(const struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static tvn_err
malformed(const struct run *run, const char *format, ...)
{
    struct tvn_place place = {.path = run->name};
    struct tvn_buf text = {0};
    va_list args;
    tvn_err err;

    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    if (tvn_buf_text(&text)[0] != '\0') {
        tvn__clean(text.ptr);
    }
    err = tvn_diag_error(
        run->diag, TVN_EMALFORMED, &place, "%s", tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return err;
}

static tvn_err
missing(const struct run *run, const char *what, uint32_t index)
{
    return malformed(run, "there is no core %s %u", what, (unsigned)index);
}

static tvn_err
add_item(struct run *run, const struct tvn_core_item *item)
{
    enum tvn_core_sort sort = item->sort;

    if (run->item_count[sort] >= run->program->core_count[sort]) {
        return malformed(run, "more core items than the program counts");
    }
    run->items[sort][run->item_count[sort]++] = *item;
    return TVN_OK;
}

/* The item `index` of that sort; NULL in `*out` for TVN_NONE. */
static tvn_err
get_item(const struct run *run, enum tvn_core_sort sort, uint32_t index,
    const struct tvn_core_item **out)
{
    static const char *const names[] = {
        "function", "table", "memory", "global", "tag"};

    *out = NULL;
    if (index == TVN_NONE) {
        return TVN_OK;
    }
    if (index >= run->item_count[sort]) {
        return missing(run, names[sort], index);
    }
    *out = &run->items[sort][index];
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Names of refs. */

static tvn_err
map_refs(struct tvn_map *map, const struct tvn_step *step)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < step->ref_count; i++) {
        err = tvn_map_add(map, step->refs[i].name, (void *)((uintptr_t)i + 1));
    }
    return err;
}

static const struct tvn_core_ref *
find_ref(
    const struct tvn_map *map, const struct tvn_step *step, struct tvn_str name)
{
    uintptr_t number = (uintptr_t)tvn_map_find(map, name);

    return number == 0 ? NULL : &step->refs[number - 1];
}

/* The export `name` of core instance `index`. */
static tvn_err
get_export(const struct run *run, uint32_t index, struct tvn_str name,
    struct tvn_core_item *out)
{
    const struct instance *instance;
    const struct tvn_core_ref *ref;
    const struct tvn_core_item *item;
    tvn_err err;

    if (index >= run->instance_count) {
        return missing(run, "instance", index);
    }
    instance = &run->instances[index];
    if (instance->bag == NULL) {
        return run->ops->get_export(
            run->store, instance->handle, name, out, run->diag);
    }
    ref = find_ref(&instance->names, instance->bag, name);
    if (ref == NULL || ref->index == TVN_NONE) {
        return malformed(run, "core instance %u has no '%.*s'", (unsigned)index,
            SHOWN(name));
    }
    err = get_item(run, ref->sort, ref->index, &item);
    if (err == TVN_OK) {
        *out = *item;
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Steps. */

static tvn_err
find_imports(const struct run *run, const struct tvn_step *step,
    const struct tvn_map *args, struct tvn_core_item *imports, uint32_t count)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        const struct tvn_core_ref *arg;
        struct tvn_str module;
        struct tvn_str name;

        err = run->ops->import_name(run->store, step->index, i, &module, &name);
        if (err != TVN_OK) {
            return err;
        }
        arg = find_ref(args, step, module);
        if (arg == NULL) {
            return malformed(run,
                "core module %u imports '%.*s' of '%.*s', and nothing is "
                "given for it",
                (unsigned)step->index, SHOWN(name), SHOWN(module));
        }
        err = get_export(run, arg->index, name, &imports[i]);
    }
    return err;
}

static tvn_err
instantiate(const struct run *run, const struct tvn_step *step,
    const struct tvn_map *args, uint32_t *handle)
{
    struct tvn_core_item *imports = NULL;
    uint32_t count = 0;
    tvn_err err = run->ops->import_count(run->store, step->index, &count);

    if (err == TVN_OK && count > 0) {
        imports = tvn_mem_new(count, sizeof(*imports));
        err = imports == NULL ? TVN_ENOMEM
                              : find_imports(run, step, args, imports, count);
    }
    if (err == TVN_OK) {
        err = run->ops->instantiate(
            run->store, step->index, imports, count, handle, run->diag);
    }
    if (imports != NULL) {
        tvn_mem_free(imports, count, sizeof(*imports));
    }
    return err;
}

/* INSTANTIATE and BAG. */
static tvn_err
make_instance(struct run *run, const struct tvn_step *step)
{
    struct instance *instance;
    struct tvn_map args = {0};
    tvn_err err;

    if (run->instance_count >= run->program->core_instance_count) {
        return malformed(run, "more core instances than the program counts");
    }
    instance = &run->instances[run->instance_count];
    if (step->kind == TVN_STEP_BAG) {
        err = map_refs(&instance->names, step);
        instance->bag = step;
    } else if (step->index >= run->program->module_count) {
        return missing(run, "module", step->index);
    } else {
        err = map_refs(&args, step);
        if (err == TVN_OK) {
            err = instantiate(run, step, &args, &instance->handle);
        }
        tvn_map_fini(&args);
    }
    if (err == TVN_OK) {
        run->instance_count++;
    }
    return err;
}

static tvn_err
alias(struct run *run, const struct tvn_step *step)
{
    struct tvn_core_item item;
    tvn_err err = get_export(run, step->index, step->name, &item);

    if (err == TVN_OK && item.sort != step->sort) {
        return malformed(run, "'%.*s' of core instance %u is of another sort",
            SHOWN(step->name), (unsigned)step->index);
    }
    return err == TVN_OK ? add_item(run, &item) : err;
}

static tvn_err
lower(struct run *run, const struct tvn_step *step)
{
    const struct tvn_lower *what;
    const struct tvn_core_item *memory;
    const struct tvn_core_item *realloc;
    struct tvn_core_item item = {.sort = TVN_CORE_FUNC};
    tvn_err err;

    if (step->index >= run->program->lower_count) {
        return malformed(
            run, "there is no lowered function %u", (unsigned)step->index);
    }
    what = &run->program->lowers[step->index];
    if (what->part >= run->program->part_count) {
        return missing(run, "part", what->part);
    }
    if (what->import >= run->program->import_count &&
        what->lift >= run->program->lift_count) {
        return malformed(
            run, "there is no imported function %u", (unsigned)what->import);
    }
    err = get_item(run, TVN_CORE_MEMORY, what->opts.memory, &memory);
    if (err == TVN_OK) {
        err = get_item(run, TVN_CORE_FUNC, what->opts.realloc, &realloc);
    }
    if (err == TVN_OK) {
        err = run->ops->new_lower(
            run->store, what, memory, realloc, &item, run->diag);
    }
    item.sort = TVN_CORE_FUNC;
    return err == TVN_OK ? add_item(run, &item) : err;
}

static tvn_err
add_lift(struct run *run, uint32_t index)
{
    const struct tvn_lift *lift;
    const struct tvn_core_item *func;
    const struct tvn_core_item *memory;
    const struct tvn_core_item *realloc;
    const struct tvn_core_item *post_return;
    tvn_err err;

    if (index >= run->program->lift_count) {
        return malformed(
            run, "there is no lifted function %u", (unsigned)index);
    }
    lift = &run->program->lifts[index];
    if (lift->part >= run->program->part_count) {
        return missing(run, "part", lift->part);
    }
    err = get_item(run, TVN_CORE_FUNC, lift->core_func, &func);
    if (err == TVN_OK && func == NULL) {
        return missing(run, "function", lift->core_func);
    }
    if (err == TVN_OK) {
        err = get_item(run, TVN_CORE_MEMORY, lift->opts.memory, &memory);
    }
    if (err == TVN_OK) {
        err = get_item(run, TVN_CORE_FUNC, lift->opts.realloc, &realloc);
    }
    if (err == TVN_OK) {
        err =
            get_item(run, TVN_CORE_FUNC, lift->opts.post_return, &post_return);
    }
    return err == TVN_OK ? run->ops->add_lift(run->store, index, lift, func,
                               memory, realloc, post_return, run->diag)
                         : err;
}

static tvn_err
add_resource(struct run *run, const struct tvn_step *step)
{
    const struct tvn_core_item *dtor;
    tvn_err err;

    if (step->index >= run->program->resource_count) {
        return missing(run, "resource", step->index);
    }
    err = get_item(
        run, TVN_CORE_FUNC, run->program->resources[step->index].dtor, &dtor);
    return err == TVN_OK ? run->ops->add_resource(
                               run->store, step->index, dtor, run->diag)
                         : err;
}

static tvn_err
add_builtin(struct run *run, const struct tvn_step *step)
{
    struct tvn_core_item item = {.sort = TVN_CORE_FUNC};
    tvn_err err;

    if (step->kind == TVN_STEP_GATED
            ? step->index >= run->program->gated_count
            : step->index >= run->program->resource_count) {
        return missing(run, "resource or built-in", step->index);
    }
    if (step->part >= run->program->part_count) {
        return missing(run, "part", step->part);
    }
    err = run->ops->new_builtin(run->store, step, &item, run->diag);
    item.sort = TVN_CORE_FUNC;
    return err == TVN_OK ? add_item(run, &item) : err;
}

static tvn_err
run_step(struct run *run, const struct tvn_step *step)
{
    switch (step->kind) {
    case TVN_STEP_INSTANTIATE:
    case TVN_STEP_BAG:
        return make_instance(run, step);
    case TVN_STEP_ALIAS:
        return alias(run, step);
    case TVN_STEP_LOWER:
        return lower(run, step);
    case TVN_STEP_LIFT:
        return add_lift(run, step->index);
    case TVN_STEP_RESOURCE:
        return add_resource(run, step);
    case TVN_STEP_NEW:
    case TVN_STEP_DROP:
    case TVN_STEP_REP:
    case TVN_STEP_GATED:
        return add_builtin(run, step);
    }
    return TVN_EMALFORMED;
}

/* ------------------------------------------------------------------------
 * The whole. */

/* An array of `count`, which may be 0. */
static bool
make_array(void *out, uint32_t count, size_t size)
{
    void *ptr = count == 0 ? NULL : tvn_mem_new(count, size);

    memcpy(out, &ptr, sizeof(ptr));
    return count == 0 || ptr != NULL;
}

static void
fini(struct run *run)
{
    const struct tvn_program *program = run->program;

    for (uint32_t i = 0;
         run->instances != NULL && i < program->core_instance_count; i++) {
        tvn_map_fini(&run->instances[i].names);
    }
    tvn_mem_free(
        run->instances, program->core_instance_count, sizeof(*run->instances));
    for (int sort = 0; sort < TVN_CORE_SORTS; sort++) {
        tvn_mem_free(run->items[sort], program->core_count[sort],
            sizeof(*run->items[sort]));
    }
}

tvn_err
tvn_program_run(const struct tvn_program *program,
    const struct tvn_core_ops *ops, void *store, const char *name,
    struct tvn_diag *diag)
{
    struct run run = {
        .program = program,
        .ops = ops,
        .store = store,
        .name = name,
        .diag = diag,
    };
    bool has_room = make_array(
        &run.instances, program->core_instance_count, sizeof(*run.instances));
    tvn_err err;

    for (int sort = 0; sort < TVN_CORE_SORTS; sort++) {
        has_room &= make_array(&run.items[sort], program->core_count[sort],
            sizeof(*run.items[sort]));
    }
    err = has_room ? TVN_OK : TVN_ENOMEM;
    for (uint32_t i = 0; err == TVN_OK && i < program->step_count; i++) {
        err = run_step(&run, &program->steps[i]);
    }
    fini(&run);
    return err;
}
