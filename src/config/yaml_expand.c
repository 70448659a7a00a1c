/* yaml_expand.c -- variables inside scalars.
 *
 *     $$              a dollar sign
 *     ${NAME}         a variable; unset is an error
 *     ${NAME:-TEXT}   TEXT when it is unset or empty
 *     ${file:PATH}    a file, without its last newline; makes a secret
 *
 * Any other `$` stands for itself.  What is put in is not looked at again. */
#include "config/internal.h"

#include "base/buf.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 128u
#define SECRET_MAX   (64u << 10) /* bytes of a ${file:} */

static bool
is_name(struct tvn_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c >= 0x80 || (!isalpha(c) && c != '_' && (i == 0 || !isdigit(c)))) {
            return false;
        }
    }
    return text.len > 0 && text.len < NAME_MAX_LEN;
}

static const char *
get(const struct tvn__expander *expander, struct tvn_str name)
{
    char text[NAME_MAX_LEN];

    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    return expander->opts->get == NULL
               ? getenv(text)
               : expander->opts->get(expander->opts->env, text);
}

static tvn_err
put(struct tvn__expander *expander, const struct tvn_place *place,
    struct tvn_str text, struct tvn_buf *out)
{
    if (text.len > expander->left) {
        return tvn_diag_error(expander->diag, TVN_EYAML_LIMIT, place,
            "with its variables the file is larger than %u MiB",
            TVN_YAML_SIZE_MAX >> 20);
    }
    expander->left -= text.len;
    tvn_buf_append_str(out, text);
    return TVN_OK;
}

struct tvn_str
tvn__folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    return (struct tvn_str){
        path, slash == NULL ? 0 : (size_t)(slash - path) + 1};
}

static tvn_err
put_file(struct tvn__expander *expander, const struct tvn_place *place,
    struct tvn_str name, struct tvn_buf *out)
{
    struct tvn_str folder = name.len > 0 && *name.ptr == '/'
                                ? TVN_STR("")
                                : tvn__folder(expander->path);
    const char *path = tvn_arena_printf(
        expander->arena, "%.*s%.*s", TVN_STR_ARG(folder), TVN_STR_ARG(name));
    struct tvn_buf bytes = {0};
    tvn_err err;

    if (path == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_buf_read_file(&bytes, path, SECRET_MAX);
    if (err == TVN_ENOMEM) {
        goto out;
    }
    if (err != TVN_OK) {
        err = tvn_diag_error(expander->diag, TVN_EVARIABLE, place,
            err == TVN_ELIMIT      ? "the file '%s' is larger than 64 KiB"
            : err == TVN_ENOTFOUND ? "there is no file '%s'"
                                   : "the file '%s' cannot be read",
            tvn__show_text(tvn_str_of(path)).text);
        goto out;
    }
    if (bytes.len > 0 && bytes.ptr[bytes.len - 1] == '\n') {
        bytes.len--;
        bytes.len -= bytes.len > 0 && bytes.ptr[bytes.len - 1] == '\r';
    }
    if (!tvn_utf8_valid(bytes.ptr, bytes.len, NULL) ||
        (bytes.len > 0 && memchr(bytes.ptr, '\0', bytes.len) != NULL)) {
        err = tvn_diag_error(expander->diag, TVN_EVARIABLE, place,
            "the file '%s' is not text", tvn__show_text(tvn_str_of(path)).text);
        goto out;
    }
    err = put(expander, place, tvn_buf_str(&bytes), out);
out:
    tvn_buf_fini(&bytes);
    return err;
}

static tvn_err
put_variable(struct tvn__expander *expander, const struct tvn_place *place,
    struct tvn_str inside, struct tvn_buf *out)
{
    struct tvn_str name = inside;
    struct tvn_str fallback = {0};
    const char *value;

    for (size_t i = 0; i + 1 < inside.len; i++) {
        if (inside.ptr[i] == ':' && inside.ptr[i + 1] == '-') {
            name.len = i;
            fallback.ptr = inside.ptr + i + 2;
            fallback.len = inside.len - i - 2;
            break;
        }
    }
    if (!is_name(name)) {
        (void)tvn_diag_error(expander->diag, TVN_EVARIABLE, place,
            "'${%s}' names no variable", tvn__show_text(inside).text);
        tvn_diag_help(expander->diag,
            "write ${NAME}, ${NAME:-default} or ${file:PATH}; $${ is a plain "
            "${");
        return TVN_EVARIABLE;
    }
    value = get(expander, name);
    if (value != NULL && !tvn_utf8_valid(value, strlen(value), NULL)) {
        return tvn_diag_error(expander->diag, TVN_EVARIABLE, place,
            "the variable '%.*s' is not UTF-8", TVN_STR_ARG(name));
    }
    if (fallback.ptr != NULL && (value == NULL || *value == '\0')) {
        return put(expander, place, fallback, out);
    }
    if (value == NULL) {
        (void)tvn_diag_error(expander->diag, TVN_EVARIABLE, place,
            "the variable '%.*s' is not set", TVN_STR_ARG(name));
        tvn_diag_help(expander->diag,
            "set it, or give a default: ${%.*s:-default}", TVN_STR_ARG(name));
        return TVN_EVARIABLE;
    }
    return put(expander, place, tvn_str_of(value), out);
}

/* One `${...}` at the start of `rest`, whose length is left in `*len`. */
static tvn_err
put_braces(struct tvn__expander *expander, const struct tvn_place *place,
    struct tvn_str rest, size_t *len, struct tvn_buf *out, bool *is_secret)
{
    static const char file[] = "file:";
    const char *end = memchr(rest.ptr, '}', rest.len);
    struct tvn_str inside = {rest.ptr + 2, 0};

    if (end == NULL) {
        *len = rest.len;
        (void)tvn_diag_error(
            expander->diag, TVN_EVARIABLE, place, "'${' has no '}' behind it");
        tvn_diag_help(expander->diag, "$${ is a plain ${");
        return TVN_EVARIABLE;
    }
    *len = (size_t)(end - rest.ptr) + 1;
    inside.len = *len - 3;
    if (inside.len > sizeof(file) - 1 &&
        memcmp(inside.ptr, file, sizeof(file) - 1) == 0) {
        inside.ptr += sizeof(file) - 1;
        inside.len -= sizeof(file) - 1;
        *is_secret = true;
        return put_file(expander, place, inside, out);
    }
    return put_variable(expander, place, inside, out);
}

tvn_err
tvn__expand(struct tvn__expander *expander, const struct tvn_place *place,
    struct tvn_str raw, struct tvn_str *out, bool *is_secret)
{
    struct tvn_buf buf = {0};
    tvn_err err = TVN_OK;
    bool is_secret_now = false;
    size_t i = 0;

    if (raw.len == 0 || memchr(raw.ptr, '$', raw.len) == NULL) {
        *out = raw;
        return TVN_OK;
    }
    while (i < raw.len && err != TVN_ENOMEM && err != TVN_EYAML_LIMIT) {
        struct tvn_str rest = {raw.ptr + i, raw.len - i};
        char following = *rest.ptr == '$' && rest.len > 1 ? rest.ptr[1] : 0;
        size_t len = following == '$' ? 2 : 1;

        if (following == '{') {
            tvn_err one =
                put_braces(expander, place, rest, &len, &buf, &is_secret_now);

            err = one == TVN_EYAML_LIMIT ? one : tvn__first(err, one);
        } else {
            tvn_buf_append_byte(&buf, *rest.ptr);
        }
        i += len;
    }
    if (err == TVN_OK) {
        *out = tvn_arena_str(expander->arena, tvn_buf_str(&buf));
        *is_secret = is_secret_now;
        err = buf.failed || out->ptr == NULL ? TVN_ENOMEM : TVN_OK;
    }
    tvn_buf_fini(&buf);
    return err;
}
