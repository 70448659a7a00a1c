/* val.h -- images as Wasmtime's component values, and whether one is the
 * other.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_DIFFERENTIAL_VAL_H
#define TVN_TESTS_DIFFERENTIAL_VAL_H

#include "base/assert.h"
#include "value/type.h"

#include <math.h>
#include <string.h>
#include <wasmtime.h>

typedef wasmtime_component_val_t val_t;

static inline uint32_t
val_load32(const uint8_t *ptr)
{
    uint32_t value;

    memcpy(&value, ptr, sizeof(value));
    return value;
}

/* The number of the case, or the bits of flags. */
static inline uint32_t
val_small(const uint8_t *ptr, uint32_t size)
{
    uint32_t value = 0;

    memcpy(&value, ptr, size);
    return value;
}

static inline void
val_name(wasm_name_t *out, struct tvn_str name)
{
    wasm_byte_vec_new(out, name.len, name.ptr == NULL ? "" : name.ptr);
}

static inline bool
val_is_name(const wasm_name_t *name, struct tvn_str wanted)
{
    return tvn_str_equal((struct tvn_str){name->data, name->size}, wanted);
}

/* ------------------------------------------------------------------------
 * Making one, to be deleted. */

static inline void val_make(
    const struct tvn_type *type, const uint8_t *data, uint32_t at, val_t *out);

/* NULL for NULL. */
static inline val_t *
val_box(const struct tvn_type *type, const uint8_t *data, uint32_t at)
{
    val_t value = {.kind = WASMTIME_COMPONENT_BOOL};

    if (type == NULL) {
        return NULL;
    }
    val_make(type, data, at, &value);
    return wasmtime_component_val_new(&value);
}

static inline void
val_make_list(const struct tvn_type *type, const uint8_t *data, uint32_t at,
    wasmtime_component_vallist_t *out)
{
    uint32_t first = val_load32(data + at);
    uint32_t count = val_load32(data + at + 4);

    wasmtime_component_vallist_new_uninit(out, count);
    for (uint32_t i = 0; i < count; i++) {
        val_make(type->elem, data, first + i * type->elem->size, &out->data[i]);
    }
}

static inline void
val_make_fields(
    const struct tvn_type *type, const uint8_t *data, uint32_t at, val_t *out)
{
    if (type->kind == TVN_KIND_TUPLE) {
        wasmtime_component_valtuple_new_uninit(&out->of.tuple, type->count);
    } else {
        wasmtime_component_valrecord_new_uninit(&out->of.record, type->count);
    }
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];

        if (type->kind == TVN_KIND_TUPLE) {
            val_make(member->type, data, at + member->offset,
                &out->of.tuple.data[i]);
        } else {
            val_name(&out->of.record.data[i].name, member->name);
            val_make(member->type, data, at + member->offset,
                &out->of.record.data[i].val);
        }
    }
}

static inline void
val_make_flags(const struct tvn_type *type, uint32_t bits,
    wasmtime_component_valflags_t *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < type->count; i++) {
        count += bits >> i & 1;
    }
    wasmtime_component_valflags_new_uninit(out, count);
    count = 0;
    for (uint32_t i = 0; i < type->count; i++) {
        if ((bits >> i & 1) != 0) {
            val_name(&out->data[count++], type->members[i].name);
        }
    }
}

static inline void
val_make_case(
    const struct tvn_type *type, const uint8_t *data, uint32_t at, val_t *out)
{
    uint32_t number = val_small(data + at, type->disc_size);
    const struct tvn_member *active = &type->members[number];
    val_t *payload = val_box(active->type, data, at + type->payload_offset);

    if (type->kind == TVN_KIND_OPTION) {
        out->of.option = payload;
    } else if (type->kind == TVN_KIND_RESULT) {
        out->of.result.is_ok = number == 0;
        out->of.result.val = payload;
    } else {
        val_name(&out->of.variant.discriminant, active->name);
        out->of.variant.val = payload;
    }
}

static const uint8_t val_kinds[TVN_KIND_COUNT] = {
    [TVN_KIND_BOOL] = WASMTIME_COMPONENT_BOOL,
    [TVN_KIND_S8] = WASMTIME_COMPONENT_S8,
    [TVN_KIND_U8] = WASMTIME_COMPONENT_U8,
    [TVN_KIND_S16] = WASMTIME_COMPONENT_S16,
    [TVN_KIND_U16] = WASMTIME_COMPONENT_U16,
    [TVN_KIND_S32] = WASMTIME_COMPONENT_S32,
    [TVN_KIND_U32] = WASMTIME_COMPONENT_U32,
    [TVN_KIND_S64] = WASMTIME_COMPONENT_S64,
    [TVN_KIND_U64] = WASMTIME_COMPONENT_U64,
    [TVN_KIND_F32] = WASMTIME_COMPONENT_F32,
    [TVN_KIND_F64] = WASMTIME_COMPONENT_F64,
    [TVN_KIND_CHAR] = WASMTIME_COMPONENT_CHAR,
    [TVN_KIND_STRING] = WASMTIME_COMPONENT_STRING,
    [TVN_KIND_LIST] = WASMTIME_COMPONENT_LIST,
    [TVN_KIND_RECORD] = WASMTIME_COMPONENT_RECORD,
    [TVN_KIND_TUPLE] = WASMTIME_COMPONENT_TUPLE,
    [TVN_KIND_VARIANT] = WASMTIME_COMPONENT_VARIANT,
    [TVN_KIND_ENUM] = WASMTIME_COMPONENT_ENUM,
    [TVN_KIND_FLAGS] = WASMTIME_COMPONENT_FLAGS,
    [TVN_KIND_OPTION] = WASMTIME_COMPONENT_OPTION,
    [TVN_KIND_RESULT] = WASMTIME_COMPONENT_RESULT,
    [TVN_KIND_OWN] = WASMTIME_COMPONENT_RESOURCE,
    [TVN_KIND_BORROW] = WASMTIME_COMPONENT_RESOURCE,
};

/* No handles: only an engine can make those. */
static inline void
val_make(
    const struct tvn_type *type, const uint8_t *data, uint32_t at, val_t *out)
{
    TVN_ASSERT(!type->has_handle);
    out->kind = val_kinds[type->kind];
    if (type->kind < TVN_KIND_STRING) {
        memset(&out->of, 0, sizeof(out->of));
        memcpy(&out->of, data + at, type->size);
    } else if (type->kind == TVN_KIND_STRING) {
        val_name(&out->of.string,
            (struct tvn_str){(const char *)data + val_load32(data + at),
                val_load32(data + at + 4)});
    } else if (type->kind == TVN_KIND_LIST) {
        val_make_list(type, data, at, &out->of.list);
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        val_make_fields(type, data, at, out);
    } else if (type->kind == TVN_KIND_FLAGS) {
        val_make_flags(type, val_small(data + at, type->size), &out->of.flags);
    } else if (type->kind == TVN_KIND_ENUM) {
        val_name(&out->of.enumeration,
            type->members[val_small(data + at, type->disc_size)].name);
    } else {
        val_make_case(type, data, at, out);
    }
}

/* ------------------------------------------------------------------------
 * Comparing. */

static inline bool val_equal(const struct tvn_type *type, const uint8_t *data,
    uint32_t at, const val_t *val);

/* A NaN is any NaN: engines may choose. */
static inline bool
val_equal_float(
    const struct tvn_type *type, const uint8_t *ptr, const val_t *val)
{
    float f32;
    double f64;

    if (type->kind == TVN_KIND_F32) {
        memcpy(&f32, ptr, sizeof(f32));
        return (isnan(f32) && isnan(val->of.f32)) ||
               memcmp(&f32, &val->of.f32, sizeof(f32)) == 0;
    }
    memcpy(&f64, ptr, sizeof(f64));
    return (isnan(f64) && isnan(val->of.f64)) ||
           memcmp(&f64, &val->of.f64, sizeof(f64)) == 0;
}

static inline bool
val_equal_list(const struct tvn_type *type, const uint8_t *data, uint32_t at,
    const wasmtime_component_vallist_t *list)
{
    uint32_t first = val_load32(data + at);
    uint32_t count = val_load32(data + at + 4);

    if (list->size != count) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!val_equal(type->elem, data, first + i * type->elem->size,
                &list->data[i])) {
            return false;
        }
    }
    return true;
}

static inline bool
val_equal_fields(const struct tvn_type *type, const uint8_t *data, uint32_t at,
    const val_t *val)
{
    bool is_tuple = type->kind == TVN_KIND_TUPLE;
    size_t count = is_tuple ? val->of.tuple.size : val->of.record.size;

    for (uint32_t i = 0; i < type->count && count == type->count; i++) {
        const struct tvn_member *member = &type->members[i];

        if (!is_tuple &&
            !val_is_name(&val->of.record.data[i].name, member->name)) {
            return false;
        }
        if (!val_equal(member->type, data, at + member->offset,
                is_tuple ? &val->of.tuple.data[i]
                         : &val->of.record.data[i].val)) {
            return false;
        }
    }
    return count == type->count;
}

static inline bool
val_equal_flags(const struct tvn_type *type, uint32_t bits,
    const wasmtime_component_valflags_t *flags)
{
    uint32_t theirs = 0;

    for (size_t k = 0; k < flags->size; k++) {
        for (uint32_t i = 0; i < type->count; i++) {
            if (val_is_name(&flags->data[k], type->members[i].name)) {
                theirs |= UINT32_C(1) << i;
            }
        }
    }
    return theirs == bits;
}

static inline bool
val_equal_case(const struct tvn_type *type, const uint8_t *data, uint32_t at,
    const val_t *val)
{
    uint32_t number = val_small(data + at, type->disc_size);
    const struct tvn_member *active = &type->members[number];
    const val_t *payload = val->of.option;

    if (type->kind == TVN_KIND_RESULT) {
        if (val->of.result.is_ok != (number == 0)) {
            return false;
        }
        payload = val->of.result.val;
    } else if (type->kind == TVN_KIND_VARIANT) {
        if (!val_is_name(&val->of.variant.discriminant, active->name)) {
            return false;
        }
        payload = val->of.variant.val;
    }
    return active->type == NULL || payload == NULL
               ? active->type == NULL && payload == NULL
               : val_equal(
                     active->type, data, at + type->payload_offset, payload);
}

/* Handles are equal: what they are numbers of is each engine's own. */
static inline bool
val_equal(const struct tvn_type *type, const uint8_t *data, uint32_t at,
    const val_t *val)
{
    const uint8_t *ptr = data + at;

    if (val->kind != val_kinds[type->kind]) {
        return false;
    }
    switch (type->kind) {
    case TVN_KIND_F32:
    case TVN_KIND_F64:
        return val_equal_float(type, ptr, val);
    case TVN_KIND_STRING:
        return val_is_name(&val->of.string,
            (struct tvn_str){
                (const char *)data + val_load32(ptr), val_load32(ptr + 4)});
    case TVN_KIND_LIST:
        return val_equal_list(type, data, at, &val->of.list);
    case TVN_KIND_RECORD:
    case TVN_KIND_TUPLE:
        return val_equal_fields(type, data, at, val);
    case TVN_KIND_FLAGS:
        return val_equal_flags(
            type, val_small(ptr, type->size), &val->of.flags);
    case TVN_KIND_ENUM:
        return val_is_name(&val->of.enumeration,
            type->members[val_small(ptr, type->disc_size)].name);
    case TVN_KIND_VARIANT:
    case TVN_KIND_OPTION:
    case TVN_KIND_RESULT:
        return val_equal_case(type, data, at, val);
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        return true;
    case TVN_KIND_BOOL:
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
    case TVN_KIND_CHAR:
        break;
    }
    return memcmp(ptr, &val->of, type->size) == 0;
}

#endif
