/* hostile_test.c -- real bytes, cut and changed: an error, never a crash. */
#include "support.h"

#include "base/clock.h"
#include "base/rng.h"

#include <string.h>

/* Decodes both ways from a block of its own: a byte too far is seen. */
static tvn_err
decode(const uint8_t *bytes, size_t len)
{
    struct tvn_types *types = tvn_types_new();
    struct tvn_component *component = NULL;
    struct tvn_wit *wit = NULL;
    struct tvn_diag diag = {0};
    uint8_t *copy = tvn_mem_new(len + 1, 1);
    uint8_t *at = copy + 1; /* not aligned either */
    tvn_err err;

    memcpy(at, bytes, len);
    err = tvn_component_decode(at, len, "x.wasm", types, &component, &diag);
    TVN_ASSERT((err == TVN_OK) == (component != NULL));
    TVN_ASSERT(err == tvn_diag_err(&diag));
    if (tvn_wit_decode(at, len, "x.wasm", types, &wit, NULL) == TVN_OK) {
        TVN_ASSERT(wit != NULL);
    }
    tvn_component_free(component);
    tvn_wit_free(wit);
    tvn_types_free(types);
    tvn_diag_fini(&diag);
    tvn_mem_free(copy, len + 1, 1);
    return err;
}

static size_t
read_size(const struct tvn_buf *bytes, size_t *at)
{
    size_t size = 0;

    for (unsigned shift = 0; *at < bytes->len; shift += 7) {
        uint8_t byte = (uint8_t)bytes->ptr[(*at)++];

        size |= (size_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            break;
        }
    }
    return size;
}

/* Whether a section ends at `len`: what is left is a component then. */
static bool
is_boundary(const struct tvn_buf *bytes, size_t len)
{
    size_t at = 8;

    while (at < len) {
        size_t size;

        at++;
        size = read_size(bytes, &at);
        at += size;
    }
    return at == len;
}

static void
test_truncation_at_every_byte(void)
{
    struct tvn_buf bytes = component_bytes(STAGE_WIT, STAGE_WAT);

    TVN_ASSERT(bytes.len > 1000);
    for (size_t len = 0; len < bytes.len; len++) {
        tvn_err err = decode((const uint8_t *)bytes.ptr, len);

        TVN_ASSERT((err == TVN_OK) == is_boundary(&bytes, len));
        TVN_ASSERT(err == TVN_OK || err == TVN_EMALFORMED);
    }
    TVN_ASSERT(decode((const uint8_t *)bytes.ptr, bytes.len) == TVN_OK);
    tvn_buf_fini(&bytes);
}

static void
flip(const uint8_t *bytes, size_t len, struct tvn_rng *rng, int rounds)
{
    uint8_t *copy = tvn_mem_new(len, 1);
    int errors = 0;

    for (int i = 0; i < rounds; i++) {
        uint64_t flips = 1 + tvn_rng_below(rng, 4);

        memcpy(copy, bytes, len);
        for (uint64_t k = 0; k < flips; k++) {
            uint64_t bit = tvn_rng_below(rng, len * 8);

            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        errors += decode(copy, len) != TVN_OK;
    }
    TVN_ASSERT(errors > 0);
    tvn_mem_free(copy, len, 1);
}

static void
test_random_bit_flips(void)
{
    struct tvn_buf component = component_bytes(STAGE_WIT, STAGE_WAT);
    struct tvn_wit_text package = wit_bytes(STAGE_WIT);
    struct tvn_rng rng = {tvn_clock_wall_ns()};
    const char *seed = getenv("TVN_SEED");
    uint64_t live;

    if (seed != NULL) {
        rng.state = strtoull(seed, NULL, 0);
    }
    printf("TVN_SEED=%llu\n", (unsigned long long)rng.state);
    (void)fflush(stdout);
    live = tvn_mem_live();
    flip((const uint8_t *)component.ptr, component.len, &rng, 10000);
    flip(package.bytes, package.len, &rng, 10000);
    TVN_ASSERT(tvn_mem_live() == live);
    tvn_buf_fini(&component);
    tvn_wit_text_fini(&package);
}

static void
test_out_of_memory_with_real_bytes(void)
{
    struct tvn_buf component = component_bytes(STAGE_WIT, STAGE_WAT);
    struct tvn_wit_text package = wit_bytes(STAGE_WIT);
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_types *types = tvn_types_new();
        struct tvn_component *out = NULL;

        tvn_mem_fail_after(n);
        err = tvn_component_decode((const uint8_t *)component.ptr,
            component.len, "x", types, &out, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        tvn_component_free(out);
        tvn_types_free(types);
    }
    err = TVN_ENOMEM;
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_types *types = tvn_types_new();
        struct tvn_wit *out = NULL;

        tvn_mem_fail_after(n);
        err =
            tvn_wit_decode(package.bytes, package.len, "x", types, &out, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        tvn_wit_free(out);
        tvn_types_free(types);
    }
    tvn_buf_fini(&component);
    tvn_wit_text_fini(&package);
}

int
main(void)
{
    test_truncation_at_every_byte();
    test_random_bit_flips();
    test_out_of_memory_with_real_bytes();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
