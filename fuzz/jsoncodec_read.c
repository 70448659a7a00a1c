/* jsoncodec_read.c -- fuzz: JSON text read as a value of a random type.
 *
 * The first 8 bytes are the type's seed, the rest is the text.  What was read
 * is written and read back: the same value, the same text. */
#include "base/mem.h"
#include "value/jsoncodec.h"
#include "value/testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct tvn_jsoncodec *codec, struct tvn_builder *builder,
    const char *text, size_t len)
{
    struct tvn_json_fault fault;
    struct tvn_image *image = NULL;
    struct tvn_image *back = NULL;
    struct tvn_buf out = {0};
    uint64_t bytes[3] = {0};
    tvn_err err = tvn_jsoncodec_read(
        codec, text, len, builder, &image, &bytes[0], &fault);

    TVN_ASSERT(err == TVN_OK || fault.byte <= len);
    TVN_ASSERT(err != TVN_ENOMEM);
    if (err == TVN_OK) {
        TVN_ASSERT(tvn_jsoncodec_write(codec, image->data, 0, &out, &bytes[1],
                       &fault) == TVN_OK);
        TVN_ASSERT(tvn_jsoncodec_read(codec, out.ptr, out.len, builder, &back,
                       &bytes[2], &fault) == TVN_OK);
        TVN_ASSERT(tvn_value_equal(image->type, image->data, 0, back->data, 0));
        TVN_ASSERT(bytes[0] == bytes[1] && bytes[0] == bytes[2]);
        TVN_ASSERT(bytes[0] == tvn_value_bytes(image->type, image->data, 0));
    }
    tvn_image_unref(image);
    tvn_image_unref(back);
    tvn_buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1u << 16, 1u << 16);
    struct tvn_builder builder;
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_rng rng = {0};
    char why[64];

    memcpy(&rng.state, data, size < 8 ? size : 8);
    data += size < 8 ? size : 8;
    size -= size < 8 ? size : 8;
    tvn_builder_init(&builder, pool);
    const struct tvn_type *type = tvn_testing_type(types, &rng, 4);
    TVN_ASSERT(tvn_jsoncodec_new(type, NULL, &codec, NULL) == TVN_OK);
    check(codec, &builder, (const char *)data, size);
    if (tvn_builder_begin(&builder, type) == TVN_OK) {
        (void)tvn_json_scalar(type, (struct tvn_str){(const char *)data, size},
            &builder, 0, why, sizeof(why));
    }
    tvn_jsoncodec_free(codec);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
