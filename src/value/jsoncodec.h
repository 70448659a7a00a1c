/* jsoncodec.h -- JSON text to images and back, as the type says.
 *
 *   bool, string          true, "text"
 *   integers              exact over all 64 bits; 2.0 and 1e3 are read too,
 *                         1.5 is not
 *   f32, f64              shortest text that reads back to the same bits; NaN
 *                         and infinity are errors
 *   char                  a string of one character
 *   list, tuple           an array; list<u8>: base64 (padding may be missing)
 *   record                an object, keys in any order
 *   enum, case without    "case" (as a key, {"case": null}, it is read too)
 *   variant               {"case": payload}
 *   result                {"ok": v}, {"err": v}; "ok", "err" without payload
 *   flags                 an array of names, any order
 *   option                null for none; a field that is none may be absent.
 *                         An option right inside an option is {"some": v}:
 *                         null is none, {"some": null} is some(none)
 *
 * `names` spells the keys of record fields; cases and labels stand as in WIT.
 * A rename gives one member its key: `field` is a field's WIT name wherever
 * it occurs, or a path of names from the root, which also reaches cases and
 * labels ("flight.dep-delay", "kind.late"); lists and options do not count
 * in paths, a tuple's element is its number.
 *
 * Unknown keys are skipped and counted, also when they are there twice; a
 * known key twice is an error.  White space round the record is accepted.
 *
 * Threads: a codec belongs to one thread at a time. */
#ifndef TVN_VALUE_JSONCODEC_H
#define TVN_VALUE_JSONCODEC_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "base/str.h"
#include "value/image.h"
#include "value/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tvn_json_names {
    TVN_JSON_SNAKE, /* dep_delay */
    TVN_JSON_KEBAB, /* dep-delay: as WIT has it */
    TVN_JSON_CAMEL, /* depDelay */
    TVN_JSON_PASCAL /* DepDelay */
};
#define TVN_JSON_NAMES_COUNT (TVN_JSON_PASCAL + 1)

struct tvn_json_rename {
    struct tvn_str field; /* WIT name, or path "flight.dep-delay" */
    struct tvn_str key;
};

struct tvn_jsoncodec_opts {
    enum tvn_json_names names;
    const struct tvn_json_rename *renames;
    uint32_t rename_count;
    bool refuse_unknown; /* an unknown key is an error */
    uint32_t max_event;  /* bytes of text of a record read; 0: any */
};

struct tvn_jsoncodec;

/* What is wrong with a record, for a person. */
struct tvn_json_fault {
    size_t byte;    /* offset in the record, from 0: first byte of the value
                     * (or key) that is wrong, or where the syntax breaks */
    char path[256]; /* $.flight.dep_delay, $.tags[3]; $ for syntax errors */
    char text[512];
    char help[256]; /* "": none */
};

/* A codec for values of `type`, which must live as long; `opts` NULL: all
 * zero.  TVN_ENOMEM, TVN_EJSON_NAMES (a rename of nothing, or two members
 * with one key; both in `diag`). */
tvn_err tvn_jsoncodec_new(TVN_KEPT const struct tvn_type *type,
    const struct tvn_jsoncodec_opts *opts, TVN_GIVE struct tvn_jsoncodec **out,
    struct tvn_diag *diag);
void tvn_jsoncodec_free(struct tvn_jsoncodec *codec);

/* Reads one record into an image.  Adds to `*bytes` what the copy ledger
 * counts (tvn_value_bytes of the image).  On an error `*image` and `*bytes`
 * are untouched and `*fault` (nullable) is filled:
 *
 *   TVN_EJSON        no JSON               TVN_EUTF8   not UTF-8
 *   TVN_EJSON_TYPE   no value of its type  TVN_ETOOBIG text above max_event,
 *   TVN_EJSON_RANGE  a number too large                image above the pool's
 *   TVN_EJSON_FIELD  a key missing, unknown or twice   max
 *   TVN_ENOMEM
 *
 * Nothing is allocated but the image, and the codec's scratch when a record
 * is longer than all before (up to 17 bytes a byte of text, kept). */
tvn_err tvn_jsoncodec_read(struct tvn_jsoncodec *codec, const char *text,
    size_t len, struct tvn_builder *builder, TVN_GIVE struct tvn_image **image,
    uint64_t *bytes, struct tvn_json_fault *fault);

/* Appends the value at `root` of an image's data as one line, without the
 * newline.  `*bytes` as above.  TVN_ENOMEM, TVN_EJSON_RANGE (NaN, infinity;
 * `fault->byte` is 0); then `out` is as it was. */
tvn_err tvn_jsoncodec_write(struct tvn_jsoncodec *codec, const uint8_t *data,
    uint32_t root, struct tvn_buf *out, uint64_t *bytes,
    struct tvn_json_fault *fault);

/* Unknown keys skipped so far. */
uint64_t tvn_jsoncodec_unknown(const struct tvn_jsoncodec *codec);

/* Reads a bare text (a cell of a table, a value in a file) into a builder,
 * which has begun with an enclosing type, at offset `at` of it, zeroed:
 * numbers, bool, string, char, an enum's case, base64 for list<u8>; an
 * option is none for the empty text.  Integers may have a sign and leading
 * zeros.  TVN_EJSON_TYPE (also: the type has no bare form), TVN_EJSON_RANGE,
 * TVN_EUTF8, TVN_ETOOBIG, TVN_ENOMEM; `why` (nullable) gets the reason. */
tvn_err tvn_json_scalar(const struct tvn_type *type, struct tvn_str text,
    struct tvn_builder *builder, uint32_t at, char *why, size_t why_size);

#endif
