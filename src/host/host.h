/* host.h -- puts a flow together: file -> contracts -> engine -> run.
 *
 *     load   reads torvyn.yaml, builds stages (when asked for), reads the WIT,
 *            the components, config and tables, and links them; nothing
 *            outside is opened, no guest code runs
 *     run    compiles, instantiates, opens, runs to the end
 *
 * Every finding of a load is reported at once.  Threads: the caller's. */
#ifndef TVN_HOST_HOST_H
#define TVN_HOST_HOST_H

#include "base/diag.h"
#include "base/error.h"
#include "base/jsonout.h"
#include "base/own.h"
#include "config/pipeline.h"
#include "contract/link.h"

#include <stdbool.h>
#include <stdint.h>

struct tvn_host;
struct tvn_stage;
struct tvn_pool;
struct tvn_type;
struct tvn_buf;

struct tvn_build_stage;

/* What happens to stages with `build:` before they are loaded. */
enum tvn_host_building {
    TVN_HOST_AS_BUILT,   /* nothing */
    TVN_HOST_WARN_STALE, /* a warning for each that is stale */
    TVN_HOST_BUILD,      /* what is stale is built */
};

struct tvn_host_opts {
    const char *file;
    const struct tvn_pipeline_set *sets;
    uint32_t set_count;
    struct tvn_yaml_opts variables; /* zeroed: the environment */
    bool no_components; /* roles from the WIT's worlds alone (`check`) */

    enum tvn_host_building building;
    bool is_debug; /* as build/build.h's */
    void (*say)(void *env, const char *text, size_t len);
    void (*built)(void *env, const struct tvn_build_stage *stage);
    void *env;
};

/* TVN_OK: linked.  Else the first finding's code; `*out` is set all the same
 * when there is something to report on (the file could be read), else NULL. */
tvn_err tvn_host_load(const struct tvn_host_opts *opts,
    TVN_GIVE struct tvn_host **out, struct tvn_diag *diag);
void tvn_host_free(struct tvn_host *host);

/* NULL when the graph was not reached. */
const struct tvn_link *tvn_host_link(const struct tvn_host *host);
const struct tvn_pipeline *tvn_host_pipeline(const struct tvn_host *host);

/* True when a stage writes to the process's standard output. */
bool tvn_host_uses_stdout(const struct tvn_host *host);

/* Rows of what crosses a stage per event, for people: see inspect. */
const struct tvn_role_info *tvn_host_role(
    const struct tvn_host *host, uint32_t stage);

/* A stage made by someone else takes the place of the file's (bench). */
struct tvn_host_swap {
    struct tvn_str name;
    /* `pool` is the flow's, `type` what the stage's edges carry. */
    tvn_err (*make)(void *env, struct tvn_pool *pool,
        const struct tvn_type *type, TVN_GIVE struct tvn_stage *out);
    void *env;
};

struct tvn__sim; /* host/test.h's: the world that a test makes */

struct tvn_host_run_opts {
    uint64_t limit;        /* records; 0: none */
    const char *cache_dir; /* of compiled modules; NULL: none */
    const struct tvn_host_swap *swaps;
    uint32_t swap_count;
    bool has_signals; /* SIGINT, SIGTERM drain; a second one aborts */
    void (*progress)(void *env, uint64_t elapsed_ns, uint64_t in);
    void *env;
    const struct tvn__sim *sim; /* NULL: none */
    uint64_t trace_every;       /* follows every so manieth event; 0: none */
    uint32_t trace_count;       /* ... at most so many */
};

/* Runs the flow to its end; once a host.  Codes: tvn_flow_run's, or what kept
 * it from starting.  The report functions work when `tvn_host_has_run`. */
tvn_err tvn_host_run(struct tvn_host *host,
    const struct tvn_host_run_opts *opts, struct tvn_diag *diag);
bool tvn_host_has_run(const struct tvn_host *host);
void tvn_host_report_print(const struct tvn_host *host, struct tvn_buf *out);
void tvn_host_report_json(const struct tvn_host *host, struct tvn_json *json);
/* With trace_every; the JSON has the report in it. */
void tvn_host_trace_print(const struct tvn_host *host, struct tvn_buf *out);
void tvn_host_trace_json(const struct tvn_host *host, struct tvn_json *json);

/* ------------------------------------------------------------------------
 * One component by itself: `torvyn inspect`. */
tvn_err tvn_host_inspect(const char *path, struct tvn_buf *out,
    struct tvn_json *json, struct tvn_diag *diag); /* either may be NULL */

/* Where compiled modules are kept: $TORVYN_CACHE, else $XDG_CACHE_HOME or
 * $HOME/.cache, then "/torvyn/modules"; NULL when none is set. */
const char *tvn_host_cache_dir(struct tvn_arena *arena);

/* "wasmtime 48.0.8" */
const char *tvn_host_engine_version(void);

#endif
