/* enrich_glue.c -- between stage enrich in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "enrich.h"

#include <string.h>

__attribute__((import_module("$root"), import_name("airlines")))
void torvyn__import_airlines(uint32_t, uint32_t, void *);

const airline *airlines(text carrier)
{
    struct { bool some; airline val; } *_ret =
        torvyn_alloc(sizeof(*_ret), 4);
    torvyn__import_airlines((uint32_t)carrier.ptr, carrier.len, _ret);
    return _ret->some ? &_ret->val : NULL;
}

void torvyn__into_process(process_result *, const departure *)
    __asm__("process");

__attribute__((export_name("process"))) const void *
torvyn__export_process(uint64_t _a0, uint64_t _a1, uint32_t _a2, uint32_t _a3, uint32_t _a4, uint32_t _a5, uint32_t _a6, uint32_t _a7, uint32_t _a8, uint32_t _a9, uint32_t _a10)
{
    static process_result _ret;
    torvyn_enter();
    departure _p0;
    _p0.id = _a0;
    _p0.time = _a1;
    _p0.carrier.ptr = (const char *)_a2;
    _p0.carrier.len = _a3;
    _p0.origin.ptr = (const char *)_a4;
    _p0.origin.len = _a5;
    _p0.dest.ptr = (const char *)_a6;
    _p0.dest.len = _a7;
    _p0.dep_delay.some = _a8 != 0;
    _p0.dep_delay.val = (int32_t)_a9;
    _p0.distance = _a10;
    torvyn__into_process(&_ret, &_p0);
    torvyn_leave();
    return &_ret;
}

config cfg;

/* For a stage without one of its own. */
__attribute__((weak)) init_result
on_init(void)
{
    return init_ok();
}

void torvyn__into_on_init(init_result *)
    __asm__("on_init");

__attribute__((export_name("init"))) const void *
torvyn__export_init(uint32_t _a0, uint32_t _a1, uint32_t _a2)
{
    static init_result _ret;
    torvyn_enter();
    cfg.default_airline.ptr = (const char *)_a0;
    cfg.default_airline.len = _a1;
    cfg.late_after = (int32_t)_a2;
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
torvyn__copy_airline(airline *_v, void *(*_alloc)(size_t, size_t))
{
    _v->name.ptr = torvyn__copied(_v->name.ptr, _v->name.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_airline(airline *_v)
{
    torvyn_drop(_v->name.ptr);
    _v->name = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_config(config *_v, void *(*_alloc)(size_t, size_t))
{
    _v->default_airline.ptr = torvyn__copied(_v->default_airline.ptr, _v->default_airline.len, 1, _alloc);
}

__attribute__((unused)) static void
torvyn__drop_config(config *_v)
{
    torvyn_drop(_v->default_airline.ptr);
    _v->default_airline = (text){NULL, 0};
}

__attribute__((unused)) static void
torvyn__copy_opt_enriched(opt_enriched *_v, void *(*_alloc)(size_t, size_t))
{
    if (_v->some) {
        torvyn__copy_enriched(&_v->val, _alloc);
    }
}

__attribute__((unused)) static void
torvyn__drop_opt_enriched(opt_enriched *_v)
{
    if (_v->some) {
        torvyn__drop_enriched(&_v->val);
    }
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

airline_list
airline_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    airline *_rows = torvyn_alloc(_n * sizeof(airline), 4);

    for (size_t _i = 0; _i < _n; _i++) {
        airline *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
        torvyn__copy_airline(&_rows[_i], torvyn_alloc);
        torvyn__drop_airline(_row);
    }
    torvyn_table_clear(_t);
    return (airline_list){_rows, _n};
}

airline
airline_keep(airline _v)
{
    torvyn__copy_airline(&_v, torvyn_keep);
    return _v;
}

void
airline_drop(airline *_v)
{
    torvyn__drop_airline(_v);
}

config_list
config_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    config *_rows = torvyn_alloc(_n * sizeof(config), 4);

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
