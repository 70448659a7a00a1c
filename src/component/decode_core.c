/* decode_core.c -- core modules, core instances, core aliases; core types are
 * read past (they only serve imported modules, which are not run). */
#include "component/internal.h"

#include <string.h>

#define MODULES_MAX   1000u
#define INSTANCES_MAX 1000u

void
tvn__core_module(struct tvn__decoder *d, struct tvn__steps *steps)
{
    static const uint8_t header[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct tvn_core_module *module;
    size_t len = d->end - d->at;

    if (len < sizeof(header) ||
        memcmp(d->bytes + d->at, header, sizeof(header)) != 0) {
        tvn__malformed(d, d->at, "this is no core module");
    } else if (steps->modules.count >= MODULES_MAX) {
        tvn__limit(d, d->at, "more than %u core modules", MODULES_MAX);
    }
    module = tvn__vec_add(d, &steps->modules, sizeof(*module));
    if (module != NULL) {
        *module = (struct tvn_core_module){d->bytes + d->at, len};
        tvn__skip(d, len);
    }
}

static struct tvn_step *
add_step(struct tvn__decoder *d, struct tvn__steps *steps)
{
    return tvn__spend(d, 1)
               ? tvn__vec_add(d, &steps->steps, sizeof(struct tvn_step))
               : NULL;
}

/* ------------------------------------------------------------------------
 * Instances. */

static void
read_argument(struct tvn__decoder *d, const struct tvn__steps *steps,
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
    ref->index = tvn__u32(d);
    if (tvn__ok(d) && ref->index >= steps->core_instances) {
        tvn__malformed(
            d, at, "there is no core instance %u yet", (unsigned)ref->index);
    }
}

static void
refuse_tags(struct tvn__decoder *d)
{
    tvn__unsupported(d, "uses exception tags of core modules: this version "
                        "runs no exceptions between modules");
}

static void
read_inline_export(struct tvn__decoder *d, const struct tvn__steps *steps,
    struct tvn_core_ref *ref)
{
    size_t at;
    uint8_t sort;

    ref->name = tvn__name(d);
    at = d->at;
    sort = tvn__u8(d);
    if (sort == TVN__SORT_CORE_TAG) {
        refuse_tags(d);
    } else if (sort > TVN__SORT_CORE_TAG) {
        tvn__malformed(d, at, "an instance cannot export this (0x%02x)", sort);
    }
    ref->index = tvn__u32(d);
    if (!tvn__ok(d)) {
        return;
    }
    ref->sort = (enum tvn_core_sort)sort;
    if (ref->index >= steps->core_count[sort]) {
        tvn__malformed(d, at, "there is no core item %u of sort %u yet",
            (unsigned)ref->index, (unsigned)sort);
    }
}

void
tvn__core_instance(struct tvn__decoder *d, struct tvn__steps *steps)
{
    size_t at = d->at;
    uint8_t form = tvn__u8(d);
    uint32_t module = form == 0 ? tvn__u32(d) : 0;
    uint32_t count = tvn__count(d, 3);
    struct tvn_core_ref *refs = tvn__new(d, count, sizeof(*refs));
    struct tvn_step *step;

    if (form > 1) {
        tvn__malformed(d, at, "an unknown core instance (0x%02x)", form);
    } else if (form == 0 && module >= steps->modules.count) {
        tvn__malformed(
            d, at, "there is no core module %u yet", (unsigned)module);
    } else if (steps->core_instances >= INSTANCES_MAX) {
        tvn__limit(d, at, "more than %u core instances", INSTANCES_MAX);
    }
    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        if (form == 0) {
            read_argument(d, steps, &refs[i]);
        } else {
            read_inline_export(d, steps, &refs[i]);
        }
    }
    step = add_step(d, steps);
    if (step != NULL) {
        *step = (struct tvn_step){
            .kind = form == 0 ? TVN_STEP_INSTANTIATE : TVN_STEP_BAG,
            .index = module,
            .refs = refs,
            .ref_count = count,
        };
        steps->core_instances++;
    }
}

void
tvn__core_alias(struct tvn__decoder *d, struct tvn__steps *steps, unsigned sort)
{
    size_t at = d->at;
    uint32_t instance = tvn__u32(d);
    struct tvn_str name = tvn__name(d);
    struct tvn_step *step;

    if (sort == TVN__SORT_CORE_TAG) {
        refuse_tags(d);
    } else if (sort > TVN__SORT_CORE_TAG) {
        tvn__malformed(d, at, "this cannot be taken from a core instance");
    } else if (tvn__ok(d) && instance >= steps->core_instances) {
        tvn__malformed(
            d, at, "there is no core instance %u yet", (unsigned)instance);
    }
    step = add_step(d, steps);
    if (step != NULL) {
        *step = (struct tvn_step){
            .kind = TVN_STEP_ALIAS,
            .sort = (enum tvn_core_sort)sort,
            .index = instance,
            .name = name,
        };
        steps->core_count[sort]++;
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
