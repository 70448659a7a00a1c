/* cmd_new_event.c -- torvyn new stage: which type its events have. */
#include "cli/new.h"

#include "contract/role.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * A type by its name. */

/* "my:flow/events@1.0.0" in parts. */
static struct tvn__new_event
split(const struct tvn_extern *interface, const struct tvn_extern *type)
{
    struct tvn_str full = interface->name;
    const char *slash = memchr(full.ptr, '/', full.len);
    size_t at = slash == NULL ? 0 : (size_t)(slash - full.ptr);
    size_t skip = slash == NULL ? 0 : at + 1;
    size_t end = tvn_without_version(full).len;

    return (struct tvn__new_event){
        .package = {full.ptr, at},
        .interface = {full.ptr + skip, end - skip},
        .full = full,
        .name = type->name,
        .type = type->type,
    };
}

/* Is `owner` the interface, with as much of its name as was given? */
static bool
is_owner(const struct tvn__new_event *event, struct tvn_str owner)
{
    const struct tvn_str bare = {
        event->full.ptr, (size_t)(event->interface.ptr - event->full.ptr) +
                             event->interface.len};

    return owner.len == 0 || tvn_str_equal(owner, event->interface) ||
           tvn_str_equal(owner, bare) || tvn_str_equal(owner, event->full);
}

struct search {
    struct tvn_str owner;        /* empty: any */
    struct tvn_str name;         /* empty: any */
    const struct tvn_type *type; /* NULL: any */
    struct tvn__new_event found[2];
    uint32_t count;
};

static void
look_at(struct search *search, const struct tvn_extern *interface,
    const struct tvn_extern *item)
{
    struct tvn__new_event event;

    if (item->kind != TVN_EXTERN_TYPE ||
        (search->name.len > 0 && !tvn_str_equal(item->name, search->name)) ||
        (search->type != NULL && item->type != search->type)) {
        return;
    }
    event = split(interface, item);
    if (!is_owner(&event, search->owner) ||
        (search->count > 0 &&
            tvn_str_equal(search->found[0].full, event.full)) ||
        search->count == 2) {
        return; /* not it, or brought along by another package */
    }
    search->found[search->count++] = event;
}

static void
look(struct search *search, const struct tvn_wits *wits)
{
    for (uint32_t i = 0; i < wits->count; i++) {
        for (uint32_t k = 0; k < wits->wits[i]->interface_count; k++) {
            const struct tvn_extern *interface = &wits->wits[i]->interfaces[k];

            for (uint32_t n = 0; n < interface->item_count; n++) {
                look_at(search, interface, &interface->items[n]);
            }
        }
    }
}

static tvn_err
find_named(const struct tvn_wits *wits, struct tvn_str asked,
    const struct tvn_place *place, struct tvn__new_event *out,
    struct tvn_diag *diag)
{
    struct search search = {.name = asked};
    const struct tvn_type *type;
    tvn_err err;

    for (size_t i = asked.len; i > 0; i--) {
        if (asked.ptr[i - 1] == '.') { /* the last: versions have dots too */
            search.owner = (struct tvn_str){asked.ptr, i - 1};
            search.name = (struct tvn_str){asked.ptr + i, asked.len - i};
            break;
        }
    }
    look(&search, wits);
    if (search.count == 1) {
        *out = search.found[0];
        return TVN_OK;
    }
    if (search.count > 1) {
        (void)tvn_diag_error(diag, TVN_ENEW, place,
            "'%.*s' names several types", TVN_STR_ARG(asked));
        tvn_diag_help(diag, "say which: %.*s.%.*s or %.*s.%.*s",
            TVN_STR_ARG(search.found[0].full), TVN_STR_ARG(search.name),
            TVN_STR_ARG(search.found[1].full), TVN_STR_ARG(search.name));
        return TVN_ENEW;
    }
    err = tvn_wit_find_type((const struct tvn_wit *const *)wits->wits,
        wits->count, asked, place, &type, diag);
    if (err != TVN_OK) {
        return err;
    }
    (void)tvn_diag_error(diag, TVN_ENEW, place,
        "'%.*s' is declared in a world: another one cannot use it",
        TVN_STR_ARG(asked));
    tvn_diag_help(diag, "move it to an interface");
    return TVN_ENEW;
}

/* ------------------------------------------------------------------------
 * What the first source carries. */

/* A guest's own output, if it is a source: by a name that its world has for
 * it, else by what it is. */
static bool
find_pulled(struct tvn_wits *wits, const struct tvn_wit_world *world,
    struct tvn__new_event *out)
{
    struct tvn_role_face face = tvn_role_face_of_world(world);
    struct tvn_role_info info;
    struct search search = {0};

    if (tvn_role_infer(wits->types, &wits->arena, &face, &info, NULL) !=
            TVN_OK ||
        info.role != TVN_ROLE_SOURCE) {
        return false;
    }
    search.type = info.output;
    for (uint32_t i = 0; search.count == 0 && i < world->type_count; i++) {
        if (world->types[i].type == info.output) {
            search.name = world->types[i].name;
            look(&search, wits);
        }
    }
    if (search.count == 0) {
        search.name = (struct tvn_str){0};
        look(&search, wits);
    }
    if (search.count > 0) {
        *out = search.found[0];
    }
    return search.count > 0;
}

tvn_err
tvn__new_wit_event(struct tvn_wits *wits, const struct tvn_yaml *stages,
    struct tvn_str asked, struct tvn__new_event *out, struct tvn_diag *diag)
{
    if (asked.len > 0) {
        return find_named(wits, asked, NULL, out, diag);
    }
    for (uint32_t i = 0; i < stages->count; i++) {
        const struct tvn_yaml *stage = stages->pairs[i].value;
        const struct tvn_wit_world *world =
            tvn__new_wit_world_of(wits, &stages->pairs[i]);
        const struct tvn_yaml *type;

        if (stage->kind != TVN_YAML_MAPPING) {
            continue;
        }
        type = tvn_yaml_get(stage, "type");
        if (tvn_yaml_get(stage, "source") != NULL && type != NULL &&
            type->kind == TVN_YAML_SCALAR) {
            return find_named(wits, type->text, &type->place, out, diag);
        }
        if (world != NULL && find_pulled(wits, world, out)) {
            return TVN_OK;
        }
    }
    (void)tvn_diag_error(diag, TVN_ENEW, NULL,
        "there is no source whose type the stage could have");
    tvn_diag_help(
        diag, "say which type its events have: --event events.reading");
    return TVN_ENEW;
}
