/* file_source_test.c -- the sentences of connector.h about the source `file`,
 * against real files and pipes. */
#include "connector/testing_run.h"

#include <inttypes.h>

#define LEG "record { id: u64, carrier: string, dep-delay: option<s32> }"

static bool
out_is(struct rig *rig, uint32_t index, const char *json)
{
    const char *made;

    TVN_ASSERT(index < rig->burst.outs);
    made = rig_json(rig, tvn_image_ref(rig->burst.out[index]));
    if (strcmp(made, json) != 0) {
        fprintf(stderr, "made: %s\n", made);
        return false;
    }
    return true;
}

static void
test_records_come_out_in_order_up_to_credit(void)
{
    struct rig rig;
    struct tvn_stage_counts counts;

    rig_init(&rig, LEG);
    rig_write(&rig, "in.ndjson",
        "{\"id\":1,\"carrier\":\"AA\",\"dep_delay\":-3}\n"
        "{\"carrier\":\"UA\",\"id\":2}\n"
        "{\"id\":3,\"carrier\":\"\",\"dep_delay\":null}\n");
    rig_make(&rig, "file", false, "{ path: in.ndjson }");
    TVN_ASSERT(rig.info.needs_type && !rig.info.uses_stdin);
    TVN_ASSERT(strcmp(rig.info.codec, "json") == 0);
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 2) == TVN_OK);
    TVN_ASSERT(rig.burst.outs == 2 && !rig.burst.is_end);
    TVN_ASSERT(!rig.burst.has_keys && !rig.burst.has_times);
    TVN_ASSERT(
        out_is(&rig, 0, "{\"id\":1,\"carrier\":\"AA\",\"dep_delay\":-3}"));
    TVN_ASSERT(
        out_is(&rig, 1, "{\"id\":2,\"carrier\":\"UA\",\"dep_delay\":null}"));
    rig_drop_outs(&rig);
    TVN_ASSERT(rig_run(&rig, 2) == TVN_OK);
    TVN_ASSERT(rig.burst.outs == 1 && rig.burst.is_end);
    rig_drop_outs(&rig);
    TVN_ASSERT(rig_run(&rig, 2) == TVN_OK && rig.burst.is_end);
    counts = rig_counts(&rig);
    TVN_ASSERT(counts.records == 3 && counts.ok == 3 && counts.outs == 3);
    TVN_ASSERT(counts.calls == 3 && counts.failed == 0);
    rig_fini(&rig);
}

static void
test_the_copy_ledger_has_every_byte(void)
{
    static const char text[] = "\xEF\xBB\xBF{\"id\":1,\"carrier\":\"AA\"}\r\n"
                               "\n \t\r\n"
                               "{\"id\":2,\"carrier\":\"UAL\"}\n"
                               "oh no\n"
                               "{\"id\":3,\"carrier\":\"\"}";
    struct rig rig;

    rig_init(&rig, LEG);
    rig_write(&rig, "in", text);
    rig_make(&rig, "file", false, "{ path: in }");
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EJSON && rig.burst.outs == 2);
    rig_drop_outs(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.outs == 1);
    TVN_ASSERT(rig.burst.is_end);
    rig_drop_outs(&rig);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].count == 4);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == sizeof(text) - 1);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_IN].count == 3);
    /* id 8, carrier 8, dep-delay 8; and the text of the carriers */
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_IN].bytes == 3 * 24 + 5);
    for (int i = 0; i < TVN_COPY_COUNT; i++) {
        TVN_ASSERT(i == TVN_COPY_CONNECTOR || i == TVN_COPY_CODEC_IN ||
                   rig.copies.rows[i].count == 0);
    }
    rig_fini(&rig);
}

/* ------------------------------------------------------------------------
 * Bad records. */

struct bad {
    const char *text;
    tvn_err err;
    uint32_t line, column;
    const char *fault;
    const char *raw;
};

static void
check_bad(const struct bad *bad)
{
    struct rig rig;
    const struct tvn_fault *fault = &rig.burst.fault;

    rig_init(&rig, LEG);
    rig_write(&rig, "in.ndjson", bad->text);
    rig_make(&rig, "file", false, "{ path: in.ndjson }");
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == bad->err);
    TVN_ASSERT(fault->kind == TVN_FAULT_RECORD && fault->err == bad->err);
    TVN_ASSERT(strcmp(fault->place.path, "in.ndjson") == 0);
    if (fault->place.line != bad->line || fault->place.column != bad->column) {
        fprintf(stderr, "%s\nat %u:%u\n", bad->text, fault->place.line,
            fault->place.column);
        abort();
    }
    TVN_ASSERT(rig_fault_is(&rig, bad->fault));
    TVN_ASSERT(tvn_str_is(fault->raw, bad->raw));
    rig_drop_outs(&rig);
    TVN_ASSERT(rig_counts(&rig).failed == 1);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
    TVN_ASSERT(rig_counts(&rig).records ==
               rig_counts(&rig).ok + rig_counts(&rig).failed);
    rig_drop_outs(&rig);
    rig_fini(&rig);
}

static void
test_a_bad_record_has_its_place_and_the_rest_goes_on(void)
{
    static const struct bad rows[] = {
        {"{\"id\":1,\"carrier\":\"AA\"}\n{\"id\":2,\"carr", TVN_EJSON, 2, 14,
            "the line ends inside a string", "{\"id\":2,\"carr"},
        {"\n\r\n{\"id\":\"x\",\"carrier\":\"AA\"}\n", TVN_EJSON_TYPE, 3, 7,
            "$.id: expected u64, found string \"x\"",
            "{\"id\":\"x\",\"carrier\":\"AA\"}"},
        {"\xEF\xBB\xBF{\"id\":-1,\"carrier\":\"AA\"}\r\n", TVN_EJSON_RANGE, 1,
            10,
            "$.id: number -1 is out of range for u64 (0 to "
            "18446744073709551615)",
            "{\"id\":-1,\"carrier\":\"AA\"}"},
        {"{\"id\":1,\"carrier\":\"A\xFF\"}\n{\"id\":1,\"carrier\":\"b\"}\n",
            TVN_EUTF8, 1, 21, "byte 0xFF is not UTF-8",
            "{\"id\":1,\"carrier\":\"A\xFF\"}"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_bad(&rows[i]);
    }
}

static void
test_a_record_above_max_event_is_told_once_with_its_first_bytes(void)
{
    static const char head[] = "{\"id\":1,\"carrier\":\"AA\"}\n{\"id\":\"";
    size_t sizes[] = {500, 70000, 900000};

    for (size_t i = 0; i < 3; i++) {
        struct rig rig;
        struct tvn_buf text = {0};
        const struct tvn_fault *fault = &rig.burst.fault;

        rig_init(&rig, LEG);
        rig.opts.max_event = 256;
        tvn_buf_append_text(&text, head);
        for (size_t k = 0; k < sizes[i]; k++) {
            tvn_buf_append_byte(&text, (char)('a' + k % 26));
        }
        tvn_buf_append_text(&text, "\"}\n{\"id\":3,\"carrier\":\"UA\"}\n");
        rig_write_bytes(&rig, "in", text.ptr, text.len);
        rig_make(&rig, "file", false, "{ path: in }");
        rig_start(&rig);
        TVN_ASSERT(rig_run(&rig, 64) == TVN_ETOOBIG);
        TVN_ASSERT(rig.burst.outs == 1);
        TVN_ASSERT(fault->kind == TVN_FAULT_RECORD);
        TVN_ASSERT(fault->place.line == 2 && fault->place.column == 1);
        TVN_ASSERT(rig_fault_is(
            &rig, "the record is larger than max-event, 256 bytes"));
        TVN_ASSERT(fault->raw.len == 256);
        TVN_ASSERT(memcmp(fault->raw.ptr, text.ptr + 24, 256) == 0);
        rig_drop_outs(&rig);
        TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
        TVN_ASSERT(out_is(
            &rig, 0, "{\"id\":3,\"carrier\":\"UA\",\"dep_delay\":null}"));
        rig_drop_outs(&rig);
        TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == text.len);
        TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].count == 3);
        tvn_buf_fini(&text);
        rig_fini(&rig);
    }
}

static void
test_an_image_above_max_event_is_a_bad_record(void)
{
    struct rig rig;
    struct tvn_buf text = {0};

    rig_init(&rig, "record { a: list<u64> }");
    tvn_buf_append_text(&text, "{\"a\":[0");
    for (size_t k = 0; k < 12000; k++) {
        tvn_buf_append_text(&text, ",1");
    }
    tvn_buf_append_text(&text, "]}\n"); /* 24 KB of text, 96 KB of image */
    rig_write_bytes(&rig, "in", text.ptr, text.len);
    rig_make(&rig, "file", false, "{ path: in }");
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_ETOOBIG);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_RECORD);
    TVN_ASSERT(rig.burst.fault.place.line == 1);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
    tvn_buf_fini(&text);
    rig_fini(&rig);
}

/* ------------------------------------------------------------------------
 * Keys and times. */

static void
test_keys_and_event_times_go_with_each_image(void)
{
    struct rig rig;

    rig_init(&rig, "record { at: s64, leg: record { carrier: string } }");
    rig.stage_spec.key = rig_name("leg.carrier");
    rig.stage_spec.event_time = rig_name("at");
    rig.stage_spec.event_time_unit_ns = 1000;
    rig_write(&rig, "in",
        "{\"at\":5,\"leg\":{\"carrier\":\"AA\"}}\n"
        "{\"at\":1357016400000000,\"leg\":{\"carrier\":\"\"}}\n"
        "{\"at\":-1,\"leg\":{\"carrier\":\"UA\"}}\n"
        "{\"at\":0,\"leg\":{\"carrier\":\"AA\"}}\n");
    rig_make(&rig, "file", false, "{ path: in }");
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EEVENT_TIME);
    TVN_ASSERT(rig.burst.has_keys && rig.burst.has_times);
    TVN_ASSERT(rig.burst.outs == 2);
    TVN_ASSERT(rig.burst.out_key[0] == tvn_hash64("AA", 2));
    TVN_ASSERT(rig.burst.out_key[1] == tvn_hash64("", 0));
    TVN_ASSERT(rig.burst.out_time_ns[0] == 5000);
    TVN_ASSERT(rig.burst.out_time_ns[1] == UINT64_C(1357016400000000000));
    TVN_ASSERT(rig_fault_is(&rig, "event-time: it is before 1970"));
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_RECORD);
    TVN_ASSERT(rig.burst.fault.place.line == 3);
    TVN_ASSERT(rig.burst.fault.place.column == 0);
    rig_drop_outs(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
    TVN_ASSERT(rig.burst.out_key[0] == tvn_hash64("AA", 2));
    rig_drop_outs(&rig);
    TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_IN].count == 3);
    rig_fini(&rig);
}

static void
test_a_none_has_no_key_and_the_ingest_time(void)
{
    struct rig rig;

    rig_init(&rig, "record { at: option<string>, id: option<u32> }");
    rig.stage_spec.key = rig_name("id");
    rig.stage_spec.event_time = rig_name("at");
    rig_write(&rig, "in",
        "{}\n{\"at\":\"2013-01-01T05:15:00-05:00\",\"id\":7}\n"
        "{\"at\":\"today\"}\n");
    rig_make(&rig, "file", false, "{ path: in }");
    rig_start(&rig);
    rig.burst.wall_ns = 99;
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EEVENT_TIME && rig.burst.outs == 2);
    TVN_ASSERT(rig.burst.out_key[0] == 0 && rig.burst.out_time_ns[0] == 99);
    TVN_ASSERT(rig.burst.out_key[1] == tvn_hash64("\7\0\0\0", 4));
    TVN_ASSERT(rig.burst.out_time_ns[1] == UINT64_C(1357035300000000000));
    TVN_ASSERT(rig_fault_is(
        &rig, "event-time: 'today' is no RFC 3339 time from 1970 to 2554"));
    rig_drop_outs(&rig);
    rig_fini(&rig);
}

/* ------------------------------------------------------------------------
 * Lines. */

static void
test_lines_are_texts_blank_ones_too(void)
{
    static const char *const types[] = {
        "string", "record { text: string }", "list<u8>"};

    for (size_t i = 0; i < 3; i++) {
        static const char *const wanted[][3] = {
            {"\"a\"", "\"\"", "\"b c\""},
            {"{\"text\":\"a\"}", "{\"text\":\"\"}", "{\"text\":\"b c\"}"},
            {"\"YQ==\"", "\"\"", "\"YiBj\""},
        };
        struct rig rig;

        rig_init(&rig, types[i]);
        rig.codec.name = rig_name("lines");
        rig_write(&rig, "in", "a\r\n\nb c");
        rig_make(&rig, "file", false, "{ path: in }");
        TVN_ASSERT(strcmp(rig.info.codec, "lines") == 0);
        rig_start(&rig);
        TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.outs == 3);
        for (uint32_t k = 0; k < 3; k++) {
            TVN_ASSERT(out_is(&rig, k, wanted[i][k]));
        }
        rig_drop_outs(&rig);
        TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_IN].bytes == 3 * 8 + 4);
        TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == 7);
        rig_fini(&rig);
    }
}

static void
test_a_line_that_is_not_utf8_is_no_string(void)
{
    struct rig rig;

    rig_init(&rig, "string");
    rig.codec.name = rig_name("lines");
    rig_write(&rig, "in", "ok\nbad\xFF\n");
    rig_make(&rig, "file", false, "{ path: in }");
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EUTF8 && rig.burst.outs == 1);
    TVN_ASSERT(rig_fault_is(&rig, "the line is not well-formed UTF-8"));
    TVN_ASSERT(rig.burst.fault.place.line == 2);
    TVN_ASSERT(rig.burst.fault.place.column == 4);
    rig_drop_outs(&rig);
    rig_fini(&rig);
}

static void
test_lines_need_a_type_with_one_text(void)
{
    struct rig rig;

    rig_init(&rig, "record { a: string, b: string }");
    rig.codec.name = rig_name("lines");
    TVN_ASSERT(
        rig_try(&rig, "file", false, "{ path: in }") == TVN_ECONNECTOR_TYPE);
    TVN_ASSERT(strcmp(rig_said(&rig),
                   "torvyn.yaml:7:5: error[E0602]: codec lines: record { a: "
                   "string, b: string } is neither string nor list<u8>, nor a "
                   "record with one such field alone\n"
                   "help: `codec: json` takes any type\n") == 0);
    rig_fini(&rig);
}

/* ------------------------------------------------------------------------
 * Where it comes from. */

static void
test_a_missing_file_is_told_with_where_it_was_looked_for(void)
{
    struct rig rig;
    char wanted[512];

    rig_init(&rig, LEG);
    rig_make(&rig, "file", false, "{ path: data/none.ndjson }");
    TVN_ASSERT(rig_try_start(&rig) == TVN_ENOTFOUND);
    TVN_ASSERT(tvn_err_exit(TVN_ENOTFOUND) == 3);
    (void)snprintf(wanted, sizeof(wanted),
        "torvyn.yaml:1:9: error[E0007]: stage: there is no file "
        "data/none.ndjson\n"
        "  looked for %s/data/none.ndjson\n"
        "help: paths are relative to the pipeline file\n",
        rig.dir);
    if (strcmp(rig_said(&rig), wanted) != 0) {
        fprintf(stderr, "%s", rig_said(&rig));
        abort();
    }
    rig_fini(&rig);
}

static void
test_a_folder_is_no_file(void)
{
    struct rig rig;

    rig_init(&rig, LEG);
    rig_make(&rig, "file", false, ".");
    TVN_ASSERT(rig_try_start(&rig) == TVN_EIO);
    TVN_ASSERT(strcmp(rig_said(&rig), "torvyn.yaml:1:1: error[E0003]: stage: "
                                      "cannot open .: Is a directory\n") == 0);
    rig_fini(&rig);
}

static void
test_a_pipe_is_waited_for(void)
{
    struct rig rig;
    int fd;

    rig_init(&rig, LEG);
    TVN_ASSERT(mkfifo(rig_path(&rig, "pipe"), 0600) == 0);
    rig_make(&rig, "file", false, "{ path: pipe }");
    rig_start(&rig); /* does not wait for the writer */
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EAGAIN);
    TVN_ASSERT(rig.burst.wake.fd >= 0 && !rig.burst.wake.for_writing);
    fd = open(rig_path(&rig, "pipe"), O_WRONLY);
    TVN_ASSERT(fd >= 0);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EAGAIN);
    TVN_ASSERT(write(fd, "{\"id\":1,\"carrier\":\"AA\"}\n{\"id\"", 29) == 29);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.outs == 1);
    rig_drop_outs(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EAGAIN && rig.burst.outs == 0);
    TVN_ASSERT(write(fd, ":2,\"carrier\":\"UA\"}", 18) == 18);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EAGAIN);
    TVN_ASSERT(close(fd) == 0);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
    TVN_ASSERT(
        out_is(&rig, 0, "{\"id\":2,\"carrier\":\"UA\",\"dep_delay\":null}"));
    rig_drop_outs(&rig);
    rig_fini(&rig);
}

static void
test_stdin_is_read_and_never_made_non_blocking(void)
{
    struct rig rig;
    int saved = dup(STDIN_FILENO);
    int ends[2];

    rig_init(&rig, LEG);
    TVN_ASSERT(pipe(ends) == 0 && dup2(ends[0], STDIN_FILENO) == 0);
    rig_make(&rig, "file", false, "stdin");
    TVN_ASSERT(rig.info.uses_stdin);
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EAGAIN);
    TVN_ASSERT(rig.burst.wake.fd == STDIN_FILENO);
    TVN_ASSERT((fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK) == 0);
    TVN_ASSERT(write(ends[1], "x\n", 2) == 2);
    TVN_ASSERT(close(ends[1]) == 0);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EJSON);
    TVN_ASSERT(strcmp(rig.burst.fault.place.path, "stdin") == 0);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
    rig_end(&rig);
    TVN_ASSERT(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* not ours to close */
    TVN_ASSERT(dup2(saved, STDIN_FILENO) == 0);
    TVN_ASSERT(close(saved) == 0 && close(ends[0]) == 0);
    rig_fini(&rig);
}

static void
test_an_input_that_cannot_be_read_is_fatal_and_the_end(void)
{
    struct rig rig;
    int fd;

    rig_init(&rig, LEG);
    /* a terminal's other end that is gone: read says EIO */
    fd = open("/proc/self/mem", O_RDONLY);
    if (fd < 0) {
        printf("SKIP: no /proc/self/mem\n");
        rig_fini(&rig);
        return;
    }
    TVN_ASSERT(close(fd) == 0);
    rig_make(&rig, "file", false, "/proc/self/mem"); /* page 0: EIO */
    rig_start(&rig);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_EREAD);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_FATAL);
    TVN_ASSERT(
        rig_fault_is(&rig, "cannot read /proc/self/mem: Input/output error"));
    TVN_ASSERT(rig_counts(&rig).records == 1);
    TVN_ASSERT(rig_run(&rig, 64) == TVN_OK && rig.burst.is_end);
    rig_fini(&rig);
}

/* ------------------------------------------------------------------------ */

static void
test_every_allocation_may_fail(void)
{
    struct rig rig;
    tvn_err err = TVN_ENOMEM;

    rig_init(&rig, LEG);
    rig.stage_spec.key = rig_name("carrier");
    rig_write(&rig, "in", "{\"id\":1,\"carrier\":\"AA\"}\n");
    rig_options(&rig, "file", "{ path: in }");
    TVN_ASSERT(
        tvn_connector_find(&rig.spec, false, &rig.connector, NULL) == TVN_OK);
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_stage stage = {0};

        TVN_ASSERT(n < 1000);
        tvn_mem_fail_after(n);
        rig.burst = (struct tvn_burst){.credit = 64};
        err = rig.connector->check(&rig.opts, false, &rig.info, NULL);
        if (err == TVN_OK) {
            err = rig.connector->source(&rig.opts, &stage, NULL);
        }
        if (err == TVN_OK) {
            err = stage.ops->start(stage.self, NULL);
        }
        if (err == TVN_OK) {
            err = stage.ops->run(stage.self, &rig.burst);
            TVN_ASSERT(
                err == TVN_OK || rig.burst.fault.kind == TVN_FAULT_FATAL);
        }
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        rig_drop_outs(&rig);
        if (stage.ops != NULL) {
            stage.ops->stop(stage.self);
            stage.ops->free(stage.self);
        }
    }
    rig_fini(&rig);
}

int
main(void)
{
    test_records_come_out_in_order_up_to_credit();
    test_the_copy_ledger_has_every_byte();
    test_a_bad_record_has_its_place_and_the_rest_goes_on();
    test_a_record_above_max_event_is_told_once_with_its_first_bytes();
    test_an_image_above_max_event_is_a_bad_record();
    test_keys_and_event_times_go_with_each_image();
    test_a_none_has_no_key_and_the_ingest_time();
    test_lines_are_texts_blank_ones_too();
    test_a_line_that_is_not_utf8_is_no_string();
    test_lines_need_a_type_with_one_text();
    test_a_missing_file_is_told_with_where_it_was_looked_for();
    test_a_folder_is_no_file();
    test_a_pipe_is_waited_for();
    test_stdin_is_read_and_never_made_non_blocking();
    test_an_input_that_cannot_be_read_is_fatal_and_the_end();
    test_every_allocation_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
