/* queue_test.c -- one test per sentence of queue.h. */
#include "stream/queue.h"

#include "base/rng.h"
#include "stream/testing.h"

#include <stdio.h>
#include <stdlib.h>

/* All of an event's meta moves along, but for the attempts. */
static void
test_meta_is_copied(void)
{
    const struct tvn_event event = {.sequence = 1,
        .event_time_ns = 2,
        .ingest_time_ns = 3,
        .entered_ns = 4,
        .key = 5,
        .origin = 6,
        .attempt = 7,
        .reserved = 8};
    struct tvn_queue queue;
    const struct tvn_event *to;
    uint32_t count = 0;

    TVN_ASSERT(tvn_queue_init(&queue, 1, 1024) == TVN_OK);
    for (int i = 0; i < 2; i++) { /* also into a slot that was used */
        tvn_queue_push(&queue, &event, tvn_testing_image_of(0));
        to = tvn_queue_peek(&queue, 1, &count);
        TVN_ASSERT(to->image != NULL && to->sequence == 1);
        TVN_ASSERT(to->event_time_ns == 2 && to->ingest_time_ns == 3);
        TVN_ASSERT(to->entered_ns == 4 && to->key == 5 && to->origin == 6);
        TVN_ASSERT(to->attempt == 0 && to->reserved == 0);
        queue.ring[0].attempt = 9;
        queue.ring[0].reserved = 9;
        tvn_image_unref(tvn_queue_pop(&queue));
    }
    tvn_queue_fini(&queue);
}

static void
test_order_is_first_in_first_out(void)
{
    struct tvn_queue queue;

    TVN_ASSERT(tvn_queue_init(&queue, 2, 1024) == TVN_OK);
    tvn_testing_push(&queue, 1, 0);
    tvn_testing_push(&queue, 2, 0);
    TVN_ASSERT(!tvn_queue_has_room(&queue, TVN_IMAGE_MIN));
    TVN_ASSERT(tvn_testing_pop(&queue) == 1);
    tvn_testing_push(&queue, 3, 0); /* wraps round the ring */
    TVN_ASSERT(tvn_testing_pop(&queue) == 2);
    TVN_ASSERT(tvn_testing_pop(&queue) == 3);
    TVN_ASSERT(queue.depth == 0 && queue.depth_max == 2 && queue.bytes == 0);
    tvn_queue_fini(&queue);
}

static void
test_it_is_bounded_in_bytes_too(void)
{
    struct tvn_queue queue;

    TVN_ASSERT(tvn_queue_init(&queue, 100, 640) == TVN_OK);
    tvn_testing_push(&queue, 1, 400); /* a block of 512 */
    TVN_ASSERT(queue.bytes == 512);
    TVN_ASSERT(tvn_queue_has_room(&queue, 128));
    TVN_ASSERT(!tvn_queue_has_room(&queue, 192));
    tvn_testing_push(&queue, 2, 0);
    TVN_ASSERT(tvn_queue_free_bytes(&queue) == 0);
    TVN_ASSERT(tvn_queue_free_slots(&queue) == 98);
    TVN_ASSERT(tvn_testing_pop(&queue) == 1);
    TVN_ASSERT(queue.bytes == 128);
    tvn_queue_fini(&queue);
}

static void
test_peek_shows_a_run_in_place(void)
{
    struct tvn_queue queue;
    uint32_t count = 9;
    const struct tvn_event *run;

    TVN_ASSERT(tvn_queue_init(&queue, 4, 4096) == TVN_OK);
    (void)tvn_queue_peek(&queue, 64, &count);
    TVN_ASSERT(count == 0);
    for (uint64_t i = 0; i < 4; i++) {
        tvn_testing_push(&queue, i, 0);
    }
    run = tvn_queue_peek(&queue, 3, &count);
    TVN_ASSERT(count == 3 && run[2].sequence == 2 && run[2].attempt == 0);
    TVN_ASSERT(tvn_testing_pop(&queue) == 0 && tvn_testing_pop(&queue) == 1 &&
               tvn_testing_pop(&queue) == 2);
    tvn_testing_push(&queue, 4, 0);
    tvn_testing_push(&queue, 5, 0);
    run = tvn_queue_peek(&queue, 64, &count);
    TVN_ASSERT(count == 1 && run[0].sequence == 3); /* up to the ring's end */
    TVN_ASSERT(tvn_testing_pop(&queue) == 3);
    run = tvn_queue_peek(&queue, 64, &count);
    TVN_ASSERT(count == 2 && run[1].sequence == 5);
    tvn_queue_fini(&queue);
}

static void
test_it_counts_by_itself(void)
{
    struct tvn_queue queue;

    TVN_ASSERT(tvn_queue_init(&queue, 8, 4096) == TVN_OK);
    for (uint64_t i = 0; i < 5; i++) {
        tvn_testing_push(&queue, i, 0);
    }
    TVN_ASSERT(tvn_testing_pop(&queue) == 0);
    TVN_ASSERT(tvn_queue_count(&queue) == 4);
    tvn_queue_discard(&queue);
    TVN_ASSERT(queue.enqueued == 5 && queue.dequeued == 1);
    TVN_ASSERT(queue.discarded == 4 && tvn_queue_count(&queue) == 0);
    TVN_ASSERT(queue.depth == 0 && queue.bytes == 0);
    tvn_testing_push(&queue, 9, 0); /* it can be used after it */
    TVN_ASSERT(tvn_testing_pop(&queue) == 9);
    tvn_queue_fini(&queue);
}

static void
test_bounds_of_init(void)
{
    struct tvn_queue queue;

    TVN_ASSERT(tvn_queue_init(&queue, 0, 4096) == TVN_EINVAL);
    TVN_ASSERT(tvn_queue_init(&queue, TVN_QUEUE_MAX + 1, 4096) == TVN_EINVAL);
    TVN_ASSERT(tvn_queue_init(&queue, 1, TVN_IMAGE_MIN - 1) == TVN_EINVAL);
    tvn_queue_fini(&queue); /* safe: init left it zeroed */
    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_queue_init(&queue, 4, 4096) == TVN_ENOMEM);
    tvn_mem_fail_after(-1);
    tvn_queue_fini(&queue);
}

/* Against a list of what should be in it. */
static void
test_random_use(uint64_t seed)
{
    struct tvn_rng rng = {seed};

    for (uint32_t capacity = 1; capacity <= 9; capacity++) {
        struct tvn_queue queue;
        uint64_t first = 0;
        uint64_t next = 0;
        uint64_t bytes = 0;
        uint32_t blocks[16] = {0};

        TVN_ASSERT(tvn_queue_init(&queue, capacity, 1200) == TVN_OK);
        for (uint32_t i = 0; i < 2000; i++) {
            uint32_t size = (uint32_t)tvn_rng_below(&rng, 500);
            uint32_t block = tvn_pool_charge(tvn_testing_pool, size + 8);

            if (tvn_rng_below(&rng, 2) == 0) {
                bool has_room =
                    next - first < capacity && bytes + block <= 1200;

                TVN_ASSERT(tvn_queue_has_room(&queue, block) == has_room);
                if (has_room) {
                    blocks[next % 16] = block;
                    bytes += block;
                    tvn_testing_push(&queue, next++, size);
                }
            } else if (first < next) {
                bytes -= blocks[first % 16];
                TVN_ASSERT(tvn_testing_pop(&queue) == first++);
            }
            TVN_ASSERT(queue.bytes == bytes);
            TVN_ASSERT(tvn_queue_count(&queue) == next - first);
        }
        tvn_queue_fini(&queue);
    }
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 7;

    printf("seed %llu\n", (unsigned long long)seed);
    tvn_testing_begin();
    test_meta_is_copied();
    test_order_is_first_in_first_out();
    test_it_is_bounded_in_bytes_too();
    test_peek_shows_a_run_in_place();
    test_it_counts_by_itself();
    test_bounds_of_init();
    test_random_use(seed);
    tvn_testing_end();
    return 0;
}
