/* new.h -- what the files of `torvyn new` share.
 *
 *     cmd_new.c          the verb; a project
 *     cmd_new_stage.c    a stage in a project: the order of all this
 *     cmd_new_name.c     names, templates, edges
 *     cmd_new_file.c     files
 *     cmd_new_wit.c      the WIT, and where the world goes
 *     cmd_new_event.c    the type of the stage's events
 *     cmd_new_world.c    the world, and the file that is made from it
 *     cmd_new_yaml.c     the row, into a file that stays as it is otherwise
 *     cmd_new_place.c    places in that file
 *
 * A template has `{{word}}` where a word goes.  Threads: main's. */
#ifndef TVN_CLI_NEW_H
#define TVN_CLI_NEW_H

#include "cli/cli.h"

#include "component/component.h"
#include "config/yaml.h"
#include "toolchain/wits.h"
#include "value/role.h"

#define TVN__NEW_FILE_MAX ((size_t)4 << 20) /* bytes of a WIT or YAML file */

/* ------------------------------------------------------------------------
 * cmd_new_name.c */

/* The new stage, as torvyn.yaml gets it. */
struct tvn__new_row {
    struct tvn_str name;
    enum tvn_role role;
};

struct tvn__new_word {
    const char *name;
    struct tvn_str text;
};

/* WIT has it as a keyword: as a name it is written with a `%`. */
bool tvn__new_is_wit_word(struct tvn_str name);

/* Is it a name for WIT and files?  TVN_ENEW, with one that would be. */
tvn_err tvn__new_check_name(
    struct tvn_str name, const char *what, struct tvn_diag *diag);

/* Appends the embedded file `template` with its words filled in; `words` ends
 * with a NULL name.  Other braces stay. */
void tvn__new_fill(const char *template, const struct tvn__new_word *words,
    struct tvn_buf *out);

/* Appends the edges to fill in, a line each behind `first` and `more`. */
void tvn__new_edges(const struct tvn__new_row *row, const char *first,
    const char *more, struct tvn_buf *out);

/* ------------------------------------------------------------------------
 * cmd_new_file.c */

/* Appends the whole file.  TVN_ENOTFOUND, TVN_EIO, TVN_ELIMIT, TVN_ENOMEM. */
tvn_err tvn__new_read(
    const char *path, struct tvn_buf *out, struct tvn_diag *diag);

/* Makes the file, and the folders above it.  TVN_ENEW when there is one,
 * TVN_EIO; then there is none of it. */
tvn_err tvn__new_create(
    const char *path, struct tvn_str text, struct tvn_diag *diag);

/* Puts `text` in the place of a file's, all at once.  TVN_EIO, TVN_ENOMEM. */
tvn_err tvn__new_replace(
    const char *path, struct tvn_str text, struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * cmd_new_wit.c */

/* `type` of `interface`, of the package `in`. */
struct tvn__new_event {
    struct tvn_str package;   /* "my:flow" */
    struct tvn_str interface; /* "events" */
    struct tvn_str full;      /* "my:flow/events@1.0.0" */
    struct tvn_str name;      /* "reading" */
    const struct tvn_type *type;
};

/* Where the new world goes. */
struct tvn__new_home {
    const char *path;       /* of the file */
    uint32_t number;        /* of the `wit:` it belongs to */
    struct tvn_str package; /* "my:flow" */
};

/* Reads what `wit:` names.  TVN_EPIPELINE_MISSING, TVN_EWIT and the like. */
tvn_err tvn__new_wit_read(struct tvn_wits *wits, struct tvn_types *types,
    const struct tvn_yaml *pipeline, struct tvn_diag *diag);

/* The world of a stage of the file; NULL: it has none. */
const struct tvn_wit_world *tvn__new_wit_world_of(
    const struct tvn_wits *wits, const struct tvn_yaml_pair *stage);

/* The file that has the stages' worlds; without any, the event's.  TVN_ENEW
 * when there is none that text can be added to. */
tvn_err tvn__new_wit_home(struct tvn_wits *wits, const struct tvn_yaml *stages,
    const struct tvn__new_event *event, struct tvn__new_home *out,
    struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * cmd_new_event.c */

/* The type `asked` for; empty: what the first source carries.  TVN_ENEW,
 * TVN_ETYPE_UNKNOWN. */
tvn_err tvn__new_wit_event(struct tvn_wits *wits, const struct tvn_yaml *stages,
    struct tvn_str asked, struct tvn__new_event *out, struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * cmd_new_yaml.c */

/* Appends the file's `text` with a row under `stages:` and the edge to fill
 * in as a comment; `tree` is what the text reads as.  TVN_ENEW, with what to
 * write by hand, when it is not clear where they go. */
tvn_err tvn__new_yaml_add(const char *path, struct tvn_str text,
    const struct tvn_yaml *tree, const struct tvn__new_row *row,
    struct tvn_buf *out, struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * cmd_new_place.c */

/* Variables that are not set do not matter here. */
extern const struct tvn_yaml_opts tvn__new_yaml_opts;

/* Where a line begins, counted from 1; the text's end when it has none. */
size_t tvn__new_line_start(struct tvn_str text, uint32_t line);

/* Do only spaces stand before it in its line? */
bool tvn__new_is_first_in_line(
    struct tvn_str text, const struct tvn_place *place);

/* Behind the last line of what the file's key number `index` has, whose parts
 * begin in `column`. */
size_t tvn__new_end_of(struct tvn_str text, const struct tvn_yaml *tree,
    uint32_t index, uint32_t column);

/* Do both say the same, but for a stage `name` that `new` has, too? */
bool tvn__new_is_added(
    const struct tvn_yaml *old, const struct tvn_yaml *new, const char *name);

/* ------------------------------------------------------------------------
 * cmd_new_world.c */

/* A stage that is being made. */
struct tvn__new_stage {
    struct tvn__new_row row;
    struct tvn_arena arena;
    struct tvn_buf yaml; /* torvyn.yaml as it is */
    const struct tvn_yaml *tree;
    const struct tvn_yaml *stages; /* in `tree` */
    struct tvn_buf new_yaml;       /* and as it will be */
    struct tvn_types *types;
    struct tvn_wits wits;
    struct tvn__new_event event;
    struct tvn__new_home home;
    struct tvn_buf old_wit; /* the text of home's file */
    const char *path;       /* of the C file */
};

/* Appends the WIT file's text with the world at its end; the old text is in
 * the stage from now on.  TVN_EIO and the like. */
tvn_err tvn__new_world_add(
    struct tvn__new_stage *stage, struct tvn_buf *out, struct tvn_diag *diag);

/* Makes the stage's file for the world that the WIT file has now.  TVN_EWIT,
 * TVN_EBINDGEN; those of tvn__new_create. */
tvn_err tvn__new_world_use(struct tvn__new_stage *stage, struct tvn_diag *diag);

/* ------------------------------------------------------------------------
 * cmd_new_stage.c */

/* The whole of `torvyn new stage`; appends what was done. */
tvn_err tvn__new_stage_make(
    const struct tvn__args *args, struct tvn_buf *out, struct tvn_diag *diag);

#endif
