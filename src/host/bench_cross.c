/* bench_cross.c -- an event's way to another thread, in parts: the same calls
 * in the same order as flow/cross.c's, without a flow around them. */
#include "base/clock.h"
#include "host/bench_internal.h"
#include "stream/transfer.h"

#include <pthread.h>
#include <string.h>

#define CAPACITY    256u
#define QUEUE_BYTES (4u << 20)

struct rig {
    const struct tvn__crossing *opts;
    uint64_t events;
    struct tvn__maker maker;
    struct tvn_image *image;   /* everybody's, without has_images */
    struct tvn_loop *loops[2]; /* producer's, consumer's */
    struct tvn_transfer ring;
    struct { /* the producer's */
        struct tvn_queue queue;
        uint64_t made;
        uint8_t apart[64];
    };
    struct { /* the consumer's */
        struct tvn_queue inbox;
        uint64_t sum; /* of what it saw */
    };
};

/* ------------------------------------------------------------------------
 * The consumer. */

static void
see(struct rig *rig, struct tvn_image *image, uint64_t *bytes)
{
    uint64_t number;

    memcpy(&number, image->data, sizeof(number));
    rig->sum += number;
    *bytes += image->block;
    if (rig->opts->has_images) {
        tvn_image_unref(image);
    }
}

static uint32_t
take(struct rig *rig, uint64_t *bytes)
{
    struct tvn_event events[TVN_TRANSFER_MAX];
    uint32_t count = tvn_transfer_take(&rig->ring, events, TVN_TRANSFER_MAX);

    for (uint32_t i = 0; i < count; i++) {
        if (rig->opts->has_queues) {
            tvn_queue_push(&rig->inbox, &events[i], events[i].image);
        } else {
            see(rig, events[i].image, bytes);
        }
    }
    while (rig->inbox.depth > 0) {
        see(rig, tvn_queue_pop(&rig->inbox), bytes);
    }
    return count;
}

static void *
consume(void *self)
{
    struct rig *rig = self;

    while (!tvn_transfer_is_closed(&rig->ring)) {
        uint64_t bytes = 0;
        uint32_t count = take(rig, &bytes);

        if (tvn_transfer_give_back(&rig->ring, count, bytes)) {
            tvn_loop_wake(rig->loops[0]);
        }
        if (count == 0) {
            tvn_image_send_home();
            if (rig->opts->sleeps && tvn_transfer_want_events(&rig->ring)) {
                tvn_loop_poll(rig->loops[1], UINT64_MAX);
            }
        }
    }
    tvn_image_send_home();
    return NULL;
}

/* ------------------------------------------------------------------------
 * The producer. */

/* NULL: no memory. */
static struct tvn_image *
make(struct rig *rig)
{
    return rig->opts->has_images ? tvn__maker_make(&rig->maker, rig->made)
                                 : rig->image;
}

/* Straight into the ring, as many as it takes. */
static bool
put(struct rig *rig, uint32_t *count)
{
    uint32_t space = tvn_transfer_space(&rig->ring);

    while (*count < space && rig->made < rig->events) {
        struct tvn_event event = {.sequence = rig->made};

        event.image = make(rig);
        if (event.image == NULL) {
            return false;
        }
        tvn_image_share(event.image);
        tvn_transfer_put(&rig->ring, &event);
        rig->made++;
        ++*count;
    }
    return true;
}

/* A burst into the queue, and what the ring takes of it into the ring. */
static bool
put_queued(struct rig *rig, uint32_t *count)
{
    struct tvn_queue *queue = &rig->queue;
    uint32_t space;

    for (uint32_t i = 0; i < TVN_BURST_MAX && rig->made < rig->events &&
                         tvn_queue_free_slots(queue) > 0;
         i++) {
        struct tvn_event event = {.sequence = rig->made};
        struct tvn_image *image = make(rig);

        if (image == NULL) {
            return false;
        }
        tvn_queue_push(queue, &event, image);
        rig->made++;
    }
    space = queue->depth == 0 ? 0 : tvn_transfer_space(&rig->ring);
    while (
        queue->depth > 0 && queue->away < TVN_TRANSFER_MAX && *count < space) {
        struct tvn_event event = queue->ring[queue->head];

        event.image = tvn_queue_hand(queue);
        tvn_image_share(event.image);
        tvn_transfer_put(&rig->ring, &event);
        ++*count;
    }
    return true;
}

/* False: no memory. */
static bool
produce(struct rig *rig)
{
    bool is_ok = true;

    while (is_ok && (rig->made < rig->events || rig->queue.depth > 0)) {
        uint64_t events = 0;
        uint64_t bytes = 0;
        uint32_t count = 0;

        tvn_transfer_credits(&rig->ring, &events, &bytes);
        if (rig->opts->has_queues) {
            tvn_queue_credit(&rig->queue, (uint32_t)events, bytes);
        }
        tvn_pool_collect(rig->maker.pool);
        is_ok =
            rig->opts->has_queues ? put_queued(rig, &count) : put(rig, &count);
        if (tvn_transfer_publish(&rig->ring)) {
            tvn_loop_wake(rig->loops[1]);
        }
        if (rig->opts->sleeps && count == 0 &&
            tvn_transfer_want_credit(&rig->ring)) {
            tvn_loop_poll(rig->loops[0], UINT64_MAX);
        }
    }
    if (tvn_transfer_close(&rig->ring)) {
        tvn_loop_wake(rig->loops[1]);
    }
    return is_ok;
}

/* ------------------------------------------------------------------------ */

static tvn_err
prepare(struct rig *rig)
{
    tvn_err err = tvn__maker_init(&rig->maker);

    if (err == TVN_OK) {
        rig->image = tvn__maker_make(&rig->maker, 0);
        err = rig->image == NULL ? TVN_ENOMEM : TVN_OK;
    }
    if (err == TVN_OK) {
        err = tvn_queue_init(&rig->queue, CAPACITY, QUEUE_BYTES);
    }
    if (err == TVN_OK) {
        err = tvn_queue_init(&rig->inbox, TVN_TRANSFER_MAX, QUEUE_BYTES);
    }
    if (err == TVN_OK) {
        err = tvn_transfer_init(&rig->ring, TVN_TRANSFER_MAX);
    }
    for (uint32_t i = 0; err == TVN_OK && i < 2; i++) {
        err = tvn_loop_new(&rig->loops[i]);
    }
    return err;
}

static void
clear(struct rig *rig)
{
    tvn_queue_fini(&rig->queue);
    tvn_queue_fini(&rig->inbox);
    tvn_transfer_fini(&rig->ring);
    for (uint32_t i = 0; i < 2; i++) {
        if (rig->loops[i] != NULL) {
            tvn_loop_free(rig->loops[i]);
        }
    }
    tvn_image_unref(rig->image);
    tvn__maker_fini(&rig->maker);
}

tvn_err
tvn__crossing_run(const struct tvn__crossing *opts, uint64_t events, double *ns,
    struct tvn_diag *diag)
{
    struct rig rig = {.opts = opts, .events = events};
    tvn_err err = prepare(&rig);
    uint64_t began_ns = tvn_clock_monotonic_ns();
    pthread_t thread;

    if (err == TVN_OK && pthread_create(&thread, NULL, consume, &rig) != 0) {
        err = tvn_diag_error(diag, TVN_ENOMEM, NULL, "no thread to be had");
    } else if (err == TVN_OK) {
        err = produce(&rig) ? TVN_OK : TVN_ENOMEM;
        (void)pthread_join(thread, NULL);
        *ns = (double)(tvn_clock_monotonic_ns() - began_ns) / (double)events;
    }
    if (err == TVN_OK && opts->has_images &&
        rig.sum != events * (events - 1) / 2) {
        err = tvn_diag_error(
            diag, TVN_EUNBALANCED, NULL, "what came over is not what was sent");
    }
    clear(&rig);
    return err;
}
