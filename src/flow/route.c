/* route.c -- offers events to edges.
 *
 * Whoever calls has made sure that edges that block have room (demand.c), but
 * for one case: the last event of a router's visit goes at once to each of its
 * edges that has room and waits, as one event, for the others.
 *
 * The switches on TVN_FAULT_PASS fold away in a normal build; what they do is
 * what a bug at that place would do. */
#include "flow/trace.h"

/* ------------------------------------------------------------------------
 * One edge. */

/* Another edge that may carry the same type: beside it at either end, or
 * before or behind a stage that passes its input on.  NULL: there is none. */
static struct tvn__edge *
neighbour_of(const struct tvn__edge *edge)
{
    const struct tvn__group *groups[] = {
        &edge->from->all,
        &edge->to->ins,
        edge->to->role == TVN_ROLE_FILTER || edge->to->role == TVN_ROLE_ROUTER
            ? &edge->to->all
            : NULL,
        edge->from->role == TVN_ROLE_FILTER ||
                edge->from->role == TVN_ROLE_ROUTER
            ? &edge->from->ins
            : NULL,
    };

    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        for (uint32_t i = 0; groups[g] != NULL && i < groups[g]->count; i++) {
            if (groups[g]->edges[i] != edge) {
                return groups[g]->edges[i];
            }
        }
    }
    return NULL;
}

/* Where the event goes instead; the edge itself when that cannot be: then
 * only its booking goes astray. */
static struct tvn__edge *
astray(struct tvn__shard *shard, struct tvn__edge *edge, uint32_t block)
{
    struct tvn__edge *other = neighbour_of(edge);

    if (other != NULL && tvn_queue_has_room(&other->queue, block)) {
        return other;
    }
    other = edge == shard->flow->edges ? &shard->flow->edges[1]
                                       : shard->flow->edges;
    edge->row->offered--;
    other->row->offered++;
    return edge;
}

/* To an edge that does not simply wait for room.  Kept out of the way of the
 * others: inside, its calls take 3 ns of every push. */
static __attribute__((noinline)) void
offer_by_policy(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event, struct tvn_image *image)
{
    struct tvn_queue *queue = &edge->queue;
    /* With a rate, the true time: none of a turn is to count twice. */
    uint64_t now_ns = queue->bucket.rate == 0 ? 0 : tvn__clock(shard);

    switch (tvn_queue_offer(queue, event, image, now_ns)) {
    case TVN_OFFERED_QUEUED:
        break;
    case TVN_OFFERED_DROPPED:
        tvn__trace_edge(shard, edge, event, TVN__TRACE_DROPPED_NEWEST);
        break;
    case TVN_OFFERED_REFUSED:
        tvn__note_refused(shard, edge, event, image, 0);
        break;
    }
}

static inline void
offer(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event, struct tvn_image *image)
{
    if (edge->is_plain) {
        tvn_queue_push(&edge->queue, event, image);
    } else {
        offer_by_policy(shard, edge, event, image);
    }
    if (!tvn_queue_has_room(&edge->queue, edge->room)) {
        tvn__note_filled(shard, edge);
    }
}

void
tvn__put(struct tvn__shard *shard, struct tvn__edge *edge,
    const struct tvn_event *event, struct tvn_image *image)
{
    switch (TVN_FAULT_PASS(
        TVN_SITE_PUSH, tvn_queue_has_room(&edge->queue, 2 * image->block) &&
                           tvn_queue_free_slots(&edge->queue) >= 2 &&
                           shard->flow->opts.edge_count >= 2)) {
    case TVN_BREAKAGE_NONE:
        break;
    case TVN_BREAKAGE_LOSE:
        tvn_image_unref(image);
        return;
    case TVN_BREAKAGE_DOUBLE:
        tvn_queue_push(&edge->queue, event, tvn_image_ref(image));
        break;
    case TVN_BREAKAGE_MISFILE:
        edge = astray(shard, edge, image->block);
        break;
    }
    offer(shard, edge, event, image);
}

/* ------------------------------------------------------------------------
 * All edges of a port. */

static __attribute__((noinline)) void /* for the sake of one edge alone */
fan_out(struct tvn__shard *shard, const struct tvn__group *group,
    const struct tvn_event *event, struct tvn_image *image)
{
    struct tvn__edge *first = group->edges[0];
    uint32_t count = group->count;
    bool again = false;

    switch (TVN_FAULT_PASS(
        TVN_SITE_FAN_OUT, tvn_queue_has_room(&first->queue, 2 * image->block) &&
                              tvn_queue_free_slots(&first->queue) >= 2)) {
    case TVN_BREAKAGE_NONE:
        break;
    case TVN_BREAKAGE_LOSE:
        count--;
        break;
    case TVN_BREAKAGE_DOUBLE:
        again = true;
        break;
    case TVN_BREAKAGE_MISFILE:
        count--;
        again = true;
        break;
    }
    for (uint32_t i = 0; i + 1 < count; i++) {
        tvn__put(shard, group->edges[i], event, tvn_image_ref(image));
    }
    if (again) {
        tvn__put(shard, first, event, tvn_image_ref(image));
    }
    tvn__put(shard, group->edges[count - 1], event, image);
}

void
tvn__put_all(struct tvn__shard *shard, const struct tvn__group *group,
    const struct tvn_event *event, struct tvn_image *image)
{
    if (group->count == 1) {
        tvn__put(shard, group->edges[0], event, image);
    } else {
        fan_out(shard, group, event, image);
    }
}

/* ------------------------------------------------------------------------
 * Routers. */

/* To each edge of the group that has room; the others wait.  Returns how many
 * do. */
static uint32_t
put_or_hold(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn__group *group, const struct tvn_event *event,
    struct tvn_image *image)
{
    uint32_t waiting = 0;

    for (uint32_t i = 0; i < group->count; i++) {
        struct tvn__edge *edge = group->edges[i];

        if (tvn__takes(shard, edge, image->block)) {
            tvn__put(shard, edge, event, tvn_image_ref(image));
            node->books->forked++;
            continue;
        }
        edge->is_waiting = true;
        edge->row->waiting++;
        waiting++;
    }
    return waiting;
}

void
tvn__put_routed(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn_event *event, struct tvn_image *image, uint32_t bits)
{
    uint32_t waiting = 0;

    if (bits == 0) {
        waiting = put_or_hold(shard, node, &node->other, event, image);
    }
    for (; bits != 0; bits &= bits - 1) {
        waiting += put_or_hold(
            shard, node, &node->ports[__builtin_ctz(bits)], event, image);
    }
    if (waiting > 0) { /* the reference stays with `held` */
        node->held = *event;
        node->held.image = image;
        node->holds = true;
        node->books->held++;
        return;
    }
    node->books->passed++;
    node->books->forked--; /* one of the copies is the event itself */
    tvn_image_unref(image);
}

bool
tvn__release_held(struct tvn__shard *shard, struct tvn__node *node)
{
    bool still_waits = false;

    for (uint32_t i = 0; i < node->all.count; i++) {
        struct tvn__edge *edge = node->all.edges[i];

        if (!edge->is_waiting) {
            continue;
        }
        if (!tvn__takes(shard, edge, node->held.image->block)) {
            still_waits = true;
            continue;
        }
        tvn__put(shard, edge, &node->held, tvn_image_ref(node->held.image));
        tvn__trace_edge(shard, edge, &node->held, TVN__TRACE_PUT);
        edge->is_waiting = false;
        shard->has_moved = true;
        edge->row->waiting--;
        node->books->forked++;
    }
    if (node->has_filled) {
        tvn__suspend_filled(shard, node);
    }
    if (node->cross_outs > 0) { /* it may not have a turn for long */
        tvn__cross_hand_on(shard, node);
    }
    if (still_waits) {
        return false;
    }
    tvn_image_unref(node->held.image);
    node->holds = false;
    node->books->held--;
    node->books->passed++;
    node->books->forked--;
    return true;
}
