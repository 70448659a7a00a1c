/* internal.h -- what the files of build/ share.
 *
 *     plan.c      the pipeline's stages, their worlds, what is stale
 *     stamp.c     what a component was made from, in hashes, in a file
 *     files.c     paths, folders, files written whole
 *     tools.c     the compiler: which, with what flags, what is missing
 *     jobs.c      processes, several at once, what they say
 *     make.c      a stage's steps: compile, link, component
 *     explain.c   what linkers and imports mean, in a user's words */
#ifndef TVN_BUILD_INTERNAL_H
#define TVN_BUILD_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "bindgen/bindgen.h"
#include "build/build.h"
#include "component/component.h"
#include "toolchain/toolchain.h"

#include <sys/types.h>
#include <time.h>

#define TVN__SOURCE_MAX    (64u << 20)  /* bytes of a file that is read */
#define TVN__COMPONENT_MAX (256u << 20) /* bytes of a module or component */
#define TVN__DEPS_MAX      1024u        /* headers of one stage */
#define TVN__WORDS_MAX     32u          /* of $TORVYN_CC */
#define TVN__ARGS_MAX      64u
#define TVN__JOBS_MAX      64u

enum tvn__language { TVN__C, TVN__CPP, TVN__SCRIPT };

/* Hashes of what a component is made of; equal: the same. */
struct tvn__made {
    uint64_t source;  /* or all files of a folder with build.sh */
    uint64_t world;   /* header and glue, or the WIT */
    uint64_t sdk;     /* 0: not used */
    uint64_t command; /* compiler and flags */
    uint64_t output;  /* the component */
};

struct tvn__dep {
    const char *path; /* as in the stamp: from the pipeline's folder */
    uint64_t hash;
};

enum tvn__step { TVN__DONE, TVN__COMPILE, TVN__LINK, TVN__RUN_SCRIPT };

struct tvn__item {
    struct tvn_build_stage *stage;
    const struct tvn_pipeline_stage *spec;
    uint32_t wit; /* number of the WIT that has its world */
    const struct tvn_wit_world *world;
    struct tvn_bindgen bindgen;
    enum tvn__language language;
    const char *dir;     /* build/gen/STAGE */
    const char *scratch; /* a folder in it, of this process */
    const char *object;
    const char *deps; /* written by the compiler */
    const char *core;
    struct tvn__made made;

    enum tvn__step step;
    pid_t pid;
    int fd;              /* what the process says; -1: none runs */
    struct tvn_buf said; /* by this step */
    struct tvn_buf all;  /* by all steps, for opts.say */
    uint64_t began_ns;
    time_t began; /* wall clock */
    int status;   /* of the last process */
};

struct tvn__tools {
    const char *words[2][TVN__WORDS_MAX + 1]; /* C, C++; NULL behind */
    bool is_zig;
    const char *include; /* of wasi-libc; NULL: the compiler's own */
};

struct tvn_build {
    const struct tvn_pipeline *pipeline;
    struct tvn_build_opts opts;
    struct tvn_arena arena;
    struct tvn_types *types; /* of `own` */
    struct tvn_wits own;
    const struct tvn_wits *wits; /* the caller's, or `own` */
    uint64_t sdk;                /* hash */
    struct tvn_build_stage *stages;
    struct tvn__item *items; /* one a stage */
    uint32_t count;
    const char *dir; /* PIPELINE-DIR/build */
    struct tvn__tools tools;
    bool is_told[2]; /* what is missing for C, for C++ */
};

/* ---- files.c; paths are in the build's arena, NULL when memory is out ---- */

/* mkdir -p of the folder. */
tvn_err tvn__folder_make(const char *path, struct tvn_diag *diag);

/* Writes all of it or nothing, by a file beside it; one that is the same
 * already is left alone. */
tvn_err tvn__file_write(
    const char *path, const void *ptr, size_t len, struct tvn_diag *diag);

/* XXH64 of the file; false when it cannot be read. */
bool tvn__file_hash(const char *path, uint64_t *out);
/* ... of all files in the folder, their names too; hidden ones, target and
 * node_modules apart. */
bool tvn__folder_hash(const char *path, uint64_t *out);
bool tvn__is_folder(const char *path);

/* ---- stamp.c ---- */

/* Fills in the stage's state and why. */
tvn_err tvn__stamp_compare(struct tvn_build *build, struct tvn__item *item);
tvn_err tvn__stamp_write(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag);

/* ---- tools.c ---- */
tvn_err tvn__tools_read(struct tvn_build *build);
/* TVN_EBUILD_TOOL with the command that installs what is missing, which is
 * said once a language. */
tvn_err tvn__tools_check(struct tvn_build *build, const struct tvn__item *item,
    struct tvn_diag *diag);
/* The same after the fact, from what the compiler said. */
tvn_err tvn__tools_explain(const struct tvn__item *item, struct tvn_diag *diag);
/* The arguments of a step, NULL behind them; TVN__ARGS_MAX at most. */
void tvn__tools_compile(
    struct tvn_build *build, const struct tvn__item *item, const char **args);
void tvn__tools_link(
    struct tvn_build *build, const struct tvn__item *item, const char **args);
uint64_t tvn__tools_hash(
    const struct tvn_build *build, enum tvn__language language, bool is_debug);

/* ---- jobs.c ---- */

/* Starts `args`, its output into item->said. */
tvn_err tvn__job_start(struct tvn__item *item, const char *const *args,
    char *const *env, struct tvn_diag *diag);
/* Waits until one of the items' processes has ended: it and its exit status
 * (128 and the signal when it was killed).  NULL: none runs. */
struct tvn__item *tvn__job_wait(struct tvn_build *build, int *status);

/* ---- explain.c ---- */
tvn_err tvn__explain_link(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag);
/* Refuses what needs a system; `imports` as tvn_toolchain_imports gives. */
tvn_err tvn__explain_imports(
    const struct tvn__item *item, const char *imports, struct tvn_diag *diag);
tvn_err tvn__explain_compile(
    const struct tvn__item *item, struct tvn_diag *diag);

#endif
