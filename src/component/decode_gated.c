/* decode_gated.c -- built-ins of proposals that this version does not run.
 *
 * They are read, so that a component that has them can be looked at, and one
 * that never calls them can run: what calls one traps by its name.  Whether
 * that is enough is for who links it (tvn_program.gated). */
#include "component/internal.h"

/* Operands: t a type, a whether async, o options, r a result, m a memory, z a
 * zero byte, v a core type and a number.  Signature: i, I parameters, i32 and
 * i64; result after `>`; `*`: the flat form of `r`. */
static const struct row {
    uint8_t code;
    bool stays; /* may be called where nothing else may */
    const char *name;
    const char *operands;
    const char *sig;
} rows[] = {
    {0x05, false, "task.cancel", "", ">"},
    {0x06, false, "subtask.cancel", "a", "i>i"},
    {0x09, false, "task.return", "ro", "*>"},
    {0x0a, true, "context.get", "v", ">i"},
    {0x0b, true, "context.set", "v", "i>"},
    {0x0c, false, "thread.yield", "z", ">i"},
    {0x0d, false, "subtask.drop", "", "i>"},
    {0x0e, false, "stream.new", "t", ">I"},
    {0x0f, false, "stream.read", "to", "iii>i"},
    {0x10, false, "stream.write", "to", "iii>i"},
    {0x11, false, "stream.cancel-read", "ta", "i>i"},
    {0x12, false, "stream.cancel-write", "ta", "i>i"},
    {0x13, false, "stream.drop-readable", "t", "i>"},
    {0x14, false, "stream.drop-writable", "t", "i>"},
    {0x15, false, "future.new", "t", ">I"},
    {0x16, false, "future.read", "to", "ii>i"},
    {0x17, false, "future.write", "to", "ii>i"},
    {0x18, false, "future.cancel-read", "ta", "i>i"},
    {0x19, false, "future.cancel-write", "ta", "i>i"},
    {0x1a, false, "future.drop-readable", "t", "i>"},
    {0x1b, false, "future.drop-writable", "t", "i>"},
    {0x1c, false, "error-context.new", "o", "ii>i"},
    {0x1d, false, "error-context.debug-message", "o", "ii>"},
    {0x1e, false, "error-context.drop", "", "i>"},
    {0x1f, false, "waitable-set.new", "", ">i"},
    {0x20, false, "waitable-set.wait", "zm", "ii>i"},
    {0x21, false, "waitable-set.poll", "zm", "ii>i"},
    {0x22, false, "waitable-set.drop", "", "i>"},
    {0x23, false, "waitable.join", "", "ii>"},
    {0x24, true, "backpressure.inc", "", ">"},
    {0x25, true, "backpressure.dec", "", ">"},
    {0x26, false, "thread.index", "", ">i"},
    {0x2e, false, "stream.forward", "t", "ii>"},
    {0x2f, false, "future.forward", "t", "ii>"},
};

static void
read_operand(struct tvn__decoder *d, const struct tvn__scope *scope, char what,
    struct tvn__def *result)
{
    size_t at = d->at;

    switch (what) {
    case 't':
        (void)tvn__get_type(d, scope, tvn__u32(d), at);
        break;
    case 'o':
        (void)tvn__canon_options(d, scope);
        break;
    case 'r':
        *result = tvn__result_type(d, scope);
        break;
    case 'm':
        (void)tvn__core_item(d, scope, TVN_CORE_MEMORY, tvn__u32(d), at);
        break;
    case 'v':
        (void)tvn__u8(d);
        (void)tvn__u32(d);
        break;
    default: /* a, z */
        if (tvn__u8(d) > (what == 'a' ? 1 : 0)) {
            tvn__malformed(d, at, "an unknown mark of a built-in");
        }
        break;
    }
}

static void
add_flat(const struct tvn_type *type, struct tvn_core_sig *sig)
{
    if (type == NULL) {
        return;
    }
    if (type->flat_count > TVN_FLAT_PARAMS_MAX) {
        sig->params[sig->param_count++] = TVN_CORE_I32;
        return;
    }
    for (uint32_t i = 0; i < type->flat_count; i++) {
        sig->params[sig->param_count++] = type->flat[i];
    }
}

static struct tvn_core_sig
read_sig(const char *text, const struct tvn_type *result)
{
    struct tvn_core_sig sig = {0};

    for (; *text != '>'; text++) {
        if (*text == '*') {
            add_flat(result, &sig);
        } else {
            sig.params[sig.param_count++] = TVN_CORE_I32;
        }
    }
    if (text[1] != '\0') {
        sig.has_result = true;
        sig.result = text[1] == 'I' ? TVN_CORE_I64 : TVN_CORE_I32;
    }
    return sig;
}

void
tvn__gated_builtin(
    struct tvn__decoder *d, struct tvn__scope *scope, uint8_t code)
{
    const struct row *row = NULL;
    struct tvn__steps *steps = scope->steps;
    struct tvn__def result = {0};
    struct tvn_gated *slot;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        row = rows[i].code == code ? &rows[i] : row;
    }
    if (row == NULL) {
        tvn__unsupported(
            d, "uses threads (built-in 0x%02x): this version runs none", code);
        return;
    }
    for (const char *what = row->operands; *what != '\0'; what++) {
        read_operand(d, scope, *what, &result);
    }
    slot = tvn__ok(d) ? tvn__vec_add(d, &steps->gated, sizeof(*slot)) : NULL;
    if (slot != NULL) {
        *slot = (struct tvn_gated){
            row->name, row->stays, read_sig(row->sig, result.value)};
        tvn__add_step(d, scope,
            &(struct tvn_step){.kind = TVN_STEP_GATED,
                .part = scope->number,
                .index = steps->gated.count - 1});
    }
}
