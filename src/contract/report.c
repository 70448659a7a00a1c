/* report.c -- a link as text and as JSON; see report.h. */
#include "contract/report.h"

#include "base/assert.h"

#include <inttypes.h>

#define COLUMN_MAX 40u /* a longer name pushes its own line, not all others */

void
tvn_report_bytes(uint64_t bytes, struct tvn_buf *out)
{
    static const char *const units[] = {
        "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned unit = 0;
    uint64_t scale = 1;
    uint64_t whole;
    uint64_t tenths;

    while (unit < 6 && bytes / scale >= 1024) {
        scale *= 1024;
        unit++;
    }
    /* Tenths upwards: a bound that is printed must hold.  The rest is below
     * 2^60, so ten times it fits. */
    whole = bytes / scale;
    tenths = (bytes % scale * 10 + scale - 1) / scale;
    if (tenths == 10) {
        whole++;
        tenths = 0;
    }
    if (whole == 1024 && unit < 6) {
        whole = 1;
        unit++;
    }
    tvn_buf_printf(out, "%" PRIu64, whole);
    if (tenths > 0) {
        tvn_buf_printf(out, ".%" PRIu64, tenths);
    }
    tvn_buf_printf(out, " %s", units[unit]);
}

/* ------------------------------------------------------------------------
 * Names. */

static struct tvn_str
stage_name(const struct tvn_link *link, uint32_t stage)
{
    return stage == TVN_LINK_NONE ? TVN_STR("dead letter")
                                  : link->input->stages[stage].name;
}

static const char *
loss_name(enum tvn_link_loss_kind kind)
{
    static const char *const names[] = {
        [TVN_LOSS_DROP_OLDEST] = "drop-oldest",
        [TVN_LOSS_DROP_NEWEST] = "drop-newest",
        [TVN_LOSS_REFUSED] = "refused",
        [TVN_LOSS_ON_ERROR] = "on-error: drop",
        [TVN_LOSS_STATE] = "a trap loses the open window",
        [TVN_LOSS_FILTERED] = "filtered",
        [TVN_LOSS_UNROUTED] = "unrouted",
    };

    return names[kind];
}

static const char *
memory_name(enum tvn_link_memory_kind kind)
{
    static const char *const names[TVN_MEMORY_KIND_COUNT] = {
        [TVN_MEMORY_EDGE] = "edges",
        [TVN_MEMORY_OUTBOX] = "outboxes",
        [TVN_MEMORY_RETRY] = "retries",
        [TVN_MEMORY_CONNECTOR] = "buffers",
        [TVN_MEMORY_GUEST] = "guests",
        [TVN_MEMORY_POOL] = "pools",
    };

    return names[kind];
}

/* ------------------------------------------------------------------------
 * Text: rows of columns, two spaces in and two between. */

struct column {
    size_t width;
};

static void
widen(struct column *column, size_t len)
{
    if (len > column->width && len <= COLUMN_MAX) {
        column->width = len;
    }
}

static void
put(struct tvn_buf *out, struct column column, struct tvn_str text)
{
    tvn_buf_append_str(out, text);
    for (size_t i = text.len; i < column.width; i++) {
        tvn_buf_append_byte(out, ' ');
    }
    tvn_buf_append_text(out, "  ");
}

/* Ends a line without the blanks that a column left behind. */
static void
end_line(struct tvn_buf *out)
{
    while (!out->failed && out->len > 0 && out->ptr[out->len - 1] == ' ') {
        out->len--;
    }
    tvn_buf_append_byte(out, '\n');
}

static void
print_edges(const struct tvn_link *link, struct tvn_buf *out)
{
    struct column names = {0};
    struct column verdicts = {0};

    for (uint32_t i = 0; i < link->input->edge_count; i++) {
        widen(&names, strlen(link->edges[i].name));
        widen(&verdicts, strlen(tvn_link_verdict_name(link->edges[i].verdict)));
    }
    for (uint32_t i = 0; i < link->input->edge_count; i++) {
        const struct tvn_link_edge_info *info = &link->edges[i];

        put(out, names, tvn_str_of(info->name));
        put(out, verdicts, tvn_str_of(tvn_link_verdict_name(info->verdict)));
        tvn_buf_append_text(out, info->text);
        end_line(out);
    }
}

static void
print_stall(const struct tvn_link *link, const struct tvn_link_stall *stall,
    struct tvn_buf *out)
{
    tvn_buf_append_text(out, stall->is_isolated ? "isolated" : "not isolated");
    for (uint32_t i = 0; i < stall->count; i++) {
        tvn_buf_append_text(out, i == 0 ? "; stalls " : ", ");
        tvn_buf_append_str(out, stage_name(link, stall->stages[i]));
    }
    if (stall->stops_flow) {
        tvn_buf_printf(out, "; on-error of %.*s ends the flow",
            TVN_STR_ARG(stage_name(link, stall->stopper)));
    }
    if (stall->shares_thread && stall->deadline_ns > 0) {
        tvn_buf_printf(out, "; shares a thread, up to %.6g ms a call",
            (double)stall->deadline_ns / 1e6);
    } else if (stall->shares_thread) {
        tvn_buf_append_text(out, "; shares a thread, without a deadline");
    }
}

static void
print_stalls(const struct tvn_link *link, struct tvn_buf *out)
{
    struct column names = {0};

    for (uint32_t i = 0; i < link->stall_count; i++) {
        widen(&names, stage_name(link, link->stalls[i].sink).len);
    }
    tvn_buf_append_text(out, "\nstall: what stands still with a sink\n");
    for (uint32_t i = 0; i < link->stall_count; i++) {
        tvn_buf_append_text(out, "  ");
        put(out, names, stage_name(link, link->stalls[i].sink));
        print_stall(link, &link->stalls[i], out);
        end_line(out);
    }
}

/* The rows that are intended, or those that are not; how many. */
static uint32_t
print_loss_rows(
    const struct tvn_link *link, bool is_intended, struct tvn_buf *out)
{
    struct column names = {0};
    struct column kinds = {0};
    struct column counters = {0};
    uint32_t count = 0;

    for (uint32_t i = 0; i < link->loss_count; i++) {
        const struct tvn_link_loss *loss = &link->losses[i];

        if (loss->is_intended == is_intended) {
            widen(&names, stage_name(link, loss->stage).len);
            widen(&kinds, strlen(loss_name(loss->kind)));
            widen(&counters, strlen(loss->counter));
        }
    }
    for (uint32_t i = 0; i < link->loss_count; i++) {
        const struct tvn_link_loss *loss = &link->losses[i];

        if (loss->is_intended != is_intended) {
            continue;
        }
        count++;
        tvn_buf_append_text(out, "  ");
        put(out, names, stage_name(link, loss->stage));
        if (is_intended) {
            tvn_buf_append_text(out, loss->counter);
        } else {
            put(out, kinds, tvn_str_of(loss_name(loss->kind)));
            put(out, counters, tvn_str_of(loss->counter));
            if (loss->edge != TVN_LINK_NONE) {
                tvn_buf_append_text(out, link->edges[loss->edge].name);
            }
        }
        end_line(out);
    }
    return count;
}

static void
print_losses(const struct tvn_link *link, struct tvn_buf *out)
{
    struct tvn_buf intended = {0};

    tvn_buf_append_text(out, "\nloss: where, how, counted as\n");
    if (print_loss_rows(link, false, out) == 0) {
        tvn_buf_append_text(out, "  none\n");
    }
    if (print_loss_rows(link, true, &intended) > 0) {
        tvn_buf_append_text(out, "intended: events that end early\n");
        tvn_buf_append_str(out, tvn_buf_str(&intended));
    }
    out->failed |= intended.failed;
    tvn_buf_fini(&intended);
}

static void
print_memory(const struct tvn_link *link, struct tvn_buf *out)
{
    struct column names = {.width = strlen("outboxes")};

    tvn_buf_append_text(out, "\nmemory: at most ");
    tvn_report_bytes(link->memory_total, out);
    tvn_buf_append_text(out, ", engine and compiled code apart\n");
    for (int i = 0; i < TVN_MEMORY_KIND_COUNT; i++) {
        enum tvn_link_memory_kind kind = (enum tvn_link_memory_kind)i;

        if (link->memory_of[kind] > 0) {
            tvn_buf_append_text(out, "  ");
            put(out, names, tvn_str_of(memory_name(kind)));
            tvn_report_bytes(link->memory_of[kind], out);
            tvn_buf_append_byte(out, '\n');
        }
    }
}

/* One line for each stage and grant, however many interfaces ask for it. */
static void
print_grants(const struct tvn_link *link, struct tvn_buf *out)
{
    const struct tvn_link_input *input = link->input;
    bool has_title = false;

    for (uint32_t i = 0; i < input->stage_count; i++) {
        const struct tvn_link_stage *stage = &input->stages[i];
        unsigned told = 0;

        for (uint32_t k = 0; stage->role != NULL && k < stage->role->wasi_count;
             k++) {
            unsigned grant = stage->role->wasi[k].grant;

            if (grant == 0 || (told & grant) != 0) {
                continue;
            }
            if (!has_title) {
                tvn_buf_append_text(out, "\nwasi: what guests ask for\n");
            }
            has_title = true;
            told |= grant;
            tvn_buf_printf(out, "  %.*s  %s: %s\n", TVN_STR_ARG(stage->name),
                tvn_wasi_grant_name(grant),
                (TVN_GRANT_WASI(stage->grants) & grant) != 0 ? "granted"
                                                             : "not granted");
        }
    }
}

static void
print_promises(const struct tvn_link *link, struct tvn_buf *out)
{
    struct column names = {0};
    struct column levels = {0};

    for (uint32_t i = 0; i < link->promise_count; i++) {
        const struct tvn_link_promise *promise = &link->promises[i];

        widen(&names, stage_name(link, promise->source).len + 4 +
                          stage_name(link, promise->sink).len);
        widen(&levels, strlen(tvn_promise_name(promise->level)));
    }
    tvn_buf_printf(out, "\npromise: %s\n", tvn_promise_name(link->promise));
    for (uint32_t i = 0; i < link->promise_count; i++) {
        const struct tvn_link_promise *promise = &link->promises[i];
        struct tvn_buf pair = {0};

        tvn_buf_printf(&pair, "%.*s -> %.*s",
            TVN_STR_ARG(stage_name(link, promise->source)),
            TVN_STR_ARG(stage_name(link, promise->sink)));
        tvn_buf_append_text(out, "  ");
        put(out, names, tvn_buf_str(&pair));
        put(out, levels, tvn_str_of(tvn_promise_name(promise->level)));
        tvn_buf_append_text(out, promise->why);
        end_line(out);
        out->failed |= pair.failed;
        tvn_buf_fini(&pair);
    }
}

void
tvn_report_print(const struct tvn_link *link, struct tvn_buf *out)
{
    if (link->input == NULL) {
        return; /* the check found no memory, or too much of everything */
    }
    tvn_buf_printf(out, "flow %.*s: %u stages, %u edges\n\n",
        TVN_STR_ARG(link->input->flow), (unsigned)link->input->stage_count,
        (unsigned)link->input->edge_count);
    print_edges(link, out);
    if (link->has_proofs) {
        print_stalls(link, out);
        print_losses(link, out);
        print_memory(link, out);
        print_promises(link, out);
    }
    print_grants(link, out);
}

/* ------------------------------------------------------------------------
 * JSON. */

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

/* NULL for no stage. */
static void
key_stage(const struct tvn_link *link, struct tvn_json *json, const char *key,
    uint32_t stage)
{
    tvn_json_key(json, key);
    if (stage == TVN_LINK_NONE) {
        tvn_json_null(json);
    } else {
        tvn_json_str(json, stage_name(link, stage));
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
    key_u64(json, "capacity", given->capacity);
    key_u64(json, "bytes", given->bytes);
    key_u64(json, "image_max", info->image_max);
    key_u64(json, "memory_max", info->memory_max);
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
        tvn_json_str(json, stage_name(link, stall->stages[i]));
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
    key_text(json, "kind", loss_name(loss->kind));
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
        key_u64(json, memory_name((enum tvn_link_memory_kind)i),
            link->memory_of[i]);
    }
    tvn_json_key(json, "parts");
    tvn_json_array(json);
    for (uint32_t i = 0; i < link->memory_count; i++) {
        const struct tvn_link_memory *part = &link->memory[i];

        tvn_json_object(json);
        key_text(json, "kind", memory_name(part->kind));
        if (part->kind == TVN_MEMORY_EDGE) {
            key_text(json, "edge", link->edges[part->index].name);
        } else if (part->kind != TVN_MEMORY_POOL) {
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
