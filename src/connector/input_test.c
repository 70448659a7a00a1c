/* input_test.c -- the cutter against a slow, plain one, on random bytes that
 * come through a pipe in random pieces. */
#include "connector/input.h"

#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/rng.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* What should come out, one record after the other. */
struct wanted {
    struct tvn_str text;
    size_t at; /* where the next line begins */
    uint64_t line;
    bool is_toobig;
};

static bool
blank(struct tvn_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(" \t\r", text.ptr[i]) == NULL || text.ptr[i] == '\0') {
            return false;
        }
    }
    return true;
}

/* The next record of `all`; false at its end. */
static bool
next_wanted(
    struct tvn_str all, uint32_t max, bool keeps_blank, struct wanted *wanted)
{
    while (wanted->at < all.len) {
        struct tvn_str text = {all.ptr + wanted->at, 0};
        bool has_end;
        bool is_big;

        while (wanted->at + text.len < all.len && text.ptr[text.len] != '\n') {
            text.len++;
        }
        has_end = wanted->at + text.len < all.len;
        wanted->at += text.len + (has_end ? 1 : 0);
        wanted->line++;
        if (wanted->line == 1 && text.len >= 3 &&
            memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) {
            text.ptr += 3;
            text.len -= 3;
        }
        if (has_end && text.len > 0 && text.ptr[text.len - 1] == '\r') {
            text.len--;
        }
        is_big = text.len > max;
        if (keeps_blank || is_big || !blank(text)) {
            wanted->text = text;
            wanted->is_toobig = is_big;
            return true;
        }
    }
    return false;
}

static void
make_bytes(struct tvn_rng *rng, struct tvn_buf *out)
{
    uint64_t lines = tvn_rng_below(rng, 40);

    if (tvn_rng_below(rng, 3) == 0) {
        tvn_buf_append_text(out, "\xEF\xBB\xBF");
    }
    for (uint64_t i = 0; i < lines; i++) {
        uint64_t len = tvn_rng_below(rng, 4) == 0 ? tvn_rng_below(rng, 300)
                                                  : tvn_rng_below(rng, 24);
        bool is_blank = tvn_rng_below(rng, 4) == 0;

        len = tvn_rng_below(rng, 60) == 0 ? 300000 : len;
        for (uint64_t k = 0; k < len; k++) {
            tvn_buf_append_byte(
                out, is_blank ? " \t\r"[tvn_rng_below(rng, 3)]
                              : "ab\r \xC3\xA9{"[tvn_rng_below(rng, 7)]);
        }
        if (tvn_rng_below(rng, 8) == 0) { /* later it is no mark */
            tvn_buf_append_text(out, "\n\xEF\xBB\xBFx");
        }
        if (tvn_rng_below(rng, 3) == 0) {
            tvn_buf_append_byte(out, '\r');
        }
        if (i + 1 < lines || tvn_rng_below(rng, 2) == 0) {
            tvn_buf_append_byte(out, '\n');
        }
    }
}

static void
check_one(struct tvn_rng *rng, bool keeps_blank)
{
    uint32_t max = 1 + (uint32_t)tvn_rng_below(rng, 100);
    struct tvn__input input;
    struct tvn__record record;
    struct wanted wanted = {0};
    struct tvn_buf all = {0};
    size_t sent = 0;
    int ends[2];

    make_bytes(rng, &all);
    TVN_ASSERT(tvn__input_init(&input, max, keeps_blank) == TVN_OK);
    TVN_ASSERT(pipe(ends) == 0);
    tvn__input_take(&input, ends[0], true);
    for (;;) {
        tvn_err err = tvn__input_next(&input, &record);

        if (err == TVN_EAGAIN) {
            size_t piece = 1 + (size_t)tvn_rng_below(rng, 5000);

            piece = piece > all.len - sent ? all.len - sent : piece;
            if (piece == 0) {
                TVN_ASSERT(close(ends[1]) == 0);
                continue;
            }
            TVN_ASSERT(write(ends[1], all.ptr + sent, piece) == (ssize_t)piece);
            sent += piece;
            continue;
        }
        if (err == TVN_EEND) {
            break;
        }
        TVN_ASSERT(err == TVN_OK);
        TVN_ASSERT(next_wanted(tvn_buf_str(&all), max, keeps_blank, &wanted));
        TVN_ASSERT(record.line == wanted.line);
        TVN_ASSERT(record.is_toobig == wanted.is_toobig);
        TVN_ASSERT(input.consumed == wanted.at);
        TVN_ASSERT(record.text.len <= max);
        if (!record.is_toobig) {
            TVN_ASSERT(tvn_str_equal(record.text, wanted.text));
        } else {
            TVN_ASSERT(
                memcmp(record.text.ptr, wanted.text.ptr, record.text.len) == 0);
            TVN_ASSERT(record.text.len + 5 >= max);
        }
    }
    TVN_ASSERT(!next_wanted(tvn_buf_str(&all), max, keeps_blank, &wanted));
    TVN_ASSERT(input.consumed == all.len);
    TVN_ASSERT(tvn__input_next(&input, &record) == TVN_EEND);
    tvn__input_fini(&input);
    tvn_buf_fini(&all);
}

static void
test_records_are_cut_wherever_reads_end(void)
{
    const char *given = getenv("TVN_SEED");
    uint64_t seed = given == NULL ? 20130101 : strtoull(given, NULL, 10);
    struct tvn_rng rng = {seed};

    printf("seed %" PRIu64 "\n", seed);
    for (unsigned i = 0; i < 300; i++) {
        check_one(&rng, i % 2 == 0);
    }
}

static void
test_a_record_of_exactly_max_bytes_is_whole(void)
{
    static const char *const texts[] = {"abcd\n", "abcd\r\n", "abcd",
        ("\xEF\xBB\xBF"
         "abcd\r\n")};

    for (size_t i = 0; i < 4; i++) {
        for (uint32_t max = 3; max <= 4; max++) {
            struct tvn__input input;
            struct tvn__record record;
            size_t len = strlen(texts[i]);
            int ends[2];

            TVN_ASSERT(pipe(ends) == 0);
            TVN_ASSERT(write(ends[1], texts[i], len) == (ssize_t)len);
            TVN_ASSERT(close(ends[1]) == 0);
            TVN_ASSERT(tvn__input_init(&input, max, false) == TVN_OK);
            tvn__input_take(&input, ends[0], true);
            TVN_ASSERT(tvn__input_next(&input, &record) == TVN_OK);
            TVN_ASSERT(record.is_toobig == (max == 3));
            TVN_ASSERT(tvn_str_is(record.text, max == 3 ? "abc" : "abcd"));
            TVN_ASSERT(record.before == (i == 3 ? 3 : 0));
            TVN_ASSERT(tvn__input_next(&input, &record) == TVN_EEND);
            tvn__input_fini(&input);
        }
    }
}

int
main(void)
{
    test_records_are_cut_wherever_reads_end();
    test_a_record_of_exactly_max_bytes_is_whole();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
