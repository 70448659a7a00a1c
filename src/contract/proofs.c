/* proofs.c -- where an event can be lost, the most memory that is used, and
 * what is promised from source to sink; see link.h. */
#include "contract/internal.h"

/* ------------------------------------------------------------------------
 * Loss: edges in the file's order, then stages in the flow's. */

static void
add_loss(struct tvn_link *link, enum tvn_link_loss_kind kind, uint32_t stage,
    uint32_t edge)
{
    static const char *const counters[] = {
        [TVN_LOSS_DROP_OLDEST] = "dropped_oldest",
        [TVN_LOSS_DROP_NEWEST] = "dropped_newest",
        [TVN_LOSS_REFUSED] = "refused",
        [TVN_LOSS_ON_ERROR] = "dropped",
        [TVN_LOSS_STATE] = "lost_state",
        [TVN_LOSS_FILTERED] = "filtered",
        [TVN_LOSS_UNROUTED] = "unrouted",
    };

    link->losses[link->loss_count++] = (struct tvn_link_loss){
        .kind = kind,
        .stage = stage,
        .edge = edge,
        .counter = counters[kind],
        .is_intended = kind >= TVN_LOSS_FILTERED,
    };
}

/* The most events of an edge that are no longer in its queue: a burst in the
 * consumer's hand, and between threads the ring on the way there. */
#define BEGUN_MAX 64u
#define RING_MAX  64u

/* True when drop-oldest may find nothing to drop: its consumer has begun all
 * that the edge can hold, or so much that the largest image does not fit. */
static bool
may_be_all_begun(const struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge *given = &linker->input->edges[edge];
    const struct tvn_link_edge_info *info = &linker->link->edges[edge];
    bool crosses = linker->thread[info->from] != linker->thread[info->to];
    uint64_t begun = BEGUN_MAX + (crosses ? RING_MAX : 0);

    return given->capacity <= begun ||
           given->bytes / (begun + 1) < info->image_max;
}

static void
add_edge_loss(struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge_info *info = &linker->link->edges[edge];
    const struct tvn_link_stage *from = &linker->input->stages[info->from];

    switch (linker->input->edges[edge].overflow) {
    case TVN_LINK_DROP_OLDEST:
        add_loss(linker->link, TVN_LOSS_DROP_OLDEST, info->to, edge);
        if (linker->input->edges[edge].rate > 0 ||
            may_be_all_begun(linker, edge)) {
            add_loss(linker->link, TVN_LOSS_DROP_NEWEST, info->to, edge);
        }
        break;
    case TVN_LINK_DROP_NEWEST:
        add_loss(linker->link, TVN_LOSS_DROP_NEWEST, info->to, edge);
        break;
    case TVN_LINK_ERROR:
        if (from->then == TVN_LINK_DROP && from->retries != TVN_LINK_FOREVER) {
            add_loss(linker->link, TVN_LOSS_REFUSED, info->to, edge);
        }
        break;
    case TVN_LINK_BLOCK:
    case TVN_LINK_RATE_LIMIT:
        break;
    }
}

/* What a stage lets go because that is its work. */
static void
add_intended(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_role_info *role = linker->input->stages[stage].role;
    const struct tvn_link_stage_info *info = &linker->link->stages[stage];
    enum tvn_many many = role->main.result.many;

    switch (info->role) {
    case TVN_ROLE_FILTER:
        if (!info->has_rejected) {
            add_loss(linker->link, TVN_LOSS_FILTERED, stage, TVN_LINK_NONE);
        }
        break;
    case TVN_ROLE_PROCESSOR:
        if (many == TVN_MANY_OPTION || many == TVN_MANY_LIST) {
            add_loss(linker->link, TVN_LOSS_FILTERED, stage, TVN_LINK_NONE);
        }
        break;
    case TVN_ROLE_ROUTER:
        if (!info->has_unrouted && role->ports_kind != TVN_PORTS_ENUM) {
            add_loss(linker->link, TVN_LOSS_UNROUTED, stage, TVN_LINK_NONE);
        }
        break;
    case TVN_ROLE_SOURCE:
    case TVN_ROLE_AGGREGATOR:
    case TVN_ROLE_SINK:
        break;
    }
}

static enum tvn_promise
source_level(const struct tvn_link_stage *given)
{
    /* A guest has no way to be told what became of its records. */
    return given->kind == TVN_LINK_GUEST ? TVN_PROMISE_AT_MOST_ONCE
                                         : given->promise;
}

/* By stage: some source behind it cannot give its records back. */
static bool *
find_forgetful(struct tvn__linker *linker)
{
    const struct tvn__edge_lists *ins = &linker->ins;
    const struct tvn_link *link = linker->link;
    bool *forgets = tvn_arena_new(
        &linker->scratch, linker->input->stage_count, sizeof(*forgets));

    for (uint32_t i = 0; forgets != NULL && i < link->order_count; i++) {
        uint32_t stage = link->order[i];

        if (link->stages[stage].role == TVN_ROLE_SOURCE) {
            forgets[stage] = source_level(&linker->input->stages[stage]) <
                             TVN_PROMISE_AT_LEAST_ONCE;
        }
        for (uint32_t k = ins->first[stage]; k < ins->first[stage + 1]; k++) {
            forgets[stage] |= forgets[link->edges[ins->edges[k]].from];
        }
    }
    return forgets;
}

tvn_err
tvn__loss_prove(struct tvn__linker *linker)
{
    const struct tvn_link_input *input = linker->input;
    struct tvn_link *link = linker->link;
    size_t room =
        2 * (size_t)input->edge_count + 3 * (size_t)input->stage_count;
    const bool *forgets = find_forgetful(linker);

    link->losses = tvn_arena_new(&link->arena, room, sizeof(*link->losses));
    if (link->losses == NULL || forgets == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < input->edge_count; i++) {
        add_edge_loss(linker, i);
    }
    for (uint32_t i = 0; i < link->order_count; i++) {
        uint32_t stage = link->order[i];

        if (input->stages[stage].then == TVN_LINK_DROP) {
            add_loss(link, TVN_LOSS_ON_ERROR, stage, TVN_LINK_NONE);
        }
        if (link->stages[stage].role == TVN_ROLE_AGGREGATOR && forgets[stage]) {
            add_loss(link, TVN_LOSS_STATE, stage, TVN_LINK_NONE);
        }
        if (input->stages[stage].kind == TVN_LINK_GUEST) {
            add_intended(linker, stage);
        }
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Memory. */

static void
add_memory(struct tvn_link *link, enum tvn_link_memory_kind kind,
    uint32_t index, uint64_t bytes)
{
    uint64_t *const sums[] = {&link->memory_total, &link->memory_of[kind]};

    link->memory[link->memory_count++] =
        (struct tvn_link_memory){kind, index, bytes};
    for (int i = 0; i < 2; i++) {
        *sums[i] =
            *sums[i] > UINT64_MAX - bytes ? UINT64_MAX : *sums[i] + bytes;
    }
}

/* The largest image that a stage may hold for another try. */
static uint32_t
retry_image(const struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn__edge_lists *ins = &linker->ins;
    const struct tvn_link *link = linker->link;
    uint32_t max = 0;

    if (link->stages[stage].role == TVN_ROLE_SOURCE) {
        return link->stages[stage].image_max; /* that an edge refused */
    }
    for (uint32_t k = ins->first[stage]; k < ins->first[stage + 1]; k++) {
        uint32_t image = link->edges[ins->edges[k]].image_max;

        max = image > max ? image : max;
    }
    return max;
}

static void
add_stage_memory(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];
    const struct tvn_link_stage_info *info = &linker->link->stages[stage];
    bool is_guest = given->kind == TVN_LINK_GUEST;

    if (is_guest && info->out != NULL && !tvn_role_passes(info->role)) {
        add_memory(linker->link, TVN_MEMORY_OUTBOX, stage, info->image_max);
    }
    if (given->retries > 0) {
        add_memory(
            linker->link, TVN_MEMORY_RETRY, stage, retry_image(linker, stage));
    }
    if (given->buffer_bytes > 0) {
        add_memory(
            linker->link, TVN_MEMORY_CONNECTOR, stage, given->buffer_bytes);
    }
    if (is_guest) {
        add_memory(linker->link, TVN_MEMORY_GUEST, stage, given->memory_max);
    }
}

tvn_err
tvn__memory_prove(struct tvn__linker *linker)
{
    const struct tvn_link_input *input = linker->input;
    struct tvn_link *link = linker->link;
    size_t room = (size_t)input->edge_count + 4 * (size_t)input->stage_count +
                  1 + link->thread_count;

    link->memory = tvn_arena_new(&link->arena, room, sizeof(*link->memory));
    if (link->memory == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < input->edge_count; i++) {
        add_memory(link, TVN_MEMORY_EDGE, i, link->edges[i].memory_max);
    }
    for (uint32_t i = 0; i < input->stage_count; i++) {
        add_stage_memory(linker, i);
    }
    for (uint32_t i = 0; input->pool_bytes > 0 && i <= link->thread_count;
         i++) {
        add_memory(link, TVN_MEMORY_POOL, i, input->pool_bytes);
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Promise: the weakest of everything on the way. */

struct level {
    enum tvn_promise level;
    const char *why; /* NULL: not reached */
};

struct promises {
    struct tvn__linker *linker;
    struct level *of_stage; /* what each allows by itself */
    struct level *of_edge;
    struct level *reached; /* by stage, from one source */
};

static struct level
weaker(struct level so_far, struct level next)
{
    return next.level < so_far.level ? next : so_far;
}

/* "announce: on-error: drop"; NULL when memory is out. */
static const char *
name_why(struct tvn__linker *linker, struct tvn_str name, const char *why)
{
    return tvn_arena_printf(
        &linker->link->arena, "%.*s: %s", TVN_STR_ARG(name), why);
}

/* What the stage's own end to the outside world promises. */
static tvn_err
own_level(struct tvn__linker *linker, uint32_t stage, struct level *out)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];
    enum tvn_role role = linker->link->stages[stage].role;
    const char *why = given->promise_why;

    *out = (struct level){TVN_PROMISE_EFFECTIVELY_ONCE, ""};
    if (role != TVN_ROLE_SOURCE && role != TVN_ROLE_SINK) {
        return TVN_OK;
    }
    if (given->kind == TVN_LINK_GUEST) {
        out->level = role == TVN_ROLE_SOURCE ? source_level(given)
                                             : TVN_PROMISE_AT_LEAST_ONCE;
        why = role == TVN_ROLE_SOURCE
                  ? "a guest source cannot give its records back"
                  : "a guest sink may be handed an event again";
    } else {
        out->level = given->promise;
        why = why == NULL ? given->connector : why;
    }
    if (out->level < TVN_PROMISE_EFFECTIVELY_ONCE && why != NULL) {
        out->why = name_why(linker, given->name, why);
    }
    return out->why == NULL ? TVN_ENOMEM : TVN_OK;
}

static tvn_err
find_levels(struct promises *promises)
{
    struct tvn__linker *linker = promises->linker;
    const struct tvn_link_input *input = linker->input;

    for (uint32_t i = 0; i < input->stage_count; i++) {
        struct level drop = {TVN_PROMISE_AT_MOST_ONCE, NULL};
        tvn_err err = own_level(linker, i, &promises->of_stage[i]);

        if (err == TVN_OK && input->stages[i].then == TVN_LINK_DROP) {
            drop.why =
                name_why(linker, input->stages[i].name, "on-error: drop");
            err = drop.why == NULL ? TVN_ENOMEM : TVN_OK;
            promises->of_stage[i] = weaker(promises->of_stage[i], drop);
        }
        if (err != TVN_OK) {
            return err;
        }
    }
    for (uint32_t i = 0; i < input->edge_count; i++) {
        enum tvn_link_overflow overflow = input->edges[i].overflow;

        promises->of_edge[i] = (struct level){TVN_PROMISE_EFFECTIVELY_ONCE, ""};
        if (overflow == TVN_LINK_DROP_OLDEST ||
            overflow == TVN_LINK_DROP_NEWEST) {
            promises->of_edge[i].level = TVN_PROMISE_AT_MOST_ONCE;
            promises->of_edge[i].why =
                name_why(linker, tvn_str_of(linker->link->edges[i].name),
                    tvn_link_overflow_name(overflow));
        }
        if (promises->of_edge[i].why == NULL) {
            return TVN_ENOMEM;
        }
    }
    return TVN_OK;
}

/* The weakest of all paths from `source` to each stage. */
static void
follow(struct promises *promises, uint32_t source)
{
    const struct tvn__linker *linker = promises->linker;
    const struct tvn__edge_lists *ins = &linker->ins;
    const struct tvn_link *link = linker->link;
    struct level *reached = promises->reached;

    for (uint32_t i = 0; i < link->order_count; i++) {
        uint32_t stage = link->order[i];
        struct level best = {TVN_PROMISE_EFFECTIVELY_ONCE, NULL};

        if (stage == source) {
            best.why = "";
        }
        for (uint32_t k = ins->first[stage]; k < ins->first[stage + 1]; k++) {
            uint32_t edge = ins->edges[k];
            struct level way = reached[link->edges[edge].from];

            if (way.why == NULL) {
                continue;
            }
            way = weaker(way, promises->of_edge[edge]);
            best = best.why == NULL ? way : weaker(best, way);
        }
        if (best.why != NULL) {
            best = weaker(best, promises->of_stage[stage]);
        }
        reached[stage] = best;
    }
}

/* Writes, or only counts, the sinks that `source` reaches. */
static uint32_t
list_sinks(struct promises *promises, uint32_t source, bool do_write)
{
    struct tvn_link *link = promises->linker->link;
    uint32_t count = 0;

    follow(promises, source);
    for (uint32_t i = 0; i < link->order_count; i++) {
        uint32_t stage = link->order[i];

        if (!tvn__is_sink(promises->linker, stage) ||
            promises->reached[stage].why == NULL) {
            continue;
        }
        count++;
        if (do_write) {
            link->promises[link->promise_count++] = (struct tvn_link_promise){
                source, stage, promises->reached[stage].level,
                promises->reached[stage].why};
            if (promises->reached[stage].level < link->promise) {
                link->promise = promises->reached[stage].level;
            }
        }
    }
    return count;
}

tvn_err
tvn__promise_prove(struct tvn__linker *linker)
{
    const struct tvn_link_input *input = linker->input;
    struct tvn_link *link = linker->link;
    struct tvn_arena *scratch = &linker->scratch;
    struct promises promises = {
        .linker = linker,
        .of_stage =
            tvn_arena_new(scratch, input->stage_count, sizeof(struct level)),
        .of_edge =
            tvn_arena_new(scratch, input->edge_count, sizeof(struct level)),
        .reached =
            tvn_arena_new(scratch, input->stage_count, sizeof(struct level)),
    };
    size_t count = 0;

    if (promises.of_stage == NULL || promises.of_edge == NULL ||
        promises.reached == NULL || find_levels(&promises) != TVN_OK) {
        return TVN_ENOMEM;
    }
    link->promise = TVN_PROMISE_EFFECTIVELY_ONCE;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            link->promises =
                tvn_arena_new(&link->arena, count, sizeof(*link->promises));
            if (link->promises == NULL) {
                return TVN_ENOMEM;
            }
        }
        for (uint32_t i = 0; i < link->order_count; i++) {
            if (link->stages[link->order[i]].role == TVN_ROLE_SOURCE) {
                count += list_sinks(&promises, link->order[i], pass == 1);
            }
        }
    }
    return TVN_OK;
}
