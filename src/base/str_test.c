/* str_test.c -- equality, distance, suggestions, hashing, UTF-8. */
#include "base/str.h"

#include "base/assert.h"

static void
test_equality(void)
{
    TVN_ASSERT(tvn_str_equal(tvn_str_of(NULL), TVN_STR("")));
    TVN_ASSERT(tvn_str_equal(TVN_STR("a\0b"), TVN_STR("a\0b")));
    TVN_ASSERT(!tvn_str_equal(TVN_STR("a\0b"), TVN_STR("a\0c")));
    TVN_ASSERT(tvn_str_is(TVN_STR("ab"), "ab"));
    TVN_ASSERT(!tvn_str_is(TVN_STR("ab"), "abc"));
}

static void
test_distance(void)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "abc", 0},
        {"abc", "abd", 1},   /* replaced */
        {"abc", "abcd", 1},  /* inserted */
        {"abc", "bc", 1},    /* deleted */
        {"abcd", "acbd", 1}, /* swapped */
        {"kitten", "sitting", 3},
        {"ca", "abc", 3}, /* no edits inside a swap */
        {"dep-dely", "dep-delay", 1},
    };
    char longest[65];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_str a = tvn_str_of(rows[i].a);
        struct tvn_str b = tvn_str_of(rows[i].b);

        TVN_ASSERT(tvn_str_distance(a, b) == rows[i].distance);
        TVN_ASSERT(tvn_str_distance(b, a) == rows[i].distance);
    }
    memset(longest, 'x', sizeof(longest));
    TVN_ASSERT(tvn_str_distance((struct tvn_str){longest, 64},
                   (struct tvn_str){longest, 64}) == 0);
    TVN_ASSERT(tvn_str_distance((struct tvn_str){longest, 65},
                   (struct tvn_str){longest, 65}) == SIZE_MAX);
}

static void
test_suggestions(void)
{
    const struct tvn_str candidates[] = {
        TVN_STR("capacity"), TVN_STR("overflow"), TVN_STR("rate")};
    static const struct {
        const char *word;
        int best;
    } rows[] = {{"capactiy", 0}, {"overflw", 1}, {"rate", 2}, {"rat", 2},
        {"rt", -1}, {"burst", -1}, {"", -1}};
    const struct tvn_str near[] = {TVN_STR("abcd"), TVN_STR("abce")};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TVN_ASSERT(tvn_str_suggest(tvn_str_of(rows[i].word), candidates, 3) ==
                   rows[i].best);
    }
    TVN_ASSERT(tvn_str_suggest(TVN_STR("abce"), near, 2) == 1);
    TVN_ASSERT(tvn_str_suggest(TVN_STR("abc"), near, 0) == -1);
}

static void
test_hash_is_xxh64(void)
{
    TVN_ASSERT(tvn_hash64("", 0) == UINT64_C(0xEF46DB3751D8E999));
    TVN_ASSERT(tvn_hash64(NULL, 0) == UINT64_C(0xEF46DB3751D8E999));
    TVN_ASSERT(tvn_hash64("a", 1) == UINT64_C(0xD24EC4F1A98C6E5B));
    TVN_ASSERT(tvn_hash64("abc", 3) == UINT64_C(0x44BC2CF5AD770999));
    TVN_ASSERT(tvn_hash64("xxhash", 6) == UINT64_C(0x32DD38952C4BC720));
}

static void
test_utf8(void)
{
    static const struct {
        const char *text;
        size_t bad; /* 99: well-formed */
    } rows[] = {
        {"", 99},
        {"plain", 99},
        {"eight by and more", 99},
        {"\xC2\x80\xDF\xBF", 99},
        {"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF", 99},
        {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 99},
        {"\x80", 0},
        {"a\xBF", 1},
        {"\xC0\x80", 0},         /* overlong */
        {"\xC1\xBF", 0},         /* overlong */
        {"ab\xE0\x9F\xBF", 2},   /* overlong */
        {"\xF0\x8F\xBF\xBF", 0}, /* overlong */
        {"\xED\xA0\x80", 0},     /* surrogate */
        {"\xED\xBF\xBF", 0},     /* surrogate */
        {"\xF4\x90\x80\x80", 0}, /* above U+10FFFF */
        {"\xF5\x80\x80\x80", 0}, /* above U+10FFFF */
        {"\xFF", 0},
        {"a\xC2", 1},        /* cut short */
        {"a\xE2\x82", 1},    /* cut short */
        {"\xF0\x9F\x98", 0}, /* cut short */
        {"\xE2\x82"
         "a",
            0}, /* broken off */
        {"\xF0\x9F\x98"
         "a",
            0}, /* broken off */
        {"12345678\xC2\xA9"
         "123456\xFF",
            16},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t len = strlen(rows[i].text);
        size_t bad = 99;

        TVN_ASSERT(
            tvn_utf8_valid(rows[i].text, len, &bad) == (rows[i].bad == 99));
        TVN_ASSERT(bad == rows[i].bad);
        TVN_ASSERT(
            tvn_utf8_valid(rows[i].text, len, NULL) == (rows[i].bad == 99));
    }
}

/* Every character is well-formed at every place of an eight-byte word. */
static void
test_utf8_takes_every_character(void)
{
    for (uint32_t c = 0x80; c < 0x110000; c += c < 0x900 ? 1 : 37) {
        unsigned char text[16] = "aaaaaaa";
        size_t at = c % 7;
        bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;

        if (c < 0x800) {
            text[at] = (unsigned char)(0xC0 | c >> 6);
            text[at + 1] = (unsigned char)(0x80 | (c & 63));
        } else if (c < 0x10000) {
            text[at] = (unsigned char)(0xE0 | c >> 12);
            text[at + 1] = (unsigned char)(0x80 | (c >> 6 & 63));
            text[at + 2] = (unsigned char)(0x80 | (c & 63));
        } else {
            text[at] = (unsigned char)(0xF0 | c >> 18);
            text[at + 1] = (unsigned char)(0x80 | (c >> 12 & 63));
            text[at + 2] = (unsigned char)(0x80 | (c >> 6 & 63));
            text[at + 3] = (unsigned char)(0x80 | (c & 63));
        }
        TVN_ASSERT(tvn_utf8_valid(text, sizeof(text), NULL) == !is_surrogate);
    }
}

static void
test_contains_looks_everywhere(void)
{
    TVN_ASSERT(tvn_str_contains(TVN_STR("abc"), TVN_STR("a")));
    TVN_ASSERT(tvn_str_contains(TVN_STR("abc"), TVN_STR("bc")));
    TVN_ASSERT(tvn_str_contains(TVN_STR("abc"), TVN_STR("abc")));
    TVN_ASSERT(!tvn_str_contains(TVN_STR("abc"), TVN_STR("abcd")));
    TVN_ASSERT(!tvn_str_contains(TVN_STR("abc"), TVN_STR("ac")));
    TVN_ASSERT(tvn_str_contains(TVN_STR("abc"), TVN_STR("")));
    TVN_ASSERT(tvn_str_contains((struct tvn_str){0}, (struct tvn_str){0}));
    TVN_ASSERT(!tvn_str_contains((struct tvn_str){0}, TVN_STR("a")));
}

int
main(void)
{
    test_contains_looks_everywhere();
    test_equality();
    test_distance();
    test_suggestions();
    test_hash_is_xxh64();
    test_utf8();
    test_utf8_takes_every_character();
    return 0;
}
