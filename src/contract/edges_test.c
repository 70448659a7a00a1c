/* edges_test.c -- the type that each edge carries, its verdict and its text;
 * see link.h. */
#include "contract/link.h"

#include "base/mem.h"
#include "contract/testing_flights.h"
#include "contract/testing_link.h"

#define R TVN_TESTING_PAIR

/* One edge from a source to a guest or sink, and its text. */
static const struct {
    const char *type, *func; /* NULL: a native sink */
    const char *codec, *sink_codec, *sink_type;
    enum tvn_link_verdict verdict;
    const char *text;
    bool is_shared;
} verdicts[] = {
    {R, "process: func(event: " R ") -> u8", NULL, NULL, NULL, TVN_LINK_SAME,
        "record, 16 B", false},
    {"u64", "process: func(event: u64) -> u8", NULL, NULL, NULL, TVN_LINK_SAME,
        "u64, 8 B", false},
    {R, "evaluate: func(event: " R ") -> bool", NULL, NULL, NULL, TVN_LINK_SAME,
        "record, 16 B, shared image", true},
    {R, "process: func(event: record { id: u64 }) -> u8", NULL, NULL, NULL,
        TVN_LINK_VIEW, "id: u64, 8 of 16 B", false},
    {R, "evaluate: func(event: record { id: u64 }) -> bool", NULL, NULL, NULL,
        TVN_LINK_VIEW, "id: u64, 8 of 16 B, shared image", true},
    {"record { a: u8, b: u8, c: u8, d: u8, e: u8, f: u8 }",
        "process: func(event: record { a: u8, b: u8, c: u8, d: u8, e: u8 "
        "}) -> u8",
        NULL, NULL, NULL, TVN_LINK_VIEW,
        "a: u8, b: u8, c: u8, d: u8, ..., 5 of 6 B", false},
    {"record { in: record { a: u32, b: u32 }, c: u8 }",
        "process: func(event: record { in: record { b: u32 } }) -> u8", NULL,
        NULL, NULL, TVN_LINK_VIEW, "in.b: u32, 4 of 12 B", false},
    {"record { in: record { a: u32, b: u32 } }",
        "process: func(event: record { in: record { b: u32 } }) -> u8", NULL,
        NULL, NULL, TVN_LINK_VIEW, "in.b: u32, 4 of 8 B", false},
    {"tuple<option<record { identifier: u64, other: u8 }>>",
        "process: func(event: tuple<option<record { identifier: u64, other: "
        "u8 }>>) -> u8",
        NULL, NULL, NULL, TVN_LINK_SAME, "tuple, 24 B", false},
    {"u32", "process: func(event: u64) -> u8", NULL, NULL, NULL, TVN_LINK_VIEW,
        "read as u64, 8 B", false},
    {R,
        "process: func(event: record { id: u64, name: string, more: "
        "option<u8> }) -> u8",
        NULL, NULL, NULL, TVN_LINK_VIEW,
        "read as record, 24 B, always none: more", false},
    {R, "process: func(event: record { id: u64, more: option<u8> }) -> u8",
        NULL, NULL, NULL, TVN_LINK_VIEW,
        "id: u64, 16 of 16 B, always none: more", false},
    {R, "evaluate: func(meta: record { key: u64 }) -> bool", NULL, NULL, NULL,
        TVN_LINK_SAME, "metadata only, shared image", true},
    {R, NULL, NULL, "json", NULL, TVN_LINK_CODEC, "whole value, codec json",
        false},
    {R, NULL, NULL, NULL, NULL, TVN_LINK_SAME, "whole value", false},
    {R, NULL, NULL, "json", "record { id: u64 }", TVN_LINK_VIEW,
        "id: u64, 8 of 16 B, codec json", false},
    {R, NULL, NULL, NULL, R, TVN_LINK_SAME, "record, 16 B", false},
    {"list<u8>", "process: func(event: " R ") -> u8", "json", NULL, NULL,
        TVN_LINK_CODEC, "list<u8> as record, codec json", false},
    {R, "process: func(event: list<u8>) -> u8", "json", NULL, NULL,
        TVN_LINK_CODEC, "record as list<u8>, codec json", false},
    {R, NULL, "json", NULL, NULL, TVN_LINK_CODEC, "whole value, codec json",
        false},
};

static void
test_every_verdict_has_its_text(void)
{
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        struct tvn_testing_flow flow;
        struct tvn_link_stage *sink;
        const struct tvn_link_edge_info *info;

        tvn_testing_flow_init(&flow);
        tvn_testing_source(&flow, "in", verdicts[i].type);
        sink = tvn_testing_sink(&flow, "out");
        sink->codec = verdicts[i].sink_codec;
        if (verdicts[i].sink_type != NULL) {
            sink->type =
                tvn_testing_parse(flow.kit.types, verdicts[i].sink_type);
        }
        if (verdicts[i].func == NULL) {
            tvn_testing_edge(&flow, "in -> out");
        } else {
            tvn_testing_guest1(&flow, "work", verdicts[i].func);
            tvn_testing_edge(&flow, "in -> work");
            tvn_testing_edge(&flow, "work -> out");
        }
        flow.edges[0].codec = verdicts[i].codec;
        tvn_testing_check_ok(&flow);
        info = &flow.link.edges[0];
        tvn_testing_same_text(tvn_str_of(info->text), verdicts[i].text);
        TVN_ASSERT(info->verdict == verdicts[i].verdict);
        TVN_ASSERT(info->is_shared == verdicts[i].is_shared);
        TVN_ASSERT(info->carried == flow.stages[0].type);
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_behind_a_filter_and_a_router_the_whole_type_goes_on(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flights(&flow);
    tvn_testing_check_ok(&flow);
    tvn_testing_same_text(tvn_str_of(flow.link.edges[0].text),
        "id: u64, dep-delay: option<s32>, distance: u32, 24 of 56 B, shared "
        "image");
    tvn_testing_same_text(
        tvn_str_of(flow.link.edges[1].text), "departure, 56 B");
    tvn_testing_same_text(tvn_str_of(flow.link.edges[2].text),
        "late: bool, 1 of 72 B, shared image");
    tvn_testing_same_text(tvn_str_of(flow.link.edges[3].text),
        "flight.carrier: string, flight.dep-delay: option<s32>, 16 of 72 B");
    tvn_testing_same_text(
        tvn_str_of(flow.link.edges[4].text), "whole value, codec json");
    tvn_testing_same_text(
        tvn_str_of(flow.link.edges[5].text), "enriched, 72 B");
    TVN_ASSERT(flow.link.edges[3].carried == flow.link.edges[2].carried);
    TVN_ASSERT(flow.link.edges[4].carried == flow.stages[4].role->output);
    tvn_testing_flow_fini(&flow);
}

static bool
find_place(const void *env, struct tvn_str path, struct tvn_place *place)
{
    static const struct {
        const char *path;
        uint32_t line;
    } rows[] = {
        {"shop:flights/events.departure.dep-delay", 7},
        {"shop:flights/events.enriched.flight", 12},
        {"shop:flights/count.leg.dep-delay", 3},
    };

    (void)env;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (tvn_str_is(path, rows[i].path)) {
            *place = (struct tvn_place){"wit/a.wit", rows[i].line, 5, NULL};
            return true;
        }
    }
    return false;
}

/* in -> route (passes) -> count: what is at odds stands in two files. */
static void
begin_incompatible(struct tvn_testing_flow *flow, struct tvn_wit_world *world)
{
    static const char *const types[] = {
        "leg = record { dep-delay: option<s16> }", NULL};
    struct tvn_link_stage *stage;

    tvn_testing_flow_init(flow);
    tvn_testing_flights_wit(flow);
    tvn_testing_source(flow, "in", TVN_TESTING_ENRICHED);
    tvn_testing_guest1(flow, "route",
        "route: func(event: record { late: bool }) -> enum { all }");
    stage = tvn_testing_guest1(flow, "count",
        "process: func(event: record { flight: record { dep-delay: "
        "option<s16> } }) -> u64");
    tvn_testing_sink(flow, "out");
    tvn_testing_edge(flow, "in -> route");
    tvn_testing_edge(flow, "route.all -> count");
    tvn_testing_edge(flow, "count -> out");
    world->name = TVN_STR("count");
    world->package = TVN_STR("shop:flights@1.0.0");
    world->types = tvn_testing_externs(&flow->kit, types, &world->type_count);
    stage->world = world;
}

static void
test_an_incompatible_edge_shows_both_sides(void)
{
    static const struct tvn_places places = {find_place, NULL};
    struct tvn_testing_flow flow;
    struct tvn_wit_world world = {0};

    begin_incompatible(&flow, &world);
    flow.input.places = &places;
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELINK_TYPES);
    TVN_ASSERT(flow.link.edges[1].verdict == TVN_LINK_INCOMPATIBLE);
    TVN_ASSERT(!flow.link.edges[1].is_shared);
    TVN_ASSERT(flow.link.has_proofs); /* all types are known */
    tvn_testing_same_text(tvn_str_of(flow.link.edges[1].text),
        ".flight.dep-delay: producer option<s32>, consumer option<s16>");
    tvn_link_fini(&flow.link);
    tvn_diag_fini(&flow.diag);
    tvn_testing_expect(&flow, TVN_ELINK_TYPES,
        "torvyn.yaml:41:5: error[E0203]: route.all -> count: "
        ".flight.dep-delay: producer option<s32>, consumer option<s16>\n"
        "  wit/a.wit:7:5: in sends option<s32>\n"
        "  wit/a.wit:3:5: count reads option<s16>\n"
        "help: numbers can be read wider than they are, never narrower\n");
}

static void
test_without_places_the_types_are_printed(void)
{
    struct tvn_testing_flow flow;
    struct tvn_wit_world world = {0};

    begin_incompatible(&flow, &world);
    tvn_testing_expect(&flow, TVN_ELINK_TYPES,
        "torvyn.yaml:41:5: error[E0203]: route.all -> count: "
        ".flight.dep-delay: producer option<s32>, consumer option<s16>\n"
        "  in sends option<s32>: record { flight: record { id: u64, time: "
        "u64, carrier: string, origin: string, ... }, airline: string, kind: "
        "enum { major, regional, other }, late: bool }\n"
        "  count reads option<s16>: process: func(event: record { flight: "
        "record { dep-delay: option<s16> } }) -> u64\n"
        "help: numbers can be read wider than they are, never narrower\n");
}

static void
test_an_aggregator_is_quoted_by_its_flush(void)
{
    static const char *const count[] = {
        "ingest: func(event: u8)", "flush: func() -> u64", NULL};
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest(&flow, "count", count, NULL);
    tvn_testing_guest1(&flow, "out", "push: func(event: string)");
    tvn_testing_edge(&flow, "in -> count");
    tvn_testing_edge(&flow, "count -> out");
    tvn_testing_expect(&flow, TVN_ELINK_TYPES,
        "torvyn.yaml:41:5: error[E0203]: count -> out: producer u64, consumer "
        "string\n"
        "  count sends u64: flush: func() -> u64\n"
        "  out reads string: push: func(event: string)\n");
}

static void
test_an_aggregator_reads_by_its_ingest(void)
{
    static const char *const count[] = {
        "ingest: func(event: u8)", "flush: func() -> u64", NULL};
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "string");
    tvn_testing_guest(&flow, "count", count, NULL);
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> count");
    tvn_testing_edge(&flow, "count -> out");
    tvn_testing_expect(&flow, TVN_ELINK_TYPES,
        "torvyn.yaml:40:5: error[E0203]: in -> count: producer string, "
        "consumer u8\n"
        "  in sends string: string\n"
        "  count reads u8: ingest: func(event: u8)\n");
}

/* A name that the stage's own world gives comes before a package's. */
static void
test_types_go_by_the_names_of_the_world(void)
{
    static const char *const types[] = {"mine = record { id: u64 }", NULL};
    struct tvn_testing_flow flow;
    struct tvn_wit_world world = {0};

    tvn_testing_flow_init(&flow);
    tvn_testing_guest1(
        &flow, "in", "pull: func() -> option<record { id: u64 }>");
    tvn_testing_guest1(&flow, "out", "push: func(event: record { id: u64 })");
    tvn_testing_edge(&flow, "in -> out");
    world.types = tvn_testing_externs(&flow.kit, types, &world.type_count);
    flow.stages[0].world = &world;
    tvn_testing_check_ok(&flow);
    tvn_testing_same_text(tvn_str_of(flow.link.edges[0].text), "mine, 8 B");
    tvn_testing_flow_fini(&flow);
}

static void
test_misspelt_fields_get_a_suggestion(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    flow.stages[1].role = NULL;
    tvn_testing_guest1(
        &flow, "late", "push: func(event: record { nmae: option<string> })");
    flow.stages[1] = flow.stages[3];
    flow.input.stage_count = 2;
    tvn_testing_edge(&flow, "in -> late");
    tvn_testing_expect(&flow, TVN_ELINK_TYPES,
        "torvyn.yaml:40:5: error[E0203]: in -> late: .nmae: producer nothing, "
        "consumer option<string>\n"
        "  in sends nothing: record { id: u64, name: string }\n"
        "  late reads option<string>: push: func(event: record { nmae: "
        "option<string> })\n"
        "help: did you mean 'name'?\n");
}

static void
test_bytes_need_a_codec(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "list<u8>");
    tvn_testing_guest1(&flow, "out", "push: func(event: u64)");
    tvn_testing_edge(&flow, "in -> out");
    tvn_testing_expect(&flow, TVN_ELINK_TYPES,
        "torvyn.yaml:40:5: error[E0203]: in -> out: producer list<u8>, "
        "consumer u64\n"
        "  in sends list<u8>: list<u8>\n"
        "  out reads u64: push: func(event: u64)\n"
        "help: bytes need a codec: add `codec: json` to the edge\n");
}

static void
test_a_codec_needs_bytes_on_one_side(void)
{
    static const struct {
        const char *type, *func, *text;
    } rows[] = {
        {"u64", "push: func(event: u64)",
            "torvyn.yaml:40:5: error[E0203]: in -> out: codec json joins "
            "list<u8> and a type; neither side is list<u8>\n"
            "  in sends u64: u64\n"
            "  out reads u64: push: func(event: u64)\n"
            "help: take `codec:` off the edge\n"},
        {"list<u8>", "push: func(event: list<u8>)",
            "torvyn.yaml:40:5: error[E0203]: in -> out: codec json joins "
            "list<u8> and a type; both sides are list<u8>\n"
            "  in sends list<u8>: list<u8>\n"
            "  out reads list<u8>: push: func(event: list<u8>)\n"
            "help: take `codec:` off the edge\n"},
        {"list<u8>", NULL,
            "torvyn.yaml:40:5: error[E0203]: in -> out: codec json joins "
            "list<u8> and a type; the consumer takes any type, so there is "
            "none to decode to\n"
            "help: take `codec:` off the edge\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_testing_flow flow;

        tvn_testing_flow_init(&flow);
        tvn_testing_source(&flow, "in", rows[i].type);
        if (rows[i].func == NULL) {
            tvn_testing_sink(&flow, "out");
        } else {
            tvn_testing_guest1(&flow, "out", rows[i].func);
        }
        tvn_testing_edge(&flow, "in -> out")->codec = "json";
        tvn_testing_expect(&flow, TVN_ELINK_TYPES, rows[i].text);
    }
}

static void
test_a_codec_before_metadata_has_nothing_to_do(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "list<u8>");
    tvn_testing_guest1(
        &flow, "keep", "evaluate: func(meta: record { key: u64 }) -> bool");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> keep")->codec = "json";
    tvn_testing_edge(&flow, "keep -> out");
    tvn_testing_expect(&flow, TVN_ELINK_TYPES,
        "torvyn.yaml:40:5: error[E0203]: in -> keep: codec json joins "
        "list<u8> and a type; the consumer looks at metadata only\n"
        "help: take `codec:` off the edge\n");
}

/* Behind a codec the decoded type goes on. */
static void
test_a_filter_behind_a_codec_passes_what_was_decoded(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "list<u8>");
    tvn_testing_guest1(&flow, "keep", "evaluate: func(event: " R ") -> bool");
    tvn_testing_guest1(&flow, "out", "push: func(event: " R ")");
    tvn_testing_edge(&flow, "in -> keep")->codec = "json";
    tvn_testing_edge(&flow, "keep -> out");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.edges[0].verdict == TVN_LINK_CODEC);
    TVN_ASSERT(!flow.link.edges[0].is_shared); /* it is made anew */
    TVN_ASSERT(flow.link.edges[1].verdict == TVN_LINK_SAME);
    TVN_ASSERT(flow.link.edges[1].carried == flow.stages[1].role->event);
    tvn_testing_flow_fini(&flow);
}

static void
test_into_a_filter_edges_carry_one_type(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "a", R);
    tvn_testing_source(&flow, "b", "record { id: u64 }");
    tvn_testing_source(&flow, "c", R);
    tvn_testing_guest1(
        &flow, "keep", "evaluate: func(event: record { id: u64 }) -> bool");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "a -> keep");
    tvn_testing_edge(&flow, "b -> keep");
    tvn_testing_edge(&flow, "c -> keep");
    tvn_testing_edge(&flow, "keep -> out");
    tvn_testing_expect(&flow, TVN_ELINK_MIXED,
        "torvyn.yaml:41:5: error[E0215]: b -> keep: it carries record { id: "
        "u64 } into a filter that is fed record { id: u64, name: string } "
        "already\n"
        "  torvyn.yaml:40:5: a -> keep: the first\n"
        "help: what comes into a filter goes out of it as it is: it must be "
        "one type\n");
}

static void
test_into_a_processor_edges_are_checked_one_by_one(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "a", R);
    tvn_testing_source(&flow, "b", "record { id: u64 }");
    tvn_testing_guest1(&flow, "out", "push: func(event: record { id: u64 })");
    tvn_testing_edge(&flow, "a -> out");
    tvn_testing_edge(&flow, "b -> out");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.edges[0].verdict == TVN_LINK_VIEW);
    TVN_ASSERT(flow.link.edges[1].verdict == TVN_LINK_SAME);
    TVN_ASSERT(flow.link.stages[2].in == NULL); /* they do not agree */
    tvn_testing_flow_fini(&flow);

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "a", R);
    tvn_testing_source(&flow, "b", NULL); /* could not be read */
    tvn_testing_guest1(&flow, "out", "push: func(event: record { id: u64 })");
    tvn_testing_edge(&flow, "a -> out");
    tvn_testing_edge(&flow, "b -> out");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_OK);
    TVN_ASSERT(flow.link.stages[2].in == NULL); /* one is not known */
    TVN_ASSERT(!flow.link.has_proofs);
    tvn_testing_flow_fini(&flow);
}

int
main(void)
{
    test_every_verdict_has_its_text();
    test_behind_a_filter_and_a_router_the_whole_type_goes_on();
    test_an_incompatible_edge_shows_both_sides();
    test_without_places_the_types_are_printed();
    test_an_aggregator_is_quoted_by_its_flush();
    test_an_aggregator_reads_by_its_ingest();
    test_types_go_by_the_names_of_the_world();
    test_misspelt_fields_get_a_suggestion();
    test_bytes_need_a_codec();
    test_a_codec_needs_bytes_on_one_side();
    test_a_codec_before_metadata_has_nothing_to_do();
    test_a_filter_behind_a_codec_passes_what_was_decoded();
    test_into_a_filter_edges_carry_one_type();
    test_into_a_processor_edges_are_checked_one_by_one();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
