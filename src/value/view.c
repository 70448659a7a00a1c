/* view.c -- may A be read as B?  See view.h for the rules.
 *
 * One walk over both types, in B's order, stops at the first difference.
 * Its depth and length are bounded by the limits of type.h. */
#include "value/view.h"

#include "base/assert.h"
#include "value/internal.h"

#define TEXT_MAX  160u       /* bytes of a type in a message */
#define PAIRS_MAX (1u << 20) /* names compared for a misspelling, at most */

struct walk {
    struct tvn_arena *arena;
    struct tvn_view *view;
    struct tvn_buf path; /* ".flight.dep-delay" */
    struct tvn_buf read;
    struct tvn_buf left_out;
    struct tvn_buf always_none;
    uint32_t inside; /* lists, tuples and cases round us: `read` stops there */
    bool failed;     /* memory ran out */
};

static bool reads_as(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b);

bool
tvn__kind_widens(enum tvn_kind a, enum tvn_kind b)
{
    unsigned step_a = (unsigned)a - TVN_KIND_S8; /* S8 U8 S16 U16 ... U64 */
    unsigned step_b = (unsigned)b - TVN_KIND_S8;
    bool a_is_signed = step_a % 2 == 0;
    bool b_is_signed = step_b % 2 == 0;

    if (a == TVN_KIND_F32) {
        return b == TVN_KIND_F64;
    }
    if (a < TVN_KIND_S8 || a > TVN_KIND_U64 || b < TVN_KIND_S8 ||
        b > TVN_KIND_U64) {
        return false;
    }
    return step_a / 2 < step_b / 2 && (b_is_signed || !a_is_signed);
}

/* ------------------------------------------------------------------------
 * Texts. */

static const char *
keep(struct walk *walk, struct tvn_str text)
{
    const char *copy = tvn_arena_copy(walk->arena, text.ptr, text.len);

    if (copy == NULL) {
        walk->failed = true;
        return "";
    }
    return copy;
}

static const char *
type_text(struct walk *walk, const struct tvn_type *type)
{
    struct tvn_buf buf = {0};
    const char *text;

    tvn_type_print(type, 4, &buf);
    if (buf.len > TEXT_MAX) {
        buf.len = TEXT_MAX;
        tvn_buf_append_text(&buf, "...");
    }
    walk->failed |= buf.failed;
    text = keep(walk, tvn_buf_str(&buf));
    tvn_buf_fini(&buf);
    return text;
}

/* "case regional(string)", "flag late" */
static const char *
member_text(struct walk *walk, const struct tvn_type *type, uint32_t index)
{
    const struct tvn_member *member = &type->members[index];
    const char *text = tvn_arena_printf(walk->arena, "%s %.*s%s%s%s",
        type->kind == TVN_KIND_FLAGS ? "flag" : "case",
        TVN_STR_ARG(member->name), member->type == NULL ? "" : "(",
        member->type == NULL ? "" : type_text(walk, member->type),
        member->type == NULL ? "" : ")");

    walk->failed |= text == NULL;
    return text;
}

/* Records the difference at the present path; false, to be returned. */
static bool
differ(
    struct walk *walk, const char *text_a, const char *text_b, const char *help)
{
    walk->view->path = keep(walk, tvn_buf_str(&walk->path));
    walk->view->text_a = text_a;
    walk->view->text_b = text_b;
    walk->view->help = help;
    return false;
}

static bool
types_differ(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    const char *help = NULL;

    if (a->kind == TVN_KIND_OPTION) {
        help = "what may be none can be read only as an option";
    } else if (tvn__kind_widens(b->kind, a->kind)) {
        help = "numbers can be read wider than they are, never narrower";
    }
    return differ(walk, type_text(walk, a), type_text(walk, b), help);
}

/* Steps into ".name"; the return value goes to leave(). */
static size_t
enter(struct walk *walk, struct tvn_str name)
{
    size_t before = walk->path.len;

    tvn_buf_append_byte(&walk->path, '.');
    tvn_buf_append_str(&walk->path, name);
    return before;
}

static void
leave(struct walk *walk, size_t before)
{
    walk->path.len = before;
}

/* Adds a path, without its first dot, to a comma-separated list. */
static void
add_path(struct tvn_buf *list, struct tvn_str path)
{
    tvn_buf_append_text(list, list->len == 0 ? "" : ", ");
    if (path.len > 0 && path.ptr[0] == '.') {
        path.ptr++;
        path.len--;
    }
    tvn_buf_append_str(list, path);
}

/* ------------------------------------------------------------------------
 * Records. */

/* "did you mean 'x'?" when B leaves out a field of A of nearly that name. */
static const char *
misspelling(struct walk *walk, const struct tvn_type *a,
    const struct tvn_type *b, struct tvn_str name)
{
    struct tvn_str *left;
    const char *help;
    size_t count = 0;
    int best;

    if ((uint64_t)a->count * b->count > PAIRS_MAX) {
        return NULL;
    }
    left = tvn_arena_new(walk->arena, a->count, sizeof(*left));
    if (left == NULL) {
        walk->failed = true;
        return NULL;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (tvn_type_find(b, a->members[i].name) < 0) {
            left[count++] = a->members[i].name;
        }
    }
    best = tvn_str_suggest(name, left, count);
    if (best < 0) {
        return NULL;
    }
    help = tvn_arena_printf(
        walk->arena, "did you mean '%.*s'?", TVN_STR_ARG(left[best]));
    walk->failed |= help == NULL;
    return help;
}

/* A field of B that A lacks. */
static bool
reads_as_none(struct walk *walk, const struct tvn_type *a,
    const struct tvn_type *b, const struct tvn_member *field)
{
    const char *help = misspelling(walk, a, b, field->name);

    if (help != NULL || field->type->kind != TVN_KIND_OPTION) {
        return differ(walk, "nothing", type_text(walk, field->type), help);
    }
    add_path(&walk->always_none, tvn_buf_str(&walk->path));
    return true;
}

static bool
reads_field(struct walk *walk, const struct tvn_type *a,
    const struct tvn_type *b, const struct tvn_member *field)
{
    int index = tvn_type_find(a, field->name);
    const struct tvn_type *from;

    if (index < 0) {
        return reads_as_none(walk, a, b, field);
    }
    from = a->members[index].type;
    if (walk->inside == 0 &&
        (from == field->type || from->kind != TVN_KIND_RECORD ||
            field->type->kind != TVN_KIND_RECORD)) {
        add_path(&walk->read, tvn_buf_str(&walk->path));
    }
    return reads_as(walk, from, field->type);
}

static bool
reads_record(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    bool ok = true;

    for (uint32_t i = 0; ok && i < b->count; i++) {
        size_t before = enter(walk, b->members[i].name);

        ok = reads_field(walk, a, b, &b->members[i]);
        leave(walk, before);
    }
    return ok;
}

/* ------------------------------------------------------------------------
 * Everything else. */

static bool
reads_tuple(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    bool ok = true;

    if (a->count != b->count) {
        return types_differ(walk, a, b);
    }
    walk->inside++;
    for (uint32_t i = 0; ok && i < b->count; i++) {
        size_t before = walk->path.len;

        tvn_buf_printf(&walk->path, ".%u", (unsigned)i);
        ok = reads_as(walk, a->members[i].type, b->members[i].type);
        leave(walk, before);
    }
    walk->inside--;
    return ok;
}

static bool
reads_list(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    size_t before = walk->path.len;
    bool ok;

    tvn_buf_append_text(&walk->path, "[]");
    walk->inside++;
    ok = reads_as(walk, a->elem, b->elem);
    walk->inside--;
    leave(walk, before);
    return ok;
}

/* Case `i` of B, which A has too, at `index`. */
static bool
reads_case(struct walk *walk, const struct tvn_type *a, uint32_t index,
    const struct tvn_type *b, uint32_t i)
{
    const struct tvn_type *from = a->members[index].type;
    const struct tvn_type *to = b->members[i].type;

    if (to == NULL) {
        return true; /* what A carries there is dropped */
    }
    if (from == NULL) {
        return differ(
            walk, member_text(walk, a, index), member_text(walk, b, i), NULL);
    }
    return reads_as(walk, from, to);
}

/* Cases and flags: payloads in B's order, then what B lacks in A's. */
static bool
reads_cases(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    bool ok = true;
    size_t before;

    walk->inside++;
    for (uint32_t i = 0; ok && i < b->count; i++) {
        int index = tvn_type_find(a, b->members[i].name);

        if (index >= 0) {
            before = enter(walk, b->members[i].name);
            ok = reads_case(walk, a, (uint32_t)index, b, i);
            leave(walk, before);
        }
    }
    for (uint32_t i = 0; ok && i < a->count; i++) {
        if (tvn_type_find(b, a->members[i].name) < 0) {
            before = enter(walk, a->members[i].name);
            ok = differ(walk, member_text(walk, a, i), "nothing",
                misspelling(walk, b, a, a->members[i].name));
            leave(walk, before);
        }
    }
    walk->inside--;
    return ok;
}

static bool
reads_option(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    const struct tvn_type *to = b->members[1].type;
    bool ok;

    walk->inside++;
    ok =
        reads_as(walk, a->kind == TVN_KIND_OPTION ? a->members[1].type : a, to);
    walk->inside--;
    if (!ok && strlen(walk->view->path) == walk->path.len) {
        /* It is the payload itself: say so with `option<` round it. */
        walk->view->text_a = type_text(walk, a);
        walk->view->text_b = type_text(walk, b);
    }
    return ok;
}

static bool
reads_as(struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    if (a == b) {
        return true;
    }
    if (b->kind == TVN_KIND_OPTION) {
        return reads_option(walk, a, b);
    }
    if (a->kind != b->kind) {
        return tvn__kind_widens(a->kind, b->kind) || types_differ(walk, a, b);
    }
    switch (b->kind) {
    case TVN_KIND_RECORD:
        return reads_record(walk, a, b);
    case TVN_KIND_TUPLE:
        return reads_tuple(walk, a, b);
    case TVN_KIND_LIST:
        return reads_list(walk, a, b);
    case TVN_KIND_VARIANT:
    case TVN_KIND_ENUM:
    case TVN_KIND_FLAGS:
    case TVN_KIND_RESULT:
        return reads_cases(walk, a, b);
    case TVN_KIND_BOOL:
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
    case TVN_KIND_F32:
    case TVN_KIND_F64:
    case TVN_KIND_CHAR:
    case TVN_KIND_STRING:
    case TVN_KIND_OPTION:
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break; /* interned: not a == b, so another resource */
    }
    return types_differ(walk, a, b);
}

/* The fields of A, at the top, that B has no use for. */
static void
list_left_out(
    struct walk *walk, const struct tvn_type *a, const struct tvn_type *b)
{
    if (a->kind != TVN_KIND_RECORD || b->kind != TVN_KIND_RECORD) {
        return;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (tvn_type_find(b, a->members[i].name) < 0) {
            add_path(&walk->left_out, a->members[i].name);
        }
    }
}

tvn_err
tvn_view_check(const struct tvn_type *a, const struct tvn_type *b,
    struct tvn_arena *arena, struct tvn_view *view)
{
    struct tvn_view found = {0};
    struct walk walk = {.arena = arena, .view = &found};
    bool ok;

    /* A record that is the same is walked too, for the list of its fields. */
    ok = a == b && b->kind == TVN_KIND_RECORD ? reads_record(&walk, a, b)
                                              : reads_as(&walk, a, b);
    if (ok) {
        found.verdict = a == b ? TVN_VIEW_SAME : TVN_VIEW_NARROWS;
        list_left_out(&walk, a, b);
        found.read = keep(&walk, tvn_buf_str(&walk.read));
        found.left_out = keep(&walk, tvn_buf_str(&walk.left_out));
        found.always_none = keep(&walk, tvn_buf_str(&walk.always_none));
    } else {
        found.verdict = TVN_VIEW_INCOMPATIBLE;
    }
    walk.failed |= walk.path.failed || walk.read.failed ||
                   walk.left_out.failed || walk.always_none.failed;
    tvn_buf_fini(&walk.path);
    tvn_buf_fini(&walk.read);
    tvn_buf_fini(&walk.left_out);
    tvn_buf_fini(&walk.always_none);
    if (walk.failed) {
        return TVN_ENOMEM;
    }
    *view = found;
    return TVN_OK;
}
