/* testing_calls.h -- calls of wasi:filesystem that answer with a code.
 *
 * Only for *_test.c of this folder. */
#ifndef TVN_ENGINE_WASI_TESTING_CALLS_H
#define TVN_ENGINE_WASI_TESTING_CALLS_H

#include "engine/wasi/testing_files.h"

/* error-code */
enum {
    BAD_DESCRIPTOR = 3,
    QUOTA = 6,
    EXIST = 7,
    TOO_LARGE = 8,
    ILLEGAL = 9,
    INVALID = 12,
    IS_DIRECTORY = 14,
    LOOP = 15,
    TOO_LONG = 18,
    NO_ENTRY = 20,
    NOT_DIRECTORY = 24,
    NOT_EMPTY = 25,
    NO_SUCH_DEVICE = 29,
    OVERFLOW = 30,
    NOT_PERMITTED = 31,
    READ_ONLY = 33,
    OK = 255, /* of these tests only */
};

enum { FOLLOW = 1 };
enum { CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8 };
enum { READ = 1, WRITE = 2, MUTATE = 32 };

#define D(n) "[method]descriptor." n

/* A code, or OK. */
static inline int
code_at(const uint8_t *result, uint32_t payload)
{
    return result[0] == 0 ? OK : result[payload];
}

static inline int
open_at(const struct tree *tree, uint32_t dir, const char *path,
    unsigned path_flags, unsigned open_flags, unsigned flags, uint32_t *rep)
{
    struct args *args = arg_text(self(dir), 8, path);
    const uint8_t *r;

    arg_u8(args, 4, (uint8_t)path_flags);
    arg_u8(arg_u8(args, 16, (uint8_t)open_flags), 17, (uint8_t)flags);
    r = call(tree->wasi, FILES, D("open-at"), args);
    *rep = r[0] == 0 ? get_u32(r + 4) : 0;
    return code_at(r, 4);
}

/* Opens what must open. */
static inline uint32_t
opened(const struct tree *tree, uint32_t dir, const char *path,
    unsigned open_flags, unsigned flags)
{
    uint32_t rep;

    TVN_ASSERT(open_at(tree, dir, path, 0, open_flags, flags, &rep) == OK);
    return rep;
}

/* self, path: create-directory-at and such */
static inline int
at_path(
    const struct tree *tree, const char *name, uint32_t dir, const char *path)
{
    const uint8_t *r =
        call(tree->wasi, FILES, name, arg_text(self(dir), 4, path));

    return code_at(r, strcmp(name, D("readlink-at")) == 0 ? 4 : 1);
}

/* self, path-flags, path: stat-at and metadata-hash-at */
static inline int
look_at(const struct tree *tree, const char *name, uint32_t dir,
    const char *path, unsigned path_flags)
{
    return code_at(
        call(tree->wasi, FILES, name,
            arg_u8(arg_text(self(dir), 8, path), 4, (uint8_t)path_flags)),
        8);
}

/* which: 0 no change, 1 now, 2 a time */
static inline struct args *
arg_stamp(struct args *args, uint32_t at, uint8_t which, uint64_t seconds,
    uint32_t nanoseconds)
{
    arg_u64(arg_u8(args, at, which), at + 8, seconds);
    return arg_u32(args, at + 16, nanoseconds);
}

static inline int
times_at(const struct tree *tree, uint32_t dir, const char *path,
    unsigned path_flags, uint8_t which, uint64_t seconds)
{
    struct args *args = arg_text(self(dir), 8, path);

    arg_u8(args, 4, (uint8_t)path_flags);
    arg_stamp(arg_stamp(args, 16, which, seconds, 5), 40, which, seconds, 6);
    return code_at(call(tree->wasi, FILES, D("set-times-at"), args), 1);
}

static inline int
rename_at(const struct tree *tree, uint32_t dir, const char *from,
    uint32_t other, const char *to)
{
    struct args *args = arg_text(self(dir), 4, from);

    arg_text(arg_u32(args, 12, other), 16, to);
    return code_at(call(tree->wasi, FILES, D("rename-at"), args), 1);
}

static inline int
link_at(const struct tree *tree, uint32_t dir, unsigned path_flags,
    const char *from, uint32_t other, const char *to)
{
    struct args *args = arg_text(self(dir), 8, from);

    arg_u8(args, 4, (uint8_t)path_flags);
    arg_text(arg_u32(args, 16, other), 20, to);
    return code_at(call(tree->wasi, FILES, D("link-at"), args), 1);
}

static inline int
symlink_at(
    const struct tree *tree, uint32_t dir, const char *target, const char *path)
{
    struct args *args = arg_text(self(dir), 4, target);

    arg_text(args, 12, path);
    return code_at(call(tree->wasi, FILES, D("symlink-at"), args), 1);
}

static inline const uint8_t *
read_at(
    const struct tree *tree, uint32_t file, uint64_t length, uint64_t offset)
{
    return call(tree->wasi, FILES, D("read"),
        arg_u64(self_len(file, length), 16, offset));
}

static inline int
write_at(
    const struct tree *tree, uint32_t file, const char *text, uint64_t offset)
{
    return code_at(call(tree->wasi, FILES, D("write"),
                       arg_u64(arg_text(self(file), 4, text), 16, offset)),
        8);
}

/* A function of a descriptor alone, with or without a u64. */
static inline int
of_file(const struct tree *tree, const char *name, uint32_t file,
    uint64_t value, uint32_t payload)
{
    return code_at(
        call(tree->wasi, FILES, name, self_len(file, value)), payload);
}

#endif
