/* stamp.c -- what a component was made from, kept beside it.
 *
 *     torvyn-build 1
 *     source 1f0c...     world, sdk, command, output: hashes of contents
 *     dep 77ab... stages/shared.h
 *
 * Paths are from the pipeline's folder, so that a stamp means the same from
 * wherever it is read. */
#include "build/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STAMP     "torvyn-build 1\n"
#define STAMP_MAX (1u << 20)

static const char *const names[] = {
    "source", "world", "sdk", "command", "output"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static uint64_t *
field(struct tvn__made *made, size_t number)
{
    uint64_t *const fields[NAMES] = {
        &made->source, &made->world, &made->sdk, &made->command, &made->output};

    return fields[number];
}

static const char *
stamp_path(struct tvn_build *build, const struct tvn__item *item)
{
    return tvn_arena_printf(&build->arena, "%s/stamp", item->dir);
}

/* Reads a line; false when it is none of a stamp's. */
static bool
read_line(struct tvn_build *build, char *line, struct tvn__made *made,
    struct tvn__dep *deps, uint32_t *count)
{
    char *space = strchr(line, ' ');
    char *end;
    uint64_t value;

    if (space == NULL) {
        return false;
    }
    *space = '\0';
    value = strtoull(space + 1, &end, 16);
    if (strcmp(line, "dep") == 0) {
        if (*end != ' ' || *count == TVN__DEPS_MAX) {
            return false;
        }
        deps[*count].hash = value;
        deps[*count].path =
            tvn_arena_copy(&build->arena, end + 1, strlen(end + 1));
        return deps[(*count)++].path != NULL;
    }
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(line, names[i]) == 0) {
            *field(made, i) = value;
            return *end == '\0';
        }
    }
    return false;
}

static bool
read_stamp(struct tvn_build *build, const struct tvn__item *item,
    struct tvn__made *made, struct tvn__dep *deps, uint32_t *count)
{
    const char *path = stamp_path(build, item);
    struct tvn_buf text = {0};
    bool is_good =
        path != NULL && tvn_buf_read_file(&text, path, STAMP_MAX) == TVN_OK;
    char *line;
    char *next;

    *count = 0;
    is_good = is_good && text.len > strlen(STAMP) &&
              strncmp(tvn_buf_text(&text), STAMP, strlen(STAMP)) == 0;
    line = is_good ? text.ptr + strlen(STAMP) : NULL;
    for (; is_good && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        is_good = next != NULL;
        if (is_good) {
            *next++ = '\0';
            is_good = read_line(build, line, made, deps, count);
        }
    }
    tvn_buf_fini(&text);
    return is_good;
}

/* The first of `deps` that is not what it was; NULL: all are. */
static const char *
changed_dep(
    struct tvn_build *build, const struct tvn__dep *deps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *path = tvn_pipeline_path(
            build->pipeline, &build->arena, tvn_str_of(deps[i].path));
        uint64_t hash = 0;

        if (path == NULL || !tvn__file_hash(path, &hash) ||
            hash != deps[i].hash) {
            return deps[i].path;
        }
    }
    return NULL;
}

/* What it would be with, or without, --debug. */
static uint64_t
other_command(const struct tvn_build *build, const struct tvn__item *item)
{
    return tvn__tools_hash(build, item->language, !build->opts.is_debug);
}

/* Why the stage is stale; NULL: it is not. */
static const char *
compare(struct tvn_build *build, const struct tvn__item *item,
    const struct tvn__made *old, const struct tvn__dep *deps, uint32_t count)
{
    const struct tvn__made *now = &item->made;
    struct tvn_arena *arena = &build->arena;
    const char *dep;
    uint64_t output = 0;

    if (now->source != old->source) {
        return tvn_arena_printf(arena, "%s has changed", item->stage->source);
    }
    dep = changed_dep(build, deps, count);
    if (dep != NULL) {
        return tvn_arena_printf(arena, "%s has changed", dep);
    }
    if (now->world != old->world) {
        return tvn_arena_printf(arena, "world %.*s has changed",
            TVN_STR_ARG(item->spec->world.text));
    }
    if (now->sdk != old->sdk) {
        return "the SDK is another version";
    }
    if (now->command != old->command) {
        return old->command != other_command(build, item)
                   ? "the compiler or its options are not the same"
               : build->opts.is_debug ? "it was not built for debugging"
                                      : "it was built for debugging";
    }
    if (!tvn__file_hash(item->stage->output, &output) ||
        output != old->output) {
        return tvn_arena_printf(
            arena, "%s is not what was built", item->stage->output);
    }
    return NULL;
}

tvn_err
tvn__stamp_compare(struct tvn_build *build, struct tvn__item *item)
{
    struct tvn_build_stage *stage = item->stage;
    struct tvn__dep *deps =
        tvn_arena_new(&build->arena, TVN__DEPS_MAX, sizeof(*deps));
    struct tvn__made old = {0};
    uint32_t count = 0;
    struct stat info;

    if (deps == NULL) {
        return TVN_ENOMEM;
    }
    if (stat(stage->output, &info) != 0) {
        stage->state = TVN_BUILD_MISSING;
        stage->why = "it has not been built";
        return TVN_OK;
    }
    stage->why = read_stamp(build, item, &old, deps, &count)
                     ? compare(build, item, &old, deps, count)
                     : "nothing says what it was built from";
    stage->state = stage->why == NULL ? TVN_BUILD_FRESH : TVN_BUILD_STALE;
    stage->size = (uint64_t)info.st_size;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Writing. */

/* The path from the pipeline's folder; NULL: it is one of ours. */
static const char *
dep_path(const struct tvn_build *build, const char *path)
{
    const char *dir = build->pipeline->dir;
    size_t len = strlen(dir);

    if (strncmp(path, build->dir, strlen(build->dir)) == 0 &&
        path[strlen(build->dir)] == '/') {
        return NULL;
    }
    if (strcmp(dir, ".") != 0 && strncmp(path, dir, len) == 0 &&
        path[len] == '/') {
        return path + len + 1;
    }
    return path;
}

/* One that was saved while the compiler ran may not be what it has read: its
 * hash is then nobody's. */
static uint64_t
hash_dep(const struct tvn__item *item, const char *path)
{
    struct stat info;
    uint64_t hash = 0;

    return stat(path, &info) == 0 && info.st_mtime < item->began &&
                   tvn__file_hash(path, &hash)
               ? hash
               : 0;
}

/* Appends the headers that the compiler has listed: a make rule, `x.o: a.c
 * b.h \`, with backslashes before spaces of names and `$$` for a dollar.  The
 * source comes first. */
static void
append_deps(const struct tvn_build *build, const struct tvn__item *item,
    char *rule, struct tvn_buf *out)
{
    char *at = strchr(rule, ':');
    bool is_source = true;

    at = at == NULL ? rule + strlen(rule) : at + 1;
    while (*at != '\0') {
        char *to = at;
        char *name = at;
        const char *path;

        while (*at != '\0' && strchr(" \n", *at) == NULL) {
            if ((at[0] == '\\' && at[1] != '\n' && at[1] != '\0') ||
                (at[0] == '$' && at[1] == '$')) {
                at++;
            }
            *to++ = *at++;
        }
        at += *at == '\0' ? 0 : 1;
        *to = '\0';
        if (name[0] == '\0' || strcmp(name, "\\") == 0) {
            continue;
        }
        path = is_source ? NULL : dep_path(build, name);
        is_source = false;
        if (path != NULL) {
            tvn_buf_printf(
                out, "dep %016" PRIx64 " %s\n", hash_dep(item, name), path);
        }
    }
}

tvn_err
tvn__stamp_write(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    const char *path = stamp_path(build, item);
    struct tvn_buf rule = {0};
    struct tvn_buf text = {0};
    tvn_err err = path == NULL ? TVN_ENOMEM : TVN_OK;

    tvn_buf_append_text(&text, STAMP);
    for (size_t i = 0; i < NAMES; i++) {
        tvn_buf_printf(
            &text, "%s %016" PRIx64 "\n", names[i], *field(&item->made, i));
    }
    if (item->deps != NULL &&
        tvn_buf_read_file(&rule, item->deps, STAMP_MAX) == TVN_OK) {
        (void)tvn_buf_text(&rule); /* a NUL behind it */
        append_deps(build, item, rule.ptr, &text);
    }
    if (err == TVN_OK) {
        err = text.failed ? TVN_ENOMEM
                          : tvn__file_write(path, text.ptr, text.len, diag);
    }
    tvn_buf_fini(&rule);
    tvn_buf_fini(&text);
    return err;
}
