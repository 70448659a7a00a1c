/* trace_steps.c -- what the records of a trace say, taken together.
 *
 * An edge hands its events on in order: the first step behind it belongs to
 * the first record of a push, and so on.  What was pushed, never arrived and
 * is not there at the end was dropped as the oldest: queues do that, and tell
 * nobody whom. */
#include "flow/trace.h"

bool
tvn__trace_next(const struct tvn__trace *trace, struct tvn__trace_event *event)
{
    event->begin = event->end;
    while (event->end < trace->count &&
           trace->records[event->end].sequence ==
               trace->records[event->begin].sequence) {
        event->end++;
    }
    return event->begin < event->end;
}

size_t
tvn__trace_step(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t at)
{
    while (at < event->end && trace->records[at].kind != TVN__TRACE_STEP) {
        at++;
    }
    return at;
}

/* ------------------------------------------------------------------------
 * An edge. */

static bool
is_arrival(const struct tvn__trace_record *record, const struct tvn__edge *edge)
{
    return record->kind == TVN__TRACE_STEP && record->edge == edge &&
           !record->is_again;
}

/* What happened on `edge` in records [begin, end). */
struct traffic {
    uint64_t puts;
    uint64_t arrivals;
    uint64_t left;
};

static struct traffic
traffic_of(const struct tvn__trace *trace, const struct tvn__edge *edge,
    size_t begin, size_t end)
{
    struct traffic traffic = {0};

    for (size_t i = begin; i < end; i++) {
        const struct tvn__trace_record *record = &trace->records[i];

        if (is_arrival(record, edge)) {
            traffic.arrivals++;
        } else if (record->edge == edge && record->kind == TVN__TRACE_PUT) {
            traffic.puts += record->count;
        } else if (record->edge == edge && record->kind == TVN__TRACE_LEFT) {
            traffic.left += record->count;
        }
    }
    return traffic;
}

/* Of all copies of the event that were pushed. */
static uint64_t
dropped_oldest(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, const struct tvn__edge *edge)
{
    struct traffic all = traffic_of(trace, edge, event->begin, event->end);

    if (edge->queue.overflow != TVN_OVERFLOW_DROP_OLDEST || trace->lost > 0 ||
        all.puts < all.arrivals + all.left) {
        return 0;
    }
    return all.puts - all.arrivals - all.left;
}

/* When the step's event was pushed into the edge that it came by. */
static bool
find_push(const struct tvn__trace *trace, const struct tvn__trace_event *event,
    size_t step, uint64_t *at_ns)
{
    const struct tvn__edge *edge = trace->records[step].edge;
    uint64_t number;

    if (edge == NULL) {
        return false;
    }
    number = traffic_of(trace, edge, event->begin, step + 1).arrivals +
             dropped_oldest(trace, event, edge);
    for (size_t i = event->begin; i < event->end && number > 0; i++) {
        const struct tvn__trace_record *record = &trace->records[i];

        if (record->kind != TVN__TRACE_PUT || record->edge != edge) {
            continue;
        }
        if (number <= record->count) {
            *at_ns = record->at_ns;
            return true;
        }
        number -= record->count;
    }
    return false;
}

/* ------------------------------------------------------------------------
 * Times of a step. */

bool
tvn__trace_wait_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step, uint64_t *out)
{
    const struct tvn__trace_record *record = &trace->records[step];
    uint64_t pushed_ns = 0;

    if (record->is_again || !find_push(trace, event, step, &pushed_ns)) {
        return false;
    }
    *out = tvn__since(record->at_ns, pushed_ns);
    return true;
}

bool
tvn__trace_pause_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step, uint64_t *out)
{
    const struct tvn__trace_record *record = &trace->records[step];

    for (size_t i = step; record->is_again && i > event->begin; i--) {
        const struct tvn__trace_record *before = &trace->records[i - 1];

        if (before->kind == TVN__TRACE_STEP && before->node == record->node &&
            before->edge == record->edge) {
            *out = tvn__since(record->at_ns, before->end_ns);
            return true;
        }
    }
    return false;
}

/* The end of what belongs to `step`: the next step of the same stage. */
static size_t
end_of(const struct tvn__trace *trace, const struct tvn__trace_event *event,
    size_t step)
{
    const struct tvn__node *node = trace->records[step].node;
    size_t end = step + 1;

    while (end < event->end && (trace->records[end].kind != TVN__TRACE_STEP ||
                                   trace->records[end].node != node)) {
        end++;
    }
    return end;
}

uint64_t
tvn__trace_kept_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step,
    const struct tvn__edge *edge)
{
    size_t end = end_of(trace, event, step);
    uint64_t called_ns = trace->records[step].at_ns;
    uint64_t pushed_ns = 0;
    uint64_t kept_ns = 0;

    if (trace->records[step].is_again ||
        !find_push(trace, event, step, &pushed_ns)) {
        return 0;
    }
    for (size_t i = step + 1; i < end; i++) {
        const struct tvn__trace_record *full = &trace->records[i];

        if (full->kind == TVN__TRACE_FULL && full->edge == edge) {
            uint64_t from_ns =
                full->at_ns > pushed_ns ? full->at_ns : pushed_ns;

            kept_ns += tvn__since(
                full->end_ns < called_ns ? full->end_ns : called_ns, from_ns);
        }
    }
    return kept_ns;
}

bool
tvn__trace_whole_ns(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step, uint64_t *out)
{
    const struct tvn__trace_record *made = &trace->records[event->begin];

    if (made->kind != TVN__TRACE_STEP || made->fate != TVN__FATE_MADE) {
        return false;
    }
    *out = tvn__since(trace->records[step].end_ns, made->at_ns);
    return true;
}

/* ------------------------------------------------------------------------
 * What became of it. */

/* One record of the edge.  `began_ns`: it has been refused or held since. */
static void
add_to_hop(struct tvn__trace_hop *hop, const struct tvn__trace_record *record,
    uint64_t *began_ns)
{
    switch (record->kind) {
    case TVN__TRACE_STEP:
    case TVN__TRACE_FULL:
        return;
    case TVN__TRACE_PUT:
        hop->puts += record->count;
        hop->full_ns +=
            *began_ns == 0 ? 0 : tvn__since(record->at_ns, *began_ns);
        *began_ns = 0;
        break;
    case TVN__TRACE_HELD:
    case TVN__TRACE_REFUSED:
        hop->refusals += record->kind == TVN__TRACE_REFUSED;
        *began_ns = *began_ns == 0 ? record->at_ns : *began_ns;
        break;
    case TVN__TRACE_DROPPED_NEWEST:
        hop->dropped_newest += record->count;
        break;
    case TVN__TRACE_REFUSED_DROPPED:
        hop->refused_dropped += record->count;
        break;
    case TVN__TRACE_REFUSED_DEAD:
        hop->refused_dead += record->count;
        break;
    case TVN__TRACE_LEFT:
        hop->left += record->count;
        break;
    }
    hop->is_any = true;
}

struct tvn__trace_hop
tvn__trace_hop(const struct tvn__trace *trace,
    const struct tvn__trace_event *event, size_t step,
    const struct tvn__edge *edge)
{
    size_t end = end_of(trace, event, step);
    uint64_t before = traffic_of(trace, edge, event->begin, step).puts;
    uint64_t dropped = dropped_oldest(trace, event, edge);
    uint64_t began_ns = 0;
    struct tvn__trace_hop hop = {0};

    for (size_t i = step + 1; i < end; i++) {
        const struct tvn__trace_record *record = &trace->records[i];

        if (record->edge == edge && record->node == edge->from) {
            add_to_hop(&hop, record, &began_ns);
        }
    }
    if (dropped > before) { /* the oldest first */
        dropped -= before;
        hop.dropped_oldest = dropped < hop.puts ? (uint32_t)dropped : hop.puts;
    }
    return hop;
}

const char *
tvn__trace_fate_name(enum tvn__trace_fate fate)
{
    static const char *const names[] = {
        [TVN__FATE_UNFINISHED] = "unfinished",
        [TVN__FATE_MADE] = "made",
        [TVN__FATE_PASSED] = "passed",
        [TVN__FATE_FILTERED] = "filtered",
        [TVN__FATE_REJECTED] = "rejected",
        [TVN__FATE_UNROUTED] = "unrouted",
        [TVN__FATE_ABSORBED] = "absorbed",
        [TVN__FATE_DELIVERED] = "delivered",
        [TVN__FATE_DROPPED] = "dropped",
        [TVN__FATE_DEAD] = "dead",
        [TVN__FATE_RETRIED] = "retried",
    };

    return names[fate];
}
