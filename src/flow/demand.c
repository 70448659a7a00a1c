/* demand.c -- credit: who may produce, and how much.
 *
 * An image's size is not known before it is made, so a producer of images
 * needs room for its largest one (image_max) for each; who only passes images
 * on is asked for what they really weigh.  An edge that had no room is
 * suspended until half of it is empty: its producer then has work for a whole
 * burst instead of waking up for one event. */
#include "flow/internal.h"

static uint32_t
edge_credit(const struct tvn__edge *edge)
{
    uint64_t credit = tvn_queue_free_slots(&edge->queue);
    uint64_t bytes = tvn_queue_free_bytes(&edge->queue);

    if (bytes < (uint64_t)edge->image_max * TVN_BURST_MAX) {
        uint64_t images = bytes / edge->image_max;

        if (images == 0 && edge->queue.depth == 0) {
            images = 1; /* link has proved that one fits */
        }
        credit = images < credit ? images : credit;
    }
    return credit < TVN_BURST_MAX ? (uint32_t)credit : TVN_BURST_MAX;
}

void
tvn__suspend(struct tvn_flow *flow, struct tvn__edge *edge)
{
    uint64_t now_ns = tvn__clock(flow);
    uint64_t since_ns = edge->is_filled ? edge->filled_ns : flow->now_ns;

    edge->is_suspended = true;
    tvn_histogram_record(
        &edge->response_ns, now_ns > since_ns ? now_ns - since_ns : 0);
}

uint32_t
tvn__credit(struct tvn_flow *flow, struct tvn__node *node)
{
    uint32_t credit = flow->opts.burst;

    for (uint32_t i = 0; i < node->main.count; i++) {
        struct tvn__edge *edge = node->main.edges[i];
        uint32_t here;

        if (edge->is_suspended) {
            return 0;
        }
        here = edge_credit(edge);
        if (here == 0) {
            tvn__suspend(flow, edge);
            return 0;
        }
        credit = here < credit ? here : credit;
    }
    return credit;
}

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

/* Nothing fits: the edge that has no room for the head. */
static void
suspend_first(
    struct tvn_flow *flow, struct tvn__node *node, const struct tvn__edge *from)
{
    uint32_t block = from->queue.ring[from->queue.head].image->block;

    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];

        if (!tvn_queue_has_room(&edge->queue, block)) {
            tvn__suspend(flow, edge);
            return;
        }
    }
}

uint32_t
tvn__fit(
    struct tvn_flow *flow, struct tvn__node *node, const struct tvn__edge *edge)
{
    uint32_t slots = flow->opts.burst;
    uint64_t bytes = UINT64_MAX;

    for (uint32_t i = 0; i < node->all.count; i++) {
        const struct tvn__edge *to = node->all.edges[i];

        if (to->is_suspended) {
            return 0;
        }
        if (tvn_queue_free_slots(&to->queue) < slots) {
            slots = tvn_queue_free_slots(&to->queue);
        }
        if (tvn_queue_free_bytes(&to->queue) < bytes) {
            bytes = tvn_queue_free_bytes(&to->queue);
        }
    }
    if (slots > 0 && edge->queue.bytes > bytes) { /* else all of them fit */
        slots = count_fitting(&edge->queue, slots, bytes);
    }
    if (slots == 0 && node->role != TVN_ROLE_ROUTER) {
        suspend_first(flow, node, edge);
    }
    return slots;
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
tvn__note_full(struct tvn_flow *flow, struct tvn__node *node)
{
    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];
        uint32_t image = edge->image_max > 0 ? edge->image_max : TVN_IMAGE_MIN;

        if (!edge->is_filled && !tvn_queue_has_room(&edge->queue, image)) {
            edge->is_filled = true;
            edge->filled_ns = tvn__clock(flow);
        }
    }
}

void
tvn__resume(struct tvn__edge *edge)
{
    const struct tvn_queue *queue = &edge->queue;

    edge->is_filled = false;
    if (edge->is_suspended && queue->depth <= queue->capacity / 2 &&
        queue->bytes <= queue->bytes_max / 2 &&
        (queue->depth == 0 || edge_credit(edge) > 0 || edge->image_max == 0)) {
        edge->is_suspended = false;
    }
}
