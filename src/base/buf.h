/* buf.h -- bytes that grow at the end: text being printed, records being cut.
 *
 * A zeroed tvn_buf is empty and ready.  Out of memory is remembered: later
 * appends do nothing and `failed` stays set, so that a printer checks once at
 * its end.  Threads: none. */
#ifndef TVN_BASE_BUF_H
#define TVN_BASE_BUF_H

#include "base/error.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct tvn_buf {
    char *ptr; /* owned; NULL while nothing was reserved */
    size_t len;
    size_t cap;
    bool failed; /* an append found no memory */
};

/* Frees the bytes and leaves `buf` zeroed.  Safe on a zeroed buf. */
void tvn_buf_fini(struct tvn_buf *buf);

/* Empties it, keeps the memory, clears `failed`. */
void tvn_buf_clear(struct tvn_buf *buf);

/* Room for `more` bytes behind len; false when memory is out. */
bool tvn_buf_reserve(struct tvn_buf *buf, size_t more);

void tvn_buf_append(struct tvn_buf *buf, const void *ptr, size_t len);
void tvn_buf_append_str(struct tvn_buf *buf, struct tvn_str text);
void tvn_buf_append_text(struct tvn_buf *buf, const char *text);
void tvn_buf_append_byte(struct tvn_buf *buf, char byte);
/* Text of unknown origin, fit for a terminal: control characters (C0, C1,
 * DEL) come out as \n, \t or \xNN. */
void tvn_buf_append_escaped(struct tvn_buf *buf, struct tvn_str text);
void tvn_buf_printf(struct tvn_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void tvn_buf_vprintf(struct tvn_buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* What was appended, borrowed until the next change. */
struct tvn_str tvn_buf_str(const struct tvn_buf *buf);

/* The same with a NUL behind it (not counted); "" when memory is out. */
const char *tvn_buf_text(struct tvn_buf *buf);

/* Appends the whole file.  TVN_ENOTFOUND, TVN_EIO (errno is set), TVN_ENOMEM,
 * TVN_ELIMIT above `max` bytes. */
tvn_err tvn_buf_read_file(struct tvn_buf *buf, const char *path, size_t max);

#endif
