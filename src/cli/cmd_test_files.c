/* cmd_test_files.c -- which files torvyn test takes. */
#include "cli/test.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 1000u /* found in folders */
#define ENDING    ".test.yaml"

static bool
is_folder(const char *path)
{
    struct stat stat_buf;

    return stat(path, &stat_buf) == 0 && S_ISDIR(stat_buf.st_mode);
}

static int
compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In any order; `.` gives names without a folder. */
static tvn_err
add_folder(struct tvn__test_report *report, const char *folder)
{
    bool is_here = strcmp(folder, ".") == 0;
    size_t len = strlen(folder);
    bool has_slash = len > 0 && folder[len - 1] == '/';
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t before = report->file_count;

    while (dir != NULL && (entry = readdir(dir)) != NULL &&
           report->file_count < FILES_MAX) {
        const char *path;

        if (!tvn_str_ends(tvn_str_of(entry->d_name), ENDING)) {
            continue;
        }
        path = tvn_arena_printf(&report->arena, "%s%s%s", is_here ? "" : folder,
            is_here || has_slash ? "" : "/", entry->d_name);
        if (path == NULL) {
            (void)closedir(dir);
            return TVN_ENOMEM;
        }
        report->paths[report->file_count++] = path;
    }
    if (dir != NULL) {
        (void)closedir(dir); /* it was only read */
    }
    qsort(report->paths + before, report->file_count - before,
        sizeof(*report->paths), compare);
    if (report->file_count == before) {
        (void)tvn_diag_error(&report->diag, TVN_ETEST_NONE, NULL,
            "there is no file *%s in %s", ENDING,
            is_here ? "this folder" : folder);
        tvn_diag_help(&report->diag,
            "write torvyn.test.yaml beside torvyn.yaml: docs/testing.md");
        return TVN_ETEST_NONE;
    }
    return TVN_OK;
}

tvn_err
tvn__test_find_files(
    const struct tvn__args *args, struct tvn__test_report *report)
{
    size_t room = FILES_MAX + args->file_count;
    tvn_err err = TVN_OK;

    report->paths = tvn_arena_new(&report->arena, room, sizeof(char *));
    report->files = tvn_arena_new(&report->arena, room, sizeof(*report->files));
    if (report->paths == NULL || report->files == NULL) {
        return tvn_diag_error(
            &report->diag, TVN_ENOMEM, NULL, "%s", tvn_err_text(TVN_ENOMEM));
    }
    if (args->file_count == 0) {
        return add_folder(report, ".");
    }
    for (uint32_t i = 0; i < args->file_count; i++) {
        if (is_folder(args->files[i])) {
            err = tvn_err_first(err, add_folder(report, args->files[i]));
        } else {
            report->paths[report->file_count++] = args->files[i];
        }
    }
    return err;
}
