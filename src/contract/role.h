/* role.h -- what a stage is, read off the shape of its functions.
 *
 *     source      pull: func() -> R(option<T> | poll)
 *     processor   process: func(event: T [, meta]) -> R(U | option | list)
 *     filter      evaluate: func(event: T [, meta] | meta) -> R(bool)
 *     router      route: func(event: T [, meta] | meta) -> R(enum |
 *                     option<enum> | flags)
 *     aggregator  ingest: func(event: T [, meta]) -> R(nothing | option<U> |
 *                     list<U>), flush: func([window]) -> R(U | option | list)
 *     sink        push: func(event: T [, meta]) -> R(nothing)
 *                     [, complete: func() -> R(nothing)]
 *     any         init: func(config: C) -> R(nothing), teardown: func()
 *
 * R is result.h's.  The functions stand in the world itself or in one
 * exported interface.  A function that has a role's name but not its shape
 * counts only when nothing else fits: then it is the error.
 *
 * The event's parameter is the first, whatever its name; `meta` and `window`
 * are known by name and must be records whose fields are in torvyn:stage's.
 *
 * Threads: any; the results are immutable. */
#ifndef TVN_CONTRACT_ROLE_H
#define TVN_CONTRACT_ROLE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "component/component.h"
#include "component/wasi.h"
#include "contract/place.h"
#include "contract/result.h"
#include "contract/stage_types.h"
#include "value/role.h"

#include <stdbool.h>
#include <stdint.h>

/* A function of the stage.  `func` is NULL when the stage has none of it. */
struct tvn_role_func {
    const struct tvn_extern *func; /* func->index: the lift to call */
    struct tvn_result_shape result;
    int event_param; /* number of the parameter, -1: none */
    int meta_param;
    int window_param;
};

enum tvn_ports_kind {
    TVN_PORTS_ENUM,        /* exactly one port */
    TVN_PORTS_ENUM_OPTION, /* one or none */
    TVN_PORTS_FLAGS,       /* any set: bit i is port i */
};

/* An imported function of the world: a lookup table. */
struct tvn_role_table {
    struct tvn_str name; /* "airlines" */
    const struct tvn_extern *func;
    const struct tvn_type *key; /* bool, integer, char, string, enum */
    const struct tvn_type *row; /* the record; the result is option<row> */
};

enum tvn_host_func_kind {
    TVN_HOST_LOG,
    TVN_HOST_CLOCK_NOW,
    TVN_HOST_CLOCK_MONOTONIC,
    TVN_HOST_METRICS_ADD,
    TVN_HOST_METRICS_SET,
};

/* A function of torvyn:stage that is imported with its right type. */
struct tvn_role_host {
    enum tvn_host_func_kind kind;
    struct tvn_str interface; /* "torvyn:stage/log@0.1.0" */
    const struct tvn_extern *func;
};

/* Grants, as bits: log and clock are given by default.  Those of WASI are
 * behind our own; "clock" is one of each. */
#define TVN_GRANT_LOG           1u
#define TVN_GRANT_CLOCK         2u
#define TVN_GRANT_METRICS       4u
#define TVN_GRANT_OF_WASI(bits) ((unsigned)(bits) << 8) /* TVN_WASI_ bits */
#define TVN_GRANT_WASI(grants)  ((grants) >> 8)
#define TVN_GRANT_DEFAULT                                                      \
    (TVN_GRANT_LOG | TVN_GRANT_CLOCK | TVN_GRANT_OF_WASI(TVN_WASI_CLOCK))

/* The grants with that name ("metrics"), 0 when there is none. */
unsigned tvn_grant_find(struct tvn_str name);
unsigned tvn_grant_of(enum tvn_host_func_kind kind);
const char *tvn_grant_name(unsigned grant);

/* An interface of WASI that is imported. */
struct tvn_role_wasi {
    const struct tvn_extern *instance;
    unsigned grant; /* TVN_WASI_ bit that it asks for; 0: none */
};

/* An import that nothing implements; link refuses it. */
struct tvn_role_unknown {
    struct tvn_str interface; /* empty: the world itself */
    struct tvn_str name;      /* empty: the whole interface */
    const char *why;
};

struct tvn_role_info {
    enum tvn_role role;
    struct tvn_str interface;      /* where it was found; empty: the world */
    struct tvn_role_func main;     /* pull, process, evaluate, ... */
    struct tvn_role_func flush;    /* aggregator */
    struct tvn_role_func complete; /* sink */
    struct tvn_role_func init;     /* anywhere; result NOTHING */
    struct tvn_role_func teardown;

    const struct tvn_type *event;  /* what it declares of the event, B; NULL:
                                    * source, metadata only */
    const struct tvn_type *output; /* U, a source's T; NULL: filter, router,
                                    * sink */
    const struct tvn_type *meta;   /* the record the guest declares; NULL */
    const struct tvn_type *window; /* of flush; NULL */
    const struct tvn_type *config; /* of init; NULL */

    enum tvn_ports_kind ports_kind; /* router */
    const struct tvn_str *ports;    /* names, in order */
    uint32_t port_count;            /* at most TVN_PORTS_MAX */

    const struct tvn_role_table *tables;
    uint32_t table_count;
    const struct tvn_role_host *hosts;
    uint32_t host_count;
    const struct tvn_role_wasi *wasi;
    uint32_t wasi_count;
    const struct tvn_role_unknown *unknown;
    uint32_t unknown_count;
};

/* A component's or a world's face. */
struct tvn_role_face {
    const struct tvn_extern *imports;
    uint32_t import_count;
    const struct tvn_extern *exports;
    uint32_t export_count;
    struct tvn_str interface; /* the file's `interface:`; empty: not given */
    struct tvn_place place;   /* of the stage, for diagnostics */
    struct tvn_declared declared; /* where its WIT stands; zeroed: not known */
};

struct tvn_role_face tvn_role_face_of_component(
    const struct tvn_component *component);
struct tvn_role_face tvn_role_face_of_world(const struct tvn_wit_world *world);

/* Appends "process: func(event: T) -> U" with the types cut short. */
void tvn_role_print_func(
    struct tvn_str name, const struct tvn_func_type *func, struct tvn_buf *out);

/* Infers the role.  `*out` is written on success only; it borrows from the
 * face and from `arena`, where it also lives.  Every finding goes to `diag`:
 * TVN_EROLE (none, or several), TVN_EROLE_SHAPE (almost), TVN_EROLE_BATCH,
 * TVN_EROLE_INTERFACE (no such, to choose), TVN_EEVENT_TYPE, TVN_EFAULT_TYPE,
 * TVN_EMETA_TYPE (meta or window), TVN_EROLE_PORTS; TVN_ENOMEM.
 * Imports that nothing implements are not an error here. */
tvn_err tvn_role_infer(struct tvn_types *types, struct tvn_arena *arena,
    const struct tvn_role_face *face, struct tvn_role_info *out,
    struct tvn_diag *diag);

/* True when the event that comes in goes out again: filter and router. */
bool tvn_role_passes(enum tvn_role role);

/* True when `config:` may be left out: every field of C is an option. */
bool tvn_config_is_optional(const struct tvn_type *config);

#endif
