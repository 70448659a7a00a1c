/* wit.c -- WIT packages in their binary form.
 *
 * Such a package is a component that exports one component type for every
 * interface and world of the package:
 *
 *     interface  component { import DEP...; export NAME: instance }
 *     world      component { export NAME: component { import, export ... } }
 *
 * An interface of another package is there where it is used, as an import,
 * and an interface may use the types of one only: of several forms the one
 * with the most items is kept, and the package's own before all. */
#include "base/map.h"
#include "base/mem.h"
#include "component/internal.h"

#include <string.h>

struct builder {
    struct tvn__decoder *d;
    struct tvn__vec interfaces; /* struct tvn_extern */
    struct tvn__vec worlds;     /* struct tvn_wit_world */
    struct tvn_map numbers;     /* name -> number in interfaces + 1 */
};

static bool
is_interface_name(struct tvn_str name)
{
    return name.len > 0 && memchr(name.ptr, ':', name.len) != NULL;
}

/* Inline interfaces of a world have a plain name: they are the world's. */
static void
add_interface(
    struct builder *builder, const struct tvn__item *item, bool is_own)
{
    struct tvn__decoder *d = builder->d;
    uintptr_t number = (uintptr_t)tvn_map_find(&builder->numbers, item->name);
    struct tvn_extern *slot;
    struct tvn_extern *made;

    if (item->kind != TVN__ITEM_INSTANCE || !is_interface_name(item->name)) {
        return;
    }
    made = tvn__externs(d, is_own ? "declares" : "uses", item, 1, NULL);
    if (made == NULL) {
        return;
    }
    if (number > 0) {
        slot = (struct tvn_extern *)builder->interfaces.items + (number - 1);
        if (is_own || made->item_count > slot->item_count) {
            *slot = *made;
        }
        return;
    }
    slot = tvn__vec_add(d, &builder->interfaces, sizeof(*slot));
    if (slot == NULL) {
        return;
    }
    *slot = *made;
    if (tvn_map_add(&builder->numbers, item->name,
            (void *)(uintptr_t)builder->interfaces.count) != TVN_OK) {
        tvn__no_memory(d);
    }
}

/* ------------------------------------------------------------------------
 * Worlds. */

/* Splits "shop:flights/enrich@1.0.0". */
static void
name_world(
    struct builder *builder, struct tvn_str full, struct tvn_wit_world *world)
{
    struct tvn_str path = tvn_without_version(full);
    const char *slash = path.len == 0 ? NULL : memchr(path.ptr, '/', path.len);
    size_t package = slash == NULL ? 0 : (size_t)(slash - path.ptr);
    size_t version = full.len - path.len;
    char *text;

    world->name = path;
    if (slash == NULL) {
        return;
    }
    world->name = (struct tvn_str){slash + 1, path.len - package - 1};
    text = tvn__new(builder->d, package + version + 1, 1);
    if (text != NULL) {
        memcpy(text, path.ptr, package);
        memcpy(text + package, path.ptr + path.len, version);
        world->package = (struct tvn_str){text, package + version};
    }
}

/* The items of `list` that are types, or those that are not. */
static void
select_items(struct builder *builder, const struct tvn__list *list,
    bool are_types, struct tvn__vec *out)
{
    for (uint32_t i = 0; tvn__ok(builder->d) && i < list->count; i++) {
        struct tvn__item *slot;

        if ((list->items[i].kind == TVN__ITEM_TYPE) != are_types) {
            continue;
        }
        slot = tvn__vec_add(builder->d, out, sizeof(*slot));
        if (slot != NULL) {
            *slot = list->items[i];
        }
    }
}

static void
add_world(struct builder *builder, const struct tvn__item *item)
{
    struct tvn__decoder *d = builder->d;
    const struct tvn__component *component = item->def.component;
    struct tvn__vec parts[3] = {{0}};
    struct tvn_wit_world world = {0};
    struct tvn_wit_world *slot;

    name_world(builder, item->name, &world);
    select_items(builder, component->imports, false, &parts[0]);
    select_items(builder, component->exports, false, &parts[1]);
    select_items(builder, component->imports, true, &parts[2]);
    select_items(builder, component->exports, true, &parts[2]);
    for (int i = 0; i < 2; i++) {
        const struct tvn__item *items = parts[i].items;

        for (uint32_t k = 0; tvn__ok(d) && k < parts[i].count; k++) {
            add_interface(builder, &items[k], false);
        }
    }
    world.imports =
        tvn__externs(d, "imports", parts[0].items, parts[0].count, NULL);
    world.import_count = parts[0].count;
    world.exports =
        tvn__externs(d, "exports", parts[1].items, parts[1].count, NULL);
    world.export_count = parts[1].count;
    world.types = tvn__externs(d, "uses", parts[2].items, parts[2].count, NULL);
    world.type_count = parts[2].count;
    slot = tvn__vec_add(d, &builder->worlds, sizeof(*slot));
    if (slot != NULL) {
        *slot = world;
    }
}

/* ------------------------------------------------------------------------
 * The package. */

static void
add_exported(struct builder *builder, const struct tvn__item *item)
{
    struct tvn__decoder *d = builder->d;
    const struct tvn__component *component = item->def.component;

    if (item->kind != TVN__ITEM_TYPE || item->def.kind != TVN__DEF_COMPONENT) {
        tvn__malformed(d, 0,
            "this is no WIT package: it exports '%s', which is neither an "
            "interface nor a world",
            tvn__quote(d, item->name));
        return;
    }
    for (uint32_t i = 0; tvn__ok(d) && i < component->exports->count; i++) {
        const struct tvn__item *inner = &component->exports->items[i];

        if (inner->kind == TVN__ITEM_COMPONENT) {
            add_world(builder, inner);
        } else {
            add_interface(builder, inner, true);
        }
    }
    for (uint32_t i = 0; tvn__ok(d) && i < component->imports->count; i++) {
        add_interface(builder, &component->imports->items[i], false);
    }
}

static void
decode(struct tvn__decoder *d, struct tvn_wit *out)
{
    struct tvn__steps steps = {0};
    struct tvn__scope scope = {.kind = TVN__SCOPE_COMPONENT, .steps = &steps};
    struct builder builder = {.d = d};
    const struct tvn__item *exports;

    tvn__component(d, &scope);
    exports = scope.exports.items;
    for (uint32_t i = 0; tvn__ok(d) && i < scope.exports.count; i++) {
        add_exported(&builder, &exports[i]);
    }
    tvn_map_fini(&builder.numbers);
    out->interfaces = builder.interfaces.items;
    out->interface_count = builder.interfaces.count;
    out->worlds = builder.worlds.items;
    out->world_count = builder.worlds.count;
}

tvn_err
tvn_wit_decode(const uint8_t *bytes, size_t len, const char *name,
    struct tvn_types *types, struct tvn_wit **out, struct tvn_diag *diag)
{
    struct tvn_wit *wit = tvn_mem_new(1, sizeof(*wit));
    struct tvn__decoder d = {
        .bytes = bytes,
        .end = len,
        .name = name,
        .types = types,
        .diag = diag,
        .is_wit = true,
    };

    if (wit == NULL) {
        tvn__no_memory(&d);
        return d.err;
    }
    d.arena = &wit->arena;
    decode(&d, wit);
    if (!tvn__ok(&d)) {
        tvn_wit_free(wit);
        return d.err;
    }
    *out = wit;
    return TVN_OK;
}

void
tvn_wit_free(struct tvn_wit *wit)
{
    if (wit != NULL) {
        tvn_arena_fini(&wit->arena);
        tvn_mem_free(wit, 1, sizeof(*wit));
    }
}
