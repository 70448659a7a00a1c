/* text_test.c -- strings of guests that are not UTF-8: what comes
 * out, and what is refused. */
#include "value/testing_checks.h"
#include "value/testing_text.h"

#define MEMORY TVN_TESTING_TEXT_MEMORY
#define WIDE   TVN_TEXT_WIDE

static tvn_err
lift(struct tvn_testing_text_world *world, struct tvn_testing_texts *guest,
    uint32_t ptr, uint32_t word, char why[160])
{
    union tvn_slot slots[2] = {{.u64 = ptr}, {.u64 = word}};
    const struct tvn_type *type = tvn_plan_type(world->lift);
    struct tvn_diag diag = {0};
    uint64_t bytes = 0;
    uint32_t len;
    tvn_err err;

    guest->memory.base = guest->bytes;
    TVN_ASSERT(tvn_builder_begin(&world->builder, type) == TVN_OK);
    err = tvn_lift_flat(
        world->lift, &guest->memory, slots, &world->builder, 0, &bytes, &diag);
    (void)snprintf(why, 160, "%s", diag.first == NULL ? "" : diag.first->text);
    tvn_diag_fini(&diag);
    if (err == TVN_OK) {
        memcpy(&len, world->builder.data + 4, 4);
        TVN_ASSERT(bytes == 8 + (len & ~WIDE));
    }
    return err;
}

static void
test_what_a_guest_has_comes_out_as_utf8(void)
{
    struct tvn_testing_text_world world;
    char why[160];

    tvn_testing_text_begin(&world);
    for (size_t i = 0; i < TVN_TESTING_TEXTS * 16; i++) {
        const struct tvn_testing_text *text = &tvn_testing_texts_all[i / 16];
        bool is_at_end = (i & 8) != 0;
        bool keeps_width = (i & 4) != 0;
        enum tvn_encoding encoding = (enum tvn_encoding)(1 + (i >> 1 & 1));
        struct tvn_testing_texts guest = tvn_testing_texts_make(encoding);
        /* UTF-16 also where Latin-1 would do */
        bool is_both = encoding == TVN_LATIN1_UTF16;
        bool is_wide = is_both && (i & 1) != 0;
        uint32_t len = (uint32_t)strlen(text->utf8);
        uint32_t word;
        uint32_t size;
        const char *bytes = tvn_testing_in_guest(
            is_wide ? TVN_UTF16 : encoding, text, &word, &size);
        uint32_t ptr = is_at_end ? (MEMORY - size) & ~1u : 128;
        uint32_t far[2];

        word |= is_wide ? WIDE : 0;
        guest.memory.keeps_width = keeps_width;
        guest.size = is_at_end ? ptr + size : MEMORY;
        memcpy(guest.bytes + ptr, bytes, size);
        TVN_ASSERT(lift(&world, &guest, ptr, word, why) == TVN_OK);
        memcpy(far, world.builder.data, 8);
        TVN_ASSERT(far[1] == (len | (keeps_width ? word & WIDE : 0)));
        TVN_ASSERT(far[0] == (len == 0 ? 0 : 8));
        TVN_ASSERT(memcmp(world.builder.data + far[0], text->utf8, len) == 0);
    }
    tvn_testing_text_end(&world);
}

static void
test_what_is_no_string_is_refused(void)
{
    static const struct {
        enum tvn_encoding encoding;
        uint32_t ptr, word;
        uint16_t units[4]; /* at 128 */
        const char *why;
    } bad[] = {
        {TVN_UTF16, 129, 1, {0}, "a string at 0x81, not aligned to 2"},
        {TVN_UTF16, 129, 0, {0}, "a string at 0x81, not aligned to 2"},
        {TVN_LATIN1_UTF16, 129, 1, {0}, "a string at 0x81, not aligned to 2"},
        {TVN_LATIN1_UTF16, 129, WIDE, {0},
            "a string at 0x81, not aligned to 2"},
        {TVN_UTF16, 129, 0x08000000, {0}, "a string of 268435456 bytes"},
        {TVN_UTF16, 0, 0x80000001, {0}, "a string of 4294967298 bytes"},
        {TVN_LATIN1_UTF16, 0, 0x10000000, {0}, "a string of 268435456 bytes"},
        {TVN_LATIN1_UTF16, 0, WIDE | 0x08000000, {0},
            "a string of 268435456 bytes"},
        {TVN_UTF16, 0, 0x07FFFFFF, {0},
            "a string at 0 of 268435454 bytes is outside the guest's memory "
            "of 8192 bytes"},
        {TVN_UTF16, MEMORY - 2, 2, {0},
            "a string at 0x1ffe of 4 bytes is outside the guest's memory of "
            "8192 bytes"},
        {TVN_UTF16, MEMORY + 2, 0, {0},
            "a string at 0x2002 of 0 bytes is outside the guest's memory of "
            "8192 bytes"},
        {TVN_LATIN1_UTF16, MEMORY - 2, 3, {0},
            "a string at 0x1ffe of 3 bytes is outside the guest's memory of "
            "8192 bytes"},
        {TVN_LATIN1_UTF16, 0xFFFFFFFE, WIDE | 2, {0},
            "a string at 0xfffffffe of 4 bytes is outside the guest's memory "
            "of 8192 bytes"},
        {TVN_UTF16, 128, 1, {0xD800}, "it is not UTF-16 (0xD800 at unit 0)"},
        {TVN_UTF16, 128, 2, {'a', 0xDBFF, 0xDC00},
            "it is not UTF-16 (0xDBFF at unit 1)"},
        {TVN_UTF16, 128, 2, {0xDC00, 0xD800},
            "it is not UTF-16 (0xDC00 at unit 0)"},
        {TVN_UTF16, 128, 3, {0xD800, 0xD800, 0xDFFF},
            "it is not UTF-16 (0xD800 at unit 0)"},
        {TVN_UTF16, 128, 4, {0xD800, 0xDFFF, 0xDBFF, 'x'},
            "it is not UTF-16 (0xDBFF at unit 2)"},
        {TVN_UTF16, 128, 2, {0xD800, 0xE000},
            "it is not UTF-16 (0xD800 at unit 0)"},
        {TVN_LATIN1_UTF16, 128, WIDE | 1, {0xDFFF},
            "it is not UTF-16 (0xDFFF at unit 0)"},
        {TVN_UTF16, 128, 4, {0xD7FF, 0xE000, 0xFFFE, 0xFFFF}, ""},
        {TVN_UTF16, MEMORY, 0, {0}, ""},
        {TVN_LATIN1_UTF16, 128, 8, {0xD8DC, 0xD8DC, 0xFFFF, 0}, ""},
    };
    struct tvn_testing_text_world world;
    char why[160];

    tvn_testing_text_begin(&world);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct tvn_testing_texts guest =
            tvn_testing_texts_make(bad[i].encoding);
        tvn_err err;

        memcpy(guest.bytes + 128, bad[i].units, sizeof(bad[i].units));
        err = lift(&world, &guest, bad[i].ptr, bad[i].word, why);
        if (strcmp(why, bad[i].why) != 0) {
            fprintf(stderr, "row %zu: %s\n", i, why);
        }
        TVN_ASSERT(strcmp(why, bad[i].why) == 0);
        TVN_ASSERT(err == (bad[i].why[0] == '\0' ? TVN_OK : TVN_EABI));
    }
    tvn_testing_text_end(&world);
}

static void
test_the_path_says_which_string(void)
{
    struct tvn_testing_texts guest = tvn_testing_texts_make(TVN_UTF16);
    const struct tvn_plan *plan = NULL;
    const struct tvn_type *type;
    struct tvn_diag diag = {0};
    struct tvn_testing_text_world world;
    uint64_t bytes = 0;

    tvn_testing_text_begin(&world);
    type = tvn_testing_parse(world.types, "record { all: list<string> }");
    TVN_ASSERT(tvn_plan_lift(&world.arena, type, &plan) == TVN_OK);
    memcpy(guest.bytes + 64, (uint32_t[]){72, 2, 128, 1, 130, 1}, 24);
    memcpy(guest.bytes + 128, (uint16_t[]){'a', 0xD800}, 4);
    guest.memory.base = guest.bytes;
    TVN_ASSERT(tvn_builder_begin(&world.builder, type) == TVN_OK);
    TVN_ASSERT(tvn_lift_load(plan, &guest.memory, 64, &world.builder, 0, &bytes,
                   &diag) == TVN_EABI);
    TVN_ASSERT(strcmp(diag.first->text,
                   ".all[1] is not UTF-16 (0xD800 at unit 0)") == 0);
    tvn_diag_fini(&diag);
    tvn_testing_text_end(&world);
}

/* Every code point out of a UTF-16 guest and back in. */
static void
test_every_code_point_comes_back(void)
{
    static struct tvn_testing_texts guest;
    struct tvn_testing_text_world world;
    char why[160];

    tvn_testing_text_begin(&world);
    guest = tvn_testing_texts_make(TVN_UTF16);
    guest.manner = TVN_TESTING_AT_END;
    for (uint32_t c = 0; c < 0x110000; c += c == 0xD7F8 ? 0x808 : 8) {
        uint16_t units[16];
        uint8_t data[64];
        union tvn_slot slots[2];
        uint64_t bytes = 0;
        uint32_t n = 0;

        for (uint32_t i = c; i < c + 8; i++) {
            if (i >= 0x10000) {
                units[n++] = (uint16_t)(0xD7C0 + (i >> 10));
            }
            units[n++] = (uint16_t)(i < 0x10000 ? i : 0xDC00 | (i & 0x3FF));
        }
        guest.size = MEMORY;
        guest.next = 0;
        guest.ptr = 0;
        guest.log[0] = '\0';
        memcpy(guest.bytes + 128, units, 2 * (size_t)n);
        TVN_ASSERT(lift(&world, &guest, 128, n, why) == TVN_OK);
        TVN_ASSERT(tvn_utf8_valid(
            world.builder.data + 8, world.builder.size - 8, NULL));
        memcpy(data, world.builder.data, world.builder.size);
        TVN_ASSERT(tvn_lower_flat(world.lower, data, 0, &guest.memory, slots,
                       &bytes, NULL) == TVN_OK);
        TVN_ASSERT(slots[1].u32 == n);
        TVN_ASSERT(
            memcmp(guest.bytes + slots[0].u32, units, 2 * (size_t)n) == 0);
    }
    tvn_testing_text_end(&world);
}

/* The builder's scratch grows for it, the pool has its largest block. */
static void
test_long_texts_and_memory_that_is_out(void)
{
    static struct tvn_testing_texts guest;
    struct tvn_testing_text_world world;
    char why[160];
    tvn_err err = TVN_ENOMEM;
    int64_t n;

    tvn_testing_text_begin(&world);
    guest = tvn_testing_texts_make(TVN_UTF16);
    memset(guest.bytes, 0x30, MEMORY); /* U+3030: three bytes of two */
    for (n = 0; err != TVN_OK; n++) {
        tvn_builder_fini(&world.builder);
        tvn_builder_init(&world.builder, world.pool);
        TVN_ASSERT(tvn_builder_begin(
                       &world.builder, tvn_plan_type(world.lift)) == TVN_OK);
        tvn_mem_fail_after(n);
        err = lift(&world, &guest, 0, MEMORY / 2, why);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
    }
    TVN_ASSERT(n == 2 && world.builder.size == 8 + 3 * (MEMORY / 2));
    tvn_builder_fini(&world.builder);
    tvn_pool_free(world.pool);
    world.pool = tvn_pool_new(1u << 13, 1u << 13);
    tvn_builder_init(&world.builder, world.pool);
    TVN_ASSERT(lift(&world, &guest, 0, MEMORY / 2, why) == TVN_ETOOBIG);
    TVN_ASSERT(strcmp(why, "larger than max-event allows") == 0);
    tvn_testing_text_end(&world);
}

static void
run_all(void)
{
    test_what_a_guest_has_comes_out_as_utf8();
    test_what_is_no_string_is_refused();
    test_the_path_says_which_string();
    test_every_code_point_comes_back();
    test_long_texts_and_memory_that_is_out();
}

int
main(void)
{
    static const int numbers[] = {30, 31, 32, 33};

    run_all();
    tvn_testing_miss_checks(
        numbers, sizeof(numbers) / sizeof(numbers[0]), run_all);
    return 0;
}
