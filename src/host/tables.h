/* tables.h -- files of rows, read as what a guest's table import asks for.
 *
 *     .csv     a header line; each column that is a field of R is read as the
 *              field's type, other columns are passed over (the key's may be
 *              one of them); an empty cell of an option is none
 *     .json    an array of objects     .ndjson   one object a line
 *
 * Rows are keyed by `key:`, else by the first column (CSV) or the first field
 * of R.  Column names are those of the fields: kebab-case, or with `_` for
 * `-`.
 *
 * Threads: none. */
#ifndef TVN_HOST_TABLES_H
#define TVN_HOST_TABLES_H

#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "config/pipeline.h"
#include "flow/table.h"
#include "value/image.h"

#define TVN_TABLE_FILE_MAX (64u << 20) /* bytes */

/* Reads the file.  `path`: to be opened; places name spec->file.  Errors, all
 * in `diag`: TVN_ENOTFOUND, TVN_EIO, TVN_ETABLE (a row, a column, a key twice:
 * with file, line and column), TVN_ENOMEM. */
tvn_err tvn_table_read(const struct tvn_pipeline_table *spec, const char *path,
    const struct tvn_type *key, const struct tvn_type *answer,
    struct tvn_pool *pool, TVN_GIVE struct tvn_table **out,
    struct tvn_diag *diag);

#endif
