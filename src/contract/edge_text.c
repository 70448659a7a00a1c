/* edge_text.c -- what an edge hands over, in one line for people:
 *
 *     departure, 56 B                            the same type
 *     late: bool, 1 of 72 B, shared image        a view that takes less
 *     read as wide, 80 B                         a view that takes all
 *     whole value, codec json                    into a native sink
 *     metadata only, shared image
 *     list<u8> as departure, codec json          a codec on the edge
 *     .late: producer u8, consumer bool          incompatible               */
#include "contract/internal.h"

#define FIELDS_MAX 4u  /* of a view, in the text */
#define LABEL_MAX  32u /* bytes of a type without a name */

static struct tvn_str
find_among(
    const struct tvn_extern *items, uint32_t count, const struct tvn_type *type)
{
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind == TVN_EXTERN_TYPE && items[i].type == type) {
            return items[i].name;
        }
    }
    return (struct tvn_str){0};
}

/* The name that was given to a type of this structure; empty: none. */
static struct tvn_str
find_name(const struct tvn__linker *linker, uint32_t stage,
    const struct tvn_type *type)
{
    const struct tvn_link_input *input = linker->input;
    const struct tvn_wit_world *world = input->stages[stage].world;
    struct tvn_str name = {0};

    if (world != NULL) {
        name = find_among(world->types, world->type_count, type);
    }
    for (uint32_t i = 0; name.len == 0 && i < input->wit_count; i++) {
        const struct tvn_wit *wit = input->wits[i];

        for (uint32_t k = 0; name.len == 0 && k < wit->interface_count; k++) {
            name = find_among(
                wit->interfaces[k].items, wit->interfaces[k].item_count, type);
        }
    }
    return name;
}

/* `type carrier = string` names a string too: only what has a shape of its
 * own goes by its name. */
static bool
has_own_name(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_VARIANT ||
           type->kind == TVN_KIND_ENUM || type->kind == TVN_KIND_FLAGS;
}

static void
append_label(const struct tvn__linker *linker, uint32_t stage,
    const struct tvn_type *type, struct tvn_buf *out)
{
    struct tvn_str name = {0};
    size_t start = out->len;

    if (has_own_name(type)) {
        name = find_name(linker, stage, type);
    }
    if (name.len > 0) {
        tvn_buf_append_str(out, name);
        return;
    }
    tvn_type_print(type, 1, out);
    if (has_own_name(type) || out->len - start > LABEL_MAX) {
        size_t end = start; /* the first word says the kind */

        while (end < out->len && out->ptr[end] != ' ' && out->ptr[end] != '<') {
            end++;
        }
        out->len = end;
    }
}

const char *
tvn__type_label(
    struct tvn__linker *linker, uint32_t stage, const struct tvn_type *type)
{
    struct tvn_str name = {0};
    const char *text;

    if (has_own_name(type)) {
        name = find_name(linker, stage, type);
    }
    if (name.len == 0) {
        return tvn__type_text(&linker->scratch, type);
    }
    text = tvn_arena_copy(&linker->scratch, name.ptr, name.len);
    return text == NULL ? "..." : text;
}

/* "id: u64, dep-delay: option<s32>": the view's fields with B's types. */
static void
append_fields(const struct tvn__linker *linker,
    const struct tvn_link_edge_info *info, struct tvn_buf *out)
{
    const char *path = info->view.read;

    for (uint32_t i = 0; *path != '\0'; i++) {
        size_t len = strcspn(path, ",");
        const struct tvn_type *type =
            tvn_type_at_path(info->read, (struct tvn_str){path, len});

        tvn_buf_append_text(out, i == 0 ? "" : ", ");
        if (i == FIELDS_MAX) {
            tvn_buf_append_text(out, "...");
            break;
        }
        tvn_buf_append(out, path, len);
        if (type != NULL) {
            tvn_buf_append_text(out, ": ");
            append_label(linker, info->to, type, out);
        }
        path += len + strspn(path + len, ", ");
    }
}

static void
append_view(const struct tvn__linker *linker,
    const struct tvn_link_edge_info *info, struct tvn_buf *out)
{
    bool takes_less = info->view.left_out[0] != '\0' ||
                      info->read->size < info->carried->size;

    if (takes_less && info->view.read[0] != '\0') {
        append_fields(linker, info, out);
        tvn_buf_printf(out, ", %u of %u B", (unsigned)info->read->size,
            (unsigned)info->carried->size);
    } else {
        tvn_buf_append_text(out, "read as ");
        append_label(linker, info->to, info->read, out);
        tvn_buf_printf(out, ", %u B", (unsigned)info->read->size);
    }
    if (info->view.always_none[0] != '\0') {
        tvn_buf_printf(out, ", always none: %s", info->view.always_none);
    }
}

static void
append_same(const struct tvn__linker *linker,
    const struct tvn_link_edge_info *info, struct tvn_buf *out)
{
    if (info->read != NULL) {
        append_label(linker, linker->origin[info->from], info->carried, out);
        tvn_buf_printf(out, ", %u B", (unsigned)info->carried->size);
    } else if (linker->input->stages[info->to].kind == TVN_LINK_GUEST) {
        tvn_buf_append_text(out, "metadata only");
    } else {
        tvn_buf_append_text(out, "whole value");
    }
}

static void
append_codec(const struct tvn__linker *linker,
    const struct tvn_link_edge_info *info, struct tvn_buf *out)
{
    if (info->read == NULL) {
        tvn_buf_append_text(out, "whole value");
        return;
    }
    append_label(linker, linker->origin[info->from], info->carried, out);
    tvn_buf_append_text(out, " as ");
    append_label(linker, info->to, info->read, out);
}

tvn_err
tvn__edge_text(struct tvn__linker *linker, uint32_t edge)
{
    struct tvn_link_edge_info *info = &linker->link->edges[edge];
    const struct tvn_link_stage *to = &linker->input->stages[info->to];
    const char *codec = linker->input->edges[edge].codec;
    struct tvn_buf buf = {0};

    switch (info->verdict) {
    case TVN_LINK_UNKNOWN:
        break;
    case TVN_LINK_SAME:
        append_same(linker, info, &buf);
        break;
    case TVN_LINK_VIEW:
        append_view(linker, info, &buf);
        break;
    case TVN_LINK_CODEC:
        append_codec(linker, info, &buf);
        break;
    case TVN_LINK_INCOMPATIBLE:
        tvn_buf_printf(&buf, "%s%sproducer %s, consumer %s", info->view.path,
            info->view.path[0] == '\0' ? "" : ": ", info->view.text_a,
            info->view.text_b);
        break;
    }
    if (info->is_shared) {
        tvn_buf_append_text(&buf, ", shared image");
    }
    if (codec == NULL && to->kind == TVN_LINK_SINK) {
        codec = to->codec;
    }
    if (codec != NULL && info->verdict != TVN_LINK_INCOMPATIBLE) {
        tvn_buf_printf(&buf, ", codec %s", codec);
    }
    info->text = tvn__link_keep(linker, &buf);
    tvn_buf_fini(&buf);
    return info->text == NULL ? TVN_ENOMEM : TVN_OK;
}
