/* internal.h -- what the files of a flow share.
 *
 *     flow.c      the graph, made and freed
 *     run.c       the loop: poll, timers, round, publish, sleep
 *     turn.c      what a stage can do now; turns and visits
 *     settle.c    books a visit's results and hands its events on
 *     route.c     pushes: fan-out, routers' held events
 *     demand.c    credit, suspension, watermarks
 *     window.c    when an aggregator flushes
 *     fail.c      on-error, dead letters, what stops a flow
 *     complete.c  ends: drain, abort, stuck, complete, teardown
 *     report_*.c  the account
 *
 * Threads: the flow's. */
#ifndef TVN_FLOW_INTERNAL_H
#define TVN_FLOW_INTERNAL_H

#include "base/arena.h"
#include "base/assert.h"
#include "flow/flow.h"
#include "stream/fault.h"
#include "stream/queue.h"

#define TVN__NEVER UINT64_MAX /* a time that does not come */

#define TVN__TURN_NS     UINT64_C(100000)     /* about one turn */
#define TVN__QUANTUM_NS  INT64_C(20000)       /* a stage's share of a round */
#define TVN__POLL_NS     UINT64_C(1000000)    /* between looks at I/O */
#define TVN__CHECK_NS    UINT64_C(1000000000) /* between checks of the law */
#define TVN__QUIET_NS    UINT64_C(1000000)    /* the same, when quiescent */
#define TVN__PROGRESS_NS UINT64_C(200000000)
#define TVN__SAMPLE      64u /* one turn in so many is measured */
#define TVN__SHOWN_MAX   8u  /* failures shown one by one */

struct tvn__node;

struct tvn__edge {
    struct tvn_queue queue;
    struct tvn_ledger_edge *row;
    struct tvn__node *from;
    struct tvn__node *to;
    uint32_t image_max; /* largest block of from's images; 0: passing */
    bool is_suspended;  /* no room was found; until it is half empty */
    bool is_waiting;    /* from holds an event that still has to go here */
    bool is_filled;     /* filled_ns holds */
    uint64_t filled_ns; /* when a push left no room */
    struct tvn_histogram response_ns;
};

/* The edges that leave a stage through one port. */
struct tvn__group {
    struct tvn__edge **edges;
    uint32_t count;
};

enum tvn__state {
    TVN__NEW, /* start was not called, or failed */
    TVN__RUNNING,
    TVN__DONE, /* will make no more outputs: its edges are closed */
    TVN__STOPPED,
};

enum tvn__todo {
    TVN__NOTHING,
    TVN__PULL,    /* a source */
    TVN__RUN,     /* there is input, and room for what comes of it */
    TVN__FLUSH,   /* a window ends, or more of its outputs are to come */
    TVN__DISCARD, /* the stage cannot go on: its input is dropped */
};

struct tvn__node {
    struct tvn_stage stage;
    struct tvn_ledger_books *books;
    struct tvn_flow *flow;
    struct tvn_place place; /* where it is declared */
    enum tvn_role role;
    enum tvn__state state;
    uint32_t number;
    uint32_t open_ins; /* edges whose producer is not done */
    struct tvn__group ins;
    struct tvn__group main;
    struct tvn__group other; /* `rejected` or `unrouted` */
    struct tvn__group all;   /* every edge that leaves it */
    struct tvn__group ports[TVN_PORTS_MAX];

    /* set by tvn__what_now for the visit that follows */
    struct tvn__edge *edge; /* where the input comes from */
    uint32_t in_max;        /* events whose results are sure to find room */
    uint32_t credit;

    uint32_t in_next;  /* input edge whose turn it is */
    bool stays;        /* its head was begun: no other edge before */
    bool is_pending;   /* outputs of the head are still to come */
    bool had_outputs;  /* the head has had outputs in earlier visits */
    bool is_ended;     /* source: nothing will come */
    bool is_broken;    /* it cannot go on */
    bool cannot_write; /* broken for that: complete may still tidy up */
    bool is_waiting;   /* for wake_ns or wake_fd */
    bool holds;        /* router: `held` waits for edges with is_waiting */
    struct tvn_event held;
    int wake_fd;      /* -1: none */
    uint64_t wake_ns; /* TVN__NEVER: no timer */

    /* aggregator */
    uint64_t every_ns;  /* TVN__NEVER: not by time */
    uint64_t count_max; /* UINT64_MAX: not by count */
    uint64_t count;     /* events in the window that is open */
    uint64_t opened_ns; /* monotonic; holds when count > 0 */
    uint64_t opened_wall_ns;
    bool is_flushing; /* outputs of the last flush are still to come */
    bool is_last;     /* the flush under way is the last one */
    bool is_flushed;  /* ... and is over */

    /* turns */
    int64_t deficit_ns;
    uint64_t mean_ns; /* of one event */
    uint32_t stride;  /* events in one turn */
    uint64_t turns;
    uint64_t busy_ns; /* of all turns */

    enum tvn_flow_then then;
    uint32_t image_max;
    struct tvn_ledger_stage *row;
    const struct tvn_copies *copies;
    struct tvn_histogram *latency_ns; /* sinks */
};

/* For tests: instead of sleeping on a virtual clock, and between turns. */
struct tvn__flow_hooks {
    void (*idle)(void *env, uint64_t until_ns);
    void (*stepped)(void *env, struct tvn_flow *flow);
    void *env;
};

struct tvn_flow {
    struct tvn_flow_opts opts; /* nodes and edges are not kept */
    struct tvn_arena arena;
    struct tvn__node *nodes;
    struct tvn__node **order; /* downstream first */
    struct tvn__edge *edges;
    struct tvn_ledger ledger;
    struct tvn_burst burst;
    struct tvn__flow_hooks hooks;

    uint64_t now_ns;      /* the last look at the clock */
    uint64_t wall_offset; /* wall clock minus monotonic, mod 2^64 */
    uint64_t polled_ns;
    uint64_t checked_ns;
    uint64_t progress_ns;
    uint64_t next_wake_ns; /* not after the first of all nodes' wake_ns */
    uint64_t drain_due_ns;
    uint64_t next_sequence;
    uint64_t taken;  /* records, over all sources */
    uint32_t live;   /* nodes that are not done */
    bool is_closing; /* no more intake */
    bool is_over;    /* ends at once */
    bool has_moved;  /* something that others may wait for, without a turn */
    bool has_begun;
    uint32_t interrupts; /* asked for */
    uint32_t interrupts_handled;
    uint64_t failures; /* shown, or too many to be shown */
    enum tvn_breakage broken_pop;

    tvn_err result;
    struct tvn_diag *diag;
    uint64_t started_ns;
    uint64_t ended_ns;
    uint64_t cpu_ns; /* at the start; at the end: used */
    struct tvn_histogram overhead_ns;
};

static inline uint64_t
tvn__clock(const struct tvn_flow *flow)
{
    return flow->opts.clock->monotonic_ns(flow->opts.clock->self);
}

static inline uint64_t
tvn__wall(const struct tvn_flow *flow)
{
    return flow->now_ns + flow->wall_offset;
}

/* run.c */
void tvn__look_at_clocks(struct tvn_flow *flow);
void tvn__poll_io(struct tvn_flow *flow, uint64_t wait_ns);
/* `node` does nothing before burst.wake. */
void tvn__wait(struct tvn_flow *flow, struct tvn__node *node);
void tvn__wake(struct tvn_flow *flow, struct tvn__node *node);
/* Sleeps until `until_ns` or I/O. */
void tvn__sleep(struct tvn_flow *flow, uint64_t until_ns);
tvn_err tvn__check_law(struct tvn_flow *flow);
/* For tests only. */
void tvn__flow_hook(struct tvn_flow *flow, const struct tvn__flow_hooks *hooks);

/* turn.c */
enum tvn__todo tvn__what_now(struct tvn_flow *flow, struct tvn__node *node);
void tvn__turn(
    struct tvn_flow *flow, struct tvn__node *node, enum tvn__todo todo);

/* settle.c: after a run with burst, before anything else runs. */
void tvn__settle_source(struct tvn_flow *flow, struct tvn__node *node);
void tvn__settle_inputs(
    struct tvn_flow *flow, struct tvn__node *node, struct tvn__edge *edge);
void tvn__settle_flush(struct tvn_flow *flow, struct tvn__node *node);
/* The head of `edge`, out of it. */
struct tvn_image *tvn__take(struct tvn_flow *flow, struct tvn__edge *edge);

/* route.c: each takes over one reference of `image`. */
void tvn__put(struct tvn_flow *flow, struct tvn__edge *edge,
    const struct tvn_event *event, struct tvn_image *image);
void tvn__put_all(struct tvn_flow *flow, const struct tvn__group *group,
    const struct tvn_event *event, struct tvn_image *image);
/* A router's event and its port bits. */
void tvn__put_routed(struct tvn_flow *flow, struct tvn__node *node,
    const struct tvn_event *event, struct tvn_image *image, uint32_t bits);
/* False: it still waits. */
bool tvn__release_held(struct tvn_flow *flow, struct tvn__node *node);

/* demand.c */
/* Outputs that all main edges have room for; 0 suspends. */
uint32_t tvn__credit(struct tvn_flow *flow, struct tvn__node *node);
/* Of the events at the head of `edge`, how many fit wherever they go; 0
 * suspends, unless for a router. */
uint32_t tvn__fit(struct tvn_flow *flow, struct tvn__node *node,
    const struct tvn__edge *edge);
/* Two events with such a block fit wherever a router sends them. */
bool tvn__fit_twice(const struct tvn__node *node, uint32_t block);
void tvn__suspend(struct tvn_flow *flow, struct tvn__edge *edge);
/* After pushes of `node`: notes when an edge became full. */
void tvn__note_full(struct tvn_flow *flow, struct tvn__node *node);
/* After pops from `edge`: lets its producer go on at half the capacity. */
void tvn__resume(struct tvn__edge *edge);

/* window.c */
bool tvn__flush_is_due(
    const struct tvn_flow *flow, const struct tvn__node *node, bool has_input);
tvn_err tvn__flush(struct tvn_flow *flow, struct tvn__node *node);
void tvn__window_add(
    struct tvn_flow *flow, struct tvn__node *node, uint32_t count);
void tvn__window_close(struct tvn__node *node);
uint64_t tvn__window_due_ns(const struct tvn__node *node);

/* fail.c: burst.fault says what; `err` is what the stage returned. */
/* `event` is out of its queue; the caller releases its image. */
void tvn__fail_event(struct tvn_flow *flow, struct tvn__node *node,
    const struct tvn_event *event, tvn_err err);
void tvn__fail_record(
    struct tvn_flow *flow, struct tvn__node *node, tvn_err err);
/* A flush or a complete. */
void tvn__fault_call(struct tvn_flow *flow, struct tvn__node *node,
    const char *what, tvn_err err);
/* How many failures were not shown. */
void tvn__show_rest(struct tvn_flow *flow);
/* Remembers the first error. */
void tvn__set_result(struct tvn_flow *flow, tvn_err err);

/* complete.c */
void tvn__close_intake(struct tvn_flow *flow);
void tvn__drain(struct tvn_flow *flow);
void tvn__flow_finish(struct tvn_flow *flow, struct tvn__node *node);
/* Ends the run at once; what is in flight is discarded. */
void tvn__abort(struct tvn_flow *flow, tvn_err err);
void tvn__drain_ran_out(struct tvn_flow *flow);
void tvn__stuck(struct tvn_flow *flow);
void tvn__handle_interrupts(struct tvn_flow *flow);
void tvn__complete(struct tvn_flow *flow);
void tvn__stop(struct tvn_flow *flow);

#endif
