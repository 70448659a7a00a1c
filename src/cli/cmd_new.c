/* cmd_new.c -- torvyn new: a project, or a stage in one. */
#include "cli/new.h"

#include "base/embedded.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PROJECT "templates/project/"

/* ------------------------------------------------------------------------
 * A project. */

/* The last part of a path; what the flow and its package are called. */
static struct tvn_str
name_of(const char *path)
{
    struct tvn_str name = tvn_str_of(path);

    while (name.len > 1 && name.ptr[name.len - 1] == '/') {
        name.len--;
    }
    for (size_t i = name.len; i > 0; i--) {
        if (name.ptr[i - 1] == '/' && i < name.len) {
            return (struct tvn_str){name.ptr + i, name.len - i};
        }
    }
    return name;
}

/* The folder is new, or empty. */
static tvn_err
check_folder(const char *path, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};
    DIR *dir = opendir(path);
    bool is_empty = true;

    if (dir == NULL && errno == ENOENT) {
        return TVN_OK;
    }
    if (dir == NULL) {
        return tvn_diag_error(
            diag, TVN_ENEW, &place, "is there: %s", strerror(errno));
    }
    for (struct dirent *entry = readdir(dir); entry != NULL;
         entry = readdir(dir)) {
        is_empty = is_empty && (strcmp(entry->d_name, ".") == 0 ||
                                   strcmp(entry->d_name, "..") == 0);
    }
    (void)closedir(dir); /* only read */
    if (!is_empty) {
        (void)tvn_diag_error(
            diag, TVN_ENEW, &place, "the folder is there, and not empty");
        tvn_diag_help(diag, "choose another name; nothing is overwritten");
    }
    return is_empty ? TVN_OK : TVN_ENEW;
}

/* Where a template's file goes: some have names that would have a meaning
 * here, or none. */
static const char *
path_of(struct tvn_arena *arena, const char *folder, struct tvn_str name,
    struct tvn_str file)
{
    if (tvn_str_is(file, "gitignore")) {
        file = TVN_STR(".gitignore");
    }
    if (tvn_str_is(file, "wit/flow.wit")) {
        return tvn_arena_printf(
            arena, "%s/wit/%.*s.wit", folder, TVN_STR_ARG(name));
    }
    return tvn_arena_printf(arena, "%s/%.*s", folder, TVN_STR_ARG(file));
}

static tvn_err
make_file(struct tvn_arena *arena, const char *folder, struct tvn_str name,
    struct tvn_str template, struct tvn_buf *out, struct tvn_diag *diag)
{
    const struct tvn__new_word words[] = {{"name", name}, {NULL, {0}}};
    const size_t skip = sizeof(PROJECT) - 1;
    const char *path = path_of(arena, folder, name,
        (struct tvn_str){template.ptr + skip, template.len - skip});
    struct tvn_buf text = {0};
    tvn_err err = TVN_ENOMEM;

    tvn__new_fill(template.ptr, words, &text);
    if (path != NULL && !text.failed) {
        err = tvn__new_create(path, tvn_buf_str(&text), diag);
    }
    if (err == TVN_OK) {
        tvn_buf_printf(out, "made %s\n", path);
    }
    tvn_buf_fini(&text);
    return err;
}

static tvn_err
make_project(const char *path, struct tvn_buf *out, struct tvn_diag *diag)
{
    struct tvn_str name = name_of(path);
    struct tvn_arena arena = {0};
    uint32_t count;
    const struct tvn_embedded *files = tvn_embedded_all(&count);
    const char *folder =
        tvn_arena_copy(&arena, path, (size_t)(name.ptr - path) + name.len);
    tvn_err err = folder == NULL ? TVN_ENOMEM : TVN_OK;

    if (err == TVN_OK) {
        err = tvn__new_check_name(name, "project", diag);
    }
    if (err == TVN_OK) {
        err = check_folder(folder, diag);
    }
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        if (strncmp(files[i].name.ptr, PROJECT, sizeof(PROJECT) - 1) == 0) {
            err = make_file(&arena, folder, name, files[i].name, out, diag);
        }
    }
    if (err == TVN_OK) {
        tvn_buf_printf(out, "next: cd %s && torvyn run --build\n", folder);
    }
    tvn_arena_fini(&arena);
    return err;
}

/* ------------------------------------------------------------------------ */

static int
usage(const char *text)
{
    fprintf(stderr, "torvyn new: %s\nhelp: torvyn new --help\n", text);
    return TVN__EXIT_USAGE;
}

int
tvn__cmd_new(const struct tvn__args *args)
{
    bool is_stage = args->file != NULL && strcmp(args->file, "stage") == 0;
    struct tvn_buf out = {0};
    struct tvn_diag diag = {0};
    tvn_err err;
    int status;

    if (args->file == NULL) {
        return usage("what? NAME makes a project, stage NAME a stage in one");
    }
    if (is_stage && args->name == NULL) {
        return usage("stage needs a NAME");
    }
    if (!is_stage && (args->role != NULL || args->event != NULL)) {
        return usage("--role and --event are for torvyn new stage NAME");
    }
    err = is_stage ? tvn__new_stage_make(args, &out, &diag)
                   : make_project(args->file, &out, &diag);
    if (err != TVN_OK && tvn_diag_err(&diag) == TVN_OK) {
        (void)tvn_diag_error(&diag, err, NULL, "%s", tvn_err_text(err));
    }
    tvn__print_diag(&diag);
    status = tvn__exit_of(&diag);
    tvn_diag_fini(&diag);
    return tvn__print(&out, status);
}
