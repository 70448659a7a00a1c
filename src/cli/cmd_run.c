/* cmd_run.c -- torvyn run: links, runs, reports. */
#include "cli/cli.h"

#include "base/clock.h"
#include "host/host.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct progress {
    struct tvn_str flow;
    uint64_t last_ns;
    uint64_t last_in;
};

/* One line, rewritten; only on a terminal. */
static void
show(void *env, uint64_t elapsed_ns, uint64_t in)
{
    struct progress *self = env;
    uint64_t ns = elapsed_ns - self->last_ns;
    double rate = ns == 0 ? 0 : (double)(in - self->last_in) * 1e9 / (double)ns;

    fprintf(stderr, "\r%.*s: %llu events, %.0f events/s\033[K",
        TVN_STR_ARG(self->flow), (unsigned long long)in, rate);
    self->last_ns = elapsed_ns;
    self->last_in = in;
}

static void
write_report(const struct tvn_host *host, struct tvn_buf *out)
{
    struct tvn_json json;

    tvn_json_init(&json, out, true);
    tvn_host_report_json(host, &json);
    tvn_buf_append_byte(out, '\n');
}

static bool
reports_to_stdout(const struct tvn__args *args)
{
    return args->json ||
           (args->report != NULL && strcmp(args->report, "-") == 0);
}

static int
tell(const struct tvn__args *args, const struct tvn_host *host, int status)
{
    struct tvn_buf text = {0};

    if (!args->json) {
        tvn_host_report_print(host, &text);
        (void)fwrite(text.ptr == NULL ? "" : text.ptr, 1, text.len, stderr);
        tvn_buf_fini(&text);
    }
    if (args->report != NULL && strcmp(args->report, "-") != 0) {
        write_report(host, &text);
        if (!tvn__print_file("torvyn run: cannot write the report to",
                args->report, &text) &&
            status == 0) {
            status = 3;
        }
    }
    if (reports_to_stdout(args)) {
        write_report(host, &text);
        status = tvn__print(&text, status);
    }
    return status;
}

/* ------------------------------------------------------------------------ */

static int
run(const struct tvn__args *args, const struct tvn__run_verb *verb,
    const struct tvn_host_run_opts *opts, struct tvn_host *host,
    struct tvn_diag *diag)
{
    struct tvn_arena arena = {0};
    bool is_shown = isatty(STDERR_FILENO) == 1;
    struct progress progress = {.flow = tvn_host_pipeline(host)->flow.text};
    struct tvn_host_run_opts own = *opts;
    int status;

    own.limit = args->limit;
    own.cache_dir = tvn_host_cache_dir(&arena);
    own.has_signals = true;
    own.progress = is_shown ? show : NULL;
    own.env = &progress;
    (void)tvn_host_run(host, &own, diag); /* the code is in the diag */
    if (is_shown && progress.last_ns > 0) {
        fprintf(stderr, "\r\033[K");
    }
    tvn_arena_fini(&arena);
    tvn__print_diag(diag);
    status = tvn__exit_of(diag);
    return tvn_host_has_run(host) ? verb->tell(args, host, status) : status;
}

int
tvn__run_flow(const struct tvn__args *args, const struct tvn__run_verb *verb,
    const struct tvn_host_run_opts *run_opts)
{
    const struct tvn_host_opts opts = {
        .file = args->file == NULL ? "torvyn.yaml" : args->file,
        .sets = args->sets,
        .set_count = args->set_count,
        .building = args->build || args->is_debug ? TVN_HOST_BUILD
                                                  : TVN_HOST_WARN_STALE,
        .is_debug = args->is_debug,
        .say = tvn__say,
        .built = tvn__say_built,
    };
    struct tvn_diag diag = {0};
    struct tvn_host *host = NULL;
    int status;

    if (tvn_host_load(&opts, &host, &diag) != TVN_OK) {
        tvn__print_diag(&diag);
        status = tvn__exit_of(&diag);
    } else if (verb->takes_stdout && tvn_host_uses_stdout(host)) {
        fprintf(stderr,
            "torvyn %s: a sink writes to standard output, so the "
            "%s cannot\nhelp: %s\n",
            verb->name, verb->what, verb->help);
        status = TVN__EXIT_USAGE;
    } else {
        tvn__print_diag(&diag); /* warnings of the link */
        tvn_diag_fini(&diag);
        status = run(args, verb, run_opts, host, &diag);
    }
    tvn_host_free(host);
    tvn_diag_fini(&diag);
    return status;
}

int
tvn__cmd_run(const struct tvn__args *args)
{
    const struct tvn__run_verb verb = {
        .name = "run",
        .what = "report",
        .takes_stdout = reports_to_stdout(args),
        .help = "write it to a file: --report report.json",
        .tell = tell,
    };
    const struct tvn_host_run_opts opts = {0};

    return tvn__run_flow(args, &verb, &opts);
}
