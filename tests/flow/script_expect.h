/* script_expect.h -- the second half of script.h: runs it, and holds what
 * happened against what was expected. */
#ifndef TVN_TESTS_FLOW_SCRIPT_EXPECT_H
#define TVN_TESTS_FLOW_SCRIPT_EXPECT_H

#include "flow/script.h"

/* ------------------------------------------------------------------------
 * What a stage saw. */

/* "0..3 96..99", as short as it can be said. */
static inline void
script_print_ids(const struct tvn_testing_stage *stage, struct tvn_buf *out)
{
    uint64_t at = 0;

    while (at < stage->seen_count && out->len < 200) {
        uint64_t first = stage->seen[at].id;
        uint64_t last = first;

        while (++at < stage->seen_count && stage->seen[at].id == last + 1) {
            last++;
        }
        tvn_buf_printf(out, out->len == 0 ? "%" PRIu64 : " %" PRIu64, first);
        if (last > first) {
            tvn_buf_printf(out, "..%" PRIu64, last);
        }
    }
    if (stage->seen_count == 0) {
        tvn_buf_printf(out, "nothing");
    }
}

static inline bool
script_saw_not(struct script *script, const struct tvn_testing_stage *stage,
    const char *name)
{
    struct tvn_buf out = {0};

    script_print_ids(stage, &out);
    (void)script_bad(script, "%s saw %s", name, tvn_buf_text(&out));
    tvn_buf_fini(&out);
    return false;
}

/* STAGE saw (N events | nothing | IDS) */
static inline bool
script_expect_saw(struct script *script, const char *name)
{
    const struct tvn_testing_stage *stage;
    uint32_t number = 0;
    uint64_t first = 0;
    uint64_t last = 0;
    uint64_t at = 0;

    if (!script_stage(script, name, &number)) {
        return false;
    }
    stage = &script->world->stages[number];
    if (script->count == script->at + 2 &&
        strcmp(script->words[script->at + 1], "events") == 0) {
        if (!script_range(script, "events", false, &first, &last)) {
            return false;
        }
        script->at++;
        return (stage->seen_count >= first && stage->seen_count <= last) ||
               script_bad(script, "%s saw %" PRIu64 " events", name,
                   stage->seen_count);
    }
    if (script_takes(script, "nothing")) {
        return stage->seen_count == 0 || script_saw_not(script, stage, name);
    }
    do {
        if (!script_range(script, "ids", false, &first, &last)) {
            return false;
        }
        for (uint64_t id = first; id <= last; id++) {
            if (at == stage->seen_count || stage->seen[at++].id != id) {
                return script_saw_not(script, stage, name);
            }
        }
    } while (script->at < script->count);
    return at == stage->seen_count || script_saw_not(script, stage, name);
}

/* ------------------------------------------------------------------------
 * Numbers. */

struct script_number {
    const char *name;
    uint64_t value;
};

static inline bool
script_expect_number(struct script *script, const char *whose,
    const struct script_number *numbers, size_t count)
{
    const char *name = script_word(script, "number");
    uint64_t first = 0;
    uint64_t last = 0;

    for (size_t i = 0; name != NULL && i < count; i++) {
        if (strcmp(numbers[i].name, name) != 0) {
            continue;
        }
        if (!script_range(script, name, false, &first, &last)) {
            return false;
        }
        return (numbers[i].value >= first && numbers[i].value <= last) ||
               script_bad(
                   script, "%s: %s is %" PRIu64, whose, name, numbers[i].value);
    }
    return name != NULL && script_bad(script, "no such number: '%s'", name);
}

static inline bool
script_expect_edge(struct script *script)
{
    const struct tvn_ledger *ledger = tvn_flow_ledger(script->world->flow);
    const char *name = script_word(script, "edge");

    for (uint32_t i = 0; name != NULL && i < ledger->edge_count; i++) {
        const struct tvn_ledger_edge *edge = &ledger->edges[i];
        const struct script_number numbers[] = {
            {"offered", edge->offered},
            {"enqueued", edge->queue->enqueued},
            {"dropped-oldest", edge->queue->dropped_oldest},
            {"dropped-newest", edge->queue->dropped_newest},
            {"refused", edge->queue->refused},
            {"refused-dropped", edge->refused_dropped},
            {"refused-dead", edge->refused_dead},
            {"retrying", edge->retrying},
            {"discarded", edge->queue->discarded},
            {"most", edge->queue->depth_max},
            {"most-bytes", edge->queue->bytes_peak},
        };

        if (tvn_str_is(edge->name, name)) {
            return script_expect_number(
                script, name, numbers, sizeof(numbers) / sizeof(numbers[0]));
        }
    }
    return name != NULL && script_bad(script, "no such edge: '%s'", name);
}

static inline bool
script_expect_stage(struct script *script)
{
    const char *name = script_word(script, "stage");
    const struct tvn_ledger_books *books;
    const struct tvn_testing_stage *stage;
    uint32_t number = 0;

    if (name == NULL || !script_stage(script, name, &number)) {
        return false;
    }
    books = &tvn_flow_ledger(script->world->flow)->stages[number].books;
    stage = &script->world->stages[number];
    const struct script_number numbers[] = {
        {"in", books->in},
        {"passed", books->passed},
        {"delivered", books->delivered},
        {"filtered", books->filtered},
        {"unrouted", books->unrouted},
        {"absorbed", books->absorbed},
        {"dropped", books->dropped},
        {"dead", books->dead},
        {"held", books->held},
        {"out", books->out},
        {"emitted", books->emitted},
        {"forked", books->forked},
        {"retried", books->retried},
        {"failures", stage->try_count},
        {"windows", stage->windows},
    };
    return script_expect_number(
        script, name, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

static inline bool
script_expect_flow(struct script *script)
{
    struct tvn_ledger_events events;

    tvn_ledger_sum(tvn_flow_ledger(script->world->flow), &events);
    const struct script_number numbers[] = {
        {"in", events.in},
        {"emitted", events.emitted},
        {"forked", events.forked},
        {"delivered", events.delivered},
        {"filtered", events.filtered},
        {"unrouted", events.unrouted},
        {"dropped", events.dropped},
        {"dead", events.dead},
        {"absorbed", events.absorbed},
        {"in-flight", events.in_flight},
    };
    return script_expect_number(
        script, "flow", numbers, sizeof(numbers) / sizeof(numbers[0]));
}

/* ------------------------------------------------------------------------
 * The rest. */

static inline bool
script_expect_result(struct script *script)
{
    static const char *const names[] = {"ok", "reject", "fatal", "overflow",
        "stuck", "drain", "interrupted", NULL};
    static const tvn_err errs[] = {TVN_OK, TVN_EGUEST_REJECT, TVN_EGUEST_FATAL,
        TVN_EOVERFLOW, TVN_ESTUCK, TVN_EDRAIN, TVN_EINTERRUPTED};
    int wanted = script_one_of(script, "result", names);

    return wanted >= 0 && (errs[wanted] == script->result ||
                              script_bad(script, "the result is: %s",
                                  tvn_err_text(script->result)));
}

static inline bool
script_expect_says(struct script *script)
{
    const char *text = script_word(script, "text");
    struct tvn_buf out = {0};

    if (text == NULL || tvn_testing_said(script->world, text)) {
        return text != NULL;
    }
    tvn_diag_print(&script->world->diag, &out);
    (void)script_bad(script, "it says: %s", tvn_buf_text(&out));
    tvn_buf_fini(&out);
    return false;
}

static inline bool
script_expect_time(struct script *script)
{
    uint64_t elapsed_ns = tvn_flow_elapsed_ns(script->world->flow);
    uint64_t first = 0;
    uint64_t last = 0;

    return script_range(script, "time", true, &first, &last) &&
           ((elapsed_ns >= first && elapsed_ns <= last) ||
               script_bad(script, "it took %" PRIu64 " us", elapsed_ns / 1000));
}

static inline bool
script_expect(struct script *script)
{
    const char *name;

    if (!script->has_run) {
        return script_bad(script, "there was no 'run' before");
    }
    if (script_takes(script, "edge")) {
        return script_expect_edge(script);
    }
    if (script_takes(script, "stage")) {
        return script_expect_stage(script);
    }
    if (script_takes(script, "flow")) {
        return script_expect_flow(script);
    }
    if (script_takes(script, "result")) {
        return script_expect_result(script);
    }
    if (script_takes(script, "says")) {
        return script_expect_says(script);
    }
    if (script_takes(script, "time")) {
        return script_expect_time(script);
    }
    name = script_word(script, "stage");
    return name != NULL && script_needs(script, "saw") &&
           script_expect_saw(script, name);
}

/* The law and the bounds are also looked at after every turn. */
static inline bool
script_go(struct script *script)
{
    struct tvn_testing_world *world = script->world;
    tvn_err err;

    if (script->has_run) {
        return script_bad(script, "it has run before");
    }
    for (uint32_t i = 0; i < world->opts.node_count; i++) {
        if (world->nodes[i].thread > 0 &&
            world->nodes[i].thread >= world->opts.thread_count) {
            return script_bad(script, "there is no thread %u for %s",
                world->nodes[i].thread, world->nodes[i].name.ptr);
        }
    }
    err = tvn_flow_new(&world->opts, &world->flow, &world->diag);
    if (err != TVN_OK) {
        for (uint32_t i = 0; i < world->opts.node_count; i++) {
            world->stages[i].free_count = 1; /* by the flow that is not */
        }
        return script_bad(script, "there can be no such flow");
    }
    tvn__flow_hook(world->flow, &world->hooks);
    script->has_run = true;
    script->result = tvn_flow_run(world->flow, &world->diag);
    return tvn_ledger_check(tvn_flow_ledger(world->flow), NULL) == TVN_OK ||
           script_bad(script, "the account does not balance");
}

/* ------------------------------------------------------------------------
 * Lines. */

/* Cuts a line into its words; "..." is one. */
static inline bool
script_split(struct script *script, char *line)
{
    script->count = 0;
    script->at = 0;
    for (;;) {
        bool is_quoted;

        line += strspn(line, " \t");
        if (*line == '\0' || *line == '#') {
            return true;
        }
        if (script->count == SCRIPT_WORDS) {
            return script_bad(script, "too many words");
        }
        is_quoted = *line == '"';
        line += is_quoted;
        script->words[script->count++] = line;
        line += strcspn(line, is_quoted ? "\"" : " \t");
        if (*line == '\0') {
            return !is_quoted || script_bad(script, "a \" is missing");
        }
        *line++ = '\0';
    }
}

static inline bool
script_line(struct script *script)
{
    for (int role = 0; script_roles[role] != NULL; role++) {
        if (script_takes(script, script_roles[role])) {
            return script_add(script, (enum tvn_role)role);
        }
    }
    if (script_takes(script, "edge")) {
        return script_edge(script);
    }
    if (script_takes(script, "run")) {
        return script_go(script);
    }
    if (script_takes(script, "expect")) {
        return script_expect(script);
    }
    return script_setting(script);
}

/* `text` is cut up. */
static inline bool
script_run(struct script *script, const char *path, char *text)
{
    bool is_good = true;

    *script = (struct script){.path = path};
    script->world = tvn_testing_world_new();
    while (is_good && text != NULL) {
        char *end = strchr(text, '\n');

        if (end != NULL) {
            *end++ = '\0';
        }
        script->line++;
        is_good = script_split(script, text) &&
                  (script->count == 0 || script_line(script));
        if (is_good && script->at < script->count) {
            is_good = script_bad(
                script, "what is '%s' for?", script->words[script->at]);
        }
        if (!is_good && script->error[0] == '\0') {
            (void)script_bad(
                script, "'%s' is no line of a script", script->words[0]);
        }
        text = end;
    }
    if (is_good && !script->has_run) {
        is_good = script_bad(script, "there is no 'run'");
    }
    if (script->world->flow == NULL) { /* nobody else frees its stages */
        for (uint32_t i = 0; i < script->world->opts.node_count; i++) {
            struct tvn_testing_stage *stage = &script->world->stages[i];

            if (stage->free_count == 0) {
                script->world->nodes[i].stage.ops->free(stage);
            }
            stage->free_count = 1;
        }
    }
    tvn_testing_world_free(script->world);
    return is_good;
}

#endif
