/* codec.c -- json and lines; see codec.h. */
#include "connector/codec.h"

#include "base/assert.h"
#include "connector/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JSON_SCRATCH 12u /* value/jsoncodec.h: bytes a byte of text */

static const struct tvn_str names[] = {
    [TVN__CODEC_JSON] = {"json", 4},
    [TVN__CODEC_LINES] = {"lines", 5},
};
#define NAMES_COUNT (sizeof(names) / sizeof(names[0]))

tvn_err
tvn__codec_kind(const struct tvn_pipeline_codec *spec,
    enum tvn__codec_kind *out, struct tvn_diag *diag)
{
    tvn_err err;

    *out = TVN__CODEC_JSON;
    if (spec == NULL || spec->name.text.len == 0) {
        return TVN_OK;
    }
    for (size_t i = 0; i < NAMES_COUNT; i++) {
        if (tvn_str_equal(spec->name.text, names[i])) {
            *out = (enum tvn__codec_kind)i;
            return TVN_OK;
        }
    }
    err = tvn_diag_error(diag, TVN_ECONNECTOR, &spec->name.place,
        "there is no codec '%.*s'", TVN_STR_ARG(spec->name.text));
    tvn_diag_suggest(diag, spec->name.text, names, NAMES_COUNT);
    return err;
}

const char *
tvn__codec_name(enum tvn__codec_kind kind)
{
    return names[kind].ptr;
}

uint64_t
tvn__codec_bytes(enum tvn__codec_kind kind, uint32_t max)
{
    return kind == TVN__CODEC_JSON ? (uint64_t)JSON_SCRATCH * max : 0;
}

/* ------------------------------------------------------------------------ */

/* What a line is: the type or its only field; NULL: no text. */
static const struct tvn_type *
text_of(const struct tvn_type *type)
{
    if (type->kind == TVN_KIND_RECORD && type->count == 1) {
        type = type->members[0].type; /* at offset 0 */
    }
    return type->kind == TVN_KIND_STRING || (type->kind == TVN_KIND_LIST &&
                                                type->elem->kind == TVN_KIND_U8)
               ? type
               : NULL;
}

static tvn_err
init_json(struct tvn__codec *codec, const struct tvn_pipeline_codec *spec,
    struct tvn_diag *diag)
{
    const struct tvn_json_rename *renames = NULL;
    struct tvn_arena arena = {0};
    struct tvn_jsoncodec_opts opts = {.max_event = codec->max};
    tvn_err err = TVN_OK;

    if (spec != NULL) {
        struct tvn_json_rename *copy =
            tvn_arena_new(&arena, spec->rename_count, sizeof(*copy));

        for (uint32_t i = 0; copy != NULL && i < spec->rename_count; i++) {
            copy[i].field = spec->renames[i].field;
            copy[i].key = spec->renames[i].key;
        }
        renames = copy;
        err = copy == NULL ? tvn__connector_nomem(diag) : TVN_OK;
        opts.names = (enum tvn_json_names)spec->names;
        opts.rename_count = spec->rename_count;
        opts.refuse_unknown = spec->refuse_unknown;
    }
    opts.renames = renames;
    if (err == TVN_OK) {
        err = tvn_jsoncodec_new(codec->type, &opts, &codec->json, diag);
        if (err == TVN_EJSON_NAMES && spec != NULL) {
            tvn_diag_note(diag, &spec->name.place, "of this codec");
        } else if (err == TVN_ENOMEM) {
            err = tvn__connector_nomem(diag);
        }
    }
    tvn_arena_fini(&arena);
    return err;
}

_Static_assert((int)TVN_JSON_SNAKE == (int)TVN_PIPELINE_SNAKE &&
                   (int)TVN_JSON_KEBAB == (int)TVN_PIPELINE_KEBAB &&
                   (int)TVN_JSON_CAMEL == (int)TVN_PIPELINE_CAMEL &&
                   (int)TVN_JSON_PASCAL == (int)TVN_PIPELINE_PASCAL,
    "one order of spellings");

tvn_err
tvn__codec_init(struct tvn__codec *codec, const struct tvn_pipeline_codec *spec,
    const struct tvn_type *type, uint32_t max, struct tvn_diag *diag)
{
    struct tvn_buf printed = {0};
    enum tvn__codec_kind kind;
    tvn_err err = tvn__codec_kind(spec, &kind, diag);

    *codec = (struct tvn__codec){.type = type, .max = max};
    codec->kind = kind;
    if (err != TVN_OK) {
        return err;
    }
    if (kind == TVN__CODEC_JSON) {
        return init_json(codec, spec, diag);
    }
    if (text_of(type) != NULL) {
        return TVN_OK;
    }
    tvn_type_print(type, 3, &printed);
    err = tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &spec->name.place,
        "codec lines: %s is neither string nor list<u8>, nor a record with "
        "one such field alone",
        tvn_buf_text(&printed));
    tvn_diag_help(diag, "`codec: json` takes any type");
    tvn_buf_fini(&printed);
    return err;
}

void
tvn__codec_fini(struct tvn__codec *codec)
{
    tvn_jsoncodec_free(codec->json);
    codec->json = NULL;
    codec->type = NULL;
}

/* ------------------------------------------------------------------------
 * Lines. */

static tvn_err fail_line(struct tvn__codec *codec, tvn_err err, size_t byte,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

static tvn_err
fail_line(
    struct tvn__codec *codec, tvn_err err, size_t byte, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(codec->fault.text, sizeof(codec->fault.text), format, args);
    va_end(args);
    codec->fault.byte = byte;
    codec->fault.path[0] = '\0';
    codec->fault.help[0] = '\0';
    return err;
}

static tvn_err
read_line(struct tvn__codec *codec, struct tvn_str line,
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image,
    uint64_t *bytes)
{
    uint32_t words[2] = {0, (uint32_t)line.len};
    size_t bad = 0;
    tvn_err err;

    if (text_of(codec->type)->kind == TVN_KIND_STRING &&
        !tvn_utf8_valid(line.ptr, line.len, &bad)) {
        return fail_line(
            codec, TVN_EUTF8, bad, "the line is not well-formed UTF-8");
    }
    err = tvn_builder_begin(builder, codec->type);
    if (err == TVN_OK) {
        err = tvn_builder_alloc(builder, line.len, 1, &words[0]);
    }
    if (err == TVN_OK) {
        memcpy(builder->data, words, sizeof(words));
        if (line.len > 0) {
            memcpy(builder->data + words[0], line.ptr, line.len);
        }
        err = tvn_builder_finish(builder, image);
    }
    if (err == TVN_ETOOBIG) {
        return fail_line(codec, err, 0,
            "a line of %zu bytes makes a value above max-event", line.len);
    }
    if (err == TVN_OK) {
        *bytes += codec->type->size + line.len;
    }
    return err;
}

static tvn_err
write_line(struct tvn__codec *codec, const uint8_t *data, struct tvn_buf *out,
    uint64_t *bytes)
{
    uint32_t words[2];
    const char *ptr;
    const char *stop;

    memcpy(words, data, sizeof(words));
    ptr = (const char *)data + words[0];
    stop = words[1] == 0 ? NULL : memchr(ptr, '\n', words[1]);
    if (stop != NULL) {
        return fail_line(codec, TVN_ELINE, (size_t)(stop - ptr),
            "the text has a line break at byte %zu: as lines it would be two "
            "records",
            (size_t)(stop - ptr));
    }
    tvn_buf_append(out, ptr, words[1]);
    *bytes += codec->type->size + words[1];
    return out->failed ? TVN_ENOMEM : TVN_OK;
}

/* ------------------------------------------------------------------------ */

static void
forget(struct tvn__codec *codec)
{
    codec->fault.byte = 0;
    codec->fault.path[0] = '\0';
    codec->fault.text[0] = '\0';
    codec->fault.help[0] = '\0';
}

static tvn_err
finish(struct tvn__codec *codec, tvn_err err)
{
    const struct tvn_json_fault *fault = &codec->fault;
    bool has_path = fault->path[0] != '\0' && strcmp(fault->path, "$") != 0;

    if (err == TVN_ENOMEM) {
        (void)fail_line(codec, err, 0, "%s", tvn_err_text(err));
        has_path = false;
    }
    (void)snprintf(codec->text, sizeof(codec->text), "%s%s%s",
        has_path ? fault->path : "", has_path ? ": " : "", fault->text);
    return err;
}

tvn_err
tvn__codec_read(struct tvn__codec *codec, struct tvn_str line,
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image,
    uint64_t *bytes)
{
    tvn_err err;

    forget(codec);
    err = codec->kind == TVN__CODEC_JSON
              ? tvn_jsoncodec_read(codec->json, line.ptr, line.len, builder,
                    image, bytes, &codec->fault)
              : read_line(codec, line, builder, image, bytes);
    return err == TVN_OK ? TVN_OK : finish(codec, err);
}

tvn_err
tvn__codec_write(struct tvn__codec *codec, const uint8_t *data,
    struct tvn_buf *out, uint64_t *bytes)
{
    tvn_err err;

    forget(codec);
    err = codec->kind == TVN__CODEC_JSON
              ? tvn_jsoncodec_write(
                    codec->json, data, 0, out, bytes, &codec->fault)
              : write_line(codec, data, out, bytes);
    return err == TVN_OK ? TVN_OK : finish(codec, err);
}
