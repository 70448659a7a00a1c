/* shape.h -- what a running flow is made of; functions are in internal.h.
 *
 *     flow    the graph, the ledger, and what the shards share
 *     shard   the stages of one thread and the loop that runs them
 *     node    a stage with its edges
 *     edge    a queue, and, when it joins two shards, a transfer ring
 *
 * Threads: a shard and its nodes belong to its thread, an edge's queue to the
 * producer's shard, its inbox to the consumer's.  Before the threads start
 * and after they are joined all of it is the caller's. */
#ifndef TVN_FLOW_SHAPE_H
#define TVN_FLOW_SHAPE_H

#include "base/arena.h"
#include "base/rng.h"
#include "flow/flow.h"
#include "stream/fault.h"
#include "stream/queue.h"

#include <pthread.h>
#include <stdatomic.h>

#define TVN__NEVER UINT64_MAX /* a time that does not come */

#define TVN__TURN_NS     UINT64_C(100000)     /* about one turn */
#define TVN__QUANTUM_NS  INT64_C(20000)       /* a stage's share of a round */
#define TVN__POLL_NS     UINT64_C(1000000)    /* between looks at I/O */
#define TVN__CHECK_NS    UINT64_C(1000000000) /* between checks of the law */
#define TVN__QUIET_NS    UINT64_C(1000000)    /* the same, when quiescent */
#define TVN__PROGRESS_NS UINT64_C(200000000)
#define TVN__REVIVE_NS   UINT64_C(1000000) /* a second death in a row waits */
#define TVN__REVIVE_MAX  UINT64_C(10000000)
#define TVN__SAMPLE      64u /* one turn in so many is measured */
#define TVN__SHOWN_MAX   8u  /* failures shown one by one */

struct tvn__node;
struct tvn__shard;
struct tvn__trace;
struct tvn__trace_log;

/* How an edge answers to being full. */
struct tvn__pressure {
    bool is_filled;                    /* the two below hold */
    uint64_t filled_ns;                /* when a push left no room */
    uint64_t filled_enqueued;          /* what had been queued by then */
    uint64_t suspended_at_ns;          /* holds while the edge is suspended */
    struct tvn_histogram response_ns;  /* full -> producer suspended */
    struct tvn_histogram between;      /* events queued in between */
    struct tvn_histogram suspended_ns; /* suspended -> released */
    struct tvn_histogram resume_ns;    /* released -> the producer's turn */
    uint64_t token_waits; /* its producer had to wait for a token */
};

struct tvn__edge {
    struct tvn_queue queue;   /* the producer's */
    struct tvn_queue *in;     /* what the consumer reads: mostly the same */
    struct tvn__cross *cross; /* NULL: both ends are in one shard */
    struct tvn_ledger_edge *row;
    struct tvn__node *from;
    struct tvn__node *to;
    uint32_t image_max; /* largest block of from's images; 0: passing */
    uint32_t room;      /* with less free bytes it counts as full */
    bool is_plain;      /* policy block, no rate: a push is all there is */
    bool is_suspended;  /* no room was found; until it is half empty */
    bool is_waiting;    /* from holds an event that still has to go here */
    uint64_t token_ns;  /* its producer waits for a token; NEVER: it does not */

    bool has_refused; /* `refused` is offered again at `refused_ns` */
    struct tvn_event refused;
    uint64_t refused_ns;

    struct tvn__pressure pressure;
    _Atomic uint64_t full_since_ns; /* to a sink, it blocks: 0 when not full */
    _Atomic uint64_t full_sequence; /* the flow's next one, then */
};

/* From a sink's edge, full, to a source, suspended: every edge between blocks.
 */
struct tvn__path {
    struct tvn__edge *edge;
    uint64_t seen_ns; /* the full_since_ns that has been answered */
};
#define TVN__GOALS_MAX 64u /* edges to sinks that are watched so */

struct tvn__path_times {
    struct tvn_histogram response_ns;
    struct tvn_histogram between; /* events that entered the flow meanwhile */
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
    struct tvn__shard *shard;
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
    bool has_filled;   /* an edge, in this visit */
    bool holds;        /* router: `held` waits for edges with is_waiting */
    uint32_t refused;  /* edges with has_refused */
    uint32_t attempts; /* source: polls that failed in a row */
    uint32_t deaths;   /* of its instance, nothing finished in between */
    struct tvn_event held;
    int wake_fd;          /* -1: none */
    uint64_t wake_ns;     /* TVN__NEVER: no timer */
    uint64_t released_ns; /* an edge let it go on; 0: measured, or not */
    struct tvn__edge *released;

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
    uint32_t retries;
    uint64_t backoff_min_ns;
    uint64_t backoff_max_ns;
    uint32_t image_max;
    uint32_t cross_outs; /* edges in `all` that join two shards */
    struct tvn_ledger_stage *row;
    const struct tvn_copies *copies;
    struct tvn_histogram *latency_ns; /* sinks */
    struct tvn__path *paths;          /* sources */
    uint32_t path_count;
    struct tvn__path_times *path_times; /* sources */
};

/* For tests: between turns. */
struct tvn__flow_hooks {
    void (*stepped)(void *env, struct tvn_flow *flow);
    void *env;
};

struct tvn__shard {
    struct tvn_flow *flow;
    uint32_t number;
    struct tvn__node **order; /* its nodes, downstream first */
    uint32_t count;
    uint32_t live; /* of these, not done; and edges not yet closed */
    struct tvn_loop *loop;
    struct tvn_pool *pool; /* what its stages make images in; NULL: not known */
    struct tvn_burst burst;
    uint64_t first_sequence;      /* of what the last visit made anew */
    struct tvn__trace_log *trace; /* NULL: no event is followed */
    struct tvn_rng rng;           /* of backoffs */

    uint64_t now_ns;      /* the last look at the clock */
    uint64_t wall_offset; /* wall clock minus monotonic, mod 2^64 */
    uint64_t polled_ns;
    uint64_t checked_ns;
    uint64_t next_wake_ns; /* not after the first of all nodes' wake_ns */
    bool has_closed;       /* its sources know that intake is over */
    bool has_moved;    /* something that others may wait for, without a turn */
    uint64_t failures; /* shown, or too many to be shown */
    enum tvn_breakage broken_pop;
    struct tvn_diag *diag;
    struct tvn_diag own_diag; /* of shards but the first */
    struct tvn_histogram overhead_ns;

    _Atomic uint64_t taken;   /* records */
    atomic_bool is_signalled; /* another shard did something for it */
    bool is_parked;           /* under flow->lock */
    bool has_thread;
    pthread_t thread;
    struct tvn__cross **outs; /* edges of its nodes that leave it */
    struct tvn__cross **ins;  /* ... that come in */
    uint32_t out_count;
    uint32_t in_count;
};

/* Why a run ended before all was done. */
enum tvn__ending {
    TVN__ENDING_NONE,
    TVN__ENDING_LAW,
    TVN__ENDING_DRAIN,
    TVN__ENDING_STUCK,
    TVN__ENDING_INTERRUPTED,
};

struct tvn_flow {
    struct tvn_flow_opts opts; /* nodes and edges are not kept */
    struct tvn_arena arena;
    struct tvn__node *nodes;
    struct tvn__node **order; /* downstream first */
    struct tvn__edge *edges;
    struct tvn__shard *shards;
    uint32_t shard_count;
    struct tvn_ledger ledger;
    struct tvn__flow_hooks hooks;
    struct tvn__trace *trace; /* NULL: no event is followed */
    bool has_begun;

    _Atomic uint64_t next_sequence;
    _Atomic uint64_t limit_left; /* with opts.limit: not yet promised */
    _Atomic uint64_t limit_taken;
    _Atomic uint64_t drain_due_ns;
    atomic_bool is_closing; /* no more intake */
    atomic_bool is_over;    /* ends at once */
    _Atomic int result;     /* tvn_err: the first error */

    uint32_t interrupts; /* asked for: the first shard's, and below */
    uint32_t interrupts_handled;
    uint64_t progress_ns;

    pthread_mutex_t lock; /* what follows; taken when a shard parks or ends */
    uint32_t running;     /* shards that have not ended */
    uint32_t parked;      /* of these, waiting for others alone */
    enum tvn__ending ending;

    uint64_t started_ns;
    uint64_t ended_ns;
    uint64_t cpu_ns; /* at the start; at the end: used */
};

#endif
