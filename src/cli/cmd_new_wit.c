/* cmd_new_wit.c -- torvyn new stage: the types that a pipeline names, and the
 * file that its worlds stand in. */
#include "cli/new.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * Reading what `wit:` names. */

tvn_err
tvn__new_wit_read(struct tvn_wits *wits, struct tvn_types *types,
    const struct tvn_yaml *pipeline, struct tvn_diag *diag)
{
    const struct tvn_yaml *paths = tvn_yaml_get(pipeline, "wit");
    bool is_list = paths != NULL && paths->kind == TVN_YAML_SEQUENCE;
    uint32_t count = is_list ? paths->count : 1;
    tvn_err err;

    if (paths == NULL || paths->kind == TVN_YAML_MAPPING) {
        (void)tvn_diag_error(diag, TVN_EPIPELINE_MISSING, &pipeline->place,
            "`wit:` does not say where the events' types are");
        tvn_diag_help(diag, "name the folder with the WIT: wit: wit/");
        return TVN_EPIPELINE_MISSING;
    }
    err = tvn_wits_init(wits, types, count);
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        const struct tvn_yaml *path = is_list ? paths->items[i] : paths;

        err = tvn_wits_add(wits, path->text.ptr == NULL ? "" : path->text.ptr,
            &path->place, diag);
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Where the new world goes. */

/* The file of "package/name". */
static bool
find_home(struct tvn_wits *wits, struct tvn_str package, struct tvn_str name,
    struct tvn__new_home *out)
{
    struct tvn_str bare = tvn_without_version(package);
    const char *key = tvn_arena_printf(
        &wits->arena, "%.*s/%.*s", TVN_STR_ARG(bare), TVN_STR_ARG(name));
    struct tvn_place place;

    for (uint32_t i = 0; key != NULL && i < wits->count; i++) {
        if (tvn_wit_places_find(
                wits->texts[i].places, tvn_str_of(key), &place)) {
            *out = (struct tvn__new_home){place.path, i, bare};
            return true;
        }
    }
    return false;
}

const struct tvn_wit_world *
tvn__new_wit_world_of(
    const struct tvn_wits *wits, const struct tvn_yaml_pair *stage)
{
    const struct tvn_yaml *world;

    if (stage->value->kind != TVN_YAML_MAPPING) {
        return NULL;
    }
    world = tvn_yaml_get(stage->value, "world");
    return tvn_wits_world(
        wits, world == NULL ? stage->key->text : world->text, NULL);
}

tvn_err
tvn__new_wit_home(struct tvn_wits *wits, const struct tvn_yaml *stages,
    const struct tvn__new_event *event, struct tvn__new_home *out,
    struct tvn_diag *diag)
{
    for (uint32_t i = stages->count; i > 0; i--) {
        const struct tvn_wit_world *world =
            tvn__new_wit_world_of(wits, &stages->pairs[i - 1]);

        if (world != NULL &&
            find_home(wits, world->package, world->name, out)) {
            return TVN_OK;
        }
    }
    for (uint32_t i = 0; i < wits->count; i++) {
        for (uint32_t k = wits->wits[i]->world_count; k > 0; k--) {
            const struct tvn_wit_world *world = &wits->wits[i]->worlds[k - 1];

            if (find_home(wits, world->package, world->name, out)) {
                return TVN_OK;
            }
        }
    }
    if (find_home(wits, event->package, event->interface, out)) {
        return TVN_OK;
    }
    return tvn_diag_error(diag, TVN_ENEW, NULL,
        "there is no WIT text to add a world to: what `wit:` names is "
        "compiled");
}
