/* queue.h -- the bounded queue on an edge of a flow, and what it does when
 * it is full.
 *
 *     producer --offer--> [ . a b c . . ] --peek, pop--> consumer
 *                          ^ head      ^ capacity slots, and `bytes`
 *
 * A ring of events by value.  It is bounded twice: in events, and in bytes of
 * the images' blocks; an image is charged to every edge that it waits on.
 * The consumer reads in place (peek): what it works on stays in the queue,
 * and charged, until it is popped.
 *
 *     policy        an event that finds no room
 *     block         cannot be: the producer asks for room before
 *     rate-limit    the same, and for a token
 *     drop-oldest   takes the place of the oldest events that nobody has
 *                   begun; without any of these it is dropped itself
 *     drop-newest   is dropped
 *     error         is refused: it stays with whoever offered it
 *
 * With a rate an event needs a token, too (stream/bucket.h).  Where nobody
 * waits for one, an event without a token is dropped, or refused.
 *
 * On an edge between two threads the queue is the producer's: events that it
 * handed on (tvn_queue_hand) count in capacity and bytes until the other side
 * gives them back (tvn_queue_credit), and are no longer dropped.
 *
 * The queue counts what it did by itself, and the ledger compares that with
 * what the flow booked: enqueued == dequeued + dropped_oldest + discarded +
 * what is in the ring.
 *
 * Threads: the producer's; without `away` it owns both ends. */
#ifndef TVN_STREAM_QUEUE_H
#define TVN_STREAM_QUEUE_H

#include "base/assert.h"
#include "base/error.h"
#include "stream/bucket.h"
#include "stream/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TVN_QUEUE_MAX (1u << 20) /* events */

/* In the order of the pipeline file's words. */
enum tvn_overflow {
    TVN_OVERFLOW_BLOCK,
    TVN_OVERFLOW_DROP_OLDEST,
    TVN_OVERFLOW_DROP_NEWEST,
    TVN_OVERFLOW_ERROR,
    TVN_OVERFLOW_RATE_LIMIT,
};

enum tvn_offered {
    TVN_OFFERED_QUEUED,
    TVN_OFFERED_DROPPED,
    TVN_OFFERED_REFUSED,
};

/* Private: read it through the functions below and the counters. */
struct tvn_queue {
    struct tvn_event *ring; /* a slot in use has an image, a free one none */
    uint32_t capacity;
    uint32_t head; /* slot of the oldest event */
    uint32_t depth;
    uint32_t away;      /* handed on, and not yet given back */
    uint32_t depth_max; /* most events ever in it at once, `away` included */
    uint64_t bytes;     /* charged now */
    uint64_t bytes_max;
    uint64_t bytes_peak; /* most ever charged */
    uint64_t enqueued;
    uint64_t dequeued;
    uint64_t dropped_newest;
    uint64_t dropped_oldest;
    uint64_t refused;
    uint64_t discarded; /* freed by tvn_queue_discard */
    enum tvn_overflow overflow;
    bool is_begun; /* the consumer works on the head: it is not dropped */
    struct tvn_bucket bucket;
};

/* Readies `queue` for `capacity` (1..TVN_QUEUE_MAX) events with at most
 * `bytes` in blocks, policy block, no rate.  TVN_EINVAL outside that,
 * TVN_ENOMEM; then `queue` is zeroed. */
tvn_err tvn_queue_init(
    struct tvn_queue *queue, uint32_t capacity, uint64_t bytes);

/* Another policy, and a rate when it is not 0 (rate-limit: never 0).  Before
 * the first event. */
void tvn_queue_set_overflow(struct tvn_queue *queue, enum tvn_overflow overflow,
    uint64_t rate, uint32_t burst, uint64_t now_ns);

/* True when producers wait for room and tokens. */
static inline bool
tvn_queue_blocks(const struct tvn_queue *queue)
{
    return queue->overflow == TVN_OVERFLOW_BLOCK ||
           queue->overflow == TVN_OVERFLOW_RATE_LIMIT;
}

/* Releases every event still queued.  Safe on a zeroed queue. */
void tvn_queue_fini(struct tvn_queue *queue);

/* Releases every event and counts it as discarded. */
void tvn_queue_discard(struct tvn_queue *queue);

/* Makes room for a block by drop-oldest.  False: there is none to be made;
 * what was freed on the way is freed. */
bool tvn_queue_make_room(struct tvn_queue *queue, uint32_t block);

/* Events found in the ring, by looking at every slot: for the ledger, which
 * trusts no counter. */
uint32_t tvn_queue_count(const struct tvn_queue *queue);

/* Events that count in its capacity. */
static inline uint32_t
tvn_queue_used(const struct tvn_queue *queue)
{
    return queue->depth + queue->away;
}

static inline uint32_t
tvn_queue_free_slots(const struct tvn_queue *queue)
{
    return queue->capacity - tvn_queue_used(queue);
}

static inline uint64_t
tvn_queue_free_bytes(const struct tvn_queue *queue)
{
    return queue->bytes_max - queue->bytes;
}

/* True when an image with such a block can be pushed. */
static inline bool
tvn_queue_has_room(const struct tvn_queue *queue, uint32_t block)
{
    return tvn_queue_used(queue) < queue->capacity &&
           block <= tvn_queue_free_bytes(queue);
}

/* One word by itself.  The event has often been written a moment ago, word by
 * word (by pop, by a source): a copy in wider loads would wait until those
 * stores have left the store buffer, 5 ns an event. */
static inline uint64_t
tvn__queue_word(const uint64_t *word)
{
    return *(const volatile uint64_t *)word;
}

/* Puts a copy of `event` at the tail, with `image` (one reference, taken over)
 * in place of its own and no attempts.  There must be room: asserted. */
static inline void
tvn_queue_push(struct tvn_queue *queue, const struct tvn_event *event,
    struct tvn_image *image)
{
    uint32_t slot = queue->head + queue->depth;
    uint32_t block = image->block;
    struct tvn_event *to;

    TVN_ASSERT(tvn_queue_has_room(queue, block));
    if (slot >= queue->capacity) {
        slot -= queue->capacity; /* wraps round the ring */
    }
    to = &queue->ring[slot];
    to->image = image;
    to->sequence = tvn__queue_word(&event->sequence);
    to->event_time_ns = tvn__queue_word(&event->event_time_ns);
    to->ingest_time_ns = tvn__queue_word(&event->ingest_time_ns);
    to->entered_ns = tvn__queue_word(&event->entered_ns);
    to->key = tvn__queue_word(&event->key);
    to->origin = tvn__queue_word(&event->origin);
    to->attempt = 0;
    to->reserved = 0;
    queue->bytes += block;
    queue->enqueued++;
    queue->depth++;
    if (tvn_queue_used(queue) > queue->depth_max) {
        queue->depth_max = tvn_queue_used(queue);
    }
    if (queue->bytes > queue->bytes_peak) {
        queue->bytes_peak = queue->bytes;
    }
}

/* What the policy makes of an event, at `now_ns` (read only with a rate).
 * QUEUED and DROPPED take the reference over, REFUSED does not.  Under block
 * and rate-limit there must be room and a token: asserted. */
enum tvn_offered tvn_queue_offer(struct tvn_queue *queue,
    const struct tvn_event *event, struct tvn_image *image, uint64_t now_ns);

/* The oldest events that lie side by side, at most `max`; *count of them, 0
 * when the queue is empty.  Borrowed until they are popped. */
static inline const struct tvn_event *
tvn_queue_peek(const struct tvn_queue *queue, uint32_t max, uint32_t *count)
{
    uint32_t run = queue->capacity - queue->head;

    if (run > queue->depth) {
        run = queue->depth;
    }
    *count = run < max ? run : max;
    return &queue->ring[queue->head];
}

/* Takes the oldest event out and returns its reference; the queue must not
 * be empty.  The rest of the event can be read where peek showed it until
 * the next push. */
static inline struct tvn_image *
tvn_queue_pop(struct tvn_queue *queue)
{
    struct tvn_event *event = &queue->ring[queue->head];
    struct tvn_image *image = event->image;

    TVN_ASSERT(queue->depth > 0);
    event->image = NULL;
    queue->bytes -= image->block;
    queue->dequeued++;
    queue->depth--;
    queue->head++;
    if (queue->head == queue->capacity) {
        queue->head = 0;
    }
    return image;
}

/* The same for an event that goes on to another thread: it stays charged. */
static inline struct tvn_image *
tvn_queue_hand(struct tvn_queue *queue)
{
    struct tvn_image *image = tvn_queue_pop(queue);

    queue->away++;
    queue->bytes += image->block;
    return image;
}

/* `count` events that were handed on are done with, `bytes` in blocks. */
static inline void
tvn_queue_credit(struct tvn_queue *queue, uint32_t count, uint64_t bytes)
{
    TVN_ASSERT(count <= queue->away && bytes <= queue->bytes);
    queue->away -= count;
    queue->bytes -= bytes;
}

#endif
