/* trace_print.c -- a trace for people.
 *
 *     event 4000 of departures
 *       departures  source     call 900 ns: made; codec-in 72 B
 *       validate    filter     waited 3.1 us, call 180 ns: passed; lower 16 B
 *       route       router     waited 1.1 us, call 190 ns: passed; lower 1 B
 *         to route.late -> announce, full for 38 us
 *       delivery    sink       waited 2.0 us, call 410 ns: delivered after
 *                              41 us
 *
 * Then how edges answered to being full, in numbers of the whole run. */
#include "flow/report.h"
#include "flow/trace.h"

#include <inttypes.h>

/* What the lines of one trace share. */
struct printer {
    const struct tvn__trace *trace;
    const struct tvn__trace_event *event;
    struct tvn_buf *out;
    int width; /* of stages' names */
};

static void
print_times(const struct printer *self, size_t at)
{
    const struct tvn__trace_record *step = &self->trace->records[at];
    uint64_t ns = 0;

    if (tvn__trace_wait_ns(self->trace, self->event, at, &ns)) {
        tvn_buf_append_text(self->out, "waited ");
        tvn__report_ns(self->out, ns);
        tvn_buf_append_text(self->out, ", ");
    }
    if (tvn__trace_pause_ns(self->trace, self->event, at, &ns)) {
        tvn_buf_append_text(self->out, "again after ");
        tvn__report_ns(self->out, ns);
        tvn_buf_append_text(self->out, ", ");
    }
    if (step->calls == 0) {
        tvn_buf_append_text(self->out, "not called");
        return;
    }
    if (step->calls > 1) {
        tvn_buf_printf(self->out, "%" PRIu32 " calls ", step->calls);
    } else {
        tvn_buf_append_text(self->out, "call ");
    }
    tvn__report_ns(self->out, step->call_ns);
    if (step->among > 1) {
        tvn_buf_printf(self->out, " (of %" PRIu32 " events)", step->among);
    }
}

static void
print_fate(const struct printer *self, size_t at)
{
    const struct tvn__trace_record *step = &self->trace->records[at];
    uint64_t ns = 0;

    tvn_buf_printf(self->out, ": %s", tvn__trace_fate_name(step->fate));
    if (step->fault != TVN_FAULT_NONE) {
        tvn_buf_printf(self->out, " (%s)", tvn_fault_name(step->fault));
    }
    if (step->fate == TVN__FATE_DELIVERED &&
        tvn__trace_whole_ns(self->trace, self->event, at, &ns)) {
        tvn_buf_append_text(self->out, " after ");
        tvn__report_ns(self->out, ns);
    }
    if (step->outs > 1) {
        tvn_buf_printf(self->out, ", %" PRIu64 " outputs", step->outs);
    }
    for (uint32_t i = 0, shown = 0; i < TVN_COPY_COUNT; i++) {
        if (step->copied[i] > 0) {
            tvn_buf_printf(self->out, "%s %s ", shown++ == 0 ? ";" : ",",
                tvn_copy_name((enum tvn_copy)i));
            tvn__report_number(self->out, step->copied[i]);
            tvn_buf_append_text(self->out, " B");
        }
    }
    tvn_buf_append_byte(self->out, '\n');
}

/* ", 2 NAME"; a single event needs no number. */
static void
append_lost(struct tvn_buf *out, uint32_t count, const char *name)
{
    if (count == 1) {
        tvn_buf_printf(out, ", %s", name);
    } else if (count > 1) {
        tvn_buf_printf(out, ", %" PRIu32 " %s", count, name);
    }
}

/* Only where there is a choice of edges, or something out of the ordinary. */
static void
print_hop(const struct printer *self, size_t at, const struct tvn__edge *edge)
{
    const struct tvn__node *node = self->trace->records[at].node;
    struct tvn__trace_hop hop =
        tvn__trace_hop(self->trace, self->event, at, edge);
    uint64_t kept_ns = tvn__trace_kept_ns(self->trace, self->event, at, edge);
    bool is_plain = hop.puts == 1 && hop.full_ns == 0 && hop.left == 0 &&
                    hop.dropped_oldest == 0 && node->all.count == 1;

    if (kept_ns > 0) {
        tvn_buf_append_text(self->out, "    kept waiting for ");
        tvn__report_ns(self->out, kept_ns);
        tvn_buf_printf(
            self->out, " by %.*s, full\n", TVN_STR_ARG(edge->row->name));
    }
    if (!hop.is_any || is_plain) {
        return;
    }
    tvn_buf_printf(self->out, "    to %.*s", TVN_STR_ARG(edge->row->name));
    if (hop.puts > 1) {
        tvn_buf_printf(self->out, ", %" PRIu32 " times", hop.puts);
    }
    if (hop.refusals > 0) {
        tvn_buf_append_text(self->out, ", refused ");
        tvn__report_times(self->out, hop.refusals);
    }
    if (hop.full_ns > 0) {
        tvn_buf_append_text(self->out, ", full for ");
        tvn__report_ns(self->out, hop.full_ns);
    }
    append_lost(self->out, hop.dropped_newest, "dropped as the newest");
    append_lost(self->out, hop.dropped_oldest, "dropped as the oldest");
    append_lost(self->out, hop.refused_dropped, "refused and dropped");
    append_lost(self->out, hop.refused_dead, "refused and dead");
    append_lost(self->out, hop.left, "left in flight");
    tvn_buf_append_byte(self->out, '\n');
}

static void
print_step(const struct printer *self, size_t at)
{
    const struct tvn__node *node = self->trace->records[at].node;

    tvn_buf_printf(self->out, "  %-*.*s  %-10s  ", self->width,
        TVN_STR_ARG(node->row->name), tvn_role_name(node->role));
    print_times(self, at);
    print_fate(self, at);
    for (uint32_t i = 0; i < node->all.count; i++) {
        print_hop(self, at, node->all.edges[i]);
    }
}

static void
print_event(const struct printer *self)
{
    const struct tvn__trace_event *event = self->event;
    size_t at = tvn__trace_step(self->trace, event, event->begin);

    tvn_buf_printf(self->out, "event %" PRIu64,
        self->trace->records[event->begin].sequence);
    if (at < event->end && self->trace->records[at].fate == TVN__FATE_MADE) {
        tvn_buf_printf(self->out, " of %.*s",
            TVN_STR_ARG(self->trace->records[at].node->row->name));
    }
    tvn_buf_append_byte(self->out, '\n');
    for (; at < event->end; at = tvn__trace_step(self->trace, event, at + 1)) {
        print_step(self, at);
    }
    tvn_buf_append_byte(self->out, '\n');
}

/* ------------------------------------------------------------------------
 * Edges. */

static void
print_row(struct tvn_buf *out, const char *name,
    const struct tvn_histogram *histogram, bool is_time)
{
    const uint64_t values[] = {
        tvn_histogram_at(histogram, 500),
        tvn_histogram_at(histogram, 990),
        histogram->max,
    };

    tvn_buf_printf(out, "    %-14s", name);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct tvn_buf cell = {0};

        if (is_time) {
            tvn__report_ns(&cell, values[i]);
        } else {
            tvn__report_number(&cell, values[i]);
        }
        tvn_buf_printf(out, "  %10s", tvn_buf_text(&cell));
        out->failed |= cell.failed;
        tvn_buf_fini(&cell);
    }
    tvn_buf_append_byte(out, '\n');
}

static void
print_edge(const struct tvn__edge *edge, struct tvn_buf *out)
{
    const struct tvn__pressure *pressure = &edge->pressure;

    tvn_buf_printf(out, "  %.*s: full ", TVN_STR_ARG(edge->row->name));
    tvn__report_times(out, pressure->response_ns.count);
    tvn_buf_append_byte(out, '\n');
    print_row(out, "answered in", &pressure->response_ns, true);
    print_row(out, "events between", &pressure->between, false);
    print_row(out, "suspended for", &pressure->suspended_ns, true);
    print_row(out, "resumed in", &pressure->resume_ns, true);
}

static void
print_path(const struct tvn__node *node, struct tvn_buf *out)
{
    tvn_buf_printf(out, "  %.*s: stood still ", TVN_STR_ARG(node->row->name));
    tvn__report_times(out, node->path_times->response_ns.count);
    tvn_buf_append_text(out, " for a full sink\n");
    print_row(out, "answered in", &node->path_times->response_ns, true);
    print_row(out, "events between", &node->path_times->between, false);
}

static void
print_edges(const struct tvn_flow *flow, struct tvn_buf *out)
{
    bool is_any = false;

    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        is_any |= flow->edges[i].pressure.response_ns.count > 0;
    }
    if (!is_any) {
        tvn_buf_append_text(out, "no edge was full\n");
        return;
    }
    tvn_buf_printf(out, "%-18s  %10s  %10s  %10s\n", "edges that were full",
        "p50", "p99", "max");
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        if (flow->edges[i].pressure.response_ns.count > 0) {
            print_edge(&flow->edges[i], out);
        }
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = &flow->nodes[i];

        if (node->role == TVN_ROLE_SOURCE &&
            node->path_times->response_ns.count > 0) {
            print_path(node, out);
        }
    }
}

void
tvn_flow_trace_print(const struct tvn_flow *flow, struct tvn_buf *out)
{
    struct tvn__trace_event event = {0};
    struct printer printer = {
        .trace = flow->trace, .event = &event, .out = out};

    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        int len = (int)flow->nodes[i].row->name.len;

        printer.width = len > printer.width ? len : printer.width;
    }
    while (tvn__trace_next(flow->trace, &event)) {
        print_event(&printer);
    }
    if (flow->trace->lost > 0) {
        tvn__report_number(out, flow->trace->lost);
        tvn_buf_append_text(out,
            " things that happened found no room in the trace: it is not "
            "whole\n\n");
    }
    print_edges(flow, out);
}
