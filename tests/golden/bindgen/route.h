/* route.h -- stage route in C: world route of shop:flights@1.0.0.
 * Every flight to analytics, late ones also to delivery.
 *
 * You write:
 *     port route(const lateness *event);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_ROUTE_H
#define TORVYN_STAGE_ROUTE_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

typedef struct {
    bool late;
} lateness;

typedef uint8_t port;
#define PORT_ANALYTICS ((port)1)
#define PORT_DELIVERY ((port)2)

/* ------------------------------------------------------------------------
 * You write */

port route(const lateness *event);

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
TORVYN_LAYOUT(sizeof(lateness) == 1 &&
        offsetof(lateness, late) == 0,
    "layout of lateness");
TORVYN_LAYOUT(sizeof(port) == 1,
    "layout of port");
#endif

#ifdef __cplusplus
}
#endif

#endif
