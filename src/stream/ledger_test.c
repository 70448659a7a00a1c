/* ledger_test.c -- an account that balances, and every way to spoil it. */
#include "stream/ledger.h"

#include "base/mem.h"
#include "value/testing.h"

#include <string.h>

/* in -> keep => (a, b); keep.rejected -> c.  10 records, 1 of them bad; 6
 * kept, 2 refused, 1 still queued. */
enum { IN, KEEP, A, B, C, STAGES };
enum { E_IN, E_A, E_B, E_C, EDGES };

static struct tvn_types *types;
static struct tvn_pool *pool;
static struct tvn_builder builder;

static struct tvn_ledger_stage stages[STAGES];
static struct tvn_ledger_edge edges[EDGES];
static struct tvn_queue queues[EDGES];
static struct tvn_ledger ledger;

static void
move(struct tvn_queue *queue, uint32_t pushes, uint32_t pops)
{
    const struct tvn_event event = {0};

    for (uint32_t i = 0; i < pushes; i++) {
        struct tvn_image *image = NULL;

        TVN_ASSERT(tvn_builder_begin(&builder,
                       tvn_testing_scalar(types, TVN_KIND_U8)) == TVN_OK);
        TVN_ASSERT(tvn_builder_finish(&builder, &image) == TVN_OK);
        tvn_queue_push(queue, &event, image);
    }
    for (uint32_t i = 0; i < pops; i++) {
        tvn_image_unref(tvn_queue_pop(queue));
    }
}

static void
edge(uint32_t number, const char *name, uint32_t from, uint32_t to,
    uint32_t pushes, uint32_t pops)
{
    TVN_ASSERT(tvn_queue_init(&queues[number], 16, 4096) == TVN_OK);
    move(&queues[number], pushes, pops);
    edges[number] = (struct tvn_ledger_edge){.name = tvn_str_of(name),
        .from = from,
        .to = to,
        .offered = pushes,
        .queue = &queues[number]};
}

static void
sink(uint32_t number, const char *name, uint64_t count)
{
    stages[number] = (struct tvn_ledger_stage){.name = tvn_str_of(name),
        .role = TVN_ROLE_SINK,
        .books = {.in = count, .delivered = count},
        .counts = {.ok = count, .records = count}};
}

static void
setup(void)
{
    edge(E_IN, "in -> keep", IN, KEEP, 9, 8);
    edge(E_A, "keep -> a", KEEP, A, 6, 6);
    edge(E_B, "keep -> b", KEEP, B, 6, 6);
    edge(E_C, "keep.rejected -> c", KEEP, C, 2, 2);
    edges[E_C].out = TVN_LEDGER_REJECTED;
    stages[IN] = (struct tvn_ledger_stage){.name = TVN_STR("in"),
        .role = TVN_ROLE_SOURCE,
        .books = {.in = 10, .passed = 9, .dead = 1, .out = 9},
        .counts = {.records = 10, .ok = 9, .outs = 9, .failed = 1},
        .dead_written = 1};
    stages[KEEP] = (struct tvn_ledger_stage){.name = TVN_STR("keep"),
        .role = TVN_ROLE_FILTER,
        .has_rejected = true,
        .books = {.in = 8, .passed = 8, .out = 8, .forked = 6},
        .counts = {.calls = 8, .ok = 8, .kept = 6}};
    sink(A, "a", 6);
    sink(B, "b", 6);
    sink(C, "c", 2);
    ledger = (struct tvn_ledger){.stages = stages,
        .stage_count = STAGES,
        .edges = edges,
        .edge_count = EDGES,
        .counts_dead = true,
        .dead_total = 1};
}

static void
teardown(void)
{
    for (uint32_t i = 0; i < EDGES; i++) {
        tvn_queue_fini(&queues[i]);
    }
}

static bool
finds(const char *place)
{
    struct tvn_diag diag = {0};
    tvn_err err = tvn_ledger_check(&ledger, &diag);
    bool is_named = false;

    TVN_ASSERT((err == TVN_OK) == (diag.errors == 0));
    for (const struct tvn_finding *f = diag.first; f != NULL; f = f->next) {
        TVN_ASSERT(f->err == TVN_EUNBALANCED);
        is_named = is_named || strcmp(f->place.what, place) == 0;
    }
    tvn_diag_fini(&diag);
    return err == TVN_EUNBALANCED && is_named;
}

static void
test_an_account_that_balances(void)
{
    struct tvn_ledger_events events;

    setup();
    TVN_ASSERT(tvn_ledger_check(&ledger, NULL) == TVN_OK);
    tvn_ledger_sum(&ledger, &events);
    TVN_ASSERT(events.in == 10 && events.forked == 6 && events.dead == 1);
    TVN_ASSERT(events.delivered == 14 && events.in_flight == 1);
    teardown();
}

/* One too many, one too few, in each number that somebody wrote. */
static void
test_every_number_is_compared_with_another(void)
{
    static const struct {
        uint64_t *number;
        const char *place;
    } rows[] = {
        {&stages[IN].books.in, "stage in"},
        {&stages[IN].books.passed, "stage in"},
        {&stages[IN].books.dead, "stage in"},
        {&stages[IN].books.dropped, "stage in"},
        {&stages[IN].books.out, "stage in"},
        {&stages[IN].books.forked, "stage in"},
        {&stages[IN].books.emitted, "stage in"},
        {&stages[IN].counts.records, "stage in"},
        {&stages[IN].counts.ok, "stage in"},
        {&stages[IN].counts.outs, "stage in"},
        {&stages[IN].dead_written, "stage in"},
        {&stages[KEEP].books.in, "stage keep"},
        {&stages[KEEP].books.passed, "stage keep"},
        {&stages[KEEP].books.filtered, "stage keep"},
        {&stages[KEEP].books.held, "stage keep"},
        {&stages[KEEP].books.forked, "stage keep"},
        {&stages[KEEP].counts.ok, "stage keep"},
        {&stages[KEEP].counts.kept, "stage keep"},
        {&stages[A].books.in, "stage a"},
        {&stages[A].books.delivered, "stage a"},
        {&stages[A].books.absorbed, "stage a"},
        {&stages[A].books.unrouted, "stage a"},
        {&stages[B].counts.records, "stage b"},
        {&edges[E_IN].offered, "edge in -> keep"},
        {&edges[E_A].offered, "edge keep -> a"},
        {&edges[E_C].waiting, "edge keep.rejected -> c"},
        {&queues[E_IN].enqueued, "edge in -> keep"},
        {&queues[E_IN].dequeued, "edge in -> keep"},
        {&queues[E_B].discarded, "edge keep -> b"},
        {&ledger.dead_total, "flow as a whole"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        setup();
        (*rows[i].number)++;
        TVN_ASSERT(finds(rows[i].place));
        (*rows[i].number) -= 2;
        TVN_ASSERT(finds(rows[i].place));
        (*rows[i].number)++;
        TVN_ASSERT(tvn_ledger_check(&ledger, NULL) == TVN_OK);
        teardown();
    }
}

/* in -> mid -> a.  mid was given 8 and made 6 of them, as its role does. */
static void
setup_chain(enum tvn_role role)
{
    struct tvn_ledger_stage *mid = &stages[KEEP];

    setup();
    teardown();
    edge(E_IN, "in -> mid", IN, KEEP, 9, 8);
    edge(E_A, "mid -> a", KEEP, A, 6, 6);
    *mid = (struct tvn_ledger_stage){.name = TVN_STR("mid"),
        .role = role,
        .books = {.in = 8},
        .counts = {.calls = 8, .ok = 8}};
    switch (role) {
    case TVN_ROLE_PROCESSOR: /* one of five made two */
        mid->books.passed = 5;
        mid->books.filtered = 3;
        mid->books.forked = 1;
        break;
    case TVN_ROLE_AGGREGATOR:
        mid->books.absorbed = 8;
        mid->books.emitted = 6;
        break;
    case TVN_ROLE_ROUTER:
        edges[E_A].out = TVN_LEDGER_PORT;
        mid->books.passed = 6;
        mid->books.unrouted = 2;
        mid->counts.kept = 6;
        mid->counts.routed = 6;
        break;
    case TVN_ROLE_SOURCE:
    case TVN_ROLE_FILTER:
    case TVN_ROLE_SINK:
        break;
    }
    mid->books.out = 6;
    mid->counts.outs = 6;
    ledger.stage_count = A + 1;
    ledger.edge_count = E_A + 1;
}

/* The rows of a role: each number that a stage of it counts. */
static void
test_numbers_of_a_role(enum tvn_role role)
{
    struct tvn_ledger_stage *mid = &stages[KEEP];
    uint64_t *numbers[] = {&mid->books.in, &mid->books.passed,
        &mid->books.filtered, &mid->books.unrouted, &mid->books.absorbed,
        &mid->books.dropped, &mid->books.emitted, &mid->books.forked,
        &mid->counts.ok, &edges[E_A].offered,
        role == TVN_ROLE_ROUTER ? &mid->counts.kept : &mid->counts.outs,
        role == TVN_ROLE_ROUTER ? &mid->counts.routed : &mid->books.out};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        setup_chain(role);
        TVN_ASSERT(tvn_ledger_check(&ledger, NULL) == TVN_OK);
        (*numbers[i])++;
        TVN_ASSERT(finds("stage mid"));
        (*numbers[i]) -= 2;
        TVN_ASSERT(finds("stage mid"));
        teardown();
    }
}

static void
test_what_is_in_the_ring_is_counted_there(void)
{
    setup();
    /* An event put in, or taken out, behind the counters' back. */
    tvn_image_unref(queues[E_IN].ring[queues[E_IN].head].image);
    queues[E_IN].ring[queues[E_IN].head].image = NULL;
    TVN_ASSERT(finds("edge in -> keep"));
    teardown();
}

static void
test_two_errors_that_cancel_out_are_found(void)
{
    setup();
    stages[A].books.delivered--; /* an event of a's is booked at b */
    stages[A].books.in--;
    stages[B].books.delivered++;
    stages[B].books.in++;
    TVN_ASSERT(finds("stage a"));
    TVN_ASSERT(finds("stage b"));
    teardown();
}

static void
test_findings_are_bounded(void)
{
    struct tvn_diag diag = {0};

    setup();
    for (uint32_t i = 0; i < STAGES; i++) {
        memset(&stages[i].books, 0x11 * (int)(i + 1), sizeof(stages[i].books));
    }
    TVN_ASSERT(tvn_ledger_check(&ledger, &diag) == TVN_EUNBALANCED);
    TVN_ASSERT(diag.errors == 16);
    tvn_diag_fini(&diag);
    teardown();
}

/* ------------------------------------------------------------------------
 * An edge between two threads whose queue dropped and refused. */

static struct tvn_queue inbox;

/* in | keep: of 19 that were offered 12 were queued, 3 dropped as the newest,
 * 3 given up (one to the dead letter) and 1 is to be offered again.  Of the 12
 * one was dropped as the oldest, 3 lie in the queue, 8 went to the inbox,
 * where 2 lie.  Each of two records was tried again once. */
static void
setup_parts(void)
{
    memset(stages, 0, sizeof(stages));
    memset(edges, 0, sizeof(edges));
    TVN_ASSERT(tvn_queue_init(&queues[0], 3, 4096) == TVN_OK);
    tvn_queue_set_overflow(&queues[0], TVN_OVERFLOW_DROP_OLDEST, 0, 0, 0);
    move(&queues[0], 3, 3);
    move(&queues[0], 3, 3);
    move(&queues[0], 3, 2);
    move(&queues[0], 2, 0);
    TVN_ASSERT(tvn_queue_make_room(&queues[0], TVN_IMAGE_MIN));
    move(&queues[0], 1, 0);
    queues[0].dropped_newest = 3;
    queues[0].refused = 7;
    TVN_ASSERT(tvn_queue_init(&inbox, 16, 4096) == TVN_OK);
    move(&inbox, 8, 6);
    edges[0] = (struct tvn_ledger_edge){.name = TVN_STR("in -> out"),
        .from = 0,
        .to = 1,
        .offered = 19,
        .retrying = 1,
        .refused_dropped = 2,
        .refused_dead = 1,
        .refusals = 7,
        .queue = &queues[0],
        .inbox = &inbox};
    stages[0] = (struct tvn_ledger_stage){.name = TVN_STR("in"),
        .role = TVN_ROLE_SOURCE,
        .books = {.in = 19, .passed = 19, .out = 19, .retried = 2},
        .counts = {.records = 21, .ok = 19, .outs = 19, .failed = 2},
        .dead_written = 1};
    sink(1, "out", 6);
    stages[1].part = 1;
    ledger = (struct tvn_ledger){.stages = stages,
        .stage_count = 2,
        .edges = edges,
        .edge_count = 1,
        .counts_dead = true,
        .dead_total = 1};
}

static void
teardown_parts(void)
{
    tvn_queue_fini(&queues[0]);
    tvn_queue_fini(&inbox);
}

static void
test_what_edges_drop_is_in_the_sum(void)
{
    struct tvn_ledger_events events;

    setup_parts();
    TVN_ASSERT(tvn_ledger_check(&ledger, NULL) == TVN_OK);
    tvn_ledger_sum(&ledger, &events);
    TVN_ASSERT(tvn_ledger_edge_dropped(&edges[0]) == 6);
    TVN_ASSERT(events.in == 19 && events.delivered == 6);
    TVN_ASSERT(events.dropped == 6 && events.dead == 1);
    TVN_ASSERT(events.in_flight == 6); /* 3, 2, and 1 to be offered again */
    teardown_parts();
}

/* A bit for each part whose own check finds it. */
static uint32_t
parts_that_find(void)
{
    uint32_t bits = 0;

    for (uint32_t part = 0; part < 3; part++) {
        if (tvn_ledger_check_part(&ledger, part, NULL) != TVN_OK) {
            bits |= UINT32_C(1) << part;
        }
    }
    return bits;
}

static void
test_each_number_of_an_edge(void)
{
    static const struct {
        uint64_t *number;
        const char *place;
        uint32_t parts;
    } rows[] = {
        {&edges[0].offered, "edge in -> out", 1},
        {&edges[0].waiting, "edge in -> out", 1},
        {&edges[0].retrying, "edge in -> out", 1},
        {&edges[0].refused_dropped, "edge in -> out", 1},
        {&edges[0].refused_dead, "edge in -> out", 1},
        {&edges[0].refusals, "edge in -> out", 1},
        {&queues[0].refused, "edge in -> out", 1},
        {&queues[0].enqueued, "edge in -> out", 1},
        {&queues[0].dequeued, "edge in -> out", 1},
        {&queues[0].dropped_newest, "edge in -> out", 1},
        {&queues[0].dropped_oldest, "edge in -> out", 1},
        {&queues[0].discarded, "edge in -> out", 1},
        {&inbox.enqueued, "edge in -> out", 2},
        {&inbox.dequeued, "edge in -> out", 2},
        {&inbox.discarded, "edge in -> out", 2},
        {&stages[0].books.retried, "stage in", 1},
        {&stages[0].counts.records, "stage in", 1},
        {&stages[0].dead_written, "stage in", 1},
        {&stages[1].books.delivered, "stage out", 2},
        {&stages[1].counts.records, "stage out", 2},
        {&ledger.dead_total, "flow as a whole", 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        setup_parts();
        TVN_ASSERT(parts_that_find() == 0);
        (*rows[i].number)++;
        TVN_ASSERT(finds(rows[i].place));
        TVN_ASSERT(parts_that_find() == rows[i].parts);
        (*rows[i].number) -= 2;
        TVN_ASSERT(finds(rows[i].place));
        TVN_ASSERT(parts_that_find() == rows[i].parts);
        (*rows[i].number)++;
        teardown_parts();
    }
}

/* Each part by itself is right, and one event is between them. */
static void
test_what_is_on_the_way_is_seen_by_the_whole(void)
{
    setup_parts();
    tvn_image_unref(tvn_queue_pop(&queues[0]));
    TVN_ASSERT(parts_that_find() == 0);
    TVN_ASSERT(finds("edge in -> out"));
    teardown_parts();
}

/* An image that is gone from the inbox, and one too many in the queue. */
static void
test_the_inbox_is_counted_too(void)
{
    setup_parts();
    tvn_image_unref(inbox.ring[inbox.head].image);
    inbox.ring[inbox.head].image = NULL;
    TVN_ASSERT(parts_that_find() == 2);
    TVN_ASSERT(finds("edge in -> out"));
    teardown_parts();
}

/* An offer that was refused and booked as if it had been dropped. */
static void
test_an_outcome_of_the_wrong_name(void)
{
    setup_parts();
    edges[0].refused_dead--;
    edges[0].refused_dropped++;
    TVN_ASSERT(finds("stage in")); /* its dead letters do not agree */
    teardown_parts();
    setup_parts();
    stages[0].counts.records--; /* a record that was tried again was lost */
    stages[0].books.retried--;
    TVN_ASSERT(tvn_ledger_check(&ledger, NULL) == TVN_OK);
    stages[0].books.in--;
    stages[0].books.retried++;
    TVN_ASSERT(finds("stage in"));
    teardown_parts();
}

int
main(void)
{
    types = tvn_types_new();
    pool = tvn_pool_new(1024, 4096);
    TVN_ASSERT(types != NULL && pool != NULL);
    tvn_builder_init(&builder, pool);
    test_an_account_that_balances();
    test_every_number_is_compared_with_another();
    test_numbers_of_a_role(TVN_ROLE_PROCESSOR);
    test_numbers_of_a_role(TVN_ROLE_AGGREGATOR);
    test_numbers_of_a_role(TVN_ROLE_ROUTER);
    test_what_is_in_the_ring_is_counted_there();
    test_two_errors_that_cancel_out_are_found();
    test_findings_are_bounded();
    test_what_edges_drop_is_in_the_sum();
    test_each_number_of_an_edge();
    test_what_is_on_the_way_is_seen_by_the_whole();
    test_the_inbox_is_counted_too();
    test_an_outcome_of_the_wrong_name();
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
