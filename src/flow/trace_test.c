/* trace_test.c -- events that are followed: exact waits and times on a clock
 * that stands still, and what became of each. */
#include "flow/testing_trace.h"

static bool
prints(const struct tvn_testing_world *world, const char *text)
{
    struct tvn_buf out = {0};
    bool is_there;

    tvn_flow_trace_print(world->flow, &out);
    is_there = strstr(tvn_buf_text(&out), text) != NULL;
    if (!is_there) {
        fprintf(stderr, "%s\nlacks %s\n", tvn_buf_text(&out), text);
    }
    tvn_buf_fini(&out);
    return is_there;
}

/* in -> keep -> out; 100, 10 and 50 ns an event. */
static struct tvn_testing_world *
make_chain(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 5;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", 0, 1, 64);
    tvn_testing_join(world, "keep -> out", 1, 2, 64);
    world->stages[0].cost_ns = 100;
    world->stages[1].cost_ns = 10;
    world->stages[2].cost_ns = 50;
    return world;
}

/* The first turn of a stage is one visit, later ones are as long as there is
 * work: event 0 at keep, then 1 to 4 out of in, and so on. */
static void
test_waits_and_calls_are_exact(void)
{
    static const char text[] =
        "event 0 of in\n"
        "  in    source      call 100 ns: made\n"
        "  keep  filter      waited 0 ns, call 10 ns: passed\n"
        "  out   sink        waited 400 ns, call 50 ns: delivered after 560 "
        "ns\n"
        "\n"
        "event 2 of in\n"
        "  in    source      call 100 ns: made\n"
        "  keep  filter      waited 260 ns, call 10 ns: passed\n"
        "  out   sink        waited 70 ns, call 50 ns: delivered after 490 ns\n"
        "\n"
        "no edge was full\n";
    struct tvn_testing_world *world = make_chain();
    struct tvn_buf out = {0};

    world->opts.trace_every = 2;
    world->opts.trace_count = 2;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_flow_trace_print(world->flow, &out);
    if (strcmp(tvn_buf_text(&out), text) != 0) {
        fprintf(stderr, "%s", tvn_buf_text(&out));
        abort();
    }
    tvn_buf_fini(&out);
    tvn_testing_world_free(world);
}

static void
test_the_keys_are_fixed(void)
{
    static const char *const texts[] = {
        ("{\"events\":[{\"sequence\":2,\"of\":\"in\",\"steps\":["
         "{\"stage\":\"in\",\"role\":\"source\",\"edge\":null,"
         "\"queue_ns\":null,\"again_after_ns\":null,\"calls\":1,"
         "\"call_ns\":100,\"call_events\":1,\"became\":\"made\","
         "\"fault\":null,\"whole_ns\":null,\"outputs\":0,\"copied\":{},"
         "\"to\":[{\"edge\":\"in -> keep\",\"queued\":1,\"kept_ns\":0,"
         "\"full_ns\":0,\"refusals\":0,\"dropped_newest\":0,"
         "\"dropped_oldest\":0,\"refused_dropped\":0,\"refused_dead\":0,"
         "\"left\":0}]},"
         "{\"stage\":\"keep\",\"role\":\"filter\",\"edge\":\"in -> keep\","
         "\"queue_ns\":"),
        ("{\"stage\":\"out\",\"role\":\"sink\",\"edge\":\"keep -> out\","
         "\"queue_ns\":"),
        "\"became\":\"delivered\",\"fault\":null,\"whole_ns\":",
        "}],\"lost\":0,\"edges\":{\"in -> keep\":{\"response_ns\":{\"count\":",
        "\"paths\":{\"in\":{\"response_ns\":{\"count\":",
        "\"report\":{\"flow\":\"test\",",
    };
    struct tvn_testing_world *world = make_chain();
    struct tvn_buf out = {0};
    struct tvn_json json;
    const char *at;

    world->opts.trace_every = 2;
    world->opts.trace_count = 2;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_json_init(&json, &out, false);
    tvn_flow_trace_json(world->flow, &json);
    at = strstr(tvn_buf_text(&out), "\"sequence\":0,");
    TVN_ASSERT(at != NULL);
    at = tvn_buf_text(&out);
    TVN_ASSERT(strncmp(at, texts[0], 10) == 0);
    at = strstr(at, texts[0] + strlen("{\"events\":["));
    for (size_t i = 1; at != NULL && i < sizeof(texts) / sizeof(texts[0]);
         i++) {
        at = strstr(at, texts[i]); /* in this order */
    }
    if (at == NULL) {
        fprintf(stderr, "%s\n", tvn_buf_text(&out));
        abort();
    }
    tvn_buf_fini(&out);
    tvn_testing_world_free(world);
}

/* What each stage is given, and its outcome, is the same; the visits are
 * not. */
static void
test_a_trace_changes_no_outcome(void)
{
    struct tvn_testing_world *plain = make_chain();
    struct tvn_testing_world *traced = make_chain();

    plain->stages[0].records = 1000;
    traced->stages[0].records = 1000;
    traced->opts.trace_every = 3;
    traced->opts.trace_count = 1000;
    TVN_ASSERT(tvn_testing_run(plain) == TVN_OK);
    TVN_ASSERT(tvn_testing_run(traced) == TVN_OK);
    TVN_ASSERT(traced->stages[2].visits > plain->stages[2].visits);
    TVN_ASSERT(plain->stages[2].seen_count == 1000);
    TVN_ASSERT(traced->stages[2].seen_count == 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        TVN_ASSERT(traced->stages[2].seen[i].sequence ==
                   plain->stages[2].seen[i].sequence);
        TVN_ASSERT(traced->stages[2].seen[i].id == plain->stages[2].seen[i].id);
    }
    tvn_testing_world_free(plain);
    tvn_testing_world_free(traced);
}

/* ------------------------------------------------------------------------
 * What becomes of an event. */

static uint32_t
by_id(uint64_t id)
{
    return (uint32_t)id;
}

static void
test_a_router_waits_for_one_edge(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn__trace_event event;
    struct tvn__trace_hop hop;
    size_t at;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 4;
    tvn_testing_add(world, "route", TVN_ROLE_ROUTER)->verdict_of = by_id;
    tvn_testing_add(world, "a", TVN_ROLE_SINK);
    tvn_testing_add(world, "b", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> route", 0, 1, 8);
    tvn_testing_join(world, "route.a -> a", 1, 2, 1)->out = TVN_OUT_PORT;
    tvn_testing_join(world, "route.b -> b", 1, 3, 8);
    world->edges[2].out = TVN_OUT_PORT;
    world->edges[2].port = 1;
    world->stages[2].stall_at_ns = 1000;
    world->stages[2].stall_ns = 7000;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    at = tvn_testing_step(world, 0, 1, 0, &event);
    TVN_ASSERT(world->flow->trace->records[at].fate == TVN__FATE_UNROUTED);
    /* 1 fills a's edge; 3 goes to b at once, and waits for a. */
    at = tvn_testing_step(world, 3, 1, 0, &event);
    hop =
        tvn__trace_hop(world->flow->trace, &event, at, &world->flow->edges[1]);
    TVN_ASSERT(hop.puts == 1 && hop.full_ns == 7000);
    hop =
        tvn__trace_hop(world->flow->trace, &event, at, &world->flow->edges[2]);
    TVN_ASSERT(hop.puts == 1 && hop.full_ns == 0);
    TVN_ASSERT(prints(world, "    to route.a -> a, full for 7.0 us\n"
                             "    to route.b -> b\n"));
    tvn_testing_world_free(world);
}

/* A full edge behind keep: what waits at its head is kept waiting. */
static void
test_a_full_edge_keeps_an_event_waiting(void)
{
    struct tvn_testing_world *world = make_chain();
    struct tvn__trace_event event;
    uint64_t kept_ns;
    char text[80];
    uint64_t ns = 0;
    size_t at;

    world->edges[0].capacity = 4;
    world->edges[1].capacity = 2;
    world->stages[0].records = 20;
    world->stages[2].stall_at_ns = 1;
    world->stages[2].stall_ns = 1000000;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    at = tvn_testing_step(world, 4, 1, 0, &event);
    TVN_ASSERT(tvn__trace_wait_ns(world->flow->trace, &event, at, &ns));
    kept_ns = tvn__trace_kept_ns(
        world->flow->trace, &event, at, &world->flow->edges[1]);
    /* Both times; keep's own call lies between them. */
    TVN_ASSERT(kept_ns > 998000 && kept_ns < ns);
    TVN_ASSERT(prints(world, "by keep -> out, full\n"));
    (void)snprintf(text, sizeof(text), "  keep -> out: full %u times\n",
        (unsigned)world->flow->edges[1].pressure.response_ns.count);
    TVN_ASSERT(prints(world, text));
    TVN_ASSERT(prints(world, "    events between           0"));
    TVN_ASSERT(prints(world, "  in: stood still "));
    tvn_testing_world_free(world);
}

static void
test_a_retry_is_a_step_of_its_own(void)
{
    struct tvn_testing_world *world = make_chain();
    struct tvn__trace_event event;
    uint64_t ns = 0;
    size_t at;

    world->stages[1].fails = TVN_FAULT_RETRY;
    world->stages[1].fail_at = 2;
    world->stages[1].fail_times = 1;
    world->nodes[1].retries = 3;
    world->nodes[1].backoff_min_ns = 10000000;
    world->nodes[1].backoff_max_ns = 10000000;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    at = tvn_testing_step(world, 2, 1, 0, &event);
    TVN_ASSERT(world->flow->trace->records[at].fate == TVN__FATE_RETRIED);
    at = tvn_testing_step(world, 2, 1, 1, &event);
    TVN_ASSERT(world->flow->trace->records[at].fate == TVN__FATE_PASSED);
    TVN_ASSERT(tvn__trace_pause_ns(world->flow->trace, &event, at, &ns));
    TVN_ASSERT(ns >= 7500000 && ns <= 10000000); /* a quarter less, at most */
    TVN_ASSERT(!tvn__trace_wait_ns(world->flow->trace, &event, at, &ns));
    TVN_ASSERT(prints(world, ": retried (retry)\n"));
    tvn_testing_world_free(world);
}

static void
test_the_rejected_and_the_dead(void)
{
    struct tvn_testing_world *world = make_chain();

    tvn_testing_add(world, "bad", TVN_ROLE_SINK);
    tvn_testing_join(world, "keep.rejected -> bad", 1, 3, 8)->out =
        TVN_OUT_REJECTED;
    world->stages[1].verdict_of = by_id; /* 1 and 3 are kept */
    world->stages[2].fails = TVN_FAULT_REJECT;
    world->stages[2].fail_at = 1;
    world->nodes[2].then = TVN_THEN_DEAD_LETTER;
    world->stages[3].fails = TVN_FAULT_REJECT;
    world->stages[3].fail_at = 4;
    world->nodes[3].then = TVN_THEN_DROP;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    TVN_ASSERT(prints(world, ": rejected\n    to keep.rejected -> bad\n"));
    TVN_ASSERT(prints(world, ": dead (reject)\n"));
    TVN_ASSERT(prints(world, ": dropped (reject)\n"));
    tvn_testing_world_free(world);
}

static void
test_policies(enum tvn_overflow overflow, const char *text)
{
    struct tvn_testing_world *world = make_chain();

    world->edges[1].overflow = overflow;
    world->edges[1].capacity = 2;
    world->stages[0].records = 9;
    world->stages[2].stall_at_ns = 1;
    world->stages[2].stall_ns = 1000000;
    world->nodes[1].then = TVN_THEN_DROP;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    TVN_ASSERT(prints(world, text));
    tvn_testing_world_free(world);
}

/* It is offered again until it is taken; nobody is called twice. */
static void
test_a_refused_event(void)
{
    struct tvn_testing_world *world = make_chain();
    struct tvn__trace_event event;
    struct tvn__trace_hop hop;
    size_t at;

    world->edges[1].overflow = TVN_OVERFLOW_ERROR;
    world->edges[1].capacity = 1;
    world->stages[0].records = 2;
    world->stages[2].stall_at_ns = 1;
    world->stages[2].stall_ns = 100000;
    world->nodes[1].retries = UINT32_MAX;
    world->nodes[1].backoff_min_ns = 40000;
    world->nodes[1].backoff_max_ns = 40000;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    at = tvn_testing_step(world, 1, 1, 0, &event);
    hop =
        tvn__trace_hop(world->flow->trace, &event, at, &world->flow->edges[1]);
    TVN_ASSERT(hop.puts == 1 && hop.refusals >= 2 && hop.full_ns >= 90000);
    TVN_ASSERT(prints(world, "    to keep -> out, refused "));
    tvn_testing_world_free(world);
}

static uint32_t
twice(uint64_t id)
{
    return id == 1 ? 3 : 0;
}

static void
test_a_processor_and_an_aggregator(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn__trace_event event;
    size_t at;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 3;
    tvn_testing_add(world, "split", TVN_ROLE_PROCESSOR)->outs_of = twice;
    tvn_testing_add(world, "sum", TVN_ROLE_AGGREGATOR)->flush_outs = 2;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> split", 0, 1, 8);
    tvn_testing_join(world, "split -> sum", 1, 2, 2);
    tvn_testing_join(world, "sum -> out", 2, 3, 8);
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    at = tvn_testing_step(world, 0, 1, 0, &event);
    TVN_ASSERT(world->flow->trace->records[at].fate == TVN__FATE_FILTERED);
    at = tvn_testing_step(world, 1, 1, 0, &event);
    TVN_ASSERT(world->flow->trace->records[at].outs == 3);
    TVN_ASSERT(world->flow->trace->records[at].calls == 2); /* room for 2 */
    at = tvn_testing_step(world, 1, 2, 2, &event); /* the third of them */
    TVN_ASSERT(world->flow->trace->records[at].fate == TVN__FATE_ABSORBED);
    at = tvn_testing_step(world, 3, 2, 0, &event); /* a trace of its own */
    TVN_ASSERT(world->flow->trace->records[at].fate == TVN__FATE_MADE);
    TVN_ASSERT(world->flow->trace->records[at].among == 2);
    at = tvn_testing_step(world, 4, 3, 0, &event);
    TVN_ASSERT(world->flow->trace->records[at].fate == TVN__FATE_DELIVERED);
    TVN_ASSERT(prints(world, "event 3 of sum\n"));
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * Ends. */

static void
test_a_stuck_flow(void)
{
    struct tvn_testing_world *world = make_chain();

    world->edges[0].capacity = 2;
    world->edges[1].capacity = 1;
    world->stages[2].again_every = 1;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_ESTUCK);
    TVN_ASSERT(prints(world, ": unfinished\n"));
    TVN_ASSERT(prints(world, "    to keep -> out, left in flight\n"));
    TVN_ASSERT(prints(world, "    to in -> keep, left in flight\n"));
    tvn_testing_world_free(world);
}

static void
test_a_broken_stage_drops_the_rest(void)
{
    struct tvn_testing_world *world = make_chain();

    world->stages[2].fails = TVN_FAULT_FATAL;
    world->stages[2].fail_at = 1;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_EGUEST_FATAL);
    tvn_testing_check_trace(world);
    TVN_ASSERT(prints(world, ": dropped (fatal)\n"));
    TVN_ASSERT(prints(world, ", not called: dropped\n"));
    tvn_testing_world_free(world);
}

/* Waits are known across shards: two logs, one account. */
static void
test_threads(uint64_t seed)
{
    struct tvn_testing_world *world = make_chain();

    world->stages[0].records = 300;
    world->edges[0].capacity = 10;
    world->edges[1].overflow = TVN_OVERFLOW_DROP_OLDEST;
    world->edges[1].capacity = 4;
    world->nodes[1].thread = 1;
    world->nodes[2].thread = 2;
    world->opts.thread_count = 3;
    world->opts.seed = seed;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_testing_check_trace(world);
    tvn_testing_world_free(world);
}

/* The log is bounded: what is not in it is counted. */
static void
test_a_full_log_says_so(void)
{
    struct tvn_testing_world *world = make_chain();

    tvn_testing_add(world, "split", TVN_ROLE_PROCESSOR)->outs = 200;
    world->edges[1].to = 3;
    tvn_testing_join(world, "split -> out", 3, 2, 64);
    world->opts.trace_every = 1000;
    world->opts.trace_count = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->flow->trace->lost > 0);
    TVN_ASSERT(prints(world, "found no room in the trace"));
    tvn_testing_world_free(world);
}

static void
test_an_empty_trace(void)
{
    struct tvn_testing_world *world = make_chain();

    world->stages[1].fails_start = true;
    tvn_testing_follow_all(world);
    TVN_ASSERT(tvn_testing_run(world) == TVN_EIO);
    TVN_ASSERT(prints(world, "no edge was full\n"));
    tvn_testing_world_free(world);
}

static void
test_no_memory(void)
{
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err == TVN_ENOMEM; n++) {
        struct tvn_testing_world *world = make_chain();

        world->opts.trace_every = 1;
        world->opts.trace_count = 200;
        tvn_mem_fail_after(n);
        err = tvn_flow_new(&world->opts, &world->flow, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        tvn_testing_world_free(world);
    }
}

int
main(void)
{
    test_waits_and_calls_are_exact();
    test_the_keys_are_fixed();
    test_a_trace_changes_no_outcome();
    test_a_router_waits_for_one_edge();
    test_a_full_edge_keeps_an_event_waiting();
    test_a_retry_is_a_step_of_its_own();
    test_the_rejected_and_the_dead();
    test_policies(
        TVN_OVERFLOW_DROP_OLDEST, "to keep -> out, dropped as the oldest\n");
    test_policies(
        TVN_OVERFLOW_DROP_NEWEST, "to keep -> out, dropped as the newest\n");
    test_policies(TVN_OVERFLOW_ERROR, "to keep -> out, refused and dropped\n");
    test_a_refused_event();
    test_a_processor_and_an_aggregator();
    test_a_stuck_flow();
    test_a_broken_stage_drops_the_rest();
    for (uint64_t seed = 0; seed < 20; seed++) {
        test_threads(seed);
    }
    test_a_full_log_says_so();
    test_an_empty_trace();
    test_no_memory();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
