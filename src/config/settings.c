/* settings.c -- the table of settings.def, and its reference page. */
#include "config/settings.h"

#include <inttypes.h>

#define NONE TVN_SETTING_NONE

const struct tvn_setting tvn_settings[TVN_SETTING_COUNT] = {
#define TVN_SETTING(                                                           \
    id, section, key, on, type, fallback, min, max, words, state, text)        \
    [TVN_SETTING_##id] = {TVN_SECTION_##section, (key), TVN_ON_##on,           \
        TVN_SETTING_TYPE_##type, (fallback), (min), (max), (words),            \
        TVN_SETTING_##state, (text)},
#include "config/settings.def"
#undef TVN_SETTING
};

static const struct {
    const char *name;  /* for messages */
    const char *title; /* of the reference page */
} sections[TVN_SECTION_COUNT] = {
    [TVN_SECTION_FILE] = {"the file", "The file"},
    [TVN_SECTION_DEFAULTS] = {"'defaults'", "`defaults:`"},
    [TVN_SECTION_STAGE] = {"a stage", "A stage"},
    [TVN_SECTION_ON_ERROR] = {"'on-error'", "`on-error:`"},
    [TVN_SECTION_JSON] = {"the codec 'json'", "`codec: { json: ... }`"},
    [TVN_SECTION_EVENT_TIME] = {"'event-time'", "`event-time:`"},
    [TVN_SECTION_WINDOW] = {"'window'", "`window:`"},
    [TVN_SECTION_TABLE] = {"a table", "A table"},
    [TVN_SECTION_DIRECTORY] = {"a directory", "A directory"},
    [TVN_SECTION_EDGE] = {"an edge", "An edge, and `defaults: { edge: ... }`"},
    [TVN_SECTION_REQUIRE] = {"'require'", "`require:`"},
    [TVN_SECTION_SETTINGS] = {"'settings'", "`settings:`"},
    [TVN_SECTION_CONNECTOR] = {"a connector", "A connector"},
};

int
tvn_setting_find(enum tvn_section section, struct tvn_str key)
{
    for (int i = 0; i < TVN_SETTING_COUNT; i++) {
        if (tvn_settings[i].section == section &&
            tvn_str_is(key, tvn_settings[i].key)) {
            return i;
        }
    }
    return -1;
}

const char *
tvn_section_name(enum tvn_section section)
{
    return sections[section].name;
}

const char *
tvn_setting_word(const char *words, struct tvn_str *word, bool *is_built)
{
    while (*words == ' ') {
        words++;
    }
    if (*words == '\0') {
        return NULL;
    }
    *is_built = *words != '!';
    if (*words == '!') {
        words++;
    }
    word->ptr = words;
    word->len = strcspn(words, " ");
    return words + word->len;
}

/* ------------------------------------------------------------------------
 * Values as the file writes them. */

void
tvn_size_print(uint64_t bytes, struct tvn_buf *out)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    size_t unit = 0;

    while (unit < 3 && bytes > 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    tvn_buf_printf(out, "%" PRIu64 "%s", bytes, units[unit]);
}

void
tvn_duration_print(uint64_t ns, struct tvn_buf *out)
{
    static const struct {
        const char *unit;
        uint64_t factor; /* to the next one */
    } units[] = {{"ns", 1000}, {"us", 1000}, {"ms", 1000}, {"s", 60}, {"m", 60},
        {"h", 1}};
    size_t unit = 0;

    if (ns == 0) {
        tvn_buf_append_text(out, "0s");
        return;
    }
    while (unit < 5 && ns % units[unit].factor == 0) {
        ns /= units[unit].factor;
        unit++;
    }
    tvn_buf_printf(out, "%" PRIu64 "%s", ns, units[unit].unit);
}

/* ------------------------------------------------------------------------
 * The reference page. */

static void
print_number(enum tvn_setting_type type, uint64_t value, struct tvn_buf *out)
{
    if (type == TVN_SETTING_TYPE_SIZE) {
        tvn_size_print(value, out);
    } else if (type == TVN_SETTING_TYPE_DURATION ||
               type == TVN_SETTING_TYPE_SPAN) {
        tvn_duration_print(value, out);
    } else {
        tvn_buf_printf(out, "%" PRIu64 "%s", value,
            type == TVN_SETTING_TYPE_RATE ? "/s" : "");
    }
}

static void
print_words(const struct tvn_setting *row, struct tvn_buf *out)
{
    const char *words = row->words;
    struct tvn_str word = {0};
    bool is_built;
    const char *separator = "";

    while ((words = tvn_setting_word(words, &word, &is_built)) != NULL) {
        tvn_buf_printf(out, "%s`%.*s`%s", separator, TVN_STR_ARG(word),
            is_built || row->state == TVN_SETTING_NOT_YET
                ? ""
                : " (not in this version)");
        separator = ", ";
    }
}

static void
print_type(const struct tvn_setting *row, struct tvn_buf *out)
{
    static const char *const names[] = {
        [TVN_SETTING_TYPE_TEXT] = "text",
        [TVN_SETTING_TYPE_NUMBER] = "number",
        [TVN_SETTING_TYPE_SIZE] = "size",
        [TVN_SETTING_TYPE_DURATION] = "duration",
        [TVN_SETTING_TYPE_RATE] = "rate",
        [TVN_SETTING_TYPE_SPAN] = "duration, or `a..b`,",
        [TVN_SETTING_TYPE_BOOL] = "`true`, `false`",
        [TVN_SETTING_TYPE_WORD] = "",
        [TVN_SETTING_TYPE_LIST] = "list",
        [TVN_SETTING_TYPE_MAPPING] = "mapping",
        [TVN_SETTING_TYPE_EDGES] = "list of edges",
        [TVN_SETTING_TYPE_CONNECTOR] = "connector",
        [TVN_SETTING_TYPE_CODEC] = "codec",
        [TVN_SETTING_TYPE_ON_ERROR] = "word or mapping",
        [TVN_SETTING_TYPE_NODE] = "anything",
    };

    tvn_buf_append_text(out, names[row->type]);
    if (row->type == TVN_SETTING_TYPE_WORD) {
        print_words(row, out);
    } else if (row->type == TVN_SETTING_TYPE_LIST && *row->words != '\0') {
        tvn_buf_append_text(out, " of ");
        print_words(row, out);
    } else if (row->max > 0) {
        tvn_buf_append_byte(out, ' ');
        print_number(row->type, row->min, out);
        tvn_buf_append_text(out, " to ");
        print_number(row->type, row->max, out);
    }
}

static void
print_default(const struct tvn_setting *row, struct tvn_buf *out)
{
    struct tvn_str word = {0};
    bool is_built;

    if (row->state == TVN_SETTING_REQUIRED) {
        tvn_buf_append_text(out, "required");
    } else if ((row->type == TVN_SETTING_TYPE_TEXT ||
                   row->type == TVN_SETTING_TYPE_SPAN) &&
               *row->words != '\0') {
        tvn_buf_printf(out, "`%s`", row->words);
    } else if (row->fallback != NONE && row->type == TVN_SETTING_TYPE_WORD) {
        (void)tvn_setting_word(row->words, &word, &is_built); /* the first */
        tvn_buf_printf(out, "`%.*s`", TVN_STR_ARG(word));
    } else if (row->fallback != NONE) {
        print_number(row->type, row->fallback, out);
    }
}

static const char *
stages_that_have(unsigned on)
{
    switch (on & TVN_ON_STAGE) {
    case TVN_ON_SOURCE:
        return "*Sources.* ";
    case TVN_ON_SINK:
        return "*Sinks.* ";
    case TVN_ON_NATIVE:
        return "*Sources, sinks.* ";
    case TVN_ON_GUEST:
        return "*Guests.* ";
    default:
        return "";
    }
}

void
tvn_settings_print(struct tvn_buf *out)
{
    for (unsigned section = 0; section < TVN_SECTION_COUNT; section++) {
        tvn_buf_printf(out,
            "### %s\n\n| key | value | default | |\n|---|---|---|---|\n",
            sections[section].title);
        for (size_t i = 0; i < TVN_SETTING_COUNT; i++) {
            const struct tvn_setting *row = &tvn_settings[i];

            if (row->section != (enum tvn_section)section) {
                continue;
            }
            tvn_buf_printf(out, "| `%s` | ", row->key);
            print_type(row, out);
            tvn_buf_append_text(out, " | ");
            print_default(row, out);
            tvn_buf_printf(out, " | %s%s%s |\n", stages_that_have(row->on),
                row->text,
                row->state == TVN_SETTING_NOT_YET ? " **Not in this version.**"
                                                  : "");
        }
        tvn_buf_append_text(out, "\n");
    }
}
