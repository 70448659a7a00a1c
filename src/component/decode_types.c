/* decode_types.c -- value types, function types, resources. */
#include "component/internal.h"

#include <string.h>

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
    *refused = tvn__first_refusal(*refused, def.refused);
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
    struct tvn__def def =
        refused_value(tvn__first_refusal(ok.refused, error.refused));
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

struct tvn__def
tvn__result_type(struct tvn__decoder *d, const struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t results = tvn__u8(d);

    if (results == 0) {
        return value_type(d, scope);
    }
    if (results != 1 || tvn__u8(d) != 0) {
        tvn__malformed(d, at, "a function cannot have named results");
    }
    return (struct tvn__def){0};
}

static struct tvn__def
func_type(struct tvn__decoder *d, const struct tvn__scope *scope, bool is_async,
    size_t at)
{
    struct tvn__def def = {.kind = TVN__DEF_FUNC};
    uint32_t count = tvn__count(d, 2);
    struct tvn_func_type *func = tvn__new(d, 1, sizeof(*func));
    struct tvn_member *params = NULL;
    struct tvn__def result;

    if (count > TVN__PARAMS_MAX) {
        tvn__limit(
            d, at, "a function has more than %u parameters", TVN__PARAMS_MAX);
    }
    params = tvn__new(d, count, sizeof(*params));
    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        read_member(d, scope, TVN_KIND_RECORD, &params[i], &def.refused);
    }
    result = tvn__result_type(d, scope);
    def.refused = tvn__first_refusal(def.refused, result.refused);
    if (is_async) {
        def.refused = tvn__first_refusal(def.refused, TVN__NO_ASYNC);
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

/* ------------------------------------------------------------------------
 * One definition, by its first byte. */

static struct tvn__def
handle_type(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn_kind kind, size_t at)
{
    struct tvn__def of = tvn__get_type(d, scope, tvn__u32(d), at);
    struct tvn__def def = {.kind = TVN__DEF_VALUE};

    if (tvn__ok(d) &&
        (of.kind != TVN__DEF_RESOURCE || (of.resource == NULL && !d->is_wit))) {
        tvn__malformed(d, at, "a handle is of a resource, not of this type");
    } else if (d->is_wit) {
        def.refused = kind == TVN_KIND_OWN ? TVN__NO_OWN : TVN__NO_BORROW;
    } else if (tvn__ok(d)) {
        tvn__type_error(
            d, at, tvn_type_handle(d->types, kind, of.resource, &def.value));
    }
    return def;
}

/* A resource that the component makes itself. */
static struct tvn__def
resource_type(struct tvn__decoder *d, struct tvn__scope *scope, size_t at)
{
    struct tvn_resource_def made = {
        .part = scope->number,
        .dtor = TVN_NONE,
        .name = TVN_STR("resource"),
    };
    struct tvn__def def = {.kind = TVN__DEF_RESOURCE};
    struct tvn_step step = {.kind = TVN_STEP_RESOURCE};
    uint8_t has_dtor;

    if (tvn__u8(d) != 0x7f) {
        tvn__malformed(d, at, "a resource is represented as an i32");
    }
    has_dtor = tvn__u8(d);
    if (has_dtor > 1) {
        tvn__malformed(d, at, "0 or 1 must stand here, not 0x%02x", has_dtor);
    } else if (scope->kind != TVN__SCOPE_COMPONENT) {
        tvn__malformed(d, at, "only a component can make a resource");
    } else if (has_dtor == 1) {
        made.dtor = tvn__core_item(d, scope, TVN_CORE_FUNC, tvn__u32(d), d->at);
    }
    if (tvn__ok(d)) {
        def.resource = tvn__new_resource(d, scope->steps, &made);
        step.index = scope->steps->resources.count - 1;
        tvn__add_step(d, scope, &step);
    }
    return def;
}

/* map<K, V> is a list of pairs, and list<T, N> a tuple of N: the Canonical ABI
 * has the same layout for both.  Packages in WIT keep them apart. */
static struct tvn__def
map_type(struct tvn__decoder *d, const struct tvn__scope *scope, size_t at)
{
    struct tvn__def key = value_type(d, scope);
    struct tvn__def value = value_type(d, scope);
    struct tvn__def def =
        refused_value(tvn__first_refusal(key.refused, value.refused));
    const struct tvn_member pair[] = {
        {.type = key.value}, {.type = value.value}};
    const struct tvn_type *tuple = NULL;
    tvn_err err;

    if (d->is_wit) {
        def.refused = TVN__NO_MAP;
    }
    if (!tvn__ok(d) || def.refused != TVN__RUNS) {
        return def;
    }
    err = tvn_type_members(d->types, TVN_KIND_TUPLE, pair, 2, &tuple);
    if (err == TVN_OK) {
        err = tvn_type_list(d->types, tuple, &def.value);
    }
    tvn__type_error(d, at, err);
    return def;
}

static struct tvn__def
fixed_list_type(
    struct tvn__decoder *d, const struct tvn__scope *scope, size_t at)
{
    struct tvn__def def = value_type(d, scope);
    uint32_t count = tvn__u32(d);
    struct tvn_member *members;

    if (d->is_wit) {
        return refused_value(TVN__NO_FIXED_LIST);
    }
    if (count > TVN_TYPE_MEMBERS_MAX || !tvn__spend(d, count)) {
        tvn__type_error(d, at, TVN_ELIMIT);
        return def;
    }
    members = tvn__new(d, count, sizeof(*members));
    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        members[i].type = def.value;
    }
    if (tvn__ok(d) && def.refused == TVN__RUNS) {
        tvn__type_error(d, at,
            tvn_type_members(
                d->types, TVN_KIND_TUPLE, members, count, &def.value));
    }
    return def;
}

/* Kinds of values that are known and not run: read to their end. */
static struct tvn__def
refused_type(struct tvn__decoder *d, const struct tvn__scope *scope,
    uint8_t form, size_t at)
{
    struct tvn__def def = {.kind = TVN__DEF_VALUE};

    switch (form) {
    case 0x66:
    case 0x65:
        (void)maybe_type(d, scope);
        def.refused = form == 0x66 ? TVN__NO_STREAM : TVN__NO_FUTURE;
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
        return tvn__scoped_type(d, scope, TVN__DEF_COMPONENT);
    case 0x69:
        return handle_type(d, scope, TVN_KIND_OWN, at);
    case 0x68:
        return handle_type(d, scope, TVN_KIND_BORROW, at);
    case 0x67:
        return fixed_list_type(d, scope, at);
    case 0x63:
        return map_type(d, scope, at);
    case 0x3f:
        return resource_type(d, scope, at);
    case 0x42:
        return tvn__scoped_type(d, scope, TVN__DEF_INSTANCE);
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
