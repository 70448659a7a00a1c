/* buf.c -- see buf.h.  Grows by doubling, so appending is linear overall. */
#include "base/buf.h"

#include "base/assert.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define FIRST_CAP 256u

void
tvn_buf_fini(struct tvn_buf *buf)
{
    if (buf->cap > 0) {
        tvn_mem_free(buf->ptr, buf->cap, 1);
    }
    memset(buf, 0, sizeof(*buf));
}

void
tvn_buf_clear(struct tvn_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

bool
tvn_buf_reserve(struct tvn_buf *buf, size_t more)
{
    size_t cap = buf->cap == 0 ? FIRST_CAP : buf->cap;
    char *grown;

    if (buf->failed || more > SIZE_MAX / 2 - buf->len) {
        buf->failed = true;
        return false;
    }
    if (buf->cap - buf->len >= more) {
        return true;
    }
    while (cap - buf->len < more) {
        cap *= 2;
    }
    grown = tvn_mem_resize(buf->ptr, buf->cap, cap, 1);
    if (grown == NULL) {
        buf->failed = true;
        return false;
    }
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}

void
tvn_buf_append(struct tvn_buf *buf, const void *ptr, size_t len)
{
    if (len > 0 && tvn_buf_reserve(buf, len)) {
        memcpy(buf->ptr + buf->len, ptr, len);
        buf->len += len;
    }
}

void
tvn_buf_append_str(struct tvn_buf *buf, struct tvn_str text)
{
    tvn_buf_append(buf, text.ptr, text.len);
}

void
tvn_buf_append_text(struct tvn_buf *buf, const char *text)
{
    tvn_buf_append(buf, text, strlen(text));
}

void
tvn_buf_append_byte(struct tvn_buf *buf, char byte)
{
    tvn_buf_append(buf, &byte, 1);
}

void
tvn_buf_vprintf(struct tvn_buf *buf, const char *format, va_list args)
{
    va_list again;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    TVN_ASSERT(len >= 0);
    if (tvn_buf_reserve(buf, (size_t)len + 1)) {
        (void)vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
        buf->len += (size_t)len;
    }
}

void
tvn_buf_append_escaped(struct tvn_buf *buf, struct tvn_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        unsigned char next =
            i + 1 < text.len ? (unsigned char)text.ptr[i + 1] : 0;

        if (byte == '\n') {
            tvn_buf_append_text(buf, "\\n");
        } else if (byte == '\t') {
            tvn_buf_append_text(buf, "\\t");
        } else if (byte < 0x20 || byte == 0x7F) {
            tvn_buf_printf(buf, "\\x%02x", byte);
        } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
            tvn_buf_printf(buf, "\\x%02x", next); /* C1, as UTF-8 */
            i++;
        } else {
            tvn_buf_append_byte(buf, (char)byte);
        }
    }
}

void
tvn_buf_printf(struct tvn_buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tvn_buf_vprintf(buf, format, args);
    va_end(args);
}

struct tvn_str
tvn_buf_str(const struct tvn_buf *buf)
{
    return (struct tvn_str){buf->ptr, buf->len};
}

const char *
tvn_buf_text(struct tvn_buf *buf)
{
    if (!tvn_buf_reserve(buf, 1)) {
        return "";
    }
    buf->ptr[buf->len] = '\0';
    return buf->ptr;
}

static tvn_err
read_all(struct tvn_buf *buf, int fd, size_t max)
{
    size_t start = buf->len;

    for (;;) {
        ssize_t got;

        if (!tvn_buf_reserve(buf, 65536)) {
            return TVN_ENOMEM;
        }
        got = read(fd, buf->ptr + buf->len, buf->cap - buf->len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return TVN_EIO;
        }
        if (got == 0) {
            return TVN_OK;
        }
        buf->len += (size_t)got;
        if (buf->len - start > max) {
            return TVN_ELIMIT;
        }
    }
}

tvn_err
tvn_buf_read_file(struct tvn_buf *buf, const char *path, size_t max)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    tvn_err err;
    int saved;

    if (fd < 0) {
        return errno == ENOENT ? TVN_ENOTFOUND : TVN_EIO;
    }
    err = read_all(buf, fd, max);
    saved = errno;
    (void)close(fd); /* nothing was written through it */
    errno = saved;
    return err;
}
