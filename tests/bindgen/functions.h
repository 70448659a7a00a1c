/* functions.h -- the functions of a random world: its role's, and what the
 * stage asks of the host.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_FUNCTIONS_H
#define TVN_TESTS_BINDGEN_FUNCTIONS_H

#include "bindgen/worlds.h"
#include "contract/role.h"

/* ------------------------------------------------------------------------
 * Types of the role. */

/* A fault: none, string, torvyn:stage's, or one of our own. */
static inline void
world_fault(struct world *world)
{
    static const char *const cases[] = {"retry", "reject", "fatal"};
    unsigned first = (unsigned)tvn_rng_below(&world->rng, 3);
    unsigned count = 1 + (unsigned)tvn_rng_below(&world->rng, 3);
    bool is_enum = world_chance(world, 5);
    char name[NAME_MAX_LEN];

    switch (tvn_rng_below(&world->rng, 4)) {
    case 0:
        return;
    case 1:
        (void)snprintf(world->fault, sizeof(world->fault), "string");
        return;
    case 2:
        world_std(world, "fault", world->fault);
        return;
    default:
        break;
    }
    names_random(&world->scope, &world->rng, name);
    tvn_buf_printf(
        &world->decls, "  %s %%%s { ", is_enum ? "enum" : "variant", name);
    for (unsigned i = 0; i < count; i++) {
        tvn_buf_printf(&world->decls, "%s%s, ", cases[(first + i) % 3],
            !is_enum && !world_chance(world, 3) ? "(string)" : "");
    }
    tvn_buf_append_text(&world->decls, "}\n");
    (void)types_add(&world->types, WORLD_ROLES, name,
        (struct type_facts){
            .kind = TVN_KIND_VARIANT, .nodes = count, .has_pointer = true});
    (void)snprintf(world->fault, sizeof(world->fault), "%%%.90s", name);
}

/* Whether a value of this type can be kept between calls: records, lists and
 * text have a function for it, what has no pointer needs none. */
static inline bool
world_can_keep(struct type_facts facts)
{
    return facts.kind == TVN_KIND_RECORD || facts.kind == TVN_KIND_STRING ||
           facts.is_bytes || !facts.has_pointer;
}

static inline bool
world_is_event(const struct world *world, struct type_facts facts)
{
    return facts.kind != TVN_KIND_OPTION && facts.kind != TVN_KIND_RESULT &&
           (facts.kind != TVN_KIND_LIST || facts.is_bytes) &&
           facts.kind != TVN_KIND_U8 && /* a list of them would be bytes */
           (world->role != TVN_ROLE_AGGREGATOR || world_can_keep(facts));
}

static inline void
world_event(struct world *world, char *seen)
{
    static const char *const keys[] = {
        "string", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"};
    struct tvn_buf expr = {0};
    struct type_facts facts = {.kind = TVN_KIND_OPTION};
    unsigned dice = (unsigned)tvn_rng_below(&world->rng, 10);
    const struct type_named *named;

    if (world->is_table || dice < 3) {
        named = world_declare(world, TVN_KIND_RECORD,
            world->is_table ? keys[tvn_rng_below(&world->rng, 9)] : NULL);
        (void)snprintf(seen, NAME_MAX_LEN, "%%%.90s", named->seen);
        return;
    }
    for (unsigned tries = 0; dice < 8 && tries < 8; tries++) {
        named = types_pick(&world->types);
        if (named != NULL && world_is_event(world, named->facts)) {
            (void)snprintf(seen, NAME_MAX_LEN, "%%%.90s", named->seen);
            return;
        }
    }
    while (!world_is_event(world, facts)) {
        tvn_buf_clear(&expr);
        facts = types_expr(&world->types, &expr, TYPES_DEPTH, TYPES_NODES_MAX);
    }
    world_alias(world, tvn_buf_text(&expr), facts, seen);
    tvn_buf_fini(&expr);
}

/* A record of some fields of torvyn:stage's `meta` or `window`. */
static inline void
world_told(struct world *world, const char *std, char *seen)
{
    static const char *const meta[] = {"sequence: u64", "event-time-ns: u64",
        "ingest-time-ns: u64", "key: u64", "attempt: u32",
        "attributes: list<tuple<string, string>>"};
    static const char *const window[] = {"start-ns: u64", "end-ns: u64"};
    bool is_meta = strcmp(std, "meta") == 0;
    unsigned first = (unsigned)tvn_rng_below(&world->rng, is_meta ? 6 : 2);
    char name[NAME_MAX_LEN];

    if (world_chance(world, 2)) {
        world_std(world, std, seen);
        return;
    }
    names_random(&world->scope, &world->rng, name);
    tvn_buf_printf(&world->decls, "  record %%%s { ", name);
    for (unsigned i = first; i < (is_meta ? 6u : 2u); i++) {
        tvn_buf_printf(&world->decls, "%s, ", is_meta ? meta[i] : window[i]);
    }
    tvn_buf_append_text(&world->decls, "}\n");
    (void)types_add(&world->types, WORLD_ROLES, name,
        (struct type_facts){
            .kind = TVN_KIND_RECORD, .nodes = 8, .has_pointer = true});
    (void)snprintf(seen, NAME_MAX_LEN, "%%%.90s", name);
}

/* ------------------------------------------------------------------------
 * Functions. */

static inline void
world_import(struct world *world, const char *name, const char *type)
{
    tvn_buf_printf(&world->imports, "  %s%%%s: func%s;\n",
        world->has_host ? "" : "import ", name, type);
}

static inline void
world_export(struct world *world, const char *name, const char *type)
{
    types_doc(&world->types, &world->exports);
    tvn_buf_printf(&world->exports, "  %s%%%s: func%s;\n",
        world->has_stage ? "" : "export ", name, type);
}

/* "(NAME: TYPE)" and what follows. */
static inline void
world_import_1(
    struct world *world, const char *name, const char *type, const char *result)
{
    struct names names = {0};
    struct tvn_buf text = {0};
    char param[NAME_MAX_LEN];

    names_random(&names, &world->rng, param);
    tvn_buf_printf(&text, "(%%%s: %s)%s", param, type, result);
    world_import(world, name, tvn_buf_text(&text));
    tvn_buf_fini(&text);
    tvn_buf_fini(&names.taken);
}

/* " -> R(many<type>)"; `type` NULL: nothing. */
static inline void
world_result(const struct world *world, enum tvn_many many, const char *type,
    struct tvn_buf *out)
{
    const char *open = many == TVN_MANY_OPTION ? "option<"
                       : many == TVN_MANY_LIST ? "list<"
                                               : "";
    bool has_fault = world->fault[0] != '\0';

    if (many == TVN_MANY_NOTHING && !has_fault) {
        return;
    }
    tvn_buf_append_text(out, has_fault ? " -> result<" : " -> ");
    if (many == TVN_MANY_NOTHING) {
        tvn_buf_append_byte(out, '_');
    } else {
        tvn_buf_printf(out, "%s%s%s", open, type, open[0] == '\0' ? "" : ">");
    }
    if (has_fault) {
        tvn_buf_printf(out, ", %s>", world->fault);
    }
}

/* The main function: event [, meta], or meta. */
static inline void
world_main(struct world *world, const char *name, const char *type)
{
    struct tvn_buf text = {0};
    struct names names = {0};
    char told[NAME_MAX_LEN];

    tvn_buf_append_byte(&text, '(');
    if (world->is_blind) {
        tvn_buf_printf(&text, "meta: %s", world->event);
    } else if (world->role != TVN_ROLE_SOURCE) {
        bool has_meta = world_chance(world, 3);

        (void)names_take(&names, "meta");
        names_random(&names, &world->rng, told);
        tvn_buf_printf(&text, "%%%s: %s", told, world->event);
        if (has_meta) {
            world_told(world, "meta", told);
            tvn_buf_printf(&text, ", meta: %s", told);
            world_import_1(world, "check-meta", told, "");
        }
    }
    tvn_buf_append_byte(&text, ')');
    world_result(world, world->many, type, &text);
    world_export(world, name, tvn_buf_text(&text));
    tvn_buf_fini(&names.taken);
    tvn_buf_fini(&text);
}

/* Any number of parameters of any types, given by the host before; and an
 * export of the same type. */
static inline void
world_swap(struct world *world)
{
    struct tvn_buf text = {0};
    struct names names = {0};
    char param[NAME_MAX_LEN];
    char type[NAME_MAX_LEN];

    world->swaps = (unsigned)tvn_rng_below(&world->rng, WORLD_SWAP_MAX + 1);
    tvn_buf_append_byte(&text, '(');
    for (unsigned i = 0; i < world->swaps; i++) {
        char give[16];
        struct tvn_buf result = {0};

        world_any_type(world, type);
        names_random(&names, &world->rng, param);
        tvn_buf_printf(&text, "%s%%%s: %s", i == 0 ? "" : ", ", param, type);
        (void)snprintf(give, sizeof(give), "give-%u", i);
        tvn_buf_printf(&result, "() -> %s", type);
        world_import(world, give, tvn_buf_text(&result));
        tvn_buf_fini(&result);
    }
    tvn_buf_append_byte(&text, ')');
    world->has_turn = world_chance(world, 2);
    if (!world_chance(world, 5)) {
        /* swap's result is of another C type than turn's would be */
        world->has_turn &= world_any_type(world, type) != TVN_KIND_RESULT;
        tvn_buf_printf(&text, " -> %s", type);
        world_import_1(world, "take", type, "");
    }
    world_import(world, "swap", tvn_buf_text(&text));
    if (world->has_turn) {
        world_export(world, "turn", tvn_buf_text(&text));
    }
    tvn_buf_fini(&names.taken);
    tvn_buf_fini(&text);
}

/* A lookup table, and where its rows go. */
static inline void
world_find(struct world *world)
{
    static const char *const keys[] = {
        "bool", "u8", "s16", "u32", "s64", "char", "string"};
    const char *key = keys[tvn_rng_below(&world->rng, 7)];
    const struct type_named *row = world_declare(world, TVN_KIND_RECORD, NULL);
    char seen[NAME_MAX_LEN];
    struct tvn_buf text = {0};

    (void)snprintf(seen, sizeof(seen), "%%%.90s", row->seen);
    tvn_buf_printf(&text, "() -> %s", key);
    world_import(world, "give-key", tvn_buf_text(&text));
    tvn_buf_clear(&text);
    tvn_buf_printf(&text, " -> option<%s>", seen);
    world_import_1(world, "find", key, tvn_buf_text(&text));
    world_import_1(world, "found", seen, "");
    world_import(world, "missed", "()");
    tvn_buf_fini(&text);
}

#endif
