/* shard.c -- the shards of a flow: made, signalled, parked, ended.
 *
 * A shard that has nothing to do sleeps in its own loop.  Whoever does
 * something for it (events in a ring, credits, the end of intake) signals it:
 * one flag, and a wake-up of its loop when the flag was down.
 *
 * When nothing but another shard could bring it work, it parks first.  The
 * last one to park finds out that nobody will: a shard signals before it
 * parks, so whoever is parked and not signalled stays so. */
#include "flow/internal.h"

static uint32_t
shard_of(const struct tvn_flow *flow, uint32_t node)
{
    uint32_t thread = flow->opts.nodes[node].thread;

    return thread < flow->shard_count ? thread : 0;
}

static tvn_err
make_shard(struct tvn_flow *flow, uint32_t number)
{
    struct tvn__shard *shard = &flow->shards[number];
    uint32_t count = 0;

    shard->flow = flow;
    shard->number = number;
    shard->next_wake_ns = TVN__NEVER;
    shard->rng.state = number + 1;
    if (flow->opts.pools != NULL) {
        shard->pool = flow->opts.pools[number];
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        count += shard_of(flow, i) == number;
    }
    shard->order =
        tvn_arena_new(&flow->arena, count + 1, sizeof(*shard->order));
    shard->outs = tvn_arena_new(
        &flow->arena, flow->opts.edge_count + 1, sizeof(*shard->outs));
    shard->ins = tvn_arena_new(
        &flow->arena, flow->opts.edge_count + 1, sizeof(*shard->ins));
    return shard->order == NULL || shard->outs == NULL || shard->ins == NULL
               ? TVN_ENOMEM
               : TVN_OK;
}

tvn_err
tvn__shards_new(struct tvn_flow *flow)
{
    uint32_t count = flow->opts.thread_count > 1 ? flow->opts.thread_count : 1;
    tvn_err err = TVN_OK;

    flow->shards = tvn_arena_new(&flow->arena, count, sizeof(*flow->shards));
    if (flow->shards == NULL) {
        return TVN_ENOMEM;
    }
    flow->shard_count = count;
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        err = make_shard(flow, i);
    }
    for (uint32_t i = 0; err == TVN_OK && i < flow->opts.node_count; i++) {
        flow->nodes[i].shard = &flow->shards[shard_of(flow, i)];
        flow->ledger.stages[i].part = flow->nodes[i].shard->number;
    }
    flow->shards[0].loop = flow->opts.loop;
    for (uint32_t i = 1; err == TVN_OK && i < count; i++) {
        if (flow->opts.loop != NULL) {
            err = tvn_loop_new(&flow->shards[i].loop);
        }
    }
    return err;
}

void
tvn__shards_free(struct tvn_flow *flow)
{
    for (uint32_t i = 1; i < flow->shard_count; i++) {
        if (flow->shards[i].loop != NULL) {
            tvn_loop_free(flow->shards[i].loop);
        }
        tvn_diag_fini(&flow->shards[i].own_diag);
    }
}

/* ------------------------------------------------------------------------
 * Signals. */

void
tvn__signal(struct tvn__shard *shard)
{
    if (!atomic_exchange(&shard->is_signalled, true) && shard->loop != NULL) {
        tvn_loop_wake(shard->loop);
    }
}

void
tvn__signal_others(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;

    for (uint32_t i = 0; i < flow->shard_count; i++) {
        if (&flow->shards[i] != shard) {
            tvn__signal(&flow->shards[i]);
        }
    }
}

/* ------------------------------------------------------------------------
 * Ends. */

void
tvn__set_result(struct tvn__shard *shard, tvn_err err)
{
    int none = TVN_OK;

    (void)atomic_compare_exchange_strong(&shard->flow->result, &none, (int)err);
}

tvn_err
tvn__result(const struct tvn_flow *flow)
{
    return (tvn_err)atomic_load(&flow->result);
}

/* The lock is held. */
static void
end(struct tvn_flow *flow, enum tvn__ending ending)
{
    if (flow->ending == TVN__ENDING_NONE) {
        flow->ending = ending;
    }
    atomic_store(&flow->is_over, true);
}

void
tvn__end(struct tvn__shard *shard, enum tvn__ending ending, tvn_err err)
{
    struct tvn_flow *flow = shard->flow;

    tvn__set_result(shard, err);
    (void)pthread_mutex_lock(&flow->lock);
    end(flow, ending);
    (void)pthread_mutex_unlock(&flow->lock);
    tvn__signal_others(shard);
}

/* The lock is held.  True: all wait for each other, and none was signalled. */
static bool
is_stuck(const struct tvn_flow *flow)
{
    if (flow->running == 0 || flow->parked < flow->running) {
        return false;
    }
    for (uint32_t i = 0; i < flow->shard_count; i++) {
        if (flow->shards[i].is_parked &&
            atomic_load(&flow->shards[i].is_signalled)) {
            return false;
        }
    }
    return true;
}

bool
tvn__park(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;
    bool is_hopeless;

    (void)pthread_mutex_lock(&flow->lock);
    shard->is_parked = true;
    flow->parked++;
    is_hopeless = is_stuck(flow);
    (void)pthread_mutex_unlock(&flow->lock);
    return !is_hopeless;
}

void
tvn__unpark(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;

    (void)pthread_mutex_lock(&flow->lock);
    shard->is_parked = false;
    flow->parked--;
    (void)pthread_mutex_unlock(&flow->lock);
}

void
tvn__shard_ended(struct tvn__shard *shard)
{
    struct tvn_flow *flow = shard->flow;

    (void)pthread_mutex_lock(&flow->lock);
    flow->running--;
    /* Under the lock: who parks now sees both, and looks again. */
    tvn__signal_others(shard);
    (void)pthread_mutex_unlock(&flow->lock);
}
