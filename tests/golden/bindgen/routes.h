/* routes.h -- stage routes in C: world routes of test:tricky@0.1.0.
 *
 * You write:
 *     route_result route(const e *event);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_ROUTES_H
#define TORVYN_STAGE_ROUTES_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

typedef struct {
    uint64_t id;
    text v;
} e;

typedef enum __attribute__((packed)) {
    PORT_LEFT,
    PORT_RIGHT,
} port;

typedef struct { bool some; port val; } opt_port;

/* ------------------------------------------------------------------------
 * You write */

/* What route returns:
 *     emit(v)             v goes on
 *     skip()              nothing goes on
 *     reject(...)         refused; the pieces, joined, say why */
typedef struct {
    bool is_err;
    union {
        opt_port ok;
        text err;
    };
} route_result;
#define emit(...) route_emit(__VA_ARGS__)
#define skip() route_skip()
#define reject(...) route_reject(__VA_ARGS__)
#define route_reject(...) route_reject_text(join(__VA_ARGS__))

route_result route(const e *event);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

typedef struct { const e *ptr; size_t len; } e_list;
#define e_at(_table, _key) \
    ((e *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(e)))
#define e_find(_table, _key) \
    ((e *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(e)))
e_list e_take(struct torvyn_table *table);
e e_keep(e value);
void e_drop(e *kept);

/* ------------------------------------------------------------------------
 * Machinery */

static inline route_result
route_emit(port _value)
{
    route_result _result;

    _result.is_err = false;
    _result.ok.some = true;
    _result.ok.val = _value;
    return _result;
}

static inline route_result
route_skip(void)
{
    route_result _result;

    _result.is_err = false;
    _result.ok.some = false;
    return _result;
}

static inline route_result
route_reject_text(text _value)
{
    route_result _result;

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
TORVYN_LAYOUT(sizeof(e) == 16 &&
        offsetof(e, id) == 0 &&
        offsetof(e, v) == 8,
    "layout of e");
TORVYN_LAYOUT(sizeof(port) == 1,
    "layout of port");
TORVYN_LAYOUT(sizeof(opt_port) == 2 &&
        offsetof(opt_port, val) == 1,
    "layout of opt_port");
TORVYN_LAYOUT(sizeof(route_result) == 12 &&
        offsetof(route_result, ok) == 4 &&
        offsetof(route_result, err) == 4,
    "layout of route_result");
#endif

#ifdef __cplusplus
}
#endif

#endif
