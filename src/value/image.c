/* image.c -- the pool that images come from, and deep walks of values; see
 * image.h. */
#include "value/image.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/prefetch.h"
#include "value/internal.h"

#define CLASSES_MAX   96u /* class_of(TVN_IMAGE_MAX) is below */
#define BUNDLE_OTHERS 7u  /* with the first: 8 blocks a bundle */
#define FIRST_SLOTS   32u /* for free blocks of a class */
#define AHEAD         4u  /* blocks whose data is fetched before its turn */

_Static_assert(
    sizeof(struct tvn_image) == TVN_IMAGE_HEADER, "data is 64-byte aligned");

/* Free blocks, the last one first.  Pointers beside the blocks and not a chain
 * through them: the header of a block that comes back from another thread has
 * not changed, and what is not written need not be fetched back. */
struct cached {
    struct tvn_image **blocks;
    uint32_t count;
    uint32_t cap;
};

struct tvn_pool {
    uint32_t max;
    uint64_t cache_max;
    struct tvn_pool_stats stats;
    struct cached cached[CLASSES_MAX]; /* freed blocks, by class */
    uint8_t apart[64];
    struct tvn_image *returns; /* bundles: any thread pushes one, the owner
                                * takes them all */
    uint8_t apart_too[64];
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
    tvn_pool_collect(pool);
    TVN_ASSERT(pool->stats.images == 0);
    for (uint32_t i = 0; i < CLASSES_MAX; i++) {
        struct cached *cached = &pool->cached[i];

        while (cached->count > 0) {
            struct tvn_image *image = cached->blocks[--cached->count];

            tvn_mem_free(image, 1, image->block);
        }
        tvn_mem_free(cached->blocks, cached->cap, sizeof(*cached->blocks));
    }
    tvn_mem_free(pool, 1, sizeof(*pool));
}

struct tvn_pool_stats
tvn_pool_stats(struct tvn_pool *pool)
{
    tvn_pool_collect(pool);
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

static struct tvn_image *
new_block(struct tvn_pool *pool, uint32_t clazz, uint32_t block)
{
    struct tvn_image *image = tvn_mem_new_aligned(64, block);

    if (image != NULL) {
        memset(image, 0, sizeof(*image));
        image->pool = pool;
        image->refs = 1;
        image->block = block;
        image->clazz = clazz;
    }
    return image;
}

/* The next one, whose header is as it was, but for the count. */
static struct tvn_image *
take_cached(struct cached *cached)
{
    struct tvn_image *image = cached->blocks[--cached->count];

    /* As this one did, the next ones will have come from another thread. */
    if (tvn_image_is_shared(image) && cached->count >= AHEAD) {
        tvn_prefetch_to_write(cached->blocks[cached->count - AHEAD]->data);
    } else if (cached->count > 0) { /* with many queued it is in no cache */
        tvn_prefetch_to_write(cached->blocks[cached->count - 1]);
    }
    return image;
}

struct tvn_image *
tvn__pool_take(struct tvn_pool *pool, uint32_t size)
{
    uint32_t block;
    uint32_t clazz = class_of(size + TVN_IMAGE_HEADER, &block);
    struct cached *cached = &pool->cached[clazz];
    struct tvn_image *image;

    if (cached->count == 0) {
        tvn_pool_collect(pool);
    }
    if (block > pool->max) {
        block = pool->max;
    }
    if (cached->count > 0) {
        image = take_cached(cached);
        pool->stats.cached -= block;
    } else {
        image = new_block(pool, clazz, block);
        if (image == NULL) {
            return NULL;
        }
    }
    pool->stats.images++;
    pool->stats.live += block;
    if (pool->stats.live > pool->stats.live_max) {
        pool->stats.live_max = pool->stats.live;
    }
    return image;
}

/* For one block more; false: no memory. */
static bool
grow(struct cached *cached)
{
    uint32_t cap = cached->cap == 0 ? FIRST_SLOTS : cached->cap * 2;
    struct tvn_image **blocks = tvn_mem_resize(
        cached->blocks, cached->cap, cap, sizeof(*cached->blocks));

    if (blocks == NULL) {
        return false;
    }
    cached->blocks = blocks;
    cached->cap = cap;
    return true;
}

/* Owner only; its count is 1, shared or not. */
static inline void
put_back(struct tvn_pool *pool, struct tvn_image *image)
{
    struct cached *cached = &pool->cached[image->clazz];

    pool->stats.images--;
    pool->stats.live -= image->block;
    if (pool->stats.cached + image->block > pool->cache_max ||
        (cached->count == cached->cap && !grow(cached))) {
        tvn_mem_free(image, 1, image->block);
        return;
    }
    pool->stats.cached += image->block;
    cached->blocks[cached->count++] = image;
}

/* ------------------------------------------------------------------------
 * Shared images: how their blocks go home.
 *
 * A thread collects the blocks that it drops in a bundle, and pushes that on
 * the pool's returns when it is full, when it meets another pool, and when it
 * is told to (tvn_image_send_home).  A bundle lies in the data of its first
 * block, which nobody reads any more; the others are not written at all.  Both
 * is for the caches: a block each would be an atomic operation each, and the
 * owner would follow a chain through lines that another processor has, waiting
 * for one after the other.
 *
 * Pushes release, the owner's exchange acquires: what a thread did with an
 * image is over before its block is used again.  All are taken at once, so a
 * block cannot come back to the top between a look and a push. */

struct bundle {
    struct tvn_image *next; /* the first block of another bundle */
    struct tvn_image *others[BUNDLE_OTHERS]; /* NULL: there are no more */
};
_Static_assert(sizeof(struct bundle) + TVN_IMAGE_HEADER <= TVN_IMAGE_MIN,
    "every block has room for it");

static _Thread_local struct {
    struct tvn_image *first; /* NULL: no bundle */
    uint32_t others;
} leaving;

static struct bundle *
bundle_in(struct tvn_image *first)
{
    return (void *)first->data;
}

void
tvn_image_send_home(void)
{
    struct tvn_image *first = leaving.first;
    struct tvn_image **returns;
    struct bundle *bundle;

    if (first == NULL) {
        return;
    }
    leaving.first = NULL;
    bundle = bundle_in(first);
    returns = &first->pool->returns;
    bundle->next = __atomic_load_n(returns, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(returns, &bundle->next, first, true,
        __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
}

/* Any thread that has dropped the last reference. */
static void
leave(struct tvn_image *image)
{
    struct bundle *bundle;

    if (leaving.first == NULL || leaving.first->pool != image->pool) {
        tvn_image_send_home();
        leaving.first = image;
        leaving.others = 0;
        memset(image->data, 0, sizeof(*bundle));
        return;
    }
    bundle = bundle_in(leaving.first);
    bundle->others[leaving.others++] = image;
    if (leaving.others == BUNDLE_OTHERS) {
        tvn_image_send_home();
    }
}

static void
put_back_bundle(
    struct tvn_pool *pool, struct tvn_image *first, struct bundle bundle)
{
    put_back(pool, first);
    for (uint32_t i = 0; i < BUNDLE_OTHERS && bundle.others[i] != NULL; i++) {
        put_back(pool, bundle.others[i]);
    }
}

/* What the owner itself dropped is its own again. */
static void
keep_leaving(struct tvn_pool *pool)
{
    struct tvn_image *first = leaving.first;
    struct bundle bundle = *bundle_in(first);

    leaving.first = NULL;
    first->refs = 1;
    for (uint32_t i = 0; i < BUNDLE_OTHERS && bundle.others[i] != NULL; i++) {
        bundle.others[i]->refs = 1;
    }
    put_back_bundle(pool, first, bundle);
}

void
tvn_pool_collect(struct tvn_pool *pool)
{
    struct tvn_image *first;

    if (leaving.first != NULL && leaving.first->pool == pool) {
        keep_leaving(pool);
    }
    if (__atomic_load_n(&pool->returns, __ATOMIC_RELAXED) == NULL) {
        return;
    }
    first = __atomic_exchange_n(&pool->returns, NULL, __ATOMIC_ACQUIRE);
    while (first != NULL) {
        struct bundle bundle = *bundle_in(first); /* put_back may free it */

        put_back_bundle(pool, first, bundle);
        first = bundle.next;
    }
}

/* True: that was the last one.  Who finds a count of 1 has the only reference,
 * and nobody can add one. */
static bool
drop_shared(struct tvn_image *image)
{
    if (__atomic_load_n(&image->refs, __ATOMIC_ACQUIRE) ==
        TVN_IMAGE_SHARED + 1) {
        return true; /* and stays so: the line is not written */
    }
    if (__atomic_sub_fetch(&image->refs, 1, __ATOMIC_ACQ_REL) !=
        TVN_IMAGE_SHARED) {
        return false;
    }
    image->refs = TVN_IMAGE_SHARED + 1; /* nobody else looks */
    return true;
}

/* Of a reference that is the last one, or of a shared image. */
void
tvn_image_release(struct tvn_image *image)
{
    bool is_shared = tvn_image_is_shared(image);

    if (is_shared && !drop_shared(image)) {
        return;
    }
    TVN_ASSERT(is_shared || image->refs == 1);
    if (image->pool == NULL) {
        tvn_mem_free(image, 1, image->block);
    } else if (is_shared) {
        leave(image);
    } else {
        put_back(image->pool, image);
    }
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
