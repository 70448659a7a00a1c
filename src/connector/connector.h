/* connector.h -- a door to the outside world: what makes a native source or
 * sink, one descriptor a kind.
 *
 *     check()   at link: the options are read, nothing is opened
 *     source(), sink()   at run: makes the stage; its start() opens
 *
 * The stages are stream/stage.h: they run on the flow's thread, never block
 * (TVN_EAGAIN with a wake) and count what they did by themselves.
 *
 *   a source   cuts records and decodes them into images.  What it cannot
 *              decode is a fault RECORD with the file's line and column, also
 *              in a visit that made images before it.  An input that cannot
 *              be read to its end is a fault FATAL, and the end
 *   a sink     finishes an event when its record is written whole; a write
 *              error is a fault WRITE of the first event not written, an event
 *              that has no encoding (NaN in JSON) a fault REJECT.  What stands
 *              half written is finished before anything else is written,
 *              whatever became of its event; in a regular file it is cut off
 *
 * complete(false) of a file that replaces another leaves the temporary one
 * (unless it is empty) and returns TVN_OK with fault.kind NONE and a
 * fault.text that names it.
 *
 * The copy ledger's CONNECTOR bytes of a source are all bytes of the lines
 * cut, their ends, blank ones and a byte order mark included: at the end of a
 * file, its size.
 *
 * SIGPIPE must be ignored by the process (a closed reader is TVN_EPIPE), and
 * SIGXFSZ where file sizes are limited.
 *
 * Threads: the flow's. */
#ifndef TVN_CONNECTOR_CONNECTOR_H
#define TVN_CONNECTOR_CONNECTOR_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "config/pipeline.h"
#include "observe/copies.h"
#include "stream/stage.h"
#include "value/image.h"
#include "value/type.h"

#include <stdbool.h>
#include <stdint.h>

struct tvn_connector_opts {
    struct tvn_str stage;                      /* its name; kept */
    const struct tvn_pipeline_connector *spec; /* kept */
    const struct tvn_pipeline_codec *codec;    /* kept; NULL: json */
    const struct tvn_pipeline *pipeline;       /* for paths; kept */
    const struct tvn_type *type; /* source: what it gives (check: NULL when
                                  * not known); sink: what comes in, whole;
                                  * NULL: not known, or not one type only */
    const struct tvn_pipeline_stage *fields; /* sink: `fields:`; source:
                                              * `key:`, `event-time:`; kept;
                                              * NULL: none */
    uint32_t max_event;        /* bytes of a record and of an image's block */
    struct tvn_pool *pool;     /* kept; NULL in check */
    struct tvn_copies *copies; /* kept; NULL in check */
    const struct tvn_clock *clock; /* kept */
};

/* What link wants to know; filled by check. */
struct tvn_connector_info {
    uint64_t buffer_bytes;   /* most memory it ever holds besides images */
    bool is_lossy_on_death;  /* promise: at most once (all of them, as yet) */
    const char *promise_why; /* "file without checkpoint" */
    bool uses_stdin;
    bool uses_stdout;
    const char *codec; /* the codec in effect ("json", "lines"); NULL: none */
    bool needs_type;   /* source: `type:` must be given */
};

struct tvn_connector {
    const char *name; /* "file" */
    const char *text; /* one sentence for the reference page */
    bool is_source;
    bool is_sink;

    /* Reads the options.  All findings go to `diag`. */
    tvn_err (*check)(const struct tvn_connector_opts *opts, bool as_sink,
        struct tvn_connector_info *out, struct tvn_diag *diag);
    tvn_err (*source)(const struct tvn_connector_opts *opts,
        TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag);
    tvn_err (*sink)(const struct tvn_connector_opts *opts,
        TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag);
};

/* All of them, NULL-terminated, in order of name. */
extern const struct tvn_connector *const tvn_connectors[];

/* The connector of that name; unknown: TVN_ECONNECTOR with did-you-mean. */
tvn_err tvn_connector_find(const struct tvn_pipeline_connector *spec,
    bool as_sink, const struct tvn_connector **out, struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * A writer of raw lines for whoever has no flow edge: the dead letter.  Its
 * options are those of a sink `file`; of `opts` it reads stage, spec,
 * pipeline and copies (may be NULL).  A pipe whose reader is slow is waited
 * for, at most 5 seconds a line. */
struct tvn_line_writer;

/* At link: TVN_ECONNECTOR, TVN_ECONNECTOR_OPTION, ...; opens nothing. */
tvn_err tvn_line_writer_check(const struct tvn_connector_opts *opts,
    struct tvn_connector_info *out, struct tvn_diag *diag);
/* What check says, TVN_EOUTPUT, TVN_ENOMEM. */
tvn_err tvn_line_writer_open(const struct tvn_connector_opts *opts,
    TVN_GIVE struct tvn_line_writer **out, struct tvn_diag *diag);
/* Writes the bytes and a newline, whole, at once.  TVN_EWRITE, TVN_EPIPE,
 * TVN_ENOMEM: the line does not count, and stands half in a pipe at most;
 * then no other follows it. */
tvn_err tvn_line_writer_write(
    struct tvn_line_writer *writer, struct tvn_str line, struct tvn_diag *diag);
uint64_t tvn_line_writer_count(const struct tvn_line_writer *writer);
/* `is_ok`: a replacing file is renamed; else it is left and named in a
 * warning.  NULL is allowed. */
tvn_err tvn_line_writer_close(
    struct tvn_line_writer *writer, bool is_ok, struct tvn_diag *diag);

#endif
