/* path_test.c -- one test per sentence of path.h. */
#include "base/path.h"

#include "base/assert.h"
#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_missing_folders_are_made_and_those_there_stay(void)
{
    char root[] = "/tmp/torvyn-path-XXXXXX";
    char path[128];
    struct stat info;

    TVN_ASSERT(mkdtemp(root) != NULL);
    (void)snprintf(path, sizeof(path), "%s/a//b/c.txt", root);
    for (int i = 0; i < 2; i++) {
        TVN_ASSERT(tvn_path_make_parents(path, 0700));
    }
    (void)snprintf(path, sizeof(path), "%s/a/b", root);
    TVN_ASSERT(stat(path, &info) == 0 && S_ISDIR(info.st_mode));
    TVN_ASSERT((info.st_mode & 0777) == 0700);
    TVN_ASSERT(tvn_path_make_parents("no-parent", 0700));

    (void)snprintf(path, sizeof(path), "%s/a/b/file", root);
    TVN_ASSERT(fclose(fopen(path, "w")) == 0);
    (void)snprintf(path, sizeof(path), "%s/a/b/file/x/y", root);
    TVN_ASSERT(!tvn_path_make_parents(path, 0700) && errno == ENOTDIR);

    (void)snprintf(path, sizeof(path), "%s/a/b/file", root);
    TVN_ASSERT(unlink(path) == 0);
    (void)snprintf(path, sizeof(path), "%s/a/b", root);
    TVN_ASSERT(rmdir(path) == 0);
    (void)snprintf(path, sizeof(path), "%s/a", root);
    TVN_ASSERT(rmdir(path) == 0 && rmdir(root) == 0);
}

static void
test_a_path_too_long_is_refused(void)
{
    static char path[PATH_MAX + 2];

    memset(path, 'a', sizeof(path) - 1);
    TVN_ASSERT(!tvn_path_make_parents(path, 0700) && errno == ENAMETOOLONG);
}

static void
test_an_absolute_path_holds_anywhere(void)
{
    struct tvn_arena arena = {0};
    char here[PATH_MAX];
    const char *path;

    TVN_ASSERT(strcmp(tvn_path_absolute(&arena, "/a/b"), "/a/b") == 0);
    path = tvn_path_absolute(&arena, "a/b");
    TVN_ASSERT(getcwd(here, sizeof(here)) != NULL && path != NULL);
    TVN_ASSERT(strncmp(path, here, strlen(here)) == 0);
    TVN_ASSERT(strcmp(path + strlen(here), "/a/b") == 0);
    tvn_arena_fini(&arena);
}

int
main(void)
{
    test_missing_folders_are_made_and_those_there_stay();
    test_a_path_too_long_is_refused();
    test_an_absolute_path_holds_anywhere();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
