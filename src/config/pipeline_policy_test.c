/* pipeline_policy_test.c -- what the file says of pressure and failure:
 * overflow and rates, retries, threads. */
#include "config/testing.h"

#include "base/mem.h"

#define MS UINT64_C(1000000)

static void
test_retries_have_a_backoff(void)
{
    static const struct {
        const char *text;
        uint32_t retries;
        uint64_t min_ms, max_ms;
    } rows[] = {
        {"{ retry: 3 }", 3, 10, 1000}, /* the default */
        {"{ retry: forever, backoff: 1s..1m }", TVN_PIPELINE_FOREVER, 1000,
            60000},
        {"{ retry: 4294967294, backoff: 50ms }", UINT32_MAX - 1, 50, 50},
        {"{ retry: 1, backoff: \"5ms .. 5ms\" }", 1, 5, 5},
        {"{ retry: 0, backoff: 1s }", 0, 0, 0},
        {"{ then: drop }", 0, 0, 0},
        {"drop", 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_buf text = {0};
        const struct tvn_pipeline_on_error *on_error;
        struct tvn_pipeline *p;

        tvn_buf_printf(&text,
            "flow: f\n"
            "stages:\n"
            "  in: { source: { file: data }, on-error: %s }\n"
            "  out: { sink: { file: x } }\n"
            "edges: [ in -> out ]\n",
            rows[i].text);
        p = tvn__testing_read_ok(tvn_buf_text(&text), NULL);
        on_error = &p->stages[0].on_error;
        TVN_ASSERT(on_error->is_given && on_error->retries == rows[i].retries);
        TVN_ASSERT(on_error->backoff_min_ns == rows[i].min_ms * MS);
        TVN_ASSERT(on_error->backoff_max_ns == rows[i].max_ms * MS);
        tvn_pipeline_free(p);
        tvn_buf_fini(&text);
    }
}

static void
test_edges_say_their_own_or_take_the_defaults(void)
{
    static const struct {
        const char *defaults, *edge;
        enum tvn_pipeline_overflow overflow;
        uint64_t rate, burst;
    } rows[] = {
        {"{}", "{}", TVN_PIPELINE_BLOCK, 0, 0},
        {"{}", "{ rate: 50/s }", TVN_PIPELINE_BLOCK, 50, 1},
        {"{}", "{ rate: 500/s }", TVN_PIPELINE_BLOCK, 500, 6},
        {"{}", "{ rate: 1000000000/s }", TVN_PIPELINE_BLOCK, 1000000000,
            1048576},
        {"{}", "{ overflow: error }", TVN_PIPELINE_ERROR, 0, 0},
        {"{}", "{ overflow: drop-newest, rate: 7/s, burst: 1 }",
            TVN_PIPELINE_DROP_NEWEST, 7, 1},
        {"{ overflow: drop-newest }", "{}", TVN_PIPELINE_DROP_NEWEST, 0, 0},
        {"{ overflow: drop-newest }", "{ overflow: block }", TVN_PIPELINE_BLOCK,
            0, 0},
        {"{ rate: 500/s }", "{ overflow: rate-limit }", TVN_PIPELINE_RATE_LIMIT,
            500, 6},
        {"{ rate: 500/s }", "{ burst: 9 }", TVN_PIPELINE_BLOCK, 500, 9},
        {"{ rate: 500/s }", "{ rate: 1000/s }", TVN_PIPELINE_BLOCK, 1000, 11},
        {"{ rate: 500/s, burst: 6 }", "{ rate: 1000/s }", TVN_PIPELINE_BLOCK,
            1000, 6},
        {"{ overflow: rate-limit, rate: 500/s, burst: 2 }", "{ capacity: 1 }",
            TVN_PIPELINE_RATE_LIMIT, 500, 2},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_buf text = {0};
        struct tvn_pipeline *p;

        tvn_buf_printf(&text,
            "flow: f\n"
            "defaults: { edge: %s }\n"
            "stages:\n"
            "  in: { source: { file: data } }\n"
            "  out: { sink: { file: x } }\n"
            "edges:\n"
            "  - in -> out: %s\n",
            rows[i].defaults, rows[i].edge);
        p = tvn__testing_read_ok(tvn_buf_text(&text), NULL);
        TVN_ASSERT(p->edges[0].overflow == rows[i].overflow);
        TVN_ASSERT(p->edges[0].rate == rows[i].rate);
        TVN_ASSERT(p->edges[0].burst == rows[i].burst);
        tvn_pipeline_free(p);
        tvn_buf_fini(&text);
    }
}

static void
test_threads_have_exactly_their_stages(void)
{
    struct tvn_pipeline *p =
        tvn__testing_read_ok("flow: f\n"
                             "threads:\n" /* before the stages, which is fine */
                             "  a: [out, mid]\n"
                             "  b: other\n"
                             "stages:\n"
                             "  in: { source: { file: data } }\n"
                             "  mid: { component: mid.wasm, state: window }\n"
                             "  other: { component: mid.wasm, state: keep }\n"
                             "  out: { sink: { file: x } }\n"
                             "edges: [ in -> mid -> out, in -> other -> out ]\n"
                             "require: { threads: true }\n",
            NULL);

    TVN_ASSERT(p->thread_count == 2);
    TVN_ASSERT(tvn_str_is(p->threads[0].text, "a"));
    TVN_ASSERT(tvn_str_is(p->threads[1].text, "b"));
    TVN_ASSERT(p->stages[0].thread == 0 && p->stages[1].thread == 1);
    TVN_ASSERT(p->stages[2].thread == 2 && p->stages[3].thread == 1);
    TVN_ASSERT(p->stages[1].state_is_window && !p->stages[2].state_is_window);
    TVN_ASSERT(p->require.threads);
    tvn_pipeline_free(p);
    p = tvn__testing_read_ok("flow: f\n"
                             "stages:\n"
                             "  in: { source: { file: data } }\n"
                             "  mid: { component: mid.wasm }\n"
                             "  out: { sink: { file: x } }\n"
                             "edges: [ in -> mid -> out ]\n"
                             "threads: {}\n",
        NULL);
    TVN_ASSERT(p->thread_count == 0 && p->stages[1].thread == 0);
    tvn_pipeline_free(p);
}

int
main(void)
{
    tvn__testing_enter();
    test_retries_have_a_backoff();
    test_edges_say_their_own_or_take_the_defaults();
    test_threads_have_exactly_their_stages();
    tvn__testing_leave();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
