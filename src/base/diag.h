/* diag.h -- what a person needs beyond an error code, collected.
 *
 *     path:line:col: error[E0203]: text
 *       path:line:col: the other side             (notes, any number)
 *     help: the likely fix                        (at most one)
 *
 * Every finding of one pass is collected, so that one run reports them all.
 * A zeroed diag is empty and ready.  Every function takes a NULL diag and
 * then only returns the code: a caller that needs no text passes none.
 *
 * Threads: none. */
#ifndef TVN_BASE_DIAG_H
#define TVN_BASE_DIAG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where something stands.  line and column count from 1, 0 = not known; path
 * NULL = no file; `what` (nullable) names a place that is no line: a stage
 * ("stage enrich"), an edge ("enrich -> route"), a component's item. */
struct tvn_place {
    const char *path;
    uint32_t line;
    uint32_t column; /* in bytes */
    const char *what;
};

enum tvn_severity {
    TVN_SEVERITY_ERROR,
    TVN_SEVERITY_WARNING,
};

struct tvn_note {
    struct tvn_place place;
    const char *text;
    struct tvn_note *next;
};

struct tvn_finding {
    tvn_err err;
    enum tvn_severity severity;
    struct tvn_place place;
    const char *text;
    const char *help; /* NULL: none */
    struct tvn_note *notes;
    struct tvn_finding *next;
};

struct tvn_diag {
    struct tvn_arena arena; /* owns all texts and paths below */
    struct tvn_finding *first;
    struct tvn_finding *last;
    size_t errors;
    size_t warnings;
};

/* Frees everything and leaves `diag` zeroed. */
void tvn_diag_fini(struct tvn_diag *diag);

/* Adds an error at `place` (nullable) and returns `err`, so that a function
 * can end with `return tvn_diag_error(diag, TVN_EX, &place, "...")`.  All
 * strings are copied. */
tvn_err tvn_diag_error(struct tvn_diag *diag, tvn_err err,
    const struct tvn_place *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for something that does not stop the run. */
void tvn_diag_warning(struct tvn_diag *diag, tvn_err err,
    const struct tvn_place *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A further line, or the help line, for the newest finding. */
void tvn_diag_note(struct tvn_diag *diag, const struct tvn_place *place,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void tvn_diag_help(struct tvn_diag *diag, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "; did you mean 'x'?" as the help of the newest finding, when one of the
 * candidates is near `word`; else the list of what there is (at most 12). */
void tvn_diag_suggest(struct tvn_diag *diag, struct tvn_str word,
    const struct tvn_str *candidates, size_t count);

/* Adds copies of all findings of `from` behind those of `diag`. */
void tvn_diag_append(struct tvn_diag *diag, const struct tvn_diag *from);

/* The first error's code, TVN_OK when there is none. */
tvn_err tvn_diag_err(const struct tvn_diag *diag);

/* Appends all findings as text (as drawn above). */
void tvn_diag_print(const struct tvn_diag *diag, struct tvn_buf *out);

#endif
