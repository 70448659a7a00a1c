/* report_json.c -- a link as JSON; see report.h. */
#include "contract/report.h"

#include "contract/internal.h"

static void
key_text(struct tvn_json *json, const char *key, const char *value)
{
    tvn_json_key(json, key);
    tvn_json_text(json, value);
}

static void
key_u64(struct tvn_json *json, const char *key, uint64_t value)
{
    tvn_json_key(json, key);
    tvn_json_u64(json, value);
}

static void
key_bool(struct tvn_json *json, const char *key, bool value)
{
    tvn_json_key(json, key);
    tvn_json_bool(json, value);
}

/* 0 is none. */
static void
key_or_null(struct tvn_json *json, const char *key, uint64_t value)
{
    tvn_json_key(json, key);
    if (value == 0) {
        tvn_json_null(json);
    } else {
        tvn_json_u64(json, value);
    }
}

/* NULL for no stage. */
static void
key_stage(const struct tvn_link *link, struct tvn_json *json, const char *key,
    uint32_t stage)
{
    tvn_json_key(json, key);
    if (stage == TVN_LINK_NONE) {
        tvn_json_null(json);
    } else {
        tvn_json_str(json, tvn__report_stage(link, stage));
    }
}

static void
edge_types_json(const struct tvn_link_edge_info *info, struct tvn_json *json)
{
    const struct tvn_view *view = &info->view;

    if (info->verdict == TVN_LINK_INCOMPATIBLE) {
        key_text(json, "path", view->path);
        key_text(json, "producer", view->text_a);
        key_text(json, "consumer", view->text_b);
    } else if (info->verdict == TVN_LINK_VIEW) {
        key_text(json, "read", view->read);
        key_text(json, "left_out", view->left_out);
        key_text(json, "always_none", view->always_none);
    }
    if (info->carried != NULL) {
        key_u64(json, "value_bytes", info->carried->size);
    }
    if (info->read != NULL) {
        key_u64(json, "read_bytes", info->read->size);
    }
}

static void
edge_json(const struct tvn_link *link, uint32_t edge, struct tvn_json *json)
{
    const struct tvn_link_edge *given = &link->input->edges[edge];
    const struct tvn_link_edge_info *info = &link->edges[edge];

    tvn_json_object(json);
    key_text(json, "name", info->name);
    tvn_json_key(json, "from");
    tvn_json_str(json, given->from);
    tvn_json_key(json, "port");
    if (given->port.len == 0) {
        tvn_json_null(json);
    } else {
        tvn_json_str(json, given->port);
    }
    tvn_json_key(json, "to");
    tvn_json_str(json, given->to);
    key_text(json, "verdict", tvn_link_verdict_name(info->verdict));
    key_text(json, "text", info->text);
    edge_types_json(info, json);
    key_bool(json, "shared_image", info->is_shared);
    key_text(json, "overflow", tvn_link_overflow_name(given->overflow));
    key_or_null(json, "rate", given->rate);
    key_or_null(json, "burst", given->burst);
    key_u64(json, "capacity", given->capacity);
    key_u64(json, "bytes", given->bytes);
    key_u64(json, "image_max", info->image_max);
    key_u64(json, "memory_max", info->memory_max);
    tvn_json_end(json);
}

static void
stage_json(const struct tvn_link_stage *stage, struct tvn_json *json)
{
    tvn_json_object(json);
    tvn_json_key(json, "name");
    tvn_json_str(json, stage->name);
    key_text(json, "thread", stage->thread);
    if (stage->retries == TVN_LINK_FOREVER) {
        key_text(json, "retry", "forever");
    } else {
        key_u64(json, "retry", stage->retries);
    }
    key_u64(json, "backoff_min_ns", stage->backoff_min_ns);
    key_u64(json, "backoff_max_ns", stage->backoff_max_ns);
    key_text(json, "then", tvn_link_then_name(stage->then));
    if (stage->kind == TVN_LINK_GUEST) {
        key_text(json, "state", stage->state_is_window ? "window" : "keep");
    }
    tvn_json_end(json);
}

static void
stall_json(const struct tvn_link *link, const struct tvn_link_stall *stall,
    struct tvn_json *json)
{
    tvn_json_object(json);
    key_stage(link, json, "sink", stall->sink);
    key_bool(json, "dead_letter", stall->sink == TVN_LINK_NONE);
    key_bool(json, "isolated", stall->is_isolated);
    tvn_json_key(json, "stages");
    tvn_json_array(json);
    for (uint32_t i = 0; i < stall->count; i++) {
        tvn_json_str(json, tvn__report_stage(link, stall->stages[i]));
    }
    tvn_json_end(json);
    key_bool(json, "stops_flow", stall->stops_flow);
    key_stage(link, json, "stopper", stall->stopper);
    key_bool(json, "shares_thread", stall->shares_thread);
    key_u64(json, "deadline_ns", stall->deadline_ns);
    tvn_json_end(json);
}

static void
loss_json(const struct tvn_link *link, const struct tvn_link_loss *loss,
    struct tvn_json *json)
{
    tvn_json_object(json);
    key_stage(link, json, "stage", loss->stage);
    key_text(json, "edge",
        loss->edge == TVN_LINK_NONE ? NULL : link->edges[loss->edge].name);
    key_text(json, "kind", tvn__report_loss(loss->kind));
    key_text(json, "counter", loss->counter);
    key_bool(json, "intended", loss->is_intended);
    tvn_json_end(json);
}

static void
memory_json(const struct tvn_link *link, struct tvn_json *json)
{
    tvn_json_object(json);
    key_u64(json, "total", link->memory_total);
    for (int i = 0; i < TVN_MEMORY_KIND_COUNT; i++) {
        key_u64(json, tvn__report_memory((enum tvn_link_memory_kind)i),
            link->memory_of[i]);
    }
    tvn_json_key(json, "parts");
    tvn_json_array(json);
    for (uint32_t i = 0; i < link->memory_count; i++) {
        const struct tvn_link_memory *part = &link->memory[i];

        tvn_json_object(json);
        key_text(json, "kind", tvn__report_memory(part->kind));
        if (part->kind == TVN_MEMORY_EDGE) {
            key_text(json, "edge", link->edges[part->index].name);
        } else if (part->kind == TVN_MEMORY_POOL) {
            key_text(json, "thread",
                part->index == 0 ? NULL : link->threads[part->index - 1]);
        } else {
            key_stage(link, json, "stage", part->index);
        }
        key_u64(json, "bytes", part->bytes);
        tvn_json_end(json);
    }
    tvn_json_end(json);
    tvn_json_end(json);
}

static void
promise_json(const struct tvn_link *link, struct tvn_json *json)
{
    tvn_json_object(json);
    key_text(json, "level", tvn_promise_name(link->promise));
    tvn_json_key(json, "paths");
    tvn_json_array(json);
    for (uint32_t i = 0; i < link->promise_count; i++) {
        const struct tvn_link_promise *promise = &link->promises[i];

        tvn_json_object(json);
        key_stage(link, json, "source", promise->source);
        key_stage(link, json, "sink", promise->sink);
        key_text(json, "level", tvn_promise_name(promise->level));
        key_text(json, "why", promise->why);
        tvn_json_end(json);
    }
    tvn_json_end(json);
    tvn_json_end(json);
}

static void
proofs_json(const struct tvn_link *link, struct tvn_json *json)
{
    tvn_json_key(json, "stalls");
    tvn_json_array(json);
    for (uint32_t i = 0; i < link->stall_count; i++) {
        stall_json(link, &link->stalls[i], json);
    }
    tvn_json_end(json);
    tvn_json_key(json, "losses");
    tvn_json_array(json);
    for (uint32_t i = 0; i < link->loss_count; i++) {
        loss_json(link, &link->losses[i], json);
    }
    tvn_json_end(json);
    tvn_json_key(json, "memory");
    memory_json(link, json);
    tvn_json_key(json, "promise");
    promise_json(link, json);
}

/* Proofs that there are none of are null: absent is for older versions. */
static void
no_proofs_json(struct tvn_json *json)
{
    static const char *const keys[] = {"stalls", "losses", "memory", "promise"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        tvn_json_key(json, keys[i]);
        tvn_json_null(json);
    }
}

static void
grants_json(const struct tvn_link *link, struct tvn_json *json)
{
    tvn_json_key(json, "wasi");
    tvn_json_array(json);
    for (uint32_t i = 0; i < link->input->stage_count; i++) {
        const struct tvn_link_stage *stage = &link->input->stages[i];

        for (uint32_t k = 0; stage->role != NULL && k < stage->role->wasi_count;
             k++) {
            unsigned grant = stage->role->wasi[k].grant;

            tvn_json_object(json);
            key_stage(link, json, "stage", i);
            tvn_json_key(json, "interface");
            tvn_json_str(json, stage->role->wasi[k].instance->name);
            key_text(json, "grant", tvn_wasi_grant_name(grant));
            key_bool(json, "granted",
                (TVN_GRANT_WASI(stage->grants) & grant) == grant);
            tvn_json_end(json);
        }
    }
    tvn_json_end(json);
}

void
tvn_report_json(const struct tvn_link *link, struct tvn_json *json)
{
    tvn_json_object(json);
    if (link->input != NULL) {
        tvn_json_key(json, "flow");
        tvn_json_str(json, link->input->flow);
        tvn_json_key(json, "stages");
        tvn_json_array(json);
        for (uint32_t i = 0; i < link->input->stage_count; i++) {
            stage_json(&link->input->stages[i], json);
        }
        tvn_json_end(json);
        tvn_json_key(json, "edges");
        tvn_json_array(json);
        for (uint32_t i = 0; i < link->input->edge_count; i++) {
            edge_json(link, i, json);
        }
        tvn_json_end(json);
        if (link->has_proofs) {
            proofs_json(link, json);
        } else {
            no_proofs_json(json);
        }
        grants_json(link, json);
    }
    tvn_json_end(json);
}
