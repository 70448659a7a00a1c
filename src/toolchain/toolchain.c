/* toolchain.c -- wasmkit's functions with the errors and memory of this side.
 *
 * What wasmkit gives is copied and freed at once, so that tvn_mem_live() sees
 * everything that a caller holds. */
#include "toolchain/toolchain.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <wasmkit.h>

/* One line of wasmkit's table; the texts are in the arena. */
struct row {
    const char *path;
    const char *docs;
    uint32_t line;
    uint32_t column;
};

struct tvn_wit_places {
    struct tvn_arena arena;
    struct tvn_map rows; /* path -> struct row */
};

/* ------------------------------------------------------------------------
 * Errors. */

static tvn_err
err_of(int result)
{
    switch (result) {
    case WASMKIT_OK:
        return TVN_OK;
    case WASMKIT_WIT:
        return TVN_EWIT;
    case WASMKIT_INVALID:
        return TVN_EINVALID;
    case WASMKIT_NOTFOUND:
        return TVN_ENOTFOUND;
    case WASMKIT_IO:
        return TVN_EIO;
    default:
        return TVN_ETOOL;
    }
}

/* Turns wasmkit's error, if `result` is one, into a finding and frees it. */
static tvn_err
report(int result, struct wasmkit_error *error, const char *name,
    struct tvn_diag *diag)
{
    struct tvn_place place = {.path = name};
    tvn_err err = err_of(result);

    if (err == TVN_OK) {
        return TVN_OK;
    }
    if (error->path != NULL) {
        place.path = error->path;
    }
    place.line = error->line;
    place.column = error->column;
    if (error->offset == UINT64_MAX) {
        (void)tvn_diag_error(diag, err, &place, "%s", error->text);
    } else {
        (void)tvn_diag_error(diag, err, &place, "%s (at byte %llu)",
            error->text, (unsigned long long)error->offset);
    }
    if (error->help != NULL) {
        tvn_diag_help(diag, "%s", error->help);
    }
    wasmkit_error_free(error);
    return err;
}

/* The same for a call that gives bytes, which are appended to `out`. */
static tvn_err
hand_over(int result, struct wasmkit_error *error, const char *name,
    struct wasmkit_bytes *bytes, struct tvn_buf *out, struct tvn_diag *diag)
{
    tvn_err err = report(result, error, name, diag);

    if (err == TVN_OK) {
        tvn_buf_append(out, bytes->ptr, bytes->len);
        err = out->failed ? TVN_ENOMEM : TVN_OK;
    }
    wasmkit_bytes_free(bytes);
    return err;
}

/* ------------------------------------------------------------------------
 * Places. */

static void
places_free(struct tvn_wit_places *places)
{
    if (places != NULL) {
        tvn_map_fini(&places->rows);
        tvn_arena_fini(&places->arena);
        tvn_mem_free(places, 1, sizeof(*places));
    }
}

/* Cuts the text up to `end` off `*rest` and ends it with a NUL. */
static char *
cut(char **rest, char end)
{
    char *start = *rest;
    char *stop = strchr(start, end);

    if (stop == NULL) {
        *rest = start + strlen(start);
    } else {
        *stop = '\0';
        *rest = stop + 1;
    }
    return start;
}

/* wasmkit writes a line break of the docs as a carriage return. */
static const char *
lines(char *docs)
{
    for (char *at = strchr(docs, '\r'); at != NULL; at = strchr(at, '\r')) {
        *at = '\n';
    }
    return docs;
}

static tvn_err
add_rows(struct tvn_wit_places *places, char *text)
{
    while (*text != '\0') {
        const char *key = cut(&text, '\t');
        struct row *row = tvn_arena_new(&places->arena, 1, sizeof(*row));
        tvn_err err;

        if (row == NULL) {
            return TVN_ENOMEM;
        }
        row->path = cut(&text, '\t');
        row->line = (uint32_t)strtoul(cut(&text, '\t'), NULL, 10);
        row->column = (uint32_t)strtoul(cut(&text, '\t'), NULL, 10);
        row->docs = lines(cut(&text, '\n'));
        err = tvn_map_add(&places->rows, tvn_str_of(key), row);
        if (err != TVN_OK) {
            return err;
        }
    }
    return TVN_OK;
}

/* NULL when memory is out. */
static struct tvn_wit_places *
places_new(const struct wasmkit_bytes *table)
{
    struct tvn_wit_places *places = tvn_mem_new(1, sizeof(*places));
    char *text;

    if (places == NULL) {
        return NULL;
    }
    text = tvn_arena_copy(&places->arena, table->ptr, table->len);
    if (text == NULL || add_rows(places, text) != TVN_OK) {
        places_free(places);
        return NULL;
    }
    return places;
}

bool
tvn_wit_places_find(
    const void *places, struct tvn_str path, struct tvn_place *place)
{
    const struct tvn_wit_places *table = places;
    const struct row *row = NULL;

    if (table != NULL) {
        row = tvn_map_find(&table->rows, path);
    }
    if (row == NULL) {
        return false;
    }
    *place = (struct tvn_place){
        .path = row->path, .line = row->line, .column = row->column};
    return true;
}

struct tvn_str
tvn_wit_docs_find(const void *places, struct tvn_str path)
{
    const struct tvn_wit_places *table = places;
    const struct row *row = NULL;

    if (table != NULL) {
        row = tvn_map_find(&table->rows, path);
    }
    return tvn_str_of(row == NULL ? NULL : row->docs);
}

/* ------------------------------------------------------------------------
 * The tools. */

static tvn_err
keep_text(const struct wasmkit_bytes *package,
    const struct wasmkit_bytes *table, struct tvn_wit_text *out)
{
    struct tvn_wit_text text = {0};

    /* A binary package is never empty. */
    text.bytes = tvn_mem_new(package->len, 1);
    if (text.bytes != NULL) {
        text.len = package->len;
        memcpy(text.bytes, package->ptr, package->len);
        text.places = places_new(table);
    }
    if (text.places == NULL) {
        tvn_wit_text_fini(&text);
        return TVN_ENOMEM;
    }
    *out = text;
    return TVN_OK;
}

tvn_err
tvn_toolchain_encode(
    const char *path, struct tvn_wit_text *out, struct tvn_diag *diag)
{
    struct wasmkit_bytes package = {0};
    struct wasmkit_bytes table = {0};
    struct wasmkit_error error = {0};
    int result = wasmkit_encode_wit(path, &package, &table, &error);
    tvn_err err = report(result, &error, path, diag);

    if (err == TVN_OK) {
        err = keep_text(&package, &table, out);
    }
    wasmkit_bytes_free(&package);
    wasmkit_bytes_free(&table);
    return err;
}

void
tvn_wit_text_fini(struct tvn_wit_text *text)
{
    if (text->bytes != NULL) {
        tvn_mem_free(text->bytes, text->len, 1);
    }
    places_free(text->places);
    *text = (struct tvn_wit_text){0};
}

tvn_err
tvn_toolchain_validate(
    const uint8_t *bytes, size_t len, const char *name, struct tvn_diag *diag)
{
    struct wasmkit_error error = {0};
    int result = wasmkit_validate(bytes, len, &error);

    return report(result, &error, name, diag);
}

tvn_err
tvn_toolchain_print(const uint8_t *bytes, size_t len, struct tvn_buf *out,
    struct tvn_diag *diag)
{
    struct wasmkit_bytes text = {0};
    struct wasmkit_error error = {0};
    int result = wasmkit_print_wit(bytes, len, &text, &error);

    return hand_over(result, &error, NULL, &text, out, diag);
}

tvn_err
tvn_toolchain_bind_c(
    const char *wit, const char *world, const char *dir, struct tvn_diag *diag)
{
    struct wasmkit_error error = {0};
    int result = wasmkit_bind_c(wit, world, dir, &error);

    return report(result, &error, wit, diag);
}

tvn_err
tvn_toolchain_imports(const uint8_t *core, size_t len, const char *name,
    struct tvn_buf *out, struct tvn_diag *diag)
{
    struct wasmkit_bytes text = {0};
    struct wasmkit_error error = {0};
    int result = wasmkit_imports(core, len, &text, &error);

    return hand_over(result, &error, name, &text, out, diag);
}

tvn_err
tvn_toolchain_embed(const uint8_t *core, size_t len,
    const struct tvn_wit_text *wit, const char *world, struct tvn_buf *out,
    struct tvn_diag *diag)
{
    struct wasmkit_bytes bytes = {0};
    struct wasmkit_error error = {0};
    int result =
        wasmkit_embed(core, len, wit->bytes, wit->len, world, &bytes, &error);

    return hand_over(result, &error, world, &bytes, out, diag);
}

tvn_err
tvn_toolchain_componentize(const uint8_t *core, size_t len, const char *name,
    struct tvn_buf *out, struct tvn_diag *diag)
{
    struct wasmkit_bytes bytes = {0};
    struct wasmkit_error error = {0};
    int result = wasmkit_componentize(core, len, &bytes, &error);

    return hand_over(result, &error, name, &bytes, out, diag);
}

tvn_err
tvn_toolchain_wat(const char *text, size_t len, const char *name,
    struct tvn_buf *out, struct tvn_diag *diag)
{
    struct wasmkit_bytes bytes = {0};
    struct wasmkit_error error = {0};
    int result = wasmkit_wat(text, len, &bytes, &error);

    return hand_over(result, &error, name, &bytes, out, diag);
}

const char *
tvn_toolchain_version(void)
{
    return wasmkit_version();
}
