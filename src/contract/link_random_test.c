/* link_random_test.c -- random flows against the definitions written down
 * plainly, and the largest flow there may be.
 *
 * The seed is printed; give it as the first argument to run it again. */
#include "contract/link.h"

#include "base/mem.h"
#include "base/rng.h"
#include "contract/testing_link.h"

#include <stdio.h>
#include <stdlib.h>

#define FLOWS      400
#define STAGES_MAX 12u

struct plain {
    const struct tvn_testing_flow *flow;
    uint32_t count;
    bool reach[STAGES_MAX][STAGES_MAX]; /* by edges, itself included */
    bool still[STAGES_MAX];
};

static bool
is_sink(const struct plain *plain, uint32_t stage)
{
    return plain->flow->stages[stage].kind == TVN_LINK_SINK;
}

/* Sources first, then processors, sinks last; edges lead forward in a random
 * order of names and lines. */
static void
make_flow(struct tvn_testing_flow *flow, struct tvn_rng *rng)
{
    static const char *const names[STAGES_MAX] = {
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    static char texts[TVN_TESTING_FLOW_MAX][8];
    uint32_t count = 4 + (uint32_t)tvn_rng_below(rng, STAGES_MAX - 3);
    uint32_t sources = 1 + (uint32_t)tvn_rng_below(rng, 2);
    uint32_t sinks = 1 + (uint32_t)tvn_rng_below(rng, 2);
    bool linked[STAGES_MAX][STAGES_MAX] = {{false}};

    tvn_testing_flow_init(flow);
    flow->input.has_dead_letter = true;
    for (uint32_t i = 0; i < count; i++) {
        struct tvn_link_stage *stage;

        if (i < sources) {
            stage = tvn_testing_source(flow, names[i], "u8");
        } else if (i >= count - sinks) {
            stage = tvn_testing_sink(flow, names[i]);
        } else {
            stage = tvn_testing_guest1(
                flow, names[i], "process: func(event: u8) -> u8");
        }
        stage->then = (enum tvn_link_then)tvn_rng_below(rng, 3);
        stage->retries = tvn_rng_below(rng, 2) == 0   ? 0
                         : tvn_rng_below(rng, 2) == 0 ? 3
                                                      : TVN_LINK_FOREVER;
    }
    /* Each but a source has a producer, each but a sink a consumer. */
    for (uint32_t i = sources; i < count; i++) {
        uint32_t end = i < count - sinks ? i : count - sinks;

        linked[tvn_rng_below(rng, end)][i] = true;
    }
    for (uint32_t i = 0; i < count - sinks; i++) {
        uint32_t first = i + 1 > sources ? i + 1 : sources;

        linked[i][first + tvn_rng_below(rng, count - first)] = true;
    }
    for (uint32_t i = 0; i < count * count; i++) {
        uint32_t from = i / count;
        uint32_t to = i % count;
        uint32_t edge = flow->input.edge_count;

        if (linked[from][to] && edge < TVN_TESTING_FLOW_MAX) {
            (void)snprintf(texts[edge], sizeof(texts[edge]), "%s -> %s",
                names[from], names[to]);
            tvn_testing_edge(flow, texts[edge])->overflow =
                (enum tvn_link_overflow)tvn_rng_below(rng, 5);
        }
    }
}

static void
find_reach(struct plain *plain)
{
    const struct tvn_link *link = &plain->flow->link;

    for (uint32_t i = 0; i < plain->count; i++) {
        plain->reach[i][i] = true;
    }
    for (uint32_t round = 0; round < plain->count; round++) {
        for (uint32_t e = 0; e < link->input->edge_count; e++) {
            for (uint32_t i = 0; i < plain->count; i++) {
                plain->reach[link->edges[e].from][i] |=
                    plain->reach[link->edges[e].to][i];
            }
        }
    }
}

/* The sink that it reaches, when it is only one. */
static uint32_t
only_sink(const struct plain *plain, uint32_t stage)
{
    uint32_t only = TVN_LINK_NONE;

    for (uint32_t i = 0; i < plain->count; i++) {
        if (plain->reach[stage][i] && is_sink(plain, i)) {
            if (only != TVN_LINK_NONE) {
                return TVN_LINK_NONE;
            }
            only = i;
        }
    }
    return only;
}

static bool
waits(const struct plain *plain, uint32_t edge)
{
    const struct tvn_testing_flow *flow = plain->flow;
    enum tvn_link_overflow overflow = flow->edges[edge].overflow;

    return overflow == TVN_LINK_BLOCK || overflow == TVN_LINK_RATE_LIMIT ||
           (overflow == TVN_LINK_ERROR &&
               flow->stages[flow->link.edges[edge].from].retries > 0);
}

/* Rounds until nothing changes: first who waits, then who is starved. */
static void
find_still(struct plain *plain, uint32_t sink)
{
    const struct tvn_link *link = &plain->flow->link;

    for (uint32_t i = 0; i < plain->count; i++) {
        plain->still[i] = sink == TVN_LINK_NONE ? plain->flow->stages[i].then ==
                                                      TVN_LINK_DEAD_LETTER
                                                : i == sink;
    }
    for (uint32_t round = 0; round < plain->count; round++) {
        for (uint32_t e = 0; e < link->input->edge_count; e++) {
            plain->still[link->edges[e].from] |=
                plain->still[link->edges[e].to] && waits(plain, e);
        }
    }
    for (uint32_t round = 0; round < plain->count; round++) {
        for (uint32_t i = 0; i < plain->count; i++) {
            bool is_fed = plain->flow->stages[i].kind == TVN_LINK_SOURCE;

            for (uint32_t e = 0; e < link->input->edge_count; e++) {
                is_fed |= link->edges[e].to == i &&
                          !plain->still[link->edges[e].from];
            }
            plain->still[i] |= !is_fed;
        }
    }
}

static bool
stops(const struct tvn_link_stage *stage)
{
    return stage->then == TVN_LINK_STOP && stage->retries != TVN_LINK_FOREVER;
}

static void
compare_stall(struct plain *plain, const struct tvn_link_stall *stall)
{
    const struct tvn_testing_flow *flow = plain->flow;
    bool listed[STAGES_MAX] = {false};
    bool is_isolated = true;
    bool stops_flow =
        stall->sink != TVN_LINK_NONE && stops(&flow->stages[stall->sink]);

    find_still(plain, stall->sink);
    for (uint32_t e = 0; e < flow->input.edge_count; e++) {
        const struct tvn_link_edge_info *info = &flow->link.edges[e];

        stops_flow |= flow->edges[e].overflow == TVN_LINK_ERROR &&
                      plain->still[info->to] &&
                      stops(&flow->stages[info->from]);
    }
    for (uint32_t i = 0; i < stall->count; i++) {
        TVN_ASSERT(!listed[stall->stages[i]]);
        listed[stall->stages[i]] = true;
    }
    for (uint32_t i = 0; i < plain->count; i++) {
        if (i == stall->sink) {
            TVN_ASSERT(!listed[i]);
            continue;
        }
        TVN_ASSERT(listed[i] == plain->still[i]);
        is_isolated &=
            !plain->still[i] || (stall->sink != TVN_LINK_NONE &&
                                    only_sink(plain, i) == stall->sink);
    }
    TVN_ASSERT(stall->stops_flow == stops_flow);
    TVN_ASSERT(stall->is_isolated == (is_isolated && !stops_flow));
}

static void
compare_order(const struct tvn_link *link)
{
    uint32_t at[STAGES_MAX] = {0};

    TVN_ASSERT(link->order_count == link->input->stage_count);
    for (uint32_t i = 0; i < link->order_count; i++) {
        at[link->order[i]] = i;
    }
    for (uint32_t e = 0; e < link->input->edge_count; e++) {
        TVN_ASSERT(at[link->edges[e].from] < at[link->edges[e].to]);
    }
}

static void
compare_promises(const struct plain *plain)
{
    const struct tvn_link *link = &plain->flow->link;
    uint32_t pairs = 0;

    for (uint32_t i = 0; i < plain->count; i++) {
        for (uint32_t k = 0; k < plain->count; k++) {
            pairs += plain->flow->stages[i].kind == TVN_LINK_SOURCE &&
                     is_sink(plain, k) && plain->reach[i][k];
        }
    }
    TVN_ASSERT(link->promise_count == pairs);
    for (uint32_t i = 0; i < pairs; i++) {
        const struct tvn_link_promise *promise = &link->promises[i];
        enum tvn_promise want = TVN_PROMISE_AT_LEAST_ONCE;

        for (uint32_t s = 0; s < plain->count; s++) {
            if (plain->reach[promise->source][s] &&
                plain->reach[s][promise->sink] &&
                plain->flow->stages[s].then == TVN_LINK_DROP) {
                want = TVN_PROMISE_AT_MOST_ONCE;
            }
        }
        for (uint32_t e = 0; e < link->input->edge_count; e++) {
            enum tvn_link_overflow overflow = plain->flow->edges[e].overflow;

            if (plain->reach[promise->source][link->edges[e].from] &&
                plain->reach[link->edges[e].to][promise->sink] &&
                (overflow == TVN_LINK_DROP_OLDEST ||
                    overflow == TVN_LINK_DROP_NEWEST)) {
                want = TVN_PROMISE_AT_MOST_ONCE;
            }
        }
        TVN_ASSERT(promise->level == want);
    }
}

static void
test_random_flows_agree_with_the_definitions(uint64_t seed)
{
    struct tvn_rng rng = {seed};

    for (int n = 0; n < FLOWS; n++) {
        struct tvn_testing_flow flow;
        struct plain plain = {.flow = &flow};

        make_flow(&flow, &rng);
        plain.count = flow.input.stage_count;
        tvn_testing_check_ok(&flow);
        find_reach(&plain);
        compare_order(&flow.link);
        compare_promises(&plain);
        for (uint32_t i = 0; i < flow.link.stall_count; i++) {
            compare_stall(&plain, &flow.link.stalls[i]);
        }
        tvn_testing_flow_fini(&flow);
    }
}

/* 2048 sources and as many sinks, eight edges from each to each: all limits at
 * once. */
static void
test_the_largest_flow(void)
{
    const uint32_t half = TVN_LINK_STAGES_MAX / 2;
    const uint32_t ways = TVN_LINK_EDGES_MAX / half;
    struct tvn_testing_kit kit;
    struct tvn_link_input input = {.max_event = 1u << 20};
    struct tvn_link_stage *stages;
    struct tvn_link_edge *edges;
    struct tvn_link link;

    tvn_testing_kit_init(&kit);
    stages = tvn_arena_new(&kit.arena, TVN_LINK_STAGES_MAX, sizeof(*stages));
    edges = tvn_arena_new(&kit.arena, TVN_LINK_EDGES_MAX, sizeof(*edges));
    TVN_ASSERT(stages != NULL && edges != NULL);
    for (uint32_t i = 0; i < TVN_LINK_STAGES_MAX; i++) {
        stages[i].kind = i < half ? TVN_LINK_SOURCE : TVN_LINK_SINK;
        stages[i].type = tvn_testing_scalar(kit.types, TVN_KIND_U8);
        stages[i].name =
            tvn_str_of(tvn_arena_printf(&kit.arena, "stage%u", (unsigned)i));
    }
    for (uint32_t i = 0; i < TVN_LINK_EDGES_MAX; i++) {
        edges[i].from = stages[i / ways].name;
        edges[i].to = stages[half + (i / ways + i % ways * 7) % half].name;
        edges[i].capacity = 1;
        edges[i].bytes = 128;
    }
    input.stages = stages;
    input.stage_count = TVN_LINK_STAGES_MAX;
    input.edges = edges;
    input.edge_count = TVN_LINK_EDGES_MAX;
    TVN_ASSERT(tvn_link_check(&input, &link, NULL) == TVN_OK);
    TVN_ASSERT(link.has_proofs && link.stall_count == half);
    TVN_ASSERT(link.promise_count == TVN_LINK_EDGES_MAX);
    TVN_ASSERT(link.memory_total == TVN_LINK_EDGES_MAX * 128);
    tvn_link_fini(&link);
    tvn_testing_kit_fini(&kit);
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20261;

    printf("seed %llu\n", (unsigned long long)seed);
    test_random_flows_agree_with_the_definitions(seed);
    test_the_largest_flow();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
