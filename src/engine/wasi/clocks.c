/* clocks.c -- wasi:clocks: both clocks, and pollables that wait for a time. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <string.h>

#define NS_PER_S      UINT64_C(1000000000)
#define RESOLUTION_NS 1u /* the unit of struct tvn_clock */

uint64_t
tvn__wasi_now(const struct tvn_wasi *wasi)
{
    const struct tvn_clock *clock = wasi->opts.clock;

    return clock->monotonic_ns(clock->self);
}

static tvn_err
monotonic_now(struct tvn__wasi_call *call)
{
    uint64_t now = tvn__wasi_now(call->wasi);

    tvn__wasi_put(call, &now, sizeof(now));
    return tvn__wasi_need(call);
}

static tvn_err
monotonic_resolution(struct tvn__wasi_call *call)
{
    uint64_t resolution = RESOLUTION_NS;

    tvn__wasi_put(call, &resolution, sizeof(resolution));
    return tvn__wasi_need(call);
}

static tvn_err
subscribe(struct tvn__wasi_call *call, uint64_t deadline_ns)
{
    struct tvn__wasi_object *pollable;
    uint32_t rep;
    tvn_err err = tvn__wasi_need(call);

    if (err == TVN_OK) {
        err = tvn__wasi_make(call, TVN__WASI_POLLABLE, &pollable, &rep);
    }
    if (err == TVN_OK) {
        pollable->u.pollable.event = TVN__WASI_TIMER;
        pollable->u.pollable.deadline_ns = deadline_ns;
        tvn__wasi_put(call, &rep, sizeof(rep));
    }
    return err;
}

static tvn_err
subscribe_instant(struct tvn__wasi_call *call)
{
    uint64_t when;

    memcpy(&when, call->args, sizeof(when));
    return subscribe(call, when);
}

static tvn_err
subscribe_duration(struct tvn__wasi_call *call)
{
    uint64_t now = tvn__wasi_now(call->wasi);
    uint64_t when;

    memcpy(&when, call->args, sizeof(when));
    return subscribe(call, when > UINT64_MAX - now ? UINT64_MAX : now + when);
}

static tvn_err
wall_now(struct tvn__wasi_call *call)
{
    const struct tvn_clock *clock = call->wasi->opts.clock;
    uint64_t now = clock->wall_ns(clock->self);
    struct tvn__wasi_datetime out = {
        .seconds = now / NS_PER_S,
        .nanoseconds = (uint32_t)(now % NS_PER_S),
    };

    tvn__wasi_put(call, &out, sizeof(out));
    return tvn__wasi_need(call);
}

static tvn_err
wall_resolution(struct tvn__wasi_call *call)
{
    struct tvn__wasi_datetime out = {.nanoseconds = RESOLUTION_NS};

    tvn__wasi_put(call, &out, sizeof(out));
    return tvn__wasi_need(call);
}

static const struct tvn__wasi_row rows[] = {
    {"wasi:clocks/monotonic-clock@0.2", "now", "func() -> u64", monotonic_now,
        8, 0},
    {"wasi:clocks/monotonic-clock@0.2", "resolution", "func() -> u64",
        monotonic_resolution, 8, 0},
    {"wasi:clocks/monotonic-clock@0.2", "subscribe-instant",
        "func(when: u64) -> own<" TVN__POLLABLE ">", subscribe_instant, 4, 0},
    {"wasi:clocks/monotonic-clock@0.2", "subscribe-duration",
        "func(when: u64) -> own<" TVN__POLLABLE ">", subscribe_duration, 4, 0},
    {"wasi:clocks/wall-clock@0.2", "now", "func() -> " TVN__DATETIME, wall_now,
        16, 0},
    {"wasi:clocks/wall-clock@0.2", "resolution", "func() -> " TVN__DATETIME,
        wall_resolution, 16, 0},
};

const struct tvn__wasi_part tvn__wasi_clocks = {
    rows, sizeof(rows) / sizeof(rows[0])};
