/* input.c -- one buffer, one memchr a record; see input.h.
 *
 * What is left of a record at the buffer's end moves to its front before the
 * next read: less than one record in 256 KiB, so that copying does not
 * count and a record always lies in one piece. */
#include "connector/input.h"

#include "base/assert.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK      "\xEF\xBB\xBF"
#define MARK_SIZE 3u
#define ENDS_SIZE 2u /* \r\n */

uint64_t
tvn__input_bytes(uint32_t max)
{
    return (uint64_t)max + MARK_SIZE + ENDS_SIZE + TVN__INPUT_READ;
}

tvn_err
tvn__input_init(struct tvn__input *input, uint32_t max, bool keeps_blank)
{
    *input = (struct tvn__input){
        .fd = -1,
        .max = max,
        .keeps_blank = keeps_blank,
        .cap = (size_t)tvn__input_bytes(max),
    };
    input->buf = tvn_mem_new(1, input->cap);
    if (input->buf == NULL) {
        *input = (struct tvn__input){0};
        return TVN_ENOMEM;
    }
    return TVN_OK;
}

void
tvn__input_take(struct tvn__input *input, int fd, bool owns_fd)
{
    struct stat stat;

    input->fd = fd;
    input->owns_fd = owns_fd;
    input->must_poll = fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode);
}

void
tvn__input_fini(struct tvn__input *input)
{
    if (input->owns_fd) {
        (void)close(input->fd); /* nothing was written */
    }
    tvn_mem_free(input->buf, 1, input->cap);
    *input = (struct tvn__input){0};
}

/* ------------------------------------------------------------------------
 * Reading. */

static void
move_to_front(struct tvn__input *input)
{
    size_t kept = input->end - input->start;

    if (input->start > 0 && kept > 0) {
        memmove(input->buf, input->buf + input->start, kept);
    }
    input->scan -= input->start;
    input->start = 0;
    input->end = kept;
}

static bool
can_read(const struct tvn__input *input)
{
    struct pollfd entry = {.fd = input->fd, .events = POLLIN};

    /* An error or a hang-up is for read to tell. */
    return !input->must_poll || poll(&entry, 1, 0) != 0;
}

static tvn_err
fill(struct tvn__input *input)
{
    ssize_t got;

    move_to_front(input);
    TVN_ASSERT(input->cap - input->end >= TVN__INPUT_READ);
    if (!can_read(input)) {
        return TVN_EAGAIN;
    }
    do {
        got = read(input->fd, input->buf + input->end, TVN__INPUT_READ);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return TVN_EAGAIN;
    }
    if (got < 0) {
        input->error = errno;
        input->is_eof = true;
        input->end = input->scan = 0; /* half a record is none */
        return TVN_EREAD;
    }
    input->end += (size_t)got;
    input->is_eof = got == 0;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Cutting. */

static bool
is_blank(struct tvn_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];

        if (byte != ' ' && byte != '\t' && byte != '\r') {
            return false;
        }
    }
    return true;
}

/* Takes the line [start, stop), whose end has `ends` bytes, out of the
 * buffer; false: it was blank. */
static bool
cut(struct tvn__input *input, size_t stop, size_t ends,
    struct tvn__record *record)
{
    struct tvn_str text = {input->buf + input->start, stop - input->start};
    uint32_t before = 0;

    if (input->is_skipping) {
        text.len = input->max;
    }
    input->consumed += stop - input->start + ends + input->skipped;
    input->line++;
    input->start = input->scan = stop + ends;
    if (input->line == 1 && text.len >= MARK_SIZE &&
        memcmp(text.ptr, MARK, MARK_SIZE) == 0) {
        before = MARK_SIZE;
        text.ptr += MARK_SIZE;
        text.len -= MARK_SIZE;
    }
    if (ends > 0 && text.len > 0 && text.ptr[text.len - 1] == '\r') {
        text.len--;
    }
    record->is_toobig = input->is_skipping || text.len > input->max;
    if (record->is_toobig && text.len > input->max) {
        text.len = input->max;
    }
    input->is_skipping = false;
    input->skipped = 0;
    record->text = text;
    record->line = input->line;
    record->before = before;
    return input->keeps_blank || record->is_toobig || text.len == 0
               ? input->keeps_blank || text.len > 0
               : (unsigned char)text.ptr[0] > ' ' || !is_blank(text);
}

/* A record that is certainly too large keeps its first bytes only. */
static void
let_go(struct tvn__input *input)
{
    size_t kept = input->start + input->max;

    if (input->is_skipping ||
        input->end - input->start > input->max + MARK_SIZE + ENDS_SIZE) {
        input->is_skipping = true;
        input->skipped += input->end - kept;
        input->end = input->scan = kept;
    }
}

tvn_err
tvn__input_next(struct tvn__input *input, struct tvn__record *record)
{
    for (;;) {
        const char *newline =
            memchr(input->buf + input->scan, '\n', input->end - input->scan);
        tvn_err err;

        if (newline != NULL) {
            if (cut(input, (size_t)(newline - input->buf), 1, record)) {
                return TVN_OK;
            }
            continue;
        }
        input->scan = input->end;
        let_go(input);
        if (input->is_eof) {
            if (input->start == input->end && !input->is_skipping) {
                return TVN_EEND;
            }
            if (cut(input, input->end, 0, record)) {
                return TVN_OK;
            }
            continue;
        }
        err = fill(input);
        if (err != TVN_OK) {
            return err;
        }
    }
}
