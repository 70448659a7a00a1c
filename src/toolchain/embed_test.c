/* embed_test.c -- docs, imports and worlds written into core modules. */
#include "base/assert.h"
#include "base/mem.h"
#include "toolchain/toolchain.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char wit[] = "package t:p@1.2.3;\n"
                          "/// What moves.\n"
                          "interface events {\n"
                          "  /// One row,\n"
                          "  ///\n"
                          "  /// as\tit is.\n"
                          "  record row {\n"
                          "    /// Unix time.\n"
                          "    id: u64,\n"
                          "    late: bool,\n"
                          "  }\n"
                          "}\n"
                          "/// A world.\n"
                          "world w {\n"
                          "  use events.{row};\n"
                          "  /// Asks.\n"
                          "  import known: func(id: u64) -> bool;\n"
                          "  export evaluate: func(event: row) -> bool;\n"
                          "}\n"
                          "world other { export run: func(); }\n";

static void
read_wit(struct tvn_wit_text *out)
{
    char path[] = "/tmp/torvyn-embed-XXXXXX";
    int fd = mkstemp(path);
    char named[sizeof(path) + 4];

    TVN_ASSERT(fd >= 0);
    TVN_ASSERT(write(fd, wit, sizeof(wit) - 1) == (ssize_t)(sizeof(wit) - 1));
    TVN_ASSERT(close(fd) == 0);
    (void)snprintf(named, sizeof(named), "%s.wit", path);
    TVN_ASSERT(rename(path, named) == 0);
    TVN_ASSERT(tvn_toolchain_encode(named, out, NULL) == TVN_OK);
    TVN_ASSERT(unlink(named) == 0);
}

static void
test_docs_are_those_of_the_declaration_with_their_lines(void)
{
    static const char *const rows[][2] = {
        {"t:p/events", "What moves."},
        {"t:p/events.row", "One row,\n\nas it is."},
        {"t:p/w.row", "One row,\n\nas it is."}, /* brought by `use` */
        {"t:p/events.row.id", "Unix time."},
        {"t:p/events.row.late", ""},
        {"t:p/w", "A world."},
        {"t:p/w.known", "Asks."},
        {"t:p/w.evaluate.event", ""},
        {"t:p/nothing", ""},
    };
    struct tvn_wit_text text = {0};

    read_wit(&text);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_str docs =
            tvn_wit_docs_find(text.places, tvn_str_of(rows[i][0]));

        TVN_ASSERT(tvn_str_is(docs, rows[i][1]));
    }
    TVN_ASSERT(tvn_wit_docs_find(NULL, TVN_STR("t:p/w")).len == 0);
    tvn_wit_text_fini(&text);
}

static void
assemble(const char *text, struct tvn_buf *out)
{
    TVN_ASSERT(
        tvn_toolchain_wat(text, strlen(text), "t.wat", out, NULL) == TVN_OK);
}

static void
test_imports_of_a_core_module_are_listed(void)
{
    struct tvn_buf core = {0};
    struct tvn_buf out = {0};

    assemble("(module (import \"$root\" \"known\" (func (param i64) (result "
             "i32))) (import \"env\" \"m\" (memory 1)))",
        &core);
    tvn_buf_append_text(&out, "kept ");
    TVN_ASSERT(tvn_toolchain_imports((const uint8_t *)core.ptr, core.len,
                   "t.wasm", &out, NULL) == TVN_OK);
    TVN_ASSERT(strcmp(tvn_buf_text(&out), "kept $root\tknown\nenv\tm\n") == 0);
    TVN_ASSERT(tvn_toolchain_imports((const uint8_t *)core.ptr, 9, "t.wasm",
                   &out, NULL) == TVN_ETOOL);
    tvn_buf_fini(&core);
    tvn_buf_fini(&out);
}

static void
test_an_embedded_world_makes_a_component(void)
{
    struct tvn_wit_text text = {0};
    struct tvn_buf core = {0};
    struct tvn_buf told = {0};
    struct tvn_buf out = {0};
    struct tvn_buf printed = {0};
    struct tvn_diag diag = {0};

    read_wit(&text);
    assemble("(module (import \"$root\" \"known\" (func (param i64) (result "
             "i32))) (func (export \"evaluate\") (param i64 i32) (result i32) "
             "local.get 0 call 0))",
        &core);
    TVN_ASSERT(tvn_toolchain_embed((const uint8_t *)core.ptr, core.len, &text,
                   "w", &told, NULL) == TVN_OK);
    TVN_ASSERT(tvn_toolchain_componentize((const uint8_t *)told.ptr, told.len,
                   "t.wasm", &out, NULL) == TVN_OK);
    TVN_ASSERT(tvn_toolchain_print((const uint8_t *)out.ptr, out.len, &printed,
                   NULL) == TVN_OK);
    TVN_ASSERT(strstr(tvn_buf_text(&printed), "export evaluate") != NULL);

    TVN_ASSERT(tvn_toolchain_embed((const uint8_t *)core.ptr, core.len, &text,
                   "x", &told, &diag) == TVN_ETOOL);
    TVN_ASSERT(strstr(diag.first->help, "w, other") != NULL);
    TVN_ASSERT(tvn_toolchain_embed((const uint8_t *)core.ptr, core.len, &text,
                   NULL, &told, NULL) == TVN_ETOOL); /* there are two */
    tvn_diag_fini(&diag);
    tvn_wit_text_fini(&text);
    tvn_buf_fini(&core);
    tvn_buf_fini(&told);
    tvn_buf_fini(&out);
    tvn_buf_fini(&printed);
}

int
main(void)
{
    test_docs_are_those_of_the_declaration_with_their_lines();
    test_imports_of_a_core_module_are_listed();
    test_an_embedded_world_makes_a_component();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
