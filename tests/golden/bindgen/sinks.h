/* sinks.h -- stage sinks in C: world sinks of test:tricky@0.1.0.
 *
 * You write:
 *     api_one_push_result api_one_push(const e *event);
 *     void loose(void);
 *     complete_result complete(void);
 *     void teardown(void);
 *     void api_two_push(uint8_t x);
 *     uint8_t other(void);
 *     init_result on_init(void);   (optional)
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_SINKS_H
#define TORVYN_STAGE_SINKS_H

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

/* Why a stage did not take an event, and what is to become of it. */
typedef struct {
    uint8_t tag;
    union {
        text retry;
        text reject;
        text fatal;
    } val;
} fault;
enum { /* tags of fault */
    FAULT_RETRY,
    FAULT_REJECT,
    FAULT_FATAL,
};

typedef struct { const text *ptr; size_t len; } text_list;

/* ------------------------------------------------------------------------
 * You write */

/* What api_one_push returns:
 *     ok()                it went well
 *     retry(...)          it may work later; the pieces, joined, say why
 *     reject(...)         refused; the pieces, joined, say why
 *     fatal(...)          nothing more can work; the pieces, joined, say why */
typedef struct { bool is_err; fault err; } api_one_push_result;
#define ok() api_one_push_ok()
#define retry(...) api_one_push_retry(__VA_ARGS__)
#define api_one_push_retry(...) api_one_push_retry_text(join(__VA_ARGS__))
#define reject(...) api_one_push_reject(__VA_ARGS__)
#define api_one_push_reject(...) api_one_push_reject_text(join(__VA_ARGS__))
#define fatal(...) api_one_push_fatal(__VA_ARGS__)
#define api_one_push_fatal(...) api_one_push_fatal_text(join(__VA_ARGS__))

api_one_push_result api_one_push(const e *event);

void loose(void);

/* What complete returns:
 *     ok()                it went well
 *     retry(...)          it may work later; the pieces, joined, say why
 *     reject(...)         refused; the pieces, joined, say why
 *     fatal(...)          nothing more can work; the pieces, joined, say why */
typedef api_one_push_result complete_result;

complete_result complete(void);

void teardown(void);

void api_two_push(uint8_t x);

uint8_t other(void);

/* The stage's config: there before anything is called. */
extern text_list cfg;

/* What on_init returns:
 *     ok()                it went well
 *     retry(...)          it may work later; the pieces, joined, say why
 *     reject(...)         refused; the pieces, joined, say why
 *     fatal(...)          nothing more can work; the pieces, joined, say why */
typedef api_one_push_result init_result;

/* Called once cfg is there.  You may leave it out. */
init_result on_init(void);

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

text_list text_list_keep(text_list value);
void text_list_drop(text_list *kept);

/* ------------------------------------------------------------------------
 * Machinery */

static inline api_one_push_result
api_one_push_ok(void)
{
    api_one_push_result _result;

    _result.is_err = false;
    return _result;
}

static inline api_one_push_result
api_one_push_retry_text(text _value)
{
    api_one_push_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_RETRY;
    _result.err.val.retry = _value;
    return _result;
}

static inline api_one_push_result
api_one_push_reject_text(text _value)
{
    api_one_push_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_REJECT;
    _result.err.val.reject = _value;
    return _result;
}

static inline api_one_push_result
api_one_push_fatal_text(text _value)
{
    api_one_push_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_FATAL;
    _result.err.val.fatal = _value;
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
TORVYN_LAYOUT(sizeof(fault) == 12 &&
        offsetof(fault, val) == 4,
    "layout of fault");
TORVYN_LAYOUT(sizeof(text_list) == 8,
    "layout of text_list");
TORVYN_LAYOUT(sizeof(api_one_push_result) == 16 &&
        offsetof(api_one_push_result, err) == 4,
    "layout of api_one_push_result");
#endif

#ifdef __cplusplus
}
#endif

#endif
