/* testing.h -- images and events for tests of queues and their account.
 *
 * Header only; everything asserts instead of failing.  Threads: none. */
#ifndef TVN_STREAM_TESTING_H
#define TVN_STREAM_TESTING_H

#include "base/mem.h"
#include "stream/queue.h"
#include "value/testing.h"

static struct tvn_types *tvn_testing_types;
static struct tvn_pool *tvn_testing_pool;
static struct tvn_builder tvn_testing_builder;

static inline void
tvn_testing_begin(void)
{
    tvn_testing_types = tvn_types_new();
    TVN_ASSERT(tvn_testing_types != NULL);
    tvn_testing_pool = tvn_pool_new(4096, 1u << 16);
    TVN_ASSERT(tvn_testing_pool != NULL);
    tvn_builder_init(&tvn_testing_builder, tvn_testing_pool);
}

/* Also checks that all was freed. */
static inline void
tvn_testing_end(void)
{
    tvn_builder_fini(&tvn_testing_builder);
    tvn_pool_free(tvn_testing_pool);
    tvn_types_free(tvn_testing_types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* An image with about `size` bytes of data. */
static inline struct tvn_image *
tvn_testing_image_of(uint32_t size)
{
    struct tvn_image *image = NULL;
    uint32_t offset;

    TVN_ASSERT(
        tvn_builder_begin(&tvn_testing_builder,
            tvn_testing_scalar(tvn_testing_types, TVN_KIND_U64)) == TVN_OK);
    TVN_ASSERT(
        tvn_builder_alloc(&tvn_testing_builder, size, 1, &offset) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&tvn_testing_builder, &image) == TVN_OK);
    return image;
}

static inline void
tvn_testing_push(struct tvn_queue *queue, uint64_t sequence, uint32_t size)
{
    const struct tvn_event event = {.sequence = sequence, .attempt = 7};

    tvn_queue_push(queue, &event, tvn_testing_image_of(size));
}

static inline uint64_t
tvn_testing_pop(struct tvn_queue *queue)
{
    uint32_t count = 0;
    const struct tvn_event *event = tvn_queue_peek(queue, 1, &count);

    TVN_ASSERT(count == 1 && event->image != NULL);
    tvn_image_unref(tvn_queue_pop(queue));
    TVN_ASSERT(event->image == NULL); /* the rest can still be read */
    return event->sequence;
}

#endif
