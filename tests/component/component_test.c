/* component_test.c -- components as the reference tools write them. */
#include "support.h"

#include <string.h>

struct decoded {
    struct tvn_buf bytes;
    struct tvn_types *types;
    struct tvn_component *component;
};

static struct decoded
decode(struct tvn_buf bytes)
{
    struct decoded decoded = {.bytes = bytes, .types = tvn_types_new()};
    struct tvn_diag diag = {0};

    if (tvn_component_decode((const uint8_t *)bytes.ptr, bytes.len, "x.wasm",
            decoded.types, &decoded.component, &diag) != TVN_OK) {
        fail_with(&diag, "component_decode");
    }
    tvn_diag_fini(&diag);
    return decoded;
}

static void
decoded_fini(struct decoded *decoded)
{
    tvn_component_free(decoded->component);
    tvn_types_free(decoded->types);
    tvn_buf_fini(&decoded->bytes);
}

static const struct tvn_lift *
lift_of(const struct tvn_component *component, const struct tvn_extern *func)
{
    TVN_ASSERT(func->kind == TVN_EXTERN_FUNC);
    TVN_ASSERT(func->index < component->program->lift_count);
    TVN_ASSERT(
        tvn_str_equal(component->program->lifts[func->index].name, func->name));
    TVN_ASSERT(component->program->lifts[func->index].type == func->func ||
               component->program->lifts[func->index].type->result ==
                   func->func->result);
    return &component->program->lifts[func->index];
}

static void
test_a_stage_is_read_whole(void)
{
    struct decoded decoded = decode(component_bytes(STAGE_WIT, STAGE_WAT));
    const struct tvn_component *component = decoded.component;
    const struct tvn_program *program = component->program;
    const struct tvn_extern *found;
    const struct tvn_lift *lift;

    /* main, shim, fixup */
    TVN_ASSERT(program->module_count == 3);
    TVN_ASSERT(program->lift_count == 4 && program->lower_count == 3);
    TVN_ASSERT(program->import_count == 3);

    found = item(
        component->imports, component->import_count, "torvyn:stage/log@0.1.0");
    found = item(found->items, found->item_count, "log");
    TVN_ASSERT(tvn_str_is(program->imports[found->index].name, "log"));
    TVN_ASSERT(tvn_str_is(
        program->imports[found->index].interface, "torvyn:stage/log@0.1.0"));
    TVN_ASSERT(program->imports[found->index].type == found->func);
    found = item(component->imports, component->import_count, "table");
    TVN_ASSERT(program->imports[found->index].interface.len == 0);

    found = item(component->exports, component->export_count, "init");
    lift = lift_of(component, found);
    TVN_ASSERT(lift->opts.post_return != TVN_NONE);
    TVN_ASSERT(lift->opts.memory == 0 && lift->opts.encoding == TVN_UTF8);
    found =
        item(component->exports, component->export_count, "t:dep/enrich@1.0.0");
    TVN_ASSERT(found->kind == TVN_EXTERN_INSTANCE);
    TVN_ASSERT(prints(item(found->items, found->item_count, "departure")->type,
        "record { id: u64, gate: option<string> }"));
    lift = lift_of(component, item(found->items, found->item_count, "process"));
    TVN_ASSERT(lift->opts.realloc != TVN_NONE);
    TVN_ASSERT(lift->opts.post_return != TVN_NONE);
    lift = lift_of(component, item(found->items, found->item_count, "count"));
    TVN_ASSERT(lift->opts.post_return == TVN_NONE);
    found = item(component->exports, component->export_count, "inline");
    (void)lift_of(component, item(found->items, found->item_count, "f"));
    decoded_fini(&decoded);
}

/* An item's first bytes are its number; instances give what is asked for. */
struct fake {
    struct tvn_buf log;
};

static tvn_err
fake_import_count(void *store, uint32_t module, uint32_t *out)
{
    (void)store;
    *out = module == 0 ? 3 : module == 2 ? 4 : 0;
    return TVN_OK;
}

static tvn_err
fake_import_name(void *store, uint32_t module, uint32_t i,
    struct tvn_str *module_name, struct tvn_str *name)
{
    static const char *const main_names[3][2] = {
        {"torvyn:stage/log@0.1.0", "log"}, {"t:dep/events@1.0.0", "lookup"},
        {"$root", "table"}};
    static const char *const fixup_names[4] = {"0", "1", "2", "$imports"};

    (void)store;
    *module_name = module == 0 ? tvn_str_of(main_names[i][0])
                   : i < 3     ? TVN_STR("actual")
                               : TVN_STR("shim");
    *name = tvn_str_of(module == 0 ? main_names[i][1] : fixup_names[i]);
    return TVN_OK;
}

static tvn_err
fake_instantiate(void *store, uint32_t module,
    const struct tvn_core_item *imports, uint32_t count, uint32_t *instance,
    struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)imports;
    (void)diag;
    tvn_buf_printf(&fake->log, "%u/%u ", (unsigned)module, (unsigned)count);
    *instance = module;
    return TVN_OK;
}

static tvn_err
fake_get_export(void *store, uint32_t instance, struct tvn_str name,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    (void)store;
    (void)instance;
    (void)diag;
    *out = (struct tvn_core_item){
        .sort = tvn_str_is(name, "memory")     ? TVN_CORE_MEMORY
                : tvn_str_is(name, "$imports") ? TVN_CORE_TABLE
                                               : TVN_CORE_FUNC};
    return TVN_OK;
}

static tvn_err
fake_new_lower(void *store, const struct tvn_lower *lower,
    const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)diag;
    TVN_ASSERT(memory != NULL);
    tvn_buf_printf(&fake->log, "L%u%s ", (unsigned)lower->import,
        realloc == NULL ? "" : "r");
    *out = (struct tvn_core_item){.sort = TVN_CORE_FUNC};
    return TVN_OK;
}

static tvn_err
fake_add_lift(void *store, uint32_t index, const struct tvn_lift *lift,
    const struct tvn_core_item *func, const struct tvn_core_item *memory,
    const struct tvn_core_item *realloc,
    const struct tvn_core_item *post_return, struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)index;
    (void)memory;
    (void)realloc;
    (void)post_return;
    (void)diag;
    TVN_ASSERT(func != NULL);
    tvn_buf_printf(&fake->log, "%.*s ", TVN_STR_ARG(lift->name));
    return TVN_OK;
}

static void
test_its_program_runs(void)
{
    static const struct tvn_core_ops ops = {.import_count = fake_import_count,
        .import_name = fake_import_name,
        .instantiate = fake_instantiate,
        .get_export = fake_get_export,
        .new_lower = fake_new_lower,
        .add_lift = fake_add_lift};
    struct decoded decoded = decode(component_bytes(STAGE_WIT, STAGE_WAT));
    struct fake fake = {0};
    struct tvn_diag diag = {0};

    if (tvn_program_run(decoded.component->program, &ops, &fake, "x.wasm",
            &diag) != TVN_OK) {
        fail_with(&diag, "program_run");
    }
    /* shim, main, the three lowers, fixup, then the lifts */
    TVN_ASSERT(strncmp(tvn_buf_text(&fake.log), "1/0 0/3 L", 9) == 0);
    TVN_ASSERT(strstr(tvn_buf_text(&fake.log), "2/4 ") != NULL);
    TVN_ASSERT(strstr(tvn_buf_text(&fake.log), "process ") != NULL);
    tvn_diag_fini(&diag);
    tvn_buf_fini(&fake.log);
    decoded_fini(&decoded);
}

/* Shapes that the tools do not write but the format allows. */
static void
test_other_shapes_are_read(void)
{
    static const char *const rows[] = {
        "(component)",
        /* an exported instance of inline exports */
        "(component (core module $m (func (export \"f\")))"
        " (core instance $i (instantiate $m))"
        " (func $f (canon lift (core func $i \"f\")))"
        " (instance $x (export \"f\" (func $f)))"
        " (export \"a:b/c\" (instance $x)))",
        /* with its type written at the export */
        "(component (core module $m (func (export \"f\")))"
        " (core instance $i (instantiate $m))"
        " (func $f (canon lift (core func $i \"f\")))"
        " (instance $x (export \"f\" (func $f)))"
        " (export \"a:b/c\" (instance $x)"
        "   (instance (export \"f\" (func)))))",
        /* an interface of types only, imported and exported */
        "(component (import \"a:b/t\" (instance $t"
        "   (type (record (field \"x\" u8)))"
        "   (export \"r\" (type (eq 0)))))"
        " (alias export $t \"r\" (type $r))"
        " (export \"s\" (type $r)) (export \"a:b/u\" (instance $t)))",
        /* inline core exports of every sort; core types */
        "(component (core module $m (func (export \"f\"))"
        "   (table (export \"t\") 1 funcref) (memory (export \"m\") 1)"
        "   (global (export \"g\") (mut i32) (i32.const 0)))"
        " (core type (module (import \"a\" \"b\" (func (param i32)))"
        "   (export \"m\" (memory 1)) (export \"g\" (global i64))"
        "   (export \"t\" (table 1 2 funcref))))"
        " (core type (func (param i32) (result i64)))"
        " (core instance $i (instantiate $m))"
        " (core instance $bag (export \"f\" (func $i \"f\"))"
        "   (export \"t\" (table $i \"t\")) (export \"m\" (memory $i \"m\"))"
        "   (export \"g\" (global $i \"g\")))"
        " (core module $n (import \"x\" \"g\" (global (mut i32))))"
        " (core instance (instantiate $n (with \"x\" (instance $bag)))))",
        /* a nested component that takes an instance */
        "(component (type $u (list u8)) (import \"a:b/t\" (instance $t"
        "   (alias outer 1 $u (type)) (export \"x\" (type (eq 0)))))"
        " (component $n (alias outer 1 $u (type))"
        "   (import \"i\" (instance $i (alias outer 1 0 (type))"
        "   (export \"x\" (type (eq 0))))) (export \"j\" (instance $i)))"
        " (instance $o (instantiate $n (with \"i\" (instance $t)))))",
        /* one that has a module of its own */
        "(component (component $n (core module $m (func (export \"f\")))"
        " (core instance $i (instantiate $m))"
        " (func (export \"f\") (canon lift (core func $i \"f\"))))"
        " (instance $o (instantiate $n)) (export \"f\" (func $o \"f\")))",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct decoded decoded = decode(wat_bytes(rows[i]));

        decoded_fini(&decoded);
    }
}

/* A guest that prints gets the adapter, and with it WASI's resources. */
static void
test_a_guest_of_wasi_is_read(void)
{
    struct decoded decoded =
        decode(component_bytes("package a:b;\nworld w { export f: func(); }\n",
            "(module (import \"wasi_snapshot_preview1\" \"fd_write\""
            " (func (param i32 i32 i32 i32) (result i32)))"
            " (memory (export \"memory\") 1) (func (export \"f\"))"
            " (func (export \"cabi_realloc\") (param i32 i32 i32 i32)"
            " (result i32) unreachable))"));
    const struct tvn_program *program = decoded.component->program;
    bool has_stream = false;
    bool has_write = false;
    struct tvn_buf text = {0};

    for (uint32_t i = 0; i < program->resource_count; i++) {
        has_stream |= tvn_str_is(
            program->resources[i].type->name, "wasi:io/streams.output-stream");
        TVN_ASSERT(program->resources[i].part == TVN_NONE);
    }
    TVN_ASSERT(has_stream);
    for (uint32_t i = 0; i < program->import_count; i++) {
        if (tvn_str_is(program->imports[i].name,
                "[method]output-stream.check-write")) {
            has_write = true;
            tvn_func_type_print(program->imports[i].type, &text);
        }
    }
    TVN_ASSERT(has_write);
    TVN_ASSERT(strcmp(tvn_buf_text(&text),
                   "func(self: borrow<wasi:io/streams.output-stream>) -> "
                   "result<u64, variant { last-operation-failed("
                   "own<wasi:io/error.error>), closed }>") == 0);
    tvn_buf_fini(&text);
    decoded_fini(&decoded);
}

int
main(void)
{
    test_a_stage_is_read_whole();
    test_its_program_runs();
    test_other_shapes_are_read();
    test_a_guest_of_wasi_is_read();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
