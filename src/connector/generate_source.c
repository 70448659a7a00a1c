/* generate_source.c -- the connector `generate`: values out of nothing, as
 * fast as they are taken or at a rate.
 *
 * The rate is a bucket of at most BUCKET_NS worth of tokens: a flow that
 * stood still catches up that much and no more. */
#include "base/assert.h"
#include "base/mem.h"
#include "connector/field.h"
#include "connector/generate_value.h"
#include "connector/internal.h"

#include <stdio.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define BUCKET_NS UINT64_C(100000000)
#define RATE_MAX  SECOND_NS /* one a nanosecond */

struct generate_opts {
    uint64_t count; /* 0: without end */
    uint64_t rate;  /* per second; 0: none */
    uint64_t seed;
    const struct tvn_yaml *fields;
};

struct generate_source {
    struct generate_opts opts;
    struct tvn__generator generator;
    struct tvn__meta meta;
    struct tvn_builder builder;
    struct tvn_stage_counts counts;
    uint32_t max_event;
    bool has_begun;
    uint64_t since_ns; /* the bucket: `taken` values since then */
    uint64_t taken;
    char text[256];
};

/* ------------------------------------------------------------------------
 * Options. */

static tvn_err
read_options(const struct tvn_connector_opts *opts, struct generate_opts *out,
    struct tvn_diag *diag)
{
    static const char *const keys[] = {"count", "rate", "seed", "fields", NULL};
    const struct tvn_yaml *options = opts->spec->options;
    const struct tvn_yaml *node;
    tvn_err err;

    *out = (struct generate_opts){0};
    if (options == NULL ||
        (options->kind == TVN_YAML_SCALAR && options->text.len == 0)) {
        return TVN_OK;
    }
    err = tvn_yaml_check_keys(options, "generate", keys, diag);
    if (options->kind != TVN_YAML_MAPPING) {
        return err;
    }
    node = tvn_yaml_get(options, "count");
    if (node != NULL) {
        err = tvn_err_first(err,
            tvn_yaml_read_u64(node, "count", 0, UINT64_MAX, &out->count, diag));
    }
    node = tvn_yaml_get(options, "seed");
    if (node != NULL) {
        err = tvn_err_first(err,
            tvn_yaml_read_u64(node, "seed", 0, UINT64_MAX, &out->seed, diag));
    }
    node = tvn_yaml_get(options, "rate");
    if (node != NULL) {
        err = tvn_err_first(
            err, tvn_yaml_read_rate(node, "rate", &out->rate, diag));
        if (out->rate > RATE_MAX) {
            err = tvn_err_first(
                err, tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &node->place,
                         "rate is above 1000000000/s"));
        }
    }
    out->fields = tvn_yaml_get(options, "fields");
    return err;
}

/* ------------------------------------------------------------------------
 * Running. */

/* When the next value may be made. */
static uint64_t
due_ns(const struct generate_source *source)
{
    uint64_t rate = source->opts.rate;

    return source->since_ns + source->taken / rate * SECOND_NS +
           source->taken % rate * SECOND_NS / rate;
}

static bool
may_make(struct generate_source *source, uint64_t now_ns)
{
    if (source->opts.rate == 0) {
        return true;
    }
    if (!source->has_begun || now_ns - source->since_ns > INT64_MAX) {
        source->has_begun = true;
        source->since_ns = now_ns;
    }
    if (now_ns > BUCKET_NS && due_ns(source) < now_ns - BUCKET_NS) {
        source->since_ns = now_ns - BUCKET_NS;
        source->taken = 0;
    }
    return due_ns(source) <= now_ns;
}

static tvn_err
fail(struct generate_source *source, tvn_err err, struct tvn_burst *burst)
{
    if (err == TVN_ETOOBIG) {
        (void)snprintf(source->text, sizeof(source->text),
            "the value is larger than max-event, %lu bytes",
            (unsigned long)source->max_event);
    } else if (err != TVN_EEVENT_TIME) {
        (void)snprintf(
            source->text, sizeof(source->text), "%s", tvn_err_text(err));
    }
    burst->fault = (struct tvn_fault){
        .kind = err == TVN_ENOMEM ? TVN_FAULT_FATAL : TVN_FAULT_RECORD,
        .err = err,
        .text = {source->text, strlen(source->text)},
    };
    source->counts.failed++;
    return err;
}

static tvn_err
make(struct generate_source *source, struct tvn_burst *burst)
{
    struct tvn_image *image = NULL;
    tvn_err err =
        tvn__generator_next(&source->generator, &source->builder, &image);

    source->taken++;
    source->counts.calls++;
    source->counts.records++;
    if (err != TVN_OK) {
        return err;
    }
    err = tvn__meta_put(
        &source->meta, image, burst, source->text, sizeof(source->text));
    if (err != TVN_OK) {
        tvn_image_unref(image);
        return err;
    }
    burst->out[burst->outs++] = image;
    source->counts.ok++;
    source->counts.outs++;
    return TVN_OK;
}

static bool
is_over(const struct generate_source *source)
{
    return source->opts.count > 0 &&
           source->generator.number >= source->opts.count;
}

static tvn_err
run(void *self, struct tvn_burst *burst)
{
    struct generate_source *source = self;
    uint64_t began = burst->is_sampled ? tvn_clock_monotonic_ns() : 0;
    tvn_err err = TVN_OK;

    burst->has_times = source->meta.time.type != NULL;
    burst->has_keys = source->meta.key.type != NULL;
    while (err == TVN_OK && burst->outs < burst->credit && !is_over(source) &&
           may_make(source, burst->now_ns)) {
        err = make(source, burst);
    }
    if (burst->is_sampled) {
        burst->inside_ns += tvn_clock_monotonic_ns() - began;
    }
    if (err != TVN_OK) {
        return fail(source, err, burst);
    }
    burst->is_end = is_over(source);
    if (burst->is_end || burst->outs > 0 || burst->credit == 0) {
        return TVN_OK;
    }
    burst->wake = (struct tvn_wake){.fd = -1, .at_ns = due_ns(source)};
    return TVN_EAGAIN;
}

static void
free_source(void *self)
{
    struct generate_source *source = self;

    tvn__generator_fini(&source->generator);
    tvn_builder_fini(&source->builder);
    tvn_mem_free(source, 1, sizeof(*source));
}

static void
counts(const void *self, struct tvn_stage_counts *out)
{
    const struct generate_source *source = self;

    *out = source->counts;
    out->memory_bytes = source->builder.cap;
}

static const struct tvn_stage_ops ops = {
    .kind = "generate",
    .start = tvn_stage_no_start,
    .run = run,
    .stop = tvn_stage_no_stop,
    .free = free_source,
    .counts = counts,
};

/* ------------------------------------------------------------------------ */

static tvn_err
check(const struct tvn_connector_opts *opts, bool as_sink,
    struct tvn_connector_info *out, struct tvn_diag *diag)
{
    struct tvn__generator generator = {0};
    struct generate_opts options;
    struct tvn__meta meta;
    tvn_err err = read_options(opts, &options, diag);

    (void)as_sink;
    if (opts->type != NULL) {
        err = tvn_err_first(
            err, tvn__generator_init(&generator, opts->type, options.seed,
                     opts->max_event, options.fields, diag));
        tvn__generator_fini(&generator);
    }
    err = tvn_err_first(
        err, tvn__meta_init(&meta, opts->type, opts->fields, diag));
    *out = (struct tvn_connector_info){
        .buffer_bytes = opts->max_event,
        .is_lossy_on_death = true,
        .promise_why = "generate begins anew",
        .needs_type = true,
    };
    return err;
}

static tvn_err
make_source(const struct tvn_connector_opts *opts,
    TVN_GIVE struct tvn_stage *out, struct tvn_diag *diag)
{
    struct generate_source *source = tvn_mem_new(1, sizeof(*source));
    tvn_err err;

    TVN_ASSERT(opts->type != NULL && opts->pool != NULL);
    if (source == NULL) {
        return tvn__connector_nomem(diag);
    }
    source->max_event = opts->max_event;
    tvn_builder_init(&source->builder, opts->pool);
    err = read_options(opts, &source->opts, diag);
    if (err == TVN_OK) {
        err = tvn__generator_init(&source->generator, opts->type,
            source->opts.seed, opts->max_event, source->opts.fields, diag);
    }
    if (err == TVN_OK) {
        err = tvn__meta_init(&source->meta, opts->type, opts->fields, diag);
    }
    if (err != TVN_OK) {
        free_source(source);
        return err;
    }
    *out = (struct tvn_stage){&ops, source};
    return TVN_OK;
}

const struct tvn_connector tvn__generate = {
    .name = "generate",
    .text = "Random values of a type, for trying a flow and measuring it.",
    .is_source = true,
    .check = check,
    .source = make_source,
};
