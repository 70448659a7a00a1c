/* jsoncodec_text.c -- looks at a record's text again after something went
 * wrong: where a value stands, and what the syntax error is. */
#include "base/jsonout.h"
#include "value/jsoncodec_node.h"

#include <stdio.h>

#define NESTED_MAX 1024u /* levels that a syntax error's text knows of */

static bool
is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool
ends_scalar(char byte)
{
    return is_space(byte) || byte == ',' || byte == ':' || byte == ']' ||
           byte == '}' || byte == '[' || byte == '{' || byte == '"';
}

/* Behind the string that begins at `at`; len + 1 when it does not end. */
static size_t
skip_string(const char *text, size_t len, size_t at)
{
    for (at++; at < len && text[at] != '"'; at++) {
        if (text[at] == '\\') {
            at++;
        }
    }
    return at < len ? at + 1 : len + 1;
}

/* Behind the token that begins at `at`. */
static size_t
skip_token(const char *text, size_t len, size_t at)
{
    if (text[at] == '"') {
        return skip_string(text, len, at);
    }
    if (ends_scalar(text[at])) {
        return at + 1;
    }
    while (at < len && !ends_scalar(text[at])) {
        at++;
    }
    return at;
}

struct tvn_str
tvn__json_token(struct tvn__json_scan *scan, uint32_t index)
{
    const char *text = scan->text;

    if (index < scan->index) {
        scan->at = 0;
        scan->index = 0;
    }
    while (scan->at < scan->len) {
        size_t at = scan->at;
        size_t end;
        char byte = text[at];

        if (is_space(byte) || byte == ',' || byte == ':' || byte == ']' ||
            byte == '}') {
            scan->at++;
            continue;
        }
        end = skip_token(text, scan->len, at);
        end = end > scan->len ? scan->len : end;
        if (scan->index == index) {
            return (struct tvn_str){text + at, end - at};
        }
        scan->index++;
        scan->at = end;
    }
    return (struct tvn_str){text + scan->len, 0};
}

/* ------------------------------------------------------------------------
 * Paths. */

static bool
is_plain_key(struct tvn_str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char byte = key.ptr[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') ||
                         (byte >= 'A' && byte <= 'Z') || byte == '_';
        bool is_inner = (byte >= '0' && byte <= '9') || byte == '-';

        if (!is_letter && (i == 0 || !is_inner)) {
            return false;
        }
    }
    return key.len > 0;
}

void
tvn__json_path(const struct tvn__json_trail *trail, char *path)
{
    struct tvn_buf text = {0};

    tvn_buf_append_byte(&text, '$');
    for (uint32_t i = trail->count; i-- > 0;) {
        const struct tvn__json_mark *mark = &trail->marks[i];

        if (mark->key.ptr == NULL) {
            tvn_buf_printf(&text, "[%u]", (unsigned)mark->index);
        } else if (is_plain_key(mark->key)) {
            tvn_buf_append_byte(&text, '.');
            tvn_buf_append_str(&text, mark->key);
        } else {
            tvn_buf_append_byte(&text, '[');
            tvn_json_quote(&text, mark->key);
            tvn_buf_append_byte(&text, ']');
        }
    }
    if (text.len >= sizeof(((struct tvn_json_fault *)NULL)->path)) {
        text.len = sizeof(((struct tvn_json_fault *)NULL)->path) - 4;
        while (text.len > 0 &&
               ((unsigned char)text.ptr[text.len] & 0xC0) == 0x80) {
            text.len--;
        }
        tvn_buf_append_text(&text, "...");
    }
    (void)snprintf(path, sizeof(((struct tvn_json_fault *)NULL)->path), "%s",
        tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

/* ------------------------------------------------------------------------
 * Syntax. */

enum place { WANTS_VALUE, WANTS_KEY, WANTS_COLON, WANTS_END, IN_STRING };

struct syntax {
    enum place place;
    uint32_t depth;
    bool is_first; /* right behind { or [ */
    bool is_object[NESTED_MAX];
};

static bool
in_object(const struct syntax *syntax)
{
    return syntax->depth > 0 && syntax->depth <= NESTED_MAX &&
           syntax->is_object[syntax->depth - 1];
}

/* What the text up to `upto`, which is fine so far, leads to. */
static void
walk(struct syntax *syntax, const char *text, size_t upto)
{
    size_t at = 0;

    while (at < upto) {
        char byte = text[at];
        size_t next = skip_token(text, upto, at);

        if (byte == '{' || byte == '[') {
            if (syntax->depth < NESTED_MAX) {
                syntax->is_object[syntax->depth] = byte == '{';
            }
            syntax->depth++;
            syntax->place = byte == '{' ? WANTS_KEY : WANTS_VALUE;
        } else if (byte == '}' || byte == ']') {
            syntax->depth -= syntax->depth > 0;
            syntax->place = WANTS_END;
        } else if (byte == ',') {
            syntax->place = in_object(syntax) ? WANTS_KEY : WANTS_VALUE;
        } else if (byte == ':') {
            syntax->place = WANTS_VALUE;
        } else if (!is_space(byte)) {
            syntax->place = next > upto                  ? IN_STRING
                            : syntax->place == WANTS_KEY ? WANTS_COLON
                                                         : WANTS_END;
        }
        if (!is_space(byte)) {
            syntax->is_first = byte == '{' || byte == '[';
        }
        at = next;
    }
}

static const char *
ending(const struct syntax *syntax)
{
    if (syntax->place == IN_STRING) {
        return "the line ends inside a string";
    }
    if (syntax->depth > 0) {
        return in_object(syntax) ? "the line ends inside an object"
                                 : "the line ends inside an array";
    }
    return syntax->place == WANTS_VALUE ? "the record is empty"
                                        : "the line ends inside a value";
}

static const char *
expected(const struct syntax *syntax)
{
    bool is_first = syntax->is_first;

    switch (syntax->place) {
    case WANTS_KEY:
        return is_first ? "a key in \"...\" or '}'" : "a key in \"...\"";
    case WANTS_VALUE:
        return is_first && syntax->depth > 0 ? "a value or ']'" : "a value";
    case WANTS_COLON:
        return "':' behind the key";
    case WANTS_END:
        break;
    case IN_STRING:
        return "'\"'";
    }
    return syntax->depth == 0  ? "the end of the line"
           : in_object(syntax) ? "',' or '}'"
                               : "',' or ']'";
}

static void
print_found(const char *text, size_t at, char out[16])
{
    unsigned char byte = (unsigned char)text[at];

    (void)snprintf(
        out, 16, byte >= 0x20 && byte < 0x7F ? "'%c'" : "byte 0x%02X", byte);
}

tvn_err
tvn__json_syntax(const char *text, size_t len, const yyjson_read_err *error,
    struct tvn_json_fault *fault)
{
    struct syntax syntax = {.place = WANTS_VALUE};
    size_t pos = error->pos < len ? error->pos : len;
    size_t bad = len;
    char found[16];

    if (error->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION) {
        pos = bad = 0;
    } else {
        (void)tvn_utf8_valid(text, len, &bad);
    }
    if (fault != NULL) {
        size_t end = len;

        while (end > 0 && is_space(text[end - 1])) {
            end--;
        }
        pos = pos > end ? end : pos;
        fault->byte = bad < len && bad <= pos ? bad : pos;
        fault->help[0] = '\0';
        (void)snprintf(fault->path, sizeof(fault->path), "$");
        walk(&syntax, text, pos);
        if (error->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION) {
            (void)snprintf(fault->text, sizeof(fault->text), "memory ran out");
        } else if (bad < len && bad <= pos) {
            print_found(text, bad, found);
            (void)snprintf(
                fault->text, sizeof(fault->text), "%s is not UTF-8", found);
        } else if (pos == end) {
            (void)snprintf(
                fault->text, sizeof(fault->text), "%s", ending(&syntax));
        } else if (error->code == YYJSON_READ_ERROR_UNEXPECTED_CHARACTER ||
                   error->code == YYJSON_READ_ERROR_UNEXPECTED_CONTENT) {
            print_found(text, pos, found);
            (void)snprintf(fault->text, sizeof(fault->text),
                "expected %s, found %s", expected(&syntax), found);
        } else {
            (void)snprintf(fault->text, sizeof(fault->text), "%s", error->msg);
        }
    }
    return error->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION ? TVN_ENOMEM
           : bad < len && bad <= pos                          ? TVN_EUTF8
                                                              : TVN_EJSON;
}
