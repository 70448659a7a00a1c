/* overflow_test.c -- each policy of an edge under a burst, a steady overload
 * of 10 to 1, a stall of five seconds, and the recovery after an overload.
 *
 * Where nobody waits, what survives is held against a model of the edge, event
 * by event; where somebody waits, everything survives. */
#include "flow/testing.h"

#define MS     UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)
#define BLOCK  128u /* of one event */
#define MOST   2000u

/* ------------------------------------------------------------------------
 * Policies. */

enum fate {
    EXACT,    /* the model says what survives */
    ALL,      /* the producer waits, or offers it again until it is taken */
    SOMETIMES /* it is offered again a few times */
};

struct policy {
    enum tvn_overflow overflow;
    uint64_t rate;
    enum tvn_flow_then then;
    uint32_t retries;
    enum fate fate;
};

static const struct policy policies[] = {
    {TVN_OVERFLOW_BLOCK, 0, TVN_THEN_STOP, 0, ALL},
    {TVN_OVERFLOW_BLOCK, 2000, TVN_THEN_STOP, 0, ALL},
    {TVN_OVERFLOW_DROP_OLDEST, 0, TVN_THEN_STOP, 0, EXACT},
    {TVN_OVERFLOW_DROP_OLDEST, 2000, TVN_THEN_STOP, 0, EXACT},
    {TVN_OVERFLOW_DROP_NEWEST, 0, TVN_THEN_STOP, 0, EXACT},
    {TVN_OVERFLOW_DROP_NEWEST, 2000, TVN_THEN_STOP, 0, EXACT},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_DROP, 0, EXACT},
    {TVN_OVERFLOW_ERROR, 2000, TVN_THEN_DROP, 0, EXACT},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_DEAD_LETTER, 0, EXACT},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_STOP, 0, EXACT},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_STOP, UINT32_MAX, ALL},
    {TVN_OVERFLOW_ERROR, 2000, TVN_THEN_STOP, UINT32_MAX, ALL},
    {TVN_OVERFLOW_ERROR, 0, TVN_THEN_DEAD_LETTER, 2, SOMETIMES},
    {TVN_OVERFLOW_RATE_LIMIT, 2000, TVN_THEN_STOP, 0, ALL},
};
#define POLICIES (sizeof(policies) / sizeof(policies[0]))

/* ------------------------------------------------------------------------
 * Scenarios: `group` events come every `interval`; the sink works on each for
 * `service`, or takes it at once, but for the stall.  No two of these times
 * ever fall together. */

struct scenario {
    uint32_t records;
    uint32_t group;
    uint64_t interval_ns;
    uint32_t calm_from; /* from this one on ... */
    uint64_t calm_ns;   /* ... the interval is longer */
    uint64_t service_ns;
    uint64_t stall_at_ns;
    uint64_t stall_ns;
};

static const struct scenario scenarios[] = {
    {300, 60, 100 * MS, UINT32_MAX, 0, MS + 1, 0, 0},            /* burst */
    {2000, 1, MS / 10, UINT32_MAX, 0, MS + 1, 0, 0},             /* 10 to 1 */
    {1000, 1, 10 * MS, UINT32_MAX, 0, 0, 1005 * MS, 5 * SECOND}, /* stall */
    {1300, 1, MS / 10, 1000, 2 * MS, MS + 1, 0, 0},              /* recovery */
};
#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

static uint64_t
interval_of(const struct scenario *scenario, uint64_t number)
{
    return number < scenario->calm_from ? scenario->interval_ns
                                        : scenario->calm_ns;
}

/* ------------------------------------------------------------------------
 * The model: one edge, one consumer. */

struct model {
    const struct policy *policy;
    const struct scenario *scenario;
    uint32_t capacity;
    struct tvn_bucket bucket;
    uint64_t queue[64];
    uint32_t depth;
    bool is_busy; /* with the head */
    uint64_t done_ns;
    uint64_t oldest; /* dropped */
    uint64_t newest; /* dropped, or refused */
    uint64_t delivered[MOST];
    uint32_t count;
};

static void
leave(struct model *model, uint32_t at)
{
    model->depth--;
    for (uint32_t i = at; i < model->depth; i++) {
        model->queue[i] = model->queue[i + 1];
    }
}

static void
begin(struct model *model, uint64_t now_ns)
{
    const struct scenario *scenario = model->scenario;

    if (model->is_busy || model->depth == 0) {
        return;
    }
    model->is_busy = true;
    model->done_ns = now_ns + scenario->service_ns;
    if (now_ns >= scenario->stall_at_ns &&
        now_ns < scenario->stall_at_ns + scenario->stall_ns) {
        model->done_ns = scenario->stall_at_ns + scenario->stall_ns;
    }
}

static void
finish(struct model *model, uint64_t until_ns)
{
    begin(model, until_ns);
    while (model->is_busy && model->done_ns <= until_ns) {
        model->delivered[model->count++] = model->queue[0];
        leave(model, 0);
        model->is_busy = false;
        begin(model, model->done_ns);
    }
}

static void
arrive(struct model *model, uint64_t number, uint64_t now_ns)
{
    uint32_t victim = model->is_busy ? 1 : 0;
    bool has_token = model->policy->rate == 0 ||
                     tvn_bucket_tokens(&model->bucket, now_ns) > 0;

    if (has_token && model->depth == model->capacity &&
        model->policy->overflow == TVN_OVERFLOW_DROP_OLDEST &&
        victim < model->depth) {
        leave(model, victim);
        model->oldest++;
    }
    if (!has_token || model->depth == model->capacity) {
        model->newest++;
        return;
    }
    if (model->policy->rate > 0) {
        tvn_bucket_take(&model->bucket);
    }
    model->queue[model->depth++] = number;
}

/* Returns how many records are read. */
static uint64_t
play(struct model *model)
{
    const struct scenario *scenario = model->scenario;
    bool stops = model->policy->overflow == TVN_OVERFLOW_ERROR &&
                 model->policy->then == TVN_THEN_STOP;
    uint64_t now_ns = 1000;
    uint64_t number = 0;

    tvn_bucket_init(&model->bucket, model->policy->rate, 4, now_ns);
    while (number < scenario->records && !(stops && model->newest > 0)) {
        now_ns += interval_of(scenario, number);
        finish(model, now_ns - 1);
        for (uint32_t i = 0; i < scenario->group; i++) {
            arrive(model, number++, now_ns);
        }
        begin(model, now_ns);
    }
    finish(model, UINT64_MAX - SECOND);
    return number;
}

/* ------------------------------------------------------------------------
 * The flow. */

static const struct scenario *current;

static void
pace(struct tvn_testing_stage *stage)
{
    stage->again_ns = interval_of(current, stage->made);
}

static void
wake_in_time(struct tvn_testing_stage *stage)
{
    stage->again_ns = current->service_ns;
}

static struct tvn_testing_world *
make(const struct policy *policy, const struct scenario *scenario,
    uint32_t capacity, bool by_bytes)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    struct tvn_testing_stage *in =
        tvn_testing_add(world, "in", TVN_ROLE_SOURCE);
    struct tvn_testing_stage *out =
        tvn_testing_add(world, "out", TVN_ROLE_SINK);
    struct tvn_flow_edge *edge =
        tvn_testing_join(world, "in -> out", 0, 1, capacity);

    current = scenario;
    in->records = scenario->records;
    in->per_visit = scenario->group;
    in->again_every = 1;
    in->before = pace;
    if (scenario->service_ns > 0) {
        out->per_visit = 1;
        out->again_every = 1;
        out->before = wake_in_time;
    }
    out->stall_at_ns = scenario->stall_at_ns;
    out->stall_ns = scenario->stall_ns;
    if (by_bytes) {
        edge->capacity = 1000;
        edge->bytes = (uint64_t)capacity * BLOCK;
    }
    edge->overflow = policy->overflow;
    edge->rate = policy->rate;
    edge->rate_burst = policy->rate > 0 ? 4 : 0;
    world->nodes[0].then = policy->then;
    world->nodes[0].retries = policy->retries;
    world->nodes[0].backoff_min_ns = MS / 20;
    world->nodes[0].backoff_max_ns = 3 * MS;
    return world;
}

static void
check_bounds(const struct tvn_testing_world *world, uint32_t capacity)
{
    const struct tvn_queue *queue = &world->flow->edges[0].queue;

    TVN_ASSERT(queue->depth_max <= capacity);
    TVN_ASSERT(queue->bytes_peak <= (uint64_t)capacity * BLOCK);
}

static void
check_survivors(const struct tvn_testing_world *world, struct model *model)
{
    const struct tvn_testing_stage *out = &world->stages[1];
    const struct tvn_ledger_edge *row = &tvn_flow_ledger(world->flow)->edges[0];
    bool refuses = model->policy->overflow == TVN_OVERFLOW_ERROR;
    bool buries = model->policy->then == TVN_THEN_DEAD_LETTER;
    uint64_t read = play(model);

    TVN_ASSERT(tvn_testing_books(world, 0)->in == read);
    TVN_ASSERT(out->seen_count == model->count);
    for (uint32_t i = 0; i < model->count; i++) {
        TVN_ASSERT(out->seen[i].id == model->delivered[i]);
    }
    TVN_ASSERT(row->queue->dropped_oldest == model->oldest);
    TVN_ASSERT(row->queue->dropped_newest == (refuses ? 0 : model->newest));
    TVN_ASSERT(row->queue->refused == (refuses ? model->newest : 0));
    TVN_ASSERT(row->refused_dead == (refuses && buries ? model->newest : 0));
    TVN_ASSERT(
        row->refused_dropped == (refuses && !buries ? model->newest : 0));
    TVN_ASSERT(world->dead_written == row->refused_dead);
    TVN_ASSERT(model->count + model->oldest + model->newest == read);
}

/* Everything, once, in order; nobody is called twice for it. */
static void
check_all_survive(const struct tvn_testing_world *world)
{
    const struct tvn_testing_stage *out = &world->stages[1];

    TVN_ASSERT(out->seen_count == current->records && !out->is_disordered);
    for (uint64_t i = 0; i < out->seen_count; i++) {
        TVN_ASSERT(out->seen[i].id == i);
    }
    TVN_ASSERT(world->stages[0].counts.records == current->records);
    TVN_ASSERT(world->stages[0].counts.outs == current->records);
}

/* In order; what is given up has been offered as often as was said. */
static void
check_some_survive(const struct tvn_testing_world *world, uint32_t tries)
{
    const struct tvn_testing_stage *out = &world->stages[1];
    const struct tvn_ledger_edge *row = &tvn_flow_ledger(world->flow)->edges[0];

    TVN_ASSERT(!out->is_disordered);
    TVN_ASSERT(row->refused_dropped == 0);
    /* Of a group only those come at once for which there is room. */
    TVN_ASSERT((row->refused_dead > 0) == (current->group == 1));
    TVN_ASSERT(row->refusals >= tries * row->refused_dead);
    TVN_ASSERT(out->seen_count + row->refused_dead == current->records);
    for (uint64_t i = 0; i < world->dead_written && i < TVN_TESTING_DEAD; i++) {
        TVN_ASSERT(world->dead[i].kind == TVN_FAULT_OVERFLOW);
        TVN_ASSERT(world->dead[i].attempts == tries);
        TVN_ASSERT(tvn_str_is(world->dead[i].stage, "in"));
    }
}

static struct model model; /* large */

static void
test_one(const struct policy *policy, const struct scenario *scenario,
    uint32_t capacity, bool by_bytes)
{
    struct tvn_testing_world *world =
        make(policy, scenario, capacity, by_bytes);
    struct tvn_ledger_events events;
    tvn_err err = tvn_testing_run(world);

    model = (struct model){
        .policy = policy, .scenario = scenario, .capacity = capacity};
    check_bounds(world, capacity);
    switch (policy->fate) {
    case EXACT:
        check_survivors(world, &model);
        break;
    case ALL:
        check_all_survive(world);
        break;
    case SOMETIMES:
        check_some_survive(world, policy->retries + 1);
        break;
    }
    if (policy->fate == EXACT && policy->overflow == TVN_OVERFLOW_ERROR &&
        policy->then == TVN_THEN_STOP && model.newest > 0) {
        TVN_ASSERT(err == TVN_EOVERFLOW);
        TVN_ASSERT(tvn_testing_said(world, "edge in -> out is full"));
    } else {
        TVN_ASSERT(err == TVN_OK);
    }
    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    TVN_ASSERT(events.in_flight == 0);
    TVN_ASSERT(events.in == events.delivered + events.dropped + events.dead);
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    tvn_testing_world_free(world);
}

static void
test_each_policy_in_each_scenario(void)
{
    static const uint32_t capacities[] = {1, 2, 16};

    for (size_t p = 0; p < POLICIES; p++) {
        for (size_t s = 0; s < SCENARIOS; s++) {
            for (size_t c = 0; c < 3; c++) {
                test_one(&policies[p], &scenarios[s], capacities[c], false);
                test_one(&policies[p], &scenarios[s], capacities[c], true);
            }
        }
    }
}

/* ------------------------------------------------------------------------
 * In plain numbers. */

static void
expect_ids(
    const struct tvn_testing_stage *stage, uint64_t first, uint64_t count)
{
    TVN_ASSERT(stage->seen_count == count);
    for (uint64_t i = 0; i < count; i++) {
        TVN_ASSERT(stage->seen[i].id == first + i);
    }
}

static void
test_which_of_a_burst_survive(void)
{
    static const struct scenario once = {
        60, 60, MS, UINT32_MAX, 0, MS + 1, 0, 0};

    for (size_t p = 0; p < POLICIES; p++) {
        struct tvn_testing_world *world = make(&policies[p], &once, 16, false);
        tvn_err err = tvn_testing_run(world);
        const struct tvn_testing_stage *out = &world->stages[1];

        TVN_ASSERT(err == TVN_OK || err == TVN_EOVERFLOW);
        if (policies[p].fate == ALL) {
            expect_ids(out, 0, 60);
        } else if (policies[p].fate == EXACT && policies[p].rate > 0) {
            expect_ids(out, 0, 4); /* the tokens there are at once */
        } else if (policies[p].overflow == TVN_OVERFLOW_DROP_OLDEST) {
            expect_ids(out, 44, 16); /* the newest */
        } else if (policies[p].fate == EXACT) {
            expect_ids(out, 0, 16); /* the oldest */
        }
        tvn_testing_world_free(world);
    }
}

/* After the overload nothing is lost any more. */
static void
test_all_is_well_after_recovery(void)
{
    for (size_t p = 0; p < POLICIES; p++) {
        struct tvn_testing_world *world =
            make(&policies[p], &scenarios[3], 16, false);
        const struct tvn_testing_stage *out = &world->stages[1];
        tvn_err err = tvn_testing_run(world);

        if (err == TVN_OK) {
            TVN_ASSERT(out->seen_count > 250);
            for (uint64_t i = 1; i <= 250; i++) {
                TVN_ASSERT(out->seen[out->seen_count - i].id == 1300 - i);
            }
        }
        TVN_ASSERT(world->flow->edges[0].queue.depth == 0);
        tvn_testing_world_free(world);
    }
}

/* ------------------------------------------------------------------------
 * Rates: what is admitted in each window, and that it is all of it. */

static void
check_windows(
    const struct tvn_testing_stage *out, uint64_t rate, uint64_t burst)
{
    for (uint64_t first = 0; first < out->seen_count; first++) {
        for (uint64_t last = first + burst; last < out->seen_count; last++) {
            uint64_t ns = out->seen[last].at_ns - out->seen[first].at_ns;

            TVN_ASSERT((last - first + 1 - burst) * SECOND <= rate * ns);
        }
    }
}

static void
test_a_rate_holds_in_every_window(enum tvn_overflow overflow, uint64_t rate,
    uint32_t burst, enum tvn_role role)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    bool waits = overflow == TVN_OVERFLOW_BLOCK ||
                 overflow == TVN_OVERFLOW_RATE_LIMIT ||
                 overflow == TVN_OVERFLOW_ERROR;
    const struct tvn_testing_stage *out = &world->stages[2];
    struct tvn_flow_edge *edge;
    uint64_t all;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 2000;
    tvn_testing_add(world, "mid", role);
    tvn_testing_add(world, "out", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> mid", 0, 1, 64);
    edge = tvn_testing_join(world, "mid -> out", 1, 2, 64);
    edge->out = role == TVN_ROLE_ROUTER ? TVN_OUT_PORT : TVN_OUT_MAIN;
    edge->overflow = overflow;
    edge->rate = rate;
    edge->rate_burst = burst;
    world->nodes[1].retries = UINT32_MAX;
    world->nodes[1].backoff_min_ns = SECOND / rate;
    world->nodes[1].backoff_max_ns = SECOND / rate;
    if (!waits) { /* ten times the rate */
        world->stages[0].per_visit = 1;
        world->stages[0].again_every = 1;
        world->stages[0].again_ns = SECOND / rate / 10;
    }
    TVN_ASSERT(tvn_testing_run(world) == TVN_OK);
    check_windows(out, rate, burst);
    all = burst + rate * tvn_flow_elapsed_ns(world->flow) / SECOND;
    TVN_ASSERT(!out->is_disordered && out->seen_count <= all);
    if (waits) {
        TVN_ASSERT(out->seen_count == 2000);
    }
    if (overflow != TVN_OVERFLOW_ERROR) { /* its backoff is not the rate's */
        TVN_ASSERT(out->seen_count * 100 >= 99 * all - 100 * burst);
    }
    tvn_testing_world_free(world);
}

/* ------------------------------------------------------------------------
 * Whoever fills the edge. */

static uint32_t
port_0(uint64_t id)
{
    (void)id;
    return 1;
}

static void
test_each_policy_behind_each_role(
    const struct policy *policy, enum tvn_role role, bool is_fan_out)
{
    struct tvn_testing_world *world = tvn_testing_world_new();
    bool is_router = role == TVN_ROLE_ROUTER;
    enum tvn_flow_out port = is_router ? TVN_OUT_PORT : TVN_OUT_MAIN;
    struct tvn_ledger_events events;
    struct tvn_flow_edge *edge;
    uint64_t made;
    tvn_err err;

    tvn_testing_add(world, "in", TVN_ROLE_SOURCE)->records = 700;
    tvn_testing_add(world, "mid", role)->verdict_of = port_0;
    world->stages[1].flush_outs = 90;
    tvn_testing_add(world, "slow", TVN_ROLE_SINK)->per_visit = 1;
    world->stages[2].again_every = 1;
    world->stages[2].again_ns = MS + 1;
    tvn_testing_add(world, "fast", TVN_ROLE_SINK);
    tvn_testing_join(world, "in -> mid", 0, 1, 16);
    edge = tvn_testing_join(world, "mid -> slow", 1, 2, 8);
    edge->out = port;
    edge->overflow = policy->overflow;
    edge->rate = policy->rate;
    edge->rate_burst = 4;
    tvn_testing_join(world, "fast", is_fan_out ? 1 : 0, 3, 8)->out =
        is_fan_out ? port : TVN_OUT_MAIN;
    world->nodes[1].window_count = role == TVN_ROLE_AGGREGATOR ? 100 : 0;
    world->nodes[1].then = policy->then;
    world->nodes[1].retries = policy->retries;
    world->nodes[1].backoff_min_ns = MS;
    world->nodes[1].backoff_max_ns = 2 * MS;
    err = tvn_testing_run(world);
    TVN_ASSERT(err == TVN_OK || err == TVN_EOVERFLOW);
    made = tvn_flow_ledger(world->flow)->edges[1].offered;
    TVN_ASSERT(!world->stages[2].is_disordered || role == TVN_ROLE_AGGREGATOR);
    if (policy->fate == ALL) {
        TVN_ASSERT(world->stages[2].seen_count == made);
    } else if (policy->fate == EXACT) {
        TVN_ASSERT(world->stages[2].seen_count < made);
    }
    if (is_fan_out) { /* what this edge does is not the other's */
        TVN_ASSERT(world->stages[3].seen_count == made);
    }
    tvn_ledger_sum(tvn_flow_ledger(world->flow), &events);
    TVN_ASSERT(events.in_flight == 0);
    TVN_ASSERT(tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK);
    tvn_testing_world_free(world);
}

int
main(void)
{
    test_which_of_a_burst_survive();
    test_each_policy_in_each_scenario();
    test_all_is_well_after_recovery();
    for (uint32_t i = 0; i <= TVN_OVERFLOW_RATE_LIMIT; i++) {
        for (uint32_t role = TVN_ROLE_PROCESSOR; role <= TVN_ROLE_ROUTER;
             role++) {
            test_a_rate_holds_in_every_window(
                (enum tvn_overflow)i, 1000, 10, (enum tvn_role)role);
            test_a_rate_holds_in_every_window(
                (enum tvn_overflow)i, 7, 2, (enum tvn_role)role);
            test_a_rate_holds_in_every_window(
                (enum tvn_overflow)i, 123456, 100, (enum tvn_role)role);
        }
    }
    for (size_t p = 0; p < POLICIES; p++) {
        for (uint32_t role = TVN_ROLE_PROCESSOR; role <= TVN_ROLE_AGGREGATOR;
             role++) {
            test_each_policy_behind_each_role(
                &policies[p], (enum tvn_role)role, false);
            test_each_policy_behind_each_role(
                &policies[p], (enum tvn_role)role, true);
        }
    }
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
