/* cli.c -- wasi:cli: environment, exit, the standard streams, terminals. */
#include "engine/wasi/internal.h"

#include "engine/wasi/text.h"

#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------------
 * environment */
static tvn_err
get_environment(struct tvn__wasi_call *call)
{
    const struct tvn_wasi_opts *opts = &call->wasi->opts;
    struct tvn__wasi_text list = {0};
    tvn_err err;

    if (tvn__wasi_is_granted(call->wasi, TVN_WASI_ENVIRONMENT)) {
        list.len = opts->var_count;
    }
    err = tvn__wasi_more(call, (uint64_t)list.len * 16, 4, &list.at);
    for (uint32_t i = 0; err == TVN_OK && i < list.len; i++) {
        struct tvn__wasi_text pair[2];

        err = tvn__wasi_copy(call, tvn_str_of(opts->vars[i].name), &pair[0]);
        if (err == TVN_OK) {
            err =
                tvn__wasi_copy(call, tvn_str_of(opts->vars[i].value), &pair[1]);
        }
        if (err == TVN_OK) {
            memcpy(call->wasi->answer + list.at + i * sizeof(pair), pair,
                sizeof(pair));
        }
    }
    tvn__wasi_put(call, &list, sizeof(list));
    return err;
}

static tvn_err
get_arguments(struct tvn__wasi_call *call)
{
    const struct tvn_wasi_opts *opts = &call->wasi->opts;
    struct tvn__wasi_text list = {0};
    tvn_err err;

    if (tvn__wasi_is_granted(call->wasi, TVN_WASI_ENVIRONMENT)) {
        list.len = opts->arg_count;
    }
    err = tvn__wasi_more(call, (uint64_t)list.len * 8, 4, &list.at);
    for (uint32_t i = 0; err == TVN_OK && i < list.len; i++) {
        struct tvn__wasi_text text;

        err = tvn__wasi_copy(call, tvn_str_of(opts->args[i]), &text);
        if (err == TVN_OK) {
            memcpy(call->wasi->answer + list.at + i * sizeof(text), &text,
                sizeof(text));
        }
    }
    tvn__wasi_put(call, &list, sizeof(list));
    return err;
}

/* A stage has no folder that it would be in: none. */
static tvn_err
initial_cwd(struct tvn__wasi_call *call)
{
    (void)call;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * exit */
static tvn_err
exit_with(struct tvn__wasi_call *call, int status)
{
    call->wasi->has_exited = true;
    call->wasi->status = status;
    return tvn_diag_error(
        call->diag, TVN_ETRAP, NULL, "the guest exited with status %d", status);
}

static tvn_err
exit_result(struct tvn__wasi_call *call)
{
    return exit_with(call, call->args[0] == 0 ? 0 : 1);
}

static tvn_err
exit_code(struct tvn__wasi_call *call)
{
    return exit_with(call, call->args[0]);
}

/* ------------------------------------------------------------------------
 * stdin, stdout, stderr */
static tvn_err
get_stream(struct tvn__wasi_call *call, int stdio, bool has_callback)
{
    struct tvn__wasi_object *stream;
    uint32_t rep;
    tvn_err err = tvn__wasi_make(
        call, stdio == 0 ? TVN__WASI_INPUT : TVN__WASI_OUTPUT, &stream, &rep);

    if (err != TVN_OK) {
        return err;
    }
    stream->u.stream.stdio = stdio;
    if (!tvn__wasi_is_granted(
            call->wasi, tvn_wasi_grant_of(tvn_str_of(call->row->interface)))) {
        stream->u.stream.source = TVN__WASI_CLOSED;
    } else {
        stream->u.stream.source =
            has_callback ? TVN__WASI_CALLBACK : TVN__WASI_PROCESS;
    }
    tvn__wasi_put(call, &rep, sizeof(rep));
    return TVN_OK;
}

static tvn_err
get_stdin(struct tvn__wasi_call *call)
{
    return get_stream(call, 0, call->wasi->opts.read != NULL);
}

static tvn_err
get_stdout(struct tvn__wasi_call *call)
{
    return get_stream(call, 1, call->wasi->opts.write != NULL);
}

static tvn_err
get_stderr(struct tvn__wasi_call *call)
{
    return get_stream(call, 2, call->wasi->opts.write != NULL);
}

/* ------------------------------------------------------------------------
 * terminals */
struct option_handle {
    uint8_t is_some;
    uint8_t pad[3];
    uint32_t rep;
};
_Static_assert(sizeof(struct option_handle) == 8, "option<own<..>>");

static tvn_err
get_terminal(struct tvn__wasi_call *call, int stdio, bool has_callback)
{
    struct option_handle out = {.is_some = 1};
    struct tvn__wasi_object *object;
    tvn_err err;

    if (has_callback || isatty(stdio) == 0 ||
        !tvn__wasi_is_granted(
            call->wasi, tvn_wasi_grant_of(tvn_str_of(call->row->interface)))) {
        return TVN_OK; /* none */
    }
    err = tvn__wasi_make(call,
        stdio == 0 ? TVN__WASI_TERMINAL_IN : TVN__WASI_TERMINAL_OUT, &object,
        &out.rep);
    if (err == TVN_OK) {
        tvn__wasi_put(call, &out, sizeof(out));
    }
    return err;
}

static tvn_err
get_terminal_stdin(struct tvn__wasi_call *call)
{
    return get_terminal(call, 0, call->wasi->opts.read != NULL);
}

static tvn_err
get_terminal_stdout(struct tvn__wasi_call *call)
{
    return get_terminal(call, 1, call->wasi->opts.write != NULL);
}

static tvn_err
get_terminal_stderr(struct tvn__wasi_call *call)
{
    return get_terminal(call, 2, call->wasi->opts.write != NULL);
}

static const struct tvn__wasi_row rows[] = {
    {"wasi:cli/environment@0.2", "get-environment",
        "func() -> list<tuple<string, string>>", get_environment, 8, 0},
    {"wasi:cli/environment@0.2", "get-arguments", "func() -> list<string>",
        get_arguments, 8, 0},
    {"wasi:cli/environment@0.2", "initial-cwd", "func() -> option<string>",
        initial_cwd, 12, 4},
    {"wasi:cli/exit@0.2", "exit", "func(status: result)", exit_result, 0, 0},
    {"wasi:cli/exit@0.2", "exit-with-code", "func(status-code: u8)", exit_code,
        0, 0},
    {"wasi:cli/stdin@0.2", "get-stdin", "func() -> own<" TVN__INPUT ">",
        get_stdin, 4, 0},
    {"wasi:cli/stdout@0.2", "get-stdout", "func() -> own<" TVN__OUTPUT ">",
        get_stdout, 4, 0},
    {"wasi:cli/stderr@0.2", "get-stderr", "func() -> own<" TVN__OUTPUT ">",
        get_stderr, 4, 0},
    {"wasi:cli/terminal-stdin@0.2", "get-terminal-stdin",
        "func() -> option<own<" TVN__TERM_IN ">>", get_terminal_stdin, 8, 4},
    {"wasi:cli/terminal-stdout@0.2", "get-terminal-stdout",
        "func() -> option<own<" TVN__TERM_OUT ">>", get_terminal_stdout, 8, 4},
    {"wasi:cli/terminal-stderr@0.2", "get-terminal-stderr",
        "func() -> option<own<" TVN__TERM_OUT ">>", get_terminal_stderr, 8, 4},
};

const struct tvn__wasi_part tvn__wasi_cli = {
    rows, sizeof(rows) / sizeof(rows[0])};
