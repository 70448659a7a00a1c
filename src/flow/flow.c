/* flow.c -- the graph of a flow, made and freed.
 *
 * Everything but the queues' rings lies in one arena.  The stages belong to
 * the flow from the first line of tvn_flow_new on, also when it fails. */
#include "flow/cross.h"
#include "flow/trace.h"

#include "base/mem.h"

#include <string.h>

static bool
passes(enum tvn_role role)
{
    return role == TVN_ROLE_FILTER || role == TVN_ROLE_ROUTER;
}

static struct tvn__group *
group_of(struct tvn__node *node, const struct tvn_flow_edge *edge)
{
    switch (edge->out) {
    case TVN_OUT_MAIN:
        return &node->main;
    case TVN_OUT_REJECTED:
    case TVN_OUT_UNROUTED:
        return &node->other;
    case TVN_OUT_PORT:
        return &node->ports[edge->port];
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * The ledger's rows. */

_Static_assert((int)TVN_LEDGER_MAIN == (int)TVN_OUT_MAIN &&
                   (int)TVN_LEDGER_PORT == (int)TVN_OUT_PORT &&
                   (int)TVN_LEDGER_REJECTED == (int)TVN_OUT_REJECTED &&
                   (int)TVN_LEDGER_UNROUTED == (int)TVN_OUT_UNROUTED,
    "one order of outputs");

static tvn_err
make_rows(struct tvn_flow *flow)
{
    const struct tvn_flow_opts *opts = &flow->opts;
    struct tvn_ledger *ledger = &flow->ledger;

    ledger->stages =
        tvn_arena_new(&flow->arena, opts->node_count, sizeof(*ledger->stages));
    ledger->edges =
        tvn_arena_new(&flow->arena, opts->edge_count, sizeof(*ledger->edges));
    if (ledger->stages == NULL || ledger->edges == NULL) {
        return TVN_ENOMEM;
    }
    ledger->stage_count = opts->node_count;
    ledger->edge_count = opts->edge_count;
    ledger->counts_dead = opts->dead != NULL && opts->dead_count != NULL;
    for (uint32_t i = 0; i < opts->node_count; i++) {
        ledger->stages[i].name = opts->nodes[i].name;
        ledger->stages[i].role = opts->nodes[i].role;
    }
    for (uint32_t i = 0; i < opts->edge_count; i++) {
        const struct tvn_flow_edge *edge = &opts->edges[i];
        struct tvn_ledger_stage *from = &ledger->stages[edge->from];

        ledger->edges[i].name = edge->name;
        ledger->edges[i].from = edge->from;
        ledger->edges[i].to = edge->to;
        ledger->edges[i].out = (enum tvn_ledger_out)edge->out;
        ledger->edges[i].port = edge->port;
        ledger->edges[i].queue = &flow->edges[i].queue;
        from->has_rejected |= edge->out == TVN_OUT_REJECTED;
        from->has_unrouted |= edge->out == TVN_OUT_UNROUTED;
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Nodes and edges. */

static tvn_err
make_node(struct tvn_flow *flow, uint32_t number)
{
    const struct tvn_flow_node *from = &flow->opts.nodes[number];
    struct tvn__node *node = &flow->nodes[number];

    node->number = number;
    node->place = from->place;
    node->role = from->role;
    node->then = from->then;
    node->retries = from->retries;
    node->backoff_min_ns = from->backoff_min_ns;
    node->backoff_max_ns = from->backoff_max_ns;
    node->image_max = from->image_max;
    node->copies = from->copies;
    node->row = &flow->ledger.stages[number];
    node->books = &node->row->books;
    node->every_ns =
        from->window_every_ns == 0 ? TVN__NEVER : from->window_every_ns;
    node->count_max = from->window_count == 0 ? UINT64_MAX : from->window_count;
    node->wake_fd = -1;
    node->wake_ns = TVN__NEVER;
    node->stride = flow->opts.burst;
    if (node->role == TVN_ROLE_SINK) {
        node->latency_ns =
            tvn_arena_new(&flow->arena, 1, sizeof(*node->latency_ns));
        return node->latency_ns == NULL ? TVN_ENOMEM : TVN_OK;
    }
    return TVN_OK;
}

static bool
edge_is_sound(
    const struct tvn_flow_opts *opts, const struct tvn_flow_edge *edge)
{
    return edge->from < opts->node_count && edge->to < opts->node_count &&
           opts->nodes[edge->from].role != TVN_ROLE_SINK &&
           opts->nodes[edge->to].role != TVN_ROLE_SOURCE &&
           (edge->out != TVN_OUT_PORT || edge->port < TVN_PORTS_MAX);
}

static tvn_err
make_edge(struct tvn_flow *flow, uint32_t number)
{
    const struct tvn_flow_edge *from = &flow->opts.edges[number];
    const struct tvn_clock *clock = flow->opts.clock;
    struct tvn__edge *edge = &flow->edges[number];
    tvn_err err;

    edge->row = &flow->ledger.edges[number];
    edge->from = &flow->nodes[from->from];
    edge->to = &flow->nodes[from->to];
    edge->image_max = passes(edge->from->role) ? 0 : edge->from->image_max;
    edge->room = edge->image_max > 0 ? edge->image_max : TVN_IMAGE_MIN;
    edge->in = &edge->queue;
    edge->token_ns = TVN__NEVER;
    edge->from->all.count++;
    group_of(edge->from, from)->count++;
    edge->to->ins.count++;
    edge->to->open_ins++;
    err = tvn_queue_init(&edge->queue, from->capacity, from->bytes);
    if (err != TVN_OK) {
        return err;
    }
    tvn_queue_set_overflow(&edge->queue, from->overflow, from->rate,
        from->rate_burst, clock->monotonic_ns(clock->self));
    edge->is_plain = from->overflow == TVN_OVERFLOW_BLOCK && from->rate == 0;
    return edge->from->shard == edge->to->shard ? TVN_OK
                                                : tvn__cross_new(flow, edge);
}

/* Gives the group room for the edges counted; `count` starts anew. */
static tvn_err
make_group(struct tvn_flow *flow, struct tvn__group *group)
{
    if (group->count == 0) {
        return TVN_OK;
    }
    group->edges =
        tvn_arena_new(&flow->arena, group->count, sizeof(*group->edges));
    group->count = 0;
    return group->edges == NULL ? TVN_ENOMEM : TVN_OK;
}

static void
join(struct tvn__group *group, struct tvn__edge *edge)
{
    group->edges[group->count++] = edge;
}

static tvn_err
wire(struct tvn_flow *flow)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < flow->opts.node_count; i++) {
        struct tvn__node *node = &flow->nodes[i];

        err = make_group(flow, &node->ins);
        err = err == TVN_OK ? make_group(flow, &node->main) : err;
        err = err == TVN_OK ? make_group(flow, &node->other) : err;
        err = err == TVN_OK ? make_group(flow, &node->all) : err;
        for (uint32_t p = 0; err == TVN_OK && p < TVN_PORTS_MAX; p++) {
            err = make_group(flow, &node->ports[p]);
        }
    }
    for (uint32_t i = 0; err == TVN_OK && i < flow->opts.edge_count; i++) {
        struct tvn__edge *edge = &flow->edges[i];

        join(group_of(edge->from, &flow->opts.edges[i]), edge);
        join(&edge->from->all, edge);
        join(&edge->to->ins, edge);
    }
    return err;
}

/* Every role has the edges that it cannot do without. */
static bool
is_wired(const struct tvn__node *node)
{
    switch (node->role) {
    case TVN_ROLE_SOURCE:
        return node->ins.count == 0 && node->main.count > 0;
    case TVN_ROLE_PROCESSOR:
    case TVN_ROLE_AGGREGATOR:
    case TVN_ROLE_FILTER:
        return node->ins.count > 0 && node->main.count > 0;
    case TVN_ROLE_ROUTER:
        return node->ins.count > 0 && node->main.count == 0;
    case TVN_ROLE_SINK:
        return node->ins.count > 0;
    }
    return false;
}

/* Downstream first: a stage comes when all stages behind it have come.
 * False: there is a cycle. */
static bool
make_order(struct tvn_flow *flow)
{
    uint32_t count = flow->opts.node_count;
    uint32_t placed = 0;
    uint32_t before;

    do {
        before = placed;
        for (uint32_t i = 0; i < count; i++) {
            struct tvn__node *node = &flow->nodes[i];
            bool is_ready = node->turns == 0; /* borrowed as "placed" */

            for (uint32_t e = 0; e < node->all.count; e++) {
                is_ready = is_ready && node->all.edges[e]->to->turns != 0;
            }
            if (is_ready) {
                node->turns = 1;
                flow->order[placed++] = node;
            }
        }
    } while (placed > before);
    for (uint32_t i = 0; i < count; i++) {
        flow->nodes[i].turns = 0;
    }
    return placed == count;
}

static tvn_err
make_graph(struct tvn_flow *flow, struct tvn_diag *diag)
{
    const struct tvn_flow_opts *opts = &flow->opts;
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < opts->edge_count; i++) {
        if (!edge_is_sound(opts, &opts->edges[i])) {
            return tvn_diag_error(
                diag, TVN_EINVAL, NULL, "edge %u joins nothing", i);
        }
    }
    err = make_rows(flow);
    for (uint32_t i = 0; err == TVN_OK && i < opts->node_count; i++) {
        err = make_node(flow, i);
    }
    err = err == TVN_OK ? tvn__shards_new(flow) : err;
    for (uint32_t i = 0; err == TVN_OK && i < opts->edge_count; i++) {
        err = make_edge(flow, i);
    }
    err = err == TVN_OK ? wire(flow) : err;
    if (err != TVN_OK) {
        return err;
    }
    for (uint32_t i = 0; i < opts->node_count; i++) {
        if (!is_wired(&flow->nodes[i])) {
            return tvn_diag_error(diag, TVN_EINVAL, NULL,
                "stage %.*s lacks an edge, or has one too many",
                TVN_STR_ARG(opts->nodes[i].name));
        }
    }
    if (!make_order(flow)) {
        return tvn_diag_error(diag, TVN_EINVAL, NULL, "the edges form a cycle");
    }
    for (uint32_t i = 0; i < opts->node_count; i++) {
        struct tvn__shard *shard = flow->order[i]->shard;

        shard->order[shard->count++] = flow->order[i];
    }
    err = tvn__paths_new(flow);
    return err == TVN_OK ? tvn__trace_new(flow) : err;
}

static tvn_err
allocate(struct tvn_flow *flow)
{
    const struct tvn_flow_opts *opts = &flow->opts;

    flow->nodes =
        tvn_arena_new(&flow->arena, opts->node_count, sizeof(*flow->nodes));
    flow->edges =
        tvn_arena_new(&flow->arena, opts->edge_count, sizeof(*flow->edges));
    flow->order =
        tvn_arena_new(&flow->arena, opts->node_count, sizeof(*flow->order));
    if (flow->nodes == NULL || flow->edges == NULL || flow->order == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < opts->node_count; i++) {
        flow->nodes[i].stage = opts->nodes[i].stage;
    }
    return TVN_OK;
}

static void
free_stages(const struct tvn_flow_opts *opts)
{
    for (uint32_t i = 0; i < opts->node_count; i++) {
        opts->nodes[i].stage.ops->free(opts->nodes[i].stage.self);
    }
}

tvn_err
tvn_flow_new(const struct tvn_flow_opts *opts, TVN_GIVE struct tvn_flow **out,
    struct tvn_diag *diag)
{
    struct tvn_flow *flow = tvn_mem_new(1, sizeof(*flow));
    tvn_err err = TVN_ENOMEM;

    TVN_ASSERT(opts->burst >= 1 && opts->burst <= TVN_BURST_MAX);
    if (flow != NULL) {
        flow->opts = *opts;
        flow->limit_left = opts->limit;
        flow->drain_due_ns = TVN__NEVER;
        err = allocate(flow);
        if (err == TVN_OK && pthread_mutex_init(&flow->lock, NULL) != 0) {
            err = TVN_ENOMEM;
        }
    }
    if (err != TVN_OK) { /* the nodes do not have their stages yet */
        free_stages(opts);
        if (flow != NULL) {
            tvn_arena_fini(&flow->arena);
            tvn_mem_free(flow, 1, sizeof(*flow));
        }
        return err;
    }
    err = make_graph(flow, diag);
    if (err != TVN_OK) {
        tvn_flow_free(flow);
        return err;
    }
    flow->opts.nodes = NULL; /* the caller's arrays are not kept */
    flow->opts.edges = NULL;
    *out = flow;
    return TVN_OK;
}

void
tvn_flow_free(struct tvn_flow *flow)
{
    if (flow == NULL) {
        return;
    }
    for (uint32_t i = 0; i < flow->opts.node_count; i++) {
        struct tvn__node *node = &flow->nodes[i];

        if (node->holds) {
            tvn_image_unref(node->held.image);
        }
        node->stage.ops->free(node->stage.self);
    }
    for (uint32_t i = 0; i < flow->opts.edge_count; i++) {
        if (flow->edges[i].has_refused) {
            tvn_image_unref(flow->edges[i].refused.image);
        }
        tvn_queue_fini(&flow->edges[i].queue);
        tvn__cross_fini(&flow->edges[i]);
    }
    tvn_image_send_home(); /* what was left on another's edges */
    tvn__shards_free(flow);
    (void)pthread_mutex_destroy(&flow->lock);
    tvn_arena_fini(&flow->arena);
    tvn_mem_free(flow, 1, sizeof(*flow));
}

const struct tvn_ledger *
tvn_flow_ledger(const struct tvn_flow *flow)
{
    return &flow->ledger;
}

uint64_t
tvn_flow_elapsed_ns(const struct tvn_flow *flow)
{
    return flow->ended_ns - flow->started_ns;
}
