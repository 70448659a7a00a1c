/* validate_glue.c -- between stage validate in C and the canonical ABI.
 * `torvyn build` makes this file from the WIT: change that. */
#include "validate.h"

#include <string.h>

__attribute__((export_name("evaluate"))) uint32_t
torvyn__export_evaluate(uint64_t _a0, uint32_t _a1, uint32_t _a2, uint32_t _a3)
{
    torvyn_enter();
    brief _p0;
    _p0.id = _a0;
    _p0.dep_delay.some = _a1 != 0;
    _p0.dep_delay.val = (int32_t)_a2;
    _p0.distance = _a3;
    const bool _ret = evaluate(&_p0);
    torvyn_leave();
    return (uint32_t)_ret;
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

brief_list
brief_take(struct torvyn_table *_t)
{
    size_t _n = torvyn_table_len(_t);
    brief *_rows = torvyn_alloc(_n * sizeof(brief), 8);

    for (size_t _i = 0; _i < _n; _i++) {
        brief *_row = torvyn_table_row(_t, _i);

        _rows[_i] = *_row;
    }
    torvyn_table_clear(_t);
    return (brief_list){_rows, _n};
}
