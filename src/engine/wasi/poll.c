/* poll.c -- wasi:io/poll and wasi:io/error.
 *
 * A pollable is ready at once, a point in time, or one of the process's three
 * streams.  Waiting is bounded by wait_max_ns: a wait that cannot end before
 * traps at once, one that might have traps when it has not. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

struct wait {
    uint64_t begin_ns; /* of the instance's clock */
    uint64_t end_ns;   /* the earliest timer; UINT64_MAX: none */
    bool has_stdio[3];
    bool has_any;
};

static short
events_of(int stdio)
{
    return stdio == 0 ? POLLIN : POLLOUT;
}

/* Until at least `ns` have passed, whatever signals come. */
static void
rest(uint64_t ns)
{
    uint64_t end = tvn_clock_monotonic_ns() + ns;
    struct timespec at = {
        .tv_sec = (time_t)(end / NS_PER_S),
        .tv_nsec = (long)(end % NS_PER_S),
    };

    while (
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

/* True when one of them has an event (an error is one) within `max_ns`. */
static bool
wait_stdio(const bool has_stdio[3], uint64_t max_ns)
{
    uint64_t end = tvn_clock_monotonic_ns() + max_ns;
    uint64_t left = max_ns;
    struct pollfd fds[3];
    int found;

    for (int i = 0; i < 3; i++) {
        fds[i] = (struct pollfd){
            .fd = has_stdio[i] ? i : -1, .events = events_of(i)};
    }
    do {
        uint64_t now;

        found = poll(fds, 3, (int)((left + NS_PER_MS - 1) / NS_PER_MS));
        now = tvn_clock_monotonic_ns();
        left = now < end ? end - now : 0;
    } while (found < 0 && errno == EINTR && left > 0);
    return found > 0;
}

bool
tvn__wasi_wait_stdio(int stdio, uint64_t max_ns)
{
    bool has_stdio[3] = {stdio == 0, stdio == 1, stdio == 2};

    return wait_stdio(has_stdio, max_ns);
}

static bool
is_ready(const struct tvn__wasi_object *pollable, uint64_t now_ns)
{
    switch (pollable->u.pollable.event) {
    case TVN__WASI_READY:
        return true;
    case TVN__WASI_TIMER:
        return pollable->u.pollable.deadline_ns <= now_ns;
    case TVN__WASI_STDIO:
        return tvn__wasi_wait_stdio(pollable->u.pollable.stdio, 0);
    }
    return true;
}

static void
wait_for(struct wait *wait, const struct tvn__wasi_object *pollable)
{
    if (pollable->u.pollable.event == TVN__WASI_STDIO) {
        wait->has_stdio[pollable->u.pollable.stdio] = true;
        wait->has_any = true;
    } else if (pollable->u.pollable.deadline_ns < wait->end_ns) {
        wait->end_ns = pollable->u.pollable.deadline_ns;
    }
}

/* `*is_rested`: the earliest timer's time has passed, whatever the instance's
 * clock says: one that stands still would never get there. */
static tvn_err
run_wait(struct tvn__wasi_call *call, const struct wait *wait, bool *is_rested)
{
    uint64_t max = call->wasi->opts.wait_max_ns;
    uint64_t ns =
        wait->end_ns > wait->begin_ns ? wait->end_ns - wait->begin_ns : 0;
    bool is_over = ns > max;

    *is_rested = false;
    if (wait->has_any && wait_stdio(wait->has_stdio, is_over ? max : ns)) {
        return TVN_OK;
    }
    if (!is_over) {
        if (!wait->has_any) {
            rest(ns);
        }
        *is_rested = true;
        return TVN_OK;
    }
    return tvn__wasi_trap(call,
        "the stage waits longer than %llu ms for what may not come",
        (unsigned long long)(max / NS_PER_MS));
}

/* ------------------------------------------------------------------------
 * poll */
static tvn_err
pollable_ready(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self args;
    struct tvn__wasi_object *pollable;
    uint8_t out;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get(call, args.self, TVN__WASI_POLLABLE, &pollable);
    if (err == TVN_OK) {
        out = is_ready(pollable, tvn__wasi_now(call->wasi)) ? 1 : 0;
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return err;
}

static tvn_err
pollable_block(struct tvn__wasi_call *call)
{
    struct wait wait = {
        .begin_ns = tvn__wasi_now(call->wasi), .end_ns = UINT64_MAX};
    struct tvn__wasi_self args;
    struct tvn__wasi_object *pollable;
    bool is_rested;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get(call, args.self, TVN__WASI_POLLABLE, &pollable);
    if (err == TVN_OK && !is_ready(pollable, wait.begin_ns)) {
        wait_for(&wait, pollable);
        err = run_wait(call, &wait, &is_rested);
    }
    return err;
}

/* Appends the indices of the ready ones to the answer: at `at` there is room
 * for all.  `wait` (nullable) collects the others. */
static tvn_err
collect(struct tvn__wasi_call *call, struct tvn__wasi_text in, uint64_t now_ns,
    struct tvn__wasi_text *out, struct wait *wait)
{
    for (uint32_t i = 0; i < in.len; i++) {
        struct tvn__wasi_object *pollable;
        uint32_t rep;
        tvn_err err;

        memcpy(&rep, call->args + in.at + i * sizeof(rep), sizeof(rep));
        err = tvn__wasi_get(call, rep, TVN__WASI_POLLABLE, &pollable);
        if (err != TVN_OK) {
            return err;
        }
        if (is_ready(pollable, now_ns)) {
            memcpy(call->wasi->answer + out->at + out->len * sizeof(i), &i,
                sizeof(i));
            out->len++;
        } else if (wait != NULL) {
            wait_for(wait, pollable);
        }
    }
    return TVN_OK;
}

static tvn_err
poll_all(struct tvn__wasi_call *call)
{
    struct wait wait = {
        .begin_ns = tvn__wasi_now(call->wasi), .end_ns = UINT64_MAX};
    struct tvn__wasi_text in;
    struct tvn__wasi_text out = {0};
    tvn_err err;

    memcpy(&in, call->args, sizeof(in));
    if (in.len == 0 || in.len > TVN__WASI_POLL_MAX) {
        return tvn__wasi_trap(call, "poll of %u pollables: 1 to %u can be",
            in.len, TVN__WASI_POLL_MAX);
    }
    err = tvn__wasi_more(call, in.len * sizeof(uint32_t), 4, &out.at);
    if (err == TVN_OK) {
        err = collect(call, in, wait.begin_ns, &out, &wait);
    }
    while (err == TVN_OK && out.len == 0) {
        bool is_rested;
        uint64_t now;

        err = run_wait(call, &wait, &is_rested);
        now = tvn__wasi_now(call->wasi);
        if (is_rested && now < wait.end_ns) {
            now = wait.end_ns;
        }
        if (err == TVN_OK) {
            err = collect(call, in, now, &out, NULL);
        }
    }
    tvn__wasi_put(call, &out, sizeof(out));
    return err;
}

/* ------------------------------------------------------------------------
 * error */
static tvn_err
to_debug_string(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self args;
    struct tvn__wasi_object *error;
    struct tvn__wasi_text out = {0};
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get(call, args.self, TVN__WASI_ERROR, &error);
    if (err == TVN_OK) {
        const char *name = tvn__wasi_code_name(tvn__wasi_code(error->u.error));

        err = tvn__wasi_copy(call, tvn_str_of(name), &out);
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return err;
}

static const struct tvn__wasi_row rows[] = {
    {"wasi:io/poll@0.2", "[method]pollable.ready",
        "func(self: borrow<" TVN__POLLABLE ">) -> bool", pollable_ready, 1, 0},
    {"wasi:io/poll@0.2", "[method]pollable.block",
        "func(self: borrow<" TVN__POLLABLE ">)", pollable_block, 0, 0},
    {"wasi:io/poll@0.2", "poll",
        "func(in: list<borrow<" TVN__POLLABLE ">>) -> list<u32>", poll_all, 8,
        0},
    {"wasi:io/error@0.2", "[method]error.to-debug-string",
        "func(self: borrow<" TVN__ERROR ">) -> string", to_debug_string, 8, 0},
};

const struct tvn__wasi_part tvn__wasi_poll = {
    rows, sizeof(rows) / sizeof(rows[0])};
