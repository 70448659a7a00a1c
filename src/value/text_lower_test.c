/* text_lower_test.c -- strings on their way into guests: the bytes and
 * the calls of realloc that the specification says. */
#include "value/testing_checks.h"
#include "value/testing_text.h"

#define MEMORY TVN_TESTING_TEXT_MEMORY
#define WIDE   TVN_TEXT_WIDE

/* For each text "align:size" of the first call and " old>align:size" of later
 * ones, as the specification's executable definition calls. */
static const struct row {
    enum tvn_encoding source;
    bool is_wide;
    enum tvn_encoding encoding;
    const char *logs[TVN_TESTING_TEXTS];
} rows[] = {
    {TVN_UTF8, false, TVN_UTF8,
        {"1:0", "1:3", "1:2", "1:5", "1:3", "1:7", "1:4", "1:7"}},
    {TVN_UTF8, false, TVN_UTF16,
        {"2:0", "2:6", "2:4 4>2:2", "2:10 10>2:6", "2:6 6>2:2", "2:14 14>2:8",
            "2:8 8>2:4", "2:14 14>2:8"}},
    {TVN_UTF8, false, TVN_LATIN1_UTF16,
        {"2:0", "2:3", "2:2 2>2:1", "2:5 5>2:3", "2:3 3>2:6 6>2:2",
            "2:7 7>2:14 14>2:8", "2:4 4>2:8 8>2:4", "2:7 7>2:14 14>2:8"}},
    {TVN_UTF16, false, TVN_UTF8,
        {"1:0", "1:3", "1:1 1>1:3 3>1:2", "1:3 3>1:9 9>1:5", "1:1 1>1:3",
            "1:4 4>1:12 12>1:7", "1:2 2>1:6 6>1:4", "1:4 4>1:12 12>1:7"}},
    {TVN_UTF16, false, TVN_UTF16,
        {"2:0", "2:6", "2:2", "2:6", "2:2", "2:8", "2:4", "2:8"}},
    {TVN_UTF16, false, TVN_LATIN1_UTF16,
        {"2:0", "2:3", "2:1", "2:3", "2:1 1>2:2", "2:4 4>2:8", "2:2 2>2:4",
            "2:4 4>2:8"}},
    {TVN_LATIN1_UTF16, false, TVN_UTF8,
        {"1:0", "1:3", "1:1 1>1:2", "1:3 3>1:6 6>1:5"}},
    {TVN_LATIN1_UTF16, false, TVN_UTF16, {"2:0", "2:6", "2:2", "2:6"}},
    {TVN_LATIN1_UTF16, false, TVN_LATIN1_UTF16, {"2:0", "2:3", "2:1", "2:3"}},
    {TVN_LATIN1_UTF16, true, TVN_UTF8,
        {"1:0", "1:3", "1:1 1>1:3 3>1:2", "1:3 3>1:9 9>1:5", "1:1 1>1:3",
            "1:4 4>1:12 12>1:7", "1:2 2>1:6 6>1:4", "1:4 4>1:12 12>1:7"}},
    {TVN_LATIN1_UTF16, true, TVN_UTF16,
        {"2:0", "2:6", "2:2", "2:6", "2:2", "2:8", "2:4", "2:8"}},
    {TVN_LATIN1_UTF16, true, TVN_LATIN1_UTF16,
        {"2:0 0>1:0", "2:6 6>1:3", "2:2 2>1:1", "2:6 6>1:3", "2:2", "2:8",
            "2:4", "2:8"}},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static tvn_err
lower(const struct tvn_testing_text_world *world,
    struct tvn_testing_texts *guest, const char *utf8, uint32_t width,
    union tvn_slot slots[2])
{
    uint32_t len = (uint32_t)strlen(utf8);
    uint32_t far[2] = {len > 0 ? 8 : 0, len | width};
    uint64_t bytes = 0;
    uint8_t data[64];
    uint32_t size;
    tvn_err err;

    guest->memory.base = guest->bytes;
    memcpy(data, far, 8);
    memcpy(data + 8, utf8, len);
    err = tvn_lower_flat(
        world->lower, data, 0, &guest->memory, slots, &bytes, NULL);
    TVN_ASSERT((bytes != 0) == (err == TVN_OK));
    if (err == TVN_OK) { /* what is written in the guest is what counts */
        size = slots[1].u32 & ~WIDE;
        size *=
            guest->memory.encoding == TVN_UTF16 || size != slots[1].u32 ? 2 : 1;
        TVN_ASSERT(bytes == 8 + size);
    }
    return err;
}

/* Where call number `n` (from 0) begins in a log and its alignment. */
static uint32_t
call_in(const char *log, uint32_t n, const char **after)
{
    const char *colon;

    while (n-- > 0) {
        log = strchr(log, ' ') + 1;
    }
    colon = strchr(log, ':');
    *after = log + strcspn(log, " ");
    return (uint32_t)(colon[-1] - '0');
}

static void
check_well_done(const struct tvn_testing_text_world *world,
    const struct row *row, const struct tvn_testing_text *text,
    enum tvn_testing_manner manner)
{
    struct tvn_testing_texts guest = tvn_testing_texts_make(row->encoding);
    union tvn_slot slots[2];
    uint32_t word;
    uint32_t size;
    const char *bytes = tvn_testing_in_guest(row->encoding, text, &word, &size);

    guest.memory.source = row->source;
    guest.manner = manner;
    TVN_ASSERT(lower(world, &guest, text->utf8, row->is_wide ? WIDE : 0,
                   slots) == TVN_OK);
    TVN_ASSERT(slots[0].u64 == guest.ptr && slots[1].u64 == word);
    TVN_ASSERT(memcmp(guest.bytes + guest.ptr, bytes, size) == 0);
    TVN_ASSERT(strcmp(guest.log, row->logs[text - tvn_testing_texts_all]) == 0);
}

/* Call number `at` goes wrong: it is the last one. */
static void
check_wrong(const struct tvn_testing_text_world *world, const struct row *row,
    const struct tvn_testing_text *text, enum tvn_testing_manner manner,
    uint32_t at)
{
    const char *log = row->logs[text - tvn_testing_texts_all];
    struct tvn_testing_texts guest = tvn_testing_texts_make(row->encoding);
    const char *after;
    uint32_t align = call_in(log, at, &after);
    union tvn_slot slots[2];
    tvn_err err;

    guest.memory.source = row->source;
    guest.manner = manner;
    guest.at = at;
    err = lower(world, &guest, text->utf8, row->is_wide ? WIDE : 0, slots);
    if (manner == TVN_TESTING_MISALIGNED && align == 1) {
        TVN_ASSERT(err == TVN_OK && strcmp(guest.log, log) == 0);
        return;
    }
    TVN_ASSERT(err == (manner == TVN_TESTING_TRAPS ? TVN_ETRAP : TVN_EABI));
    TVN_ASSERT(strlen(guest.log) == (size_t)(after - log));
    TVN_ASSERT(strncmp(guest.log, log, strlen(guest.log)) == 0);
}

static void
test_a_guest_sees_the_calls_of_the_specification(void)
{
    struct tvn_testing_text_world world;

    tvn_testing_text_begin(&world);
    for (size_t i = 0; i < ROWS * TVN_TESTING_TEXTS; i++) {
        const struct row *row = &rows[i / TVN_TESTING_TEXTS];
        const struct tvn_testing_text *text =
            &tvn_testing_texts_all[i % TVN_TESTING_TEXTS];
        const char *log = row->logs[i % TVN_TESTING_TEXTS];
        uint32_t calls = 1;

        if (log == NULL) {
            continue;
        }
        for (const char *p = log; *p != '\0'; p++) {
            calls += *p == ' ';
        }
        for (enum tvn_testing_manner manner = TVN_TESTING_STAYS;
             manner <= TVN_TESTING_AT_END; manner++) {
            check_well_done(&world, row, text, manner);
        }
        for (uint32_t at = 0; at < calls; at++) {
            for (enum tvn_testing_manner manner = TVN_TESTING_MISALIGNED;
                 manner <= TVN_TESTING_TRAPS; manner++) {
                check_wrong(&world, row, text, manner, at);
            }
        }
    }
    tvn_testing_text_end(&world);
}

/* The mark of a width is missing: that is no reason to write beyond. */
static void
test_a_text_without_its_mark_is_as_wide_as_it_must_be(void)
{
    struct tvn_testing_text_world world;

    tvn_testing_text_begin(&world);
    for (int encoding = TVN_UTF8; encoding <= TVN_LATIN1_UTF16; encoding++) {
        struct tvn_testing_texts guest =
            tvn_testing_texts_make((enum tvn_encoding)encoding);
        union tvn_slot slots[2];

        guest.memory.source = TVN_LATIN1_UTF16;
        TVN_ASSERT(lower(&world, &guest, tvn_testing_texts_all[4].utf8, 0,
                       slots) == TVN_OK);
        TVN_ASSERT(strcmp(guest.log, rows[9 + encoding].logs[4]) == 0);
    }
    tvn_testing_text_end(&world);
}

/* Strings inside of lists: pointers are written where the list is. */
static void
test_strings_of_a_list_follow_each_other(void)
{
    static const uint8_t data[] = {8, 0, 0, 0, 2, 0, 0, 0, 24, 0, 0, 0, 2, 0, 0,
        0, 26, 0, 0, 0, 1, 0, 0, 0, 0xC3, 0xA9, 'x'};
    struct tvn_testing_texts guest = tvn_testing_texts_make(TVN_UTF16);
    const struct tvn_plan *plan = NULL;
    const struct tvn_type *type;
    struct tvn_testing_text_world world;
    uint64_t bytes = 0;

    tvn_testing_text_begin(&world);
    type = tvn_testing_parse(world.types, "list<string>");
    TVN_ASSERT(tvn_plan_lower(&world.arena, type, type, &plan) == TVN_OK);
    guest.manner = TVN_TESTING_MOVES;
    guest.memory.base = guest.bytes;
    TVN_ASSERT(tvn_lower_store(
                   plan, data, 0, &guest.memory, 16, &bytes, NULL) == TVN_OK);
    TVN_ASSERT(strcmp(guest.log, "4:162:4 4>2:22:2") == 0);
    TVN_ASSERT(memcmp(guest.bytes + 16, (uint32_t[]){256, 2}, 8) == 0);
    TVN_ASSERT(
        memcmp(guest.bytes + 256, (uint32_t[]){768, 1, 1024, 1}, 16) == 0);
    TVN_ASSERT(memcmp(guest.bytes + 768, "\xE9", 2) == 0);
    TVN_ASSERT(memcmp(guest.bytes + 1024, "x", 2) == 0);
    TVN_ASSERT(bytes == 8 + 16 + 4);
    tvn_testing_text_end(&world);
}

/* No guest could have had it: none is asked for room. */
static void
test_a_text_larger_than_any_guest_has_is_refused(void)
{
    const uint32_t units = 1u << 27; /* U+0000, in UTF-16 */
    struct tvn_testing_texts guest = tvn_testing_texts_make(TVN_LATIN1_UTF16);
    uint8_t *data = tvn_mem_new(1, 8 + (size_t)units);
    struct tvn_testing_text_world world;
    union tvn_slot slots[2];
    uint64_t bytes = 0;

    tvn_testing_text_begin(&world);
    TVN_ASSERT(data != NULL);
    memcpy(data, (uint32_t[]){8, units}, 8);
    guest.memory.base = guest.bytes;
    guest.memory.source = TVN_UTF16;
    TVN_ASSERT(tvn_lower_flat(world.lower, data, 0, &guest.memory, slots,
                   &bytes, NULL) == TVN_ETOOBIG);
    TVN_ASSERT(guest.log[0] == '\0' && bytes == 0);
    tvn_mem_free(data, 1, 8 + (size_t)units);
    tvn_testing_text_end(&world);
}

static void
run_all(void)
{
    test_a_guest_sees_the_calls_of_the_specification();
    test_a_text_without_its_mark_is_as_wide_as_it_must_be();
    test_strings_of_a_list_follow_each_other();
}

int
main(void)
{
    static const int numbers[] = {1, 2};

    run_all();
    test_a_text_larger_than_any_guest_has_is_refused();
    tvn_testing_miss_checks(
        numbers, sizeof(numbers) / sizeof(numbers[0]), run_all);
    return 0;
}
