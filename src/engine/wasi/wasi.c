/* wasi.c -- instances of WASI, and the way from a host function to its row. */
#include "engine/wasi/wasi.h"

#include "base/assert.h"
#include "base/mem.h"
#include "engine/wasi/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MIN  256u /* bytes; every root fits */
#define WAIT_NS_MAX UINT64_C(3600000000000)

static const struct tvn__wasi_part *const parts[] = {
    &tvn__wasi_cli,
    &tvn__wasi_poll,
    &tvn__wasi_input,
    &tvn__wasi_output,
    &tvn__wasi_clocks,
    &tvn__wasi_random,
    &tvn__wasi_fs_open,
    &tvn__wasi_fs_io,
    &tvn__wasi_fs_meta,
    &tvn__wasi_fs_tree,
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static const struct {
    const char *interface;
    const char *name;
    enum tvn__wasi_kind kind;
} resources[TVN__WASI_RESOURCES] = {
    {"wasi:io/error@0.2", "error", TVN__WASI_ERROR},
    {"wasi:io/poll@0.2", "pollable", TVN__WASI_POLLABLE},
    {"wasi:io/streams@0.2", "input-stream", TVN__WASI_INPUT},
    {"wasi:io/streams@0.2", "output-stream", TVN__WASI_OUTPUT},
    {"wasi:cli/terminal-input@0.2", "terminal-input", TVN__WASI_TERMINAL_IN},
    {"wasi:cli/terminal-output@0.2", "terminal-output", TVN__WASI_TERMINAL_OUT},
    {"wasi:filesystem/types@0.2", "descriptor", TVN__WASI_DESCRIPTOR},
    {"wasi:filesystem/types@0.2", "directory-entry-stream", TVN__WASI_ENTRIES},
};

static tvn_err
call_row(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    const struct tvn__wasi_bound *bound = env;
    struct tvn__wasi_call call = {
        .wasi = bound->wasi,
        .row = bound->row,
        .args = args,
        .diag = diag,
    };
    struct tvn_wasi *wasi = bound->wasi;
    tvn_err err;

    wasi->answer_size = bound->row->size;
    memset(wasi->answer, 0, wasi->answer_size);
    err = bound->row->run(&call);
    if (err == TVN_OK && bound->row->size > 0) {
        *result = wasi->answer;
        *result_root = 0;
    }
    return err;
}

static void
drop(void *env, uint32_t rep)
{
    const struct tvn__wasi_dropper *dropper = env;

    tvn__wasi_drop(dropper->wasi, rep, dropper->kind);
}

static void
bind_funcs(struct tvn_wasi *wasi)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < PARTS; i++) {
        for (uint32_t k = 0; k < parts[i]->count; k++) {
            const struct tvn__wasi_row *row = &parts[i]->rows[k];

            TVN_ASSERT(row->size <= ANSWER_MIN);
            wasi->bound[n] = (struct tvn__wasi_bound){wasi, row};
            wasi->funcs[n] = (struct tvn_host_func){
                .interface = tvn_str_of(row->interface),
                .name = tvn_str_of(row->name),
                .signature = row->signature,
                .call = call_row,
                .env = &wasi->bound[n],
            };
            n++;
        }
    }
}

static void
bind_resources(struct tvn_wasi *wasi)
{
    for (uint32_t i = 0; i < TVN__WASI_RESOURCES; i++) {
        wasi->droppers[i] = (struct tvn__wasi_dropper){wasi, resources[i].kind};
        wasi->resources[i] = (struct tvn_host_resource){
            .interface = tvn_str_of(resources[i].interface),
            .name = tvn_str_of(resources[i].name),
            .drop = drop,
            .env = &wasi->droppers[i],
        };
    }
}

static tvn_err
check_text(const char *text, const char *what, struct tvn_diag *diag)
{
    size_t bad;

    if (tvn_utf8_valid(text, strlen(text), &bad)) {
        return TVN_OK;
    }
    return tvn_diag_error(diag, TVN_EUTF8, NULL,
        "%s of a guest is not UTF-8 from byte %zu on", what, bad);
}

static tvn_err
check_texts(const struct tvn_wasi_opts *opts, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < opts->arg_count; i++) {
        err = check_text(opts->args[i], "an argument", diag);
    }
    for (uint32_t i = 0; err == TVN_OK && i < opts->var_count; i++) {
        err = tvn_err_first(check_text(opts->vars[i].name, "a variable", diag),
            check_text(opts->vars[i].value, "a variable", diag));
    }
    for (uint32_t i = 0; err == TVN_OK && i < opts->dir_count; i++) {
        err = check_text(opts->dirs[i].guest_path, "a directory", diag);
    }
    return err;
}

/* The host's own path may lead anywhere; only from here on it is beneath. */
static tvn_err
open_dir(const struct tvn_wasi_dir *dir, int *out, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = dir->host_path};
    int probe;

    *out = open(dir->host_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*out < 0) {
        int error = errno;

        return tvn_diag_error(diag, error == ENOENT ? TVN_ENOTFOUND : TVN_EIO,
            &place, "the directory for a guest's %s cannot be opened: %s",
            dir->guest_path, strerror(error));
    }
    probe = tvn__wasi_open_beneath(*out, ".", tvn__wasi_path_only(), 0);
    if (probe < 0) {
        return tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
            "a guest's files need openat2 of Linux 5.6: %s", strerror(errno));
    }
    (void)close(probe); /* it only names the directory */
    return TVN_OK;
}

static tvn_err
open_dirs(struct tvn_wasi *wasi, struct tvn_diag *diag)
{
    uint32_t count = wasi->opts.dir_count;
    tvn_err err = TVN_OK;

    if (count == 0) {
        return TVN_OK;
    }
    wasi->dirs = tvn_mem_new(count, sizeof(*wasi->dirs));
    if (wasi->dirs == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    for (uint32_t i = 0; i < count; i++) {
        wasi->dirs[i] = -1;
    }
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        err = open_dir(&wasi->opts.dirs[i], &wasi->dirs[i], diag);
    }
    return err;
}

static tvn_err
make(struct tvn_wasi *wasi, struct tvn_diag *diag)
{
    for (uint32_t i = 0; i < PARTS; i++) {
        wasi->func_count += parts[i]->count;
    }
    wasi->answer = tvn_mem_new(ANSWER_MIN, 1);
    wasi->answer_cap = wasi->answer == NULL ? 0 : ANSWER_MIN;
    wasi->bound = tvn_mem_new(wasi->func_count, sizeof(*wasi->bound));
    wasi->funcs = tvn_mem_new(wasi->func_count, sizeof(*wasi->funcs));
    if (wasi->answer == NULL || wasi->bound == NULL || wasi->funcs == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    bind_funcs(wasi);
    bind_resources(wasi);
    return open_dirs(wasi, diag);
}

tvn_err
tvn_wasi_new(TVN_KEPT const struct tvn_wasi_opts *opts,
    TVN_GIVE struct tvn_wasi **out, struct tvn_diag *diag)
{
    struct tvn_wasi *wasi;
    tvn_err err = check_texts(opts, diag);

    if (err != TVN_OK) {
        return err;
    }
    if (opts->wait_max_ns > WAIT_NS_MAX) {
        return tvn_diag_error(
            diag, TVN_EINVAL, NULL, "a guest may not wait longer than an hour");
    }
    wasi = tvn_mem_new(1, sizeof(*wasi));
    if (wasi == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    wasi->opts = *opts;
    if (opts->wait_max_ns == 0) {
        wasi->opts.wait_max_ns = TVN_WASI_WAIT_MAX_NS;
    }
    if (opts->clock == NULL) {
        wasi->opts.clock = tvn_clock_real();
    }
    if (!tvn__wasi_is_granted(wasi, TVN_WASI_FILESYSTEM)) {
        wasi->opts.dir_count = 0;
    }
    /* Without randomness hashes are guessable, and right all the same. */
    (void)tvn__wasi_random_bytes(wasi->secrets, sizeof(wasi->secrets));
    err = make(wasi, diag);
    if (err != TVN_OK) {
        tvn_wasi_free(wasi);
        return err;
    }
    *out = wasi;
    return TVN_OK;
}

void
tvn_wasi_free(struct tvn_wasi *wasi)
{
    if (wasi == NULL) {
        return;
    }
    tvn__wasi_drop_all(wasi);
    for (uint32_t i = 0; wasi->dirs != NULL && i < wasi->opts.dir_count; i++) {
        if (wasi->dirs[i] >= 0) {
            (void)close(wasi->dirs[i]); /* nothing was written through it */
        }
    }
    tvn_mem_free(wasi->dirs, wasi->opts.dir_count, sizeof(*wasi->dirs));
    tvn_mem_free(wasi->answer, wasi->answer_cap, 1);
    tvn_mem_free(wasi->bound, wasi->func_count, sizeof(*wasi->bound));
    tvn_mem_free(wasi->funcs, wasi->func_count, sizeof(*wasi->funcs));
    tvn_mem_free(wasi, 1, sizeof(*wasi));
}

const struct tvn_host_func *
tvn_wasi_funcs(struct tvn_wasi *wasi, uint32_t *count)
{
    *count = wasi->func_count;
    return wasi->funcs;
}

const struct tvn_host_resource *
tvn_wasi_resources(struct tvn_wasi *wasi, uint32_t *count)
{
    *count = TVN__WASI_RESOURCES;
    return wasi->resources;
}

bool
tvn_wasi_has_exited(const struct tvn_wasi *wasi, int *status)
{
    if (wasi->has_exited) {
        *status = wasi->status;
    }
    return wasi->has_exited;
}

uint32_t
tvn_wasi_objects(const struct tvn_wasi *wasi)
{
    return wasi->object_count;
}

const char *
tvn_wasi_signature(struct tvn_str interface, struct tvn_str name)
{
    for (uint32_t i = 0; i < PARTS; i++) {
        for (uint32_t k = 0; k < parts[i]->count; k++) {
            const struct tvn__wasi_row *row = &parts[i]->rows[k];

            if (tvn_str_is(name, row->name) &&
                tvn_name_reads_as(interface, tvn_str_of(row->interface))) {
                return row->signature;
            }
        }
    }
    return NULL;
}
