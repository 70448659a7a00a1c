/* internal.h -- what the files of component/ share while decoding.
 *
 * A component, a component type and an instance type each open a scope with
 * index spaces of their own.  There are no resources, so no type is abstract:
 * an imported type *is* what its bound says, and nothing is ever substituted.
 *
 * What this version does not run is not refused where a type says it, but
 * where the component makes use of that type: the message can then name the
 * import.  Until then `refused` is carried along, and there is no tvn_type.
 *
 * Threads: none. */
#ifndef TVN_COMPONENT_INTERNAL_H
#define TVN_COMPONENT_INTERNAL_H

#include "component/component.h"
#include "component/program.h"
#include "component/reader.h"

enum tvn__refusal {
    TVN__RUNS = 0,
    TVN__NO_RESOURCE,
    TVN__NO_OWN,
    TVN__NO_BORROW,
    TVN__NO_STREAM,
    TVN__NO_FUTURE,
    TVN__NO_ERROR_CONTEXT,
    TVN__NO_FIXED_LIST,
    TVN__NO_MAP,
    TVN__NO_ASYNC,
    TVN__NO_NESTED_INSTANCE,
};

enum tvn__item_kind {
    TVN__ITEM_TYPE, /* a value type, or a type of one of the kinds below */
    TVN__ITEM_FUNC,
    TVN__ITEM_INSTANCE,
    TVN__ITEM_COMPONENT,
};

enum tvn__def_kind {
    TVN__DEF_VALUE,
    TVN__DEF_FUNC,
    TVN__DEF_INSTANCE,
    TVN__DEF_COMPONENT,
    TVN__DEF_RESOURCE,
};

/* A type.  The pointer of its kind is set, unless it is refused (instances
 * and components keep theirs all the same). */
struct tvn__def {
    enum tvn__def_kind kind;
    enum tvn__refusal refused;
    const struct tvn_type *value;
    const struct tvn_func_type *func;
    struct tvn__list *instance;
    struct tvn__component *component;
};

/* One entry of an index space, of an instance, or of a component's imports
 * or exports. */
struct tvn__item {
    struct tvn_str name;
    enum tvn__item_kind kind;
    struct tvn__def def;
    bool is_lift; /* FUNC of a component: `index` is its lift; else its
                     * number among the imported functions of its component */
    uint32_t index;
};

/* The items of an instance, findable by name. */
struct tvn__list {
    struct tvn__item *items;
    uint32_t count;
    struct tvn__item **by_name; /* sorted */
    enum tvn__refusal refused;  /* of the first item that is */
    struct tvn_extern *externs; /* as imports: made once, on demand */
};

/* A component type, or a nested component: what goes in and what comes out. */
struct tvn__component {
    struct tvn__list *imports;
    struct tvn__list *exports;
    const struct tvn_import_func *funcs; /* imported; of a component only */
    uint32_t func_count;
};

enum tvn__scope_kind {
    TVN__SCOPE_COMPONENT,
    TVN__SCOPE_NESTED, /* a component in the component */
    TVN__SCOPE_COMPONENT_TYPE,
    TVN__SCOPE_INSTANCE_TYPE,
};

struct tvn__scope {
    struct tvn__scope *outer;
    enum tvn__scope_kind kind;
    struct tvn__vec types; /* struct tvn__def */
    struct tvn__vec funcs; /* struct tvn__item, as the three below */
    struct tvn__vec instances;
    struct tvn__vec components;
    struct tvn__vec imports;
    struct tvn__vec exports;
    struct tvn__vec import_funcs; /* struct tvn_import_func */
    uint32_t core_types;
    struct tvn__steps *steps; /* SCOPE_COMPONENT only */
};

/* The program as it grows. */
struct tvn__steps {
    struct tvn__vec modules;
    struct tvn__vec steps;
    struct tvn__vec lifts;
    struct tvn__vec lowers;
    uint32_t core_count[4];
    uint32_t core_instances;
};

/* Sorts of items in the binary format; core ones as they are. */
enum tvn__sort {
    TVN__SORT_CORE_TAG = 0x04,
    TVN__SORT_CORE_TYPE = 0x10,
    TVN__SORT_CORE_MODULE = 0x11,
    TVN__SORT_CORE_INSTANCE = 0x12,
    TVN__SORT_FUNC = 0x101,
    TVN__SORT_VALUE = 0x102,
    TVN__SORT_TYPE = 0x103,
    TVN__SORT_COMPONENT = 0x104,
    TVN__SORT_INSTANCE = 0x105,
};

/* ---- decode_scope.c: index spaces, lists, names ---- */

/* Adds the item to the index space of its kind. */
void tvn__declare(struct tvn__decoder *d, struct tvn__scope *scope,
    const struct tvn__item *item);

/* Entry `index`; NULL and an error at `at` when there is none. */
const struct tvn__item *tvn__get(struct tvn__decoder *d,
    const struct tvn__scope *scope, enum tvn__item_kind kind, uint32_t index,
    size_t at);
struct tvn__def tvn__get_type(struct tvn__decoder *d,
    const struct tvn__scope *scope, uint32_t index, size_t at);

/* A list of the items in `vec`; two of one name are an error. */
struct tvn__list *tvn__list_of(struct tvn__decoder *d, struct tvn__vec *vec);
struct tvn__item *tvn__find(const struct tvn__list *list, struct tvn_str name);

/* A copy whose items may be changed, not their names or order. */
struct tvn__list *tvn__list_copy(
    struct tvn__decoder *d, const struct tvn__list *list);

unsigned tvn__sort(struct tvn__decoder *d); /* enum tvn__sort or a core one */
void tvn__alias(struct tvn__decoder *d, struct tvn__scope *scope);

/* ---- decode_types.c ---- */
void tvn__type(struct tvn__decoder *d, struct tvn__scope *scope);

/* What an import or export is to be; `name` is left empty. */
struct tvn__item tvn__extern_desc(
    struct tvn__decoder *d, const struct tvn__scope *scope);
bool tvn__func_equal(
    const struct tvn_func_type *a, const struct tvn_func_type *b);

/* ---- decode_core.c ---- */
void tvn__core_type(struct tvn__decoder *d, struct tvn__scope *scope);
void tvn__core_module(struct tvn__decoder *d, struct tvn__steps *steps);
void tvn__core_instance(struct tvn__decoder *d, struct tvn__steps *steps);
void tvn__core_alias(
    struct tvn__decoder *d, struct tvn__steps *steps, unsigned sort);

/* ---- decode_canon.c ---- */
void tvn__canon(struct tvn__decoder *d, struct tvn__scope *scope);

/* ---- decode_instance.c ---- */
void tvn__import(struct tvn__decoder *d, struct tvn__scope *scope);
void tvn__export(struct tvn__decoder *d, struct tvn__scope *scope);
void tvn__instance(struct tvn__decoder *d, struct tvn__scope *scope);

/* ---- decode.c ---- */

/* A whole component from its first byte to d->end. */
void tvn__component(struct tvn__decoder *d, struct tvn__scope *scope);

/* ---- externs.c ---- */

/* "imports NAME, which has resources: ..." and d->err. */
void tvn__refuse(struct tvn__decoder *d, const char *verb, struct tvn_str name,
    enum tvn__refusal refused);

/* The items as the header shows them.  With `lifts` (exports of a component)
 * every function must be one of them, and gives it its name; else NULL. */
struct tvn_extern *tvn__externs(struct tvn__decoder *d, const char *verb,
    const struct tvn__item *items, uint32_t count, struct tvn_lift *lifts);

/* Behind its '@'; "" when it has none. */
struct tvn_str tvn__version(struct tvn_str name);

#endif
