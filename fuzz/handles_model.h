/* handles_model.h -- for fuzz/handles.c: what a handle table must be like,
 * without the table.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FUZZ_HANDLES_MODEL_H
#define TVN_FUZZ_HANDLES_MODEL_H

#include "base/assert.h"
#include "base/mem.h"
#include "component/handles.h"

#include <string.h>

#define MODEL_MAX 256u

struct entry {
    uint32_t resource; /* + 1; 0: free */
    uint32_t rep;
    uint32_t lends[2]; /* by the scope that borrows it */
    bool is_own;
    uint32_t scope; /* borrow: that it was given to */
};

/* Resource 0 is made by part 0, whose table it is, resource 1 by part 1. */
struct rig {
    struct tvn_types *types;
    struct tvn_resource_def defs[2];
    const struct tvn_type *own[2];
    const struct tvn_type *borrow[2];
    struct tvn_handle_table table;
    struct tvn_handle_budget budget;
    struct tvn_call_scope scopes[2];
    uint32_t lends, borrows; /* the scope that is used now */
    struct entry model[MODEL_MAX];
    uint32_t freed[MODEL_MAX];
    uint32_t freed_count;
    uint32_t most; /* handles so far */
};

static inline void
rig_open(struct rig *rig)
{
    *rig = (struct rig){.types = tvn_types_new()};
    for (uint32_t i = 0; i < 2; i++) {
        const struct tvn_resource *r = NULL;

        TVN_ASSERT(
            tvn_type_resource(rig->types, TVN_STR("r"), i, &r) == TVN_OK);
        TVN_ASSERT(tvn_type_handle(rig->types, TVN_KIND_OWN, r, &rig->own[i]) ==
                   TVN_OK);
        TVN_ASSERT(tvn_type_handle(rig->types, TVN_KIND_BORROW, r,
                       &rig->borrow[i]) == TVN_OK);
        rig->defs[i] = (struct tvn_resource_def){.type = r, .part = i};
    }
    tvn_handle_table_init(&rig->table, 0, rig->defs, &rig->budget);
}

static inline const char *
take(struct rig *rig, const struct tvn_type *type, uint32_t handle,
    uint32_t *rep)
{
    return rig->table.handles.take(&rig->table.handles, type, handle, rep);
}

static inline const char *
give(struct rig *rig, const struct tvn_type *type, uint32_t rep,
    uint32_t *handle)
{
    return rig->table.handles.give(&rig->table.handles, type, rep, handle);
}

static inline bool
is_no_memory(const char *why)
{
    return why != NULL && strstr(why, "no memory") != NULL;
}

/* A new handle: the one freed last, else the next. */
static inline void
came(struct rig *rig, const char *why, uint32_t handle,
    const struct entry *entry)
{
    uint32_t wanted =
        rig->freed_count > 0 ? rig->freed[rig->freed_count - 1] : rig->most + 1;

    if (why != NULL) {
        TVN_ASSERT(is_no_memory(why) && rig->freed_count == 0);
        return;
    }
    TVN_ASSERT(handle == wanted);
    if (rig->freed_count > 0) {
        rig->freed_count--;
    } else {
        rig->most++;
    }
    rig->model[handle] = *entry;
}

/* A handle is gone when it could go. */
static inline void
went(struct rig *rig, const char *why, bool may_go, uint32_t rep,
    uint32_t handle)
{
    TVN_ASSERT((why == NULL) == may_go);
    if (why == NULL) {
        TVN_ASSERT(rep == rig->model[handle].rep);
        rig->model[handle] = (struct entry){0};
        rig->freed[rig->freed_count++] = handle;
    }
}

static inline void
end_scope(struct rig *rig, uint32_t number)
{
    tvn_call_scope_end(&rig->scopes[number], &rig->table);
    for (uint32_t i = 0; i < MODEL_MAX; i++) {
        rig->model[i].lends[number] = 0;
    }
}

static inline void
rig_check(const struct rig *rig)
{
    uint32_t live = 0;
    uint32_t borrows[2] = {0};
    uint32_t lent[2] = {0};

    for (uint32_t i = 0; i <= rig->most; i++) {
        const struct entry *entry = &rig->model[i];

        live += entry->resource != 0;
        borrows[entry->scope] += entry->resource != 0 && !entry->is_own;
        lent[0] += entry->lends[0];
        lent[1] += entry->lends[1];
    }
    TVN_ASSERT(rig->table.live == live);
    for (uint32_t i = 0; i < 2; i++) {
        TVN_ASSERT(rig->scopes[i].borrows == borrows[i]);
        TVN_ASSERT(rig->scopes[i].lent_count == lent[i]);
    }
}

/* Each own that is left is found once, in order. */
static inline void
rig_close(struct rig *rig)
{
    const struct tvn_resource *type = NULL;
    uint32_t at = 0;
    uint32_t rep = 0;

    for (uint32_t i = 0; i <= rig->most; i++) {
        const struct entry *entry = &rig->model[i];

        if (entry->resource != 0 && entry->is_own) {
            TVN_ASSERT(tvn_handle_next(&rig->table, &at, &type, &rep));
            TVN_ASSERT(rep == entry->rep);
            TVN_ASSERT(type == rig->defs[entry->resource - 1].type);
        }
    }
    TVN_ASSERT(!tvn_handle_next(&rig->table, &at, &type, &rep));
    tvn_handle_table_fini(&rig->table);
    tvn_call_scope_fini(&rig->scopes[0]);
    tvn_call_scope_fini(&rig->scopes[1]);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

#endif
