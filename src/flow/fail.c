/* fail.c -- what follows when an event failed.
 *
 *     retry        it stays at the head of its queue, and is tried again after
 *                  a while that doubles: order is kept
 *     then         the event       the flow
 *     stop         dropped, shown  ends intake, drains the rest, fails
 *     drop         dropped         goes on
 *     dead-letter  dead            goes on
 *
 * A rejected event and a bad record are never tried again, nor is an event
 * whose first outputs are already on their way.  FATAL stops the flow whatever
 * `then` says, and the stage is not called again: what still comes to it is
 * dropped.  So is what comes to a sink whose write has stopped the flow.  A
 * dead letter that cannot be written stops, too.
 *
 * An instance that is gone is made anew at the next call; when it dies again
 * before it has finished anything, not before a millisecond or more. */
#include "flow/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A stage that fails without a word. */
static struct tvn_fault *
fault_of(struct tvn__shard *shard, tvn_err err)
{
    struct tvn_fault *fault = &shard->burst.fault;

    if (fault->kind == TVN_FAULT_NONE) {
        memset(fault, 0, sizeof(*fault));
        fault->kind = TVN_FAULT_FATAL;
        fault->text = tvn_str_of(tvn_err_text(err));
    }
    if (fault->err == TVN_OK) {
        fault->err = err;
    }
    return fault;
}

/* "event 12: reject: no such airline" at the stage, or the record's line.  A
 * broken value begins with where it is: "output .airline is not UTF-8". */
static void
show(struct tvn__shard *shard, const struct tvn__node *node,
    const struct tvn_fault *fault, const char *what)
{
    struct tvn_place place =
        fault->place.path == NULL ? node->place : fault->place;
    char name[128];

    if (shard->failures++ >= TVN__SHOWN_MAX) {
        return;
    }
    (void)snprintf(name, sizeof(name), "stage %.*s",
        TVN_STR_ARG(node->row->name)); /* cut: it is only shown */
    place.what = name;
    if (fault->kind == TVN_FAULT_RECORD) { /* its place says which */
        (void)tvn_diag_error(
            shard->diag, fault->err, &place, "%.*s", TVN_STR_ARG(fault->text));
    } else if (fault->err == TVN_EABI) {
        (void)tvn_diag_error(shard->diag, fault->err, &place, "%.*s, %s",
            TVN_STR_ARG(fault->text), what);
    } else {
        (void)tvn_diag_error(shard->diag, fault->err, &place, "%s: %s: %.*s",
            what, tvn_fault_name(fault->kind), TVN_STR_ARG(fault->text));
    }
    if (fault->help.len > 0) {
        tvn_diag_help(shard->diag, "%.*s", TVN_STR_ARG(fault->help));
    }
}

void
tvn__show_rest(struct tvn_flow *flow, struct tvn_diag *diag)
{
    uint64_t hidden = 0;

    for (uint32_t i = 0; i < flow->shard_count; i++) {
        uint64_t failures = flow->shards[i].failures;

        hidden += failures > TVN__SHOWN_MAX ? failures - TVN__SHOWN_MAX : 0;
    }
    if (hidden > 0) {
        tvn_diag_warning(diag, tvn__result(flow), NULL,
            "and %" PRIu64 " more failures", hidden);
    }
}

static void
stop(struct tvn__shard *shard, const struct tvn__node *node,
    const struct tvn_fault *fault, const char *what)
{
    show(shard, node, fault, what);
    tvn__set_result(shard, fault->err);
    tvn__drain(shard);
}

/* ------------------------------------------------------------------------
 * Dead letters. */

/* An event that failed: where, why, and how it is booked. */
struct failed {
    struct tvn__node *node;
    const struct tvn_fault *fault;
    const struct tvn_event *event; /* NULL: a record */
    uint64_t *dropped;
    uint64_t *dead;
};

static tvn_err
write_dead(struct tvn__shard *shard, const struct failed *failed)
{
    const struct tvn_event *event = failed->event;
    const struct tvn_dead dead = {
        .stage = failed->node->row->name,
        .fault = failed->fault,
        .attempts =
            event == NULL ? failed->node->attempts + 1 : event->attempt + 1,
        .event = event,
        .wall_ns = tvn__wall(shard),
    };

    return shard->flow->opts.dead(shard->flow->opts.env, &dead, shard->diag);
}

/* Writes and books it.  False: it could not be written. */
static bool
bury(struct tvn__shard *shard, const struct failed *failed)
{
    struct tvn__node *node = failed->node;
    uint64_t written = 1;
    tvn_err err = TVN_OK;

    switch (TVN_FAULT_PASS(TVN_SITE_DEAD_LETTER, true)) {
    case TVN_BREAKAGE_NONE:
        err = write_dead(shard, failed);
        break;
    case TVN_BREAKAGE_LOSE:
        written = 0;
        break;
    case TVN_BREAKAGE_DOUBLE:
        (void)write_dead(shard, failed); /* as a bug would */
        err = write_dead(shard, failed);
        written = 2;
        break;
    case TVN_BREAKAGE_MISFILE:
        err = write_dead(shard, failed);
        *failed->dead -= 1;
        *failed->dropped += 1;
        break;
    }
    if (err != TVN_OK) {
        *failed->dropped += 1;
        tvn__set_result(shard, err);
        return false;
    }
    node->row->dead_written += written;
    *failed->dead += 1;
    return true;
}

/* ------------------------------------------------------------------------
 * Again. */

static bool
is_gone(enum tvn_fault_kind kind)
{
    return kind == TVN_FAULT_TRAP || kind == TVN_FAULT_DEADLINE;
}

static bool
may_go_well_later(enum tvn_fault_kind kind)
{
    return is_gone(kind) || kind == TVN_FAULT_RETRY || kind == TVN_FAULT_WRITE;
}

/* An instance that is gone takes its open window along. */
static void
note_loss(struct tvn__node *node, enum tvn_fault_kind kind)
{
    if (kind == TVN_FAULT_FATAL) {
        node->is_broken = true;
        node->is_ended = true;
    }
    if (is_gone(kind)) {
        tvn__window_close(node);
        node->deaths++;
    }
}

/* `first`, doubled `times` times, up to `last`. */
static uint64_t
doubled(uint64_t first, uint64_t last, uint32_t times)
{
    while (times-- > 0 && first < last) {
        first = first > last / 2 ? last : 2 * first;
    }
    return first;
}

/* At least as long until the instance is made anew. */
static uint64_t
revival_ns(const struct tvn__node *node)
{
    return node->deaths < 2
               ? 0
               : doubled(TVN__REVIVE_NS, TVN__REVIVE_MAX, node->deaths - 2);
}

uint64_t
tvn__backoff_ns(
    struct tvn__shard *shard, const struct tvn__node *node, uint32_t attempts)
{
    uint64_t full_ns =
        doubled(node->backoff_min_ns, node->backoff_max_ns, attempts);

    /* Up to a quarter less, so that those who failed together part. */
    return full_ns - tvn_rng_below(&shard->rng, full_ns / 4 + 1);
}

bool
tvn__tries_again(struct tvn__shard *shard, struct tvn__node *node,
    uint32_t attempts, tvn_err err)
{
    struct tvn_fault *fault = fault_of(shard, err);
    uint64_t wait_ns;

    if (!may_go_well_later(fault->kind) || attempts >= node->retries) {
        return false;
    }
    note_loss(node, fault->kind);
    wait_ns = tvn__backoff_ns(shard, node, attempts);
    if (is_gone(fault->kind) && wait_ns < revival_ns(node)) {
        wait_ns = revival_ns(node);
    }
    tvn__wait_until(shard, node, shard->now_ns + wait_ns);
    memset(fault, 0, sizeof(*fault));
    return true;
}

/* ------------------------------------------------------------------------ */

static void
fail(struct tvn__shard *shard, const struct failed *failed, const char *what)
{
    struct tvn__node *node = failed->node;
    const struct tvn_fault *fault = failed->fault;
    bool is_dead =
        node->then == TVN_THEN_DEAD_LETTER && shard->flow->opts.dead != NULL;
    bool stops = fault->kind == TVN_FAULT_FATAL ||
                 (node->then != TVN_THEN_DROP && !is_dead);

    if (is_dead) {
        stops = !bury(shard, failed) || stops;
    } else {
        *failed->dropped += 1;
    }
    if (stops) {
        stop(shard, node, fault, what);
        /* A sink that cannot write cannot write the rest either. */
        node->cannot_write = fault->kind == TVN_FAULT_WRITE;
        node->is_broken = node->is_broken || node->cannot_write;
    }
    note_loss(node, fault->kind);
    if (is_gone(fault->kind) && node->deaths > 1) {
        tvn__wait_until(shard, node, shard->now_ns + revival_ns(node));
    }
}

/* What the stage itself said of it. */
static void
fail_by_stage(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn_event *event, const char *what, tvn_err err)
{
    struct tvn_fault *fault = fault_of(shard, err);
    const struct failed failed = {
        .node = node,
        .fault = fault,
        .event = event,
        .dropped = &node->books->dropped,
        .dead = &node->books->dead,
    };

    fail(shard, &failed, what);
    memset(fault, 0, sizeof(*fault));
}

void
tvn__fail_event(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn_event *event, tvn_err err)
{
    char what[80];

    if (event->attempt == 0) {
        (void)snprintf(what, sizeof(what), "event %" PRIu64, event->sequence);
    } else {
        (void)snprintf(what, sizeof(what),
            "event %" PRIu64 ", tried %" PRIu32 " times", event->sequence,
            event->attempt + 1);
    }
    fail_by_stage(shard, node, event, what, err);
}

void
tvn__fail_record(struct tvn__shard *shard, struct tvn__node *node, tvn_err err)
{
    fail_by_stage(shard, node, NULL, "a record", err);
}

void
tvn__fail_refused(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event)
{
    char text[200];
    char what[40];
    struct tvn_fault fault = {
        .kind = TVN_FAULT_OVERFLOW,
        .err = TVN_EOVERFLOW,
    };
    struct failed failed = {
        .node = edge->from,
        .fault = &fault,
        .event = event,
        .dropped = &edge->row->refused_dropped,
        .dead = &edge->row->refused_dead,
    };

    (void)snprintf(text, sizeof(text),
        "edge %.*s is full: %" PRIu32 " of %" PRIu32 " events, %" PRIu64
        " of %" PRIu64 " bytes",
        TVN_STR_ARG(edge->row->name), tvn_queue_used(&edge->queue),
        edge->queue.capacity, edge->queue.bytes, edge->queue.bytes_max);
    fault.text = tvn_str_of(text);
    (void)snprintf(what, sizeof(what), "event %" PRIu64, event->sequence);
    fail(shard, &failed, what);
}

void
tvn__fault_call(struct tvn__shard *shard, struct tvn__node *node,
    const char *what, tvn_err err)
{
    struct tvn_fault *fault = fault_of(shard, err);

    if (fault->kind == TVN_FAULT_FATAL || node->then == TVN_THEN_STOP ||
        node->role == TVN_ROLE_SINK) {
        stop(shard, node, fault, what);
    } else if (shard->failures++ < TVN__SHOWN_MAX) {
        const struct tvn_place place = fault->place;

        tvn_diag_warning(shard->diag, fault->err, &place,
            "stage %.*s: %s: %s: %.*s", TVN_STR_ARG(node->row->name), what,
            tvn_fault_name(fault->kind), TVN_STR_ARG(fault->text));
    }
    note_loss(node, fault->kind);
    memset(fault, 0, sizeof(*fault));
}
