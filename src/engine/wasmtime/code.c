/* code.c -- compiles a component's core modules, or takes them from the
 * cache.
 *
 * How many memories an instance will have, and how large they start, stands
 * in each module's memory section; nothing else of a module is read here. */
#include "base/mem.h"
#include "engine/wasmtime/internal.h"

/* ------------------------------------------------------------------------
 * The memory section. */

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

static bool
read_byte(struct cursor *cursor, uint8_t *out)
{
    if (cursor->at >= cursor->end) {
        return false;
    }
    *out = *cursor->at++;
    return true;
}

static bool
read_u32(struct cursor *cursor, uint32_t *out)
{
    uint32_t value = 0;
    uint8_t byte;

    for (uint32_t shift = 0; shift < 35; shift += 7) {
        if (!read_byte(cursor, &byte)) {
            return false;
        }
        value |= (uint32_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool
read_memories(struct cursor section, struct tvn__module *module)
{
    uint32_t count;
    uint32_t min;
    uint32_t max;
    uint8_t flags;

    if (!read_u32(&section, &count)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!read_byte(&section, &flags) || flags > 1 ||
            !read_u32(&section, &min) ||
            (flags == 1 && !read_u32(&section, &max))) {
            return false;
        }
        module->memory_min += (uint64_t)min * TVN__PAGE;
    }
    module->memory_count = count;
    return true;
}

/* The engine has found the bytes valid.  False: a kind of memory that is not
 * run (64 bits, shared). */
static bool
scan(const struct tvn_core_module *bytes, struct tvn__module *module)
{
    struct cursor cursor = {bytes->bytes + 8, bytes->bytes + bytes->len};
    uint32_t len;
    uint8_t id;

    if (bytes->len < 8) {
        return false;
    }
    while (read_byte(&cursor, &id)) {
        if (!read_u32(&cursor, &len) ||
            len > (size_t)(cursor.end - cursor.at)) {
            return false;
        }
        if (id == 5) {
            return read_memories(
                (struct cursor){cursor.at, cursor.at + len}, module);
        }
        cursor.at += len;
    }
    return true;
}

/* ------------------------------------------------------------------------
 * One module. */

static wasmtime_module_t *
take_cached(struct tvn_engine *engine, const struct tvn__cache_key *key)
{
    wasmtime_module_t *module = NULL;
    struct tvn_buf bytes = {0};
    wasmtime_error_t *error;

    if (tvn__cache_read(&engine->cache, key, &bytes)) {
        error = wasmtime_module_deserialize(
            engine->wasm, (const uint8_t *)bytes.ptr, bytes.len, &module);
        if (error != NULL) {
            wasmtime_error_delete(error);
            tvn__cache_drop(&engine->cache, key);
            module = NULL;
        }
    }
    tvn_buf_fini(&bytes);
    return module;
}

static void
keep(struct tvn_engine *engine, const struct tvn__cache_key *key,
    const wasmtime_module_t *module)
{
    wasm_byte_vec_t bytes;
    wasmtime_error_t *error;

    if (engine->cache.dir < 0) {
        return;
    }
    error = wasmtime_module_serialize(module, &bytes);
    if (error != NULL) {
        wasmtime_error_delete(error);
        return;
    }
    tvn__cache_write(&engine->cache, key, bytes.data, bytes.size);
    wasm_byte_vec_delete(&bytes);
}

static tvn_err
refuse(const struct tvn_code *code, uint32_t index, wasmtime_error_t *error,
    struct tvn_diag *diag)
{
    struct tvn_place place = {.path = code->name};
    struct tvn_buf text = {0};

    tvn__error_print(error, &text);
    (void)tvn_diag_error(diag, TVN_EMALFORMED, &place,
        "core module %u does not compile: %s", (unsigned)index,
        tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return TVN_EMALFORMED;
}

static tvn_err
make_module(struct tvn_code *code, uint32_t index, struct tvn_diag *diag)
{
    const struct tvn_core_module *bytes = &code->program->modules[index];
    struct tvn__module *module = &code->modules[index];
    struct tvn_engine *engine = code->engine;
    struct tvn_place place = {.path = code->name};
    struct tvn__cache_key key;
    wasmtime_error_t *error;

    if (!tvn__cache_key_of(
            bytes->bytes, bytes->len, TVN__ENGINE_CONFIG, &key)) {
        return tvn_diag_error(diag, TVN_ENOMEM, &place, "no memory");
    }
    module->module = take_cached(engine, &key);
    if (module->module == NULL) {
        code->was_cached = false;
        error = wasmtime_module_new(
            engine->wasm, bytes->bytes, bytes->len, &module->module);
        if (error != NULL) {
            module->module = NULL;
            return refuse(code, index, error, diag);
        }
        keep(engine, &key, module->module);
    }
    wasmtime_module_imports(module->module, &module->imports);
    if (!scan(bytes, module)) {
        return tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
            "core module %u has a memory of a kind that is not run",
            (unsigned)index);
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * The whole. */

static tvn_err
check_memories(struct tvn_code *code, struct tvn_diag *diag)
{
    const struct tvn_program *program = code->program;
    struct tvn_place place = {.path = code->name};
    uint64_t count = 0;

    for (uint32_t i = 0; i < program->step_count; i++) {
        const struct tvn_step *step = &program->steps[i];

        if (step->kind == TVN_STEP_INSTANTIATE &&
            step->index < program->module_count) {
            count += code->modules[step->index].memory_count;
            code->memory_min += code->modules[step->index].memory_min;
        }
    }
    if (count > TVN__MEMORIES_MAX) {
        return tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
            "a component with %llu memories: at most %d are run",
            (unsigned long long)count, TVN__MEMORIES_MAX);
    }
    return TVN_OK;
}

static tvn_err
fill(struct tvn_code *code, const char *name, struct tvn_diag *diag)
{
    uint32_t count = code->program->module_count;
    tvn_err err;

    code->name = tvn_arena_copy(&code->arena, name, strlen(name));
    code->modules = tvn_arena_new(&code->arena, count, sizeof(*code->modules));
    if (code->name == NULL || code->modules == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    code->was_cached = count > 0;
    err = TVN_OK;
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        err = make_module(code, i, diag);
    }
    return err == TVN_OK ? check_memories(code, diag) : err;
}

tvn_err
tvn_engine_check(struct tvn_engine *engine,
    const struct tvn_component *component, const char *name,
    struct tvn_diag *diag)
{
    const struct tvn_program *program = component->program;
    struct tvn_place place = {.path = name};
    struct tvn_buf text = {0};
    tvn_err err = TVN_OK;

    if (program->gated_count > 0) {
        err = tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
            "it uses %s: async functions, streams and futures are not run by "
            "this version",
            program->gated[0].name);
    }
    for (uint32_t i = 0; err == TVN_OK && i < program->module_count; i++) {
        wasmtime_error_t *error = wasmtime_module_validate(
            engine->wasm, program->modules[i].bytes, program->modules[i].len);

        if (error != NULL) {
            tvn__error_print(error, &text);
            err = tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
                "this engine does not run core module %u: %s", (unsigned)i,
                tvn_buf_text(&text));
        }
    }
    tvn_buf_fini(&text);
    return err;
}

tvn_err
tvn_code_new(struct tvn_engine *engine,
    TVN_KEPT const struct tvn_component *component, const char *name,
    TVN_GIVE struct tvn_code **out, struct tvn_diag *diag)
{
    struct tvn_code *code = tvn_mem_new(1, sizeof(*code));
    tvn_err err;

    if (code == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    code->engine = engine;
    code->component = component;
    code->program = component->program;
    err = fill(code, name, diag);
    if (err != TVN_OK) {
        tvn_code_free(code);
        return err;
    }
    *out = code;
    return TVN_OK;
}

void
tvn_code_free(struct tvn_code *code)
{
    if (code == NULL) {
        return;
    }
    for (uint32_t i = 0;
         code->modules != NULL && i < code->program->module_count; i++) {
        struct tvn__module *module = &code->modules[i];

        if (module->module != NULL) {
            wasm_importtype_vec_delete(&module->imports);
            wasmtime_module_delete(module->module);
        }
    }
    tvn_arena_fini(&code->arena);
    tvn_mem_free(code, 1, sizeof(*code));
}

bool
tvn_code_was_cached(const struct tvn_code *code)
{
    return code->was_cached;
}
