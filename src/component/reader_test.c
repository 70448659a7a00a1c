/* reader_test.c -- bytes that are cut, too many, too deep or too large: every
 * bound of reader.h, through tvn_component_decode. */
#include "component/reader.h"

#include "component/testing.h"

/* A section ends at `at`, or all are over. */
static bool
is_boundary(const struct tvn_buf *buf, size_t at)
{
    size_t end = 8;

    while (end < at) {
        size_t size = 0;

        for (unsigned i = 0; i < 5; i++) {
            size |= ((uint8_t)buf->ptr[end + 1 + i] & 0x7fu) << (7 * i);
        }
        end += 6 + size;
    }
    return end == at;
}

static void
test_truncation_at_every_byte_is_refused(void)
{
    struct bytes b = {0};

    small_component(&b);
    for (size_t len = 0; len < b.buf.len; len++) {
        struct outcome outcome = decode_bytes(b.buf.ptr, len);

        TVN_ASSERT((outcome.err == TVN_OK) == is_boundary(&b.buf, len));
        TVN_ASSERT(outcome.err == TVN_OK || outcome.err == TVN_EMALFORMED);
        TVN_ASSERT(outcome.err == TVN_OK ||
                   strstr(tvn_buf_text(&outcome.text), "at byte 0x") != NULL);
        outcome_fini(&outcome);
    }
    put(&b, 0x2a); /* and junk behind */
    expect(&b, TVN_EMALFORMED, "at byte 0x");
}

static void
test_headers_that_are_not_a_component_are_told_apart(void)
{
    static const struct {
        const char *hex;
        const char *part;
    } rows[] = {
        {"", "at byte 0x0: the file is empty"},
        {"00 61 73", "at byte 0x0: this is not WebAssembly"},
        {"7f 45 4c 46 0d 00 01 00", "at byte 0x0: this is not WebAssembly"},
        {"00 61 73 6d 0d", "at byte 0x5: the bytes end in the header"},
        {"00 61 73 6d 01 00 00 00",
            "at byte 0x4: this is a core module, not a component"},
        {"00 61 73 6d 01 00 00 00", "help: make it a component"},
        {"00 61 73 6d 0a 00 01 00", "at byte 0x4: version 10"},
        {"00 61 73 6d 0d 00 02 00", "at byte 0x6: layer 2"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes b = {0};

        hex(&b, rows[i].hex);
        expect(&b, TVN_EMALFORMED, rows[i].part);
    }
}

static void
test_counts_beyond_the_bytes_are_refused(void)
{
    static const unsigned vectors[] = {2, 3, 5, 6, 7, 8, 10, 11};
    static const char *const inner[] = {"01 72 ff ff ff ff 0f",
        "01 6f ff ff ff ff 0f", "01 6e ff ff ff ff 0f", "01 71 ff ff ff ff 0f",
        "01 6d ff ff ff ff 0f", "01 40 ff ff ff ff 0f", "01 41 ff ff ff ff 0f",
        "01 42 ff ff ff ff 0f"};

    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        struct bytes b = {0};

        header(&b);
        section_of(&b, vectors[i], "ff ff ff ff 0f 00 00 00 00 00");
        expect(&b, TVN_EMALFORMED, "4294967295 items cannot be in");
    }
    for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]); i++) {
        struct bytes b = {0};

        header(&b);
        section_of(&b, 7, inner[i]);
        expect(&b, TVN_EMALFORMED, "at byte 0x10: 4294967295 items");
    }
}

static void
test_numbers_have_five_bytes_and_32_bits(void)
{
    static const struct {
        const char *type; /* a list of type 0, its index written so */
        tvn_err err;
    } rows[] = {
        {"02 70 7d 70 00", TVN_OK},
        {"02 70 7d 70 80 80 80 80 00", TVN_OK}, /* padded: allowed */
        {"02 70 7d 70 80 80 80 80 80 00", TVN_EMALFORMED},
        {"02 70 7d 70 80 80 80 80 10", TVN_EMALFORMED},
        {"02 70 7d 70 80 80 80 80 70", TVN_EMALFORMED},
        {"02 70 7d 70 ff ff ff ff 0f", TVN_EMALFORMED}, /* no such type */
        {"02 70 7d 70 40", TVN_EMALFORMED},             /* negative */
        {"02 70 7d 70 80 40", TVN_EMALFORMED},          /* negative, longer */
        {"02 70 7d 70 01", TVN_EMALFORMED},             /* itself */
        {"02 70 01 70 7d", TVN_EMALFORMED},             /* forward */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes b = {0};
        struct outcome outcome;

        header(&b);
        section_of(&b, 7, rows[i].type);
        outcome = decode(&b);
        TVN_ASSERT(outcome.err == rows[i].err);
        outcome_fini(&outcome);
        tvn_buf_fini(&b.buf);
    }
}

static void
test_sections_end_where_they_say(void)
{
    struct bytes b = {0};

    header(&b);
    section_of(&b, 7, "01 70 7d 00 00");
    expect(&b, TVN_EMALFORMED, "section 7 has 2 bytes too many");
    header(&b);
    hex(&b, "07 7f 01 70 7d");
    expect(&b, TVN_EMALFORMED, "section 7 has 127 bytes and only 3 are left");
    header(&b);
    section_of(&b, 13, "00");
    expect(&b, TVN_EMALFORMED, "an unknown section (13)");
    header(&b);
    section_of(&b, 1, "00 61 73 6d 0d 00 01 00");
    expect(&b, TVN_EMALFORMED, "this is no core module");
    header(&b);
    section_of(&b, 0, "7f");
    expect(&b, TVN_EMALFORMED, "longer (127) than its section");
}

static void
test_names_are_utf8_and_bounded(void)
{
    struct bytes b = {0};

    header(&b);
    section_of(&b, 7, "01 6d 01 02 c3 28");
    expect(&b, TVN_EMALFORMED, "at byte 0x12: a name is not UTF-8");
    header(&b);
    begin(&b, 7);
    hex(&b, "01 6d 01");
    number(&b, 100001);
    for (int i = 0; i < 100001; i++) {
        put(&b, 'a');
    }
    end(&b);
    expect(&b, TVN_ELIMIT, "a name is longer than 100000 bytes");
    header(&b);
    section_of(&b, 11, "01 00 00 03 00 00");
    expect(&b, TVN_EMALFORMED, "a name is empty");
    /* control characters of a hostile name do not reach the terminal */
    header(&b);
    section_of(&b, 7, "01 66 00");
    section_of(&b, 11, "01 00 04 1b 5b 33 31 03 00 00");
    expect(&b, TVN_EUNSUPPORTED, "exports ?[31, which has streams");
}

static void
test_types_have_limits(void)
{
    struct bytes b = {0};

    header(&b);
    section_of(&b, 7, "01 72 00");
    expect(&b, TVN_EMALFORMED, "a type has no members");
    header(&b);
    section_of(&b, 7, "01 72 02 'a' 7d 'a' 7d");
    expect(&b, TVN_EMALFORMED, "two of the same name");
    header(&b);
    begin(&b, 7);
    hex(&b, "01 6e 21");
    for (unsigned i = 0; i < 33; i++) {
        hex(&b, "02 61");
        put(&b, 'A' + i);
    }
    end(&b);
    expect(&b, TVN_ELIMIT, "32 flags");
    header(&b);
    begin(&b, 7); /* tuples of 64 of the one before: 64^10 parts */
    number(&b, 11);
    hex(&b, "6f 01 7d");
    for (unsigned i = 0; i < 10; i++) {
        hex(&b, "6f 40");
        for (int k = 0; k < 64; k++) {
            put(&b, i);
        }
    }
    end(&b);
    expect(&b, TVN_ELIMIT, "a type is too large");
    header(&b);
    begin(&b, 7); /* lists of lists */
    number(&b, 121);
    hex(&b, "70 7d");
    for (unsigned i = 0; i < 120; i++) {
        put(&b, 0x70);
        put(&b, i | 0x80); /* signed: two bytes from 64 on */
        put(&b, 0);
    }
    end(&b);
    expect(&b, TVN_ELIMIT, "100 levels");
    header(&b);
    begin(&b, 7);
    hex(&b, "01 40");
    number(&b, 1001);
    for (unsigned i = 0; i < 1001; i++) {
        hex(&b, "'p' 7d");
    }
    hex(&b, "01 00");
    end(&b);
    expect(&b, TVN_ELIMIT, "more than 1000 parameters");
}

/* `depth` instance types, each in the one before. */
static void
nest_types(struct bytes *b, unsigned depth)
{
    header(b);
    begin(b, 7);
    hex(b, "01");
    for (unsigned i = 0; i < depth; i++) {
        hex(b, "42 01 01");
    }
    hex(b, "7d");
    end(b);
}

static void
test_nesting_is_bounded(void)
{
    struct bytes b = {0};
    struct outcome outcome;

    nest_types(&b, 100);
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
    memset(&b, 0, sizeof(b));
    nest_types(&b, 101);
    expect(&b, TVN_ELIMIT, "nested deeper than 100");
    nest_types(&b, 100000);
    expect(&b, TVN_ELIMIT, "nested deeper than 100");
}

static void
test_an_instance_named_many_times_is_bounded(void)
{
    struct bytes b = {0};

    header(&b);
    begin(&b, 7);
    hex(&b, "01 42");
    number(&b, 2001);
    hex(&b, "01 40 00 01 00");
    for (unsigned i = 0; i < 2000; i++) {
        hex(&b, "04 00 03");
        put(&b, 'a' + i % 26);
        put(&b, 'a' + i / 26 % 26);
        put(&b, 'a' + i / 26 / 26);
        hex(&b, "01 00");
    }
    end(&b);
    begin(&b, 10);
    number(&b, 1000);
    for (unsigned i = 0; i < 1000; i++) {
        hex(&b, "00 03 69");
        put(&b, 'a' + i % 26);
        put(&b, 'a' + i / 26);
        hex(&b, "05 00");
    }
    end(&b);
    expect(&b, TVN_ELIMIT, "more than 1000000 definitions");
}

int
main(void)
{
    test_truncation_at_every_byte_is_refused();
    test_headers_that_are_not_a_component_are_told_apart();
    test_counts_beyond_the_bytes_are_refused();
    test_numbers_have_five_bytes_and_32_bits();
    test_sections_end_where_they_say();
    test_names_are_utf8_and_bounded();
    test_types_have_limits();
    test_nesting_is_bounded();
    test_an_instance_named_many_times_is_bounded();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
