/* source_glue.c -- between stage source in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "source.h"

#include <string.h>

__attribute__((import_module("inline"), import_name("get")))
uint32_t torvyn__import_inline_get(void);

r inline_get(void)
{
    const uint32_t _a0 = torvyn__import_inline_get();
    r _ret;
    _ret.a = (uint8_t)_a0;
    return _ret;
}

void torvyn__into_pull(pull_result *)
    __asm__("pull");

__attribute__((export_name("pull"))) const void *
torvyn__export_pull(void)
{
    static pull_result _ret;
    torvyn_enter();
    torvyn__into_pull(&_ret);
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

__attribute__((unused)) static void
torvyn__copy_poll(poll *_v, void *(*_alloc)(size_t, size_t))
{
    switch (_v->tag) {
    case 0:
        torvyn__copy_e(&_v->val.event, _alloc);
        break;
    default:
        break;
    }
}

__attribute__((unused)) static void
torvyn__drop_poll(poll *_v)
{
    switch (_v->tag) {
    case 0:
        torvyn__drop_e(&_v->val.event);
        break;
    default:
        break;
    }
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

r_list
r_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    r *_rows = torvyn_alloc(_n * sizeof(r), 1);

    for (size_t _i = 0; _i < _n; _i++) {
        r *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
    }
    torvyn_table_clear(_t);
    return (r_list){_rows, _n};
}
