/* cmd_trace.c -- torvyn trace: runs a flow and follows some of its events. */
#include "cli/cli.h"

#include "host/host.h"

#include <stdio.h>

#define EVERY     1000u
#define COUNT     20u
#define COUNT_MAX 100000u

static int
tell(const struct tvn__args *args, const struct tvn_host *host, int status)
{
    struct tvn_buf text = {0};
    struct tvn_json json;

    if (args->json) {
        tvn_json_init(&json, &text, true);
        tvn_host_trace_json(host, &json);
        tvn_buf_append_byte(&text, '\n');
        return tvn__print(&text, status);
    }
    tvn_host_report_print(host, &text);
    (void)fwrite(text.ptr == NULL ? "" : text.ptr, 1, text.len, stderr);
    tvn_buf_clear(&text);
    tvn_host_trace_print(host, &text);
    return tvn__print(&text, status);
}

int
tvn__cmd_trace(const struct tvn__args *args)
{
    const struct tvn__run_verb verb = {
        .name = "trace",
        .what = "trace",
        .takes_stdout = true,
        .help = "let the sink write to a file: --set "
                "stages.NAME.sink.file=out",
        .tell = tell,
    };
    const struct tvn_host_run_opts opts = {
        .trace_every = args->every == 0 ? EVERY : args->every,
        .trace_count = args->count == 0 ? COUNT : (uint32_t)args->count,
    };

    if (args->count > COUNT_MAX) {
        fprintf(stderr, "torvyn trace: --count takes at most %u\n", COUNT_MAX);
        return TVN__EXIT_USAGE;
    }
    return tvn__run_flow(args, &verb, &opts);
}
