/* guest_internal.h -- what the files of a guest stage share.
 *
 *     guest.c        the stage: made, started, stopped, counted
 *     guest_call.c   one call: lower, run, read the result, faults
 *     guest_run.c    the visits: a loop a role
 *     guest_host.c   what the guest may import: log, clock, metrics, tables
 *     guest_wasi.c   and WASI */
#ifndef TVN_FLOW_GUEST_INTERNAL_H
#define TVN_FLOW_GUEST_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "flow/guest.h"
#include "value/plan.h"

#include <stdbool.h>
#include <stdint.h>

#define TVN__TEXT_MAX 4096u /* bytes of a fault's or a log line's text */

/* One function of the role, ready to be called. */
struct tvn__guest_func {
    const struct tvn_role_func *role; /* role->func == NULL: not there */
    struct tvn_args args;
    uint32_t param_count;
    bool takes_event_only;       /* one parameter, flat: the short way */
    uint32_t control_bytes;      /* of meta or window, per call */
    const struct tvn_plan *lift; /* of one value; NULL: none comes out */
    struct tvn_call call;
    bool is_ready; /* `call` belongs to the living instance */
};

/* What was handed over, besides meta and window. */
struct tvn__lowered {
    uint64_t count; /* argument lists */
    uint64_t bytes;
};

/* The rest of a result that is still in the guest. */
struct tvn__outbox {
    struct tvn__guest_func *func; /* NULL: empty */
    uint32_t ptr;                 /* of the next element */
    uint32_t left;                /* elements */
};

struct tvn__guest;

/* What a guest has written and not ended with a newline. */
struct tvn__guest_line {
    char text[TVN__TEXT_MAX];
    uint32_t len;
};

/* The living instance's WASI. */
struct tvn__guest_wasi {
    struct tvn_wasi *wasi; /* NULL: it imports none, or there is no instance */
    struct tvn_wasi_opts opts;
    struct tvn__guest_line *lines; /* of stdout and stderr */
    struct tvn_host_func *imports; /* guest->hosts and WASI's */
    uint32_t import_count;
    const struct tvn_host_resource *resources;
    uint32_t resource_count;
};

/* What one host function needs. */
struct tvn__host_env {
    struct tvn__guest *guest;
    enum tvn_host_func_kind kind;  /* not for tables */
    const struct tvn_table *table; /* tables */
    const struct tvn_type *params; /* the tuple of the parameters */
    _Alignas(8) uint64_t answer;   /* clocks */
};

struct tvn__guest {
    struct tvn_guest_opts opts;
    struct tvn_arena arena;        /* plans, host functions */
    struct tvn_instance *instance; /* NULL: to be made at the next call */
    struct tvn__guest_func main;
    struct tvn__guest_func flush;
    struct tvn__guest_func complete;
    struct tvn__guest_func init;
    struct tvn__guest_func teardown;
    struct tvn_builder builder;
    const struct tvn_plan *text_plan; /* lifts a string */
    struct tvn__outbox outbox;
    struct tvn_host_func *hosts;
    uint32_t host_count;
    struct tvn__guest_wasi wasi;
    struct tvn_diag diag; /* of the call that failed last */
    struct tvn_buf text;  /* of the fault */

    uint8_t meta[64];   /* a value of std->meta */
    uint8_t window[32]; /* a value of std->window */

    struct tvn_stage_counts counts;
    uint64_t open_window; /* events ingested since the last flush */
    uint64_t timed_ns;    /* inside the guest, in sampled visits */
    uint64_t timed_calls;
    struct tvn_control_counts control_seen; /* already in copies */
};

/* ------------------------------------------------------------------------
 * guest_host.c */

/* Makes guest->hosts.  TVN_ENOMEM. */
tvn_err tvn__guest_hosts(struct tvn__guest *guest);

/* ------------------------------------------------------------------------
 * guest_wasi.c */

/* Makes what an instance is given: guest->wasi.imports and resources. */
tvn_err tvn__guest_wasi_open(struct tvn__guest *guest);

/* After the instance: files are closed, a last line is logged. */
void tvn__guest_wasi_close(struct tvn__guest *guest);

/* ------------------------------------------------------------------------
 * guest_call.c */

/* Prepares `func` for the role's function (nothing to do without one).
 * TVN_ENOMEM, TVN_ELIMIT, TVN_EINVAL (types that do not read: a link check
 * was left out). */
tvn_err tvn__guest_func_init(struct tvn__guest *guest,
    const struct tvn_role_func *role, const struct tvn_type *event_from,
    const struct tvn_type *event_to, struct tvn__guest_func *func);

/* Lowers the arguments and runs the function: `event` (nullable) is an
 * image's data, `meta` whether guest->meta or window is filled.  Fills
 * `fault` when it fails.  `*lowered` grows by what was handed over, also when
 * the guest then fails. */
tvn_err tvn__guest_run(struct tvn__guest *guest, struct tvn__guest_func *func,
    const uint8_t *event, struct tvn_burst *burst, struct tvn__lowered *lowered,
    struct tvn_fault *fault);

/* A lowering failed: the fault, with the reason that a failed realloc left in
 * the instance, which is gone. */
tvn_err tvn__guest_not_lowered(
    struct tvn__guest *guest, tvn_err err, struct tvn_fault *fault);

/* What came back, besides the value. */
enum tvn__outcome {
    TVN__OUTCOME_NONE,  /* nothing, none, an empty list */
    TVN__OUTCOME_VALUE, /* one value at *ptr (or flat) */
    TVN__OUTCOME_LIST,  /* *count elements at *ptr */
    TVN__OUTCOME_WAIT,  /* poll: *wait_ns */
    TVN__OUTCOME_DONE,  /* poll: the end */
};

/* Reads the result's layers.  A fault of the guest's: TVN_EREJECTED and so
 * on by `fault`; broken bytes: TVN_EABI, and the instance is gone. */
tvn_err tvn__guest_result(struct tvn__guest *guest,
    struct tvn__guest_func *func, enum tvn__outcome *outcome, uint32_t *ptr,
    uint32_t *count, uint64_t *wait_ns, struct tvn_fault *fault);

/* Lifts one value at `ptr` (or from slot 0) into a new image. */
tvn_err tvn__guest_lift(struct tvn__guest *guest, struct tvn__guest_func *func,
    uint32_t ptr, struct tvn_image **image, uint64_t *bytes,
    struct tvn_fault *fault);

/* Post-return. */
tvn_err tvn__guest_finish(struct tvn__guest *guest,
    struct tvn__guest_func *func, struct tvn_burst *burst,
    struct tvn_fault *fault);

/* Makes the fault of an engine error, and drops the instance. */
tvn_err tvn__guest_died(
    struct tvn__guest *guest, tvn_err err, struct tvn_fault *fault);

/* A living instance, made and initialised if need be. */
tvn_err tvn__guest_alive(struct tvn__guest *guest, struct tvn_fault *fault);

/* Frees the instance; an open window is lost state. */
void tvn__guest_drop(struct tvn__guest *guest);

/* The same after its teardown: nothing is lost. */
void tvn__guest_retire(struct tvn__guest *guest);

/* Takes what host functions moved since the last time into the copies. */
void tvn__guest_note_control(struct tvn__guest *guest);

/* ------------------------------------------------------------------------
 * guest_run.c: the members of tvn_stage_ops */
tvn_err tvn__guest_visit(void *self, struct tvn_burst *burst);
tvn_err tvn__guest_flush(
    void *self, const struct tvn_window *window, struct tvn_burst *burst);
tvn_err tvn__guest_complete(void *self, bool is_ok, struct tvn_burst *burst);

#endif
