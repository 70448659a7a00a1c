/* place.h -- where in the WIT text a type's field or a function stands.
 *
 * Types are structural and know no names: the declaration that a person
 * wrote is found again by looking for a named type of the same structure,
 * first in the stage's own world, then in the interfaces.
 *
 * Threads: as the callback's. */
#ifndef TVN_CONTRACT_PLACE_H
#define TVN_CONTRACT_PLACE_H

#include "base/buf.h"
#include "base/diag.h"
#include "component/component.h"
#include "value/type.h"

#include <stdbool.h>

/* The toolchain's table.  `path` is "shop:flights/events.departure.dep-delay"
 * (a type's member), "shop:flights/events.departure" (a type),
 * "shop:flights/enrich.process" (a function of a world or interface): the
 * package without its version.  False: not in the table. */
struct tvn_places {
    bool (*find)(const void *env, struct tvn_str path, struct tvn_place *place);
    const void *env;
};

/* Where types may have been declared. */
struct tvn_declared {
    const struct tvn_places *places;   /* NULL: nothing is ever found */
    const struct tvn_wit_world *world; /* looked through first; NULL: none */
    const struct tvn_wit *const *wits;
    uint32_t wit_count;
};

/* Finds the declaration of what stands at `path` (a tvn_view's, such as
 * ".flight.dep-delay") inside `type`: the last member on the way that exists,
 * or the type that lacks it.  False, and `*place` untouched, when it has no
 * name or no position. */
bool tvn_place_of_path(const struct tvn_declared *declared,
    const struct tvn_type *type, const char *path, struct tvn_place *place);

/* Finds "WORLD.name" of the declared world. */
bool tvn_place_of_func(const struct tvn_declared *declared,
    struct tvn_str interface, struct tvn_str name, struct tvn_place *place);

/* The type at a path of field names ("flight.carrier"), options looked
 * through; NULL when there is none. */
const struct tvn_type *tvn_type_at_path(
    const struct tvn_type *type, struct tvn_str path);

#endif
