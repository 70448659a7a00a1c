/* fail.c -- what follows when an event failed.
 *
 *     then         the event       the flow
 *     stop         dropped, shown  ends intake, drains the rest, fails
 *     drop         dropped         goes on
 *     dead-letter  dead            goes on
 *
 * FATAL stops the flow whatever `then` says, and the stage is not called
 * again: what still comes to it is dropped.  So is what comes to a sink whose
 * write has stopped the flow.  A dead letter that cannot be
 * written stops, too. */
#include "flow/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
tvn__set_result(struct tvn_flow *flow, tvn_err err)
{
    if (flow->result == TVN_OK) {
        flow->result = err;
    }
}

/* A stage that fails without a word. */
static struct tvn_fault *
fault_of(struct tvn_flow *flow, tvn_err err)
{
    struct tvn_fault *fault = &flow->burst.fault;

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
show(struct tvn_flow *flow, const struct tvn__node *node, const char *what)
{
    const struct tvn_fault *fault = &flow->burst.fault;
    struct tvn_place place =
        fault->place.path == NULL ? node->place : fault->place;
    char name[128];

    if (flow->failures++ >= TVN__SHOWN_MAX) {
        return;
    }
    (void)snprintf(name, sizeof(name), "stage %.*s",
        TVN_STR_ARG(node->row->name)); /* cut: it is only shown */
    place.what = name;
    if (fault->kind == TVN_FAULT_RECORD) { /* its place says which */
        (void)tvn_diag_error(
            flow->diag, fault->err, &place, "%.*s", TVN_STR_ARG(fault->text));
    } else if (fault->err == TVN_EABI) {
        (void)tvn_diag_error(flow->diag, fault->err, &place, "%.*s, %s",
            TVN_STR_ARG(fault->text), what);
    } else {
        (void)tvn_diag_error(flow->diag, fault->err, &place, "%s: %s: %.*s",
            what, tvn_fault_name(fault->kind), TVN_STR_ARG(fault->text));
    }
    if (fault->help.len > 0) {
        tvn_diag_help(flow->diag, "%.*s", TVN_STR_ARG(fault->help));
    }
}

void
tvn__show_rest(struct tvn_flow *flow)
{
    if (flow->failures > TVN__SHOWN_MAX) {
        tvn_diag_warning(flow->diag, flow->result, NULL,
            "and %" PRIu64 " more failures", flow->failures - TVN__SHOWN_MAX);
    }
}

static void
stop(struct tvn_flow *flow, const struct tvn__node *node, const char *what)
{
    show(flow, node, what);
    tvn__set_result(flow, flow->burst.fault.err);
    tvn__drain(flow);
}

/* ------------------------------------------------------------------------
 * Dead letters. */

static tvn_err
write_dead(struct tvn_flow *flow, struct tvn__node *node,
    const struct tvn_event *event)
{
    const struct tvn_dead dead = {
        .stage = node->row->name,
        .fault = &flow->burst.fault,
        .attempts = event == NULL ? 1 : event->attempt + 1,
        .event = event,
        .wall_ns = tvn__wall(flow),
    };

    return flow->opts.dead(flow->opts.env, &dead, flow->diag);
}

/* Writes and books it.  False: it could not be written. */
static bool
bury(struct tvn_flow *flow, struct tvn__node *node,
    const struct tvn_event *event)
{
    struct tvn_ledger *ledger = &flow->ledger;
    tvn_err err = TVN_OK;

    switch (TVN_FAULT_PASS(TVN_SITE_DEAD_LETTER, true)) {
    case TVN_BREAKAGE_NONE:
        err = write_dead(flow, node, event);
        break;
    case TVN_BREAKAGE_LOSE:
        break;
    case TVN_BREAKAGE_DOUBLE:
        (void)write_dead(flow, node, event); /* as a bug would */
        err = write_dead(flow, node, event);
        break;
    case TVN_BREAKAGE_MISFILE:
        err = write_dead(flow, node, event);
        node->books->dead--;
        node->books->dropped++;
        break;
    }
    if (ledger->counts_dead) {
        uint64_t total = flow->opts.dead_count(flow->opts.env);

        node->row->dead_written += total - ledger->dead_total;
        ledger->dead_total = total;
    }
    if (err != TVN_OK) {
        node->books->dropped++;
        tvn__set_result(flow, err);
        return false;
    }
    node->books->dead++;
    return true;
}

/* ------------------------------------------------------------------------ */

/* An instance that is gone takes its open window along. */
static void
note_loss(struct tvn__node *node, enum tvn_fault_kind kind)
{
    if (kind == TVN_FAULT_FATAL) {
        node->is_broken = true;
        node->is_ended = true;
    }
    if (kind == TVN_FAULT_TRAP || kind == TVN_FAULT_DEADLINE) {
        tvn__window_close(node);
    }
}

static void
fail(struct tvn_flow *flow, struct tvn__node *node,
    const struct tvn_event *event, const char *what)
{
    struct tvn_fault *fault = &flow->burst.fault;
    bool is_dead =
        node->then == TVN_THEN_DEAD_LETTER && flow->opts.dead != NULL;
    bool stops = fault->kind == TVN_FAULT_FATAL ||
                 (node->then != TVN_THEN_DROP && !is_dead);

    if (is_dead) {
        stops = !bury(flow, node, event) || stops;
    } else {
        node->books->dropped++;
    }
    if (stops) {
        stop(flow, node, what);
        /* A sink that cannot write cannot write the rest either. */
        node->cannot_write = fault->kind == TVN_FAULT_WRITE;
        node->is_broken = node->is_broken || node->cannot_write;
    }
    note_loss(node, fault->kind);
    memset(fault, 0, sizeof(*fault));
}

void
tvn__fail_event(struct tvn_flow *flow, struct tvn__node *node,
    const struct tvn_event *event, tvn_err err)
{
    char what[40];

    (void)fault_of(flow, err);
    (void)snprintf(what, sizeof(what), "event %" PRIu64, event->sequence);
    fail(flow, node, event, what);
}

void
tvn__fail_record(struct tvn_flow *flow, struct tvn__node *node, tvn_err err)
{
    (void)fault_of(flow, err);
    fail(flow, node, NULL, "a record");
}

void
tvn__fault_call(struct tvn_flow *flow, struct tvn__node *node, const char *what,
    tvn_err err)
{
    struct tvn_fault *fault = fault_of(flow, err);

    if (fault->kind == TVN_FAULT_FATAL || node->then == TVN_THEN_STOP ||
        node->role == TVN_ROLE_SINK) {
        stop(flow, node, what);
    } else if (flow->failures++ < TVN__SHOWN_MAX) {
        const struct tvn_place place = fault->place;

        tvn_diag_warning(flow->diag, fault->err, &place,
            "stage %.*s: %s: %s: %.*s", TVN_STR_ARG(node->row->name), what,
            tvn_fault_name(fault->kind), TVN_STR_ARG(fault->text));
    }
    note_loss(node, fault->kind);
    memset(fault, 0, sizeof(*fault));
}
