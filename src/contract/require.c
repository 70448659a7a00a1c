/* require.c -- the file's `require:`, held against what was proved; see
 * link.h. */
#include "contract/internal.h"

#define NOTES_MAX 4u /* edges that are named as the way out of a branch */

static bool
is_among(struct tvn_str name, const struct tvn_str *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (tvn_str_equal(name, names[i])) {
            return true;
        }
    }
    return false;
}

static struct tvn_place
require_place(const struct tvn__linker *linker)
{
    struct tvn_place place = linker->input->require.place;

    if (place.what == NULL) {
        place.what = "require";
    }
    return place;
}

/* The stage of that name, or a finding: `key` is the key of `require:`. */
static uint32_t
find_stage(struct tvn__linker *linker, struct tvn_str name, const char *key)
{
    struct tvn_place place = require_place(linker);

    for (uint32_t i = 0; i < linker->input->stage_count; i++) {
        if (tvn_str_equal(linker->names[i], name)) {
            return i;
        }
    }
    tvn__found(
        linker, tvn_diag_error(linker->diag, TVN_ELINK_STAGE, &place,
                    "%s: there is no stage '%.*s'", key, TVN_STR_ARG(name)));
    (void)tvn__link_suggest(/* nothing more follows from what was meant */
        linker, name, linker->names, linker->input->stage_count);
    return TVN_LINK_NONE;
}

/* ------------------------------------------------------------------------
 * Stalls. */

static void
append_stages(const struct tvn__linker *linker,
    const struct tvn_link_stall *stall, struct tvn_buf *out)
{
    const char *comma = "";

    for (uint32_t i = 0; i < stall->count; i++) {
        uint32_t stage = stall->stages[i];

        if (linker->only[stage] != stall->sink) {
            tvn_buf_append_text(out, comma);
            tvn_buf_append_str(out, linker->names[stage]);
            comma = ", ";
        }
    }
}

/* The edges by which it gets out of its branch: where a fix would stand. */
static void
note_ways_out(struct tvn__linker *linker, const struct tvn_link_stall *stall)
{
    const struct tvn_link *link = linker->link;
    uint32_t noted = 0;

    for (uint32_t i = 0; i < linker->input->edge_count; i++) {
        const struct tvn_link_edge_info *info = &link->edges[i];
        enum tvn_link_overflow overflow = linker->input->edges[i].overflow;
        struct tvn_place place = tvn__edge_place(linker, i);
        bool waits = overflow == TVN_LINK_BLOCK ||
                     overflow == TVN_LINK_RATE_LIMIT ||
                     (overflow == TVN_LINK_ERROR &&
                         linker->input->stages[info->from].retries > 0);

        if (!waits || linker->only[info->from] == stall->sink ||
            linker->only[info->to] != stall->sink || noted == NOTES_MAX) {
            continue;
        }
        noted++;
        tvn_diag_note(linker->diag, &place, "overflow %s: '%.*s' waits here",
            tvn_link_overflow_name(overflow),
            TVN_STR_ARG(linker->names[info->from]));
    }
}

static void
require_isolated(struct tvn__linker *linker, const struct tvn_link_stall *stall)
{
    struct tvn_place place = require_place(linker);
    struct tvn_str name = linker->names[stall->sink];
    struct tvn_buf others = {0};

    append_stages(linker, stall, &others);
    if (others.len > 0) {
        tvn__found(linker, tvn_diag_error(linker->diag, TVN_EREQUIRE_STALL,
                               &place, "when '%.*s' stands still, so do %s",
                               TVN_STR_ARG(name), tvn_buf_text(&others)));
        note_ways_out(linker, stall);
        tvn_diag_help(linker->diag,
            "give that edge `overflow: drop-oldest`, drop-newest or error");
    }
    tvn_buf_fini(&others);
    if (stall->stops_flow) {
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_EREQUIRE_STALL, &place,
                "a failure of '%.*s' ends the flow", TVN_STR_ARG(name)));
        place = tvn__stage_place(linker, stall->stopper);
        tvn_diag_note(linker->diag, &place, "its on-error is stop");
        tvn_diag_help(linker->diag,
            "set `on-error:` of '%.*s' to { retry: forever } or dead-letter",
            TVN_STR_ARG(linker->names[stall->stopper]));
    }
}

static void
require_own_thread(
    struct tvn__linker *linker, const struct tvn_link_stall *stall)
{
    struct tvn_place place = require_place(linker);

    if (!stall->shares_thread) {
        return;
    }
    if (stall->deadline_ns == 0) {
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_EREQUIRE_STALL, &place,
                "threads: a guest before '%.*s' may hold others up without "
                "limit: they share a thread",
                TVN_STR_ARG(linker->names[stall->sink])));
    } else {
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_EREQUIRE_STALL, &place,
                "threads: a guest before '%.*s' may hold others up for %.6g "
                "ms: they share a thread",
                TVN_STR_ARG(linker->names[stall->sink]),
                (double)stall->deadline_ns / 1e6));
    }
    tvn_diag_help(linker->diag,
        "put the stages of its branch on one of their own under `threads:`");
}

static void
check_stalls(struct tvn__linker *linker)
{
    const struct tvn_link_require *require = &linker->input->require;
    const struct tvn_link *link = linker->link;
    bool is_any = require->cannot_stall_others_count == 0;

    for (uint32_t i = 0; i < link->stall_count; i++) {
        const struct tvn_link_stall *stall = &link->stalls[i];
        bool is_named;

        if (stall->sink == TVN_LINK_NONE) {
            continue;
        }
        is_named = is_among(linker->names[stall->sink],
            require->cannot_stall_others, require->cannot_stall_others_count);
        if (is_named && !stall->is_isolated) {
            require_isolated(linker, stall);
        }
        if (require->threads && (is_named || is_any)) {
            require_own_thread(linker, stall);
        }
    }
}

/* Names are checked even when nothing could be proved. */
static void
check_names(struct tvn__linker *linker)
{
    const struct tvn_link_require *require = &linker->input->require;

    for (uint32_t i = 0; i < require->cannot_stall_others_count; i++) {
        struct tvn_str name = require->cannot_stall_others[i];
        uint32_t stage = find_stage(linker, name, "cannot-stall-others");
        struct tvn_place place = require_place(linker);

        if (stage == TVN_LINK_NONE || tvn__is_sink(linker, stage) ||
            !linker->link->stages[stage].is_known) {
            continue;
        }
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_EREQUIRE_STALL, &place,
                "cannot-stall-others: '%.*s' is no sink", TVN_STR_ARG(name)));
    }
    for (uint32_t i = 0; i < require->loss_count; i++) {
        (void)find_stage(linker, require->loss[i], "loss"); /* it is said */
    }
}

/* ------------------------------------------------------------------------
 * Loss. */

static const char *
loss_text(const struct tvn__linker *linker, const struct tvn_link_loss *loss)
{
    bool has_rate = loss->edge != TVN_LINK_NONE &&
                    linker->input->edges[loss->edge].rate > 0;

    switch (loss->kind) {
    case TVN_LOSS_DROP_OLDEST:
        return "its oldest events are dropped when it is full";
    case TVN_LOSS_DROP_NEWEST:
        return has_rate
                   ? "new events are dropped when it is full or has no token"
                   : "new events are dropped when it is full";
    case TVN_LOSS_REFUSED:
        return "events that it refuses are dropped by on-error";
    case TVN_LOSS_ON_ERROR:
        return "failed events are dropped by on-error";
    case TVN_LOSS_STATE:
        return "an open window is lost when the guest traps";
    case TVN_LOSS_FILTERED:
    case TVN_LOSS_UNROUTED:
        break;
    }
    return "events end here";
}

static void
check_loss(struct tvn__linker *linker)
{
    const struct tvn_link_require *require = &linker->input->require;
    const struct tvn_link *link = linker->link;

    for (uint32_t i = 0; require->has_loss && i < link->loss_count; i++) {
        const struct tvn_link_loss *loss = &link->losses[i];
        struct tvn_str name = linker->names[loss->stage];
        struct tvn_place place;

        if (loss->is_intended ||
            (loss->edge != TVN_LINK_NONE && i > 0 &&
                link->losses[i - 1].edge == loss->edge) || /* it was said */
            is_among(name, require->loss, require->loss_count)) {
            continue;
        }
        place = loss->edge == TVN_LINK_NONE
                    ? tvn__stage_place(linker, loss->stage)
                    : tvn__edge_place(linker, loss->edge);
        tvn__found(
            linker, tvn_diag_error(linker->diag, TVN_EREQUIRE_LOSS, &place,
                        "%s (%s)", loss_text(linker, loss), loss->counter));
        place = require_place(linker);
        tvn_diag_note(linker->diag, &place, "loss: '%.*s' is not in the list",
            TVN_STR_ARG(name));
        tvn_diag_help(linker->diag,
            "add '%.*s' to it, or let nothing be lost here", TVN_STR_ARG(name));
    }
}

/* ------------------------------------------------------------------------
 * Memory, delivery, missing fields. */

static void
check_memory(struct tvn__linker *linker)
{
    static const char *const names[TVN_MEMORY_KIND_COUNT] = {
        [TVN_MEMORY_EDGE] = "edges",
        [TVN_MEMORY_OUTBOX] = "outboxes",
        [TVN_MEMORY_RETRY] = "retries",
        [TVN_MEMORY_CONNECTOR] = "buffers",
        [TVN_MEMORY_GUEST] = "guests",
        [TVN_MEMORY_POOL] = "pools",
    };
    const struct tvn_link_require *require = &linker->input->require;
    const struct tvn_link *link = linker->link;
    struct tvn_place place = require_place(linker);
    struct tvn_buf parts = {0};

    if (require->memory_max == 0 || link->memory_total <= require->memory_max) {
        return;
    }
    for (int i = 0; i < TVN_MEMORY_KIND_COUNT; i++) {
        if (link->memory_of[i] > 0) {
            tvn_buf_printf(&parts, "%s%s %s", parts.len == 0 ? "" : ", ",
                names[i], tvn__bytes_text(linker, link->memory_of[i]));
        }
    }
    tvn__found(linker, tvn_diag_error(linker->diag, TVN_EREQUIRE_MEMORY, &place,
                           "memory: up to %s may be used, %s is required",
                           tvn__bytes_text(linker, link->memory_total),
                           tvn__bytes_text(linker, require->memory_max)));
    tvn_diag_note(linker->diag, NULL, "%s", tvn_buf_text(&parts));
    tvn_diag_help(linker->diag,
        "lower `memory:` of stages, or `capacity:` and `bytes:` of edges");
    tvn_buf_fini(&parts);
}

static void
check_delivery(struct tvn__linker *linker)
{
    const struct tvn_link_require *require = &linker->input->require;
    const struct tvn_link *link = linker->link;

    for (uint32_t i = 0; require->has_delivery && i < link->promise_count;
         i++) {
        const struct tvn_link_promise *promise = &link->promises[i];
        struct tvn_place place = require_place(linker);

        if (promise->level >= require->delivery) {
            continue;
        }
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_EREQUIRE_DELIVERY, &place,
                "delivery: from '%.*s' to '%.*s' it is %s, %s is required",
                TVN_STR_ARG(linker->names[promise->source]),
                TVN_STR_ARG(linker->names[promise->sink]),
                tvn_promise_name(promise->level),
                tvn_promise_name(require->delivery)));
        if (promise->why[0] != '\0') {
            tvn_diag_note(linker->diag, NULL, "%s", promise->why);
        }
    }
}

static void
check_missing(struct tvn__linker *linker)
{
    const struct tvn_link *link = linker->link;

    for (uint32_t i = 0; i < linker->input->edge_count; i++) {
        const struct tvn_link_edge_info *info = &link->edges[i];
        struct tvn_place place;

        if (!linker->input->require.missing_none ||
            info->verdict != TVN_LINK_VIEW ||
            info->view.always_none[0] == '\0') {
            continue;
        }
        place = tvn__edge_place(linker, i);
        tvn__found(
            linker, tvn_diag_error(linker->diag, TVN_EREQUIRE_MISSING, &place,
                        "always none: %s", info->view.always_none));
        place = require_place(linker);
        tvn_diag_note(linker->diag, &place, "missing: none");
        tvn_diag_help(linker->diag, "'%.*s' sends no such field",
            TVN_STR_ARG(linker->names[linker->origin[info->from]]));
    }
}

tvn_err
tvn__require_check(struct tvn__linker *linker)
{
    check_names(linker);
    check_missing(linker);
    if (linker->link->has_proofs) {
        check_stalls(linker);
        check_loss(linker);
        check_memory(linker);
        check_delivery(linker);
    }
    return TVN_OK;
}
