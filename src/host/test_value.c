/* test_value.c -- events of a test: read, compared, printed.
 *
 * Everything that a person reads has WIT's names, as the tests have. */
#include "host/test_internal.h"
#include "host/values.h"

#include <string.h>

/* Types that YAML writes as a mapping or a list: a text in their place is
 * JSON. */
static bool
is_compound(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE ||
           type->kind == TVN_KIND_LIST || type->kind == TVN_KIND_FLAGS;
}

static tvn_err
read_json(struct tvn__test *test, const struct tvn_type *type,
    const struct tvn_yaml *node, TVN_GIVE struct tvn_image **out)
{
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_json_fault fault = {.text = "out of memory"};
    struct tvn_builder builder;
    uint64_t bytes = 0;
    tvn_err err = tvn_jsoncodec_new(type, NULL, &codec, test->diag);

    if (err != TVN_OK) {
        return err;
    }
    tvn_builder_init(&builder, test->host->values);
    err = tvn_jsoncodec_read(
        codec, node->text.ptr, node->text.len, &builder, out, &bytes, &fault);
    tvn_builder_fini(&builder);
    tvn_jsoncodec_free(codec);
    if (err == TVN_OK || err == TVN_ENOMEM) {
        return err;
    }
    err = tvn_diag_error(test->diag, TVN_ETEST_EVENT, &node->place,
        "this text is no event: %s: %s", fault.path, fault.text);
    if (fault.help[0] != '\0') {
        tvn_diag_help(test->diag, "%s", fault.help);
    }
    return err;
}

tvn_err
tvn__test_value(struct tvn__test *test, const struct tvn_type *type,
    const struct tvn_yaml *node, TVN_GIVE struct tvn_image **out)
{
    if (node->kind == TVN_YAML_SCALAR && is_compound(type)) {
        return read_json(test, type, node, out);
    }
    return tvn_value_of_yaml(
        type, node, &node->place, test->host->values, out, test->diag);
}

/* ------------------------------------------------------------------------
 * Printing. */

void
tvn__test_print(const struct tvn_type *type, const uint8_t *data, uint32_t at,
    struct tvn_buf *out)
{
    const struct tvn_jsoncodec_opts opts = {.names = TVN_JSON_KEBAB};
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_json_fault fault = {.text = "out of memory"};
    uint64_t bytes = 0;

    if (tvn_jsoncodec_new(type, &opts, &codec, NULL) != TVN_OK ||
        tvn_jsoncodec_write(codec, data, at, out, &bytes, &fault) != TVN_OK) {
        tvn_buf_printf(out, "(%s)", fault.text); /* NaN, infinity */
    }
    tvn_jsoncodec_free(codec);
}

void
tvn__test_print_yaml(const struct tvn_yaml *node, struct tvn_buf *out)
{
    bool is_mapping = node->kind == TVN_YAML_MAPPING;

    if (node->kind == TVN_YAML_SCALAR) {
        if (node->is_secret) {
            tvn_buf_append_text(out, "***");
        } else if (node->is_plain) {
            tvn_buf_append_str(out, node->text);
        } else {
            tvn_json_quote(out, node->text);
        }
        return;
    }
    tvn_buf_append_byte(out, is_mapping ? '{' : '[');
    for (uint32_t i = 0; i < node->count; i++) {
        tvn_buf_append_text(out, i == 0 ? "" : ", ");
        if (is_mapping) {
            tvn_buf_append_str(out, node->pairs[i].key->text);
            tvn_buf_append_text(out, ": ");
        }
        tvn__test_print_yaml(
            is_mapping ? node->pairs[i].value : node->items[i], out);
    }
    tvn_buf_append_byte(out, is_mapping ? '}' : ']');
}

/* ------------------------------------------------------------------------
 * The first difference. */

struct differ {
    const uint8_t *a;
    const uint8_t *b;
    struct tvn_buf *path;
    struct tvn_buf *text_a;
    struct tvn_buf *text_b;
};

static bool find_difference(const struct differ *differ,
    const struct tvn_type *type, uint32_t at_a, uint32_t at_b);

static bool
differ_here(const struct differ *differ, const struct tvn_type *type,
    uint32_t at_a, uint32_t at_b)
{
    if (tvn_value_equal(type, differ->a, at_a, differ->b, at_b)) {
        return false;
    }
    tvn__test_print(type, differ->a, at_a, differ->text_a);
    tvn__test_print(type, differ->b, at_b, differ->text_b);
    return true;
}

static bool
differ_in_members(const struct differ *differ, const struct tvn_type *type,
    uint32_t at_a, uint32_t at_b)
{
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];
        size_t len = differ->path->len;

        if (type->kind == TVN_KIND_TUPLE) {
            tvn_buf_printf(differ->path, "[%u]", (unsigned)i);
        } else {
            tvn_buf_printf(differ->path, ".%.*s", TVN_STR_ARG(member->name));
        }
        if (find_difference(differ, member->type, at_a + member->offset,
                at_b + member->offset)) {
            return true;
        }
        differ->path->len = len;
    }
    return false;
}

static uint32_t
u32_at(const uint8_t *data, uint32_t at)
{
    uint32_t value;

    memcpy(&value, data + at, sizeof(value));
    return value;
}

static bool
differ_in_items(const struct differ *differ, const struct tvn_type *type,
    uint32_t at_a, uint32_t at_b)
{
    uint32_t count_a = u32_at(differ->a, at_a + 4);
    uint32_t count_b = u32_at(differ->b, at_b + 4);

    if (type->elem->kind == TVN_KIND_U8) {
        return differ_here(differ, type, at_a, at_b);
    }
    for (uint32_t i = 0; i < count_a && i < count_b; i++) {
        size_t len = differ->path->len;

        tvn_buf_printf(differ->path, "[%u]", (unsigned)i);
        if (find_difference(differ, type->elem,
                u32_at(differ->a, at_a) + i * type->elem->size,
                u32_at(differ->b, at_b) + i * type->elem->size)) {
            return true;
        }
        differ->path->len = len;
    }
    if (count_a == count_b) {
        return false;
    }
    tvn_buf_printf(differ->text_a, "%u items", (unsigned)count_a);
    tvn_buf_printf(differ->text_b, "%u items", (unsigned)count_b);
    return true;
}

static uint32_t
case_at(const struct tvn_type *type, const uint8_t *data, uint32_t at)
{
    uint32_t number = 0;

    memcpy(&number, data + at, type->disc_size);
    return number;
}

static bool
differ_in_cases(const struct differ *differ, const struct tvn_type *type,
    uint32_t at_a, uint32_t at_b)
{
    uint32_t number = case_at(type, differ->a, at_a);
    const struct tvn_member *member = &type->members[number];
    size_t len = differ->path->len;

    if (number != case_at(type, differ->b, at_b) || member->type == NULL) {
        return differ_here(differ, type, at_a, at_b);
    }
    if (type->kind != TVN_KIND_OPTION) {
        tvn_buf_printf(differ->path, ".%.*s", TVN_STR_ARG(member->name));
    }
    if (find_difference(differ, member->type, at_a + type->payload_offset,
            at_b + type->payload_offset)) {
        return true;
    }
    differ->path->len = len;
    return false;
}

static bool
find_difference(const struct differ *differ, const struct tvn_type *type,
    uint32_t at_a, uint32_t at_b)
{
    if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        return differ_in_members(differ, type, at_a, at_b);
    }
    if (type->kind == TVN_KIND_LIST) {
        return differ_in_items(differ, type, at_a, at_b);
    }
    if (type->kind == TVN_KIND_VARIANT || type->kind == TVN_KIND_OPTION ||
        type->kind == TVN_KIND_RESULT) {
        return differ_in_cases(differ, type, at_a, at_b);
    }
    return differ_here(differ, type, at_a, at_b);
}

bool
tvn__test_differ(const struct tvn_type *type, const struct tvn_image *a,
    const struct tvn_image *b, struct tvn_buf *path, struct tvn_buf *text_a,
    struct tvn_buf *text_b)
{
    const struct differ differ = {a->data, b->data, path, text_a, text_b};

    return find_difference(&differ, type, 0, 0);
}

/* ------------------------------------------------------------------------
 * Parts: records whose fields are not all written. */

struct matcher {
    struct tvn__test *test;
    const uint8_t *data; /* NULL: only the types are checked */
};

static tvn_err match(const struct matcher *matcher, const struct tvn_type *type,
    uint32_t at, const struct tvn_yaml *node, bool *does);

static tvn_err
match_whole(const struct matcher *matcher, const struct tvn_type *type,
    uint32_t at, const struct tvn_yaml *node, bool *does)
{
    struct tvn_image *image = NULL;
    tvn_err err = tvn_value_of_yaml(type, node, &node->place,
        matcher->test->host->values, &image, matcher->test->diag);

    if (err == TVN_OK && matcher->data != NULL &&
        !tvn_value_equal(type, image->data, 0, matcher->data, at)) {
        *does = false;
    }
    tvn_image_unref(image);
    return err;
}

static tvn_err
match_record(const struct matcher *matcher, const struct tvn_type *type,
    uint32_t at, const struct tvn_yaml *node, bool *does)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *key = node->pairs[i].key;
        int number = tvn_type_find(type, key->text);

        if (number >= 0) {
            const struct tvn_member *field = &type->members[number];

            err = tvn_err_first(
                err, match(matcher, field->type, at + field->offset,
                         node->pairs[i].value, does));
        } else {
            err = tvn_value_no_field(type, key, matcher->test->diag);
        }
    }
    return err;
}

static tvn_err
match(const struct matcher *matcher, const struct tvn_type *type, uint32_t at,
    const struct tvn_yaml *node, bool *does)
{
    if (type->kind == TVN_KIND_RECORD && node->kind == TVN_YAML_MAPPING) {
        return match_record(matcher, type, at, node, does);
    }
    if (type->kind == TVN_KIND_OPTION && !tvn__test_is_null(node)) {
        if (matcher->data != NULL && case_at(type, matcher->data, at) == 0) {
            const struct matcher checks = {matcher->test, NULL};

            *does = false;
            return match(&checks, type->members[1].type, 0, node, does);
        }
        return match(matcher, type->members[1].type, at + type->payload_offset,
            node, does);
    }
    return match_whole(matcher, type, at, node, does);
}

tvn_err
tvn__test_matches(struct tvn__test *test, const struct tvn_type *type,
    const struct tvn_image *image, const struct tvn_yaml *node, bool *does)
{
    const struct matcher matcher = {test, image == NULL ? NULL : image->data};

    *does = true;
    return match(&matcher, type, 0, node, does);
}
