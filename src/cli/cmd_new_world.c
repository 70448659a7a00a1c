/* cmd_new_world.c -- torvyn new stage: its world, and the file that is made
 * from it. */
#include "cli/new.h"

#include "base/assert.h"
#include "bindgen/bindgen.h"

/* ------------------------------------------------------------------------
 * The world. */

/* As WIT spells a name. */
static const char *
spell(struct tvn__new_stage *stage, struct tvn_str name)
{
    return tvn_arena_printf(&stage->arena, "%s%.*s",
        tvn__new_is_wit_word(name) ? "%" : "", TVN_STR_ARG(name));
}

/* "events.{reading}": what `use` says; a name that a role's template has for a
 * type of its own is changed.  NULL when memory is out. */
static const char *
print_use(struct tvn__new_stage *stage, const char **type)
{
    const struct tvn__new_event *event = &stage->event;
    bool is_near = tvn_str_equal(event->package, stage->home.package);
    bool is_taken =
        tvn_str_is(event->name, "port") || tvn_str_is(event->name, "total");
    const char *name = spell(stage, event->name);
    const char *from = spell(stage, is_near ? event->interface : event->full);

    *type = is_taken ? "incoming" : name;
    if (name == NULL || from == NULL) {
        return NULL;
    }
    return tvn_arena_printf(
        &stage->arena, "%s.{%s%s}", from, name, is_taken ? " as incoming" : "");
}

/* The world behind the old text, with that text's line ends. */
static void
append_world(struct tvn_str old, struct tvn_str world, struct tvn_buf *out)
{
    const char *end = old.len == 0 ? NULL : memchr(old.ptr, '\n', old.len);
    const char *eol =
        end != NULL && end > old.ptr && end[-1] == '\r' ? "\r\n" : "\n";

    tvn_buf_append_str(out, old);
    if (old.len > 0 && old.ptr[old.len - 1] != '\n') {
        tvn_buf_append_text(out, eol);
    }
    tvn_buf_append_text(out, eol);
    for (size_t i = 0; i < world.len; i++) {
        if (world.ptr[i] == '\n') {
            tvn_buf_append_text(out, eol);
        } else {
            tvn_buf_append_byte(out, world.ptr[i]);
        }
    }
}

tvn_err
tvn__new_world_add(
    struct tvn__new_stage *stage, struct tvn_buf *out, struct tvn_diag *diag)
{
    const char *type = NULL;
    const char *use = print_use(stage, &type);
    const struct tvn__new_word words[] = {{"name", stage->row.name},
        {"use", tvn_str_of(use)}, {"type", tvn_str_of(type)}, {NULL, {0}}};
    const char *template = tvn_arena_printf(&stage->arena,
        "templates/stage/%s.wit", tvn_role_name(stage->row.role));
    struct tvn_buf world = {0};
    tvn_err err = tvn__new_read(stage->home.path, &stage->old_wit, diag);

    if (use == NULL || template == NULL || err != TVN_OK) {
        return err == TVN_OK ? TVN_ENOMEM : err;
    }
    tvn__new_fill(template, words, &world);
    append_world(tvn_buf_str(&stage->old_wit), tvn_buf_str(&world), out);
    out->failed = out->failed || world.failed;
    tvn_buf_fini(&world);
    return out->failed ? TVN_ENOMEM : TVN_OK;
}

/* ------------------------------------------------------------------------
 * The file. */

static struct tvn_str
prototype_of(const struct tvn_bindgen *made, const char *name)
{
    for (uint32_t i = 0; i < made->func_count; i++) {
        if (tvn_str_is(made->funcs[i].name, name)) {
            return made->funcs[i].prototype;
        }
    }
    return TVN_STR("");
}

/* "event", and "*event" where a pointer to it is handed over: the last word
 * of a prototype. */
static const char *
argument_of(struct tvn_arena *arena, struct tvn_str prototype, bool is_value)
{
    size_t end = prototype.len - (prototype.len > 0); /* the bracket */
    size_t at = end;

    while (at > 0 && prototype.ptr[at - 1] != ' ' &&
           prototype.ptr[at - 1] != '*') {
        at--;
    }
    return tvn_arena_printf(arena, "%s%.*s",
        is_value && at > 0 && prototype.ptr[at - 1] == '*' ? "*" : "",
        (int)(end - at), prototype.ptr + at);
}

/* What stands before the name. */
static struct tvn_str
result_of(struct tvn_str prototype)
{
    const char *bracket = memchr(prototype.ptr, '(', prototype.len);
    size_t len = bracket == NULL ? 0 : (size_t)(bracket - prototype.ptr);

    while (len > 0 && prototype.ptr[len - 1] != ' ') {
        len--;
    }
    return (struct tvn_str){prototype.ptr, len - (len > 0)};
}

static tvn_err
make_file(struct tvn__new_stage *stage, const struct tvn_bindgen *made,
    struct tvn_diag *diag)
{
    static const char *const mains[TVN_ROLE_COUNT] = {
        "pull", "process", "evaluate", "route", "ingest", "push"};
    const char *name = mains[stage->row.role];
    struct tvn_arena *arena = &stage->arena;
    struct tvn_str prototype = prototype_of(made, name);
    const struct tvn__new_word words[] = {{"name", stage->row.name},
        {"base", made->base}, {"main", prototype},
        {"result", result_of(prototype)},
        {"flush", prototype_of(made, "flush")},
        {"complete", prototype_of(made, "complete")},
        {"param", tvn_str_of(argument_of(arena, prototype, false))},
        {"event", tvn_str_of(argument_of(arena, prototype, true))},
        {NULL, {0}}};
    const char *template = tvn_arena_printf(
        arena, "templates/stage/%s.c", tvn_role_name(stage->row.role));
    struct tvn_buf text = {0};
    tvn_err err = TVN_ENOMEM;

    TVN_ASSERT(prototype.len > 0);
    if (template != NULL) {
        tvn__new_fill(template, words, &text);
    }
    if (template != NULL && !text.failed) {
        err = tvn__new_create(stage->path, tvn_buf_str(&text), diag);
    }
    tvn_buf_fini(&text);
    return err;
}

tvn_err
tvn__new_world_use(struct tvn__new_stage *stage, struct tvn_diag *diag)
{
    const char *path = stage->wits.paths[stage->home.number];
    struct tvn_bindgen_opts opts = {0};
    struct tvn_bindgen made = {0};
    struct tvn_wit_text text = {0};
    struct tvn_wit *wit = NULL;
    tvn_err err = tvn_toolchain_encode(path, &text, diag);

    if (err == TVN_OK) {
        err = tvn_wit_decode(
            text.bytes, text.len, path, stage->types, &wit, diag);
    }
    for (uint32_t i = 0; err == TVN_OK && i < wit->world_count; i++) {
        if (tvn_str_equal(wit->worlds[i].name, stage->row.name)) {
            opts =
                (struct tvn_bindgen_opts){.wit = wit, .world = &wit->worlds[i]};
        }
    }
    if (err == TVN_OK) {
        TVN_ASSERT(opts.world != NULL);
        err = tvn_bindgen_make(&opts, &made, diag);
    }
    if (err == TVN_OK) {
        err = make_file(stage, &made, diag);
    }
    tvn_bindgen_fini(&made);
    tvn_wit_free(wit);
    tvn_wit_text_fini(&text);
    return err;
}
