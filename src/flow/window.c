/* window.c -- when an aggregator flushes.
 *
 * A window opens with the first event taken in after a flush: its time runs
 * on the monotonic clock, what the guest is told is Unix time.  One that is
 * empty is never flushed, but for the last call at the end of the input. */
#include "flow/internal.h"

uint64_t
tvn__window_due_ns(const struct tvn__node *node)
{
    if (node->count == 0 || node->every_ns > TVN__NEVER - node->opened_ns) {
        return TVN__NEVER;
    }
    return node->opened_ns + node->every_ns;
}

static bool
is_last(const struct tvn__node *node, bool has_input)
{
    return !has_input && node->open_ins == 0 && !node->is_flushed;
}

bool
tvn__flush_is_due(const struct tvn__shard *shard, const struct tvn__node *node,
    bool has_input)
{
    return node->is_flushing || node->count >= node->count_max ||
           shard->now_ns >= tvn__window_due_ns(node) ||
           is_last(node, has_input);
}

void
tvn__window_add(
    struct tvn__shard *shard, struct tvn__node *node, uint32_t count)
{
    if (node->count == 0 && count > 0) {
        node->opened_ns = shard->now_ns;
        node->opened_wall_ns = tvn__wall(shard);
    }
    node->count += count;
}

void
tvn__window_close(struct tvn__node *node)
{
    node->count = 0;
}

tvn_err
tvn__flush(struct tvn__shard *shard, struct tvn__node *node)
{
    struct tvn_window window = {
        .start_ns = node->count > 0 ? node->opened_wall_ns : tvn__wall(shard),
        .end_ns = tvn__wall(shard),
    };

    if (node->is_flushing) {
        return node->stage.ops->flush(node->stage.self, NULL, &shard->burst);
    }
    if (node->count >= node->count_max) {
        window.reason = TVN_WINDOW_COUNT;
    } else if (shard->now_ns >= tvn__window_due_ns(node)) {
        window.reason = TVN_WINDOW_TIME;
        window.end_ns = window.start_ns + node->every_ns;
    } else {
        window.reason = TVN_WINDOW_END;
        node->is_last = true;
    }
    tvn__window_close(node);
    return node->stage.ops->flush(node->stage.self, &window, &shard->burst);
}
