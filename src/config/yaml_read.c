/* yaml_read.c -- nodes as what the file means by them: kinds, texts, words;
 * see yaml.h.  Numbers and what has a unit are in yaml_quantity.c.
 *
 * A message says what is wanted and shows what stands there. */
#include "config/internal.h"

#include "base/buf.h"

#include <string.h>

#define SHOWN_MAX 40u
#define KEYS_MAX  64u
#define WORDS_MAX 16u

/* ------------------------------------------------------------------------
 * Nodes in messages. */

struct tvn__shown
tvn__show_text(struct tvn_str text)
{
    struct tvn__shown shown = {{0}};
    size_t len = text.len;

    if (len > SHOWN_MAX) {
        len = SHOWN_MAX;
        while (len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
            len--; /* not inside a character */
        }
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        shown.text[i] = c < 0x20 || c == 0x7F ? ' ' : text.ptr[i];
    }
    if (len < text.len) {
        memcpy(shown.text + len, "...", 4);
    }
    return shown;
}

struct tvn__shown
tvn__show(const struct tvn_yaml *node)
{
    struct tvn__shown text = {{0}};
    struct tvn__shown shown = {{0}};
    struct tvn_str out = tvn_str_of(tvn_yaml_kind_name(node));

    if (node->kind != TVN_YAML_SCALAR) {
        memcpy(shown.text, out.ptr, out.len);
        return shown;
    }
    if (tvn__is_null(node)) {
        return (struct tvn__shown){"nothing"};
    }
    text = node->is_secret ? (struct tvn__shown){"***"}
                           : tvn__show_text(node->text);
    out = tvn_str_of(text.text);
    shown.text[0] = '\'';
    memcpy(shown.text + 1, out.ptr, out.len);
    shown.text[out.len + 1] = '\'';
    return shown;
}

bool
tvn__is_null(const struct tvn_yaml *node)
{
    return node->kind == TVN_YAML_SCALAR && node->is_plain &&
           !node->is_broken &&
           (node->text.len == 0 || tvn_str_is(node->text, "~") ||
               tvn_str_is(node->text, "null"));
}

const char *
tvn_yaml_kind_name(const struct tvn_yaml *node)
{
    switch (node->kind) {
    case TVN_YAML_SCALAR:
        return "a scalar";
    case TVN_YAML_SEQUENCE:
        return "a sequence";
    case TVN_YAML_MAPPING:
        return "a mapping";
    }
    return "";
}

const struct tvn_yaml *
tvn_yaml_get(const struct tvn_yaml *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != TVN_YAML_MAPPING) {
        return NULL;
    }
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (tvn_str_is(mapping->pairs[i].key->text, key)) {
            return mapping->pairs[i].value;
        }
    }
    return NULL;
}

tvn_err
tvn__refuse_value(const struct tvn_yaml *node, const char *what,
    const char *wanted, struct tvn_diag *diag)
{
    if (node->is_broken) {
        return TVN_EPIPELINE_VALUE;
    }
    return tvn_diag_error(diag, TVN_EPIPELINE_VALUE, &node->place,
        "%s must be %s, found %s", what, wanted, tvn__show(node).text);
}

tvn_err
tvn__expect(const struct tvn_yaml *node, enum tvn_yaml_kind kind,
    const char *what, struct tvn_diag *diag)
{
    const struct tvn_yaml wanted = {.kind = kind};

    if (node->kind == kind && !node->is_broken) {
        return TVN_OK;
    }
    return tvn__refuse_value(node, what, tvn_yaml_kind_name(&wanted), diag);
}

/* ------------------------------------------------------------------------
 * Texts. */

tvn_err
tvn_yaml_read_str(const struct tvn_yaml *node, const char *what,
    struct tvn_str *out, struct tvn_diag *diag)
{
    if (node->kind != TVN_YAML_SCALAR || node->is_broken ||
        tvn__is_null(node)) {
        return tvn__refuse_value(node, what, "a text", diag);
    }
    *out = node->text;
    return TVN_OK;
}

tvn_err
tvn_yaml_read_bool(const struct tvn_yaml *node, const char *what, bool *out,
    struct tvn_diag *diag)
{
    static const char *const yes[] = {"yes", "on", "True", "TRUE", "y"};
    static const char *const no[] = {"no", "off", "False", "FALSE", "n"};

    if (node->kind == TVN_YAML_SCALAR && !node->is_broken &&
        (tvn_str_is(node->text, "true") || tvn_str_is(node->text, "false"))) {
        *out = tvn_str_is(node->text, "true");
        return TVN_OK;
    }
    (void)tvn__refuse_value(node, what, "true or false", diag);
    for (size_t i = 0; i < 5 && node->kind == TVN_YAML_SCALAR; i++) {
        if (tvn_str_is(node->text, yes[i])) {
            tvn_diag_help(diag, "write true");
        } else if (tvn_str_is(node->text, no[i])) {
            tvn_diag_help(diag, "write false");
        }
    }
    return TVN_EPIPELINE_VALUE;
}

tvn_err
tvn_yaml_read_word(const struct tvn_yaml *node, const char *what,
    const char *const *words, uint32_t *out, struct tvn_diag *diag)
{
    struct tvn_str known[WORDS_MAX];
    struct tvn_buf wanted = {0};
    uint32_t count = 0;
    int best;

    for (; words[count] != NULL && count < WORDS_MAX; count++) {
        known[count] = tvn_str_of(words[count]);
        if (node->kind == TVN_YAML_SCALAR && !node->is_broken &&
            tvn_str_equal(node->text, known[count])) {
            tvn_buf_fini(&wanted);
            *out = count;
            return TVN_OK;
        }
        tvn_buf_printf(&wanted, "%s%s",
            count == 0                 ? ""
            : words[count + 1] == NULL ? " or "
                                       : ", ",
            words[count]);
    }
    (void)tvn__refuse_value(node, what, tvn_buf_text(&wanted), diag);
    tvn_buf_fini(&wanted);
    if (node->kind == TVN_YAML_SCALAR && !node->is_broken) {
        best = tvn_str_suggest(node->text, known, count);
        if (best >= 0) {
            tvn_diag_help(diag, "did you mean '%s'?", words[best]);
        }
    }
    return TVN_EPIPELINE_VALUE;
}

tvn_err
tvn_yaml_check_keys(const struct tvn_yaml *node, const char *what,
    const char *const *keys, struct tvn_diag *diag)
{
    struct tvn_str known[KEYS_MAX];
    tvn_err err = tvn__expect(node, TVN_YAML_MAPPING, what, diag);
    uint32_t count = 0;

    if (err != TVN_OK) {
        return err;
    }
    for (; keys[count] != NULL && count < KEYS_MAX; count++) {
        known[count] = tvn_str_of(keys[count]);
    }
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *key = node->pairs[i].key;
        uint32_t k = 0;

        while (k < count && !tvn_str_equal(key->text, known[k])) {
            k++;
        }
        if (k == count) {
            err = tvn_diag_error(diag, TVN_EPIPELINE_KEY, &key->place,
                "'%s' is not a key of %s", tvn__show_text(key->text).text,
                what);
            tvn_diag_suggest(diag, key->text, known, count);
        }
    }
    return err;
}
