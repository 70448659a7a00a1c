/* string_.h -- stage string in C: world string of test:tricky@0.1.0.
 *
 * You write:
 *     bool evaluate(uint8_t ok);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_STRING_H
#define TORVYN_STAGE_STRING_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * You write */

bool evaluate(uint8_t ok);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

/* ------------------------------------------------------------------------
 * Machinery */

#ifdef __cplusplus
#define TORVYN_LAYOUT static_assert
#else
#define TORVYN_LAYOUT _Static_assert
#endif
#ifdef __wasm32__
#endif

#ifdef __cplusplus
}
#endif

#endif
