/* internal.h -- what the files of contract/ share. */
#ifndef TVN_CONTRACT_INTERNAL_H
#define TVN_CONTRACT_INTERNAL_H

#include "base/diag.h"
#include "contract/link.h"
#include "contract/role.h"
#include "value/image.h"

#define TVN__PRINTED_MAX 4u /* members of a type in a message */

/* ------------------------------------------------------------------------
 * role.c, shape.c, imports.c */

/* The functions that a stage may have, those that name a role first. */
enum tvn__form {
    TVN__FORM_PULL,
    TVN__FORM_PROCESS,
    TVN__FORM_EVALUATE,
    TVN__FORM_ROUTE,
    TVN__FORM_INGEST,
    TVN__FORM_PUSH,
    TVN__FORM_FLUSH,
    TVN__FORM_COMPLETE,
    TVN__FORM_INIT,
    TVN__FORM_TEARDOWN,
};
#define TVN__FORM_KEYS  (TVN__FORM_PUSH + 1)
#define TVN__FORM_COUNT (TVN__FORM_TEARDOWN + 1)

/* A place where a role may stand: the world itself or an interface. */
struct tvn__site {
    struct tvn_str interface; /* empty: the world */
    const struct tvn_extern *items;
    uint32_t count;
};

struct tvn__reader {
    const struct tvn_role_face *face;
    const struct tvn_stage_types *std;
    struct tvn_arena *arena;
};

const char *tvn__form_name(enum tvn__form form);

/* Reads `item` as that form.  Each reason why not goes to `diag`; the codes
 * are tvn_role_infer's. */
tvn_err tvn__shape_read(const struct tvn__reader *reader,
    const struct tvn__site *site, const struct tvn_extern *item,
    enum tvn__form form, struct tvn_role_func *out, struct tvn_diag *diag);

/* An error about a function of the site: the text, the function as it was
 * found (with its place in the WIT, if known), the form's shape as help.
 * Returns `err`. */
tvn_err tvn__shape_refuse(const struct tvn__reader *reader,
    const struct tvn__site *site, const struct tvn_extern *item,
    enum tvn__form form, tvn_err err, const char *why, struct tvn_diag *diag);

/* Sorts the imports of `face` into tables, host functions and unknown ones of
 * `info`.  TVN_ENOMEM. */
tvn_err tvn__imports_read(const struct tvn_stage_types *std,
    struct tvn_arena *arena, const struct tvn_role_face *face,
    struct tvn_role_info *info);

/* The type in one line, in the arena; "..." when memory is out. */
const char *tvn__type_text(
    struct tvn_arena *arena, const struct tvn_type *type);

/* ------------------------------------------------------------------------
 * link.c, graph.c, edges.c, edge_text.c, stages.c, stall.c, proofs.c,
 * require.c: one pass after the other over one linker.  Each returns
 * TVN_ENOMEM or TVN_OK; what is wrong goes to the diag and to `found`. */

/* Edge numbers by stage, in the file's order: those of stage s are
 * edges[first[s]] .. edges[first[s + 1] - 1]. */
struct tvn__edge_lists {
    uint32_t *first;
    uint32_t *edges;
};

struct tvn__linker {
    const struct tvn_link_input *input;
    struct tvn_link *link;
    struct tvn_diag *diag;
    struct tvn_arena scratch;
    struct tvn_pool *pool; /* asked for its size classes only */
    tvn_err found;         /* the first finding's code */
    uint32_t suggestions;  /* made so far: they cost a walk over all names */

    /* graph.c */
    bool *is_usable; /* by edge: ends, direction and port are right */
    struct tvn__edge_lists outs; /* usable edges only */
    struct tvn__edge_lists ins;
    struct tvn_str *names; /* of the stages */
    bool is_sound;         /* no finding about the graph, all roles known */

    uint32_t *origin; /* edges.c: by stage, whose output its type is */
    uint32_t *thread; /* stages.c: by stage: 0 the flow's own, else 1 + its
                       * number in link->threads */
    uint32_t *only;   /* stall.c: by stage, the only sink that it reaches;
                       * TVN_LINK_NONE: several */
};

tvn_err tvn__graph_check(struct tvn__linker *linker);
tvn_err tvn__edges_check(struct tvn__linker *linker);
tvn_err tvn__stages_check(struct tvn__linker *linker);
tvn_err tvn__stall_prove(struct tvn__linker *linker);
tvn_err tvn__loss_prove(struct tvn__linker *linker);
tvn_err tvn__memory_prove(struct tvn__linker *linker);
tvn_err tvn__promise_prove(struct tvn__linker *linker);
tvn_err tvn__require_check(struct tvn__linker *linker);

/* report.c, report_json.c: words of both. */
struct tvn_str tvn__report_stage(const struct tvn_link *link, uint32_t stage);
const char *tvn__report_loss(enum tvn_link_loss_kind kind);
const char *tvn__report_memory(enum tvn_link_memory_kind kind);

/* Keeps the first finding's code. */
static inline void
tvn__found(struct tvn__linker *linker, tvn_err err)
{
    if (linker->found == TVN_OK) {
        linker->found = err;
    }
}

/* tvn_diag_suggest for the newest finding, but only so often in one run.
 * Returns the candidate that was meant, -1: none. */
int tvn__link_suggest(struct tvn__linker *linker, struct tvn_str word,
    const struct tvn_str *candidates, size_t count);

/* Where they stand in the file, with `what` for the message. */
struct tvn_place tvn__stage_place(struct tvn__linker *linker, uint32_t stage);
struct tvn_place tvn__edge_place(struct tvn__linker *linker, uint32_t edge);

/* What a consumer asks for of an event; NULL: all or nothing of it. */
const struct tvn_type *tvn__wanted_type(const struct tvn_link_stage *stage);

/* Writes edge->text.  Its verdict is known.  TVN_ENOMEM. */
tvn_err tvn__edge_text(struct tvn__linker *linker, uint32_t edge);

/* The type's name in the WIT that the stage knows, else a short text of it;
 * in the scratch. */
const char *tvn__type_label(
    struct tvn__linker *linker, uint32_t stage, const struct tvn_type *type);

/* "4 MiB"; in the scratch. */
const char *tvn__bytes_text(struct tvn__linker *linker, uint64_t bytes);

/* The buffer's text, kept in the link; NULL when memory is or was out. */
const char *tvn__link_keep(struct tvn__linker *linker, struct tvn_buf *buf);

static inline bool
tvn__is_sink(const struct tvn__linker *linker, uint32_t stage)
{
    return linker->link->stages[stage].role == TVN_ROLE_SINK;
}

/* True when a stage's last word on a failed event is to end the flow. */
static inline bool
tvn__stops_flow(const struct tvn_link_stage *stage)
{
    return stage->then == TVN_LINK_STOP && stage->retries != TVN_LINK_FOREVER;
}

#endif
