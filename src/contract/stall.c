/* stall.c -- which stages stand still when a sink does; see link.h.
 *
 * Upstream, against the flow's order: a producer waits for a full edge that
 * blocks (or is limited in rate), and holds an event that such an edge
 * refused for as long as it retries.  A router waits too: its next event may
 * be for the full branch.  Then downstream: who is fed by nobody but those
 * that wait has nothing to do.
 *
 * branch(S) is the stages from which S is the only sink that can be reached;
 * S is isolated when all that stand still with it are in its branch and its
 * failure does not end the flow. */
#include "contract/internal.h"

#define NOWHERE (UINT32_MAX - 1) /* no sink yet; each path ends in one */

struct stall {
    struct tvn__linker *linker;
    bool *is_still;  /* by stage */
    bool *is_others; /* by thread: a stage outside the branch runs there */
    uint32_t *sinks; /* stage numbers; TVN_LINK_NONE: the dead letter */
    uint32_t sink_count;
};

static void
find_only(struct tvn__linker *linker)
{
    const struct tvn__edge_lists *outs = &linker->outs;
    const struct tvn_link *link = linker->link;

    for (uint32_t i = link->order_count; i-- > 0;) {
        uint32_t stage = link->order[i];
        uint32_t only = tvn__is_sink(linker, stage) ? stage : NOWHERE;

        for (uint32_t k = outs->first[stage]; k < outs->first[stage + 1]; k++) {
            uint32_t next = linker->only[link->edges[outs->edges[k]].to];

            if (only == NOWHERE) {
                only = next;
            } else if (next != only) {
                only = TVN_LINK_NONE;
            }
        }
        linker->only[stage] = only;
    }
}

static tvn_err
begin(struct stall *stall)
{
    struct tvn__linker *linker = stall->linker;
    struct tvn_arena *scratch = &linker->scratch;
    uint32_t stages = linker->input->stage_count;
    size_t room = (size_t)stages + 1;

    stall->is_still = tvn_arena_new(scratch, room, sizeof(*stall->is_still));
    stall->is_others = tvn_arena_new(scratch, room, sizeof(*stall->is_others));
    stall->sinks = tvn_arena_new(scratch, room, sizeof(*stall->sinks));
    linker->only = tvn_arena_new(scratch, room, sizeof(*linker->only));
    if (stall->is_still == NULL || stall->is_others == NULL ||
        stall->sinks == NULL || linker->only == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < linker->link->order_count; i++) {
        if (tvn__is_sink(linker, linker->link->order[i])) {
            stall->sinks[stall->sink_count++] = linker->link->order[i];
        }
    }
    if (linker->input->has_dead_letter) {
        stall->sinks[stall->sink_count++] = TVN_LINK_NONE;
    }
    find_only(linker);
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * One sink. */

/* True when the producer of a full edge waits. */
static bool
holds(const struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge_info *info = &linker->link->edges[edge];

    switch (linker->input->edges[edge].overflow) {
    case TVN_LINK_BLOCK:
    case TVN_LINK_RATE_LIMIT:
        return true;
    case TVN_LINK_ERROR:
        return linker->input->stages[info->from].retries > 0;
    case TVN_LINK_DROP_OLDEST:
    case TVN_LINK_DROP_NEWEST:
        break;
    }
    return false;
}

/* The sink itself; the dead letter's own producers, which cannot hand a failed
 * event over. */
static void
mark_first(struct stall *stall, uint32_t sink)
{
    const struct tvn_link_input *input = stall->linker->input;

    memset(stall->is_still, 0, input->stage_count * sizeof(*stall->is_still));
    if (sink != TVN_LINK_NONE) {
        stall->is_still[sink] = true;
        return;
    }
    for (uint32_t i = 0; i < input->stage_count; i++) {
        stall->is_still[i] = input->stages[i].then == TVN_LINK_DEAD_LETTER;
    }
}

static void
mark_waiting(struct stall *stall)
{
    const struct tvn__linker *linker = stall->linker;
    const struct tvn__edge_lists *outs = &linker->outs;
    const struct tvn_link *link = linker->link;

    for (uint32_t i = link->order_count; i-- > 0;) {
        uint32_t stage = link->order[i];

        for (uint32_t k = outs->first[stage]; k < outs->first[stage + 1]; k++) {
            uint32_t edge = outs->edges[k];

            if (stall->is_still[link->edges[edge].to] && holds(linker, edge)) {
                stall->is_still[stage] = true;
            }
        }
    }
}

static void
mark_starved(struct stall *stall)
{
    const struct tvn__linker *linker = stall->linker;
    const struct tvn__edge_lists *ins = &linker->ins;
    const struct tvn_link *link = linker->link;

    for (uint32_t i = 0; i < link->order_count; i++) {
        uint32_t stage = link->order[i];
        bool is_fed = ins->first[stage] == ins->first[stage + 1];

        for (uint32_t k = ins->first[stage]; k < ins->first[stage + 1]; k++) {
            is_fed |= !stall->is_still[link->edges[ins->edges[k]].from];
        }
        stall->is_still[stage] |= !is_fed;
    }
}

/* Who ends the flow because this sink stands still or fails. */
static void
find_stopper(const struct stall *stall, struct tvn_link_stall *out)
{
    const struct tvn_link_input *input = stall->linker->input;
    const struct tvn_link *link = stall->linker->link;

    out->stopper = TVN_LINK_NONE;
    if (out->sink != TVN_LINK_NONE &&
        tvn__stops_flow(&input->stages[out->sink])) {
        out->stopper = out->sink;
    }
    for (uint32_t i = 0; i < input->edge_count && out->stopper == TVN_LINK_NONE;
         i++) {
        if (input->edges[i].overflow == TVN_LINK_ERROR &&
            stall->is_still[link->edges[i].to] &&
            tvn__stops_flow(&input->stages[link->edges[i].from])) {
            out->stopper = link->edges[i].from;
        }
    }
    out->stops_flow = out->stopper != TVN_LINK_NONE;
}

/* A guest of the branch that runs where others do may hold them up. */
static void
find_threads(struct stall *stall, struct tvn_link_stall *out)
{
    const struct tvn__linker *linker = stall->linker;
    const struct tvn_link_input *input = linker->input;
    bool is_bounded = true;

    if (out->sink == TVN_LINK_NONE) {
        return; /* no guest is behind it alone */
    }
    memset(stall->is_others, 0,
        (input->stage_count + (size_t)1) * sizeof(*stall->is_others));
    for (uint32_t i = 0; i < input->stage_count; i++) {
        if (linker->only[i] != out->sink) {
            stall->is_others[linker->thread[i]] = true;
        }
    }
    for (uint32_t i = 0; i < input->stage_count; i++) {
        if (linker->only[i] == out->sink &&
            input->stages[i].kind == TVN_LINK_GUEST &&
            stall->is_others[linker->thread[i]]) {
            uint64_t deadline = input->stages[i].deadline_ns;

            out->shares_thread = true;
            is_bounded = is_bounded && deadline > 0;
            if (deadline > out->deadline_ns) {
                out->deadline_ns = deadline;
            }
        }
    }
    if (!is_bounded) {
        out->deadline_ns = 0;
    }
}

static tvn_err
prove_sink(struct stall *stall, uint32_t sink, struct tvn_link_stall *out)
{
    struct tvn__linker *linker = stall->linker;
    struct tvn_link *link = linker->link;
    uint32_t *stages;
    uint32_t count = 0;

    out->sink = sink;
    mark_first(stall, sink);
    mark_waiting(stall);
    mark_starved(stall);
    for (uint32_t i = 0; i < linker->input->stage_count; i++) {
        count += stall->is_still[i] && i != sink;
    }
    stages = tvn_arena_new(&link->arena, count, sizeof(*stages));
    if (stages == NULL) {
        return TVN_ENOMEM;
    }
    find_stopper(stall, out);
    find_threads(stall, out);
    out->is_isolated = !out->stops_flow;
    for (uint32_t i = 0; i < link->order_count; i++) {
        uint32_t stage = link->order[i];

        if (stall->is_still[stage] && stage != sink) {
            stages[out->count++] = stage;
            out->is_isolated &=
                sink != TVN_LINK_NONE && linker->only[stage] == sink;
        }
    }
    out->stages = stages;
    return TVN_OK;
}

tvn_err
tvn__stall_prove(struct tvn__linker *linker)
{
    struct stall stall = {.linker = linker};
    struct tvn_link *link = linker->link;
    tvn_err err = begin(&stall);

    if (err != TVN_OK) {
        return err;
    }
    link->stalls =
        tvn_arena_new(&link->arena, stall.sink_count, sizeof(*link->stalls));
    if (link->stalls == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < stall.sink_count; i++) {
        err = prove_sink(&stall, stall.sinks[i], &link->stalls[i]);
    }
    link->stall_count = stall.sink_count;
    return err;
}
