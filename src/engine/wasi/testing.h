/* testing.h -- calls of WASI's functions by name, with arguments made by hand.
 *
 * Only for *_test.c of this folder. */
#ifndef TVN_ENGINE_WASI_TESTING_H
#define TVN_ENGINE_WASI_TESTING_H

#include "engine/wasi/wasi.h"

#include "base/assert.h"
#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENVIRONMENT "wasi:cli/environment@0.2"
#define ERRORS      "wasi:io/error@0.2"
#define POLL        "wasi:io/poll@0.2"
#define STREAMS     "wasi:io/streams@0.2"
#define MONOTONIC   "wasi:clocks/monotonic-clock@0.2"
#define WALL        "wasi:clocks/wall-clock@0.2"
#define FILES       "wasi:filesystem/types@0.2"
#define PREOPENS    "wasi:filesystem/preopens@0.2"

#define DENIED 0u
#define ALL    ((1u << TVN_WASI_GRANTS) - 1)

/* The tuple of the parameters, and behind 256 bytes what it points to. */
struct args {
    uint32_t cap;
    uint32_t end;
    _Alignas(8) uint8_t data[];
};

static inline struct args *
args_new_for(uint32_t more)
{
    uint32_t cap = 256 + more;
    struct args *args = tvn_mem_new(1, sizeof(*args) + cap);

    TVN_ASSERT(args != NULL);
    args->cap = cap;
    args->end = 256;
    return args;
}

static inline void
args_free(struct args *args)
{
    if (args != NULL) {
        tvn_mem_free(args, 1, sizeof(*args) + args->cap);
    }
}

static inline struct args *
args_new(void)
{
    return args_new_for(6000);
}

static inline struct args *
arg_u8(struct args *args, uint32_t at, uint8_t value)
{
    args->data[at] = value;
    return args;
}

static inline struct args *
arg_u32(struct args *args, uint32_t at, uint32_t value)
{
    memcpy(args->data + at, &value, sizeof(value));
    return args;
}

static inline struct args *
arg_u64(struct args *args, uint32_t at, uint64_t value)
{
    memcpy(args->data + at, &value, sizeof(value));
    return args;
}

static inline struct args *
arg_bytes(struct args *args, uint32_t at, const void *bytes, size_t len)
{
    TVN_ASSERT(args->end + len <= args->cap);

    arg_u32(args, at, len == 0 ? 0 : args->end);
    arg_u32(args, at + 4, (uint32_t)len);
    memcpy(args->data + args->end, bytes, len);
    args->end = (args->end + (uint32_t)len + 7) / 8 * 8;
    return args;
}

static inline struct args *
arg_text(struct args *args, uint32_t at, const char *text)
{
    return arg_bytes(args, at, text, strlen(text));
}

static inline struct args *
self(uint32_t rep)
{
    return arg_u32(args_new(), 0, rep);
}

static inline struct args *
self_len(uint32_t rep, uint64_t len)
{
    return arg_u64(self(rep), 8, len);
}

static inline const struct tvn_host_func *
find_func(struct tvn_wasi *wasi, const char *interface, const char *name)
{
    uint32_t count;
    const struct tvn_host_func *funcs = tvn_wasi_funcs(wasi, &count);

    for (uint32_t i = 0; i < count; i++) {
        if (tvn_str_is(funcs[i].interface, interface) &&
            tvn_str_is(funcs[i].name, name)) {
            return &funcs[i];
        }
    }
    fprintf(stderr, "%s %s\n", interface, name);
    TVN_ASSERT(false);
    return NULL;
}

/* Calls and frees the arguments (nullable). */
static inline tvn_err
try_call(struct tvn_wasi *wasi, const char *interface, const char *name,
    struct args *args, const uint8_t **result, struct tvn_diag *diag)
{
    const struct tvn_host_func *func = find_func(wasi, interface, name);
    uint32_t root = 0;
    tvn_err err;

    *result = NULL;
    err = func->call(
        func->env, args == NULL ? NULL : args->data, result, &root, diag);
    TVN_ASSERT(root == 0);
    args_free(args);
    return err;
}

static inline const uint8_t *
call(struct tvn_wasi *wasi, const char *interface, const char *name,
    struct args *args)
{
    const uint8_t *result;
    struct tvn_diag diag = {0};
    tvn_err err = try_call(wasi, interface, name, args, &result, &diag);

    if (err != TVN_OK) {
        fprintf(stderr, "%s: %s\n", name, diag.first->text);
    }
    TVN_ASSERT(err == TVN_OK);
    tvn_diag_fini(&diag);
    return result;
}

static inline void
call_traps(struct tvn_wasi *wasi, const char *interface, const char *name,
    struct args *args, const char *text)
{
    const uint8_t *result;
    struct tvn_diag diag = {0};

    TVN_ASSERT(
        try_call(wasi, interface, name, args, &result, &diag) == TVN_ETRAP);
    if (strstr(diag.first->text, text) == NULL) {
        fprintf(
            stderr, "%s: \"%s\", not \"%s\"\n", name, diag.first->text, text);
        TVN_ASSERT(false);
    }
    tvn_diag_fini(&diag);
}

static inline uint32_t
get_u32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint64_t
get_u64(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

/* The string or list at `at`. */
static inline struct tvn_str
get_text(const uint8_t *result, uint32_t at)
{
    return (struct tvn_str){
        (const char *)result + get_u32(result + at), get_u32(result + at + 4)};
}

static inline void
drop(struct tvn_wasi *wasi, const char *name, uint32_t rep)
{
    uint32_t count;
    const struct tvn_host_resource *list = tvn_wasi_resources(wasi, &count);

    for (uint32_t i = 0; i < count; i++) {
        if (tvn_str_is(list[i].name, name)) {
            list[i].drop(list[i].env, rep);
            return;
        }
    }
    TVN_ASSERT(false);
}

static inline struct tvn_wasi *
wasi_new(const struct tvn_wasi_opts *opts)
{
    struct tvn_wasi *wasi;
    struct tvn_diag diag = {0};
    tvn_err err = tvn_wasi_new(opts, &wasi, &diag);

    if (err != TVN_OK) {
        fprintf(stderr, "%s\n", diag.first->text);
    }
    TVN_ASSERT(err == TVN_OK);
    return wasi;
}

static inline uint32_t
open_fds(void)
{
    uint32_t count = 0;

    for (int fd = 0; fd < 1024; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

#endif
