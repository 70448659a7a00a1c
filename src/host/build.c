/* build.c -- stages with `build:`, before they are loaded: built when asked
 * for, else compared with their sources. */
#include "build/build.h"

#include "host/internal.h"

static bool
has_sources(const struct tvn_pipeline *pipeline)
{
    for (uint32_t i = 0; i < pipeline->stage_count; i++) {
        if (pipeline->stages[i].build.text.len > 0) {
            return true;
        }
    }
    return false;
}

static tvn_err
make(struct tvn_host *host, const struct tvn_host_opts *opts,
    struct tvn_diag *diag)
{
    const struct tvn_build_opts build_opts = {
        .is_debug = opts->is_debug,
        .wits = &host->wits,
        .say = opts->say,
        .env = opts->env,
    };
    const struct tvn_build_stage *stages;
    struct tvn_build *build = NULL;
    uint32_t count;
    tvn_err err = tvn_build_plan(host->pipeline, &build_opts, &build, diag);

    if (err != TVN_OK) {
        return err;
    }
    err = tvn_build_make(build, diag);
    stages = tvn_build_stages(build, &count);
    for (uint32_t i = 0; opts->built != NULL && i < count; i++) {
        if (stages[i].is_built) {
            opts->built(opts->env, &stages[i]);
        }
    }
    tvn_build_free(build);
    return err;
}

/* What runs is what was built; a source that has changed since is said.
 * Where sources or WIT cannot be read there is nothing to compare with: a
 * flow may be installed without them. */
static void
look(struct tvn_host *host, struct tvn_diag *diag)
{
    const struct tvn_build_opts build_opts = {.wits = &host->wits};
    const struct tvn_build_stage *stages;
    struct tvn_build *build = NULL;
    uint32_t count;

    if (tvn_build_plan(host->pipeline, &build_opts, &build, NULL) != TVN_OK) {
        return;
    }
    stages = tvn_build_stages(build, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (stages[i].state == TVN_BUILD_STALE) {
            tvn_diag_warning(diag, TVN_EBUILD_STALE, &stages[i].place,
                "stage %.*s runs as it was built before: %s",
                TVN_STR_ARG(stages[i].name), stages[i].why);
            tvn_diag_help(diag, "torvyn run --build %s", host->pipeline->path);
        }
    }
    tvn_build_free(build);
}

tvn_err
tvn__host_build(struct tvn_host *host, const struct tvn_host_opts *opts,
    struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;

    if (opts->no_components || !has_sources(host->pipeline)) {
        return TVN_OK;
    }
    switch (opts->building) {
    case TVN_HOST_AS_BUILT:
        break;
    case TVN_HOST_WARN_STALE:
        look(host, diag);
        break;
    case TVN_HOST_BUILD:
        err = make(host, opts, diag);
        break;
    }
    return err;
}
