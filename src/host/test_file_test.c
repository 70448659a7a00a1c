/* test_file_test.c -- files of tests: what is read, what is refused where,
 * and what happens when memory is out. */
#include "host/test_spec.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void
write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    TVN_ASSERT(file != NULL && fputs(text, file) >= 0);
    TVN_ASSERT(fclose(file) == 0);
}

static const char whole[] =
    "pipeline: flows/a.yaml\n"
    "set: { stages.a.window.count: 1 }\n"
    "tests:\n"
    "  - name: one\n"
    "    set: { stages: { a: { memory: 1MiB, x: 'a $b' } } }\n"
    "    given: { a: [1, { at: 2s }, { at: 3s, event: 4 }, { at: 5 }] }\n"
    "    fault: { a: { at: 2, kind: write, times: 3 }, b: [{ kind: trap }] }\n"
    "    expect: { a: [1], b: { count: 3, contains: [1] } }\n"
    "    flushes: { a: [{ start: 1s, end: 2s, reason: count }, {}] }\n"
    "    dead: [{ stage: a, cause: trap, message: m, event: 1 }]\n"
    "    ledger: { a: { in: 3 } }\n"
    "    exit: 4\n"
    "    error: it was so\n";

static void
test_a_file_is_read_whole(void)
{
    char text[sizeof(whole)];
    struct tvn_test_file *file = NULL;
    const struct tvn__test_case *one;
    char *wrong;

    memcpy(text, whole, sizeof(whole));
    wrong = strstr(text, ", { at: 5 }");
    memset(wrong, ' ', strlen(", { at: 5 }"));
    write_file(text);
    TVN_ASSERT(tvn_test_read(path, &file, NULL) == TVN_OK);
    TVN_ASSERT(tvn_test_count(file) == 1);
    TVN_ASSERT(tvn_str_is(tvn_test_name(file, 0), "one"));
    TVN_ASSERT(tvn_test_place(file, 0)->line == 4);
    TVN_ASSERT(strcmp(strrchr(file->pipeline, 'f'), "flows/a.yaml") == 0);
    one = &file->cases[0];
    TVN_ASSERT(one->set_count == 3);
    TVN_ASSERT(tvn_str_is(one->sets[0].path, "stages.a.window.count"));
    TVN_ASSERT(tvn_str_is(one->sets[1].path, "stages.a.memory"));
    TVN_ASSERT(tvn_str_is(one->sets[1].value, "1MiB"));
    TVN_ASSERT(tvn_str_is(one->sets[2].value, "\"a $$b\""));
    TVN_ASSERT(one->given_count == 1 && one->given[0].count == 3);
    TVN_ASSERT(one->given[0].items[0].at_ns == 0);
    TVN_ASSERT(one->given[0].items[1].value == NULL);
    TVN_ASSERT(one->given[0].items[2].at_ns == UINT64_C(3000000000));
    TVN_ASSERT(tvn_str_is(one->given[0].items[2].value->text, "4"));
    TVN_ASSERT(one->fault_count == 2 && one->faults[0].at == 2 &&
               one->faults[0].times == 3 &&
               one->faults[0].kind == TVN_FAULT_WRITE);
    TVN_ASSERT(one->faults[1].at == 1 && one->faults[1].times == 1 &&
               one->faults[1].kind == TVN_FAULT_TRAP);
    TVN_ASSERT(one->expect_count == 2 && one->expects[1].count == 3);
    TVN_ASSERT(one->flushes[0].count == 2 &&
               one->flushes[0].windows[0].reason == TVN_WINDOW_COUNT);
    TVN_ASSERT(!one->flushes[0].windows[1].has_end);
    TVN_ASSERT(one->dead_count == 1 && one->status == 4);
    tvn_test_free(file);
}

static void
test_all_that_is_wrong_is_told_with_its_place(void)
{
    static const struct {
        const char *text;
        const char *said; /* behind the path */
    } rows[] = {
        {"tests: []\nx: 1\n", ":2:1: error[E0110]: 'x' is not a key"},
        {"pipeline: a\n", ":1:1: error[E0112]: the file has no `tests`"},
        {"tests: 3\n", ":1:8: error[E0111]: tests must be a list"},
        {"tests: [3]\n", ":1:9: error[E0111]: a test must be a mapping"},
        {"tests: [{}]\n", ":1:9: error[E0112]: the test has no `name`"},
        {"tests: [{ name: a, given: [] }]\n", ":1:27: error[E0111]: given"},
        {"tests: [{ name: a, given: { s: 1 } }]\n", ":1:32: error[E0111]"},
        {"tests: [{ name: a, given: { s: [{ at: 1 }] } }]\n",
            ":1:39: error[E0111]: at must be a duration"},
        {"tests: [{ name: a, fault: { s: {} } }]\n",
            ":1:32: error[E0112]: the fault has no `kind`"},
        {"tests: [{ name: a, fault: { s: { kind: trap, at: 0 } } }]\n",
            ":1:50: error[E0111]: at must be"},
        {"tests: [{ name: a, expect: { s: 1 } }]\n", ":1:33: error[E0111]"},
        {"tests: [{ name: a, flushes: { s: [{ reason: x }] } }]\n",
            ":1:45: error[E0111]: reason"},
        {"tests: [{ name: a, dead: [{ cause: x }] }]\n",
            ":1:36: error[E0111]: cause"},
        {"tests: [{ name: a, ledger: { s: { in: x } } }]\n",
            ":1:39: error[E0111]: a number of the ledger"},
        {"tests: [{ name: a, exit: 256 }]\n", ":1:26: error[E0111]: exit"},
        {"tests: [{ name: a }, { name: a }]\n",
            ":1:30: error[E0111]: two tests have this name"},
        {"tests: [{ name: a, set: { b: [] } }]\n",
            ":1:30: error[E0111]: b must be a scalar"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_test_file *file = NULL;
        struct tvn_diag diag = {0};
        struct tvn_buf text = {0};

        write_file(rows[i].text);
        TVN_ASSERT(tvn_test_read(path, &file, &diag) != TVN_OK);
        TVN_ASSERT(file == NULL);
        tvn_diag_print(&diag, &text);
        if (strstr(tvn_buf_text(&text), rows[i].said) == NULL) {
            fprintf(stderr, "%s%s", rows[i].text, tvn_buf_text(&text));
        }
        TVN_ASSERT(strstr(tvn_buf_text(&text), rows[i].said) != NULL);
        tvn_buf_fini(&text);
        tvn_diag_fini(&diag);
    }
}

static void
test_memory_that_runs_out_is_an_error(void)
{
    char text[sizeof(whole)];
    tvn_err err;
    int64_t n = 0;

    memcpy(text, whole, sizeof(whole));
    memset(strstr(text, ", { at: 5 }"), ' ', strlen(", { at: 5 }"));
    write_file(text);
    do {
        struct tvn_test_file *file = NULL;

        tvn_mem_fail_after(n++);
        err = tvn_test_read(path, &file, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT((err == TVN_OK) == (file != NULL));
        tvn_test_free(file);
    } while (err != TVN_OK);
    TVN_ASSERT(n > 2);
}

int
main(void)
{
    int fd;

    (void)snprintf(path, sizeof(path), "/tmp/torvyn-test-XXXXXX");
    fd = mkstemp(path);
    TVN_ASSERT(fd >= 0 && close(fd) == 0);
    test_a_file_is_read_whole();
    test_all_that_is_wrong_is_told_with_its_place();
    test_memory_that_runs_out_is_an_error();
    TVN_ASSERT(unlink(path) == 0);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
