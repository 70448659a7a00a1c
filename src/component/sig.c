/* sig.c -- a function's type as text, and the core signatures that lifting and
 * lowering ask for. */
#include "component/program.h"

bool
tvn_func_has_handle(const struct tvn_func_type *type)
{
    return (type->tuple != NULL && type->tuple->has_handle) ||
           (type->result != NULL && type->result->has_handle);
}

void
tvn_func_type_print(const struct tvn_func_type *type, struct tvn_buf *out)
{
    tvn_buf_append_text(out, "func(");
    for (uint32_t i = 0; i < type->param_count; i++) {
        tvn_buf_append_text(out, i == 0 ? "" : ", ");
        tvn_buf_append_str(out, type->params[i].name);
        tvn_buf_append_text(out, ": ");
        tvn_type_print(type->params[i].type, 0, out);
    }
    tvn_buf_append_byte(out, ')');
    if (type->result != NULL) {
        tvn_buf_append_text(out, " -> ");
        tvn_type_print(type->result, 0, out);
    }
}

struct tvn_canon_needs
tvn_canon_needs_of(const struct tvn_func_type *type, bool is_lift)
{
    const struct tvn_type *tuple = type->tuple;
    const struct tvn_type *result = type->result;
    bool in = tuple != NULL &&
              (tuple->has_pointer || tuple->flat_count > TVN_FLAT_PARAMS_MAX);
    bool out = result != NULL && result->has_pointer;
    bool by_pointer =
        result != NULL && result->flat_count > TVN_FLAT_RESULTS_MAX;

    return (struct tvn_canon_needs){
        .memory = in || out || by_pointer,
        .realloc = is_lift ? in : out,
    };
}

static void
add_params(const struct tvn_func_type *type, struct tvn_core_sig *out)
{
    const struct tvn_type *tuple = type->tuple;

    if (tuple == NULL) {
        return;
    }
    if (tuple->flat_count > TVN_FLAT_PARAMS_MAX) {
        out->params[out->param_count++] = TVN_CORE_I32; /* to their tuple */
        return;
    }
    for (uint32_t i = 0; i < tuple->flat_count; i++) {
        out->params[out->param_count++] = tuple->flat[i];
    }
}

void
tvn_sig_of_lift(const struct tvn_func_type *type, struct tvn_core_sig *out)
{
    const struct tvn_type *result = type->result;

    *out = (struct tvn_core_sig){0};
    add_params(type, out);
    if (result != NULL && result->flat_count > 0) {
        out->has_result = true;
        out->result = result->flat_count > TVN_FLAT_RESULTS_MAX
                          ? TVN_CORE_I32 /* where the result is */
                          : result->flat[0];
    }
}

void
tvn_sig_of_lower(const struct tvn_func_type *type, struct tvn_core_sig *out)
{
    const struct tvn_type *result = type->result;

    *out = (struct tvn_core_sig){0};
    add_params(type, out);
    if (result == NULL || result->flat_count == 0) {
        return;
    }
    if (result->flat_count > TVN_FLAT_RESULTS_MAX) {
        out->params[out->param_count++] = TVN_CORE_I32; /* where to write */
        return;
    }
    out->has_result = true;
    out->result = result->flat[0];
}
