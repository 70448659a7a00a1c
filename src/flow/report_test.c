/* report_test.c -- the account as text and as JSON. */
#include "flow/testing.h"

static uint32_t
not_every_tenth(uint64_t id)
{
    return id % 10 != 0;
}

/* in -> keep => (sum -> totals, out); two copies of 900 events. */
static struct tvn_testing_world *
make(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 1000;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER)->verdict_of =
        not_every_tenth;
    tvn_testing_add(world, "sum", TVN_ROLE_AGGREGATOR)->flush_outs = 1;
    tvn_testing_add(world, "totals", TVN_ROLE_SINK);
    tvn_testing_add(world, "out", TVN_ROLE_SINK)->cost_ns = 5000;
    tvn_testing_join(world, "in -> keep", 0, 1, 64);
    tvn_testing_join(world, "keep -> sum", 1, 2, 64);
    tvn_testing_join(world, "keep -> out", 1, 4, 16);
    tvn_testing_join(world, "sum -> totals", 2, 3, 64);
    world->opts.name = TVN_STR("flights");
    return world;
}

static bool
prints(struct tvn_testing_world *world, const char *text)
{
    struct tvn_buf out = {0};
    bool is_there;

    tvn_flow_report_print(world->flow, &out);
    is_there = strstr(tvn_buf_text(&out), text) != NULL;
    tvn_buf_fini(&out);
    return is_there;
}

static void
test_the_first_line_is_the_law(void)
{
    static const char line[] =
        "flights: ok, 1,000 in = 901 delivered + 100 filtered + 900 absorbed "
        "- 1 emitted - 900 forked\n";
    struct tvn_testing_world *world = make();
    struct tvn_buf out = {0};

    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_flow_report_print(world->flow, &out);
    if (strncmp(tvn_buf_text(&out), line, sizeof(line) - 1) != 0) {
        fprintf(stderr, "%s", tvn_buf_text(&out));
        abort();
    }
    tvn_buf_fini(&out);
    TVN_ASSERT(
        prints(world, "  keep    1,000 in = 900 passed + 100 filtered\n"));
    TVN_ASSERT(prints(world,
        "  keep -> out: full 55 times, 16 deep, answered in 0 ns (p99) and\n"
        "    0 events (at most), suspended for 80 us (p99), resumed in 0 ns "
        "(p99)\n"));
    TVN_ASSERT(prints(world, "  slowest stage: out, 100 % of the time, 5,000"));
    TVN_ASSERT(!prints(world, "dropped"));
    tvn_testing_world_free(world);
}

static void
test_it_can_be_made_before_a_run(void)
{
    struct tvn_testing_world *world = make();

    tvn_testing_ready(world);
    TVN_ASSERT(prints(world, "flights: not run, 0 in = 0 delivered\n"));
    tvn_testing_world_free(world);
}

/* A run that ended badly says so, and what is left. */
static void
test_a_bad_end(void)
{
    struct tvn_testing_world *world = make();

    world->stages[4].again_every = 1;
    TVN_ASSERT(tvn_testing_run(world) == TVN_ESTUCK);
    TVN_ASSERT(prints(world, "flights: stuck, "));
    TVN_ASSERT(prints(world, " in flight\n"));
    TVN_ASSERT(prints(world, "  keep -> out: 16 left in flight\n"));
    tvn_testing_world_free(world);
}

static void
test_the_keys_are_fixed(void)
{
    static const char *const texts[] = {
        "{\"flow\":\"flights\",\"elapsed_ns\":",
        ",\"cpu_ns\":",
        ",\"balanced\":true,\"events\":{\"in\":1000,\"emitted\":1,"
        "\"forked\":900,\"delivered\":901,\"filtered\":100,\"unrouted\":0,"
        "\"dropped\":0,\"dead\":0,\"absorbed\":900,\"in_flight\":0},"
        "\"stages\":{\"in\":{\"role\":\"source\",\"in\":1000,\"passed\":1000,"
        "\"delivered\":0,\"filtered\":0,\"unrouted\":0,\"absorbed\":0,"
        "\"dropped\":0,\"dead\":0,\"held\":0,\"out\":1000,\"emitted\":0,"
        "\"retried\":0,\"failed\":0,\"calls\":0,\"guest_ns\":0,"
        "\"memory_bytes\":0,\"lost_state\":0},",
        "\"edges\":{\"in -> keep\":{\"offered\":1000,\"enqueued\":1000,"
        "\"dequeued\":1000,\"dropped_newest\":0,\"dropped_oldest\":0,"
        "\"refused\":0,\"refused_dropped\":0,\"refused_dead\":0,"
        "\"refusals\":0,\"discarded\":0,\"waiting\":0,\"depth\":0,"
        "\"depth_max\":64,\"capacity\":64,\"bytes_max\":8192,"
        "\"token_waits\":0,"
        "\"response_ns\":{\"count\":",
        "\"response_events\":{\"count\":",
        "\"suspended_ns\":{\"count\":",
        "\"resume_ns\":{\"count\":",
        "\"paths\":{\"in\":{\"response_ns\":{\"count\":26,",
        ("\"copies\":[{\"stage\":\"keep\",\"reason\":\"lower\",\"count\":3,"
         "\"bytes\":48}],\"overhead_ns\":{\"mean\":"),
        "\"latency_ns\":{\"totals\":{\"count\":1,\"p50\":",
        "\"out\":{\"count\":",
    };
    struct tvn_copies copies = {0};
    struct tvn_testing_world *world = make();
    struct tvn_buf out = {0};
    struct tvn_json json;
    const char *at;

    tvn_copies_add(&copies, TVN_COPY_LOWER, 3, 48);
    world->nodes[1].copies = &copies;
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    tvn_json_init(&json, &out, false);
    tvn_flow_report_json(world->flow, &json);
    at = tvn_buf_text(&out);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        at = strstr(at, texts[i]); /* in this order */
        if (at == NULL) {
            fprintf(stderr, "%s\nlacks %s\n", tvn_buf_text(&out), texts[i]);
            abort();
        }
    }
    TVN_ASSERT(prints(world, "  copied by keep: 3 lower, 48 bytes\n"));
    tvn_buf_fini(&out);
    tvn_testing_world_free(world);
}

int
main(void)
{
    test_the_first_line_is_the_law();
    test_it_can_be_made_before_a_run();
    test_a_bad_end();
    test_the_keys_are_fixed();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
