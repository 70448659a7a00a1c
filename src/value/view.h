/* view.h -- may a value of type A be read as type B?  (contracts.md 4)
 *
 *   records   by field name; a field of B that A lacks must be an option
 *             (read as none), unless its name is within edit distance 2 of a
 *             field of A that B leaves out: that is a misspelling, an error
 *   cases     enum, variant, flags, result, by name; every case of A in B; B
 *             may drop a payload, never ask for one that A lacks
 *   integers  widen without loss; f32 to f64; never integer to float
 *   option    maps inside; X reads as option<Y> when X is no option
 *   list, tuple  element by element, same arity
 *
 * Threads: any. */
#ifndef TVN_VALUE_VIEW_H
#define TVN_VALUE_VIEW_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "value/type.h"

#include <stdbool.h>

enum tvn_view_verdict {
    TVN_VIEW_SAME,         /* the same type */
    TVN_VIEW_NARROWS,      /* readable by the rules above */
    TVN_VIEW_INCOMPATIBLE, /* see path, text_a, text_b */
};

struct tvn_view {
    enum tvn_view_verdict verdict;
    /* Incompatible: the first difference.  All texts live in the arena. */
    const char *path;   /* ".flight.dep-delay"; "" is the value itself */
    const char *text_a; /* what A has there, "option<string>" or "nothing" */
    const char *text_b; /* what B wants there */
    const char *help;   /* the likely fix; NULL: none */
    /* Compatible: paths, each a comma-separated list, "" when none. */
    const char *read;        /* what B reads: "id, dep-delay, distance" */
    const char *left_out;    /* A's fields that B leaves out (top level) */
    const char *always_none; /* B's options that A lacks (any level) */
};

/* Fills `*view`.  TVN_ENOMEM, else TVN_OK whatever the verdict is. */
tvn_err tvn_view_check(const struct tvn_type *a, const struct tvn_type *b,
    struct tvn_arena *arena, struct tvn_view *view);

#endif
