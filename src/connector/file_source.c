/* file_source.c -- records of a file, decoded into images.
 *
 * A visit ends behind `credit` images, at the first record that cannot be
 * decoded, or when there is nothing to read: what was decoded before it goes
 * out first.  Counters and the copy ledger are added up once a visit. */
#include "base/assert.h"
#include "base/mem.h"
#include "connector/codec.h"
#include "connector/field.h"
#include "connector/input.h"
#include "connector/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_source {
    struct tvn_arena arena; /* strings of `file` */
    struct tvn__file_opts file;
    struct tvn_copies *copies;
    struct tvn__input input;
    struct tvn__codec codec;
    struct tvn__meta meta;
    struct tvn_builder builder;
    struct tvn_stage_counts counts;
    uint64_t consumed; /* bytes of the input that the ledger has */
    uint32_t max_event;
    bool is_over; /* at its end, or failed */
    char text[1200];
};

/* ------------------------------------------------------------------------
 * Opening. */

static tvn_err
refuse_open(const struct file_source *source, int error, struct tvn_diag *diag)
{
    const struct tvn__file_opts *file = &source->file;
    tvn_err err;

    if (error != ENOENT && error != ENOTDIR) {
        return tvn_diag_error(diag, TVN_EIO, &file->place,
            "%.*s: cannot open %s: %s", TVN_STR_ARG(file->stage), file->shown,
            strerror(error));
    }
    err = tvn_diag_error(diag, TVN_ENOTFOUND, &file->place,
        "%.*s: there is no file %s", TVN_STR_ARG(file->stage), file->shown);
    if (strcmp(file->path, file->shown) != 0 &&
        strcmp(file->shown, "***") != 0) {
        tvn_diag_note(diag, NULL, "looked for %s", file->path);
        tvn_diag_help(diag, "paths are relative to the pipeline file");
    }
    return err;
}

static tvn_err
start(void *self, struct tvn_diag *diag)
{
    struct file_source *source = self;
    struct stat stat;
    int fd = STDIN_FILENO;

    if (source->file.path != NULL) {
        /* O_NONBLOCK: the open of a FIFO must not wait for its writer. */
        fd = open(
            source->file.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    }
    if (fd < 0 || fstat(fd, &stat) != 0) {
        return refuse_open(source, errno, diag);
    }
    if (S_ISDIR(stat.st_mode)) {
        if (source->file.path != NULL) {
            (void)close(fd);
        }
        return refuse_open(source, EISDIR, diag);
    }
    tvn__input_take(&source->input, fd, source->file.path != NULL);
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Running.  What goes wrong is cold. */

static struct tvn_str
text_of(const char *text)
{
    return (struct tvn_str){text, strlen(text)};
}

static tvn_err
fail_read(struct file_source *source, struct tvn_burst *burst)
{
    (void)snprintf(source->text, sizeof(source->text), "cannot read %s: %s",
        source->file.shown, strerror(source->input.error));
    burst->fault = (struct tvn_fault){
        .kind = TVN_FAULT_FATAL,
        .err = TVN_EREAD,
        .place = {.path = source->file.shown},
        .text = text_of(source->text),
    };
    source->counts.calls++;
    source->counts.failed++;
    source->counts.records++; /* the one that it could not give */
    source->is_over = true;
    return TVN_EREAD;
}

static tvn_err
fail_record(struct file_source *source, const struct tvn__record *record,
    tvn_err err, struct tvn_burst *burst)
{
    uint64_t line = record->line > UINT32_MAX ? 0 : record->line;
    const char *text = source->codec.text;
    const char *help = source->codec.fault.help;
    uint64_t column = record->before + source->codec.fault.byte + 1;

    if (record->is_toobig) {
        (void)snprintf(source->text, sizeof(source->text),
            "the record is larger than max-event, %lu bytes",
            (unsigned long)source->max_event);
        text = source->text;
        help = "raise `defaults: { max-event: ... }`";
        column = 1;
    } else if (err == TVN_EEVENT_TIME) {
        text = source->text;
        help = "";
        column = 0; /* the line is known, the place in it is not */
    }
    burst->fault = (struct tvn_fault){
        .kind = err == TVN_ENOMEM ? TVN_FAULT_FATAL : TVN_FAULT_RECORD,
        .err = err,
        .place = {.path = source->file.shown,
            .line = (uint32_t)line,
            .column = column > UINT32_MAX ? 0 : (uint32_t)column},
        .text = text_of(text),
        .help = text_of(help),
        .raw = record->text,
    };
    return err;
}

/* Decodes the record as the visit's next image. */
static inline tvn_err
decode(struct file_source *source, const struct tvn__record *record,
    struct tvn_burst *burst, uint64_t *bytes)
{
    struct tvn_image *image = NULL;
    uint64_t decoded = 0;
    tvn_err err;

    if (record->is_toobig) {
        return TVN_ETOOBIG;
    }
    err = tvn__codec_read(
        &source->codec, record->text, &source->builder, &image, &decoded);
    if (err != TVN_OK) {
        return err;
    }
    err = tvn__meta_put(
        &source->meta, image, burst, source->text, sizeof(source->text));
    if (err != TVN_OK) {
        tvn_image_unref(image);
        return err;
    }
    *bytes += decoded;
    burst->out[burst->outs++] = image;
    return TVN_OK;
}

static void
settle(struct file_source *source, struct tvn_burst *burst, uint64_t records,
    uint64_t bytes)
{
    source->counts.calls += records;
    source->counts.records += records;
    source->counts.ok += burst->outs;
    source->counts.outs += burst->outs;
    tvn_copies_add(source->copies, TVN_COPY_CONNECTOR, records,
        source->input.consumed - source->consumed);
    tvn_copies_add(source->copies, TVN_COPY_CODEC_IN, burst->outs, bytes);
    source->consumed = source->input.consumed;
}

/* What a visit ends with, when input gave no record. */
static tvn_err
end_visit(struct file_source *source, tvn_err err, struct tvn_burst *burst)
{
    if (err == TVN_EEND) {
        source->is_over = burst->is_end = true;
        return TVN_OK;
    }
    if (err == TVN_EREAD) {
        return fail_read(source, burst);
    }
    if (burst->outs > 0) {
        return TVN_OK; /* the next visit waits */
    }
    burst->wake = (struct tvn_wake){.fd = source->input.fd};
    return TVN_EAGAIN;
}

static tvn_err
run(void *self, struct tvn_burst *burst)
{
    struct file_source *source = self;
    uint64_t began = burst->is_sampled ? tvn_clock_monotonic_ns() : 0;
    struct tvn__record record;
    uint64_t records = 0;
    uint64_t bytes = 0;
    tvn_err input = TVN_OK;
    tvn_err err = TVN_OK;

    burst->has_times = source->meta.time.type != NULL;
    burst->has_keys = source->meta.key.type != NULL;
    if (source->is_over) {
        burst->is_end = true;
        return TVN_OK;
    }
    while (burst->outs < burst->credit) {
        input = tvn__input_next(&source->input, &record);
        if (input != TVN_OK) {
            break;
        }
        records++;
        err = decode(source, &record, burst, &bytes);
        if (err != TVN_OK) {
            break;
        }
    }
    settle(source, burst, records, bytes);
    if (err != TVN_OK) {
        source->counts.failed++;
        err = fail_record(source, &record, err, burst);
    } else if (input != TVN_OK) {
        err = end_visit(source, input, burst);
    }
    if (burst->is_sampled) {
        burst->inside_ns += tvn_clock_monotonic_ns() - began;
    }
    return err;
}

/* ------------------------------------------------------------------------ */

static void
stop(void *self)
{
    struct file_source *source = self;

    tvn__input_fini(&source->input);
    source->is_over = true;
}

static void
free_source(void *self)
{
    struct file_source *source = self;

    tvn__input_fini(&source->input);
    tvn__codec_fini(&source->codec);
    tvn_builder_fini(&source->builder);
    tvn_arena_fini(&source->arena);
    tvn_mem_free(source, 1, sizeof(*source));
}

static void
counts(const void *self, struct tvn_stage_counts *out)
{
    const struct file_source *source = self;

    *out = source->counts;
    out->memory_bytes = source->input.cap + source->builder.cap;
}

static const struct tvn_stage_ops ops = {
    .kind = "file",
    .start = start,
    .run = run,
    .stop = stop,
    .free = free_source,
    .counts = counts,
};

tvn_err
tvn__file_source_check(const struct tvn_connector_opts *opts,
    struct tvn_connector_info *out, struct tvn_diag *diag)
{
    struct tvn_arena arena = {0};
    struct tvn__file_opts file;
    struct tvn__codec codec = {0};
    struct tvn__meta meta;
    enum tvn__codec_kind kind;
    tvn_err err = tvn__file_options(opts, false, &arena, &file, diag);

    if (opts->type == NULL) {
        err = tvn_err_first(err, tvn__codec_kind(opts->codec, &kind, diag));
    } else {
        err = tvn_err_first(err, tvn__codec_init(&codec, opts->codec,
                                     opts->type, opts->max_event, diag));
        kind = codec.kind;
        tvn__codec_fini(&codec);
    }
    err = tvn_err_first(
        err, tvn__meta_init(&meta, opts->type, opts->fields, diag));
    *out = (struct tvn_connector_info){
        .buffer_bytes = tvn__input_bytes(opts->max_event) + opts->max_event +
                        tvn__codec_bytes(kind, opts->max_event),
        .is_lossy_on_death = true,
        .promise_why = "file without checkpoint",
        .uses_stdin = file.shown != NULL && file.path == NULL,
        .codec = tvn__codec_name(kind),
        .needs_type = true,
    };
    tvn_arena_fini(&arena);
    return err;
}

tvn_err
tvn__file_source(const struct tvn_connector_opts *opts,
    TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag)
{
    struct file_source *source = tvn_mem_new(1, sizeof(*source));
    tvn_err err;

    TVN_ASSERT(opts->type != NULL && opts->pool != NULL);
    if (source == NULL) {
        return tvn__connector_nomem(diag);
    }
    source->copies = opts->copies;
    source->max_event = opts->max_event;
    tvn_builder_init(&source->builder, opts->pool);
    err = tvn__file_options(opts, false, &source->arena, &source->file, diag);
    if (err == TVN_OK) {
        err = tvn__codec_init(
            &source->codec, opts->codec, opts->type, opts->max_event, diag);
    }
    if (err == TVN_OK) {
        err = tvn__meta_init(&source->meta, opts->type, opts->fields, diag);
    }
    if (err == TVN_OK &&
        tvn__input_init(&source->input, opts->max_event,
            source->codec.kind == TVN__CODEC_LINES) != TVN_OK) {
        err = tvn__connector_nomem(diag);
    }
    if (err != TVN_OK) {
        free_source(source);
        return err;
    }
    *out = (struct tvn_stage){&ops, source};
    return TVN_OK;
}
