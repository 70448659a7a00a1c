/* host.c -- what a host gives: functions with JSON on both sides, resources,
 * WASI.
 *
 * The engine wants one function for each import; a host's may answer several
 * (an interface in two versions of one track), each with types of its own. */
#include "embed/internal.h"

#include "base/jsonout.h"
#include "base/mem.h"

#include <stdarg.h>
#include <string.h>

void
tvc_reply(struct tvc_reply *reply, const char *format, ...)
{
    va_list args;

    tvn_buf_clear(&reply->json);
    va_start(args, format);
    tvn_buf_vprintf(&reply->json, format, args);
    va_end(args);
}

void
tvc_reply_string(struct tvc_reply *reply, const char *text, size_t len)
{
    tvn_buf_clear(&reply->json);
    tvn_json_quote(&reply->json, (struct tvn_str){text, len});
}

void
tvc_reply_error(struct tvc_reply *reply, const char *text)
{
    tvn_buf_clear(&reply->why);
    tvn_buf_append_text(&reply->why, text);
}

/* ------------------------------------------------------------------------
 * Calls. */

static tvn_err
write_args(struct tvn__embed_import *import, const uint8_t *args,
    struct tvn_diag *diag)
{
    struct tvn_buf *out = &import->instance->host_args;
    struct tvn_json_fault fault;
    uint64_t bytes = 0;
    tvn_err err;

    tvn_buf_clear(out);
    if (import->args == NULL) {
        tvn_buf_append_text(out, "[]");
        return TVN_OK;
    }
    err = tvn_jsoncodec_write(import->args, args, 0, out, &bytes, &fault);
    return err == TVN_OK ? TVN_OK : tvn__embed_fault(diag, err, NULL, &fault);
}

static tvn_err
read_answer(struct tvn__embed_import *import, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    const struct tvn_buf *json = &import->instance->reply.json;
    struct tvn_image *image = NULL;
    struct tvn_json_fault fault;
    uint64_t bytes = 0;
    tvn_err err;

    if (json->failed) {
        return TVN_ENOMEM;
    }
    if (json->len == 0) {
        return tvn_diag_error(
            diag, TVN_ETRAP, NULL, "the host function gave no answer");
    }
    err = tvn_jsoncodec_read(import->result, json->ptr, json->len,
        &import->instance->builder, &image, &bytes, &fault);
    if (err == TVN_ENOMEM) {
        return err;
    }
    if (err != TVN_OK) {
        return tvn_diag_error(diag, TVN_ETRAP, NULL,
            "the host function's answer: %s: %s", fault.path, fault.text);
    }
    import->answer = image;
    *result = image->data;
    *result_root = 0;
    return TVN_OK;
}

static tvn_err
call(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    struct tvn__embed_import *import = env;
    struct tvc_instance *instance = import->instance;
    struct tvc_reply *reply = &instance->reply;
    tvn_err err = write_args(import, args, diag);

    if (err != TVN_OK) {
        return err;
    }
    if (!tvn_buf_reserve(&instance->host_args, 1)) {
        return TVN_ENOMEM;
    }
    tvn_image_unref(import->answer);
    import->answer = NULL;
    tvn_buf_clear(&reply->json);
    tvn_buf_clear(&reply->why);
    if (import->func->call(import->func->env,
            tvn_buf_text(&instance->host_args), reply) != 0) {
        return tvn_diag_error(diag, TVN_ETRAP, NULL, "%s",
            reply->why.len == 0 ? "the host function failed"
                                : tvn_buf_text(&reply->why));
    }
    return import->result == NULL
               ? TVN_OK
               : read_answer(import, result, result_root, diag);
}

/* ------------------------------------------------------------------------
 * WASI. */

static const char *
copy(struct tvn_arena *arena, const char *text, bool *failed)
{
    const char *made = tvn_arena_copy(arena, text, strlen(text));

    *failed |= made == NULL;
    return made;
}

static tvn_err
copy_wasi(struct tvc_instance *instance, const struct tvc_instance_opts *opts)
{
    struct tvn_arena *arena = &instance->arena;
    const char **args =
        tvn_arena_new(arena, opts->wasi_arg_count, sizeof(*args));
    struct tvn_wasi_var *vars =
        tvn_arena_new(arena, opts->wasi_var_count, sizeof(*vars));
    struct tvn_wasi_dir *dirs =
        tvn_arena_new(arena, opts->wasi_dir_count, sizeof(*dirs));
    bool failed = args == NULL || vars == NULL || dirs == NULL;

    for (size_t i = 0; !failed && i < opts->wasi_arg_count; i++) {
        args[i] = copy(arena, opts->wasi_args[i], &failed);
    }
    for (size_t i = 0; !failed && i < opts->wasi_var_count; i++) {
        vars[i].name = copy(arena, opts->wasi_vars[i].name, &failed);
        vars[i].value = copy(arena, opts->wasi_vars[i].value, &failed);
    }
    for (size_t i = 0; !failed && i < opts->wasi_dir_count; i++) {
        dirs[i].host_path = copy(arena, opts->wasi_dirs[i].host_path, &failed);
        dirs[i].guest_path =
            copy(arena, opts->wasi_dirs[i].guest_path, &failed);
        dirs[i].can_write = opts->wasi_dirs[i].can_write;
    }
    instance->wasi_opts = (struct tvn_wasi_opts){
        .grants = opts->wasi_grants,
        .args = args,
        .arg_count = (uint32_t)opts->wasi_arg_count,
        .vars = vars,
        .var_count = (uint32_t)opts->wasi_var_count,
        .dirs = dirs,
        .dir_count = (uint32_t)opts->wasi_dir_count,
    };
    return failed ? TVN_ENOMEM : TVN_OK;
}

static bool
wants_wasi(const struct tvc_component *component)
{
    for (size_t i = 0; i < component->imports.count; i++) {
        if (tvn_wasi_knows(tvn_str_of(component->imports.items[i].interface))) {
            return true;
        }
    }
    return false;
}

bool
tvc_instance_has_exited(const struct tvc_instance *instance, int *status)
{
    return instance->wasi != NULL &&
           tvn_wasi_has_exited(instance->wasi, status);
}

/* ------------------------------------------------------------------------
 * Linking. */

static const struct tvc_func *
find(const struct tvc_instance_opts *opts, const struct tvc_item *item)
{
    for (size_t i = 0; i < opts->func_count; i++) {
        const struct tvc_func *func = &opts->funcs[i];
        const char *interface = func->interface == NULL ? "" : func->interface;

        if (strcmp(func->name, item->name) == 0 &&
            tvn_name_reads_as(
                tvn_str_of(item->interface), tvn_str_of(interface))) {
            return func;
        }
    }
    return NULL;
}

/* Binds import number `item`; the texts are the component's. */
static tvn_err
bind(struct tvc_instance *instance, size_t item, const struct tvc_func *given,
    struct tvn_host_func *out, struct tvn_diag *diag)
{
    const struct tvn__embed_side *side = &instance->component->imports;
    struct tvn__embed_import *import =
        &instance->imports[instance->import_count];
    struct tvc_func *func = tvn_arena_new(&instance->arena, 1, sizeof(*func));
    tvn_err err;

    if (func == NULL) {
        return TVN_ENOMEM;
    }
    *func = *given;
    import->instance = instance;
    import->func = func;
    instance->import_count++;
    err = tvn__embed_codec(side->things[item].args, &import->args, diag);
    if (err == TVN_OK) {
        err =
            tvn__embed_codec(side->things[item].result, &import->result, diag);
    }
    *out = (struct tvn_host_func){
        .interface = tvn_str_of(side->items[item].interface),
        .name = tvn_str_of(side->items[item].name),
        .call = call,
        .env = import,
    };
    return err;
}

static tvn_err
bind_all(struct tvc_instance *instance, const struct tvc_instance_opts *opts,
    struct tvn_instance_opts *out, struct tvn_diag *diag)
{
    const struct tvn__embed_side *side = &instance->component->imports;
    const struct tvn_host_func *wasi = NULL;
    uint32_t wasi_count = 0;
    struct tvn_host_func *funcs;
    uint32_t count = 0;
    tvn_err err = TVN_OK;

    if (instance->wasi != NULL) {
        wasi = tvn_wasi_funcs(instance->wasi, &wasi_count);
    }
    funcs = tvn_arena_new(
        &instance->arena, side->count + wasi_count, sizeof(*funcs));
    instance->imports = tvn_arena_new(
        &instance->arena, side->count, sizeof(*instance->imports));
    if (funcs == NULL || instance->imports == NULL) {
        return TVN_ENOMEM;
    }
    for (size_t i = 0; err == TVN_OK && i < side->count; i++) {
        const struct tvc_func *given = side->items[i].kind != TVC_FUNC
                                           ? NULL
                                           : find(opts, &side->items[i]);

        if (given != NULL) {
            err = bind(instance, i, given, &funcs[count++], diag);
        }
    }
    /* Behind the host's own: the first that answers is taken. */
    if (wasi_count > 0) {
        memcpy(&funcs[count], wasi, wasi_count * sizeof(*wasi));
    }
    out->imports = funcs;
    out->import_count = count + wasi_count;
    return err;
}

static tvn_err
bind_resources(struct tvc_instance *instance,
    const struct tvc_instance_opts *opts, struct tvn_instance_opts *out)
{
    const struct tvn_host_resource *wasi = NULL;
    uint32_t wasi_count = 0;
    struct tvn_host_resource *resources;

    if (instance->wasi != NULL) {
        wasi = tvn_wasi_resources(instance->wasi, &wasi_count);
    }
    resources = tvn_arena_new(&instance->arena,
        opts->resource_count + wasi_count, sizeof(*resources));
    if (resources == NULL) {
        return TVN_ENOMEM;
    }
    /* Of two with one name the engine takes the last. */
    if (wasi_count > 0) {
        memcpy(resources, wasi, wasi_count * sizeof(*wasi));
    }
    for (size_t i = 0; i < opts->resource_count; i++) {
        const struct tvc_resource *given = &opts->resources[i];

        resources[wasi_count + i] = (struct tvn_host_resource){
            .interface =
                tvn_str_of(given->interface == NULL ? "" : given->interface),
            .name = tvn_str_of(given->name),
            .drop = given->drop,
            .env = given->env,
        };
    }
    out->resources = resources;
    out->resource_count = (uint32_t)opts->resource_count + wasi_count;
    return TVN_OK;
}

tvn_err
tvn__embed_hosts(struct tvc_instance *instance,
    const struct tvc_instance_opts *opts, struct tvn_instance_opts *out,
    struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    if (wants_wasi(instance->component)) {
        err = copy_wasi(instance, opts);
        if (err == TVN_OK) {
            err = tvn_wasi_new(&instance->wasi_opts, &instance->wasi, diag);
        }
    }
    if (err == TVN_OK) {
        err = bind_all(instance, opts, out, diag);
    }
    return err == TVN_OK ? bind_resources(instance, opts, out) : err;
}

void
tvn__embed_hosts_fini(struct tvc_instance *instance)
{
    for (size_t i = 0; i < instance->import_count; i++) {
        struct tvn__embed_import *import = &instance->imports[i];

        tvn_image_unref(import->answer);
        tvn_jsoncodec_free(import->args);
        tvn_jsoncodec_free(import->result);
    }
    tvn_buf_fini(&instance->host_args);
    tvn_buf_fini(&instance->reply.json);
    tvn_buf_fini(&instance->reply.why);
    tvn_wasi_free(instance->wasi);
}
