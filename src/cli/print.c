/* print.c -- how the verbs print: text, JSON, findings. */
#include "cli/cli.h"

#include "build/build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int
tvn__print(struct tvn_buf *out, int status)
{
    size_t wrote =
        fwrite(out->ptr == NULL ? "" : out->ptr, 1, out->len, stdout);
    bool is_whole = wrote == out->len && fflush(stdout) == 0;

    if (!is_whole && errno != EPIPE) {
        fprintf(stderr, "torvyn: cannot write to standard output\n");
        status = 3;
    }
    tvn_buf_fini(out);
    return status;
}

bool
tvn__print_file(const char *what, const char *path, struct tvn_buf *out)
{
    FILE *file = fopen(path, "w");
    bool is_whole = file != NULL && !out->failed &&
                    fwrite(out->ptr, 1, out->len, file) == out->len;

    if (file != NULL && fclose(file) != 0) {
        is_whole = false;
    }
    if (!is_whole) {
        fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
    }
    tvn_buf_fini(out);
    return is_whole;
}

void
tvn__print_diag(const struct tvn_diag *diag)
{
    struct tvn_buf text = {0};

    tvn_diag_print(diag, &text);
    (void)fwrite(text.ptr == NULL ? "" : text.ptr, 1, text.len, stderr);
    tvn_buf_fini(&text);
}

void
tvn__say(void *env, const char *text, size_t len)
{
    (void)env;
    (void)fwrite(text, 1, len, stderr);
}

void
tvn__built_print(const struct tvn_build_stage *stage, struct tvn_buf *out)
{
    tvn_buf_printf(out, "built %-16.*s %6.1f KiB %5.2f s",
        TVN_STR_ARG(stage->name), (double)stage->size / 1024,
        (double)stage->took_ns / 1e9);
}

void
tvn__say_built(void *env, const struct tvn_build_stage *stage)
{
    struct tvn_buf line = {0};

    tvn__built_print(stage, &line);
    tvn_buf_append_byte(&line, '\n');
    tvn__say(env, tvn_buf_text(&line), line.len);
    tvn_buf_fini(&line);
}

static void
json_place(const struct tvn_place *place, struct tvn_json *json)
{
    tvn_json_key(json, "path");
    tvn_json_text(json, place->path);
    tvn_json_key_u64(json, "line", place->line);
    tvn_json_key_u64(json, "column", place->column);
    tvn_json_key(json, "what");
    tvn_json_text(json, place->what);
}

static void
json_finding(const struct tvn_finding *finding, struct tvn_json *json)
{
    char code[8];

    (void)snprintf(
        code, sizeof(code), "E%04u", tvn_err_code(finding->err) % 10000);
    tvn_json_object(json);
    tvn_json_key(json, "severity");
    tvn_json_text(
        json, finding->severity == TVN_SEVERITY_ERROR ? "error" : "warning");
    tvn_json_key(json, "code");
    tvn_json_text(json, code);
    json_place(&finding->place, json);
    tvn_json_key(json, "text");
    tvn_json_text(json, finding->text);
    tvn_json_key(json, "help");
    tvn_json_text(json, finding->help);
    tvn_json_key(json, "notes");
    tvn_json_array(json);
    for (const struct tvn_note *note = finding->notes; note != NULL;
         note = note->next) {
        tvn_json_object(json);
        json_place(&note->place, json);
        tvn_json_key(json, "text");
        tvn_json_text(json, note->text);
        tvn_json_end(json);
    }
    tvn_json_end(json);
    tvn_json_end(json);
}

void
tvn__diag_json(const struct tvn_diag *diag, struct tvn_json *json)
{
    tvn_json_array(json);
    for (const struct tvn_finding *finding = diag->first; finding != NULL;
         finding = finding->next) {
        json_finding(finding, json);
    }
    tvn_json_end(json);
}

int
tvn__exit_of(const struct tvn_diag *diag)
{
    return tvn_err_exit(tvn_diag_err(diag));
}

void
tvn__verdict_json(const struct tvn_diag *diag, struct tvn_json *json)
{
    tvn_json_key(json, "ok");
    tvn_json_bool(json, tvn_diag_err(diag) == TVN_OK);
    tvn_json_key(json, "findings");
    tvn__diag_json(diag, json);
}
