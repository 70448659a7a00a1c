/* pipeline_section.c -- the mappings of the file held against settings.def:
 * which keys there are, which are not built yet, what their values may be. */
#include "config/internal.h"

#include <inttypes.h>
#include <string.h>

#define KEYS_MAX     32u
#define WORDS_MAX    8u
#define NAME_MAX_LEN 64u
#define TEXT_MAX     4096u

static void
refuse_unbuilt(struct tvn__reader *reader, const struct tvn_place *place,
    const char *key, struct tvn_str word)
{
    tvn__fail(reader, tvn_diag_error(reader->diag, TVN_ENOTYET, place,
                          "'%s%s%.*s' is not in this version", key,
                          word.len == 0 ? "" : ": ", TVN_STR_ARG(word)));
}

static void
refuse_unknown(struct tvn__reader *reader, const struct tvn_yaml *key,
    enum tvn_section section, unsigned on)
{
    struct tvn_str keys[KEYS_MAX];
    size_t count = 0;

    for (int i = 0; i < TVN_SETTING_COUNT && count < KEYS_MAX; i++) {
        if (tvn_settings[i].section == section &&
            (tvn_settings[i].on & on) != 0) {
            keys[count++] = tvn_str_of(tvn_settings[i].key);
        }
    }
    tvn__fail(
        reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_KEY, &key->place,
                    "'%s' is not a key of %s", tvn__show_text(key->text).text,
                    on == TVN_ON_DEFAULTS ? "'defaults: stage'"
                                          : tvn_section_name(section)));
    tvn_diag_suggest(reader->diag, key->text, keys, count);
}

static const char *
stages_named(unsigned on)
{
    switch (on & TVN_ON_STAGE) {
    case TVN_ON_SOURCE:
        return "sources";
    case TVN_ON_SINK:
        return "sinks";
    case TVN_ON_NATIVE:
        return "sources and sinks";
    case TVN_ON_GUEST:
        return "guests";
    default:
        return "other stages";
    }
}

static void
check_key(struct tvn__reader *reader, const struct tvn_yaml *key,
    enum tvn_section section, unsigned on, const char *what)
{
    int id = tvn_setting_find(section, key->text);

    if (id < 0) {
        refuse_unknown(reader, key, section, on);
    } else if ((tvn_settings[id].on & on) == 0) {
        if (on == TVN_ON_DEFAULTS) {
            refuse_unknown(reader, key, section, on);
            return;
        }
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_STAGE, &key->place,
                "'%s' is a key of %s, %s is a %s", tvn_settings[id].key,
                stages_named(tvn_settings[id].on), what,
                on == TVN_ON_SOURCE ? "source"
                : on == TVN_ON_SINK ? "sink"
                                    : "guest"));
    } else if (tvn_settings[id].state == TVN_SETTING_NOT_YET) {
        refuse_unbuilt(reader, &key->place, tvn_settings[id].key, TVN_STR(""));
    }
}

/* Of a key that is required. */
static const char *
example_of(int id)
{
    switch (id) {
    case TVN_SETTING_FLOW:
        return "flow: NAME";
    case TVN_SETTING_STAGES:
        return "stages: { NAME: { component: FILE.wasm }, ... }";
    case TVN_SETTING_EDGES:
        return "edges: [ a -> b -> c ]";
    case TVN_SETTING_TIME_FIELD:
        return "event-time: { field: time, unit: ns }";
    default:
        return "{ file: FILE.csv, key: COLUMN }";
    }
}

bool
tvn__section(struct tvn__reader *reader, const struct tvn_yaml *node,
    enum tvn_section section, unsigned on, const char *what)
{
    tvn_err err = tvn__expect(node, TVN_YAML_MAPPING, what, reader->diag);

    tvn__fail(reader, err);
    if (err != TVN_OK) {
        return false;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        check_key(reader, node->pairs[i].key, section, on, what);
    }
    for (int i = 0; i < TVN_SETTING_COUNT; i++) {
        if (tvn_settings[i].section == section &&
            tvn_settings[i].state == TVN_SETTING_REQUIRED &&
            tvn_yaml_get(node, tvn_settings[i].key) == NULL) {
            tvn__fail(reader,
                tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING,
                    &node->place, "%s has no '%s'", what, tvn_settings[i].key));
            tvn_diag_help(reader->diag, "write %s", example_of(i));
        }
    }
    return true;
}

/* ------------------------------------------------------------------------
 * Values. */

const struct tvn_yaml *
tvn__setting_find(const struct tvn_yaml *mapping, enum tvn_setting_id id)
{
    return tvn_yaml_get(mapping, tvn_settings[id].key);
}

uint64_t
tvn__number(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, uint64_t fallback)
{
    const struct tvn_setting *row = &tvn_settings[id];
    const struct tvn_yaml *node = tvn__setting_find(mapping, id);
    uint64_t value = fallback;
    tvn_err err;

    if (node == NULL) {
        return fallback;
    }
    if (row->type == TVN_SETTING_TYPE_SIZE) {
        err = tvn_yaml_read_size(
            node, row->key, row->min, row->max, &value, reader->diag);
    } else if (row->type == TVN_SETTING_TYPE_DURATION) {
        err = tvn_yaml_read_duration(
            node, row->key, row->min, row->max, &value, reader->diag);
    } else {
        err = tvn_yaml_read_u64(
            node, row->key, row->min, row->max, &value, reader->diag);
    }
    tvn__fail(reader, err);
    return value;
}

bool
tvn__bool(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id)
{
    const struct tvn_yaml *node = tvn__setting_find(mapping, id);
    bool value = false;

    if (node != NULL) {
        tvn__fail(reader, tvn_yaml_read_bool(node, tvn_settings[id].key, &value,
                              reader->diag));
    }
    return value;
}

uint64_t
tvn__rate(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, uint64_t fallback)
{
    const struct tvn_setting *row = &tvn_settings[id];
    const struct tvn_yaml *node = tvn__setting_find(mapping, id);
    uint64_t value = fallback;
    tvn_err err;

    if (node == NULL) {
        return fallback;
    }
    err = tvn_yaml_read_rate(node, row->key, &value, reader->diag);
    if (err == TVN_OK && value > row->max) {
        err = tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
            "%s must be from %" PRIu64 "/s to %" PRIu64 "/s, found %s",
            row->key, row->min, row->max, tvn__show(node).text);
        value = fallback;
    }
    tvn__fail(reader, err);
    return value;
}

struct tvn_yaml_span
tvn__span(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, struct tvn_yaml_span fallback)
{
    const struct tvn_setting *row = &tvn_settings[id];
    const struct tvn_yaml *node = tvn__setting_find(mapping, id);
    struct tvn_yaml_span value = fallback;

    if (node != NULL) {
        tvn__fail(reader, tvn_yaml_read_span(node, row->key, row->min, row->max,
                              &value, reader->diag));
    }
    return value;
}

/* The number of a word in a row's list, -1 when it is not there; one that is
 * not built is reported. */
static int
find_word(struct tvn__reader *reader, const struct tvn_yaml *node,
    const struct tvn_setting *row)
{
    const char *at = row->words;
    struct tvn_str word;
    bool is_built;

    for (int i = 0; (at = tvn_setting_word(at, &word, &is_built)) != NULL;
         i++) {
        if (!tvn_str_equal(word, node->text)) {
            continue;
        }
        if (!is_built) {
            refuse_unbuilt(reader, &node->place, row->key, word);
        }
        return i;
    }
    return -1;
}

/* A row's words as tvn_yaml_read_word wants them. */
static void
split_words(const char *words, char text[128], const char **out)
{
    struct tvn_str word;
    bool is_built;
    size_t used = 0;
    size_t count = 0;

    while ((words = tvn_setting_word(words, &word, &is_built)) != NULL &&
           used + word.len < 127 && count < WORDS_MAX) {
        memcpy(text + used, word.ptr, word.len);
        text[used + word.len] = '\0';
        out[count++] = text + used;
        used += word.len + 1;
    }
    out[count] = NULL;
}

uint32_t
tvn__word_of(struct tvn__reader *reader, const struct tvn_yaml *node,
    enum tvn_setting_id id, const char *what, uint32_t fallback)
{
    const struct tvn_setting *row = &tvn_settings[id];
    const char *words[WORDS_MAX + 1];
    char text[128];
    uint32_t number = fallback;
    int found = -1;

    if (node->kind == TVN_YAML_SCALAR && !node->is_broken) {
        found = find_word(reader, node, row);
    }
    if (found >= 0) {
        return (uint32_t)found;
    }
    split_words(row->words, text, words);
    tvn__fail(
        reader, tvn_yaml_read_word(node, what, words, &number, reader->diag));
    return number;
}

uint32_t
tvn__word(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, uint32_t fallback)
{
    const struct tvn_yaml *node = tvn__setting_find(mapping, id);

    return node == NULL
               ? fallback
               : tvn__word_of(reader, node, id, tvn_settings[id].key, fallback);
}

struct tvn_pipeline_name
tvn__text_of(
    struct tvn__reader *reader, const struct tvn_yaml *node, const char *what)
{
    struct tvn_pipeline_name name = {.place = node->place};
    tvn_err err = tvn_yaml_read_str(node, what, &name.text, reader->diag);

    if (err == TVN_OK && name.text.len == 0) {
        err = tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
            "%s is empty", what);
    } else if (err == TVN_OK && name.text.len > TEXT_MAX) {
        err = tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
            "%s is longer than %u bytes", what, TEXT_MAX);
    } else if (err == TVN_OK && memchr(name.text.ptr, '\0', name.text.len)) {
        err = tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
            "%s has a zero byte in it", what);
    }
    if (err != TVN_OK) {
        name.text = TVN_STR("");
    }
    tvn__fail(reader, err);
    return name;
}

struct tvn_pipeline_name
tvn__text(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id)
{
    const struct tvn_yaml *node = tvn__setting_find(mapping, id);

    return node == NULL ? (struct tvn_pipeline_name){0}
                        : tvn__text_of(reader, node, tvn_settings[id].key);
}

const struct tvn_pipeline_name *
tvn__list(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, uint32_t *count)
{
    const struct tvn_setting *row = &tvn_settings[id];
    const struct tvn_yaml *node = tvn__setting_find(mapping, id);
    const struct tvn_yaml *const *items = &node;
    struct tvn_pipeline_name *names;

    *count = 0;
    if (node == NULL) {
        return NULL;
    }
    if (node->kind == TVN_YAML_MAPPING) {
        tvn__fail(reader,
            tvn__expect(node, TVN_YAML_SEQUENCE, row->key, reader->diag));
        return NULL;
    }
    *count = 1;
    if (node->kind == TVN_YAML_SEQUENCE) {
        *count = node->count;
        items = node->items;
    }
    names = tvn_arena_new(reader->arena, *count, sizeof(*names));
    if (names == NULL) {
        tvn__fail(reader, TVN_ENOMEM);
        *count = 0;
        return NULL;
    }
    for (uint32_t i = 0; i < *count; i++) {
        names[i] = tvn__text_of(reader, items[i], row->key);
        if (names[i].text.len > 0 && *row->words != '\0') {
            (void)tvn__word_of(reader, items[i], id, row->key, 0);
        }
    }
    return names;
}

bool
tvn__is_name(struct tvn_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool is_other = (c >= '0' && c <= '9') || c == '-' || c == '_';

        if (!is_letter && (i == 0 || !is_other)) {
            return false;
        }
    }
    return text.len > 0 && text.len <= NAME_MAX_LEN &&
           text.ptr[text.len - 1] != '-';
}
