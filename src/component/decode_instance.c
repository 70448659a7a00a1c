/* decode_instance.c -- imports, exports and instances of a component; see
 * internal.h for how components inside are run. */
#include "component/internal.h"

#define PARTS_MAX 10000u

const struct tvn_resource *
tvn__new_resource(struct tvn__decoder *d, struct tvn__steps *steps,
    const struct tvn_resource_def *def)
{
    struct tvn_resource_def *slot =
        tvn__spend(d, 1) ? tvn__vec_add(d, &steps->resources, sizeof(*slot))
                         : NULL;
    struct tvn_str path = tvn_without_version(def->interface);
    struct tvn_buf name = {0};

    if (slot == NULL) {
        return NULL;
    }
    *slot = *def;
    if (path.len > 0) {
        tvn_buf_append_str(&name, path);
        tvn_buf_append_byte(&name, '.');
    }
    tvn_buf_append_str(&name, def->name);
    if (name.failed || tvn_type_resource(d->types, tvn_buf_str(&name),
                           steps->resources.count - 1, &slot->type) != TVN_OK) {
        tvn__no_memory(d);
    }
    tvn_buf_fini(&name);
    return slot->type;
}

/* ------------------------------------------------------------------------
 * Imports of the outermost component: what the host gives. */

static uint32_t
add_import_func(struct tvn__decoder *d, struct tvn__steps *steps,
    struct tvn_str interface, const struct tvn__item *item)
{
    struct tvn_import_func *slot =
        tvn__vec_add(d, &steps->imports, sizeof(*slot));

    if (slot == NULL) {
        return 0;
    }
    *slot = (struct tvn_import_func){interface, item->name, item->def.func};
    return steps->imports.count - 1;
}

/* An instance of its own, with its own resources and numbered functions. */
static void
import_instance(struct tvn__decoder *d, struct tvn__steps *steps,
    struct tvn_str name, struct tvn__item *item)
{
    const struct tvn__list *type = item->def.instance;
    struct tvn__list *list =
        type->source == NULL ? tvn__list_copy(d, type)
                             : tvn__import_type(d, steps, name, type->source);

    item->def.instance = list;
    if (list == NULL || !tvn__enter(d)) {
        return;
    }
    for (uint32_t i = 0; tvn__ok(d) && i < list->count; i++) {
        struct tvn__item *inner = &list->items[i];

        inner->origin = TVN__IMPORTED;
        if (inner->kind == TVN__ITEM_FUNC && inner->def.refused == TVN__RUNS) {
            inner->index = add_import_func(d, steps, name, inner);
        } else if (inner->kind == TVN__ITEM_INSTANCE) {
            import_instance(d, steps, inner->name, inner);
        }
    }
    d->depth--;
}

static void
import_from_host(struct tvn__decoder *d, struct tvn__scope *scope,
    struct tvn_str name, struct tvn__item *item)
{
    struct tvn__steps *steps = scope->steps;
    const struct tvn_resource_def resource = {
        .part = TVN_NONE, .dtor = TVN_NONE, .name = name};

    item->origin = TVN__IMPORTED;
    item->closure = NULL;
    if (item->def.refused != TVN__RUNS) {
        tvn__refuse(d, "imports", name, item->def.refused);
    } else if (item->kind == TVN__ITEM_FUNC) {
        item->index = add_import_func(d, steps, (struct tvn_str){0}, item);
    } else if (item->kind == TVN__ITEM_INSTANCE) {
        import_instance(d, steps, name, item);
    } else if (item->kind == TVN__ITEM_TYPE &&
               item->def.kind == TVN__DEF_RESOURCE &&
               item->def.resource == NULL) {
        item->def.resource = tvn__new_resource(d, steps, &resource);
    }
}

/* A component inside is given something for each import. */
static void
import_argument(struct tvn__decoder *d, const struct tvn__scope *scope,
    struct tvn_str name, struct tvn__item *item, size_t at)
{
    const struct tvn__item *given = tvn__find(scope->args, name);

    if (given == NULL || !tvn__item_fits(d, given, item)) {
        tvn__malformed(d, at, "%s is given for '%s' of a component",
            given == NULL ? "nothing" : "something of another type",
            tvn__quote(d, name));
        return;
    }
    *item = *given;
}

void
tvn__import(struct tvn__decoder *d, struct tvn__scope *scope)
{
    size_t at = d->at;
    struct tvn_str name = tvn__extern_name(d);
    struct tvn__item item = tvn__extern_desc(d, scope);
    struct tvn__item *slot;

    if (!tvn__ok(d)) {
        return;
    }
    item.name = name;
    if (scope->args == NULL) {
        import_from_host(d, scope, name, &item);
    } else {
        import_argument(d, scope, name, &item, at);
    }
    item.name = name;
    slot = tvn__vec_add(d, &scope->imports, sizeof(*slot));
    if (slot != NULL) {
        *slot = item;
        tvn__declare(d, scope, &item);
    }
}

/* ------------------------------------------------------------------------
 * Exports, and arguments of the same form. */

/* sortidx; `what` is done with it. */
static struct tvn__item
read_item(
    struct tvn__decoder *d, const struct tvn__scope *scope, const char *what)
{
    size_t at = d->at;
    unsigned sort = tvn__sort(d);
    uint32_t index = tvn__u32(d);
    struct tvn__item item = {.kind = TVN__ITEM_TYPE};
    enum tvn__item_kind kind = tvn__kind_of(sort);
    const struct tvn__item *found = NULL;

    if (!tvn__ok(d)) {
        return item;
    }
    if (kind == TVN__ITEM_TYPE) {
        item.def = tvn__get_type(d, scope, index, at);
    } else if (sort == TVN__SORT_VALUE) {
        tvn__unsupported(d, "%s a value: this version does not run that", what);
    } else if ((unsigned)kind == TVN__ITEM_KINDS) {
        tvn__malformed(d, at, "no core item can stand here but a module");
    } else {
        found = tvn__get(d, scope, kind, index, at);
    }
    return found == NULL ? item : *found;
}

/* A function that is not exported by the whole is called as it is inside. */
static void
name_lift(const struct tvn__scope *scope, const struct tvn__item *item)
{
    struct tvn_lift *lifts = scope->steps->lifts.items;

    if (item->kind == TVN__ITEM_FUNC && item->origin == TVN__OWN &&
        lifts[item->index].name.len == 0 && scope->number > 0) {
        lifts[item->index].name = item->name;
    }
}

void
tvn__export(struct tvn__decoder *d, struct tvn__scope *scope)
{
    struct tvn_str name = tvn__extern_name(d);
    struct tvn__item item = read_item(d, scope, "exports");
    size_t at = d->at;
    uint8_t is_ascribed = tvn__u8(d);
    struct tvn__item *slot;

    item.name = name;
    if (is_ascribed == 1) {
        struct tvn__item want = tvn__extern_desc(d, scope);

        if (tvn__ok(d) && !tvn__item_fits(d, &item, &want)) {
            tvn__malformed(d, at, "the export '%s' is not of its type",
                tvn__quote(d, name));
        }
    } else if (is_ascribed != 0) {
        tvn__malformed(d, at, "0 or 1 must stand here");
    }
    slot = tvn__vec_add(d, &scope->exports, sizeof(*slot));
    if (slot != NULL) {
        *slot = item;
        name_lift(scope, &item);
        tvn__declare(d, scope, &item);
    }
}

/* ------------------------------------------------------------------------
 * Instances. */

static struct tvn__list *
make_instance(struct tvn__decoder *d, struct tvn__scope *outer,
    const struct tvn__item *component, const struct tvn__list *args)
{
    const struct tvn__closure *closure = component->closure;
    struct tvn__scope *scope = tvn__new(d, 1, sizeof(*scope));
    size_t at = d->at;
    size_t end = d->end;

    if (scope == NULL) {
        return NULL;
    }
    if (closure == NULL) {
        outer->steps->unmet = "components";
        return component->def.component->exports;
    }
    if (outer->steps->instances >= PARTS_MAX) {
        tvn__limit(d, at, "more than %u component instances", PARTS_MAX);
    }
    *scope = (struct tvn__scope){
        .outer = closure->outer,
        .closure = closure,
        .kind = TVN__SCOPE_COMPONENT,
        .steps = outer->steps,
        .number = outer->steps->instances++,
        .args = args,
    };
    if (!tvn__enter(d)) {
        return NULL;
    }
    d->at = closure->at;
    d->end = closure->end;
    tvn__component(d, scope);
    d->at = at;
    d->end = end;
    d->depth--;
    return tvn__ok(d) ? tvn__list_of(d, &scope->exports) : NULL;
}

/* `name` and sortidx, `count` times. */
static struct tvn__list *
read_items(
    struct tvn__decoder *d, const struct tvn__scope *scope, bool are_exports)
{
    uint32_t count = tvn__count(d, 3);
    struct tvn__vec vec = {0};

    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        struct tvn_str name = are_exports ? tvn__extern_name(d) : tvn__name(d);
        struct tvn__item item = read_item(
            d, scope, are_exports ? "exports" : "hands to a component");
        struct tvn__item *slot = tvn__vec_add(d, &vec, sizeof(*slot));

        if (slot != NULL) {
            *slot = item;
            slot->name = name;
        }
    }
    return tvn__ok(d) ? tvn__list_of(d, &vec) : NULL;
}

void
tvn__instance(struct tvn__decoder *d, struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t form = tvn__u8(d);
    struct tvn__item item = {
        .kind = TVN__ITEM_INSTANCE, .def = {.kind = TVN__DEF_INSTANCE}};

    if (form == 0) {
        const struct tvn__item *component =
            tvn__get(d, scope, TVN__ITEM_COMPONENT, tvn__u32(d), at);
        const struct tvn__list *args = read_items(d, scope, false);

        if (tvn__ok(d)) {
            item.def.instance = make_instance(d, scope, component, args);
        }
    } else if (form == 1) {
        item.def.instance = read_items(d, scope, true);
    } else {
        tvn__malformed(d, at, "an unknown instance (0x%02x)", form);
    }
    if (tvn__ok(d)) {
        item.def.refused = item.def.instance->refused;
        tvn__declare(d, scope, &item);
    }
}
