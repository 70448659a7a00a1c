/* component.c -- engines and components. */
#include "embed/internal.h"

#include "base/assert.h"
#include "base/mem.h"
#include "toolchain/toolchain.h"

#include <string.h>

const char *
tvc_version(void)
{
    return "torvyn " TVN_VERSION;
}

int
tvc_engine_new(
    const char *cache_dir, struct tvc_engine **out, struct tvc_error *error)
{
    const struct tvn_engine_opts opts = {.cache_dir = cache_dir};
    struct tvc_engine *engine = tvn_mem_new(1, sizeof(*engine));
    struct tvn_diag diag = {0};
    tvn_err err = engine == NULL
                      ? TVN_ENOMEM
                      : tvn_engine_new(&opts, &engine->engine, &diag);

    if (err == TVN_OK) {
        *out = engine;
    } else {
        tvn_mem_free(engine, 1, sizeof(*engine));
    }
    return tvn__embed_end(err, &diag, error);
}

void
tvc_engine_free(struct tvc_engine *engine)
{
    if (engine != NULL) {
        TVN_ASSERT(engine->users == 0); /* its components are freed first */
        tvn_engine_free(engine->engine);
        tvn_mem_free(engine, 1, sizeof(*engine));
    }
}

/* ------------------------------------------------------------------------
 * Items. */

static size_t
count_items(const struct tvn_extern *externs, uint32_t count)
{
    size_t total = 0;

    for (uint32_t i = 0; i < count; i++) {
        total +=
            externs[i].kind == TVN_EXTERN_INSTANCE ? externs[i].item_count : 1;
    }
    return total;
}

static void
print_signature(const struct tvn_extern *source, struct tvn_buf *out)
{
    switch (source->kind) {
    case TVN_EXTERN_FUNC:
        tvn_func_type_print(source->func, out);
        break;
    case TVN_EXTERN_TYPE:
        tvn_type_print(source->type, 0, out);
        break;
    case TVN_EXTERN_RESOURCE:
        tvn_buf_append_text(out, "resource");
        break;
    case TVN_EXTERN_INSTANCE:
    case TVN_EXTERN_OTHER:
        break;
    }
}

static enum tvc_kind
kind_of(enum tvn_extern_kind kind)
{
    static const enum tvc_kind kinds[] = {
        [TVN_EXTERN_FUNC] = TVC_FUNC,
        [TVN_EXTERN_TYPE] = TVC_TYPE,
        [TVN_EXTERN_INSTANCE] = TVC_OTHER, /* inside another one */
        [TVN_EXTERN_RESOURCE] = TVC_RESOURCE,
        [TVN_EXTERN_OTHER] = TVC_OTHER,
    };

    return kinds[kind];
}

static tvn_err
add_item(struct tvc_component *component, struct tvn__embed_side *side,
    struct tvn_str interface, const struct tvn_extern *source)
{
    struct tvn_arena *arena = &component->arena;
    struct tvn__embed_thing *thing = &side->things[side->count];
    struct tvc_item *item = &side->items[side->count];
    struct tvn_buf text = {0};
    tvn_err err = TVN_OK;

    print_signature(source, &text);
    item->kind = kind_of(source->kind);
    item->interface = tvn_arena_copy(arena, interface.ptr, interface.len);
    item->name = tvn_arena_copy(arena, source->name.ptr, source->name.len);
    item->signature = tvn_arena_copy(arena, text.ptr, text.len);
    if (text.failed || item->interface == NULL || item->name == NULL ||
        item->signature == NULL) {
        err = TVN_ENOMEM;
    }
    tvn_buf_fini(&text);
    side->count++;
    thing->source = source;
    if (err == TVN_OK && source->kind == TVN_EXTERN_FUNC) {
        err = tvn__embed_numbers(
            component->types, source->func->tuple, &thing->args);
        if (err == TVN_OK) {
            err = tvn__embed_numbers(
                component->types, source->func->result, &thing->result);
        }
    }
    return err;
}

static tvn_err
add_items(struct tvc_component *component, struct tvn__embed_side *side,
    const struct tvn_extern *externs, uint32_t count)
{
    static const struct tvn_str own = {"", 0};
    size_t total = count_items(externs, count);
    tvn_err err = TVN_OK;

    side->items = tvn_arena_new(&component->arena, total, sizeof(*side->items));
    side->things =
        tvn_arena_new(&component->arena, total, sizeof(*side->things));
    if (side->items == NULL || side->things == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        if (externs[i].kind != TVN_EXTERN_INSTANCE) {
            err = add_item(component, side, own, &externs[i]);
            continue;
        }
        for (uint32_t k = 0; err == TVN_OK && k < externs[i].item_count; k++) {
            err = add_item(
                component, side, externs[i].name, &externs[i].items[k]);
        }
    }
    return err;
}

/* Exports by the name that a call gives. */
static tvn_err
add_names(struct tvc_component *component)
{
    struct tvn__embed_side *side = &component->exports;
    tvn_err err = TVN_OK;

    for (size_t i = 0; err == TVN_OK && i < side->count; i++) {
        struct tvc_item *item = &side->items[i];
        const char *key = item->interface[0] == '\0'
                              ? item->name
                              : tvn_arena_printf(&component->arena, "%s#%s",
                                    item->interface, item->name);

        err = key == NULL
                  ? TVN_ENOMEM
                  : tvn_map_add(&component->by_name, tvn_str_of(key), item);
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Components. */

/* Takes the bytes, or what their text says. */
static tvn_err
read_bytes(struct tvc_component *component, struct tvn_str bytes,
    struct tvn_diag *diag)
{
    static const char magic[] = "\0asm";

    if (bytes.len >= 4 && memcmp(bytes.ptr, magic, 4) == 0) {
        tvn_buf_append_str(&component->bytes, bytes);
    } else if (bytes.len > 0 && bytes.ptr[0] != '\0') {
        return tvn_toolchain_wat(
            bytes.ptr, bytes.len, component->name, &component->bytes, diag);
    }
    return component->bytes.failed ? TVN_ENOMEM : TVN_OK;
}

static tvn_err
make(struct tvc_component *component, struct tvn_str given,
    struct tvn_diag *diag)
{
    struct tvn_buf *bytes = &component->bytes;
    const uint8_t *ptr;
    tvn_err err = read_bytes(component, given, diag);

    if (err != TVN_OK) {
        return err;
    }
    component->types = tvn_types_new();
    if (component->types == NULL) {
        return TVN_ENOMEM;
    }
    ptr = (const uint8_t *)(bytes->ptr == NULL ? "" : bytes->ptr);
    err = tvn_toolchain_validate(ptr, bytes->len, component->name, diag);
    if (err == TVN_OK) {
        err = tvn_component_decode(ptr, bytes->len, component->name,
            component->types, &component->decoded, diag);
    }
    if (err == TVN_OK) {
        err = add_items(component, &component->imports,
            component->decoded->imports, component->decoded->import_count);
    }
    if (err == TVN_OK) {
        err = add_items(component, &component->exports,
            component->decoded->exports, component->decoded->export_count);
    }
    if (err == TVN_OK) {
        err = add_names(component);
    }
    return err == TVN_OK
               ? tvn_code_new(component->engine->engine, component->decoded,
                     component->name, &component->code, diag)
               : err;
}

int
tvc_component_new(struct tvc_engine *engine, const void *bytes, size_t len,
    const char *name, struct tvc_component **out, struct tvc_error *error)
{
    struct tvc_component *component = tvn_mem_new(1, sizeof(*component));
    struct tvn_diag diag = {0};
    tvn_err err = TVN_ENOMEM;

    if (component != NULL) {
        engine->users++;
        component->engine = engine;
        component->name =
            tvn_arena_copy(&component->arena, name == NULL ? "component" : name,
                strlen(name == NULL ? "component" : name));
        if (component->name != NULL) {
            err = make(component, (struct tvn_str){bytes, len}, &diag);
        }
    }
    if (err == TVN_OK) {
        *out = component;
    } else {
        tvc_component_free(component);
    }
    return tvn__embed_end(err, &diag, error);
}

int
tvc_component_load(struct tvc_engine *engine, const char *path,
    struct tvc_component **out, struct tvc_error *error)
{
    const struct tvn_place place = {.path = path};
    struct tvn_diag diag = {0};
    struct tvn_buf bytes = {0};
    tvn_err err = tvn_buf_read_file(&bytes, path, TVC_FILE_MAX);
    int code;

    if (err != TVN_OK) {
        (void)tvn_diag_error(&diag, err, &place, "%s", tvn_err_text(err));
        code = tvn__embed_end(err, &diag, error);
    } else {
        code =
            tvc_component_new(engine, bytes.ptr, bytes.len, path, out, error);
    }
    tvn_buf_fini(&bytes);
    return code;
}

void
tvc_component_free(struct tvc_component *component)
{
    if (component == NULL) {
        return;
    }
    TVN_ASSERT(component->users == 0); /* its instances are freed first */
    tvn_code_free(component->code);
    tvn_component_free(component->decoded);
    tvn_types_free(component->types);
    tvn_map_fini(&component->by_name);
    tvn_buf_fini(&component->bytes);
    component->engine->users--;
    tvn_arena_fini(&component->arena);
    tvn_mem_free(component, 1, sizeof(*component));
}

const struct tvc_item *
tvc_component_import(const struct tvc_component *component, size_t index)
{
    return index < component->imports.count ? &component->imports.items[index]
                                            : NULL;
}

const struct tvc_item *
tvc_component_export(const struct tvc_component *component, size_t index)
{
    return index < component->exports.count ? &component->exports.items[index]
                                            : NULL;
}
