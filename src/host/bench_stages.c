/* bench_stages.c -- the bench's own native stages. */
#include "base/mem.h"
#include "host/bench_internal.h"
#include "host/internal.h"

#include <string.h>

#define FIRST_IMAGES (1u << 16)

struct memory_source {
    struct tvn_image **images; /* owned */
    size_t count;
    size_t cap;
    size_t next;
    struct tvn_stage_counts counts;
};

static void
source_free(void *self)
{
    struct memory_source *source = self;

    for (size_t i = 0; i < source->count; i++) {
        tvn_image_unref(source->images[i]);
    }
    tvn_mem_free(source->images, source->cap, sizeof(struct tvn_image *));
    tvn_mem_free(source, 1, sizeof(*source));
}

static tvn_err
source_run(void *self, struct tvn_burst *burst)
{
    struct memory_source *source = self;
    size_t left = source->count - source->next;
    uint32_t outs = left < burst->credit ? (uint32_t)left : burst->credit;

    for (uint32_t i = 0; i < outs; i++) {
        burst->out[i] = tvn_image_ref(source->images[source->next + i]);
    }
    source->next += outs;
    burst->outs = outs;
    burst->is_end = source->next == source->count;
    source->counts.calls++;
    source->counts.ok += outs;
    source->counts.outs += outs;
    source->counts.records += outs;
    return TVN_OK;
}

static void
source_counts(const void *self, struct tvn_stage_counts *out)
{
    *out = ((const struct memory_source *)self)->counts;
}

static const struct tvn_stage_ops source_ops = {
    .kind = "memory",
    .start = tvn_stage_no_start,
    .run = source_run,
    .stop = tvn_stage_no_stop,
    .free = source_free,
    .counts = source_counts,
};

static tvn_err
keep(struct memory_source *source, const struct tvn_burst *burst)
{
    if (source->count + burst->outs > source->cap) {
        size_t cap = source->cap == 0 ? FIRST_IMAGES : source->cap * 2;
        struct tvn_image **grown = tvn_mem_resize(
            source->images, source->cap, cap, sizeof(struct tvn_image *));

        if (grown == NULL) {
            return TVN_ENOMEM;
        }
        source->images = grown;
        source->cap = cap;
    }
    memcpy(source->images + source->count, burst->out,
        burst->outs * sizeof(struct tvn_image *));
    source->count += burst->outs;
    return TVN_OK;
}

/* Runs the file's own source dry. */
static tvn_err
collect(struct memory_source *source, const struct tvn_stage *stage)
{
    struct tvn_burst burst = {0};
    tvn_err err = stage->ops->start(stage->self, NULL);

    while (err == TVN_OK && !burst.is_end) {
        burst = (struct tvn_burst){.credit = TVN_BURST_MAX};
        err = stage->ops->run(stage->self, &burst);
        if (err == TVN_OK) {
            err = keep(source, &burst);
        }
    }
    stage->ops->stop(stage->self);
    return err;
}

tvn_err
tvn__memory_source_make(void *env, struct tvn_pool *pool,
    const struct tvn_type *type, TVN_GIVE struct tvn_stage *out)
{
    const struct tvn__memory_source *from = env;
    struct memory_source *source = tvn_mem_new(1, sizeof(*source));
    struct tvn__host_stage *spec = from->host->stages;
    struct tvn_connector_opts opts;
    struct tvn_stage stage;
    tvn_err err;

    (void)pool;
    (void)type;
    if (source == NULL) {
        return TVN_ENOMEM;
    }
    while (!tvn_str_equal(spec->spec->name.text, from->stage)) {
        spec++;
    }
    opts = tvn__connector_opts(from->host, spec);
    err = spec->connector->source(&opts, &stage, NULL);
    if (err == TVN_OK) {
        err = collect(source, &stage);
        stage.ops->free(stage.self);
    }
    if (err != TVN_OK) {
        source_free(source);
        return err;
    }
    spec->copies = (struct tvn_copies){0};
    *out = (struct tvn_stage){&source_ops, source};
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * The summing sink. */

struct summing_sink {
    struct tvn__sums *sums;
    bool is_totals;
    uint32_t at[2]; /* of flights and delay-sum; of text */
    struct tvn_stage_counts counts;
};

static tvn_err
sink_run(void *self, struct tvn_burst *burst)
{
    struct summing_sink *sink = self;
    struct tvn__sums *sums = sink->sums;

    for (uint32_t i = 0; i < burst->in_count; i++) {
        const uint8_t *data = burst->in[i].image->data;
        uint64_t u64 = 0;
        int64_t s64 = 0;
        uint32_t len = 0;

        if (sink->is_totals) {
            memcpy(&u64, data + sink->at[0], sizeof(u64));
            memcpy(&s64, data + sink->at[1], sizeof(s64));
            sums->flights += u64;
            sums->delay_sum += s64;
            sums->totals++;
        } else {
            memcpy(&len, data + sink->at[0] + 4, sizeof(len));
            sums->text_bytes += len;
            sums->notices++;
        }
    }
    burst->consumed = burst->in_count;
    sink->counts.calls++;
    sink->counts.ok += burst->in_count;
    sink->counts.records += burst->in_count;
    return TVN_OK;
}

static void
sink_free(void *self)
{
    tvn_mem_free(self, 1, sizeof(struct summing_sink));
}

static void
sink_counts(const void *self, struct tvn_stage_counts *out)
{
    *out = ((const struct summing_sink *)self)->counts;
}

static const struct tvn_stage_ops sink_ops = {
    .kind = "sum",
    .start = tvn_stage_no_start,
    .run = sink_run,
    .complete = tvn_stage_no_complete,
    .stop = tvn_stage_no_stop,
    .free = sink_free,
    .counts = sink_counts,
};

tvn_err
tvn__summing_sink_make(void *env, struct tvn_pool *pool,
    const struct tvn_type *type, TVN_GIVE struct tvn_stage *out)
{
    struct summing_sink *sink = tvn_mem_new(1, sizeof(*sink));
    int flights = tvn_type_find(type, TVN_STR("flights"));
    int sum = tvn_type_find(type, TVN_STR("delay-sum"));
    int text = tvn_type_find(type, TVN_STR("text"));

    (void)pool;
    if (sink == NULL) {
        return TVN_ENOMEM;
    }
    sink->sums = env;
    sink->is_totals = flights >= 0 && sum >= 0;
    if (!sink->is_totals && text < 0) {
        sink_free(sink);
        return TVN_EINVAL;
    }
    sink->at[0] = type->members[sink->is_totals ? flights : text].offset;
    sink->at[1] = sink->is_totals ? type->members[sum].offset : 0;
    *out = (struct tvn_stage){&sink_ops, sink};
    return TVN_OK;
}
