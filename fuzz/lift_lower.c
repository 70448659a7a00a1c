/* lift_lower.c -- fuzz: a value of any type lifted from hostile memory, then
 * lowered into a guest whose realloc is hostile, too, then lifted again: it
 * is the same value, and no handle was made or lost on the way.
 *
 *     | type | encoding | handles | 40 bytes: what follows | memory, slots | */
#include "base/mem.h"
#include "component/handles.h"
#include "fuzz/guest.h"
#include "fuzz/oracle.h"
#include "fuzz/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The handles that the first guest has, 1 to 15. */
static void
fill_table(
    struct world *w, struct tvn_handle_table *table, struct oracle *oracle)
{
    uint8_t count = input_byte(&w->in) % 16;

    for (uint32_t i = 0; i < count; i++) {
        uint8_t kind = input_byte(&w->in);
        const struct tvn_type *type = w->handles[kind % 4];
        uint32_t handle = 0;

        TVN_ASSERT(table->handles.give(
                       &table->handles, type, 0x1000u * kind, &handle) == NULL);
        TVN_ASSERT(handle == i + 1);
        oracle->handles[handle] = (struct oracle_handle){
            type->resource, type->kind == TVN_KIND_OWN, false};
    }
}

/* What was lifted is a value, and what was refused is none. */
static void
judge(struct world *w, struct oracle *oracle, uint32_t ptr, tvn_err err)
{
    bool is_value;

    oracle->memory = &w->hostile;
    oracle->fuel = 1u << 16;
    is_value = w->is_flat
                   ? oracle_flat(oracle, w->type, w->slots)
                   : oracle_fits(oracle, ptr, w->type->align, w->type->size) &&
                         oracle_load(oracle, w->type, ptr);
    TVN_ASSERT(
        oracle->fuel == 0 || err == TVN_ETOOBIG || is_value == (err == TVN_OK));
}

/* Lowers what `first` holds and lifts it again from there. */
static void
there_and_back(struct world *w, struct tvn_image *first, uint64_t bytes)
{
    static struct guest guest;
    struct tvn_handle_table table;
    struct tvn_handle_budget budget = {0};
    struct tvn_call_scope lends = {0};
    struct tvn_call_scope borrows = {0};
    uint8_t flags = input_byte(&w->in);
    struct tvn_image *second = NULL;
    struct tally tally = {.strips = true};
    uint64_t back = 0;
    tvn_err err;

    guest_init(&guest, &w->in);
    tvn_handle_table_init(&table, 2, w->defs, &budget);
    table.borrows = &borrows;
    guest.memory.handles = &table.handles;
    guest.memory.encoding = (enum tvn_encoding)(flags % 3);
    guest.memory.source = w->hostile.encoding;
    err = put(w, first, &guest, (flags & 4) != 0,
        (flags & 0x38) == 0x38   ? PUT_OUTSIDE
        : (flags & 0x38) == 0x30 ? PUT_MISALIGNED
                                 : PUT_WELL);
    look(first->type, first->data, 0, &tally);
    if (err == TVN_OK) {
        TVN_ASSERT(table.live == tally.owns + tally.borrows);
        TVN_ASSERT(borrows.borrows == tally.borrows);
    }
    if (err == TVN_OK && !guest.overlaps && !guest.forgets) {
        table.lends = &lends;
        w->memory = &guest.memory;
        TVN_ASSERT(get(w, &second, w->put_at, &back) == TVN_OK);
        TVN_ASSERT(table.live == tally.borrows && back == bytes);
        TVN_ASSERT(lends.lent_count == tally.borrows);
        TVN_ASSERT(
            tvn_value_equal(first->type, first->data, 0, second->data, 0));
        tvn_image_unref(second);
    }
    tvn_handle_table_fini(&table);
    tvn_call_scope_fini(&lends);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tvn_handle_table table;
    struct tvn_handle_budget budget = {0};
    struct tvn_call_scope lends = {0};
    struct tvn_call_scope borrows = {0};
    struct tvn_image *image = NULL;
    struct oracle oracle = {0};
    struct tally tally = {0};
    uint64_t bytes = 0;
    const struct tvn_type *type;
    enum tvn_encoding encoding;
    uint32_t live, ptr;
    tvn_err err;
    struct world w;

    world_open(&w, data, size);
    world_has_handles(&w);
    type = input_type(&w.in, w.types, 5);
    world_plan(&w, type, type);
    encoding = (enum tvn_encoding)(input_byte(&w.in) % 3);
    tvn_handle_table_init(&table, 2, w.defs, &budget);
    table.lends = &lends;
    table.borrows = &borrows;
    fill_table(&w, &table, &oracle);
    world_load(&w, &table.handles, encoding);
    live = table.live;
    ptr = input_u32(&w.in);
    err = get(&w, &image, ptr, &bytes);
    judge(&w, &oracle, ptr, err);
    if (err == TVN_OK) {
        look(image->type, image->data, 0, &tally);
        TVN_ASSERT(table.live == live - tally.owns);
        TVN_ASSERT(lends.lent_count == tally.borrows);
        there_and_back(&w, image, bytes);
        TVN_ASSERT(bytes == tvn_value_bytes(image->type, image->data, 0));
        tvn_call_scope_end(&lends, &table);
    }
    TVN_ASSERT(table.live <= live);
    tvn_image_unref(image);
    tvn_handle_table_fini(&table);
    tvn_call_scope_fini(&lends);
    world_close(&w);
    return 0;
}
