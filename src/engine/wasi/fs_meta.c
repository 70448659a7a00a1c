/* fs_meta.c -- wasi:filesystem/types: what is known about a file, its times,
 * and the error behind a stream's. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* self, path-flags, path: of all functions with `-at` that only look. */
struct at_args {
    uint32_t self;
    uint8_t path_flags;
    uint8_t pad[3];
    struct tvn__wasi_text path;
};
_Static_assert(sizeof(struct at_args) == 16, "self, path-flags, path");

/* What the descriptor is of. */
static tvn_err
stat_self(struct tvn__wasi_call *call, struct stat *out, int *error)
{
    struct tvn__wasi_object *file;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err == TVN_OK) {
        *error = fstat(file->fd, out) == 0 ? 0 : errno;
    }
    return err;
}

/* What is at the path. */
static tvn_err
stat_path(struct tvn__wasi_call *call, struct stat *out, int *error)
{
    struct at_args args;
    struct tvn__wasi_object *dir;
    int fd;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get_dir(call, args.self, &dir, error);
    if (err != TVN_OK || *error != 0) {
        return err;
    }
    fd = tvn__wasi_name(
        dir, tvn__wasi_text_of(call, args.path), (args.path_flags & 1u) != 0);
    if (fd < 0) {
        *error = errno;
        return TVN_OK;
    }
    *error = fstat(fd, out) == 0 ? 0 : errno;
    (void)close(fd); /* it only names the file */
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * stat */
struct option_time {
    uint8_t is_some;
    uint8_t pad[7];
    struct tvn__wasi_datetime time;
};
struct result_stat {
    uint8_t is_error;
    uint8_t pad[7];
    uint8_t type;
    uint8_t pad_type[7];
    uint64_t link_count;
    uint64_t size;
    struct option_time accessed;
    struct option_time modified;
    struct option_time changed;
};
_Static_assert(sizeof(struct result_stat) == 104, "result<descriptor-stat>");

static struct option_time
time_of(struct timespec time)
{
    struct option_time out = {0};

    if (time.tv_sec >= 0) { /* before 1970 it cannot be said */
        out.is_some = 1;
        out.time.seconds = (uint64_t)time.tv_sec;
        out.time.nanoseconds = (uint32_t)time.tv_nsec;
    }
    return out;
}

static tvn_err
end_stat(struct tvn__wasi_call *call, const struct stat *stat, int error)
{
    if (error == 0) {
        struct result_stat out = {
            .type = tvn__wasi_type_of(stat->st_mode),
            .link_count = stat->st_nlink,
            .size = (uint64_t)stat->st_size,
            .accessed = time_of(stat->st_atim),
            .modified = time_of(stat->st_mtim),
            .changed = time_of(stat->st_ctim),
        };

        tvn__wasi_put(call, &out, sizeof(out));
    }
    return tvn__wasi_end(call, error);
}

static tvn_err
descriptor_stat(struct tvn__wasi_call *call)
{
    struct stat stat;
    int error;
    tvn_err err = stat_self(call, &stat, &error);

    return err == TVN_OK ? end_stat(call, &stat, error) : err;
}

static tvn_err
descriptor_stat_at(struct tvn__wasi_call *call)
{
    struct stat stat;
    int error;
    tvn_err err = stat_path(call, &stat, &error);

    return err == TVN_OK ? end_stat(call, &stat, error) : err;
}

/* ------------------------------------------------------------------------
 * metadata-hash */
struct result_hash {
    uint8_t is_error;
    uint8_t pad[7];
    uint64_t parts[2];
};
_Static_assert(sizeof(struct result_hash) == 24, "result<metadata-hash-value>");

/* A secret goes in, so that inode numbers cannot be found by trying. */
static tvn_err
end_hash(struct tvn__wasi_call *call, const struct stat *stat, int error)
{
    if (error == 0) {
        struct result_hash out = {0};
        uint64_t in[] = {
            0,
            stat->st_dev,
            stat->st_ino,
            (uint64_t)stat->st_size,
            (uint64_t)stat->st_mtim.tv_sec,
            (uint64_t)stat->st_mtim.tv_nsec,
            (uint64_t)stat->st_ctim.tv_sec,
            (uint64_t)stat->st_ctim.tv_nsec,
        };

        for (int i = 0; i < 2; i++) {
            in[0] = call->wasi->secrets[i] + (unsigned)i;
            out.parts[i] = tvn_hash64(in, sizeof(in));
        }
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return tvn__wasi_end(call, error);
}

static tvn_err
metadata_hash(struct tvn__wasi_call *call)
{
    struct stat stat;
    int error;
    tvn_err err = stat_self(call, &stat, &error);

    return err == TVN_OK ? end_hash(call, &stat, error) : err;
}

static tvn_err
metadata_hash_at(struct tvn__wasi_call *call)
{
    struct stat stat;
    int error;
    tvn_err err = stat_path(call, &stat, &error);

    return err == TVN_OK ? end_hash(call, &stat, error) : err;
}

/* ------------------------------------------------------------------------
 * get-flags, get-type, is-same-object */
static tvn_err
get_flags(struct tvn__wasi_call *call)
{
    struct tvn__wasi_object *file;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err == TVN_OK) {
        uint8_t out[2] = {0, file->u.descriptor.flags};

        tvn__wasi_put(call, out, sizeof(out));
    }
    return err;
}

static tvn_err
get_type(struct tvn__wasi_call *call)
{
    struct tvn__wasi_object *file;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err == TVN_OK) { /* nothing else is ever opened */
        uint8_t out[2] = {0, file->u.descriptor.is_dir ? TVN__WASI_TYPE_DIR
                                                       : TVN__WASI_TYPE_FILE};

        tvn__wasi_put(call, out, sizeof(out));
    }
    return err;
}

static tvn_err
is_same_object(struct tvn__wasi_call *call)
{
    uint32_t reps[2];
    struct stat stats[2];
    uint8_t out = 1;

    memcpy(reps, call->args, sizeof(reps));
    for (int i = 0; i < 2; i++) {
        struct tvn__wasi_object *file;
        tvn_err err = tvn__wasi_get(call, reps[i], TVN__WASI_DESCRIPTOR, &file);

        if (err != TVN_OK) {
            return err;
        }
        if (fstat(file->fd, &stats[i]) != 0) {
            return TVN_OK; /* false */
        }
    }
    if (stats[0].st_dev == stats[1].st_dev &&
        stats[0].st_ino == stats[1].st_ino) {
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * set-times */
enum { STAMP_NO_CHANGE, STAMP_NOW, STAMP_TIME };

struct stamp {
    uint8_t which;
    uint8_t pad[7];
    struct tvn__wasi_datetime time;
};
struct times_args {
    uint32_t self;
    uint32_t pad;
    struct stamp stamps[2];
};
_Static_assert(sizeof(struct times_args) == 56, "set-times");
struct times_at_args {
    struct at_args at;
    struct stamp stamps[2];
};
_Static_assert(sizeof(struct times_at_args) == 64, "set-times-at");

/* 0 or an errno. */
static int
times_of(const struct stamp stamps[2], struct timespec out[2])
{
    for (int i = 0; i < 2; i++) {
        const struct tvn__wasi_datetime *time = &stamps[i].time;

        out[i] = (struct timespec){0};
        if (stamps[i].which == STAMP_NO_CHANGE) {
            out[i].tv_nsec = UTIME_OMIT;
        } else if (stamps[i].which == STAMP_NOW) {
            out[i].tv_nsec = UTIME_NOW;
        } else if (time->nanoseconds >= 1000000000u) {
            return EINVAL;
        } else if (time->seconds > TVN__WASI_OFFSET_MAX) {
            return EOVERFLOW;
        } else {
            out[i].tv_sec = (time_t)time->seconds;
            out[i].tv_nsec = (long)time->nanoseconds;
        }
    }
    return 0;
}

static tvn_err
set_times(struct tvn__wasi_call *call)
{
    struct times_args args;
    struct timespec times[2];
    struct tvn__wasi_object *file;
    int error;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err != TVN_OK) {
        return err;
    }
    memcpy(&args, call->args, sizeof(args));
    error = file->u.descriptor.can_write ? times_of(args.stamps, times) : EROFS;
    if (error == 0 && futimens(file->fd, times) != 0) {
        error = errno;
    }
    return tvn__wasi_end(call, error);
}

static tvn_err
set_times_at(struct tvn__wasi_call *call)
{
    struct times_at_args args;
    struct timespec times[2];
    struct tvn__wasi_object *dir;
    int error;
    int fd;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get_dir(call, args.at.self, &dir, &error);
    if (err != TVN_OK || error != 0) {
        return err != TVN_OK ? err : tvn__wasi_end(call, error);
    }
    error = dir->u.descriptor.can_write ? times_of(args.stamps, times) : EROFS;
    if (error != 0) {
        return tvn__wasi_end(call, error);
    }
    fd = tvn__wasi_name(dir, tvn__wasi_text_of(call, args.at.path),
        (args.at.path_flags & 1u) != 0);
    if (fd < 0) {
        return tvn__wasi_end(call, errno);
    }
    error = tvn__wasi_set_times(fd, times) == 0 ? 0 : errno;
    (void)close(fd); /* it only names the file */
    return tvn__wasi_end(call, error);
}

/* ------------------------------------------------------------------------
 * filesystem-error-code */
static tvn_err
filesystem_error_code(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self args;
    struct tvn__wasi_object *error;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get(call, args.self, TVN__WASI_ERROR, &error);
    if (err == TVN_OK) {
        uint8_t out[2] = {1, tvn__wasi_code(error->u.error)};

        tvn__wasi_put(call, out, sizeof(out));
    }
    return err;
}

#define NAME(n) "wasi:filesystem/types@0.2", "[method]descriptor." n
#define SELF    "func(self: borrow<" TVN__DESCRIPTOR ">"
#define AT      ", path-flags: " TVN__PATH_FLAGS ", path: string"
#define TIMES                                                                  \
    ", data-access-timestamp: " TVN__STAMP                                     \
    ", data-modification-timestamp: " TVN__STAMP
#define TO(ok) ") -> result<" ok ", " TVN__CODE ">"

static const struct tvn__wasi_row rows[] = {
    {NAME("stat"), SELF TO(TVN__STAT), descriptor_stat, 104, 8},
    {NAME("stat-at"), SELF AT TO(TVN__STAT), descriptor_stat_at, 104, 8},
    {NAME("metadata-hash"), SELF TO(TVN__HASH), metadata_hash, 24, 8},
    {NAME("metadata-hash-at"), SELF AT TO(TVN__HASH), metadata_hash_at, 24, 8},
    {NAME("get-flags"), SELF TO(TVN__FLAGS), get_flags, 2, 1},
    {NAME("get-type"), SELF TO(TVN__TYPE), get_type, 2, 1},
    {NAME("is-same-object"),
        SELF ", other: borrow<" TVN__DESCRIPTOR ">) -> bool", is_same_object, 1,
        0},
    {NAME("set-times"), SELF TIMES TO("_"), set_times, 2, 1},
    {NAME("set-times-at"), SELF AT TIMES TO("_"), set_times_at, 2, 1},
    {"wasi:filesystem/types@0.2", "filesystem-error-code",
        "func(err: borrow<" TVN__ERROR ">) -> option<" TVN__CODE ">",
        filesystem_error_code, 2, 1},
};

const struct tvn__wasi_part tvn__wasi_fs_meta = {
    rows, sizeof(rows) / sizeof(rows[0])};
