/* pipeline_on_error.c -- `on-error:`: one of the words of `then`, or a mapping
 * with the tries before it. */
#include "config/internal.h"

#define MS UINT64_C(1000000)

/* Between the tries of a `retry:` that says no more; settings.def has it as
 * the text of the reference page. */
static const struct tvn_yaml_span default_backoff = {10 * MS, 1000 * MS};

/* A number, or `forever`. */
static uint32_t
read_retry(struct tvn__reader *reader, const struct tvn_yaml *on_error)
{
    const struct tvn_setting *row = &tvn_settings[TVN_SETTING_RETRY];
    const struct tvn_yaml *node =
        tvn__setting_find(on_error, TVN_SETTING_RETRY);
    static const struct tvn_str words[] = {{"forever", 7}};
    uint64_t value = 0;
    tvn_err err;

    if (node == NULL) {
        return 0;
    }
    if (node->kind == TVN_YAML_SCALAR && !node->is_broken &&
        tvn_str_equal(node->text, words[0])) {
        return TVN_PIPELINE_FOREVER;
    }
    if (tvn_yaml_read_u64(node, row->key, row->min, row->max, &value, NULL) ==
        TVN_OK) {
        return (uint32_t)value;
    }
    if (node->is_broken) {
        tvn__fail(reader, TVN_EPIPELINE_VALUE);
        return 0;
    }
    err = tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
        "retry must be a number of tries from 0 to %u or forever, found %s",
        (unsigned)row->max, tvn__show(node).text);
    if (node->kind == TVN_YAML_SCALAR &&
        (tvn_str_suggest(node->text, words, 1) >= 0 ||
            tvn_str_is(node->text, "true") || tvn_str_is(node->text, "-1"))) {
        tvn_diag_help(reader->diag, "write forever");
    }
    tvn__fail(reader, err);
    return 0;
}

static void
read_mapping(struct tvn__reader *reader, const struct tvn_yaml *node,
    struct tvn_pipeline_on_error *out)
{
    const struct tvn_yaml *backoff =
        tvn__setting_find(node, TVN_SETTING_BACKOFF);
    struct tvn_yaml_span span =
        tvn__span(reader, node, TVN_SETTING_BACKOFF, default_backoff);

    out->then = (enum tvn_pipeline_then)tvn__word(
        reader, node, TVN_SETTING_THEN, out->then);
    out->retries = read_retry(reader, node);
    if (out->retries > 0) {
        out->backoff_min_ns = span.first;
        out->backoff_max_ns = span.longest;
    }
    if (backoff != NULL && tvn__setting_find(node, TVN_SETTING_RETRY) == NULL) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING, &backoff->place,
                "'backoff' has no 'retry': nothing is tried again"));
        tvn_diag_help(reader->diag, "add retry: 3, or retry: forever");
    }
}

void
tvn__read_on_error(struct tvn__reader *reader, const struct tvn_yaml *stage,
    struct tvn_pipeline_on_error *out)
{
    const struct tvn_yaml *node =
        tvn__setting_find(stage, TVN_SETTING_ON_ERROR);

    out->then = reader->pipeline->has_dead_letter ? TVN_PIPELINE_DEAD_LETTER
                                                  : TVN_PIPELINE_STOP;
    if (node == NULL) {
        return;
    }
    out->is_given = true;
    out->place = node->place;
    if (node->kind == TVN_YAML_MAPPING) {
        if (tvn__section(
                reader, node, TVN_SECTION_ON_ERROR, TVN_ON_ANY, "on-error")) {
            read_mapping(reader, node, out);
        }
        return;
    }
    out->then = (enum tvn_pipeline_then)tvn__word_of(
        reader, node, TVN_SETTING_THEN, "on-error", out->then);
    if (node->kind == TVN_YAML_SCALAR && tvn_str_is(node->text, "retry")) {
        tvn_diag_help(
            reader->diag, "write { retry: 3 }, or { retry: forever }");
    }
}
