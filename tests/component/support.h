/* support.h -- WIT text and core text turned into bytes, for the tests of
 * this folder.
 *
 * Threads: none. */
#ifndef TVN_TESTS_COMPONENT_SUPPORT_H
#define TVN_TESTS_COMPONENT_SUPPORT_H

#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"
#include "component/component.h"
#include "component/program.h"
#include "toolchain/toolchain.h"

#include <stdio.h>
#include <stdlib.h>
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

static inline void
append_number(struct tvn_buf *out, size_t value)
{
    for (; value >= 0x80; value >>= 7) {
        tvn_buf_append_byte(out, (char)(0x80 | (value & 0x7f)));
    }
    tvn_buf_append_byte(out, (char)value);
}

/* What the reference tools make of a core module for a package of a single
 * world and no interfaces of its own. */
static inline struct tvn_buf
component_bytes(const char *wit, const char *wat)
{
    static const char section[] = "component-type:test";
    static const char encoding[] = "\x16wit-component-encoding\x04";
    struct tvn_wit_text world = wit_bytes(wit);
    struct tvn_buf core = wat_bytes(wat);
    struct tvn_buf out = {0};
    struct tvn_diag diag = {0};

    /* utf8 is 0: the NUL of `encoding` */
    tvn_buf_append_byte(&core, 0);
    append_number(&core, sizeof(section) + world.len + 2 + sizeof(encoding));
    append_number(&core, sizeof(section) - 1);
    tvn_buf_append(&core, section, sizeof(section) - 1);
    tvn_buf_append(&core, world.bytes, world.len);
    tvn_buf_append_byte(&core, 0);
    append_number(&core, sizeof(encoding));
    tvn_buf_append(&core, encoding, sizeof(encoding));
    if (tvn_toolchain_componentize((const uint8_t *)core.ptr, core.len,
            "core.wasm", &out, &diag) != TVN_OK) {
        fail_with(&diag, "componentize");
    }
    tvn_wit_text_fini(&world);
    tvn_buf_fini(&core);
    tvn_diag_fini(&diag);
    return out;
}

/* The item of that name; asserted. */
static inline const struct tvn_extern *
item(const struct tvn_extern *externs, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (tvn_str_is(externs[i].name, name)) {
            return &externs[i];
        }
    }
    fprintf(stderr, "there is no '%s'\n", name);
    abort();
}

static inline bool
prints(const struct tvn_type *type, const char *expected)
{
    struct tvn_buf text = {0};
    bool is_same;

    tvn_type_print(type, 0, &text);
    is_same = tvn_str_is(tvn_buf_str(&text), expected);
    if (!is_same) {
        fprintf(
            stderr, "%s\n  instead of\n%s\n", tvn_buf_text(&text), expected);
    }
    tvn_buf_fini(&text);
    return is_same;
}

/* A world with most of what a stage has, and a core module that fits it. */
#define STAGE_WIT                                                              \
    "package t:stage;\n"                                                       \
    "world stage {\n"                                                          \
    "  use t:dep/events@1.0.0.{departure};\n"                                  \
    "  import torvyn:stage/log@0.1.0;\n"                                       \
    "  import t:dep/events@1.0.0;\n"                                           \
    "  import table: func(key: string) -> option<departure>;\n"                \
    "  record conf { n: u32 }\n"                                               \
    "  export t:dep/enrich@1.0.0;\n"                                           \
    "  export init: func(c: conf) -> result<_, string>;\n"                     \
    "  export inline: interface { enum e { a, b } f: func(x: e) -> u8; }\n"    \
    "}\n"                                                                      \
    "package t:dep@1.0.0 {\n"                                                  \
    "  interface events {\n"                                                   \
    "    record departure { id: u64, gate: option<string> }\n"                 \
    "    lookup: func(id: u64) -> option<departure>;\n"                        \
    "  }\n"                                                                    \
    "  interface enrich {\n"                                                   \
    "    use events.{departure};\n"                                            \
    "    process: func(d: departure) -> result<option<departure>, string>;\n"  \
    "    count: func(a: list<departure>) -> s8;\n"                             \
    "  }\n"                                                                    \
    "}\n"

#define STAGE_WAT                                                              \
    "(module\n"                                                                \
    "  (import \"torvyn:stage/log@0.1.0\" \"log\"\n"                           \
    "    (func $log (param i32 i32 i32)))\n"                                   \
    "  (import \"t:dep/events@1.0.0\" \"lookup\" (func (param i64 i32)))\n"    \
    "  (import \"$root\" \"table\" (func (param i32 i32 i32)))\n"              \
    "  (memory (export \"memory\") 1)\n"                                       \
    "  (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)\n" \
    "    i32.const 1024)\n"                                                    \
    "  (func (export \"init\") (param i32) (result i32) i32.const 64)\n"       \
    "  (func (export \"cabi_post_init\") (param i32))\n"                       \
    "  (func (export \"inline#f\") (param i32) (result i32) local.get 0)\n"    \
    "  (func (export \"t:dep/enrich@1.0.0#process\")\n"                        \
    "    (param i64 i32 i32 i32) (result i32) i32.const 64)\n"                 \
    "  (func (export \"cabi_post_t:dep/enrich@1.0.0#process\") (param i32))\n" \
    "  (func (export \"t:dep/enrich@1.0.0#count\") (param i32 i32)\n"          \
    "    (result i32) i32.const 0))\n"

#endif
