/* yaml_mark.c -- places in a text; see yaml_mark.h. */
#include "config/yaml_mark.h"

#include "config/yaml.h"

#include <stdbool.h>
#include <string.h>

/* Bytes of the character at `offset`, and whether libyaml ends a line with
 * it. */
static size_t
char_len(struct tvn_str text, size_t offset, bool *is_break)
{
    const char *p = text.ptr + offset;
    size_t left = text.len - offset;
    unsigned char lead = (unsigned char)*p;
    size_t len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    *is_break = *p == '\n' || (*p == '\r' && (left < 2 || p[1] != '\n')) ||
                (left >= 2 && memcmp(p, "\xC2\x85", 2) == 0) ||
                (left >= 3 && (memcmp(p, "\xE2\x80\xA8", 3) == 0 ||
                                  memcmp(p, "\xE2\x80\xA9", 3) == 0));
    return len;
}

static void
step(struct tvn__cursor *cursor, struct tvn_str text)
{
    bool is_break;

    cursor->offset += char_len(text, cursor->offset, &is_break);
    cursor->index++;
    if (is_break) {
        cursor->line++;
        cursor->line_start = cursor->offset;
    }
}

void
tvn__cursor_move(struct tvn__cursor *cursor, struct tvn_str text, size_t index)
{
    if (index < cursor->index) {
        *cursor = (struct tvn__cursor){.line = 1}; /* marks of errors */
    }
    while (cursor->index < index && cursor->offset < text.len) {
        step(cursor, text);
    }
}

struct tvn_place
tvn__cursor_place(const struct tvn__cursor *cursor, const char *path)
{
    return (struct tvn_place){.path = path,
        .line = (uint32_t)cursor->line,
        .column = (uint32_t)(cursor->offset - cursor->line_start + 1)};
}

struct tvn_place
tvn__offset_place(const char *path, struct tvn_str text, size_t offset)
{
    struct tvn__cursor cursor = {.line = 1};

    while (cursor.offset < offset && cursor.offset < text.len) {
        step(&cursor, text);
    }
    return tvn__cursor_place(&cursor, path);
}

/* %TAG lines are compared each with all before, and none are wanted. */
static tvn_err
refuse_directives(const char *path, struct tvn_str text, struct tvn_diag *diag)
{
    size_t i = 0;

    while (i < text.len) {
        const char *line = text.ptr + i;
        const char *end = memchr(line, '\n', text.len - i);
        size_t len = end == NULL ? text.len - i : (size_t)(end - line) + 1;
        size_t blank = 0;

        while (blank < len && memchr(" \t\r\n", line[blank], 4) != NULL) {
            blank++;
        }
        if (*line == '%') {
            struct tvn_place place = tvn__offset_place(path, text, i);

            return tvn_diag_error(diag, TVN_EYAML, &place,
                "directives (%%YAML, %%TAG) are not accepted");
        }
        if (blank < len && line[blank] != '#') {
            break;
        }
        i += len;
    }
    return TVN_OK;
}

tvn_err
tvn__check_text(const char *path, struct tvn_str *text, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};
    size_t bad = 0;

    if (text->len > TVN_YAML_SIZE_MAX) {
        return tvn_diag_error(diag, TVN_EYAML_LIMIT, &place,
            "the file is larger than %u MiB", TVN_YAML_SIZE_MAX >> 20);
    }
    if (!tvn_utf8_valid(text->ptr, text->len, &bad)) {
        /* Up to there it can be walked. */
        place = tvn__offset_place(path, (struct tvn_str){text->ptr, bad}, bad);
        return tvn_diag_error(diag, TVN_EYAML, &place, "the file is not UTF-8");
    }
    if (text->len >= 3 && memcmp(text->ptr, "\xEF\xBB\xBF", 3) == 0) {
        text->ptr += 3;
        text->len -= 3;
    }
    if (text->len == 0) {
        *text = TVN_STR(""); /* libyaml wants a pointer */
    }
    return refuse_directives(path, *text, diag);
}

tvn_err
tvn__check_rest(
    const char *path, struct tvn_str text, size_t end, struct tvn_diag *diag)
{
    bool in_comment = false;
    size_t i = end;
    struct tvn_place place;

    for (; i < text.len; i++) {
        char c = text.ptr[i];

        in_comment = c == '#' || (in_comment && c != '\n');
        if (!in_comment && memchr(" \t\r\n", c, 4) == NULL) {
            break;
        }
    }
    if (i == text.len) {
        return TVN_OK;
    }
    place = tvn__offset_place(path, text, i);
    return tvn_diag_error(diag, TVN_EYAML, &place,
        text.len - i >= 3 && memcmp(text.ptr + i, "---", 3) == 0
            ? "a second document begins; a file has one"
            : "there is text behind the end of the document");
}

void
tvn__help_syntax(struct tvn_str text, size_t offset, const char *problem,
    struct tvn_diag *diag)
{
    const char *p = text.ptr + offset;
    size_t left = text.len - offset;

    if (left > 0 && offset > 0 && *p == '{' && p[-1] == '$') {
        tvn_diag_help(diag,
            "inside { } and [ ] a variable stands in quotes: \"${NAME}\"");
    } else if (left > 0 && *p == '\t') {
        tvn_diag_help(diag, "indent with spaces, not with tabs");
    } else if (left > 0 && strchr("@`%", *p) != NULL) {
        tvn_diag_help(
            diag, "a value that begins with '%c' stands in quotes", *p);
    } else if (strstr(problem, "mapping values") != NULL) {
        tvn_diag_help(diag, "a text with ': ' in it stands in quotes; "
                            "else the indentation is wrong");
    } else if (strstr(problem, "expected key") != NULL ||
               strstr(problem, "expected '-'") != NULL ||
               strstr(problem, "block ") != NULL) {
        tvn_diag_help(diag, "what belongs together begins in one column");
    }
}
