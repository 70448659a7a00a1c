/* agg_glue.c -- between stage agg in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "agg.h"

#include <string.h>

void torvyn__into_ingest(ingest_result *, const e *, const meta *)
    __asm__("ingest");

__attribute__((export_name("ingest"))) const void *
torvyn__export_ingest(uint64_t _a0, uint32_t _a1, uint32_t _a2, uint64_t _a3, uint64_t _a4, uint64_t _a5, uint64_t _a6, uint32_t _a7, uint32_t _a8, uint32_t _a9)
{
    static ingest_result _ret;
    torvyn_enter();
    e _p0;
    meta _p1;
    _p0.id = _a0;
    _p0.v.ptr = (const char *)_a1;
    _p0.v.len = _a2;
    _p1.sequence = _a3;
    _p1.event_time_ns = _a4;
    _p1.ingest_time_ns = _a5;
    _p1.key = _a6;
    _p1.attempt = _a7;
    _p1.attributes.ptr = (const tuple_text_text *)_a8;
    _p1.attributes.len = _a9;
    torvyn__into_ingest(&_ret, &_p0, &_p1);
    torvyn_leave();
    return &_ret;
}

void torvyn__into_flush(flush_result *, const window *)
    __asm__("flush");

__attribute__((export_name("flush"))) const void *
torvyn__export_flush(uint64_t _a0, uint64_t _a1, uint32_t _a2)
{
    static flush_result _ret;
    torvyn_enter();
    window _p0;
    _p0.start_ns = _a0;
    _p0.end_ns = _a1;
    _p0.reason = (reason)_a2;
    torvyn__into_flush(&_ret, &_p0);
    torvyn_leave();
    return &_ret;
}

__attribute__((export_name("teardown"))) void
torvyn__export_teardown(void)
{
    torvyn_enter();
    teardown();
    torvyn_leave();
}

/* The world has no log to write to. */
size_t torvyn_log_dropped;

void
torvyn_log_write(
    unsigned _level, const char *_ptr, size_t _len)
{
    (void)_level;
    (void)_ptr;
    (void)_len;
    torvyn_log_dropped++;
}

__attribute__((unused)) static void *
torvyn__copied(const void *_ptr, size_t _size, size_t _align,
    void *(*_alloc)(size_t, size_t))
{
    return _size == 0
               ? NULL
               : memcpy(_alloc(_size, _align), _ptr, _size);
}

__attribute__((unused)) static void
torvyn__copy_e(e *_v, void *(*_alloc)(size_t, size_t))
{
    _v->v.ptr = torvyn__copied(_v->v.ptr, _v->v.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_e(e *_v)
{
    torvyn_drop(_v->v.ptr);
    _v->v = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_fault(fault *_v, void *(*_alloc)(size_t, size_t))
{
    switch (_v->tag) {
    case 0:
        _v->val.retry.ptr = torvyn__copied(_v->val.retry.ptr, _v->val.retry.len, 1, _alloc);
        break;
    case 1:
        _v->val.reject.ptr = torvyn__copied(_v->val.reject.ptr, _v->val.reject.len, 1, _alloc);
        break;
    case 2:
        _v->val.fatal.ptr = torvyn__copied(_v->val.fatal.ptr, _v->val.fatal.len, 1, _alloc);
        break;
    default:
        break;
    }
}

__attribute__((unused)) static void
torvyn__drop_fault(fault *_v)
{
    switch (_v->tag) {
    case 0:
        torvyn_drop(_v->val.retry.ptr);
        _v->val.retry = (text){NULL, 0};
        break;
    case 1:
        torvyn_drop(_v->val.reject.ptr);
        _v->val.reject = (text){NULL, 0};
        break;
    case 2:
        torvyn_drop(_v->val.fatal.ptr);
        _v->val.fatal = (text){NULL, 0};
        break;
    default:
        break;
    }
}

__attribute__((unused)) static void
torvyn__copy_tuple_text_text(tuple_text_text *_v, void *(*_alloc)(size_t, size_t))
{
    _v->f0.ptr = torvyn__copied(_v->f0.ptr, _v->f0.len, 1, _alloc);
    _v->f1.ptr = torvyn__copied(_v->f1.ptr, _v->f1.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_tuple_text_text(tuple_text_text *_v)
{
    torvyn_drop(_v->f0.ptr);
    _v->f0 = (text){NULL, 0};
    torvyn_drop(_v->f1.ptr);
    _v->f1 = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_tuple_text_text_list(tuple_text_text_list *_v, void *(*_alloc)(size_t, size_t))
{
    tuple_text_text *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(tuple_text_text), 4, _alloc);

    for (size_t _i = 0; _i < _v->len; _i++) {
        torvyn__copy_tuple_text_text(&_copy[_i], _alloc);
    }
    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_tuple_text_text_list(tuple_text_text_list *_v)
{
    for (size_t _i = 0; _i < _v->len; _i++) {
        tuple_text_text _elem = _v->ptr[_i];

        torvyn__drop_tuple_text_text(&_elem);
    }
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

__attribute__((unused)) static void
torvyn__copy_meta(meta *_v, void *(*_alloc)(size_t, size_t))
{
    torvyn__copy_tuple_text_text_list(&_v->attributes, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_meta(meta *_v)
{
    torvyn__drop_tuple_text_text_list(&_v->attributes);
}

__attribute__((unused)) static void
torvyn__copy_opt_e(opt_e *_v, void *(*_alloc)(size_t, size_t))
{
    if (_v->some) {
        torvyn__copy_e(&_v->val, _alloc);
    }
}

__attribute__((unused)) static void
torvyn__drop_opt_e(opt_e *_v)
{
    if (_v->some) {
        torvyn__drop_e(&_v->val);
    }
}

__attribute__((unused)) static void
torvyn__copy_e_list(e_list *_v, void *(*_alloc)(size_t, size_t))
{
    e *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(e), 8, _alloc);

    for (size_t _i = 0; _i < _v->len; _i++) {
        torvyn__copy_e(&_copy[_i], _alloc);
    }
    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_e_list(e_list *_v)
{
    for (size_t _i = 0; _i < _v->len; _i++) {
        e _elem = _v->ptr[_i];

        torvyn__drop_e(&_elem);
    }
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

e_list
e_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    e *_rows = torvyn_alloc(_n * sizeof(e), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        e *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_e(&_rows[_i], torvyn_alloc);
        torvyn__drop_e(_row);
    }
    torvyn_table_clear(_t);
    return (e_list){_rows, _n};
}

e
e_keep(e _v)
{
    torvyn__copy_e(&_v, torvyn_keep);
    return _v;
}

void
e_drop(e *_v)
{
    torvyn__drop_e(_v);
}

tuple_text_text_list
tuple_text_text_list_keep(tuple_text_text_list _v)
{
    torvyn__copy_tuple_text_text_list(&_v, torvyn_keep);
    return _v;
}

void
tuple_text_text_list_drop(tuple_text_text_list *_v)
{
    torvyn__drop_tuple_text_text_list(_v);
}

meta_list
meta_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    meta *_rows = torvyn_alloc(_n * sizeof(meta), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        meta *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_meta(&_rows[_i], torvyn_alloc);
        torvyn__drop_meta(_row);
    }
    torvyn_table_clear(_t);
    return (meta_list){_rows, _n};
}

meta
meta_keep(meta _v)
{
    torvyn__copy_meta(&_v, torvyn_keep);
    return _v;
}

void
meta_drop(meta *_v)
{
    torvyn__drop_meta(_v);
}

window_list
window_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    window *_rows = torvyn_alloc(_n * sizeof(window), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        window *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
    }
    torvyn_table_clear(_t);
    return (window_list){_rows, _n};
}

e_list
e_list_keep(e_list _v)
{
    torvyn__copy_e_list(&_v, torvyn_keep);
    return _v;
}

void
e_list_drop(e_list *_v)
{
    torvyn__drop_e_list(_v);
}
