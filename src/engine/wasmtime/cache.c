/* cache.c -- compiled modules on disk; see cache.h.
 *
 * Why a checksum: the engine checks that a compiled module was made by the
 * same version for the same processor, not that its bytes are still what
 * they were.  A flipped bit would be run. */
#include "engine/wasmtime/cache.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGEST 32u

static bool
digest(const void *bytes, size_t len, uint8_t out[DIGEST])
{
    return EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) == 1;
}

/* Ours alone, and of the right kind. */
static bool
is_ours(const struct stat *status, mode_t kind)
{
    return (status->st_mode & S_IFMT) == kind && status->st_uid == geteuid() &&
           (status->st_mode & 077) == 0;
}

/* ------------------------------------------------------------------------
 * The directory. */

void
tvn__cache_open(
    struct tvn__cache *cache, const char *path, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};
    struct stat status;
    int dir;

    cache->dir = -1;
    if (path == NULL) {
        return;
    }
    /* Those that are there already are none of its business; open tells. */
    (void)tvn_path_make_parents(path, 0700);
    (void)mkdir(path, 0700);
    dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0) {
        tvn_diag_warning(diag, TVN_EIO, &place,
            "compiled components are not kept: %s", strerror(errno));
        return;
    }
    if (fstat(dir, &status) != 0 || !is_ours(&status, S_IFDIR)) {
        tvn_diag_warning(diag, TVN_EIO, &place,
            "compiled components are not kept: the directory is not this "
            "user's alone");
        tvn_diag_help(diag, "chmod 0700 %s", path);
        (void)close(dir);
        return;
    }
    cache->dir = dir;
}

void
tvn__cache_close(struct tvn__cache *cache)
{
    if (cache->dir >= 0) {
        (void)close(cache->dir);
    }
    cache->dir = -1;
}

bool
tvn__cache_key_of(const uint8_t *module, size_t len, const char *config,
    struct tvn__cache_key *out)
{
    uint8_t both[2 * DIGEST];
    uint8_t key[DIGEST];

    if (!digest(module, len, both) ||
        !digest(config, strlen(config), both + DIGEST) ||
        !digest(both, sizeof(both), key)) {
        return false;
    }
    for (size_t i = 0; i < DIGEST; i++) {
        (void)snprintf(out->text + 2 * i, 3, "%02x", key[i]);
    }
    return true;
}

/* ------------------------------------------------------------------------
 * Files. */

/* All of it; false when the file ends before or the disk fails. */
static bool
read_whole(int file, void *bytes, size_t len)
{
    uint8_t *at = bytes;

    while (len > 0) {
        ssize_t got = read(file, at, len);

        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            return false;
        }
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
    return true;
}

static bool
write_whole(int file, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    while (len > 0) {
        ssize_t put = write(file, at, len);

        if (put < 0 && errno != EINTR) {
            return false;
        }
        if (put > 0) {
            at += put;
            len -= (size_t)put;
        }
    }
    return true;
}

static bool
read_checked(int file, struct tvn_buf *out)
{
    uint8_t is[DIGEST];
    uint8_t said[DIGEST];
    struct stat status;
    size_t len;

    if (fstat(file, &status) != 0 || !is_ours(&status, S_IFREG) ||
        status.st_size <= (off_t)DIGEST ||
        status.st_size > (off_t)TVN__CACHE_FILE_MAX) {
        return false;
    }
    len = (size_t)status.st_size - DIGEST;
    if (!tvn_buf_reserve(out, len) || !read_whole(file, said, sizeof(said)) ||
        !read_whole(file, out->ptr, len) || !digest(out->ptr, len, is)) {
        return false;
    }
    out->len = len;
    return memcmp(is, said, DIGEST) == 0;
}

bool
tvn__cache_read(const struct tvn__cache *cache,
    const struct tvn__cache_key *key, struct tvn_buf *out)
{
    bool is_good;
    int file;

    TVN_ASSERT(out->len == 0);
    if (cache->dir < 0) {
        return false;
    }
    /* NONBLOCK: a pipe of that name must not stop us. */
    file = openat(
        cache->dir, key->text, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return false;
    }
    is_good = read_checked(file, out);
    (void)close(file);
    if (!is_good) {
        tvn_buf_clear(out);
    }
    return is_good;
}

void
tvn__cache_write(const struct tvn__cache *cache,
    const struct tvn__cache_key *key, const void *bytes, size_t len)
{
    uint8_t check[DIGEST];
    char temp[128];
    bool is_written;
    int file;

    if (cache->dir < 0 || len > TVN__CACHE_FILE_MAX - DIGEST ||
        !digest(bytes, len, check)) {
        return;
    }
    (void)snprintf(temp, sizeof(temp), "%.16s.%ld.%llx.tmp", key->text,
        (long)getpid(), (unsigned long long)tvn_clock_monotonic_ns());
    file = openat(cache->dir, temp,
        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        return;
    }
    is_written = write_whole(file, check, sizeof(check)) &&
                 write_whole(file, bytes, len);
    is_written = close(file) == 0 && is_written;
    if (!is_written || renameat(cache->dir, temp, cache->dir, key->text) != 0) {
        (void)unlinkat(cache->dir, temp, 0);
    }
}

void
tvn__cache_drop(
    const struct tvn__cache *cache, const struct tvn__cache_key *key)
{
    if (cache->dir >= 0) {
        (void)unlinkat(cache->dir, key->text, 0);
    }
}
