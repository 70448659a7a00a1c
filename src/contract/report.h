/* report.h -- what `torvyn link` prints, for people and as JSON.
 *
 *     enrich -> route   view   late: bool, 1 of 72 B, shared image
 *
 * One line an edge in the file's order, then the proofs: stall, loss, memory,
 * promise.  Where nothing could be proved the text ends behind the edges and
 * JSON has null.  Findings are the diag's and are not printed here.
 *
 * Threads: none. */
#ifndef TVN_CONTRACT_REPORT_H
#define TVN_CONTRACT_REPORT_H

#include "base/buf.h"
#include "base/jsonout.h"
#include "contract/link.h"

/* Appends the text. */
void tvn_report_print(const struct tvn_link *link, struct tvn_buf *out);

/* Writes one object: flow, edges, stalls, losses, memory, promise. */
void tvn_report_json(const struct tvn_link *link, struct tvn_json *json);

/* "4 MiB", "1.5 KiB", "72 B": for people. */
void tvn_report_bytes(uint64_t bytes, struct tvn_buf *out);

#endif
