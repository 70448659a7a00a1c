/* witc.c -- the WIT tools at build time, before there is a torvyn.
 *
 * Used by CMake for the example guests and by tests; people use torvyn. */
#include "toolchain/toolchain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)256 << 20)

static const char usage[] = "usage: witc bind WIT-PATH WORLD OUT-DIR\n"
                            "       witc component CORE.wasm OUT.wasm\n"
                            "       witc wat IN.wat OUT.wasm\n"
                            "       witc encode WIT-PATH OUT.wasm\n"
                            "       witc print FILE\n"
                            "       witc validate FILE\n";

static tvn_err
read_file(const char *path, struct tvn_buf *out, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};
    tvn_err err;

    errno = 0;
    err = tvn_buf_read_file(out, path, FILE_MAX);
    if (err != TVN_OK) {
        return tvn_diag_error(diag, err, &place, "%s",
            errno != 0 ? strerror(errno) : tvn_err_text(err));
    }
    return TVN_OK;
}

/* Writes all of it or nothing: a build must not find half a file. */
static tvn_err
write_file(const char *path, const void *ptr, size_t len, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = path};
    FILE *file = fopen(path, "wb");
    bool is_written = file != NULL && fwrite(ptr, 1, len, file) == len;
    int error = errno;

    if (file != NULL && fclose(file) != 0 && is_written) {
        error = errno;
        is_written = false;
    }
    if (is_written) {
        return TVN_OK;
    }
    if (file != NULL) {
        (void)remove(path); /* the write's error is the one to tell */
    }
    return tvn_diag_error(diag, TVN_EIO, &place, "%s", strerror(error));
}

typedef tvn_err make_fn(const struct tvn_buf *in, const char *name,
    struct tvn_buf *out, struct tvn_diag *diag);

static tvn_err
make_component(const struct tvn_buf *in, const char *name, struct tvn_buf *out,
    struct tvn_diag *diag)
{
    return tvn_toolchain_componentize(
        (const uint8_t *)in->ptr, in->len, name, out, diag);
}

static tvn_err
make_wat(const struct tvn_buf *in, const char *name, struct tvn_buf *out,
    struct tvn_diag *diag)
{
    return tvn_toolchain_wat(in->ptr, in->len, name, out, diag);
}

static tvn_err
make_text(const struct tvn_buf *in, const char *name, struct tvn_buf *out,
    struct tvn_diag *diag)
{
    tvn_err err =
        tvn_toolchain_validate((const uint8_t *)in->ptr, in->len, name, diag);

    if (err == TVN_OK) {
        err = tvn_toolchain_print((const uint8_t *)in->ptr, in->len, out, diag);
    }
    return err;
}

static tvn_err
make_nothing(const struct tvn_buf *in, const char *name, struct tvn_buf *out,
    struct tvn_diag *diag)
{
    (void)out;
    return tvn_toolchain_validate(
        (const uint8_t *)in->ptr, in->len, name, diag);
}

/* One file in; one out, or stdout when `to` is NULL. */
static tvn_err
convert(make_fn *make, const char *from, const char *to, struct tvn_diag *diag)
{
    struct tvn_buf in = {0};
    struct tvn_buf out = {0};
    tvn_err err = read_file(from, &in, diag);

    if (err == TVN_OK) {
        err = make(&in, from, &out, diag);
    }
    if (err == TVN_OK && to != NULL) {
        err = write_file(to, out.ptr, out.len, diag);
    } else if (err == TVN_OK) {
        (void)fwrite(out.ptr, 1, out.len, stdout); /* checked by the flush */
        err = fflush(stdout) == 0 ? TVN_OK : TVN_EIO;
    }
    tvn_buf_fini(&in);
    tvn_buf_fini(&out);
    return err;
}

static tvn_err
encode(const char *from, const char *to, struct tvn_diag *diag)
{
    struct tvn_wit_text text = {0};
    tvn_err err = tvn_toolchain_encode(from, &text, diag);

    if (err == TVN_OK) {
        err = write_file(to, text.bytes, text.len, diag);
    }
    tvn_wit_text_fini(&text);
    return err;
}

static tvn_err
run(int argc, char **argv, struct tvn_diag *diag)
{
    const char *verb = argc > 1 ? argv[1] : "";

    if (strcmp(verb, "bind") == 0 && argc == 5) {
        return tvn_toolchain_bind_c(argv[2], argv[3], argv[4], diag);
    }
    if (strcmp(verb, "component") == 0 && argc == 4) {
        return convert(make_component, argv[2], argv[3], diag);
    }
    if (strcmp(verb, "wat") == 0 && argc == 4) {
        return convert(make_wat, argv[2], argv[3], diag);
    }
    if (strcmp(verb, "encode") == 0 && argc == 4) {
        return encode(argv[2], argv[3], diag);
    }
    if (strcmp(verb, "print") == 0 && argc == 3) {
        return convert(make_text, argv[2], NULL, diag);
    }
    if (strcmp(verb, "validate") == 0 && argc == 3) {
        return convert(make_nothing, argv[2], NULL, diag);
    }
    fputs(usage, stderr);
    return TVN_EINVAL;
}

int
main(int argc, char **argv)
{
    struct tvn_diag diag = {0};
    struct tvn_buf text = {0};
    tvn_err err = run(argc, argv, &diag);

    if (diag.first != NULL) {
        tvn_diag_print(&diag, &text);
        fputs(tvn_buf_text(&text), stderr);
    } else if (err != TVN_OK && err != TVN_EINVAL) {
        fprintf(stderr, "witc: error[E%04u]: %s\n", tvn_err_code(err),
            tvn_err_text(err));
    }
    tvn_buf_fini(&text);
    tvn_diag_fini(&diag);
    return tvn_err_exit(err);
}
