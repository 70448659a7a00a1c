/* settings.h -- the table of all keys of torvyn.yaml, from settings.def.
 *
 * Who reads, documents or draws a schema of the file goes through this table;
 * nobody else spells a key, a default or a bound.
 *
 * Threads: any; all is constant. */
#ifndef TVN_CONFIG_SETTINGS_H
#define TVN_CONFIG_SETTINGS_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tvn_section {
    TVN_SECTION_FILE,
    TVN_SECTION_DEFAULTS,
    TVN_SECTION_STAGE,
    TVN_SECTION_ON_ERROR,
    TVN_SECTION_JSON,
    TVN_SECTION_EVENT_TIME,
    TVN_SECTION_WINDOW,
    TVN_SECTION_TABLE,
    TVN_SECTION_DIRECTORY,
    TVN_SECTION_EDGE,
    TVN_SECTION_REQUIRE,
    TVN_SECTION_SETTINGS,
    TVN_SECTION_CONNECTOR,
};
#define TVN_SECTION_COUNT 13u

enum tvn_setting_type {
    TVN_SETTING_TYPE_TEXT,
    TVN_SETTING_TYPE_NUMBER,
    TVN_SETTING_TYPE_SIZE,
    TVN_SETTING_TYPE_DURATION,
    TVN_SETTING_TYPE_RATE,
    TVN_SETTING_TYPE_SPAN, /* a duration or `a..b` */
    TVN_SETTING_TYPE_BOOL,
    TVN_SETTING_TYPE_WORD,
    TVN_SETTING_TYPE_LIST,
    TVN_SETTING_TYPE_MAPPING,
    TVN_SETTING_TYPE_EDGES,
    TVN_SETTING_TYPE_CONNECTOR,
    TVN_SETTING_TYPE_CODEC,
    TVN_SETTING_TYPE_ON_ERROR,
    TVN_SETTING_TYPE_NODE, /* anything: its owner reads it */
};

enum tvn_setting_state {
    TVN_SETTING_REQUIRED,
    TVN_SETTING_OPTIONAL,
    TVN_SETTING_NOT_YET, /* E0190 wherever it stands */
};

/* Which stages have a key of section STAGE; bits. */
#define TVN_ON_SOURCE            1u
#define TVN_ON_SINK              2u
#define TVN_ON_GUEST             4u
#define TVN_ON_DEFAULTS          8u /* `defaults: stage:` */
#define TVN_ON_NATIVE            (TVN_ON_SOURCE | TVN_ON_SINK)
#define TVN_ON_STAGE             (TVN_ON_NATIVE | TVN_ON_GUEST)
#define TVN_ON_GUEST_OR_DEFAULTS (TVN_ON_GUEST | TVN_ON_DEFAULTS)
#define TVN_ON_ANY               15u

#define TVN_SETTING_NONE UINT64_MAX /* no default */

enum tvn_setting_id {
#define TVN_SETTING(                                                           \
    id, section, key, on, type, fallback, min, max, words, state, text)        \
    TVN_SETTING_##id,
#include "config/settings.def"
#undef TVN_SETTING
    TVN_SETTING_COUNT
};

struct tvn_setting {
    enum tvn_section section;
    const char *key;
    unsigned on;
    enum tvn_setting_type type;
    uint64_t fallback;
    uint64_t min, max;
    const char *words; /* settings.def says how */
    enum tvn_setting_state state;
    const char *text;
};

/* By enum tvn_setting_id. */
extern const struct tvn_setting tvn_settings[TVN_SETTING_COUNT];

/* The number of that section's key, or -1. */
int tvn_setting_find(enum tvn_section section, struct tvn_str key);

/* "an edge", "the file": for messages. */
const char *tvn_section_name(enum tvn_section section);

/* The next word of a row's `words`: NULL at the end, else where to go on;
 * `*word` is it without its mark, `*is_built` whether it had none. */
const char *tvn_setting_word(
    const char *words, struct tvn_str *word, bool *is_built);

/* Appends "4MiB", "100ms", the way a value is written in the file. */
void tvn_size_print(uint64_t bytes, struct tvn_buf *out);
void tvn_duration_print(uint64_t ns, struct tvn_buf *out);

/* Appends the reference part of docs/pipeline-file.md. */
void tvn_settings_print(struct tvn_buf *out);

#endif
