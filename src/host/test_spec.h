/* test_spec.h -- a test as it is written: names of stages are not resolved,
 * events are not read yet.
 *
 * Threads: none. */
#ifndef TVN_HOST_TEST_SPEC_H
#define TVN_HOST_TEST_SPEC_H

#include "config/pipeline.h"
#include "host/test.h"
#include "stream/stage.h"

struct tvn__test_item {
    uint64_t at_ns;               /* since the start */
    const struct tvn_yaml *value; /* NULL: only time passes */
};

struct tvn__test_given {
    const struct tvn_yaml *stage;
    bool is_itself; /* a guest's own events */
    struct tvn__test_item *items;
    uint32_t count;
};

struct tvn__test_fault {
    const struct tvn_yaml *stage;
    uint64_t at;    /* number of the event, from 1 */
    uint64_t times; /* that it fails */
    enum tvn_fault_kind kind;
    struct tvn_str message;
};

struct tvn__test_expect {
    const struct tvn_yaml *stage;
    const struct tvn_yaml *events;   /* NULL: not asked */
    const struct tvn_yaml *contains; /* NULL: not asked */
    const struct tvn_yaml *number;   /* NULL: not asked */
    uint64_t count;
};

struct tvn__test_window {
    const struct tvn_yaml *node;
    bool has_start, has_end, has_reason;
    uint64_t start_ns, end_ns; /* since the start */
    uint32_t reason;
};

struct tvn__test_flush {
    const struct tvn_yaml *stage;
    struct tvn__test_window *windows;
    uint32_t count;
    struct tvn_place place; /* of the list */
};

struct tvn__test_dead {
    const struct tvn_yaml *node;
    const struct tvn_yaml *stage; /* NULL: not asked, as the others */
    const struct tvn_yaml *cause;
    const struct tvn_yaml *message;
    const struct tvn_yaml *event;
    const struct tvn_yaml *attempts;
};

struct tvn__test_case {
    struct tvn_str name;
    struct tvn_place place;
    struct tvn_pipeline_set *sets;
    uint32_t set_count;
    const struct tvn_yaml *environment; /* NULL: none */
    struct tvn__test_given *given;
    uint32_t given_count;
    const struct tvn_yaml *mock; /* NULL: none */
    struct tvn__test_fault *faults;
    uint32_t fault_count;
    struct tvn__test_expect *expects;
    uint32_t expect_count;
    struct tvn__test_flush *flushes;
    uint32_t flush_count;
    struct tvn__test_dead *dead;
    uint32_t dead_count;
    struct tvn_place dead_place;
    const struct tvn_yaml *ledger; /* NULL: none */
    const struct tvn_yaml *exit;   /* NULL: 0, or with `error` any other */
    uint64_t status;
    const struct tvn_yaml *error; /* NULL: none */
};

struct tvn_test_file {
    struct tvn_arena arena;
    const char *path;
    const char *pipeline;               /* path of the pipeline file */
    const struct tvn_yaml *environment; /* of all tests; NULL: none */
    struct tvn__test_case *cases;
    uint32_t count;
};

/* ------------------------------------------------------------------------
 * Reading. */

#define TVN__TEST_AT_MAX UINT64_C(3153600000000000000) /* 100 years */

struct tvn__test_reader {
    struct tvn_test_file *file;
    struct tvn_arena *arena;
    struct tvn_diag *diag;
    tvn_err err; /* the first */
};

/* test_file.c: what is wrong is a finding and the reader's error. */
void tvn__test_fail(struct tvn__test_reader *reader, tvn_err err);
void *tvn__test_new(
    struct tvn__test_reader *reader, uint32_t count, size_t size);
bool tvn__test_mapping(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, const char *what);
bool tvn__test_list(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, const char *what);
void tvn__test_keys(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, const char *what, const char *const *keys);
struct tvn_str tvn__test_text(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, const char *what);

/* `{ at: 1s, event: ... }`: an item of that form; either key may be missing,
 * none other be there. */
bool tvn__test_is_timed(const struct tvn_yaml *node);

/* test_parts.c: `node` is the key's value, NULL when it is not there. */
void tvn__test_read_faults(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out);
void tvn__test_read_expects(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out);
void tvn__test_read_flushes(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out);
void tvn__test_read_dead(struct tvn__test_reader *reader,
    const struct tvn_yaml *node, struct tvn__test_case *out);

/* `null`, `~`, nothing. */
static inline bool
tvn__test_is_null(const struct tvn_yaml *node)
{
    return node->kind == TVN_YAML_SCALAR && node->is_plain &&
           (node->text.len == 0 || tvn_str_is(node->text, "~") ||
               tvn_str_is(node->text, "null"));
}

#endif
