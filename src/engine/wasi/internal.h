/* internal.h -- what the files of this folder share.
 *
 * A function of WASI is a row: its names, its type as text, where its result
 * has its parts, and the C function behind it.  The engine compares the text
 * with the import's type, so the layouts of arguments and results are known:
 * they are the structs beside each function.
 *
 * Whatever fails with the specification's error-code is an errno in here;
 * only tvn__wasi_end turns it into the code. */
#ifndef TVN_ENGINE_WASI_INTERNAL_H
#define TVN_ENGINE_WASI_INTERNAL_H

#include "engine/wasi/wasi.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#define TVN__WASI_OBJECTS_MAX 256u
#define TVN__WASI_IO_MAX      65536u     /* bytes that one call moves */
#define TVN__WASI_FLUSH_MAX   4096u      /* ... of blocking-write-and-flush */
#define TVN__WASI_RANDOM_MAX  (1u << 20) /* random bytes of one call */
#define TVN__WASI_POLL_MAX    4096u      /* pollables of one call */
#define TVN__WASI_PATH_MAX    4096u      /* bytes of a path */
#define TVN__WASI_NAME_MAX    255u       /* bytes of its last component */
#define TVN__WASI_OFFSET_MAX  ((uint64_t)INT64_MAX) /* of a file */

/* ---- Objects: what a resource's representation stands for. ---- */
enum tvn__wasi_kind {
    TVN__WASI_FREE,
    TVN__WASI_ERROR,
    TVN__WASI_POLLABLE,
    TVN__WASI_INPUT,
    TVN__WASI_OUTPUT,
    TVN__WASI_TERMINAL_IN,
    TVN__WASI_TERMINAL_OUT,
    TVN__WASI_DESCRIPTOR,
    TVN__WASI_ENTRIES,
};

enum tvn__wasi_event {
    TVN__WASI_READY, /* always */
    TVN__WASI_TIMER, /* from a point in time on */
    TVN__WASI_STDIO, /* when the process's stdin, stdout or stderr is */
};

enum tvn__wasi_source {
    TVN__WASI_CLOSED,
    TVN__WASI_PROCESS,  /* stdin, stdout or stderr */
    TVN__WASI_CALLBACK, /* in place of these */
    TVN__WASI_FILE,     /* the object's own fd */
};

/* Bits of descriptor-flags. */
enum {
    TVN__WASI_READ = 1u << 0,
    TVN__WASI_WRITE = 1u << 1,
    TVN__WASI_FILE_SYNC = 1u << 2,
    TVN__WASI_DATA_SYNC = 1u << 3,
    TVN__WASI_READ_SYNC = 1u << 4,
    TVN__WASI_MUTATE = 1u << 5,
};

struct tvn__wasi_object {
    enum tvn__wasi_kind kind;
    uint32_t generation; /* of the slot: what was dropped stays dropped */
    int fd;              /* its own, closed with it; -1: none */
    union {
        int error; /* ERROR: an errno */
        struct {
            enum tvn__wasi_event event;
            int stdio; /* 0, 1, 2 */
            uint64_t deadline_ns;
        } pollable;
        struct {
            enum tvn__wasi_source source;
            int stdio;
            uint64_t offset; /* FILE: of the next byte */
            bool is_append;
        } stream;
        struct {
            bool is_dir;
            bool can_write; /* its directory's right */
            uint8_t flags;  /* as it was opened */
        } descriptor;
        DIR *entries;
    } u;
};

struct tvn__wasi_call;

struct tvn__wasi_row {
    const char *interface; /* its track: "wasi:io/poll@0.2" */
    const char *name;
    const char *signature;
    tvn_err (*run)(struct tvn__wasi_call *call);
    uint16_t size;    /* of the result; 0: none */
    uint16_t payload; /* of a result<..> or option<..>: where it is */
};

struct tvn__wasi_part {
    const struct tvn__wasi_row *rows;
    uint32_t count;
};

extern const struct tvn__wasi_part tvn__wasi_cli, tvn__wasi_poll,
    tvn__wasi_input, tvn__wasi_output, tvn__wasi_clocks, tvn__wasi_random,
    tvn__wasi_fs_open, tvn__wasi_fs_io, tvn__wasi_fs_meta, tvn__wasi_fs_tree;

/* What a host function's env points to. */
struct tvn__wasi_bound {
    struct tvn_wasi *wasi;
    const struct tvn__wasi_row *row;
};
struct tvn__wasi_dropper {
    struct tvn_wasi *wasi;
    enum tvn__wasi_kind kind;
};

#define TVN__WASI_RESOURCES 8u

struct tvn_wasi {
    struct tvn_wasi_opts opts;
    struct tvn__wasi_object objects[TVN__WASI_OBJECTS_MAX];
    uint32_t object_count;
    int *dirs; /* opened, as many as opts.dirs; -1: not */
    bool has_exited;
    int status;
    uint64_t secrets[2]; /* of metadata-hash */

    uint8_t *answer; /* the result under construction: root at 0 */
    uint32_t answer_size;
    uint32_t answer_cap;

    uint32_t func_count;
    struct tvn__wasi_bound *bound;
    struct tvn_host_func *funcs;
    struct tvn__wasi_dropper droppers[TVN__WASI_RESOURCES];
    struct tvn_host_resource resources[TVN__WASI_RESOURCES];
};

struct tvn__wasi_call {
    struct tvn_wasi *wasi;
    const struct tvn__wasi_row *row;
    const uint8_t *args; /* root of the parameters' tuple */
    struct tvn_diag *diag;
};

/* ------------------------------------------------------------------------
 * Arguments and results. */

/* A string or a list. */
struct tvn__wasi_text {
    uint32_t at; /* from the root */
    uint32_t len;
};
_Static_assert(sizeof(struct tvn__wasi_text) == 8, "string, list");

struct tvn__wasi_datetime {
    uint64_t seconds;
    uint32_t nanoseconds;
    uint32_t pad;
};
_Static_assert(sizeof(struct tvn__wasi_datetime) == 16, "datetime");

/* The parameters of a method: alone, and with a length. */
struct tvn__wasi_self {
    uint32_t self;
};
struct tvn__wasi_self_len {
    uint32_t self;
    uint32_t pad;
    uint64_t len;
};
_Static_assert(sizeof(struct tvn__wasi_self_len) == 16, "self, u64");
struct tvn__wasi_self_text {
    uint32_t self;
    struct tvn__wasi_text text;
};
_Static_assert(sizeof(struct tvn__wasi_self_text) == 12, "self, string");

struct tvn_str tvn__wasi_text_of(
    const struct tvn__wasi_call *call, struct tvn__wasi_text text);

/* Zeroed bytes behind the result's root; `*at` is 0 for none.  TVN_ENOMEM,
 * said in the diag.  Pointers into the answer do not survive. */
tvn_err tvn__wasi_more(
    struct tvn__wasi_call *call, uint64_t size, uint32_t align, uint32_t *at);
/* A copy of the text behind the root. */
tvn_err tvn__wasi_copy(struct tvn__wasi_call *call, struct tvn_str text,
    struct tvn__wasi_text *out);
/* The root; of the row's size. */
void tvn__wasi_put(struct tvn__wasi_call *call, const void *root, size_t size);

/* TVN_ETRAP, with the interface's name before the text. */
tvn_err tvn__wasi_trap(struct tvn__wasi_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* TVN_OK when all of the row's interface is granted, else a trap. */
tvn_err tvn__wasi_need(struct tvn__wasi_call *call);
bool tvn__wasi_is_granted(const struct tvn_wasi *wasi, unsigned grant);

/* Ends a function with result<.., error-code>: error(code) for an errno, for
 * 0 whatever was put (ok, if nothing). */
tvn_err tvn__wasi_end(struct tvn__wasi_call *call, int error);
uint8_t tvn__wasi_code(int error);
const char *tvn__wasi_code_name(uint8_t code);

/* ---- Objects. ---- */

/* A trap when there is no such object of that kind. */
tvn_err tvn__wasi_get(struct tvn__wasi_call *call, uint32_t rep,
    enum tvn__wasi_kind kind, struct tvn__wasi_object **out);
/* The same for the handle that the arguments begin with. */
tvn_err tvn__wasi_get_self(struct tvn__wasi_call *call,
    enum tvn__wasi_kind kind, struct tvn__wasi_object **out);
/* NULL when there are too many.  It has no fd. */
struct tvn__wasi_object *tvn__wasi_object_new(
    struct tvn_wasi *wasi, enum tvn__wasi_kind kind, uint32_t *rep);
/* The same for a function that has no error for it: traps. */
tvn_err tvn__wasi_make(struct tvn__wasi_call *call, enum tvn__wasi_kind kind,
    struct tvn__wasi_object **out, uint32_t *rep);
/* Ends a function with result<own<..>, error-code>: the new object, or an
 * errno, and then it is dropped. */
tvn_err tvn__wasi_end_new(struct tvn__wasi_call *call, uint32_t rep,
    enum tvn__wasi_kind kind, int error);
/* Does nothing when there is no such object. */
void tvn__wasi_drop(
    struct tvn_wasi *wasi, uint32_t rep, enum tvn__wasi_kind kind);
void tvn__wasi_drop_all(struct tvn_wasi *wasi);

/* ---- Streams and waiting. ---- */
enum tvn__wasi_outcome {
    TVN__WASI_MOVED,
    TVN__WASI_AT_END, /* closed */
    TVN__WASI_FAILED, /* errno says why */
    TVN__WASI_LATE,   /* waited too long: a trap */
};
/* Reads at most `*len` bytes; may be none unless it blocks. */
enum tvn__wasi_outcome tvn__wasi_read(struct tvn_wasi *wasi,
    struct tvn__wasi_object *stream, uint8_t *bytes, uint32_t *len,
    bool is_blocking);
/* Ends a stream's function that did not move anything: closes the stream and
 * answers with the stream-error, or traps. */
tvn_err tvn__wasi_stream_end(struct tvn__wasi_call *call,
    struct tvn__wasi_object *stream, enum tvn__wasi_outcome outcome);
/* A pollable of a stream as the result. */
tvn_err tvn__wasi_subscribe(
    struct tvn__wasi_call *call, const struct tvn__wasi_object *stream);

uint64_t tvn__wasi_now(const struct tvn_wasi *wasi);
/* Waits until stdin can be read, stdout or stderr written; false after
 * `max_ns`. */
bool tvn__wasi_wait_stdio(int stdio, uint64_t max_ns);

/* ------------------------------------------------------------------------
 * The kernel, where POSIX has no word for it. */

/* Never leaves `dir`.  EPERM is what would; -1 and errno. */
int tvn__wasi_open_beneath(int dir, const char *path, int flags, mode_t mode);
/* Flags of an open that only names the object. */
int tvn__wasi_path_only(void);
/* The times of what an fd names, even when it only names it. */
int tvn__wasi_set_times(int fd, const struct timespec times[2]);
ssize_t tvn__wasi_append(int fd, const void *bytes, size_t len);
/* False: the kernel has none. */
bool tvn__wasi_random_bytes(void *bytes, size_t len);

/* ------------------------------------------------------------------------
 * Files. */

/* As tvn__wasi_get, and ENOTDIR for one that is no directory: *error. */
tvn_err tvn__wasi_get_dir(struct tvn__wasi_call *call, uint32_t rep,
    struct tvn__wasi_object **out, int *error);

/* The path as a C string, 0 or an errno: absolute, empty, too long, NUL. */
int tvn__wasi_path(struct tvn_str text, char path[TVN__WASI_PATH_MAX]);

/* An fd that only names what is at `path`; -1 and errno. */
int tvn__wasi_name(
    const struct tvn__wasi_object *dir, struct tvn_str path, bool is_followed);

/* Where a name is made or removed: the directory, opened, and the name. */
struct tvn__wasi_spot {
    int dir;
    bool is_owned;  /* `dir` is to be closed */
    bool has_slash; /* the path ends in '/': it means a directory */
    char name[TVN__WASI_NAME_MAX + 1];
};
/* 0 or an errno.  The name is neither "." nor "..", nor has it a '/': the
 * kernel resolves nothing of it. */
int tvn__wasi_spot_open(const struct tvn__wasi_object *dir, struct tvn_str path,
    struct tvn__wasi_spot *out);
void tvn__wasi_spot_close(struct tvn__wasi_spot *spot);

/* descriptor-type */
enum { TVN__WASI_TYPE_DIR = 3, TVN__WASI_TYPE_FILE = 6 };
uint8_t tvn__wasi_type_of(mode_t mode);

#endif
