/* component.h -- run WebAssembly components from C.
 *
 *     tvc_engine      one a process: the compiler and its cache
 *     tvc_component   a component loaded: checked, decoded, compiled
 *     tvc_instance    one of it that runs: its memory, its handles
 *
 *     tvc_call(instance, "add", "[2, 3]", &result, &error);     result: "5"
 *
 * Values are JSON: the arguments an array, the result a value.
 *
 *     bool, string, char     true, "text", "c"
 *     s8 .. u64, f32, f64    numbers, exact; NaN and infinity are errors
 *     list, tuple            an array; list<u8>: a string, base64
 *     record                 {"name": "x", "dep-delay": 3}, names as in WIT
 *     enum, flags            "case"; ["label", "label"]
 *     variant                {"case": payload}; "case" without a payload
 *     option, result         null or the value; {"ok": v}, {"err": v}
 *     own, borrow            a number: what the resource's maker knows it by
 *
 * What the library hands out as JSON is on one line, without white space.
 *
 * Names.  A function of an interface is "interface#name", one of the component
 * itself "name": "docs:adder/add@0.1.0#add", "greet".  The interface's version
 * may be left out, or be another of its track (0.2.0 for 0.2.6).  Methods have
 * the names that the component model gives them: "[method]counter.next".
 *
 * Errors.  What can fail returns 0 or a number that never changes its meaning
 * (below; all are in docs/reference/errors.md) and fills `error`, which may be
 * NULL; outputs are written on success only.
 *
 * Threads.  An engine and a component may be used by any threads at once; an
 * instance by one at a time.  Everything is freed in the reverse order of its
 * making: a component after its instances, an engine after its components
 * (checked: the process aborts).
 *
 * Includes nothing of Torvyn's; C11 and later, C++11 and later. */
#ifndef TORVYN_COMPONENT_H
#define TORVYN_COMPONENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tvc_engine;
struct tvc_component;
struct tvc_instance;

/* ------------------------------------------------------------------------
 * Errors. */
enum tvc_code {
    TVC_OK = 0,
    TVC_NOMEM = 1,         /* the process has no memory left */
    TVC_INVAL = 2,         /* no such function; the instance is in a call */
    TVC_IO = 3,            /* a file cannot be read */
    TVC_LIMIT = 6,         /* a size or count above a documented bound */
    TVC_NOTFOUND = 7,      /* no such file */
    TVC_INVALID = 301,     /* bytes that do not validate */
    TVC_TEXT = 302,        /* a component's text does not parse */
    TVC_MALFORMED = 330,   /* no component; an import that nobody gives */
    TVC_UNSUPPORTED = 331, /* a part of the component model not run here */
    TVC_TRAP = 401,        /* the guest trapped, or a host function failed */
    TVC_DEADLINE = 402,    /* it ran longer than its deadline */
    TVC_MEMORY = 403,      /* it asked for more memory than its limit */
    TVC_ABI = 404,         /* it handed over bytes that are no value */
    TVC_TOOBIG = 501,      /* a value larger than value_max */
    TVC_JSON = 510,        /* arguments that are no JSON */
    TVC_JSON_TYPE = 511,   /* ... no values of the parameters' types */
    TVC_JSON_RANGE = 512,  /* a number outside its type; NaN, infinity */
    TVC_UTF8 = 513,        /* text that is not UTF-8 */
    TVC_JSON_FIELD = 514   /* a key missing, unknown or twice */
};

#define TVC_ERROR_MAX 2048

struct tvc_error {
    int code;
    /* "greet.wasm: error[E0401]: greet: unreachable was executed", further
     * lines with notes (a trap's frames) and help; cut when it is longer. */
    char text[TVC_ERROR_MAX];
};

/* "torvyn 0.1.0"; lives as long as the process. */
const char *tvc_version(void);

/* ------------------------------------------------------------------------
 * Engines.  `cache_dir` (NULL: none) keeps what was compiled for the next
 * process; it is made when it is missing, and trusted.  TVC_IO, TVC_NOMEM. */
int tvc_engine_new(
    const char *cache_dir, struct tvc_engine **out, struct tvc_error *error);
void tvc_engine_free(struct tvc_engine *engine); /* NULL: does nothing */

/* ------------------------------------------------------------------------
 * Components.  `bytes` (copied) are a component in its binary or its text
 * form; `name` stands in errors.  They may come from anywhere: the reference
 * validator reads them before anything else does.  TVC_TEXT, TVC_INVALID,
 * TVC_MALFORMED, TVC_UNSUPPORTED (by name), TVC_LIMIT, TVC_NOMEM. */
int tvc_component_new(struct tvc_engine *engine, const void *bytes, size_t len,
    const char *name, struct tvc_component **out, struct tvc_error *error);

/* The same from a file of at most TVC_FILE_MAX bytes.  TVC_NOTFOUND, TVC_IO. */
#define TVC_FILE_MAX ((size_t)1 << 28)
int tvc_component_load(struct tvc_engine *engine, const char *path,
    struct tvc_component **out, struct tvc_error *error);
void tvc_component_free(struct tvc_component *component);

enum tvc_kind {
    TVC_FUNC,
    TVC_RESOURCE,
    TVC_TYPE, /* a named type of values */
    TVC_OTHER /* what can be neither given nor called */
};

/* An import or export; texts live as long as the component. */
struct tvc_item {
    enum tvc_kind kind;
    const char *interface; /* "docs:adder/add@0.1.0"; "": the component's own */
    const char *name;      /* "add" */
    const char *signature; /* "func(a: u32, b: u32) -> u32"; "resource";
                            * TYPE: the type */
};

/* In the order of the component; NULL from the end on. */
const struct tvc_item *tvc_component_import(
    const struct tvc_component *component, size_t index);
const struct tvc_item *tvc_component_export(
    const struct tvc_component *component, size_t index);

/* ------------------------------------------------------------------------
 * What a host gives.
 *
 * A function gets its arguments as a JSON array, borrowed for the call, and
 * answers with tvc_reply (unless it has no result) and 0.  Anything else than
 * 0, no answer, or one that is no value of the result's type makes the guest
 * trap; the text of tvc_reply_error is then part of the error.  It runs on
 * the thread of the call and may neither call nor free the instance. */
struct tvc_reply;

struct tvc_func {
    const char *interface; /* NULL or "": the component's own */
    const char *name;
    int (*call)(void *env, const char *args, struct tvc_reply *reply);
    void *env;
};

/* JSON as printf makes it: tvc_reply(reply, "%d", 5).  Text from elsewhere is
 * quoted by tvc_reply_string. */
void tvc_reply(struct tvc_reply *reply, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* A string result, UTF-8. */
void tvc_reply_string(struct tvc_reply *reply, const char *text, size_t len);
void tvc_reply_error(struct tvc_reply *reply, const char *text);

/* A resource type.  Its functions ("[constructor]blob", "[method]blob.size")
 * are functions as above; a handle is the number that the host gave out for
 * it.  An own among the arguments is the host's from then on, a borrow until
 * the function returns. */
struct tvc_resource {
    const char *interface;
    const char *name;
    /* The guest has dropped what it owned, or its instance is freed. */
    void (*drop)(void *env, uint32_t rep);
    void *env;
};

/* WASI 0.2: clocks, random, streams, files, environment, exit.  The functions
 * are there without being granted, and find nothing then: no variables, closed
 * streams, no directories; ungranted clocks and random numbers trap. */
enum tvc_wasi_grant {
    TVC_WASI_ENVIRONMENT = 1 << 0, /* args and vars */
    TVC_WASI_STDIN = 1 << 1,       /* the process's own */
    TVC_WASI_STDOUT = 1 << 2,      /* SIGPIPE must be ignored */
    TVC_WASI_STDERR = 1 << 3,
    TVC_WASI_CLOCK = 1 << 4,
    TVC_WASI_RANDOM = 1 << 5,
    TVC_WASI_FILESYSTEM = 1 << 6 /* dirs */
};

struct tvc_wasi_var {
    const char *name;
    const char *value;
};

struct tvc_wasi_dir {
    const char *host_path;
    const char *guest_path;
    bool can_write;
};

/* ------------------------------------------------------------------------
 * Instances. */
struct tvc_instance_opts {
    /* What the component imports; what it does not is ignored. */
    const struct tvc_func *funcs;
    size_t func_count;
    const struct tvc_resource *resources;
    size_t resource_count;

    uint64_t memory_max;  /* bytes over all its memories; 0: 256 MiB */
    uint64_t deadline_ms; /* of each call, and of being made; 0: none */
    uint32_t value_max;   /* bytes of one value; 0: 64 MiB, at most 1 GiB */

    unsigned wasi_grants; /* TVC_WASI_* */
    const char *const *wasi_args;
    size_t wasi_arg_count;
    const struct tvc_wasi_var *wasi_vars;
    size_t wasi_var_count;
    const struct tvc_wasi_dir *wasi_dirs;
    size_t wasi_dir_count;
};

/* All zero: no imports but WASI without a grant, the limits above. */
struct tvc_instance_opts tvc_instance_defaults(void);

/* `opts` may be NULL (the defaults); all it points to is copied.  `env`s live
 * as long as the instance.  TVC_MALFORMED (an import that nobody gives, by
 * name), TVC_TRAP, TVC_DEADLINE, TVC_MEMORY, TVC_NOTFOUND and TVC_IO (a
 * directory), TVC_INVAL (value_max), TVC_NOMEM. */
int tvc_instance_new(struct tvc_component *component,
    const struct tvc_instance_opts *opts, struct tvc_instance **out,
    struct tvc_error *error);
void tvc_instance_free(struct tvc_instance *instance);

/* Calls an export.  `args` NULL is "[]"; `*result` (may be NULL) is borrowed
 * until the next call of the instance, and "null" for a function without one.
 *
 *     TVC_INVAL, TVC_JSON ... TVC_JSON_FIELD   nothing was called
 *     TVC_JSON_RANGE                   also: the result has a NaN; it is lost
 *     TVC_TRAP, TVC_DEADLINE, TVC_MEMORY, TVC_ABI, TVC_TOOBIG, TVC_NOMEM
 *
 * After one of the last line the instance may be dead; then every call is
 * TVC_TRAP at once: free it and make another. */
int tvc_call(struct tvc_instance *instance, const char *func, const char *args,
    const char **result, struct tvc_error *error);

/* Ends a resource that the guest made and has handed out as an own (its
 * number was in a result), as WIT's drop does: its destructor runs.  After it
 * the number means nothing.  `resource` is a name as a function's.  TVC_INVAL
 * and the errors of a call. */
int tvc_drop(struct tvc_instance *instance, const char *resource, uint32_t rep,
    struct tvc_error *error);

bool tvc_instance_is_dead(const struct tvc_instance *instance);

/* True when the guest has called WASI's exit: the call was a TVC_TRAP then. */
bool tvc_instance_has_exited(const struct tvc_instance *instance, int *status);

/* Bytes of its memories now. */
uint64_t tvc_instance_memory(struct tvc_instance *instance);

#ifdef __cplusplus
}
#endif

#endif
