/* func.c -- the functions of a world: what C calls them, their prototypes. */
#include "bindgen/internal.h"

#define LINE_MAX_BYTES 80u

bool
tvn__by_pointer(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE ||
           type->kind == TVN_KIND_VARIANT || type->kind == TVN_KIND_RESULT;
}

/* ------------------------------------------------------------------------
 * Finding them. */

struct found {
    struct tvn__func *items;
    uint32_t count;
};

static void
add_func(struct tvn__gen *gen, struct found *found,
    const struct tvn_extern *item, struct tvn_str interface)
{
    struct tvn_str path;

    if (gen->err != TVN_OK || item->kind != TVN_EXTERN_FUNC) {
        return;
    }
    found->items =
        tvn__grow(gen, found->items, found->count, sizeof(*found->items));
    path = tvn__interface_path(gen, interface);
    if (gen->err == TVN_OK) {
        found->items[found->count++] = (struct tvn__func){
            .item = item,
            .interface = interface,
            .docs = tvn__gen_text(
                gen, "%.*s.%.*s", TVN_STR_ARG(path), TVN_STR_ARG(item->name)),
        };
    }
}

static void
add_funcs(struct tvn__gen *gen, struct found *found,
    const struct tvn_extern *externs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        add_func(gen, found, &externs[i], TVN_STR(""));
        for (uint32_t k = 0; externs[i].kind == TVN_EXTERN_INSTANCE &&
                             k < externs[i].item_count;
             k++) {
            add_func(gen, found, &externs[i].items[k], externs[i].name);
        }
    }
}

/* `init: func(config: C)` with no result, or one that has no value. */
static bool
is_init(const struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;
    struct tvn_result_shape shape;
    const char *why;

    return tvn_str_is(func->item->name, "init") && type->param_count == 1 &&
           tvn_result_read(type->result, gen->arena, &shape, &why) == TVN_OK &&
           shape.many == TVN_MANY_NOTHING;
}

/* The role's function: the world's own before any interface's. */
static uint32_t
find_main(const struct found *found)
{
    static const char *const names[] = {
        "process", "evaluate", "route", "ingest", "push", "pull"};

    for (int in_interface = 0; in_interface < 2; in_interface++) {
        for (uint32_t i = 0; i < found->count; i++) {
            const struct tvn__func *func = &found->items[i];

            if ((func->interface.len > 0) != (in_interface == 1)) {
                continue;
            }
            for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
                if (tvn_str_is(func->item->name, names[k])) {
                    return i;
                }
            }
        }
    }
    return UINT32_MAX;
}

/* The main one first, init last, the rest in their order. */
static void
order_exports(struct tvn__gen *gen, const struct found *found)
{
    uint32_t main = find_main(found);
    uint32_t init = UINT32_MAX;
    uint32_t at = 0;

    gen->exports =
        tvn_arena_new(gen->arena, found->count, sizeof(*gen->exports));
    if (gen->exports == NULL) {
        tvn__gen_no_memory(gen);
        return;
    }
    for (uint32_t i = found->count; i > 0; i--) {
        if (is_init(gen, &found->items[i - 1])) {
            init = i - 1;
        }
    }
    if (main != UINT32_MAX) {
        gen->exports[at] = found->items[main];
        gen->exports[at++].is_main = true;
    }
    for (uint32_t i = 0; i < found->count; i++) {
        if (i != main && i != init) {
            gen->exports[at++] = found->items[i];
        }
    }
    if (init != UINT32_MAX) {
        gen->exports[at] = found->items[init];
        gen->exports[at++].is_init = true;
    }
    gen->export_count = at;
}

/* torvyn:stage's log is the SDK's business. */
static bool
is_stage_log(const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;

    return tvn_str_is(func->item->name, "log") &&
           tvn_str_is(
               tvn_without_version(func->interface), "torvyn:stage/log") &&
           type->param_count == 2 && type->result == NULL &&
           type->params[0].type->kind == TVN_KIND_ENUM &&
           type->params[1].type->kind == TVN_KIND_STRING;
}

static void
set_imports(struct tvn__gen *gen, const struct found *found)
{
    gen->imports =
        tvn_arena_new(gen->arena, found->count, sizeof(*gen->imports));
    if (gen->imports == NULL) {
        tvn__gen_no_memory(gen);
        return;
    }
    for (uint32_t i = 0; i < found->count; i++) {
        if (is_stage_log(&found->items[i])) {
            gen->log = found->items[i].item;
            gen->log_interface = found->items[i].interface;
        } else {
            gen->imports[gen->import_count++] = found->items[i];
        }
    }
}

/* ------------------------------------------------------------------------
 * Naming them. */

static struct tvn_str
with_interface(struct tvn__gen *gen, const struct tvn__func *func)
{
    struct tvn_str word = tvn__interface_word(gen, func->interface);
    struct tvn_str name = tvn__snake(gen, func->item->name);

    return tvn__gen_text(
        gen, "%.*s_%.*s", TVN_STR_ARG(word), TVN_STR_ARG(name));
}

static const struct tvn__func *
find_export(const struct tvn__gen *gen, struct tvn_str name, uint32_t before)
{
    for (uint32_t i = 0; i < before; i++) {
        if (tvn_str_equal(gen->exports[i].name, name)) {
            return &gen->exports[i];
        }
    }
    return NULL;
}

static void
name_export(struct tvn__gen *gen, uint32_t number)
{
    struct tvn__func *func = &gen->exports[number];
    struct tvn_str name = tvn__snake(gen, func->item->name);
    const struct tvn__func *other;
    uint32_t count = 0;

    for (uint32_t i = 0; i < gen->export_count; i++) {
        count += !gen->exports[i].is_init &&
                 tvn_str_equal(gen->exports[i].item->name, func->item->name);
    }
    if (func->interface.len > 0 && count > 1) {
        name = with_interface(gen, func);
    }
    while (gen->err == TVN_OK && tvn__reserved(name, true)) {
        name = tvn__gen_text(gen, "%.*s_", TVN_STR_ARG(name));
    }
    if (func->interface.len == 0 && tvn_str_is(func->item->name, "memory")) {
        gen->err = tvn_diag_error(gen->diag, TVN_EBINDGEN, &gen->opts->place,
            "world %.*s exports `memory`: the module's memory has that name",
            TVN_STR_ARG(gen->opts->world->name));
        tvn_diag_help(gen->diag, "rename it in the WIT");
    }
    other = find_export(gen, name, number);
    if (gen->err == TVN_OK && other != NULL) {
        gen->err = tvn_diag_error(gen->diag, TVN_EBINDGEN, &gen->opts->place,
            "world %.*s exports %.*s and %.*s, and C would call both `%.*s`",
            TVN_STR_ARG(gen->opts->world->name), TVN_STR_ARG(other->docs),
            TVN_STR_ARG(func->docs), TVN_STR_ARG(name));
        tvn_diag_help(gen->diag, "rename one of them in the WIT");
    }
    func->name = tvn__claim(gen, name, TVN__USE_FUNC);
}

void
tvn__collect_funcs(struct tvn__gen *gen)
{
    const struct tvn_wit_world *world = gen->opts->world;
    struct found exports = {0};
    struct found imports = {0};

    add_funcs(gen, &exports, world->exports, world->export_count);
    add_funcs(gen, &imports, world->imports, world->import_count);
    if (gen->err == TVN_OK) {
        order_exports(gen, &exports);
        set_imports(gen, &imports);
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->export_count; i++) {
        if (gen->exports[i].is_init) {
            gen->exports[i].name = TVN_STR("init");
        } else {
            name_export(gen, i);
        }
    }
}

/* ------------------------------------------------------------------------
 * Prototypes. */

/* Whether a parameter of that name would hide what the prototype or, for an
 * import, its body in the glue still needs. */
static bool
is_hiding(const struct tvn__gen *gen, const struct tvn__func *func,
    bool is_export, uint32_t number, struct tvn_str name)
{
    const struct tvn_func_type *type = func->item->func;

    if (tvn_str_is(name, "cfg")) {
        return true;
    }
    for (uint32_t i = number + 1; i < type->param_count; i++) {
        if (tvn_str_equal(tvn__type_name(gen, type->params[i].type), name)) {
            return true;
        }
    }
    return !is_export && tvn__is_type_name(gen, name);
}

static void
name_params(struct tvn__gen *gen, struct tvn__func *func, bool is_export)
{
    const struct tvn_func_type *type = func->item->func;
    struct tvn_str *params =
        tvn_arena_new(gen->arena, type->param_count, sizeof(*params));

    if (params == NULL) {
        tvn__gen_no_memory(gen);
        return;
    }
    for (uint32_t i = 0; i < type->param_count; i++) {
        params[i] = tvn__field(gen, type->params[i].name);
        while (gen->err == TVN_OK &&
               is_hiding(gen, func, is_export, i, params[i])) {
            params[i] = tvn__gen_text(gen, "%.*s_", TVN_STR_ARG(params[i]));
        }
    }
    func->params = params;
}

static void
make_prototype(struct tvn__gen *gen, struct tvn__func *func, bool is_export)
{
    const struct tvn_func_type *type = func->item->func;
    struct tvn_buf text = {0};
    bool is_pointer =
        func->result.len > 0 && func->result.ptr[func->result.len - 1] == '*';

    name_params(gen, func, is_export);
    tvn_buf_printf(
        &text, "%.*s%s", TVN_STR_ARG(func->result), is_pointer ? "" : " ");
    if (func->is_init) {
        tvn_buf_append_text(&text, "on_init(void)");
    } else {
        tvn_buf_printf(&text, "%.*s(", TVN_STR_ARG(func->name));
        for (uint32_t i = 0; gen->err == TVN_OK && i < type->param_count; i++) {
            const struct tvn_type *param = type->params[i].type;

            tvn_buf_printf(&text,
                tvn__by_pointer(param) ? "%sconst %.*s *%.*s" : "%s%.*s %.*s",
                i == 0 ? "" : ", ", TVN_STR_ARG(tvn__type_name(gen, param)),
                TVN_STR_ARG(func->params[i]));
        }
        tvn_buf_append_text(&text, type->param_count == 0 ? "void)" : ")");
    }
    func->prototype = text.failed ? TVN_STR("")
                                  : tvn__gen_text(gen, "%.*s",
                                        TVN_STR_ARG(tvn_buf_str(&text)));
    if (text.failed) {
        tvn__gen_no_memory(gen);
    }
    tvn_buf_fini(&text);
}

static struct tvn_str
import_result(struct tvn__gen *gen, const struct tvn_type *result)
{
    if (result == NULL) {
        return TVN_STR("void");
    }
    if (result->kind == TVN_KIND_OPTION) {
        return tvn__gen_text(gen, "const %.*s *",
            TVN_STR_ARG(tvn__type_name(gen, result->members[1].type)));
    }
    return tvn__type_name(gen, result);
}

void
tvn__name_funcs(struct tvn__gen *gen)
{
    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->export_count; i++) {
        tvn__result_choose(gen, &gen->exports[i]);
        make_prototype(gen, &gen->exports[i], true);
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->import_count; i++) {
        struct tvn__func *func = &gen->imports[i];

        func->name = tvn__claim(gen,
            func->interface.len > 0 ? with_interface(gen, func)
                                    : tvn__snake(gen, func->item->name),
            TVN__USE_FUNC);
        func->result = import_result(gen, func->item->func->result);
        make_prototype(gen, func, false);
    }
}

/* ------------------------------------------------------------------------
 * In the header. */

/* Broken behind commas, so that lines stay within their width. */
static void
print_prototype(struct tvn_str prototype, struct tvn_buf *out)
{
    size_t start = 0;
    size_t indent = 0;

    while (indent + prototype.len - start + 1 > LINE_MAX_BYTES) {
        size_t cut = 0;

        for (size_t i = start;
             i + 1 < prototype.len &&
             (cut == 0 || indent + i - start < LINE_MAX_BYTES);
             i++) {
            if (prototype.ptr[i] == ',') {
                cut = i + 1;
            }
        }
        if (cut == 0) {
            break;
        }
        tvn_buf_append(out, prototype.ptr + start, cut - start);
        tvn_buf_append_text(out, "\n    ");
        start = cut + 1; /* past the space */
        indent = 4;
    }
    tvn_buf_append(out, prototype.ptr + start, prototype.len - start);
    tvn_buf_append_text(out, ";\n");
}

void
tvn__print_exports(struct tvn__gen *gen)
{
    struct tvn_buf *out = gen->header;

    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->export_count; i++) {
        const struct tvn__func *func = &gen->exports[i];

        tvn_buf_append_byte(out, '\n');
        if (func->is_init) {
            tvn_buf_printf(out,
                "/* The stage's config: there before anything is called. */\n"
                "extern %.*s cfg;\n\n",
                TVN_STR_ARG(
                    tvn__type_name(gen, func->item->func->params[0].type)));
        }
        tvn__result_print(gen, func);
        if (func->is_init) {
            tvn_buf_append_text(out,
                "/* Called once cfg is there.  You may leave it out. */\n");
        } else {
            tvn__comment(out, "", tvn__docs(gen, func->docs, TVN_STR("")));
        }
        print_prototype(func->prototype, out);
    }
}

void
tvn__print_imports(struct tvn__gen *gen)
{
    struct tvn_buf *out = gen->header;

    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->import_count; i++) {
        const struct tvn__func *func = &gen->imports[i];
        const struct tvn_type *result = func->item->func->result;
        struct tvn_str docs = tvn__docs(gen, func->docs, TVN_STR(""));

        tvn_buf_append_byte(out, '\n');
        if (docs.len > 0) {
            tvn__comment(out, "", docs);
        }
        if (result != NULL && result->kind == TVN_KIND_OPTION) {
            tvn_buf_append_text(out, "/* NULL: there is none. */\n");
        }
        print_prototype(func->prototype, out);
    }
}
