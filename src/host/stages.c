/* stages.c -- one stage of the file: its connector or its component, its
 * role, its config and tables. */
#include "host/internal.h"
#include "host/tables.h"
#include "host/values.h"

/* ------------------------------------------------------------------------
 * Native stages. */

struct tvn_connector_opts
tvn__connector_opts(struct tvn_host *host, struct tvn__host_stage *stage)
{
    return (struct tvn_connector_opts){
        .stage = stage->spec->name.text,
        .spec = &stage->spec->connector,
        .codec = &stage->spec->codec,
        .pipeline = host->pipeline,
        .type = stage->type,
        .fields = stage->spec,
        .max_event = host->pipeline->max_event,
        .pool = host->pools == NULL ? NULL : host->pools[stage->spec->thread],
        .copies = &stage->copies,
        .clock = tvn_clock_real(),
    };
}

static tvn_err
find_source_type(
    struct tvn_host *host, struct tvn__host_stage *stage, struct tvn_diag *diag)
{
    const struct tvn_pipeline_stage *spec = stage->spec;
    const char *refusal;
    tvn_err err;

    if (spec->type.text.len == 0) {
        return tvn_diag_error(diag, TVN_EPIPELINE_MISSING, &spec->name.place,
            "source %.*s has no `type:`", TVN_STR_ARG(spec->name.text));
    }
    err = tvn_wit_find_type((const struct tvn_wit *const *)host->wits.wits,
        host->wits.count, spec->type.text, &spec->type.place, &stage->type,
        diag);
    if (err != TVN_OK) {
        return err;
    }
    refusal = tvn_event_type_refusal(stage->type);
    if (refusal != NULL) {
        stage->type = NULL;
        return tvn_diag_error(diag, TVN_EEVENT_TYPE, &spec->type.place,
            "%.*s is %s", TVN_STR_ARG(spec->type.text), refusal);
    }
    return TVN_OK;
}

static tvn_err
load_native(
    struct tvn_host *host, struct tvn__host_stage *stage, struct tvn_diag *diag)
{
    bool as_sink = stage->spec->kind == TVN_PIPELINE_SINK;
    struct tvn_connector_opts opts;
    tvn_err err = TVN_OK;

    if (!as_sink) {
        err = find_source_type(host, stage, diag);
    }
    opts = tvn__connector_opts(host, stage);
    err = tvn_err_first(err, tvn_connector_find(&stage->spec->connector,
                                 as_sink, &stage->connector, diag));
    if (stage->connector != NULL) {
        opts.pool = NULL;
        opts.copies = NULL;
        err = tvn_err_first(
            err, stage->connector->check(&opts, as_sink, &stage->info, diag));
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Guests. */

static tvn_err
refuse_world(const struct tvn_host *host, const struct tvn_pipeline_name *name,
    struct tvn_diag *diag)
{
    tvn_err err = tvn_diag_error(diag, TVN_EROLE, &name->place,
        "the WIT has no world '%.*s'", TVN_STR_ARG(name->text));

    tvn_wits_suggest_world(&host->wits, name->text, diag);
    return err;
}

static tvn_err
read_component(
    struct tvn_host *host, struct tvn__host_stage *stage, struct tvn_diag *diag)
{
    const struct tvn_pipeline_stage *spec = stage->spec;
    tvn_err err;

    stage->path = tvn_pipeline_component(host->pipeline, &host->arena, spec);
    if (stage->path == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_buf_read_file(&stage->bytes, stage->path, TVN__COMPONENT_MAX);
    if (err == TVN_ENOTFOUND && spec->build.text.len > 0) {
        err = tvn_diag_error(diag, TVN_EBUILD_STALE, &spec->build.place,
            "stage %.*s is not built: there is no %s",
            TVN_STR_ARG(spec->name.text), stage->path);
        if (!host->has_told_build) {
            tvn_diag_help(diag, "torvyn build %s, or torvyn run --build %s",
                host->pipeline->path, host->pipeline->path);
        }
        host->has_told_build = true;
        return err;
    }
    if (err != TVN_OK) {
        return tvn_diag_error(diag, err, &spec->component.place,
            "cannot read the component %s: %s", stage->path,
            err == TVN_ENOTFOUND ? "there is no such file" : tvn_err_text(err));
    }
    err = tvn_component_decode((const uint8_t *)stage->bytes.ptr,
        stage->bytes.len, stage->path, host->types, &stage->component, diag);
    if (err != TVN_OK) {
        return err;
    }
    err = tvn_toolchain_validate(
        (const uint8_t *)stage->bytes.ptr, stage->bytes.len, stage->path, diag);
    return err == TVN_OK ? tvn_engine_check(host->checker, stage->component,
                               stage->path, diag)
                         : err;
}

/* An interface of WASI has one type in all of its versions. */
static tvn_err
check_wasi(const struct tvn__host_stage *stage, struct tvn_diag *diag)
{
    struct tvn_place place = stage->spec->name.place;
    struct tvn_buf text = {0};
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < stage->role.wasi_count; i++) {
        const struct tvn_extern *instance = stage->role.wasi[i].instance;

        for (uint32_t k = 0; k < instance->item_count; k++) {
            const struct tvn_extern *item = &instance->items[k];
            const char *known = tvn_wasi_signature(instance->name, item->name);

            if (item->kind != TVN_EXTERN_FUNC) {
                continue;
            }
            tvn_buf_clear(&text);
            tvn_func_type_print(item->func, &text);
            if (known == NULL || strcmp(known, tvn_buf_text(&text)) != 0) {
                err = tvn_diag_error(diag, TVN_ELINK_IMPORT, &place,
                    "stage %.*s: it imports %.*s.%.*s as %s, which %s",
                    TVN_STR_ARG(stage->spec->name.text),
                    TVN_STR_ARG(instance->name), TVN_STR_ARG(item->name),
                    tvn_buf_text(&text),
                    known == NULL ? "WASI 0.2 does not have" : known);
            }
        }
    }
    tvn_buf_fini(&text);
    return err;
}

/* A stage's init takes a config or nothing. */
static bool
is_of_a_stage(const struct tvn_extern *init)
{
    const struct tvn_func_type *func = init->func;

    return init->kind == TVN_EXTERN_FUNC &&
           (func->param_count == 0 ||
               (func->param_count == 1 &&
                   func->params[0].type->kind >= TVN_KIND_LIST));
}

/* Some toolchains export an `init` of their own beside the world's functions,
 * of another shape. */
static tvn_err
leave_out_init(struct tvn_host *host, const struct tvn_wit_world *world,
    struct tvn_role_face *face)
{
    const struct tvn_str name = TVN_STR("init");
    const struct tvn_extern *init =
        tvn_extern_find(face->exports, face->export_count, name);
    struct tvn_extern *kept;
    uint32_t count = 0;

    if (world == NULL || init == NULL || is_of_a_stage(init) ||
        tvn_extern_find(world->exports, world->export_count, name) != NULL) {
        return TVN_OK;
    }
    kept = tvn_arena_new(&host->arena, face->export_count, sizeof(*kept));
    if (kept == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < face->export_count; i++) {
        if (&face->exports[i] != init) {
            kept[count++] = face->exports[i];
        }
    }
    face->exports = kept;
    face->export_count = count;
    return TVN_OK;
}

static tvn_err
load_guest(
    struct tvn_host *host, struct tvn__host_stage *stage, struct tvn_diag *diag)
{
    const struct tvn_pipeline_stage *spec = stage->spec;
    struct tvn_role_face face;
    tvn_err err;

    stage->world = tvn_wits_world(&host->wits, spec->world.text, NULL);
    if (host->no_components) {
        if (stage->world == NULL) {
            return refuse_world(host, &spec->world, diag);
        }
        face = tvn_role_face_of_world(stage->world);
    } else {
        err = read_component(host, stage, diag);
        if (err != TVN_OK) {
            return err;
        }
        face = tvn_role_face_of_component(stage->component);
        err = leave_out_init(host, stage->world, &face);
        if (err != TVN_OK) {
            return err;
        }
    }
    face.interface = spec->interface.text;
    face.place = spec->name.place;
    face.place.what = tvn_arena_printf(
        &host->arena, "stage %.*s", TVN_STR_ARG(spec->name.text));
    face.declared = (struct tvn_declared){
        .places = &host->places,
        .world = stage->world,
        .wits = (const struct tvn_wit *const *)host->wits.wits,
        .wit_count = host->wits.count,
    };
    err = tvn_role_infer(host->types, &host->arena, &face, &stage->role, diag);
    stage->has_role = err == TVN_OK;
    return err == TVN_OK ? check_wasi(stage, diag) : err;
}

tvn_err
tvn__stage_load(
    struct tvn_host *host, struct tvn__host_stage *stage, struct tvn_diag *diag)
{
    return stage->spec->kind == TVN_PIPELINE_GUEST
               ? load_guest(host, stage, diag)
               : load_native(host, stage, diag);
}

/* ------------------------------------------------------------------------
 * Config and tables. */

static const struct tvn_pipeline_table *
find_table(const struct tvn_pipeline_stage *spec, struct tvn_str name)
{
    for (uint32_t i = 0; i < spec->table_count; i++) {
        if (tvn_str_equal(spec->tables[i].name.text, name)) {
            return &spec->tables[i];
        }
    }
    return NULL;
}

static tvn_err
read_table(struct tvn_host *host, struct tvn__host_stage *stage,
    uint32_t number, struct tvn_diag *diag)
{
    const struct tvn_role_table *table = &stage->role.tables[number];
    const struct tvn_pipeline_table *spec =
        find_table(stage->spec, table->name);
    struct tvn_table *made = NULL;
    const char *path;
    tvn_err err;

    if (spec == NULL) {
        return TVN_OK; /* the link check has said so */
    }
    path = tvn_pipeline_path(host->pipeline, &host->arena, spec->file);
    if (path == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_table_read(spec, path, table->key, table->func->func->result,
        host->values, &made, diag);
    if (err == TVN_OK) {
        host->tables[host->table_count++] = made;
        stage->tables[number] = made;
    }
    return err;
}

tvn_err
tvn__stage_values(
    struct tvn_host *host, struct tvn__host_stage *stage, struct tvn_diag *diag)
{
    const struct tvn_role_info *role = &stage->role;
    tvn_err err = TVN_OK;

    if (!stage->has_role) {
        return TVN_OK;
    }
    if (role->config != NULL &&
        (stage->spec->config != NULL || tvn_config_is_optional(role->config))) {
        err = tvn_value_of_yaml(role->config, stage->spec->config,
            &stage->spec->name.place, host->values, &stage->config, diag);
    }
    stage->tables =
        tvn_arena_new(&host->arena, role->table_count, sizeof(*stage->tables));
    if (stage->tables == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < role->table_count; i++) {
        err = tvn_err_first(err, read_table(host, stage, i, diag));
    }
    return err;
}

void
tvn__stage_free(struct tvn__host_stage *stage)
{
    tvn_code_free(stage->code);
    tvn_image_unref(stage->config);
    tvn_component_free(stage->component);
    tvn_buf_fini(&stage->bytes);
}
