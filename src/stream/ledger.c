/* ledger.c -- the identities of ledger.h, one after the other.
 *
 * Edges come first: what went wrong on an edge makes a stage's sums wrong,
 * too, and a person should read the cause first.  The law of the whole flow
 * is last. */
#include "stream/ledger.h"

#include <inttypes.h>
#include <stdio.h>

#define FINDINGS_MAX 16u

struct check {
    const struct tvn_ledger *ledger;
    struct tvn_diag *diag;
    const char *kind; /* "stage", "edge", "flow" */
    struct tvn_str name;
    uint32_t findings;
};

/* Both sides in words, "a = 5, b + c = 4". */
static void
equal(struct check *check, const char *left_text, uint64_t left,
    const char *right_text, uint64_t right)
{
    char what[160];
    const struct tvn_place place = {.what = what};

    if (left == right) {
        return;
    }
    if (check->findings++ >= FINDINGS_MAX) {
        return;
    }
    (void)snprintf(what, sizeof(what), "%s %.*s", check->kind,
        TVN_STR_ARG(check->name)); /* cut: it is only shown */
    (void)tvn_diag_error(check->diag, TVN_EUNBALANCED, &place,
        "%s = %" PRIu64 ", but %s = %" PRIu64, left_text, left, right_text,
        right);
}

/* ------------------------------------------------------------------------
 * Edges. */

static void
check_queue(struct check *check, const struct tvn_queue *queue)
{
    uint32_t found = tvn_queue_count(queue);

    equal(check, "enqueued", queue->enqueued,
        "dequeued + dropped_oldest + discarded + events in the queue",
        queue->dequeued + queue->dropped_oldest + queue->discarded + found);
    equal(check, "depth", queue->depth, "events in the queue", found);
}

/* The producer's end. */
static void
check_edge(struct check *check, const struct tvn_ledger_edge *edge)
{
    const struct tvn_queue *queue = edge->queue;

    check->kind = "edge";
    check->name = edge->name;
    equal(check, "offered", edge->offered,
        "enqueued + dropped_newest + refused + waiting + retrying",
        queue->enqueued + queue->dropped_newest + edge->refused_dropped +
            edge->refused_dead + edge->waiting + edge->retrying);
    equal(check, "refused by the queue", queue->refused, "booked as refused",
        edge->refusals);
    check_queue(check, queue);
}

/* The consumer's, of an edge between two threads. */
static void
check_inbox(struct check *check, const struct tvn_ledger_edge *edge)
{
    check->kind = "edge";
    check->name = edge->name;
    check_queue(check, edge->inbox);
}

/* ------------------------------------------------------------------------
 * What a stage handed on: seen from its edges. */

struct outputs {
    uint64_t main;     /* offered on each main edge */
    uint64_t rejected; /* on each rejected edge */
    uint64_t unrouted;
    uint64_t ports;        /* over one edge of each port */
    uint64_t queued;       /* over all edges, without what waits */
    uint64_t refused_dead; /* over all edges */
};

static uint64_t *
output_of(struct outputs *outputs, enum tvn_ledger_out out)
{
    switch (out) {
    case TVN_LEDGER_MAIN:
        return &outputs->main;
    case TVN_LEDGER_REJECTED:
        return &outputs->rejected;
    case TVN_LEDGER_UNROUTED:
        return &outputs->unrouted;
    case TVN_LEDGER_PORT:
        return NULL;
    }
    return NULL;
}

/* All edges of one port are offered the same. */
static struct outputs
sum_outputs(struct check *check, uint32_t number)
{
    const struct tvn_ledger *ledger = check->ledger;
    struct outputs outputs = {0};
    bool is_seen[4 + TVN_PORTS_MAX] = {false};
    uint64_t first[4 + TVN_PORTS_MAX] = {0};

    for (uint32_t i = 0; i < ledger->edge_count; i++) {
        const struct tvn_ledger_edge *edge = &ledger->edges[i];
        uint32_t slot = edge->out == TVN_LEDGER_PORT
                            ? 4 + edge->port % TVN_PORTS_MAX
                            : (uint32_t)edge->out;

        if (edge->from != number) {
            continue;
        }
        outputs.queued += edge->offered - edge->waiting;
        outputs.refused_dead += edge->refused_dead;
        if (is_seen[slot]) {
            check->kind = "edge";
            check->name = edge->name;
            equal(check, "offered", edge->offered,
                "offered on the other edge of this port", first[slot]);
            continue;
        }
        is_seen[slot] = true;
        first[slot] = edge->offered;
        if (edge->out == TVN_LEDGER_PORT) {
            outputs.ports += edge->offered;
        } else {
            *output_of(&outputs, edge->out) = edge->offered;
        }
    }
    return outputs;
}

/* ------------------------------------------------------------------------
 * Stages: what was booked against what they counted themselves. */

static void
check_counts(struct check *check, const struct tvn_ledger_stage *stage,
    const struct outputs *outputs)
{
    const struct tvn_ledger_books *books = &stage->books;
    const struct tvn_stage_counts *counts = &stage->counts;
    uint64_t refused =
        stage->has_rejected ? outputs->rejected : books->filtered;
    uint64_t nowhere =
        stage->has_unrouted ? outputs->unrouted : books->unrouted;

    switch (stage->role) {
    case TVN_ROLE_SOURCE:
        equal(check, "in + tried again", books->in + books->retried,
            "records it cut", counts->records);
        equal(check, "passed", books->passed, "records it decoded", counts->ok);
        equal(check, "out", books->out, "events it made", counts->outs);
        break;
    case TVN_ROLE_PROCESSOR:
        equal(check, "passed + filtered", books->passed + books->filtered,
            "events it finished", counts->ok);
        equal(check, "out", books->out, "events it made", counts->outs);
        break;
    case TVN_ROLE_FILTER:
        equal(check, "passed + filtered", books->passed + books->filtered,
            "events it finished", counts->ok);
        equal(check, "kept", outputs->main, "events it kept", counts->kept);
        equal(check, "not kept", refused, "events it did not keep",
            counts->ok - counts->kept);
        break;
    case TVN_ROLE_ROUTER:
        equal(check, "passed + unrouted + held",
            books->passed + books->unrouted + books->held, "events it finished",
            counts->ok);
        equal(check, "unrouted", nowhere, "events it sent nowhere",
            counts->ok - counts->kept);
        equal(check, "offered on its ports", outputs->ports,
            "ports it selected", counts->routed);
        break;
    case TVN_ROLE_AGGREGATOR:
        equal(check, "absorbed", books->absorbed, "events it finished",
            counts->ok);
        equal(check, "out", books->out, "events it made", counts->outs);
        equal(check, "emitted", books->emitted, "events it made", counts->outs);
        break;
    case TVN_ROLE_SINK:
        equal(check, "delivered", books->delivered, "records it wrote",
            counts->records);
        break;
    }
}

static uint64_t
outcomes(const struct tvn_ledger_books *books)
{
    return books->passed + books->delivered + books->filtered +
           books->unrouted + books->absorbed + books->dropped + books->dead +
           books->held;
}

static uint64_t
handed_over(const struct tvn_ledger *ledger, uint32_t number)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < ledger->edge_count; i++) {
        if (ledger->edges[i].to == number) {
            const struct tvn_ledger_edge *edge = &ledger->edges[i];

            sum += edge->inbox == NULL ? edge->queue->dequeued
                                       : edge->inbox->dequeued;
        }
    }
    return sum;
}

static void
check_stage(struct check *check, uint32_t number)
{
    const struct tvn_ledger_stage *stage = &check->ledger->stages[number];
    const struct tvn_ledger_books *books = &stage->books;
    struct outputs outputs = sum_outputs(check, number);

    check->kind = "stage";
    check->name = stage->name;
    equal(check, "in", books->in,
        "passed + delivered + filtered + unrouted + absorbed + dropped + dead "
        "+ held",
        outcomes(books));
    if (stage->role != TVN_ROLE_SOURCE) {
        equal(check, "in", books->in, "events its edges handed over",
            handed_over(check->ledger, number));
    }
    check_counts(check, stage, &outputs);
    if (stage->role == TVN_ROLE_SOURCE || stage->role == TVN_ROLE_PROCESSOR ||
        stage->role == TVN_ROLE_AGGREGATOR) {
        equal(check, "out", books->out, "offered on its edges", outputs.main);
    }
    if (stage->role != TVN_ROLE_SINK) {
        equal(check, "passed + emitted + forked",
            books->passed + books->emitted + books->forked, "queued behind it",
            outputs.queued);
    }
    if (check->ledger->counts_dead) {
        equal(check, "dead", books->dead + outputs.refused_dead,
            "its dead letters written", stage->dead_written);
    }
}

/* ------------------------------------------------------------------------ */

uint64_t
tvn_ledger_edge_dropped(const struct tvn_ledger_edge *edge)
{
    return edge->queue->dropped_newest + edge->queue->dropped_oldest +
           edge->refused_dropped;
}

/* Queued, or it was when the run was aborted; on the way to another thread:
 * when the threads have stopped that is nothing. */
static uint64_t
in_flight_on(const struct tvn_ledger_edge *edge)
{
    uint64_t count =
        tvn_queue_count(edge->queue) + edge->queue->discarded + edge->retrying;

    if (edge->inbox != NULL) {
        count += tvn_queue_count(edge->inbox) + edge->inbox->discarded +
                 edge->queue->dequeued - edge->inbox->enqueued;
    }
    return count;
}

void
tvn_ledger_sum(const struct tvn_ledger *ledger, struct tvn_ledger_events *out)
{
    *out = (struct tvn_ledger_events){0};
    for (uint32_t i = 0; i < ledger->stage_count; i++) {
        const struct tvn_ledger_stage *stage = &ledger->stages[i];
        const struct tvn_ledger_books *books = &stage->books;

        if (stage->role == TVN_ROLE_SOURCE) {
            out->in += books->in;
        }
        out->emitted += books->emitted;
        out->forked += books->forked;
        out->delivered += books->delivered;
        out->filtered += books->filtered;
        out->unrouted += books->unrouted;
        out->dropped += books->dropped;
        out->dead += books->dead;
        out->absorbed += books->absorbed;
        out->in_flight += books->held;
    }
    for (uint32_t i = 0; i < ledger->edge_count; i++) {
        const struct tvn_ledger_edge *edge = &ledger->edges[i];

        out->in_flight += in_flight_on(edge);
        out->dropped += tvn_ledger_edge_dropped(edge);
        out->dead += edge->refused_dead;
    }
}

void
tvn_ledger_collect(
    struct tvn_ledger *ledger, uint32_t number, const struct tvn_stage *stage)
{
    stage->ops->counts(stage->self, &ledger->stages[number].counts);
}

tvn_err
tvn_ledger_check_part(
    const struct tvn_ledger *ledger, uint32_t part, struct tvn_diag *diag)
{
    struct check check = {.ledger = ledger, .diag = diag};

    for (uint32_t i = 0; i < ledger->edge_count; i++) {
        const struct tvn_ledger_edge *edge = &ledger->edges[i];

        if (ledger->stages[edge->from].part == part) {
            check_edge(&check, edge);
        }
        if (edge->inbox != NULL && ledger->stages[edge->to].part == part) {
            check_inbox(&check, edge);
        }
    }
    for (uint32_t i = 0; i < ledger->stage_count; i++) {
        if (ledger->stages[i].part == part) {
            check_stage(&check, i);
        }
    }
    return check.findings == 0 ? TVN_OK : TVN_EUNBALANCED;
}

tvn_err
tvn_ledger_check(const struct tvn_ledger *ledger, struct tvn_diag *diag)
{
    struct check check = {.ledger = ledger, .diag = diag};
    struct tvn_ledger_events events;

    for (uint32_t i = 0; i < ledger->edge_count; i++) {
        const struct tvn_ledger_edge *edge = &ledger->edges[i];

        check_edge(&check, edge);
        if (edge->inbox != NULL) {
            check_inbox(&check, edge);
            equal(&check, "handed on", edge->queue->dequeued,
                "arrived on the other thread", edge->inbox->enqueued);
        }
    }
    for (uint32_t i = 0; i < ledger->stage_count; i++) {
        check_stage(&check, i);
    }
    tvn_ledger_sum(ledger, &events);
    check.kind = "flow";
    check.name = TVN_STR("as a whole");
    if (ledger->counts_dead) {
        equal(&check, "dead", events.dead, "dead letters written",
            ledger->dead_total);
    }
    equal(&check, "in + emitted + forked",
        events.in + events.emitted + events.forked,
        "delivered + filtered + unrouted + dropped + dead + absorbed + "
        "in flight",
        events.delivered + events.filtered + events.unrouted + events.dropped +
            events.dead + events.absorbed + events.in_flight);
    return check.findings == 0 ? TVN_OK : TVN_EUNBALANCED;
}
