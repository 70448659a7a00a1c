/* program.h -- the steps that make an instance of a component, and the small
 * vtable of core operations that they run against.
 *
 *     core instantiate, bag of exports, alias, canon lower, canon lift ...
 *
 * Steps are in the component's own order and run once per instance; calls
 * afterwards touch only the lifted and lowered records.  Components inside
 * are dissolved: their steps stand where they are instantiated, and what is
 * left of each is a number, the *part* that a function belongs to (part 0 is
 * the outermost component).  A part has a handle table, and may or may not
 * call out.  This floor never
 * sees the engine: engine/ implements tvn_core_ops.
 *
 * Threads: a program is immutable; an instance belongs to one thread. */
#ifndef TVN_COMPONENT_PROGRAM_H
#define TVN_COMPONENT_PROGRAM_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/error.h"
#include "component/component.h"
#include "value/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* The sorts of core items, with the binary format's numbers. */
enum tvn_core_sort {
    TVN_CORE_FUNC = 0,
    TVN_CORE_TABLE = 1,
    TVN_CORE_MEMORY = 2,
    TVN_CORE_GLOBAL = 3,
    TVN_CORE_TAG = 4, /* of exceptions */
};
#define TVN_CORE_SORTS (TVN_CORE_TAG + 1)

struct tvn_core_module {
    const uint8_t *bytes; /* inside the component's bytes; NULL: imported */
    size_t len;
};

struct tvn_core_ref {
    struct tvn_str name; /* of the argument or export */
    enum tvn_core_sort sort;
    uint32_t index; /* in that sort's index space; in an instantiate
                     * argument: the core instance */
};

enum tvn_step_kind {
    TVN_STEP_INSTANTIATE, /* module index, args: instances by name -> next
                           * core instance */
    TVN_STEP_BAG,         /* refs: items by name -> next core instance */
    TVN_STEP_ALIAS,       /* sort, instance, name -> next item of the sort */
    TVN_STEP_LOWER,       /* index in lowers -> next core function */
    TVN_STEP_LIFT,        /* index in lifts: may be called from here on */
    TVN_STEP_RESOURCE,    /* index in resources: its destructor is there */
    TVN_STEP_NEW,         /* part, index in resources -> next core function: */
    TVN_STEP_DROP,        /* resource.new, .drop and .rep */
    TVN_STEP_REP,
    TVN_STEP_GATED, /* part, index in gated -> next core function */
};

struct tvn_step {
    enum tvn_step_kind kind;
    enum tvn_core_sort sort; /* ALIAS */
    uint32_t part;           /* NEW, DROP, REP */
    uint32_t index;          /* as the kind says */
    struct tvn_str name;     /* ALIAS: the export's name */
    const struct tvn_core_ref *refs;
    uint32_t ref_count;
};

/* Canonical options, as indexes into the core index spaces; TVN_NONE: not
 * given. */
struct tvn_canon_opts {
    uint32_t memory;
    uint32_t realloc;
    uint32_t post_return;
    enum tvn_encoding encoding;
};

struct tvn_lift {
    struct tvn_str name; /* for diagnostics: "process" */
    uint32_t part;
    uint32_t core_func;
    const struct tvn_func_type *type;
    struct tvn_canon_opts opts;
};

struct tvn_lower {
    uint32_t part;
    uint32_t import; /* which imported function is called; TVN_NONE: */
    uint32_t lift;   /* which of the component's own; both TVN_NONE: one that
                      * the host can not give (tvn_program.unmet) */
    const struct tvn_func_type *type;
    struct tvn_canon_opts opts;
};

/* One imported function, in order of declaration. */
struct tvn_import_func {
    struct tvn_str interface; /* "torvyn:stage/log@0.1.0"; empty: the world's
                               * own */
    struct tvn_str name;
    const struct tvn_func_type *type;
};

/* A resource type; tvn_resource.index is its number here. */
struct tvn_resource_def {
    const struct tvn_resource *type;
    uint32_t part;            /* that makes it; TVN_NONE: the host */
    uint32_t dtor;            /* core function; TVN_NONE: none */
    struct tvn_str interface; /* the host's: by these names, as functions */
    struct tvn_str name;
};

/* The flattened core signature that lift or lower asks of its core function
 * (params <= 17: a lower with a return pointer has one more). */
struct tvn_core_sig {
    uint8_t params[TVN_FLAT_PARAMS_MAX + 1]; /* enum tvn_core */
    uint32_t param_count;
    uint8_t result; /* enum tvn_core, meaningful when has_result */
    bool has_result;
};
/* A built-in of a proposal that is not run: it traps, and where nothing may
 * be called, for that reason. */
struct tvn_gated {
    const char *name; /* "stream.read" */
    bool stays;       /* may be called there */
    struct tvn_core_sig sig;
};

struct tvn_program {
    const struct tvn_core_module *modules;
    uint32_t module_count;
    const struct tvn_step *steps;
    uint32_t step_count;
    const struct tvn_lift *lifts;
    uint32_t lift_count;
    const struct tvn_lower *lowers;
    uint32_t lower_count;
    const struct tvn_import_func *imports;
    uint32_t import_count;
    const struct tvn_resource_def *resources;
    uint32_t resource_count;
    const struct tvn_gated *gated;
    uint32_t gated_count;
    uint32_t part_count;
    uint32_t core_count[TVN_CORE_SORTS]; /* items of each sort, in the end */
    uint32_t core_instance_count;        /* in the end */
    const char *unmet; /* "the core module 'libc'": what is imported that no
                        * host can give; NULL */
};

/* What options a function needs, by what of its values is in memory. */
struct tvn_canon_needs {
    bool memory;
    bool realloc;
};
struct tvn_canon_needs tvn_canon_needs_of(
    const struct tvn_func_type *type, bool is_lift);

void tvn_sig_of_lift(
    const struct tvn_func_type *type, struct tvn_core_sig *out);
void tvn_sig_of_lower(
    const struct tvn_func_type *type, struct tvn_core_sig *out);

/* ------------------------------------------------------------------------
 * What an engine must offer.  Items and instances are handles that mean
 * something to the engine only. */
struct tvn_core_item {
    _Alignas(8) uint8_t raw[32];
    enum tvn_core_sort sort;
};

struct tvn_core_import {
    struct tvn_str module; /* two-level core import names */
    struct tvn_str name;
    struct tvn_core_item item;
};

struct tvn_core_ops {
    /* How many imports module `module` of this component has, and the name
     * of each: the interpreter looks the items up by name. */
    tvn_err (*import_count)(void *store, uint32_t module, uint32_t *out);
    tvn_err (*import_name)(void *store, uint32_t module, uint32_t i,
        struct tvn_str *module_name, struct tvn_str *name);
    /* Instantiates with items in import order; runs start sections. */
    tvn_err (*instantiate)(void *store, uint32_t module,
        const struct tvn_core_item *imports, uint32_t count, uint32_t *instance,
        struct tvn_diag *diag);
    tvn_err (*get_export)(void *store, uint32_t instance, struct tvn_str name,
        struct tvn_core_item *out, struct tvn_diag *diag);
    /* A core function that calls `lower`'s import on the host, or its lift.
     * Memory and realloc are resolved items (NULL: not given). */
    tvn_err (*new_lower)(void *store, const struct tvn_lower *lower,
        const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
        struct tvn_core_item *out, struct tvn_diag *diag);
    /* Gives the engine one lifted function.  The engine compares the core
     * signature with tvn_sig_of_lift (an unchecked call checks nothing) and
     * refuses with TVN_EMALFORMED. */
    tvn_err (*add_lift)(void *store, uint32_t index,
        const struct tvn_lift *lift, const struct tvn_core_item *func,
        const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
        const struct tvn_core_item *post_return, struct tvn_diag *diag);
    /* The destructor of a resource (NULL: none). */
    tvn_err (*add_resource)(void *store, uint32_t index,
        const struct tvn_core_item *dtor, struct tvn_diag *diag);
    /* The core function of a NEW, DROP, REP or GATED step. */
    tvn_err (*new_builtin)(void *store, const struct tvn_step *step,
        struct tvn_core_item *out, struct tvn_diag *diag);
};

/* Runs all steps.  `name` stands in diagnostics.  Errors are the ops' own, or
 * TVN_EMALFORMED for an index or a name that does not exist; then the store is
 * to be dropped. */
tvn_err tvn_program_run(const struct tvn_program *program,
    const struct tvn_core_ops *ops, void *store, const char *name,
    struct tvn_diag *diag);

#endif
