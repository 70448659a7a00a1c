/* testing_stage.h -- the vtable of a scripted stage; see testing.h.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FLOW_TESTING_STAGE_H
#define TVN_FLOW_TESTING_STAGE_H

#include "flow/testing_script.h"

/* ------------------------------------------------------------------------
 * The visits. */

static inline tvn_err
tvn_testing_pull(struct tvn_testing_stage *stage, struct tvn_burst *burst)
{
    uint32_t max = stage->per_visit > 0 && stage->per_visit < burst->credit
                       ? stage->per_visit
                       : burst->credit;

    TVN_ASSERT(burst->credit > 0 && burst->in_count == 0);
    if (stage->has_meta) { /* else as the flow has set them */
        burst->has_times = true;
        burst->has_keys = true;
    }
    while (burst->outs < max && stage->made < stage->records) {
        uint64_t id = stage->made;

        tvn_testing_spend(stage, stage->cost_ns);
        stage->counts.records++;
        if (tvn_testing_fails(stage, id, stage->failed_times)) {
            if (stage->fail_times == 0) {
                stage->made++; /* a bad record: the next call has the next */
            } else {
                stage->failed_times++;
            }
            return tvn_testing_fault(stage, burst, stage->fails);
        }
        stage->made++;
        stage->failed_times = 0;
        burst->out_time_ns[burst->outs] = 10 * id;
        burst->out_key[burst->outs] = id + 1;
        burst->out[burst->outs] = tvn_testing_make(stage, id);
        if (burst->out[burst->outs] == NULL) {
            return tvn_testing_starve(stage);
        }
        burst->outs++;
        stage->counts.ok++;
    }
    burst->is_end = stage->made == stage->records;
    return TVN_OK;
}

/* The outputs of the head as far as credit goes.  TVN_EAGAIN: there are
 * more. */
static inline tvn_err
tvn_testing_produce(struct tvn_testing_stage *stage, struct tvn_burst *burst,
    uint32_t index, uint32_t want)
{
    uint64_t id = tvn_testing_id(burst->in[index].image);

    while (stage->begun < want) {
        if (burst->outs == burst->credit) {
            burst->is_pending = true;
            return TVN_EAGAIN;
        }
        burst->out_of[burst->outs] = (uint8_t)index;
        burst->out[burst->outs] = tvn_testing_make(stage, id);
        if (burst->out[burst->outs] == NULL) {
            return tvn_testing_starve(stage);
        }
        burst->outs++;
        stage->begun++;
    }
    stage->is_late = stage->ends_late && want > 0 && !stage->is_late;
    if (stage->is_late) {
        burst->is_pending = true;
        return TVN_EAGAIN;
    }
    return TVN_OK;
}

static inline void
tvn_testing_finish(struct tvn_testing_stage *stage, struct tvn_burst *burst,
    uint32_t index, uint64_t id)
{
    uint32_t verdict = stage->verdict_of == NULL
                           ? tvn_testing_verdict(stage, id)
                           : stage->verdict_of(id);

    if (stage->role == TVN_ROLE_FILTER) {
        verdict &= 1;
    }
    tvn_testing_note(stage, &burst->in[index]);
    stage->is_begun = false;
    stage->begun = 0;
    burst->consumed = index + 1;
    burst->verdicts[index] = verdict;
    stage->counts.ok++;
    stage->counts.kept +=
        stage->role == TVN_ROLE_FILTER ? (verdict & 1) : verdict != 0;
    stage->counts.routed += (uint64_t)__builtin_popcount(verdict);
    stage->counts.records += stage->role == TVN_ROLE_SINK;
    stage->open_events++;
}

static inline tvn_err
tvn_testing_take(struct tvn_testing_stage *stage, struct tvn_burst *burst)
{
    uint32_t max = stage->per_visit > 0 && stage->per_visit < burst->in_count
                       ? stage->per_visit
                       : burst->in_count;

    TVN_ASSERT(burst->in_count > 0 && burst->in_count <= TVN_BURST_MAX);
    for (uint32_t i = 0; i < max; i++) {
        uint64_t id = tvn_testing_id(burst->in[i].image);
        uint32_t wants = tvn_testing_wants(stage, id);
        tvn_err err;

        if (wants > 0 && burst->outs == burst->credit) {
            return TVN_OK;
        }
        if (!stage->is_begun) {
            stage->is_begun = true;
            stage->counts.calls++;
            tvn_testing_spend(stage, stage->cost_ns);
            if (stage->fails_early &&
                tvn_testing_fails(stage, id, burst->in[i].attempt)) {
                stage->is_begun = false;
                return tvn_testing_fault(stage, burst, stage->fails);
            }
        }
        err = tvn_testing_produce(stage, burst, i, wants);
        if (err != TVN_OK) {
            return err == TVN_EAGAIN ? TVN_OK : err;
        }
        if (!stage->fails_early &&
            tvn_testing_fails(
                stage, id, burst->in[i].attempt)) { /* its outputs stay sent */
            stage->is_begun = false;
            stage->begun = 0;
            return tvn_testing_fault(stage, burst, stage->fails);
        }
        tvn_testing_finish(stage, burst, i, id);
    }
    return TVN_OK;
}

static inline tvn_err
tvn_testing_visit(void *self, struct tvn_burst *burst)
{
    struct tvn_testing_stage *stage = self;

    stage->visits++;
    if (stage->before != NULL) {
        stage->before(stage);
    }
    if (stage->again_every > 0 && !stage->is_again &&
        stage->visits % stage->again_every == 0) {
        stage->is_again = true;
        burst->is_pending = stage->is_begun;
        if (stage->again_ns > 0) {
            burst->wake.at_ns = tvn_testing_now(stage) + stage->again_ns;
        }
        if (stage->again_fd > 0) {
            burst->wake.fd = stage->again_fd;
        }
        return TVN_EAGAIN;
    }
    stage->is_again = false;
    if (tvn_testing_stalls(stage, burst)) {
        return TVN_EAGAIN;
    }
    return stage->role == TVN_ROLE_SOURCE ? tvn_testing_pull(stage, burst)
                                          : tvn_testing_take(stage, burst);
}

static inline tvn_err
tvn_testing_flush(
    void *self, const struct tvn_window *window, struct tvn_burst *burst)
{
    struct tvn_testing_stage *stage = self;

    TVN_ASSERT((window == NULL) == (stage->flushing > 0));
    TVN_ASSERT(!stage->is_begun); /* not between outputs of one event */
    TVN_ASSERT(burst->credit > 0);
    if (window != NULL) {
        if (stage->windows < TVN_TESTING_WINDOWS) {
            stage->window_events[stage->windows] = stage->open_events;
            stage->window[stage->windows] = *window;
        }
        stage->windows++;
        stage->open_events = 0;
        stage->counts.calls++;
        if (stage->flush_fails != TVN_FAULT_NONE) {
            return tvn_testing_fault(stage, burst, stage->flush_fails);
        }
        stage->flushing = stage->flush_outs;
    }
    while (stage->flushing > 0 && burst->outs < burst->credit) {
        tvn_testing_spend(stage, stage->cost_ns);
        burst->out[burst->outs] = tvn_testing_make(stage, stage->made);
        if (burst->out[burst->outs] == NULL) {
            stage->flushing = 0;
            return tvn_testing_starve(stage);
        }
        burst->outs++;
        stage->made++;
        stage->flushing--;
    }
    burst->is_pending = stage->flushing > 0;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * The rest of the vtable. */

static inline tvn_err
tvn_testing_start(void *self, struct tvn_diag *diag)
{
    struct tvn_testing_stage *stage = self;

    stage->order = ++stage->world->ordinal;
    stage->world->now_ns += stage->start_ns;
    return stage->fails_start
               ? tvn_diag_error(diag, TVN_EIO, NULL, "does not start")
               : TVN_OK;
}

static inline tvn_err
tvn_testing_complete(void *self, bool is_ok, struct tvn_burst *burst)
{
    struct tvn_testing_stage *stage = self;

    stage->complete_calls++;
    stage->completed_ok = is_ok;
    if (stage->complete_waits > 0) {
        stage->complete_waits--;
        burst->wake.at_ns = tvn_testing_now(stage) + 1000;
        return TVN_EAGAIN;
    }
    return stage->fails_complete
               ? tvn_testing_fault(stage, burst, TVN_FAULT_WRITE)
               : TVN_OK;
}

static inline void
tvn_testing_stop(void *self)
{
    struct tvn_testing_stage *stage = self;

    stage->stop_order = ++stage->world->ordinal;
}

static inline void
tvn_testing_free(void *self)
{
    struct tvn_testing_stage *stage = self;

    stage->free_count++;
    tvn_builder_fini(&stage->builder);
}

static inline void
tvn_testing_counts(const void *self, struct tvn_stage_counts *out)
{
    const struct tvn_testing_stage *stage = self;

    *out = stage->counts;
}

#endif
