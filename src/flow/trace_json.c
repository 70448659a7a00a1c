/* trace_json.c -- a trace as one JSON object; the keys are fixed. */
#include "flow/report.h"
#include "flow/trace.h"

static void
number_or_null(
    struct tvn_json *json, const char *key, bool is_known, uint64_t value)
{
    tvn_json_key(json, key);
    if (is_known) {
        tvn_json_u64(json, value);
    } else {
        tvn_json_null(json);
    }
}

static void
write_hop(const struct tvn__trace *trace, const struct tvn__trace_event *event,
    size_t at, const struct tvn__edge *edge, struct tvn_json *json)
{
    struct tvn__trace_hop hop = tvn__trace_hop(trace, event, at, edge);
    uint64_t kept_ns = tvn__trace_kept_ns(trace, event, at, edge);

    if (!hop.is_any && kept_ns == 0) {
        return;
    }
    tvn_json_object(json);
    tvn_json_key(json, "edge");
    tvn_json_str(json, edge->row->name);
    tvn_json_key_u64(json, "queued", hop.puts);
    tvn_json_key_u64(json, "kept_ns", kept_ns);
    tvn_json_key_u64(json, "full_ns", hop.full_ns);
    tvn_json_key_u64(json, "refusals", hop.refusals);
    tvn_json_key_u64(json, "dropped_newest", hop.dropped_newest);
    tvn_json_key_u64(json, "dropped_oldest", hop.dropped_oldest);
    tvn_json_key_u64(json, "refused_dropped", hop.refused_dropped);
    tvn_json_key_u64(json, "refused_dead", hop.refused_dead);
    tvn_json_key_u64(json, "left", hop.left);
    tvn_json_end(json);
}

static void
write_step(const struct tvn__trace *trace, const struct tvn__trace_event *event,
    size_t at, struct tvn_json *json)
{
    const struct tvn__trace_record *step = &trace->records[at];
    const struct tvn__node *node = step->node;
    uint64_t ns = 0;
    bool is_known;

    tvn_json_object(json);
    tvn_json_key(json, "stage");
    tvn_json_str(json, node->row->name);
    tvn_json_key(json, "role");
    tvn_json_text(json, tvn_role_name(node->role));
    tvn_json_key(json, "edge");
    if (step->edge == NULL) {
        tvn_json_null(json);
    } else {
        tvn_json_str(json, step->edge->row->name);
    }
    is_known = tvn__trace_wait_ns(trace, event, at, &ns);
    number_or_null(json, "queue_ns", is_known, ns);
    is_known = tvn__trace_pause_ns(trace, event, at, &ns);
    number_or_null(json, "again_after_ns", is_known, ns);
    tvn_json_key_u64(json, "calls", step->calls);
    tvn_json_key_u64(json, "call_ns", step->call_ns);
    tvn_json_key_u64(json, "call_events", step->among > 1 ? step->among : 1);
    tvn_json_key(json, "became");
    tvn_json_text(json, tvn__trace_fate_name(step->fate));
    tvn_json_key(json, "fault");
    tvn_json_text(json,
        step->fault == TVN_FAULT_NONE ? NULL : tvn_fault_name(step->fault));
    is_known = step->fate == TVN__FATE_DELIVERED &&
               tvn__trace_whole_ns(trace, event, at, &ns);
    number_or_null(json, "whole_ns", is_known, ns);
    tvn_json_key_u64(json, "outputs", step->outs);
    tvn_json_key(json, "copied");
    tvn_json_object(json);
    for (uint32_t i = 0; i < TVN_COPY_COUNT; i++) {
        if (step->copied[i] > 0) {
            tvn_json_key_u64(
                json, tvn_copy_name((enum tvn_copy)i), step->copied[i]);
        }
    }
    tvn_json_end(json);
    tvn_json_key(json, "to");
    tvn_json_array(json);
    for (uint32_t i = 0; i < node->all.count; i++) {
        write_hop(trace, event, at, node->all.edges[i], json);
    }
    tvn_json_end(json);
    tvn_json_end(json);
}

static void
write_event(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, struct tvn_json *json)
{
    size_t at = tvn__trace_step(trace, event, event->begin);
    bool is_made = at < event->end && trace->records[at].fate == TVN__FATE_MADE;

    tvn_json_object(json);
    tvn_json_key_u64(json, "sequence", trace->records[event->begin].sequence);
    tvn_json_key(json, "of");
    if (is_made) {
        tvn_json_str(json, trace->records[at].node->row->name);
    } else {
        tvn_json_null(json);
    }
    tvn_json_key(json, "steps");
    tvn_json_array(json);
    for (; at < event->end; at = tvn__trace_step(trace, event, at + 1)) {
        write_step(trace, event, at, json);
    }
    tvn_json_end(json);
    tvn_json_end(json);
}

void
tvn_flow_trace_json(const struct tvn_flow *flow, struct tvn_json *json)
{
    struct tvn__trace_event event = {0};

    tvn_json_object(json);
    tvn_json_key(json, "events");
    tvn_json_array(json);
    while (tvn__trace_next(flow->trace, &event)) {
        write_event(flow->trace, &event, json);
    }
    tvn_json_end(json);
    tvn_json_key_u64(json, "lost", flow->trace->lost);

    tvn_json_key(json, "edges");
    tvn_json_object(json);
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        tvn_json_key_str(json, flow->edges[i].row->name);
        tvn_json_object(json);
        tvn__report_pressure(&flow->edges[i], json);
        tvn_json_end(json);
    }
    tvn_json_end(json);
    tvn__report_paths(flow, json);
    tvn_json_key(json, "report");
    tvn_flow_report_json(flow, json);
    tvn_json_end(json);
}
