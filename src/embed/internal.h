/* internal.h -- what the files of embed/ share; the face they make is
 * include/torvyn/component.h.
 *
 *     component.c  engines, components, what they import and export
 *     instance.c   instances and calls
 *     host.c       functions, resources and WASI that a host gives
 *     error.c      diagnostics as one text
 *     numbers.c    types with a number in the place of each handle */
#ifndef TVN_EMBED_INTERNAL_H
#define TVN_EMBED_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "component/component.h"
#include "engine/engine.h"
#include "engine/wasi/wasi.h"
#include "value/image.h"
#include "value/jsoncodec.h"
#include "value/type.h"

#include <stdatomic.h>
#include <torvyn/component.h>

struct tvc_engine {
    struct tvn_engine *engine;
    atomic_uint users; /* components */
};

/* What is behind an item; its types as JSON sees them. */
struct tvn__embed_thing {
    const struct tvn_extern *source;
    const struct tvn_type *args;   /* of all parameters; NULL: none */
    const struct tvn_type *result; /* NULL: none */
};

struct tvn__embed_side {
    struct tvc_item *items;
    struct tvn__embed_thing *things;
    size_t count;
};

struct tvc_component {
    struct tvc_engine *engine;
    const char *name;
    struct tvn_buf bytes;
    struct tvn_types *types;
    struct tvn_component *decoded;
    struct tvn_code *code;
    struct tvn__embed_side imports;
    struct tvn__embed_side exports;
    struct tvn_map by_name; /* "interface#name" -> item of exports */
    atomic_uint users;      /* instances */
    struct tvn_arena arena;
};

/* An export made ready by its first call. */
struct tvn__embed_call {
    struct tvn_call call;
    struct tvn_args lowers;       /* one value: the parameters' tuple */
    const struct tvn_plan *lifts; /* NULL: no result */
    struct tvn_jsoncodec *args;   /* NULL: no parameters */
    struct tvn_jsoncodec *result;
};

/* An import that the host answers. */
struct tvn__embed_import {
    struct tvc_instance *instance;
    const struct tvc_func *func; /* a copy */
    struct tvn_jsoncodec *args;
    struct tvn_jsoncodec *result;
    struct tvn_image *answer; /* till the next call */
};

struct tvc_reply {
    struct tvn_buf json;
    struct tvn_buf why;
};

struct tvc_instance {
    struct tvc_component *component;
    struct tvn_instance *instance;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn__embed_call **calls; /* one an export; NULL: not called yet */
    struct tvn_buf result;
    bool is_inside; /* a call has not returned */

    struct tvn__embed_import *imports;
    size_t import_count;
    struct tvn_buf host_args;
    struct tvc_reply reply;

    struct tvn_wasi *wasi;
    struct tvn_wasi_opts wasi_opts;
    struct tvn_arena arena;
};

/* error.c: `err` and the findings as the caller's error; empties `diag`.
 * Returns the code. */
int tvn__embed_end(tvn_err err, struct tvn_diag *diag, struct tvc_error *error);

/* error.c: says in `diag` what is wrong with a JSON text. */
tvn_err tvn__embed_fault(struct tvn_diag *diag, tvn_err err,
    const struct tvn_place *place, const struct tvn_json_fault *fault);

/* numbers.c: `type` with u32 for each handle: the same bytes.  NULL for
 * NULL.  TVN_ENOMEM, TVN_ELIMIT. */
tvn_err tvn__embed_numbers(struct tvn_types *types, const struct tvn_type *type,
    const struct tvn_type **out);

/* A codec with WIT's names that refuses unknown keys; NULL for NULL. */
tvn_err tvn__embed_codec(const struct tvn_type *type,
    TVN_GIVE struct tvn_jsoncodec **out, struct tvn_diag *diag);

/* host.c: fills `imports`, `import_count`, `resources` and `resource_count`
 * of `out` (in the instance's arena). */
tvn_err tvn__embed_hosts(struct tvc_instance *instance,
    const struct tvc_instance_opts *opts, struct tvn_instance_opts *out,
    struct tvn_diag *diag);
/* After the engine's instance. */
void tvn__embed_hosts_fini(struct tvc_instance *instance);

#endif
