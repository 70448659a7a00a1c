/* glue.c -- exports and imports of the canonical ABI, around C functions.
 *
 * Up to 16 core values are parameters; more stand in memory, laid out as the
 * tuple of the parameters, behind one pointer.  A result of more than one
 * core value goes by address: out of a static, in to the caller's memory. */
#include "bindgen/internal.h"

/* The parameters' tuple in memory, when it is more than one. */
static void
print_args_struct(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;

    tvn_buf_append_text(gen->glue, "\nstruct torvyn__args_");
    tvn_buf_printf(gen->glue, "%.*s {\n", TVN_STR_ARG(func->name));
    for (uint32_t i = 0; i < type->param_count; i++) {
        tvn_buf_printf(gen->glue, "    %.*s f%u;\n",
            TVN_STR_ARG(tvn__type_name(gen, type->params[i].type)), i);
    }
    tvn_buf_append_text(gen->glue, "};\n");
    for (uint32_t i = 0; i < type->param_count; i++) {
        tvn_buf_printf(gen->glue,
            "TORVYN_LAYOUT(offsetof(struct torvyn__args_%.*s, f%u) == %u,\n"
            "    \"layout of the parameters\");\n",
            TVN_STR_ARG(func->name), i, type->params[i].offset);
    }
}

static bool
is_in_memory(const struct tvn_func_type *type)
{
    return type->tuple != NULL && type->tuple->flat_count > TVN_FLAT_PARAMS_MAX;
}

static uint32_t
flat_params(const struct tvn_func_type *type)
{
    return type->tuple == NULL ? 0 : type->tuple->flat_count;
}

/* "uint64_t _a0, uint32_t _a1" */
static void
print_core_params(
    struct tvn__gen *gen, const struct tvn_func_type *type, bool is_named)
{
    uint32_t count = flat_params(type);

    if (is_in_memory(type)) {
        tvn_buf_append_text(
            gen->glue, is_named ? "const void *_args" : "const void *");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *core = tvn__core(type->tuple->flat[i]);

        if (is_named) {
            tvn_buf_printf(gen->glue, "%s%s _a%u", i == 0 ? "" : ", ", core, i);
        } else {
            tvn_buf_printf(gen->glue, "%s%s", i == 0 ? "" : ", ", core);
        }
    }
}

/* ------------------------------------------------------------------------
 * Exports. */

static const char *
core_result(const struct tvn_type *result)
{
    return result == NULL           ? "void"
           : result->flat_count > 1 ? "const void *"
                                    : tvn__core(result->flat[0]);
}

/* Locals _p0, _p1, ... for what cannot be an expression. */
static void
print_lifted_params(struct tvn__gen *gen, const struct tvn_func_type *type)
{
    uint32_t slot = 0;

    for (uint32_t i = 0; gen->err == TVN_OK && i < type->param_count; i++) {
        tvn_buf_printf(gen->glue, "    %.*s _p%u;\n",
            TVN_STR_ARG(tvn__type_name(gen, type->params[i].type)), i);
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->param_count; i++) {
        tvn__lift(gen, type->params[i].type, tvn__gen_text(gen, "_p%u", i),
            type->tuple->flat, &slot);
    }
}

/* What the user's function is called with: "&_p0, _p1". */
static void
print_arguments(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;

    for (uint32_t i = 0; gen->err == TVN_OK && i < type->param_count; i++) {
        const struct tvn_type *param = type->params[i].type;
        const char *address = tvn__by_pointer(param) ? "&" : "";
        const char *comma = i == 0 ? "" : ", ";

        if (!is_in_memory(type)) {
            tvn_buf_printf(gen->glue, "%s%s_p%u", comma, address, i);
        } else if (type->param_count > 1) {
            tvn_buf_printf(gen->glue, "%s%s_p->f%u", comma, address, i);
        } else {
            tvn_buf_printf(gen->glue, "%s(const %.*s *)_args",
                tvn__by_pointer(param) ? "" : "*",
                TVN_STR_ARG(tvn__type_name(gen, param)));
        }
    }
}

static void
print_export_head(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;

    tvn_buf_printf(gen->glue,
        "\n__attribute__((export_name(\"%.*s%s%.*s\"))) %s",
        TVN_STR_ARG(func->interface), func->interface.len > 0 ? "#" : "",
        TVN_STR_ARG(func->item->name), core_result(type->result));
    tvn_buf_printf(
        gen->glue, "\ntorvyn__export_%.*s(", TVN_STR_ARG(func->name));
    print_core_params(gen, type, true);
    tvn_buf_append_text(gen->glue, flat_params(type) == 0 ? "void)\n" : ")\n");
}

/* The user's function once more, as the ABI has it: its result's address is
 * its first parameter.  So the result is written where it stays. */
static void
print_into(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;
    struct tvn_str name = func->is_init ? TVN_STR("on_init") : func->name;

    tvn_buf_printf(gen->glue, "\nvoid torvyn__into_%.*s(%.*s *",
        TVN_STR_ARG(name), TVN_STR_ARG(func->result));
    for (uint32_t i = 0; !func->is_init && i < type->param_count; i++) {
        const struct tvn_type *param = type->params[i].type;

        tvn_buf_printf(gen->glue,
            tvn__by_pointer(param) ? ", const %.*s *" : ", %.*s",
            TVN_STR_ARG(tvn__type_name(gen, param)));
    }
    tvn_buf_printf(gen->glue, ")\n    __asm__(\"%.*s\");\n", TVN_STR_ARG(name));
}

static void
print_call(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_type *result = func->item->func->result;
    struct tvn_str name = func->is_init ? TVN_STR("on_init") : func->name;

    if (result == NULL) {
        tvn_buf_printf(gen->glue, "    %.*s(", TVN_STR_ARG(name));
    } else if (result->flat_count == 1) {
        tvn_buf_printf(gen->glue, "    const %.*s _ret = %.*s(",
            TVN_STR_ARG(func->result), TVN_STR_ARG(name));
    } else {
        tvn_buf_printf(
            gen->glue, "    torvyn__into_%.*s(&_ret", TVN_STR_ARG(name));
        if (!func->is_init && func->item->func->param_count > 0) {
            tvn_buf_append_text(gen->glue, ", ");
        }
    }
    if (!func->is_init) {
        print_arguments(gen, func);
    }
    tvn_buf_append_text(gen->glue, ");\n");
}

static void
print_return(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_type *result = func->item->func->result;

    if (result == NULL) {
        return;
    }
    if (result->flat_count > 1) {
        tvn_buf_append_text(gen->glue, "    return &_ret;\n");
        return;
    }
    tvn_buf_printf(gen->glue, "    return %.*s;\n",
        TVN_STR_ARG(tvn__lower_single(gen, result, TVN_STR("_ret"))));
}

/* The host calls init once, before all: what it hands over stays. */
static void
print_config(struct tvn__gen *gen, const struct tvn_func_type *type)
{
    uint32_t slot = 0;

    if (is_in_memory(type)) {
        tvn_buf_printf(gen->glue, "    cfg = *(const %.*s *)_args;\n",
            TVN_STR_ARG(tvn__type_name(gen, type->params[0].type)));
    } else {
        tvn__lift(gen, type->params[0].type, TVN_STR("cfg"), type->tuple->flat,
            &slot);
    }
}

static void
print_on_init(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_type *result = func->item->func->result;

    tvn_buf_printf(gen->glue, "\n%.*s cfg;\n",
        TVN_STR_ARG(tvn__type_name(gen, func->item->func->params[0].type)));
    tvn_buf_printf(gen->glue,
        "\n/* For a stage without one of its own. */\n"
        "__attribute__((weak)) %.*s\non_init(void)\n{\n",
        TVN_STR_ARG(func->result));
    if (result != NULL) {
        tvn_buf_printf(gen->glue, "    return %.*s();\n",
            TVN_STR_ARG(func->verbs[TVN__VERB_OK]));
    }
    tvn_buf_append_text(gen->glue, "}\n");
}

static void
print_export(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;
    bool is_by_address = type->result != NULL && type->result->flat_count > 1;
    bool has_tuple = is_in_memory(type) && type->param_count > 1;

    if (has_tuple) {
        print_args_struct(gen, func);
    }
    if (func->is_init) {
        print_on_init(gen, func);
    }
    if (is_by_address) {
        print_into(gen, func);
    }
    print_export_head(gen, func);
    tvn_buf_append_text(gen->glue, "{\n");
    if (is_by_address) {
        tvn_buf_printf(
            gen->glue, "    static %.*s _ret;\n", TVN_STR_ARG(func->result));
    }
    tvn_buf_append_text(gen->glue, "    torvyn_enter();\n");
    if (func->is_init) {
        print_config(gen, type);
    } else if (has_tuple) {
        tvn_buf_printf(gen->glue,
            "    const struct torvyn__args_%.*s *_p = _args;\n",
            TVN_STR_ARG(func->name));
    } else if (!is_in_memory(type)) {
        print_lifted_params(gen, type);
    }
    print_call(gen, func);
    tvn_buf_append_text(gen->glue, func->is_init ? "    torvyn_seal();\n"
                                                   "    torvyn_leave();\n"
                                                 : "    torvyn_leave();\n");
    print_return(gen, func);
    tvn_buf_append_text(gen->glue, "}\n");
}

/* ------------------------------------------------------------------------
 * Imports. */

static void
print_import_head(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;
    const struct tvn_type *result = type->result;
    bool is_by_address = result != NULL && result->flat_count > 1;

    tvn_buf_printf(gen->glue,
        "\n__attribute__((import_module(\"%.*s\"), import_name(\"%.*s\")))\n"
        "%s torvyn__import_%.*s(",
        TVN_STR_ARG(
            func->interface.len > 0 ? func->interface : TVN_STR("$root")),
        TVN_STR_ARG(func->item->name),
        is_by_address ? "void" : core_result(result), TVN_STR_ARG(func->name));
    print_core_params(gen, type, false);
    if (is_by_address) {
        tvn_buf_append_text(
            gen->glue, flat_params(type) > 0 ? ", void *" : "void *");
    } else if (flat_params(type) == 0) {
        tvn_buf_append_text(gen->glue, "void");
    }
    tvn_buf_append_text(gen->glue, ");\n");
}

/* Parameters in memory: the one there is, or a tuple of them. */
static struct tvn_str
print_memory_params(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_func_type *type = func->item->func;

    if (type->param_count == 1) {
        return tvn__gen_text(gen, "%s%.*s",
            tvn__by_pointer(type->params[0].type) ? "" : "&",
            TVN_STR_ARG(func->params[0]));
    }
    tvn_buf_printf(gen->glue, "    const struct torvyn__args_%.*s _args = {",
        TVN_STR_ARG(func->name));
    for (uint32_t i = 0; i < type->param_count; i++) {
        tvn_buf_printf(gen->glue, "%s%s%.*s", i == 0 ? "" : ", ",
            tvn__by_pointer(type->params[i].type) ? "*" : "",
            TVN_STR_ARG(func->params[i]));
    }
    tvn_buf_append_text(gen->glue, "};\n");
    return TVN_STR("&_args");
}

/* Statements, and then the core arguments into `out`. */
static void
print_lowered(
    struct tvn__gen *gen, const struct tvn__func *func, struct tvn_buf *out)
{
    const struct tvn_func_type *type = func->item->func;
    struct tvn_str exprs[TVN_FLAT_PARAMS_MAX];
    uint32_t slot = 0;

    if (is_in_memory(type)) {
        tvn_buf_append_str(out, print_memory_params(gen, func));
        return;
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->param_count; i++) {
        const struct tvn_type *param = type->params[i].type;

        tvn__lower(gen, param,
            tvn__gen_text(gen, tvn__by_pointer(param) ? "(*%.*s)" : "%.*s",
                TVN_STR_ARG(func->params[i])),
            exprs, &slot);
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < slot; i++) {
        tvn_buf_append_text(out, i == 0 ? "" : ", ");
        tvn_buf_append_str(out, exprs[i]);
    }
}

static void
print_import_call(
    struct tvn__gen *gen, const struct tvn__func *func, struct tvn_str args)
{
    const struct tvn_type *result = func->item->func->result;
    const char *comma = args.len > 0 ? ", " : "";
    struct tvn_str name = func->name;
    uint32_t slot = 0;

    if (result == NULL) {
        tvn_buf_printf(gen->glue, "    torvyn__import_%.*s(%.*s);\n",
            TVN_STR_ARG(name), TVN_STR_ARG(args));
        return;
    }
    if (result->kind == TVN_KIND_OPTION) {
        tvn_buf_printf(gen->glue,
            "    struct { bool some; %.*s val; } *_ret =\n"
            "        torvyn_alloc(sizeof(*_ret), %u);\n"
            "    torvyn__import_%.*s(%.*s%s_ret);\n"
            "    return _ret->some ? &_ret->val : NULL;\n",
            TVN_STR_ARG(tvn__type_name(gen, result->members[1].type)),
            result->align, TVN_STR_ARG(name), TVN_STR_ARG(args), comma);
        return;
    }
    if (result->flat_count == 1) {
        tvn_buf_printf(gen->glue,
            "    const %s _a0 = torvyn__import_%.*s(%.*s);\n    %.*s _ret;\n",
            tvn__core(result->flat[0]), TVN_STR_ARG(name), TVN_STR_ARG(args),
            TVN_STR_ARG(func->result));
        tvn__lift(gen, result, TVN_STR("_ret"), result->flat, &slot);
    } else {
        tvn_buf_printf(gen->glue,
            "    %.*s _ret;\n    torvyn__import_%.*s(%.*s%s&_ret);\n",
            TVN_STR_ARG(func->result), TVN_STR_ARG(name), TVN_STR_ARG(args),
            comma);
    }
    tvn_buf_append_text(gen->glue, "    return _ret;\n");
}

static void
print_import(struct tvn__gen *gen, const struct tvn__func *func)
{
    struct tvn_buf args = {0};

    if (is_in_memory(func->item->func) && func->item->func->param_count > 1) {
        print_args_struct(gen, func);
    }
    print_import_head(gen, func);
    tvn_buf_printf(gen->glue, "\n%.*s\n{\n", TVN_STR_ARG(func->prototype));
    print_lowered(gen, func, &args);
    print_import_call(gen, func, tvn_buf_str(&args));
    tvn_buf_append_text(gen->glue, "}\n");
    gen->glue->failed |= args.failed;
    tvn_buf_fini(&args);
}

/* ------------------------------------------------------------------------
 * The log, and all of it. */

static void
print_log(struct tvn__gen *gen)
{
    if (gen->log != NULL) {
        tvn_buf_printf(gen->glue,
            "\n__attribute__((import_module(\"%.*s\"), import_name(\"log\")))\n"
            "void torvyn__import_log_(uint32_t, const char *, size_t);\n"
            "\nvoid\ntorvyn_log_write(\n"
            "    unsigned _level, const char *_ptr, size_t _len)\n{\n"
            "    torvyn__import_log_(_level, _ptr, _len);\n}\n",
            TVN_STR_ARG(gen->log_interface));
        return;
    }
    tvn_buf_append_text(gen->glue,
        "\n/* The world has no log to write to. */\n"
        "size_t torvyn_log_dropped;\n"
        "\nvoid\ntorvyn_log_write(\n"
        "    unsigned _level, const char *_ptr, size_t _len)\n{\n"
        "    (void)_level;\n    (void)_ptr;\n    (void)_len;\n"
        "    torvyn_log_dropped++;\n}\n");
}

void
tvn__print_glue(struct tvn__gen *gen)
{
    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->import_count; i++) {
        print_import(gen, &gen->imports[i]);
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < gen->export_count; i++) {
        print_export(gen, &gen->exports[i]);
    }
    print_log(gen);
}
