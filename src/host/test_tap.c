/* test_tap.c -- stands round a stage: remembers what arrives and which
 * windows end, and lets events fail that a test's `fault:` names.
 *
 * An event has arrived when the stage is done with it, or when it failed for
 * the first time; what is shown and not begun comes again.  After an injected
 * trap or missed deadline a guest's instance is dropped and made anew, as
 * after a real one: what it had in memory is gone. */
#include "host/test_internal.h"

#include "base/mem.h"

#include <stddef.h>

_Static_assert(offsetof(struct tvn__test_stage, inner) == 0,
    "what stage.h asks of one in the place of another");

static void
add_counts(struct tvn_stage_counts *to, const struct tvn_stage_counts *from)
{
    to->calls += from->calls;
    to->failed += from->failed;
    to->ok += from->ok;
    to->outs += from->outs;
    to->kept += from->kept;
    to->routed += from->routed;
    to->records += from->records;
    to->guest_ns += from->guest_ns;
    to->lost_state += from->lost_state;
}

static void
counts(const void *self, struct tvn_stage_counts *out)
{
    const struct tvn__test_stage *tap = self;

    tvn_stage_inner_counts(self, out);
    add_counts(out, &tap->before);
}

/* ------------------------------------------------------------------------
 * What arrives. */

/* The stage is done with the event: it is too late to fail the visit. */
static void
keep(struct tvn__test_stage *tap, struct tvn_image *image)
{
    if (!tap->keeps || tap->seen_count == TVN__TEST_SEEN_MAX) {
        return;
    }
    if (tap->seen_count == tap->seen_cap) {
        uint32_t cap = tap->seen_cap == 0 ? 64 : tap->seen_cap * 2;
        struct tvn__test_seen *grown =
            tvn_mem_resize(tap->seen, tap->seen_cap, cap, sizeof(*grown));

        if (grown == NULL) {
            tap->test->err = TVN_ENOMEM;
            return;
        }
        tap->seen = grown;
        tap->seen_cap = cap;
    }
    tap->seen[tap->seen_count++] = (struct tvn__test_seen){
        tvn_image_ref(image), tap->test->now_ns - TVN_TEST_MONOTONIC_NS};
}

/* Those of the visit that had not arrived before. */
static void
note(struct tvn__test_stage *tap, const struct tvn_burst *burst, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (burst->in[i].attempt == 0) {
            tap->arrived++;
            keep(tap, burst->in[i].image);
        }
    }
}

static void
keep_window(struct tvn__test_stage *tap, const struct tvn_window *window)
{
    if (tap->window_count == TVN__TEST_SEEN_MAX) {
        return;
    }
    if (tap->window_count == tap->window_cap) {
        uint32_t cap = tap->window_cap == 0 ? 16 : tap->window_cap * 2;
        struct tvn_window *grown =
            tvn_mem_resize(tap->windows, tap->window_cap, cap, sizeof(*grown));

        if (grown == NULL) {
            tap->test->err = TVN_ENOMEM;
            return;
        }
        tap->windows = grown;
        tap->window_cap = cap;
    }
    tap->windows[tap->window_count++] = *window;
}

void
tvn__test_tap_fini(struct tvn__test_stage *stage)
{
    for (uint32_t i = 0; i < stage->seen_count; i++) {
        tvn_image_unref(stage->seen[i].image);
    }
    tvn_mem_free(stage->seen, stage->seen_cap, sizeof(*stage->seen));
    tvn_mem_free(stage->windows, stage->window_cap, sizeof(struct tvn_window));
}

/* ------------------------------------------------------------------------
 * Faults. */

const char *
tvn__test_fault_refusal(
    const struct tvn__test_stage *stage, enum tvn_fault_kind kind)
{
    bool is_guest = stage->test->host->pipeline->stages[stage->number].kind ==
                    TVN_PIPELINE_GUEST;

    if (stage->role == TVN_ROLE_SOURCE) {
        return "a source has no input that could fail: give it a broken "
               "record";
    }
    if (kind == TVN_FAULT_WRITE && stage->role != TVN_ROLE_SINK) {
        return "only sinks write";
    }
    if ((kind == TVN_FAULT_TRAP || kind == TVN_FAULT_DEADLINE) && !is_guest) {
        return "only guests trap or miss a deadline";
    }
    return kind == TVN_FAULT_RECORD ? "only sources cut records: give one a "
                                      "broken record"
                                    : NULL;
}

static tvn_err
code_of(enum tvn_fault_kind kind)
{
    static const tvn_err codes[] = {
        [TVN_FAULT_NONE] = TVN_EGUEST_REJECT,
        [TVN_FAULT_RETRY] = TVN_EGUEST_RETRY,
        [TVN_FAULT_REJECT] = TVN_EGUEST_REJECT,
        [TVN_FAULT_FATAL] = TVN_EGUEST_FATAL,
        [TVN_FAULT_TRAP] = TVN_ETRAP,
        [TVN_FAULT_DEADLINE] = TVN_EDEADLINE,
        [TVN_FAULT_RECORD] = TVN_EGUEST_REJECT,
        [TVN_FAULT_WRITE] = TVN_EWRITE,
    };

    return codes[kind];
}

/* The guest's instance is gone; the next one begins with init. */
static tvn_err
renew(struct tvn__test_stage *tap)
{
    struct tvn_stage_counts gone;
    struct tvn_stage fresh;
    tvn_err err = tvn__make_stage(tap->test->host, tap->number, &fresh, NULL);

    if (err != TVN_OK) {
        return err;
    }
    tvn_stage_inner_counts(tap, &gone);
    add_counts(&tap->before, &gone);
    tvn_stage_inner_stop(tap);
    tvn_stage_inner_free(tap);
    tap->inner = fresh;
    return tvn_stage_inner_start(tap, NULL);
}

static tvn_err
inject(struct tvn__test_stage *tap, struct tvn__test_armed *armed,
    struct tvn_burst *burst)
{
    enum tvn_fault_kind kind = armed->fault->kind;
    tvn_err err = TVN_OK;

    note(tap, burst, 1);
    armed->fired++;
    if (!tap->is_mocked &&
        (kind == TVN_FAULT_TRAP || kind == TVN_FAULT_DEADLINE)) {
        err = renew(tap);
    }
    tap->before.calls++;
    tap->before.failed++;
    burst->fault = (struct tvn_fault){
        .kind = err == TVN_OK ? kind : TVN_FAULT_FATAL,
        .err = err == TVN_OK ? code_of(kind) : err,
        .text = err == TVN_OK ? armed->fault->message
                              : tvn_str_of(tvn_err_text(err)),
    };
    return burst->fault.err;
}

/* The first of `count` events, the head's number being `first`, that is to
 * fail; its index. */
static struct tvn__test_armed *
find_due(struct tvn__test_stage *tap, uint64_t first, uint32_t count,
    uint32_t *index)
{
    const struct tvn__test_case *spec = tap->test->spec;
    struct tvn__test_armed *found = NULL;

    for (uint32_t i = 0; i < spec->fault_count; i++) {
        struct tvn__test_armed *armed = &tap->armed[i];

        if (armed->fault == NULL || armed->fired == armed->fault->times ||
            armed->fault->at < first || armed->fault->at >= first + count) {
            continue;
        }
        if (found == NULL || armed->fault->at < found->fault->at) {
            found = armed;
            *index = (uint32_t)(armed->fault->at - first);
        }
    }
    return found;
}

static tvn_err
run(void *self, struct tvn_burst *burst)
{
    struct tvn__test_stage *tap = self;
    struct tvn__test_armed *due;
    uint32_t index = 0;
    bool is_again = burst->in_count > 0 && burst->in[0].attempt > 0;
    tvn_err err;

    due = find_due(tap, is_again ? tap->arrived : tap->arrived + 1,
        burst->in_count, &index);
    if (due != NULL && index == 0) {
        return inject(tap, due, burst);
    }
    if (due != NULL) {
        burst->in_count = index; /* it comes next */
    }
    err = tap->inner.ops->run(tap->inner.self, burst);
    note(tap, burst, burst->consumed + (err != TVN_OK && err != TVN_EAGAIN));
    return err;
}

static tvn_err
flush(void *self, const struct tvn_window *window, struct tvn_burst *burst)
{
    struct tvn__test_stage *tap = self;

    if (window != NULL) {
        keep_window(tap, window);
    }
    return tap->inner.ops->flush(tap->inner.self, window, burst);
}

const struct tvn_stage_ops tvn__test_tap_ops = {
    .kind = "test",
    .start = tvn_stage_inner_start,
    .run = run,
    .flush = flush,
    .complete = tvn_stage_inner_complete,
    .stop = tvn_stage_inner_stop,
    .free = tvn_stage_inner_free,
    .counts = counts,
};
