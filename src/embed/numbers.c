/* numbers.c -- types with a number in the place of each handle.
 *
 * In an image a handle is the four bytes of its representation, so a value of
 * such a type is, byte for byte, one of the type that it was made from. */
#include "embed/internal.h"

#include "base/assert.h"
#include "base/mem.h"

static tvn_err
number_members(struct tvn_types *types, const struct tvn_type *type,
    const struct tvn_type **out)
{
    struct tvn_member *members = tvn_mem_new(type->count, sizeof(*members));
    tvn_err err = members == NULL ? TVN_ENOMEM : TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < type->count; i++) {
        members[i].name = type->members[i].name;
        err =
            tvn__embed_numbers(types, type->members[i].type, &members[i].type);
    }
    if (err == TVN_OK && type->kind == TVN_KIND_OPTION) {
        err = tvn_type_option(types, members[type->count - 1].type, out);
    } else if (err == TVN_OK && type->kind == TVN_KIND_RESULT) {
        err = tvn_type_result(types, members[0].type, members[1].type, out);
    } else if (err == TVN_OK) {
        err = tvn_type_members(types, type->kind, members, type->count, out);
    }
    tvn_mem_free(members, type->count, sizeof(*members));
    return err;
}

/* As deep as TVN_TYPE_DEPTH_MAX. */
tvn_err
tvn__embed_numbers(struct tvn_types *types, const struct tvn_type *type,
    const struct tvn_type **out)
{
    const struct tvn_type *elem = NULL;
    tvn_err err;

    if (type == NULL || !type->has_handle) {
        *out = type;
        return TVN_OK;
    }
    if (type->kind == TVN_KIND_OWN || type->kind == TVN_KIND_BORROW) {
        return tvn_type_scalar(types, TVN_KIND_U32, out);
    }
    if (type->kind != TVN_KIND_LIST) {
        err = number_members(types, type, out);
    } else {
        err = tvn__embed_numbers(types, type->elem, &elem);
        err = err == TVN_OK ? tvn_type_list(types, elem, out) : err;
    }
    TVN_ASSERT(err != TVN_OK ||
               ((*out)->size == type->size && (*out)->align == type->align));
    return err;
}

tvn_err
tvn__embed_codec(const struct tvn_type *type,
    TVN_GIVE struct tvn_jsoncodec **out, struct tvn_diag *diag)
{
    const struct tvn_jsoncodec_opts opts = {
        .names = TVN_JSON_KEBAB, .refuse_unknown = true};

    if (type == NULL) {
        *out = NULL;
        return TVN_OK;
    }
    return tvn_jsoncodec_new(type, &opts, out, diag);
}
