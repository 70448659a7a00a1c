/* pipeline.c -- torvyn.yaml from its top: the file, defaults, require,
 * settings; stages, edges and threads have files of their own. */
#include "config/internal.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

static void
read_defaults(struct tvn__reader *reader, const struct tvn_yaml *root)
{
    const struct tvn_yaml *node = tvn__setting_find(root, TVN_SETTING_DEFAULTS);
    const struct tvn_yaml *edge = NULL;
    const struct tvn_yaml *stage = NULL;

    if (node != NULL && tvn__section(reader, node, TVN_SECTION_DEFAULTS,
                            TVN_ON_ANY, "defaults")) {
        edge = tvn__setting_find(node, TVN_SETTING_DEFAULTS_EDGE);
        stage = tvn__setting_find(node, TVN_SETTING_DEFAULTS_STAGE);
    }
    if (edge != NULL &&
        !tvn__section(reader, edge, TVN_SECTION_EDGE, TVN_ON_ANY, "edge")) {
        edge = NULL;
    }
    if (stage != NULL && !tvn__section(reader, stage, TVN_SECTION_STAGE,
                             TVN_ON_DEFAULTS, "stage")) {
        stage = NULL;
    }
    reader->pipeline->max_event = (uint32_t)tvn__number(reader, node,
        TVN_SETTING_MAX_EVENT, tvn_settings[TVN_SETTING_MAX_EVENT].fallback);
    reader->edge = (struct tvn_pipeline_edge){
        .capacity = (uint32_t)tvn_settings[TVN_SETTING_CAPACITY].fallback,
        .bytes = tvn_settings[TVN_SETTING_BYTES].fallback,
        .overflow = TVN_PIPELINE_BLOCK,
    };
    if (edge != NULL) {
        tvn__read_edge_options(reader, edge, &reader->edge);
    }
    reader->memory = tvn__number(reader, stage, TVN_SETTING_MEMORY,
        tvn_settings[TVN_SETTING_MEMORY].fallback);
    reader->deadline_ns = tvn__number(reader, stage, TVN_SETTING_DEADLINE,
        tvn_settings[TVN_SETTING_DEADLINE].fallback);
    reader->init_deadline_ns =
        tvn__number(reader, stage, TVN_SETTING_INIT_DEADLINE,
            tvn_settings[TVN_SETTING_INIT_DEADLINE].fallback);
}

static void
read_require(struct tvn__reader *reader, const struct tvn_yaml *root)
{
    struct tvn_pipeline_require *out = &reader->pipeline->require;
    const struct tvn_yaml *node = tvn__setting_find(root, TVN_SETTING_REQUIRE);
    const struct tvn_yaml *word;

    if (node == NULL || !tvn__section(reader, node, TVN_SECTION_REQUIRE,
                            TVN_ON_ANY, "require")) {
        return;
    }
    out->is_given = true;
    out->place = node->place;
    out->cannot_stall_others = tvn__list(
        reader, node, TVN_SETTING_STALL, &out->cannot_stall_others_count);
    out->has_loss = tvn__setting_find(node, TVN_SETTING_LOSS) != NULL;
    out->loss = tvn__list(reader, node, TVN_SETTING_LOSS, &out->loss_count);
    out->memory = tvn__number(reader, node, TVN_SETTING_REQUIRE_MEMORY, 0);
    word = tvn__setting_find(node, TVN_SETTING_DELIVERY);
    if (word != NULL) {
        (void)tvn__word(reader, node, TVN_SETTING_DELIVERY, 0);
        out->delivery.text = word->text;
        out->delivery.place = word->place;
    }
    out->missing_none = tvn__word(reader, node, TVN_SETTING_MISSING, 1) == 0;
    out->threads = tvn__bool(reader, node, TVN_SETTING_REQUIRE_THREADS);
}

static void
read_settings(struct tvn__reader *reader, const struct tvn_yaml *root)
{
    const struct tvn_yaml *node = tvn__setting_find(root, TVN_SETTING_SETTINGS);

    if (node != NULL && !tvn__section(reader, node, TVN_SECTION_SETTINGS,
                            TVN_ON_ANY, "settings")) {
        node = NULL;
    }
    reader->pipeline->burst = (uint32_t)tvn__number(reader, node,
        TVN_SETTING_RUN_BURST, tvn_settings[TVN_SETTING_RUN_BURST].fallback);
    reader->pipeline->drain_timeout_ns =
        tvn__number(reader, node, TVN_SETTING_DRAIN_TIMEOUT,
            tvn_settings[TVN_SETTING_DRAIN_TIMEOUT].fallback);
}

static void
read_flow(struct tvn__reader *reader, const struct tvn_yaml *root)
{
    struct tvn_pipeline_name *flow = &reader->pipeline->flow;

    *flow = tvn__text(reader, root, TVN_SETTING_FLOW);
    if (flow->text.len > 0 && !tvn__is_name(flow->text)) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &flow->place,
                "'%s' is not a name", tvn__show_text(flow->text).text));
        tvn_diag_help(reader->diag, TVN__NAME_HELP);
    }
}

static void
read_file(struct tvn__reader *reader, const struct tvn_yaml *root)
{
    struct tvn_pipeline *pipeline = reader->pipeline;
    const struct tvn_yaml *node;

    if (!tvn__section(reader, root, TVN_SECTION_FILE, TVN_ON_ANY, "the file")) {
        return;
    }
    read_flow(reader, root);
    pipeline->wits =
        tvn__list(reader, root, TVN_SETTING_WIT, &pipeline->wit_count);
    pipeline->state = tvn_str_of(tvn_settings[TVN_SETTING_STATE].words);
    if (tvn__setting_find(root, TVN_SETTING_STATE) != NULL) {
        pipeline->state = tvn__text(reader, root, TVN_SETTING_STATE).text;
    }
    read_defaults(reader, root);
    node = tvn__setting_find(root, TVN_SETTING_DEAD_LETTER);
    if (node != NULL) {
        pipeline->has_dead_letter = true;
        tvn__read_connector(
            reader, node, "dead-letter", &pipeline->dead_letter);
    }
    node = tvn__setting_find(root, TVN_SETTING_STAGES);
    if (node != NULL) {
        tvn__read_stages(reader, node);
    }
    node = tvn__setting_find(root, TVN_SETTING_THREADS);
    if (node != NULL) {
        tvn__read_threads(reader, node);
    }
    node = tvn__setting_find(root, TVN_SETTING_EDGES);
    if (node != NULL) {
        tvn__read_edges(reader, node);
    }
    read_require(reader, root);
    read_settings(reader, root);
}

static tvn_err
read_bytes(const char *path, struct tvn_buf *out, struct tvn_diag *diag)
{
    const struct tvn_place place = {.path = path};
    tvn_err err = tvn_buf_read_file(out, path, TVN_YAML_SIZE_MAX);

    switch ((int)err) {
    case TVN_OK:
    case TVN_ENOMEM:
        return err;
    case TVN_ENOTFOUND:
        return tvn_diag_error(diag, err, &place, "there is no such file");
    case TVN_ELIMIT:
        return tvn_diag_error(diag, TVN_EYAML_LIMIT, &place,
            "the file is larger than %u MiB", TVN_YAML_SIZE_MAX >> 20);
    default:
        return tvn_diag_error(
            diag, err, &place, "the file cannot be read: %s", strerror(errno));
    }
}

static tvn_err
set_all(struct tvn__reader *reader, const struct tvn_pipeline_opts *opts,
    const struct tvn_yaml **root)
{
    for (uint32_t i = 0; i < opts->set_count; i++) {
        tvn_err err = tvn__set(reader->arena, *root, &opts->sets[i],
            &opts->yaml, root, reader->diag);

        tvn__fail(reader, err);
        if (err == TVN_ENOMEM) {
            return err;
        }
    }
    return TVN_OK;
}

static tvn_err
read_text(struct tvn__reader *reader, const char *path, struct tvn_str text,
    const struct tvn_pipeline_opts *opts)
{
    struct tvn_pipeline *pipeline = reader->pipeline;
    struct tvn_str folder = tvn__folder(path);
    const struct tvn_yaml *root = NULL;

    pipeline->path = tvn_arena_copy(reader->arena, path, strlen(path));
    if (folder.len > 1) {
        folder.len--; /* without the slash, unless that is all */
    }
    folder = folder.len == 0 ? TVN_STR(".") : folder;
    pipeline->dir = tvn_arena_copy(reader->arena, folder.ptr, folder.len);
    if (pipeline->path == NULL || pipeline->dir == NULL) {
        return TVN_ENOMEM;
    }
    tvn__fail(reader, tvn__yaml_load(reader->arena, path, text, &opts->yaml,
                          &root, reader->diag));
    if (root == NULL || set_all(reader, opts, &root) != TVN_OK) {
        return reader->err;
    }
    read_file(reader, root);
    return reader->err;
}

/* ------------------------------------------------------------------------
 * The findings in the order of the file, whatever order found them. */

static bool
stands_before(const struct tvn_place *a, const struct tvn_place *b)
{
    /* line 0, as of --set, stands behind all lines */
    uint32_t a_line = a->line - 1;
    uint32_t b_line = b->line - 1;

    return a_line < b_line || (a_line == b_line && a->column < b->column);
}

/* Stable, so that what stands in one place keeps its order. */
static struct tvn_finding *
merge(struct tvn_finding *a, struct tvn_finding *b)
{
    struct tvn_finding *first = NULL;
    struct tvn_finding **end = &first;

    while (a != NULL && b != NULL) {
        struct tvn_finding **from =
            stands_before(&b->place, &a->place) ? &b : &a;

        *end = *from;
        end = &(*from)->next;
        *from = *end;
    }
    *end = a != NULL ? a : b;
    return first;
}

static struct tvn_finding *
sort(struct tvn_finding *list)
{
    struct tvn_finding *middle = list;
    struct tvn_finding *end = list;
    struct tvn_finding *second;

    if (list == NULL || list->next == NULL) {
        return list;
    }
    while (end->next != NULL && end->next->next != NULL) {
        middle = middle->next;
        end = end->next->next;
    }
    second = middle->next;
    middle->next = NULL;
    return merge(sort(list), sort(second));
}

static void
sort_findings(struct tvn_diag *diag, struct tvn_finding *before)
{
    struct tvn_finding **first;

    if (diag == NULL || diag->last == before) {
        return;
    }
    first = before == NULL ? &diag->first : &before->next;
    *first = sort(*first);
    while (diag->last->next != NULL) {
        diag->last = diag->last->next;
    }
}

tvn_err
tvn_pipeline_read(const char *path, const struct tvn_pipeline_opts *opts,
    TVN_GIVE struct tvn_pipeline **out, struct tvn_diag *diag)
{
    static const struct tvn_pipeline_opts none = {0};
    struct tvn__reader reader = {.diag = diag};
    struct tvn_finding *before = diag == NULL ? NULL : diag->last;
    struct tvn_buf bytes = {0};
    tvn_err err = read_bytes(path, &bytes, diag);

    if (err == TVN_OK) {
        reader.pipeline = tvn_mem_new(1, sizeof(*reader.pipeline));
        err = reader.pipeline == NULL ? TVN_ENOMEM : TVN_OK;
    }
    if (err == TVN_OK) {
        reader.arena = &reader.pipeline->arena;
        err = read_text(
            &reader, path, tvn_buf_str(&bytes), opts == NULL ? &none : opts);
    }
    tvn_buf_fini(&bytes);
    sort_findings(diag, before);
    if (err != TVN_OK) {
        tvn_pipeline_free(reader.pipeline);
        return err != TVN_ENOMEM
                   ? err
                   : tvn_diag_error(diag, err, NULL, "%s", tvn_err_text(err));
    }
    *out = reader.pipeline;
    return TVN_OK;
}

void
tvn_pipeline_free(struct tvn_pipeline *pipeline)
{
    if (pipeline != NULL) {
        tvn_arena_fini(&pipeline->arena);
        tvn_mem_free(pipeline, 1, sizeof(*pipeline));
    }
}

const char *
tvn_pipeline_path(const struct tvn_pipeline *pipeline, struct tvn_arena *arena,
    struct tvn_str path)
{
    bool is_whole = path.len > 0 && *path.ptr == '/';
    size_t len = strlen(pipeline->dir);

    if (is_whole || strcmp(pipeline->dir, ".") == 0) {
        return tvn_arena_copy(arena, path.ptr, path.len);
    }
    return tvn_arena_printf(arena, "%s%s%.*s", pipeline->dir,
        pipeline->dir[len - 1] == '/' ? "" : "/", TVN_STR_ARG(path));
}

const char *
tvn_pipeline_component(const struct tvn_pipeline *pipeline,
    struct tvn_arena *arena, const struct tvn_pipeline_stage *stage)
{
    return tvn_pipeline_path(pipeline, arena, stage->component.text);
}
