/* routes_glue.c -- between stage routes in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "routes.h"

#include <string.h>

void torvyn__into_route(route_result *, const e *)
    __asm__("route");

__attribute__((export_name("route"))) const void *
torvyn__export_route(uint64_t _a0, uint32_t _a1, uint32_t _a2)
{
    static route_result _ret;
    torvyn_enter();
    e _p0;
    _p0.id = _a0;
    _p0.v.ptr = (const char *)_a1;
    _p0.v.len = _a2;
    torvyn__into_route(&_ret, &_p0);
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
