/* cmd_inspect.c -- torvyn inspect: one component by itself. */
#include "cli/cli.h"

#include "host/host.h"

#include <stdio.h>

int
tvn__cmd_inspect(const struct tvn__args *args)
{
    struct tvn_diag diag = {0};
    struct tvn_buf out = {0};
    struct tvn_json json;
    int status;

    if (args->file == NULL) {
        fprintf(stderr, "torvyn inspect: which component?\n"
                        "help: torvyn inspect build/validate.wasm\n");
        return TVN__EXIT_USAGE;
    }
    tvn_json_init(&json, &out, true);
    /* The code is in the diag. */
    (void)tvn_host_inspect(
        args->file, args->json ? NULL : &out, args->json ? &json : NULL, &diag);
    if (args->json && out.len > 0) {
        tvn_buf_append_byte(&out, '\n');
    }
    tvn__print_diag(&diag);
    status = tvn__exit_of(&diag);
    tvn_diag_fini(&diag);
    return tvn__print(&out, status);
}
