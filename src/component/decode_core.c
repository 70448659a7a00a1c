/* decode_core.c -- core modules, core instances, core aliases; core types are
 * read past (what is imported as a module is run by its own types). */
#include "component/internal.h"

#include <string.h>

#define MODULES_MAX   1000u
#define INSTANCES_MAX 10000u

/* A component that is instantiated several times has its modules once. */
static uint32_t
add_module(struct tvn__decoder *d, struct tvn__steps *steps,
    const uint8_t *bytes, size_t len)
{
    const struct tvn_core_module *modules = steps->modules.items;
    struct tvn_core_module *slot;

    for (uint32_t i = 0; i < steps->modules.count; i++) {
        if (modules[i].bytes == bytes) {
            return i;
        }
    }
    if (steps->modules.count >= MODULES_MAX) {
        tvn__limit(d, d->at, "more than %u core modules", MODULES_MAX);
    }
    slot = tvn__vec_add(d, &steps->modules, sizeof(*slot));
    if (slot != NULL) {
        *slot = (struct tvn_core_module){bytes, len};
    }
    return steps->modules.count - 1;
}

void
tvn__core_module(struct tvn__decoder *d, struct tvn__scope *scope)
{
    static const uint8_t header[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct tvn__item item = {.kind = TVN__ITEM_MODULE,
        .origin = TVN__OWN,
        .def = {.kind = TVN__DEF_MODULE}};
    size_t len = d->end - d->at;

    if (len < sizeof(header) ||
        memcmp(d->bytes + d->at, header, sizeof(header)) != 0) {
        tvn__malformed(d, d->at, "this is no core module");
        return;
    }
    item.index = add_module(d, scope->steps, d->bytes + d->at, len);
    tvn__skip(d, len);
    tvn__declare(d, scope, &item);
}

/* ------------------------------------------------------------------------
 * Index spaces and steps. */

static void
add_number(struct tvn__decoder *d, struct tvn__vec *space, uint32_t number)
{
    uint32_t *slot = tvn__vec_add(d, space, sizeof(*slot));

    if (slot != NULL) {
        *slot = number;
    }
}

static uint32_t
core_instance(struct tvn__decoder *d, const struct tvn__scope *scope,
    uint32_t index, size_t at)
{
    const uint32_t *numbers = scope->core_instances.items;

    if (!tvn__ok(d)) {
        return 0;
    }
    if (index >= scope->core_instances.count) {
        tvn__malformed(
            d, at, "there is no core instance %u yet", (unsigned)index);
        return 0;
    }
    return numbers[index];
}

uint32_t
tvn__core_item(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn_core_sort sort, uint32_t index, size_t at)
{
    static const char *const names[TVN_CORE_SORTS] = {
        "function", "table", "memory", "global", "tag"};
    const uint32_t *numbers = scope->core[sort].items;

    if (!tvn__ok(d)) {
        return 0;
    }
    if (index >= scope->core[sort].count) {
        tvn__malformed(
            d, at, "there is no core %s %u yet", names[sort], (unsigned)index);
        return 0;
    }
    return numbers[index];
}

void
tvn__add_step(struct tvn__decoder *d, struct tvn__scope *scope,
    const struct tvn_step *step)
{
    struct tvn__steps *steps = scope->steps;
    enum tvn_core_sort sort =
        step->kind == TVN_STEP_ALIAS ? step->sort : TVN_CORE_FUNC;
    struct tvn_step *slot =
        tvn__spend(d, 1) ? tvn__vec_add(d, &steps->steps, sizeof(*slot)) : NULL;

    if (slot == NULL) {
        return;
    }
    *slot = *step;
    switch (step->kind) {
    case TVN_STEP_INSTANTIATE:
    case TVN_STEP_BAG:
        if (steps->core_instances >= INSTANCES_MAX) {
            tvn__limit(d, d->at, "more than %u core instances", INSTANCES_MAX);
        }
        add_number(d, &scope->core_instances, steps->core_instances++);
        break;
    case TVN_STEP_ALIAS:
    case TVN_STEP_LOWER:
    case TVN_STEP_NEW:
    case TVN_STEP_DROP:
    case TVN_STEP_REP:
    case TVN_STEP_GATED:
        add_number(d, &scope->core[sort], steps->core_count[sort]++);
        break;
    case TVN_STEP_LIFT:
    case TVN_STEP_RESOURCE:
        break; /* nothing of core Wasm */
    }
}

/* ------------------------------------------------------------------------
 * Instances. */

static void
read_argument(struct tvn__decoder *d, const struct tvn__scope *scope,
    struct tvn_core_ref *ref)
{
    size_t at;

    ref->name = tvn__name(d);
    at = d->at;
    if (tvn__u8(d) != TVN__SORT_CORE_INSTANCE) {
        tvn__malformed(d, at,
            "an argument of a core module must be a core "
            "instance");
    }
    ref->index = core_instance(d, scope, tvn__u32(d), at);
}

static void
read_inline_export(struct tvn__decoder *d, const struct tvn__scope *scope,
    struct tvn_core_ref *ref)
{
    size_t at;
    uint8_t sort;

    ref->name = tvn__name(d);
    at = d->at;
    sort = tvn__u8(d);
    if (sort >= TVN_CORE_SORTS) {
        tvn__malformed(d, at, "an instance cannot export this (0x%02x)", sort);
        return;
    }
    ref->sort = (enum tvn_core_sort)sort;
    ref->index = tvn__core_item(d, scope, ref->sort, tvn__u32(d), at);
}

/* The number of a module to make an instance of. */
static uint32_t
read_module(struct tvn__decoder *d, const struct tvn__scope *scope, size_t at)
{
    const struct tvn__item *item =
        tvn__get(d, scope, TVN__ITEM_MODULE, tvn__u32(d), at);

    if (item == NULL) {
        return 0;
    }
    if (item->origin == TVN__OWN) {
        return item->index;
    }
    scope->steps->unmet = "core modules";
    return TVN_NONE;
}

void
tvn__core_instance(struct tvn__decoder *d, struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t form = tvn__u8(d);
    uint32_t module = form == 0 ? read_module(d, scope, at) : 0;
    uint32_t count = tvn__count(d, 3);
    struct tvn_core_ref *refs = tvn__new(d, count, sizeof(*refs));

    if (form > 1) {
        tvn__malformed(d, at, "an unknown core instance (0x%02x)", form);
    }
    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        if (form == 0) {
            read_argument(d, scope, &refs[i]);
        } else {
            read_inline_export(d, scope, &refs[i]);
        }
    }
    if (tvn__ok(d)) {
        tvn__add_step(d, scope,
            &(struct tvn_step){
                .kind = form == 0 ? TVN_STEP_INSTANTIATE : TVN_STEP_BAG,
                .index = module,
                .refs = refs,
                .ref_count = count,
            });
    }
}

void
tvn__core_alias(struct tvn__decoder *d, struct tvn__scope *scope, unsigned sort)
{
    size_t at = d->at;
    struct tvn_step step = {.kind = TVN_STEP_ALIAS};

    step.index = core_instance(d, scope, tvn__u32(d), at);
    step.name = tvn__name(d);
    if (sort >= TVN_CORE_SORTS) {
        tvn__malformed(d, at, "this cannot be taken from a core instance");
    }
    if (tvn__ok(d)) {
        step.sort = (enum tvn_core_sort)sort;
        tvn__add_step(d, scope, &step);
    }
}

/* ------------------------------------------------------------------------
 * Core types, read past. */

static void
skip_value_type(struct tvn__decoder *d)
{
    size_t at = d->at;
    uint8_t form = tvn__u8(d);

    if (form == 0x63 || form == 0x64) { /* a reference to a heap type */
        if (tvn__peek(d) >= 0x40 && tvn__peek(d) < 0x80) {
            (void)tvn__u8(d);
        } else {
            (void)tvn__index33(d);
        }
    } else if (form < 0x65 || form > 0x7f) {
        tvn__malformed(d, at, "an unknown core value type (0x%02x)", form);
    }
}

static void
skip_value_types(struct tvn__decoder *d)
{
    uint32_t count = tvn__count(d, 1);

    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        skip_value_type(d);
    }
}

/* Limits of a memory (`log` may be given) or table; 64-bit ones are wider
 * than a u32 only when they say something unusable. */
static void
skip_limits(struct tvn__decoder *d)
{
    uint8_t flags = tvn__u8(d);

    if ((flags & 0x04) != 0) {
        tvn__unsupported(d, "a core module has a 64-bit memory or table: this "
                            "version runs 32-bit ones (memory64)");
    }
    (void)tvn__u32(d);
    if ((flags & 0x01) != 0) {
        (void)tvn__u32(d);
    }
    if ((flags & 0x08) != 0) {
        (void)tvn__u32(d); /* page size */
    }
}

static void
skip_import_desc(struct tvn__decoder *d)
{
    size_t at = d->at;

    switch (tvn__u8(d)) {
    case 0:
        (void)tvn__u32(d);
        break;
    case 1:
        skip_value_type(d);
        skip_limits(d);
        break;
    case 2:
        skip_limits(d);
        break;
    case 3:
        skip_value_type(d);
        (void)tvn__u8(d);
        break;
    case 4:
        (void)tvn__u8(d);
        (void)tvn__u32(d);
        break;
    default:
        tvn__malformed(d, at, "an unknown kind of core import");
        break;
    }
}

static void
skip_func_type(struct tvn__decoder *d, uint8_t form, size_t at)
{
    if (form == 0x60) {
        skip_value_types(d);
        skip_value_types(d);
    } else if (form == 0x00 || form == 0x4e || form == 0x4f || form == 0x50 ||
               form == 0x5e || form == 0x5f) {
        tvn__unsupported(d, "declares core types of the GC proposal: this "
                            "version does not run them between modules");
    } else {
        tvn__malformed(d, at, "an unknown core type (0x%02x)", form);
    }
}

static void
skip_module_declaration(struct tvn__decoder *d)
{
    size_t at = d->at;
    uint8_t what = tvn__u8(d);

    if (what == 0) {
        (void)tvn__name(d);
        (void)tvn__name(d);
        skip_import_desc(d);
    } else if (what == 1) {
        size_t from = d->at;

        skip_func_type(d, tvn__u8(d), from);
    } else if (what == 2) {
        tvn__skip(d, 2);
        (void)tvn__u32(d);
        (void)tvn__u32(d);
    } else if (what == 3) {
        (void)tvn__name(d);
        skip_import_desc(d);
    } else {
        tvn__malformed(d, at, "an unknown part of a module type");
    }
}

void
tvn__core_type(struct tvn__decoder *d, struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t form = tvn__u8(d);

    if (form == 0x50) {
        uint32_t count = tvn__count(d, 3);

        for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
            skip_module_declaration(d);
        }
    } else {
        skip_func_type(d, form, at);
    }
    if (tvn__spend(d, 1)) {
        scope->core_types++;
    }
}
