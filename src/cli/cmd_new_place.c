/* cmd_new_place.c -- torvyn new stage: places in a YAML text, and whether two
 * texts say the same. */
#include "cli/new.h"

#include <stdlib.h>
#include <string.h>

static const char *
get(void *env, const char *name)
{
    const char *value = getenv(name);

    (void)env;
    return value == NULL ? "unset" : value;
}

const struct tvn_yaml_opts tvn__new_yaml_opts = {get, NULL};

/* ------------------------------------------------------------------------
 * Places. */

size_t
tvn__new_line_start(struct tvn_str text, uint32_t line)
{
    size_t at = 0;

    while (line > 1 && at < text.len) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);

        at = end == NULL ? text.len : (size_t)(end - text.ptr) + 1;
        line--;
    }
    return at;
}

bool
tvn__new_is_first_in_line(struct tvn_str text, const struct tvn_place *place)
{
    size_t at = tvn__new_line_start(text, place->line);

    for (uint32_t i = 1; i < place->column; i++) {
        if (at >= text.len || text.ptr[at++] != ' ') {
            return false;
        }
    }
    return true;
}

/* The line that ends at `*end` without its break; `*end` becomes its start. */
static struct tvn_str
line_before(struct tvn_str text, size_t *end)
{
    size_t stop = *end;
    size_t start = stop;

    while (start > 0 && text.ptr[start - 1] != '\n') {
        start--;
    }
    *end = start;
    while (stop > start && text.ptr[stop - 1] == '\r') {
        stop--;
    }
    return (struct tvn_str){text.ptr + start, stop - start};
}

/* Blank, the document's end, or a comment left of `column`, which is about
 * what follows. */
static bool
is_behind(struct tvn_str line, uint32_t column)
{
    size_t at = 0;

    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t')) {
        at++;
    }
    return at == line.len || tvn_str_is(line, "...") ||
           (line.ptr[at] == '#' && at + 1 < (column < 2 ? 2 : column));
}

size_t
tvn__new_end_of(struct tvn_str text, const struct tvn_yaml *tree,
    uint32_t index, uint32_t column)
{
    size_t end = text.len;

    if (index + 1 < tree->count) {
        end = tvn__new_line_start(text, tree->pairs[index + 1].key->place.line);
    }
    while (end > 0) {
        size_t start = end;

        start -= text.ptr[start - 1] == '\n';
        if (!is_behind(line_before(text, &start), column)) {
            break;
        }
        end = start;
    }
    return end;
}

/* ------------------------------------------------------------------------
 * Is it the same file, but for what was added? */

static bool
is_same(const struct tvn_yaml *a, const struct tvn_yaml *b)
{
    bool is_same_here = a->kind == b->kind && a->count == b->count &&
                        a->is_plain == b->is_plain &&
                        tvn_str_equal(a->text, b->text);

    for (uint32_t i = 0; is_same_here && i < a->count; i++) {
        is_same_here = a->kind == TVN_YAML_SEQUENCE
                           ? is_same(a->items[i], b->items[i])
                           : is_same(a->pairs[i].key, b->pairs[i].key) &&
                                 is_same(a->pairs[i].value, b->pairs[i].value);
    }
    return is_same_here;
}

/* The same pairs, and `name`: first or last. */
static bool
has_one_more(
    const struct tvn_yaml *old, const struct tvn_yaml *new, const char *name)
{
    struct tvn_yaml rest = *new;
    uint32_t last = new->count - 1;

    if (new->kind != TVN_YAML_MAPPING || new->count != old->count + 1) {
        return false;
    }
    rest.count = last;
    if (tvn_str_is(new->pairs[last].key->text, name)) {
        return is_same(old, &rest);
    }
    rest.pairs = new->pairs + 1;
    return tvn_str_is(new->pairs[0].key->text, name) && is_same(old, &rest);
}

bool
tvn__new_is_added(
    const struct tvn_yaml *old, const struct tvn_yaml *new, const char *name)
{
    bool is_so = new->kind == TVN_YAML_MAPPING &&new->count == old->count;

    for (uint32_t i = 0; is_so && i < old->count; i++) {
        const struct tvn_yaml_pair *was = &old->pairs[i];
        const struct tvn_yaml_pair *is = &new->pairs[i];

        is_so = is_same(was->key, is->key) &&
                (tvn_str_is(was->key->text, "stages")
                        ? has_one_more(was->value, is->value, name)
                        : is_same(was->value, is->value));
    }
    return is_so;
}
