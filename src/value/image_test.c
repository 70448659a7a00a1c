/* image_test.c -- pools, images, builders, equality and sizes of values. */
#include "value/image.h"

#include "base/mem.h"
#include "value/testing.h"

static void
test_classes(void)
{
    static const struct {
        uint32_t size, charge;
    } rows[] = {{1, 128}, {64, 128}, {65, 192}, {128, 192}, {129, 256},
        {192, 256}, {193, 320}, {256, 320}, {448, 512}, {449, 640}, {960, 1024},
        {961, 1280}, {1216, 1280}, {1400, 1472}, {1408, 1472}, {1409, 0},
        {4000000000u, 0}};
    struct tvn_pool *pool = tvn_pool_new(1450, 0); /* rounded up to 1472 */

    TVN_ASSERT(tvn_pool_max(pool) == 1472);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TVN_ASSERT(tvn_pool_charge(pool, rows[i].size) == rows[i].charge);
    }
    tvn_pool_free(pool);
    pool = tvn_pool_new(TVN_IMAGE_MAX, 0);
    for (uint32_t need = 64; need < 1u << 24; need = need * 9 / 8) {
        uint32_t charge = tvn_pool_charge(pool, need);

        TVN_ASSERT(charge % 64 == 0 && charge >= need + TVN_IMAGE_HEADER);
        TVN_ASSERT(need < 256 || charge <= (need + 64) / 4 * 5 + 64);
    }
    tvn_pool_free(pool);
}

/* An image of a list<u8> of `len` bytes. */
static struct tvn_image *
make(struct tvn_builder *builder, const struct tvn_type *type, uint32_t len)
{
    struct tvn_image *image = NULL;
    uint32_t offset = 0;

    TVN_ASSERT(tvn_builder_begin(builder, type) == TVN_OK);
    TVN_ASSERT(tvn_builder_alloc(builder, len, 1, &offset) == TVN_OK);
    memset(builder->data + offset, 0x5A, len == 0 ? 0 : len);
    memcpy(builder->data, &offset, 4);
    memcpy(builder->data + 4, &len, 4);
    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    return image;
}

static void
test_blocks_are_counted_and_used_again(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1024, 512);
    const struct tvn_type *type = tvn_testing_parse(types, "list<u8>");
    struct tvn_builder builder;
    struct tvn_image *images[3];
    struct tvn_image *again;

    tvn_builder_init(&builder, pool);
    for (int i = 0; i < 3; i++) {
        images[i] = make(&builder, type, 150); /* 222 bytes: block 256 */
        TVN_ASSERT(images[i]->block == 256 && images[i]->refs == 1);
        TVN_ASSERT(images[i]->size == 158 && images[i]->type == type);
        TVN_ASSERT((uintptr_t)images[i]->data % 64 == 0);
    }
    TVN_ASSERT(tvn_pool_stats(pool).live == 768);
    TVN_ASSERT(tvn_pool_stats(pool).images == 3);
    tvn_image_unref(tvn_image_ref(images[0]));
    TVN_ASSERT(tvn_pool_stats(pool).images == 3);
    for (int i = 0; i < 3; i++) {
        tvn_image_unref(images[i]);
    }
    /* two are kept, the third would be above 512 bytes */
    TVN_ASSERT(tvn_pool_stats(pool).live == 0);
    TVN_ASSERT(tvn_pool_stats(pool).live_max == 768);
    TVN_ASSERT(tvn_pool_stats(pool).cached == 512);
    again = make(&builder, type, 151);
    TVN_ASSERT(again == images[1]);
    TVN_ASSERT(tvn_pool_stats(pool).cached == 256);
    tvn_image_unref(again);
    tvn_image_unref(NULL);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_pool_free(NULL);
    tvn_types_free(types);
}

static void
test_the_pool_has_a_max(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(256, 0);
    const struct tvn_type *type = tvn_testing_parse(types, "list<u8>");
    struct tvn_builder builder;
    uint32_t offset = 77;

    tvn_builder_init(&builder, pool);
    TVN_ASSERT(tvn_builder_begin(&builder, type) == TVN_OK);
    TVN_ASSERT(tvn_builder_alloc(&builder, 185, 1, &offset) == TVN_ETOOBIG);
    TVN_ASSERT(
        tvn_builder_alloc(&builder, UINT64_MAX, 1, &offset) == TVN_ETOOBIG);
    TVN_ASSERT(offset == 77);
    TVN_ASSERT(tvn_builder_alloc(&builder, 184, 1, &offset) == TVN_OK);
    TVN_ASSERT(offset == 8 && builder.size == 192);
    TVN_ASSERT(tvn_builder_alloc(&builder, 1, 1, &offset) == TVN_ETOOBIG);
    TVN_ASSERT(tvn_builder_alloc(&builder, 0, 1, &offset) == TVN_OK);
    TVN_ASSERT(offset == 0);
    /* a root that is too big */
    {
        const struct tvn_type *u64 = tvn_testing_parse(types, "u64");
        struct tvn_member members[25] = {{.type = NULL}};

        for (int i = 0; i < 25; i++) {
            members[i].type = u64;
        }
        TVN_ASSERT(tvn_type_members(
                       types, TVN_KIND_TUPLE, members, 25, &type) == TVN_OK);
    }
    TVN_ASSERT(tvn_builder_begin(&builder, type) == TVN_ETOOBIG);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
}

static void
test_what_a_builder_hands_out_is_zero_and_aligned(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1u << 16, 0);
    const struct tvn_type *type = tvn_testing_parse(types, "list<u8>");
    struct tvn_rng rng = {5};
    struct tvn_builder builder;

    tvn_builder_init(&builder, pool);
    for (int round = 0; round < 20; round++) {
        TVN_ASSERT(tvn_builder_begin(&builder, type) == TVN_OK);
        while (builder.size < 20000) {
            uint32_t align = 1u << tvn_rng_below(&rng, 4);
            uint32_t size = 1 + (uint32_t)tvn_rng_below(&rng, 900);
            uint32_t before = builder.size;
            uint32_t offset = 0;

            TVN_ASSERT(
                tvn_builder_alloc(&builder, size, align, &offset) == TVN_OK);
            TVN_ASSERT(offset % align == 0 && offset >= before);
            for (uint32_t i = before; i < builder.size; i++) {
                TVN_ASSERT(builder.data[i] == 0);
            }
            memset(builder.data + before, 0xA5, builder.size - before);
        }
    }
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
}

static void
test_equality_and_bytes(void)
{
    static const struct {
        const char *type;
        uint64_t far; /* of the value that seed 3 makes: not 0 for some */
    } rows[] = {{"u64", 0}, {"tuple<u8, u16>", 0}, {"option<f64>", 0},
        {"list<string>", 1}, {"variant { a(string), b(list<list<u8>>) }", 1},
        {"record { a: tuple<string, u8>, b: result<list<u16>, string> }", 1}};
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1u << 16, 1u << 16);
    struct tvn_builder builder;

    tvn_builder_init(&builder, pool);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tvn_type *type = tvn_testing_parse(types, rows[i].type);
        uint32_t different = 0;
        uint64_t far = 0;

        for (uint64_t seed = 1; seed < 50; seed++) {
            struct tvn_rng rng = {seed};
            struct tvn_rng same = {seed};
            struct tvn_rng other = {seed + 1000};
            struct tvn_image *a = tvn_testing_image(&builder, type, &rng);
            struct tvn_image *b = tvn_testing_image(&builder, type, &same);
            struct tvn_image *c = tvn_testing_image(&builder, type, &other);

            TVN_ASSERT(tvn_value_equal(type, a->data, 0, b->data, 0));
            different += !tvn_value_equal(type, a->data, 0, c->data, 0);
            TVN_ASSERT(tvn_value_bytes(type, a->data, 0) <= a->size);
            far += tvn_value_bytes(type, a->data, 0) - type->size;
            tvn_image_unref(a);
            tvn_image_unref(b);
            tvn_image_unref(c);
        }
        TVN_ASSERT(different > 20);
        TVN_ASSERT((far > 0) == (rows[i].far > 0));
    }
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
}

/* ------------------------------------------------------------------------
 * Shared images, on one thread. */

static void
test_a_shared_block_is_live_until_it_is_collected(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1024, 512);
    const struct tvn_type *type = tvn_testing_parse(types, "list<u8>");
    struct tvn_builder builder;
    struct tvn_image *images[20];
    struct tvn_image *again;

    tvn_builder_init(&builder, pool);
    tvn_image_unref(make(&builder, type, 80)); /* leaves a block of 192 */
    for (int i = 0; i < 20; i++) {
        images[i] = make(&builder, type, 150);
        TVN_ASSERT(!tvn_image_is_shared(images[i]));
        tvn_image_share(images[i]);
        tvn_image_share(images[i]);
        TVN_ASSERT(tvn_image_is_shared(images[i]));
        TVN_ASSERT(images[i]->refs == TVN_IMAGE_SHARED + 1);
        TVN_ASSERT(tvn_image_ref(images[i]) == images[i]);
        TVN_ASSERT(images[i]->refs == TVN_IMAGE_SHARED + 2);
        tvn_image_unref(images[i]);
    }
    TVN_ASSERT(tvn_pool_stats(pool).live == 20 * 256);
    for (int i = 0; i < 20; i++) {
        tvn_image_unref(images[i]);
    }
    again = make(&builder, type, 80); /* has a block, so it does not look */
    tvn_image_unref(again);
    TVN_ASSERT(tvn_pool_stats(pool).live_max == 20 * 256 + 192);
    TVN_ASSERT(tvn_pool_stats(pool).live == 0);
    TVN_ASSERT(tvn_pool_stats(pool).images == 0);
    TVN_ASSERT(tvn_pool_stats(pool).cached == 192 + 256); /* of 512 */
    again = make(&builder, type, 150);
    TVN_ASSERT((again->refs & ~TVN_IMAGE_SHARED) == 1); /* counts anew */
    tvn_image_unref(again);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool);
    tvn_types_free(types);
}

static void
test_a_pool_without_blocks_collects(void)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(1024, 1u << 16);
    const struct tvn_type *type = tvn_testing_parse(types, "list<u8>");
    struct tvn_builder builder;
    struct tvn_image *first;
    struct tvn_image *second;

    tvn_builder_init(&builder, pool);
    first = make(&builder, type, 150);
    tvn_image_share(first);
    tvn_image_unref(first);
    second = make(&builder, type, 150);
    TVN_ASSERT(second == first); /* in place of new memory */
    TVN_ASSERT(tvn_pool_stats(pool).live_max == 256);
    tvn_image_share(second);
    tvn_image_unref(second);
    tvn_pool_collect(pool);
    tvn_pool_collect(pool); /* there is none: nothing */
    TVN_ASSERT(tvn_pool_stats(pool).cached == 256);
    first = make(&builder, type, 150);
    tvn_image_share(first);
    tvn_image_unref(first);
    tvn_builder_fini(&builder);
    tvn_pool_free(pool); /* collects */
    tvn_types_free(types);
}

static void
test_blocks_of_two_pools_go_home_each(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *type = tvn_testing_parse(types, "list<u8>");
    struct tvn_pool *pools[2];
    struct tvn_builder builders[2];
    struct tvn_image *images[50];

    for (int i = 0; i < 2; i++) {
        pools[i] = tvn_pool_new(1024, 1u << 16);
        tvn_builder_init(&builders[i], pools[i]);
    }
    for (uint32_t i = 0; i < 50; i++) {
        images[i] = make(&builders[i / 3 % 2], type, i * 10);
        tvn_image_share(images[i]);
    }
    for (uint32_t i = 0; i < 50; i++) {
        tvn_image_unref(images[i]);
    }
    tvn_image_send_home();
    tvn_image_send_home(); /* there is none: nothing */
    for (int i = 0; i < 2; i++) {
        struct tvn_pool_stats stats = tvn_pool_stats(pools[i]);

        TVN_ASSERT(stats.images == 0 && stats.live == 0);
        TVN_ASSERT(stats.cached == stats.live_max);
        tvn_builder_fini(&builders[i]);
        tvn_pool_free(pools[i]);
    }
    tvn_types_free(types);
}

/* Same values, other places and orders behind the root. */
static void
test_equality_looks_at_values_not_at_places(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *type =
        tvn_testing_parse(types, "tuple<string, f32>");
    static const uint8_t a[32] = {
        12, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0xC0, 0x7F, 'h', 'i'};
    static const uint8_t b[32] = {20, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0xC0, 0x7F, 9,
        9, 9, 9, 9, 9, 9, 9, 'h', 'i'};
    static const uint8_t c[32] = {
        12, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0xC0, 0x7F, 'h', 'i'};

    TVN_ASSERT(tvn_value_equal(type, a, 0, b, 0));  /* the same NaN */
    TVN_ASSERT(!tvn_value_equal(type, a, 0, c, 0)); /* another one */
    TVN_ASSERT(tvn_value_bytes(type, a, 0) == 14);
    tvn_types_free(types);
}

static void
test_every_allocation_may_fail(void)
{
    struct tvn_types *types = tvn_types_new();
    const struct tvn_type *type = tvn_testing_parse(types, "list<u8>");
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_builder builder = {0};
        struct tvn_image *image = NULL;
        struct tvn_pool *pool;
        uint32_t offset = 0;

        tvn_mem_fail_after(n);
        pool = tvn_pool_new(1u << 16, 0);
        if (pool != NULL) {
            tvn_builder_init(&builder, pool);
            err = tvn_builder_begin(&builder, type);
            if (err == TVN_OK) {
                err = tvn_builder_alloc(&builder, 9000, 8, &offset);
            }
            if (err == TVN_OK) {
                err = tvn_builder_finish(&builder, &image);
            }
        }
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || (err == TVN_ENOMEM && image == NULL));
        tvn_image_unref(image);
        tvn_builder_fini(&builder);
        tvn_pool_free(pool);
    }
    tvn_types_free(types);
}

int
main(void)
{
    test_classes();
    test_blocks_are_counted_and_used_again();
    test_the_pool_has_a_max();
    test_what_a_builder_hands_out_is_zero_and_aligned();
    test_equality_and_bytes();
    test_a_shared_block_is_live_until_it_is_collected();
    test_a_pool_without_blocks_collects();
    test_blocks_of_two_pools_go_home_each();
    test_equality_looks_at_values_not_at_places();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
