/* place_test.c -- one test per sentence of place.h. */
#include "contract/place.h"

#include "base/mem.h"
#include "contract/testing.h"

static struct tvn_testing_kit kit;

static const struct {
    const char *path;
    uint32_t line;
} table[] = {
    {"a:b/events.departure", 3},
    {"a:b/events.departure.id", 4},
    {"a:b/events.departure.delay", 5},
    {"a:b/events.wrapped", 8},
    {"a:b/events.wrapped.flight", 9},
    {"a:b/events.wrapped.legs", 10},
    {"a:b/events.kind.big", 12},
    {"a:b/enrich.brief", 20},
    {"a:b/enrich.brief.id", 21},
    {"a:b/enrich.process", 22},
    {"a:b/life.init", 30},
};

static bool
find(const void *env, struct tvn_str path, struct tvn_place *place)
{
    TVN_ASSERT(env == table);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (tvn_str_is(path, table[i].path)) {
            *place = (struct tvn_place){"x.wit", table[i].line, 1, NULL};
            return true;
        }
    }
    return false;
}

static const struct tvn_places places = {find, table};

#define DEPARTURE "record { id: u64, delay: option<s32> }"
#define WRAPPED                                                                \
    "record { flight: option<" DEPARTURE ">, legs: list<" DEPARTURE            \
    ">, pair: tuple<u8, " DEPARTURE "> }"

/* The package: an interface `events` and the world `enrich`. */
static struct tvn_declared
declare(void)
{
    static const char *const interface[] = {"@a:b/events@1.0.0",
        "departure = " DEPARTURE, "wrapped = " WRAPPED,
        "kind = variant { big(u8), small }", NULL};
    static const char *const types[] = {
        "departure = " DEPARTURE, "brief = record { id: u64 }", NULL};
    static struct tvn_wit wit;
    static struct tvn_wit_world world;
    static const struct tvn_wit *const wits[] = {&wit};

    wit.interfaces = tvn_testing_externs(&kit, interface, &wit.interface_count);
    world.name = TVN_STR("enrich");
    world.package = TVN_STR("a:b@1.0.0");
    world.types = tvn_testing_externs(&kit, types, &world.type_count);
    return (struct tvn_declared){&places, &world, wits, 1};
}

static uint32_t
line_of(const struct tvn_declared *declared, const char *type, const char *path)
{
    struct tvn_place place = {.line = 77};
    bool found = tvn_place_of_path(
        declared, tvn_testing_parse(kit.types, type), path, &place);

    TVN_ASSERT(found == (place.line != 77)); /* untouched when not found */
    return found ? place.line : 0;
}

static void
test_a_path_leads_to_its_declaration(void)
{
    static const struct {
        const char *type, *path;
        uint32_t line;
    } rows[] = {
        {DEPARTURE, "", 3},
        {DEPARTURE, ".delay", 5},
        {DEPARTURE, ".nothing", 3}, /* the type that lacks it */
        {WRAPPED, ".flight", 9},
        {WRAPPED, ".flight.id", 4}, /* through the option */
        {WRAPPED, ".flight.nothing", 3},
        {WRAPPED, ".legs[].delay", 5},
        {WRAPPED, ".pair.1.delay", 5},
        {WRAPPED, ".pair", 8},             /* has no line of its own */
        {"record { id: u64 }", ".id", 21}, /* the world's own */
        {"variant { big(u8), small }", ".big", 12},
        {"variant { big(u8), small }", ".big.more", 12},
        {"record { unknown: u8 }", ".unknown", 0},
        {"u64", "", 0},
        {"u64", ".a.b", 0},
        {"list<u8>", "[]", 0},
        {"tuple<u8>", ".7.a", 0},
    };
    struct tvn_declared declared = declare();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t line = line_of(&declared, rows[i].type, rows[i].path);

        if (line != rows[i].line) {
            fprintf(stderr, "%s in %s: %u\n", rows[i].path, rows[i].type,
                (unsigned)line);
        }
        TVN_ASSERT(line == rows[i].line);
    }
}

static void
test_the_world_is_looked_through_first(void)
{
    struct tvn_declared declared = declare();

    declared.wit_count = 0;
    TVN_ASSERT(line_of(&declared, "record { id: u64 }", "") == 20);
    TVN_ASSERT(line_of(&declared, DEPARTURE, "") == 0); /* only used there */
    declared = declare();
    declared.world = NULL;
    TVN_ASSERT(line_of(&declared, "record { id: u64 }", "") == 0);
    TVN_ASSERT(line_of(&declared, DEPARTURE, "") == 3);
}

static void
test_functions_of_the_world_and_of_interfaces(void)
{
    struct tvn_declared declared = declare();
    struct tvn_place place = {0};

    TVN_ASSERT(tvn_place_of_func(
        &declared, (struct tvn_str){0}, TVN_STR("process"), &place));
    TVN_ASSERT(place.line == 22);
    TVN_ASSERT(tvn_place_of_func(
        &declared, TVN_STR("a:b/life@1.0.0"), TVN_STR("init"), &place));
    TVN_ASSERT(place.line == 30);
    TVN_ASSERT(!tvn_place_of_func(
        &declared, (struct tvn_str){0}, TVN_STR("flush"), &place));
    declared.world = NULL;
    TVN_ASSERT(!tvn_place_of_func(
        &declared, (struct tvn_str){0}, TVN_STR("process"), &place));
    TVN_ASSERT(place.line == 30);
}

static void
test_without_a_table_nothing_is_found(void)
{
    struct tvn_declared declared = declare();
    struct tvn_place place = {0};

    declared.places = NULL;
    TVN_ASSERT(line_of(&declared, DEPARTURE, "") == 0);
    TVN_ASSERT(!tvn_place_of_func(
        &declared, (struct tvn_str){0}, TVN_STR("process"), &place));
    declared.places = &places;
    TVN_ASSERT(!tvn_place_of_path(&declared, NULL, "", &place));
}

static void
test_types_at_paths(void)
{
    static const struct {
        const char *type, *path, *found;
    } rows[] = {
        {WRAPPED, "flight.delay", "option<s32>"},
        {WRAPPED, "flight", "option<" DEPARTURE ">"},
        {WRAPPED, "legs.id", "-"}, /* a list is no step */
        {WRAPPED, "nothing.id", "-"},
        {DEPARTURE, "", DEPARTURE},
        {"u64", "a", "-"},
        {"tuple<u8>", "0", "-"},
        {"variant { big(u8), small }", "small.a", "-"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tvn_testing_same_type(
            tvn_type_at_path(tvn_testing_parse(kit.types, rows[i].type),
                tvn_str_of(rows[i].path)),
            rows[i].found);
    }
}

/* A lookup without memory is one that finds nothing: a place is a help. */
static void
test_out_of_memory_finds_less(void)
{
    struct tvn_declared declared = declare();
    const struct tvn_type *type = tvn_testing_parse(kit.types, DEPARTURE);

    for (int64_t n = 0; n < 20; n++) {
        struct tvn_place place = {0};
        bool found;

        tvn_mem_fail_after(n);
        found = tvn_place_of_path(&declared, type, ".delay", &place);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(found == (place.line != 0));
        TVN_ASSERT(!found || place.line == 3 || place.line == 5);
    }
}

int
main(void)
{
    tvn_testing_kit_init(&kit);
    test_a_path_leads_to_its_declaration();
    test_the_world_is_looked_through_first();
    test_functions_of_the_world_and_of_interfaces();
    test_without_a_table_nothing_is_found();
    test_types_at_paths();
    test_out_of_memory_finds_less();
    tvn_testing_kit_fini(&kit);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
