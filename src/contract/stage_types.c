/* stage_types.c -- see stage_types.h. */
#include "contract/stage_types.h"

#define COUNT(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))

static tvn_err
make_scalars(struct tvn_types *types, struct tvn_stage_types *made)
{
    tvn_err err = tvn_type_scalar(types, TVN_KIND_STRING, &made->string);

    if (err == TVN_OK) {
        err = tvn_type_scalar(types, TVN_KIND_U64, &made->u64);
    }
    if (err == TVN_OK) {
        err = tvn_type_scalar(types, TVN_KIND_F64, &made->f64);
    }
    if (err == TVN_OK) {
        err = tvn_type_scalar(types, TVN_KIND_BOOL, &made->boolean);
    }
    return err;
}

static tvn_err
make_meta(struct tvn_types *types, struct tvn_stage_types *made)
{
    const struct tvn_member pair[] = {
        {.type = made->string}, {.type = made->string}};
    struct tvn_member fields[] = {
        [TVN_META_SEQUENCE] = {.name = TVN_STR("sequence")},
        [TVN_META_EVENT_TIME_NS] = {.name = TVN_STR("event-time-ns")},
        [TVN_META_INGEST_TIME_NS] = {.name = TVN_STR("ingest-time-ns")},
        [TVN_META_KEY] = {.name = TVN_STR("key")},
        [TVN_META_ATTEMPT] = {.name = TVN_STR("attempt")},
        [TVN_META_ATTRIBUTES] = {.name = TVN_STR("attributes")},
    };
    const struct tvn_type *tuple = NULL;
    const struct tvn_type *u32 = NULL;
    const struct tvn_type *list = NULL;
    tvn_err err = tvn_type_scalar(types, TVN_KIND_U32, &u32);

    if (err == TVN_OK) {
        err =
            tvn_type_members(types, TVN_KIND_TUPLE, pair, COUNT(pair), &tuple);
    }
    if (err == TVN_OK) {
        err = tvn_type_list(types, tuple, &list);
    }
    if (err != TVN_OK) {
        return err;
    }
    for (uint32_t i = 0; i < COUNT(fields); i++) {
        fields[i].type = made->u64;
    }
    fields[TVN_META_ATTEMPT].type = u32;
    fields[TVN_META_ATTRIBUTES].type = list;
    return tvn_type_members(
        types, TVN_KIND_RECORD, fields, COUNT(fields), &made->meta);
}

static tvn_err
make_window(struct tvn_types *types, struct tvn_stage_types *made)
{
    const struct tvn_member reasons[] = {{.name = TVN_STR("time")},
        {.name = TVN_STR("count")}, {.name = TVN_STR("end")}};
    struct tvn_member fields[] = {
        [TVN_WINDOW_START_NS] = {TVN_STR("start-ns"), made->u64, 0},
        [TVN_WINDOW_END_NS] = {TVN_STR("end-ns"), made->u64, 0},
        [TVN_WINDOW_REASON] = {.name = TVN_STR("reason")},
    };
    tvn_err err = tvn_type_members(
        types, TVN_KIND_ENUM, reasons, COUNT(reasons), &made->reason);

    if (err != TVN_OK) {
        return err;
    }
    fields[TVN_WINDOW_REASON].type = made->reason;
    return tvn_type_members(
        types, TVN_KIND_RECORD, fields, COUNT(fields), &made->window);
}

static tvn_err
make_rest(struct tvn_types *types, struct tvn_stage_types *made)
{
    const struct tvn_member levels[] = {{.name = TVN_STR("debug")},
        {.name = TVN_STR("info")}, {.name = TVN_STR("warn")},
        {.name = TVN_STR("error")}};
    const struct tvn_member faults[] = {
        {TVN_STR("retry"), made->string, 0},
        {TVN_STR("reject"), made->string, 0},
        {TVN_STR("fatal"), made->string, 0},
    };
    tvn_err err = tvn_type_members(
        types, TVN_KIND_ENUM, levels, COUNT(levels), &made->level);

    if (err != TVN_OK) {
        return err;
    }
    return tvn_type_members(
        types, TVN_KIND_VARIANT, faults, COUNT(faults), &made->fault);
}

tvn_err
tvn_stage_types(struct tvn_types *types, struct tvn_stage_types *out)
{
    struct tvn_stage_types made = {0};
    tvn_err err = make_scalars(types, &made);

    if (err == TVN_OK) {
        err = make_meta(types, &made);
    }
    if (err == TVN_OK) {
        err = make_window(types, &made);
    }
    if (err == TVN_OK) {
        err = make_rest(types, &made);
    }
    if (err == TVN_OK) {
        *out = made;
    }
    return err;
}
