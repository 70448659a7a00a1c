/* cmd_new_yaml.c -- torvyn new stage: a row and a comment put into
 * torvyn.yaml, whose other bytes stay as they are.
 *
 * The text is cut by the places of its nodes, and read again before it is
 * given out: whatever it says now, it must have said before. */
#include "cli/new.h"

#include <string.h>

/* What editors look for in the user's file; ours has none. */
static const char mark[] = {'T', 'O', 'D', 'O', '\0'};

struct file {
    const char *path;
    struct tvn_str text;
    const struct tvn_yaml *tree;
    const struct tvn__new_row *row;
    const char *eol;
};

/* ------------------------------------------------------------------------
 * What is put in. */

static const char *
window_of(enum tvn_role role)
{
    return role == TVN_ROLE_AGGREGATOR ? ", window: { count: 100 }" : "";
}

static void
print_row(const struct tvn__new_row *row, struct tvn_buf *out)
{
    tvn_buf_printf(out, "%.*s: { build: stages/%.*s.c%s }",
        TVN_STR_ARG(row->name), TVN_STR_ARG(row->name), window_of(row->role));
}

/* ------------------------------------------------------------------------
 * Putting it in: appends the text with it to `out`. */

static void
put(struct tvn_str text, size_t at, const struct tvn_buf *what,
    struct tvn_buf *out)
{
    tvn_buf_append(out, text.ptr, at);
    tvn_buf_append(out, what->ptr, what->len);
    tvn_buf_append(out, text.ptr + at, text.len - at);
}

static bool
put_row(const struct file *file, uint32_t index, struct tvn_buf *out)
{
    const struct tvn_yaml *key = file->tree->pairs[index].key;
    const struct tvn_yaml *stages = file->tree->pairs[index].value;
    const struct tvn_place *first = &stages->pairs[0].key->place;
    size_t at = tvn__new_line_start(file->text, stages->place.line) +
                stages->place.column - 1;
    struct tvn_buf row = {0};

    if (at < file->text.len && file->text.ptr[at] == '{') {
        at++;
        tvn_buf_append_byte(&row, ' ');
        print_row(file->row, &row);
        tvn_buf_append_text(&row, stages->count > 0 ? "," : " ");
    } else if (stages->count > 0 && key->place.column == 1 &&
               first->line > key->place.line &&
               tvn__new_is_first_in_line(file->text, first)) {
        at = tvn__new_end_of(file->text, file->tree, index, first->column);
        if (at > 0 && file->text.ptr[at - 1] != '\n') {
            tvn_buf_append_text(&row, file->eol);
        }
        tvn_buf_printf(&row, "%*s", (int)first->column - 1, "");
        print_row(file->row, &row);
        tvn_buf_append_text(&row, file->eol);
    } else {
        return false;
    }
    put(file->text, at, &row, out);
    tvn_buf_fini(&row);
    return true;
}

static void
put_edge(const struct file *file, uint32_t index, struct tvn_buf *out)
{
    const struct tvn_yaml *edges = file->tree->pairs[index].value;
    uint32_t line = edges->place.line;
    size_t start = tvn__new_line_start(file->text, line);
    bool is_block = start + edges->place.column <= file->text.len &&
                    file->text.ptr[start + edges->place.column - 1] == '-';
    uint32_t column = is_block ? edges->place.column : 3;
    size_t at = tvn__new_end_of(file->text, file->tree, index, column);
    struct tvn_buf text = {0};
    struct tvn_buf first = {0};
    struct tvn_buf more = {0};

    if (at > 0 && file->text.ptr[at - 1] != '\n') {
        tvn_buf_append_text(&text, file->eol);
    }
    tvn_buf_printf(&first, "%*s# %s: ", (int)column - 1, "", mark);
    tvn_buf_printf(&more, "%s%*s#       ", file->eol, (int)column - 1, "");
    tvn__new_edges(file->row, tvn_buf_text(&first), tvn_buf_text(&more), &text);
    tvn_buf_append_text(&text, file->eol);
    put(file->text, at, &text, out);
    tvn_buf_fini(&text);
    tvn_buf_fini(&first);
    tvn_buf_fini(&more);
}

/* ------------------------------------------------------------------------ */

/* The key's number in the file, whose value must be of that kind; -1. */
static int
find(const struct tvn_yaml *tree, const char *key, enum tvn_yaml_kind kind)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        if (tvn_str_is(tree->pairs[i].key->text, key)) {
            return tree->pairs[i].value->kind == kind ? (int)i : -1;
        }
    }
    return -1;
}

/* Reads a text that was made here; false when it is no YAML. */
static bool
read_again(struct file *file, struct tvn_arena *arena, struct tvn_buf *text)
{
    file->text = tvn_buf_str(text);
    return !text->failed &&
           tvn_yaml_parse(arena, file->path, file->text, &tvn__new_yaml_opts,
               &file->tree, NULL) == TVN_OK;
}

static bool
add(struct file *file, struct tvn_arena *arena, struct tvn_buf *with_row,
    struct tvn_buf *out)
{
    const struct tvn_yaml *old = file->tree;
    int stages = find(old, "stages", TVN_YAML_MAPPING);
    int edges = find(old, "edges", TVN_YAML_SEQUENCE);
    const char *name =
        tvn_arena_copy(arena, file->row->name.ptr, file->row->name.len);

    if (stages < 0 || name == NULL ||
        !put_row(file, (uint32_t)stages, with_row) ||
        !read_again(file, arena, with_row)) {
        return false;
    }
    if (edges < 0) { /* the user has not come to them yet */
        tvn_buf_append_str(out, file->text);
    } else {
        put_edge(file, (uint32_t)edges, out);
    }
    return read_again(file, arena, out) &&
           tvn__new_is_added(old, file->tree, name);
}

tvn_err
tvn__new_yaml_add(const char *path, struct tvn_str text,
    const struct tvn_yaml *tree, const struct tvn__new_row *row,
    struct tvn_buf *out, struct tvn_diag *diag)
{
    const char *end = memchr(text.ptr, '\n', text.len);
    bool is_crlf = end != NULL && end > text.ptr && end[-1] == '\r';
    struct file file = {path, text, tree, row, is_crlf ? "\r\n" : "\n"};
    struct tvn_place place = {.path = path};
    struct tvn_arena arena = {0};
    struct tvn_buf with_row = {0};
    tvn_err err = TVN_OK;

    if (!add(&file, &arena, &with_row, out)) {
        tvn_buf_clear(out);
        tvn_buf_clear(&with_row);
        print_row(row, &with_row);
        err = tvn_diag_error(diag, TVN_ENEW, &place,
            "it is not clear where the stage's row goes");
        tvn_diag_help(
            diag, "write it under `stages:`: %s", tvn_buf_text(&with_row));
    }
    tvn_buf_fini(&with_row);
    tvn_arena_fini(&arena);
    return err;
}
