/* file_sink.c -- events as lines into a file, one write a visit.
 *
 *     lines     | e0 \n | e1 \n | e2 \n | e3 \n |
 *     written   ------------------> |
 *                               torn: what is left of e2
 *
 * When a write ends inside a record, the rest of it is kept and written
 * before anything else: nothing is ever written twice, and no other record
 * begins inside it.  Its image is held so long, so that "the same event once
 * more" can be told from another one.  (A regular file is cut back to the
 * record's start instead.) */
#include "base/assert.h"
#include "base/mem.h"
#include "connector/encoder.h"
#include "connector/internal.h"
#include "connector/output.h"

#include <stdio.h>
#include <string.h>

#define LINES_MAX (256u << 10) /* a visit ends its encoding there */

struct file_sink {
    struct tvn_arena arena; /* strings of `file` and `output` */
    struct tvn__file_opts file;
    struct tvn_copies *copies;
    struct tvn__encoder encoder;
    struct tvn__output output;
    struct tvn_buf lines;
    size_t torn_at;         /* lines[torn_at, len) is the rest of `torn` */
    struct tvn_image *torn; /* one reference; NULL: none */
    uint64_t torn_sequence;
    uint64_t torn_bytes; /* of its value */
    struct tvn_stage_counts counts;
    uint64_t written; /* bytes of the output that the ledger has */
};

/* One visit: where each event's line ends, and its value's bytes. */
struct batch {
    uint32_t count;
    size_t ends[TVN_BURST_MAX];
    uint64_t bytes[TVN_BURST_MAX];
};

static tvn_err
start(void *self, struct tvn_diag *diag)
{
    struct file_sink *sink = self;

    return tvn__output_open(&sink->output, &sink->file, &sink->arena, diag);
}

/* ------------------------------------------------------------------------
 * Faults. */

static void
fill_fault(struct file_sink *sink, struct tvn_burst *burst, tvn_err err,
    enum tvn_fault_kind kind)
{
    bool is_bad = kind == TVN_FAULT_REJECT;
    const char *text = is_bad ? sink->encoder.text : sink->output.text;
    const char *help = is_bad ? sink->encoder.help : "";

    burst->fault = (struct tvn_fault){
        .kind = kind,
        .err = err,
        .place = {.path = sink->output.shown},
        .text = {text, strlen(text)},
        .help = {help, strlen(help)},
    };
    sink->counts.calls++;
    sink->counts.failed++;
}

static tvn_err
fail_write(struct file_sink *sink, struct tvn_burst *burst, tvn_err err)
{
    fill_fault(sink, burst, err, TVN_FAULT_WRITE);
    return err;
}

/* An event that has no line is bad: trying again would not help. */
static tvn_err
fail_encode(struct file_sink *sink, struct tvn_burst *burst, tvn_err err)
{
    fill_fault(sink, burst, err, TVN_FAULT_REJECT);
    if (err == TVN_ENOMEM) {
        burst->fault.kind = TVN_FAULT_WRITE;
    }
    return err;
}

static tvn_err
wait(struct file_sink *sink, struct tvn_burst *burst)
{
    burst->wake = (struct tvn_wake){.fd = sink->output.fd, .for_writing = true};
    return TVN_EAGAIN;
}

/* ------------------------------------------------------------------------
 * The torn record. */

static void
forget_torn(struct file_sink *sink)
{
    tvn_image_unref(sink->torn);
    sink->torn = NULL;
    tvn_buf_clear(&sink->lines);
}

/* Event `index` of the visit is written up to `done`. */
static void
tear(struct file_sink *sink, const struct tvn_burst *burst,
    const struct batch *batch, uint32_t index, size_t done)
{
    sink->torn = tvn_image_ref(burst->in[index].image);
    sink->torn_sequence = burst->in[index].sequence;
    sink->torn_bytes = batch->bytes[index];
    sink->torn_at = done;
    sink->lines.len = batch->ends[index];
}

/* Writes what is left of it. */
static tvn_err
write_torn(struct file_sink *sink)
{
    size_t done;
    tvn_err err =
        tvn__output_write(&sink->output, sink->lines.ptr + sink->torn_at,
            sink->lines.len - sink->torn_at, &done);

    sink->torn_at += done;
    return err;
}

static void
accept(struct file_sink *sink, uint64_t count, uint64_t bytes)
{
    sink->counts.calls += count;
    sink->counts.ok += count;
    sink->counts.records += count;
    tvn_copies_add(sink->copies, TVN_COPY_CODEC_OUT, count, bytes);
    tvn_copies_add(sink->copies, TVN_COPY_CONNECTOR, count,
        sink->output.written - sink->written);
    sink->written = sink->output.written;
}

/* Finishes the torn record; when the first event is not the one that it is
 * of (that one was dropped since), it stands in the file all the same. */
static tvn_err
finish_torn(struct file_sink *sink, struct tvn_burst *burst)
{
    tvn_err err = write_torn(sink);
    bool is_same = burst->in_count > 0 && burst->in[0].image == sink->torn &&
                   burst->in[0].sequence == sink->torn_sequence;

    if (err == TVN_EAGAIN) {
        return wait(sink, burst);
    }
    if (err != TVN_OK) {
        return fail_write(sink, burst, err);
    }
    if (is_same) {
        accept(sink, 1, sink->torn_bytes);
        burst->consumed = 1;
    }
    forget_torn(sink);
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * A visit. */

/* Encodes events from `first` on; an error is of the event behind them. */
static tvn_err
encode(struct file_sink *sink, const struct tvn_burst *burst, uint32_t first,
    struct batch *batch)
{
    tvn_err err = TVN_OK;

    batch->count = first;
    tvn_buf_clear(&sink->lines);
    while (batch->count < burst->in_count && sink->lines.len < LINES_MAX) {
        uint32_t index = batch->count;

        batch->bytes[index] = 0;
        err = tvn__encoder_write(&sink->encoder, burst->in[index].image,
            &sink->lines, &batch->bytes[index]);
        if (err != TVN_OK) {
            break;
        }
        batch->ends[index] = sink->lines.len;
        batch->count++;
    }
    return err;
}

/* Takes over what was written of the batch: `done` bytes. */
static void
account(struct file_sink *sink, struct tvn_burst *burst,
    const struct batch *batch, size_t done, tvn_err err)
{
    uint32_t first = burst->consumed;
    uint32_t next = first;
    uint64_t bytes = 0;
    size_t begin;

    while (next < batch->count && batch->ends[next] <= done) {
        bytes += batch->bytes[next++];
    }
    burst->consumed = next;
    begin = next == first ? 0 : batch->ends[next - 1];
    if (done > begin &&
        (err == TVN_EAGAIN ||
            !tvn__output_take_back(&sink->output, done - begin))) {
        tear(sink, burst, batch, next, done);
    }
    accept(sink, next - first, bytes);
}

static tvn_err
visit(struct file_sink *sink, struct tvn_burst *burst)
{
    struct batch batch;
    uint32_t before;
    size_t done = 0;
    tvn_err encoded;
    tvn_err err;

    if (sink->torn != NULL) {
        err = finish_torn(sink, burst);
        if (err != TVN_OK) {
            return err;
        }
    }
    before = burst->consumed;
    encoded = encode(sink, burst, before, &batch);
    err = tvn__output_write(
        &sink->output, sink->lines.ptr, sink->lines.len, &done);
    account(sink, burst, &batch, done, err);
    if (err == TVN_EAGAIN) {
        return burst->consumed > 0 ? TVN_OK : wait(sink, burst);
    }
    if (err != TVN_OK) {
        return fail_write(sink, burst, err);
    }
    return encoded == TVN_OK ? TVN_OK : fail_encode(sink, burst, encoded);
}

static tvn_err
run(void *self, struct tvn_burst *burst)
{
    struct file_sink *sink = self;
    uint64_t began = burst->is_sampled ? tvn_clock_monotonic_ns() : 0;
    tvn_err err = visit(sink, burst);

    if (burst->is_sampled) {
        burst->inside_ns += tvn_clock_monotonic_ns() - began;
    }
    return err;
}

static tvn_err
complete(void *self, bool is_ok, struct tvn_burst *burst)
{
    struct file_sink *sink = self;
    tvn_err err = sink->torn == NULL ? TVN_OK : write_torn(sink);
    tvn_err closed;

    if (err == TVN_EAGAIN && is_ok) {
        return wait(sink, burst);
    }
    accept(sink, 0, 0); /* the bytes of a torn record */
    if (err != TVN_OK && is_ok) {
        /* Nothing is to be replaced by a file that ends in half a record. */
        return fail_write(sink, burst, err);
    }
    forget_torn(sink);
    closed = tvn__output_close(&sink->output, is_ok);
    if (closed != TVN_OK) {
        return fail_write(sink, burst, closed);
    }
    burst->fault.text = /* where the temporary file is left */
        (struct tvn_str){sink->output.text, strlen(sink->output.text)};
    return TVN_OK;
}

static void
stop(void *self)
{
    struct file_sink *sink = self;

    forget_torn(sink);
    (void)tvn__output_close(&sink->output, false); /* complete has told */
}

static void
free_sink(void *self)
{
    struct file_sink *sink = self;

    stop(sink);
    tvn__encoder_fini(&sink->encoder);
    tvn_buf_fini(&sink->lines);
    tvn_arena_fini(&sink->arena);
    tvn_mem_free(sink, 1, sizeof(*sink));
}

static void
counts(const void *self, struct tvn_stage_counts *out)
{
    const struct file_sink *sink = self;

    *out = sink->counts;
    out->memory_bytes = sink->lines.cap;
}

static const struct tvn_stage_ops ops = {
    .kind = "file",
    .start = start,
    .run = run,
    .complete = complete,
    .stop = stop,
    .free = free_sink,
    .counts = counts,
};

/* ------------------------------------------------------------------------ */

tvn_err
tvn__file_sink_check(const struct tvn_connector_opts *opts,
    struct tvn_connector_info *out, struct tvn_diag *diag)
{
    struct tvn_arena arena = {0};
    struct tvn__encoder *encoder = tvn_mem_new(1, sizeof(*encoder));
    struct tvn__file_opts file;
    enum tvn__codec_kind kind;
    tvn_err err = tvn__file_options(opts, true, &arena, &file, diag);
    tvn_err known = tvn__codec_kind(opts->codec, &kind, diag);

    err = tvn_err_first(err, known);
    if (encoder == NULL) {
        err = tvn_err_first(err, tvn__connector_nomem(diag));
    } else if (opts->type != NULL && known == TVN_OK) {
        tvn__encoder_init(encoder, opts->codec, opts->fields, opts->max_event);
        err = tvn_err_first(err, tvn__encoder_add(encoder, opts->type, diag));
        tvn__encoder_fini(encoder);
    }
    tvn_mem_free(encoder, 1, sizeof(*encoder));
    *out = (struct tvn_connector_info){
        /* JSON text is at most about six times its value, while it grows
         * by doubling; longer ones are refused. */
        .buffer_bytes = 2 * (LINES_MAX + 6 * (uint64_t)opts->max_event),
        .is_lossy_on_death = true,
        .promise_why = "file without checkpoint",
        .uses_stdout = file.shown != NULL && file.path == NULL,
        .codec = tvn__codec_name(kind),
    };
    tvn_arena_fini(&arena);
    return err;
}

tvn_err
tvn__file_sink(const struct tvn_connector_opts *opts,
    TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag)
{
    struct file_sink *sink = tvn_mem_new(1, sizeof(*sink));
    tvn_err err;

    if (sink == NULL) {
        return tvn__connector_nomem(diag);
    }
    sink->copies = opts->copies;
    tvn__encoder_init(
        &sink->encoder, opts->codec, opts->fields, opts->max_event);
    err = tvn__file_options(opts, true, &sink->arena, &sink->file, diag);
    if (err == TVN_OK && opts->type != NULL) {
        err = tvn__encoder_add(&sink->encoder, opts->type, diag);
    }
    if (err == TVN_OK && !tvn_buf_reserve(&sink->lines, LINES_MAX)) {
        err = tvn__connector_nomem(diag);
    }
    if (err != TVN_OK) {
        free_sink(sink);
        return err;
    }
    *out = (struct tvn_stage){&ops, sink};
    return TVN_OK;
}
