/* stall_test.c -- which stages stand still with a sink, on small flows and on
 * the one of contracts.md; see link.h. */
#include "contract/link.h"

#include "base/mem.h"
#include "contract/testing_flights.h"
#include "contract/testing_link.h"

/* "delivery: announce | isolated": the stall of the sink at that row. */
static void
expect_stall(
    const struct tvn_testing_flow *flow, uint32_t row, const char *want)
{
    const struct tvn_link_stall *stall = &flow->link.stalls[row];
    struct tvn_buf buf = {0};

    TVN_ASSERT(row < flow->link.stall_count);
    tvn_buf_append_str(&buf, stall->sink == TVN_LINK_NONE
                                 ? TVN_STR("dead letter")
                                 : flow->stages[stall->sink].name);
    tvn_buf_append_byte(&buf, ':');
    for (uint32_t i = 0; i < stall->count; i++) {
        tvn_buf_append_byte(&buf, ' ');
        tvn_buf_append_str(&buf, flow->stages[stall->stages[i]].name);
    }
    tvn_buf_append_text(&buf, stall->is_isolated ? " | isolated" : " |");
    if (stall->stops_flow) {
        tvn_buf_printf(&buf, " stopped by %.*s",
            TVN_STR_ARG(flow->stages[stall->stopper].name));
    } else {
        TVN_ASSERT(stall->stopper == TVN_LINK_NONE);
    }
    tvn_testing_same_text(tvn_buf_str(&buf), want);
    tvn_buf_fini(&buf);
}

static void
dead_letters(struct tvn_testing_flow *flow)
{
    flow->input.has_dead_letter = true;
    for (uint32_t i = 0; i < flow->input.stage_count; i++) {
        flow->stages[i].then = TVN_LINK_DEAD_LETTER;
    }
}

static void
test_the_flights(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flights(&flow);
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.stall_count == 3);
    expect_stall(&flow, 0,
        "totals: departures validate enrich route tally announce delivery |");
    expect_stall(&flow, 1, "delivery: announce | isolated");
    expect_stall(&flow, 2,
        "dead letter: departures validate enrich route tally announce totals "
        "delivery |");
    TVN_ASSERT(flow.link.stalls[1].shares_thread);
    TVN_ASSERT(flow.link.stalls[1].deadline_ns == 100000000);
    TVN_ASSERT(!flow.link.stalls[2].shares_thread);
    tvn_testing_flow_fini(&flow);
}

static void
test_a_chain_stalls_itself_only(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(&flow, "a", TVN_TESTING_COPY);
    tvn_testing_sink(&flow, "out")->retries = TVN_LINK_FOREVER;
    tvn_testing_edge(&flow, "in -> a");
    tvn_testing_edge(&flow, "a -> out");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.stall_count == 1);
    expect_stall(&flow, 0, "out: in a | isolated");
    TVN_ASSERT(!flow.link.stalls[0].shares_thread); /* no others */
    tvn_testing_flow_fini(&flow);
}

static void
test_two_sinks_stall_each_other_when_all_blocks(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    tvn_testing_check_ok(&flow);
    expect_stall(&flow, 0, "x: in a b y |"); /* b and y are starved */
    expect_stall(&flow, 1, "y: in a b x |");
    tvn_testing_flow_fini(&flow);
}

static void
test_who_has_another_producer_goes_on(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    tvn_testing_source(&flow, "other", "u8");
    tvn_testing_edge(&flow, "other -> b");
    tvn_testing_check_ok(&flow);
    expect_stall(&flow, 0, "x: in a |");
    expect_stall(&flow, 1, "y: in a x other b |");
    tvn_testing_flow_fini(&flow);
}

static void
test_a_dropping_edge_isolates(void)
{
    static const enum tvn_link_overflow drops[] = {
        TVN_LINK_DROP_OLDEST, TVN_LINK_DROP_NEWEST};

    for (int i = 0; i < 2; i++) {
        struct tvn_testing_flow flow;

        tvn_testing_two_sinks(&flow);
        flow.edges[0].overflow = drops[i]; /* in -> a */
        tvn_testing_check_ok(&flow);
        expect_stall(&flow, 0, "x: a | isolated");
        expect_stall(&flow, 1, "y: in a b x |");
        tvn_testing_flow_fini(&flow);
        tvn_testing_two_sinks(&flow);
        flow.edges[1].overflow = drops[i]; /* a -> x */
        tvn_testing_check_ok(&flow);
        expect_stall(&flow, 0, "x: | isolated");
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_an_edge_limited_in_rate_holds_like_one_that_blocks(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    flow.edges[0].overflow = TVN_LINK_RATE_LIMIT;
    flow.edges[0].rate = 10;
    tvn_testing_check_ok(&flow);
    expect_stall(&flow, 0, "x: in a b y |");
    tvn_testing_flow_fini(&flow);
}

static void
test_an_edge_that_refuses_does_what_on_error_says(void)
{
    static const struct {
        uint32_t retries;
        enum tvn_link_then then;
        const char *stall;
    } rows[] = {
        {0, TVN_LINK_DEAD_LETTER, "x: a | isolated"},
        {0, TVN_LINK_DROP, "x: a | isolated"},
        {0, TVN_LINK_STOP, "x: a | stopped by in"},
        {3, TVN_LINK_DEAD_LETTER, "x: in a b y |"}, /* held meanwhile */
        {3, TVN_LINK_STOP, "x: in a b y | stopped by in"},
        {TVN_LINK_FOREVER, TVN_LINK_STOP, "x: in a b y |"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_testing_flow flow;

        tvn_testing_two_sinks(&flow);
        flow.input.has_dead_letter = true;
        flow.edges[0].overflow = TVN_LINK_ERROR; /* in -> a */
        flow.stages[0].retries = rows[i].retries;
        flow.stages[0].then = rows[i].then;
        tvn_testing_check_ok(&flow);
        expect_stall(&flow, 0, rows[i].stall);
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_a_sink_that_stops_the_flow_is_not_isolated(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    flow.edges[0].overflow = TVN_LINK_DROP_OLDEST;
    flow.stages[3].retries = 5; /* x: then stop */
    tvn_testing_check_ok(&flow);
    expect_stall(&flow, 0, "x: a | stopped by x");
    tvn_testing_flow_fini(&flow);
}

static void
test_a_diamond_ends_in_one_sink(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(
        &flow, "route", "route: func(event: u8) -> enum { left, right }");
    tvn_testing_guest1(&flow, "a", TVN_TESTING_COPY);
    tvn_testing_guest1(&flow, "b", TVN_TESTING_COPY);
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> route");
    tvn_testing_edge(&flow, "route.left -> a");
    tvn_testing_edge(&flow, "route.right -> b");
    tvn_testing_edge(&flow, "a -> out");
    tvn_testing_edge(&flow, "b -> out")->overflow = TVN_LINK_DROP_NEWEST;
    dead_letters(&flow);
    tvn_testing_check_ok(&flow);
    /* A router may wait for its left branch: then the right one starves. */
    expect_stall(&flow, 0, "out: in route a b | isolated");
    expect_stall(&flow, 1, "dead letter: in route a b out |");
    TVN_ASSERT(flow.link.promise_count == 1);
    TVN_ASSERT(flow.link.promise == TVN_PROMISE_AT_MOST_ONCE);
    TVN_ASSERT(strcmp(flow.link.promises[0].why, "b -> out: drop-newest") == 0);
    tvn_testing_flow_fini(&flow);
}

static void
test_a_dead_letter_that_nobody_uses_stalls_nobody(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    flow.input.has_dead_letter = true;
    tvn_testing_check_ok(&flow);
    expect_stall(&flow, 2, "dead letter: | isolated");
    tvn_testing_flow_fini(&flow);
    tvn_testing_two_sinks(&flow);
    flow.input.has_dead_letter = true;
    flow.edges[0].overflow = TVN_LINK_DROP_OLDEST;
    flow.stages[1].then = TVN_LINK_DEAD_LETTER; /* a alone */
    tvn_testing_check_ok(&flow);
    expect_stall(&flow, 2, "dead letter: a x |");
    tvn_testing_flow_fini(&flow);
}

static void
test_a_thread_is_shared_with_those_outside_the_branch(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    flow.stages[1].thread = "slow"; /* a, x */
    flow.stages[3].thread = "slow";
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(!flow.link.stalls[0].shares_thread);
    TVN_ASSERT(flow.link.stalls[1].shares_thread); /* b runs beside in */
    TVN_ASSERT(flow.link.stalls[1].deadline_ns == 100000000);
    tvn_testing_flow_fini(&flow);

    tvn_testing_two_sinks(&flow);
    flow.stages[1].thread = "slow";
    flow.stages[2].thread = "slow"; /* a and b together */
    flow.stages[1].deadline_ns = 0; /* and a has no deadline */
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.stalls[0].shares_thread);
    TVN_ASSERT(flow.link.stalls[0].deadline_ns == 0);
    TVN_ASSERT(flow.link.stalls[1].deadline_ns == 100000000);
    tvn_testing_flow_fini(&flow);

    tvn_testing_two_sinks(&flow);
    tvn_testing_guest1(&flow, "c", TVN_TESTING_COPY)->deadline_ns = 0;
    tvn_testing_edge(&flow, "a -> c");
    tvn_testing_edge(&flow, "c -> x");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.stalls[1].sink == 3); /* x, ready behind y */
    TVN_ASSERT(flow.link.stalls[1].shares_thread);
    TVN_ASSERT(flow.link.stalls[1].deadline_ns == 0); /* c has none */
    tvn_testing_flow_fini(&flow);
}

int
main(void)
{
    test_the_flights();
    test_a_chain_stalls_itself_only();
    test_two_sinks_stall_each_other_when_all_blocks();
    test_who_has_another_producer_goes_on();
    test_a_dropping_edge_isolates();
    test_an_edge_limited_in_rate_holds_like_one_that_blocks();
    test_an_edge_that_refuses_does_what_on_error_says();
    test_a_sink_that_stops_the_flow_is_not_isolated();
    test_a_diamond_ends_in_one_sink();
    test_a_dead_letter_that_nobody_uses_stalls_nobody();
    test_a_thread_is_shared_with_those_outside_the_branch();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
