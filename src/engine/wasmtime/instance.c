/* instance.c -- an instance: its store, its limits, its steps.
 *
 * The component's program is run once against the operations below; what it
 * leaves are the lifted and lowered records that calls use. */
#include "base/assert.h"
#include "base/mem.h"
#include "engine/wasmtime/internal.h"

#include <string.h>

_Static_assert(
    sizeof(wasmtime_extern_t) <= sizeof(((struct tvn_core_item *)NULL)->raw),
    "an item holds the engine's handle");

struct tvn_core_item
tvn__item(const wasmtime_extern_t *handle, enum tvn_core_sort sort)
{
    struct tvn_core_item item = {.sort = sort};

    memcpy(item.raw, handle, sizeof(*handle));
    return item;
}

wasmtime_extern_t
tvn__handle(const struct tvn_core_item *item)
{
    wasmtime_extern_t handle;

    memcpy(&handle, item->raw, sizeof(handle));
    return handle;
}

/* ------------------------------------------------------------------------
 * Operations. */

static tvn_err
import_count(void *store, uint32_t module, uint32_t *out)
{
    const struct tvn_instance *instance = store;

    *out = (uint32_t)instance->code->modules[module].imports.size;
    return TVN_OK;
}

static tvn_err
import_name(void *store, uint32_t module, uint32_t i,
    struct tvn_str *module_name, struct tvn_str *name)
{
    const struct tvn_instance *instance = store;
    const wasm_importtype_t *type =
        instance->code->modules[module].imports.data[i];
    const wasm_name_t *first = wasm_importtype_module(type);
    const wasm_name_t *second = wasm_importtype_name(type);

    *module_name = (struct tvn_str){first->data, first->size};
    *name = (struct tvn_str){second->data, second->size};
    return TVN_OK;
}

/* Not a trap: the module does not fit its imports, or a limit. */
static tvn_err
refuse_module(struct tvn_instance *instance, uint32_t module,
    wasmtime_error_t *error, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = instance->code->name};
    struct tvn_buf text = {0};
    const char *words;
    tvn_err err;

    tvn__error_print(error, &text);
    if (instance->limit.was_refused) { /* a start section took too much */
        tvn_buf_clear(&text);
        tvn__refusal_print(instance, &text);
        err = tvn_diag_error(
            diag, TVN_EGUEST_MEMORY, &place, "%s", tvn_buf_text(&text));
        tvn_buf_fini(&text);
        return err;
    }
    words = tvn_buf_text(&text);
    /* No address space left (a limit of the process): not the guest's. */
    err = strstr(words, "mmap") != NULL ? TVN_ENOMEM : TVN_EMALFORMED;
    (void)tvn_diag_error(diag, err, &place,
        "core module %u cannot be instantiated: %s", (unsigned)module, words);
    tvn_buf_fini(&text);
    return err;
}

/* All start sections together have one deadline. */
static tvn_err
instantiate(void *store, uint32_t module, const struct tvn_core_item *imports,
    uint32_t count, uint32_t *out, struct tvn_diag *diag)
{
    struct tvn_instance *instance = store;
    wasmtime_extern_t *externs =
        tvn_arena_new(&instance->arena, count, sizeof(*externs));
    wasmtime_instance_t *core = &instance->cores[instance->core_count];
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error;

    TVN_ASSERT(
        instance->core_count < instance->code->program->core_instance_count);
    if (externs == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    for (uint32_t i = 0; i < count; i++) {
        externs[i] = tvn__handle(&imports[i]);
    }
    instance->state = TVN__INSIDE;
    instance->limit.was_refused = false;
    tvn__pulse_begin(
        instance->ticker, &instance->pulse, instance->core_count == 0);
    error = wasmtime_instance_new(instance->context,
        instance->code->modules[module].module, externs, count, core, &trap);
    tvn__pulse_end(&instance->pulse);
    if (instance->state == TVN__INSIDE) {
        instance->state = TVN__READY;
    }
    if (trap != NULL ||
        (error != NULL &&
            (instance->is_overdue || instance->report.first != NULL))) {
        (void)tvn__fail_call(instance, "start", error, trap);
        return tvn__tell(instance, "start", diag);
    }
    if (error != NULL) {
        return refuse_module(instance, module, error, diag);
    }
    *out = instance->core_count++;
    return TVN_OK;
}

/* A global i32?  Only then may it be read: reading a reference ends the
 * process. */
static bool
is_number(struct tvn_instance *instance, const wasmtime_extern_t *item)
{
    wasm_globaltype_t *type;
    bool is_i32;

    if (item->kind != WASMTIME_EXTERN_GLOBAL) {
        return false;
    }
    type = wasmtime_global_type(instance->context, &item->of.global);
    is_i32 = tvn__is_core(wasm_globaltype_content(type), TVN_CORE_I32);
    wasm_globaltype_delete(type);
    return is_i32;
}

/* A realloc that takes from the SDK's arena: see memory.c.  Of several core
 * instances that have one the first counts. */
static void
note_arena(struct tvn_instance *instance, uint32_t number,
    const wasmtime_func_t *realloc)
{
    wasmtime_extern_t item;
    wasmtime_val_t value;

    if (instance->has_arena || !wasmtime_instance_export_get(instance->context,
                                   &instance->cores[number], TVN__ARENA,
                                   sizeof(TVN__ARENA) - 1, &item)) {
        return;
    }
    if (is_number(instance, &item)) {
        wasmtime_global_get(instance->context, &item.of.global, &value);
        instance->has_arena = true;
        instance->arena_at = (uint32_t)value.of.i32;
        instance->arena_realloc = *realloc;
        wasmtime_val_unroot(&value);
    }
    wasmtime_extern_delete(&item);
}

static tvn_err
get_export(void *store, uint32_t number, struct tvn_str name,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    struct tvn_instance *instance = store;
    struct tvn_place place = {.path = instance->code->name};
    wasmtime_extern_t item;
    enum tvn_core_sort sort;

    TVN_ASSERT(number < instance->core_count);
    if (!wasmtime_instance_export_get(instance->context,
            &instance->cores[number], name.ptr == NULL ? "" : name.ptr,
            name.len, &item)) {
        return tvn_diag_error(diag, TVN_EMALFORMED, &place,
            "a core module does not export \"%.*s\"", TVN_STR_ARG(name));
    }
    switch (item.kind) {
    case WASMTIME_EXTERN_FUNC:
        sort = TVN_CORE_FUNC;
        if (tvn_str_is(name, "cabi_realloc")) {
            note_arena(instance, number, &item.of.func);
        }
        break;
    case WASMTIME_EXTERN_TABLE:
        sort = TVN_CORE_TABLE;
        break;
    case WASMTIME_EXTERN_MEMORY:
        sort = TVN_CORE_MEMORY;
        break;
    case WASMTIME_EXTERN_GLOBAL:
        sort = TVN_CORE_GLOBAL;
        break;
    case WASMTIME_EXTERN_TAG:
        sort = TVN_CORE_TAG;
        break;
    default:
        wasmtime_extern_delete(&item);
        return tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
            "a core export \"%.*s\" of another kind", TVN_STR_ARG(name));
    }
    *out = tvn__item(&item, sort);
    return TVN_OK;
}

static const struct tvn_core_ops ops = {
    .import_count = import_count,
    .import_name = import_name,
    .instantiate = instantiate,
    .get_export = get_export,
    .new_lower = tvn__new_lower,
    .add_lift = tvn__add_lift,
    .add_resource = tvn__add_resource,
    .new_builtin = tvn__new_builtin,
};

/* ------------------------------------------------------------------------
 * Deadlines. */

/* The guest has run into the store's epoch deadline, which is not moved with
 * each call: here it learns how long it may go on. */
static wasmtime_error_t *
on_deadline(wasmtime_context_t *context, void *data, uint64_t *delta,
    wasmtime_update_deadline_kind_t *kind)
{
    struct tvn_instance *instance = data;
    uint64_t passed =
        tvn__ticker_now(instance->ticker) -
        atomic_load_explicit(&instance->pulse.started, memory_order_relaxed);

    (void)context;
    *kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
    if (instance->deadline_ticks == 0) {
        *delta = UINT64_C(1) << 62;
        return NULL;
    }
    if (passed < instance->deadline_ticks) {
        *delta = instance->deadline_ticks - passed;
        return NULL;
    }
    instance->is_overdue = true;
    return wasmtime_error_new("deadline");
}

/* Two ticks more: the first one may be nearly over when the call begins, and
 * the next comes early when this one was late. */
void
tvn_instance_set_deadline(struct tvn_instance *instance, uint64_t deadline_ns)
{
    instance->deadline_ns = deadline_ns;
    instance->deadline_ticks = deadline_ns == 0
                                   ? 0
                                   : deadline_ns / TVN__TICK_NS +
                                         (deadline_ns % TVN__TICK_NS != 0) + 2;
    wasmtime_context_set_epoch_deadline(instance->context, 1);
}

/* ------------------------------------------------------------------------
 * Life. */

static tvn_err
check_memory(const struct tvn_instance *instance, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = instance->code->name};
    uint64_t min = instance->code->memory_min;

    if (min > instance->limit.memory_max) {
        return tvn_diag_error(diag, TVN_EGUEST_MEMORY, &place,
            "its memory starts with %llu bytes, its limit is %llu",
            (unsigned long long)min,
            (unsigned long long)instance->limit.memory_max);
    }
    return TVN_OK;
}

/* Makes the store and all that is needed before the first step. */
static tvn_err
prepare(struct tvn_instance *instance, const struct tvn_instance_opts *opts,
    struct tvn_diag *diag)
{
    const struct tvn_program *program = instance->code->program;
    struct tvn_arena *arena = &instance->arena;
    tvn_err err;

    instance->cores = tvn_arena_new(
        arena, program->core_instance_count, sizeof(*instance->cores));
    instance->lifts =
        tvn_arena_new(arena, program->lift_count, sizeof(*instance->lifts));
    if (instance->cores == NULL || instance->lifts == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    err = tvn__parts_init(instance, opts, diag);
    if (err != TVN_OK) {
        return err;
    }
    instance->store =
        wasmtime_store_new(instance->code->engine->wasm, instance, NULL);
    instance->context = wasmtime_store_context(instance->store);
    wasmkit_store_limit(instance->store, &instance->limit);
    wasmtime_store_epoch_deadline_callback(
        instance->store, on_deadline, instance, NULL);
    err = tvn__ticker_add(instance->ticker, &instance->pulse);
    instance->has_pulse = err == TVN_OK;
    return err == TVN_OK ? TVN_OK
                         : tvn_diag_error(diag, err, NULL, "no thread");
}

static tvn_err
build(struct tvn_instance *instance, const struct tvn_instance_opts *opts,
    struct tvn_diag *diag)
{
    tvn_err err = tvn__check_hosts(instance, diag);

    if (err == TVN_OK) {
        err = check_memory(instance, diag);
    }
    if (err == TVN_OK) {
        err = prepare(instance, opts, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    tvn_instance_set_deadline(instance, opts->init_deadline_ns);
    err = tvn_program_run(
        instance->code->program, &ops, instance, instance->code->name, diag);
    if (err == TVN_OK) {
        tvn_instance_set_deadline(instance, opts->deadline_ns);
    }
    instance->hosts = NULL;
    instance->host_count = 0;
    return err;
}

tvn_err
tvn_instance_new(struct tvn_code *code, const struct tvn_instance_opts *opts,
    TVN_GIVE struct tvn_instance **out, struct tvn_diag *diag)
{
    struct tvn_instance *instance = tvn_mem_new(1, sizeof(*instance));
    tvn_err err;

    if (instance == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
    }
    instance->code = code;
    instance->ticker = &code->engine->ticker;
    instance->limit = (struct wasmkit_limit){
        .memory_max = opts->memory_max,
        .table_max = TVN__TABLE_ELEMENTS_MAX,
        .memory_count_max = TVN__MEMORIES_MAX,
        .table_count_max = TVN__TABLES_MAX,
    };
    instance->hosts = opts->imports;
    instance->host_count = opts->import_count;
    if (opts->pool != NULL) {
        tvn_builder_init(&instance->scratch, opts->pool);
    }
    err = build(instance, opts, diag);
    if (err != TVN_OK) {
        tvn_instance_free(instance);
        return err;
    }
    *out = instance;
    return TVN_OK;
}

void
tvn_instance_free(struct tvn_instance *instance)
{
    if (instance == NULL) {
        return;
    }
    if (instance->has_pulse) {
        tvn__ticker_remove(instance->ticker, &instance->pulse);
    }
    if (instance->store != NULL) {
        wasmtime_store_delete(instance->store);
    }
    tvn__parts_fini(instance);
    tvn__frames_free(instance);
    tvn_builder_fini(&instance->scratch);
    tvn_diag_fini(&instance->report);
    tvn_arena_fini(&instance->arena);
    tvn_mem_free(instance, 1, sizeof(*instance));
}

bool
tvn_instance_is_dead(const struct tvn_instance *instance)
{
    return instance->state == TVN__DEAD;
}

uint64_t
tvn_instance_memory(struct tvn_instance *instance)
{
    return instance->limit.memory_now;
}

struct tvn_control_counts
tvn_instance_control(const struct tvn_instance *instance)
{
    return instance->control;
}

void
tvn_instance_kill(struct tvn_instance *instance)
{
    instance->state = TVN__DEAD;
}

tvn_err
tvn_instance_tell(struct tvn_instance *instance, struct tvn_diag *diag)
{
    return tvn__tell(instance, NULL, diag);
}
