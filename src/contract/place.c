/* place.c -- see place.h. */
#include "contract/place.h"

#include <stdlib.h>

/* Looks "OWNER.TYPE" or "OWNER.TYPE.MEMBER" up; `owner` has its package. */
static bool
find_named(const struct tvn_places *places, struct tvn_str owner,
    struct tvn_str type, struct tvn_str member, struct tvn_place *place)
{
    struct tvn_buf path = {0};
    bool found;

    tvn_buf_append_str(&path, owner);
    tvn_buf_append_byte(&path, '.');
    tvn_buf_append_str(&path, type);
    if (member.len > 0) {
        tvn_buf_append_byte(&path, '.');
        tvn_buf_append_str(&path, member);
    }
    found =
        !path.failed && places->find(places->env, tvn_buf_str(&path), place);
    tvn_buf_fini(&path);
    return found;
}

/* Every item that names exactly `type`, until one has a place. */
static bool
find_among(const struct tvn_places *places, struct tvn_str owner,
    const struct tvn_extern *items, uint32_t count, const struct tvn_type *type,
    struct tvn_str member, struct tvn_place *place)
{
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind == TVN_EXTERN_TYPE && items[i].type == type &&
            find_named(places, owner, items[i].name, member, place)) {
            return true;
        }
    }
    return false;
}

static void
append_world(const struct tvn_wit_world *world, struct tvn_buf *out)
{
    tvn_buf_append_str(out, tvn_without_version(world->package));
    tvn_buf_append_byte(out, '/');
    tvn_buf_append_str(out, world->name);
}

static bool
find_in_world(const struct tvn_declared *declared, const struct tvn_type *type,
    struct tvn_str member, struct tvn_place *place)
{
    const struct tvn_wit_world *world = declared->world;
    struct tvn_buf owner = {0};
    bool found;

    append_world(world, &owner);
    found = !owner.failed &&
            find_among(declared->places, tvn_buf_str(&owner), world->types,
                world->type_count, type, member, place);
    tvn_buf_fini(&owner);
    return found;
}

/* The declaration of `type`, or of its member. */
static bool
find_type(const struct tvn_declared *declared, const struct tvn_type *type,
    struct tvn_str member, struct tvn_place *place)
{
    if (declared->world != NULL &&
        find_in_world(declared, type, member, place)) {
        return true;
    }
    for (uint32_t i = 0; i < declared->wit_count; i++) {
        const struct tvn_wit *wit = declared->wits[i];

        for (uint32_t k = 0; k < wit->interface_count; k++) {
            const struct tvn_extern *interface = &wit->interfaces[k];

            if (find_among(declared->places,
                    tvn_without_version(interface->name), interface->items,
                    interface->item_count, type, member, place)) {
                return true;
            }
        }
    }
    return false;
}

/* ------------------------------------------------------------------------
 * Walking. */

static const struct tvn_type *
through_options(const struct tvn_type *type)
{
    while (type != NULL && type->kind == TVN_KIND_OPTION) {
        type = type->members[1].type;
    }
    return type;
}

/* The next step of ".name", ".0" or "[]"; its bytes, without the dot. */
static struct tvn_str
take_step(const char **path)
{
    struct tvn_str step = {*path, 2};

    if (**path != '[') {
        step.ptr++;
        step.len = strcspn(step.ptr, ".[");
    }
    *path = step.ptr + step.len;
    return step;
}

bool
tvn_place_of_path(const struct tvn_declared *declared,
    const struct tvn_type *type, const char *path, struct tvn_place *place)
{
    bool found;

    if (declared->places == NULL || type == NULL) {
        return false;
    }
    found = find_type(declared, type, (struct tvn_str){0}, place);
    while (*path != '\0' && type != NULL) {
        struct tvn_str step = take_step(&path);
        int index;

        type = through_options(type);
        if (step.ptr[0] == '[') {
            type = type->kind == TVN_KIND_LIST ? type->elem : NULL;
            continue;
        }
        if (type->kind == TVN_KIND_TUPLE) {
            unsigned long i = strtoul(step.ptr, NULL, 10);

            type = i < type->count ? type->members[i].type : NULL;
            continue;
        }
        index = tvn_type_find(type, step);
        found |= find_type(
            declared, type, index < 0 ? (struct tvn_str){0} : step, place);
        type = index < 0 ? NULL : type->members[index].type;
    }
    return found;
}

bool
tvn_place_of_func(const struct tvn_declared *declared, struct tvn_str interface,
    struct tvn_str name, struct tvn_place *place)
{
    struct tvn_buf owner = {0};
    bool found = false;

    if (declared->places == NULL) {
        return false;
    }
    if (interface.len > 0) {
        tvn_buf_append_str(&owner, tvn_without_version(interface));
    } else if (declared->world != NULL) {
        append_world(declared->world, &owner);
    }
    if (owner.len > 0 && !owner.failed) {
        found = find_named(declared->places, tvn_buf_str(&owner), name,
            (struct tvn_str){0}, place);
    }
    tvn_buf_fini(&owner);
    return found;
}

const struct tvn_type *
tvn_type_at_path(const struct tvn_type *type, struct tvn_str path)
{
    while (path.len > 0 && type != NULL) {
        const char *dot = memchr(path.ptr, '.', path.len);
        struct tvn_str step = {
            path.ptr, dot == NULL ? path.len : (size_t)(dot - path.ptr)};
        int index;

        type = through_options(type);
        index = tvn_type_find(type, step);
        type = index < 0 ? NULL : type->members[index].type;
        path.ptr += step.len + (dot != NULL);
        path.len -= step.len + (dot != NULL);
    }
    return type;
}
