/* image.c -- the pool that images come from, and deep walks of values; see
 * image.h. */
#include "value/image.h"

#include "base/assert.h"
#include "base/mem.h"
#include "value/internal.h"

#define CLASSES_MAX 96u /* class_of(TVN_IMAGE_MAX) is below */

_Static_assert(
    sizeof(struct tvn_image) == TVN_IMAGE_HEADER, "data is 64-byte aligned");

struct tvn_pool {
    uint32_t max;
    uint64_t cache_max;
    struct tvn_pool_stats stats;
    struct cached *cached[CLASSES_MAX]; /* freed blocks, by class */
};

struct cached {
    struct cached *next;
};

/* The class of a block of `need` bytes, and the size of its blocks: 128, 192,
 * 256, then four steps to each doubling. */
static uint32_t
class_of(uint32_t need, uint32_t *block)
{
    uint32_t log;
    uint32_t step;

    if (need <= 256) {
        uint32_t steps = need <= 128 ? 2 : (need + 63) / 64;

        *block = steps * 64;
        return steps - 2;
    }
    log = 31 - (uint32_t)__builtin_clz(need - 1);
    step = (need - 1) >> (log - 2) & 3;
    *block = (step + 5) << (log - 2);
    return 3 + (log - 8) * 4 + step;
}

struct tvn_pool *
tvn_pool_new(uint32_t max, uint64_t cache_max)
{
    struct tvn_pool *pool;

    TVN_ASSERT(max >= TVN_IMAGE_MIN && max <= TVN_IMAGE_MAX);
    pool = tvn_mem_new(1, sizeof(*pool));
    if (pool != NULL) {
        pool->max = (max + 63) / 64 * 64;
        pool->cache_max = cache_max;
    }
    return pool;
}

void
tvn_pool_free(struct tvn_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    TVN_ASSERT(pool->stats.images == 0);
    for (uint32_t i = 0; i < CLASSES_MAX; i++) {
        while (pool->cached[i] != NULL) {
            struct tvn_image *image = (void *)pool->cached[i];

            pool->cached[i] = pool->cached[i]->next;
            tvn_mem_free(image, 1, image->block);
        }
    }
    tvn_mem_free(pool, 1, sizeof(*pool));
}

struct tvn_pool_stats
tvn_pool_stats(const struct tvn_pool *pool)
{
    return pool->stats;
}

uint32_t
tvn_pool_max(const struct tvn_pool *pool)
{
    return pool->max;
}

uint32_t
tvn_pool_charge(const struct tvn_pool *pool, uint32_t size)
{
    uint32_t block;

    if (size > pool->max - TVN_IMAGE_HEADER) {
        return 0;
    }
    (void)class_of(size + TVN_IMAGE_HEADER, &block);
    return block < pool->max ? block : pool->max; /* the last class is max */
}

struct tvn_image *
tvn__pool_take(struct tvn_pool *pool, uint32_t size)
{
    uint32_t block;
    uint32_t clazz = class_of(size + TVN_IMAGE_HEADER, &block);
    struct tvn_image *image = (void *)pool->cached[clazz];

    if (block > pool->max) {
        block = pool->max;
    }
    if (image != NULL) {
        pool->cached[clazz] = pool->cached[clazz]->next;
        __builtin_prefetch(pool->cached[clazz], 1); /* for the next take */
        pool->stats.cached -= block;
    } else {
        image = tvn_mem_new_aligned(64, block);
        if (image == NULL) {
            return NULL;
        }
    }
    image->pool = pool;
    image->refs = 1;
    image->block = block;
    image->clazz = clazz;
    memset(image->unused, 0, sizeof(image->unused));
    pool->stats.images++;
    pool->stats.live += block;
    if (pool->stats.live > pool->stats.live_max) {
        pool->stats.live_max = pool->stats.live;
    }
    return image;
}

void
tvn_image_release(struct tvn_image *image)
{
    struct tvn_pool *pool = image->pool;

    TVN_ASSERT(image->refs == 0);
    if (pool == NULL) {
        tvn_mem_free(image, 1, image->block);
        return;
    }
    pool->stats.images--;
    pool->stats.live -= image->block;
    if (pool->stats.cached + image->block > pool->cache_max) {
        tvn_mem_free(image, 1, image->block);
        return;
    }
    pool->stats.cached += image->block;
    ((struct cached *)(void *)image)->next = pool->cached[image->clazz];
    pool->cached[image->clazz] = (void *)image;
}

/* ------------------------------------------------------------------------
 * Deep walks.  Recursion is bounded by TVN_TYPE_DEPTH_MAX. */

static inline bool
has_cases(const struct tvn_type *type)
{
    return type->disc_size != 0;
}

static inline bool
same_bytes(const uint8_t *a, const uint8_t *b, uint32_t size)
{
    if (size == 8) {
        return tvn__load(a, 8) == tvn__load(b, 8);
    }
    if (size == 4) {
        return tvn__load32(a) == tvn__load32(b);
    }
    return memcmp(a, b, size) == 0;
}

/* The payload of the active case at `at`, NULL when it has none. */
static const struct tvn_member *
active_case(const struct tvn_type *type, const uint8_t *at)
{
    uint64_t disc = tvn__load(at, type->disc_size);
    const struct tvn_member *member;

    TVN_ASSERT(disc < type->count);
    member = &type->members[disc];
    return member->type == NULL ? NULL : member;
}

static bool
equal_lists(const struct tvn_type *elem, const uint8_t *data_a,
    uint32_t offset_a, const uint8_t *data_b, uint32_t offset_b)
{
    uint32_t a = tvn__load32(data_a + offset_a);
    uint32_t b = tvn__load32(data_b + offset_b);
    uint32_t count = tvn__load32(data_a + offset_a + 4);
    uint32_t size = elem == NULL ? 1 : elem->size; /* NULL: a string */

    if (count != tvn__load32(data_b + offset_b + 4)) {
        return false;
    }
    if (elem == NULL || elem->is_plain_to_lower) {
        return memcmp(data_a + a, data_b + b, (size_t)count * size) == 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!tvn_value_equal(
                elem, data_a, a + i * size, data_b, b + i * size)) {
            return false;
        }
    }
    return true;
}

bool
tvn_value_equal(const struct tvn_type *type, const uint8_t *data_a,
    uint32_t offset_a, const uint8_t *data_b, uint32_t offset_b)
{
    const uint8_t *a = data_a + offset_a;
    const uint8_t *b = data_b + offset_b;

    if (type->is_plain_to_lower) {
        return same_bytes(a, b, type->size); /* padding is zero */
    }
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        return equal_lists(type->elem, data_a, offset_a, data_b, offset_b);
    }
    if (has_cases(type)) {
        const struct tvn_member *active = active_case(type, a);

        return memcmp(a, b, type->disc_size) == 0 &&
               (active == NULL || tvn_value_equal(active->type, data_a,
                                      offset_a + active->offset, data_b,
                                      offset_b + active->offset));
    }
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *field = &type->members[i];

        if (!tvn_value_equal(field->type, data_a, offset_a + field->offset,
                data_b, offset_b + field->offset)) {
            return false;
        }
    }
    return true;
}

/* Bytes out of line of the value at `offset`. */
static uint64_t
far_bytes(const struct tvn_type *type, const uint8_t *data, uint32_t offset)
{
    const uint8_t *at = data + offset;
    uint64_t sum = 0;

    if (!type->has_pointer) {
        return 0;
    }
    if (type->kind == TVN_KIND_STRING) {
        return tvn__load32(at + 4);
    }
    if (type->kind == TVN_KIND_LIST) {
        uint32_t first = tvn__load32(at);
        uint32_t count = tvn__load32(at + 4);
        uint32_t size = type->elem->size;

        sum = (uint64_t)count * size;
        for (uint32_t i = 0; type->elem->has_pointer && i < count; i++) {
            sum += far_bytes(type->elem, data, first + i * size);
        }
        return sum;
    }
    if (has_cases(type)) {
        const struct tvn_member *active = active_case(type, at);

        return active == NULL
                   ? 0
                   : far_bytes(active->type, data, offset + active->offset);
    }
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *field = &type->members[i];

        sum += far_bytes(field->type, data, offset + field->offset);
    }
    return sum;
}

uint64_t
tvn_value_bytes(
    const struct tvn_type *type, const uint8_t *data, uint32_t offset)
{
    return type->size + far_bytes(type, data, offset);
}
