/* build.h -- from a stage's source to its component: `torvyn build`.
 *
 *     WIT --bindgen--> enrich.h, enrich_glue.c --clang--> core module
 *         --toolchain--> build/enrich.wasm
 *
 *     PIPELINE-DIR/build/
 *         enrich.wasm                 one a stage with `build:`
 *         gen/sdk/torvyn.{h,c}        the SDK as this program has it
 *         gen/enrich/enrich.h ...     header, glue, objects, stamp
 *         compile_commands.json       for editors
 *
 * A stage is stale when the content (never the time) of anything it is made
 * from has changed since its stamp was written: header, glue, SDK, source,
 * every header of the user's that it includes, compiler, flags, and the
 * component itself.  A folder with build.sh: all its files and the WIT.
 * Only what is stale is built, several at once.
 *
 * Nothing is half built: a component is written beside its name and renamed.
 *
 * Threads: the caller's; compilers are processes. */
#ifndef TVN_BUILD_BUILD_H
#define TVN_BUILD_BUILD_H

#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "config/pipeline.h"
#include "toolchain/wits.h"

#include <stdbool.h>
#include <stdint.h>

struct tvn_build_opts {
    bool is_debug; /* -g, the arena poisoned: see sdk/c/torvyn.h */
    uint32_t jobs; /* compilers at once; 0: one a processor */
    /* All that `wit:` names, kept; NULL: it is read here. */
    const struct tvn_wits *wits;

    /* What compilers and build.sh say, whole, in the order of the stages.
     * NULL: dropped. */
    void (*say)(void *env, const char *text, size_t len);
    void *env;
};

enum tvn_build_state {
    TVN_BUILD_FRESH,
    TVN_BUILD_STALE,   /* `why` says since what */
    TVN_BUILD_MISSING, /* there is no component yet */
};

struct tvn_build_stage {
    struct tvn_str name;
    struct tvn_place place; /* of `build:` in the file */
    const char *source;     /* file or folder, from the caller's folder */
    const char *output;     /* the component */
    enum tvn_build_state state;
    const char *why;  /* "stages/enrich.c has changed"; NULL: FRESH */
    bool is_built;    /* by tvn_build_make, now */
    uint64_t size;    /* bytes of the component, once built */
    uint64_t took_ns; /* is_built */
};

struct tvn_build;

/* Reads WIT, sources and stamps and says what is stale; writes nothing and
 * runs nothing.  Every finding goes to `diag`: TVN_EBUILD_WORLD (the WIT has
 * no such world, with did-you-mean), TVN_EWIT, TVN_EBINDGEN, TVN_ENOTFOUND (no
 * source), TVN_EBUILD_SOURCE (a folder without build.sh, a file of an unknown
 * language), TVN_ENOMEM.  `*out` is written on success only. */
tvn_err tvn_build_plan(const struct tvn_pipeline *pipeline,
    const struct tvn_build_opts *opts, TVN_GIVE struct tvn_build **out,
    struct tvn_diag *diag);

/* Builds what is stale or missing.  All stages are tried; every finding goes
 * to `diag`:
 *     TVN_EBUILD_TOOL     clang, lld or wasi-libc is missing: its package
 *     TVN_EBUILD_COMPILE  the compiler refused; what it said has been said
 *     TVN_EBUILD_FUNCTION "stage enrich must define `process_result
 *                         process(const departure *event)`"
 *     TVN_EBUILD_IMPORT   what it calls needs a system that stages have not
 *     TVN_EBUILD_SCRIPT   build.sh failed, or left no component
 *     TVN_ETOOL, TVN_EIO, TVN_ENOMEM */
tvn_err tvn_build_make(struct tvn_build *build, struct tvn_diag *diag);

/* Stages with `build:`, in the file's order. */
const struct tvn_build_stage *tvn_build_stages(
    const struct tvn_build *build, uint32_t *count);

void tvn_build_free(struct tvn_build *build);

#endif
