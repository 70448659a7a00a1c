/* internal.h -- what the files of contract/ share. */
#ifndef TVN_CONTRACT_INTERNAL_H
#define TVN_CONTRACT_INTERNAL_H

#include "contract/link.h"
#include "contract/role.h"

#define TVN__PRINTED_MAX 4u /* members of a type in a message */

/* ------------------------------------------------------------------------
 * role.c, shape.c, imports.c */

/* The functions that a stage may have, those that name a role first. */
enum tvn__form {
    TVN__FORM_PULL,
    TVN__FORM_PROCESS,
    TVN__FORM_EVALUATE,
    TVN__FORM_ROUTE,
    TVN__FORM_INGEST,
    TVN__FORM_PUSH,
    TVN__FORM_FLUSH,
    TVN__FORM_COMPLETE,
    TVN__FORM_INIT,
    TVN__FORM_TEARDOWN,
};
#define TVN__FORM_KEYS  (TVN__FORM_PUSH + 1)
#define TVN__FORM_COUNT (TVN__FORM_TEARDOWN + 1)

/* A place where a role may stand: the world itself or an interface. */
struct tvn__site {
    struct tvn_str interface; /* empty: the world */
    const struct tvn_extern *items;
    uint32_t count;
};

struct tvn__reader {
    const struct tvn_role_face *face;
    const struct tvn_stage_types *std;
    struct tvn_arena *arena;
};

const char *tvn__form_name(enum tvn__form form);

/* Reads `item` as that form.  Each reason why not goes to `diag`; the codes
 * are tvn_role_infer's. */
tvn_err tvn__shape_read(const struct tvn__reader *reader,
    const struct tvn__site *site, const struct tvn_extern *item,
    enum tvn__form form, struct tvn_role_func *out, struct tvn_diag *diag);

/* An error about a function of the site: the text, the function as it was
 * found (with its place in the WIT, if known), the form's shape as help.
 * Returns `err`. */
tvn_err tvn__shape_refuse(const struct tvn__reader *reader,
    const struct tvn__site *site, const struct tvn_extern *item,
    enum tvn__form form, tvn_err err, const char *why, struct tvn_diag *diag);

/* Sorts the imports of `face` into tables, host functions and unknown ones of
 * `info`.  TVN_ENOMEM. */
tvn_err tvn__imports_read(const struct tvn_stage_types *std,
    struct tvn_arena *arena, const struct tvn_role_face *face,
    struct tvn_role_info *info);

/* The type in one line, in the arena; "..." when memory is out. */
const char *tvn__type_text(
    struct tvn_arena *arena, const struct tvn_type *type);

#endif
