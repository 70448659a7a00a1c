/* path.h -- paths of the file system: the folders above one, and one that
 * holds in any folder.
 *
 * Threads: any. */
#ifndef TVN_BASE_PATH_H
#define TVN_BASE_PATH_H

#include "base/arena.h"

#include <stdbool.h>

/* Makes what is missing of the folders above `path`, with that mode.  False,
 * errno says why: one of them cannot be made. */
bool tvn_path_make_parents(const char *path, unsigned mode);

/* The path itself when it begins with '/', else behind the current folder, in
 * `arena`.  NULL: memory is out, or nothing tells which folder that is. */
const char *tvn_path_absolute(struct tvn_arena *arena, const char *path);

#endif
