/* reader.h -- a cursor over a component's bytes that remembers its first
 * error.
 *
 * After an error every read gives 0 and moves nothing, so that a decoder may
 * read a whole item and check once.  The error has been reported by then,
 * with the byte it is about.
 *
 * Threads: none. */
#ifndef TVN_COMPONENT_READER_H
#define TVN_COMPONENT_READER_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "value/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits of wasm-tools' validator, or nearly. */
#define TVN__NAME_MAX   100000u
#define TVN__DEPTH_MAX  100u     /* components and their types, nested */
#define TVN__ITEMS_MAX  1000000u /* definitions, written out */
#define TVN__PARAMS_MAX 1000u

struct tvn__decoder {
    const uint8_t *bytes;
    size_t at;
    size_t end;       /* of the section being read */
    const char *name; /* the file, for diagnostics */
    struct tvn_types *types;
    struct tvn_arena *arena;
    struct tvn_diag *diag;
    tvn_err err;    /* the first one */
    uint32_t depth; /* of nested components and types */
    uint32_t items; /* made so far, of TVN__ITEMS_MAX */
    bool is_wit;    /* a package: its names are copied, since the bytes do not
                  * outlive it, and resources are refused */
};

/* An array in the arena that grows. */
struct tvn__vec {
    void *items;
    uint32_t count;
    uint32_t cap;
};

static inline bool
tvn__ok(const struct tvn__decoder *d)
{
    return d->err == TVN_OK;
}

uint8_t tvn__u8(struct tvn__decoder *d);
uint8_t tvn__peek(struct tvn__decoder *d); /* 0 at the end, no error */
uint32_t tvn__u32(struct tvn__decoder *d); /* LEB128 */

/* A type index where a negative number would be a primitive type. */
uint32_t tvn__index33(struct tvn__decoder *d);
void tvn__skip(struct tvn__decoder *d, size_t len);

/* The count of a vector whose items take `size_min` bytes or more each:
 * never more than the bytes left can hold. */
uint32_t tvn__count(struct tvn__decoder *d, size_t size_min);

/* UTF-8, checked; borrowed from the bytes or from the arena. */
struct tvn_str tvn__name(struct tvn__decoder *d);

/* The name of an import or export, with its attributes: a version suffix is
 * added, an external id skipped, `implements` refused. */
struct tvn_str tvn__extern_name(struct tvn__decoder *d);

/* Reports (the first error only).  `at` is the byte it is about. */
void tvn__malformed(struct tvn__decoder *d, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void tvn__unsupported(struct tvn__decoder *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void tvn__limit(struct tvn__decoder *d, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void tvn__no_memory(struct tvn__decoder *d);

/* `err` of tvn_type_*: what it says is wrong with the type at `at`. */
void tvn__type_error(struct tvn__decoder *d, size_t at, tvn_err err);

/* Control characters become '?': a hostile name must not steer a terminal. */
void tvn__clean(char *text);

/* `name` for a message: cut when long, without control characters. */
const char *tvn__quote(struct tvn__decoder *d, struct tvn_str name);

/* Memory of the arena; NULL after an error. */
void *tvn__new(struct tvn__decoder *d, size_t count, size_t size);
void *tvn__vec_add(struct tvn__decoder *d, struct tvn__vec *vec, size_t size);

/* Counts `count` more items; false (and the error) above TVN__ITEMS_MAX: a
 * few bytes may name an instance of many items many times. */
bool tvn__spend(struct tvn__decoder *d, uint32_t count);

/* One level deeper; false (and the error) below TVN__DEPTH_MAX.  Leave with
 * d->depth--, after true only. */
bool tvn__enter(struct tvn__decoder *d);

#endif
