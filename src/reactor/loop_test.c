/* loop_test.c -- one test per sentence of loop.h. */
#include "reactor/loop.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/mem.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

static int calls;

static void
count(void *env)
{
    calls++;
    (*(int *)env)++;
}

static struct tvn_loop *
make(void)
{
    struct tvn_loop *loop = NULL;

    calls = 0;
    TVN_ASSERT(tvn_loop_new(&loop) == TVN_OK);
    return loop;
}

static void
test_a_pipe_becomes_readable_once(void)
{
    struct tvn_loop *loop = make();
    bool is_ready = true;
    int seen = 0;
    int ends[2];

    TVN_ASSERT(pipe(ends) == 0);
    TVN_ASSERT(tvn_loop_watch(loop, ends[0], false, count, &seen, &is_ready) ==
               TVN_OK);
    TVN_ASSERT(!is_ready);
    TVN_ASSERT((fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0);
    TVN_ASSERT(tvn_loop_has_watch(loop));
    tvn_loop_poll(loop, 0);
    TVN_ASSERT(seen == 0); /* nothing there yet, and it did not wait */

    TVN_ASSERT(write(ends[1], "x", 1) == 1);
    tvn_loop_poll(loop, UINT64_MAX);
    TVN_ASSERT(seen == 1);
    TVN_ASSERT(!tvn_loop_has_watch(loop));
    tvn_loop_poll(loop, 0);
    TVN_ASSERT(seen == 1); /* over, although the byte is still there */

    TVN_ASSERT(tvn_loop_watch(loop, ends[0], false, count, &seen, &is_ready) ==
               TVN_OK);
    tvn_loop_poll(loop, UINT64_MAX);
    TVN_ASSERT(seen == 2);
    tvn_loop_free(loop);
    close(ends[0]);
    close(ends[1]);
}

static void
test_a_pipe_becomes_writable_when_read(void)
{
    static char bytes[4096];
    struct tvn_loop *loop = make();
    bool is_ready = true;
    int seen = 0;
    int ends[2];

    TVN_ASSERT(pipe(ends) == 0);
    TVN_ASSERT(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    while (write(ends[1], bytes, sizeof(bytes)) > 0) {
    }
    TVN_ASSERT(
        tvn_loop_watch(loop, ends[1], true, count, &seen, &is_ready) == TVN_OK);
    TVN_ASSERT((fcntl(ends[1], F_GETFL) & O_NONBLOCK) != 0);
    tvn_loop_poll(loop, 0);
    TVN_ASSERT(seen == 0);
    for (int i = 0; i < 16; i++) {
        TVN_ASSERT(read(ends[0], bytes, sizeof(bytes)) > 0);
    }
    tvn_loop_poll(loop, UINT64_MAX);
    TVN_ASSERT(seen == 1);
    tvn_loop_free(loop);
    close(ends[0]);
    close(ends[1]);
}

static void
test_a_failing_descriptor_is_ready(void)
{
    struct tvn_loop *loop = make();
    bool is_ready;
    int seen = 0;
    int ends[2];

    TVN_ASSERT(pipe(ends) == 0);
    TVN_ASSERT(tvn_loop_watch(loop, ends[0], false, count, &seen, &is_ready) ==
               TVN_OK);
    close(ends[1]); /* the other side hangs up */
    tvn_loop_poll(loop, UINT64_MAX);
    TVN_ASSERT(seen == 1);
    close(ends[0]);
    TVN_ASSERT(tvn_loop_watch(loop, ends[0], false, count, &seen, &is_ready) ==
               TVN_EIO);
    TVN_ASSERT(!tvn_loop_has_watch(loop));
    tvn_loop_free(loop);
}

static void
test_a_regular_file_needs_no_waiting(void)
{
    struct tvn_loop *loop = make();
    FILE *file = tmpfile();
    bool is_ready = false;
    int seen = 0;

    TVN_ASSERT(file != NULL);
    TVN_ASSERT(tvn_loop_watch(loop, fileno(file), false, count, &seen,
                   &is_ready) == TVN_OK);
    TVN_ASSERT(is_ready);
    TVN_ASSERT(!tvn_loop_has_watch(loop));
    TVN_ASSERT(seen == 0);
    fclose(file);
    tvn_loop_free(loop);
}

static void
test_an_unwatched_descriptor_is_silent(void)
{
    struct tvn_loop *loop = make();
    bool is_ready;
    int seen = 0;
    int ends[2];

    TVN_ASSERT(pipe(ends) == 0);
    TVN_ASSERT(tvn_loop_watch(loop, ends[0], false, count, &seen, &is_ready) ==
               TVN_OK);
    tvn_loop_unwatch(loop, ends[0]);
    tvn_loop_unwatch(loop, ends[0]); /* not there any more: nothing */
    TVN_ASSERT(!tvn_loop_has_watch(loop));
    TVN_ASSERT(write(ends[1], "x", 1) == 1);
    tvn_loop_poll(loop, 0);
    TVN_ASSERT(seen == 0);
    close(ends[0]);
    close(ends[1]);
    tvn_loop_free(loop);
}

static void
test_a_signal_is_caught_in_poll(void)
{
    struct tvn_loop *loop = make();
    int seen = 0;

    TVN_ASSERT(tvn_loop_signal(loop, SIGUSR1, count, &seen) == TVN_OK);
    TVN_ASSERT(!tvn_loop_has_watch(loop)); /* signals do not count */
    TVN_ASSERT(raise(SIGUSR1) == 0);
    TVN_ASSERT(seen == 0);
    tvn_loop_poll(loop, UINT64_MAX);
    TVN_ASSERT(seen == 1);
    TVN_ASSERT(raise(SIGUSR1) == 0);
    tvn_loop_poll(loop, UINT64_MAX);
    TVN_ASSERT(seen == 2);
    TVN_ASSERT(tvn_loop_signal(loop, -5, count, &seen) == TVN_EIO);
    tvn_loop_free(loop);
}

static void
test_a_wait_ends(void)
{
    struct tvn_loop *loop = make();
    bool is_ready;
    int seen = 0;
    int ends[2];
    uint64_t before;

    TVN_ASSERT(pipe(ends) == 0);
    TVN_ASSERT(tvn_loop_watch(loop, ends[0], false, count, &seen, &is_ready) ==
               TVN_OK);
    before = tvn_clock_monotonic_ns();
    tvn_loop_poll(loop, 2 * MS + 1);
    TVN_ASSERT(tvn_clock_monotonic_ns() - before >= 2 * MS + 1);
    TVN_ASSERT(seen == 0);
    tvn_loop_free(loop); /* with the watch still set */
    close(ends[0]);
    close(ends[1]);
}

/* Of 200 waits of 50 us most end within 500 us: none would, were they rounded
 * to milliseconds.  What others do on the machine delays a few of them. */
static void
test_a_short_wait_is_short_and_never_less(void)
{
    struct tvn_loop *loop = make();
    int short_ones = 0;

    for (int i = 0; i < 200; i++) {
        uint64_t before = tvn_clock_monotonic_ns();
        uint64_t waited_ns;

        tvn_loop_poll(loop, 50000);
        waited_ns = tvn_clock_monotonic_ns() - before;
        TVN_ASSERT(waited_ns >= 50000);
        short_ones += waited_ns < 500000;
    }
    TVN_ASSERT(short_ones > 100);
    tvn_loop_free(loop);
}

/* The wait that a wake ended leaves nothing behind. */
static void
test_an_alarm_is_for_its_own_wait(void)
{
    struct tvn_loop *loop = make();
    uint64_t before;

    tvn_loop_wake(loop);
    tvn_loop_poll(loop, MS);
    before = tvn_clock_monotonic_ns();
    tvn_loop_poll(loop, 3 * MS);
    TVN_ASSERT(tvn_clock_monotonic_ns() - before >= 3 * MS);
    tvn_loop_free(loop);
}

static void *
wake(void *self)
{
    tvn_loop_wake(self);
    return NULL;
}

static void
test_a_thread_wakes_a_poll(void)
{
    struct tvn_loop *loop = make();

    for (int i = 0; i < 100; i++) {
        pthread_t thread;

        TVN_ASSERT(pthread_create(&thread, NULL, wake, loop) == 0);
        tvn_loop_poll(loop, UINT64_MAX);
        TVN_ASSERT(pthread_join(thread, NULL) == 0);
    }
    tvn_loop_free(loop);
}

static void
test_a_wake_is_for_the_next_poll_and_no_more(void)
{
    struct tvn_loop *loop = make();
    uint64_t before;

    tvn_loop_wake(loop);
    tvn_loop_wake(loop); /* several are one */
    TVN_ASSERT(!tvn_loop_has_watch(loop));
    tvn_loop_poll(loop, UINT64_MAX);
    before = tvn_clock_monotonic_ns();
    tvn_loop_poll(loop, 2 * MS + 1); /* sleeps, with no watch and no signal */
    TVN_ASSERT(tvn_clock_monotonic_ns() - before >= 2 * MS);
    tvn_loop_wake(loop);
    tvn_loop_free(loop); /* with one pending */
}

static void
test_out_of_memory(void)
{
    struct tvn_loop *loop = NULL;
    bool is_ready;
    int seen = 0;

    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_loop_new(&loop) == TVN_ENOMEM);
    tvn_mem_fail_after(-1);
    loop = make();
    tvn_mem_fail_after(0);
    TVN_ASSERT(
        tvn_loop_watch(loop, 0, false, count, &seen, &is_ready) == TVN_ENOMEM);
    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_loop_signal(loop, SIGUSR1, count, &seen) == TVN_ENOMEM);
    tvn_mem_fail_after(-1);
    tvn_loop_free(loop);
    tvn_loop_free(NULL);
}

int
main(void)
{
    test_a_pipe_becomes_readable_once();
    test_a_pipe_becomes_writable_when_read();
    test_a_failing_descriptor_is_ready();
    test_a_regular_file_needs_no_waiting();
    test_an_unwatched_descriptor_is_silent();
    test_a_signal_is_caught_in_poll();
    test_a_wait_ends();
    test_a_short_wait_is_short_and_never_less();
    test_an_alarm_is_for_its_own_wait();
    test_a_thread_wakes_a_poll();
    test_a_wake_is_for_the_next_poll_and_no_more();
    test_out_of_memory();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
