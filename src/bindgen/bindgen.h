/* bindgen.h -- what a stage in C is compiled with: a header and its glue,
 * made from the stage's WIT world.
 *
 *     world enrich --> enrich.h       types, constants, prototypes, macros:
 *                                     what the user reads and includes
 *                  --> enrich_glue.c  exports and imports of the canonical
 *                                     ABI, around the user's functions
 *
 * A C type's layout is the canonical one of wasm32, asserted in the header;
 * so a value crosses as the address of its struct.  Both texts need
 * sdk/c/torvyn.h; the header is C17 and C++17, the glue C17.
 *
 * Deterministic: the same world gives the same bytes.  All names are checked
 * against C, C++, libc and the SDK: what collides gets a `_`.
 *
 * Threads: any; nothing is kept. */
#ifndef TVN_BINDGEN_BINDGEN_H
#define TVN_BINDGEN_BINDGEN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/error.h"
#include "component/component.h"

#include <stdbool.h>
#include <stdint.h>

struct tvn_bindgen_opts {
    const struct tvn_wit *wit; /* the package that has the world */
    const struct tvn_wit_world *world;
    struct tvn_place place; /* of the stage in its file, for findings */

    /* The WIT doc comment of "PACKAGE/INTERFACE.TYPE.MEMBER" (as
     * tvn_wit_docs_find of toolchain.h has it), empty when there is none.
     * NULL: no comments. */
    struct tvn_str (*docs)(const void *env, struct tvn_str path);
    const void *docs_env;
};

/* A function that the user writes. */
struct tvn_bindgen_func {
    struct tvn_str name;      /* C: "process" */
    struct tvn_str prototype; /* "process_result process(const departure
                               * *event)", without the semicolon */
    bool is_optional;         /* on_init */
};

struct tvn_bindgen {
    struct tvn_str base; /* file name of both: "enrich" -> enrich.h */
    struct tvn_buf header;
    struct tvn_buf glue;
    const struct tvn_bindgen_func *funcs;
    uint32_t func_count;
    struct tvn_arena arena; /* owns base and funcs */
};

/* Makes both texts.  Every finding goes to `diag`: TVN_EBINDGEN (two
 * exported functions with one C name, an export called `memory`), TVN_ENOMEM.
 * What C stages cannot have besides (resources, streams, 33 flags) no decoder
 * lets through.  `*out`, zeroed before, is written on success only. */
tvn_err tvn_bindgen_make(const struct tvn_bindgen_opts *opts,
    struct tvn_bindgen *out, struct tvn_diag *diag);
void tvn_bindgen_fini(struct tvn_bindgen *bindgen);

#endif
