/* transfer_test.c -- one test per sentence of transfer.h, then two threads. */
#include "stream/transfer.h"

#include "base/mem.h"
#include "base/rng.h"
#include "value/testing.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct tvn_types *types;
static const struct tvn_type *u64;
static struct tvn_pool *pool;
static struct tvn_builder builder;

static struct tvn_image *
make(uint64_t number)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(&builder, u64) == TVN_OK);
    memcpy(builder.data, &number, sizeof(number));
    TVN_ASSERT(tvn_builder_finish(&builder, &image) == TVN_OK);
    tvn_image_share(image);
    return image;
}

static void
put(struct tvn_transfer *transfer, uint64_t number)
{
    const struct tvn_event event = {
        .image = make(number), .sequence = number, .key = ~number};

    tvn_transfer_put(transfer, &event);
}

/* The event is the one with that number; its reference is dropped. */
static void
check_and_drop(const struct tvn_event *event, uint64_t number)
{
    uint64_t in_image;

    memcpy(&in_image, event->image->data, sizeof(in_image));
    TVN_ASSERT(in_image == number);
    TVN_ASSERT(event->sequence == number && event->key == ~number);
    tvn_image_unref(event->image);
}

/* Takes at most `max` and checks that they are number, number + 1, ... */
static uint32_t
take(struct tvn_transfer *transfer, uint32_t max, uint64_t number)
{
    struct tvn_event events[TVN_TRANSFER_MAX];
    uint32_t count = tvn_transfer_take(transfer, events, max);

    TVN_ASSERT(count <= max);
    for (uint32_t i = 0; i < count; i++) {
        check_and_drop(&events[i], number + i);
    }
    return count;
}

static void
init(struct tvn_transfer *transfer, uint32_t slots)
{
    TVN_ASSERT(tvn_transfer_init(transfer, slots) == TVN_OK);
}

/* ------------------------------------------------------------------------
 * One thread. */

static void
test_init_has_bounds(void)
{
    struct tvn_transfer transfer;

    TVN_ASSERT(tvn_transfer_init(&transfer, 0) == TVN_EINVAL);
    TVN_ASSERT(
        tvn_transfer_init(&transfer, TVN_TRANSFER_MAX + 1) == TVN_EINVAL);
    tvn_transfer_fini(&transfer); /* safe on a zeroed one */
    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_transfer_init(&transfer, 1) == TVN_ENOMEM);
    tvn_mem_fail_after(-1);
    tvn_transfer_fini(&transfer);
}

static void
test_nothing_is_seen_before_publish_and_all_after(void)
{
    struct tvn_transfer transfer;

    init(&transfer, 3);
    for (uint64_t n = 0; n < 30; n += 3) { /* wraps round the ring */
        put(&transfer, n);
        put(&transfer, n + 1);
        TVN_ASSERT(take(&transfer, 64, n) == 0);
        TVN_ASSERT(!tvn_transfer_publish(&transfer)); /* nobody asked */
        put(&transfer, n + 2);
        TVN_ASSERT(tvn_transfer_count(&transfer) == 3);
        TVN_ASSERT(take(&transfer, 1, n) == 1);
        TVN_ASSERT(take(&transfer, 64, n + 1) == 1);
        TVN_ASSERT(take(&transfer, 64, n + 2) == 0);
        (void)tvn_transfer_publish(&transfer);
        TVN_ASSERT(take(&transfer, 64, n + 2) == 1);
        TVN_ASSERT(tvn_transfer_space(&transfer) >= 2);
    }
    tvn_transfer_fini(&transfer);
}

static void
test_space_is_told(void)
{
    struct tvn_transfer transfer;

    init(&transfer, 5);
    TVN_ASSERT(tvn_transfer_space(&transfer) == 5);
    for (uint32_t i = 0; i < 5; i++) {
        TVN_ASSERT(tvn_transfer_space(&transfer) == 5 - i);
        put(&transfer, i);
    }
    TVN_ASSERT(tvn_transfer_space(&transfer) == 0);
    (void)tvn_transfer_publish(&transfer);
    TVN_ASSERT(tvn_transfer_space(&transfer) == 0);
    TVN_ASSERT(take(&transfer, 2, 0) == 2);
    TVN_ASSERT(tvn_transfer_space(&transfer) == 2); /* taken: room at once */
    TVN_ASSERT(take(&transfer, 64, 2) == 3);
    TVN_ASSERT(tvn_transfer_space(&transfer) > 2);
    tvn_transfer_fini(&transfer);
}

static void
test_fini_releases_what_was_put(void)
{
    struct tvn_transfer transfer;

    init(&transfer, 4);
    put(&transfer, 0);
    put(&transfer, 1);
    put(&transfer, 2);
    (void)tvn_transfer_publish(&transfer);
    TVN_ASSERT(take(&transfer, 2, 0) == 2);
    TVN_ASSERT(tvn_transfer_space(&transfer) > 0);
    put(&transfer, 3);
    TVN_ASSERT(tvn_transfer_space(&transfer) > 0);
    put(&transfer, 4); /* behind the end of the ring, not published */
    TVN_ASSERT(tvn_transfer_count(&transfer) == 3);
    TVN_ASSERT(tvn_pool_stats(pool).images == 3);
    tvn_transfer_fini(&transfer);
    TVN_ASSERT(tvn_pool_stats(pool).images == 0);
    tvn_transfer_fini(&transfer);
}

static void
test_who_asks_for_events_is_woken_once(void)
{
    struct tvn_transfer transfer;

    init(&transfer, 8);
    TVN_ASSERT(tvn_transfer_want_events(&transfer));
    TVN_ASSERT(tvn_transfer_want_events(&transfer)); /* again: the same */
    TVN_ASSERT(!tvn_transfer_publish(&transfer));    /* nothing was put */
    put(&transfer, 0);
    TVN_ASSERT(tvn_transfer_publish(&transfer));
    put(&transfer, 1);
    TVN_ASSERT(!tvn_transfer_publish(&transfer)); /* is awake already */
    TVN_ASSERT(!tvn_transfer_want_events(&transfer));
    TVN_ASSERT(take(&transfer, 1, 0) == 1);
    TVN_ASSERT(!tvn_transfer_want_events(&transfer)); /* one is left */
    TVN_ASSERT(take(&transfer, 1, 1) == 1);
    TVN_ASSERT(take(&transfer, 1, 2) == 0); /* to find none is not to ask */
    put(&transfer, 2);
    TVN_ASSERT(!tvn_transfer_publish(&transfer));
    TVN_ASSERT(take(&transfer, 64, 2) == 1);
    TVN_ASSERT(tvn_transfer_want_events(&transfer));
    TVN_ASSERT(tvn_transfer_close(&transfer)); /* close wakes, too */
    TVN_ASSERT(!tvn_transfer_want_events(&transfer));
    tvn_transfer_fini(&transfer);
}

static void
test_close_comes_after_the_last_event(void)
{
    struct tvn_transfer transfer;

    init(&transfer, 4);
    TVN_ASSERT(!tvn_transfer_is_closed(&transfer));
    put(&transfer, 0);
    put(&transfer, 1);
    TVN_ASSERT(!tvn_transfer_close(&transfer)); /* publishes; nobody asked */
    TVN_ASSERT(!tvn_transfer_is_closed(&transfer));
    TVN_ASSERT(take(&transfer, 1, 0) == 1);
    TVN_ASSERT(!tvn_transfer_is_closed(&transfer));
    TVN_ASSERT(take(&transfer, 64, 1) == 1);
    TVN_ASSERT(tvn_transfer_is_closed(&transfer));
    TVN_ASSERT(!tvn_transfer_close(&transfer)); /* does nothing */
    TVN_ASSERT(!tvn_transfer_publish(&transfer));
    TVN_ASSERT(tvn_transfer_is_closed(&transfer));
    tvn_transfer_fini(&transfer);
}

static void
test_credit_comes_back_in_sums(void)
{
    struct tvn_transfer transfer;
    uint64_t events = 7;
    uint64_t bytes = 7;

    init(&transfer, 4);
    tvn_transfer_credits(&transfer, &events, &bytes);
    TVN_ASSERT(events == 0 && bytes == 0);
    TVN_ASSERT(!tvn_transfer_give_back(&transfer, 3, 3 * 128));
    TVN_ASSERT(!tvn_transfer_give_back(&transfer, 2, UINT64_C(1) << 40));
    TVN_ASSERT(!tvn_transfer_give_back(&transfer, 0, 0));
    tvn_transfer_credits(&transfer, &events, &bytes);
    TVN_ASSERT(events == 5 && bytes == (UINT64_C(1) << 40) + 384);
    tvn_transfer_credits(&transfer, &events, &bytes);
    TVN_ASSERT(events == 0 && bytes == 0);
    TVN_ASSERT(!tvn_transfer_give_back(
        &transfer, TVN_TRANSFER_GIVE_MAX, (UINT64_C(1) << 48) - 64));
    tvn_transfer_credits(&transfer, &events, &bytes);
    TVN_ASSERT(events == TVN_TRANSFER_GIVE_MAX);
    TVN_ASSERT(bytes == (UINT64_C(1) << 48) - 64);
    tvn_transfer_fini(&transfer);
}

static void
test_who_asks_for_credit_is_woken_once(void)
{
    struct tvn_transfer transfer;
    uint64_t events;
    uint64_t bytes;

    init(&transfer, 4);
    TVN_ASSERT(tvn_transfer_want_credit(&transfer));
    TVN_ASSERT(tvn_transfer_want_credit(&transfer)); /* again: the same */
    tvn_transfer_credits(&transfer, &events, &bytes);
    TVN_ASSERT(events == 0 && bytes == 0); /* a look takes nothing back */
    TVN_ASSERT(!tvn_transfer_give_back(&transfer, 0, 0));
    TVN_ASSERT(tvn_transfer_give_back(&transfer, 1, 128));
    TVN_ASSERT(!tvn_transfer_give_back(&transfer, 1, 128)); /* is awake */
    TVN_ASSERT(!tvn_transfer_want_credit(&transfer));       /* there is some */
    TVN_ASSERT(!tvn_transfer_give_back(&transfer, 1, 128)); /* not asked */
    tvn_transfer_credits(&transfer, &events, &bytes);
    TVN_ASSERT(events == 3 && bytes == 384);
    TVN_ASSERT(tvn_transfer_want_credit(&transfer));
    TVN_ASSERT(tvn_transfer_give_back(&transfer, 1, 0));
    tvn_transfer_fini(&transfer);
}

/* The counts are modulo 2^32. */
static void
test_counts_may_wrap(void)
{
    struct tvn_transfer transfer;
    const uint32_t start = UINT32_MAX - 2;

    init(&transfer, 3);
    transfer.in.put = transfer.in.published = transfer.in.head = start;
    transfer.out.taken = transfer.out.tail = start;
    atomic_store(&transfer.tail, start);
    atomic_store(&transfer.head, start);
    for (uint64_t n = 0; n < 9; n++) {
        TVN_ASSERT(tvn_transfer_space(&transfer) > 0);
        TVN_ASSERT(tvn_transfer_want_events(&transfer));
        put(&transfer, n);
        TVN_ASSERT(tvn_transfer_publish(&transfer));
        TVN_ASSERT(!tvn_transfer_want_events(&transfer));
        TVN_ASSERT(take(&transfer, 64, n) == 1);
    }
    TVN_ASSERT(!tvn_transfer_close(&transfer));
    TVN_ASSERT(tvn_transfer_is_closed(&transfer));
    tvn_transfer_fini(&transfer);
}

/* ------------------------------------------------------------------------
 * Two threads.  A wake-up that is lost is a test that does not end. */

struct sleeper {
    pthread_mutex_t lock; /* of is_woken */
    pthread_cond_t woken;
    bool is_woken;
    uint64_t sleeps;
};

static void
sleeper_init(struct sleeper *sleeper)
{
    memset(sleeper, 0, sizeof(*sleeper));
    TVN_ASSERT(pthread_mutex_init(&sleeper->lock, NULL) == 0);
    TVN_ASSERT(pthread_cond_init(&sleeper->woken, NULL) == 0);
}

static void
sleeper_fini(struct sleeper *sleeper)
{
    TVN_ASSERT(pthread_cond_destroy(&sleeper->woken) == 0);
    TVN_ASSERT(pthread_mutex_destroy(&sleeper->lock) == 0);
}

static void
wake(struct sleeper *sleeper)
{
    TVN_ASSERT(pthread_mutex_lock(&sleeper->lock) == 0);
    sleeper->is_woken = true;
    TVN_ASSERT(pthread_cond_signal(&sleeper->woken) == 0);
    TVN_ASSERT(pthread_mutex_unlock(&sleeper->lock) == 0);
}

static void
fall_asleep(struct sleeper *sleeper)
{
    TVN_ASSERT(pthread_mutex_lock(&sleeper->lock) == 0);
    while (!sleeper->is_woken) {
        TVN_ASSERT(pthread_cond_wait(&sleeper->woken, &sleeper->lock) == 0);
    }
    sleeper->is_woken = false;
    sleeper->sleeps++;
    TVN_ASSERT(pthread_mutex_unlock(&sleeper->lock) == 0);
}

struct pair {
    struct tvn_transfer transfer;
    struct sleeper producer;
    struct sleeper consumer;
    uint64_t events;
    uint64_t seed;
    uint32_t capacity; /* events out at once */
};

/* Gives back by turns little and much, and all before it sleeps. */
static void *
consume(void *self)
{
    struct pair *pair = self;
    struct tvn_rng rng = {pair->seed + 1};
    struct tvn_event events[TVN_TRANSFER_MAX];
    uint64_t taken = 0;
    uint32_t owed = 0;

    while (!tvn_transfer_is_closed(&pair->transfer)) {
        uint32_t max = 1 + (uint32_t)tvn_rng_below(&rng, TVN_TRANSFER_MAX);
        uint32_t count = tvn_transfer_take(&pair->transfer, events, max);

        for (uint32_t i = 0; i < count; i++) {
            check_and_drop(&events[i], taken++);
        }
        owed += count;
        if (count == 0 || tvn_rng_below(&rng, 3) == 0) {
            tvn_image_send_home();
            if (tvn_transfer_give_back(&pair->transfer, owed, owed * 128)) {
                wake(&pair->producer);
            }
            owed = 0;
        }
        if (count == 0 && tvn_transfer_want_events(&pair->transfer)) {
            fall_asleep(&pair->consumer);
        }
    }
    tvn_image_send_home();
    (void)tvn_transfer_give_back(&pair->transfer, owed, owed * 128);
    TVN_ASSERT(taken == pair->events);
    return NULL;
}

static uint32_t
collect_credit(struct pair *pair)
{
    uint64_t events;
    uint64_t bytes;

    tvn_transfer_credits(&pair->transfer, &events, &bytes);
    TVN_ASSERT(bytes == events * 128 && events <= pair->capacity);
    return (uint32_t)events;
}

/* Publishes by turns little and much, and all before it sleeps.  Returns the
 * credit that it has at the end. */
static uint32_t
produce(struct pair *pair)
{
    struct tvn_rng rng = {pair->seed};
    uint32_t credit = pair->capacity;
    uint64_t made = 0;

    while (made < pair->events) {
        uint32_t room = tvn_transfer_space(&pair->transfer);
        uint32_t want = 1 + (uint32_t)tvn_rng_below(&rng, TVN_TRANSFER_MAX);

        credit += collect_credit(pair);
        TVN_ASSERT(room <= pair->transfer.slots && credit <= pair->capacity);
        room = room < credit ? room : credit;
        for (; room > 0 && want > 0 && made < pair->events; room--, want--) {
            put(&pair->transfer, made++);
            credit--;
        }
        if ((room == 0 || tvn_rng_below(&rng, 3) == 0) &&
            tvn_transfer_publish(&pair->transfer)) {
            wake(&pair->consumer);
        }
        if (room == 0 && tvn_transfer_want_credit(&pair->transfer)) {
            fall_asleep(&pair->producer);
        }
    }
    if (tvn_transfer_close(&pair->transfer)) {
        wake(&pair->consumer);
    }
    return credit;
}

static void
run_pair(uint32_t slots, uint32_t capacity, uint64_t events, uint64_t seed)
{
    struct pair pair = {.events = events, .seed = seed, .capacity = capacity};
    pthread_t thread;
    uint32_t credit;

    init(&pair.transfer, slots);
    sleeper_init(&pair.producer);
    sleeper_init(&pair.consumer);
    TVN_ASSERT(pthread_create(&thread, NULL, consume, &pair) == 0);
    credit = produce(&pair);
    TVN_ASSERT(pthread_join(thread, NULL) == 0);
    TVN_ASSERT(credit + collect_credit(&pair) == capacity);
    TVN_ASSERT(tvn_transfer_count(&pair.transfer) == 0);
    TVN_ASSERT(tvn_pool_stats(pool).images == 0);
    printf("%u slots, %u events out: %llu events, %llu and %llu sleeps\n",
        (unsigned)slots, (unsigned)capacity, (unsigned long long)events,
        (unsigned long long)pair.producer.sleeps,
        (unsigned long long)pair.consumer.sleeps);
    sleeper_fini(&pair.producer);
    sleeper_fini(&pair.consumer);
    tvn_transfer_fini(&pair.transfer);
}

static void
test_two_threads_lose_nothing(void)
{
    const char *given = getenv("TVN_SEED");
    uint64_t seed = given == NULL ? 1 : strtoull(given, NULL, 10);

    printf("TVN_SEED=%llu\n", (unsigned long long)seed);
    run_pair(1, 1, 20000, seed);
    run_pair(1, 64, 20000, seed + 10);
    run_pair(7, 10, 200000, seed + 20);
    run_pair(64, 48, 500000, seed + 30);
    run_pair(64, 1000, 2000000, seed + 40);
}

int
main(void)
{
    types = tvn_types_new();
    pool = tvn_pool_new(1u << 16, 1u << 16);
    TVN_ASSERT(types != NULL && pool != NULL);
    u64 = tvn_testing_scalar(types, TVN_KIND_U64);
    tvn_builder_init(&builder, pool);
    test_init_has_bounds();
    test_nothing_is_seen_before_publish_and_all_after();
    test_space_is_told();
    test_fini_releases_what_was_put();
    test_who_asks_for_events_is_woken_once();
    test_close_comes_after_the_last_event();
    test_credit_comes_back_in_sums();
    test_who_asks_for_credit_is_woken_once();
    test_counts_may_wrap();
    test_two_threads_lose_nothing();
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
