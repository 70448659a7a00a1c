/* fs_open.c -- wasi:filesystem: preopens and open-at.
 *
 * A descriptor's right to write is its directory's, from preopen to preopen:
 * what is opened through one that is read-only is read-only, whatever flags
 * ask for.  A directory opened through a writable one is writable even when
 * mutate-directory was not asked for: the C libraries do not ask. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------------
 * preopens */
static uint8_t
dir_flags(bool can_write)
{
    return can_write ? TVN__WASI_READ | TVN__WASI_MUTATE : TVN__WASI_READ;
}

/* One more descriptor of a directory that was given. */
static tvn_err
give_dir(struct tvn__wasi_call *call, uint32_t i, uint32_t *rep)
{
    bool can_write = call->wasi->opts.dirs[i].can_write;
    struct tvn__wasi_object *dir;
    tvn_err err = tvn__wasi_make(call, TVN__WASI_DESCRIPTOR, &dir, rep);

    if (err != TVN_OK) {
        return err;
    }
    dir->u.descriptor.is_dir = true;
    dir->u.descriptor.can_write = can_write;
    dir->u.descriptor.flags = dir_flags(can_write);
    dir->fd = fcntl(call->wasi->dirs[i], F_DUPFD_CLOEXEC, 0);
    if (dir->fd < 0) {
        int error = errno;

        tvn__wasi_drop(call->wasi, *rep, TVN__WASI_DESCRIPTOR);
        return tvn__wasi_trap(
            call, "a directory cannot be given: %s", strerror(error));
    }
    return TVN_OK;
}

struct preopen {
    uint32_t rep;
    struct tvn__wasi_text path;
};
_Static_assert(sizeof(struct preopen) == 12, "tuple<own<..>, string>");

static tvn_err
get_directories(struct tvn__wasi_call *call)
{
    const struct tvn_wasi_opts *opts = &call->wasi->opts;
    struct tvn__wasi_text list = {.len = opts->dir_count};
    tvn_err err = tvn__wasi_more(
        call, (uint64_t)list.len * sizeof(struct preopen), 4, &list.at);

    for (uint32_t i = 0; err == TVN_OK && i < list.len; i++) {
        struct preopen out;

        err = tvn__wasi_copy(
            call, tvn_str_of(opts->dirs[i].guest_path), &out.path);
        if (err == TVN_OK) {
            err = give_dir(call, i, &out.rep);
        }
        if (err == TVN_OK) {
            memcpy(call->wasi->answer + list.at + i * sizeof(out), &out,
                sizeof(out));
        }
    }
    tvn__wasi_put(call, &list, sizeof(list));
    return err;
}

/* ------------------------------------------------------------------------
 * open-at */
enum {
    OPEN_CREATE = 1u,
    OPEN_DIR = 2u,
    OPEN_EXCLUSIVE = 4u,
    OPEN_TRUNCATE = 8u
};

struct open_args {
    uint32_t self;
    uint8_t path_flags;
    uint8_t pad[3];
    struct tvn__wasi_text path;
    uint8_t open_flags;
    uint8_t flags;
    uint8_t pad_end[2];
};
_Static_assert(sizeof(struct open_args) == 20, "open-at");

/* O_NONBLOCK: a pipe with nobody behind it must not hold the host; it means
 * nothing for what is opened in the end. */
static int
open_mode(const struct open_args *args)
{
    int mode = O_NONBLOCK | O_NOCTTY;

    if ((args->flags & TVN__WASI_WRITE) == 0) {
        mode |= O_RDONLY; /* neither asked for: to be stat'ed, say */
    } else {
        mode |= (args->flags & TVN__WASI_READ) != 0 ? O_RDWR : O_WRONLY;
    }
    if ((args->path_flags & 1u) == 0) {
        mode |= O_NOFOLLOW;
    }
    if ((args->open_flags & OPEN_CREATE) != 0) {
        mode |= O_CREAT;
        mode |= (args->open_flags & OPEN_EXCLUSIVE) != 0 ? O_EXCL : 0;
    }
    mode |= (args->open_flags & OPEN_DIR) != 0 ? O_DIRECTORY : 0;
    mode |= (args->open_flags & OPEN_TRUNCATE) != 0 ? O_TRUNC : 0;
    if ((args->flags & TVN__WASI_FILE_SYNC) != 0) {
        mode |= O_SYNC;
    } else if ((args->flags & (TVN__WASI_DATA_SYNC | TVN__WASI_READ_SYNC)) !=
               0) {
        mode |= O_DSYNC;
    }
    return mode;
}

/* 0 or an errno. */
static int
check_open(const struct tvn__wasi_object *dir, const struct open_args *args)
{
    bool changes = (args->open_flags & (OPEN_CREATE | OPEN_TRUNCATE)) != 0 ||
                   (args->flags & (TVN__WASI_WRITE | TVN__WASI_MUTATE)) != 0;

    if (changes && !dir->u.descriptor.can_write) {
        return EROFS;
    }
    if ((args->open_flags & OPEN_DIR) != 0 &&
        (args->open_flags & OPEN_CREATE) != 0) {
        return EINVAL;
    }
    return 0;
}

/* 0 or an errno; `file` has the fd then. */
static int
open_at(const struct tvn__wasi_object *dir, const struct open_args *args,
    struct tvn_str text, struct tvn__wasi_object *file)
{
    bool can_write = dir->u.descriptor.can_write;
    char path[TVN__WASI_PATH_MAX];
    struct stat stat;
    int error = tvn__wasi_path(text, path);

    if (error == 0) {
        error = check_open(dir, args);
    }
    if (error != 0) {
        return error;
    }
    file->fd = tvn__wasi_open_beneath(dir->fd, path, open_mode(args),
        (args->open_flags & OPEN_CREATE) != 0 ? 0666 : 0);
    if (file->fd < 0 || fstat(file->fd, &stat) != 0) {
        return errno;
    }
    if (!S_ISDIR(stat.st_mode) && !S_ISREG(stat.st_mode)) {
        return EPERM; /* devices, pipes: not what a directory was given for */
    }
    file->u.descriptor.is_dir = S_ISDIR(stat.st_mode);
    file->u.descriptor.can_write = can_write;
    file->u.descriptor.flags =
        S_ISDIR(stat.st_mode)
            ? dir_flags(can_write)
            : (uint8_t)(args->flags & (uint8_t)~TVN__WASI_MUTATE);
    return 0;
}

static tvn_err
descriptor_open_at(struct tvn__wasi_call *call)
{
    struct open_args args;
    struct tvn__wasi_object *dir;
    struct tvn__wasi_object *file;
    uint32_t rep;
    int error;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get_dir(call, args.self, &dir, &error);
    if (err != TVN_OK || error != 0) {
        return err != TVN_OK ? err : tvn__wasi_end(call, error);
    }
    file = tvn__wasi_object_new(call->wasi, TVN__WASI_DESCRIPTOR, &rep);
    if (file == NULL) {
        return tvn__wasi_end(call, EDQUOT);
    }
    error = open_at(dir, &args, tvn__wasi_text_of(call, args.path), file);
    return tvn__wasi_end_new(call, rep, TVN__WASI_DESCRIPTOR, error);
}

static const struct tvn__wasi_row rows[] = {
    {"wasi:filesystem/preopens@0.2", "get-directories",
        "func() -> list<tuple<own<" TVN__DESCRIPTOR ">, string>>",
        get_directories, 8, 0},
    {"wasi:filesystem/types@0.2", "[method]descriptor.open-at",
        "func(self: borrow<" TVN__DESCRIPTOR ">, path-flags: " TVN__PATH_FLAGS
        ", path: string, open-flags: " TVN__OPEN_FLAGS ", flags: " TVN__FLAGS
        ") -> result<own<" TVN__DESCRIPTOR ">, " TVN__CODE ">",
        descriptor_open_at, 8, 4},
};

const struct tvn__wasi_part tvn__wasi_fs_open = {
    rows, sizeof(rows) / sizeof(rows[0])};
