/* stage.h -- the C (or C++) source of a stage for a random world: it hands
 * back what it is given, by rules that host.h knows, too.
 *
 * Call k of a function, from 0: with a fault type the calls k % 5 == 4 fail;
 * else an option is skipped at k % 3 == 2, a list has k % 4 elements, a poll
 * waits at k % 4 == 1 and is done at k % 4 == 3.  Filters and routers go by
 * what probe answers.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_STAGE_H
#define TVN_TESTS_BINDGEN_STAGE_H

#include "bindgen/bindgen.h"
#include "bindgen/worlds.h"
#include "contract/role.h"

#define STAGE_TEXT_MAX 512u /* of one name or type */

struct stage_param {
    char type[STAGE_TEXT_MAX]; /* without const and * */
    char name[STAGE_TEXT_MAX];
    bool is_pointer;
};

/* A function that the stage has to define, its prototype taken apart. */
struct stage_func {
    const struct tvn_bindgen_func *func;
    char name[STAGE_TEXT_MAX];
    char result[STAGE_TEXT_MAX];
    struct stage_param params[WORLD_SWAP_MAX];
    unsigned param_count;
    bool is_main;
};

struct stage {
    const struct world *world;
    const struct tvn_role_info *role;
    const struct tvn_wit_world *wit;
    struct tvn_bindgen *code;
    char base[STAGE_TEXT_MAX];
    char prefix[STAGE_TEXT_MAX]; /* of imported functions */
    struct tvn_buf out;
    unsigned asserts; /* on constants */
};

/* ------------------------------------------------------------------------
 * Prototypes. */

static inline void
stage_copy(char *out, const char *from, const char *end)
{
    while (from < end && *from == ' ') {
        from++;
    }
    while (end > from && end[-1] == ' ') {
        end--;
    }
    TVN_ASSERT((size_t)(end - from) < STAGE_TEXT_MAX);
    memcpy(out, from, (size_t)(end - from));
    out[end - from] = '\0';
}

static inline bool
stage_is_word(char byte)
{
    return byte == '_' || isalnum((unsigned char)byte) != 0;
}

/* "const departure *event" */
static inline void
stage_param(
    const char *from, const char *end, unsigned number, struct stage_param *out)
{
    const char *name = end;
    const char *star = memchr(from, '*', (size_t)(end - from));

    while (name > from && stage_is_word(name[-1])) {
        name--;
    }
    out->is_pointer = star != NULL;
    if (strncmp(from, "const ", 6) == 0) {
        from += 6;
    }
    stage_copy(out->type, from, star != NULL ? star : name);
    /* ours: the WIT's may be that of a type that the body names */
    (void)snprintf(out->name, sizeof(out->name), "q_in%u", number);
}

static inline struct stage_func
stage_read(const struct tvn_bindgen_func *func)
{
    char text[8 * STAGE_TEXT_MAX];
    struct stage_func out = {.func = func};
    const char *open;
    const char *name;
    const char *at;

    TVN_ASSERT(func->prototype.len < sizeof(text));
    memcpy(text, func->prototype.ptr, func->prototype.len);
    text[func->prototype.len] = '\0';
    open = strchr(text, '(');
    TVN_ASSERT(open != NULL && text[func->prototype.len - 1] == ')');
    name = open;
    while (name > text && stage_is_word(name[-1])) {
        name--;
    }
    stage_copy(out.name, name, open);
    TVN_ASSERT(tvn_str_is(func->name, out.name));
    stage_copy(out.result, text, name);
    if (strcmp(open, "(void)") == 0) {
        return out;
    }
    for (at = open + 1; *at != '\0';) {
        size_t len = strcspn(at, ",)");

        TVN_ASSERT(out.param_count < WORLD_SWAP_MAX);
        while (*at == ' ') {
            at++;
            len--;
        }
        stage_param(
            at, at + len, out.param_count, &out.params[out.param_count]);
        out.param_count++;
        at += len + 1;
    }
    return out;
}

/* ------------------------------------------------------------------------
 * Pieces of source. */

/* What makes `func`'s result: the short macro for the main function, and for
 * those with the same result; else that with the function's name before. */
static inline const char *
stage_macro(
    struct stage *stage, const struct stage_func *func, const char *name)
{
    static char macro[2 * STAGE_TEXT_MAX];
    static const char *const endings[] = {"(", "_("};
    const char *header = tvn_buf_text(&stage->code->header);
    const char *whose =
        strcmp(func->name, "on_init") == 0 ? "init" : func->name;

    for (unsigned i = 0; !func->is_main && i < 2; i++) {
        (void)snprintf(
            macro, sizeof(macro), "%s_%s%s", whose, name, endings[i]);
        if (strstr(header, macro) != NULL) {
            macro[strlen(macro) - 1] = '\0';
            return macro;
        }
    }
    (void)snprintf(macro, sizeof(macro), "%s", name);
    return macro;
}

/* TYPE_keep and the like; with a `_` when something else has that name. */
static inline const char *
stage_verb(struct stage *stage, const char *type, const char *verb)
{
    static char names[4][2 * STAGE_TEXT_MAX];
    static unsigned turn;
    char *name = names[turn++ % 4];
    char other[2 * STAGE_TEXT_MAX];

    (void)snprintf(name, sizeof(names[0]), "%s_%s", type, verb);
    (void)snprintf(other, sizeof(other), " %s_%s_(", type, verb);
    if (strstr(tvn_buf_text(&stage->code->header), other) != NULL) {
        (void)strncat(name, "_", 2);
    }
    return name;
}

/* `expr` as an argument: by address what is handed over so. */
static inline void
stage_arg(struct stage *stage, const struct tvn_type *type, const char *expr)
{
    bool is_pointer =
        type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE ||
        type->kind == TVN_KIND_VARIANT || type->kind == TVN_KIND_RESULT;

    tvn_buf_printf(&stage->out, is_pointer ? "&(%s)" : "%s", expr);
}

/* Every fifth call fails, with each class in turn. */
static inline void
stage_fault(struct stage *stage, const struct stage_func *func,
    const struct tvn_result_shape *shape)
{
    static const char *const names[] = {"retry", "reject", "fatal"};
    unsigned count = shape->fault.is_string ? 1 : shape->fault.count;

    if (!shape->has_fault) {
        return;
    }
    tvn_buf_printf(&stage->out,
        "    if (q_k %% 5 == 4) {\n        switch (q_k / 5 %% %u) {\n", count);
    for (unsigned i = 0; i < count; i++) {
        bool has_text = shape->fault.is_string || shape->fault.has_text[i];
        const char *name =
            shape->fault.is_string ? "reject" : names[shape->fault.classes[i]];

        tvn_buf_printf(&stage->out,
            i + 1 == count ? "        default:\n" : "        case %u:\n", i);
        tvn_buf_printf(&stage->out, "            return %s(%s);\n",
            stage_macro(stage, func, name), has_text ? "\"call \", q_k" : "");
    }
    tvn_buf_append_text(&stage->out, "        }\n    }\n");
}

static inline void
stage_poll(struct stage *stage, const struct stage_func *func,
    const struct tvn_result_shape *shape, const char *value)
{
    struct tvn_buf *out = &stage->out;

    if (shape->has_fault || stage->world->index % 4 < 2) {
        tvn_buf_printf(out,
            "    if (q_k %% 4 == 1) return wait_ns(UINT64_C(1000003) * q_k);\n"
            "    if (q_k %% 4 == 3) return done();\n"
            "    return emit(%s);\n",
            value);
        return;
    }
    tvn_buf_printf(out,
        "    %s q_poll;\n"
        "    memset(&q_poll, 0xA5, sizeof(q_poll));\n"
        "    q_poll.tag = q_k %% 4 == 1 ? %u : q_k %% 4 == 3 ? %u : %u;\n"
        "    if (q_k %% 4 == 1) q_poll.val.wait = UINT64_C(1000003) * q_k;\n"
        "    if (q_k %% 4 == 0 || q_k %% 4 == 2) q_poll.val.event = %s;\n"
        "    return q_poll;\n",
        func->result, shape->poll_wait, shape->poll_done, shape->poll_event,
        value);
}

static inline void
stage_list(struct stage *stage, const struct stage_func *func,
    const struct tvn_result_shape *shape, const char *value)
{
    struct tvn_buf *out = &stage->out;

    tvn_buf_printf(out,
        shape->has_fault ? "    __typeof__(((%s *)0)->ok) q_many;\n"
                         : "    %s q_many;\n",
        func->result);
    tvn_buf_printf(out,
        "    AUTO q_one = %s;\n"
        "    __typeof__(q_one) *q_items = torvyn_new(__typeof__(q_one), q_k %% "
        "4);\n"
        "    q_many.ptr = q_items;\n    q_many.len = q_k %% 4;\n"
        "    for (unsigned q_i = 0; q_i < q_k %% 4; q_i++) q_items[q_i] = "
        "q_one;\n",
        value);
    if (shape->has_fault) {
        tvn_buf_printf(
            out, "    return %s(q_many);\n", stage_macro(stage, func, "emit"));
    } else {
        tvn_buf_append_text(out, "    return q_many;\n");
    }
}

/* What a function gives, of the value that `value` is in C. */
static inline void
stage_return(struct stage *stage, const struct stage_func *func,
    const struct tvn_result_shape *shape, const char *value)
{
    struct tvn_buf *out = &stage->out;

    stage_fault(stage, func, shape);
    switch (shape->many) {
    case TVN_MANY_NOTHING:
        if (shape->has_fault) {
            tvn_buf_printf(
                out, "    return %s();\n", stage_macro(stage, func, "ok"));
        }
        return;
    case TVN_MANY_OPTION:
        tvn_buf_printf(out, "    if (q_k %% 3 == 2) return %s();\n",
            stage_macro(stage, func, "skip"));
        break;
    case TVN_MANY_LIST:
        stage_list(stage, func, shape, value);
        return;
    case TVN_MANY_POLL:
        stage_poll(stage, func, shape, value);
        return;
    case TVN_MANY_ONE:
        break;
    }
    if (shape->has_fault || shape->many == TVN_MANY_OPTION) {
        tvn_buf_printf(out, "    return %s(%s);\n",
            stage_macro(stage, func, "emit"), value);
    } else {
        tvn_buf_printf(out, "    return %s;\n", value);
    }
}

#endif
