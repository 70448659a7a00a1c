/* input.h -- cuts records out of an open file: one a line.
 *
 *     read(256 KiB) -> | ... cut already | record \r\n | record | half a re |
 *
 * A UTF-8 byte order mark at the front and the \r of a \r\n are no part of a
 * record; the last one needs no newline.  A record above `max` bytes is given
 * once, cut off, when its newline has been found: it is never held whole.
 *
 * Regular files are read at once; all else is asked with poll first, so that
 * the descriptor needs no O_NONBLOCK (stdin is shared with the shell).
 *
 * Threads: none. */
#ifndef TVN_CONNECTOR_INPUT_H
#define TVN_CONNECTOR_INPUT_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TVN__INPUT_READ (64u << 10)

struct tvn__record {
    struct tvn_str text; /* without its end; until the next call */
    uint64_t line;       /* from 1 */
    uint32_t before;     /* bytes of the line in front of it (the mark) */
    bool is_toobig;      /* `text` is its first `max` bytes */
};

struct tvn__input {
    int fd;
    bool owns_fd;
    bool must_poll;
    bool keeps_blank; /* else lines of blanks are passed over */
    bool is_eof;
    bool is_skipping; /* behind `max` bytes of a record too large */
    uint32_t max;
    char *buf; /* cap bytes, owned */
    size_t cap;
    size_t start; /* of the record being cut */
    size_t scan;  /* no newline in [start, scan) */
    size_t end;
    uint64_t skipped;  /* bytes of this record that were let go */
    uint64_t line;     /* lines cut so far */
    uint64_t consumed; /* bytes of them, ends and blank lines included */
    int error;         /* errno of TVN_EREAD */
};

/* Bytes that the buffer has. */
uint64_t tvn__input_bytes(uint32_t max);

/* TVN_ENOMEM.  The descriptor comes with `take`. */
tvn_err tvn__input_init(
    struct tvn__input *input, uint32_t max, bool keeps_blank);
void tvn__input_take(struct tvn__input *input, int fd, bool owns_fd);
/* Safe on a zeroed input, leaves it zeroed. */
void tvn__input_fini(struct tvn__input *input);

/* The next record; TVN_EAGAIN (wait until fd can be read), TVN_EEND,
 * TVN_EREAD (`error` is set; then nothing more can be read). */
tvn_err tvn__input_next(struct tvn__input *input, struct tvn__record *record);

#endif
