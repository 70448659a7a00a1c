/* component_api.c -- the same calls through our component model and through
 * Wasmtime's component C API, beside the engine's bare call.
 *
 *     component_api [pairs]      medians in ns a call, and their ratios
 *
 *     engine-call   wasmtime_func_call_unchecked of the core function and
 *                   nothing else: tvn_call_raw
 *     torvyn        arguments lowered from an image, the call with a deadline,
 *                   the result lifted into one, post-return; a bool is read
 *                   from its slot, as the flow reads a filter's
 *     torvyn-lift   the same with a plan for the bool, too
 *     wasmtime      wasmtime_component_func_call; the record's argument is
 *                   made once, outside, its result is deleted each time
 *     json          tvc_call of the component library
 *
 * All take turns in short rounds, so that what else the machine does falls on
 * all; a ratio is the median of the rounds' ratios.  Exit 1 when three scalars
 * cost torvyn more than twice the engine's call. */
#include "base/assert.h"
#include "base/clock.h"
#include "base/mem.h"
#include "component/component.h"
#include "engine/engine.h"
#include "toolchain/toolchain.h"
#include "value/image.h"
#include "value/plan.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <torvyn/component.h>
#include <wasmtime.h>

#define CALLS 10000u
#define BOUND 2.0

static const char text[] =
    "(component"
    "  (core module $M"
    "    (memory (export \"memory\") 1)"
    "    (global $next (mut i32) (i32.const 1024))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"
    "      (local i32)"
    "      (local.set 4 (global.get $next))"
    "      (global.set $next (i32.add (local.get 4) (local.get 3)))"
    "      (local.get 4))"
    "    (func (export \"judge\") (param i32 i64 f64) (result i32)"
    "      (i32.and (i32.gt_u (local.get 0) (i32.const 10))"
    "        (i32.and (i64.lt_u (local.get 1) (i64.const 1000))"
    "          (f64.lt (local.get 2) (f64.const 0.5)))))"
    "    (func (export \"pass\") (param i64 i32 i32 i32 i32 i32) (result i32)"
    "      (i64.store (i32.const 512) (local.get 0))"
    "      (i32.store (i32.const 520) (local.get 1))"
    "      (i32.store (i32.const 524) (local.get 2))"
    "      (i32.store (i32.const 528) (local.get 3))"
    "      (i32.store (i32.const 532) (local.get 4))"
    "      (i32.store (i32.const 536) (i32.add (local.get 5) (i32.const 1)))"
    "      (i32.const 512))"
    "    (func (export \"post\") (param i32)"
    "      (global.set $next (i32.const 1024))))"
    "  (core instance $m (instantiate $M))"
    "  (type $event' (record (field \"id\" u64) (field \"name\" string)"
    "    (field \"city\" string) (field \"delay\" s32)))"
    "  (export $event \"event\" (type $event'))"
    "  (func (export \"judge\") (param \"a\" u32) (param \"b\" u64)"
    "    (param \"c\" f64) (result bool)"
    "    (canon lift (core func $m \"judge\")))"
    "  (func (export \"pass\") (param \"e\" $event) (result $event)"
    "    (canon lift (core func $m \"pass\")"
    "      (memory (core memory $m \"memory\"))"
    "      (realloc (core func $m \"realloc\"))"
    "      (post-return (core func $m \"post\")))))";

static const char name[] = "Scandinavian Airlines";
static const char city[] = "Trondheim";

static void
check(wasmtime_error_t *error)
{
    wasm_name_t message;

    if (error != NULL) {
        wasmtime_error_message(error, &message);
        (void)fprintf(
            stderr, "wasmtime: %.*s\n", (int)message.size, message.data);
        exit(1);
    }
}

/* ------------------------------------------------------------------------
 * Ours. */

struct func {
    struct tvn_call call;
    const struct tvn_plan *lowers;
    const struct tvn_plan *lifts;
    struct tvn_image *args;
};

struct ours {
    struct tvn_types *types;
    struct tvn_component *component;
    struct tvn_engine *engine;
    struct tvn_code *code;
    struct tvn_instance *instance;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_arena arena;
    struct func judge, pass;
};

/* As the tuples of their parameters lie in memory. */
struct judge_args {
    uint32_t a;
    uint64_t b;
    double c;
};

struct event {
    uint64_t id;
    uint32_t name, name_len, city, city_len;
    int32_t delay;
    uint32_t unused;
};

static void
prepare(struct ours *ours, const char *export, struct func *func)
{
    const struct tvn_extern *found = tvn_extern_find(ours->component->exports,
        ours->component->export_count, tvn_str_of(export));
    const struct tvn_type *tuple;

    TVN_ASSERT(found != NULL);
    tuple = found->func->tuple;
    OK(tvn_call_init(&func->call, ours->instance, found->index, &diag));
    OK(tvn_plan_lower(&ours->arena, tuple, tuple, &func->lowers));
    OK(tvn_plan_lift(&ours->arena, found->func->result, &func->lifts));
    OK(tvn_builder_begin(&ours->builder, tuple));
}

static void
put_text(struct ours *ours, const char *value, uint32_t *at, uint32_t *len)
{
    *len = (uint32_t)strlen(value);
    OK(tvn_builder_alloc(&ours->builder, *len, 1, at));
    memcpy(ours->builder.data + *at, value, *len);
}

static void
open_ours(struct ours *ours, const struct tvn_buf *bytes)
{
    struct tvn_instance_opts opts = {
        .memory_max = 1u << 20, .deadline_ns = 1000000000};
    struct judge_args judge = {.a = 11, .b = 999, .c = 0.25};
    struct event event = {.id = 7, .delay = -3};

    ours->types = tvn_types_new();
    ours->pool = tvn_pool_new(1u << 20, 1u << 20);
    TVN_ASSERT(ours->types != NULL && ours->pool != NULL);
    tvn_builder_init(&ours->builder, ours->pool);
    opts.pool = ours->pool;
    OK(tvn_component_decode((const uint8_t *)bytes->ptr, bytes->len, "bench",
        ours->types, &ours->component, &diag));
    OK(tvn_engine_new(&(struct tvn_engine_opts){0}, &ours->engine, &diag));
    OK(tvn_code_new(
        ours->engine, ours->component, "bench", &ours->code, &diag));
    OK(tvn_instance_new(ours->code, &opts, &ours->instance, &diag));

    prepare(ours, "judge", &ours->judge);
    memcpy(ours->builder.data, &judge, sizeof(judge));
    OK(tvn_builder_finish(&ours->builder, &ours->judge.args));
    prepare(ours, "pass", &ours->pass);
    put_text(ours, name, &event.name, &event.name_len);
    put_text(ours, city, &event.city, &event.city_len);
    memcpy(ours->builder.data, &event, sizeof(event));
    OK(tvn_builder_finish(&ours->builder, &ours->pass.args));
}

static void
close_ours(struct ours *ours)
{
    tvn_image_unref(ours->judge.args);
    tvn_image_unref(ours->pass.args);
    tvn_builder_fini(&ours->builder);
    tvn_arena_fini(&ours->arena);
    tvn_instance_free(ours->instance);
    tvn_code_free(ours->code);
    tvn_engine_free(ours->engine);
    tvn_component_free(ours->component);
    tvn_pool_free(ours->pool);
    tvn_types_free(ours->types);
}

static double
since(uint64_t begin)
{
    return (double)(tvn_clock_monotonic_ns() - begin) / CALLS;
}

static double
raw(struct func *func)
{
    uint64_t begin = tvn_clock_monotonic_ns();

    tvn_call_raw(&func->call, CALLS);
    return since(begin);
}

static inline void
call_ours(struct func *func)
{
    struct tvn_call *call = &func->call;
    uint64_t bytes = 0;

    OK(tvn_lower_flat(func->lowers, func->args->data, 0, call->memory,
        call->slots, &bytes, &diag));
    OK(tvn_call_run(call, &diag));
}

/* The result stands in the builder. */
static inline void
call_and_lift(struct ours *ours, struct func *func)
{
    struct tvn_call *call = &func->call;
    uint64_t bytes = 0;

    call_ours(func);
    OK(tvn_builder_begin(&ours->builder, tvn_plan_type(func->lifts)));
    if (call->returns_pointer) {
        OK(tvn_lift_load(func->lifts, call->memory, call->slots[0].u32,
            &ours->builder, 0, &bytes, &diag));
    } else {
        OK(tvn_lift_flat(func->lifts, call->memory, call->slots, &ours->builder,
            0, &bytes, &diag));
    }
    OK(tvn_call_finish(call, &diag));
}

static double
judge_ours(struct ours *ours)
{
    struct tvn_call *call = &ours->judge.call;
    uint64_t begin = tvn_clock_monotonic_ns();

    for (uint32_t i = 0; i < CALLS; i++) {
        call_ours(&ours->judge);
        TVN_ASSERT(call->slots[0].u32 != 0);
        if (call->has_post_return) {
            OK(tvn_call_finish(call, &diag));
        }
    }
    return since(begin);
}

static double
judge_lifted(struct ours *ours)
{
    uint64_t begin = tvn_clock_monotonic_ns();

    for (uint32_t i = 0; i < CALLS; i++) {
        call_and_lift(ours, &ours->judge);
        TVN_ASSERT(ours->builder.data[0] == 1);
    }
    return since(begin);
}

static double
pass_ours(struct ours *ours)
{
    uint64_t begin = tvn_clock_monotonic_ns();
    struct tvn_image *image;
    struct event event;

    for (uint32_t i = 0; i < CALLS; i++) {
        call_and_lift(ours, &ours->pass);
        OK(tvn_builder_finish(&ours->builder, &image));
        memcpy(&event, image->data, sizeof(event));
        TVN_ASSERT(event.delay == -2 && event.city_len == sizeof(city) - 1);
        tvn_image_unref(image);
    }
    return since(begin);
}

/* ------------------------------------------------------------------------
 * Wasmtime's. */

typedef wasmtime_component_val_t val_t;

struct theirs {
    wasm_engine_t *engine;
    wasmtime_store_t *store;
    wasmtime_context_t *context;
    wasmtime_component_t *component;
    wasmtime_component_linker_t *linker;
    wasmtime_component_func_t judge, pass;
    val_t event;
};

static wasmtime_component_func_t
find(struct theirs *theirs, wasmtime_component_instance_t *instance,
    const char *export)
{
    wasmtime_component_export_index_t *index =
        wasmtime_component_instance_get_export_index(
            instance, theirs->context, NULL, export, strlen(export));
    wasmtime_component_func_t func;

    TVN_ASSERT(index != NULL && wasmtime_component_instance_get_func(
                                    instance, theirs->context, index, &func));
    wasmtime_component_export_index_delete(index);
    return func;
}

static void
set_field(val_t *record, size_t i, const char *field, const val_t *value)
{
    wasm_name_new_from_string(&record->of.record.data[i].name, field);
    record->of.record.data[i].val = *value;
}

static void
make_event(val_t *out)
{
    val_t value = {.kind = WASMTIME_COMPONENT_U64, .of.u64 = 7};

    out->kind = WASMTIME_COMPONENT_RECORD;
    wasmtime_component_valrecord_new_uninit(&out->of.record, 4);
    set_field(out, 0, "id", &value);
    value.kind = WASMTIME_COMPONENT_STRING;
    wasm_name_new_from_string(&value.of.string, name);
    set_field(out, 1, "name", &value);
    wasm_name_new_from_string(&value.of.string, city);
    set_field(out, 2, "city", &value);
    value = (val_t){.kind = WASMTIME_COMPONENT_S32, .of.s32 = -3};
    set_field(out, 3, "delay", &value);
}

/* The same settings as engine/wasmtime/engine.c. */
static void
open_theirs(struct theirs *theirs, const struct tvn_buf *bytes)
{
    wasm_config_t *config = wasm_config_new();
    wasmtime_component_instance_t instance;

    wasmtime_config_epoch_interruption_set(config, true);
    wasmtime_config_memory_may_move_set(config, false);
    wasmtime_config_memory_reservation_set(config, UINT64_C(1) << 32);
    wasmtime_config_cranelift_opt_level_set(config, WASMTIME_OPT_LEVEL_SPEED);
    theirs->engine = wasm_engine_new_with_config(config);
    theirs->store = wasmtime_store_new(theirs->engine, NULL, NULL);
    theirs->context = wasmtime_store_context(theirs->store);
    wasmtime_context_set_epoch_deadline(theirs->context, 1u << 30);
    check(wasmtime_component_new(theirs->engine, (const uint8_t *)bytes->ptr,
        bytes->len, &theirs->component));
    theirs->linker = wasmtime_component_linker_new(theirs->engine);
    check(wasmtime_component_linker_instantiate(
        theirs->linker, theirs->context, theirs->component, &instance));
    theirs->judge = find(theirs, &instance, "judge");
    theirs->pass = find(theirs, &instance, "pass");
    make_event(&theirs->event);
}

static void
close_theirs(struct theirs *theirs)
{
    wasmtime_component_val_delete(&theirs->event);
    wasmtime_component_linker_delete(theirs->linker);
    wasmtime_component_delete(theirs->component);
    wasmtime_store_delete(theirs->store);
    wasm_engine_delete(theirs->engine);
}

static double
judge_theirs(struct theirs *theirs)
{
    uint64_t begin = tvn_clock_monotonic_ns();

    for (uint32_t i = 0; i < CALLS; i++) {
        const val_t args[3] = {
            {.kind = WASMTIME_COMPONENT_U32, .of.u32 = 11},
            {.kind = WASMTIME_COMPONENT_U64, .of.u64 = 999},
            {.kind = WASMTIME_COMPONENT_F64, .of.f64 = 0.25},
        };
        val_t result = {.kind = WASMTIME_COMPONENT_BOOL};

        check(wasmtime_component_func_call(
            &theirs->judge, theirs->context, args, 3, &result, 1));
        TVN_ASSERT(result.of.boolean);
    }
    return since(begin);
}

static double
pass_theirs(struct theirs *theirs)
{
    uint64_t begin = tvn_clock_monotonic_ns();

    for (uint32_t i = 0; i < CALLS; i++) {
        val_t result = {.kind = WASMTIME_COMPONENT_BOOL};

        check(wasmtime_component_func_call(
            &theirs->pass, theirs->context, &theirs->event, 1, &result, 1));
        TVN_ASSERT(
            result.of.record.data[3].val.of.s32 == -2 &&
            result.of.record.data[2].val.of.string.size == sizeof(city) - 1);
        wasmtime_component_val_delete(&result);
    }
    return since(begin);
}

/* ------------------------------------------------------------------------
 * The library's. */

struct library {
    struct tvc_engine *engine;
    struct tvc_component *component;
    struct tvc_instance *instance;
};

static void
open_library(struct library *library, const struct tvn_buf *bytes)
{
    struct tvc_instance_opts opts = tvc_instance_defaults();
    struct tvc_error error;

    opts.deadline_ms = 1000;
    if (tvc_engine_new(NULL, &library->engine, &error) != 0 ||
        tvc_component_new(library->engine, bytes->ptr, bytes->len, "bench",
            &library->component, &error) != 0 ||
        tvc_instance_new(
            library->component, &opts, &library->instance, &error) != 0) {
        fail(error.text);
    }
}

static void
close_library(struct library *library)
{
    tvc_instance_free(library->instance);
    tvc_component_free(library->component);
    tvc_engine_free(library->engine);
}

static double
call_library(struct library *library, const char *func, const char *args,
    const char *wanted)
{
    uint64_t begin = tvn_clock_monotonic_ns();
    struct tvc_error error;
    const char *result;

    for (uint32_t i = 0; i < CALLS; i++) {
        if (tvc_call(library->instance, func, args, &result, &error) != 0) {
            fail(error.text);
        }
        TVN_ASSERT(strcmp(result, wanted) == 0);
    }
    return since(begin);
}

/* ------------------------------------------------------------------------
 * The table. */

enum row { RAW, TORVYN, LIFTED, WASMTIME, JSON, ROWS };
static const char *const row_names[ROWS] = {
    "engine-call", "torvyn", "torvyn-lift", "wasmtime", "json"};

struct all {
    struct ours ours;
    struct theirs theirs;
    struct library library;
};

static void
round_of_judge(struct all *all, double out[ROWS])
{
    out[RAW] = raw(&all->ours.judge);
    out[TORVYN] = judge_ours(&all->ours);
    out[LIFTED] = judge_lifted(&all->ours);
    out[WASMTIME] = judge_theirs(&all->theirs);
    out[JSON] = call_library(&all->library, "judge", "[11,999,0.25]", "true");
}

static void
round_of_pass(struct all *all, double out[ROWS])
{
    static const char result[] =
        "{\"id\":7,\"name\":\"Scandinavian Airlines\",\"city\":\"Trondheim\","
        "\"delay\":-2}";

    out[RAW] = raw(&all->ours.pass);
    out[TORVYN] = pass_ours(&all->ours);
    out[LIFTED] = 0; /* it is */
    out[WASMTIME] = pass_theirs(&all->theirs);
    out[JSON] = call_library(&all->library, "pass",
        "[{\"id\":7,\"name\":\"Scandinavian Airlines\",\"city\":\"Trondheim\","
        "\"delay\":-3}]",
        result);
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
median(double *values, uint32_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return values[count / 2];
}

/* Prints the rows; returns torvyn's ratio to the engine's call. */
static double
measure(struct all *all, const char *title,
    void (*round)(struct all *all, double out[ROWS]), uint32_t pairs)
{
    double *ns = tvn_mem_new(pairs, 2 * ROWS * sizeof(*ns));
    double *ratios = ns + (size_t)pairs * ROWS;
    double torvyn = 0;

    TVN_ASSERT(ns != NULL);
    for (uint32_t i = 0; i < pairs + 1; i++) { /* the first one warms up */
        double out[ROWS];

        round(all, out);
        for (uint32_t k = 0; i > 0 && k < ROWS; k++) {
            ns[(size_t)k * pairs + i - 1] = out[k];
            ratios[(size_t)k * pairs + i - 1] = out[k] / out[RAW];
        }
    }
    (void)printf("%s\n", title);
    for (uint32_t k = 0; k < ROWS; k++) {
        double ratio = median(ratios + (size_t)k * pairs, pairs);

        if (ratio <= 0) {
            continue;
        }
        (void)printf("  %-12s %8.1f ns", row_names[k],
            median(ns + (size_t)k * pairs, pairs));
        if (k != RAW) {
            (void)printf("  %6.2f x engine-call", ratio);
        }
        (void)printf("\n");
        torvyn = k == TORVYN ? ratio : torvyn;
    }
    tvn_mem_free(ns, pairs, 2 * ROWS * sizeof(*ns));
    return torvyn;
}

int
main(int argc, char **argv)
{
    uint32_t pairs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 51;
    static struct all all;
    struct tvn_buf bytes = {0};
    double ratio;

    OK(tvn_toolchain_wat(text, strlen(text), "bench", &bytes, &diag));
    open_ours(&all.ours, &bytes);
    open_theirs(&all.theirs, &bytes);
    open_library(&all.library, &bytes);
    pairs = pairs == 0 ? 1 : pairs;
    ratio = measure(
        &all, "three scalars -> bool (u32, u64, f64)", round_of_judge, pairs);
    (void)measure(
        &all, "a record with two strings, in and out", round_of_pass, pairs);
    close_library(&all.library);
    close_theirs(&all.theirs);
    close_ours(&all.ours);
    tvn_buf_fini(&bytes);
    if (ratio > BOUND) {
        (void)printf("three scalars cost torvyn %.2f of the engine's call, "
                     "more than %.1f\n",
            ratio, BOUND);
    }
    return ratio > BOUND;
}
