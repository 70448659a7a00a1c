/* codec.h -- what stands in a line: a value as JSON, or a text as it is.
 *
 *     json    one value of the type (value/jsoncodec.h)
 *     lines   the line is a string or list<u8>: the type itself, or the only
 *             field of a record; written, it may hold no line break
 *
 * Threads: none. */
#ifndef TVN_CONNECTOR_CODEC_H
#define TVN_CONNECTOR_CODEC_H

#include "base/buf.h"
#include "connector/connector.h"
#include "value/jsoncodec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tvn__codec_kind {
    TVN__CODEC_JSON,
    TVN__CODEC_LINES,
};

struct tvn__codec {
    enum tvn__codec_kind kind;
    const struct tvn_type *type;
    struct tvn_jsoncodec *json; /* owned; NULL: lines */
    uint32_t max;
    struct tvn_json_fault fault; /* of the last call that failed */
    char text[1024];             /* "PATH: TEXT" of it */
};

/* The codec that the file names; json when it names none.  TVN_ECONNECTOR. */
tvn_err tvn__codec_kind(const struct tvn_pipeline_codec *spec,
    enum tvn__codec_kind *out, struct tvn_diag *diag);
const char *tvn__codec_name(enum tvn__codec_kind kind);

/* Most memory that it holds besides what it is written into. */
uint64_t tvn__codec_bytes(enum tvn__codec_kind kind, uint32_t max);

/* A codec for `type`, which is kept.  TVN_ECONNECTOR_TYPE (lines: the type
 * holds no text), TVN_EJSON_NAMES, TVN_ENOMEM; all in `diag`. */
tvn_err tvn__codec_init(struct tvn__codec *codec,
    const struct tvn_pipeline_codec *spec, const struct tvn_type *type,
    uint32_t max, struct tvn_diag *diag);
/* Safe on a zeroed codec, leaves it zeroed. */
void tvn__codec_fini(struct tvn__codec *codec);

/* As tvn_jsoncodec_read, _write; on an error `text` and `fault` are set.
 * Reading lines: TVN_EUTF8, TVN_ETOOBIG; writing: TVN_ELINE (a break in the
 * text). */
tvn_err tvn__codec_read(struct tvn__codec *codec, struct tvn_str line,
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image,
    uint64_t *bytes);
tvn_err tvn__codec_write(struct tvn__codec *codec, const uint8_t *data,
    struct tvn_buf *out, uint64_t *bytes);

#endif
