/* stage_calls.h -- what a stage asks of the host, in C.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_STAGE_CALLS_H
#define TVN_TESTS_BINDGEN_STAGE_CALLS_H

#include "bindgen/stage.h"

/* An imported function of the world or of its interface for the host. */
static inline const struct tvn_func_type *
stage_import(const struct stage *stage, const char *name)
{
    const struct tvn_wit_world *wit = stage->wit;

    for (uint32_t i = 0; i < wit->import_count; i++) {
        const struct tvn_extern *import = &wit->imports[i];
        const struct tvn_extern *item =
            import->kind == TVN_EXTERN_INSTANCE
                ? tvn_extern_find(
                      import->items, import->item_count, tvn_str_of(name))
                : import;

        if (item != NULL && item->kind == TVN_EXTERN_FUNC &&
            tvn_str_is(item->name, name)) {
            return item->func;
        }
    }
    fprintf(stderr, "no import %s\n", name);
    abort();
}

static inline void
stage_swap(struct stage *stage)
{
    const struct tvn_func_type *swap = stage_import(stage, "swap");
    struct tvn_buf *out = &stage->out;
    const char *prefix = stage->prefix;

    tvn_buf_append_text(out, "    {\n");
    for (uint32_t i = 0; i < swap->param_count; i++) {
        tvn_buf_printf(
            out, "        AUTO q_a%u = %sgive_%u();\n", i, prefix, i);
    }
    tvn_buf_printf(out, "        %s%sswap(",
        swap->result != NULL ? "AUTO q_r = " : "", prefix);
    for (uint32_t i = 0; i < swap->param_count; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "q_a%u", i);
        tvn_buf_append_text(out, i == 0 ? "" : ", ");
        stage_arg(stage, swap->params[i].type, name);
    }
    tvn_buf_append_text(out, ");\n");
    if (swap->result != NULL) {
        tvn_buf_printf(out, "        %stake(", prefix);
        stage_arg(stage, swap->result, "q_r");
        tvn_buf_append_text(out, ");\n");
    }
    tvn_buf_append_text(out, "    }\n");
}

/* What the main function does before it looks at its event: the event must
 * survive all of it. */
static inline void
stage_calls(struct stage *stage, const struct stage_func *func)
{
    const struct world *world = stage->world;
    struct tvn_buf *out = &stage->out;
    const char *prefix = stage->prefix;

    if (world->has_log) {
        tvn_buf_append_text(out, "    log_info(\"call \", q_k);\n");
    }
    if (world->has_metrics) {
        tvn_buf_append_text(
            out, "    metrics_add(T(\"q_n\"), clock_now_ns());\n");
    }
    if (stage->role->main.meta_param == 1) {
        tvn_buf_printf(
            out, "    %scheck_meta(%s);\n", prefix, func->params[1].name);
    }
    if (world->has_config) {
        tvn_buf_printf(out, "    %scheck_config(", prefix);
        stage_arg(stage, stage->role->config, "cfg");
        tvn_buf_append_text(out, ");\n");
    }
    if (world->has_swap) {
        stage_swap(stage);
    }
    if (world->has_find) {
        tvn_buf_printf(out,
            "    AUTO q_key = %sgive_key();\n"
            "    AUTO q_row = %sfind(q_key);\n"
            "    if (q_row != NULL) %sfound(q_row); else %smissed();\n",
            prefix, prefix, prefix, prefix);
    }
}

#endif
