/* announce.h -- stage announce in C: world announce of shop:flights@1.0.0.
 * One notice per late flight.
 *
 * You write:
 *     notice process(const enriched *event);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_ANNOUNCE_H
#define TORVYN_STAGE_ANNOUNCE_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

typedef struct { bool some; int32_t val; } opt_s32;

/* One scheduled flight; `time` is its scheduled departure, Unix time in ns. */
typedef struct {
    uint64_t id;
    uint64_t time;
    text carrier;
    text origin;
    text dest;
    /* Minutes late (negative: early); none when the flight was cancelled. */
    opt_s32 dep_delay;
    uint32_t distance; /* Miles. */
} departure;

typedef enum __attribute__((packed)) {
    CARRIER_KIND_MAJOR,
    CARRIER_KIND_REGIONAL,
    CARRIER_KIND_OTHER,
} carrier_kind;

typedef struct {
    departure flight;
    text airline;
    carrier_kind kind;
    bool late;
} enriched;

typedef struct {
    uint64_t id;
    text text;
    uint8_t priority;
} notice;

/* ------------------------------------------------------------------------
 * You write */

notice process(const enriched *event);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

typedef struct { const departure *ptr; size_t len; } departure_list;
#define departure_at(_table, _key) \
    ((departure *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(departure)))
#define departure_find(_table, _key) \
    ((departure *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(departure)))
departure_list departure_take(struct torvyn_table *table);
departure departure_keep(departure value);
void departure_drop(departure *kept);

typedef struct { const enriched *ptr; size_t len; } enriched_list;
#define enriched_at(_table, _key) \
    ((enriched *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(enriched)))
#define enriched_find(_table, _key) \
    ((enriched *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(enriched)))
enriched_list enriched_take(struct torvyn_table *table);
enriched enriched_keep(enriched value);
void enriched_drop(enriched *kept);

typedef struct { const notice *ptr; size_t len; } notice_list;
#define notice_at(_table, _key) \
    ((notice *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(notice)))
#define notice_find(_table, _key) \
    ((notice *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(notice)))
notice_list notice_take(struct torvyn_table *table);
notice notice_keep(notice value);
void notice_drop(notice *kept);

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
TORVYN_LAYOUT(sizeof(departure) == 56 &&
        offsetof(departure, id) == 0 &&
        offsetof(departure, time) == 8 &&
        offsetof(departure, carrier) == 16 &&
        offsetof(departure, origin) == 24 &&
        offsetof(departure, dest) == 32 &&
        offsetof(departure, dep_delay) == 40 &&
        offsetof(departure, distance) == 48,
    "layout of departure");
TORVYN_LAYOUT(sizeof(carrier_kind) == 1,
    "layout of carrier_kind");
TORVYN_LAYOUT(sizeof(enriched) == 72 &&
        offsetof(enriched, flight) == 0 &&
        offsetof(enriched, airline) == 56 &&
        offsetof(enriched, kind) == 64 &&
        offsetof(enriched, late) == 65,
    "layout of enriched");
TORVYN_LAYOUT(sizeof(notice) == 24 &&
        offsetof(notice, id) == 0 &&
        offsetof(notice, text) == 8 &&
        offsetof(notice, priority) == 16,
    "layout of notice");
#endif

#ifdef __cplusplus
}
#endif

#endif
