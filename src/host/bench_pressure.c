/* bench_pressure.c -- `torvyn bench pressure`: how soon a full edge suspends
 * its source; see bench.h. */
#include "host/bench_internal.h"

#define EVENTS  400000u
#define COST_NS 1000u /* of the sink: it is what is slow */

static struct tvn_bench_times
times(const struct tvn_histogram *histogram)
{
    return (struct tvn_bench_times){
        .count = histogram->count,
        .p50 = tvn_histogram_at(histogram, 500),
        .p99 = tvn_histogram_at(histogram, 990),
        .max = histogram->max,
    };
}

static tvn_err
measure(struct tvn_bench_pressure_row *row, struct tvn_diag *diag)
{
    const struct tvn__tiny opts = {
        .events = EVENTS, .thread_count = row->threads, .cost_ns = COST_NS};
    struct tvn__tiny_run run;
    tvn_err err = tvn__tiny_run(&run, &opts, diag);

    if (err == TVN_OK) {
        struct tvn_flow_pressure found = tvn_flow_pressure(run.flow, 0);

        row->response_ns = times(found.response_ns);
        row->between = times(found.between);
        row->suspended_ns = times(found.suspended_ns);
        row->resume_ns = times(found.resume_ns);
    }
    tvn__tiny_free(&run);
    return err;
}

tvn_err
tvn_bench_pressure(struct tvn_bench_pressure *out, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    *out = (struct tvn_bench_pressure){
        .burst = TVN_BURST_MAX,
        .capacity = TVN__TINY_CAPACITY,
        .events = EVENTS,
        .rows = {{.threads = 1}, {.threads = 2}},
    };
    for (uint32_t i = 0; err == TVN_OK && i < 2; i++) {
        err = measure(&out->rows[i], diag);
    }
    return err;
}
