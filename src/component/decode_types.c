/* decode_types.c -- value types, function types, instance and component
 * types. */
#include "component/internal.h"

#include <string.h>

static enum tvn__refusal
first_of(enum tvn__refusal a, enum tvn__refusal b)
{
    return a != TVN__RUNS ? a : b;
}

static struct tvn__def
refused_value(enum tvn__refusal refused)
{
    return (struct tvn__def){.kind = TVN__DEF_VALUE, .refused = refused};
}

static bool
is_primitive(uint8_t byte)
{
    return (byte >= 0x73 && byte <= 0x7f) || byte == 0x64;
}

static struct tvn__def
primitive(struct tvn__decoder *d, uint8_t byte, size_t at)
{
    static const enum tvn_kind kinds[] = {TVN_KIND_STRING, TVN_KIND_CHAR,
        TVN_KIND_F64, TVN_KIND_F32, TVN_KIND_U64, TVN_KIND_S64, TVN_KIND_U32,
        TVN_KIND_S32, TVN_KIND_U16, TVN_KIND_S16, TVN_KIND_U8, TVN_KIND_S8,
        TVN_KIND_BOOL};
    struct tvn__def def = {.kind = TVN__DEF_VALUE};

    if (byte == 0x64) {
        return refused_value(TVN__NO_ERROR_CONTEXT);
    }
    if (tvn__ok(d)) {
        tvn__type_error(
            d, at, tvn_type_scalar(d->types, kinds[byte - 0x73], &def.value));
    }
    return def;
}

/* valtype: a primitive or the index of a value type. */
static struct tvn__def
value_type(struct tvn__decoder *d, const struct tvn__scope *scope)
{
    size_t at = d->at;
    struct tvn__def def;

    if (is_primitive(tvn__peek(d))) {
        return primitive(d, tvn__u8(d), at);
    }
    def = tvn__get_type(d, scope, tvn__index33(d), at);
    if (tvn__ok(d) && def.kind != TVN__DEF_VALUE) {
        tvn__malformed(d, at, "this type is not one of values");
    }
    return def;
}

/* 0x00, or 0x01 and a type. */
static struct tvn__def
maybe_type(struct tvn__decoder *d, const struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t has = tvn__u8(d);

    if (has > 1) {
        tvn__malformed(d, at, "0 or 1 must stand here, not 0x%02x", has);
    }
    return has == 1 ? value_type(d, scope) : refused_value(TVN__RUNS);
}

/* ------------------------------------------------------------------------
 * Types with members. */

static void
read_member(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn_kind kind, struct tvn_member *member, enum tvn__refusal *refused)
{
    struct tvn__def def = {0};
    size_t at;

    if (kind != TVN_KIND_TUPLE) {
        member->name = tvn__name(d);
    }
    if (kind == TVN_KIND_RECORD || kind == TVN_KIND_TUPLE) {
        def = value_type(d, scope);
    } else if (kind == TVN_KIND_VARIANT) {
        def = maybe_type(d, scope);
        at = d->at;
        if (tvn__u8(d) != 0) {
            tvn__malformed(d, at, "cases cannot refine others any more");
        }
    }
    member->type = def.value;
    *refused = first_of(*refused, def.refused);
}

static struct tvn__def
members_type(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn_kind kind, size_t at)
{
    struct tvn__def def = {.kind = TVN__DEF_VALUE};
    uint32_t count = tvn__count(d, kind == TVN_KIND_TUPLE ? 1 : 2);
    struct tvn_member *members;

    if (count > TVN_TYPE_MEMBERS_MAX) {
        tvn__type_error(d, at, TVN_ELIMIT);
    }
    members = tvn__new(d, count, sizeof(*members));
    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        read_member(d, scope, kind, &members[i], &def.refused);
    }
    if (tvn__ok(d) && def.refused == TVN__RUNS) {
        tvn__type_error(d, at,
            tvn_type_members(d->types, kind, members, count, &def.value));
    }
    return def;
}

static struct tvn__def
wrapped_type(struct tvn__decoder *d, const struct tvn__scope *scope,
    uint8_t form, size_t at)
{
    struct tvn__def ok =
        form == 0x6a ? maybe_type(d, scope) : value_type(d, scope);
    struct tvn__def error =
        form == 0x6a ? maybe_type(d, scope) : refused_value(TVN__RUNS);
    struct tvn__def def = refused_value(first_of(ok.refused, error.refused));
    tvn_err err;

    if (!tvn__ok(d) || def.refused != TVN__RUNS) {
        return def;
    }
    if (form == 0x70) {
        err = tvn_type_list(d->types, ok.value, &def.value);
    } else if (form == 0x6b) {
        err = tvn_type_option(d->types, ok.value, &def.value);
    } else {
        err = tvn_type_result(d->types, ok.value, error.value, &def.value);
    }
    tvn__type_error(d, at, err);
    return def;
}

/* ------------------------------------------------------------------------
 * Functions. */

static void
lay_out_params(struct tvn__decoder *d, struct tvn_func_type *func,
    struct tvn_member *params, size_t at)
{
    struct tvn_member *fields = tvn__new(d, func->param_count, sizeof(*fields));

    if (fields == NULL || func->param_count == 0) {
        return;
    }
    for (uint32_t i = 0; i < func->param_count; i++) {
        fields[i].type = params[i].type;
    }
    tvn__type_error(d, at,
        tvn_type_members(
            d->types, TVN_KIND_TUPLE, fields, func->param_count, &func->tuple));
    for (uint32_t i = 0; tvn__ok(d) && i < func->param_count; i++) {
        params[i].offset = func->tuple->members[i].offset;
    }
}

static struct tvn__def
func_type(struct tvn__decoder *d, const struct tvn__scope *scope, bool is_async,
    size_t at)
{
    struct tvn__def def = {.kind = TVN__DEF_FUNC};
    uint32_t count = tvn__count(d, 2);
    struct tvn_func_type *func = tvn__new(d, 1, sizeof(*func));
    struct tvn_member *params = NULL;
    struct tvn__def result = {0};
    uint8_t results;

    if (count > TVN__PARAMS_MAX) {
        tvn__limit(
            d, at, "a function has more than %u parameters", TVN__PARAMS_MAX);
    }
    params = tvn__new(d, count, sizeof(*params));
    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        read_member(d, scope, TVN_KIND_RECORD, &params[i], &def.refused);
    }
    results = tvn__u8(d);
    if (results == 0) {
        result = value_type(d, scope);
    } else if (results != 1 || tvn__u8(d) != 0) {
        tvn__malformed(d, at, "a function cannot have named results");
    }
    def.refused = first_of(def.refused, result.refused);
    if (is_async) {
        def.refused = first_of(def.refused, TVN__NO_ASYNC);
    }
    if (!tvn__ok(d) || def.refused != TVN__RUNS) {
        return def;
    }
    *func = (struct tvn_func_type){
        .param_count = count, .params = params, .result = result.value};
    lay_out_params(d, func, params, at);
    def.func = func;
    return def;
}

bool
tvn__func_equal(const struct tvn_func_type *a, const struct tvn_func_type *b)
{
    if (a->param_count != b->param_count || a->result != b->result) {
        return false;
    }
    for (uint32_t i = 0; i < a->param_count; i++) {
        if (a->params[i].type != b->params[i].type ||
            !tvn_str_equal(a->params[i].name, b->params[i].name)) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------------
 * Instance and component types. */

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
    *slot = item;
    if (scope->kind == TVN__SCOPE_INSTANCE_TYPE &&
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

static struct tvn__def
scoped_type(
    struct tvn__decoder *d, struct tvn__scope *outer, enum tvn__scope_kind kind)
{
    struct tvn__scope scope = {.outer = outer, .kind = kind};
    struct tvn__def def = {.kind = TVN__DEF_INSTANCE};
    struct tvn__component *component;

    if (!tvn__enter(d)) {
        return def;
    }
    declarations(d, &scope);
    d->depth--;
    if (!tvn__ok(d)) {
        return def;
    }
    if (kind == TVN__SCOPE_INSTANCE_TYPE) {
        def.instance = tvn__list_of(d, &scope.exports);
        def.refused = tvn__ok(d) ? def.instance->refused : TVN__RUNS;
        return def;
    }
    def.kind = TVN__DEF_COMPONENT;
    component = tvn__new(d, 1, sizeof(*component));
    if (component != NULL) {
        component->imports = tvn__list_of(d, &scope.imports);
        component->exports = tvn__list_of(d, &scope.exports);
        def.component = component;
    }
    if (tvn__ok(d)) {
        def.refused =
            first_of(component->imports->refused, component->exports->refused);
    }
    return def;
}

/* ------------------------------------------------------------------------
 * One definition, by its first byte. */

/* Kinds of values that are known and not run: read to their end. */
static struct tvn__def
refused_type(struct tvn__decoder *d, const struct tvn__scope *scope,
    uint8_t form, size_t at)
{
    struct tvn__def def = {.kind = TVN__DEF_VALUE};

    switch (form) {
    case 0x69:
    case 0x68:
        (void)tvn__get_type(d, scope, tvn__u32(d), at);
        def.refused = form == 0x69 ? TVN__NO_OWN : TVN__NO_BORROW;
        break;
    case 0x67:
        (void)value_type(d, scope);
        (void)tvn__u32(d);
        def.refused = TVN__NO_FIXED_LIST;
        break;
    case 0x66:
    case 0x65:
        (void)maybe_type(d, scope);
        def.refused = form == 0x66 ? TVN__NO_STREAM : TVN__NO_FUTURE;
        break;
    case 0x63:
        (void)value_type(d, scope);
        (void)value_type(d, scope);
        def.refused = TVN__NO_MAP;
        break;
    case 0x3f:
        (void)tvn__u8(d); /* representation */
        if (tvn__u8(d) == 1) {
            (void)tvn__u32(d); /* destructor */
        }
        def.kind = TVN__DEF_RESOURCE;
        def.refused = TVN__NO_RESOURCE;
        break;
    default:
        tvn__malformed(d, at, "an unknown kind of type (0x%02x)", form);
        break;
    }
    return def;
}

static struct tvn__def
read_type(struct tvn__decoder *d, struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t form = tvn__u8(d);

    if (is_primitive(form)) {
        return primitive(d, form, at);
    }
    switch (form) {
    case 0x72:
        return members_type(d, scope, TVN_KIND_RECORD, at);
    case 0x71:
        return members_type(d, scope, TVN_KIND_VARIANT, at);
    case 0x6f:
        return members_type(d, scope, TVN_KIND_TUPLE, at);
    case 0x6e:
        return members_type(d, scope, TVN_KIND_FLAGS, at);
    case 0x6d:
        return members_type(d, scope, TVN_KIND_ENUM, at);
    case 0x70:
    case 0x6b:
    case 0x6a:
        return wrapped_type(d, scope, form, at);
    case 0x40:
    case 0x43:
        return func_type(d, scope, form == 0x43, at);
    case 0x41:
        return scoped_type(d, scope, TVN__SCOPE_COMPONENT_TYPE);
    case 0x42:
        return scoped_type(d, scope, TVN__SCOPE_INSTANCE_TYPE);
    default:
        return refused_type(d, scope, form, at);
    }
}

void
tvn__type(struct tvn__decoder *d, struct tvn__scope *scope)
{
    struct tvn__item item = {.kind = TVN__ITEM_TYPE};

    item.def = read_type(d, scope);
    tvn__declare(d, scope, &item);
}

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
        item.def.refused = TVN__NO_RESOURCE;
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
        tvn__unsupported(d, "imports or exports a core module: this version "
                            "runs no modules from outside");
        return none;
    default:
        tvn__malformed(d, at, "this cannot be imported or exported");
        return none;
    }
}
