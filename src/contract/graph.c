/* graph.c -- names, ports and directions of the edges, what is not wired,
 * cycles, and the order of the flow; see link.h.
 *
 * What a misspelt name most likely meant counts as wired: one mistake is one
 * finding. */
#include "contract/internal.h"

#include "base/map.h"

struct graph {
    struct tvn__linker *linker;
    struct tvn_map stages; /* name -> its stage info */
    struct tvn_map names;  /* an edge's name -> its edge info */
    bool *has_in;          /* by stage; also what was only meant */
    bool *has_out;
    bool *has_main;  /* by stage: an edge leaves by the main output */
    uint32_t *ports; /* by stage: a router's ports that are wired */
};

static const struct tvn_link_stage *
stage_at(const struct graph *graph, uint32_t stage)
{
    return &graph->linker->input->stages[stage];
}

static tvn_err
begin(struct graph *graph)
{
    struct tvn__linker *linker = graph->linker;
    uint32_t stages = linker->input->stage_count;
    uint32_t edges = linker->input->edge_count;

    linker->names =
        tvn_arena_new(&linker->scratch, stages, sizeof(*linker->names));
    linker->is_usable =
        tvn_arena_new(&linker->scratch, edges, sizeof(*linker->is_usable));
    graph->has_in =
        tvn_arena_new(&linker->scratch, stages, sizeof(*graph->has_in));
    graph->has_out =
        tvn_arena_new(&linker->scratch, stages, sizeof(*graph->has_out));
    graph->has_main =
        tvn_arena_new(&linker->scratch, stages, sizeof(*graph->has_main));
    graph->ports =
        tvn_arena_new(&linker->scratch, stages, sizeof(*graph->ports));
    if (linker->names == NULL || linker->is_usable == NULL ||
        graph->has_in == NULL || graph->has_out == NULL ||
        graph->has_main == NULL || graph->ports == NULL) {
        return TVN_ENOMEM;
    }
    return TVN_OK;
}

static tvn_err
read_stages(struct graph *graph)
{
    struct tvn__linker *linker = graph->linker;

    for (uint32_t i = 0; i < linker->input->stage_count; i++) {
        const struct tvn_link_stage *stage = stage_at(graph, i);
        struct tvn_link_stage_info *info = &linker->link->stages[i];
        tvn_err err = tvn_map_add(&graph->stages, stage->name, info);

        if (err != TVN_OK) {
            return err;
        }
        linker->names[i] = stage->name;
        info->is_known = true;
        if (stage->kind == TVN_LINK_SOURCE) {
            info->role = TVN_ROLE_SOURCE;
        } else if (stage->kind == TVN_LINK_SINK) {
            info->role = TVN_ROLE_SINK;
        } else if (stage->role != NULL) {
            info->role = stage->role->role;
        } else {
            info->role = TVN_ROLE_PROCESSOR; /* not known: never looked at */
            info->is_known = false;
            linker->is_sound = false;
        }
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * One edge. */

static tvn_err
name_edge(struct graph *graph, uint32_t index)
{
    const struct tvn_link_edge *edge = &graph->linker->input->edges[index];
    struct tvn_link_edge_info *info = &graph->linker->link->edges[index];

    info->name =
        tvn_arena_printf(&graph->linker->link->arena, "%.*s%s%.*s -> %.*s",
            TVN_STR_ARG(edge->from), edge->port.len == 0 ? "" : ".",
            TVN_STR_ARG(edge->port), TVN_STR_ARG(edge->to));
    info->from = TVN_LINK_NONE;
    info->to = TVN_LINK_NONE;
    info->port = TVN_LINK_NONE;
    info->text = "";
    return info->name == NULL ? TVN_ENOMEM : TVN_OK;
}

/* The stage of that name; `wired` is has_in or has_out. */
static uint32_t
find_stage(
    struct graph *graph, uint32_t index, struct tvn_str name, bool *wired)
{
    struct tvn__linker *linker = graph->linker;
    const struct tvn_link_stage_info *info = tvn_map_find(&graph->stages, name);
    struct tvn_place place;
    int meant;

    if (info != NULL) {
        wired[info - linker->link->stages] = true;
        return (uint32_t)(info - linker->link->stages);
    }
    place = tvn__edge_place(linker, index);
    tvn__found(linker, tvn_diag_error(linker->diag, TVN_ELINK_STAGE, &place,
                           "there is no stage '%.*s'", TVN_STR_ARG(name)));
    meant = tvn__link_suggest(
        linker, name, linker->names, linker->input->stage_count);
    if (meant >= 0) {
        wired[meant] = true;
        graph->ports[meant] = wired == graph->has_out
                                  ? UINT32_MAX /* whichever it was */
                                  : graph->ports[meant];
    }
    return TVN_LINK_NONE;
}

static void
refuse_direction(
    struct graph *graph, uint32_t index, uint32_t stage, const char *why)
{
    struct tvn__linker *linker = graph->linker;
    struct tvn_place place = tvn__edge_place(linker, index);

    tvn__found(
        linker, tvn_diag_error(linker->diag, TVN_ELINK_DIRECTION, &place,
                    "'%.*s' is a %s", TVN_STR_ARG(linker->names[stage]), why));
}

/* False, and reported: `ports` are what there is. */
static bool
refuse_port(struct graph *graph, uint32_t index, const struct tvn_str *ports,
    uint32_t count)
{
    struct tvn__linker *linker = graph->linker;
    const struct tvn_link_edge *edge = &linker->input->edges[index];
    const struct tvn_link_edge_info *info = &linker->link->edges[index];
    enum tvn_role role = linker->link->stages[info->from].role;
    struct tvn_place place = tvn__edge_place(linker, index);
    int meant;

    if (count == 0) {
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_ELINK_PORT, &place,
                "'%.*s' is %s %s: it has no ports", TVN_STR_ARG(edge->from),
                role == TVN_ROLE_AGGREGATOR ? "an" : "a", tvn_role_name(role)));
        tvn_diag_help(linker->diag, "write `%.*s -> %.*s`",
            TVN_STR_ARG(edge->from), TVN_STR_ARG(edge->to));
        return false;
    }
    if (edge->port.len == 0) {
        tvn__found(
            linker, tvn_diag_error(linker->diag, TVN_ELINK_PORT, &place,
                        "'%.*s' is a router: an edge leaves it by a port",
                        TVN_STR_ARG(edge->from)));
    } else {
        tvn__found(
            linker, tvn_diag_error(linker->diag, TVN_ELINK_PORT, &place,
                        "'%.*s' has no port '%.*s'", TVN_STR_ARG(edge->from),
                        TVN_STR_ARG(edge->port)));
    }
    meant = tvn__link_suggest(linker, edge->port, ports, count);
    if (meant >= 0 && (uint32_t)meant < TVN_PORTS_MAX) {
        graph->ports[info->from] |= UINT32_C(1) << meant;
    }
    return false;
}

static bool
check_router_port(struct graph *graph, uint32_t index)
{
    struct tvn_link_edge_info *info = &graph->linker->link->edges[index];
    const struct tvn_role_info *role = stage_at(graph, info->from)->role;
    struct tvn_str port = graph->linker->input->edges[index].port;
    struct tvn_str names[TVN_PORTS_MAX + 1];

    for (uint32_t i = 0; i < role->port_count; i++) {
        if (tvn_str_equal(port, role->ports[i])) {
            info->out = TVN_LINK_OUT_PORT;
            info->port = i;
            graph->ports[info->from] |= UINT32_C(1) << i;
            return true;
        }
        names[i] = role->ports[i];
    }
    if (tvn_str_is(port, "unrouted")) {
        info->out = TVN_LINK_OUT_UNROUTED;
        graph->linker->link->stages[info->from].has_unrouted = true;
        return true;
    }
    names[role->port_count] = TVN_STR("unrouted");
    return refuse_port(graph, index, names, role->port_count + 1);
}

static bool
check_port(struct graph *graph, uint32_t index)
{
    static const struct tvn_str rejected = {"rejected", 8};
    struct tvn_link_edge_info *info = &graph->linker->link->edges[index];
    struct tvn_link_stage_info *from = &graph->linker->link->stages[info->from];
    struct tvn_str port = graph->linker->input->edges[index].port;

    if (!from->is_known) {
        return true; /* whatever it is, it may be right */
    }
    if (from->role == TVN_ROLE_ROUTER) {
        return check_router_port(graph, index);
    }
    if (port.len == 0) {
        graph->has_main[info->from] = true;
        return true;
    }
    if (from->role != TVN_ROLE_FILTER) {
        return refuse_port(graph, index, NULL, 0);
    }
    if (tvn_str_equal(port, rejected)) {
        info->out = TVN_LINK_OUT_REJECTED;
        from->has_rejected = true;
        return true;
    }
    return refuse_port(graph, index, &rejected, 1);
}

/* TVN_ENOMEM only; *is_first: it does not stand twice. */
static tvn_err
check_twice(struct graph *graph, uint32_t index, bool *is_first)
{
    struct tvn__linker *linker = graph->linker;
    struct tvn_link_edge_info *info = &linker->link->edges[index];
    struct tvn_str name = tvn_str_of(info->name);
    const struct tvn_link_edge_info *first = tvn_map_find(&graph->names, name);
    struct tvn_place place = tvn__edge_place(linker, index);

    *is_first = first == NULL;
    if (first == NULL) {
        return tvn_map_add(&graph->names, name, info);
    }
    tvn__found(linker, tvn_diag_error(linker->diag, TVN_ELINK_TWICE, &place,
                           "this edge stands twice"));
    place = tvn__edge_place(linker, (uint32_t)(first - linker->link->edges));
    tvn_diag_note(linker->diag, &place, "the first");
    return TVN_OK;
}

/* Its direction and its port, each end by itself: false, and reported. */
static bool
check_ends(struct graph *graph, uint32_t index)
{
    struct tvn__linker *linker = graph->linker;
    const struct tvn_link_stage_info *stages = linker->link->stages;
    const struct tvn_link_edge_info *info = &linker->link->edges[index];
    bool ok = info->from != TVN_LINK_NONE && info->to != TVN_LINK_NONE;

    if (info->to != TVN_LINK_NONE && stages[info->to].is_known &&
        stages[info->to].role == TVN_ROLE_SOURCE) {
        refuse_direction(
            graph, index, info->to, "source: no edge leads into it");
        ok = false;
    }
    if (info->from == TVN_LINK_NONE) {
        return false;
    }
    if (stages[info->from].is_known &&
        stages[info->from].role == TVN_ROLE_SINK) {
        refuse_direction(
            graph, index, info->from, "sink: no edge leads out of it");
        return false;
    }
    return check_port(graph, index) && ok;
}

static tvn_err
check_edge(struct graph *graph, uint32_t index)
{
    struct tvn__linker *linker = graph->linker;
    const struct tvn_link_edge *edge = &linker->input->edges[index];
    struct tvn_link_edge_info *info = &linker->link->edges[index];
    bool is_first = true;
    tvn_err err = name_edge(graph, index);

    if (err != TVN_OK) {
        return err;
    }
    info->from = find_stage(graph, index, edge->from, graph->has_out);
    info->to = find_stage(graph, index, edge->to, graph->has_in);
    if (!check_ends(graph, index)) {
        return TVN_OK;
    }
    err = check_twice(graph, index, &is_first);
    linker->is_usable[index] = is_first;
    return err;
}

/* ------------------------------------------------------------------------
 * Lists, and what is not wired. */

/* Counts, sums, then fills from the back: first[s] ends where it belongs. */
static tvn_err
list_edges(
    struct tvn__linker *linker, bool by_from, struct tvn__edge_lists *lists)
{
    uint32_t stages = linker->input->stage_count;
    uint32_t edges = linker->input->edge_count;

    lists->first = tvn_arena_new(
        &linker->scratch, (size_t)stages + 1, sizeof(*lists->first));
    lists->edges =
        tvn_arena_new(&linker->scratch, edges, sizeof(*lists->edges));
    if (lists->first == NULL || lists->edges == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < edges; i++) {
        const struct tvn_link_edge_info *info = &linker->link->edges[i];

        if (linker->is_usable[i]) {
            lists->first[by_from ? info->from : info->to]++;
        }
    }
    for (uint32_t i = 0, sum = 0; i <= stages; i++) {
        sum += lists->first[i];
        lists->first[i] = sum;
    }
    for (uint32_t i = edges; i-- > 0;) {
        const struct tvn_link_edge_info *info = &linker->link->edges[i];

        if (linker->is_usable[i]) {
            lists->edges[--lists->first[by_from ? info->from : info->to]] = i;
        }
    }
    return TVN_OK;
}

/* The help is an edge to add: `before`, the stage's name, `after`. */
static void
refuse_unwired(struct graph *graph, uint32_t stage, const char *text,
    const char *before, const char *after)
{
    struct tvn__linker *linker = graph->linker;
    struct tvn_place place = tvn__stage_place(linker, stage);

    tvn__found(linker,
        tvn_diag_error(linker->diag, TVN_ELINK_UNWIRED, &place, "%s", text));
    tvn_diag_help(linker->diag, "add an edge `%s%.*s%s`", before,
        TVN_STR_ARG(linker->names[stage]), after);
}

static void
check_ports_wired(struct graph *graph, uint32_t stage)
{
    struct tvn__linker *linker = graph->linker;
    const struct tvn_role_info *role = stage_at(graph, stage)->role;

    for (uint32_t i = 0; i < role->port_count; i++) {
        struct tvn_place place;

        if ((graph->ports[stage] >> i & 1) != 0) {
            continue;
        }
        place = tvn__stage_place(linker, stage);
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_ELINK_UNWIRED, &place,
                "its port '%.*s' is not wired", TVN_STR_ARG(role->ports[i])));
        tvn_diag_help(linker->diag, "add an edge `%.*s.%.*s -> STAGE`",
            TVN_STR_ARG(linker->names[stage]), TVN_STR_ARG(role->ports[i]));
    }
}

static void
check_wired(struct graph *graph, uint32_t stage)
{
    struct tvn__linker *linker = graph->linker;
    struct tvn_link_stage_info *info = &linker->link->stages[stage];

    info->in_count = linker->ins.first[stage + 1] - linker->ins.first[stage];
    info->out_count = linker->outs.first[stage + 1] - linker->outs.first[stage];
    if (!info->is_known) {
        return;
    }
    if (info->role != TVN_ROLE_SOURCE && !graph->has_in[stage]) {
        refuse_unwired(graph, stage, "no edge leads into it", "STAGE -> ", "");
    }
    if (info->role == TVN_ROLE_ROUTER) {
        check_ports_wired(graph, stage);
    } else if (info->role != TVN_ROLE_SINK && !graph->has_out[stage]) {
        refuse_unwired(
            graph, stage, "no edge leads out of it", "", " -> STAGE");
    } else if (info->has_rejected && !graph->has_main[stage]) {
        refuse_unwired(graph, stage,
            "only its port 'rejected' is wired, not its output", "",
            " -> STAGE");
    }
}

/* ------------------------------------------------------------------------
 * Order and cycles. */

/* Of the stages whose producers are all placed, always the file's first:
 * at most 4096 times 4096 looks. */
static tvn_err
find_order(struct tvn__linker *linker, bool *is_placed)
{
    const struct tvn__edge_lists *outs = &linker->outs;
    struct tvn_link *link = linker->link;
    uint32_t stages = linker->input->stage_count;
    uint32_t next = 0;
    uint32_t *left = tvn_arena_new(&linker->scratch, stages, sizeof(*left));

    if (left == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < stages; i++) {
        left[i] = link->stages[i].in_count;
    }
    while (next < stages) {
        uint32_t stage = next++;

        if (is_placed[stage] || left[stage] > 0) {
            continue;
        }
        is_placed[stage] = true;
        link->order[link->order_count++] = stage;
        for (uint32_t k = outs->first[stage]; k < outs->first[stage + 1]; k++) {
            uint32_t to = link->edges[outs->edges[k]].to;

            if (--left[to] == 0 && to < next) {
                next = to; /* an earlier one is free now */
            }
        }
    }
    return TVN_OK;
}

struct cycles {
    struct tvn__linker *linker;
    uint32_t *path; /* stages from the root of the search */
    uint32_t *next; /* by stage: the out edge to look at */
    uint8_t *state; /* by stage: 0 new, 1 on the path, 2 done */
    bool *is_told;  /* by stage: on a cycle that was reported */
    uint32_t depth;
};

/* `edge` leads back to a stage on the path. */
static void
report_cycle(struct cycles *cycles, uint32_t edge)
{
    struct tvn__linker *linker = cycles->linker;
    uint32_t to = linker->link->edges[edge].to;
    uint32_t start = cycles->depth;
    struct tvn_place place = tvn__edge_place(linker, edge);
    struct tvn_buf text = {0};

    while (cycles->path[start - 1] != to) {
        start--;
    }
    if (cycles->is_told[to]) {
        return;
    }
    for (uint32_t i = start - 1; i < cycles->depth; i++) {
        cycles->is_told[cycles->path[i]] = true;
        tvn_buf_append_str(&text, linker->names[cycles->path[i]]);
        tvn_buf_append_text(&text, " -> ");
    }
    tvn_buf_append_str(&text, linker->names[to]);
    tvn__found(linker, tvn_diag_error(linker->diag, TVN_ELINK_CYCLE, &place,
                           "a cycle: %s", tvn_buf_text(&text)));
    tvn_diag_help(
        linker->diag, "events flow one way: take one of these edges out");
    tvn_buf_fini(&text);
}

static void
search(struct cycles *cycles, uint32_t root)
{
    const struct tvn__edge_lists *outs = &cycles->linker->outs;

    cycles->path[0] = root;
    cycles->depth = 1;
    cycles->state[root] = 1;
    while (cycles->depth > 0) {
        uint32_t stage = cycles->path[cycles->depth - 1];
        uint32_t k = outs->first[stage] + cycles->next[stage]++;
        uint32_t to;

        if (k >= outs->first[stage + 1]) {
            cycles->state[stage] = 2;
            cycles->depth--;
            continue;
        }
        to = cycles->linker->link->edges[outs->edges[k]].to;
        if (cycles->state[to] == 1) {
            report_cycle(cycles, outs->edges[k]);
        } else if (cycles->state[to] == 0) {
            cycles->state[to] = 1;
            cycles->path[cycles->depth++] = to;
        }
    }
}

static tvn_err
find_cycles(struct tvn__linker *linker, const bool *is_placed)
{
    uint32_t stages = linker->input->stage_count;
    struct tvn_arena *scratch = &linker->scratch;
    struct cycles cycles = {
        .linker = linker,
        .path = tvn_arena_new(scratch, stages, sizeof(*cycles.path)),
        .next = tvn_arena_new(scratch, stages, sizeof(*cycles.next)),
        .state = tvn_arena_new(scratch, stages, sizeof(*cycles.state)),
        .is_told = tvn_arena_new(scratch, stages, sizeof(*cycles.is_told)),
    };

    if (cycles.path == NULL || cycles.next == NULL || cycles.state == NULL ||
        cycles.is_told == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < stages; i++) {
        if (!is_placed[i] && cycles.state[i] == 0) {
            search(&cycles, i);
        }
    }
    return TVN_OK;
}

static tvn_err
order_stages(struct tvn__linker *linker)
{
    uint32_t stages = linker->input->stage_count;
    bool *is_placed =
        tvn_arena_new(&linker->scratch, stages, sizeof(*is_placed));
    tvn_err err =
        is_placed == NULL ? TVN_ENOMEM : find_order(linker, is_placed);

    if (err == TVN_OK && linker->link->order_count < stages) {
        err = find_cycles(linker, is_placed);
    }
    return err;
}

tvn_err
tvn__graph_check(struct tvn__linker *linker)
{
    struct graph graph = {.linker = linker};
    tvn_err err = begin(&graph);

    linker->is_sound = true;
    if (err == TVN_OK) {
        err = read_stages(&graph);
    }
    for (uint32_t i = 0; err == TVN_OK && i < linker->input->edge_count; i++) {
        err = check_edge(&graph, i);
    }
    if (err == TVN_OK) {
        err = list_edges(linker, true, &linker->outs);
    }
    if (err == TVN_OK) {
        err = list_edges(linker, false, &linker->ins);
    }
    if (err == TVN_OK) {
        for (uint32_t i = 0; i < linker->input->stage_count; i++) {
            check_wired(&graph, i);
        }
        err = order_stages(linker);
    }
    linker->is_sound &= linker->found == TVN_OK;
    tvn_map_fini(&graph.stages);
    tvn_map_fini(&graph.names);
    return err;
}
