/* cmd_new_name.c -- torvyn new: which names are names; templates, and the
 * text that is none. */
#include "cli/new.h"

#include "base/assert.h"
#include "base/embedded.h"

#include <string.h>

#define NAME_MAX_LEN 64u

/* ------------------------------------------------------------------------
 * Names. */

bool
tvn__new_is_wit_word(struct tvn_str name)
{
    static const char *const words[] = {"as", "async", "bool", "borrow", "char",
        "constructor", "enum", "error-context", "export", "f32", "f64", "flags",
        "from", "func", "future", "import", "include", "interface", "list",
        "map", "option", "own", "package", "record", "resource", "result",
        "s16", "s32", "s64", "s8", "static", "stream", "string", "tuple",
        "type", "u16", "u32", "u64", "u8", "use", "variant", "with", "world"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (tvn_str_is(name, words[i])) {
            return true;
        }
    }
    return false;
}

static bool
is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_name(struct tvn_str name)
{
    if (name.len == 0 || name.len > NAME_MAX_LEN || !is_letter(name.ptr[0])) {
        return false;
    }
    for (size_t i = 1; i < name.len; i++) {
        bool is_dash = name.ptr[i] == '-';

        if ((!is_letter(name.ptr[i]) && !is_digit(name.ptr[i]) && !is_dash) ||
            (is_dash && (name.ptr[i - 1] == '-' || i + 1 == name.len))) {
            return false;
        }
    }
    return true;
}

/* A name near to it: "My_Flow 2" gives "my-flow-2"; "" when there is none. */
static void
near_name(struct tvn_str name, char out[NAME_MAX_LEN + 1])
{
    size_t len = 0;

    for (size_t i = 0; i < name.len && len < NAME_MAX_LEN; i++) {
        char c = name.ptr[i];

        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (is_letter(c) || (is_digit(c) && len > 0)) {
            out[len++] = c;
        } else if (len > 0 && out[len - 1] != '-') {
            out[len++] = '-';
        }
    }
    len -= len > 0 && out[len - 1] == '-';
    out[len] = '\0';
}

tvn_err
tvn__new_check_name(
    struct tvn_str name, const char *what, struct tvn_diag *diag)
{
    char near[NAME_MAX_LEN + 1];

    if (is_name(name) && !tvn__new_is_wit_word(name)) {
        return TVN_OK;
    }
    if (is_name(name)) {
        (void)tvn_diag_error(diag, TVN_ENEW, NULL,
            "'%.*s' is a word of WIT: no name for a %s", TVN_STR_ARG(name),
            what);
        tvn_diag_help(diag, "my-%.*s would be one", TVN_STR_ARG(name));
        return TVN_ENEW;
    }
    (void)tvn_diag_error(diag, TVN_ENEW, NULL,
        "'%.*s' is no name for a %s: a name has at most %u small letters, "
        "digits and single dashes, and begins with a letter",
        TVN_STR_ARG(name), what, NAME_MAX_LEN);
    near_name(name, near);
    if (near[0] != '\0' && !tvn__new_is_wit_word(tvn_str_of(near))) {
        tvn_diag_help(diag, "%s would be one", near);
    }
    return TVN_ENEW;
}

/* ------------------------------------------------------------------------
 * Templates. */

static const struct tvn__new_word *
find_word(const struct tvn__new_word *words, struct tvn_str name)
{
    for (; words->name != NULL; words++) {
        if (tvn_str_is(name, words->name)) {
            return words;
        }
    }
    return NULL;
}

/* The word that "{{word}}" at `text` means; NULL: it is none. */
static const struct tvn__new_word *
word_at(const struct tvn__new_word *words, const char *text)
{
    const char *end;

    if (strncmp(text, "{{", 2) != 0) {
        return NULL;
    }
    end = strstr(text, "}}");
    return end == NULL ? NULL
                       : find_word(words, (struct tvn_str){text + 2,
                                              (size_t)(end - text) - 2});
}

void
tvn__new_fill(const char *template, const struct tvn__new_word *words,
    struct tvn_buf *out)
{
    const struct tvn_embedded *file = tvn_embedded_find(template);
    const char *at;

    TVN_ASSERT(file != NULL);
    at = file->text.ptr;
    while (*at != '\0') {
        const struct tvn__new_word *word = word_at(words, at);

        if (word != NULL) {
            tvn_buf_append_str(out, word->text);
            at += strlen(word->name) + 4;
        } else {
            tvn_buf_append_byte(out, *at++);
        }
    }
}

void
tvn__new_edges(const struct tvn__new_row *row, const char *first,
    const char *more, struct tvn_buf *out)
{
    const char *in = row->role == TVN_ROLE_SOURCE ? "" : "SOMEWHERE -> ";
    const char *to = row->role == TVN_ROLE_SINK || row->role == TVN_ROLE_ROUTER
                         ? ""
                         : " -> SOMEWHERE";

    tvn_buf_printf(out, "%s- %s%.*s%s", first, in, TVN_STR_ARG(row->name), to);
    if (row->role == TVN_ROLE_ROUTER) {
        tvn_buf_printf(out,
            "%s- %.*s.first -> SOMEWHERE%s- %.*s.second -> "
            "SOMEWHERE",
            more, TVN_STR_ARG(row->name), more, TVN_STR_ARG(row->name));
    }
}
