/* cmd_test_verb.c -- torvyn test: a pipeline's tests.
 *
 * Not cmd_test.c: the build takes NAME_test.c for a test of NAME. */
#include "cli/cli.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/test.h"
#include "host/host.h"

#include <stdio.h>

/* ------------------------------------------------------------------------
 * For people. */

static void
print_indented(struct tvn_str text, struct tvn_buf *out)
{
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);

        tvn_buf_append_text(out, "     ");
        tvn_buf_append(out, text.ptr, len);
        tvn_buf_append_byte(out, '\n');
        len += end == NULL ? 0 : 1;
        text.ptr += len;
        text.len -= len;
    }
}

static void
print_row(const struct tvn__test_row *row, struct tvn_buf *out)
{
    struct tvn_buf text = {0};

    tvn_buf_printf(out, "%s %.*s (%.0f ms)\n",
        row->result.is_ok ? "ok  " : "FAIL", TVN_STR_ARG(row->name),
        (double)row->result.took_ns / 1e6);
    if (!row->result.is_ok) {
        tvn_diag_print(&row->result.diag, &text);
        print_indented(tvn_buf_str(&text), out);
        if (row->result.log.len > 0) {
            tvn_buf_append_text(out, "     logged:\n");
            print_indented(tvn_buf_str(&row->result.log), out);
        }
    }
    tvn_buf_fini(&text);
}

/* ------------------------------------------------------------------------
 * As JSON. */

static void
write_row(const struct tvn__test_row *row, struct tvn_json *json)
{
    tvn_json_object(json);
    tvn_json_key(json, "name");
    tvn_json_str(json, row->name);
    tvn_json_key(json, "path");
    tvn_json_text(json, row->place.path);
    tvn_json_key_u64(json, "line", row->place.line);
    tvn_json_key(json, "ok");
    tvn_json_bool(json, row->result.is_ok);
    tvn_json_key(json, "seconds");
    tvn_json_f64(json, (double)row->result.took_ns / 1e9);
    tvn_json_key(json, "findings");
    tvn__diag_json(&row->result.diag, json);
    tvn_json_key(json, "log");
    tvn_json_str(json, tvn_buf_str(&row->result.log));
    tvn_json_end(json);
}

static void
write_json(const struct tvn__test_report *report, struct tvn_buf *out)
{
    struct tvn_json json;

    tvn_json_init(&json, out, true);
    tvn_json_object(&json);
    tvn_json_key(&json, "ok");
    tvn_json_bool(
        &json, report->failed == 0 && tvn_diag_err(&report->diag) == TVN_OK);
    tvn_json_key_u64(&json, "tests", report->count);
    tvn_json_key_u64(&json, "failed", report->failed);
    tvn_json_key(&json, "seconds");
    tvn_json_f64(&json, (double)report->took_ns / 1e9);
    tvn_json_key(&json, "findings");
    tvn__diag_json(&report->diag, &json);
    tvn_json_key(&json, "results");
    tvn_json_array(&json);
    for (size_t i = 0; i < report->count; i++) {
        write_row(&report->rows[i], &json);
    }
    tvn_json_end(&json);
    tvn_json_end(&json);
    tvn_buf_append_byte(out, '\n');
}

/* ------------------------------------------------------------------------
 * Running. */

static tvn_err
add_row(struct tvn__test_report *report, struct tvn__test_row **out)
{
    if (report->count == report->cap) {
        size_t cap = report->cap == 0 ? 32 : report->cap * 2;
        struct tvn__test_row *grown =
            tvn_mem_resize(report->rows, report->cap, cap, sizeof(*grown));

        if (grown == NULL) {
            return TVN_ENOMEM;
        }
        report->rows = grown;
        report->cap = cap;
    }
    *out = &report->rows[report->count++];
    return TVN_OK;
}

static tvn_err
run_file(const struct tvn__args *args, const struct tvn_test_file *file,
    struct tvn__test_report *report)
{
    const struct tvn_test_opts opts = {
        .sets = args->sets,
        .set_count = args->set_count,
        .cache_dir = tvn_host_cache_dir(&report->arena),
        .say = tvn__say,
        .built = tvn__say_built,
    };

    for (uint32_t i = 0; i < tvn_test_count(file); i++) {
        struct tvn_str name = tvn_test_name(file, i);
        struct tvn__test_row *row = NULL;
        struct tvn_buf line = {0};

        if (!tvn_str_contains(name, tvn_str_of(args->filter))) {
            continue;
        }
        if (add_row(report, &row) != TVN_OK) {
            return TVN_ENOMEM;
        }
        row->name = name;
        row->place = *tvn_test_place(file, i);
        tvn_test_run(file, i, &opts, &row->result);
        report->failed += !row->result.is_ok;
        if (!args->json) { /* each as it ends: the next may take long */
            print_row(row, &line);
            (void)tvn__print(&line, 0);
        }
    }
    return TVN_OK;
}

static tvn_err
run_all(const struct tvn__args *args, struct tvn__test_report *report)
{
    uint64_t began = tvn_clock_monotonic_ns();
    tvn_err err = tvn__test_find_files(args, report);

    /* All are read before the first runs: a mistake shows at once. */
    for (size_t i = 0; i < report->file_count; i++) {
        err = tvn_err_first(err,
            tvn_test_read(report->paths[i], &report->files[i], &report->diag));
    }
    for (size_t i = 0; err == TVN_OK && i < report->file_count; i++) {
        err = run_file(args, report->files[i], report);
    }
    if (err == TVN_OK && report->count == 0) {
        err = tvn_diag_error(&report->diag, TVN_ETEST_NONE, NULL,
            args->filter == NULL ? "the files have no tests"
                                 : "no test has that text in its name");
    }
    report->took_ns = tvn_clock_monotonic_ns() - began;
    return err;
}

static void
report_fini(struct tvn__test_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        tvn_test_result_fini(&report->rows[i].result);
    }
    tvn_mem_free(report->rows, report->cap, sizeof(*report->rows));
    for (size_t i = 0; i < report->file_count; i++) {
        tvn_test_free(report->files[i]);
    }
    tvn_diag_fini(&report->diag);
    tvn_arena_fini(&report->arena);
}

int
tvn__cmd_test(const struct tvn__args *args)
{
    struct tvn__test_report report = {0};
    struct tvn_buf out = {0};
    int status;
    tvn_err err = run_all(args, &report);

    status = err == TVN_OK ? report.failed > 0 : tvn_err_exit(err);
    if (args->junit != NULL && err == TVN_OK) {
        status = tvn__test_junit(args->junit, &report, status);
    }
    if (args->json) {
        write_json(&report, &out);
    } else {
        tvn__print_diag(&report.diag);
        if (err == TVN_OK) {
            tvn_buf_printf(&out, "%zu test%s, %zu ok, %zu failed (%.1f s)\n",
                report.count, report.count == 1 ? "" : "s",
                report.count - report.failed, report.failed,
                (double)report.took_ns / 1e9);
        }
    }
    report_fini(&report);
    return tvn__print(&out, status);
}
