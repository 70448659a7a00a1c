/* values.h -- for fuzz targets: a type and its plans, memory that a value is
 * lifted from or lowered into, and what is in a value.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FUZZ_VALUES_H
#define TVN_FUZZ_VALUES_H

#include "base/mem.h"
#include "component/program.h"
#include "fuzz/guest.h"
#include "value/plan.h"

#define SCRIPT_SIZE 40u

struct world {
    struct input in;
    struct tvn_types *types;
    struct tvn_resource_def defs[2];   /* made by parts 0 and 1 */
    const struct tvn_type *handles[4]; /* own and borrow of each */
    const struct tvn_type *type;
    const struct tvn_plan *lift, *lower;
    struct tvn_arena arena;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_memory hostile;
    uint8_t *block; /* a block of its own: a byte too far is seen */
    size_t block_size;
    struct tvn_memory *memory; /* that `get` lifts from */
    bool is_flat;
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX];
    uint32_t put_at;
};

static inline void
world_open(struct world *w, const uint8_t *data, size_t size)
{
    *w = (struct world){.in = {.at = data, .end = data + size}};
    w->types = tvn_types_new();
    w->pool = tvn_pool_new(1u << 18, 1u << 16);
    TVN_ASSERT(w->types != NULL && w->pool != NULL);
    tvn_builder_init(&w->builder, w->pool);
}

/* Types may hold handles from here on. */
static inline void
world_has_handles(struct world *w)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct tvn_resource *r = NULL;

        TVN_ASSERT(tvn_type_resource(w->types, TVN_STR("r"), i, &r) == TVN_OK);
        TVN_ASSERT(tvn_type_handle(w->types, TVN_KIND_OWN, r,
                       &w->handles[2 * i]) == TVN_OK);
        TVN_ASSERT(tvn_type_handle(w->types, TVN_KIND_BORROW, r,
                       &w->handles[2 * i + 1]) == TVN_OK);
        w->defs[i] = (struct tvn_resource_def){.type = r, .part = i};
        w->in.resources[i] = r;
    }
}

/* Values are handed over as `type` from here on. */
static inline void
world_plan(
    struct world *w, const struct tvn_type *from, const struct tvn_type *type)
{
    w->type = type;
    TVN_ASSERT(tvn_plan_lift(&w->arena, type, &w->lift) == TVN_OK);
    TVN_ASSERT(tvn_plan_lower(&w->arena, from, type, &w->lower) == TVN_OK);
}

static inline void
no_refresh(struct tvn_memory *memory)
{
    (void)memory; /* it never grows */
}

/* The rest of the input, behind what `in` goes on with, becomes memory. */
static inline void
world_load(
    struct world *w, struct tvn_handles *handles, enum tvn_encoding encoding)
{
    size_t rest = (size_t)(w->in.end - w->in.at);
    size_t script = rest < SCRIPT_SIZE ? rest : SCRIPT_SIZE;
    const uint8_t *from = w->in.at + script;

    w->in.end = from;
    w->block_size = rest - script;
    w->block = tvn_mem_new(1, w->block_size + 1);
    TVN_ASSERT(w->block != NULL);
    if (w->block_size > 0) {
        memcpy(w->block + 1, from, w->block_size);
        memcpy(w->slots, from,
            w->block_size < sizeof(w->slots) ? w->block_size
                                             : sizeof(w->slots));
    }
    w->hostile = (struct tvn_memory){.base = w->block + 1,
        .size = w->block_size,
        .refresh = no_refresh,
        .encoding = encoding,
        .keeps_width = encoding == TVN_LATIN1_UTF16,
        .handles = handles};
    w->memory = &w->hostile;
    w->is_flat = w->type->flat_count <= TVN_FLAT_PARAMS_MAX &&
                 input_byte(&w->in) % 2 == 0;
}

static inline void
world_close(struct world *w)
{
    tvn_mem_free(w->block, 1, w->block_size + (w->block != NULL));
    tvn_builder_fini(&w->builder);
    tvn_pool_free(w->pool);
    tvn_arena_fini(&w->arena);
    tvn_types_free(w->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* Lifts from w->memory. */
static inline tvn_err
get(struct world *w, struct tvn_image **image, uint32_t ptr, uint64_t *bytes)
{
    struct tvn_diag diag = {0};
    tvn_err err = tvn_builder_begin(&w->builder, w->type);

    TVN_ASSERT(err == TVN_OK);
    err = w->is_flat ? tvn_lift_flat(w->lift, w->memory, w->slots, &w->builder,
                           0, bytes, &diag)
                     : tvn_lift_load(w->lift, w->memory, ptr, &w->builder, 0,
                           bytes, &diag);
    TVN_ASSERT(err == TVN_OK || err == TVN_EABI || err == TVN_ETOOBIG);
    TVN_ASSERT(err != TVN_EABI || diag.errors == 1);
    tvn_diag_fini(&diag);
    return err == TVN_OK ? tvn_builder_finish(&w->builder, image) : err;
}

enum put_where { PUT_WELL, PUT_OUTSIDE, PUT_MISALIGNED };

/* Lowers into `guest`, flat or to where it says.  Asserted: what came of it is
 * what the guest deserved. */
static inline tvn_err
put(struct world *w, const struct tvn_image *image, struct guest *guest,
    bool wants_flat, enum put_where where)
{
    uint32_t align = w->type->align;
    struct tvn_diag diag = {0};
    uint64_t bytes = 0;
    tvn_err err;

    w->is_flat = wants_flat && w->type->flat_count <= TVN_FLAT_PARAMS_MAX;
    w->put_at = 64;
    if (w->is_flat) {
        memset(w->slots, 0x5A, sizeof(w->slots));
        err = tvn_lower_flat(
            w->lower, image->data, 0, &guest->memory, w->slots, &bytes, &diag);
    } else {
        TVN_ASSERT(64 + w->type->size < GUEST_SMALL);
        guest->lied =
            where == PUT_OUTSIDE || (where == PUT_MISALIGNED && align > 1);
        if (where == PUT_OUTSIDE) {
            w->put_at = ((GUEST_SMALL - w->type->size) & ~(align - 1)) + align;
        } else if (guest->lied) {
            w->put_at += align / 2;
        } else {
            guest_give(guest, 64, w->type->size);
            guest->next = 64 + w->type->size;
        }
        err = tvn_lower_store(
            w->lower, image->data, 0, &guest->memory, w->put_at, &bytes, &diag);
    }
    TVN_ASSERT(err != TVN_EABI || diag.errors == 1);
    tvn_diag_fini(&diag);
    guest_check(guest, err);
    return err;
}

/* ------------------------------------------------------------------------
 * What is in a value. */

struct tally {
    bool strips; /* takes TVN_TEXT_WIDE off lengths */
    uint32_t owns, borrows;
};

static inline void
look(const struct tvn_type *type, uint8_t *data, uint32_t at,
    struct tally *tally)
{
    const struct tvn_member *active;
    uint64_t disc = 0;
    uint32_t far[2];

    tally->owns += type->kind == TVN_KIND_OWN;
    tally->borrows += type->kind == TVN_KIND_BORROW;
    if (!type->has_pointer && !type->has_handle) {
        return;
    }
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        memcpy(far, data + at, 8);
        if (type->kind == TVN_KIND_STRING) {
            far[1] &= tally->strips ? ~TVN_TEXT_WIDE : UINT32_MAX;
            memcpy(data + at, far, 8);
            return;
        }
        for (uint32_t i = 0; i < far[1]; i++) {
            look(type->elem, data, far[0] + i * type->elem->size, tally);
        }
    } else if (tvn_type_has_cases(type)) {
        memcpy(&disc, data + at, type->disc_size);
        active = &type->members[disc];
        if (active->type != NULL) {
            look(active->type, data, at + type->payload_offset, tally);
        }
    } else {
        for (uint32_t i = 0; i < type->count; i++) {
            active = &type->members[i];
            look(active->type, data, at + active->offset, tally);
        }
    }
}

#endif
