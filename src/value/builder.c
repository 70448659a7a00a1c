/* builder.c -- puts values together in a scratch, cuts images from it; see
 * image.h.
 *
 * Why a scratch and not the image's block at once: the size of a value is
 * known only at its end, and a block of the wrong class would have to be
 * copied anyhow.  The scratch stays warm in the cache. */
#include "base/assert.h"
#include "base/mem.h"
#include "value/image.h"
#include "value/internal.h"

#define FIRST_CAP 4096u

void
tvn_builder_init(struct tvn_builder *builder, TVN_KEPT struct tvn_pool *pool)
{
    *builder = (struct tvn_builder){
        .pool = pool,
        .max = tvn_pool_max(pool) - TVN_IMAGE_HEADER,
    };
}

void
tvn_builder_fini(struct tvn_builder *builder)
{
    tvn_mem_free(builder->data, 1, builder->cap);
    *builder = (struct tvn_builder){0};
}

tvn_err
tvn__builder_grow(struct tvn_builder *builder, uint64_t need)
{
    uint64_t cap = builder->cap == 0 ? FIRST_CAP : (uint64_t)builder->cap * 2;
    uint8_t *data;

    if (need > builder->max) {
        return TVN_ETOOBIG;
    }
    cap = cap < need ? need : cap;
    cap = cap > builder->max ? builder->max : cap;
    data = tvn_mem_new_aligned(64, cap);
    if (data == NULL) {
        return TVN_ENOMEM;
    }
    if (builder->size > 0) {
        memcpy(data, builder->data, builder->size);
    }
    tvn_mem_free(builder->data, 1, builder->cap);
    builder->data = data;
    builder->cap = (uint32_t)cap;
    return TVN_OK;
}

tvn_err
tvn_builder_begin(struct tvn_builder *builder, const struct tvn_type *type)
{
    builder->size = 0;
    builder->type = NULL;
    if (type->size > builder->cap) {
        tvn_err err = tvn__builder_grow(builder, type->size);

        if (err != TVN_OK) {
            return err;
        }
    }
    builder->type = type;
    builder->size = type->size;
    memset(builder->data, 0, type->size);
    return TVN_OK;
}

tvn_err
tvn_builder_alloc(struct tvn_builder *builder, uint64_t size, uint32_t align,
    uint32_t *offset)
{
    tvn_err err;

    TVN_ASSERT(builder->type != NULL);
    TVN_ASSERT(align > 0 && align <= 64 && (align & (align - 1)) == 0);
    if (size == 0) {
        *offset = 0;
        return TVN_OK;
    }
    if (size > builder->max) {
        return TVN_ETOOBIG; /* also keeps the sums below from wrapping */
    }
    err = tvn__builder_take(builder, size, align, offset);
    if (err == TVN_OK) {
        memset(builder->data + *offset, 0, size);
    }
    return err;
}

tvn_err
tvn_builder_finish(
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image)
{
    struct tvn_image *made;

    TVN_ASSERT(builder->type != NULL);
    made = tvn__pool_take(builder->pool, builder->size);
    if (made == NULL) {
        return TVN_ENOMEM;
    }
    if (made->type != builder->type || made->size != builder->size) {
        made->type = builder->type;
        made->size = builder->size;
    }
    memcpy(made->data, builder->data, builder->size);
    builder->type = NULL;
    builder->size = 0;
    *image = made;
    return TVN_OK;
}
