/* load.c -- the file, its WIT and its stages, read and linked. */
#include "base/mem.h"
#include "host/internal.h"

#include <stdlib.h>

static tvn_err
load_wits(struct tvn_host *host, struct tvn_diag *diag)
{
    const struct tvn_pipeline *pipeline = host->pipeline;
    tvn_err err = tvn_wits_init(&host->wits, host->types, pipeline->wit_count);

    for (uint32_t i = 0; err != TVN_ENOMEM && i < pipeline->wit_count; i++) {
        const char *path =
            tvn_pipeline_path(pipeline, &host->arena, pipeline->wits[i].text);

        err = path == NULL
                  ? TVN_ENOMEM
                  : tvn_err_first(err, tvn_wits_add(&host->wits, path,
                                           &pipeline->wits[i].place, diag));
    }
    return err;
}

static tvn_err
load_stages(struct tvn_host *host, struct tvn_diag *diag)
{
    const struct tvn_pipeline *pipeline = host->pipeline;
    const struct tvn_engine_opts engine = {0};
    uint32_t tables = 0;
    tvn_err err = TVN_OK;

    host->stages = tvn_arena_new(
        &host->arena, pipeline->stage_count, sizeof(*host->stages));
    for (uint32_t i = 0; i < pipeline->stage_count; i++) {
        tables += pipeline->stages[i].table_count;
    }
    host->tables = tvn_arena_new(&host->arena, tables, sizeof(*host->tables));
    if (host->stages == NULL || host->tables == NULL) {
        return TVN_ENOMEM;
    }
    if (!host->no_components) {
        err = tvn_engine_new(&engine, &host->checker, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    for (uint32_t i = 0; i < pipeline->stage_count; i++) {
        host->stages[i].spec = &pipeline->stages[i];
        err = tvn_err_first(err, tvn__stage_load(host, &host->stages[i], diag));
    }
    return err;
}

/* Sinks name fields of what comes in, which only the graph tells. */
static tvn_err
check_sinks(struct tvn_host *host, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < host->pipeline->stage_count; i++) {
        struct tvn__host_stage *stage = &host->stages[i];
        struct tvn_connector_opts opts;

        if (stage->spec->kind != TVN_PIPELINE_SINK ||
            stage->connector == NULL || host->link.stages[i].in == NULL) {
            continue;
        }
        stage->type = host->link.stages[i].in;
        opts = tvn__connector_opts(host, stage);
        opts.pool = NULL;
        opts.copies = NULL;
        err = tvn_err_first(
            err, stage->connector->check(&opts, true, &stage->info, diag));
    }
    return err;
}

static tvn_err
link_all(struct tvn_host *host, tvn_err err, struct tvn_diag *diag)
{
    tvn_err linked = tvn__graph_input(host);

    if (linked == TVN_OK) {
        linked = tvn_link_check(&host->input, &host->link, diag);
        host->has_link = linked != TVN_ENOMEM && linked != TVN_ELIMIT;
    }
    if (err == TVN_OK && linked == TVN_OK) {
        err = check_sinks(host, diag);
    }
    err = tvn_err_first(err, linked);
    err = tvn_err_first(err, tvn__dead_letter_check(host, diag));
    host->values = tvn_pool_new(host->pipeline->max_event, 0);
    if (host->values == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < host->pipeline->stage_count; i++) {
        err =
            tvn_err_first(err, tvn__stage_values(host, &host->stages[i], diag));
    }
    return err;
}

static tvn_err
load(struct tvn_host *host, const struct tvn_host_opts *opts,
    struct tvn_diag *diag)
{
    tvn_err err;

    host->types = tvn_types_new();
    if (host->types == NULL ||
        tvn_stage_types(host->types, &host->std) != TVN_OK) {
        return TVN_ENOMEM;
    }
    host->places = (struct tvn_places){tvn_wits_place, &host->wits};
    err = load_wits(host, diag);
    if (err != TVN_OK) {
        return err; /* nothing that follows can be told from its lack */
    }
    err = tvn__host_build(host, opts, diag);
    if (err != TVN_OK) {
        return err;
    }
    err = load_stages(host, diag);
    return err == TVN_ENOMEM ? err : link_all(host, err, diag);
}

tvn_err
tvn_host_load(const struct tvn_host_opts *opts, TVN_GIVE struct tvn_host **out,
    struct tvn_diag *diag)
{
    const struct tvn_pipeline_opts pipeline_opts = {.sets = opts->sets,
        .set_count = opts->set_count,
        .yaml = opts->variables};
    struct tvn_host *host = tvn_mem_new(1, sizeof(*host));
    tvn_err err;

    *out = NULL;
    if (host == NULL) {
        return tvn_diag_error(
            diag, TVN_ENOMEM, NULL, "%s", tvn_err_text(TVN_ENOMEM));
    }
    host->no_components = opts->no_components;
    err = tvn_pipeline_read(opts->file, &pipeline_opts, &host->pipeline, diag);
    if (err != TVN_OK) {
        tvn_host_free(host);
        return err;
    }
    err = load(host, opts, diag);
    if (err == TVN_ENOMEM && tvn_diag_err(diag) == TVN_OK) {
        (void)tvn_diag_error(diag, err, NULL, "%s", tvn_err_text(err));
    }
    *out = host;
    return err;
}

static void
free_run(struct tvn_host *host)
{
    tvn_flow_free(host->flow);
    tvn__log_free(host->log);
    tvn__metrics_free(host->metrics);
    if (host->loop != NULL) {
        tvn_loop_free(host->loop);
    }
}

void
tvn_host_free(struct tvn_host *host)
{
    if (host == NULL) {
        return;
    }
    free_run(host);
    for (uint32_t i = 0;
         host->stages != NULL && i < host->pipeline->stage_count; i++) {
        tvn__stage_free(&host->stages[i]);
    }
    tvn_engine_free(host->engine);
    tvn_engine_free(host->checker);
    for (uint32_t i = 0; i < host->table_count; i++) {
        tvn_table_free(host->tables[i]);
    }
    if (host->has_link) {
        tvn_link_fini(&host->link);
    }
    tvn_wits_fini(&host->wits);
    if (host->values != NULL) {
        tvn_pool_free(host->values);
    }
    for (uint32_t i = 0; i < host->pool_count; i++) {
        tvn_pool_free(host->pools[i]);
    }
    if (host->types != NULL) {
        tvn_types_free(host->types);
    }
    tvn_arena_fini(&host->arena);
    tvn_pipeline_free(host->pipeline);
    tvn_mem_free(host, 1, sizeof(*host));
}

const struct tvn_link *
tvn_host_link(const struct tvn_host *host)
{
    return host->has_link ? &host->link : NULL;
}

const struct tvn_pipeline *
tvn_host_pipeline(const struct tvn_host *host)
{
    return host->pipeline;
}

bool
tvn_host_uses_stdout(const struct tvn_host *host)
{
    for (uint32_t i = 0; i < host->pipeline->stage_count; i++) {
        if (host->stages[i].info.uses_stdout) {
            return true;
        }
    }
    return false;
}

const struct tvn_role_info *
tvn_host_role(const struct tvn_host *host, uint32_t stage)
{
    return host->stages[stage].has_role ? &host->stages[stage].role : NULL;
}

const char *
tvn_host_cache_dir(struct tvn_arena *arena)
{
    const char *root = getenv("TORVYN_CACHE");

    if (root != NULL && root[0] != '\0') {
        return tvn_arena_printf(arena, "%s/modules", root);
    }
    root = getenv("XDG_CACHE_HOME");
    if (root != NULL && root[0] != '\0') {
        return tvn_arena_printf(arena, "%s/torvyn/modules", root);
    }
    root = getenv("HOME");
    if (root != NULL && root[0] != '\0') {
        return tvn_arena_printf(arena, "%s/.cache/torvyn/modules", root);
    }
    return NULL;
}

const char *
tvn_host_engine_version(void)
{
    return tvn_engine_version();
}
