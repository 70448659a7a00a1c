/* instance.c -- instances, and calls with JSON on both sides. */
#include "embed/internal.h"

#include "base/assert.h"
#include "base/mem.h"

#include <string.h>

#define MEMORY_MAX  (UINT64_C(256) << 20)
#define VALUE_MAX   (UINT32_C(64) << 20)
#define CACHE_MAX   (UINT64_C(1) << 20) /* of freed values' blocks, kept */
#define NS_PER_MS   UINT64_C(1000000)
#define DEADLINE_MS (UINT64_MAX / NS_PER_MS)

struct tvc_instance_opts
tvc_instance_defaults(void)
{
    struct tvc_instance_opts opts = {.funcs = NULL};

    return opts;
}

/* ------------------------------------------------------------------------
 * Life. */

static tvn_err
make(struct tvc_instance *instance, const struct tvc_instance_opts *opts,
    struct tvn_diag *diag)
{
    const struct tvc_component *component = instance->component;
    const struct tvn_place place = {.path = component->name};
    uint32_t value_max = opts->value_max == 0 ? VALUE_MAX : opts->value_max;
    uint64_t deadline_ns =
        (opts->deadline_ms < DEADLINE_MS ? opts->deadline_ms : DEADLINE_MS) *
        NS_PER_MS;
    struct tvn_instance_opts made = {
        .memory_max = opts->memory_max == 0 ? MEMORY_MAX : opts->memory_max,
        .deadline_ns = deadline_ns,
        .init_deadline_ns = deadline_ns,
    };
    tvn_err err;

    if (value_max < TVN_IMAGE_MIN || value_max > TVN_IMAGE_MAX) {
        return tvn_diag_error(diag, TVN_EINVAL, &place,
            "value_max is %u, and has to be from %u to %u", (unsigned)value_max,
            TVN_IMAGE_MIN, TVN_IMAGE_MAX);
    }
    instance->pool = tvn_pool_new(value_max, CACHE_MAX);
    instance->calls = tvn_arena_new(
        &instance->arena, component->exports.count, sizeof(*instance->calls));
    if (instance->pool == NULL || instance->calls == NULL) {
        return TVN_ENOMEM;
    }
    tvn_builder_init(&instance->builder, instance->pool);
    made.pool = instance->pool;
    err = tvn__embed_hosts(instance, opts, &made, diag);
    if (err != TVN_OK) {
        return err;
    }
    instance->is_inside = true; /* its start functions may call the host */
    err = tvn_instance_new(component->code, &made, &instance->instance, diag);
    instance->is_inside = false;
    return err;
}

int
tvc_instance_new(struct tvc_component *component,
    const struct tvc_instance_opts *opts, struct tvc_instance **out,
    struct tvc_error *error)
{
    const struct tvc_instance_opts defaults = tvc_instance_defaults();
    struct tvc_instance *instance = tvn_mem_new(1, sizeof(*instance));
    struct tvn_diag diag = {0};
    tvn_err err = TVN_ENOMEM;

    if (instance != NULL) {
        component->users++;
        instance->component = component;
        err = make(instance, opts == NULL ? &defaults : opts, &diag);
    }
    if (err == TVN_OK) {
        *out = instance;
    } else {
        tvc_instance_free(instance);
    }
    return tvn__embed_end(err, &diag, error);
}

void
tvc_instance_free(struct tvc_instance *instance)
{
    if (instance == NULL) {
        return;
    }
    TVN_ASSERT(!instance->is_inside); /* a host function may not free it */
    tvn_instance_free(instance->instance);
    tvn__embed_hosts_fini(instance);
    for (size_t i = 0;
         instance->calls != NULL && i < instance->component->exports.count;
         i++) {
        if (instance->calls[i] != NULL) {
            tvn_jsoncodec_free(instance->calls[i]->args);
            tvn_jsoncodec_free(instance->calls[i]->result);
        }
    }
    tvn_builder_fini(&instance->builder);
    if (instance->pool != NULL) {
        tvn_pool_free(instance->pool);
    }
    tvn_buf_fini(&instance->result);
    instance->component->users--;
    tvn_arena_fini(&instance->arena);
    tvn_mem_free(instance, 1, sizeof(*instance));
}

bool
tvc_instance_is_dead(const struct tvc_instance *instance)
{
    return tvn_instance_is_dead(instance->instance);
}

uint64_t
tvc_instance_memory(struct tvc_instance *instance)
{
    return tvn_instance_memory(instance->instance);
}

/* ------------------------------------------------------------------------
 * Finding an export. */

/* The item's number; SIZE_MAX: none. */
static size_t
find(const struct tvc_component *component, const char *func)
{
    const struct tvn__embed_side *side = &component->exports;
    const struct tvc_item *item =
        tvn_map_find(&component->by_name, tvn_str_of(func));
    const char *mark = strchr(func, '#');
    struct tvn_str interface = {func, 0};

    if (item != NULL) {
        return (size_t)(item - side->items);
    }
    if (mark == NULL) {
        return SIZE_MAX;
    }
    interface.len = (size_t)(mark - func);
    for (size_t i = 0; i < side->count; i++) {
        if (strcmp(side->items[i].name, mark + 1) == 0 &&
            tvn_name_reads_as(
                tvn_str_of(side->items[i].interface), interface)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static tvn_err
refuse_name(const struct tvc_component *component, enum tvc_kind kind,
    const char *name, struct tvn_diag *diag)
{
    const struct tvn_place place = {.path = component->name};
    size_t count = component->by_name.count;
    struct tvn_str *names = tvn_mem_new(count + 1, sizeof(*names));
    size_t used = 0;

    (void)tvn_diag_error(diag, TVN_EINVAL, &place, "it exports no %s %s",
        kind == TVC_FUNC ? "function" : "resource", name);
    for (size_t i = 0; names != NULL && i < count; i++) {
        const struct tvn_map_entry *entry = &component->by_name.entries[i];

        if (((const struct tvc_item *)entry->value)->kind == kind) {
            names[used++] = entry->key;
        }
    }
    if (used > 0) {
        tvn_diag_suggest(diag, tvn_str_of(name), names, used);
    }
    tvn_mem_free(names, count + 1, sizeof(*names));
    return TVN_EINVAL;
}

/* The number of the export of that kind; the instance may be entered. */
static tvn_err
look_up(const struct tvc_instance *instance, enum tvc_kind kind,
    const char *name, size_t *out, struct tvn_diag *diag)
{
    const struct tvc_component *component = instance->component;
    const struct tvn_place place = {.path = component->name, .what = name};

    if (instance->is_inside) {
        return tvn_diag_error(diag, TVN_EINVAL, &place,
            "the instance is in a call, and is called by a host function");
    }
    *out = find(component, name);
    return *out == SIZE_MAX || component->exports.items[*out].kind != kind
               ? refuse_name(component, kind, name, diag)
               : TVN_OK;
}

/* ------------------------------------------------------------------------
 * Making a call ready. */

static tvn_err
make_plans(struct tvc_instance *instance, const struct tvn_func_type *type,
    struct tvn__embed_call *call)
{
    struct tvn_arena *arena = &instance->arena;
    const struct tvn_plan **plan;
    tvn_err err = TVN_OK;

    if (type->tuple != NULL) {
        plan = tvn_arena_new(arena, 1, sizeof(*plan));
        err = plan == NULL
                  ? TVN_ENOMEM
                  : tvn_plan_lower(arena, type->tuple, type->tuple, plan);
        if (err == TVN_OK) {
            err = tvn_args_make(arena, plan, 1, &call->lowers);
        }
    }
    if (err == TVN_OK && type->result != NULL) {
        err = tvn_plan_lift(arena, type->result, &call->lifts);
    }
    return err;
}

static tvn_err
prepare(struct tvc_instance *instance, size_t item,
    struct tvn__embed_call **out, struct tvn_diag *diag)
{
    const struct tvn__embed_thing *thing =
        &instance->component->exports.things[item];
    struct tvn__embed_call *call =
        tvn_arena_new(&instance->arena, 1, sizeof(*call));
    tvn_err err;

    if (call == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_call_init(
        &call->call, instance->instance, thing->source->index, diag);
    if (err == TVN_OK) {
        err = make_plans(instance, thing->source->func, call);
    }
    if (err == TVN_OK) {
        err = tvn__embed_codec(thing->args, &call->args, diag);
    }
    if (err == TVN_OK) {
        err = tvn__embed_codec(thing->result, &call->result, diag);
    }
    if (err != TVN_OK) {
        tvn_jsoncodec_free(call->args);
        return err;
    }
    instance->calls[item] = call;
    *out = call;
    return TVN_OK;
}

static tvn_err
get(struct tvc_instance *instance, const char *func,
    struct tvn__embed_call **out, struct tvn_diag *diag)
{
    const struct tvc_component *component = instance->component;
    const struct tvn_place place = {.path = component->name, .what = func};
    size_t item = 0;
    tvn_err err = look_up(instance, TVC_FUNC, func, &item, diag);

    if (err != TVN_OK) {
        return err;
    }
    if (component->exports.things[item].source->index == TVN_NONE) {
        return tvn_diag_error(diag, TVN_EUNSUPPORTED, &place,
            "it is an import that the component hands on");
    }
    *out = instance->calls[item];
    return *out != NULL ? TVN_OK : prepare(instance, item, out, diag);
}

/* ------------------------------------------------------------------------
 * Calling. */

static bool
is_empty_array(const char *text)
{
    static const char space[] = " \t\r\n";

    text += strspn(text, space);
    if (text[0] != '[') {
        return false;
    }
    text++;
    text += strspn(text, space);
    return text[0] == ']' && text[1 + strspn(text + 1, space)] == '\0';
}

static tvn_err
read_args(struct tvc_instance *instance, struct tvn__embed_call *call,
    const char *text, const struct tvn_place *place, struct tvn_image **out,
    struct tvn_diag *diag)
{
    struct tvn_json_fault fault;
    uint64_t bytes = 0;
    tvn_err err;

    if (call->args == NULL) {
        return is_empty_array(text)
                   ? TVN_OK
                   : tvn_diag_error(diag, TVN_EJSON_TYPE, place,
                         "it takes no arguments: they are written []");
    }
    err = tvn_jsoncodec_read(call->args, text, strlen(text), &instance->builder,
        out, &bytes, &fault);
    return err == TVN_OK ? TVN_OK : tvn__embed_fault(diag, err, place, &fault);
}

/* What the engine has not said yet is said, and a guest that was left halfway
 * is not called again. */
static tvn_err
give_up(struct tvn_instance *instance, tvn_err err, struct tvn_diag *diag)
{
    if (diag->first == NULL && tvn_instance_is_dead(instance)) {
        err = tvn_instance_tell(instance, diag);
    }
    tvn_instance_kill(instance);
    return err;
}

static tvn_err
lift(struct tvc_instance *instance, const struct tvn__embed_call *call,
    struct tvn_diag *diag)
{
    struct tvn_builder *builder = &instance->builder;
    const union tvn_slot *slots = call->call.slots;
    uint64_t bytes = 0;
    tvn_err err = tvn_builder_begin(builder, tvn_plan_type(call->lifts));

    if (err != TVN_OK) {
        return err;
    }
    return call->call.returns_pointer
               ? tvn_lift_load(call->lifts, call->call.memory, slots[0].u32,
                     builder, 0, &bytes, diag)
               : tvn_lift_flat(call->lifts, call->call.memory, slots, builder,
                     0, &bytes, diag);
}

/* From the arguments to a result that stands in the builder. */
static tvn_err
run(struct tvc_instance *instance, struct tvn__embed_call *call,
    const struct tvn_image *args, struct tvn_diag *diag)
{
    struct tvn_instance *guest = instance->instance;
    const uint8_t *data = args == NULL ? NULL : args->data;
    uint64_t bytes = 0;
    tvn_err err = TVN_OK;

    if (args != NULL) {
        err = tvn_args_lower(&call->lowers, &data, call->call.memory,
            call->call.slots, &bytes, diag);
    }
    if (err != TVN_OK) {
        return give_up(guest, err, diag);
    }
    err = tvn_call_run(&call->call, diag);
    if (err != TVN_OK) {
        return err;
    }
    if (call->lifts != NULL) {
        err = lift(instance, call, diag);
        if (err != TVN_OK) {
            return give_up(guest, err, diag);
        }
    }
    return tvn_call_finish(&call->call, diag);
}

static tvn_err
write_result(struct tvc_instance *instance, struct tvn__embed_call *call,
    const struct tvn_place *place, struct tvn_diag *diag)
{
    struct tvn_json_fault fault;
    uint64_t bytes = 0;
    tvn_err err;

    tvn_buf_clear(&instance->result);
    if (call->result == NULL) {
        tvn_buf_append_text(&instance->result, "null");
        return TVN_OK;
    }
    err = tvn_jsoncodec_write(call->result, instance->builder.data, 0,
        &instance->result, &bytes, &fault);
    return err == TVN_OK ? TVN_OK : tvn__embed_fault(diag, err, place, &fault);
}

/* Plans know neither file nor function. */
static void
name_places(struct tvn_diag *diag, const struct tvn_place *place)
{
    for (struct tvn_finding *finding = diag->first; finding != NULL;
         finding = finding->next) {
        if (finding->place.path == NULL && finding->place.what == NULL) {
            finding->place = *place;
        }
    }
}

static tvn_err
call_export(struct tvc_instance *instance, const char *func, const char *args,
    struct tvn_diag *diag)
{
    const struct tvn_place place = {
        .path = instance->component->name, .what = func};
    struct tvn__embed_call *call = NULL;
    struct tvn_image *image = NULL;
    tvn_err err = get(instance, func, &call, diag);

    if (err == TVN_OK) {
        err = read_args(instance, call, args, &place, &image, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    instance->is_inside = true;
    err = run(instance, call, image, diag);
    instance->is_inside = false;
    tvn_image_unref(image);
    return err == TVN_OK ? write_result(instance, call, &place, diag) : err;
}

int
tvc_call(struct tvc_instance *instance, const char *func, const char *args,
    const char **result, struct tvc_error *error)
{
    struct tvn_diag diag = {0};
    const struct tvn_place place = {
        .path = instance->component->name, .what = func};
    tvn_err err =
        call_export(instance, func, args == NULL ? "[]" : args, &diag);

    name_places(&diag, &place);

    if (err == TVN_OK && !tvn_buf_reserve(&instance->result, 1)) {
        err = TVN_ENOMEM; /* no room for the text's end */
    }
    if (err == TVN_OK && result != NULL) {
        *result = tvn_buf_text(&instance->result);
    }
    return tvn__embed_end(err, &diag, error);
}

int
tvc_drop(struct tvc_instance *instance, const char *resource, uint32_t rep,
    struct tvc_error *error)
{
    struct tvn_diag diag = {0};
    size_t item = 0;
    tvn_err err = look_up(instance, TVC_RESOURCE, resource, &item, &diag);

    if (err == TVN_OK) {
        instance->is_inside = true;
        err = tvn_instance_destroy(instance->instance,
            instance->component->exports.things[item].source->resource, rep,
            &diag);
        instance->is_inside = false;
    }
    return tvn__embed_end(err, &diag, error);
}
