/* generate_value.c -- a walk of the type; see generate_value.h.
 *
 * A hint is found by where the walk is: the offset in the root and the type.
 * Records and options lie in line, so that this pair names one field; what
 * lies behind a list has no path and is never looked up. */
#include "connector/generate_value.h"

#include "base/assert.h"
#include "connector/field.h"
#include "connector/internal.h"
#include "value/jsoncodec.h"

#include <string.h>

#define SMALL       1000u /* numbers without a hint are below */
#define LIST_MAX    3u
#define LIST_DEEP   4u /* lists below this depth have at most one element */
#define LETTERS_MIN 3u
#define LETTERS_MAX 8u

enum hint_kind {
    HINT_SOME, /* an option on the way to a hint */
    HINT_ONE_OF,
    HINT_SEQUENCE,
    HINT_RANGE, /* values[0] to values[1] */
};

struct tvn__hint {
    enum hint_kind kind;
    const struct tvn_type *type;
    uint32_t offset;
    struct tvn_image **values;
    uint32_t count;
};

/* ------------------------------------------------------------------------
 * Reading hints. */

static bool
is_integer(const struct tvn_type *type)
{
    return type->kind >= TVN_KIND_S8 && type->kind <= TVN_KIND_U64;
}

static bool
is_signed(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_S8 || type->kind == TVN_KIND_S16 ||
           type->kind == TVN_KIND_S32 || type->kind == TVN_KIND_S64;
}

static bool
is_float(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_F32 || type->kind == TVN_KIND_F64;
}

static tvn_err
read_constant(struct tvn__generator *generator, const struct tvn_yaml *node,
    const struct tvn_type *type, struct tvn_image **out, struct tvn_diag *diag)
{
    struct tvn_builder *builder = &generator->values;
    char why[256] = "";
    tvn_err err;

    if (node == NULL || node->kind != TVN_YAML_SCALAR) {
        return tvn_diag_error(diag, TVN_ECONNECTOR_OPTION,
            node == NULL ? NULL : &node->place,
            "fields: a constant is a scalar, not %s",
            node == NULL ? "nothing" : tvn_yaml_kind_name(node));
    }
    err = tvn_builder_begin(builder, type);
    if (err == TVN_OK) {
        err = tvn_json_scalar(type, node->text, builder, 0, why, sizeof(why));
    }
    if (err == TVN_OK) {
        err = tvn_builder_finish(builder, out);
    }
    if (err == TVN_ENOMEM) {
        return tvn__connector_nomem(diag);
    }
    return err == TVN_OK
               ? TVN_OK
               : tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
                     "fields: %s", why[0] == '\0' ? tvn_err_text(err) : why);
}

static tvn_err
read_constants(struct tvn__generator *generator, struct tvn__hint *hint,
    const struct tvn_yaml *const *nodes, uint32_t count, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    hint->values =
        tvn_arena_new(&generator->arena, count, sizeof(struct tvn_image *));
    if (hint->values == NULL) {
        return tvn__connector_nomem(diag);
    }
    hint->count = count;
    for (uint32_t i = 0; i < count; i++) {
        err = tvn_err_first(err, read_constant(generator, nodes[i], hint->type,
                                     &hint->values[i], diag));
    }
    return err;
}

/* An integer, widened: signed ones keep their order as int64. */
static uint64_t
load_integer(const struct tvn_type *type, const uint8_t *at)
{
    uint32_t shift = 64 - 8 * type->size;
    uint64_t value = 0;

    memcpy(&value, at, type->size);
    if (is_signed(type) && shift > 0 && value >> (63 - shift) != 0) {
        value |= UINT64_MAX << (64 - shift);
    }
    return value;
}

static double
load_float(const struct tvn_type *type, const uint8_t *at)
{
    double wide;
    float narrow;

    if (type->kind == TVN_KIND_F64) {
        memcpy(&wide, at, sizeof(wide));
        return wide;
    }
    memcpy(&narrow, at, sizeof(narrow));
    return (double)narrow;
}

static bool
is_ordered(const struct tvn__hint *hint)
{
    const struct tvn_type *type = hint->type;
    const uint8_t *min = hint->values[0]->data;
    const uint8_t *max = hint->values[1]->data;

    if (is_float(type)) {
        return load_float(type, min) <= load_float(type, max);
    }
    return is_signed(type) ? (int64_t)load_integer(type, min) <=
                                 (int64_t)load_integer(type, max)
                           : load_integer(type, min) <= load_integer(type, max);
}

static tvn_err
read_range(struct tvn__generator *generator, struct tvn__hint *hint,
    const struct tvn_yaml *node, struct tvn_diag *diag)
{
    static const char *const keys[] = {"min", "max", NULL};
    const struct tvn_yaml *ends[2];
    tvn_err err = tvn_yaml_check_keys(node, "fields", keys, diag);

    hint->kind = HINT_RANGE;
    if (!is_integer(hint->type) && !is_float(hint->type)) {
        return tvn_err_first(
            err, tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &node->place,
                     "fields: min and max are for numbers"));
    }
    ends[0] = tvn_yaml_get(node, "min");
    ends[1] = tvn_yaml_get(node, "max");
    if (ends[0] == NULL || ends[1] == NULL) {
        return tvn_err_first(
            err, tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
                     "fields: a range has both min and max"));
    }
    err = tvn_err_first(err, read_constants(generator, hint, ends, 2, diag));
    if (err == TVN_OK && !is_ordered(hint)) {
        err = tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
            "fields: min is above max");
    }
    return err;
}

static tvn_err
read_hint(struct tvn__generator *generator, struct tvn__hint *hint,
    const struct tvn_yaml *node, struct tvn_diag *diag)
{
    tvn_err err;

    if (node->kind == TVN_YAML_MAPPING) {
        return read_range(generator, hint, node, diag);
    }
    if (node->kind == TVN_YAML_SEQUENCE) {
        hint->kind = HINT_ONE_OF;
        return node->count > 0
                   ? read_constants(
                         generator, hint, node->items, node->count, diag)
                   : tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
                         "fields: the list of constants is empty");
    }
    if (!tvn_str_is(node->text, "sequence")) {
        err = tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
            "fields: '%.*s' is no hint", TVN_STR_ARG(node->text));
        tvn_diag_help(diag,
            "write [%.*s] for a constant, `sequence`, or "
            "{ min: 0, max: 9 }",
            TVN_STR_ARG(node->text));
        return err;
    }
    hint->kind = HINT_SEQUENCE;
    return is_integer(hint->type)
               ? TVN_OK
               : tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &node->place,
                     "fields: a sequence is for integers");
}

/* The hint of one field and of the options on the way to it. */
static tvn_err
add_hint(struct tvn__generator *generator, const struct tvn_yaml_pair *pair,
    struct tvn_diag *diag)
{
    struct tvn__field field;
    struct tvn__hint *hint;
    uint32_t count;
    tvn_err err = tvn__field_find(generator->type, pair->key->text,
        &pair->key->place, "fields", &field, diag);

    if (err != TVN_OK) {
        return err;
    }
    count = field.option_count;
    if (pair->value->kind == TVN_YAML_SEQUENCE && count > 0 &&
        field.options[count - 1].type->members[1].type == field.type &&
        field.options[count - 1].offset +
                field.options[count - 1].type->payload_offset ==
            field.offset) {
        count--; /* constants say themselves what is none: "" */
        field.type = field.options[count].type;
        field.offset = field.options[count].offset;
    }
    for (uint32_t i = 0; i < count; i++) {
        hint = &generator->hints[generator->hint_count++];
        hint->kind = HINT_SOME;
        hint->type = field.options[i].type;
        hint->offset = field.options[i].offset;
    }
    hint = &generator->hints[generator->hint_count++];
    hint->type = field.type;
    hint->offset = field.offset;
    return read_hint(generator, hint, pair->value, diag);
}

static tvn_err
read_hints(struct tvn__generator *generator, const struct tvn_yaml *node,
    struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    if (node->kind != TVN_YAML_MAPPING) {
        return tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
            "fields is a mapping of field names to hints");
    }
    generator->hints = tvn_arena_new(&generator->arena,
        (size_t)node->count * (TVN__FIELD_OPTIONS_MAX + 1),
        sizeof(*generator->hints));
    if (generator->hints == NULL) {
        return tvn__connector_nomem(diag);
    }
    for (uint32_t i = 0; i < node->count; i++) {
        err = tvn_err_first(err, add_hint(generator, &node->pairs[i], diag));
    }
    return err;
}

tvn_err
tvn__generator_init(struct tvn__generator *generator,
    const struct tvn_type *type, uint64_t seed, uint32_t max_event,
    const struct tvn_yaml *hints, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    *generator = (struct tvn__generator){.type = type, .rng = {seed}};
    generator->pool = tvn_pool_new(max_event, 0);
    if (generator->pool == NULL) {
        return tvn__connector_nomem(diag);
    }
    tvn_builder_init(&generator->values, generator->pool);
    if (hints != NULL) {
        err = read_hints(generator, hints, diag);
    }
    tvn_builder_fini(&generator->values);
    if (err != TVN_OK) {
        tvn__generator_fini(generator);
    }
    return err;
}

void
tvn__generator_fini(struct tvn__generator *generator)
{
    for (uint32_t i = 0; i < generator->hint_count; i++) {
        for (uint32_t k = 0; k < generator->hints[i].count; k++) {
            tvn_image_unref(generator->hints[i].values[k]);
        }
    }
    tvn_arena_fini(&generator->arena);
    if (generator->pool != NULL) {
        tvn_pool_free(generator->pool);
    }
    *generator = (struct tvn__generator){0};
}

/* ------------------------------------------------------------------------
 * Making values. */

struct walk {
    struct tvn__generator *generator;
    struct tvn_builder *builder;
    uint32_t lists; /* how many the walk is in: 0 has hints */
};

static tvn_err fill(
    struct walk *walk, const struct tvn_type *type, uint32_t at);

static uint64_t
below(struct walk *walk, uint64_t bound)
{
    return tvn_rng_below(&walk->generator->rng, bound);
}

/* Canonical memory is little-endian, and so are we (value/ asserts it). */
static void
store(struct walk *walk, uint32_t at, const void *from, uint32_t size)
{
    memcpy(walk->builder->data + at, from, size);
}

static void
fill_integer(struct walk *walk, const struct tvn_type *type, uint32_t at)
{
    uint64_t bound = type->size == 1 ? 128 : SMALL;
    uint64_t value = below(walk, bound);

    if (is_signed(type)) {
        value -= bound / 10; /* some below 0 */
    }
    store(walk, at, &value, type->size);
}

static void
fill_float(struct walk *walk, const struct tvn_type *type, uint32_t at)
{
    double wide = (double)below(walk, SMALL * 100) / 100.0;
    float narrow = (float)wide;

    store(walk, at, type->kind == TVN_KIND_F64 ? (void *)&wide : &narrow,
        type->size);
}

static tvn_err
fill_string(struct walk *walk, uint32_t at)
{
    uint32_t words[2];
    tvn_err err;

    words[1] =
        LETTERS_MIN + (uint32_t)below(walk, LETTERS_MAX - LETTERS_MIN + 1);
    err = tvn_builder_alloc(walk->builder, words[1], 1, &words[0]);
    if (err != TVN_OK) {
        return err;
    }
    for (uint32_t i = 0; i < words[1]; i++) {
        walk->builder->data[words[0] + i] = (uint8_t)('a' + below(walk, 26));
    }
    store(walk, at, words, sizeof(words));
    return TVN_OK;
}

static tvn_err
fill_list(struct walk *walk, const struct tvn_type *type, uint32_t at)
{
    const struct tvn_type *elem = type->elem;
    uint32_t words[2];
    tvn_err err;

    words[1] =
        (uint32_t)below(walk, walk->lists < LIST_DEEP ? LIST_MAX + 1 : 2);
    err = tvn_builder_alloc(
        walk->builder, (uint64_t)words[1] * elem->size, elem->align, &words[0]);
    walk->lists++;
    for (uint32_t i = 0; err == TVN_OK && i < words[1]; i++) {
        err = fill(walk, elem, words[0] + i * elem->size);
    }
    walk->lists--;
    if (err == TVN_OK) {
        store(walk, at, words, sizeof(words));
    }
    return err;
}

static tvn_err
fill_case(struct walk *walk, const struct tvn_type *type, uint32_t at,
    uint32_t number)
{
    const struct tvn_type *payload = type->members[number].type;

    store(walk, at, &number, type->disc_size);
    return payload == NULL ? TVN_OK
                           : fill(walk, payload, at + type->payload_offset);
}

static tvn_err
fill_fields(struct walk *walk, const struct tvn_type *type, uint32_t at)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < type->count; i++) {
        err = fill(walk, type->members[i].type, at + type->members[i].offset);
    }
    return err;
}

static tvn_err
fill_random(struct walk *walk, const struct tvn_type *type, uint32_t at)
{
    uint32_t number;

    switch (type->kind) {
    case TVN_KIND_BOOL:
        number = (uint32_t)below(walk, 2);
        store(walk, at, &number, 1);
        return TVN_OK;
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
        fill_integer(walk, type, at);
        return TVN_OK;
    case TVN_KIND_F32:
    case TVN_KIND_F64:
        fill_float(walk, type, at);
        return TVN_OK;
    case TVN_KIND_CHAR:
        number = 'a' + (uint32_t)below(walk, 26);
        store(walk, at, &number, 4);
        return TVN_OK;
    case TVN_KIND_STRING:
        return fill_string(walk, at);
    case TVN_KIND_LIST:
        return fill_list(walk, type, at);
    case TVN_KIND_RECORD:
    case TVN_KIND_TUPLE:
        return fill_fields(walk, type, at);
    case TVN_KIND_VARIANT:
    case TVN_KIND_ENUM:
        return fill_case(walk, type, at, (uint32_t)below(walk, type->count));
    case TVN_KIND_FLAGS:
        number = (uint32_t)below(walk, UINT64_C(1) << type->count);
        store(walk, at, &number, type->size);
        return TVN_OK;
    case TVN_KIND_OPTION: /* three of four are some */
        return fill_case(walk, type, at, below(walk, 4) > 0 ? 1 : 0);
    case TVN_KIND_RESULT: /* three of four are ok */
        return fill_case(walk, type, at, below(walk, 4) > 0 ? 0 : 1);
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break; /* events have no handles */
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Hints. */

/* A copy of a constant: a scalar, a string or bytes, or an option of one. */
static tvn_err
put_constant(struct walk *walk, const struct tvn_type *type, uint32_t at,
    const uint8_t *data, uint32_t from)
{
    uint32_t words[2];
    uint32_t offset;
    tvn_err err;

    if (type->kind == TVN_KIND_OPTION) {
        store(walk, at, data + from, 1);
        return data[from] == 0 ? TVN_OK
                               : put_constant(walk, type->members[1].type,
                                     at + type->payload_offset, data,
                                     from + type->payload_offset);
    }
    if (type->kind != TVN_KIND_STRING && type->kind != TVN_KIND_LIST) {
        store(walk, at, data + from, type->size);
        return TVN_OK;
    }
    memcpy(words, data + from, sizeof(words));
    err = tvn_builder_alloc(walk->builder, words[1], 1, &offset);
    if (err != TVN_OK || words[1] == 0) {
        return err;
    }
    store(walk, offset, data + words[0], words[1]);
    words[0] = offset;
    store(walk, at, words, sizeof(words));
    return TVN_OK;
}

static void
put_range(struct walk *walk, const struct tvn__hint *hint, uint32_t at)
{
    const struct tvn_type *type = hint->type;
    const uint8_t *ends[2] = {hint->values[0]->data, hint->values[1]->data};
    struct tvn_rng *rng = &walk->generator->rng;
    double part;
    double wide;
    float narrow;
    uint64_t min;
    uint64_t span;

    if (is_float(type)) {
        part = (double)(tvn_rng_next(rng) >> 11) / 9007199254740992.0;
        wide = load_float(type, ends[0]) * (1 - part) +
               load_float(type, ends[1]) * part;
        narrow = (float)wide;
        store(walk, at, type->kind == TVN_KIND_F64 ? (void *)&wide : &narrow,
            type->size);
        return;
    }
    min = load_integer(type, ends[0]);
    span = load_integer(type, ends[1]) - min; /* right for signed ones too */
    min += span == UINT64_MAX ? tvn_rng_next(rng) : below(walk, span + 1);
    store(walk, at, &min, type->size);
}

static tvn_err
put_hint(struct walk *walk, const struct tvn__hint *hint, uint32_t at)
{
    uint64_t number = walk->generator->number;
    uint64_t chosen;

    switch (hint->kind) {
    case HINT_SOME:
        return fill_case(walk, hint->type, at, 1);
    case HINT_ONE_OF:
        chosen = below(walk, hint->count);
        return put_constant(
            walk, hint->type, at, hint->values[chosen]->data, 0);
    case HINT_SEQUENCE:
        store(walk, at, &number, hint->type->size);
        return TVN_OK;
    case HINT_RANGE:
        put_range(walk, hint, at);
        return TVN_OK;
    }
    return TVN_OK;
}

static tvn_err
fill(struct walk *walk, const struct tvn_type *type, uint32_t at)
{
    const struct tvn__generator *generator = walk->generator;

    for (uint32_t i = 0; walk->lists == 0 && i < generator->hint_count; i++) {
        const struct tvn__hint *hint = &generator->hints[i];

        if (hint->offset == at && hint->type == type) {
            return put_hint(walk, hint, at);
        }
    }
    return fill_random(walk, type, at);
}

tvn_err
tvn__generator_next(struct tvn__generator *generator,
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image)
{
    struct walk walk = {.generator = generator, .builder = builder};
    tvn_err err = tvn_builder_begin(builder, generator->type);

    if (err == TVN_OK) {
        err = fill(&walk, generator->type, 0);
    }
    if (err == TVN_OK) {
        err = tvn_builder_finish(builder, image);
    }
    generator->number++;
    return err;
}
