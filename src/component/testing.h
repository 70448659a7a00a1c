/* testing.h -- components written byte by byte, for the tests of this floor.
 *
 *     begin(&b, 7); count(&b, 1); hex(&b, "70 7d"); end(&b);    (list<u8>)
 *
 * Threads: none. */
#ifndef TVN_COMPONENT_TESTING_H
#define TVN_COMPONENT_TESTING_H

#include "base/assert.h"
#include "base/mem.h"
#include "component/component.h"
#include "component/program.h"

#include <string.h>

struct bytes {
    struct tvn_buf buf;
    size_t open[8]; /* where the sections begin that are open */
    uint32_t depth;
};

static inline void
put(struct bytes *b, unsigned byte)
{
    tvn_buf_append_byte(&b->buf, (char)byte);
}

static inline void
number(struct bytes *b, uint32_t value)
{
    while (value >= 0x80) {
        put(b, 0x80 | (value & 0x7f));
        value >>= 7;
    }
    put(b, value);
}

/* "0d 00 01": spaces are optional; 'text' in quotes is a name. */
static inline void
hex(struct bytes *b, const char *text)
{
    while (*text != '\0') {
        const char *close;

        if (*text == ' ') {
            text++;
        } else if (*text == '\'') {
            close = strchr(text + 1, '\'');
            number(b, (uint32_t)(close - text - 1));
            tvn_buf_append(&b->buf, text + 1, (size_t)(close - text - 1));
            text = close + 1;
        } else {
            static const char digits[] = "0123456789abcdef";
            const char *high = strchr(digits, text[0]);
            const char *low = strchr(digits, text[1]);

            TVN_ASSERT(high != NULL && low != NULL);
            put(b, (unsigned)((high - digits) << 4 | (low - digits)));
            text += 2;
        }
    }
}

static inline void
header(struct bytes *b)
{
    hex(b, "00 61 73 6d 0d 00 01 00");
}

/* A section whose size takes five bytes, so that it can be filled in. */
static inline void
begin(struct bytes *b, unsigned id)
{
    put(b, id);
    hex(b, "80 80 80 80 00");
    b->open[b->depth++] = b->buf.len;
}

static inline void
end(struct bytes *b)
{
    size_t from = b->open[--b->depth];
    size_t size = b->buf.len - from;

    for (unsigned i = 0; i < 4; i++) {
        b->buf.ptr[from - 5 + i] = (char)(0x80 | ((size >> (7 * i)) & 0x7f));
    }
    b->buf.ptr[from - 1] = (char)(size >> 28);
}

static inline void
section_of(struct bytes *b, unsigned id, const char *text)
{
    begin(b, id);
    hex(b, text);
    end(b);
}

/* What a decode came to: the code and all that was said. */
struct outcome {
    tvn_err err;
    struct tvn_buf text;
    struct tvn_component *component;
    struct tvn_types *types;
    uint8_t *bytes; /* a block of their own: a byte too far is seen */
    size_t len;
};

static inline void
outcome_fini(struct outcome *outcome)
{
    tvn_component_free(outcome->component);
    tvn_types_free(outcome->types);
    tvn_buf_fini(&outcome->text);
    tvn_mem_free(outcome->bytes, outcome->len, 1);
    memset(outcome, 0, sizeof(*outcome));
}

static inline struct outcome
decode_bytes(const void *ptr, size_t len)
{
    struct tvn_diag diag = {0};
    struct outcome outcome = {.types = tvn_types_new(), .len = len};

    if (len > 0) {
        outcome.bytes = tvn_mem_new(len, 1);
        memcpy(outcome.bytes, ptr, len);
    }
    outcome.err = tvn_component_decode(
        outcome.bytes, len, "x.wasm", outcome.types, &outcome.component, &diag);
    tvn_diag_print(&diag, &outcome.text);
    TVN_ASSERT((outcome.err == TVN_OK) == (outcome.component != NULL));
    TVN_ASSERT(tvn_diag_err(&diag) == outcome.err);
    tvn_diag_fini(&diag);
    return outcome;
}

static inline struct outcome
decode(struct bytes *b)
{
    TVN_ASSERT(b->depth == 0 && !b->buf.failed);
    return decode_bytes(b->buf.ptr, b->buf.len);
}

/* Decodes, expects the error, and that the message holds `part`. */
static inline void
expect(struct bytes *b, tvn_err err, const char *part)
{
    struct outcome outcome = decode(b);

    if (outcome.err != err ||
        strstr(tvn_buf_text(&outcome.text), part) == NULL) {
        fprintf(stderr, "expected error %u with '%s', got %u: %s\n",
            tvn_err_code(err), part, tvn_err_code(outcome.err),
            tvn_buf_text(&outcome.text));
        abort();
    }
    outcome_fini(&outcome);
    tvn_buf_fini(&b->buf);
    memset(b, 0, sizeof(*b));
}

/* A small whole component.  It imports a function of an interface, lowers it,
 * and exports one of its core module's functions:
 *
 *     import "a:b/log@0.1.0": instance { say: func(text: string) -> u8 }
 *     export "run": func(by: record { id: u64, name: string }) -> string */
static inline void
small_component(struct bytes *b)
{
    header(b);
    section_of(b, 7,
        "03"
        "72 02 'id' 77 'name' 73"
        "40 01 'by' 00 00 73"
        "42 02 01 40 01 'text' 73 00 7d 04 00 'say' 01 00");
    section_of(b, 10, "01 00 'a:b/log@0.1.0' 05 02");
    section_of(b, 1, "00 61 73 6d 01 00 00 00");
    section_of(b, 1, "00 61 73 6d 01 00 00 00 00 03 'x' 00");
    section_of(b, 2, "01 00 00 00");
    section_of(b, 6, "02 00 02 01 00 'memory' 00 00 01 00 'realloc'");
    section_of(b, 6, "01 01 00 00 'say'");
    section_of(b, 8, "01 01 00 00 02 00 03 00");
    section_of(b, 2,
        "02"
        "01 02 'say' 00 01 'mem' 02 00"
        "00 01 01 'a:b/log@0.1.0' 12 01");
    section_of(b, 6, "02 00 00 01 02 'run' 00 00 01 02 'post'");
    section_of(b, 8, "01 00 00 02 04 00 03 00 04 00 05 03 01");
    section_of(b, 11, "01 00 'run' 01 01 01 01 01");
    section_of(b, 0, "'note' 01 02 03");
}

#endif
