/* worlds.h -- a random world of a role, as the text of its package.
 *
 *     interface types    random types
 *     interface second   more of them, some under names of the first
 *     interface roles    the event and what else the functions name
 *     interface host     what the stage calls: probe, swap, find, ...
 *     interface stage    what it exports
 *     world ...
 *
 * The last three may stand in the world itself.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_WORLDS_H
#define TVN_TESTS_BINDGEN_WORLDS_H

#include "bindgen/types.h"
#include "contract/result.h"
#include "value/role.h"

#define WORLD_SWAP_MAX 5u

/* An event that is not random. */
struct world_fixed {
    const char *name;  /* for messages */
    const char *decls; /* of `event-type`, and what it needs */
    uint32_t flat;     /* its core parameters; 0: no matter */
    bool has_pointer;
};

struct world {
    uint64_t index;
    struct tvn_rng rng;
    struct types types;
    enum tvn_role role;
    enum tvn_many many;       /* of the main function's result */
    enum tvn_many late;       /* of flush */
    char fault[NAME_MAX_LEN]; /* the fault's type; "": none */
    bool is_table;            /* aggregator: rows in a table, by `row-key` */
    bool is_other;            /* processor: gives what it asks the host for */
    bool has_host, has_stage, has_roles; /* these interfaces are there */
    bool has_window, has_config, has_swap, has_find, has_log, has_metrics;
    bool is_inline;   /* host and stage are written inside the world */
    bool is_blind;    /* filter, router: takes meta and no event */
    bool has_on_init; /* the stage has one */
    bool has_turn;    /* an export of no role: its arguments go to swap */
    bool is_cpp;      /* the stage is C++ */
    bool is_split;    /* the stage and the glue are two units */
    unsigned swaps;   /* parameters of swap */
    char name[NAME_MAX_LEN];
    char ifaces[5][NAME_MAX_LEN]; /* types, second, roles, host, stage */
    char event[NAME_MAX_LEN];     /* types, as they are seen */
    char output[NAME_MAX_LEN];
    struct names scope;   /* of functions, and of the types they name */
    struct names package; /* interfaces and the world */
    struct tvn_buf decls, imports, exports, text;
};

enum { WORLD_TYPES, WORLD_SECOND, WORLD_ROLES, WORLD_HOST, WORLD_STAGE };
#define WORLD_STD 9u /* the owner of torvyn:stage's types */

static inline bool
world_chance(struct world *world, unsigned one_in)
{
    return types_chance(&world->types, one_in);
}

/* ------------------------------------------------------------------------
 * Scopes. */

/* `use`s of everything that is seen and has an owner below `end`. */
static inline void
world_uses(const struct world *world, unsigned end, struct tvn_buf *out)
{
    for (unsigned owner = 0; owner <= WORLD_STD; owner++) {
        const char *sep = "";

        if (owner >= end && owner != WORLD_STD) {
            continue;
        }
        for (unsigned i = 0; i < world->types.count; i++) {
            const struct type_named *named = &world->types.named[i];

            if (named->owner != owner || named->seen[0] == '\0') {
                continue;
            }
            if (sep[0] == '\0' && owner == WORLD_STD) {
                tvn_buf_append_text(out, "  use torvyn:stage/types@0.1.0.{");
            } else if (sep[0] == '\0') {
                tvn_buf_printf(out, "  use %%%s.{", world->ifaces[owner]);
            }
            tvn_buf_printf(out, "%s%%%s", sep, named->name);
            if (strcmp(named->name, named->seen) != 0) {
                tvn_buf_printf(out, " as %%%s", named->seen);
            }
            sep = ", ";
        }
        tvn_buf_append_text(out, sep[0] == '\0' ? "" : "};\n");
    }
}

/* A name that `types` has, and the second interface does not use. */
static inline bool
world_same_name(struct world *world, struct names *names, char *name)
{
    const struct type_named *named =
        &world->types.named[tvn_rng_below(&world->rng, world->types.count)];

    if (!world_chance(world, 3) || !names_take(names, named->name)) {
        return false;
    }
    (void)snprintf(name, NAME_MAX_LEN, "%s", named->name);
    return true;
}

static inline void
world_random_types(struct world *world)
{
    struct names first = {0};
    struct names second = {0};
    struct tvn_buf decls = {0};
    unsigned count = 1 + (unsigned)tvn_rng_below(&world->rng, 8);
    char name[NAME_MAX_LEN];

    tvn_buf_printf(
        &world->text, "interface %%%s {\n", world->ifaces[WORLD_TYPES]);
    for (unsigned i = 0; i < count; i++) {
        names_random(&first, &world->rng, name);
        (void)types_declare(&world->types, &world->text, WORLD_TYPES, name);
    }
    tvn_buf_append_text(&world->text, "}\n");
    for (unsigned i = 0; i < count; i++) {
        struct type_named *named = &world->types.named[i];

        if (world_chance(world, 2) || !names_take(&second, named->name)) {
            named->seen[0] = '\0';
        }
    }
    count = (unsigned)tvn_rng_below(&world->rng, 5);
    tvn_buf_printf(
        &world->text, "interface %%%s {\n", world->ifaces[WORLD_SECOND]);
    world_uses(world, WORLD_SECOND, &world->text);
    for (unsigned i = 0; i < count; i++) {
        if (!world_same_name(world, &second, name)) {
            names_random(&second, &world->rng, name);
        }
        (void)types_declare(&world->types, &decls, WORLD_SECOND, name);
    }
    tvn_buf_append_str(&world->text, tvn_buf_str(&decls));
    tvn_buf_append_text(&world->text, "}\n");
    tvn_buf_fini(&decls);
    tvn_buf_fini(&first.taken);
    tvn_buf_fini(&second.taken);
}

/* From here on the functions' scope is written, which sees all. */
static inline void
world_see_all(struct world *world)
{
    for (unsigned i = 0; i < world->types.count; i++) {
        struct type_named *named = &world->types.named[i];

        if (names_take(&world->scope, named->name)) {
            memcpy(named->seen, named->name, sizeof(named->seen));
        } else {
            names_random(&world->scope, &world->rng, named->seen);
        }
    }
}

static inline void
world_name_all(struct world *world)
{
    static const char *const functions[] = {"probe", "next", "swap", "take",
        "find", "found", "missed", "turn", "give-0", "give-1", "give-2",
        "give-3", "give-4", "give-key", "check-meta", "check-window",
        "check-config", "port", "event-type", "pull", "process", "evaluate",
        "route", "ingest", "flush", "push", "complete", "init", "teardown"};

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        (void)names_take(&world->scope, functions[i]);
    }
    (void)snprintf(world->name, sizeof(world->name), "%s-w%llu",
        names_plain[tvn_rng_below(&world->rng, NAMES_PLAIN)],
        (unsigned long long)world->index);
    (void)names_take(&world->package, world->name);
    for (unsigned i = 0; i < 5; i++) {
        /* no prefix of the SDK's: its C name is not ours to spell; and none
         * of the functions' scope, where two of them may stand */
        do {
            names_random(&world->package, &world->rng, world->ifaces[i]);
        } while (!names_take(&world->scope, world->ifaces[i]) ||
                 strncmp(world->ifaces[i], "torvyn", 6) == 0);
    }
}

/* Declares a type for the functions; its name, as it is seen. */
static inline struct type_named *
world_declare(struct world *world, enum tvn_kind kind, const char *row_key)
{
    char name[NAME_MAX_LEN];
    struct type_facts facts;

    names_random(&world->scope, &world->rng, name);
    facts = types_body(&world->types, &world->decls, kind, name, row_key);
    return types_add(&world->types, WORLD_ROLES, name, facts);
}

/* A type of torvyn:stage, as it is seen. */
static inline void
world_std(struct world *world, const char *name, char *seen)
{
    struct type_named *named = types_add(
        &world->types, WORLD_STD, name, (struct type_facts){.nodes = 1});

    named->is_std = true;
    if (!names_take(&world->scope, name)) {
        names_random(&world->scope, &world->rng, named->seen);
    }
    (void)snprintf(seen, NAME_MAX_LEN, "%%%.90s", named->seen);
}

/* `expr`, or an alias: long texts always. */
static inline void
world_alias(
    struct world *world, const char *expr, struct type_facts facts, char *seen)
{
    char name[NAME_MAX_LEN];

    if (strlen(expr) < NAME_MAX_LEN && !world_chance(world, 3)) {
        memcpy(seen, expr, strlen(expr) + 1);
        return;
    }
    names_random(&world->scope, &world->rng, name);
    tvn_buf_printf(&world->decls, "  type %%%s = %s;\n", name, expr);
    (void)types_add(&world->types, WORLD_ROLES, name, facts);
    (void)snprintf(seen, NAME_MAX_LEN, "%%%.90s", name);
}

/* Any type but an option: as a result that would be a pointer in C. */
static inline enum tvn_kind
world_any_type(struct world *world, char *seen)
{
    struct tvn_buf expr = {0};
    struct type_facts facts;

    do {
        tvn_buf_clear(&expr);
        facts = types_expr(&world->types, &expr, TYPES_DEPTH, TYPES_NODES_MAX);
    } while (facts.kind == TVN_KIND_OPTION);
    world_alias(world, tvn_buf_text(&expr), facts, seen);
    tvn_buf_fini(&expr);
    return facts.kind;
}

#endif
