/* demand.c -- credit: who may produce, and how much.
 *
 * An image's size is not known before it is made, so a producer of images
 * needs room for its largest one (image_max) for each; who only passes images
 * on is asked for what they really weigh.  An edge that had no room is
 * suspended until half of it is empty: its producer then has work for a whole
 * burst instead of waking up for one event.
 *
 * Only edges that block are waited for.  One that drops takes anything; one
 * that refuses does, too, but where its producer tries again one event is
 * refused at a time, so that what comes behind it keeps its place. */
#include "flow/internal.h"

static bool
refuses_singly(const struct tvn__edge *edge)
{
    return edge->queue.overflow == TVN_OVERFLOW_ERROR &&
           edge->from->retries > 0;
}

/* True: whatever is offered is dealt with. */
static bool
takes_all(const struct tvn__edge *edge)
{
    return !tvn_queue_blocks(&edge->queue) && !refuses_singly(edge);
}

/* ------------------------------------------------------------------------
 * Tokens. */

/* Tokens of an edge with a rate; without any, says when its producer is to
 * look again: not for each single one when they come quickly. */
static uint32_t
tokens(struct tvn__shard *shard, struct tvn__edge *edge)
{
    struct tvn_bucket *bucket = &edge->queue.bucket;
    uint64_t few = bucket->rate / 1000; /* of a millisecond */
    uint64_t half = bucket->most / TVN_BUCKET_TOKEN / 2;
    uint64_t count;

    if (edge->token_ns != TVN__NEVER && edge->token_ns > shard->now_ns) {
        return 0;
    }
    edge->token_ns = TVN__NEVER;
    count = tvn_bucket_tokens(bucket, shard->now_ns);
    if (count == 0) {
        few = few < half ? few : half;
        edge->token_ns = tvn_bucket_due_ns(bucket, few > 0 ? few : 1);
        edge->pressure.token_waits++;
    }
    return count < TVN_BURST_MAX ? (uint32_t)count : TVN_BURST_MAX;
}

uint64_t
tvn__token_due_ns(const struct tvn__node *node)
{
    uint64_t due_ns = TVN__NEVER;

    for (uint32_t i = 0; i < node->all.count; i++) {
        if (node->all.edges[i]->token_ns < due_ns) {
            due_ns = node->all.edges[i]->token_ns;
        }
    }
    return due_ns;
}

/* ------------------------------------------------------------------------
 * Credit. */

static uint32_t
edge_room(const struct tvn__edge *edge)
{
    uint64_t credit = tvn_queue_free_slots(&edge->queue);
    uint64_t bytes = tvn_queue_free_bytes(&edge->queue);

    if (bytes < (uint64_t)edge->image_max * TVN_BURST_MAX) {
        uint64_t images = bytes / edge->image_max;

        if (images == 0 && tvn_queue_used(&edge->queue) == 0) {
            images = 1; /* link has proved that one fits */
        }
        credit = images < credit ? images : credit;
    }
    return credit < TVN_BURST_MAX ? (uint32_t)credit : TVN_BURST_MAX;
}

/* Of `room` for events, what its tokens leave; without any its producer waits,
 * or has one refused (a router takes one more than it is told). */
static uint32_t
grant(struct tvn__shard *shard, struct tvn__edge *edge, uint32_t room)
{
    bool is_full = room == 0;
    bool is_router = edge->from->role == TVN_ROLE_ROUTER;

    if (!is_full && edge->queue.bucket.rate > 0) {
        uint32_t count = tokens(shard, edge);

        room = count < room ? count : room;
    }
    if (room == 0 && refuses_singly(edge)) {
        return is_router ? 0 : 1;
    }
    if (is_full && !is_router) {
        tvn__suspend(shard, edge);
    }
    return room;
}

/* Of `want` outputs. */
static uint32_t
edge_credit(struct tvn__shard *shard, struct tvn__edge *edge, uint32_t want)
{
    uint32_t here;

    if (takes_all(edge)) {
        return want;
    }
    if (edge->is_suspended) {
        return 0;
    }
    here = grant(shard, edge, edge_room(edge));
    return here < want ? here : want;
}

uint32_t
tvn__credit(struct tvn__shard *shard, struct tvn__node *node)
{
    uint32_t credit = shard->flow->opts.burst;

    for (uint32_t i = 0; credit > 0 && i < node->main.count; i++) {
        credit = edge_credit(shard, node->main.edges[i], credit);
    }
    return credit;
}

/* ------------------------------------------------------------------------
 * Events that are there already. */

/* Counts the events at the head whose blocks fit into `bytes`. */
static uint32_t
count_fitting(const struct tvn_queue *queue, uint32_t max, uint64_t bytes)
{
    uint32_t run = 0;
    uint32_t count = 0;
    const struct tvn_event *in = tvn_queue_peek(queue, max, &run);

    while (count < run && in[count].image->block <= bytes) {
        bytes -= in[count].image->block;
        count++;
    }
    return count;
}

/* How many of the events at the head of `from` the edge takes, at most
 * `want`. */
static uint32_t
edge_fit(struct tvn__shard *shard, const struct tvn__edge *from,
    struct tvn__edge *edge, uint32_t want)
{
    uint64_t bytes = tvn_queue_free_bytes(&edge->queue);
    uint32_t here = tvn_queue_free_slots(&edge->queue);

    if (takes_all(edge)) {
        return want;
    }
    if (edge->is_suspended) {
        return 0;
    }
    here = here < want ? here : want;
    if (here > 0 && from->in->bytes > bytes) { /* else all of them fit */
        here = count_fitting(from->in, here, bytes);
    }
    return grant(shard, edge, here);
}

uint32_t
tvn__fit(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn__edge *edge)
{
    uint32_t slots = shard->flow->opts.burst;

    for (uint32_t i = 0; slots > 0 && i < node->all.count; i++) {
        slots = edge_fit(shard, edge, node->all.edges[i], slots);
    }
    return slots;
}

bool
tvn__takes(struct tvn__shard *shard, struct tvn__edge *edge, uint32_t block)
{
    if (!tvn_queue_blocks(&edge->queue)) {
        return true;
    }
    if (edge->is_suspended) {
        return false;
    }
    if (!tvn_queue_has_room(&edge->queue, block)) {
        tvn__suspend(shard, edge);
        return false;
    }
    return edge->queue.bucket.rate == 0 || tokens(shard, edge) > 0;
}

bool
tvn__fit_twice(const struct tvn__node *node, uint32_t block)
{
    for (uint32_t i = 0; i < node->all.count; i++) {
        const struct tvn__edge *to = node->all.edges[i];

        if (to->is_suspended || tvn_queue_free_slots(&to->queue) < 2 ||
            tvn_queue_free_bytes(&to->queue) < 2 * (uint64_t)block) {
            return false;
        }
    }
    return true;
}

void
tvn__resume(struct tvn__shard *shard, struct tvn__edge *edge)
{
    const struct tvn_queue *queue = &edge->queue;

    tvn__note_room(edge);
    if (edge->is_suspended && tvn_queue_used(queue) <= queue->capacity / 2 &&
        queue->bytes <= queue->bytes_max / 2 &&
        (tvn_queue_used(queue) == 0 || edge->image_max == 0 ||
            edge_room(edge) > 0)) {
        tvn__release(shard, edge);
    }
}
