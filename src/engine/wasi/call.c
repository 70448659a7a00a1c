/* call.c -- arguments, results and ends of a call. */
#include "engine/wasi/internal.h"

#include "base/assert.h"
#include "base/mem.h"
#include "engine/wasi/text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct tvn_str
tvn__wasi_text_of(const struct tvn__wasi_call *call, struct tvn__wasi_text text)
{
    return (struct tvn_str){(const char *)call->args + text.at, text.len};
}

tvn_err
tvn__wasi_more(
    struct tvn__wasi_call *call, uint64_t size, uint32_t align, uint32_t *at)
{
    struct tvn_wasi *wasi = call->wasi;
    uint64_t begin = (wasi->answer_size + (uint64_t)align - 1) / align * align;
    uint64_t end = begin + size;

    if (size == 0) {
        *at = 0;
        return TVN_OK;
    }
    if (end > UINT32_MAX / 2) {
        return tvn__wasi_trap(call, "the result is too large");
    }
    if (end > wasi->answer_cap) {
        uint32_t cap = (uint32_t)(end + end / 2);
        uint8_t *grown = tvn_mem_resize(wasi->answer, wasi->answer_cap, cap, 1);

        if (grown == NULL) {
            return tvn_diag_error(call->diag, TVN_ENOMEM, NULL, "no memory");
        }
        wasi->answer = grown;
        wasi->answer_cap = cap;
    }
    memset(
        wasi->answer + wasi->answer_size, 0, (size_t)(end - wasi->answer_size));
    wasi->answer_size = (uint32_t)end;
    *at = (uint32_t)begin;
    return TVN_OK;
}

tvn_err
tvn__wasi_copy(struct tvn__wasi_call *call, struct tvn_str text,
    struct tvn__wasi_text *out)
{
    uint32_t at = 0;
    tvn_err err = tvn__wasi_more(call, text.len, 1, &at);

    if (err == TVN_OK) {
        if (text.len > 0) {
            memcpy(call->wasi->answer + at, text.ptr, text.len);
        }
        *out = (struct tvn__wasi_text){at, (uint32_t)text.len};
    }
    return err;
}

void
tvn__wasi_put(struct tvn__wasi_call *call, const void *root, size_t size)
{
    TVN_ASSERT(size == call->row->size);

    memcpy(call->wasi->answer, root, size);
}

tvn_err
tvn__wasi_trap(struct tvn__wasi_call *call, const char *format, ...)
{
    struct tvn_buf text = {0};
    va_list args;
    tvn_err err;

    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    err = tvn_diag_error(call->diag, TVN_ETRAP, NULL, "%.*s: %s",
        (int)strcspn(call->row->interface, "@"), call->row->interface,
        tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return err;
}

bool
tvn__wasi_is_granted(const struct tvn_wasi *wasi, unsigned grant)
{
    return (wasi->opts.grants & grant) == grant;
}

tvn_err
tvn__wasi_need(struct tvn__wasi_call *call)
{
    unsigned grant = tvn_wasi_grant_of(tvn_str_of(call->row->interface));

    if (tvn__wasi_is_granted(call->wasi, grant)) {
        return TVN_OK;
    }
    return tvn__wasi_trap(call, "not granted to this stage (grants: [%s])",
        tvn_wasi_grant_name(grant));
}

static const struct {
    const char *name;
    int error;
} codes[] = {{"access", EACCES},
#define ROW(name, number) {name, number},
    TVN__CODES(ROW)
#undef ROW
};
#define CODES (sizeof(codes) / sizeof(codes[0]))

uint8_t
tvn__wasi_code(int error)
{
    if (error == EMFILE || error == ENFILE) {
        error = EDQUOT; /* the host's own files have run out */
    }
    if (error == ENOSYS) {
        error = ENOTSUP;
    }
    for (uint8_t i = 0; i < CODES; i++) {
        if (codes[i].error == error) {
            return i;
        }
    }
    return tvn__wasi_code(EIO);
}

const char *
tvn__wasi_code_name(uint8_t code)
{
    TVN_ASSERT(code < CODES);

    return codes[code].name;
}

tvn_err
tvn__wasi_end(struct tvn__wasi_call *call, int error)
{
    if (error != 0) {
        uint8_t *root = call->wasi->answer;

        memset(root, 0, call->row->size);
        root[0] = 1;
        root[call->row->payload] = tvn__wasi_code(error);
    }
    return TVN_OK;
}
