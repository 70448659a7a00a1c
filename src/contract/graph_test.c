/* graph_test.c -- names, ports, directions, wiring, cycles and order, every
 * rule with the text of its finding; see link.h. */
#include "contract/link.h"

#include "base/mem.h"
#include "contract/testing_link.h"

static void
test_a_chain_is_fine(void)
{
    struct tvn_testing_flow flow;
    const struct tvn_link_stage_info *stages;

    tvn_testing_chain(&flow);
    tvn_testing_chain_edges(&flow);
    tvn_testing_check_ok(&flow);
    stages = flow.link.stages;
    TVN_ASSERT(stages[0].role == TVN_ROLE_SOURCE && stages[0].is_known);
    TVN_ASSERT(stages[1].role == TVN_ROLE_PROCESSOR);
    TVN_ASSERT(stages[2].role == TVN_ROLE_SINK);
    TVN_ASSERT(stages[1].in == flow.stages[0].type);
    TVN_ASSERT(stages[1].in_count == 1 && stages[1].out_count == 1);
    TVN_ASSERT(stages[2].out == NULL && stages[2].in != NULL);
    TVN_ASSERT(strcmp(flow.link.edges[0].name, "in -> copy") == 0);
    TVN_ASSERT(flow.link.edges[1].from == 1 && flow.link.edges[1].to == 2);
    TVN_ASSERT(flow.link.input == &flow.input);
    tvn_testing_flow_fini(&flow);
}

static void
test_order_is_the_files_where_it_is_free(void)
{
    static const uint32_t want[] = {2, 4, 1, 3, 0};
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_sink(&flow, "out");
    tvn_testing_guest1(&flow, "b", "process: func(event: u8) -> u8");
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(&flow, "c", "process: func(event: u8) -> u8");
    tvn_testing_guest1(&flow, "a", "process: func(event: u8) -> u8");
    tvn_testing_edge(&flow, "in -> a");
    tvn_testing_edge(&flow, "a -> b");
    tvn_testing_edge(&flow, "a -> c");
    tvn_testing_edge(&flow, "b -> out");
    tvn_testing_edge(&flow, "c -> out");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.order_count == 5);
    TVN_ASSERT(memcmp(flow.link.order, want, sizeof(want)) == 0);
    tvn_testing_flow_fini(&flow);
}

static void
test_unknown_stages_are_refused_once(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    tvn_testing_edge(&flow, "in -> coppy");
    tvn_testing_edge(&flow, "copy -> elsewhere");
    tvn_testing_edge(&flow, "cpy -> out");
    tvn_testing_expect(&flow, TVN_ELINK_STAGE,
        "torvyn.yaml:40:5: error[E0210]: in -> coppy: there is no stage "
        "'coppy'\n"
        "help: did you mean 'copy'?\n"
        "torvyn.yaml:41:5: error[E0210]: copy -> elsewhere: there is no stage "
        "'elsewhere'\n"
        "help: there is: in, copy, out\n"
        "torvyn.yaml:42:5: error[E0210]: cpy -> out: there is no stage "
        "'cpy'\n"
        "help: did you mean 'copy'?\n");
}

static void
test_a_misspelt_router_keeps_its_ports(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(
        &flow, "route", "route: func(event: u8) -> enum { late }");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> route");
    tvn_testing_edge(&flow, "rout.late -> out");
    tvn_testing_expect(&flow, TVN_ELINK_STAGE,
        "torvyn.yaml:41:5: error[E0210]: rout.late -> out: there is no stage "
        "'rout'\n"
        "help: did you mean 'route'?\n");
}

static void
test_ports_of_routers_and_filters(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(&flow, "keep", "evaluate: func(event: u8) -> bool");
    tvn_testing_guest1(
        &flow, "route", "route: func(event: u8) -> option<enum { late }>");
    tvn_testing_sink(&flow, "a");
    tvn_testing_sink(&flow, "b");
    tvn_testing_sink(&flow, "c");
    tvn_testing_edge(&flow, "in -> keep");
    tvn_testing_edge(&flow, "keep -> route");
    tvn_testing_edge(&flow, "keep.rejected -> a");
    tvn_testing_edge(&flow, "route.late -> b");
    tvn_testing_edge(&flow, "route.unrouted -> c");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.edges[1].out == TVN_LINK_OUT_MAIN);
    TVN_ASSERT(flow.link.edges[1].port == TVN_LINK_NONE);
    TVN_ASSERT(flow.link.edges[2].out == TVN_LINK_OUT_REJECTED);
    TVN_ASSERT(flow.link.edges[3].out == TVN_LINK_OUT_PORT);
    TVN_ASSERT(flow.link.edges[3].port == 0);
    TVN_ASSERT(flow.link.edges[4].out == TVN_LINK_OUT_UNROUTED);
    TVN_ASSERT(flow.link.stages[1].has_rejected);
    TVN_ASSERT(flow.link.stages[2].has_unrouted);
    TVN_ASSERT(flow.link.edges[4].carried == flow.stages[0].type);
    tvn_testing_flow_fini(&flow);
}

static void
test_ports_that_do_not_exist(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(&flow, "keep", "evaluate: func(event: u8) -> bool");
    tvn_testing_guest1(
        &flow, "route", "route: func(event: u8) -> enum { early, late }");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in.all -> keep");
    tvn_testing_edge(&flow, "keep -> route");
    tvn_testing_edge(&flow, "keep.reject -> out");
    tvn_testing_edge(&flow, "route.lat -> out");
    tvn_testing_edge(&flow, "route.early -> out");
    tvn_testing_edge(&flow, "route -> out");
    tvn_testing_edge(&flow, "route.sideways -> out");
    tvn_testing_expect(&flow, TVN_ELINK_PORT,
        "torvyn.yaml:40:5: error[E0211]: in.all -> keep: 'in' is a source: it "
        "has no ports\n"
        "help: write `in -> keep`\n"
        "torvyn.yaml:42:5: error[E0211]: keep.reject -> out: 'keep' has no "
        "port 'reject'\n"
        "help: did you mean 'rejected'?\n"
        "torvyn.yaml:43:5: error[E0211]: route.lat -> out: 'route' has no "
        "port 'lat'\n"
        "help: did you mean 'late'?\n"
        "torvyn.yaml:45:5: error[E0211]: route -> out: 'route' is a router: "
        "an edge leaves it by a port\n"
        "help: there is: early, late, unrouted\n"
        "torvyn.yaml:46:5: error[E0211]: route.sideways -> out: 'route' has "
        "no port 'sideways'\n"
        "help: there is: early, late, unrouted\n");
}

static void
test_what_is_not_wired(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_source(&flow, "alone", "u8");
    tvn_testing_guest1(&flow, "keep", "evaluate: func(event: u8) -> bool");
    tvn_testing_guest1(
        &flow, "route", "route: func(event: u8) -> enum { early, late }");
    tvn_testing_guest1(&flow, "copy", "process: func(event: u8) -> u8");
    tvn_testing_sink(&flow, "out");
    tvn_testing_sink(&flow, "nothing");
    tvn_testing_edge(&flow, "in -> keep");
    tvn_testing_edge(&flow, "keep.rejected -> out");
    tvn_testing_edge(&flow, "in -> route");
    tvn_testing_edge(&flow, "route.late -> out");
    tvn_testing_expect(&flow, TVN_ELINK_UNWIRED,
        "torvyn.yaml:11:3: error[E0212]: stage alone: no edge leads out of "
        "it\n"
        "help: add an edge `alone -> STAGE`\n"
        "torvyn.yaml:12:3: error[E0212]: stage keep: only its port 'rejected' "
        "is wired, not its output\n"
        "help: add an edge `keep -> STAGE`\n"
        "torvyn.yaml:13:3: error[E0212]: stage route: its port 'early' is not "
        "wired\n"
        "help: add an edge `route.early -> STAGE`\n"
        "torvyn.yaml:14:3: error[E0212]: stage copy: no edge leads into it\n"
        "help: add an edge `STAGE -> copy`\n"
        "torvyn.yaml:14:3: error[E0212]: stage copy: no edge leads out of "
        "it\n"
        "help: add an edge `copy -> STAGE`\n"
        "torvyn.yaml:16:3: error[E0212]: stage nothing: no edge leads into "
        "it\n"
        "help: add an edge `STAGE -> nothing`\n");
}

static void
test_edges_against_the_direction(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    tvn_testing_chain_edges(&flow);
    tvn_testing_edge(&flow, "copy -> in");
    tvn_testing_edge(&flow, "out -> in");
    tvn_testing_expect(&flow, TVN_ELINK_DIRECTION,
        "torvyn.yaml:42:5: error[E0213]: copy -> in: 'in' is a source: no "
        "edge leads into it\n"
        "torvyn.yaml:43:5: error[E0213]: out -> in: 'in' is a source: no edge "
        "leads into it\n"
        "torvyn.yaml:43:5: error[E0213]: out -> in: 'out' is a sink: no edge "
        "leads out of it\n");
}

static void
test_cycles_are_printed(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest1(&flow, "a", "process: func(event: u8) -> u8");
    tvn_testing_guest1(&flow, "b", "process: func(event: u8) -> u8");
    tvn_testing_guest1(&flow, "c", "process: func(event: u8) -> u8");
    tvn_testing_guest1(&flow, "d", "process: func(event: u8) -> u8");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> a");
    tvn_testing_edge(&flow, "a -> b");
    tvn_testing_edge(&flow, "b -> c");
    tvn_testing_edge(&flow, "c -> a");
    tvn_testing_edge(&flow, "c -> b"); /* the same knot: told once */
    tvn_testing_edge(&flow, "c -> d");
    tvn_testing_edge(&flow, "d -> d");
    tvn_testing_edge(&flow, "d -> out");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELINK_CYCLE);
    TVN_ASSERT(flow.link.order_count == 1 && flow.link.order[0] == 0);
    TVN_ASSERT(!flow.link.has_proofs);
    tvn_link_fini(&flow.link);
    tvn_diag_fini(&flow.diag);
    tvn_testing_expect(&flow, TVN_ELINK_CYCLE,
        "torvyn.yaml:43:5: error[E0214]: c -> a: a cycle: a -> b -> c -> a\n"
        "help: events flow one way: take one of these edges out\n"
        "torvyn.yaml:46:5: error[E0214]: d -> d: a cycle: d -> d\n"
        "help: events flow one way: take one of these edges out\n");
}

static void
test_an_edge_that_stands_twice(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    tvn_testing_chain_edges(&flow);
    tvn_testing_edge(&flow, "in -> copy");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELINK_TWICE);
    TVN_ASSERT(flow.link.stages[1].in_count == 1); /* it counts once */
    tvn_link_fini(&flow.link);
    tvn_diag_fini(&flow.diag);
    tvn_testing_expect(&flow, TVN_ELINK_TWICE,
        "torvyn.yaml:42:5: error[E0216]: in -> copy: this edge stands twice\n"
        "  torvyn.yaml:40:5: in -> copy: the first\n");
}

static void
test_a_graph_with_errors_has_no_proofs(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    tvn_testing_chain_edges(&flow);
    tvn_testing_source(&flow, "alone", "u8");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELINK_UNWIRED);
    TVN_ASSERT(!flow.link.has_proofs && flow.link.stall_count == 0);
    TVN_ASSERT(flow.link.edges[0].verdict == TVN_LINK_SAME); /* yet filled */
    tvn_testing_flow_fini(&flow);
}

static void
test_a_stage_that_could_not_be_read_is_not_judged(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest(&flow, "broken", NULL, NULL);
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> broken");
    tvn_testing_edge(&flow, "broken.any -> out");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_OK);
    tvn_testing_same_diag(&flow.diag, "");
    TVN_ASSERT(!flow.link.has_proofs && !flow.link.stages[1].is_known);
    TVN_ASSERT(flow.link.edges[0].verdict == TVN_LINK_UNKNOWN);
    TVN_ASSERT(flow.link.edges[0].carried == flow.stages[0].type);
    TVN_ASSERT(flow.link.edges[1].verdict == TVN_LINK_UNKNOWN);
    TVN_ASSERT(strcmp(flow.link.edges[1].text, "") == 0);
    tvn_testing_flow_fini(&flow);
}

int
main(void)
{
    test_a_chain_is_fine();
    test_order_is_the_files_where_it_is_free();
    test_unknown_stages_are_refused_once();
    test_a_misspelt_router_keeps_its_ports();
    test_ports_of_routers_and_filters();
    test_ports_that_do_not_exist();
    test_what_is_not_wired();
    test_edges_against_the_direction();
    test_cycles_are_printed();
    test_an_edge_that_stands_twice();
    test_a_graph_with_errors_has_no_proofs();
    test_a_stage_that_could_not_be_read_is_not_judged();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
