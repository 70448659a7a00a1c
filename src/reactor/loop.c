/* loop.c -- libuv behind loop.h.
 *
 * A watch is a uv_poll_t of its own that is closed when it fires: a handle
 * kept for a descriptor that its owner closed and opened anew would name the
 * wrong file.  The memory of a handle is freed by its close callback, in a
 * later turn of the loop, so a loop closes everything and runs once more
 * before it goes.
 *
 * uv_poll_init makes the descriptor non-blocking; that is its owner's choice
 * and is undone: stdin may be shared with the shell.
 *
 * A wait ends by a timerfd that the loop watches: libuv's own timers count
 * whole milliseconds, and the timeout of a poll has the thread's slack added
 * (50 us); a rate of 10,000 events a second wants 100 us. */
#include "reactor/loop.h"

#include "base/assert.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

#define NS_PER_S UINT64_C(1000000000)

struct watch {
    uv_poll_t poll;
    struct tvn_loop *loop;
    struct watch *next;
    int fd;
    void (*ready)(void *env);
    void *env;
};

struct caught {
    uv_signal_t signal;
    struct caught *next;
    void (*caught)(void *env);
    void *env;
};

struct tvn_loop {
    uv_loop_t uv;
    uv_poll_t alarm; /* ends a wait */
    int alarm_fd;
    bool is_alarmed;  /* the alarm is set, and has not gone off */
    uv_async_t woken; /* by another thread; also keeps a wait from being none:
                       * libuv does not wait without a handle */
    struct watch *watches;
    struct caught *signals;
};

static void
free_watch(uv_handle_t *handle)
{
    tvn_mem_free(handle->data, 1, sizeof(struct watch));
}

static void
free_caught(uv_handle_t *handle)
{
    tvn_mem_free(handle->data, 1, sizeof(struct caught));
}

static void
close_watch(struct watch *watch)
{
    struct watch **link = &watch->loop->watches;

    while (*link != watch) {
        link = &(*link)->next;
    }
    *link = watch->next;
    uv_close((uv_handle_t *)&watch->poll, free_watch);
}

/* An error on the descriptor is for the owner to find by its own call. */
static void
on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    void (*ready)(void *env) = watch->ready;
    void *env = watch->env;

    (void)status;
    (void)events;
    close_watch(watch);
    ready(env);
}

static void
on_signal(uv_signal_t *signal, int signum)
{
    struct caught *caught = signal->data;

    (void)signum;
    caught->caught(caught->env);
}

static void
on_wake(uv_async_t *woken)
{
    (void)woken; /* that the loop woke up is all */
}

/* ------------------------------------------------------------------------
 * The alarm. */

static void
on_alarm(uv_poll_t *alarm, int status, int events)
{
    struct tvn_loop *loop = alarm->data;
    uint64_t times;

    (void)status;
    (void)events;
    loop->is_alarmed = false;
    (void)!read(loop->alarm_fd, &times, sizeof(times)); /* not ready any more */
}

/* In `wait_ns`; 0: never. */
static void
set_alarm(struct tvn_loop *loop, uint64_t wait_ns)
{
    const struct itimerspec at = {
        .it_value = {.tv_sec = (time_t)(wait_ns / NS_PER_S),
            .tv_nsec = (long)(wait_ns % NS_PER_S)}};
    int failed = timerfd_settime(loop->alarm_fd, 0, &at, NULL);

    TVN_ASSERT(failed == 0); /* it fails only for what is no timer, no time */
    loop->is_alarmed = wait_ns > 0;
}

static tvn_err
make_alarm(struct tvn_loop *loop)
{
    int failed;

    loop->alarm_fd =
        timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->alarm_fd < 0) {
        return errno == ENOMEM ? TVN_ENOMEM : TVN_EIO;
    }
    failed = uv_poll_init(&loop->uv, &loop->alarm, loop->alarm_fd);
    if (failed != 0) {
        (void)close(loop->alarm_fd);
        return failed == UV_ENOMEM ? TVN_ENOMEM : TVN_EIO;
    }
    loop->alarm.data = loop;
    failed = uv_poll_start(&loop->alarm, UV_READABLE, on_alarm);
    TVN_ASSERT(failed == 0); /* it fails only for a closing handle */
    return TVN_OK;
}

/* ------------------------------------------------------------------------ */

/* What stands in an initialised uv loop. */
static tvn_err
fill(struct tvn_loop *loop)
{
    int failed = uv_async_init(&loop->uv, &loop->woken, on_wake);
    tvn_err err;

    if (failed != 0) {
        return failed == UV_ENOMEM ? TVN_ENOMEM : TVN_EIO;
    }
    err = make_alarm(loop);
    if (err != TVN_OK) {
        uv_close((uv_handle_t *)&loop->woken, NULL);
        (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    }
    return err;
}

tvn_err
tvn_loop_new(TVN_GIVE struct tvn_loop **out)
{
    struct tvn_loop *loop = tvn_mem_new(1, sizeof(*loop));
    tvn_err err;
    int failed;

    if (loop == NULL) {
        return TVN_ENOMEM;
    }
    failed = uv_loop_init(&loop->uv);
    if (failed != 0) {
        tvn_mem_free(loop, 1, sizeof(*loop));
        return failed == UV_ENOMEM ? TVN_ENOMEM : TVN_EIO;
    }
    err = fill(loop);
    if (err != TVN_OK) {
        (void)uv_loop_close(&loop->uv);
        tvn_mem_free(loop, 1, sizeof(*loop));
        return err;
    }
    *out = loop;
    return TVN_OK;
}

void
tvn_loop_free(struct tvn_loop *loop)
{
    int failed;

    if (loop == NULL) {
        return;
    }
    while (loop->watches != NULL) {
        close_watch(loop->watches);
    }
    while (loop->signals != NULL) {
        struct caught *caught = loop->signals;

        loop->signals = caught->next;
        uv_close((uv_handle_t *)&caught->signal, free_caught);
    }
    uv_close((uv_handle_t *)&loop->alarm, NULL);
    uv_close((uv_handle_t *)&loop->woken, NULL);
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT); /* the close callbacks */
    failed = uv_loop_close(&loop->uv);
    TVN_ASSERT(failed == 0);
    (void)close(loop->alarm_fd);
    tvn_mem_free(loop, 1, sizeof(*loop));
}

/* Readies watch->poll.  TVN_EAGAIN: this kind of file is always ready. */
static tvn_err
begin_watch(struct tvn_loop *loop, struct watch *watch, bool for_writing)
{
    int flags = fcntl(watch->fd, F_GETFL);
    int failed = uv_poll_init(&loop->uv, &watch->poll, watch->fd);

    if (failed == 0 && flags >= 0) {
        (void)fcntl(watch->fd, F_SETFL, flags); /* worst: stays non-blocking */
    }
    if (failed == UV_EPERM) {
        return TVN_EAGAIN;
    }
    if (failed != 0) {
        return failed == UV_ENOMEM ? TVN_ENOMEM : TVN_EIO;
    }
    watch->poll.data = watch;
    failed = uv_poll_start(
        &watch->poll, for_writing ? UV_WRITABLE : UV_READABLE, on_ready);
    TVN_ASSERT(failed == 0); /* it fails only for a closing handle */
    return TVN_OK;
}

tvn_err
tvn_loop_watch(struct tvn_loop *loop, int fd, bool for_writing,
    void (*ready)(void *env), void *env, bool *is_ready)
{
    struct watch *watch;
    tvn_err err;

    for (watch = loop->watches; watch != NULL; watch = watch->next) {
        TVN_ASSERT(watch->fd != fd);
    }
    watch = tvn_mem_new(1, sizeof(*watch));
    if (watch == NULL) {
        return TVN_ENOMEM;
    }
    *watch = (struct watch){.loop = loop, .fd = fd, .ready = ready, .env = env};
    err = begin_watch(loop, watch, for_writing);
    if (err != TVN_OK) {
        tvn_mem_free(watch, 1, sizeof(*watch));
        *is_ready = err == TVN_EAGAIN;
        return err == TVN_EAGAIN ? TVN_OK : err;
    }
    watch->next = loop->watches;
    loop->watches = watch;
    *is_ready = false;
    return TVN_OK;
}

void
tvn_loop_unwatch(struct tvn_loop *loop, int fd)
{
    for (struct watch *watch = loop->watches; watch != NULL;
         watch = watch->next) {
        if (watch->fd == fd) {
            close_watch(watch);
            return;
        }
    }
}

tvn_err
tvn_loop_signal(
    struct tvn_loop *loop, int signum, void (*callback)(void *env), void *env)
{
    struct caught *caught = tvn_mem_new(1, sizeof(*caught));
    int failed;

    if (caught == NULL) {
        return TVN_ENOMEM;
    }
    failed = uv_signal_init(&loop->uv, &caught->signal);
    if (failed != 0) {
        tvn_mem_free(caught, 1, sizeof(*caught));
        return failed == UV_ENOMEM ? TVN_ENOMEM : TVN_EIO;
    }
    caught->caught = callback;
    caught->env = env;
    caught->signal.data = caught;
    failed = uv_signal_start(&caught->signal, on_signal, signum);
    if (failed != 0) {
        uv_close((uv_handle_t *)&caught->signal, free_caught);
        return failed == UV_ENOMEM ? TVN_ENOMEM : TVN_EIO;
    }
    caught->next = loop->signals;
    loop->signals = caught;
    return TVN_OK;
}

void
tvn_loop_poll(struct tvn_loop *loop, uint64_t wait_ns)
{
    if (wait_ns == 0) {
        (void)uv_run(&loop->uv, UV_RUN_NOWAIT);
        return;
    }
    if (wait_ns != UINT64_MAX) {
        set_alarm(loop, wait_ns);
    }
    (void)uv_run(&loop->uv, UV_RUN_ONCE);
    if (loop->is_alarmed) {
        set_alarm(loop, 0); /* or it would end some later wait */
    }
}

void
tvn_loop_wake(struct tvn_loop *loop)
{
    int failed = uv_async_send(&loop->woken);

    TVN_ASSERT(failed == 0); /* it fails only for another kind of handle */
}

bool
tvn_loop_has_watch(const struct tvn_loop *loop)
{
    return loop->watches != NULL;
}
