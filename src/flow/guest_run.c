/* guest_run.c -- the visits of a guest stage: one loop a role.
 *
 * Counters and the copy ledger are added up once a visit, not once an event:
 * they are the same numbers. */
#include "base/assert.h"
#include "base/guest_check.h"
#include "flow/guest_internal.h"

#include <string.h>

/* What one visit adds up. */
struct tally {
    uint64_t calls;
    struct tvn__lowered lowered;
    uint64_t verdicts;
    uint64_t lifts;
    uint64_t lifted;
};

static void
fill_meta(struct tvn__guest *guest, const struct tvn_event *event)
{
    const struct tvn_member *fields = guest->opts.std->meta->members;

    memcpy(guest->meta + fields[TVN_META_SEQUENCE].offset, &event->sequence,
        sizeof(event->sequence));
    memcpy(guest->meta + fields[TVN_META_EVENT_TIME_NS].offset,
        &event->event_time_ns, sizeof(event->event_time_ns));
    memcpy(guest->meta + fields[TVN_META_INGEST_TIME_NS].offset,
        &event->ingest_time_ns, sizeof(event->ingest_time_ns));
    memcpy(guest->meta + fields[TVN_META_KEY].offset, &event->key,
        sizeof(event->key));
    memcpy(guest->meta + fields[TVN_META_ATTEMPT].offset, &event->attempt,
        sizeof(event->attempt));
}

static void
fill_window(struct tvn__guest *guest, const struct tvn_window *window)
{
    const struct tvn_member *fields = guest->opts.std->window->members;

    memcpy(guest->window + fields[TVN_WINDOW_START_NS].offset,
        &window->start_ns, sizeof(window->start_ns));
    memcpy(guest->window + fields[TVN_WINDOW_END_NS].offset, &window->end_ns,
        sizeof(window->end_ns));
    guest->window[fields[TVN_WINDOW_REASON].offset] = (uint8_t)window->reason;
}

/* Takes the visit's sums of `func` over. */
static void
settle(struct tvn__guest *guest, const struct tvn__guest_func *func,
    struct tvn_burst *burst, const struct tally *tally)
{
    struct tvn_copies *copies = guest->opts.copies;
    const struct tvn__lowered *lowered = &tally->lowered;

    guest->counts.calls += tally->calls;
    if (func->role->event_param >= 0) {
        tvn_copies_add(copies, TVN_COPY_LOWER, lowered->count, lowered->bytes);
    }
    tvn_copies_add(copies, TVN_COPY_LIFT, tally->lifts, tally->lifted);
    if (func->control_bytes > 0) {
        tvn_copies_add(copies, TVN_COPY_CONTROL, lowered->count,
            lowered->count * func->control_bytes);
    }
    if (tally->verdicts > 0) {
        tvn_copies_add(copies, TVN_COPY_CONTROL, tally->verdicts,
            tally->verdicts * func->role->result.type->size);
    }
    guest->timed_ns += burst->is_sampled ? burst->inside_ns : 0;
    tvn__guest_note_control(guest);
}

static tvn_err
failed(struct tvn__guest *guest, tvn_err err)
{
    guest->counts.failed++;
    return err;
}

/* Post-return after a call that went well or not; the first error stands. */
static tvn_err
finish(struct tvn__guest *guest, struct tvn__guest_func *func,
    struct tvn_burst *burst, tvn_err err)
{
    tvn_err done;

    if (guest->instance == NULL || !func->call.has_post_return) {
        return err; /* it is gone, or has nothing to do */
    }
    done = tvn__guest_finish(guest, func, burst, &burst->fault);
    return done == TVN_OK ? err : done;
}

/* tvn__guest_run for the most frequent case, in line: one flat parameter, not
 * timed. */
static inline tvn_err
call_short(struct tvn__guest *guest, const uint8_t *event,
    struct tvn_burst *burst, struct tvn__lowered *lowered)
{
    struct tvn__guest_func *func = &guest->main;
    tvn_err err = tvn_lower_flat(func->args.plans[0], event, 0,
        func->call.memory, func->call.slots, &lowered->bytes, &guest->diag);

    if (err != TVN_OK) {
        return tvn__guest_not_lowered(guest, err, &burst->fault);
    }
    lowered->count++;
    err = tvn_call_run(&func->call, &guest->diag);
    return err == TVN_OK ? TVN_OK : tvn__guest_died(guest, err, &burst->fault);
}

/* Lowers and runs the role's function for one event. */
static inline tvn_err
call_event(struct tvn__guest *guest, uint32_t number, struct tvn_burst *burst,
    struct tally *tally)
{
    const struct tvn_event *event = &burst->in[number];

    tally->calls++;
    if (number + 1 < burst->in_count) { /* it has left the first cache */
        __builtin_prefetch(event[1].image);
        __builtin_prefetch(event[1].image->data);
        __builtin_prefetch(event[1].image->data + 64);
    }
    if (guest->main.takes_event_only && !burst->is_sampled) {
        return call_short(guest, event->image->data, burst, &tally->lowered);
    }
    if (guest->main.role->meta_param >= 0) {
        fill_meta(guest, event);
    }
    return tvn__guest_run(guest, &guest->main, event->image->data, burst,
        &tally->lowered, &burst->fault);
}

/* ------------------------------------------------------------------------
 * Filter and router: the same image goes on. */

/* The verdict's bits; a value that no verdict can have is an ABI fault. */
static tvn_err
read_verdict(struct tvn__guest *guest, struct tvn_burst *burst, uint32_t *bits)
{
    const struct tvn_role_info *role = guest->opts.role;
    const struct tvn_result_shape *shape = &guest->main.role->result;
    enum tvn__outcome outcome;
    uint64_t wait = 0;
    uint32_t count = 0;
    uint32_t ptr = 0;
    uint32_t value = guest->main.call.slots[0].u32;
    tvn_err err;

    if (!shape->is_flat) {
        err = tvn__guest_result(
            guest, &guest->main, &outcome, &ptr, &count, &wait, &burst->fault);
        if (err != TVN_OK) {
            return err;
        }
        if (outcome == TVN__OUTCOME_NONE) {
            *bits = 0;
            return TVN_OK;
        }
        value = 0;
        memcpy(&value, guest->main.call.memory->base + ptr, shape->value->size);
    }
    if (role->role == TVN_ROLE_FILTER) {
        *bits = value != 0;
    } else if (role->ports_kind == TVN_PORTS_FLAGS) {
        *bits = value & (uint32_t)((UINT64_C(1) << role->port_count) - 1);
    } else if (TVN_GUEST_CHECK(210, value < role->port_count)) {
        *bits = UINT32_C(1) << value;
    } else {
        (void)tvn_diag_error(
            &guest->diag, TVN_EABI, NULL, "the port's number is out of range");
        return tvn__guest_died(guest, TVN_EABI, &burst->fault);
    }
    return TVN_OK;
}

static tvn_err
visit_passing(struct tvn__guest *guest, struct tvn_burst *burst)
{
    struct tally tally = {0};
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < burst->in_count; i++) {
        uint32_t bits = 0;

        err = call_event(guest, i, burst, &tally);
        if (err == TVN_OK) {
            err = read_verdict(guest, burst, &bits);
            tally.verdicts += err == TVN_OK;
        }
        err = finish(guest, &guest->main, burst, err);
        if (err != TVN_OK) {
            err = failed(guest, err);
            break;
        }
        burst->verdicts[i] = bits;
        burst->consumed = i + 1;
        guest->counts.kept += bits != 0;
        for (; bits != 0; bits &= bits - 1) {
            guest->counts.routed++;
        }
    }
    guest->counts.ok += burst->consumed;
    settle(guest, &guest->main, burst, &tally);
    return err;
}

/* ------------------------------------------------------------------------
 * Outputs. */

static tvn_err
emit(struct tvn__guest *guest, struct tvn__guest_func *func, uint32_t ptr,
    uint32_t from, struct tvn_burst *burst, struct tally *tally)
{
    tvn_err err = tvn__guest_lift(guest, func, ptr, &burst->out[burst->outs],
        &tally->lifted, &burst->fault);

    if (err == TVN_OK) {
        burst->out_of[burst->outs] = (uint8_t)from;
        burst->outs++;
        tally->lifts++;
        guest->counts.outs++;
    }
    return err;
}

/* Lifts what the credit allows; the outbox is empty when all is out. */
static tvn_err
drain_outbox(struct tvn__guest *guest, uint32_t from, struct tvn_burst *burst,
    struct tally *tally)
{
    struct tvn__outbox *outbox = &guest->outbox;
    struct tvn__guest_func *func = outbox->func;
    tvn_err err;

    while (outbox->left > 0) {
        if (burst->outs == burst->credit) {
            burst->is_pending = true;
            return TVN_OK;
        }
        err = emit(guest, func, outbox->ptr, from, burst, tally);
        if (err != TVN_OK) { /* what was sent stays sent */
            outbox->func = NULL;
            return finish(guest, func, burst, err);
        }
        outbox->ptr += func->role->result.value->size;
        outbox->left--;
    }
    outbox->func = NULL;
    return finish(guest, func, burst, TVN_OK);
}

/* Everything a call returned: lifted, or begun and pending. */
static tvn_err
take_outputs(struct tvn__guest *guest, struct tvn__guest_func *func,
    uint32_t from, struct tvn_burst *burst, struct tally *tally,
    enum tvn__outcome *outcome, uint64_t *wait_ns)
{
    uint32_t ptr = 0;
    uint32_t count = 0;
    tvn_err err = tvn__guest_result(
        guest, func, outcome, &ptr, &count, wait_ns, &burst->fault);

    if (err == TVN_OK && *outcome == TVN__OUTCOME_LIST) {
        guest->outbox = (struct tvn__outbox){func, ptr, count};
        return drain_outbox(guest, from, burst, tally);
    }
    if (err == TVN_OK && *outcome == TVN__OUTCOME_VALUE) {
        err = emit(guest, func, ptr, from, burst, tally);
    }
    return finish(guest, func, burst, err);
}

static tvn_err
visit_producing(struct tvn__guest *guest, struct tvn_burst *burst)
{
    bool absorbs = guest->opts.role->role == TVN_ROLE_AGGREGATOR;
    bool makes_outputs = guest->main.lift != NULL;
    enum tvn__outcome outcome;
    struct tally tally = {0};
    uint64_t wait = 0;
    tvn_err err = TVN_OK;
    uint32_t i = 0;

    if (guest->outbox.func != NULL) { /* of the event at 0 */
        err = drain_outbox(guest, 0, burst, &tally);
        if (err == TVN_OK && !burst->is_pending) {
            burst->consumed = 1;
            guest->open_window += absorbs;
            i = 1;
        }
    }
    for (; err == TVN_OK && !burst->is_pending && i < burst->in_count; i++) {
        if (makes_outputs && burst->outs == burst->credit) {
            break;
        }
        err = call_event(guest, i, burst, &tally);
        if (err == TVN_OK) {
            err = take_outputs(
                guest, &guest->main, i, burst, &tally, &outcome, &wait);
        }
        if (err == TVN_OK && !burst->is_pending) {
            burst->consumed = i + 1;
            guest->open_window += absorbs;
        }
    }
    guest->counts.ok += burst->consumed;
    settle(guest, &guest->main, burst, &tally);
    return err == TVN_OK ? TVN_OK : failed(guest, err);
}

static tvn_err
visit_sink(struct tvn__guest *guest, struct tvn_burst *burst)
{
    enum tvn__outcome outcome;
    struct tally tally = {0};
    uint64_t wait = 0;
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < burst->in_count; i++) {
        err = call_event(guest, i, burst, &tally);
        if (err == TVN_OK) {
            err = take_outputs(
                guest, &guest->main, i, burst, &tally, &outcome, &wait);
        }
        if (err == TVN_OK) {
            burst->consumed = i + 1;
        }
    }
    guest->counts.ok += burst->consumed;
    guest->counts.records += burst->consumed;
    settle(guest, &guest->main, burst, &tally);
    return err == TVN_OK ? TVN_OK : failed(guest, err);
}

static tvn_err
visit_source(struct tvn__guest *guest, struct tvn_burst *burst)
{
    enum tvn__outcome outcome = TVN__OUTCOME_VALUE;
    struct tally tally = {0};
    uint64_t wait = 0;
    tvn_err err = TVN_OK;

    while (err == TVN_OK && outcome == TVN__OUTCOME_VALUE &&
           burst->outs < burst->credit) {
        tally.calls++;
        err = tvn__guest_run(
            guest, &guest->main, NULL, burst, &tally.lowered, &burst->fault);
        if (err == TVN_OK) {
            err = take_outputs(
                guest, &guest->main, 0, burst, &tally, &outcome, &wait);
        }
    }
    guest->counts.ok += burst->outs;
    guest->counts.records += burst->outs;
    settle(guest, &guest->main, burst, &tally);
    if (err != TVN_OK) {
        guest->counts.records++; /* the record that it could not give */
        return failed(guest, err);
    }
    if (outcome == TVN__OUTCOME_WAIT) {
        wait = wait == 0 ? 1 : wait;
        if (wait > UINT64_MAX - burst->now_ns) { /* as good as never */
            wait = UINT64_MAX - burst->now_ns;
        }
        burst->wake =
            (struct tvn_wake){.fd = -1, .at_ns = burst->now_ns + wait};
        return TVN_EAGAIN;
    }
    burst->is_end =
        outcome == TVN__OUTCOME_DONE || outcome == TVN__OUTCOME_NONE;
    return TVN_OK;
}

static tvn_err
visit(struct tvn__guest *guest, struct tvn_burst *burst)
{
    switch (guest->opts.role->role) {
    case TVN_ROLE_SOURCE:
        return visit_source(guest, burst);
    case TVN_ROLE_PROCESSOR:
    case TVN_ROLE_AGGREGATOR:
        return visit_producing(guest, burst);
    case TVN_ROLE_FILTER:
    case TVN_ROLE_ROUTER:
        return visit_passing(guest, burst);
    case TVN_ROLE_SINK:
        return visit_sink(guest, burst);
    }
    return TVN_EINVAL;
}

tvn_err
tvn__guest_visit(void *self, struct tvn_burst *burst)
{
    struct tvn__guest *guest = self;
    tvn_err err = tvn__guest_alive(guest, &burst->fault);

    if (err != TVN_OK) { /* a source: of the record that it could not give */
        guest->counts.records += guest->opts.role->role == TVN_ROLE_SOURCE;
        return err;
    }
    tvn_instance_hold(guest->instance);
    err = visit(guest, burst);
    if (guest->instance != NULL) { /* else it is gone */
        tvn_instance_release(guest->instance);
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Ends. */

tvn_err
tvn__guest_flush(
    void *self, const struct tvn_window *window, struct tvn_burst *burst)
{
    struct tvn__guest *guest = self;
    enum tvn__outcome outcome;
    struct tally tally = {0};
    uint64_t wait = 0;
    tvn_err err;

    if (window == NULL) {
        TVN_ASSERT(guest->outbox.func == &guest->flush);
        err = drain_outbox(guest, 0, burst, &tally);
    } else {
        err = tvn__guest_alive(guest, &burst->fault);
        if (err != TVN_OK) {
            return err;
        }
        fill_window(guest, window);
        tally.calls++;
        err = tvn__guest_run(
            guest, &guest->flush, NULL, burst, &tally.lowered, &burst->fault);
        if (err == TVN_OK) {
            err = take_outputs(
                guest, &guest->flush, 0, burst, &tally, &outcome, &wait);
            guest->open_window = 0; /* lost already, if it died of that */
        }
    }
    settle(guest, &guest->flush, burst, &tally);
    if (err == TVN_OK && guest->opts.state_is_window && !burst->is_pending) {
        tvn__guest_retire(guest); /* nothing is carried into the next window */
    }
    return err == TVN_OK ? TVN_OK : failed(guest, err);
}

tvn_err
tvn__guest_complete(void *self, bool is_ok, struct tvn_burst *burst)
{
    struct tvn__guest *guest = self;
    enum tvn__outcome outcome;
    struct tally tally = {0};
    uint64_t wait = 0;
    tvn_err err;

    (void)is_ok;
    if (guest->complete.role->func == NULL) {
        return TVN_OK;
    }
    err = tvn__guest_alive(guest, &burst->fault);
    if (err != TVN_OK) {
        return err;
    }
    tally.calls++;
    err = tvn__guest_run(
        guest, &guest->complete, NULL, burst, &tally.lowered, &burst->fault);
    if (err == TVN_OK) {
        err = take_outputs(
            guest, &guest->complete, 0, burst, &tally, &outcome, &wait);
    }
    settle(guest, &guest->complete, burst, &tally);
    return err == TVN_OK ? TVN_OK : failed(guest, err);
}
