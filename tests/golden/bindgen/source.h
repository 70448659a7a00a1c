/* source.h -- stage source in C: world source of test:tricky@0.1.0.
 *
 * You write:
 *     pull_result pull(void);
 *
 * You may call:
 *     r inline_get(void);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_SOURCE_H
#define TORVYN_STAGE_SOURCE_H

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

typedef struct {
    uint8_t tag;
    union {
        e event;
        uint64_t wait;
    } val;
} poll;
enum { /* tags of poll */
    POLL_EVENT,
    POLL_WAIT,
    POLL_DONE,
};

typedef enum __attribute__((packed)) {
    FAULT_RETRY,
    FAULT_FATAL,
} fault;

typedef struct {
    uint8_t a;
} r;

/* ------------------------------------------------------------------------
 * You write */

/* What pull returns:
 *     emit(v)             v goes on
 *     wait_ns(n)          nothing yet, ask again in n nanoseconds
 *     done()              that was all
 *     retry()             it may work later
 *     fatal()             nothing more can work */
typedef struct {
    bool is_err;
    union {
        poll ok;
        fault err;
    };
} pull_result;
#define emit(...) pull_emit(__VA_ARGS__)
#define wait_ns(...) pull_wait_ns(__VA_ARGS__)
#define done() pull_done()
#define retry() pull_retry()
#define fatal() pull_fatal()

pull_result pull(void);

/* ------------------------------------------------------------------------
 * You may call */

r inline_get(void);

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

typedef struct { const r *ptr; size_t len; } r_list;
#define r_at(_table, _key) \
    ((r *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(r)))
#define r_find(_table, _key) \
    ((r *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(r)))
r_list r_take(struct torvyn_table *table);

/* ------------------------------------------------------------------------
 * Machinery */

static inline pull_result
pull_emit(e _value)
{
    pull_result _result;

    _result.is_err = false;
    _result.ok.tag = POLL_EVENT;
    _result.ok.val.event = _value;
    return _result;
}

static inline pull_result
pull_wait_ns(uint64_t _value)
{
    pull_result _result;

    _result.is_err = false;
    _result.ok.tag = POLL_WAIT;
    _result.ok.val.wait = _value;
    return _result;
}

static inline pull_result
pull_done(void)
{
    pull_result _result;

    _result.is_err = false;
    _result.ok.tag = POLL_DONE;
    return _result;
}

static inline pull_result
pull_retry(void)
{
    pull_result _result;

    _result.is_err = true;
    _result.err = FAULT_RETRY;
    return _result;
}

static inline pull_result
pull_fatal(void)
{
    pull_result _result;

    _result.is_err = true;
    _result.err = FAULT_FATAL;
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
TORVYN_LAYOUT(sizeof(poll) == 24 &&
        offsetof(poll, val) == 8,
    "layout of poll");
TORVYN_LAYOUT(sizeof(fault) == 1,
    "layout of fault");
TORVYN_LAYOUT(sizeof(r) == 1 &&
        offsetof(r, a) == 0,
    "layout of r");
TORVYN_LAYOUT(sizeof(pull_result) == 32 &&
        offsetof(pull_result, ok) == 8 &&
        offsetof(pull_result, err) == 8,
    "layout of pull_result");
#endif

#ifdef __cplusplus
}
#endif

#endif
