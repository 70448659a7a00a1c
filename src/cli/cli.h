/* cli.h -- what the verbs share: parsed options, and printing.
 *
 * Output for people goes to stdout (run's report to stderr), diagnostics to
 * stderr.  A closed pipe on either is no error.  Threads: main's. */
#ifndef TVN_CLI_CLI_H
#define TVN_CLI_CLI_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/jsonout.h"
#include "config/pipeline.h"

#include <stdbool.h>
#include <stdint.h>

enum tvn__verb {
#define TVN_COMMAND(name, arguments, text) TVN__VERB_##name,
#include "cli/commands.def"
    TVN__VERB_COUNT
};

#define TVN__NEW     (1u << TVN__VERB_new)
#define TVN__BUILD   (1u << TVN__VERB_build)
#define TVN__LINK    (1u << TVN__VERB_link)
#define TVN__CHECK   (1u << TVN__VERB_check)
#define TVN__RUN     (1u << TVN__VERB_run)
#define TVN__TEST    (1u << TVN__VERB_test)
#define TVN__TRACE   (1u << TVN__VERB_trace)
#define TVN__INSPECT (1u << TVN__VERB_inspect)
#define TVN__BENCH   (1u << TVN__VERB_bench)
#define TVN__DOCTOR  (1u << TVN__VERB_doctor)
#define TVN__VERSION (1u << TVN__VERB_version)
#define TVN__ALL     UINT32_MAX

#define TVN__SETS_MAX   64u
#define TVN__FILES_MAX  256u
#define TVN__EXIT_USAGE 2

struct tvn__args {
    enum tvn__verb verb;
    const char *file;                  /* NULL: not given */
    const char *files[TVN__FILES_MAX]; /* test: all of them */
    uint32_t file_count;
    const char *name; /* new: behind `stage`; bench: what, not a file */
    const char *role;
    const char *event;
    struct tvn_pipeline_set sets[TVN__SETS_MAX];
    uint32_t set_count;
    uint64_t limit;
    uint64_t pairs;
    uint64_t every; /* 0: not given */
    uint64_t count; /* 0: not given */
    const char *against;
    const char *report;
    const char *explain;
    const char *filter;
    const char *junit;
    bool no_components;
    bool build;
    bool is_debug;
    bool json;
    bool help;
};

/* Parses argv.  0, or TVN__EXIT_USAGE with a line on stderr. */
int tvn__args_parse(int argc, char **argv, struct tvn__args *args);

/* Help of one verb, or of all (TVN__VERB_COUNT). */
void tvn__help(enum tvn__verb verb, struct tvn_buf *out);

/* Writes to stdout; a closed pipe is silent.  The exit status. */
int tvn__print(struct tvn_buf *out, int status);

/* The same into a file of its own.  False: not all of it, and it was said:
 * "WHAT PATH: reason". */
bool tvn__print_file(const char *what, const char *path, struct tvn_buf *out);

/* What compilers say, and a stage that was built, on stderr: hooks of
 * host/host.h and build/build.h; `env` is not used. */
struct tvn_build_stage;
void tvn__say(void *env, const char *text, size_t len);
void tvn__say_built(void *env, const struct tvn_build_stage *stage);
/* The line of a stage that was built, without its end. */
void tvn__built_print(const struct tvn_build_stage *stage, struct tvn_buf *out);

/* Prints the findings: text on stderr, or as JSON objects into `json`. */
void tvn__print_diag(const struct tvn_diag *diag);
void tvn__diag_json(const struct tvn_diag *diag, struct tvn_json *json);
/* The keys `ok` and `findings`, into an object. */
void tvn__verdict_json(const struct tvn_diag *diag, struct tvn_json *json);

/* What the verbs that run a flow share: loads, runs as `opts` says, prints
 * the findings; `tell` prints what came of it when the flow has run, and
 * gives the exit status.  `takes_stdout`: no sink may have it. */
struct tvn_host;
struct tvn_host_run_opts;
struct tvn__run_verb {
    const char *name;
    const char *what; /* it prints */
    bool takes_stdout;
    const char *help; /* for those who want it for a sink */
    int (*tell)(
        const struct tvn__args *args, const struct tvn_host *host, int status);
};
int tvn__run_flow(const struct tvn__args *args,
    const struct tvn__run_verb *verb, const struct tvn_host_run_opts *opts);

/* The exit status of what was found; at least 4 for an `err` without text. */
int tvn__exit_of(const struct tvn_diag *diag);

int tvn__cmd_new(const struct tvn__args *args);
int tvn__cmd_build(const struct tvn__args *args);
int tvn__cmd_link(const struct tvn__args *args);
int tvn__cmd_check(const struct tvn__args *args);
int tvn__cmd_run(const struct tvn__args *args);
int tvn__cmd_test(const struct tvn__args *args);
int tvn__cmd_trace(const struct tvn__args *args);
int tvn__cmd_inspect(const struct tvn__args *args);
int tvn__cmd_bench(const struct tvn__args *args);
/* Of it: `torvyn bench pressure`, and the end of each: findings, output, exit
 * status. */
int tvn__bench_pressure(const struct tvn__args *args);
int tvn__bench_end(struct tvn_diag *diag, struct tvn_buf *out);
int tvn__cmd_doctor(const struct tvn__args *args);
int tvn__cmd_version(const struct tvn__args *args);

#endif
