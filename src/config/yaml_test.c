/* yaml_test.c -- trees, places, limits, variables and the typed readers. */
#include "config/yaml.h"

#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *
get_variable(void *env, const char *name)
{
    const char *const *pairs = env;

    for (; *pairs != NULL; pairs += 2) {
        if (strcmp(*pairs, name) == 0) {
            return pairs[1];
        }
    }
    return NULL;
}

static const char *variables[] = {
    "A", "one", "EMPTY", "", "BAD", "\xFF", "NESTED", "${A}", "N", "12", NULL};
static const struct tvn_yaml_opts opts = {get_variable, variables};

/* The only error, or TVN_OK and the tree. */
static tvn_err
parse(struct tvn_arena *arena, const char *text, const struct tvn_yaml **out)
{
    struct tvn_diag diag = {0};
    tvn_err err =
        tvn_yaml_parse(arena, "f.yaml", tvn_str_of(text), &opts, out, &diag);

    TVN_ASSERT((err == TVN_OK) == (diag.errors == 0));
    TVN_ASSERT(err == TVN_OK || tvn_diag_err(&diag) == err);
    tvn_diag_fini(&diag);
    return err;
}

static const struct tvn_yaml *
tree(struct tvn_arena *arena, const char *text)
{
    const struct tvn_yaml *root = NULL;

    TVN_ASSERT(parse(arena, text, &root) == TVN_OK);
    return root;
}

static void
check_place(const struct tvn_yaml *node, uint32_t line, uint32_t column)
{
    TVN_ASSERT(strcmp(node->place.path, "f.yaml") == 0);
    if (node->place.line != line || node->place.column != column) {
        fprintf(stderr, "'%.*s' stands at %u:%u, wanted %u:%u\n",
            TVN_STR_ARG(node->text), node->place.line, node->place.column, line,
            column);
        TVN_ASSERT(false);
    }
}

static void
test_a_tree_has_kinds_texts_and_order(void)
{
    struct tvn_arena arena = {0};
    const struct tvn_yaml *root =
        tree(&arena, "b: [1, '2', \"a\\tb\"]\na:\n  - x\n  - {y: }\nc: >\n  f\n"
                     "  g\n");
    const struct tvn_yaml *b = tvn_yaml_get(root, "b");
    const struct tvn_yaml *a = tvn_yaml_get(root, "a");

    TVN_ASSERT(root->kind == TVN_YAML_MAPPING && root->count == 3);
    TVN_ASSERT(tvn_str_is(root->pairs[0].key->text, "b"));
    TVN_ASSERT(b->kind == TVN_YAML_SEQUENCE && b->count == 3);
    TVN_ASSERT(b->items[0]->is_plain && !b->items[1]->is_plain);
    TVN_ASSERT(b->items[0]->is_verbatim && b->items[1]->is_verbatim);
    TVN_ASSERT(tvn_str_is(b->items[2]->text, "a\tb"));
    TVN_ASSERT(!b->items[2]->is_verbatim);
    TVN_ASSERT(a->items[1]->kind == TVN_YAML_MAPPING);
    TVN_ASSERT(a->items[1]->pairs[0].value->text.len == 0);
    TVN_ASSERT(tvn_str_is(tvn_yaml_get(root, "c")->text, "f g\n"));
    TVN_ASSERT(tvn_yaml_get(root, "d") == NULL);
    TVN_ASSERT(tvn_yaml_get(b, "d") == NULL);
    tvn_arena_fini(&arena);
}

static void
test_places_count_lines_and_bytes(void)
{
    struct tvn_arena arena = {0};
    const struct tvn_yaml *root = tree(&arena,
        "\xEF\xBB\xBF"
        "k: v\r\n\r\n\"\xC3\xA4\xE2\x82\xAC\": [ \xF0\x9F\x98\x80, 'q' ]\r\n"
        "l:\n- - m\n  # note\n  -   {n: o}\n");
    const struct tvn_yaml *l = tvn_yaml_get(root, "l");

    check_place(root, 1, 1);
    check_place(root->pairs[0].value, 1, 4);
    check_place(root->pairs[1].key, 3, 1);
    check_place(root->pairs[1].value, 3, 10);
    check_place(root->pairs[1].value->items[0], 3, 12);
    check_place(root->pairs[1].value->items[1], 3, 18);
    check_place(l->items[0]->items[0], 5, 5);
    check_place(l->items[0]->items[1], 7, 7);
    check_place(l->items[0]->items[1]->pairs[0].value, 7, 11);
    tvn_arena_fini(&arena);
}

static void
test_an_alias_is_its_anchors_node(void)
{
    struct tvn_arena arena = {0};
    const struct tvn_yaml *root =
        tree(&arena, "a: &x {k: v}\nb: *x\nc: &x 2\nd: *x\n*x : 3\n");

    TVN_ASSERT(tvn_yaml_get(root, "a") == tvn_yaml_get(root, "b"));
    TVN_ASSERT(tvn_str_is(tvn_yaml_get(root, "d")->text, "2"));
    TVN_ASSERT(tvn_str_is(tvn_yaml_get(root, "2")->text, "3"));
    tvn_arena_fini(&arena);
}

/* `count` times `open`, then `middle`, then `count` times `close`. */
static const char *
nest(struct tvn_buf *buf, size_t count, const char *open, const char *close)
{
    tvn_buf_clear(buf);
    for (size_t i = 0; i < count; i++) {
        tvn_buf_append_text(buf, open);
    }
    for (size_t i = 0; i < count; i++) {
        tvn_buf_append_text(buf, close);
    }
    return tvn_buf_text(buf);
}

static void
test_limits_hold(void)
{
    struct tvn_arena arena = {0};
    struct tvn_buf buf = {0};
    const struct tvn_yaml *root = NULL;

    TVN_ASSERT(parse(&arena, nest(&buf, 64, "[", "]"), &root) == TVN_OK);
    TVN_ASSERT(
        parse(&arena, nest(&buf, 65, "[", "]"), &root) == TVN_EYAML_LIMIT);
    TVN_ASSERT(parse(&arena, nest(&buf, 9999, "- x\n", ""), &root) == TVN_OK);
    TVN_ASSERT(parse(&arena, nest(&buf, 10000, "- x\n", ""), &root) ==
               TVN_EYAML_LIMIT);

    /* A depth that only aliases make: 40 and 40. */
    (void)nest(&buf, 40, "[", "]");
    tvn_buf_append_text(&buf, "\n");
    {
        struct tvn_buf all = {0};

        tvn_buf_printf(&all, "a: &a %s", tvn_buf_text(&buf));
        tvn_buf_append_text(&all, "b: ");
        for (int i = 0; i < 40; i++) {
            tvn_buf_append_text(&all, "[");
        }
        tvn_buf_append_text(&all, "*a");
        for (int i = 0; i < 40; i++) {
            tvn_buf_append_text(&all, "]");
        }
        TVN_ASSERT(parse(&arena, tvn_buf_text(&all), &root) == TVN_EYAML_LIMIT);
        tvn_buf_fini(&all);
    }

    /* A billion laughs: 8 lists of 10 of the one before. */
    tvn_buf_clear(&buf);
    tvn_buf_append_text(&buf, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
        tvn_buf_printf(&buf, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++) {
            tvn_buf_printf(&buf, "%s*a%d", k == 0 ? "" : ", ", i - 1);
        }
        tvn_buf_append_text(&buf, "]\n");
    }
    TVN_ASSERT(parse(&arena, tvn_buf_text(&buf), &root) == TVN_EYAML_LIMIT);
    tvn_buf_fini(&buf);
    tvn_arena_fini(&arena);
}

/* Texts that make a careless reader walk the file again and again. */
static void
test_no_text_takes_long(void)
{
    static const char *const pieces[] = {"[", "{", "- ", "? ", "a: ", "\n", " ",
        "#", "%TAG !a! b\n", "--- \n", "\"", "'", "&a ", "*a ", "!", "x", ": ",
        ", ", "[a: b, ", "- x\n", "a->b", "$", "${", "${A}", "| \n", "\xC2\x85",
        "\t", "...\n"};
    struct tvn_buf buf = {0};
    clock_t start = clock();

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        for (int quoted = 0; quoted < 2; quoted++) {
            struct tvn_arena arena = {0};
            const struct tvn_yaml *root = NULL;

            tvn_buf_clear(&buf);
            tvn_buf_append_text(&buf, quoted ? "a: \"" : "");
            while (buf.len < (1u << 20)) {
                tvn_buf_append_text(&buf, pieces[i]);
            }
            tvn_buf_append_text(&buf, quoted ? "\"\n" : "");
            (void)parse(&arena, tvn_buf_text(&buf), &root);
            tvn_arena_fini(&arena);
        }
    }
    tvn_buf_fini(&buf);
    TVN_ASSERT((clock() - start) / CLOCKS_PER_SEC < 60);
}

static void
test_variables_are_expanded_in_values(void)
{
    static const char *const rows[][2] = {
        {"${A}", "one"},
        {"x${A}y${A}", "xoney"
                       "one"},
        {"\"${A}\"", "one"},
        {"${NO:-two}", "two"},
        {"${EMPTY:-two}", "two"},
        {"${A:-two}", "one"},
        {"\"${NO:-}\"", ""},
        {"${EMPTY}", ""},
        {"$$", "$"},
        {"$${A}", "${A}"},
        {"a$", "a$"},
        {"$5 ${NESTED}", "$5 ${A}"},
        {"${NO:-a:-b}", "a:-b"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_arena arena = {0};
        struct tvn_buf text = {0};
        const struct tvn_yaml *root;

        tvn_buf_printf(&text, "${A}: %s\n", rows[i][0]);
        root = tree(&arena, tvn_buf_text(&text));
        TVN_ASSERT(tvn_str_is(root->pairs[0].key->text, "${A}"));
        TVN_ASSERT(tvn_str_is(root->pairs[0].value->text, rows[i][1]));
        TVN_ASSERT(!root->pairs[0].value->is_secret);
        tvn_buf_fini(&text);
        tvn_arena_fini(&arena);
    }
}

static void
test_bad_variables_are_refused(void)
{
    static const char *const rows[] = {"${NO}", "${}", "${A B}", "${1}", "${A",
        "${BAD}", "${file:/no/such/file}", "${file:/}", "${A:+b}"};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_arena arena = {0};
        const struct tvn_yaml *root = NULL;

        TVN_ASSERT(parse(&arena, rows[i], &root) == TVN_EVARIABLE);
        tvn_arena_fini(&arena);
    }
}

static void
test_variables_cannot_make_a_file_endless(void)
{
    struct tvn_arena arena = {0};
    const struct tvn_yaml *root = NULL;
    char *big = tvn_mem_new(1, (64u << 10) + 1);
    const char *env[] = {"B", big, NULL};
    const struct tvn_yaml_opts with_big = {get_variable, env};
    struct tvn_buf text = {0};

    TVN_ASSERT(big != NULL);
    memset(big, 'x', 64u << 10);
    for (int i = 0; i < 65; i++) {
        tvn_buf_append_text(&text, "- ${B}\n");
    }
    TVN_ASSERT(tvn_yaml_parse(&arena, "f", tvn_buf_str(&text), &with_big, &root,
                   NULL) == TVN_EYAML_LIMIT);
    tvn_buf_fini(&text);
    tvn_mem_free(big, 1, (64u << 10) + 1);
    tvn_arena_fini(&arena);
}

/* ------------------------------------------------------------------------
 * Typed readers. */

struct quantity {
    const char *text;
    uint64_t value; /* UINT64_MAX: refused */
};

static void
check_quantities(const struct quantity *rows, size_t count,
    tvn_err (*read)(const struct tvn_yaml *, const char *, uint64_t, uint64_t,
        uint64_t *, struct tvn_diag *))
{
    for (size_t i = 0; i < count; i++) {
        struct tvn_arena arena = {0};
        struct tvn_diag diag = {0};
        uint64_t value = 7;
        tvn_err err = read(
            tree(&arena, rows[i].text), "it", 0, UINT64_MAX - 1, &value, &diag);

        if (rows[i].value == UINT64_MAX) {
            TVN_ASSERT(err == TVN_EPIPELINE_VALUE && value == 7);
            TVN_ASSERT(diag.errors == 1);
        } else {
            TVN_ASSERT(err == TVN_OK && value == rows[i].value);
            TVN_ASSERT(diag.errors == 0);
        }
        tvn_diag_fini(&diag);
        tvn_arena_fini(&arena);
    }
}

static void
test_numbers_sizes_and_durations(void)
{
    static const struct quantity numbers[] = {
        {"0", 0},
        {"12", 12},
        {"'12'", 12},
        {"${N}", 12},
        {"18446744073709551614", UINT64_MAX - 1},
        {"18446744073709551615", UINT64_MAX},
        {"18446744073709551616", UINT64_MAX},
        {"99999999999999999999999", UINT64_MAX},
        {"-1", UINT64_MAX},
        {"+1", UINT64_MAX},
        {"1.0", UINT64_MAX},
        {"1e3", UINT64_MAX},
        {"0x10", UINT64_MAX},
        {"1_000", UINT64_MAX},
        {"''", UINT64_MAX},
        {"[1]", UINT64_MAX},
        {"~", UINT64_MAX},
    };
    static const struct quantity sizes[] = {
        {"0B", 0},
        {"7B", 7},
        {"4KiB", 4096},
        {"4MiB", 4u << 20},
        {"'2GiB'", UINT64_C(2) << 30},
        {"4", UINT64_MAX},
        {"0", UINT64_MAX},
        {"4MB", UINT64_MAX},
        {"4 MiB", UINT64_MAX},
        {"1.5MiB", UINT64_MAX},
        {"MiB", UINT64_MAX},
        {"17179869184GiB", UINT64_MAX},
        {"4TiB", UINT64_MAX},
        {"4mib", UINT64_MAX},
        {"{}", UINT64_MAX},
    };
    static const struct quantity durations[] = {
        {"0s", 0},
        {"1ns", 1},
        {"2us", 2000},
        {"3ms", 3000000},
        {"4s", 4000000000},
        {"5m", 300000000000},
        {"6h", 21600000000000},
        {"5", UINT64_MAX},
        {"5sec", UINT64_MAX},
        {"1d", UINT64_MAX},
        {"1.5s", UINT64_MAX},
        {"5124096h", UINT64_MAX},
        {"1m30s", UINT64_MAX},
    };

    check_quantities(
        numbers, sizeof(numbers) / sizeof(numbers[0]), tvn_yaml_read_u64);
    check_quantities(
        sizes, sizeof(sizes) / sizeof(sizes[0]), tvn_yaml_read_size);
    check_quantities(durations, sizeof(durations) / sizeof(durations[0]),
        tvn_yaml_read_duration);
}

/* The help of what one text is refused with; "" when there is none. */
static void
check_help(const char *text, bool is_size, const char *wanted)
{
    struct tvn_arena arena = {0};
    struct tvn_diag diag = {0};
    uint64_t value;
    const struct tvn_yaml *node = tree(&arena, text);
    tvn_err err =
        is_size
            ? tvn_yaml_read_size(node, "it", 0, UINT64_MAX, &value, &diag)
            : tvn_yaml_read_duration(node, "it", 0, UINT64_MAX, &value, &diag);
    const char *help = diag.first->help == NULL ? "" : diag.first->help;

    TVN_ASSERT(err == TVN_EPIPELINE_VALUE);
    if (strcmp(help, wanted) != 0) {
        fprintf(stderr, "%s: '%s', wanted '%s'\n", text, help, wanted);
        TVN_ASSERT(false);
    }
    tvn_diag_fini(&diag);
    tvn_arena_fini(&arena);
}

static void
test_a_lost_unit_is_given_back(void)
{
    check_help("4194304", true, "write 4MiB");
    check_help("64", true, "write 64MiB, or the unit that is meant");
    check_help("4MB", true, "write 4MiB");
    check_help("4 MiB", true, "write 4MiB");
    check_help("1.5GiB", true, "write 1536MiB");
    check_help("2TiB", true, "write 2048GiB");
    check_help("4x", true, "");
    check_help("x", true, "");
    check_help("5", false, "write 5ms, or the unit that is meant");
    check_help("5000000000", false, "write 5s");
    check_help("5 sec", false, "write 5s");
    check_help("1.5s", false, "write 1500ms");
    check_help("3\xC2\xB5s", false, "write 3us");
    check_help("2d", false, "write 48h");
    check_help("0", false, "write 0ms, or the unit that is meant");
}

static void
test_words_booleans_rates_and_texts(void)
{
    static const char *const words[] = {"stop", "drop", NULL};
    struct tvn_arena arena = {0};
    const struct tvn_yaml *root = tree(&arena,
        "[drop, true, 'false', 500/s, text, yes, 500, 500/m, 0/s, ~, [], "
        "stpo]\n");
    const struct tvn_yaml *const *item = root->items;
    uint32_t word = 9;
    bool flag = false;
    uint64_t rate = 0;
    struct tvn_str text = {0};

    TVN_ASSERT(tvn_yaml_read_word(item[0], "w", words, &word, NULL) == TVN_OK);
    TVN_ASSERT(word == 1);
    TVN_ASSERT(tvn_yaml_read_bool(item[1], "b", &flag, NULL) == TVN_OK && flag);
    TVN_ASSERT(
        tvn_yaml_read_bool(item[2], "b", &flag, NULL) == TVN_OK && !flag);
    TVN_ASSERT(
        tvn_yaml_read_rate(item[3], "r", &rate, NULL) == TVN_OK && rate == 500);
    TVN_ASSERT(tvn_yaml_read_str(item[4], "t", &text, NULL) == TVN_OK);
    TVN_ASSERT(tvn_str_is(text, "text"));

    TVN_ASSERT(tvn_yaml_read_bool(item[5], "b", &flag, NULL) != TVN_OK);
    for (int i = 6; i < 11; i++) {
        TVN_ASSERT(tvn_yaml_read_rate(item[i], "r", &rate, NULL) != TVN_OK);
    }
    TVN_ASSERT(tvn_yaml_read_str(item[9], "t", &text, NULL) != TVN_OK);
    TVN_ASSERT(tvn_yaml_read_str(item[10], "t", &text, NULL) != TVN_OK);
    TVN_ASSERT(tvn_yaml_read_word(item[10], "w", words, &word, NULL) != TVN_OK);
    TVN_ASSERT(tvn_yaml_read_word(item[11], "w", words, &word, NULL) != TVN_OK);
    TVN_ASSERT(word == 1 && !flag && rate == 500);
    tvn_arena_fini(&arena);
}

static void
test_keys_are_checked_all_at_once(void)
{
    static const char *const keys[] = {"path", "mode", NULL};
    struct tvn_arena arena = {0};
    struct tvn_diag diag = {0};
    struct tvn_buf text = {0};
    const struct tvn_yaml *root = tree(&arena, "{ path: a, mod: b, zzz: c }\n");

    TVN_ASSERT(
        tvn_yaml_check_keys(root, "file", keys, &diag) == TVN_EPIPELINE_KEY);
    TVN_ASSERT(tvn_yaml_check_keys(root->pairs[0].value, "file", keys, &diag) ==
               TVN_EPIPELINE_VALUE);
    tvn_diag_print(&diag, &text);
    TVN_ASSERT(strcmp(tvn_buf_text(&text),
                   "f.yaml:1:12: error[E0110]: 'mod' is not a key of file\n"
                   "help: did you mean 'mode'?\n"
                   "f.yaml:1:20: error[E0110]: 'zzz' is not a key of file\n"
                   "help: there is: path, mode\n"
                   "f.yaml:1:9: error[E0111]: file must be a mapping, found "
                   "'a'\n") == 0);
    tvn_buf_fini(&text);
    tvn_diag_fini(&diag);
    tvn_arena_fini(&arena);
}

static void
test_out_of_memory_is_an_error(void)
{
    static const char text[] =
        "a: &a [x, \"${A}\", y]\nb: { c: *a, d: {}, e: [ [], [1] ] }\n";
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_arena arena = {0};
        const struct tvn_yaml *root = NULL;

        tvn_mem_fail_after(n);
        err = tvn_yaml_parse(&arena, "f", tvn_str_of(text), &opts, &root, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || (err == TVN_ENOMEM && root == NULL));
        tvn_arena_fini(&arena);
        TVN_ASSERT(tvn_mem_live() == 0 && n < 1000);
    }
}

int
main(void)
{
    test_a_tree_has_kinds_texts_and_order();
    test_places_count_lines_and_bytes();
    test_an_alias_is_its_anchors_node();
    test_limits_hold();
    test_no_text_takes_long();
    test_variables_are_expanded_in_values();
    test_bad_variables_are_refused();
    test_variables_cannot_make_a_file_endless();
    test_numbers_sizes_and_durations();
    test_a_lost_unit_is_given_back();
    test_words_booleans_rates_and_texts();
    test_keys_are_checked_all_at_once();
    test_out_of_memory_is_an_error();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
