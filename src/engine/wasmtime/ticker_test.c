/* ticker_test.c -- the ticker counts while guests run, and parks. */
#include "engine/wasmtime/ticker.h"

#include "base/assert.h"
#include "base/clock.h"

#include <sched.h>
#include <stdio.h>

#define LONG_NS UINT64_C(10000000000)

static _Atomic uint64_t ticks;

static void
on_tick(void *self)
{
    (void)self;
    (void)atomic_fetch_add(&ticks, 1);
}

static bool
is_parked(struct tvn__ticker *ticker)
{
    return (atomic_load(&ticker->now) & TVN__PARKED) != 0;
}

/* Spins until it is so: the tests have no other clock than the ticker's. */
static void
wait_parked(struct tvn__ticker *ticker, bool wanted)
{
    uint64_t begin = tvn_clock_monotonic_ns();

    while (is_parked(ticker) != wanted) {
        TVN_ASSERT(tvn_clock_monotonic_ns() - begin < LONG_NS);
        (void)sched_yield();
    }
}

static void
wait_ticks(struct tvn__ticker *ticker, uint64_t count)
{
    uint64_t begin = tvn_clock_monotonic_ns();
    uint64_t from = tvn__ticker_now(ticker);

    while (tvn__ticker_now(ticker) - from < count) {
        TVN_ASSERT(tvn_clock_monotonic_ns() - begin < LONG_NS);
        (void)sched_yield();
    }
}

static void
test_it_counts_milliseconds_while_a_guest_is_inside(void)
{
    struct tvn__ticker ticker;
    struct tvn__pulse pulse = {0};
    uint64_t begin;
    uint64_t took;

    TVN_ASSERT(tvn__ticker_init(&ticker, on_tick, NULL) == TVN_OK);
    TVN_ASSERT(tvn__ticker_add(&ticker, &pulse) == TVN_OK);
    tvn__pulse_begin(&ticker, &pulse, true);
    begin = tvn_clock_monotonic_ns();
    wait_ticks(&ticker, 200); /* longer than it takes to park */
    took = tvn_clock_monotonic_ns() - begin;
    TVN_ASSERT(took >= UINT64_C(198) * TVN__TICK_NS);
    TVN_ASSERT(!is_parked(&ticker));
    TVN_ASSERT(tvn__ticker_now(&ticker) - atomic_load(&pulse.started) >= 200);
    tvn__pulse_end(&pulse);
    tvn__ticker_remove(&ticker, &pulse);
    tvn__ticker_fini(&ticker);
    TVN_ASSERT(atomic_load(&ticks) >= 200);
}

/* Guests that waited with it were not running either. */
static void
test_what_it_missed_is_not_made_up_for(void)
{
    struct tvn__ticker ticker;
    struct tvn__pulse pulse = {0};
    uint64_t begin;
    uint64_t from;
    uint64_t counted;

    TVN_ASSERT(tvn__ticker_init(&ticker, on_tick, NULL) == TVN_OK);
    TVN_ASSERT(tvn__ticker_add(&ticker, &pulse) == TVN_OK);
    tvn__pulse_begin(&ticker, &pulse, true);
    wait_ticks(&ticker, 2);
    (void)pthread_mutex_lock(&ticker.lock); /* it cannot go on */
    from = tvn__ticker_now(&ticker);
    begin = tvn_clock_monotonic_ns();
    while (tvn_clock_monotonic_ns() - begin < 50 * TVN__TICK_NS) {
        (void)sched_yield();
    }
    begin = tvn_clock_monotonic_ns();
    (void)pthread_mutex_unlock(&ticker.lock);
    wait_ticks(&ticker, 1);
    for (int i = 0; i < 100; i++) {
        counted = tvn__ticker_now(&ticker) - from;
        TVN_ASSERT(
            counted <= (tvn_clock_monotonic_ns() - begin) / TVN__TICK_NS + 2);
        (void)sched_yield();
    }
    tvn__pulse_end(&pulse);
    tvn__ticker_remove(&ticker, &pulse);
    tvn__ticker_fini(&ticker);
}

static void
test_it_parks_when_nobody_is_inside_and_is_woken(void)
{
    struct tvn__ticker ticker;
    struct tvn__pulse pulses[3] = {0};
    uint64_t now;
    uint64_t begin;

    TVN_ASSERT(tvn__ticker_init(&ticker, on_tick, NULL) == TVN_OK);
    for (size_t i = 0; i < 3; i++) {
        TVN_ASSERT(tvn__ticker_add(&ticker, &pulses[i]) == TVN_OK);
    }
    for (uint32_t round = 0; round < 3; round++) {
        wait_parked(&ticker, true);
        now = atomic_load(&ticker.now);
        begin = tvn_clock_monotonic_ns();
        while (tvn_clock_monotonic_ns() - begin < 20 * TVN__TICK_NS) {
            (void)sched_yield();
        }
        TVN_ASSERT(atomic_load(&ticker.now) == now);
        tvn__pulse_begin(&ticker, &pulses[round], true);
        TVN_ASSERT(!is_parked(&ticker));
        TVN_ASSERT(
            atomic_load(&pulses[round].started) == (now & TVN__TICK_MASK));
        wait_ticks(&ticker, 3);
        tvn__pulse_end(&pulses[round]);
    }
    tvn__ticker_remove(&ticker, &pulses[1]);
    tvn__ticker_remove(&ticker, &pulses[0]);
    tvn__ticker_remove(&ticker, &pulses[2]);
    tvn__ticker_fini(&ticker);
}

/* While parked the thread costs nothing: it is asleep for good. */
static void
test_a_parked_ticker_takes_no_time_of_the_processor(void)
{
    struct tvn__ticker ticker;
    struct tvn__pulse pulse = {0};
    struct timespec before;
    struct timespec after;
    clockid_t clock;
    uint64_t begin;

    TVN_ASSERT(tvn__ticker_init(&ticker, on_tick, NULL) == TVN_OK);
    TVN_ASSERT(tvn__ticker_add(&ticker, &pulse) == TVN_OK);
    wait_parked(&ticker, true);
    wait_ticks(&ticker, 0);
    TVN_ASSERT(pthread_getcpuclockid(ticker.thread, &clock) == 0);
    begin = tvn_clock_monotonic_ns(); /* its grace of a tick passes */
    while (tvn_clock_monotonic_ns() - begin < 20 * TVN__TICK_NS) {
        (void)sched_yield();
    }
    TVN_ASSERT(clock_gettime(clock, &before) == 0);
    begin = tvn_clock_monotonic_ns();
    while (tvn_clock_monotonic_ns() - begin < 50 * TVN__TICK_NS) {
        (void)sched_yield();
    }
    TVN_ASSERT(clock_gettime(clock, &after) == 0);
    TVN_ASSERT(before.tv_sec == after.tv_sec);
    TVN_ASSERT(before.tv_nsec == after.tv_nsec);
    tvn__ticker_remove(&ticker, &pulse);
    tvn__ticker_fini(&ticker);
}

static void
test_time_goes_on_for_a_call_that_is_not_new(void)
{
    struct tvn__ticker ticker;
    struct tvn__pulse pulse = {0};
    uint64_t started;

    TVN_ASSERT(tvn__ticker_init(&ticker, on_tick, NULL) == TVN_OK);
    TVN_ASSERT(tvn__ticker_add(&ticker, &pulse) == TVN_OK);
    tvn__pulse_begin(&ticker, &pulse, true);
    started = atomic_load(&pulse.started);
    tvn__pulse_end(&pulse);
    wait_ticks(&ticker, 5);
    tvn__pulse_begin(&ticker, &pulse, false);
    TVN_ASSERT(atomic_load(&pulse.started) == started);
    tvn__pulse_end(&pulse);
    tvn__pulse_begin(&ticker, &pulse, true);
    TVN_ASSERT(atomic_load(&pulse.started) >= started + 5);
    tvn__pulse_end(&pulse);
    tvn__ticker_remove(&ticker, &pulse);
    tvn__ticker_fini(&ticker);
}

int
main(void)
{
    test_it_counts_milliseconds_while_a_guest_is_inside();
    test_what_it_missed_is_not_made_up_for();
    test_it_parks_when_nobody_is_inside_and_is_woken();
    test_a_parked_ticker_takes_no_time_of_the_processor();
    test_time_goes_on_for_a_call_that_is_not_new();
    return 0;
}
