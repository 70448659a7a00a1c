/* link_test.c -- the check as a whole: its limits, all findings in one run, and
 * no memory; see link.h. */
#include "contract/link.h"

#include "base/mem.h"
#include "contract/testing_flights.h"
#include "contract/testing_link.h"

static void
test_too_many_stages_or_edges(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    flow.input.edge_count = TVN_LINK_EDGES_MAX + 1;
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELIMIT);
    tvn_testing_same_diag(&flow.diag,
        "error[E0006]: a flow has at most 4096 stages and 16384 edges\n");
    TVN_ASSERT(flow.link.input == NULL);
    tvn_testing_flow_fini(&flow);
}

static void
test_all_findings_come_in_one_run(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    flow.stages[1].has_config = true;
    flow.stages[2].then = TVN_LINK_DEAD_LETTER;
    tvn_testing_guest1(&flow, "late", "push: func(event: u64)");
    tvn_testing_chain_edges(&flow);
    tvn_testing_edge(&flow, "in -> late");
    tvn_testing_edge(&flow, "in -> lte");
    TVN_ASSERT(tvn_testing_check(&flow) == TVN_ELINK_STAGE);
    TVN_ASSERT(flow.diag.errors == 4); /* E0210, E0203, E0219, E0221 */
    TVN_ASSERT(!flow.link.has_proofs);
    tvn_testing_flow_fini(&flow);
}

static void
test_check_survives_out_of_memory(void)
{
    struct tvn_testing_flow flow;
    tvn_err err = TVN_ENOMEM;
    int64_t n = 0;

    for (int spoilt = 0; spoilt < 2; spoilt++) {
        tvn_testing_flights(&flow);
        flow.input.require.has_loss = true;
        flow.input.require.memory_max = 1;
        if (spoilt != 0) {
            flow.edges[0].to = TVN_STR("validat");
            tvn_testing_edge(&flow, "tally -> announce");
            tvn_testing_edge(&flow, "announce -> tally");
        }
        err = TVN_ENOMEM;
        for (n = 0; err == TVN_ENOMEM; n++) {
            TVN_ASSERT(n < 2000);
            tvn_mem_fail_after(n);
            err = tvn_link_check(&flow.input, &flow.link, &flow.diag);
            tvn_mem_fail_after(-1);
            TVN_ASSERT(
                err == TVN_ENOMEM ||
                err == (spoilt != 0 ? TVN_ELINK_STAGE : TVN_EREQUIRE_LOSS));
            TVN_ASSERT((err == TVN_ENOMEM) == (flow.link.input == NULL));
            TVN_ASSERT(err == TVN_ENOMEM || flow.diag.errors > 0);
            tvn_link_fini(&flow.link);
            tvn_diag_fini(&flow.diag);
        }
        TVN_ASSERT(n > 5);
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_names(void)
{
    static const char *const levels[] = {
        "best-effort", "at-most-once", "at-least-once", "effectively-once"};

    for (int i = 0; i < 4; i++) {
        TVN_ASSERT(tvn_promise_find(tvn_str_of(levels[i])) == i);
        TVN_ASSERT(
            strcmp(tvn_promise_name((enum tvn_promise)i), levels[i]) == 0);
    }
    TVN_ASSERT(tvn_promise_find(TVN_STR("exactly-once")) == -1);
    TVN_ASSERT(strcmp(tvn_link_verdict_name(TVN_LINK_VIEW), "view") == 0);
    TVN_ASSERT(strcmp(tvn_link_overflow_name(TVN_LINK_DROP_OLDEST),
                   "drop-oldest") == 0);
}

int
main(void)
{
    test_too_many_stages_or_edges();
    test_all_findings_come_in_one_run();
    test_check_survives_out_of_memory();
    test_names();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
