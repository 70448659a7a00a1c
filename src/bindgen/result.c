/* result.c -- what an exported function gives back: its struct, and the
 * macros that make one.
 *
 *     #define reject(...) process_reject(__VA_ARGS__)
 *     #define process_reject(...) process_reject_text(join(__VA_ARGS__))
 *     static inline process_result process_reject_text(text _value)
 *
 * Functions, not compound literals: the compiler's complaints then name the
 * type that was expected, and C++ has them too.  What is not said (the value
 * of a skip) is not written either. */
#include "bindgen/internal.h"

static const struct {
    const char *name;
    const char *meaning;
} verbs[TVN__VERB_COUNT] = {
    [TVN__VERB_EMIT] = {"emit", "v goes on"},
    [TVN__VERB_SKIP] = {"skip", "nothing goes on"},
    [TVN__VERB_WAIT] = {"wait_ns", "nothing yet, ask again in n nanoseconds"},
    [TVN__VERB_DONE] = {"done", "that was all"},
    [TVN__VERB_OK] = {"ok", "it went well"},
    [TVN__VERB_RETRY] = {"retry", "it may work later"},
    [TVN__VERB_REJECT] = {"reject", "refused"},
    [TVN__VERB_FATAL] = {"fatal", "nothing more can work"},
    [TVN__VERB_FAIL] = {"fail", "the error"},
};

static bool
is_fault(enum tvn__verb verb)
{
    return verb >= TVN__VERB_RETRY && verb <= TVN__VERB_FATAL;
}

static enum tvn__verb verb_of(enum tvn_fault_class class)
{
    return class == TVN_FAULT_CLASS_RETRY    ? TVN__VERB_RETRY
           : class == TVN_FAULT_CLASS_REJECT ? TVN__VERB_REJECT
                                             : TVN__VERB_FATAL;
}

/* The case of the fault that a verb stands for. */
static uint32_t
fault_case(const struct tvn_fault_shape *fault, enum tvn__verb verb)
{
    for (uint32_t i = 0; i < fault->count; i++) {
        if (verb_of(fault->classes[i]) == verb) {
            return i;
        }
    }
    return 0;
}

static bool
has_text(const struct tvn__func *func, enum tvn__verb verb)
{
    const struct tvn_fault_shape *fault = &func->shape.fault;

    return is_fault(verb) &&
           (fault->is_string || fault->has_text[fault_case(fault, verb)]);
}

/* ------------------------------------------------------------------------
 * Choosing. */

static void
add_verb(struct tvn__gen *gen, struct tvn__func *func, enum tvn__verb verb)
{
    struct tvn_str name = tvn__gen_text(
        gen, "%.*s_%s", TVN_STR_ARG(func->name), verbs[verb].name);

    func->verbs[verb] = tvn__claim(gen, name, TVN__USE_FUNC);
    func->inlines[verb] = func->verbs[verb];
    if (has_text(func, verb)) {
        func->inlines[verb] = tvn__claim(gen,
            tvn__gen_text(gen, "%.*s_text", TVN_STR_ARG(func->verbs[verb])),
            TVN__USE_FUNC);
    }
}

static void
add_verbs(struct tvn__gen *gen, struct tvn__func *func)
{
    const struct tvn_result_shape *shape = &func->shape;

    if (!func->has_shape) {
        add_verb(gen, func,
            func->item->func->result->members[0].type == NULL ? TVN__VERB_OK
                                                              : TVN__VERB_EMIT);
        add_verb(gen, func, TVN__VERB_FAIL);
        return;
    }
    add_verb(gen, func,
        shape->many == TVN_MANY_NOTHING ? TVN__VERB_OK : TVN__VERB_EMIT);
    if (shape->many == TVN_MANY_OPTION) {
        add_verb(gen, func, TVN__VERB_SKIP);
    } else if (shape->many == TVN_MANY_POLL) {
        add_verb(gen, func, TVN__VERB_WAIT);
        add_verb(gen, func, TVN__VERB_DONE);
    }
    if (shape->has_fault && shape->fault.is_string) {
        add_verb(gen, func, TVN__VERB_REJECT);
    }
    for (uint32_t i = 0; shape->has_fault && i < shape->fault.count; i++) {
        add_verb(gen, func, verb_of(shape->fault.classes[i]));
    }
}

static void
read_shape(struct tvn__gen *gen, struct tvn__func *func)
{
    const struct tvn_type *result = func->item->func->result;
    const char *why;
    tvn_err err =
        tvn_str_is(func->item->name, "pull")
            ? tvn_result_read_poll(result, gen->arena, &func->shape, &why)
            : tvn_result_read(result, gen->arena, &func->shape, &why);

    func->has_shape = err == TVN_OK;
    if (err == TVN_ENOMEM) {
        tvn__gen_no_memory(gen);
    }
}

void
tvn__result_choose(struct tvn__gen *gen, struct tvn__func *func)
{
    const struct tvn_type *result = func->item->func->result;

    func->result = result == NULL ? TVN_STR("void") : TVN_STR("");
    if (result == NULL) {
        return;
    }
    read_shape(gen, func);
    func->has_struct =
        result->kind == TVN_KIND_OPTION || result->kind == TVN_KIND_RESULT;
    if (gen->err != TVN_OK) {
        return;
    }
    if (func->has_struct) {
        func->result = tvn__claim(gen,
            tvn__gen_text(gen, "%.*s_result", TVN_STR_ARG(func->name)),
            TVN__USE_TYPE);
    } else {
        func->result = tvn__type_name(gen, result);
    }
    for (const struct tvn__func *f = gen->exports; f < func; f++) {
        if (f->same == NULL && f->item->func->result == result &&
            f->has_shape == func->has_shape &&
            f->shape.many == func->shape.many) {
            func->same = f;
            break;
        }
    }
    if (func->same != NULL) {
        memcpy(func->verbs, func->same->verbs, sizeof(func->verbs));
        memcpy(func->inlines, func->same->inlines, sizeof(func->inlines));
    } else if (func->has_struct || func->shape.many == TVN_MANY_POLL) {
        add_verbs(gen, func);
    }
}

/* ------------------------------------------------------------------------
 * What the user reads. */

static const char *
arguments(const struct tvn__func *func, enum tvn__verb verb)
{
    bool takes_error = verb == TVN__VERB_FAIL &&
                       func->item->func->result->members[1].type != NULL;

    return has_text(func, verb)     ? "..."
           : verb == TVN__VERB_EMIT ? "v"
           : verb == TVN__VERB_WAIT ? "n"
           : takes_error            ? "e"
                                    : "";
}

/* " *     reject(...)  refused: ..." */
static void
print_meaning(
    const struct tvn__func *func, enum tvn__verb verb, struct tvn_buf *out)
{
    bool is_short = func->same == NULL ? func->is_main : func->same->is_main;
    struct tvn_str name =
        is_short ? tvn_str_of(verbs[verb].name) : func->verbs[verb];
    const char *args = arguments(func, verb);
    int width = (int)(name.len + strlen(args)) + 2;

    tvn_buf_printf(out, "\n *     %.*s(%s)%*s%s", TVN_STR_ARG(name), args,
        width < 18 ? 20 - width : 2, "", verbs[verb].meaning);
    if (args[0] == '.') {
        tvn_buf_append_text(out, "; the pieces, joined, say why");
    }
}

static void
print_meanings(const struct tvn__func *func, struct tvn_buf *out)
{
    tvn_buf_printf(out, "/* What %.*s returns:",
        TVN_STR_ARG(func->is_init ? TVN_STR("on_init") : func->name));
    for (uint32_t i = 0; i < TVN__VERB_COUNT; i++) {
        if (func->verbs[i].len > 0) {
            print_meaning(func, (enum tvn__verb)i, out);
        }
    }
    tvn_buf_append_text(out, " */\n");
}

/* The short macros, and those that join. */
static void
print_macros(const struct tvn__func *func, struct tvn_buf *out)
{
    for (uint32_t i = 0; i < TVN__VERB_COUNT; i++) {
        const char *name = verbs[i].name;
        enum tvn__verb verb = (enum tvn__verb)i;
        bool has_arguments = arguments(func, verb)[0] != '\0';

        if (func->verbs[i].len == 0) {
            continue;
        }
        if (func->is_main) {
            tvn_buf_printf(out,
                has_arguments ? "#define %s(...) %.*s(__VA_ARGS__)\n"
                              : "#define %s() %.*s()\n",
                name, TVN_STR_ARG(func->verbs[i]));
        }
        if (has_text(func, verb)) {
            tvn_buf_printf(out, "#define %.*s(...) %.*s(join(__VA_ARGS__))\n",
                TVN_STR_ARG(func->verbs[i]), TVN_STR_ARG(func->inlines[i]));
        }
    }
}

void
tvn__result_print(struct tvn__gen *gen, const struct tvn__func *func)
{
    const struct tvn_type *result = func->item->func->result;
    struct tvn_buf *out = gen->header;
    bool has_verbs = func->has_struct || func->shape.many == TVN_MANY_POLL;

    if (gen->err != TVN_OK || result == NULL || !has_verbs) {
        return;
    }
    print_meanings(func, out);
    if (func->same != NULL) {
        if (func->has_struct) {
            tvn_buf_printf(out, "typedef %.*s %.*s;\n",
                TVN_STR_ARG(func->same->result), TVN_STR_ARG(func->result));
        }
    } else {
        if (func->has_struct) {
            tvn__print_struct(gen, result, func->result, TVN_STR(""), out);
        }
        print_macros(func, out);
    }
    tvn_buf_append_byte(out, '\n');
}

/* ------------------------------------------------------------------------
 * What the macros call. */

/* The type of the inline function's parameter; NULL: it has none. */
static const struct tvn_type *
argument_type(const struct tvn__func *func, enum tvn__verb verb)
{
    const struct tvn_type *result = func->item->func->result;
    const struct tvn_result_shape *shape = &func->shape;

    if (verb == TVN__VERB_FAIL) {
        return result->members[1].type;
    }
    if (verb != TVN__VERB_EMIT) {
        return NULL;
    }
    if (!func->has_shape) {
        return result->members[0].type;
    }
    return shape->many == TVN_MANY_LIST ? result->members[0].type
                                        : shape->value;
}

static void
print_fault(struct tvn__gen *gen, const struct tvn__func *func,
    enum tvn__verb verb, struct tvn_buf *out)
{
    const struct tvn_fault_shape *fault = &func->shape.fault;
    uint32_t number = fault_case(fault, verb);
    const struct tvn__ctype *ctype;

    if (fault->is_string) {
        tvn_buf_append_text(out, "    _result.err = _value;\n");
        return;
    }
    ctype = tvn__ctype_find(gen, fault->type);
    tvn_buf_printf(out, "    _result.err%s = %.*s;\n",
        fault->type->kind == TVN_KIND_VARIANT ? ".tag" : "",
        TVN_STR_ARG(ctype->constants[number]));
    if (fault->has_text[number]) {
        tvn_buf_printf(out, "    _result.err.val.%.*s = _value;\n",
            TVN_STR_ARG(tvn__member(gen, fault->type, number)));
    }
}

static void
print_poll(struct tvn__gen *gen, const struct tvn__func *func,
    enum tvn__verb verb, const char *place, struct tvn_buf *out)
{
    const struct tvn_type *result = func->item->func->result;
    const struct tvn_type *poll =
        result->kind == TVN_KIND_RESULT ? result->members[0].type : result;
    uint32_t number = verb == TVN__VERB_EMIT   ? func->shape.poll_event
                      : verb == TVN__VERB_WAIT ? func->shape.poll_wait
                                               : func->shape.poll_done;

    tvn_buf_printf(out, "    %s.tag = %.*s;\n", place,
        TVN_STR_ARG(tvn__ctype_find(gen, poll)->constants[number]));
    if (verb != TVN__VERB_DONE) {
        tvn_buf_printf(out, "    %s.val.%.*s = _value;\n", place,
            TVN_STR_ARG(tvn__member(gen, poll, number)));
    }
}

/* Statements that fill `_result` with a value, not an error. */
static void
print_value(struct tvn__gen *gen, const struct tvn__func *func,
    enum tvn__verb verb, struct tvn_buf *out)
{
    bool is_result = func->item->func->result->kind == TVN_KIND_RESULT;
    const char *place = is_result ? "_result.ok" : "_result";

    if (func->has_shape && func->shape.many == TVN_MANY_POLL) {
        print_poll(gen, func, verb, place, out);
    } else if (func->has_shape && func->shape.many == TVN_MANY_OPTION) {
        tvn_buf_printf(out, "    %s.some = %s;\n", place,
            verb == TVN__VERB_EMIT ? "true" : "false");
        if (verb == TVN__VERB_EMIT) {
            tvn_buf_printf(out, "    %s.val = _value;\n", place);
        }
    } else if (verb == TVN__VERB_EMIT) {
        tvn_buf_printf(out, "    %s = _value;\n", place);
    }
}

static void
print_inline(struct tvn__gen *gen, const struct tvn__func *func,
    enum tvn__verb verb, struct tvn_buf *out)
{
    const struct tvn_type *type = argument_type(func, verb);
    struct tvn_str argument = type != NULL           ? tvn__type_name(gen, type)
                              : has_text(func, verb) ? TVN_STR("text")
                              : verb == TVN__VERB_WAIT ? TVN_STR("uint64_t")
                                                       : TVN_STR("");
    bool is_error = is_fault(verb) || verb == TVN__VERB_FAIL;

    tvn_buf_printf(out, "\nstatic inline %.*s\n%.*s(%.*s%s)\n{\n",
        TVN_STR_ARG(func->result), TVN_STR_ARG(func->inlines[verb]),
        TVN_STR_ARG(argument), argument.len > 0 ? " _value" : "void");
    tvn_buf_printf(out, "    %.*s _result;\n\n", TVN_STR_ARG(func->result));
    if (func->item->func->result->kind == TVN_KIND_RESULT) {
        tvn_buf_printf(
            out, "    _result.is_err = %s;\n", is_error ? "true" : "false");
    }
    if (is_fault(verb)) {
        print_fault(gen, func, verb, out);
    } else if (!is_error) {
        print_value(gen, func, verb, out);
    } else if (type != NULL) {
        tvn_buf_append_text(out, "    _result.err = _value;\n");
    }
    tvn_buf_append_text(out, "    return _result;\n}\n");
}

void
tvn__result_print_inlines(struct tvn__gen *gen, const struct tvn__func *func)
{
    for (uint32_t i = 0; gen->err == TVN_OK && i < TVN__VERB_COUNT; i++) {
        if (func->verbs[i].len > 0 && func->same == NULL) {
            print_inline(gen, func, (enum tvn__verb)i, gen->header);
        }
    }
}
