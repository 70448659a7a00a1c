/* testing.h -- worlds made by hand, for the tests of this floor.
 *
 *     struct world w = {0};
 *     begin(&w, "enrich");
 *     type(&w, "port", flags(&w, "a b"));
 *     export_func(&w, "route", result, 1, "event", type...);
 *     make(&w);                 w.made, or w.err and w.said
 *     end(&w);
 *
 * Threads: none. */
#ifndef TVN_BINDGEN_TESTING_H
#define TVN_BINDGEN_TESTING_H

#include "base/assert.h"
#include "base/mem.h"
#include "bindgen/bindgen.h"

#include <stdio.h>
#include <string.h>

#define WORLD_ITEMS_MAX 40

struct world {
    struct tvn_types *types;
    struct tvn_arena arena;
    struct tvn_wit_world world;
    struct tvn_extern imports[WORLD_ITEMS_MAX];
    struct tvn_extern exports[WORLD_ITEMS_MAX];
    struct tvn_extern named[WORLD_ITEMS_MAX];
    struct tvn_wit wit;
    struct tvn_bindgen_opts opts;
    struct tvn_bindgen made;
    struct tvn_diag diag;
    struct tvn_buf said;
    tvn_err err;
};

static inline void
begin(struct world *w, const char *name)
{
    memset(w, 0, sizeof(*w));
    w->types = tvn_types_new();
    TVN_ASSERT(w->types != NULL);
    w->world.name = tvn_str_of(name);
    w->world.package = TVN_STR("my:pack@1.2.0");
    w->world.imports = w->imports;
    w->world.exports = w->exports;
    w->world.types = w->named;
    w->opts.wit = &w->wit;
    w->opts.world = &w->world;
    w->opts.place.what = "stage x";
}

static inline void
end(struct world *w)
{
    tvn_bindgen_fini(&w->made);
    tvn_diag_fini(&w->diag);
    tvn_buf_fini(&w->said);
    tvn_arena_fini(&w->arena);
    tvn_types_free(w->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* ------------------------------------------------------------------------
 * Types. */

static inline const struct tvn_type *
scalar(struct world *w, enum tvn_kind kind)
{
    const struct tvn_type *made = NULL;

    TVN_ASSERT(tvn_type_scalar(w->types, kind, &made) == TVN_OK);
    return made;
}

static inline const struct tvn_type *
list(struct world *w, const struct tvn_type *elem)
{
    const struct tvn_type *made = NULL;

    TVN_ASSERT(tvn_type_list(w->types, elem, &made) == TVN_OK);
    return made;
}

static inline const struct tvn_type *
option(struct world *w, const struct tvn_type *some)
{
    const struct tvn_type *made = NULL;

    TVN_ASSERT(tvn_type_option(w->types, some, &made) == TVN_OK);
    return made;
}

static inline const struct tvn_type *
result(struct world *w, const struct tvn_type *ok, const struct tvn_type *error)
{
    const struct tvn_type *made = NULL;

    TVN_ASSERT(tvn_type_result(w->types, ok, error, &made) == TVN_OK);
    return made;
}

/* `names`, with spaces between; `inner`: one a name, NULL: none has one. */
static inline const struct tvn_type *
members(struct world *w, enum tvn_kind kind, const char *names,
    const struct tvn_type *const *inner)
{
    struct tvn_member list_of[WORLD_ITEMS_MAX] = {{{0}, NULL, 0}};
    const struct tvn_type *made = NULL;
    uint32_t count = 0;

    while (*names != '\0') {
        size_t len = strcspn(names, " ");

        TVN_ASSERT(count < WORLD_ITEMS_MAX);
        list_of[count].name = kind == TVN_KIND_TUPLE
                                  ? (struct tvn_str){0}
                                  : (struct tvn_str){names, len};
        list_of[count].type = inner == NULL ? NULL : inner[count];
        count++;
        names += len + (names[len] == ' ');
    }
    TVN_ASSERT(
        tvn_type_members(w->types, kind, list_of, count, &made) == TVN_OK);
    return made;
}

/* ------------------------------------------------------------------------
 * Items of the world. */

static inline void
type(struct world *w, const char *name, const struct tvn_type *of)
{
    TVN_ASSERT(w->world.type_count < WORLD_ITEMS_MAX);
    w->named[w->world.type_count++] = (struct tvn_extern){
        .name = tvn_str_of(name), .kind = TVN_EXTERN_TYPE, .type = of};
}

/* A function's item; `params`: names, with spaces between. */
static inline struct tvn_extern
func(struct world *w, const char *name, const struct tvn_type *gives,
    const char *params, const struct tvn_type *const *inner)
{
    struct tvn_func_type *made = tvn_arena_new(&w->arena, 1, sizeof(*made));

    TVN_ASSERT(made != NULL);
    made->result = gives;
    if (params[0] != '\0') {
        struct tvn_member *list_of;

        made->tuple = members(w, TVN_KIND_TUPLE, params, inner);
        made->param_count = made->tuple->count;
        list_of = tvn_arena_new(&w->arena, made->param_count, sizeof(*list_of));
        TVN_ASSERT(list_of != NULL);
        for (uint32_t i = 0; i < made->param_count; i++) {
            size_t len = strcspn(params, " ");

            list_of[i] = made->tuple->members[i];
            list_of[i].name = (struct tvn_str){params, len};
            params += len + (params[len] == ' ');
        }
        made->params = list_of;
    }
    return (struct tvn_extern){
        .name = tvn_str_of(name), .kind = TVN_EXTERN_FUNC, .func = made};
}

static inline struct tvn_extern
interface(struct world *w, const char *name, const struct tvn_extern *items,
    uint32_t count)
{
    struct tvn_extern *copy = tvn_arena_new(&w->arena, count, sizeof(*copy));

    TVN_ASSERT(copy != NULL);
    memcpy(copy, items, count * sizeof(*copy));
    return (struct tvn_extern){.name = tvn_str_of(name),
        .kind = TVN_EXTERN_INSTANCE,
        .items = copy,
        .item_count = count};
}

static inline void
add_export(struct world *w, struct tvn_extern item)
{
    TVN_ASSERT(w->world.export_count < WORLD_ITEMS_MAX);
    w->exports[w->world.export_count++] = item;
}

static inline void
add_import(struct world *w, struct tvn_extern item)
{
    TVN_ASSERT(w->world.import_count < WORLD_ITEMS_MAX);
    w->imports[w->world.import_count++] = item;
}

/* ------------------------------------------------------------------------
 * What comes of it. */

static inline void
try_make(struct world *w)
{
    w->err = tvn_bindgen_make(&w->opts, &w->made, &w->diag);
    tvn_diag_print(&w->diag, &w->said);
}

static inline void
make(struct world *w)
{
    try_make(w);
    if (w->err != TVN_OK) {
        (void)fprintf(stderr, "%s\n", tvn_buf_text(&w->said));
    }
    TVN_ASSERT(w->err == TVN_OK && w->diag.errors == 0);
}

static inline bool
has(struct tvn_buf *text, const char *part)
{
    bool found = strstr(tvn_buf_text(text), part) != NULL;

    if (!found) {
        (void)fprintf(stderr, "not there: %s\nin:\n%s\n", part, text->ptr);
    }
    return found;
}

#define HEADER_HAS(w, part) TVN_ASSERT(has(&(w)->made.header, part))
#define GLUE_HAS(w, part)   TVN_ASSERT(has(&(w)->made.glue, part))
#define HEADER_LACKS(w, part)                                                  \
    TVN_ASSERT(strstr(tvn_buf_text(&(w)->made.header), part) == NULL)
#define GLUE_LACKS(w, part)                                                    \
    TVN_ASSERT(strstr(tvn_buf_text(&(w)->made.glue), part) == NULL)

#endif
