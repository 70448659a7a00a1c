/* image_threads_test.c -- shared images: read, counted and dropped by threads
 * that did not make them. */
#include "value/image.h"

#include "base/mem.h"
#include "value/testing.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define READERS 3u
#define ROOM    40u /* images on the way to a reader */
#define IMAGES  60000u

/* A reader and what is on its way to it. */
struct reader {
    pthread_mutex_t lock; /* of all but the numbers */
    pthread_cond_t change;
    struct tvn_image *images[ROOM]; /* NULL: there are no more */
    uint32_t first;
    uint32_t count;
    uint64_t seed;
    uint64_t read;
    pthread_t thread;
};

static void
push(struct reader *reader, struct tvn_image *image)
{
    TVN_ASSERT(pthread_mutex_lock(&reader->lock) == 0);
    while (reader->count == ROOM) {
        TVN_ASSERT(pthread_cond_wait(&reader->change, &reader->lock) == 0);
    }
    reader->images[(reader->first + reader->count++) % ROOM] = image;
    TVN_ASSERT(pthread_cond_signal(&reader->change) == 0);
    TVN_ASSERT(pthread_mutex_unlock(&reader->lock) == 0);
}

static struct tvn_image *
pop(struct reader *reader)
{
    struct tvn_image *image;

    TVN_ASSERT(pthread_mutex_lock(&reader->lock) == 0);
    while (reader->count == 0) {
        TVN_ASSERT(pthread_cond_wait(&reader->change, &reader->lock) == 0);
    }
    image = reader->images[reader->first];
    reader->first = (reader->first + 1) % ROOM;
    reader->count--;
    TVN_ASSERT(pthread_cond_signal(&reader->change) == 0);
    TVN_ASSERT(pthread_mutex_unlock(&reader->lock) == 0);
    return image;
}

/* Every byte behind the root is the low byte of the number there. */
static void
check(const struct tvn_image *image)
{
    uint64_t number;

    memcpy(&number, image->data, sizeof(number));
    for (uint32_t i = sizeof(number); i < image->size; i++) {
        TVN_ASSERT(image->data[i] == (uint8_t)number);
    }
}

/* Holds on to one of them for a while, and drops some twice referenced. */
static void *
read_all(void *self)
{
    struct reader *reader = self;
    struct tvn_rng rng = {reader->seed};
    struct tvn_image *kept = NULL;
    struct tvn_image *image;

    while ((image = pop(reader)) != NULL) {
        tvn_image_share(image); /* is shared already: nothing */
        check(image);
        if (tvn_rng_below(&rng, 4) == 0) {
            tvn_image_unref(kept);
            kept = tvn_image_ref(image);
        }
        tvn_image_unref(image);
        if (kept != NULL) {
            check(kept);
        }
        reader->read++;
    }
    tvn_image_unref(kept);
    tvn_image_send_home();
    return NULL;
}

static struct tvn_image *
make(struct tvn_builder *builder, const struct tvn_type *u64, uint64_t number,
    uint32_t more)
{
    struct tvn_image *image = NULL;
    uint32_t offset;

    TVN_ASSERT(tvn_builder_begin(builder, u64) == TVN_OK);
    TVN_ASSERT(tvn_builder_alloc(builder, more, 1, &offset) == TVN_OK);
    memcpy(builder->data, &number, sizeof(number));
    memset(builder->data + 8, (uint8_t)number, more);
    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    return image;
}

/* To one, two or all of them; and it keeps a reference of some a little. */
static void
send(struct tvn_builder *builder, const struct tvn_type *u64,
    struct reader *readers, struct tvn_rng *rng)
{
    struct tvn_image *kept = NULL;

    for (uint64_t i = 0; i < IMAGES; i++) {
        struct tvn_image *image =
            make(builder, u64, i, (uint32_t)tvn_rng_below(rng, 700));
        uint32_t to = (uint32_t)tvn_rng_below(rng, 1u << READERS);

        if (to != 0) {
            tvn_image_share(image);
        }
        for (uint32_t k = 0; k < READERS; k++) {
            if ((to >> k & 1) != 0) {
                push(&readers[k], tvn_image_ref(image));
            }
        }
        if (tvn_rng_below(rng, 4) == 0) {
            tvn_image_unref(kept);
            kept = tvn_image_ref(image);
        }
        tvn_image_unref(image);
    }
    tvn_image_unref(kept);
    for (uint32_t k = 0; k < READERS; k++) {
        push(&readers[k], NULL);
    }
}

static void
test_images_that_several_threads_hold_come_home(void)
{
    const char *given = getenv("TVN_SEED");
    struct tvn_rng rng = {given == NULL ? 1 : strtoull(given, NULL, 10)};
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1024, 20000);
    struct tvn_builder builder;
    struct reader readers[READERS];
    uint64_t read = 0;

    printf("TVN_SEED=%llu\n", (unsigned long long)rng.state);
    tvn_builder_init(&builder, pool);
    memset(readers, 0, sizeof(readers));
    for (uint32_t k = 0; k < READERS; k++) {
        struct reader *reader = &readers[k];

        reader->seed = rng.state + k;
        TVN_ASSERT(pthread_mutex_init(&reader->lock, NULL) == 0);
        TVN_ASSERT(pthread_cond_init(&reader->change, NULL) == 0);
        TVN_ASSERT(
            pthread_create(&reader->thread, NULL, read_all, reader) == 0);
    }
    send(&builder, tvn_testing_scalar(types, TVN_KIND_U64), readers, &rng);
    for (uint32_t k = 0; k < READERS; k++) {
        TVN_ASSERT(pthread_join(readers[k].thread, NULL) == 0);
        TVN_ASSERT(pthread_cond_destroy(&readers[k].change) == 0);
        TVN_ASSERT(pthread_mutex_destroy(&readers[k].lock) == 0);
        read += readers[k].read;
    }
    TVN_ASSERT(read > IMAGES); /* of 8 ways to send, 12 readers in all */
    TVN_ASSERT(tvn_pool_stats(pool).images == 0);
    TVN_ASSERT(tvn_pool_stats(pool).live == 0);
    TVN_ASSERT(tvn_pool_stats(pool).cached <= 20000);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
}

int
main(void)
{
    test_images_that_several_threads_hold_come_home();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
