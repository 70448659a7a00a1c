/* compile.h -- sources to components, with the compilers of a user.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_COMPILE_H
#define TVN_TESTS_BINDGEN_COMPILE_H

#include "bindgen/job.h"

#define COMPILE_LIBC "/usr/lib/wasm32-wasi"

static inline void
compile_start(const struct shop *shop, const char *compiler, const char *std,
    struct files_args *args)
{
    static const char *const flags[] = {"--target=wasm32-wasi", "-O1",
        "-nostdlibinc", "-isystem", "/usr/include/wasm32-wasi", "-Wall",
        "-Wextra", "-Wconversion", "-Werror", "-c"};

    *args = (struct files_args){0};
    files_add(args, compiler);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        files_add(args, flags[i]);
    }
    files_add(args, std);
    files_add(args, "-I");
    files_add(args, shop->sdk);
}

static inline void
compile_start_cpp(const struct shop *shop, struct files_args *args)
{
    compile_start(shop, "clang++-19", "-std=c++17", args);
    files_add(args, "-fno-exceptions");
    files_add(args, "-fno-rtti");
    files_add(args, "-Wno-c++11-narrowing");
}

/* Compiles what `args` has; the log is at the end of what is said. */
static inline bool
compile_run(
    struct job *job, const struct shop *shop, const struct files_args *args)
{
    struct tvn_buf log = {0};
    char path[FILES_PATH_MAX];

    if (files_run(args, shop->folder, "compile.log")) {
        return true;
    }
    if (job != NULL) {
        files_path(path, "%s/compile.log", shop->folder);
        (void)tvn_buf_read_file(&log, path, FILES_SIZE_MAX);
        (void)job_fail(job, args->items[0], tvn_buf_text(&log));
        tvn_buf_fini(&log);
    }
    return false;
}

/* The C units of one job. */
static inline void
compile_add(const struct job *job, bool is_cpp, struct files_args *args)
{
    if (job->world.is_cpp == is_cpp) {
        files_add(args, job->source);
    }
    if (job->world.is_split && !is_cpp) {
        files_add(args, job->glue);
    }
}

/* Compiles all jobs at once; when that fails one by one, to find out whose
 * fault it is. */
static inline void
jobs_compile(struct shop *shop, struct job *jobs, unsigned count)
{
    for (unsigned is_cpp = 0; is_cpp < 2; is_cpp++) {
        struct files_args args;
        unsigned base;

        if (is_cpp == 1) {
            compile_start_cpp(shop, &args);
        } else {
            compile_start(shop, "clang-19", "-std=c17", &args);
        }
        base = args.count;
        for (unsigned i = 0; i < count; i++) {
            if (!jobs[i].has_failed) {
                compile_add(&jobs[i], is_cpp == 1, &args);
            }
        }
        if (args.count == base || compile_run(NULL, shop, &args)) {
            continue;
        }
        for (unsigned i = 0; i < count; i++) {
            args.count = base;
            if (!jobs[i].has_failed) {
                compile_add(&jobs[i], is_cpp == 1, &args);
            }
            if (args.count > base) {
                (void)compile_run(&jobs[i], shop, &args);
            }
        }
    }
}

/* torvyn.c, once a run. */
static inline void
compile_sdk(struct shop *shop)
{
    struct files_args args;
    char source[FILES_PATH_MAX];
    struct job job = {.shop = shop};

    compile_start(shop, "clang-19", "-std=c17", &args);
    files_path(source, "%s/torvyn.c", shop->sdk);
    files_add(&args, source);
    TVN_ASSERT(compile_run(&job, shop, &args));
}

/* What the compiler says is the library of its builtins. */
static inline const char *
compile_builtins(const struct shop *shop)
{
    static char path[FILES_PATH_MAX];
    struct files_args args = {0};
    struct tvn_buf text = {0};
    char log[FILES_PATH_MAX];

    if (path[0] != '\0') {
        return path;
    }
    files_add(&args, "clang-19");
    files_add(&args, "--target=wasm32-wasi");
    files_add(&args, "--print-libgcc-file-name");
    TVN_ASSERT(files_run(&args, shop->folder, "builtins.log"));
    files_path(log, "%s/builtins.log", shop->folder);
    TVN_ASSERT(tvn_buf_read_file(&text, log, sizeof(path)) == TVN_OK);
    files_path(path, "%.*s", (int)strcspn(tvn_buf_text(&text), "\n"),
        tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return path;
}

static inline bool
job_link_core(struct job *job, const char *core)
{
    struct files_args args = {0};
    char stage[FILES_PATH_MAX];
    char glue[FILES_PATH_MAX];
    const char *const words[] = {"wasm-ld-19", "-m", "wasm32", "--entry",
        "_initialize", "--strip-debug", "-L" COMPILE_LIBC,
        COMPILE_LIBC "/crt1-reactor.o", "torvyn.o"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        files_add(&args, words[i]);
    }
    files_path(stage, "%s_stage.o", job->base);
    files_path(glue, "%s_glue.o", job->base);
    files_add(&args, stage);
    if (job->world.is_split) {
        files_add(&args, glue);
    }
    files_add(&args, "-lc");
    files_add(&args, compile_builtins(job->shop));
    files_add(&args, "-o");
    files_add(&args, core);
    return compile_run(job, job->shop, &args);
}

/* Up to the decoded component. */
static inline bool
job_link(struct job *job)
{
    char path[FILES_PATH_MAX];
    struct tvn_buf imports = {0};
    struct tvn_buf embedded = {0};
    bool has_wasi;

    job_path(job, ".core.wasm", path);
    if (!job_link_core(job, path)) {
        return false;
    }
    TVN_ASSERT(tvn_buf_read_file(&job->core, path, FILES_SIZE_MAX) == TVN_OK);
    if (tvn_toolchain_imports((const uint8_t *)job->core.ptr, job->core.len,
            path, &imports, &job->diag) != TVN_OK) {
        return job_fail(job, "tvn_toolchain_imports", "an error");
    }
    has_wasi = strstr(tvn_buf_text(&imports), "wasi_") != NULL;
    tvn_buf_fini(&imports);
    if (has_wasi) {
        return job_fail(job, "the core module", "imports WASI");
    }
    if (tvn_toolchain_embed((const uint8_t *)job->core.ptr, job->core.len,
            &job->bytes, job->world.name, &embedded, &job->diag) != TVN_OK) {
        return job_fail(job, "tvn_toolchain_embed", "an error");
    }
    if (tvn_toolchain_componentize((const uint8_t *)embedded.ptr, embedded.len,
            path, &job->component_bytes, &job->diag) != TVN_OK) {
        tvn_buf_fini(&embedded);
        return job_fail(job, "tvn_toolchain_componentize", "an error");
    }
    tvn_buf_fini(&embedded);
    job_path(job, ".wasm", path);
    if (tvn_component_decode((const uint8_t *)job->component_bytes.ptr,
            job->component_bytes.len, path, job->types, &job->component,
            &job->diag) != TVN_OK) {
        return job_fail(job, "tvn_component_decode", "an error");
    }
    return true;
}

#endif
