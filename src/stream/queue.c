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

void
tvn_queue_set_overflow(struct tvn_queue *queue, enum tvn_overflow overflow,
    uint64_t rate, uint32_t burst, uint64_t now_ns)
{
    TVN_ASSERT(queue->enqueued == 0);
    TVN_ASSERT(rate > 0 || overflow != TVN_OVERFLOW_RATE_LIMIT);
    queue->overflow = overflow;
    tvn_bucket_init(&queue->bucket, rate, burst, now_ns);
}

/* ------------------------------------------------------------------------
 * Full. */

/* Frees the oldest event that nobody has begun; false: there is none. */
static bool
drop_oldest(struct tvn_queue *queue)
{
    uint32_t next = queue->head + 1 == queue->capacity ? 0 : queue->head + 1;
    uint32_t victim = queue->is_begun ? next : queue->head;
    struct tvn_image *image = queue->ring[victim].image;

    if (queue->depth <= (queue->is_begun ? 1u : 0u)) {
        return false;
    }
    if (queue->is_begun) { /* the head moves up into the gap */
        queue->ring[next] = queue->ring[queue->head];
    }
    queue->ring[queue->head].image = NULL;
    queue->head = next;
    queue->depth--;
    queue->bytes -= image->block;
    queue->dropped_oldest++;
    tvn_image_unref(image);
    return true;
}

bool
tvn_queue_make_room(struct tvn_queue *queue, uint32_t block)
{
    while (!tvn_queue_has_room(queue, block)) {
        if (!drop_oldest(queue)) {
            return false;
        }
    }
    return true;
}

enum tvn_offered
tvn_queue_offer(struct tvn_queue *queue, const struct tvn_event *event,
    struct tvn_image *image, uint64_t now_ns)
{
    bool has_token = queue->bucket.rate == 0 ||
                     tvn_bucket_tokens(&queue->bucket, now_ns) > 0;
    bool is_full = !has_token || !tvn_queue_has_room(queue, image->block);

    if (is_full && has_token && queue->overflow == TVN_OVERFLOW_DROP_OLDEST) {
        is_full = !tvn_queue_make_room(queue, image->block);
    }
    if (is_full) {
        TVN_ASSERT(!tvn_queue_blocks(queue));
        if (queue->overflow == TVN_OVERFLOW_ERROR) {
            queue->refused++;
            return TVN_OFFERED_REFUSED;
        }
        queue->dropped_newest++;
        tvn_image_unref(image);
        return TVN_OFFERED_DROPPED;
    }
    if (queue->bucket.rate > 0) {
        tvn_bucket_take(&queue->bucket);
    }
    tvn_queue_push(queue, event, image);
    return TVN_OFFERED_QUEUED;
}

/* ------------------------------------------------------------------------ */

/* Neither a pop nor a loss yet: the caller says how it counts. */
static uint32_t
release_all(struct tvn_queue *queue)
{
    uint32_t released = queue->depth;

    for (uint32_t i = 0; i < queue->capacity; i++) {
        struct tvn_image *image = queue->ring[i].image;

        if (image != NULL) { /* what is away stays charged */
            queue->bytes -= image->block;
            tvn_image_unref(image);
            queue->ring[i].image = NULL;
        }
    }
    queue->depth = 0;
    queue->is_begun = false;
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
