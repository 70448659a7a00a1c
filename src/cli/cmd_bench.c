/* cmd_bench.c -- torvyn bench: figures of this machine, as one command. */
#include "cli/cli.h"

#include "host/bench.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAIRS 30u

static void
print(const struct tvn_bench *bench, const char *file, struct tvn_buf *out)
{
    if (file != NULL) {
        tvn_buf_printf(
            out, "%s, %llu events, ", file, (unsigned long long)bench->events);
    }
    tvn_buf_printf(out, "%llu interleaved pairs, medians; %ld processors%s\n\n",
        (unsigned long long)bench->pairs, sysconf(_SC_NPROCESSORS_ONLN),
        file != NULL ? ", one used" : "");
    for (uint32_t i = 0; i < bench->count; i++) {
        const struct tvn_bench_row *row = &bench->rows[i];

        tvn_buf_printf(out, "%-*s %10.1f ns %14.0f /s", file != NULL ? 12 : 17,
            row->name, row->ns, row->per_second);
        if (row->ns_min > 0) {
            tvn_buf_printf(out, "   least %7.1f ns", row->ns_min);
        }
        if (row->of != NULL) {
            tvn_buf_printf(out, "   %.2fx of %s", row->ratio, row->of);
        }
        tvn_buf_append_byte(out, '\n');
    }
}

static void
write_json(const struct tvn_bench *bench, struct tvn_buf *out)
{
    struct tvn_json json;

    tvn_json_init(&json, out, true);
    tvn_json_array(&json);
    for (uint32_t i = 0; i < bench->count; i++) {
        const struct tvn_bench_row *row = &bench->rows[i];

        tvn_json_object(&json);
        tvn_json_key(&json, "name");
        tvn_json_text(&json, row->name);
        tvn_json_key(&json, "ns");
        tvn_json_f64(&json, row->ns);
        tvn_json_key(&json, "ns_min");
        if (row->ns_min > 0) {
            tvn_json_f64(&json, row->ns_min);
        } else {
            tvn_json_null(&json);
        }
        tvn_json_key(&json, "per_second");
        tvn_json_f64(&json, row->per_second);
        tvn_json_key(&json, "ratio");
        if (row->of == NULL) {
            tvn_json_null(&json);
        } else {
            tvn_json_f64(&json, row->ratio);
        }
        tvn_json_key(&json, "of");
        tvn_json_text(&json, row->of);
        tvn_json_end(&json);
    }
    tvn_json_end(&json);
    tvn_buf_append_byte(out, '\n');
}

/* ------------------------------------------------------------------------ */

int
tvn__bench_end(struct tvn_diag *diag, struct tvn_buf *out)
{
    int status = tvn__exit_of(diag);

    tvn__print_diag(diag);
    tvn_diag_fini(diag);
    return tvn__print(out, status);
}

static int
bench_rows(const struct tvn__args *args, const char *file)
{
    const struct tvn_bench_opts opts = {
        .file = file,
        .against = args->against,
        .pairs = args->pairs == 0 ? PAIRS : args->pairs,
    };
    struct tvn_diag diag = {0};
    struct tvn_buf out = {0};
    struct tvn_bench bench;

    if (file == NULL) { /* what failed is in the diag */
        (void)tvn_bench_queues(opts.pairs, &bench, &diag);
    } else {
        (void)tvn_bench_run(&opts, &bench, &diag);
    }
    if (args->json) {
        write_json(&bench, &out);
    } else {
        print(&bench, file, &out);
    }
    return tvn__bench_end(&diag, &out);
}

int
tvn__cmd_bench(const struct tvn__args *args)
{
    const char *file =
        args->file != NULL ? args->file : "examples/flights/torvyn.yaml";

    if (args->name != NULL) {
        return strcmp(args->name, "queues") == 0 ? bench_rows(args, NULL)
                                                 : tvn__bench_pressure(args);
    }
    if (access(file, R_OK) != 0) {
        fprintf(stderr,
            "torvyn bench: cannot read %s\nhelp: the bench runs "
            "the flights example: torvyn bench "
            "PATH/examples/flights/torvyn.yaml\n",
            file);
        return 3;
    }
    return bench_rows(args, file);
}
