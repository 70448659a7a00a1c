/* proofs_test.c -- loss, memory and promise, on small flows and on the one of
 * contracts.md; see link.h. */
#include "contract/link.h"

#include "base/mem.h"
#include "contract/testing_flights.h"
#include "contract/testing_link.h"

/* ------------------------------------------------------------------------
 * Loss. */

static void
expect_losses(const struct tvn_testing_flow *flow, const char *want)
{
    struct tvn_buf buf = {0};

    for (uint32_t i = 0; i < flow->link.loss_count; i++) {
        const struct tvn_link_loss *loss = &flow->link.losses[i];

        tvn_buf_printf(&buf, "%s%.*s %s%s%s", i == 0 ? "" : ", ",
            TVN_STR_ARG(flow->stages[loss->stage].name), loss->counter,
            loss->edge == TVN_LINK_NONE ? "" : " at ",
            loss->edge == TVN_LINK_NONE ? ""
                                        : flow->link.edges[loss->edge].name);
        tvn_buf_append_text(&buf, loss->is_intended ? " (intended)" : "");
    }
    tvn_testing_same_text(tvn_buf_str(&buf), want);
    tvn_buf_fini(&buf);
}

static void
test_losses_of_the_flights(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flights(&flow);
    tvn_testing_check_ok(&flow);
    expect_losses(&flow,
        "announce dropped_oldest at route.delivery -> announce, announce "
        "dropped_newest at route.delivery -> announce, validate filtered "
        "(intended), enrich filtered (intended), route unrouted "
        "(intended), tally lost_state");
    tvn_testing_flow_fini(&flow);
}

static void
test_none_is_a_result(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.loss_count == 0);
    tvn_testing_flow_fini(&flow);
}

static void
test_every_kind_of_loss(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    flow.edges[0].overflow = TVN_LINK_DROP_NEWEST;
    flow.edges[1].overflow = TVN_LINK_ERROR;
    flow.edges[2].overflow = TVN_LINK_ERROR;
    flow.stages[1].then = TVN_LINK_DROP; /* a */
    flow.stages[1].retries = 2;
    flow.stages[4].then = TVN_LINK_DROP; /* y: forever, yet it may reject */
    tvn_testing_check_ok(&flow);
    expect_losses(&flow,
        "a dropped_newest at in -> a, x refused at a -> x, a dropped, y "
        "dropped");
    tvn_testing_flow_fini(&flow);

    tvn_testing_two_sinks(&flow);
    flow.edges[1].overflow = TVN_LINK_ERROR; /* offered for ever ... */
    flow.stages[1].then = TVN_LINK_DROP;     /* ... but a may reject */
    tvn_testing_check_ok(&flow);
    expect_losses(&flow, "a dropped");
    tvn_testing_flow_fini(&flow);
}

static void
test_drop_oldest_drops_the_newest_when_nothing_older_may_go(void)
{
    static const struct {
        uint32_t capacity;
        uint64_t bytes;
        uint64_t rate;
        const char *thread; /* of a */
        const char *want;
    } rows[] = {
        {256, 4u << 20, 0, NULL, "a dropped_oldest at in -> a"},
        {256, 4u << 20, 5, NULL, /* without a token */
            "a dropped_oldest at in -> a, a dropped_newest at in -> a"},
        {64, 4u << 20, 0, NULL, /* all of it in a's hand */
            "a dropped_oldest at in -> a, a dropped_newest at in -> a"},
        {65, 4u << 20, 0, NULL, "a dropped_oldest at in -> a"},
        {256, 8192, 0, NULL, /* fewer than 64 images of 128 bytes */
            "a dropped_oldest at in -> a, a dropped_newest at in -> a"},
        {128, 4u << 20, 0, "slow", /* and 64 on the way to it */
            "a dropped_oldest at in -> a, a dropped_newest at in -> a"},
        {129, 4u << 20, 0, "slow", "a dropped_oldest at in -> a"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_testing_flow flow;

        tvn_testing_two_sinks(&flow);
        flow.edges[0].overflow = TVN_LINK_DROP_OLDEST;
        flow.edges[0].capacity = rows[i].capacity;
        flow.edges[0].bytes = rows[i].bytes;
        flow.edges[0].rate = rows[i].rate;
        flow.stages[1].thread = rows[i].thread;
        flow.stages[3].thread = rows[i].thread; /* x, behind it */
        tvn_testing_check_ok(&flow);
        TVN_ASSERT(flow.link.edges[0].image_max == 128);
        expect_losses(&flow, rows[i].want);
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_a_rate_alone_loses_nothing(void)
{
    static const enum tvn_link_overflow waits[] = {
        TVN_LINK_BLOCK, TVN_LINK_RATE_LIMIT};

    for (int i = 0; i < 2; i++) {
        struct tvn_testing_flow flow;

        tvn_testing_two_sinks(&flow);
        flow.edges[0].overflow = waits[i];
        flow.edges[0].rate = 1;
        tvn_testing_check_ok(&flow);
        TVN_ASSERT(flow.link.loss_count == 0);
        tvn_testing_flow_fini(&flow);
    }
}

/* Ports of a router, the rejected ones of a filter and its main output. */
static void
test_every_output_may_have_any_policy(void)
{
    static const char *const filter[] = {
        "evaluate: func(event: u8) -> bool", NULL};

    for (int i = 0; i <= TVN_LINK_RATE_LIMIT; i++) {
        struct tvn_testing_flow flow;

        tvn_testing_flow_init(&flow);
        tvn_testing_source(&flow, "in", "u8");
        tvn_testing_guest(&flow, "keep", filter, NULL);
        tvn_testing_guest1(
            &flow, "route", "route: func(event: u8) -> enum { left, right }");
        tvn_testing_sink(&flow, "x");
        tvn_testing_sink(&flow, "y");
        tvn_testing_sink(&flow, "z");
        tvn_testing_edge(&flow, "in -> keep");
        tvn_testing_edge(&flow, "keep -> route");
        tvn_testing_edge(&flow, "keep.rejected -> x");
        tvn_testing_edge(&flow, "route.left -> y");
        tvn_testing_edge(&flow, "route.right -> z");
        for (uint32_t k = 1; k < 5; k++) {
            flow.edges[k].overflow = (enum tvn_link_overflow)i;
            flow.edges[k].rate = i == TVN_LINK_RATE_LIMIT ? 5 : 0;
        }
        flow.stages[2].then = TVN_LINK_DROP; /* route */
        tvn_testing_check_ok(&flow);
        expect_losses(&flow,
            i == TVN_LINK_DROP_OLDEST
                ? "route dropped_oldest at keep -> route, x dropped_oldest at "
                  "keep.rejected -> x, y dropped_oldest at route.left -> y, z "
                  "dropped_oldest at route.right -> z, route dropped"
            : i == TVN_LINK_DROP_NEWEST
                ? "route dropped_newest at keep -> route, x dropped_newest at "
                  "keep.rejected -> x, y dropped_newest at route.left -> y, z "
                  "dropped_newest at route.right -> z, route dropped"
            : i == TVN_LINK_ERROR
                ? "y refused at route.left -> y, z refused at route.right -> "
                  "z, route dropped"
                : "route dropped");
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_an_open_window_is_lost_unless_every_source_gives_back(void)
{
    static const char *const count[] = {
        "ingest: func(event: u8)", "flush: func() -> u64", NULL};
    static const char *const pull[] = {"pull: func() -> option<u8>", NULL};

    for (int i = 0; i < 3; i++) {
        struct tvn_testing_flow flow;
        struct tvn_link_stage *second;

        tvn_testing_flow_init(&flow);
        tvn_testing_source(&flow, "in", "u8");
        second = i == 2 ? tvn_testing_guest(&flow, "own", pull, NULL)
                        : tvn_testing_source(&flow, "own", "u8");
        second->promise =
            i == 0 ? TVN_PROMISE_AT_LEAST_ONCE : TVN_PROMISE_AT_MOST_ONCE;
        tvn_testing_guest(&flow, "count", count, NULL);
        tvn_testing_sink(&flow, "out");
        tvn_testing_edge(&flow, "in -> count");
        tvn_testing_edge(&flow, "own -> count");
        tvn_testing_edge(&flow, "count -> out");
        tvn_testing_check_ok(&flow);
        expect_losses(&flow, i == 0 ? "" : "count lost_state");
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_wired_ports_and_plain_enums_lose_nothing(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(&flow, "keep", "evaluate: func(event: u8) -> bool");
    tvn_testing_guest1(&flow, "one", "route: func(event: u8) -> enum { p }");
    tvn_testing_guest1(
        &flow, "some", "route: func(event: u8) -> option<enum { p }>");
    tvn_testing_guest1(&flow, "many", "process: func(event: u8) -> list<u16>");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> keep");
    tvn_testing_edge(&flow, "keep -> one");
    tvn_testing_edge(&flow, "keep.rejected -> out");
    tvn_testing_edge(&flow, "one.p -> some");
    tvn_testing_edge(&flow, "some.p -> many");
    tvn_testing_edge(&flow, "many -> out");
    tvn_testing_check_ok(&flow);
    expect_losses(&flow, "some unrouted (intended), many filtered (intended)");
    tvn_testing_edge(&flow, "some.unrouted -> out");
    tvn_link_fini(&flow.link);
    tvn_testing_check_ok(&flow);
    expect_losses(&flow, "many filtered (intended)");
    tvn_testing_flow_fini(&flow);
}

/* ------------------------------------------------------------------------
 * Memory. */

static void
test_memory_of_the_flights(void)
{
    static const uint64_t mib = 1u << 20;
    struct tvn_testing_flow flow;
    uint64_t sum = 0;

    tvn_testing_flights(&flow);
    flow.input.pool_bytes = 2 * mib;
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_EDGE] == 25 * mib);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_OUTBOX] == 3 * mib);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_RETRY] == 2 * mib);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_CONNECTOR] == 320u << 10);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_GUEST] == 288 * mib);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_POOL] == 2 * mib);
    TVN_ASSERT(flow.link.memory_total == 320 * mib + (320u << 10));
    for (uint32_t i = 0; i < flow.link.memory_count; i++) {
        sum += flow.link.memory[i].bytes;
    }
    TVN_ASSERT(sum == flow.link.memory_total);
    TVN_ASSERT(flow.link.memory_count == 7 + 3 + 2 + 2 + 5 + 1);
    tvn_testing_flow_fini(&flow);
}

static void
test_images_of_exact_size_count_exactly(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow); /* all u8: images of 128 bytes */
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_EDGE] == 4 * 256 * 128);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_OUTBOX] == 2 * 128);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_RETRY] == 5 * 128);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_POOL] == 0);
    tvn_testing_flow_fini(&flow);
}

static void
test_a_retry_holds_the_largest_that_comes_in(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "a", "u8");
    tvn_testing_source(&flow, "b", "string");
    tvn_testing_source(&flow, "c", "u8");
    tvn_testing_sink(&flow, "out")->retries = 1;
    tvn_testing_edge(&flow, "a -> out");
    tvn_testing_edge(&flow, "b -> out");
    tvn_testing_edge(&flow, "c -> out");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_RETRY] == 1u << 20);
    tvn_testing_flow_fini(&flow);
}

static void
test_each_thread_has_a_pool_and_edges_between_them_cost_the_same(void)
{
    struct tvn_testing_flow flow;
    uint64_t alone;

    tvn_testing_two_sinks(&flow);
    flow.input.pool_bytes = 1000;
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.thread_count == 0);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_POOL] == 1000);
    alone = flow.link.memory_total;
    tvn_testing_flow_fini(&flow);

    tvn_testing_two_sinks(&flow);
    flow.input.pool_bytes = 1000;
    flow.stages[1].thread = "slow"; /* a, x */
    flow.stages[3].thread = "slow";
    flow.stages[4].thread = "other"; /* y */
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.thread_count == 2);
    TVN_ASSERT(strcmp(flow.link.threads[0], "slow") == 0);
    TVN_ASSERT(strcmp(flow.link.threads[1], "other") == 0);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_POOL] == 3000);
    TVN_ASSERT(flow.link.memory_total == alone + 2000);
    tvn_testing_flow_fini(&flow);
}

static void
test_the_sum_saturates(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_two_sinks(&flow);
    flow.stages[1].memory_max = UINT64_MAX - 5;
    flow.stages[2].memory_max = UINT64_MAX - 5;
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.memory_total == UINT64_MAX);
    TVN_ASSERT(flow.link.memory_of[TVN_MEMORY_GUEST] == UINT64_MAX);
    tvn_testing_flow_fini(&flow);
}

/* ------------------------------------------------------------------------
 * Promise. */

static void
test_promise_is_the_weakest_on_the_way(void)
{
    static const struct {
        enum tvn_promise source, sink;
        const char *source_why;
        enum tvn_link_overflow overflow; /* in -> a */
        enum tvn_link_then then;         /* a */
        enum tvn_promise level;
        const char *why;
    } rows[] = {
        {TVN_PROMISE_EFFECTIVELY_ONCE, TVN_PROMISE_EFFECTIVELY_ONCE, NULL,
            TVN_LINK_BLOCK, TVN_LINK_STOP, TVN_PROMISE_EFFECTIVELY_ONCE, ""},
        {TVN_PROMISE_AT_LEAST_ONCE, TVN_PROMISE_EFFECTIVELY_ONCE,
            "at the end of each file", TVN_LINK_BLOCK, TVN_LINK_STOP,
            TVN_PROMISE_AT_LEAST_ONCE, "in: at the end of each file"},
        {TVN_PROMISE_AT_LEAST_ONCE, TVN_PROMISE_AT_LEAST_ONCE, NULL,
            TVN_LINK_BLOCK, TVN_LINK_STOP, TVN_PROMISE_AT_LEAST_ONCE,
            "in: file"},
        {TVN_PROMISE_EFFECTIVELY_ONCE, TVN_PROMISE_BEST_EFFORT, NULL,
            TVN_LINK_BLOCK, TVN_LINK_STOP, TVN_PROMISE_BEST_EFFORT, "x: file"},
        {TVN_PROMISE_AT_LEAST_ONCE, TVN_PROMISE_AT_LEAST_ONCE, NULL,
            TVN_LINK_DROP_OLDEST, TVN_LINK_STOP, TVN_PROMISE_AT_MOST_ONCE,
            "in -> a: drop-oldest"},
        {TVN_PROMISE_AT_LEAST_ONCE, TVN_PROMISE_AT_LEAST_ONCE, NULL,
            TVN_LINK_RATE_LIMIT, TVN_LINK_DROP, TVN_PROMISE_AT_MOST_ONCE,
            "a: on-error: drop"},
        {TVN_PROMISE_AT_MOST_ONCE, TVN_PROMISE_AT_LEAST_ONCE, "stdin",
            TVN_LINK_DROP_OLDEST, TVN_LINK_DROP, TVN_PROMISE_AT_MOST_ONCE,
            "in: stdin"}, /* the first that weakens it */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_testing_flow flow;

        tvn_testing_two_sinks(&flow);
        flow.stages[0].promise = rows[i].source;
        flow.stages[0].promise_why = rows[i].source_why;
        flow.stages[1].then = rows[i].then;
        flow.stages[3].promise = rows[i].sink;
        flow.stages[4].promise = TVN_PROMISE_EFFECTIVELY_ONCE;
        flow.edges[0].overflow = rows[i].overflow;
        tvn_testing_check_ok(&flow);
        TVN_ASSERT(flow.link.promise_count == 2);
        TVN_ASSERT(flow.link.promises[0].source == 0);
        TVN_ASSERT(flow.link.promises[0].sink == 3);
        TVN_ASSERT(flow.link.promises[0].level == rows[i].level);
        tvn_testing_same_text(
            tvn_str_of(flow.link.promises[0].why), rows[i].why);
        TVN_ASSERT(flow.link.promises[1].level == rows[i].source);
        TVN_ASSERT(flow.link.promise == rows[i].level);
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_guests_at_the_ends_promise_what_they_can(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_guest1(&flow, "in", "pull: func() -> option<u8>");
    tvn_testing_source(&flow, "file", "u8")->promise =
        TVN_PROMISE_EFFECTIVELY_ONCE;
    tvn_testing_guest1(&flow, "out", "push: func(event: u8)");
    tvn_testing_edge(&flow, "in -> out");
    tvn_testing_edge(&flow, "file -> out");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.promise_count == 2);
    TVN_ASSERT(flow.link.promises[0].level == TVN_PROMISE_AT_MOST_ONCE);
    tvn_testing_same_text(tvn_str_of(flow.link.promises[0].why),
        "in: a guest source cannot give its records back");
    TVN_ASSERT(flow.link.promises[1].level == TVN_PROMISE_AT_LEAST_ONCE);
    tvn_testing_same_text(tvn_str_of(flow.link.promises[1].why),
        "out: a guest sink may be handed an event again");
    tvn_testing_flow_fini(&flow);
}

static void
test_only_pairs_that_a_path_joins_are_listed(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "a", "u8");
    tvn_testing_source(&flow, "b", "u8");
    tvn_testing_sink(&flow, "x");
    tvn_testing_sink(&flow, "y");
    tvn_testing_edge(&flow, "a -> x");
    tvn_testing_edge(&flow, "b -> x");
    tvn_testing_edge(&flow, "b -> y");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.promise_count == 3);
    TVN_ASSERT(flow.link.promises[0].source == 0);
    TVN_ASSERT(flow.link.promises[2].source == 1);
    TVN_ASSERT(flow.link.promises[2].sink == 3);
    tvn_testing_flow_fini(&flow);
}

int
main(void)
{
    test_losses_of_the_flights();
    test_none_is_a_result();
    test_every_kind_of_loss();
    test_drop_oldest_drops_the_newest_when_nothing_older_may_go();
    test_a_rate_alone_loses_nothing();
    test_every_output_may_have_any_policy();
    test_an_open_window_is_lost_unless_every_source_gives_back();
    test_wired_ports_and_plain_enums_lose_nothing();
    test_memory_of_the_flights();
    test_images_of_exact_size_count_exactly();
    test_a_retry_holds_the_largest_that_comes_in();
    test_each_thread_has_a_pool_and_edges_between_them_cost_the_same();
    test_the_sum_saturates();
    test_promise_is_the_weakest_on_the_way();
    test_guests_at_the_ends_promise_what_they_can();
    test_only_pairs_that_a_path_joins_are_listed();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
