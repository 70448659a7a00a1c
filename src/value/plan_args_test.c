/* plan_args_test.c -- single sentences of plan.h, and parameter lists. */
#include "value/plan.h"
#include "value/testing.h"
#include "value/testing_abi.h"
#include "value/testing_guest.h"

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

static const struct tvn_type *
parse(struct world *world, const char *text)
{
    return tvn_testing_parse(world->types, text);
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
 * Single sentences. */

static void
test_a_flat_view_calls_no_realloc(void)
{
    struct world world;
    union tvn_slot slots[4];
    const struct tvn_type *a;
    const struct tvn_type *b;
    struct tvn_image *image;
    uint64_t bytes = 0;

    begin(&world, 1);
    a = parse(&world, "record { id: u64, time: u64, carrier: string, "
                      "dep-delay: option<s32>, distance: u32 }");
    b = parse(&world, "record { id: u64, dep-delay: option<s32>, "
                      "distance: u32 }");
    image = tvn_testing_image(&world.builder, a, &world.rng);
    TVN_ASSERT(tvn_lower_flat(lower_plan(&world, a, b), image->data, 0,
                   &world.guest.memory, slots, &bytes, NULL) == TVN_OK);
    TVN_ASSERT(world.guest.calls == 0);
    TVN_ASSERT(bytes == 24);
    tvn_image_unref(image);
    end(&world);
}

static void
test_what_the_view_leaves_out_does_not_get_across(void)
{
    struct world world;
    struct tvn_builder *builder = &world.builder;
    const struct tvn_type *a;
    const struct tvn_type *b;
    struct tvn_image *image = NULL;
    uint64_t bytes = 0;

    begin(&world, 1);
    /* `hidden` lies where `b` has padding */
    a = parse(&world, "record { x: u8, hidden: u8, z: u32 }");
    b = parse(&world, "record { x: u8, z: u32 }");
    TVN_ASSERT(tvn_builder_begin(builder, a) == TVN_OK);
    memset(builder->data, 0x77, a->size);
    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    TVN_ASSERT(tvn_lower_store(lower_plan(&world, a, b), image->data, 0,
                   &world.guest.memory, 64, &bytes, NULL) == TVN_OK);
    TVN_ASSERT(world.guest.memory.base[64] == 0x77);
    TVN_ASSERT(world.guest.memory.base[65] == 0xA5);
    tvn_image_unref(image);
    end(&world);
}

static void
test_realloc_is_called_for_each_string_also_an_empty_one(void)
{
    struct world world;
    union tvn_slot slots[8];
    const struct tvn_type *type;
    struct tvn_image *image = NULL;
    uint64_t bytes = 0;

    begin(&world, 1);
    type = parse(&world, "tuple<string, list<u8>, option<string>>");
    TVN_ASSERT(tvn_builder_begin(&world.builder, type) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&world.builder, &image) == TVN_OK);
    TVN_ASSERT(tvn_lower_flat(lower_plan(&world, type, type), image->data, 0,
                   &world.guest.memory, slots, &bytes, NULL) == TVN_OK);
    TVN_ASSERT(world.guest.calls == 2); /* none has no string */
    tvn_image_unref(image);
    end(&world);
}

static void
test_what_does_not_read_gets_no_plan(void)
{
    struct world world;
    const struct tvn_plan *plan;

    begin(&world, 1);
    TVN_ASSERT(tvn_plan_lower(&world.arena, parse(&world, "u64"),
                   parse(&world, "u32"), &plan) == TVN_EINVAL);
    end(&world);
}

static void
test_a_value_can_be_lifted_inside_an_enclosing_one(void)
{
    struct world world;
    const struct tvn_type *outer;
    const struct tvn_type *inner;
    struct tvn_image *image = NULL;
    union tvn_slot slots[2] = {{.u64 = 100}, {.u64 = 2}};
    uint64_t bytes = 0;
    uint32_t far[2];

    begin(&world, 1);
    outer = parse(&world, "record { a: u64, b: string }");
    inner = parse(&world, "string");
    memcpy(world.guest.memory.base + 100, "hi", 2);
    TVN_ASSERT(tvn_builder_begin(&world.builder, outer) == TVN_OK);
    TVN_ASSERT(
        tvn_lift_flat(lift_plan(&world, inner), &world.guest.memory, slots,
            &world.builder, outer->members[1].offset, &bytes, NULL) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&world.builder, &image) == TVN_OK);
    memcpy(far, image->data + 8, 8);
    TVN_ASSERT(far[1] == 2);
    TVN_ASSERT(memcmp(image->data + far[0], "hi", 2) == 0);
    TVN_ASSERT(bytes == 10);
    tvn_image_unref(image);
    end(&world);
}

/* ------------------------------------------------------------------------
 * Parameter lists. */

static void
check_args(struct world *world, const char *const *texts, uint32_t count,
    bool is_spilled)
{
    const struct tvn_plan *plans[20];
    const uint8_t *data[20];
    struct tvn_image *images[20];
    struct tvn_args args;
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX];
    uint64_t expected = 0;
    uint64_t bytes = 0;
    uint32_t at = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_type *type = parse(world, texts[i]);

        plans[i] = lower_plan(world, type, type);
        images[i] = tvn_testing_image(&world->builder, type, &world->rng);
        data[i] = images[i]->data;
        expected += tvn_value_bytes(type, data[i], 0);
    }
    TVN_ASSERT(tvn_args_make(&world->arena, plans, count, &args) == TVN_OK);
    TVN_ASSERT(args.is_spilled == is_spilled);
    TVN_ASSERT(tvn_args_lower(&args, data, &world->guest.memory, slots, &bytes,
                   NULL) == TVN_OK);
    TVN_ASSERT(bytes == expected);
    TVN_ASSERT(args.slots <= TVN_FLAT_PARAMS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_type *type = tvn_plan_type(plans[i]);
        const uint8_t *memory = world->guest.memory.base;

        TVN_ASSERT(is_spilled ? tvn_testing_in_memory(type, data[i], 0, memory,
                                    (uint32_t)slots[0].u64 + args.offsets[i])
                              : tvn_testing_in_slots(
                                    type, data[i], 0, memory, slots + at));
        at += type->flat_count;
        tvn_image_unref(images[i]);
    }
    TVN_ASSERT(args.slots == (is_spilled ? 1 : at));
}

static void
test_parameters_go_flat_up_to_16_and_else_by_pointer(void)
{
    static const char *const few[] = {"string", "u8", "option<string>",
        "tuple<f32, f64, char>", "list<u16>", "u64", "u64", "u64", "u64",
        "flags { a, b }"};
    static const char *const many[] = {"string", "u8", "option<string>",
        "tuple<f32, f64, char>", "list<u16>", "u64", "u64", "u64", "u64",
        "flags { a, b }", "u8"};
    struct world world;

    begin(&world, 7);
    check_args(&world, NULL, 0, false);
    check_args(&world, few, 10, false);
    check_args(&world, many, 11, true);
    end(&world);
}

int
main(void)
{
    test_a_flat_view_calls_no_realloc();
    test_what_the_view_leaves_out_does_not_get_across();
    test_realloc_is_called_for_each_string_also_an_empty_one();
    test_what_does_not_read_gets_no_plan();
    test_a_value_can_be_lifted_inside_an_enclosing_one();
    test_parameters_go_flat_up_to_16_and_else_by_pointer();
    return 0;
}
