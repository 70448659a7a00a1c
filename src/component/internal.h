/* internal.h -- what the files of component/ share while decoding.
 *
 * A component, a component type and an instance type each open a scope with
 * index spaces of their own.
 *
 * Nested components are run by decoding: a definition is remembered as bytes
 * and the scope around them, and each `instantiate` decodes these bytes with
 * its arguments as what is imported.  So types need no substitution (a
 * resource is another one each time), all is put into one flat program, and
 * what nothing makes an instance of is not looked into.  What the imports of
 * the outermost component are, the host says: functions become numbers,
 * resources are made from the bytes of the instance type for each import.
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
    TVN__ITEM_MODULE, /* a core module */
};
#define TVN__ITEM_KINDS (TVN__ITEM_MODULE + 1)

enum tvn__def_kind {
    TVN__DEF_VALUE,
    TVN__DEF_FUNC,
    TVN__DEF_INSTANCE,
    TVN__DEF_COMPONENT,
    TVN__DEF_MODULE,
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
    const struct tvn__component *component;
    const struct tvn_resource *resource;
};

/* Bytes that are decoded later, perhaps several times, and what they see of
 * the scope around them: only what was there when they were defined. */
struct tvn__closure {
    size_t at;
    size_t end;
    const struct tvn__scope *outer;
    uint32_t types, components, modules;
};

/* Where a function, module or component comes from. */
enum tvn__origin {
    TVN__DECLARED, /* a type says that there is one */
    TVN__IMPORTED, /* FUNC: `index` is its number among the program's imports */
    TVN__OWN,      /* FUNC: its lift.  MODULE: the program's module */
};

/* One entry of an index space, of an instance, or of a component's imports
 * or exports. */
struct tvn__item {
    struct tvn_str name;
    enum tvn__item_kind kind;
    enum tvn__origin origin;
    struct tvn__def def;
    uint32_t index;
    const struct tvn__closure *closure; /* COMPONENT; NULL: from the host */
};

/* The items of an instance, findable by name. */
struct tvn__list {
    struct tvn__item *items;
    uint32_t count;
    struct tvn__item **by_name;        /* sorted */
    enum tvn__refusal refused;         /* of the first item that is */
    struct tvn_extern *externs;        /* as imports: made once, on demand */
    const struct tvn__closure *source; /* of an instance type that declares
                                        * resources; NULL */
};

/* A component type: what goes in and what comes out. */
struct tvn__component {
    struct tvn__list *imports;
    struct tvn__list *exports;
};

enum tvn__scope_kind {
    TVN__SCOPE_COMPONENT, /* an instance of one, the outermost too */
    TVN__SCOPE_COMPONENT_TYPE,
    TVN__SCOPE_INSTANCE_TYPE,
};

struct tvn__scope {
    const struct tvn__scope *outer;
    const struct tvn__closure *closure; /* what is seen of `outer`; NULL: all */
    enum tvn__scope_kind kind;
    struct tvn__vec types;                  /* struct tvn__def */
    struct tvn__vec items[TVN__ITEM_KINDS]; /* struct tvn__item, not TYPE */
    struct tvn__vec imports;
    struct tvn__vec exports;
    uint32_t core_types;

    /* INSTANCE_TYPE that is decoded as an import of a program: its name. */
    struct tvn__steps *program;
    struct tvn_str import;
    bool makes_resources; /* it declares some */

    /* COMPONENT */
    struct tvn__steps *steps;
    uint32_t number;                      /* of the instance, in the program */
    const struct tvn__list *args;         /* NULL: the host's */
    struct tvn__vec core[TVN_CORE_SORTS]; /* uint32_t: numbers in the program */
    struct tvn__vec core_instances;       /* uint32_t */
};

/* The program as it grows. */
struct tvn__steps {
    struct tvn__vec modules;
    struct tvn__vec steps;
    struct tvn__vec lifts;
    struct tvn__vec lowers;
    struct tvn__vec imports; /* struct tvn_import_func */
    struct tvn__vec resources;
    struct tvn__vec gated;
    uint32_t core_count[TVN_CORE_SORTS];
    uint32_t core_instances;
    uint32_t instances;
    const char *unmet; /* program.h */
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

/* A closure of the bytes from d->at to `end`, seeing what `outer` has now. */
const struct tvn__closure *tvn__close(
    struct tvn__decoder *d, const struct tvn__scope *outer, size_t end);

/* A list of the items in `vec`; two of one name are an error. */
struct tvn__list *tvn__list_of(struct tvn__decoder *d, struct tvn__vec *vec);
struct tvn__item *tvn__find(const struct tvn__list *list, struct tvn_str name);

/* A copy whose items may be changed, not their names or order. */
struct tvn__list *tvn__list_copy(
    struct tvn__decoder *d, const struct tvn__list *list);

unsigned tvn__sort(struct tvn__decoder *d); /* enum tvn__sort or a core one */

/* The kind of item that a sort is of; TVN__ITEM_KINDS for others. */
enum tvn__item_kind tvn__kind_of(unsigned sort);
void tvn__alias(struct tvn__decoder *d, struct tvn__scope *scope);

/* ---- decode_types.c ---- */
void tvn__type(struct tvn__decoder *d, struct tvn__scope *scope);

/* 0x00 and a type, or 0x01 0x00: none. */
struct tvn__def tvn__result_type(
    struct tvn__decoder *d, const struct tvn__scope *scope);

static inline enum tvn__refusal
tvn__first_refusal(enum tvn__refusal a, enum tvn__refusal b)
{
    return a != TVN__RUNS ? a : b;
}

/* ---- decode_extern.c ---- */

/* An instance or a component type. */
struct tvn__def tvn__scoped_type(struct tvn__decoder *d,
    const struct tvn__scope *outer, enum tvn__def_kind kind);

/* What an import or export is to be; `name` is left empty. */
struct tvn__item tvn__extern_desc(
    struct tvn__decoder *d, const struct tvn__scope *scope);

/* The instance type anew, as the import `name` of the program: its resources
 * are made for it. */
struct tvn__list *tvn__import_type(struct tvn__decoder *d,
    struct tvn__steps *program, struct tvn_str name,
    const struct tvn__closure *source);

/* A new resource of the program. */
const struct tvn_resource *tvn__new_resource(struct tvn__decoder *d,
    struct tvn__steps *steps, const struct tvn_resource_def *def);

/* ---- alike.c ---- */

/* Whether an item can stand where `want` is declared. */
bool tvn__item_fits(struct tvn__decoder *d, const struct tvn__item *item,
    const struct tvn__item *want);

/* ---- decode_core.c ---- */
void tvn__core_type(struct tvn__decoder *d, struct tvn__scope *scope);
void tvn__core_module(struct tvn__decoder *d, struct tvn__scope *scope);
void tvn__core_instance(struct tvn__decoder *d, struct tvn__scope *scope);
void tvn__core_alias(
    struct tvn__decoder *d, struct tvn__scope *scope, unsigned sort);

/* The program's number of core item `index`; 0 and an error when there is
 * none. */
uint32_t tvn__core_item(struct tvn__decoder *d, const struct tvn__scope *scope,
    enum tvn_core_sort sort, uint32_t index, size_t at);

/* A step; those that make a core item declare it. */
void tvn__add_step(struct tvn__decoder *d, struct tvn__scope *scope,
    const struct tvn_step *step);

/* ---- decode_canon.c ---- */
void tvn__canon(struct tvn__decoder *d, struct tvn__scope *scope);
struct tvn_canon_opts tvn__canon_options(
    struct tvn__decoder *d, const struct tvn__scope *scope);

/* ---- decode_gated.c ---- */
void tvn__gated_builtin(
    struct tvn__decoder *d, struct tvn__scope *scope, uint8_t code);

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
 * functions that are one of them give it their name; else NULL. */
struct tvn_extern *tvn__externs(struct tvn__decoder *d, const char *verb,
    const struct tvn__item *items, uint32_t count, struct tvn_lift *lifts);

/* Behind its '@'; "" when it has none. */
struct tvn_str tvn__version(struct tvn_str name);

#endif
