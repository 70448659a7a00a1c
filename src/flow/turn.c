/* turn.c -- what a stage can do now. */
#include "flow/internal.h"

static enum tvn__todo
source_todo(struct tvn__shard *shard, struct tvn__node *node)
{
    if (node->is_ended || tvn__is_closing(shard)) {
        tvn__flow_finish(shard, node);
        return TVN__NOTHING;
    }
    node->credit = tvn__credit(shard, node);
    return node->credit == 0 ? TVN__NOTHING : TVN__PULL;
}

/* The input edge whose turn it is: the next one that has something. */
static struct tvn__edge *
pick_input(struct tvn__node *node)
{
    for (uint32_t i = 0; i < node->ins.count; i++) {
        struct tvn__edge *edge = node->ins.edges[node->in_next];

        if (edge->in->depth > 0) {
            return edge;
        }
        node->in_next =
            node->in_next + 1 == node->ins.count ? 0 : node->in_next + 1;
    }
    return NULL;
}

static enum tvn__todo
aggregator_todo(struct tvn__shard *shard, struct tvn__node *node)
{
    bool has_input = node->edge != NULL;
    bool flushes = !node->is_pending && !node->is_broken &&
                   tvn__flush_is_due(shard, node, has_input);
    uint64_t left = node->count_max - node->count;

    if (!flushes && !has_input) {
        return TVN__NOTHING;
    }
    node->credit = tvn__credit(shard, node);
    if (node->credit == 0) {
        return TVN__NOTHING;
    }
    node->in_max = left < TVN_BURST_MAX ? (uint32_t)left : TVN_BURST_MAX;
    return flushes ? TVN__FLUSH : TVN__RUN;
}

static enum tvn__todo
input_todo(struct tvn__shard *shard, struct tvn__node *node)
{
    node->in_max = TVN_BURST_MAX;
    switch (node->role) {
    case TVN_ROLE_PROCESSOR:
        node->credit = tvn__credit(shard, node);
        return node->credit == 0 ? TVN__NOTHING : TVN__RUN;
    case TVN_ROLE_FILTER:
        node->in_max = tvn__fit(shard, node, node->edge);
        return node->in_max == 0 ? TVN__NOTHING : TVN__RUN;
    case TVN_ROLE_ROUTER: /* the last one may have to wait for an edge */
        node->in_max = tvn__fit(shard, node, node->edge) + 1;
        return TVN__RUN;
    case TVN_ROLE_SINK:
        return TVN__RUN;
    case TVN_ROLE_AGGREGATOR:
    case TVN_ROLE_SOURCE:
        break;
    }
    return TVN__NOTHING;
}

enum tvn__todo
tvn__what_now(struct tvn__shard *shard, struct tvn__node *node)
{
    enum tvn__todo todo = TVN__NOTHING;

    if (node->state != TVN__RUNNING ||
        (node->refused > 0 && !tvn__offer_refused(shard, node)) ||
        node->is_waiting) {
        return TVN__NOTHING;
    }
    if (node->role == TVN_ROLE_SOURCE) {
        return source_todo(shard, node);
    }
    if (node->holds && !tvn__release_held(shard, node)) {
        return TVN__NOTHING;
    }
    node->edge = pick_input(node);
    if (node->is_broken && node->edge != NULL) {
        return TVN__DISCARD;
    }
    if (node->role == TVN_ROLE_AGGREGATOR) {
        todo = aggregator_todo(shard, node);
    } else if (node->edge != NULL) {
        todo = input_todo(shard, node);
    }
    if (todo == TVN__NOTHING && node->edge == NULL && node->open_ins == 0 &&
        (node->role != TVN_ROLE_AGGREGATOR || node->is_flushed ||
            node->is_broken)) {
        tvn__flow_finish(shard, node);
    }
    return todo;
}
