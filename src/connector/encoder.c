/* encoder.c -- a codec a type; see encoder.h.
 *
 * Why `fields:` converts nothing: the codec walks members by their offsets.
 * A record type with the chosen members only, at the offsets of the whole,
 * makes it read the whole value where it lies. */
#include "connector/encoder.h"

#include "base/assert.h"
#include "connector/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 64u /* fields named in a help line */

void
tvn__encoder_init(struct tvn__encoder *encoder,
    const struct tvn_pipeline_codec *spec,
    const struct tvn_pipeline_stage *fields, uint32_t max)
{
    memset(encoder, 0, sizeof(*encoder));
    encoder->spec = spec;
    encoder->fields = fields;
    encoder->max = max;
}

void
tvn__encoder_fini(struct tvn__encoder *encoder)
{
    for (uint32_t i = 0; i < encoder->count; i++) {
        tvn__codec_fini(&encoder->rows[i].codec);
    }
    encoder->count = 0;
    tvn_arena_fini(&encoder->arena);
}

/* ------------------------------------------------------------------------
 * Fields. */

static tvn_err
refuse_field(const struct tvn_type *type, const struct tvn_pipeline_name *name,
    struct tvn_diag *diag)
{
    struct tvn_str names[NAMES_MAX];
    uint32_t count = type->count < NAMES_MAX ? type->count : NAMES_MAX;
    tvn_err err = tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &name->place,
        "fields: there is no field '%.*s'", TVN_STR_ARG(name->text));

    for (uint32_t i = 0; i < count; i++) {
        names[i] = type->members[i].name;
    }
    tvn_diag_suggest(diag, name->text, names, count);
    return err;
}

/* The chosen members of `type`, at their offsets. */
static tvn_err
choose(const struct tvn_type *type, const struct tvn_pipeline_stage *spec,
    struct tvn_member *members, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < spec->field_count; i++) {
        const struct tvn_pipeline_name *name = &spec->fields[i];
        int found = tvn_type_find(type, name->text);
        bool is_twice = false;

        if (found < 0) {
            err = tvn_err_first(err, refuse_field(type, name, diag));
            continue;
        }
        for (uint32_t k = 0; k < i; k++) {
            is_twice |= tvn_str_equal(spec->fields[k].text, name->text);
        }
        if (is_twice) {
            err = tvn_err_first(err,
                tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &name->place,
                    "fields: '%.*s' stands twice", TVN_STR_ARG(name->text)));
        }
        members[i] = type->members[found];
    }
    return err;
}

/* What the record would take up by itself: the copy ledger counts that. */
static uint32_t
size_of(const struct tvn_member *members, uint32_t count)
{
    uint32_t align = 1;
    uint32_t size = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t a = members[i].type->align;

        size = (size + a - 1) / a * a + members[i].type->size;
        align = a > align ? a : align;
    }
    return (size + align - 1) / align * align;
}

/* The numbers of the members in order of their names. */
static uint32_t *
sort_names(struct tvn_arena *arena, const struct tvn_type *type)
{
    uint32_t *order = tvn_arena_new(arena, type->count, sizeof(*order));

    for (uint32_t i = 0; order != NULL && i < type->count; i++) {
        uint32_t at = 0;

        for (uint32_t k = 0; k < type->count; k++) {
            struct tvn_str a = type->members[k].name;
            struct tvn_str b = type->members[i].name;
            size_t len = a.len < b.len ? a.len : b.len;
            int c = memcmp(a.ptr, b.ptr, len);

            at += c < 0 || (c == 0 && a.len < b.len) ? 1 : 0;
        }
        order[at] = i;
    }
    return order;
}

/* The type that is written; NULL with a finding. */
static const struct tvn_type *
view_of(struct tvn__encoder *encoder, const struct tvn_type *type, tvn_err *err,
    struct tvn_diag *diag)
{
    const struct tvn_pipeline_stage *spec = encoder->fields;
    struct tvn_member *members;
    struct tvn_type *view;

    *err = TVN_OK;
    if (spec == NULL || spec->field_count == 0) {
        return type;
    }
    if (type->kind != TVN_KIND_RECORD) {
        *err = tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &spec->fields[0].place,
            "fields: what comes in is no record");
        return NULL;
    }
    view = tvn_arena_new(&encoder->arena, 1, sizeof(*view));
    members =
        tvn_arena_new(&encoder->arena, spec->field_count, sizeof(*members));
    if (view == NULL || members == NULL) {
        *err = tvn__connector_nomem(diag);
        return NULL;
    }
    *err = choose(type, spec, members, diag);
    if (*err != TVN_OK) {
        return NULL;
    }
    *view = *type;
    view->count = spec->field_count;
    view->members = members;
    view->size = size_of(members, view->count);
    view->by_name = sort_names(&encoder->arena, view);
    if (view->by_name == NULL) {
        *err = tvn__connector_nomem(diag);
        return NULL;
    }
    return view;
}

/* ------------------------------------------------------------------------ */

tvn_err
tvn__encoder_add(struct tvn__encoder *encoder, const struct tvn_type *type,
    struct tvn_diag *diag)
{
    struct tvn__codec *codec = &encoder->rows[encoder->count].codec;
    const struct tvn_type *view;
    tvn_err err;

    if (encoder->count == TVN__ENCODER_TYPES) {
        return tvn_diag_error(diag, TVN_ELIMIT, NULL,
            "more than %u types come in", TVN__ENCODER_TYPES);
    }
    view = view_of(encoder, type, &err, diag);
    if (view != NULL) {
        err = tvn__codec_init(codec, encoder->spec, view, encoder->max, diag);
    }
    if (err == TVN_OK) {
        encoder->rows[encoder->count++].type = type;
    }
    return err;
}

static tvn_err
add_late(struct tvn__encoder *encoder, const struct tvn_type *type)
{
    struct tvn_diag diag = {0};
    tvn_err err = tvn__encoder_add(encoder, type, &diag);

    if (err != TVN_OK) {
        (void)snprintf(encoder->refused, sizeof(encoder->refused), "%s",
            diag.first == NULL ? tvn_err_text(err) : diag.first->text);
        encoder->text = encoder->refused;
        encoder->help = "";
    }
    tvn_diag_fini(&diag);
    return err;
}

static struct tvn__codec *
find(struct tvn__encoder *encoder, const struct tvn_type *type)
{
    for (uint32_t i = 0; i < encoder->count; i++) {
        if (encoder->rows[i].type == type) {
            return &encoder->rows[i].codec;
        }
    }
    return NULL;
}

tvn_err
tvn__encoder_write(struct tvn__encoder *encoder, const struct tvn_image *image,
    struct tvn_buf *out, uint64_t *bytes)
{
    struct tvn__codec *codec = find(encoder, image->type);
    uint64_t encoded = 0;
    size_t before = out->len;
    tvn_err err = TVN_OK;

    if (codec == NULL) {
        err = add_late(encoder, image->type);
        if (err != TVN_OK) {
            return err;
        }
        codec = &encoder->rows[encoder->count - 1].codec;
    }
    err = tvn__codec_write(codec, image->data, out, &encoded);
    encoder->text = codec->text;
    encoder->help = codec->fault.help;
    if (err == TVN_OK && out->len - before > encoder->max) {
        (void)snprintf(encoder->refused, sizeof(encoder->refused),
            "the record is %zu bytes as %s, more than max-event, %lu",
            out->len - before, tvn__codec_name(codec->kind),
            (unsigned long)encoder->max);
        encoder->text = encoder->refused;
        encoder->help = "raise `defaults: { max-event: ... }`";
        err = TVN_ETOOBIG;
    }
    if (err == TVN_OK) {
        tvn_buf_append_byte(out, '\n');
        if (out->failed) {
            encoder->text = tvn_err_text(TVN_ENOMEM);
            encoder->help = "";
            err = TVN_ENOMEM;
        }
    }
    if (err != TVN_OK) {
        out->len = before;
        out->failed = false;
        return err;
    }
    *bytes += encoded;
    return TVN_OK;
}
