/* embedded.h -- files of the repository that are part of the program: the
 * SDK, the templates of `torvyn new`.
 *
 * cmake/embed.cmake writes their bytes into one C file; names are paths in
 * the repository ("sdk/c/torvyn.h").
 *
 * Threads: any. */
#ifndef TVN_BASE_EMBEDDED_H
#define TVN_BASE_EMBEDDED_H

#include "base/str.h"

#include <stdint.h>

struct tvn_embedded {
    struct tvn_str name;
    struct tvn_str text; /* a NUL follows it */
};

/* NULL when there is none of that name. */
const struct tvn_embedded *tvn_embedded_find(const char *name);

/* All of them, sorted by name. */
const struct tvn_embedded *tvn_embedded_all(uint32_t *count);

#endif
