/* testing.h -- stages that follow a script, and a clock that stands still,
 * for tests of flows.
 *
 *     world = tvn_testing_world_new();
 *     source = tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
 *     source->records = 100;
 *     ... tvn_testing_join(world, "in -> out", 0, 1, 4) ...
 *     err = tvn_testing_run(world);
 *
 * An event's value is its id: a source counts from 0, processors pass the id
 * of their input on, aggregators make ids of their own.  Every stage keeps
 * the (sequence, id) of what it was given, in order.  Header only.
 *
 * Threads: by turns on the caller's, or, after tvn_testing_real, those of the
 * flow: then each stage belongs to its node's. */
#ifndef TVN_FLOW_TESTING_H
#define TVN_FLOW_TESTING_H

#include "flow/testing_stage.h"

/* ------------------------------------------------------------------------
 * Worlds. */

static inline tvn_err
tvn_testing_dead(void *env, const struct tvn_dead *dead, struct tvn_diag *diag)
{
    struct tvn_testing_world *world = env;
    uint64_t number;

    if (world->dead_fails) {
        return tvn_diag_error(diag, TVN_EIO, NULL, "no room for the dead");
    }
    TVN_ASSERT(dead->fault->kind != TVN_FAULT_NONE && dead->attempts >= 1);
    TVN_ASSERT(dead->event != NULL || dead->fault->raw.len > 0 ||
               dead->fault->err == TVN_ENOMEM);
    number = world->dead_written++;
    world->dead_records += dead->event == NULL;
    if (number < TVN_TESTING_DEAD) {
        world->dead[number] = (struct tvn_testing_dead_letter){dead->stage,
            dead->fault->kind, dead->attempts,
            dead->event == NULL ? UINT64_MAX : dead->event->sequence};
    }
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
    world->hooks = (struct tvn__flow_hooks){tvn_testing_stepped, world};
    world->checks_steps = true;
    world->opts = (struct tvn_flow_opts){
        .name = TVN_STR("test"),
        .nodes = world->nodes,
        .edges = world->edges,
        .clock = &world->clock,
        .burst = TVN_BURST_MAX,
        .dead = tvn_testing_dead,
        .dead_count = tvn_testing_dead_count,
        .idle = tvn_testing_idle,
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

/* A pool for each of the threads; before any event is made. */
static inline void
tvn_testing_pools(struct tvn_testing_world *world)
{
    for (uint32_t i = 0; i < world->opts.thread_count; i++) {
        world->pools[i] = tvn_pool_new(1u << 16, 1u << 20);
        TVN_ASSERT(world->pools[i] != NULL);
    }
    for (uint32_t i = 0; i < world->opts.node_count; i++) {
        tvn_builder_fini(&world->stages[i].builder);
        tvn_builder_init(
            &world->stages[i].builder, world->pools[world->nodes[i].thread]);
    }
    world->opts.pools = world->pools;
}

/* Real threads and real time: after all stages are there. */
static inline void
tvn_testing_real(struct tvn_testing_world *world)
{
    world->opts.clock = tvn_clock_real();
    TVN_ASSERT(tvn_loop_new(&world->opts.loop) == TVN_OK);
    world->hooks = (struct tvn__flow_hooks){NULL, NULL};
    world->opts.idle = NULL;
    world->is_real = true;
    world->zero_ns = tvn_clock_monotonic_ns();
    tvn_testing_pools(world);
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

/* On stderr: for a test that is about to give up. */
static inline void
tvn_testing_show(struct tvn_testing_world *world)
{
    struct tvn_buf out = {0};

    tvn_diag_print(&world->diag, &out);
    tvn_flow_report_print(world->flow, &out);
    fprintf(stderr, "%s", tvn_buf_text(&out));
    tvn_buf_fini(&out);
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
    for (uint32_t i = 0; i < TVN_TESTING_MAX && world->pools[i] != NULL; i++) {
        tvn_pool_free(world->pools[i]);
    }
    if (world->is_real) {
        tvn_loop_free(world->opts.loop);
    }
    tvn_pool_free(world->pool);
    tvn_types_free(world->types);
    tvn_diag_fini(&world->diag);
    tvn_mem_free(world, 1, sizeof(*world));
}

#endif
