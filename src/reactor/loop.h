/* loop.h -- libuv, dressed: one loop, watched descriptors, one alarm, signals.
 *
 * A watch tells only that its descriptor can be read or written (or failed);
 * the owner then reads or writes itself.  Regular files cannot be watched
 * (epoll refuses them): they are always ready, and watch says so.
 *
 * Threads: one loop, one thread; only tvn_loop_wake is for any. */
#ifndef TVN_REACTOR_LOOP_H
#define TVN_REACTOR_LOOP_H

#include "base/error.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

struct tvn_loop;

/* TVN_ENOMEM, TVN_EIO. */
tvn_err tvn_loop_new(TVN_GIVE struct tvn_loop **out);

/* Closes all watches and signals. */
void tvn_loop_free(struct tvn_loop *loop);

/* `ready(env)` is called from tvn_loop_poll when `fd` can be read (written),
 * once; then the watch is over and must be set again.  At most one watch a
 * descriptor.  `*is_ready`: the descriptor needs no waiting, nothing was set.
 * TVN_ENOMEM, TVN_EIO. */
tvn_err tvn_loop_watch(struct tvn_loop *loop, int fd, bool for_writing,
    void (*ready)(void *env), void *env, bool *is_ready);
void tvn_loop_unwatch(struct tvn_loop *loop, int fd);

/* `signum` is caught from now on; `caught(env)` is called from poll. */
tvn_err tvn_loop_signal(
    struct tvn_loop *loop, int signum, void (*caught)(void *env), void *env);

/* Runs what is ready.  `wait_ns` 0: does not wait; UINT64_MAX: until
 * something happens, be it a wake; else that or as long: not less, and no more
 * than the machine is late with waking a thread, which is not made up by
 * running idle. */
void tvn_loop_poll(struct tvn_loop *loop, uint64_t wait_ns);

/* From any thread, while the loop is there: a poll that waits returns, or the
 * next one that would.  Several before that are one.  Costs a load when one
 * is pending, else a system call: for who is known to wait. */
void tvn_loop_wake(struct tvn_loop *loop);

/* True when a descriptor is watched (signals and wakes do not count). */
bool tvn_loop_has_watch(const struct tvn_loop *loop);

#endif
