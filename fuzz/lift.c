/* lift.c -- fuzz: hostile guest memory lifted as a value of a random type (the
 * first 8 bytes are its seed, the next 4 where the value is). */
#include "value/plan.h"
#include "value/testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
refresh(struct tvn_memory *memory)
{
    (void)memory; /* it never grows */
}

/* Every byte of what was lifted is looked at: it reads as itself. */
static void
check(struct tvn_arena *arena, struct tvn_image *image, uint64_t bytes)
{
    const struct tvn_plan *plan = NULL;
    struct tvn_builder to;
    uint64_t same = 0;

    tvn_builder_init(&to, image->pool);
    TVN_ASSERT(
        tvn_plan_lower(arena, image->type, image->type, &plan) == TVN_OK);
    TVN_ASSERT(tvn_builder_begin(&to, image->type) == TVN_OK);
    TVN_ASSERT(tvn_plan_convert(plan, image->data, 0, &to, 0, &same) == TVN_OK);
    TVN_ASSERT(same == bytes && to.size == image->size);
    TVN_ASSERT(memcmp(to.data, image->data, to.size) == 0);
    tvn_builder_fini(&to);
    tvn_image_unref(image);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tvn_pool *pool = tvn_pool_new(1u << 14, 1u << 14);
    struct tvn_types *types = tvn_types_new();
    uint8_t head[12 + sizeof(union tvn_slot) * TVN_FLAT_PARAMS_MAX] = {0};
    size_t used = size < 12 ? size : 12;
    struct tvn_memory memory = {.base = (uint8_t *)(uintptr_t)(data + used),
        .size = size - used,
        .refresh = refresh};
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX];
    const struct tvn_plan *plan = NULL;
    struct tvn_arena arena = {0};
    struct tvn_builder builder;
    struct tvn_rng rng;
    uint32_t ptr;

    memcpy(head, data, size < sizeof(head) ? size : sizeof(head));
    memcpy(&rng.state, head, 8);
    memcpy(&ptr, head + 8, 4);
    memcpy(slots, head + 12, sizeof(slots));
    const struct tvn_type *type = tvn_testing_type(types, &rng, 4);
    TVN_ASSERT(tvn_plan_lift(&arena, type, &plan) == TVN_OK);
    tvn_builder_init(&builder, pool);
    for (int flat = 0; flat <= (type->flat_count <= 16); flat++) {
        struct tvn_image *image = NULL;
        struct tvn_diag diag = {0};
        uint64_t bytes = 0;
        tvn_err err = tvn_builder_begin(&builder, type);

        if (err == TVN_OK) {
            err = flat ? tvn_lift_flat(
                             plan, &memory, slots, &builder, 0, &bytes, &diag)
                       : tvn_lift_load(
                             plan, &memory, ptr, &builder, 0, &bytes, &diag);
        }
        if (err == TVN_OK) {
            TVN_ASSERT(tvn_builder_finish(&builder, &image) == TVN_OK);
            check(&arena, image, bytes);
        }
        tvn_diag_fini(&diag);
    }
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_arena_fini(&arena);
    tvn_types_free(types);
    return 0;
}
