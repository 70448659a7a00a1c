/* jsoncodec_read.c -- fuzz: JSON text read as a value of a random type (the
 * first 8 bytes are its seed).  What was read is written and read back. */
#include "value/jsoncodec.h"
#include "value/testing.h"
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
static struct tvn_builder builder; /* and its pool: made once */

static void
check(struct tvn_jsoncodec *codec, const char *text, size_t len)
{
    struct tvn_json_fault fault;
    struct tvn_image *image = NULL, *back = NULL;
    struct tvn_buf out = {0};
    uint64_t n[3] = {0}; /* bytes as the ledger counts them */
    tvn_err err =
        tvn_jsoncodec_read(codec, text, len, &builder, &image, &n[0], &fault);

    TVN_ASSERT(err == TVN_OK || (err != TVN_ENOMEM && fault.byte <= len));
    if (err == TVN_OK) {
        TVN_ASSERT(tvn_jsoncodec_write(
                       codec, image->data, 0, &out, &n[1], NULL) == TVN_OK);
        TVN_ASSERT(tvn_jsoncodec_read(codec, out.ptr, out.len, &builder, &back,
                       &n[2], NULL) == TVN_OK);
        TVN_ASSERT(n[0] == n[1] && n[1] == n[2] &&
                   tvn_value_equal(image->type, image->data, 0, back->data, 0));
    }
    tvn_image_unref(image);
    tvn_image_unref(back);
    tvn_buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tvn_rng rng = {0};
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_types *types = tvn_types_new();
    size_t used = size < 8 ? size : 8;

    if (builder.pool == NULL) {
        tvn_builder_init(&builder, tvn_pool_new(1u << 16, 1u << 16));
    }
    memcpy(&rng.state, data, used);
    TVN_ASSERT(tvn_jsoncodec_new(tvn_testing_type(types, &rng, 4), NULL, &codec,
                   NULL) == TVN_OK);
    check(codec, (const char *)data + used, size - used);
    tvn_jsoncodec_free(codec);
    tvn_types_free(types);
    return 0;
}
