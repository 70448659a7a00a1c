/* bench_hops.c -- three small flows, to see what one stage more costs. */
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

/* The folder of the flights example, absolute: the hops stand elsewhere. */
static tvn_err
find_root(const struct tvn_pipeline *flights, struct tvn_buf *root,
    struct tvn_diag *diag)
{
    char here[4096];

    if (flights->dir[0] != '/') {
        if (getcwd(here, sizeof(here)) == NULL) {
            return tvn_diag_error(
                diag, TVN_EIO, NULL, "cannot tell the current folder");
        }
        tvn_buf_printf(root, "%s/", here);
    }
    tvn_buf_append_text(root, flights->dir);
    return TVN_OK;
}

static tvn_err
write_hop(struct tvn_buf *path, const char *root, const char *stage,
    const char *extra, struct tvn_diag *diag)
{
    FILE *file = fopen(tvn_buf_text(path), "w");

    if (file == NULL) {
        return tvn_diag_error(diag, TVN_EIO, NULL,
            "cannot write %s for the bench", tvn_buf_text(path));
    }
    fprintf(file,
        "flow: hop\nwit: %s/wit\n"
        "defaults: { max-event: 16KiB, stage: { memory: 4MiB } }\n"
        "stages:\n"
        "  departures: { source: { file: { path: %s/data/flights.ndjson } }, "
        "codec: json, type: events.departure }\n"
        "  nowhere: { sink: { 'null': {} } }\n",
        root, root);
    if (stage[0] == '\0') {
        fprintf(file, "edges: [ departures -> nowhere ]\n");
    } else {
        fprintf(file,
            "  %s: { component: %s/../../build/examples/flights/%s.wasm%s }\n"
            "edges: [ departures -> %s -> nowhere ]\n",
            stage, root, stage, extra, stage);
    }
    return fclose(file) == 0 ? TVN_OK : TVN_EIO;
}

static tvn_err
write_all(struct tvn__hops *hops, const char *root, struct tvn_diag *diag)
{
    static const char *const stages[TVN__HOPS] = {"", "validate", "enrich"};
    struct tvn_buf extra = {0};
    tvn_err err = TVN_OK;

    tvn_buf_printf(&extra,
        ", config: { default-airline: unknown, late-after: 15 }, "
        "tables: { airlines: %s/data/airlines.csv }",
        root);
    for (uint32_t i = 0; err == TVN_OK && i < TVN__HOPS; i++) {
        tvn_buf_printf(&hops->paths[i], "%s/hop%u.yaml", hops->dir, i);
        err = write_hop(&hops->paths[i], root, stages[i],
            i == 2 ? tvn_buf_text(&extra) : "", diag);
        hops->sides[i].flow.file = tvn_buf_text(&hops->paths[i]);
        tvn__from_memory(&hops->sides[i]);
    }
    tvn_buf_fini(&extra);
    return err;
}

tvn_err
tvn__hops_prepare(
    struct tvn__hops *hops, const char *file, struct tvn_diag *diag)
{
    const struct tvn_pipeline_opts opts = {0};
    struct tvn_pipeline *flights = NULL;
    struct tvn_buf root = {0};
    tvn_err err = tvn_pipeline_read(file, &opts, &flights, diag);

    (void)snprintf(hops->dir, sizeof(hops->dir), "/tmp/torvyn-bench-XXXXXX");
    if (err == TVN_OK && mkdtemp(hops->dir) == NULL) {
        err = tvn_diag_error(diag, TVN_EIO, NULL, "cannot make a folder");
    }
    if (err == TVN_OK) {
        err = find_root(flights, &root, diag);
    }
    if (err == TVN_OK) {
        err = write_all(hops, tvn_buf_text(&root), diag);
    }
    tvn_buf_fini(&root);
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
