/* lift_test.c -- hostile guests: everything that is no value is refused with
 * path and reason, and nothing outside the guest's memory is looked at. */
#include "base/mem.h"
#include "value/plan.h"
#include "value/testing.h"
#include "value/testing_checks.h"
#include "value/testing_guest.h"

#include <stdio.h>

#define MEMORY 4096u /* bytes that the guest has */

struct world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_testing_guest guest;
    struct tvn_arena arena;
};

static void
begin(struct world *world)
{
    *world = (struct world){0};
    world->types = tvn_types_new();
    world->pool = tvn_pool_new(1u << 13, 1u << 13);
    tvn_builder_init(&world->builder, world->pool);
    tvn_testing_guest_init(&world->guest, MEMORY);
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

/* Lifts what is at `ptr`; the diag's text goes to `text`. */
static tvn_err
load(struct world *world, const char *type_text, uint32_t ptr, char text[256])
{
    const struct tvn_type *type = tvn_testing_parse(world->types, type_text);
    const struct tvn_plan *plan = NULL;
    struct tvn_diag diag = {0};
    uint64_t bytes = 7;
    tvn_err err;

    TVN_ASSERT(tvn_plan_lift(&world->arena, type, &plan) == TVN_OK);
    TVN_ASSERT(tvn_builder_begin(&world->builder, type) == TVN_OK);
    err = tvn_lift_load(
        plan, &world->guest.memory, ptr, &world->builder, 0, &bytes, &diag);
    TVN_ASSERT((err == TVN_OK) == (bytes != 7));
    TVN_ASSERT(err == tvn_diag_err(&diag));
    (void)snprintf(text, 256, "%s", err == TVN_OK ? "" : diag.first->text);
    tvn_diag_fini(&diag);
    return err;
}

/* Words of 4 bytes, written at 64, where the value is. */
struct row {
    const char *type;
    uint32_t words[6];
    const char *text; /* "": it is a value */
};

#define PAIR "record { id: u32, name: string }"

static const struct row rows[] = {
    {"string", {100, 0}, ""}, {"list<u8>", {MEMORY - 4, 4}, ""},
    {"string", {MEMORY, 0}, ""},
    {"string", {MEMORY + 1, 0},
        "a string at 0x1001 of 0 bytes is outside the guest's memory of 4096 "
        "bytes"},
    {"string", {MEMORY - 4, 5},
        "a string at 0xffc of 5 bytes is outside the guest's memory of 4096 "
        "bytes"},
    {"string", {0xFFFFFFFF, 2},
        "a string at 0xffffffff of 2 bytes is outside the guest's memory of "
        "4096 bytes"},
    {"string", {0, 0x10000000}, "a string of 268435456 bytes"},
    {"string", {0, 0x80000002}, "a string of 2147483650 bytes"},
    /* the memory is full of A5 */
    {PAIR, {1, 200, 3}, ".name is not UTF-8 (0xA5 at byte 0)"},
    {"list<u32>", {100, 2}, ""},
    {"list<u32>", {102, 0}, "a list at 0x66, not aligned to 4"},
    {"list<u64>", {100, 1}, "a list at 0x64, not aligned to 8"},
    {"list<u32>", {100, 0x40000000},
        "a list of 1073741824 elements, 4294967296 bytes"},
    {"list<u32>", {MEMORY - 4, 2},
        "a list at 0xffc of 8 bytes is outside the guest's memory of 4096 "
        "bytes"},
    {"list<list<u8>>", {72, 2, 100, 1, 100, MEMORY},
        "[1]: a list at 0x64 of 4096 bytes is outside the guest's memory of "
        "4096 bytes"},
    {"list<tuple<u32, string>>", {72, 1, 5, MEMORY + 7, 0},
        "[0].1: a string at 0x1007 of 0 bytes is outside the guest's memory "
        "of 4096 bytes"},
    {"char", {0x10FFFF}, ""}, {"char", {0x110000}, "0x110000 is no char"},
    {"char", {0xD800}, "0xd800 is no char"},
    {"char", {0xDFFF}, "0xdfff is no char"}, {"enum { a, b }", {1}, ""},
    {"enum { a, b }", {2}, "case 2 of a type with 2 cases"},
    {"option<u8>", {0x0101}, ""},
    {"option<u8>", {2}, "case 2 of a type with 2 cases"},
    {"option<char>", {1, 0xD900}, "0xd900 is no char"},
    {"tuple<u32, option<option<char>>>", {9, 1, 1, 0xD900},
        ".1: 0xd900 is no char"},
    {"variant { a(u8), b }", {2}, "case 2 of a type with 2 cases"},
    {"variant { a(u8), b(record { c: char }) }", {1, 0x110000},
        ".b.c: 0x110000 is no char"},
    {"result<u8, enum { x }>", {0x0101},
        ".error: case 1 of a type with 1 "
        "cases"},
    {"flags { a, b }", {0xFF}, ""}, /* the rest is dropped */
    {"bool", {0x70}, ""},           /* and read as true */
};

static void
test_everything_that_is_no_value_is_refused(void)
{
    struct world world;
    char text[256];

    begin(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tvn_err err;

        memset(world.guest.memory.base, 0xA5, MEMORY);
        memcpy(
            world.guest.memory.base + 64, rows[i].words, sizeof(rows[i].words));
        err = load(&world, rows[i].type, 64, text);
        if (strcmp(text, rows[i].text) != 0) {
            fprintf(stderr, "%s: %s\n", rows[i].type, text);
        }
        TVN_ASSERT(strcmp(text, rows[i].text) == 0);
        TVN_ASSERT(err == (rows[i].text[0] == '\0' ? TVN_OK : TVN_EABI));
    }
    end(&world);
}

static void
test_the_value_itself_must_be_inside_and_aligned(void)
{
    static const struct {
        uint32_t ptr;
        const char *text;
    } places[] = {
        {MEMORY - 8, ""},
        {MEMORY - 4,
            "a value at 0xffc of 8 bytes is outside the guest's memory of "
            "4096 bytes"},
        {0xFFFFFFFC,
            "a value at 0xfffffffc of 8 bytes is outside the guest's memory "
            "of 4096 bytes"},
        {66, "a value at 0x42, not aligned to 4"},
    };
    struct world world;
    char text[256];

    begin(&world);
    for (size_t i = 0; i < 4; i++) {
        (void)load(&world, "tuple<u32, u8>", places[i].ptr, text);
        TVN_ASSERT(strcmp(text, places[i].text) == 0);
    }
    end(&world);
}

/* The same checks where the value comes as core values. */
static void
test_flat_values_are_checked_too(void)
{
    static const struct {
        const char *type;
        uint64_t slots[3];
        const char *text;
    } flat[] = {
        {"string", {MEMORY + 1, 0},
            "a string at 0x1001 of 0 bytes is outside the guest's memory of "
            "4096 bytes"},
        {"option<u8>", {257, 0}, "case 257 of a type with 2 cases"},
        {"enum { a }", {256}, "case 256 of a type with 1 cases"},
        {"variant { a(string), b(char) }", {1, 0x110000, 0},
            ".b: 0x110000 is no char"},
        {"tuple<u8, char>", {0xFFFFFF01, 0xD800}, ".1: 0xd800 is no char"},
        {"tuple<u8, char>", {0xFFFFFF01, 'x'}, ""},
    };
    struct world world;

    begin(&world);
    for (size_t i = 0; i < sizeof(flat) / sizeof(flat[0]); i++) {
        const struct tvn_type *type =
            tvn_testing_parse(world.types, flat[i].type);
        const struct tvn_plan *plan = NULL;
        union tvn_slot slots[3] = {{.u64 = flat[i].slots[0]},
            {.u64 = flat[i].slots[1]}, {.u64 = flat[i].slots[2]}};
        struct tvn_diag diag = {0};
        uint64_t bytes = 0;
        tvn_err err;

        TVN_ASSERT(tvn_plan_lift(&world.arena, type, &plan) == TVN_OK);
        TVN_ASSERT(tvn_builder_begin(&world.builder, type) == TVN_OK);
        err = tvn_lift_flat(
            plan, &world.guest.memory, slots, &world.builder, 0, &bytes, &diag);
        TVN_ASSERT(err == (flat[i].text[0] == '\0' ? TVN_OK : TVN_EABI));
        TVN_ASSERT(
            err == TVN_OK || strcmp(diag.first->text, flat[i].text) == 0);
        tvn_diag_fini(&diag);
    }
    end(&world);
}

/* Many lists that share one place: the image's size is what counts. */
static void
test_amplification_ends_at_the_pools_max(void)
{
    struct world world;
    char text[256];

    begin(&world);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t far[2] = {0, 2048};

        memcpy(world.guest.memory.base + 1024 + 8 * (size_t)i, far, 8);
    }
    memcpy(world.guest.memory.base + 64, (uint32_t[]){1024, 64}, 8);
    TVN_ASSERT(load(&world, "record { all: list<list<u8>> }", 64, text) ==
               TVN_ETOOBIG);
    TVN_ASSERT(strcmp(text, ".all[3]: larger than max-event allows") == 0);
    end(&world);
}

/* What a guest's realloc returns is checked each time. */
static uint32_t returned;

static tvn_err
bad_realloc(
    struct tvn_memory *memory, uint32_t align, uint32_t size, uint32_t *ptr)
{
    (void)memory;
    (void)align;
    (void)size;
    *ptr = returned;
    return TVN_OK;
}

static void
test_a_bad_realloc_is_refused(void)
{
    static const struct {
        uint32_t ptr;
        tvn_err err;
    } results[] = {{0, TVN_OK}, {MEMORY - 8, TVN_OK}, {MEMORY - 4, TVN_EABI},
        {0xFFFFFFF8, TVN_EABI}, {4, TVN_EABI}};
    struct world world;
    const struct tvn_type *type;
    const struct tvn_plan *plan = NULL;
    uint8_t data[32] = {8, 0, 0, 0, 1, 0, 0, 0, 42};

    begin(&world);
    type = tvn_testing_parse(world.types, "list<u64>");
    TVN_ASSERT(tvn_plan_lower(&world.arena, type, type, &plan) == TVN_OK);
    world.guest.memory.realloc = bad_realloc;
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        union tvn_slot slots[2];
        uint64_t bytes = 0;

        returned = results[i].ptr;
        TVN_ASSERT(tvn_lower_flat(plan, data, 0, &world.guest.memory, slots,
                       &bytes, NULL) == results[i].err);
        TVN_ASSERT((bytes != 0) == (results[i].err == TVN_OK));
    }
    end(&world);
}

/* Where a guest wants a result to go. */
static void
test_a_bad_place_for_a_result_is_refused(void)
{
    static const struct {
        uint32_t ptr;
        tvn_err err;
    } places[] = {{64, TVN_OK}, {MEMORY - 8, TVN_OK}, {66, TVN_EABI},
        {MEMORY - 4, TVN_EABI}, {0xFFFFFFFC, TVN_EABI}};
    struct world world;
    const struct tvn_type *type;
    const struct tvn_plan *plan = NULL;
    static const uint8_t data[8] = {1, 2, 3, 4, 5};

    begin(&world);
    type = tvn_testing_parse(world.types, "tuple<u32, u8>");
    TVN_ASSERT(tvn_plan_lower(&world.arena, type, type, &plan) == TVN_OK);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint64_t bytes = 0;

        TVN_ASSERT(tvn_lower_store(plan, data, 0, &world.guest.memory,
                       places[i].ptr, &bytes, NULL) == places[i].err);
        TVN_ASSERT(bytes == (places[i].err == TVN_OK ? 8 : 0));
    }
    end(&world);
}

/* The host's idea of the size may be old; it looks again before refusing. */
static void
test_memory_that_grew_is_seen(void)
{
    struct world world;
    char text[256];

    begin(&world);
    TVN_ASSERT(world.guest.memory.size == 0);
    world.guest.size = 2048;
    memcpy(world.guest.memory.base + 64, (uint32_t[]){2048, 0}, 8);
    TVN_ASSERT(load(&world, "string", 64, text) == TVN_OK);
    memcpy(world.guest.memory.base + 64, (uint32_t[]){3000, 0}, 8);
    TVN_ASSERT(load(&world, "string", 64, text) == TVN_EABI);
    world.guest.size = MEMORY;
    TVN_ASSERT(load(&world, "string", 64, text) == TVN_OK);
    end(&world);
}

static void
run_all(void)
{
    test_everything_that_is_no_value_is_refused();
    test_the_value_itself_must_be_inside_and_aligned();
    test_flat_values_are_checked_too();
    test_amplification_ends_at_the_pools_max();
    test_a_bad_realloc_is_refused();
    test_a_bad_place_for_a_result_is_refused();
    test_memory_that_grew_is_seen();
}

/* Each check of lift.c and lower.c, switched off, makes a test here fail. */
static void
test_each_check_is_missed_when_it_is_off(void)
{
    static const int numbers[] = {
        1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24};

    tvn_testing_miss_checks(
        numbers, sizeof(numbers) / sizeof(numbers[0]), run_all);
}

int
main(void)
{
    run_all();
    test_each_check_is_missed_when_it_is_off();
    return 0;
}
