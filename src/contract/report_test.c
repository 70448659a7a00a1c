/* report_test.c -- what `torvyn link` prints, compared whole; see report.h. */
#include "contract/report.h"

#include "base/mem.h"
#include "contract/testing_flights.h"
#include "contract/testing_link.h"

static void
test_bytes_for_people(void)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {72, "72 B"},
        {1023, "1023 B"},
        {1024, "1 KiB"},
        {1536, "1.5 KiB"},
        {1537, "1.6 KiB"}, /* upwards: it is a bound */
        {4u << 20, "4 MiB"},
        {(1u << 20) - 1, "1 MiB"},
        {2047, "2 KiB"},
        {UINT64_C(3) << 30, "3 GiB"},
        {UINT64_MAX, "16 EiB"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_buf buf = {0};

        tvn_report_bytes(rows[i].bytes, &buf);
        tvn_testing_same_text(tvn_buf_str(&buf), rows[i].text);
        tvn_buf_fini(&buf);
    }
}

static void
expect_text(const struct tvn_testing_flow *flow, const char *want)
{
    struct tvn_buf buf = {0};

    tvn_report_print(&flow->link, &buf);
    tvn_testing_same_text(tvn_buf_str(&buf), want);
    tvn_buf_fini(&buf);
}

static void
test_the_flights_as_text(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flights(&flow);
    tvn_testing_check_ok(&flow);
    expect_text(&flow,
        "flow flights: 8 stages, 7 edges\n"
        "\n"
        "departures -> validate      view   id: u64, dep-delay: option<s32>, "
        "distance: u32, 24 of 56 B, shared image\n"
        "validate -> enrich          same   departure, 56 B\n"
        "enrich -> route             view   late: bool, 1 of 72 B, shared "
        "image\n"
        "route.analytics -> tally    view   flight.carrier: string, "
        "flight.dep-delay: option<s32>, 16 of 72 B\n"
        "tally -> totals             codec  whole value, codec json\n"
        "route.delivery -> announce  same   enriched, 72 B; overflow "
        "drop-oldest\n"
        "announce -> delivery        codec  whole value, codec json; overflow "
        "rate-limit; rate 500/s, burst 50\n"
        "\n"
        "retry: what is tried again\n"
        "  enrich    3 times, 10 to 1000 ms apart, then dead-letter\n"
        "  delivery  forever, 100 to 30000 ms apart\n"
        "\n"
        "stall: what stands still with a sink\n"
        "  totals       not isolated; stalls departures, validate, enrich, "
        "route, tally, announce, delivery; shares a thread, up to 100 ms a "
        "call\n"
        "  delivery     isolated; stalls announce; shares a thread, up to 100 "
        "ms a call\n"
        "  dead letter  not isolated; stalls departures, validate, enrich, "
        "route, tally, announce, totals, delivery\n"
        "\n"
        "loss: where, how, counted as\n"
        "  announce  drop-oldest                   dropped_oldest  "
        "route.delivery -> announce\n"
        "  announce  drop-newest                   dropped_newest  "
        "route.delivery -> announce\n"
        "  tally     a trap loses the open window  lost_state\n"
        "intended: events that end early\n"
        "  validate  filtered\n"
        "  enrich    filtered\n"
        "  route     unrouted\n"
        "\n"
        "memory: at most 318.4 MiB, engine and compiled code apart\n"
        "  edges     25 MiB\n"
        "  outboxes  3 MiB\n"
        "  retries   2 MiB\n"
        "  buffers   320 KiB\n"
        "  guests    288 MiB\n"
        "\n"
        "promise: at-most-once\n"
        "  departures -> totals    at-most-once  departures: file without a "
        "checkpoint\n"
        "  departures -> delivery  at-most-once  departures: file without a "
        "checkpoint\n");
    tvn_testing_flow_fini(&flow);
}

/* in -> out, of numbers; its sink ends the flow when it fails. */
static void
begin_pair(struct tvn_testing_flow *flow, const char *consumer)
{
    tvn_testing_flow_init(flow);
    tvn_testing_source(flow, "in", "record { id: u64, late: u8 }");
    tvn_testing_guest1(flow, "out", consumer);
    flow->stages[1].deadline_ns = 0;
    tvn_testing_edge(flow, "in -> out");
}

/* in -> a -> x, in -> b -> y, in -> sum -> z, no two edges alike. */
static void
make_policies(struct tvn_testing_flow *flow)
{
    static const char *const aggregator[] = {
        "ingest: func(event: u8)", "flush: func() -> option<u8>", NULL};

    tvn_testing_two_sinks(flow);
    tvn_testing_guest(flow, "sum", aggregator, NULL)->state_is_window = true;
    tvn_testing_sink(flow, "z");
    tvn_testing_edge(flow, "in -> sum")->overflow = TVN_LINK_ERROR;
    tvn_testing_edge(flow, "sum -> z")->rate = 9;
    flow->input.pool_bytes = 4096;
    flow->edges[0].overflow = TVN_LINK_DROP_NEWEST;
    flow->edges[0].rate = 500;
    flow->edges[0].burst = 6;
    flow->edges[3].overflow = TVN_LINK_RATE_LIMIT;
    flow->edges[3].rate = 10;
    flow->edges[3].burst = 1;
    flow->edges[5].burst = 2;
    for (uint32_t i = 0; i < 7; i++) {
        flow->stages[i].retries = 0;
        flow->stages[i].then = TVN_LINK_DROP;
        flow->stages[i].thread = i == 1 || i == 3 ? "slow" : NULL;
    }
    flow->stages[0].retries = 1;
    flow->stages[0].backoff_min_ns = flow->stages[0].backoff_max_ns = 5000000;
    flow->stages[3].retries = TVN_LINK_FOREVER;
    flow->stages[3].backoff_min_ns = 10000000;
    flow->stages[3].backoff_max_ns = 1000000000;
    flow->stages[5].thread = "windows";
    flow->stages[6].thread = "windows";
}

static void
test_policies_threads_and_retries_as_text(void)
{
    struct tvn_testing_flow flow;

    make_policies(&flow);
    tvn_testing_check_ok(&flow);
    expect_text(&flow,
        "flow test: 7 stages, 6 edges\n"
        "\n"
        "in -> a    same   u8, 1 B; overflow drop-newest; rate 500/s, burst 6\n"
        "a -> x     codec  whole value, codec json\n"
        "in -> b    same   u8, 1 B\n"
        "b -> y     codec  whole value, codec json; overflow rate-limit; rate "
        "10/s, burst 1\n"
        "in -> sum  same   u8, 1 B; overflow error\n"
        "sum -> z   codec  whole value, codec json; rate 9/s, burst 2\n"
        "\n"
        "threads: beside the flow's own\n"
        "  slow     a, x\n"
        "  windows  sum, z\n"
        "\n"
        "retry: what is tried again\n"
        "  in  1 time, 5 ms apart, then drop\n"
        "  x   forever, 10 to 1000 ms apart\n"
        "\n"
        "stall: what stands still with a sink\n"
        "  x  isolated; stalls a\n"
        "  y  not isolated; stalls in, a, b, x, sum, z; shares a thread, up to "
        "100 ms a call\n"
        "  z  not isolated; stalls in, a, b, x, y, sum\n"
        "\n"
        "loss: where, how, counted as\n"
        "  a    drop-newest     dropped_newest  in -> a\n"
        "  sum  refused         refused         in -> sum\n"
        "  in   on-error: drop  dropped\n"
        "  a    on-error: drop  dropped\n"
        "  b    on-error: drop  dropped\n"
        "  x    on-error: drop  dropped\n"
        "  y    on-error: drop  dropped\n"
        "  sum  on-error: drop  dropped\n"
        "  z    on-error: drop  dropped\n"
        "\n"
        "memory: at most 192.2 MiB, engine and compiled code apart\n"
        "  edges     192 KiB\n"
        "  outboxes  384 B\n"
        "  retries   256 B\n"
        "  guests    192 MiB\n"
        "  pools     12 KiB\n"
        "\n"
        "promise: at-most-once\n"
        "  in -> x  at-most-once  in: on-error: drop\n"
        "  in -> y  at-most-once  in: on-error: drop\n"
        "  in -> z  at-most-once  in: on-error: drop\n");
    tvn_testing_flow_fini(&flow);
}

static void
test_nothing_lost_is_said(void)
{
    struct tvn_testing_flow flow;

    begin_pair(&flow, "push: func(event: record { id: u64 })");
    flow.input.pool_bytes = 4096;
    tvn_testing_check_ok(&flow);
    expect_text(&flow,
        "flow test: 2 stages, 1 edges\n"
        "\n"
        "in -> out  view  id: u64, 8 of 16 B\n"
        "\n"
        "stall: what stands still with a sink\n"
        "  out  not isolated; stalls in; on-error of out ends the flow\n"
        "\n"
        "loss: where, how, counted as\n"
        "  none\n"
        "\n"
        "memory: at most 64.1 MiB, engine and compiled code apart\n"
        "  edges     32 KiB\n"
        "  guests    64 MiB\n"
        "  pools     4 KiB\n"
        "\n"
        "promise: at-least-once\n"
        "  in -> out  at-least-once  in: file\n");
    tvn_testing_flow_fini(&flow);
}

static void
test_without_proofs_the_edges_are_printed(void)
{
    struct tvn_testing_flow flow;

    begin_pair(&flow, "push: func(event: record { late: bool })");
    tvn_testing_edge(&flow, "in -> elsewhere");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELINK_STAGE);
    expect_text(&flow,
        "flow test: 2 stages, 2 edges\n"
        "\n"
        "in -> out        incompatible  .late: producer u8, consumer bool\n"
        "in -> elsewhere  unknown\n");
    tvn_testing_flow_fini(&flow);
}

static void
test_a_name_that_is_too_long_pushes_its_own_line_only(void)
{
    struct tvn_testing_flow flow;

    begin_pair(&flow, "push: func(event: record { id: u64 })");
    tvn_testing_sink(&flow, "a-sink-whose-name-has-more-than-forty-bytes");
    tvn_testing_edge(
        &flow, "in -> a-sink-whose-name-has-more-than-forty-bytes");
    flow.input.stages = flow.stages;
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_OK);
    flow.link.has_proofs = false; /* the table of edges only */
    expect_text(&flow,
        "flow test: 3 stages, 2 edges\n"
        "\n"
        "in -> out  view   id: u64, 8 of 16 B\n"
        "in -> a-sink-whose-name-has-more-than-forty-bytes  codec  whole "
        "value, codec json\n");
    tvn_testing_flow_fini(&flow);
}

/* ------------------------------------------------------------------------
 * JSON. */

static void
expect_json(const struct tvn_testing_flow *flow, const char *want)
{
    struct tvn_buf buf = {0};
    struct tvn_json json;

    tvn_json_init(&json, &buf, false);
    tvn_report_json(&flow->link, &json);
    TVN_ASSERT(json.depth == 0);
    tvn_testing_same_text(tvn_buf_str(&buf), want);
    tvn_buf_fini(&buf);
}

static void
make_routed(struct tvn_testing_flow *flow)
{
    static const char *const exports[] = {
        "push: func(event: record { id: u64, zone: option<u8> })", NULL};
    struct tvn_link_stage *sink;

    tvn_testing_flow_init(flow);
    tvn_testing_source(flow, "in", "record { id: u64, late: u8 }");
    tvn_testing_guest1(
        flow, "route", "route: func(event: record { id: u64 }) -> flags { a }");
    sink = tvn_testing_guest(flow, "out", exports, NULL);
    sink->then = TVN_LINK_DEAD_LETTER;
    flow->input.has_dead_letter = true;
    sink->retries = TVN_LINK_FOREVER;
    sink->thread = "slow";
    flow->stages[1].retries = 2;
    flow->stages[1].backoff_min_ns = 7;
    flow->stages[1].backoff_max_ns = 9;
    flow->input.pool_bytes = 64;
    tvn_testing_edge(flow, "in -> route")->overflow = TVN_LINK_DROP_NEWEST;
    flow->edges[0].rate = 5;
    flow->edges[0].burst = 1;
    tvn_testing_edge(flow, "route.a -> out")->capacity = 2;
}

static void
test_json_has_the_same(void)
{
    struct tvn_testing_flow flow;

    make_routed(&flow);
    tvn_testing_check_ok(&flow);
    expect_json(&flow,
        "{\"flow\":\"test\",\"stages\":["
        "{\"name\":\"in\",\"thread\":null,\"retry\":0,\"backoff_min_ns\":0,"
        "\"backoff_max_ns\":0,\"then\":\"stop\"},"
        "{\"name\":\"route\",\"thread\":null,\"retry\":2,\"backoff_min_ns\":7,"
        "\"backoff_max_ns\":9,\"then\":\"stop\",\"state\":\"keep\"},"
        "{\"name\":\"out\",\"thread\":\"slow\",\"retry\":\"forever\","
        "\"backoff_min_ns\":0,\"backoff_max_ns\":0,\"then\":\"dead-letter\","
        "\"state\":\"keep\"}],"
        "\"edges\":["
        "{\"name\":\"in -> route\",\"from\":\"in\",\"port\":null,\"to\":"
        "\"route\",\"verdict\":\"view\",\"text\":\"id: u64, 8 of 16 B, shared "
        "image\",\"read\":\"id\",\"left_out\":\"late\",\"always_none\":\"\","
        "\"value_bytes\":16,\"read_bytes\":8,\"shared_image\":true,"
        "\"overflow\":\"drop-newest\",\"rate\":5,\"burst\":1,\"capacity\":256,"
        "\"bytes\":4194304,"
        "\"image_max\":128,\"memory_max\":32768},"
        "{\"name\":\"route.a -> out\",\"from\":\"route\",\"port\":\"a\","
        "\"to\":\"out\",\"verdict\":\"view\",\"text\":\"id: u64, 16 of 16 B, "
        "always none: zone\",\"read\":\"id\",\"left_out\":\"late\","
        "\"always_none\":\"zone\",\"value_bytes\":16,\"read_bytes\":16,"
        "\"shared_image\":false,\"overflow\":\"block\",\"rate\":null,\"burst\":"
        "null,\"capacity\":2,"
        "\"bytes\":4194304,\"image_max\":128,\"memory_max\":256}],"
        "\"stalls\":["
        "{\"sink\":\"out\",\"dead_letter\":false,\"isolated\":true,"
        "\"stages\":[\"route\"],\"stops_flow\":false,\"stopper\":null,"
        "\"shares_thread\":false,\"deadline_ns\":0},"
        "{\"sink\":null,\"dead_letter\":true,\"isolated\":false,"
        "\"stages\":[\"route\",\"out\"],\"stops_flow\":false,\"stopper\":"
        "null,\"shares_thread\":false,\"deadline_ns\":0}],"
        "\"losses\":["
        "{\"stage\":\"route\",\"edge\":\"in -> route\",\"kind\":"
        "\"drop-newest\",\"counter\":\"dropped_newest\",\"intended\":false},"
        "{\"stage\":\"route\",\"edge\":null,\"kind\":\"unrouted\","
        "\"counter\":\"unrouted\",\"intended\":true}],"
        "\"memory\":{\"total\":134251136,\"edges\":33024,\"outboxes\":0,"
        "\"retries\":256,\"buffers\":0,\"guests\":134217728,\"pools\":128,"
        "\"parts\":["
        "{\"kind\":\"edges\",\"edge\":\"in -> route\",\"bytes\":32768},"
        "{\"kind\":\"edges\",\"edge\":\"route.a -> out\",\"bytes\":256},"
        "{\"kind\":\"retries\",\"stage\":\"route\",\"bytes\":128},"
        "{\"kind\":\"guests\",\"stage\":\"route\",\"bytes\":67108864},"
        "{\"kind\":\"retries\",\"stage\":\"out\",\"bytes\":128},"
        "{\"kind\":\"guests\",\"stage\":\"out\",\"bytes\":67108864},"
        "{\"kind\":\"pools\",\"thread\":null,\"bytes\":64},"
        "{\"kind\":\"pools\",\"thread\":\"slow\",\"bytes\":64}]},"
        "\"promise\":{\"level\":\"at-most-once\",\"paths\":["
        "{\"source\":\"in\",\"sink\":\"out\",\"level\":\"at-most-once\","
        "\"why\":\"in -> route: drop-newest\"}]},\"wasi\":[]}");
    tvn_testing_flow_fini(&flow);
}

static void
test_json_without_proofs(void)
{
    struct tvn_testing_flow flow;

    begin_pair(&flow, "push: func(event: record { late: bool })");
    tvn_testing_edge(&flow, "in -> elsewhere");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELINK_STAGE);
    expect_json(&flow,
        "{\"flow\":\"test\",\"stages\":["
        "{\"name\":\"in\",\"thread\":null,\"retry\":0,\"backoff_min_ns\":0,"
        "\"backoff_max_ns\":0,\"then\":\"stop\"},"
        "{\"name\":\"out\",\"thread\":null,\"retry\":0,\"backoff_min_ns\":0,"
        "\"backoff_max_ns\":0,\"then\":\"stop\",\"state\":\"keep\"}],"
        "\"edges\":["
        "{\"name\":\"in -> out\",\"from\":\"in\",\"port\":null,\"to\":"
        "\"out\",\"verdict\":\"incompatible\",\"text\":\".late: producer u8, "
        "consumer bool\",\"path\":\".late\",\"producer\":\"u8\","
        "\"consumer\":\"bool\",\"value_bytes\":16,\"read_bytes\":1,"
        "\"shared_image\":false,\"overflow\":\"block\",\"rate\":null,\"burst\":"
        "null,\"capacity\":256,"
        "\"bytes\":4194304,\"image_max\":128,\"memory_max\":32768},"
        "{\"name\":\"in -> elsewhere\",\"from\":\"in\",\"port\":null,\"to\":"
        "\"elsewhere\",\"verdict\":\"unknown\",\"text\":\"\","
        "\"shared_image\":false,\"overflow\":\"block\",\"rate\":null,\"burst\":"
        "null,\"capacity\":256,"
        "\"bytes\":4194304,\"image_max\":0,\"memory_max\":0}],"
        "\"stalls\":null,\"losses\":null,\"memory\":null,\"promise\":null,"
        "\"wasi\":[]}");
    tvn_testing_flow_fini(&flow);
}

static void
test_a_link_that_was_not_made_prints_nothing(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    expect_text(&flow, "");
    expect_json(&flow, "{}");
    tvn_testing_flow_fini(&flow);
}

static void
test_no_memory_is_remembered_by_the_buffer(void)
{
    struct tvn_testing_flow flow;
    struct tvn_buf whole = {0};
    bool failed = true;
    int64_t n = 0;

    tvn_testing_flights(&flow);
    tvn_testing_check_ok(&flow);
    tvn_report_print(&flow.link, &whole);
    for (; failed; n++) {
        struct tvn_buf buf = {0};

        TVN_ASSERT(n < 1000);
        tvn_mem_fail_after(n);
        tvn_report_print(&flow.link, &buf);
        tvn_mem_fail_after(-1);
        failed = buf.failed;
        TVN_ASSERT(
            failed || tvn_str_equal(tvn_buf_str(&buf), tvn_buf_str(&whole)));
        tvn_buf_fini(&buf);
    }
    tvn_buf_fini(&whole);
    TVN_ASSERT(n > 3);
    tvn_testing_flow_fini(&flow);
}

int
main(void)
{
    test_bytes_for_people();
    test_the_flights_as_text();
    test_policies_threads_and_retries_as_text();
    test_nothing_lost_is_said();
    test_without_proofs_the_edges_are_printed();
    test_a_name_that_is_too_long_pushes_its_own_line_only();
    test_json_has_the_same();
    test_json_without_proofs();
    test_a_link_that_was_not_made_prints_nothing();
    test_no_memory_is_remembered_by_the_buffer();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
