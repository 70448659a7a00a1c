/* everything.h -- stage everything in C: world everything of test:tricky@0.1.0.
 *
 * You write:
 *     process_result process(const all *event);
 *     number num(const number *n, opt_number o, const plain *p);
 *     all many(const all *a, const number *n);
 *     opts_result opts(opt_point a, opt_number b, const res_f32_s64 *c);
 *     float scal(bool b, int8_t x, uint16_t y, uint32_t z, float f, double d, const tuple_f32_chr *t);
 *     void nothing(void);
 *     rn_result rn(const res_none_none *r, const res_none_text *e);
 *     text_list lists(point_list a, text_list n, text s);
 *     u8_list bytes(void);
 *     plain p(const plain *p);
 *
 * You may call:
 *     uint64_t clock_now_ns(void);
 *     uint64_t clock_monotonic_ns(void);
 *     void metrics_add(text name, uint64_t by);
 *     void metrics_set(text name, double value);
 *     clash_point clash_flag_me(const clash_point *x);
 *     number one(const number *n);
 *     all many_(const all *a);
 *     res_all_number many2(const all *a, const number *n, opt_number m);
 *     const text *opts_(opt_point a, opt_number b, const res_f32_s64 *c);
 *     tuple_f32_f64 points(const point *a, const plain *p, const tuple_f32_chr *t);
 *     all_list lists_(point_list a, text_list n, text s);
 *     wide w(wide w, bool b, int8_t x, uint16_t y, uint32_t z);
 *     res_none_none rn_(const res_none_none *r, const res_none_text *e);
 *     int16_t single(int8_t x);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_EVERYTHING_H
#define TORVYN_STAGE_EVERYTHING_H

#define TORVYN_LOG 1
#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

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
    float x;
    float y;
} point;
typedef point alias_point;
typedef point kinds_point;

typedef struct { const all *ptr; size_t len; } all_list;

typedef struct { bool some; number val; } opt_number;

typedef struct { bool some; point val; } opt_point;

typedef struct {
    bool is_err;
    union {
        float ok;
        int64_t err;
    };
} res_f32_s64;

typedef struct { float f0; uint32_t f1; } tuple_f32_chr;

typedef struct { bool is_err; text err; } res_none_text;

typedef struct { const point *ptr; size_t len; } point_list;

typedef struct {
    uint8_t x;
} clash_point;

typedef struct {
    bool is_err;
    union {
        all ok;
        number err;
    };
} res_all_number;

typedef struct { float f0; double f1; } tuple_f32_f64;

/* ------------------------------------------------------------------------
 * You write */

/* What process returns:
 *     emit(v)             v goes on
 *     fail(e)             the error */
typedef struct {
    bool is_err;
    union {
        all_list ok;
        number err;
    };
} process_result;
#define emit(...) process_emit(__VA_ARGS__)
#define fail(...) process_fail(__VA_ARGS__)

process_result process(const all *event);

number num(const number *n, opt_number o, const plain *p);

all many(const all *a, const number *n);

/* What opts returns:
 *     opts_emit(v)        v goes on
 *     opts_skip()         nothing goes on */
typedef struct { bool some; text val; } opts_result;

opts_result opts(opt_point a, opt_number b, const res_f32_s64 *c);

float scal(bool b, int8_t x, uint16_t y, uint32_t z, float f, double d,
    const tuple_f32_chr *t);

void nothing(void);

/* What rn returns:
 *     rn_ok()             it went well
 *     rn_fail()           the error */
typedef struct { bool is_err; } rn_result;

rn_result rn(const res_none_none *r, const res_none_text *e);

text_list lists(point_list a, text_list n, text s);

u8_list bytes(void);

plain p(const plain *p);

/* ------------------------------------------------------------------------
 * You may call */

/* Since 1970, UTC. */
uint64_t clock_now_ns(void);

/* From an unsaid beginning; never runs backwards. */
uint64_t clock_monotonic_ns(void);

void metrics_add(text name, uint64_t by);

void metrics_set(text name, double value);

clash_point clash_flag_me(const clash_point *x);

number one(const number *n);

all many_(const all *a);

res_all_number many2(const all *a, const number *n, opt_number m);

/* NULL: there is none. */
const text *opts_(opt_point a, opt_number b, const res_f32_s64 *c);

tuple_f32_f64 points(const point *a, const plain *p, const tuple_f32_chr *t);

all_list lists_(point_list a, text_list n, text s);

wide w(wide w, bool b, int8_t x, uint16_t y, uint32_t z);

res_none_none rn_(const res_none_none *r, const res_none_text *e);

int16_t single(int8_t x);

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

#define all_at(_table, _key) \
    ((all *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(all)))
#define all_find(_table, _key) \
    ((all *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(all)))
all_list all_take(struct torvyn_table *table);
all all_keep(all value);
void all_drop(all *kept);

all_list all_list_keep(all_list value);
void all_list_drop(all_list *kept);

point_list point_list_keep(point_list value);
void point_list_drop(point_list *kept);

typedef struct { const clash_point *ptr; size_t len; } clash_point_list;
#define clash_point_at(_table, _key) \
    ((clash_point *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(clash_point)))
#define clash_point_find(_table, _key) \
    ((clash_point *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(clash_point)))
clash_point_list clash_point_take(struct torvyn_table *table);

/* ------------------------------------------------------------------------
 * Machinery */

static inline process_result
process_emit(all_list _value)
{
    process_result _result;

    _result.is_err = false;
    _result.ok = _value;
    return _result;
}

static inline process_result
process_fail(number _value)
{
    process_result _result;

    _result.is_err = true;
    _result.err = _value;
    return _result;
}

static inline opts_result
opts_emit(text _value)
{
    opts_result _result;

    _result.some = true;
    _result.val = _value;
    return _result;
}

static inline opts_result
opts_skip(void)
{
    opts_result _result;

    _result.some = false;
    return _result;
}

static inline rn_result
rn_ok(void)
{
    rn_result _result;

    _result.is_err = false;
    return _result;
}

static inline rn_result
rn_fail(void)
{
    rn_result _result;

    _result.is_err = true;
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
TORVYN_LAYOUT(sizeof(point) == 8 &&
        offsetof(point, x) == 0 &&
        offsetof(point, y) == 4,
    "layout of point");
TORVYN_LAYOUT(sizeof(all_list) == 8,
    "layout of all_list");
TORVYN_LAYOUT(sizeof(opt_number) == 32 &&
        offsetof(opt_number, val) == 8,
    "layout of opt_number");
TORVYN_LAYOUT(sizeof(opt_point) == 12 &&
        offsetof(opt_point, val) == 4,
    "layout of opt_point");
TORVYN_LAYOUT(sizeof(res_f32_s64) == 16 &&
        offsetof(res_f32_s64, ok) == 8 &&
        offsetof(res_f32_s64, err) == 8,
    "layout of res_f32_s64");
TORVYN_LAYOUT(sizeof(tuple_f32_chr) == 8 &&
        offsetof(tuple_f32_chr, f0) == 0 &&
        offsetof(tuple_f32_chr, f1) == 4,
    "layout of tuple_f32_chr");
TORVYN_LAYOUT(sizeof(res_none_text) == 12 &&
        offsetof(res_none_text, err) == 4,
    "layout of res_none_text");
TORVYN_LAYOUT(sizeof(point_list) == 8,
    "layout of point_list");
TORVYN_LAYOUT(sizeof(clash_point) == 1 &&
        offsetof(clash_point, x) == 0,
    "layout of clash_point");
TORVYN_LAYOUT(sizeof(res_all_number) == 176 &&
        offsetof(res_all_number, ok) == 8 &&
        offsetof(res_all_number, err) == 8,
    "layout of res_all_number");
TORVYN_LAYOUT(sizeof(tuple_f32_f64) == 16 &&
        offsetof(tuple_f32_f64, f0) == 0 &&
        offsetof(tuple_f32_f64, f1) == 8,
    "layout of tuple_f32_f64");
TORVYN_LAYOUT(sizeof(process_result) == 32 &&
        offsetof(process_result, ok) == 8 &&
        offsetof(process_result, err) == 8,
    "layout of process_result");
TORVYN_LAYOUT(sizeof(opts_result) == 12 &&
        offsetof(opts_result, val) == 4,
    "layout of opts_result");
TORVYN_LAYOUT(sizeof(rn_result) == 1,
    "layout of rn_result");
#endif

#ifdef __cplusplus
}
#endif

#endif
