/* cache.h -- compiled modules on disk.
 *
 *     DIR/<64 hex digits>        SHA-256 of what follows | compiled module
 *
 * A compiled module is code that will be run: only files that this user
 * wrote are read (directory 0700, files 0600, no links, owner checked), and
 * only when the checksum holds.  Everything else counts as not there.
 *
 * Threads: any, and processes: files appear whole, by rename. */
#ifndef TVN_ENGINE_WASMTIME_CACHE_H
#define TVN_ENGINE_WASMTIME_CACHE_H

#include "base/buf.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TVN__CACHE_FILE_MAX ((size_t)1 << 30)

struct tvn__cache {
    int dir; /* a descriptor; -1: no cache */
};

struct tvn__cache_key {
    char text[65];
};

/* Opens the directory and makes it, with its parents, when missing.  One
 * that others could write to, or that cannot be opened, is not used: a
 * warning says so.  `path` NULL: no cache. */
void tvn__cache_open(
    struct tvn__cache *cache, const char *path, struct tvn_diag *diag);
void tvn__cache_close(struct tvn__cache *cache);

/* False: the digest could not be made (no memory). */
bool tvn__cache_key_of(const uint8_t *module, size_t len, const char *config,
    struct tvn__cache_key *out);

/* Fills `out` with the compiled module; false when it is not there. */
bool tvn__cache_read(const struct tvn__cache *cache,
    const struct tvn__cache_key *key, struct tvn_buf *out);

/* Does nothing when the disk does not take it: it is only a cache. */
void tvn__cache_write(const struct tvn__cache *cache,
    const struct tvn__cache_key *key, const void *bytes, size_t len);

/* A file that did not fit after all (another version's). */
void tvn__cache_drop(
    const struct tvn__cache *cache, const struct tvn__cache_key *key);

#endif
