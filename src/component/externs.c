/* externs.c -- imports and exports as component.h shows them; names and
 * versions of interfaces. */
#include "component/internal.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * What is not run. */

static const char *const refusals[][2] = {
    [TVN__RUNS] = {"", ""},
    [TVN__NO_RESOURCE] = {"resources", ""},
    [TVN__NO_OWN] = {"resources", " (own<...>)"},
    [TVN__NO_BORROW] = {"resources", " (borrow<...>)"},
    [TVN__NO_STREAM] = {"streams", " (stream<...>)"},
    [TVN__NO_FUTURE] = {"futures", " (future<...>)"},
    [TVN__NO_ERROR_CONTEXT] = {"error contexts", " (error-context)"},
    [TVN__NO_FIXED_LIST] = {"lists of a fixed length", " (list<T, N>)"},
    [TVN__NO_MAP] = {"maps", " (map<K, V>)"},
    [TVN__NO_ASYNC] = {"async functions", ""},
    [TVN__NO_NESTED_INSTANCE] = {"instances inside an instance", ""},
};

void
tvn__refuse(struct tvn__decoder *d, const char *verb, struct tvn_str name,
    enum tvn__refusal refused)
{
    const char *what = refusals[refused][0];
    bool is_wasi = name.len > 5 && memcmp(name.ptr, "wasi:", 5) == 0;

    tvn__unsupported(d, "%s %s, which has %s%s: %s%s", verb,
        tvn__quote(d, name), what, refusals[refused][1],
        is_wasi ? "WASI is not in this version" : "this version runs no ",
        is_wasi ? "" : what);
}

/* ------------------------------------------------------------------------
 * Externs. */

static struct tvn_extern *fill_list(struct tvn__decoder *d, const char *verb,
    struct tvn__list *list, struct tvn_lift *lifts);

static void
fill_func(const struct tvn__item *item, struct tvn_extern *out,
    struct tvn_lift *lifts)
{
    bool is_own = item->origin == TVN__OWN;

    out->kind = TVN_EXTERN_FUNC;
    out->func = item->def.func;
    out->index = (lifts != NULL) == is_own ? item->index : TVN_NONE;
    if (lifts != NULL && is_own && lifts[item->index].name.len == 0) {
        lifts[item->index].name = item->name;
    }
}

static void
fill_type(struct tvn__decoder *d, const char *verb,
    const struct tvn__item *item, struct tvn_extern *out)
{
    out->kind = TVN_EXTERN_TYPE;
    out->type = item->def.value;
    if (item->def.kind == TVN__DEF_RESOURCE) {
        out->kind = TVN_EXTERN_RESOURCE;
        out->resource = item->def.resource;
    } else if (item->def.kind != TVN__DEF_VALUE && !d->is_wit) {
        out->kind = TVN_EXTERN_OTHER;
    } else if (item->def.kind != TVN__DEF_VALUE) {
        tvn__unsupported(d,
            "%s the type '%s', which is none of values: is this a WIT "
            "package?",
            verb, tvn__quote(d, item->name));
    }
}

static void
fill(struct tvn__decoder *d, const char *verb, const struct tvn__item *item,
    struct tvn_extern *out, struct tvn_lift *lifts)
{
    out->name = item->name;
    if (item->def.refused != TVN__RUNS) {
        tvn__refuse(d, verb, item->name, item->def.refused);
        return;
    }
    switch (item->kind) {
    case TVN__ITEM_FUNC:
        fill_func(item, out, lifts);
        break;
    case TVN__ITEM_TYPE:
        fill_type(d, verb, item, out);
        break;
    case TVN__ITEM_INSTANCE:
        out->kind = TVN_EXTERN_INSTANCE;
        out->item_count = item->def.instance->count;
        out->items = fill_list(d, verb, item->def.instance, lifts);
        break;
    case TVN__ITEM_COMPONENT:
    case TVN__ITEM_MODULE:
        out->kind = TVN_EXTERN_OTHER;
        break;
    }
}

/* The items of an instance.  Exports are not kept: the same instance may be
 * imported, and its functions have other numbers then. */
static struct tvn_extern *
fill_list(struct tvn__decoder *d, const char *verb, struct tvn__list *list,
    struct tvn_lift *lifts)
{
    struct tvn_extern *externs = lifts == NULL ? list->externs : NULL;

    if (externs != NULL || !tvn__spend(d, list->count) || !tvn__enter(d)) {
        return externs;
    }
    externs = tvn__new(d, list->count, sizeof(*externs));
    for (uint32_t i = 0; tvn__ok(d) && i < list->count; i++) {
        fill(d, verb, &list->items[i], &externs[i], lifts);
    }
    d->depth--;
    if (lifts == NULL) {
        list->externs = externs;
    }
    return externs;
}

struct tvn_extern *
tvn__externs(struct tvn__decoder *d, const char *verb,
    const struct tvn__item *items, uint32_t count, struct tvn_lift *lifts)
{
    struct tvn_extern *externs =
        tvn__spend(d, count) ? tvn__new(d, count, sizeof(*externs)) : NULL;

    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        fill(d, verb, &items[i], &externs[i], lifts);
    }
    return externs;
}

/* ------------------------------------------------------------------------
 * Versions. */

struct tvn_str
tvn_without_version(struct tvn_str name)
{
    const char *at = name.len == 0 ? NULL : memchr(name.ptr, '@', name.len);

    if (at != NULL) {
        name.len = (size_t)(at - name.ptr);
    }
    return name;
}

struct tvn_str
tvn__version(struct tvn_str name)
{
    size_t len = tvn_without_version(name).len;

    if (len == name.len) {
        return (struct tvn_str){0};
    }
    return (struct tvn_str){name.ptr + len + 1, name.len - len - 1};
}

/* The part of a version that stays the same while it is compatible: "1" of
 * 1.4.2, "0.2" of 0.2.9, all of 0.0.3 and of what has a suffix. */
static struct tvn_str
track_of(struct tvn_str version)
{
    size_t dots[2] = {0};
    unsigned count = 0;

    for (size_t i = 0; i < version.len; i++) {
        char c = version.ptr[i];

        if (c == '.' && count < 2) {
            dots[count++] = i;
        } else if (c < '0' || c > '9') {
            return version;
        }
    }
    if (count < 2 || dots[1] + 1 == version.len) {
        return version;
    }
    if (dots[0] != 1 || version.ptr[0] != '0') {
        return (struct tvn_str){version.ptr, dots[0]};
    }
    if (dots[1] != 3 || version.ptr[2] != '0') {
        return (struct tvn_str){version.ptr, dots[1]};
    }
    return version;
}

bool
tvn_name_reads_as(struct tvn_str have, struct tvn_str want)
{
    struct tvn_str version = tvn__version(want);

    if (!tvn_str_equal(tvn_without_version(have), tvn_without_version(want))) {
        return false;
    }
    return version.len == 0 ||
           (tvn__version(have).len > 0 &&
               tvn_str_equal(track_of(tvn__version(have)), track_of(version)));
}

const struct tvn_extern *
tvn_extern_find(
    const struct tvn_extern *externs, uint32_t count, struct tvn_str name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (tvn_str_equal(externs[i].name, name)) {
            return &externs[i];
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (tvn_name_reads_as(externs[i].name, name)) {
            return &externs[i];
        }
    }
    return NULL;
}
