/* generate_value.h -- plausible random values of a type, the same for the same
 * seed on every machine.
 *
 *     strings of 3 to 8 letters, small numbers, lists of up to 3; what a hint
 *     says instead, by the path of a field:
 *
 *     carrier: [AA, UA]        one of these
 *     id: sequence             0, 1, 2, ...
 *     dep-delay: { min: -20, max: 240 }
 *
 * A hint behind an option makes that option some.
 *
 * Threads: none. */
#ifndef TVN_CONNECTOR_GENERATE_VALUE_H
#define TVN_CONNECTOR_GENERATE_VALUE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/rng.h"
#include "config/yaml.h"
#include "value/image.h"

#include <stdint.h>

struct tvn__hint;

struct tvn__generator {
    const struct tvn_type *type;
    struct tvn_rng rng;
    uint64_t number; /* of the next value: what `sequence` gives */
    struct tvn__hint *hints;
    uint32_t hint_count;
    struct tvn_arena arena;    /* hints */
    struct tvn_pool *pool;     /* constants */
    struct tvn_builder values; /* constants, while they are read */
};

/* `hints`: the mapping; NULL: none.  TVN_ECONNECTOR_OPTION,
 * TVN_ECONNECTOR_TYPE, TVN_ENOMEM; all in `diag`; then nothing needs fini. */
tvn_err tvn__generator_init(struct tvn__generator *generator,
    const struct tvn_type *type, uint64_t seed, uint32_t max_event,
    const struct tvn_yaml *hints, struct tvn_diag *diag);
/* Safe on a zeroed generator. */
void tvn__generator_fini(struct tvn__generator *generator);

/* The next value.  TVN_ETOOBIG, TVN_ENOMEM: its number is used up. */
tvn_err tvn__generator_next(struct tvn__generator *generator,
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image);

#endif
