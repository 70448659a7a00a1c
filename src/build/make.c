/* make.c -- builds what is stale: a stage's steps one after the other, stages
 * beside each other.
 *
 *     C, C++    compile -> link -> imports looked at -> world -> component
 *     script    build.sh -> component looked at
 *
 * Objects are in a folder with the process's number in its name, so that two
 * builds at one time do not write into each other's files; their own names,
 * which get into the component, are always the same. */
#include "base/clock.h"
#include "base/embedded.h"
#include "base/jsonout.h"
#include "base/path.h"
#include "build/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* ------------------------------------------------------------------------
 * Before the first step. */

static tvn_err
write_sdk(const struct tvn_build *build, struct tvn_diag *diag)
{
    static const char *const names[] = {"torvyn.h", "torvyn.c"};
    struct tvn_buf path = {0};
    tvn_err err;

    tvn_buf_printf(&path, "%s/gen/sdk", build->dir);
    err = tvn__folder_make(tvn_buf_text(&path), diag);
    for (size_t i = 0; err == TVN_OK && i < 2; i++) {
        const struct tvn_embedded *file;

        tvn_buf_clear(&path);
        tvn_buf_printf(&path, "sdk/c/%s", names[i]);
        file = tvn_embedded_find(tvn_buf_text(&path));
        tvn_buf_clear(&path);
        tvn_buf_printf(&path, "%s/gen/sdk/%s", build->dir, names[i]);
        err = tvn__file_write(
            tvn_buf_text(&path), file->text.ptr, file->text.len, diag);
    }
    tvn_buf_fini(&path);
    return err;
}

/* For editors: how each source is compiled. */
static tvn_err
write_commands(struct tvn_build *build, struct tvn_diag *diag)
{
    struct tvn_buf text = {0};
    struct tvn_json json;
    char here[4096];
    const char *path =
        tvn_arena_printf(&build->arena, "%s/compile_commands.json", build->dir);
    tvn_err err;

    if (path == NULL || getcwd(here, sizeof(here)) == NULL) {
        return TVN_ENOMEM;
    }
    tvn_json_init(&json, &text, true);
    tvn_json_array(&json);
    for (uint32_t i = 0; i < build->count; i++) {
        struct tvn__item item = build->items[i];
        const char *args[TVN__ARGS_MAX];

        if (item.language == TVN__SCRIPT) {
            continue;
        }
        item.object = "stage.o";
        item.deps = "stage.d";
        tvn__tools_compile(build, &item, args);
        tvn_json_object(&json);
        tvn_json_key(&json, "directory");
        tvn_json_text(&json, here);
        tvn_json_key(&json, "file");
        tvn_json_text(&json, item.stage->source);
        tvn_json_key(&json, "arguments");
        tvn_json_array(&json);
        for (uint32_t k = 0; args[k] != NULL; k++) {
            tvn_json_text(&json, args[k]);
        }
        tvn_json_end(&json);
        tvn_json_end(&json);
    }
    tvn_json_end(&json);
    tvn_buf_append_byte(&text, '\n');
    err = text.failed ? TVN_ENOMEM
                      : tvn__file_write(path, text.ptr, text.len, diag);
    tvn_buf_fini(&text);
    return err;
}

static tvn_err
write_text(const struct tvn__item *item, const char *suffix,
    const struct tvn_buf *text, struct tvn_diag *diag)
{
    struct tvn_buf path = {0};
    tvn_err err;

    tvn_buf_printf(
        &path, "%s/%.*s%s", item->dir, TVN_STR_ARG(item->bindgen.base), suffix);
    err = tvn__file_write(tvn_buf_text(&path), text->ptr, text->len, diag);
    tvn_buf_fini(&path);
    return err;
}

static tvn_err
prepare(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    struct tvn_arena *arena = &build->arena;
    tvn_err err;

    item->scratch =
        tvn_arena_printf(arena, "%s/%ld", item->dir, (long)getpid());
    item->core = tvn_arena_printf(
        arena, "%s/%.*s.wasm", item->scratch, TVN_STR_ARG(item->stage->name));
    if (item->scratch == NULL || item->core == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn__folder_make(item->scratch, diag);
    if (err != TVN_OK || item->language == TVN__SCRIPT) {
        return err;
    }
    item->object = tvn_arena_printf(arena, "%s/stage.o", item->scratch);
    item->deps = tvn_arena_printf(arena, "%s/stage.d", item->scratch);
    if (item->object == NULL || item->deps == NULL) {
        return TVN_ENOMEM;
    }
    err = write_text(item, ".h", &item->bindgen.header, diag);
    return err == TVN_OK
               ? write_text(item, "_glue.c", &item->bindgen.glue, diag)
               : err;
}

/* ------------------------------------------------------------------------
 * Steps. */

static tvn_err
start_script(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    static const char line[] =
        "cd \"$1\" && if [ -x build.sh ]; then exec ./build.sh; else exec sh "
        "./build.sh; fi";
    struct tvn_arena *arena = &build->arena;
    const char *folder = tvn_path_absolute(arena, item->stage->source);
    const char *out = tvn_path_absolute(arena, item->core);
    const char *wit = tvn_path_absolute(arena, build->wits->paths[item->wit]);
    const char *args[] = {"sh", "-c", line, "sh", folder, NULL};
    size_t count = 0;
    char **env;

    while (environ[count] != NULL) {
        count++;
    }
    env = tvn_arena_new(arena, count + 5, sizeof(*env));
    if (env == NULL || folder == NULL || out == NULL || wit == NULL) {
        return TVN_ENOMEM;
    }
    /* First what is ours: the first of a name is the one that counts. */
    env[0] = tvn_arena_printf(arena, "TORVYN_OUT=%s", out);
    env[1] = tvn_arena_printf(arena, "TORVYN_WIT=%s", wit);
    env[2] = tvn_arena_printf(
        arena, "TORVYN_WORLD=%.*s", TVN_STR_ARG(item->world->name));
    env[3] = tvn_arena_printf(
        arena, "TORVYN_DEBUG=%d", build->opts.is_debug ? 1 : 0);
    for (size_t i = 0; i < 4; i++) {
        if (env[i] == NULL) { /* it would end the list */
            return TVN_ENOMEM;
        }
    }
    memcpy(env + 4, environ, count * sizeof(*env));
    return tvn__job_start(item, args, env, diag);
}

static tvn_err
start(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    const char *args[TVN__ARGS_MAX];

    switch (item->step) {
    case TVN__COMPILE:
        tvn__tools_compile(build, item, args);
        return tvn__job_start(item, args, NULL, diag);
    case TVN__LINK:
        tvn__tools_link(build, item, args);
        return tvn__job_start(item, args, NULL, diag);
    case TVN__RUN_SCRIPT:
        return start_script(build, item, diag);
    case TVN__DONE:
        break;
    }
    return TVN_OK;
}

static tvn_err
begin(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    item->began_ns = tvn_clock_monotonic_ns();
    item->began = time(NULL);
    item->step = item->language == TVN__SCRIPT ? TVN__RUN_SCRIPT : TVN__COMPILE;
    if (item->language != TVN__SCRIPT) {
        err = tvn__tools_check(build, item, diag);
    }
    if (err == TVN_OK) {
        err = prepare(build, item, diag);
    }
    return err == TVN_OK ? start(build, item, diag) : err;
}

/* ------------------------------------------------------------------------
 * After the last step. */

static tvn_err
make_component(const struct tvn_build *build, struct tvn__item *item,
    struct tvn_buf *out, struct tvn_diag *diag)
{
    struct tvn_buf core = {0};
    struct tvn_buf imports = {0};
    struct tvn_buf told = {0};
    const char *source = item->stage->source;
    struct tvn_buf world = {0};
    tvn_err err = tvn_buf_read_file(&core, item->core, TVN__COMPONENT_MAX);

    tvn_buf_append_str(&world, item->world->name);
    if (err == TVN_OK) {
        err = tvn_toolchain_imports(
            (const uint8_t *)core.ptr, core.len, source, &imports, diag);
    }
    if (err == TVN_OK) {
        err = tvn__explain_imports(item, tvn_buf_text(&imports), diag);
    }
    if (err == TVN_OK) {
        err = tvn_toolchain_embed((const uint8_t *)core.ptr, core.len,
            &build->wits->texts[item->wit], tvn_buf_text(&world), &told, diag);
    }
    if (err == TVN_OK) {
        err = tvn_toolchain_componentize(
            (const uint8_t *)told.ptr, told.len, source, out, diag);
    }
    tvn_buf_fini(&core);
    tvn_buf_fini(&imports);
    tvn_buf_fini(&told);
    tvn_buf_fini(&world);
    return err;
}

/* What build.sh has left. */
static tvn_err
read_component(
    struct tvn__item *item, struct tvn_buf *out, struct tvn_diag *diag)
{
    tvn_err err = tvn_buf_read_file(out, item->core, TVN__COMPONENT_MAX);

    if (err != TVN_OK) {
        err = tvn_diag_error(diag, TVN_EBUILD_SCRIPT, &item->stage->place,
            "stage %.*s: %s/build.sh has left no component",
            TVN_STR_ARG(item->stage->name), item->stage->source);
        tvn_diag_help(diag, "let it write the component to $TORVYN_OUT");
        return err;
    }
    return tvn_toolchain_validate(
        (const uint8_t *)out->ptr, out->len, item->stage->source, diag);
}

static tvn_err
finish(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    struct tvn_build_stage *stage = item->stage;
    struct tvn_buf component = {0};
    tvn_err err = item->language == TVN__SCRIPT
                      ? read_component(item, &component, diag)
                      : make_component(build, item, &component, diag);

    if (err == TVN_OK) {
        err =
            tvn__file_write(stage->output, component.ptr, component.len, diag);
    }
    if (err == TVN_OK) {
        item->made.output = tvn_hash64(component.ptr, component.len);
        err = tvn__stamp_write(build, item, diag);
    }
    if (err == TVN_OK) {
        stage->state = TVN_BUILD_FRESH;
        stage->why = NULL;
        stage->is_built = true;
        stage->size = component.len;
    }
    tvn_buf_fini(&component);
    return err;
}

static tvn_err
explain(struct tvn_build *build, struct tvn__item *item, int status,
    struct tvn_diag *diag)
{
    switch (item->step) {
    case TVN__COMPILE:
        return tvn__explain_compile(item, diag);
    case TVN__LINK:
        return tvn__explain_link(build, item, diag);
    case TVN__RUN_SCRIPT:
        return tvn_diag_error(diag, TVN_EBUILD_SCRIPT, &item->stage->place,
            "stage %.*s: %s/build.sh ended with status %d",
            TVN_STR_ARG(item->stage->name), item->stage->source, status);
    case TVN__DONE:
        break;
    }
    return TVN_OK;
}

static void
remove_objects(const struct tvn__item *item)
{
    const char *const paths[] = {item->object, item->deps, item->core};

    for (size_t i = 0; i < 3; i++) {
        if (paths[i] != NULL) {
            (void)unlink(paths[i]); /* it may never have been written */
        }
    }
    if (item->scratch != NULL) {
        (void)rmdir(item->scratch); /* what a script has left stays */
    }
}

/* A process has ended: the next step, if there is one. */
static tvn_err
go_on(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    /* What a linker says of symbols is said in other words. */
    if (item->step != TVN__LINK || item->status == 0) {
        tvn_buf_append_str(&item->all, tvn_buf_str(&item->said));
    }
    item->stage->took_ns = tvn_clock_monotonic_ns() - item->began_ns;
    if (item->status == 0 && item->step == TVN__COMPILE) {
        item->step = TVN__LINK;
        return start(build, item, diag);
    }
    return TVN_OK;
}

/* What has come of it, said in the order of the stages. */
static tvn_err
conclude(struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    struct tvn_str said = tvn_buf_str(&item->all);
    tvn_err err = TVN_OK;

    if (build->opts.say != NULL && said.len > 0) {
        build->opts.say(build->opts.env, said.ptr, said.len);
    }
    if (item->step != TVN__DONE) {
        err = item->status != 0 ? explain(build, item, item->status, diag)
                                : finish(build, item, diag);
    }
    remove_objects(item);
    return err;
}

/* ------------------------------------------------------------------------ */

static uint32_t
job_count(const struct tvn_build *build)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t jobs = build->opts.jobs;

    if (jobs == 0) {
        jobs = processors < 1 ? 1 : (uint32_t)processors;
    }
    return jobs < TVN__JOBS_MAX ? jobs : TVN__JOBS_MAX;
}

tvn_err
tvn_build_make(struct tvn_build *build, struct tvn_diag *diag)
{
    uint32_t jobs = job_count(build);
    uint32_t running = 0;
    uint32_t next = 0;
    tvn_err err = write_sdk(build, diag);

    if (err == TVN_OK) {
        err = write_commands(build, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    while (next < build->count || running > 0) {
        struct tvn__item *item = NULL;
        tvn_err now = TVN_OK;

        if (next < build->count && running < jobs) {
            item = &build->items[next++];
            if (item->stage->state == TVN_BUILD_FRESH) {
                continue;
            }
            now = begin(build, item, diag);
        } else {
            int status = 0;

            item = tvn__job_wait(build, &status);
            item->status = status;
            running--;
            now = go_on(build, item, diag);
        }
        if (now != TVN_OK) { /* it has been said, nothing runs */
            item->step = TVN__DONE;
            err = tvn_err_first(err, now);
        }
        running += item->fd >= 0 ? 1 : 0;
    }
    for (uint32_t i = 0; i < build->count; i++) {
        tvn_err now = conclude(build, &build->items[i], diag);

        err = tvn_err_first(err, now);
    }
    if (err == TVN_ENOMEM && tvn_diag_err(diag) == TVN_OK) {
        (void)tvn_diag_error(diag, err, NULL, "%s", tvn_err_text(err));
    }
    return err;
}
