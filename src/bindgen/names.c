/* names.c -- how WIT's names are spelled in C, and comments. */
#include "bindgen/internal.h"

#include "base/assert.h"

#include <stdarg.h>

#define LINE_MAX_BYTES 80u

void
tvn__gen_no_memory(struct tvn__gen *gen)
{
    if (gen->err == TVN_OK) {
        gen->err = tvn_diag_error(
            gen->diag, TVN_ENOMEM, &gen->opts->place, "out of memory");
    }
}

struct tvn_str
tvn__gen_text(struct tvn__gen *gen, const char *format, ...)
{
    struct tvn_buf text = {0};
    struct tvn_str copy = TVN_STR("");
    va_list args;

    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    if (!text.failed && text.len > 0) {
        copy = tvn_arena_str(gen->arena, tvn_buf_str(&text));
    }
    if (text.failed || copy.ptr == NULL) {
        copy = TVN_STR("");
        tvn__gen_no_memory(gen);
    }
    tvn_buf_fini(&text);
    return copy;
}

void *
tvn__grow(struct tvn__gen *gen, void *items, uint32_t count, size_t size)
{
    void *grown;

    if (count > 0 && (count & (count - 1)) != 0) {
        return items; /* room up to the next power of two */
    }
    grown = tvn_arena_new(gen->arena, count == 0 ? 1 : 2 * (size_t)count, size);
    if (grown == NULL) {
        tvn__gen_no_memory(gen);
        return NULL;
    }
    if (count > 0) {
        memcpy(grown, items, count * size);
    }
    return grown;
}

/* ------------------------------------------------------------------------
 * Spelling. */

static struct tvn_str
recase(struct tvn__gen *gen, struct tvn_str name, char from, char to)
{
    char *text = tvn_arena_copy(gen->arena, name.ptr, name.len);

    if (text == NULL) {
        tvn__gen_no_memory(gen);
        return TVN_STR("");
    }
    for (size_t i = 0; i < name.len; i++) {
        if (text[i] >= from && text[i] <= from + 25) {
            text[i] = (char)(text[i] - from + to);
        } else if (text[i] == '-') {
            text[i] = '_';
        }
    }
    return (struct tvn_str){text, name.len};
}

struct tvn_str
tvn__snake(struct tvn__gen *gen, struct tvn_str name)
{
    return recase(gen, name, 'A', 'a');
}

struct tvn_str
tvn__upper(struct tvn__gen *gen, struct tvn_str name)
{
    return recase(gen, name, 'a', 'A');
}

struct tvn_str
tvn__interface_word(struct tvn__gen *gen, struct tvn_str full)
{
    struct tvn_str path = tvn_without_version(full);
    size_t start = path.len;

    while (start > 0 && path.ptr[start - 1] != '/') {
        start--;
    }
    return tvn__snake(
        gen, (struct tvn_str){path.ptr + start, path.len - start});
}

struct tvn_str
tvn__interface_path(struct tvn__gen *gen, struct tvn_str full)
{
    const struct tvn_wit_world *world = gen->opts->world;
    struct tvn_str path = tvn_without_version(full);

    if (path.len > 0 && memchr(path.ptr, '/', path.len) != NULL) {
        return path;
    }
    /* the world itself, or an interface written inside it */
    return path.len == 0 ? tvn__gen_text(gen, "%.*s/%.*s",
                               TVN_STR_ARG(tvn_without_version(world->package)),
                               TVN_STR_ARG(world->name))
                         : tvn__gen_text(gen, "%.*s/%.*s",
                               TVN_STR_ARG(tvn_without_version(world->package)),
                               TVN_STR_ARG(path));
}

struct tvn_str
tvn__claim(struct tvn__gen *gen, struct tvn_str name, enum tvn__use use)
{
    bool is_func = use == TVN__USE_FUNC;

    while (gen->err == TVN_OK && (tvn__reserved(name, is_func) ||
                                     tvn_map_find(&gen->names, name) != NULL)) {
        name = tvn__gen_text(gen, "%.*s_", TVN_STR_ARG(name));
    }
    if (gen->err == TVN_OK &&
        tvn_map_add(&gen->names, name, (void *)(uintptr_t)use) != TVN_OK) {
        tvn__gen_no_memory(gen);
    }
    return name;
}

bool
tvn__is_type_name(const struct tvn__gen *gen, struct tvn_str name)
{
    return tvn_str_is(name, "text") ||
           (uintptr_t)tvn_map_find(&gen->names, name) == TVN__USE_TYPE;
}

struct tvn_str
tvn__field(struct tvn__gen *gen, struct tvn_str name)
{
    struct tvn_str snake = tvn__snake(gen, name);

    return tvn__reserved_field(snake)
               ? tvn__gen_text(gen, "%.*s_", TVN_STR_ARG(snake))
               : snake;
}

struct tvn_str
tvn__constant(struct tvn__gen *gen, struct tvn_str upper, struct tvn_str name)
{
    struct tvn_str label = tvn__upper(gen, name);

    return tvn__gen_text(
        gen, "%.*s_%.*s", TVN_STR_ARG(upper), TVN_STR_ARG(label));
}

/* ------------------------------------------------------------------------
 * Comments. */

struct tvn_str
tvn__docs(struct tvn__gen *gen, struct tvn_str path, struct tvn_str member)
{
    const struct tvn_bindgen_opts *opts = gen->opts;
    struct tvn_str docs;

    if (opts->docs == NULL || path.len == 0 || gen->err != TVN_OK) {
        return TVN_STR("");
    }
    if (member.len > 0) {
        path = tvn__gen_text(
            gen, "%.*s.%.*s", TVN_STR_ARG(path), TVN_STR_ARG(member));
    }
    docs = opts->docs(opts->docs_env, path);
    while (docs.len > 0 &&
           (docs.ptr[docs.len - 1] == '\n' || docs.ptr[docs.len - 1] == ' ')) {
        docs.len--;
    }
    while (docs.len > 0 && (docs.ptr[0] == '\n' || docs.ptr[0] == ' ')) {
        docs.ptr++;
        docs.len--;
    }
    return docs;
}

/* A control character goes, so does what opens or ends a comment, and a
 * backslash at the end of a line. */
void
tvn__comment_text(struct tvn_buf *out, struct tvn_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        char next = i + 1 < text.len ? text.ptr[i + 1] : '\0';

        if ((unsigned char)byte < ' ' || byte == 0x7f) {
            byte = ' ';
        }
        tvn_buf_append_byte(out, byte);
        if ((byte == '*' && next == '/') || (byte == '/' && next == '*') ||
            (byte == '?' && next == '?')) {
            tvn_buf_append_byte(out, ' ');
        }
    }
    if (text.len > 0 &&
        (text.ptr[text.len - 1] == '\\' || text.ptr[text.len - 1] == '/' ||
            text.ptr[text.len - 1] == '*')) {
        tvn_buf_append_byte(out, ' ');
    }
}

/* The first line, without its indentation; `*rest` is what follows. */
static struct tvn_str
cut_line(struct tvn_str text, struct tvn_str *rest)
{
    const char *end = text.len == 0 ? NULL : memchr(text.ptr, '\n', text.len);
    struct tvn_str line = text;

    *rest = TVN_STR("");
    if (end != NULL) {
        line.len = (size_t)(end - text.ptr);
        *rest = (struct tvn_str){end + 1, text.len - line.len - 1};
    }
    while (line.len > 0 &&
           (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\r')) {
        line.len--;
    }
    if (line.len > 0 && line.ptr[0] == ' ') {
        line.ptr++;
        line.len--;
    }
    return line;
}

void
tvn__comment_lines(struct tvn_buf *out, struct tvn_str docs)
{
    while (docs.len > 0) {
        struct tvn_str line = cut_line(docs, &docs);

        tvn_buf_append_text(out, line.len > 0 ? " * " : " *");
        tvn__comment_text(out, line);
        tvn_buf_append_byte(out, '\n');
    }
}

void
tvn__comment(struct tvn_buf *out, const char *indent, struct tvn_str docs)
{
    const char *start = "/*";

    if (docs.len == 0) {
        return;
    }
    while (docs.len > 0) {
        struct tvn_str line = cut_line(docs, &docs);

        tvn_buf_printf(out, "%s%s%s", indent, start, line.len > 0 ? " " : "");
        tvn__comment_text(out, line);
        tvn_buf_append_text(out, docs.len > 0 ? "\n" : "");
        start = " *";
    }
    tvn_buf_append_text(out, " */\n");
}

static size_t
column(const struct tvn_buf *out)
{
    size_t start = out->len;

    while (start > 0 && out->ptr[start - 1] != '\n') {
        start--;
    }
    return out->len - start;
}

bool
tvn__fits_line(const struct tvn_buf *out, struct tvn_str docs)
{
    return docs.len > 0 && memchr(docs.ptr, '\n', docs.len) == NULL &&
           column(out) + docs.len + sizeof(" /*  */") - 1 <= LINE_MAX_BYTES;
}

void
tvn__end_line(struct tvn_buf *out, struct tvn_str docs)
{
    if (tvn__fits_line(out, docs)) {
        tvn_buf_append_text(out, " /* ");
        tvn__comment_text(out, docs);
        tvn_buf_append_text(out, " */");
    }
    tvn_buf_append_byte(out, '\n');
}
