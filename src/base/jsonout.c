/* jsonout.c -- see jsonout.h. */
#include "base/jsonout.h"

#include "base/assert.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void
newline(struct tvn_json *json)
{
    if (json->pretty) {
        tvn_buf_append_byte(json->out, '\n');
        for (uint32_t i = 0; i < json->depth; i++) {
            tvn_buf_append_text(json->out, "  ");
        }
    }
}

/* What stands before a value or a key. */
static void
before(struct tvn_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth > 0) {
        if (json->has_any[json->depth - 1]) {
            tvn_buf_append_byte(json->out, ',');
        }
        json->has_any[json->depth - 1] = true;
        newline(json);
    }
}

static void
open_level(struct tvn_json *json, char open, char close)
{
    TVN_ASSERT(json->depth < TVN_JSON_DEPTH_MAX);
    before(json);
    tvn_buf_append_byte(json->out, open);
    json->close[json->depth] = close;
    json->has_any[json->depth] = false;
    json->depth++;
}

void
tvn_json_init(struct tvn_json *json, struct tvn_buf *out, bool pretty)
{
    memset(json, 0, sizeof(*json));
    json->out = out;
    json->pretty = pretty;
}

void
tvn_json_object(struct tvn_json *json)
{
    open_level(json, '{', '}');
}

void
tvn_json_array(struct tvn_json *json)
{
    open_level(json, '[', ']');
}

void
tvn_json_end(struct tvn_json *json)
{
    TVN_ASSERT(json->depth > 0);
    TVN_ASSERT(!json->after_key);
    json->depth--;
    if (json->has_any[json->depth]) {
        newline(json);
    }
    tvn_buf_append_byte(json->out, json->close[json->depth]);
}

void
tvn_json_key_str(struct tvn_json *json, struct tvn_str key)
{
    TVN_ASSERT(json->depth > 0 && json->close[json->depth - 1] == '}');
    before(json);
    tvn_json_quote(json->out, key);
    tvn_buf_append_text(json->out, json->pretty ? ": " : ":");
    json->after_key = true;
}

void
tvn_json_key(struct tvn_json *json, const char *key)
{
    tvn_json_key_str(json, tvn_str_of(key));
}

void
tvn_json_str(struct tvn_json *json, struct tvn_str value)
{
    before(json);
    tvn_json_quote(json->out, value);
}

void
tvn_json_text(struct tvn_json *json, const char *value)
{
    if (value == NULL) {
        tvn_json_null(json);
    } else {
        tvn_json_str(json, tvn_str_of(value));
    }
}

void
tvn_json_u64(struct tvn_json *json, uint64_t value)
{
    before(json);
    tvn_buf_printf(json->out, "%" PRIu64, value);
}

void
tvn_json_key_u64(struct tvn_json *json, const char *key, uint64_t value)
{
    tvn_json_key(json, key);
    tvn_json_u64(json, value);
}

void
tvn_json_s64(struct tvn_json *json, int64_t value)
{
    before(json);
    tvn_buf_printf(json->out, "%" PRId64, value);
}

void
tvn_json_f64(struct tvn_json *json, double value)
{
    before(json);
    if (isfinite(value)) {
        tvn_buf_printf(json->out, "%.6g", value);
    } else {
        tvn_buf_append_text(json->out, "null");
    }
}

void
tvn_json_bool(struct tvn_json *json, bool value)
{
    before(json);
    tvn_buf_append_text(json->out, value ? "true" : "false");
}

void
tvn_json_null(struct tvn_json *json)
{
    before(json);
    tvn_buf_append_text(json->out, "null");
}

void
tvn_json_raw(struct tvn_json *json, struct tvn_str value)
{
    before(json);
    tvn_buf_append_str(json->out, value);
}

static void
quote_byte(struct tvn_buf *out, unsigned char byte)
{
    static const char short_forms[][2] = {
        {'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}};

    for (size_t i = 0; i < sizeof(short_forms) / sizeof(short_forms[0]); i++) {
        if (byte == (unsigned char)short_forms[i][0]) {
            tvn_buf_append_byte(out, '\\');
            tvn_buf_append_byte(out, short_forms[i][1]);
            return;
        }
    }
    tvn_buf_printf(out, "\\u%04x", byte);
}

void
tvn_json_quote(struct tvn_buf *out, struct tvn_str value)
{
    size_t done = 0;

    tvn_buf_append_byte(out, '"');
    while (done < value.len) {
        size_t good = value.len - done;
        size_t start = done;

        (void)tvn_utf8_valid(value.ptr + done, good, &good);
        while (done < start + good) {
            size_t run = done;

            while (run < start + good && (unsigned char)value.ptr[run] >= 32 &&
                   value.ptr[run] != '"' && value.ptr[run] != '\\') {
                run++;
            }
            tvn_buf_append(out, value.ptr + done, run - done);
            if (run < start + good) {
                quote_byte(out, (unsigned char)value.ptr[run]);
                run++;
            }
            done = run;
        }
        if (done < value.len) {
            tvn_buf_append_text(out, "\xEF\xBF\xBD");
            done++;
        }
    }
    tvn_buf_append_byte(out, '"');
}
