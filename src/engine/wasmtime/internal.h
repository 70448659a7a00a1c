/* internal.h -- what the files of engine/wasmtime/ share; with them the only
 * one that knows wasmtime.h and the limiter of wasmkit.h.
 *
 *     engine.c    configuration, ticker         cache.c   modules on disk
 *     code.c      a component's modules          instance.c  store and steps
 *     memory.c    guest memory, realloc          lower.c   imports: host calls
 *     call.c      exports: the hot path          trap.c    what went wrong
 *     cross.c     calls between the components inside
 *     builtin.c   resources: handle tables, destructors */
#ifndef TVN_ENGINE_WASMTIME_INTERNAL_H
#define TVN_ENGINE_WASMTIME_INTERNAL_H

#include "base/arena.h"
#include "base/diag.h"
#include "component/handles.h"
#include "component/program.h"
#include "engine/engine.h"
#include "engine/wasmtime/cache.h"
#include "engine/wasmtime/ticker.h"

#include <wasmkit.h>
#include <wasmtime.h>

/* Part of the name of a cached module: to be changed with any setting in
 * engine.c that changes what is compiled. */
#define TVN__ENGINE_CONFIG                                                     \
    "torvyn 1; wasmtime " WASMTIME_VERSION                                     \
    "; cranelift speed; epochs; memory does not move; no memory64"

/* Of one instance.  Each memory takes 4 GiB of address space. */
#define TVN__MEMORIES_MAX       64
#define TVN__TABLES_MAX         64
#define TVN__TABLE_ELEMENTS_MAX (1 << 20)

#define TVN__PAGE 65536u

struct tvn_engine {
    wasm_engine_t *wasm;
    struct tvn__ticker ticker;
    bool has_ticker;
    struct tvn__cache cache;
};

struct tvn__module {
    wasmtime_module_t *module;
    wasm_importtype_vec_t imports;
    uint32_t memory_count; /* that it makes itself */
    uint64_t memory_min;   /* bytes they start with */
};

struct tvn_code {
    struct tvn_engine *engine;
    const struct tvn_component *component;
    const struct tvn_program *program;
    const char *name;
    struct tvn__module *modules; /* program->module_count */
    uint64_t memory_min;         /* of an instance, bytes */
    bool was_cached;
    struct tvn_arena arena;
};

/* A component instance inside: number `table.part` of the program. */
struct tvn__part {
    struct tvn_handle_table table;
    bool may_leave; /* call out: not inside realloc and post-return */
    struct tvn_call_scope host; /* borrows that the host's call gave */
};

/* What values of a function go through: a linear memory together with the
 * realloc that fills it, and a handle table; exports and imports with the
 * same options share one. */
struct tvn__guest_memory {
    struct tvn_memory memory; /* first: plans get a pointer to it */
    struct tvn_instance *instance;
    struct tvn__part *part;
    bool has_memory; /* else there are handles only */
    wasmtime_memory_t handle;
    wasmtime_func_t realloc;
    bool has_realloc;
    bool has_arena; /* realloc takes from this arena: memory.c */
    uint32_t arena; /* address of its struct */
    struct tvn__guest_memory *next;
};

/* What a core instance exports beside "cabi_realloc" when that is the SDK's. */
#define TVN__ARENA "torvyn_arena_v1"

struct tvn__lifted {
    wasmtime_func_t func;
    wasmtime_func_t post_return;
    bool has_post_return;
    bool returns_pointer;
    uint32_t params;
    uint32_t slots; /* the larger of params and results */
    const struct tvn_func_type *type;
    const struct tvn_type *result;
    struct tvn__guest_memory *memory; /* NULL: none */
    struct tvn__part *part;
    const char *name;
};

struct tvn__lowered {
    struct tvn_instance *instance;
    struct tvn__part *part;
    tvn_err (*call)(void *env, const uint8_t *args, const uint8_t **result,
        uint32_t *result_root, struct tvn_diag *diag);
    void *env;
    const struct tvn_plan *args;   /* lifts the parameters' tuple; NULL */
    const struct tvn_plan *result; /* lowers it; NULL: none */
    struct tvn__guest_memory *memory;
    bool is_spilled;      /* the tuple is in memory */
    bool returns_pointer; /* the last parameter says where to */
    uint32_t params;      /* core parameters, that pointer included */
    const char *name;     /* "torvyn:stage/log@0.1.0.log" */
};

/* A resource type of the program: who ends one. */
struct tvn__resource {
    wasmtime_func_t dtor;
    bool has_dtor;
    void (*drop)(void *env, uint32_t rep); /* the host's; NULL */
    void *env;
};

/* What a call between two components needs while it runs. */
struct tvn__frame {
    struct tvn_call_scope scope; /* of both sides */
    struct tvn__frame *next;     /* free ones */
};

enum tvn__state {
    TVN__READY,
    TVN__INSIDE, /* a guest function is on the stack */
    TVN__DEAD,
};

struct tvn_instance {
    /* Touched by each call. */
    enum tvn__state state;
    bool is_lowering; /* realloc was entered for the call to come */
    wasmtime_context_t *context;
    struct tvn__ticker *ticker;
    struct tvn__pulse pulse;

    uint64_t deadline_ticks; /* 0: none */
    uint64_t deadline_ns;
    bool is_overdue;            /* it was stopped for that */
    struct tvn_builder scratch; /* of the arguments of imports */
    struct tvn_control_counts control;

    struct tvn_code *code;
    wasmtime_store_t *store;
    bool has_pulse;
    struct wasmkit_limit limit;        /* the store keeps a pointer to it */
    const struct tvn_host_func *hosts; /* while it is being made */
    uint32_t host_count;
    struct tvn__part *parts;
    uint32_t part_count;             /* the code may be gone before parts */
    struct tvn__resource *resources; /* program->resource_count */
    struct tvn_call_scope lent;      /* to the host function that runs */
    struct tvn_transit transit;      /* of all parts: see builtin.c */
    struct tvn_handle_budget budget; /* the same */
    struct tvn_pool *crossings;      /* NULL: no calls inside */
    struct tvn_builder between;      /* values of the calls inside */
    struct tvn__frame *frames;       /* free ones */
    struct tvn__guest_memory *memories;
    wasmtime_func_t arena_realloc; /* has_arena: whose arena it is */
    uint32_t arena_at;
    bool has_arena;
    wasmtime_instance_t *cores; /* program->core_instance_count */
    uint32_t core_count;
    struct tvn__lifted **lifts; /* program->lift_count */
    struct tvn_diag report;     /* what killed it, till somebody is told */
    struct tvn_arena arena;
};

/* ------------------------------------------------------------------------
 * trap.c */

/* Kills the instance and keeps the reason, unless there is one already.
 * Returns `err`, or the older reason's. */
tvn_err tvn__fail(struct tvn_instance *instance, tvn_err err, const char *what,
    const char *format, ...) __attribute__((format(printf, 4, 5), cold));

/* The same for what a call gave back: one of `error` and `trap`, both are
 * deleted. */
tvn_err tvn__fail_call(struct tvn_instance *instance, const char *what,
    wasmtime_error_t *error, wasm_trap_t *trap) __attribute__((cold));

/* Moves the reason to `diag` (nullable) and returns its code; without one:
 * says that the instance is dead, TVN_ETRAP. */
tvn_err tvn__tell(struct tvn_instance *instance, const char *what,
    struct tvn_diag *diag) __attribute__((cold));

/* Appends what the memory.grow that was refused asked for:
 * "asked for more than its 4 MiB of memory". */
void tvn__refusal_print(
    const struct tvn_instance *instance, struct tvn_buf *out);

/* Appends an error's text on one line, and deletes it. */
void tvn__error_print(wasmtime_error_t *error, struct tvn_buf *out);

/* ---- memory.c ---- */

/* The options of one function: `memory` and `realloc` NULL when not given. */
struct tvn__options {
    struct tvn__part *part;
    const struct tvn_core_item *memory;
    const struct tvn_core_item *realloc;
    enum tvn_encoding encoding;
    const struct tvn_func_type *type;
    bool is_lift;
};

/* The shared record for them; NULL in `*out` without a memory and handles.
 * TVN_EMALFORMED: realloc has another signature, or one of the two is needed
 * and not given: plans ask no more. */
tvn_err tvn__memory_get(struct tvn_instance *instance,
    const struct tvn__options *options, struct tvn__guest_memory **out,
    const char *what, struct tvn_diag *diag);

/* Calls a guest function of `part` that may not call imports.  The reason of
 * a failure is kept. */
tvn_err tvn__guest_call(struct tvn_instance *instance, struct tvn__part *part,
    const wasmtime_func_t *func, union tvn_slot *slots, uint32_t count,
    bool is_new, const char *what);

/* ------------------------------------------------------------------------
 * instance.c, lower.c, call.c */

struct tvn_core_item tvn__item(
    const wasmtime_extern_t *handle, enum tvn_core_sort sort);
wasmtime_extern_t tvn__handle(const struct tvn_core_item *item);

/* Whether a type is that enum tvn_core; of any type, what is asked by name in
 * the C API ends the process for some. */
bool tvn__is_core(const wasm_valtype_t *type, uint8_t core);

/* TVN_EMALFORMED when the core function has another signature. */
tvn_err tvn__check_sig(struct tvn_instance *instance,
    const wasmtime_func_t *func, const struct tvn_core_sig *sig,
    const char *what, struct tvn_diag *diag);

/* Is there a host function for each import that is lowered?  Names all that
 * are missing. */
tvn_err tvn__check_hosts(struct tvn_instance *instance, struct tvn_diag *diag);

/* A function type of the engine's, to be deleted. */
wasm_functype_t *tvn__func_type(const struct tvn_core_sig *sig);

/* Keeps the reason why `what` failed, "WHAT: PART" and the first text of
 * `diag`, which is emptied, and makes the trap that unwinds the guest. */
wasm_trap_t *tvn__unwind(struct tvn_instance *instance, tvn_err err,
    const char *what, const char *part, struct tvn_diag *diag)
    __attribute__((cold, noinline));

/* The same for a call out of a component that may not leave. */
wasm_trap_t *tvn__refuse_leaving(struct tvn_instance *instance,
    const char *what) __attribute__((cold, noinline));

/* cross.c: a core function that calls the lift of another component. */
tvn_err tvn__new_crossing(struct tvn_instance *instance,
    const struct tvn_lower *lower, const struct tvn__options *options,
    struct tvn_core_item *out, struct tvn_diag *diag);
void tvn__frames_free(struct tvn_instance *instance);

/* builtin.c */
tvn_err tvn__parts_init(struct tvn_instance *instance,
    const struct tvn_instance_opts *opts, struct tvn_diag *diag);
void tvn__parts_fini(struct tvn_instance *instance);

/* Notes the owns in a value that the host hands over, at `data + at`, before
 * it is lowered. */
tvn_err tvn__send_owns(struct tvn_instance *instance,
    const struct tvn_type *type, const uint8_t *data, uint32_t at);

/* Ops of tvn_core_ops. */
tvn_err tvn__add_resource(void *store, uint32_t index,
    const struct tvn_core_item *dtor, struct tvn_diag *diag);
tvn_err tvn__new_builtin(void *store, const struct tvn_step *step,
    struct tvn_core_item *out, struct tvn_diag *diag);
tvn_err tvn__new_lower(void *store, const struct tvn_lower *lower,
    const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
    struct tvn_core_item *out, struct tvn_diag *diag);
tvn_err tvn__add_lift(void *store, uint32_t index, const struct tvn_lift *lift,
    const struct tvn_core_item *func, const struct tvn_core_item *memory,
    const struct tvn_core_item *realloc,
    const struct tvn_core_item *post_return, struct tvn_diag *diag);

/* The engine's raw values and ours are the same bytes. */
_Static_assert(sizeof(union tvn_slot) == sizeof(wasmtime_val_raw_t),
    "a slot is a raw value");

static inline wasmtime_val_raw_t *
tvn__raw(union tvn_slot *slots)
{
    return (wasmtime_val_raw_t *)(void *)slots;
}

#endif
