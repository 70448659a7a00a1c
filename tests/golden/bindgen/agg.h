/* agg.h -- stage agg in C: world agg of test:tricky@0.1.0.
 *
 * You write:
 *     ingest_result ingest(const e *event, const meta *meta);
 *     flush_result flush(const window *window);
 *     void teardown(void);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_AGG_H
#define TORVYN_STAGE_AGG_H

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

typedef struct { text f0; text f1; } tuple_text_text;

typedef struct { const tuple_text_text *ptr; size_t len; } tuple_text_text_list;

/* About an event, not of it.  A stage takes the fields it wants by
 * declaring a record of them as its last parameter, named `meta`. */
typedef struct {
    /* Counts the events of one source from 0, without a gap. */
    uint64_t sequence;
    uint64_t event_time_ns;
    uint64_t ingest_time_ns;
    /* XXH64 (seed 0) of the key field's canonical bytes; 0 without a key. */
    uint64_t key;
    /* Calls of this stage with this event that failed before; 0 at first. */
    uint32_t attempt;
    tuple_text_text_list attributes;
} meta;

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

typedef struct { bool some; e val; } opt_e;

typedef struct { const e *ptr; size_t len; } e_list;

/* ------------------------------------------------------------------------
 * You write */

/* What ingest returns:
 *     emit(v)             v goes on
 *     skip()              nothing goes on
 *     retry(...)          it may work later; the pieces, joined, say why
 *     reject(...)         refused; the pieces, joined, say why
 *     fatal(...)          nothing more can work; the pieces, joined, say why */
typedef struct {
    bool is_err;
    union {
        opt_e ok;
        fault err;
    };
} ingest_result;
#define emit(...) ingest_emit(__VA_ARGS__)
#define skip() ingest_skip()
#define retry(...) ingest_retry(__VA_ARGS__)
#define ingest_retry(...) ingest_retry_text(join(__VA_ARGS__))
#define reject(...) ingest_reject(__VA_ARGS__)
#define ingest_reject(...) ingest_reject_text(join(__VA_ARGS__))
#define fatal(...) ingest_fatal(__VA_ARGS__)
#define ingest_fatal(...) ingest_fatal_text(join(__VA_ARGS__))

ingest_result ingest(const e *event, const meta *meta);

/* What flush returns:
 *     flush_emit(v)       v goes on
 *     flush_retry(...)    it may work later; the pieces, joined, say why
 *     flush_reject(...)   refused; the pieces, joined, say why
 *     flush_fatal(...)    nothing more can work; the pieces, joined, say why */
typedef struct {
    bool is_err;
    union {
        e_list ok;
        fault err;
    };
} flush_result;
#define flush_retry(...) flush_retry_text(join(__VA_ARGS__))
#define flush_reject(...) flush_reject_text(join(__VA_ARGS__))
#define flush_fatal(...) flush_fatal_text(join(__VA_ARGS__))

flush_result flush(const window *window);

void teardown(void);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

#define e_at(_table, _key) \
    ((e *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(e)))
#define e_find(_table, _key) \
    ((e *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(e)))
e_list e_take(struct torvyn_table *table);
e e_keep(e value);
void e_drop(e *kept);

tuple_text_text_list tuple_text_text_list_keep(tuple_text_text_list value);
void tuple_text_text_list_drop(tuple_text_text_list *kept);

typedef struct { const meta *ptr; size_t len; } meta_list;
#define meta_at(_table, _key) \
    ((meta *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(meta)))
#define meta_find(_table, _key) \
    ((meta *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(meta)))
meta_list meta_take(struct torvyn_table *table);
meta meta_keep(meta value);
void meta_drop(meta *kept);

typedef struct { const window *ptr; size_t len; } window_list;
#define window_at(_table, _key) \
    ((window *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(window)))
#define window_find(_table, _key) \
    ((window *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(window)))
window_list window_take(struct torvyn_table *table);

e_list e_list_keep(e_list value);
void e_list_drop(e_list *kept);

/* ------------------------------------------------------------------------
 * Machinery */

static inline ingest_result
ingest_emit(e _value)
{
    ingest_result _result;

    _result.is_err = false;
    _result.ok.some = true;
    _result.ok.val = _value;
    return _result;
}

static inline ingest_result
ingest_skip(void)
{
    ingest_result _result;

    _result.is_err = false;
    _result.ok.some = false;
    return _result;
}

static inline ingest_result
ingest_retry_text(text _value)
{
    ingest_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_RETRY;
    _result.err.val.retry = _value;
    return _result;
}

static inline ingest_result
ingest_reject_text(text _value)
{
    ingest_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_REJECT;
    _result.err.val.reject = _value;
    return _result;
}

static inline ingest_result
ingest_fatal_text(text _value)
{
    ingest_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_FATAL;
    _result.err.val.fatal = _value;
    return _result;
}

static inline flush_result
flush_emit(e_list _value)
{
    flush_result _result;

    _result.is_err = false;
    _result.ok = _value;
    return _result;
}

static inline flush_result
flush_retry_text(text _value)
{
    flush_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_RETRY;
    _result.err.val.retry = _value;
    return _result;
}

static inline flush_result
flush_reject_text(text _value)
{
    flush_result _result;

    _result.is_err = true;
    _result.err.tag = FAULT_REJECT;
    _result.err.val.reject = _value;
    return _result;
}

static inline flush_result
flush_fatal_text(text _value)
{
    flush_result _result;

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
TORVYN_LAYOUT(sizeof(tuple_text_text) == 16 &&
        offsetof(tuple_text_text, f0) == 0 &&
        offsetof(tuple_text_text, f1) == 8,
    "layout of tuple_text_text");
TORVYN_LAYOUT(sizeof(tuple_text_text_list) == 8,
    "layout of tuple_text_text_list");
TORVYN_LAYOUT(sizeof(meta) == 48 &&
        offsetof(meta, sequence) == 0 &&
        offsetof(meta, event_time_ns) == 8 &&
        offsetof(meta, ingest_time_ns) == 16 &&
        offsetof(meta, key) == 24 &&
        offsetof(meta, attempt) == 32 &&
        offsetof(meta, attributes) == 36,
    "layout of meta");
TORVYN_LAYOUT(sizeof(reason) == 1,
    "layout of reason");
TORVYN_LAYOUT(sizeof(window) == 24 &&
        offsetof(window, start_ns) == 0 &&
        offsetof(window, end_ns) == 8 &&
        offsetof(window, reason) == 16,
    "layout of window");
TORVYN_LAYOUT(sizeof(opt_e) == 24 &&
        offsetof(opt_e, val) == 8,
    "layout of opt_e");
TORVYN_LAYOUT(sizeof(e_list) == 8,
    "layout of e_list");
TORVYN_LAYOUT(sizeof(ingest_result) == 32 &&
        offsetof(ingest_result, ok) == 8 &&
        offsetof(ingest_result, err) == 8,
    "layout of ingest_result");
TORVYN_LAYOUT(sizeof(flush_result) == 16 &&
        offsetof(flush_result, ok) == 4 &&
        offsetof(flush_result, err) == 4,
    "layout of flush_result");
#endif

#ifdef __cplusplus
}
#endif

#endif
