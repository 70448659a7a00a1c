/* everything_glue.c -- between stage everything in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "everything.h"

#include <string.h>

__attribute__((unused)) static inline float
torvyn__f32(uint64_t _bits)
{
    union { uint32_t u; float f; } _u = {.u = (uint32_t)_bits};
    return _u.f;
}

__attribute__((unused)) static inline double
torvyn__f64(uint64_t _bits)
{
    union { uint64_t u; double f; } _u = {.u = _bits};
    return _u.f;
}

__attribute__((unused)) static inline uint32_t
torvyn__bits32(float _f)
{
    union { float f; uint32_t u; } _u = {.f = _f};
    return _u.u;
}

__attribute__((unused)) static inline uint64_t
torvyn__bits64(double _f)
{
    union { double f; uint64_t u; } _u = {.f = _f};
    return _u.u;
}

static inline void
torvyn__lower_res_f32_f64(const res_f32_f64 *_v, uint64_t *_s)
{
    _s[0] = _v->is_err;
    switch ((int)_v->is_err) {
    case 0:
        _s[1] = torvyn__bits32((*_v).ok);
        break;
    case 1:
        _s[1] = torvyn__bits64((*_v).err);
        break;
    default:
        break;
    }
}

static inline void
torvyn__lower_opt_f32(const opt_f32 *_v, uint64_t *_s)
{
    _s[0] = _v->some;
    switch ((int)_v->some) {
    case 1:
        _s[1] = torvyn__bits32((*_v).val);
        break;
    default:
        break;
    }
}

static inline void
torvyn__lower_number(const number *_v, uint64_t *_s)
{
    _s[0] = _v->tag;
    switch (_v->tag) {
    case 0:
        _s[1] = torvyn__bits32((*_v).val.real);
        break;
    case 1:
        _s[1] = torvyn__bits64((*_v).val.double_);
        break;
    case 2:
        _s[1] = (uint64_t)(*_v).val.whole;
        break;
    case 3:
        _s[1] = (uint32_t)(*_v).val.small;
        break;
    case 5:
        _s[1] = (uint32_t)(*_v).val.words.ptr;
        _s[2] = (*_v).val.words.len;
        break;
    case 6:
        _s[1] = (uint32_t)(*_v).val.bytes.ptr;
        _s[2] = (*_v).val.bytes.len;
        break;
    case 7:
        torvyn__lower_res_f32_f64(&(*_v).val.either, _s + 1);
        break;
    case 8:
        torvyn__lower_opt_f32(&(*_v).val.maybe, _s + 1);
        break;
    default:
        break;
    }
}

static inline void
torvyn__lower_opt_point(const opt_point *_v, uint64_t *_s)
{
    _s[0] = _v->some;
    switch ((int)_v->some) {
    case 1:
        _s[1] = torvyn__bits32((*_v).val.x);
        _s[2] = torvyn__bits32((*_v).val.y);
        break;
    default:
        break;
    }
}

static inline void
torvyn__lower_opt_number(const opt_number *_v, uint64_t *_s)
{
    _s[0] = _v->some;
    switch ((int)_v->some) {
    case 1:
        torvyn__lower_number(&(*_v).val, _s + 1);
        break;
    default:
        break;
    }
}

static inline void
torvyn__lower_res_f32_s64(const res_f32_s64 *_v, uint64_t *_s)
{
    _s[0] = _v->is_err;
    switch ((int)_v->is_err) {
    case 0:
        _s[1] = torvyn__bits32((*_v).ok);
        break;
    case 1:
        _s[1] = (uint64_t)(*_v).err;
        break;
    default:
        break;
    }
}

static inline void
torvyn__lower_res_none_text(const res_none_text *_v, uint64_t *_s)
{
    _s[0] = _v->is_err;
    switch ((int)_v->is_err) {
    case 1:
        _s[1] = (uint32_t)(*_v).err.ptr;
        _s[2] = (*_v).err.len;
        break;
    default:
        break;
    }
}

static inline void
torvyn__lift_res_f32_f64(res_f32_f64 *_v, const uint64_t *_s)
{
    _v->is_err = (uint32_t)_s[0] != 0;
    switch ((uint32_t)_s[0]) {
    case 0:
        (*_v).ok = torvyn__f32(_s[1]);
        break;
    case 1:
        (*_v).err = torvyn__f64(_s[1]);
        break;
    default:
        break;
    }
}

static inline void
torvyn__lift_number(number *_v, const uint64_t *_s)
{
    _v->tag = (uint8_t)_s[0];
    switch ((uint32_t)_s[0]) {
    case 0:
        (*_v).val.real = torvyn__f32(_s[1]);
        break;
    case 1:
        (*_v).val.double_ = torvyn__f64(_s[1]);
        break;
    case 2:
        (*_v).val.whole = (int64_t)_s[1];
        break;
    case 3:
        (*_v).val.small = (uint8_t)_s[1];
        break;
    case 5:
        (*_v).val.words.ptr = (const char *)(uint32_t)_s[1];
        (*_v).val.words.len = (uint32_t)_s[2];
        break;
    case 6:
        (*_v).val.bytes.ptr = (const uint8_t *)(uint32_t)_s[1];
        (*_v).val.bytes.len = (uint32_t)_s[2];
        break;
    case 7:
        torvyn__lift_res_f32_f64(&(*_v).val.either, _s + 1);
        break;
    case 8:
        (*_v).val.maybe.some = (uint32_t)_s[1] != 0;
        (*_v).val.maybe.val = torvyn__f32(_s[2]);
        break;
    default:
        break;
    }
}

static inline void
torvyn__lift_res_f32_s64(res_f32_s64 *_v, const uint64_t *_s)
{
    _v->is_err = (uint32_t)_s[0] != 0;
    switch ((uint32_t)_s[0]) {
    case 0:
        (*_v).ok = torvyn__f32(_s[1]);
        break;
    case 1:
        (*_v).err = (int64_t)_s[1];
        break;
    default:
        break;
    }
}

static inline void
torvyn__lift_res_none_text(res_none_text *_v, const uint64_t *_s)
{
    _v->is_err = (uint32_t)_s[0] != 0;
    switch ((uint32_t)_s[0]) {
    case 1:
        (*_v).err.ptr = (const char *)(uint32_t)_s[1];
        (*_v).err.len = (uint32_t)_s[2];
        break;
    default:
        break;
    }
}

__attribute__((import_module("torvyn:stage/clock@0.1.0"), import_name("now-ns")))
uint64_t torvyn__import_clock_now_ns(void);

uint64_t clock_now_ns(void)
{
    const uint64_t _a0 = torvyn__import_clock_now_ns();
    uint64_t _ret;
    _ret = _a0;
    return _ret;
}

__attribute__((import_module("torvyn:stage/clock@0.1.0"), import_name("monotonic-ns")))
uint64_t torvyn__import_clock_monotonic_ns(void);

uint64_t clock_monotonic_ns(void)
{
    const uint64_t _a0 = torvyn__import_clock_monotonic_ns();
    uint64_t _ret;
    _ret = _a0;
    return _ret;
}

__attribute__((import_module("torvyn:stage/metrics@0.1.0"), import_name("add")))
void torvyn__import_metrics_add(uint32_t, uint32_t, uint64_t);

void metrics_add(text name, uint64_t by)
{
    torvyn__import_metrics_add((uint32_t)name.ptr, name.len, by);
}

__attribute__((import_module("torvyn:stage/metrics@0.1.0"), import_name("set")))
void torvyn__import_metrics_set(uint32_t, uint32_t, double);

void metrics_set(text name, double value)
{
    torvyn__import_metrics_set((uint32_t)name.ptr, name.len, value);
}

__attribute__((import_module("test:tricky/clash@0.1.0"), import_name("flag-me")))
uint32_t torvyn__import_clash_flag_me(uint32_t);

clash_point clash_flag_me(const clash_point *x)
{
    const uint32_t _a0 = torvyn__import_clash_flag_me((uint32_t)(*x).x);
    clash_point _ret;
    _ret.x = (uint8_t)_a0;
    return _ret;
}

__attribute__((import_module("$root"), import_name("one")))
void torvyn__import_one(uint32_t, uint64_t, uint64_t, void *);

number one(const number *n)
{
    uint64_t _s0[3] = {0};
    torvyn__lower_number(&(*n), _s0);
    number _ret;
    torvyn__import_one((uint32_t)_s0[0], _s0[1], _s0[2], &_ret);
    return _ret;
}

__attribute__((import_module("$root"), import_name("many")))
void torvyn__import_many_(const void *, void *);

all many_(const all *a)
{
    all _ret;
    torvyn__import_many_(a, &_ret);
    return _ret;
}

struct torvyn__args_many2 {
    all f0;
    number f1;
    opt_number f2;
};
TORVYN_LAYOUT(offsetof(struct torvyn__args_many2, f0) == 0,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_many2, f1) == 168,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_many2, f2) == 192,
    "layout of the parameters");

__attribute__((import_module("$root"), import_name("many2")))
void torvyn__import_many2(const void *, void *);

res_all_number many2(const all *a, const number *n, opt_number m)
{
    const struct torvyn__args_many2 _args = {*a, *n, m};
    res_all_number _ret;
    torvyn__import_many2(&_args, &_ret);
    return _ret;
}

__attribute__((import_module("$root"), import_name("opts")))
void torvyn__import_opts_(uint32_t, float, float, uint32_t, uint32_t, uint64_t, uint64_t, uint32_t, uint64_t, void *);

const text *opts_(opt_point a, opt_number b, const res_f32_s64 *c)
{
    uint64_t _s0[3] = {0};
    torvyn__lower_opt_point(&a, _s0);
    uint64_t _s3[4] = {0};
    torvyn__lower_opt_number(&b, _s3);
    uint64_t _s7[2] = {0};
    torvyn__lower_res_f32_s64(&(*c), _s7);
    struct { bool some; text val; } *_ret =
        torvyn_alloc(sizeof(*_ret), 4);
    torvyn__import_opts_((uint32_t)_s0[0], torvyn__f32(_s0[1]), torvyn__f32(_s0[2]), (uint32_t)_s3[0], (uint32_t)_s3[1], _s3[2], _s3[3], (uint32_t)_s7[0], _s7[1], _ret);
    return _ret->some ? &_ret->val : NULL;
}

__attribute__((import_module("$root"), import_name("points")))
void torvyn__import_points(float, float, uint32_t, float, uint32_t, void *);

tuple_f32_f64 points(const point *a, const plain *p, const tuple_f32_chr *t)
{
    tuple_f32_f64 _ret;
    torvyn__import_points((*a).x, (*a).y, (uint32_t)(*p).tag, (*t).f0, (*t).f1, &_ret);
    return _ret;
}

__attribute__((import_module("$root"), import_name("lists")))
void torvyn__import_lists_(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, void *);

all_list lists_(point_list a, text_list n, text s)
{
    all_list _ret;
    torvyn__import_lists_((uint32_t)a.ptr, a.len, (uint32_t)n.ptr, n.len, (uint32_t)s.ptr, s.len, &_ret);
    return _ret;
}

__attribute__((import_module("$root"), import_name("w")))
uint32_t torvyn__import_w(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);

wide w(wide w, bool b, int8_t x, uint16_t y, uint32_t z)
{
    const uint32_t _a0 = torvyn__import_w((uint32_t)w, (uint32_t)b, (uint32_t)x, (uint32_t)y, z);
    wide _ret;
    _ret = (wide)_a0;
    return _ret;
}

__attribute__((import_module("$root"), import_name("rn")))
uint32_t torvyn__import_rn_(uint32_t, uint32_t, uint32_t, uint32_t);

res_none_none rn_(const res_none_none *r, const res_none_text *e)
{
    uint64_t _s1[3] = {0};
    torvyn__lower_res_none_text(&(*e), _s1);
    const uint32_t _a0 = torvyn__import_rn_((uint32_t)(*r).is_err, (uint32_t)_s1[0], (uint32_t)_s1[1], (uint32_t)_s1[2]);
    res_none_none _ret;
    _ret.is_err = _a0 != 0;
    return _ret;
}

__attribute__((import_module("$root"), import_name("single")))
uint32_t torvyn__import_single(uint32_t);

int16_t single(int8_t x)
{
    const uint32_t _a0 = torvyn__import_single((uint32_t)x);
    int16_t _ret;
    _ret = (int16_t)_a0;
    return _ret;
}

void torvyn__into_process(process_result *, const all *)
    __asm__("process");

__attribute__((export_name("process"))) const void *
torvyn__export_process(const void *_args)
{
    static process_result _ret;
    torvyn_enter();
    torvyn__into_process(&_ret, (const all *)_args);
    torvyn_leave();
    return &_ret;
}

void torvyn__into_num(number *, const number *, opt_number, const plain *)
    __asm__("num");

__attribute__((export_name("num"))) const void *
torvyn__export_num(uint32_t _a0, uint64_t _a1, uint64_t _a2, uint32_t _a3, uint32_t _a4, uint64_t _a5, uint64_t _a6, uint32_t _a7)
{
    static number _ret;
    torvyn_enter();
    number _p0;
    opt_number _p1;
    plain _p2;
    const uint64_t _s0[] = {_a0, _a1, _a2};
    torvyn__lift_number(&_p0, _s0);
    _p1.some = _a3 != 0;
    const uint64_t _s4[] = {_a4, _a5, _a6};
    torvyn__lift_number(&_p1.val, _s4);
    _p2.tag = (uint8_t)_a7;
    torvyn__into_num(&_ret, &_p0, _p1, &_p2);
    torvyn_leave();
    return &_ret;
}

struct torvyn__args_many {
    all f0;
    number f1;
};
TORVYN_LAYOUT(offsetof(struct torvyn__args_many, f0) == 0,
    "layout of the parameters");
TORVYN_LAYOUT(offsetof(struct torvyn__args_many, f1) == 168,
    "layout of the parameters");

void torvyn__into_many(all *, const all *, const number *)
    __asm__("many");

__attribute__((export_name("many"))) const void *
torvyn__export_many(const void *_args)
{
    static all _ret;
    torvyn_enter();
    const struct torvyn__args_many *_p = _args;
    torvyn__into_many(&_ret, &_p->f0, &_p->f1);
    torvyn_leave();
    return &_ret;
}

void torvyn__into_opts(opts_result *, opt_point, opt_number, const res_f32_s64 *)
    __asm__("opts");

__attribute__((export_name("opts"))) const void *
torvyn__export_opts(uint32_t _a0, float _a1, float _a2, uint32_t _a3, uint32_t _a4, uint64_t _a5, uint64_t _a6, uint32_t _a7, uint64_t _a8)
{
    static opts_result _ret;
    torvyn_enter();
    opt_point _p0;
    opt_number _p1;
    res_f32_s64 _p2;
    _p0.some = _a0 != 0;
    _p0.val.x = _a1;
    _p0.val.y = _a2;
    _p1.some = _a3 != 0;
    const uint64_t _s4[] = {_a4, _a5, _a6};
    torvyn__lift_number(&_p1.val, _s4);
    const uint64_t _s7[] = {_a7, _a8};
    torvyn__lift_res_f32_s64(&_p2, _s7);
    torvyn__into_opts(&_ret, _p0, _p1, &_p2);
    torvyn_leave();
    return &_ret;
}

__attribute__((export_name("scal"))) float
torvyn__export_scal(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3, float _a4, double _a5, float _a6, uint32_t _a7)
{
    torvyn_enter();
    bool _p0;
    int8_t _p1;
    uint16_t _p2;
    uint32_t _p3;
    float _p4;
    double _p5;
    tuple_f32_chr _p6;
    _p0 = _a0 != 0;
    _p1 = (int8_t)_a1;
    _p2 = (uint16_t)_a2;
    _p3 = _a3;
    _p4 = _a4;
    _p5 = _a5;
    _p6.f0 = _a6;
    _p6.f1 = _a7;
    const float _ret = scal(_p0, _p1, _p2, _p3, _p4, _p5, &_p6);
    torvyn_leave();
    return _ret;
}

__attribute__((export_name("nothing"))) void
torvyn__export_nothing(void)
{
    torvyn_enter();
    nothing();
    torvyn_leave();
}

__attribute__((export_name("rn"))) uint32_t
torvyn__export_rn(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3)
{
    torvyn_enter();
    res_none_none _p0;
    res_none_text _p1;
    _p0.is_err = _a0 != 0;
    const uint64_t _s1[] = {_a1, _a2, _a3};
    torvyn__lift_res_none_text(&_p1, _s1);
    const rn_result _ret = rn(&_p0, &_p1);
    torvyn_leave();
    return (uint32_t)_ret.is_err;
}

void torvyn__into_lists(text_list *, point_list, text_list, text)
    __asm__("lists");

__attribute__((export_name("lists"))) const void *
torvyn__export_lists(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3, uint32_t _a4, uint32_t _a5)
{
    static text_list _ret;
    torvyn_enter();
    point_list _p0;
    text_list _p1;
    text _p2;
    _p0.ptr = (const point *)_a0;
    _p0.len = _a1;
    _p1.ptr = (const text *)_a2;
    _p1.len = _a3;
    _p2.ptr = (const char *)_a4;
    _p2.len = _a5;
    torvyn__into_lists(&_ret, _p0, _p1, _p2);
    torvyn_leave();
    return &_ret;
}

void torvyn__into_bytes(u8_list *)
    __asm__("bytes");

__attribute__((export_name("bytes"))) const void *
torvyn__export_bytes(void)
{
    static u8_list _ret;
    torvyn_enter();
    torvyn__into_bytes(&_ret);
    torvyn_leave();
    return &_ret;
}

__attribute__((export_name("p"))) uint32_t
torvyn__export_p(uint32_t _a0)
{
    torvyn_enter();
    plain _p0;
    _p0.tag = (uint8_t)_a0;
    const plain _ret = p(&_p0);
    torvyn_leave();
    return (uint32_t)_ret.tag;
}

__attribute__((import_module("torvyn:stage/log@0.1.0"), import_name("log")))
void torvyn__import_log_(uint32_t, const char *, size_t);

void
torvyn_log_write(
    unsigned _level, const char *_ptr, size_t _len)
{
    torvyn__import_log_(_level, _ptr, _len);
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

__attribute__((unused)) static void
torvyn__copy_u16_list(u16_list *_v, void *(*_alloc)(size_t, size_t))
{
    uint16_t *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(uint16_t), 2, _alloc);

    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_u16_list(u16_list *_v)
{
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

__attribute__((unused)) static void
torvyn__copy_u16_list_list(u16_list_list *_v, void *(*_alloc)(size_t, size_t))
{
    u16_list *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(u16_list), 4, _alloc);

    for (size_t _i = 0; _i < _v->len; _i++) {
        torvyn__copy_u16_list(&_copy[_i], _alloc);
    }
    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_u16_list_list(u16_list_list *_v)
{
    for (size_t _i = 0; _i < _v->len; _i++) {
        u16_list _elem = _v->ptr[_i];

        torvyn__drop_u16_list(&_elem);
    }
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

__attribute__((unused)) static void
torvyn__copy_tuple_u8_text(tuple_u8_text *_v, void *(*_alloc)(size_t, size_t))
{
    _v->f1.ptr = torvyn__copied(_v->f1.ptr, _v->f1.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_tuple_u8_text(tuple_u8_text *_v)
{
    torvyn_drop(_v->f1.ptr);
    _v->f1 = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_u8_list(u8_list *_v, void *(*_alloc)(size_t, size_t))
{
    uint8_t *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(uint8_t), 1, _alloc);

    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_u8_list(u8_list *_v)
{
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

__attribute__((unused)) static void
torvyn__copy_number(number *_v, void *(*_alloc)(size_t, size_t))
{
    switch (_v->tag) {
    case 5:
        _v->val.words.ptr = torvyn__copied(_v->val.words.ptr, _v->val.words.len, 1, _alloc);
        break;
    case 6:
        torvyn__copy_u8_list(&_v->val.bytes, _alloc);
        break;
    default:
        break;
    }
}

__attribute__((unused)) static void
torvyn__drop_number(number *_v)
{
    switch (_v->tag) {
    case 5:
        torvyn_drop(_v->val.words.ptr);
        _v->val.words = (text){NULL, 0};
        break;
    case 6:
        torvyn__drop_u8_list(&_v->val.bytes);
        break;
    default:
        break;
    }
}

__attribute__((unused)) static void
torvyn__copy_res_u32_text(res_u32_text *_v, void *(*_alloc)(size_t, size_t))
{
    if (_v->is_err) {
        _v->err.ptr = torvyn__copied(_v->err.ptr, _v->err.len, 1, _alloc);
    }
}

__attribute__((unused)) static void
torvyn__drop_res_u32_text(res_u32_text *_v)
{
    if (_v->is_err) {
        torvyn_drop(_v->err.ptr);
        _v->err = (text){NULL, 0};
    }
}

__attribute__((unused)) static void
torvyn__copy_all(all *_v, void *(*_alloc)(size_t, size_t))
{
    _v->text.ptr = torvyn__copied(_v->text.ptr, _v->text.len, 1, _alloc);
    _v->other_text.ptr = torvyn__copied(_v->other_text.ptr, _v->other_text.len, 1, _alloc);
    torvyn__copy_text_list(&_v->names, _alloc);
    torvyn__copy_u16_list_list(&_v->nested, _alloc);
    torvyn__copy_tuple_u8_text(&_v->pair, _alloc);
    torvyn__copy_number(&_v->num, _alloc);
    torvyn__copy_res_u32_text(&_v->r, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_all(all *_v)
{
    torvyn_drop(_v->text.ptr);
    _v->text = (text){NULL, 0};
    torvyn_drop(_v->other_text.ptr);
    _v->other_text = (text){NULL, 0};
    torvyn__drop_text_list(&_v->names);
    torvyn__drop_u16_list_list(&_v->nested);
    torvyn__drop_tuple_u8_text(&_v->pair);
    torvyn__drop_number(&_v->num);
    torvyn__drop_res_u32_text(&_v->r);
}

__attribute__((unused)) static void
torvyn__copy_all_list(all_list *_v, void *(*_alloc)(size_t, size_t))
{
    all *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(all), 8, _alloc);

    for (size_t _i = 0; _i < _v->len; _i++) {
        torvyn__copy_all(&_copy[_i], _alloc);
    }
    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_all_list(all_list *_v)
{
    for (size_t _i = 0; _i < _v->len; _i++) {
        all _elem = _v->ptr[_i];

        torvyn__drop_all(&_elem);
    }
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

__attribute__((unused)) static void
torvyn__copy_opt_number(opt_number *_v, void *(*_alloc)(size_t, size_t))
{
    if (_v->some) {
        torvyn__copy_number(&_v->val, _alloc);
    }
}

__attribute__((unused)) static void
torvyn__drop_opt_number(opt_number *_v)
{
    if (_v->some) {
        torvyn__drop_number(&_v->val);
    }
}

__attribute__((unused)) static void
torvyn__copy_res_none_text(res_none_text *_v, void *(*_alloc)(size_t, size_t))
{
    if (_v->is_err) {
        _v->err.ptr = torvyn__copied(_v->err.ptr, _v->err.len, 1, _alloc);
    }
}

__attribute__((unused)) static void
torvyn__drop_res_none_text(res_none_text *_v)
{
    if (_v->is_err) {
        torvyn_drop(_v->err.ptr);
        _v->err = (text){NULL, 0};
    }
}

__attribute__((unused)) static void
torvyn__copy_point_list(point_list *_v, void *(*_alloc)(size_t, size_t))
{
    point *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(point), 4, _alloc);

    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_point_list(point_list *_v)
{
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
}

__attribute__((unused)) static void
torvyn__copy_res_all_number(res_all_number *_v, void *(*_alloc)(size_t, size_t))
{
    if (!_v->is_err) {
        torvyn__copy_all(&_v->ok, _alloc);
    }
    if (_v->is_err) {
        torvyn__copy_number(&_v->err, _alloc);
    }
}

__attribute__((unused)) static void
torvyn__drop_res_all_number(res_all_number *_v)
{
    if (!_v->is_err) {
        torvyn__drop_all(&_v->ok);
    }
    if (_v->is_err) {
        torvyn__drop_number(&_v->err);
    }
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

u16_list
u16_list_keep(u16_list _v)
{
    torvyn__copy_u16_list(&_v, torvyn_keep);
    return _v;
}

void
u16_list_drop(u16_list *_v)
{
    torvyn__drop_u16_list(_v);
}

u16_list_list
u16_list_list_keep(u16_list_list _v)
{
    torvyn__copy_u16_list_list(&_v, torvyn_keep);
    return _v;
}

void
u16_list_list_drop(u16_list_list *_v)
{
    torvyn__drop_u16_list_list(_v);
}

u8_list
u8_list_keep(u8_list _v)
{
    torvyn__copy_u8_list(&_v, torvyn_keep);
    return _v;
}

void
u8_list_drop(u8_list *_v)
{
    torvyn__drop_u8_list(_v);
}

all_list
all_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    all *_rows = torvyn_alloc(_n * sizeof(all), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        all *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_all(&_rows[_i], torvyn_alloc);
        torvyn__drop_all(_row);
    }
    torvyn_table_clear(_t);
    return (all_list){_rows, _n};
}

all
all_keep(all _v)
{
    torvyn__copy_all(&_v, torvyn_keep);
    return _v;
}

void
all_drop(all *_v)
{
    torvyn__drop_all(_v);
}

all_list
all_list_keep(all_list _v)
{
    torvyn__copy_all_list(&_v, torvyn_keep);
    return _v;
}

void
all_list_drop(all_list *_v)
{
    torvyn__drop_all_list(_v);
}

point_list
point_list_keep(point_list _v)
{
    torvyn__copy_point_list(&_v, torvyn_keep);
    return _v;
}

void
point_list_drop(point_list *_v)
{
    torvyn__drop_point_list(_v);
}

clash_point_list
clash_point_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    clash_point *_rows = torvyn_alloc(_n * sizeof(clash_point), 1);

    for (size_t _i = 0; _i < _n; _i++) {
        clash_point *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
    }
    torvyn_table_clear(_t);
    return (clash_point_list){_rows, _n};
}
