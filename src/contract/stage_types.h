/* stage_types.h -- the types of torvyn:stage@0.1.0, the package that is built
 * in: what a stage may be told besides its event, and what it may import.
 *
 *     interface types    meta, fault, reason, window
 *     interface log      log: func(level, message: string)
 *     interface clock    now-ns, monotonic-ns: func() -> u64
 *     interface metrics  add: func(name, by: u64), set: func(name, value: f64)
 *
 * Threads: as the table of types (value/type.h). */
#ifndef TVN_CONTRACT_STAGE_TYPES_H
#define TVN_CONTRACT_STAGE_TYPES_H

#include "base/error.h"
#include "value/type.h"

/* Fields in the order of the package's text; their offsets are in members. */
enum tvn_meta_field {
    TVN_META_SEQUENCE,
    TVN_META_EVENT_TIME_NS,
    TVN_META_INGEST_TIME_NS,
    TVN_META_KEY,
    TVN_META_ATTEMPT,
    TVN_META_ATTRIBUTES, /* list<tuple<string, string>> */
};

/* The cases of reason have the numbers of stream's tvn_window_reason. */
enum tvn_window_field {
    TVN_WINDOW_START_NS,
    TVN_WINDOW_END_NS,
    TVN_WINDOW_REASON,
};

struct tvn_stage_types {
    const struct tvn_type *meta;   /* record, fields as above */
    const struct tvn_type *fault;  /* variant: retry, reject, fatal(string) */
    const struct tvn_type *reason; /* enum: time, count, end */
    const struct tvn_type *window; /* record, fields as above */
    const struct tvn_type *level;  /* enum: debug, info, warn, error */
    const struct tvn_type *string;
    const struct tvn_type *u64;
    const struct tvn_type *f64;
    const struct tvn_type *boolean;
};

/* Makes (or finds) them in the table.  TVN_ENOMEM. */
tvn_err tvn_stage_types(struct tvn_types *types, struct tvn_stage_types *out);

#endif
