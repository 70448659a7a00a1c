/* support.h -- components and packages for the tests of this folder.
 *
 * Threads: none. */
#ifndef TVN_TESTS_COMPONENT_SUPPORT_H
#define TVN_TESTS_COMPONENT_SUPPORT_H

#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"
#include "component/component.h"
#include "component/program.h"
#include "support/wit.h"
#include "toolchain/toolchain.h"

#include <stdio.h>
#include <stdlib.h>

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
