/* internal.h -- what the files of bindgen share.
 *
 *     collect.c   which types the header needs, and what C calls them
 *     func.c      functions: C names, prototypes
 *     result.c    what a stage's function gives back: struct, macros
 *     types.c     types as C text, and their layout
 *     memory.c    tables' macros; keep, drop and take
 *     flat.c      core values <-> C values
 *     glue.c      exports and imports
 *     names.c     spelling; reserved.c: what is taken already
 *
 * Names inside a function that we print begin with `_` and a small letter:
 * no WIT name becomes such a one, so nothing of the user's is shadowed. */
#ifndef TVN_BINDGEN_INTERNAL_H
#define TVN_BINDGEN_INTERNAL_H

#include "base/map.h"
#include "bindgen/bindgen.h"
#include "contract/result.h"
#include "value/plan.h"

/* What an identifier at file scope is. */
enum tvn__use {
    TVN__USE_TYPE = 1,
    TVN__USE_FUNC,
    TVN__USE_CONSTANT,
};

/* A further name of a type. */
struct tvn__alias {
    struct tvn_str name;
    struct tvn_str upper;
    struct tvn_str docs; /* path, as below */
    const struct tvn_type *type;
    struct tvn__alias *next;
};

/* A type of the header that is no scalar. */
struct tvn__ctype {
    const struct tvn_type *type;
    struct tvn_str name;   /* "departure", "opt_s32" */
    struct tvn_str upper;  /* before its constants: "CARRIER_KIND" */
    struct tvn_str docs;   /* path of its doc comment; empty: has no WIT name */
    struct tvn_str second; /* another spelling, for where a field hides the
                            * first; empty: not needed yet */
    struct tvn__alias *aliases;
    struct tvn_str list;       /* memory.c made a list of it; else empty */
    struct tvn_str *constants; /* enum, flags, variant; once printed */
    bool is_named;             /* in WIT */
    bool has_lift;             /* printed, see flat.c */
    bool has_lower;
};

/* What a function may give back: `emit(v)`, `skip()`, ... */
enum tvn__verb {
    TVN__VERB_EMIT,
    TVN__VERB_SKIP,
    TVN__VERB_WAIT,
    TVN__VERB_DONE,
    TVN__VERB_OK,
    TVN__VERB_RETRY,
    TVN__VERB_REJECT,
    TVN__VERB_FATAL,
    TVN__VERB_FAIL,
};
#define TVN__VERB_COUNT (TVN__VERB_FAIL + 1)

/* A function of the world. */
struct tvn__func {
    const struct tvn_extern *item;
    struct tvn_str interface; /* full name; empty: the world's own */
    struct tvn_str name;      /* in C */
    struct tvn_str docs;      /* path */
    const struct tvn_str *params;
    struct tvn_str result; /* C type that it gives back: "void" */
    struct tvn_str prototype;
    bool is_init;
    bool is_main; /* the role's: the short macros are its */

    /* Exports only. */
    bool has_struct; /* an option or a result: `result` is NAME_result */
    bool has_shape;  /* of a stage's function; false: of any other */
    struct tvn_result_shape shape;
    const struct tvn__func *same; /* whose struct it is; NULL: its own */
    struct tvn_str verbs[TVN__VERB_COUNT];   /* "process_emit"; empty: not */
    struct tvn_str inlines[TVN__VERB_COUNT]; /* what the macro calls: with a
                                              * text, process_reject_text */
};

struct tvn__gen {
    const struct tvn_bindgen_opts *opts;
    struct tvn_arena *arena;
    struct tvn_diag *diag;
    tvn_err err; /* the first; then everything does nothing */

    struct tvn_map types; /* tvn_type pointer -> tvn__ctype, inner first */
    struct tvn__alias *scalars; /* the world's names of scalars */
    struct tvn_str text_second; /* as tvn__ctype's, of text */
    struct tvn_map names;       /* at file scope -> tvn__use, as a pointer */
    uint32_t numbers[TVN_KIND_COUNT]; /* of types without any other name */

    struct tvn__func *exports; /* the main one first, init last */
    uint32_t export_count;
    struct tvn__func *imports;
    uint32_t import_count;
    const struct tvn_extern *log; /* torvyn:stage's function; NULL */
    struct tvn_str log_interface;

    struct tvn_buf *header;
    struct tvn_buf *glue;
    struct tvn_buf helpers; /* glue: lift and lower functions */
};

/* ------------------------------------------------------------------------
 * names.c */
void tvn__gen_no_memory(struct tvn__gen *gen);
struct tvn_str tvn__gen_text(struct tvn__gen *gen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for one more: `items` or a copy of it, in the arena. */
void *tvn__grow(struct tvn__gen *gen, void *items, uint32_t count, size_t size);

/* kebab-case -> snake_case, UPPER_CASE. */
struct tvn_str tvn__snake(struct tvn__gen *gen, struct tvn_str name);
struct tvn_str tvn__upper(struct tvn__gen *gen, struct tvn_str name);
/* "shop:flights/events@1.0.0" -> "events", and its path for docs. */
struct tvn_str tvn__interface_word(struct tvn__gen *gen, struct tvn_str full);
struct tvn_str tvn__interface_path(struct tvn__gen *gen, struct tvn_str full);
/* A name at file scope, with as many `_` behind it as it takes. */
struct tvn_str tvn__claim(
    struct tvn__gen *gen, struct tvn_str name, enum tvn__use use);
bool tvn__is_type_name(const struct tvn__gen *gen, struct tvn_str name);
struct tvn_str tvn__field(struct tvn__gen *gen, struct tvn_str name);
/* The name of a constant of the type: PREFIX_CASE. */
struct tvn_str tvn__constant(
    struct tvn__gen *gen, struct tvn_str upper, struct tvn_str name);

/* The doc comment at a path (member: empty, or the last part of it). */
struct tvn_str tvn__docs(
    struct tvn__gen *gen, struct tvn_str path, struct tvn_str member);
/* The text without what would end a comment. */
void tvn__comment_text(struct tvn_buf *out, struct tvn_str text);
/* A comment on lines of its own; nothing when `docs` is empty. */
void tvn__comment(struct tvn_buf *out, const char *indent, struct tvn_str docs);
/* The same inside a comment that has begun: ` * ` and the line. */
void tvn__comment_lines(struct tvn_buf *out, struct tvn_str docs);
/* Ends the line that is being printed, with the docs when they fit on it. */
void tvn__end_line(struct tvn_buf *out, struct tvn_str docs);
bool tvn__fits_line(const struct tvn_buf *out, struct tvn_str docs);

/* ------------------------------------------------------------------------
 * reserved.c */
/* Of a header, without its .h. */
bool tvn__reserved_file(struct tvn_str name);
bool tvn__reserved_field(struct tvn_str name);
bool tvn__reserved(struct tvn_str name, bool is_func);

/* ------------------------------------------------------------------------
 * collect.c */
void tvn__collect_types(struct tvn__gen *gen);
struct tvn__ctype *tvn__ctype_find(
    const struct tvn__gen *gen, const struct tvn_type *type);
/* How C spells it ("uint32_t"), and in a name made of it ("u32"). */
struct tvn_str tvn__type_name(
    const struct tvn__gen *gen, const struct tvn_type *type);
struct tvn_str tvn__gen_word(
    const struct tvn__gen *gen, const struct tvn_type *type);

/* ------------------------------------------------------------------------
 * types.c */
/* The C name of a record's field, a tuple's element, a variant's case. */
struct tvn_str tvn__member(
    struct tvn__gen *gen, const struct tvn_type *type, uint32_t index);
void tvn__print_types(struct tvn__gen *gen);
/* The struct of a record, tuple, option, result or variant, under `name`. */
void tvn__print_struct(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str name, struct tvn_str docs, struct tvn_buf *out);
/* The assertions on a C type that stands for `type`. */
void tvn__print_layout(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str name, struct tvn_buf *out);

/* ------------------------------------------------------------------------
 * func.c */
/* True for what is passed as `const T *`. */
bool tvn__by_pointer(const struct tvn_type *type);
/* Finds the functions; names the exported ones, then (types are named by
 * then) all others, and makes the prototypes. */
void tvn__collect_funcs(struct tvn__gen *gen);
void tvn__name_funcs(struct tvn__gen *gen);
void tvn__print_exports(struct tvn__gen *gen);
void tvn__print_imports(struct tvn__gen *gen);

/* result.c */
void tvn__result_choose(struct tvn__gen *gen, struct tvn__func *func);
/* The struct, its macros and what they mean. */
void tvn__result_print(struct tvn__gen *gen, const struct tvn__func *func);
/* What the macros call. */
void tvn__result_print_inlines(
    struct tvn__gen *gen, const struct tvn__func *func);

/* ------------------------------------------------------------------------
 * memory.c */
void tvn__print_memory(struct tvn__gen *gen);

/* ------------------------------------------------------------------------
 * flat.c */
/* C type of a core value. */
const char *tvn__core(uint8_t core);
/* Prints statements that fill `place` from core values, named _a0 and so on,
 * from number `*slot`, which moves on. */
void tvn__lift(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str place, const uint8_t *flat, uint32_t *slot);
/* Fills exprs[*slot] and so on with the core values of `place`; prints the
 * statements that they need first. */
void tvn__lower(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str place, struct tvn_str *exprs, uint32_t *slot);
/* The one core value of a value that has one. */
struct tvn_str tvn__lower_single(
    struct tvn__gen *gen, const struct tvn_type *type, struct tvn_str place);

/* ------------------------------------------------------------------------
 * glue.c */
void tvn__print_glue(struct tvn__gen *gen);

#endif
