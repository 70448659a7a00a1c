/* text.h -- a guest's text: its file, with the parts that it includes.
 *
 *     @include NAME WORDS     the line becomes parts/NAME.wat, with @1 in it
 *                             replaced by WORDS (nothing, when there are none)
 *     @long                   60,000 times the letter x
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_HOSTILE_TEXT_H
#define TVN_TESTS_HOSTILE_TEXT_H

#include "base/assert.h"
#include "base/buf.h"

#include <string.h>

#define TEXT_FILE_MAX ((size_t)1 << 20)
#define TEXT_DEPTH    4

static inline void text_append_file(
    struct tvn_buf *out, const char *path, struct tvn_str words, int depth);

static inline void
text_append_words(struct tvn_buf *out, struct tvn_str line, struct tvn_str by)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '@' && i + 1 < line.len && line.ptr[i + 1] == '1') {
            tvn_buf_append_str(out, by);
            i++;
        } else if (line.len - i >= 5 && memcmp(line.ptr + i, "@long", 5) == 0) {
            for (int n = 0; n < 60000; n++) {
                tvn_buf_append_byte(out, 'x');
            }
            i += 4;
        } else {
            tvn_buf_append_byte(out, line.ptr[i]);
        }
    }
    tvn_buf_append_byte(out, '\n');
}

/* "NAME WORDS", where WORDS may be @1. */
static inline void
text_include(
    struct tvn_buf *out, struct tvn_str rest, struct tvn_str words, int depth)
{
    const char *blank = memchr(rest.ptr, ' ', rest.len);
    size_t len = blank == NULL ? rest.len : (size_t)(blank - rest.ptr);
    struct tvn_str own = {rest.ptr + len, rest.len - len};
    struct tvn_buf path = {0};

    tvn_buf_printf(&path, "tests/hostile/parts/%.*s.wat", (int)len, rest.ptr);
    text_append_file(out, tvn_buf_text(&path),
        tvn_str_is(own, " @1") ? words : own, depth + 1);
    tvn_buf_fini(&path);
}

static inline void
text_append_file(
    struct tvn_buf *out, const char *path, struct tvn_str words, int depth)
{
    static const char include[] = "@include ";
    struct tvn_buf file = {0};
    const char *at;
    const char *end;

    TVN_ASSERT(depth < TEXT_DEPTH);
    if (tvn_buf_read_file(&file, path, TEXT_FILE_MAX) != TVN_OK) {
        fprintf(stderr, "%s cannot be read\n", path);
        abort();
    }
    at = file.ptr;
    end = at + file.len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct tvn_str line;

        stop = stop == NULL ? end : stop;
        while (at < stop && *at == ' ') {
            at++;
        }
        line = (struct tvn_str){at, (size_t)(stop - at)};
        at = stop + 1;
        if (line.len >= sizeof(include) &&
            memcmp(line.ptr, include, sizeof(include) - 1) == 0) {
            line.ptr += sizeof(include) - 1;
            line.len -= sizeof(include) - 1;
            text_include(out, line, words, depth);
        } else {
            text_append_words(out, line, words);
        }
    }
    tvn_buf_fini(&file);
}

#endif
