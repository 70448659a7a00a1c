/* job.h -- one world on its way from text to a component.
 *
 *     world_make -> FOLDER/wN/BASE.wit -> header, glue, stage   job_prepare
 *     one run of the compilers for several jobs                 jobs_compile
 *     link, embed, componentize, decode                         job_link
 *
 * A job that fails says where and why, once, and keeps its folder.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_JOB_H
#define TVN_TESTS_BINDGEN_JOB_H

#include "base/mem.h"
#include "bindgen/files.h"
#include "bindgen/random_world.h"
#include "bindgen/stage_source.h"
#include "toolchain/toolchain.h"

/* What all jobs of a run share. */
struct shop {
    uint64_t seed;
    const char *sdk;     /* absolute path of sdk/c */
    const char *program; /* for the line that repeats a failure */
    char folder[FILES_PATH_MAX];
    unsigned failures;
    uint64_t values;  /* that came back */
    uint64_t asserts; /* on constants */
};

struct job {
    struct shop *shop;
    struct world world;
    const struct world_fixed *fixed;
    struct tvn_types *types;
    struct tvn_wit_text bytes;
    struct tvn_wit *wit;
    const struct tvn_wit_world *of; /* in wit */
    struct tvn_role_info role;
    struct tvn_bindgen code;
    struct tvn_arena arena;
    struct tvn_diag diag;
    struct tvn_buf core, component_bytes;
    struct tvn_component *component;
    char base[FILES_PATH_MAX];   /* of file names: "flight_w12" */
    char dir[FILES_PATH_MAX];    /* "w12", in the shop's folder */
    char source[FILES_PATH_MAX]; /* in the shop's folder, as the next */
    char glue[FILES_PATH_MAX];
    bool has_failed;
};

/* Always false. */
static inline bool
job_fail(struct job *job, const char *where, const char *what)
{
    struct tvn_buf text = {0};

    if (job->has_failed) {
        return false;
    }
    job->has_failed = true;
    job->shop->failures++;
    tvn_diag_print(&job->diag, &text);
    printf("FAILED world %llu%s%s (%s): %s: %s\n%s"
           "  in %s/%s; again: TVN_SEED=%llu TVN_BINDGEN_FIRST=%llu "
           "TVN_BINDGEN_WORLDS=1 %s\n",
        (unsigned long long)job->world.index, job->fixed == NULL ? "" : ", ",
        job->fixed == NULL ? "" : job->fixed->name,
        tvn_role_name(job->world.role), where, what, tvn_buf_text(&text),
        job->shop->folder, job->dir, (unsigned long long)job->shop->seed,
        (unsigned long long)job->world.index, job->shop->program);
    (void)fflush(stdout);
    tvn_buf_fini(&text);
    return false;
}

/* "FOLDER/DIR/BASE" and the ending. */
static inline void
job_path(const struct job *job, const char *ending, char *out)
{
    files_path(
        out, "%s/%s/%s%s", job->shop->folder, job->dir, job->base, ending);
}

static inline struct tvn_str
job_docs(const void *env, struct tvn_str path)
{
    return tvn_wit_docs_find(env, path);
}

static inline bool
job_read_wit(struct job *job)
{
    char path[FILES_PATH_MAX];
    struct tvn_role_face face;

    files_path(path, "%s/%s", job->shop->folder, job->dir);
    TVN_ASSERT(mkdir(path, 0700) == 0);
    job_path(job, ".wit", path);
    files_write(path, tvn_buf_str(&job->world.text));
    if (tvn_toolchain_encode(path, &job->bytes, &job->diag) != TVN_OK ||
        tvn_wit_decode(job->bytes.bytes, job->bytes.len, path, job->types,
            &job->wit, &job->diag) != TVN_OK) {
        return job_fail(job, "its WIT", "the test's own text is wrong");
    }
    TVN_ASSERT(job->wit->world_count == 1);
    job->of = &job->wit->worlds[0];
    face = tvn_role_face_of_world(job->of);
    if (tvn_role_infer(
            job->types, &job->arena, &face, &job->role, &job->diag) != TVN_OK ||
        job->role.role != job->world.role) {
        return job_fail(job, "its role", "not as the test meant it");
    }
    if (job->fixed != NULL && job->fixed->flat > 0) {
        const struct tvn_type *event =
            job->role.event != NULL ? job->role.event : job->role.output;

        TVN_ASSERT(event->flat_count == job->fixed->flat);
    }
    return true;
}

static inline bool
job_generate(struct job *job)
{
    struct tvn_bindgen_opts opts = {.wit = job->wit,
        .world = job->of,
        .docs = job_docs,
        .docs_env = job->bytes.places};
    struct tvn_bindgen again = {0};
    char path[FILES_PATH_MAX];
    bool is_same;

    if (tvn_bindgen_make(&opts, &job->code, &job->diag) != TVN_OK) {
        return job_fail(job, "tvn_bindgen_make", "an error");
    }
    TVN_ASSERT(tvn_bindgen_make(&opts, &again, NULL) == TVN_OK);
    is_same =
        tvn_str_equal(
            tvn_buf_str(&again.header), tvn_buf_str(&job->code.header)) &&
        tvn_str_equal(tvn_buf_str(&again.glue), tvn_buf_str(&job->code.glue));
    tvn_bindgen_fini(&again);
    if (!tvn_str_is(job->code.base, job->base)) {
        return job_fail(job, "tvn_bindgen_make", "another base name");
    }
    job_path(job, ".h", path);
    files_write(path, tvn_buf_str(&job->code.header));
    job_path(job, "_glue.c", path);
    files_write(path, tvn_buf_str(&job->code.glue));
    return is_same ||
           job_fail(job, "tvn_bindgen_make", "another text the second time");
}

static inline void
job_write_stage(struct job *job)
{
    struct stage stage = {.world = &job->world,
        .role = &job->role,
        .wit = job->of,
        .code = &job->code};
    const char *ending = job->world.is_cpp ? "_stage.cc" : "_stage.c";
    char path[FILES_PATH_MAX];

    files_path(stage.base, "%s", job->base);
    if (job->world.has_host) {
        names_c(job->world.ifaces[WORLD_HOST], stage.prefix);
        (void)snprintf(stage.prefix + strlen(stage.prefix), 2, "_");
    }
    stage_write(&stage, job->wit);
    job->shop->asserts += stage.asserts;
    job_path(job, ending, path);
    files_write(path, tvn_buf_str(&stage.out));
    files_path(job->source, "%s", path);
    job_path(job, "_glue.c", job->glue);
    tvn_buf_fini(&stage.out);
}

/* Up to the sources.  `job` is zeroed but for shop and fixed. */
static inline bool
job_prepare(struct job *job, uint64_t index)
{
    world_make(&job->world, job->shop->seed, index, job->fixed);
    job->types = tvn_types_new();
    TVN_ASSERT(job->types != NULL);
    names_c(job->world.name, job->base);
    files_path(job->dir, "w%llu", (unsigned long long)index);
    if (!job_read_wit(job) || !job_generate(job)) {
        return false;
    }
    job_write_stage(job);
    return true;
}

static inline void
job_fini(struct job *job)
{
    char path[FILES_PATH_MAX];

    tvn_component_free(job->component);
    tvn_buf_fini(&job->core);
    tvn_buf_fini(&job->component_bytes);
    tvn_bindgen_fini(&job->code);
    tvn_wit_free(job->wit);
    tvn_wit_text_fini(&job->bytes);
    tvn_arena_fini(&job->arena);
    tvn_diag_fini(&job->diag);
    tvn_types_free(job->types);
    files_path(path, "%s/%s", job->shop->folder, job->dir);
    if (!job->has_failed) {
        files_remove(path);
    }
    world_fini(&job->world);
}

#endif
