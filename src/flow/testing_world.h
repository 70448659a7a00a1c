/* testing_world.h -- what a scripted stage is and remembers, and the clock
 * that stands still; see testing.h.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FLOW_TESTING_WORLD_H
#define TVN_FLOW_TESTING_WORLD_H

#include "base/mem.h"
#include "flow/internal.h"
#include "value/testing.h"

#include <stdio.h>
#include <stdlib.h>

#define TVN_TESTING_MAX     32u    /* stages, edges */
#define TVN_TESTING_SEEN    65536u /* events a stage remembers */
#define TVN_TESTING_WINDOWS 64u    /* windows an aggregator remembers */
#define TVN_TESTING_TRIES   64u    /* failures a stage remembers */
#define TVN_TESTING_DEAD    64u    /* dead letters a world remembers */

struct tvn_testing_world;

struct tvn_testing_seen {
    uint64_t sequence;
    uint64_t id;
    uint64_t event_time_ns;
    uint64_t key;
    uint64_t at_ns;
    uint32_t attempt;
};

struct tvn_testing_try {
    uint64_t id;
    uint64_t at_ns;
    uint32_t attempt;
};

struct tvn_testing_dead_letter {
    struct tvn_str stage;
    enum tvn_fault_kind kind;
    uint32_t attempts;
    uint64_t sequence; /* UINT64_MAX: a record */
};

/* Plain fields are the script; zero does nothing out of the ordinary. */
struct tvn_testing_stage {
    struct tvn_testing_world *world;
    enum tvn_role role;

    uint64_t records;          /* source: so many, then the end */
    uint32_t per_visit;        /* at most so many events a visit; 0: no limit */
    bool has_meta;             /* source: event time 10 x id, key id + 1 */
    uint32_t again_every;      /* every so many visits: TVN_EAGAIN ... */
    uint64_t again_ns;         /* ... for so long; 0: no timer */
    int again_fd;              /* ... until it can be read; 0: none */
    uint64_t cost_ns;          /* of one event, or output of a flush */
    uint64_t start_ns;         /* of start */
    uint64_t pad;              /* payload bytes of what it makes */
    uint32_t outs;             /* processor: outputs an event, 0 is one; with
                           * outs_of: what that says */
    bool ends_late;            /* processor: an event that had outputs ends in a
                           * visit without any */
    uint32_t flush_outs;       /* aggregator: outputs of a flush */
    uint32_t ingest_outs;      /* aggregator: outputs of an event */
    uint32_t complete_waits;   /* sink: EAGAIN so many times in complete */
    enum tvn_fault_kind fails; /* with fail_every, fail_at */
    uint32_t fail_every;       /* ids divisible by it, but not 0 */
    uint32_t fail_at;          /* id */
    uint32_t fail_times;       /* each that fails: so often, then it goes well;
                                * 0: always */
    bool fails_early;          /* before the first output, not after the last */
    bool forgets;              /* sees more than it remembers */
    uint64_t stall_at_ns;      /* from here ... */
    uint64_t stall_ns;         /* ... for so long: TVN_EAGAIN */
    enum tvn_fault_kind flush_fails;
    bool fails_start;
    bool fails_complete;
    uint32_t (*outs_of)(uint64_t id);
    uint32_t keep_every;  /* filter: keeps ids divisible by it; 0: all */
    uint32_t route_ports; /* router: to port id % so many; 0: port 0 */
    uint32_t (*verdict_of)(uint64_t id); /* filter, router; NULL: as above */
    void (*before)(struct tvn_testing_stage *stage); /* each visit */
    void *env;

    /* what happened */
    uint32_t order; /* of start, stop: counted over the world, from 1 */
    uint32_t stop_order;
    uint32_t free_count;
    uint32_t complete_calls;
    bool completed_ok;
    uint64_t visits;
    uint64_t made; /* ids given out */
    uint64_t seen_count;
    struct tvn_testing_seen *seen;
    uint64_t last_sequence;
    bool is_disordered; /* a sequence that does not rise */
    uint64_t try_count; /* failures */
    struct tvn_testing_try tries[TVN_TESTING_TRIES];
    uint32_t windows;
    struct tvn_window window[TVN_TESTING_WINDOWS];
    uint64_t window_events[TVN_TESTING_WINDOWS]; /* in each window */
    uint64_t open_events;

    /* under way */
    uint32_t begun; /* outputs of the head already made */
    bool is_begun;
    bool is_late;          /* all outputs are made; only the end is to come */
    bool is_again;         /* the last visit was EAGAIN: not twice in a row */
    uint32_t failed_times; /* source: of the record at `made` */
    uint32_t flushing;
    struct tvn_builder builder;
    struct tvn_stage_counts counts;
};

struct tvn_testing_world {
    uint64_t now_ns;
    uint32_t ordinal;
    struct tvn_types *types;
    const struct tvn_type *type;
    struct tvn_pool *pool;
    struct tvn_pool *pools[TVN_TESTING_MAX]; /* by thread; see testing.h */
    struct tvn_clock clock;
    struct tvn_testing_stage stages[TVN_TESTING_MAX];
    struct tvn_flow_node nodes[TVN_TESTING_MAX];
    struct tvn_flow_edge edges[TVN_TESTING_MAX];
    struct tvn_flow_opts opts;
    struct tvn__flow_hooks hooks;
    struct tvn_flow *flow;
    struct tvn_diag diag;
    _Atomic uint64_t dead_written;
    _Atomic uint64_t dead_records; /* of these, without an event */
    struct tvn_testing_dead_letter dead[TVN_TESTING_DEAD];
    bool dead_fails;
    uint64_t zero_ns;  /* stalls count from here */
    bool is_real;      /* threads, and the machine's clock */
    bool checks_steps; /* the law and the bounds, after every turn */
};

/* ------------------------------------------------------------------------
 * The clock: stands still but for cost_ns and idle time. */

static inline uint64_t
tvn_testing_monotonic(void *self)
{
    struct tvn_testing_world *world = self;

    return world->now_ns;
}

static inline uint64_t
tvn_testing_wall(void *self)
{
    struct tvn_testing_world *world = self;

    return world->now_ns + UINT64_C(1700000000000000000);
}

static inline void
tvn_testing_idle(void *env, uint64_t until_ns)
{
    struct tvn_testing_world *world = env;

    if (until_ns != TVN__NEVER && until_ns > world->now_ns) {
        world->now_ns = until_ns;
    }
}

static inline uint64_t
tvn_testing_now(const struct tvn_testing_stage *stage)
{
    const struct tvn_clock *clock = stage->world->opts.clock;

    return clock->monotonic_ns(clock->self);
}

/* Takes its time. */
static inline void
tvn_testing_spend(struct tvn_testing_stage *stage, uint64_t ns)
{
    uint64_t end_ns;

    if (!stage->world->is_real) {
        stage->world->now_ns += ns;
        return;
    }
    end_ns = ns == 0 ? 0 : tvn_testing_now(stage) + ns;
    while (ns > 0 && tvn_testing_now(stage) < end_ns) {
    }
}

/* Over no bound: nor was it ever. */
static inline void
tvn_testing_check_bounds(const struct tvn__edge *edge)
{
    const struct tvn_queue *queue = &edge->queue;

    TVN_ASSERT(queue->depth + queue->away <= queue->capacity);
    TVN_ASSERT(queue->depth_max <= queue->capacity);
    TVN_ASSERT(queue->bytes <= queue->bytes_max);
    TVN_ASSERT(queue->bytes_peak <= queue->bytes_max);
    TVN_ASSERT(edge->in->depth + edge->in->away <= edge->in->capacity);
}

static inline void
tvn_testing_stepped(void *env, struct tvn_flow *flow)
{
    struct tvn_testing_world *world = env;

    if (!world->checks_steps) {
        return;
    }
    for (uint32_t i = 0; i < flow->shard_count; i++) {
        if (tvn__check_law(&flow->shards[i]) != TVN_OK) {
            struct tvn_buf out = {0};

            tvn_diag_print(flow->shards[i].diag, &out);
            fprintf(stderr, "%s", tvn_buf_text(&out));
            abort();
        }
    }
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        tvn_testing_check_bounds(&flow->edges[i]);
    }
}

/* ------------------------------------------------------------------------
 * Values. */

static inline uint64_t
tvn_testing_id(const struct tvn_image *image)
{
    uint64_t id;

    memcpy(&id, image->data, sizeof(id));
    return id;
}

/* NULL: memory is out. */
static inline struct tvn_image *
tvn_testing_make(struct tvn_testing_stage *stage, uint64_t id)
{
    struct tvn_builder *builder = &stage->builder;
    struct tvn_image *image = NULL;
    uint32_t offset = 0;
    uint32_t pad = (uint32_t)stage->pad;
    tvn_err err = tvn_builder_begin(builder, stage->world->type);

    err = err == TVN_OK ? tvn_builder_alloc(builder, pad, 1, &offset) : err;
    if (err == TVN_OK) {
        memcpy(builder->data, &id, sizeof(id));
        memcpy(builder->data + 8, &offset, sizeof(offset));
        memcpy(builder->data + 12, &pad, sizeof(pad));
        err = tvn_builder_finish(builder, &image);
    }
    TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
    stage->counts.outs += err == TVN_OK;
    return image;
}

static inline void
tvn_testing_note(struct tvn_testing_stage *stage, const struct tvn_event *event)
{
    uint64_t number = stage->seen_count++;

    stage->is_disordered =
        stage->is_disordered ||
        (number > 0 && event->sequence <= stage->last_sequence);
    stage->last_sequence = event->sequence;
    if (number >= TVN_TESTING_SEEN) {
        TVN_ASSERT(stage->forgets);
        return;
    }
    stage->seen[number] = (struct tvn_testing_seen){event->sequence,
        tvn_testing_id(event->image), event->event_time_ns, event->key,
        stage->forgets ? 0 : tvn_testing_now(stage), event->attempt};
}

#endif
