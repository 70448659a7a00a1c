/* test_parts.c -- a test's faults, and what it expects. */
#include "host/test_spec.h"

/* ------------------------------------------------------------------------
 * fault. */

static const char *const kinds[] = {
    "retry", "reject", "fatal", "trap", "deadline", "record", "write", NULL};

/* What a dead letter may say: also what no stage does by itself. */
static const char *const causes[] = {"retry", "reject", "fatal", "trap",
    "deadline", "record", "write", "overflow", NULL};

_Static_assert(TVN_FAULT_RETRY == 1 && TVN_FAULT_WRITE == 7,
    "kinds[] has the faults in their order, from 1");

static void
read_fault(struct tvn__test_reader *reader, const struct tvn_yaml *stage,
    const struct tvn_yaml *node, struct tvn__test_fault *out)
{
    static const char *const keys[] = {"at", "kind", "message", "times", NULL};
    const struct tvn_yaml *at = tvn_yaml_get(node, "at");
    const struct tvn_yaml *kind = tvn_yaml_get(node, "kind");
    const struct tvn_yaml *times = tvn_yaml_get(node, "times");
    const struct tvn_yaml *message = tvn_yaml_get(node, "message");
    uint32_t number = 0;

    *out = (struct tvn__test_fault){.stage = stage,
        .at = 1,
        .times = 1,
        .message = TVN_STR("injected by the test")};
    tvn__test_keys(reader, node, "a fault", keys);
    if (kind == NULL) {
        tvn__test_fail(
            reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING,
                        &node->place, "the fault has no `kind`"));
    } else {
        tvn__test_fail(reader,
            tvn_yaml_read_word(kind, "kind", kinds, &number, reader->diag));
        out->kind = (enum tvn_fault_kind)(number + 1);
    }
    if (at != NULL) {
        tvn__test_fail(reader,
            tvn_yaml_read_u64(at, "at", 1, UINT32_MAX, &out->at, reader->diag));
    }
    if (times != NULL) {
        tvn__test_fail(reader, tvn_yaml_read_u64(times, "times", 1, UINT32_MAX,
                                   &out->times, reader->diag));
    }
    if (message != NULL) {
        out->message = tvn__test_text(reader, message, "message");
    }
}

void
tvn__test_read_faults(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out)
{
    uint32_t count = 0;

    if (node == NULL || !tvn__test_mapping(reader, node, "fault")) {
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *value = node->pairs[i].value;

        count += value->kind == TVN_YAML_SEQUENCE ? value->count : 1;
    }
    out->faults = tvn__test_new(reader, count, sizeof(*out->faults));
    for (uint32_t i = 0; out->faults != NULL && i < node->count; i++) {
        const struct tvn_yaml *value = node->pairs[i].value;
        bool is_many = value->kind == TVN_YAML_SEQUENCE;

        for (uint32_t k = 0; k < (is_many ? value->count : 1); k++) {
            const struct tvn_yaml *one = is_many ? value->items[k] : value;

            if (tvn__test_mapping(reader, one, "a fault")) {
                read_fault(reader, node->pairs[i].key, one,
                    &out->faults[out->fault_count++]);
            }
        }
    }
}

/* ------------------------------------------------------------------------
 * expect. */

/* Times are read again where they are compared. */
static void
check_times(struct tvn__test_reader *reader, const struct tvn_yaml *events)
{
    for (uint32_t i = 0; i < events->count; i++) {
        const struct tvn_yaml *at = tvn__test_is_timed(events->items[i])
                                        ? tvn_yaml_get(events->items[i], "at")
                                        : NULL;
        uint64_t at_ns;

        if (at != NULL) {
            tvn__test_fail(reader, tvn_yaml_read_duration(at, "at", 0,
                                       TVN__TEST_AT_MAX, &at_ns, reader->diag));
        }
    }
}

static void
read_expect(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    struct tvn__test_expect *out)
{
    static const char *const keys[] = {"events", "contains", "count", NULL};

    if (node->kind == TVN_YAML_SEQUENCE) {
        out->events = node;
        check_times(reader, node);
        return;
    }
    if (node->kind == TVN_YAML_SCALAR) {
        tvn__test_fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_VALUE, &node->place,
                "what is expected must be a list of events, or a "
                "mapping of events, contains, count"));
        return;
    }
    tvn__test_keys(reader, node, "what is expected", keys);
    out->events = tvn_yaml_get(node, "events");
    out->contains = tvn_yaml_get(node, "contains");
    out->number = tvn_yaml_get(node, "count");
    if (out->events != NULL && !tvn__test_list(reader, out->events, "events")) {
        out->events = NULL;
    } else if (out->events != NULL) {
        check_times(reader, out->events);
    }
    if (out->contains != NULL &&
        !tvn__test_list(reader, out->contains, "contains")) {
        out->contains = NULL;
    }
    if (out->number != NULL) {
        tvn__test_fail(reader, tvn_yaml_read_u64(out->number, "count", 0,
                                   UINT64_MAX, &out->count, reader->diag));
    }
}

void
tvn__test_read_expects(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out)
{
    if (node == NULL || !tvn__test_mapping(reader, node, "expect")) {
        return;
    }
    out->expects = tvn__test_new(reader, node->count, sizeof(*out->expects));
    for (uint32_t i = 0; out->expects != NULL && i < node->count; i++) {
        struct tvn__test_expect *expect = &out->expects[out->expect_count++];

        expect->stage = node->pairs[i].key;
        read_expect(reader, node->pairs[i].value, expect);
    }
}

/* ------------------------------------------------------------------------
 * flushes. */

static void
read_window(struct tvn__test_reader *reader, const struct tvn_yaml *node,
    struct tvn__test_window *out)
{
    static const char *const keys[] = {"start", "end", "reason", NULL};
    static const char *const reasons[] = {"time", "count", "end", NULL};
    const struct tvn_yaml *start = tvn_yaml_get(node, "start");
    const struct tvn_yaml *end = tvn_yaml_get(node, "end");
    const struct tvn_yaml *reason = tvn_yaml_get(node, "reason");

    out->node = node;
    tvn__test_keys(reader, node, "a flush", keys);
    out->has_start = start != NULL;
    out->has_end = end != NULL;
    out->has_reason = reason != NULL;
    if (out->has_start) {
        tvn__test_fail(
            reader, tvn_yaml_read_duration(start, "start", 0, TVN__TEST_AT_MAX,
                        &out->start_ns, reader->diag));
    }
    if (out->has_end) {
        tvn__test_fail(
            reader, tvn_yaml_read_duration(end, "end", 0, TVN__TEST_AT_MAX,
                        &out->end_ns, reader->diag));
    }
    if (out->has_reason) {
        tvn__test_fail(reader, tvn_yaml_read_word(reason, "reason", reasons,
                                   &out->reason, reader->diag));
    }
}

_Static_assert(
    TVN_WINDOW_TIME == 0 && TVN_WINDOW_COUNT == 1 && TVN_WINDOW_END == 2,
    "the order of reasons[]");

void
tvn__test_read_flushes(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out)
{
    if (node == NULL || !tvn__test_mapping(reader, node, "flushes")) {
        return;
    }
    out->flushes = tvn__test_new(reader, node->count, sizeof(*out->flushes));
    for (uint32_t i = 0; out->flushes != NULL && i < node->count; i++) {
        struct tvn__test_flush *flush = &out->flushes[out->flush_count++];
        const struct tvn_yaml *list = node->pairs[i].value;

        flush->stage = node->pairs[i].key;
        flush->place = list->place;
        if (!tvn__test_list(reader, list, "what is flushed")) {
            continue;
        }
        flush->windows =
            tvn__test_new(reader, list->count, sizeof(*flush->windows));
        for (uint32_t k = 0; flush->windows != NULL && k < list->count; k++) {
            if (tvn__test_mapping(reader, list->items[k], "a flush")) {
                read_window(
                    reader, list->items[k], &flush->windows[flush->count++]);
            }
        }
    }
}

/* ------------------------------------------------------------------------
 * dead. */

void
tvn__test_read_dead(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out)
{
    static const char *const keys[] = {
        "stage", "cause", "message", "event", "attempts", NULL};

    if (node == NULL || !tvn__test_list(reader, node, "dead")) {
        return;
    }
    out->dead_place = node->place;
    out->dead = tvn__test_new(reader, node->count, sizeof(*out->dead));
    for (uint32_t i = 0; out->dead != NULL && i < node->count; i++) {
        struct tvn__test_dead *dead = &out->dead[out->dead_count];
        const struct tvn_yaml *row = node->items[i];
        uint32_t kind;
        uint64_t number;

        if (!tvn__test_mapping(reader, row, "a dead letter")) {
            continue;
        }
        out->dead_count++;
        tvn__test_keys(reader, row, "a dead letter", keys);
        dead->node = row;
        dead->stage = tvn_yaml_get(row, "stage");
        dead->cause = tvn_yaml_get(row, "cause");
        dead->message = tvn_yaml_get(row, "message");
        dead->event = tvn_yaml_get(row, "event");
        dead->attempts = tvn_yaml_get(row, "attempts");
        if (dead->attempts != NULL) {
            tvn__test_fail(reader, tvn_yaml_read_u64(dead->attempts, "attempts",
                                       1, UINT32_MAX, &number, reader->diag));
        }
        if (dead->cause != NULL) {
            tvn__test_fail(reader, tvn_yaml_read_word(dead->cause, "cause",
                                       causes, &kind, reader->diag));
        }
        if (dead->message != NULL) {
            (void)tvn__test_text(reader, dead->message, "message");
        }
        if (dead->stage != NULL) {
            (void)tvn__test_text(reader, dead->stage, "stage");
        }
    }
}
