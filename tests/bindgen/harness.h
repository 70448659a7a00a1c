/* harness.h -- batches of worlds: made, compiled together, run.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_HARNESS_H
#define TVN_TESTS_BINDGEN_HARNESS_H

#include "base/clock.h"
#include "bindgen/compile.h"
#include "bindgen/visits.h"

#include <signal.h>

#define HARNESS_BATCH        8u
#define HARNESS_FAILURES_MAX 10u
#define HARNESS_SECONDS_MAX  120u /* of a batch, on a busy machine */

/* Worlds of a sanitized build are slow: fewer of them. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HARNESS_WORLDS 15u
#else
#define HARNESS_WORLDS 60u
#endif

static inline uint64_t
harness_setting(const char *name, uint64_t otherwise)
{
    const char *given = getenv(name);

    return given != NULL ? strtoull(given, NULL, 10) : otherwise;
}

static inline bool
harness_same_types(const struct job *job, const struct tvn_role_info *role)
{
    const struct tvn_role_info *wit = &job->role;

    return role->role == wit->role && role->event == wit->event &&
           role->output == wit->output && role->meta == wit->meta &&
           role->window == wit->window && role->config == wit->config &&
           role->main.result.type == wit->main.result.type;
}

static inline bool
harness_start(struct run *run, struct tvn_engine *engine)
{
    struct job *job = run->job;
    struct tvn_role_face face = tvn_role_face_of_component(job->component);
    struct tvn_host_func hosts[RUN_SLOTS_MAX] = {0};
    struct tvn_instance_opts opts = {.imports = hosts,
        .memory_max = VISITS_MEMORY_MAX,
        .deadline_ns = UINT64_C(10000000000),
        .init_deadline_ns = UINT64_C(10000000000),
        .pool = run->pool};

    if (tvn_role_infer(
            job->types, &run->arena, &face, &run->role, &job->diag) != TVN_OK ||
        !harness_same_types(job, &run->role)) {
        return job_fail(job, "the component", "is not what its world is");
    }
    if (tvn_code_new(engine, job->component, job->base, &run->code,
            &job->diag) != TVN_OK) {
        return job_fail(job, "tvn_code_new", "an error");
    }
    run_add_slots(run);
    for (unsigned i = 0; i < run->slot_count; i++) {
        hosts[i] = (struct tvn_host_func){.interface = run->slots[i].interface,
            .name = run->slots[i].name,
            .call = run_answer,
            .env = &run->slots[i]};
    }
    opts.import_count = run->slot_count;
    if (tvn_instance_new(run->code, &opts, &run->instance, &job->diag) !=
        TVN_OK) {
        return job_fail(job, "tvn_instance_new", "an error");
    }
    return run_prepare(run, &run->init, &run->role.init) &&
           run_prepare(run, &run->main, &run->role.main) &&
           run_prepare(run, &run->flush, &run->role.flush) &&
           run_prepare(run, &run->complete, &run->role.complete) &&
           run_prepare(run, &run->teardown, &run->role.teardown);
}

static inline void
harness_run(struct job *job, struct tvn_engine *engine)
{
    struct run *run = tvn_mem_new(1, sizeof(*run));

    TVN_ASSERT(run != NULL);
    run->job = job;
    run->pool = tvn_pool_new(16u << 20, 16u << 20);
    TVN_ASSERT(run->pool != NULL);
    tvn_builder_init(&run->builder, run->pool);
    if (harness_start(run, engine)) {
        (void)visits_all(run);
    }
    run_forget(run);
    visits_drop_rows(run);
    tvn_image_unref(run->kept);
    tvn_image_unref(run->config);
    tvn_instance_free(run->instance);
    tvn_code_free(run->code);
    tvn_builder_fini(&run->builder);
    tvn_arena_fini(&run->arena);
    tvn_pool_free(run->pool);
    tvn_mem_free(run, 1, sizeof(*run));
}

/* A generator that never ends is a failure, too: which batch it was in. */
static char harness_watched[128];

static inline void
harness_on_alarm(int number)
{
    (void)number;
    (void)!write(1, harness_watched, strlen(harness_watched));
    _exit(1);
}

static inline void
harness_watch(uint64_t first, unsigned count)
{
    (void)snprintf(harness_watched, sizeof(harness_watched),
        "FAILED: no end in %u s, in one of worlds %llu..%llu\n",
        HARNESS_SECONDS_MAX, (unsigned long long)first,
        (unsigned long long)(first + count - 1));
    (void)signal(SIGALRM, harness_on_alarm);
    (void)alarm(HARNESS_SECONDS_MAX);
}

/* Worlds `first`, `first` + 1, ...; `fixed` (nullable) is the event of all. */
static inline void
harness_batch(struct shop *shop, struct tvn_engine *engine, uint64_t first,
    unsigned count, const struct world_fixed *fixed)
{
    struct job *jobs = tvn_mem_new(count, sizeof(*jobs));

    TVN_ASSERT(jobs != NULL);
    harness_watch(first, count);
    for (unsigned i = 0; i < count; i++) {
        jobs[i].shop = shop;
        jobs[i].fixed = fixed;
        (void)job_prepare(&jobs[i], first + i);
    }
    jobs_compile(shop, jobs, count);
    for (unsigned i = 0; i < count; i++) {
        if (!jobs[i].has_failed && job_link(&jobs[i])) {
            harness_run(&jobs[i], engine);
        }
        job_fini(&jobs[i]);
    }
    tvn_mem_free(jobs, count, sizeof(*jobs));
}

/* Prints the seed.  The working folder is the project's root. */
static inline void
harness_open(struct shop *shop, const char *program, struct tvn_engine **engine)
{
    static char sdk[FILES_PATH_MAX];
    struct tvn_engine_opts opts = {.cache_dir = NULL};

    TVN_ASSERT(getcwd(sdk, sizeof(sdk) - 8) != NULL);
    (void)snprintf(sdk + strlen(sdk), 8, "/sdk/c");
    *shop = (struct shop){.sdk = sdk,
        .program = program,
        .seed = harness_setting("TVN_SEED", tvn_clock_wall_ns())};
    printf("TVN_SEED=%llu\n", (unsigned long long)shop->seed);
    (void)fflush(stdout);
    files_path(shop->folder, "/tmp/tvn-bindgen-XXXXXX");
    TVN_ASSERT(mkdtemp(shop->folder) != NULL);
    compile_sdk(shop);
    TVN_ASSERT(tvn_engine_new(&opts, engine, NULL) == TVN_OK);
}

/* The program's exit status; the folder stays when a world failed. */
static inline int
harness_close(struct shop *shop, struct tvn_engine *engine, uint64_t worlds)
{
    (void)alarm(0);
    printf("%llu worlds, %llu values came back, %llu constants, %u worlds "
           "failed\n",
        (unsigned long long)worlds, (unsigned long long)shop->values,
        (unsigned long long)shop->asserts, shop->failures);
    tvn_engine_free(engine);
    if (shop->failures == 0) {
        files_remove(shop->folder);
    }
    TVN_ASSERT(tvn_mem_live() == 0);
    return shop->failures == 0 ? 0 : 1;
}

#endif
