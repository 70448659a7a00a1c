/* cmd_link.c -- torvyn link, torvyn check: proves a flow, runs nothing. */
#include "cli/cli.h"

#include "contract/report.h"
#include "host/host.h"

#include <stdio.h>
#include <stdlib.h>

static int
explain(const char *code)
{
    const char *digits = code[0] == 'E' || code[0] == 'e' ? code + 1 : code;
    unsigned long number = strtoul(digits, NULL, 10);
    tvn_err err = number > 9999 ? TVN_OK : tvn_err_from_code((unsigned)number);
    struct tvn_buf out = {0};

    if (err == TVN_OK) {
        fprintf(stderr, "torvyn link: there is no error code '%s'\n", code);
        return TVN__EXIT_USAGE;
    }
    tvn_buf_printf(&out, "E%04u (exit status %d): %s\n", tvn_err_code(err),
        tvn_err_exit(err), tvn_err_text(err));
    return tvn__print(&out, 0);
}

static void
write_json(const struct tvn_host *host, const struct tvn_diag *diag,
    struct tvn_buf *out)
{
    struct tvn_json json;

    tvn_json_init(&json, out, true);
    tvn_json_object(&json);
    tvn__verdict_json(diag, &json);
    tvn_json_key(&json, "link");
    if (host == NULL || tvn_host_link(host) == NULL) {
        tvn_json_null(&json);
    } else {
        tvn_report_json(tvn_host_link(host), &json);
    }
    tvn_json_end(&json);
    tvn_buf_append_byte(out, '\n');
}

int
tvn__cmd_link(const struct tvn__args *args)
{
    const struct tvn_host_opts opts = {
        .file = args->file == NULL ? "torvyn.yaml" : args->file,
        .sets = args->sets,
        .set_count = args->set_count,
        .no_components = args->no_components,
        .building = TVN_HOST_WARN_STALE,
    };
    struct tvn_diag diag = {0};
    struct tvn_host *host = NULL;
    struct tvn_buf out = {0};
    int status;

    if (args->explain != NULL) {
        return explain(args->explain);
    }
    /* The code is in the diag, with everything else that was found. */
    (void)tvn_host_load(&opts, &host, &diag);
    status = tvn__exit_of(&diag);
    if (args->json) {
        write_json(host, &diag, &out);
    } else {
        tvn__print_diag(&diag);
        if (host != NULL && tvn_host_link(host) != NULL) {
            tvn_report_print(tvn_host_link(host), &out);
        }
    }
    tvn_host_free(host);
    tvn_diag_fini(&diag);
    return tvn__print(&out, status);
}

int
tvn__cmd_check(const struct tvn__args *args)
{
    struct tvn__args link = *args;

    link.no_components = true;
    return tvn__cmd_link(&link);
}
