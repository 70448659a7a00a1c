/* faults_test.c -- one event lost, doubled or misfiled at every site: the
 * ledger finds it and names the place.
 *
 * The sites exist only in a build with TVN_FAULTS (cmake -DTVN_FAULTS=ON). */
#include "flow/testing.h"

#include <stdio.h>

/*             +--------------------------------------> all
 *             |                   +--> out
 *     in -----+--> keep --> make --> route --> sum --> totals
 *                           |
 *                           every ninth: dead letter */
enum { IN, KEEP, MAKE, ROUTE, SUM, ALL, OUT, TOTALS };

static uint32_t
most(uint64_t id)
{
    return id % 5 != 4;
}

static uint32_t
either(uint64_t id)
{
    return id % 3 == 0 ? 1 : 2;
}

static struct tvn_testing_world *
make(void)
{
    struct tvn_testing_world *world = tvn_testing_world_new();

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 300;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER)->verdict_of = most;
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR);
    tvn_testing_add(world, "route", TVN_ROLE_ROUTER)->verdict_of = either;
    tvn_testing_add(world, "sum", TVN_ROLE_AGGREGATOR)->flush_outs = 2;
    tvn_testing_add(world, "all", TVN_ROLE_SINK);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_add(world, "totals", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", IN, KEEP, 32);
    tvn_testing_join(world, "in -> all", IN, ALL, 32);
    tvn_testing_join(world, "keep -> make", KEEP, MAKE, 32);
    tvn_testing_join(world, "make -> route", MAKE, ROUTE, 32);
    tvn_testing_join(world, "route.sum -> sum", ROUTE, SUM, 32)->out =
        TVN_OUT_PORT;
    tvn_testing_join(world, "route.out -> out", ROUTE, OUT, 32)->out =
        TVN_OUT_PORT;
    world->edges[5].port = 1;
    tvn_testing_join(world, "sum -> totals", SUM, TOTALS, 32);
    world->stages[MAKE].fails = TVN_FAULT_REJECT;
    world->stages[MAKE].fail_every = 9;
    world->nodes[MAKE].then = TVN_THEN_DEAD_LETTER;
    world->nodes[SUM].window_count = 10;
    world->checks_steps = false; /* by what the flow does on its own */
    return world;
}

static void
test_without_a_fault_it_balances(void)
{
    struct tvn_testing_world *world = make();

    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    TVN_ASSERT(world->dead_written > 0);
    TVN_ASSERT(world->stages[TOTALS].seen_count > 0);
    tvn_testing_world_free(world);
}

#ifdef TVN_FAULTS

/* Where the N-th passage is, of N = 1: what a finding has to name. */
static const char *const places[TVN_SITE_COUNT] = {
    [TVN_SITE_SOURCE_READ] = "stage in:",
    [TVN_SITE_PUSH] = "edge in -> keep:",
    [TVN_SITE_POP] = "stage all:",
    [TVN_SITE_FAN_OUT] = "edge in -> ",
    [TVN_SITE_FILTER] = "stage keep:",
    [TVN_SITE_ROUTE] = "edge route.",
    [TVN_SITE_ABSORB] = "stage sum:",
    [TVN_SITE_EMIT] = "stage make:",
    [TVN_SITE_DEAD_LETTER] = "stage make:",
    [TVN_SITE_SINK_WRITE] = "stage all:",
};

static void
test_pair(enum tvn_site site, enum tvn_breakage kind, unsigned n)
{
    struct tvn_testing_world *world = make();
    char text[64];

    (void)snprintf(text, sizeof(text), "%s:%s:%u", tvn_site_name(site),
        tvn_breakage_name(kind), n);
    TVN_ASSERT(tvn_fault_arm(text));
    printf("%s: ", text);
    TVN_ASSERT(tvn_testing_run(world) == TVN_EUNBALANCED);
    TVN_ASSERT(tvn_err_exit(TVN_EUNBALANCED) == 4);
    TVN_ASSERT(tvn_fault_is_done());
    printf("%s: %s\n", world->diag.first->place.what, world->diag.first->text);
    if (n == 1 || site == TVN_SITE_SOURCE_READ || site == TVN_SITE_FILTER ||
        site == TVN_SITE_ROUTE || site == TVN_SITE_ABSORB ||
        site == TVN_SITE_DEAD_LETTER) {
        TVN_ASSERT(tvn_testing_said(world, places[site]));
    }
    (void)tvn_fault_arm(NULL);
    tvn_testing_world_free(world);
}

static void
test_all_pairs(void)
{
    for (unsigned site = 0; site < TVN_SITE_COUNT; site++) {
        for (unsigned kind = TVN_BREAKAGE_LOSE; kind < TVN_BREAKAGE_COUNT;
             kind++) {
            test_pair((enum tvn_site)site, (enum tvn_breakage)kind, 1);
            test_pair((enum tvn_site)site, (enum tvn_breakage)kind, 7);
        }
    }
}

static void
test_what_does_not_read_is_refused(void)
{
    static const char *const bad[] = {"push", "push:lose",
        "push:lose:", "push:lose:0", "push:lose:1x", "push:none:1",
        "shove:lose:1", "push:lose:-1", "push: lose:1"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        TVN_ASSERT(!tvn_fault_arm(bad[i]));
    }
    TVN_ASSERT(tvn_fault_arm("sink-write:misfile:12"));
    TVN_ASSERT(tvn_fault_arm(""));
}

#else

static void
test_all_pairs(void)
{
    printf("30 pairs not run: they need a build with -DTVN_FAULTS=ON\n");
}

static void
test_what_does_not_read_is_refused(void)
{
}

#endif

int
main(void)
{
    test_what_does_not_read_is_refused();
    test_without_a_fault_it_balances();
    test_all_pairs();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
