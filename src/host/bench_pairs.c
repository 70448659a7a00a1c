/* bench_pairs.c -- interleaved pairs, medians, ratios; see bench.h. */
#include "base/mem.h"
#include "host/bench_internal.h"

#include <stdlib.h>

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

double
tvn__median(double *values, uint64_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return count % 2 == 1 ? values[count / 2]
                          : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void
tvn__add_row(struct tvn_bench *out, const char *name, double ns, double ratio,
    const char *of)
{
    TVN_ASSERT(out->count < TVN_BENCH_ROWS_MAX);
    out->rows[out->count++] = (struct tvn_bench_row){
        .name = name,
        .ns = ns,
        .per_second = ns > 0 ? 1e9 / ns : 0,
        .ratio = ratio,
        .of = of,
    };
}

tvn_err
tvn__interleave(struct tvn__side *sides, uint32_t count, uint64_t pairs,
    struct tvn_diag *diag)
{
    double warm;
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        sides[i].samples = tvn_mem_new(pairs, sizeof(double));
        err = sides[i].samples == NULL
                  ? TVN_ENOMEM
                  : sides[i].sample(sides[i].env, &warm, diag);
    }
    for (uint64_t pair = 0; err == TVN_OK && pair < pairs; pair++) {
        for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
            err = sides[i].sample(sides[i].env, &sides[i].samples[pair], diag);
        }
    }
    return err;
}

void
tvn__free_samples(struct tvn__side *sides, uint32_t count, uint64_t pairs)
{
    for (uint32_t i = 0; i < count; i++) {
        tvn_mem_free(sides[i].samples, pairs, sizeof(double));
    }
}

double
tvn__ratio_of(const double *a, const double *b, uint64_t pairs)
{
    double ratios[TVN__PAIRS_MAX];

    for (uint64_t i = 0; i < pairs; i++) {
        ratios[i] = b[i] > 0 ? a[i] / b[i] : 0;
    }
    return tvn__median(ratios, pairs);
}
