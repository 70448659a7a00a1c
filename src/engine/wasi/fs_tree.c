/* fs_tree.c -- wasi:filesystem/types: names made, moved and removed.
 *
 * Every one of them changes a directory, and asks for the right to write of
 * the descriptor that it goes through, a link or a rename of both: what was
 * given read-only cannot be reached writable by giving it a second name. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A spot in a directory that may be written; *error is 0 or an errno, and
 * the spot is to be closed in either case. */
static tvn_err
open_spot(struct tvn__wasi_call *call, uint32_t rep, struct tvn__wasi_text path,
    struct tvn__wasi_spot *out, int *error)
{
    struct tvn__wasi_object *dir;
    tvn_err err = tvn__wasi_get_dir(call, rep, &dir, error);

    if (err != TVN_OK || *error != 0) {
        return err;
    }
    *error = dir->u.descriptor.can_write
                 ? tvn__wasi_spot_open(dir, tvn__wasi_text_of(call, path), out)
                 : EROFS;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * one name: self, path */
static int
make_dir(const struct tvn__wasi_spot *spot)
{
    return mkdirat(spot->dir, spot->name, 0777) == 0 ? 0 : errno;
}

static int
remove_dir(const struct tvn__wasi_spot *spot)
{
    return unlinkat(spot->dir, spot->name, AT_REMOVEDIR) == 0 ? 0 : errno;
}

static int
remove_file(const struct tvn__wasi_spot *spot)
{
    struct stat stat;

    if (spot->has_slash) { /* it says directory: never removed by this */
        if (fstatat(spot->dir, spot->name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
            return errno;
        }
        return S_ISDIR(stat.st_mode) ? EISDIR : ENOTDIR;
    }
    return unlinkat(spot->dir, spot->name, 0) == 0 ? 0 : errno;
}

static tvn_err
at_spot(
    struct tvn__wasi_call *call, int (*run)(const struct tvn__wasi_spot *spot))
{
    struct tvn__wasi_spot spot = {0};
    struct tvn__wasi_self_text args;
    int error;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = open_spot(call, args.self, args.text, &spot, &error);
    if (err == TVN_OK) {
        err = tvn__wasi_end(call, error == 0 ? run(&spot) : error);
    }
    tvn__wasi_spot_close(&spot);
    return err;
}

static tvn_err
create_directory_at(struct tvn__wasi_call *call)
{
    return at_spot(call, make_dir);
}

static tvn_err
remove_directory_at(struct tvn__wasi_call *call)
{
    return at_spot(call, remove_dir);
}

static tvn_err
unlink_file_at(struct tvn__wasi_call *call)
{
    return at_spot(call, remove_file);
}

/* ------------------------------------------------------------------------
 * two names */
struct rename_args {
    uint32_t self;
    struct tvn__wasi_text old_path;
    uint32_t other;
    struct tvn__wasi_text new_path;
};
_Static_assert(sizeof(struct rename_args) == 24, "rename-at");

struct link_args {
    uint32_t self;
    uint8_t path_flags;
    uint8_t pad[3];
    struct tvn__wasi_text old_path;
    uint32_t other;
    struct tvn__wasi_text new_path;
};
_Static_assert(sizeof(struct link_args) == 28, "link-at");

/* A path that ends in '/' means a directory. */
static int
rename_spots(const struct tvn__wasi_spot *from, const struct tvn__wasi_spot *to,
    bool is_followed)
{
    struct stat stat;

    (void)is_followed; /* it is the link that gets another name */
    if (from->has_slash || to->has_slash) {
        if (fstatat(from->dir, from->name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
            return errno;
        }
        if (!S_ISDIR(stat.st_mode)) {
            return ENOTDIR;
        }
    }
    return renameat(from->dir, from->name, to->dir, to->name) == 0 ? 0 : errno;
}

/* Only what is a file: a link's name would be a second link, a directory
 * cannot have one. */
static int
link_spots(const struct tvn__wasi_spot *from, const struct tvn__wasi_spot *to,
    bool is_followed)
{
    struct stat stat;

    if (fstatat(from->dir, from->name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno;
    }
    if (is_followed && S_ISLNK(stat.st_mode)) {
        return EINVAL; /* it would be resolved outside of our hands */
    }
    if (!S_ISREG(stat.st_mode)) {
        return EPERM;
    }
    if (from->has_slash) {
        return ENOTDIR;
    }
    if (to->has_slash) {
        return ENOENT;
    }
    return linkat(from->dir, from->name, to->dir, to->name, 0) == 0 ? 0 : errno;
}

/* What is done with one name and another. */
struct two_names {
    uint32_t self;
    struct tvn__wasi_text old_path;
    uint32_t other;
    struct tvn__wasi_text new_path;
    bool is_followed; /* the old one's link */
};

static tvn_err
at_spots(struct tvn__wasi_call *call, const struct two_names *names,
    int (*run)(const struct tvn__wasi_spot *from,
        const struct tvn__wasi_spot *to, bool is_followed))
{
    struct tvn__wasi_spot from = {0};
    struct tvn__wasi_spot to = {0};
    int error;
    tvn_err err = open_spot(call, names->self, names->old_path, &from, &error);

    if (err == TVN_OK && error == 0) {
        err = open_spot(call, names->other, names->new_path, &to, &error);
    }
    if (err == TVN_OK) {
        err = tvn__wasi_end(
            call, error == 0 ? run(&from, &to, names->is_followed) : error);
    }
    tvn__wasi_spot_close(&from);
    tvn__wasi_spot_close(&to);
    return err;
}

static tvn_err
rename_at(struct tvn__wasi_call *call)
{
    struct rename_args args;

    memcpy(&args, call->args, sizeof(args));
    return at_spots(call,
        &(struct two_names){
            args.self, args.old_path, args.other, args.new_path, false},
        rename_spots);
}

static tvn_err
link_at(struct tvn__wasi_call *call)
{
    struct link_args args;

    memcpy(&args, call->args, sizeof(args));
    return at_spots(call,
        &(struct two_names){args.self, args.old_path, args.other, args.new_path,
            (args.path_flags & 1u) != 0},
        link_spots);
}

/* ------------------------------------------------------------------------
 * symbolic links */
struct symlink_args {
    uint32_t self;
    struct tvn__wasi_text old_path;
    struct tvn__wasi_text new_path;
};
_Static_assert(sizeof(struct symlink_args) == 20, "symlink-at");

/* What a link says is resolved when it is followed, beneath again. */
static tvn_err
symlink_at(struct tvn__wasi_call *call)
{
    struct tvn__wasi_spot spot = {0};
    struct symlink_args args;
    char target[TVN__WASI_PATH_MAX];
    int error;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = open_spot(call, args.self, args.new_path, &spot, &error);
    if (err == TVN_OK) {
        if (error == 0) {
            error = spot.has_slash
                        ? ENOENT
                        : tvn__wasi_path(
                              tvn__wasi_text_of(call, args.old_path), target);
        }
        if (error == 0 && symlinkat(target, spot.dir, spot.name) != 0) {
            error = errno;
        }
        err = tvn__wasi_end(call, error);
    }
    tvn__wasi_spot_close(&spot);
    return err;
}

struct result_text {
    uint8_t is_error;
    uint8_t pad[3];
    struct tvn__wasi_text text;
};
_Static_assert(sizeof(struct result_text) == 12, "result<string, ..>");

/* 0 or an errno. */
static int
read_link(const struct tvn__wasi_spot *spot, char target[TVN__WASI_PATH_MAX],
    size_t *len)
{
    ssize_t got;

    if (spot->has_slash) {
        return EINVAL; /* it says directory */
    }
    got = readlinkat(spot->dir, spot->name, target, TVN__WASI_PATH_MAX);
    if (got < 0) {
        return errno;
    }
    *len = (size_t)got;
    if (got == TVN__WASI_PATH_MAX) {
        return ENAMETOOLONG;
    }
    if (got > 0 && target[0] == '/') {
        return EPERM; /* the host's own paths are not shown */
    }
    return tvn_utf8_valid(target, *len, NULL) ? 0 : EILSEQ;
}

static tvn_err
readlink_at(struct tvn__wasi_call *call)
{
    struct result_text out = {0};
    struct tvn__wasi_spot spot = {0};
    struct tvn__wasi_self_text args;
    struct tvn__wasi_object *dir;
    char target[TVN__WASI_PATH_MAX];
    size_t len = 0;
    int error;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get_dir(call, args.self, &dir, &error);
    if (err != TVN_OK) {
        return err;
    }
    if (error == 0) {
        error =
            tvn__wasi_spot_open(dir, tvn__wasi_text_of(call, args.text), &spot);
    }
    if (error == 0) {
        error = read_link(&spot, target, &len);
    }
    tvn__wasi_spot_close(&spot);
    if (error != 0) {
        return tvn__wasi_end(call, error);
    }
    err = tvn__wasi_copy(call, (struct tvn_str){target, len}, &out.text);
    if (err == TVN_OK) {
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return err;
}

#define NAME(n) "wasi:filesystem/types@0.2", "[method]descriptor." n
#define SELF    "func(self: borrow<" TVN__DESCRIPTOR ">"
#define OTHER   ", new-descriptor: borrow<" TVN__DESCRIPTOR ">"
#define TO_NONE ") -> result<_, " TVN__CODE ">"

static const struct tvn__wasi_row rows[] = {
    {NAME("create-directory-at"), SELF ", path: string" TO_NONE,
        create_directory_at, 2, 1},
    {NAME("remove-directory-at"), SELF ", path: string" TO_NONE,
        remove_directory_at, 2, 1},
    {NAME("unlink-file-at"), SELF ", path: string" TO_NONE, unlink_file_at, 2,
        1},
    {NAME("rename-at"),
        SELF ", old-path: string" OTHER ", new-path: string" TO_NONE, rename_at,
        2, 1},
    {NAME("link-at"),
        SELF ", old-path-flags: " TVN__PATH_FLAGS ", old-path: string" OTHER
             ", new-path: string" TO_NONE,
        link_at, 2, 1},
    {NAME("symlink-at"), SELF ", old-path: string, new-path: string" TO_NONE,
        symlink_at, 2, 1},
    {NAME("readlink-at"),
        SELF ", path: string) -> result<string, " TVN__CODE ">", readlink_at,
        12, 4},
};

const struct tvn__wasi_part tvn__wasi_fs_tree = {
    rows, sizeof(rows) / sizeof(rows[0])};
