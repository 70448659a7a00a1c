/* cross.c -- edges between shards.
 *
 *     producer -> queue (policy) -> ring -> inbox -> consumer
 *                   ^-------- credits, in batches -----'
 *
 * The queue is the producer's and bounds the whole edge: what is in the ring
 * and the inbox counts as `away` in it until the consumer gives it back.  At
 * most `TVN_TRANSFER_MAX` events are away, so a policy that drops the oldest
 * has something to drop.  An image that crosses is shared from then on
 * (value/image.h): both sides may count it. */
#include "flow/cross.h"

#include "base/mem.h"

tvn_err
tvn__cross_new(struct tvn_flow *flow, struct tvn__edge *edge)
{
    struct tvn__cross *cross = tvn_arena_new(&flow->arena, 1, sizeof(*cross));
    uint32_t capacity = edge->queue.capacity;
    uint32_t slots = capacity < TVN_TRANSFER_MAX ? capacity : TVN_TRANSFER_MAX;
    tvn_err err;

    if (cross == NULL) {
        return TVN_ENOMEM;
    }
    /* Something stays behind that can still be dropped. */
    if (edge->queue.overflow == TVN_OVERFLOW_DROP_OLDEST && slots > 1 &&
        slots > capacity / 2) {
        slots = (capacity + 1) / 2;
    }
    cross->edge = edge;
    cross->slots = slots;
    err = tvn_transfer_init(&cross->ring, slots);
    if (err == TVN_OK) {
        err = tvn_queue_init(&cross->inbox, slots, edge->queue.bytes_max);
    }
    if (err != TVN_OK) {
        tvn_transfer_fini(&cross->ring);
        return err;
    }
    edge->cross = cross;
    edge->in = &cross->inbox;
    edge->row->inbox = &cross->inbox;
    edge->from->cross_outs++;
    edge->from->shard->live++; /* until it is closed */
    edge->from->shard->outs[edge->from->shard->out_count++] = cross;
    edge->to->shard->ins[edge->to->shard->in_count++] = cross;
    return TVN_OK;
}

void
tvn__cross_fini(struct tvn__edge *edge)
{
    if (edge->cross != NULL) {
        tvn_transfer_fini(&edge->cross->ring);
        tvn_queue_fini(&edge->cross->inbox);
    }
}

/* ------------------------------------------------------------------------
 * The producer's end. */

static void
hand_on(struct tvn__shard *shard, struct tvn__cross *cross)
{
    struct tvn__edge *edge = cross->edge;
    struct tvn_queue *queue = &edge->queue;
    uint32_t space = queue->depth == 0 ? 0 : tvn_transfer_space(&cross->ring);
    bool is_wanted = false;
    bool moved = false;

    while (queue->depth > 0 && queue->away < cross->slots && space-- > 0) {
        struct tvn_event event = queue->ring[queue->head];

        event.image = tvn_queue_hand(queue);
        tvn_image_share(event.image);
        tvn_transfer_put(&cross->ring, &event);
        moved = true;
    }
    if (edge->from->state != TVN__RUNNING && queue->depth == 0 &&
        !cross->is_closed) {
        cross->is_closed = true;
        shard->live--;
        shard->has_moved = true;
        is_wanted = tvn_transfer_close(&cross->ring);
    } else if (moved) {
        is_wanted = tvn_transfer_publish(&cross->ring);
    }
    if (is_wanted) {
        tvn__signal(edge->to->shard);
    }
}

void
tvn__cross_hand_on(struct tvn__shard *shard, struct tvn__node *node)
{
    for (uint32_t i = 0; i < node->all.count; i++) {
        if (node->all.edges[i]->cross != NULL) {
            hand_on(shard, node->all.edges[i]->cross);
        }
    }
}

/* Credits that have come; true: some. */
static bool
take_credits(struct tvn__shard *shard, struct tvn__cross *cross)
{
    uint64_t events = 0;
    uint64_t bytes = 0;

    tvn_transfer_credits(&cross->ring, &events, &bytes);
    if (events == 0) {
        return false;
    }
    tvn_queue_credit(&cross->edge->queue, (uint32_t)events, bytes);
    tvn__resume(shard, cross->edge);
    hand_on(shard, cross);
    return true;
}

/* ------------------------------------------------------------------------
 * The consumer's end. */

/* Events that have come, and the end of them; true: something. */
static bool
take_in(struct tvn__cross *cross)
{
    struct tvn_event events[TVN_TRANSFER_MAX];
    struct tvn_queue *inbox = &cross->inbox;
    uint32_t room = tvn_queue_free_slots(inbox);
    uint32_t count =
        room == 0 ? 0 : tvn_transfer_take(&cross->ring, events, room);

    for (uint32_t i = 0; i < count; i++) {
        cross->came_bytes += events[i].image->block;
        tvn_queue_push(inbox, &events[i], events[i].image);
    }
    if (!cross->is_seen_closed && tvn_transfer_is_closed(&cross->ring)) {
        cross->is_seen_closed = true;
        cross->edge->to->open_ins--;
        return true;
    }
    return count > 0;
}

/* Events that have left the inbox and have not gone back. */
static uint32_t
owed(const struct tvn__cross *cross)
{
    const struct tvn_queue *inbox = &cross->inbox;

    return (uint32_t)(inbox->enqueued - inbox->depth - cross->given_events);
}

static void
give_back(struct tvn__cross *cross)
{
    uint32_t events = owed(cross);
    uint64_t bytes =
        cross->came_bytes - cross->inbox.bytes - cross->given_bytes;

    cross->given_events += events;
    cross->given_bytes += bytes;
    if (tvn_transfer_give_back(&cross->ring, events, bytes)) {
        tvn__signal(cross->edge->from->shard);
    }
}

void
tvn__cross_give_back(struct tvn__edge *edge)
{
    struct tvn__cross *cross = edge->cross;

    /* In batches: each is a cache line that changes hands. */
    if (owed(cross) >= cross->slots / 4 || cross->inbox.depth == 0) {
        give_back(cross);
    }
}

/* ------------------------------------------------------------------------ */

void
tvn__cross_look(struct tvn__shard *shard)
{
    for (uint32_t i = 0; i < shard->out_count; i++) {
        (void)take_credits(shard, shard->outs[i]);
    }
    for (uint32_t i = 0; i < shard->in_count; i++) {
        (void)take_in(shard->ins[i]);
    }
    tvn_image_send_home();
    if (shard->pool != NULL) {
        tvn_pool_collect(shard->pool);
    }
}

bool
tvn__cross_may_sleep(struct tvn__shard *shard)
{
    bool has_news = false;

    tvn_image_send_home(); /* their pools have no other way to learn of it */
    for (uint32_t i = 0; i < shard->out_count; i++) {
        struct tvn__cross *cross = shard->outs[i];

        if (cross->edge->queue.away > 0 &&
            !tvn_transfer_want_credit(&cross->ring)) {
            has_news |= take_credits(shard, cross);
        }
    }
    for (uint32_t i = 0; i < shard->in_count; i++) {
        struct tvn__cross *cross = shard->ins[i];

        give_back(cross);
        if (!cross->is_seen_closed && !tvn_transfer_want_events(&cross->ring)) {
            has_news |= take_in(cross);
        }
    }
    return !has_news;
}

void
tvn__cross_settle(struct tvn__edge *edge)
{
    if (edge->cross != NULL) {
        (void)take_in(edge->cross);
    }
}
