/* jsonout.h -- writes JSON text for `--json`: the control plane's printer.
 *
 *     tvn_json_object(&w); tvn_json_key(&w, "in"); tvn_json_u64(&w, 3);
 *     tvn_json_end(&w);                                       -> {"in":3}
 *
 * Commas, quoting and nesting are the writer's; a wrong order of calls is an
 * assert.  Bytes that are not UTF-8 become U+FFFD.  Threads: none. */
#ifndef TVN_BASE_JSONOUT_H
#define TVN_BASE_JSONOUT_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define TVN_JSON_DEPTH_MAX 32u

struct tvn_json {
    struct tvn_buf *out; /* borrowed */
    uint32_t depth;
    bool pretty;                    /* one member a line, two spaces deep */
    bool after_key;                 /* the next call writes a value */
    char close[TVN_JSON_DEPTH_MAX]; /* '}' or ']' */
    bool has_any[TVN_JSON_DEPTH_MAX];
};

void tvn_json_init(struct tvn_json *json, struct tvn_buf *out, bool pretty);
void tvn_json_object(struct tvn_json *json);
void tvn_json_array(struct tvn_json *json);
void tvn_json_end(struct tvn_json *json); /* of the innermost of either */
void tvn_json_key(struct tvn_json *json, const char *key);
void tvn_json_key_str(struct tvn_json *json, struct tvn_str key);
void tvn_json_key_u64(struct tvn_json *json, const char *key, uint64_t value);
void tvn_json_str(struct tvn_json *json, struct tvn_str value);
void tvn_json_text(struct tvn_json *json, const char *value); /* NULL: null */
void tvn_json_u64(struct tvn_json *json, uint64_t value);
void tvn_json_s64(struct tvn_json *json, int64_t value);
void tvn_json_f64(struct tvn_json *json, double value); /* not finite: null */
void tvn_json_bool(struct tvn_json *json, bool value);
void tvn_json_null(struct tvn_json *json);
/* `value` is JSON text of its own, put in as it is. */
void tvn_json_raw(struct tvn_json *json, struct tvn_str value);

/* Appends `value` as a JSON string, quotes included; for other printers. */
void tvn_json_quote(struct tvn_buf *out, struct tvn_str value);

#endif
