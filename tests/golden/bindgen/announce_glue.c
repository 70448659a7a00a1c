/* announce_glue.c -- between stage announce in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "announce.h"

#include <string.h>

void torvyn__into_process(notice *, const enriched *)
    __asm__("process");

__attribute__((export_name("process"))) const void *
torvyn__export_process(uint64_t _a0, uint64_t _a1, uint32_t _a2, uint32_t _a3, uint32_t _a4, uint32_t _a5, uint32_t _a6, uint32_t _a7, uint32_t _a8, uint32_t _a9, uint32_t _a10, uint32_t _a11, uint32_t _a12, uint32_t _a13, uint32_t _a14)
{
    static notice _ret;
    torvyn_enter();
    enriched _p0;
    _p0.flight.id = _a0;
    _p0.flight.time = _a1;
    _p0.flight.carrier.ptr = (const char *)_a2;
    _p0.flight.carrier.len = _a3;
    _p0.flight.origin.ptr = (const char *)_a4;
    _p0.flight.origin.len = _a5;
    _p0.flight.dest.ptr = (const char *)_a6;
    _p0.flight.dest.len = _a7;
    _p0.flight.dep_delay.some = _a8 != 0;
    _p0.flight.dep_delay.val = (int32_t)_a9;
    _p0.flight.distance = _a10;
    _p0.airline.ptr = (const char *)_a11;
    _p0.airline.len = _a12;
    _p0.kind = (carrier_kind)_a13;
    _p0.late = _a14 != 0;
    torvyn__into_process(&_ret, &_p0);
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
torvyn__copy_departure(departure *_v, void *(*_alloc)(size_t, size_t))
{
    _v->carrier.ptr = torvyn__copied(_v->carrier.ptr, _v->carrier.len, 1, _alloc);
    _v->origin.ptr = torvyn__copied(_v->origin.ptr, _v->origin.len, 1, _alloc);
    _v->dest.ptr = torvyn__copied(_v->dest.ptr, _v->dest.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_departure(departure *_v)
{
    torvyn_drop(_v->carrier.ptr);
    _v->carrier = (text){NULL, 0};
    torvyn_drop(_v->origin.ptr);
    _v->origin = (text){NULL, 0};
    torvyn_drop(_v->dest.ptr);
    _v->dest = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_enriched(enriched *_v, void *(*_alloc)(size_t, size_t))
{
    torvyn__copy_departure(&_v->flight, _alloc);
    _v->airline.ptr = torvyn__copied(_v->airline.ptr, _v->airline.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_enriched(enriched *_v)
{
    torvyn__drop_departure(&_v->flight);
    torvyn_drop(_v->airline.ptr);
    _v->airline = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_notice(notice *_v, void *(*_alloc)(size_t, size_t))
{
    _v->text.ptr = torvyn__copied(_v->text.ptr, _v->text.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_notice(notice *_v)
{
    torvyn_drop(_v->text.ptr);
    _v->text = (text){NULL, 0};
}

departure_list
departure_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    departure *_rows = torvyn_alloc(_n * sizeof(departure), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        departure *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_departure(&_rows[_i], torvyn_alloc);
        torvyn__drop_departure(_row);
    }
    torvyn_table_clear(_t);
    return (departure_list){_rows, _n};
}

departure
departure_keep(departure _v)
{
    torvyn__copy_departure(&_v, torvyn_keep);
    return _v;
}

void
departure_drop(departure *_v)
{
    torvyn__drop_departure(_v);
}

enriched_list
enriched_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    enriched *_rows = torvyn_alloc(_n * sizeof(enriched), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        enriched *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_enriched(&_rows[_i], torvyn_alloc);
        torvyn__drop_enriched(_row);
    }
    torvyn_table_clear(_t);
    return (enriched_list){_rows, _n};
}

enriched
enriched_keep(enriched _v)
{
    torvyn__copy_enriched(&_v, torvyn_keep);
    return _v;
}

void
enriched_drop(enriched *_v)
{
    torvyn__drop_enriched(_v);
}

notice_list
notice_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    notice *_rows = torvyn_alloc(_n * sizeof(notice), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        notice *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_notice(&_rows[_i], torvyn_alloc);
        torvyn__drop_notice(_row);
    }
    torvyn_table_clear(_t);
    return (notice_list){_rows, _n};
}

notice
notice_keep(notice _v)
{
    torvyn__copy_notice(&_v, torvyn_keep);
    return _v;
}

void
notice_drop(notice *_v)
{
    torvyn__drop_notice(_v);
}
