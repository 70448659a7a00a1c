/* line_writer_test.c -- the dead letter's writer. */
#include "connector/testing.h"

static tvn_err
open_writer(struct rig *rig, const char *connector, const char *yaml,
    struct tvn_line_writer **out)
{
    rig_options(rig, connector, yaml);
    rig->opts.codec = NULL;
    rig->opts.fields = NULL;
    rig->opts.type = NULL;
    return tvn_line_writer_open(&rig->opts, out, &rig->diag);
}

static void
test_lines_are_whole_and_counted(void)
{
    struct tvn_line_writer *writer = NULL;
    struct rig rig;

    rig_init(&rig, NULL);
    TVN_ASSERT(
        open_writer(&rig, "file", "{ path: a/dead }", &writer) == TVN_OK);
    TVN_ASSERT(
        tvn_line_writer_write(writer, TVN_STR("{}"), &rig.diag) == TVN_OK);
    TVN_ASSERT(tvn_line_writer_write(writer, TVN_STR(""), &rig.diag) == TVN_OK);
    TVN_ASSERT(strcmp(rig_read(&rig, "a/dead"), "{}\n\n") == 0); /* at once */
    TVN_ASSERT(tvn_line_writer_count(writer) == 2);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].count == 2);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == 4);
    TVN_ASSERT(tvn_line_writer_close(writer, true, &rig.diag) == TVN_OK);
    TVN_ASSERT(tvn_line_writer_close(NULL, true, &rig.diag) == TVN_OK);
    rig_fini(&rig);
}

static void
test_a_replacing_writer_leaves_its_file_when_not_ok(void)
{
    struct tvn_line_writer *writer = NULL;
    struct rig rig;
    char wanted[256];

    rig_init(&rig, NULL);
    rig_write(&rig, "dead", "old\n");
    TVN_ASSERT(open_writer(&rig, "file", "{ path: dead, mode: replace }",
                   &writer) == TVN_OK);
    TVN_ASSERT(
        tvn_line_writer_write(writer, TVN_STR("{}"), &rig.diag) == TVN_OK);
    TVN_ASSERT(tvn_line_writer_close(writer, false, &rig.diag) == TVN_OK);
    TVN_ASSERT(strcmp(rig_read(&rig, "dead"), "old\n") == 0);
    TVN_ASSERT(strcmp(rig_read(&rig, "dead.partial"), "{}\n") == 0);
    (void)snprintf(wanted, sizeof(wanted),
        "warning[E0611]: stage: dead is as it was; what was written is left "
        "in %s/dead.partial\n",
        rig.dir);
    if (strcmp(rig_said(&rig), wanted) != 0) {
        fprintf(stderr, "%s", rig_said(&rig));
        abort();
    }
    rig_fini(&rig);
}

static void
test_what_cannot_be_written_does_not_count(void)
{
    struct tvn_line_writer *writer = NULL;
    struct rig rig;

    rig_init(&rig, NULL);
    if (access("/dev/full", W_OK) != 0) {
        printf("SKIP: no /dev/full\n");
        rig_fini(&rig);
        return;
    }
    TVN_ASSERT(open_writer(&rig, "file", "/dev/full", &writer) == TVN_OK);
    TVN_ASSERT(
        tvn_line_writer_write(writer, TVN_STR("{}"), &rig.diag) == TVN_EWRITE);
    TVN_ASSERT(tvn_line_writer_count(writer) == 0);
    TVN_ASSERT(strcmp(rig_said(&rig), "error[E0611]: stage: cannot write "
                                      "/dev/full: No space left on "
                                      "device\n") == 0);
    TVN_ASSERT(tvn_line_writer_close(writer, true, NULL) == TVN_OK);
    rig_fini(&rig);
}

static void
test_other_connectors_write_no_lines(void)
{
    struct tvn_line_writer *writer = NULL;
    struct rig rig;

    rig_init(&rig, NULL);
    TVN_ASSERT(open_writer(&rig, "null", "", &writer) == TVN_ECONNECTOR);
    TVN_ASSERT(writer == NULL);
    TVN_ASSERT(
        strcmp(rig_said(&rig),
            "torvyn.yaml:7:5: error[E0600]: stage: 'null' cannot write "
            "lines\nhelp: write `file: { path: out/dead.ndjson }`\n") == 0);
    rig_fini(&rig);
}

static void
test_every_allocation_may_fail(void)
{
    struct rig rig;
    tvn_err err = TVN_ENOMEM;

    rig_init(&rig, NULL);
    rig_options(&rig, "file", "{ path: dead }");
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_line_writer *writer = NULL;

        TVN_ASSERT(n < 100);
        tvn_mem_fail_after(n);
        err = tvn_line_writer_open(&rig.opts, &writer, NULL);
        if (err == TVN_OK) {
            err = tvn_line_writer_write(writer, TVN_STR("x"), NULL);
        }
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT(tvn_line_writer_close(writer, true, NULL) == TVN_OK);
    }
    TVN_ASSERT(strcmp(rig_read(&rig, "dead"), "x\n") == 0);
    rig_fini(&rig);
}

int
main(void)
{
    test_lines_are_whole_and_counted();
    test_a_replacing_writer_leaves_its_file_when_not_ok();
    test_what_cannot_be_written_does_not_count();
    test_other_connectors_write_no_lines();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
