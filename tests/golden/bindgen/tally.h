/* tally.h -- stage tally in C: world tally of shop:flights@1.0.0.
 * Flights, sum and maximum of the delay per carrier and window.
 *
 * You write:
 *     void ingest(const row *event);
 *     totals_list flush(const window *window);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_TALLY_H
#define TORVYN_STAGE_TALLY_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

typedef struct {
    text carrier;
    uint64_t flights;
    int64_t delay_sum;
    int32_t delay_max;
} totals;

/* Why a window ended. */
typedef enum __attribute__((packed)) {
    REASON_TIME,
    REASON_COUNT,
    REASON_END,
} reason;

/* What `flush` is called for. */
typedef struct {
    uint64_t start_ns;
    uint64_t end_ns;
    reason reason;
} window;

typedef struct { bool some; int32_t val; } opt_s32;

typedef struct {
    text carrier;
    opt_s32 dep_delay;
} leg;

typedef struct {
    leg flight;
} row;

typedef struct { const totals *ptr; size_t len; } totals_list;

/* ------------------------------------------------------------------------
 * You write */

void ingest(const row *event);

totals_list flush(const window *window);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

#define totals_at(_table, _key) \
    ((totals *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(totals)))
#define totals_find(_table, _key) \
    ((totals *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(totals)))
totals_list totals_take(struct torvyn_table *table);
totals totals_keep(totals value);
void totals_drop(totals *kept);

typedef struct { const window *ptr; size_t len; } window_list;
#define window_at(_table, _key) \
    ((window *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(window)))
#define window_find(_table, _key) \
    ((window *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(window)))
window_list window_take(struct torvyn_table *table);

typedef struct { const leg *ptr; size_t len; } leg_list;
#define leg_at(_table, _key) \
    ((leg *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(leg)))
#define leg_find(_table, _key) \
    ((leg *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(leg)))
leg_list leg_take(struct torvyn_table *table);
leg leg_keep(leg value);
void leg_drop(leg *kept);

row row_keep(row value);
void row_drop(row *kept);

totals_list totals_list_keep(totals_list value);
void totals_list_drop(totals_list *kept);

/* ------------------------------------------------------------------------
 * Machinery */

#ifdef __cplusplus
#define TORVYN_LAYOUT static_assert
#else
#define TORVYN_LAYOUT _Static_assert
#endif
#ifdef __wasm32__
TORVYN_LAYOUT(sizeof(totals) == 32 &&
        offsetof(totals, carrier) == 0 &&
        offsetof(totals, flights) == 8 &&
        offsetof(totals, delay_sum) == 16 &&
        offsetof(totals, delay_max) == 24,
    "layout of totals");
TORVYN_LAYOUT(sizeof(reason) == 1,
    "layout of reason");
TORVYN_LAYOUT(sizeof(window) == 24 &&
        offsetof(window, start_ns) == 0 &&
        offsetof(window, end_ns) == 8 &&
        offsetof(window, reason) == 16,
    "layout of window");
TORVYN_LAYOUT(sizeof(opt_s32) == 8 &&
        offsetof(opt_s32, val) == 4,
    "layout of opt_s32");
TORVYN_LAYOUT(sizeof(leg) == 16 &&
        offsetof(leg, carrier) == 0 &&
        offsetof(leg, dep_delay) == 8,
    "layout of leg");
TORVYN_LAYOUT(sizeof(row) == 16 &&
        offsetof(row, flight) == 0,
    "layout of row");
TORVYN_LAYOUT(sizeof(totals_list) == 8,
    "layout of totals_list");
#endif

#ifdef __cplusplus
}
#endif

#endif
