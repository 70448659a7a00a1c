/* type_print.c -- a type as WIT text in one line; see type.h. */
#include "value/type.h"

#include "base/buf.h"

static const char *const names[TVN_KIND_COUNT] = {
    [TVN_KIND_BOOL] = "bool",
    [TVN_KIND_S8] = "s8",
    [TVN_KIND_U8] = "u8",
    [TVN_KIND_S16] = "s16",
    [TVN_KIND_U16] = "u16",
    [TVN_KIND_S32] = "s32",
    [TVN_KIND_U32] = "u32",
    [TVN_KIND_S64] = "s64",
    [TVN_KIND_U64] = "u64",
    [TVN_KIND_F32] = "f32",
    [TVN_KIND_F64] = "f64",
    [TVN_KIND_CHAR] = "char",
    [TVN_KIND_STRING] = "string",
    [TVN_KIND_LIST] = "list",
    [TVN_KIND_RECORD] = "record",
    [TVN_KIND_TUPLE] = "tuple",
    [TVN_KIND_VARIANT] = "variant",
    [TVN_KIND_ENUM] = "enum",
    [TVN_KIND_FLAGS] = "flags",
    [TVN_KIND_OPTION] = "option",
    [TVN_KIND_RESULT] = "result",
    [TVN_KIND_OWN] = "own",
    [TVN_KIND_BORROW] = "borrow",
};

/* Between braces: `id: u64` of records, `some(u64)` of variants, labels. */
static void
print_members(
    const struct tvn_type *type, uint32_t members_max, struct tvn_buf *out)
{
    tvn_buf_append_text(out, " { ");
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];
        bool is_field = type->kind == TVN_KIND_RECORD;

        tvn_buf_append_text(out, i == 0 ? "" : ", ");
        if (members_max != 0 && i == members_max) {
            tvn_buf_append_text(out, "...");
            break;
        }
        tvn_buf_append_str(out, member->name);
        if (member->type != NULL) {
            tvn_buf_append_text(out, is_field ? ": " : "(");
            tvn_type_print(member->type, members_max, out);
            tvn_buf_append_text(out, is_field ? "" : ")");
        }
    }
    tvn_buf_append_text(out, " }");
}

static void
print_tuple(
    const struct tvn_type *type, uint32_t members_max, struct tvn_buf *out)
{
    for (uint32_t i = 0; i < type->count; i++) {
        tvn_buf_append_text(out, i == 0 ? "<" : ", ");
        if (members_max != 0 && i == members_max) {
            tvn_buf_append_text(out, "...");
            break;
        }
        tvn_type_print(type->members[i].type, members_max, out);
    }
    tvn_buf_append_byte(out, '>');
}

/* `result`, `result<u8>`, `result<_, string>`, `result<u8, string>` */
static void
print_result(
    const struct tvn_type *type, uint32_t members_max, struct tvn_buf *out)
{
    const struct tvn_type *ok = type->members[0].type;
    const struct tvn_type *error = type->members[1].type;

    if (ok == NULL && error == NULL) {
        return;
    }
    tvn_buf_append_byte(out, '<');
    if (ok == NULL) {
        tvn_buf_append_byte(out, '_');
    } else {
        tvn_type_print(ok, members_max, out);
    }
    if (error != NULL) {
        tvn_buf_append_text(out, ", ");
        tvn_type_print(error, members_max, out);
    }
    tvn_buf_append_byte(out, '>');
}

void
tvn_type_print(
    const struct tvn_type *type, uint32_t members_max, struct tvn_buf *out)
{
    tvn_buf_append_text(out, names[type->kind]);
    if (type->kind == TVN_KIND_TUPLE) {
        print_tuple(type, members_max, out);
    } else if (type->kind == TVN_KIND_RESULT) {
        print_result(type, members_max, out);
    } else if (type->kind == TVN_KIND_LIST || type->kind == TVN_KIND_OPTION) {
        tvn_buf_append_byte(out, '<');
        tvn_type_print(
            type->kind == TVN_KIND_LIST ? type->elem : type->members[1].type,
            members_max, out);
        tvn_buf_append_byte(out, '>');
    } else if (type->resource != NULL) {
        tvn_buf_append_byte(out, '<');
        tvn_buf_append_str(out, type->resource->name);
        tvn_buf_append_byte(out, '>');
    } else if (type->count > 0) {
        print_members(type, members_max, out);
    }
}
