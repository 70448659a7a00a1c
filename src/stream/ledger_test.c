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

int
main(void)
{
    types = tvn_types_new();
    pool = tvn_pool_new(1024, 4096);
    TVN_ASSERT(types != NULL && pool != NULL);
    tvn_builder_init(&builder, pool);
    test_an_account_that_balances();
    test_every_number_is_compared_with_another();
    test_what_is_in_the_ring_is_counted_there();
    test_two_errors_that_cancel_out_are_found();
    test_findings_are_bounded();
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
