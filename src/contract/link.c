/* link.c -- the passes of tvn_link_check, one after the other; see link.h. */
#include "contract/link.h"

#include "base/assert.h"
#include "contract/internal.h"
#include "contract/report.h"

#define SUGGESTIONS_MAX 64u

static const char *const promise_names[] = {
    [TVN_PROMISE_BEST_EFFORT] = "best-effort",
    [TVN_PROMISE_AT_MOST_ONCE] = "at-most-once",
    [TVN_PROMISE_AT_LEAST_ONCE] = "at-least-once",
    [TVN_PROMISE_EFFECTIVELY_ONCE] = "effectively-once",
};

const char *
tvn_promise_name(enum tvn_promise level)
{
    return promise_names[level];
}

int
tvn_promise_find(struct tvn_str name)
{
    for (int i = 0; i <= TVN_PROMISE_EFFECTIVELY_ONCE; i++) {
        if (tvn_str_is(name, promise_names[i])) {
            return i;
        }
    }
    return -1;
}

const char *
tvn_link_verdict_name(enum tvn_link_verdict verdict)
{
    static const char *const names[] = {
        [TVN_LINK_UNKNOWN] = "unknown",
        [TVN_LINK_SAME] = "same",
        [TVN_LINK_VIEW] = "view",
        [TVN_LINK_CODEC] = "codec",
        [TVN_LINK_INCOMPATIBLE] = "incompatible",
    };

    return names[verdict];
}

const char *
tvn_link_overflow_name(enum tvn_link_overflow overflow)
{
    static const char *const names[] = {
        [TVN_LINK_BLOCK] = "block",
        [TVN_LINK_DROP_OLDEST] = "drop-oldest",
        [TVN_LINK_DROP_NEWEST] = "drop-newest",
        [TVN_LINK_ERROR] = "error",
        [TVN_LINK_RATE_LIMIT] = "rate-limit",
    };

    return names[overflow];
}

const char *
tvn_link_then_name(enum tvn_link_then then)
{
    static const char *const names[] = {
        [TVN_LINK_STOP] = "stop",
        [TVN_LINK_DROP] = "drop",
        [TVN_LINK_DEAD_LETTER] = "dead-letter",
    };

    return names[then];
}

/* ------------------------------------------------------------------------
 * What the passes share. */

int
tvn__link_suggest(struct tvn__linker *linker, struct tvn_str word,
    const struct tvn_str *candidates, size_t count)
{
    if (linker->suggestions >= SUGGESTIONS_MAX) {
        return -1;
    }
    linker->suggestions++;
    tvn_diag_suggest(linker->diag, word, candidates, count);
    return tvn_str_suggest(word, candidates, count);
}

struct tvn_place
tvn__stage_place(struct tvn__linker *linker, uint32_t stage)
{
    struct tvn_place place = linker->input->stages[stage].place;

    if (place.what == NULL && linker->diag != NULL) {
        place.what = tvn_arena_printf(&linker->scratch, "stage %.*s",
            TVN_STR_ARG(linker->input->stages[stage].name));
    }
    return place;
}

struct tvn_place
tvn__edge_place(struct tvn__linker *linker, uint32_t edge)
{
    struct tvn_place place = linker->input->edges[edge].place;

    if (place.what == NULL) {
        place.what = linker->link->edges[edge].name;
    }
    return place;
}

const struct tvn_type *
tvn__wanted_type(const struct tvn_link_stage *stage)
{
    if (stage->kind == TVN_LINK_GUEST) {
        return stage->role == NULL ? NULL : stage->role->event;
    }
    return stage->type;
}

const char *
tvn__bytes_text(struct tvn__linker *linker, uint64_t bytes)
{
    struct tvn_buf buf = {0};
    const char *text;

    tvn_report_bytes(bytes, &buf);
    text = tvn_arena_copy(&linker->scratch, buf.ptr, buf.len);
    tvn_buf_fini(&buf);
    return text == NULL ? "..." : text;
}

const char *
tvn__link_keep(struct tvn__linker *linker, struct tvn_buf *buf)
{
    return buf->failed
               ? NULL
               : tvn_arena_copy(&linker->link->arena, buf->ptr, buf->len);
}

/* ------------------------------------------------------------------------
 * The check. */

static tvn_err
begin(struct tvn__linker *linker)
{
    const struct tvn_link_input *input = linker->input;
    struct tvn_arena *arena = &linker->link->arena;
    struct tvn_link *link = linker->link;
    uint32_t max = input->max_event;

    max = max < TVN_IMAGE_MIN ? TVN_IMAGE_MIN : max;
    max = max > TVN_IMAGE_MAX ? TVN_IMAGE_MAX : max;
    linker->pool = tvn_pool_new(max, 0);
    link->stages =
        tvn_arena_new(arena, input->stage_count, sizeof(*link->stages));
    link->edges = tvn_arena_new(arena, input->edge_count, sizeof(*link->edges));
    link->order =
        tvn_arena_new(arena, input->stage_count, sizeof(*link->order));
    if (linker->pool == NULL || link->stages == NULL || link->edges == NULL ||
        link->order == NULL) {
        return TVN_ENOMEM;
    }
    return TVN_OK;
}

/* Types may be at odds, but nothing that the proofs stand on is unknown. */
static bool
can_prove(const struct tvn__linker *linker)
{
    if (!linker->is_sound) {
        return false;
    }
    for (uint32_t i = 0; i < linker->input->edge_count; i++) {
        if (linker->link->edges[i].carried == NULL) {
            return false;
        }
    }
    return true;
}

static tvn_err
run(struct tvn__linker *linker)
{
    static tvn_err (*const checks[])(struct tvn__linker * linker) = {
        tvn__graph_check,
        tvn__edges_check,
        tvn__stages_check,
    };
    static tvn_err (*const proofs[])(struct tvn__linker * linker) = {
        tvn__stall_prove,
        tvn__loss_prove,
        tvn__memory_prove,
        tvn__promise_prove,
    };
    tvn_err err = begin(linker);

    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        err = err == TVN_OK ? checks[i](linker) : err;
    }
    if (err != TVN_OK) {
        return err;
    }
    linker->link->has_proofs = can_prove(linker);
    for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
        if (err == TVN_OK && linker->link->has_proofs) {
            err = proofs[i](linker);
        }
    }
    return err == TVN_OK ? tvn__require_check(linker) : err;
}

tvn_err
tvn_link_check(const struct tvn_link_input *input, struct tvn_link *out,
    struct tvn_diag *diag)
{
    struct tvn__linker linker = {.input = input, .link = out, .diag = diag};
    tvn_err err;

    memset(out, 0, sizeof(*out));
    if (input->stage_count > TVN_LINK_STAGES_MAX ||
        input->edge_count > TVN_LINK_EDGES_MAX) {
        return tvn_diag_error(diag, TVN_ELIMIT, NULL,
            "a flow has at most %u stages and %u edges", TVN_LINK_STAGES_MAX,
            TVN_LINK_EDGES_MAX);
    }
    out->input = input;
    err = run(&linker);
    tvn_pool_free(linker.pool);
    tvn_arena_fini(&linker.scratch);
    if (err != TVN_OK) {
        TVN_ASSERT(err == TVN_ENOMEM);
        tvn_link_fini(out);
        return err;
    }
    return linker.found;
}

void
tvn_link_fini(struct tvn_link *link)
{
    tvn_arena_fini(&link->arena);
    memset(link, 0, sizeof(*link));
}
