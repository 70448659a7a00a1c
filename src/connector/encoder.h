/* encoder.h -- events to lines, whatever types come in.
 *
 * A sink takes any type, and its edges need not agree on one: a codec is made
 * for each type that comes, up to TVN__ENCODER_TYPES.
 *
 * `fields: [b, a]` writes those fields of a record only, in that order.
 *
 * Threads: none. */
#ifndef TVN_CONNECTOR_ENCODER_H
#define TVN_CONNECTOR_ENCODER_H

#include "base/arena.h"
#include "connector/codec.h"

#include <stdint.h>

#define TVN__ENCODER_TYPES 16u

struct tvn__encoder {
    const struct tvn_pipeline_codec *spec;
    const struct tvn_pipeline_stage *fields;
    uint32_t max;
    uint32_t count;
    struct {
        const struct tvn_type *type; /* of the image */
        struct tvn__codec codec;
    } rows[TVN__ENCODER_TYPES];
    struct tvn_arena arena; /* views */
    const char *text;       /* what the last failure was */
    const char *help;       /* "": none */
    char refused[512];
};

/* All kept. */
void tvn__encoder_init(struct tvn__encoder *encoder,
    const struct tvn_pipeline_codec *spec,
    const struct tvn_pipeline_stage *fields, uint32_t max);
void tvn__encoder_fini(struct tvn__encoder *encoder);

/* Makes the codec for `type` now.  TVN_ECONNECTOR, TVN_ECONNECTOR_TYPE,
 * TVN_EJSON_NAMES, TVN_ELIMIT (too many types), TVN_ENOMEM; all in `diag`. */
tvn_err tvn__encoder_add(struct tvn__encoder *encoder,
    const struct tvn_type *type, struct tvn_diag *diag);

/* Appends the image's line with its newline; on an error `out` is as it was
 * and `text` says why: what add says, TVN_EJSON_RANGE, TVN_ELINE,
 * TVN_ETOOBIG (the line is longer than `max`). */
tvn_err tvn__encoder_write(struct tvn__encoder *encoder,
    const struct tvn_image *image, struct tvn_buf *out, uint64_t *bytes);

#endif
