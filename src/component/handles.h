/* handles.h -- the handle table of one component instance, and the scope of a
 * call that lends and borrows.
 *
 *     index    what                             who may drop it
 *     0        never a handle
 *     1 ...    own: a resource that is its      dtor or host, when not lent
 *              borrow: of a call's argument     must, before the call returns
 *
 * The rules are CanonicalABI.md's (Table, ResourceHandle, lift_own,
 * lift_borrow, lower_own, lower_borrow, resource.new, .drop and .rep).
 * Handles come from guests and are hostile: what is wrong with one is
 * answered as text ("is no handle"), NULL is success.
 *
 * Memory: grows with the most handles alive at a time.  Threads: the one of
 * the table's instance. */
#ifndef TVN_COMPONENT_HANDLES_H
#define TVN_COMPONENT_HANDLES_H

#include "base/error.h"
#include "base/own.h"
#include "component/program.h"
#include "value/plan.h"

#include <stdbool.h>
#include <stdint.h>

#define TVN_HANDLES_MAX (UINT32_C(1) << 20) /* the format's limit is 2^28 */
#define TVN_LOANS_MAX   (UINT32_C(1) << 20) /* at a time */

/* What the tables of one instance have taken together: both limits are of
 * them all, since a component may hold thousands of others. */
struct tvn_handle_budget {
    uint32_t slots;
    uint32_t loans;
};

/* One call.  As the callee's: how many borrows it was given and has not
 * dropped.  As the caller's: what of its handles is lent for it. */
struct tvn_call_scope {
    uint32_t borrows;
    uint32_t *lent; /* handles, one a loan */
    uint32_t lent_count;
    uint32_t lent_cap;
};

/* Owns between two owners: lifted out of one table, or handed over by the
 * host, and not in the next table yet.  Whoever fails on the way leaves them
 * here, so that they do not get lost. */
struct tvn_transit {
    struct tvn__moved *moved;
    uint32_t first; /* those before have arrived */
    uint32_t count;
    uint32_t cap;
};

struct tvn__handle;

struct tvn_handle_table {
    struct tvn_handles handles;               /* first: what plans see */
    uint32_t part;                            /* whose it is */
    const struct tvn_resource_def *resources; /* of the program; kept */
    /* Of the call whose values are lifted from, or lowered into, the
     * instance: set by the engine before a plan runs. */
    struct tvn_call_scope *lends;
    struct tvn_call_scope *borrows;
    /* What `take` adds an own to, and `give` looks for it in; NULL: none. */
    struct tvn_transit *transit;
    struct tvn__handle *slots;
    uint32_t count; /* slots in use so far, the one of index 0 included */
    uint32_t cap;
    uint32_t free; /* the last one freed, 0: none */
    uint32_t live;
    struct tvn_handle_budget *budget;
};

void tvn_handle_table_init(struct tvn_handle_table *table, uint32_t part,
    TVN_KEPT const struct tvn_resource_def *resources,
    TVN_KEPT struct tvn_handle_budget *budget);
void tvn_handle_table_fini(struct tvn_handle_table *table);

/* resource.new */
const char *tvn_handle_new(struct tvn_handle_table *table,
    const struct tvn_resource *type, uint32_t rep, uint32_t *handle);

/* resource.rep */
const char *tvn_handle_rep(const struct tvn_handle_table *table,
    const struct tvn_resource *type, uint32_t handle, uint32_t *rep);

/* resource.drop: the handle is gone; `*is_own`: the resource behind it is to
 * be destroyed. */
const char *tvn_handle_drop(struct tvn_handle_table *table,
    const struct tvn_resource *type, uint32_t handle, bool *is_own,
    uint32_t *rep);

/* Ends the loans of a call that has returned to the table's instance. */
void tvn_call_scope_end(
    struct tvn_call_scope *scope, struct tvn_handle_table *table);
void tvn_call_scope_fini(struct tvn_call_scope *scope);

/* An own of the host's.  False: no memory. */
bool tvn_transit_add(
    struct tvn_transit *transit, const struct tvn_resource *type, uint32_t rep);

/* All have arrived. */
static inline void
tvn_transit_clear(struct tvn_transit *transit)
{
    transit->first = 0;
    transit->count = 0;
}

/* Takes out one that has not arrived.  False: no more. */
bool tvn_transit_next(struct tvn_transit *transit,
    const struct tvn_resource **type, uint32_t *rep);
void tvn_transit_fini(struct tvn_transit *transit);

/* The next own handle from `*at` on (0 first), taken out whether lent or not:
 * for when the instance is gone.  False: no more. */
bool tvn_handle_next(struct tvn_handle_table *table, uint32_t *at,
    const struct tvn_resource **type, uint32_t *rep);

#endif
