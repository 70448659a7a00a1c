/* guest_rig.h -- for the tests of guest stages: a world and a core module,
 * up to a stage that visits can be paid to.
 *
 * Most guests here answer with the pointer that their event is: what a
 * function returns then stands in the module's data, and a test chooses it by
 * its address.
 *
 * Header only.  Threads: none. */
#ifndef TVN_FLOW_GUEST_RIG_H
#define TVN_FLOW_GUEST_RIG_H

#include "base/assert.h"
#include "base/mem.h"
#include "contract/role.h"
#include "engine/engine.h"
#include "flow/guest.h"
#include "support/wit.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * Core text. */

#define GUEST_MEMORY (2u << 16)

/* realloc goes upwards; post-return frees everything and counts. */
#define CORE(imports, body)                                                    \
    "(module " imports " (memory (export \"memory\") 2)"                       \
    " (global $next (mut i32) (i32.const 32768))"                              \
    " (global $posts (mut i32) (i32.const 0))"                                 \
    " (global $n (mut i32) (i32.const 0))"                                     \
    " (func $count (global.set $n"                                             \
    "   (i32.add (global.get $n) (i32.const 1))))"                             \
    " (func $post (param i32)"                                                 \
    "   (global.set $next (i32.const 32768))"                                  \
    "   (global.set $posts (i32.add (global.get $posts) (i32.const 1))))"      \
    " (func $realloc (export \"cabi_realloc\")"                                \
    "   (param i32 i32 i32 i32) (result i32)"                                  \
    "   (if (i32.eq (local.get 3) (i32.const 13)) (then unreachable))"         \
    "   (local.set 0 (i32.and"                                                 \
    "     (i32.sub (i32.add (global.get $next) (local.get 2)) (i32.const 1))"  \
    "     (i32.sub (i32.const 0) (local.get 2))))"                             \
    "   (global.set $next (i32.add (local.get 0) (local.get 3)))"              \
    "   (local.get 0)) " body ")"

#define POST(name) " (export \"cabi_post_" name "\" (func $post))"

/* An event of 1 traps, 3 runs for ever, 5 asks how often post-return ran. */
#define TRAP  1u
#define SPIN  3u
#define POSTS 5u
#define MOODS                                                                  \
    " (if (i32.eq (local.get 0) (i32.const 1)) (then (call $trap)))"           \
    " (if (i32.eq (local.get 0) (i32.const 3)) (then (loop (br 0))))"
#define MOODY " (func $trap unreachable)"

#define DATA(at, bytes) " (data (i32.const " at ") \"" bytes "\")"

/* ------------------------------------------------------------------------
 * The rig. */

#define GUEST_EVENTS_MAX TVN_BURST_MAX

struct guest_rig {
    struct tvn_types *types;
    struct tvn_buf bytes;
    struct tvn_component *component;
    struct tvn_engine *engine;
    struct tvn_code *code;
    struct tvn_arena arena;
    struct tvn_role_info role;
    struct tvn_stage_types std;
    struct tvn_pool *in_pool;
    struct tvn_pool *pool; /* of the outputs; one of another max may be put
                            * here before guest_start */
    struct tvn_builder builder;
    struct tvn_copies copies;
    struct tvn_guest_opts opts;
    struct tvn_clock clock;
    uint64_t clock_ns;
    struct tvn_stage stage;
    struct tvn_stage_counts counts; /* after the last call */
    struct tvn_diag diag;
    struct tvn_event events[GUEST_EVENTS_MAX];
    uint32_t event_count;
    const char *name; /* of events that have one */
    bool is_sampled;  /* visits are */
    struct tvn_burst burst;
    struct tvn_buf said; /* by the guest: log and metrics */
};

static inline uint64_t
guest_monotonic(void *self)
{
    return ((struct guest_rig *)self)->clock_ns;
}

static inline uint64_t
guest_wall(void *self)
{
    return ((struct guest_rig *)self)->clock_ns + 1000000;
}

static inline void
guest_log(void *env, struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message)
{
    struct guest_rig *rig = env;

    tvn_buf_printf(&rig->said, "%.*s %d ", TVN_STR_ARG(stage), (int)level);
    tvn_buf_append_str(&rig->said, message); /* may hold a NUL */
    tvn_buf_append_byte(&rig->said, '\n');
}

static inline void
guest_metric(void *env, struct tvn_str stage, struct tvn_str name, double value,
    bool is_add)
{
    struct guest_rig *rig = env;

    tvn_buf_printf(&rig->said, "%.*s %s %.*s %g\n", TVN_STR_ARG(stage),
        is_add ? "add" : "set", TVN_STR_ARG(name), value);
}

#define GUEST_OK(rig, call)                                                    \
    do {                                                                       \
        if ((call) != TVN_OK) {                                                \
            (void)fprintf(stderr, "fault: %.*s\n",                             \
                TVN_STR_ARG((rig)->burst.fault.text));                         \
            fail_with(&(rig)->diag, #call);                                    \
        }                                                                      \
    } while (0)

/* Up to the options; `wit` is the world's body. */
static inline void
guest_open(struct guest_rig *rig, const char *wit, const char *wat)
{
    struct tvn_engine_opts engine = {.cache_dir = NULL};
    struct tvn_role_face face;
    struct tvn_buf text = {0};

    *rig = (struct guest_rig){
        .types = tvn_types_new(),
        .in_pool = tvn_pool_new(1u << 20, 1u << 20),
        .pool = tvn_pool_new(1u << 20, 1u << 20),
        .clock = {guest_monotonic, guest_wall, rig},
        .clock_ns = 5000,
        .name = "",
    };
    TVN_ASSERT(rig->types != NULL && rig->in_pool != NULL && rig->pool != NULL);
    tvn_builder_init(&rig->builder, rig->in_pool);
    tvn_buf_printf(&text, "package t:t; world w { %s }", wit);
    rig->bytes = component_bytes(tvn_buf_text(&text), wat);
    tvn_buf_fini(&text);
    GUEST_OK(rig,
        tvn_component_decode((const uint8_t *)rig->bytes.ptr, rig->bytes.len,
            "guest.wasm", rig->types, &rig->component, &rig->diag));
    GUEST_OK(rig, tvn_engine_new(&engine, &rig->engine, &rig->diag));
    GUEST_OK(rig, tvn_code_new(rig->engine, rig->component, "guest.wasm",
                      &rig->code, &rig->diag));
    face = tvn_role_face_of_component(rig->component);
    GUEST_OK(rig,
        tvn_role_infer(rig->types, &rig->arena, &face, &rig->role, &rig->diag));
    GUEST_OK(rig, tvn_stage_types(rig->types, &rig->std));
    rig->opts = (struct tvn_guest_opts){
        .name = TVN_STR("guest"),
        .path = "guest.wasm",
        .code = rig->code,
        .role = &rig->role,
        .std = &rig->std,
        .in = rig->role.event,
        .copies = &rig->copies,
        .clock = &rig->clock,
        .memory_max = 16u << 20,
        .deadline_ns = UINT64_C(10000000000),
        .init_deadline_ns = UINT64_C(10000000000),
        .log = guest_log,
        .metric = guest_metric,
        .env = rig,
    };
}

static inline tvn_err
guest_try_start(struct guest_rig *rig)
{
    rig->opts.pool = rig->pool;
    GUEST_OK(rig, tvn_guest_new(&rig->opts, &rig->stage, &rig->diag));
    return rig->stage.ops->start(rig->stage.self, &rig->diag);
}

static inline void
guest_start(struct guest_rig *rig, const char *wit, const char *wat)
{
    guest_open(rig, wit, wat);
    GUEST_OK(rig, guest_try_start(rig));
}

/* Drops what the last visit left. */
static inline void
guest_clear(struct guest_rig *rig)
{
    for (uint32_t i = 0; i < rig->event_count; i++) {
        tvn_image_unref(rig->events[i].image);
    }
    for (uint32_t i = 0; i < rig->burst.outs; i++) {
        tvn_image_unref(rig->burst.out[i]);
    }
    rig->event_count = 0;
    memset(&rig->burst, 0, sizeof(rig->burst));
    rig->burst.now_ns = rig->clock_ns;
}

static inline void
guest_count(struct guest_rig *rig)
{
    rig->stage.ops->counts(rig->stage.self, &rig->counts);
}

static inline void
guest_stop(struct guest_rig *rig)
{
    guest_clear(rig);
    rig->stage.ops->stop(rig->stage.self);
    guest_count(rig);
}

/* Frees everything, the table (nullable) before the pools. */
static inline void
guest_close_with(struct guest_rig *rig, struct tvn_table *table)
{
    guest_clear(rig);
    if (rig->stage.ops != NULL) {
        rig->stage.ops->stop(rig->stage.self);
        rig->stage.ops->free(rig->stage.self);
    }
    tvn_table_free(table);
    tvn_code_free(rig->code);
    tvn_engine_free(rig->engine);
    tvn_component_free(rig->component);
    tvn_arena_fini(&rig->arena);
    tvn_buf_fini(&rig->bytes);
    tvn_buf_fini(&rig->said);
    tvn_diag_fini(&rig->diag);
    tvn_builder_fini(&rig->builder);
    tvn_pool_free(rig->in_pool);
    tvn_pool_free(rig->pool);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

static inline void
guest_close(struct guest_rig *rig)
{
    guest_close_with(rig, NULL);
}

/* ------------------------------------------------------------------------
 * Visits. */

/* Of type opts.in: a u32, or a record with a u32 and perhaps a string. */
static inline struct tvn_image *
guest_image(struct guest_rig *rig, uint32_t id)
{
    const struct tvn_type *type = rig->opts.in;
    struct tvn_image *image = NULL;
    uint32_t offset = 0;
    uint32_t where[2];

    if (type == NULL) { /* metadata only: whatever it is */
        type = rig->std.u64;
    }
    GUEST_OK(rig, tvn_builder_begin(&rig->builder, type));
    if (type->kind == TVN_KIND_RECORD) {
        for (uint32_t i = 0; i < type->count; i++) {
            const struct tvn_member *field = &type->members[i];

            if (field->type->kind == TVN_KIND_U32) {
                memcpy(rig->builder.data + field->offset, &id, sizeof(id));
            } else if (field->type->kind == TVN_KIND_STRING) {
                where[1] = (uint32_t)strlen(rig->name);
                GUEST_OK(rig,
                    tvn_builder_alloc(&rig->builder, where[1], 1, &offset));
                where[0] = offset;
                memcpy(rig->builder.data + field->offset, where, sizeof(where));
                memcpy(rig->builder.data + offset, rig->name, where[1]);
            }
        }
    } else {
        memcpy(rig->builder.data, &id, sizeof(id));
    }
    GUEST_OK(rig, tvn_builder_finish(&rig->builder, &image));
    return image;
}

/* One visit with these events and that much credit. */
static inline tvn_err
guest_visit(
    struct guest_rig *rig, const uint32_t *ids, uint32_t count, uint32_t credit)
{
    tvn_err err;

    TVN_ASSERT(count <= GUEST_EVENTS_MAX && credit <= TVN_BURST_MAX);
    guest_clear(rig);
    for (uint32_t i = 0; i < count; i++) {
        rig->events[i] = (struct tvn_event){
            .image = guest_image(rig, ids[i]),
            .sequence = 100 + i,
            .event_time_ns = 7000 + i,
            .ingest_time_ns = 8000 + i,
            .key = 9000 + i,
            .attempt = i,
        };
    }
    rig->event_count = count;
    rig->burst.in = rig->events;
    rig->burst.in_count = count;
    rig->burst.credit = credit;
    rig->burst.is_sampled = rig->is_sampled;
    err = rig->stage.ops->run(rig->stage.self, &rig->burst);
    TVN_ASSERT((err == TVN_OK || err == TVN_EAGAIN) ==
               (rig->burst.fault.kind == TVN_FAULT_NONE));
    TVN_ASSERT(rig->burst.consumed <= count && rig->burst.outs <= credit);
    TVN_ASSERT(
        rig->burst.fault.kind == TVN_FAULT_NONE || rig->burst.fault.err == err);
    guest_count(rig);
    return err;
}

/* The same with one event and credit for all that comes. */
static inline tvn_err
guest_event(struct guest_rig *rig, uint32_t id)
{
    return guest_visit(rig, &id, 1, TVN_BURST_MAX);
}

static inline tvn_err
guest_flush(
    struct guest_rig *rig, const struct tvn_window *window, uint32_t credit)
{
    tvn_err err;

    guest_clear(rig);
    rig->burst.credit = credit;
    err = rig->stage.ops->flush(rig->stage.self, window, &rig->burst);
    TVN_ASSERT((err == TVN_OK) == (rig->burst.fault.kind == TVN_FAULT_NONE));
    guest_count(rig);
    return err;
}

/* The number that output i is. */
static inline uint32_t
guest_out(const struct guest_rig *rig, uint32_t i)
{
    uint32_t value;

    TVN_ASSERT(i < rig->burst.outs);
    memcpy(&value, rig->burst.out[i]->data, sizeof(value));
    return value;
}

static inline bool
guest_said(const struct guest_rig *rig, const char *words)
{
    return tvn_str_is(rig->burst.fault.text, words);
}

static inline bool
guest_has_said(const struct guest_rig *rig, const char *words)
{
    char text[8192];

    (void)snprintf(
        text, sizeof(text), "%.*s", TVN_STR_ARG(rig->burst.fault.text));
    if (strstr(text, words) == NULL) {
        (void)fprintf(stderr, "\"%s\" is not in: %s\n", words, text);
        return false;
    }
    return true;
}

/* Did the ledger count exactly that? */
static inline bool
guest_copied(const struct guest_rig *rig, enum tvn_copy reason, uint64_t count,
    uint64_t bytes)
{
    bool is_same = rig->copies.rows[reason].count == count &&
                   rig->copies.rows[reason].bytes == bytes;

    if (!is_same) {
        (void)fprintf(stderr, "%s: %llu of %llu bytes\n", tvn_copy_name(reason),
            (unsigned long long)rig->copies.rows[reason].count,
            (unsigned long long)rig->copies.rows[reason].bytes);
    }
    return is_same;
}

#endif
