/* join_test.c -- join, the log and lines of printf in sdk/c/torvyn.c, compared
 * with this machine's printf. */
#include "sdk/native.h"

static uint64_t seed = 1;

/* ------------------------------------------------------------------------ */

static void
test_numbers_join_as_printf_prints_them(void)
{
    struct tvn_rng rng = {seed};
    char wanted[128];

    for (uint32_t i = 0; i < 20000; i++) {
        uint64_t bits = tvn_rng_next(&rng) >> tvn_rng_below(&rng, 64);
        int64_t number = (int64_t)(i % 2 == 0 ? bits : 0 - bits);

        torvyn_enter();
        (void)snprintf(wanted, sizeof(wanted), "%lld|%llu|%d|%u|%s",
            (long long)number, (unsigned long long)bits, (int8_t)bits,
            (unsigned)(uint16_t)bits, bits % 2 == 1 ? "true" : "false");
        TVN_ASSERT(text_is(join(number, "|", bits, "|", (int8_t)bits, T("|"),
                               (uint16_t)bits, "|", (bool)(bits % 2 == 1)),
            wanted));
        torvyn_leave();
    }
    TVN_ASSERT(text_is(join(INT64_MIN), "-9223372036854775808"));
    TVN_ASSERT(text_is(join(UINT64_MAX), "18446744073709551615"));
    TVN_ASSERT(text_is(join((char)'a', (signed char)-3, (short)-4, -5, -6L,
                           -7LL, (unsigned char)8, (unsigned short)9, 10u, 11ul,
                           12ull, (bool)true, 0.5f, 0.25, "s", T("t")),
        "97-3-4-5-6-789101112true0.50.25st"));
    log_warn("seven ", 7);
    TVN_ASSERT(logged == 1 && has_logged(2, "seven 7"));
    log_error("e");
    TVN_ASSERT(has_logged(3, "e"));
    log_debug("d", 1);
    TVN_ASSERT(has_logged(0, "d1"));
}

/* How many digits count in "-0.00123400e+5", "1200000". */
static size_t
count_digits(const char *number)
{
    size_t count = 0;
    size_t zeros = 0; /* that end it, so far */

    for (; *number != '\0' && *number != 'e'; number++) {
        if (*number == '0') {
            zeros += count > 0;
        } else if (*number > '0' && *number <= '9') {
            count += zeros + 1;
            zeros = 0;
        }
    }
    return count;
}

static void
check_real(double value, bool is_float)
{
    char printed[64] = {0};
    char shorter[64];
    size_t digits;
    text t = is_float ? join((float)value) : join(value);

    TVN_ASSERT(t.len < 32);
    memcpy(printed, t.ptr, t.len);
    digits = count_digits(printed);
    TVN_ASSERT(is_float ? (double)strtof(printed, NULL) == value
                        : strtod(printed, NULL) == value);
    if (strchr(printed, '.') == NULL && strchr(printed, 'e') == NULL) {
        (void)snprintf(shorter, sizeof(shorter), "%.0f", value + 0.0);
        TVN_ASSERT(strcmp(shorter, printed) == 0); /* a whole one is exact */
    } else if (digits > 1) {
        (void)snprintf(
            shorter, sizeof(shorter), "%.*e", (int)digits - 2, value);
        TVN_ASSERT(is_float ? (double)strtof(shorter, NULL) != value
                            : strtod(shorter, NULL) != value);
    }
}

static void
test_reals_are_the_fewest_digits_that_read_back(void)
{
    static const double edges[] = {0, 1, 10, 100, 120, 1e14, 1e15, 1e21, 1e22,
        0.1, 0.3, 1.0 / 3, 123456.789, 1e-5, 1e-7, 5e-324, 2.5e-323,
        2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308,
        9007199254740993.0, 4503599627370496.5};
    struct tvn_rng rng = {seed};

    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        torvyn_enter();
        check_real(edges[i], false);
        check_real(-edges[i], false);
        torvyn_leave();
    }
    for (uint32_t i = 0; i < 20000; i++) {
        uint64_t bits = tvn_rng_next(&rng);
        uint32_t half = (uint32_t)(bits >> 32);
        double value;
        float small;

        memcpy(&value, &bits, sizeof(value));
        memcpy(&small, &half, sizeof(small));
        torvyn_enter();
        if (value - value == 0) { /* NaN and infinity do not read back */
            check_real(value, false);
        }
        if (small - small == 0) {
            check_real((double)small, true);
        }
        check_real((double)(int32_t)bits / 1000, false);
        check_real((double)(int32_t)bits, false);
        check_real((double)(float)((double)(int32_t)bits / 64), true);
        torvyn_leave();
    }
    TVN_ASSERT(text_is(join(0.1, " ", 0.1f, " ", 2.5f), "0.1 0.1 2.5"));
    TVN_ASSERT(text_is(join(100.0, " ", -1e6, " ", 16777216.0f, " ", -0.0),
        "100 -1000000 16777216 0"));
    TVN_ASSERT(text_is(join(1e6f, " ", -1e14f), "1000000 -100000000376832"));
    TVN_ASSERT(text_is(join(1e300, " ", -1e-300), "1e+300 -1e-300"));
    TVN_ASSERT(text_is(join(1e300 * 1e300, " ", -1e300 * 1e300), "inf -inf"));
}

/* ------------------------------------------------------------------------ */

#define FD_WRITE __imported_wasi_snapshot_preview1_fd_write

static void
print(int32_t fd, text a, text b)
{
    text pieces[] = {a, b};
    size_t wrote = 99;

    TVN_ASSERT(FD_WRITE(fd, pieces, 2, &wrote) == 0);
    TVN_ASSERT(wrote == a.len + b.len);
}

static void
test_printed_lines_are_records(void)
{
    size_t before = logged;

    print(1, T("a li"), T("ne"));
    print(2, T("another"), T(""));
    TVN_ASSERT(logged == before); /* no line has ended */
    print(1, T("\n"), T("next"));
    TVN_ASSERT(logged == before + 1 && has_logged(1, "a line"));
    print(2, T("\n\n"), T(""));
    TVN_ASSERT(logged == before + 3 && has_logged(2, ""));
    print(1, T(" one\n"), T("x\ny\n"));
    TVN_ASSERT(logged == before + 6 && has_logged(1, "y"));
}

/* A long line goes in parts of whole characters, without an empty one. */
static void
test_a_long_line_is_not_cut_inside_of_a_character(void)
{
    static const char *const characters[] = {
        "a", "\xC3\xB6", "\xE2\x82\xAC", "\xF0\x9F\x9A\x82"};

    for (size_t i = 0; i < 4; i++) {
        size_t before = logged;
        size_t size = i + 1;

        for (size_t shift = 0; shift < 4; shift++) {
            print(1, (text){"abc", shift}, T(""));
            for (size_t k = 0; k < 3000; k++) {
                size_t was = logged;

                print(1, text_of(characters[i]), T(""));
                if (logged > was) {
                    TVN_ASSERT(logged_last.len > 1020);
                    TVN_ASSERT(
                        (logged_last.len - (k < 1024 / size ? shift : 0)) %
                            size ==
                        0);
                }
            }
            print(1, T("\n"), T(""));
        }
        TVN_ASSERT(logged - before >= 4 * (size * 3000 / 1024));
        TVN_ASSERT(logged - before <= 4 * (1 + (size * 3000 + 3) / 1020));
    }
    print(1, (text){logged_last.ptr, 0}, T(""));
    for (size_t k = 0; k < 1024; k++) {
        print(1, T("b"), T(""));
    }
    {
        size_t before = logged;

        print(1, T("\n"), T(""));
        TVN_ASSERT(logged == before + 1 && logged_last.len == 1024);
    }
}

static void
test_the_rest_of_stdio_finds_a_terminal_without_a_place(void)
{
    uint8_t stat[24];
    uint64_t at = 7;

    memset(stat, 0xFF, sizeof(stat));
    TVN_ASSERT(__imported_wasi_snapshot_preview1_fd_fdstat_get(1, stat) == 0 &&
               stat[0] == 2 && stat[1] == 0 && stat[23] == 0);
    TVN_ASSERT(__imported_wasi_snapshot_preview1_fd_seek(1, 0, 0, &at) == 70 &&
               at == 7);
    TVN_ASSERT(__imported_wasi_snapshot_preview1_fd_close(1) == 0);
}

int
main(void)
{
    seed = seed_of_run();
    test_numbers_join_as_printf_prints_them();
    test_reals_are_the_fewest_digits_that_read_back();
    test_printed_lines_are_records();
    test_a_long_line_is_not_cut_inside_of_a_character();
    test_the_rest_of_stdio_finds_a_terminal_without_a_place();
    return 0;
}
