/* metrics.c -- what guests count through torvyn:stage/metrics, shown at the
 * end of the report.
 *
 * Names are a guest's and hostile: at most SERIES_MAX of NAME_BYTES are kept,
 * what does not fit is counted, and they are printed escaped.
 *
 * Stages on several threads count: the lock is for one addition; the report
 * is printed when they have ended. */
#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "host/internal.h"

#include <pthread.h>

#define SERIES_MAX 2000u
#define NAME_BYTES 128u

struct series {
    struct tvn_str stage;
    struct tvn_str name;
    double value;
};

struct tvn__metrics {
    pthread_mutex_t lock; /* of what follows */
    struct tvn_arena arena;
    struct tvn_map series; /* struct series * by stage, NUL, name */
    uint64_t left_out;
    struct tvn_buf key; /* scratch */
};

tvn_err
tvn__metrics_new(struct tvn__metrics **out)
{
    struct tvn__metrics *metrics = tvn_mem_new(1, sizeof(*metrics));

    if (metrics == NULL) {
        return TVN_ENOMEM;
    }
    if (pthread_mutex_init(&metrics->lock, NULL) != 0) {
        tvn_mem_free(metrics, 1, sizeof(*metrics));
        return TVN_ENOMEM;
    }
    *out = metrics;
    return TVN_OK;
}

void
tvn__metrics_free(struct tvn__metrics *metrics)
{
    if (metrics == NULL) {
        return;
    }
    tvn_map_fini(&metrics->series);
    tvn_arena_fini(&metrics->arena);
    tvn_buf_fini(&metrics->key);
    (void)pthread_mutex_destroy(&metrics->lock);
    tvn_mem_free(metrics, 1, sizeof(*metrics));
}

/* NULL when there is no room. */
static struct series *
add_series(struct tvn__metrics *metrics, struct tvn_str stage)
{
    struct tvn_str key =
        tvn_arena_str(&metrics->arena, tvn_buf_str(&metrics->key));
    struct series *series = tvn_arena_new(&metrics->arena, 1, sizeof(*series));

    if (series == NULL || key.ptr == NULL) {
        return NULL;
    }
    series->stage = (struct tvn_str){key.ptr, stage.len};
    series->name =
        (struct tvn_str){key.ptr + stage.len + 1, key.len - stage.len - 1};
    return tvn_map_add(&metrics->series, key, series) == TVN_OK ? series : NULL;
}

/* NULL: neither there nor room for it. */
static struct series *
find_or_add(
    struct tvn__metrics *metrics, struct tvn_str stage, struct tvn_str name)
{
    struct series *series;

    tvn_buf_clear(&metrics->key);
    tvn_buf_append_str(&metrics->key, stage);
    tvn_buf_append_byte(&metrics->key, 0);
    tvn_buf_append_str(&metrics->key, name);
    series = tvn_map_find(&metrics->series, tvn_buf_str(&metrics->key));
    if (series == NULL && name.len <= NAME_BYTES && !metrics->key.failed &&
        metrics->series.count < SERIES_MAX) {
        series = add_series(metrics, stage);
    }
    return series;
}

void
tvn__metrics_write(void *env, struct tvn_str stage, struct tvn_str name,
    double value, bool is_add)
{
    struct tvn_host *host = env;
    struct tvn__metrics *metrics = host->metrics;
    struct series *series;

    (void)pthread_mutex_lock(&metrics->lock);
    series = find_or_add(metrics, stage, name);
    if (series == NULL) {
        metrics->left_out++;
    } else {
        series->value = is_add ? series->value + value : value;
    }
    (void)pthread_mutex_unlock(&metrics->lock);
}

void
tvn__metrics_print(const struct tvn__metrics *metrics, struct tvn_buf *out)
{
    for (size_t i = 0; i < metrics->series.count; i++) {
        const struct series *series = metrics->series.entries[i].value;

        tvn_buf_printf(out, "  metric of %.*s: ", TVN_STR_ARG(series->stage));
        tvn_buf_append_escaped(out, series->name);
        tvn_buf_printf(out, " = %.15g\n", series->value);
    }
    if (metrics->left_out > 0) {
        tvn_buf_printf(out,
            "  metrics left out (more than %u names, or too long): %llu\n",
            SERIES_MAX, (unsigned long long)metrics->left_out);
    }
}
