/* types.h -- random WIT types, written as text.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_TYPES_H
#define TVN_TESTS_BINDGEN_TYPES_H

#include "bindgen/names.h"
#include "value/type.h"

#define TYPES_MAX       64u
#define TYPES_DEPTH     4u   /* of what is written in line */
#define TYPES_NODES_MAX 150u /* of one named type, written out */

/* What is known of a type without its text being read. */
struct type_facts {
    enum tvn_kind kind; /* behind aliases */
    uint32_t nodes;
    bool has_pointer;
    bool is_bytes; /* list<u8> */
};

/* A type that has a name somewhere. */
struct type_named {
    char name[NAME_MAX_LEN]; /* where it is declared */
    char seen[NAME_MAX_LEN]; /* in the scope that is being written; "": not */
    unsigned owner;          /* number of its scope */
    bool is_std;             /* of torvyn:stage */
    struct type_facts facts;
};

struct types {
    struct tvn_rng *rng;
    struct type_named named[TYPES_MAX];
    unsigned count;
};

static inline bool
types_chance(struct types *types, unsigned one_in)
{
    return tvn_rng_below(types->rng, one_in) == 0;
}

static inline const struct type_named *
types_pick(struct types *types)
{
    for (unsigned tries = 0; types->count > 0 && tries < 8; tries++) {
        const struct type_named *named =
            &types->named[tvn_rng_below(types->rng, types->count)];

        if (named->seen[0] != '\0' && !named->is_std) {
            return named;
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * In line. */

static inline struct type_facts
types_scalar(struct types *types, struct tvn_buf *out)
{
    static const char *const words[] = {"bool", "s8", "u8", "s16", "u16", "s32",
        "u32", "s64", "u64", "f32", "f64", "char", "string", "list<u8>"};
    unsigned pick = (unsigned)tvn_rng_below(types->rng, TVN_KIND_STRING + 2);

    tvn_buf_append_text(out, words[pick]);
    return (struct type_facts){.kind = (enum tvn_kind)pick,
        .nodes = pick == TVN_KIND_LIST ? 2 : 1,
        .has_pointer = pick >= TVN_KIND_STRING,
        .is_bytes = pick == TVN_KIND_LIST};
}

static inline struct type_facts types_expr(
    struct types *types, struct tvn_buf *out, unsigned depth, uint32_t budget);

/* The inner types of `list<`, `tuple<`, ... and the closing `>`. */
static inline void
types_inner(struct types *types, struct tvn_buf *out, unsigned depth,
    uint32_t budget, unsigned count, struct type_facts *facts)
{
    for (unsigned i = 0; i < count; i++) {
        struct type_facts inner;

        tvn_buf_append_text(out, i == 0 ? "<" : ", ");
        inner = types_expr(types, out, depth - 1, budget / count);
        facts->nodes += inner.nodes;
        facts->has_pointer |= inner.has_pointer;
        facts->is_bytes =
            facts->kind == TVN_KIND_LIST && inner.kind == TVN_KIND_U8;
    }
    tvn_buf_append_byte(out, '>');
}

static inline struct type_facts
types_generic(
    struct types *types, struct tvn_buf *out, unsigned depth, uint32_t budget)
{
    struct type_facts facts = {.nodes = 1};

    switch (tvn_rng_below(types->rng, 4)) {
    case 0:
        tvn_buf_append_text(out, "list");
        facts.kind = TVN_KIND_LIST;
        facts.has_pointer = true;
        types_inner(types, out, depth, budget, 1, &facts);
        return facts;
    case 1:
        tvn_buf_append_text(out, "option");
        facts.kind = TVN_KIND_OPTION;
        types_inner(types, out, depth, budget, 1, &facts);
        return facts;
    case 2:
        tvn_buf_append_text(out, "tuple");
        facts.kind = TVN_KIND_TUPLE;
        types_inner(types, out, depth, budget,
            1 + (unsigned)tvn_rng_below(types->rng, 4), &facts);
        return facts;
    default:
        break;
    }
    facts.kind = TVN_KIND_RESULT;
    switch (tvn_rng_below(types->rng, 6)) {
    case 0:
        tvn_buf_append_text(out, "result");
        return facts;
    case 1:
        tvn_buf_append_text(out, "result");
        types_inner(types, out, depth, budget, 1, &facts);
        return facts;
    case 2: {
        struct type_facts inner;

        tvn_buf_append_text(out, "result<_, ");
        inner = types_expr(types, out, depth - 1, budget);
        tvn_buf_append_byte(out, '>');
        facts.nodes += inner.nodes;
        facts.has_pointer = inner.has_pointer;
        return facts;
    }
    default:
        tvn_buf_append_text(out, "result");
        types_inner(types, out, depth, budget, 2, &facts);
        return facts;
    }
}

/* Appends a type as it stands behind a colon. */
static inline struct type_facts
types_expr(
    struct types *types, struct tvn_buf *out, unsigned depth, uint32_t budget)
{
    unsigned dice = (unsigned)tvn_rng_below(types->rng, 10);
    const struct type_named *named = dice < 4 ? types_pick(types) : NULL;

    if (named != NULL && named->facts.nodes <= budget) {
        tvn_buf_printf(out, "%%%s", named->seen);
        return named->facts;
    }
    if (depth > 1 && budget > 4 && dice >= 7) {
        return types_generic(types, out, depth, budget);
    }
    return types_scalar(types, out);
}

/* ------------------------------------------------------------------------
 * Declared. */

static inline void
types_doc(struct types *types, struct tvn_buf *out)
{
    static const char *const docs[] = {"When it left.", "Ends */ here.",
        "A \\ at the end \\", "Opens /* and never closes", "What?\?/",
        "\xE2\x82\xAC and \"quotes\" and 100 %", "// twice", "",
        "#define process 1"};

    for (unsigned lines = 0; lines < 3 && types_chance(types, 8); lines++) {
        tvn_buf_printf(out, "    /// %s\n",
            docs[tvn_rng_below(types->rng, sizeof(docs) / sizeof(docs[0]))]);
    }
}

static inline unsigned
types_members(struct types *types, enum tvn_kind kind)
{
    static const unsigned flags[] = {1, 7, 8, 9, 15, 16, 17, 31, 32};
    struct tvn_rng *rng = types->rng;

    if (kind == TVN_KIND_FLAGS) {
        return types_chance(types, 2) ? flags[tvn_rng_below(rng, 9)]
                                      : 1 + (unsigned)tvn_rng_below(rng, 32);
    }
    if (kind == TVN_KIND_ENUM && types_chance(types, 20)) {
        return 250 + (unsigned)tvn_rng_below(rng, 20);
    }
    if (kind == TVN_KIND_VARIANT && types_chance(types, 60)) {
        return 257;
    }
    if (types_chance(types, 12)) {
        return 9 + (unsigned)tvn_rng_below(rng, 20);
    }
    return 1 + (unsigned)tvn_rng_below(rng, 8);
}

/* One `record NAME { ... }` of any of the four kinds; a record may have the
 * field `row-key` of type `row_key`, else NULL. */
static inline struct type_facts
types_body(struct types *types, struct tvn_buf *out, enum tvn_kind kind,
    const char *name, const char *row_key)
{
    static const char *const words[TVN_KIND_COUNT] = {
        [TVN_KIND_RECORD] = "record",
        [TVN_KIND_VARIANT] = "variant",
        [TVN_KIND_ENUM] = "enum",
        [TVN_KIND_FLAGS] = "flags",
    };
    struct type_facts facts = {.kind = kind, .nodes = 1};
    unsigned count = types_members(types, kind);
    uint32_t budget = count > 30 ? 2 : TYPES_NODES_MAX / count;
    struct names names = {0};

    tvn_buf_printf(out, "  %s %%%s {\n", words[kind], name);
    if (row_key != NULL) {
        (void)names_take(&names, "row-key");
        tvn_buf_printf(out, "    row-key: %s,\n", row_key);
        facts.has_pointer = strcmp(row_key, "string") == 0;
    }
    for (unsigned i = 0; i < count; i++) {
        bool has_type = kind == TVN_KIND_RECORD ||
                        (kind == TVN_KIND_VARIANT && !types_chance(types, 3));
        char member[NAME_MAX_LEN];
        struct type_facts inner;

        types_doc(types, out);
        names_random(&names, types->rng, member);
        tvn_buf_printf(out, "    %%%s", member);
        if (has_type) {
            tvn_buf_append_text(out, kind == TVN_KIND_RECORD ? ": " : "(");
            inner = types_expr(types, out, TYPES_DEPTH, budget);
            facts.nodes += inner.nodes;
            facts.has_pointer |= inner.has_pointer;
            tvn_buf_append_text(out, kind == TVN_KIND_RECORD ? "" : ")");
        }
        tvn_buf_append_text(out, ",\n");
    }
    tvn_buf_append_text(out, "  }\n");
    tvn_buf_fini(&names.taken);
    return facts;
}

/* A name for what is known of a type; seen at once. */
static inline struct type_named *
types_add(struct types *types, unsigned owner, const char *name,
    struct type_facts facts)
{
    struct type_named *named = &types->named[types->count++];

    TVN_ASSERT(types->count <= TYPES_MAX);
    *named = (struct type_named){.owner = owner, .facts = facts};
    (void)snprintf(named->name, sizeof(named->name), "%s", name);
    (void)snprintf(named->seen, sizeof(named->seen), "%s", name);
    return named;
}

/* Declares a type of a random kind; `name` is free in the scope. */
static inline struct type_named *
types_declare(
    struct types *types, struct tvn_buf *out, unsigned owner, const char *name)
{
    static const enum tvn_kind kinds[] = {TVN_KIND_RECORD, TVN_KIND_RECORD,
        TVN_KIND_RECORD, TVN_KIND_VARIANT, TVN_KIND_VARIANT, TVN_KIND_ENUM,
        TVN_KIND_FLAGS};
    unsigned pick = (unsigned)tvn_rng_below(types->rng, 9);
    struct type_facts facts;

    types_doc(types, out);
    if (pick < 7) {
        facts = types_body(types, out, kinds[pick], name, NULL);
    } else {
        tvn_buf_printf(out, "  type %%%s = ", name);
        facts = types_expr(types, out, TYPES_DEPTH, TYPES_NODES_MAX);
        tvn_buf_append_text(out, ";\n");
    }
    return types_add(types, owner, name, facts);
}

#endif
