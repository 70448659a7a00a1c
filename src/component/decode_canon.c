/* decode_canon.c -- canon lift and lower with their options, and what a
 * component does with its resources. */
#include "component/internal.h"

static void
refuse_option(struct tvn__decoder *d, uint8_t option)
{
    if (option == 6 || option == 7) {
        tvn__unsupported(d, "a function is lifted or lowered as async: this "
                            "version runs no async functions");
    } else {
        tvn__unsupported(d, "a function is lifted or lowered with core or GC "
                            "types: this version does not run that");
    }
}

/* The number of an option given once, in the core space of `sort`. */
static void
read_index(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn_core_sort sort, uint32_t *out)
{
    size_t at = d->at;
    uint32_t number = tvn__core_item(d, scope, sort, tvn__u32(d), at);

    if (tvn__ok(d) && *out != TVN_NONE) {
        tvn__malformed(d, at, "a canonical option is given twice");
    }
    *out = number;
}

struct tvn_canon_opts
tvn__canon_options(struct tvn__decoder *d, const struct tvn__scope *scope)
{
    struct tvn_canon_opts opts = {TVN_NONE, TVN_NONE, TVN_NONE, TVN_UTF8};
    uint32_t count = tvn__count(d, 1);
    size_t start = d->at;
    unsigned encodings = 0;

    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        size_t at = d->at;
        uint8_t option = tvn__u8(d);

        if (option <= 2) {
            encodings++;
            opts.encoding = (enum tvn_encoding)option;
        } else if (option == 3) {
            read_index(d, scope, TVN_CORE_MEMORY, &opts.memory);
        } else if (option == 4) {
            read_index(d, scope, TVN_CORE_FUNC, &opts.realloc);
        } else if (option == 5) {
            read_index(d, scope, TVN_CORE_FUNC, &opts.post_return);
        } else if (option <= 9) {
            refuse_option(d, option);
        } else {
            tvn__malformed(
                d, at, "an unknown canonical option (0x%02x)", option);
        }
    }
    if (encodings > 1) {
        tvn__malformed(d, start, "more than one string encoding is given");
    }
    if (opts.realloc != TVN_NONE && opts.memory == TVN_NONE) {
        tvn__malformed(d, start, "realloc is given without a memory");
    }
    return opts;
}

/* Whether values of the function pass through memory: the host must not find
 * at run time that there is none. */
static void
check_options(struct tvn__decoder *d, size_t at, bool is_lift,
    const struct tvn_func_type *type, const struct tvn_canon_opts *opts)
{
    struct tvn_canon_needs needs = tvn_canon_needs_of(type, is_lift);

    if (needs.memory && opts->memory == TVN_NONE) {
        tvn__malformed(d, at,
            "a function whose values need memory is %s "
            "without one",
            is_lift ? "lifted" : "lowered");
    } else if (needs.realloc && opts->realloc == TVN_NONE) {
        tvn__malformed(d, at,
            "a function whose values are allocated is %s "
            "without realloc",
            is_lift ? "lifted" : "lowered");
    }
}

static void
read_lift(struct tvn__decoder *d, struct tvn__scope *scope)
{
    struct tvn__steps *steps = scope->steps;
    struct tvn_lift lift = {.part = scope->number, .core_func = TVN_NONE};
    struct tvn__item item = {.kind = TVN__ITEM_FUNC, .origin = TVN__OWN};
    struct tvn_lift *slot;
    size_t at = d->at;

    read_index(d, scope, TVN_CORE_FUNC, &lift.core_func);
    lift.opts = tvn__canon_options(d, scope);
    at = d->at;
    item.def = tvn__get_type(d, scope, tvn__u32(d), at);
    if (tvn__ok(d) && item.def.kind != TVN__DEF_FUNC) {
        tvn__malformed(d, at, "a lifted function's type is no function type");
    }
    if (tvn__ok(d) && item.def.refused != TVN__RUNS) {
        tvn__refuse(d, "exports", TVN_STR("a function"), item.def.refused);
    }
    if (!tvn__ok(d)) {
        return;
    }
    lift.type = item.def.func;
    check_options(d, at, true, lift.type, &lift.opts);
    item.index = steps->lifts.count;
    slot = tvn__vec_add(d, &steps->lifts, sizeof(*slot));
    if (slot != NULL) {
        *slot = lift;
        tvn__add_step(d, scope,
            &(struct tvn_step){.kind = TVN_STEP_LIFT, .index = item.index});
        tvn__declare(d, scope, &item);
    }
}

static void
read_lower(struct tvn__decoder *d, struct tvn__scope *scope)
{
    struct tvn__steps *steps = scope->steps;
    size_t at = d->at;
    const struct tvn__item *item =
        tvn__get(d, scope, TVN__ITEM_FUNC, tvn__u32(d), at);
    struct tvn_lower lower = {.part = scope->number,
        .import = TVN_NONE,
        .lift = TVN_NONE,
        .opts = tvn__canon_options(d, scope)};
    struct tvn_lower *slot;

    if (!tvn__ok(d)) {
        return;
    }
    if (lower.opts.post_return != TVN_NONE) {
        tvn__malformed(d, at, "a lowered function has no post-return");
    }
    if (item->def.refused != TVN__RUNS) {
        tvn__refuse(d, "calls", item->name, item->def.refused);
        return;
    }
    if (item->origin == TVN__IMPORTED) {
        lower.import = item->index;
    } else if (item->origin == TVN__OWN) {
        lower.lift = item->index;
    } else {
        steps->unmet = "components";
    }
    lower.type = item->def.func;
    check_options(d, at, false, lower.type, &lower.opts);
    slot = tvn__vec_add(d, &steps->lowers, sizeof(*slot));
    if (slot != NULL) {
        *slot = lower;
        tvn__add_step(d, scope,
            &(struct tvn_step){
                .kind = TVN_STEP_LOWER, .index = steps->lowers.count - 1});
    }
}

/* resource.new, .drop and .rep */
static void
read_builtin(
    struct tvn__decoder *d, struct tvn__scope *scope, enum tvn_step_kind kind)
{
    const struct tvn_resource_def *resources = scope->steps->resources.items;
    size_t at = d->at;
    struct tvn__def def = tvn__get_type(d, scope, tvn__u32(d), at);
    uint32_t index;

    if (!tvn__ok(d)) {
        return;
    }
    if (def.kind != TVN__DEF_RESOURCE) {
        tvn__malformed(d, at, "the type is none of a resource");
        return;
    }
    index = def.resource->index;
    if (index == TVN_NONE) { /* inside an interface inside an interface */
        scope->steps->unmet = "components";
        index = 0;
    } else if (kind != TVN_STEP_DROP &&
               resources[index].part != scope->number) {
        tvn__malformed(d, at,
            "only the component that makes a resource can do this with it");
    }
    tvn__add_step(d, scope,
        &(struct tvn_step){
            .kind = kind, .part = scope->number, .index = index});
}

void
tvn__canon(struct tvn__decoder *d, struct tvn__scope *scope)
{
    size_t at = d->at;
    uint8_t what = tvn__u8(d);

    if (!tvn__ok(d)) {
        return;
    }
    if (what <= 1) {
        if (tvn__u8(d) != 0) {
            tvn__malformed(d, at, "only functions can be lifted or lowered");
        } else if (what == 0) {
            read_lift(d, scope);
        } else {
            read_lower(d, scope);
        }
    } else if (what <= 4) {
        read_builtin(d, scope,
            what == 2   ? TVN_STEP_NEW
            : what == 3 ? TVN_STEP_DROP
                        : TVN_STEP_REP);
    } else if (what <= 0x42) {
        tvn__gated_builtin(d, scope, what);
    } else {
        tvn__malformed(d, at, "an unknown canonical function (0x%02x)", what);
    }
}
