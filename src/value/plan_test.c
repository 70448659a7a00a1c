/* plan_test.c -- lowering, lifting and converting honest values: random types
 * and values, each against the ABI written down once more, slowly. */
#include "base/clock.h"
#include "value/plan.h"
#include "value/testing_abi.h"
#include "value/testing_guest.h"
#include "value/testing_narrow.h"
#include "value/view.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS     3000
#define GUEST_SIZE (1u << 20)

struct world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_testing_guest guest;
    struct tvn_arena arena;
    struct tvn_rng rng;
};

static void
begin(struct world *world, uint64_t seed)
{
    *world = (struct world){.rng = {seed}};
    world->types = tvn_types_new();
    world->pool = tvn_pool_new(1u << 20, 1u << 20);
    tvn_builder_init(&world->builder, world->pool);
    tvn_testing_guest_init(&world->guest, GUEST_SIZE);
}

static void
end(struct world *world)
{
    tvn_testing_guest_fini(&world->guest);
    tvn_builder_fini(&world->builder);
    tvn_pool_free(world->pool);
    tvn_arena_fini(&world->arena);
    tvn_types_free(world->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* A new seed each run; TVN_SEED repeats one. */
static uint64_t
seed(void)
{
    const char *given = getenv("TVN_SEED");
    uint64_t number =
        given != NULL ? strtoull(given, NULL, 10) : tvn_clock_wall_ns();

    printf("TVN_SEED=%llu\n", (unsigned long long)number);
    return number;
}

static const struct tvn_plan *
lower_plan(
    struct world *world, const struct tvn_type *from, const struct tvn_type *to)
{
    const struct tvn_plan *plan = NULL;

    TVN_ASSERT(tvn_plan_lower(&world->arena, from, to, &plan) == TVN_OK);
    TVN_ASSERT(tvn_plan_type(plan) == to);
    TVN_ASSERT(tvn_plan_is_flat(plan) != to->has_pointer);
    return plan;
}

static const struct tvn_plan *
lift_plan(struct world *world, const struct tvn_type *type)
{
    const struct tvn_plan *plan = NULL;

    TVN_ASSERT(tvn_plan_lift(&world->arena, type, &plan) == TVN_OK);
    TVN_ASSERT(tvn_plan_type(plan) == type);
    return plan;
}

/* ------------------------------------------------------------------------
 * Random values. */

static void
reset_guest(struct world *world)
{
    world->guest.next = 64;
    world->guest.calls = 0;
    memset(world->guest.memory.base, 0xA5, 1u << 14);
}

static struct tvn_image *
lift_memory(struct world *world, const struct tvn_type *type, uint32_t ptr,
    uint64_t *bytes)
{
    struct tvn_image *image = NULL;
    struct tvn_diag diag = {0};

    TVN_ASSERT(tvn_builder_begin(&world->builder, type) == TVN_OK);
    TVN_ASSERT(tvn_lift_load(lift_plan(world, type), &world->guest.memory, ptr,
                   &world->builder, 0, bytes, &diag) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    return image;
}

static struct tvn_image *
lift_slots(struct world *world, const struct tvn_type *type,
    const union tvn_slot *slots, uint64_t *bytes)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(&world->builder, type) == TVN_OK);
    TVN_ASSERT(tvn_lift_flat(lift_plan(world, type), &world->guest.memory,
                   slots, &world->builder, 0, bytes, NULL) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    return image;
}

/* A root of `type` in the guest. */
static uint32_t
room(struct world *world, const struct tvn_type *type)
{
    uint32_t ptr = 0;

    TVN_ASSERT(tvn_testing_realloc(&world->guest.memory, type->align,
                   type->size, &ptr) == TVN_OK);
    return ptr;
}

/* `image` is of type a; handed over as b by memory, lifted again. */
static struct tvn_image *
check_store(struct world *world, const struct tvn_plan *plan,
    const struct tvn_image *image)
{
    const struct tvn_type *b = tvn_plan_type(plan);
    const uint8_t *memory = world->guest.memory.base;
    struct tvn_image *back;
    uint64_t lowered = 0;
    uint64_t lifted = 0;
    uint32_t ptr;

    reset_guest(world);
    ptr = room(world, b);
    TVN_ASSERT(tvn_lower_store(plan, image->data, 0, &world->guest.memory, ptr,
                   &lowered, NULL) == TVN_OK);
    back = lift_memory(world, b, ptr, &lifted);
    TVN_ASSERT(tvn_testing_in_memory(b, back->data, 0, memory, ptr));
    TVN_ASSERT(lowered == lifted);
    TVN_ASSERT(lowered == tvn_value_bytes(b, back->data, 0));
    return back;
}

static void
check_flat(struct world *world, const struct tvn_plan *plan,
    const struct tvn_image *image, const struct tvn_image *expected)
{
    const struct tvn_type *b = tvn_plan_type(plan);
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX];
    struct tvn_image *back;
    uint64_t lowered = 0;
    uint64_t lifted = 0;

    if (b->flat_count > TVN_FLAT_PARAMS_MAX) {
        return;
    }
    reset_guest(world);
    memset(slots, 0xA5, sizeof(slots));
    TVN_ASSERT(tvn_lower_flat(plan, image->data, 0, &world->guest.memory, slots,
                   &lowered, NULL) == TVN_OK);
    TVN_ASSERT(tvn_testing_in_slots(
        b, expected->data, 0, world->guest.memory.base, slots));
    back = lift_slots(world, b, slots, &lifted);
    TVN_ASSERT(back->size == expected->size);
    TVN_ASSERT(memcmp(back->data, expected->data, back->size) == 0);
    TVN_ASSERT(lowered == lifted);
    TVN_ASSERT(lowered == tvn_value_bytes(b, back->data, 0));
    tvn_image_unref(back);
}

static void
check_convert(struct world *world, const struct tvn_plan *plan,
    const struct tvn_image *image, const struct tvn_image *expected)
{
    struct tvn_image *made = NULL;
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_builder_begin(&world->builder, expected->type) == TVN_OK);
    TVN_ASSERT(tvn_plan_convert(
                   plan, image->data, 0, &world->builder, 0, &bytes) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&world->builder, &made) == TVN_OK);
    TVN_ASSERT(made->size == expected->size);
    TVN_ASSERT(memcmp(made->data, expected->data, made->size) == 0);
    TVN_ASSERT(bytes == tvn_value_bytes(made->type, made->data, 0));
    tvn_image_unref(made);
}

/* Everything that can be done with a value of a read as b. */
static void
check_pair(struct world *world, const struct tvn_type *a,
    const struct tvn_type *b, const struct tvn_image *image)
{
    const struct tvn_plan *plan = lower_plan(world, a, b);
    struct tvn_image *back = check_store(world, plan, image);

    TVN_ASSERT(tvn_testing_reads(a, image->data, 0, b, back->data, 0));
    check_flat(world, plan, image, back);
    check_convert(world, plan, image, back);
    if (a == b) {
        TVN_ASSERT(tvn_value_equal(a, image->data, 0, back->data, 0));
        /* both are made depth first: the bytes are the same, padding too */
        TVN_ASSERT(back->size == image->size);
        TVN_ASSERT(memcmp(back->data, image->data, back->size) == 0);
    }
    tvn_image_unref(back);
}

static void
test_lift_undoes_lower(void)
{
    struct world world;

    begin(&world, seed());
    for (int i = 0; i < ROUNDS; i++) {
        const struct tvn_type *type =
            tvn_testing_type(world.types, &world.rng, 1 + (uint32_t)i % 5);
        struct tvn_image *image =
            tvn_testing_image(&world.builder, type, &world.rng);

        check_pair(&world, type, type, image);
        tvn_image_unref(image);
        tvn_arena_fini(&world.arena);
    }
    end(&world);
}

static void
test_a_view_reads_what_the_rules_say(void)
{
    struct world world;

    begin(&world, seed());
    for (int i = 0; i < ROUNDS; i++) {
        const struct tvn_type *a =
            tvn_testing_type(world.types, &world.rng, 1 + (uint32_t)i % 5);
        const struct tvn_type *b =
            tvn_testing_narrow(world.types, a, &world.rng);
        struct tvn_image *image =
            tvn_testing_image(&world.builder, a, &world.rng);
        struct tvn_view view;

        TVN_ASSERT(tvn_view_check(a, b, &world.arena, &view) == TVN_OK);
        TVN_ASSERT(view.verdict == (a == b ? TVN_VIEW_SAME : TVN_VIEW_NARROWS));
        check_pair(&world, a, b, image);
        tvn_image_unref(image);
        tvn_arena_fini(&world.arena);
    }
    end(&world);
}

int
main(void)
{
    test_lift_undoes_lower();
    test_a_view_reads_what_the_rules_say();
    return 0;
}
