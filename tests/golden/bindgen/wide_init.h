/* wide_init.h -- stage wide-init in C: world wide-init of test:tricky@0.1.0.
 *
 * You write:
 *     f15 process(const f17 *event);
 *     f16 p15(const f15 *x);
 *     f17 p16(const f16 *x);
 *     bool p17(const f15 *x, float y, double z, opt_u8 o);
 *     bool p16b(const f15 *x, float y);
 *     void on_init(void);   (optional)
 *
 * You may call:
 *     f15 i15(const f15 *x);
 *     f16 i16(const f16 *x);
 *     f17 i17(const f17 *x);
 *     const f17 *i2(const f15 *x, float y, double z);
 *
 * `torvyn build` makes this file from the WIT: change that. */
#ifndef TORVYN_STAGE_WIDE_INIT_H
#define TORVYN_STAGE_WIDE_INIT_H

#include "torvyn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Types */

typedef struct {
    uint64_t a;
    uint64_t b;
    uint64_t c;
    uint64_t d;
    uint64_t e;
    uint64_t f;
    uint64_t g;
    uint64_t h;
    text i;
    text j;
    text k;
    text l;
    uint8_t m;
} config;

typedef struct {
    text a;
    text b;
    text c;
    text d;
    text e;
    text f;
    text g;
    uint8_t h;
} f15;

typedef struct {
    text a;
    text b;
    text c;
    text d;
    text e;
    text f;
    text g;
    text h;
} f16;

typedef struct {
    text a;
    text b;
    text c;
    text d;
    text e;
    text f;
    text g;
    text h;
    float i;
} f17;

typedef struct { bool some; uint8_t val; } opt_u8;

/* ------------------------------------------------------------------------
 * You write */

f15 process(const f17 *event);

f16 p15(const f15 *x);

f17 p16(const f16 *x);

bool p17(const f15 *x, float y, double z, opt_u8 o);

bool p16b(const f15 *x, float y);

/* The stage's config: there before anything is called. */
extern config cfg;

/* Called once cfg is there.  You may leave it out. */
void on_init(void);

/* ------------------------------------------------------------------------
 * You may call */

f15 i15(const f15 *x);

f16 i16(const f16 *x);

f17 i17(const f17 *x);

/* NULL: there is none. */
const f17 *i2(const f15 *x, float y, double z);

/* ------------------------------------------------------------------------
 * What outlives a call: tables of records, kept values */

typedef struct { const config *ptr; size_t len; } config_list;
#define config_at(_table, _key) \
    ((config *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(config)))
#define config_find(_table, _key) \
    ((config *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(config)))
config_list config_take(struct torvyn_table *table);
config config_keep(config value);
void config_drop(config *kept);

typedef struct { const f15 *ptr; size_t len; } f15_list;
#define f15_at(_table, _key) \
    ((f15 *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(f15)))
#define f15_find(_table, _key) \
    ((f15 *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(f15)))
f15_list f15_take(struct torvyn_table *table);
f15 f15_keep(f15 value);
void f15_drop(f15 *kept);

typedef struct { const f16 *ptr; size_t len; } f16_list;
#define f16_at(_table, _key) \
    ((f16 *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(f16)))
#define f16_find(_table, _key) \
    ((f16 *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(f16)))
f16_list f16_take(struct torvyn_table *table);
f16 f16_keep(f16 value);
void f16_drop(f16 *kept);

typedef struct { const f17 *ptr; size_t len; } f17_list;
#define f17_at(_table, _key) \
    ((f17 *)torvyn_table_at((_table), torvyn_key(_key), \
        sizeof(f17)))
#define f17_find(_table, _key) \
    ((f17 *)torvyn_table_find((_table), torvyn_key(_key), \
        sizeof(f17)))
f17_list f17_take(struct torvyn_table *table);
f17 f17_keep(f17 value);
void f17_drop(f17 *kept);

/* ------------------------------------------------------------------------
 * Machinery */

#ifdef __cplusplus
#define TORVYN_LAYOUT static_assert
#else
#define TORVYN_LAYOUT _Static_assert
#endif
#ifdef __wasm32__
TORVYN_LAYOUT(sizeof(config) == 104 &&
        offsetof(config, a) == 0 &&
        offsetof(config, b) == 8 &&
        offsetof(config, c) == 16 &&
        offsetof(config, d) == 24 &&
        offsetof(config, e) == 32 &&
        offsetof(config, f) == 40 &&
        offsetof(config, g) == 48 &&
        offsetof(config, h) == 56 &&
        offsetof(config, i) == 64 &&
        offsetof(config, j) == 72 &&
        offsetof(config, k) == 80 &&
        offsetof(config, l) == 88 &&
        offsetof(config, m) == 96,
    "layout of config");
TORVYN_LAYOUT(sizeof(f15) == 60 &&
        offsetof(f15, a) == 0 &&
        offsetof(f15, b) == 8 &&
        offsetof(f15, c) == 16 &&
        offsetof(f15, d) == 24 &&
        offsetof(f15, e) == 32 &&
        offsetof(f15, f) == 40 &&
        offsetof(f15, g) == 48 &&
        offsetof(f15, h) == 56,
    "layout of f15");
TORVYN_LAYOUT(sizeof(f16) == 64 &&
        offsetof(f16, a) == 0 &&
        offsetof(f16, b) == 8 &&
        offsetof(f16, c) == 16 &&
        offsetof(f16, d) == 24 &&
        offsetof(f16, e) == 32 &&
        offsetof(f16, f) == 40 &&
        offsetof(f16, g) == 48 &&
        offsetof(f16, h) == 56,
    "layout of f16");
TORVYN_LAYOUT(sizeof(f17) == 68 &&
        offsetof(f17, a) == 0 &&
        offsetof(f17, b) == 8 &&
        offsetof(f17, c) == 16 &&
        offsetof(f17, d) == 24 &&
        offsetof(f17, e) == 32 &&
        offsetof(f17, f) == 40 &&
        offsetof(f17, g) == 48 &&
        offsetof(f17, h) == 56 &&
        offsetof(f17, i) == 64,
    "layout of f17");
TORVYN_LAYOUT(sizeof(opt_u8) == 2 &&
        offsetof(opt_u8, val) == 1,
    "layout of opt_u8");
#endif

#ifdef __cplusplus
}
#endif

#endif
