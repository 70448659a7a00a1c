/* transfer_bench.c -- what it costs an event to change threads.
 *
 *     transfer_bench [EVENTS]
 *
 * Four rows for each size of a batch, the fastest of RUNS in ns an event:
 *
 *     one thread   make an image, drop it: what a hop costs without threads
 *     ring         put, publish, take, give back; the image is everybody's
 *     hop          make, share, put, ... drop at the other end, back home
 *     asleep       the same; whoever has nothing to do sleeps in a loop
 *
 * The first three never sleep: a thread that waits looks again, and lets others
 * run now and then. */
#include "base/clock.h"
#include "base/mem.h"
#include "reactor/loop.h"
#include "stream/transfer.h"
#include "value/testing.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS  40
#define LOOKS 2000u /* in vain, before others may run */

struct rig {
    struct tvn_types *types;
    const struct tvn_type *type;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_transfer transfer;
    struct tvn_loop *loops[2]; /* producer's, consumer's */
    struct tvn_image *image;   /* everybody's */
    uint64_t events;
    uint64_t sum;
    uint32_t batch;
    bool makes;
    bool sleeps;
};

static struct tvn_image *
make(struct rig *rig, uint64_t number)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(&rig->builder, rig->type) == TVN_OK);
    memcpy(rig->builder.data, &number, sizeof(number));
    TVN_ASSERT(tvn_builder_finish(&rig->builder, &image) == TVN_OK);
    return image;
}

static uint64_t
read_and_drop(struct tvn_image *image, bool drops)
{
    uint64_t number;

    memcpy(&number, image->data, sizeof(number));
    if (drops) {
        tvn_image_unref(image);
    }
    return number;
}

/* ------------------------------------------------------------------------
 * The two threads. */

static void
look_again(uint32_t *looks)
{
    if (++*looks % LOOKS == 0) {
        (void)sched_yield();
    }
}

static void *
consume(void *self)
{
    struct rig *rig = self;
    struct tvn_event events[TVN_TRANSFER_MAX];
    uint64_t sum = 0;
    uint32_t looks = 0;

    while (!tvn_transfer_is_closed(&rig->transfer)) {
        uint32_t count = tvn_transfer_take(&rig->transfer, events, rig->batch);
        uint64_t bytes = 0;

        for (uint32_t i = 0; i < count; i++) {
            bytes += events[i].image->block;
            sum += read_and_drop(events[i].image, rig->makes);
        }
        tvn_image_send_home();
        if (tvn_transfer_give_back(&rig->transfer, count, bytes)) {
            tvn_loop_wake(rig->loops[0]);
        }
        if (count > 0) {
            continue;
        }
        if (!rig->sleeps) {
            look_again(&looks);
        } else if (tvn_transfer_want_events(&rig->transfer)) {
            tvn_loop_poll(rig->loops[1], UINT64_MAX);
        }
    }
    rig->sum = sum;
    return NULL;
}

static void
produce(struct rig *rig)
{
    uint64_t made = 0;
    uint32_t looks = 0;

    while (made < rig->events) {
        uint32_t room = tvn_transfer_space(&rig->transfer);
        uint32_t put = 0;
        uint64_t events;
        uint64_t bytes;

        tvn_transfer_credits(&rig->transfer, &events, &bytes);
        for (; put < room && put < rig->batch && made < rig->events; put++) {
            struct tvn_event event = {.sequence = made};

            event.image = rig->makes ? make(rig, made) : rig->image;
            tvn_image_share(event.image);
            tvn_transfer_put(&rig->transfer, &event);
            made++;
        }
        if (tvn_transfer_publish(&rig->transfer)) {
            tvn_loop_wake(rig->loops[1]);
        }
        if (put > 0) {
            continue;
        }
        if (!rig->sleeps) {
            look_again(&looks);
        } else if (tvn_transfer_want_credit(&rig->transfer)) {
            tvn_loop_poll(rig->loops[0], UINT64_MAX);
        }
    }
    if (tvn_transfer_close(&rig->transfer)) {
        tvn_loop_wake(rig->loops[1]);
    }
}

static void
run_pair(struct rig *rig)
{
    pthread_t thread;

    TVN_ASSERT(tvn_transfer_init(&rig->transfer, TVN_TRANSFER_MAX) == TVN_OK);
    TVN_ASSERT(pthread_create(&thread, NULL, consume, rig) == 0);
    produce(rig);
    TVN_ASSERT(pthread_join(thread, NULL) == 0);
    tvn_transfer_fini(&rig->transfer);
    TVN_ASSERT(rig->makes ? rig->sum == rig->events * (rig->events - 1) / 2
                          : rig->sum == rig->events * 7);
}

/* ------------------------------------------------------------------------
 * The rows. */

static void
run_one_thread(struct rig *rig)
{
    rig->sum = 0;
    for (uint64_t i = 0; i < rig->events; i += rig->batch) {
        struct tvn_image *images[TVN_TRANSFER_MAX];

        for (uint32_t k = 0; k < rig->batch; k++) {
            images[k] = make(rig, i + k);
        }
        for (uint32_t k = 0; k < rig->batch; k++) {
            rig->sum += read_and_drop(images[k], true);
        }
    }
}

static void
run_ring(struct rig *rig)
{
    rig->makes = false;
    rig->sleeps = false;
    run_pair(rig);
}

static void
run_hop(struct rig *rig)
{
    rig->makes = true;
    rig->sleeps = false;
    run_pair(rig);
}

static void
run_asleep(struct rig *rig)
{
    rig->makes = true;
    rig->sleeps = true;
    run_pair(rig);
}

static double
best_of(struct rig *rig, void (*run)(struct rig *rig))
{
    double best = 0;

    for (int i = 0; i < RUNS; i++) {
        uint64_t start = tvn_clock_monotonic_ns();
        double ns;

        run(rig);
        ns = (double)(tvn_clock_monotonic_ns() - start) / (double)rig->events;
        best = i == 0 || ns < best ? ns : best;
    }
    return best;
}

int
main(int argc, char **argv)
{
    static const uint32_t batches[] = {1, 8, 32, 64};
    struct rig rig = {.events = UINT64_C(1) << 16};

    if (argc > 1) {
        rig.events = strtoull(argv[1], NULL, 10) / 64 * 64;
    }
    rig.types = tvn_types_new();
    rig.pool = tvn_pool_new(1u << 20, 1u << 20);
    TVN_ASSERT(rig.types != NULL && rig.pool != NULL && rig.events > 0 &&
               tvn_loop_new(&rig.loops[0]) == TVN_OK &&
               tvn_loop_new(&rig.loops[1]) == TVN_OK);
    rig.type = tvn_testing_scalar(rig.types, TVN_KIND_U64);
    tvn_builder_init(&rig.builder, rig.pool);
    rig.image = make(&rig, 7);
    printf("ns an event   one thread    ring     hop  asleep\n");
    for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
        rig.batch = batches[i];
        printf("batch of %-4u %10.1f", (unsigned)rig.batch,
            best_of(&rig, run_one_thread));
        printf(" %7.1f", best_of(&rig, run_ring));
        printf(" %7.1f", best_of(&rig, run_hop));
        printf(" %7.1f\n", best_of(&rig, run_asleep));
    }
    tvn_image_unref(rig.image);
    tvn_builder_fini(&rig.builder);
    tvn_pool_free(rig.pool);
    tvn_types_free(rig.types);
    tvn_loop_free(rig.loops[0]);
    tvn_loop_free(rig.loops[1]);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
