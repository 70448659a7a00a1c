/* output.c -- wasi:io/streams: output streams.
 *
 * A write is done when it returns: there is no buffer, nothing to flush, and
 * check-write always permits TVN__WASI_IO_MAX bytes. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A pipe that poll calls writable takes as much without blocking. */
#define PIPE_STEP 4096u

static enum tvn__wasi_outcome
write_process(
    struct tvn_wasi *wasi, int stdio, const uint8_t *bytes, uint32_t len)
{
    uint64_t end = tvn_clock_monotonic_ns() + wasi->opts.wait_max_ns;

    while (len > 0) {
        uint32_t step = len < PIPE_STEP ? len : PIPE_STEP;
        uint64_t now = tvn_clock_monotonic_ns();
        ssize_t put;

        if (!tvn__wasi_wait_stdio(stdio, now < end ? end - now : 0)) {
            return TVN__WASI_LATE;
        }
        put = write(stdio, bytes, step);
        if (put < 0 && errno != EINTR && errno != EAGAIN) {
            return TVN__WASI_FAILED;
        }
        if (put > 0) {
            bytes += put;
            len -= (uint32_t)put;
        }
    }
    return TVN__WASI_MOVED;
}

static enum tvn__wasi_outcome
write_callback(
    struct tvn_wasi *wasi, int stdio, const uint8_t *bytes, uint32_t len)
{
    if (len > 0 && !wasi->opts.write(wasi->opts.env, stdio, bytes, len)) {
        errno = EPIPE;
        return TVN__WASI_FAILED;
    }
    return TVN__WASI_MOVED;
}

static enum tvn__wasi_outcome
write_file(struct tvn__wasi_object *stream, const uint8_t *bytes, uint32_t len)
{
    uint64_t *offset = &stream->u.stream.offset;

    while (len > 0) {
        ssize_t put;

        if (*offset > TVN__WASI_OFFSET_MAX - len) {
            errno = EFBIG;
            return TVN__WASI_FAILED;
        }
        put = stream->u.stream.is_append
                  ? tvn__wasi_append(stream->fd, bytes, len)
                  : pwrite(stream->fd, bytes, len, (off_t)*offset);
        if (put < 0 && errno != EINTR) {
            return TVN__WASI_FAILED;
        }
        if (put > 0) {
            bytes += put;
            len -= (uint32_t)put;
            *offset += (uint64_t)put;
        }
    }
    return TVN__WASI_MOVED;
}

static enum tvn__wasi_outcome
write_stream(struct tvn_wasi *wasi, struct tvn__wasi_object *stream,
    const uint8_t *bytes, uint32_t len)
{
    switch (stream->u.stream.source) {
    case TVN__WASI_CLOSED:
        return TVN__WASI_AT_END;
    case TVN__WASI_PROCESS:
        return write_process(wasi, stream->u.stream.stdio, bytes, len);
    case TVN__WASI_CALLBACK:
        return write_callback(wasi, stream->u.stream.stdio, bytes, len);
    case TVN__WASI_FILE:
        return write_file(stream, bytes, len);
    }
    return TVN__WASI_AT_END;
}

/* ------------------------------------------------------------------------
 * functions */
struct result_u64 {
    uint8_t is_error;
    uint8_t pad[7];
    uint64_t value;
};
_Static_assert(sizeof(struct result_u64) == 16, "result<u64, ..>");

struct splice_args {
    uint32_t self;
    uint32_t src;
    uint64_t len;
};
_Static_assert(sizeof(struct splice_args) == 16, "self, src, len");

/* A result<_, stream-error> or result<u64, stream-error> of `value`. */
static tvn_err
finish(struct tvn__wasi_call *call, struct tvn__wasi_object *stream,
    enum tvn__wasi_outcome outcome, uint64_t value)
{
    struct result_u64 out = {.value = value};

    if (outcome != TVN__WASI_MOVED) {
        return tvn__wasi_stream_end(call, stream, outcome);
    }
    if (call->row->size == sizeof(out)) {
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return TVN_OK;
}

static enum tvn__wasi_outcome
is_open(const struct tvn__wasi_object *stream)
{
    return stream->u.stream.source == TVN__WASI_CLOSED ? TVN__WASI_AT_END
                                                       : TVN__WASI_MOVED;
}

static tvn_err
check_write(struct tvn__wasi_call *call)
{
    struct tvn__wasi_object *stream;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_OUTPUT, &stream);

    return err == TVN_OK
               ? finish(call, stream, is_open(stream), TVN__WASI_IO_MAX)
               : err;
}

/* Writing more than is permitted traps: WASI's own rule. */
static tvn_err
check_len(struct tvn__wasi_call *call, uint64_t len, uint32_t max)
{
    if (len <= max) {
        return TVN_OK;
    }
    return tvn__wasi_trap(call, "a write of %llu bytes: %u are permitted",
        (unsigned long long)len, max);
}

static tvn_err
write_list(struct tvn__wasi_call *call, uint32_t max)
{
    struct tvn__wasi_self_text args;
    struct tvn__wasi_object *stream;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_OUTPUT, &stream);

    memcpy(&args, call->args, sizeof(args));
    if (err == TVN_OK) {
        err = check_len(call, args.text.len, max);
    }
    if (err != TVN_OK) {
        return err;
    }
    return finish(call, stream,
        write_stream(
            call->wasi, stream, call->args + args.text.at, args.text.len),
        0);
}

static tvn_err
output_write(struct tvn__wasi_call *call)
{
    return write_list(call, TVN__WASI_IO_MAX);
}

static tvn_err
blocking_write_and_flush(struct tvn__wasi_call *call)
{
    return write_list(call, TVN__WASI_FLUSH_MAX);
}

static tvn_err
write_zero_bytes(struct tvn__wasi_call *call, uint32_t max)
{
    struct tvn__wasi_self_len args;
    struct tvn__wasi_object *stream;
    uint32_t at = 0;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_OUTPUT, &stream);

    memcpy(&args, call->args, sizeof(args));
    if (err == TVN_OK) {
        err = check_len(call, args.len, max);
    }
    if (err == TVN_OK) {
        err = tvn__wasi_more(call, args.len, 1, &at);
    }
    if (err != TVN_OK) {
        return err;
    }
    return finish(call, stream,
        write_stream(
            call->wasi, stream, call->wasi->answer + at, (uint32_t)args.len),
        0);
}

static tvn_err
write_zeroes(struct tvn__wasi_call *call)
{
    return write_zero_bytes(call, TVN__WASI_IO_MAX);
}

static tvn_err
blocking_write_zeroes_and_flush(struct tvn__wasi_call *call)
{
    return write_zero_bytes(call, TVN__WASI_FLUSH_MAX);
}

static tvn_err
flush(struct tvn__wasi_call *call)
{
    struct tvn__wasi_object *stream;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_OUTPUT, &stream);

    return err == TVN_OK ? finish(call, stream, is_open(stream), 0) : err;
}

static tvn_err
output_subscribe(struct tvn__wasi_call *call)
{
    struct tvn__wasi_object *stream;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_OUTPUT, &stream);

    return err == TVN_OK ? tvn__wasi_subscribe(call, stream) : err;
}

static tvn_err
splice_bytes(struct tvn__wasi_call *call, bool is_blocking)
{
    struct splice_args args;
    struct tvn__wasi_object *stream;
    struct tvn__wasi_object *src;
    enum tvn__wasi_outcome outcome;
    uint32_t len;
    uint32_t at = 0;
    tvn_err err = tvn__wasi_get_self(call, TVN__WASI_OUTPUT, &stream);

    memcpy(&args, call->args, sizeof(args));
    if (err == TVN_OK) {
        err = tvn__wasi_get(call, args.src, TVN__WASI_INPUT, &src);
    }
    if (err != TVN_OK) {
        return err;
    }
    if (is_open(stream) != TVN__WASI_MOVED) {
        return finish(call, stream, TVN__WASI_AT_END, 0);
    }
    len = args.len < TVN__WASI_IO_MAX ? (uint32_t)args.len : TVN__WASI_IO_MAX;
    err = tvn__wasi_more(call, len, 1, &at);
    if (err != TVN_OK) {
        return err;
    }
    outcome = tvn__wasi_read(
        call->wasi, src, call->wasi->answer + at, &len, is_blocking);
    if (outcome != TVN__WASI_MOVED) {
        return tvn__wasi_stream_end(call, src, outcome);
    }
    outcome = write_stream(call->wasi, stream, call->wasi->answer + at, len);
    return finish(call, stream, outcome, len);
}

static tvn_err
splice(struct tvn__wasi_call *call)
{
    return splice_bytes(call, false);
}

static tvn_err
blocking_splice(struct tvn__wasi_call *call)
{
    return splice_bytes(call, true);
}

#define SELF    "func(self: borrow<" TVN__OUTPUT ">"
#define TO_NONE ") -> result<_, " TVN__STREAM_ERROR ">"
#define TO_U64  ") -> result<u64, " TVN__STREAM_ERROR ">"
#define SRC     ", src: borrow<" TVN__INPUT ">, len: u64"
#define NAME(n) "wasi:io/streams@0.2", "[method]output-stream." n

static const struct tvn__wasi_row rows[] = {
    {NAME("check-write"), SELF TO_U64, check_write, 16, 8},
    {NAME("write"), SELF ", contents: list<u8>" TO_NONE, output_write, 12, 4},
    {NAME("blocking-write-and-flush"), SELF ", contents: list<u8>" TO_NONE,
        blocking_write_and_flush, 12, 4},
    {NAME("flush"), SELF TO_NONE, flush, 12, 4},
    {NAME("blocking-flush"), SELF TO_NONE, flush, 12, 4},
    {NAME("subscribe"), SELF ") -> own<" TVN__POLLABLE ">", output_subscribe, 4,
        0},
    {NAME("write-zeroes"), SELF ", len: u64" TO_NONE, write_zeroes, 12, 4},
    {NAME("blocking-write-zeroes-and-flush"), SELF ", len: u64" TO_NONE,
        blocking_write_zeroes_and_flush, 12, 4},
    {NAME("splice"), SELF SRC TO_U64, splice, 16, 8},
    {NAME("blocking-splice"), SELF SRC TO_U64, blocking_splice, 16, 8},
};

const struct tvn__wasi_part tvn__wasi_output = {
    rows, sizeof(rows) / sizeof(rows[0])};
