/* random_world.h -- one random world; the seed and its number make it.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_RANDOM_WORLD_H
#define TVN_TESTS_BINDGEN_RANDOM_WORLD_H

#include "bindgen/functions.h"
#include "bindgen/world_text.h"

static inline enum tvn_many
world_pick_many(struct world *world, enum tvn_many first)
{
    return (enum tvn_many)(
        first + tvn_rng_below(&world->rng, TVN_MANY_LIST - first + 1));
}

/* Enum, option of an enum, or flags; at most 32. */
static inline void
world_ports(struct world *world)
{
    bool is_flags = world_chance(world, 2);
    unsigned count = 1 + (unsigned)tvn_rng_below(&world->rng, 32);

    tvn_buf_printf(&world->decls, "  %s port { ", is_flags ? "flags" : "enum");
    for (unsigned i = 0; i < count; i++) {
        tvn_buf_printf(&world->decls, "to-%c%u, ", (char)('a' + i % 26), i);
    }
    tvn_buf_append_text(&world->decls, "}\n");
    (void)types_add(&world->types, WORLD_ROLES, "port",
        (struct type_facts){.kind = TVN_KIND_ENUM, .nodes = 1});
    world->many =
        !is_flags && world_chance(world, 2) ? TVN_MANY_OPTION : TVN_MANY_ONE;
}

static inline void
world_poll(struct world *world, char *seen)
{
    unsigned order = (unsigned)tvn_rng_below(&world->rng, 3);
    struct tvn_buf cases = {0};
    char name[NAME_MAX_LEN];

    names_random(&world->scope, &world->rng, name);
    tvn_buf_printf(&cases,
        order == 0   ? "event(%s), wait(u64), done"
        : order == 1 ? "done, wait(u64), event(%s)"
                     : "wait(u64), event(%s), done",
        world->event);
    tvn_buf_printf(
        &world->decls, "  variant %%%s { %s }\n", name, tvn_buf_text(&cases));
    (void)types_add(&world->types, WORLD_ROLES, name,
        (struct type_facts){.kind = TVN_KIND_VARIANT, .nodes = 999});
    (void)snprintf(seen, NAME_MAX_LEN, "%%%.90s", name);
    tvn_buf_fini(&cases);
}

static inline void
world_source(struct world *world)
{
    char poll[NAME_MAX_LEN];
    struct tvn_buf text = {0};

    tvn_buf_printf(&text, "() -> %s", world->event);
    world_import(world, "next", tvn_buf_text(&text));
    tvn_buf_fini(&text);
    world->many = world_chance(world, 2) ? TVN_MANY_POLL : TVN_MANY_OPTION;
    if (world->many == TVN_MANY_POLL) {
        world_poll(world, poll);
    }
    world_main(
        world, "pull", world->many == TVN_MANY_POLL ? poll : world->event);
}

static inline void
world_processor(struct world *world, bool is_fixed)
{
    struct tvn_buf text = {0};

    memcpy(world->output, world->event, sizeof(world->output));
    world->is_other = !is_fixed && world_chance(world, 4);
    if (world->is_other) {
        world_event(world, world->output);
        tvn_buf_printf(&text, "() -> %s", world->output);
        world_import(world, "next", tvn_buf_text(&text));
        world_import_1(world, "probe", world->event, " -> option<u8>");
    }
    world->many = world_pick_many(world, TVN_MANY_ONE);
    world_main(world, "process", world->output);
    tvn_buf_fini(&text);
}

static inline void
world_aggregator(struct world *world)
{
    char window[NAME_MAX_LEN];
    struct tvn_buf text = {0};

    world->many = world_pick_many(world, TVN_MANY_NOTHING);
    if (world->many == TVN_MANY_ONE) {
        world->many = TVN_MANY_NOTHING;
    }
    world->late =
        world->is_table ? TVN_MANY_LIST : world_pick_many(world, TVN_MANY_ONE);
    world_main(world, "ingest", world->event);
    tvn_buf_append_byte(&text, '(');
    world->has_window = world_chance(world, 2);
    if (world->has_window) {
        world_told(world, "window", window);
        tvn_buf_printf(&text, "window: %s", window);
        world_import_1(world, "check-window", window, "");
    }
    tvn_buf_append_byte(&text, ')');
    world_result(world, world->late, world->event, &text);
    world_export(world, "flush", tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

static inline void
world_role(struct world *world, bool is_fixed)
{
    struct tvn_buf text = {0};

    world->is_blind =
        !is_fixed && tvn_role_passes(world->role) && world_chance(world, 8);
    if (world->is_blind) {
        world_told(world, "meta", world->event);
    }
    if (world->role != TVN_ROLE_SOURCE && world->role != TVN_ROLE_PROCESSOR &&
        world->role != TVN_ROLE_AGGREGATOR) {
        world_import_1(world, "probe", world->event, " -> option<u8>");
    }
    switch (world->role) {
    case TVN_ROLE_SOURCE:
        world_source(world);
        break;
    case TVN_ROLE_PROCESSOR:
        world_processor(world, is_fixed);
        break;
    case TVN_ROLE_FILTER:
        world->many = TVN_MANY_ONE;
        world_main(world, "evaluate", "bool");
        break;
    case TVN_ROLE_ROUTER:
        world_ports(world);
        world_main(world, "route", "port");
        break;
    case TVN_ROLE_AGGREGATOR:
        world_aggregator(world);
        break;
    case TVN_ROLE_SINK:
        world_main(world, "push", NULL);
        if (world_chance(world, 2)) {
            tvn_buf_append_text(&text, "()");
            world_result(world, TVN_MANY_NOTHING, NULL, &text);
            world_export(world, "complete", tvn_buf_text(&text));
        }
        break;
    }
    tvn_buf_fini(&text);
}

static inline void
world_lifecycle(struct world *world)
{
    struct tvn_buf text = {0};
    char type[NAME_MAX_LEN];

    world->has_config = world_chance(world, 3);
    if (world->has_config) {
        if (world_chance(world, 3)) {
            (void)world_any_type(world, type);
        } else {
            (void)snprintf(type, sizeof(type), "%%%.90s",
                world_declare(world, TVN_KIND_RECORD, NULL)->seen);
        }
        tvn_buf_printf(&text, "(config: %s)", type);
        world_result(world, TVN_MANY_NOTHING, NULL, &text);
        world_export(world, "init", tvn_buf_text(&text));
        world_import_1(world, "check-config", type, "");
    }
    if (world_chance(world, 8)) {
        world_export(world, "teardown", "()");
    }
    tvn_buf_fini(&text);
}

/* Makes world number `index` of the seed; `fixed` NULL: a random event. */
static inline void
world_make(struct world *world, uint64_t seed, uint64_t index,
    const struct world_fixed *fixed)
{
    const uint64_t numbers[] = {seed, index};

    *world = (struct world){.index = index,
        .rng = {tvn_hash64(numbers, sizeof(numbers))},
        .role = (enum tvn_role)(index % TVN_ROLE_COUNT)};
    world->types.rng = &world->rng;
    world->has_host = world_chance(world, 3);
    world->has_stage = world_chance(world, 3);
    world->has_roles =
        world->has_host || world->has_stage || world_chance(world, 2);
    world->is_inline = world_chance(world, 3);
    world->has_log = world_chance(world, 5);
    world->has_metrics = world_chance(world, 8);
    world->is_cpp = world_chance(world, 5);
    world->is_split = world->is_cpp || world_chance(world, 8);
    tvn_buf_printf(&world->text, "package t:t%s;\n",
        world_chance(world, 2) ? "@1.2.3" : "");
    world_name_all(world);
    world_random_types(world);
    world_see_all(world);
    world_fault(world);
    if (fixed != NULL) {
        tvn_buf_append_text(&world->decls, fixed->decls);
        (void)types_add(&world->types, WORLD_ROLES, "event-type",
            (struct type_facts){.kind = TVN_KIND_RECORD,
                .nodes = 999,
                .has_pointer = fixed->has_pointer});
        (void)snprintf(world->event, sizeof(world->event), "event-type");
    } else {
        world->is_table =
            world->role == TVN_ROLE_AGGREGATOR && world_chance(world, 2);
        world_event(world, world->event);
    }
    world_role(world, fixed != NULL);
    world_lifecycle(world);
    world->has_on_init = world->has_config && world_chance(world, 2);
    world->is_split |= world->has_on_init; /* the glue has a weak one */
    world->has_swap = world_chance(world, 3);
    if (world->has_swap) {
        world_swap(world);
    }
    world->has_find = world_chance(world, 4);
    if (world->has_find) {
        world_find(world);
    }
    world_finish(world);
    TVN_ASSERT(!world->text.failed);
}

static inline void
world_fini(struct world *world)
{
    tvn_buf_fini(&world->scope.taken);
    tvn_buf_fini(&world->package.taken);
    tvn_buf_fini(&world->decls);
    tvn_buf_fini(&world->imports);
    tvn_buf_fini(&world->exports);
    tvn_buf_fini(&world->text);
}

#endif
