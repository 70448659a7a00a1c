/* test.h -- `torvyn test`: a pipeline's tests, in YAML beside it.
 *
 *     pipeline: torvyn.yaml
 *     tests:
 *       - name: a late flight is announced
 *         given: { enrich: [ { id: 1, ... } ] }
 *         expect: { delivery: [ { id: 1, ... } ] }
 *
 * A test runs the flow itself, guests included, on a clock that stands still
 * but for idle time.  Connectors are not: sources give what the test says,
 * sinks and the dead letter keep what comes.  See docs/testing.md.
 *
 * Threads: the caller's. */
#ifndef TVN_HOST_TEST_H
#define TVN_HOST_TEST_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "host/host.h"

#include <stdbool.h>
#include <stdint.h>

/* Where the clock begins: 2020-01-01T00:00:00Z, and 1 s on the monotonic. */
#define TVN_TEST_WALL_NS      UINT64_C(1577836800000000000)
#define TVN_TEST_MONOTONIC_NS UINT64_C(1000000000)

struct tvn_test_file;

/* Reads a file of tests; all that is wrong with its form is in `diag`.
 * TVN_ENOTFOUND, TVN_EIO, TVN_ENOMEM, else E0100-E0199. */
tvn_err tvn_test_read(const char *path, TVN_GIVE struct tvn_test_file **out,
    struct tvn_diag *diag);
void tvn_test_free(struct tvn_test_file *file);

/* Its tests, in order.  Both live as long as the file. */
uint32_t tvn_test_count(const struct tvn_test_file *file);
struct tvn_str tvn_test_name(const struct tvn_test_file *file, uint32_t number);
const struct tvn_place *tvn_test_place(
    const struct tvn_test_file *file, uint32_t number);

struct tvn_test_opts {
    const struct tvn_pipeline_set *sets; /* before the test's own */
    uint32_t set_count;
    const char *cache_dir; /* of compiled modules; NULL: none */
    void (*say)(void *env, const char *text, size_t len); /* see host.h */
    void (*built)(void *env, const struct tvn_build_stage *stage);
    void *env;
};

struct tvn_test_result {
    bool is_ok;
    uint64_t took_ns;     /* on the real clock */
    struct tvn_diag diag; /* a finding for each expectation that fails:
                           * TVN_ETEST_DIFFERS with the first difference, what
                           * was expected and what came as notes; or what is
                           * wrong with the test itself */
    struct tvn_buf log;   /* what guests logged, a line each */
};

/* Runs one test, builds first what is stale; `*out` is filled in any case. */
void tvn_test_run(const struct tvn_test_file *file, uint32_t number,
    const struct tvn_test_opts *opts, struct tvn_test_result *out);
void tvn_test_result_fini(struct tvn_test_result *result);

#endif
