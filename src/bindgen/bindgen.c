/* bindgen.c -- a world's header and glue; see bindgen.h. */
#include "bindgen/bindgen.h"

#include "base/mem.h"
#include "bindgen/internal.h"

/* ------------------------------------------------------------------------
 * The header. */

/* The first lines: what it is, what to write, what to call. */
static void
print_top(struct tvn__gen *gen, struct tvn_str base)
{
    const struct tvn_wit_world *world = gen->opts->world;
    struct tvn_str path = tvn__interface_path(gen, TVN_STR(""));
    struct tvn_buf *out = gen->header;

    tvn_buf_printf(out, "/* %.*s.h -- stage %.*s in C: world %.*s of %.*s.\n",
        TVN_STR_ARG(base), TVN_STR_ARG(world->name), TVN_STR_ARG(world->name),
        TVN_STR_ARG(world->package));
    tvn__comment_lines(out, tvn__docs(gen, path, TVN_STR("")));
    if (gen->export_count > 0) {
        tvn_buf_append_text(out, " *\n * You write:\n");
    }
    for (uint32_t i = 0; i < gen->export_count; i++) {
        tvn_buf_printf(out, " *     %.*s;%s\n",
            TVN_STR_ARG(gen->exports[i].prototype),
            gen->exports[i].is_init ? "   (optional)" : "");
    }
    if (gen->import_count > 0) {
        tvn_buf_append_text(out, " *\n * You may call:\n");
    }
    for (uint32_t i = 0; i < gen->import_count; i++) {
        tvn_buf_printf(
            out, " *     %.*s;\n", TVN_STR_ARG(gen->imports[i].prototype));
    }
    tvn_buf_append_text(out, " *\n * `torvyn build` makes this file from the "
                             "WIT: change that. */\n");
}

static void
print_section(struct tvn_buf *out, const char *title)
{
    tvn_buf_printf(out,
        "\n/* ---------------------------------------------------------------"
        "---------\n * %s */\n",
        title);
}

static void
print_layouts(struct tvn__gen *gen)
{
    struct tvn_buf *out = gen->header;

    tvn_buf_append_text(out, "\n#ifdef __cplusplus\n"
                             "#define TORVYN_LAYOUT static_assert\n"
                             "#else\n"
                             "#define TORVYN_LAYOUT _Static_assert\n"
                             "#endif\n"
                             "#ifdef __wasm32__\n");
    for (size_t i = 0; gen->err == TVN_OK && i < gen->types.count; i++) {
        const struct tvn__ctype *ctype = gen->types.entries[i].value;

        tvn__print_layout(gen, ctype->type, ctype->name, out);
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->export_count; i++) {
        const struct tvn__func *func = &gen->exports[i];

        if (func->has_struct && func->same == NULL) {
            tvn__print_layout(gen, func->item->func->result, func->result, out);
        }
    }
    tvn_buf_append_text(out, "#endif\n");
}

static void
print_header(struct tvn__gen *gen, struct tvn_str base)
{
    struct tvn_buf *out = gen->header;
    struct tvn_str upper = tvn__upper(gen, gen->opts->world->name);

    print_top(gen, base);
    tvn_buf_printf(out,
        "#ifndef TORVYN_STAGE_%.*s_H\n#define TORVYN_STAGE_%.*s_H\n\n%s"
        "#include \"torvyn.h\"\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n",
        TVN_STR_ARG(upper), TVN_STR_ARG(upper),
        gen->log != NULL ? "#define TORVYN_LOG 1\n" : "");
    if (gen->types.count > 0 || gen->scalars != NULL) {
        print_section(out, "Types");
        tvn__print_types(gen);
    }
    print_section(out, "You write");
    tvn__print_exports(gen);
    if (gen->import_count > 0) {
        print_section(out, "You may call");
        tvn__print_imports(gen);
    }
    print_section(out, "What outlives a call: tables of records, kept values");
    tvn__print_memory(gen);
    print_section(out, "Machinery");
    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->export_count; i++) {
        tvn__result_print_inlines(gen, &gen->exports[i]);
    }
    print_layouts(gen);
    tvn_buf_append_text(out, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

/* ------------------------------------------------------------------------
 * The glue. */

static const char bits[] =
    "\n__attribute__((unused)) static inline float\n"
    "torvyn__f32(uint64_t _bits)\n"
    "{\n"
    "    union { uint32_t u; float f; } _u = {.u = (uint32_t)_bits};\n"
    "    return _u.f;\n"
    "}\n"
    "\n__attribute__((unused)) static inline double\n"
    "torvyn__f64(uint64_t _bits)\n"
    "{\n"
    "    union { uint64_t u; double f; } _u = {.u = _bits};\n"
    "    return _u.f;\n"
    "}\n"
    "\n__attribute__((unused)) static inline uint32_t\n"
    "torvyn__bits32(float _f)\n"
    "{\n"
    "    union { float f; uint32_t u; } _u = {.f = _f};\n"
    "    return _u.u;\n"
    "}\n"
    "\n__attribute__((unused)) static inline uint64_t\n"
    "torvyn__bits64(double _f)\n"
    "{\n"
    "    union { double f; uint64_t u; } _u = {.f = _f};\n"
    "    return _u.u;\n"
    "}\n";

/* `memory` is printed with the header: its functions' names stand in both. */
static void
print_glue(struct tvn__gen *gen, struct tvn_str base, struct tvn_buf *out)
{
    struct tvn_buf body = {0};
    struct tvn_buf *memory = gen->glue;

    gen->glue = &body;
    tvn__print_glue(gen);
    gen->glue = memory;
    tvn_buf_printf(out,
        "/* %.*s_glue.c -- between stage %.*s in C and the canonical ABI.\n"
        " * `torvyn build` makes this file from the WIT: change that. */\n"
        "#include \"%.*s.h\"\n\n#include <string.h>\n",
        TVN_STR_ARG(base), TVN_STR_ARG(gen->opts->world->name),
        TVN_STR_ARG(base));
    if (gen->helpers.len > 0) {
        tvn_buf_append_text(out, bits);
    }
    tvn_buf_append_str(out, tvn_buf_str(&gen->helpers));
    tvn_buf_append_str(out, tvn_buf_str(&body));
    tvn_buf_append_str(out, tvn_buf_str(memory));
    out->failed |= body.failed || memory->failed || gen->helpers.failed;
    tvn_buf_fini(&body);
}

/* ------------------------------------------------------------------------
 * Both. */

static void
list_funcs(struct tvn__gen *gen, struct tvn_bindgen *made)
{
    struct tvn_bindgen_func *funcs =
        tvn_arena_new(gen->arena, gen->export_count, sizeof(*funcs));

    if (funcs == NULL) {
        tvn__gen_no_memory(gen);
        return;
    }
    for (uint32_t i = 0; i < gen->export_count; i++) {
        const struct tvn__func *func = &gen->exports[i];

        funcs[i] = (struct tvn_bindgen_func){
            .name = func->is_init ? TVN_STR("on_init") : func->name,
            .prototype = func->prototype,
            .is_optional = func->is_init,
        };
    }
    made->funcs = funcs;
    made->func_count = gen->export_count;
}

tvn_err
tvn_bindgen_make(const struct tvn_bindgen_opts *opts, struct tvn_bindgen *out,
    struct tvn_diag *diag)
{
    struct tvn_bindgen made = {0};
    struct tvn_buf memory = {0};
    struct tvn__gen gen = {
        .opts = opts,
        .arena = &made.arena,
        .diag = diag,
        .header = &made.header,
        .glue = &memory,
    };

    made.base = tvn__snake(&gen, opts->world->name);
    while (gen.err == TVN_OK && tvn__reserved_file(made.base)) {
        made.base = tvn__gen_text(&gen, "%.*s_", TVN_STR_ARG(made.base));
    }
    tvn__collect_funcs(&gen);
    tvn__collect_types(&gen);
    tvn__name_funcs(&gen);
    if (gen.err == TVN_OK) {
        print_header(&gen, made.base);
        print_glue(&gen, made.base, &made.glue);
        list_funcs(&gen, &made);
    }
    if (made.header.failed || made.glue.failed) {
        tvn__gen_no_memory(&gen);
    }
    tvn_map_fini(&gen.types);
    tvn_map_fini(&gen.names);
    tvn_buf_fini(&gen.helpers);
    tvn_buf_fini(&memory);
    if (gen.err != TVN_OK) {
        tvn_bindgen_fini(&made);
        return gen.err;
    }
    *out = made;
    return TVN_OK;
}

void
tvn_bindgen_fini(struct tvn_bindgen *bindgen)
{
    tvn_buf_fini(&bindgen->header);
    tvn_buf_fini(&bindgen->glue);
    tvn_arena_fini(&bindgen->arena);
    *bindgen = (struct tvn_bindgen){0};
}
