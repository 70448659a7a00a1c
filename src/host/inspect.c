/* inspect.c -- one component by itself: its world as WIT, its role, what
 * crosses per event. */
#include "contract/result.h"
#include "host/internal.h"

struct inspection {
    struct tvn_types *types;
    struct tvn_stage_types std;
    struct tvn_arena arena;
    struct tvn_buf bytes;
    struct tvn_component *component;
    struct tvn_role_info role;
    bool has_role;
    struct tvn_buf wit;
    struct tvn_diag role_diag; /* why it is no stage */
};

static void
fini(struct inspection *self)
{
    tvn_component_free(self->component);
    tvn_buf_fini(&self->bytes);
    tvn_buf_fini(&self->wit);
    tvn_diag_fini(&self->role_diag);
    tvn_arena_fini(&self->arena);
    if (self->types != NULL) {
        tvn_types_free(self->types);
    }
}

static tvn_err
inspect(struct inspection *self, const char *path, struct tvn_diag *diag)
{
    const struct tvn_place place = {.path = path};
    struct tvn_role_face face;
    tvn_err err;

    self->types = tvn_types_new();
    if (self->types == NULL ||
        tvn_stage_types(self->types, &self->std) != TVN_OK) {
        return tvn_diag_error(
            diag, TVN_ENOMEM, NULL, "%s", tvn_err_text(TVN_ENOMEM));
    }
    err = tvn_buf_read_file(&self->bytes, path, TVN__COMPONENT_MAX);
    if (err != TVN_OK) {
        return tvn_diag_error(diag, err, &place, "cannot be read: %s",
            err == TVN_ENOTFOUND ? "there is no such file" : tvn_err_text(err));
    }
    err = tvn_component_decode((const uint8_t *)self->bytes.ptr,
        self->bytes.len, path, self->types, &self->component, diag);
    if (err == TVN_OK) {
        err = tvn_toolchain_validate(
            (const uint8_t *)self->bytes.ptr, self->bytes.len, path, diag);
    }
    if (err == TVN_OK) {
        err = tvn_toolchain_print((const uint8_t *)self->bytes.ptr,
            self->bytes.len, &self->wit, diag);
    }
    if (err != TVN_OK) {
        return err;
    }
    face = tvn_role_face_of_component(self->component);
    face.place = place;
    self->has_role = tvn_role_infer(self->types, &self->arena, &face,
                         &self->role, &self->role_diag) == TVN_OK;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * What crosses. */

static void
add_type(struct tvn_buf *out, const char *what, const struct tvn_type *type)
{
    if (type == NULL) {
        return;
    }
    tvn_buf_printf(out, "%-8s ", what);
    tvn_type_print(type, 0, out);
    tvn_buf_printf(out, "\n%-8s %u B%s, %u core values%s\n", "",
        (unsigned)type->size,
        type->has_pointer ? " and what strings and lists hold" : "",
        (unsigned)type->flat_count,
        type->flat_count > TVN_FLAT_PARAMS_MAX ? ", through memory" : ", flat");
}

static uint32_t
count_payloads(const struct tvn_type *type)
{
    uint32_t count =
        type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST;

    for (uint32_t i = 0; i < type->count && type->kind != TVN_KIND_LIST; i++) {
        if (type->members[i].type != NULL) {
            count += count_payloads(type->members[i].type);
        }
    }
    return count;
}

static bool
has_post_return(const struct inspection *self)
{
    const struct tvn_extern *func = self->role.main.func;

    return self->component->program->lifts[func->index].opts.post_return !=
           TVN_NONE;
}

static void
print_crossing(const struct inspection *self, struct tvn_buf *out)
{
    const struct tvn_type *event = self->role.event;
    uint32_t payloads = event == NULL ? 0 : count_payloads(event);

    tvn_buf_append_text(out, "\nper event: 1 call");
    if (payloads > 0) {
        tvn_buf_printf(out, ", up to %u cabi_realloc (strings, lists)",
            (unsigned)payloads);
    }
    tvn_buf_append_text(out, has_post_return(self) ? ", 1 post-return" : "");
    tvn_buf_printf(out, "; in %u B", event == NULL ? 0 : event->size);
    if (tvn_role_passes(self->role.role)) {
        tvn_buf_append_text(out, ", out the same image\n");
    } else if (self->role.output != NULL) {
        tvn_buf_printf(out, ", out %u B%s\n", self->role.output->size,
            self->role.output->has_pointer ? " and payloads" : "");
    } else {
        tvn_buf_append_text(out, ", nothing out\n");
    }
}

static void
print_text(const struct inspection *self, struct tvn_buf *out)
{
    tvn_buf_append_str(out, tvn_buf_str(&self->wit));
    if (!self->has_role) {
        tvn_buf_append_text(out, "\nrole: none, it is no stage:\n");
        tvn_diag_print(&self->role_diag, out);
        return;
    }
    tvn_buf_printf(out, "\nrole: %s", tvn_role_name(self->role.role));
    if (self->role.interface.len > 0) {
        tvn_buf_printf(
            out, " (interface %.*s)", TVN_STR_ARG(self->role.interface));
    }
    tvn_buf_append_text(out, "\n\n");
    add_type(out, "event", self->role.event);
    add_type(out, "output", self->role.output);
    add_type(out, "meta", self->role.meta);
    add_type(out, "window", self->role.window);
    add_type(out, "config", self->role.config);
    for (uint32_t i = 0; i < self->role.table_count; i++) {
        tvn_buf_printf(
            out, "table    %.*s\n", TVN_STR_ARG(self->role.tables[i].name));
    }
    for (uint32_t i = 0; i < self->role.port_count; i++) {
        tvn_buf_printf(
            out, "port     %.*s\n", TVN_STR_ARG(self->role.ports[i]));
    }
    print_crossing(self, out);
}

/* ------------------------------------------------------------------------
 * JSON. */

static void
json_type(struct tvn_json *json, const char *key, const struct tvn_type *type)
{
    struct tvn_buf text = {0};

    tvn_json_key(json, key);
    if (type == NULL) {
        tvn_json_null(json);
        return;
    }
    tvn_type_print(type, 0, &text);
    tvn_json_object(json);
    tvn_json_key(json, "type");
    tvn_json_str(json, tvn_buf_str(&text));
    tvn_json_key_u64(json, "bytes", type->size);
    tvn_json_key_u64(json, "flat", type->flat_count);
    tvn_json_key_u64(json, "payloads", count_payloads(type));
    tvn_json_end(json);
    tvn_buf_fini(&text);
}

static void
json_externs(struct tvn_json *json, const char *key,
    const struct tvn_extern *externs, uint32_t count)
{
    tvn_json_key(json, key);
    tvn_json_array(json);
    for (uint32_t i = 0; i < count; i++) {
        tvn_json_str(json, externs[i].name);
    }
    tvn_json_end(json);
}

static void
write_json(const struct inspection *self, struct tvn_json *json)
{
    const struct tvn_component *component = self->component;
    const struct tvn_role_info *role = &self->role;

    tvn_json_object(json);
    json_externs(json, "imports", component->imports, component->import_count);
    json_externs(json, "exports", component->exports, component->export_count);
    tvn_json_key(json, "wit");
    tvn_json_str(json, tvn_buf_str(&self->wit));
    tvn_json_key(json, "role");
    tvn_json_text(json, self->has_role ? tvn_role_name(role->role) : NULL);
    if (self->has_role) {
        json_type(json, "event", role->event);
        json_type(json, "output", role->output);
        json_type(json, "config", role->config);
        tvn_json_key(json, "post_return");
        tvn_json_bool(json, has_post_return(self));
        tvn_json_key(json, "ports");
        tvn_json_array(json);
        for (uint32_t i = 0; i < role->port_count; i++) {
            tvn_json_str(json, role->ports[i]);
        }
        tvn_json_end(json);
    }
    tvn_json_end(json);
}

tvn_err
tvn_host_inspect(const char *path, struct tvn_buf *out, struct tvn_json *json,
    struct tvn_diag *diag)
{
    struct inspection self = {0};
    tvn_err err = inspect(&self, path, diag);

    if (err == TVN_OK && out != NULL) {
        print_text(&self, out);
    }
    if (err == TVN_OK && json != NULL) {
        write_json(&self, json);
    }
    fini(&self);
    return err;
}
