/* output.h -- an open output: a file in one of three modes, a pipe, stdout.
 *
 *     append    what is there stays; a last line without newline gets one
 *     replace   PATH.partial is written and renamed to PATH by a close that
 *               is ok; else it stays (unless empty) and the old file too
 *     new       fails when the file exists
 *
 * Parents are created.  What is no regular file (a FIFO, a device) is written
 * in place in every mode.
 *
 * Nothing blocks: a FIFO is opened O_NONBLOCK; stdout, which is shared with
 * others, is asked with poll and given at most PIPE_BUF bytes at once, which
 * a pipe that can be written takes whole.
 *
 * Threads: none. */
#ifndef TVN_CONNECTOR_OUTPUT_H
#define TVN_CONNECTOR_OUTPUT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/str.h"
#include "connector/internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tvn__output {
    int fd; /* valid while is_open */
    bool is_open;
    bool owns_fd;
    bool is_regular;
    bool must_poll;
    const char *shown; /* as the user wrote it; "stdout" */
    const char *path;  /* where it is, links followed; NULL: stdout */
    const char *temp;  /* replace: what is written; NULL: `path` is */
    uint64_t written;  /* bytes, all that this process wrote */
    int error;         /* errno of the last failure */
    char text[512];    /* what failed, for a person */
};

/* Opens; strings live in `arena`.  TVN_EOUTPUT (all in `diag`), TVN_ENOMEM. */
tvn_err tvn__output_open(struct tvn__output *output,
    const struct tvn__file_opts *file, struct tvn_arena *arena,
    struct tvn_diag *diag);

/* Writes what can be written now, from the front; `*done` is always set.
 * TVN_OK: all; TVN_EAGAIN: wait until fd can be written; TVN_EWRITE,
 * TVN_EPIPE: `text` says why. */
tvn_err tvn__output_write(
    struct tvn__output *output, const void *ptr, size_t len, size_t *done);

/* Takes the last `size` bytes off a regular file again, unless somebody else
 * has written behind them; false: they stay. */
bool tvn__output_take_back(struct tvn__output *output, size_t size);

/* Closes and, in mode replace, renames.  Not ok: the temporary file stays,
 * `text` names it (empty: there is nothing to say).  TVN_EWRITE with `text`.
 * Idempotent; safe on a zeroed output. */
tvn_err tvn__output_close(struct tvn__output *output, bool is_ok);

#endif
