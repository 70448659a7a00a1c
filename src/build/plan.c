/* plan.c -- the stages that have a source: their worlds, headers and glue in
 * memory, and what of it has changed since they were built. */
#include "base/embedded.h"
#include "base/mem.h"
#include "build/internal.h"

#include <string.h>

static tvn_err
first(tvn_err a, tvn_err b)
{
    return a == TVN_OK ? b : a;
}

/* ------------------------------------------------------------------------
 * WIT. */

static tvn_err
read_wits(struct tvn_build *build, struct tvn_diag *diag)
{
    const struct tvn_pipeline *pipeline = build->pipeline;
    tvn_err err = TVN_OK;

    build->texts = tvn_arena_new(
        &build->arena, pipeline->wit_count, sizeof(*build->texts));
    build->wits =
        tvn_arena_new(&build->arena, pipeline->wit_count, sizeof(*build->wits));
    if (build->texts == NULL || build->wits == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < pipeline->wit_count; i++) {
        const char *path =
            tvn_pipeline_path(pipeline, &build->arena, pipeline->wits[i].text);

        if (path == NULL) {
            return TVN_ENOMEM;
        }
        err = tvn_toolchain_encode(path, &build->texts[i], diag);
        if (err != TVN_OK) {
            tvn_diag_note(diag, &pipeline->wits[i].place, "named here");
            return err;
        }
        build->wit_count++;
        err = tvn_wit_decode(build->texts[i].bytes, build->texts[i].len, path,
            build->types, &build->wits[i], diag);
    }
    return err;
}

static tvn_err
find_world(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    const struct tvn_pipeline_name *name = &item->spec->world;
    struct tvn_str names[64];
    uint32_t count = 0;
    tvn_err err;

    for (uint32_t i = 0; i < build->wit_count; i++) {
        const struct tvn_wit *wit = build->wits[i];

        for (uint32_t k = 0; k < wit->world_count; k++) {
            if (tvn_str_equal(wit->worlds[k].name, name->text)) {
                item->wit = &build->texts[i];
                item->wit_path = tvn_pipeline_path(build->pipeline,
                    &build->arena, build->pipeline->wits[i].text);
                item->world = &wit->worlds[k];
                return item->wit_path == NULL ? TVN_ENOMEM : TVN_OK;
            }
            if (count < 64) {
                names[count++] = wit->worlds[k].name;
            }
        }
    }
    err = tvn_diag_error(diag, TVN_EBUILD_WORLD, &name->place,
        "stage %.*s: the WIT has no world '%.*s'",
        TVN_STR_ARG(item->stage->name), TVN_STR_ARG(name->text));
    tvn_diag_suggest(diag, name->text, names, count);
    return err;
}

static struct tvn_str
docs(const void *env, struct tvn_str path)
{
    return tvn_wit_docs_find(env, path);
}

static tvn_err
generate(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    const struct tvn_bindgen_opts opts = {
        .wit = build->wits[item->wit - build->texts],
        .world = item->world,
        .place = item->stage->place,
        .docs = docs,
        .docs_env = item->wit->places,
    };

    return tvn_bindgen_make(&opts, &item->bindgen, diag);
}

/* ------------------------------------------------------------------------
 * Sources. */

static bool
has_suffix(struct tvn_str path, const char *suffix)
{
    size_t len = strlen(suffix);

    return path.len > len &&
           memcmp(path.ptr + path.len - len, suffix, len) == 0;
}

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
        if (has_suffix(source, cpp[i])) {
            item->language = TVN__CPP;
        }
    }
    if (item->language == TVN__C && !has_suffix(source, ".c")) {
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
    struct tvn__made *made = &item->made;
    struct tvn_str header = tvn_buf_str(&item->bindgen.header);
    struct tvn_str glue = tvn_buf_str(&item->bindgen.glue);

    made->command =
        tvn__tools_hash(build, item->language, build->opts.is_debug);
    if (item->language == TVN__SCRIPT) {
        made->world = tvn_hash64(item->wit->bytes, item->wit->len);
        return tvn__folder_hash(item->stage->source, &made->source)
                   ? TVN_OK
                   : tvn_diag_error(diag, TVN_EIO, &item->stage->place,
                         "cannot read all of %s", item->stage->source);
    }
    made->world = tvn_hash64(header.ptr, header.len) * 31 +
                  tvn_hash64(glue.ptr, glue.len);
    made->sdk = hash_sdk();

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
    build->types = tvn_types_new();
    build->stages = tvn_arena_new(
        &build->arena, pipeline->stage_count, sizeof(*build->stages));
    build->items = tvn_arena_new(
        &build->arena, pipeline->stage_count, sizeof(*build->items));
    if (build->dir == NULL || build->types == NULL || build->stages == NULL ||
        build->items == NULL) {
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
        err = first(err, plan_item(build, item, diag));
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
    for (uint32_t i = 0; i < build->wit_count; i++) {
        tvn_wit_free(build->wits[i]);
        tvn_wit_text_fini(&build->texts[i]);
    }
    if (build->types != NULL) {
        tvn_types_free(build->types);
    }
    tvn_arena_fini(&build->arena);
    tvn_mem_free(build, 1, sizeof(*build));
}
