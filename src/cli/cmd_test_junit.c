/* cmd_test_junit.c -- the outcome of tests as JUnit's XML, for CI. */
#include "cli/test.h"

#include <string.h>

/* XML has no way to write most control characters: they come out as \xNN. */
static void
append(struct tvn_buf *out, struct tvn_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        struct tvn_str byte = {text.ptr + i, 1};

        switch (text.ptr[i]) {
        case '&':
            tvn_buf_append_text(out, "&amp;");
            break;
        case '<':
            tvn_buf_append_text(out, "&lt;");
            break;
        case '>':
            tvn_buf_append_text(out, "&gt;");
            break;
        case '"':
            tvn_buf_append_text(out, "&quot;");
            break;
        case '\n':
            tvn_buf_append_text(out, "&#10;");
            break;
        default:
            if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F) {
                tvn_buf_append_escaped(out, byte);
            } else {
                tvn_buf_append_str(out, byte);
            }
        }
    }
}

static void
attribute(struct tvn_buf *out, const char *name, struct tvn_str value)
{
    tvn_buf_printf(out, " %s=\"", name);
    append(out, value);
    tvn_buf_append_byte(out, '"');
}

static void
write_case(const struct tvn__test_row *row, struct tvn_buf *out)
{
    const struct tvn_finding *first = row->result.diag.first;
    struct tvn_buf text = {0};

    tvn_buf_append_text(out, "    <testcase");
    attribute(out, "name", row->name);
    attribute(out, "classname", tvn_str_of(row->place.path));
    attribute(out, "file", tvn_str_of(row->place.path));
    tvn_buf_printf(out, " line=\"%u\" time=\"%.6f\"", (unsigned)row->place.line,
        (double)row->result.took_ns / 1e9);
    if (row->result.is_ok) {
        tvn_buf_append_text(out, "/>\n");
        return;
    }
    tvn_buf_append_text(out, ">\n      <failure");
    attribute(
        out, "message", first == NULL ? TVN_STR("") : tvn_str_of(first->text));
    tvn_buf_append_byte(out, '>');
    tvn_diag_print(&row->result.diag, &text);
    append(out, tvn_buf_str(&text));
    tvn_buf_append_text(out, "</failure>\n    </testcase>\n");
    tvn_buf_fini(&text);
}

static void
write_suite(const struct tvn__test_report *report, const char *path,
    struct tvn_buf *out)
{
    size_t count = 0;
    size_t failed = 0;
    double seconds = 0;

    for (size_t i = 0; i < report->count; i++) {
        const struct tvn__test_row *row = &report->rows[i];

        if (strcmp(row->place.path, path) == 0) {
            count++;
            failed += !row->result.is_ok;
            seconds += (double)row->result.took_ns / 1e9;
        }
    }
    tvn_buf_append_text(out, "  <testsuite");
    attribute(out, "name", tvn_str_of(path));
    tvn_buf_printf(out,
        " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" "
        "time=\"%.6f\">\n",
        count, failed, seconds);
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->rows[i].place.path, path) == 0) {
            write_case(&report->rows[i], out);
        }
    }
    tvn_buf_append_text(out, "  </testsuite>\n");
}

int
tvn__test_junit(
    const char *path, const struct tvn__test_report *report, int status)
{
    struct tvn_buf text = {0};

    tvn_buf_printf(&text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "
        "tests=\"%zu\" failures=\"%zu\" time=\"%.6f\">\n",
        report->count, report->failed, (double)report->took_ns / 1e9);
    for (size_t i = 0; i < report->file_count; i++) {
        write_suite(report, report->paths[i], &text);
    }
    tvn_buf_append_text(&text, "</testsuites>\n");
    return tvn__print_file("torvyn test: cannot write", path, &text) ? status
                                                                     : 3;
}
