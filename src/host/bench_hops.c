/* bench_hops.c -- three small flows, to see what one stage more costs. */
#include "base/path.h"
#include "host/bench_internal.h"
#include "host/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
tvn__from_memory(struct tvn__flow_side *side)
{
    side->source.stage = TVN_STR("departures");
    side->swaps[0] = (struct tvn_host_swap){
        TVN_STR("departures"), tvn__memory_source_make, &side->source};
    side->flow.swaps = side->swaps;
    side->flow.swap_count = 1;
}

struct hop {
    const char *stage; /* NULL: none */
    const char *component;
    const char *extra;
};

static tvn_err
write_hop(struct tvn_buf *path, const char *root, const struct hop *hop,
    struct tvn_diag *diag)
{
    FILE *file = fopen(tvn_buf_text(path), "w");

    if (file == NULL) {
        return tvn_diag_error(diag, TVN_EIO, NULL,
            "cannot write %s for the bench", tvn_buf_text(path));
    }
    fprintf(file,
        "flow: hop\nwit: %s/wit\n"
        "defaults: { max-event: 16KiB, stage: { memory: 256MiB, deadline: 10s "
        "} }\n"
        "stages:\n"
        "  departures: { source: { file: { path: %s/data/flights.ndjson } }, "
        "codec: json, type: events.departure }\n"
        "  nowhere: { sink: { 'null': {} } }\n",
        root, root);
    if (hop->stage == NULL) {
        fprintf(file, "edges: [ departures -> nowhere ]\n");
    } else {
        fprintf(file,
            "  %s: { component: %s%s }\n"
            "edges: [ departures -> %s -> nowhere ]\n",
            hop->stage, hop->component, hop->extra, hop->stage);
    }
    return fclose(file) == 0 ? TVN_OK : TVN_EIO;
}

static tvn_err
write_all(struct tvn__hops *hops, const char *root, const char *against,
    struct tvn_diag *diag)
{
    struct tvn_arena arena = {0};
    const char *extra = tvn_arena_printf(&arena,
        ", config: { default-airline: unknown, late-after: 15 }, "
        "tables: { airlines: %s/data/airlines.csv }",
        root);
    const struct hop list[TVN__HOPS] = {
        {NULL, NULL, NULL},
        {"validate", tvn_arena_printf(&arena, "%s/build/validate.wasm", root),
            ""},
        {"enrich", tvn_arena_printf(&arena, "%s/build/enrich.wasm", root),
            extra},
        {"enrich", against, extra},
    };
    tvn_err err = TVN_OK;

    if (extra == NULL || list[1].component == NULL ||
        list[2].component == NULL) {
        err = TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < hops->count; i++) {
        tvn_buf_printf(&hops->paths[i], "%s/hop%u.yaml", hops->dir, i);
        err = write_hop(&hops->paths[i], root, &list[i], diag);
        hops->sides[i].flow.file = tvn_buf_text(&hops->paths[i]);
        tvn__from_memory(&hops->sides[i]);
    }
    tvn_arena_fini(&arena);
    return err;
}

/* All paths are absolute: the hops' files stand elsewhere. */
static tvn_err
write_from(struct tvn__hops *hops, const char *dir, const char *against,
    struct tvn_diag *diag)
{
    struct tvn_arena arena = {0};
    const char *root = tvn_path_absolute(&arena, dir);
    const char *other =
        against == NULL ? NULL : tvn_path_absolute(&arena, against);
    tvn_err err;

    if (root == NULL || (against != NULL && other == NULL)) {
        err = tvn_diag_error(
            diag, TVN_EIO, NULL, "cannot tell the current folder");
    } else {
        err = write_all(hops, root, other, diag);
    }
    tvn_arena_fini(&arena);
    return err;
}

tvn_err
tvn__hops_prepare(struct tvn__hops *hops, const struct tvn_bench_opts *opts,
    struct tvn_diag *diag)
{
    const struct tvn_pipeline_opts pipeline_opts = {0};
    struct tvn_pipeline *flights = NULL;
    tvn_err err = tvn_pipeline_read(opts->file, &pipeline_opts, &flights, diag);

    hops->count = opts->against == NULL ? 3 : TVN__HOPS;
    (void)snprintf(hops->dir, sizeof(hops->dir), "/tmp/torvyn-bench-XXXXXX");
    if (err == TVN_OK && mkdtemp(hops->dir) == NULL) {
        err = tvn_diag_error(diag, TVN_EIO, NULL, "cannot make a folder");
    }
    if (err == TVN_OK) {
        err = write_from(hops, flights->dir, opts->against, diag);
    }
    tvn_pipeline_free(flights);
    return err;
}

void
tvn__hops_remove(struct tvn__hops *hops)
{
    for (uint32_t i = 0; i < TVN__HOPS; i++) {
        if (hops->paths[i].len > 0) {
            (void)unlink(tvn_buf_text(&hops->paths[i]));
        }
        tvn_buf_fini(&hops->paths[i]);
    }
    (void)rmdir(hops->dir);
}
