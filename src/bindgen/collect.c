/* collect.c -- which types the header needs, and what C calls them.
 *
 * Equal structure is one type here, whatever WIT calls it: its first name is
 * the C type, further names are typedefs of it.  Names are looked for in the
 * world, then in its interfaces, then in the rest of the package. */
#include "bindgen/internal.h"

#include "base/assert.h"

#define WORD_MAX 48u /* letters of a name that is made of others */

static struct tvn_str
key_of(const struct tvn_type *const *type)
{
    return (struct tvn_str){(const char *)type, sizeof(*type)};
}

struct tvn__ctype *
tvn__ctype_find(const struct tvn__gen *gen, const struct tvn_type *type)
{
    return tvn_map_find(&gen->types, key_of(&type));
}

static const char *
scalar_text(enum tvn_kind kind, bool is_word)
{
    static const char *const texts[][2] = {
        [TVN_KIND_BOOL] = {"bool", "bool"},
        [TVN_KIND_S8] = {"int8_t", "s8"},
        [TVN_KIND_U8] = {"uint8_t", "u8"},
        [TVN_KIND_S16] = {"int16_t", "s16"},
        [TVN_KIND_U16] = {"uint16_t", "u16"},
        [TVN_KIND_S32] = {"int32_t", "s32"},
        [TVN_KIND_U32] = {"uint32_t", "u32"},
        [TVN_KIND_S64] = {"int64_t", "s64"},
        [TVN_KIND_U64] = {"uint64_t", "u64"},
        [TVN_KIND_F32] = {"float", "f32"},
        [TVN_KIND_F64] = {"double", "f64"},
        [TVN_KIND_CHAR] = {"uint32_t", "chr"},
        [TVN_KIND_STRING] = {"text", "text"},
    };

    return texts[kind][is_word];
}

static struct tvn_str
name_of(const struct tvn__gen *gen, const struct tvn_type *type, bool is_word)
{
    const struct tvn__ctype *ctype;

    if (type->kind <= TVN_KIND_STRING) {
        return tvn_str_of(scalar_text(type->kind, is_word));
    }
    ctype = tvn__ctype_find(gen, type);
    TVN_ASSERT(ctype != NULL || gen->err != TVN_OK);
    return ctype == NULL ? TVN_STR("") : ctype->name;
}

struct tvn_str
tvn__type_name(const struct tvn__gen *gen, const struct tvn_type *type)
{
    return name_of(gen, type, false);
}

struct tvn_str
tvn__gen_word(const struct tvn__gen *gen, const struct tvn_type *type)
{
    return name_of(gen, type, true);
}

/* ------------------------------------------------------------------------
 * What is reached: a type stands behind those inside it. */

static void
reach(struct tvn__gen *gen, const struct tvn_type *type)
{
    struct tvn__ctype *ctype;

    if (gen->err != TVN_OK || type == NULL || type->kind <= TVN_KIND_STRING ||
        tvn__ctype_find(gen, type) != NULL) {
        return;
    }
    if (type->kind == TVN_KIND_LIST) {
        reach(gen, type->elem);
    }
    for (uint32_t i = 0; i < type->count; i++) {
        reach(gen, type->members[i].type);
    }
    ctype = tvn_arena_new(gen->arena, 1, sizeof(*ctype));
    if (ctype == NULL) {
        tvn__gen_no_memory(gen);
        return;
    }
    ctype->type = type;
    if (tvn_map_add(&gen->types, key_of(&ctype->type), ctype) != TVN_OK) {
        tvn__gen_no_memory(gen);
    }
}

static void
reach_inside(struct tvn__gen *gen, const struct tvn_type *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        reach(gen, type->members[i].type);
    }
}

static void
reach_func(struct tvn__gen *gen, const struct tvn__func *func, bool is_export)
{
    const struct tvn_func_type *type = func->item->func;

    for (uint32_t i = 0; i < type->param_count; i++) {
        reach(gen, type->params[i].type);
    }
    if (type->result == NULL) {
        return;
    }
    /* these have a struct of their own, or are a pointer */
    if (type->result->kind == TVN_KIND_OPTION ||
        (is_export && type->result->kind == TVN_KIND_RESULT)) {
        reach_inside(gen, type->result);
    } else {
        reach(gen, type->result);
    }
}

static void
reach_all(struct tvn__gen *gen)
{
    const struct tvn_wit_world *world = gen->opts->world;

    for (uint32_t i = 0; i < world->type_count; i++) {
        reach(gen, world->types[i].type);
    }
    for (uint32_t i = 0; i < gen->export_count; i++) {
        reach_func(gen, &gen->exports[i], true);
    }
    for (uint32_t i = 0; i < gen->import_count; i++) {
        reach_func(gen, &gen->imports[i], false);
    }
}

/* ------------------------------------------------------------------------
 * Names from WIT. */

struct claim {
    const struct tvn_extern *item;
    struct tvn_str interface; /* full; empty: the world */
    struct tvn_str base;      /* snake case */
    bool has_rival;           /* the first with this base: others differ */
};

struct claims {
    struct claim *items;
    uint32_t count;
    struct tvn_map by_base; /* -> the first claim */
};

static void
add_claim(struct tvn__gen *gen, struct claims *claims,
    const struct tvn_extern *item, struct tvn_str interface)
{
    bool is_scalar;

    if (gen->err != TVN_OK || item->kind != TVN_EXTERN_TYPE) {
        return;
    }
    is_scalar = item->type->kind <= TVN_KIND_STRING;
    if (is_scalar ? interface.len > 0
                  : tvn__ctype_find(gen, item->type) == NULL) {
        return;
    }
    claims->items =
        tvn__grow(gen, claims->items, claims->count, sizeof(*claims->items));
    if (claims->items != NULL) {
        claims->items[claims->count++] =
            (struct claim){item, interface, tvn__snake(gen, item->name), false};
    }
}

static void
add_claims(struct tvn__gen *gen, struct claims *claims,
    const struct tvn_extern *externs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; externs[i].kind == TVN_EXTERN_INSTANCE &&
                             k < externs[i].item_count;
             k++) {
            add_claim(gen, claims, &externs[i].items[k], externs[i].name);
        }
    }
}

static void
find_rivals(struct tvn__gen *gen, struct claims *claims)
{
    for (uint32_t i = 0; gen->err == TVN_OK && i < claims->count; i++) {
        struct claim *claim = &claims->items[i];
        struct claim *first = tvn_map_find(&claims->by_base, claim->base);

        if (first == NULL) {
            if (tvn_map_add(&claims->by_base, claim->base, claim) != TVN_OK) {
                tvn__gen_no_memory(gen);
            }
        } else if (first->item->type != claim->item->type) {
            first->has_rival = true;
        }
    }
}

static void
add_alias(struct tvn__gen *gen, struct tvn__alias **list, struct tvn_str name,
    struct tvn_str upper, struct tvn_str docs, const struct tvn_type *type)
{
    struct tvn__alias *alias = tvn_arena_new(gen->arena, 1, sizeof(*alias));

    if (alias == NULL) {
        tvn__gen_no_memory(gen);
        return;
    }
    while (*list != NULL) {
        list = &(*list)->next;
    }
    *alias = (struct tvn__alias){name, upper, docs, type, NULL};
    *list = alias;
}

/* True when `ctype` has that name already, from an earlier claim. */
static bool
has_name(const struct tvn__ctype *ctype, struct tvn_str upper)
{
    if (ctype->is_named && tvn_str_equal(ctype->upper, upper)) {
        return true;
    }
    for (const struct tvn__alias *a = ctype->aliases; a != NULL; a = a->next) {
        if (tvn_str_equal(a->upper, upper)) {
            return true;
        }
    }
    return false;
}

/* Records, variants, enums and flags are what WIT names; for all others the
 * name is one more. */
static bool
needs_name(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_VARIANT ||
           type->kind == TVN_KIND_ENUM || type->kind == TVN_KIND_FLAGS;
}

static void
apply_claim(struct tvn__gen *gen, struct claims *claims, struct claim *claim)
{
    const struct tvn_type *type = claim->item->type;
    const struct claim *first = tvn_map_find(&claims->by_base, claim->base);
    struct tvn__ctype *ctype = tvn__ctype_find(gen, type);
    struct tvn_str word = tvn__interface_word(gen, claim->interface);
    struct tvn_str path = tvn__interface_path(gen, claim->interface);
    struct tvn_str base = claim->base;
    struct tvn_str upper;
    struct tvn_str docs;
    struct tvn_str name;

    if (first != NULL && first->has_rival && claim->interface.len > 0) {
        base = tvn__gen_text(
            gen, "%.*s_%.*s", TVN_STR_ARG(word), TVN_STR_ARG(base));
    }
    upper = tvn__upper(gen, base);
    docs = tvn__gen_text(
        gen, "%.*s.%.*s", TVN_STR_ARG(path), TVN_STR_ARG(claim->item->name));
    if (gen->err != TVN_OK || (ctype != NULL && has_name(ctype, upper))) {
        return;
    }
    name = tvn__claim(gen, base, TVN__USE_TYPE);
    if (ctype == NULL) {
        add_alias(gen, &gen->scalars, name, upper, docs, type);
    } else if (ctype->is_named || !needs_name(type)) {
        add_alias(gen, &ctype->aliases, name, upper, docs, type);
    } else {
        ctype->name = name;
        ctype->upper = upper;
        ctype->docs = docs;
        ctype->is_named = true;
    }
}

static void
name_from_wit(struct tvn__gen *gen)
{
    const struct tvn_wit_world *world = gen->opts->world;
    struct claims claims = {0};

    for (uint32_t i = 0; i < world->type_count; i++) {
        add_claim(gen, &claims, &world->types[i], TVN_STR(""));
    }
    add_claims(gen, &claims, world->imports, world->import_count);
    add_claims(gen, &claims, world->exports, world->export_count);
    find_rivals(gen, &claims);
    for (uint32_t i = 0; gen->err == TVN_OK && i < claims.count; i++) {
        apply_claim(gen, &claims, &claims.items[i]);
    }
    tvn_map_fini(&claims.by_base);
}

/* ------------------------------------------------------------------------
 * Names for the rest. */

/* Whether the package has a name for it in an interface that the world does
 * not mention. */
static void
name_from_package(struct tvn__gen *gen, struct tvn__ctype *ctype)
{
    const struct tvn_wit *wit = gen->opts->wit;

    for (uint32_t i = 0; wit != NULL && i < wit->interface_count; i++) {
        const struct tvn_extern *interface = &wit->interfaces[i];

        for (uint32_t k = 0; k < interface->item_count; k++) {
            const struct tvn_extern *item = &interface->items[k];
            struct tvn_str base;

            if (item->kind != TVN_EXTERN_TYPE || item->type != ctype->type) {
                continue;
            }
            base = tvn__snake(gen, item->name);
            ctype->upper = tvn__upper(gen, base);
            ctype->docs = tvn__gen_text(gen, "%.*s.%.*s",
                TVN_STR_ARG(tvn__interface_path(gen, interface->name)),
                TVN_STR_ARG(item->name));
            ctype->name = tvn__claim(gen, base, TVN__USE_TYPE);
            ctype->is_named = true;
            return;
        }
    }
}

static const char *
kind_word(enum tvn_kind kind)
{
    static const char *const words[TVN_KIND_COUNT] = {
        [TVN_KIND_LIST] = "list",
        [TVN_KIND_RECORD] = "record",
        [TVN_KIND_TUPLE] = "tuple",
        [TVN_KIND_VARIANT] = "variant",
        [TVN_KIND_ENUM] = "enum",
        [TVN_KIND_FLAGS] = "flags",
        [TVN_KIND_OPTION] = "opt",
        [TVN_KIND_RESULT] = "res",
    };

    return words[kind];
}

/* The name made of the names inside; empty when that gets too long, or there
 * is none. */
static void
print_made_name(const struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_buf *out)
{
    if (needs_name(type)) {
        return;
    }
    if (type->kind == TVN_KIND_LIST) {
        tvn_buf_append_str(out, tvn__gen_word(gen, type->elem));
        tvn_buf_append_text(out, "_list");
    } else {
        tvn_buf_append_text(out, kind_word(type->kind));
        for (uint32_t i = type->kind == TVN_KIND_OPTION ? 1 : 0;
             i < type->count && out->len <= WORD_MAX; i++) {
            const struct tvn_type *inner = type->members[i].type;

            tvn_buf_append_byte(out, '_');
            tvn_buf_append_str(out,
                inner == NULL ? TVN_STR("none") : tvn__gen_word(gen, inner));
        }
    }
    if (out->len > WORD_MAX) {
        tvn_buf_clear(out);
    }
}

static void
name_made(struct tvn__gen *gen, struct tvn__ctype *ctype)
{
    struct tvn_buf text = {0};
    struct tvn_str name;

    print_made_name(gen, ctype->type, &text);
    if (text.failed) {
        tvn__gen_no_memory(gen);
    } else if (text.len > 0) {
        name = tvn__gen_text(gen, "%.*s", TVN_STR_ARG(tvn_buf_str(&text)));
        ctype->name = tvn__claim(gen, name, TVN__USE_TYPE);
    } else {
        name = tvn__gen_text(gen, "%s%u", kind_word(ctype->type->kind),
            ++gen->numbers[ctype->type->kind]);
        ctype->name = tvn__claim(gen, name, TVN__USE_TYPE);
    }
    if (!ctype->is_named && gen->err == TVN_OK) {
        ctype->upper = tvn__upper(gen, ctype->name);
    }
    tvn_buf_fini(&text);
}

void
tvn__collect_types(struct tvn__gen *gen)
{
    reach_all(gen);
    name_from_wit(gen);
    for (size_t i = 0; gen->err == TVN_OK && i < gen->types.count; i++) {
        struct tvn__ctype *ctype = gen->types.entries[i].value;

        if (ctype->name.len == 0 && needs_name(ctype->type)) {
            name_from_package(gen, ctype);
        }
    }
    for (size_t i = 0; gen->err == TVN_OK && i < gen->types.count; i++) {
        struct tvn__ctype *ctype = gen->types.entries[i].value;

        if (ctype->name.len == 0) {
            name_made(gen, ctype);
        }
    }
}
