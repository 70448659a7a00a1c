/* lift.c -- fuzz: hostile guest memory lifted as a value of a random type.
 *
 * The first 8 bytes are the type's seed, the next 4 where the value is, the
 * rest is the guest's memory (also the slots, when flat).  What was lifted is
 * lowered into a good guest and lifted again: the same value. */
#include "base/mem.h"
#include "value/plan.h"
#include "value/testing.h"
#include "value/testing_abi.h"
#include "value/testing_guest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct tvn_arena *arena, struct tvn_builder *builder,
    struct tvn_testing_guest *good)
{
    const struct tvn_type *type = builder->type;
    const struct tvn_plan *plan = NULL;
    struct tvn_image *image = NULL;
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    TVN_ASSERT(tvn_plan_lower(arena, type, type, &plan) == TVN_OK);
    TVN_ASSERT(tvn_lower_store(plan, image->data, 0, &good->memory, 64, &bytes,
                   NULL) == TVN_OK);
    TVN_ASSERT(bytes == tvn_value_bytes(type, image->data, 0));
    TVN_ASSERT(
        tvn_testing_in_memory(type, image->data, 0, good->memory.base, 64));
    tvn_image_unref(image);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tvn_testing_guest guest, good;
    struct tvn_pool *pool = tvn_pool_new(1u << 14, 1u << 14);
    struct tvn_types *types = tvn_types_new();
    struct tvn_arena arena = {0};
    struct tvn_builder builder;
    struct tvn_rng rng = {0};
    uint64_t bytes = 0;
    uint32_t ptr = 0;

    memcpy(&rng.state, data, size < 8 ? size : 8);
    memcpy(&ptr, data + (size < 12 ? 0 : 8), size < 12 ? 0 : 4);
    data += size < 12 ? size : 12;
    size -= size < 12 ? size : 12;
    tvn_testing_guest_init(&guest, (uint32_t)size + 1);
    memcpy(guest.memory.base, data, size);
    tvn_testing_guest_init(&good, 1u << 16);
    good.next = 1u << 14;
    tvn_builder_init(&builder, pool);
    const struct tvn_type *type = tvn_testing_type(types, &rng, 4);
    const struct tvn_plan *plan = NULL;
    TVN_ASSERT(tvn_plan_lift(&arena, type, &plan) == TVN_OK);
    for (int flat = 0; flat < 2; flat++) {
        union tvn_slot slots[TVN_FLAT_PARAMS_MAX] = {{0}};
        struct tvn_diag diag = {0};
        tvn_err err = tvn_builder_begin(&builder, type);

        memcpy(slots, data, size < sizeof(slots) ? size : sizeof(slots));
        if (err == TVN_OK && flat == 0) {
            err = tvn_lift_load(
                plan, &guest.memory, ptr, &builder, 0, &bytes, &diag);
        } else if (err == TVN_OK && type->flat_count <= TVN_FLAT_PARAMS_MAX) {
            err = tvn_lift_flat(
                plan, &guest.memory, slots, &builder, 0, &bytes, &diag);
        }
        if (err == TVN_OK) {
            good.next = 1u << 14;
            check(&arena, &builder, &good);
        }
        tvn_diag_fini(&diag);
    }
    tvn_testing_guest_fini(&guest);
    tvn_testing_guest_fini(&good);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_arena_fini(&arena);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
