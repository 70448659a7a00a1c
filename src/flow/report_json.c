/* report_json.c -- the account of a run as one JSON object; the keys are
 * fixed. */
#include "flow/report.h"

static void
histogram(struct tvn_json *json, const struct tvn_histogram *histogram)
{
    tvn_json_object(json);
    tvn_json_key_u64(json, "count", histogram->count);
    tvn_json_key_u64(json, "p50", tvn_histogram_at(histogram, 500));
    tvn_json_key_u64(json, "p99", tvn_histogram_at(histogram, 990));
    tvn_json_key_u64(json, "max", histogram->max);
    tvn_json_end(json);
}

static void
write_events(const struct tvn_flow *flow, struct tvn_json *json)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(&flow->ledger, &events);
    tvn_json_key(json, "events");
    tvn_json_object(json);
    tvn_json_key_u64(json, "in", events.in);
    tvn_json_key_u64(json, "emitted", events.emitted);
    tvn_json_key_u64(json, "forked", events.forked);
    tvn_json_key_u64(json, "delivered", events.delivered);
    tvn_json_key_u64(json, "filtered", events.filtered);
    tvn_json_key_u64(json, "unrouted", events.unrouted);
    tvn_json_key_u64(json, "dropped", events.dropped);
    tvn_json_key_u64(json, "dead", events.dead);
    tvn_json_key_u64(json, "absorbed", events.absorbed);
    tvn_json_key_u64(json, "in_flight", events.in_flight);
    tvn_json_end(json);
}

static void
write_stage(const struct tvn_ledger_stage *stage, struct tvn_json *json)
{
    const struct tvn_ledger_books *books = &stage->books;
    const struct tvn_stage_counts *counts = &stage->counts;

    tvn_json_key_str(json, stage->name);
    tvn_json_object(json);
    tvn_json_key(json, "role");
    tvn_json_text(json, tvn_role_name(stage->role));
    tvn_json_key_u64(json, "in", books->in);
    tvn_json_key_u64(json, "passed", books->passed);
    tvn_json_key_u64(json, "delivered", books->delivered);
    tvn_json_key_u64(json, "filtered", books->filtered);
    tvn_json_key_u64(json, "unrouted", books->unrouted);
    tvn_json_key_u64(json, "absorbed", books->absorbed);
    tvn_json_key_u64(json, "dropped", books->dropped);
    tvn_json_key_u64(json, "dead", books->dead);
    tvn_json_key_u64(json, "held", books->held);
    tvn_json_key_u64(json, "out", books->out);
    tvn_json_key_u64(json, "emitted", books->emitted);
    tvn_json_key_u64(json, "retried", books->retried);
    tvn_json_key_u64(json, "failed", counts->failed);
    tvn_json_key_u64(json, "calls", counts->calls);
    tvn_json_key_u64(json, "guest_ns", counts->guest_ns);
    tvn_json_key_u64(json, "memory_bytes", counts->memory_bytes);
    tvn_json_key_u64(json, "lost_state", counts->lost_state);
    tvn_json_end(json);
}

static void
named_histogram(struct tvn_json *json, const char *key,
    const struct tvn_histogram *histogram_of)
{
    tvn_json_key(json, key);
    histogram(json, histogram_of);
}

void
tvn__report_pressure(const struct tvn__edge *edge, struct tvn_json *json)
{
    named_histogram(json, "response_ns", &edge->pressure.response_ns);
    named_histogram(json, "response_events", &edge->pressure.between);
    named_histogram(json, "suspended_ns", &edge->pressure.suspended_ns);
    named_histogram(json, "resume_ns", &edge->pressure.resume_ns);
}

static void
write_edge(const struct tvn__edge *edge, struct tvn_json *json)
{
    const struct tvn_queue *queue = &edge->queue;
    const struct tvn_ledger_edge *row = edge->row;
    const struct tvn_queue *in = edge->cross == NULL ? NULL : edge->in;

    tvn_json_key_str(json, row->name);
    tvn_json_object(json);
    tvn_json_key_u64(json, "offered", row->offered);
    tvn_json_key_u64(json, "enqueued", queue->enqueued);
    tvn_json_key_u64(
        json, "dequeued", in == NULL ? queue->dequeued : in->dequeued);
    tvn_json_key_u64(json, "dropped_newest", queue->dropped_newest);
    tvn_json_key_u64(json, "dropped_oldest", queue->dropped_oldest);
    tvn_json_key_u64(json, "refused", row->refused_dropped + row->refused_dead);
    tvn_json_key_u64(json, "refused_dropped", row->refused_dropped);
    tvn_json_key_u64(json, "refused_dead", row->refused_dead);
    tvn_json_key_u64(json, "refusals", row->refusals);
    tvn_json_key_u64(
        json, "discarded", queue->discarded + (in == NULL ? 0 : in->discarded));
    tvn_json_key_u64(json, "waiting", row->waiting + row->retrying);
    tvn_json_key_u64(
        json, "depth", queue->depth + (in == NULL ? 0 : in->depth));
    tvn_json_key_u64(json, "depth_max", queue->depth_max);
    tvn_json_key_u64(json, "capacity", queue->capacity);
    tvn_json_key_u64(json, "bytes_max", queue->bytes_peak);
    tvn_json_key_u64(json, "token_waits", edge->pressure.token_waits);
    tvn__report_pressure(edge, json);
    tvn_json_end(json);
}

void
tvn__report_paths(const struct tvn_flow *flow, struct tvn_json *json)
{
    tvn_json_key(json, "paths");
    tvn_json_object(json);
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = &flow->nodes[i];

        if (node->role != TVN_ROLE_SOURCE) {
            continue;
        }
        tvn_json_key_str(json, node->row->name);
        tvn_json_object(json);
        named_histogram(json, "response_ns", &node->path_times->response_ns);
        named_histogram(json, "response_events", &node->path_times->between);
        tvn_json_end(json);
    }
    tvn_json_end(json);
}

static void
write_copies(const struct tvn__node *node, struct tvn_json *json)
{
    for (uint32_t i = 0; node->copies != NULL && i < TVN_COPY_COUNT; i++) {
        if (node->copies->rows[i].count == 0) {
            continue;
        }
        tvn_json_object(json);
        tvn_json_key(json, "stage");
        tvn_json_str(json, node->row->name);
        tvn_json_key(json, "reason");
        tvn_json_text(json, tvn_copy_name((enum tvn_copy)i));
        tvn_json_key_u64(json, "count", node->copies->rows[i].count);
        tvn_json_key_u64(json, "bytes", node->copies->rows[i].bytes);
        tvn_json_end(json);
    }
}

static void
write_times(const struct tvn_flow *flow, struct tvn_json *json)
{
    const struct tvn_histogram *overhead = &flow->shards[0].overhead_ns;

    tvn_json_key(json, "overhead_ns");
    tvn_json_object(json);
    tvn_json_key_u64(json, "mean", tvn_histogram_mean(overhead));
    tvn_json_key_u64(json, "p50", tvn_histogram_at(overhead, 500));
    tvn_json_key_u64(json, "p99", tvn_histogram_at(overhead, 990));
    tvn_json_end(json);

    tvn_json_key(json, "latency_ns");
    tvn_json_object(json);
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        const struct tvn__node *node = &flow->nodes[i];

        if (node->role == TVN_ROLE_SINK) {
            tvn_json_key_str(json, node->row->name);
            histogram(json, node->latency_ns);
        }
    }
    tvn_json_end(json);
}

void
tvn_flow_report_json(const struct tvn_flow *flow, struct tvn_json *json)
{
    tvn_json_object(json);
    tvn_json_key(json, "flow");
    tvn_json_str(json, flow->opts.name);
    tvn_json_key_u64(json, "elapsed_ns", tvn_flow_elapsed_ns(flow));
    tvn_json_key_u64(json, "cpu_ns", flow->cpu_ns);
    tvn_json_key(json, "balanced");
    tvn_json_bool(json, tvn_ledger_check(&flow->ledger, NULL) == TVN_OK);
    write_events(flow, json);

    tvn_json_key(json, "stages");
    tvn_json_object(json);
    for (uint32_t i = 0; i < flow->ledger.stage_count; i++) {
        write_stage(&flow->ledger.stages[i], json);
    }
    tvn_json_end(json);

    tvn_json_key(json, "edges");
    tvn_json_object(json);
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        write_edge(&flow->edges[i], json);
    }
    tvn_json_end(json);

    tvn__report_paths(flow, json);

    tvn_json_key(json, "copies");
    tvn_json_array(json);
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        write_copies(&flow->nodes[i], json);
    }
    tvn_json_end(json);

    write_times(flow, json);
    tvn_json_end(json);
}
