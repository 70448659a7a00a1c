/* test_run.c -- one test: the pipeline loaded with its `set:`, what nothing
 * can reach and what is mocked put aside, run, and looked at. */
#include "host/test_internal.h"

#include <inttypes.h>
#include <stdlib.h>

#define LOG_MAX (64u << 10)

/* ------------------------------------------------------------------------
 * The world. */

static uint64_t
monotonic(void *self)
{
    return ((const struct tvn__test *)self)->now_ns;
}

static uint64_t
wall(void *self)
{
    return ((const struct tvn__test *)self)->now_ns - TVN_TEST_MONOTONIC_NS +
           TVN_TEST_WALL_NS;
}

static void
idle(void *env, uint64_t until_ns)
{
    struct tvn__test *test = env;

    if (until_ns != UINT64_MAX && until_ns > test->now_ns) {
        test->now_ns = until_ns;
    }
}

static void
wrap(void *env, uint32_t number, struct tvn_stage *stage)
{
    struct tvn__test *test = env;
    struct tvn__test_stage *tap = &test->stages[number];

    if (tap->role != TVN_ROLE_SOURCE && tap->is_live) {
        tap->inner = *stage;
        *stage = (struct tvn_stage){&tvn__test_tap_ops, tap};
    }
}

static tvn_err
bury(void *env, const struct tvn_dead *dead, struct tvn_diag *diag)
{
    struct tvn__test *test = env;
    struct tvn__test_letter *letter =
        tvn_arena_new(&test->arena, 1, sizeof(*letter));
    struct tvn_str message = tvn_arena_str(&test->arena, dead->fault->text);

    if (letter == NULL || message.ptr == NULL) {
        return tvn_diag_error(
            diag, TVN_ENOMEM, NULL, "%s", tvn_err_text(TVN_ENOMEM));
    }
    letter->stage = dead->stage; /* the pipeline has it */
    letter->kind = dead->fault->kind;
    letter->message = message;
    letter->attempts = dead->attempts;
    if (dead->event != NULL) {
        letter->image = tvn_image_ref(dead->event->image);
    }
    if (test->last_letter == NULL) {
        test->letters = letter;
    } else {
        test->last_letter->next = letter;
    }
    test->last_letter = letter;
    test->letter_count++;
    return TVN_OK;
}

static uint64_t
count_letters(void *env)
{
    return ((const struct tvn__test *)env)->letter_count;
}

static void
keep_log(void *env, struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message)
{
    struct tvn__test *test = env;

    if (test->log->len < LOG_MAX) {
        tvn__log_line(stage, level, message, test->log);
    }
}

/* ------------------------------------------------------------------------ */

static tvn_err
set_up(struct tvn__test *test)
{
    test->now_ns = TVN_TEST_MONOTONIC_NS;
    test->clock = (struct tvn_clock){monotonic, wall, test};
    test->sim = (struct tvn__sim){
        .clock = &test->clock,
        .idle = idle,
        .wrap = wrap,
        .dead = bury,
        .dead_count = count_letters,
        .log = keep_log,
        .env = test,
    };
    return tvn__test_set_up(test);
}

static void
tear_down(struct tvn__test *test)
{
    uint32_t count = test->host == NULL ? 0 : test->host->pipeline->stage_count;

    for (struct tvn__test_letter *letter = test->letters; letter != NULL;
         letter = letter->next) {
        tvn_image_unref(letter->image);
    }
    for (uint32_t i = 0; test->stages != NULL && i < count; i++) {
        tvn__test_tap_fini(&test->stages[i]);
    }
    if (test->host != NULL && test->host->flow != NULL) {
        /* Queues may hold images that are not theirs. */
        tvn_flow_free(test->host->flow);
        test->host->flow = NULL;
    }
    for (uint32_t i = 0; test->stages != NULL && i < count; i++) {
        tvn__test_mock_fini(&test->stages[i].mock);
    }
    for (uint32_t i = 0; test->feeds != NULL && i < test->spec->given_count;
         i++) {
        if (test->feeds[i].test != NULL) {
            tvn__test_source_fini(&test->feeds[i]);
        }
    }
    tvn_host_free(test->host);
    tvn_arena_fini(&test->arena);
}

/* ------------------------------------------------------------------------
 * How it ended. */

static bool
says(const struct tvn_diag *diag, struct tvn_str part)
{
    struct tvn_buf text = {0};
    bool is_there;

    tvn_diag_print(diag, &text);
    is_there = tvn_str_contains(tvn_buf_str(&text), part);
    tvn_buf_fini(&text);
    return is_there;
}

static void
note_findings(struct tvn__test *test, const struct tvn_diag *found)
{
    for (const struct tvn_finding *f = found->first; f != NULL; f = f->next) {
        tvn_diag_note(test->diag, &f->place, "%s[E%04u]: %s",
            f->severity == TVN_SEVERITY_ERROR ? "error" : "warning",
            tvn_err_code(f->err), f->text);
        for (const struct tvn_note *n = f->notes; n != NULL; n = n->next) {
            tvn_diag_note(test->diag, &n->place, "%s", n->text);
        }
        if (f->help != NULL) {
            tvn_diag_note(test->diag, NULL, "help: %s", f->help);
        }
    }
}

/* False: an end that was not expected.  `found` is what the run said. */
static bool
check_end(struct tvn__test *test, const struct tvn_diag *found)
{
    const struct tvn__test_case *spec = test->spec;
    uint64_t status = (uint64_t)tvn_err_exit(tvn_diag_err(found));
    bool is_any = spec->exit == NULL && spec->error != NULL;
    struct tvn_place place =
        spec->exit != NULL ? spec->exit->place : spec->place;

    if (is_any ? status == 0 : status != spec->status) {
        (void)tvn_diag_error(test->diag, TVN_ETEST_DIFFERS,
            is_any ? &spec->error->place : &place,
            "exit: expected %s%" PRIu64 ", got %" PRIu64,
            is_any ? "any but " : "", spec->status, status);
        note_findings(test, found);
        return false;
    }
    if (spec->error != NULL && !says(found, spec->error->text)) {
        (void)tvn_diag_error(test->diag, TVN_ETEST_DIFFERS, &spec->error->place,
            "error: nothing of what was said has '%.*s'",
            TVN_STR_ARG(spec->error->text));
        note_findings(test, found);
        return false;
    }
    return true;
}

static bool
expects_events(const struct tvn__test_case *spec)
{
    return spec->expect_count > 0 || spec->flush_count > 0 ||
           spec->dead_count > 0 || spec->ledger != NULL;
}

static tvn_err
run(struct tvn__test *test, const struct tvn_test_opts *opts)
{
    struct tvn_host_run_opts run = {
        .cache_dir = opts->cache_dir, .limit = TVN__TEST_RECORD_MAX};
    struct tvn_diag found = {0};
    tvn_err err = set_up(test);

    if (err != TVN_OK) {
        return err;
    }
    run.swaps = test->swaps;
    run.swap_count = test->swap_count;
    run.sim = &test->sim;
    (void)tvn_host_run(test->host, &run, &found); /* the code is in `found` */
    (void)check_end(test, &found);
    if (test->err != TVN_OK) {
        err = test->err; /* what was seen is not all */
    } else if (tvn_host_has_run(test->host)) {
        err = tvn__test_check(test);
    }
    tvn_diag_fini(&found);
    return err;
}

static tvn_err
join_sets(struct tvn__test *test, const struct tvn_test_opts *opts,
    struct tvn_host_opts *out)
{
    const struct tvn__test_case *spec = test->spec;
    uint32_t count = opts->set_count + spec->set_count;
    struct tvn_pipeline_set *sets =
        tvn_arena_new(&test->arena, count, sizeof(*sets));

    if (sets == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        sets[i] = i < opts->set_count ? opts->sets[i]
                                      : spec->sets[i - opts->set_count];
    }
    out->sets = sets;
    out->set_count = count;
    return TVN_OK;
}

/* The test's variables, then its file's, then the process's. */
static const char *
variable(void *env, const char *name)
{
    struct tvn__test *test = env;
    const struct tvn_yaml *found = tvn_yaml_get(test->spec->environment, name);

    if (found == NULL) {
        found = tvn_yaml_get(test->file->environment, name);
    }
    return found == NULL
               ? getenv(name)
               : tvn_arena_copy(&test->arena, found->text.ptr, found->text.len);
}

static tvn_err
load_and_run(struct tvn__test *test, const struct tvn_test_opts *opts)
{
    struct tvn_host_opts load = {
        .file = test->file->pipeline,
        .variables = {variable, test},
        .building = TVN_HOST_BUILD,
        .say = opts->say,
        .built = opts->built,
        .env = opts->env,
    };
    struct tvn_diag found = {0};
    tvn_err err = join_sets(test, opts, &load);

    if (err != TVN_OK) {
        return err;
    }
    err = tvn_host_load(&load, &test->host, &found);
    if (err != TVN_OK) {
        if (check_end(test, &found) && expects_events(test->spec)) {
            (void)tvn_diag_error(test->diag, TVN_ETEST_DIFFERS,
                &test->spec->place, "the flow was refused before it ran");
            note_findings(test, &found);
        }
        err = TVN_OK; /* expected, or told */
    } else {
        err = run(test, opts);
    }
    tvn_diag_fini(&found);
    return err;
}

void
tvn_test_run(const struct tvn_test_file *file, uint32_t number,
    const struct tvn_test_opts *opts, struct tvn_test_result *out)
{
    struct tvn__test test = {
        .file = file,
        .spec = &file->cases[number],
        .diag = &out->diag,
        .log = &out->log,
    };
    uint64_t began = tvn_clock_monotonic_ns();
    tvn_err err;

    *out = (struct tvn_test_result){0};
    err = load_and_run(&test, opts);
    tear_down(&test);
    if (err != TVN_OK && tvn_diag_err(&out->diag) == TVN_OK) {
        (void)tvn_diag_error(
            &out->diag, err, &test.spec->place, "%s", tvn_err_text(err));
    }
    out->is_ok = tvn_diag_err(&out->diag) == TVN_OK;
    out->took_ns = tvn_clock_monotonic_ns() - began;
}

void
tvn_test_result_fini(struct tvn_test_result *result)
{
    tvn_diag_fini(&result->diag);
    tvn_buf_fini(&result->log);
}
