/* plan_test.c -- lowering, lifting and converting honest values: random types
 * and values, each against the ABI written down once more, slowly. */
#include "base/clock.h"
#include "value/plan.h"
#include "value/testing_guest.h"
#include "value/testing_narrow.h"
#include "value/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

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
    assert_int_equal(tvn_mem_live(), 0);
}

/* A new seed each run; TVN_SEED repeats one. */
static uint64_t
seed(void)
{
    const char *given = getenv("TVN_SEED");
    uint64_t number =
        given != NULL ? strtoull(given, NULL, 10) : tvn_clock_wall_ns();

    print_message("TVN_SEED=%llu\n", (unsigned long long)number);
    return number;
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

    assert_int_equal(tvn_plan_lower(&world->arena, from, to, &plan), TVN_OK);
    assert_ptr_equal(tvn_plan_type(plan), to);
    assert_int_equal(tvn_plan_is_flat(plan), !to->has_pointer);
    return plan;
}

static const struct tvn_plan *
lift_plan(struct world *world, const struct tvn_type *type)
{
    const struct tvn_plan *plan = NULL;

    assert_int_equal(tvn_plan_lift(&world->arena, type, &plan), TVN_OK);
    assert_ptr_equal(tvn_plan_type(plan), type);
    return plan;
}

/* ------------------------------------------------------------------------
 * The Canonical ABI once more: is this value in the guest that image? */

static bool in_memory(const struct tvn_type *type, const uint8_t *data,
    uint32_t offset, const uint8_t *memory, uint32_t ptr);

static bool
far_in_memory(const struct tvn_type *type, const uint8_t *data, uint32_t offset,
    const uint8_t *memory, uint32_t ptr, uint32_t count)
{
    uint32_t far[2];

    memcpy(far, data + offset, 8);
    if (far[1] != count) {
        return false;
    }
    if (type->kind == TVN_KIND_STRING) {
        return memcmp(data + far[0], memory + ptr, count) == 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (ptr % type->elem->align != 0 ||
            !in_memory(type->elem, data, far[0] + i * type->elem->size, memory,
                ptr + i * type->elem->size)) {
            return false;
        }
    }
    return true;
}

static bool
in_memory(const struct tvn_type *type, const uint8_t *data, uint32_t offset,
    const uint8_t *memory, uint32_t ptr)
{
    const struct tvn_member *active;
    uint64_t disc = 0;
    uint32_t far[2];

    if (type->kind < TVN_KIND_STRING || type->kind == TVN_KIND_FLAGS) {
        return memcmp(data + offset, memory + ptr, type->size) == 0;
    }
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        memcpy(far, memory + ptr, 8);
        return far_in_memory(type, data, offset, memory, far[0], far[1]);
    }
    if (tvn_type_has_cases(type)) {
        memcpy(&disc, data + offset, type->disc_size);
        active = &type->members[disc];
        return memcmp(data + offset, memory + ptr, type->disc_size) == 0 &&
               (active->type == NULL ||
                   in_memory(active->type, data, offset + type->payload_offset,
                       memory, ptr + type->payload_offset));
    }
    for (uint32_t i = 0; i < type->count; i++) {
        uint32_t at = type->members[i].offset;

        if (!in_memory(
                type->members[i].type, data, offset + at, memory, ptr + at)) {
            return false;
        }
    }
    return true;
}

/* A scalar as its core value, zero-extended. */
static uint64_t
core_bits(const struct tvn_type *type, const uint8_t *at)
{
    uint64_t bits = 0;

    memcpy(&bits, at, type->size);
    if (type->kind == TVN_KIND_S8) {
        return (uint64_t)(int64_t)(int8_t)bits & UINT32_MAX;
    }
    if (type->kind == TVN_KIND_S16) {
        return (uint64_t)(int64_t)(int16_t)bits & UINT32_MAX;
    }
    return bits;
}

static bool
in_slots(const struct tvn_type *type, const uint8_t *data, uint32_t offset,
    const uint8_t *memory, const union tvn_slot *slots)
{
    const struct tvn_type *payload;
    uint64_t disc = 0;
    uint32_t used = 1;

    if (type->kind < TVN_KIND_STRING || type->kind == TVN_KIND_FLAGS) {
        return core_bits(type, data + offset) == slots->u64;
    }
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        return far_in_memory(type, data, offset, memory, (uint32_t)slots[0].u64,
            (uint32_t)slots[1].u64);
    }
    if (tvn_type_has_cases(type)) {
        memcpy(&disc, data + offset, type->disc_size);
        payload = type->members[disc].type;
        if (slots->u64 != disc ||
            (payload != NULL &&
                !in_slots(payload, data, offset + type->payload_offset, memory,
                    slots + 1))) {
            return false;
        }
        used += payload == NULL ? 0 : payload->flat_count;
        for (; used < type->flat_count; used++) {
            if (slots[used].u64 != 0) {
                return false;
            }
        }
        return true;
    }
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *field = &type->members[i];

        if (!in_slots(
                field->type, data, offset + field->offset, memory, slots)) {
            return false;
        }
        slots += field->type->flat_count;
    }
    return true;
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

    assert_int_equal(tvn_builder_begin(&world->builder, type), TVN_OK);
    assert_int_equal(tvn_lift_load(lift_plan(world, type), &world->guest.memory,
                         ptr, &world->builder, 0, bytes, &diag),
        TVN_OK);
    assert_int_equal(tvn_builder_finish(&world->builder, &image), TVN_OK);
    return image;
}

static struct tvn_image *
lift_slots(struct world *world, const struct tvn_type *type,
    const union tvn_slot *slots, uint64_t *bytes)
{
    struct tvn_image *image = NULL;

    assert_int_equal(tvn_builder_begin(&world->builder, type), TVN_OK);
    assert_int_equal(tvn_lift_flat(lift_plan(world, type), &world->guest.memory,
                         slots, &world->builder, 0, bytes, NULL),
        TVN_OK);
    assert_int_equal(tvn_builder_finish(&world->builder, &image), TVN_OK);
    return image;
}

/* A root of `type` in the guest. */
static uint32_t
room(struct world *world, const struct tvn_type *type)
{
    uint32_t ptr = 0;

    assert_int_equal(tvn_testing_realloc(
                         &world->guest.memory, type->align, type->size, &ptr),
        TVN_OK);
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
    assert_int_equal(tvn_lower_store(plan, image->data, 0, &world->guest.memory,
                         ptr, &lowered, NULL),
        TVN_OK);
    back = lift_memory(world, b, ptr, &lifted);
    assert_true(in_memory(b, back->data, 0, memory, ptr));
    assert_int_equal(lowered, lifted);
    assert_int_equal(lowered, tvn_value_bytes(b, back->data, 0));
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
    assert_int_equal(tvn_lower_flat(plan, image->data, 0, &world->guest.memory,
                         slots, &lowered, NULL),
        TVN_OK);
    assert_true(
        in_slots(b, expected->data, 0, world->guest.memory.base, slots));
    back = lift_slots(world, b, slots, &lifted);
    assert_int_equal(back->size, expected->size);
    assert_memory_equal(back->data, expected->data, back->size);
    assert_int_equal(lowered, lifted);
    assert_int_equal(lowered, tvn_value_bytes(b, back->data, 0));
    tvn_image_unref(back);
}

static void
check_convert(struct world *world, const struct tvn_plan *plan,
    const struct tvn_image *image, const struct tvn_image *expected)
{
    struct tvn_image *made = NULL;
    uint64_t bytes = 0;

    assert_int_equal(
        tvn_builder_begin(&world->builder, expected->type), TVN_OK);
    assert_int_equal(
        tvn_plan_convert(plan, image->data, 0, &world->builder, 0, &bytes),
        TVN_OK);
    assert_int_equal(tvn_builder_finish(&world->builder, &made), TVN_OK);
    assert_int_equal(made->size, expected->size);
    assert_memory_equal(made->data, expected->data, made->size);
    assert_int_equal(bytes, tvn_value_bytes(made->type, made->data, 0));
    tvn_image_unref(made);
}

/* Everything that can be done with a value of a read as b. */
static void
check_pair(struct world *world, const struct tvn_type *a,
    const struct tvn_type *b, const struct tvn_image *image)
{
    const struct tvn_plan *plan = lower_plan(world, a, b);
    struct tvn_image *back = check_store(world, plan, image);

    assert_true(tvn_testing_reads(a, image->data, 0, b, back->data, 0));
    check_flat(world, plan, image, back);
    check_convert(world, plan, image, back);
    if (a == b) {
        assert_true(tvn_value_equal(a, image->data, 0, back->data, 0));
        /* both are made depth first: the bytes are the same, padding too */
        assert_int_equal(back->size, image->size);
        assert_memory_equal(back->data, image->data, back->size);
    }
    tvn_image_unref(back);
}

static void
test_lift_undoes_lower(void **state)
{
    struct world world;

    (void)state;
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
test_a_view_reads_what_the_rules_say(void **state)
{
    struct world world;

    (void)state;
    begin(&world, seed());
    for (int i = 0; i < ROUNDS; i++) {
        const struct tvn_type *a =
            tvn_testing_type(world.types, &world.rng, 1 + (uint32_t)i % 5);
        const struct tvn_type *b =
            tvn_testing_narrow(world.types, a, &world.rng);
        struct tvn_image *image =
            tvn_testing_image(&world.builder, a, &world.rng);
        struct tvn_view view;

        assert_int_equal(tvn_view_check(a, b, &world.arena, &view), TVN_OK);
        assert_int_equal(
            view.verdict, a == b ? TVN_VIEW_SAME : TVN_VIEW_NARROWS);
        check_pair(&world, a, b, image);
        tvn_image_unref(image);
        tvn_arena_fini(&world.arena);
    }
    end(&world);
}

/* ------------------------------------------------------------------------
 * Single sentences. */

static void
test_a_flat_view_calls_no_realloc(void **state)
{
    struct world world;
    union tvn_slot slots[4];
    const struct tvn_type *a;
    const struct tvn_type *b;
    struct tvn_image *image;
    uint64_t bytes = 0;

    (void)state;
    begin(&world, 1);
    a = parse(&world, "record { id: u64, time: u64, carrier: string, "
                      "dep-delay: option<s32>, distance: u32 }");
    b = parse(&world, "record { id: u64, dep-delay: option<s32>, "
                      "distance: u32 }");
    image = tvn_testing_image(&world.builder, a, &world.rng);
    assert_int_equal(tvn_lower_flat(lower_plan(&world, a, b), image->data, 0,
                         &world.guest.memory, slots, &bytes, NULL),
        TVN_OK);
    assert_int_equal(world.guest.calls, 0);
    assert_int_equal(bytes, 24);
    tvn_image_unref(image);
    end(&world);
}

static void
test_what_the_view_leaves_out_does_not_get_across(void **state)
{
    struct world world;
    struct tvn_builder *builder = &world.builder;
    const struct tvn_type *a;
    const struct tvn_type *b;
    struct tvn_image *image = NULL;
    uint64_t bytes = 0;

    (void)state;
    begin(&world, 1);
    /* `hidden` lies where `b` has padding */
    a = parse(&world, "record { x: u8, hidden: u8, z: u32 }");
    b = parse(&world, "record { x: u8, z: u32 }");
    assert_int_equal(tvn_builder_begin(builder, a), TVN_OK);
    memset(builder->data, 0x77, a->size);
    assert_int_equal(tvn_builder_finish(builder, &image), TVN_OK);
    assert_int_equal(tvn_lower_store(lower_plan(&world, a, b), image->data, 0,
                         &world.guest.memory, 64, &bytes, NULL),
        TVN_OK);
    assert_int_equal(world.guest.memory.base[64], 0x77);
    assert_int_equal(world.guest.memory.base[65], 0xA5);
    tvn_image_unref(image);
    end(&world);
}

static void
test_realloc_is_called_for_each_string_also_an_empty_one(void **state)
{
    struct world world;
    union tvn_slot slots[8];
    const struct tvn_type *type;
    struct tvn_image *image = NULL;
    uint64_t bytes = 0;

    (void)state;
    begin(&world, 1);
    type = parse(&world, "tuple<string, list<u8>, option<string>>");
    assert_int_equal(tvn_builder_begin(&world.builder, type), TVN_OK);
    assert_int_equal(tvn_builder_finish(&world.builder, &image), TVN_OK);
    assert_int_equal(tvn_lower_flat(lower_plan(&world, type, type), image->data,
                         0, &world.guest.memory, slots, &bytes, NULL),
        TVN_OK);
    assert_int_equal(world.guest.calls, 2); /* none has no string */
    tvn_image_unref(image);
    end(&world);
}

static void
test_what_does_not_read_gets_no_plan(void **state)
{
    struct world world;
    const struct tvn_plan *plan;

    (void)state;
    begin(&world, 1);
    assert_int_equal(tvn_plan_lower(&world.arena, parse(&world, "u64"),
                         parse(&world, "u32"), &plan),
        TVN_EINVAL);
    end(&world);
}

static void
test_a_value_can_be_lifted_inside_an_enclosing_one(void **state)
{
    struct world world;
    const struct tvn_type *outer;
    const struct tvn_type *inner;
    struct tvn_image *image = NULL;
    union tvn_slot slots[2] = {{.u64 = 100}, {.u64 = 2}};
    uint64_t bytes = 0;
    uint32_t far[2];

    (void)state;
    begin(&world, 1);
    outer = parse(&world, "record { a: u64, b: string }");
    inner = parse(&world, "string");
    memcpy(world.guest.memory.base + 100, "hi", 2);
    assert_int_equal(tvn_builder_begin(&world.builder, outer), TVN_OK);
    assert_int_equal(
        tvn_lift_flat(lift_plan(&world, inner), &world.guest.memory, slots,
            &world.builder, outer->members[1].offset, &bytes, NULL),
        TVN_OK);
    assert_int_equal(tvn_builder_finish(&world.builder, &image), TVN_OK);
    memcpy(far, image->data + 8, 8);
    assert_int_equal(far[1], 2);
    assert_memory_equal(image->data + far[0], "hi", 2);
    assert_int_equal(bytes, 10);
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
    assert_int_equal(tvn_args_make(&world->arena, plans, count, &args), TVN_OK);
    assert_int_equal(args.is_spilled, is_spilled);
    assert_int_equal(
        tvn_args_lower(&args, data, &world->guest.memory, slots, &bytes, NULL),
        TVN_OK);
    assert_int_equal(bytes, expected);
    assert_true(args.slots <= TVN_FLAT_PARAMS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_type *type = tvn_plan_type(plans[i]);
        const uint8_t *memory = world->guest.memory.base;

        assert_true(is_spilled
                        ? in_memory(type, data[i], 0, memory,
                              (uint32_t)slots[0].u64 + args.offsets[i])
                        : in_slots(type, data[i], 0, memory, slots + at));
        at += type->flat_count;
        tvn_image_unref(images[i]);
    }
    assert_int_equal(args.slots, is_spilled ? 1 : at);
}

static void
test_parameters_go_flat_up_to_16_and_else_by_pointer(void **state)
{
    static const char *const few[] = {"string", "u8", "option<string>",
        "tuple<f32, f64, char>", "list<u16>", "u64", "u64", "u64", "u64",
        "flags { a, b }"};
    static const char *const many[] = {"string", "u8", "option<string>",
        "tuple<f32, f64, char>", "list<u16>", "u64", "u64", "u64", "u64",
        "flags { a, b }", "u8"};
    struct world world;

    (void)state;
    begin(&world, 7);
    check_args(&world, NULL, 0, false);
    check_args(&world, few, 10, false);
    check_args(&world, many, 11, true);
    end(&world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lift_undoes_lower),
        cmocka_unit_test(test_a_view_reads_what_the_rules_say),
        cmocka_unit_test(test_a_flat_view_calls_no_realloc),
        cmocka_unit_test(test_what_the_view_leaves_out_does_not_get_across),
        cmocka_unit_test(
            test_realloc_is_called_for_each_string_also_an_empty_one),
        cmocka_unit_test(test_what_does_not_read_gets_no_plan),
        cmocka_unit_test(test_a_value_can_be_lifted_inside_an_enclosing_one),
        cmocka_unit_test(test_parameters_go_flat_up_to_16_and_else_by_pointer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
