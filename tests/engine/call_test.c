/* call_test.c -- exports: numbers, strings, post-return, instances. */
#include "engine/rig.h"

#define NUMBERS                                                                \
    "(component"                                                               \
    "  (core module $M"                                                        \
    "    (func (export \"add\") (param i64 i32) (result i32)"                  \
    "      (i32.add (i32.wrap_i64 (local.get 0)) (local.get 1))))"             \
    "  (core instance $m (instantiate $M))"                                    \
    "  (func (export \"add\") (param \"a\" u64) (param \"b\" u32)"             \
    "    (result u32) (canon lift (core func $m \"add\"))))"

static void
test_a_call_with_numbers(void)
{
    struct rig rig;
    struct tvn_call call;

    rig_open(&rig, NUMBERS);
    rig_call(&rig, "add", &call);
    TVN_ASSERT(call.params == 2 && !call.returns_pointer);
    TVN_ASSERT(call.memory == NULL);
    TVN_ASSERT(call.result != NULL && call.result->kind == TVN_KIND_U32);
    for (uint32_t i = 0; i < 1000; i++) {
        call.slots[0].u64 = UINT64_C(0x100000000) + i;
        call.slots[1].u64 = 7;
        RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
        TVN_ASSERT(call.slots[0].u32 == i + 7);
        RIG_OK(&rig, tvn_call_finish(&call, &rig.diag));
    }
    TVN_ASSERT(tvn_instance_memory(rig.instance) == 0);
    rig_close(&rig);
}

#define STRINGS                                                                \
    "(component " RIG_LIBC "  (core module $M"                                 \
    "    (import \"libc\" \"memory\" (memory 1))"                              \
    "    (global $freed (mut i32) (i32.const 0))"                              \
    "    (global $frees (mut i32) (i32.const 0))"                              \
    "    (func (export \"cut\") (param i32 i32) (result i32)"                  \
    "      (i32.store (i32.const 8)"                                           \
    "        (i32.add (local.get 0) (i32.const 1)))"                           \
    "      (i32.store (i32.const 12)"                                          \
    "        (i32.sub (local.get 1) (i32.const 1)))"                           \
    "      (i32.const 8))"                                                     \
    "    (func (export \"post\") (param i32)"                                  \
    "      (global.set $frees"                                                 \
    "        (i32.add (global.get $frees) (i32.const 1)))"                     \
    "      (global.set $freed (local.get 0)))"                                 \
    "    (func (export \"freed\") (result i32) (global.get $freed))"           \
    "    (func (export \"frees\") (result i32) (global.get $frees)))"          \
    "  (core instance $m (instantiate $M (with \"libc\" (instance $libc))))"   \
    "  (func (export \"cut\") (param \"s\" string) (result string)"            \
    "    (canon lift (core func $m \"cut\") (memory (core memory $libc "       \
    "\"memory\"))"                                                             \
    "      (realloc (core func $libc \"realloc\"))"                            \
    "      (post-return (core func $m \"post\"))))"                            \
    "  (func (export \"freed\") (result u32)"                                  \
    "    (canon lift (core func $m \"freed\")))"                               \
    "  (func (export \"frees\") (result u32)"                                  \
    "    (canon lift (core func $m \"frees\"))))"

static const struct tvn_type *
string_type(struct rig *rig)
{
    const struct tvn_type *type;

    TVN_ASSERT(tvn_type_scalar(rig->types, TVN_KIND_STRING, &type) == TVN_OK);
    return type;
}

static void
test_strings_go_in_and_out_and_are_freed(void)
{
    /* offset, length, bytes: a string as an image has it */
    static const uint8_t data[] = {
        8, 0, 0, 0, 5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
    struct rig rig;
    struct tvn_call call;
    struct tvn_arena arena = {0};
    struct tvn_builder builder;
    const struct tvn_plan *lower;
    const struct tvn_plan *lift;
    const struct tvn_type *type;
    uint64_t bytes = 0;

    rig_open(&rig, STRINGS);
    type = string_type(&rig);
    TVN_ASSERT(tvn_plan_lower(&arena, type, type, &lower) == TVN_OK);
    TVN_ASSERT(tvn_plan_lift(&arena, type, &lift) == TVN_OK);
    tvn_builder_init(&builder, rig.pool);
    rig_call(&rig, "cut", &call);
    TVN_ASSERT(call.returns_pointer && call.memory != NULL);
    TVN_ASSERT(tvn_instance_memory(rig.instance) == 65536);
    for (uint32_t i = 0; i < 100; i++) {
        RIG_OK(&rig, tvn_lower_flat(lower, data, 0, call.memory, call.slots,
                         &bytes, &rig.diag));
        RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
        TVN_ASSERT(call.slots[0].u32 == 8);
        RIG_OK(&rig, tvn_builder_begin(&builder, type));
        RIG_OK(&rig, tvn_lift_load(lift, call.memory, call.slots[0].u32,
                         &builder, 0, &bytes, &rig.diag));
        TVN_ASSERT(builder.size == 12);
        TVN_ASSERT(memcmp(builder.data + 8, "ello", 4) == 0);
        call.slots[0].u64 = 99; /* a caller may use it for the next call */
        RIG_OK(&rig, tvn_call_finish(&call, &rig.diag));
    }
    TVN_ASSERT(bytes == 100 * (8 + 5 + 8 + 4));
    TVN_ASSERT(rig_number(&rig, "freed") == 8);
    TVN_ASSERT(rig_number(&rig, "frees") == 100);
    tvn_builder_fini(&builder);
    tvn_arena_fini(&arena);
    rig_close(&rig);
}

static void
test_a_start_section_runs(void)
{
    struct rig rig;

    rig_open(&rig, "(component"
                   "  (core module $M (global $g (mut i32) (i32.const 1))"
                   "    (func $s (global.set $g (i32.const 42))) (start $s)"
                   "    (func (export \"g\") (result i32) (global.get $g)))"
                   "  (core instance $m (instantiate $M))"
                   "  (func (export \"g\") (result u32)"
                   "    (canon lift (core func $m \"g\"))))");
    TVN_ASSERT(rig_number(&rig, "g") == 42);
    rig_close(&rig);
}

static void
test_instances_of_one_code_are_apart(void)
{
    struct rig rig;
    struct tvn_instance *first;

    rig_open(&rig,
        "(component"
        "  (core module $M (global $g (mut i32) (i32.const 0))"
        "    (func (export \"n\") (result i32)"
        "      (global.set $g (i32.add (global.get $g) (i32.const 1)))"
        "      (global.get $g)))"
        "  (core instance $m (instantiate $M))"
        "  (func (export \"n\") (result u32)"
        "    (canon lift (core func $m \"n\"))))");
    TVN_ASSERT(rig_number(&rig, "n") == 1 && rig_number(&rig, "n") == 2);
    first = rig.instance;
    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    TVN_ASSERT(rig_number(&rig, "n") == 1);
    tvn_instance_free(first);
    TVN_ASSERT(rig_number(&rig, "n") == 2);
    rig_close(&rig);
}

static void
test_a_core_function_of_another_signature_is_refused(void)
{
    static const char *const texts[] = {
        /* a parameter too few, another result, another post-return */
        "(component (core module $M"
        "  (func (export \"f\") (param i64) (result i32) (i32.const 0)))"
        " (core instance $m (instantiate $M))"
        " (func (export \"f\") (param \"a\" u64) (param \"b\" u32) (result u32)"
        "  (canon lift (core func $m \"f\"))))",
        "(component (core module $M"
        "  (func (export \"f\") (param i64) (result i64) (local.get 0)))"
        " (core instance $m (instantiate $M))"
        " (func (export \"f\") (param \"a\" u64) (result u32)"
        "  (canon lift (core func $m \"f\"))))",
        "(component (core module $M"
        "  (func (export \"f\") (param i64) (result i32) (i32.const 0))"
        "  (func (export \"p\") (param i64)))"
        " (core instance $m (instantiate $M))"
        " (func (export \"f\") (param \"a\" u64) (result u32)"
        "  (canon lift (core func $m \"f\") (post-return (core func $m "
        "\"p\")))))",
        "(component (core module $M"
        "  (func (export \"f\") (param v128) (result i32) (i32.const 0)))"
        " (core instance $m (instantiate $M))"
        " (func (export \"f\") (param \"a\" u32) (result u32)"
        "  (canon lift (core func $m \"f\"))))",
        "(component (core module $M"
        "  (func (export \"f\") (param i32) (result (ref func))"
        "   (unreachable)))"
        " (core instance $m (instantiate $M))"
        " (func (export \"f\") (param \"a\" u32) (result u32)"
        "  (canon lift (core func $m \"f\"))))",
        "(component (core module $M (memory (export \"memory\") 1)"
        "  (func (export \"f\") (param i32 i32))"
        "  (func (export \"r\") (param i32 i32 i32) (result i32)"
        "   (i32.const 0)))"
        " (core instance $m (instantiate $M))"
        " (func (export \"f\") (param \"a\" string)"
        "  (canon lift (core func $m \"f\") (memory (core memory $m "
        "\"memory\"))"
        "   (realloc (core func $m \"r\")))))",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct rig rig;

        rig_compile(&rig, texts[i], NULL);
        TVN_ASSERT(tvn_instance_new(rig.code, &rig.opts, &rig.instance,
                       &rig.diag) == TVN_EMALFORMED);
        TVN_ASSERT(rig_said(&rig, "its core function is ("));
        TVN_ASSERT(rig.diag.errors == 1);
        rig_close(&rig);
    }
}

#define EIGHT                                                                  \
    "(memory 1) (memory 1) (memory 1) (memory 1) "                             \
    "(memory 1) (memory 1) (memory 1) (memory 1) "

static void
test_what_is_not_run_is_refused_by_name(void)
{
    static const struct {
        const char *text;
        tvn_err err;
        const char *said;
    } rows[] = {
        {"(component (core module $M " EIGHT EIGHT EIGHT EIGHT " (memory 1))"
         "(core instance $a (instantiate $M))"
         "(core instance $b (instantiate $M)))",
            TVN_EUNSUPPORTED,
            "a component with 66 memories: at most 64 are run"},
        {"(component (core module $M (memory i64 1))"
         "(core instance $m (instantiate $M)))",
            TVN_EMALFORMED, "core module 0 does not compile: "},
        {"(component (core module $M (func (result i32) (i64.const 0))))",
            TVN_EMALFORMED, "type mismatch"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;

        rig_decode(&rig, rows[i].text, NULL);
        TVN_ASSERT(tvn_code_new(rig.engine, rig.component, "test.wasm",
                       &rig.code, &rig.diag) == rows[i].err);
        TVN_ASSERT(rig.diag.errors == 1 && rig.code == NULL);
        TVN_ASSERT(rig_said(&rig, rows[i].said));
        rig_close(&rig);
    }
}

static void
test_an_engine_without_memory(void)
{
    struct tvn_engine_opts opts = {.cache_dir = NULL};
    struct tvn_engine *engine = NULL;
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = tvn_engine_new(&opts, &engine, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
    }
    tvn_engine_free(engine);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static void
test_memory_runs_out_at_every_place(void)
{
    struct rig rig;
    tvn_err err = TVN_ENOMEM;

    rig_compile(&rig, STRINGS, NULL);
    for (int64_t n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
    }
    TVN_ASSERT(rig_number(&rig, "frees") == 0);
    tvn_code_free(rig.code);
    rig.code = NULL;
    tvn_instance_free(rig.instance);
    rig.instance = NULL;
    err = TVN_ENOMEM;
    for (int64_t n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = tvn_code_new(
            rig.engine, rig.component, "test.wasm", &rig.code, &rig.diag);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
    }
    rig_close(&rig);
}

int
main(void)
{
    TVN_ASSERT(strcmp(tvn_engine_version(), "wasmtime 48.0.8") == 0);
    test_a_call_with_numbers();
    test_strings_go_in_and_out_and_are_freed();
    test_a_start_section_runs();
    test_instances_of_one_code_are_apart();
    test_a_core_function_of_another_signature_is_refused();
    test_what_is_not_run_is_refused_by_name();
    test_an_engine_without_memory();
    test_memory_runs_out_at_every_place();
    return 0;
}
