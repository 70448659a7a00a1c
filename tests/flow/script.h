/* script.h -- reads the scripts of tests/scripts: a flow of scripted stages on
 * a virtual clock, run, and what is to be seen of it.  The grammar is in
 * tests/scripts/README.md.
 *
 *     script_run(&script, "a.tvt", text)   false: script.error is
 *                                          "a.tvt:7: out saw 0..3, not 0..4"
 *
 * This part reads; what is expected is in script_expect.h.  Header only. */
#ifndef TVN_TESTS_FLOW_SCRIPT_H
#define TVN_TESTS_FLOW_SCRIPT_H

#include "flow/testing.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>

#define SCRIPT_WORDS 48u

/* What a stage does beyond its own script. */
struct script_extra {
    struct script *script;
    uint64_t stuck_after; /* events; UINT64_MAX: never */
    uint64_t interrupt_after;
    uint32_t interrupts;
};

struct script {
    const char *path;
    uint32_t line;
    char *words[SCRIPT_WORDS];
    uint32_t count;
    uint32_t at; /* the next word */
    struct tvn_testing_world *world;
    struct script_extra extras[TVN_TESTING_MAX];
    char edge_names[TVN_TESTING_MAX][64];
    bool has_run;
    tvn_err result;
    char error[400];
};

/* ------------------------------------------------------------------------
 * Words. */

static inline bool __attribute__((format(printf, 2, 3)))
script_bad(struct script *script, const char *format, ...)
{
    int len = snprintf(script->error, sizeof(script->error),
        "%s:%u: ", script->path, script->line);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(
        script->error + len, sizeof(script->error) - (size_t)len, format, args);
    va_end(args);
    return false;
}

/* The next word is `word`: it is taken. */
static inline bool
script_takes(struct script *script, const char *word)
{
    if (script->at == script->count ||
        strcmp(script->words[script->at], word) != 0) {
        return false;
    }
    script->at++;
    return true;
}

/* NULL: there is none; that has been said. */
static inline char *
script_word(struct script *script, const char *what)
{
    if (script->at == script->count) {
        (void)script_bad(script, "%s is missing", what);
        return NULL;
    }
    return script->words[script->at++];
}

static inline bool
script_needs(struct script *script, const char *word)
{
    return script_takes(script, word) ||
           script_bad(script, "'%s' is missing", word);
}

/* Digits and one of the units; *end is behind them. */
static inline bool
script_read(const char *text, bool is_time, uint64_t *out, const char **end)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    char *stop = NULL;
    uint64_t number = strtoull(text, &stop, 10);

    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    if (!is_time) {
        *out = number;
        *end = stop;
        return true;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        size_t len = strlen(units[i].name);

        if (strncmp(stop, units[i].name, len) == 0) {
            *out = number * units[i].ns;
            *end = stop + len;
            return true;
        }
    }
    return false;
}

static inline bool
script_number(
    struct script *script, const char *what, bool is_time, uint64_t *out)
{
    const char *word = script_word(script, what);
    const char *end = NULL;

    if (word == NULL) {
        return false;
    }
    if (!script_read(word, is_time, out, &end) || *end != '\0') {
        return script_bad(script, "%s must be a %s, not '%s'", what,
            is_time ? "time, as 10ms" : "number", word);
    }
    return true;
}

static inline bool
script_small(struct script *script, const char *what, uint32_t *out)
{
    uint64_t number = 0;

    if (!script_number(script, what, false, &number)) {
        return false;
    }
    *out = (uint32_t)number;
    return true;
}

/* "3", or "3..5". */
static inline bool
script_range(struct script *script, const char *what, bool is_time,
    uint64_t *first, uint64_t *last)
{
    const char *word = script_word(script, what);
    const char *end = NULL;

    if (word == NULL) {
        return false;
    }
    if (script_read(word, is_time, first, &end)) {
        *last = *first;
        if (*end == '\0') {
            return true;
        }
        if (strncmp(end, "..", 2) == 0 &&
            script_read(end + 2, is_time, last, &end) && *end == '\0') {
            return true;
        }
    }
    return script_bad(script, "%s must be a %s or a range of them, not '%s'",
        what, is_time ? "time" : "number", word);
}

/* The index of the next word; -1: it is none of them, that has been said. */
static inline int
script_one_of(struct script *script, const char *what, const char *const *names)
{
    const char *word = script_word(script, what);

    for (int i = 0; word != NULL && names[i] != NULL; i++) {
        if (strcmp(names[i], word) == 0) {
            return i;
        }
    }
    if (word != NULL) {
        (void)script_bad(script, "no such %s: '%s'", what, word);
    }
    return -1;
}

static inline bool
script_stage(struct script *script, const char *name, uint32_t *out)
{
    for (uint32_t i = 0; i < script->world->opts.node_count; i++) {
        if (tvn_str_is(script->world->nodes[i].name, name)) {
            *out = i;
            return true;
        }
    }
    return script_bad(script, "no such stage: '%s'", name);
}

/* ------------------------------------------------------------------------
 * Stages. */

static const char *const script_roles[] = {
    "source", "process", "filter", "route", "aggregate", "sink", NULL};

enum script_kind {
    SCRIPT_SMALL, /* uint32_t */
    SCRIPT_LARGE, /* uint64_t */
    SCRIPT_TIME,
};

static const struct {
    const char *word;
    enum script_kind kind;
    bool is_node; /* else of the stage */
    size_t offset;
} script_fields[] = {
    {"records", SCRIPT_LARGE, false,
        offsetof(struct tvn_testing_stage, records)},
    {"per-visit", SCRIPT_SMALL, false,
        offsetof(struct tvn_testing_stage, per_visit)},
    {"cost", SCRIPT_TIME, false, offsetof(struct tvn_testing_stage, cost_ns)},
    {"size", SCRIPT_LARGE, false, offsetof(struct tvn_testing_stage, pad)},
    {"outs", SCRIPT_SMALL, false, offsetof(struct tvn_testing_stage, outs)},
    {"keeps-every", SCRIPT_SMALL, false,
        offsetof(struct tvn_testing_stage, keep_every)},
    {"ports", SCRIPT_SMALL, false,
        offsetof(struct tvn_testing_stage, route_ports)},
    {"makes", SCRIPT_SMALL, false,
        offsetof(struct tvn_testing_stage, flush_outs)},
    {"thread", SCRIPT_SMALL, true, offsetof(struct tvn_flow_node, thread)},
    {"window", SCRIPT_LARGE, true,
        offsetof(struct tvn_flow_node, window_count)},
    {"window-every", SCRIPT_TIME, true,
        offsetof(struct tvn_flow_node, window_every_ns)},
};
#define SCRIPT_FIELDS (sizeof(script_fields) / sizeof(script_fields[0]))

static inline bool
script_set(struct script *script, size_t field, uint32_t number)
{
    uint8_t *base = script_fields[field].is_node
                        ? (uint8_t *)&script->world->nodes[number]
                        : (uint8_t *)&script->world->stages[number];
    uint8_t *at = base + script_fields[field].offset;
    uint64_t value = 0;
    uint32_t small;

    if (!script_number(script, script_fields[field].word,
            script_fields[field].kind == SCRIPT_TIME, &value)) {
        return false;
    }
    small = (uint32_t)value;
    if (script_fields[field].kind == SCRIPT_SMALL) {
        memcpy(at, &small, sizeof(small));
    } else {
        memcpy(at, &value, sizeof(value));
    }
    return true;
}

/* fails KIND (every N | at N) [times N] [late] */
static inline bool
script_fails(struct script *script, struct tvn_testing_stage *stage)
{
    static const char *const names[] = {
        "reject", "retry", "trap", "deadline", "write", "fatal", NULL};
    static const enum tvn_fault_kind kinds[] = {TVN_FAULT_REJECT,
        TVN_FAULT_RETRY, TVN_FAULT_TRAP, TVN_FAULT_DEADLINE, TVN_FAULT_WRITE,
        TVN_FAULT_FATAL};
    int kind = script_one_of(script, "fault", names);

    if (kind < 0) {
        return false;
    }
    stage->fails = kinds[kind];
    stage->fails_early = true;
    if (script_takes(script, "at")) {
        if (!script_small(script, "at", &stage->fail_at)) {
            return false;
        }
    } else if (!script_needs(script, "every") ||
               !script_small(script, "every", &stage->fail_every)) {
        return false;
    }
    if (script_takes(script, "times") &&
        !script_small(script, "times", &stage->fail_times)) {
        return false;
    }
    if (script_takes(script, "late")) {
        stage->fails_early = false;
    }
    return true;
}

/* retries (N | forever) [backoff TIME..TIME] */
static inline bool
script_retries(struct script *script, struct tvn_flow_node *node)
{
    node->backoff_min_ns = 1000000;
    node->backoff_max_ns = 1000000;
    if (script_takes(script, "forever")) {
        node->retries = UINT32_MAX;
    } else if (!script_small(script, "retries", &node->retries)) {
        return false;
    }
    return !script_takes(script, "backoff") ||
           script_range(script, "backoff", true, &node->backoff_min_ns,
               &node->backoff_max_ns);
}

/* One of the words that are more than a number. */
static inline bool
script_trait(struct script *script, uint32_t number)
{
    static const char *const thens[] = {"stop", "drop", "dead-letter", NULL};
    struct tvn_testing_stage *stage = &script->world->stages[number];
    struct tvn_flow_node *node = &script->world->nodes[number];

    if (script_takes(script, "every")) {
        stage->again_every = 1;
        return script_number(script, "every", true, &stage->again_ns);
    }
    if (script_takes(script, "stall")) {
        return script_needs(script, "at") &&
               script_number(script, "at", true, &stage->stall_at_ns) &&
               script_needs(script, "for") &&
               script_number(script, "for", true, &stage->stall_ns);
    }
    if (script_takes(script, "stuck")) {
        return script_needs(script, "after") &&
               script_number(
                   script, "after", false, &script->extras[number].stuck_after);
    }
    if (script_takes(script, "fails")) {
        return script_fails(script, stage);
    }
    if (script_takes(script, "retries")) {
        return script_retries(script, node);
    }
    if (script_takes(script, "then")) {
        int then = script_one_of(script, "then", thens);

        node->then = then < 0 ? TVN_THEN_STOP : (enum tvn_flow_then)then;
        return then >= 0;
    }
    return script_bad(
        script, "a stage knows no '%s'", script->words[script->at]);
}

static inline void
script_before(struct tvn_testing_stage *stage)
{
    struct script_extra *extra = stage->env;

    if (stage->seen_count >= extra->stuck_after) {
        stage->again_every = 1;
        stage->again_ns = 0;
        stage->is_again = false;
    }
    if (stage->seen_count >= extra->interrupt_after) {
        extra->interrupt_after = UINT64_MAX;
        for (uint32_t i = 0; i < extra->interrupts; i++) {
            tvn_flow_interrupt(stage->world->flow);
        }
    }
}

static inline bool
script_add(struct script *script, enum tvn_role role)
{
    const char *name = script_word(script, "name");
    uint32_t number = script->world->opts.node_count;
    struct tvn_testing_stage *stage;

    if (name == NULL) {
        return false;
    }
    if (number == TVN_TESTING_MAX) {
        return script_bad(script, "too many stages");
    }
    stage = tvn_testing_add(script->world, name, role);
    script->extras[number] =
        (struct script_extra){script, UINT64_MAX, UINT64_MAX, 0};
    stage->env = &script->extras[number];
    stage->before = script_before;
    while (script->at < script->count) {
        size_t field = 0;

        while (field < SCRIPT_FIELDS &&
               !script_takes(script, script_fields[field].word)) {
            field++;
        }
        if (field < SCRIPT_FIELDS ? !script_set(script, field, number)
                                  : !script_trait(script, number)) {
            return false;
        }
    }
    script->world->nodes[number].image_max =
        tvn_pool_charge(script->world->pool, (uint32_t)(16 + stage->pad));
    return true;
}

/* ------------------------------------------------------------------------
 * Edges. */

/* "route.1": stage and port. */
static inline bool
script_output(struct script *script, char *text, struct tvn_flow_edge *edge)
{
    char *dot = strchr(text, '.');
    uint64_t port = 0;
    const char *end = NULL;
    bool is_there;

    if (dot != NULL) {
        *dot = '\0';
    }
    is_there = script_stage(script, text, &edge->from);
    if (dot == NULL || !is_there) {
        return is_there;
    }
    *dot = '.';
    if (strcmp(dot, ".rejected") == 0) {
        edge->out = TVN_OUT_REJECTED;
    } else if (strcmp(dot, ".unrouted") == 0) {
        edge->out = TVN_OUT_UNROUTED;
    } else if (script_read(dot + 1, false, &port, &end) && *end == '\0' &&
               port < TVN_PORTS_MAX) {
        edge->out = TVN_OUT_PORT;
        edge->port = (uint32_t)port;
    } else {
        return script_bad(script, "no such port: '%s'", dot + 1);
    }
    return true;
}

/* rate N/s */
static inline bool
script_rate(struct script *script, struct tvn_flow_edge *edge)
{
    const char *word = script_word(script, "rate");
    const char *end = NULL;

    if (word == NULL) {
        return false;
    }
    if (!script_read(word, false, &edge->rate, &end) ||
        strcmp(end, "/s") != 0 || edge->rate == 0) {
        return script_bad(script, "rate must be as 10/s, and not '%s'", word);
    }
    edge->rate_burst = edge->rate_burst == 0 ? 1 : edge->rate_burst;
    return true;
}

static inline bool
script_edge(struct script *script)
{
    static const char *const policies[] = {
        "block", "drop-oldest", "drop-newest", "error", "rate-limit", NULL};
    uint32_t number = script->world->opts.edge_count;
    char *from = script_word(script, "stage");
    const char *to = NULL;
    struct tvn_flow_edge *edge;
    uint64_t capacity = 64;
    bool is_good = true;
    int policy;

    if (from == NULL || !script_needs(script, "->") ||
        (to = script_word(script, "stage")) == NULL) {
        return false;
    }
    if (number == TVN_TESTING_MAX) {
        return script_bad(script, "too many edges");
    }
    (void)snprintf(script->edge_names[number],
        sizeof(script->edge_names[number]), "%s -> %s", from, to);
    edge = tvn_testing_join(
        script->world, script->edge_names[number], 0, 0, (uint32_t)capacity);
    if (!script_output(script, from, edge) ||
        !script_stage(script, to, &edge->to)) {
        return false;
    }
    while (is_good && script->at < script->count) {
        if (script_takes(script, "capacity")) {
            is_good = script_small(script, "capacity", &edge->capacity);
        } else if (script_takes(script, "bytes")) {
            is_good = script_number(script, "bytes", false, &edge->bytes);
        } else if (script_takes(script, "burst")) {
            is_good = script_small(script, "burst", &edge->rate_burst);
        } else if (script_takes(script, "rate")) {
            is_good = script_rate(script, edge);
        } else if (script_takes(script, "overflow")) {
            policy = script_one_of(script, "policy", policies);
            is_good = policy >= 0;
            edge->overflow = (enum tvn_overflow)(is_good ? policy : 0);
        } else {
            is_good = script_bad(
                script, "an edge knows no '%s'", script->words[script->at]);
        }
    }
    if (is_good && edge->overflow == TVN_OVERFLOW_RATE_LIMIT &&
        edge->rate == 0) {
        return script_bad(script, "rate-limit needs a rate");
    }
    return is_good;
}

/* ------------------------------------------------------------------------
 * Settings. */

/* interrupt [twice] after N at STAGE */
static inline bool
script_interrupt(struct script *script)
{
    uint32_t times = script_takes(script, "twice") ? 2 : 1;
    uint64_t after = 0;
    const char *name;
    uint32_t number = 0;

    if (!script_needs(script, "after") ||
        !script_number(script, "after", false, &after) ||
        !script_needs(script, "at") ||
        (name = script_word(script, "stage")) == NULL ||
        !script_stage(script, name, &number)) {
        return false;
    }
    script->extras[number].interrupts = times;
    script->extras[number].interrupt_after = after;
    return true;
}

/* False and no error: it is no setting. */
static inline bool
script_setting(struct script *script)
{
    struct tvn_flow_opts *opts = &script->world->opts;

    if (script_takes(script, "threads")) {
        return script_small(script, "threads", &opts->thread_count);
    }
    if (script_takes(script, "seed")) {
        return script_number(script, "seed", false, &opts->seed);
    }
    if (script_takes(script, "burst")) {
        return script_small(script, "burst", &opts->burst);
    }
    if (script_takes(script, "limit")) {
        return script_number(script, "limit", false, &opts->limit);
    }
    if (script_takes(script, "drain")) {
        return script_number(script, "drain", true, &opts->drain_timeout_ns);
    }
    return script_takes(script, "interrupt") && script_interrupt(script);
}

#endif
