/* internal.h -- what the files of a flow share.
 *
 *     flow.c      the graph, made and freed
 *     shard.c     its shards: made, signalled, parked, ended
 *     start.c     a run from start to stop, on one thread or several
 *     run.c       the loop: poll, timers, round, publish, sleep
 *     turn.c      what a stage can do now
 *     visit.c     turns and visits
 *     settle.c    books a visit's results and hands its events on
 *     route.c     offers: fan-out, routers' held events
 *     refuse.c    what an edge with `overflow: error` gave back
 *     demand.c    credit, suspension, watermarks
 *     pressure.c  how long edges take to answer
 *     cross.c     edges between shards
 *     window.c    when an aggregator flushes
 *     fail.c      on-error: retry, drop, dead letters, what stops a flow
 *     complete.c  ends: drain, abort, stuck, complete, teardown
 *     report_*.c  the account
 *     trace*.c    follows sampled events
 *
 * Threads: the shard's, unless a function says otherwise. */
#ifndef TVN_FLOW_INTERNAL_H
#define TVN_FLOW_INTERNAL_H

#include "base/assert.h"
#include "flow/shape.h"

static inline uint64_t
tvn__clock(const struct tvn__shard *shard)
{
    const struct tvn_clock *clock = shard->flow->opts.clock;

    return clock->monotonic_ns(clock->self);
}

static inline uint64_t
tvn__wall(const struct tvn__shard *shard)
{
    return shard->now_ns + shard->wall_offset;
}

/* 0 when `then` is later: another thread's clock may be a little ahead. */
static inline uint64_t
tvn__since(uint64_t now, uint64_t then)
{
    return now > then ? now - then : 0;
}

static inline bool
tvn__is_over(const struct tvn__shard *shard)
{
    return atomic_load_explicit(&shard->flow->is_over, memory_order_relaxed);
}

static inline bool
tvn__is_closing(const struct tvn__shard *shard)
{
    return atomic_load_explicit(&shard->flow->is_closing, memory_order_relaxed);
}

/* The first of `count` sequence numbers; they are the caller's. */
static inline uint64_t
tvn__sequences(const struct tvn__shard *shard, uint64_t count)
{
    return atomic_fetch_add_explicit(
        &shard->flow->next_sequence, count, memory_order_relaxed);
}

static inline void
tvn__count_taken(struct tvn__shard *shard, uint64_t count)
{
    atomic_fetch_add_explicit(&shard->taken, count, memory_order_relaxed);
}

/* shard.c */
tvn_err tvn__shards_new(struct tvn_flow *flow);
void tvn__shards_free(struct tvn_flow *flow);
/* Something was done for `shard`: it looks, also when it sleeps.  Any
 * thread. */
void tvn__signal(struct tvn__shard *shard);
void tvn__signal_others(struct tvn__shard *shard);
/* The flow ends at once, for this reason unless there is one before. */
void tvn__end(struct tvn__shard *shard, enum tvn__ending ending, tvn_err err);
/* Nothing but another shard can bring it work: until tvn__unpark.  False:
 * none can, the flow is stuck. */
bool tvn__park(struct tvn__shard *shard);
void tvn__unpark(struct tvn__shard *shard);
/* Its nodes are done. */
void tvn__shard_ended(struct tvn__shard *shard);
/* Remembers the first error.  Any thread. */
void tvn__set_result(struct tvn__shard *shard, tvn_err err);
tvn_err tvn__result(const struct tvn_flow *flow);

/* start.c */
/* What the dead letter's writer counted, into the ledger. */
void tvn__count_dead(struct tvn_flow *flow);

/* run.c */
void tvn__look_at_clocks(struct tvn__shard *shard);
void tvn__poll_io(struct tvn__shard *shard, uint64_t wait_ns);
/* `node` does nothing before burst.wake. */
void tvn__wait(struct tvn__shard *shard, struct tvn__node *node);
/* ... before `at_ns`. */
void tvn__wait_until(
    struct tvn__shard *shard, struct tvn__node *node, uint64_t at_ns);
void tvn__wake(struct tvn__shard *shard, struct tvn__node *node);
/* Sleeps until `until_ns`, I/O or a signal. */
void tvn__sleep(struct tvn__shard *shard, uint64_t until_ns);
/* Of the shard's own rows. */
tvn_err tvn__check_law(struct tvn__shard *shard);
/* Until its nodes are done or the flow is over. */
void tvn__run_shard(struct tvn__shard *shard);
/* All shards on this thread, by turns. */
void tvn__run_together(struct tvn_flow *flow);
/* For tests only. */
void tvn__flow_hook(struct tvn_flow *flow, const struct tvn__flow_hooks *hooks);

/* turn.c */
enum tvn__todo tvn__what_now(struct tvn__shard *shard, struct tvn__node *node);

/* visit.c */
void tvn__turn(
    struct tvn__shard *shard, struct tvn__node *node, enum tvn__todo todo);

/* settle.c: after a run with burst, before anything else runs. */
/* Returns how many records it was. */
uint32_t tvn__settle_source(struct tvn__shard *shard, struct tvn__node *node);
void tvn__settle_inputs(
    struct tvn__shard *shard, struct tvn__node *node, struct tvn__edge *edge);
void tvn__settle_flush(struct tvn__shard *shard, struct tvn__node *node);
/* The head of `edge`, out of it. */
struct tvn_image *tvn__take(struct tvn__shard *shard, struct tvn__edge *edge);

/* route.c: each takes over one reference of `image`. */
void tvn__put(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event, struct tvn_image *image);
void tvn__put_all(struct tvn__shard *shard, const struct tvn__group *group,
    const struct tvn_event *event, struct tvn_image *image);
/* A router's event and its port bits. */
void tvn__put_routed(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn_event *event, struct tvn_image *image, uint32_t bits);
/* False: it still waits. */
bool tvn__release_held(struct tvn__shard *shard, struct tvn__node *node);

/* refuse.c */
/* `image` (taken over) found `edge` full.  `attempt` counts from 0. */
void tvn__note_refused(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event, struct tvn_image *image, uint32_t attempt);
/* Offers again what is due.  False: something of `node` still waits. */
bool tvn__offer_refused(struct tvn__shard *shard, struct tvn__node *node);
/* When the next of them is due. */
uint64_t tvn__refused_due_ns(const struct tvn__node *node);

/* demand.c */
/* Outputs that all main edges take; 0: it waits. */
uint32_t tvn__credit(struct tvn__shard *shard, struct tvn__node *node);
/* Of the events at the head of `edge`, how many are taken wherever they go;
 * 0: it waits, unless it is a router. */
uint32_t tvn__fit(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn__edge *edge);
/* True when `edge` takes such a block now, or somehow deals with it. */
bool tvn__takes(
    struct tvn__shard *shard, struct tvn__edge *edge, uint32_t block);
/* Two events with such a block fit wherever a router sends them. */
bool tvn__fit_twice(const struct tvn__node *node, uint32_t block);
/* After pops from `edge`: lets its producer go on at half the capacity. */
void tvn__resume(struct tvn__shard *shard, struct tvn__edge *edge);
/* When a token comes that `node` waits for; NEVER: it waits for none. */
uint64_t tvn__token_due_ns(const struct tvn__node *node);

/* pressure.c */
/* A push left no room in `edge`. */
void tvn__note_filled(struct tvn__shard *shard, struct tvn__edge *edge);
/* At the end of a visit with has_filled: the edges' producer waits. */
void tvn__suspend_filled(struct tvn__shard *shard, struct tvn__node *node);
void tvn__suspend(struct tvn__shard *shard, struct tvn__edge *edge);
/* `edge` lets its producer go on. */
void tvn__release(struct tvn__shard *shard, struct tvn__edge *edge);
/* There is room: it is no longer full. */
void tvn__note_room(struct tvn__edge *edge);
/* The producer's first turn after a release. */
void tvn__note_resumed(struct tvn__shard *shard, struct tvn__node *node);
tvn_err tvn__paths_new(struct tvn_flow *flow);

/* cross.c: edges between shards. */
/* Producer: what lies in the queues of `node` goes into the rings. */
void tvn__cross_hand_on(struct tvn__shard *shard, struct tvn__node *node);
/* Consumer: what has left the inbox goes back, unless it is little. */
void tvn__cross_give_back(struct tvn__edge *edge);
/* Both ends: what the other side did since the last look. */
void tvn__cross_look(struct tvn__shard *shard);
/* Asks for signals; false: there is news already. */
bool tvn__cross_may_sleep(struct tvn__shard *shard);
tvn_err tvn__cross_new(struct tvn_flow *flow, struct tvn__edge *edge);
void tvn__cross_fini(struct tvn__edge *edge);
/* After the threads: what is in the ring lies in the inbox. */
void tvn__cross_settle(struct tvn__edge *edge);

/* window.c */
bool tvn__flush_is_due(const struct tvn__shard *shard,
    const struct tvn__node *node, bool has_input);
tvn_err tvn__flush(struct tvn__shard *shard, struct tvn__node *node);
void tvn__window_add(
    struct tvn__shard *shard, struct tvn__node *node, uint32_t count);
void tvn__window_close(struct tvn__node *node);
uint64_t tvn__window_due_ns(const struct tvn__node *node);

/* fail.c: burst.fault says what; `err` is what the stage returned. */
/* True: the event stays at the head and is tried again after a while. */
bool tvn__tries_again(struct tvn__shard *shard, struct tvn__node *node,
    uint32_t attempts, tvn_err err);
/* How long to wait before the attempt after `attempts` failed ones. */
uint64_t tvn__backoff_ns(
    struct tvn__shard *shard, const struct tvn__node *node, uint32_t attempts);
/* `event` is out of its queue; the caller releases its image. */
void tvn__fail_event(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn_event *event, tvn_err err);
void tvn__fail_record(
    struct tvn__shard *shard, struct tvn__node *node, tvn_err err);
/* What an edge refused; the caller releases its image. */
void tvn__fail_refused(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event);
/* A flush or a complete. */
void tvn__fault_call(struct tvn__shard *shard, struct tvn__node *node,
    const char *what, tvn_err err);
/* How many failures were not shown. */
void tvn__show_rest(struct tvn_flow *flow, struct tvn_diag *diag);

/* complete.c */
void tvn__close_intake(struct tvn__shard *shard);
void tvn__drain(struct tvn__shard *shard);
/* Intake was closed, perhaps by another shard: its own sources learn it. */
void tvn__look_at_intake(struct tvn__shard *shard);
void tvn__flow_finish(struct tvn__shard *shard, struct tvn__node *node);
void tvn__handle_interrupts(struct tvn__shard *shard);
/* After the shards: says why it ended early, and discards what is left. */
void tvn__tell_ending(struct tvn_flow *flow);
void tvn__complete(struct tvn_flow *flow);
void tvn__stop(struct tvn_flow *flow);

#endif
