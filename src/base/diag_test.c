/* diag_test.c -- what a person gets to read, and what is counted. */
#include "base/diag.h"

#include "base/assert.h"
#include "base/mem.h"

static void
test_printing(void)
{
    static const char golden[] =
        "torvyn.yaml:17:3: error[E0007]: no such file\n"
        "  torvyn.yaml:4: it is named here\n"
        "  edge a -> b: and there\n"
        "help: did you mean 'capacity'?\n"
        "warning[E0006]: stage enrich: 3 of 4\n"
        "x: error[E0001]: \n";
    const struct tvn_str candidates[] = {
        TVN_STR("overflow"), TVN_STR("capacity")};
    struct tvn_place place = {"torvyn.yaml", 17, 3, NULL};
    struct tvn_diag diag = {0};
    struct tvn_buf out = {0};

    TVN_ASSERT(tvn_diag_err(&diag) == TVN_OK);
    tvn_diag_note(&diag, NULL, "there is no finding yet");
    TVN_ASSERT(tvn_diag_error(&diag, TVN_ENOTFOUND, &place, "no such %s",
                   "file") == TVN_ENOTFOUND);
    tvn_diag_note(&diag, &(struct tvn_place){"torvyn.yaml", 4, 0, NULL},
        "it is named here");
    tvn_diag_note(&diag, &(struct tvn_place){NULL, 0, 0, "edge a -> b"},
        "and %s", "there");
    tvn_diag_suggest(&diag, TVN_STR("capcity"), candidates, 2);
    tvn_diag_warning(&diag, TVN_ELIMIT,
        &(struct tvn_place){NULL, 0, 0, "stage enrich"}, "%d of %d", 3, 4);
    (void)tvn_diag_error(
        &diag, TVN_ENOMEM, &(struct tvn_place){"x", 0, 9, NULL}, "%s", "");
    tvn_diag_print(&diag, &out);
    TVN_ASSERT(strcmp(tvn_buf_text(&out), golden) == 0);
    TVN_ASSERT(diag.errors == 2 && diag.warnings == 1);
    TVN_ASSERT(tvn_diag_err(&diag) == TVN_ENOTFOUND);
    tvn_buf_fini(&out);
    tvn_diag_fini(&diag);
    TVN_ASSERT(diag.first == NULL && diag.errors == 0);
}

static void
test_what_there_is_instead(void)
{
    struct tvn_str many[14];
    struct tvn_diag diag = {0};

    for (int i = 0; i < 14; i++) {
        many[i] = TVN_STR("letters");
    }
    (void)tvn_diag_error(&diag, TVN_EINVAL, NULL, "x");
    tvn_diag_suggest(&diag, TVN_STR("q"), many, 0);
    TVN_ASSERT(diag.last->help == NULL);
    tvn_diag_suggest(&diag, TVN_STR("q"), many, 2);
    TVN_ASSERT(strcmp(diag.last->help, "there is: letters, letters") == 0);
    tvn_diag_suggest(&diag, TVN_STR("q"), many, 14);
    TVN_ASSERT(strlen(diag.last->help) == 10 + 12 * 9 - 2 + 5);
    TVN_ASSERT(
        strcmp(diag.last->help + strlen(diag.last->help) - 5, ", ...") == 0);
    tvn_diag_fini(&diag);
}

/* The caller's strings are copied; without a diag only the code comes back. */
static void
test_copies_and_no_diag(void)
{
    char path[] = "a.yaml";
    struct tvn_place place = {path, 1, 1, path};
    struct tvn_diag diag = {0};

    (void)tvn_diag_error(&diag, TVN_EINVAL, &place, "x");
    path[0] = 'b';
    TVN_ASSERT(strcmp(diag.first->place.path, "a.yaml") == 0);
    TVN_ASSERT(strcmp(diag.first->place.what, "a.yaml") == 0);
    tvn_diag_fini(&diag);
    TVN_ASSERT(tvn_diag_error(NULL, TVN_EINVAL, NULL, "x") == TVN_EINVAL);
    tvn_diag_warning(NULL, TVN_EINVAL, NULL, "x");
    tvn_diag_note(NULL, NULL, "x");
    tvn_diag_help(NULL, "x");
    tvn_diag_suggest(NULL, TVN_STR("x"), NULL, 0);
}

static void
test_out_of_memory_loses_the_text_never_the_count(void)
{
    struct tvn_diag diag = {0};

    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_diag_error(&diag, TVN_EINVAL, NULL, "x") == TVN_EINVAL);
    tvn_mem_fail_after(-1);
    TVN_ASSERT(diag.errors == 1 && tvn_diag_err(&diag) != TVN_OK);
    tvn_diag_fini(&diag);
    for (int64_t n = 0; n < 12; n++) {
        struct tvn_place place = {"path", 1, 2, "stage x"};
        struct tvn_buf out = {0};

        tvn_mem_fail_after(n);
        (void)tvn_diag_error(&diag, TVN_EINVAL, &place, "%d", 1);
        tvn_diag_note(&diag, &place, "x");
        tvn_diag_help(&diag, "x");
        tvn_diag_print(&diag, &out);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(diag.errors == 1);
        tvn_buf_fini(&out);
        tvn_diag_fini(&diag);
    }
}

static void
test_append_copies_findings_notes_and_help(void)
{
    struct tvn_diag from = {0};
    struct tvn_diag diag = {0};
    struct tvn_buf one = {0};
    struct tvn_buf two = {0};

    (void)tvn_diag_error(&from, TVN_EIO, NULL, "100 %% %s", "gone");
    tvn_diag_note(&from, NULL, "a note");
    tvn_diag_help(&from, "a help");
    tvn_diag_warning(&from, TVN_EIO, NULL, "a warning");
    tvn_diag_append(&diag, &from);
    tvn_diag_print(&from, &one);
    tvn_diag_print(&diag, &two);
    TVN_ASSERT(strcmp(tvn_buf_text(&one), tvn_buf_text(&two)) == 0);
    TVN_ASSERT(diag.errors == 1 && diag.warnings == 1);
    tvn_buf_fini(&one);
    tvn_buf_fini(&two);
    tvn_diag_fini(&from);
    tvn_diag_fini(&diag);
}

int
main(void)
{
    test_append_copies_findings_notes_and_help();
    test_printing();
    test_what_there_is_instead();
    test_copies_and_no_diag();
    test_out_of_memory_loses_the_text_never_the_count();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
