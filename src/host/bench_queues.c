/* bench_queues.c -- `torvyn bench queues`; see bench.h. */
#include "base/clock.h"
#include "base/mem.h"
#include "host/bench_internal.h"
#include "stream/queue.h"

#define CALLS       200000u /* of a sample */
#define CROSSINGS   400000u
#define CAPACITY    256u
#define QUEUE_BYTES (4u << 20)

/* What a queue is compared with: nothing but the copies. */
struct ring {
    struct tvn_event slots[CAPACITY];
    uint32_t head;
    uint32_t depth;
};

struct queue_side {
    struct tvn__maker *maker;
    struct ring ring;
    struct tvn_queue queue;
    struct tvn_event event; /* its image is one reference */
    enum tvn_overflow overflow;
    uint64_t now_ns;
};

/* ------------------------------------------------------------------------
 * Push and pop. */

static tvn_err
sample_ring(void *env, double *ns, struct tvn_diag *diag)
{
    struct queue_side *side = env;
    struct ring *ring = &side->ring;
    uint64_t began_ns = tvn_clock_monotonic_ns();

    (void)diag;
    for (uint32_t i = 0; i < CALLS; i++) {
        ring->slots[(ring->head + ring->depth) % CAPACITY] = side->event;
        ring->depth++;
        side->event = ring->slots[ring->head];
        ring->head = (ring->head + 1) % CAPACITY;
        ring->depth--;
    }
    *ns = (double)(tvn_clock_monotonic_ns() - began_ns) / CALLS;
    return TVN_OK;
}

static tvn_err
sample_queue(void *env, double *ns, struct tvn_diag *diag)
{
    struct queue_side *side = env;
    uint64_t began_ns = tvn_clock_monotonic_ns();

    (void)diag;
    for (uint32_t i = 0; i < CALLS; i++) {
        tvn_queue_push(&side->queue, &side->event, side->event.image);
        side->event.image = tvn_queue_pop(&side->queue);
    }
    *ns = (double)(tvn_clock_monotonic_ns() - began_ns) / CALLS;
    return TVN_OK;
}

static tvn_err
sample_offer(void *env, double *ns, struct tvn_diag *diag)
{
    struct queue_side *side = env;
    uint64_t began_ns = tvn_clock_monotonic_ns();

    (void)diag;
    for (uint32_t i = 0; i < CALLS; i++) {
        (void)tvn_queue_offer(
            &side->queue, &side->event, side->event.image, ++side->now_ns);
        side->event.image = tvn_queue_pop(&side->queue);
    }
    *ns = (double)(tvn_clock_monotonic_ns() - began_ns) / CALLS;
    return TVN_OK;
}

/* Whatever becomes of it, a reference goes with it. */
static tvn_err
sample_full(void *env, double *ns, struct tvn_diag *diag)
{
    struct queue_side *side = env;
    uint64_t began_ns = tvn_clock_monotonic_ns();

    (void)diag;
    for (uint32_t i = 0; i < CALLS; i++) {
        struct tvn_image *image = tvn_image_ref(side->event.image);

        if (tvn_queue_offer(&side->queue, &side->event, image, 0) ==
            TVN_OFFERED_REFUSED) {
            tvn_image_unref(image);
        }
    }
    *ns = (double)(tvn_clock_monotonic_ns() - began_ns) / CALLS;
    return TVN_OK;
}

static tvn_err
sample_image(void *env, double *ns, struct tvn_diag *diag)
{
    struct queue_side *side = env;
    uint64_t began_ns = tvn_clock_monotonic_ns();

    (void)diag;
    for (uint32_t i = 0; i < CALLS; i++) {
        struct tvn_image *image = tvn__maker_make(side->maker, i);

        if (image == NULL) {
            return TVN_ENOMEM;
        }
        tvn_image_unref(image);
    }
    *ns = (double)(tvn_clock_monotonic_ns() - began_ns) / CALLS;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * On two threads. */

static tvn_err
sample_crossing(void *env, double *ns, struct tvn_diag *diag)
{
    return tvn__crossing_run(env, CROSSINGS, ns, diag);
}

static tvn_err
sample_flow(void *env, double *ns, struct tvn_diag *diag)
{
    const struct tvn__tiny *opts = env;
    struct tvn__tiny_run run;
    tvn_err err = tvn__tiny_run(&run, opts, diag);

    if (err == TVN_OK) {
        *ns = (double)tvn_flow_elapsed_ns(run.flow) / (double)opts->events;
    }
    tvn__tiny_free(&run);
    return err;
}

/* ------------------------------------------------------------------------ */

#define QUEUES    11u /* sides on one thread */
#define SIDES_MAX QUEUES

static tvn_err
prepare(struct queue_side *side, struct tvn__maker *maker, bool is_full)
{
    tvn_err err = tvn_queue_init(&side->queue, CAPACITY, QUEUE_BYTES);
    bool has_rate = side->overflow == TVN_OVERFLOW_RATE_LIMIT;

    side->maker = maker;
    side->event.image = tvn__maker_make(maker, 0);
    if (err != TVN_OK || side->event.image == NULL) {
        return TVN_ENOMEM;
    }
    tvn_queue_set_overflow(&side->queue, side->overflow,
        has_rate ? TVN_BUCKET_TOKEN : 0, has_rate ? TVN_QUEUE_MAX : 0, 0);
    while (is_full && tvn_queue_free_slots(&side->queue) > 0) {
        tvn_queue_push(
            &side->queue, &side->event, tvn_image_ref(side->event.image));
    }
    return TVN_OK;
}

static void
clear(struct queue_side *side)
{
    tvn_queue_fini(&side->queue);
    tvn_image_unref(side->event.image);
}

/* A row for each side; the second and those behind it, `compared` of them, are
 * compared with the first. */
static void
add_rows(struct tvn_bench *out, struct tvn__side *sides, uint32_t count,
    uint32_t compared)
{
    double ratios[SIDES_MAX] = {0};

    for (uint32_t i = 1; i <= compared; i++) { /* before a median sorts */
        ratios[i] =
            tvn__ratio_of(sides[i].samples, sides[0].samples, out->pairs);
    }
    for (uint32_t i = 0; i < count; i++) {
        double ns = tvn__median(sides[i].samples, out->pairs);

        tvn__add_row(out, sides[i].name, ns, ratios[i],
            ratios[i] > 0 ? sides[0].name : NULL);
        out->rows[out->count - 1].ns_min = sides[i].samples[0];
    }
}

static tvn_err
bench_one_thread(struct tvn_bench *out, struct tvn_diag *diag)
{
    static const enum tvn_overflow overflows[QUEUES] = {
        [3] = TVN_OVERFLOW_DROP_OLDEST,
        [4] = TVN_OVERFLOW_DROP_NEWEST,
        [5] = TVN_OVERFLOW_ERROR,
        [6] = TVN_OVERFLOW_RATE_LIMIT,
        [7] = TVN_OVERFLOW_DROP_OLDEST,
        [8] = TVN_OVERFLOW_DROP_NEWEST,
        [9] = TVN_OVERFLOW_ERROR,
    };
    struct tvn__side sides[QUEUES] = {
        {.name = "ring", .sample = sample_ring},
        {.name = "queue", .sample = sample_queue},
        {.name = "offer-block", .sample = sample_offer},
        {.name = "offer-drop-oldest", .sample = sample_offer},
        {.name = "offer-drop-newest", .sample = sample_offer},
        {.name = "offer-error", .sample = sample_offer},
        {.name = "offer-rate-limit", .sample = sample_offer},
        {.name = "full-drop-oldest", .sample = sample_full},
        {.name = "full-drop-newest", .sample = sample_full},
        {.name = "full-error", .sample = sample_full},
        {.name = "image", .sample = sample_image},
    };
    struct tvn__maker maker = {0};
    struct queue_side *queues = tvn_mem_new(QUEUES, sizeof(*queues));
    tvn_err err = tvn__maker_init(&maker);

    if (queues == NULL) {
        err = TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < QUEUES; i++) {
        queues[i].overflow = overflows[i];
        sides[i].env = &queues[i];
        err = prepare(&queues[i], &maker, sides[i].sample == sample_full);
    }
    if (err == TVN_OK) {
        err = tvn__interleave(sides, QUEUES, out->pairs, diag);
    }
    if (err == TVN_OK) {
        add_rows(out, sides, QUEUES, QUEUES - 2);
    }
    tvn__free_samples(sides, QUEUES, out->pairs);
    for (uint32_t i = 0; queues != NULL && i < QUEUES; i++) {
        clear(&queues[i]);
    }
    tvn_mem_free(queues, QUEUES, sizeof(*queues));
    tvn__maker_fini(&maker);
    return err;
}

tvn_err
tvn__bench_queue(struct tvn_bench *out, struct tvn_diag *diag)
{
    struct tvn__maker maker = {0};
    struct queue_side queue = {0};
    struct tvn__side side = {"queue", sample_queue, &queue, NULL};
    tvn_err err = tvn__maker_init(&maker);

    if (err == TVN_OK) {
        err = prepare(&queue, &maker, false);
    }
    if (err == TVN_OK) {
        err = tvn__interleave(&side, 1, out->pairs, diag);
    }
    if (err == TVN_OK) {
        tvn__add_row(
            out, side.name, tvn__median(side.samples, out->pairs), 0, NULL);
    }
    tvn__free_samples(&side, 1, out->pairs);
    clear(&queue);
    tvn__maker_fini(&maker);
    return err;
}

static tvn_err
bench_two_threads(struct tvn_bench *out, struct tvn_diag *diag)
{
    struct tvn__crossing ways[] = {
        {false, false, false},
        {true, false, false},
        {true, true, false},
        {true, true, true},
    };
    struct tvn__tiny flows[] = {
        {.events = CROSSINGS, .thread_count = 1},
        {.events = CROSSINGS, .thread_count = 2},
    };
    struct tvn__side sides[] = {
        {.name = "cross-ring", .sample = sample_crossing, .env = &ways[0]},
        {.name = "cross-queue", .sample = sample_crossing, .env = &ways[1]},
        {.name = "cross-image", .sample = sample_crossing, .env = &ways[2]},
        {.name = "cross-asleep", .sample = sample_crossing, .env = &ways[3]},
        {.name = "flow-1", .sample = sample_flow, .env = &flows[0]},
        {.name = "flow-2", .sample = sample_flow, .env = &flows[1]},
    };
    tvn_err err = tvn__interleave(sides, 6, out->pairs, diag);

    if (err == TVN_OK) {
        add_rows(out, sides, 6, 5);
    }
    tvn__free_samples(sides, 6, out->pairs);
    return err;
}

tvn_err
tvn_bench_queues(uint64_t pairs, struct tvn_bench *out, struct tvn_diag *diag)
{
    tvn_err err;

    *out = (struct tvn_bench){
        .pairs = pairs > TVN__PAIRS_MAX ? TVN__PAIRS_MAX : pairs};
    err = bench_one_thread(out, diag);
    return err == TVN_OK ? bench_two_threads(out, diag) : err;
}
