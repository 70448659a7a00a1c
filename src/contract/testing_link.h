/* testing_link.h -- flows for tests of the link, built in a few lines.
 *
 *     tvn_testing_flow_init(&flow);
 *     tvn_testing_source(&flow, "in", "record { id: u64 }");
 *     tvn_testing_guest(&flow, "keep", exports, imports);
 *     tvn_testing_sink(&flow, "out");
 *     tvn_testing_edge(&flow, "in -> keep"); ...
 *     err = tvn_testing_check(&flow);        -> flow.link, flow.diag
 *
 * Stage i stands in torvyn.yaml:10+i:3, edge i in torvyn.yaml:40+i:5,
 * `require:` in torvyn.yaml:90:1.  Everything asserts instead of failing.
 * Threads: none. */
#ifndef TVN_CONTRACT_TESTING_LINK_H
#define TVN_CONTRACT_TESTING_LINK_H

#include "contract/link.h"
#include "contract/testing.h"

#define TVN_TESTING_FLOW_MAX 32u

struct tvn_testing_flow {
    struct tvn_testing_kit kit;
    struct tvn_link_stage stages[TVN_TESTING_FLOW_MAX];
    struct tvn_link_edge edges[TVN_TESTING_FLOW_MAX];
    struct tvn_link_input input;
    struct tvn_link link;
    struct tvn_diag diag;
};

static inline void
tvn_testing_flow_init(struct tvn_testing_flow *flow)
{
    memset(flow, 0, sizeof(*flow));
    tvn_testing_kit_init(&flow->kit);
    flow->input = (struct tvn_link_input){
        .flow = TVN_STR("test"),
        .stages = flow->stages,
        .edges = flow->edges,
        .max_event = 1u << 20,
        .require.place = {.path = "torvyn.yaml", .line = 90, .column = 1},
    };
}

static inline void
tvn_testing_flow_fini(struct tvn_testing_flow *flow)
{
    tvn_link_fini(&flow->link);
    tvn_diag_fini(&flow->diag);
    tvn_testing_kit_fini(&flow->kit);
}

static inline struct tvn_link_stage *
tvn_testing_stage(
    struct tvn_testing_flow *flow, const char *name, enum tvn_link_kind kind)
{
    uint32_t index = flow->input.stage_count++;
    struct tvn_link_stage *stage = &flow->stages[index];

    TVN_ASSERT(index < TVN_TESTING_FLOW_MAX);
    stage->name = tvn_str_of(name);
    stage->kind = kind;
    stage->place = (struct tvn_place){"torvyn.yaml", 10 + index, 3, NULL};
    stage->promise = TVN_PROMISE_AT_LEAST_ONCE;
    return stage;
}

/* `type` may be NULL: it could not be read. */
static inline struct tvn_link_stage *
tvn_testing_source(
    struct tvn_testing_flow *flow, const char *name, const char *type)
{
    struct tvn_link_stage *stage =
        tvn_testing_stage(flow, name, TVN_LINK_SOURCE);

    stage->connector = "file";
    stage->codec = "json";
    if (type != NULL) {
        stage->type = tvn_testing_parse(flow->kit.types, type);
    }
    return stage;
}

static inline struct tvn_link_stage *
tvn_testing_sink(struct tvn_testing_flow *flow, const char *name)
{
    struct tvn_link_stage *stage = tvn_testing_stage(flow, name, TVN_LINK_SINK);

    stage->connector = "file";
    stage->codec = "json";
    return stage;
}

/* `exports` NULL: its role could not be read. */
static inline struct tvn_link_stage *
tvn_testing_guest(struct tvn_testing_flow *flow, const char *name,
    const char *const *exports, const char *const *imports)
{
    struct tvn_link_stage *stage =
        tvn_testing_stage(flow, name, TVN_LINK_GUEST);
    struct tvn_role_info *role =
        tvn_arena_new(&flow->kit.arena, 1, sizeof(*role));
    struct tvn_role_face face;

    stage->grants = TVN_GRANT_DEFAULT;
    stage->deadline_ns = 100000000;
    stage->memory_max = 64u << 20;
    if (exports == NULL) {
        return stage;
    }
    face = tvn_testing_face(&flow->kit, exports, imports);
    TVN_ASSERT(role != NULL);
    TVN_ASSERT(tvn_role_infer(flow->kit.types, &flow->kit.arena, &face, role,
                   NULL) == TVN_OK);
    stage->role = role;
    return stage;
}

/* The guest with one function. */
static inline struct tvn_link_stage *
tvn_testing_guest1(
    struct tvn_testing_flow *flow, const char *name, const char *func)
{
    const char *const exports[] = {func, NULL};

    return tvn_testing_guest(flow, name, exports, NULL);
}

/* "from -> to" or "from.port -> to". */
static inline struct tvn_link_edge *
tvn_testing_edge(struct tvn_testing_flow *flow, const char *text)
{
    uint32_t index = flow->input.edge_count++;
    struct tvn_link_edge *edge = &flow->edges[index];
    size_t from = strcspn(text, ". ");
    size_t end = strcspn(text, " ");

    TVN_ASSERT(index < TVN_TESTING_FLOW_MAX);
    TVN_ASSERT(strncmp(text + end, " -> ", 4) == 0);
    edge->from = (struct tvn_str){text, from};
    if (end > from) {
        edge->port = (struct tvn_str){text + from + 1, end - from - 1};
    }
    edge->to = tvn_str_of(text + end + 4);
    edge->place = (struct tvn_place){"torvyn.yaml", 40 + index, 5, NULL};
    edge->capacity = 256;
    edge->bytes = 4u << 20;
    return edge;
}

static inline tvn_err
tvn_testing_check(struct tvn_testing_flow *flow)
{
    tvn_err err = tvn_link_check(&flow->input, &flow->link, &flow->diag);

    TVN_ASSERT(err == tvn_diag_err(&flow->diag)); /* the first finding's */
    return err;
}

/* The same without a finding. */
static inline void
tvn_testing_check_ok(struct tvn_testing_flow *flow)
{
    tvn_err err = tvn_testing_check(flow);

    tvn_testing_same_diag(&flow->diag, "");
    TVN_ASSERT(err == TVN_OK && flow->link.has_proofs);
}

/* Checks, compares the findings and the first one's code, ends the flow. */
static inline void
tvn_testing_expect(
    struct tvn_testing_flow *flow, tvn_err want, const char *text)
{
    tvn_err err = tvn_testing_check(flow);
    struct tvn_link silent;

    tvn_testing_same_diag(&flow->diag, text);
    TVN_ASSERT(err == want);
    TVN_ASSERT(tvn_link_check(&flow->input, &silent, NULL) == want);
    tvn_link_fini(&silent);
    tvn_testing_flow_fini(flow);
}

/* in -> copy -> out, all of one record; the edges not yet. */
#define TVN_TESTING_PAIR "record { id: u64, name: string }"

static inline void
tvn_testing_chain(struct tvn_testing_flow *flow)
{
    tvn_testing_flow_init(flow);
    tvn_testing_source(flow, "in", TVN_TESTING_PAIR);
    tvn_testing_guest1(flow, "copy",
        "process: func(event: " TVN_TESTING_PAIR ") -> " TVN_TESTING_PAIR);
    tvn_testing_sink(flow, "out");
}

static inline void
tvn_testing_chain_edges(struct tvn_testing_flow *flow)
{
    tvn_testing_edge(flow, "in -> copy");
    tvn_testing_edge(flow, "copy -> out");
}

#define TVN_TESTING_COPY "process: func(event: u8) -> u8"

/* in -> a -> x, in -> b -> y; nothing fails for good. */
static inline void
tvn_testing_two_sinks(struct tvn_testing_flow *flow)
{
    tvn_testing_flow_init(flow);
    tvn_testing_source(flow, "in", "u8");
    tvn_testing_guest1(flow, "a", TVN_TESTING_COPY);
    tvn_testing_guest1(flow, "b", TVN_TESTING_COPY);
    tvn_testing_sink(flow, "x");
    tvn_testing_sink(flow, "y");
    tvn_testing_edge(flow, "in -> a");
    tvn_testing_edge(flow, "a -> x");
    tvn_testing_edge(flow, "in -> b");
    tvn_testing_edge(flow, "b -> y");
    for (uint32_t i = 0; i < 5; i++) {
        flow->stages[i].retries = TVN_LINK_FOREVER;
    }
}

#endif
