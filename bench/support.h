/* support.h -- what the benches share: they end at the first error.
 *
 * Header only.  Threads: none. */
#ifndef TVN_BENCH_SUPPORT_H
#define TVN_BENCH_SUPPORT_H

#include "base/buf.h"
#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>

static struct tvn_diag diag;

#define OK(call)                                                               \
    do {                                                                       \
        if ((call) != TVN_OK) {                                                \
            fail(#call);                                                       \
        }                                                                      \
    } while (0)

static inline void
fail(const char *what)
{
    struct tvn_buf out = {0};

    tvn_diag_print(&diag, &out);
    (void)fprintf(stderr, "%s\n%s", what, tvn_buf_text(&out));
    exit(1);
}

#endif
