/* test.h -- what the files of `torvyn test` share.
 *
 * Threads: main's. */
#ifndef TVN_CLI_TEST_H
#define TVN_CLI_TEST_H

#include "cli/cli.h"
#include "host/test.h"

struct tvn__test_row {
    struct tvn_str name;
    struct tvn_place place;
    struct tvn_test_result result;
};

struct tvn__test_report {
    struct tvn_arena arena;
    const char **paths;
    struct tvn_test_file **files; /* NULL: it could not be read */
    size_t file_count;
    struct tvn__test_row *rows;
    size_t count, cap;
    size_t failed;
    uint64_t took_ns;
    struct tvn_diag diag; /* of the files as a whole */
};

/* cmd_test_files.c: the paths that are given, else every *.test.yaml of the
 * folder that is given or of the current one, by name.  TVN_ETEST_NONE. */
tvn_err tvn__test_find_files(
    const struct tvn__args *args, struct tvn__test_report *report);

/* cmd_test_junit.c: writes JUnit's XML; the exit status. */
int tvn__test_junit(
    const char *path, const struct tvn__test_report *report, int status);

#endif
