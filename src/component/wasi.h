/* wasi.h -- WASI 0.2 by name: which of its interfaces there are, and what a
 * guest must be granted for each to do something (engine/wasi/ has them).
 *
 * Threads: any. */
#ifndef TVN_COMPONENT_WASI_H
#define TVN_COMPONENT_WASI_H

#include "base/str.h"

#include <stdbool.h>

enum tvn_wasi_grant {
    TVN_WASI_ENVIRONMENT = 1u << 0, /* arguments and variables */
    TVN_WASI_STDIN = 1u << 1,
    TVN_WASI_STDOUT = 1u << 2,
    TVN_WASI_STDERR = 1u << 3,
    TVN_WASI_CLOCK = 1u << 4,
    TVN_WASI_RANDOM = 1u << 5,
    TVN_WASI_FILESYSTEM = 1u << 6,
};
#define TVN_WASI_GRANTS 7u /* how many there are */

/* Whether this is one of the interfaces that Torvyn has: "wasi:io/poll@0.2.3"
 * (cli, io, clocks, random, filesystem; what is unstable is not). */
bool tvn_wasi_knows(struct tvn_str interface);

/* The grant that the interface asks for; 0: none, or it is not known. */
unsigned tvn_wasi_grant_of(struct tvn_str interface);

/* "stdout"; NULL for what is no single grant.  And back; 0: no such name. */
const char *tvn_wasi_grant_name(unsigned grant);
unsigned tvn_wasi_grant_from(struct tvn_str name);

#endif
