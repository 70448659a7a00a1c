/* refuse.c -- what an edge with `overflow: error` gave back.
 *
 * The event was made and its stage is done with it: only this edge has it
 * still to take, so a retry offers the same image again and calls nobody.
 * Until it is taken or given up, its stage does not run: order holds. */
#include "flow/trace.h"

static void
give_up(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event)
{
    uint64_t dead = edge->row->refused_dead;

    tvn__fail_refused(shard, edge, event);
    tvn__trace_edge(shard, edge, event,
        edge->row->refused_dead > dead ? TVN__TRACE_REFUSED_DEAD
                                       : TVN__TRACE_REFUSED_DROPPED);
    tvn_image_unref(event->image);
}

void
tvn__note_refused(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event, struct tvn_image *image, uint32_t attempt)
{
    struct tvn__node *node = edge->from;
    struct tvn_event refused = *event;

    refused.image = image;
    refused.attempt = attempt;
    edge->row->refusals++;
    if (attempt >= node->retries) {
        give_up(shard, edge, &refused);
        return;
    }
    TVN_ASSERT(!edge->has_refused);
    edge->refused = refused;
    edge->refused.attempt++;
    edge->refused_ns = shard->now_ns + tvn__backoff_ns(shard, node, attempt);
    edge->has_refused = true;
    edge->row->retrying++;
    node->refused++;
    tvn__trace_edge(shard, edge, event, TVN__TRACE_REFUSED);
}

bool
tvn__offer_refused(struct tvn__shard *shard, struct tvn__node *node)
{
    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];
        struct tvn_event event = edge->refused;

        if (!edge->has_refused || edge->refused_ns > shard->now_ns) {
            continue;
        }
        edge->has_refused = false;
        edge->row->retrying--;
        node->refused--;
        shard->has_moved = true;
        if (tvn_queue_offer(&edge->queue, &event, event.image,
                tvn__clock(shard)) == TVN_OFFERED_REFUSED) {
            tvn__note_refused(shard, edge, &event, event.image, event.attempt);
        } else {
            tvn__trace_edge(shard, edge, &event, TVN__TRACE_PUT);
        }
    }
    if (node->cross_outs > 0) { /* it may not have a turn for long */
        tvn__cross_hand_on(shard, node);
    }
    return node->refused == 0;
}

uint64_t
tvn__refused_due_ns(const struct tvn__node *node)
{
    uint64_t due_ns = TVN__NEVER;

    for (uint32_t i = 0; node->refused > 0 && i < node->all.count; i++) {
        const struct tvn__edge *edge = node->all.edges[i];

        if (edge->has_refused && edge->refused_ns < due_ns) {
            due_ns = edge->refused_ns;
        }
    }
    return due_ns;
}
