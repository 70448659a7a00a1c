/* decode_instance.c -- imports, exports and instances of a component.
 *
 * A nested component is run when all it does is to hand its imports through:
 * that is how an exported interface is written.  Making an instance of it is
 * then to look up, for each function it exports, what was given for it. */
#include "component/internal.h"

/* ------------------------------------------------------------------------
 * Does an item fit what is declared of it? */

static bool
flat_item_fits(const struct tvn__item *item, const struct tvn__item *want)
{
    if (item->kind != want->kind || item->def.kind != want->def.kind ||
        item->def.refused != want->def.refused) {
        return false;
    }
    if (item->kind == TVN__ITEM_FUNC) {
        return item->def.func == want->def.func ||
               (item->def.func != NULL && want->def.func != NULL &&
                   tvn__func_equal(item->def.func, want->def.func));
    }
    return item->kind == TVN__ITEM_TYPE && item->def.value == want->def.value;
}

static bool
item_fits(struct tvn__decoder *d, const struct tvn__item *item,
    const struct tvn__item *want)
{
    const struct tvn__list *list = want->def.instance;

    if (want->kind != TVN__ITEM_INSTANCE) {
        return flat_item_fits(item, want);
    }
    if (item->kind != TVN__ITEM_INSTANCE || !tvn__spend(d, list->count)) {
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct tvn__item *found =
            tvn__find(item->def.instance, list->items[i].name);

        if (found == NULL || !flat_item_fits(found, &list->items[i])) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------------
 * Imports. */

static uint32_t
add_import_func(struct tvn__decoder *d, struct tvn__scope *scope,
    struct tvn_str interface, const struct tvn__item *item)
{
    struct tvn_import_func *slot =
        tvn__vec_add(d, &scope->import_funcs, sizeof(*slot));

    if (slot == NULL) {
        return 0;
    }
    *slot = (struct tvn_import_func){interface, item->name, item->def.func};
    return scope->import_funcs.count - 1;
}

/* An instance of its own, whose functions are numbered. */
static void
import_instance(
    struct tvn__decoder *d, struct tvn__scope *scope, struct tvn__item *item)
{
    struct tvn__list *list = tvn__list_copy(d, item->def.instance);

    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        if (list->items[i].kind == TVN__ITEM_FUNC) {
            list->items[i].index =
                add_import_func(d, scope, item->name, &list->items[i]);
        }
    }
    item->def.instance = list;
}

void
tvn__import(struct tvn__decoder *d, struct tvn__scope *scope)
{
    struct tvn_str name = tvn__extern_name(d);
    struct tvn__item item = tvn__extern_desc(d, scope);
    struct tvn__item *slot;

    if (!tvn__ok(d)) {
        return;
    }
    item.name = name;
    if (item.kind == TVN__ITEM_COMPONENT) {
        tvn__unsupported(d,
            "imports the component '%s': this version runs "
            "no components from outside",
            tvn__quote(d, name));
    } else if (item.def.refused != TVN__RUNS) {
        if (scope->kind == TVN__SCOPE_NESTED) { /* of an exported interface */
            name = TVN_STR("an interface");
        }
        tvn__refuse(d, scope->kind == TVN__SCOPE_NESTED ? "exports" : "imports",
            name, item.def.refused);
    } else if (item.kind == TVN__ITEM_FUNC) {
        item.index = add_import_func(d, scope, (struct tvn_str){0}, &item);
    } else if (item.kind == TVN__ITEM_INSTANCE) {
        import_instance(d, scope, &item);
    }
    slot = tvn__vec_add(d, &scope->imports, sizeof(*slot));
    if (slot != NULL) {
        *slot = item;
        tvn__declare(d, scope, &item);
    }
}

/* ------------------------------------------------------------------------
 * Exports, and arguments of the same form. */

/* sortidx: a function, type or instance; `what` is done with it. */
static struct tvn__item
read_item(
    struct tvn__decoder *d, const struct tvn__scope *scope, const char *what)
{
    size_t at = d->at;
    unsigned sort = tvn__sort(d);
    uint32_t index = tvn__u32(d);
    struct tvn__item item = {.kind = TVN__ITEM_TYPE};
    const struct tvn__item *found = NULL;

    if (!tvn__ok(d)) {
        return item;
    }
    if (sort == TVN__SORT_TYPE) {
        item.def = tvn__get_type(d, scope, index, at);
    } else if (sort == TVN__SORT_FUNC) {
        found = tvn__get(d, scope, TVN__ITEM_FUNC, index, at);
    } else if (sort == TVN__SORT_INSTANCE) {
        found = tvn__get(d, scope, TVN__ITEM_INSTANCE, index, at);
    } else if (sort == TVN__SORT_COMPONENT || sort == TVN__SORT_CORE_MODULE ||
               sort == TVN__SORT_VALUE) {
        tvn__unsupported(d, "%s a %s: this version does not run that", what,
            sort == TVN__SORT_COMPONENT ? "component"
            : sort == TVN__SORT_VALUE   ? "value"
                                        : "core module");
    } else {
        tvn__malformed(d, at, "a function, type or instance must stand here");
    }
    return found == NULL ? item : *found;
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

        if (tvn__ok(d) && !item_fits(d, &item, &want)) {
            tvn__malformed(d, at, "the export '%s' is not of its type",
                tvn__quote(d, name));
        }
    } else if (is_ascribed != 0) {
        tvn__malformed(d, at, "0 or 1 must stand here");
    }
    slot = tvn__vec_add(d, &scope->exports, sizeof(*slot));
    if (slot != NULL) {
        *slot = item;
        tvn__declare(d, scope, &item);
    }
}

/* ------------------------------------------------------------------------
 * Instances. */

/* What `args` gives for function `func` of the component's imports. */
static const struct tvn__item *
given(const struct tvn__list *args, const struct tvn_import_func *func)
{
    const struct tvn__item *arg;

    if (func->interface.len == 0) {
        return tvn__find(args, func->name);
    }
    arg = tvn__find(args, func->interface);
    return arg == NULL || arg->kind != TVN__ITEM_INSTANCE
               ? NULL
               : tvn__find(arg->def.instance, func->name);
}

/* Replaces the functions of `list`, numbered inside the component, by what
 * they are outside. */
static void
hand_through(struct tvn__decoder *d, const struct tvn__component *component,
    const struct tvn__list *args, struct tvn__list *list, size_t at)
{
    for (uint32_t i = 0; tvn__ok(d) && i < list->count; i++) {
        struct tvn__item *item = &list->items[i];
        const struct tvn__item *outside;

        if (item->kind != TVN__ITEM_FUNC) {
            continue;
        }
        outside = item->index >= component->func_count
                      ? NULL
                      : given(args, &component->funcs[item->index]);
        if (outside == NULL || outside->kind != TVN__ITEM_FUNC) {
            tvn__malformed(d, at, "nothing is given for the function '%s'",
                tvn__quote(d, item->name));
            return;
        }
        item->is_lift = outside->is_lift;
        item->index = outside->index;
    }
}

static struct tvn__list *
make_instance(struct tvn__decoder *d, const struct tvn__component *component,
    const struct tvn__list *args, size_t at)
{
    struct tvn__list *list;

    for (uint32_t i = 0; tvn__ok(d) && i < component->imports->count; i++) {
        const struct tvn__item *want = &component->imports->items[i];
        const struct tvn__item *arg = tvn__find(args, want->name);

        if (arg == NULL || !item_fits(d, arg, want)) {
            tvn__malformed(d, at, "%s is given for '%s' of a component",
                arg == NULL ? "nothing" : "something of another type",
                tvn__quote(d, want->name));
        }
    }
    list = tvn__ok(d) ? tvn__list_copy(d, component->exports) : NULL;
    if (list != NULL) {
        hand_through(d, component, args, list, at);
    }
    for (uint32_t i = 0; tvn__ok(d) && i < list->count; i++) {
        struct tvn__item *item = &list->items[i];

        if (item->kind == TVN__ITEM_INSTANCE) {
            item->def.instance = tvn__list_copy(d, item->def.instance);
            if (tvn__ok(d)) {
                hand_through(d, component, args, item->def.instance, at);
            }
        }
    }
    return list;
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
        if (tvn__ok(d) && are_exports && item.kind == TVN__ITEM_INSTANCE) {
            tvn__refuse(d, "exports", name, TVN__NO_NESTED_INSTANCE);
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
            item.def.instance =
                make_instance(d, component->def.component, args, at);
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
