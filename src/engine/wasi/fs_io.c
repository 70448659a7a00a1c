/* fs_io.c -- wasi:filesystem/types: the bytes of files, the entries of
 * directories, streams of both.
 *
 * A read or write moves at most TVN__WASI_IO_MAX bytes, whatever was asked:
 * WASI lets both answer with less. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------------
 * what a descriptor may do: 0 or an errno */
static int
check_read(const struct tvn__wasi_object *file)
{
    if (file->u.descriptor.is_dir) {
        return EISDIR;
    }
    return (file->u.descriptor.flags & TVN__WASI_READ) != 0 ? 0 : EBADF;
}

static int
check_write(const struct tvn__wasi_object *file)
{
    if (!file->u.descriptor.can_write) {
        return EROFS;
    }
    if (file->u.descriptor.is_dir) {
        return EISDIR;
    }
    return (file->u.descriptor.flags & TVN__WASI_WRITE) != 0 ? 0 : EBADF;
}

/* ------------------------------------------------------------------------
 * streams of a file: each has an fd of its own and outlives the descriptor */
static tvn_err
stream_of(struct tvn__wasi_call *call, enum tvn__wasi_kind kind,
    uint64_t offset, bool is_append)
{
    struct tvn__wasi_object *file;
    struct tvn__wasi_object *stream;
    uint32_t rep;
    int error;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err != TVN_OK) {
        return err;
    }
    error = kind == TVN__WASI_INPUT ? check_read(file) : check_write(file);
    if (error != 0) {
        return tvn__wasi_end(call, error);
    }
    stream = tvn__wasi_object_new(call->wasi, kind, &rep);
    if (stream == NULL) {
        return tvn__wasi_end(call, EDQUOT);
    }
    stream->u.stream.source = TVN__WASI_FILE;
    stream->u.stream.offset = offset;
    stream->u.stream.is_append = is_append;
    stream->fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    return tvn__wasi_end_new(call, rep, kind, stream->fd < 0 ? errno : 0);
}

static tvn_err
read_via_stream(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self_len args;

    memcpy(&args, call->args, sizeof(args));
    return stream_of(call, TVN__WASI_INPUT, args.len, false);
}

static tvn_err
write_via_stream(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self_len args;

    memcpy(&args, call->args, sizeof(args));
    return stream_of(call, TVN__WASI_OUTPUT, args.len, false);
}

static tvn_err
append_via_stream(struct tvn__wasi_call *call)
{
    return stream_of(call, TVN__WASI_OUTPUT, 0, true);
}

/* ------------------------------------------------------------------------
 * reading and writing at an offset */
struct read_args {
    uint32_t self;
    uint32_t pad;
    uint64_t length;
    uint64_t offset;
};
_Static_assert(sizeof(struct read_args) == 24, "read");

struct result_read {
    uint8_t is_error;
    uint8_t pad[3];
    struct tvn__wasi_text bytes;
    uint8_t is_end;
    uint8_t pad_end[3];
};
_Static_assert(sizeof(struct result_read) == 16, "result<tuple<..>, ..>");

static tvn_err
descriptor_read(struct tvn__wasi_call *call)
{
    struct result_read out = {0};
    struct tvn__wasi_object *file;
    struct read_args args;
    uint32_t len;
    ssize_t got;
    int error;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err != TVN_OK) {
        return err;
    }
    memcpy(&args, call->args, sizeof(args));
    len = args.length < TVN__WASI_IO_MAX ? (uint32_t)args.length
                                         : TVN__WASI_IO_MAX;
    error = check_read(file);
    if (error == 0 && args.offset > TVN__WASI_OFFSET_MAX - len) {
        error = EINVAL;
    }
    if (error != 0) {
        return tvn__wasi_end(call, error);
    }
    err = tvn__wasi_more(call, len, 1, &out.bytes.at);
    if (err != TVN_OK) {
        return err;
    }
    do {
        got = pread(file->fd, call->wasi->answer + out.bytes.at, len,
            (off_t)args.offset);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return tvn__wasi_end(call, errno);
    }
    out.bytes.len = (uint32_t)got;
    out.bytes.at = got == 0 ? 0 : out.bytes.at;
    out.is_end = got == 0 && len > 0;
    tvn__wasi_put(call, &out, sizeof(out));
    return TVN_OK;
}

struct write_args {
    uint32_t self;
    struct tvn__wasi_text buffer;
    uint32_t pad;
    uint64_t offset;
};
_Static_assert(sizeof(struct write_args) == 24, "write");

struct result_u64 {
    uint8_t is_error;
    uint8_t pad[7];
    uint64_t value;
};
_Static_assert(sizeof(struct result_u64) == 16, "result<u64, ..>");

static tvn_err
descriptor_write(struct tvn__wasi_call *call)
{
    struct result_u64 out = {0};
    struct tvn__wasi_object *file;
    struct write_args args;
    uint32_t len;
    ssize_t put;
    int error;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err != TVN_OK) {
        return err;
    }
    memcpy(&args, call->args, sizeof(args));
    len =
        args.buffer.len < TVN__WASI_IO_MAX ? args.buffer.len : TVN__WASI_IO_MAX;
    error = check_write(file);
    if (error == 0 && args.offset > TVN__WASI_OFFSET_MAX - len) {
        error = EFBIG;
    }
    if (error != 0) {
        return tvn__wasi_end(call, error);
    }
    do {
        put = pwrite(
            file->fd, call->args + args.buffer.at, len, (off_t)args.offset);
    } while (put < 0 && errno == EINTR);
    if (put < 0) {
        return tvn__wasi_end(call, errno);
    }
    out.value = (uint64_t)put;
    tvn__wasi_put(call, &out, sizeof(out));
    return TVN_OK;
}

static tvn_err
set_size(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self_len args;
    struct tvn__wasi_object *file;
    int error;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err != TVN_OK) {
        return err;
    }
    memcpy(&args, call->args, sizeof(args));
    error = check_write(file);
    if (error == 0 && args.len > TVN__WASI_OFFSET_MAX) {
        error = EFBIG;
    }
    if (error == 0 && ftruncate(file->fd, (off_t)args.len) != 0) {
        error = errno;
    }
    return tvn__wasi_end(call, error);
}

/* ------------------------------------------------------------------------
 * hints and syncs */
struct advise_args {
    uint32_t self;
    uint32_t pad;
    uint64_t offset;
    uint64_t length;
    uint8_t advice;
    uint8_t pad_end[7];
};
_Static_assert(sizeof(struct advise_args) == 32, "advise");

static tvn_err
advise(struct tvn__wasi_call *call)
{
    static const int advices[] = {
        POSIX_FADV_NORMAL,
        POSIX_FADV_SEQUENTIAL,
        POSIX_FADV_RANDOM,
        POSIX_FADV_WILLNEED,
        POSIX_FADV_DONTNEED,
        POSIX_FADV_NOREUSE,
    };
    struct advise_args args;
    struct tvn__wasi_object *file;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);

    if (err != TVN_OK) {
        return err;
    }
    memcpy(&args, call->args, sizeof(args));
    if (file->u.descriptor.is_dir) {
        return tvn__wasi_end(call, EBADF);
    }
    if (args.advice >= sizeof(advices) / sizeof(advices[0]) ||
        args.offset > TVN__WASI_OFFSET_MAX ||
        args.length > TVN__WASI_OFFSET_MAX) {
        return tvn__wasi_end(call, EINVAL);
    }
    return tvn__wasi_end(call, posix_fadvise(file->fd, (off_t)args.offset,
                                   (off_t)args.length, advices[args.advice]));
}

/* Nothing to do for what could not be written through this descriptor. */
static bool
is_written(const struct tvn__wasi_object *file)
{
    return file->u.descriptor.can_write &&
           (file->u.descriptor.is_dir ||
               (file->u.descriptor.flags & TVN__WASI_WRITE) != 0);
}

static tvn_err
sync_with(struct tvn__wasi_call *call, int (*run)(int fd))
{
    struct tvn__wasi_object *file;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_DESCRIPTOR, &file);
    int error = 0;

    if (err == TVN_OK) {
        if (is_written(file) && run(file->fd) != 0) {
            error = errno;
        }
        err = tvn__wasi_end(call, error);
    }
    return err;
}

static tvn_err
sync_data(struct tvn__wasi_call *call)
{
    return sync_with(call, fdatasync);
}

static tvn_err
sync_all(struct tvn__wasi_call *call)
{
    return sync_with(call, fsync);
}

/* ------------------------------------------------------------------------
 * directories */

/* 0 or an errno.  An own open of the directory: an own position in it. */
static int
open_entries(
    const struct tvn__wasi_object *dir, struct tvn__wasi_object *entries)
{
    int fd = tvn__wasi_open_beneath(dir->fd, ".", O_RDONLY | O_DIRECTORY, 0);

    if (fd < 0) {
        return errno;
    }
    entries->u.entries = fdopendir(fd);
    if (entries->u.entries == NULL) {
        int error = errno;

        (void)close(fd); /* only read */
        return error;
    }
    return 0;
}

static tvn_err
read_directory(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self args;
    struct tvn__wasi_object *dir;
    struct tvn__wasi_object *entries;
    uint32_t rep;
    int error;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get_dir(call, args.self, &dir, &error);
    if (err != TVN_OK || error != 0) {
        return err != TVN_OK ? err : tvn__wasi_end(call, error);
    }
    entries = tvn__wasi_object_new(call->wasi, TVN__WASI_ENTRIES, &rep);
    if (entries == NULL) {
        return tvn__wasi_end(call, EDQUOT);
    }
    return tvn__wasi_end_new(
        call, rep, TVN__WASI_ENTRIES, open_entries(dir, entries));
}

struct result_entry {
    uint8_t is_error;
    uint8_t pad[3];
    uint8_t is_some;
    uint8_t pad_some[3];
    uint8_t type;
    uint8_t pad_type[3];
    struct tvn__wasi_text name;
};
_Static_assert(sizeof(struct result_entry) == 20, "result<option<..>, ..>");

static bool
is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static tvn_err
read_directory_entry(struct tvn__wasi_call *call)
{
    struct result_entry out = {.is_some = 1};
    struct tvn__wasi_self args;
    struct tvn__wasi_object *entries;
    struct stat stat;
    struct dirent *entry;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get(call, args.self, TVN__WASI_ENTRIES, &entries);
    if (err != TVN_OK) {
        return err;
    }
    do {
        errno = 0;
        entry = readdir(entries->u.entries);
    } while (entry != NULL && is_dots(entry->d_name));
    if (entry == NULL) {
        return tvn__wasi_end(call, errno); /* 0: none any more */
    }
    if (!tvn_utf8_valid(entry->d_name, strlen(entry->d_name), NULL)) {
        return tvn__wasi_end(call, EILSEQ);
    }
    if (fstatat(dirfd(entries->u.entries), entry->d_name, &stat,
            AT_SYMLINK_NOFOLLOW) == 0) { /* else gone meanwhile: unknown */
        out.type = tvn__wasi_type_of(stat.st_mode);
    }
    err = tvn__wasi_copy(call, tvn_str_of(entry->d_name), &out.name);
    if (err == TVN_OK) {
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return err;
}

#define NAME(n) "wasi:filesystem/types@0.2", "[method]descriptor." n
#define SELF    "func(self: borrow<" TVN__DESCRIPTOR ">"
#define TO_NONE ") -> result<_, " TVN__CODE ">"
#define TO_IN   ") -> result<own<" TVN__INPUT ">, " TVN__CODE ">"
#define TO_OUT  ") -> result<own<" TVN__OUTPUT ">, " TVN__CODE ">"

static const struct tvn__wasi_row rows[] = {
    {NAME("read-via-stream"), SELF ", offset: u64" TO_IN, read_via_stream, 8,
        4},
    {NAME("write-via-stream"), SELF ", offset: u64" TO_OUT, write_via_stream, 8,
        4},
    {NAME("append-via-stream"), SELF TO_OUT, append_via_stream, 8, 4},
    {NAME("advise"),
        SELF ", offset: u64, length: u64, advice: " TVN__ADVICE TO_NONE, advise,
        2, 1},
    {NAME("sync-data"), SELF TO_NONE, sync_data, 2, 1},
    {NAME("sync"), SELF TO_NONE, sync_all, 2, 1},
    {NAME("set-size"), SELF ", size: u64" TO_NONE, set_size, 2, 1},
    {NAME("read"),
        SELF ", length: u64, offset: u64) -> result<tuple<list<u8>, "
             "bool>, " TVN__CODE ">",
        descriptor_read, 16, 4},
    {NAME("write"),
        SELF ", buffer: list<u8>, offset: u64) -> result<u64, " TVN__CODE ">",
        descriptor_write, 16, 8},
    {NAME("read-directory"),
        SELF ") -> result<own<" TVN__ENTRIES ">, " TVN__CODE ">",
        read_directory, 8, 4},
    {"wasi:filesystem/types@0.2",
        "[method]directory-entry-stream.read-directory-entry",
        "func(self: borrow<" TVN__ENTRIES ">) -> result<option<" TVN__ENTRY
        ">, " TVN__CODE ">",
        read_directory_entry, 20, 4},
};

const struct tvn__wasi_part tvn__wasi_fs_io = {
    rows, sizeof(rows) / sizeof(rows[0])};
