/* map.h -- a hash map from byte strings to pointers; keeps insertion order.
 *
 * The map borrows its keys: they must outlive it (most live in an arena, or
 * in the value itself).  A zeroed map is empty and ready.  Nothing is ever
 * removed singly.  Threads: none; concurrent finds are safe without adds. */
#ifndef TVN_BASE_MAP_H
#define TVN_BASE_MAP_H

#include "base/error.h"
#include "base/own.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct tvn_map_entry {
    struct tvn_str key; /* borrowed */
    void *value;
    uint64_t hash;
};

struct tvn_map {
    struct tvn_map_entry *entries; /* in order of insertion */
    size_t count;
    size_t entries_cap;
    uint32_t *slots; /* entry number + 1, 0 = empty; open addressing */
    size_t slots_count;
};

/* Frees the map, not the keys or values; leaves it zeroed. */
void tvn_map_fini(struct tvn_map *map);

/* The value, or NULL when the key is not there. */
void *tvn_map_find(const struct tvn_map *map, struct tvn_str key);

/* Adds a key that must not be there yet (the first one wins if it is);
 * `value` may not be NULL.  TVN_ENOMEM. */
tvn_err tvn_map_add(
    struct tvn_map *map, TVN_KEPT struct tvn_str key, void *value);

#endif
