/* test_internal.h -- what the files of `torvyn test` share.
 *
 *     test_file.c, test_parts.c   YAML -> tests
 *     test_run.c      one test: load, run, hold against what is expected
 *     test_setup.c    which stages are the file's own
 *     test_stages.c   what stands at stages: sources, mocks, muted sinks
 *     test_tap.c      round a stage: remembers what arrives, injects faults
 *     test_check.c    what arrived, and windows
 *     test_account.c  dead letters, the ledger
 *     test_value.c    events: read, compared, printed
 *     test_sim.c      all of this, put into the flow's graph
 *
 * Threads: none. */
#ifndef TVN_HOST_TEST_INTERNAL_H
#define TVN_HOST_TEST_INTERNAL_H

#include "connector/codec.h"
#include "connector/field.h"
#include "host/internal.h"
#include "host/test.h"
#include "host/test_spec.h"

/* ------------------------------------------------------------------------
 * A test that runs. */

struct tvn__test;

struct tvn__test_source {
    struct tvn__test *test;
    const struct tvn__test_given *given;
    struct tvn_image **images; /* by item; NULL: a record, or nothing */
    uint32_t next;
    bool has_codec; /* a native source's: for records */
    struct tvn__codec codec;
    struct tvn__meta meta;
    struct tvn_builder builder;
    struct tvn_stage_counts counts;
    char text[1200];
};

struct tvn__test_answer {
    struct tvn_image **images;
    uint32_t count;
    uint32_t verdict; /* filter, router */
};

/* Answers in turn; the last one stays. */
struct tvn__test_mock {
    enum tvn_role role;
    struct tvn__test_answer *answers;
    uint32_t count;
    uint32_t next;
    uint32_t begun; /* outputs of this answer that are out */
    struct tvn_stage_counts counts;
};

struct tvn__test_seen {
    struct tvn_image *image; /* one reference */
    uint64_t at_ns;          /* since the start */
};

struct tvn__test_armed {
    const struct tvn__test_fault *fault; /* NULL: of another stage */
    uint64_t fired;
};

#define TVN__TEST_SEEN_MAX   10000u  /* events of a stage that are kept */
#define TVN__TEST_RECORD_MAX 100000u /* records; a guest may have no end */

/* What is known of one stage while it runs. */
struct tvn__test_stage {
    struct tvn_stage inner; /* the tap's; first: see stream/stage.h */
    struct tvn__test *test;
    uint32_t number;
    enum tvn_role role;
    bool is_live;   /* something that is given may reach it */
    bool is_itself; /* a guest that is a source, and runs */
    bool is_mocked; /* or a source, or muted */
    struct tvn__test_source *source;
    struct tvn__test_mock mock;

    /* the tap */
    bool keeps;                     /* its events are expected */
    struct tvn_stage_counts before; /* of instances that are gone; faults */
    struct tvn__test_armed *armed;
    uint64_t arrived; /* events that have arrived */
    struct tvn__test_seen *seen;
    uint32_t seen_count, seen_cap;
    struct tvn_window *windows;
    uint32_t window_count, window_cap;
};

struct tvn__test_letter {
    struct tvn_str stage;
    enum tvn_fault_kind kind;
    struct tvn_str message;
    uint32_t attempts;
    struct tvn_image *image; /* NULL: a record */
    struct tvn__test_letter *next;
};

struct tvn__test {
    const struct tvn_test_file *file;
    const struct tvn__test_case *spec;
    struct tvn_host *host;
    struct tvn_diag *diag; /* what does not hold */
    struct tvn_buf *log;
    tvn_err err; /* memory ran out while it ran */
    struct tvn_arena arena;
    uint64_t now_ns; /* monotonic */
    struct tvn_clock clock;
    struct tvn__test_stage *stages; /* by number */
    struct tvn__test_source *feeds; /* and sources; by number in given */
    struct tvn__sim sim;
    struct tvn_host_swap *swaps;
    uint32_t swap_count;
    struct tvn__test_letter *letters; /* in order */
    struct tvn__test_letter *last_letter;
    uint32_t letter_count;
};

/* test_setup.c: the test's stages, feeds and swaps.  All that is wrong is a
 * finding. */
tvn_err tvn__test_set_up(struct tvn__test *test);

/* The stage of that name, or -1 with a finding. */
int tvn__test_find(struct tvn__test *test, const struct tvn_yaml *name);

/* What arrives at a stage; NULL when that is of several types, or unknown. */
const struct tvn_type *tvn__test_type_in(
    const struct tvn__test *test, uint32_t number);

/* test_stages.c: each is made once, before the run, and freed with the test.
 * A free() of these stages frees nothing. */
tvn_err tvn__test_source_init(struct tvn__test_source *source,
    struct tvn__test *test, const struct tvn__test_given *given,
    uint32_t number);
void tvn__test_source_fini(struct tvn__test_source *source);
tvn_err tvn__test_mock_init(
    struct tvn__test_stage *stage, const struct tvn_yaml *node);
void tvn__test_mock_fini(struct tvn__test_mock *mock);
extern const struct tvn_stage_ops tvn__test_source_ops;
extern const struct tvn_stage_ops tvn__test_mock_ops;

/* test_tap.c */
extern const struct tvn_stage_ops tvn__test_tap_ops; /* self: a stage */
void tvn__test_tap_fini(struct tvn__test_stage *stage);
/* Whether the kind can be injected at that stage; else why not. */
const char *tvn__test_fault_refusal(
    const struct tvn__test_stage *stage, enum tvn_fault_kind kind);

/* test_check.c, test_account.c: each failure is a finding. */
tvn_err tvn__test_check(struct tvn__test *test);
tvn_err tvn__test_check_dead(struct tvn__test *test);
tvn_err tvn__test_check_ledger(struct tvn__test *test);

/* test_value.c */
/* An event: YAML, or JSON text where the type is written as no text. */
tvn_err tvn__test_value(struct tvn__test *test, const struct tvn_type *type,
    const struct tvn_yaml *node, TVN_GIVE struct tvn_image **out);
/* The value as JSON with WIT's names. */
void tvn__test_print(const struct tvn_type *type, const uint8_t *data,
    uint32_t at, struct tvn_buf *out);
/* The first difference of two values of a type: false, there is none.  `path`
 * is appended to, `a` and `b` get what stands there. */
bool tvn__test_differ(const struct tvn_type *type, const struct tvn_image *a,
    const struct tvn_image *b, struct tvn_buf *path, struct tvn_buf *text_a,
    struct tvn_buf *text_b);
/* Whether all that `node` says is so in the image; with NULL only checks that
 * it reads as the type. */
tvn_err tvn__test_matches(struct tvn__test *test, const struct tvn_type *type,
    const struct tvn_image *image, const struct tvn_yaml *node, bool *does);
/* A node in one line. */
void tvn__test_print_yaml(const struct tvn_yaml *node, struct tvn_buf *out);

#endif
