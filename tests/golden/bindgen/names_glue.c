/* names_glue.c -- between stage names in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "names.h"

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
torvyn__lift_cfg_(cfg_ *_v, const uint64_t *_s)
{
    _v->tag = (uint8_t)_s[0];
    switch ((uint32_t)_s[0]) {
    case 0:
        (*_v).val.emit = (uint32_t)_s[1];
        break;
    default:
        break;
    }
}

__attribute__((import_module("test:tricky/clash@0.1.0"), import_name("flag-me")))
uint32_t torvyn__import_clash_flag_me(uint32_t);

point clash_flag_me(const point *x)
{
    const uint32_t _a0 = torvyn__import_clash_flag_me((uint32_t)(*x).x);
    point _ret;
    _ret.x = (uint8_t)_a0;
    return _ret;
}

__attribute__((import_module("$root"), import_name("printf")))
uint32_t torvyn__import_printf_(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);

uint32_t printf_(const text_ *text__, uint8_t int_)
{
    const uint32_t _a0 = torvyn__import_printf_((uint32_t)(*text__).text.ptr, (*text__).text.len, (uint32_t)(*text__).more.ptr, (*text__).more.len, (uint32_t)(*text__).int_, (uint32_t)(*text__).eof, (*text__).errno_, (uint32_t)(*text__).class_, (uint32_t)(*text__).uint8_t_, (uint32_t)(*text__).u, (uint32_t)int_);
    uint32_t _ret;
    _ret = _a0;
    return _ret;
}

__attribute__((import_module("$root"), import_name("kind-of")))
void torvyn__import_kind_of(uint32_t, uint32_t, void *);

const colour *kind_of(colour colour_, colour again)
{
    struct { bool some; colour val; } *_ret =
        torvyn_alloc(sizeof(*_ret), 1);
    torvyn__import_kind_of((uint32_t)colour_, (uint32_t)again, _ret);
    return _ret->some ? &_ret->val : NULL;
}

__attribute__((import_module("$root"), import_name("emit")))
uint32_t torvyn__import_emit_(void);

process_ emit_(void)
{
    const uint32_t _a0 = torvyn__import_emit_();
    process_ _ret;
    _ret.a1 = _a0;
    return _ret;
}

void torvyn__into_process(process_result *, const process_ *, uint64_t)
    __asm__("process");

__attribute__((export_name("process"))) const void *
torvyn__export_process(uint32_t _a0, uint64_t _a1)
{
    static process_result _ret;
    torvyn_enter();
    process_ _p0;
    uint64_t _p1;
    _p0.a1 = _a0;
    _p1 = _a1;
    torvyn__into_process(&_ret, &_p0, _p1);
    torvyn_leave();
    return &_ret;
}

void torvyn__into_read_(time_ *, text, text)
    __asm__("read_");

__attribute__((export_name("read"))) const void *
torvyn__export_read_(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3)
{
    static time_ _ret;
    torvyn_enter();
    text _p0;
    text _p1;
    _p0.ptr = (const char *)_a0;
    _p0.len = _a1;
    _p1.ptr = (const char *)_a2;
    _p1.len = _a3;
    torvyn__into_read_(&_ret, _p0, _p1);
    torvyn_leave();
    return &_ret;
}

__attribute__((export_name("join"))) uint32_t
torvyn__export_join_(uint32_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3, uint32_t _a4, uint32_t _a5)
{
    torvyn_enter();
    seek _p0;
    table _p1;
    flt _p2;
    torvyn_flags_ _p3;
    cfg_ _p4;
    _p0 = (seek)_a0;
    _p1 = (table)_a1;
    _p2 = (flt)_a2;
    _p3 = (torvyn_flags_)_a3;
    const uint64_t _s4[] = {_a4, _a5};
    torvyn__lift_cfg_(&_p4, _s4);
    const ret _ret = join_(_p0, _p1, _p2, _p3, &_p4);
    torvyn_leave();
    return _ret.value;
}

void torvyn__into_static_(text__list *)
    __asm__("static_");

__attribute__((export_name("static"))) const void *
torvyn__export_static_(void)
{
    static text__list _ret;
    torvyn_enter();
    torvyn__into_static_(&_ret);
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
torvyn__copy_text_(text_ *_v, void *(*_alloc)(size_t, size_t))
{
    _v->text.ptr = torvyn__copied(_v->text.ptr, _v->text.len, 1, _alloc);
    _v->more.ptr = torvyn__copied(_v->more.ptr, _v->more.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_text_(text_ *_v)
{
    torvyn_drop(_v->text.ptr);
    _v->text = (text){NULL, 0};
    torvyn_drop(_v->more.ptr);
    _v->more = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_malloc_(malloc_ *_v, void *(*_alloc)(size_t, size_t))
{
    torvyn__copy_text_(&_v->t, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_malloc_(malloc_ *_v)
{
    torvyn__drop_text_(&_v->t);
}

__attribute__((unused)) static void
torvyn__copy_time_(time_ *_v, void *(*_alloc)(size_t, size_t))
{
    _v->key.ptr = torvyn__copied(_v->key.ptr, _v->key.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_time_(time_ *_v)
{
    torvyn_drop(_v->key.ptr);
    _v->key = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_text__list(text__list *_v, void *(*_alloc)(size_t, size_t))
{
    text_ *_copy = torvyn__copied(
        _v->ptr, _v->len * sizeof(text_), 4, _alloc);

    for (size_t _i = 0; _i < _v->len; _i++) {
        torvyn__copy_text_(&_copy[_i], _alloc);
    }
    _v->ptr = _copy;
}

__attribute__((unused)) static void
torvyn__drop_text__list(text__list *_v)
{
    for (size_t _i = 0; _i < _v->len; _i++) {
        text_ _elem = _v->ptr[_i];

        torvyn__drop_text_(&_elem);
    }
    torvyn_drop(_v->ptr);
    _v->ptr = NULL;
    _v->len = 0;
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

text__list
text__take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    text_ *_rows = torvyn_alloc(_n * sizeof(text_), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        text_ *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_text_(&_rows[_i], torvyn_alloc);
        torvyn__drop_text_(_row);
    }
    torvyn_table_clear(_t);
    return (text__list){_rows, _n};
}

text_
text__keep(text_ _v)
{
    torvyn__copy_text_(&_v, torvyn_keep);
    return _v;
}

void
text__drop(text_ *_v)
{
    torvyn__drop_text_(_v);
}

malloc_
malloc__keep(malloc_ _v)
{
    torvyn__copy_malloc_(&_v, torvyn_keep);
    return _v;
}

void
malloc__drop(malloc_ *_v)
{
    torvyn__drop_malloc_(_v);
}

time__list
time__take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    time_ *_rows = torvyn_alloc(_n * sizeof(time_), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        time_ *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_time_(&_rows[_i], torvyn_alloc);
        torvyn__drop_time_(_row);
    }
    torvyn_table_clear(_t);
    return (time__list){_rows, _n};
}

time_
time__keep(time_ _v)
{
    torvyn__copy_time_(&_v, torvyn_keep);
    return _v;
}

void
time__drop(time_ *_v)
{
    torvyn__drop_time_(_v);
}

ret_list
ret_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    ret *_rows = torvyn_alloc(_n * sizeof(ret), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        ret *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
    }
    torvyn_table_clear(_t);
    return (ret_list){_rows, _n};
}

process__list
process__take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    process_ *_rows = torvyn_alloc(_n * sizeof(process_), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        process_ *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
    }
    torvyn_table_clear(_t);
    return (process__list){_rows, _n};
}

text__list
text__list_keep(text__list _v)
{
    torvyn__copy_text__list(&_v, torvyn_keep);
    return _v;
}

void
text__list_drop(text__list *_v)
{
    torvyn__drop_text__list(_v);
}

point_list
point_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    point *_rows = torvyn_alloc(_n * sizeof(point), 1);

    for (size_t _i = 0; _i < _n; _i++) {
        point *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
    }
    torvyn_table_clear(_t);
    return (point_list){_rows, _n};
}
