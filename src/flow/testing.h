/* testing.h -- stages that follow a script, and a clock that stands still,
 * for tests of flows.
 *
 *     world = tvn_testing_world_new();
 *     source = tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
 *     source->records = 100;
 *     ... tvn_testing_join(world, "in -> out", 0, 1, TVN_OUT_MAIN, 0, 4) ...
 *     err = tvn_testing_run(world);
 *
 * An event's value is its id: a source counts from 0, processors pass the id
 * of their input on, aggregators make ids of their own.  Every stage keeps
 * the (sequence, id) of what it was given, in order.  Header only.
 * Threads: none. */
#ifndef TVN_FLOW_TESTING_H
#define TVN_FLOW_TESTING_H

#include "base/mem.h"
#include "flow/internal.h"
#include "value/testing.h"

#include <stdio.h>
#include <stdlib.h>

#define TVN_TESTING_MAX     32u    /* stages, edges */
#define TVN_TESTING_SEEN    65536u /* events a stage remembers */
#define TVN_TESTING_WINDOWS 64u    /* windows an aggregator remembers */

struct tvn_testing_world;

struct tvn_testing_seen {
    uint64_t sequence;
    uint64_t id;
};

/* Plain fields are the script; zero does nothing out of the ordinary. */
struct tvn_testing_stage {
    struct tvn_testing_world *world;
    enum tvn_role role;

    uint64_t records;          /* source: so many, then the end */
    uint32_t per_visit;        /* at most so many events a visit; 0: no limit */
    uint32_t again_every;      /* every so many visits: TVN_EAGAIN ... */
    uint64_t again_ns;         /* ... for so long; 0: no timer */
    int again_fd;              /* ... until it can be read; 0: none */
    uint64_t cost_ns;          /* of one event */
    uint64_t pad;              /* payload bytes of what it makes */
    uint32_t outs;             /* processor: outputs an event, 0 is one; with
                           * outs_of: what that says */
    uint32_t flush_outs;       /* aggregator: outputs of a flush */
    uint32_t ingest_outs;      /* aggregator: outputs of an event */
    uint32_t complete_waits;   /* sink: EAGAIN so many times in complete */
    enum tvn_fault_kind fails; /* with fail_every, fail_at */
    uint32_t fail_every;       /* ids divisible by it, but not 0 */
    uint32_t fail_at;          /* id */
    enum tvn_fault_kind flush_fails;
    bool fails_start;
    bool fails_complete;
    uint32_t (*outs_of)(uint64_t id);
    uint32_t (*verdict_of)(uint64_t id); /* filter, router; NULL: 1 */
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
    uint32_t windows;
    struct tvn_window window[TVN_TESTING_WINDOWS];
    uint64_t window_events[TVN_TESTING_WINDOWS]; /* in each window */
    uint64_t open_events;

    /* under way */
    uint32_t begun; /* outputs of the head already made */
    bool is_begun;
    bool is_again; /* the last visit was EAGAIN: not twice in a row */
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
    struct tvn_clock clock;
    struct tvn_testing_stage stages[TVN_TESTING_MAX];
    struct tvn_flow_node nodes[TVN_TESTING_MAX];
    struct tvn_flow_edge edges[TVN_TESTING_MAX];
    struct tvn_flow_opts opts;
    struct tvn__flow_hooks hooks;
    struct tvn_flow *flow;
    struct tvn_diag diag;
    uint64_t dead_written;
    uint64_t dead_records; /* of these, without an event */
    bool dead_fails;
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

static inline void
tvn_testing_stepped(void *env, struct tvn_flow *flow)
{
    struct tvn_testing_world *world = env;

    if (!world->checks_steps) {
        return;
    }
    if (tvn__check_law(flow) != TVN_OK) {
        struct tvn_buf out = {0};

        tvn_diag_print(&world->diag, &out);
        fprintf(stderr, "%s", tvn_buf_text(&out));
        abort();
    }
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        const struct tvn_queue *queue = &flow->edges[i].queue;

        TVN_ASSERT(queue->depth <= queue->capacity);
        TVN_ASSERT(queue->bytes <= queue->bytes_max);
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

static inline struct tvn_image *
tvn_testing_make(struct tvn_testing_stage *stage, uint64_t id)
{
    struct tvn_builder *builder = &stage->builder;
    struct tvn_image *image = NULL;
    uint32_t offset = 0;
    uint32_t pad = (uint32_t)stage->pad;

    TVN_ASSERT(tvn_builder_begin(builder, stage->world->type) == TVN_OK);
    TVN_ASSERT(tvn_builder_alloc(builder, pad, 1, &offset) == TVN_OK);
    memcpy(builder->data, &id, sizeof(id));
    memcpy(builder->data + 8, &offset, sizeof(offset));
    memcpy(builder->data + 12, &pad, sizeof(pad));
    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    stage->counts.outs++;
    return image;
}

static inline void
tvn_testing_note(struct tvn_testing_stage *stage, const struct tvn_event *event)
{
    TVN_ASSERT(stage->seen_count < TVN_TESTING_SEEN);
    stage->seen[stage->seen_count++] = (struct tvn_testing_seen){
        event->sequence, tvn_testing_id(event->image)};
}

/* ------------------------------------------------------------------------
 * The visits. */

static inline bool
tvn_testing_fails(struct tvn_testing_stage *stage, uint64_t id)
{
    if (stage->fails == TVN_FAULT_NONE) {
        return false;
    }
    return (stage->fail_every > 0 && id > 0 && id % stage->fail_every == 0) ||
           (stage->fail_at > 0 && id == stage->fail_at);
}

static inline tvn_err
tvn_testing_fault(struct tvn_testing_stage *stage, struct tvn_burst *burst,
    enum tvn_fault_kind kind)
{
    stage->counts.failed++;
    burst->fault.kind = kind;
    burst->fault.err =
        kind == TVN_FAULT_FATAL ? TVN_EGUEST_FATAL : TVN_EGUEST_REJECT;
    burst->fault.text = TVN_STR("as the script says");
    burst->fault.raw = TVN_STR("raw");
    return burst->fault.err;
}

static inline tvn_err
tvn_testing_pull(struct tvn_testing_stage *stage, struct tvn_burst *burst)
{
    uint32_t max = stage->per_visit > 0 && stage->per_visit < burst->credit
                       ? stage->per_visit
                       : burst->credit;

    TVN_ASSERT(burst->credit > 0 && burst->in_count == 0);
    while (burst->outs < max && stage->made < stage->records) {
        uint64_t id = stage->made++;

        stage->world->now_ns += stage->cost_ns;
        stage->counts.records++;
        if (tvn_testing_fails(stage, id)) {
            return tvn_testing_fault(stage, burst, stage->fails);
        }
        burst->out[burst->outs++] = tvn_testing_make(stage, id);
        stage->counts.ok++;
    }
    burst->is_end = stage->made == stage->records;
    return TVN_OK;
}

/* The outputs of the head as far as credit goes; false: there are more. */
static inline bool
tvn_testing_produce(struct tvn_testing_stage *stage, struct tvn_burst *burst,
    uint32_t index, uint32_t want)
{
    uint64_t id = tvn_testing_id(burst->in[index].image);

    while (stage->begun < want) {
        if (burst->outs == burst->credit) {
            burst->is_pending = true;
            return false;
        }
        burst->out_of[burst->outs] = (uint8_t)index;
        burst->out[burst->outs++] = tvn_testing_make(stage, id);
        stage->begun++;
    }
    return true;
}

static inline uint32_t
tvn_testing_wants(const struct tvn_testing_stage *stage, uint64_t id)
{
    if (stage->role == TVN_ROLE_AGGREGATOR) {
        return stage->ingest_outs;
    }
    if (stage->role != TVN_ROLE_PROCESSOR) {
        return 0;
    }
    if (stage->outs_of != NULL) {
        return stage->outs_of(id);
    }
    return stage->outs == 0 ? 1 : stage->outs;
}

static inline void
tvn_testing_finish(struct tvn_testing_stage *stage, struct tvn_burst *burst,
    uint32_t index, uint64_t id)
{
    uint32_t verdict = stage->verdict_of == NULL ? 1 : stage->verdict_of(id);

    tvn_testing_note(stage, &burst->in[index]);
    stage->is_begun = false;
    stage->begun = 0;
    burst->consumed = index + 1;
    burst->verdicts[index] = verdict;
    stage->counts.ok++;
    stage->counts.kept += verdict != 0;
    stage->counts.routed += (uint64_t)__builtin_popcount(verdict);
    stage->counts.records += stage->role == TVN_ROLE_SINK;
    stage->open_events++;
}

static inline tvn_err
tvn_testing_take(struct tvn_testing_stage *stage, struct tvn_burst *burst)
{
    uint32_t max = stage->per_visit > 0 && stage->per_visit < burst->in_count
                       ? stage->per_visit
                       : burst->in_count;

    TVN_ASSERT(burst->in_count > 0 && burst->in_count <= TVN_BURST_MAX);
    for (uint32_t i = 0; i < max; i++) {
        uint64_t id = tvn_testing_id(burst->in[i].image);
        uint32_t wants = tvn_testing_wants(stage, id);

        if (wants > 0 && burst->outs == burst->credit) {
            return TVN_OK;
        }
        if (!stage->is_begun) {
            stage->is_begun = true;
            stage->counts.calls++;
            stage->world->now_ns += stage->cost_ns;
        }
        if (!tvn_testing_produce(stage, burst, i, wants)) {
            return TVN_OK;
        }
        if (tvn_testing_fails(stage, id)) { /* its outputs stay sent */
            stage->is_begun = false;
            stage->begun = 0;
            return tvn_testing_fault(stage, burst, stage->fails);
        }
        tvn_testing_finish(stage, burst, i, id);
    }
    return TVN_OK;
}

static inline tvn_err
tvn_testing_visit(void *self, struct tvn_burst *burst)
{
    struct tvn_testing_stage *stage = self;

    stage->visits++;
    if (stage->before != NULL) {
        stage->before(stage);
    }
    if (stage->again_every > 0 && !stage->is_again &&
        stage->visits % stage->again_every == 0) {
        stage->is_again = true;
        if (stage->again_ns > 0) {
            burst->wake.at_ns = stage->world->now_ns + stage->again_ns;
        }
        if (stage->again_fd > 0) {
            burst->wake.fd = stage->again_fd;
        }
        return TVN_EAGAIN;
    }
    stage->is_again = false;
    return stage->role == TVN_ROLE_SOURCE ? tvn_testing_pull(stage, burst)
                                          : tvn_testing_take(stage, burst);
}

static inline tvn_err
tvn_testing_flush(
    void *self, const struct tvn_window *window, struct tvn_burst *burst)
{
    struct tvn_testing_stage *stage = self;

    TVN_ASSERT((window == NULL) == (stage->flushing > 0));
    TVN_ASSERT(burst->credit > 0);
    if (window != NULL) {
        if (stage->windows < TVN_TESTING_WINDOWS) {
            stage->window_events[stage->windows] = stage->open_events;
            stage->window[stage->windows] = *window;
        }
        stage->windows++;
        stage->open_events = 0;
        stage->counts.calls++;
        if (stage->flush_fails != TVN_FAULT_NONE) {
            return tvn_testing_fault(stage, burst, stage->flush_fails);
        }
        stage->flushing = stage->flush_outs;
    }
    while (stage->flushing > 0 && burst->outs < burst->credit) {
        burst->out[burst->outs++] = tvn_testing_make(stage, stage->made++);
        stage->flushing--;
    }
    burst->is_pending = stage->flushing > 0;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * The rest of the vtable. */

static inline tvn_err
tvn_testing_start(void *self, struct tvn_diag *diag)
{
    struct tvn_testing_stage *stage = self;

    stage->order = ++stage->world->ordinal;
    return stage->fails_start
               ? tvn_diag_error(diag, TVN_EIO, NULL, "does not start")
               : TVN_OK;
}

static inline tvn_err
tvn_testing_complete(void *self, bool is_ok, struct tvn_burst *burst)
{
    struct tvn_testing_stage *stage = self;

    stage->complete_calls++;
    stage->completed_ok = is_ok;
    if (stage->complete_waits > 0) {
        stage->complete_waits--;
        burst->wake.at_ns = stage->world->now_ns + 1000;
        return TVN_EAGAIN;
    }
    return stage->fails_complete
               ? tvn_testing_fault(stage, burst, TVN_FAULT_WRITE)
               : TVN_OK;
}

static inline void
tvn_testing_stop(void *self)
{
    struct tvn_testing_stage *stage = self;

    stage->stop_order = ++stage->world->ordinal;
}

static inline void
tvn_testing_free(void *self)
{
    struct tvn_testing_stage *stage = self;

    stage->free_count++;
    tvn_builder_fini(&stage->builder);
}

static inline void
tvn_testing_counts(const void *self, struct tvn_stage_counts *out)
{
    const struct tvn_testing_stage *stage = self;

    *out = stage->counts;
}

/* ------------------------------------------------------------------------
 * Worlds. */

static inline tvn_err
tvn_testing_dead(void *env, const struct tvn_dead *dead, struct tvn_diag *diag)
{
    struct tvn_testing_world *world = env;

    if (world->dead_fails) {
        return tvn_diag_error(diag, TVN_EIO, NULL, "no room for the dead");
    }
    TVN_ASSERT(dead->fault->kind != TVN_FAULT_NONE && dead->attempts == 1);
    TVN_ASSERT(dead->event != NULL || dead->fault->raw.len > 0);
    world->dead_written++;
    world->dead_records += dead->event == NULL;
    return TVN_OK;
}

static inline uint64_t
tvn_testing_dead_count(void *env)
{
    struct tvn_testing_world *world = env;

    return world->dead_written;
}

static inline struct tvn_testing_world *
tvn_testing_world_new(void)
{
    struct tvn_testing_world *world = tvn_mem_new(1, sizeof(*world));

    TVN_ASSERT(world != NULL);
    world->types = tvn_types_new();
    TVN_ASSERT(world->types != NULL);
    world->type =
        tvn_testing_parse(world->types, "record { id: u64, pad: list<u8> }");
    world->pool = tvn_pool_new(1u << 16, 1u << 20);
    TVN_ASSERT(world->pool != NULL);
    world->now_ns = 1000;
    world->clock =
        (struct tvn_clock){tvn_testing_monotonic, tvn_testing_wall, world};
    world->hooks =
        (struct tvn__flow_hooks){tvn_testing_idle, tvn_testing_stepped, world};
    world->checks_steps = true;
    world->opts = (struct tvn_flow_opts){
        .name = TVN_STR("test"),
        .nodes = world->nodes,
        .edges = world->edges,
        .clock = &world->clock,
        .burst = TVN_BURST_MAX,
        .dead = tvn_testing_dead,
        .dead_count = tvn_testing_dead_count,
        .env = world,
    };
    return world;
}

static inline struct tvn_testing_stage *
tvn_testing_add(
    struct tvn_testing_world *world, const char *name, enum tvn_role role)
{
    static const struct tvn_stage_ops ops = {
        .kind = "script",
        .start = tvn_testing_start,
        .run = tvn_testing_visit,
        .flush = tvn_testing_flush,
        .complete = tvn_testing_complete,
        .stop = tvn_testing_stop,
        .free = tvn_testing_free,
        .counts = tvn_testing_counts,
    };
    uint32_t number = world->opts.node_count++;
    struct tvn_testing_stage *stage = &world->stages[number];

    TVN_ASSERT(number < TVN_TESTING_MAX);
    stage->world = world;
    stage->role = role;
    stage->seen = tvn_mem_new(TVN_TESTING_SEEN, sizeof(*stage->seen));
    TVN_ASSERT(stage->seen != NULL);
    tvn_builder_init(&stage->builder, world->pool);
    world->nodes[number] = (struct tvn_flow_node){
        .name = tvn_str_of(name),
        .role = role,
        .stage = {&ops, stage},
        .image_max = 128,
    };
    return stage;
}

static inline struct tvn_flow_edge *
tvn_testing_join(struct tvn_testing_world *world, const char *name,
    uint32_t from, uint32_t to, uint32_t capacity)
{
    uint32_t number = world->opts.edge_count++;

    TVN_ASSERT(number < TVN_TESTING_MAX);
    world->edges[number] = (struct tvn_flow_edge){
        .name = tvn_str_of(name),
        .from = from,
        .to = to,
        .capacity = capacity,
        .bytes = 1u << 20,
    };
    return &world->edges[number];
}

/* Makes the flow, so that a test can look into it. */
static inline void
tvn_testing_ready(struct tvn_testing_world *world)
{
    TVN_ASSERT(
        tvn_flow_new(&world->opts, &world->flow, &world->diag) == TVN_OK);
    tvn__flow_hook(world->flow, &world->hooks);
}

static inline tvn_err
tvn_testing_run(struct tvn_testing_world *world)
{
    if (world->flow == NULL) {
        tvn_testing_ready(world);
    }
    return tvn_flow_run(world->flow, &world->diag);
}

static inline const struct tvn_ledger_books *
tvn_testing_books(const struct tvn_testing_world *world, uint32_t number)
{
    return &tvn_flow_ledger(world->flow)->stages[number].books;
}

/* The newest findings contain `text`. */
static inline bool
tvn_testing_said(struct tvn_testing_world *world, const char *text)
{
    struct tvn_buf out = {0};
    bool is_there;

    tvn_diag_print(&world->diag, &out);
    is_there = strstr(tvn_buf_text(&out), text) != NULL;
    tvn_buf_fini(&out);
    return is_there;
}

/* Also checks that every stage was freed once and every image released. */
static inline void
tvn_testing_world_free(struct tvn_testing_world *world)
{
    tvn_flow_free(world->flow);
    for (uint32_t i = 0; i < world->opts.node_count; i++) {
        struct tvn_testing_stage *stage = &world->stages[i];

        TVN_ASSERT(stage->free_count == 1);
        tvn_mem_free(stage->seen, TVN_TESTING_SEEN, sizeof(*stage->seen));
    }
    tvn_pool_free(world->pool);
    tvn_types_free(world->types);
    tvn_diag_fini(&world->diag);
    tvn_mem_free(world, 1, sizeof(*world));
}

#endif
