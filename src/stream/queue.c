/* queue.c -- the ends of a queue's life; what is hot is in queue.h.
 *
 * Why a ring and not a list: depth is bounded and known at init, so pushing
 * never allocates and back-pressure can never turn into memory growth.  Why
 * no power-of-two mask: a file says `capacity: 100` and means 100. */
#include "stream/queue.h"

#include "base/mem.h"

#include <string.h>

tvn_err
tvn_queue_init(struct tvn_queue *queue, uint32_t capacity, uint64_t bytes)
{
    memset(queue, 0, sizeof(*queue));
    if (capacity == 0 || capacity > TVN_QUEUE_MAX || bytes < TVN_IMAGE_MIN) {
        return TVN_EINVAL;
    }
    queue->ring = tvn_mem_new(capacity, sizeof(*queue->ring));
    if (queue->ring == NULL) {
        return TVN_ENOMEM;
    }
    queue->capacity = capacity;
    queue->bytes_max = bytes;
    return TVN_OK;
}

/* Neither a pop nor a loss yet: the caller says how it counts. */
static uint32_t
release_all(struct tvn_queue *queue)
{
    uint32_t released = queue->depth;

    for (uint32_t i = 0; i < queue->capacity; i++) {
        tvn_image_unref(queue->ring[i].image);
        queue->ring[i].image = NULL;
    }
    queue->depth = 0;
    queue->bytes = 0;
    return released;
}

void
tvn_queue_fini(struct tvn_queue *queue)
{
    (void)release_all(queue);
    tvn_mem_free(queue->ring, queue->capacity, sizeof(*queue->ring));
    memset(queue, 0, sizeof(*queue));
}

void
tvn_queue_discard(struct tvn_queue *queue)
{
    queue->discarded += release_all(queue);
}

uint32_t
tvn_queue_count(const struct tvn_queue *queue)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < queue->capacity; i++) {
        count += queue->ring[i].image != NULL;
    }
    return count;
}
