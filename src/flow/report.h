/* report.h -- pieces that the account of a run and a trace share.
 *
 * Threads: the caller's, after the run. */
#ifndef TVN_FLOW_REPORT_H
#define TVN_FLOW_REPORT_H

#include "flow/internal.h"

/* 336776 -> "336,776" */
void tvn__report_number(struct tvn_buf *out, uint64_t value);
/* "1 time", "2 times" */
void tvn__report_times(struct tvn_buf *out, uint64_t value);
/* 38120 -> "38 us" */
void tvn__report_ns(struct tvn_buf *out, uint64_t ns);

/* How the edge answered to being full: keys of an object that is open. */
void tvn__report_pressure(const struct tvn__edge *edge, struct tvn_json *json);
/* The key `paths`: from a sink's edge full to the source suspended. */
void tvn__report_paths(const struct tvn_flow *flow, struct tvn_json *json);

#endif
