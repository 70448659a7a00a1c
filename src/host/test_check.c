/* test_check.c -- what a test expects, held against what happened. */
#include "config/settings.h"
#include "host/test_internal.h"

#include <inttypes.h>
#include <stdarg.h>

#define SHOWN_MAX 3u /* events listed when one is not among them */

/* Where an expectation stands.  What `*alias` names stands elsewhere, before
 * the expectation: then that is told by the key above it. */
static struct tvn_place
place_of(const struct tvn_yaml *node, const struct tvn_place *above)
{
    return node->place.line < above->line ? *above : node->place;
}

static tvn_err differs(struct tvn__test *test, const struct tvn_place *place,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

static tvn_err
differs(struct tvn__test *test, const struct tvn_place *place,
    const char *format, ...)
{
    struct tvn_buf text = {0};
    va_list args;
    tvn_err err;

    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    err = tvn_diag_error(
        test->diag, TVN_ETEST_DIFFERS, place, "%s", tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return err;
}

static void
note_image(struct tvn__test *test, const char *what, const struct tvn_image *it)
{
    struct tvn_buf text = {0};

    tvn__test_print(it->type, it->data, 0, &text);
    tvn_diag_note(test->diag, NULL, "%s %s", what, tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

/* ------------------------------------------------------------------------
 * Events. */

static bool
is_equal(const struct tvn_image *a, const struct tvn_image *b)
{
    return a->type == b->type &&
           tvn_value_equal(a->type, a->data, 0, b->data, 0);
}

/* An event that came in another place than expected: says where. */
static void
note_elsewhere(struct tvn__test *test, const struct tvn__test_stage *stage,
    const struct tvn__test_expect *expect, const struct tvn_image *wanted)
{
    for (uint32_t i = 0; i < stage->seen_count; i++) {
        if (is_equal(stage->seen[i].image, wanted)) {
            tvn_diag_help(test->diag, "what is expected here came as %.*s[%u]",
                TVN_STR_ARG(expect->stage->text), (unsigned)i);
            return;
        }
    }
}

static tvn_err
compare(struct tvn__test *test, const struct tvn__test_stage *stage,
    const struct tvn__test_expect *expect, uint32_t number,
    const struct tvn_image *wanted)
{
    const struct tvn_yaml *node = expect->events->items[number];
    struct tvn_place place = place_of(node, &expect->stage->place);
    const struct tvn_image *got = stage->seen[number].image;
    struct tvn_buf path = {0};
    struct tvn_buf a = {0};
    struct tvn_buf b = {0};
    tvn_err err = TVN_OK;

    if (tvn__test_differ(wanted->type, wanted, got, &path, &a, &b)) {
        err = differs(test, &place, "%.*s[%u]%s: expected %s, got %s",
            TVN_STR_ARG(expect->stage->text), (unsigned)number,
            tvn_buf_text(&path), tvn_buf_text(&a), tvn_buf_text(&b));
        note_image(test, "expected", wanted);
        note_image(test, "got     ", got);
        note_elsewhere(test, stage, expect, wanted);
    }
    tvn_buf_fini(&path);
    tvn_buf_fini(&a);
    tvn_buf_fini(&b);
    return err;
}

static tvn_err
compare_time(struct tvn__test *test, const struct tvn__test_expect *expect,
    uint32_t number, const struct tvn_yaml *at,
    const struct tvn__test_seen *got)
{
    struct tvn_buf wanted = {0};
    struct tvn_buf text = {0};
    uint64_t at_ns = 0;
    tvn_err err = tvn_yaml_read_duration(
        at, "at", 0, TVN__TEST_AT_MAX, &at_ns, test->diag);

    if (err == TVN_OK && at_ns != got->at_ns) {
        tvn_duration_print(at_ns, &wanted);
        tvn_duration_print(got->at_ns, &text);
        err = differs(test, &at->place, "%.*s[%u].at: expected %s, got %s",
            TVN_STR_ARG(expect->stage->text), (unsigned)number,
            tvn_buf_text(&wanted), tvn_buf_text(&text));
        note_image(test, "got     ", got->image);
    }
    tvn_buf_fini(&wanted);
    tvn_buf_fini(&text);
    return err;
}

/* The first that is missing, or that is too many. */
static tvn_err
compare_ends(struct tvn__test *test, const struct tvn__test_stage *stage,
    const struct tvn__test_expect *expect, const struct tvn_image *wanted,
    uint32_t number)
{
    uint32_t count = expect->events->count;
    struct tvn_place place = expect->events->place;
    tvn_err err;

    if (number < count) {
        place = place_of(expect->events->items[number], &expect->stage->place);
        err = differs(test, &place,
            "%.*s[%u]: expected an event, got none: %u came, %u are expected",
            TVN_STR_ARG(expect->stage->text), (unsigned)number,
            (unsigned)number, (unsigned)count);
        if (wanted != NULL) {
            note_image(test, "expected", wanted);
            note_elsewhere(test, stage, expect, wanted);
        }
        return err;
    }
    err = differs(test, &place,
        "%.*s[%u]: expected no further event, got one: %" PRIu64
        " came, %u are expected",
        TVN_STR_ARG(expect->stage->text), (unsigned)number, stage->arrived,
        (unsigned)count);
    note_image(test, "got     ", stage->seen[number].image);
    return err;
}

/* What arrives there, by a neighbour when several types do. */
static const struct tvn_type *
type_at(const struct tvn__test *test, const struct tvn__test_stage *stage,
    uint32_t number)
{
    const struct tvn_type *type = tvn__test_type_in(test, stage->number);

    if (type != NULL || stage->seen_count == 0) {
        return type;
    }
    number = number < stage->seen_count ? number : stage->seen_count - 1;
    return stage->seen[number].image->type;
}

/* What is expected at that place: `*wanted` is NULL when only its time is. */
static tvn_err
read_wanted(struct tvn__test *test, const struct tvn__test_stage *stage,
    const struct tvn__test_expect *expect, uint32_t number,
    TVN_GIVE struct tvn_image **wanted)
{
    const struct tvn_yaml *node = expect->events->items[number];
    const struct tvn_type *type = type_at(test, stage, number);

    if (tvn__test_is_timed(node)) {
        node = tvn_yaml_get(node, "event");
    }
    return type == NULL || node == NULL
               ? TVN_OK
               : tvn__test_value(test, type, node, wanted);
}

static tvn_err
check_event(struct tvn__test *test, const struct tvn__test_stage *stage,
    const struct tvn__test_expect *expect, uint32_t number,
    const struct tvn_image *wanted)
{
    const struct tvn_yaml *node = expect->events->items[number];
    const struct tvn_yaml *at =
        tvn__test_is_timed(node) ? tvn_yaml_get(node, "at") : NULL;
    tvn_err err = TVN_OK;

    if (number >= stage->seen_count) {
        return compare_ends(test, stage, expect, wanted, number);
    }
    if (wanted != NULL) {
        err = compare(test, stage, expect, number, wanted);
    }
    return err == TVN_OK && at != NULL
               ? compare_time(test, expect, number, at, &stage->seen[number])
               : err;
}

/* All that does not read as the type, or else the first difference. */
static tvn_err
check_events(struct tvn__test *test, const struct tvn__test_stage *stage,
    const struct tvn__test_expect *expect)
{
    uint32_t count = expect->events->count;
    tvn_err read = TVN_OK;
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < count; i++) {
        struct tvn_image *wanted = NULL;

        read =
            tvn_err_first(read, read_wanted(test, stage, expect, i, &wanted));
        if (read == TVN_OK && err == TVN_OK) {
            err = check_event(test, stage, expect, i, wanted);
        }
        tvn_image_unref(wanted);
    }
    if (read == TVN_OK && err == TVN_OK && stage->seen_count > count) {
        err = compare_ends(test, stage, expect, NULL, count);
    }
    return tvn_err_first(read, err);
}

/* Each part is somewhere among them, in any order. */
static tvn_err
check_contains(struct tvn__test *test, const struct tvn__test_stage *stage,
    const struct tvn__test_expect *expect, const struct tvn_yaml *part)
{
    const struct tvn_type *type = type_at(test, stage, 0);
    struct tvn_place place = place_of(part, &expect->stage->place);
    struct tvn_buf text = {0};
    bool does = false;
    tvn_err err = TVN_OK;

    if (type != NULL) {
        err = tvn__test_matches(test, type, NULL, part, &does);
    }
    does = false;
    for (uint32_t i = 0; err == TVN_OK && !does && i < stage->seen_count; i++) {
        err = tvn__test_matches(test, stage->seen[i].image->type,
            stage->seen[i].image, part, &does);
    }
    if (err != TVN_OK || does) {
        return err;
    }
    tvn__test_print_yaml(part, &text);
    err = differs(test, &place,
        "%.*s: expected an event with %s, got none such among %" PRIu64,
        TVN_STR_ARG(expect->stage->text), tvn_buf_text(&text), stage->arrived);
    tvn_buf_fini(&text);
    for (uint32_t i = 0; i < stage->seen_count && i < SHOWN_MAX; i++) {
        note_image(test, "got     ", stage->seen[i].image);
    }
    return err;
}

static tvn_err
check_expect(struct tvn__test *test, const struct tvn__test_expect *expect)
{
    int number = tvn__test_find(test, expect->stage);
    const struct tvn__test_stage *stage;
    tvn_err err = TVN_OK;

    if (number < 0) {
        return TVN_ETEST_STAGE;
    }
    stage = &test->stages[number];
    if (stage->role == TVN_ROLE_SOURCE) {
        return tvn_diag_error(test->diag, TVN_ETEST_STAGE,
            &expect->stage->place,
            "nothing arrives at a source: say what arrives at the stage "
            "behind it");
    }
    if (expect->events != NULL) {
        err = check_events(test, stage, expect);
    }
    for (uint32_t i = 0;
         expect->contains != NULL && i < expect->contains->count; i++) {
        err = tvn_err_first(err,
            check_contains(test, stage, expect, expect->contains->items[i]));
    }
    if (expect->number != NULL && expect->count != stage->arrived) {
        err = tvn_err_first(
            err, differs(test, &expect->number->place,
                     "%.*s.count: expected %" PRIu64 ", got %" PRIu64,
                     TVN_STR_ARG(expect->stage->text), expect->count,
                     stage->arrived));
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Windows. */

static const char *
reason_of(enum tvn_window_reason reason)
{
    switch (reason) {
    case TVN_WINDOW_TIME:
        return "time";
    case TVN_WINDOW_COUNT:
        return "count";
    case TVN_WINDOW_END:
        return "end";
    }
    return "";
}

static void
print_window(const struct tvn_window *window, struct tvn_buf *out)
{
    tvn_buf_append_text(out, "{ start: ");
    tvn_duration_print(window->start_ns - TVN_TEST_WALL_NS, out);
    tvn_buf_append_text(out, ", end: ");
    tvn_duration_print(window->end_ns - TVN_TEST_WALL_NS, out);
    tvn_buf_printf(out, ", reason: %s }", reason_of(window->reason));
}

static tvn_err
window_differs(struct tvn__test *test, const struct tvn__test_flush *flush,
    uint32_t number, const char *key, uint64_t wanted_ns, uint64_t got_ns)
{
    const struct tvn__test_window *window = &flush->windows[number];
    const struct tvn_yaml *node = tvn_yaml_get(window->node, key);
    struct tvn_place place = place_of(node, &flush->stage->place);
    struct tvn_buf a = {0};
    struct tvn_buf b = {0};
    tvn_err err;

    tvn_duration_print(wanted_ns, &a);
    tvn_duration_print(got_ns, &b);
    err = differs(test, &place, "%.*s.flushes[%u].%s: expected %s, got %s",
        TVN_STR_ARG(flush->stage->text), (unsigned)number, key,
        tvn_buf_text(&a), tvn_buf_text(&b));
    tvn_buf_fini(&a);
    tvn_buf_fini(&b);
    return err;
}

static void
note_window(struct tvn__test *test, const struct tvn_window *got)
{
    struct tvn_buf text = {0};

    print_window(got, &text);
    tvn_diag_note(test->diag, NULL, "got      %s", tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

static tvn_err
check_window(struct tvn__test *test, const struct tvn__test_flush *flush,
    uint32_t number, const struct tvn_window *got)
{
    const struct tvn__test_window *wanted = &flush->windows[number];
    uint64_t start_ns = got->start_ns - TVN_TEST_WALL_NS;
    uint64_t end_ns = got->end_ns - TVN_TEST_WALL_NS;
    struct tvn_place place = place_of(wanted->node, &flush->stage->place);
    tvn_err err = TVN_OK;

    if (wanted->has_start && wanted->start_ns != start_ns) {
        err = window_differs(
            test, flush, number, "start", wanted->start_ns, start_ns);
    } else if (wanted->has_end && wanted->end_ns != end_ns) {
        err =
            window_differs(test, flush, number, "end", wanted->end_ns, end_ns);
    } else if (wanted->has_reason && wanted->reason != (uint32_t)got->reason) {
        err = differs(test, &place,
            "%.*s.flushes[%u].reason: expected %s, got %s",
            TVN_STR_ARG(flush->stage->text), (unsigned)number,
            reason_of((enum tvn_window_reason)wanted->reason),
            reason_of(got->reason));
    }
    if (err != TVN_OK) {
        note_window(test, got);
    }
    return err;
}

static tvn_err
check_flush(struct tvn__test *test, const struct tvn__test_flush *flush)
{
    int found = tvn__test_find(test, flush->stage);
    const struct tvn__test_stage *stage;
    tvn_err err = TVN_OK;

    if (found < 0) {
        return TVN_ETEST_STAGE;
    }
    stage = &test->stages[found];
    if (stage->role != TVN_ROLE_AGGREGATOR) {
        return tvn_diag_error(test->diag, TVN_ETEST_STAGE, &flush->stage->place,
            "%.*s is a %s: only aggregators are flushed",
            TVN_STR_ARG(flush->stage->text), tvn_role_name(stage->role));
    }
    for (uint32_t i = 0;
         err == TVN_OK && i < flush->count && i < stage->window_count; i++) {
        err = check_window(test, flush, i, &stage->windows[i]);
    }
    if (err == TVN_OK && stage->window_count != flush->count) {
        err = differs(test, &flush->place, "%.*s.flushes: expected %u, got %u",
            TVN_STR_ARG(flush->stage->text), (unsigned)flush->count,
            (unsigned)stage->window_count);
        for (uint32_t i = 0; i < stage->window_count; i++) {
            note_window(test, &stage->windows[i]);
        }
    }
    return err;
}

/* A fault that never came to pass tests nothing. */
static tvn_err
check_fault(struct tvn__test *test, uint32_t number)
{
    const struct tvn__test_fault *fault = &test->spec->faults[number];
    int found = tvn__test_find(test, fault->stage);

    if (found < 0 || test->stages[found].armed[number].fired > 0) {
        return TVN_OK;
    }
    return differs(test, &fault->stage->place,
        "fault, %.*s: expected at event %" PRIu64 ", only %" PRIu64 " came",
        TVN_STR_ARG(fault->stage->text), fault->at,
        test->stages[found].arrived);
}

tvn_err
tvn__test_check(struct tvn__test *test)
{
    const struct tvn__test_case *spec = test->spec;
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < spec->fault_count; i++) {
        err = tvn_err_first(err, check_fault(test, i));
    }
    for (uint32_t i = 0; i < spec->expect_count; i++) {
        err = tvn_err_first(err, check_expect(test, &spec->expects[i]));
    }
    for (uint32_t i = 0; i < spec->flush_count; i++) {
        err = tvn_err_first(err, check_flush(test, &spec->flushes[i]));
    }
    err = tvn_err_first(err, tvn__test_check_dead(test));
    return tvn_err_first(err, tvn__test_check_ledger(test));
}
