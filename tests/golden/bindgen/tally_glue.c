/* tally_glue.c -- between stage tally in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "tally.h"

#include <string.h>

__attribute__((export_name("ingest"))) void
torvyn__export_ingest(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3)
{
    torvyn_enter();
    row _p0;
    _p0.flight.carrier.ptr = (const char *)_a0;
    _p0.flight.carrier.len = _a1;
    _p0.flight.dep_delay.some = _a2 != 0;
    _p0.flight.dep_delay.val = (int32_t)_a3;
    ingest(&_p0);
    torvyn_leave();
}

void torvyn__into_flush(totals_list *, const window *)
    __asm__("flush");

__attribute__((export_name("flush"))) const void *
torvyn__export_flush(uint64_t _a0, uint64_t _a1, uint32_t _a2)
{
    static totals_list _ret;
    torvyn_enter();
    window _p0;
    _p0.start_ns = _a0;
    _p0.end_ns = _a1;
    _p0.reason = (reason)_a2;
    torvyn__into_flush(&_ret, &_p0);
    torvyn_leave();
    return &_ret;
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
torvyn__copy_totals(totals *_v, void *(*_alloc)(size_t, size_t))
{
    _v->carrier.ptr = torvyn__copied(_v->carrier.ptr, _v->carrier.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_totals(totals *_v)
{
    torvyn_drop(_v->carrier.ptr);
    _v->carrier = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_leg(leg *_v, void *(*_alloc)(size_t, size_t))
{
    _v->carrier.ptr = torvyn__copied(_v->carrier.ptr, _v->carrier.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_leg(leg *_v)
{
    torvyn_drop(_v->carrier.ptr);
    _v->carrier = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_row(row *_v, void *(*_alloc)(size_t, size_t))
{
    torvyn__copy_leg(&_v->flight, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_row(row *_v)
{
    torvyn__drop_leg(&_v->flight);
}

__attribute__((unused)) static void
torvyn__copy_totals_list(totals_list *_v, void *(*_alloc)(size_t, size_t))
{
    totals *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(totals), 8, _alloc);

    for (size_t _i = 0; _i < _v->len; _i++) {
        torvyn__copy_totals(&_copy[_i], _alloc);
    }
    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_totals_list(totals_list *_v)
{
    for (size_t _i = 0; _i < _v->len; _i++) {
        totals _elem = _v->ptr[_i];

        torvyn__drop_totals(&_elem);
    }
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

totals_list
totals_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    totals *_rows = torvyn_alloc(_n * sizeof(totals), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        totals *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_totals(&_rows[_i], torvyn_alloc);
        torvyn__drop_totals(_row);
    }
    torvyn_table_clear(_t);
    return (totals_list){_rows, _n};
}

totals
totals_keep(totals _v)
{
    torvyn__copy_totals(&_v, torvyn_keep);
    return _v;
}

void
totals_drop(totals *_v)
{
    torvyn__drop_totals(_v);
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

leg_list
leg_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    leg *_rows = torvyn_alloc(_n * sizeof(leg), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        leg *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_leg(&_rows[_i], torvyn_alloc);
        torvyn__drop_leg(_row);
    }
    torvyn_table_clear(_t);
    return (leg_list){_rows, _n};
}

leg
leg_keep(leg _v)
{
    torvyn__copy_leg(&_v, torvyn_keep);
    return _v;
}

void
leg_drop(leg *_v)
{
    torvyn__drop_leg(_v);
}

row
row_keep(row _v)
{
    torvyn__copy_row(&_v, torvyn_keep);
    return _v;
}

void
row_drop(row *_v)
{
    torvyn__drop_row(_v);
}

totals_list
totals_list_keep(totals_list _v)
{
    torvyn__copy_totals_list(&_v, torvyn_keep);
    return _v;
}

void
totals_list_drop(totals_list *_v)
{
    torvyn__drop_totals_list(_v);
}
