/* plan.c -- the stages that have a source: their worlds, headers and glue in
 * memory, and what of it has changed since they were built. */
#include "base/embedded.h"
#include "base/mem.h"
#include "build/internal.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * WIT. */

static tvn_err
read_wits(struct tvn_build *build, struct tvn_diag *diag)
{
    const struct tvn_pipeline *pipeline = build->pipeline;
    tvn_err err;

    build->wits = build->opts.wits;
    if (build->wits != NULL) {
        return TVN_OK;
    }
    build->wits = &build->own;
    build->types = tvn_types_new();
    if (build->types == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_wits_init(&build->own, build->types, pipeline->wit_count);
    for (uint32_t i = 0; err == TVN_OK && i < pipeline->wit_count; i++) {
        const char *path =
            tvn_pipeline_path(pipeline, &build->arena, pipeline->wits[i].text);

        err = path == NULL ? TVN_ENOMEM
                           : tvn_wits_add(&build->own, path,
                                 &pipeline->wits[i].place, diag);
    }
    return err;
}

static tvn_err
find_world(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    const struct tvn_pipeline_name *name = &item->spec->world;
    tvn_err err;

    item->world = tvn_wits_world(build->wits, name->text, &item->wit);
    if (item->world != NULL) {
        return TVN_OK;
    }
    err = tvn_diag_error(diag, TVN_EBUILD_WORLD, &name->place,
        "stage %.*s: the WIT has no world '%.*s'",
        TVN_STR_ARG(item->stage->name), TVN_STR_ARG(name->text));
    tvn_wits_suggest_world(build->wits, name->text, diag);
    return err;
}

static tvn_err
generate(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    const struct tvn_bindgen_opts opts = {
        .wit = build->wits->wits[item->wit],
        .world = item->world,
        .place = item->stage->place,
        .docs = tvn_wit_docs_find,
        .docs_env = build->wits->texts[item->wit].places,
    };

    return tvn_bindgen_make(&opts, &item->bindgen, diag);
}

/* ------------------------------------------------------------------------
 * Sources. */

static tvn_err
find_language(struct tvn__item *item, struct tvn_diag *diag)
{
    static const char *const cpp[] = {".cpp", ".cc", ".cxx"};
    const struct tvn_build_stage *stage = item->stage;
    struct tvn_str source = tvn_str_of(stage->source);
    struct tvn_buf script = {0};
    uint64_t ignored;
    tvn_err err = TVN_OK;

    if (tvn__is_folder(stage->source)) {
        item->language = TVN__SCRIPT;
        tvn_buf_printf(&script, "%s/build.sh", stage->source);
        if (!tvn__file_hash(tvn_buf_text(&script), &ignored)) {
            err = tvn_diag_error(diag, TVN_EBUILD_SOURCE, &stage->place,
                "stage %.*s: the folder %s has no build.sh",
                TVN_STR_ARG(stage->name), stage->source);
            tvn_diag_help(diag, "name a C or C++ file, or let build.sh write "
                                "the component to $TORVYN_OUT");
        }
        tvn_buf_fini(&script);
        return err;
    }
    if (!tvn__file_hash(stage->source, &item->made.source)) {
        return tvn_diag_error(diag, TVN_ENOTFOUND, &stage->place,
            "stage %.*s: there is no file %s", TVN_STR_ARG(stage->name),
            stage->source);
    }
    item->language = TVN__C;
    for (size_t i = 0; i < sizeof(cpp) / sizeof(cpp[0]); i++) {
        if (tvn_str_ends(source, cpp[i])) {
            item->language = TVN__CPP;
        }
    }
    if (item->language == TVN__C && !tvn_str_ends(source, ".c")) {
        err = tvn_diag_error(diag, TVN_EBUILD_SOURCE, &stage->place,
            "stage %.*s: %s is neither C (.c) nor C++ (.cpp, .cc, .cxx)",
            TVN_STR_ARG(stage->name), stage->source);
        tvn_diag_help(diag, "for another language name a folder with a "
                            "build.sh, or `component: FILE.wasm`");
    }
    return err;
}

static uint64_t
hash_sdk(void)
{
    const struct tvn_embedded *header = tvn_embedded_find("sdk/c/torvyn.h");
    const struct tvn_embedded *source = tvn_embedded_find("sdk/c/torvyn.c");

    return tvn_hash64(header->text.ptr, header->text.len) * 31 +
           tvn_hash64(source->text.ptr, source->text.len);
}

static tvn_err
hash_made(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    const struct tvn_wit_text *wit = &build->wits->texts[item->wit];
    struct tvn__made *made = &item->made;
    struct tvn_str header = tvn_buf_str(&item->bindgen.header);
    struct tvn_str glue = tvn_buf_str(&item->bindgen.glue);

    made->command =
        tvn__tools_hash(build, item->language, build->opts.is_debug);
    if (item->language == TVN__SCRIPT) {
        made->world = tvn_hash64(wit->bytes, wit->len);
        return tvn__folder_hash(item->stage->source, &made->source)
                   ? TVN_OK
                   : tvn_diag_error(diag, TVN_EIO, &item->stage->place,
                         "cannot read all of %s", item->stage->source);
    }
    made->world = tvn_hash64(header.ptr, header.len) * 31 +
                  tvn_hash64(glue.ptr, glue.len);
    made->sdk = build->sdk;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Items. */

static tvn_err
name_files(struct tvn_build *build, struct tvn__item *item)
{
    struct tvn_arena *arena = &build->arena;
    struct tvn_build_stage *stage = item->stage;

    stage->source =
        tvn_pipeline_path(build->pipeline, arena, item->spec->build.text);
    stage->output = tvn_pipeline_component(build->pipeline, arena, item->spec);
    item->dir = tvn_arena_printf(
        arena, "%s/gen/%.*s", build->dir, TVN_STR_ARG(stage->name));
    return stage->source == NULL || stage->output == NULL || item->dir == NULL
               ? TVN_ENOMEM
               : TVN_OK;
}

static tvn_err
plan_item(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    tvn_err err = name_files(build, item);

    if (err == TVN_OK) {
        err = find_language(item, diag);
    }
    if (err == TVN_OK) {
        err = find_world(build, item, diag);
    }
    if (err == TVN_OK && item->language != TVN__SCRIPT) {
        err = generate(build, item, diag);
    }
    if (err == TVN_OK) {
        err = hash_made(build, item, diag);
    }
    return err == TVN_OK ? tvn__stamp_compare(build, item) : err;
}

static tvn_err
plan(struct tvn_build *build, struct tvn_diag *diag)
{
    const struct tvn_pipeline *pipeline = build->pipeline;
    tvn_err err;

    build->dir = tvn_pipeline_path(pipeline, &build->arena, TVN_STR("build"));
    build->sdk = hash_sdk();
    build->stages = tvn_arena_new(
        &build->arena, pipeline->stage_count, sizeof(*build->stages));
    build->items = tvn_arena_new(
        &build->arena, pipeline->stage_count, sizeof(*build->items));
    if (build->dir == NULL || build->stages == NULL || build->items == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn__tools_read(build);
    if (err == TVN_OK) {
        err = read_wits(build, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    for (uint32_t i = 0; i < pipeline->stage_count; i++) {
        const struct tvn_pipeline_stage *spec = &pipeline->stages[i];
        struct tvn__item *item = &build->items[build->count];

        if (spec->build.text.len == 0) {
            continue;
        }
        item->spec = spec;
        item->fd = -1;
        item->stage = &build->stages[build->count++];
        item->stage->name = spec->name.text;
        item->stage->place = spec->build.place;
        err = tvn_err_first(err, plan_item(build, item, diag));
    }
    return err;
}

tvn_err
tvn_build_plan(const struct tvn_pipeline *pipeline,
    const struct tvn_build_opts *opts, TVN_GIVE struct tvn_build **out,
    struct tvn_diag *diag)
{
    struct tvn_build *build = tvn_mem_new(1, sizeof(*build));
    tvn_err err = TVN_ENOMEM;

    if (build != NULL) {
        build->pipeline = pipeline;
        build->opts = *opts;
        err = plan(build, diag);
    }
    if (err == TVN_ENOMEM) {
        (void)tvn_diag_error(diag, err, NULL, "%s", tvn_err_text(err));
    }
    if (err != TVN_OK) {
        tvn_build_free(build);
        return err;
    }
    *out = build;
    return TVN_OK;
}

const struct tvn_build_stage *
tvn_build_stages(const struct tvn_build *build, uint32_t *count)
{
    *count = build->count;
    return build->stages;
}

void
tvn_build_free(struct tvn_build *build)
{
    if (build == NULL) {
        return;
    }
    for (uint32_t i = 0; i < build->count; i++) {
        tvn_bindgen_fini(&build->items[i].bindgen);
        tvn_buf_fini(&build->items[i].said);
        tvn_buf_fini(&build->items[i].all);
    }
    tvn_wits_fini(&build->own);
    if (build->types != NULL) {
        tvn_types_free(build->types);
    }
    tvn_arena_fini(&build->arena);
    tvn_mem_free(build, 1, sizeof(*build));
}
