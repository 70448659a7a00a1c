/* path.c -- see path.h. */
#include "base/path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
tvn_path_make_parents(const char *path, unsigned mode)
{
    char above[PATH_MAX];
    size_t len = strlen(path);

    if (len >= sizeof(above)) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (size_t i = 1; i < len; i++) {
        if (path[i] == '/') {
            memcpy(above, path, i);
            above[i] = '\0';
            if (mkdir(above, mode) != 0 && errno != EEXIST) {
                return false;
            }
        }
    }
    return true;
}

const char *
tvn_path_absolute(struct tvn_arena *arena, const char *path)
{
    char here[PATH_MAX];

    if (path[0] == '/') {
        return path;
    }
    return getcwd(here, sizeof(here)) == NULL
               ? NULL
               : tvn_arena_printf(arena, "%s/%s", here, path);
}
