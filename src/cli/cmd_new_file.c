/* cmd_new_file.c -- torvyn new: files, which are made whole or not at all. */
#include "cli/new.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static tvn_err
fail_io(const char *path, const char *what, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};

    return tvn_diag_error(
        diag, TVN_EIO, &place, "%s: %s", what, strerror(errno));
}

tvn_err
tvn__new_read(const char *path, struct tvn_buf *out, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};
    tvn_err err = tvn_buf_read_file(out, path, TVN__NEW_FILE_MAX);

    if (err == TVN_EIO) {
        return fail_io(path, "cannot be read", diag);
    }
    return err == TVN_OK
               ? TVN_OK
               : tvn_diag_error(diag, err, &place, "%s", tvn_err_text(err));
}

static bool
write_all(int fd, struct tvn_str text)
{
    while (text.len > 0) {
        ssize_t wrote = write(fd, text.ptr, text.len);

        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        wrote = wrote < 0 ? 0 : wrote;
        text.ptr += wrote;
        text.len -= (size_t)wrote;
    }
    return true;
}

/* Writes and closes; what could not be written is gone. */
static bool
finish(int fd, const char *path, struct tvn_str text)
{
    bool is_whole = write_all(fd, text);
    int error = errno;

    if (close(fd) != 0 && is_whole) {
        is_whole = false;
        error = errno;
    }
    if (!is_whole) {
        (void)unlink(path); /* the write's error is the one to tell */
        errno = error;
    }
    return is_whole;
}

tvn_err
tvn__new_create(const char *path, struct tvn_str text, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};
    int fd = -1;

    if (tvn_path_make_parents(path, 0777)) {
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (fd < 0 && errno == EEXIST) {
        return tvn_diag_error(diag, TVN_ENEW, &place,
            "there is such a file; nothing is overwritten");
    }
    return fd >= 0 && finish(fd, path, text)
               ? TVN_OK
               : fail_io(path, "cannot be written", diag);
}

/* Beside `path`, with its mode; then renamed. */
static bool
replace(const char *path, const char *temp, mode_t mode, struct tvn_str text)
{
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int error;

    if (fd < 0) {
        return false;
    }
    (void)fchmod(fd, mode & 07777); /* at worst it stays its owner's alone */
    if (!finish(fd, temp, text)) {
        return false;
    }
    if (rename(temp, path) == 0) {
        return true;
    }
    error = errno;
    (void)unlink(temp); /* the error to tell is the renaming's */
    errno = error;
    return false;
}

/* What a link leads to keeps its place. */
static bool
overwrite(const char *path, struct tvn_str text)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool is_whole = fd >= 0 && write_all(fd, text);

    return (fd < 0 || close(fd) == 0) && is_whole;
}

tvn_err
tvn__new_replace(const char *path, struct tvn_str text, struct tvn_diag *diag)
{
    struct tvn_arena arena = {0};
    const char *temp =
        tvn_arena_printf(&arena, "%s.new-%ld", path, (long)getpid());
    struct stat was;
    bool is_done =
        temp != NULL && lstat(path, &was) == 0 &&
        (S_ISLNK(was.st_mode) ? overwrite(path, text)
                              : replace(path, temp, was.st_mode, text));
    tvn_err err = TVN_OK;

    if (temp == NULL) {
        err = TVN_ENOMEM;
    } else if (!is_done) {
        err = fail_io(path, "cannot be written", diag);
    }
    tvn_arena_fini(&arena);
    return err;
}
