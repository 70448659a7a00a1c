/* testing_script.h -- what the script of a stage says about an event; see
 * testing.h.
 *
 * Header only.  Threads: the stage's. */
#ifndef TVN_FLOW_TESTING_SCRIPT_H
#define TVN_FLOW_TESTING_SCRIPT_H

#include "flow/testing_world.h"

/* With `attempt` failures of it before. */
static inline bool
tvn_testing_fails(
    struct tvn_testing_stage *stage, uint64_t id, uint32_t attempt)
{
    if (stage->fails == TVN_FAULT_NONE ||
        (stage->fail_times > 0 && attempt >= stage->fail_times) ||
        !((stage->fail_every > 0 && id > 0 && id % stage->fail_every == 0) ||
            (stage->fail_at > 0 && id == stage->fail_at))) {
        return false;
    }
    if (stage->try_count < TVN_TESTING_TRIES) {
        stage->tries[stage->try_count] =
            (struct tvn_testing_try){id, tvn_testing_now(stage), attempt};
    }
    stage->try_count++;
    return true;
}

/* Memory is out: a fault without a word. */
static inline tvn_err
tvn_testing_starve(struct tvn_testing_stage *stage)
{
    stage->counts.failed++;
    return TVN_ENOMEM;
}

static inline tvn_err
tvn_testing_fault(struct tvn_testing_stage *stage, struct tvn_burst *burst,
    enum tvn_fault_kind kind)
{
    stage->counts.failed++;
    burst->fault.kind = kind;
    burst->fault.err =
        kind == TVN_FAULT_FATAL ? TVN_EGUEST_FATAL : TVN_EGUEST_REJECT;
    burst->fault.text = TVN_STR("as the script says");
    burst->fault.raw = TVN_STR("raw");
    return burst->fault.err;
}

static inline uint32_t
tvn_testing_wants(const struct tvn_testing_stage *stage, uint64_t id)
{
    if (stage->role == TVN_ROLE_AGGREGATOR) {
        return stage->ingest_outs;
    }
    if (stage->role != TVN_ROLE_PROCESSOR) {
        return 0;
    }
    if (stage->outs_of != NULL) {
        return stage->outs_of(id);
    }
    return stage->outs == 0 ? 1 : stage->outs;
}

static inline uint32_t
tvn_testing_verdict(const struct tvn_testing_stage *stage, uint64_t id)
{
    if (stage->role == TVN_ROLE_FILTER && stage->keep_every > 0) {
        return id % stage->keep_every == 0;
    }
    if (stage->role == TVN_ROLE_ROUTER && stage->route_ports > 0) {
        return UINT32_C(1) << id % stage->route_ports;
    }
    return 1;
}

static inline bool
tvn_testing_stalls(
    const struct tvn_testing_stage *stage, struct tvn_burst *burst)
{
    uint64_t start_ns = stage->world->zero_ns + stage->stall_at_ns;
    uint64_t now_ns;

    if (stage->stall_ns == 0) {
        return false;
    }
    now_ns = tvn_testing_now(stage);
    if (now_ns < start_ns || now_ns >= start_ns + stage->stall_ns) {
        return false;
    }
    burst->wake.at_ns = start_ns + stage->stall_ns;
    return true;
}

#endif
