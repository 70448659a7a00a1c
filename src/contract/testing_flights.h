/* testing_flights.h -- the flow of contracts.md and pipeline-file.md.
 *
 *     departures -> validate -> enrich -> route
 *     route.analytics -> tally -> totals
 *     route.delivery -> announce -> delivery
 *
 * Stages 0..7: departures, validate, enrich, route, tally, announce, totals,
 * delivery.  Threads: none. */
#ifndef TVN_CONTRACT_TESTING_FLIGHTS_H
#define TVN_CONTRACT_TESTING_FLIGHTS_H

#include "contract/testing_link.h"

#define TVN_TESTING_DEPARTURE                                                  \
    "record { id: u64, time: u64, carrier: string, origin: string, dest: "     \
    "string, dep-delay: option<s32>, distance: u32 }"
#define TVN_TESTING_KIND "enum { major, regional, other }"
#define TVN_TESTING_AIRLINE                                                    \
    "record { name: string, kind: " TVN_TESTING_KIND " }"
#define TVN_TESTING_ENRICHED                                                   \
    "record { flight: " TVN_TESTING_DEPARTURE                                  \
    ", airline: string, kind: " TVN_TESTING_KIND ", late: bool }"
#define TVN_TESTING_TOTALS                                                     \
    "record { carrier: string, flights: u64, delay-sum: s64, delay-max: s32 }"
#define TVN_TESTING_NOTICE "record { id: u64, text: string, priority: u8 }"

/* The interface `events`, as a decoded package. */
static inline void
tvn_testing_flights_wit(struct tvn_testing_flow *flow)
{
    static const char *const texts[] = {
        "@shop:flights/events@1.0.0",
        "carrier-kind = " TVN_TESTING_KIND,
        "departure = " TVN_TESTING_DEPARTURE,
        "airline = " TVN_TESTING_AIRLINE,
        "enriched = " TVN_TESTING_ENRICHED,
        "totals = " TVN_TESTING_TOTALS,
        "notice = " TVN_TESTING_NOTICE,
        NULL,
    };
    struct tvn_wit *wit = tvn_arena_new(&flow->kit.arena, 1, sizeof(*wit));
    const struct tvn_wit **wits =
        tvn_arena_new(&flow->kit.arena, 1, sizeof(*wits));

    TVN_ASSERT(wit != NULL && wits != NULL);
    wit->interfaces =
        tvn_testing_externs(&flow->kit, texts, &wit->interface_count);
    wits[0] = wit;
    flow->input.wits = wits;
    flow->input.wit_count = 1;
}

static inline void
tvn_testing_flights_guests(struct tvn_testing_flow *flow)
{
    static const char *const enrich[] = {
        "init: func(config: record { default-airline: string, late-after: "
        "s32 }) -> result<_, string>",
        "process: func(event: " TVN_TESTING_DEPARTURE
        ") -> result<option<" TVN_TESTING_ENRICHED ">, string>",
        NULL};
    static const char *const airlines[] = {
        "airlines: func(carrier: string) -> option<" TVN_TESTING_AIRLINE ">",
        NULL};
    static const char *const tally[] = {
        "ingest: func(event: record { flight: record { carrier: string, "
        "dep-delay: option<s32> } })",
        "flush: func(window: record { start-ns: u64, end-ns: u64, reason: "
        "enum { time, count, end } }) -> list<" TVN_TESTING_TOTALS ">",
        NULL};
    static const struct tvn_str tables[] = {{"airlines", 8}};
    struct tvn_link_stage *stage;

    tvn_testing_guest1(flow, "validate",
        "evaluate: func(event: record { id: u64, dep-delay: option<s32>, "
        "distance: u32 }) -> bool");
    stage = tvn_testing_guest(flow, "enrich", enrich, airlines);
    stage->has_config = true;
    stage->tables = tables;
    stage->table_count = 1;
    stage->retries = 3;
    stage->backoff_min_ns = 10000000;
    stage->backoff_max_ns = 1000000000;
    stage->memory_max = 32u << 20;
    tvn_testing_guest1(flow, "route",
        "route: func(event: record { late: bool }) -> flags { analytics, "
        "delivery }");
    stage = tvn_testing_guest(flow, "tally", tally, NULL);
    stage->has_window = true;
    tvn_testing_guest1(flow, "announce",
        "process: func(event: " TVN_TESTING_ENRICHED
        ") -> " TVN_TESTING_NOTICE);
}

/* departures validate enrich route tally announce totals delivery */
static inline void
tvn_testing_flights(struct tvn_testing_flow *flow)
{
    struct tvn_link_stage *stage;
    struct tvn_link_edge *edge;

    tvn_testing_flow_init(flow);
    flow->input.flow = TVN_STR("flights");
    flow->input.has_dead_letter = true;
    tvn_testing_flights_wit(flow);
    stage = tvn_testing_source(flow, "departures", TVN_TESTING_DEPARTURE);
    stage->promise = TVN_PROMISE_AT_MOST_ONCE;
    stage->promise_why = "file without a checkpoint";
    stage->buffer_bytes = 256u << 10;
    tvn_testing_flights_guests(flow);
    stage = tvn_testing_sink(flow, "totals");
    stage->buffer_bytes = 64u << 10;
    stage = tvn_testing_sink(flow, "delivery");
    stage->connector = "http";
    stage->retries = TVN_LINK_FOREVER;
    stage->backoff_min_ns = 100000000;
    stage->backoff_max_ns = 30000000000;
    for (uint32_t i = 0; i < flow->input.stage_count; i++) {
        flow->stages[i].then = TVN_LINK_DEAD_LETTER;
    }
    tvn_testing_edge(flow, "departures -> validate");
    tvn_testing_edge(flow, "validate -> enrich");
    tvn_testing_edge(flow, "enrich -> route");
    tvn_testing_edge(flow, "route.analytics -> tally");
    tvn_testing_edge(flow, "tally -> totals");
    edge = tvn_testing_edge(flow, "route.delivery -> announce");
    edge->capacity = 1024;
    edge->overflow = TVN_LINK_DROP_OLDEST;
    edge = tvn_testing_edge(flow, "announce -> delivery");
    edge->bytes = 1u << 20;
    edge->overflow = TVN_LINK_RATE_LIMIT;
    edge->rate = 500;
    edge->burst = 50;
}

#endif
