/* stage_source.h -- the whole source of a stage, function by function.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_STAGE_SOURCE_H
#define TVN_TESTS_BINDGEN_STAGE_SOURCE_H

#include "bindgen/stage_calls.h"
#include "bindgen/stage_constants.h"

/* `port value`, as probe says. */
static inline void
stage_ports(struct stage *stage)
{
    const struct tvn_role_info *role = stage->role;
    struct tvn_buf *out = &stage->out;

    tvn_buf_append_text(out, "    static const port q_ports[] = {");
    for (uint32_t i = 0; i < role->port_count; i++) {
        tvn_buf_printf(
            out, "%sPORT_TO_%c%u", i == 0 ? "" : ", ", (char)('A' + i % 26), i);
    }
    tvn_buf_printf(out,
        "};\n    const unsigned q_n = q_p == NULL ? 0u : *q_p %% %uu;\n",
        role->port_count);
    tvn_buf_append_text(
        out, role->ports_kind == TVN_PORTS_FLAGS
                 ? "    const port q_value = q_p == NULL ? (port)0\n"
                   "        : (port)(q_ports[q_n] | q_ports[0]);\n"
                 : "    const port q_value = q_ports[q_n];\n");
    if (role->ports_kind == TVN_PORTS_ENUM_OPTION) {
        tvn_buf_append_text(out, "    if (q_p == NULL) return skip();\n");
    }
}

/* A filter's or router's end: the fault comes first, then p decides. */
static inline void
stage_verdict(struct stage *stage, const struct stage_func *func)
{
    struct tvn_result_shape shape = stage->role->main.result;
    bool is_filter = stage->role->role == TVN_ROLE_FILTER;

    stage_fault(stage, func, &shape);
    if (!is_filter) {
        stage_ports(stage);
    }
    tvn_buf_printf(&stage->out,
        shape.has_fault || shape.many == TVN_MANY_OPTION
            ? "    return emit(%s);\n"
            : "    return %s;\n",
        is_filter ? "q_p != NULL && *q_p == 1" : "q_value");
}

/* Keeps the event as a row, when its key is new. */
static inline void
stage_row(struct stage *stage, const struct stage_param *param)
{
    struct tvn_buf *out = &stage->out;
    const char *type = param->type;

    tvn_buf_printf(out,
        "    if (%s(&q_rows, %s->row_key) == NULL) {\n"
        "        %s *q_row = %s(&q_rows, %s->row_key);\n"
        "        %s q_copy = *%s;\n"
        "        memset(&q_copy.row_key, 0, sizeof(q_copy.row_key));\n",
        stage_verb(stage, type, "find"), param->name, type,
        stage_verb(stage, type, "at"), param->name, type, param->name);
    if (stage->role->event->has_pointer) {
        tvn_buf_printf(out, "        q_copy = %s(q_copy);\n",
            stage_verb(stage, type, "keep"));
    }
    tvn_buf_append_text(out, "        q_copy.row_key = q_row->row_key;\n"
                             "        *q_row = q_copy;\n    }\n");
}

/* Keeps the event: as the last, or as a row. */
static inline void
stage_ingest(struct stage *stage, const struct stage_func *func)
{
    const struct tvn_type *event = stage->role->event;
    const struct stage_param *param = &func->params[0];
    const char *star = param->is_pointer ? "*" : "";
    struct tvn_buf *out = &stage->out;

    if (stage->world->is_table) {
        stage_row(stage, param);
    } else if (event->kind == TVN_KIND_STRING) {
        tvn_buf_printf(out,
            "    text_drop(q_kept);\n    q_kept = text_keep(%s);\n",
            param->name);
    } else if (event->has_pointer) {
        tvn_buf_printf(out, "    %s(&q_kept);\n    q_kept = %s(%s%s);\n",
            stage_verb(stage, param->type, "drop"),
            stage_verb(stage, param->type, "keep"), star, param->name);
    } else {
        tvn_buf_printf(out, "    q_kept = %s%s;\n", star, param->name);
    }
}

static inline void
stage_main(struct stage *stage, const struct stage_func *func)
{
    const struct tvn_role_info *role = stage->role;
    const struct stage_param *event = &func->params[0];
    bool asks = role->role == TVN_ROLE_SOURCE || stage->world->is_other;
    char value[STAGE_TEXT_MAX + 1];

    stage_calls(stage, func);
    if (asks) {
        tvn_buf_printf(
            &stage->out, "    AUTO q_given = %snext();\n", stage->prefix);
    }
    if (role->role != TVN_ROLE_SOURCE && role->role != TVN_ROLE_AGGREGATOR &&
        (role->role != TVN_ROLE_PROCESSOR || asks)) {
        tvn_buf_printf(&stage->out,
            "    const uint8_t *q_p = %sprobe(%s);\n    (void)q_p;\n",
            stage->prefix, event->name);
    }
    if (role->role == TVN_ROLE_AGGREGATOR) {
        stage_ingest(stage, func);
    }
    if (tvn_role_passes(role->role)) {
        stage_verdict(stage, func);
        return;
    }
    (void)snprintf(value, sizeof(value), "%s%s",
        !asks && event->is_pointer ? "*" : "", asks ? "q_given" : event->name);
    stage_return(stage, func, &role->main.result, value);
}

static inline void
stage_flush(struct stage *stage, const struct stage_func *func, const char *row)
{
    const struct tvn_result_shape *shape = &stage->role->flush.result;
    const char *take;

    if (stage->world->has_window) {
        tvn_buf_printf(&stage->out, "    %scheck_window(%s);\n", stage->prefix,
            func->params[0].name);
    }
    if (!stage->world->is_table) {
        stage_return(stage, func, shape, "q_kept");
        return;
    }
    take = stage_verb(stage, row, "take");
    stage_fault(stage, func, shape);
    if (shape->has_fault) {
        tvn_buf_printf(&stage->out, "    return %s(%s(&q_rows));\n",
            stage_macro(stage, func, "emit"), take);
    } else {
        tvn_buf_printf(&stage->out, "    return %s(&q_rows);\n", take);
    }
}

/* Its arguments to swap, whose result is its own. */
static inline void
stage_turn(struct stage *stage, const struct stage_func *func)
{
    tvn_buf_printf(&stage->out, "    %s%sswap(",
        strcmp(func->result, "void") == 0 ? "" : "return ", stage->prefix);
    for (unsigned i = 0; i < func->param_count; i++) {
        tvn_buf_printf(
            &stage->out, "%s%s", i == 0 ? "" : ", ", func->params[i].name);
    }
    tvn_buf_append_text(&stage->out, ");\n");
}

static inline void
stage_define(
    struct stage *stage, const struct stage_func *func, const char *row)
{
    const struct tvn_role_info *role = stage->role;
    const struct tvn_result_shape nothing = {.many = TVN_MANY_NOTHING};

    tvn_buf_printf(&stage->out, "\n%s %s(%s", func->result, func->name,
        func->param_count == 0 ? "void" : "");
    for (unsigned i = 0; i < func->param_count; i++) {
        const struct stage_param *param = &func->params[i];

        tvn_buf_printf(&stage->out,
            param->is_pointer ? "%sconst %s *%s" : "%s%s %s",
            i == 0 ? "" : ", ", param->type, param->name);
    }
    tvn_buf_append_text(&stage->out,
        ")\n{\n    static unsigned q_calls;\n"
        "    const unsigned q_k = q_calls++;\n    (void)q_k;\n");
    if (func->is_main) {
        stage_main(stage, func);
    } else if (strcmp(func->name, "flush") == 0) {
        stage_flush(stage, func, row);
    } else if (strcmp(func->name, "complete") == 0) {
        stage_return(stage, func, &role->complete.result, "");
    } else if (strcmp(func->name, "on_init") == 0) {
        struct tvn_result_shape shape = role->init.result;

        if (shape.has_fault) {
            tvn_buf_printf(&stage->out, "    return %s();\n",
                stage_macro(stage, func, "ok"));
        }
    } else if (strcmp(func->name, "turn") == 0) {
        stage_turn(stage, func);
    } else {
        TVN_ASSERT(strcmp(func->name, "teardown") == 0);
        stage_return(stage, func, &nothing, "");
    }
    tvn_buf_append_text(&stage->out, "}\n");
}

/* Appends the source to stage->out. */
static inline void
stage_write(struct stage *stage, const struct tvn_wit *wit)
{
    struct tvn_buf *out = &stage->out;
    const char *row = "";
    struct stage_func first = {0};

    tvn_buf_printf(out, "#include \"%s%s\"\n", stage->base,
        stage->world->is_split ? ".h" : "_glue.c");
    tvn_buf_append_text(out, "#ifdef __cplusplus\n#define AUTO auto\n"
                             "#define SAME static_assert\n"
                             "#else\n#define AUTO __auto_type\n"
                             "#define SAME _Static_assert\n#endif\n");
    stage->asserts = stage_constants(stage, wit);
    for (uint32_t i = 0; i < stage->code->func_count; i++) {
        struct stage_func func = stage_read(&stage->code->funcs[i]);

        if (tvn_str_is(stage->role->main.func->name, func.name)) {
            first = func;
        }
    }
    if (stage->role->role == TVN_ROLE_AGGREGATOR) {
        row = first.params[0].type;
        tvn_buf_printf(out,
            stage->world->is_table
                ? "static struct torvyn_table q_rows = TABLE(%s, row_key);\n"
                : "static %s q_kept;\n",
            row);
    }
    for (uint32_t i = 0; i < stage->code->func_count; i++) {
        struct stage_func func = stage_read(&stage->code->funcs[i]);

        func.is_main = strcmp(func.name, first.name) == 0;
        if (!func.func->is_optional || stage->world->has_on_init) {
            stage_define(stage, &func, row);
        }
    }
}

#endif
