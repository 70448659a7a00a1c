/* test_setup.c -- which stages of a test are the file's own, and what stands
 * in the place of the others. */
#include "host/test_internal.h"

int
tvn__test_find(struct tvn__test *test, const struct tvn_yaml *name)
{
    const struct tvn_pipeline *pipeline = test->host->pipeline;
    struct tvn_str names[64];
    uint32_t count = 0;

    for (uint32_t i = 0; i < pipeline->stage_count; i++) {
        if (tvn_str_equal(pipeline->stages[i].name.text, name->text)) {
            return (int)i;
        }
        if (count < 64) {
            names[count++] = pipeline->stages[i].name.text;
        }
    }
    (void)tvn_diag_error(test->diag, TVN_ETEST_STAGE, &name->place,
        "%s has no stage '%.*s'", pipeline->path, TVN_STR_ARG(name->text));
    tvn_diag_suggest(test->diag, name->text, names, count);
    return -1;
}

const struct tvn_type *
tvn__test_type_in(const struct tvn__test *test, uint32_t number)
{
    return test->host->link.stages[number].in;
}

/* A stage that was made before the flow. */
static tvn_err
hand_out(void *env, struct tvn_pool *pool, const struct tvn_type *type,
    TVN_GIVE struct tvn_stage *out)
{
    struct tvn__test_stage *stage = env;

    (void)pool;
    (void)type;
    *out = stage->source != NULL
               ? (struct tvn_stage){&tvn__test_source_ops, stage->source}
               : (struct tvn_stage){&tvn__test_mock_ops, &stage->mock};
    return TVN_OK;
}

/* What is given may come there. */
static void
enliven(struct tvn__test *test, uint32_t number)
{
    const struct tvn_link *link = &test->host->link;

    if (test->stages[number].is_live) {
        return;
    }
    test->stages[number].is_live = true;
    for (uint32_t i = 0; i < test->host->pipeline->edge_count; i++) {
        if (link->edges[i].from == number) {
            enliven(test, link->edges[i].to);
        }
    }
}

static tvn_err
make_stages(struct tvn__test *test)
{
    uint32_t count = test->host->pipeline->stage_count;
    uint32_t faults = test->spec->fault_count;

    test->stages = tvn_arena_new(&test->arena, count, sizeof(*test->stages));
    test->swaps = tvn_arena_new(&test->arena, count, sizeof(*test->swaps));
    if (test->stages == NULL || test->swaps == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct tvn__test_stage *stage = &test->stages[i];

        stage->test = test;
        stage->number = i;
        stage->role = test->host->link.stages[i].role;
        stage->mock.role = stage->role;
        stage->armed =
            tvn_arena_new(&test->arena, faults, sizeof(*stage->armed));
        if (stage->armed == NULL) {
            return TVN_ENOMEM;
        }
    }
    return TVN_OK;
}

static tvn_err
add_feed(struct tvn__test *test, struct tvn__feed *feed,
    struct tvn__test_source *source, uint32_t number)
{
    struct tvn_str name = test->host->pipeline->stages[number].name.text;
    const char *own =
        tvn_arena_printf(&test->arena, "given.%.*s", TVN_STR_ARG(name));
    const char *edge = tvn_arena_printf(&test->arena, "given.%.*s -> %.*s",
        TVN_STR_ARG(name), TVN_STR_ARG(name));

    if (own == NULL || edge == NULL) {
        return TVN_ENOMEM;
    }
    *feed = (struct tvn__feed){
        .name = tvn_str_of(own),
        .stage = {&tvn__test_source_ops, source},
        .edge = tvn_str_of(edge),
        .to = number,
    };
    test->sim.feed_count++;
    return TVN_OK;
}

/* A guest gives its own events. */
static tvn_err
let_be(struct tvn__test *test, const struct tvn__test_given *given,
    struct tvn__test_stage *stage)
{
    if (stage->role != TVN_ROLE_SOURCE ||
        test->host->pipeline->stages[stage->number].kind !=
            TVN_PIPELINE_GUEST) {
        return tvn_diag_error(test->diag, TVN_ETEST_STAGE, &given->stage->place,
            "%.*s cannot give its own events: only a guest that is a source "
            "can",
            TVN_STR_ARG(given->stage->text));
    }
    stage->is_itself = true;
    return TVN_OK;
}

static tvn_err
give(struct tvn__test *test, uint32_t number, struct tvn__feed *feeds)
{
    const struct tvn__test_given *given = &test->spec->given[number];
    struct tvn__test_source *source = &test->feeds[number];
    int found = tvn__test_find(test, given->stage);
    struct tvn__test_stage *stage;
    tvn_err err;

    if (found < 0) {
        return TVN_ETEST_STAGE;
    }
    stage = &test->stages[found];
    enliven(test, (uint32_t)found);
    if (given->is_itself) {
        return let_be(test, given, stage);
    }
    err = tvn__test_source_init(source, test, given, (uint32_t)found);
    if (stage->role == TVN_ROLE_SOURCE) {
        stage->source = source;
        return err;
    }
    return tvn_err_first(err,
        add_feed(test, &feeds[test->sim.feed_count], source, (uint32_t)found));
}

static tvn_err
set_given(struct tvn__test *test)
{
    uint32_t count = test->spec->given_count;
    struct tvn__feed *feeds =
        tvn_arena_new(&test->arena, count, sizeof(*feeds));
    tvn_err err = TVN_OK;

    test->feeds = tvn_arena_new(&test->arena, count, sizeof(*test->feeds));
    if (feeds == NULL || test->feeds == NULL) {
        return TVN_ENOMEM;
    }
    test->sim.feeds = feeds;
    for (uint32_t i = 0; i < count; i++) {
        err = tvn_err_first(err, give(test, i, feeds));
    }
    return err;
}

static tvn_err
set_mocks(struct tvn__test *test)
{
    const struct tvn_yaml *mock = test->spec->mock;
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; mock != NULL && i < mock->count; i++) {
        int found = tvn__test_find(test, mock->pairs[i].key);

        if (found < 0) {
            err = tvn_err_first(err, TVN_ETEST_STAGE);
            continue;
        }
        test->stages[found].is_mocked = true;
        err = tvn_err_first(err,
            tvn__test_mock_init(&test->stages[found], mock->pairs[i].value));
    }
    return err;
}

static tvn_err
set_faults(struct tvn__test *test)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < test->spec->fault_count; i++) {
        const struct tvn__test_fault *fault = &test->spec->faults[i];
        int found = tvn__test_find(test, fault->stage);
        const char *refusal;

        if (found < 0) {
            err = tvn_err_first(err, TVN_ETEST_STAGE);
            continue;
        }
        refusal = tvn__test_fault_refusal(&test->stages[found], fault->kind);
        if (refusal != NULL) {
            err = tvn_err_first(err,
                tvn_diag_error(test->diag, TVN_ETEST_STAGE,
                    &fault->stage->place, "%.*s cannot have a fault '%s': %s",
                    TVN_STR_ARG(fault->stage->text),
                    tvn_fault_name(fault->kind), refusal));
        }
        test->stages[found].armed[i].fault = fault;
    }
    return err;
}

/* Connectors, mocks and what nothing reaches are not the file's own. */
static void
set_swaps(struct tvn__test *test)
{
    const struct tvn_pipeline *pipeline = test->host->pipeline;

    for (uint32_t i = 0; i < pipeline->stage_count; i++) {
        struct tvn__test_stage *stage = &test->stages[i];

        stage->is_mocked =
            stage->is_mocked || !stage->is_live ||
            (stage->role == TVN_ROLE_SOURCE && !stage->is_itself) ||
            pipeline->stages[i].kind != TVN_PIPELINE_GUEST;
        if (stage->is_mocked) {
            test->swaps[test->swap_count++] = (struct tvn_host_swap){
                pipeline->stages[i].name.text, hand_out, stage};
        }
    }
    for (uint32_t i = 0; i < test->spec->expect_count; i++) {
        int found = tvn__test_find(test, test->spec->expects[i].stage);

        if (found >= 0) {
            test->stages[found].keeps = true;
        }
    }
}

tvn_err
tvn__test_set_up(struct tvn__test *test)
{
    tvn_err err = make_stages(test);

    if (err == TVN_OK) {
        err = set_given(test);
    }
    if (err != TVN_ENOMEM) {
        err = tvn_err_first(err, set_mocks(test));
    }
    if (err != TVN_ENOMEM) {
        err = tvn_err_first(err, set_faults(test));
    }
    if (err == TVN_OK) {
        set_swaps(test);
        err = tvn_diag_err(test->diag);
    }
    return err;
}
