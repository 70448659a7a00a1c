/* pipeline.h -- torvyn.yaml, read into one struct; see docs/pipeline-file.md.
 *
 * The reader knows every key from the first version on; one that is not
 * built yet is E0190, by name, with line and column.  It knows neither types
 * nor connectors: a connector's options, a stage's `config:` and inline
 * tables stay YAML nodes that their owners read.  Defaults are filled in.
 * All findings of a file are reported at once.
 *
 * Threads: none; immutable once read. */
#ifndef TVN_CONFIG_PIPELINE_H
#define TVN_CONFIG_PIPELINE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "config/yaml.h"

#include <stdbool.h>
#include <stdint.h>

#define TVN_PIPELINE_THREADS_MAX 64u /* that the file names */

enum tvn_pipeline_overflow {
    TVN_PIPELINE_BLOCK,
    TVN_PIPELINE_DROP_OLDEST,
    TVN_PIPELINE_DROP_NEWEST,
    TVN_PIPELINE_ERROR,
    TVN_PIPELINE_RATE_LIMIT,
};

enum tvn_pipeline_then {
    TVN_PIPELINE_STOP,
    TVN_PIPELINE_DROP,
    TVN_PIPELINE_DEAD_LETTER,
};

enum tvn_pipeline_names {
    TVN_PIPELINE_SNAKE,
    TVN_PIPELINE_KEBAB,
    TVN_PIPELINE_CAMEL,
    TVN_PIPELINE_PASCAL,
};

/* A name as the file has it, with its place. */
struct tvn_pipeline_name {
    struct tvn_str text; /* empty: not given */
    struct tvn_place place;
};

/* `{ file: { path: x } }` */
struct tvn_pipeline_connector {
    struct tvn_pipeline_name name;  /* "file" */
    const struct tvn_yaml *options; /* NULL or scalar: short form */
};

struct tvn_pipeline_rename {
    struct tvn_str field;
    struct tvn_str key;
};

/* `codec: json`, `codec: { json: { names: camel, rename: {...}, unknown:
 * refuse } }`, `codec: lines`. */
struct tvn_pipeline_codec {
    struct tvn_pipeline_name name; /* empty: none given */
    enum tvn_pipeline_names names;
    const struct tvn_pipeline_rename *renames;
    uint32_t rename_count;
    bool refuse_unknown;
};

struct tvn_pipeline_directory {
    struct tvn_pipeline_name name; /* what the guest sees */
    struct tvn_pipeline_name path; /* as written */
    bool can_write;
};

struct tvn_pipeline_table {
    struct tvn_pipeline_name name;
    struct tvn_str file; /* as written */
    struct tvn_place file_place;
    struct tvn_str key; /* empty: the first column */
    struct tvn_place key_place;
};

#define TVN_PIPELINE_FOREVER UINT32_MAX /* retries */

struct tvn_pipeline_on_error {
    bool is_given;
    uint32_t retries;                        /* TVN_PIPELINE_FOREVER; 0: none */
    uint64_t backoff_min_ns, backoff_max_ns; /* min <= max; 0 without retry */
    enum tvn_pipeline_then then; /* default filled in: dead-letter when the
                                  * file has one, else stop */
    struct tvn_place place;
};

enum tvn_pipeline_kind {
    TVN_PIPELINE_SOURCE, /* native */
    TVN_PIPELINE_SINK,   /* native */
    TVN_PIPELINE_GUEST,
};

struct tvn_pipeline_stage {
    struct tvn_pipeline_name name;
    enum tvn_pipeline_kind kind;
    struct tvn_pipeline_on_error on_error;
    uint32_t thread; /* 0: the flow's own, else 1 + its number in threads */

    /* native */
    struct tvn_pipeline_connector connector;
    struct tvn_pipeline_codec codec;
    struct tvn_pipeline_name type;          /* source */
    struct tvn_pipeline_name key;           /* source: a field path */
    struct tvn_pipeline_name event_time;    /* source: a field path */
    uint64_t event_time_unit_ns;            /* 1, 1000, ...; 0: RFC 3339 */
    const struct tvn_pipeline_name *fields; /* sink */
    uint32_t field_count;

    /* guest */
    struct tvn_pipeline_name component; /* path of a .wasm; with `build`:
                                         * build/STAGE.wasm */
    struct tvn_pipeline_name build;     /* path of a source; empty: none */
    struct tvn_pipeline_name world;     /* default: the stage's name */
    struct tvn_pipeline_name interface;
    const struct tvn_yaml *config; /* NULL: none */
    const struct tvn_pipeline_table *tables;
    uint32_t table_count;
    const struct tvn_pipeline_name *grants;
    uint32_t grant_count;
    const struct tvn_pipeline_directory *directories;
    uint32_t directory_count;
    uint64_t memory; /* bytes */
    uint64_t deadline_ns;
    uint64_t init_deadline_ns;
    bool has_window;
    struct tvn_place window_place;
    uint64_t window_every_ns; /* 0: not by time */
    uint64_t window_count;    /* 0: not by count */
    bool state_is_window;     /* a fresh instance after each flush */
};

struct tvn_pipeline_edge {
    struct tvn_pipeline_name from; /* stage */
    struct tvn_pipeline_name port; /* empty: the main output */
    struct tvn_pipeline_name to;
    struct tvn_place place; /* of the arrow */
    uint32_t capacity;
    uint64_t bytes;
    enum tvn_pipeline_overflow overflow; /* RATE_LIMIT: there is a rate */
    uint64_t rate;                       /* events a second; 0: no limit */
    uint64_t burst;                      /* default filled in; 0: no rate */
    struct tvn_pipeline_codec codec;
};

struct tvn_pipeline_require {
    bool is_given;
    struct tvn_place place;
    const struct tvn_pipeline_name *cannot_stall_others;
    uint32_t cannot_stall_others_count;
    bool has_loss;
    const struct tvn_pipeline_name *loss;
    uint32_t loss_count;
    uint64_t memory; /* bytes; 0: not required */
    struct tvn_pipeline_name delivery;
    bool missing_none;
    bool threads;
};

struct tvn_pipeline {
    const char *path; /* of the file */
    const char *dir;  /* its folder, "." at least: paths are relative to it */
    struct tvn_pipeline_name flow;
    const struct tvn_pipeline_name *wits; /* `wit:` one path or a list */
    uint32_t wit_count;
    struct tvn_str state;                    /* default ".torvyn" */
    uint32_t max_event;                      /* bytes */
    const struct tvn_pipeline_stage *stages; /* in the file's order */
    uint32_t stage_count;
    const struct tvn_pipeline_edge *edges; /* chains taken apart */
    uint32_t edge_count;
    const struct tvn_pipeline_name *threads; /* besides the flow's own */
    uint32_t thread_count; /* TVN_PIPELINE_THREADS_MAX at most */
    bool has_dead_letter;
    struct tvn_pipeline_connector dead_letter;
    struct tvn_pipeline_require require;
    uint32_t burst;
    uint64_t drain_timeout_ns;
    struct tvn_arena arena; /* owns all of the above */
};

/* `--set stages.departures.source.file.path=x`: replaces or adds one scalar
 * of the tree before it is read. */
struct tvn_pipeline_set {
    struct tvn_str path;
    struct tvn_str value;
};

struct tvn_pipeline_opts {
    const struct tvn_pipeline_set *sets;
    uint32_t set_count;
    struct tvn_yaml_opts yaml; /* variables */
};

/* Reads the file.  TVN_ENOTFOUND, TVN_EIO, TVN_ENOMEM, else E0100-E0199, all
 * in `diag`.  On success `*out` is yours. */
tvn_err tvn_pipeline_read(const char *path,
    const struct tvn_pipeline_opts *opts, TVN_GIVE struct tvn_pipeline **out,
    struct tvn_diag *diag);
void tvn_pipeline_free(struct tvn_pipeline *pipeline);

/* A path of the file, made relative to its folder (absolute ones stay); in
 * `arena`, NULL when memory is out. */
const char *tvn_pipeline_path(const struct tvn_pipeline *pipeline,
    struct tvn_arena *arena, struct tvn_str path);

/* The same of a guest's component. */
const char *tvn_pipeline_component(const struct tvn_pipeline *pipeline,
    struct tvn_arena *arena, const struct tvn_pipeline_stage *stage);

#endif
