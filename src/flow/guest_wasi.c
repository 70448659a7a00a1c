/* guest_wasi.c -- WASI for guests of ordinary toolchains: an instance of it
 * for each of theirs, and their output as lines of the log. */
#include "flow/guest_internal.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

static void
log_line(struct tvn__guest *guest, int fd, struct tvn__guest_line *line)
{
    const struct tvn_guest_opts *opts = &guest->opts;
    struct tvn_str text = {line->text, line->len};
    size_t bad = 0;

    line->len = 0;
    if (!tvn_utf8_valid(text.ptr, text.len, &bad)) {
        text.len = bad; /* the rest cannot be shown */
    }
    if (opts->log != NULL) {
        opts->log(
            opts->env, opts->name, fd == 1 ? TVN_LOG_INFO : TVN_LOG_WARN, text);
    }
}

/* A line that is too long is several. */
static bool
write_lines(void *env, int fd, const uint8_t *bytes, size_t len)
{
    struct tvn__guest *guest = env;
    struct tvn__guest_line *line = &guest->wasi.lines[fd - 1];

    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n' || line->len == sizeof(line->text)) {
            log_line(guest, fd, line);
        }
        if (bytes[i] != '\n') {
            line->text[line->len++] = (char)bytes[i];
        }
    }
    return true;
}

/* The process's own variables, for who was granted them. */
static tvn_err
read_environment(struct tvn__guest *guest)
{
    struct tvn_wasi_opts *opts = &guest->wasi.opts;
    struct tvn_wasi_var *vars;
    uint32_t count = 0;

    while (environ != NULL && environ[count] != NULL) {
        count++;
    }
    vars = tvn_arena_new(&guest->arena, count, sizeof(*vars));
    if (vars == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *equals = strchr(environ[i], '=');
        size_t bad = 0;

        if (equals == NULL ||
            !tvn_utf8_valid(environ[i], strlen(environ[i]), &bad)) {
            continue; /* WASI has no other text than UTF-8 */
        }
        vars[opts->var_count].name = tvn_arena_copy(
            &guest->arena, environ[i], (size_t)(equals - environ[i]));
        vars[opts->var_count].value =
            tvn_arena_copy(&guest->arena, equals + 1, strlen(equals + 1));
        if (vars[opts->var_count].name == NULL ||
            vars[opts->var_count].value == NULL) {
            return TVN_ENOMEM;
        }
        opts->var_count++;
    }
    opts->vars = vars;
    return TVN_OK;
}

/* Once; what does not change from instance to instance. */
static tvn_err
prepare(struct tvn__guest *guest)
{
    struct tvn__guest_wasi *self = &guest->wasi;

    if (self->lines != NULL) {
        return TVN_OK;
    }
    self->lines = tvn_arena_new(&guest->arena, 2, sizeof(*self->lines));
    self->opts = (struct tvn_wasi_opts){
        .grants = guest->opts.wasi_grants,
        .dirs = guest->opts.dirs,
        .dir_count = guest->opts.dir_count,
        .write = write_lines,
        .env = guest,
        .clock = guest->opts.clock,
    };
    if (self->lines == NULL) {
        return TVN_ENOMEM;
    }
    return (self->opts.grants & TVN_WASI_ENVIRONMENT) != 0
               ? read_environment(guest)
               : TVN_OK;
}

static tvn_err
join_imports(struct tvn__guest *guest)
{
    struct tvn__guest_wasi *self = &guest->wasi;
    uint32_t count = 0;
    const struct tvn_host_func *funcs = tvn_wasi_funcs(self->wasi, &count);
    uint32_t room = guest->host_count + count;

    if (self->imports == NULL) {
        self->imports =
            tvn_arena_new(&guest->arena, room, sizeof(*self->imports));
    }
    if (self->imports == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < guest->host_count; i++) {
        self->imports[i] = guest->hosts[i];
    }
    memcpy(self->imports + guest->host_count, funcs, count * sizeof(*funcs));
    self->import_count = room;
    self->resources = tvn_wasi_resources(self->wasi, &self->resource_count);
    return TVN_OK;
}

tvn_err
tvn__guest_wasi_open(struct tvn__guest *guest)
{
    struct tvn__guest_wasi *self = &guest->wasi;
    tvn_err err;

    if (guest->opts.role->wasi_count == 0) {
        self->imports = guest->hosts;
        self->import_count = guest->host_count;
        return TVN_OK;
    }
    err = prepare(guest);
    if (err == TVN_OK) {
        err = tvn_wasi_new(&self->opts, &self->wasi, &guest->diag);
    }
    return err == TVN_OK ? join_imports(guest) : err;
}

void
tvn__guest_wasi_close(struct tvn__guest *guest)
{
    struct tvn__guest_wasi *self = &guest->wasi;

    for (int fd = 1; self->lines != NULL && fd <= 2; fd++) {
        if (self->lines[fd - 1].len > 0) {
            log_line(guest, fd, &self->lines[fd - 1]);
        }
    }
    tvn_wasi_free(self->wasi);
    self->wasi = NULL;
}
