/* pipeline_stage.c -- `stages:`: native sources and sinks, and guests. */
#include "config/internal.h"

#include <stdio.h>

#define KINDS 4u

static const enum tvn_setting_id kind_ids[KINDS] = {TVN_SETTING_SOURCE,
    TVN_SETTING_SINK, TVN_SETTING_COMPONENT, TVN_SETTING_BUILD};

/* "stage 'enrich'", for messages. */
struct what {
    char text[96];
};

static struct what
what_of(const struct tvn_yaml *key)
{
    struct what what;

    (void)snprintf(what.text, sizeof(what.text), "stage '%s'",
        tvn__show_text(key->text).text);
    return what;
}

static const struct tvn_yaml_pair *
find_pair(const struct tvn_yaml *mapping, const char *key)
{
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (tvn_str_is(mapping->pairs[i].key->text, key)) {
            return &mapping->pairs[i];
        }
    }
    return NULL;
}

static tvn_err
no_memory(struct tvn__reader *reader)
{
    tvn__fail(reader, TVN_ENOMEM);
    return TVN_ENOMEM;
}

/* ------------------------------------------------------------------------
 * Connectors and codecs. */

static void
read_options(struct tvn__reader *reader, const struct tvn_yaml *options,
    struct tvn_pipeline_connector *out)
{
    if (tvn__is_null(options)) {
        return;
    }
    if (options->kind == TVN_YAML_SEQUENCE) {
        tvn__fail(reader, tvn__expect(options, TVN_YAML_MAPPING,
                              "a connector's options", reader->diag));
        return;
    }
    out->options = options;
    for (uint32_t i = 0;
         options->kind == TVN_YAML_MAPPING && i < options->count; i++) {
        const struct tvn_yaml *key = options->pairs[i].key;
        int id = tvn_setting_find(TVN_SECTION_CONNECTOR, key->text);

        if (id >= 0 && tvn_settings[id].state == TVN_SETTING_NOT_YET) {
            tvn__fail(reader,
                tvn_diag_error(reader->diag, TVN_ENOTYET, &key->place,
                    "'%s' is not in this version", tvn_settings[id].key));
        }
    }
}

static void
refuse_several(
    struct tvn__reader *reader, const struct tvn_yaml *node, const char *what)
{
    const struct tvn_yaml *key = node->pairs[1].key;

    tvn__fail(
        reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &key->place,
                    "%s has one connector, this is a second one: '%s'", what,
                    tvn__show_text(key->text).text));
    if (tvn_setting_find(TVN_SECTION_STAGE, key->text) >= 0) {
        tvn_diag_help(reader->diag,
            "'%.*s' is a key of the stage: it stands beside '%s', not in it",
            TVN_STR_ARG(key->text), what);
    } else {
        tvn_diag_help(reader->diag,
            "options stand in the connector: { %s: { %s: ... } }",
            tvn__show_text(node->pairs[0].key->text).text,
            tvn__show_text(key->text).text);
    }
}

void
tvn__read_connector(struct tvn__reader *reader, const struct tvn_yaml *node,
    const char *what, struct tvn_pipeline_connector *out)
{
    const struct tvn_yaml *key = node;

    if (node->kind == TVN_YAML_SCALAR) {
        out->name = tvn__text_of(reader, node, what);
        return;
    }
    if (node->kind != TVN_YAML_MAPPING || node->count == 0) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
                "%s must be a connector, { NAME: { options } }, found %s", what,
                node->count == 0 ? "nothing" : tvn__show(node).text));
        return;
    }
    if (node->count > 1) {
        refuse_several(reader, node, what);
    }
    key = node->pairs[0].key;
    out->name = (struct tvn_pipeline_name){key->text, key->place};
    read_options(reader, node->pairs[0].value, out);
}

static void
read_renames(struct tvn__reader *reader, const struct tvn_yaml *json,
    struct tvn_pipeline_codec *out)
{
    const struct tvn_yaml *node =
        tvn__setting_find(json, TVN_SETTING_JSON_RENAME);
    struct tvn_pipeline_rename *renames;
    tvn_err err;

    if (node == NULL) {
        return;
    }
    err = tvn__expect(node, TVN_YAML_MAPPING, "rename", reader->diag);
    tvn__fail(reader, err);
    if (err != TVN_OK) {
        return;
    }
    renames = tvn_arena_new(reader->arena, node->count, sizeof(*renames));
    if (renames == NULL) {
        (void)no_memory(reader);
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        renames[i].field = node->pairs[i].key->text;
        renames[i].key =
            tvn__text_of(reader, node->pairs[i].value, "a key").text;
    }
    out->renames = renames;
    out->rename_count = node->count;
}

static void
read_codec(struct tvn__reader *reader, const struct tvn_yaml *node,
    struct tvn_pipeline_codec *out)
{
    const struct tvn_yaml *json;

    if (node->kind == TVN_YAML_SCALAR) {
        out->name = tvn__text_of(reader, node, "codec");
        return;
    }
    if (node->kind != TVN_YAML_MAPPING || node->count != 1) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
                "codec must be NAME or { NAME: { options } }, found %s",
                node->kind == TVN_YAML_MAPPING ? "several or none"
                                               : tvn__show(node).text));
        return;
    }
    out->name.text = node->pairs[0].key->text;
    out->name.place = node->pairs[0].key->place;
    json = node->pairs[0].value;
    if (tvn__is_null(json)) {
        return;
    }
    if (!tvn_str_is(out->name.text, "json")) {
        tvn__fail(reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE,
                              &json->place, "the codec '%s' has no options",
                              tvn__show_text(out->name.text).text));
        return;
    }
    if (tvn__section(reader, json, TVN_SECTION_JSON, TVN_ON_ANY, "json")) {
        out->names = (enum tvn_pipeline_names)tvn__word(
            reader, json, TVN_SETTING_JSON_NAMES, TVN_PIPELINE_SNAKE);
        out->refuse_unknown =
            tvn__word(reader, json, TVN_SETTING_JSON_UNKNOWN, 0) == 1;
        read_renames(reader, json, out);
    }
}

/* ------------------------------------------------------------------------
 * What several kinds have. */

static void
read_event_time(struct tvn__reader *reader, const struct tvn_yaml *stage,
    struct tvn_pipeline_stage *out)
{
    static const uint64_t units[] = {1, 1000, 1000000, 1000000000, 0};
    const struct tvn_yaml *node =
        tvn__setting_find(stage, TVN_SETTING_EVENT_TIME);

    if (node != NULL && tvn__section(reader, node, TVN_SECTION_EVENT_TIME,
                            TVN_ON_ANY, "event-time")) {
        out->event_time = tvn__text(reader, node, TVN_SETTING_TIME_FIELD);
        out->event_time_unit_ns =
            units[tvn__word(reader, node, TVN_SETTING_TIME_UNIT, 4)];
    }
}

static void
read_native(struct tvn__reader *reader, const struct tvn_yaml *stage,
    struct tvn_pipeline_stage *out)
{
    bool is_source = out->kind == TVN_PIPELINE_SOURCE;
    const struct tvn_yaml *codec = tvn__setting_find(stage, TVN_SETTING_CODEC);

    tvn__read_connector(reader,
        tvn__setting_find(
            stage, is_source ? TVN_SETTING_SOURCE : TVN_SETTING_SINK),
        is_source ? "source" : "sink", &out->connector);
    if (codec != NULL) {
        read_codec(reader, codec, &out->codec);
    }
    if (is_source) {
        out->type = tvn__text(reader, stage, TVN_SETTING_TYPE);
        out->key = tvn__text(reader, stage, TVN_SETTING_KEY);
        read_event_time(reader, stage, out);
    } else {
        out->fields =
            tvn__list(reader, stage, TVN_SETTING_FIELDS, &out->field_count);
    }
}

/* ------------------------------------------------------------------------
 * Guests. */

static void
read_tables(struct tvn__reader *reader, const struct tvn_yaml *stage,
    struct tvn_pipeline_stage *out)
{
    const struct tvn_yaml *node = tvn__setting_find(stage, TVN_SETTING_TABLES);
    struct tvn_pipeline_table *tables;
    tvn_err err;

    if (node == NULL) {
        return;
    }
    err = tvn__expect(node, TVN_YAML_MAPPING, "tables", reader->diag);
    tvn__fail(reader, err);
    if (err != TVN_OK) {
        return;
    }
    tables = tvn_arena_new(reader->arena, node->count, sizeof(*tables));
    if (tables == NULL) {
        (void)no_memory(reader);
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *value = node->pairs[i].value;
        struct tvn_pipeline_name file = {0};
        struct tvn_pipeline_name key = {0};

        tables[i].name.text = node->pairs[i].key->text;
        tables[i].name.place = node->pairs[i].key->place;
        if (value->kind == TVN_YAML_SCALAR) {
            file = tvn__text_of(reader, value, "a table's file");
        } else if (tvn__section(reader, value, TVN_SECTION_TABLE, TVN_ON_ANY,
                       "a table")) {
            file = tvn__text(reader, value, TVN_SETTING_TABLE_FILE);
            key = tvn__text(reader, value, TVN_SETTING_TABLE_KEY);
        }
        tables[i].file = file.text;
        tables[i].file_place = file.place;
        tables[i].key = key.text;
        tables[i].key_place = key.place;
    }
    out->tables = tables;
    out->table_count = node->count;
}

static void
read_directories(struct tvn__reader *reader, const struct tvn_yaml *stage,
    struct tvn_pipeline_stage *out)
{
    const struct tvn_yaml *node =
        tvn__setting_find(stage, TVN_SETTING_DIRECTORIES);
    struct tvn_pipeline_directory *directories;
    tvn_err err;

    if (node == NULL) {
        return;
    }
    err = tvn__expect(node, TVN_YAML_MAPPING, "directories", reader->diag);
    tvn__fail(reader, err);
    if (err != TVN_OK) {
        return;
    }
    directories =
        tvn_arena_new(reader->arena, node->count, sizeof(*directories));
    if (directories == NULL) {
        (void)no_memory(reader);
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *value = node->pairs[i].value;

        directories[i].name.text = node->pairs[i].key->text;
        directories[i].name.place = node->pairs[i].key->place;
        if (value->kind == TVN_YAML_SCALAR) {
            directories[i].path =
                tvn__text_of(reader, value, "a directory's path");
        } else if (tvn__section(reader, value, TVN_SECTION_DIRECTORY,
                       TVN_ON_ANY, "a directory")) {
            directories[i].path =
                tvn__text(reader, value, TVN_SETTING_DIRECTORY_PATH);
            directories[i].can_write =
                tvn__word(reader, value, TVN_SETTING_DIRECTORY_ACCESS, 0) == 1;
        }
    }
    out->directories = directories;
    out->directory_count = node->count;
}

static void
read_window(struct tvn__reader *reader, const struct tvn_yaml *stage,
    struct tvn_pipeline_stage *out)
{
    const struct tvn_yaml_pair *pair =
        find_pair(stage, tvn_settings[TVN_SETTING_WINDOW].key);
    const struct tvn_yaml *node = pair == NULL ? NULL : pair->value;

    if (node == NULL ||
        !tvn__section(reader, node, TVN_SECTION_WINDOW, TVN_ON_ANY, "window")) {
        return;
    }
    out->has_window = true;
    out->window_place = pair->key->place;
    out->window_every_ns =
        tvn__number(reader, node, TVN_SETTING_WINDOW_EVERY, 0);
    out->window_count = tvn__number(reader, node, TVN_SETTING_WINDOW_COUNT, 0);
    if (tvn__setting_find(node, TVN_SETTING_WINDOW_EVERY) == NULL &&
        tvn__setting_find(node, TVN_SETTING_WINDOW_COUNT) == NULL) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING,
                &pair->key->place, "window has neither 'every' nor 'count'"));
        tvn_diag_help(
            reader->diag, "write { every: 1s }, { count: 10000 }, or both");
    }
}

/* What is built has a place of its own. */
static void
name_component(struct tvn__reader *reader, struct tvn_pipeline_stage *out)
{
    const char *path = tvn_arena_printf(
        reader->arena, "build/%.*s.wasm", TVN_STR_ARG(out->name.text));

    if (path == NULL) {
        tvn__fail(reader, TVN_ENOMEM);
        return;
    }
    out->component =
        (struct tvn_pipeline_name){tvn_str_of(path), out->build.place};
}

static void
read_guest(struct tvn__reader *reader, const struct tvn_yaml *stage,
    struct tvn_pipeline_stage *out)
{
    const struct tvn_yaml *config =
        tvn__setting_find(stage, TVN_SETTING_CONFIG);

    out->component = tvn__text(reader, stage, TVN_SETTING_COMPONENT);
    out->build = tvn__text(reader, stage, TVN_SETTING_BUILD);
    if (out->build.text.len > 0) {
        name_component(reader, out);
    }
    out->world = tvn__text(reader, stage, TVN_SETTING_WORLD);
    if (tvn__setting_find(stage, TVN_SETTING_WORLD) == NULL) {
        out->world = out->name;
    }
    out->interface = tvn__text(reader, stage, TVN_SETTING_INTERFACE);
    out->config = config == NULL || tvn__is_null(config) ? NULL : config;
    read_tables(reader, stage, out);
    read_directories(reader, stage, out);
    out->grants =
        tvn__list(reader, stage, TVN_SETTING_GRANTS, &out->grant_count);
    out->memory =
        tvn__number(reader, stage, TVN_SETTING_MEMORY, reader->memory);
    out->deadline_ns =
        tvn__number(reader, stage, TVN_SETTING_DEADLINE, reader->deadline_ns);
    out->init_deadline_ns = tvn__number(
        reader, stage, TVN_SETTING_INIT_DEADLINE, reader->init_deadline_ns);
    read_window(reader, stage, out);
    out->state_is_window =
        tvn__word(reader, stage, TVN_SETTING_STAGE_STATE, 0) == 1;
}

/* ------------------------------------------------------------------------
 * Which kind a stage is. */

/* True when a key is most likely meant to be one that makes the kind: then
 * its own finding is enough. */
static bool
is_misspelled(const struct tvn_yaml *stage)
{
    struct tvn_str names[KINDS];

    for (size_t i = 0; i < KINDS; i++) {
        names[i] = tvn_str_of(tvn_settings[kind_ids[i]].key);
    }
    for (uint32_t i = 0; i < stage->count; i++) {
        struct tvn_str key = stage->pairs[i].key->text;

        if (tvn_setting_find(TVN_SECTION_STAGE, key) < 0 &&
            tvn_str_suggest(key, names, KINDS) >= 0) {
            return true;
        }
    }
    return false;
}

/* The bit of its kind; TVN_ON_STAGE when it has none or several. */
static unsigned
find_kind(struct tvn__reader *reader, const struct tvn_yaml *key,
    const struct tvn_yaml *stage)
{
    const struct tvn_yaml_pair *first = NULL;
    unsigned on = TVN_ON_STAGE;

    for (uint32_t i = 0; i < stage->count; i++) {
        const struct tvn_yaml_pair *pair = &stage->pairs[i];
        size_t k = 0;

        while (k < KINDS &&
               !tvn_str_is(pair->key->text, tvn_settings[kind_ids[k]].key)) {
            k++;
        }
        if (k == KINDS || (first != NULL && tvn_str_equal(first->key->text,
                                                pair->key->text))) {
            continue; /* twice the same is a duplicate, already reported */
        }
        if (first != NULL) {
            tvn__fail(
                reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_STAGE,
                            &pair->key->place, "%s has both '%.*s' and '%.*s'",
                            what_of(key).text, TVN_STR_ARG(first->key->text),
                            TVN_STR_ARG(pair->key->text)));
            tvn_diag_note(reader->diag, &first->key->place, "the first one");
            return TVN_ON_STAGE;
        }
        first = pair;
        on = tvn_settings[kind_ids[k]].on;
    }
    if (first == NULL && !is_misspelled(stage)) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_STAGE, &key->place,
                "%s has none of 'source', 'sink', 'component' and 'build'",
                what_of(key).text));
        tvn_diag_help(reader->diag,
            "a source or sink names its connector, a guest its source or its "
            "component: build: FILE.c, component: FILE.wasm");
    }
    return on;
}

static void
read_stage(struct tvn__reader *reader, const struct tvn_yaml_pair *pair,
    struct tvn_pipeline_stage *out)
{
    const struct tvn_yaml *key = pair->key;
    struct what what = what_of(key);
    unsigned on;
    tvn_err err;

    out->name = (struct tvn_pipeline_name){key->text, key->place};
    if (!tvn__is_name(key->text)) {
        tvn__fail(reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_STAGE,
                              &key->place, "'%s' is not a name of a stage",
                              tvn__show_text(key->text).text));
        tvn_diag_help(reader->diag, TVN__NAME_HELP);
    }
    err = tvn__expect(pair->value, TVN_YAML_MAPPING, what.text, reader->diag);
    tvn__fail(reader, err);
    if (err != TVN_OK) {
        return;
    }
    on = find_kind(reader, key, pair->value);
    (void)tvn__section(reader, pair->value, TVN_SECTION_STAGE, on, what.text);
    tvn__read_on_error(reader, pair->value, &out->on_error);
    switch (on) {
    case TVN_ON_SOURCE:
        out->kind = TVN_PIPELINE_SOURCE;
        read_native(reader, pair->value, out);
        break;
    case TVN_ON_SINK:
        out->kind = TVN_PIPELINE_SINK;
        read_native(reader, pair->value, out);
        break;
    case TVN_ON_GUEST:
        out->kind = TVN_PIPELINE_GUEST;
        read_guest(reader, pair->value, out);
        break;
    default:
        break; /* already reported */
    }
}

void
tvn__read_stages(struct tvn__reader *reader, const struct tvn_yaml *node)
{
    struct tvn_pipeline_stage *stages;
    tvn_err err = tvn__expect(node, TVN_YAML_MAPPING, "stages", reader->diag);

    if (err == TVN_OK && node->count == 0) {
        err = tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING, &node->place,
            "stages is empty");
    }
    tvn__fail(reader, err);
    if (err != TVN_OK) {
        return;
    }
    stages = tvn_arena_new(reader->arena, node->count, sizeof(*stages));
    if (stages == NULL) {
        (void)no_memory(reader);
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        read_stage(reader, &node->pairs[i], &stages[i]);
    }
    reader->stages = stages;
    reader->pipeline->stages = stages;
    reader->pipeline->stage_count = node->count;
}
