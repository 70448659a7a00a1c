/* test_sim.c -- what stands in for the world while a flow is tested: put into
 * the graph that run.c has made of the file. */
#include "host/internal.h"

static const struct tvn__sim *
sim_of(void *host)
{
    return ((const struct tvn_host *)host)->run->sim;
}

const struct tvn_clock *
tvn__sim_clock(const struct tvn_host *host)
{
    return host->run->sim == NULL ? tvn_clock_real() : host->run->sim->clock;
}

void
tvn__sim_log(void *env, struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message)
{
    const struct tvn__sim *sim = sim_of(env);

    if (sim == NULL) {
        tvn__log_write(env, stage, level, message);
    } else {
        sim->log(sim->env, stage, level, message);
    }
}

static void
idle(void *env, uint64_t until_ns)
{
    sim_of(env)->idle(sim_of(env)->env, until_ns);
}

static tvn_err
dead(void *env, const struct tvn_dead *letter, struct tvn_diag *diag)
{
    return sim_of(env)->dead(sim_of(env)->env, letter, diag);
}

static uint64_t
dead_count(void *env)
{
    return sim_of(env)->dead_count(sim_of(env)->env);
}

static void
add_feed(const struct tvn_host *host, const struct tvn__feed *feed,
    struct tvn_flow_node *node, struct tvn_flow_edge *edge)
{
    uint32_t max_event = host->pipeline->max_event;

    node->name = feed->name;
    node->role = TVN_ROLE_SOURCE;
    node->stage = feed->stage;
    node->image_max = max_event;
    edge->name = feed->edge;
    edge->to = feed->to;
    edge->capacity = TVN_BURST_MAX;
    edge->bytes = (uint64_t)max_event * TVN_BURST_MAX;
}

void
tvn__simulate(struct tvn_host *host, struct tvn_flow_node *nodes,
    struct tvn_flow_edge *edges, struct tvn_flow_opts *opts)
{
    const struct tvn__sim *sim = host->run->sim;

    if (sim == NULL) {
        return;
    }
    for (uint32_t i = 0; i < opts->node_count; i++) {
        nodes[i].thread = 0;
        sim->wrap(sim->env, i, &nodes[i].stage);
    }
    for (uint32_t i = 0; i < sim->feed_count; i++) {
        struct tvn_flow_edge *edge = &edges[opts->edge_count++];

        edge->from = opts->node_count;
        add_feed(host, &sim->feeds[i], &nodes[opts->node_count++], edge);
    }
    opts->clock = sim->clock;
    opts->thread_count = 1; /* images cross no threads, there is one order */
    opts->loop = NULL;
    opts->idle = idle;
    if (host->pipeline->has_dead_letter) {
        opts->dead = dead;
        opts->dead_count = dead_count;
    }
}
