/* fake_ops.h -- for fuzz targets: a program's steps, checked in their order,
 * and an engine that has whatever it is asked for, or fails once in a while.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FUZZ_FAKE_OPS_H
#define TVN_FUZZ_FAKE_OPS_H

#include "base/assert.h"
#include "base/mem.h"
#include "base/rng.h"
#include "component/program.h"

/* ------------------------------------------------------------------------
 * Steps. */

static inline void
check_opts(const struct tvn_program *p, const struct tvn_canon_opts *opts)
{
    TVN_ASSERT(opts->memory == TVN_NONE ||
               opts->memory < p->core_count[TVN_CORE_MEMORY]);
    TVN_ASSERT(opts->realloc == TVN_NONE ||
               opts->realloc < p->core_count[TVN_CORE_FUNC]);
    TVN_ASSERT(opts->post_return == TVN_NONE ||
               opts->post_return < p->core_count[TVN_CORE_FUNC]);
}

/* The step that makes core instance `number`; NULL. */
static inline const struct tvn_step *
step_of_instance(const struct tvn_program *p, uint32_t number)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        if (p->steps[i].kind <= TVN_STEP_BAG && number-- == 0) {
            return &p->steps[i];
        }
    }
    return NULL;
}

/* What a step refers to is there when it runs. */
static inline void
check_steps(const struct tvn_program *p)
{
    const uint32_t sizes[] = {
        [TVN_STEP_INSTANTIATE] = p->module_count,
        [TVN_STEP_BAG] = UINT32_MAX,
        [TVN_STEP_ALIAS] = p->core_instance_count,
        [TVN_STEP_LOWER] = p->lower_count,
        [TVN_STEP_LIFT] = p->lift_count,
        [TVN_STEP_RESOURCE] = p->resource_count,
        [TVN_STEP_NEW] = p->resource_count,
        [TVN_STEP_DROP] = p->resource_count,
        [TVN_STEP_REP] = p->resource_count,
        [TVN_STEP_GATED] = p->gated_count,
    };
    uint32_t items[TVN_CORE_SORTS] = {0};
    uint32_t instances = 0;

    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct tvn_step *step = &p->steps[i];

        TVN_ASSERT(step->index < sizes[step->kind] ||
                   (step->kind == TVN_STEP_INSTANTIATE && p->unmet != NULL));
        TVN_ASSERT(step->part < p->part_count);
        for (uint32_t k = 0; k < step->ref_count; k++) {
            TVN_ASSERT(step->refs[k].sort < TVN_CORE_SORTS);
            TVN_ASSERT(step->refs[k].index < (step->kind == TVN_STEP_BAG
                                                     ? items[step->refs[k].sort]
                                                     : instances));
        }
        if (step->kind == TVN_STEP_ALIAS) {
            TVN_ASSERT(step->index < instances);
            items[step->sort]++;
        } else if (step->kind == TVN_STEP_LIFT) {
            TVN_ASSERT(p->lifts[step->index].core_func < items[TVN_CORE_FUNC]);
        } else if (step->kind <= TVN_STEP_BAG) {
            instances++;
        } else if (step->kind != TVN_STEP_RESOURCE) {
            items[TVN_CORE_FUNC]++;
        }
    }
    TVN_ASSERT(memcmp(items, p->core_count, sizeof(items)) == 0);
    TVN_ASSERT(instances == p->core_instance_count);
}

/* ------------------------------------------------------------------------
 * The engine. */

struct fake {
    const struct tvn_program *program;
    struct tvn_rng rng;
    uint32_t instances;
};

static inline tvn_err
fake_answer(struct fake *fake)
{
    return tvn_rng_below(&fake->rng, 64) == 0 ? TVN_ETRAP : TVN_OK;
}

static inline const struct tvn_step *
fake_step(const struct tvn_program *p, uint32_t module)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        if (p->steps[i].kind == TVN_STEP_INSTANTIATE &&
            p->steps[i].index == module) {
            return &p->steps[i];
        }
    }
    return NULL;
}

/* Two of each argument of the module's first instance. */
static inline tvn_err
fake_import_count(void *store, uint32_t module, uint32_t *out)
{
    const struct tvn_program *p = ((struct fake *)store)->program;

    TVN_ASSERT(module < p->module_count);
    *out = 2 * fake_step(p, module)->ref_count;
    return fake_answer(store);
}

static inline tvn_err
fake_import_name(void *store, uint32_t module, uint32_t i,
    struct tvn_str *module_name, struct tvn_str *name)
{
    struct fake *fake = store;
    const struct tvn_core_ref *ref =
        &fake_step(fake->program, module)->refs[i / 2];
    const struct tvn_step *from = step_of_instance(fake->program, ref->index);

    *module_name = ref->name;
    *name = TVN_STR("x");
    if (from != NULL && from->kind == TVN_STEP_BAG && from->ref_count > 0) {
        *name = from->refs[tvn_rng_below(&fake->rng, from->ref_count)].name;
    }
    return fake_answer(fake);
}

static inline tvn_err
fake_instantiate(void *store, uint32_t module,
    const struct tvn_core_item *imports, uint32_t count, uint32_t *instance,
    struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)diag;
    for (uint32_t i = 0; i < count; i++) {
        TVN_ASSERT(imports[i].sort < TVN_CORE_SORTS);
    }
    TVN_ASSERT(module < fake->program->module_count);
    *instance = fake->instances++;
    return fake_answer(fake);
}

/* Of the sort that some alias wants. */
static inline tvn_err
fake_get_export(void *store, uint32_t instance, struct tvn_str name,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)diag;
    TVN_ASSERT(instance < fake->instances);
    *out = (struct tvn_core_item){.sort = TVN_CORE_FUNC};
    for (uint32_t i = 0; i < fake->program->step_count; i++) {
        const struct tvn_step *step = &fake->program->steps[i];

        if (step->kind == TVN_STEP_ALIAS && tvn_str_equal(step->name, name)) {
            out->sort = step->sort;
        }
    }
    return fake_answer(fake);
}

static inline void
fake_look(const struct tvn_core_item *item, enum tvn_core_sort sort)
{
    TVN_ASSERT(item == NULL || item->sort == sort);
}

static inline tvn_err
fake_new_lower(void *store, const struct tvn_lower *lower,
    const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    (void)diag;
    fake_look(memory, TVN_CORE_MEMORY);
    fake_look(realloc, TVN_CORE_FUNC);
    TVN_ASSERT((memory == NULL) == (lower->opts.memory == TVN_NONE));
    *out = (struct tvn_core_item){.sort = TVN_CORE_FUNC};
    return fake_answer(store);
}

static inline tvn_err
fake_add_lift(void *store, uint32_t index, const struct tvn_lift *lift,
    const struct tvn_core_item *func, const struct tvn_core_item *memory,
    const struct tvn_core_item *realloc,
    const struct tvn_core_item *post_return, struct tvn_diag *diag)
{
    (void)diag;
    TVN_ASSERT(lift == &((struct fake *)store)->program->lifts[index]);
    TVN_ASSERT(func != NULL);
    fake_look(func, TVN_CORE_FUNC);
    fake_look(memory, TVN_CORE_MEMORY);
    fake_look(realloc, TVN_CORE_FUNC);
    fake_look(post_return, TVN_CORE_FUNC);
    return fake_answer(store);
}

static inline tvn_err
fake_add_resource(void *store, uint32_t index, const struct tvn_core_item *dtor,
    struct tvn_diag *diag)
{
    (void)diag;
    TVN_ASSERT(index < ((struct fake *)store)->program->resource_count);
    fake_look(dtor, TVN_CORE_FUNC);
    return fake_answer(store);
}

static inline tvn_err
fake_new_builtin(void *store, const struct tvn_step *step,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    (void)diag;
    TVN_ASSERT(step->kind >= TVN_STEP_NEW);
    *out = (struct tvn_core_item){.sort = TVN_CORE_FUNC};
    return fake_answer(store);
}

/* What it answers depends on the component's bytes only. */
static inline void
run_fake(const struct tvn_program *program, const uint8_t *data, size_t size)
{
    static const struct tvn_core_ops ops = {
        .import_count = fake_import_count,
        .import_name = fake_import_name,
        .instantiate = fake_instantiate,
        .get_export = fake_get_export,
        .new_lower = fake_new_lower,
        .add_lift = fake_add_lift,
        .add_resource = fake_add_resource,
        .new_builtin = fake_new_builtin,
    };
    struct fake fake = {.program = program, .rng = {size}};
    struct tvn_diag diag = {0};
    tvn_err err;

    for (size_t i = 0; i < size; i++) {
        fake.rng.state = fake.rng.state * 31 + data[i];
    }
    err = tvn_program_run(program, &ops, &fake, "fuzz", &diag);
    TVN_ASSERT(err == TVN_OK || err == TVN_ETRAP || err == TVN_EMALFORMED);
    TVN_ASSERT(err != TVN_EMALFORMED || diag.errors > 0);
    tvn_diag_fini(&diag);
}

#endif
