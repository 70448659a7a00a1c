/* wasmkit.h -- the WIT tools, as C functions, and a limiter for Wasmtime's
 * stores; in the archive with Wasmtime (wasm.h, wasmtime.h) and yyjson
 * (yyjson.h).
 *
 * A function of the tools returns WASMKIT_OK, or why it failed; then `*error` (nullable)
 * is filled and nothing else was written.  A panic inside a tool comes back
 * as WASMKIT_TOOL.  Threads: any; nothing is shared between calls. */
#ifndef WASMKIT_H
#define WASMKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum wasmkit_result {
    WASMKIT_OK = 0,
    WASMKIT_WIT = 1,      /* WIT text that does not parse or resolve */
    WASMKIT_INVALID = 2,  /* bytes that do not validate; see `offset` */
    WASMKIT_TOOL = 3,     /* a tool refused for another reason */
    WASMKIT_NOTFOUND = 4, /* no file or folder at `path` */
    WASMKIT_IO = 5,       /* the system refused to read or write `path` */
};

/* Bytes of the library's own heap. */
struct wasmkit_bytes {
    uint8_t *ptr;
    size_t len;
};

struct wasmkit_error {
    char *text;      /* one line, never NULL once filled */
    char *path;      /* NULL: none */
    char *help;      /* NULL: none */
    uint32_t line;   /* from 1; 0: not known */
    uint32_t column; /* in bytes, from 1; 0: not known */
    uint64_t offset; /* into the input bytes; UINT64_MAX: not known */
};

/* Free what a call gave, not the structs.  NULL and zeroed ones are allowed;
 * what was freed is NULL afterwards. */
void wasmkit_bytes_free(struct wasmkit_bytes *bytes);
void wasmkit_error_free(struct wasmkit_error *error);

/* Checks a core module or a component as a whole. */
int wasmkit_validate(
    const uint8_t *ptr, size_t len, struct wasmkit_error *error);

/* Reads a folder of WIT (with its deps/), one WIT file or one compiled WIT
 * package.  `package`: the same as a binary WIT package.  `places`: where it
 * all stands, a line each, `KEY<TAB>file<TAB>line<TAB>column`, with the keys
 *
 *     shop:flights/events                      an interface or a world
 *     shop:flights/events.departure            a type or a function in it
 *     shop:flights/events.departure.carrier    a field, case, flag, parameter
 *
 * without the package's version; what a `use` brings is listed where it is
 * used, with the place where it is declared.  Fields are separated by tabs: path, file,
 * line, column, doc comment (a carriage return stands for each line break).  An interface that is written
 * inside a world has its bare name for a key, and "ns:pkg/world.name" too.
 * torvyn:stage@0.1.0 is built in unless the folder brings its own. */
int wasmkit_encode_wit(const char *wit_path, struct wasmkit_bytes *package,
    struct wasmkit_bytes *places, struct wasmkit_error *error);

/* The WIT text (UTF-8, no NUL) of a component or binary WIT package. */
int wasmkit_print_wit(const uint8_t *ptr, size_t len,
    struct wasmkit_bytes *out, struct wasmkit_error *error);

/* Writes WORLD.c, WORLD.h and WORLD_component_type.o into `dir`, which is
 * made; files that are so already keep their time.  `world` may be NULL or ""
 * when the package has one. */
int wasmkit_bind_c(const char *wit_path, const char *world, const char *dir,
    struct wasmkit_error *error);

/* A line `MODULE<TAB>NAME` for each import of a core module (UTF-8). */
int wasmkit_imports(const uint8_t *ptr, size_t len, struct wasmkit_bytes *out,
    struct wasmkit_error *error);

/* The core module with the world `world` of the binary WIT package `package`
 * written into it; NULL or "" when the package has one. */
int wasmkit_embed(const uint8_t *core, size_t core_len, const uint8_t *package,
    size_t package_len, const char *world, struct wasmkit_bytes *out,
    struct wasmkit_error *error);

/* Wraps a core module that carries its world (W_component_type.o) into a
 * component; the preview1 reactor adapter goes in when it is imported. */
int wasmkit_componentize(const uint8_t *ptr, size_t len,
    struct wasmkit_bytes *out, struct wasmkit_error *error);

/* The binary form of the text of a module or a component. */
int wasmkit_wat(const char *ptr, size_t len, struct wasmkit_bytes *out,
    struct wasmkit_error *error);

/* What a store may have, and what became of it.  The caller fills in the max
 * fields but refused_max and zeroes the rest. */
struct wasmkit_limit {
    uint64_t memory_max;  /* bytes over all memories of the store together */
    uint64_t memory_now;  /* bytes they have; kept by the store */
    uint64_t refused_max; /* with was_refused: the limit that was hit, this
                           * one or the memory's own maximum; UINT64_MAX: the
                           * system had no memory (what was granted then stays
                           * in memory_now) */
    uint64_t table_max;   /* elements of each table */
    uint32_t memory_count_max; /* read by wasmkit_store_limit only */
    uint32_t table_count_max;  /* the same */
    bool was_refused; /* a memory.grow, or a memory that was to be made; set
                       * by the store, cleared by the caller */
};

struct wasmtime_store;

/* Puts the store under the limit, instead of wasmtime_store_limiter; before
 * anything is instantiated in it.  `limit` stays the caller's: it must not
 * move and must outlive the store, which writes to it whenever guest code or
 * an instantiation makes or grows a memory, on the thread that runs it.  Read
 * and change it on that thread, when no such call runs or inside of a host
 * function. */
void wasmkit_store_limit(
    struct wasmtime_store *store, struct wasmkit_limit *limit);

/* "wasmtime 48.0.8, ...": what the archive is made of.  Never NULL. */
const char *wasmkit_version(void);

#ifdef __cplusplus
}
#endif

#endif
