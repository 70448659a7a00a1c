/* type.h -- WIT value types, interned, with their canonical layout.
 *
 * Equal structure = equal pointer: names of types do not matter, names of
 * fields, cases and labels do.  Size, alignment and flattening are those of
 * the Canonical ABI (wasm32), computed once when a type is made.
 *
 * option<T> is kept as the cases none, some(T); result<T, E> as ok(T),
 * error(E): whoever walks variants walks them too.
 *
 * Threads: a table belongs to one thread while types are being added; the
 * types themselves are immutable and may be read by any. */
#ifndef TVN_VALUE_TYPE_H
#define TVN_VALUE_TYPE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/own.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum tvn_kind {
    TVN_KIND_BOOL,
    TVN_KIND_S8,
    TVN_KIND_U8,
    TVN_KIND_S16,
    TVN_KIND_U16,
    TVN_KIND_S32,
    TVN_KIND_U32,
    TVN_KIND_S64,
    TVN_KIND_U64,
    TVN_KIND_F32,
    TVN_KIND_F64,
    TVN_KIND_CHAR,
    TVN_KIND_STRING,
    TVN_KIND_LIST,
    TVN_KIND_RECORD,
    TVN_KIND_TUPLE,
    TVN_KIND_VARIANT,
    TVN_KIND_ENUM,
    TVN_KIND_FLAGS,
    TVN_KIND_OPTION,
    TVN_KIND_RESULT,
    TVN_KIND_OWN,    /* handles of a resource; in images: its */
    TVN_KIND_BORROW, /* representation */
};
#define TVN_KIND_COUNT (TVN_KIND_BORROW + 1)

/* A core Wasm value type. */
enum tvn_core { TVN_CORE_I32, TVN_CORE_I64, TVN_CORE_F32, TVN_CORE_F64 };

struct tvn_type;

/* A resource type.  Each is its own: equal names mean nothing, equal pointers
 * do. */
struct tvn_resource {
    struct tvn_str name; /* "wasi:io/streams.input-stream" */
    uint32_t id;         /* counts the resources of its table, from 0 */
    uint32_t index;      /* for who made it: the number in its program */
};

/* A record's field, a tuple's element, a case, a flag's label. */
struct tvn_member {
    struct tvn_str name;         /* empty for tuple elements */
    const struct tvn_type *type; /* NULL: a case without payload, a label */
    uint32_t offset;             /* field: bytes from the start of the value;
                                  * case: the payload's; label: 0 */
};

/* Limits; beyond them a type is refused with TVN_ELIMIT. */
#define TVN_TYPE_SIZE_MAX    (1u << 28) /* Canonical ABI: below 2^28 bytes */
#define TVN_TYPE_DEPTH_MAX   100u
#define TVN_TYPE_MEMBERS_MAX 65536u
#define TVN_TYPE_FLAT_MAX    4096u    /* flat_count stops counting there */
#define TVN_TYPE_NODES_MAX   1000000u /* written out as a tree: no type bombs */
#define TVN_FLAGS_MAX        32u

struct tvn_type {
    enum tvn_kind kind;
    uint32_t size;          /* bytes in memory, a multiple of align */
    uint32_t align;         /* 1, 2, 4 or 8 */
    uint32_t depth;         /* 1 for a scalar */
    uint32_t nodes;         /* of the type written out as a tree */
    uint32_t flat_count;    /* core values when passed flat (any number) */
    const uint8_t *flat;    /* enum tvn_core of each; NULL above 32 */
    bool has_pointer;       /* holds a string or a list somewhere */
    bool has_handle;        /* holds an own or a borrow somewhere */
    bool is_plain_to_lower; /* neither inside: bytes can be copied out */
    bool is_plain_to_lift;  /* ... and every bit pattern is valid and no
                              * padding: bytes can be copied in unchecked */
    uint32_t count;         /* members */
    const struct tvn_member *members;
    const uint32_t *by_name;             /* members sorted by name, for find */
    const struct tvn_type *elem;         /* list: its elements' type */
    const struct tvn_resource *resource; /* own, borrow */
    uint32_t disc_size;      /* variant, enum, option, result: 1, 2, 4 */
    uint32_t payload_offset; /* variant, option, result */
    uint32_t id;             /* order of interning, from 0 */
};

struct tvn_types; /* the table; owns its types */

struct tvn_types *tvn_types_new(void); /* NULL when memory is out */
void tvn_types_free(struct tvn_types *types);

/* Each returns the interned type in `*out` (written on success only) or
 * TVN_ENOMEM, TVN_ELIMIT (a limit above), TVN_EINVAL (no members, duplicate
 * names, names missing or given where they do not belong).  `members` are
 * copied, `offset` in them is ignored. */
tvn_err tvn_type_scalar(struct tvn_types *types, enum tvn_kind kind,
    const struct tvn_type **out); /* BOOL .. STRING */
tvn_err tvn_type_list(struct tvn_types *types, const struct tvn_type *elem,
    const struct tvn_type **out);
tvn_err tvn_type_option(struct tvn_types *types, const struct tvn_type *some,
    const struct tvn_type **out);
/* `ok` and `error` may be NULL: no payload. */
tvn_err tvn_type_result(struct tvn_types *types, const struct tvn_type *ok,
    const struct tvn_type *error, const struct tvn_type **out);
/* RECORD, TUPLE, VARIANT, ENUM or FLAGS. */
tvn_err tvn_type_members(struct tvn_types *types, enum tvn_kind kind,
    const struct tvn_member *members, uint32_t count,
    const struct tvn_type **out);

/* OWN or BORROW of a resource of the same table. */
tvn_err tvn_type_handle(struct tvn_types *types, enum tvn_kind kind,
    const struct tvn_resource *resource, const struct tvn_type **out);

/* A resource type unlike all others; the table owns it. */
tvn_err tvn_type_resource(struct tvn_types *types, struct tvn_str name,
    uint32_t index, const struct tvn_resource **out);

/* The index of the member of that name, -1 when there is none. */
int tvn_type_find(const struct tvn_type *type, struct tvn_str name);

/* True for variant, option, result (and enum: cases without payload). */
bool tvn_type_has_cases(const struct tvn_type *type);

/* Appends the type as WIT would write it in line; records as `record { id:
 * u64, late: bool }`, cut with ", ..." after `members_max` members (0: all). */
void tvn_type_print(
    const struct tvn_type *type, uint32_t members_max, struct tvn_buf *out);

#endif
