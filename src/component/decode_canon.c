/* decode_canon.c -- canon lift and lower, with their options. */
#include "component/internal.h"

static void
refuse_option(struct tvn__decoder *d, uint8_t option)
{
    if (option == 2) {
        tvn__unsupported(d, "strings are encoded as latin1+utf16: this "
                            "version runs utf8 and utf16");
    } else if (option == 6 || option == 7) {
        tvn__unsupported(d, "a function is lifted or lowered as async: this "
                            "version runs no async functions");
    } else {
        tvn__unsupported(d, "a function is lifted or lowered with core or GC "
                            "types: this version does not run that");
    }
}

/* The index of an option given once, in the core space of `sort`. */
static void
read_index(struct tvn__decoder *d, const struct tvn__steps *steps,
    enum tvn_core_sort sort, uint32_t *out)
{
    size_t at = d->at;
    uint32_t index = tvn__u32(d);

    if (!tvn__ok(d)) {
        return;
    }
    if (*out != TVN_NONE) {
        tvn__malformed(d, at, "a canonical option is given twice");
    } else if (index >= steps->core_count[sort]) {
        tvn__malformed(d, at, "there is no core %s %u yet",
            sort == TVN_CORE_MEMORY ? "memory" : "function", (unsigned)index);
    }
    *out = index;
}

static struct tvn_canon_opts
read_options(struct tvn__decoder *d, const struct tvn__steps *steps)
{
    struct tvn_canon_opts opts = {TVN_NONE, TVN_NONE, TVN_NONE, false};
    uint32_t count = tvn__count(d, 1);
    size_t start = d->at;
    unsigned encodings = 0;

    for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
        size_t at = d->at;
        uint8_t option = tvn__u8(d);

        if (option <= 1) {
            encodings++;
            opts.is_utf16 = option == 1;
        } else if (option == 3) {
            read_index(d, steps, TVN_CORE_MEMORY, &opts.memory);
        } else if (option == 4) {
            read_index(d, steps, TVN_CORE_FUNC, &opts.realloc);
        } else if (option == 5) {
            read_index(d, steps, TVN_CORE_FUNC, &opts.post_return);
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
    const struct tvn_type *tuple = type->tuple;
    const struct tvn_type *result = type->result;
    bool spills = tuple != NULL && tuple->flat_count > TVN_FLAT_PARAMS_MAX;
    bool in = spills || (tuple != NULL && tuple->has_pointer);
    bool out = result != NULL && result->has_pointer;
    bool by_pointer =
        result != NULL && result->flat_count > TVN_FLAT_RESULTS_MAX;
    bool allocates = is_lift ? in : out;

    if ((in || out || by_pointer) && opts->memory == TVN_NONE) {
        tvn__malformed(d, at,
            "a function whose values need memory is %s "
            "without one",
            is_lift ? "lifted" : "lowered");
    } else if (allocates && opts->realloc == TVN_NONE) {
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
    struct tvn_lift lift = {.core_func = TVN_NONE};
    struct tvn__item item = {.kind = TVN__ITEM_FUNC, .is_lift = true};
    struct tvn_lift *slot;
    size_t at = d->at;

    read_index(d, steps, TVN_CORE_FUNC, &lift.core_func);
    lift.opts = read_options(d, steps);
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
    struct tvn_lower lower = {.opts = read_options(d, steps)};
    struct tvn_lower *slot;
    struct tvn_step *step;

    if (!tvn__ok(d)) {
        return;
    }
    if (item->is_lift) {
        tvn__unsupported(d, "the component calls a function of its own "
                            "through the host: this version does not run that");
        return;
    }
    if (lower.opts.post_return != TVN_NONE) {
        tvn__malformed(d, at, "a lowered function has no post-return");
    }
    lower.import = item->index;
    lower.type = item->def.func;
    check_options(d, at, false, lower.type, &lower.opts);
    slot = tvn__vec_add(d, &steps->lowers, sizeof(*slot));
    step =
        tvn__spend(d, 1) ? tvn__vec_add(d, &steps->steps, sizeof(*step)) : NULL;
    if (slot != NULL && step != NULL) {
        *slot = lower;
        *step = (struct tvn_step){
            .kind = TVN_STEP_LOWER,
            .index = steps->lowers.count - 1,
        };
        steps->core_count[TVN_CORE_FUNC]++;
    }
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
    } else if (what <= 4 || what == 7) {
        tvn__unsupported(d,
            "handles resources (resource.%s): this version "
            "runs no resources",
            what == 2   ? "new"
            : what == 4 ? "rep"
                        : "drop");
    } else if (what <= 0x42) {
        tvn__unsupported(d,
            "uses async tasks, streams, futures or threads "
            "(built-in 0x%02x): this version runs none",
            what);
    } else {
        tvn__malformed(d, at, "an unknown canonical function (0x%02x)", what);
    }
}
