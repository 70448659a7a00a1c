/* tables.c -- see tables.h.  CSV is libcsv's business, JSON jansson's. */
#include "host/tables.h"

#include "base/arena.h"
#include "base/buf.h"
#include "value/jsoncodec.h"

#include <csv.h>
#include <jansson.h>
#include <string.h>

#define COLUMNS_MAX  1024u
#define FINDINGS_MAX 20u /* of one file */

struct loader {
    const struct tvn_type *row; /* R */
    const struct tvn_type *key;
    struct tvn_str key_name; /* empty: not given */
    struct tvn_place key_place;
    struct tvn_table *table;
    struct tvn_builder rows;
    struct tvn_builder keys;
    struct tvn_diag *diag;
    const char *path; /* for places */
    uint32_t findings;
    tvn_err err;

    /* CSV */
    uint32_t line;
    uint32_t column;         /* of the cell, in bytes from 1 */
    uint32_t next_column;    /* where the next cell begins */
    uint32_t cell;           /* number in its line */
    uint32_t cells;          /* of the header */
    int fields[COLUMNS_MAX]; /* field of R by column; -1: passed over */
    uint32_t key_column;
    uint32_t key_at; /* column of this row's key */
    bool has_row;    /* rows has begun */
    bool is_bad;     /* this row is not added */
    bool in_header;
};

static void
report(struct loader *loader, tvn_err err, const char *text)
{
    const struct tvn_place place = {
        .path = loader->path, .line = loader->line, .column = loader->column};

    loader->err = loader->err == TVN_OK ? err : loader->err;
    loader->is_bad = true;
    if (loader->findings++ < FINDINGS_MAX) {
        (void)tvn_diag_error(loader->diag, err, &place, "%s", text);
    }
}

static void
report_cell(struct loader *loader, struct tvn_str column, const char *why)
{
    struct tvn_buf text = {0};

    tvn_buf_printf(&text, "column '%.*s': %s", TVN_STR_ARG(column), why);
    report(loader, TVN_ETABLE, tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

/* ------------------------------------------------------------------------
 * One row. */

static void
begin_row(struct loader *loader)
{
    const struct tvn_type *answer = tvn_table_answer(loader->table);
    tvn_err err = tvn_builder_begin(&loader->rows, answer);

    if (err == TVN_OK) {
        loader->rows.data[0] = 1; /* some */
        err = tvn_builder_begin(&loader->keys, loader->key);
    }
    loader->has_row = true;
    loader->is_bad = false;
    if (err != TVN_OK) {
        report(loader, err, tvn_err_text(err));
    }
}

static void
read_key(struct loader *loader, struct tvn_str name, struct tvn_str text)
{
    char why[256];
    tvn_err err =
        tvn_json_scalar(loader->key, text, &loader->keys, 0, why, sizeof(why));

    if (err != TVN_OK) {
        report_cell(loader, name, why);
    }
}

/* Takes the row over, whatever comes of it. */
static void
put_row(struct loader *loader, struct tvn_image *row)
{
    tvn_err err = tvn_table_add(loader->table, loader->keys.data, 0, &row);

    if (err == TVN_EINVAL) {
        report(loader, TVN_ETABLE, "this key stands in the table already");
    } else if (err != TVN_OK) {
        report(loader, err, tvn_err_text(err));
    }
    tvn_image_unref(row);
}

static void
add_row(struct loader *loader)
{
    struct tvn_image *image = NULL;
    tvn_err err;

    loader->has_row = false;
    if (loader->is_bad) {
        return;
    }
    err = tvn_builder_finish(&loader->rows, &image);
    if (err != TVN_OK) {
        report(loader, err, tvn_err_text(err));
        return;
    }
    loader->column = loader->key_at;
    put_row(loader, image);
}

/* The field of R that `name` means, with `_` for `-`; -1. */
static int
find_field(const struct loader *loader, struct tvn_str name)
{
    char spelled[128];

    if (name.len > sizeof(spelled)) {
        return -1;
    }
    for (size_t i = 0; i < name.len; i++) {
        spelled[i] = name.ptr[i] == '_' ? '-' : name.ptr[i];
    }
    return tvn_type_find(loader->row, (struct tvn_str){spelled, name.len});
}

/* ------------------------------------------------------------------------
 * CSV. */

static void
read_header_cell(struct loader *loader, struct tvn_str name)
{
    if (loader->cell >= COLUMNS_MAX) {
        report(loader, TVN_ETABLE, "more than 1024 columns");
        return;
    }
    loader->fields[loader->cell] = find_field(loader, name);
    if (loader->key_name.len > 0 && tvn_str_equal(name, loader->key_name)) {
        loader->key_column = loader->cell;
    }
}

static void
read_cell(struct loader *loader, struct tvn_str text)
{
    const uint32_t cell = loader->cell;
    const struct tvn_member *field;
    char why[256];

    if (cell >= loader->cells) {
        return; /* counted at the end of the row */
    }
    if (!loader->has_row) {
        begin_row(loader);
    }
    if (cell == loader->key_column) {
        loader->key_at = loader->column;
        read_key(loader,
            loader->key_name.len > 0 ? loader->key_name : TVN_STR("key"), text);
    }
    if (loader->fields[cell] < 0) {
        return;
    }
    field = &loader->row->members[loader->fields[cell]];
    if (tvn_json_scalar(field->type, text, &loader->rows,
            tvn_table_answer(loader->table)->payload_offset + field->offset,
            why, sizeof(why)) != TVN_OK) {
        report_cell(loader, field->name, why);
    }
}

static void
on_cell(void *ptr, size_t len, void *env)
{
    struct loader *loader = env;
    struct tvn_str text = {ptr, len};

    if (loader->in_header) {
        read_header_cell(loader, text);
    } else {
        read_cell(loader, text);
    }
    loader->cell++;
    loader->column = loader->next_column;
}

static void
end_header(struct loader *loader)
{
    loader->in_header = false;
    loader->column = 1;
    loader->cells = loader->cell < COLUMNS_MAX ? loader->cell : COLUMNS_MAX;
    if (loader->key_column == UINT32_MAX) {
        (void)tvn_diag_error(loader->diag, TVN_ETABLE, &loader->key_place,
            "the table has no column '%.*s'", TVN_STR_ARG(loader->key_name));
        loader->err = TVN_ETABLE;
    }
    for (uint32_t i = 0; i < loader->row->count; i++) {
        const struct tvn_member *field = &loader->row->members[i];
        bool is_there = field->type->kind == TVN_KIND_OPTION;

        for (uint32_t k = 0; k < loader->cells; k++) {
            is_there = is_there || loader->fields[k] == (int)i;
        }
        if (!is_there) {
            report_cell(loader, field->name, "the header has no such column");
        }
    }
}

static void
on_row(int end, void *env)
{
    struct loader *loader = env;

    (void)end;
    if (loader->in_header) {
        end_header(loader);
    } else if (loader->cell > 0) {
        if (loader->cell != loader->cells) {
            struct tvn_buf text = {0};

            tvn_buf_printf(&text, "%u cells, the header has %u",
                (unsigned)loader->cell, (unsigned)loader->cells);
            report(loader, TVN_ETABLE, tvn_buf_text(&text));
            tvn_buf_fini(&text);
        }
        if (loader->has_row) {
            add_row(loader);
        }
    }
    loader->cell = 0;
    loader->column = 1;
}

/* One byte at a time, so that lines and columns can be counted. */
static void
load_csv(struct loader *loader, struct tvn_str text)
{
    struct csv_parser parser;

    if (csv_init(&parser, CSV_STRICT | CSV_APPEND_NULL) != 0) {
        report(loader, TVN_ENOMEM, "out of memory");
        return;
    }
    loader->in_header = true;
    loader->key_column = loader->key_name.len > 0 ? UINT32_MAX : 0;
    loader->line = 1;
    loader->column = 1;
    for (size_t i = 0, start = 0; i < text.len && loader->err != TVN_ENOMEM;
         i++) {
        loader->next_column = (uint32_t)(i - start) + 2;
        if (csv_parse(&parser, &text.ptr[i], 1, on_cell, on_row, loader) != 1) {
            report(loader, TVN_ETABLE, csv_strerror(csv_error(&parser)));
            break;
        }
        if (text.ptr[i] == '\n') {
            loader->line++;
            start = i + 1;
            loader->column = 1;
        }
    }
    (void)csv_fini(&parser, on_cell, on_row, loader);
    csv_free(&parser);
    if (loader->in_header && loader->err == TVN_OK) {
        report(loader, TVN_ETABLE, "the table has no header line");
    }
}

/* ------------------------------------------------------------------------
 * JSON. */

/* The key's text: jansson's value as a cell would have it. */
static bool
json_key(const struct loader *loader, const json_t *object, struct tvn_buf *out,
    struct tvn_str *name)
{
    char spelled[128];
    const json_t *value;

    *name = loader->key_name.len > 0 ? loader->key_name
                                     : loader->row->members[0].name;
    value = json_object_getn(object, name->ptr, name->len);
    if (value == NULL && name->len <= sizeof(spelled)) {
        for (size_t i = 0; i < name->len; i++) {
            spelled[i] = name->ptr[i] == '-' ? '_' : name->ptr[i];
        }
        value = json_object_getn(object, spelled, name->len);
    }
    if (json_is_string(value)) {
        tvn_buf_append(
            out, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        tvn_buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        tvn_buf_append_text(out, json_is_true(value) ? "true" : "false");
    } else {
        return false;
    }
    return true;
}

static void
load_object(struct loader *loader, struct tvn_jsoncodec *codec,
    const json_t *object, struct tvn_str text)
{
    struct tvn_json_fault fault;
    struct tvn_image *row = NULL;
    struct tvn_buf key = {0};
    struct tvn_str name;
    uint64_t bytes = 0;
    tvn_err err;

    begin_row(loader);
    if (!json_key(loader, object, &key, &name)) {
        report_cell(loader, name, "the object has no such key");
    } else {
        read_key(loader, name, tvn_buf_str(&key));
    }
    tvn_buf_fini(&key);
    err = tvn_jsoncodec_read(
        codec, text.ptr, text.len, &loader->rows, &row, &bytes, &fault);
    if (err != TVN_OK) {
        report_cell(loader, tvn_str_of(fault.path), fault.text);
    } else if (!loader->is_bad) {
        put_row(loader, row);
        row = NULL;
    }
    tvn_image_unref(row);
}

static void
load_text(
    struct loader *loader, struct tvn_jsoncodec *codec, struct tvn_str text)
{
    json_error_t error;
    json_t *object =
        json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);

    if (object == NULL) {
        loader->column = error.column < 1 ? 1 : (uint32_t)error.column;
        report(loader, TVN_ETABLE, error.text);
        return;
    }
    load_object(loader, codec, object, text);
    json_decref(object);
}

/* An element of an array, as text of its own again. */
static void
load_dumped(
    struct loader *loader, struct tvn_jsoncodec *codec, const json_t *object)
{
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    size_t len = json_dumpb(object, NULL, 0, flags);
    struct tvn_buf text = {0};

    if (len == 0 || !tvn_buf_reserve(&text, len)) {
        report(loader, TVN_ENOMEM, tvn_err_text(TVN_ENOMEM));
    } else {
        text.len = json_dumpb(object, text.ptr, len, flags);
        load_object(loader, codec, object, tvn_buf_str(&text));
    }
    tvn_buf_fini(&text);
}

static void
load_array(
    struct loader *loader, struct tvn_jsoncodec *codec, struct tvn_str text)
{
    json_error_t error;
    json_t *array =
        json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);

    if (array == NULL || !json_is_array(array)) {
        loader->line =
            array == NULL && error.line > 0 ? (uint32_t)error.line : 1;
        loader->column =
            array == NULL && error.column > 0 ? (uint32_t)error.column : 1;
        report(loader, TVN_ETABLE,
            array == NULL ? error.text
                          : "a .json table is an array of objects");
        json_decref(array);
        return;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        loader->line = 0; /* jansson keeps no positions */
        loader->column = 0;
        load_dumped(loader, codec, json_array_get(array, i));
    }
    json_decref(array);
}

static void
load_lines(
    struct loader *loader, struct tvn_jsoncodec *codec, struct tvn_str text)
{
    size_t at = 0;

    while (at < text.len && loader->err != TVN_ENOMEM) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t len =
            end == NULL ? text.len - at : (size_t)(end - text.ptr) - at;

        loader->line++;
        loader->column = 1;
        if (len > 0 && text.ptr[at] != '\r') {
            load_text(loader, codec, (struct tvn_str){text.ptr + at, len});
        }
        at += len + 1;
    }
}

static void
load_json(struct loader *loader, struct tvn_str text, bool is_array)
{
    const struct tvn_jsoncodec_opts opts = {
        .max_event = loader->rows.max, .names = TVN_JSON_SNAKE};
    struct tvn_jsoncodec *codec = NULL;
    tvn_err err = tvn_jsoncodec_new(
        tvn_table_answer(loader->table), &opts, &codec, loader->diag);

    if (err != TVN_OK) {
        loader->err = err;
        return;
    }
    if (is_array) {
        load_array(loader, codec, text);
    } else {
        load_lines(loader, codec, text);
    }
    tvn_jsoncodec_free(codec);
}

/* ------------------------------------------------------------------------ */

static void
load(struct loader *loader, const struct tvn_pipeline_table *spec,
    const char *path)
{
    struct tvn_buf text = {0};
    tvn_err err = tvn_buf_read_file(&text, path, TVN_TABLE_FILE_MAX);

    if (err != TVN_OK) {
        loader->err = tvn_diag_error(loader->diag, err, &spec->file_place,
            "cannot read the table %s: %s", path,
            err == TVN_ENOTFOUND ? "there is no such file" : tvn_err_text(err));
    } else if (tvn_str_ends(tvn_str_of(path), ".json")) {
        load_json(loader, tvn_buf_str(&text), true);
    } else if (tvn_str_ends(tvn_str_of(path), ".ndjson")) {
        load_json(loader, tvn_buf_str(&text), false);
    } else if (tvn_str_ends(tvn_str_of(path), ".csv")) {
        load_csv(loader, tvn_buf_str(&text));
    } else {
        loader->err = tvn_diag_error(loader->diag, TVN_ETABLE,
            &spec->file_place, "a table is a .csv, .json or .ndjson file");
    }
    tvn_buf_fini(&text);
}

tvn_err
tvn_table_read(const struct tvn_pipeline_table *spec, const char *path,
    const struct tvn_type *key, const struct tvn_type *answer,
    struct tvn_pool *pool, TVN_GIVE struct tvn_table **out,
    struct tvn_diag *diag)
{
    struct loader loader = {
        .row = answer->members[1].type,
        .key = key,
        .key_name = spec->key,
        .key_place = spec->key_place,
        .diag = diag,
        .path = path,
    };

    loader.err = tvn_table_new(key, answer, &loader.table);
    if (loader.err != TVN_OK) {
        return loader.err;
    }
    tvn_builder_init(&loader.rows, pool);
    tvn_builder_init(&loader.keys, pool);
    load(&loader, spec, path);
    tvn_builder_fini(&loader.rows);
    tvn_builder_fini(&loader.keys);
    if (loader.err != TVN_OK) {
        tvn_table_free(loader.table);
        return loader.err;
    }
    *out = loader.table;
    return TVN_OK;
}
