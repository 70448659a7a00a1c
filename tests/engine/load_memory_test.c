/* load_memory_test.c -- every allocation on the way from a component's bytes
 * to its last call fails once: an error that says so, and nothing is lost.
 *
 * The components are the inputs of fuzz/component_instantiate: nested ones,
 * resources, strings of every encoding, what the host gives.  An arena here
 * has a block for each allocation (support/arena.c).  What the engine itself
 * allocates is not ours to fail. */
#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "fuzz/host.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUTS   "fuzz/corpus/component_instantiate/[0-9]*"
#define FILE_MAX ((size_t)1 << 20)

/* One way from bytes to calls. */
struct trip {
    struct tvn_engine *engine;
    const char *cold; /* a cache that is emptied before; NULL */
    struct tvn_buf bytes;
    struct tvn_types *types;
    struct tvn_component *component;
    struct tvn_diag diag;
};

static tvn_err
call_all(struct trip *trip, struct host *host)
{
    const uint64_t deadline_ns = UINT64_C(50000000);
    struct tvn_instance_opts opts = {
        .memory_max = 4u << 20, .init_deadline_ns = deadline_ns};
    struct tvn_instance *instance = NULL;
    struct tvn_code *code = NULL;
    tvn_err err;

    opts.deadline_ns = deadline_ns;
    host_opts(host, trip->component->program, &opts);
    err =
        tvn_code_new(trip->engine, trip->component, "load", &code, &trip->diag);
    if (err == TVN_OK) {
        err = tvn_instance_new(code, &opts, &instance, &trip->diag);
    }
    TVN_ASSERT((err == TVN_OK) == (instance != NULL));
    if (err == TVN_OK) {
        err = host_call_all(host, instance, trip->component->exports,
            trip->component->export_count, &trip->diag);
    }
    tvn_instance_free(instance);
    tvn_code_free(code);
    return err;
}

static void
empty(const char *folder)
{
    struct tvn_buf pattern = {0};
    glob_t found;

    tvn_buf_printf(&pattern, "%s/*", folder);
    if (glob(tvn_buf_text(&pattern), 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            TVN_ASSERT(unlink(found.gl_pathv[i]) == 0);
        }
        globfree(&found);
    }
    tvn_buf_fini(&pattern);
}

/* Allocation number `n` fails, unless there are fewer. */
static tvn_err
travel(struct trip *trip, int64_t n)
{
    const uint8_t *bytes = (const uint8_t *)trip->bytes.ptr;
    struct host host;
    tvn_err err;

    if (trip->cold != NULL) {
        empty(trip->cold);
    }
    trip->types = tvn_types_new();
    TVN_ASSERT(trip->types != NULL);
    tvn_mem_fail_after(n);
    err = tvn_component_decode(bytes, trip->bytes.len, "load", trip->types,
        &trip->component, &trip->diag);
    TVN_ASSERT((err == TVN_OK) == (trip->component != NULL));
    if (err == TVN_OK) {
        if (host_open(
                &host, trip->component->program, bytes, trip->bytes.len)) {
            host.is_plain = true;
            err = call_all(trip, &host);
            host_close(&host);
        } else {
            err = TVN_ENOMEM;
        }
    }
    return err;
}

/* Frees what is left of the way; false: there was no allocation `n`. */
static bool
come_home(struct trip *trip, int64_t n)
{
    bool has_failed = true;

    for (int64_t i = 0; has_failed && i <= n; i++) {
        void *ptr = tvn_mem_new(1, 1);

        has_failed = ptr != NULL;
        tvn_mem_free(ptr, 1, 1);
    }
    tvn_mem_fail_after(-1);
    tvn_component_free(trip->component);
    tvn_types_free(trip->types);
    tvn_diag_fini(&trip->diag);
    trip->component = NULL;
    return has_failed;
}

static bool
says_no_memory(const struct tvn_diag *diag)
{
    struct tvn_buf text = {0};
    bool is_said;

    tvn_diag_print(diag, &text);
    is_said = strstr(tvn_buf_text(&text), "no memory") != NULL;
    if (!is_said) {
        (void)fprintf(stderr, "%s", tvn_buf_text(&text));
    }
    tvn_buf_fini(&text);
    return is_said;
}

/* How many allocations there were. */
static unsigned
fail_each(struct tvn_engine *engine, const char *cold, const char *path,
    tvn_err wanted)
{
    struct trip trip = {.engine = engine, .cold = cold};
    uint64_t live;
    bool has_failed = true;
    int64_t n = 0;

    TVN_ASSERT(tvn_buf_read_file(&trip.bytes, path, FILE_MAX) == TVN_OK);
    live = tvn_mem_live();
    for (; has_failed; n++) {
        tvn_err err = travel(&trip, n);
        size_t errors = trip.diag.errors;

        if (err != TVN_OK && err != wanted && err != TVN_ENOMEM) {
            tvn_mem_fail_after(-1);
            TVN_ASSERT(says_no_memory(&trip.diag));
        }
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM || errors > 0);
        has_failed = come_home(&trip, n);
        TVN_ASSERT(has_failed || err == wanted);
        TVN_ASSERT(tvn_mem_live() == live);
        TVN_ASSERT(n < 10000);
    }
    tvn_buf_fini(&trip.bytes);
    return (unsigned)n - 1;
}

/* What comes of it when nothing fails. */
static tvn_err
outcome(struct tvn_engine *engine, const char *path)
{
    struct trip trip = {.engine = engine};
    tvn_err err;

    TVN_ASSERT(tvn_buf_read_file(&trip.bytes, path, FILE_MAX) == TVN_OK);
    err = travel(&trip, -1);
    (void)come_home(&trip, -1);
    tvn_buf_fini(&trip.bytes);
    return err;
}

static void
test_each_allocation_of_a_load_may_fail(void)
{
    static const struct tvn_engine_opts opts = {.cache_dir = NULL};
    struct tvn_engine *engine = NULL;
    unsigned count = 0;
    unsigned good = 0;
    glob_t found;

    TVN_ASSERT(tvn_engine_new(&opts, &engine, NULL) == TVN_OK);
    TVN_ASSERT(glob(INPUTS, 0, NULL, &found) == 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        tvn_err err = outcome(engine, found.gl_pathv[i]);
        unsigned failed;

        if (err == TVN_EDEADLINE) { /* a loop: 50 ms each time */
            continue;
        }
        failed = fail_each(engine, NULL, found.gl_pathv[i], err);
        printf("%4u  %s: %s\n", failed, strrchr(found.gl_pathv[i], '/') + 1,
            err == TVN_OK ? "ok" : tvn_err_text(err));
        good += err == TVN_OK;
        count += failed;
    }
    printf("%u allocations failed, one at a time\n", count);
    TVN_ASSERT(good >= 15 && count > 1000);
    globfree(&found);
    tvn_engine_free(engine);
}

/* A cache that fails is no cache: the component runs all the same. */
static void
test_each_allocation_with_a_cache_may_fail(void)
{
    static char cache[] = "/tmp/tvn-load-XXXXXX";
    const char *path = "fuzz/corpus/component_instantiate/11-resource-across";
    const struct tvn_engine_opts opts = {.cache_dir = cache};
    struct tvn_engine *engine = NULL;
    unsigned cold;
    unsigned warm;

    TVN_ASSERT(mkdtemp(cache) != NULL);
    TVN_ASSERT(tvn_engine_new(&opts, &engine, NULL) == TVN_OK);
    cold = fail_each(engine, cache, path, TVN_OK);
    TVN_ASSERT(outcome(engine, path) == TVN_OK);
    warm = fail_each(engine, NULL, path, TVN_OK);
    printf("%4u  with a cold cache\n%4u  with a warm one\n", cold, warm);
    tvn_engine_free(engine);
    empty(cache);
    TVN_ASSERT(rmdir(cache) == 0);
}

static void
test_each_allocation_of_an_engine_may_fail(void)
{
    static const struct tvn_engine_opts opts = {.cache_dir = NULL};
    tvn_err err = TVN_ENOMEM;

    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_engine *engine = NULL;
        struct tvn_diag diag = {0};

        tvn_mem_fail_after(n);
        err = tvn_engine_new(&opts, &engine, &diag);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        tvn_engine_free(engine);
        tvn_diag_fini(&diag);
        TVN_ASSERT(tvn_mem_live() == 0 && n < 100);
    }
}

int
main(void)
{
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    test_each_allocation_of_an_engine_may_fail();
    test_each_allocation_with_a_cache_may_fail();
    test_each_allocation_of_a_load_may_fail();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
