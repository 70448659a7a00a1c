/* cmd_new_wit.c -- torvyn new stage: the types that a pipeline names, and the
 * file that its worlds stand in. */
#include "cli/new.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * Reading what `wit:` names. */

static tvn_err
read_one(struct tvn__new_wit *wit, const struct tvn_yaml *path,
    struct tvn_diag *diag)
{
    uint32_t at = wit->count;
    tvn_err err;

    wit->paths[at] = path->text.ptr == NULL ? "" : path->text.ptr;
    err = tvn_toolchain_encode(wit->paths[at], &wit->texts[at], diag);
    if (err != TVN_OK) {
        tvn_diag_note(diag, &path->place, "named here");
        return err;
    }
    err = tvn_wit_decode(wit->texts[at].bytes, wit->texts[at].len,
        wit->paths[at], wit->types, &wit->wits[at], diag);
    if (err != TVN_OK) {
        tvn_wit_text_fini(&wit->texts[at]);
        return err;
    }
    wit->count++;
    return TVN_OK;
}

tvn_err
tvn__new_wit_read(struct tvn__new_wit *wit, const struct tvn_yaml *pipeline,
    struct tvn_diag *diag)
{
    const struct tvn_yaml *paths = tvn_yaml_get(pipeline, "wit");
    uint32_t count = 1;
    tvn_err err = TVN_OK;

    if (paths == NULL || paths->kind == TVN_YAML_MAPPING) {
        (void)tvn_diag_error(diag, TVN_EPIPELINE_MISSING, &pipeline->place,
            "`wit:` does not say where the events' types are");
        tvn_diag_help(diag, "name the folder with the WIT: wit: wit/");
        return TVN_EPIPELINE_MISSING;
    }
    count = paths->kind == TVN_YAML_SEQUENCE ? paths->count : 1;
    wit->types = tvn_types_new();
    wit->paths = tvn_arena_new(&wit->arena, count, sizeof(*wit->paths));
    wit->texts = tvn_arena_new(&wit->arena, count, sizeof(*wit->texts));
    wit->wits = tvn_arena_new(&wit->arena, count, sizeof(*wit->wits));
    if (wit->types == NULL || wit->paths == NULL || wit->texts == NULL ||
        wit->wits == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        err = read_one(wit,
            paths->kind == TVN_YAML_SEQUENCE ? paths->items[i] : paths, diag);
    }
    return err;
}

void
tvn__new_wit_fini(struct tvn__new_wit *wit)
{
    for (uint32_t i = 0; i < wit->count; i++) {
        tvn_wit_free(wit->wits[i]);
        tvn_wit_text_fini(&wit->texts[i]);
    }
    if (wit->types != NULL) {
        tvn_types_free(wit->types);
    }
    tvn_arena_fini(&wit->arena);
    *wit = (struct tvn__new_wit){0};
}

static const struct tvn_wit_world *
find_world(const struct tvn__new_wit *wit, struct tvn_str name)
{
    for (uint32_t i = 0; i < wit->count; i++) {
        for (uint32_t k = 0; k < wit->wits[i]->world_count; k++) {
            if (tvn_str_equal(wit->wits[i]->worlds[k].name, name)) {
                return &wit->wits[i]->worlds[k];
            }
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * Where the new world goes. */

static struct tvn_str
without_version(struct tvn_str name)
{
    const char *at = name.len == 0 ? NULL : memchr(name.ptr, '@', name.len);

    return at == NULL ? name
                      : (struct tvn_str){name.ptr, (size_t)(at - name.ptr)};
}

/* The file of "package/name". */
static bool
find_home(struct tvn__new_wit *wit, struct tvn_str package, struct tvn_str name,
    struct tvn__new_home *out)
{
    struct tvn_str bare = without_version(package);
    const char *key = tvn_arena_printf(
        &wit->arena, "%.*s/%.*s", TVN_STR_ARG(bare), TVN_STR_ARG(name));
    struct tvn_place place;

    for (uint32_t i = 0; key != NULL && i < wit->count; i++) {
        if (tvn_wit_places_find(
                wit->texts[i].places, tvn_str_of(key), &place)) {
            *out = (struct tvn__new_home){place.path, i, bare};
            return true;
        }
    }
    return false;
}

const struct tvn_wit_world *
tvn__new_wit_world_of(
    const struct tvn__new_wit *wit, const struct tvn_yaml_pair *stage)
{
    const struct tvn_yaml *world;

    if (stage->value->kind != TVN_YAML_MAPPING) {
        return NULL;
    }
    world = tvn_yaml_get(stage->value, "world");
    return find_world(wit, world == NULL ? stage->key->text : world->text);
}

tvn_err
tvn__new_wit_home(struct tvn__new_wit *wit, const struct tvn_yaml *stages,
    const struct tvn__new_event *event, struct tvn__new_home *out,
    struct tvn_diag *diag)
{
    for (uint32_t i = stages->count; i > 0; i--) {
        const struct tvn_wit_world *world =
            tvn__new_wit_world_of(wit, &stages->pairs[i - 1]);

        if (world != NULL && find_home(wit, world->package, world->name, out)) {
            return TVN_OK;
        }
    }
    for (uint32_t i = 0; i < wit->count; i++) {
        for (uint32_t k = wit->wits[i]->world_count; k > 0; k--) {
            const struct tvn_wit_world *world = &wit->wits[i]->worlds[k - 1];

            if (find_home(wit, world->package, world->name, out)) {
                return TVN_OK;
            }
        }
    }
    if (find_home(wit, event->package, event->interface, out)) {
        return TVN_OK;
    }
    return tvn_diag_error(diag, TVN_ENEW, NULL,
        "there is no WIT text to add a world to: what `wit:` names is "
        "compiled");
}
