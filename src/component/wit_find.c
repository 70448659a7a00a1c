/* wit_find.c -- a type by its name in WIT packages: tvn_wit_find_type. */
#include "component/internal.h"

#include <string.h>

#define CANDIDATES_MAX 1000u

/* Where types are: an interface or a world; or what a name asks for. */
struct site {
    struct tvn_str package; /* "shop:flights" */
    struct tvn_str name;    /* "events" */
    struct tvn_str version; /* "1.0.0"; empty: none, or any */
    const struct tvn_extern *items;
    uint32_t count;
};

struct search {
    const struct tvn_wit *const *wits;
    uint32_t wit_count;
    struct site owner;
    struct tvn_str type;
    struct tvn_arena arena; /* of candidates */
    struct tvn_str candidates[CANDIDATES_MAX];
    uint32_t candidate_count;
    const struct tvn_type *found;
    struct tvn_buf where; /* "shop:flights/events.departure, ..." */
    uint32_t found_count; /* of different types */
    bool has_owner;       /* some site is the owner asked for */
};

/* "shop:flights/events@1.0.0" in parts. */
static struct site
site_of(struct tvn_str full)
{
    struct site site = {.version = tvn__version(full)};
    struct tvn_str path = tvn_without_version(full);
    const char *slash = path.len == 0 ? NULL : memchr(path.ptr, '/', path.len);

    site.name = path;
    if (slash != NULL) {
        site.package = (struct tvn_str){path.ptr, (size_t)(slash - path.ptr)};
        site.name =
            (struct tvn_str){slash + 1, path.len - site.package.len - 1};
    }
    return site;
}

static bool
is_asked_for(const struct site *site, const struct site *owner)
{
    return tvn_str_equal(site->name, owner->name) &&
           (owner->package.len == 0 ||
               tvn_str_equal(site->package, owner->package)) &&
           (owner->version.len == 0 ||
               tvn_str_equal(site->version, owner->version));
}

static void
print_site(const struct site *site, struct tvn_str type, struct tvn_buf *out)
{
    if (site->package.len > 0) {
        tvn_buf_append_str(out, site->package);
        tvn_buf_append_byte(out, '/');
    }
    tvn_buf_append_str(out, site->name);
    if (site->version.len > 0) {
        tvn_buf_append_byte(out, '@');
        tvn_buf_append_str(out, site->version);
    }
    tvn_buf_append_byte(out, '.');
    tvn_buf_append_str(out, type);
}

static void
take_found(
    struct search *search, const struct site *site, const struct tvn_type *type)
{
    if (type == search->found) {
        return; /* the same type, brought along by several packages */
    }
    if (search->found_count > 0) {
        tvn_buf_append_text(&search->where, ", ");
    }
    print_site(site, search->type, &search->where);
    search->found = type;
    search->found_count++;
}

static void
look_in(struct search *search, const struct site *site)
{
    if (!is_asked_for(site, &search->owner)) {
        return;
    }
    search->has_owner = true;
    for (uint32_t i = 0; i < site->count; i++) {
        const struct tvn_extern *item = &site->items[i];

        if (item->kind == TVN_EXTERN_TYPE &&
            tvn_str_equal(item->name, search->type)) {
            take_found(search, site, item->type);
        }
    }
}

/* The types of `site` as they would be asked for, in the form that was used:
 * those of the owner, or all when there is no such owner. */
static void
list_candidates(struct search *search, const struct site *site)
{
    struct site as = *site;

    if (search->has_owner && !is_asked_for(site, &search->owner)) {
        return;
    }
    if (search->owner.package.len == 0) {
        as.package.len = 0;
    }
    if (search->owner.version.len == 0) {
        as.version.len = 0;
    }
    for (uint32_t i = 0; i < site->count; i++) {
        struct tvn_buf text = {0};
        struct tvn_str name;

        if (site->items[i].kind != TVN_EXTERN_TYPE ||
            search->candidate_count == CANDIDATES_MAX) {
            continue;
        }
        print_site(&as, site->items[i].name, &text);
        name = tvn_arena_str(&search->arena, tvn_buf_str(&text));
        if (name.ptr != NULL) {
            search->candidates[search->candidate_count++] = name;
        }
        tvn_buf_fini(&text);
    }
}

static void
for_each_site(struct search *search,
    void (*visit)(struct search *search, const struct site *site))
{
    for (uint32_t i = 0; i < search->wit_count; i++) {
        const struct tvn_wit *wit = search->wits[i];

        for (uint32_t k = 0; k < wit->interface_count; k++) {
            struct site site = site_of(wit->interfaces[k].name);

            site.items = wit->interfaces[k].items;
            site.count = wit->interfaces[k].item_count;
            visit(search, &site);
        }
        for (uint32_t k = 0; k < wit->world_count; k++) {
            const struct tvn_wit_world *world = &wit->worlds[k];
            struct site site = {
                .package = tvn_without_version(world->package),
                .name = world->name,
                .version = tvn__version(world->package),
                .items = world->types,
                .count = world->type_count,
            };

            visit(search, &site);
        }
    }
}

static tvn_err
finish(struct search *search, struct tvn_str name,
    const struct tvn_place *place, const struct tvn_type **out,
    struct tvn_diag *diag)
{
    tvn_err err;

    if (search->found_count == 1) {
        *out = search->found;
        return TVN_OK;
    }
    if (search->found_count > 1) {
        err = tvn_diag_error(diag, TVN_EINVAL, place,
            "'%.*s' names several types", TVN_STR_ARG(name));
        tvn_diag_help(diag, "say which: %s", tvn_buf_text(&search->where));
        return err;
    }
    err = tvn_diag_error(diag, TVN_ETYPE_UNKNOWN, place,
        "there is no type '%.*s'", TVN_STR_ARG(name));
    for_each_site(search, list_candidates);
    tvn_diag_suggest(diag, name, search->candidates, search->candidate_count);
    return err;
}

tvn_err
tvn_wit_find_type(const struct tvn_wit *const *wits, uint32_t count,
    struct tvn_str name, const struct tvn_place *place,
    const struct tvn_type **out, struct tvn_diag *diag)
{
    struct search search = {.wits = wits, .wit_count = count, .type = name};
    tvn_err err;

    for (size_t i = name.len; i > 0; i--) {
        if (name.ptr[i - 1] == '.') { /* the last: versions have dots too */
            search.owner = site_of((struct tvn_str){name.ptr, i - 1});
            search.type = (struct tvn_str){name.ptr + i, name.len - i};
            break;
        }
    }
    for_each_site(&search, look_in);
    err = finish(&search, name, place, out, diag);
    tvn_buf_fini(&search.where);
    tvn_arena_fini(&search.arena);
    return err;
}
