/* link.h -- a flow's graph, checked before anything runs.
 *
 *     stages, edges (names, as the file has them)
 *       -> names resolved, ports, directions, cycles
 *       -> the type each edge carries, in topological order
 *       -> a verdict per edge: same | view | codec | incompatible
 *       -> proofs: stall, loss, memory, promise
 *       -> `require:`
 *
 * Neutral: it knows neither the file's reader nor a connector.  Whoever calls
 * fills tvn_link_input; contract/report.h prints the outcome.  Every finding
 * goes to the diag; what could be resolved is filled in even then.
 *
 * Threads: none. */
#ifndef TVN_CONTRACT_LINK_H
#define TVN_CONTRACT_LINK_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "contract/place.h"
#include "contract/role.h"
#include "value/view.h"

#include <stdbool.h>
#include <stdint.h>

#define TVN_LINK_NONE       UINT32_MAX /* no such stage, edge, port */
#define TVN_LINK_STAGES_MAX 4096u
#define TVN_LINK_EDGES_MAX  16384u

/* ---- what goes in ---- */

enum tvn_link_kind {
    TVN_LINK_SOURCE, /* native */
    TVN_LINK_SINK,   /* native */
    TVN_LINK_GUEST,
};

enum tvn_link_overflow {
    TVN_LINK_BLOCK,
    TVN_LINK_DROP_OLDEST,
    TVN_LINK_DROP_NEWEST,
    TVN_LINK_ERROR,
    TVN_LINK_RATE_LIMIT,
};

/* What follows when an event failed (and its retries ran out). */
enum tvn_link_then {
    TVN_LINK_STOP,
    TVN_LINK_DROP,
    TVN_LINK_DEAD_LETTER,
};
#define TVN_LINK_FOREVER UINT32_MAX /* retries */

/* Delivery levels (delivery.md): what survives our own death. */
enum tvn_promise {
    TVN_PROMISE_BEST_EFFORT,      /* L0 */
    TVN_PROMISE_AT_MOST_ONCE,     /* L1: every loss counted */
    TVN_PROMISE_AT_LEAST_ONCE,    /* L2 */
    TVN_PROMISE_EFFECTIVELY_ONCE, /* L3 */
};

struct tvn_link_stage {
    struct tvn_str name;
    struct tvn_place place; /* in the pipeline file */
    enum tvn_link_kind kind;

    /* native */
    const char *connector;       /* "file" */
    const char *codec;           /* "json"; NULL: takes values as they are */
    const struct tvn_type *type; /* source: what it gives; sink: what it
                                  * takes (`fields:`), NULL: any type */
    enum tvn_promise promise;
    const char *promise_why; /* "file without checkpoint"; NULL: nothing
                              * weakens it */
    uint32_t unacked_max;    /* source: records out at once; 0: no limit */

    /* guest */
    const struct tvn_role_info *role;  /* NULL: could not be read; then its
                                        * edges are not checked further */
    const struct tvn_wit_world *world; /* for places; NULL: not known */
    unsigned grants;                   /* TVN_GRANT_ bits */
    const struct tvn_str *tables;      /* names bound in the file */
    uint32_t table_count;
    bool has_config;       /* the file has `config:` */
    bool has_window;       /* ... and `window:` */
    uint32_t window_count; /* window: { count: N }; 0: by time or none */
    uint64_t deadline_ns;  /* of a call */
    uint64_t memory_max;   /* limit of its linear memory, bytes */
    bool state_is_window;  /* a fresh instance after each flush */

    /* both */
    uint32_t retries;                        /* on-error; TVN_LINK_FOREVER */
    uint64_t backoff_min_ns, backoff_max_ns; /* between them */
    enum tvn_link_then then;
    const char *thread;    /* NULL: the flow's own */
    uint64_t buffer_bytes; /* connector buffers, a guest's builder, ... */
};

struct tvn_link_edge {
    struct tvn_str from;
    struct tvn_str port; /* empty: the stage's main output */
    struct tvn_str to;
    struct tvn_place place; /* of the arrow */
    uint32_t capacity;
    uint64_t bytes;
    enum tvn_link_overflow overflow;
    uint64_t rate;     /* tokens a second, for any overflow; 0: none */
    uint64_t burst;    /* tokens at once; 0: no rate */
    const char *codec; /* on the edge; NULL: none */
};

struct tvn_link_require {
    struct tvn_place place;
    const struct tvn_str *cannot_stall_others; /* sinks */
    uint32_t cannot_stall_others_count;
    bool has_loss;
    const struct tvn_str *loss; /* stages where loss is accepted */
    uint32_t loss_count;
    uint64_t memory_max; /* bytes; 0: not required */
    bool has_delivery;
    enum tvn_promise delivery;
    bool missing_none;
    bool threads; /* no guest before those sinks (before any, when none is
                   * named) shares a thread with others */
};

struct tvn_link_input {
    struct tvn_str flow;
    const struct tvn_link_stage *stages;
    uint32_t stage_count;
    const struct tvn_link_edge *edges;
    uint32_t edge_count;
    uint32_t max_event;  /* bytes of the largest image block */
    uint64_t pool_bytes; /* free blocks that each thread keeps */
    bool has_dead_letter;
    struct tvn_link_require require;
    const struct tvn_places *places; /* NULL: types are printed instead */
    const struct tvn_wit *const *wits;
    uint32_t wit_count;
};

/* ---- what comes out ---- */

enum tvn_link_verdict {
    TVN_LINK_UNKNOWN, /* one side could not be resolved */
    TVN_LINK_SAME,
    TVN_LINK_VIEW,
    TVN_LINK_CODEC,
    TVN_LINK_INCOMPATIBLE,
};

/* Where an edge leaves its stage. */
enum tvn_link_out {
    TVN_LINK_OUT_MAIN,
    TVN_LINK_OUT_PORT,     /* of a router; number in `port` */
    TVN_LINK_OUT_REJECTED, /* of a filter */
    TVN_LINK_OUT_UNROUTED, /* of a router */
};

struct tvn_link_edge_info {
    const char *name; /* "route.late -> announce" */
    uint32_t from;    /* stage numbers; TVN_LINK_NONE: no such stage */
    uint32_t to;
    enum tvn_link_out out;
    uint32_t port;                  /* OUT_PORT; else TVN_LINK_NONE */
    const struct tvn_type *carried; /* A; NULL: not known */
    const struct tvn_type *read;    /* B; NULL: whole or nothing of it */
    enum tvn_link_verdict verdict;
    struct tvn_view view; /* SAME, VIEW, INCOMPATIBLE */
    bool is_shared;       /* the consumer passes the same image on */
    const char *text;    /* "late: bool, 1 of 72 B, shared image"; "" unknown */
    uint32_t image_max;  /* the largest image's block, header included */
    uint64_t memory_max; /* min(capacity x image_max, bytes) */
};

struct tvn_link_stage_info {
    enum tvn_role role;
    bool is_known;              /* a guest's role was given */
    const struct tvn_type *in;  /* what comes in, when all edges agree */
    const struct tvn_type *out; /* what it sends; NULL: sink, not known */
    uint32_t image_max;         /* of its outputs; 0: not known */
    uint32_t in_count, out_count;
    bool has_rejected, has_unrouted; /* that port is wired */
};

/* When this sink stands still: a stage stands still with it when it waits for
 * a full edge that blocks or is limited in rate, when it holds an event that
 * an edge refused (it retries), when its failed events go to a dead letter
 * that stands still, or when all that feed it do. */
struct tvn_link_stall {
    uint32_t sink;          /* stage; TVN_LINK_NONE: the dead letter */
    const uint32_t *stages; /* that stand still with it, not itself, in the
                             * order of the flow */
    uint32_t count;
    bool is_isolated;
    bool stops_flow;      /* its failure ends the flow (on-error: stop) */
    uint32_t stopper;     /* the stage whose on-error that is */
    bool shares_thread;   /* a guest of its branch shares others' thread ... */
    uint64_t deadline_ns; /* ... and may hold it as long as this; 0: none set */
};

enum tvn_link_loss_kind {
    TVN_LOSS_DROP_OLDEST,
    TVN_LOSS_DROP_NEWEST, /* of drop-oldest, too: when its consumer has begun
                           * all that waits, or without a token */
    TVN_LOSS_REFUSED,     /* overflow: error, then dropped by on-error */
    TVN_LOSS_ON_ERROR,
    TVN_LOSS_STATE,    /* a trapped aggregator's open window, unless every
                        * source behind it gives its records back */
    TVN_LOSS_FILTERED, /* intended, from here on; a processor's none, too */
    TVN_LOSS_UNROUTED,
};

struct tvn_link_loss {
    enum tvn_link_loss_kind kind;
    uint32_t stage;      /* to whom it belongs */
    uint32_t edge;       /* TVN_LINK_NONE: the stage itself */
    const char *counter; /* the ledger's column */
    bool is_intended;
};

enum tvn_link_memory_kind {
    TVN_MEMORY_EDGE,
    TVN_MEMORY_OUTBOX,    /* one image of a guest that produces */
    TVN_MEMORY_RETRY,     /* one image of a stage that retries */
    TVN_MEMORY_CONNECTOR, /* its buffers */
    TVN_MEMORY_GUEST,     /* the limit of its linear memory */
    TVN_MEMORY_POOL,
};
#define TVN_MEMORY_KIND_COUNT (TVN_MEMORY_POOL + 1)

struct tvn_link_memory {
    enum tvn_link_memory_kind kind;
    uint32_t index; /* edge or stage; POOL: 0, or 1 + the thread's number */
    uint64_t bytes;
};

/* One pair of source and sink that a path joins. */
struct tvn_link_promise {
    uint32_t source;
    uint32_t sink;
    enum tvn_promise level;
    const char *why; /* what weakens it first; "" when nothing does */
};

struct tvn_link {
    struct tvn_arena arena;             /* owns all of the below */
    const struct tvn_link_input *input; /* kept: must outlive this */
    struct tvn_link_stage_info *stages; /* by stage number */
    struct tvn_link_edge_info *edges;   /* by edge number */
    uint32_t *order;      /* stage numbers, every producer before its
                           * consumers; the file's order where it is free */
    uint32_t order_count; /* less than the stages: there is a cycle */
    const char **threads; /* besides the flow's own, by first stage */
    uint32_t thread_count;
    bool has_proofs; /* false: the graph has errors, none of the below */

    struct tvn_link_stall *stalls;
    uint32_t stall_count;
    struct tvn_link_loss *losses;
    uint32_t loss_count;
    struct tvn_link_memory *memory;
    uint32_t memory_count;
    uint64_t memory_total; /* saturates */
    uint64_t memory_of[TVN_MEMORY_KIND_COUNT];
    struct tvn_link_promise *promises;
    uint32_t promise_count;
    enum tvn_promise promise; /* the weakest of them */
};

/* Checks everything.  TVN_OK, or the first finding's code (E0203 and
 * E0210-E0239, all of them in `diag`, which may be NULL); then `*out` is
 * filled as far as it went, to be ended with tvn_link_fini.  TVN_ENOMEM, or
 * TVN_ELIMIT (more stages or edges than above): `*out` is zeroed. */
tvn_err tvn_link_check(const struct tvn_link_input *input, struct tvn_link *out,
    struct tvn_diag *diag);

/* Frees everything and leaves `link` zeroed. */
void tvn_link_fini(struct tvn_link *link);

/* "at-least-once" etc.; `tvn_promise_find` -1 when there is no such level. */
const char *tvn_promise_name(enum tvn_promise level);
int tvn_promise_find(struct tvn_str name);
const char *tvn_link_verdict_name(enum tvn_link_verdict verdict);
const char *tvn_link_overflow_name(enum tvn_link_overflow overflow);
const char *tvn_link_then_name(enum tvn_link_then then);

#endif
