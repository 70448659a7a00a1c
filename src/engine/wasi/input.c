/* input.c -- wasi:io/streams: input streams, and what both kinds share. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)

/* ------------------------------------------------------------------------
 * reading */
static enum tvn__wasi_outcome
read_process(
    struct tvn_wasi *wasi, uint8_t *bytes, uint32_t *len, bool is_blocking)
{
    ssize_t got;

    if (!tvn__wasi_wait_stdio(0, is_blocking ? wasi->opts.wait_max_ns : 0)) {
        *len = 0;
        return is_blocking ? TVN__WASI_LATE : TVN__WASI_MOVED;
    }
    do {
        got = read(STDIN_FILENO, bytes, *len);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return TVN__WASI_FAILED;
    }
    *len = (uint32_t)got;
    return got == 0 ? TVN__WASI_AT_END : TVN__WASI_MOVED;
}

static enum tvn__wasi_outcome
read_callback(struct tvn_wasi *wasi, uint8_t *bytes, uint32_t *len)
{
    ptrdiff_t got = wasi->opts.read(wasi->opts.env, bytes, *len);

    if (got < 0 || got > (ptrdiff_t)*len) {
        errno = EIO;
        return TVN__WASI_FAILED;
    }
    *len = (uint32_t)got;
    return got == 0 ? TVN__WASI_AT_END : TVN__WASI_MOVED;
}

static enum tvn__wasi_outcome
read_file(struct tvn__wasi_object *stream, uint8_t *bytes, uint32_t *len)
{
    ssize_t got;

    if (stream->u.stream.offset > TVN__WASI_OFFSET_MAX - *len) {
        return TVN__WASI_AT_END; /* no file is that long */
    }
    do {
        got = pread(stream->fd, bytes, *len, (off_t)stream->u.stream.offset);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return TVN__WASI_FAILED;
    }
    *len = (uint32_t)got;
    stream->u.stream.offset += (uint64_t)got;
    return got == 0 ? TVN__WASI_AT_END : TVN__WASI_MOVED;
}

enum tvn__wasi_outcome
tvn__wasi_read(struct tvn_wasi *wasi, struct tvn__wasi_object *stream,
    uint8_t *bytes, uint32_t *len, bool is_blocking)
{
    enum tvn__wasi_source source = stream->u.stream.source;

    if (*len == 0 && source != TVN__WASI_CLOSED) {
        return TVN__WASI_MOVED; /* that it is at its end shows later */
    }
    switch (source) {
    case TVN__WASI_CLOSED:
        return TVN__WASI_AT_END;
    case TVN__WASI_PROCESS:
        return read_process(wasi, bytes, len, is_blocking);
    case TVN__WASI_CALLBACK:
        return read_callback(wasi, bytes, len);
    case TVN__WASI_FILE:
        return read_file(stream, bytes, len);
    }
    return TVN__WASI_AT_END;
}

/* ------------------------------------------------------------------------
 * what input and output share */

/* result<.., stream-error>, the variant stands at the row's payload. */
static void
put_error(struct tvn__wasi_call *call, uint32_t rep)
{
    uint8_t *root = call->wasi->answer;

    memset(root, 0, call->row->size);
    root[0] = 1;
    if (rep == 0) {
        root[call->row->payload] = 1; /* closed */
    } else {
        memcpy(root + call->row->payload + 4, &rep, sizeof(rep));
    }
}

tvn_err
tvn__wasi_stream_end(struct tvn__wasi_call *call,
    struct tvn__wasi_object *stream, enum tvn__wasi_outcome outcome)
{
    int reason = errno;
    struct tvn__wasi_object *error = NULL;
    uint32_t rep = 0;

    if (outcome == TVN__WASI_LATE) {
        return tvn__wasi_trap(call,
            "the stage waits longer than %llu ms for a stream",
            (unsigned long long)(call->wasi->opts.wait_max_ns / NS_PER_MS));
    }
    if (outcome == TVN__WASI_FAILED) {
        stream->u.stream.source = TVN__WASI_CLOSED;
        error = tvn__wasi_object_new(call->wasi, TVN__WASI_ERROR, &rep);
    }
    if (error != NULL) {
        error->u.error = reason;
    }
    put_error(call, rep); /* too many objects: closed says enough */
    return TVN_OK;
}

tvn_err
tvn__wasi_subscribe(
    struct tvn__wasi_call *call, const struct tvn__wasi_object *stream)
{
    struct tvn__wasi_object *pollable;
    uint32_t rep;
    tvn_err err = tvn__wasi_make(call, TVN__WASI_POLLABLE, &pollable, &rep);

    if (err == TVN_OK) {
        pollable->u.pollable.event =
            stream->u.stream.source == TVN__WASI_PROCESS ? TVN__WASI_STDIO
                                                         : TVN__WASI_READY;
        pollable->u.pollable.stdio = stream->u.stream.stdio;
        tvn__wasi_put(call, &rep, sizeof(rep));
    }
    return err;
}

/* ------------------------------------------------------------------------
 * functions */
struct result_list {
    uint8_t is_error;
    uint8_t pad[3];
    struct tvn__wasi_text list;
};
_Static_assert(sizeof(struct result_list) == 12, "result<list<u8>, ..>");

struct result_u64 {
    uint8_t is_error;
    uint8_t pad[7];
    uint64_t value;
};
_Static_assert(sizeof(struct result_u64) == 16, "result<u64, ..>");

static tvn_err
move(struct tvn__wasi_call *call, bool is_blocking, bool is_skip)
{
    struct tvn__wasi_self_len args;
    struct tvn__wasi_object *stream;
    struct tvn__wasi_text list = {0};
    enum tvn__wasi_outcome outcome;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get(call, args.self, TVN__WASI_INPUT, &stream);
    if (err != TVN_OK) {
        return err;
    }
    list.len =
        args.len < TVN__WASI_IO_MAX ? (uint32_t)args.len : TVN__WASI_IO_MAX;
    err = tvn__wasi_more(call, list.len, 1, &list.at);
    if (err != TVN_OK) {
        return err;
    }
    outcome = tvn__wasi_read(call->wasi, stream, call->wasi->answer + list.at,
        &list.len, is_blocking);
    if (outcome != TVN__WASI_MOVED) {
        return tvn__wasi_stream_end(call, stream, outcome);
    }
    if (is_skip) {
        struct result_u64 out = {.value = list.len};

        tvn__wasi_put(call, &out, sizeof(out));
    } else {
        struct result_list out = {.list = list};

        out.list.at = list.len == 0 ? 0 : list.at;
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return TVN_OK;
}

static tvn_err
input_read(struct tvn__wasi_call *call)
{
    return move(call, false, false);
}

static tvn_err
input_blocking_read(struct tvn__wasi_call *call)
{
    return move(call, true, false);
}

static tvn_err
input_skip(struct tvn__wasi_call *call)
{
    return move(call, false, true);
}

static tvn_err
input_blocking_skip(struct tvn__wasi_call *call)
{
    return move(call, true, true);
}

static tvn_err
input_subscribe(struct tvn__wasi_call *call)
{
    struct tvn__wasi_self args;
    struct tvn__wasi_object *stream;
    tvn_err err;

    memcpy(&args, call->args, sizeof(args));
    err = tvn__wasi_get(call, args.self, TVN__WASI_INPUT, &stream);
    return err == TVN_OK ? tvn__wasi_subscribe(call, stream) : err;
}

#define SELF    "func(self: borrow<" TVN__INPUT ">"
#define TO_LIST ", len: u64) -> result<list<u8>, " TVN__STREAM_ERROR ">"
#define TO_U64  ", len: u64) -> result<u64, " TVN__STREAM_ERROR ">"

static const struct tvn__wasi_row rows[] = {
    {"wasi:io/streams@0.2", "[method]input-stream.read", SELF TO_LIST,
        input_read, 12, 4},
    {"wasi:io/streams@0.2", "[method]input-stream.blocking-read", SELF TO_LIST,
        input_blocking_read, 12, 4},
    {"wasi:io/streams@0.2", "[method]input-stream.skip", SELF TO_U64,
        input_skip, 16, 8},
    {"wasi:io/streams@0.2", "[method]input-stream.blocking-skip", SELF TO_U64,
        input_blocking_skip, 16, 8},
    {"wasi:io/streams@0.2", "[method]input-stream.subscribe",
        SELF ") -> own<" TVN__POLLABLE ">", input_subscribe, 4, 0},
};

const struct tvn__wasi_part tvn__wasi_input = {
    rows, sizeof(rows) / sizeof(rows[0])};
