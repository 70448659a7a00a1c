/* enrich.h -- stage enrich in C: world enrich of shop:flights@1.0.0.
 * Adds the airline's name and kind, and whether the flight is late.
 *
 * You write:
 *     process_result process(const departure *event);
 *     init_result on_init(void);   (optional)
 *
 * You may call:
 *     const airline *airlines(text carrier);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_ENRICH_H
#define TORVYN_STAGE_ENRICH_H

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
    text name;
    carrier_kind kind;
} airline;

typedef struct {
    text default_airline;
    int32_t late_after;
} config;

typedef struct { bool some; enriched val; } opt_enriched;

/* ------------------------------------------------------------------------
 * You write */

/* What process returns:
 *     emit(v)             v goes on
 *     skip()              nothing goes on
 *     reject(...)         refused; the pieces, joined, say why */
typedef struct {
    bool is_err;
    union {
        opt_enriched ok;
        text err;
    };
} process_result;
#define emit(...) process_emit(__VA_ARGS__)
#define skip() process_skip()
#define reject(...) process_reject(__VA_ARGS__)
#define process_reject(...) process_reject_text(join(__VA_ARGS__))

process_result process(const departure *event);

/* The stage's config: there before anything is called. */
extern config cfg;

/* What on_init returns:
 *     init_ok()           it went well
 *     init_reject(...)    refused; the pieces, joined, say why */
typedef struct { bool is_err; text err; } init_result;
#define init_reject(...) init_reject_text(join(__VA_ARGS__))

/* Called once cfg is there.  You may leave it out. */
init_result on_init(void);

/* ------------------------------------------------------------------------
 * You may call */

/* NULL: there is none. */
const airline *airlines(text carrier);

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

typedef struct { const airline *ptr; size_t len; } airline_list;
#define airline_at(_table, _key) \
    ((airline *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(airline)))
#define airline_find(_table, _key) \
    ((airline *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(airline)))
airline_list airline_take(struct torvyn_table *table);
airline airline_keep(airline value);
void airline_drop(airline *kept);

typedef struct { const config *ptr; size_t len; } config_list;
#define config_at(_table, _key) \
    ((config *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(config)))
#define config_find(_table, _key) \
    ((config *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(config)))
config_list config_take(struct torvyn_table *table);
config config_keep(config value);
void config_drop(config *kept);

/* ------------------------------------------------------------------------
 * Machinery */

static inline process_result
process_emit(enriched _value)
{
    process_result _result;

    _result.is_err = false;
    _result.ok.some = true;
    _result.ok.val = _value;
    return _result;
}

static inline process_result
process_skip(void)
{
    process_result _result;

    _result.is_err = false;
    _result.ok.some = false;
    return _result;
}

static inline process_result
process_reject_text(text _value)
{
    process_result _result;

    _result.is_err = true;
    _result.err = _value;
    return _result;
}

static inline init_result
init_ok(void)
{
    init_result _result;

    _result.is_err = false;
    return _result;
}

static inline init_result
init_reject_text(text _value)
{
    init_result _result;

    _result.is_err = true;
    _result.err = _value;
    return _result;
}

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
TORVYN_LAYOUT(sizeof(airline) == 12 &&
        offsetof(airline, name) == 0 &&
        offsetof(airline, kind) == 8,
    "layout of airline");
TORVYN_LAYOUT(sizeof(config) == 12 &&
        offsetof(config, default_airline) == 0 &&
        offsetof(config, late_after) == 8,
    "layout of config");
TORVYN_LAYOUT(sizeof(opt_enriched) == 80 &&
        offsetof(opt_enriched, val) == 8,
    "layout of opt_enriched");
TORVYN_LAYOUT(sizeof(process_result) == 88 &&
        offsetof(process_result, ok) == 8 &&
        offsetof(process_result, err) == 8,
    "layout of process_result");
TORVYN_LAYOUT(sizeof(init_result) == 12 &&
        offsetof(init_result, err) == 4,
    "layout of init_result");
#endif

#ifdef __cplusplus
}
#endif

#endif
