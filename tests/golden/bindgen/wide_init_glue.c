/* wide_init_glue.c -- between stage wide-init in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "wide_init.h"

#include <string.h>

__attribute__((import_module("$root"), import_name("i15")))
void torvyn__import_i15(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, void *);

f15 i15(const f15 *x)
{
    f15 _ret;
    torvyn__import_i15((uint32_t)(*x).a.ptr, (*x).a.len, (uint32_t)(*x).b.ptr, (*x).b.len, (uint32_t)(*x).c.ptr, (*x).c.len, (uint32_t)(*x).d.ptr, (*x).d.len, (uint32_t)(*x).e.ptr, (*x).e.len, (uint32_t)(*x).f.ptr, (*x).f.len, (uint32_t)(*x).g.ptr, (*x).g.len, (uint32_t)(*x).h, &_ret);
    return _ret;
}

__attribute__((import_module("$root"), import_name("i16")))
void torvyn__import_i16(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, void *);

f16 i16(const f16 *x)
{
    f16 _ret;
    torvyn__import_i16((uint32_t)(*x).a.ptr, (*x).a.len, (uint32_t)(*x).b.ptr, (*x).b.len, (uint32_t)(*x).c.ptr, (*x).c.len, (uint32_t)(*x).d.ptr, (*x).d.len, (uint32_t)(*x).e.ptr, (*x).e.len, (uint32_t)(*x).f.ptr, (*x).f.len, (uint32_t)(*x).g.ptr, (*x).g.len, (uint32_t)(*x).h.ptr, (*x).h.len, &_ret);
    return _ret;
}

__attribute__((import_module("$root"), import_name("i17")))
void torvyn__import_i17(const void *, void *);

f17 i17(const f17 *x)
{
    f17 _ret;
    torvyn__import_i17(x, &_ret);
    return _ret;
}

struct torvyn__args_i2 {
    f15 f0;
    float f1;
    double f2;
};
TORVYN_LAYOUT(offsetof(struct torvyn__args_i2, f0) == 0,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_i2, f1) == 60,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_i2, f2) == 64,
    "layout of the parameters");

__attribute__((import_module("$root"), import_name("i2")))
void torvyn__import_i2(const void *, void *);

const f17 *i2(const f15 *x, float y, double z)
{
    const struct torvyn__args_i2 _args = {*x, y, z};
    struct { bool some; f17 val; } *_ret =
        torvyn_alloc(sizeof(*_ret), 4);
    torvyn__import_i2(&_args, _ret);
    return _ret->some ? &_ret->val : NULL;
}

void torvyn__into_process(f15 *, const f17 *)
    __asm__("process");

__attribute__((export_name("process"))) const void *
torvyn__export_process(const void *_args)
{
    static f15 _ret;
    torvyn_enter();
    torvyn__into_process(&_ret, (const f17 *)_args);
    torvyn_leave();
    return &_ret;
}

void torvyn__into_p15(f16 *, const f15 *)
    __asm__("p15");

__attribute__((export_name("p15"))) const void *
torvyn__export_p15(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3, uint32_t _a4, uint32_t _a5, uint32_t _a6, uint32_t _a7, uint32_t _a8, uint32_t _a9, uint32_t _a10, uint32_t _a11, uint32_t _a12, uint32_t _a13, uint32_t _a14)
{
    static f16 _ret;
    torvyn_enter();
    f15 _p0;
    _p0.a.ptr = (const char *)_a0;
    _p0.a.len = _a1;
    _p0.b.ptr = (const char *)_a2;
    _p0.b.len = _a3;
    _p0.c.ptr = (const char *)_a4;
    _p0.c.len = _a5;
    _p0.d.ptr = (const char *)_a6;
    _p0.d.len = _a7;
    _p0.e.ptr = (const char *)_a8;
    _p0.e.len = _a9;
    _p0.f.ptr = (const char *)_a10;
    _p0.f.len = _a11;
    _p0.g.ptr = (const char *)_a12;
    _p0.g.len = _a13;
    _p0.h = (uint8_t)_a14;
    torvyn__into_p15(&_ret, &_p0);
    torvyn_leave();
    return &_ret;
}

void torvyn__into_p16(f17 *, const f16 *)
    __asm__("p16");

__attribute__((export_name("p16"))) const void *
torvyn__export_p16(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3, uint32_t _a4, uint32_t _a5, uint32_t _a6, uint32_t _a7, uint32_t _a8, uint32_t _a9, uint32_t _a10, uint32_t _a11, uint32_t _a12, uint32_t _a13, uint32_t _a14, uint32_t _a15)
{
    static f17 _ret;
    torvyn_enter();
    f16 _p0;
    _p0.a.ptr = (const char *)_a0;
    _p0.a.len = _a1;
    _p0.b.ptr = (const char *)_a2;
    _p0.b.len = _a3;
    _p0.c.ptr = (const char *)_a4;
    _p0.c.len = _a5;
    _p0.d.ptr = (const char *)_a6;
    _p0.d.len = _a7;
    _p0.e.ptr = (const char *)_a8;
    _p0.e.len = _a9;
    _p0.f.ptr = (const char *)_a10;
    _p0.f.len = _a11;
    _p0.g.ptr = (const char *)_a12;
    _p0.g.len = _a13;
    _p0.h.ptr = (const char *)_a14;
    _p0.h.len = _a15;
    torvyn__into_p16(&_ret, &_p0);
    torvyn_leave();
    return &_ret;
}

struct torvyn__args_p17 {
    f15 f0;
    float f1;
    double f2;
    opt_u8 f3;
};
TORVYN_LAYOUT(offsetof(struct torvyn__args_p17, f0) == 0,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_p17, f1) == 60,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_p17, f2) == 64,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_p17, f3) == 72,
    "layout of the parameters");

__attribute__((export_name("p17"))) uint32_t
torvyn__export_p17(const void *_args)
{
    torvyn_enter();
    const struct torvyn__args_p17 *_p = _args;
    const bool _ret = p17(&_p->f0, _p->f1, _p->f2, _p->f3);
    torvyn_leave();
    return (uint32_t)_ret;
}

__attribute__((export_name("p16b"))) uint32_t
torvyn__export_p16b(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3, uint32_t _a4, uint32_t _a5, uint32_t _a6, uint32_t _a7, uint32_t _a8, uint32_t _a9, uint32_t _a10, uint32_t _a11, uint32_t _a12, uint32_t _a13, uint32_t _a14, float _a15)
{
    torvyn_enter();
    f15 _p0;
    float _p1;
    _p0.a.ptr = (const char *)_a0;
    _p0.a.len = _a1;
    _p0.b.ptr = (const char *)_a2;
    _p0.b.len = _a3;
    _p0.c.ptr = (const char *)_a4;
    _p0.c.len = _a5;
    _p0.d.ptr = (const char *)_a6;
    _p0.d.len = _a7;
    _p0.e.ptr = (const char *)_a8;
    _p0.e.len = _a9;
    _p0.f.ptr = (const char *)_a10;
    _p0.f.len = _a11;
    _p0.g.ptr = (const char *)_a12;
    _p0.g.len = _a13;
    _p0.h = (uint8_t)_a14;
    _p1 = _a15;
    const bool _ret = p16b(&_p0, _p1);
    torvyn_leave();
    return (uint32_t)_ret;
}

config cfg;

/* For a stage without one of its own. */
__attribute__((weak)) void
on_init(void)
{
}

__attribute__((export_name("init"))) void
torvyn__export_init(const void *_args)
{
    torvyn_enter();
    cfg = *(const config *)_args;
    on_init();
    torvyn_seal();
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
torvyn__copy_config(config *_v, void *(*_alloc)(size_t, size_t))
{
    _v->i.ptr = torvyn__copied(_v->i.ptr, _v->i.len, 1, _alloc);
    _v->j.ptr = torvyn__copied(_v->j.ptr, _v->j.len, 1, _alloc);
    _v->k.ptr = torvyn__copied(_v->k.ptr, _v->k.len, 1, _alloc);
    _v->l.ptr = torvyn__copied(_v->l.ptr, _v->l.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_config(config *_v)
{
    torvyn_drop(_v->i.ptr);
    _v->i = (text){NULL, 0};
    torvyn_drop(_v->j.ptr);
    _v->j = (text){NULL, 0};
    torvyn_drop(_v->k.ptr);
    _v->k = (text){NULL, 0};
    torvyn_drop(_v->l.ptr);
    _v->l = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_f15(f15 *_v, void *(*_alloc)(size_t, size_t))
{
    _v->a.ptr = torvyn__copied(_v->a.ptr, _v->a.len, 1, _alloc);
    _v->b.ptr = torvyn__copied(_v->b.ptr, _v->b.len, 1, _alloc);
    _v->c.ptr = torvyn__copied(_v->c.ptr, _v->c.len, 1, _alloc);
    _v->d.ptr = torvyn__copied(_v->d.ptr, _v->d.len, 1, _alloc);
    _v->e.ptr = torvyn__copied(_v->e.ptr, _v->e.len, 1, _alloc);
    _v->f.ptr = torvyn__copied(_v->f.ptr, _v->f.len, 1, _alloc);
    _v->g.ptr = torvyn__copied(_v->g.ptr, _v->g.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_f15(f15 *_v)
{
    torvyn_drop(_v->a.ptr);
    _v->a = (text){NULL, 0};
    torvyn_drop(_v->b.ptr);
    _v->b = (text){NULL, 0};
    torvyn_drop(_v->c.ptr);
    _v->c = (text){NULL, 0};
    torvyn_drop(_v->d.ptr);
    _v->d = (text){NULL, 0};
    torvyn_drop(_v->e.ptr);
    _v->e = (text){NULL, 0};
    torvyn_drop(_v->f.ptr);
    _v->f = (text){NULL, 0};
    torvyn_drop(_v->g.ptr);
    _v->g = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_f16(f16 *_v, void *(*_alloc)(size_t, size_t))
{
    _v->a.ptr = torvyn__copied(_v->a.ptr, _v->a.len, 1, _alloc);
    _v->b.ptr = torvyn__copied(_v->b.ptr, _v->b.len, 1, _alloc);
    _v->c.ptr = torvyn__copied(_v->c.ptr, _v->c.len, 1, _alloc);
    _v->d.ptr = torvyn__copied(_v->d.ptr, _v->d.len, 1, _alloc);
    _v->e.ptr = torvyn__copied(_v->e.ptr, _v->e.len, 1, _alloc);
    _v->f.ptr = torvyn__copied(_v->f.ptr, _v->f.len, 1, _alloc);
    _v->g.ptr = torvyn__copied(_v->g.ptr, _v->g.len, 1, _alloc);
    _v->h.ptr = torvyn__copied(_v->h.ptr, _v->h.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_f16(f16 *_v)
{
    torvyn_drop(_v->a.ptr);
    _v->a = (text){NULL, 0};
    torvyn_drop(_v->b.ptr);
    _v->b = (text){NULL, 0};
    torvyn_drop(_v->c.ptr);
    _v->c = (text){NULL, 0};
    torvyn_drop(_v->d.ptr);
    _v->d = (text){NULL, 0};
    torvyn_drop(_v->e.ptr);
    _v->e = (text){NULL, 0};
    torvyn_drop(_v->f.ptr);
    _v->f = (text){NULL, 0};
    torvyn_drop(_v->g.ptr);
    _v->g = (text){NULL, 0};
    torvyn_drop(_v->h.ptr);
    _v->h = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_f17(f17 *_v, void *(*_alloc)(size_t, size_t))
{
    _v->a.ptr = torvyn__copied(_v->a.ptr, _v->a.len, 1, _alloc);
    _v->b.ptr = torvyn__copied(_v->b.ptr, _v->b.len, 1, _alloc);
    _v->c.ptr = torvyn__copied(_v->c.ptr, _v->c.len, 1, _alloc);
    _v->d.ptr = torvyn__copied(_v->d.ptr, _v->d.len, 1, _alloc);
    _v->e.ptr = torvyn__copied(_v->e.ptr, _v->e.len, 1, _alloc);
    _v->f.ptr = torvyn__copied(_v->f.ptr, _v->f.len, 1, _alloc);
    _v->g.ptr = torvyn__copied(_v->g.ptr, _v->g.len, 1, _alloc);
    _v->h.ptr = torvyn__copied(_v->h.ptr, _v->h.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_f17(f17 *_v)
{
    torvyn_drop(_v->a.ptr);
    _v->a = (text){NULL, 0};
    torvyn_drop(_v->b.ptr);
    _v->b = (text){NULL, 0};
    torvyn_drop(_v->c.ptr);
    _v->c = (text){NULL, 0};
    torvyn_drop(_v->d.ptr);
    _v->d = (text){NULL, 0};
    torvyn_drop(_v->e.ptr);
    _v->e = (text){NULL, 0};
    torvyn_drop(_v->f.ptr);
    _v->f = (text){NULL, 0};
    torvyn_drop(_v->g.ptr);
    _v->g = (text){NULL, 0};
    torvyn_drop(_v->h.ptr);
    _v->h = (text){NULL, 0};
}

config_list
config_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    config *_rows = torvyn_alloc(_n * sizeof(config), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        config *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_config(&_rows[_i], torvyn_alloc);
        torvyn__drop_config(_row);
    }
    torvyn_table_clear(_t);
    return (config_list){_rows, _n};
}

config
config_keep(config _v)
{
    torvyn__copy_config(&_v, torvyn_keep);
    return _v;
}

void
config_drop(config *_v)
{
    torvyn__drop_config(_v);
}

f15_list
f15_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    f15 *_rows = torvyn_alloc(_n * sizeof(f15), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        f15 *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_f15(&_rows[_i], torvyn_alloc);
        torvyn__drop_f15(_row);
    }
    torvyn_table_clear(_t);
    return (f15_list){_rows, _n};
}

f15
f15_keep(f15 _v)
{
    torvyn__copy_f15(&_v, torvyn_keep);
    return _v;
}

void
f15_drop(f15 *_v)
{
    torvyn__drop_f15(_v);
}

f16_list
f16_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    f16 *_rows = torvyn_alloc(_n * sizeof(f16), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        f16 *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_f16(&_rows[_i], torvyn_alloc);
        torvyn__drop_f16(_row);
    }
    torvyn_table_clear(_t);
    return (f16_list){_rows, _n};
}

f16
f16_keep(f16 _v)
{
    torvyn__copy_f16(&_v, torvyn_keep);
    return _v;
}

void
f16_drop(f16 *_v)
{
    torvyn__drop_f16(_v);
}

f17_list
f17_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    f17 *_rows = torvyn_alloc(_n * sizeof(f17), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        f17 *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_f17(&_rows[_i], torvyn_alloc);
        torvyn__drop_f17(_row);
    }
    torvyn_table_clear(_t);
    return (f17_list){_rows, _n};
}

f17
f17_keep(f17 _v)
{
    torvyn__copy_f17(&_v, torvyn_keep);
    return _v;
}

void
f17_drop(f17 *_v)
{
    torvyn__drop_f17(_v);
}
