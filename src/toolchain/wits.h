/* wits.h -- the WIT that a pipeline names, all of it: text read, packages
 * decoded, worlds and places found by name.
 *
 * Threads: as the table of types (value/type.h). */
#ifndef TVN_TOOLCHAIN_WITS_H
#define TVN_TOOLCHAIN_WITS_H

#include "component/component.h"
#include "toolchain/toolchain.h"

/* A zeroed one, with `types` set, is empty. */
struct tvn_wits {
    struct tvn_types *types; /* of all packages; the caller's */
    const char **paths;      /* as they were given; copies */
    struct tvn_wit_text *texts;
    struct tvn_wit **wits;
    uint32_t count;
    struct tvn_arena arena; /* owns the arrays and the paths */
};

/* Room for `max` of them.  TVN_ENOMEM. */
tvn_err tvn_wits_init(
    struct tvn_wits *wits, struct tvn_types *types, uint32_t max);
void tvn_wits_fini(struct tvn_wits *wits);

/* Reads what `path` names: tvn_toolchain_encode's errors, with a note where
 * it is named, and tvn_wit_decode's.  After an error there is one less. */
tvn_err tvn_wits_add(struct tvn_wits *wits, const char *path,
    const struct tvn_place *named, struct tvn_diag *diag);

/* The world of that name; `*number` (nullable): of the WIT that has it.  NULL:
 * none has. */
const struct tvn_wit_world *tvn_wits_world(
    const struct tvn_wits *wits, struct tvn_str name, uint32_t *number);

/* The newest finding is about that world, which there is not: what there is. */
void tvn_wits_suggest_world(
    const struct tvn_wits *wits, struct tvn_str name, struct tvn_diag *diag);

/* As tvn_wit_places_find, over all of them; `env` is a struct tvn_wits (the
 * type suits struct tvn_places of contract/place.h). */
bool tvn_wits_place(
    const void *env, struct tvn_str path, struct tvn_place *place);

#endif
