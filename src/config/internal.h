/* internal.h -- what the files of config/ share. */
#ifndef TVN_CONFIG_INTERNAL_H
#define TVN_CONFIG_INTERNAL_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "config/pipeline.h"
#include "config/settings.h"
#include "config/yaml.h"

#include <stdbool.h>
#include <stdint.h>

/* The first error stays, but running out of memory beats them all. */
static inline tvn_err
tvn__first(tvn_err old, tvn_err err)
{
    return old == TVN_OK || err == TVN_ENOMEM ? err : old;
}

/* ------------------------------------------------------------------------
 * yaml */

/* A text as messages show it: one line, cut, a secret as stars. */
struct tvn__shown {
    char text[64];
};
struct tvn__shown tvn__show_text(struct tvn_str text);
struct tvn__shown tvn__show(const struct tvn_yaml *node); /* with quotes */

/* tvn_yaml_parse, but whatever is still a tree is given in spite of errors,
 * so that what reads it can report its own findings too. */
tvn_err tvn__yaml_load(struct tvn_arena *arena, const char *path,
    struct tvn_str text, const struct tvn_yaml_opts *opts,
    const struct tvn_yaml **out, struct tvn_diag *diag);

bool tvn__is_null(const struct tvn_yaml *node);

/* "WHAT must be WANTED, found ..."; says nothing of a broken node. */
tvn_err tvn__refuse_value(const struct tvn_yaml *node, const char *what,
    const char *wanted, struct tvn_diag *diag);

/* Fails with "WHAT is ..., not ..." unless the node is of that kind. */
tvn_err tvn__expect(const struct tvn_yaml *node, enum tvn_yaml_kind kind,
    const char *what, struct tvn_diag *diag);

/* Variables of one document. */
struct tvn__expander {
    struct tvn_arena *arena;
    const char *path; /* of the document: files are relative to its folder */
    const struct tvn_yaml_opts *opts; /* not NULL */
    struct tvn_diag *diag;
    uint64_t left; /* bytes that may yet be made */
};

/* `raw` with its variables expanded, in the arena; raw itself when there are
 * none.  TVN_EVARIABLE, TVN_EYAML_LIMIT, TVN_ENOMEM. */
tvn_err tvn__expand(struct tvn__expander *expander,
    const struct tvn_place *place, struct tvn_str raw, struct tvn_str *out,
    bool *is_secret);

/* The folder of a path with its slash; empty when it has none. */
struct tvn_str tvn__folder(const char *path);

/* ------------------------------------------------------------------------
 * pipeline */

struct tvn__reader {
    struct tvn_pipeline *pipeline;
    struct tvn_arena *arena;
    struct tvn_diag *diag;
    tvn_err err;                       /* the first */
    struct tvn_pipeline_stage *stages; /* the pipeline's, to be filled;
                                        * NULL: they could not be read */

    /* from `defaults:` */
    struct tvn_pipeline_edge edge; /* what every arrow begins as */
    uint64_t memory, deadline_ns, init_deadline_ns;
};

static inline void
tvn__fail(struct tvn__reader *reader, tvn_err err)
{
    reader->err = tvn__first(reader->err, err);
}

/* Checks that a node is a mapping of that section's keys: what is unknown,
 * belongs to other stages, or is not built yet is reported.  False when it is
 * no mapping. */
bool tvn__section(struct tvn__reader *reader, const struct tvn_yaml *node,
    enum tvn_section section, unsigned on, const char *what);

/* The value of a key, NULL when it is not given. */
const struct tvn_yaml *tvn__setting_find(
    const struct tvn_yaml *mapping, enum tvn_setting_id id);

/* A NUMBER, SIZE or DURATION; `fallback` when it is not given or wrong. */
uint64_t tvn__number(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, uint64_t fallback);

/* The number of a WORD; `fallback` when it is not given or wrong.  One that
 * is not built is reported. */
uint32_t tvn__word(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, uint32_t fallback);
uint32_t tvn__word_of(struct tvn__reader *reader, const struct tvn_yaml *node,
    enum tvn_setting_id id, const char *what, uint32_t fallback);

/* A BOOL; false when it is not given or wrong. */
bool tvn__bool(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id);

/* A RATE in events a second, or a SPAN; `fallback` when it is not given or
 * wrong. */
uint64_t tvn__rate(struct tvn__reader *reader, const struct tvn_yaml *mapping,
    enum tvn_setting_id id, uint64_t fallback);
struct tvn_yaml_span tvn__span(struct tvn__reader *reader,
    const struct tvn_yaml *mapping, enum tvn_setting_id id,
    struct tvn_yaml_span fallback);

/* A TEXT that may not be empty; empty when it is not given or wrong. */
struct tvn_pipeline_name tvn__text(struct tvn__reader *reader,
    const struct tvn_yaml *mapping, enum tvn_setting_id id);
struct tvn_pipeline_name tvn__text_of(
    struct tvn__reader *reader, const struct tvn_yaml *node, const char *what);

/* A LIST of texts, or one text alone. */
const struct tvn_pipeline_name *tvn__list(struct tvn__reader *reader,
    const struct tvn_yaml *mapping, enum tvn_setting_id id, uint32_t *count);

/* Letters, digits, `-` and `_`, a letter first, `-` not last, at most 64. */
bool tvn__is_name(struct tvn_str text);
#define TVN__NAME_HELP                                                         \
    "a name has letters, digits, '-' and '_', begins with a letter, does not " \
    "end with '-', and is at most 64 long"

void tvn__read_connector(struct tvn__reader *reader,
    const struct tvn_yaml *node, const char *what,
    struct tvn_pipeline_connector *out);
void tvn__read_stages(struct tvn__reader *reader, const struct tvn_yaml *node);
void tvn__read_on_error(struct tvn__reader *reader,
    const struct tvn_yaml *stage, struct tvn_pipeline_on_error *out);

/* The options of one edge, or those of `defaults:`, into `edge`, which holds
 * what is so without them.  Its burst is 0 until one is given. */
void tvn__read_edge_options(struct tvn__reader *reader,
    const struct tvn_yaml *options, struct tvn_pipeline_edge *edge);
void tvn__read_edges(struct tvn__reader *reader, const struct tvn_yaml *node);

/* After the stages: sets their `thread`. */
void tvn__read_threads(struct tvn__reader *reader, const struct tvn_yaml *node);

/* A new tree with that scalar in it; what did not change is shared. */
tvn_err tvn__set(struct tvn_arena *arena, const struct tvn_yaml *root,
    const struct tvn_pipeline_set *set, const struct tvn_yaml_opts *opts,
    const struct tvn_yaml **out, struct tvn_diag *diag);

#endif
