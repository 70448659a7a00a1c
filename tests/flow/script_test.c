/* script_test.c -- runs every script of tests/scripts; and what is said of
 * those that are wrong.
 *
 *     script_test [FILE...] */
#include "flow/script_expect.h"

#include <dirent.h>

static struct script script; /* large */

/* ------------------------------------------------------------------------
 * Files. */

static bool
run_file(const char *path)
{
    struct tvn_buf text = {0};
    char *copy;
    size_t size;
    bool is_good;

    if (tvn_buf_read_file(&text, path, 1u << 16) != TVN_OK) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    size = text.len + 1;
    copy = tvn_mem_new(size, 1);
    TVN_ASSERT(copy != NULL);
    memcpy(copy, tvn_buf_text(&text), size);
    is_good = script_run(&script, path, copy);
    if (!is_good) {
        fprintf(stderr, "%s\n", script.error);
    }
    tvn_mem_free(copy, size, 1);
    tvn_buf_fini(&text);
    return is_good;
}

static int
run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int count = 0;
    int failed = 0;

    TVN_ASSERT(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        char path[512];
        int len = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);

        if (len > 4 && strcmp(path + len - 4, ".tvt") == 0) {
            count++;
            failed += !run_file(path);
        }
    }
    (void)closedir(dir);
    printf("%d scripts, %d failed\n", count, failed);
    TVN_ASSERT(count >= 20);
    return failed;
}

/* ------------------------------------------------------------------------
 * Scripts that are wrong. */

#define FLOW                                                                   \
    "source in records 3\n"                                                    \
    "sink out\n"                                                               \
    "edge in -> out\n"
#define RUN FLOW "run\n"

static const struct {
    const char *text;
    const char *error;
} mistakes[] = {
    {FLOW, "x.tvt:4: there is no 'run'"},
    {"frobnicate\n", "x.tvt:1: 'frobnicate' is no line of a script"},
    {"source\n", "x.tvt:1: name is missing"},
    {"\n# why\nsource in recrods 3\n", "x.tvt:3: a stage knows no 'recrods'"},
    {"source in records\n", "x.tvt:1: records is missing"},
    {"source in records many\n",
        "x.tvt:1: records must be a number, not 'many'"},
    {"source in records 3x\n", "x.tvt:1: records must be a number, not '3x'"},
    {"source in cost 3\n", "x.tvt:1: cost must be a time, as 10ms, not '3'"},
    {"source in every 3ms2\n",
        "x.tvt:1: every must be a time, as 10ms, not '3ms2'"},
    {"sink out fails often\n", "x.tvt:1: no such fault: 'often'"},
    {"sink out fails retry\n", "x.tvt:1: 'every' is missing"},
    {"sink out stall for 3s\n", "x.tvt:1: 'at' is missing"},
    {"sink out then what\n", "x.tvt:1: no such then: 'what'"},
    {"source in\nedge in -> out\n", "x.tvt:2: no such stage: 'out'"},
    {"source in\nsink out\nedge in out\n", "x.tvt:3: '->' is missing"},
    {"source in\nsink out\nedge in.x -> out\n", "x.tvt:3: no such port: 'x'"},
    {"source in\nsink out\nedge in -> out capacity 4 overflow lose\n",
        "x.tvt:3: no such policy: 'lose'"},
    {"source in\nsink out\nedge in -> out rate 10\n",
        "x.tvt:3: rate must be as 10/s, and not '10'"},
    {"source in\nsink out\nedge in -> out overflow rate-limit\n",
        "x.tvt:3: rate-limit needs a rate"},
    {"source in\nsink out\nedge in -> out width 3\n",
        "x.tvt:3: an edge knows no 'width'"},
    {"interrupt after 3 at out\n", "x.tvt:1: no such stage: 'out'"},
    {"source in\nrun\n", "x.tvt:2: there can be no such flow"},
    {"source in thread 1\nsink out\nedge in -> out\nrun\n",
        "x.tvt:4: there is no thread 1 for in"},
    {FLOW "expect out saw 0..2\n", "x.tvt:4: there was no 'run' before"},
    {RUN "run\n", "x.tvt:5: it has run before"},
    {RUN "expect out saw 0..1\n", "x.tvt:5: out saw 0..2"},
    {RUN "expect out saw 0 2\n", "x.tvt:5: out saw 0..2"},
    {RUN "expect out saw 0..3\n", "x.tvt:5: out saw 0..2"},
    {RUN "expect out saw nothing\n", "x.tvt:5: out saw 0..2"},
    {RUN "expect out saw 4..5 events\n", "x.tvt:5: out saw 3 events"},
    {RUN "expect out has 3\n", "x.tvt:5: 'saw' is missing"},
    {RUN "expect nobody saw 3\n", "x.tvt:5: no such stage: 'nobody'"},
    {RUN "expect edge \"in -> out\" most 4\n", "x.tvt:5: in -> out: most is 3"},
    {RUN "expect edge \"in -> out most 4\n", "x.tvt:5: a \" is missing"},
    {RUN "expect edge \"out -> in\" most 4\n",
        "x.tvt:5: no such edge: 'out -> in'"},
    {RUN "expect stage out delivered 4\n", "x.tvt:5: out: delivered is 3"},
    {RUN "expect stage out enjoyed 4\n", "x.tvt:5: no such number: 'enjoyed'"},
    {RUN "expect flow dropped 1..9\n", "x.tvt:5: flow: dropped is 0"},
    {RUN "expect flow dropped 0 1\n", "x.tvt:5: what is '1' for?"},
    {RUN "expect result stuck\n", "x.tvt:5: the result is: "},
    {RUN "expect result fine\n", "x.tvt:5: no such result: 'fine'"},
    {RUN "expect says \"stuck\"\n", "x.tvt:5: it says: "},
    {RUN "expect time 1s\n", "x.tvt:5: it took 0 us"},
    {RUN "expect time 1..2\n",
        "x.tvt:5: time must be a time or a range of them, not '1..2'"},
};

static void
test_mistakes_are_said_with_their_place(void)
{
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        char text[400];

        (void)snprintf(text, sizeof(text), "%s", mistakes[i].text);
        if (script_run(&script, "x.tvt", text) ||
            strncmp(script.error, mistakes[i].error,
                strlen(mistakes[i].error)) != 0) {
            fprintf(stderr, "%s\nfound:    %s\nexpected: %s\n",
                mistakes[i].text, script.error, mistakes[i].error);
            abort();
        }
    }
}

int
main(int argc, char **argv)
{
    int failed = 0;

    if (argc == 1) {
        test_mistakes_are_said_with_their_place();
        failed = run_folder("tests/scripts");
    }
    for (int i = 1; i < argc; i++) {
        failed += !run_file(argv[i]);
    }
    TVN_ASSERT(tvn_mem_live() == 0);
    return failed != 0;
}
