/* turn.c -- what a stage can do now, and doing it.
 *
 *     round   one turn for every stage that can run and has time left,
 *             downstream first (run.c)
 *     turn    at most `burst` events and about 100 us of one stage: visits
 *             until the stride is used up; the clock is read once, at its end
 *     visit   one call of the stage and the settling of its results
 *
 * The stride is how many events are thought to take 100 us, by the mean of
 * the last turns.  One turn in 64 is a single visit that is measured. */
#include "flow/internal.h"

/* ------------------------------------------------------------------------
 * What can be done. */

static enum tvn__todo
source_todo(struct tvn_flow *flow, struct tvn__node *node)
{
    if (node->is_ended || flow->is_closing) {
        tvn__flow_finish(flow, node);
        return TVN__NOTHING;
    }
    node->credit = tvn__credit(flow, node);
    return node->credit == 0 ? TVN__NOTHING : TVN__PULL;
}

/* The input edge whose turn it is: the next one that has something. */
static struct tvn__edge *
pick_input(struct tvn__node *node)
{
    for (uint32_t i = 0; i < node->ins.count; i++) {
        struct tvn__edge *edge = node->ins.edges[node->in_next];

        if (edge->queue.depth > 0) {
            return edge;
        }
        node->in_next =
            node->in_next + 1 == node->ins.count ? 0 : node->in_next + 1;
    }
    return NULL;
}

static enum tvn__todo
aggregator_todo(struct tvn_flow *flow, struct tvn__node *node)
{
    bool has_input = node->edge != NULL;
    bool flushes = !node->is_pending && !node->is_broken &&
                   tvn__flush_is_due(flow, node, has_input);
    uint64_t left = node->count_max - node->count;

    if (!flushes && !has_input) {
        return TVN__NOTHING;
    }
    node->credit = tvn__credit(flow, node);
    if (node->credit == 0) {
        return TVN__NOTHING;
    }
    node->in_max = left < TVN_BURST_MAX ? (uint32_t)left : TVN_BURST_MAX;
    return flushes ? TVN__FLUSH : TVN__RUN;
}

static enum tvn__todo
input_todo(struct tvn_flow *flow, struct tvn__node *node)
{
    node->in_max = TVN_BURST_MAX;
    switch (node->role) {
    case TVN_ROLE_PROCESSOR:
        node->credit = tvn__credit(flow, node);
        return node->credit == 0 ? TVN__NOTHING : TVN__RUN;
    case TVN_ROLE_FILTER:
        node->in_max = tvn__fit(flow, node, node->edge);
        return node->in_max == 0 ? TVN__NOTHING : TVN__RUN;
    case TVN_ROLE_ROUTER: /* the last one may have to wait for an edge */
        node->in_max = tvn__fit(flow, node, node->edge) + 1;
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
tvn__what_now(struct tvn_flow *flow, struct tvn__node *node)
{
    enum tvn__todo todo = TVN__NOTHING;

    if (node->state != TVN__RUNNING || node->is_waiting) {
        return TVN__NOTHING;
    }
    if (node->role == TVN_ROLE_SOURCE) {
        return source_todo(flow, node);
    }
    if (node->holds && !tvn__release_held(flow, node)) {
        return TVN__NOTHING;
    }
    node->edge = pick_input(node);
    if (node->is_broken && node->edge != NULL) {
        return TVN__DISCARD;
    }
    if (node->role == TVN_ROLE_AGGREGATOR) {
        todo = aggregator_todo(flow, node);
    } else if (node->edge != NULL) {
        todo = input_todo(flow, node);
    }
    if (todo == TVN__NOTHING && node->edge == NULL && node->open_ins == 0 &&
        (node->role != TVN_ROLE_AGGREGATOR || node->is_flushed ||
            node->is_broken)) {
        tvn__flow_finish(flow, node);
    }
    return todo;
}

/* ------------------------------------------------------------------------
 * Visits.  Each returns how many events it dealt with. */

static void
begin(struct tvn_flow *flow, bool is_sampled)
{
    struct tvn_burst *burst = &flow->burst; /* 2 KiB: only what must be */

    burst->in = NULL;
    burst->in_count = 0;
    burst->credit = 0;
    burst->now_ns = flow->now_ns;
    burst->wall_ns = tvn__wall(flow);
    burst->is_sampled = is_sampled;
    burst->consumed = 0;
    burst->outs = 0;
    burst->is_pending = false;
    burst->is_end = false;
    burst->wake.fd = -1;
    burst->wake.for_writing = false;
    burst->wake.at_ns = 0;
    burst->inside_ns = 0;
    burst->has_times = false;
    burst->has_keys = false;
    burst->fault.kind = TVN_FAULT_NONE; /* the rest is zero, see fail.c */
}

static uint32_t
visit_source(struct tvn_flow *flow, struct tvn__node *node, uint32_t max)
{
    struct tvn_burst *burst = &flow->burst;
    uint64_t left = flow->opts.limit - flow->taken;
    tvn_err err;

    burst->credit = node->credit < max ? node->credit : max;
    if (flow->opts.limit > 0 && left < burst->credit) {
        burst->credit = (uint32_t)left;
    }
    err = node->stage.ops->run(node->stage.self, burst);
    TVN_ASSERT(burst->outs <= burst->credit);
    tvn__settle_source(flow, node);
    tvn__note_full(flow, node);
    node->is_ended = node->is_ended || burst->is_end;
    if (err == TVN_EAGAIN) {
        tvn__wait(flow, node);
    } else if (err != TVN_OK) {
        node->books->in++;
        flow->taken++;
        tvn__fail_record(flow, node, err);
    }
    if (flow->opts.limit > 0 && flow->taken >= flow->opts.limit) {
        tvn__close_intake(flow);
    }
    return burst->outs + (err != TVN_OK && err != TVN_EAGAIN);
}

/* The event at the head failed and leaves the queue. */
static void
fail_head(struct tvn_flow *flow, struct tvn__node *node, struct tvn__edge *edge,
    tvn_err err)
{
    struct tvn_event event = edge->queue.ring[edge->queue.head];

    event.image = tvn__take(flow, edge);
    node->books->in++;
    node->had_outputs = false;
    tvn__fail_event(flow, node, &event, err);
    tvn_image_unref(event.image);
}

/* Breaks a `pop` or a `sink-write` before the stage sees the event.  True:
 * there is nothing left to run. */
static bool
breaks_input(struct tvn_flow *flow, struct tvn__node *node)
{
    struct tvn_burst *burst = &flow->burst;
    uint32_t next = (node->number + 1) % flow->ledger.stage_count;

    flow->broken_pop = TVN_FAULT_PASS(TVN_SITE_POP, true);
    switch (flow->broken_pop) {
    case TVN_BREAKAGE_NONE:
    case TVN_BREAKAGE_DOUBLE: /* by tvn__take */
        break;
    case TVN_BREAKAGE_LOSE:
        tvn_image_unref(tvn_queue_pop(&node->edge->queue));
        return true;
    case TVN_BREAKAGE_MISFILE:
        node->books->in--;
        flow->ledger.stages[next].books.in++;
        break;
    }
    if (node->role != TVN_ROLE_SINK) {
        return false;
    }
    switch (TVN_FAULT_PASS(TVN_SITE_SINK_WRITE, true)) {
    case TVN_BREAKAGE_NONE:
        break;
    case TVN_BREAKAGE_LOSE:
        burst->consumed = 1; /* never shown to the sink */
        tvn__settle_inputs(flow, node, node->edge);
        return true;
    case TVN_BREAKAGE_DOUBLE:
        (void)node->stage.ops->run(node->stage.self, burst);
        burst->consumed = 0;
        break;
    case TVN_BREAKAGE_MISFILE:
        node->books->delivered--;
        node->books->filtered++;
        break;
    }
    return false;
}

static uint32_t
visit_inputs(struct tvn_flow *flow, struct tvn__node *node, uint32_t max)
{
    struct tvn_burst *burst = &flow->burst;
    struct tvn__edge *edge = node->edge;
    uint32_t done;
    tvn_err err;

    max = node->in_max < max ? node->in_max : max;
    burst->in = tvn_queue_peek(&edge->queue, max, &burst->in_count);
    burst->credit = node->credit < max ? node->credit : max;
    if (TVN_FAULT_IS_ARMED() && breaks_input(flow, node)) {
        tvn__resume(edge);
        return 1;
    }
    err = node->stage.ops->run(node->stage.self, burst);
    TVN_ASSERT(burst->consumed <= burst->in_count);
    TVN_ASSERT(burst->outs <= burst->credit);
    done = burst->consumed;
    tvn__settle_inputs(flow, node, edge);
    node->is_pending = burst->is_pending;
    node->stays = burst->is_pending;
    if (err == TVN_EAGAIN) {
        node->stays = edge->queue.depth > 0; /* it may have begun the head */
        tvn__wait(flow, node);
    } else if (err != TVN_OK) {
        node->is_pending = false;
        node->stays = false;
        fail_head(flow, node, edge, err);
        done++;
    }
    tvn__note_full(flow, node);
    tvn__resume(edge);
    if (!node->stays && node->ins.count > 1) {
        node->in_next =
            node->in_next + 1 == node->ins.count ? 0 : node->in_next + 1;
    }
    return done;
}

static uint32_t
visit_flush(struct tvn_flow *flow, struct tvn__node *node, uint32_t max)
{
    struct tvn_burst *burst = &flow->burst;
    tvn_err err;

    burst->credit = node->credit < max ? node->credit : max;
    err = tvn__flush(flow, node);
    TVN_ASSERT(burst->outs <= burst->credit);
    tvn__settle_flush(flow, node);
    tvn__note_full(flow, node);
    node->is_flushing = err == TVN_OK && burst->is_pending;
    if (err != TVN_OK) {
        tvn__fault_call(flow, node, "flush", err);
    }
    node->is_flushed = node->is_last && !node->is_flushing;
    return burst->outs;
}

static uint32_t
visit_discard(struct tvn_flow *flow, struct tvn__node *node, uint32_t max)
{
    uint32_t done = 0;

    while (done < max && node->edge->queue.depth > 0) {
        tvn_image_unref(tvn__take(flow, node->edge));
        done++;
    }
    node->books->in += done;
    node->books->dropped += done;
    tvn__resume(node->edge);
    return done;
}

static uint32_t
visit(struct tvn_flow *flow, struct tvn__node *node, enum tvn__todo todo,
    uint32_t max)
{
    switch (todo) {
    case TVN__NOTHING:
        return 0;
    case TVN__PULL:
        return visit_source(flow, node, max);
    case TVN__RUN:
        return visit_inputs(flow, node, max);
    case TVN__FLUSH:
        return visit_flush(flow, node, max);
    case TVN__DISCARD:
        return visit_discard(flow, node, max);
    }
    return 0;
}

/* ------------------------------------------------------------------------
 * Turns. */

static void
adapt_stride(struct tvn_flow *flow, struct tvn__node *node, uint64_t spent_ns,
    uint32_t done)
{
    uint64_t stride;

    node->mean_ns = (3 * node->mean_ns + spent_ns / done) / 4;
    if (node->mean_ns * flow->opts.burst <= TVN__TURN_NS) {
        node->stride = flow->opts.burst;
        return;
    }
    stride = TVN__TURN_NS / node->mean_ns;
    node->stride = stride == 0 ? 1 : (uint32_t)stride;
}

void
tvn__turn(struct tvn_flow *flow, struct tvn__node *node, enum tvn__todo todo)
{
    bool is_sampled = node->turns++ % TVN__SAMPLE == 0;
    uint64_t start_ns = flow->now_ns;
    uint64_t spent_ns;
    uint32_t done = 0;

    do {
        uint32_t events;

        begin(flow, is_sampled);
        events = visit(
            flow, node, todo, TVN_FAULT_IS_ARMED() ? 1 : node->stride - done);
        done += events > 0 ? events : 1;
    } while (!is_sampled && done < node->stride && !flow->is_over &&
             (todo = tvn__what_now(flow, node)) != TVN__NOTHING);

    flow->now_ns = tvn__clock(flow);
    spent_ns = flow->now_ns - start_ns;
    node->deficit_ns -= (int64_t)spent_ns;
    node->busy_ns += spent_ns;
    if (is_sampled && spent_ns >= flow->burst.inside_ns) {
        tvn_histogram_record(
            &flow->overhead_ns, (spent_ns - flow->burst.inside_ns) / done);
    }
    adapt_stride(flow, node, spent_ns, done);
}
