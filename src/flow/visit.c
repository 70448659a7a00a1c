/* visit.c -- does what a stage can do.
 *
 *     round   one turn for every stage that can run and has time left,
 *             downstream first (run.c)
 *     turn    at most `burst` events and about 100 us of one stage: visits
 *             until the stride is used up; the clock is read once, at its end
 *     visit   one call of the stage and the settling of its results
 *
 * The stride is how many events are thought to take 100 us, by the mean of
 * the last turns.  One turn in 64 is a single visit that is measured. */
#include "flow/trace.h"

/* ------------------------------------------------------------------------
 * Visits.  Each returns how many events it dealt with. */

static void
begin(struct tvn__shard *shard, bool is_sampled)
{
    struct tvn_burst *burst = &shard->burst; /* 2 KiB: only what must be */

    burst->in = NULL;
    burst->in_count = 0;
    burst->credit = 0;
    burst->now_ns = shard->now_ns;
    burst->wall_ns = tvn__wall(shard);
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

/* Of `want` records, how many the run's limit still allows: they are taken
 * from it. */
static uint32_t
reserve(struct tvn_flow *flow, uint32_t want)
{
    uint64_t left = atomic_load(&flow->limit_left);
    uint32_t count;

    do {
        count = left < want ? (uint32_t)left : want;
    } while (
        !atomic_compare_exchange_weak(&flow->limit_left, &left, left - count));
    return count;
}

/* Books `count` of `reserved` records as taken, and gives the rest back. */
static void
note_taken(struct tvn__shard *shard, uint32_t reserved, uint32_t count)
{
    struct tvn_flow *flow = shard->flow;

    tvn__count_taken(shard, count);
    if (flow->opts.limit == 0) {
        return;
    }
    atomic_fetch_add(&flow->limit_left, reserved - count);
    if (atomic_fetch_add(&flow->limit_taken, count) + count >=
        flow->opts.limit) {
        tvn__close_intake(shard);
    }
}

static uint32_t
visit_source(struct tvn__shard *shard, struct tvn__node *node, uint32_t max)
{
    struct tvn_burst *burst = &shard->burst;
    uint32_t credit = node->credit < max ? node->credit : max;
    uint32_t made;
    tvn_err err;

    if (shard->flow->opts.limit > 0) {
        credit = reserve(shard->flow, credit);
        if (credit == 0) { /* the rest is on its way elsewhere */
            return 0;
        }
    }
    burst->credit = credit;
    err = node->stage.ops->run(node->stage.self, burst);
    TVN_ASSERT(burst->outs <= burst->credit);
    made = tvn__settle_source(shard, node);
    node->is_ended = node->is_ended || burst->is_end;
    if (made > 0 || err == TVN_OK) { /* what fails now is another record */
        node->attempts = 0;
        node->deaths = 0;
    }
    if (err == TVN_EAGAIN) {
        tvn__wait(shard, node);
    } else if (err != TVN_OK &&
               tvn__tries_again(shard, node, node->attempts, err)) {
        node->attempts++;
        node->books->retried++;
    } else if (err != TVN_OK) {
        node->books->in++;
        made++;
        tvn__fail_record(shard, node, err);
        node->attempts = 0;
    }
    note_taken(shard, credit, made);
    return made;
}

/* The event at the head failed: it is tried again, or leaves the queue.  True:
 * it has left. */
static bool
fail_head(struct tvn__shard *shard, struct tvn__node *node,
    struct tvn__edge *edge, tvn_err err)
{
    struct tvn_event *head = &edge->in->ring[edge->in->head];
    struct tvn_event event = *head;

    node->is_pending = false;
    node->stays = false;
    if (!node->had_outputs &&
        tvn__tries_again(shard, node, head->attempt, err)) {
        head->attempt++;
        node->stays = true;
        return false;
    }
    event.image = tvn__take(shard, edge);
    node->books->in++;
    node->had_outputs = false;
    tvn__fail_event(shard, node, &event, err);
    tvn_image_unref(event.image);
    return true;
}

/* Breaks a `pop` or a `sink-write` before the stage sees the event.  True:
 * there is nothing left to run. */
static bool
breaks_input(struct tvn__shard *shard, struct tvn__node *node)
{
    struct tvn_burst *burst = &shard->burst;
    uint32_t next = (node->number + 1) % shard->flow->ledger.stage_count;

    shard->broken_pop = TVN_FAULT_PASS(TVN_SITE_POP, true);
    switch (shard->broken_pop) {
    case TVN_BREAKAGE_NONE:
    case TVN_BREAKAGE_DOUBLE: /* by tvn__take */
        break;
    case TVN_BREAKAGE_LOSE:
        tvn_image_unref(tvn_queue_pop(node->edge->in));
        return true;
    case TVN_BREAKAGE_MISFILE:
        node->books->in--;
        shard->flow->ledger.stages[next].books.in++;
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
        tvn__settle_inputs(shard, node, node->edge);
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

/* Events have left `edge`: whoever fills it may go on. */
static void
after_taking(struct tvn__shard *shard, struct tvn__edge *edge)
{
    if (edge->cross != NULL) {
        tvn__cross_give_back(edge);
    } else {
        tvn__resume(shard, edge);
    }
}

static uint32_t
visit_inputs(struct tvn__shard *shard, struct tvn__node *node, uint32_t max)
{
    struct tvn_burst *burst = &shard->burst;
    struct tvn__edge *edge = node->edge;
    uint32_t done;
    tvn_err err;

    max = node->in_max < max ? node->in_max : max;
    burst->in = tvn_queue_peek(edge->in, max, &burst->in_count);
    burst->credit = node->credit < max ? node->credit : max;
    if (TVN_FAULT_IS_ARMED() && breaks_input(shard, node)) {
        after_taking(shard, edge);
        return 1;
    }
    err = node->stage.ops->run(node->stage.self, burst);
    TVN_ASSERT(burst->consumed <= burst->in_count);
    TVN_ASSERT(burst->outs <= burst->credit);
    done = burst->consumed;
    if (done > 0) {
        node->deaths = 0;
    }
    tvn__settle_inputs(shard, node, edge);
    node->is_pending = burst->is_pending;
    node->stays = burst->is_pending;
    if (err == TVN_EAGAIN) {
        node->stays = edge->in->depth > 0; /* it may have begun the head */
        tvn__wait(shard, node);
    } else if (err != TVN_OK) {
        done += fail_head(shard, node, edge, err);
    }
    edge->in->is_begun = node->stays;
    after_taking(shard, edge);
    if (!node->stays && node->ins.count > 1) {
        node->in_next =
            node->in_next + 1 == node->ins.count ? 0 : node->in_next + 1;
    }
    return done;
}

static uint32_t
visit_flush(struct tvn__shard *shard, struct tvn__node *node, uint32_t max)
{
    struct tvn_burst *burst = &shard->burst;
    tvn_err err;

    burst->credit = node->credit < max ? node->credit : max;
    err = tvn__flush(shard, node);
    TVN_ASSERT(burst->outs <= burst->credit);
    tvn__settle_flush(shard, node);
    node->is_flushing = err == TVN_OK && burst->is_pending;
    if (err != TVN_OK) {
        tvn__fault_call(shard, node, "flush", err);
    }
    node->is_flushed = node->is_last && !node->is_flushing;
    return burst->outs;
}

static uint32_t
visit_discard(struct tvn__shard *shard, struct tvn__node *node, uint32_t max)
{
    uint32_t done = 0;

    while (done < max && node->edge->in->depth > 0) {
        tvn__trace_discard(shard, node);
        tvn_image_unref(tvn__take(shard, node->edge));
        done++;
    }
    node->books->in += done;
    node->books->dropped += done;
    node->edge->in->is_begun = false;
    after_taking(shard, node->edge);
    return done;
}

static uint32_t
visit(struct tvn__shard *shard, struct tvn__node *node, enum tvn__todo todo,
    uint32_t max)
{
    switch (todo) {
    case TVN__NOTHING:
        return 0;
    case TVN__PULL:
        return visit_source(shard, node, max);
    case TVN__RUN:
        return visit_inputs(shard, node, max);
    case TVN__FLUSH:
        return visit_flush(shard, node, max);
    case TVN__DISCARD:
        return visit_discard(shard, node, max);
    }
    return 0;
}

/* ------------------------------------------------------------------------
 * Turns. */

static void
adapt_stride(struct tvn__shard *shard, struct tvn__node *node,
    uint64_t spent_ns, uint32_t done)
{
    uint64_t stride;

    node->mean_ns = (3 * node->mean_ns + spent_ns / done) / 4;
    if (node->mean_ns * shard->flow->opts.burst <= TVN__TURN_NS) {
        node->stride = shard->flow->opts.burst;
        return;
    }
    stride = TVN__TURN_NS / node->mean_ns;
    node->stride = stride == 0 ? 1 : (uint32_t)stride;
}

void
tvn__turn(struct tvn__shard *shard, struct tvn__node *node, enum tvn__todo todo)
{
    bool is_sampled = node->turns++ % TVN__SAMPLE == 0;
    uint64_t start_ns = shard->now_ns;
    uint64_t spent_ns;
    uint32_t done = 0;

    if (node->released_ns != 0) {
        tvn__note_resumed(shard, node);
    }
    do {
        uint32_t events;

        begin(shard, is_sampled);
        events = visit(
            shard, node, todo, TVN_FAULT_IS_ARMED() ? 1 : node->stride - done);
        if (shard->trace != NULL) {
            tvn__trace_visited(shard, node);
        }
        done += events > 0 ? events : 1;
        if (node->has_filled) {
            tvn__suspend_filled(shard, node);
        }
    } while (!is_sampled && done < node->stride && !tvn__is_over(shard) &&
             (todo = tvn__what_now(shard, node)) != TVN__NOTHING);
    if (node->cross_outs > 0) {
        tvn__cross_hand_on(shard, node);
    }

    shard->now_ns = tvn__clock(shard);
    spent_ns = shard->now_ns - start_ns;
    node->deficit_ns -= (int64_t)spent_ns;
    node->busy_ns += spent_ns;
    if (is_sampled && spent_ns >= shard->burst.inside_ns) {
        tvn_histogram_record(
            &shard->overhead_ns, (spent_ns - shard->burst.inside_ns) / done);
    }
    adapt_stride(shard, node, spent_ns, done);
}
