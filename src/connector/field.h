/* field.h -- `key: carrier`, `event-time: { field: flight.time }`: where a
 * field stands in a value, and what an event's meta takes from it.
 *
 * A path leads through records, and through options: where one of those is
 * none, the event has no key, and its ingest time counts.
 *
 * Threads: any. */
#ifndef TVN_CONNECTOR_FIELD_H
#define TVN_CONNECTOR_FIELD_H

#include "base/diag.h"
#include "base/error.h"
#include "config/pipeline.h"
#include "stream/stage.h"
#include "value/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TVN__FIELD_OPTIONS_MAX 8u

/* All offsets count from the root: records and options lie in line. */
struct tvn__field {
    const struct tvn_type *type; /* options taken off; NULL: no field */
    uint32_t offset;
    uint32_t option_count;
    struct {
        const struct tvn_type *type;
        uint32_t offset;
    } options[TVN__FIELD_OPTIONS_MAX]; /* each must be some */
};

/* Finds `path` ("flight.carrier").  TVN_ECONNECTOR_TYPE with the fields that
 * there are; `what` is the key's name ("key"). */
tvn_err tvn__field_find(const struct tvn_type *type, struct tvn_str path,
    const struct tvn_place *place, const char *what, struct tvn__field *out,
    struct tvn_diag *diag);

/* Where it is in an image's data; NULL: none. */
const uint8_t *tvn__field_at(
    const struct tvn__field *field, const uint8_t *data);

/* A native source's `key:` and `event-time:`, of `type` (NULL: not known yet,
 * nothing is checked). */
struct tvn__meta {
    struct tvn__field key;
    struct tvn__field time;
    uint64_t unit_ns; /* 0: RFC 3339 */
};

/* TVN_ECONNECTOR_TYPE, TVN_ECONNECTOR_OPTION (a unit is missing, or is
 * given for a string). */
tvn_err tvn__meta_init(struct tvn__meta *meta, const struct tvn_type *type,
    const struct tvn_pipeline_stage *spec, struct tvn_diag *diag);

/* XXH64 of the key's canonical bytes; 0: none. */
uint64_t tvn__meta_key(const struct tvn__meta *meta, const uint8_t *data);

/* Unix ns.  `*time_ns` stays for a none.  TVN_EEVENT_TIME with a text. */
tvn_err tvn__meta_time(const struct tvn__meta *meta, const uint8_t *data,
    uint64_t *time_ns, char *text, size_t text_size);

/* Time and key of the source's next output, `image`, as far as the burst
 * wants them (has_times, has_keys).  TVN_EEVENT_TIME as above. */
tvn_err tvn__meta_put(const struct tvn__meta *meta,
    const struct tvn_image *image, struct tvn_burst *burst, char *text,
    size_t text_size);

/* "2013-01-01T05:15:00.25-05:00": false when it is none, or not in 1970 to
 * 2554. */
bool tvn__time_parse(struct tvn_str text, uint64_t *time_ns);

#endif
