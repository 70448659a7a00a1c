/* test_file.c -- a file of tests, read into its parts; names of stages and
 * events wait for the pipeline. */
#include "host/test_spec.h"

#include "base/jsonout.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

void
tvn__test_fail(struct tvn__test_reader *reader, tvn_err err)
{
    reader->err = err == TVN_ENOMEM ? err : tvn_err_first(reader->err, err);
}

void *
tvn__test_new(struct tvn__test_reader *reader, uint32_t count, size_t size)
{
    void *made = tvn_arena_new(reader->arena, count, size);

    if (made == NULL) {
        tvn__test_fail(reader, TVN_ENOMEM);
    }
    return made;
}

static bool
is_kind(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    enum tvn_yaml_kind kind, const char *what, const char *wanted)
{
    if (node->kind == kind) {
        return true;
    }
    tvn__test_fail(reader,
        tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
            "%s must be %s, found %s", what, wanted, tvn_yaml_kind_name(node)));
    return false;
}

bool
tvn__test_mapping(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    const char *what)
{
    return is_kind(reader, node, TVN_YAML_MAPPING, what, "a mapping");
}

bool
tvn__test_list(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    const char *what)
{
    return is_kind(reader, node, TVN_YAML_SEQUENCE, what, "a list");
}

void
tvn__test_keys(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    const char *what, const char *const *keys)
{
    tvn__test_fail(reader, tvn_yaml_check_keys(node, what, keys, reader->diag));
}

struct tvn_str
tvn__test_text(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    const char *what)
{
    struct tvn_str text = {0};

    tvn__test_fail(reader, tvn_yaml_read_str(node, what, &text, reader->diag));
    return text;
}

/* ------------------------------------------------------------------------
 * set: paths and scalars, or mappings of them. */

static uint32_t
count_scalars(const struct tvn_yaml *node)
{
    uint32_t count = 0;

    if (node->kind != TVN_YAML_MAPPING) {
        return 1;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        count += count_scalars(node->pairs[i].value);
    }
    return count;
}

/* The scalar as `--set` reads it again: what was in quotes stays a text, and
 * a dollar sign one. */
static struct tvn_str
set_text(struct tvn__test_reader *reader, const struct tvn_yaml *node)
{
    struct tvn_buf raw = {0};
    struct tvn_buf quoted = {0};
    struct tvn_str text;

    for (size_t i = 0; i < node->text.len; i++) {
        tvn_buf_append_byte(&raw, node->text.ptr[i]);
        if (node->text.ptr[i] == '$') {
            tvn_buf_append_byte(&raw, '$');
        }
    }
    if (!node->is_plain) {
        tvn_json_quote(&quoted, tvn_buf_str(&raw));
    }
    text = tvn_arena_str(
        reader->arena, tvn_buf_str(node->is_plain ? &raw : &quoted));
    if (text.ptr == NULL || raw.failed || quoted.failed) {
        tvn__test_fail(reader, TVN_ENOMEM);
    }
    tvn_buf_fini(&raw);
    tvn_buf_fini(&quoted);
    return text;
}

static void
add_sets(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    const char *prefix, struct tvn__test_case *out)
{
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *key = node->pairs[i].key;
        const struct tvn_yaml *value = node->pairs[i].value;
        const char *path = tvn_arena_printf(reader->arena, "%s%s%.*s", prefix,
            prefix[0] == '\0' ? "" : ".", TVN_STR_ARG(key->text));

        if (path == NULL) {
            tvn__test_fail(reader, TVN_ENOMEM);
        } else if (value->kind == TVN_YAML_MAPPING) {
            add_sets(reader, value, path, out);
        } else if (is_kind(reader, value, TVN_YAML_SCALAR, path, "a scalar")) {
            out->sets[out->set_count++] = (struct tvn_pipeline_set){
                tvn_str_of(path), set_text(reader, value)};
        }
    }
}

/* Those of the file, then the test's own. */
static void
read_sets(struct tvn__test_reader *reader, const struct tvn_yaml *file,
    const struct tvn_yaml *own, struct tvn__test_case *out)
{
    const struct tvn_yaml *const both[] = {file, own};
    uint32_t count = 0;

    for (int i = 0; i < 2; i++) {
        count += both[i] == NULL ? 0 : count_scalars(both[i]);
    }
    out->sets = tvn__test_new(reader, count, sizeof(*out->sets));
    for (int i = 0; i < 2 && out->sets != NULL; i++) {
        if (both[i] != NULL && tvn__test_mapping(reader, both[i], "set")) {
            add_sets(reader, both[i], "", out);
        }
    }
}

/* ------------------------------------------------------------------------
 * given. */

bool
tvn__test_is_timed(const struct tvn_yaml *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind != TVN_YAML_MAPPING ||
            (!tvn_str_is(node->pairs[i].key->text, "at") &&
                !tvn_str_is(node->pairs[i].key->text, "event"))) {
            return false;
        }
    }
    return node->kind == TVN_YAML_MAPPING && node->count > 0;
}

static void
read_item(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    uint64_t before_ns, struct tvn__test_item *out)
{
    const struct tvn_yaml *at;

    *out = (struct tvn__test_item){before_ns, node};
    if (!tvn__test_is_timed(node)) {
        return;
    }
    at = tvn_yaml_get(node, "at");
    out->value = tvn_yaml_get(node, "event");
    if (at == NULL) {
        return;
    }
    tvn__test_fail(reader, tvn_yaml_read_duration(at, "at", 0, TVN__TEST_AT_MAX,
                               &out->at_ns, reader->diag));
    if (out->at_ns < before_ns) {
        tvn__test_fail(
            reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE,
                        &at->place, "at is before that of the event before"));
        tvn_diag_help(reader->diag, "`at` counts from the test's beginning");
    }
}

static void
read_given(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    struct tvn__test_case *out)
{
    if (node == NULL || !tvn__test_mapping(reader, node, "given")) {
        return;
    }
    out->given = tvn__test_new(reader, node->count, sizeof(*out->given));
    for (uint32_t i = 0; out->given != NULL && i < node->count; i++) {
        struct tvn__test_given *given = &out->given[out->given_count++];
        const struct tvn_yaml *list = node->pairs[i].value;
        uint64_t at_ns = 0;

        given->stage = node->pairs[i].key;
        given->is_itself =
            list->kind == TVN_YAML_SCALAR && tvn_str_is(list->text, "itself");
        if (given->is_itself ||
            !tvn__test_list(reader, list, "what is given")) {
            continue;
        }
        given->items =
            tvn__test_new(reader, list->count, sizeof(*given->items));
        for (uint32_t k = 0; given->items != NULL && k < list->count; k++) {
            read_item(reader, list->items[k], at_ns, &given->items[k]);
            at_ns = given->items[k].at_ns;
            given->count++;
        }
    }
}

/* ------------------------------------------------------------------------
 * A test. */

static void
read_end(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    struct tvn__test_case *out)
{
    out->exit = tvn_yaml_get(node, "exit");
    out->error = tvn_yaml_get(node, "error");
    if (out->exit != NULL) {
        tvn__test_fail(reader, tvn_yaml_read_u64(out->exit, "exit", 0, 255,
                                   &out->status, reader->diag));
    }
    if (out->error != NULL) {
        (void)tvn__test_text(reader, out->error, "error");
    }
    out->ledger = tvn_yaml_get(node, "ledger");
    for (uint32_t i = 0; out->ledger != NULL &&
                         tvn__test_mapping(reader, out->ledger, "ledger") &&
                         i < out->ledger->count;
         i++) {
        const struct tvn_yaml *rows = out->ledger->pairs[i].value;

        for (uint32_t k = 0;
             tvn__test_mapping(reader, rows, "a row of the ledger") &&
             k < rows->count;
             k++) {
            uint64_t number;

            tvn__test_fail(reader, tvn_yaml_read_u64(rows->pairs[k].value,
                                       "a number of the ledger", 0, UINT64_MAX,
                                       &number, reader->diag));
        }
    }
}

static void
read_name(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    struct tvn__test_case *out)
{
    const struct tvn_yaml *name = tvn_yaml_get(node, "name");

    out->place = node->place;
    if (name == NULL || tvn__test_is_null(name)) {
        tvn__test_fail(
            reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING,
                        &node->place, "the test has no `name`"));
        return;
    }
    out->place = name->place;
    out->name = tvn__test_text(reader, name, "name");
    for (uint32_t i = 0; i < reader->file->count; i++) {
        const struct tvn__test_case *other = &reader->file->cases[i];

        if (other != out && out->name.len > 0 &&
            tvn_str_equal(other->name, out->name)) {
            tvn__test_fail(
                reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE,
                            &name->place, "two tests have this name"));
            tvn_diag_note(reader->diag, &other->place, "the other one");
        }
    }
}

/* Variables of the pipeline file by name: texts. */
static const struct tvn_yaml *
read_environment(struct tvn__test_reader *reader, const struct tvn_yaml *node)
{
    const struct tvn_yaml *variables = tvn_yaml_get(node, "environment");

    if (variables == NULL ||
        !tvn__test_mapping(reader, variables, "environment")) {
        return NULL;
    }
    for (uint32_t i = 0; i < variables->count; i++) {
        (void)is_kind(reader, variables->pairs[i].value, TVN_YAML_SCALAR,
            "a variable", "a text");
    }
    return variables;
}

static void
read_case(struct tvn__test_reader *reader, const struct tvn_yaml *file,
    const struct tvn_yaml *node, struct tvn__test_case *out)
{
    static const char *const keys[] = {"name", "set", "environment", "given",
        "mock", "fault", "expect", "flushes", "dead", "ledger", "exit", "error",
        NULL};

    if (!tvn__test_mapping(reader, node, "a test")) {
        return;
    }
    tvn__test_keys(reader, node, "a test", keys);
    read_name(reader, node, out);
    read_sets(reader, file, tvn_yaml_get(node, "set"), out);
    read_given(reader, tvn_yaml_get(node, "given"), out);
    out->mock = tvn_yaml_get(node, "mock");
    if (out->mock != NULL && !tvn__test_mapping(reader, out->mock, "mock")) {
        out->mock = NULL;
    }
    out->environment = read_environment(reader, node);
    tvn__test_read_faults(reader, tvn_yaml_get(node, "fault"), out);
    tvn__test_read_expects(reader, tvn_yaml_get(node, "expect"), out);
    tvn__test_read_flushes(reader, tvn_yaml_get(node, "flushes"), out);
    tvn__test_read_dead(reader, tvn_yaml_get(node, "dead"), out);
    read_end(reader, node, out);
}

/* ------------------------------------------------------------------------
 * The file. */

static void
read_pipeline(struct tvn__test_reader *reader, const struct tvn_yaml *root)
{
    const struct tvn_yaml *node = tvn_yaml_get(root, "pipeline");
    struct tvn_str name = TVN_STR("torvyn.yaml");
    const char *slash = strrchr(reader->file->path, '/');
    size_t folder =
        slash == NULL ? 0 : (size_t)(slash - reader->file->path) + 1;

    if (node != NULL) {
        name = tvn__test_text(reader, node, "pipeline");
    }
    if (name.len > 0 && name.ptr[0] == '/') {
        folder = 0;
    }
    reader->file->pipeline = tvn_arena_printf(reader->arena, "%.*s%.*s",
        (int)folder, reader->file->path, TVN_STR_ARG(name));
    if (reader->file->pipeline == NULL) {
        tvn__test_fail(reader, TVN_ENOMEM);
    }
}

static void
read_root(struct tvn__test_reader *reader, const struct tvn_yaml *root)
{
    static const char *const keys[] = {
        "pipeline", "set", "environment", "events", "tests", NULL};
    const struct tvn_yaml *tests = tvn_yaml_get(root, "tests");
    struct tvn_test_file *file = reader->file;

    if (!tvn__test_mapping(reader, root, "the file")) {
        return;
    }
    tvn__test_keys(reader, root, "a file of tests", keys);
    read_pipeline(reader, root);
    file->environment = read_environment(reader, root);
    if (tests == NULL) {
        tvn__test_fail(
            reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING,
                        &root->place, "the file has no `tests`"));
        return;
    }
    if (!tvn__test_list(reader, tests, "tests")) {
        return;
    }
    file->cases = tvn__test_new(reader, tests->count, sizeof(*file->cases));
    for (uint32_t i = 0; file->cases != NULL && i < tests->count; i++) {
        file->count++;
        read_case(reader, tvn_yaml_get(root, "set"), tests->items[i],
            &file->cases[i]);
    }
}

static tvn_err
read_text(const char *path, struct tvn_buf *out, struct tvn_diag *diag)
{
    const struct tvn_place place = {.path = path};
    tvn_err err = tvn_buf_read_file(out, path, TVN_YAML_SIZE_MAX);

    if (err == TVN_OK || err == TVN_ENOMEM) {
        return err;
    }
    return tvn_diag_error(diag, err, &place, "the file cannot be read: %s",
        err == TVN_ENOTFOUND ? "there is no such file"
        : err == TVN_ELIMIT  ? "it is larger than 4 MiB"
                             : strerror(errno));
}

tvn_err
tvn_test_read(const char *path, TVN_GIVE struct tvn_test_file **out,
    struct tvn_diag *diag)
{
    struct tvn_test_file *file = tvn_mem_new(1, sizeof(*file));
    struct tvn__test_reader reader = {.file = file, .diag = diag};
    const struct tvn_yaml *root = NULL;
    struct tvn_buf text = {0};
    tvn_err err = file == NULL ? TVN_ENOMEM : read_text(path, &text, diag);

    if (err == TVN_OK) {
        reader.arena = &file->arena;
        file->path = tvn_arena_copy(&file->arena, path, strlen(path));
        err = file->path == NULL ? TVN_ENOMEM
                                 : tvn_yaml_parse(&file->arena, file->path,
                                       tvn_buf_str(&text), NULL, &root, diag);
    }
    if (err == TVN_OK) {
        read_root(&reader, root);
        err = reader.err;
    }
    tvn_buf_fini(&text);
    if (err == TVN_ENOMEM && diag != NULL && tvn_diag_err(diag) == TVN_OK) {
        (void)tvn_diag_error(diag, err, NULL, "%s", tvn_err_text(err));
    }
    if (err != TVN_OK) {
        tvn_test_free(file);
        return err;
    }
    *out = file;
    return TVN_OK;
}

void
tvn_test_free(struct tvn_test_file *file)
{
    if (file != NULL) {
        tvn_arena_fini(&file->arena);
        tvn_mem_free(file, 1, sizeof(*file));
    }
}

uint32_t
tvn_test_count(const struct tvn_test_file *file)
{
    return file->count;
}

struct tvn_str
tvn_test_name(const struct tvn_test_file *file, uint32_t number)
{
    return file->cases[number].name;
}

const struct tvn_place *
tvn_test_place(const struct tvn_test_file *file, uint32_t number)
{
    return &file->cases[number].place;
}
