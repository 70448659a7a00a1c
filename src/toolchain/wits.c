/* wits.c -- see wits.h. */
#include "toolchain/wits.h"

#define SUGGESTED_MAX 64u

tvn_err
tvn_wits_init(struct tvn_wits *wits, struct tvn_types *types, uint32_t max)
{
    *wits = (struct tvn_wits){.types = types};
    wits->paths = tvn_arena_new(&wits->arena, max, sizeof(*wits->paths));
    wits->texts = tvn_arena_new(&wits->arena, max, sizeof(*wits->texts));
    wits->wits = tvn_arena_new(&wits->arena, max, sizeof(*wits->wits));
    return wits->paths == NULL || wits->texts == NULL || wits->wits == NULL
               ? TVN_ENOMEM
               : TVN_OK;
}

void
tvn_wits_fini(struct tvn_wits *wits)
{
    for (uint32_t i = 0; i < wits->count; i++) {
        tvn_wit_free(wits->wits[i]);
        tvn_wit_text_fini(&wits->texts[i]);
    }
    tvn_arena_fini(&wits->arena);
    *wits = (struct tvn_wits){0};
}

tvn_err
tvn_wits_add(struct tvn_wits *wits, const char *path,
    const struct tvn_place *named, struct tvn_diag *diag)
{
    uint32_t at = wits->count;
    tvn_err err;

    wits->paths[at] = tvn_arena_copy(&wits->arena, path, strlen(path));
    if (wits->paths[at] == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_toolchain_encode(wits->paths[at], &wits->texts[at], diag);
    if (err != TVN_OK) {
        tvn_diag_note(diag, named, "named here");
        return err;
    }
    err = tvn_wit_decode(wits->texts[at].bytes, wits->texts[at].len,
        wits->paths[at], wits->types, &wits->wits[at], diag);
    if (err != TVN_OK) {
        tvn_wit_text_fini(&wits->texts[at]);
        return err;
    }
    wits->count++;
    return TVN_OK;
}

const struct tvn_wit_world *
tvn_wits_world(
    const struct tvn_wits *wits, struct tvn_str name, uint32_t *number)
{
    for (uint32_t i = 0; i < wits->count; i++) {
        const struct tvn_wit *wit = wits->wits[i];

        for (uint32_t k = 0; k < wit->world_count; k++) {
            if (tvn_str_equal(wit->worlds[k].name, name)) {
                if (number != NULL) {
                    *number = i;
                }
                return &wit->worlds[k];
            }
        }
    }
    return NULL;
}

void
tvn_wits_suggest_world(
    const struct tvn_wits *wits, struct tvn_str name, struct tvn_diag *diag)
{
    struct tvn_str names[SUGGESTED_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < wits->count; i++) {
        const struct tvn_wit *wit = wits->wits[i];

        for (uint32_t k = 0; k < wit->world_count && count < SUGGESTED_MAX;
             k++) {
            names[count++] = wit->worlds[k].name;
        }
    }
    tvn_diag_suggest(diag, name, names, count);
}

bool
tvn_wits_place(const void *env, struct tvn_str path, struct tvn_place *place)
{
    const struct tvn_wits *wits = env;

    for (uint32_t i = 0; i < wits->count; i++) {
        if (tvn_wit_places_find(wits->texts[i].places, path, place)) {
            return true;
        }
    }
    return false;
}
