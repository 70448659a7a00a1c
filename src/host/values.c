/* values.c -- see values.h. */
#include "host/values.h"

#include "host/internal.h"
#include "value/jsoncodec.h"

#include <string.h>

#define PRINTED_MAX 6u /* members of a type in a message */

struct reader {
    struct tvn_builder *builder;
    struct tvn_diag *diag;
    const struct tvn_place *place; /* for what is not there */
};

static tvn_err read_node(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at);

static tvn_err
refuse(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, const char *why)
{
    struct tvn_buf wanted = {0};

    tvn_type_print(type, PRINTED_MAX, &wanted);
    if (why != NULL) {
        (void)tvn_diag_error(
            reader->diag, TVN_ECONFIG_VALUE, &node->place, "%s", why);
    } else {
        (void)tvn_diag_error(reader->diag, TVN_ECONFIG_VALUE, &node->place,
            "expected %s, found %s", tvn_buf_text(&wanted),
            tvn_yaml_kind_name(node));
    }
    tvn_buf_fini(&wanted);
    return TVN_ECONFIG_VALUE;
}

static bool
is_null(const struct tvn_yaml *node)
{
    return node->kind == TVN_YAML_SCALAR && node->is_plain &&
           (node->text.len == 0 || tvn_str_is(node->text, "~") ||
               tvn_str_is(node->text, "null"));
}

static void
store_case(struct reader *reader, const struct tvn_type *type, uint32_t at,
    uint32_t number)
{
    memcpy(reader->builder->data + at, &number, type->disc_size);
}

static const struct tvn_yaml *
find_field(const struct tvn_yaml *node, struct tvn_str name)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (tvn_str_equal(node->pairs[i].key->text, name)) {
            return node->pairs[i].value;
        }
    }
    return NULL;
}

tvn_err
tvn_value_no_field(const struct tvn_type *type, const struct tvn_yaml *key,
    struct tvn_diag *diag)
{
    struct tvn_str names[64];
    uint32_t count = 0;
    tvn_err err = tvn_diag_error(diag, TVN_ECONFIG_VALUE, &key->place,
        "there is no field '%.*s'", TVN_STR_ARG(key->text));

    for (; count < type->count && count < 64; count++) {
        names[count] = type->members[count].name;
    }
    tvn_diag_suggest(diag, key->text, names, count);
    return err;
}

static tvn_err
check_names(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *key = node->pairs[i].key;

        if (tvn_type_find(type, key->text) < 0) {
            err = tvn_value_no_field(type, key, reader->diag);
        }
    }
    return err;
}

static tvn_err
read_record(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    tvn_err err;

    if (node->kind != TVN_YAML_MAPPING) {
        return refuse(reader, type, node, NULL);
    }
    err = check_names(reader, type, node);
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *field = &type->members[i];
        const struct tvn_yaml *value = find_field(node, field->name);

        if (value != NULL) {
            err = tvn_err_first(
                err, read_node(reader, field->type, value, at + field->offset));
        } else if (field->type->kind != TVN_KIND_OPTION) {
            struct tvn_buf wanted = {0};

            tvn_type_print(field->type, PRINTED_MAX, &wanted);
            err = tvn_err_first(
                err, tvn_diag_error(reader->diag, TVN_ECONFIG_VALUE,
                         &node->place, "field '%.*s' (%s) is missing",
                         TVN_STR_ARG(field->name), tvn_buf_text(&wanted)));
            tvn_buf_fini(&wanted);
        }
    }
    return err;
}

static tvn_err
read_list(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    tvn_err err;
    uint32_t pair[2] = {0, node->count};

    if (node->kind != TVN_YAML_SEQUENCE) {
        return refuse(reader, type, node, NULL);
    }
    err = tvn_builder_alloc(reader->builder,
        (uint64_t)node->count * type->elem->size, type->elem->align, &pair[0]);
    if (err != TVN_OK) {
        return err;
    }
    memcpy(reader->builder->data + at, pair, sizeof(pair));
    for (uint32_t i = 0; i < node->count; i++) {
        err = tvn_err_first(err, read_node(reader, type->elem, node->items[i],
                                     pair[0] + i * type->elem->size));
    }
    return err;
}

static tvn_err
read_tuple(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    tvn_err err = TVN_OK;

    if (node->kind != TVN_YAML_SEQUENCE || node->count != type->count) {
        return refuse(reader, type, node, NULL);
    }
    for (uint32_t i = 0; i < type->count; i++) {
        err = tvn_err_first(
            err, read_node(reader, type->members[i].type, node->items[i],
                     at + type->members[i].offset));
    }
    return err;
}

static tvn_err
read_flags(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    uint32_t bits = 0;

    if (node->kind != TVN_YAML_SEQUENCE) {
        return refuse(reader, type, node, NULL);
    }
    for (uint32_t i = 0; i < node->count; i++) {
        int bit = tvn_type_find(type, node->items[i]->text);

        if (node->items[i]->kind != TVN_YAML_SCALAR || bit < 0) {
            return refuse(reader, type, node->items[i], NULL);
        }
        bits |= UINT32_C(1) << bit;
    }
    memcpy(reader->builder->data + at, &bits, type->size);
    return TVN_OK;
}

/* A variant's or result's case by name; the payload may be NULL. */
static tvn_err
read_case(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    const struct tvn_yaml *payload = NULL;
    const struct tvn_type *wanted;
    struct tvn_str name = node->text;
    int number;

    if (node->kind == TVN_YAML_MAPPING && node->count == 1) {
        name = node->pairs[0].key->text;
        payload = node->pairs[0].value;
    } else if (node->kind != TVN_YAML_SCALAR) {
        return refuse(reader, type, node, NULL);
    }
    if (type->kind == TVN_KIND_RESULT && tvn_str_is(name, "err")) {
        name = TVN_STR("error");
    }
    number = tvn_type_find(type, name);
    if (number < 0) {
        return refuse(reader, type, node, NULL);
    }
    store_case(reader, type, at, (uint32_t)number);
    wanted = type->members[number].type;
    if (wanted == NULL) {
        return payload == NULL || is_null(payload)
                   ? TVN_OK
                   : refuse(reader, type, payload, "this case has no payload");
    }
    if (payload == NULL) {
        return refuse(reader, type, node,
            "this case needs a payload: write { case: payload }");
    }
    return read_node(reader, wanted, payload, at + type->payload_offset);
}

static tvn_err
read_option(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    if (is_null(node)) {
        return TVN_OK; /* zeroed is none */
    }
    store_case(reader, type, at, 1);
    return read_node(
        reader, type->members[1].type, node, at + type->payload_offset);
}

static tvn_err
read_scalar(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    char why[256];
    tvn_err err;

    if (node->kind != TVN_YAML_SCALAR) {
        return refuse(reader, type, node, NULL);
    }
    err = tvn_json_scalar(
        type, node->text, reader->builder, at, why, sizeof(why));
    if (err == TVN_OK || err == TVN_ENOMEM || err == TVN_ETOOBIG) {
        return err;
    }
    return refuse(reader, type, node,
        node->is_secret ? "the value does not fit its type" : why);
}

static tvn_err
read_node(struct reader *reader, const struct tvn_type *type,
    const struct tvn_yaml *node, uint32_t at)
{
    switch (type->kind) {
    case TVN_KIND_RECORD:
        return read_record(reader, type, node, at);
    case TVN_KIND_TUPLE:
        return read_tuple(reader, type, node, at);
    case TVN_KIND_LIST:
        return read_list(reader, type, node, at);
    case TVN_KIND_FLAGS:
        return read_flags(reader, type, node, at);
    case TVN_KIND_VARIANT:
    case TVN_KIND_RESULT:
        return read_case(reader, type, node, at);
    case TVN_KIND_OPTION:
        return read_option(reader, type, node, at);
    case TVN_KIND_BOOL:
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
    case TVN_KIND_F32:
    case TVN_KIND_F64:
    case TVN_KIND_CHAR:
    case TVN_KIND_STRING:
    case TVN_KIND_ENUM:
        return read_scalar(reader, type, node, at);
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break; /* no config or table has handles */
    }
    return TVN_EINVAL;
}

tvn_err
tvn_value_of_yaml(const struct tvn_type *type, const struct tvn_yaml *node,
    const struct tvn_place *place, struct tvn_pool *pool,
    TVN_GIVE struct tvn_image **out, struct tvn_diag *diag)
{
    const struct tvn_yaml nothing = {.kind = TVN_YAML_MAPPING, .place = *place};
    struct tvn_builder builder;
    struct reader reader = {&builder, diag, place};
    tvn_err err;

    tvn_builder_init(&builder, pool);
    err = tvn_builder_begin(&builder, type);
    if (err == TVN_OK) {
        err = read_node(&reader, type, node == NULL ? &nothing : node, 0);
    }
    if (err == TVN_OK) {
        err = tvn_builder_finish(&builder, out);
    }
    if (err == TVN_ENOMEM || err == TVN_ETOOBIG) {
        (void)tvn_diag_error(diag, err, place, "%s", tvn_err_text(err));
    }
    tvn_builder_fini(&builder);
    return err;
}
