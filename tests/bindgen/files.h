/* files.h -- a temporary folder, and programs that run in it.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_FILES_H
#define TVN_TESTS_BINDGEN_FILES_H

#include "base/assert.h"
#include "base/buf.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES_PATH_MAX 512u
#define FILES_ARGS_MAX 256u
#define FILES_SIZE_MAX (64u << 20)

/* A path, printed; one that is too long ends the test. */
__attribute__((format(printf, 2, 3))) static inline void
files_path(char *out, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(out, FILES_PATH_MAX, format, args);
    va_end(args);
    TVN_ASSERT(len > 0 && len < (int)FILES_PATH_MAX);
}

static inline void
files_write(const char *path, struct tvn_str text)
{
    FILE *file = fopen(path, "w");

    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fwrite(text.ptr, 1, text.len, file) == text.len);
    TVN_ASSERT(fclose(file) == 0);
}

/* Removes a folder and what is in it, folders too. */
static inline void
files_remove(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;

    if (dir == NULL) {
        (void)unlink(path);
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        char inner[FILES_PATH_MAX];

        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            files_path(inner, "%s/%s", path, entry->d_name);
            files_remove(inner);
        }
    }
    (void)closedir(dir);
    (void)rmdir(path);
}

/* A command line that grows; its texts are borrowed. */
struct files_args {
    const char *items[FILES_ARGS_MAX];
    unsigned count;
};

static inline void
files_add(struct files_args *args, const char *item)
{
    TVN_ASSERT(args->count + 1 < FILES_ARGS_MAX);
    args->items[args->count++] = item;
    args->items[args->count] = NULL;
}

/* Runs it in `dir`; what it says goes to `log`, a file there.  True: 0. */
static inline bool
files_run(const struct files_args *args, const char *dir, const char *log)
{
    pid_t child = fork();
    int status = -1;

    TVN_ASSERT(child >= 0);
    if (child == 0) {
        char *items[FILES_ARGS_MAX];
        int fd;

        memcpy(items, args->items, sizeof(items));
        if (chdir(dir) != 0) {
            _exit(127);
        }
        fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) {
            _exit(127);
        }
        (void)execvp(items[0], items);
        _exit(127);
    }
    while (waitpid(child, &status, 0) < 0) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#endif
