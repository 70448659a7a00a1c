/* require_test.c -- `require:`, each key with the text of its findings; see
 * link.h. */
#include "contract/link.h"

#include "base/mem.h"
#include "contract/testing_flights.h"
#include "contract/testing_link.h"

static const struct tvn_str delivery[] = {{"delivery", 8}};
static const struct tvn_str totals[] = {{"totals", 6}};
static const struct tvn_str accepted[] = {{"announce", 8}, {"tally", 5}};

static void
expect(struct tvn_testing_flow *flow, tvn_err want, const char *text)
{
    tvn_err err = tvn_testing_check(flow);

    tvn_testing_same_diag(&flow->diag, text);
    TVN_ASSERT(err == want);
    tvn_testing_flow_fini(flow);
}

static struct tvn_link_require *
begin(struct tvn_testing_flow *flow)
{
    tvn_testing_flights(flow);
    return &flow->input.require;
}

static void
test_what_the_flights_require_holds(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->cannot_stall_others = delivery;
    require->cannot_stall_others_count = 1;
    require->has_loss = true;
    require->loss = accepted;
    require->loss_count = 2;
    require->memory_max = 319u << 20;
    require->has_delivery = true;
    require->delivery = TVN_PROMISE_AT_MOST_ONCE;
    require->missing_none = true;
    expect(&flow, TVN_OK, "");
}

static void
test_a_sink_that_stalls_others(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->cannot_stall_others = totals;
    require->cannot_stall_others_count = 1;
    expect(&flow, TVN_EREQUIRE_STALL,
        "torvyn.yaml:90:1: error[E0230]: require: when 'totals' stands "
        "still, so do departures, validate, enrich, route, announce, "
        "delivery\n"
        "  torvyn.yaml:43:5: route.analytics -> tally: overflow block: "
        "'route' waits here\n"
        "help: give that edge `overflow: drop-oldest`, drop-newest or "
        "error\n");
}

static void
test_a_sink_that_ends_the_flow(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->cannot_stall_others = delivery;
    require->cannot_stall_others_count = 1;
    flow.stages[7].retries = 3; /* delivery */
    flow.stages[7].then = TVN_LINK_STOP;
    expect(&flow, TVN_EREQUIRE_STALL,
        "torvyn.yaml:90:1: error[E0230]: require: a failure of 'delivery' "
        "ends the flow\n"
        "  torvyn.yaml:17:3: stage delivery: its on-error is stop\n"
        "help: set `on-error:` of 'delivery' to { retry: forever } or "
        "dead-letter\n");
}

static void
test_a_thread_of_its_own(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->cannot_stall_others = delivery;
    require->cannot_stall_others_count = 1;
    require->threads = true;
    expect(&flow, TVN_EREQUIRE_STALL,
        "torvyn.yaml:90:1: error[E0230]: require: threads: a guest before "
        "'delivery' may hold others up for 100 ms: they share a thread\n"
        "help: put the stages of its branch on one of their own under "
        "`threads:`\n");
    require = begin(&flow);
    require->cannot_stall_others = delivery;
    require->cannot_stall_others_count = 1;
    require->threads = true;
    flow.stages[5].deadline_ns = 0; /* announce */
    expect(&flow, TVN_EREQUIRE_STALL,
        "torvyn.yaml:90:1: error[E0230]: require: threads: a guest before "
        "'delivery' may hold others up without limit: they share a thread\n"
        "help: put the stages of its branch on one of their own under "
        "`threads:`\n");
    require = begin(&flow);
    require->cannot_stall_others = delivery;
    require->cannot_stall_others_count = 1;
    require->threads = true;
    flow.stages[5].thread = "slow"; /* announce, delivery */
    flow.stages[7].thread = "slow";
    expect(&flow, TVN_OK, "");
}

static void
test_threads_without_a_sink_asks_all_of_them(void)
{
    struct tvn_testing_flow flow;

    begin(&flow)->threads = true;
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_EREQUIRE_STALL);
    TVN_ASSERT(flow.diag.errors == 2); /* totals and delivery */
    tvn_testing_flow_fini(&flow);
}

static void
test_names_of_stages_that_are_none(void)
{
    static const struct tvn_str sinks[] = {{"delivry", 7}, {"route", 5}};
    static const struct tvn_str loss[] = {{"anounce", 7}, {"tally", 5}};
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->cannot_stall_others = sinks;
    require->cannot_stall_others_count = 2;
    require->has_loss = true;
    require->loss = loss;
    require->loss_count = 2;
    expect(&flow, TVN_ELINK_STAGE,
        "torvyn.yaml:90:1: error[E0210]: require: cannot-stall-others: there "
        "is no stage 'delivry'\n"
        "help: did you mean 'delivery'?\n"
        "torvyn.yaml:90:1: error[E0230]: require: cannot-stall-others: "
        "'route' is no sink\n"
        "torvyn.yaml:90:1: error[E0210]: require: loss: there is no stage "
        "'anounce'\n"
        "help: did you mean 'announce'?\n"
        "torvyn.yaml:45:5: error[E0231]: route.delivery -> announce: its "
        "oldest events are dropped when it is full (dropped_oldest)\n"
        "  torvyn.yaml:90:1: require: loss: 'announce' is not in the list\n"
        "help: add 'announce' to it, or let nothing be lost here\n");
}

static void
test_loss_where_it_is_not_accepted(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->has_loss = true; /* loss: [] */
    flow.edges[2].overflow = TVN_LINK_DROP_NEWEST;
    flow.edges[4].overflow = TVN_LINK_ERROR; /* tally -> totals */
    flow.stages[4].then = TVN_LINK_DROP;     /* tally */
    expect(&flow, TVN_EREQUIRE_LOSS,
        "torvyn.yaml:42:5: error[E0231]: enrich -> route: new events are "
        "dropped when it is full (dropped_newest)\n"
        "  torvyn.yaml:90:1: require: loss: 'route' is not in the list\n"
        "help: add 'route' to it, or let nothing be lost here\n"
        "torvyn.yaml:44:5: error[E0231]: tally -> totals: events that it "
        "refuses are dropped by on-error (refused)\n"
        "  torvyn.yaml:90:1: require: loss: 'totals' is not in the list\n"
        "help: add 'totals' to it, or let nothing be lost here\n"
        "torvyn.yaml:45:5: error[E0231]: route.delivery -> announce: its "
        "oldest events are dropped when it is full (dropped_oldest)\n"
        "  torvyn.yaml:90:1: require: loss: 'announce' is not in the list\n"
        "help: add 'announce' to it, or let nothing be lost here\n"
        "torvyn.yaml:14:3: error[E0231]: stage tally: failed events are "
        "dropped by on-error (dropped)\n"
        "  torvyn.yaml:90:1: require: loss: 'tally' is not in the list\n"
        "help: add 'tally' to it, or let nothing be lost here\n"
        "torvyn.yaml:14:3: error[E0231]: stage tally: an open window is lost "
        "when the guest traps (lost_state)\n"
        "  torvyn.yaml:90:1: require: loss: 'tally' is not in the list\n"
        "help: add 'tally' to it, or let nothing be lost here\n");
}

static void
test_a_rate_loses_what_has_no_token(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->has_loss = true;
    require->loss = accepted;
    require->loss_count = 2;
    flow.edges[2].overflow = TVN_LINK_DROP_NEWEST;
    flow.edges[2].rate = 5;
    flow.edges[3].rate = 5; /* that waits */
    expect(&flow, TVN_EREQUIRE_LOSS,
        "torvyn.yaml:42:5: error[E0231]: enrich -> route: new events are "
        "dropped when it is full or has no token (dropped_newest)\n"
        "  torvyn.yaml:90:1: require: loss: 'route' is not in the list\n"
        "help: add 'route' to it, or let nothing be lost here\n");
}

static void
test_memory_above_what_is_required(void)
{
    struct tvn_testing_flow flow;

    begin(&flow)->memory_max = 256u << 20;
    expect(&flow, TVN_EREQUIRE_MEMORY,
        "torvyn.yaml:90:1: error[E0232]: require: memory: up to 318.4 MiB may "
        "be used, 256 MiB is required\n"
        "  edges 25 MiB, outboxes 3 MiB, retries 2 MiB, buffers 320 KiB, "
        "guests 288 MiB\n"
        "help: lower `memory:` of stages, or `capacity:` and `bytes:` of "
        "edges\n");
}

static void
test_memory_of_just_that_much_is_fine(void)
{
    struct tvn_testing_flow flow;

    begin(&flow)->memory_max = (318u << 20) + (320u << 10);
    expect(&flow, TVN_OK, "");
}

static void
test_few_of_many_ways_out_are_named(void)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    static const char *const edges[] = {"a -> x", "b -> x", "c -> x", "d -> x",
        "e -> x", "f -> x", "a -> y", "b -> y", "c -> y", "d -> y", "e -> y",
        "f -> y"};
    static const struct tvn_str x[] = {{"x", 1}};
    struct tvn_testing_flow flow;
    uint32_t notes = 0;

    tvn_testing_flow_init(&flow);
    for (int i = 0; i < 6; i++) {
        tvn_testing_source(&flow, names[i], "u8");
    }
    tvn_testing_sink(&flow, "x")->retries = TVN_LINK_FOREVER;
    tvn_testing_sink(&flow, "y")->retries = TVN_LINK_FOREVER;
    for (int i = 0; i < 12; i++) {
        tvn_testing_edge(&flow, edges[i]);
    }
    flow.input.require.cannot_stall_others = x;
    flow.input.require.cannot_stall_others_count = 1;
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_EREQUIRE_STALL);
    for (const struct tvn_note *note = flow.diag.first->notes; note != NULL;
         note = note->next) {
        notes++;
    }
    TVN_ASSERT(notes == 4 && flow.diag.errors == 1);
    tvn_testing_flow_fini(&flow);
}

static void
test_delivery_below_what_is_required(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->has_delivery = true;
    require->delivery = TVN_PROMISE_AT_LEAST_ONCE;
    flow.stages[0].promise = TVN_PROMISE_AT_LEAST_ONCE;
    flow.stages[0].promise_why = NULL;
    expect(&flow, TVN_EREQUIRE_DELIVERY,
        "torvyn.yaml:90:1: error[E0234]: require: delivery: from 'departures' "
        "to 'delivery' it is at-most-once, at-least-once is required\n"
        "  route.delivery -> announce: drop-oldest\n");
}

static void
test_fields_that_are_always_none(void)
{
    for (int i = 0; i < 2; i++) {
        struct tvn_testing_flow flow;

        tvn_testing_flow_init(&flow);
        flow.input.require.missing_none = i == 1;
        tvn_testing_source(&flow, "in", "record { id: u64 }");
        tvn_testing_guest1(&flow, "out",
            "push: func(event: record { id: u64, zone: option<u8>, more: "
            "option<u8> })");
        tvn_testing_edge(&flow, "in -> out");
        if (i == 0) {
            expect(&flow, TVN_OK, "");
        } else {
            expect(&flow, TVN_EREQUIRE_MISSING,
                "torvyn.yaml:40:5: error[E0233]: in -> out: always none: "
                "zone, more\n"
                "  torvyn.yaml:90:1: require: missing: none\n"
                "help: 'in' sends no such field\n");
        }
    }
}

static void
test_all_of_require_in_one_run(void)
{
    struct tvn_testing_flow flow;
    struct tvn_link_require *require = begin(&flow);

    require->cannot_stall_others = totals;
    require->cannot_stall_others_count = 1;
    require->has_loss = true;
    require->memory_max = 1;
    require->has_delivery = true;
    require->delivery = TVN_PROMISE_EFFECTIVELY_ONCE;
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_EREQUIRE_STALL);
    TVN_ASSERT(flow.diag.errors == 1 + 2 + 1 + 2);
    tvn_testing_flow_fini(&flow);
}

int
main(void)
{
    test_what_the_flights_require_holds();
    test_a_sink_that_stalls_others();
    test_a_sink_that_ends_the_flow();
    test_a_thread_of_its_own();
    test_threads_without_a_sink_asks_all_of_them();
    test_names_of_stages_that_are_none();
    test_loss_where_it_is_not_accepted();
    test_a_rate_loses_what_has_no_token();
    test_memory_above_what_is_required();
    test_memory_of_just_that_much_is_fine();
    test_few_of_many_ways_out_are_named();
    test_delivery_below_what_is_required();
    test_fields_that_are_always_none();
    test_all_of_require_in_one_run();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
