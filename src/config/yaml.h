/* yaml.h -- a YAML document as a tree in which every node knows where it
 * stands.
 *
 * Made with libyaml.  Duplicate keys, merge keys (`<<`), tags, more than one
 * document, more than TVN_YAML_NODES_MAX nodes (aliases counted each time)
 * and a depth above TVN_YAML_DEPTH_MAX are refused, with line and column.
 * After parsing, `${VAR}`, `${VAR:-default}`, `${file:PATH}` (a trailing
 * newline cut) and `$$` are expanded inside scalars; what came from `file:`
 * makes the node secret: whoever prints it prints `***`.
 *
 * Threads: a tree is immutable once made. */
#ifndef TVN_CONFIG_YAML_H
#define TVN_CONFIG_YAML_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TVN_YAML_NODES_MAX 10000u
#define TVN_YAML_DEPTH_MAX 64u
#define TVN_YAML_SIZE_MAX  (4u << 20) /* bytes of a file */

enum tvn_yaml_kind {
    TVN_YAML_SCALAR,
    TVN_YAML_SEQUENCE,
    TVN_YAML_MAPPING,
};

struct tvn_yaml;

struct tvn_yaml_pair {
    const struct tvn_yaml *key; /* a scalar */
    const struct tvn_yaml *value;
};

struct tvn_yaml {
    enum tvn_yaml_kind kind;
    struct tvn_place place;
    struct tvn_str text; /* scalar: expanded, unquoted */
    bool is_plain;       /* scalar: written without quotes: `null`, `~`,
                          * `true`, `1` mean null, boolean, number */
    bool is_secret;
    bool is_verbatim; /* scalar: stands in one line as it is, so an offset in
                       * `text` is one in that line, behind the quote that
                       * `!is_plain` means */
    bool is_broken;   /* already reported: readers fail and say no more */
    const struct tvn_yaml *const *items; /* sequence */
    const struct tvn_yaml_pair *pairs;   /* mapping, in the file's order */
    uint32_t count;                      /* of either */
};

/* Where variables come from; NULL get: the process's environment. */
struct tvn_yaml_opts {
    const char *(*get)(void *env, const char *name); /* NULL: unset */
    void *env;
};

/* Parses `text`; the tree and its texts live in `arena`.  `path` stands in
 * places, and `${file:PATH}` is relative to its folder.  `opts` NULL: the
 * process's environment.  Errors: TVN_EYAML, TVN_EYAML_DUPLICATE,
 * TVN_EYAML_LIMIT, TVN_EVARIABLE, TVN_ENOMEM; all that can be found are in
 * `diag`. */
tvn_err tvn_yaml_parse(struct tvn_arena *arena, const char *path,
    struct tvn_str text, const struct tvn_yaml_opts *opts,
    const struct tvn_yaml **out, struct tvn_diag *diag);

/* The value of that key of a mapping; NULL. */
const struct tvn_yaml *tvn_yaml_get(
    const struct tvn_yaml *mapping, const char *key);

/* "a mapping", "a sequence", "a scalar" for messages. */
const char *tvn_yaml_kind_name(const struct tvn_yaml *node);

/* ------------------------------------------------------------------------
 * Typed readers: each says what it wanted, where and, where it can, the fix;
 * `what` names the thing ("capacity").  `*out` is written on success only.
 * Numbers and booleans may stand in quotes, as "${N}" must in a flow mapping.
 * All return TVN_OK or TVN_EPIPELINE_VALUE. */
tvn_err tvn_yaml_read_str(const struct tvn_yaml *node, const char *what,
    struct tvn_str *out, struct tvn_diag *diag);
tvn_err tvn_yaml_read_bool(const struct tvn_yaml *node, const char *what,
    bool *out, struct tvn_diag *diag);
tvn_err tvn_yaml_read_u64(const struct tvn_yaml *node, const char *what,
    uint64_t min, uint64_t max, uint64_t *out, struct tvn_diag *diag);
/* Sizes in bytes: KiB, MiB, GiB (B for bytes). */
tvn_err tvn_yaml_read_size(const struct tvn_yaml *node, const char *what,
    uint64_t min, uint64_t max, uint64_t *out, struct tvn_diag *diag);
/* Durations in ns: ns, us, ms, s, m, h. */
tvn_err tvn_yaml_read_duration(const struct tvn_yaml *node, const char *what,
    uint64_t min, uint64_t max, uint64_t *out, struct tvn_diag *diag);
/* "10ms..1s", the first not above the other; "5s" is both. */
struct tvn_yaml_span {
    uint64_t first, longest; /* ns */
};
tvn_err tvn_yaml_read_span(const struct tvn_yaml *node, const char *what,
    uint64_t min, uint64_t max, struct tvn_yaml_span *out,
    struct tvn_diag *diag);
/* Rates per second: "500/s". */
tvn_err tvn_yaml_read_rate(const struct tvn_yaml *node, const char *what,
    uint64_t *out, struct tvn_diag *diag);
/* One of the words (NULL-terminated); its number. */
tvn_err tvn_yaml_read_word(const struct tvn_yaml *node, const char *what,
    const char *const *words, uint32_t *out, struct tvn_diag *diag);

/* Every key of the mapping must be one of `keys` (NULL-terminated): each
 * other one is TVN_EPIPELINE_KEY with did-you-mean.  Not a mapping:
 * TVN_EPIPELINE_VALUE. */
tvn_err tvn_yaml_check_keys(const struct tvn_yaml *node, const char *what,
    const char *const *keys, struct tvn_diag *diag);

#endif
