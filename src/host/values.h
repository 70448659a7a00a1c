/* values.h -- a YAML node read as a WIT type: a stage's `config:`.
 *
 *     record    a mapping by field name; a field that is an option may be left
 *               out
 *     option    null, `~` or nothing for none
 *     list, tuple, flags    a sequence (flags: of names)
 *     variant   its case's name, or { case: payload }; result { ok: v } or
 *               { err: v }
 *     scalars   as in JSON text (value/jsoncodec.h)
 *
 * Threads: none. */
#ifndef TVN_HOST_VALUES_H
#define TVN_HOST_VALUES_H

#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "config/yaml.h"
#include "value/image.h"
#include "value/type.h"

/* Reads `node` (NULL: nothing was written; every field must then be an
 * option) as `type`.  Each thing that does not fit is TVN_ECONFIG_VALUE with
 * its own line and column; `place` stands for a missing node.  TVN_ENOMEM,
 * TVN_ETOOBIG. */
tvn_err tvn_value_of_yaml(const struct tvn_type *type,
    const struct tvn_yaml *node, const struct tvn_place *place,
    struct tvn_pool *pool, TVN_GIVE struct tvn_image **out,
    struct tvn_diag *diag);

/* The finding for a key that is no field of the record `type`. */
tvn_err tvn_value_no_field(const struct tvn_type *type,
    const struct tvn_yaml *key, struct tvn_diag *diag);

#endif
