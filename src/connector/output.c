/* output.c -- opening, writing and closing outputs; see output.h. */
#include "connector/output.h"

#include "base/assert.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPS_MAX  99u /* PATH.partial, PATH.partial.2, ... */
#define LINKS_MAX  40u
#define MODE       0666 /* less the umask */
#define STDOUT_MAX 4096u

_Static_assert(STDOUT_MAX <= PIPE_BUF, "a pipe that is ready takes it whole");

/* ------------------------------------------------------------------------
 * Opening. */

static tvn_err
refuse(const struct tvn__file_opts *file, int error, struct tvn_diag *diag)
{
    return tvn_diag_error(diag, TVN_EOUTPUT, &file->place,
        "%.*s: cannot open %s: %s", TVN_STR_ARG(file->stage), file->shown,
        strerror(error));
}

/* The file that PATH's links lead to: replacing renames over that one, not
 * over the link.  (realpath is no part of POSIX without XSI.)  NULL when
 * memory is out. */
static const char *
follow(struct tvn_arena *arena, const char *path)
{
    char target[PATH_MAX];

    for (unsigned hops = 0; path != NULL && hops < LINKS_MAX; hops++) {
        ssize_t len = readlink(path, target, sizeof(target) - 1);
        const char *slash = strrchr(path, '/');

        if (len <= 0) {
            return path; /* no link, or nothing there yet */
        }
        target[len] = '\0';
        path = target[0] == '/' || slash == NULL
                   ? tvn_arena_copy(arena, target, (size_t)len)
                   : tvn_arena_printf(arena, "%.*s%s", (int)(slash + 1 - path),
                         path, target);
    }
    return path; /* a ring of links: open will say so */
}

/* An append must not join on to half a line. */
static void
end_last_line(struct tvn__output *output, off_t size)
{
    int fd = open(output->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char last = '\n';
    size_t done;

    if (fd < 0) {
        return; /* may be written, not read: then we cannot know */
    }
    if (pread(fd, &last, 1, size - 1) == 1 && last != '\n') {
        /* When this fails, so will the first record, with a text. */
        (void)tvn__output_write(output, "\n", 1, &done);
    }
    (void)close(fd);
}

static tvn_err
open_temp(struct tvn__output *output, const struct tvn__file_opts *file,
    const struct stat *old, struct tvn_arena *arena, struct tvn_diag *diag)
{
    for (unsigned n = 1; n <= TEMPS_MAX; n++) {
        output->temp =
            n == 1 ? tvn_arena_printf(arena, "%s.partial", output->path)
                   : tvn_arena_printf(arena, "%s.partial.%u", output->path, n);
        if (output->temp == NULL) {
            return tvn__connector_nomem(diag);
        }
        output->fd = open(output->temp,
            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, MODE);
        if (output->fd >= 0 || errno != EEXIST) {
            break;
        }
    }
    if (output->fd < 0) {
        return refuse(file, errno, diag);
    }
    if (old != NULL) {
        (void)fchmod(output->fd, old->st_mode & 07777); /* kept if we may */
    }
    return TVN_OK;
}

static tvn_err
open_place(struct tvn__output *output, const struct tvn__file_opts *file,
    struct tvn_arena *arena, struct tvn_diag *diag)
{
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY;
    struct stat old;
    bool exists = stat(output->path, &old) == 0;
    bool is_stream = exists && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode);

    if (!is_stream && file->mode == TVN__OUTPUT_REPLACE &&
        !(exists && S_ISDIR(old.st_mode))) {
        return open_temp(output, file, exists ? &old : NULL, arena, diag);
    }
    flags |= is_stream ? O_NONBLOCK : 0;
    flags |= !is_stream && file->mode == TVN__OUTPUT_NEW ? O_EXCL : 0;
    output->fd = open(output->path, flags, MODE);
    if (output->fd < 0 && errno == EEXIST) {
        tvn_err err = tvn_diag_error(diag, TVN_EOUTPUT, &file->place,
            "%.*s: %s exists already", TVN_STR_ARG(file->stage), file->shown);

        tvn_diag_help(diag, "`mode: new` never touches a file that is there; "
                            "`append` and `replace` do");
        return err;
    }
    if (output->fd < 0 && errno == ENXIO && is_stream) {
        tvn_err err = tvn_diag_error(diag, TVN_EOUTPUT, &file->place,
            "%.*s: nobody reads the pipe %s", TVN_STR_ARG(file->stage),
            file->shown);

        tvn_diag_help(diag, "start its reader first");
        return err;
    }
    return output->fd < 0 ? refuse(file, errno, diag) : TVN_OK;
}

tvn_err
tvn__output_open(struct tvn__output *output, const struct tvn__file_opts *file,
    struct tvn_arena *arena, struct tvn_diag *diag)
{
    struct stat stat;
    tvn_err err = TVN_OK;

    *output = (struct tvn__output){.fd = STDOUT_FILENO, .shown = file->shown};
    if (file->path != NULL) {
        /* One that cannot be made is told by open. */
        (void)tvn_path_make_parents(file->path, 0777);
        output->path = follow(arena, file->path);
        err = output->path == NULL ? tvn__connector_nomem(diag)
                                   : open_place(output, file, arena, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    output->owns_fd = file->path != NULL;
    if (fstat(output->fd, &stat) != 0) {
        err = refuse(file, errno, diag); /* stdout is closed */
        if (output->owns_fd) {
            (void)close(output->fd);
        }
        return err;
    }
    output->is_open = true;
    output->is_regular = S_ISREG(stat.st_mode);
    output->must_poll = !output->owns_fd && !output->is_regular;
    if (output->owns_fd && output->is_regular && stat.st_size > 0) {
        end_last_line(output, stat.st_size);
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Writing. */

static tvn_err
failed(struct tvn__output *output, int error)
{
    output->error = error;
    if (error == EPIPE) {
        (void)snprintf(output->text, sizeof(output->text),
            "cannot write %s: its reader has closed it", output->shown);
        return TVN_EPIPE;
    }
    (void)snprintf(output->text, sizeof(output->text), "cannot write %s: %s",
        output->shown, strerror(error));
    return TVN_EWRITE;
}

static bool
can_write(const struct tvn__output *output)
{
    struct pollfd entry = {.fd = output->fd, .events = POLLOUT};

    /* An error or a hang-up is for write to tell. */
    return !output->must_poll || poll(&entry, 1, 0) != 0;
}

tvn_err
tvn__output_write(
    struct tvn__output *output, const void *ptr, size_t len, size_t *done)
{
    const char *bytes = ptr;

    *done = 0;
    TVN_ASSERT(output->is_open);
    while (*done < len) {
        size_t piece = len - *done;
        ssize_t wrote;

        if (!can_write(output)) {
            return TVN_EAGAIN;
        }
        if (output->must_poll && piece > STDOUT_MAX) {
            piece = STDOUT_MAX;
        }
        wrote = write(output->fd, bytes + *done, piece);
        if (wrote > 0) {
            *done += (size_t)wrote;
            output->written += (uint64_t)wrote;
        } else if (wrote < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return TVN_EAGAIN;
        } else if (wrote == 0 || errno != EINTR) {
            return failed(output, wrote == 0 ? EIO : errno);
        }
    }
    return TVN_OK;
}

bool
tvn__output_take_back(struct tvn__output *output, size_t size)
{
    off_t at = output->is_regular ? lseek(output->fd, 0, SEEK_CUR) : -1;
    off_t before = at - (off_t)size;
    struct stat stat;

    if (at < (off_t)size || fstat(output->fd, &stat) != 0 ||
        stat.st_size != at || ftruncate(output->fd, before) != 0 ||
        lseek(output->fd, before, SEEK_SET) != before) {
        return false;
    }
    output->written -= size;
    return true;
}

/* ------------------------------------------------------------------------
 * Closing. */

static tvn_err
close_failed(struct tvn__output *output, const char *what)
{
    output->error = errno;
    (void)snprintf(output->text, sizeof(output->text), "cannot %s %s%s%s: %s",
        what, output->temp == NULL ? output->shown : output->temp,
        output->temp == NULL ? "" : " to ",
        output->temp == NULL ? "" : output->path, strerror(output->error));
    return TVN_EWRITE;
}

/* The temporary file of a run that did not end well. */
static void
leave(struct tvn__output *output)
{
    if (output->written == 0 && unlink(output->temp) == 0) {
        return; /* there is nothing in it to look at */
    }
    (void)snprintf(output->text, sizeof(output->text),
        "%s is as it was; what was written is left in %s", output->shown,
        output->temp);
}

tvn_err
tvn__output_close(struct tvn__output *output, bool is_ok)
{
    bool is_closed = true;

    if (!output->is_open) {
        return TVN_OK;
    }
    output->text[0] = '\0';
    output->is_open = false;
    if (output->owns_fd) {
        is_closed = close(output->fd) == 0 || errno == EINTR;
    }
    if (!is_closed) {
        tvn_err err = failed(output, errno);

        return err == TVN_EPIPE ? TVN_EWRITE : err;
    }
    if (output->temp == NULL) {
        return TVN_OK;
    }
    if (!is_ok) {
        leave(output);
        return TVN_OK;
    }
    return rename(output->temp, output->path) == 0
               ? TVN_OK
               : close_failed(output, "rename");
}
