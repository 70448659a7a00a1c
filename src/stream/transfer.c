/* transfer.c -- a ring between two threads; see transfer.h.
 *
 *     tail:     | 0 ...    | closed 33 | wanted 32 | published  31..0 |
 *     credits:  | wanted 63 | events 62..42 | bytes / 64   41..0      |
 *
 * Events and bytes in one word: the producer sees both or neither, so its
 * sums are whole at any time.  The credits are wanted or there, never both.
 *
 * Orders.  publish releases the events, take acquires them; take releases the
 * slots (its copies are done), space acquires them; give_back releases what
 * was taken before it, so that whoever was woken for credit sees the slots,
 * too.  A wish needs no order of its own: it and its answer are changes of
 * one word, which have one order. */
#include "stream/transfer.h"

#include "base/mem.h"

#include <string.h>

#define TAIL_WANTED (UINT64_C(1) << 32)
#define TAIL_CLOSED (UINT64_C(1) << 33)

#define CREDIT_WANTED (UINT64_C(1) << 63)
#define CREDIT_SHIFT  42u
#define CREDIT_BYTES  ((UINT64_C(1) << CREDIT_SHIFT) - 1)

tvn_err
tvn_transfer_init(struct tvn_transfer *transfer, uint32_t slots)
{
    memset(transfer, 0, sizeof(*transfer));
    if (slots == 0 || slots > TVN_TRANSFER_MAX) {
        return TVN_EINVAL;
    }
    transfer->ring = tvn_mem_new_aligned(64, slots * sizeof(struct tvn_event));
    if (transfer->ring == NULL) {
        return TVN_ENOMEM;
    }
    transfer->slots = slots;
    return TVN_OK;
}

void
tvn_transfer_fini(struct tvn_transfer *transfer)
{
    for (uint32_t i = tvn_transfer_count(transfer); i > 0; i--) {
        tvn_image_unref(transfer->ring[transfer->out.slot].image);
        transfer->out.slot = (transfer->out.slot + 1) % transfer->slots;
    }
    tvn_mem_free(transfer->ring, 1, transfer->slots * sizeof(struct tvn_event));
    memset(transfer, 0, sizeof(*transfer));
}

uint32_t
tvn_transfer_count(const struct tvn_transfer *transfer)
{
    return transfer->in.put - transfer->out.taken;
}

/* ------------------------------------------------------------------------
 * The producer. */

uint32_t
tvn_transfer_space(struct tvn_transfer *transfer)
{
    uint32_t used = transfer->in.put - transfer->in.head;

    if (used * 2 >= transfer->slots) {
        transfer->in.head =
            atomic_load_explicit(&transfer->head, memory_order_acquire);
        used = transfer->in.put - transfer->in.head;
    }
    return transfer->slots - used;
}

static bool
show(struct tvn_transfer *transfer, uint64_t flags)
{
    uint64_t before = atomic_exchange_explicit(
        &transfer->tail, transfer->in.put | flags, memory_order_release);

    transfer->in.published = transfer->in.put;
    TVN_ASSERT(
        (before & TAIL_CLOSED) == 0 || (uint32_t)before == transfer->in.put);
    return (before & TAIL_WANTED) != 0;
}

bool
tvn_transfer_publish(struct tvn_transfer *transfer)
{
    return transfer->in.put != transfer->in.published && show(transfer, 0);
}

bool
tvn_transfer_close(struct tvn_transfer *transfer)
{
    return show(transfer, TAIL_CLOSED);
}

void
tvn_transfer_credits(
    struct tvn_transfer *transfer, uint64_t *events, uint64_t *bytes)
{
    uint64_t word =
        atomic_load_explicit(&transfer->credits, memory_order_relaxed);

    if ((word & ~CREDIT_WANTED) == 0) {
        *events = 0;
        *bytes = 0;
        return;
    }
    word =
        atomic_exchange_explicit(&transfer->credits, 0, memory_order_acquire);
    TVN_ASSERT((word & CREDIT_WANTED) == 0); /* give_back has answered it */
    *events = word >> CREDIT_SHIFT;
    *bytes = (word & CREDIT_BYTES) * 64;
}

bool
tvn_transfer_want_credit(struct tvn_transfer *transfer)
{
    uint64_t word = 0;

    return atomic_compare_exchange_strong_explicit(&transfer->credits, &word,
               CREDIT_WANTED, memory_order_relaxed, memory_order_relaxed) ||
           word == CREDIT_WANTED;
}

/* ------------------------------------------------------------------------
 * The consumer. */

uint32_t
tvn_transfer_take(
    struct tvn_transfer *transfer, struct tvn_event *out, uint32_t max)
{
    uint32_t count = transfer->out.tail - transfer->out.taken;
    uint32_t first;

    TVN_ASSERT(max > 0);
    if (count < max) {
        transfer->out.tail = (uint32_t)atomic_load_explicit(
            &transfer->tail, memory_order_acquire);
        count = transfer->out.tail - transfer->out.taken;
    }
    count = count < max ? count : max;
    if (count == 0) {
        return 0;
    }
    first = transfer->slots - transfer->out.slot; /* until it wraps round */
    first = first < count ? first : count;
    memcpy(out, &transfer->ring[transfer->out.slot], first * sizeof(*out));
    memcpy(out + first, transfer->ring, (count - first) * sizeof(*out));
    transfer->out.slot += count;
    if (transfer->out.slot >= transfer->slots) {
        transfer->out.slot -= transfer->slots;
    }
    transfer->out.taken += count;
    atomic_store_explicit(
        &transfer->head, transfer->out.taken, memory_order_release);
    return count;
}

bool
tvn_transfer_want_events(struct tvn_transfer *transfer)
{
    uint64_t word = transfer->out.taken; /* nothing there, nothing asked */

    return atomic_compare_exchange_strong_explicit(&transfer->tail, &word,
               word | TAIL_WANTED, memory_order_relaxed,
               memory_order_relaxed) ||
           word == (transfer->out.taken | TAIL_WANTED);
}

bool
tvn_transfer_is_closed(const struct tvn_transfer *transfer)
{
    return atomic_load_explicit(&transfer->tail, memory_order_acquire) ==
           (transfer->out.taken | TAIL_CLOSED);
}

bool
tvn_transfer_give_back(
    struct tvn_transfer *transfer, uint32_t events, uint64_t bytes)
{
    uint64_t more = (uint64_t)events << CREDIT_SHIFT | bytes / 64;
    uint64_t word;

    TVN_ASSERT(events <= TVN_TRANSFER_GIVE_MAX && bytes % 64 == 0 &&
               bytes / 64 <= CREDIT_BYTES);
    if (more == 0) {
        return false;
    }
    word = atomic_load_explicit(&transfer->credits, memory_order_relaxed);
    do {
        uint64_t given = word & ~CREDIT_WANTED;

        TVN_ASSERT((given >> CREDIT_SHIFT) + events <= TVN_TRANSFER_GIVE_MAX &&
                   (given & CREDIT_BYTES) + bytes / 64 <= CREDIT_BYTES);
    } while (!atomic_compare_exchange_weak_explicit(&transfer->credits, &word,
        (word & ~CREDIT_WANTED) + more, memory_order_release,
        memory_order_relaxed));
    return (word & CREDIT_WANTED) != 0;
}
