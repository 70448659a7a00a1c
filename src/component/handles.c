/* handles.c -- handle tables; see handles.h. */
#include "component/handles.h"

#include "base/assert.h"
#include "base/guest_check.h"
#include "base/mem.h"

struct tvn__handle {
    const struct tvn_resource *type; /* NULL: free */
    uint32_t rep;
    uint32_t next;  /* free: the one freed before */
    uint32_t lends; /* calls that borrow it */
    bool is_own;
    struct tvn_call_scope *scope; /* borrow: the call it was given to */
};

struct tvn__moved {
    const struct tvn_resource *type;
    uint32_t rep;
};

/* ------------------------------------------------------------------------
 * Slots. */

static const char *
get(const struct tvn_handle_table *table, const struct tvn_resource *type,
    uint32_t handle, struct tvn__handle **out)
{
    if (!TVN_GUEST_CHECK(101, handle < table->count) ||
        !TVN_GUEST_CHECK(102, table->slots[handle].type != NULL)) {
        return "is no handle";
    }
    if (!TVN_GUEST_CHECK(103, table->slots[handle].type == type)) {
        return "is a handle of another resource";
    }
    *out = &table->slots[handle];
    return NULL;
}

static bool
grow(struct tvn_handle_table *table)
{
    uint32_t cap = table->cap == 0 ? 16 : table->cap * 2;
    void *slots =
        tvn_mem_resize(table->slots, table->cap, cap, sizeof(*table->slots));

    if (slots == NULL) {
        return false;
    }
    table->slots = slots;
    table->cap = cap;
    if (table->count == 0) { /* index 0 is never a handle */
        table->slots[0] = (struct tvn__handle){0};
        table->count = 1;
        table->budget->slots++;
    }
    return true;
}

static const char *
add(struct tvn_handle_table *table, const struct tvn__handle *entry,
    uint32_t *handle)
{
    uint32_t index = table->free;

    if (index != 0) {
        table->free = table->slots[index].next;
    } else {
        if (!TVN_GUEST_CHECK(104, table->budget->slots < TVN_HANDLES_MAX)) {
            return "is one too many";
        }
        if (table->count == table->cap && !grow(table)) {
            return "has no memory";
        }
        index = table->count++;
        table->budget->slots++;
    }
    table->slots[index] = *entry;
    table->live++;
    *handle = index;
    return NULL;
}

static void
release(struct tvn_handle_table *table, struct tvn__handle *slot)
{
    *slot = (struct tvn__handle){.next = table->free};
    table->free = (uint32_t)(slot - table->slots);
    table->live--;
}

/* ------------------------------------------------------------------------
 * What a guest does with its own resources. */

const char *
tvn_handle_new(struct tvn_handle_table *table, const struct tvn_resource *type,
    uint32_t rep, uint32_t *handle)
{
    return add(table,
        &(struct tvn__handle){.type = type, .rep = rep, .is_own = true},
        handle);
}

const char *
tvn_handle_rep(const struct tvn_handle_table *table,
    const struct tvn_resource *type, uint32_t handle, uint32_t *rep)
{
    struct tvn__handle *slot = NULL;
    const char *why = get(table, type, handle, &slot);

    if (why == NULL) {
        *rep = slot->rep;
    }
    return why;
}

const char *
tvn_handle_drop(struct tvn_handle_table *table, const struct tvn_resource *type,
    uint32_t handle, bool *is_own, uint32_t *rep)
{
    struct tvn__handle *slot = NULL;
    const char *why = get(table, type, handle, &slot);

    if (why != NULL) {
        return why;
    }
    if (!TVN_GUEST_CHECK(105, slot->lends == 0)) {
        return "is lent to a call that has not returned";
    }
    *is_own = slot->is_own;
    *rep = slot->rep;
    if (!slot->is_own) {
        slot->scope->borrows--;
    }
    release(table, slot);
    return NULL;
}

/* ------------------------------------------------------------------------
 * Between two owners. */

bool
tvn_transit_add(
    struct tvn_transit *transit, const struct tvn_resource *type, uint32_t rep)
{
    uint32_t cap = transit->cap == 0 ? 8 : transit->cap * 2;
    void *moved;

    if (transit->count == transit->cap) {
        moved = tvn_mem_resize(
            transit->moved, transit->cap, cap, sizeof(*transit->moved));
        if (moved == NULL) {
            return false;
        }
        transit->moved = moved;
        transit->cap = cap;
    }
    transit->moved[transit->count++] = (struct tvn__moved){type, rep};
    return true;
}

/* They arrive in the order in which they left: it is the first one. */
static void
arrive(
    struct tvn_transit *transit, const struct tvn_resource *type, uint32_t rep)
{
    for (uint32_t i = transit->first; i < transit->count; i++) {
        struct tvn__moved *moved = &transit->moved[i];

        if (moved->type == type && moved->rep == rep) {
            *moved = transit->moved[transit->first++];
            return;
        }
    }
}

bool
tvn_transit_next(struct tvn_transit *transit, const struct tvn_resource **type,
    uint32_t *rep)
{
    if (transit->first == transit->count) {
        return false;
    }
    *type = transit->moved[transit->first].type;
    *rep = transit->moved[transit->first].rep;
    transit->first++;
    return true;
}

void
tvn_transit_fini(struct tvn_transit *transit)
{
    tvn_mem_free(transit->moved, transit->cap, sizeof(*transit->moved));
    *transit = (struct tvn_transit){0};
}

/* ------------------------------------------------------------------------
 * What plans do. */

static bool
lend(struct tvn_call_scope *scope, uint32_t handle)
{
    uint32_t cap = scope->lent_cap == 0 ? 8 : scope->lent_cap * 2;
    void *lent;

    if (scope->lent_count == scope->lent_cap) {
        lent = tvn_mem_resize(
            scope->lent, scope->lent_cap, cap, sizeof(*scope->lent));
        if (lent == NULL) {
            return false;
        }
        scope->lent = lent;
        scope->lent_cap = cap;
    }
    scope->lent[scope->lent_count++] = handle;
    return true;
}

static const char *
take_own(
    struct tvn_handle_table *table, struct tvn__handle *slot, uint32_t *rep)
{
    if (!TVN_GUEST_CHECK(106, slot->lends == 0)) {
        return "is lent to a call that has not returned";
    }
    if (!TVN_GUEST_CHECK(107, slot->is_own)) {
        return "is borrowed and cannot be given away";
    }
    if (table->transit != NULL &&
        !tvn_transit_add(table->transit, slot->type, slot->rep)) {
        return "has no memory";
    }
    *rep = slot->rep;
    release(table, slot);
    return NULL;
}

static const char *
take(struct tvn_handles *handles, const struct tvn_type *type, uint32_t handle,
    uint32_t *rep)
{
    struct tvn_handle_table *table = (struct tvn_handle_table *)handles;
    struct tvn__handle *slot = NULL;
    const char *why = get(table, type->resource, handle, &slot);

    if (why != NULL) {
        return why;
    }
    if (type->kind == TVN_KIND_OWN) {
        return take_own(table, slot, rep);
    }
    if (table->lends == NULL) { /* a result: the validator refuses such types */
        return "is borrowed for longer than the call";
    }
    /* a list can lend one handle any number of times, and calls nest */
    if (!TVN_GUEST_CHECK(108, table->budget->loans < TVN_LOANS_MAX)) {
        return "is one loan too many";
    }
    if (!lend(table->lends, handle)) {
        return "has no memory";
    }
    table->budget->loans++;
    slot->lends++;
    *rep = slot->rep;
    return NULL;
}

/* Who makes the resource needs no handle to use what it borrows. */
static const char *
give(struct tvn_handles *handles, const struct tvn_type *type, uint32_t rep,
    uint32_t *handle)
{
    struct tvn_handle_table *table = (struct tvn_handle_table *)handles;
    struct tvn__handle entry = {.type = type->resource, .rep = rep};
    uint32_t index = type->resource->index;
    const char *why;

    if (type->kind == TVN_KIND_OWN) {
        entry.is_own = true;
        why = add(table, &entry, handle);
        if (why == NULL && table->transit != NULL) {
            arrive(table->transit, entry.type, rep);
        }
        return why;
    }
    if (index != TVN_NONE && table->resources[index].part == table->part) {
        *handle = rep;
        return NULL;
    }
    if (table->borrows == NULL) {
        return "is borrowed for longer than the call";
    }
    entry.scope = table->borrows;
    why = add(table, &entry, handle);
    if (why == NULL) {
        table->borrows->borrows++;
    }
    return why;
}

/* ------------------------------------------------------------------------
 * Life. */

void
tvn_handle_table_init(struct tvn_handle_table *table, uint32_t part,
    const struct tvn_resource_def *resources, struct tvn_handle_budget *budget)
{
    *table = (struct tvn_handle_table){
        .handles = {.take = take, .give = give},
        .part = part,
        .resources = resources,
        .budget = budget,
    };
}

void
tvn_handle_table_fini(struct tvn_handle_table *table)
{
    tvn_mem_free(table->slots, table->cap, sizeof(*table->slots));
    table->slots = NULL;
    table->cap = 0;
    table->count = 0;
}

bool
tvn_handle_next(struct tvn_handle_table *table, uint32_t *at,
    const struct tvn_resource **type, uint32_t *rep)
{
    for (; *at < table->count; ++*at) {
        struct tvn__handle *slot = &table->slots[*at];

        if (slot->type != NULL && slot->is_own) {
            *type = slot->type;
            *rep = slot->rep;
            release(table, slot);
            return true;
        }
    }
    return false;
}

void
tvn_call_scope_end(struct tvn_call_scope *scope, struct tvn_handle_table *table)
{
    for (uint32_t i = 0; i < scope->lent_count; i++) {
        TVN_ASSERT(table->slots[scope->lent[i]].lends > 0);
        table->slots[scope->lent[i]].lends--;
    }
    table->budget->loans -= scope->lent_count;
    scope->lent_count = 0;
}

void
tvn_call_scope_fini(struct tvn_call_scope *scope)
{
    tvn_mem_free(scope->lent, scope->lent_cap, sizeof(*scope->lent));
    *scope = (struct tvn_call_scope){0};
}
