/* sinks_glue.c -- between stage sinks in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "sinks.h"

#include <string.h>

void torvyn__into_api_one_push(api_one_push_result *, const e *)
    __asm__("api_one_push");

__attribute__((export_name("test:tricky/api-one@0.1.0#push"))) const void *
torvyn__export_api_one_push(uint64_t _a0, uint32_t _a1, uint32_t _a2)
{
    static api_one_push_result _ret;
    torvyn_enter();
    e _p0;
    _p0.id = _a0;
    _p0.v.ptr = (const char *)_a1;
    _p0.v.len = _a2;
    torvyn__into_api_one_push(&_ret, &_p0);
    torvyn_leave();
    return &_ret;
}

__attribute__((export_name("loose"))) void
torvyn__export_loose(void)
{
    torvyn_enter();
    loose();
    torvyn_leave();
}

void torvyn__into_complete(complete_result *)
    __asm__("complete");

__attribute__((export_name("test:tricky/api-one@0.1.0#complete"))) const void *
torvyn__export_complete(void)
{
    static complete_result _ret;
    torvyn_enter();
    torvyn__into_complete(&_ret);
    torvyn_leave();
    return &_ret;
}

__attribute__((export_name("test:tricky/api-one@0.1.0#teardown"))) void
torvyn__export_teardown(void)
{
    torvyn_enter();
    teardown();
    torvyn_leave();
}

__attribute__((export_name("test:tricky/api-two@0.1.0#push"))) void
torvyn__export_api_two_push(uint32_t _a0)
{
    torvyn_enter();
    uint8_t _p0;
    _p0 = (uint8_t)_a0;
    api_two_push(_p0);
    torvyn_leave();
}

__attribute__((export_name("test:tricky/api-two@0.1.0#other"))) uint32_t
torvyn__export_other(void)
{
    torvyn_enter();
    const uint8_t _ret = other();
    torvyn_leave();
    return (uint32_t)_ret;
}

text_list cfg;

/* For a stage without one of its own. */
__attribute__((weak)) init_result
on_init(void)
{
    return api_one_push_ok();
}

void torvyn__into_on_init(init_result *)
    __asm__("on_init");

__attribute__((export_name("test:tricky/api-one@0.1.0#init"))) const void *
torvyn__export_init(uint32_t _a0, uint32_t _a1)
{
    static init_result _ret;
    torvyn_enter();
    cfg.ptr = (const text *)_a0;
    cfg.len = _a1;
    torvyn__into_on_init(&_ret);
    torvyn_seal();
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
torvyn__copy_text_list(text_list *_v, void *(*_alloc)(size_t, size_t))
{
    text *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(text), 4, _alloc);

    for (size_t _i = 0; _i < _v->len; _i++) {
        _copy[_i].ptr = torvyn__copied(_copy[_i].ptr, _copy[_i].len, 1, _alloc);
    }
    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_text_list(text_list *_v)
{
    for (size_t _i = 0; _i < _v->len; _i++) {
        text _elem = _v->ptr[_i];

        torvyn_drop(_elem.ptr);
        _elem = (text){NULL, 0};
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

text_list
text_list_keep(text_list _v)
{
    torvyn__copy_text_list(&_v, torvyn_keep);
    return _v;
}

void
text_list_drop(text_list *_v)
{
    torvyn__drop_text_list(_v);
}
