/* embed_test.c -- the component library from outside: values, names, errors,
 * threads. */
#include "base/error.h"
#include "embed/testing.h"
#include "toolchain/toolchain.h"

#include <pthread.h>
#include <stdlib.h>

/* ------------------------------------------------------------------------
 * Values.  A tuple of more than 16 core values comes in memory, and the core
 * function hands its pointer back: what goes in comes out. */
#define ECHO                                                                   \
    "(component"                                                               \
    "  (core module $M"                                                        \
    "    (memory (export \"memory\") 1)"                                       \
    "    (global $next (mut i32) (i32.const 1024))"                            \
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"      \
    "      (local i32)"                                                        \
    "      (local.set 4 (i32.and"                                              \
    "        (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))"      \
    "      (global.set $next (i32.add (local.get 4) (local.get 3)))"           \
    "      (local.get 4))"                                                     \
    "    (func (export \"echo\") (param i32) (result i32) (local.get 0))"      \
    "    (func (export \"add\") (param i32 i32) (result i32)"                  \
    "      (i32.add (local.get 0) (local.get 1)))"                             \
    "    (func (export \"nan\") (result f64)"                                  \
    "      (f64.div (f64.const 0) (f64.const 0)))"                             \
    "    (func (export \"bad\") (result i32) (i32.const -4))"                  \
    "    (func (export \"spin\") (loop (br 0)))"                               \
    "    (func (export \"grow\")"                                              \
    "      (if (i32.lt_s (memory.grow (i32.const 100)) (i32.const 0))"         \
    "        (then unreachable)))"                                             \
    "    (func (export \"nothing\")))"                                         \
    "  (core instance $m (instantiate $M))"                                    \
    "  (type $kind' (variant (case \"none\") (case \"some-text\" string)))"    \
    "  (export $kind \"kind\" (type $kind'))"                                  \
    "  (type $color' (enum \"red\" \"light-green\"))"                          \
    "  (export $color \"color\" (type $color'))"                               \
    "  (type $bits' (flags \"low\" \"high-bit\"))"                             \
    "  (export $bits \"bits\" (type $bits'))"                                  \
    "  (type $all' (record (field \"a\" bool) (field \"b\" s8)"                \
    "    (field \"c\" u64) (field \"d\" f32) (field \"e\" char)"               \
    "    (field \"dep-delay\" string) (field \"g\" (list u8))"                 \
    "    (field \"h\" (list (tuple u16 string))) (field \"i\" $kind)"          \
    "    (field \"j\" $color) (field \"k\" $bits) (field \"l\" (option u32))"  \
    "    (field \"m\" (option (option u32)))"                                  \
    "    (field \"n\" (result string (error u8))) (field \"o\" (result))))"    \
    "  (export $all \"all\" (type $all'))"                                     \
    "  (func (export \"echo\") (param \"v\" $all) (result $all)"               \
    "    (canon lift (core func $m \"echo\") (memory (core memory $m "         \
    "\"memory\")) (realloc (core func $m \"realloc\"))))"                      \
    "  (func (export \"add\") (param \"a\" u32) (param \"b\" u32)"             \
    "    (result u32) (canon lift (core func $m \"add\")))"                    \
    "  (func (export \"nan\") (result f64)"                                    \
    "    (canon lift (core func $m \"nan\")))"                                 \
    "  (func (export \"bad\") (result string)"                                 \
    "    (canon lift (core func $m \"bad\")"                                   \
    "      (memory (core memory $m \"memory\"))))"                             \
    "  (func (export \"spin\") (canon lift (core func $m \"spin\")))"          \
    "  (func (export \"grow\") (canon lift (core func $m \"grow\")))"          \
    "  (func $nothing (export \"nothing\")"                                    \
    "    (canon lift (core func $m \"nothing\")))"                             \
    "  (instance $i (export \"nothing\" (func $nothing)))"                     \
    "  (export \"test:echo/quiet@1.2.0\" (instance $i)))"

#define RECORD(c, text)                                                        \
    "{\"a\":true,\"b\":-7,\"c\":" c ",\"d\":1.5,\"e\":\"\xc3\xa9\","           \
    "\"dep-delay\":\"" text "\",\"g\":\"AAEC\",\"h\":[[1,\"x\"],[2,\"\"]],"    \
    "\"i\":{\"some-text\":\"q\"},\"j\":\"light-green\",\"k\":[\"high-bit\"],"  \
    "\"l\":null,\"m\":{\"some\":null},\"n\":{\"err\":9},\"o\":\"ok\"}"

static void
test_values_of_every_kind_go_in_and_come_out(void)
{
    struct world world;

    start(&world, ECHO, NULL);
    check(&world, "add", "[2, 3]", "5");
    check(&world, "add", " [4294967295,1] ", "0");
    check(&world, "nothing", NULL, "null");
    check(&world, "nothing", " [ ] ", "null");
    check(&world, "echo", "[" RECORD("18446744073709551615", "a\\n\\\"b") "]",
        RECORD("18446744073709551615", "a\\n\\\"b"));
    check(&world, "echo", "[" RECORD("0", "") "]", RECORD("0", ""));
    TVN_ASSERT(tvc_instance_memory(world.instance) == 65536);
    stop(&world);
}

static void
test_a_name_finds_its_function(void)
{
    struct world world;

    start(&world, ECHO, NULL);
    check(&world, "test:echo/quiet@1.2.0#nothing", NULL, "null");
    check(&world, "test:echo/quiet#nothing", NULL, "null");
    check(&world, "test:echo/quiet@1.0.0#nothing", NULL, "null");
    check_fails(&world, "test:echo/quiet@2.0.0#nothing", NULL, TVC_INVAL,
        "exports no function test:echo/quiet@2.0.0#nothing");
    check_fails(&world, "ad", "[1,2]", TVC_INVAL, "did you mean 'add'");
    check_fails(&world, "all", "[]", TVC_INVAL, "no function all");
    stop(&world);
}

static void
test_what_is_imported_and_exported_is_listed(void)
{
    static const struct tvc_item wanted[] = {
        {TVC_TYPE, "", "kind", "variant { none, some-text(string) }"},
        {TVC_TYPE, "", "color", "enum { red, light-green }"},
        {TVC_TYPE, "", "bits", "flags { low, high-bit }"},
        {TVC_TYPE, "", "all", NULL},
        {TVC_FUNC, "test:echo/quiet@1.2.0", "nothing", "func()"},
        {TVC_FUNC, "", "echo", NULL},
        {TVC_FUNC, "", "add", "func(a: u32, b: u32) -> u32"},
        {TVC_FUNC, "", "nan", "func() -> f64"},
        {TVC_FUNC, "", "bad", "func() -> string"},
        {TVC_FUNC, "", "spin", "func()"},
        {TVC_FUNC, "", "grow", "func()"},
        {TVC_FUNC, "", "nothing", "func()"},
    };
    size_t count = sizeof(wanted) / sizeof(wanted[0]);
    struct world world;

    load(&world, ECHO);
    TVN_ASSERT(tvc_component_import(world.component, 0) == NULL);
    TVN_ASSERT(tvc_component_export(world.component, count) == NULL);
    for (size_t i = 0; i < count; i++) {
        const struct tvc_item *item = tvc_component_export(world.component, i);

        TVN_ASSERT(item != NULL && item->kind == wanted[i].kind);
        TVN_ASSERT(strcmp(item->interface, wanted[i].interface) == 0);
        TVN_ASSERT(strcmp(item->name, wanted[i].name) == 0);
        TVN_ASSERT(wanted[i].signature == NULL ||
                   strcmp(item->signature, wanted[i].signature) == 0);
    }
    stop(&world);
}

static void
test_a_component_comes_as_text_or_bytes(void)
{
    static const char text[] =
        "(component (core module $M (func (export \"f\") (result i32)"
        " (i32.const 7))) (core instance $m (instantiate $M))"
        " (func (export \"f\") (result u8)"
        " (canon lift (core func $m \"f\"))))";
    struct tvn_buf bytes = {0};
    struct world world = {.engine = NULL};

    TVN_ASSERT(tvn_toolchain_wat(
                   text, sizeof(text) - 1, "text", &bytes, NULL) == TVN_OK);
    OK(&world, tvc_engine_new(NULL, &world.engine, &world.error));
    OK(&world, tvc_component_new(world.engine, bytes.ptr, bytes.len, NULL,
                   &world.component, &world.error));
    tvn_buf_fini(&bytes); /* they were copied */
    OK(&world,
        tvc_instance_new(world.component, NULL, &world.instance, &world.error));
    check(&world, "f", NULL, "7");
    stop(&world);
}

/* ------------------------------------------------------------------------
 * What goes wrong. */

static void
test_wrong_arguments_call_nothing(void)
{
    static const struct {
        const char *func, *args;
        int code;
        const char *words;
    } rows[] = {
        {"add", "[1, 2", TVC_JSON, "error[E0510]: add: $: "},
        {"add", "[1]", TVC_JSON_TYPE, "$"},
        {"add", "[1, \"2\"]", TVC_JSON_TYPE, "$[1]"},
        {"add", "[1, 4294967296]", TVC_JSON_RANGE, "$[1]"},
        {"add", "[1, 2, 3]", TVC_JSON_TYPE, "$"},
        {"add", NULL, TVC_JSON_TYPE, "$"},
        {"nothing", "[1]", TVC_JSON_TYPE, "no arguments"},
        {"nothing", "[] []", TVC_JSON_TYPE, "no arguments"},
        {"echo", "[{}]", TVC_JSON_FIELD, "$[0]"},
        {"echo", "[{\"a\":true,\"z\":1}]", TVC_JSON_FIELD, "z"},
        {"echo", "[\"\xff\"]", TVC_UTF8, "UTF-8"},
    };
    struct world world;

    start(&world, ECHO, NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_fails(
            &world, rows[i].func, rows[i].args, rows[i].code, rows[i].words);
        TVN_ASSERT(!tvc_instance_is_dead(world.instance));
    }
    check_fails(&world, "nan", NULL, TVC_JSON_RANGE, "nan: $: ");
    check(&world, "add", "[2,3]", "5");
    stop(&world);
}

static void
test_a_broken_guest_is_dead(void)
{
    static const struct {
        const char *func, *args;
        int code;
        const char *words;
    } rows[] = {
        {"bad", NULL, TVC_ABI, "bad"},
        {"spin", NULL, TVC_DEADLINE, "spin"},
        {"grow", NULL, TVC_MEMORY, "2 MiB"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvc_instance_opts opts = tvc_instance_defaults();
        struct world world;

        opts.deadline_ms = 20;
        opts.memory_max = 2 << 20;
        start(&world, ECHO, &opts);
        check_fails(
            &world, rows[i].func, rows[i].args, rows[i].code, rows[i].words);
        TVN_ASSERT(tvc_instance_is_dead(world.instance));
        check_fails(&world, "add", "[1,2]", TVC_TRAP, "dead");
        stop(&world);
    }
}

static void
test_values_have_a_bound(void)
{
    struct tvc_instance_opts opts = tvc_instance_defaults();
    char *args = malloc(5000);
    char text[4096];
    struct world world;

    TVN_ASSERT(args != NULL);
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    (void)snprintf(args, 5000, "[" RECORD("1", "%s") "]", text);
    opts.value_max = 2048;
    start(&world, ECHO, &opts);
    check_fails(&world, "echo", args, TVC_TOOBIG, "value_max");
    check(&world, "echo", "[" RECORD("1", "x") "]", RECORD("1", "x"));
    free(args);
    stop(&world);

    opts.value_max = 1;
    load(&world, ECHO);
    TVN_ASSERT(tvc_instance_new(world.component, &opts, &world.instance,
                   &world.error) == TVC_INVAL);
    stop(&world);
}

static void
test_bytes_that_are_no_component_are_refused(void)
{
    static const struct {
        const char *bytes;
        size_t len;
        int code;
        const char *words;
    } rows[] = {
        {"", 0, TVC_INVALID, "x.wasm"},
        {"(component (export \"x\"", 22, TVC_TEXT, "x.wasm:1:"},
        {"(module)", 8, TVC_MALFORMED, "core module"},
        {"\0asm\r\0\1\0\3", 9, TVC_INVALID, "x.wasm"},
        {"\0asn\r\0\1\0", 8, TVC_INVALID, "x.wasm"},
    };
    struct world world = {.engine = NULL};

    OK(&world, tvc_engine_new(NULL, &world.engine, &world.error));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int code = tvc_component_new(world.engine, rows[i].bytes, rows[i].len,
            "x.wasm", &world.component, &world.error);

        if (code != rows[i].code) {
            (void)fprintf(stderr, "%zu: %s\n", i, world.error.text);
        }
        TVN_ASSERT(code == rows[i].code && world.component == NULL);
        TVN_ASSERT(strstr(world.error.text, rows[i].words) != NULL);
    }
    TVN_ASSERT(tvc_component_load(world.engine, "no/such.wasm",
                   &world.component, &world.error) == TVC_NOTFOUND);
    TVN_ASSERT(tvc_component_load(
                   world.engine, "no/such.wasm", &world.component, NULL) != 0);
    stop(&world);
}

static void
test_codes_are_those_of_the_table(void)
{
    static const struct {
        enum tvc_code code;
        tvn_err err;
    } rows[] = {
        {TVC_NOMEM, TVN_ENOMEM},
        {TVC_INVAL, TVN_EINVAL},
        {TVC_IO, TVN_EIO},
        {TVC_LIMIT, TVN_ELIMIT},
        {TVC_NOTFOUND, TVN_ENOTFOUND},
        {TVC_INVALID, TVN_EINVALID},
        {TVC_TEXT, TVN_ETOOL},
        {TVC_MALFORMED, TVN_EMALFORMED},
        {TVC_UNSUPPORTED, TVN_EUNSUPPORTED},
        {TVC_TRAP, TVN_ETRAP},
        {TVC_DEADLINE, TVN_EDEADLINE},
        {TVC_MEMORY, TVN_EGUEST_MEMORY},
        {TVC_ABI, TVN_EABI},
        {TVC_TOOBIG, TVN_ETOOBIG},
        {TVC_JSON, TVN_EJSON},
        {TVC_JSON_TYPE, TVN_EJSON_TYPE},
        {TVC_JSON_RANGE, TVN_EJSON_RANGE},
        {TVC_UTF8, TVN_EUTF8},
        {TVC_JSON_FIELD, TVN_EJSON_FIELD},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TVN_ASSERT((unsigned)rows[i].code == tvn_err_code(rows[i].err));
    }
}

/* ------------------------------------------------------------------------ */

static void *
work(void *self)
{
    struct world world = *(struct world *)self;

    OK(&world,
        tvc_instance_new(world.component, NULL, &world.instance, &world.error));
    for (unsigned i = 0; i < 1000; i++) {
        check(&world, "add", "[20,22]", "42");
    }
    tvc_instance_free(world.instance);
    return NULL;
}

static void
test_threads_share_a_component(void)
{
    pthread_t threads[4];
    struct world world;

    load(&world, ECHO);
    for (unsigned i = 0; i < 4; i++) {
        TVN_ASSERT(pthread_create(&threads[i], NULL, work, &world) == 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        TVN_ASSERT(pthread_join(threads[i], NULL) == 0);
    }
    stop(&world);
}

int
main(void)
{
    test_values_of_every_kind_go_in_and_come_out();
    test_a_name_finds_its_function();
    test_what_is_imported_and_exported_is_listed();
    test_a_component_comes_as_text_or_bytes();
    test_wrong_arguments_call_nothing();
    test_a_broken_guest_is_dead();
    test_values_have_a_bound();
    test_bytes_that_are_no_component_are_refused();
    test_codes_are_those_of_the_table();
    test_threads_share_a_component();
    return 0;
}
