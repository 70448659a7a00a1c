/* report.c -- a link as text; see report.h. */
#include "contract/report.h"

#include "contract/internal.h"

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

struct tvn_str
tvn__report_stage(const struct tvn_link *link, uint32_t stage)
{
    return stage == TVN_LINK_NONE ? TVN_STR("dead letter")
                                  : link->input->stages[stage].name;
}

const char *
tvn__report_loss(enum tvn_link_loss_kind kind)
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

const char *
tvn__report_memory(enum tvn_link_memory_kind kind)
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

/* What is not as it is without a word in the file. */
static void
print_policy(const struct tvn_link_edge *edge, struct tvn_buf *out)
{
    if (edge->overflow != TVN_LINK_BLOCK) {
        tvn_buf_printf(
            out, "; overflow %s", tvn_link_overflow_name(edge->overflow));
    }
    if (edge->rate > 0) {
        tvn_buf_printf(out, "; rate %" PRIu64 "/s, burst %" PRIu64, edge->rate,
            edge->burst);
    }
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
        print_policy(&link->input->edges[i], out);
        end_line(out);
    }
}

/* Whom the others do not hold up, and who is tried again. */
static void
print_threads(const struct tvn_link *link, struct tvn_buf *out)
{
    const struct tvn_link_input *input = link->input;
    struct column names = {0};

    for (uint32_t i = 0; i < link->thread_count; i++) {
        widen(&names, strlen(link->threads[i]));
    }
    for (uint32_t i = 0; i < link->thread_count; i++) {
        const char *separator = "";

        tvn_buf_append_text(
            out, i == 0 ? "\nthreads: beside the flow's own\n  " : "  ");
        put(out, names, tvn_str_of(link->threads[i]));
        for (uint32_t k = 0; k < input->stage_count; k++) {
            const char *thread = input->stages[k].thread;

            if (thread != NULL && strcmp(thread, link->threads[i]) == 0) {
                tvn_buf_append_text(out, separator);
                tvn_buf_append_str(out, input->stages[k].name);
                separator = ", ";
            }
        }
        end_line(out);
    }
}

static void
print_retries(const struct tvn_link *link, struct tvn_buf *out)
{
    const struct tvn_link_input *input = link->input;
    struct column names = {0};
    bool has_title = false;

    for (uint32_t i = 0; i < input->stage_count; i++) {
        widen(&names,
            input->stages[i].retries > 0 ? input->stages[i].name.len : 0);
    }
    for (uint32_t i = 0; i < input->stage_count; i++) {
        const struct tvn_link_stage *stage = &input->stages[i];
        double min_ms = (double)stage->backoff_min_ns / 1e6;
        double max_ms = (double)stage->backoff_max_ns / 1e6;

        if (stage->retries == 0) {
            continue;
        }
        tvn_buf_append_text(
            out, has_title ? "  " : "\nretry: what is tried again\n  ");
        has_title = true;
        put(out, names, stage->name);
        if (stage->retries == TVN_LINK_FOREVER) {
            tvn_buf_append_text(out, "forever");
        } else {
            tvn_buf_printf(out, "%" PRIu32 " time%s", stage->retries,
                stage->retries == 1 ? "" : "s");
        }
        if (min_ms < max_ms) {
            tvn_buf_printf(out, ", %.6g to %.6g ms apart", min_ms, max_ms);
        } else if (max_ms > 0) {
            tvn_buf_printf(out, ", %.6g ms apart", max_ms);
        }
        if (stage->retries != TVN_LINK_FOREVER) {
            tvn_buf_printf(out, ", then %s", tvn_link_then_name(stage->then));
        }
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
        tvn_buf_append_str(out, tvn__report_stage(link, stall->stages[i]));
    }
    if (stall->stops_flow) {
        tvn_buf_printf(out, "; on-error of %.*s ends the flow",
            TVN_STR_ARG(tvn__report_stage(link, stall->stopper)));
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
        widen(&names, tvn__report_stage(link, link->stalls[i].sink).len);
    }
    tvn_buf_append_text(out, "\nstall: what stands still with a sink\n");
    for (uint32_t i = 0; i < link->stall_count; i++) {
        tvn_buf_append_text(out, "  ");
        put(out, names, tvn__report_stage(link, link->stalls[i].sink));
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
            widen(&names, tvn__report_stage(link, loss->stage).len);
            widen(&kinds, strlen(tvn__report_loss(loss->kind)));
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
        put(out, names, tvn__report_stage(link, loss->stage));
        if (is_intended) {
            tvn_buf_append_text(out, loss->counter);
        } else {
            put(out, kinds, tvn_str_of(tvn__report_loss(loss->kind)));
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
            put(out, names, tvn_str_of(tvn__report_memory(kind)));
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

        widen(&names, tvn__report_stage(link, promise->source).len + 4 +
                          tvn__report_stage(link, promise->sink).len);
        widen(&levels, strlen(tvn_promise_name(promise->level)));
    }
    tvn_buf_printf(out, "\npromise: %s\n", tvn_promise_name(link->promise));
    for (uint32_t i = 0; i < link->promise_count; i++) {
        const struct tvn_link_promise *promise = &link->promises[i];
        struct tvn_buf pair = {0};

        tvn_buf_printf(&pair, "%.*s -> %.*s",
            TVN_STR_ARG(tvn__report_stage(link, promise->source)),
            TVN_STR_ARG(tvn__report_stage(link, promise->sink)));
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
    print_threads(link, out);
    print_retries(link, out);
    if (link->has_proofs) {
        print_stalls(link, out);
        print_losses(link, out);
        print_memory(link, out);
        print_promises(link, out);
    }
    print_grants(link, out);
}
