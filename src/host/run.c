/* run.c -- a linked flow, made and run. */
#include "host/internal.h"

#include <signal.h>

static const struct tvn_host_swap *
find_swap(const struct tvn_host *host, struct tvn_str name)
{
    for (uint32_t i = 0; i < host->run->swap_count; i++) {
        if (tvn_str_equal(host->run->swaps[i].name, name)) {
            return &host->run->swaps[i];
        }
    }
    return NULL;
}

/* The file's directories; their paths are relative to it. */
static tvn_err
make_dirs(struct tvn_host *host, const struct tvn_pipeline_stage *spec,
    const struct tvn_wasi_dir **out)
{
    struct tvn_wasi_dir *dirs =
        tvn_arena_new(&host->arena, spec->directory_count, sizeof(*dirs));

    for (uint32_t i = 0; dirs != NULL && i < spec->directory_count; i++) {
        const struct tvn_pipeline_directory *from = &spec->directories[i];

        dirs[i] = (struct tvn_wasi_dir){
            .host_path = tvn_pipeline_path(
                host->pipeline, &host->arena, from->path.text),
            .guest_path = tvn_arena_copy(
                &host->arena, from->name.text.ptr, from->name.text.len),
            .can_write = from->can_write && host->run->sim == NULL,
        };
        if (dirs[i].host_path == NULL || dirs[i].guest_path == NULL) {
            return TVN_ENOMEM;
        }
    }
    *out = dirs;
    return dirs == NULL ? TVN_ENOMEM : TVN_OK;
}

static tvn_err
make_guest(struct tvn_host *host, struct tvn__host_stage *stage,
    const struct tvn_type *in, struct tvn_stage *out, struct tvn_diag *diag)
{
    struct tvn_guest_opts opts = {
        .name = stage->spec->name.text,
        .path = stage->path,
        .place = stage->spec->name.place,
        .code = stage->code,
        .role = &stage->role,
        .std = &host->std,
        .in = in,
        .config = stage->config,
        .tables = stage->tables,
        .pool = host->pools[stage->spec->thread],
        .copies = &stage->copies,
        .clock = tvn__sim_clock(host),
        .memory_max = stage->spec->memory,
        .deadline_ns = stage->spec->deadline_ns,
        .init_deadline_ns = stage->spec->init_deadline_ns,
        .state_is_window = stage->spec->state_is_window,
        .log = tvn__sim_log,
        .metric = tvn__metrics_write,
        .env = host,
        .wasi_grants = TVN_GRANT_WASI(tvn__grants_of(stage->spec)),
        .dir_count = stage->spec->directory_count,
    };
    tvn_err err = make_dirs(host, stage->spec, &opts.dirs);

    return err == TVN_OK ? tvn_guest_new(&opts, out, diag) : err;
}

tvn_err
tvn__make_stage(struct tvn_host *host, uint32_t number, struct tvn_stage *out,
    struct tvn_diag *diag)
{
    struct tvn__host_stage *stage = &host->stages[number];
    const struct tvn_link_stage_info *info = &host->link.stages[number];
    const struct tvn_host_swap *swap = find_swap(host, stage->spec->name.text);
    struct tvn_connector_opts opts;

    if (swap != NULL) {
        return swap->make(swap->env, host->pools[stage->spec->thread],
            info->role == TVN_ROLE_SOURCE ? info->out : info->in, out);
    }
    if (stage->spec->kind == TVN_PIPELINE_GUEST) {
        return make_guest(host, stage, info->in, out, diag);
    }
    opts = tvn__connector_opts(host, stage);
    return stage->spec->kind == TVN_PIPELINE_SOURCE
               ? stage->connector->source(&opts, out, diag)
               : stage->connector->sink(&opts, out, diag);
}

static tvn_err
compile(struct tvn_host *host, struct tvn_diag *diag)
{
    const struct tvn_engine_opts opts = {.cache_dir = host->run->cache_dir};
    tvn_err err = tvn_engine_new(&opts, &host->engine, diag);

    for (uint32_t i = 0; err == TVN_OK && i < host->pipeline->stage_count;
         i++) {
        struct tvn__host_stage *stage = &host->stages[i];

        if (stage->component != NULL &&
            find_swap(host, stage->spec->name.text) == NULL) {
            err = tvn_code_new(host->engine, stage->component, stage->path,
                &stage->code, diag);
        }
    }
    return err;
}

/* ------------------------------------------------------------------------
 * The flow's own form of the graph. */

static void
fill_node(struct tvn_host *host, uint32_t number, struct tvn_flow_node *node)
{
    const struct tvn__host_stage *stage = &host->stages[number];
    const struct tvn_link_stage_info *info = &host->link.stages[number];

    node->name = stage->spec->name.text;
    node->place = stage->spec->name.place;
    node->role = info->role;
    node->then = (enum tvn_flow_then)stage->spec->on_error.then;
    node->retries = stage->spec->on_error.retries;
    node->backoff_min_ns = stage->spec->on_error.backoff_min_ns;
    node->backoff_max_ns = stage->spec->on_error.backoff_max_ns;
    node->thread = stage->spec->thread;
    node->window_every_ns = stage->spec->window_every_ns;
    node->window_count = stage->spec->window_count;
    node->image_max = info->image_max;
    node->copies = &stage->copies;
}

static void
fill_edge(
    const struct tvn_host *host, uint32_t number, struct tvn_flow_edge *edge)
{
    const struct tvn_link_edge_info *info = &host->link.edges[number];
    const struct tvn_pipeline_edge *spec = &host->pipeline->edges[number];

    edge->name = tvn_str_of(info->name);
    edge->from = info->from;
    edge->to = info->to;
    edge->out = (enum tvn_flow_out)info->out;
    edge->port = info->port;
    edge->capacity = spec->capacity;
    edge->bytes = spec->bytes;
    edge->overflow = (enum tvn_overflow)spec->overflow;
    edge->rate = spec->rate;
    edge->rate_burst = (uint32_t)spec->burst;
}

_Static_assert((int)TVN_LINK_OUT_PORT == (int)TVN_OUT_PORT &&
                   (int)TVN_LINK_OUT_UNROUTED == (int)TVN_OUT_UNROUTED,
    "one order of outputs");
_Static_assert((int)TVN_PIPELINE_DEAD_LETTER == (int)TVN_THEN_DEAD_LETTER,
    "one order of on-error's ends");
_Static_assert((int)TVN_PIPELINE_DROP_OLDEST == (int)TVN_OVERFLOW_DROP_OLDEST &&
                   (int)TVN_PIPELINE_RATE_LIMIT == (int)TVN_OVERFLOW_RATE_LIMIT,
    "one order of policies");

static void
forward_progress(void *env, const struct tvn_flow_progress *progress)
{
    struct tvn_host *host = env;

    host->run->progress(host->run->env, progress->elapsed_ns, progress->in);
}

static tvn_err
make_flow(struct tvn_host *host, struct tvn_diag *diag)
{
    const struct tvn_pipeline *pipeline = host->pipeline;
    uint32_t feeds = tvn__sim_feeds(host->run);
    struct tvn_flow_node *nodes = tvn_arena_new(
        &host->arena, pipeline->stage_count + feeds, sizeof(*nodes));
    struct tvn_flow_edge *edges = tvn_arena_new(
        &host->arena, pipeline->edge_count + feeds, sizeof(*edges));
    struct tvn_flow_opts opts = {
        .name = pipeline->flow.text,
        .nodes = nodes,
        .node_count = pipeline->stage_count,
        .edges = edges,
        .edge_count = pipeline->edge_count,
        .clock = tvn_clock_real(),
        .loop = host->loop,
        .thread_count = 1 + pipeline->thread_count,
        .pools = host->pools,
        .burst = pipeline->burst,
        .drain_timeout_ns = pipeline->drain_timeout_ns,
        .limit = host->run->limit,
        .trace_every = host->run->trace_every,
        .trace_count = host->run->trace_count,
        .dead = host->dead == NULL ? NULL : tvn__dead_letter_write,
        .dead_count = host->dead == NULL ? NULL : tvn__dead_letter_count,
        .progress = host->run->progress == NULL ? NULL : forward_progress,
        .env = host,
    };
    uint32_t made = 0;
    tvn_err err = TVN_OK;

    if (nodes == NULL || edges == NULL) {
        return TVN_ENOMEM;
    }
    for (; err == TVN_OK && made < pipeline->stage_count; made++) {
        fill_node(host, made, &nodes[made]);
        err = tvn__make_stage(host, made, &nodes[made].stage, diag);
    }
    if (err != TVN_OK) { /* the last one made nothing */
        for (uint32_t i = 0; i + 1 < made; i++) {
            nodes[i].stage.ops->free(nodes[i].stage.self);
        }
        return err;
    }
    for (uint32_t i = 0; i < pipeline->edge_count; i++) {
        fill_edge(host, i, &edges[i]);
    }
    tvn__simulate(host, nodes, edges, &opts);
    return tvn_flow_new(&opts, &host->flow, diag);
}

/* ------------------------------------------------------------------------ */

static void
interrupted(void *env)
{
    struct tvn_host *host = env;

    tvn_flow_interrupt(host->flow);
}

static tvn_err
make_loop(struct tvn_host *host)
{
    tvn_err err = tvn_loop_new(&host->loop);

    if (err == TVN_OK && host->run->has_signals) {
        err = tvn_loop_signal(host->loop, SIGINT, interrupted, host);
    }
    if (err == TVN_OK && host->run->has_signals) {
        err = tvn_loop_signal(host->loop, SIGTERM, interrupted, host);
    }
    return err;
}

tvn_err
tvn__host_pools(struct tvn_host *host)
{
    uint32_t count = 1 + host->pipeline->thread_count;

    host->pools = tvn_arena_new(&host->arena, count, sizeof(*host->pools));
    if (host->pools == NULL) {
        return TVN_ENOMEM;
    }
    for (; host->pool_count < count; host->pool_count++) {
        struct tvn_pool *pool =
            tvn_pool_new(host->pipeline->max_event, TVN__POOL_CACHE);

        if (pool == NULL) {
            return TVN_ENOMEM;
        }
        host->pools[host->pool_count] = pool;
    }
    return TVN_OK;
}

static tvn_err
prepare(struct tvn_host *host, struct tvn_diag *diag)
{
    tvn_err err;

    err = tvn__host_pools(host);
    if (err == TVN_OK) {
        err = tvn__log_new(&host->log);
    }
    if (err == TVN_OK) {
        err = tvn__metrics_new(&host->metrics);
    }
    if (err == TVN_OK) {
        err = make_loop(host);
    }
    if (err == TVN_OK) {
        err = compile(host, diag);
    }
    if (err == TVN_OK && host->run->sim == NULL) {
        err = tvn__dead_letter_open(host, diag);
    }
    return err == TVN_OK ? make_flow(host, diag) : err;
}

tvn_err
tvn_host_run(struct tvn_host *host, const struct tvn_host_run_opts *opts,
    struct tvn_diag *diag)
{
    tvn_err err;

    host->run = opts;
    err = prepare(host, diag);
    if (err == TVN_OK) {
        host->has_run = true;
        err = tvn_flow_run(host->flow, diag);
    }
    err = tvn_err_first(err, tvn__dead_letter_close(host, err == TVN_OK, diag));
    if (err != TVN_OK && tvn_diag_err(diag) == TVN_OK) {
        (void)tvn_diag_error(diag, err, NULL, "%s", tvn_err_text(err));
    }
    return err;
}

bool
tvn_host_has_run(const struct tvn_host *host)
{
    return host->has_run;
}

void
tvn_host_report_print(const struct tvn_host *host, struct tvn_buf *out)
{
    tvn_flow_report_print(host->flow, out);
    tvn__metrics_print(host->metrics, out);
}

void
tvn_host_report_json(const struct tvn_host *host, struct tvn_json *json)
{
    tvn_flow_report_json(host->flow, json);
}

void
tvn_host_trace_print(const struct tvn_host *host, struct tvn_buf *out)
{
    tvn_flow_trace_print(host->flow, out);
}

void
tvn_host_trace_json(const struct tvn_host *host, struct tvn_json *json)
{
    tvn_flow_trace_json(host->flow, json);
}
