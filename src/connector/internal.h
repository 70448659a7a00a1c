/* internal.h -- what the files of connector/ share. */
#ifndef TVN_CONNECTOR_INTERNAL_H
#define TVN_CONNECTOR_INTERNAL_H

#include "connector/connector.h"

#include <stdbool.h>
#include <stdint.h>

enum tvn__output_mode {
    TVN__OUTPUT_APPEND,
    TVN__OUTPUT_REPLACE,
    TVN__OUTPUT_NEW,
};

/* The options of `file`, read. */
struct tvn__file_opts {
    struct tvn_str stage;
    struct tvn_str written; /* the path as it stands in the file */
    const char *path;       /* relative to our folder; NULL: stdin, stdout */
    const char *shown;      /* `written`, *** when it is a secret */
    struct tvn_place place; /* of the path */
    enum tvn__output_mode mode;
};

/* Reads them; strings live in `arena`.  All findings go to `diag`.
 * TVN_ECONNECTOR_OPTION, TVN_ENOTYET, TVN_ENOMEM, and what yaml.h says. */
tvn_err tvn__file_options(const struct tvn_connector_opts *opts, bool as_sink,
    struct tvn_arena *arena, struct tvn__file_opts *out, struct tvn_diag *diag);

extern const struct tvn_connector tvn__file;
extern const struct tvn_connector tvn__generate;
extern const struct tvn_connector tvn__null;

/* The two halves of `file`. */
tvn_err tvn__file_source_check(const struct tvn_connector_opts *opts,
    struct tvn_connector_info *out, struct tvn_diag *diag);
tvn_err tvn__file_sink_check(const struct tvn_connector_opts *opts,
    struct tvn_connector_info *out, struct tvn_diag *diag);
tvn_err tvn__file_source(const struct tvn_connector_opts *opts,
    TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag);
tvn_err tvn__file_sink(const struct tvn_connector_opts *opts,
    TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag);

/* Memory ran out: says so, once. */
tvn_err tvn__connector_nomem(struct tvn_diag *diag);

#endif
