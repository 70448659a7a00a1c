/* plan_handles_test.c -- handles of resources in values: which are asked for,
 * in which order, and what is written when one is refused. */
#include "base/mem.h"
#include "value/plan.h"
#include "value/testing.h"
#include "value/testing_guest.h"
#include "value/view.h"

#include <stdarg.h>
#include <stdio.h>

/* A table that takes handle h as representation 100 h and gives it back as
 * h + 1, writes down what it was asked, and refuses one number. */
struct table {
    struct tvn_handles handles; /* first */
    uint32_t refused;
    char log[256];
};

static void note(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(struct table *table, const char *format, ...)
{
    size_t len = strlen(table->log);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(table->log + len, sizeof(table->log) - len, format, args);
    va_end(args);
}

static const char *
take(struct tvn_handles *handles, const struct tvn_type *type, uint32_t handle,
    uint32_t *rep)
{
    struct table *table = (void *)handles;
    const char *kind = type->kind == TVN_KIND_OWN ? "own" : "borrow";

    note(table, "%s %.*s %u, ", kind, TVN_STR_ARG(type->resource->name),
        (unsigned)handle);
    *rep = 100 * handle;
    return handle == table->refused ? "is no handle" : NULL;
}

static const char *
give(struct tvn_handles *handles, const struct tvn_type *type, uint32_t rep,
    uint32_t *handle)
{
    const char *why = take(handles, type, rep, handle);

    *handle = rep / 100 + 1;
    return why == NULL ? NULL : "does not fit in";
}

struct world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_testing_guest guest;
    struct tvn_arena arena;
    struct table table;
    const struct tvn_type *type; /* all, below */
    const struct tvn_plan *lift;
    const struct tvn_plan *lower;
};

/* own and borrow of resources r and s */
struct four {
    const struct tvn_type *own_r, *borrow_r, *own_s, *borrow_s;
};

static struct four
make_four(struct tvn_types *types)
{
    const struct tvn_resource *r = NULL;
    const struct tvn_resource *s = NULL;
    struct four f;

    TVN_ASSERT(tvn_type_resource(types, TVN_STR("r"), 0, &r) == TVN_OK);
    TVN_ASSERT(tvn_type_resource(types, TVN_STR("s"), 1, &s) == TVN_OK);
    TVN_ASSERT(tvn_type_handle(types, TVN_KIND_OWN, r, &f.own_r) == TVN_OK);
    TVN_ASSERT(
        tvn_type_handle(types, TVN_KIND_BORROW, r, &f.borrow_r) == TVN_OK);
    TVN_ASSERT(tvn_type_handle(types, TVN_KIND_OWN, s, &f.own_s) == TVN_OK);
    TVN_ASSERT(
        tvn_type_handle(types, TVN_KIND_BORROW, s, &f.borrow_s) == TVN_OK);
    return f;
}

/* record { h: own<r>, b: borrow<r>, o: option<own<r>>,
 *     v: variant { x(u8), y(own<s>) }, a: list<own<r>>,
 *     t: tuple<u8, borrow<s>> }
 *
 *     0 h | 4 b | 8 o, 12 | 16 v, 20 | 24 a | 32 t.0, 36 t.1 */
static const struct tvn_type *
make_type(struct tvn_types *types)
{
    struct four f = make_four(types);
    struct tvn_member cases[2] = {
        {.name = TVN_STR("x"), .type = tvn_testing_scalar(types, TVN_KIND_U8)},
        {.name = TVN_STR("y"), .type = f.own_s}};
    struct tvn_member elements[2] = {
        {.type = cases[0].type}, {.type = f.borrow_s}};
    struct tvn_member fields[6] = {{.name = TVN_STR("h"), .type = f.own_r},
        {.name = TVN_STR("b"), .type = f.borrow_r}, {.name = TVN_STR("o")},
        {.name = TVN_STR("v")}, {.name = TVN_STR("a")}, {.name = TVN_STR("t")}};
    const struct tvn_type *type = NULL;

    TVN_ASSERT(tvn_type_option(types, f.own_r, &fields[2].type) == TVN_OK);
    TVN_ASSERT(tvn_type_members(types, TVN_KIND_VARIANT, cases, 2,
                   &fields[3].type) == TVN_OK);
    TVN_ASSERT(tvn_type_list(types, f.own_r, &fields[4].type) == TVN_OK);
    TVN_ASSERT(tvn_type_members(types, TVN_KIND_TUPLE, elements, 2,
                   &fields[5].type) == TVN_OK);
    TVN_ASSERT(
        tvn_type_members(types, TVN_KIND_RECORD, fields, 6, &type) == TVN_OK);
    TVN_ASSERT(type->size == 40 && type->flat_count == 10);
    return type;
}

static void
begin(struct world *world)
{
    *world = (struct world){.table = {.handles = {take, give}}};
    world->types = tvn_types_new();
    world->pool = tvn_pool_new(1u << 13, 1u << 13);
    tvn_builder_init(&world->builder, world->pool);
    tvn_testing_guest_init(&world->guest, 4096);
    world->guest.memory.handles = &world->table.handles;
    world->type = make_type(world->types);
    TVN_ASSERT(
        tvn_plan_lift(&world->arena, world->type, &world->lift) == TVN_OK);
    TVN_ASSERT(tvn_plan_lower(&world->arena, world->type, world->type,
                   &world->lower) == TVN_OK);
    TVN_ASSERT(!tvn_plan_is_flat(world->lower));
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

/* The ten words of the value in memory, its list at 512; also as slots. */
#define LIST 512u
static const uint32_t full[10] = {1, 2, 1, 3, 1, 4, LIST, 3, 9, 8};
static const uint32_t bare[10] = {1, 2, 0, 3, 0, 4, LIST, 0, 9, 8};
static const uint32_t elements[3] = {5, 6, 7};

static tvn_err
lift(struct world *world, const uint32_t words[10], bool is_flat, char why[160])
{
    struct tvn_memory *memory = &world->guest.memory;
    union tvn_slot slots[10];
    struct tvn_diag diag = {0};
    uint64_t bytes = 0;
    tvn_err err;

    world->table.log[0] = '\0';
    memcpy(memory->base + LIST, elements, sizeof(elements));
    memcpy(memory->base + 256, words, 40);
    for (uint32_t i = 0; i < 10; i++) {
        slots[i].u64 = words[i];
    }
    TVN_ASSERT(tvn_builder_begin(&world->builder, world->type) == TVN_OK);
    err = is_flat ? tvn_lift_flat(world->lift, memory, slots, &world->builder,
                        0, &bytes, &diag)
                  : tvn_lift_load(world->lift, memory, 256, &world->builder, 0,
                        &bytes, &diag);
    (void)snprintf(why, 160, "%s", diag.first == NULL ? "" : diag.first->text);
    tvn_diag_fini(&diag);
    return err;
}

static void
test_lifting_takes_each_in_order(void)
{
    static const uint32_t lifted[10] = {
        100, 200, 1, 300, 1, 400, 40, 3, 9, 800};
    static const uint32_t reps[3] = {500, 600, 700};
    struct world world;
    char why[160];

    begin(&world);
    for (int is_flat = 0; is_flat <= 1; is_flat++) {
        TVN_ASSERT(lift(&world, full, is_flat != 0, why) == TVN_OK);
        TVN_ASSERT(strcmp(world.table.log,
                       "own r 1, borrow r 2, own r 3, own s 4, own r 5, own r "
                       "6, own r 7, borrow s 8, ") == 0);
        TVN_ASSERT(memcmp(world.builder.data, lifted, 40) == 0);
        TVN_ASSERT(memcmp(world.builder.data + 40, reps, 12) == 0);

        /* none, an empty list and a case without a handle ask nothing */
        TVN_ASSERT(lift(&world, bare, is_flat != 0, why) == TVN_OK);
        TVN_ASSERT(
            strcmp(world.table.log, "own r 1, borrow r 2, borrow s 8, ") == 0);
    }
    end(&world);
}

static void
test_the_path_says_which_handle_is_refused(void)
{
    static const struct {
        uint32_t handle;
        const char *why, *log;
    } rows[] = {
        {1, ".h: handle 1 is no handle", "own r 1, "},
        {3, ".o: handle 3 is no handle", "own r 1, borrow r 2, own r 3, "},
        {4, ".v.y: handle 4 is no handle",
            "own r 1, borrow r 2, own r 3, own s 4, "},
        {7, ".a[2]: handle 7 is no handle",
            "own r 1, borrow r 2, own r 3, own s 4, own r 5, own r 6, own r "
            "7, "},
        {8, ".t.1: handle 8 is no handle",
            "own r 1, borrow r 2, own r 3, own s 4, own r 5, own r 6, own r "
            "7, borrow s 8, "},
    };
    struct world world;
    char why[160];

    begin(&world);
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        world.table.refused = rows[i / 2].handle;
        TVN_ASSERT(lift(&world, full, (i & 1) != 0, why) == TVN_EABI);
        TVN_ASSERT(strcmp(why, rows[i / 2].why) == 0);
        TVN_ASSERT(strcmp(world.table.log, rows[i / 2].log) == 0);
    }
    end(&world);
}

/* Lowers what is in the builder to 1024 or into slots; `words` are those. */
static tvn_err
lower(struct world *world, bool is_flat, uint32_t words[10], char why[160])
{
    struct tvn_memory *memory = &world->guest.memory;
    const uint8_t *data = world->builder.data;
    union tvn_slot slots[10];
    struct tvn_diag diag = {0};
    uint64_t bytes = 0;
    tvn_err err;

    world->table.log[0] = '\0';
    world->guest.next = 2048;
    memset(memory->base + 1024, 0, 40);
    memset(slots, 0xA5, sizeof(slots));
    err = is_flat ? tvn_lower_flat(
                        world->lower, data, 0, memory, slots, &bytes, &diag)
                  : tvn_lower_store(
                        world->lower, data, 0, memory, 1024, &bytes, &diag);
    memcpy(words, memory->base + 1024, 40);
    for (uint32_t i = 0; is_flat && err == TVN_OK && i < 10; i++) {
        TVN_ASSERT(slots[i].u64 <= UINT32_MAX);
        words[i] = slots[i].u32;
    }
    (void)snprintf(why, 160, "%s", diag.first == NULL ? "" : diag.first->text);
    tvn_diag_fini(&diag);
    return err;
}

static void
test_lowering_gives_each_in_order(void)
{
    static const uint32_t lowered[10] = {2, 3, 1, 4, 1, 5, 2048, 3, 9, 9};
    static const uint32_t given[3] = {6, 7, 8};
    uint32_t words[10];
    struct world world;
    char why[160];

    begin(&world);
    for (int is_flat = 0; is_flat <= 1; is_flat++) {
        TVN_ASSERT(lift(&world, full, false, why) == TVN_OK);
        TVN_ASSERT(lower(&world, is_flat != 0, words, why) == TVN_OK);
        TVN_ASSERT(strcmp(world.table.log,
                       "own r 100, borrow r 200, own r 300, own s 400, own r "
                       "500, own r 600, own r 700, borrow s 800, ") == 0);
        TVN_ASSERT(memcmp(words, lowered, 40) == 0);
        TVN_ASSERT(memcmp(world.guest.memory.base + 2048, given, 12) == 0);

        TVN_ASSERT(lift(&world, bare, false, why) == TVN_OK);
        TVN_ASSERT(lower(&world, is_flat != 0, words, why) == TVN_OK);
        TVN_ASSERT(strcmp(world.table.log,
                       "own r 100, borrow r 200, borrow s 800, ") == 0);
        TVN_ASSERT(words[3] == 0 && words[5] == 4);
    }
    end(&world);
}

static void
test_a_handle_that_is_not_given_ends_the_lowering(void)
{
    uint32_t words[10];
    struct world world;
    char why[160];

    begin(&world);
    for (int is_flat = 0; is_flat <= 1; is_flat++) {
        world.table.refused = 0;
        TVN_ASSERT(lift(&world, full, false, why) == TVN_OK);
        world.table.refused = 300;
        TVN_ASSERT(lower(&world, is_flat != 0, words, why) == TVN_EABI);
        TVN_ASSERT(strcmp(why, "a handle does not fit in") == 0);
        TVN_ASSERT(strcmp(world.table.log,
                       "own r 100, borrow r 200, own r 300, ") == 0);
    }
    end(&world);
}

/* From image to image there is no table. */
static void
test_converting_keeps_representations(void)
{
    struct tvn_image *image = NULL;
    uint64_t bytes = 0;
    struct world world;
    char why[160];

    begin(&world);
    TVN_ASSERT(lift(&world, full, false, why) == TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&world.builder, &image) == TVN_OK);
    world.table.log[0] = '\0';
    TVN_ASSERT(tvn_builder_begin(&world.builder, world.type) == TVN_OK);
    TVN_ASSERT(tvn_plan_convert(world.lower, image->data, 0, &world.builder, 0,
                   &bytes) == TVN_OK);
    TVN_ASSERT(world.builder.size == image->size && bytes == 52);
    TVN_ASSERT(memcmp(world.builder.data, image->data, image->size) == 0);
    TVN_ASSERT(world.table.log[0] == '\0');
    tvn_image_unref(image);
    end(&world);
}

static void
test_every_allocation_may_fail(void)
{
    const struct tvn_plan *plan = NULL;
    struct world world;
    tvn_err err = TVN_ENOMEM;
    int64_t n;

    begin(&world);
    for (n = 0; err != TVN_OK; n++) {
        struct tvn_arena arena = {0};

        tvn_mem_fail_after(n);
        err = n % 2 == 0
                  ? tvn_plan_lift(&arena, world.type, &plan)
                  : tvn_plan_lower(&arena, world.type, world.type, &plan);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        tvn_arena_fini(&arena);
    }
    TVN_ASSERT(n > 3);
    end(&world);
}

int
main(void)
{
    test_lifting_takes_each_in_order();
    test_the_path_says_which_handle_is_refused();
    test_lowering_gives_each_in_order();
    test_a_handle_that_is_not_given_ends_the_lowering();
    test_converting_keeps_representations();
    test_every_allocation_may_fail();
    return 0;
}
