/* report_print.c -- the account of a run for people.
 *
 *     flights: ok, 336,776 in = 71,279 delivered + ... - 70,774 forked
 *       validate  336,776 in = 328,521 passed + 8,255 filtered
 *       route -> tally: full 12 times, 256 deep, answered in 310 ns (p99) and
 *         0 events (at most), suspended for 1.2 ms (p99), ...
 *       copied by enrich: 328,521 lift, 21,024,000 bytes
 *       slowest stage: enrich, 61 % of the time, 812 ns an event
 *
 * Only what is not zero is there. */
#include "flow/report.h"

#include <inttypes.h>
#include <string.h>

/* 336776 -> "336,776" */
void
tvn__report_number(struct tvn_buf *out, uint64_t value)
{
    char digits[32];
    size_t used = sizeof(digits);
    unsigned count = 0;

    do {
        if (count > 0 && count % 3 == 0) {
            digits[--used] = ',';
        }
        digits[--used] = (char)('0' + value % 10);
        value /= 10;
        count++;
    } while (value > 0);
    tvn_buf_append(out, digits + used, sizeof(digits) - used);
}

void
tvn__report_times(struct tvn_buf *out, uint64_t value)
{
    tvn__report_number(out, value);
    tvn_buf_append_text(out, value == 1 ? " time" : " times");
}

void
tvn__report_ns(struct tvn_buf *out, uint64_t ns)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    uint64_t tenths = ns * 10; /* of a unit */
    unsigned unit = 0;

    if (ns >= UINT64_MAX / 16) { /* 36 years */
        tvn_buf_append_text(out, "ages");
        return;
    }
    for (; unit < 3 && tenths >= 10000; unit++) {
        tenths = (tenths + 500) / 1000;
    }
    if (unit == 0 || tenths >= 100) {
        tvn__report_number(out, (tenths + 5) / 10);
    } else {
        tvn_buf_printf(out, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
    }
    tvn_buf_printf(out, " %s", units[unit]);
}

struct term {
    uint64_t value;
    const char *name;
};

/* "1,234 passed + 5 filtered"; "0 NAME" of the first when all are zero. */
static void
append_sum(struct tvn_buf *out, const struct term *terms, size_t count)
{
    bool is_first = true;

    for (size_t i = 0; i < count; i++) {
        if (terms[i].value == 0) {
            continue;
        }
        tvn_buf_append_text(out, is_first ? "" : " + ");
        tvn__report_number(out, terms[i].value);
        tvn_buf_printf(out, " %s", terms[i].name);
        is_first = false;
    }
    if (is_first) {
        tvn_buf_printf(out, "0 %s", terms[0].name);
    }
}

/* What came in addition stands on the records' side of the equation. */
static void
append_less(struct tvn_buf *out, uint64_t value, const char *name)
{
    if (value > 0) {
        tvn_buf_append_text(out, " - ");
        tvn__report_number(out, value);
        tvn_buf_printf(out, " %s", name);
    }
}

#define APPEND_SUM(out, terms)                                                 \
    append_sum((out), (terms), sizeof(terms) / sizeof((terms)[0]))

static const char *
word_of(const struct tvn_flow *flow)
{
    if (!flow->has_begun) {
        return "not run";
    }
    switch ((unsigned)tvn__result(flow)) {
    case TVN_OK:
        return "ok";
    case TVN_EUNBALANCED:
        return "unbalanced";
    case TVN_EDRAIN:
        return "not drained";
    case TVN_ESTUCK:
        return "stuck";
    case TVN_EINTERRUPTED:
        return "interrupted";
    default:
        return "failed";
    }
}

static void
print_law(const struct tvn_flow *flow, struct tvn_buf *out)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(&flow->ledger, &events);
    {
        const struct term right[] = {
            {events.delivered, "delivered"},
            {events.filtered, "filtered"},
            {events.unrouted, "unrouted"},
            {events.dropped, "dropped"},
            {events.dead, "dead"},
            {events.absorbed, "absorbed"},
            {events.in_flight, "in flight"},
        };

        tvn_buf_printf(
            out, "%.*s: %s, ", TVN_STR_ARG(flow->opts.name), word_of(flow));
        tvn__report_number(out, events.in);
        tvn_buf_append_text(
            out, tvn__result(flow) == TVN_EUNBALANCED ? " in != " : " in = ");
        APPEND_SUM(out, right);
        append_less(out, events.emitted, "emitted");
        append_less(out, events.forked, "forked");
        tvn_buf_append_byte(out, '\n');
    }
}

static void
print_stage(
    const struct tvn_ledger_stage *stage, int width, struct tvn_buf *out)
{
    const struct tvn_ledger_books *books = &stage->books;
    const struct term right[] = {
        {books->passed, "passed"},
        {books->delivered, "delivered"},
        {books->filtered, "filtered"},
        {books->unrouted, "unrouted"},
        {books->absorbed, "absorbed"},
        {books->dropped, "dropped"},
        {books->dead, "dead"},
        {books->held, "held"},
    };
    const struct term aside[] = {
        {books->out != books->passed ? books->out : 0, "out"},
        {stage->counts.failed, "calls failed"},
        {stage->counts.lost_state, "lost with their window"},
    };

    if (books->in == 0 && books->out == 0) {
        return;
    }
    tvn_buf_printf(out, "  %-*.*s  ", width, TVN_STR_ARG(stage->name));
    tvn__report_number(out, books->in);
    tvn_buf_append_text(out, " in = ");
    APPEND_SUM(out, right);
    for (size_t i = 0; i < sizeof(aside) / sizeof(aside[0]); i++) {
        if (aside[i].value > 0) {
            tvn_buf_append_text(out, "; ");
            tvn__report_number(out, aside[i].value);
            tvn_buf_printf(out, " %s", aside[i].name);
        }
    }
    tvn_buf_append_byte(out, '\n');
}

static void
print_full(const struct tvn__edge *edge, struct tvn_buf *out)
{
    const struct tvn__pressure *pressure = &edge->pressure;

    tvn_buf_printf(out, "  %.*s: full ", TVN_STR_ARG(edge->row->name));
    tvn__report_times(out, pressure->response_ns.count);
    tvn_buf_append_text(out, ", ");
    tvn__report_number(out, edge->queue.depth_max);
    tvn_buf_append_text(out, " deep, answered in ");
    tvn__report_ns(out, tvn_histogram_at(&pressure->response_ns, 990));
    tvn_buf_append_text(out, " (p99) and\n    ");
    tvn__report_number(out, pressure->between.max);
    tvn_buf_append_text(out, " events (at most), suspended for ");
    tvn__report_ns(out, tvn_histogram_at(&pressure->suspended_ns, 990));
    tvn_buf_append_text(out, " (p99), resumed in ");
    tvn__report_ns(out, tvn_histogram_at(&pressure->resume_ns, 990));
    tvn_buf_append_text(out, " (p99)\n");
}

static void
print_edge(const struct tvn__edge *edge, struct tvn_buf *out)
{
    const struct tvn_queue *queue = &edge->queue;
    const struct tvn_ledger_edge *row = edge->row;
    const struct term lost[] = {
        {queue->refused - row->refused_dropped - row->refused_dead,
            "refused and offered again"},
        {queue->dropped_oldest, "dropped as the oldest"},
        {queue->dropped_newest, "dropped as the newest"},
        {row->refused_dropped, "refused and dropped"},
        {row->refused_dead, "refused and dead"},
    };
    uint64_t left = queue->depth + queue->discarded + row->retrying;

    if (edge->cross != NULL) {
        left += edge->in->depth + edge->in->discarded;
    }
    if (edge->pressure.response_ns.count > 0) {
        print_full(edge, out);
    }
    if (edge->pressure.token_waits > 0) {
        tvn_buf_printf(
            out, "  %.*s: waited for a token ", TVN_STR_ARG(row->name));
        tvn__report_times(out, edge->pressure.token_waits);
        tvn_buf_append_byte(out, '\n');
    }
    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
        if (lost[i].value > 0) {
            tvn_buf_printf(out, "  %.*s: ", TVN_STR_ARG(row->name));
            tvn__report_number(out, lost[i].value);
            tvn_buf_printf(out, " %s\n", lost[i].name);
        }
    }
    if (left > 0) {
        tvn_buf_printf(out, "  %.*s: ", TVN_STR_ARG(row->name));
        tvn__report_number(out, left);
        tvn_buf_append_text(out, " left in flight\n");
    }
}

/* How far up a full sink's edge was felt, and how soon. */
static void
print_path(const struct tvn__node *node, struct tvn_buf *out)
{
    const struct tvn__path_times *times = node->path_times;

    if (node->role != TVN_ROLE_SOURCE || times->response_ns.count == 0) {
        return;
    }
    tvn_buf_printf(out, "  %.*s: stood still ", TVN_STR_ARG(node->row->name));
    tvn__report_times(out, times->response_ns.count);
    tvn_buf_append_text(out, " for a full sink, ");
    tvn__report_ns(out, tvn_histogram_at(&times->response_ns, 990));
    tvn_buf_append_text(out, " (p99) and ");
    tvn__report_number(out, times->between.max);
    tvn_buf_append_text(out, " events (at most) later\n");
}

static void
print_copies(const struct tvn__node *node, struct tvn_buf *out)
{
    bool is_first = true;

    for (uint32_t i = 0; node->copies != NULL && i < TVN_COPY_COUNT; i++) {
        if (node->copies->rows[i].count == 0) {
            continue;
        }
        if (is_first) {
            tvn_buf_printf(
                out, "  copied by %.*s: ", TVN_STR_ARG(node->row->name));
        }
        tvn_buf_append_text(out, is_first ? "" : "; ");
        tvn__report_number(out, node->copies->rows[i].count);
        tvn_buf_printf(out, " %s, ", tvn_copy_name((enum tvn_copy)i));
        tvn__report_number(out, node->copies->rows[i].bytes);
        tvn_buf_append_text(out, " bytes");
        is_first = false;
    }
    if (!is_first) {
        tvn_buf_append_byte(out, '\n');
    }
}

static void
print_slowest(const struct tvn_flow *flow, struct tvn_buf *out)
{
    const struct tvn__node *slowest = NULL;
    uint64_t total_ns = 0;

    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = &flow->nodes[i];

        total_ns += node->busy_ns;
        if (slowest == NULL || node->busy_ns > slowest->busy_ns) {
            slowest = node;
        }
    }
    if (total_ns == 0 || slowest->books->in == 0) {
        return;
    }
    tvn_buf_printf(out, "  slowest stage: %.*s, %" PRIu64 " %% of the time, ",
        TVN_STR_ARG(slowest->row->name),
        (uint64_t)((double)slowest->busy_ns * 100 / (double)total_ns));
    tvn__report_number(out, slowest->busy_ns / slowest->books->in);
    tvn_buf_append_text(out, " ns an event\n");
}

void
tvn_flow_report_print(const struct tvn_flow *flow, struct tvn_buf *out)
{
    int width = 0;

    for (uint32_t i = 0; i < flow->ledger.stage_count; i++) {
        int len = (int)flow->ledger.stages[i].name.len;

        width = len > width ? len : width;
    }
    print_law(flow, out);
    for (uint32_t i = 0; i < flow->ledger.stage_count; i++) {
        print_stage(&flow->ledger.stages[i], width, out);
    }
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        print_edge(&flow->edges[i], out);
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        print_path(&flow->nodes[i], out);
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        print_copies(&flow->nodes[i], out);
    }
    print_slowest(flow, out);
}
