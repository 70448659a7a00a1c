/* line_writer.c -- whole lines for whoever has no edge: the dead letter. */
#include "base/mem.h"
#include "connector/internal.h"
#include "connector/output.h"

#include <poll.h>

#define WAIT_MAX_MS 5000 /* for a pipe's reader, a line */

struct tvn_line_writer {
    struct tvn_arena arena;
    struct tvn__file_opts file;
    struct tvn__output output;
    struct tvn_copies *copies;
    struct tvn_buf line;
    uint64_t count;
    bool is_torn; /* half a line stands at the end: nothing may follow */
};

tvn_err
tvn_line_writer_check(const struct tvn_connector_opts *opts,
    struct tvn_connector_info *out, struct tvn_diag *diag)
{
    const struct tvn_pipeline_name *name = &opts->spec->name;
    struct tvn_arena arena = {0};
    struct tvn__file_opts file = {0};
    tvn_err err;

    if (tvn_str_is(name->text, "file")) {
        err = tvn__file_options(opts, true, &arena, &file, diag);
    } else {
        err = tvn_diag_error(diag, TVN_ECONNECTOR, &name->place,
            "%.*s: '%.*s' cannot write lines", TVN_STR_ARG(opts->stage),
            TVN_STR_ARG(name->text));
        tvn_diag_help(diag, "write `file: { path: out/dead.ndjson }`");
    }
    *out = (struct tvn_connector_info){
        .is_lossy_on_death = true,
        .promise_why = "file without checkpoint",
        .uses_stdout = file.shown != NULL && file.path == NULL,
    };
    tvn_arena_fini(&arena);
    return err;
}

tvn_err
tvn_line_writer_open(const struct tvn_connector_opts *opts,
    TVN_GIVE struct tvn_line_writer **out, struct tvn_diag *diag)
{
    struct tvn_line_writer *writer;
    struct tvn_connector_info info;
    tvn_err err = tvn_line_writer_check(opts, &info, diag);

    if (err != TVN_OK) {
        return err;
    }
    writer = tvn_mem_new(1, sizeof(*writer));
    if (writer == NULL) {
        return tvn__connector_nomem(diag);
    }
    writer->copies = opts->copies;
    err = tvn__file_options(opts, true, &writer->arena, &writer->file, diag);
    if (err == TVN_OK) {
        err = tvn__output_open(
            &writer->output, &writer->file, &writer->arena, diag);
    }
    if (err != TVN_OK) {
        tvn_arena_fini(&writer->arena);
        tvn_mem_free(writer, 1, sizeof(*writer));
        return err;
    }
    *out = writer;
    return TVN_OK;
}

static tvn_err
refuse(const struct tvn_line_writer *writer, tvn_err err, const char *text,
    struct tvn_diag *diag)
{
    return tvn_diag_error(
        diag, err, NULL, "%.*s: %s", TVN_STR_ARG(writer->file.stage), text);
}

/* Waits for a reader that is slow; false: it takes nothing any more. */
static bool
wait(const struct tvn__output *output)
{
    struct pollfd entry = {.fd = output->fd, .events = POLLOUT};

    return poll(&entry, 1, WAIT_MAX_MS) > 0;
}

static tvn_err
write_all(struct tvn_line_writer *writer, size_t *done)
{
    tvn_err err;

    *done = 0;
    do {
        size_t more;

        err = tvn__output_write(&writer->output, writer->line.ptr + *done,
            writer->line.len - *done, &more);
        *done += more;
    } while (err == TVN_EAGAIN && wait(&writer->output));
    return err;
}

tvn_err
tvn_line_writer_write(
    struct tvn_line_writer *writer, struct tvn_str line, struct tvn_diag *diag)
{
    uint64_t before = writer->output.written;
    size_t done;
    tvn_err err;

    if (writer->is_torn) {
        return refuse(writer, TVN_EWRITE, "an earlier line is not whole", diag);
    }
    tvn_buf_clear(&writer->line);
    tvn_buf_append_str(&writer->line, line);
    tvn_buf_append_byte(&writer->line, '\n');
    if (writer->line.failed) {
        return refuse(writer, TVN_ENOMEM, tvn_err_text(TVN_ENOMEM), diag);
    }
    err = write_all(writer, &done);
    if (err != TVN_OK) {
        writer->is_torn =
            done > 0 && !tvn__output_take_back(&writer->output, done);
    }
    if (writer->copies != NULL) {
        tvn_copies_add(writer->copies, TVN_COPY_CONNECTOR, err == TVN_OK,
            writer->output.written - before);
    }
    if (err == TVN_EAGAIN) {
        return refuse(writer, TVN_EWRITE, "nobody reads the pipe", diag);
    }
    if (err != TVN_OK) {
        return refuse(writer, err, writer->output.text, diag);
    }
    writer->count++;
    return TVN_OK;
}

uint64_t
tvn_line_writer_count(const struct tvn_line_writer *writer)
{
    return writer->count;
}

tvn_err
tvn_line_writer_close(
    struct tvn_line_writer *writer, bool is_ok, struct tvn_diag *diag)
{
    tvn_err err;

    if (writer == NULL) {
        return TVN_OK;
    }
    err = tvn__output_close(&writer->output, is_ok && !writer->is_torn);
    if (err != TVN_OK) {
        (void)refuse(writer, err, writer->output.text, diag);
    } else if (writer->output.text[0] != '\0') {
        tvn_diag_warning(diag, TVN_EWRITE, NULL, "%.*s: %s",
            TVN_STR_ARG(writer->file.stage), writer->output.text);
    }
    tvn_buf_fini(&writer->line);
    tvn_arena_fini(&writer->arena);
    tvn_mem_free(writer, 1, sizeof(*writer));
    return err;
}
