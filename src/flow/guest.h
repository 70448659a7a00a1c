/* guest.h -- a Wasm component as a stage of a flow.
 *
 *     image --lower through a view--> guest --lift--> image     (processor)
 *     image --lower through a view--> guest --> verdict, same image goes on
 *
 * A call that returns more than the credit allows keeps its result in the
 * guest: a cursor lifts one element at a time, post-return follows the last
 * one, and the guest is not entered before (the outbox).
 *
 * After a trap, a missed deadline or broken bytes the instance is dropped and
 * made anew (init again) at the next call; an aggregator's open window is
 * then counted in lost_state.  An init that traps then is a fault of the event
 * that it was made for; one that rejects is fatal.
 *
 * Threads: the flow's. */
#ifndef TVN_FLOW_GUEST_H
#define TVN_FLOW_GUEST_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "contract/role.h"
#include "contract/stage_types.h"
#include "engine/engine.h"
#include "engine/wasi/wasi.h"
#include "flow/table.h"
#include "observe/copies.h"
#include "stream/stage.h"

#include <stdint.h>

enum tvn_log_level {
    TVN_LOG_DEBUG,
    TVN_LOG_INFO,
    TVN_LOG_WARN,
    TVN_LOG_ERROR,
};

struct tvn_guest_opts {
    struct tvn_str name;    /* of the stage; kept */
    const char *path;       /* of the component; for texts; kept */
    struct tvn_place place; /* of the stage in its file; path NULL: not known */
    struct tvn_code *code;  /* kept */
    const struct tvn_role_info *role;  /* kept */
    const struct tvn_stage_types *std; /* torvyn:stage's own types; kept */
    const struct tvn_type *in;         /* what its input edges carry; NULL for
                                       * a source */
    const struct tvn_image *config;    /* of type role->config; kept; NULL */
    const struct tvn_table *const *tables; /* by number in role->tables; kept */
    struct tvn_pool *pool;                 /* of its outputs; kept */
    struct tvn_copies *copies;             /* kept */
    const struct tvn_clock *clock;         /* what the guest sees; kept */
    uint64_t memory_max;
    uint64_t deadline_ns;
    uint64_t init_deadline_ns;
    bool state_is_window; /* aggregator: a fresh instance after each flush */

    /* torvyn:stage/log and metrics.  `message` is checked UTF-8, cut to 4 KiB;
     * NULL: dropped. */
    void (*log)(void *env, struct tvn_str stage, enum tvn_log_level level,
        struct tvn_str message);
    void (*metric)(void *env, struct tvn_str stage, struct tvn_str name,
        double value, bool is_add);
    void *env;

    /* WASI, when the guest imports any of it: what it writes to stdout and
     * stderr is logged, a line at a time (info, warn). */
    unsigned wasi_grants; /* TVN_WASI_ bits */
    const struct tvn_wasi_dir *dirs;
    uint32_t dir_count;
};

/* Makes the stage; its start() instantiates and calls init.  TVN_ENOMEM. */
tvn_err tvn_guest_new(const struct tvn_guest_opts *opts,
    TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag);

#endif
