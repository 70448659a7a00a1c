/* source2.h -- stage source2 in C: world source2 of test:tricky@0.1.0.
 *
 * You write:
 *     poll pull(void);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_SOURCE2_H
#define TORVYN_STAGE_SOURCE2_H

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
        uint64_t wait;
        e event;
    } val;
} poll;
enum { /* tags of poll */
    POLL_WAIT,
    POLL_DONE,
    POLL_EVENT,
};

/* ------------------------------------------------------------------------
 * You write */

/* What pull returns:
 *     emit(v)             v goes on
 *     wait_ns(n)          nothing yet, ask again in n nanoseconds
 *     done()              that was all */
#define emit(...) pull_emit(__VA_ARGS__)
#define wait_ns(...) pull_wait_ns(__VA_ARGS__)
#define done() pull_done()

poll pull(void);

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

static inline poll
pull_emit(e _value)
{
    poll _result;

    _result.tag = POLL_EVENT;
    _result.val.event = _value;
    return _result;
}

static inline poll
pull_wait_ns(uint64_t _value)
{
    poll _result;

    _result.tag = POLL_WAIT;
    _result.val.wait = _value;
    return _result;
}

static inline poll
pull_done(void)
{
    poll _result;

    _result.tag = POLL_DONE;
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
#endif

#ifdef __cplusplus
}
#endif

#endif
