/* fs_path.c -- paths of a guest: what may be one, and how it is resolved.
 *
 * The kernel resolves, with openat2 beneath the descriptor's directory.  What
 * then needs a name (unlink, rename, ...) has only the last component left,
 * without a '/': the calls that take it look it up in an opened directory and
 * follow nothing. */
#include "engine/wasi/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

tvn_err
tvn__wasi_get_dir(struct tvn__wasi_call *call, uint32_t rep,
    struct tvn__wasi_object **out, int *error)
{
    tvn_err err = tvn__wasi_get(call, rep, TVN__WASI_DESCRIPTOR, out);

    if (err == TVN_OK) {
        *error = (*out)->u.descriptor.is_dir ? 0 : ENOTDIR;
    }
    return err;
}

int
tvn__wasi_path(struct tvn_str text, char path[TVN__WASI_PATH_MAX])
{
    if (text.len == 0) {
        return ENOENT;
    }
    if (text.len >= TVN__WASI_PATH_MAX) {
        return ENAMETOOLONG;
    }
    if (memchr(text.ptr, '\0', text.len) != NULL) {
        return EINVAL;
    }
    if (text.ptr[0] == '/') {
        return EPERM;
    }
    memcpy(path, text.ptr, text.len);
    path[text.len] = '\0';
    return 0;
}

int
tvn__wasi_name(
    const struct tvn__wasi_object *dir, struct tvn_str path, bool is_followed)
{
    char buf[TVN__WASI_PATH_MAX];
    int error = tvn__wasi_path(path, buf);

    if (error != 0) {
        errno = error;
        return -1;
    }
    return tvn__wasi_open_beneath(dir->fd, buf,
        tvn__wasi_path_only() | (is_followed ? 0 : O_NOFOLLOW), 0);
}

int
tvn__wasi_spot_open(const struct tvn__wasi_object *dir, struct tvn_str path,
    struct tvn__wasi_spot *out)
{
    char buf[TVN__WASI_PATH_MAX];
    size_t len = path.len;
    char *name;
    int error = tvn__wasi_path(path, buf);

    if (error != 0) {
        return error;
    }
    while (buf[len - 1] == '/') { /* the first byte is none */
        buf[--len] = '\0';
    }
    name = strrchr(buf, '/');
    name = name == NULL ? buf : name + 1;
    if (strcmp(name, "..") == 0) {
        return EPERM;
    }
    if (strcmp(name, ".") == 0) {
        return EINVAL;
    }
    if (strlen(name) > TVN__WASI_NAME_MAX) {
        return ENAMETOOLONG;
    }
    *out = (struct tvn__wasi_spot){.dir = dir->fd, .has_slash = len < path.len};
    memcpy(out->name, name, strlen(name) + 1);
    if (name != buf) {
        name[0] = '\0';
        out->dir = tvn__wasi_open_beneath(
            dir->fd, buf, tvn__wasi_path_only() | O_DIRECTORY, 0);
        out->is_owned = out->dir >= 0;
    }
    return out->dir >= 0 ? 0 : errno;
}

void
tvn__wasi_spot_close(struct tvn__wasi_spot *spot)
{
    if (spot->is_owned) {
        (void)close(spot->dir); /* it only names the directory */
        spot->is_owned = false;
    }
}

uint8_t
tvn__wasi_type_of(mode_t mode)
{
    if (S_ISDIR(mode)) {
        return TVN__WASI_TYPE_DIR;
    }
    if (S_ISREG(mode)) {
        return TVN__WASI_TYPE_FILE;
    }
    if (S_ISLNK(mode)) {
        return 5;
    }
    if (S_ISBLK(mode)) {
        return 1;
    }
    if (S_ISCHR(mode)) {
        return 2;
    }
    if (S_ISFIFO(mode)) {
        return 4;
    }
    return S_ISSOCK(mode) ? 7 : 0;
}
