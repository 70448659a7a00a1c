/* validate.h -- stage validate in C: world validate of shop:flights@1.0.0.
 * Keeps flights that left.
 *
 * You write:
 *     bool evaluate(const brief *event);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_VALIDATE_H
#define TORVYN_STAGE_VALIDATE_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

typedef struct { bool some; int32_t val; } opt_s32;

/* A narrow view of departure: 24 bytes, no strings. */
typedef struct {
    uint64_t id;
    opt_s32 dep_delay;
    uint32_t distance;
} brief;

/* ------------------------------------------------------------------------
 * You write */

bool evaluate(const brief *event);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

typedef struct { const brief *ptr; size_t len; } brief_list;
#define brief_at(_table, _key) \
    ((brief *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(brief)))
#define brief_find(_table, _key) \
    ((brief *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(brief)))
brief_list brief_take(struct torvyn_table *table);

/* ------------------------------------------------------------------------
 * Machinery */

#ifdef __cplusplus
#define TORVYN_LAYOUT static_assert
#else
#define TORVYN_LAYOUT _Static_assert
#endif
#ifdef __wasm32__
TORVYN_LAYOUT(sizeof(opt_s32) == 8 &&
        offsetof(opt_s32, val) == 4,
    "layout of opt_s32");
TORVYN_LAYOUT(sizeof(brief) == 24 &&
        offsetof(brief, id) == 0 &&
        offsetof(brief, dep_delay) == 8 &&
        offsetof(brief, distance) == 16,
    "layout of brief");
#endif

#ifdef __cplusplus
}
#endif

#endif
