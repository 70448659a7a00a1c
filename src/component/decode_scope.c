/* decode_scope.c -- index spaces, lists of named items, aliases. */
#include "component/internal.h"

#include <stdlib.h>
#include <string.h>

static const char *
kind_text(enum tvn__item_kind kind)
{
    static const char *const texts[TVN__ITEM_KINDS] = {
        [TVN__ITEM_TYPE] = "type",
        [TVN__ITEM_FUNC] = "function",
        [TVN__ITEM_INSTANCE] = "instance",
        [TVN__ITEM_COMPONENT] = "component",
        [TVN__ITEM_MODULE] = "core module",
    };

    return texts[kind];
}

void
tvn__declare(struct tvn__decoder *d, struct tvn__scope *scope,
    const struct tvn__item *item)
{
    void *slot;

    if (!tvn__spend(d, 1)) {
        return;
    }
    if (item->kind == TVN__ITEM_TYPE) {
        slot = tvn__vec_add(d, &scope->types, sizeof(item->def));
        if (slot != NULL) {
            memcpy(slot, &item->def, sizeof(item->def));
        }
        return;
    }
    slot = tvn__vec_add(d, &scope->items[item->kind], sizeof(*item));
    if (slot != NULL) {
        memcpy(slot, item, sizeof(*item));
    }
}

const struct tvn__item *
tvn__get(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn__item_kind kind, uint32_t index, size_t at)
{
    const struct tvn__vec *space = &scope->items[kind];

    if (!tvn__ok(d)) {
        return NULL;
    }
    if (index >= space->count) {
        tvn__malformed(
            d, at, "there is no %s %u yet", kind_text(kind), (unsigned)index);
        return NULL;
    }
    return (const struct tvn__item *)space->items + index;
}

struct tvn__def
tvn__get_type(struct tvn__decoder *d, const struct tvn__scope *scope,
    uint32_t index, size_t at)
{
    struct tvn__def none = {0};

    if (!tvn__ok(d)) {
        return none;
    }
    if (index >= scope->types.count) {
        tvn__malformed(d, at, "there is no type %u yet", (unsigned)index);
        return none;
    }
    return ((const struct tvn__def *)scope->types.items)[index];
}

const struct tvn__closure *
tvn__close(struct tvn__decoder *d, const struct tvn__scope *outer, size_t end)
{
    struct tvn__closure *closure = tvn__new(d, 1, sizeof(*closure));

    if (closure != NULL) {
        *closure = (struct tvn__closure){
            .at = d->at,
            .end = end,
            .outer = outer,
            .types = outer->types.count,
            .components = outer->items[TVN__ITEM_COMPONENT].count,
            .modules = outer->items[TVN__ITEM_MODULE].count,
        };
    }
    return closure;
}

/* ------------------------------------------------------------------------
 * Lists. */

static int
compare_names(struct tvn_str a, struct tvn_str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_items(const void *a, const void *b)
{
    const struct tvn__item *const *left = a;
    const struct tvn__item *const *right = b;

    return compare_names((*left)->name, (*right)->name);
}

struct tvn__list *
tvn__list_of(struct tvn__decoder *d, struct tvn__vec *vec)
{
    struct tvn__list *list = tvn__new(d, 1, sizeof(*list));
    struct tvn__item **by_name = tvn__new(d, vec->count, sizeof(*by_name));

    if (list == NULL || by_name == NULL) {
        return NULL;
    }
    list->items = vec->items;
    list->count = vec->count;
    list->by_name = by_name;
    for (uint32_t i = 0; i < list->count; i++) {
        by_name[i] = &list->items[i];
        if (list->refused == TVN__RUNS) {
            list->refused = list->items[i].def.refused;
        }
    }
    if (list->count > 1) {
        qsort(by_name, list->count, sizeof(*by_name), compare_items);
    }
    for (uint32_t i = 1; i < list->count; i++) {
        if (tvn_str_equal(by_name[i - 1]->name, by_name[i]->name)) {
            tvn__malformed(d, d->at, "the name '%s' is there twice",
                tvn__quote(d, by_name[i]->name));
            return NULL;
        }
    }
    return list;
}

struct tvn__item *
tvn__find(const struct tvn__list *list, struct tvn_str name)
{
    uint32_t low = 0;
    uint32_t high = list->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_names(name, list->by_name[middle]->name);

        if (order == 0) {
            return list->by_name[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

struct tvn__list *
tvn__list_copy(struct tvn__decoder *d, const struct tvn__list *list)
{
    struct tvn__list *copy;
    struct tvn__item *items;
    struct tvn__item **by_name;

    if (!tvn__spend(d, list->count)) {
        return NULL;
    }
    copy = tvn__new(d, 1, sizeof(*copy));
    items = tvn__new(d, list->count, sizeof(*items));
    by_name = tvn__new(d, list->count, sizeof(*by_name));
    if (copy == NULL || items == NULL || by_name == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        items[i] = list->items[i];
        by_name[i] = items + (list->by_name[i] - list->items);
    }
    *copy = (struct tvn__list){
        .items = items,
        .count = list->count,
        .by_name = by_name,
        .refused = list->refused,
        .source = list->source,
    };
    return copy;
}

/* ------------------------------------------------------------------------
 * Sorts and aliases. */

unsigned
tvn__sort(struct tvn__decoder *d)
{
    size_t at = d->at;
    uint8_t sort = tvn__u8(d);

    if (sort == 0) {
        uint8_t core = tvn__u8(d);

        if (core > TVN__SORT_CORE_TAG && core != TVN__SORT_CORE_TYPE &&
            core != TVN__SORT_CORE_MODULE && core != TVN__SORT_CORE_INSTANCE) {
            tvn__malformed(d, at, "an unknown core sort (0x%02x)", core);
        }
        return core;
    }
    if (sort > 5) {
        tvn__malformed(d, at, "an unknown sort (0x%02x)", sort);
    }
    return 0x100u | sort;
}

enum tvn__item_kind
tvn__kind_of(unsigned sort)
{
    switch (sort) {
    case TVN__SORT_TYPE:
        return TVN__ITEM_TYPE;
    case TVN__SORT_FUNC:
        return TVN__ITEM_FUNC;
    case TVN__SORT_INSTANCE:
        return TVN__ITEM_INSTANCE;
    case TVN__SORT_COMPONENT:
        return TVN__ITEM_COMPONENT;
    case TVN__SORT_CORE_MODULE:
        return TVN__ITEM_MODULE;
    default:
        return (enum tvn__item_kind)TVN__ITEM_KINDS;
    }
}

static void
alias_export(struct tvn__decoder *d, struct tvn__scope *scope, unsigned sort)
{
    size_t at = d->at;
    uint32_t index = tvn__u32(d);
    struct tvn_str name = tvn__name(d);
    const struct tvn__item *from =
        tvn__get(d, scope, TVN__ITEM_INSTANCE, index, at);
    const struct tvn__item *item =
        from == NULL ? NULL : tvn__find(from->def.instance, name);

    if (from != NULL && item == NULL) {
        tvn__malformed(d, at, "instance %u has no '%s'", (unsigned)index,
            tvn__quote(d, name));
    } else if (item != NULL && tvn__kind_of(sort) != item->kind) {
        tvn__malformed(d, at, "'%s' of instance %u is a %s",
            tvn__quote(d, name), (unsigned)index, kind_text(item->kind));
    } else if (item != NULL) {
        tvn__declare(d, scope, item);
    }
}

/* What was there when the alias's own scope was defined. */
static uint32_t
visible(const struct tvn__scope *inner, const struct tvn__scope *from,
    enum tvn__item_kind kind)
{
    const struct tvn__closure *closure = inner == NULL ? NULL : inner->closure;
    uint32_t count =
        kind == TVN__ITEM_TYPE ? from->types.count : from->items[kind].count;
    uint32_t seen = closure == NULL               ? count
                    : kind == TVN__ITEM_TYPE      ? closure->types
                    : kind == TVN__ITEM_COMPONENT ? closure->components
                                                  : closure->modules;

    return seen < count ? seen : count;
}

static void
alias_outer(struct tvn__decoder *d, struct tvn__scope *scope, unsigned sort)
{
    size_t at = d->at;
    uint32_t levels = tvn__u32(d);
    uint32_t index = tvn__u32(d);
    enum tvn__item_kind kind = tvn__kind_of(sort);
    const struct tvn__scope *inner = NULL;
    const struct tvn__scope *from = scope;
    struct tvn__item item = {.kind = TVN__ITEM_TYPE};

    for (uint32_t i = 0; i < levels && from != NULL; i++) {
        inner = from;
        from = from->outer;
    }
    if (from == NULL) {
        tvn__malformed(d, at, "an alias reaches %u levels out: too many",
            (unsigned)levels);
    } else if (sort == TVN__SORT_CORE_TYPE) {
        if (index >= from->core_types) {
            tvn__malformed(
                d, at, "there is no core type %u yet", (unsigned)index);
        }
        scope->core_types++;
    } else if (kind != TVN__ITEM_TYPE && kind != TVN__ITEM_COMPONENT &&
               kind != TVN__ITEM_MODULE) {
        tvn__malformed(d, at,
            "only types, modules and components can be "
            "aliased from outside");
    } else if (index >= visible(inner, from, kind)) {
        tvn__malformed(
            d, at, "there is no %s %u yet", kind_text(kind), (unsigned)index);
    } else if (kind == TVN__ITEM_TYPE) {
        item.def = tvn__get_type(d, from, index, at);
        tvn__declare(d, scope, &item);
    } else {
        tvn__declare(d, scope, tvn__get(d, from, kind, index, at));
    }
}

void
tvn__alias(struct tvn__decoder *d, struct tvn__scope *scope)
{
    unsigned sort = tvn__sort(d);
    size_t at = d->at;
    uint8_t target = tvn__u8(d);

    if (!tvn__ok(d)) {
        return;
    }
    if (target == 0) {
        alias_export(d, scope, sort);
    } else if (target == 1 && scope->steps != NULL) {
        tvn__core_alias(d, scope, sort);
    } else if (target == 2) {
        alias_outer(d, scope, sort);
    } else {
        tvn__malformed(d, at, "an unknown alias (0x%02x)", target);
    }
}
