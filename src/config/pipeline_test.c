/* pipeline_test.c -- what a valid file becomes, secrets, and that no
 * file, however broken, does more than be refused.  The texts of mistakes are
 * in pipeline_mistakes_test.c. */
#include "config/pipeline.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/rng.h"
#include "config/testing.h"

#include <sys/stat.h>
#include <time.h>

#define MS UINT64_C(1000000)

/* All that is built, and all that a reader can meet. */
static const char full[] =
    "flow: flights\n"
    "wit: [wit/, more]\n"
    "state: var\n"
    "defaults:\n"
    "  max-event: 2MiB\n"
    "  edge:  { capacity: 16, bytes: 1MiB, overflow: block }\n"
    "  stage: { memory: 16MiB, deadline: 50ms, init-deadline: 2s }\n"
    "stages:\n"
    "  departures:\n"
    "    source: { file: { path: data/flights.ndjson } }\n"
    "    codec: { json: { names: camel, rename: { dep-delay: Dep }, "
    "unknown: refuse } }\n"
    "    type: events.departure\n"
    "    event-time: { field: time, unit: us }\n"
    "    key: carrier\n"
    "    on-error: stop\n"
    "  enrich:\n"
    "    component: build/enrich.wasm\n"
    "    config: &c { late-after: 15 }\n"
    "    tables: { airlines: a.csv, b: { file: b.csv, key: id } }\n"
    "    memory: 32MiB\n"
    "    on-error: { retry: 2, then: drop }\n"
    "    grants: [metrics]\n"
    "  tally:\n"
    "    component: tally.wasm\n"
    "    config: *c\n"
    "    world: counter\n"
    "    interface: totals\n"
    "    deadline: 1s\n"
    "    window: { every: 1s, count: 10000 }\n"
    "  totals: { sink: { file: out }, codec: json, fields: [a, b] }\n"
    "  log: { sink: stdout, codec: lines }\n"
    "edges:\n"
    "  - departures -> enrich.main -> tally\n"
    "  - tally -> totals: { capacity: 1024, rate: 9/s }\n"
    "  - \"enrich.rejected->log\"\n"
    "threads: { slow: [log, tally], other: enrich }\n"
    "dead-letter: { file: { path: dead } }\n"
    "require: { cannot-stall-others: [log], loss: [], memory: 256MiB, "
    "delivery: at-most-once, missing: none }\n"
    "settings: { burst: 32, drain-timeout: 1m }\n";

static const char small[] = "flow: f\n"
                            "stages:\n"
                            "  in: { source: { file: data } }\n"
                            "  mid: { component: mid.wasm }\n"
                            "  out: { sink: { file: { path: x } } }\n"
                            "edges:\n"
                            "  - in -> mid -> out\n";

/* The page's example, as it is there. */
static const char example[] =
    "flow: flights\n"
    "wit: wit/                                  # packages\n"
    "state: .torvyn/                            # dead letters\n"
    "defaults:\n"
    "  max-event: 1MiB\n"
    "  edge:  { capacity: 256, bytes: 4MiB }\n"
    "  stage: { memory: 16MiB, deadline: 100ms }\n"
    "stages:\n"
    "  departures:                              # native source\n"
    "    source: { file: { path: data/flights.ndjson } }      # path\n"
    "    codec: json\n"
    "    type: events.departure                 # package optional\n"
    "    event-time: { field: time, unit: ns }  # unit is required\n"
    "    key: carrier\n"
    "  validate: { build: stages/validate.c }   # world = stage name\n"
    "  enrich:\n"
    "    build: stages/enrich.c                 # a file\n"
    "    config: { default-airline: unknown, late-after: 15 }\n"
    "    tables: { airlines: data/airlines.csv }\n"
    "    memory: 32MiB\n"
    "    on-error: { retry: 3, backoff: 10ms..1s, then: dead-letter }\n"
    "  route:    { build: stages/route.c }\n"
    "  tally:    { build: stages/tally.c, window: { every: 1s } }\n"
    "  announce: { build: stages/announce.c }\n"
    "  totals:   { sink: { file: { path: out/totals.ndjson, mode: replace } "
    "}, codec: json }\n"
    "  delivery: { sink: { http: { url: \"${NOTICE_URL}\" } }, codec: { json: "
    "{ names: camel } } }\n"
    "edges:\n"
    "  - departures -> validate -> enrich -> route\n"
    "  - route.analytics -> tally -> totals\n"
    "  - route.delivery -> announce: { capacity: 1024, overflow: drop-oldest "
    "}\n"
    "  - announce -> delivery: { bytes: 1MiB, overflow: rate-limit, rate: "
    "500/s, burst: 50 }\n"
    "threads: { slow: [announce, delivery] }    # exactly these stages\n"
    "dead-letter: { file: { path: out/dead.ndjson } }\n"
    "require: { cannot-stall-others: [delivery], loss: [announce, tally], "
    "memory: 256MiB }\n"
    "settings: { burst: 64, drain-timeout: 5s }\n";

/* One mistake a line, from the stages on. */
static const char broken[] =
    "flow: f\n"
    "stages:\n"
    "  in: { source: { file: data }, on-error: { retry: 3, backoff: 2s..1s } "
    "}\n"
    "  mid: { component: mid.wasm, on-error: { retry: -1 } }\n"
    "  x: { component: mid.wasm, on-error: { backoff: 10ms-1s } }\n"
    "  out: { sink: { file: { path: x } } }\n"
    "edges:\n"
    "  - in -> mid: { overflow: drop_oldest }\n"
    "  - mid -> x: { overflow: rate-limit }\n"
    "  - x -> out: { burst: 5 }\n"
    "threads: { a: [mid, in], b: [mid], c: [ot], d: [], e: { f: g } }\n";

static const char *
get_variable(void *env, const char *name)
{
    (void)env;
    return strcmp(name, "SIZE") == 0         ? "8"
           : strcmp(name, "NOTICE_URL") == 0 ? "http://localhost"
           : strcmp(name, "EMPTY") == 0      ? ""
           : strcmp(name, "BAD") == 0        ? "\xFF"
                                             : NULL;
}

static const struct tvn_pipeline_opts with_variables = {
    .yaml = {.get = get_variable}};

static void
test_the_pages_example_is_read(void)
{
    struct tvn_pipeline *p = tvn__testing_read_ok(example, &with_variables);
    const struct tvn_pipeline_on_error *enrich = &p->stages[2].on_error;
    const struct tvn_pipeline_edge *e = p->edges;

    TVN_ASSERT(p->stage_count == 8 && p->edge_count == 7);
    TVN_ASSERT(enrich->retries == 3);
    TVN_ASSERT(enrich->backoff_min_ns == 10 * MS);
    TVN_ASSERT(enrich->backoff_max_ns == 1000 * MS);
    TVN_ASSERT(enrich->then == TVN_PIPELINE_DEAD_LETTER);
    TVN_ASSERT(p->stages[1].on_error.retries == 0);
    TVN_ASSERT(p->stages[1].on_error.backoff_max_ns == 0);

    TVN_ASSERT(e[4].overflow == TVN_PIPELINE_BLOCK && e[4].rate == 0);
    TVN_ASSERT(e[4].burst == 0);
    TVN_ASSERT(e[5].overflow == TVN_PIPELINE_DROP_OLDEST);
    TVN_ASSERT(e[5].capacity == 1024 && e[5].rate == 0);
    TVN_ASSERT(e[6].overflow == TVN_PIPELINE_RATE_LIMIT);
    TVN_ASSERT(e[6].rate == 500 && e[6].burst == 50);

    TVN_ASSERT(p->thread_count == 1);
    TVN_ASSERT(tvn_str_is(p->threads[0].text, "slow"));
    TVN_ASSERT(p->threads[0].place.line == 32);
    TVN_ASSERT(p->threads[0].place.column == 12);
    for (uint32_t i = 0; i < 8; i++) {
        TVN_ASSERT(p->stages[i].thread == (i == 5 || i == 7));
    }
    TVN_ASSERT(!p->require.threads && !p->stages[4].state_is_window);
    tvn_pipeline_free(p);
}

static void
check_native_stages(const struct tvn_pipeline *p)
{
    const struct tvn_pipeline_stage *in = &p->stages[0];
    const struct tvn_pipeline_stage *totals = &p->stages[3];
    const struct tvn_pipeline_stage *log = &p->stages[4];

    TVN_ASSERT(in->kind == TVN_PIPELINE_SOURCE);
    TVN_ASSERT(tvn_str_is(in->name.text, "departures"));
    TVN_ASSERT(in->name.place.line == 9 && in->name.place.column == 3);
    TVN_ASSERT(tvn_str_is(in->connector.name.text, "file"));
    TVN_ASSERT(in->connector.options->kind == TVN_YAML_MAPPING);
    TVN_ASSERT(tvn_str_is(in->codec.name.text, "json"));
    TVN_ASSERT(in->codec.names == TVN_PIPELINE_CAMEL);
    TVN_ASSERT(in->codec.rename_count == 1 && in->codec.refuse_unknown);
    TVN_ASSERT(tvn_str_is(in->codec.renames[0].field, "dep-delay"));
    TVN_ASSERT(tvn_str_is(in->codec.renames[0].key, "Dep"));
    TVN_ASSERT(tvn_str_is(in->type.text, "events.departure"));
    TVN_ASSERT(tvn_str_is(in->event_time.text, "time"));
    TVN_ASSERT(in->event_time_unit_ns == 1000);
    TVN_ASSERT(tvn_str_is(in->key.text, "carrier"));
    TVN_ASSERT(in->on_error.then == TVN_PIPELINE_STOP);
    TVN_ASSERT(in->on_error.is_given);
    TVN_ASSERT(totals->kind == TVN_PIPELINE_SINK && totals->field_count == 2);
    TVN_ASSERT(tvn_str_is(totals->fields[1].text, "b"));
    TVN_ASSERT(totals->connector.options->kind == TVN_YAML_SCALAR);
    TVN_ASSERT(totals->codec.names == TVN_PIPELINE_SNAKE);
    TVN_ASSERT(!totals->codec.refuse_unknown);
    TVN_ASSERT(totals->on_error.then == TVN_PIPELINE_DEAD_LETTER);
    TVN_ASSERT(!totals->on_error.is_given);
    TVN_ASSERT(tvn_str_is(log->connector.name.text, "stdout"));
    TVN_ASSERT(log->connector.options == NULL);
}

static void
check_guests(const struct tvn_pipeline *p)
{
    const struct tvn_pipeline_stage *enrich = &p->stages[1];
    const struct tvn_pipeline_stage *tally = &p->stages[2];

    TVN_ASSERT(enrich->kind == TVN_PIPELINE_GUEST);
    TVN_ASSERT(tvn_str_is(enrich->component.text, "build/enrich.wasm"));
    TVN_ASSERT(tvn_str_is(enrich->world.text, "enrich"));
    TVN_ASSERT(enrich->interface.text.len == 0);
    TVN_ASSERT(enrich->memory == 32u << 20);
    TVN_ASSERT(enrich->deadline_ns == 50 * MS);
    TVN_ASSERT(enrich->init_deadline_ns == 2000 * MS);
    TVN_ASSERT(enrich->on_error.then == TVN_PIPELINE_DROP);
    TVN_ASSERT(enrich->table_count == 2 && !enrich->has_window);
    TVN_ASSERT(tvn_str_is(enrich->tables[0].name.text, "airlines"));
    TVN_ASSERT(tvn_str_is(enrich->tables[0].file, "a.csv"));
    TVN_ASSERT(enrich->tables[0].key.len == 0);
    TVN_ASSERT(tvn_str_is(enrich->tables[1].file, "b.csv"));
    TVN_ASSERT(tvn_str_is(enrich->tables[1].key, "id"));
    TVN_ASSERT(enrich->grant_count == 1);
    TVN_ASSERT(enrich->config != NULL && enrich->config == tally->config);
    TVN_ASSERT(tvn_str_is(tally->world.text, "counter"));
    TVN_ASSERT(tvn_str_is(tally->interface.text, "totals"));
    TVN_ASSERT(tally->memory == 16u << 20);
    TVN_ASSERT(tally->deadline_ns == 1000 * MS);
    TVN_ASSERT(tally->has_window && tally->window_place.line == 29);
    TVN_ASSERT(tally->window_every_ns == 1000 * MS);
    TVN_ASSERT(tally->window_count == 10000);
}

static void
test_a_file_is_read_whole(void)
{
    struct tvn_pipeline *p = tvn__testing_read_ok(full, NULL);
    const struct tvn_pipeline_edge *e = p->edges;

    TVN_ASSERT(tvn_str_is(p->flow.text, "flights"));
    TVN_ASSERT(p->wit_count == 2 && tvn_str_is(p->wits[1].text, "more"));
    TVN_ASSERT(tvn_str_is(p->state, "var"));
    TVN_ASSERT(p->max_event == 2u << 20);
    TVN_ASSERT(p->stage_count == 5);
    check_native_stages(p);
    check_guests(p);

    TVN_ASSERT(p->edge_count == 4);
    TVN_ASSERT(tvn_str_is(e[0].from.text, "departures"));
    TVN_ASSERT(tvn_str_is(e[0].to.text, "enrich") && e[0].port.text.len == 0);
    TVN_ASSERT(e[0].place.line == 33 && e[0].place.column == 16);
    TVN_ASSERT(e[0].capacity == 16 && e[0].bytes == 1u << 20);
    TVN_ASSERT(tvn_str_is(e[1].from.text, "enrich"));
    TVN_ASSERT(tvn_str_is(e[1].port.text, "main"));
    TVN_ASSERT(e[1].place.column == 31 && e[1].port.place.column == 26);
    TVN_ASSERT(e[2].capacity == 1024 && e[2].bytes == 1u << 20);
    TVN_ASSERT(tvn_str_is(e[3].port.text, "rejected"));
    TVN_ASSERT(e[3].place.line == 35 && e[3].place.column == 21);
    TVN_ASSERT(e[3].overflow == TVN_PIPELINE_BLOCK && e[3].rate == 0);

    TVN_ASSERT(p->has_dead_letter);
    TVN_ASSERT(tvn_str_is(p->dead_letter.name.text, "file"));
    TVN_ASSERT(p->require.is_given && p->require.place.line == 38);
    TVN_ASSERT(p->require.cannot_stall_others_count == 1);
    TVN_ASSERT(p->require.has_loss && p->require.loss_count == 0);
    TVN_ASSERT(p->require.memory == 256u << 20);
    TVN_ASSERT(tvn_str_is(p->require.delivery.text, "at-most-once"));
    TVN_ASSERT(p->require.missing_none && !p->require.threads);
    TVN_ASSERT(p->burst == 32 && p->drain_timeout_ns == 60000 * MS);
    tvn_pipeline_free(p);
}

static void
test_defaults_are_filled_in(void)
{
    struct tvn_pipeline *p = tvn__testing_read_ok(small, NULL);
    const struct tvn_pipeline_stage *mid = &p->stages[1];

    TVN_ASSERT(strcmp(p->path, "torvyn.yaml") == 0);
    TVN_ASSERT(strcmp(p->dir, ".") == 0);
    TVN_ASSERT(p->wit_count == 0 && tvn_str_is(p->state, ".torvyn"));
    TVN_ASSERT(p->max_event == 1u << 20);
    TVN_ASSERT(p->edges[0].capacity == 256 && p->edges[1].bytes == 4u << 20);
    TVN_ASSERT(mid->memory == 64u << 20 && mid->deadline_ns == 100 * MS);
    TVN_ASSERT(mid->init_deadline_ns == 5000 * MS && mid->config == NULL);
    TVN_ASSERT(mid->on_error.then == TVN_PIPELINE_STOP);
    TVN_ASSERT(tvn_str_is(mid->world.text, "mid"));
    TVN_ASSERT(!p->has_dead_letter && !p->require.is_given);
    TVN_ASSERT(!p->require.has_loss && !p->require.missing_none);
    TVN_ASSERT(p->burst == 64 && p->drain_timeout_ns == 5000 * MS);
    tvn_pipeline_free(p);
}

static void
test_paths_are_relative_to_the_files_folder(void)
{
    static const char *const rows[][4] = {
        {"torvyn.yaml", ".", "a/b", "a/b"},
        {"./torvyn.yaml", ".", "a/b", "a/b"},
        {"sub/torvyn.yaml", "sub", "a/b", "sub/a/b"},
        {"sub/torvyn.yaml", "sub", "/a", "/a"},
    };
    struct tvn_arena arena = {0};

    TVN_ASSERT(mkdir("sub", 0777) == 0);
    tvn__testing_write("torvyn.yaml", tvn_str_of(small));
    tvn__testing_write("sub/torvyn.yaml", tvn_str_of(small));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_pipeline *p = NULL;

        TVN_ASSERT(tvn_pipeline_read(rows[i][0], NULL, &p, NULL) == TVN_OK);
        TVN_ASSERT(strcmp(p->dir, rows[i][1]) == 0);
        TVN_ASSERT(strcmp(tvn_pipeline_path(p, &arena, tvn_str_of(rows[i][2])),
                       rows[i][3]) == 0);
        tvn_pipeline_free(p);
    }
    tvn_arena_fini(&arena);
    TVN_ASSERT(remove("sub/torvyn.yaml") == 0 && rmdir("sub") == 0);
}

static void
test_a_file_that_cannot_be_read_is_said(void)
{
    struct tvn_pipeline *p = NULL;
    struct tvn_diag diag = {0};
    struct tvn_buf printed = {0};

    TVN_ASSERT(
        tvn_pipeline_read("none.yaml", NULL, &p, &diag) == TVN_ENOTFOUND);
    TVN_ASSERT(tvn_pipeline_read(".", NULL, &p, &diag) == TVN_EIO);
    TVN_ASSERT(p == NULL);
    tvn_diag_print(&diag, &printed);
    TVN_ASSERT(strcmp(tvn_buf_text(&printed),
                   "none.yaml: error[E0007]: there is no such file\n"
                   ".: error[E0003]: the file cannot be read: Is a "
                   "directory\n") == 0);
    tvn_buf_fini(&printed);
    tvn_diag_fini(&diag);
}

static void
test_secrets_are_known_and_never_shown(void)
{
    static const char text[] =
        "flow: f\n"
        "state: ${file:secret}\n"
        "stages: { in: { source: { file: { path: a, key: \"x${file:secret}\" "
        "} } } }\n"
        "edges: [ in -> out ]\n";
    struct tvn_pipeline *p;
    const struct tvn_yaml *key;

    tvn__testing_write("secret", TVN_STR("hunter2\n"));
    p = tvn__testing_read_ok(text, &with_variables);
    TVN_ASSERT(tvn_str_is(p->state, "hunter2"));
    key = tvn_yaml_get(p->stages[0].connector.options, "key");
    TVN_ASSERT(tvn_str_is(key->text, "xhunter2") && key->is_secret);
    TVN_ASSERT(
        !tvn_yaml_get(p->stages[0].connector.options, "path")->is_secret);
    tvn_pipeline_free(p);

    tvn__testing_refused(
        "flow: f\n"
        "stages: { in: { source: { file: a } } }\n"
        "edges: [ in -> out ]\n"
        "settings: { burst: \"${file:secret}\", drain-timeout: "
        "\"${file:secret}\" }\n"
        "require: { missing: \"${file:secret}\" }\n",
        &with_variables,
        "torvyn.yaml:4:20: error[E0111]: burst must be a number from 1 to 64, "
        "found '***'\n"
        "torvyn.yaml:4:53: error[E0111]: drain-timeout must be a duration with "
        "a unit (ns, us, ms, s, m or h), found '***'\n"
        "torvyn.yaml:5:21: error[E0111]: missing must be none, found '***'\n");
    TVN_ASSERT(remove("secret") == 0);
}

/* ------------------------------------------------------------------------
 * Whatever the file is. */

static void
test_out_of_memory_is_an_error_everywhere(void)
{
    const struct tvn_pipeline_set set = {
        TVN_STR("settings.drain-timeout"), TVN_STR("2s")};
    const struct tvn_pipeline_opts opts = {
        .sets = &set, .set_count = 1, .yaml = {.get = get_variable}};
    struct tvn_buf printed = {0};
    tvn_err err = TVN_ENOMEM;

    tvn__testing_write("torvyn.yaml", tvn_str_of(full));
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_pipeline *p = NULL;
        struct tvn_diag diag = {0};

        tvn_mem_fail_after(n);
        err = tvn_pipeline_read("torvyn.yaml", &opts, &p, &diag);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT((p != NULL) == (err == TVN_OK));
        TVN_ASSERT((diag.errors > 0) == (err == TVN_ENOMEM));
        tvn_pipeline_free(p);
        tvn_diag_fini(&diag);
        TVN_ASSERT(tvn_mem_live() == 0);
        TVN_ASSERT(n < 10000);
    }
    /* The same where there is much to report: texts may be lost, no error. */
    tvn__testing_write("torvyn.yaml", tvn_str_of(broken));
    for (int64_t n = 0; n < 200; n++) {
        struct tvn_pipeline *p = NULL;
        struct tvn_diag diag = {0};

        tvn_mem_fail_after(n);
        err = tvn_pipeline_read("torvyn.yaml", &opts, &p, &diag);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_EPIPELINE_VALUE || err == TVN_ENOMEM);
        TVN_ASSERT(p == NULL && diag.errors > 0);
        tvn_diag_print(&diag, &printed);
        tvn_diag_fini(&diag);
    }
    tvn_buf_fini(&printed);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* One to eight small changes: a byte, a piece cut, doubled or moved. */
static void
mutate(struct tvn_rng *rng, struct tvn_buf *text)
{
    static const char bytes[] = "{}[]:,-> \n\t#&*!|>'\"%@`$?<0a.~\\\x80\xC3";
    uint64_t changes = tvn_rng_below(rng, 8) + 1;

    while (changes-- > 0 && text->len > 2) {
        size_t at = (size_t)tvn_rng_below(rng, text->len);
        size_t len = (size_t)tvn_rng_below(rng, 40) + 1;

        len = len > text->len - at ? text->len - at : len;
        switch (tvn_rng_below(rng, 5)) {
        case 0:
            text->ptr[at] = bytes[tvn_rng_below(rng, sizeof(bytes) - 1)];
            break;
        case 1:
            text->ptr[at] = (char)tvn_rng_below(rng, 256);
            break;
        case 2:
            memmove(text->ptr + at, text->ptr + at + len, text->len - at - len);
            text->len -= len;
            break;
        case 3:
            if (tvn_buf_reserve(text, len)) {
                memmove(text->ptr + at + len, text->ptr + at, text->len - at);
                text->len += len;
            }
            break;
        default:
            memmove(text->ptr + tvn_rng_below(rng, text->len - len + 1),
                text->ptr + at, len);
            break;
        }
    }
}

static void
test_no_mutation_does_more_than_be_refused(uint64_t seed, uint64_t rounds)
{
    struct tvn_rng rng = {.state = seed};
    struct tvn_buf text = {0};
    uint64_t accepted = 0;
    clock_t start = clock();

    for (uint64_t i = 0; i < rounds; i++) {
        struct tvn_pipeline_opts opts = {.yaml = {.get = get_variable}};
        struct tvn_pipeline *p = NULL;
        struct tvn_diag diag = {0};
        struct tvn_buf printed = {0};
        tvn_err err;

        tvn_buf_clear(&text);
        tvn_buf_append_text(&text, i % 3 == 0   ? full
                                   : i % 3 == 1 ? example
                                                : broken);
        mutate(&rng, &text);
        tvn__testing_write("torvyn.yaml", tvn_buf_str(&text));
        err = tvn_pipeline_read("torvyn.yaml", &opts, &p, &diag);
        TVN_ASSERT((p != NULL) == (err == TVN_OK));
        TVN_ASSERT((diag.errors > 0) == (err != TVN_OK));
        TVN_ASSERT(err == TVN_OK ||
                   (tvn_err_code(err) >= 100 && tvn_err_code(err) < 200));
        tvn_diag_print(&diag, &printed);
        TVN_ASSERT(!printed.failed);
        accepted += err == TVN_OK;
        tvn_buf_fini(&printed);
        tvn_diag_fini(&diag);
        tvn_pipeline_free(p);
    }
    tvn_buf_fini(&text);
    printf("%llu mutations, %llu accepted, %.1f s\n",
        (unsigned long long)rounds, (unsigned long long)accepted,
        (double)(clock() - start) / CLOCKS_PER_SEC);
    TVN_ASSERT(accepted > 0 && accepted < rounds);
}

/* pipeline_test [ROUNDS [SEED]] */
int
main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000;
    uint64_t seed =
        argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);

    printf("seed %llu\n", (unsigned long long)seed);
    tvn__testing_enter();
    test_the_pages_example_is_read();
    test_a_file_is_read_whole();
    test_defaults_are_filled_in();
    test_paths_are_relative_to_the_files_folder();
    test_a_file_that_cannot_be_read_is_said();
    test_secrets_are_known_and_never_shown();
    test_out_of_memory_is_an_error_everywhere();
    test_no_mutation_does_more_than_be_refused(seed, rounds);
    tvn__testing_leave();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
