/* cmd_new_stage.c -- torvyn new stage: a world, a file, a row.
 *
 * Everything is looked at before anything is written.  The world comes first,
 * since the file's prototypes are made from it; when that does not go well the
 * WIT gets its old text back. */
#include "cli/new.h"

#include <string.h>
#include <unistd.h>

#define PIPELINE "torvyn.yaml"

/* ------------------------------------------------------------------------
 * What was asked for. */

static tvn_err
read_role(const char *text, enum tvn_role *out, struct tvn_diag *diag)
{
    struct tvn_str names[TVN_ROLE_COUNT];

    for (uint32_t i = 0; i < TVN_ROLE_COUNT; i++) {
        names[i] = tvn_str_of(tvn_role_name((enum tvn_role)i));
        if (text != NULL && tvn_str_is(names[i], text)) {
            *out = (enum tvn_role)i;
            return TVN_OK;
        }
    }
    (void)tvn_diag_error(diag, TVN_ENEW, NULL,
        text == NULL ? "a stage needs its --role" : "'%s' is no role", text);
    tvn_diag_suggest(
        diag, tvn_str_of(text == NULL ? "" : text), names, TVN_ROLE_COUNT);
    return TVN_ENEW;
}

static tvn_err
read_pipeline(struct tvn__new_stage *stage, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = PIPELINE};
    tvn_err err;

    if (access(PIPELINE, F_OK) != 0) {
        (void)tvn_diag_error(
            diag, TVN_ENOTFOUND, &place, "there is no such file here");
        tvn_diag_help(diag, "torvyn new NAME makes a project to add stages to");
        return TVN_ENOTFOUND;
    }
    err = tvn__new_read(PIPELINE, &stage->yaml, diag);
    if (err == TVN_OK) {
        err = tvn_yaml_parse(&stage->arena, PIPELINE, tvn_buf_str(&stage->yaml),
            &tvn__new_yaml_opts, &stage->tree, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    if (stage->tree->kind == TVN_YAML_MAPPING) {
        stage->stages = tvn_yaml_get(stage->tree, "stages");
    }
    return stage->stages != NULL && stage->stages->kind == TVN_YAML_MAPPING
               ? TVN_OK
               : tvn_diag_error(diag, TVN_EPIPELINE_MISSING, &place,
                     "there is no mapping `stages:`");
}

/* Nothing has that name yet. */
static tvn_err
check_free(struct tvn__new_stage *stage, struct tvn_diag *diag)
{
    struct tvn_str name = stage->row.name;
    struct tvn_place place = {.path = stage->path};
    struct tvn_place of;
    const char *key;

    for (uint32_t i = 0; i < stage->stages->count; i++) {
        if (tvn_str_equal(stage->stages->pairs[i].key->text, name)) {
            return tvn_diag_error(diag, TVN_ENEW,
                &stage->stages->pairs[i].key->place, "there is a stage '%.*s'",
                TVN_STR_ARG(name));
        }
    }
    if (access(stage->path, F_OK) == 0) {
        return tvn_diag_error(diag, TVN_ENEW, &place,
            "there is such a file; nothing is overwritten");
    }
    key = tvn_arena_printf(&stage->arena, "%.*s/%.*s",
        TVN_STR_ARG(stage->home.package), TVN_STR_ARG(name));
    if (key == NULL) {
        return TVN_ENOMEM;
    }
    return tvn_wit_places_find(stage->wits.texts[stage->home.number].places,
               tvn_str_of(key), &of)
               ? tvn_diag_error(diag, TVN_ENEW, &of,
                     "there is a world or interface '%.*s'", TVN_STR_ARG(name))
               : TVN_OK;
}

/* ------------------------------------------------------------------------ */

/* Looks at everything, writes nothing. */
static tvn_err
plan(const struct tvn__args *args, struct tvn__new_stage *stage,
    struct tvn_diag *diag)
{
    tvn_err err = read_role(args->role, &stage->row.role, diag);

    stage->row.name = tvn_str_of(args->name);
    if (err == TVN_OK) {
        err = tvn__new_check_name(stage->row.name, "stage", diag);
    }
    if (err == TVN_OK) {
        err = read_pipeline(stage, diag);
    }
    if (err == TVN_OK) {
        stage->types = tvn_types_new();
        err = stage->types == NULL ? TVN_ENOMEM
                                   : tvn__new_wit_read(&stage->wits,
                                         stage->types, stage->tree, diag);
    }
    if (err == TVN_OK) {
        err = tvn__new_wit_event(&stage->wits, stage->stages,
            tvn_str_of(args->event), &stage->event, diag);
    }
    if (err == TVN_OK) {
        err = tvn__new_wit_home(
            &stage->wits, stage->stages, &stage->event, &stage->home, diag);
    }
    if (err == TVN_OK) {
        stage->path =
            tvn_arena_printf(&stage->arena, "stages/%s.c", args->name);
        err = stage->path == NULL ? TVN_ENOMEM : check_free(stage, diag);
    }
    if (err == TVN_OK) {
        err = tvn__new_yaml_add(PIPELINE, tvn_buf_str(&stage->yaml),
            stage->tree, &stage->row, &stage->new_yaml, diag);
    }
    return err;
}

static tvn_err
make(struct tvn__new_stage *stage, struct tvn_diag *diag)
{
    struct tvn_buf wit = {0};
    bool has_file = false;
    tvn_err err = tvn__new_world_add(stage, &wit, diag);

    if (err == TVN_OK) {
        err = tvn__new_replace(stage->home.path, tvn_buf_str(&wit), diag);
    }
    tvn_buf_fini(&wit);
    if (err != TVN_OK) {
        return err;
    }
    err = tvn__new_world_use(stage, diag);
    if (err == TVN_OK) {
        has_file = true;
        err = tvn__new_replace(PIPELINE, tvn_buf_str(&stage->new_yaml), diag);
    }
    if (err != TVN_OK) { /* all is as it was; the first error is the one */
        (void)tvn__new_replace(
            stage->home.path, tvn_buf_str(&stage->old_wit), diag);
        if (has_file) {
            (void)unlink(stage->path);
        }
    }
    return err;
}

tvn_err
tvn__new_stage_make(
    const struct tvn__args *args, struct tvn_buf *out, struct tvn_diag *diag)
{
    struct tvn__new_stage stage = {0};
    tvn_err err = plan(args, &stage, diag);

    if (err == TVN_OK) {
        err = make(&stage, diag);
    }
    if (err == TVN_OK) {
        tvn_buf_printf(out, "made %s\nadded world %s to %s\n", stage.path,
            args->name, stage.home.path);
        tvn_buf_printf(out, "added stage %s to " PIPELINE "\n", args->name);
        tvn_buf_append_text(
            out, "next: say where it belongs, under edges: in " PIPELINE);
        tvn__new_edges(&stage.row, "\n  ", "\n  ", out);
        tvn_buf_append_byte(out, '\n');
    }
    tvn_buf_fini(&stage.yaml);
    tvn_buf_fini(&stage.new_yaml);
    tvn_buf_fini(&stage.old_wit);
    tvn_wits_fini(&stage.wits);
    if (stage.types != NULL) {
        tvn_types_free(stage.types);
    }
    tvn_arena_fini(&stage.arena);
    return err;
}
