/* file.c -- the connector `file`: its options and its descriptor. */
#include "connector/internal.h"

#include <string.h>

static const char *const source_keys[] = {"path", "follow", NULL};
static const char *const sink_keys[] = {"path", "mode", NULL};
static const char *const modes[] = {"append", "replace", "new", NULL};

tvn_err
tvn__connector_nomem(struct tvn_diag *diag)
{
    return tvn_diag_error(
        diag, TVN_ENOMEM, NULL, "%s", tvn_err_text(TVN_ENOMEM));
}

/* A plain `~` or nothing is no path. */
static bool
is_null(const struct tvn_yaml *node)
{
    return node == NULL ||
           (node->kind == TVN_YAML_SCALAR &&
               (node->text.len == 0 ||
                   (node->is_plain && (tvn_str_is(node->text, "~") ||
                                          tvn_str_is(node->text, "null")))));
}

static tvn_err
refuse_path(const struct tvn_connector_opts *opts, bool as_sink,
    const struct tvn_yaml *node, struct tvn_diag *diag)
{
    tvn_err err;

    if (is_null(node)) {
        err = tvn_diag_error(diag, TVN_ECONNECTOR_OPTION,
            node == NULL ? &opts->spec->name.place : &node->place,
            "%.*s: file has no path", TVN_STR_ARG(opts->stage));
        tvn_diag_help(diag, "write `file: { path: %s }`",
            as_sink ? "out/NAME.ndjson" : "data/NAME.ndjson");
        return err;
    }
    if (tvn_str_is(node->text, as_sink ? "stdin" : "stdout")) {
        err = tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
            "%.*s: a %s cannot be %.*s", TVN_STR_ARG(opts->stage),
            as_sink ? "sink" : "source", TVN_STR_ARG(node->text));
        tvn_diag_help(
            diag, "a file of that name is `./%.*s`", TVN_STR_ARG(node->text));
        return err;
    }
    if (memchr(node->text.ptr, '\0', node->text.len) != NULL) {
        return tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
            "%.*s: the path has a NUL byte", TVN_STR_ARG(opts->stage));
    }
    return TVN_OK;
}

static tvn_err
take_path(const struct tvn_connector_opts *opts, bool as_sink,
    const struct tvn_yaml *node, struct tvn_arena *arena,
    struct tvn__file_opts *out, struct tvn_diag *diag)
{
    struct tvn_str path;
    tvn_err err = TVN_OK;

    if (!is_null(node)) {
        err = tvn_yaml_read_str(node, "path", &path, diag);
    }
    if (err == TVN_OK) {
        err = refuse_path(opts, as_sink, node, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    out->written = path;
    out->place = node->place;
    out->shown =
        node->is_secret ? "***" : tvn_arena_copy(arena, path.ptr, path.len);
    if (out->shown == NULL) {
        return tvn__connector_nomem(diag);
    }
    if (!tvn_str_is(path, as_sink ? "stdout" : "stdin")) {
        out->path = tvn_pipeline_path(opts->pipeline, arena, path);
        return out->path == NULL ? tvn__connector_nomem(diag) : TVN_OK;
    }
    return TVN_OK;
}

/* `follow:`, `mode:`: whatever stands beside the path. */
static tvn_err
take_rest(const struct tvn_yaml *options, bool as_sink,
    struct tvn__file_opts *out, struct tvn_diag *diag)
{
    const struct tvn_yaml *node;
    bool follows = false;
    uint32_t mode = 0;
    tvn_err err = tvn_yaml_check_keys(
        options, "file", as_sink ? sink_keys : source_keys, diag);

    node = as_sink ? NULL : tvn_yaml_get(options, "follow");
    if (node != NULL) {
        err = tvn_err_first(
            err, tvn_yaml_read_bool(node, "follow", &follows, diag));
        if (follows) {
            err = tvn_err_first(
                err, tvn_diag_error(diag, TVN_ENOTYET, &node->place,
                         "'follow' is not in this version"));
        }
    }
    node = as_sink ? tvn_yaml_get(options, "mode") : NULL;
    if (node != NULL) {
        err = tvn_err_first(
            err, tvn_yaml_read_word(node, "mode", modes, &mode, diag));
        out->mode = (enum tvn__output_mode)mode;
        if (out->shown != NULL && out->path == NULL) {
            err = tvn_err_first(
                err, tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
                         "%.*s: stdout has no mode", TVN_STR_ARG(out->stage)));
        }
    }
    return err;
}

tvn_err
tvn__file_options(const struct tvn_connector_opts *opts, bool as_sink,
    struct tvn_arena *arena, struct tvn__file_opts *out, struct tvn_diag *diag)
{
    const struct tvn_yaml *options = opts->spec->options;
    const struct tvn_yaml *path = options; /* the short form */
    tvn_err err;

    *out = (struct tvn__file_opts){.stage = opts->stage};
    if (options != NULL && options->kind == TVN_YAML_MAPPING) {
        path = tvn_yaml_get(options, "path");
        err = take_path(opts, as_sink, path, arena, out, diag);
        return tvn_err_first(err, take_rest(options, as_sink, out, diag));
    }
    return take_path(opts, as_sink, path, arena, out, diag);
}

static tvn_err
check(const struct tvn_connector_opts *opts, bool as_sink,
    struct tvn_connector_info *out, struct tvn_diag *diag)
{
    return as_sink ? tvn__file_sink_check(opts, out, diag)
                   : tvn__file_source_check(opts, out, diag);
}

const struct tvn_connector tvn__file = {
    .name = "file",
    .text = "A file of one record a line, or stdin and stdout.",
    .is_source = true,
    .is_sink = true,
    .check = check,
    .source = tvn__file_source,
    .sink = tvn__file_sink,
};
