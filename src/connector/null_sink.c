/* null_sink.c -- a sink that counts events and does nothing with them. */
#include "base/mem.h"
#include "connector/internal.h"

struct null_sink {
    struct tvn_stage_counts counts;
};

static tvn_err
run(void *self, struct tvn_burst *burst)
{
    struct null_sink *sink = self;

    burst->consumed = burst->in_count;
    sink->counts.calls += burst->in_count;
    sink->counts.ok += burst->in_count;
    sink->counts.records += burst->in_count;
    return TVN_OK;
}

static void
free_sink(void *self)
{
    tvn_mem_free(self, 1, sizeof(struct null_sink));
}

static void
counts(const void *self, struct tvn_stage_counts *out)
{
    const struct null_sink *sink = self;

    *out = sink->counts;
}

static const struct tvn_stage_ops ops = {
    .kind = "null",
    .start = tvn_stage_no_start,
    .run = run,
    .complete = tvn_stage_no_complete,
    .stop = tvn_stage_no_stop,
    .free = free_sink,
    .counts = counts,
};

static tvn_err
check(const struct tvn_connector_opts *opts, bool as_sink,
    struct tvn_connector_info *out, struct tvn_diag *diag)
{
    static const char *const keys[] = {NULL};
    const struct tvn_yaml *options = opts->spec->options;

    (void)as_sink;
    *out = (struct tvn_connector_info){
        .is_lossy_on_death = true,
        .promise_why = "null keeps nothing",
    };
    if (options == NULL ||
        (options->kind == TVN_YAML_SCALAR && options->text.len == 0)) {
        return TVN_OK;
    }
    return tvn_yaml_check_keys(options, "null", keys, diag);
}

static tvn_err
make(const struct tvn_connector_opts *opts, TVN_GIVE struct tvn_stage *out,
    struct tvn_diag *diag)
{
    struct null_sink *sink = tvn_mem_new(1, sizeof(*sink));

    (void)opts;
    if (sink == NULL) {
        return tvn__connector_nomem(diag);
    }
    *out = (struct tvn_stage){&ops, sink};
    return TVN_OK;
}

const struct tvn_connector tvn__null = {
    .name = "null",
    .text = "Takes every event and keeps none: for measuring.",
    .is_sink = true,
    .check = check,
    .sink = make,
};
