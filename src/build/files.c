/* files.c -- folders made, files hashed and written whole. */
#include "base/path.h"
#include "build/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 16u

static tvn_err
refuse(const char *path, const char *what, struct tvn_diag *diag)
{
    const struct tvn_place place = {.path = path};

    return tvn_diag_error(
        diag, TVN_EIO, &place, "%s: %s", what, strerror(errno));
}

tvn_err
tvn__folder_make(const char *path, struct tvn_diag *diag)
{
    struct stat info;

    (void)tvn_path_make_parents(path, 0777); /* the last one tells */
    if (mkdir(path, 0777) == 0 ||
        (stat(path, &info) == 0 && S_ISDIR(info.st_mode))) {
        return TVN_OK;
    }
    return refuse(path, "cannot make the folder", diag);
}

static bool
is_same(const char *path, const void *ptr, size_t len)
{
    struct tvn_buf old = {0};
    bool same = tvn_buf_read_file(&old, path, TVN__COMPONENT_MAX) == TVN_OK &&
                old.len == len && (len == 0 || memcmp(old.ptr, ptr, len) == 0);

    tvn_buf_fini(&old);
    return same;
}

tvn_err
tvn__file_write(
    const char *path, const void *ptr, size_t len, struct tvn_diag *diag)
{
    struct tvn_buf beside = {0};
    tvn_err err = TVN_OK;
    FILE *file;

    if (is_same(path, ptr, len)) {
        return TVN_OK;
    }
    tvn_buf_printf(&beside, "%s.%ld", path, (long)getpid());
    file = fopen(tvn_buf_text(&beside), "wb");
    if (file == NULL) {
        err = refuse(path, "cannot be written", diag);
    } else {
        bool is_whole = fwrite(ptr, 1, len, file) == len;

        is_whole = fclose(file) == 0 && is_whole;
        if (!is_whole || rename(tvn_buf_text(&beside), path) != 0) {
            err = refuse(path, "cannot be written", diag);
            (void)unlink(tvn_buf_text(&beside)); /* the error is the first */
        }
    }
    tvn_buf_fini(&beside);
    return err;
}

bool
tvn__file_hash(const char *path, uint64_t *out)
{
    struct tvn_buf text = {0};
    bool is_read = tvn_buf_read_file(&text, path, TVN__COMPONENT_MAX) == TVN_OK;

    if (is_read) {
        *out = tvn_hash64(text.ptr == NULL ? "" : text.ptr, text.len);
    }
    tvn_buf_fini(&text);
    return is_read;
}

bool
tvn__is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool
is_hashed(const char *name)
{
    return name[0] != '.' && strcmp(name, "target") != 0 &&
           strcmp(name, "node_modules") != 0;
}

/* The sum of the hashes of paths and contents: in no order. */
static bool
sum_folder(const char *path, size_t root, unsigned depth, uint64_t *sum)
{
    DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
    bool is_read = dir != NULL;
    const struct dirent *entry;

    while (is_read && (entry = readdir(dir)) != NULL) {
        struct tvn_buf name = {0};
        uint64_t hash = 0;

        if (!is_hashed(entry->d_name)) {
            continue;
        }
        tvn_buf_printf(&name, "%s/%s", path, entry->d_name);
        if (tvn__is_folder(tvn_buf_text(&name))) {
            is_read = sum_folder(tvn_buf_text(&name), root, depth + 1, sum);
        } else {
            is_read = tvn__file_hash(tvn_buf_text(&name), &hash);
            tvn_buf_printf(&name, " %016llx", (unsigned long long)hash);
            *sum += tvn_hash64(name.ptr + root, name.len - root);
        }
        is_read = is_read && !name.failed;
        tvn_buf_fini(&name);
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    return is_read;
}

bool
tvn__folder_hash(const char *path, uint64_t *out)
{
    *out = 0;
    return sum_folder(path, strlen(path), 0, out);
}
