/* ticker.c -- counts milliseconds while guests run, sleeps while none does.
 *
 * Why a count and not a clock: reading the clock costs as much as a call into
 * a guest, reading a count that changes once a millisecond costs nothing.
 *
 * At rest it costs nothing either: when no pulse was inside for 64 ticks it
 * parks.  It says so in `now`, so the next guest call sees it in the load
 * that it does anyhow, and wakes it.
 *
 *     caller                      ticker
 *     is_inside = true            now |= PARKED
 *     read now: parked? wake      grace: one tick, asleep
 *     ...                         any is_inside? go on ticking
 *
 * Without a fence in the caller its store may become visible after its load,
 * by as long as a processor's store buffer takes to drain: nanoseconds.  The
 * grace of a whole tick is the ticker's half of the fence, and keeps the
 * caller's half off the hot path. */
#include "engine/wasmtime/ticker.h"

#include "base/assert.h"
#include "base/clock.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#define IDLE_TICKS 64u

/* Waits for a change or until `at_ns`.  Holds the lock, as all below. */
static void
wait_until(struct tvn__ticker *ticker, uint64_t at_ns)
{
    struct timespec at = {
        .tv_sec = (time_t)(at_ns / 1000000000u),
        .tv_nsec = (long)(at_ns % 1000000000u),
    };

    (void)pthread_cond_timedwait(&ticker->change, &ticker->lock, &at);
}

static bool
is_parked(struct tvn__ticker *ticker)
{
    return (atomic_load(&ticker->now) & TVN__PARKED) != 0;
}

static bool
is_any_inside(const struct tvn__ticker *ticker)
{
    const struct tvn__pulse *pulse = ticker->pulses;

    while (pulse != NULL && !atomic_load(&pulse->is_inside)) {
        pulse = pulse->next;
    }
    return pulse != NULL;
}

static bool
is_any_recent(const struct tvn__ticker *ticker, uint64_t now)
{
    const struct tvn__pulse *pulse = ticker->pulses;

    while (pulse != NULL && now - atomic_load(&pulse->started) > IDLE_TICKS) {
        pulse = pulse->next;
    }
    return pulse != NULL;
}

/* Until a caller wakes it. */
static void
park(struct tvn__ticker *ticker)
{
    uint64_t grace_ns = tvn_clock_monotonic_ns() + TVN__TICK_NS;

    (void)atomic_fetch_or(&ticker->now, TVN__PARKED);
    while (is_parked(ticker) && tvn_clock_monotonic_ns() < grace_ns) {
        wait_until(ticker, grace_ns);
    }
    if (is_any_inside(ticker)) {
        (void)atomic_fetch_and(&ticker->now, TVN__TICK_MASK);
    }
    while (is_parked(ticker) && !ticker->is_stopping) {
        (void)pthread_cond_wait(&ticker->change, &ticker->lock);
    }
}

/* One tick when it is time.  A thread that was kept waiting does not make up
 * for what it missed: guests were kept waiting as well, and a call that began
 * just before would be stopped before its time.  So k ticks are never less
 * than k - 2 of them in time, and more on a machine that has no time. */
static uint64_t
count(struct tvn__ticker *ticker, uint64_t *last_ns)
{
    uint64_t now = tvn_clock_monotonic_ns();
    uint64_t passed = (now - *last_ns) / TVN__TICK_NS;

    if (passed == 0) {
        return 0;
    }
    *last_ns = passed == 1 ? *last_ns + TVN__TICK_NS : now;
    (void)atomic_fetch_add(&ticker->now, 1);
    ticker->on_tick(ticker->self);
    return 1;
}

static void *
run(void *self)
{
    struct tvn__ticker *ticker = self;
    uint64_t last_ns = tvn_clock_monotonic_ns();
    uint64_t unchecked = 0;

    (void)pthread_mutex_lock(&ticker->lock);
    while (!ticker->is_stopping) {
        if (unchecked >= IDLE_TICKS) {
            unchecked = 0;
            if (!is_any_inside(ticker) &&
                !is_any_recent(ticker, atomic_load(&ticker->now))) {
                park(ticker);
                last_ns = tvn_clock_monotonic_ns();
                continue;
            }
        }
        wait_until(ticker, last_ns + TVN__TICK_NS);
        unchecked += count(ticker, &last_ns);
    }
    (void)pthread_mutex_unlock(&ticker->lock);
    return NULL;
}

/* With all signals blocked: they are for the threads that wait for them. */
static tvn_err
start(struct tvn__ticker *ticker)
{
    sigset_t all;
    sigset_t before;
    int failed;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&ticker->thread, NULL, run, ticker);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    ticker->has_thread = failed == 0;
    return failed == 0 ? TVN_OK : TVN_ENOMEM;
}

tvn_err
tvn__ticker_init(
    struct tvn__ticker *ticker, void (*on_tick)(void *self), void *self)
{
    pthread_condattr_t attr;
    int failed;

    memset(ticker, 0, sizeof(*ticker));
    ticker->on_tick = on_tick;
    ticker->self = self;
    if (pthread_mutex_init(&ticker->lock, NULL) != 0) {
        return TVN_ENOMEM;
    }
    failed = pthread_condattr_init(&attr);
    if (failed == 0) {
        (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        failed = pthread_cond_init(&ticker->change, &attr);
        (void)pthread_condattr_destroy(&attr);
    }
    if (failed != 0) {
        (void)pthread_mutex_destroy(&ticker->lock);
        return TVN_ENOMEM;
    }
    return TVN_OK;
}

void
tvn__ticker_fini(struct tvn__ticker *ticker)
{
    TVN_ASSERT(ticker->pulses == NULL);
    if (ticker->has_thread) {
        (void)pthread_mutex_lock(&ticker->lock);
        ticker->is_stopping = true;
        (void)pthread_cond_signal(&ticker->change);
        (void)pthread_mutex_unlock(&ticker->lock);
        (void)pthread_join(ticker->thread, NULL);
    }
    (void)pthread_cond_destroy(&ticker->change);
    (void)pthread_mutex_destroy(&ticker->lock);
}

tvn_err
tvn__ticker_add(struct tvn__ticker *ticker, TVN_KEPT struct tvn__pulse *pulse)
{
    tvn_err err = TVN_OK;

    (void)pthread_mutex_lock(&ticker->lock);
    if (!ticker->has_thread) {
        err = start(ticker);
    }
    if (err == TVN_OK) {
        pulse->prev = NULL;
        pulse->next = ticker->pulses;
        if (pulse->next != NULL) {
            pulse->next->prev = pulse;
        }
        ticker->pulses = pulse;
    }
    (void)pthread_mutex_unlock(&ticker->lock);
    return err;
}

void
tvn__ticker_remove(struct tvn__ticker *ticker, struct tvn__pulse *pulse)
{
    (void)pthread_mutex_lock(&ticker->lock);
    if (pulse->prev != NULL) {
        pulse->prev->next = pulse->next;
    } else {
        ticker->pulses = pulse->next;
    }
    if (pulse->next != NULL) {
        pulse->next->prev = pulse->prev;
    }
    (void)pthread_mutex_unlock(&ticker->lock);
}

uint64_t
tvn__ticker_wake(struct tvn__ticker *ticker)
{
    uint64_t now;

    (void)pthread_mutex_lock(&ticker->lock);
    now = atomic_fetch_and(&ticker->now, TVN__TICK_MASK) & TVN__TICK_MASK;
    (void)pthread_cond_signal(&ticker->change);
    (void)pthread_mutex_unlock(&ticker->lock);
    return now;
}
