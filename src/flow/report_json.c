/* report_json.c -- the account of a run as one JSON object; the keys are
 * fixed. */
#include "flow/report.h"

static void
number(struct tvn_json *json, const char *key, uint64_t value)
{
    tvn_json_key(json, key);
    tvn_json_u64(json, value);
}

static void
histogram(struct tvn_json *json, const struct tvn_histogram *histogram)
{
    tvn_json_object(json);
    number(json, "count", histogram->count);
    number(json, "p50", tvn_histogram_at(histogram, 500));
    number(json, "p99", tvn_histogram_at(histogram, 990));
    number(json, "max", histogram->max);
    tvn_json_end(json);
}

static void
write_events(const struct tvn_flow *flow, struct tvn_json *json)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(&flow->ledger, &events);
    tvn_json_key(json, "events");
    tvn_json_object(json);
    number(json, "in", events.in);
    number(json, "emitted", events.emitted);
    number(json, "forked", events.forked);
    number(json, "delivered", events.delivered);
    number(json, "filtered", events.filtered);
    number(json, "unrouted", events.unrouted);
    number(json, "dropped", events.dropped);
    number(json, "dead", events.dead);
    number(json, "absorbed", events.absorbed);
    number(json, "in_flight", events.in_flight);
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
    number(json, "in", books->in);
    number(json, "passed", books->passed);
    number(json, "delivered", books->delivered);
    number(json, "filtered", books->filtered);
    number(json, "unrouted", books->unrouted);
    number(json, "absorbed", books->absorbed);
    number(json, "dropped", books->dropped);
    number(json, "dead", books->dead);
    number(json, "held", books->held);
    number(json, "out", books->out);
    number(json, "emitted", books->emitted);
    number(json, "retried", books->retried);
    number(json, "failed", counts->failed);
    number(json, "calls", counts->calls);
    number(json, "guest_ns", counts->guest_ns);
    number(json, "memory_bytes", counts->memory_bytes);
    number(json, "lost_state", counts->lost_state);
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
    number(json, "offered", row->offered);
    number(json, "enqueued", queue->enqueued);
    number(json, "dequeued", in == NULL ? queue->dequeued : in->dequeued);
    number(json, "dropped_newest", queue->dropped_newest);
    number(json, "dropped_oldest", queue->dropped_oldest);
    number(json, "refused", row->refused_dropped + row->refused_dead);
    number(json, "refused_dropped", row->refused_dropped);
    number(json, "refused_dead", row->refused_dead);
    number(json, "refusals", row->refusals);
    number(
        json, "discarded", queue->discarded + (in == NULL ? 0 : in->discarded));
    number(json, "waiting", row->waiting + row->retrying);
    number(json, "depth", queue->depth + (in == NULL ? 0 : in->depth));
    number(json, "depth_max", queue->depth_max);
    number(json, "capacity", queue->capacity);
    number(json, "bytes_max", queue->bytes_peak);
    number(json, "token_waits", edge->pressure.token_waits);
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
        number(json, "count", node->copies->rows[i].count);
        number(json, "bytes", node->copies->rows[i].bytes);
        tvn_json_end(json);
    }
}

static void
write_times(const struct tvn_flow *flow, struct tvn_json *json)
{
    const struct tvn_histogram *overhead = &flow->shards[0].overhead_ns;

    tvn_json_key(json, "overhead_ns");
    tvn_json_object(json);
    number(json, "mean", tvn_histogram_mean(overhead));
    number(json, "p50", tvn_histogram_at(overhead, 500));
    number(json, "p99", tvn_histogram_at(overhead, 990));
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
    number(json, "elapsed_ns", tvn_flow_elapsed_ns(flow));
    number(json, "cpu_ns", flow->cpu_ns);
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
