/* edges.c -- the type each edge carries and whether its consumer can read it;
 * see link.h.
 *
 * Stages in the flow's order: what comes in is known before what goes out.
 * Behind a filter or router the edge carries what came in, not the view that
 * was looked at. */
#include "contract/internal.h"

static const char *
type_text(struct tvn__linker *linker, const struct tvn_type *type)
{
    return tvn__type_text(&linker->link->arena, type);
}

/* What arrives when the edge has been crossed. */
static const struct tvn_type *
arriving(const struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge_info *info = &linker->link->edges[edge];

    return linker->input->edges[edge].codec != NULL &&
                   info->verdict == TVN_LINK_CODEC && info->read != NULL
               ? info->read
               : info->carried;
}

/* ------------------------------------------------------------------------
 * What goes out of a stage. */

/* Several edges into one that passes events on. */
static void
refuse_mixed(struct tvn__linker *linker, uint32_t edge, uint32_t first)
{
    uint32_t to = linker->link->edges[edge].to;
    struct tvn_place place = tvn__edge_place(linker, edge);

    tvn__found(
        linker, tvn_diag_error(linker->diag, TVN_ELINK_MIXED, &place,
                    "it carries %s into a %s that is fed %s already",
                    tvn__type_label(linker, linker->link->edges[edge].from,
                        arriving(linker, edge)),
                    tvn_role_name(linker->link->stages[to].role),
                    tvn__type_label(linker, linker->link->edges[first].from,
                        arriving(linker, first))));
    place = tvn__edge_place(linker, first);
    tvn_diag_note(linker->diag, &place, "the first");
    tvn_diag_help(linker->diag,
        "what comes into a %s goes out of it as it is: it must be one type",
        tvn_role_name(linker->link->stages[to].role));
}

/* stages[stage].in, and where a type that is passed on was made. */
static void
read_ins(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn__edge_lists *ins = &linker->ins;
    struct tvn_link_stage_info *info = &linker->link->stages[stage];
    bool passes = info->is_known && tvn_role_passes(info->role);
    uint32_t first = TVN_LINK_NONE;
    bool agree = true;

    for (uint32_t k = ins->first[stage]; k < ins->first[stage + 1]; k++) {
        uint32_t edge = ins->edges[k];
        const struct tvn_type *type = arriving(linker, edge);

        if (type == NULL) {
            agree = agree && passes; /* what is known is passed on */
            continue;
        }
        if (first == TVN_LINK_NONE) {
            first = edge;
            info->in = type;
            if (passes) {
                linker->origin[stage] =
                    linker->origin[linker->link->edges[edge].from];
            }
        } else if (type != info->in) {
            agree = agree && passes;
            if (passes) {
                refuse_mixed(linker, edge, first);
            }
        }
    }
    if (!agree) {
        info->in = NULL;
    }
}

static void
refuse_image(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_type *type = linker->link->stages[stage].out;
    struct tvn_place place = tvn__stage_place(linker, stage);

    tvn__found(linker,
        tvn_diag_error(linker->diag, TVN_ELINK_BYTES, &place,
            "an image of %s takes %s; max-event is %s",
            tvn__type_label(linker, stage, type),
            tvn__bytes_text(linker, (uint64_t)type->size + TVN_IMAGE_HEADER),
            tvn__bytes_text(linker, tvn_pool_max(linker->pool))));
    tvn_diag_help(linker->diag, "set `max-event:` to that or more");
}

static void
read_out(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];
    struct tvn_link_stage_info *info = &linker->link->stages[stage];
    uint32_t charge;

    if (!info->is_known || info->role == TVN_ROLE_SINK) {
        return;
    }
    if (tvn_role_passes(info->role)) {
        info->out = info->in;
    } else if (given->kind == TVN_LINK_GUEST) {
        info->out = given->role->output;
    } else {
        info->out = given->type;
    }
    if (info->out == NULL) {
        return;
    }
    charge = tvn_pool_charge(linker->pool, info->out->size);
    if (charge == 0 && !tvn_role_passes(info->role)) {
        refuse_image(linker, stage);
    }
    info->image_max = charge == 0 || info->out->has_pointer
                          ? tvn_pool_max(linker->pool)
                          : charge;
}

/* ------------------------------------------------------------------------
 * Findings about one edge. */

/* "route reads option<s32>": with the place of its declaration, or with the
 * function as it stands when there is none. */
static void
note_side(struct tvn__linker *linker, uint32_t stage, const char *text,
    const struct tvn_type *type, const char *path)
{
    const struct tvn_link_input *input = linker->input;
    const struct tvn_link_stage *given = &input->stages[stage];
    const struct tvn_declared declared = {
        .places = input->places,
        .world = given->world,
        .wits = input->wits,
        .wit_count = input->wit_count,
    };
    struct tvn_place place = {0};
    struct tvn_buf buf = {0};
    const struct tvn_extern *func = NULL;

    if (linker->diag == NULL) {
        return;
    }
    tvn_buf_append_text(&buf, text);
    if (!tvn_place_of_path(&declared, type, path, &place)) {
        if (given->kind == TVN_LINK_GUEST) {
            func = given->role->role == TVN_ROLE_AGGREGATOR &&
                           type == given->role->output
                       ? given->role->flush.func
                       : given->role->main.func;
        }
        tvn_buf_append_text(&buf, ": ");
        if (func != NULL) {
            tvn_role_print_func(func->name, func->func, &buf);
        } else {
            tvn_type_print(type, TVN__PRINTED_MAX, &buf);
        }
    }
    tvn_diag_note(linker->diag, &place, "%s", tvn_buf_text(&buf));
    tvn_buf_fini(&buf);
}

static void
note_sides(struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge_info *info = &linker->link->edges[edge];
    uint32_t made_by = linker->origin[info->from];
    struct tvn_buf text = {0};

    tvn_buf_printf(&text, "%.*s sends %s", TVN_STR_ARG(linker->names[made_by]),
        info->view.text_a);
    note_side(
        linker, made_by, tvn_buf_text(&text), info->carried, info->view.path);
    tvn_buf_clear(&text);
    tvn_buf_printf(&text, "%.*s reads %s", TVN_STR_ARG(linker->names[info->to]),
        info->view.text_b);
    note_side(
        linker, info->to, tvn_buf_text(&text), info->read, info->view.path);
    tvn_buf_fini(&text);
}

static void
refuse_types(struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge_info *info = &linker->link->edges[edge];
    const struct tvn_view *view = &info->view;
    struct tvn_place place = tvn__edge_place(linker, edge);

    tvn__found(linker,
        tvn_diag_error(linker->diag, TVN_ELINK_TYPES, &place,
            "%s%sproducer %s, consumer %s", view->path,
            view->path[0] == '\0' ? "" : ": ", view->text_a, view->text_b));
    note_sides(linker, edge);
    if (tvn_type_is_bytes(info->carried) != tvn_type_is_bytes(info->read)) {
        tvn_diag_help(
            linker->diag, "bytes need a codec: add `codec: json` to the edge");
    } else if (view->help != NULL) {
        tvn_diag_help(linker->diag, "%s", view->help);
    }
}

/* A `codec:` that has nothing to do. */
static void
refuse_codec(struct tvn__linker *linker, uint32_t edge, const char *why)
{
    struct tvn_link_edge_info *info = &linker->link->edges[edge];
    struct tvn_place place = tvn__edge_place(linker, edge);

    info->verdict = TVN_LINK_INCOMPATIBLE;
    info->view = (struct tvn_view){
        .verdict = TVN_VIEW_INCOMPATIBLE,
        .path = "",
        .text_a = type_text(linker, info->carried),
        .text_b =
            info->read == NULL ? "any type" : type_text(linker, info->read),
    };
    tvn__found(linker, tvn_diag_error(linker->diag, TVN_ELINK_TYPES, &place,
                           "codec %s joins list<u8> and a type; %s",
                           linker->input->edges[edge].codec, why));
    if (info->read != NULL) {
        note_sides(linker, edge);
    }
    tvn_diag_help(linker->diag, "take `codec:` off the edge");
}

/* ------------------------------------------------------------------------
 * The verdict. */

static void
judge_codec(struct tvn__linker *linker, uint32_t edge)
{
    struct tvn_link_edge_info *info = &linker->link->edges[edge];
    bool is_native = linker->input->stages[info->to].kind != TVN_LINK_GUEST;
    bool is_bytes = tvn_type_is_bytes(info->carried);

    if (info->read == NULL && !is_native) {
        refuse_codec(linker, edge, "the consumer looks at metadata only");
    } else if (info->read == NULL && is_bytes) {
        refuse_codec(linker, edge,
            "the consumer takes any type, so there is none to decode to");
    } else if (info->read == NULL ||
               is_bytes != tvn_type_is_bytes(info->read)) {
        info->verdict = TVN_LINK_CODEC;
    } else {
        refuse_codec(linker, edge,
            is_bytes ? "both sides are list<u8>" : "neither side is list<u8>");
    }
}

/* The whole value, to a native sink, or nothing of it, to a guest that looks
 * at metadata: either way there is nothing to compare. */
static void
judge_whole(struct tvn__linker *linker, uint32_t edge)
{
    struct tvn_link_edge_info *info = &linker->link->edges[edge];
    const struct tvn_link_stage *to = &linker->input->stages[info->to];

    info->verdict = to->kind == TVN_LINK_SINK && to->codec != NULL
                        ? TVN_LINK_CODEC
                        : TVN_LINK_SAME;
    info->view = (struct tvn_view){.verdict = TVN_VIEW_SAME,
        .read = "",
        .left_out = "",
        .always_none = ""};
}

static tvn_err
judge_view(struct tvn__linker *linker, uint32_t edge)
{
    struct tvn_link_edge_info *info = &linker->link->edges[edge];
    tvn_err err = tvn_view_check(
        info->carried, info->read, &linker->link->arena, &info->view);

    if (err != TVN_OK) {
        return err;
    }
    switch (info->view.verdict) {
    case TVN_VIEW_SAME:
        info->verdict = TVN_LINK_SAME;
        break;
    case TVN_VIEW_NARROWS:
        info->verdict = TVN_LINK_VIEW;
        break;
    case TVN_VIEW_INCOMPATIBLE:
        info->verdict = TVN_LINK_INCOMPATIBLE;
        refuse_types(linker, edge);
        break;
    }
    return TVN_OK;
}

static void
check_bytes(struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge *given = &linker->input->edges[edge];
    const struct tvn_link_edge_info *info = &linker->link->edges[edge];
    struct tvn_place place;

    if (given->bytes >= info->image_max) {
        return;
    }
    place = tvn__edge_place(linker, edge);
    tvn__found(linker, tvn_diag_error(linker->diag, TVN_ELINK_BYTES, &place,
                           "its bytes are %s; its largest image takes %s",
                           tvn__bytes_text(linker, given->bytes),
                           tvn__bytes_text(linker, info->image_max)));
    tvn_diag_help(linker->diag, "set `bytes:` to %s or more%s",
        tvn__bytes_text(linker, info->image_max),
        info->carried->has_pointer ? ", or `max-event:` lower" : "");
}

static tvn_err
judge(struct tvn__linker *linker, uint32_t edge)
{
    const struct tvn_link_edge *given = &linker->input->edges[edge];
    struct tvn_link_edge_info *info = &linker->link->edges[edge];
    const struct tvn_link_stage_info *stages = linker->link->stages;
    const struct tvn_link_stage *to = &linker->input->stages[info->to];
    tvn_err err = TVN_OK;

    info->carried = stages[info->from].out;
    if (info->carried == NULL) {
        return TVN_OK;
    }
    info->image_max = stages[info->from].image_max;
    info->memory_max = (uint64_t)given->capacity * info->image_max;
    if (info->memory_max > given->bytes) {
        info->memory_max = given->bytes;
    }
    check_bytes(linker, edge);
    if (!stages[info->to].is_known) {
        return TVN_OK;
    }
    info->read = tvn__wanted_type(to);
    if (given->codec != NULL) {
        judge_codec(linker, edge);
    } else if (info->read == NULL) {
        judge_whole(linker, edge);
    } else {
        err = judge_view(linker, edge);
    }
    info->is_shared =
        tvn_role_passes(stages[info->to].role) &&
        (info->verdict == TVN_LINK_SAME || info->verdict == TVN_LINK_VIEW);
    return err == TVN_OK ? tvn__edge_text(linker, edge) : err;
}

tvn_err
tvn__edges_check(struct tvn__linker *linker)
{
    const struct tvn__edge_lists *outs = &linker->outs;
    struct tvn_link *link = linker->link;
    uint32_t stages = linker->input->stage_count;
    tvn_err err = TVN_OK;

    linker->origin =
        tvn_arena_new(&linker->scratch, stages, sizeof(*linker->origin));
    if (linker->origin == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < stages; i++) {
        linker->origin[i] = i;
    }
    for (uint32_t i = 0; i < link->order_count; i++) {
        uint32_t stage = link->order[i];

        read_ins(linker, stage);
        read_out(linker, stage);
        for (uint32_t k = outs->first[stage];
             err == TVN_OK && k < outs->first[stage + 1]; k++) {
            err = judge(linker, outs->edges[k]);
        }
    }
    return err;
}
