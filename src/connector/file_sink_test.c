/* file_sink_test.c -- the sentences of connector.h and output.h about the sink
 * `file`, against real files and a full disk; pipes: file_sink_pipe_test.c. */
#include "connector/testing_run.h"

#include <errno.h>
#include <sys/resource.h>

#define ROW "record { id: u32, name: string }"

static bool
file_is(struct rig *rig, const char *name, const char *text)
{
    const char *found = rig_read(rig, name);

    if (found == NULL || strcmp(found, text) != 0) {
        fprintf(stderr, "%s: %s\n", name, found == NULL ? "(none)" : found);
        return false;
    }
    return true;
}

static void
push_two(struct rig *rig)
{
    rig_event(rig, "{\"id\":1,\"name\":\"a\"}");
    rig_event(rig, "{\"id\":2,\"name\":\"bc\"}");
    TVN_ASSERT(rig_push(rig) == TVN_OK);
    TVN_ASSERT(rig->burst.consumed == 2);
}

#define TWO "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":\"bc\"}\n"

static void
test_each_event_is_a_line_and_every_byte_is_counted(void)
{
    struct rig rig;
    struct tvn_stage_counts counts;

    rig_init(&rig, ROW);
    rig_make(&rig, "file", true, "{ path: a/b/out.ndjson }");
    TVN_ASSERT(!rig.info.uses_stdout && !rig.info.needs_type);
    rig_start(&rig); /* makes a/b */
    push_two(&rig);
    TVN_ASSERT(file_is(&rig, "a/b/out.ndjson", TWO)); /* at once */
    TVN_ASSERT(rig_complete(&rig, true) == TVN_OK);
    TVN_ASSERT(rig.burst.fault.text.len == 0);
    counts = rig_counts(&rig);
    TVN_ASSERT(counts.ok == 2 && counts.records == 2 && counts.calls == 2);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_OUT].count == 2);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_OUT].bytes == 2 * 12 + 3);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].count == 2);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == strlen(TWO));
    TVN_ASSERT(file_is(&rig, "a/b/out.ndjson", TWO));
    rig_fini(&rig);
}

static void
test_append_keeps_what_is_there_and_ends_half_a_line(void)
{
    struct rig rig;

    rig_init(&rig, ROW);
    rig_write(&rig, "out", "{\"half");
    rig_make(&rig, "file", true, "{ path: out, mode: append }");
    rig_start(&rig);
    push_two(&rig);
    TVN_ASSERT(rig_complete(&rig, false) == TVN_OK);
    TVN_ASSERT(file_is(&rig, "out", "{\"half\n" TWO));
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == strlen(TWO) + 1);
    rig_fini(&rig);
}

static void
test_new_fails_when_the_file_exists(void)
{
    struct rig rig;

    rig_init(&rig, ROW);
    rig_write(&rig, "out", "old\n");
    rig_make(&rig, "file", true, "{ path: out, mode: new }");
    TVN_ASSERT(rig_try_start(&rig) == TVN_EOUTPUT);
    TVN_ASSERT(tvn_err_exit(TVN_EOUTPUT) == 3);
    TVN_ASSERT(strcmp(rig_said(&rig),
                   "torvyn.yaml:1:9: error[E0610]: stage: out exists already\n"
                   "help: `mode: new` never touches a file that is there; "
                   "`append` and `replace` do\n") == 0);
    rig_end(&rig);
    TVN_ASSERT(file_is(&rig, "out", "old\n"));
    rig_make(&rig, "file", true, "{ path: other, mode: new }");
    rig_start(&rig);
    push_two(&rig);
    TVN_ASSERT(rig_complete(&rig, true) == TVN_OK);
    TVN_ASSERT(file_is(&rig, "other", TWO));
    rig_fini(&rig);
}

static void
test_replace_renames_when_all_is_well(void)
{
    struct rig rig;
    struct stat stat_out;

    rig_init(&rig, ROW);
    rig_write(&rig, "real", "old\n");
    TVN_ASSERT(chmod(rig_path(&rig, "real"), 0640) == 0);
    TVN_ASSERT(symlink("real", rig_path(&rig, "out")) == 0);
    rig_make(&rig, "file", true, "{ path: out, mode: replace }");
    rig_start(&rig);
    push_two(&rig);
    TVN_ASSERT(file_is(&rig, "out", "old\n"));
    TVN_ASSERT(rig_complete(&rig, true) == TVN_OK);
    TVN_ASSERT(file_is(&rig, "real", TWO));
    TVN_ASSERT(rig_read(&rig, "real.partial") == NULL);
    TVN_ASSERT(lstat(rig_path(&rig, "out"), &stat_out) == 0);
    TVN_ASSERT(S_ISLNK(stat_out.st_mode));
    TVN_ASSERT(stat(rig_path(&rig, "out"), &stat_out) == 0);
    TVN_ASSERT((stat_out.st_mode & 07777) == 0640);
    rig_fini(&rig);
}

static void
test_replace_keeps_the_old_file_when_not_ok_and_names_the_other(void)
{
    struct rig rig;
    char wanted[256];

    rig_init(&rig, ROW);
    rig_write(&rig, "out", "old\n");
    rig_write(&rig, "out.partial", "of an earlier run\n");
    rig_make(&rig, "file", true, "{ path: out, mode: replace }");
    rig_start(&rig);
    push_two(&rig);
    TVN_ASSERT(rig_complete(&rig, false) == TVN_OK);
    (void)snprintf(wanted, sizeof(wanted),
        "out is as it was; what was written is left in %s/out.partial.2",
        rig.dir);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_NONE);
    TVN_ASSERT(rig_fault_is(&rig, wanted));
    rig_end(&rig);
    TVN_ASSERT(file_is(&rig, "out", "old\n"));
    TVN_ASSERT(file_is(&rig, "out.partial", "of an earlier run\n"));
    TVN_ASSERT(file_is(&rig, "out.partial.2", TWO));
    rig_fini(&rig);
}

static void
test_a_replacement_with_nothing_in_it_leaves_no_trace(void)
{
    for (int with_complete = 0; with_complete < 2; with_complete++) {
        struct rig rig;

        rig_init(&rig, ROW);
        rig_write(&rig, "out", "old\n");
        rig_make(&rig, "file", true, "{ path: out, mode: replace }");
        rig_start(&rig);
        if (with_complete == 1) {
            TVN_ASSERT(rig_complete(&rig, false) == TVN_OK);
            TVN_ASSERT(rig.burst.fault.text.len == 0);
        }
        rig_end(&rig); /* a start that failed elsewhere ends like this */
        TVN_ASSERT(file_is(&rig, "out", "old\n"));
        TVN_ASSERT(rig_read(&rig, "out.partial") == NULL);
        rig_fini(&rig);
    }
}

static void
test_a_rename_that_fails_is_a_write_error(void)
{
    struct rig rig;
    char wanted[512];

    rig_init(&rig, ROW);
    rig_make(&rig, "file", true, "{ path: out, mode: replace }");
    rig_start(&rig);
    push_two(&rig);
    TVN_ASSERT(mkdir(rig_path(&rig, "out"), 0777) == 0);
    TVN_ASSERT(rig_complete(&rig, true) == TVN_EWRITE);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_WRITE);
    (void)snprintf(wanted, sizeof(wanted),
        "cannot rename %s/out.partial to %s/out: Is a directory", rig.dir,
        rig.dir);
    TVN_ASSERT(rig_fault_is(&rig, wanted));
    rig_fini(&rig);
}

static void
test_an_output_that_cannot_be_opened_is_told(void)
{
    static const struct {
        const char *yaml;
        const char *said;
    } rows[] = {
        {"{ path: file/out }", "torvyn.yaml:1:9: error[E0610]: stage: cannot "
                               "open file/out: Not a directory\n"},
        {"{ path: file/deep/out, mode: replace }",
            "torvyn.yaml:1:9: error[E0610]: stage: cannot open "
            "file/deep/out: Not a directory\n"},
        {"{ path: ., mode: replace }", "torvyn.yaml:1:9: error[E0610]: stage: "
                                       "cannot open .: Is a directory\n"},
        {"pipe", "torvyn.yaml:1:1: error[E0610]: stage: nobody reads the pipe "
                 "pipe\nhelp: start its reader first\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;

        rig_init(&rig, ROW);
        rig_write(&rig, "file", "");
        TVN_ASSERT(mkfifo(rig_path(&rig, "pipe"), 0600) == 0);
        rig_make(&rig, "file", true, rows[i].yaml);
        TVN_ASSERT(rig_try_start(&rig) == TVN_EOUTPUT);
        if (strcmp(rig_said(&rig), rows[i].said) != 0) {
            fprintf(stderr, "%s", rig_said(&rig));
            abort();
        }
        rig_fini(&rig);
    }
}

/* ------------------------------------------------------------------------
 * Writing that fails or must wait. */

static void
test_a_full_disk_is_a_fault_of_the_first_event(void)
{
    struct rig rig;

    rig_init(&rig, ROW);
    if (access("/dev/full", W_OK) != 0) {
        printf("SKIP: no /dev/full\n");
        rig_fini(&rig);
        return;
    }
    rig_make(&rig, "file", true, "/dev/full");
    rig_start(&rig);
    rig_event(&rig, "{\"id\":1,\"name\":\"a\"}");
    rig_event(&rig, "{\"id\":2,\"name\":\"b\"}");
    for (int attempt = 0; attempt < 2; attempt++) {
        TVN_ASSERT(rig_push(&rig) == TVN_EWRITE);
        TVN_ASSERT(rig.burst.consumed == 0);
        TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_WRITE);
        TVN_ASSERT(rig.burst.fault.err == TVN_EWRITE);
        TVN_ASSERT(rig_fault_is(
            &rig, "cannot write /dev/full: No space left on device"));
    }
    TVN_ASSERT(rig_counts(&rig).failed == 2 && rig_counts(&rig).ok == 0);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == 0);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_OUT].count == 0);
    rig_fini(&rig);
}

/* A limit on file sizes makes a write short, and the next one fail. */
static void
test_no_half_record_stays_in_a_file(void)
{
    struct rlimit old;
    struct rlimit low;
    struct rig rig;

    rig_init(&rig, ROW);
    (void)signal(SIGXFSZ, SIG_IGN);
    rig_make(&rig, "file", true, "{ path: out }");
    rig_start(&rig);
    TVN_ASSERT(getrlimit(RLIMIT_FSIZE, &old) == 0);
    low = old;
    low.rlim_cur = 30; /* inside the second record */
    TVN_ASSERT(setrlimit(RLIMIT_FSIZE, &low) == 0);
    rig_event(&rig, "{\"id\":1,\"name\":\"a\"}");
    rig_event(&rig, "{\"id\":2,\"name\":\"bc\"}");
    TVN_ASSERT(rig_push(&rig) == TVN_EWRITE && rig.burst.consumed == 1);
    TVN_ASSERT(rig_fault_is(&rig, "cannot write out: File too large"));
    TVN_ASSERT(setrlimit(RLIMIT_FSIZE, &old) == 0);
    TVN_ASSERT(file_is(&rig, "out", "{\"id\":1,\"name\":\"a\"}\n"));
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == 20);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].count == 1);
    TVN_ASSERT(rig_push(&rig) == TVN_OK && rig.burst.consumed == 1);
    TVN_ASSERT(file_is(&rig, "out", TWO)); /* tried again: once */
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == strlen(TWO));
    rig_fini(&rig);
}

/* ------------------------------------------------------------------------
 * What is written. */

static void
test_fields_are_chosen_in_their_order(void)
{
    struct tvn_pipeline_name fields[2] = {rig_name("c-d"), rig_name("a")};
    struct rig rig;

    rig_init(&rig, "record { a: string, b: u64, c-d: option<u8>, e: bool }");
    rig.stage_spec.fields = fields;
    rig.stage_spec.field_count = 2;
    rig.codec.names = TVN_PIPELINE_CAMEL;
    rig_make(&rig, "file", true, "{ path: out }");
    rig_start(&rig);
    rig_event(&rig, "{\"a\":\"x\",\"b\":1,\"c_d\":7,\"e\":true}");
    rig_event(&rig, "{\"a\":\"yz\",\"b\":1,\"e\":false}");
    TVN_ASSERT(rig_push(&rig) == TVN_OK);
    TVN_ASSERT(file_is(&rig, "out",
        "{\"cD\":7,\"a\":\"x\"}\n{\"cD\":null,\"a\":"
        "\"yz\"}\n"));
    /* option<u8> 2, padded to 4; string 8; and the texts */
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_OUT].bytes == 2 * 12 + 3);
    rig_fini(&rig);
}

static void
test_fields_that_are_not_there_are_told_at_link(void)
{
    struct tvn_pipeline_name fields[3] = {
        rig_name("nam"), rig_name("id"), rig_name("id")};
    struct rig rig;

    rig_init(&rig, ROW);
    rig.stage_spec.fields = fields;
    rig.stage_spec.field_count = 3;
    TVN_ASSERT(
        rig_try(&rig, "file", true, "{ path: out }") == TVN_ECONNECTOR_TYPE);
    TVN_ASSERT(
        strcmp(rig_said(&rig),
            "torvyn.yaml:7:5: error[E0602]: fields: there is no field 'nam'\n"
            "help: did you mean 'name'?\n"
            "torvyn.yaml:7:5: error[E0602]: fields: 'id' stands twice\n") == 0);
    rig_fini(&rig);
}

static void
test_several_types_may_come_in(void)
{
    struct rig rig;

    rig_init(&rig, NULL);
    rig_make(&rig, "file", true, "{ path: out }");
    rig_start(&rig);
    rig_event_of(&rig, tvn_testing_parse(rig.types, "string"), "\"a\"");
    rig_event_of(
        &rig, tvn_testing_parse(rig.types, "record { n: u8 }"), "{\"n\":1}");
    rig_event_of(&rig, tvn_testing_parse(rig.types, "string"), "\"b\"");
    TVN_ASSERT(rig_push(&rig) == TVN_OK && rig.burst.consumed == 3);
    TVN_ASSERT(file_is(&rig, "out", "\"a\"\n{\"n\":1}\n\"b\"\n"));
    rig_fini(&rig);
}

static void
test_an_event_without_a_line_is_rejected(void)
{
    struct rig rig;

    rig_init(&rig, "record { x: f64 }");
    rig_make(&rig, "file", true, "{ path: out }");
    rig_start(&rig);
    rig_event(&rig, "{\"x\":1}");
    rig_event(&rig, "{\"x\":2}");
    rig_event(&rig, "{\"x\":3}");
    memset(rig.events[1].image->data, 0xFF, 8); /* a NaN */
    TVN_ASSERT(rig_push(&rig) == TVN_EJSON_RANGE && rig.burst.consumed == 1);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_REJECT);
    TVN_ASSERT(rig_fault_is(
        &rig, "$.x: NaN cannot be written: JSON has no NaN or infinity"));
    rig_pass(&rig, 1);
    TVN_ASSERT(rig_push(&rig) == TVN_OK && rig.burst.consumed == 1);
    TVN_ASSERT(file_is(&rig, "out", "{\"x\":1.0}\n{\"x\":3.0}\n"));
    rig_fini(&rig);
}

static void
test_a_line_above_max_event_is_rejected(void)
{
    struct rig rig;

    rig_init(&rig, "record { s: string }");
    rig.opts.max_event = 20;
    rig_make(&rig, "file", true, "{ path: out }");
    rig_start(&rig);
    rig_event(&rig, "{\"s\":\"123456789012\"}"); /* 20 */
    rig_event(&rig, "{\"s\":\"1234567890123\"}");
    TVN_ASSERT(rig_push(&rig) == TVN_ETOOBIG && rig.burst.consumed == 1);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_REJECT);
    TVN_ASSERT(rig_fault_is(
        &rig, "the record is 21 bytes as json, more than max-event, 20"));
    TVN_ASSERT(file_is(&rig, "out", "{\"s\":\"123456789012\"}\n"));
    rig_fini(&rig);
}

static void
test_lines_are_written_as_they_are(void)
{
    struct rig rig;

    rig_init(&rig, "record { text: string }");
    rig.codec.name = rig_name("lines");
    rig_make(&rig, "file", true, "{ path: out }");
    rig_start(&rig);
    rig_event(&rig, "{\"text\":\"a \\\"b\\\"\"}");
    rig_event(&rig, "{\"text\":\"\"}");
    rig_event(&rig, "{\"text\":\"two\\nlines\"}");
    TVN_ASSERT(rig_push(&rig) == TVN_ELINE && rig.burst.consumed == 2);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_REJECT);
    TVN_ASSERT(rig_fault_is(&rig, "the text has a line break at byte 3: as "
                                  "lines it would be two records"));
    TVN_ASSERT(file_is(&rig, "out", "a \"b\"\n\n"));
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_OUT].bytes == 2 * 8 + 5);
    rig_fini(&rig);
}

static void
test_every_allocation_may_fail(void)
{
    struct rig rig;
    tvn_err err = TVN_ENOMEM;

    rig_init(&rig, ROW);
    rig_options(&rig, "file", "{ path: out, mode: replace }");
    rig_event(&rig, "{\"id\":1,\"name\":\"a\"}");
    TVN_ASSERT(
        tvn_connector_find(&rig.spec, true, &rig.connector, NULL) == TVN_OK);
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_stage stage = {0};

        TVN_ASSERT(n < 1000);
        tvn_mem_fail_after(n);
        rig.burst = (struct tvn_burst){.in = rig.events, .in_count = 1};
        err = rig.connector->check(&rig.opts, true, &rig.info, NULL);
        if (err == TVN_OK) {
            err = rig.connector->sink(&rig.opts, &stage, NULL);
        }
        if (err == TVN_OK) {
            err = stage.ops->start(stage.self, NULL);
        }
        if (err == TVN_OK) {
            err = stage.ops->run(stage.self, &rig.burst);
        }
        if (err == TVN_OK) {
            err = stage.ops->complete(stage.self, true, &rig.burst);
        }
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        if (stage.ops != NULL) {
            stage.ops->stop(stage.self);
            stage.ops->free(stage.self);
        }
        TVN_ASSERT((rig_read(&rig, "out") != NULL) == (err == TVN_OK));
    }
    TVN_ASSERT(file_is(&rig, "out", "{\"id\":1,\"name\":\"a\"}\n"));
    rig_fini(&rig);
}

int
main(void)
{
    test_each_event_is_a_line_and_every_byte_is_counted();
    test_append_keeps_what_is_there_and_ends_half_a_line();
    test_new_fails_when_the_file_exists();
    test_replace_renames_when_all_is_well();
    test_replace_keeps_the_old_file_when_not_ok_and_names_the_other();
    test_a_replacement_with_nothing_in_it_leaves_no_trace();
    test_a_rename_that_fails_is_a_write_error();
    test_an_output_that_cannot_be_opened_is_told();
    test_a_full_disk_is_a_fault_of_the_first_event();
    test_no_half_record_stays_in_a_file();
    test_fields_are_chosen_in_their_order();
    test_fields_that_are_not_there_are_told_at_link();
    test_several_types_may_come_in();
    test_an_event_without_a_line_is_rejected();
    test_a_line_above_max_event_is_rejected();
    test_lines_are_written_as_they_are();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
