/* toolchain_test.c -- one test per sentence of toolchain.h. */
#include "toolchain/toolchain.h"

#include "base/assert.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of WIT under TMPDIR; what was written is remembered and removed. */
struct folder {
    char path[256];
    char made[16][320]; /* in order; removed backwards */
    size_t count;
};

static void
folder_init(struct folder *folder)
{
    const char *tmp = getenv("TMPDIR");

    *folder = (struct folder){0};
    snprintf(folder->path, sizeof(folder->path), "%s/toolchain-XXXXXX",
        tmp == NULL ? "/tmp" : tmp);
    TVN_ASSERT(mkdtemp(folder->path) != NULL);
}

static void
folder_fini(struct folder *folder)
{
    while (folder->count > 0) {
        TVN_ASSERT(remove(folder->made[--folder->count]) == 0);
    }
    TVN_ASSERT(rmdir(folder->path) == 0);
}

/* The path of `name` in the folder, which is made later and is to go. */
static const char *
folder_expect(struct folder *folder, const char *name)
{
    char path[sizeof(folder->made[0])];

    TVN_ASSERT(folder->count < 16);
    snprintf(path, sizeof(path), "%s/%s", folder->path, name);
    memcpy(folder->made[folder->count], path, sizeof(path));
    return folder->made[folder->count++];
}

static void
folder_make(struct folder *folder, const char *name)
{
    TVN_ASSERT(mkdir(folder_expect(folder, name), 0777) == 0);
}

static void
folder_write(
    struct folder *folder, const char *name, const void *ptr, size_t len)
{
    FILE *file = fopen(folder_expect(folder, name), "wb");

    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fwrite(ptr, 1, len, file) == len);
    TVN_ASSERT(fclose(file) == 0);
}

static void
folder_text(struct folder *folder, const char *name, const char *text)
{
    folder_write(folder, name, text, strlen(text));
}

static const char flights[] =
    "package t:p@1.2.3;\n"                                          /* 1 */
    "\n"                                                            /* 2 */
    "interface events {\n"                                          /* 3 */
    "  enum kind { major, other }\n"                                /* 4 */
    "  record row { id: u64, dep-delay: option<s32> }\n"            /* 5 */
    "  variant fault { retry(string), fatal }\n"                    /* 6 */
    "  log: func(message: row);\n"                                  /* 7 */
    "}\n"                                                           /* 8 */
    "/// A world.\n"                                                /* 9 */
    "world w {\n"                                                   /* 10 */
    "  use events.{row};\n"                                         /* 11 */
    "  use torvyn:stage/types@0.1.0.{window};\n"                    /* 12 */
    "  flags port { left, right }\n"                                /* 13 */
    "  import airlines: func(carrier: string) -> option<string>;\n" /* 14 */
    "  export api: interface { poll: func() -> u8; }\n"             /* 15 */
    "  export process: func(event: row, window: window) -> port;\n" /* 16 */
    "}\n";

static void
test_places_give_line_and_column_of_every_declaration(void)
{
    static const struct {
        const char *path;
        uint32_t line, column;
    } rows[] = {
        {"t:p/events", 3, 11},
        {"t:p/events.kind", 4, 8},
        {"t:p/events.kind.major", 4, 15},
        {"t:p/events.kind.other", 4, 22},
        {"t:p/events.row", 5, 10},
        {"t:p/events.row.id", 5, 16},
        {"t:p/events.row.dep-delay", 5, 25},
        {"t:p/events.fault.fatal", 6, 34},
        {"t:p/events.log", 7, 3},
        {"t:p/events.log.message", 7, 13},
        {"t:p/w", 10, 7},
        {"t:p/w.row", 5, 10}, /* the declaration, not the use */
        {"t:p/w.row.dep-delay", 5, 25},
        {"t:p/w.port", 13, 9},
        {"t:p/w.port.right", 13, 22},
        {"t:p/w.airlines", 14, 10},
        {"t:p/w.api", 15, 10},
        {"t:p/w.api.poll", 15, 27},
        {"api.poll", 15, 27},
        {"t:p/w.process", 16, 10},
        {"t:p/w.process.window", 16, 36},
    };
    struct folder folder;
    struct tvn_wit_text text = {0};
    struct tvn_place place = {0};

    folder_init(&folder);
    folder_text(&folder, "flights.wit", flights);
    TVN_ASSERT(tvn_toolchain_encode(folder.path, &text, NULL) == TVN_OK);
    TVN_ASSERT(text.len > 8 && memcmp(text.bytes, "\0asm", 4) == 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!tvn_wit_places_find(
                text.places, tvn_str_of(rows[i].path), &place) ||
            place.line != rows[i].line || place.column != rows[i].column) {
            fprintf(
                stderr, "%s: %u:%u\n", rows[i].path, place.line, place.column);
            TVN_ASSERT(false);
        }
        TVN_ASSERT(strcmp(place.path, folder.made[0]) == 0);
        TVN_ASSERT(place.what == NULL);
    }
    TVN_ASSERT(tvn_wit_places_find(
        text.places, TVN_STR("torvyn:stage/types.meta.key"), &place));
    TVN_ASSERT(!tvn_wit_places_find(
        text.places, TVN_STR("t:p@1.2.3/events.row"), &place));
    TVN_ASSERT(!tvn_wit_places_find(NULL, TVN_STR("t:p/w"), &place));
    tvn_wit_text_fini(&text);
    tvn_wit_text_fini(&text); /* safe: it was left zeroed */
    folder_fini(&folder);
}

/* Encodes one file with `text` in it, which must fail. */
static void
expect_wit_error(const char *text, size_t len, uint32_t line, uint32_t column,
    const char *part, const char *help)
{
    struct folder folder;
    struct tvn_wit_text out = {0};
    struct tvn_diag diag = {0};
    const struct tvn_finding *found;

    folder_init(&folder);
    folder_write(&folder, "a.wit", text, len);
    TVN_ASSERT(tvn_toolchain_encode(folder.path, &out, &diag) == TVN_EWIT);
    TVN_ASSERT(out.bytes == NULL && out.places == NULL);
    found = diag.first;
    TVN_ASSERT(found != NULL && found->next == NULL);
    TVN_ASSERT(found->err == TVN_EWIT);
    if (found->place.line != line || found->place.column != column ||
        strstr(found->text, part) == NULL ||
        strchr(found->text, '\n') != NULL ||
        (help == NULL) != (found->help == NULL) ||
        (help != NULL && strcmp(found->help, help) != 0)) {
        fprintf(stderr, "%.*s\n%u:%u: %s\nhelp: %s\n", (int)len, text,
            found->place.line, found->place.column, found->text,
            found->help == NULL ? "none" : found->help);
        TVN_ASSERT(false);
    }
    TVN_ASSERT(strcmp(found->place.path,
                   line == 0 ? folder.path : folder.made[0]) == 0);
    /* The same without anyone listening. */
    TVN_ASSERT(tvn_toolchain_encode(folder.path, &out, NULL) == TVN_EWIT);
    tvn_diag_fini(&diag);
    folder_fini(&folder);
}

static void
test_wit_errors_have_a_place_and_help_with_names(void)
{
    static const struct {
        const char *body; /* the second line of a file */
        uint32_t column;
        const char *part;
        const char *help;
    } rows[] = {
        {"interface i { record r { a: u8 b: u8 } }", 32, "expected '}'", NULL},
        {"world w { export f: func(event: thing); }", 33,
            "`thing` does not exist", NULL},
        {"interface i { use torvyn:stage/types@0.1.0.{metas}; }", 45, "`metas`",
            NULL},
        {"interface i { record r { dep_delay: u8 } }", 26, "'_'",
            "WIT names use dashes: dep-delay"},
        {"interface i { record r { depDelay: u8 } }", 26, "'D'",
            "WIT names use dashes: dep-delay"},
        {"interface i { record r { type: u8 } }", 26, "keyword `type`",
            "write %type: `type` alone is a word of WIT itself"},
        {"interface i { type: func(); }", 19, "':'",
            "write %type: `type` alone is a word of WIT itself"},
        {"interface i { record r { n: i32 } }", 29, "`i32` does not exist",
            "WIT's name for it is s32"},
        {"interface i { use torvyn:stage/types@9.0.0.{meta}; }", 19,
            "'torvyn:stage@9.0.0' not found",
            "the built-in package is torvyn:stage@0.1.0"},
        {"interface i { use else:where/types.{meta}; }", 19,
            "'else:where' not found",
            "put its WIT into a folder of its own in deps/"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];
        int len =
            snprintf(text, sizeof(text), "package a:b;\n%s\n", rows[i].body);

        expect_wit_error(
            text, (size_t)len, 2, rows[i].column, rows[i].part, rows[i].help);
    }
    expect_wit_error("interface i {}", 14, 0, 0, "no `package` header",
        "let one file begin with `package SOMEONE:NAME;`");
    expect_wit_error("package a:b;\n// \xff", 17, 2, 4, "UTF-8", NULL);
    expect_wit_error("", 0, 0, 0, "no `package` header",
        "let one file begin with `package SOMEONE:NAME;`");
    expect_wit_error("package a:b;\n\0", 14, 2, 1, "Control code", NULL);
}

static void
test_a_path_that_is_not_there_is_not_found(void)
{
    struct folder folder;
    struct tvn_wit_text text = {0};
    struct tvn_diag diag = {0};

    TVN_ASSERT(tvn_toolchain_encode("/nonexistent/wit", &text, &diag) ==
               TVN_ENOTFOUND);
    TVN_ASSERT(strcmp(diag.first->place.path, "/nonexistent/wit") == 0);
    TVN_ASSERT(tvn_toolchain_bind_c("/nonexistent/wit", "w", "/nonexistent",
                   NULL) == TVN_ENOTFOUND);
    tvn_diag_fini(&diag);

    folder_init(&folder);
    TVN_ASSERT(tvn_toolchain_encode(folder.path, &text, &diag) == TVN_EWIT);
    TVN_ASSERT(strstr(diag.first->text, "no .wit file") != NULL);
    tvn_diag_fini(&diag);
    folder_fini(&folder);
}

static void
test_a_folder_can_bring_its_own_torvyn_stage(void)
{
    struct folder folder;
    struct tvn_wit_text text = {0};
    struct tvn_place place = {0};

    folder_init(&folder);
    folder_text(&folder, "a.wit",
        "package a:b;\nworld w {\n"
        "  use torvyn:stage/types@0.3.0.{odd}; export f: func(x: odd);\n}\n");
    folder_make(&folder, "deps");
    folder_make(&folder, "deps/torvyn-stage");
    folder_text(&folder, "deps/torvyn-stage/stage.wit",
        "package torvyn:stage@0.3.0;\ninterface types { record odd {a: u8}}");
    TVN_ASSERT(tvn_toolchain_encode(folder.path, &text, NULL) == TVN_OK);
    TVN_ASSERT(tvn_wit_places_find(
        text.places, TVN_STR("torvyn:stage/types.odd.a"), &place));
    TVN_ASSERT(strcmp(place.path, folder.made[3]) == 0);
    TVN_ASSERT(place.line == 2 && place.column == 31);
    tvn_wit_text_fini(&text);
    folder_fini(&folder);
}

static void
test_deps_may_be_folders_files_and_compiled(void)
{
    struct folder folder;
    struct tvn_wit_text dep = {0};
    struct tvn_wit_text text = {0};
    struct tvn_place place = {0};

    folder_init(&folder);
    folder_make(&folder, "deps");
    folder_text(&folder, "deps/one.wit",
        "package d:one;\ninterface i { type t = u8; }\n");
    folder_text(
        &folder, "two.txt", "package d:two;\ninterface i { type t = u16; }\n");
    TVN_ASSERT(tvn_toolchain_encode(folder.made[2], &dep, NULL) == TVN_OK);
    folder_write(&folder, "deps/two.wasm", dep.bytes, dep.len);
    folder_text(&folder, "a.wit",
        "package a:b;\ninterface i { use d:one/i.{t};\n"
        " use d:two/i.{t as u}; record r { a: t, b: u } }\n");
    TVN_ASSERT(tvn_toolchain_encode(folder.path, &text, NULL) == TVN_OK);
    TVN_ASSERT(tvn_wit_places_find(text.places, TVN_STR("a:b/i.t"), &place));
    TVN_ASSERT(strcmp(place.path, folder.made[1]) == 0 && place.line == 2);
    TVN_ASSERT(tvn_wit_places_find(text.places, TVN_STR("a:b/i.r.b"), &place));
    TVN_ASSERT(strcmp(place.path, folder.made[4]) == 0 && place.line == 3);
    /* What was compiled stands nowhere. */
    TVN_ASSERT(!tvn_wit_places_find(text.places, TVN_STR("a:b/i.u"), &place));
    tvn_wit_text_fini(&dep);
    tvn_wit_text_fini(&text);
    folder_fini(&folder);
}

static void
test_what_is_encoded_validates_and_prints(void)
{
    struct folder folder;
    struct tvn_wit_text text = {0};
    struct tvn_buf printed = {0};

    folder_init(&folder);
    folder_text(&folder, "flights.wit", flights);
    TVN_ASSERT(tvn_toolchain_encode(folder.path, &text, NULL) == TVN_OK);
    TVN_ASSERT(
        tvn_toolchain_validate(text.bytes, text.len, NULL, NULL) == TVN_OK);
    tvn_buf_append_text(&printed, "kept ");
    TVN_ASSERT(
        tvn_toolchain_print(text.bytes, text.len, &printed, NULL) == TVN_OK);
    TVN_ASSERT(
        strncmp(tvn_buf_text(&printed), "kept package t:p@1.2.3;", 23) == 0);
    TVN_ASSERT(
        strstr(tvn_buf_text(&printed), "dep-delay: option<s32>") != NULL);
    TVN_ASSERT(strstr(tvn_buf_text(&printed), "/// A world.") != NULL);
    tvn_buf_fini(&printed);
    tvn_wit_text_fini(&text);
    folder_fini(&folder);
}

static void
wat(const char *text, struct tvn_buf *out)
{
    TVN_ASSERT(
        tvn_toolchain_wat(text, strlen(text), NULL, out, NULL) == TVN_OK);
}

static void
test_every_truncation_of_a_component_is_invalid(void)
{
    struct tvn_buf bytes = {0};
    struct tvn_diag diag = {0};

    wat("(component\n"
        "  (core module $m (func (export \"f\") (result i32) i32.const 7))\n"
        "  (core instance $i (instantiate $m))\n"
        "  (func (export \"f\") (result u32)\n"
        "    (canon lift (core func $i \"f\"))))\n",
        &bytes);
    TVN_ASSERT(tvn_toolchain_validate((const uint8_t *)bytes.ptr, bytes.len,
                   NULL, NULL) == TVN_OK);
    for (size_t len = 0; len < bytes.len; len++) {
        tvn_err err = tvn_toolchain_validate(
            (const uint8_t *)bytes.ptr, len, "x.wasm", &diag);

        /* The end of a section is a good end. */
        if (err != TVN_OK) {
            TVN_ASSERT(err == TVN_EINVALID);
            TVN_ASSERT(strcmp(diag.last->place.path, "x.wasm") == 0);
            TVN_ASSERT(strstr(diag.last->text, " (at byte ") != NULL);
        }
    }
    TVN_ASSERT(diag.errors > bytes.len / 2);
    tvn_diag_fini(&diag);
    tvn_buf_fini(&bytes);
}

static void
test_the_text_of_a_component_assembles_and_prints(void)
{
    struct tvn_buf bytes = {0};
    struct tvn_buf text = {0};
    struct tvn_diag diag = {0};

    wat("(component\n"
        "  (core module $m (func (export \"f\") (result i32) i32.const 7))\n"
        "  (core instance $i (instantiate $m))\n"
        "  (func (export \"seven\") (result u32)\n"
        "    (canon lift (core func $i \"f\"))))\n",
        &bytes);
    TVN_ASSERT(tvn_toolchain_print((const uint8_t *)bytes.ptr, bytes.len, &text,
                   NULL) == TVN_OK);
    TVN_ASSERT(
        strstr(tvn_buf_text(&text), "export seven: func() -> u32;") != NULL);
    TVN_ASSERT(tvn_toolchain_print((const uint8_t *)bytes.ptr, bytes.len - 1,
                   &text, NULL) == TVN_EINVALID);
    TVN_ASSERT(tvn_toolchain_wat("(module\n  (fanc))", 17, "x.wat", &text,
                   &diag) == TVN_ETOOL);
    TVN_ASSERT(strcmp(diag.first->place.path, "x.wat") == 0);
    TVN_ASSERT(diag.first->place.line == 2 && diag.first->place.column == 4);
    tvn_diag_fini(&diag);
    tvn_buf_fini(&bytes);
    tvn_buf_fini(&text);
}

static void
test_a_core_module_without_a_world_is_no_component(void)
{
    struct tvn_buf core = {0};
    struct tvn_buf out = {0};
    struct tvn_diag diag = {0};

    wat("(module (func (export \"f\")))", &core);
    TVN_ASSERT(tvn_toolchain_componentize((const uint8_t *)core.ptr, core.len,
                   "core.wasm", &out, &diag) == TVN_ETOOL);
    TVN_ASSERT(strcmp(diag.first->place.path, "core.wasm") == 0);
    TVN_ASSERT(strstr(diag.first->help, "component_type.o") != NULL);
    TVN_ASSERT(tvn_toolchain_print((const uint8_t *)core.ptr, core.len, &out,
                   NULL) == TVN_ETOOL);
    TVN_ASSERT(tvn_toolchain_componentize((const uint8_t *)core.ptr,
                   core.len - 1, "core.wasm", &out, NULL) == TVN_EINVALID);
    TVN_ASSERT(tvn_toolchain_componentize(NULL, 0, "core.wasm", &out, NULL) ==
               TVN_EINVALID);
    tvn_buf_clear(&core);
    wat("(component)", &core);
    TVN_ASSERT(tvn_toolchain_componentize((const uint8_t *)core.ptr, core.len,
                   "core.wasm", &out, NULL) == TVN_ETOOL);
    TVN_ASSERT(out.len == 0);
    tvn_diag_fini(&diag);
    tvn_buf_fini(&core);
    tvn_buf_fini(&out);
}

/* Puts a custom section of that name behind a core module. */
static void
append_section(
    struct tvn_buf *core, const char *name, const void *ptr, size_t len)
{
    size_t name_len = strlen(name);
    size_t size = 1 + name_len + len;

    TVN_ASSERT(name_len < 128 && size < 1u << 14);
    tvn_buf_append_byte(core, 0);
    tvn_buf_append_byte(core, (char)(size % 128 + 128));
    tvn_buf_append_byte(core, (char)(size / 128));
    tvn_buf_append_byte(core, (char)name_len);
    tvn_buf_append_text(core, name);
    tvn_buf_append(core, ptr, len);
}

/* The payload of the one custom section of W_component_type.o whose name
 * starts with "component-type". */
static void
find_section(const struct tvn_buf *object, struct tvn_str *out)
{
    const char *name = NULL;

    for (size_t i = 0; i + 14 < object->len; i++) {
        if (memcmp(object->ptr + i, "component-type", 14) == 0) {
            name = object->ptr + i;
            break;
        }
    }
    TVN_ASSERT(name != NULL);
    out->ptr = name + (unsigned char)name[-1];
    out->len = (size_t)(object->ptr + object->len - out->ptr);
}

static void
test_bindings_and_a_core_module_make_a_component(void)
{
    struct folder folder;
    struct tvn_buf object = {0};
    struct tvn_buf core = {0};
    struct tvn_buf out = {0};
    struct tvn_buf text = {0};
    struct tvn_str section = {0};
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    struct stat after;

    folder_init(&folder);
    folder_text(&folder, "a.wit",
        "package a:b;\nworld w { export f: func(x: u32) -> u32; }\n");
    folder_make(&folder, "gen");
    (void)folder_expect(&folder, "gen/w.c");
    (void)folder_expect(&folder, "gen/w.h");
    (void)folder_expect(&folder, "gen/w_component_type.o");
    TVN_ASSERT(tvn_toolchain_bind_c(folder.path, NULL, folder.made[1], NULL) ==
               TVN_OK);
    TVN_ASSERT(utimensat(AT_FDCWD, folder.made[2], old, 0) == 0);
    TVN_ASSERT(
        tvn_toolchain_bind_c(folder.path, "w", folder.made[1], NULL) == TVN_OK);
    TVN_ASSERT(stat(folder.made[2], &after) == 0);
    TVN_ASSERT(after.st_mtime == 1);
    TVN_ASSERT(tvn_buf_read_file(&object, folder.made[4], 1 << 20) == TVN_OK);

    wat("(module (func (export \"f\") (param i32) (result i32)"
        " local.get 0))",
        &core);
    find_section(&object, &section);
    append_section(&core, "component-type:w", section.ptr, section.len);
    TVN_ASSERT(tvn_toolchain_componentize((const uint8_t *)core.ptr, core.len,
                   "core.wasm", &out, NULL) == TVN_OK);
    TVN_ASSERT(tvn_toolchain_validate(
                   (const uint8_t *)out.ptr, out.len, NULL, NULL) == TVN_OK);
    TVN_ASSERT(tvn_toolchain_print(
                   (const uint8_t *)out.ptr, out.len, &text, NULL) == TVN_OK);
    TVN_ASSERT(
        strstr(tvn_buf_text(&text), "export f: func(x: u32) -> u32;") != NULL);
    tvn_buf_fini(&object);
    tvn_buf_fini(&core);
    tvn_buf_fini(&out);
    tvn_buf_fini(&text);
    folder_fini(&folder);
}

static void
test_an_unknown_world_names_those_there_are(void)
{
    struct folder folder;
    struct tvn_diag diag = {0};

    folder_init(&folder);
    folder_text(&folder, "a.wit", "package a:b;\nworld w {}\nworld v {}\n");
    TVN_ASSERT(tvn_toolchain_bind_c(folder.path, "x", folder.path, &diag) ==
               TVN_ETOOL);
    TVN_ASSERT(strstr(diag.first->help, "w, v") != NULL);
    TVN_ASSERT(
        tvn_toolchain_bind_c(folder.path, "", folder.path, NULL) == TVN_ETOOL);
    tvn_diag_fini(&diag);
    folder_fini(&folder);
}

static void
test_every_allocation_may_fail(void)
{
    struct folder folder;
    struct tvn_wit_text text = {0};
    struct tvn_buf out = {0};
    uint64_t live = tvn_mem_live();
    tvn_err err = TVN_ENOMEM;

    folder_init(&folder);
    folder_text(&folder, "flights.wit", flights);
    for (int64_t n = 0; err == TVN_ENOMEM; n++) {
        tvn_mem_fail_after(n);
        err = tvn_toolchain_encode(folder.path, &text, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(
            err == TVN_OK || (text.bytes == NULL && tvn_mem_live() == live));
    }
    TVN_ASSERT(err == TVN_OK);
    tvn_mem_fail_after(0);
    TVN_ASSERT(
        tvn_toolchain_print(text.bytes, text.len, &out, NULL) == TVN_ENOMEM);
    tvn_mem_fail_after(-1);
    tvn_buf_fini(&out);
    tvn_wit_text_fini(&text);
    folder_fini(&folder);
}

static void
test_the_version_names_the_engine(void)
{
    TVN_ASSERT(strncmp(tvn_toolchain_version(), "wasmtime ", 9) == 0);
    TVN_ASSERT(strchr(tvn_toolchain_version(), '?') == NULL);
}

int
main(void)
{
    test_places_give_line_and_column_of_every_declaration();
    test_wit_errors_have_a_place_and_help_with_names();
    test_a_path_that_is_not_there_is_not_found();
    test_a_folder_can_bring_its_own_torvyn_stage();
    test_deps_may_be_folders_files_and_compiled();
    test_what_is_encoded_validates_and_prints();
    test_every_truncation_of_a_component_is_invalid();
    test_the_text_of_a_component_assembles_and_prints();
    test_a_core_module_without_a_world_is_no_component();
    test_bindings_and_a_core_module_make_a_component();
    test_an_unknown_world_names_those_there_are();
    test_every_allocation_may_fail();
    test_the_version_names_the_engine();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
