/* internal.h -- what the files of host/ share. */
#ifndef TVN_HOST_INTERNAL_H
#define TVN_HOST_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "component/component.h"
#include "connector/connector.h"
#include "contract/stage_types.h"
#include "engine/engine.h"
#include "flow/flow.h"
#include "flow/guest.h"
#include "flow/table.h"
#include "host/host.h"
#include "observe/copies.h"
#include "toolchain/wits.h"
#include "value/image.h"

#define TVN__COMPONENT_MAX (256u << 20) /* bytes of a .wasm */
#define TVN__POOL_CACHE    (1u << 20)   /* bytes of free blocks kept */

struct tvn__host_stage {
    const struct tvn_pipeline_stage *spec;
    struct tvn_copies copies;

    /* native */
    const struct tvn_connector *connector;
    struct tvn_connector_info info;
    const struct tvn_type *type; /* source */

    /* guest */
    const char *path; /* of the component */
    struct tvn_buf bytes;
    struct tvn_component *component;
    const struct tvn_wit_world *world; /* NULL: the WIT has none so named */
    struct tvn_role_info role;
    bool has_role;
    struct tvn_image *config;
    const struct tvn_table **tables; /* by number in role.tables */
    struct tvn_code *code;
};

struct tvn__dead_letter;
struct tvn__log;
struct tvn__metrics;

struct tvn_host {
    struct tvn_pipeline *pipeline;
    struct tvn_arena arena;
    struct tvn_types *types;
    struct tvn_stage_types std;
    struct tvn_wits wits;
    struct tvn_places places;
    struct tvn__host_stage *stages; /* as in the pipeline */
    struct tvn_link_input input;
    struct tvn_link link;
    bool has_link;
    bool no_components;
    bool has_told_build;        /* how to build what is not built */
    struct tvn_engine *checker; /* compiles nothing: for loading */
    struct tvn_pool *values;    /* of config and tables */
    struct tvn_table **tables;
    uint32_t table_count;

    /* while and after running */
    struct tvn_pool **pools; /* by thread */
    uint32_t pool_count;
    struct tvn_engine *engine;
    struct tvn_loop *loop;
    struct tvn_flow *flow;
    struct tvn__dead_letter *dead;
    struct tvn__log *log;
    struct tvn__metrics *metrics;
    const struct tvn_host_run_opts *run;
    bool has_run;
};

/* What stands in for the world while a flow is tested: test_sim.c. */
struct tvn__feed { /* a source that the file does not have */
    struct tvn_str name;
    struct tvn_stage stage; /* taken over by the flow, when that is made */
    struct tvn_str edge;    /* name of its edge */
    uint32_t to;            /* the stage that it feeds */
};

struct tvn__sim {
    const struct tvn_clock *clock; /* of the flow, and what guests see */
    void (*idle)(void *env, uint64_t until_ns);
    /* Looks at a stage that was made; may put another one round it. */
    void (*wrap)(void *env, uint32_t number, struct tvn_stage *stage);
    /* Instead of the dead letter, when the file has one. */
    tvn_err (*dead)(
        void *env, const struct tvn_dead *dead, struct tvn_diag *diag);
    uint64_t (*dead_count)(void *env);
    void (*log)(void *env, struct tvn_str stage, enum tvn_log_level level,
        struct tvn_str message);
    const struct tvn__feed *feeds;
    uint32_t feed_count;
    void *env;
};

/* The run's clock, and where its guests log: the sim's or the real ones. */
const struct tvn_clock *tvn__sim_clock(const struct tvn_host *host);
void tvn__sim_log(void *env, struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message);
/* Puts the run's sim into a graph that is filled; none: nothing.  `nodes` and
 * `edges` have room for its feeds. */
void tvn__simulate(struct tvn_host *host, struct tvn_flow_node *nodes,
    struct tvn_flow_edge *edges, struct tvn_flow_opts *opts);
static inline uint32_t
tvn__sim_feeds(const struct tvn_host_run_opts *run)
{
    return run->sim == NULL ? 0 : run->sim->feed_count;
}

/* run.c: a stage as the file has it, or what was put in its place. */
tvn_err tvn__make_stage(struct tvn_host *host, uint32_t number,
    struct tvn_stage *out, struct tvn_diag *diag);

/* stages.c: what a stage is.  All findings go to `diag`. */
tvn_err tvn__stage_load(struct tvn_host *host, struct tvn__host_stage *stage,
    struct tvn_diag *diag);
/* ... and its config and tables, once the graph stands. */
tvn_err tvn__stage_values(struct tvn_host *host, struct tvn__host_stage *stage,
    struct tvn_diag *diag);
void tvn__stage_free(struct tvn__host_stage *stage);
struct tvn_connector_opts tvn__connector_opts(
    struct tvn_host *host, struct tvn__host_stage *stage);

/* build.c: stages with `build:`, once the WIT is read. */
tvn_err tvn__host_build(struct tvn_host *host, const struct tvn_host_opts *opts,
    struct tvn_diag *diag);

/* run.c: makes host->pools, one a thread.  TVN_ENOMEM. */
tvn_err tvn__host_pools(struct tvn_host *host);

/* graph.c: TVN_GRANT_ bits of what the file grants. */
unsigned tvn__grants_of(const struct tvn_pipeline_stage *spec);

/* graph.c: the input of the link check. */
tvn_err tvn__graph_input(struct tvn_host *host);

/* log.c, metrics.c, dead_letter.c: each has a lock of its own; what is called
 * while a flow runs (write, count) is for any thread. */

/* log.c */
tvn_err tvn__log_new(struct tvn__log **out);
void tvn__log_free(struct tvn__log *log);
/* Appends "STAGE: LEVEL: MESSAGE" and a newline. */
void tvn__log_line(struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message, struct tvn_buf *out);
void tvn__log_write(void *env, struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message);

/* metrics.c: what guests count, for the report. */
tvn_err tvn__metrics_new(struct tvn__metrics **out);
void tvn__metrics_free(struct tvn__metrics *metrics);
void tvn__metrics_write(void *env, struct tvn_str stage, struct tvn_str name,
    double value, bool is_add);
void tvn__metrics_print(
    const struct tvn__metrics *metrics, struct tvn_buf *out);

/* dead_letter.c */
/* At link: its options. */
tvn_err tvn__dead_letter_check(
    const struct tvn_host *host, struct tvn_diag *diag);
tvn_err tvn__dead_letter_open(struct tvn_host *host, struct tvn_diag *diag);
tvn_err tvn__dead_letter_close(
    struct tvn_host *host, bool is_ok, struct tvn_diag *diag);
tvn_err tvn__dead_letter_write(
    void *env, const struct tvn_dead *dead, struct tvn_diag *diag);
uint64_t tvn__dead_letter_count(void *env);

#endif
