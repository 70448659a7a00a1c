/* error.c -- diagnostics as one text, cut to what the caller's error holds. */
#include "embed/internal.h"

#include <string.h>

/* Ends where a character ends. */
static size_t
fitting(struct tvn_str text, size_t max)
{
    size_t len = text.len < max ? text.len : max;

    while (len > 0 && len < text.len &&
           ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    return len;
}

static void
fill(struct tvc_error *error, tvn_err err, const struct tvn_diag *diag)
{
    struct tvn_buf text = {0};
    struct tvn_str said;
    size_t len;

    tvn_diag_print(diag, &text);
    said = tvn_buf_str(&text);
    while (said.len > 0 && said.ptr[said.len - 1] == '\n') {
        said.len--;
    }
    if (said.len == 0 || text.failed) {
        said = tvn_str_of(tvn_err_text(err));
    }
    len = fitting(said, TVC_ERROR_MAX - 1);
    error->code = (int)tvn_err_code(err);
    memcpy(error->text, said.ptr, len);
    error->text[len] = '\0';
    tvn_buf_fini(&text);
}

int
tvn__embed_end(tvn_err err, struct tvn_diag *diag, struct tvc_error *error)
{
    if (error != NULL && err == TVN_OK) {
        error->code = TVC_OK;
        error->text[0] = '\0';
    } else if (error != NULL) {
        fill(error, err, diag);
    }
    tvn_diag_fini(diag);
    return (int)tvn_err_code(err);
}

tvn_err
tvn__embed_fault(struct tvn_diag *diag, tvn_err err,
    const struct tvn_place *place, const struct tvn_json_fault *fault)
{
    (void)tvn_diag_error(diag, err, place, "%s: %s (at byte %zu)", fault->path,
        fault->text, fault->byte);
    if (err == TVN_ETOOBIG) {
        tvn_diag_help(diag, "the instance's value_max is the bound");
    } else if (fault->help[0] != '\0') {
        tvn_diag_help(diag, "%s", fault->help);
    }
    return err;
}
