/* map.c -- open addressing with linear probing; see map.h. */
#include "base/map.h"

#include "base/assert.h"
#include "base/mem.h"

#define FIRST_SLOTS 16u

void
tvn_map_fini(struct tvn_map *map)
{
    if (map->entries_cap > 0) {
        tvn_mem_free(map->entries, map->entries_cap, sizeof(*map->entries));
    }
    if (map->slots_count > 0) {
        tvn_mem_free(map->slots, map->slots_count, sizeof(*map->slots));
    }
    memset(map, 0, sizeof(*map));
}

/* Most keys are names and codes of a few letters, where XXH64's set-up costs
 * more than the bytes: eight of them are one multiplication. */
static uint64_t
hash_of(struct tvn_str key)
{
    uint64_t word = 0;

    if (key.len > sizeof(word)) {
        return tvn_hash64(key.ptr, key.len);
    }
    for (size_t i = 0; i < key.len; i++) {
        word = word << 8 | (unsigned char)key.ptr[i];
    }
    word = (word + key.len) * UINT64_C(0x9E3779B97F4A7C15);
    return word ^ word >> 32;
}

/* The slot that holds the key, or the empty one where it would go. */
static uint32_t *
probe(const struct tvn_map *map, struct tvn_str key, uint64_t hash)
{
    size_t mask = map->slots_count - 1;

    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        uint32_t number = map->slots[i];

        if (number == 0) {
            return &map->slots[i];
        }
        if (map->entries[number - 1].hash == hash &&
            tvn_str_equal(map->entries[number - 1].key, key)) {
            return &map->slots[i];
        }
    }
}

void *
tvn_map_find(const struct tvn_map *map, struct tvn_str key)
{
    const uint32_t *slot;

    if (map->count == 0) {
        return NULL;
    }
    slot = probe(map, key, hash_of(key));
    return *slot == 0 ? NULL : map->entries[*slot - 1].value;
}

static tvn_err
grow_slots(struct tvn_map *map)
{
    size_t count = map->slots_count == 0 ? FIRST_SLOTS : map->slots_count * 2;
    uint32_t *slots = tvn_mem_new(count, sizeof(*slots));

    if (slots == NULL) {
        return TVN_ENOMEM;
    }
    if (map->slots_count > 0) {
        tvn_mem_free(map->slots, map->slots_count, sizeof(*map->slots));
    }
    map->slots = slots;
    map->slots_count = count;
    for (size_t i = 0; i < map->count; i++) {
        *probe(map, map->entries[i].key, map->entries[i].hash) =
            (uint32_t)i + 1;
    }
    return TVN_OK;
}

tvn_err
tvn_map_add(struct tvn_map *map, TVN_KEPT struct tvn_str key, void *value)
{
    uint64_t hash = hash_of(key);
    uint32_t *slot;

    TVN_ASSERT(value != NULL);
    TVN_ASSERT(map->count < UINT32_MAX - 1);
    if (map->count == map->entries_cap) {
        size_t cap = map->entries_cap == 0 ? 8 : map->entries_cap * 2;
        struct tvn_map_entry *grown =
            tvn_mem_resize(map->entries, map->entries_cap, cap, sizeof(*grown));

        if (grown == NULL) {
            return TVN_ENOMEM;
        }
        map->entries = grown;
        map->entries_cap = cap;
    }
    if ((map->count + 1) * 2 > map->slots_count) {
        tvn_err err = grow_slots(map);

        if (err != TVN_OK) {
            return err;
        }
    }
    slot = probe(map, key, hash);
    if (*slot == 0) {
        map->entries[map->count] =
            (struct tvn_map_entry){.key = key, .value = value, .hash = hash};
        map->count++;
        *slot = (uint32_t)map->count;
    }
    return TVN_OK;
}
