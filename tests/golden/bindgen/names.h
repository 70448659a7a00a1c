/* names.h -- stage names in C: world names of test:tricky@0.1.0.
 * All names collide.
 *
 * You write:
 *     process_result process(const process_ *event, uint64_t id);
 *     time_ read_(text text_, text more);
 *     ret join_(seek c, table t, flt f, torvyn_flags_ x, const cfg_ *v);
 *     text__list static_(void);
 *
 * You may call:
 *     point clash_flag_me(const point *x);
 *     uint32_t printf_(const text_ *text__, uint8_t int_);
 *     const colour *kind_of(colour colour_, colour again);
 *     process_ emit_(void);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_NAMES_H
#define TORVYN_STAGE_NAMES_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

typedef uint64_t id;

typedef struct { const text *ptr; size_t len; } text_list;
typedef text_list names;

typedef struct { const uint16_t *ptr; size_t len; } u16_list;

typedef struct { const u16_list *ptr; size_t len; } u16_list_list;

typedef struct { uint8_t f0; text f1; } tuple_u8_text;

typedef struct { const uint8_t *ptr; size_t len; } u8_list;

typedef struct {
    bool is_err;
    union {
        float ok;
        double err;
    };
} res_f32_f64;

typedef struct { bool some; float val; } opt_f32;

typedef struct {
    uint8_t tag;
    union {
        float real;
        double double_;
        int64_t whole;
        uint8_t small;
        text words;
        u8_list bytes;
        res_f32_f64 either;
        opt_f32 maybe;
    } val;
} number;
enum { /* tags of number */
    NUMBER_REAL, /* a float */
    NUMBER_DOUBLE,
    NUMBER_WHOLE,
    NUMBER_SMALL,
    NUMBER_NONE,
    NUMBER_WORDS,
    NUMBER_BYTES,
    NUMBER_EITHER,
    NUMBER_MAYBE,
};

/* Colours; a comment with * / and / * in it, and a \ 
 * backslash. */
typedef enum __attribute__((packed)) {
    COLOUR_RED,
    COLOUR_GREEN,
    COLOUR_BLUE,
} colour;

typedef uint8_t eight;
#define EIGHT_A ((eight)1)
#define EIGHT_B ((eight)2)
#define EIGHT_C ((eight)4)
#define EIGHT_D ((eight)8)
#define EIGHT_E ((eight)16)
#define EIGHT_F ((eight)32)
#define EIGHT_G ((eight)64)
#define EIGHT_H ((eight)128)

typedef uint16_t nine;
#define NINE_A ((nine)1)
#define NINE_B ((nine)2)
#define NINE_C ((nine)4)
#define NINE_D ((nine)8)
#define NINE_E ((nine)16)
#define NINE_F ((nine)32)
#define NINE_G ((nine)64)
#define NINE_H ((nine)128)
#define NINE_I ((nine)256)

typedef uint32_t wide;
#define WIDE_F0 ((wide)1)
#define WIDE_F1 ((wide)2)
#define WIDE_F2 ((wide)4)
#define WIDE_F3 ((wide)8)
#define WIDE_F4 ((wide)16)
#define WIDE_F5 ((wide)32)
#define WIDE_F6 ((wide)64)
#define WIDE_F7 ((wide)128)
#define WIDE_F8 ((wide)256)
#define WIDE_F9 ((wide)512)
#define WIDE_F10 ((wide)1024)
#define WIDE_F11 ((wide)2048)
#define WIDE_F12 ((wide)4096)
#define WIDE_F13 ((wide)8192)
#define WIDE_F14 ((wide)16384)
#define WIDE_F15 ((wide)32768)
#define WIDE_F16 ((wide)65536)
#define WIDE_F31 ((wide)131072)

typedef struct { bool some; uint32_t val; } opt_u32;

typedef struct { bool some; opt_u32 val; } opt_opt_u32;

typedef struct {
    bool is_err;
    union {
        uint32_t ok;
        text err;
    };
} res_u32_text;

typedef struct { bool is_err; uint32_t ok; } res_u32_none;

typedef struct { bool is_err; colour err; } res_none_colour;

typedef struct { bool is_err; } res_none_none;

typedef struct {
    uint8_t tag;
} plain;
enum { /* tags of plain */
    PLAIN_ONE,
    PLAIN_TWO,
};

/* text, where a field of that name hides it from C++. */
typedef text text_T;

typedef struct {
    bool b;
    int8_t a8;
    uint8_t u8;
    int16_t a16;
    uint16_t u16;
    int32_t a32;
    uint32_t u32;
    int64_t a64;
    uint64_t u64;
    float f;
    double d;
    uint32_t c;
    text text;
    text_T other_text;
    text_list names;
    u16_list_list nested;
    tuple_u8_text pair;
    number num;
    colour col;
    eight e;
    nine n;
    wide w;
    opt_opt_u32 o;
    res_u32_text r;
    res_u32_none ro;
    res_none_colour re;
    res_none_none rn;
    plain p;
} all;

typedef struct {
    text text;
    text_T more;
    uint8_t int_;
    uint8_t eof;
    uint32_t errno_;
    bool class_;
    uint8_t uint8_t_;
    uint8_t u;
} text_;

typedef struct {
    text_ t;
} malloc_;

typedef struct {
    uint64_t time;
    text key;
} time_;

typedef enum __attribute__((packed)) {
    SEEK_SET_,
    SEEK_CUR_,
    SEEK_END_,
} seek;

typedef enum __attribute__((packed)) {
    TABLE_MAX_,
    TABLE_MIN,
} table;

typedef enum __attribute__((packed)) {
    FLT_MAX_,
} flt;

typedef uint8_t torvyn_flags_;
#define TORVYN_FLAGS_A_ ((torvyn_flags_)1)

typedef struct {
    uint8_t tag;
    union {
        uint32_t emit;
    } val;
} cfg_;
enum { /* tags of cfg_ */
    CFG_EMIT,
    CFG_SKIP,
};

typedef struct {
    uint32_t value;
} ret;

typedef struct {
    uint32_t a1;
} process_;

typedef struct { const text_ *ptr; size_t len; } text__list;

typedef struct {
    uint8_t x;
} point;

/* ------------------------------------------------------------------------
 * You write */

/* What process returns:
 *     emit(v)             v goes on
 *     skip()              nothing goes on */
typedef struct { bool some; malloc_ val; } process_result;
#define emit(...) process_emit(__VA_ARGS__)
#define skip() process_skip()

process_result process(const process_ *event, uint64_t id);

time_ read_(text text_, text more);

ret join_(seek c, table t, flt f, torvyn_flags_ x, const cfg_ *v);

text__list static_(void);

/* ------------------------------------------------------------------------
 * You may call */

point clash_flag_me(const point *x);

uint32_t printf_(const text_ *text__, uint8_t int_);

/* NULL: there is none. */
const colour *kind_of(colour colour_, colour again);

process_ emit_(void);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

text_list text_list_keep(text_list value);
void text_list_drop(text_list *kept);

u16_list u16_list_keep(u16_list value);
void u16_list_drop(u16_list *kept);

u16_list_list u16_list_list_keep(u16_list_list value);
void u16_list_list_drop(u16_list_list *kept);

u8_list u8_list_keep(u8_list value);
void u8_list_drop(u8_list *kept);

typedef struct { const all *ptr; size_t len; } all_list;
#define all_at(_table, _key) \
    ((all *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(all)))
#define all_find(_table, _key) \
    ((all *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(all)))
all_list all_take(struct torvyn_table *table);
all all_keep(all value);
void all_drop(all *kept);

#define text__at(_table, _key) \
    ((text_ *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(text_)))
#define text__find(_table, _key) \
    ((text_ *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(text_)))
text__list text__take(struct torvyn_table *table);
text_ text__keep(text_ value);
void text__drop(text_ *kept);

malloc_ malloc__keep(malloc_ value);
void malloc__drop(malloc_ *kept);

typedef struct { const time_ *ptr; size_t len; } time__list;
#define time__at(_table, _key) \
    ((time_ *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(time_)))
#define time__find(_table, _key) \
    ((time_ *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(time_)))
time__list time__take(struct torvyn_table *table);
time_ time__keep(time_ value);
void time__drop(time_ *kept);

typedef struct { const ret *ptr; size_t len; } ret_list;
#define ret_at(_table, _key) \
    ((ret *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(ret)))
#define ret_find(_table, _key) \
    ((ret *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(ret)))
ret_list ret_take(struct torvyn_table *table);

typedef struct { const process_ *ptr; size_t len; } process__list;
#define process__at(_table, _key) \
    ((process_ *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(process_)))
#define process__find(_table, _key) \
    ((process_ *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(process_)))
process__list process__take(struct torvyn_table *table);

text__list text__list_keep(text__list value);
void text__list_drop(text__list *kept);

typedef struct { const point *ptr; size_t len; } point_list;
#define point_at(_table, _key) \
    ((point *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(point)))
#define point_find(_table, _key) \
    ((point *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(point)))
point_list point_take(struct torvyn_table *table);

/* ------------------------------------------------------------------------
 * Machinery */

static inline process_result
process_emit(malloc_ _value)
{
    process_result _result;

    _result.some = true;
    _result.val = _value;
    return _result;
}

static inline process_result
process_skip(void)
{
    process_result _result;

    _result.some = false;
    return _result;
}

#ifdef __cplusplus
#define TORVYN_LAYOUT static_assert
#else
#define TORVYN_LAYOUT _Static_assert
#endif
#ifdef __wasm32__
TORVYN_LAYOUT(sizeof(text_list) == 8,
    "layout of text_list");
TORVYN_LAYOUT(sizeof(u16_list) == 8,
    "layout of u16_list");
TORVYN_LAYOUT(sizeof(u16_list_list) == 8,
    "layout of u16_list_list");
TORVYN_LAYOUT(sizeof(tuple_u8_text) == 12 &&
        offsetof(tuple_u8_text, f0) == 0 &&
        offsetof(tuple_u8_text, f1) == 4,
    "layout of tuple_u8_text");
TORVYN_LAYOUT(sizeof(u8_list) == 8,
    "layout of u8_list");
TORVYN_LAYOUT(sizeof(res_f32_f64) == 16 &&
        offsetof(res_f32_f64, ok) == 8 &&
        offsetof(res_f32_f64, err) == 8,
    "layout of res_f32_f64");
TORVYN_LAYOUT(sizeof(opt_f32) == 8 &&
        offsetof(opt_f32, val) == 4,
    "layout of opt_f32");
TORVYN_LAYOUT(sizeof(number) == 24 &&
        offsetof(number, val) == 8,
    "layout of number");
TORVYN_LAYOUT(sizeof(colour) == 1,
    "layout of colour");
TORVYN_LAYOUT(sizeof(eight) == 1,
    "layout of eight");
TORVYN_LAYOUT(sizeof(nine) == 2,
    "layout of nine");
TORVYN_LAYOUT(sizeof(wide) == 4,
    "layout of wide");
TORVYN_LAYOUT(sizeof(opt_u32) == 8 &&
        offsetof(opt_u32, val) == 4,
    "layout of opt_u32");
TORVYN_LAYOUT(sizeof(opt_opt_u32) == 12 &&
        offsetof(opt_opt_u32, val) == 4,
    "layout of opt_opt_u32");
TORVYN_LAYOUT(sizeof(res_u32_text) == 12 &&
        offsetof(res_u32_text, ok) == 4 &&
        offsetof(res_u32_text, err) == 4,
    "layout of res_u32_text");
TORVYN_LAYOUT(sizeof(res_u32_none) == 8 &&
        offsetof(res_u32_none, ok) == 4,
    "layout of res_u32_none");
TORVYN_LAYOUT(sizeof(res_none_colour) == 2 &&
        offsetof(res_none_colour, err) == 1,
    "layout of res_none_colour");
TORVYN_LAYOUT(sizeof(res_none_none) == 1,
    "layout of res_none_none");
TORVYN_LAYOUT(sizeof(plain) == 1,
    "layout of plain");
TORVYN_LAYOUT(sizeof(all) == 168 &&
        offsetof(all, b) == 0 &&
        offsetof(all, a8) == 1 &&
        offsetof(all, u8) == 2 &&
        offsetof(all, a16) == 4 &&
        offsetof(all, u16) == 6 &&
        offsetof(all, a32) == 8 &&
        offsetof(all, u32) == 12 &&
        offsetof(all, a64) == 16 &&
        offsetof(all, u64) == 24 &&
        offsetof(all, f) == 32 &&
        offsetof(all, d) == 40 &&
        offsetof(all, c) == 48 &&
        offsetof(all, text) == 52 &&
        offsetof(all, other_text) == 60 &&
        offsetof(all, names) == 68 &&
        offsetof(all, nested) == 76 &&
        offsetof(all, pair) == 84 &&
        offsetof(all, num) == 96 &&
        offsetof(all, col) == 120 &&
        offsetof(all, e) == 121 &&
        offsetof(all, n) == 122 &&
        offsetof(all, w) == 124 &&
        offsetof(all, o) == 128 &&
        offsetof(all, r) == 140 &&
        offsetof(all, ro) == 152 &&
        offsetof(all, re) == 160 &&
        offsetof(all, rn) == 162 &&
        offsetof(all, p) == 163,
    "layout of all");
TORVYN_LAYOUT(sizeof(text_) == 28 &&
        offsetof(text_, text) == 0 &&
        offsetof(text_, more) == 8 &&
        offsetof(text_, int_) == 16 &&
        offsetof(text_, eof) == 17 &&
        offsetof(text_, errno_) == 20 &&
        offsetof(text_, class_) == 24 &&
        offsetof(text_, uint8_t_) == 25 &&
        offsetof(text_, u) == 26,
    "layout of text_");
TORVYN_LAYOUT(sizeof(malloc_) == 28 &&
        offsetof(malloc_, t) == 0,
    "layout of malloc_");
TORVYN_LAYOUT(sizeof(time_) == 16 &&
        offsetof(time_, time) == 0 &&
        offsetof(time_, key) == 8,
    "layout of time_");
TORVYN_LAYOUT(sizeof(seek) == 1,
    "layout of seek");
TORVYN_LAYOUT(sizeof(table) == 1,
    "layout of table");
TORVYN_LAYOUT(sizeof(flt) == 1,
    "layout of flt");
TORVYN_LAYOUT(sizeof(torvyn_flags_) == 1,
    "layout of torvyn_flags_");
TORVYN_LAYOUT(sizeof(cfg_) == 8 &&
        offsetof(cfg_, val) == 4,
    "layout of cfg_");
TORVYN_LAYOUT(sizeof(ret) == 4 &&
        offsetof(ret, value) == 0,
    "layout of ret");
TORVYN_LAYOUT(sizeof(process_) == 4 &&
        offsetof(process_, a1) == 0,
    "layout of process_");
TORVYN_LAYOUT(sizeof(text__list) == 8,
    "layout of text__list");
TORVYN_LAYOUT(sizeof(point) == 1 &&
        offsetof(point, x) == 0,
    "layout of point");
TORVYN_LAYOUT(sizeof(process_result) == 32 &&
        offsetof(process_result, val) == 4,
    "layout of process_result");
#endif

#ifdef __cplusplus
}
#endif

#endif
