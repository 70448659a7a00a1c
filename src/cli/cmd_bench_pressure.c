/* cmd_bench_pressure.c -- torvyn bench pressure. */
#include "cli/cli.h"

#include "host/bench.h"

#include <stddef.h>
#include <unistd.h>

static const struct column {
    const char *name;
    size_t offset;
} columns[] = {
#define COLUMN(field)                                                          \
    {                                                                          \
#field, offsetof(struct tvn_bench_pressure_row, field)                 \
    }
    COLUMN(response_ns),
    COLUMN(between),
    COLUMN(suspended_ns),
    COLUMN(resume_ns),
#undef COLUMN
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static const struct tvn_bench_times *
cell(const struct tvn_bench_pressure_row *row, size_t column)
{
    return (const void *)((const char *)row + columns[column].offset);
}

static void
print_pressure(const struct tvn_bench_pressure *bench, struct tvn_buf *out)
{
    tvn_buf_printf(out,
        "source -> slow sink, %llu events, capacity %u, burst %u; %ld "
        "processors\n\nthreads  what             count      p50      p99      "
        "max\n",
        (unsigned long long)bench->events, bench->capacity, bench->burst,
        sysconf(_SC_NPROCESSORS_ONLN));
    for (uint32_t i = 0; i < 2; i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            const struct tvn_bench_times *times = cell(&bench->rows[i], c);

            tvn_buf_printf(out, "%7u  %-12s %9llu %8llu %8llu %8llu\n",
                bench->rows[i].threads, columns[c].name,
                (unsigned long long)times->count,
                (unsigned long long)times->p50, (unsigned long long)times->p99,
                (unsigned long long)times->max);
        }
    }
}

static void
write_pressure(const struct tvn_bench_pressure *bench, struct tvn_buf *out)
{
    struct tvn_json json;

    tvn_json_init(&json, out, true);
    tvn_json_array(&json);
    for (uint32_t i = 0; i < 2; i++) {
        tvn_json_object(&json);
        tvn_json_key_u64(&json, "threads", bench->rows[i].threads);
        tvn_json_key_u64(&json, "events", bench->events);
        tvn_json_key_u64(&json, "capacity", bench->capacity);
        tvn_json_key_u64(&json, "burst", bench->burst);
        for (size_t c = 0; c < COLUMNS; c++) {
            const struct tvn_bench_times *times = cell(&bench->rows[i], c);

            tvn_json_key(&json, columns[c].name);
            tvn_json_object(&json);
            tvn_json_key_u64(&json, "count", times->count);
            tvn_json_key_u64(&json, "p50", times->p50);
            tvn_json_key_u64(&json, "p99", times->p99);
            tvn_json_key_u64(&json, "max", times->max);
            tvn_json_end(&json);
        }
        tvn_json_end(&json);
    }
    tvn_json_end(&json);
    tvn_buf_append_byte(out, '\n');
}

int
tvn__bench_pressure(const struct tvn__args *args)
{
    struct tvn_bench_pressure bench;
    struct tvn_diag diag = {0};
    struct tvn_buf out = {0};
    tvn_err err = tvn_bench_pressure(&bench, &diag);

    if (err == TVN_OK && args->json) {
        write_pressure(&bench, &out);
    } else if (err == TVN_OK) {
        print_pressure(&bench, &out);
    }
    return tvn__bench_end(&diag, &out);
}
