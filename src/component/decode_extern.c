/* decode_extern.c -- instance and component types: what is imported and
 * exported, as types say it. */
#include "component/internal.h"

/* ------------------------------------------------------------------------
 * What an import or export is. */

static struct tvn__item
typed_item(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn__item_kind kind, enum tvn__def_kind wanted)
{
    size_t at = d->at;
    struct tvn__item item = {.kind = kind};

    item.def = tvn__get_type(d, scope, tvn__u32(d), at);
    if (tvn__ok(d) && item.def.kind != wanted) {
        tvn__malformed(d, at, "the type is not of the kind that is declared");
    }
    return item;
}

static struct tvn__item
bounded_type(struct tvn__decoder *d, const struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t bound = tvn__u8(d);
    struct tvn__item item = {.kind = TVN__ITEM_TYPE};

    if (bound == 0) {
        item.def = tvn__get_type(d, scope, tvn__u32(d), at);
    } else if (bound == 1) {
        item.def.kind = TVN__DEF_RESOURCE;
        item.def.refused = d->is_wit ? TVN__NO_RESOURCE : TVN__RUNS;
    } else {
        tvn__malformed(d, at, "an unknown bound of a type (0x%02x)", bound);
    }
    return item;
}

struct tvn__item
tvn__extern_desc(struct tvn__decoder *d, const struct tvn__scope *scope)
{
    size_t at = d->at;
    unsigned sort = tvn__sort(d);
    struct tvn__item none = {0};

    switch (tvn__ok(d) ? sort : 0) {
    case TVN__SORT_FUNC:
        return typed_item(d, scope, TVN__ITEM_FUNC, TVN__DEF_FUNC);
    case TVN__SORT_TYPE:
        return bounded_type(d, scope);
    case TVN__SORT_COMPONENT:
        return typed_item(d, scope, TVN__ITEM_COMPONENT, TVN__DEF_COMPONENT);
    case TVN__SORT_INSTANCE:
        return typed_item(d, scope, TVN__ITEM_INSTANCE, TVN__DEF_INSTANCE);
    case TVN__SORT_VALUE:
        tvn__unsupported(d, "imports or exports a value: this version runs no "
                            "values of components");
        return none;
    case TVN__SORT_CORE_MODULE:
        if (tvn__u32(d) >= scope->core_types) {
            tvn__malformed(d, at, "there is no such core type yet");
        }
        none.kind = TVN__ITEM_MODULE;
        none.def.kind = TVN__DEF_MODULE;
        return none;
    default:
        tvn__malformed(d, at, "this cannot be imported or exported");
        return none;
    }
}

/* ------------------------------------------------------------------------
 * Instance and component types. */

/* Those of imports are the program's; others only stand for one. */
static const struct tvn_resource *
declared_resource(
    struct tvn__decoder *d, const struct tvn__scope *scope, struct tvn_str name)
{
    const struct tvn_resource_def def = {
        .part = TVN_NONE,
        .dtor = TVN_NONE,
        .interface = scope->import,
        .name = name,
    };
    const struct tvn_resource *made = NULL;

    if (scope->program != NULL) {
        return tvn__new_resource(d, scope->program, &def);
    }
    if (tvn_type_resource(d->types, name, TVN_NONE, &made) != TVN_OK) {
        tvn__no_memory(d);
    }
    return made;
}

static void
declare_extern(
    struct tvn__decoder *d, struct tvn__scope *scope, struct tvn__vec *list)
{
    struct tvn_str name = tvn__extern_name(d);
    struct tvn__item item = tvn__extern_desc(d, scope);
    struct tvn__item *slot = tvn__vec_add(d, list, sizeof(*slot));

    if (slot == NULL) {
        return;
    }
    item.name = name;
    if (item.kind == TVN__ITEM_TYPE && item.def.kind == TVN__DEF_RESOURCE &&
        item.def.resource == NULL) {
        item.def.resource = declared_resource(d, scope, name);
        scope->makes_resources = true;
    }
    *slot = item;
    if (d->is_wit && scope->kind == TVN__SCOPE_INSTANCE_TYPE &&
        (item.kind == TVN__ITEM_INSTANCE || item.kind == TVN__ITEM_COMPONENT)) {
        slot->def.refused = TVN__NO_NESTED_INSTANCE;
    }
    tvn__declare(d, scope, &item);
}

static void
declarations(struct tvn__decoder *d, struct tvn__scope *scope)
{
    uint32_t count = tvn__count(d, 2);

    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        size_t at = d->at;
        uint8_t what = tvn__u8(d);

        if (what == 0) {
            tvn__core_type(d, scope);
        } else if (what == 1) {
            tvn__type(d, scope);
        } else if (what == 2) {
            tvn__alias(d, scope);
        } else if (what == 3 && scope->kind == TVN__SCOPE_COMPONENT_TYPE) {
            declare_extern(d, scope, &scope->imports);
        } else if (what == 4) {
            declare_extern(d, scope, &scope->exports);
        } else {
            tvn__malformed(d, at, "an unknown declaration (0x%02x)", what);
        }
    }
}

static struct tvn__list *
instance_type(struct tvn__decoder *d, const struct tvn__scope *outer,
    struct tvn__steps *program, struct tvn_str import)
{
    struct tvn__scope *scope = tvn__new(d, 1, sizeof(*scope));
    const struct tvn__closure *source = tvn__close(d, outer, d->end);
    struct tvn__list *list = NULL;

    if (scope == NULL || source == NULL || !tvn__enter(d)) {
        return NULL;
    }
    scope->outer = outer;
    scope->kind = TVN__SCOPE_INSTANCE_TYPE;
    scope->program = program;
    scope->import = import;
    declarations(d, scope);
    d->depth--;
    if (tvn__ok(d)) {
        list = tvn__list_of(d, &scope->exports);
    }
    if (list != NULL && scope->makes_resources) {
        list->source = source;
    }
    return list;
}

struct tvn__list *
tvn__import_type(struct tvn__decoder *d, struct tvn__steps *program,
    struct tvn_str name, const struct tvn__closure *source)
{
    size_t at = d->at;
    size_t end = d->end;
    struct tvn__list *list;

    d->at = source->at;
    d->end = source->end;
    list = instance_type(d, source->outer, program, name);
    d->at = at;
    d->end = end;
    return list;
}

static struct tvn__component *
component_type(struct tvn__decoder *d, const struct tvn__scope *outer)
{
    struct tvn__scope *scope = tvn__new(d, 1, sizeof(*scope));
    struct tvn__component *made = tvn__new(d, 1, sizeof(*made));

    if (scope == NULL || made == NULL || !tvn__enter(d)) {
        return NULL;
    }
    scope->outer = outer;
    scope->kind = TVN__SCOPE_COMPONENT_TYPE;
    declarations(d, scope);
    d->depth--;
    if (tvn__ok(d)) {
        made->imports = tvn__list_of(d, &scope->imports);
        made->exports = tvn__list_of(d, &scope->exports);
    }
    return made;
}

struct tvn__def
tvn__scoped_type(struct tvn__decoder *d, const struct tvn__scope *outer,
    enum tvn__def_kind kind)
{
    struct tvn__def def = {.kind = kind};

    if (kind == TVN__DEF_INSTANCE) {
        def.instance = instance_type(d, outer, NULL, (struct tvn_str){0});
        def.refused = tvn__ok(d) ? def.instance->refused : TVN__RUNS;
        return def;
    }
    def.component = component_type(d, outer);
    if (tvn__ok(d)) {
        def.refused = tvn__first_refusal(
            def.component->imports->refused, def.component->exports->refused);
    }
    return def;
}
