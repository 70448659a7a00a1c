/* memory_test.c -- each allocation fails once, while a flow is made and while
 * it runs: no crash, no leak, and either an error or a whole account. */
#include "flow/testing.h"

#include <stdio.h>

#define US UINT64_C(1000)

/* ------------------------------------------------------------------------
 * Scenarios. */

/* in -> keep -> make -> out, everything fails now and then. */
static void
retries(struct tvn_testing_world *world)
{
    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 120;
    tvn_testing_add(world, "keep", TVN_ROLE_FILTER);
    tvn_testing_add(world, "make", TVN_ROLE_PROCESSOR)->outs = 2;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> keep", 0, 1, 8);
    tvn_testing_join(world, "keep -> make", 1, 2, 4);
    tvn_testing_join(world, "make -> out", 2, 3, 4);
    for (uint32_t i = 0; i < 4; i++) {
        world->stages[i].fails = i == 2 ? TVN_FAULT_TRAP : TVN_FAULT_RETRY;
        world->stages[i].fails_early = true;
        world->stages[i].fail_every = 13 + i;
        world->stages[i].fail_times = 3;
        world->nodes[i].retries = 1 + i;
        world->nodes[i].then = TVN_THEN_DEAD_LETTER;
        world->nodes[i].backoff_min_ns = US;
        world->nodes[i].backoff_max_ns = 4 * US;
    }
}

/* One source, a sink for each policy, all slow. */
static void
policies(struct tvn_testing_world *world)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    world->nodes[0].then = TVN_THEN_DEAD_LETTER;
    world->nodes[0].retries = 1;
    world->nodes[0].backoff_min_ns = US;
    world->nodes[0].backoff_max_ns = US;
    for (uint32_t i = 0; i <= TVN_OVERFLOW_RATE_LIMIT; i++) {
        struct tvn_flow_edge *edge;

        tvn_testing_add(world, names[i], TVN_ROLE_SINK)->again_every = 2;
        world->stages[i + 1].again_ns = 30 * US;
        world->stages[i + 1].per_visit = 3;
        edge = tvn_testing_join(world, names[i], 0, i + 1, 4);
        edge->overflow = (enum tvn_overflow)i;
        edge->rate = i == TVN_OVERFLOW_RATE_LIMIT ? 100000 : 0;
        edge->rate_burst = 4;
    }
}

/* in -> route => (left, right) -> sum -> out, by turns on two threads. */
static void
threads(struct tvn_testing_world *world)
{
    world->opts.thread_count = 2;
    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 100;
    tvn_testing_add(world, "route", TVN_ROLE_ROUTER)->route_ports = 2;
    tvn_testing_add(world, "left", TVN_ROLE_PROCESSOR);
    tvn_testing_add(world, "right", TVN_ROLE_FILTER);
    tvn_testing_add(world, "sum", TVN_ROLE_AGGREGATOR)->flush_outs = 3;
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> route", 0, 1, 8);
    tvn_testing_join(world, "left", 1, 2, 5)->out = TVN_OUT_PORT;
    tvn_testing_join(world, "right", 1, 3, 5)->out = TVN_OUT_PORT;
    world->edges[2].port = 1;
    tvn_testing_join(world, "left -> sum", 2, 4, 5)->overflow =
        TVN_OVERFLOW_DROP_OLDEST;
    tvn_testing_join(world, "right -> sum", 3, 4, 5);
    tvn_testing_join(world, "sum -> out", 4, 5, 2);
    world->nodes[4].window_count = 10;
    world->nodes[2].thread = 1;
    world->nodes[4].thread = 1;
    world->stages[5].cost_ns = US;
    tvn_testing_pools(world);
}

/* ------------------------------------------------------------------------ */

/* Whether the failure that was asked for after `n` is still to come. */
static bool
still_to_come(int64_t n)
{
    bool has_come = true;

    for (int64_t i = 0; has_come && i <= n; i++) {
        void *ptr = tvn_mem_new(1, 1);

        has_come = ptr != NULL;
        tvn_mem_free(ptr, 1, 1);
    }
    tvn_mem_fail_after(-1);
    return !has_come;
}

/* The allocation after `n` others fails; false: there are not so many. */
static bool
run_with(void (*make)(struct tvn_testing_world *world), int64_t n)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_ledger_events events;
    bool has_failed;
    tvn_err err;

    make(world);
    tvn_mem_fail_after(n);
    err = tvn_flow_new(&world->opts, &world->flow, NULL);
    if (err == TVN_OK) {
        tvn__flow_hook(world->flow, &world->hooks);
        err = tvn_flow_run(world->flow, &world->diag);
    } else {
        TVN_ASSERT(err == TVN_ENOMEM && world->flow == NULL);
    }
    has_failed = !still_to_come(n);
    TVN_ASSERT(has_failed || err == TVN_OK);
    TVN_ASSERT(err != TVN_EUNBALANCED);
    if (world->flow != NULL) {
        const struct tvn_ledger *ledger = tvn_flow_ledger(world->flow);

        TVN_ASSERT(tvn_ledger_check(ledger, NULL) == TVN_OK);
        tvn_ledger_sum(ledger, &events);
        TVN_ASSERT(events.in_flight == 0);
    }
    tvn_testing_world_free(world); /* each stage was freed, once */
    TVN_ASSERT(tvn_mem_live() == 0);
    return has_failed;
}

static void
test_each_allocation_fails_once(
    const char *name, void (*make)(struct tvn_testing_world *world))
{
    int64_t count = 0;

    while (run_with(make, count)) {
        count++;
    }
    printf("%s: %lld allocations failed, one by one\n", name, (long long)count);
    TVN_ASSERT(count > 10);
}

int
main(void)
{
    test_each_allocation_fails_once("retries", retries);
    test_each_allocation_fails_once("policies", policies);
    test_each_allocation_fails_once("threads", threads);
    return 0;
}
