/* test_run_test.c -- a test run whole, on a flow of connectors only: what it
 * says, and that memory may run out anywhere. */
#include "host/test.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALLOCATIONS 400 /* more than a test makes */

static char dir[64];

static const char *
path_of(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void
write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    TVN_ASSERT(file != NULL && fputs(text, file) >= 0);
    TVN_ASSERT(fclose(file) == 0);
}

static const char pipeline[] =
    "flow: small\nwit: wit\n"
    "stages:\n"
    "  in: { source: { file: { path: no-such-file } }, type: e.event }\n"
    "  out: { sink: { file: { path: out.ndjson } } }\n"
    "edges: [ in -> out ]\n"
    "dead-letter: { file: { path: dead.ndjson } }\n";

static const char wit[] =
    "package t:t;\ninterface e { record event { id: u64, name: string } }\n";

static const char tests[] =
    "tests:\n"
    "  - name: all\n"
    "    given: { in: [{ id: 1, name: a }, { at: 1s }, '{', "
    "'{\"id\":2,\"name\":\"b\"}'] }\n"
    "    fault: { out: { at: 2, kind: reject, message: full } }\n"
    "    expect: { out: [{ id: 1, name: a }, { at: 1s, event: { id: 2, name: "
    "b } }] }\n"
    "    dead: [{ cause: record }, { stage: out, cause: reject, message: full, "
    "event: { id: 2 } }]\n"
    "    ledger: { out: { in: 2, dead: 1 }, in -> out: { enqueued: 2 } }\n"
    "  - name: fails\n"
    "    given: { in: [{ id: 1, name: a }] }\n"
    "    expect: { out: [{ id: 1, name: b }] }\n";

static void
run(const struct tvn_test_file *file, uint32_t number,
    struct tvn_test_result *out)
{
    const struct tvn_test_opts opts = {0};

    tvn_test_run(file, number, &opts, out);
}

static struct tvn_test_file *
read_tests(void)
{
    struct tvn_test_file *file = NULL;

    TVN_ASSERT(
        tvn_test_read(path_of("torvyn.test.yaml"), &file, NULL) == TVN_OK);
    return file;
}

static void
test_what_holds_and_what_does_not(void)
{
    struct tvn_test_file *file = read_tests();
    struct tvn_test_result result;
    struct tvn_buf text = {0};

    run(file, 0, &result);
    tvn_diag_print(&result.diag, &text);
    if (!result.is_ok) {
        fprintf(stderr, "%s", tvn_buf_text(&text));
    }
    TVN_ASSERT(result.is_ok && text.len == 0);
    tvn_test_result_fini(&result);

    run(file, 1, &result);
    TVN_ASSERT(!result.is_ok && result.diag.errors == 1);
    TVN_ASSERT(result.diag.first->err == TVN_ETEST_DIFFERS);
    TVN_ASSERT(strcmp(result.diag.first->text,
                   "out[0].name: expected \"b\", got \"a\"") == 0);
    TVN_ASSERT(result.diag.first->place.line == 10);
    tvn_test_result_fini(&result);

    TVN_ASSERT(access(path_of("out.ndjson"), F_OK) != 0);
    TVN_ASSERT(access(path_of("dead.ndjson"), F_OK) != 0);
    tvn_test_free(file);
    tvn_buf_fini(&text);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static void
test_memory_that_runs_out_is_a_failure(void)
{
    struct tvn_test_file *file = read_tests();
    uint64_t live = tvn_mem_live();
    uint32_t failed = 0;

    /* A few are made up for: what is only kept for later use. */
    for (int64_t n = 0; n < ALLOCATIONS; n++) {
        struct tvn_test_result result;

        tvn_mem_fail_after(n);
        run(file, 0, &result);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(result.is_ok == (result.diag.errors == 0));
        failed += !result.is_ok;
        tvn_test_result_fini(&result);
        TVN_ASSERT(tvn_mem_live() == live);
    }
    TVN_ASSERT(failed > 50 && failed < ALLOCATIONS);
    tvn_test_free(file);
    TVN_ASSERT(tvn_mem_live() == 0);
}

int
main(void)
{
    (void)snprintf(dir, sizeof(dir), "/tmp/torvyn-test-XXXXXX");
    TVN_ASSERT(mkdtemp(dir) != NULL);
    TVN_ASSERT(mkdir(path_of("wit"), 0700) == 0);
    write_file("wit/t.wit", wit);
    write_file("torvyn.yaml", pipeline);
    write_file("torvyn.test.yaml", tests);
    test_what_holds_and_what_does_not();
    test_memory_that_runs_out_is_a_failure();
    TVN_ASSERT(unlink(path_of("wit/t.wit")) == 0);
    TVN_ASSERT(rmdir(path_of("wit")) == 0);
    TVN_ASSERT(unlink(path_of("torvyn.yaml")) == 0);
    TVN_ASSERT(unlink(path_of("torvyn.test.yaml")) == 0);
    TVN_ASSERT(rmdir(dir) == 0);
    return 0;
}
