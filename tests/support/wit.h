/* wit.h -- for tests: WIT text and core text turned into bytes.
 *
 * Header only; everything aborts with what the tools said instead of failing.
 * Threads: none. */
#ifndef TVN_SUPPORT_WIT_H
#define TVN_SUPPORT_WIT_H

#include "base/assert.h"
#include "base/buf.h"
#include "base/diag.h"
#include "component/component.h"
#include "toolchain/toolchain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void
fail_with(const struct tvn_diag *diag, const char *what)
{
    struct tvn_buf text = {0};

    tvn_diag_print(diag, &text);
    fprintf(stderr, "%s: %s\n", what, tvn_buf_text(&text));
    abort();
}

/* The binary form of a package written as one file. */
static inline struct tvn_wit_text
wit_bytes(const char *text)
{
    char folder[] = "/tmp/tvn-component-XXXXXX";
    char path[64];
    struct tvn_wit_text out = {0};
    struct tvn_diag diag = {0};
    FILE *file;

    TVN_ASSERT(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/text.wit", folder);
    file = fopen(path, "w");
    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fputs(text, file) >= 0 && fclose(file) == 0);
    if (tvn_toolchain_encode(path, &out, &diag) != TVN_OK) {
        fail_with(&diag, "encode");
    }
    (void)unlink(path);
    (void)rmdir(folder);
    tvn_diag_fini(&diag);
    return out;
}

static inline struct tvn_wit *
wit_of(const char *text, struct tvn_types *types)
{
    struct tvn_wit_text bytes = wit_bytes(text);
    struct tvn_diag diag = {0};
    struct tvn_wit *wit = NULL;

    if (tvn_wit_decode(
            bytes.bytes, bytes.len, "text.wit", types, &wit, &diag) != TVN_OK) {
        fail_with(&diag, "wit_decode");
    }
    tvn_wit_text_fini(&bytes); /* the decoded form stands without them */
    tvn_diag_fini(&diag);
    return wit;
}

static inline struct tvn_buf
wat_bytes(const char *text)
{
    struct tvn_buf out = {0};
    struct tvn_diag diag = {0};

    if (tvn_toolchain_wat(text, strlen(text), "text.wat", &out, &diag) !=
        TVN_OK) {
        fail_with(&diag, "wat");
    }
    tvn_diag_fini(&diag);
    return out;
}

/* What the reference tools make of a core module for a package of a single
 * world. */
static inline struct tvn_buf
component_bytes(const char *wit, const char *wat)
{
    struct tvn_wit_text world = wit_bytes(wit);
    struct tvn_buf core = wat_bytes(wat);
    struct tvn_buf told = {0};
    struct tvn_buf out = {0};
    struct tvn_diag diag = {0};

    if (tvn_toolchain_embed((const uint8_t *)core.ptr, core.len, &world, NULL,
            &told, &diag) != TVN_OK ||
        tvn_toolchain_componentize((const uint8_t *)told.ptr, told.len,
            "core.wasm", &out, &diag) != TVN_OK) {
        fail_with(&diag, "componentize");
    }
    tvn_wit_text_fini(&world);
    tvn_buf_fini(&core);
    tvn_buf_fini(&told);
    tvn_diag_fini(&diag);
    return out;
}

#endif
