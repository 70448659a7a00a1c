/* ticker.h -- a thread that counts milliseconds while guests run, so that
 * deadlines hold; see ticker.c for how it parks.
 *
 *     pulse_begin -> guest runs -> pulse_end        two stores and a load
 *
 * Threads: a pulse belongs to the thread that runs its instance; the rest,
 * any. */
#ifndef TVN_ENGINE_WASMTIME_TICKER_H
#define TVN_ENGINE_WASMTIME_TICKER_H

#include "base/error.h"
#include "base/own.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TVN__TICK_NS   1000000u
#define TVN__PARKED    (UINT64_C(1) << 63) /* in `now`: nobody counts */
#define TVN__TICK_MASK (TVN__PARKED - 1)

/* What the ticker sees of one instance.  These are the only atomics outside
 * base and observe: the hot path cannot afford a lock, and the ticker only
 * needs to see them in the end. */
struct tvn__pulse {
    _Atomic uint64_t started; /* tick when the running call began */
    _Atomic bool is_inside;
    bool is_held; /* its own thread's; see tvn__pulse_hold */
    struct tvn__pulse *prev;
    struct tvn__pulse *next;
};

struct tvn__ticker {
    _Atomic uint64_t now;  /* ticks, perhaps with TVN__PARKED */
    pthread_mutex_t lock;  /* guards all below; held in on_tick */
    pthread_cond_t change; /* of `now` from parked, or is_stopping */
    struct tvn__pulse *pulses;
    bool is_stopping;
    bool has_thread;
    pthread_t thread;
    void (*on_tick)(void *self); /* by the thread, once a tick; brief */
    void *self;
};

/* TVN_ENOMEM. */
tvn_err tvn__ticker_init(
    struct tvn__ticker *ticker, void (*on_tick)(void *self), void *self);
void tvn__ticker_fini(struct tvn__ticker *ticker);

/* The pulse stays known until tvn__ticker_remove.  The first one starts the
 * thread.  TVN_ENOMEM: no thread to be had. */
tvn_err tvn__ticker_add(
    struct tvn__ticker *ticker, TVN_KEPT struct tvn__pulse *pulse);
void tvn__ticker_remove(struct tvn__ticker *ticker, struct tvn__pulse *pulse);

/* Unparks; returns the tick it is. */
uint64_t tvn__ticker_wake(struct tvn__ticker *ticker);

static inline uint64_t
tvn__ticker_now(struct tvn__ticker *ticker)
{
    return atomic_load_explicit(&ticker->now, memory_order_relaxed) &
           TVN__TICK_MASK;
}

/* A guest is entered; `is_new`: its time counts from now, else on from the
 * last time it was inside. */
static inline void
tvn__pulse_begin(
    struct tvn__ticker *ticker, struct tvn__pulse *pulse, bool is_new)
{
    uint64_t now;

    if (pulse->is_held) { /* inside already: the ticker cannot park */
        if (is_new) {
            atomic_store_explicit(
                &pulse->started, tvn__ticker_now(ticker), memory_order_relaxed);
        }
        return;
    }
    atomic_store_explicit(&pulse->is_inside, true, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst); /* see grace in ticker.c */
    now = atomic_load_explicit(&ticker->now, memory_order_relaxed);
    if ((now & TVN__PARKED) != 0) {
        now = tvn__ticker_wake(ticker);
    }
    if (is_new) {
        atomic_store_explicit(&pulse->started, now, memory_order_relaxed);
    }
}

static inline void
tvn__pulse_end(struct tvn__pulse *pulse)
{
    if (!pulse->is_held) {
        atomic_store_explicit(&pulse->is_inside, false, memory_order_relaxed);
    }
}

/* Inside from hold to release, whatever begins and ends in between. */
static inline void
tvn__pulse_hold(struct tvn__ticker *ticker, struct tvn__pulse *pulse)
{
    tvn__pulse_begin(ticker, pulse, false);
    pulse->is_held = true;
}

static inline void
tvn__pulse_release(struct tvn__pulse *pulse)
{
    pulse->is_held = false;
    tvn__pulse_end(pulse);
}

#endif
