/* pipeline_set.c -- `--set a.b.c=value`: a tree with one scalar put in.
 *
 * The old tree stays as it is and lends all that does not change: an alias
 * elsewhere must not see what is set here. */
#include "config/internal.h"

#include <string.h>

#define PARTS_MAX 16u
#define NAMES_MAX 64u

/* Where a path is, as far as settings.def knows it. */
enum where {
    /* enum tvn_section, and: */
    AT_STAGES = TVN_SECTION_COUNT, /* names of stages */
    AT_CODEC,
    AT_CONNECTOR, /* its name, then its options */
    AT_OPTIONS,
    AT_UNKNOWN, /* its owner knows */
};

struct step {
    enum tvn_setting_id through;
    int to;
};

static const struct step steps[] = {
    {TVN_SETTING_DEFAULTS, TVN_SECTION_DEFAULTS},
    {TVN_SETTING_DEFAULTS_EDGE, TVN_SECTION_EDGE},
    {TVN_SETTING_DEFAULTS_STAGE, TVN_SECTION_STAGE},
    {TVN_SETTING_STAGES, AT_STAGES},
    {TVN_SETTING_REQUIRE, TVN_SECTION_REQUIRE},
    {TVN_SETTING_SETTINGS, TVN_SECTION_SETTINGS},
    {TVN_SETTING_ON_ERROR, TVN_SECTION_ON_ERROR},
    {TVN_SETTING_WINDOW, TVN_SECTION_WINDOW},
    {TVN_SETTING_EVENT_TIME, TVN_SECTION_EVENT_TIME},
    {TVN_SETTING_CODEC, AT_CODEC},
    {TVN_SETTING_DEAD_LETTER, AT_CONNECTOR},
};

struct setter {
    struct tvn_arena *arena;
    struct tvn_diag *diag;
    struct tvn_place place;
    struct tvn_str parts[PARTS_MAX];
    uint32_t count;
    const struct tvn_yaml *value;
};

static tvn_err set_in(const struct setter *setter, const struct tvn_yaml *node,
    uint32_t part, int where, const struct tvn_yaml **out);

static int
next_where(int where, struct tvn_str part)
{
    if (where == AT_STAGES) {
        return TVN_SECTION_STAGE;
    }
    if (where == AT_CODEC) {
        return tvn_str_is(part, "json") ? (int)TVN_SECTION_JSON : AT_UNKNOWN;
    }
    if (where == AT_CONNECTOR) {
        return AT_OPTIONS;
    }
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const struct tvn_setting *row = &tvn_settings[steps[i].through];

        if ((int)row->section == where && tvn_str_is(part, row->key)) {
            return steps[i].to;
        }
    }
    return AT_UNKNOWN;
}

static struct tvn__shown
path_before(const struct setter *setter, uint32_t part)
{
    const char *start = setter->parts[0].ptr;
    const struct tvn_str *last = &setter->parts[part == 0 ? 0 : part - 1];

    return part == 0 ? (struct tvn__shown){"the file"}
                     : tvn__show_text((struct tvn_str){
                           start, (size_t)(last->ptr + last->len - start)});
}

static tvn_err
refuse_part(const struct setter *setter, const struct tvn_yaml *node,
    uint32_t part, int where)
{
    struct tvn_str names[NAMES_MAX];
    size_t count = 0;
    struct tvn_str word = setter->parts[part];

    for (uint32_t i = 0; i < node->count && count < NAMES_MAX; i++) {
        names[count++] = node->pairs[i].key->text;
    }
    for (int i = 0; i < TVN_SETTING_COUNT && count < NAMES_MAX; i++) {
        struct tvn_str key = tvn_str_of(tvn_settings[i].key);

        if ((int)tvn_settings[i].section == where &&
            tvn_yaml_get(node, tvn_settings[i].key) == NULL) {
            names[count++] = key;
        }
    }
    (void)tvn_diag_error(setter->diag, TVN_EPIPELINE_SET, &setter->place,
        "there is no '%s' in %s", tvn__show_text(word).text,
        path_before(setter, part).text);
    tvn_diag_suggest(setter->diag, word, names, count);
    return TVN_EPIPELINE_SET;
}

/* What `node` gets for the part: the value itself at the path's end. */
static tvn_err
make_child(const struct setter *setter, const struct tvn_yaml *child,
    uint32_t part, int where, const struct tvn_yaml **out)
{
    if (part + 1 == setter->count) {
        *out = setter->value;
        return TVN_OK;
    }
    return set_in(
        setter, child, part + 1, next_where(where, setter->parts[part]), out);
}

static tvn_err
set_in_sequence(const struct setter *setter, const struct tvn_yaml *node,
    uint32_t part, const struct tvn_yaml **out)
{
    struct tvn_str word = setter->parts[part];
    struct tvn_yaml *copy;
    const struct tvn_yaml **items;
    uint32_t at = 0;
    tvn_err err;

    for (size_t i = 0; i < word.len && at < node->count; i++) {
        bool is_digit = word.ptr[i] >= '0' && word.ptr[i] <= '9';

        at = is_digit ? at * 10 + (uint32_t)(word.ptr[i] - '0') : node->count;
    }
    if (word.len == 0 || at >= node->count) {
        return tvn_diag_error(setter->diag, TVN_EPIPELINE_SET, &setter->place,
            "'%s' is not an item of %s: there are %u, counted from 0",
            tvn__show_text(word).text, path_before(setter, part).text,
            (unsigned)node->count);
    }
    copy = tvn_arena_new(setter->arena, 1, sizeof(*copy));
    items = tvn_arena_new(setter->arena, node->count, sizeof(*items));
    if (copy == NULL || items == NULL) {
        return TVN_ENOMEM;
    }
    memcpy(items, node->items, node->count * sizeof(*items));
    err = make_child(setter, items[at], part, AT_UNKNOWN, &items[at]);
    *copy = *node;
    copy->items = items;
    *out = copy;
    return err;
}

/* The mapping that a known key gets when the file has none. */
static tvn_err
new_mapping(const struct setter *setter, const struct tvn_yaml **out)
{
    struct tvn_yaml *node = tvn_arena_new(setter->arena, 1, sizeof(*node));

    if (node == NULL) {
        return TVN_ENOMEM;
    }
    node->kind = TVN_YAML_MAPPING;
    node->place = setter->place;
    *out = node;
    return TVN_OK;
}

static tvn_err
add_pair(const struct setter *setter, const struct tvn_yaml *node,
    uint32_t part, int where, struct tvn_yaml_pair *out)
{
    bool is_last = part + 1 == setter->count;
    bool is_known = where == AT_UNKNOWN || where == AT_CODEC ||
                    where == AT_CONNECTOR || where == AT_OPTIONS ||
                    (where < (int)TVN_SECTION_COUNT &&
                        tvn_setting_find(
                            (enum tvn_section)where, setter->parts[part]) >= 0);
    const struct tvn_yaml *child = NULL;
    struct tvn_yaml *key;
    tvn_err err;

    if (!is_known ||
        (!is_last && next_where(where, setter->parts[part]) == AT_UNKNOWN)) {
        return refuse_part(setter, node, part, where);
    }
    err = is_last ? TVN_OK : new_mapping(setter, &child);
    key = tvn_arena_new(setter->arena, 1, sizeof(*key));
    if (err != TVN_OK || key == NULL) {
        return TVN_ENOMEM;
    }
    key->kind = TVN_YAML_SCALAR;
    key->place = setter->place;
    key->text = setter->parts[part];
    key->is_plain = true;
    out->key = key;
    return make_child(setter, child, part, where, &out->value);
}

static tvn_err
set_in_mapping(const struct setter *setter, const struct tvn_yaml *node,
    uint32_t part, int where, const struct tvn_yaml **out)
{
    struct tvn_yaml *copy = tvn_arena_new(setter->arena, 1, sizeof(*copy));
    struct tvn_yaml_pair *pairs =
        tvn_arena_new(setter->arena, node->count + 1, sizeof(*pairs));
    uint32_t at = 0;
    tvn_err err;

    if (copy == NULL || pairs == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        pairs[i] = node->pairs[i];
    }
    while (at < node->count &&
           !tvn_str_equal(pairs[at].key->text, setter->parts[part])) {
        at++;
    }
    *copy = *node;
    copy->pairs = pairs;
    *out = copy;
    if (at == node->count) {
        copy->count++;
        return add_pair(setter, node, part, where, &pairs[at]);
    }
    err = make_child(setter, pairs[at].value, part, where, &pairs[at].value);
    return err;
}

static tvn_err
set_in(const struct setter *setter, const struct tvn_yaml *node, uint32_t part,
    int where, const struct tvn_yaml **out)
{
    const struct tvn_yaml *empty = NULL;

    if (node->kind == TVN_YAML_SEQUENCE) {
        return set_in_sequence(setter, node, part, out);
    }
    if (tvn__is_null(node)) { /* `settings:` with nothing behind it */
        tvn_err err = new_mapping(setter, &empty);

        if (err != TVN_OK) {
            return err;
        }
        node = empty;
    }
    if (node->kind == TVN_YAML_SCALAR) {
        (void)tvn_diag_error(setter->diag, TVN_EPIPELINE_SET, &setter->place,
            "%s is a scalar, there is no '%s' in it",
            path_before(setter, part).text,
            tvn__show_text(setter->parts[part]).text);
        tvn_diag_help(
            setter->diag, "set %s itself", path_before(setter, part).text);
        return TVN_EPIPELINE_SET;
    }
    return set_in_mapping(setter, node, part, where, out);
}

static tvn_err
split_path(struct setter *setter, struct tvn_str path)
{
    size_t start = 0;

    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.ptr[i] != '.') {
            continue;
        }
        if (i == start || setter->count == PARTS_MAX) {
            (void)tvn_diag_error(setter->diag, TVN_EPIPELINE_SET,
                &setter->place, "this is not a path of the file");
            tvn_diag_help(setter->diag, "write keys with dots between them: "
                                        "stages.departures.source.file.path=x");
            return TVN_EPIPELINE_SET;
        }
        setter->parts[setter->count].ptr = path.ptr + start;
        setter->parts[setter->count++].len = i - start;
        start = i + 1;
    }
    return TVN_OK;
}

static tvn_err
read_value(struct setter *setter, struct tvn_str text,
    const struct tvn_yaml_opts *opts)
{
    const struct tvn_yaml *node = NULL;
    struct tvn_yaml *value = tvn_arena_new(setter->arena, 1, sizeof(*value));
    tvn_err err = TVN_OK;

    if (value == NULL) {
        return TVN_ENOMEM;
    }
    value->is_plain = true; /* nothing behind the `=`: null */
    if (text.len > 0) {
        err = tvn_yaml_parse(
            setter->arena, "--set", text, opts, &node, setter->diag);
    }
    if (err == TVN_OK && node != NULL && node->kind != TVN_YAML_SCALAR) {
        err = tvn_diag_error(setter->diag, TVN_EPIPELINE_SET, &setter->place,
            "a scalar can be set, not %s", tvn_yaml_kind_name(node));
        tvn_diag_help(setter->diag, "a text with ': ', '[' or '{' in it "
                                    "stands in quotes of its own");
    }
    if (err == TVN_OK && node != NULL) {
        *value = *node;
    }
    value->place = setter->place;
    value->is_verbatim = false;
    setter->value = value;
    return err;
}

tvn_err
tvn__set(struct tvn_arena *arena, const struct tvn_yaml *root,
    const struct tvn_pipeline_set *set, const struct tvn_yaml_opts *opts,
    const struct tvn_yaml **out, struct tvn_diag *diag)
{
    struct setter setter = {.arena = arena, .diag = diag};
    struct tvn_str path = tvn_arena_str(arena, set->path); /* kept in keys */
    const struct tvn_yaml *made = NULL;
    tvn_err err;

    if (path.ptr == NULL) {
        return TVN_ENOMEM;
    }
    setter.place = (struct tvn_place){.path = "--set", .what = path.ptr};
    err = split_path(&setter, path);
    err = err == TVN_OK ? read_value(&setter, set->value, opts) : err;
    err =
        err == TVN_OK ? set_in(&setter, root, 0, TVN_SECTION_FILE, &made) : err;
    if (err == TVN_OK) {
        *out = made;
    }
    return err;
}
