/* queue_policy_test.c -- what a full queue does: the sentences of queue.h on
 * policies, rates and events that were handed on.
 *
 *     queue_policy_test [SEED] */
#include "base/rng.h"
#include "stream/testing.h"

#include <stdio.h>
#include <stdlib.h>

static void
init(struct tvn_queue *queue, uint32_t capacity, uint64_t bytes,
    enum tvn_overflow overflow)
{
    TVN_ASSERT(tvn_queue_init(queue, capacity, bytes) == TVN_OK);
    tvn_queue_set_overflow(queue, overflow, 0, 0, 0);
}

static enum tvn_offered
offer(
    struct tvn_queue *queue, uint64_t sequence, uint32_t size, uint64_t now_ns)
{
    const struct tvn_event event = {.sequence = sequence};
    struct tvn_image *image = tvn_testing_image_of(size);
    enum tvn_offered offered = tvn_queue_offer(queue, &event, image, now_ns);

    if (offered == TVN_OFFERED_REFUSED) {
        TVN_ASSERT(image->refs == 1); /* it stays with whoever offered it */
        tvn_image_unref(image);
    }
    return offered;
}

static void
test_who_waits_for_room(void)
{
    static const bool blocks[] = {true, false, false, false, true};

    for (uint32_t i = 0; i <= TVN_OVERFLOW_RATE_LIMIT; i++) {
        struct tvn_queue queue;

        TVN_ASSERT(tvn_queue_init(&queue, 1, 1024) == TVN_OK);
        TVN_ASSERT(tvn_queue_blocks(&queue));
        tvn_queue_set_overflow(&queue, (enum tvn_overflow)i, 1, 1, 0);
        TVN_ASSERT(tvn_queue_blocks(&queue) == blocks[i]);
        TVN_ASSERT(offer(&queue, 1, 0, 0) == TVN_OFFERED_QUEUED);
        tvn_queue_fini(&queue);
    }
}

static void
test_drop_oldest_keeps_the_newest(void)
{
    struct tvn_queue queue;

    init(&queue, 3, 4096, TVN_OVERFLOW_DROP_OLDEST);
    for (uint64_t i = 0; i < 10; i++) {
        TVN_ASSERT(offer(&queue, i, 0, 0) == TVN_OFFERED_QUEUED);
    }
    TVN_ASSERT(queue.dropped_oldest == 7 && queue.dropped_newest == 0);
    TVN_ASSERT(queue.enqueued == 10 && queue.depth == 3);
    TVN_ASSERT(queue.depth_max == 3 && tvn_queue_count(&queue) == 3);
    TVN_ASSERT(tvn_testing_pop(&queue) == 7 && tvn_testing_pop(&queue) == 8 &&
               tvn_testing_pop(&queue) == 9);
    TVN_ASSERT(queue.bytes == 0 && queue.dequeued == 3);
    tvn_queue_fini(&queue);
}

static void
test_drop_oldest_keeps_what_is_begun(void)
{
    for (uint32_t start = 0; start < 4; start++) { /* anywhere in the ring */
        struct tvn_queue queue;
        uint32_t count;

        init(&queue, 4, 4096, TVN_OVERFLOW_DROP_OLDEST);
        for (uint32_t i = 0; i < start; i++) {
            tvn_testing_push(&queue, 99, 0);
            (void)tvn_testing_pop(&queue);
        }
        for (uint64_t i = 0; i < 4; i++) {
            tvn_testing_push(&queue, i, i == 0 ? 200 : 0);
        }
        queue.is_begun = true;
        queue.ring[queue.head].attempt = 3;
        for (uint64_t i = 4; i < 9; i++) {
            TVN_ASSERT(offer(&queue, i, 0, 0) == TVN_OFFERED_QUEUED);
            TVN_ASSERT(tvn_queue_peek(&queue, 1, &count)->sequence == 0);
        }
        TVN_ASSERT(tvn_queue_peek(&queue, 1, &count)->attempt == 3);
        TVN_ASSERT(queue.dropped_oldest == 5 && tvn_queue_count(&queue) == 4);
        TVN_ASSERT(tvn_testing_pop(&queue) == 0);
        queue.is_begun = false;
        TVN_ASSERT(tvn_testing_pop(&queue) == 6 &&
                   tvn_testing_pop(&queue) == 7 &&
                   tvn_testing_pop(&queue) == 8);
        TVN_ASSERT(queue.bytes == 0);
        tvn_queue_fini(&queue);
    }
}

static void
test_without_a_victim_the_new_one_is_dropped(void)
{
    struct tvn_queue queue;

    init(&queue, 1, 4096, TVN_OVERFLOW_DROP_OLDEST);
    tvn_testing_push(&queue, 1, 0);
    queue.is_begun = true;
    TVN_ASSERT(offer(&queue, 2, 0, 0) == TVN_OFFERED_DROPPED);
    TVN_ASSERT(queue.dropped_newest == 1 && queue.dropped_oldest == 0);
    TVN_ASSERT(queue.enqueued == 1);
    queue.is_begun = false;
    TVN_ASSERT(offer(&queue, 3, 0, 0) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(queue.dropped_oldest == 1 && tvn_testing_pop(&queue) == 3);
    tvn_queue_fini(&queue);
}

static void
test_room_is_made_in_bytes(void)
{
    struct tvn_queue queue;

    init(&queue, 8, 640, TVN_OVERFLOW_DROP_OLDEST);
    for (uint64_t i = 0; i < 5; i++) {
        tvn_testing_push(&queue, i, 0); /* 128 each: no byte is left */
    }
    TVN_ASSERT(offer(&queue, 5, 0, 0) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(queue.dropped_oldest == 1 && queue.bytes == 640);
    TVN_ASSERT(offer(&queue, 6, 400, 0) == TVN_OFFERED_QUEUED); /* 512 */
    TVN_ASSERT(queue.dropped_oldest == 5 && queue.bytes == 640);
    TVN_ASSERT(queue.bytes_peak == 640);
    /* Larger than the edge: what was freed on the way is freed. */
    TVN_ASSERT(offer(&queue, 7, 700, 0) == TVN_OFFERED_DROPPED);
    TVN_ASSERT(queue.dropped_oldest == 7 && queue.dropped_newest == 1);
    TVN_ASSERT(queue.depth == 0 && queue.bytes == 0);
    tvn_testing_push(&queue, 8, 400);
    TVN_ASSERT(tvn_queue_make_room(&queue, 128)); /* there was room */
    TVN_ASSERT(queue.depth == 1);
    queue.is_begun = true;
    TVN_ASSERT(!tvn_queue_make_room(&queue, 192));
    TVN_ASSERT(tvn_testing_pop(&queue) == 8);
    tvn_queue_fini(&queue);
}

static void
test_drop_newest_keeps_the_oldest(void)
{
    struct tvn_queue queue;

    init(&queue, 3, 4096, TVN_OVERFLOW_DROP_NEWEST);
    for (uint64_t i = 0; i < 10; i++) {
        TVN_ASSERT(offer(&queue, i, 0, 0) ==
                   (i < 3 ? TVN_OFFERED_QUEUED : TVN_OFFERED_DROPPED));
    }
    TVN_ASSERT(queue.dropped_newest == 7 && queue.dropped_oldest == 0);
    TVN_ASSERT(queue.enqueued == 3);
    TVN_ASSERT(tvn_testing_pop(&queue) == 0 && tvn_testing_pop(&queue) == 1 &&
               tvn_testing_pop(&queue) == 2);
    tvn_queue_fini(&queue);
    init(&queue, 3, 256, TVN_OVERFLOW_DROP_NEWEST); /* bytes count as well */
    TVN_ASSERT(offer(&queue, 0, 150, 0) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(offer(&queue, 1, 0, 0) == TVN_OFFERED_DROPPED);
    tvn_queue_fini(&queue);
}

static void
test_error_refuses(void)
{
    struct tvn_queue queue;

    init(&queue, 2, 4096, TVN_OVERFLOW_ERROR);
    TVN_ASSERT(offer(&queue, 0, 0, 0) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(offer(&queue, 1, 0, 0) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(offer(&queue, 2, 0, 0) == TVN_OFFERED_REFUSED);
    TVN_ASSERT(offer(&queue, 2, 0, 0) == TVN_OFFERED_REFUSED);
    TVN_ASSERT(queue.refused == 2 && queue.enqueued == 2);
    TVN_ASSERT(queue.dropped_newest == 0 && queue.dropped_oldest == 0);
    TVN_ASSERT(tvn_testing_pop(&queue) == 0);
    TVN_ASSERT(offer(&queue, 2, 0, 0) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(tvn_testing_pop(&queue) == 1 && tvn_testing_pop(&queue) == 2);
    tvn_queue_fini(&queue);
}

/* 1 token a second, two at once. */
static void
test_an_event_needs_a_token(enum tvn_overflow overflow)
{
    const uint64_t second = UINT64_C(1000000000);
    struct tvn_queue queue;

    TVN_ASSERT(tvn_queue_init(&queue, 8, 4096) == TVN_OK);
    tvn_queue_set_overflow(&queue, overflow, 1, 2, 5 * second);
    TVN_ASSERT(offer(&queue, 0, 0, 5 * second) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(offer(&queue, 1, 0, 5 * second) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(tvn_bucket_tokens(&queue.bucket, 5 * second) == 0);
    if (!tvn_queue_blocks(&queue)) { /* else the producer has looked */
        bool refuses = overflow == TVN_OVERFLOW_ERROR;

        TVN_ASSERT(offer(&queue, 2, 0, 6 * second - 1) ==
                   (refuses ? TVN_OFFERED_REFUSED : TVN_OFFERED_DROPPED));
        TVN_ASSERT(queue.refused == refuses);
        TVN_ASSERT(queue.dropped_newest == !refuses);
    }
    TVN_ASSERT(queue.dropped_oldest == 0); /* room does not help */
    TVN_ASSERT(offer(&queue, 3, 0, 6 * second) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(queue.enqueued == 3);
    TVN_ASSERT(tvn_testing_pop(&queue) == 0 && tvn_testing_pop(&queue) == 1 &&
               tvn_testing_pop(&queue) == 3);
    tvn_queue_fini(&queue);
}

static void
test_what_is_not_queued_takes_no_token(void)
{
    static const enum tvn_overflow policies[] = {
        TVN_OVERFLOW_DROP_NEWEST, TVN_OVERFLOW_ERROR};

    for (size_t i = 0; i < 2; i++) {
        struct tvn_queue queue;

        TVN_ASSERT(tvn_queue_init(&queue, 1, 4096) == TVN_OK);
        tvn_queue_set_overflow(&queue, policies[i], 1, 3, 0);
        TVN_ASSERT(offer(&queue, 0, 0, 0) == TVN_OFFERED_QUEUED);
        TVN_ASSERT(offer(&queue, 1, 0, 0) != TVN_OFFERED_QUEUED);
        TVN_ASSERT(tvn_bucket_tokens(&queue.bucket, 0) == 2);
        tvn_queue_fini(&queue);
    }
}

/* ------------------------------------------------------------------------
 * Handed on to another thread. */

static void
test_what_is_away_stays_charged(void)
{
    struct tvn_queue queue;

    init(&queue, 4, 640, TVN_OVERFLOW_DROP_OLDEST);
    tvn_testing_push(&queue, 0, 200); /* 320 */
    tvn_testing_push(&queue, 1, 0);
    tvn_image_unref(tvn_queue_hand(&queue));
    TVN_ASSERT(queue.depth == 1 && queue.away == 1 && queue.dequeued == 1);
    TVN_ASSERT(queue.bytes == 448 && tvn_queue_count(&queue) == 1);
    TVN_ASSERT(tvn_queue_free_slots(&queue) == 2);
    TVN_ASSERT(!tvn_queue_has_room(&queue, 256));
    tvn_testing_push(&queue, 2, 0);
    TVN_ASSERT(queue.depth_max == 3);
    /* Only those that are here make room: 320 bytes are away. */
    TVN_ASSERT(!tvn_queue_make_room(&queue, 384));
    TVN_ASSERT(queue.dropped_oldest == 2 && queue.bytes == 320);
    tvn_queue_credit(&queue, 1, 320);
    TVN_ASSERT(queue.away == 0 && queue.bytes == 0);
    TVN_ASSERT(tvn_queue_has_room(&queue, 640));
    tvn_queue_fini(&queue);
}

static void
test_away_counts_in_capacity(void)
{
    struct tvn_queue queue;

    init(&queue, 2, 4096, TVN_OVERFLOW_DROP_OLDEST);
    tvn_testing_push(&queue, 0, 0);
    tvn_testing_push(&queue, 1, 0);
    tvn_image_unref(tvn_queue_hand(&queue));
    tvn_image_unref(tvn_queue_hand(&queue));
    TVN_ASSERT(offer(&queue, 2, 0, 0) == TVN_OFFERED_DROPPED);
    TVN_ASSERT(queue.dropped_newest == 1);
    tvn_queue_discard(&queue); /* what is away is not here to be lost */
    TVN_ASSERT(queue.discarded == 0 && queue.away == 2);
    tvn_queue_credit(&queue, 1, 128);
    TVN_ASSERT(offer(&queue, 3, 0, 0) == TVN_OFFERED_QUEUED);
    TVN_ASSERT(queue.depth_max == 2 && tvn_testing_pop(&queue) == 3);
    tvn_queue_credit(&queue, 1, 128);
    tvn_queue_fini(&queue);
}

/* ------------------------------------------------------------------------
 * Every policy, against a list of what should be in it. */

#define LIST_MAX 16u

struct list {
    uint64_t sequence[LIST_MAX];
    uint32_t block[LIST_MAX];
    uint32_t count;
    uint32_t away;
    uint64_t away_blocks[LIST_MAX];
    uint64_t bytes; /* with those that are away */
    uint64_t dropped;
};

static uint32_t
list_take(struct list *list, uint32_t at)
{
    uint32_t block = list->block[at];

    list->count--;
    list->bytes -= block;
    for (uint32_t i = at; i < list->count; i++) {
        list->sequence[i] = list->sequence[i + 1];
        list->block[i] = list->block[i + 1];
    }
    return block;
}

static void
list_offer(struct list *list, const struct tvn_queue *queue, uint64_t sequence,
    uint32_t block)
{
    uint32_t first = queue->is_begun ? 1 : 0;

    while (queue->overflow == TVN_OVERFLOW_DROP_OLDEST && list->count > first &&
           (list->count + list->away == queue->capacity ||
               list->bytes + block > queue->bytes_max)) {
        (void)list_take(list, first);
        list->dropped++;
    }
    if (list->count + list->away == queue->capacity ||
        list->bytes + block > queue->bytes_max) {
        list->dropped++;
        return;
    }
    list->sequence[list->count] = sequence;
    list->block[list->count++] = block;
    list->bytes += block;
}

/* One step of the consumer's, or of the other thread's. */
static void
take_one(struct tvn_queue *queue, struct list *list, struct tvn_rng *rng)
{
    switch (tvn_rng_below(rng, 4)) {
    case 0:
        queue->is_begun = list->count > 0;
        break;
    case 1:
        if (list->away > 0) {
            list->bytes -= list->away_blocks[--list->away];
            tvn_queue_credit(queue, 1, list->away_blocks[list->away]);
        }
        break;
    case 2:
        if (list->count > 0 && !queue->is_begun) {
            uint32_t block = list_take(list, 0);

            list->away_blocks[list->away++] = block;
            list->bytes += block;
            tvn_image_unref(tvn_queue_hand(queue));
        }
        break;
    default:
        if (list->count > 0) {
            TVN_ASSERT(tvn_testing_pop(queue) == list->sequence[0]);
            queue->is_begun = false;
            (void)list_take(list, 0);
        }
        break;
    }
}

static void
test_random_policies(uint64_t seed)
{
    struct tvn_rng rng = {seed};

    for (uint32_t round = 0; round < 60; round++) {
        enum tvn_overflow overflow = (enum tvn_overflow)(1 + round % 3);
        struct tvn_queue queue;
        struct list list = {0};

        init(&queue, 1 + (uint32_t)tvn_rng_below(&rng, 9), 1200, overflow);
        for (uint64_t i = 0; i < 1000; i++) {
            if (tvn_rng_below(&rng, 2) == 0) {
                uint32_t size = (uint32_t)tvn_rng_below(&rng, 1300);

                list_offer(&list, &queue, i,
                    tvn_pool_charge(tvn_testing_pool, size + 8));
                (void)offer(&queue, i, size, 0);
            } else {
                take_one(&queue, &list, &rng);
            }
            TVN_ASSERT(queue.depth == list.count && queue.away == list.away);
            TVN_ASSERT(queue.bytes == list.bytes);
            TVN_ASSERT(tvn_queue_count(&queue) == list.count);
            TVN_ASSERT(
                queue.dropped_newest + queue.dropped_oldest + queue.refused ==
                list.dropped);
            TVN_ASSERT(queue.enqueued ==
                       queue.dequeued + queue.dropped_oldest + list.count);
        }
        TVN_ASSERT(queue.depth_max <= queue.capacity);
        TVN_ASSERT(queue.bytes_peak <= queue.bytes_max);
        tvn_queue_fini(&queue);
    }
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 7;

    printf("seed %llu\n", (unsigned long long)seed);
    tvn_testing_begin();
    test_who_waits_for_room();
    test_drop_oldest_keeps_the_newest();
    test_drop_oldest_keeps_what_is_begun();
    test_without_a_victim_the_new_one_is_dropped();
    test_room_is_made_in_bytes();
    test_drop_newest_keeps_the_oldest();
    test_error_refuses();
    for (uint32_t i = 0; i <= TVN_OVERFLOW_RATE_LIMIT; i++) {
        test_an_event_needs_a_token((enum tvn_overflow)i);
    }
    test_what_is_not_queued_takes_no_token();
    test_what_is_away_stays_charged();
    test_away_counts_in_capacity();
    test_random_policies(seed);
    tvn_testing_end();
    return 0;
}
