/* image.h -- one value, immutable, shared by counting.
 *
 *     | header, 64 bytes | root: canonical memory layout | strings, lists |
 *                        ^ data, 64-byte aligned
 *
 * Pointers inside are u32 offsets from `data`, so an image can be copied,
 * spilled and read in place.  Padding and the unused bytes of inactive cases
 * are zero: one guest's stale memory never reaches another.  Everything out
 * of line is aligned as its element type asks.  A string or list of length 0
 * has offset 0.  bool is 0 or 1.
 *
 * An image takes its block from a pool: free lists by size class.  Classes
 * are multiples of 64 (128, 192, 256, 320, ...), from 256 up at most a quarter
 * apart, and include the pool's `max`: an image is charged at its class,
 * header included, which is never above `max`.
 *
 * Threads: a pool belongs to one thread, its owner, and so do its images until
 * the owner shares one (tvn_image_share) and hands it to another thread, by
 * something that orders the two: a transfer, a lock.  Then any thread that
 * holds a reference may read the image, ref and unref it; its count is atomic
 * from then on.  The block goes home: whoever drops the last reference puts
 * it on its pool's returns, and the owner takes it from there when it runs
 * out of blocks, or in tvn_pool_collect.  A block belongs to the owner's
 * figures until then.  The next image in a block that came home that way is
 * shared from its start: it will most likely go the same way. */
#ifndef TVN_VALUE_IMAGE_H
#define TVN_VALUE_IMAGE_H

#include "base/error.h"
#include "base/own.h"
#include "value/type.h"

#include <stdbool.h>
#include <stdint.h>

struct tvn_pool;

struct tvn_image {
    const struct tvn_type *type;
    struct tvn_pool *pool; /* NULL: a single block outside any pool */
    uint32_t refs;         /* atomic when is_shared */
    uint32_t size;  /* bytes of data in use: root and everything behind it */
    uint32_t block; /* bytes of the whole block = its size class */
    uint32_t clazz; /* the pool's number of that class */
    uint8_t unused[64 - 2 * sizeof(void *) - 16];
    uint8_t data[]; /* root at 0 */
};
#define TVN_IMAGE_HEADER 64u
#define TVN_IMAGE_SHARED                                                       \
    (1u << 31)                   /* in refs, for ref and unref need one load
                                     * and one branch then: with a flag beside
                                     * it a flow of nothing took 10 % longer */
#define TVN_IMAGE_MIN 128u       /* the smallest class */
#define TVN_IMAGE_MAX (1u << 30) /* the largest `max` of a pool */

/* A pool whose largest block is `max` bytes (TVN_IMAGE_MIN..MAX, rounded up
 * to 64) and that keeps at most `cache_max` bytes of freed blocks.  NULL when
 * memory is out. */
struct tvn_pool *tvn_pool_new(uint32_t max, uint64_t cache_max);

/* Collects.  Every image must have been unref'd: asserted. */
void tvn_pool_free(struct tvn_pool *pool);

/* Takes back the blocks of shared images that were returned since the last
 * time; costs a load when there is none. */
void tvn_pool_collect(struct tvn_pool *pool);

/* Bytes in live images' blocks, now and at most; in cached blocks now.
 * Collects first. */
struct tvn_pool_stats {
    uint64_t live, live_max, cached, images;
};
struct tvn_pool_stats tvn_pool_stats(struct tvn_pool *pool);
uint32_t tvn_pool_max(const struct tvn_pool *pool);

/* What an image with `size` bytes of data is charged (block bytes of its
 * class); 0 when it would be above the pool's max. */
uint32_t tvn_pool_charge(const struct tvn_pool *pool, uint32_t size);

static inline bool
tvn_image_is_shared(const struct tvn_image *image)
{
    return __atomic_load_n(&image->refs, __ATOMIC_RELAXED) >= TVN_IMAGE_SHARED;
}

/* To be called before the image is handed to another thread, by the thread
 * that holds its only references.  Once shared it stays so, and calling it
 * again does nothing, from whatever thread. */
static inline void
tvn_image_share(struct tvn_image *image)
{
    if (!tvn_image_is_shared(image)) {
        image->refs |= TVN_IMAGE_SHARED;
    }
}

static inline struct tvn_image *
tvn_image_ref(struct tvn_image *image)
{
    uint32_t refs = __atomic_load_n(&image->refs, __ATOMIC_RELAXED);

    if (refs < TVN_IMAGE_SHARED) {
        image->refs = refs + 1;
    } else {
        (void)__atomic_fetch_add(&image->refs, 1, __ATOMIC_RELAXED);
    }
    return image;
}

void tvn_image_release(struct tvn_image *image); /* use unref */

/* NULL is allowed and does nothing. */
static inline void
tvn_image_unref(struct tvn_image *image)
{
    uint32_t refs;

    if (image == NULL) {
        return;
    }
    refs = __atomic_load_n(&image->refs, __ATOMIC_RELAXED);
    if (refs - 2 < TVN_IMAGE_SHARED - 2) {
        image->refs = refs - 1; /* neither the last nor shared */
    } else {
        tvn_image_release(image);
    }
}

/* To be called by a thread that drops images of other threads' pools, before
 * it sleeps or ends and once a round: sends home the last few blocks, which it
 * had kept to send them together.  Cheap when there are none. */
void tvn_image_send_home(void);

/* ------------------------------------------------------------------------
 * Builder: makes images one after the other in a scratch that it keeps.
 *
 *     begin(type) -> root is there, zeroed
 *     alloc(size, align) -> offset of zeroed bytes behind it
 *     finish() -> image with exactly the bytes used, in its class
 *
 * Offsets stay valid, pointers into `data` do not survive alloc; size 0 gives
 * offset 0.  begin drops what was not finished.  No class may be above the
 * pool's max: begin and alloc return TVN_ETOOBIG (E0501) then.  Each may
 * return TVN_ENOMEM.  After an error the builder may go on or begin again. */
struct tvn_builder {
    struct tvn_pool *pool; /* kept until fini */
    const struct tvn_type *type;
    uint8_t *data; /* scratch, 64-byte aligned */
    uint32_t size; /* used */
    uint32_t cap;
    uint32_t max; /* largest `size` the pool takes */
};

void tvn_builder_init(
    struct tvn_builder *builder, TVN_KEPT struct tvn_pool *pool);
void tvn_builder_fini(struct tvn_builder *builder);
tvn_err tvn_builder_begin(
    struct tvn_builder *builder, const struct tvn_type *type);
tvn_err tvn_builder_alloc(struct tvn_builder *builder, uint64_t size,
    uint32_t align, uint32_t *offset);
tvn_err tvn_builder_finish(
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image);

/* Deep equality of two values of one type (images' data).  NaNs are equal
 * when their bits are. */
bool tvn_value_equal(const struct tvn_type *type, const uint8_t *data_a,
    uint32_t offset_a, const uint8_t *data_b, uint32_t offset_b);

/* Canonical size plus out-of-line bytes: what the copy ledger counts. */
uint64_t tvn_value_bytes(
    const struct tvn_type *type, const uint8_t *data, uint32_t offset);

#endif
