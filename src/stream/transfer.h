/* transfer.h -- the ring over which events go from one thread to another.
 *
 *     producer's queue -> put, publish --[ . a b c . ]--> take -> consumer
 *                         credits <------- events, bytes -- give_back
 *
 * An edge between two threads is a plain queue of the producer's, where its
 * policy runs, and this ring of at most 64 events behind it.  The ring knows
 * no policy and is never the bound: the edge's capacity and bytes are, and
 * the producer gets them back when the consumer is done with an event, by
 * give_back and credits.
 *
 *     1. Events come out in the order in which they were put, each once.
 *     2. Nothing is seen before publish; all of it is, after.
 *     3. Everything that is taken is given back, later; so a producer that
 *        waits for a slot may wait for credit.
 *     4. No wake-up is lost.  A consumer asks (want_events) before it sleeps;
 *        either it is told that there is something, or the next publish or
 *        close returns true, once, and the producer wakes it.  The other way
 *        round with want_credit and give_back.
 *
 * How (4) is kept: that one side wants to be woken and what it waits for are
 * one atomic word, and both sides change it by read-modify-write.  Whoever is
 * second finds what the first one did; with a flag beside the word both could
 * read before either store is seen, and each would need a full fence between
 * the two.
 *
 * Threads: one produces, one consumes; init and fini while there is no other.
 */
#ifndef TVN_STREAM_TRANSFER_H
#define TVN_STREAM_TRANSFER_H

#include "base/assert.h"
#include "base/error.h"
#include "stream/event.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TVN_TRANSFER_MAX      64u              /* events */
#define TVN_TRANSFER_GIVE_MAX ((1u << 21) - 1) /* events given back, not seen */

/* Private.  What is written by different threads is a cache line apart, or it
 * would move between them with every event. */
struct tvn_transfer {
    struct tvn_event *ring;
    uint32_t slots;
    uint8_t apart_1[64];
    struct { /* the producer's; counts are modulo 2^32 */
        uint32_t put;
        uint32_t published;
        uint32_t slot;
        uint32_t head; /* as last seen */
    } in;
    uint8_t apart_2[64];
    struct { /* the consumer's */
        uint32_t taken;
        uint32_t slot;
        uint32_t tail; /* as last seen */
    } out;
    uint8_t apart_3[64];
    _Atomic uint64_t tail; /* published; is wanted; is closed */
    uint8_t apart_4[64];
    _Atomic uint32_t head; /* taken */
    uint8_t apart_5[64];
    _Atomic uint64_t credits; /* events; bytes; is wanted */
    uint8_t apart_6[64];
};

/* Readies `transfer` for 1..TVN_TRANSFER_MAX events.  TVN_EINVAL outside that,
 * TVN_ENOMEM; then it is zeroed. */
tvn_err tvn_transfer_init(struct tvn_transfer *transfer, uint32_t slots);

/* Releases every event that was put and not taken.  Safe on a zeroed one. */
void tvn_transfer_fini(struct tvn_transfer *transfer);

/* Events that were put and not taken, while neither side does anything. */
uint32_t tvn_transfer_count(const struct tvn_transfer *transfer);

/* ------------------------------------------------------------------------
 * The producer. */

/* How many events can be put now.  When it is more than half of the slots
 * there may be still more. */
uint32_t tvn_transfer_space(struct tvn_transfer *transfer);

/* Copies the event and takes over its reference.  Space was told for it, and
 * its image is shared: both asserted. */
static inline void
tvn_transfer_put(struct tvn_transfer *transfer, const struct tvn_event *event)
{
    TVN_ASSERT(transfer->in.put - transfer->in.head < transfer->slots);
    TVN_ASSERT(tvn_image_is_shared(event->image));
    transfer->ring[transfer->in.slot] = *event;
    transfer->in.put++;
    transfer->in.slot++;
    if (transfer->in.slot == transfer->slots) {
        transfer->in.slot = 0;
    }
}

/* Shows the consumer all that was put.  True: it asked to be woken. */
bool tvn_transfer_publish(struct tvn_transfer *transfer);

/* Publishes, and says that nothing will follow.  True: the consumer asked to
 * be woken.  A second close does nothing; to publish behind it is asserted. */
bool tvn_transfer_close(struct tvn_transfer *transfer);

/* What was given back since the last call; 0 and 0 is cheap. */
void tvn_transfer_credits(
    struct tvn_transfer *transfer, uint64_t *events, uint64_t *bytes);

/* True: nothing is there, the next give_back will tell the consumer to wake
 * the producer.  False: something is, nothing was asked for. */
bool tvn_transfer_want_credit(struct tvn_transfer *transfer);

/* ------------------------------------------------------------------------
 * The consumer. */

/* Moves at most `max` (> 0) published events to `out`, with their references;
 * how many, 0: there was none. */
uint32_t tvn_transfer_take(
    struct tvn_transfer *transfer, struct tvn_event *out, uint32_t max);

/* True: nothing is there, the next publish or close will tell the producer to
 * wake the consumer.  False: there is an event to take, or it is closed. */
bool tvn_transfer_want_events(struct tvn_transfer *transfer);

/* Closed, and everything was taken. */
bool tvn_transfer_is_closed(const struct tvn_transfer *transfer);

/* Gives back credit for `events` that were taken, with `bytes` in blocks (a
 * multiple of 64).  True: the producer asked to be woken.  Nothing given back
 * is nothing done.  To be called before the consumer sleeps. */
bool tvn_transfer_give_back(
    struct tvn_transfer *transfer, uint32_t events, uint64_t bytes);

#endif
