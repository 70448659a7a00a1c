/* engine.h -- compiled components, their instances, and calls into them.
 *
 *     tvn_engine      one a process: compiler, module cache, deadline ticker
 *     tvn_code        a component compiled: its core modules, shared
 *     tvn_instance    one store: memories, handles, lifted functions
 *     tvn_call        one lifted function with its plans, ready to be called
 *
 * After a trap, a missed deadline or a broken ABI rule an instance is dead:
 * every further call returns TVN_ETRAP at once; free it and make another.
 *
 * Threads: an engine, any; an instance, the one that runs its flow. */
#ifndef TVN_ENGINE_ENGINE_H
#define TVN_ENGINE_ENGINE_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "component/component.h"
#include "component/program.h"
#include "value/image.h"
#include "value/plan.h"

#include <stdbool.h>
#include <stdint.h>

struct tvn_engine;
struct tvn_code;
struct tvn_instance;

struct tvn_engine_opts {
    const char *cache_dir; /* NULL: no cache on disk; made when missing */
};
tvn_err tvn_engine_new(const struct tvn_engine_opts *opts,
    TVN_GIVE struct tvn_engine **out, struct tvn_diag *diag);
void tvn_engine_free(struct tvn_engine *engine);

/* "wasmtime 48.0.8" */
const char *tvn_engine_version(void);

/* Whether this engine runs `component` (named `name` in diagnostics): its
 * core modules validate with the engine's own set of Wasm features, and its
 * options are ones that plans know.  Compiles nothing, so that a link can ask.
 * TVN_EUNSUPPORTED, by name. */
tvn_err tvn_engine_check(struct tvn_engine *engine,
    const struct tvn_component *component, const char *name,
    struct tvn_diag *diag);

/* Compiles (or takes from the cache) every core module of `component`, which
 * must outlive the code. */
tvn_err tvn_code_new(struct tvn_engine *engine,
    TVN_KEPT const struct tvn_component *component, const char *name,
    TVN_GIVE struct tvn_code **out, struct tvn_diag *diag);
void tvn_code_free(struct tvn_code *code);
bool tvn_code_was_cached(const struct tvn_code *code);

/* A function that a guest imports, given by the host.  `args` is the data of
 * an image-like value of the parameters' tuple type (root at 0, offsets from
 * it, alive for the call); the function answers with a value of the result
 * type: `*result` = data and `*result_root` = where its root is, borrowed
 * until the next call of the same function.  With no parameters `args` is
 * NULL; with no result both stay unset.  Not TVN_OK: the guest traps with
 * the text in `diag`.  A handle is a resource's representation in both: an
 * own among the arguments is the host's from then on, a borrow until the
 * function returns. */
struct tvn_host_func {
    struct tvn_str interface; /* "torvyn:stage/log", for one track of versions
                               * "wasi:io/poll@0.2"; empty: the world's own */
    struct tvn_str name;
    const struct tvn_func_type *type; /* must be the import's, same pointers
                                       * inside; NULL: taken from the import */
    const char *signature; /* NULL, or what tvn_func_type_print must say of
                            * the import */
    tvn_err (*call)(void *env, const uint8_t *args, const uint8_t **result,
        uint32_t *result_root, struct tvn_diag *diag);
    void *env;
};

/* A resource type that a guest imports, given by the host. */
struct tvn_host_resource {
    struct tvn_str interface; /* as a function's */
    struct tvn_str name;
    /* The guest has dropped its own handle, or is gone itself. */
    void (*drop)(void *env, uint32_t rep);
    void *env;
};

struct tvn_instance_opts {
    const struct tvn_host_func *imports; /* copied */
    uint32_t import_count;
    const struct tvn_host_resource *resources; /* copied */
    uint32_t resource_count;
    uint64_t memory_max;       /* bytes over all memories of the instance */
    uint64_t deadline_ns;      /* of each call; 0: none */
    uint64_t init_deadline_ns; /* of instantiation (start sections) */
    struct tvn_pool *pool;     /* of what host functions need; kept; NULL only
                            * without imports */
};

/* Makes an instance and runs its start sections.  TVN_EMALFORMED (an import
 * without a host function, by name; a core signature that does not fit),
 * TVN_ETRAP, TVN_EDEADLINE, TVN_EGUEST_MEMORY, TVN_ENOMEM. */
tvn_err tvn_instance_new(struct tvn_code *code,
    const struct tvn_instance_opts *opts, TVN_GIVE struct tvn_instance **out,
    struct tvn_diag *diag);
void tvn_instance_free(struct tvn_instance *instance);
bool tvn_instance_is_dead(const struct tvn_instance *instance);

/* Bytes of linear memory now, over all memories. */
uint64_t tvn_instance_memory(struct tvn_instance *instance);

/* Bytes and counts that its host functions moved (tables, log: `control` in
 * the copy ledger). */
struct tvn_control_counts {
    uint64_t count, bytes;
};
struct tvn_control_counts tvn_instance_control(
    const struct tvn_instance *instance);

/* ------------------------------------------------------------------------
 * The hot path.  A call is: lower the arguments into `slots` with the plans
 * of the caller's choice, tvn_call_run, lift what it returned, then
 * tvn_call_finish (post-return; a no-op when the guest exports none and the
 * result has no handles).  Between run and finish no other call may enter the
 * instance.
 *
 * Owns: those among the arguments are the guest's one by one as they are
 * lowered; when that fails, the ones behind are still the caller's, and the
 * others are dropped with the instance.  Those in a result are the caller's
 * once finish has returned TVN_OK; else they are dropped with the instance. */
struct tvn_call {
    struct tvn_instance *instance;
    uint32_t lift;        /* index of the export's lift */
    uint32_t params;      /* core parameters */
    bool returns_pointer; /* result in memory at slots[0].u32; else flat
                                * in slots[0] when result != NULL */
    bool has_post_return; /* else finish has nothing to do, unless there are
                           * handles in the result */
    const struct tvn_type *result; /* NULL: none */
    struct tvn_memory *memory;     /* of the function's options; NULL: none */
    _Alignas(16) union tvn_slot slots[TVN_FLAT_PARAMS_MAX + 1];
    _Alignas(16) union tvn_slot ret; /* copy of slots[0] for finish */
    _Alignas(8) uint8_t engine[64];  /* the engine's handles */
};

/* Prepares the export with that lift index (tvn_extern.index).  The memory
 * handed out is the instance's own and lives as long as it. */
tvn_err tvn_call_init(struct tvn_call *call, struct tvn_instance *instance,
    uint32_t lift, struct tvn_diag *diag);

/* Calls with what is in `slots`.  TVN_ETRAP (diag: the trap's text, then the
 * Wasm backtrace, one note a frame), TVN_EDEADLINE, TVN_EGUEST_MEMORY (a trap
 * in a call that was refused a memory.grow before), TVN_EABI (arguments of
 * an import that are no values of their types, a bad pointer for its result).
 *
 * The deadline counts from the first realloc of the lowering, else from run;
 * post-return has one of its own.  It is never early; late it is by two ticks
 * of 1 ms as a rule, and at most by 100 ms and 2 ms a MiB of memory: bulk
 * operations of the guest are not interrupted, nor are host functions.  Time
 * that a busy machine does not give is not counted whole. */
tvn_err tvn_call_run(struct tvn_call *call, struct tvn_diag *diag);
tvn_err tvn_call_finish(struct tvn_call *call, struct tvn_diag *diag);

/* Ends a resource of the guest's that the host has as an own: what `rep`
 * stands for.  Its destructor runs as a call does, and fails as one; without
 * one nothing happens. */
tvn_err tvn_instance_destroy(struct tvn_instance *instance,
    const struct tvn_resource *resource, uint32_t rep, struct tvn_diag *diag);

/* From hold to release the instance counts as running between its calls, too:
 * a burst of calls then says so once.  Nothing may wait in between; deadlines
 * stay those of each call. */
void tvn_instance_hold(struct tvn_instance *instance);
void tvn_instance_release(struct tvn_instance *instance);

/* The engine's own call and nothing else, `times` over: what benches compare
 * with.  The function must not trap. */
void tvn_call_raw(struct tvn_call *call, uint32_t times);

/* Marks the instance dead (a lift found hostile bytes). */
void tvn_instance_kill(struct tvn_instance *instance);

/* Adds to `diag` what killed it, unless a call has told already, and returns
 * its code; TVN_ETRAP for an instance that was killed or told.  For after
 * the realloc of a lower plan has failed: a tvn_memory has no diag. */
tvn_err tvn_instance_tell(struct tvn_instance *instance, struct tvn_diag *diag);

/* The deadline of the calls that follow, 0: none. */
void tvn_instance_set_deadline(
    struct tvn_instance *instance, uint64_t deadline_ns);

#endif
