/* graph.c -- the file's stages and edges, as the link check wants them. */
#include "host/internal.h"

_Static_assert((int)TVN_PIPELINE_STOP == (int)TVN_LINK_STOP &&
                   (int)TVN_PIPELINE_DEAD_LETTER == (int)TVN_LINK_DEAD_LETTER,
    "one order of on-error's ends");
_Static_assert(TVN_PIPELINE_FOREVER == TVN_LINK_FOREVER, "one forever");
_Static_assert((int)TVN_PIPELINE_BLOCK == (int)TVN_LINK_BLOCK &&
                   (int)TVN_PIPELINE_RATE_LIMIT == (int)TVN_LINK_RATE_LIMIT,
    "one order of policies");

/* The builder, lowered scratch and fault text of a guest. */
#define GUEST_BUFFERS(max_event) ((uint64_t)(max_event) + (64u << 10))

unsigned
tvn__grants_of(const struct tvn_pipeline_stage *spec)
{
    unsigned grants = TVN_GRANT_DEFAULT;

    for (uint32_t i = 0; i < spec->grant_count; i++) {
        grants |= tvn_grant_find(spec->grants[i].text);
    }
    if (spec->directory_count > 0) {
        grants |= TVN_GRANT_OF_WASI(TVN_WASI_FILESYSTEM);
    }
    return grants;
}

/* NULL: the flow's own; `*err` TVN_ENOMEM when there is no memory. */
static const char *
thread_of(struct tvn_host *host, uint32_t thread, tvn_err *err)
{
    struct tvn_str name;
    const char *copy;

    if (thread == 0) {
        return NULL;
    }
    name = host->pipeline->threads[thread - 1].text;
    copy = tvn_arena_copy(&host->arena, name.ptr, name.len);
    if (copy == NULL) {
        *err = TVN_ENOMEM;
    }
    return copy;
}

static tvn_err
fill_guest(struct tvn_host *host, const struct tvn__host_stage *stage,
    struct tvn_link_stage *out)
{
    const struct tvn_pipeline_stage *spec = stage->spec;
    struct tvn_str *tables =
        tvn_arena_new(&host->arena, spec->table_count, sizeof(*tables));

    if (tables == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < spec->table_count; i++) {
        tables[i] = spec->tables[i].name.text;
    }
    out->kind = TVN_LINK_GUEST;
    out->role = stage->has_role ? &stage->role : NULL;
    out->world = stage->world;
    out->grants = tvn__grants_of(spec);
    out->tables = tables;
    out->table_count = spec->table_count;
    out->has_config = spec->config != NULL;
    out->has_window = spec->has_window;
    out->window_count = spec->window_count > UINT32_MAX
                            ? UINT32_MAX
                            : (uint32_t)spec->window_count;
    out->deadline_ns = spec->deadline_ns;
    out->memory_max = spec->memory;
    out->state_is_window = spec->state_is_window;
    out->buffer_bytes = GUEST_BUFFERS(host->pipeline->max_event);
    return TVN_OK;
}

static tvn_err
fill_stage(struct tvn_host *host, const struct tvn__host_stage *stage,
    struct tvn_link_stage *out)
{
    const struct tvn_pipeline_stage *spec = stage->spec;
    tvn_err err = TVN_OK;

    out->name = spec->name.text;
    out->place = spec->name.place;
    out->retries = spec->on_error.retries;
    out->backoff_min_ns = spec->on_error.backoff_min_ns;
    out->backoff_max_ns = spec->on_error.backoff_max_ns;
    out->then = (enum tvn_link_then)spec->on_error.then;
    out->thread = thread_of(host, spec->thread, &err);
    if (err != TVN_OK) {
        return err;
    }
    if (spec->kind == TVN_PIPELINE_GUEST) {
        return fill_guest(host, stage, out);
    }
    out->kind =
        spec->kind == TVN_PIPELINE_SOURCE ? TVN_LINK_SOURCE : TVN_LINK_SINK;
    out->connector = stage->connector == NULL ? "?" : stage->connector->name;
    out->codec = stage->info.codec;
    out->type = stage->type;
    out->promise = stage->info.is_lossy_on_death ? TVN_PROMISE_AT_MOST_ONCE
                                                 : TVN_PROMISE_AT_LEAST_ONCE;
    out->promise_why = stage->info.promise_why;
    out->buffer_bytes = stage->info.buffer_bytes;
    return TVN_OK;
}

static void
fill_edge(const struct tvn_pipeline_edge *edge, struct tvn_link_edge *out)
{
    *out = (struct tvn_link_edge){
        .from = edge->from.text,
        .port = edge->port.text,
        .to = edge->to.text,
        .place = edge->place,
        .capacity = edge->capacity,
        .bytes = edge->bytes,
        .overflow = (enum tvn_link_overflow)edge->overflow,
        .rate = edge->rate,
        .burst = edge->burst,
    };
}

static tvn_err
names_of(struct tvn_host *host, const struct tvn_pipeline_name *names,
    uint32_t count, const struct tvn_str **out)
{
    struct tvn_str *texts = tvn_arena_new(&host->arena, count, sizeof(*texts));

    if (texts == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = names[i].text;
    }
    *out = texts;
    return TVN_OK;
}

static tvn_err
fill_require(struct tvn_host *host)
{
    const struct tvn_pipeline_require *from = &host->pipeline->require;
    struct tvn_link_require *to = &host->input.require;
    int level = tvn_promise_find(from->delivery.text);
    tvn_err err = names_of(host, from->cannot_stall_others,
        from->cannot_stall_others_count, &to->cannot_stall_others);

    if (err == TVN_OK) {
        err = names_of(host, from->loss, from->loss_count, &to->loss);
    }
    to->place = from->place;
    to->cannot_stall_others_count = from->cannot_stall_others_count;
    to->has_loss = from->has_loss;
    to->loss_count = from->loss_count;
    to->memory_max = from->memory;
    to->has_delivery = level >= 0;
    to->delivery = level >= 0 ? (enum tvn_promise)level : 0;
    to->missing_none = from->missing_none;
    to->threads = from->threads;
    return err;
}

tvn_err
tvn__graph_input(struct tvn_host *host)
{
    const struct tvn_pipeline *pipeline = host->pipeline;
    struct tvn_link_stage *stages =
        tvn_arena_new(&host->arena, pipeline->stage_count, sizeof(*stages));
    struct tvn_link_edge *edges =
        tvn_arena_new(&host->arena, pipeline->edge_count, sizeof(*edges));
    tvn_err err = TVN_OK;

    if (stages == NULL || edges == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < pipeline->stage_count; i++) {
        err = fill_stage(host, &host->stages[i], &stages[i]);
    }
    for (uint32_t i = 0; i < pipeline->edge_count; i++) {
        fill_edge(&pipeline->edges[i], &edges[i]);
    }
    host->input = (struct tvn_link_input){
        .flow = pipeline->flow.text,
        .stages = stages,
        .stage_count = pipeline->stage_count,
        .edges = edges,
        .edge_count = pipeline->edge_count,
        .max_event = pipeline->max_event,
        .pool_bytes = TVN__POOL_CACHE,
        .has_dead_letter = pipeline->has_dead_letter,
        .places = &host->places,
        .wits = (const struct tvn_wit *const *)host->wits.wits,
        .wit_count = host->wits.count,
    };
    return err == TVN_OK ? fill_require(host) : err;
}
