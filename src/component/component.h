/* component.h -- a component's bytes, decoded: what it imports and exports,
 * and the program that makes an instance of it.
 *
 *     bytes -> sections -> index spaces -> imports/exports (with types)
 *                                       -> steps (component/program.h)
 *
 * The same decoder reads WIT packages in their binary form (what the
 * toolchain's tvn_wit_encode gives): tvn_wit_decode below.
 *
 * The bytes are hostile until decoded: sizes, counts and depths are capped
 * before anything is allocated.  The decoder does not need a validator before
 * it to be memory-safe.
 *
 * Refused with TVN_EUNSUPPORTED and by name: what belongs to proposals that
 * this version does not run (async functions and their built-ins, streams,
 * futures, error contexts, values, start, fixed lists, maps, memory64, GC).
 * Whether types match is what the validator checks; here it is only seen to
 * that no mismatch can do harm.
 *
 * Threads: decoding, one; a decoded component is immutable. */
#ifndef TVN_COMPONENT_COMPONENT_H
#define TVN_COMPONENT_COMPONENT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "value/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tvn_func_type {
    uint32_t param_count;
    const struct tvn_member *params; /* name, type; offset: in their tuple */
    const struct tvn_type *tuple;    /* of the params; NULL when none */
    const struct tvn_type *result;   /* NULL: none */
};

/* Whether a parameter or the result holds an own or a borrow. */
bool tvn_func_has_handle(const struct tvn_func_type *type);

/* Appends "func(self: borrow<wasi:io/poll.pollable>) -> bool". */
void tvn_func_type_print(const struct tvn_func_type *type, struct tvn_buf *out);

enum tvn_extern_kind {
    TVN_EXTERN_FUNC,
    TVN_EXTERN_TYPE,     /* a named value type */
    TVN_EXTERN_INSTANCE, /* an interface */
    TVN_EXTERN_RESOURCE,
    TVN_EXTERN_OTHER, /* a component, a core module, another type */
};

struct tvn_extern {
    struct tvn_str name; /* "process", "shop:flights/events@1.0.0" */
    enum tvn_extern_kind kind;
    const struct tvn_func_type *func;    /* FUNC */
    const struct tvn_type *type;         /* TYPE */
    const struct tvn_resource *resource; /* RESOURCE */
    const struct tvn_extern *items;      /* INSTANCE */
    uint32_t item_count;
    uint32_t index; /* FUNC: exports: its lift, TVN_NONE when it is an import
                     * handed on; imports: its import number, counted over all
                     * functions in order (program.h) */
};

struct tvn_program; /* component/program.h */

#define TVN_NONE UINT32_MAX /* no such index */

struct tvn_component {
    const struct tvn_extern *imports;
    uint32_t import_count;
    const struct tvn_extern *exports;
    uint32_t export_count;
    const struct tvn_program *program;
    struct tvn_arena arena; /* owns all of the above */
};

/* Decodes `len` bytes, which must outlive the component.  Value types go
 * into `types`.  `name` (the file) stands in diagnostics.  TVN_EMALFORMED with
 * the byte offset (a core module: says so, and that it must be made a
 * component), TVN_EUNSUPPORTED with the name of what is not run, TVN_ELIMIT,
 * TVN_ENOMEM.  On success `*out` is yours. */
tvn_err tvn_component_decode(const uint8_t *bytes, size_t len, const char *name,
    struct tvn_types *types, TVN_GIVE struct tvn_component **out,
    struct tvn_diag *diag);
void tvn_component_free(struct tvn_component *component);

/* The import or export of that name; an interface's version may be left out
 * ("torvyn:stage/log" finds "torvyn:stage/log@0.1.0"); NULL. */
const struct tvn_extern *tvn_extern_find(
    const struct tvn_extern *externs, uint32_t count, struct tvn_str name);

/* Whether an interface called `want` is answered by `have`: the same name, or
 * one without a version, or both on one track of versions ("a:b/c@0.2" and
 * "a:b/c@0.2.9"; "a:b/c@1.4.0" and "a:b/c@1.0.2"). */
bool tvn_name_reads_as(struct tvn_str have, struct tvn_str want);

/* "shop:flights/events" of "shop:flights/events@1.0.0". */
struct tvn_str tvn_without_version(struct tvn_str name);

/* ------------------------------------------------------------------------
 * WIT packages, decoded from their binary form. */
struct tvn_wit_world {
    struct tvn_str name;    /* "enrich" */
    struct tvn_str package; /* "shop:flights@1.0.0" */
    const struct tvn_extern *imports;
    uint32_t import_count;
    const struct tvn_extern *exports;
    uint32_t export_count;
    /* named types declared in the world or used by it */
    const struct tvn_extern *types;
    uint32_t type_count;
};

struct tvn_wit {
    const struct tvn_extern *interfaces; /* INSTANCE, full names */
    uint32_t interface_count;
    const struct tvn_wit_world *worlds;
    uint32_t world_count;
    struct tvn_arena arena;
};

tvn_err tvn_wit_decode(const uint8_t *bytes, size_t len, const char *name,
    struct tvn_types *types, TVN_GIVE struct tvn_wit **out,
    struct tvn_diag *diag);
void tvn_wit_free(struct tvn_wit *wit);

/* The type named "events.departure", "shop:flights/events.departure" or
 * "...@1.0.0.departure"; TVN_ETYPE_UNKNOWN with did-you-mean, or ambiguous:
 * TVN_EINVAL with the candidates. */
tvn_err tvn_wit_find_type(const struct tvn_wit *const *wits, uint32_t count,
    struct tvn_str name, const struct tvn_place *place,
    const struct tvn_type **out, struct tvn_diag *diag);

#endif
