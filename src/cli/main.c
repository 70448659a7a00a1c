/* main.c -- torvyn: one verb, one file cmd_<verb>.c. */
#include "cli/cli.h"

#include <signal.h>

static int (*const verbs[])(const struct tvn__args *args) = {
#define TVN_COMMAND(name, arguments, text) tvn__cmd_##name,
#include "cli/commands.def"
};

int
main(int argc, char **argv)
{
    struct tvn__args args;
    struct tvn_buf help = {0};
    int status = tvn__args_parse(argc, argv, &args);

    /* A closed pipe, a file at its limit: error codes of write(), never
     * signals. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (status != 0) {
        return status;
    }
    if (args.help) {
        tvn__help(args.verb, &help);
        return tvn__print(&help, 0);
    }
    return verbs[args.verb](&args);
}
